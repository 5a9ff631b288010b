/* Time and burden: how long, how often; only what the record says. */

#include "core/page/trial.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define TRIALS_FRAME_LEN 160 /* bytes of a time frame that can be quoted */
#define TRIALS_QUOTE_LEN 320 /* of a sentence */
#define TRIALS_QUOTES    2


static long   trials_frame_days(trials_str_t frame);
static void   trials_time_visits(trials_trial_t *trial, xmlNodePtr node);
static size_t trials_time_quote(trials_trial_t *trial, xmlNodePtr node,
                                trials_str_t markup, size_t n);
static int    trials_time_counts(const char *start, const char *end);


void
trials_model_time(trials_trial_t *trial)
{
    long                  months;
    xmlNodePtr            node;
    const char           *length;
    trials_tree_t        *tree;
    const trials_str_t   *frame;
    const trials_study_t *study;

    study = trial->study;
    tree = trial->tree;
    node = trials_tree_add(tree, tree->root, "time");
    months = trials_study_length(study);

    if (months > 0) {
        length =
            months < 24
                ? trials_say_count(tree, "unit.month", (size_t) months, NULL)
                : trials_say_count(tree, "unit.year",
                                   (size_t) (months + 6) / 12, NULL);
        trials_model_p(trial, node,
                       trials_say(tree,
                                  study->completion.type == TRIALS_DATE_ACTUAL
                                      ? "time.whole-was"
                                      : "time.whole",
                                  "length", length, NULL));
    }

    if (study->target_duration.unit) {
        trials_model_p(trial, node,
                       trials_say(tree, "time.each", "length",
                                  trials_say_span(tree, study->target_duration),
                                  NULL));
    }

    frame = trials_study_last_frame(study);

    if (frame) {
        trials_model_p(
            trial, node,
            trials_say(tree, "time.last", "frame", frame->data, NULL));
    }

    trials_time_visits(trial, node);

    if (node && study->study_type != TRIALS_STUDY_TYPE_NONE
        && xmlFirstElementChild(node) == NULL)
    {
        trials_model_p(trial, node, trials_say(tree, "time.unsaid", NULL));
    }
}


/* The months from start to end of the whole study; 0: the record does not
 * say. */

long
trials_study_length(const trials_study_t *study)
{
    trials_date_t end;

    end =
        study->completion.year ? study->completion : study->primary_completion;

    if (study->start.year == 0 || end.year == 0) {
        return 0;
    }

    return trials_date_months(study->start, end);
}


/* The time frame that names the latest time at which something is measured;
 * NULL where none names any. */

const trials_str_t *
trials_study_last_frame(const trials_study_t *study)
{
    long                    days, most;
    size_t                  i, j;
    const trials_str_t     *last;
    const trials_outcome_t *outcomes[3];
    size_t                  n[3];

    outcomes[0] = study->primary_outcomes;
    outcomes[1] = study->secondary_outcomes;
    outcomes[2] = study->other_outcomes;
    n[0] = study->nprimary_outcomes;
    n[1] = study->nsecondary_outcomes;
    n[2] = study->nother_outcomes;

    for (i = 0, most = 0, last = NULL; i < 3; i++) {
        for (j = 0; j < n[i]; j++) {
            days = trials_frame_days(outcomes[i][j].time_frame);

            if (days > most
                && outcomes[i][j].time_frame.len <= TRIALS_FRAME_LEN) {
                most = days;
                last = &outcomes[i][j].time_frame;
            }
        }
    }

    return last;
}


/* The longest "24 weeks" or "Day 28" of a time frame, in days; 0 for none. */

static long
trials_frame_days(trials_str_t frame)
{
    long        n, days, most;
    size_t      i;
    char       *after;
    const char *p;

    static const struct {
        const char *name;
        long        days;
    } units[] = {{"day", 1}, {"week", 7}, {"month", 30}, {"year", 365}};

    if (frame.len == 0) {
        return 0;
    }

    most = 0;

    for (p = frame.data; *p != '\0'; p++) {
        if (!isdigit((unsigned char) *p)) {
            for (i = 0; i < 4; i++) {
                if ((*p | 0x20) == units[i].name[0]
                    && strncasecmp(p, units[i].name, strlen(units[i].name)) == 0
                    && p[strlen(units[i].name)] == ' '
                    && isdigit((unsigned char) p[strlen(units[i].name) + 1]))
                {
                    n = strtol(p + strlen(units[i].name), NULL, 10);
                    days = n < 10000 ? n * units[i].days : 0;
                    most = days > most ? days : most;
                }
            }

            continue;
        }

        n = strtol(p, &after, 10);
        p = after - 1;

        while (*after == ' ' || *after == '-') {
            after++;
        }

        for (i = 0; i < 4; i++) {
            if (strncasecmp(after, units[i].name, strlen(units[i].name)) == 0) {
                days = n < 10000 ? n * units[i].days : 0;
                most = days > most ? days : most;
            }
        }
    }

    return most;
}


/* What the record's own texts say of visits, in their own words. */

static void
trials_time_visits(trials_trial_t *trial, xmlNodePtr node)
{
    size_t                i, n;
    const trials_study_t *study;

    study = trial->study;
    n = trials_time_quote(trial, node, study->brief_summary, 0);
    n = trials_time_quote(trial, node, study->detailed_description, n);

    for (i = 0; i < study->narms; i++) {
        n = trials_time_quote(trial, node, study->arms[i].description, n);
    }
}


static size_t
trials_time_quote(trials_trial_t *trial, xmlNodePtr node, trials_str_t markup,
                  size_t n)
{
    trials_str_t text, quote;
    const char  *p, *start;

    if (n >= TRIALS_QUOTES || markup.len == 0
        || strcasestr(markup.data, "visit") == NULL)
    {
        return n;
    }

    text = trials_model_flat(trial, markup);

    for (p = text.data, start = p; p && *p != '\0' && n < TRIALS_QUOTES; p++) {
        if ((*p != '.' && *p != '?' && *p != '!')
            || (p[1] != ' ' && p[1] != '\0')
            || (p > start && p[1] == ' ' && islower((unsigned char) p[2])))
        {
            continue;
        }

        if (p - start < TRIALS_QUOTE_LEN && trials_time_counts(start, p)) {
            quote.data = start;
            quote.len = (size_t) (p + 1 - start);
            trials_tree_text(trial->tree, node, "quote", quote);
            n++;
        }

        start = p[1] == ' ' ? p + 2 : p + 1;
    }

    return n;
}


/* A sentence that has a number and "visits" in it. */

static int
trials_time_counts(const char *start, const char *end)
{
    int         digit, visits;
    const char *p;

    for (p = start, digit = 0, visits = 0; p < end; p++) {
        digit |= isdigit((unsigned char) *p) != 0;
        visits |= strncasecmp(p, "visits", 6) == 0;
    }

    return digit && visits;
}
