/*
 * Times and windows of time in a sentence.
 */

#include "core/plain/clauses.h"


/* Is there a time between the tokens? */

int
trials_clause_timed(const trials_clauses_t *c, size_t from, size_t end)
{
    for (; from < end; from++) {
        if (trials_token_is_unit(c->text, &c->tokens[from])) {
            return 1;
        }
    }

    return 0;
}


/* Does the sentence end with a window of time ("in the 2 weeks before")?  One
 * that a comma follows is of what stands before it alone. */

int
trials_clause_windowed(const trials_clauses_t *c, size_t i)
{
    int                      found;
    static const char *const opens[] = {"within", "in", "during", "for", NULL};

    for (found = 0; i + 2 < c->ntokens && !trials_clause_ends(c, i); i++) {
        found &= !trials_clause_is(c, i, ",")
                 || trials_clause_is(c, i + 1, "whichever");
        found |= trials_word_in(c->text.data + c->tokens[i].start,
                                c->tokens[i].len, opens)
                 && trials_clause_timed(
                     c, i + 1, i + 5 < c->ntokens ? i + 5 : c->ntokens);
    }

    return found;
}


/* "5 half-lives of the drug" */

static int
trials_clause_lives(const trials_clauses_t *c, size_t i)
{
    return trials_clause_is(c, i + 1, "half")
           && (c->tokens[i].kind == TRIALS_TOKEN_NUMBER
               || trials_clause_is(c, i, "five"));
}


/* Does more follow the window than what it is counted from, or does the sentence
 * tell of what is to come? */

int
trials_clause_window(const trials_clauses_t *c, size_t i)
{
    size_t                   k;
    const trials_token_t    *t;
    static const char *const ahead[] = {
        "plan", "plans",  "planned",   "planning", "scheduled", "will",
        "must", "intend", "intention", "expected", "able",      NULL};
    static const char *const more[] = {
        "who", "that",    "which", "with", "except", "unless", "if",    "not",
        "but", "without", "are",   "was",  "has",    "have",   "using", NULL};
    static const char *const time[] = {"during", "throughout", "until",   "up",
                                       "after",  "before",     "through", NULL};

    for (k = c->from; k < i; k++) {
        if (trials_word_in(c->text.data + c->tokens[k].start, c->tokens[k].len,
                           ahead)) {
            return 1;
        }
    }

    for (; i < c->ntokens && !trials_clause_ends(c, i); i++) {
        t = &c->tokens[i];

        if (trials_word_in(c->text.data + t->start, t->len, more)
            || (trials_clause_is(c, i, "is")
                && !trials_clause_is(c, i - 1, "whichever"))
            || ((trials_clause_is(c, i, "or") || trials_clause_is(c, i, "and"))
                && (i + 1 >= c->ntokens
                    || !(trials_word_in(c->text.data + t[1].start, t[1].len,
                                        time)
                         || (trials_clause_is(c, i, "or")
                             && trials_clause_lives(c, i + 1))))))
        {
            return 1;
        }
    }

    return 0;
}
