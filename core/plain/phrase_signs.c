/*
 * Signs in plain words.
 */

#include "core/plain/phrases.h"

#include <string.h>


/* Words between two signs about one thing, at most. */
#define TRIALS_SIGN_REACH 4


static int    trials_sign_again(const trials_phraser_t *p, size_t i);
static size_t trials_sign_read(const trials_phraser_t *p, size_t i,
                               const char **words, const char **after);
static int    trials_sign_after(const trials_phraser_t *p, size_t i);


size_t
trials_phrase_sign(trials_phraser_t *p, size_t i)
{
    size_t                used;
    const char           *words, *after;
    trials_buf_t          buf;
    const trials_token_t *number;

    used = trials_sign_read(p, i, &words, &after);

    if (used == 0 || i + used >= p->ntokens
        || p->tokens[i + used].kind != TRIALS_TOKEN_NUMBER)
    {
        return 0;
    }

    /* "5-<10", "=>5" after a number: what bounds which is not certain. */

    if (i > 0 && p->tokens[i - 1].kind == TRIALS_TOKEN_SIGN
        && strchr("-+/*=~<>", p->text.data[p->tokens[i - 1].start]))
    {
        return 0;
    }

    if (trials_sign_again(p, i)) {
        return 0;
    }

    number = &p->tokens[i + used];

    /* "at ≥ 300 mg" would be "at at least". */

    if (i > 0 && trials_token_says(p, i - 1, "at") && words[0] == 'a') {
        words = words[3] == 'l' ? "no less than" : "no more than";
    }

    if (!trials_sign_after(p, i) || after == NULL) {
        trials_phrase_put(p, i, used, words, strlen(words));
        return used;
    }

    trials_buf_init(&buf, 256);
    (void) trials_buf_append(&buf, p->text.data + number->start, number->len);
    (void) trials_buf_append(&buf, " ", 1);
    (void) trials_buf_append(&buf, after, strlen(after));

    if (buf.failed == TRIALS_OK) {
        trials_phrase_put(p, i, used + 1, buf.data, buf.len);
    } else {
        p->buf->failed = buf.failed;
    }

    trials_buf_free(&buf);

    return used + 1;
}


/* "40% < FEV1 < 80%": is it the second sign about one thing? */

static int
trials_sign_again(const trials_phraser_t *p, size_t i)
{
    size_t      k, used;
    const char *words, *after;

    for (k = i; k > 0 && k + TRIALS_SIGN_REACH > i; k--) {
        if (p->tokens[k - 1].kind != TRIALS_TOKEN_SIGN) {
            continue;
        }

        used = trials_sign_read(p, k - 1, &words, &after);

        if (used == 0) {
            return 0;
        }

        return k - 1 + used < i
               && p->tokens[k - 1 + used].kind == TRIALS_TOKEN_WORD;
    }

    return 0;
}


/* The comparator at token i: the number of its tokens, or 0. */

static size_t
trials_sign_read(const trials_phraser_t *p, size_t i, const char **words,
                 const char **after)
{
    char                  first, second;
    uint32_t              code;
    const trials_token_t *t;

    t = &p->tokens[i];

    if (t->kind != TRIALS_TOKEN_SIGN) {
        return 0;
    }

    (void) trials_utf8_read(p->text.data + t->start, t->len, &code);

    first = code < 0x80 ? (char) code : ' ';
    second = i + 1 < p->ntokens && p->tokens[i + 1].kind == TRIALS_TOKEN_SIGN
                 ? p->text.data[p->tokens[i + 1].start]
                 : ' ';

    if (code == 0x2265 || code == 0x2267 || code == 0x2a7e
        || (first == '>' && second == '=') || (first == '=' && second == '>'))
    {
        *words = "at least";
        *after = "or higher";
        return code < 0x80 ? 2 : 1;
    }

    if (code == 0x2264 || code == 0x2266 || code == 0x2a7d
        || (first == '<' && second == '=') || (first == '=' && second == '<'))
    {
        *words = "at most";
        *after = "or lower";
        return code < 0x80 ? 2 : 1;
    }

    /* "> or =", ">/=" */

    if ((first == '>' || first == '<')
        && (trials_token_says(p, i + 1, "or") || second == '/')
        && trials_token_says(p, i + 2, "="))
    {
        *words = first == '>' ? "at least" : "at most";
        *after = first == '>' ? "or higher" : "or lower";
        return 3;
    }

    if (second != ' ') {
        return 0;
    }

    *after = NULL;

    if (first == '>' || code == 0xff1e) {
        *words = "more than";
        return 1;
    }

    if (first == '<' || code == 0xff1c) {
        *words = "less than";
        return 1;
    }

    return 0;
}


/* After "grade" a bound goes behind its number, where nothing that belongs to
 * the number follows. */

static int
trials_sign_after(const trials_phraser_t *p, size_t i)
{
    size_t                   k;
    const trials_token_t    *next;
    static const char *const words[] = {"grade", "grades", "stage", "class",
                                        NULL};

    if (i == 0
        || !trials_word_in(p->text.data + p->tokens[i - 1].start,
                           p->tokens[i - 1].len, words))
    {
        return 0;
    }

    for (k = i; p->tokens[k].kind != TRIALS_TOKEN_NUMBER; k++) {
        /* void */
    }

    if (k + 1 == p->ntokens) {
        return 1;
    }

    next = &p->tokens[k + 1];

    return next->kind == TRIALS_TOKEN_SIGN
               ? strchr(",.;)", p->text.data[next->start]) != NULL
               : next->kind == TRIALS_TOKEN_WORD && next->space
                     && !trials_token_says(p, k + 1, "to")
                     && !trials_token_says(p, k + 1, "or")
                     && !trials_token_says(p, k + 1, "x")
                     && !trials_token_says(p, k + 1, "times");
}


size_t
trials_phrase_power(trials_phraser_t *p, size_t i)
{
    size_t      k;
    const char *words;

    if (p->tokens[i].kind != TRIALS_TOKEN_NUMBER) {
        return 0;
    }

    k = i + 1;

    if (k + 5 >= p->ntokens
        || !(trials_token_says(p, k, "x") || trials_token_says(p, k, "*")
             || trials_token_says(p, k, "\xc3\x97"))
        || !trials_token_says(p, k + 1, "10")
        || !trials_token_says(p, k + 2, "^")
        || !trials_token_says(p, k + 4, "/")
        || !trials_token_says(p, k + 5, "l"))
    {
        return 0;
    }

    if (trials_token_says(p, k + 3, "9")) {
        words = "billion per liter";

    } else if (trials_token_says(p, k + 3, "6")) {
        words = "million per liter";

    } else {
        return 0;
    }

    /* What stands before the number, and the number, are as they were. */

    trials_phrase_put(p, k, 6, words, strlen(words));

    return 7;
}
