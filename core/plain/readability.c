/*
 * Counting words, sentences and syllables.
 */

#include "core/plain/readability.h"

#include "core/plain/text.h"

#include <string.h>


#define TRIALS_SYLLABLE_WORD 48


static int    trials_sentence_ends(trials_str_t text, size_t i);
static size_t trials_word_span(trials_str_t text, size_t i);
static size_t trials_number_syllables(const char *word, size_t len);
static int    trials_spelled_out(const char *word, size_t len);
static int    trials_is_vowel(char c);
static int    trials_ends_with(const char *w, size_t n, const char *tail);
static size_t trials_silent(const char *w, size_t n, size_t groups);
static size_t trials_hiatus(const char *w, size_t n);


void
trials_readability_add(trials_readability_t *r, trials_str_t text)
{
    size_t i, n, words;

    words = 0;

    for (i = 0; i < text.len;) {
        n = trials_word_span(text, i);

        if (n) {
            words++;
            r->syllables += trials_readability_syllables(text.data + i, n);
            i += n;
            continue;
        }

        if (words && trials_sentence_ends(text, i)) {
            r->words += words;
            r->sentences++;
            words = 0;
        }

        i++;
    }

    if (words) {
        r->words += words;
        r->sentences++;
    }
}


double
trials_readability_grade(const trials_readability_t *r)
{
    if (r->words == 0 || r->sentences == 0) {
        return 0;
    }

    return 0.39 * (double) r->words / (double) r->sentences
           + 11.8 * (double) r->syllables / (double) r->words - 15.59;
}


/* A stop with space and a capital or a digit after it, which is not that of an
 * abbreviation. */

static int
trials_sentence_ends(trials_str_t text, size_t i)
{
    size_t                   start;
    static const char *const shorts[] = {"e.g", "i.e", "vs",  "approx", "dr",
                                         "no",  "etc", "cf",  "incl",   "al",
                                         "st",  "min", "max", NULL};

    if (text.data[i] != '.' && text.data[i] != '!' && text.data[i] != '?') {
        return 0;
    }

    for (start = i; start > 0 && text.data[start - 1] != ' '
                    && text.data[start - 1] != '\n'
                    && text.data[start - 1] != '(' && i - start < 8;
         start--)
    {
        /* void */
    }

    if (text.data[i] == '.'
        && trials_word_in(text.data + start, i - start, shorts)) {
        return 0;
    }

    for (i++; i < text.len && strchr("\")]", text.data[i]); i++) {
        /* void */
    }

    if (i >= text.len || (text.data[i] != ' ' && text.data[i] != '\n')) {
        return i >= text.len;
    }

    for (; i < text.len && strchr(" \n\"(", text.data[i]); i++) {
        /* void */
    }

    return i < text.len
           && (trials_is_upper(text.data[i]) || trials_is_digit(text.data[i]));
}


/* Bytes of the word or number at i; 0 where none begins. */

static size_t
trials_word_span(trials_str_t text, size_t i)
{
    size_t   start, n;
    uint32_t code;

    for (start = i; i < text.len; i += n) {
        n = trials_utf8_read(text.data + i, text.len - i, &code);

        if (trials_is_letter(code)
            || (code < 0x80 && trials_is_digit((char) code))) {
            continue;
        }

        if (i == start || i + n >= text.len) {
            break;
        }

        if ((code == '.' || code == ',') && trials_is_digit(text.data[i - 1])
            && trials_is_digit(text.data[i + n])
            && trials_is_digit(text.data[start]))
        {
            continue;
        }

        if ((code == '\'' || code == 0x2019)
            && trials_is_lower(text.data[i + n])) {
            continue;
        }

        break;
    }

    return i - start;
}


size_t
trials_readability_syllables(const char *word, size_t len)
{
    int    digits, letters;
    char   w[TRIALS_SYLLABLE_WORD];
    size_t i, n, groups, silent;

    digits = 0;
    letters = 0;

    for (i = 0; i < len; i++) {
        digits += trials_is_digit(word[i]);
        letters += trials_is_lower(trials_lower(word[i]))
                   || (unsigned char) word[i] >= 0x80;
    }

    if (digits && !letters) {
        return trials_number_syllables(word, len);
    }

    if (digits) {
        return len < 5 ? len : 5;
    }

    if (trials_spelled_out(word, len)) {
        n = 0;
        for (i = 0; i < len; i++) {
            n += word[i] == 'W' ? 3 : word[i] != 's';
        }
        return n;
    }

    n = 0;

    for (i = 0; i < len && n < TRIALS_SYLLABLE_WORD; i++) {
        if (word[i] == '\'' || (unsigned char) word[i] == 0xe2) {
            break;
        }
        if (trials_is_lower(trials_lower(word[i]))) {
            w[n++] = trials_lower(word[i]);
        }
    }

    groups = 0;

    for (i = 0; i < n; i++) {
        groups +=
            trials_is_vowel(w[i]) && (i == 0 || !trials_is_vowel(w[i - 1]));
    }

    groups += trials_hiatus(w, n);
    silent = trials_silent(w, n, groups);

    return groups > silent ? groups - silent : 1;
}


static size_t
trials_number_syllables(const char *word, size_t len)
{
    size_t i, digits, point;

    digits = 0;
    point = 0;

    for (i = 0; i < len; i++) {
        digits += trials_is_digit(word[i]);
        point |= word[i] == '.';
    }

    return (digits < 3 ? digits : digits < 5 ? digits + 1 : 6) + point;
}


/* "ALT" is read letter by letter, "NICE" is not. */

static int
trials_spelled_out(const char *word, size_t len)
{
    size_t i, n;

    n = len > 2 && word[len - 1] == 's' ? len - 1 : len;

    if (n < 2 || n > 6) {
        return 0;
    }

    for (i = 0; i < n; i++) {
        if (!trials_is_upper(word[i])) {
            return 0;
        }
    }

    for (i = 0; i + 1 < n; i++) {
        if (strchr("AEIOU", word[i])
            && (strchr("AEIOU", word[i + 1])
                || (i + 2 < n && strchr("AEIOU", word[i + 2]))))
        {
            return 0;
        }
    }

    return 1;
}


static int
trials_is_vowel(char c)
{
    static const uint32_t vowels = 1 << ('a' - 'a') | 1 << ('e' - 'a')
                                   | 1 << ('i' - 'a') | 1 << ('o' - 'a')
                                   | 1 << ('u' - 'a') | 1 << ('y' - 'a');

    return trials_is_lower(c) && (vowels >> (c - 'a') & 1);
}


static int
trials_ends_with(const char *w, size_t n, const char *tail)
{
    size_t len;

    len = strlen(tail);

    return n > len && memcmp(w + n - len, tail, len) == 0;
}


/* Vowels that are written and not said. */

static size_t
trials_silent(const char *w, size_t n, size_t groups)
{
    size_t                   i, silent;
    static const char *const inner[] = {"some",  "every", "base", "safe",
                                        "where", "care",  "life", "time",
                                        "home",  "more",  "tube", NULL};

    silent = 0;

    if (n < 3 || groups < 2) {
        return 0;
    }

    if (w[n - 1] == 'e' && !trials_is_vowel(w[n - 2])
        && !(w[n - 2] == 'l' && !trials_is_vowel(w[n - 3]) && w[n - 3] != 'r'
             && w[n - 3] != 'w' && w[n - 3] != 'l'))
    {
        silent = 1;

    } else if (trials_ends_with(w, n, "ed") && !trials_is_vowel(w[n - 3])
               && w[n - 3] != 't' && w[n - 3] != 'd'
               && !(w[n - 3] == 'l' && n > 4 && strchr("bcdfgkptsz", w[n - 4])))
    {
        silent = 1;

    } else if (trials_ends_with(w, n, "es") && !trials_is_vowel(w[n - 3])
               && !strchr("scxzgh", w[n - 3])
               && !(w[n - 3] == 'l' && n > 4 && strchr("bcdfgkptsz", w[n - 4])))
    {
        silent = 1;
    }

    if (trials_ends_with(w, n, "ely") || trials_ends_with(w, n, "eless")
        || trials_ends_with(w, n, "eful")
        || (trials_ends_with(w, n, "ement")
            && !trials_ends_with(w, n, "lement")))
    {
        silent++;

    } else {
        for (i = 0; inner[i]; i++) {
            if (w[0] == inner[i][0] && n > strlen(inner[i]) + 1
                && memcmp(w, inner[i], strlen(inner[i])) == 0
                && !trials_is_vowel(w[strlen(inner[i])]))
            {
                silent++;
                break;
            }
        }
    }

    return silent;
}


/* Two vowels side by side that are two syllables: "di-abetes", "ra-di-o". */

static size_t
trials_hiatus(const char *w, size_t n)
{
    char   before;
    size_t i, more;

    more = 0;

    for (i = 0; i + 1 < n; i++) {
        if (!trials_is_vowel(w[i]) || !trials_is_vowel(w[i + 1])) {
            continue;
        }

        before = i ? w[i - 1] : '.';

        if (w[i] == 'i' && w[i + 1] == 'a') {
            more += !strchr("cst", before)
                    || (i + 2 < n && w[i + 2] == 't' && before != 't');

        } else if (w[i] == 'i' && w[i + 1] == 'o') {
            more += !strchr("cstgxnl", before);

        } else if (w[i] == 'i' && w[i + 1] == 'u') {
            more++;

        } else if (w[i] == 'e' && w[i + 1] == 'o') {
            more += before != 'g' && before != 'c'
                    && !(i + 2 < n && (w[i + 2] == 'u' || w[i + 2] == 'p'));

        } else if (w[i] == 'u' && w[i + 1] == 'a') {
            more += before != 'q' && before != 'g';

        } else if (w[i] == 'i' && w[i + 1] == 'e') {
            more += i + 2 < n && (w[i + 2] == 'n' || w[i + 2] == 't')
                    && before != 'c' && before != 't' && before != 'r';

        } else if (strchr("eouy", w[i]) && i + 3 < n + 1
                   && memcmp(w + i + 1, "ing", 3 < n - i ? 3 : n - i - 1) == 0
                   && i + 4 == n)
        {
            more++;

        } else if (w[i] == 'e' && w[i + 1] == 'u' && i + 3 == n
                   && w[i + 2] == 'm') {
            more++;
        }
    }

    if (trials_ends_with(w, n, "sm") || trials_ends_with(w, n, "sms")
        || trials_ends_with(w, n, "thm"))
    {
        more++;
    }

    return more;
}
