/*
 * Where a sentence may end early, or may not: what the words around the cut say.
 */

#include "core/plain/clauses.h"

#include "core/plain/readability.h"
#include "core/plain/table.h"

#include <string.h>


/* After a cut before one of these a sentence follows anyway. */

static const char *const trials_clause_finite[] = {
    "unless", "except", "that", "which", "if", "when", NULL};


/* Does token i say no more than that there is something: "You have cancer that"
 * is no sentence yet before "that". */

int
trials_clause_vague(const trials_clauses_t *c, size_t i)
{
    const trials_token_t    *t;
    static const char *const words[] = {
        "disease",   "diseases",   "cancer",    "cancers",    "condition",
        "problem",   "conditions", "problems",  "drug",       "drugs",
        "medicine",  "medicines",  "treatment", "treatments", "reason",
        "reasons",   "cause",      "causes",    "factor",     "factors",
        "procedure", "procedures", "disorder",  "disorders",  "lesion",
        "lesions",   "tumor",      "tumors",    "device",     "devices",
        "substance", "substances", "thing",     "things",     "people",
        "person",    "those",      "one",       "anything",   "something",
        "event",     "events",     "infection", "infections", "test",
        "tests",     "way",        "method",    "methods",    "situation",
        "finding",   "findings",   "symptom",   "symptoms",   "study",
        "studies",   "plan",       "result",    "results",    "therapy",
        "therapies", NULL};

    /* "Past treatment (within 4 weeks) | or current treatment with": what for? */

    i = trials_clause_outside(c, i);
    t = &c->tokens[i];

    return trials_clause_words(c, i) < 4
           && trials_word_in(c->text.data + t->start, t->len, words);
}


/* Token i, or the one before the brackets that end there. */

size_t
trials_clause_outside(const trials_clauses_t *c, size_t i)
{
    if (trials_clause_is(c, i, ")")) {
        while (i > c->from && !trials_clause_is(c, i, "(")) {
            i--;
        }
        i -= i > c->from;
    }

    return i;
}


/* Is there one thing before a condition, and a whole sentence in it? */

int
trials_clause_applies(const trials_clauses_t *c, size_t i, size_t next)
{
    size_t                   k;
    const trials_token_t    *t;
    static const char *const before[] = {
        "and", "or",     "only",     "even",       "but", "as",
        "if",  "unless", "when",     "except",     "see", "that",
        "not", "cannot", "excluded", "ineligible", NULL};

    if (c->opening.len || trials_clause_words(c, i) < 5
        || trials_clause_rest(c, next) < 4 || !trials_clause_hard(c)
        || !trials_clause_verb(c, next, next + 10))
    {
        return 0;
    }

    for (k = c->from; k < i; k++) {
        t = &c->tokens[k];

        if (trials_clause_is(c, k, ",")
            || trials_word_in(c->text.data + t->start, t->len, before))
        {
            return 0;
        }
    }

    return 1;
}


/* Does a verb stand between the tokens, in no clause of "that"? */

int
trials_clause_verb(const trials_clauses_t *c, size_t from, size_t end)
{
    const trials_token_t    *t;
    static const char *const verbs[] = {
        "is",    "are",   "was",    "were", "has",    "have", "had",  "must",
        "may",   "can",   "cannot", "will", "should", "need", "does", "do",
        "needs", "could", "would",  "did",  "means",  NULL};
    static const char *const relative[] = {
        "that",   "which", "who",     "whose", "where", "when", "if",
        "unless", "while", "because", "whom",  "as",    NULL};

    for (; from < end && from < c->ntokens && !trials_clause_ends(c, from);
         from++) {
        t = &c->tokens[from];

        if (trials_word_in(c->text.data + t->start, t->len, verbs)) {
            return !(from > c->from && trials_clause_is(c, from - 1, "to"));
        }

        if (trials_word_in(c->text.data + t->start, t->len, relative)
            || trials_clause_is(c, from, ",") || trials_clause_is(c, from, "("))
        {
            return 0;
        }
    }

    return 0;
}


/* May a sentence end before token i?  Not in "it is | defined as". */

int
trials_clause_complete(const trials_clauses_t *c, size_t i)
{
    const trials_token_t    *t;
    static const char *const open[] = {
        "is",   "are",  "was",  "were", "be",     "been", "being", "as",
        "and",  "or",   "by",   "not",  "only",   "of",   "to",    "with",
        "for",  "in",   "on",   "at",   "from",   "than", "then",  "if",
        "also", "the",  "a",    "an",   "either", "both", "has",   "have",
        "had",  "will", "must", "may",  "should", "can",  "that",  "which",
        "who",  "but",  "even", "well", "such",   "more", "less",  NULL};

    t = &c->tokens[i - 1];

    return t->kind != TRIALS_TOKEN_WORD || trials_clause_is(c, i, ",")
           || !trials_word_in(c->text.data + t->start, t->len, open);
}


/* "Willing to come and take part": is what follows the joint still what
 * somebody will, can or agrees to do? */

int
trials_clause_wills(const trials_clauses_t *c, size_t i, size_t next)
{
    const trials_token_t    *t;
    static const char *const wills[] = {
        "willing", "willingness", "able",   "ability",  "agree",  "agrees",
        "capable", "plan",        "plans",  "planning", "unable", "must",
        "intend",  "unwilling",   "refuse", "consent",  "should", NULL};
    static const char *const own[] = {
        "is",   "are",     "was",  "were",      "has",       "had",    "no",
        "must", "willing", "able", "unwilling", "inability", "unable", "not",
        "a",    "an",      "any",  "the",       "history",   "who",    NULL};
    static const char *const duties[] = {"must", "should", NULL};

    t = &c->tokens[next];

    if (trials_word_in(c->text.data + t->start, t->len, own)) {
        return 0;
    }

    /* "Must have asthma and have a pump", but "able to come and have tests". */

    for (; i > c->from; i--) {
        t = &c->tokens[i - 1];

        if (trials_word_in(c->text.data + t->start, t->len, wills)
            && !(trials_clause_is(c, next, "have")
                 && trials_word_in(c->text.data + t->start, t->len, duties)))
        {
            return 1;
        }
    }

    return 0;
}


/* "taking", "having". */

static int
trials_clause_doing(const trials_clauses_t *c, size_t i)
{
    const trials_token_t *t;

    t = &c->tokens[i];

    return t->len > 4
           && trials_word_is(c->text.data + t->start + t->len - 3, 3, "ing");
}


/* Does what begins at token next hang on what stands before it?  "A reaction
 * leading to fainting or needing a drip", but "taking steroids or needing
 * oxygen"; "steroids that are stable or should not be stopped"; "a mind that is
 * clear or the ability to come". */

static int
trials_clause_leans(const trials_clauses_t *c, size_t next)
{
    const trials_token_t    *first, *t;
    static const char *const needing[] = {"needing", "requiring", NULL};
    static const char *const duties[] = {"must", "should", NULL};
    static const char *const nouns[] = {"ability", "willingness", "willing",
                                        NULL};
    static const char *const abilities[] = {"ability", "willingness", "able",
                                            "willing", NULL};

    first = &c->tokens[c->from];
    t = &c->tokens[next];

    /* "Treatment that harms or cannot be continued". */

    if (trials_clause_is(c, next + 1, "be")
        && (trials_clause_is(c, next, "cannot")
            || trials_clause_is(c, next, "may")))
    {
        return 1;
    }

    if (trials_word_in(c->text.data + t->start, t->len, needing)) {
        return !trials_clause_doing(c, c->from);
    }

    if (trials_word_in(c->text.data + t->start, t->len, duties)) {
        return trials_clause_is(c, next + 1, "not");
    }

    t += trials_clause_is(c, next, "the")
         || (trials_clause_is(c, next, "being")
             && trials_clause_is(c, next - 1, "or")
             && trials_clause_is(c, next + 1, "willing"));

    return trials_word_in(c->text.data + t->start, t->len, nouns)
           && !(t == &c->tokens[next] && trials_clause_is(c, next, "willing"))
           && !trials_word_in(c->text.data + first->start, first->len,
                              abilities);
}


/* Is what begins at token next, after the joint, the reader's?  Not in "drugs that
 * prolong it and have a risk", "drugs, or with rays", "if you had it and have",
 * "cancer other than of the skin and no signs of return". */

int
trials_clause_own(const trials_clauses_t *c, size_t i, size_t next)
{
    int                      verb, with, repeats, doing, part;
    size_t                   k;
    const trials_token_t    *t;
    static const char *const verbs[] = {"have",
                                        "has",
                                        "had",
                                        "is",
                                        "are",
                                        "was",
                                        "were",
                                        "with",
                                        "need",
                                        "needs",
                                        "require",
                                        "requires",
                                        "received",
                                        "receive",
                                        "may",
                                        "can",
                                        "ability",
                                        "willingness",
                                        "provision",
                                        "participation",
                                        "use",
                                        "compliance",
                                        "administration",
                                        "amenable",
                                        "suitable",
                                        "fit",
                                        "eligible",
                                        NULL};
    static const char *const by[] = {"from",  "of",     "by",    "for",
                                     "to",    "before", "after", "without",
                                     "while", NULL};
    static const char *const with_words[] = {"with", "without", NULL};
    static const char *const relative[] = {
        "that",      "which",    "ruling",     "precluding", "affecting",
        "impairing", "limiting", "preventing", NULL};
    static const char *const parts[] = {"taking", "participating",
                                        "participation", NULL};
    static const char *const conditions[] = {
        "if", "unless", "when", "because", "while", "either", NULL};

    if (trials_clause_excepts(c, i) || trials_clause_leans(c, next)) {
        return 0;
    }

    t = &c->tokens[next];
    verb = trials_word_in(c->text.data + t->start, t->len, verbs);
    with = trials_word_in(c->text.data + t->start, t->len, with_words);

    /* "Has an illness that needs steroids or has ...". */

    repeats =
        trials_clause_is(c, next, "has") && trials_clause_is(c, c->from, "has");

    /* "Harm from taking it or having tests" is one harm. */

    doing = trials_clause_doing(c, next);

    /* "A condition that rules out compliance or taking part". */

    part = trials_word_in(c->text.data + t->start, t->len, parts);

    for (k = c->from; k < i; k++) {
        t = &c->tokens[k];
        part &= !trials_word_in(c->text.data + t->start, t->len, parts);

        if (doing && k > c->from && trials_clause_doing(c, k)
            && trials_word_in(c->text.data + t[-1].start, t[-1].len, by))
        {
            return 0;
        }

        /* "Drugs known to harm or may harm". */

        if (trials_word_in(c->text.data + t->start, t->len, conditions)
            || (verb && trials_clause_is(c, k, "known")
                && trials_clause_is(c, k + 1, "to")
                && trials_clause_is(c, next, "may"))
            || ((verb || part)
                && !(repeats && !trials_clause_is(c, k + 1, "has"))
                && trials_word_in(c->text.data + t->start, t->len, relative)))
        {
            return 0;
        }

        /* "Patients with asthma, or with eczema". */

        with = with
               && !(k < c->from + 2
                    && trials_word_in(c->text.data + t->start, t->len,
                                      with_words));
    }

    return !with;
}


/* "drugs, e.g. aspirin or heparin, in the last year": does the sentence go on
 * after its examples? */

int
trials_clause_resumes(const trials_clauses_t *c, size_t i)
{
    const trials_token_t    *t;
    static const char *const words[] = {
        "in",         "within",   "during",       "before",  "after",  "for",
        "at",         "that",     "which",        "who",     "is",     "are",
        "will",       "must",     "while",        "prior",   "since",  "until",
        "on",         "with",     "present",      "located", "given",  "taken",
        "used",       "received", "administered", "when",    "judged", "deemed",
        "considered", NULL};
    static const char *const joints[] = {"and", "or", NULL};
    static const char *const verbs[] = {
        "refuse",  "refuses",  "refused", "need",     "needs",    "require",
        "have",    "has",      "had",     "received", "requires", "who",
        "receive", "receives", "cannot",  NULL};

    for (; i + 1 < c->ntokens && !trials_clause_ends(c, i); i++) {
        t = &c->tokens[i + 1];

        if (trials_clause_is(c, i, ",")
            && (trials_word_in(c->text.data + t->start, t->len, words)
                || (i + 2 < c->ntokens
                    && trials_word_in(c->text.data + t->start, t->len, joints)
                    && trials_word_in(c->text.data + t[1].start, t[1].len,
                                      verbs))))
        {
            return 1;
        }
    }

    return 0;
}


/* Is the sentence hard to read as it is? */

int
trials_clause_hard(const trials_clauses_t *c)
{
    size_t               end;
    trials_str_t         text;
    trials_readability_t reading;

    for (end = c->from; end < c->ntokens && !trials_clause_ends(c, end); end++)
    {
        /* void */
    }

    if (end == c->from) {
        return 0;
    }

    text.data = c->text.data + c->tokens[c->from].start;
    text.len = c->tokens[end - 1].start + c->tokens[end - 1].len
               - c->tokens[c->from].start;

    memset(&reading, 0, sizeof(trials_readability_t));
    trials_readability_add(&reading, text);

    return trials_readability_grade(&reading) > TRIALS_CLAUSE_HARD;
}


/* Is the rest of the sentence no more than what the cut began?  "Diseases such
 * as asthma are allowed" goes on after it. */

int
trials_clause_bare(const trials_clauses_t *c, size_t i, size_t next)
{
    size_t                   end;
    trials_str_t             text;
    const trials_token_t    *t;
    static const char *const resumes[] = {"that",    "which",      "who",
                                          "judged",  "deemed",     "likely",
                                          "needing", "considered", NULL};
    static const char *const begins[] = {
        "has",   "have",     "is",    "are", "was",    "history",
        "who",   "with",     "those", "if",  "unable", "positive",
        "known", "evidence", "a",     "had", NULL};

    if (!trials_clause_is(c, i, ",") && !trials_clause_is(c, i, "(")
        && trials_word_in(c->text.data + c->tokens[i].start, c->tokens[i].len,
                          trials_clause_finite))
    {
        /* "people with cancer that has spread may join". */

        return !(trials_clause_is(c, i, "that")
                 || trials_clause_is(c, i, "which"))
               || !trials_clause_verb(c, next, c->ntokens);
    }

    for (end = next; end < c->ntokens && !trials_clause_ends(c, end); end++) {
        /* void */
    }

    text.data = c->text.data + c->tokens[next].start;
    text.len = c->tokens[end - 1].start + c->tokens[end - 1].len
               - c->tokens[next].start;

    if (trials_clause_is(c, next, "for")
        || (trials_clause_other(c, i) && trials_clause_timed(c, next, end)))
    {
        return 0;
    }

    for (; next + 2 < end; next++) {
        t = &c->tokens[next + 2];

        if (trials_clause_is(c, next, ",")
            && (trials_clause_is(c, next + 1, "or")
                || trials_clause_is(c, next + 1, "and"))
            && (trials_word_in(c->text.data + t->start, t->len, begins)
                || (t->len > 5
                    && trials_word_is(c->text.data + t->start + t->len - 3, 3,
                                      "ing"))))
        {
            return 0;
        }

        if (trials_clause_is(c, next, ",")
            && trials_word_in(c->text.data + c->tokens[next + 1].start,
                              c->tokens[next + 1].len, resumes))
        {
            return 0;
        }
    }

    return trials_tokens_read(&c->rewriter->sentence, text) == TRIALS_OK
           && trials_rewrite_bare(c->rewriter, text, 0, 0);
}


/* Does an alternative or another member follow, which may belong to what stands
 * before the cut? */

int
trials_clause_tail(const trials_clauses_t *c, size_t i)
{
    const trials_token_t    *t;
    static const char *const others[] = {
        "other",   "another",      "any",      "severe", "history",
        "current", "known",        "a",        "an",     "the",
        "has",     "have",         "with",     "past",   "serious",
        "active",  "uncontrolled", "is",       "are",    "was",
        "who",     "those",        "unstable", "recent", "you",
        "if",      "need",         "use",      NULL};

    for (; i < c->ntokens && !trials_clause_ends(c, i); i++) {
        if (trials_clause_is(c, i, ",")
            && trials_clause_is(c, i + 1, "whichever")) {
            continue;
        }

        if (trials_clause_is(c, i, ",") || trials_clause_is(c, i, ":")
            || trials_clause_is(c, i, "/"))
        {
            return 1;
        }

        t = &c->tokens[i];

        if ((trials_clause_is(c, i, "or") || trials_clause_is(c, i, "and"))
            && i + 1 < c->ntokens
            && trials_word_in(c->text.data + t[1].start, t[1].len, others))
        {
            return 1;
        }
    }

    return 0;
}


/* "Any other condition that could ..." is no condition without what follows. */

int
trials_clause_any(const trials_clauses_t *c)
{
    return trials_clause_is(c, c->from, "any")
           || trials_clause_is(c, c->from, "other")
           || trials_clause_is(c, c->from + 1, "any")
           || trials_clause_is(c, c->from + 1, "other")
           || trials_clause_is(c, c->from + 2, "any");
}


/* ", and the dose must be stable": a sentence of its own, after one. */

int
trials_clause_whole(const trials_clauses_t *c, size_t i, size_t next)
{
    size_t                   k, end;
    const trials_token_t    *t;
    static const char *const starts[] = {
        "the",    "this",  "these", "they",     "you",   "your", "there",
        "it",     "all",   "any",   "no",       "a",     "an",   "at",
        "people", "women", "men",   "patients", "their", "its",  NULL};

    if (!trials_clause_is(c, i, ",") || c->opening.len
        || trials_clause_words(c, i) < 5 || trials_clause_rest(c, next) < 5
        || !trials_clause_hard(c))
    {
        return 0;
    }

    t = &c->tokens[next];

    if (!trials_word_in(c->text.data + t->start, t->len, starts)
        || !trials_clause_verb(c, next + 1, next + 9)
        || !trials_clause_verb(c, c->from, i))
    {
        return 0;
    }

    /* What begins with a condition ends with what follows from it. */

    t = &c->tokens[c->from];

    for (k = c->from, end = i; k < end; k++) {
        if (trials_clause_is(c, k, "if") || trials_clause_is(c, k, "when")
            || trials_clause_is(c, k, "unless")
            || trials_clause_is(c, k, "either")
            || trials_clause_is(c, k, "both") || trials_clause_is(c, k, ":"))
        {
            return 0;
        }
    }

    return 1;
}


/* A full stop, or a semicolon, that ends the sentence. */

int
trials_clause_ends(const trials_clauses_t *c, size_t i)
{
    char                     first;
    const trials_token_t    *t;
    static const char *const short_words[] = {"vs", "dr",  "no",   "approx",
                                              "st", "e",   "i",    "g",
                                              "al", "fig", "incl", NULL};

    t = &c->tokens[i];

    if (trials_clause_is(c, i, ";")) {
        return !(i > 0 && trials_clause_is(c, i - 1, "including"))
               && (i + 1 == c->ntokens || t[1].space);
    }

    if (!trials_clause_is(c, i, ".") || i == 0) {
        return 0;
    }

    if (i + 1 == c->ntokens) {
        return 1;
    }

    /* "1. Asthma": a mark, not a sentence. */

    if (i == c->from + 1 && t[-1].kind == TRIALS_TOKEN_NUMBER) {
        return 0;
    }

    first = c->text.data[t[1].start];

    return t[1].space && (trials_is_upper(first) || trials_is_digit(first))
           && !trials_word_in(c->text.data + t[-1].start, t[-1].len,
                              short_words);
}


/* The ")" of the "(" at token i, or 0. */

size_t
trials_clause_close(const trials_clauses_t *c, size_t i)
{
    size_t depth;

    for (depth = 0; i < c->ntokens; i++) {
        if (trials_clause_is(c, i, "(")) {
            depth++;

        } else if (trials_clause_is(c, i, ")") && --depth == 0) {
            return i;
        }
    }

    return 0;
}


/* Words of the sentence before token i. */

size_t
trials_clause_words(const trials_clauses_t *c, size_t i)
{
    size_t n;

    for (n = 0; i > c->from; i--) {
        n += c->tokens[i - 1].kind != TRIALS_TOKEN_SIGN;
    }

    return n;
}


/* Words of the sentence from token i on. */

size_t
trials_clause_rest(const trials_clauses_t *c, size_t i)
{
    size_t n;

    for (n = 0; i < c->ntokens && !trials_clause_ends(c, i); i++) {
        n += c->tokens[i].kind != TRIALS_TOKEN_SIGN;
    }

    return n;
}


int
trials_clause_is(const trials_clauses_t *c, size_t i, const char *word)
{
    return i < c->ntokens
           && trials_word_is(c->text.data + c->tokens[i].start,
                             c->tokens[i].len, word);
}
