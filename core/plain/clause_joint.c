/*
 * Sentences that end before "and", "or" or "but", where both sides speak for
 * themselves.
 */

#include "core/plain/clauses.h"


static int trials_clause_opens(trials_clauses_t *c, size_t i, size_t next);
static int trials_clause_person(const trials_clauses_t *c, size_t i);


/* ", or has asthma": "Or you have asthma". */

size_t
trials_clause_joint(trials_clauses_t *c, size_t i)
{
    size_t              joint;
    static trials_str_t names[] = {{2, "Or"}, {5, "Also,"}, {3, "But"}};
    const trials_str_t *name;

    joint = trials_clause_is(c, i, ",") ? i + 1 : i;

    if (joint + 1 >= c->ntokens || (c->opening.len && !c->joined)
        || !(c->wanted & TRIALS_REWRITE_VOICE))
    {
        return i;
    }

    if (trials_clause_is(c, joint, "or")) {
        name = &names[0];
    } else if (trials_clause_is(c, joint, "and")) {
        name = &names[1];
    } else if (trials_clause_is(c, joint, "but")) {
        name = &names[2];
    } else {
        return i;
    }

    if (!c->tokens[joint].space || !c->tokens[joint + 1].space) {
        return i;
    }

    if (trials_clause_whole(c, i, joint + 1)) {
        trials_clause_put(c, i);

        c->from = joint + 1;
        c->opening = *name;

        return joint + 1;
    }

    if (name == &names[2] || trials_clause_words(c, i) < (joint > i ? 4 : 5)
        || trials_clause_rest(c, joint) < 4
        || trials_clause_words(c, i) + trials_clause_rest(c, joint)
               < TRIALS_CLAUSE_LONG
        || trials_clause_vague(c, i - 1)
        || !trials_clause_opens(c, i, joint + 1))
    {
        return i;
    }

    trials_clause_put(c, i);

    c->from = joint + 1;
    c->opening = *name;
    c->joined = 1;

    return joint + 1;
}


/* Are both what stands before a joint and what begins at token next able to
 * speak to the reader by themselves? */

static int
trials_clause_opens(trials_clauses_t *c, size_t i, size_t next)
{
    size_t                   end, last;
    const trials_token_t    *t;
    static const char *const allergies[] = {
        "allergy",          "allergies", "hypersensitivity",  "intolerance",
        "contraindication", "reaction",  "contraindications", "reactions",
        "sensitivity",      NULL};
    static const char *const often[] = {
        "daily",    "weekly", "monthly", "yearly", "early",     "regularly",
        "properly", "safely", "fully",   "freely", "currently", NULL};
    static const char *const open_ends[] = {
        "able",       "willing",  "unable",   "unwilling", "past",
        "prior",      "current",  "known",    "active",    "suspected",
        "written",    "signed",   "must",     "be",        "to",
        "recent",     "or",       "and",      "severe",    "chronic",
        "acute",      "you",      "have",     "possible",  "between",
        "either",     "both",     "planned",  "previous",  "untreated",
        "unstable",   "more",     "less",     "read",      "speak",
        "understand", "sign",     "as",       "of",        "with",
        "in",         "presence", "evidence", "absence",   "little",
        "few",        "minimal",  "history",  "serious",   "family",
        "symptoms",   "symptom",  NULL};

    last = trials_clause_is(c, i - 1, ",") ? i - 2 : i - 1;
    t = &c->tokens[trials_clause_outside(c, last)];

    /* "histologically or cytologically confirmed". */

    if (t->len > 4 && memcmp(c->text.data + t->start + t->len - 2, "ly", 2) == 0
        && !trials_word_in(c->text.data + t->start, t->len, often))
    {
        return 0;
    }

    if (trials_word_in(c->text.data + t->start, t->len, open_ends)
        || (trials_word_in(c->text.data + t->start, t->len, allergies)
            && trials_word_in(c->text.data + c->tokens[next].start,
                              c->tokens[next].len, allergies))
        || (trials_clause_is(c, next, "not")
            && !trials_clause_is(c, next + 1, "able")
            && !trials_clause_is(c, next + 1, "willing"))
        || !trials_clause_own(c, i, next)
        || (trials_trie_longest(c->rewriter->rules->tries[TRIALS_RULE_OPEN],
                                c->text, &c->rewriter->tokens, next, &end, NULL)
                < 0
            && !trials_clause_person(c, next)))
    {
        return 0;
    }

    for (end = next; end < c->ntokens && !trials_clause_ends(c, end); end++) {
        /* void */
    }

    if (trials_clause_wills(c, i, next)) {
        return 0;
    }

    if (!c->joined) {
        if (!trials_clause_speaks(c, c->from, i)) {
            return 0;
        }

        /* What begins with "if" holds for all that follows. */

        if (c->rewriter->words.len > 2
            && trials_word_is(c->rewriter->words.data, 3, "if "))
        {
            return 0;
        }
    }

    return trials_clause_speaks(c, next, end);
}


/* "or people who", "or people with"; not "and people who": these are others. */

static int
trials_clause_person(const trials_clauses_t *c, size_t i)
{
    static const char *const people[] = {"people",       "patients", "subjects",
                                         "participants", "persons",  NULL};

    return trials_clause_is(c, i - 1, "or")
           && trials_word_in(c->text.data + c->tokens[i].start,
                             c->tokens[i].len, people)
           && (trials_clause_is(c, i + 1, "who")
               || trials_clause_is(c, i + 1, "with"));
}


int
trials_clause_speaks(trials_clauses_t *c, size_t from, size_t end)
{
    trials_str_t text;

    text.data = c->text.data + c->tokens[from].start;
    text.len = c->tokens[end - 1].start + c->tokens[end - 1].len
               - c->tokens[from].start;

    trials_buf_reset(&c->rewriter->words);

    return trials_rewrite_opening(c->rewriter, text, c->place,
                                  &c->rewriter->words);
}
