/*
 * Whether what follows an opening goes with it: what is had, used or denied is not
 * what another part of the sentence tells of.
 */

#include "core/plain/rewrite.h"

#include <string.h>
#include <strings.h>


static int trials_fits_good(const trials_rewriter_t *rewriter,
                            trials_str_t text, size_t i);
static int trials_fits_twice(const trials_rewriter_t *rewriter,
                             trials_str_t text, size_t i);


int
trials_rewrite_fits(const trials_rewriter_t *rewriter, trials_str_t text,
                    size_t i, trials_str_t to, int verbal)
{
    int                      has, relative, takes;
    long                     depth;
    size_t                   k;
    const trials_token_t    *t;
    static const char *const women[] = {"women", "woman", "females", "female",
                                        NULL};
    static const char *const ways[] = {
        "centrally",      "histologically", "cytologically", "pathologically",
        "radiologically", "suffering",      "having",        NULL};
    static const char *const needs[] = {"needed", "required", "necessary",
                                        NULL};
    static const char *const made[] = {"made", "established", NULL};
    static const char *const by[] = {"by", NULL};
    static const char *const not_be[] = {"be", "having", "have", "current",
                                         NULL};
    static const char *const somebody[] = {"smoker",   "smokers", "user",
                                           "users",    "abuser",  "abusers",
                                           "resident", "drinker", NULL};
    static const char *const be[] = {"is", "are", NULL};
    static const char *const ofs[] = {"of", "joining", "receipt", NULL};
    static const char *const goes[] = {"of",      "taking",  "joining",
                                       "getting", "receipt", NULL};
    static const char *const use[] = {"use", "usage", NULL};
    static const char *const having[] = {"having", "being", NULL};
    static const char *const nots[] = {"not", NULL};
    static const char *const nows[] = {"now", "currently", NULL};
    static const char *const when[] = {"at",     "by",    "during", "within",
                                       "before", "after", "in",     "on",
                                       "using",  NULL};
    static const char *const situ[] = {"situ",  "vitro", "vivo",
                                       "least", "most",  NULL};
    static const char *const articles[] = {
        "a",       "an",          "any",        "the",          "maximum",
        "minimum", "limit",       "limitation", "limitations",  "upper",
        "lower",   "restriction", "age",        "restrictions", "limits",
        "sex",     "gender",      "required",   "needed",       "requirement",
        NULL};
    static const char *const states[] = {
        "still",      "has",     "is",  "are",    "unable",
        "inability",  "needed",  "not", "judged", "deemed",
        "considered", "thought", NULL};
    static const char *const things[] = {
        "severe",      "history",   "known",    "recent",   "past",
        "prior",       "active",    "current",  "positive", "uncontrolled",
        "allergy",     "allergies", "presence", "evidence", "unresolved",
        "intolerance", "diagnosis", "have",     "had",      NULL};

    if (to.len > 3 && memcmp(to.data + to.len - 3, "had", 3) == 0
        && trials_rewrite_in(rewriter, text, i, having))
    {
        return 0;
    }

    if (to.len > 3 && memcmp(to.data + to.len - 3, "got", 3) == 0
        && trials_rewrite_in(rewriter, text, i, use))
    {
        return 0;
    }

    if (to.len > 3 && memcmp(to.data + to.len - 3, " no", 3) == 0
        && (trials_rewrite_in(rewriter, text, i, articles)
            || rewriter->sentence.list[i].kind == TRIALS_TOKEN_NUMBER))
    {
        return 0;
    }

    /* "No washout needed". */

    if (to.len > 3 && memcmp(to.data + to.len - 3, " no", 3) == 0
        && i + 1 < rewriter->sentence.n
        && trials_rewrite_in(rewriter, text, i + 1, needs))
    {
        return 0;
    }

    /* "Pregnant women, women who plan a pregnancy": these are no "You". */

    if (to.len > 15
        && (memcmp(to.data, "You are pregnant", 16) == 0
            || memcmp(to.data, "You are breastfe", 16) == 0
            || memcmp(to.data, "You are a woman ", 16) == 0))
    {
        for (k = i; k < rewriter->sentence.n; k++) {
            if (trials_rewrite_in(rewriter, text, k, women)) {
                return 0;
            }
        }
    }

    /* "Inadequate reserve or organ dysfunction": the second is no lack. */

    if (trials_word_is(to.data, to.len, "you do not have good enough")
        && !trials_fits_good(rewriter, text, i))
    {
        return 0;
    }

    /* "Confirmed centrally", "planned use". */

    if ((trials_word_is(to.data, to.len, "it is confirmed that you have")
         && trials_rewrite_in(rewriter, text, i, ways))
        || (trials_word_is(to.data, to.len, "you plan to have")
            && trials_rewrite_in(rewriter, text, i, use)))
    {
        return 0;
    }

    /* "Diagnosis of asthma made by a doctor". */

    if (trials_word_is(to.data, to.len, "a doctor has told you that you have")
        || trials_word_is(to.data, to.len, "you were diagnosed with"))
    {
        for (k = i; k + 1 < rewriter->sentence.n; k++) {
            if (trials_rewrite_in(rewriter, text, k, made)
                && trials_rewrite_in(rewriter, text, k + 1, by))
            {
                return 0;
            }
        }
    }

    /* "Not be paid", "not current smoker". */

    if (trials_word_is(to.data, to.len, "you are not")
        && trials_rewrite_in(rewriter, text, i, not_be))
    {
        return 0;
    }

    /* "Current non-smoker". */

    if (trials_word_is(to.data, to.len, "you now have")) {
        for (k = i; k < rewriter->sentence.n && k < i + 4; k++) {
            if (trials_rewrite_in(rewriter, text, k, somebody)) {
                return 0;
            }
        }
    }

    has = to.len > 8
          && (memcmp(to.data, "You have", 8) == 0
              || memcmp(to.data, "You had", 7) == 0);
    has |= to.len > 21 && memcmp(to.data, "You are known to have", 21) == 0;
    has |= to.len == 7 && memcmp(to.data, "You had", 7) == 0;
    has |= to.len == 8 && memcmp(to.data, "You have", 8) == 0;

    /* "With inability to": what is done is not had. */

    if (has && i + 1 < rewriter->sentence.n
        && ((trials_rewrite_in(rewriter, text, i, nots)
             && trials_rewrite_in(rewriter, text, i + 1, having))
            || (trials_rewrite_in(rewriter, text, i, nows)
                && trials_rewrite_in(rewriter, text, i + 1, goes))))
    {
        return 0;
    }

    /* "Confirmed at the first visit", "planned during the study". */

    if (to.len > 5
        && (memcmp(to.data + to.len - 5, " have", 5) == 0
            || memcmp(to.data + to.len - 4, " had", 4) == 0)
        && trials_rewrite_in(rewriter, text, i, when)
        && !(i + 1 < rewriter->sentence.n
             && trials_rewrite_in(rewriter, text, i + 1, situ)))
    {
        return 0;
    }

    takes = trials_rewrite_takes(to);

    for (relative = 0, depth = 0; i + 1 < rewriter->sentence.n; i++) {
        t = &rewriter->sentence.list[i];
        depth += text.data[t->start] == '(';
        depth -= text.data[t->start] == ')';
        relative |=
            depth <= 0
            && trials_rewrite_in(rewriter, text, i, trials_rewrite_relative);

        /* "Use of one drug, or of another"; "past surgery, or taking part in". */

        if ((trials_word_is(text.data + t->start, t->len, "or")
             || trials_word_is(text.data + t->start, t->len, "and"))
            && (trials_rewrite_in(rewriter, text, i + 1, takes ? ofs : goes)
                || trials_fits_twice(rewriter, text, i + 1)))
        {
            return 0;
        }

        /* "cancer that has spread or is growing", not "or is pregnant". */

        if ((trials_word_is(text.data + t->start, t->len, "or")
             || trials_word_is(text.data + t->start, t->len, "and"))
            && ((trials_rewrite_in(rewriter, text, i + 1, states)
                 && !(
                     trials_rewrite_joined(rewriter, text, i + 1)
                         ? verbal && !relative
                         : relative
                               && trials_rewrite_in(rewriter, text, i + 1, be)))
                || (!has && trials_rewrite_in(rewriter, text, i + 1, things))))
        {
            return 0;
        }
    }

    return 1;
}


int
trials_rewrite_takes(trials_str_t to)
{
    size_t                   i, n, last;
    static const char *const no[] = {"no",   "not",  "cannot", "never", "can",
                                     "must", "will", "may",    NULL};
    static const char *const ends[] = {
        "have", "had", "got",    "use",     "used", "with",  "of", "in",
        "to",   "for", "taking", "getting", "took", "taken", NULL};
    static const char *const to_what[] = {"allergic", "reaction", "exposed",
                                          NULL};

    if (to.len < 4 || memcmp(to.data, "You ", 4) != 0) {
        return 0;
    }

    last = 0;

    for (i = 0; i < to.len; i += n + 1) {
        for (n = 0; i + n < to.len && to.data[i + n] != ' '; n++) {
            /* void */
        }

        if (trials_word_in(to.data + i, n, no)) {
            return 0;
        }

        if (i + n >= to.len) {
            break;
        }

        last = trials_word_in(to.data + i, n, to_what);
    }

    return trials_word_in(to.data + i, n, ends)
           && (last || !trials_word_is(to.data + i, n, "to"));
}


/* "organ or bone marrow function": is what is joined lacking too? */

static int
trials_fits_good(const trials_rewriter_t *rewriter, trials_str_t text, size_t i)
{
    int                      joined;
    static const char *const joints[] = {"or", ",", "and/or", NULL};
    static const char *const more[] = {"more", "longer", NULL};
    static const char *const goods[] = {"function", "functions", "reserve",
                                        "response", "control",   "supply",
                                        "access",   "intake",    NULL};

    for (joined = 0; i < rewriter->sentence.n; i++) {
        if (trials_rewrite_in(rewriter, text, i, joints)
            && !(i + 1 < rewriter->sentence.n
                 && trials_rewrite_in(rewriter, text, i + 1, more)))
        {
            joined = 1;

        } else if (joined && trials_rewrite_in(rewriter, text, i, goods)) {
            joined = 0;
        }
    }

    return !joined;
}


/* "Taking part in a trial, or taking part in one within the last month": the time
 * is of the second alone. */

static int
trials_fits_twice(const trials_rewriter_t *rewriter, trials_str_t text,
                  size_t i)
{
    const trials_token_t    *t, *first;
    static const char *const gerunds[] = {"taking", "getting", "using", NULL};

    first = &rewriter->sentence.list[trials_rewrite_subject(rewriter, text)];
    t = &rewriter->sentence.list[i];

    return trials_rewrite_in(rewriter, text, i, gerunds) && t->len == first->len
           && strncasecmp(text.data + t->start, text.data + first->start,
                          t->len)
                  == 0;
}
