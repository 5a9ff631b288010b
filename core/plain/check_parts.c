/*
 * Cutting a text into parts, reading its numbers and finding the phrases that
 * the check's table knows.
 */

#include "core/plain/check_parts.h"

#include <stdlib.h>
#include <string.h>


/* One character of the text as the check sees it. */
typedef struct {
    uint32_t code;
    size_t   size;      /* bytes it has in the text */
    unsigned super : 1; /* a raised digit */
} trials_check_char_t;


static trials_rc_t trials_parts_cut(trials_parts_t *r, trials_str_t text);
static trials_rc_t
trials_parts_add(trials_parts_t *r, size_t at, trials_part_t **part);
static size_t trials_part_word(trials_parts_t *r, trials_part_t *part,
                               trials_str_t text, size_t i, size_t out);
static size_t trials_part_number(trials_parts_t *r, trials_part_t *part,
                                 trials_str_t text, size_t i, size_t out);
static void   trials_part_digit(trials_part_t *part, char c);
static void   trials_part_fold(trials_part_t *part);
static int    trials_part_comma(trials_str_t text, size_t i);
static trials_check_char_t trials_check_char(trials_str_t text, size_t i);
static uint32_t            trials_check_fold(uint32_t code);
static int                 trials_check_letter(uint32_t code);
static size_t              trials_check_write(char *p, uint32_t code);
static void                trials_parts_numbers(trials_parts_t *r);
static void                trials_parts_words(trials_parts_t *r);
static void                trials_parts_power(trials_parts_t *r, size_t i);


trials_rc_t
trials_parts_read(trials_parts_t *parts, trials_str_t text)
{
    char       *normal;
    size_t      size;
    trials_rc_t rc;

    parts->n = 0;

    /* No part is longer than in the text; a space after each. */

    size = 2 * text.len + 16;

    if (parts->normal_size < size) {
        normal = realloc(parts->normal, 2 * size);
        if (normal == NULL) {
            return TRIALS_NOMEM;
        }

        parts->normal = normal;
        parts->normal_size = 2 * size;
    }

    rc = trials_parts_cut(parts, text);

    if (rc == TRIALS_OK) {
        trials_parts_words(parts);
        trials_parts_numbers(parts);
    }

    return rc;
}


void
trials_parts_free(trials_parts_t *parts)
{
    free(parts->list);
    free(parts->normal);
    memset(parts, 0, sizeof(trials_parts_t));
}


static trials_rc_t
trials_parts_cut(trials_parts_t *r, trials_str_t text)
{
    size_t              i, out, spaced, lines;
    trials_rc_t         rc;
    trials_part_t      *part;
    trials_check_char_t c;

    spaced = 1;
    lines = 0;
    out = 0;

    for (i = 0; i < text.len;) {
        c = trials_check_char(text, i);

        if (c.code == ' ') {
            spaced = 1;
            lines += text.data[i] == '\n';
            i += c.size;
            continue;
        }

        rc = trials_parts_add(r, i, &part);
        if (rc != TRIALS_OK) {
            return rc;
        }

        part->p = r->normal + out;
        part->spaced = spaced & 1;
        part->line = lines > 1 ? 2 : lines & 1;
        spaced = 0;
        lines = 0;

        if (c.super && r->n > 1 && part[-1].kind == TRIALS_PART_NUMBER
            && !part->spaced) {
            /* "10⁹" is "10^9". */

            part->kind = TRIALS_PART_SIGN;
            part->len = trials_check_write(r->normal + out, '^');
            out += part->len;
            r->normal[out++] = ' ';

            rc = trials_parts_add(r, i, &part);
            if (rc != TRIALS_OK) {
                return rc;
            }
            part->p = r->normal + out;
        }

        if (c.code >= '0' && c.code <= '9') {
            part->kind = TRIALS_PART_NUMBER;
            i += trials_part_number(r, part, text, i, out);

        } else if (trials_check_letter(c.code)) {
            i += trials_part_word(r, part, text, i, out);

        } else {
            part->kind = TRIALS_PART_SIGN;
            part->len = trials_check_write(r->normal + out, c.code);
            i += c.size;
        }

        part->size = i - part->at;
        out += part->len;
        r->normal[out++] = ' ';
    }

    return TRIALS_OK;
}


static trials_rc_t
trials_parts_add(trials_parts_t *r, size_t at, trials_part_t **part)
{
    size_t         size;
    trials_part_t *parts;

    if (r->n == r->size) {
        size = r->size ? 2 * r->size : 64;

        parts = realloc(r->list, size * sizeof(trials_part_t));
        if (parts == NULL) {
            return TRIALS_NOMEM;
        }

        r->list = parts;
        r->size = size;
    }

    *part = &r->list[r->n++];
    memset(*part, 0, sizeof(trials_part_t));
    (*part)->at = at;

    return TRIALS_OK;
}


/* Letters, digits after a letter, apostrophes between letters. */

static size_t
trials_part_word(trials_parts_t *r, trials_part_t *part, trials_str_t text,
                 size_t i, size_t out)
{
    size_t              start;
    char               *p, letter;
    trials_check_char_t c, next;

    start = i;
    p = r->normal + out;

    while (i < text.len) {
        letter = text.data[i] | 0x20;

        if (letter >= 'a' && letter <= 'z') {
            *p++ = letter;
            i++;
            continue;
        }

        c = trials_check_char(text, i);

        if (c.code == '\'') {
            if (i + c.size >= text.len) {
                break;
            }

            next = trials_check_char(text, i + c.size);
            if (!trials_check_letter(next.code)) {
                break;
            }

        } else if (!trials_check_letter(c.code)
                   && !(c.code >= '0' && c.code <= '9')) {
            break;
        }

        p += trials_check_write(p, c.code);
        i += c.size;
    }

    part->len = (size_t) (p - (r->normal + out));
    trials_part_fold(part);

    return i - start;
}


/* "doctors", "doctor's" are "doctor"; "studies" is "study". */

static void
trials_part_fold(trials_part_t *part)
{
    char  *p;
    size_t n;

    p = (char *) part->p;
    n = part->len;

    if (n > 2 && p[n - 1] == 's' && p[n - 2] == '\'') {
        n -= 2;
    }

    if (n > 4 && memcmp(p + n - 3, "ies", 3) == 0) {
        p[n - 3] = 'y';
        n -= 2;

    } else if (n > 4
               && (memcmp(p + n - 4, "sses", 4) == 0
                   || memcmp(p + n - 4, "shes", 4) == 0
                   || memcmp(p + n - 4, "ches", 4) == 0
                   || memcmp(p + n - 3, "xes", 3) == 0))
    {
        n -= 2;

    } else if (n > 3 && p[n - 1] == 's' && p[n - 2] != 's' && p[n - 2] != 'u'
               && p[n - 2] != 'i')
    {
        n--;
    }

    part->len = n;
}


/* "1,500" and "1.5": a comma before three digits parts thousands. */

static size_t
trials_part_number(trials_parts_t *r, trials_part_t *part, trials_str_t text,
                   size_t i, size_t out)
{
    int                 point;
    char               *p;
    size_t              start;
    trials_check_char_t c, next;

    start = i;
    point = 0;
    p = r->normal + out;

    while (i < text.len) {
        c = trials_check_char(text, i);

        if (c.code >= '0' && c.code <= '9') {
            if (c.super && i > start && !trials_check_char(text, start).super) {
                break;
            }

            trials_part_digit(part, (char) c.code);
            part->exponent -= point;

        } else {
            if ((c.code != '.' && c.code != ',') || i + c.size >= text.len) {
                break;
            }

            next = trials_check_char(text, i + c.size);

            if (next.code < '0' || next.code > '9' || next.super || point) {
                break;
            }

            point = c.code == '.' || !trials_part_comma(text, i + c.size);
        }

        p += trials_check_write(p, c.code);
        i += c.size;
    }

    while (part->value && part->value % 10 == 0) {
        part->value /= 10;
        part->exponent++;
    }

    part->len = (size_t) (p - (r->normal + out));

    return i - start;
}


/* Do exactly three digits follow? */

static int
trials_part_comma(trials_str_t text, size_t i)
{
    size_t k;

    for (k = 0;
         i + k < text.len && text.data[i + k] >= '0' && text.data[i + k] <= '9';
         k++)
    {
        /* void */
    }

    return k == 3;
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


/* Bytes that are no UTF-8 are characters of their own. */

static trials_check_char_t
trials_check_char(trials_str_t text, size_t i)
{
    size_t               n, k;
    trials_check_char_t  c;
    const unsigned char *p;

    p = (const unsigned char *) text.data + i;
    c.super = 0;
    c.size = 1;
    c.code = p[0];

    if (p[0] < 0x80) {
        c.code = p[0] >= 'A' && p[0] <= 'Z' ? (uint32_t) p[0] + 32
                 : p[0] <= ' '              ? ' '
                                            : p[0];
        return c;
    }

    n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : p[0] >= 0xc2 ? 2 : 1;

    if (n == 1 || n > text.len - i) {
        return c;
    }

    c.code = p[0] & (0xffU >> (n + 1));

    for (k = 1; k < n; k++) {
        c.code = (c.code << 6) | (p[k] & 0x3f);
    }

    c.size = n;

    if (c.code == 0xb2 || c.code == 0xb3 || c.code == 0xb9
        || (c.code >= 0x2070 && c.code <= 0x2079))
    {
        c.super = 1;
        c.code = c.code == 0xb9   ? '1'
                 : c.code < 0x100 ? c.code - 0xb0 + '0'
                                  : c.code - 0x2070 + '0';
        return c;
    }

    c.code = trials_check_fold(c.code);

    return c;
}


/* The character that stands for this one: full-width forms, spaces, hyphens,
 * apostrophes, capitals, the two signs for micro. */

static uint32_t
trials_check_fold(uint32_t code)
{
    if (code >= 0xff01 && code <= 0xff5e) {
        code -= 0xfee0;
        return code >= 'A' && code <= 'Z' ? code + 32 : code;
    }

    if (code == 0xa0 || (code >= 0x2000 && code <= 0x200b) || code == 0x202f
        || code == 0x205f || code == 0x3000 || code == 0xfeff)
    {
        return ' ';
    }

    if (code == 0x2010 || code == 0x2011 || code == 0x2212) {
        return '-';
    }

    if (code == 0x2018 || code == 0x2019) {
        return '\'';
    }

    if (code == 0xb5) {
        return 0x3bc;
    }

    if ((code >= 0xc0 && code <= 0xde && code != 0xd7)
        || (code >= 0x391 && code <= 0x3a9))
    {
        return code + 32;
    }

    return code;
}


static int
trials_check_letter(uint32_t code)
{
    return (code >= 'a' && code <= 'z')
           || (code >= 0xc0 && code < 0x2000 && code != 0xd7 && code != 0xf7)
           || (code >= 0x3040 && code < 0xfe00);
}


static size_t
trials_check_write(char *p, uint32_t code)
{
    if (code < 0x80) {
        p[0] = (char) code;
        return 1;
    }

    if (code < 0x800) {
        p[0] = (char) (0xc0 | (code >> 6));
        p[1] = (char) (0x80 | (code & 0x3f));
        return 2;
    }

    if (code < 0x10000) {
        p[0] = (char) (0xe0 | (code >> 12));
        p[1] = (char) (0x80 | ((code >> 6) & 0x3f));
        p[2] = (char) (0x80 | (code & 0x3f));
        return 3;
    }

    p[0] = (char) (0xf0 | ((code >> 18) & 7));
    p[1] = (char) (0x80 | ((code >> 12) & 0x3f));
    p[2] = (char) (0x80 | ((code >> 6) & 0x3f));
    p[3] = (char) (0x80 | (code & 0x3f));

    return 4;
}


/* Numbers that are written as words. */

static void
trials_parts_words(trials_parts_t *r)
{
    size_t         i, k;
    trials_part_t *part;
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

        if (part->kind != TRIALS_PART_WORD || part->len < 3 || part->len > 9
            || strchr("zotfsen", part->p[0]) == NULL)
        {
            continue;
        }

        for (k = 0; k < sizeof(words) / sizeof(words[0]); k++) {
            if (words[k].word[0] == part->p[0]
                && trials_part_is(part, words[k].word)) {
                part->kind = TRIALS_PART_NUMBER;
                part->value = words[k].value;
                if (part->value && part->value % 10 == 0) {
                    part->value /= 10;
                    part->exponent = 1;
                }
                break;
            }
        }
    }
}


/* Tens of thousands, millions, and powers of ten. */

static void
trials_parts_numbers(trials_parts_t *r)
{
    size_t         i;
    trials_part_t *part, *next;

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


/* The longest phrase that begins at each part. */

void
trials_parts_name(trials_parts_t *r, const trials_checker_t *checker)
{
    size_t                     i, n, longest, words;
    uint32_t                   hash;
    trials_part_t             *part, *last;
    const trials_check_slot_t *slot, *found;

    for (i = 0; i < r->n; i += words) {
        words = 1;
        part = &r->list[i];

        if (part->used) {
            continue;
        }

        /* The parts stand one after the other, a space between. */

        hash = trials_check_hash(TRIALS_CHECK_HASH, part->p, part->len);
        slot = trials_checker_find(checker, part->p, part->len, hash);

        if (slot == NULL) {
            continue;
        }

        found = slot->canon ? slot : NULL;
        longest = slot->longest;

        for (n = 2; n <= longest && i + n <= r->n; n++) {
            last = &r->list[i + n - 1];
            hash = trials_check_hash(hash, " ", 1);
            hash = trials_check_hash(hash, last->p, last->len);
            slot = trials_checker_find(checker, part->p,
                                       (size_t) (last->p - part->p) + last->len,
                                       hash);

            if (slot && slot->canon) {
                found = slot;
                words = n;
            }
        }

        if (found == NULL) {
            continue;
        }

        /* "or more than 5", "or over 5" begin another bound. */

        if (strncmp(found->canon, ":or-", 4) == 0 && i + words < r->n
            && (trials_part_is(&r->list[i + words], "than")
                || r->list[i + words].kind == TRIALS_PART_NUMBER))
        {
            words = 1;
            slot = trials_checker_find(
                checker, part->p, part->len,
                trials_check_hash(TRIALS_CHECK_HASH, part->p, part->len));
            found = slot;
        }

        if (found && found->canon) {
            part->canon = found->canon;
            part->words = words;
        }
    }
}
