/*
 * Reading what a text states: numbers with their bounds, and every word that
 * carries meaning, in order.
 */

#include "core/plain/check_reader.h"

#include <stdlib.h>
#include <string.h>


/* Words between "minimum" and the "of" before its number. */
#define TRIALS_LIMIT_REACH 4


static trials_rc_t trials_facts_tell(trials_reader_t *r);
static trials_rc_t trials_facts_phrase(trials_reader_t *r, size_t i);
static trials_rc_t trials_facts_limit(trials_reader_t *r, size_t i);
static trials_rc_t trials_facts_words(trials_reader_t *r, size_t i);
static trials_rc_t trials_facts_window(trials_reader_t *r, size_t i);
static trials_rc_t trials_facts_number(trials_reader_t *r, size_t i);
static trials_rc_t trials_facts_loose(trials_reader_t *r);
static trials_rc_t trials_facts_add(trials_reader_t *r, size_t i, size_t words,
                                    const char *word, size_t len);
static trials_fact_t *trials_facts_push(trials_reader_t *r, size_t i);
static trials_rc_t    trials_facts_line(trials_reader_t *r, size_t i);
static const char    *trials_list_joint(const trials_reader_t *r, size_t i);
static int            trials_list_lead(const trials_reader_t *r, size_t i);
static void trials_facts_stop(trials_reader_t *r, const trials_part_t *part);
static trials_rc_t trials_facts_canon(trials_reader_t *r, size_t i,
                                      size_t words, const char *canon);
static trials_rc_t trials_facts_sign(trials_reader_t *r, size_t i);


trials_rc_t
trials_reading_read(trials_reading_t *reading, const trials_checker_t *checker,
                    trials_str_t text)
{
    trials_rc_t     rc;
    trials_reader_t r;

    reading->n = 0;

    rc = trials_parts_read(&reading->parts, text);
    if (rc != TRIALS_OK) {
        return rc;
    }

    trials_parts_name(&reading->parts, checker);
    trials_parts_asides(&reading->parts);

    memset(&r, 0, sizeof(trials_reader_t));
    r.text = text;
    r.reading = reading;
    r.parts = reading->parts.list;
    r.n = reading->parts.n;
    r.opens = 1;

    rc = trials_facts_tell(&r);

    if (rc == TRIALS_OK) {
        trials_reading_ages(reading);
    }

    return rc;
}


void
trials_reading_free(trials_reading_t *reading)
{
    trials_parts_free(&reading->parts);
    free(reading->facts);
    memset(reading, 0, sizeof(trials_reading_t));
}


static trials_rc_t
trials_facts_tell(trials_reader_t *r)
{
    size_t         i, step;
    trials_rc_t    rc;
    trials_part_t *part;

    for (i = 0; i < r->n; i += step) {
        part = &r->parts[i];
        step = 1;
        rc = TRIALS_OK;

        if (part->line) {
            rc = trials_facts_line(r, i);
            if (rc != TRIALS_OK) {
                return rc;
            }
        }

        if (part->used) {
            continue;
        }

        if (part->kind == TRIALS_PART_SIGN) {
            trials_facts_stop(r, part);
        }

        if (part->canon) {
            step = part->words;
            rc = trials_facts_phrase(r, i);

        } else if (part->kind == TRIALS_PART_NUMBER) {
            rc = trials_facts_number(r, i);

        } else {
            rc = trials_facts_add(r, i, 1, part->p, part->len);
        }

        if (rc != TRIALS_OK) {
            return rc;
        }
    }

    rc = trials_facts_loose(r);

    if (rc == TRIALS_OK && r->reading->n) {
        r->reading->facts[r->reading->n - 1].closes = 1;
    }

    return rc;
}


/*
 * Lines after a colon are a list: what parts them is a comma, and before the
 * last of them stands the "or" of "any of these:", the "and" of "all of these:"
 * or "these:", unless it says so itself.  A paragraph ends the list.
 */

static trials_rc_t
trials_facts_line(trials_reader_t *r, size_t i)
{
    size_t               k;
    const trials_part_t *p;

    p = r->parts;

    if (p[i].line == 1 && r->item == 0 && i > 0
        && trials_part_is(&p[i - 1], ":")) {
        r->item = 1;
        r->joint = trials_list_joint(r, i - 1);
        return TRIALS_OK;
    }

    if (p[i].line > 1 || r->item == 0) {
        r->item = 0;
        r->stop = TRIALS_STOP_SENTENCE;
        return TRIALS_OK;
    }

    r->item += r->item < 4095;
    r->stop = TRIALS_STOP_COMMA;

    for (k = i + 1; k < r->n && p[k].line == 0; k++) {
        /* void */
    }

    if (r->joint == NULL || (k < r->n && p[k].line == 1)
        || trials_part_is(&p[i], "or") || trials_part_is(&p[i], "and"))
    {
        return TRIALS_OK;
    }

    return trials_facts_add(r, i, 1, r->joint, strlen(r->joint));
}


/* The word that joins the items of a list whose lead ends at the colon at part
 * i; NULL where the lead does not say. */

static const char *
trials_list_joint(const trials_reader_t *r, size_t i)
{
    const trials_part_t *p;

    p = r->parts;

    if (i < 1 || !trials_part_is(&p[i - 1], "these")) {
        return NULL;
    }

    if (i < 3 || !trials_part_is(&p[i - 2], "of")) {
        return "and";
    }

    if (trials_part_is(&p[i - 3], "all") || trials_part_is(&p[i - 3], "both")) {
        return "and";
    }

    return trials_part_is(&p[i - 3], "any") || trials_part_is(&p[i - 3], "one")
                   || trials_part_is(&p[i - 3], "more")
                   || trials_part_is(&p[i - 3], "either")
               ? "or"
               : NULL;
}


/* Is part i the "any" of "any of these:" before a list? */

static int
trials_list_lead(const trials_reader_t *r, size_t i)
{
    const trials_part_t *p;

    p = r->parts;

    return i + 4 < r->n && p[i + 4].line == 1
           && (trials_part_is(&p[i], "any") || trials_part_is(&p[i], "all"))
           && trials_part_is(&p[i + 1], "of")
           && trials_part_is(&p[i + 2], "these")
           && trials_part_is(&p[i + 3], ":");
}


/* What stands between two stops may be moved as a whole. */

static void
trials_facts_stop(trials_reader_t *r, const trials_part_t *part)
{
    unsigned stop;

    if (part->p[0] != '\0' && strchr(",;.:()[]", part->p[0]) != NULL) {
        if (r->reading->n) {
            r->reading->facts[r->reading->n - 1].closes = 1;
        }
        stop = part->p[0] == '.'                        ? TRIALS_STOP_SENTENCE
               : part->p[0] == ';' || part->p[0] == ':' ? TRIALS_STOP_SEMICOLON
                                                        : TRIALS_STOP_COMMA;
        r->stop = r->stop > stop ? r->stop : stop;
        r->opens = 1;
    }
}


static trials_rc_t
trials_facts_phrase(trials_reader_t *r, size_t i)
{
    trials_cmp_t   cmp;
    trials_part_t *part;

    part = &r->parts[i];

    if (part->canon[0] == '\0') {
        return TRIALS_OK;
    }

    if (part->canon[0] != ':') {
        return trials_facts_canon(r, i, part->words, part->canon);
    }

    if (trials_part_means(part, ":who")) {
        r->who = 1;
        return TRIALS_OK;
    }

    if (trials_part_means(part, ":and-you")) {
        r->and_you = 1;
        return TRIALS_OK;
    }

    if (trials_part_means(part, ":minimum")
        || trials_part_means(part, ":maximum")) {
        return trials_facts_limit(r, i);
    }

    cmp = trials_canon_cmp(part->canon);

    if (cmp != TRIALS_CMP_NONE) {
        trials_rc_t rc;

        rc = trials_facts_loose(r);
        r->cmp = cmp;
        r->cmp_at = i;
        r->cmp_words = part->words;
        r->age |= trials_part_means(part, ":gt-age")
                  || trials_part_means(part, ":lt-age");
        return rc;
    }

    if (strncmp(part->canon, ":or-", 4) == 0) {
        return trials_facts_words(r, i);
    }

    if (trials_part_means(part, ":age")) {
        /* The word belongs to the number that follows. */

        if (trials_number_follows(r, i + part->words)) {
            r->age = 1;
            return TRIALS_OK;
        }
        return trials_facts_add(r, i, part->words, "age", 3);
    }

    if (trials_part_means(part, ":between")) {
        if (trials_number_follows(r, i + part->words)) {
            r->between = 1;
            return TRIALS_OK;
        }
        return trials_facts_add(r, i, part->words, "between", 7);
    }

    if (trials_part_means(part, ":in") || trials_part_means(part, ":during")) {
        return trials_facts_window(r, i);
    }

    if (trials_part_is(part, "+") || trials_part_is(part, "-")) {
        trials_rc_t rc;

        rc = trials_facts_sign(r, i);
        if (rc != TRIALS_NOT_FOUND) {
            return rc;
        }
    }

    if (trials_part_means(part, ":to")) {
        return trials_part_is(part, "through")
                   ? trials_facts_add(r, i, part->words, part->p, part->len)
                   : TRIALS_OK;
    }

    if (trials_part_means(part, ":per")) {
        if (i == 0
            || (r->parts[i - 1].kind == TRIALS_PART_WORD
                && r->parts[i - 1].len > 5 && trials_part_is(part, "/")))
        {
            return TRIALS_OK;
        }
        return trials_facts_add(r, i, part->words, "per", 3);
    }

    if (trials_part_means(part, ":sign")) {
        /* A plus or minus that stands before a number is part of it. */

        if (i + 1 < r->n && r->parts[i + 1].kind == TRIALS_PART_NUMBER
            && !r->parts[i + 1].spaced
            && (i == 0 || r->parts[i - 1].kind == TRIALS_PART_SIGN
                || part->spaced))
        {
            return trials_facts_add(r, i, part->words, part->p, part->len);
        }
        return TRIALS_OK;
    }

    return trials_facts_add(r, i, part->words, part->canon,
                            strlen(part->canon));
}


/* "minimum height of 3 mm" bounds the number; else the word is what it says. */

static trials_rc_t
trials_facts_limit(trials_reader_t *r, size_t i)
{
    size_t               k;
    const trials_part_t *p;

    p = r->parts;

    for (k = i + 1; k + 1 < r->n && k <= i + TRIALS_LIMIT_REACH
                    && p[k].kind == TRIALS_PART_WORD;
         k++)
    {
        if (trials_part_is(&p[k], "of") && p[k + 1].kind == TRIALS_PART_NUMBER)
        {
            r->least = k + 1;
            r->least_cmp = trials_part_means(&p[i], ":minimum") ? TRIALS_CMP_GE
                                                                : TRIALS_CMP_LE;
            return TRIALS_OK;
        }
    }

    return trials_facts_add(r, i, 1, p[i].p, p[i].len);
}


/* "or lower" that follows no number is what its words say. */

static trials_rc_t
trials_facts_words(trials_reader_t *r, size_t i)
{
    size_t         k;
    trials_rc_t    rc;
    trials_part_t *part;

    for (k = 0; k < r->parts[i].words; k++) {
        part = &r->parts[i + k];

        rc = trials_facts_add(r, i + k, 1, part->p, part->len);
        if (rc != TRIALS_OK) {
            return rc;
        }
    }

    return TRIALS_OK;
}


/* Each word of what a phrase is read as is a fact. */

static trials_rc_t
trials_facts_canon(trials_reader_t *r, size_t i, size_t words,
                   const char *canon)
{
    size_t      len;
    unsigned    moves;
    trials_rc_t rc;

    for (;;) {
        moves = *canon == '@';
        canon += moves;
        len = strcspn(canon, " ");

        rc = trials_facts_add(r, i, words, canon, len);
        if (rc != TRIALS_OK) {
            return rc;
        }

        r->reading->facts[r->reading->n - 1].moves = moves;
        canon += len;

        if (*canon == '\0') {
            return TRIALS_OK;
        }

        canon++;
    }
}


/* "HER2+", "EGFR-": the sign is the word. */

static trials_rc_t
trials_facts_sign(trials_reader_t *r, size_t i)
{
    int                  plus;
    char                 before;
    const trials_part_t *part;

    part = &r->parts[i];
    plus = trials_part_is(part, "+");

    if (part->spaced || i == 0 || part[-1].kind == TRIALS_PART_SIGN
        || (i + 1 < r->n && !part[1].spaced
            && part[1].kind != TRIALS_PART_SIGN))
    {
        return TRIALS_NOT_FOUND;
    }

    before = r->text.data[part->at - 1];

    if (!plus && !(before >= 'A' && before <= 'Z')
        && !(before >= '0' && before <= '9'))
    {
        return TRIALS_NOT_FOUND;
    }

    return plus ? trials_facts_add(r, i, 1, "positive", 8)
                : trials_facts_add(r, i, 1, "negative", 8);
}


/* "in the 4 weeks" is the same as "within 4 weeks". */

static trials_rc_t
trials_facts_window(trials_reader_t *r, size_t i)
{
    trials_rc_t    rc;
    trials_part_t *part;

    part = &r->parts[i];

    if (!trials_window_follows(r, i + part->words)) {
        return trials_part_means(part, ":in")
                   ? TRIALS_OK
                   : trials_facts_add(r, i, part->words, "during", 6);
    }

    rc = trials_facts_loose(r);
    r->cmp = TRIALS_CMP_WITHIN;
    r->cmp_at = i;
    r->cmp_words = part->words;

    return rc;
}


static trials_rc_t
trials_facts_number(trials_reader_t *r, size_t i)
{
    trials_fact_t *fact;
    trials_part_t *part;

    part = &r->parts[i];

    fact = trials_facts_push(r, i);
    if (fact == NULL) {
        return TRIALS_NOMEM;
    }

    fact->number = 1;
    fact->value = part->value;
    fact->exponent = part->exponent;
    fact->source.data = r->text.data + part->at;
    fact->source.len = part->size;
    fact->cmp = r->cmp;
    fact->age = r->age;
    fact->negative = i > 0 && !part->spaced && part[-1].spaced
                     && trials_part_is(&part[-1], "-");

    if (r->least == i && fact->cmp == TRIALS_CMP_NONE) {
        fact->cmp = r->least_cmp;
    }

    if (r->end && fact->cmp == TRIALS_CMP_NONE) {
        fact->cmp = TRIALS_CMP_LE;
    }

    r->cmp = TRIALS_CMP_NONE;
    r->age = 0;
    r->end = 0;
    fact->moves = fact->cmp == TRIALS_CMP_WITHIN;

    trials_number_after(r, i, fact);

    return TRIALS_OK;
}


/* A comparator that met no number is a word: "more than". */

static trials_rc_t
trials_facts_loose(trials_reader_t *r)
{
    const char              *name;
    static const char *const names[] = {"", ">=", "<=", ">", "<", "within"};

    name = names[r->cmp];

    if (r->cmp == TRIALS_CMP_NONE) {
        return TRIALS_OK;
    }

    r->cmp = TRIALS_CMP_NONE;

    return trials_facts_add(r, r->cmp_at, r->cmp_words, name, strlen(name));
}


static trials_rc_t
trials_facts_add(trials_reader_t *r, size_t i, size_t words, const char *word,
                 size_t len)
{
    trials_rc_t    rc;
    trials_fact_t *fact;
    trials_part_t *last;

    /* "last" may stand between "within" and its number. */

    if (!(len == 4 && memcmp(word, "last", 4) == 0
          && trials_number_follows(r, i + words)))
    {
        rc = trials_facts_loose(r);
        if (rc != TRIALS_OK) {
            return rc;
        }
    }

    fact = trials_facts_push(r, i);
    if (fact == NULL) {
        return TRIALS_NOMEM;
    }

    last = &r->parts[i + words - 1];

    fact->word.data = word;
    fact->word.len = len;
    fact->source.data = r->text.data + r->parts[i].at;
    fact->source.len = last->at + last->size - r->parts[i].at;

    return TRIALS_OK;
}


static trials_fact_t *
trials_facts_push(trials_reader_t *r, size_t i)
{
    size_t            size;
    trials_fact_t    *facts;
    trials_reading_t *reading;

    reading = r->reading;

    if (reading->n == reading->size) {
        size = reading->size ? 2 * reading->size : 64;

        facts = realloc(reading->facts, size * sizeof(trials_fact_t));
        if (facts == NULL) {
            return NULL;
        }

        reading->facts = facts;
        reading->size = size;
    }

    facts = &reading->facts[reading->n++];
    memset(facts, 0, sizeof(trials_fact_t));
    facts->opens = r->opens;
    facts->aside = r->parts[i].aside;
    facts->stop = r->stop;
    facts->item = r->item;
    facts->lead = trials_list_lead(r, i) != 0;
    facts->who = r->who;
    facts->and_you = r->and_you;
    r->opens = 0;
    r->stop = 0;
    r->who = 0;
    r->and_you = 0;

    return facts;
}
