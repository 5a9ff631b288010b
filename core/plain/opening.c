/*
 * How a criterion opens: said about patients in the record, to the reader on the
 * page.  Only where the grammar of what follows is certain.
 */

#include "core/plain/rewrite.h"

#include <string.h>


static int trials_opening_bare(const trials_rewriter_t *rewriter,
                               trials_str_t text, size_t i);
static int trials_opening_age(trials_rewriter_t *rewriter, trials_str_t text,
                              trials_buf_t *buf);
static void
trials_opening_put(trials_buf_t *buf, trials_str_t to, trials_str_t rest);


/* With one of these the rest has a verb of its own or speaks about the patient
 * again. */

static const char *const trials_not_bare[] = {
    "who",        "whom",     "whose",       "they",
    "them",       "their",    "he",          "she",
    "his",        "her",      "himself",     "must",
    "should",     "will",     "may",         "can",
    "cannot",     "could",    "would",       "shall",
    "is",         "are",      "was",         "were",
    "has",        "have",     "had",         "does",
    "do",         "did",      "patient",     "patients",
    "subject",    "subjects", "participant", "participants",
    "eligible",   "excluded", "included",    "allowed",
    "permitted",  "required", "women",       "men",
    "females",    "males",    "themselves",  "individuals",
    "individual", "persons",  "person",      "you",
    "your",       "note",     "except",      NULL};


int
trials_rewrite_opening(trials_rewriter_t *rewriter, trials_str_t text,
                       const trials_place_of_t *place, trials_buf_t *buf)
{
    int                   value;
    size_t                used;
    trials_str_t          rest;
    const trials_rule_t  *rule;
    const trials_token_t *last;

    if (place->kind == TRIALS_GROUP_OTHER || place->turned || text.len == 0) {
        return 0;
    }

    if (trials_tokens_read(&rewriter->tokens, text) != TRIALS_OK) {
        buf->failed = TRIALS_NOMEM;
        return 0;
    }

    if (trials_opening_age(rewriter, text, buf)) {
        return 1;
    }

    value = trials_trie_longest(rewriter->rules->openings, text,
                                &rewriter->tokens, 0, &used, NULL);

    if (value < 0 || used >= rewriter->tokens.n) {
        return 0;
    }

    rule = &rewriter->rules->rules[value];
    last = &rewriter->tokens.list[used - 1];

    rest.data = text.data + last->start + last->len;
    rest.len = text.len - (size_t) (rest.data - text.data);

    /* "Patients with: ..." and "Patients with/without" are not certain. */

    if (rest.data[0] != ' '
        || rewriter->tokens.list[used].kind == TRIALS_TOKEN_SIGN)
    {
        return 0;
    }

    if (rule->guard == TRIALS_GUARD_BARE
        && !trials_opening_bare(rewriter, text, used))
    {
        return 0;
    }

    trials_opening_put(buf, rule->to, rest);

    return 1;
}


static void
trials_opening_put(trials_buf_t *buf, trials_str_t to, trials_str_t rest)
{
    (void) trials_buf_append(buf, to.data, to.len);
    (void) trials_buf_append(buf, rest.data, rest.len);
}


static int
trials_opening_bare(const trials_rewriter_t *rewriter, trials_str_t text,
                    size_t i)
{
    const trials_token_t *t;

    for (; i < rewriter->tokens.n; i++) {
        t = &rewriter->tokens.list[i];

        if (t->kind == TRIALS_TOKEN_WORD
            && trials_word_in(text.data + t->start, t->len, trials_not_bare))
        {
            return 0;
        }

        /* A second sentence may be about anything. */

        if (i + 1 < rewriter->tokens.n
            && (text.data[t->start] == ':' || text.data[t->start] == ';'
                || (text.data[t->start] == '.' && t[1].space)))
        {
            return 0;
        }
    }

    return 1;
}


/*
 * "Age at least 18 years" becomes "You are at least 18 years old": the text must
 * be an age, its bounds and nothing else.
 */

static int
trials_opening_age(trials_rewriter_t *rewriter, trials_str_t text,
                   trials_buf_t *buf)
{
    size_t                   i, n, number, unit, first;
    trials_str_t             rest;
    const trials_token_t    *t;
    static const char *const between[] = {
        "at",        "least",   "most",    "more",  "less", "than",
        "to",        "and",     "or",      "older", "over", "under",
        "up",        "between", "from",    "years", "year", "months",
        "inclusive", "above",   "younger", NULL};
    static const char *const openings[] = {"age", "aged", "ages", NULL};

    t = rewriter->tokens.list;
    n = rewriter->tokens.n;

    if (n < 2 || !trials_word_in(text.data + t[0].start, t[0].len, openings)) {
        return 0;
    }

    first = 1;

    while (first < n
           && (text.data[t[first].start] == ':'
               || trials_word_is(text.data + t[first].start, t[first].len, "of")
               || trials_word_is(text.data + t[first].start, t[first].len,
                                 "from")))
    {
        first++;
    }

    number = 0;
    unit = 0;

    for (i = first; i < n; i++) {
        if (t[i].kind == TRIALS_TOKEN_NUMBER) {
            number++;
            unit = 0;

        } else if (trials_token_is_unit(text, &t[i])) {
            unit = i;

        } else if (t[i].kind == TRIALS_TOKEN_WORD) {
            if (!trials_word_in(text.data + t[i].start, t[i].len, between)) {
                return 0;
            }

        } else if (i + 1 == n && text.data[t[i].start] == '.') {
            n--;

        } else if (text.data[t[i].start] != '-' || t[i].space) {
            return 0;
        }
    }

    if (number == 0 || number > 2 || unit == 0) {
        return 0;
    }

    rest.data = text.data + t[first].start;
    rest.len = t[n - 1].start + t[n - 1].len - t[first].start;

    (void) trials_buf_append(buf, "You are ", 8);
    (void) trials_buf_append(buf, rest.data, rest.len);

    if (unit == n - 1) {
        (void) trials_buf_append(buf, " old", 4);
    }

    if (n < rewriter->tokens.n) {
        (void) trials_buf_append(buf, ".", 1);
    }

    return 1;
}
