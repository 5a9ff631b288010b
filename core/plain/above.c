/*
 * What a line, or a sentence, is to what stands below or after it: a title, a
 * denial, an exception, the beginning of a sentence.
 */

#include "core/plain/rewrite.h"


int
trials_rewrite_turns(trials_str_t line)
{
    int                      joins, denies, holds;
    size_t                   i, n;
    static const char *const eligible[] = {"eligible", "ineligible", "excluded",
                                           "enrolled", "enter",      "enroll",
                                           "criteria", NULL};
    static const char *const includes[] = {"includes", "include", "including",
                                           NULL};
    static const char *const denials[] = {"no", "not", "cannot", NULL};
    static const char *const words[] = {
        "none",       "never",      "without",   "except",   "exception",
        "exceptions", "unless",     "excluding", "free",     "absence",
        "allowed",    "permitted",  "lack",      "other",    "nor",
        "neither",    "acceptable", "example",   "examples", "methods",
        "method",     "women",      "woman",     "females",  "female",
        "men",        "males",      "male",      "partners", NULL};

    joins = 0;
    denies = 0;
    holds = 0;

    for (i = 0; i < line.len; i += n + (n == 0)) {
        for (n = 0; i + n < line.len
                    && trials_is_lower(trials_lower(line.data[i + n]));
             n++)
        {
            /* void */
        }

        if (n && trials_word_in(line.data + i, n, words)) {
            return 1;
        }

        joins |= n && trials_word_in(line.data + i, n, eligible);
        denies |= n && trials_word_in(line.data + i, n, denials);
        holds |= n && trials_word_in(line.data + i, n, includes);
    }

    /* "Not eligible if any of the following" denies nothing of what follows, and
     * "The main criteria include" has no parts. */

    return (denies || holds) && !joins;
}


int
trials_rewrite_titles(trials_str_t line)
{
    size_t                   i, n, words;
    static const char *const asks[] = {"adequate", "normal", "sufficient",
                                       "having",   "taking", "inability",
                                       NULL};
    static const char *const leads[] = {
        "any",      "all",       "both",    "either",    "one",     "two",
        "more",     "least",     "below",   "following", "follows", "these",
        "criteria", "criterion", "with",    "without",   "that",    "which",
        "who",      "as",        "if",      "must",      "has",     "have",
        "had",      "is",        "are",     "be",        "meets",   "meet",
        "meeting",  "requiring", "needing", "defined",   "such",    "like",
        "include",  "includes",  "namely",  "including", "except",  NULL};
    static const char *const ends[] = {"of", "by",  "for", "to", "from",
                                       "in", "and", "or",  NULL};

    words = 0;

    if (line.len == 0 || line.data[line.len - 1] != ':') {
        return 0;
    }

    for (i = 0; i < line.len; i += n + (n == 0)) {
        for (n = 0; i + n < line.len
                    && trials_is_lower(trials_lower(line.data[i + n]));
             n++)
        {
            /* void */
        }

        if (n == 0) {
            continue;
        }

        if (trials_word_in(line.data + i, n, leads)
            || (words == 0 && trials_word_in(line.data + i, n, asks))
            || (i + n + 1 == line.len
                && trials_word_in(line.data + i, n, ends)))
        {
            return 0;
        }

        words++;
    }

    return words <= TRIALS_REWRITE_TITLE;
}


int
trials_rewrite_denies(trials_str_t sentence)
{
    int                      denial;
    size_t                   i, n, depth, words;
    static const char *const starts[] = {"no",   "without", "absence",
                                         "free", "none",    NULL};
    static const char *const denials[] = {"no",    "without", "absence", "none",
                                          "never", "neither", "free",    NULL};

    denial = 0;
    depth = 0;
    words = 0;

    for (i = 0; i < sentence.len; i += n + (n == 0)) {
        depth += sentence.data[i] == '(';
        depth -= depth && sentence.data[i] == ')';

        for (n = 0; i + n < sentence.len
                    && trials_is_lower(trials_lower(sentence.data[i + n]));
             n++)
        {
            /* void */
        }

        words += n > 0;

        if (depth) {
            continue;
        }

        if (n && words < 4 && trials_word_in(sentence.data + i, n, starts)) {
            return 1;
        }

        denial |= n && trials_word_in(sentence.data + i, n, denials);

        if (denial && sentence.data[i] == ':') {
            return 1;
        }
    }

    return 0;
}


int
trials_rewrite_denied(trials_str_t sentence)
{
    size_t                   n;
    static const char *const own[] = {
        "no",           "not",      "has",      "have",   "is",
        "are",          "must",     "can",      "able",   "you",
        "your",         "willing",  "signed",   "agrees", "agree",
        "without",      "absence",  "negative", "people", "patients",
        "participants", "subjects", "those",    "who",    NULL};

    for (n = 0;
         n < sentence.len && trials_is_lower(trials_lower(sentence.data[n]));
         n++)
    {
        /* void */
    }

    return !trials_word_in(sentence.data, n, own);
}
