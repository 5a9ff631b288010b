/*
 * Criteria that are a bare noun: "severe asthma", "platelets at least ...".  A
 * list of nouns says how such a one speaks to the reader.
 */

#include "core/plain/nouns.h"

#include <string.h>


/* Words from a text's start within which its noun must stand. */
#define TRIALS_NOUN_REACH 14

/* And after "the". */
#define TRIALS_NOUN_NEAR 6


static int trials_noun_degrees(const trials_rewriter_t *rewriter,
                               trials_str_t text, size_t from, size_t i);
static int trials_noun_higher(const trials_rewriter_t *rewriter,
                              trials_str_t text, size_t from, size_t i);
static int trials_noun_than(const trials_rewriter_t *rewriter,
                            trials_str_t text, size_t i);
static int trials_noun_doing(const trials_rewriter_t *rewriter,
                             trials_str_t text, size_t i);
static size_t
trials_noun_counted(const trials_rewriter_t *rewriter, trials_str_t text);
static int trials_noun_lasts(const trials_rewriter_t *rewriter,
                             trials_str_t text, size_t i);
static int
trials_noun_how(const trials_rewriter_t *rewriter, trials_str_t text, size_t i);
static int trials_noun_spelled(const char *word, size_t len);


/* What ends the words that belong to a noun. */

static const char *const trials_noun_ends[] = {
    "of",      "in",        "with",   "within",  "for",        "to",
    "by",      "from",      "at",     "on",      "during",     "before",
    "after",   "due",       "that",   "which",   "who",        "and",
    "or",      "and/or",    "not",    "as",      "under",      "above",
    "below",   "between",   "more",   "less",    "greater",    "needing",
    "since",   "without",   "except", "unless",  "over",       "is",
    "are",     "if",        "when",   "like",    "such",       "while",
    "despite", "against",   "than",   "through", "until",      "via",
    "using",   "including", "where",  "per",     "up",         "whichever",
    "based",   "according", "judged", "deemed",  "considered", "received",
    "linked",  "caused",    "given",  "done",    "performed",  "means",
    NULL};

/* A noun after one of these has its article, or needs none. */

static const char *const trials_determined[] = {
    "a",          "an",   "the",   "any",    "no",      "other",
    "another",    "some", "these", "this",   "such",    "all",
    "both",       "your", "at",    "more",   "less",    "one",
    "two",        "each", "not",   "either", "certain", "several",
    "multiple",   "many", "few",   "type",   "stage",   "grade",
    "additional", "what", "you",   "that",   "those",   NULL};

/* "Planned surgery": not yet. */

static const char *const trials_not_past[] = {
    "planned",     "scheduled", "current",      "ongoing",    "concurrent",
    "concomitant", "expected",  "anticipated",  "future",     "no",
    "any",         "need",      "simultaneous", "continuous", "chronic",
    "long",        "adequate",  "upcoming",     "indication", "possible",
    NULL};

static const char *const trials_articles[] = {"a", "an", "the", "any", NULL};

static const char *const trials_no_start[] = {
    "if",          "for",      "in",           "on",          "at",
    "all",         "each",     "with",         "without",     "by",
    "not",         "only",     "there",        "during",      "within",
    "patients",    "subjects", "participants", "note",        "cohort",
    "part",        "group",    "phase",        "arm",         "stage",
    "the",         "and",      "or",           "women",       "men",
    "females",     "males",    "female",       "male",        "children",
    "people",      "able",     "must",         "may",         "you",
    "your",        "non",      "being",        "having",      "has",
    "have",        "as",       "type",         "healthy",     "adult",
    "adults",      "pre",      "post",         "that",        "pregnant",
    "when",        "after",    "before",       "more",        "less",
    "use",         "using",    "received",     "receiving",   "taking",
    "diagnosed",   "enrolled", "those",        "these",       "this",
    "meets",       "starting", "stopping",     "beginning",   "none",
    "meet",        "infants",  "infant",       "child",       "boys",
    "girls",       "newborns", "neonates",     "adolescents", "babies",
    "toddlers",    "harbor",   "harbour",      "carry",       "freely",
    "voluntarily", NULL};


const trials_rule_t *
trials_rewrite_head(const trials_rewriter_t *rewriter, trials_str_t text,
                    size_t i, size_t *end)
{
    size_t               k, from, limit;
    const trials_rule_t *rule;

    limit = i + TRIALS_NOUN_REACH;

    for (from = i; from < rewriter->sentence.n && from < limit;) {
        *end = trials_noun_chunk(rewriter, text, from);

        if (*end > from) {
            rule = trials_noun_find(rewriter, text, from, *end);
            if (rule) {
                return rule;
            }

            /* "score 0 or 1": the number does not belong to the noun. */

            for (k = from + 1;
                 k < *end
                 && rewriter->sentence.list[k].kind != TRIALS_TOKEN_NUMBER;
                 k++)
            {
                /* void */
            }

            rule = k < *end ? trials_noun_find(rewriter, text, from, k) : NULL;
            if (rule && trials_word_is(rule->to.data, rule->to.len, "your")) {
                *end = k;
                return rule;
            }
        }

        /* "cardiac, hepatic or renal disease": the noun comes later. */

        from = *end;

        while (from < rewriter->sentence.n
               && (text.data[rewriter->sentence.list[from].start] == ','
                   || text.data[rewriter->sentence.list[from].start] == '/'))
        {
            from++;
        }

        if (from < rewriter->sentence.n) {
            const trials_token_t *t = &rewriter->sentence.list[from];

            if (trials_word_is(text.data + t->start, t->len, "or")
                || trials_word_is(text.data + t->start, t->len, "and"))
            {
                from++;
            }
        }

        if (from == *end) {
            break;
        }
    }

    return NULL;
}


/* The token after the words that belong together from token i on. */

size_t
trials_noun_chunk(const trials_rewriter_t *rewriter, trials_str_t text,
                  size_t i)
{
    size_t                from;
    const trials_token_t *t;

    for (from = i; i < rewriter->sentence.n; i++) {
        t = &rewriter->sentence.list[i];

        if (t->kind == TRIALS_TOKEN_SIGN) {
            if (text.data[t->start] != '-' && text.data[t->start] != '\'') {
                break;
            }

        } else if ((trials_rewrite_in(rewriter, text, i, trials_noun_ends)
                    && !trials_noun_degrees(rewriter, text, from, i))
                   || (i > from
                       && (trials_noun_doing(rewriter, text, i)
                           || trials_noun_how(rewriter, text, i)))
                   || trials_noun_than(rewriter, text, i))
        {
            if (!trials_noun_higher(rewriter, text, from, i)) {
                break;
            }
            i++;
        }
    }

    return i;
}


/* "moderate to severe asthma", "mild or moderate". */

static int
trials_noun_degrees(const trials_rewriter_t *rewriter, trials_str_t text,
                    size_t from, size_t i)
{
    static const char *const joints[] = {"to", "or", NULL};
    static const char *const degrees[] = {"mild",   "minimal",  "moderate",
                                          "severe", "advanced", NULL};

    return i > from && i + 1 < rewriter->sentence.n
           && trials_rewrite_in(rewriter, text, i, joints)
           && trials_rewrite_in(rewriter, text, i - 1, degrees)
           && trials_rewrite_in(rewriter, text, i + 1, degrees);
}


/* "rhinitis strongly | disturbing sleep". */

static int
trials_noun_how(const trials_rewriter_t *rewriter, trials_str_t text, size_t i)
{
    const trials_token_t *t;

    t = &rewriter->sentence.list[i];

    return t->len > 4 && i + 1 < rewriter->sentence.n
           && trials_word_is(text.data + t->start + t->len - 2, 2, "ly")
           && trials_noun_doing(rewriter, text, i + 1);
}


/* "grade 2 or higher". */

static int
trials_noun_higher(const trials_rewriter_t *rewriter, trials_str_t text,
                   size_t from, size_t i)
{
    static const char *const joint[] = {"or", NULL};
    static const char *const higher[] = {"higher", "greater", "above", NULL};

    return i > from && i + 2 < rewriter->sentence.n
           && trials_rewrite_in(rewriter, text, i, joint)
           && rewriter->sentence.list[i - 1].kind == TRIALS_TOKEN_NUMBER
           && trials_rewrite_in(rewriter, text, i + 1, higher);
}


/* "other than". */

static int
trials_noun_than(const trials_rewriter_t *rewriter, trials_str_t text, size_t i)
{
    static const char *const other[] = {"other", NULL};
    static const char *const than[] = {"than", NULL};

    return i + 1 < rewriter->sentence.n
           && trials_rewrite_in(rewriter, text, i, other)
           && trials_rewrite_in(rewriter, text, i + 1, than);
}


/* "affecting", "lasting": what follows belongs to it, but for nouns of that
 * form. */

static int
trials_noun_doing(const trials_rewriter_t *rewriter, trials_str_t text,
                  size_t i)
{
    const trials_token_t    *t;
    static const char *const nouns[] = {
        "bleeding",   "swelling", "hearing",       "imaging",
        "breathing",  "vomiting", "smoking",       "wheezing",
        "nursing",    "feeding",  "breastfeeding", "itching",
        "sleeping",   "existing", "life",          "threatening",
        "thinking",   "coughing", "fainting",      "during",
        "underlying", "ongoing",  "clotting",      "walking",
        "living",     NULL};

    t = &rewriter->sentence.list[i];

    /* "long-lasting" is a word of its own. */

    return t->len > 5 && !(i > 0 && text.data[t[-1].start] == '-')
           && trials_word_is(text.data + t->start + t->len - 3, 3, "ing")
           && !trials_word_in(text.data + t->start, t->len, nouns);
}


/* The noun rule whose words end at token `end`. */

const trials_rule_t *
trials_noun_find(const trials_rewriter_t *rewriter, trials_str_t text,
                 size_t from, size_t end)
{
    int                   value;
    size_t                i, used;
    const trials_rules_t *rules;
    const trials_token_t *t;

    rules = rewriter->rules;

    for (i = from; i < end; i++) {
        value = trials_trie_longest(rules->tries[TRIALS_RULE_NOUN], text,
                                    &rewriter->sentence, i, &used, NULL);

        if (value >= 0 && i + used >= end) {
            return &rules->rules[value];
        }
    }

    t = &rewriter->sentence.list[end - 1];

    if (t->kind != TRIALS_TOKEN_WORD) {
        return NULL;
    }

    value = trials_rules_ending(rules, text.data + t->start, t->len);

    return value < 0 ? NULL : &rules->rules[value];
}


/* The token after "at least 2", "one or more", or 0. */

static size_t
trials_noun_counted(const trials_rewriter_t *rewriter, trials_str_t text)
{
    size_t                   i;
    const trials_token_t    *t;
    static const char *const bounds[] = {"at", "more", "less", "fewer", NULL};
    static const char *const after[] = {"least", "most", "than", NULL};
    static const char *const numbers[] = {
        "one", "two", "three", "four", "five", "six", "seven", "eight", NULL};
    static const char *const joint[] = {"or", NULL};
    static const char *const more[] = {"more", "fewer", "less", NULL};

    t = rewriter->sentence.list;

    if (rewriter->sentence.n < 5) {
        return 0;
    }

    i = trials_rewrite_in(rewriter, text, 0, bounds)
                && trials_rewrite_in(rewriter, text, 1, after)
            ? 2
            : 0;

    if (!trials_rewrite_in(rewriter, text, i, numbers)
        && !(i && t[i].kind == TRIALS_TOKEN_NUMBER))
    {
        return 0;
    }

    i++;

    if (trials_rewrite_in(rewriter, text, i, joint)
        && trials_rewrite_in(rewriter, text, i + 1, more))
    {
        i += 2;
    }

    return t[i].kind == TRIALS_TOKEN_WORD && t[i].space
                   && !trials_token_is_unit(text, &t[i])
               ? i
               : 0;
}


/* "Planned surgery", "any surgery", "surgery that is planned during the study",
 * "past or current surgery": not over. */

static int
trials_noun_lasts(const trials_rewriter_t *rewriter, trials_str_t text,
                  size_t i)
{
    trials_str_t             when;
    static trials_str_t      times = {3, "n|p"};
    static const char *const other[] = {"other", NULL};
    static const char *const any[] = {"any", NULL};
    static const char *const past[] = {"past", "previous", "prior", "earlier",
                                       NULL};
    static const char *const ahead[] = {"planned", "scheduled", NULL};
    static const char *const during[] = {"during", "within", "in", "for", NULL};
    static const char *const now[] = {"current", "present", NULL};
    static const char *const joints[] = {"or", "/", NULL};

    i += trials_rewrite_in(rewriter, text, i, other) != 0;

    when = trials_rewrite_tense(rewriter, text, times);

    if (trials_rewrite_in(rewriter, text, i, trials_not_past)
        && !(trials_rewrite_in(rewriter, text, i, any)
             && i + 1 < rewriter->sentence.n
             && (trials_rewrite_in(rewriter, text, i + 1, past)
                 || (when.data[0] == 'p'
                     && !trials_rewrite_in(rewriter, text, i + 1,
                                           trials_not_past)))))
    {
        return 1;
    }

    if (when.data[0] == 'p') {
        return 0;
    }

    for (/* void */; i + 1 < rewriter->sentence.n; i++) {
        if ((trials_rewrite_in(rewriter, text, i, ahead)
             && trials_rewrite_in(rewriter, text, i + 1, during))
            || (trials_rewrite_in(rewriter, text, i, joints)
                && trials_rewrite_in(rewriter, text, i + 1, now)))
        {
            return 1;
        }
    }

    return 0;
}


int
trials_rewrite_noun(trials_rewriter_t *rewriter, trials_str_t text,
                    trials_buf_t *buf)
{
    int                      another, the;
    size_t                   i, first, end;
    trials_str_t             to;
    const trials_rule_t     *rule;
    static const char *const rules[] = {"rules", NULL};
    static const char *const out[] = {"out", NULL};
    static const char *const results[] = {"positive", "negative", NULL};
    static const char *const joints[] = {"or", "and", ",", NULL};
    static const char *const other[] = {"other", NULL};
    static const char *const diseases[] = {"disease", "cancer", NULL};
    static const char *const thes[] = {"the", NULL};
    static const char *const ofs[] = {"of", NULL};

    first = trials_noun_counted(rewriter, text);
    the =
        rewriter->sentence.n > 1 && trials_rewrite_in(rewriter, text, 0, thes);
    first += the != 0;

    /* "Developing a rash" is no thing. */

    if (rewriter->sentence.n == 0
        || (first == 0
            && (rewriter->sentence.list[0].kind != TRIALS_TOKEN_WORD
                || trials_rewrite_in(rewriter, text, 0, trials_no_start)
                || (rewriter->sentence.n > 1
                    && trials_rewrite_in(rewriter, text, 1, trials_articles)))))
    {
        return 0;
    }

    rule = trials_rewrite_head(rewriter, text, first, &end);
    if (rule == NULL
        || (first
            && trials_word_is(rule->to.data, rule->to.len, "your")
                   != (the != 0)))
    {
        return 0;
    }

    /* "Surgery: rules that keep people out" is a heading. */

    if (rewriter->sentence.n > 5
        && trials_rewrite_in(rewriter, text, rewriter->sentence.n - 5, rules)
        && trials_rewrite_in(rewriter, text, rewriter->sentence.n - 1, out))
    {
        return 0;
    }

    /* "HIV positive or tuberculosis". */

    for (i = 0; i + 1 < end; i++) {
        if (trials_rewrite_in(rewriter, text, i, results)
            && trials_rewrite_in(rewriter, text, i + 1, joints))
        {
            return 0;
        }
    }

    /* "The term baby has an age of": a sentence. */

    if (the && end > TRIALS_NOUN_NEAR) {
        return 0;
    }

    to = rule->to;
    trials_trace_rule(rewriter->trace, "noun", rule->from, rule->to);

    if (trials_word_is(to.data, to.len, "your")) {
        return trials_rewrite_measure(rewriter, text, rule, end, buf);
    }

    if (!trials_rewrite_bare(rewriter, text, 0, 0)
        || (trials_measure_bound(rewriter, text, end)
            && !trials_rewrite_in(rewriter, text, end, ofs)))
    {
        return 0;
    }

    if (trials_word_is(to.data, to.len, "you had") && !rewriter->past
        && trials_noun_lasts(rewriter, text, first))
    {
        to.data = "You have";
        to.len = 8;

    } else if (trials_word_is(to.data, to.len, "you have")) {
        to.data = "You have|You had";
        to.len = 16;
        to = trials_rewrite_tense(rewriter, text, to);

        if (to.len == 8 && trials_rewrite_over(rewriter, text, first)) {
            to.data = "You had";
            to.len = 7;
        }
    }

    (void) trials_buf_append(buf, to.data, to.len);
    (void) trials_buf_append(buf, " ", 1);
    rewriter->rest = buf->len;

    /* "Other diseases", but "another disease". */

    another = trials_rewrite_in(rewriter, text, 0, other)
              && !trials_noun_plural(text, &rewriter->sentence.list[end - 1])
              && !(end < rewriter->sentence.n
                   && text.data[rewriter->sentence.list[end].start] == '(')
              && (rule->guard == TRIALS_GUARD_COUNT
                  || trials_rewrite_in(rewriter, text, end - 1, diseases));

    if (another) {
        (void) trials_buf_append(buf, "an", 2);
    } else {
        trials_rewrite_article(rewriter, text, 0, buf);
    }

    end = buf->len;
    trials_rewrite_rest(rewriter, text, 0, 0, TRIALS_REST_ALSO, buf);

    if (buf->failed == TRIALS_OK) {
        trials_rewrite_small(buf, end);
    }

    return 1;
}


void
trials_rewrite_article(const trials_rewriter_t *rewriter, trials_str_t text,
                       size_t i, trials_buf_t *buf)
{
    size_t                   end;
    const trials_rule_t     *rule;
    const trials_token_t    *t;
    static const char *const syndrome[] = {"syndrome", NULL};

    if (i >= rewriter->sentence.n
        || rewriter->sentence.list[i].kind != TRIALS_TOKEN_WORD
        || trials_rewrite_in(rewriter, text, i, trials_determined)
        || (rewriter->sentence.list[i].len >= 3
            && memcmp(text.data + rewriter->sentence.list[i].start, "HIV", 3)
                   == 0))
    {
        return;
    }

    /* "You have | reached a response". */

    if (i + 1 < rewriter->sentence.n
        && trials_rewrite_in(rewriter, text, i + 1, trials_articles))
    {
        return;
    }

    rule = trials_rewrite_head(rewriter, text, i, &end);

    if (rule == NULL || rule->guard != TRIALS_GUARD_COUNT
        || trials_word_is(rule->to.data, rule->to.len, "your"))
    {
        return;
    }

    if (trials_noun_plural(text, &rewriter->sentence.list[end - 1])) {
        return;
    }

    /* "Down syndrome" has a name. */

    if (end > i + 1 && trials_rewrite_in(rewriter, text, end - 1, syndrome)
        && trials_is_upper(text.data[rewriter->sentence.list[end - 2].start]))
    {
        return;
    }

    t = &rewriter->sentence.list[i];

    if (trials_rewrite_wants_an(text.data + t->start, t->len)) {
        (void) trials_buf_append(buf, "an ", 3);
    } else {
        (void) trials_buf_append(buf, "a ", 2);
    }
}


/* "counts", and not "status". */

int
trials_noun_plural(trials_str_t text, const trials_token_t *t)
{
    char before;

    /* "KPS" is one score. */

    if (t->len < 2 || trials_lower(text.data[t->start + t->len - 1]) != 's'
        || (t->len < 6 && text.data[t->start + t->len - 1] == 'S'))
    {
        return 0;
    }

    before = trials_lower(text.data[t->start + t->len - 2]);

    return before != 's' && before != 'u' && before != 'i';
}


/* By its sound: "an MRI", "a uterine", "an 18 year old". */

int
trials_rewrite_wants_an(const char *word, size_t len)
{
    size_t                   i;
    static const char *const a[] = {"uni", "use", "usu", "ure", "uro",
                                    "uri", "ute", "uti", "eu",  "ewe",
                                    "one", "ubi", NULL};
    static const char *const an[] = {"hour",   "honest", "heir",
                                     "honour", "honor",  NULL};

    if (trials_is_digit(word[0])) {
        return word[0] == '8'
               || (len == 2 && word[0] == '1'
                   && (word[1] == '1' || word[1] == '8'));
    }

    if (trials_noun_spelled(word, len)) {
        return strchr("AEFHILMNORSX", word[0]) != NULL;
    }

    for (i = 0; a[i]; i++) {
        if (len >= strlen(a[i]) && trials_word_is(word, strlen(a[i]), a[i])) {
            return i == 0 && len > 3 && trials_lower(word[3]) == 'n';
        }
    }

    for (i = 0; an[i]; i++) {
        if (len >= strlen(an[i]) && trials_word_is(word, strlen(an[i]), an[i]))
        {
            return 1;
        }
    }

    return strchr("aeiou", trials_lower(word[0])) != NULL;
}


/* Is it an abbreviation that is said letter by letter? */

static int
trials_noun_spelled(const char *word, size_t len)
{
    size_t i;

    for (i = 0;
         i < len && (trials_is_upper(word[i]) || trials_is_digit(word[i])); i++)
    {
        /* void */
    }

    if (i < len && !(i + 1 == len && word[i] == 's')) {
        return 0;
    }

    if (len <= 3) {
        return 1;
    }

    /* A vowel between consonants can be said: "NYHA", "ECOG". */

    for (i = 0; i + 1 < len; i++) {
        if (strchr("AEIOU", word[i]) && trials_is_upper(word[i + 1])) {
            return 0;
        }
    }

    return 1;
}
