/*
 * Reading what a text states: numbers with their bounds, and every word that
 * carries meaning, in order.
 */

#include "core/plain/check_read.h"

#include <stdlib.h>
#include <string.h>


/* Words of the longest phrase in the table. */
#define TRIALS_PHRASE_WORDS 8


typedef enum {
    TRIALS_PART_WORD = 0,
    TRIALS_PART_NUMBER,
    TRIALS_PART_SIGN
} trials_part_kind_t;

typedef struct {
    const char        *p; /* in lower case */
    size_t             len;
    size_t             at; /* bytes into the text */
    trials_part_kind_t kind;
    unsigned           spaced : 1; /* white space before it */
    unsigned           used : 1;   /* told by another part already */
    uint64_t           value;
    int                exponent;
    const char        *canon; /* of a phrase that begins here, or NULL */
    size_t             words; /* parts that the phrase covers */
} trials_part_t;

typedef struct {
    trials_str_t    text;
    trials_part_t  *parts;
    size_t          n;
    size_t          size;
    trials_facts_t *facts;
    trials_cmp_t    cmp; /* waits for its number */
    size_t          cmp_at;
    size_t          cmp_words;
    unsigned        age : 1;     /* waits for its number */
    unsigned        between : 1; /* waits for its two numbers */
    unsigned        end : 1;     /* the next number ends a range */
} trials_reader_t;


static trials_rc_t    trials_parts_read(trials_reader_t *r, char *lower);
static trials_part_t *trials_parts_add(trials_reader_t *r);
static size_t
            trials_part_number(trials_part_t *part, const char *p, size_t len);
static void trials_part_digit(trials_part_t *part, char c);
static size_t trials_part_word(const char *p, size_t len);
static size_t trials_sign_len(const char *p, size_t len);
static void   trials_parts_name(trials_reader_t *r);
static void   trials_parts_numbers(trials_reader_t *r);
static void   trials_parts_power(trials_reader_t *r, size_t i);
static const trials_check_word_t *
trials_phrase_find(const trials_reader_t *r, size_t i, size_t *words);
static int trials_phrase_compare(const trials_reader_t *r, size_t i, size_t n,
                                 const char *phrase);
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
static size_t trials_skip_units(const trials_reader_t *r, size_t i);
static int    trials_part_is(const trials_part_t *part, const char *word);
static int    trials_canon_is(const trials_part_t *part, const char *canon);
static trials_cmp_t trials_canon_cmp(const char *canon);
static int          trials_number_follows(const trials_reader_t *r, size_t i);
static int          trials_window_follows(const trials_reader_t *r, size_t i);


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

    rc = trials_parts_read(&r, *lower);

    if (rc == TRIALS_OK) {
        trials_parts_numbers(&r);
        trials_parts_name(&r);
        rc = trials_facts_tell(&r);
    }

    free(r.parts);

    return rc;
}


static trials_rc_t
trials_parts_read(trials_reader_t *r, char *lower)
{
    size_t         i, n, len, spaced;
    trials_part_t *part;

    len = r->text.len;
    spaced = 1;

    for (i = 0; i < len; i += n) {
        n = trials_sign_len(lower + i, len - i);

        if (lower[i] == ' '
            || (n == 2 && memcmp(lower + i, "\xc2\xa0", 2) == 0)) {
            spaced = 1;
            continue;
        }

        part = trials_parts_add(r);
        if (part == NULL) {
            return TRIALS_NOMEM;
        }

        part->p = lower + i;
        part->at = i;
        part->spaced = spaced & 1;
        spaced = 0;

        if (lower[i] >= '0' && lower[i] <= '9') {
            part->kind = TRIALS_PART_NUMBER;
            n = trials_part_number(part, lower + i, len - i);

        } else if (trials_part_word(lower + i, len - i)) {
            part->kind = TRIALS_PART_WORD;
            n = trials_part_word(lower + i, len - i);

        } else {
            part->kind = TRIALS_PART_SIGN;
        }

        part->len = n;
    }

    return TRIALS_OK;
}


static trials_part_t *
trials_parts_add(trials_reader_t *r)
{
    size_t         size;
    trials_part_t *parts;

    if (r->n == r->size) {
        size = r->size ? 2 * r->size : 64;

        parts = realloc(r->parts, size * sizeof(trials_part_t));
        if (parts == NULL) {
            return NULL;
        }

        r->parts = parts;
        r->size = size;
    }

    memset(&r->parts[r->n], 0, sizeof(trials_part_t));

    return &r->parts[r->n++];
}


/* "1,500" and "1.5": a comma before three digits parts thousands. */

static size_t
trials_part_number(trials_part_t *part, const char *p, size_t len)
{
    size_t i, k;
    int    point;

    point = 0;

    for (i = 0; i < len; i++) {
        if (p[i] >= '0' && p[i] <= '9') {
            trials_part_digit(part, p[i]);
            part->exponent -= point;
            continue;
        }

        if (i + 1 >= len || p[i + 1] < '0' || p[i + 1] > '9') {
            break;
        }

        if (p[i] == '.' && !point) {
            point = 1;
            continue;
        }

        if (p[i] != ',' || point) {
            break;
        }

        for (k = 1; i + k < len && p[i + k] >= '0' && p[i + k] <= '9'; k++) {
            /* void */
        }

        if (k != 4) {
            point = 1;
        }
    }

    while (part->value && part->value % 10 == 0) {
        part->value /= 10;
        part->exponent++;
    }

    return i;
}


/* More digits than fit are mixed in, so that two such numbers still differ. */

static void
trials_part_digit(trials_part_t *part, char c)
{
    if (part->value > UINT64_MAX / 10 - 1) {
        part->value ^= part->value >> 7;
        part->value %= UINT64_MAX / 100;
    }

    part->value = 10 * part->value + (uint64_t) (c - '0');
}


/* Letters, and digits after a letter; every byte above 0x7f that is not one of
 * the signs that mean something by themselves. */

static size_t
trials_part_word(const char *p, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        if ((p[i] >= 'a' && p[i] <= 'z') || (i && p[i] >= '0' && p[i] <= '9')) {
            continue;
        }

        if (i && p[i] == '\'' && i + 1 < len && p[i + 1] >= 'a'
            && p[i + 1] <= 'z') {
            continue;
        }

        if ((unsigned char) p[i] >= 0xc3 && (unsigned char) p[i] < 0xe2
            && memcmp(p + i, "\xc3\x97", 2) != 0)
        {
            i += trials_sign_len(p + i, len - i) - 1;
            continue;
        }

        if (len - i > 1 && memcmp(p + i, "\xc2\xb5", 2) == 0) {
            i++;
            continue;
        }

        break;
    }

    return i;
}


/* Bytes of one character. */

static size_t
trials_sign_len(const char *p, size_t len)
{
    size_t n;

    for (n = 1; n < len && ((unsigned char) p[n] & 0xc0) == 0x80; n++) {
        /* void */
    }

    return n;
}


/* Numbers in words, tens of thousands, millions, and powers of ten. */

static void
trials_parts_numbers(trials_reader_t *r)
{
    size_t         i, k;
    trials_part_t *part, *next;
    static const struct {
        const char *word;
        unsigned    value;
    } words[] = {
        {"zero", 0},     {"one", 1},        {"two", 2},       {"three", 3},
        {"four", 4},     {"five", 5},       {"six", 6},       {"seven", 7},
        {"eight", 8},    {"nine", 9},       {"ten", 10},      {"eleven", 11},
        {"twelve", 12},  {"thirteen", 13},  {"fourteen", 14}, {"fifteen", 15},
        {"sixteen", 16}, {"seventeen", 17}, {"eighteen", 18}, {"nineteen", 19},
        {"twenty", 20},  {"thirty", 30},    {"forty", 40},    {"fifty", 50},
        {"sixty", 60},   {"seventy", 70},   {"eighty", 80},   {"ninety", 90}};

    for (i = 0; i < r->n; i++) {
        part = &r->parts[i];

        for (k = 0; part->kind == TRIALS_PART_WORD
                    && k < sizeof(words) / sizeof(words[0]);
             k++)
        {
            if (trials_part_is(part, words[k].word)) {
                part->kind = TRIALS_PART_NUMBER;
                part->value = words[k].value;
                if (part->value && part->value % 10 == 0) {
                    part->value /= 10;
                    part->exponent = 1;
                }
            }
        }
    }

    for (i = 0; i < r->n; i++) {
        if (r->parts[i].kind != TRIALS_PART_NUMBER || r->parts[i].used) {
            continue;
        }

        part = &r->parts[i];
        next = i + 1 < r->n ? part + 1 : NULL;

        if (next && trials_part_is(next, "thousand")) {
            part->exponent += 3;
        } else if (next && trials_part_is(next, "million")) {
            part->exponent += 6;
        } else if (next && trials_part_is(next, "billion")) {
            part->exponent += 9;
        } else {
            trials_parts_power(r, i);
            continue;
        }

        next->used = 1;
    }
}


/* "x 10^9" after a number, or "10^9" by itself. */

static void
trials_parts_power(trials_reader_t *r, size_t i)
{
    size_t         k;
    trials_part_t *part, *p;

    part = &r->parts[i];
    p = r->parts;
    k = i;

    if (k + 2 < r->n
        && (trials_part_is(&p[k + 1], "x") || trials_part_is(&p[k + 1], "*")
            || trials_part_is(&p[k + 1], "\xc3\x97"))
        && trials_part_is(&p[k + 2], "10"))
    {
        k += 2;

    } else if (!(part->value == 1 && part->exponent == 1)) {
        return;
    }

    if (k + 2 >= r->n || !trials_part_is(&p[k + 1], "^")
        || p[k + 2].kind != TRIALS_PART_NUMBER || p[k + 2].value > 99
        || p[k + 2].exponent != 0)
    {
        return;
    }

    if (k == i) {
        part->value = 1;
        part->exponent = 0;
    }

    part->exponent += (int) p[k + 2].value;

    for (k += 2; k > i; k--) {
        p[k].used = 1;
    }
}


/* Finds the phrases of the table. */

static void
trials_parts_name(trials_reader_t *r)
{
    size_t                     i, words;
    const trials_check_word_t *found;

    for (i = 0; i < r->n; i += words) {
        words = 1;

        if (r->parts[i].used) {
            continue;
        }

        found = trials_phrase_find(r, i, &words);

        if (found == NULL) {
            words = 1;
            continue;
        }

        /* "or more than 5", "or over 5" begin another bound. */

        if (strncmp(found->canon, "#or-", 4) == 0 && i + words < r->n
            && (trials_part_is(&r->parts[i + words], "than")
                || r->parts[i + words].kind == TRIALS_PART_NUMBER))
        {
            words = 1;
            continue;
        }

        r->parts[i].canon = found->canon;
        r->parts[i].words = words;
    }
}


/* The longest phrase of the table that begins at part i. */

static const trials_check_word_t *
trials_phrase_find(const trials_reader_t *r, size_t i, size_t *words)
{
    int    order;
    size_t n, low, high, middle;

    n = r->n - i < TRIALS_PHRASE_WORDS ? r->n - i : TRIALS_PHRASE_WORDS;

    for (; n > 0; n--) {
        low = 0;
        high = trials_check_nwords;

        while (low < high) {
            middle = low + (high - low) / 2;
            order = trials_phrase_compare(r, i, n,
                                          trials_check_words[middle].phrase);

            if (order == 0) {
                *words = n;
                return &trials_check_words[middle];
            }

            if (order < 0) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
    }

    return NULL;
}


/* Compares parts i to i + n, parted by a space each, with a phrase. */

static int
trials_phrase_compare(const trials_reader_t *r, size_t i, size_t n,
                      const char *phrase)
{
    size_t               k, c;
    const trials_part_t *part;

    for (k = 0; k < n; k++) {
        part = &r->parts[i + k];

        if (k && *phrase++ != ' ') {
            return ' ' - (int) (unsigned char) phrase[-1];
        }

        for (c = 0; c < part->len; c++, phrase++) {
            if (part->p[c] != *phrase) {
                return (unsigned char) part->p[c] - (unsigned char) *phrase;
            }
        }
    }

    return *phrase == '\0' ? 0 : -1;
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
        r->age |= trials_canon_is(part, "#gt-age")
                  || trials_canon_is(part, "#lt-age");
        return rc;
    }

    if (trials_canon_is(part, "#age")) {
        /* The word belongs to the number that follows. */

        if (trials_number_follows(r, i + part->words)) {
            r->age = 1;
            return TRIALS_OK;
        }
        return trials_facts_add(r, i, part->words, "age", 3);
    }

    if (trials_canon_is(part, "#between")) {
        if (trials_number_follows(r, i + part->words)) {
            r->between = 1;
            return TRIALS_OK;
        }
        return trials_facts_add(r, i, part->words, "between", 7);
    }

    if (trials_canon_is(part, "#in") || trials_canon_is(part, "#during")) {
        return trials_facts_window(r, i);
    }

    if (trials_canon_is(part, "#to")) {
        return trials_part_is(part, "through")
                   ? trials_facts_add(r, i, part->words, part->p, part->len)
                   : TRIALS_OK;
    }

    if (trials_canon_is(part, "#per")) {
        if (i == 0
            || (r->parts[i - 1].kind == TRIALS_PART_WORD
                && r->parts[i - 1].len > 5 && trials_part_is(part, "/")))
        {
            return TRIALS_OK;
        }
        return trials_facts_add(r, i, part->words, "per", 3);
    }

    if (trials_canon_is(part, "#sign")) {
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
        return trials_canon_is(part, "#in")
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

    if (k < r->n && trials_canon_is(&p[k], "#old")) {
        fact->age = 1;
        for (j = 0; j < p[k].words; j++) {
            p[k + j].used = 1;
        }
        k += p[k].words;
    }

    if (k < r->n && p[k].canon && fact->cmp == TRIALS_CMP_NONE) {
        if (trials_canon_is(&p[k], "#or-more")
            || trials_canon_is(&p[k], "#or-older")) {
            fact->cmp = TRIALS_CMP_GE;

        } else if (trials_canon_is(&p[k], "#or-less")
                   || trials_canon_is(&p[k], "#or-younger"))
        {
            fact->cmp = TRIALS_CMP_LE;
        }

        if (fact->cmp != TRIALS_CMP_NONE) {
            fact->age |= trials_canon_is(&p[k], "#or-older")
                         || trials_canon_is(&p[k], "#or-younger");

            for (j = 0; j < p[k].words; j++) {
                p[k + j].used = 1;
            }
            k += p[k].words;

            if (k < r->n && trials_canon_is(&p[k], "#old")) {
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
        || (!trials_canon_is(&p[k], "#to")
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
            if (trials_canon_is(&r->parts[i], units[k])
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
    const trials_part_t *part;

    for (; i < r->n; i += part->canon ? part->words : 1) {
        part = &r->parts[i];

        if (part->kind == TRIALS_PART_NUMBER) {
            return 1;
        }

        if (part->canon
            && (part->canon[0] == '\0'
                || trials_canon_cmp(part->canon) != TRIALS_CMP_NONE
                || trials_canon_is(part, "#between")
                || trials_canon_is(part, "#in")
                || trials_canon_is(part, "#age")))
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
        || (!trials_part_is(&p[i], "the") && !trials_canon_is(&p[i], "last")))
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
           && (trials_canon_is(&p[i], "year") || trials_canon_is(&p[i], "month")
               || trials_canon_is(&p[i], "week")
               || trials_canon_is(&p[i], "day")
               || trials_canon_is(&p[i], "hour"));
}


static int
trials_part_is(const trials_part_t *part, const char *word)
{
    return part->len == strlen(word) && memcmp(part->p, word, part->len) == 0;
}


static int
trials_canon_is(const trials_part_t *part, const char *canon)
{
    return part->canon && strcmp(part->canon, canon) == 0;
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
