/*
 * What may follow words to the reader: no verb of its own, unless it is joined to
 * theirs or stands in a clause of "that", and nobody else.
 */

#include "core/plain/rewrite.h"


static int trials_bare_relative(const trials_rewriter_t *rewriter,
                                trials_str_t text, size_t i);
static int trials_bare_does(const trials_rewriter_t *rewriter,
                            trials_str_t text, size_t i);
static int trials_bare_again(const trials_rewriter_t *rewriter,
                             trials_str_t text, size_t last, size_t i);
static int trials_bare_donated(const trials_rewriter_t *rewriter,
                               trials_str_t text, size_t i);
static int trials_bare_duty(const trials_rewriter_t *rewriter,
                            trials_str_t text, size_t i);
static int trials_bare_others(const trials_rewriter_t *rewriter,
                              trials_str_t text, size_t i);
static int trials_bare_fathers(const trials_rewriter_t *rewriter,
                               trials_str_t text, size_t i);
static int
trials_bare_who(const trials_rewriter_t *rewriter, trials_str_t text, size_t i);


/* These speak about the patient again, or about what must be. */

static const char *const trials_not_bare[] = {
    "whom",       "whose",       "they",      "them",     "he",
    "she",        "his",         "her",       "himself",  "must",
    "should",     "shall",       "patient",   "patients", "subject",
    "subjects",   "participant", "eligible",  "excluded", "participants",
    "allowed",    "included",    "permitted", "required", "themselves",
    "individual", "individuals", "person",    "note",     "enrolled",
    "acceptable", "ineligible",  "father",    "mother",   "brother",
    "sister",     "sibling",     "siblings",  "relative", "relatives",
    "donor",      "donors",      "infant",    "infants",  "child",
    "children",   "neonates",    "newborn",   "newborns", NULL};

/* These do so in brackets too. */

static const char *const trials_pronouns[] = {
    "whom", "whose", "they", "them",    "he",         "she",
    "his",  "her",   "him",  "himself", "themselves", NULL};

/* A sentence of its own has one of these, outside a clause of "that". */

static const char *const trials_finite[] = {
    "is",      "are",      "was",      "were",     "has",     "have",
    "had",     "does",     "do",       "did",      "cannot",  "could",
    "would",   "will",     "may",      "can",      "might",   "need",
    "needs",   "occurred", "happened", "occurs",   "happens", "showed",
    "shows",   "revealed", "reveals",  "meet",     "meets",   "apply",
    "applies", "means",    "include",  "includes", "conform", "conforms",
    NULL};

static const char *const trials_joints[] = {"and", "or", "but", "and/or", NULL};

/* "who" after these is not about the reader. */

static const char *const trials_people[] = {
    "relative", "relatives", "member",          "members",   "partner",
    "partners", "women",     "woman",           "men",       "man",
    "doctor",   "doctors",   "parent",          "parents",   "child",
    "children", "donor",     "donors",          "caregiver", "person",
    "people",   "someone",   "adults",          "anyone",    "individuals",
    "females",  "males",     "caregivers",      "those",     "spouse",
    "sibling",  "siblings",  "mother",          "father",    "infants",
    "one",      "physician", "staff",           "others",    "representative",
    "guardian", "guardians", "representatives", "proxy",     "nurse",
    "spouses",  "employee",  "employees",       NULL};

/* Nor is one that they lead to: "including who has asthma". */

static const char *const trials_before_who[] = {
    "including", "excluding", "except", "of", "than", "for", "with", NULL};

/* What begins a clause with a verb of its own. */

const char *const trials_rewrite_relative[] = {
    "that",   "which",  "who",   "where",   "when",      "if",
    "unless", "as",     "you",   "because", "while",     "whether",
    "what",   "before", "after", "until",   "whichever", NULL};


int
trials_rewrite_bare(const trials_rewriter_t *rewriter, trials_str_t text,
                    size_t i, int verbal)
{
    size_t                   last, verbs, close;
    unsigned                 relative;
    const trials_token_t    *t;
    static const char *const lists[] = {"of", "these", NULL};
    static const char *const homes[] = {"household", NULL};
    static const char *const members[] = {"member", "members", NULL};
    static const char *const ends[] = {"has", "is", "will", "cannot", NULL};

    relative = 0;
    verbs = 0;
    last = 0;
    close = 0;

    for (; i < rewriter->sentence.n; i++) {
        t = &rewriter->sentence.list[i];

        if (t->kind == TRIALS_TOKEN_SIGN) {
            if (text.data[t->start] == ':' && i > close
                && i + 1 < rewriter->sentence.n
                && t[1].kind != TRIALS_TOKEN_SIGN
                && !(i > 0 && trials_rewrite_in(rewriter, text, i - 1, lists)))
            {
                return 0;
            }

            if (text.data[t->start] == '(' && i > close) {
                close = trials_rewrite_close(rewriter, text, i);
            }
            continue;
        }

        /* What stands in brackets has verbs and people of its own. */

        if (i < close) {
            if (trials_rewrite_in(rewriter, text, i, trials_pronouns)) {
                return 0;
            }
            continue;
        }

        if ((trials_rewrite_in(rewriter, text, i, trials_not_bare)
             && !trials_bare_fathers(rewriter, text, i)
             && !trials_bare_donated(rewriter, text, i)
             && !(verbal && !relative && trials_bare_duty(rewriter, text, i)))
            || trials_bare_others(rewriter, text, i)
            || (i > 0 && trials_rewrite_in(rewriter, text, i - 1, homes)
                && trials_rewrite_in(rewriter, text, i, members))
            || (i > 0 && trials_word_is(text.data + t->start, t->len, "join")
                && !trials_word_is(text.data + t[-1].start, t[-1].len, "you")))
        {
            return 0;
        }

        if (trials_word_is(text.data + t->start, t->len, "who")
            && trials_is_lower(text.data[t->start])
            && !trials_bare_who(rewriter, text, i))
        {
            return 0;
        }

        /* "cancer that has spread may be treated": a clause of "that" has one
         * verb, perhaps of two words, and another only after "and" or "or". */

        if (trials_bare_does(rewriter, text, i)) {
            relative = 1;
            verbs -= verbs > 0;
            last = i;

        } else if (trials_bare_relative(rewriter, text, i)) {
            relative = 1;
            verbs++;
        }

        if (relative && verbs == 0 && i + 1 < rewriter->sentence.n
            && trials_rewrite_in(rewriter, text, i, trials_joints)
            && !trials_rewrite_in(rewriter, text, i + 1,
                                  trials_rewrite_relative))
        {
            verbs = 1;
        }

        if (!trials_rewrite_in(rewriter, text, i, trials_finite)
            || (i > 0
                && trials_word_is(text.data + t[-1].start, t[-1].len, "to"))
            || (verbal && !relative
                && trials_rewrite_joined(rewriter, text, i)))
        {
            continue;
        }

        if (!relative
            || (i > 0 && text.data[t[-1].start] == ','
                && trials_rewrite_in(rewriter, text, i, ends)
                && !trials_bare_again(rewriter, text, last, i))
            || (verbs == 0 && i > last + 1
                && !trials_bare_again(rewriter, text, last, i)))
        {
            return 0;
        }

        verbs -= verbs && !(last && i <= last + 1);
        last = i;
    }

    return 1;
}


int
trials_rewrite_joined(const trials_rewriter_t *rewriter, trials_str_t text,
                      size_t i)
{
    size_t                   joint;
    static const char *const joints[] = {"or", "and", "but", NULL};
    static const char *const third[] = {"has", "is", "does", NULL};
    static const char *const have[] = {
        "has",    "have",        "had",      "does",    "do",     "did",
        "cannot", "need",        "needs",    "suffers", "suffer", "takes",
        "lacks",  "understands", "receives", NULL};
    static const char *const be[] = {"is", "are", "was", "were", NULL};
    static const char *const wants[] = {
        "agrees", "plans", "intends", "wishes", "wants", "refuses", NULL};
    static const char *const to[] = {"to", NULL};
    static const char *const when[] = {"later", "then", "also", NULL};
    static const char *const states[] = {
        "pregnant", "breastfeeding", "willing",  "able",     "not",
        "unable",   "receiving",     "taking",   "on",       "now",
        "still",    "expected",      "planned",  "using",    "getting",
        "having",   "planning",      "likely",   "unlikely", "unwilling",
        "fit",      "under",         "allergic", "in",       NULL};

    joint =
        i > 1 && trials_rewrite_in(rewriter, text, i - 1, when) ? i - 2 : i - 1;

    return i > 0
           && (trials_rewrite_in(rewriter, text, joint, joints)
               || (joint > 0
                   && text.data[rewriter->sentence.list[joint].start] == ','
                   && (trials_rewrite_in(rewriter, text, i, third)
                       || trials_rewrite_in(rewriter, text, i, wants))))
           && i + 1 < rewriter->sentence.n
           && (trials_rewrite_in(rewriter, text, i, have)
               || (trials_rewrite_in(rewriter, text, i, be)
                   && trials_rewrite_in(rewriter, text, i + 1, states))
               || (trials_rewrite_in(rewriter, text, i, wants)
                   && trials_rewrite_in(rewriter, text, i + 1, to)));
}


/* Does token i begin a clause with a verb of its own?  Not in "because of",
 * "such as", "as well as". */

static int
trials_bare_relative(const trials_rewriter_t *rewriter, trials_str_t text,
                     size_t i)
{
    const trials_token_t *t;

    if (!trials_rewrite_in(rewriter, text, i, trials_rewrite_relative)) {
        return 0;
    }

    t = &rewriter->sentence.list[i];

    if (trials_word_is(text.data + t->start, t->len, "because")) {
        return i + 1 < rewriter->sentence.n
               && !trials_word_is(text.data + t[1].start, t[1].len, "of");
    }

    return !(
        trials_word_is(text.data + t->start, t->len, "as") && i > 0
        && (trials_word_is(text.data + t[-1].start, t[-1].len, "such")
            || trials_word_is(text.data + t[-1].start, t[-1].len, "well")
            || (i + 1 < rewriter->sentence.n
                && trials_word_is(text.data + t[1].start, t[1].len, "well"))));
}


/* "before you join": is the verb of the clause the next token? */

static int
trials_bare_does(const trials_rewriter_t *rewriter, trials_str_t text, size_t i)
{
    static const char *const you[] = {"you", NULL};

    return trials_rewrite_in(rewriter, text, i, you)
           && i + 1 < rewriter->sentence.n
           && rewriter->sentence.list[i + 1].kind == TRIALS_TOKEN_WORD
           && !trials_rewrite_in(rewriter, text, i + 1, trials_finite)
           && !trials_rewrite_in(rewriter, text, i + 1, trials_joints);
}


size_t
trials_rewrite_close(const trials_rewriter_t *rewriter, trials_str_t text,
                     size_t i)
{
    size_t                depth;
    const trials_token_t *t;

    for (depth = 0; i < rewriter->sentence.n; i++) {
        t = &rewriter->sentence.list[i];

        if (t->kind != TRIALS_TOKEN_SIGN) {
            continue;
        }

        depth += text.data[t->start] == '(';

        if (text.data[t->start] == ')' && --depth == 0) {
            return i;
        }
    }

    return 0;
}


/* "that may harm you, may mislead the study": the same verb in a list. */

static int
trials_bare_again(const trials_rewriter_t *rewriter, trials_str_t text,
                  size_t last, size_t i)
{
    const trials_token_t *first, *t;

    first = &rewriter->sentence.list[last];
    t = &rewriter->sentence.list[i];

    return i > 0 && text.data[t[-1].start] == ',' && t->len == first->len
           && memcmp(text.data + t->start, text.data + first->start, t->len)
                  == 0;
}


/* "to father children", "father a child". */

static int
trials_bare_fathers(const trials_rewriter_t *rewriter, trials_str_t text,
                    size_t i)
{
    static const char *const father[] = {"father", NULL};
    static const char *const child[] = {"father", "children", "child", "a",
                                        NULL};

    return (i + 1 < rewriter->sentence.n
            && trials_rewrite_in(rewriter, text, i, father)
            && trials_rewrite_in(rewriter, text, i + 1, child))
           || (i > 1
               && (trials_rewrite_in(rewriter, text, i - 1, father)
                   || trials_rewrite_in(rewriter, text, i - 2, father))
               && trials_rewrite_in(rewriter, text, i, child));
}


/* "donor kidney": what is given, not who gives it. */

static int
trials_bare_donated(const trials_rewriter_t *rewriter, trials_str_t text,
                    size_t i)
{
    static const char *const donor[] = {"donor", NULL};
    static const char *const what[] = {
        "organ", "organs",     "bone",  "blood",  "stem",  "tissue", "cell",
        "cells", "transplant", "liver", "kidney", "heart", "lung",   "hsct",
        "hct",   "islet",      "skin",  "cornea", NULL};

    return i + 1 < rewriter->sentence.n
           && trials_rewrite_in(rewriter, text, i, donor)
           && trials_rewrite_in(rewriter, text, i + 1, what);
}


/* "Is on a diet, but must be willing to stop it". */

static int
trials_bare_duty(const trials_rewriter_t *rewriter, trials_str_t text, size_t i)
{
    static const char *const duties[] = {"must", "should", NULL};

    return i > 0 && trials_rewrite_in(rewriter, text, i, duties)
           && trials_rewrite_in(rewriter, text, i - 1, trials_joints);
}


/* "In a trial, pregnant people and people with gout": of these the reader is one,
 * at most. */

static int
trials_bare_others(const trials_rewriter_t *rewriter, trials_str_t text,
                   size_t i)
{
    const trials_token_t    *t;
    static const char *const people[] = {"people", NULL};
    static const char *const before[] = {"and", "pregnant", NULL};

    t = &rewriter->sentence.list[i];

    return i > 0 && trials_rewrite_in(rewriter, text, i, people)
           && (text.data[t[-1].start] == ','
               || trials_rewrite_in(rewriter, text, i - 1, before));
}


/* Is the "who" at token i about the reader? */

static int
trials_bare_who(const trials_rewriter_t *rewriter, trials_str_t text, size_t i)
{
    return i > 0 && i + 1 < rewriter->sentence.n
           && rewriter->sentence.list[i + 1].kind == TRIALS_TOKEN_WORD
           && rewriter->sentence.list[i - 1].kind != TRIALS_TOKEN_SIGN
           && !trials_rewrite_in(rewriter, text, i - 1, trials_people)
           && !trials_rewrite_in(rewriter, text, i - 1, trials_before_who);
}
