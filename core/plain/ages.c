/*
 * Criteria that are an age: "Age at least 18 years at screening" becomes "You are
 * at least 18 years old at screening".
 */

#include "core/plain/rewrite.h"


static int trials_age_is(const trials_rewriter_t *rewriter, trials_str_t text,
                         size_t i, const char *const *list);
static size_t trials_age_bounds(const trials_rewriter_t *rewriter,
                                trials_str_t text, size_t i, int *old);


static const char *const trials_age_names[] = {"age", "aged", "ages", NULL};

static const char *const trials_age_verbs[] = {
    "who", "are", "is", "be", "must", "should", "have", "an", NULL};

static const char *const trials_age_before[] = {"of", "from", "range", "is",
                                                NULL};

static const char *const trials_age_words[] = {
    "at",        "least",   "most",    "more",  "less",  "than",
    "to",        "and",     "or",      "older", "over",  "under",
    "up",        "between", "from",    "years", "year",  "months",
    "inclusive", "above",   "younger", "old",   "below", NULL};

static const char *const trials_age_joints[] = {"and", "or", NULL};

static const char *const trials_age_tail[] = {"at",     "on", "when", "before",
                                              "during", "as", "by",   NULL};


int
trials_rewrite_age(trials_rewriter_t *rewriter, trials_str_t text,
                   trials_buf_t *buf)
{
    int                   old, named, must;
    size_t                first, last, end, n;
    const trials_token_t *t;

    t = rewriter->sentence.list;
    n = rewriter->sentence.n;
    first = 0;

    if (n < 2) {
        return 0;
    }

    first = trials_rewrite_subject(rewriter, text);
    must = 0;

    for (; first < n && trials_age_is(rewriter, text, first, trials_age_verbs);
         first++)
    {
        must |= trials_word_is(text.data + t[first].start, t[first].len, "must")
                || trials_word_is(text.data + t[first].start, t[first].len,
                                  "should");
    }

    named = first < n && trials_age_is(rewriter, text, first, trials_age_names);

    for (first += named != 0;
         named && first < n
         && (text.data[t[first].start] == ':'
             || trials_age_is(rewriter, text, first, trials_age_before));
         first++)
    {
        /* void */
    }

    end = trials_age_bounds(rewriter, text, first, &old);

    if (end == 0 || (!named && !old)) {
        return 0;
    }

    if (end < n
        && !(trials_age_is(rewriter, text, end, trials_age_tail)
             || text.data[t[end].start] == '(' || text.data[t[end].start] == '.'
             || text.data[t[end].start] == ','))
    {
        return 0;
    }

    if (!trials_rewrite_bare(rewriter, text, end, 0)) {
        return 0;
    }

    (void) trials_buf_append(buf, must ? "You must be " : "You are ",
                             must ? 12 : 8);
    /* "18 years and over": 18 years old or over. */

    last = end > first + 2 && trials_token_is_unit(text, &t[end - 3])
                   && trials_age_is(rewriter, text, end - 2, trials_age_joints)
               ? end - 2
               : end;

    n = buf->len;
    (void) trials_buf_append(buf, text.data + t[first].start,
                             t[last - 1].start + t[last - 1].len
                                 - t[first].start);

    if (buf->failed == TRIALS_OK) {
        trials_rewrite_small(buf, n);
    }

    if (trials_token_is_unit(text, &t[last - 1])) {
        (void) trials_buf_append(buf, " old", 4);
    }

    if (last < end) {
        (void) trials_buf_append(buf, " or ", 4);
        (void) trials_buf_append(buf, text.data + t[end - 1].start,
                                 t[end - 1].len);
    }

    n = t[end - 1].start + t[end - 1].len;
    (void) trials_buf_append(buf, text.data + n, text.len - n);

    return 1;
}


/* The token after an age's bounds, or 0 where these are none; *old where they
 * say that it is an age. */

static size_t
trials_age_bounds(const trials_rewriter_t *rewriter, trials_str_t text,
                  size_t i, int *old)
{
    size_t                   n, number, unit;
    const trials_token_t    *t;
    static const char *const telling[] = {"old", "older", "younger", NULL};
    static const char *const bounds[] = {"least", "most", NULL};

    t = rewriter->sentence.list;
    n = rewriter->sentence.n;
    number = 0;
    unit = 0;
    *old = 0;

    for (; i < n; i++) {
        if (t[i].kind == TRIALS_TOKEN_NUMBER) {
            number++;

        } else if (trials_token_is_unit(text, &t[i])) {
            unit++;

        } else if (t[i].kind == TRIALS_TOKEN_WORD) {
            if (!trials_age_is(rewriter, text, i, trials_age_words)
                || (trials_word_is(text.data + t[i].start, t[i].len, "at")
                    && !(i + 1 < n
                         && trials_age_is(rewriter, text, i + 1, bounds))))
            {
                break;
            }
            *old |= trials_age_is(rewriter, text, i, telling);

        } else if (text.data[t[i].start] != '-' || t[i].space) {
            break;
        }
    }

    return number == 0 || number > 2 || unit == 0 ? 0 : i;
}


static int
trials_age_is(const trials_rewriter_t *rewriter, trials_str_t text, size_t i,
              const char *const *list)
{
    const trials_token_t *t;

    t = &rewriter->sentence.list[i];

    return trials_word_in(text.data + t->start, t->len, list);
}
