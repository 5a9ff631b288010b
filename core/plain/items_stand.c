/*
 * Which things of an enumeration can stand on lines of their own.
 */

#include "core/plain/items.h"

#include <string.h>


static int    trials_items_measures(const trials_items_t *items);
static size_t trials_item_first(const trials_items_t *items, size_t k);
static int    trials_item_own(const trials_items_t *items, size_t k, size_t n);
static int    trials_item_stands(trials_items_t *items, size_t k, int *head);
static int
trials_item_noun(const trials_items_t *items, size_t first, size_t end);
static int trials_item_describes(const char *word, size_t len);
static int trials_items_others(const trials_items_t *items);
static int trials_item_place(const trials_items_t *items, size_t n);


/* These may be meant for every item, or for the first alone. */

static const char *const trials_items_scope[] = {
    "severe",       "serious",     "significant", "important",  "major",
    "minor",        "unstable",    "active",      "inactive",   "acute",
    "chronic",      "recent",      "current",     "known",      "suspected",
    "symptomatic",  "untreated",   "past",        "prior",      "previous",
    "any",          "other",       "another",     "new",        "ongoing",
    "persistent",   "concurrent",  "concomitant", "systemic",   "whole",
    "oral",         "inhaled",     "topical",     "poor",       "moderate",
    "mild",         "advanced",    "confirmed",   "documented", "congenital",
    "abnormal",     "primary",     "secondary",   "malignant",  "benign",
    "elevated",     "raised",      "low",         "high",       "impaired",
    "uncontrolled", "existing",    "underlying",  "planned",    "possible",
    "test",         "strong",      "bad",         "local",      "long",
    "short",        "non",         "pre",         "post",       "anti",
    "all",          "both",        "either",      "no",         "not",
    "more",         "less",        "new",         "medically",  "same",
    "such",         "certain",     "different",   "additional", "relevant",
    "risk",         "life",        "health",      "first",      "second",
    "repeated",     "frequent",    "proven",      "drug",       "treatment",
    "history",      "signs",       "evidence",    "symptoms",   "use",
    "presence",     "diagnosis",   "treated",     "type",       "grade",
    "stage",        "class",       "refractory",  "recurrent",  "metastatic",
    "adequate",     "good",        "enough",      "normal",     "previously",
    "need",         "lack",        "absence",     "degree",     "inherited",
    "hereditary",   "progressive", "ischemic",    "allergic",   "unresolved",
    "unexplained",  "intravenous", "injected",    "injectable", NULL};

/* What begins with these is no thing. */

static const char *const trials_items_no_start[] = {
    "has",     "have",   "had",    "is",       "are",       "was",
    "were",    "who",    "which",  "that",     "with",      "without",
    "if",      "when",   "in",     "on",       "at",        "for",
    "by",      "to",     "of",     "from",     "as",        "must",
    "may",     "can",    "will",   "you",      "your",      "those",
    "people",  "being",  "having", "not",      "no",        "able",
    "such",    "their",  "etc",    "unable",   "then",      "so",
    "but",     "and",    "or",     "other",    "others",    "any",
    "similar", "taken",  "used",   "received", "including", "less",
    "more",    "at",     "women",  "men",      "patients",  "this",
    "these",   "it",     "its",    "likely",   "willing",   "planning",
    "during",  "within", "before", "after",    NULL};

/* What follows these may belong to all. */

static const char *const trials_items_tail[] = {
    "that",    "which",     "who",        "whose",     "requiring", "needing",
    "within",  "before",    "after",      "at",        "during",    "in",
    "on",      "for",       "unless",     "except",    "if",        "when",
    "while",   "since",     "until",      "by",        "due",       "because",
    "despite", "where",     "without",    "other",     "as",        "like",
    "such",    "you",       "regardless", "is",        "are",       "was",
    "using",   "according", "per",        "based",     "under",     "above",
    "below",   "over",      "caused",     "treated",   "involving", "affecting",
    "would",   "could",     "may",        "might",     "can",       "will",
    "has",     "have",      "had",        "including", "to",        "leading",
    "from",    "prior",     "then",       "than",      "these",     "this",
    NULL};

/* And these, of what is measured. */

static const char *const trials_items_after[] = {
    "within", "before", "after", "during", "unless",  "except", "if",  "when",
    "while",  "that",   "which", "who",    "without", "or",     "and", NULL};


int
trials_items_stand(trials_items_t *items)
{
    int    head, heads, scoped;
    size_t i, k;

    heads = 0;
    scoped = 0;

    if (trials_items_measures(items)) {
        return 1;
    }

    if (items->loose && !items->shown) {
        return 0;
    }

    for (k = 0; k < items->n; k++) {
        if (!trials_item_stands(items, k, &head)) {
            return 0;
        }

        /* "food allergy, exercise or drug induced shock". */

        if (items->meant && !head && k + 2 == items->n
            && !trials_items_others(items)) {
            return 0;
        }

        heads += head;
        scoped += trials_items_in(items, trials_item_first(items, k),
                                  trials_items_scope);
    }

    i = trials_item_first(items, 0);

    if (scoped && (size_t) scoped != items->n
        && (trials_items_in(items, i, trials_items_scope)))
    {
        return 0;
    }

    /* "allergy to eggs, nuts or milk": of the first alone. */

    for (; i < items->end[0]; i++) {
        static const char *const ofs[] = {"of",      "with",    "to", "for",
                                          "in",      "from",    "on", "by",
                                          "against", "between", "at", NULL};

        if (trials_items_in(items, i, ofs)) {
            return items->n > 2 && (size_t) heads == items->n;
        }
    }

    return items->n > 2 || (size_t) heads == items->n;
}


/* "hemoglobin at least 9 g/dL, platelets at least 100": a value in each. */

static int
trials_items_measures(const trials_items_t *items)
{
    size_t                k, i, numbers;
    const trials_token_t *t;

    if (!items->open || items->n < 3) {
        return 0;
    }

    for (k = 0; k < items->n; k++) {
        t = &items->tokens[items->first[k]];

        if (t->kind != TRIALS_TOKEN_WORD
            || trials_items_in(items, items->first[k], trials_items_no_start))
        {
            return 0;
        }

        numbers = 0;

        for (i = items->first[k] + 1; i < items->end[k]; i++) {
            numbers += items->tokens[i].kind == TRIALS_TOKEN_NUMBER;

            if (k + 1 == items->n
                && trials_items_in(items, i, trials_items_after)) {
                return 0;
            }
        }

        if (numbers == 0) {
            return 0;
        }
    }

    return 1;
}


/* The first word of item k, after its article. */

static size_t
trials_item_first(const trials_items_t *items, size_t k)
{
    size_t                   i;
    static const char *const articles[] = {"a", "an", "the", NULL};

    i = items->first[k];

    return i + 1 < items->end[k] && trials_items_in(items, i, articles) ? i + 1
                                                                        : i;
}


/* Is what the bracket at token n opens of item k alone?  At the end of the last
 * it may be said of all, unless it gives examples. */

static int
trials_item_own(const trials_items_t *items, size_t k, size_t n)
{
    static const char *const own[] = {"such", "example", "situ", NULL};

    return items->n > 2
           && (k == 0
               || (n + 2 < items->end[k]
                   && (trials_items_in(items, n + 1, own)
                       || trials_items_in(items, n + 2, own))));
}


static int
trials_item_stands(trials_items_t *items, size_t k, int *head)
{
    int                      joined;
    size_t                   i, end, n, depth;
    trials_str_t             text;
    const trials_rule_t     *rule;
    const trials_token_t    *t;
    static const char *const degrees[] = {
        "acute",  "chronic",      "mild",   "moderate",  "severe",    "active",
        "latent", "current",      "recent", "past",      "lasting",   "found",
        "naive",  "na\xc3\xafve", "proven", "diagnosed", "confirmed", NULL};
    static const char *const signs[] = {"symptoms", "signs", "history",
                                        "presence", NULL};

    joined = 0;
    i = items->first[k];
    t = &items->tokens[i];

    if (t->kind == TRIALS_TOKEN_SIGN
        || ((k > 0 || items->open)
            && trials_items_in(items, i, trials_items_no_start)
            && !(items->n > 2 && i + 1 < items->end[k]
                 && trials_items_is(items, i, "other"))
            && !(k + 1 == items->n && trials_items_others(items))))
    {
        return 0;
    }

    /* What ends the first, or the last, may be said of all. */

    for (n = i + 1, depth = 0; n < items->end[k]; n++) {
        depth += trials_items_is(items, n, "(") && trials_item_own(items, k, n);
        depth -= depth && trials_items_is(items, n, ")");

        /* "or other diseases that may harm you" ends with what they do. */

        if (k > 0 && k + 1 == items->n && trials_items_others(items)) {
            break;
        }

        if (trials_item_place(items, n)) {
            continue;
        }

        /* "pain, cough or fever that lasts, and asthma". */

        joined |= trials_items_joint(items, n);

        if (joined && k + 1 < items->n
            && (trials_items_is(items, n, "that")
                || trials_items_is(items, n, "which")))
        {
            return 0;
        }

        if (depth == 0 && (k == 0 || k + 1 == items->n)
            && trials_items_in(items, n, trials_items_tail)
            && !(k == 0 && trials_items_is(items, n, "to")))
        {
            return 0;
        }

        if (k + 1 < items->n && items->n == 2 && trials_items_joint(items, n)) {
            return 0;
        }
    }

    text.data = items->text + t->start;
    t = &items->tokens[items->end[k] - 1];
    text.len = (size_t) (items->text + t->start + t->len - text.data);

    if (text.len == 0
        || trials_tokens_read(&items->rewriter->sentence, text) != TRIALS_OK)
    {
        return 0;
    }

    /* "NYHA class III or IV heart failure". */

    if (k + 1 < items->n
        && (t->kind == TRIALS_TOKEN_NUMBER
            || (t->len < 4 && trials_is_upper(items->text[t->start])
                && !trials_items_others(items))))
    {
        return 0;
    }

    /* "a rash with signs or symptoms", "gout, history or presence of asthma". */

    if (items->first[k] + 1 == items->end[k]
        && trials_items_in(items, items->first[k], signs))
    {
        return 0;
    }

    /* "signs of acute or chronic inflammation". */

    if (k + 1 < items->n && trials_items_in(items, items->end[k] - 1, degrees))
    {
        return 0;
    }

    rule = trials_rewrite_head(items->rewriter, text, 0, &end);
    *head = rule && !trials_word_is(rule->to.data, rule->to.len, "your");

    /* "findings of degenerative or stenotic changes". */

    if (*head && k + 1 < items->n && end < items->rewriter->sentence.n
        && trials_item_describes(items->text + t->start, t->len))
    {
        return 0;
    }

    return *head || k + 1 == items->n
           || trials_item_noun(items, items->first[k], items->end[k]);
}


/* "A, B or other drugs that ...": what follows the last one tells which others
 * are meant; but a time may be that of all. */

static int
trials_items_others(const trials_items_t *items)
{
    size_t                   i, k;
    static const char *const others[] = {"other", "others", NULL};
    static const char *const which[] = {"that", "which", "who", NULL};
    static const char *const times[] = {
        "within", "before", "after",   "during", "unless", "except", "if",
        "when",   "in",     "without", "by",     "for",    NULL};

    k = items->n - 1;
    i = items->first[k];
    i += trials_items_is(items, i, "any");

    if (items->n < 3 || i + 1 >= items->end[k]
        || !trials_items_in(items, i, others))
    {
        return 0;
    }

    for (i++; i < items->end[k]; i++) {
        if (trials_items_in(items, i, which)) {
            break;
        }

        if (trials_items_in(items, i, times)) {
            return 0;
        }
    }

    for (; i < items->end[k]; i++) {
        if (items->tokens[i].kind == TRIALS_TOKEN_NUMBER) {
            return 0;
        }
    }

    return 1;
}


/* "fluid in the belly", "a blood clot in a deep vein", "high blood pressure that
 * is not controlled": part of a thing's name. */

static int
trials_item_place(const trials_items_t *items, size_t n)
{
    size_t                   i;
    static const char *const places[] = {"belly", "lung", "lungs", "heart",
                                         "deep",  "situ", "brain", NULL};
    static const char *const articles[] = {"a", "the", NULL};

    if (trials_items_is(items, n, "in")) {
        i = n + 1;
        i += i < items->ntokens && trials_items_in(items, i, articles);

        return i < items->ntokens && trials_items_in(items, i, places);
    }

    return trials_items_is(items, n, "that") && n + 3 < items->ntokens
           && trials_items_is(items, n + 1, "is")
           && trials_items_is(items, n + 2, "not")
           && trials_items_is(items, n + 3, "controlled");
}


/* May its last word be the name of a thing?  Not one that waits for another, as
 * in "cardiac, liver or bone disease". */

static int
trials_item_noun(const trials_items_t *items, size_t first, size_t end)
{
    size_t                   i, len, n;
    const char              *word;
    static const char *const waits[] = {
        "al",   "ic",  "ive", "ous",  "ar",   "ary",  "ory", "ed",
        "ent",  "ant", "ble", "oid",  "like", "free", "ine", "ile",
        "less", "ful", "ish", "line", "ior",  "ly",   NULL};
    static const char *const parts[] = {
        "liver",      "lung",      "brain",    "kidney",  "heart",
        "bone",       "breast",    "skin",     "blood",   "bowel",
        "stomach",    "nerve",     "muscle",   "colon",   "spine",
        "neck",       "head",      "prostate", "bladder", "thyroid",
        "pancreas",   "eye",       "ear",      "nose",    "throat",
        "airway",     "tissue",    "cell",     "tumor",   "organ",
        "soft",       "other",     "drug",     "alcohol", "food",
        "joint",      "vessel",    "artery",   "vein",    "immune",
        "mental",     "plasma",    "urine",    "serum",   "bacterial",
        "virus",      "knee",      "hip",      "hand",    "foot",
        "arm",        "leg",       "chest",    "severe",  "mild",
        "raised",     "high",      "low",      "poor",    "gut",
        "brainstem",  "cervix",    "womb",     "ovary",   "lymph",
        "node",       "spinal",    "cord",     "gene",    "protein",
        "hormone",    "body",      "whole",    "large",   "small",
        "major",      "minor",     "deep",     "acute",   "chronic",
        "lasting",    "past",      "work",     "sleep",   "mood",
        "stress",     "vascular",  "study",    "test",    "care",
        "home",       "health",    "baseline", "group",   "left",
        "right",      "upper",     "lower",    "type",    "stage",
        "grade",      "class",     "full",     "partial", "bile",
        "duct",       "esophagus", "larynx",   "pharynx", "mouth",
        "tongue",     "uterus",    "rectum",   "testis",  "spleen",
        "human",      "animal",    "insect",   "egg",     "milk",
        "nut",        "peanut",    "pollen",   "grass",   "live",
        "dead",       "open",      "early",    "late",    "yeast",
        "autoimmune", NULL};

    for (i = first; i < end; i++) {
        if (trials_items_is(items, i, "(")) {
            end = i;
        }
    }

    if (end == first || items->tokens[end - 1].kind != TRIALS_TOKEN_WORD) {
        return 0;
    }

    word = items->text + items->tokens[end - 1].start;
    len = items->tokens[end - 1].len;

    if (len < 5 || !trials_is_lower(word[1])
        || trials_word_in(word, len, parts)) {
        return 0;
    }

    for (i = 0; waits[i]; i++) {
        n = strlen(waits[i]);

        if (trials_word_is(word + len - n, n, waits[i])) {
            return 0;
        }
    }

    return 1;
}


/* By its last letters: is the word no noun? */

static int
trials_item_describes(const char *word, size_t len)
{
    size_t                   i, n;
    static const char *const ends[] = {"ive", "al", "ic", "ous", "ar", NULL};

    for (i = 0; ends[i]; i++) {
        n = strlen(ends[i]);

        if (len > n && trials_word_is(word + len - n, n, ends[i])) {
            return 1;
        }
    }

    return 0;
}
