/*
 * trials-refresher: fetches and renders what readers ask for, and keeps it true.
 *
 * The first SIGTERM or SIGINT lets every worker finish what a reader waits for;
 * after TRIALS_GRACE seconds, or at the second signal, fetches are given up.
 * SIGHUP reads the settings anew, SIGUSR1 logs the state.
 */

#include "core/refresher/refresher.h"

#include <trials/version.h>

#include <libxml/parser.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>


#define TRIALS_GRACE 10 /* seconds */

/* Milliseconds without a sign of life of a thread: the service manager is told
 * no longer that all is well. */
#define TRIALS_BEAT_MAX 60000

#define TRIALS_TICK 1000 /* ms between two looks at the threads */


/* What main() owns. */

typedef struct {
    int                argc;
    char             **argv;
    trials_refresher_t refresher;
    trials_worker_t   *workers; /* the last is the keeper */
    pthread_t         *ids;
    long               n;       /* workers */
    long               started; /* of these, threads that run */
    trials_metrics_t  *metrics;
    sigset_t           signals;
} trials_process_t;


static int trials_process_run(trials_process_t *process);
static trials_rc_t
trials_process_press(trials_process_t *process, trials_error_t *err);
static trials_rc_t
trials_process_start(trials_process_t *process, trials_error_t *err);
static void  trials_process_wait(trials_process_t *process);
static void  trials_process_watch(const trials_process_t *process);
static void  trials_process_reload(trials_process_t *process);
static void  trials_process_stop(trials_process_t *process);
static void *trials_process_hurry(void *process);
static void  trials_process_free(trials_process_t *process);


int
main(int argc, char **argv)
{
    int                code;
    trials_error_t     err;
    trials_process_t   process;
    trials_settings_t *settings;

    memset(&process, 0, sizeof(trials_process_t));
    process.argc = argc;
    process.argv = argv;

    settings = calloc(1, sizeof(trials_settings_t));
    if (settings == NULL) {
        return TRIALS_EXIT_FAILED;
    }

    process.refresher.settings = settings;

    if (!trials_settings_read(settings, argc, argv, &code)) {
        if (code != TRIALS_EXIT_OK) {
            (void) fprintf(stderr, "trials-refresher: %s\n",
                           settings->err.message);
        }

        trials_process_free(&process);
        return code;
    }

    /* hiredis writes to connections that may be gone. */

    (void) signal(SIGPIPE, SIG_IGN);
    (void) sigemptyset(&process.signals);
    (void) sigaddset(&process.signals, SIGTERM);
    (void) sigaddset(&process.signals, SIGINT);
    (void) sigaddset(&process.signals, SIGHUP);
    (void) sigaddset(&process.signals, SIGUSR1);
    (void) pthread_sigmask(SIG_BLOCK, &process.signals, NULL);

    xmlInitParser();

    process.refresher.plain = trials_plain_create(&err);

    if (process.refresher.plain) {
        process.refresher.page =
            trials_page_create(process.refresher.plain, &settings->page, &err);
    }

    if (process.refresher.page == NULL) {
        (void) fprintf(stderr, "trials-refresher: %s\n", err.message);
        code = TRIALS_EXIT_FAILED;
    } else if (trials_collections_read(&process.refresher.collections,
                                       settings->collections, &err)
               != TRIALS_OK)
    {
        (void) fprintf(stderr, "trials-refresher: %s\n", err.message);
        code = TRIALS_EXIT_USAGE;
    } else if (settings->check) {
        code = TRIALS_EXIT_OK;
    } else {
        code = trials_process_run(&process);
    }

    trials_process_free(&process);
    xmlCleanupParser();

    return code;
}


static int
trials_process_run(trials_process_t *process)
{
    char                     threads[24];
    trials_rc_t              rc;
    trials_error_t           err;
    const trials_settings_t *settings;

    settings = atomic_load(&process->refresher.settings);
    process->n = settings->threads + 1;
    process->workers = calloc((size_t) process->n, sizeof(trials_worker_t));
    process->ids = calloc((size_t) process->n, sizeof(pthread_t));

    process->refresher.lists =
        trials_lists_create(&process->refresher.collections);

    rc = process->workers && process->ids && process->refresher.lists
             ? trials_process_press(process, &err)
             : trials_error(&err, TRIALS_NOMEM, "out of memory");

    if (rc == TRIALS_OK && settings->listen) {
        process->metrics = trials_metrics_start(&process->refresher, &err);
        rc = process->metrics ? TRIALS_OK : err.code;
    }

    if (rc == TRIALS_OK) {
        rc = trials_process_start(process, &err);
    }

    if (rc == TRIALS_OK) {
        (void) snprintf(threads, sizeof(threads), "%ld", settings->threads);
        trials_log("info", "started", "version", TRIALS_VERSION, "engine",
                   trials_page_engine(process->refresher.page), "redis",
                   settings->cache.address, "registry", settings->registry.base,
                   "#threads", threads, TRIALS_END);
        trials_notify("READY=1");
        trials_process_wait(process);
    } else {
        trials_log("error", "not_started", "reason", err.message, TRIALS_END);
    }

    trials_process_stop(process);

    if (rc == TRIALS_OK) {
        trials_log("info", "stopped", TRIALS_END);
    }

    return rc == TRIALS_OK ? TRIALS_EXIT_OK : TRIALS_EXIT_FAILED;
}


static trials_rc_t
trials_process_press(trials_process_t *process, trials_error_t *err)
{
    long                     cores;
    trials_press_settings_t  press;
    const trials_settings_t *settings;

    settings = atomic_load(&process->refresher.settings);
    cores = sysconf(_SC_NPROCESSORS_ONLN);

    press.page = process->refresher.page;
    press.cache = &settings->cache;
    press.threads = (int) (settings->renderers ? settings->renderers
                           : cores > 0         ? cores
                                               : 1);
    press.done = trials_batch_pressed;
    press.data = &process->refresher;

    process->refresher.press = trials_press_create(&press, err);

    return process->refresher.press ? TRIALS_OK : err->code;
}


static trials_rc_t
trials_process_start(trials_process_t *process, trials_error_t *err)
{
    int         keeper;
    char        name[24];
    long        i;
    trials_rc_t rc;

    for (i = 0; i < process->n; i++) {
        keeper = i == process->n - 1;
        (void) snprintf(name, sizeof(name), "%ld", i);

        rc = trials_worker_init(
            &process->workers[i], &process->refresher, keeper ? "keeper" : name,
            keeper ? TRIALS_PRESS_BACKGROUND : TRIALS_PRESS_READER, err);
        if (rc != TRIALS_OK) {
            return rc;
        }

        if (pthread_create(&process->ids[i], NULL,
                           keeper ? trials_keeper_run : trials_worker_run,
                           &process->workers[i])
            != 0)
        {
            return trials_error(err, TRIALS_FAILED, "no thread can be started");
        }

        process->started++;
    }

    return TRIALS_OK;
}


static void
trials_process_wait(trials_process_t *process)
{
    int             number;
    long            watchdog;
    struct timespec tick;

    watchdog = trials_notify_watchdog();
    watchdog =
        watchdog && watchdog / 2 < TRIALS_TICK ? watchdog / 2 : TRIALS_TICK;
    tick.tv_sec = watchdog / 1000;
    tick.tv_nsec = watchdog % 1000 * 1000000;

    for (;;) {
        number = sigtimedwait(&process->signals, NULL, &tick);

        switch (number) {
        case SIGTERM:
        case SIGINT:
            return;

        case SIGHUP:
            trials_process_reload(process);
            break;

        case SIGUSR1:
            trials_metrics_log(&process->refresher);
            break;

        default:
            trials_process_watch(process);
        }
    }
}


/* All is well where every thread has moved lately. */

static void
trials_process_watch(const trials_process_t *process)
{
    long    i;
    int64_t now;

    now = trials_now();

    for (i = 0; i < process->n; i++) {
        if (now - process->workers[i].beat > TRIALS_BEAT_MAX) {
            return;
        }
    }

    trials_notify("WATCHDOG=1");
}


/* What concerns the rhythm of the work is taken over at once; what was set up
 * with threads and connections needs a new start. */

static void
trials_process_reload(trials_process_t *process)
{
    int                code, good;
    trials_settings_t *next, read;

    trials_notify("RELOADING=1");

    good = trials_settings_read(&read, process->argc, process->argv, &code);
    next = good ? malloc(sizeof(trials_settings_t)) : NULL;

    if (next) {
        /* Threads may be using the old ones: they live as long as these. */

        *next = *atomic_load(&process->refresher.settings);
        next->older = atomic_load(&process->refresher.settings);
        next->text = NULL;
        next->max_age = read.max_age;
        next->absent_age = read.absent_age;
        next->give_up = read.give_up;
        next->rate = read.rate;
        next->burst = read.burst;
        next->poll = read.poll;
        next->loss = read.loss;
        atomic_store(&process->refresher.settings, next);
        trials_log("info", "reloaded", TRIALS_END);
    } else {
        trials_log("error", "not_reloaded", "reason",
                   good ? "out of memory" : read.err.message, TRIALS_END);
    }

    trials_settings_free(&read);
    trials_notify("READY=1");
}


static void
trials_process_stop(trials_process_t *process)
{
    long      i;
    pthread_t hurry;

    if (process->started) {
        trials_log("info", "stopping", TRIALS_END);
    }

    trials_notify("STOPPING=1");
    atomic_store(&process->refresher.stopping, 1);

    /* A second signal, or the end of patience, breaks off the fetches.  The
     * thread dies with the process. */

    if (pthread_create(&hurry, NULL, trials_process_hurry, process) == 0) {
        (void) pthread_detach(hurry);
    }

    for (i = 0; i < process->started; i++) {
        (void) pthread_join(process->ids[i], NULL);
    }

    trials_metrics_stop(process->metrics);
    trials_press_destroy(process->refresher.press);

    for (i = 0; process->workers && i < process->n; i++) {
        trials_worker_free(&process->workers[i]);
    }

    free(process->workers);
    free(process->ids);
}


static void *
trials_process_hurry(void *data)
{
    sigset_t          signals;
    struct timespec   patience = {TRIALS_GRACE, 0};
    trials_process_t *process;

    process = data;

    (void) sigemptyset(&signals);
    (void) sigaddset(&signals, SIGTERM);
    (void) sigaddset(&signals, SIGINT);
    (void) sigtimedwait(&signals, NULL, &patience);

    atomic_store(&process->refresher.stopping, 2);

    return NULL;
}


static void
trials_process_free(trials_process_t *process)
{
    const trials_settings_t *settings, *older;

    trials_lists_destroy(process->refresher.lists);
    trials_collections_free(&process->refresher.collections);

    if (process->refresher.page) {
        trials_page_destroy(process->refresher.page);
    }

    if (process->refresher.plain) {
        trials_plain_destroy(process->refresher.plain);
    }

    for (settings = atomic_load(&process->refresher.settings); settings;
         settings = older)
    {
        older = settings->older;
        trials_settings_free((trials_settings_t *) settings);
        free((trials_settings_t *) settings);
    }
}
