/*
 * Cutting a criterion into short sentences.  What is said, and its order, stay:
 * a sentence ends early where a rule has a way to begin the next one ("This
 * includes", "This does not apply to"), and where what follows "and" or "or"
 * can speak for itself.
 */

#include "core/plain/clauses.h"

#include <string.h>


static void   trials_clause_next(trials_clauses_t *c);
static size_t trials_clause_cut(trials_clauses_t *c, size_t i, size_t depth);
static int    trials_clause_denies(const trials_clauses_t *c, size_t i);
static int    trials_clause_hangs(const trials_clauses_t *c, size_t i);
static int    trials_clause_aside(trials_clauses_t *c, size_t i);
static size_t trials_clause_rule(trials_clauses_t *c, size_t i, size_t used,
                                 const trials_rule_t *rule);
static int    trials_str_begins(trials_str_t text, const char *start);
static int    trials_clause_keep(trials_clauses_t *c, size_t i, size_t next,
                                 const trials_rule_t *rule);
static int    trials_clause_during(const trials_clauses_t *c, size_t i);
static int    trials_clause_where(trials_clauses_t *c, size_t i, size_t next,
                                  const trials_rule_t *rule);
static int    trials_clause_judges(const trials_clauses_t *c, size_t i);


void
trials_rewrite_sentences(trials_rewriter_t *rewriter, trials_str_t text,
                         const trials_place_of_t *place, unsigned wanted,
                         trials_buf_t *buf)
{
    size_t                   i, depth, next;
    trials_clauses_t         c;
    static const char *const people[] = {"people",       "patients", "subjects",
                                         "participants", "persons",  NULL};

    memset(&c, 0, sizeof(trials_clauses_t));

    if (trials_tokens_read(&rewriter->tokens, text) != TRIALS_OK) {
        buf->failed = TRIALS_NOMEM;
        return;
    }

    c.rewriter = rewriter;
    c.place = place;
    c.text = text;
    c.tokens = rewriter->tokens.list;
    c.ntokens = rewriter->tokens.n;
    c.wanted = wanted;
    c.buf = buf;
    c.people = c.ntokens
               && trials_word_in(text.data + c.tokens[0].start, c.tokens[0].len,
                                 people);
    depth = 0;

    for (i = 0; i < c.ntokens; i = next) {
        next = i + 1;

        if (i > c.from) {
            next = trials_clause_cut(&c, i, depth);

            if (next > i) {
                continue;
            }
            next = i + 1;
        }

        depth += trials_clause_is(&c, i, "(") || trials_clause_is(&c, i, "[");
        depth -=
            depth
            && (trials_clause_is(&c, i, ")") || trials_clause_is(&c, i, "]"));
    }

    trials_clause_put(&c, c.ntokens);
    trials_clause_next(&c);
}


/* ", or" at the end joins the criterion to the one that follows. */

static void
trials_clause_next(trials_clauses_t *c)
{
    size_t                   last;
    static const char *const joints[] = {"or", "and", NULL};

    last = c->ntokens;

    while (last > 0
           && (trials_clause_is(c, last - 1, ";")
               || trials_clause_is(c, last - 1, ",")
               || trials_clause_is(c, last - 1, ".")))
    {
        last--;
    }

    if (last > 1
        && trials_word_in(c->text.data + c->tokens[last - 1].start,
                          c->tokens[last - 1].len, joints))
    {
        while (c->buf->len && c->buf->data[c->buf->len - 1] == '.') {
            c->buf->len--;
        }

        (void) trials_buf_append(c->buf, " the next point", 15);
    }
}


/* Ends the sentence before token i where it may end; the token to go on with, or
 * i where it goes on. */

static size_t
trials_clause_cut(trials_clauses_t *c, size_t i, size_t depth)
{
    int                  value;
    size_t               used;
    unsigned             exempts, denies;
    const trials_rule_t *rule;

    /* "(antibodies; blood products)" is one sentence once its brackets are cut. */

    if (depth == 0 && trials_clause_ends(c, i)
        && (i >= c->skip || trials_clause_verb(c, i + 1, c->skip)))
    {
        exempts = trials_clause_is(c, i, ";")
                  && (c->exempted || trials_clause_exempts(c, i));
        denies = trials_clause_is(c, i, ";")
                 && (c->denied || trials_clause_denies(c, i));
        trials_clause_put(c, i);
        c->exempted = exempts & 1;
        c->denied = denies & 1;
        c->from = i + 1;
        c->part = i + 1;
        return i + 1;
    }

    if (depth || c->aside || !(c->wanted & TRIALS_REWRITE_CUT)
        || trials_clause_hangs(c, i - 1))
    {
        return i;
    }

    /* "within 4 weeks Note: ...". */

    if (trials_clause_is(c, i, "note") && trials_clause_is(c, i + 1, ":")
        && trials_is_upper(c->text.data[c->tokens[i].start]))
    {
        trials_clause_put(c, i);
        c->exempted = 0;
        c->from = i;
        return i + 1;
    }

    if (trials_clause_aside(c, i)) {
        return i + 1;
    }

    value = trials_trie_longest(c->rewriter->rules->tries[TRIALS_RULE_CUT],
                                c->text, &c->rewriter->tokens, i, &used, NULL);

    if (value >= 0) {
        rule = &c->rewriter->rules->rules[value];
        used = trials_clause_rule(c, i, used, rule);

        if (used) {
            trials_trace_rule(c->rewriter->trace, "cut", rule->from, rule->to);
            return used;
        }
    }

    return c->place->turned || c->place->kind == TRIALS_GROUP_OTHER
               ? i
               : trials_clause_joint(c, i);
}


/* Does the sentence that ends before token i deny what follows it as well? */

static int
trials_clause_denies(const trials_clauses_t *c, size_t i)
{
    trials_str_t text;

    text.data = c->text.data + c->tokens[c->part].start;
    text.len = c->tokens[i].start - c->tokens[c->part].start;

    return trials_rewrite_denies(text);
}


/* A word after which no sentence ends: "disease is", "pregnancy as". */

static int
trials_clause_hangs(const trials_clauses_t *c, size_t i)
{
    static const char *const words[] = {
        "is",        "are",   "be",     "was",    "were",   "been",    "being",
        "not",       "and",   "or",     "to",     "of",     "the",     "a",
        "an",        "with",  "as",     "by",     "in",     "for",     "from",
        "has",       "have",  "had",    "and/or", "at",     "on",      "may",
        "can",       "will",  "who",    "that",   "which",  "because", "if",
        "following", "after", "before", "until",  "within", NULL};

    return trials_word_in(c->text.data + c->tokens[i].start, c->tokens[i].len,
                          words);
}


/* "(controlled asthma is allowed)" at the end of a sentence is one itself. */

static int
trials_clause_aside(trials_clauses_t *c, size_t i)
{
    size_t                   k, close;
    static trials_str_t      is = {7, "This is"};
    static const char *const first[] = {
        "if",        "that",    "which",     "who",  "when",
        "where",     "unless",  "as",        "e",    "i",
        "eg",        "ie",      "for",       "such", "except",
        "including", "meaning", "whichever", NULL};
    static const char *const verbs[] = {"is",  "are",    "must",  "may", "will",
                                        "can", "should", "means", NULL};

    if (!trials_clause_is(c, i, "(") || i + 1 >= c->ntokens
        || trials_clause_words(c, i) < 2)
    {
        return 0;
    }

    close = trials_clause_close(c, i);

    /* "(can join)" has no one who does so. */

    if (close == 0
        || !(close + 1 == c->ntokens || trials_clause_ends(c, close + 1))
        || trials_word_in(c->text.data + c->tokens[i + 1].start,
                          c->tokens[i + 1].len, verbs))
    {
        return 0;
    }

    for (k = i + 1; k < close; k++) {
        if (trials_word_in(c->text.data + c->tokens[k].start, c->tokens[k].len,
                           first)
            || trials_clause_ends(c, k))
        {
            return 0;
        }

        if (k > i + 1
            && trials_word_in(c->text.data + c->tokens[k].start,
                              c->tokens[k].len, verbs))
        {
            trials_clause_put(c, i);
            c->from = i + 1;
            c->skip = close;
            return 1;
        }
    }

    if (trials_clause_bounded(c, i, close)) {
        trials_clause_put(c, i);
        c->from = i + 1;
        c->skip = close;
        c->opening = is;
        return 1;
    }

    if (trials_clause_note(c, i, close)) {
        trials_clause_put(c, i);
        c->from = i;
        c->aside = 1;
        return 1;
    }

    return 0;
}


/* A rule that begins a new sentence; the token after its words, or 0. */

static size_t
trials_clause_rule(trials_clauses_t *c, size_t i, size_t used,
                   const trials_rule_t *rule)
{
    size_t                   close, next;
    const trials_token_t    *t;
    static const char *const hanging[] = {
        "when", "if",   "including", "than", "as",   "of",  "be",
        "is",   "are",  "that",      "to",   "with", "not", "and",
        "or",   "from", "except",    "was",  "were", NULL};

    next = i + used;
    next += trials_clause_is(c, next, ",");
    close = 0;

    /* "At least 20 mm when | measured by X-ray". */

    t = &c->tokens[i - 1 - (i > 1 && trials_clause_is(c, i - 1, ","))];

    if (trials_word_in(c->text.data + t->start, t->len, hanging)) {
        return 0;
    }

    if (next >= c->ntokens || trials_clause_words(c, i) < 2
        || trials_clause_rest(c, next) < 1 || trials_clause_ends(c, next)
        || trials_clause_is(c, next, ":") || trials_clause_is(c, next, "(")
        || trials_clause_is(c, next, "follows"))
    {
        return 0;
    }

    if (trials_clause_is(c, i, "(")) {
        close = trials_clause_close(c, i);

        if (close == 0
            || !(close + 1 == c->ntokens || trials_clause_ends(c, close + 1)))
        {
            return 0;
        }
    }

    if (rule->guard != TRIALS_GUARD_ANY
        && trials_clause_words(c, i) + trials_clause_rest(c, i)
               < TRIALS_CLAUSE_LONG
        && (trials_clause_words(c, i) + trials_clause_rest(c, i)
                < TRIALS_CLAUSE_SHORT
            || !trials_clause_hard(c)))
    {
        return 0;
    }

    if (!trials_clause_is(c, i, "(")
        && (!trials_clause_complete(c, i)
            || (rule->to.len == 22
                && memcmp(rule->to.data, "This does not apply to", 22) == 0
                && trials_clause_bound(c, i, next))))
    {
        return 0;
    }

    if (rule->to.len > 19
        && memcmp(rule->to.data, "This does not apply", 19) == 0
        && (trials_clause_is(c, next, "from")
            || !trials_clause_apart(c, i, next, close)))
    {
        return 0;
    }

    if (rule->to.len == 12 && memcmp(rule->to.data, "For example:", 12) == 0
        && !trials_clause_is(c, i, "(") && trials_clause_resumes(c, next))
    {
        return 0;
    }

    /* "drugs, including aspirin, in the 2 weeks before": the time is that of
     * all. */

    if ((trials_str_begins(rule->to, "For example:")
         || trials_str_begins(rule->to, "Some examples")
         || trials_str_begins(rule->to, "This includes")
         || trials_str_begins(rule->to, "This is because")
         || trials_str_begins(rule->to, "This is based"))
        && !trials_clause_is(c, i, "(") && !trials_clause_timed(c, c->from, i)
        && trials_clause_windowed(c, next))
    {
        return 0;
    }

    /* "Surgery for cancer that has spread". */

    if ((rule->guard == TRIALS_GUARD_TAIL
         && (trials_clause_vague(c, i - 1)
             || trials_clause_is(c, i - 1, "cancer")
             || trials_clause_is(c, i - 1, "cancers")
             || trials_clause_is(c, i - 1, "disease")))
        || (trials_clause_is(c, i, "other")
            && (trials_clause_vague(c, i - 1)
                || trials_clause_is(c, i - 1, "reasons")
                || trials_clause_is(c, i - 1, "reason")
                || trials_clause_is(c, i - 1, "causes")
                || trials_clause_is(c, i - 1, "cause"))))
    {
        return 0;
    }

    if (rule->guard == TRIALS_GUARD_TAIL
        && ((c->opening.len && !c->joined) || trials_clause_excepts(c, i)))
    {
        return 0;
    }

    /* "As determined by the surgeon" is a judgement, not a finding. */

    if (rule->to.len == 16 && trials_str_begins(rule->to, "This is found by")
        && trials_clause_judges(c, next))
    {
        return 0;
    }

    /* "histologically confirmed by". */

    if (c->tokens[i - 1].len > 2
        && trials_word_is(c->text.data + c->tokens[i - 1].start
                              + c->tokens[i - 1].len - 2,
                          2, "ly"))
    {
        return 0;
    }

    if (rule->to.len == 10 && memcmp(rule->to.data, "This needs", 10) == 0
        && trials_clause_timed(c, next, c->ntokens))
    {
        return 0;
    }

    if (rule->to.len == 15 && memcmp(rule->to.data, "This applies if", 15) == 0
        && !trials_clause_applies(c, i, next))
    {
        return 0;
    }

    if (rule->guard == TRIALS_GUARD_KEEP) {
        return (rule->to.len == 7 ? trials_clause_where(c, i, next, rule)
                                  : trials_clause_keep(c, i, next, rule))
                   ? next
                   : 0;
    }

    if ((rule->guard == TRIALS_GUARD_TAIL
         && (trials_clause_tail(c, next) || trials_clause_any(c)))
        || !trials_clause_bare(c, i, next))
    {
        return 0;
    }

    trials_clause_put(c, i);

    c->from = next;
    c->skip = close;
    c->opening = rule->to;

    return next;
}


/* Do the next words name somebody?  "A medical exam by a doctor" is a test. */

static int
trials_clause_judges(const trials_clauses_t *c, size_t i)
{
    static const char *const judges[] = {
        "doctor",    "doctors",     "provider",   "providers",
        "physician", "surgeon",     "physicians", "neurosurgeon",
        "reader",    "neurologist", "clinician",  "site",
        "sponsor",   "staff",       "specialist", NULL};

    if (trials_clause_is(c, i, "health") || trials_clause_is(c, i, "medical")) {
        return 0;
    }

    for (; i < c->ntokens && !trials_clause_ends(c, i); i++) {
        if (trials_word_in(c->text.data + c->tokens[i].start, c->tokens[i].len,
                           judges)) {
            return 1;
        }
    }

    return 0;
}


static int
trials_str_begins(trials_str_t text, const char *start)
{
    return text.len >= strlen(start)
           && memcmp(text.data, start, strlen(start)) == 0;
}


/* "in the 4 weeks before": told in the past, in a sentence of its own. */

static int
trials_clause_keep(trials_clauses_t *c, size_t i, size_t next,
                   const trials_rule_t *rule)
{
    static const char *const done[] = {"done", "made", "taken", "given", NULL};

    /* "confirmed by a test done | within a year". */

    if (trials_clause_window(c, next) || !trials_clause_hard(c)
        || trials_word_in(c->text.data + c->tokens[i - 1].start,
                          c->tokens[i - 1].len, done)
        || trials_clause_tail(c, next) || c->opening.len
        || trials_clause_timed(c, c->from, i) || trials_clause_during(c, i)
        || trials_clause_words(c, i) < 2 || !trials_clause_bare(c, i, next)
        || !(c->wanted & TRIALS_REWRITE_VOICE))
    {
        return 0;
    }

    c->rewriter->past = 1;

    if (!trials_clause_speaks(c, c->from, i)) {
        c->rewriter->past = 0;
        return 0;
    }

    trials_clause_put(c, i);

    c->rewriter->past = 0;
    c->from = i;
    c->opening = rule->to;

    return 1;
}


/* "Checked during screening or within a year": a time stands before it. */

static int
trials_clause_during(const trials_clauses_t *c, size_t i)
{
    for (; i > c->from; i--) {
        if (trials_clause_is(c, i - 1, "during")) {
            return 1;
        }
    }

    return 0;
}


/* "as described in the study plan", "per RECIST": "This is" before it, where the
 * sentence has no more to say. */

static int
trials_clause_where(trials_clauses_t *c, size_t i, size_t next,
                    const trials_rule_t *rule)
{
    size_t                   k;
    const trials_token_t    *t;
    static const char *const more[] = {
        "or",    "in",      "within", "from", "outside", "and",    "and/or",
        "but",   "which",   "that",   "who",  "as",      "unless", "with",
        "using", "has",     "is",     "are",  "was",     "if",     "except",
        "not",   "when",    "must",   "may",  ":",       "/",      ",",
        "based", "defined", NULL};

    static const char *const done[] = {"done", "taken",  "given", "made",
                                       "used", "signed", "set",   NULL};

    /* "A test done | in line with the rules". */

    t = &c->tokens[i - 1];

    if (c->opening.len || trials_clause_excepts(c, i)
        || trials_clause_vague(c, i - 1) || trials_clause_any(c)
        || trials_word_in(c->text.data + t->start, t->len, done))
    {
        return 0;
    }

    for (k = next; k < c->ntokens && !trials_clause_ends(c, k); k++) {
        t = &c->tokens[k];

        if (trials_word_in(c->text.data + t->start, t->len, more)) {
            return 0;
        }
    }

    trials_clause_put(c, i);

    c->from = i + trials_clause_is(c, i, ",");
    c->opening = rule->to;

    return 1;
}


/* Writes the sentence up to token `end`. */

void
trials_clause_put(trials_clauses_t *c, size_t end)
{
    char          last;
    size_t        stop;
    trials_str_t  text;
    trials_buf_t *buf;

    buf = c->buf;
    stop = end;

    while (
        stop > c->from
        && (trials_clause_is(c, stop - 1, ",")
            || trials_clause_is(c, stop - 1, ";")
            || (trials_clause_is(c, stop - 1, "-") && c->tokens[stop - 1].space)
            || (c->skip && stop - 1 == c->skip)
            || (trials_clause_is(c, stop - 1, ".") && c->skip
                && stop - 2 == c->skip)))
    {
        stop--;
    }

    if (stop <= c->from) {
        return;
    }

    text.data = c->text.data + c->tokens[c->from].start;
    text.len = c->tokens[stop - 1].start + c->tokens[stop - 1].len
               - c->tokens[c->from].start;

    if (buf->len && buf->failed == TRIALS_OK) {
        last = buf->data[buf->len - 1];
        if (last != '.' && last != ':' && last != '?' && last != '!'
            && !(last == ')' && buf->len > 1 && buf->data[buf->len - 2] == '.'))
        {
            (void) trials_buf_append(buf, ".", 1);
        }

        if (c->listed) {
            (void) trials_buf_append(buf, "\n\n", 2);
        } else {
            (void) trials_buf_append(buf, " ", 1);
        }
    }

    if (c->aside) {
        trials_clause_bracket(c, text);
    } else {
        trials_clause_say(c, text);
    }

    c->opening.len = 0;
    c->skip = 0;
    c->joined = 0;
    c->aside = 0;
}
