/*
 * Criteria that say what a measure must be: "platelets at least 100".
 */

#include "core/plain/nouns.h"

#include <string.h>


/* Words after a measure within which its bound must stand. */
#define TRIALS_MEASURE_REACH 14


static size_t trials_measure_in(const trials_rewriter_t *rewriter,
                                trials_str_t text, size_t i);
static int    trials_measure_your(const trials_rule_t *rule);
static size_t trials_measure_reach(const trials_rewriter_t *rewriter,
                                   trials_str_t text, size_t i);
static size_t trials_measure_second(const trials_rewriter_t *rewriter,
                                    trials_str_t text, size_t end, int *both);


int
trials_rewrite_measure(trials_rewriter_t *rewriter, trials_str_t text,
                       const trials_rule_t *rule, size_t end, trials_buf_t *buf)
{
    int                      plural, both;
    size_t                   i, start, first, last;
    const trials_token_t    *t;
    static const char *const articles[] = {"a", "an", "the", NULL};
    static const char *const be[] = {"is", "are", NULL};

    t = rewriter->sentence.list;

    /* "Heart failure, class II, LVEF at least 40%" is no one measure. */

    i = trials_noun_chunk(rewriter, text, 0);
    first = i > 0 && i < end && text.data[t[i].start] == ',';

    if (first && !trials_measure_your(trials_noun_find(rewriter, text, 0, i))) {
        return 0;
    }

    end = trials_measure_second(rewriter, text, end, &both);
    end = trials_measure_in(rewriter, text, end);
    i = end;

    if (i < rewriter->sentence.n && text.data[t[i].start] == '(') {
        while (i < rewriter->sentence.n && i < end + 10
               && text.data[t[i].start] != ')') {
            i++;
        }
        if (i == rewriter->sentence.n || text.data[t[i].start] != ')') {
            return 0;
        }
        i++;
    }

    i = trials_measure_reach(rewriter, text, i);
    last = i;

    if (i < rewriter->sentence.n
        && (text.data[t[i].start] == ':' || text.data[t[i].start] == '='))
    {
        i++;
    }

    /* "ECOG score is 0 or 1" */

    if (i + 2 < rewriter->sentence.n && trials_rewrite_in(rewriter, text, i, be)
        && trials_measure_bound(rewriter, text, i + 1))
    {
        i++;
    }

    if (i + 1 >= rewriter->sentence.n
        || !trials_measure_bound(rewriter, text, i)
        || !trials_rewrite_bare(rewriter, text, i, 0))
    {
        return 0;
    }

    plural = both
             || (rule->guard == TRIALS_GUARD_COUNT
                 && trials_noun_plural(text, &t[end - 1]));

    /* "A fumigatus levels": the first word is no article. */

    if (plural && trials_rewrite_in(rewriter, text, 0, articles)) {
        return 0;
    }

    (void) trials_buf_append(buf, "Your ", 5);
    start = buf->len;
    first = t[trials_rewrite_in(rewriter, text, 0, articles)].start;
    (void) trials_buf_append(buf, text.data + first,
                             t[last - 1].start + t[last - 1].len - first);

    if (buf->failed == TRIALS_OK) {
        trials_rewrite_small(buf, start);
    }

    (void) trials_buf_append(buf, plural ? " are " : " is ", plural ? 5 : 4);

    if (trials_word_is(text.data + t[i].start, t[i].len, "of")) {
        i++;
    }

    (void) trials_buf_append(buf, text.data + t[i].start,
                             text.len - t[i].start);

    return 1;
}


/* "Volume in 1 second", "in the first second". */

static size_t
trials_measure_in(const trials_rewriter_t *rewriter, trials_str_t text,
                  size_t i)
{
    size_t                   k;
    const trials_token_t    *t;
    static const char *const in[] = {"in", NULL};
    static const char *const one[] = {"one", "the", "first", NULL};
    static const char *const second[] = {"second", NULL};

    t = rewriter->sentence.list;

    if (i >= rewriter->sentence.n || !trials_rewrite_in(rewriter, text, i, in))
    {
        return i;
    }

    for (k = i + 1; k < rewriter->sentence.n && k < i + 3
                    && (t[k].kind == TRIALS_TOKEN_NUMBER
                        || trials_rewrite_in(rewriter, text, k, one));
         k++)
    {
        /* void */
    }

    return k < rewriter->sentence.n && k > i + 1
                   && trials_rewrite_in(rewriter, text, k, second)
               ? k + 1
               : i;
}


static int
trials_measure_your(const trials_rule_t *rule)
{
    return rule && trials_word_is(rule->to.data, rule->to.len, "your");
}


/* "Hemoglobin at screening, at least 9": the token of the bound where no more
 * than what belongs to the noun stands before it, else i. */

static size_t
trials_measure_reach(const trials_rewriter_t *rewriter, trials_str_t text,
                     size_t i)
{
    long                     depth;
    size_t                   k;
    const trials_token_t    *t;
    static const char *const preps[] = {"from",  "since", "by",  "at",
                                        "in",    "on",    "for", "of",
                                        "using", "per",   "to",  NULL};
    static const char *const words[] = {"more",  "less",  "between", "below",
                                        "above", "under", "over",    "greater",
                                        "lower", "of",    NULL};
    static const char *const at[] = {"least", "most", NULL};
    static const char *const no[] = {
        "or",    "and",    "that",  "which",   "who",  "is",    "are",
        "was",   "were",   "has",   "have",    "must", "needs", "not",
        "no",    "unless", "if",    "except",  "with", "will",  "than",
        "times", "within", "after", "without", "may",  NULL};

    t = rewriter->sentence.list;

    if (i + 3 >= rewriter->sentence.n || trials_measure_bound(rewriter, text, i)
        || !trials_rewrite_in(rewriter, text, i, preps)
        || t[i + 1].kind != TRIALS_TOKEN_WORD)
    {
        return i;
    }

    for (k = i + 1, depth = 0;
         k + 1 < rewriter->sentence.n && k < i + TRIALS_MEASURE_REACH; k++)
    {
        if (t[k].kind == TRIALS_TOKEN_SIGN) {
            depth += text.data[t[k].start] == '(';
            depth -= text.data[t[k].start] == ')';

            if (depth == 0 && strchr(",;:=", text.data[t[k].start])) {
                return i;
            }

        } else if (depth == 0) {
            if (trials_rewrite_in(rewriter, text, k + 1, at)
                || (trials_rewrite_in(rewriter, text, k, words)
                    && (!trials_word_is(text.data + t[k].start, t[k].len, "of")
                        || trials_measure_bound(rewriter, text, k))))
            {
                /* "use for more than a month": nothing stands between. */

                return k > i + 1 ? k : i;
            }

            if (trials_rewrite_in(rewriter, text, k, no)) {
                return i;
            }
        }
    }

    return i;
}


/* "AST or ALT at least": the token after the last of what is measured. */

static size_t
trials_measure_second(const trials_rewriter_t *rewriter, trials_str_t text,
                      size_t end, int *both)
{
    size_t                   next;
    const trials_rule_t     *rule;
    static const char *const joints[] = {"or", "and", NULL};

    *both = 0;

    if (end + 1 >= rewriter->sentence.n
        || !trials_rewrite_in(rewriter, text, end, joints))
    {
        return end;
    }

    rule = trials_rewrite_head(rewriter, text, end + 1, &next);

    if (rule == NULL || !trials_word_is(rule->to.data, rule->to.len, "your")
        || !trials_measure_bound(rewriter, text, next))
    {
        return end;
    }

    *both = trials_word_is(text.data + rewriter->sentence.list[end].start,
                           rewriter->sentence.list[end].len, "and");

    return next;
}


/* Does a bound begin at token i: "at least", "of 5", "between"? */

int
trials_measure_bound(const trials_rewriter_t *rewriter, trials_str_t text,
                     size_t i)
{
    static const char *const words[] = {"more",   "less",  "greater", "lower",
                                        "higher", "below", "above",   "between",
                                        "over",   "under", "fewer",   NULL};
    static const char *const after_at[] = {"least", "most", NULL};

    if (i < rewriter->sentence.n
        && trials_word_is(text.data + rewriter->sentence.list[i].start,
                          rewriter->sentence.list[i].len, "of"))
    {
        i++;
    }

    if (i + 1 >= rewriter->sentence.n) {
        return i < rewriter->sentence.n
               && rewriter->sentence.list[i].kind == TRIALS_TOKEN_NUMBER;
    }

    return rewriter->sentence.list[i].kind == TRIALS_TOKEN_NUMBER
           || trials_rewrite_in(rewriter, text, i, words)
           || trials_rewrite_in(rewriter, text, i + 1, after_at);
}
