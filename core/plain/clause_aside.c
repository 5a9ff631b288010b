/*
 * What stands in brackets and can be a sentence.
 */

#include "core/plain/clauses.h"


/* "high blood pressure (at least 160 mmHg at rest)": one thing, and what it is
 * in numbers. */

int
trials_clause_bounded(const trials_clauses_t *c, size_t i, size_t close)
{
    size_t                   k, numbers, words;
    const trials_token_t    *t;
    static const char *const no[] = {
        "by",     "with",   "without", "in",   "on",    "during", "after",
        "before", "within", "to",      "of",   "from",  "and",    "or",
        "not",    "no",     "see",     "also", "per",   "using",  "except",
        "other",  "was",    "were",    "has",  "have",  "had",    "part",
        "cohort", "arm",    "group",   "the",  "both",  "either", "version",
        "class",  "grade",  "stage",   "type", "phase", "visit",  "day",
        "week",   "e",      "i",       NULL};

    if (c->opening.len || !trials_clause_hard(c)) {
        return 0;
    }

    for (k = c->from; k < i; k++) {
        if (trials_clause_is(c, k, ",") || trials_clause_is(c, k, "or")
            || trials_clause_is(c, k, "and") || trials_clause_is(c, k, "(")
            || trials_clause_is(c, k, ":")
            || c->tokens[k].kind == TRIALS_TOKEN_NUMBER)
        {
            return 0;
        }
    }

    t = &c->tokens[i + 1];

    if (trials_word_in(c->text.data + t->start, t->len, no)) {
        return 0;
    }

    numbers = 0;
    words = 0;

    for (k = i + 1; k < close; k++) {
        if (trials_clause_is(c, k, "(") || trials_clause_is(c, k, ":")
            || trials_clause_is(c, k, ";"))
        {
            return 0;
        }

        /* "(at most 3 if in the liver)" is another bound. */

        if (trials_clause_is(c, k, "if") || trials_clause_is(c, k, "case")
            || trials_clause_is(c, k, "when"))
        {
            return 0;
        }

        numbers += c->tokens[k].kind == TRIALS_TOKEN_NUMBER;
        words += c->tokens[k].kind == TRIALS_TOKEN_WORD;
    }

    return numbers && words >= 4;
}


/* "(asthma, eczema or hay fever in childhood)": enough words for a sentence of
 * their own, in its brackets. */

int
trials_clause_note(const trials_clauses_t *c, size_t i, size_t close)
{
    int                      bound;
    size_t                   k, words, numbers;
    const trials_token_t    *t;
    static const char *const no[] = {
        "and",     "or",     "not",        "no",     "only",   "with",
        "without", "but",    "even",       "of",     "to",     "from",
        "by",      "in",     "on",         "within", "during", "before",
        "per",     "except", "regardless", "other",  "also",   "both",
        "see",     "at",     "according",  NULL};

    t = &c->tokens[i + 1];

    /* "(at most 5 times the ULN for ...)", "(for people with ...)". */

    bound = (trials_clause_is(c, i + 1, "at")
             && (trials_clause_is(c, i + 2, "most")
                 || trials_clause_is(c, i + 2, "least")))
            || (trials_clause_is(c, i + 1, "for")
                && trials_clause_is(c, i + 2, "people"));

    if (trials_clause_words(c, i) < 4
        || (!bound && trials_word_in(c->text.data + t->start, t->len, no))
        || !trials_clause_hard(c))
    {
        return 0;
    }

    for (k = i + 1, words = 0, numbers = 0; k < close; k++) {
        if (trials_clause_is(c, k, "(") || trials_clause_is(c, k, ":")
            || trials_clause_is(c, k, ";"))
        {
            return 0;
        }

        words += c->tokens[k].kind != TRIALS_TOKEN_SIGN;
        numbers += c->tokens[k].kind == TRIALS_TOKEN_NUMBER;
    }

    /* "diabetes or high blood pressure (at least 160 mmHg)": of the last. */

    for (k = c->from; numbers && !bound && k < i; k++) {
        if (trials_clause_is(c, k, "or") || trials_clause_is(c, k, ",")) {
            return 0;
        }
    }

    return words >= 6;
}
