/*
 * Exceptions: what a sentence excepts, and whether that may be said apart.
 */

#include "core/plain/clauses.h"

#include <string.h>


/* "other than", perhaps after a mark. */

int
trials_clause_other(const trials_clauses_t *c, size_t i)
{
    return trials_clause_is(c, i, "other")
           || trials_clause_is(c, i + 1, "other");
}


/* Does the sentence except something before token i? */

int
trials_clause_excepts(const trials_clauses_t *c, size_t i)
{
    for (; i > c->from; i--) {
        if (trials_clause_is(c, i - 1, "except")
            || trials_clause_is(c, i - 1, "excluding")
            || (trials_clause_is(c, i - 1, "other")
                && trials_clause_is(c, i, "than")))
        {
            return 1;
        }
    }

    return 0;
}


/* "These are exceptions: asthma; rhinitis": more of them may follow. */

int
trials_clause_exempts(const trials_clauses_t *c, size_t i)
{
    int listed;

    for (listed = 0; i > c->from; i--) {
        listed |= trials_clause_is(c, i - 1, ":");

        if (listed
            && (trials_clause_is(c, i - 1, "exceptions")
                || trials_clause_is(c, i - 1, "exception")))
        {
            return 1;
        }
    }

    return 0;
}


/* "other than asthma or rhinitis needing treatment": the end may go with what
 * stands before the exception. */

int
trials_clause_bound(const trials_clauses_t *c, size_t i, size_t next)
{
    const trials_token_t    *t;
    static const char *const binds[] = {"needing", "requiring", "that",
                                        "which",   "who",       "affecting",
                                        "leading", "likely",    NULL};

    for (; next < c->ntokens && !trials_clause_ends(c, next); next++) {
        t = &c->tokens[next];

        if (trials_word_in(c->text.data + t->start, t->len, binds)
            && (trials_clause_other(c, i)
                || !trials_clause_is(c, next - 1, ")")))
        {
            return 1;
        }

        /* "other than asthma (for example, ...)": examples of the others. */

        if (trials_clause_other(c, i) && trials_clause_is(c, next, "(")) {
            return 1;
        }
    }

    return 0;
}


/* May an exception stand apart from what it is made to?  Not an exception to
 * one; nor "except in those with asthma"; nor "except vitamins, in the last 4
 * weeks"; nor one of several in parentheses, of which each would be a
 * sentence. */

int
trials_clause_apart(const trials_clauses_t *c, size_t i, size_t next,
                    size_t close)
{
    size_t                   k;
    const trials_token_t    *t;
    static const char *const places[] = {
        "in", "where", "as", "when", "during", "at", "by", "with", "on", NULL};

    if (trials_clause_other(c, i) && c->opening.len > 19
        && memcmp(c->opening.data, "This does not apply", 19) == 0)
    {
        return 0;
    }

    t = &c->tokens[next];

    if (trials_word_in(c->text.data + t->start, t->len, places)
        && !trials_clause_is(c, next + 1, "situ")
        && !trials_clause_is(c, next - 1, "unless"))
    {
        return 0;
    }

    /* "Allergens other than pollen during the study"; "cancers with the exception
     * of skin cancer are excluded if ...". */

    for (k = next; close == 0 && k < c->ntokens && !trials_clause_ends(c, k);
         k++) {
        if ((trials_clause_is(c, i, "other")
             && trials_clause_is(c, k, "during"))
            || (trials_clause_is(c, k, "excluded")
                && (trials_clause_is(c, k - 1, "are")
                    || trials_clause_is(c, k - 1, "is"))))
        {
            return 0;
        }
    }

    if (close == 0) {
        return !trials_clause_resumes(c, next);
    }

    while (next < close && !trials_clause_ends(c, next)) {
        next++;
    }

    return next == close;
}
