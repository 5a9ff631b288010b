/*
 * What an import tells, and the mark it keeps: a bar on a terminal, else a line
 * of JSON for each event.
 */

#include "core/cli/import.h"
#include "core/cli/import_failures.h"

#include <inttypes.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>


#define TRIALS_REPORT_TICK 200 /* ms: of the bar, the mark, a look at signals */
#define TRIALS_REPORT_LINE 5000 /* ms: between lines of JSON */

#define TRIALS_REPORT_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(6))

#define TRIALS_BAR_WIDTH 24

typedef struct {
    trials_import_t *import;
    trials_mark_t   *mark;
    trials_buf_t     failures; /* since the mark was written */
    int64_t          bytes;    /* of the source */
    int64_t          began;    /* all times: ms of CLOCK_MONOTONIC */
    int64_t          marked;
    int64_t          told;
    int64_t          begin_bytes; /* when the first new record came */
    unsigned         begun : 1;
    unsigned         interrupted : 1;
} trials_report_t;


static void trials_report_start(trials_report_t *report);
static int  trials_report_step(trials_report_t *report);
static void trials_report_take(trials_report_t              *report,
                               const trials_import_record_t *record);
static void trials_report_failed(trials_report_t              *report,
                                 const trials_import_record_t *record);
static void trials_report_signals(trials_report_t *report);
static trials_rc_t
            trials_report_mark(trials_report_t *report, trials_error_t *err);
static void trials_report_progress(trials_report_t *report, int64_t now);
static void
trials_report_bar(const trials_report_t *report, double rate, double left);
static void trials_report_clear(const trials_report_t *report);
static int  trials_report_end(trials_report_t *report);
static void
trials_report_summary(const trials_report_t *report, const char *reason);
static void
trials_report_json(const trials_report_t *report, const char *reason);
static void    trials_report_event(json_t *event);
static double  trials_report_rate(const trials_report_t *report, int64_t now);
static int64_t trials_report_now(void);


int
trials_report_run(trials_import_t *import, trials_mark_t *mark)
{
    int             code;
    trials_report_t report;

    memset(&report, 0, sizeof(trials_report_t));
    trials_buf_init(&report.failures, TRIALS_IMPORT_RECORD_MAX);
    report.import = import;
    report.mark = mark;
    report.began = report.marked = report.told = trials_report_now();

    trials_report_start(&report);

    while (trials_report_step(&report)) {
        /* void */
    }

    code = trials_report_end(&report);
    trials_buf_free(&report.failures);

    return code;
}


static void
trials_report_start(trials_report_t *report)
{
    const trials_import_t *import;

    import = report->import;

    if (import->options->json) {
        trials_report_event(json_pack("{s:s, s:s, s:I, s:I, s:I}", "event",
                                      "started", "source",
                                      trials_import_name(import), "threads",
                                      (json_int_t) import->options->threads,
                                      "bytes", (json_int_t) import->total,
                                      "resumed_at", (json_int_t) import->skip));

    } else if (import->skip) {
        (void) printf("%s: %" PRId64 " are done already, goes on from there\n",
                      trials_import_name(import), import->skip);
    }
}


/* Waits for a batch, or until it is time to look around; 0: it is over. */

static int
trials_report_step(trials_report_t *report)
{
    int                     over;
    int64_t                 now;
    trials_error_t          err;
    struct timespec         until;
    trials_import_record_t *record;

    now = trials_report_now() + TRIALS_REPORT_TICK;
    until.tv_sec = now / 1000;
    until.tv_nsec = now % 1000 * 1000000;

    record = trials_import_next(report->import, &until, &over);

    if (record) {
        trials_report_take(report, record);
        trials_import_told(report->import);
    }

    if (over) {
        return 0;
    }

    trials_report_signals(report);
    now = trials_report_now();

    if (now - report->marked >= TRIALS_REPORT_TICK) {
        report->marked = now;

        if (trials_report_mark(report, &err) != TRIALS_OK
            && err.code != TRIALS_UNAVAILABLE)
        {
            trials_import_stop(report->import, &err);
        }
    }

    if (now - report->told >= (report->import->options->json
                                   ? TRIALS_REPORT_LINE
                                   : TRIALS_REPORT_TICK))
    {
        report->told = now;
        trials_report_progress(report, now);
    }

    return 1;
}


static void
trials_report_take(trials_report_t              *report,
                   const trials_import_record_t *record)
{
    trials_mark_t *mark;

    mark = report->mark;
    mark->done++;
    report->bytes = record->bytes;

    if (record->failed) {
        mark->failed++;
        trials_report_failed(report, record);

    } else if (record->result == TRIALS_PUBLISH_WRITTEN) {
        mark->imported++;
    } else if (record->result == TRIALS_PUBLISH_NEWER) {
        mark->newer++;
    } else {
        mark->unchanged++;
    }

    if (!report->begun) {
        report->begun = 1;
        report->begin_bytes = record->bytes;
    }
}


static void
trials_report_failed(trials_report_t              *report,
                     const trials_import_record_t *record)
{
    const char *reason;

    reason = record->reason ? record->reason : "out of memory";

    if (report->import->options->json) {
        trials_report_event(json_pack("{s:s, s:s, s:s, s:s}", "event", "failed",
                                      "place", record->place, "id", record->id,
                                      "reason", reason));
    } else {
        trials_report_clear(report);
        trials_complain("%s: %s", record->place, reason);
    }

    trials_failures_add(&report->failures, record->place, record->id, reason);
    trials_failures_add(&report->mark->failures, record->place, record->id,
                        reason);
}


/* The first signal lets what is under way be finished. */

static void
trials_report_signals(trials_report_t *report)
{
    sigset_t        signals;
    struct timespec none = {0, 0};

    (void) sigemptyset(&signals);
    (void) sigaddset(&signals, SIGINT);
    (void) sigaddset(&signals, SIGTERM);
    (void) sigaddset(&signals, SIGHUP);

    if (sigtimedwait(&signals, NULL, &none) > 0) {
        report->interrupted = 1;
        trials_import_stop(report->import, NULL);
    }
}


static trials_rc_t
trials_report_mark(trials_report_t *report, trials_error_t *err)
{
    trials_rc_t  rc;
    trials_str_t failures;

    if (report->import->key[0] == '\0') {
        return TRIALS_OK;
    }

    failures.data = report->failures.data;
    failures.len = report->failures.len;

    rc = trials_mark_write(report->import->cache, report->import->key,
                           report->mark, failures, err);
    if (rc == TRIALS_OK) {
        trials_buf_reset(&report->failures);
    }

    return rc;
}


static void
trials_report_progress(trials_report_t *report, int64_t now)
{
    double                 rate, left, share;
    json_t                *event;
    const trials_import_t *import;

    import = report->import;
    rate = trials_report_rate(report, now);
    left = -1;

    if (import->total > report->begin_bytes
        && report->bytes > report->begin_bytes) {
        share = (double) (report->bytes - report->begin_bytes)
                / (double) (import->total - report->begin_bytes);
        left = (double) (now - report->began) / 1000 * (1 - share) / share;
        left = left > 0 ? left : 0;
    }

    if (!import->options->json) {
        trials_report_bar(report, rate, left);
        return;
    }

    event = json_pack("{s:s, s:I, s:I, s:f, s:I, s:I}", "event", "progress",
                      "done", (json_int_t) report->mark->done, "failed",
                      (json_int_t) report->mark->failed, "rate", rate,
                      "bytes_read", (json_int_t) report->bytes, "bytes",
                      (json_int_t) import->total);

    if (event && left >= 0) {
        (void) json_object_set_new(event, "seconds_left",
                                   json_integer((json_int_t) (left + 0.5)));
    }

    trials_report_event(event);
}


static void
trials_report_bar(const trials_report_t *report, double rate, double left)
{
    int            len, filled;
    char           line[256], bar[TRIALS_BAR_WIDTH + 1];
    double         share;
    long           seconds;
    size_t         room;
    struct winsize window;

    len = 0;

    if (report->import->total) {
        share = (double) report->bytes / (double) report->import->total;
        share = share < 1 ? share : 1;
        filled = (int) (share * TRIALS_BAR_WIDTH);
        memset(bar, '.', TRIALS_BAR_WIDTH);
        memset(bar, '#', (size_t) filled);
        bar[TRIALS_BAR_WIDTH] = '\0';
        len = snprintf(line, sizeof(line), "[%s] %3d %%  ", bar,
                       (int) (share * 100));
    }

    len += snprintf(line + len, sizeof(line) - (size_t) len,
                    "%" PRId64 " trials  %.0f/s", report->mark->done, rate);

    if (left >= 0) {
        seconds = (long) (left + 0.5);
        len += snprintf(line + len, sizeof(line) - (size_t) len,
                        "  %ld:%02ld:%02ld left", seconds / 3600,
                        seconds / 60 % 60, seconds % 60);
    }

    if (report->mark->failed) {
        len += snprintf(line + len, sizeof(line) - (size_t) len,
                        "  %" PRId64 " failed", report->mark->failed);
    }

    /* A line that is wrapped could not be written over. */

    room = ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col
               ? window.ws_col - 1U
               : 79;

    if ((size_t) len > room) {
        line[room] = '\0';
    }

    (void) printf("\r\033[K%s", line);
    (void) fflush(stdout);
}


static void
trials_report_clear(const trials_report_t *report)
{
    if (!report->import->options->json) {
        (void) fputs("\r\033[K", stdout);
        (void) fflush(stdout);
    }
}


static int
trials_report_end(trials_report_t *report)
{
    const char      *reason;
    trials_rc_t      rc;
    trials_error_t   err;
    trials_import_t *import;

    import = report->import;
    reason = NULL;
    rc = TRIALS_OK;

    if (import->work_error.code != TRIALS_OK) {
        reason = import->work_error.message;
    } else if (report->interrupted) {
        reason = "interrupted";
    } else if (import->source_error.code != TRIALS_OK) {
        reason = import->source_error.message;
    }

    if (import->key[0] != '\0') {
        rc = reason ? trials_report_mark(report, &err)
                    : trials_mark_clear(import->cache, import->key, &err);
    }

    if (rc != TRIALS_OK && reason == NULL) {
        reason = err.message;
    }

    trials_report_clear(report);

    if (import->options->json) {
        trials_report_json(report, reason);
    } else {
        trials_report_summary(report, reason);
    }

    return reason || report->mark->failed ? TRIALS_EXIT_FAILED : TRIALS_EXIT_OK;
}


static void
trials_report_summary(const trials_report_t *report, const char *reason)
{
    int64_t              now;
    const trials_mark_t *mark;

    mark = report->mark;
    now = trials_report_now();

    (void) printf("%" PRId64 " studies: %" PRId64 " stored, %" PRId64
                  " unchanged, %" PRId64 " newer in the cache, %" PRId64
                  " failed; %.1f s, %.0f a second\n",
                  mark->done, mark->imported, mark->unchanged, mark->newer,
                  mark->failed, (double) (now - report->began) / 1000,
                  trials_report_rate(report, now));

    trials_failures_print(&mark->failures, mark->failed);

    if (reason) {
        trials_complain("import: ended before its end: %s", reason);

        if (report->import->key[0] != '\0') {
            trials_complain("import: begun again with the same file, it goes "
                            "on from there");
        }
    }
}


static void
trials_report_json(const trials_report_t *report, const char *reason)
{
    int64_t              now;
    json_t              *event;
    const trials_mark_t *mark;

    mark = report->mark;
    now = trials_report_now();

    event = json_pack(
        "{s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:f, s:f, s:o}", "event",
        "finished", "complete", reason == NULL, "done", (json_int_t) mark->done,
        "stored", (json_int_t) mark->imported, "unchanged",
        (json_int_t) mark->unchanged, "newer", (json_int_t) mark->newer,
        "failed", (json_int_t) mark->failed, "seconds",
        (double) (now - report->began) / 1000, "rate",
        trials_report_rate(report, now), "reasons",
        trials_failures_json(&mark->failures));

    if (event && reason) {
        (void) json_object_set_new(event, "reason", json_string(reason));
    }

    trials_report_event(event);
}


/* Takes the event. */

static void
trials_report_event(json_t *event)
{
    if (event == NULL || json_dumpf(event, stdout, TRIALS_REPORT_FLAGS) != 0
        || putchar('\n') == EOF || fflush(stdout) != 0)
    {
        trials_complain("import: an event could not be written");
    }

    json_decref(event);
}


/* Studies a second in this run. */

static double
trials_report_rate(const trials_report_t *report, int64_t now)
{
    return now > report->began
               ? (double) (report->mark->done - report->import->skip) * 1000
                     / (double) (now - report->began)
               : 0;
}


static int64_t
trials_report_now(void)
{
    struct timespec ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (int64_t) ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}
