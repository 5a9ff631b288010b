/*
 * How a criterion opens: said about patients in the record, to the reader on the
 * page.  Only where the grammar of what follows is certain.
 */

#include "core/plain/rewrite.h"

#include "core/plain/table.h"

#include <string.h>


static int trials_opening_rule(trials_rewriter_t *rewriter, trials_str_t text,
                               trials_buf_t *buf);
static int trials_opening_one(trials_rewriter_t *rewriter, trials_str_t text,
                              size_t first, trials_buf_t *buf);
static int trials_opening_gets(const trials_rewriter_t *rewriter,
                               trials_str_t text, size_t i);
static int trials_opening_plans(const trials_rewriter_t *rewriter,
                                trials_str_t text, size_t i);
static int trials_opening_to(const trials_rewriter_t *rewriter,
                             trials_str_t text, size_t i);
static int trials_opening_lasts(const trials_rewriter_t *rewriter,
                                trials_str_t text, size_t i);
static int trials_opening_verbal(const trials_rewriter_t *rewriter,
                                 trials_str_t text, size_t i, size_t end);


/* What may follow words that are a whole sentence: "pregnant at screening". */

static const char *const trials_after_whole[] = {
    "at",     "during", "in", "within",     "or", "and", "with", "while",
    "before", "after",  "on", "throughout", "by", "for", "when", NULL};


static const char *const trials_you[] = {"you", NULL};


int
trials_rewrite_opening(trials_rewriter_t *rewriter, trials_str_t text,
                       const trials_place_of_t *place, trials_buf_t *buf)
{
    if (place->kind == TRIALS_GROUP_OTHER || place->turned || place->title
        || text.len == 0)
    {
        return 0;
    }

    if (trials_tokens_read(&rewriter->sentence, text) != TRIALS_OK) {
        buf->failed = TRIALS_NOMEM;
        return 0;
    }

    rewriter->rest = 0;

    if (trials_rewrite_age(rewriter, text, buf)
        || trials_opening_rule(rewriter, text, buf)
        || trials_rewrite_noun(rewriter, text, buf))
    {
        rewriter->spoken = 1;
        return 1;
    }

    /* "You smoke": said to the reader as it is. */

    if (rewriter->sentence.n > 2
        && trials_rewrite_in(rewriter, text, 0, trials_you))
    {
        if (trials_rewrite_bare(rewriter, text, 1, 1)) {
            trials_rewrite_rest(rewriter, text, 0, 1, 0, buf);
        } else {
            (void) trials_buf_append(buf, text.data, text.len);
        }
        rewriter->spoken = 1;
        return 1;
    }

    return 0;
}


static int
trials_opening_rule(trials_rewriter_t *rewriter, trials_str_t text,
                    trials_buf_t *buf)
{
    int                      value, verbal, article;
    unsigned                 how;
    size_t                   first, used;
    trials_str_t             to;
    const trials_rule_t     *rule;
    const trials_token_t    *t;
    static const char *const joints[] = {"or", "and", NULL};
    static const char *const articles[] = {"a", "an", NULL};

    first = 0;
    value = trials_trie_longest(rewriter->rules->tries[TRIALS_RULE_OPEN], text,
                                &rewriter->sentence, 0, &used, NULL);

    if (value < 0) {
        first = trials_rewrite_subject(rewriter, text);
        value = first ? trials_trie_longest(
                    rewriter->rules->tries[TRIALS_RULE_OPEN], text,
                    &rewriter->sentence, first, &used, NULL)
                      : -1;
    }

    if (value < 0) {
        return first && trials_opening_one(rewriter, text, first, buf);
    }

    used += first;
    verbal = trials_opening_verbal(rewriter, text, first, used);

    rule = &rewriter->rules->rules[value];

    if (used == rewriter->sentence.n) {
        if (rule->guard != TRIALS_GUARD_ANY) {
            return 0;
        }
        trials_trace_rule(rewriter->trace, "open", rule->from, rule->to);
        to = trials_rewrite_tense(rewriter, text, rule->to);
        (void) trials_buf_append(buf, to.data, to.len);
        return 1;
    }

    /* "Histologically confirmed, advanced cancer". */

    if (used + 1 < rewriter->sentence.n && rule->to.len > 18
        && text.data[rewriter->sentence.list[used].start] == ','
        && memcmp(rule->to.data + rule->to.len - 18, "show that you have", 18)
               == 0
        && !trials_rewrite_in(rewriter, text, used + 1, joints))
    {
        used++;
    }

    t = &rewriter->sentence.list[used];

    /* "Patients with: ..." and "Patients with/without" are not certain. */

    if ((!t->space && text.data[t->start] != ',')
        || (t->kind == TRIALS_TOKEN_SIGN && text.data[t->start] != '('
            && text.data[t->start] != '"'
            && !(rule->guard == TRIALS_GUARD_ANY
                 && trials_opening_plans(rewriter, text, used)))
        || (t->kind == TRIALS_TOKEN_WORD && rule->guard == TRIALS_GUARD_BARE
            && (trials_word_is(text.data + t->start, t->len, "or")
                || trials_word_is(text.data + t->start, t->len, "and"))
            && !(verbal && used + 1 < rewriter->sentence.n
                 && trials_rewrite_joined(rewriter, text, used + 1))))
    {
        return 0;
    }

    if (!trials_rewrite_bare(rewriter, text, used, verbal)
        || (rule->guard == TRIALS_GUARD_ANY && t->kind == TRIALS_TOKEN_WORD
            && !trials_rewrite_in(rewriter, text, used, trials_after_whole)))
    {
        return 0;
    }

    trials_trace_rule(rewriter->trace, "open", rule->from, rule->to);
    to = trials_rewrite_tense(rewriter, text, rule->to);

    if (trials_word_is(to.data, to.len, "you have")
        && trials_rewrite_over(rewriter, text, used))
    {
        to.data = "You had";
        to.len = 7;
    }

    /* "Without a doctor". */

    if (trials_word_is(to.data, to.len, "you have no")
        && trials_rewrite_in(rewriter, text, used, articles))
    {
        to.data = "You do not have";
        to.len = 15;
    }

    /* "Diagnosed with asthma for at least a year". */

    if (trials_word_is(to.data, to.len, "a doctor has told you that you have")
        && trials_opening_lasts(rewriter, text, used))
    {
        to.data = "You have been diagnosed with";
        to.len = 28;
    }

    /* "has a diagnosis of a disease or is getting a medicine": told of one. */

    if ((trials_word_is(to.data, to.len, "a doctor has told you that you have")
         || trials_word_is(to.data, to.len, "you were diagnosed with"))
        && trials_opening_gets(rewriter, text, used))
    {
        to.data = "You have a diagnosis of";
        to.len = 23;
    }

    if (!trials_rewrite_fits(rewriter, text, used, to, verbal)) {
        return 0;
    }

    if (to.len >= 7 && trials_word_is(to.data, 7, "you can")
        && trials_opening_to(rewriter, text, used))
    {
        (void) trials_buf_append(buf, "You are able to", 15);
        to.data += 7;
        to.len -= 7;
    }

    (void) trials_buf_append(buf, to.data, to.len);
    (void) trials_buf_append(buf, " ", 1);
    rewriter->rest = buf->len;

    how = to.len >= 7 && trials_word_is(to.data, 7, "you can") ? TRIALS_REST_CAN
                                                               : 0;
    how |= trials_rewrite_takes(to) ? TRIALS_REST_ALSO : 0;
    how |= to.len > 3 && trials_word_is(to.data + to.len - 3, 3, "had")
               ? TRIALS_REST_PAST
               : 0;
    article = to.len > 4
              && (memcmp(to.data + to.len - 4, "have", 4) == 0
                  || memcmp(to.data + to.len - 4, " had", 4) == 0);

    if (article) {
        trials_rewrite_article(rewriter, text, used, buf);
    }

    trials_rewrite_rest(rewriter, text, used, verbal, how, buf);

    return 1;
}


/* "Pregnant or breastfeeding, or planning to become so". */

static int
trials_opening_plans(const trials_rewriter_t *rewriter, trials_str_t text,
                     size_t i)
{
    static const char *const joint[] = {"or", NULL};
    static const char *const plans[] = {
        "plan", "plans", "planning", "expecting", "intending", "wishing", NULL};

    return text.data[rewriter->sentence.list[i].start] == ','
           && i + 3 < rewriter->sentence.n
           && trials_rewrite_in(rewriter, text, i + 1, joint)
           && trials_rewrite_in(rewriter, text, i + 2, plans);
}


/* "for at least a year", at the end? */

static int
trials_opening_lasts(const trials_rewriter_t *rewriter, trials_str_t text,
                     size_t i)
{
    size_t                   k, n;
    static const char *const lasts[] = {"for", NULL};
    static const char *const least[] = {"at", "more", "over", "longer", NULL};

    n = rewriter->sentence.n;

    for (; i + 2 < n; i++) {
        if (trials_rewrite_in(rewriter, text, i, trials_rewrite_relative)) {
            return 0;
        }

        if (!trials_rewrite_in(rewriter, text, i, lasts)
            || !(trials_rewrite_in(rewriter, text, i + 1, least)
                 || rewriter->sentence.list[i + 1].kind == TRIALS_TOKEN_NUMBER))
        {
            continue;
        }

        for (k = i + 2; k < n && k < i + 5; k++) {
            if (trials_token_is_unit(text, &rewriter->sentence.list[k])) {
                return 1;
            }
        }
    }

    return 0;
}


/* "A disease, or is getting a medicine"? */

static int
trials_opening_gets(const trials_rewriter_t *rewriter, trials_str_t text,
                    size_t i)
{
    static const char *const joints[] = {"and", "or", NULL};
    static const char *const be[] = {"is", "are", "has", "have", NULL};

    for (; i + 1 < rewriter->sentence.n; i++) {
        if (trials_rewrite_in(rewriter, text, i, joints)
            && trials_rewrite_in(rewriter, text, i + 1, be))
        {
            return 1;
        }
    }

    return 0;
}


/* "Able to read and to write"? */

static int
trials_opening_to(const trials_rewriter_t *rewriter, trials_str_t text,
                  size_t i)
{
    static const char *const joints[] = {"and", "or", NULL};
    static const char *const to[] = {"to", NULL};

    for (; i + 1 < rewriter->sentence.n; i++) {
        if (trials_rewrite_in(rewriter, text, i, joints)
            && trials_rewrite_in(rewriter, text, i + 1, to))
        {
            return 1;
        }
    }

    return 0;
}


/* "People who smoke": a verb that no rule knows is the reader's as it is after
 * several people; after one only where its form is certain. */

static int
trials_opening_one(trials_rewriter_t *rewriter, trials_str_t text, size_t first,
                   trials_buf_t *buf)
{
    size_t                   i;
    trials_str_t             are;
    const trials_token_t    *t;
    static const char *const before[] = {"before", NULL};
    static trials_str_t      be = {16, "You are|You were"};
    static const char *const who[] = {"who", "that", NULL};
    static const char *const on[] = {"on", "under", NULL};
    static const char *const many[] = {
        "people",      "patients",   "subjects", "participants",
        "individuals", "volunteers", "persons",  NULL};
    static const char *const no[] = {
        "the",    "a",     "an",    "in",    "on",     "at",      "of",
        "by",     "their", "your",  "his",   "her",    "they",    "it",
        "for",    "with",  "you",   "to",    "from",   "without", "if",
        "during", "as",    "after", "would", "could",  "before",  "when",
        "will",   "study", "do",    "must",  "should", "shall",   NULL};

    t = &rewriter->sentence.list[first];

    /* "People on dialysis". */

    if (first + 1 < rewriter->sentence.n
        && trials_rewrite_in(rewriter, text, first, on)
        && t[1].kind == TRIALS_TOKEN_WORD
        && trials_rewrite_bare(rewriter, text, first, 1))
    {
        /* "On a diet started before": still. */

        are = trials_rewrite_tense(rewriter, text, be);

        for (i = first; i < rewriter->sentence.n; i++) {
            if (text.data[t[i - first].start] == ','
                || trials_rewrite_in(rewriter, text, i, before))
            {
                are.len = 7;
                are.data = be.data;
            }
        }

        (void) trials_buf_append(buf, are.data, are.len);
        (void) trials_buf_append(buf, " ", 1);
        trials_rewrite_rest(rewriter, text, first, 1, 0, buf);

        return 1;
    }

    if (first + 2 >= rewriter->sentence.n
        || !trials_rewrite_in(rewriter, text, first, who)
        || !trials_rewrite_in(rewriter, text, first - 1, many)
        || t[1].kind != TRIALS_TOKEN_WORD || t[2].kind != TRIALS_TOKEN_WORD
        || trials_rewrite_in(rewriter, text, first + 1, no)
        || !trials_rewrite_bare(rewriter, text, first + 2, 1))
    {
        return 0;
    }

    (void) trials_buf_append(buf, "You ", 4);
    trials_rewrite_rest(rewriter, text, first + 1, 1, 0, buf);

    return 1;
}


/* Is one of the tokens the verb of a sentence about the patient? */

static int
trials_opening_verbal(const trials_rewriter_t *rewriter, trials_str_t text,
                      size_t i, size_t end)
{
    static const char *const verbs[] = {
        "has",     "have",  "is",   "are",         "had",        "was",
        "were",    "does",  "do",   "understands", "understand", "agrees",
        "agree",   "meets", "meet", "takes",       "take",       "receives",
        "receive", "needs", "need", "smokes",      "smoke",      "owns",
        "own",     NULL};

    for (; i < end; i++) {
        if (trials_rewrite_in(rewriter, text, i, verbs)) {
            return 1;
        }
    }

    return 0;
}


trials_str_t
trials_rewrite_tense(const trials_rewriter_t *rewriter, trials_str_t text,
                     trials_str_t to)
{
    size_t                    i, past;
    trials_str_t              now;
    static const trials_str_t had = {7, "You had"};
    const trials_token_t     *t;
    static const char *const  over[] = {"before", "last", "within", "past",
                                        NULL};
    static const char *const  ahead[] = {"after", "next", NULL};
    static const char *const  unless[] = {"unless", NULL};
    static const char *const  have[] = {"has", "have", NULL};
    static const char *const  ors[] = {"or", NULL};

    now = to;

    if (!trials_table_piece(&to, &now) || to.len == 0) {
        return rewriter->past && trials_word_is(now.data, now.len, "you have")
                   ? had
                   : now;
    }

    past = 0;

    for (i = 0; i + 1 < rewriter->sentence.n; i++) {
        t = &rewriter->sentence.list[i];

        if (trials_rewrite_in(rewriter, text, i, ahead)) {
            return now;
        }

        /* "asthma unless treated in the last year": the time is of that. */

        if (trials_rewrite_in(rewriter, text, i, unless)
            && !(i > 0 && text.data[t[-1].start] == '('))
        {
            break;
        }

        /* "Taking it, or has taken it in the last year": of the second. */

        if (i > 0 && trials_rewrite_in(rewriter, text, i, have)
            && trials_rewrite_in(rewriter, text, i - 1, ors))
        {
            break;
        }

        past |= trials_rewrite_in(rewriter, text, i, over)
                && ((i > 0 && trials_token_is_unit(text, &t[-1]))
                    || trials_token_is_unit(text, &t[1])
                    || (i + 2 < rewriter->sentence.n
                        && trials_token_is_unit(text, &t[2])));
    }

    return past || rewriter->past ? to : now;
}


int
trials_rewrite_over(const trials_rewriter_t *rewriter, trials_str_t text,
                    size_t i)
{
    size_t                   k;
    static const char *const before[] = {"a", "any", "other", "known", NULL};
    static const char *const past[] = {"past", "prior", "previous", NULL};
    static const char *const lasts[] = {"or", "and", "and/or", "menopause",
                                        NULL};
    static const char *const history[] = {"history", "histories", "experience",
                                          NULL};

    while (i + 2 < rewriter->sentence.n
           && trials_rewrite_in(rewriter, text, i, before))
    {
        i++;
    }

    if (i + 1 >= rewriter->sentence.n
        || !trials_rewrite_in(rewriter, text, i, past)
        || rewriter->sentence.list[i + 1].kind != TRIALS_TOKEN_WORD
        || trials_rewrite_in(rewriter, text, i + 1, lasts))
    {
        return 0;
    }

    for (k = i + 1; k < rewriter->sentence.n && k < i + 4; k++) {
        if (trials_rewrite_in(rewriter, text, k, history)) {
            return 0;
        }
    }

    return 1;
}


size_t
trials_rewrite_subject(const trials_rewriter_t *rewriter, trials_str_t text)
{
    size_t                   i;
    static const char *const before[] = {"the", "a", "adult", NULL};
    static const char *const names[] = {
        "patient",  "patients",   "participant", "participants", "subject",
        "subjects", "individual", "individuals", "person",       "persons",
        "people",   "volunteer",  "volunteers",  "those",        "anyone",
        "you",      NULL};

    for (i = 0; i + 1 < rewriter->sentence.n
                && trials_rewrite_in(rewriter, text, i, before);
         i++)
    {
        /* void */
    }

    return i + 1 < rewriter->sentence.n
                   && trials_rewrite_in(rewriter, text, i, names)
               ? i + 1
               : 0;
}
