/*
 * Phrases in plain words.
 */

#include "core/plain/phrases.h"

#include <string.h>
#include <strings.h>


/* Bytes behind a phrase at which a difference may come from it. */
#define TRIALS_PHRASE_BEHIND 2


static int trials_phrase_long(trials_str_t to);
static int trials_phrase_owned(const trials_phraser_t *p, size_t i);
static int trials_phrase_determined(const trials_phraser_t *p, size_t i);
static int trials_phrase_ill(const trials_phraser_t *p, size_t i);
static int trials_phrase_kept(const trials_phraser_t *p, size_t i, size_t used);
static int trials_phrase_listed(const trials_phraser_t *p, size_t i);

static size_t trials_phrase_rule(trials_phraser_t *p, size_t i);
static size_t trials_phrase_name(const trials_phraser_t *p, size_t i);
static int    trials_phrase_titled(const trials_phraser_t *p, size_t i);
static int    trials_token_titled(const trials_phraser_t *p, size_t i);
static void
trials_phrase_fill(trials_phraser_t *p, size_t i, size_t used, trials_str_t to,
                   const trials_trie_slots_t *slots);
static int trials_phrase_last(const trials_phraser_t *p, size_t i);
static int trials_phrase_opens(const trials_phraser_t *p, size_t i);
static int trials_phrase_shouts(trials_str_t text);
static int trials_phrase_doubles(const trials_phraser_t *p, size_t i,
                                 size_t used, trials_str_t to);


void
trials_rewrite_phrases(trials_rewriter_t *rewriter, trials_str_t text,
                       trials_buf_t *buf)
{
    size_t           i, used;
    trials_phraser_t p;

    if (trials_tokens_read(&rewriter->tokens, text) != TRIALS_OK) {
        buf->failed = TRIALS_NOMEM;
        return;
    }

    memset(&p, 0, sizeof(trials_phraser_t));
    p.rewriter = rewriter;
    p.text = text;
    p.tokens = rewriter->tokens.list;
    p.ntokens = rewriter->tokens.n;
    p.buf = buf;
    p.shouts = trials_phrase_shouts(text) & 1;

    for (i = 0; i < p.ntokens; i += used) {
        used = trials_phrase_rule(&p, i);

        if (used == 0) {
            used = trials_phrase_sign(&p, i);
        }

        if (used == 0) {
            used = trials_phrase_power(&p, i);
        }

        if (used == 0) {
            used = 1;
        }
    }

    (void) trials_buf_append(buf, text.data + p.from, text.len - p.from);
}


static size_t
trials_phrase_rule(trials_phraser_t *p, size_t i)
{
    int                      value;
    char                     before;
    size_t                   used, name;
    trials_trie_slots_t      slots;
    const trials_rule_t     *rule;
    const trials_token_t    *t;
    static const char *const eligible[] = {
        "if", "for", "to", "and", "or", "when", "regardless", "unless", NULL};

    t = &p->tokens[i];
    name = trials_phrase_name(p, i);

    value =
        trials_trie_longest(p->rewriter->rules->tries[TRIALS_RULE_PHRASE],
                            p->text, &p->rewriter->tokens, i, &used, &slots);

    if (name > (value < 0 ? 1 : used)) {
        return name;
    }

    if (value < 0 || p->shouts || (used == 1 && trials_phrase_titled(p, i))) {
        return 0;
    }

    rule = &p->rewriter->rules->rules[value];

    /* Part of a longer word: "over-the-counter", "CD4/prior". */

    before = t->start && !t->space ? p->text.data[t->start - 1] : ' ';

    if (before == '-' || before == '/' || before == '\'') {
        return 0;
    }

    if (i + used < p->ntokens && !p->tokens[i + used].space
        && p->text.data[p->tokens[i + used].start] == '-')
    {
        return 0;
    }

    /* "the patients\xc2\xb4s": an apostrophe of its own kind. */

    if (i + used < p->ntokens && !p->tokens[i + used].space
        && (unsigned char) p->text.data[p->tokens[i + used].start] == 0xc2
        && (unsigned char) p->text.data[p->tokens[i + used].start + 1] == 0xb4)
    {
        return 0;
    }

    /* "method that works well(s)". */

    if (i + used + 1 < p->ntokens && trials_token_says(p, i + used, "(")
        && trials_token_says(p, i + used + 1, "s") && !p->tokens[i + used].space
        && trials_phrase_long(rule->to))
    {
        return 0;
    }

    if (rule->to.len == 6 && memcmp(rule->to.data, "people", 6) == 0
        && used == 1 && trials_phrase_ill(p, i))
    {
        return 0;
    }

    /* "safe completion of", "patients' completion of": not "safe the end of". */

    if (i > 0 && rule->to.len > 4 && memcmp(rule->to.data, "the ", 4) == 0
        && !trials_token_says(p, i, "the") && trials_phrase_owned(p, i - 1))
    {
        return 0;
    }

    /* "Eligible sites of origin": which sites, not who. */

    if (used == 1 && trials_word_is(rule->to.data, rule->to.len, "able to join")
        && trials_phrase_opens(p, i) && i + 1 < p->ntokens
        && p->tokens[i + 1].kind == TRIALS_TOKEN_WORD
        && !trials_word_in(p->text.data + p->tokens[i + 1].start,
                           p->tokens[i + 1].len, eligible))
    {
        return 0;
    }

    /* "a single patient's": not the reader's. */

    if (i > 1 && trials_word_is(rule->to.data, rule->to.len, "your")
        && !trials_token_says(p, i, "the") && !trials_token_says(p, i, "a")
        && p->tokens[i - 1].kind == TRIALS_TOKEN_WORD
        && trials_phrase_determined(p, i - 2))
    {
        return 0;
    }

    /* "the screening visit 1" is one of several. */

    if (i + used < p->ntokens && p->tokens[i + used].kind == TRIALS_TOKEN_NUMBER
        && trials_token_says(p, i + used - 1, "visit"))
    {
        return 0;
    }

    if (trials_phrase_kept(p, i, used)
        || trials_phrase_doubles(p, i, used, rule->to)
        || (rule->guard == TRIALS_GUARD_BARE && trials_phrase_listed(p, i))
        || (rule->guard == TRIALS_GUARD_LAST
            && (trials_phrase_listed(p, i) || !trials_phrase_last(p, i + used)))
        || (rule->guard == TRIALS_GUARD_ALONE
            && (trials_token_says(p, i + used, "to")
                || trials_token_says(p, i + used, "("))))
    {
        return 0;
    }

    trials_trace_rule(p->rewriter->trace, "phrase", rule->from, rule->to);
    trials_phrase_fill(p, i, used, rule->to, &slots);

    return used;
}


static int
trials_phrase_owned(const trials_phraser_t *p, size_t i)
{
    const trials_token_t    *t;
    static const char *const words[] = {
        "'",     "safe", "proper", "successful", "early", "full", "timely",
        "their", "his",  "her",    "planned",    "your",  "s",    NULL};

    t = &p->tokens[i];

    return trials_word_in(p->text.data + t->start, t->len, words);
}


static int
trials_phrase_determined(const trials_phraser_t *p, size_t i)
{
    const trials_token_t    *t;
    static const char *const articles[] = {"a",   "an",   "the",   "any",
                                           "one", "each", "every", NULL};

    t = &p->tokens[i];

    return trials_word_in(p->text.data + t->start, t->len, articles);
}


/* "Cancer patients", "NSCLC patients" are no people of cancer. */

static int
trials_phrase_ill(const trials_phraser_t *p, size_t i)
{
    size_t                   k;
    const trials_token_t    *t;
    static const char *const ills[] = {
        "cancer",   "asthma",     "tumor",     "transplant", "disease",
        "rhinitis", "dermatitis", "infection", "treatment",  "surgery",
        "lymphoma", "leukemia",   "myeloma",   "melanoma",   "seminoma",
        "glioma",   "sarcoma",    "carcinoma", "hepatitis",  "arthritis",
        "eczema",   "psoriasis",  "stroke",    "diabetes",   "epilepsy",
        NULL};

    if (i == 0 || !p->tokens[i].space
        || !(trials_token_says(p, i, "patients")
             || trials_token_says(p, i, "participants")
             || trials_token_says(p, i, "subjects")))
    {
        return 0;
    }

    t = &p->tokens[i - 1];

    if (trials_word_in(p->text.data + t->start, t->len, ills)) {
        return 1;
    }

    for (k = 0; k < t->len; k++) {
        if (!trials_is_upper(p->text.data[t->start + k])) {
            return 0;
        }
    }

    return t->kind == TRIALS_TOKEN_WORD && t->len > 1
           && !trials_token_says(p, i - 1, "and")
           && !trials_token_says(p, i - 1, "or")
           && !trials_token_says(p, i - 1, "all");
}


/* More than three words? */

static int
trials_phrase_long(trials_str_t to)
{
    size_t i, spaces;

    for (i = 0, spaces = 0; i < to.len; i++) {
        spaces += to.data[i] == ' ';
    }

    return spaces > 2;
}


/* Was it replaced in vain?  What differed may be the word behind it. */

static int
trials_phrase_kept(const trials_phraser_t *p, size_t i, size_t used)
{
    size_t                k, end;
    const trials_token_t *last;

    last = &p->tokens[i + used - 1];
    end = last->start + last->len + TRIALS_PHRASE_BEHIND;

    for (k = 0; k < p->rewriter->nkept; k++) {
        if (p->rewriter->kept[k] >= p->tokens[i].start
            && p->rewriter->kept[k] < end) {
            return 1;
        }
    }

    return 0;
}


/* "liver, or brain metastases": the phrase begins within its noun's list; or
 * "clinically measurable": with what tells how. */

static int
trials_phrase_listed(const trials_phraser_t *p, size_t i)
{
    const trials_token_t *t;

    t = &p->tokens[i];

    return i > 0
           && ((t[-1].len > 4
                && trials_word_is(p->text.data + t[-1].start + t[-1].len - 2, 2,
                                  "ly"))
               || trials_token_says(p, i - 1, "or")
               || trials_token_says(p, i - 1, "and")
               || trials_token_says(p, i - 1, ",")
               || trials_token_says(p, i - 1, "/"));
}


/* "that has spread after treatment": does nothing follow which would then belong
 * to the end of the phrase? */

static int
trials_phrase_last(const trials_phraser_t *p, size_t i)
{
    const trials_token_t    *t;
    static const char *const words[] = {
        "and", "or",   "who",  "is",    "are",       "was",   "were",    "must",
        "to",  "per",  "by",   "based", "according", "as",    "defined", "may",
        "can", "will", "that", "has",   "have",      "which", NULL};

    if (i >= p->ntokens) {
        return 1;
    }

    t = &p->tokens[i];

    return t->kind == TRIALS_TOKEN_SIGN
               ? strchr(",;.:()", p->text.data[t->start]) != NULL
               : trials_word_in(p->text.data + t->start, t->len, words);
}


/* A term of several words that is explained keeps its words: the number of
 * tokens, or 0. */

static size_t
trials_phrase_name(const trials_phraser_t *p, size_t i)
{
    size_t used;

    if (p->rewriter->rules->names == NULL
        || trials_trie_longest(p->rewriter->rules->names, p->text,
                               &p->rewriter->tokens, i, &used, NULL)
               < 0)
    {
        return 0;
    }

    return used;
}


/* Part of a name: "Functional Assessment of Cancer", "Phoenix Criteria". */

static int
trials_phrase_titled(const trials_phraser_t *p, size_t i)
{
    return !trials_phrase_opens(p, i) && trials_token_titled(p, i)
           && (trials_token_titled(p, i - 1) || trials_token_titled(p, i + 1));
}


static int
trials_token_titled(const trials_phraser_t *p, size_t i)
{
    return i < p->ntokens && p->tokens[i].kind == TRIALS_TOKEN_WORD
           && p->tokens[i].len > 1
           && trials_is_upper(p->text.data[p->tokens[i].start]);
}


/* Would the words around the phrase stand twice, or two commas? */

static int
trials_phrase_doubles(const trials_phraser_t *p, size_t i, size_t used,
                      trials_str_t to)
{
    size_t                first, last;
    const trials_token_t *t;

    for (first = 0; first < to.len && to.data[first] != ' '; first++) {
        /* void */
    }

    for (last = to.len; last > 0 && to.data[last - 1] != ' '; last--) {
        /* void */
    }

    t = &p->tokens[i];

    if (i > 0 && t[-1].len == first
        && strncasecmp(p->text.data + t[-1].start, to.data, first) == 0)
    {
        return 1;
    }

    if (i + used >= p->ntokens) {
        return 0;
    }

    t = &p->tokens[i + used];

    if (to.data[to.len - 1] == ',') {
        return strchr(",;:.)", p->text.data[t->start]) != NULL;
    }

    return t->len == to.len - last
           && strncasecmp(p->text.data + t->start, to.data + last, t->len) == 0;
}


/* Writes a rule's words in the place of the tokens from i on. */

static void
trials_phrase_fill(trials_phraser_t *p, size_t i, size_t used, trials_str_t to,
                   const trials_trie_slots_t *slots)
{
    size_t                k, n, start;
    trials_buf_t          words;
    const trials_token_t *t;

    trials_buf_init(&words, 4096);

    for (start = 0, k = 0; k < to.len; k++) {
        if (to.data[k] != '{') {
            continue;
        }

        t = to.data[k + 1] == 'n' ? &p->tokens[slots->number]
                                  : &p->tokens[slots->unit];
        n = to.data[k + 1] == 'n' ? 3 : 6;

        (void) trials_buf_append(&words, to.data + start, k - start);
        (void) trials_buf_append(&words, p->text.data + t->start, t->len);
        start = k + n;
        k += n - 1;
    }

    (void) trials_buf_append(&words, to.data + start, to.len - start);

    if (words.failed != TRIALS_OK) {
        p->buf->failed = words.failed;

    } else {
        if (trials_phrase_opens(p, i)
            && trials_is_upper(p->text.data[p->tokens[i].start])
            && !(words.len > 1 && trials_is_upper(words.data[1])))
        {
            words.data[0] = trials_upper(words.data[0]);
        }
        trials_phrase_put(p, i, used, words.data, words.len);
    }

    trials_buf_free(&words);
}


void
trials_phrase_put(trials_phraser_t *p, size_t i, size_t used, const char *data,
                  size_t len)
{
    char                  last;
    const trials_token_t *t, *end;

    t = &p->tokens[i];
    end = &p->tokens[i + used - 1];

    (void) trials_buf_append(p->buf, p->text.data + p->from,
                             t->start - p->from);

    if (p->buf->len && p->buf->failed == TRIALS_OK) {
        last = p->buf->data[p->buf->len - 1];

        if (trials_is_digit(last) || trials_is_lower(trials_lower(last))
            || last == ')' || last == ':' || last == ',')
        {
            (void) trials_buf_append(p->buf, " ", 1);
        }
    }

    (void) trials_buf_append(p->buf, data, len);
    p->from = end->start + end->len;

    if (i + used < p->ntokens && !p->tokens[i + used].space
        && p->tokens[i + used].kind != TRIALS_TOKEN_SIGN
        && !(len && data[len - 1] == '('))
    {
        (void) trials_buf_append(p->buf, " ", 1);
    }
}


/* At the text's start, or after what ends a sentence. */

static int
trials_phrase_opens(const trials_phraser_t *p, size_t i)
{
    const char *last;

    if (i == 0) {
        return 1;
    }

    last = p->text.data + p->tokens[i - 1].start;

    /* The point of "e.g." ends nothing. */

    return *last == '?' || *last == '!'
           || (*last == '.' && i > 1
               && (p->tokens[i - 2].len > 1
                   || p->tokens[i - 2].kind != TRIALS_TOKEN_WORD));
}


/* Phrases in capitals stay where the text around them is in capitals too: a
 * plain one among these reads like a slip. */

static int
trials_phrase_shouts(trials_str_t text)
{
    size_t i, upper, lower;

    upper = 0;
    lower = 0;

    for (i = 0; i < text.len; i++) {
        upper += trials_is_upper(text.data[i]);
        lower += trials_is_lower(text.data[i]);
    }

    return upper > 8 && upper > lower;
}


int
trials_token_says(const trials_phraser_t *p, size_t i, const char *word)
{
    return i < p->ntokens
           && trials_word_is(p->text.data + p->tokens[i].start,
                             p->tokens[i].len, word);
}
