/*
 * Reading what a text states: numbers with their bounds, and every word that
 * carries meaning, in order.
 */

#include "core/plain/check_read.h"

#include "core/plain/check_parts.h"

#include <stdlib.h>
#include <string.h>


/* How many parts on the number that a word belongs to is looked for. */
#define TRIALS_LOOK_AHEAD 16


typedef struct {
    trials_str_t    text;
    trials_parts_t  read;
    trials_part_t  *parts;
    size_t          n;
    trials_facts_t *facts;
    trials_cmp_t    cmp; /* waits for its number */
    size_t          cmp_at;
    size_t          cmp_words;
    unsigned        age : 1;     /* waits for its number */
    unsigned        between : 1; /* waits for its two numbers */
    unsigned        end : 1;     /* the next number ends a range */
} trials_reader_t;


static trials_rc_t trials_facts_tell(trials_reader_t *r);
static trials_rc_t trials_facts_phrase(trials_reader_t *r, size_t i);
static trials_rc_t trials_facts_window(trials_reader_t *r, size_t i);
static trials_rc_t trials_facts_number(trials_reader_t *r, size_t i);
static trials_rc_t trials_facts_loose(trials_reader_t *r);
static trials_rc_t trials_facts_add(trials_reader_t *r, size_t i, size_t words,
                                    const char *word, size_t len);
static trials_fact_t *trials_facts_push(trials_facts_t *facts);
static void
trials_number_after(trials_reader_t *r, size_t i, trials_fact_t *fact);
static size_t       trials_skip_units(const trials_reader_t *r, size_t i);
static trials_cmp_t trials_canon_cmp(const char *canon);
static int          trials_number_follows(const trials_reader_t *r, size_t i);
static int          trials_window_follows(const trials_reader_t *r, size_t i);
static void         trials_facts_ages(trials_facts_t *facts);
static int          trials_fact_links(const trials_fact_t *fact);


trials_rc_t
trials_facts_read(trials_facts_t *facts, trials_str_t text, char **lower)
{
    size_t          i;
    trials_rc_t     rc;
    trials_reader_t r;

    memset(facts, 0, sizeof(trials_facts_t));
    memset(&r, 0, sizeof(trials_reader_t));

    *lower = malloc(text.len + 1);
    if (*lower == NULL) {
        return TRIALS_NOMEM;
    }

    for (i = 0; i < text.len; i++) {
        (*lower)[i] = text.data[i];
        if (text.data[i] >= 'A' && text.data[i] <= 'Z') {
            (*lower)[i] = (char) (text.data[i] + 32);
        }
    }
    (*lower)[text.len] = '\0';

    r.text = text;
    r.facts = facts;

    rc = trials_parts_read(&r.read, *lower, text.len);

    if (rc == TRIALS_OK) {
        r.parts = r.read.list;
        r.n = r.read.n;
        rc = trials_facts_tell(&r);
    }

    if (rc == TRIALS_OK) {
        trials_facts_ages(facts);
    }

    free(r.read.list);

    return rc;
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

        if (part->used) {
            continue;
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

    return trials_facts_loose(r);
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

    cmp = trials_canon_cmp(part->canon);

    if (cmp != TRIALS_CMP_NONE) {
        trials_rc_t rc;

        rc = trials_facts_loose(r);
        r->cmp = cmp;
        r->cmp_at = i;
        r->cmp_words = part->words;
        r->age |= trials_part_means(part, "#gt-age")
                  || trials_part_means(part, "#lt-age");
        return rc;
    }

    if (trials_part_means(part, "#age")) {
        /* The word belongs to the number that follows. */

        if (trials_number_follows(r, i + part->words)) {
            r->age = 1;
            return TRIALS_OK;
        }
        return trials_facts_add(r, i, part->words, "age", 3);
    }

    if (trials_part_means(part, "#between")) {
        if (trials_number_follows(r, i + part->words)) {
            r->between = 1;
            return TRIALS_OK;
        }
        return trials_facts_add(r, i, part->words, "between", 7);
    }

    if (trials_part_means(part, "#in") || trials_part_means(part, "#during")) {
        return trials_facts_window(r, i);
    }

    if (trials_part_means(part, "#to")) {
        return trials_part_is(part, "through")
                   ? trials_facts_add(r, i, part->words, part->p, part->len)
                   : TRIALS_OK;
    }

    if (trials_part_means(part, "#per")) {
        if (i == 0
            || (r->parts[i - 1].kind == TRIALS_PART_WORD
                && r->parts[i - 1].len > 5 && trials_part_is(part, "/")))
        {
            return TRIALS_OK;
        }
        return trials_facts_add(r, i, part->words, "per", 3);
    }

    if (trials_part_means(part, "#sign")) {
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


/* "in the 4 weeks" is the same as "within 4 weeks". */

static trials_rc_t
trials_facts_window(trials_reader_t *r, size_t i)
{
    trials_rc_t    rc;
    trials_part_t *part;

    part = &r->parts[i];

    if (!trials_window_follows(r, i + part->words)) {
        return trials_part_means(part, "#in")
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

    fact = trials_facts_push(r->facts);
    if (fact == NULL) {
        return TRIALS_NOMEM;
    }

    fact->number = 1;
    fact->value = part->value;
    fact->exponent = part->exponent;
    fact->source.data = r->text.data + part->at;
    fact->source.len = part->len;
    fact->cmp = r->cmp;
    fact->age = r->age;
    fact->negative = i > 0 && !part->spaced && part[-1].spaced
                     && trials_part_is(&part[-1], "-");

    if (r->end && fact->cmp == TRIALS_CMP_NONE) {
        fact->cmp = TRIALS_CMP_LE;
    }

    r->cmp = TRIALS_CMP_NONE;
    r->age = 0;
    r->end = 0;

    trials_number_after(r, i, fact);

    return TRIALS_OK;
}


/* What stands after a number and says how it bounds: "or older", "+", "to 75",
 * "years of age". */

static void
trials_number_after(trials_reader_t *r, size_t i, trials_fact_t *fact)
{
    size_t         k, j;
    trials_part_t *p;

    p = r->parts;

    while (i + 1 < r->n && p[i + 1].used) {
        i++;
    }

    if (i + 1 < r->n && trials_part_is(&p[i + 1], "+") && !p[i + 1].spaced
        && fact->cmp == TRIALS_CMP_NONE)
    {
        fact->cmp = TRIALS_CMP_GE;
        p[i + 1].used = 1;
        i++;
    }

    k = trials_skip_units(r, i + 1);

    /* "of age", "old": said by the flag. */

    if (k < r->n && trials_part_means(&p[k], "#old")) {
        fact->age = 1;
        for (j = 0; j < p[k].words; j++) {
            p[k + j].used = 1;
        }
        k += p[k].words;
    }

    if (k < r->n && p[k].canon && fact->cmp == TRIALS_CMP_NONE) {
        if (trials_part_means(&p[k], "#or-more")
            || trials_part_means(&p[k], "#or-older"))
        {
            fact->cmp = TRIALS_CMP_GE;

        } else if (trials_part_means(&p[k], "#or-less")
                   || trials_part_means(&p[k], "#or-younger"))
        {
            fact->cmp = TRIALS_CMP_LE;
        }

        if (fact->cmp != TRIALS_CMP_NONE) {
            fact->age |= trials_part_means(&p[k], "#or-older")
                         || trials_part_means(&p[k], "#or-younger");

            for (j = 0; j < p[k].words; j++) {
                p[k + j].used = 1;
            }
            k += p[k].words;

            if (k < r->n && trials_part_means(&p[k], "#old")) {
                fact->age = 1;
                for (j = 0; j < p[k].words; j++) {
                    p[k + j].used = 1;
                }
            }
            return;
        }
    }

    if (k + 1 >= r->n || fact->cmp == TRIALS_CMP_GT
        || fact->cmp == TRIALS_CMP_LT
        || (!trials_part_means(&p[k], "#to")
            && !(r->between && trials_part_is(&p[k], "and"))))
    {
        return;
    }

    if (p[k + 1].kind == TRIALS_PART_NUMBER
        || (p[k + 1].canon
            && (trials_canon_cmp(p[k + 1].canon) == TRIALS_CMP_LT
                || trials_canon_cmp(p[k + 1].canon) == TRIALS_CMP_LE)
            && trials_number_follows(r, k + 1)))
    {
        if (fact->cmp == TRIALS_CMP_NONE) {
            fact->cmp = TRIALS_CMP_GE;
        }
        r->end = 1;
        r->age = fact->age;
        r->between = 0;
        p[k].used = 1;
    }
}


/* The part after one unit, or a unit by another ("mg/day"). */

static size_t
trials_skip_units(const trials_reader_t *r, size_t i)
{
    size_t                   k, n;
    static const char *const units[] = {
        "year",  "month", "week", "day", "hour", "%",     "kg",   "mg",
        "mmhg",  "point", "cm",   "mm",  "ml",   "g",     "unit", "minute",
        "pound", "#per",  "dl",   "l",   "m2",   "liter", NULL};

    for (n = 0; n < 4 && i < r->n; n++) {
        if (r->parts[i].kind == TRIALS_PART_SIGN
            && trials_part_is(&r->parts[i], "-") && i + 1 < r->n
            && r->parts[i + 1].kind == TRIALS_PART_WORD)
        {
            i++;
        }

        for (k = 0; units[k]; k++) {
            if (trials_part_means(&r->parts[i], units[k])
                || trials_part_is(&r->parts[i], units[k]))
            {
                break;
            }
        }

        if (units[k] == NULL) {
            break;
        }

        i += r->parts[i].canon ? r->parts[i].words : 1;
    }

    return i;
}


/* "18 and 75 years old": both are ages, whichever of them is called one. */

static void
trials_facts_ages(trials_facts_t *facts)
{
    size_t         i, k, n, from, last;
    trials_fact_t *list;

    list = facts->list;
    n = facts->n;

    for (i = 0; i < n; i = k) {
        from = i;
        last = i;
        k = i + 1;

        if (!list[i].number) {
            continue;
        }

        /* A chain of numbers with nothing between but "and", "or", units. */

        while (k < n && (list[k].number || trials_fact_links(&list[k]))) {
            last = list[k].number ? k : last;
            k++;
        }

        for (k = from; k <= last && !list[k].age; k++) {
            /* void */
        }

        if (k <= last) {
            for (k = from; k <= last; k++) {
                list[k].age = list[k].number;
            }
        }

        k = last + 1;
    }
}


static int
trials_fact_links(const trials_fact_t *fact)
{
    size_t                   i;
    static const char *const links[] = {"and", "or", "year", "month"};

    for (i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
        if (fact->word.len == strlen(links[i])
            && memcmp(fact->word.data, links[i], fact->word.len) == 0)
        {
            return 1;
        }
    }

    return 0;
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

    fact = trials_facts_push(r->facts);
    if (fact == NULL) {
        return TRIALS_NOMEM;
    }

    last = &r->parts[i + words - 1];

    fact->word.data = word;
    fact->word.len = len;
    fact->source.data = r->text.data + r->parts[i].at;
    fact->source.len = last->at + last->len - r->parts[i].at;

    return TRIALS_OK;
}


static trials_fact_t *
trials_facts_push(trials_facts_t *facts)
{
    size_t         size;
    trials_fact_t *list;

    if (facts->n == facts->size) {
        size = facts->size ? 2 * facts->size : 32;

        list = realloc(facts->list, size * sizeof(trials_fact_t));
        if (list == NULL) {
            return NULL;
        }

        facts->list = list;
        facts->size = size;
    }

    memset(&facts->list[facts->n], 0, sizeof(trials_fact_t));

    return &facts->list[facts->n++];
}


/* Does a number come before any word that is not passed over? */

static int
trials_number_follows(const trials_reader_t *r, size_t i)
{
    size_t               end;
    const trials_part_t *part;

    end = i + TRIALS_LOOK_AHEAD;

    for (; i < r->n && i < end; i += part->canon ? part->words : 1) {
        part = &r->parts[i];

        if (part->kind == TRIALS_PART_NUMBER) {
            return 1;
        }

        if (part->canon
            && (part->canon[0] == '\0'
                || trials_canon_cmp(part->canon) != TRIALS_CMP_NONE
                || trials_part_means(part, "#between")
                || trials_part_means(part, "#in")
                || trials_part_means(part, "#age")))
        {
            continue;
        }

        if (part->kind == TRIALS_PART_WORD || part->canon || part->p[0] == '.'
            || part->p[0] == ';')
        {
            return 0;
        }
    }

    return 0;
}


/* "the", perhaps "last", a number and a unit of time. */

static int
trials_window_follows(const trials_reader_t *r, size_t i)
{
    const trials_part_t *p;

    p = r->parts;

    if (i >= r->n
        || (!trials_part_is(&p[i], "the") && !trials_part_means(&p[i], "last")))
    {
        return 0;
    }

    i += p[i].canon ? p[i].words : 1;

    if (i + 1 >= r->n || p[i].kind != TRIALS_PART_NUMBER) {
        return 0;
    }

    for (i++; i < r->n && p[i].used; i++) {
        /* void */
    }

    return i < r->n
           && (trials_part_means(&p[i], "year")
               || trials_part_means(&p[i], "month")
               || trials_part_means(&p[i], "week")
               || trials_part_means(&p[i], "day")
               || trials_part_means(&p[i], "hour"));
}


static trials_cmp_t
trials_canon_cmp(const char *canon)
{
    size_t                    i;
    static const char *const  names[] = {"#ge",     "#le",     "#gt",    "#lt",
                                         "#gt-age", "#lt-age", "#within"};
    static const trials_cmp_t values[] = {
        TRIALS_CMP_GE, TRIALS_CMP_LE, TRIALS_CMP_GT,    TRIALS_CMP_LT,
        TRIALS_CMP_GT, TRIALS_CMP_LT, TRIALS_CMP_WITHIN};

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(canon, names[i]) == 0) {
            return values[i];
        }
    }

    return TRIALS_CMP_NONE;
}
