/*
 * Headings and list marks.
 *
 * Nearly all records say "Inclusion Criteria:" and "Exclusion Criteria:"; the
 * others say it with a cohort's name, without the colon, in capitals, or in the
 * middle of a line.  A sentence about criteria is no heading: "Not meeting
 * inclusion criteria", "Other inclusion/exclusion criteria may apply".
 */

#include "core/plain/heading.h"

#include "core/plain/text.h"

#include <string.h>


/* Words of a heading, at most. */
#define TRIALS_HEADING_WORDS 24


typedef struct {
    size_t start;
    size_t len;
} trials_span_of_t;

typedef struct {
    trials_span_of_t words[TRIALS_HEADING_WORDS];
    size_t           n;
    size_t           end; /* after the colon, or the line's length */
    unsigned         colon : 1;
    unsigned         stop : 1; /* it ends with a full stop */
    unsigned         more : 1; /* it has more words than fit */
    size_t           key;      /* the word "inclusion" or "exclusion" */
    unsigned         inclusions;
    unsigned         exclusions;
} trials_heading_t;


static void trials_heading_split(trials_str_t line, trials_heading_t *h);
static int  trials_heading_parted(trials_str_t line, const trials_heading_t *h);
static void trials_heading_keys(trials_str_t line, trials_heading_t *h);
static int  trials_heading_has(trials_str_t line, const trials_heading_t *h,
                               const char *const *list);
static int  trials_heading_says(trials_str_t line, const trials_heading_t *h,
                                size_t word, const char *const *list);
static size_t   trials_mark_sign(trials_str_t line, size_t i);
static size_t   trials_mark_number(trials_str_t line, size_t i, unsigned *next);
static int      trials_mark_counts(trials_str_t line, size_t i);
static unsigned trials_mark_value(const char *data, size_t len, unsigned next);


static const char *const trials_heading_include[] = {"inclusion", "inclusions",
                                                     NULL};

static const char *const trials_heading_exclude[] = {"exclusion", "exclusions",
                                                     "noninclusion", NULL};

/* Alone before a colon these head a list too. */
static const char *const trials_heading_verbs_in[] = {"include", "includes",
                                                      "included", NULL};
static const char *const trials_heading_verbs_out[] = {"exclude", "excludes",
                                                       "excluded", NULL};

static const char *const trials_heading_criteria[] = {
    "criteria", "criterion", "criterias", "criteri", NULL};

/* A line with one of these is a sentence, unless it starts with the key. */
static const char *const trials_heading_sentence[] = {
    "meet",  "meets",  "meeting", "met", "fulfil",    "fulfill",
    "not",   "any",    "must",    "see", "following", "fulfilling",
    "none",  "if",     "have",    "has", "may",       "should",
    "apply", "unless", "are",     "is",  "be",        "no",
    "other", "per",    "were",    "was", NULL};

/* What may stand before "inclusion" in the middle of a line. */
static const char *const trials_heading_lead[] = {
    "key",   "main",    "major",   "general",     "additional", "specific",
    "other", "patient", "subject", "participant", "primary",    NULL};


size_t
trials_heading_read(trials_str_t line, trials_group_kind_t *kind)
{
    int              short_line;
    trials_heading_t h;

    trials_heading_split(line, &h);
    trials_heading_keys(line, &h);

    if (h.n == 1 && h.colon) {
        if (trials_heading_says(line, &h, 0, trials_heading_verbs_in)) {
            *kind = TRIALS_GROUP_INCLUSION;
            return h.end;
        }
        if (trials_heading_says(line, &h, 0, trials_heading_verbs_out)) {
            *kind = TRIALS_GROUP_EXCLUSION;
            return h.end;
        }
    }

    if (h.n == 0 || h.more || (h.inclusions && h.exclusions)
        || (!h.inclusions && !h.exclusions))
    {
        return 0;
    }

    if (!trials_heading_says(line, &h, h.key, trials_heading_include)
        && !trials_heading_says(line, &h, h.key, trials_heading_exclude))
    {
        return 0;
    }

    *kind = h.exclusions ? TRIALS_GROUP_EXCLUSION : TRIALS_GROUP_INCLUSION;

    short_line = h.n <= 3;

    if (h.key > 1 && trials_heading_has(line, &h, trials_heading_sentence)) {
        return 0;
    }

    if (h.key == 1
        && trials_heading_says(line, &h, 0,
                               (const char *const[]){"meet", "meets", "not",
                                                     "see", "per", "no", NULL}))
    {
        return 0;
    }

    if (h.colon) {
        return short_line || h.key == 0
                       || (h.key == 1
                           && !trials_heading_has(line, &h,
                                                  trials_heading_sentence))
                       || (h.key + 1 < h.n
                           && trials_heading_says(line, &h, h.key + 1,
                                                  trials_heading_criteria))
                   ? h.end
                   : 0;
    }

    if (h.stop && !(h.n == 2 && h.key == 0)) {
        return 0;
    }

    if (h.n == 1) {
        return h.end;
    }

    /* Without a colon: "criteria" after the key, at an end of the line. */

    if (h.key + 1 >= h.n
        || !trials_heading_says(line, &h, h.key + 1, trials_heading_criteria)
        || (trials_heading_has(line, &h, trials_heading_sentence)
            && h.n > h.key + 2))
    {
        return 0;
    }

    return h.key == 0 || h.key + 2 == h.n || h.key == 1 ? h.end : 0;
}


/* The words up to the colon that ends the heading, or the line's end. */

static void
trials_heading_split(trials_str_t line, trials_heading_t *h)
{
    size_t   i, n;
    unsigned in_word;
    uint32_t code;

    memset(h, 0, sizeof(trials_heading_t));
    h->end = line.len;
    in_word = 0;

    for (i = 0; i < line.len; i += n) {
        n = trials_utf8_read(line.data + i, line.len - i, &code);

        if (trials_is_letter(code)
            || (code < 0x80 && trials_is_digit((char) code))) {
            if (!in_word) {
                if (h->n == TRIALS_HEADING_WORDS) {
                    h->more = 1;
                    return;
                }
                h->words[h->n].start = i;
                h->words[h->n].len = 0;
                h->n++;
                in_word = 1;
            }

            h->words[h->n - 1].len += n;
            continue;
        }

        in_word = 0;

        if (code == ':' || code == 0xff1a
            || (code == '.' && i + n < line.len
                && trials_heading_parted(line, h)))
        {
            h->colon = 1;
            h->end = i + n;

            if (h->n == 0) {
                continue;
            }
            return;
        }

        if (code == ';' || (code == '.' && i + n < line.len)) {
            h->more = h->n > 3;
            if (h->more) {
                return;
            }
        }

        h->stop = code == '.';
    }
}


/* "Study Exclusion Criteria. Pregnancy. Gout.": a full stop for the colon. */

static int
trials_heading_parted(trials_str_t line, const trials_heading_t *h)
{
    static const char *const whose[] = {"study", "trial", "key", "main", NULL};

    return (h->n == 2 || (h->n == 3 && trials_heading_says(line, h, 0, whose)))
           && trials_heading_says(line, h, h->n - 1, trials_heading_criteria)
           && (trials_heading_says(line, h, h->n - 2, trials_heading_include)
               || trials_heading_says(line, h, h->n - 2,
                                      trials_heading_exclude));
}


static void
trials_heading_keys(trials_str_t line, trials_heading_t *h)
{
    size_t i;

    for (i = 0; i < h->n; i++) {
        if (trials_heading_says(line, h, i, trials_heading_exclude)
            || (i && trials_heading_says(line, h, i, trials_heading_include)
                && trials_word_is(line.data + h->words[i - 1].start,
                                  h->words[i - 1].len, "non")))
        {
            h->key = h->exclusions + h->inclusions ? h->key : i;
            h->exclusions++;

        } else if (trials_heading_says(line, h, i, trials_heading_include)) {
            h->key = h->exclusions + h->inclusions ? h->key : i;
            h->inclusions++;
        }
    }
}


static int
trials_heading_says(trials_str_t line, const trials_heading_t *h, size_t word,
                    const char *const *list)
{
    return trials_word_in(line.data + h->words[word].start, h->words[word].len,
                          list);
}


static int
trials_heading_has(trials_str_t line, const trials_heading_t *h,
                   const char *const *list)
{
    size_t i;

    for (i = 0; i < h->n; i++) {
        if (trials_heading_says(line, h, i, list)) {
            return 1;
        }
    }

    return 0;
}


int
trials_heading_says_more(trials_str_t heading, size_t words)
{
    size_t                   i, n;
    trials_heading_t         h;
    static const char *const usual[] = {
        "inclusion",    "inclusions", "exclusion", "exclusions", "include",
        "included",     "exclude",    "excluded",  "includes",   "excludes",
        "noninclusion", "non",        "criteria",  "criterion",  "criterias",
        "criteri",      "key",        "main",      "major",      "general",
        "eligibility",  "the",        "for",       "of",         "and",
        "patient",      "patients",   "subject",   "subjects",   "participant",
        "participants", "study",      "trial",     "are",        "is",
        "as",           "follows",    NULL};

    trials_heading_split(heading, &h);

    for (i = 0, n = 0; i < h.n; i++) {
        n += h.words[i].len > 1 && !trials_heading_says(heading, &h, i, usual);
    }

    return n >= words;
}


int
trials_heading_requires(trials_str_t line)
{
    size_t                   i;
    trials_heading_t         h;
    static const char *const disease[] = {"disease", NULL};
    static const char *const traits[] = {"characteristics", NULL};
    static const char *const must[] = {"must", NULL};
    static const char *const meet[] = {"meet", "fulfill", "fulfil", "satisfy",
                                       NULL};
    static const char *const following[] = {"following", NULL};

    trials_heading_split(line, &h);

    if (!h.colon || h.more || h.n < 2) {
        return 0;
    }

    if (h.n == 2) {
        return trials_heading_says(line, &h, 0, disease)
               && trials_heading_says(line, &h, 1, traits);
    }

    for (i = 1; i + 2 < h.n; i++) {
        if (trials_heading_says(line, &h, i, must)
            && trials_heading_says(line, &h, i + 1, meet))
        {
            return h.end == line.len && trials_heading_has(line, &h, following);
        }
    }

    return 0;
}


int
trials_heading_is_label(trials_str_t line, int apart)
{
    size_t                   i;
    trials_heading_t         h;
    static const char *const words[] = {
        "group",    "groups", "cohort",   "cohorts",    "part",  "arm",
        "arms",     "cases",  "controls", "phase",      "stage", "selection",
        "substudy", "donors", "criteria", "caregivers", NULL};

    trials_heading_split(line, &h);

    if (h.n == 0 || h.n > 8 || h.more) {
        return 0;
    }

    if (apart || trials_heading_has(line, &h, words)) {
        return 1;
    }

    for (i = 0; i < line.len; i++) {
        if (trials_is_lower(line.data[i])) {
            return 0;
        }
    }

    return 1;
}


size_t
trials_heading_within(trials_str_t line)
{
    size_t          i, k, start;
    trials_tokens_t tokens;
    trials_token_t *t;

    memset(&tokens, 0, sizeof(trials_tokens_t));
    start = line.len;

    if (memchr(line.data, ':', line.len) == NULL
        || trials_tokens_read(&tokens, line) != TRIALS_OK)
    {
        trials_tokens_free(&tokens);
        return line.len;
    }

    t = tokens.list;

    for (i = 1; i + 1 < tokens.n; i++) {
        if (t[i].kind != TRIALS_TOKEN_WORD
            || !trials_is_upper(line.data[t[i].start])
            || (!trials_word_is(line.data + t[i].start, t[i].len, "inclusion")
                && !trials_word_is(line.data + t[i].start, t[i].len,
                                   "exclusion")))
        {
            continue;
        }

        k = i + 1;

        if (trials_word_in(line.data + t[k].start, t[k].len,
                           trials_heading_criteria)) {
            k++;
        }

        if (k >= tokens.n || line.data[t[k].start] != ':') {
            continue;
        }

        /* The words before it that belong to it. */

        k = i;
        while (k > 0 && trials_is_upper(line.data[t[k - 1].start])
               && trials_word_in(line.data + t[k - 1].start, t[k - 1].len,
                                 trials_heading_lead))
        {
            k--;
        }

        if (k == 0 || !t[k].space || line.data[t[k - 1].start] == '/') {
            continue;
        }

        start = t[k].start;
        break;
    }

    trials_tokens_free(&tokens);

    return start;
}


size_t
trials_heading_marks(trials_str_t line, unsigned *next, int first)
{
    size_t   i, n;
    uint32_t code;

    i = 0;

    while (i < line.len) {
        n = trials_mark_sign(line, i);

        if (n == 0 && ((i == 0 && first) || !trials_mark_counts(line, i))) {
            n = trials_mark_number(line, i, next);
        }

        if (n == 0) {
            break;
        }

        i += n;

        while (i < line.len) {
            n = trials_utf8_read(line.data + i, line.len - i, &code);
            if (!trials_is_space(code)) {
                break;
            }
            i += n;
        }
    }

    return i;
}


static size_t
trials_mark_sign(trials_str_t line, size_t i)
{
    size_t   n;
    uint32_t code, after;

    n = trials_utf8_read(line.data + i, line.len - i, &code);
    after = ' ';

    if (i + n < line.len) {
        (void) trials_utf8_read(line.data + i + n, line.len - i - n, &after);
    }

    switch (code) {
    case 0x2022: /* bullets of every shape */
    case 0x25aa:
    case 0x25ab:
    case 0x25a0:
    case 0x25a1:
    case 0x25cf:
    case 0x25cb:
    case 0x25e6:
    case 0x25b6:
    case 0x25ba:
    case 0x25c6:
    case 0x25c7:
    case 0x2023:
    case 0x2043:
    case 0x27a2:
    case 0x2794:
    case 0x2713:
    case 0x2714:
    case 0xb7:
        return n;

    case '-':
    case 0x2010: /* dashes: a number after one may be negative */
    case 0x2013:
    case 0x2014:
        return trials_is_space(after) || trials_is_letter(after) ? n : 0;

    case '.': /* what is left of "1. ." */
        return trials_is_space(after) ? n : 0;

    case '*':
        return trials_is_space(after) ? n : 0;

    case 'o': /* a bullet that lost its font */
        return i + 2 < line.len && line.data[i + 1] == ' '
                       && trials_is_upper(line.data[i + 2])
                   ? n
                   : 0;

    default:
        return 0;
    }
}


/*
 * "1)", "(a)", "b.", "iv)": only where it begins an enumeration or goes on with
 * one, for "E. coli" and "(2) patients" are words.
 */

static size_t
trials_mark_number(trials_str_t line, size_t i, unsigned *next)
{
    size_t   start, len, end;
    unsigned value, bracket;

    bracket = line.data[i] == '(';
    start = i + bracket;
    len = 0;

    while (start + len < line.len && len < 5
           && (trials_is_digit(line.data[start + len])
               || trials_is_lower(trials_lower(line.data[start + len]))))
    {
        len++;
    }

    end = start + len;

    if (len == 0 || len > 4 || end >= line.len) {
        return 0;
    }

    if (line.data[end] != ')' && (bracket || line.data[end] != '.')) {
        return 0;
    }

    if (end + 1 < line.len
        && !trials_is_space((unsigned char) line.data[end + 1])
        && (line.data[end] == '.' || !trials_is_upper(line.data[end + 1])))
    {
        return 0;
    }

    value = trials_mark_value(line.data + start, len, *next);

    /* "c. A change" begins with no word, whatever stood before it. */

    if (len == 1 && trials_is_lower(line.data[start]) && end + 2 < line.len
        && line.data[end + 1] == ' ' && trials_is_upper(line.data[end + 2]))
    {
        *next = (unsigned) (line.data[start] - 'a') + 2;
        return end + 1 - i;
    }

    /* Nor does "iii) a change", where "i)" was read as a letter. */

    if (len > 1 && value && trials_is_lower(line.data[start])
        && line.data[end] == ')')
    {
        *next = value + 1;
        return end + 1 - i;
    }

    if (value == 0 || (value != 1 && value != *next)) {
        return 0;
    }

    /* "A. baumannii" begins no list. */

    if (line.data[end] == '.' && trials_is_upper(line.data[start])
        && end + 2 < line.len && trials_is_lower(line.data[end + 2]))
    {
        return 0;
    }

    *next = value + 1;

    return end + 1 - i;
}


/* Is it a number, not a letter, that may be the mark? */

static int
trials_mark_counts(trials_str_t line, size_t i)
{
    i += line.data[i] == '(';

    return i < line.len && trials_is_digit(line.data[i]);
}


/* What an enumerator counts; "i" is a letter where a letter is next. */

static unsigned
trials_mark_value(const char *data, size_t len, unsigned next)
{
    size_t                   i;
    unsigned                 value;
    static const char *const roman[] = {"i",  "ii",  "iii",  "iv", "v",
                                        "vi", "vii", "viii", "ix", "x"};

    if (trials_is_digit(data[0])) {
        value = 0;

        for (i = 0; i < len; i++) {
            if (!trials_is_digit(data[i])) {
                return 0;
            }
            value = 10 * value + (unsigned) (data[i] - '0');
        }

        return len <= 2 ? value : 0;
    }

    value = len == 1 ? (unsigned) (trials_lower(data[0]) - 'a') + 1 : 0;

    if (value && (value == 1 || value == next)) {
        return value;
    }

    for (i = 0; i < sizeof(roman) / sizeof(roman[0]); i++) {
        if (trials_word_is(data, len, roman[i])) {
            return (unsigned) i + 1;
        }
    }

    return 0;
}
