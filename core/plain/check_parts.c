/*
 * Cutting a text into parts, reading its numbers and finding the phrases that
 * the check's table knows.
 */

#include "core/plain/check_parts.h"

#include <stdlib.h>
#include <string.h>


/* Words of the longest phrase in the table. */
#define TRIALS_PHRASE_WORDS 8


static trials_rc_t
trials_parts_cut(trials_parts_t *r, const char *lower, size_t len);
static trials_part_t *trials_parts_add(trials_parts_t *r);
static size_t
            trials_part_number(trials_part_t *part, const char *p, size_t len);
static void trials_part_digit(trials_part_t *part, char c);
static size_t trials_part_word(const char *p, size_t len);
static size_t trials_sign_len(const char *p, size_t len);
static void   trials_parts_name(trials_parts_t *r);
static void   trials_parts_numbers(trials_parts_t *r);
static void   trials_parts_power(trials_parts_t *r, size_t i);
static const trials_check_word_t            *
trials_phrase_find(const trials_parts_t *r, size_t i, size_t *words);
static int trials_phrase_compare(const trials_parts_t *r, size_t i, size_t n,
                                 const char *phrase);


trials_rc_t
trials_parts_read(trials_parts_t *parts, const char *lower, size_t len)
{
    trials_rc_t rc;

    memset(parts, 0, sizeof(trials_parts_t));

    rc = trials_parts_cut(parts, lower, len);

    if (rc == TRIALS_OK) {
        trials_parts_numbers(parts);
        trials_parts_name(parts);
    }

    return rc;
}


static trials_rc_t
trials_parts_cut(trials_parts_t *r, const char *lower, size_t len)
{
    size_t         i, n, spaced;
    trials_part_t *part;

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
trials_parts_add(trials_parts_t *r)
{
    size_t         size;
    trials_part_t *parts;

    if (r->n == r->size) {
        size = r->size ? 2 * r->size : 64;

        parts = realloc(r->list, size * sizeof(trials_part_t));
        if (parts == NULL) {
            return NULL;
        }

        r->list = parts;
        r->size = size;
    }

    memset(&r->list[r->n], 0, sizeof(trials_part_t));

    return &r->list[r->n++];
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
trials_parts_numbers(trials_parts_t *r)
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
        part = &r->list[i];

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
        if (r->list[i].kind != TRIALS_PART_NUMBER || r->list[i].used) {
            continue;
        }

        part = &r->list[i];
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
trials_parts_power(trials_parts_t *r, size_t i)
{
    size_t         k;
    trials_part_t *part, *p;

    part = &r->list[i];
    p = r->list;
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
trials_parts_name(trials_parts_t *r)
{
    size_t                     i, words;
    const trials_check_word_t *found;

    for (i = 0; i < r->n; i += words) {
        words = 1;

        if (r->list[i].used) {
            continue;
        }

        found = trials_phrase_find(r, i, &words);

        if (found == NULL) {
            words = 1;
            continue;
        }

        /* "or more than 5", "or over 5" begin another bound. */

        if (strncmp(found->canon, "#or-", 4) == 0 && i + words < r->n
            && (trials_part_is(&r->list[i + words], "than")
                || r->list[i + words].kind == TRIALS_PART_NUMBER))
        {
            words = 1;
            continue;
        }

        r->list[i].canon = found->canon;
        r->list[i].words = words;
    }
}


/* The longest phrase of the table that begins at part i. */

static const trials_check_word_t *
trials_phrase_find(const trials_parts_t *r, size_t i, size_t *words)
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
trials_phrase_compare(const trials_parts_t *r, size_t i, size_t n,
                      const char *phrase)
{
    size_t               k, c;
    const trials_part_t *part;

    for (k = 0; k < n; k++) {
        part = &r->list[i + k];

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


int
trials_part_is(const trials_part_t *part, const char *word)
{
    return part->len == strlen(word) && memcmp(part->p, word, part->len) == 0;
}


int
trials_part_means(const trials_part_t *part, const char *canon)
{
    return part->canon && strcmp(part->canon, canon) == 0;
}
