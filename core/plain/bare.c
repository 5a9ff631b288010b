/*
 * What may follow words to the reader: no verb of its own, unless it is joined to
 * theirs or stands in a clause of "that", and nobody else.
 */

#include "core/plain/rewrite.h"


static int trials_bare_again(const trials_rewriter_t *rewriter,
                             trials_str_t text, size_t last, size_t i);
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

/* A sentence of its own has one of these, outside a clause of "that". */

static const char *const trials_finite[] = {
    "is",     "are",     "was",    "were",   "has",      "have",     "had",
    "does",   "do",      "did",    "cannot", "could",    "would",    "will",
    "may",    "can",     "might",  "need",   "needs",    "occurred", "happened",
    "occurs", "happens", "showed", "shows",  "revealed", "reveals",  NULL};

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
    "spouses",  NULL};

/* What begins a clause with a verb of its own. */

const char *const trials_rewrite_relative[] = {
    "that",   "which",  "who",   "where",   "when",      "if",
    "unless", "as",     "you",   "because", "while",     "whether",
    "what",   "before", "after", "until",   "whichever", NULL};


int
trials_rewrite_bare(const trials_rewriter_t *rewriter, trials_str_t text,
                    size_t i, int verbal)
{
    size_t                last, verbs, outer;
    unsigned              relative, outside;
    const trials_token_t *t;

    relative = 0;
    outside = 0;
    verbs = 0;
    outer = 0;
    last = 0;

    for (; i < rewriter->sentence.n; i++) {
        t = &rewriter->sentence.list[i];

        if (t->kind == TRIALS_TOKEN_SIGN) {
            if (text.data[t->start] == ':' && i + 1 < rewriter->sentence.n
                && t[1].kind != TRIALS_TOKEN_SIGN)
            {
                return 0;
            }

            /* A clause in brackets ends with them. */

            if (text.data[t->start] == '(') {
                outside = relative;
                outer = verbs;

            } else if (text.data[t->start] == ')') {
                relative = outside;
                verbs = outer;
            }
            continue;
        }

        if ((trials_rewrite_in(rewriter, text, i, trials_not_bare)
             && !trials_bare_fathers(rewriter, text, i))
            || (i > 0 && trials_word_is(text.data + t->start, t->len, "join")
                && !trials_word_is(text.data + t[-1].start, t[-1].len, "you")))
        {
            return 0;
        }

        if (trials_word_is(text.data + t->start, t->len, "who")
            && !trials_bare_who(rewriter, text, i))
        {
            return 0;
        }

        /* "cancer that has spread may be treated": a clause of "that" has one
         * verb, perhaps of two words, and another only after "and" or "or". */

        if (trials_rewrite_in(rewriter, text, i, trials_rewrite_relative)) {
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
                && (trials_word_is(text.data + t->start, t->len, "has")
                    || trials_word_is(text.data + t->start, t->len, "is")))
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
    static const char *const joints[] = {"or", "and", "but", NULL};
    static const char *const have[] = {"has", "have", "had", NULL};
    static const char *const be[] = {"is", "are", "was", "were", NULL};
    static const char *const states[] = {
        "pregnant", "breastfeeding", "willing",   "able",     "not",
        "unable",   "receiving",     "taking",    "on",       "now",
        "still",    "expected",      "scheduled", "using",    "getting",
        "having",   "planning",      "likely",    "unlikely", "unwilling",
        "fit",      "under",         "allergic",  "in",       NULL};

    return i > 0 && trials_rewrite_in(rewriter, text, i - 1, joints)
           && i + 1 < rewriter->sentence.n
           && (trials_rewrite_in(rewriter, text, i, have)
               || (trials_rewrite_in(rewriter, text, i, be)
                   && trials_rewrite_in(rewriter, text, i + 1, states)));
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


/* Is the "who" at token i about the reader? */

static int
trials_bare_who(const trials_rewriter_t *rewriter, trials_str_t text, size_t i)
{
    return i > 0 && i + 1 < rewriter->sentence.n
           && rewriter->sentence.list[i + 1].kind == TRIALS_TOKEN_WORD
           && rewriter->sentence.list[i - 1].kind != TRIALS_TOKEN_SIGN
           && !trials_rewrite_in(rewriter, text, i - 1, trials_people);
}
