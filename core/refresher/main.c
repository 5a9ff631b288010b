/*
 * trials-refresher: fetches and renders what readers ask for.
 *
 * The first SIGTERM or SIGINT lets every worker finish what it has under way;
 * after TRIALS_GRACE seconds, or at the second signal, fetches are given up.
 */

#include "core/refresher/refresher.h"

#include <trials/version.h>

#include <libxml/parser.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>


#define TRIALS_GRACE 10 /* seconds */


static int
trials_refresher_run(trials_refresher_t *refresher, const sigset_t *signals);
static void
trials_refresher_wait(trials_refresher_t *refresher, const sigset_t *signals);
static void *trials_refresher_hurry(void *refresher);


int
main(int argc, char **argv)
{
    int                code;
    sigset_t           signals;
    trials_error_t     err;
    trials_settings_t  settings;
    trials_refresher_t refresher;

    if (!trials_settings_read(&settings, argc, argv, &code)) {
        return code;
    }

    /* hiredis writes to connections that may be gone. */

    (void) signal(SIGPIPE, SIG_IGN);
    (void) sigemptyset(&signals);
    (void) sigaddset(&signals, SIGTERM);
    (void) sigaddset(&signals, SIGINT);
    (void) pthread_sigmask(SIG_BLOCK, &signals, NULL);

    xmlInitParser();

    memset(&refresher, 0, sizeof(trials_refresher_t));
    refresher.settings = &settings;
    refresher.plain = trials_plain_create(&err);

    if (refresher.plain) {
        refresher.page =
            trials_page_create(refresher.plain, &settings.page, &err);
    }

    if (refresher.page == NULL) {
        (void) fprintf(stderr, "trials-refresher: %s\n", err.message);
        code = TRIALS_EXIT_FAILED;
    } else if (settings.check) {
        code = TRIALS_EXIT_OK;
    } else {
        code = trials_refresher_run(&refresher, &signals);
    }

    if (refresher.page) {
        trials_page_destroy(refresher.page);
    }

    if (refresher.plain) {
        trials_plain_destroy(refresher.plain);
    }

    xmlCleanupParser();
    explicit_bzero(settings.password, sizeof(settings.password));

    return code;
}


static int
trials_refresher_run(trials_refresher_t *refresher, const sigset_t *signals)
{
    long             i, started, n;
    char             threads[24];
    pthread_t        ids[TRIALS_THREADS_MAX];
    trials_rc_t      rc;
    trials_error_t   err;
    trials_worker_t *workers;

    n = refresher->settings->threads;

    workers = calloc((size_t) n, sizeof(trials_worker_t));
    if (workers == NULL) {
        (void) fputs("trials-refresher: out of memory\n", stderr);
        return TRIALS_EXIT_FAILED;
    }

    rc = TRIALS_OK;
    started = 0;

    for (i = 0; i < n && rc == TRIALS_OK; i++) {
        rc = trials_worker_init(&workers[i], refresher, (int) i, &err);

        if (rc == TRIALS_OK
            && pthread_create(&ids[i], NULL, trials_worker_run, &workers[i])
                   != 0)
        {
            rc = trials_error(&err, TRIALS_FAILED, "no thread can be started");
        }

        started += rc == TRIALS_OK;
    }

    if (rc == TRIALS_OK) {
        (void) snprintf(threads, sizeof(threads), "%ld", n);
        trials_log("info", "started", "version", TRIALS_VERSION, "engine",
                   trials_page_engine(refresher->page), "redis",
                   refresher->settings->cache.address, "registry",
                   refresher->settings->registry.base, "#threads", threads,
                   TRIALS_END);
        trials_refresher_wait(refresher, signals);
    } else {
        trials_log("error", "not_started", "reason", err.message, TRIALS_END);
        atomic_store(&refresher->stopping, 2);
    }

    for (i = 0; i < started; i++) {
        (void) pthread_join(ids[i], NULL);
    }

    for (i = 0; i < n; i++) {
        trials_worker_free(&workers[i]);
    }

    free(workers);

    if (rc == TRIALS_OK) {
        trials_log("info", "stopped", TRIALS_END);
    }

    return rc == TRIALS_OK ? TRIALS_EXIT_OK : TRIALS_EXIT_FAILED;
}


static void
trials_refresher_wait(trials_refresher_t *refresher, const sigset_t *signals)
{
    int       number;
    pthread_t hurry;

    (void) sigwait(signals, &number);
    trials_log("info", "stopping", TRIALS_END);
    atomic_store(&refresher->stopping, 1);

    /* A second signal, or the end of patience, breaks off the fetches.  The
     * thread dies with the process. */

    if (pthread_create(&hurry, NULL, trials_refresher_hurry, refresher) == 0) {
        (void) pthread_detach(hurry);
    }
}


static void *
trials_refresher_hurry(void *data)
{
    sigset_t            signals;
    struct timespec     patience = {TRIALS_GRACE, 0};
    trials_refresher_t *refresher;

    refresher = data;

    (void) sigemptyset(&signals);
    (void) sigaddset(&signals, SIGTERM);
    (void) sigaddset(&signals, SIGINT);
    (void) sigtimedwait(&signals, NULL, &patience);

    atomic_store(&refresher->stopping, 2);

    return NULL;
}
