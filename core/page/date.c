/* Dates: from a clock, and compared. */

#include "core/page/trial.h"

#include <time.h>


trials_date_t
trials_date_of(int64_t unix_time)
{
    time_t        t;
    struct tm     tm;
    trials_date_t date = {0, 0, 0, TRIALS_DATE_TYPE_NONE};

    t = (time_t) unix_time;

    if (unix_time > 0 && gmtime_r(&t, &tm)) {
        date.year = tm.tm_year + 1900;
        date.month = tm.tm_mon + 1;
        date.day = tm.tm_mday;
    }

    return date;
}


/* A month has passed when its last day has. */

int
trials_date_passed(trials_date_t date, trials_date_t today)
{
    long a, b;

    if (date.year == 0) {
        return 0;
    }

    a = (date.year * 12L + date.month) * 32 + (date.day ? date.day : 31);
    b = (today.year * 12L + today.month) * 32 + today.day;

    return a < b;
}


long
trials_date_months(trials_date_t from, trials_date_t to)
{
    return (to.year - from.year) * 12L + to.month - from.month;
}


/* "2026-11-24", "2026-11"; "" for no date. */

const char *
trials_date_iso(trials_tree_t *tree, trials_date_t date)
{
    if (date.year == 0) {
        return "";
    }

    return date.day
               ? trials_tree_printf(tree, "%04d-%02d-%02d", date.year,
                                    date.month, date.day)
               : trials_tree_printf(tree, "%04d-%02d", date.year, date.month);
}
