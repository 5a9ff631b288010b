/*
 * A long enumeration as a list: "You have had any of these:" and an item a line.
 *
 * Only where every item can stand by itself.  "Heart, liver or kidney disease"
 * is one thing to read, and in "severe asthma, gout or migraine" nobody can say
 * what "severe" goes with: these stay sentences, as does what ends with words
 * that may belong to all of it ("..., or a stroke within 6 months").
 */

#include "core/plain/rewrite.h"

#include <string.h>


/* Words that a sentence needs before it is worth a list, of three items or more,
 * and of two. */
#define TRIALS_ITEMS_LONG 11
#define TRIALS_ITEMS_PAIR 13

/* Words that each item of a pair has at least. */
#define TRIALS_ITEM_WORDS 3

#define TRIALS_ITEMS_MAX 32


typedef struct {
    trials_rewriter_t    *rewriter;
    const char           *text; /* of the enumeration */
    size_t                len;
    const trials_token_t *tokens; /* of it */
    size_t                ntokens;
    size_t                first[TRIALS_ITEMS_MAX]; /* tokens of the items */
    size_t                end[TRIALS_ITEMS_MAX];
    size_t                n;
    size_t                joint;     /* the token that joins the last one */
    unsigned              open : 1;  /* the lead stays as it is */
    unsigned              loose : 1; /* nothing joins them */
    unsigned              meant : 1; /* the joint may be within an item */
} trials_items_t;


static size_t trials_items_colon(const trials_buf_t *buf, size_t start);
static int    trials_items_split(trials_items_t *items);
static int    trials_items_joint(const trials_items_t *items, size_t i);
static int    trials_items_stand(trials_items_t *items);
static int    trials_items_measures(const trials_items_t *items);
static int    trials_item_stands(trials_items_t *items, size_t k, int *head);
static int
trials_item_noun(const trials_items_t *items, size_t first, size_t end);
static int    trials_items_worth(const trials_items_t *items, size_t lead);
static int    trials_items_lead(const trials_items_t *items, trials_str_t lead,
                                int voice, trials_buf_t *buf);
static size_t trials_items_words(trials_str_t text);
static int
trials_items_is(const trials_items_t *items, size_t i, const char *word);
static int
trials_items_in(const trials_items_t *items, size_t i, const char *const *list);
static int trials_str_ends(trials_str_t text, const char *end);


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

/* What may stand before a thing. */

static const char *const trials_items_leads[] = {
    " have",    " had",      " allergic to",  " used",        " use",
    " taking",  " got",      " getting",      " take",        " took",
    " for",     " have no",  " had no",       " includes",    " need",
    " abuse",   " have had", " examples are", " means",       " apply to",
    " stopped", " failed",   " completed",    "For example:", NULL};


int
trials_rewrite_items(trials_rewriter_t *rewriter, trials_buf_t *buf,
                     size_t start, size_t rest)
{
    int            voice;
    size_t         i, colon;
    trials_buf_t  *made;
    trials_str_t   lead, text;
    trials_items_t items;

    if (buf->failed != TRIALS_OK || buf->len <= start) {
        return 0;
    }

    memset(&items, 0, sizeof(trials_items_t));
    items.rewriter = rewriter;

    colon = trials_items_colon(buf, start);

    if (colon > rest) {
        rest = colon;
        items.open = 1;
    }

    if (rest <= start || rest >= buf->len) {
        return 0;
    }

    while (rest < buf->len && buf->data[rest] == ' ') {
        rest++;
    }

    lead.data = buf->data + start;
    lead.len = rest - start;

    while (lead.len && lead.data[lead.len - 1] == ' ') {
        lead.len--;
    }

    text.data = buf->data + rest;
    text.len = buf->len - rest;

    while (text.len
           && (text.data[text.len - 1] == '.' || text.data[text.len - 1] == ','
               || text.data[text.len - 1] == ';'))
    {
        text.len--;
    }

    if (trials_tokens_read(&rewriter->items, text) != TRIALS_OK) {
        buf->failed = TRIALS_NOMEM;
        return 0;
    }

    items.text = text.data;
    items.len = text.len;
    items.tokens = rewriter->items.list;
    items.ntokens = rewriter->items.n;

    if (!trials_items_split(&items)
        || !trials_items_worth(&items, trials_items_words(lead))
        || !trials_items_stand(&items))
    {
        return 0;
    }

    /* Not "This includes", "For example". */

    voice = !(lead.len > 4
              && (memcmp(lead.data, "This", 4) == 0
                  || memcmp(lead.data, "Some", 4) == 0
                  || memcmp(lead.data, "For ", 4) == 0));

    made = &rewriter->list;
    trials_buf_reset(made);

    if (!trials_items_lead(&items, lead, voice, made)) {
        return 0;
    }

    for (i = 0; i < items.n; i++) {
        const trials_token_t *t, *last;

        t = &items.tokens[items.first[i]];
        last = &items.tokens[items.end[i] - 1];

        (void) trials_buf_append(made, "\n", 1);
        colon = made->len;

        if (items.open && !items.loose && i + 1 == items.n) {
            t = &items.tokens[items.joint];
        }

        (void) trials_buf_append(made, items.text + t->start,
                                 last->start + last->len - t->start);
        (void) trials_buf_append(made, ".", 1);

        if (made->failed == TRIALS_OK) {
            trials_rewrite_capital(made, colon);
        }
    }

    if (made->failed != TRIALS_OK) {
        buf->failed = made->failed;
        return 0;
    }

    buf->len = start;
    (void) trials_buf_append(buf, made->data, made->len);
    rewriter->listed = 1;
    trials_trace_rule(rewriter->trace, "list", lead, lead);

    return 1;
}


/* Where what follows the one colon of the sentence begins, or 0. */

static size_t
trials_items_colon(const trials_buf_t *buf, size_t start)
{
    size_t i, found;
    long   depth;

    found = 0;
    depth = 0;

    for (i = start; i + 1 < buf->len; i++) {
        depth += (buf->data[i] == '(') - (buf->data[i] == ')');

        if (buf->data[i] == ':' && buf->data[i + 1] == ' ') {
            if (found || depth) {
                return 0;
            }
            found = i + 1;
        }
    }

    return found;
}


/* Cuts the enumeration at its commas and its last "or" or "and". */

static int
trials_items_split(trials_items_t *items)
{
    size_t i, depth, first, joints;

    depth = 0;
    first = 0;
    joints = 0;

    for (i = 0; i < items->ntokens; i++) {
        if (trials_items_is(items, i, "(") || trials_items_is(items, i, "[")) {
            depth++;

        } else if (trials_items_is(items, i, ")")
                   || trials_items_is(items, i, "]")) {
            depth -= depth > 0;

        } else if (depth) {
            continue;

        } else if (trials_items_is(items, i, ":")
                   || trials_items_is(items, i, ";")
                   || (trials_items_is(items, i, ".")
                       && (i + 1 == items->ntokens
                           || items->tokens[i + 1].space)))
        {
            return 0;

        } else if (trials_items_is(items, i, ",") && i + 1 < items->ntokens
                   && items->tokens[i + 1].space)
        {
            if (i == first || items->n + 2 > TRIALS_ITEMS_MAX || items->joint) {
                return 0;
            }

            items->first[items->n] = first;
            items->end[items->n++] = i;
            first = i + 1;

            if (trials_items_joint(items, first)) {
                items->joint = first++;
            }

        } else if (trials_items_joint(items, i)) {
            joints++;
        }
    }

    /* "A, B or C": the joint within what is left. */

    if (items->joint == 0 && joints == 0 && items->open && items->n > 1) {
        items->loose = 1;

    } else if (items->joint == 0) {
        if (joints != 1) {
            return 0;
        }

        for (i = first; i < items->ntokens && !trials_items_joint(items, i);
             i++) {
            depth += trials_items_is(items, i, "(");
        }

        if (i == first || i + 1 >= items->ntokens || depth) {
            return 0;
        }

        items->joint = i;
        items->meant = 1;
        items->first[items->n] = first;
        items->end[items->n++] = i;
        first = i + 1;
    }

    if (first >= items->ntokens) {
        return 0;
    }

    items->first[items->n] = first;
    items->end[items->n++] = items->ntokens;

    return items->n > 2 || joints + (items->end[0] < items->joint) == 1;
}


static int
trials_items_joint(const trials_items_t *items, size_t i)
{
    static const char *const joints[] = {"or", "and", NULL};

    return i + 1 < items->ntokens && items->tokens[i].space
           && items->tokens[i + 1].space && trials_items_in(items, i, joints);
}


/* Is each item a thing of its own? */

static int
trials_items_stand(trials_items_t *items)
{
    int    head, heads, scoped;
    size_t i, k;

    heads = 0;
    scoped = 0;

    if (trials_items_measures(items)) {
        return 1;
    }

    if (items->loose) {
        return 0;
    }

    for (k = 0; k < items->n; k++) {
        if (!trials_item_stands(items, k, &head)) {
            return 0;
        }

        /* "food allergy, exercise or drug induced shock". */

        if (items->meant && !head && k + 2 == items->n) {
            return 0;
        }

        heads += head;
        scoped += trials_items_in(items, items->first[k], trials_items_scope);
    }

    i = items->first[0];

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


static int
trials_item_stands(trials_items_t *items, size_t k, int *head)
{
    size_t                i, end, n;
    trials_str_t          text;
    const trials_rule_t  *rule;
    const trials_token_t *t;

    i = items->first[k];
    t = &items->tokens[i];

    if (t->kind == TRIALS_TOKEN_SIGN
        || (k > 0 && trials_items_in(items, i, trials_items_no_start)))
    {
        return 0;
    }

    /* What ends the first, or the last, may be said of all. */

    for (n = i + 1; n < items->end[k]; n++) {
        if ((k == 0 || k + 1 == items->n)
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
            || (t->len < 4 && trials_is_upper(items->text[t->start]))))
    {
        return 0;
    }

    rule = trials_rewrite_head(items->rewriter, text, 0, &end);
    *head = rule && !trials_word_is(rule->to.data, rule->to.len, "your");

    return *head || k + 1 == items->n
           || trials_item_noun(items, items->first[k], items->end[k]);
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
        "liver",     "lung",    "brain",     "kidney",  "heart",    "bone",
        "breast",    "skin",    "blood",     "bowel",   "stomach",  "nerve",
        "muscle",    "colon",   "spine",     "neck",    "head",     "prostate",
        "bladder",   "thyroid", "pancreas",  "eye",     "ear",      "nose",
        "throat",    "airway",  "tissue",    "cell",    "tumor",    "organ",
        "soft",      "other",   "drug",      "alcohol", "food",     "joint",
        "vessel",    "artery",  "vein",      "immune",  "mental",   "plasma",
        "urine",     "serum",   "bacterial", "virus",   "knee",     "hip",
        "hand",      "foot",    "arm",       "leg",     "chest",    "severe",
        "mild",      "raised",  "high",      "low",     "poor",     "gut",
        "brainstem", "cervix",  "womb",      "ovary",   "lymph",    "node",
        "spinal",    "cord",    "gene",      "protein", "hormone",  "body",
        "whole",     "large",   "small",     "major",   "minor",    "deep",
        "work",      "sleep",   "mood",      "stress",  "vascular", "study",
        "test",      "care",    "home",      "health",  "baseline", "group",
        "left",      "right",   "upper",     "lower",   "type",     "stage",
        "grade",     "class",   "full",      "partial", "bile",     "duct",
        "esophagus", "larynx",  "pharynx",   "mouth",   "tongue",   "uterus",
        "rectum",    "testis",  "spleen",    "human",   "animal",   "insect",
        "egg",       "milk",    "nut",       "peanut",  "pollen",   "grass",
        "live",      "dead",    "open",      "early",   "late",     "yeast",
        NULL};

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


static int
trials_items_worth(const trials_items_t *items, size_t lead)
{
    size_t       i, words, most;
    trials_str_t text;

    text.data = items->text;
    text.len = items->len;
    words = lead + trials_items_words(text);

    if (items->n > 2) {
        return words >= TRIALS_ITEMS_LONG;
    }

    if (words < TRIALS_ITEMS_PAIR) {
        return 0;
    }

    for (i = 0, most = 0; i < items->n; i++) {
        const trials_token_t *t;

        t = &items->tokens[items->end[i] - 1];
        text.data = items->text + items->tokens[items->first[i]].start;
        text.len = (size_t) (items->text + t->start + t->len - text.data);
        words = trials_items_words(text);

        if (words < TRIALS_ITEM_WORDS) {
            return 0;
        }

        most = most > words ? most : words;
    }

    return most > TRIALS_ITEM_WORDS;
}


/* Appends what stands above the list; 0 where nothing can. */

static int
trials_items_lead(const trials_items_t *items, trials_str_t lead, int voice,
                  trials_buf_t *buf)
{
    int         any;
    size_t      i;
    const char *these;

    if (items->open) {
        (void) trials_buf_append(buf, lead.data, lead.len);
        return 1;
    }

    any = trials_items_is(items, items->joint, "or");

    /* "Asthma, gout, and migraine" may mean any of them. */

    if ((!any && voice) || (any && trials_str_ends(lead, " are"))) {
        return 0;
    }

    for (i = 0;
         trials_items_leads[i] && !trials_str_ends(lead, trials_items_leads[i]);
         i++)
    {
        /* void */
    }

    if (trials_items_leads[i] == NULL) {
        return 0;
    }

    these = any ? " any of these:" : " these:";

    if (trials_str_ends(lead, " no")) {
        if (!any) {
            return 0;
        }

        /* "You have had no" is "You have not had any of these". */

        if (trials_str_ends(lead, "You have no")) {
            (void) trials_buf_append(buf, lead.data, lead.len - 7);
            (void) trials_buf_append(buf, "do not have", 11);

        } else if (trials_str_ends(lead, "You have had no")) {
            (void) trials_buf_append(buf, lead.data, lead.len - 6);
            (void) trials_buf_append(buf, "not had", 7);

        } else {
            return 0;
        }

    } else if (trials_str_ends(lead, ":")) {
        (void) trials_buf_append(buf, lead.data, lead.len - 1);
        (void) trials_buf_append(buf, ",", 1);

    } else {
        (void) trials_buf_append(buf, lead.data, lead.len);
    }

    (void) trials_buf_append(buf, these, strlen(these));

    return 1;
}


static size_t
trials_items_words(trials_str_t text)
{
    size_t i, n;

    for (i = 0, n = 0; i < text.len; i++) {
        n += text.data[i] != ' ' && (i == 0 || text.data[i - 1] == ' ');
    }

    return n;
}


static int
trials_items_is(const trials_items_t *items, size_t i, const char *word)
{
    return trials_word_is(items->text + items->tokens[i].start,
                          items->tokens[i].len, word);
}


static int
trials_items_in(const trials_items_t *items, size_t i, const char *const *list)
{
    return trials_word_in(items->text + items->tokens[i].start,
                          items->tokens[i].len, list);
}


static int
trials_str_ends(trials_str_t text, const char *end)
{
    size_t n;

    n = strlen(end);

    return text.len >= n && memcmp(text.data + text.len - n, end, n) == 0;
}
