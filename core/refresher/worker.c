/* The loop of a thread: takes wanted ids until it is told to stop. */

#include "core/refresher/refresher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>


#define TRIALS_RECORD_MAX    (16 * 1024 * 1024) /* bytes */
#define TRIALS_RENDITION_MAX (64 * 1024 * 1024) /* bytes */
#define TRIALS_BLOCK         250  /* ms: the longest a stop is not seen */
#define TRIALS_MIN_IDLE      500  /* ms: until an unfinished id is claimed */
#define TRIALS_BACKOFF_FIRST 50   /* ms */
#define TRIALS_BACKOFF_LAST  1000 /* ms */


static int trials_worker_step(trials_worker_t *worker);
static int
trials_worker_finish(trials_worker_t *worker, const trials_wanted_t *wanted,
                     trials_job_t job);
static int
trials_worker_error(trials_worker_t *worker, const trials_error_t *err);
static int  trials_worker_stopped(void *refresher);
static void trials_worker_pause(long ms);


trials_rc_t
trials_worker_init(trials_worker_t *worker, trials_refresher_t *refresher,
                   int n, trials_error_t *err)
{
    int                        i;
    char                       host[64];
    trials_registry_settings_t registry;

    memset(worker, 0, sizeof(trials_worker_t));
    worker->refresher = refresher;

    if (gethostname(host, sizeof(host)) != 0) {
        memcpy(host, "localhost", sizeof("localhost"));
    }

    host[sizeof(host) - 1] = '\0';
    (void) snprintf(worker->name, sizeof(worker->name), "%s-%d-%d", host,
                    (int) getpid(), n);

    trials_buf_init(&worker->body, TRIALS_RECORD_MAX);

    for (i = 0; i < TRIALS_NRENDITIONS; i++) {
        trials_buf_init(&worker->renditions[i], TRIALS_RENDITION_MAX);
    }

    worker->arena = trials_arena_create();
    if (worker->arena == NULL) {
        return trials_error(err, TRIALS_NOMEM, "worker: out of memory");
    }

    worker->cache = trials_cache_create(&refresher->settings->cache, err);
    if (worker->cache == NULL) {
        return err->code;
    }

    registry = refresher->settings->registry;
    registry.stop = trials_worker_stopped;
    registry.stop_data = refresher;

    worker->registry = trials_registry_create(&registry, err);

    return worker->registry ? TRIALS_OK : err->code;
}


void
trials_worker_free(trials_worker_t *worker)
{
    int i;

    for (i = 0; i < TRIALS_NRENDITIONS; i++) {
        trials_buf_free(&worker->renditions[i]);
    }

    trials_buf_free(&worker->body);
    trials_registry_destroy(worker->registry);
    trials_cache_destroy(worker->cache);
    trials_arena_destroy(worker->arena);
}


void *
trials_worker_run(void *data)
{
    long             backoff, wait;
    unsigned         seed;
    trials_worker_t *worker;

    worker = data;
    backoff = TRIALS_BACKOFF_FIRST;
    seed = (unsigned) trials_now() ^ (unsigned) (size_t) worker;

    while (!atomic_load(&worker->refresher->stopping)) {
        if (trials_worker_step(worker)) {
            backoff = TRIALS_BACKOFF_FIRST;
            continue;
        }

        wait = backoff / 2 + (long) rand_r(&seed) % (backoff / 2 + 1);
        trials_worker_pause(wait);

        backoff = backoff * 2 < TRIALS_BACKOFF_LAST ? backoff * 2
                                                    : TRIALS_BACKOFF_LAST;
    }

    return NULL;
}


/* One entry, or none; 0 where Redis is away or does not make sense. */

static int
trials_worker_step(trials_worker_t *worker)
{
    trials_rc_t     rc;
    trials_error_t  err;
    trials_wanted_t wanted;

    rc = trials_wanted_take(worker->cache, worker->name, TRIALS_MIN_IDLE,
                            TRIALS_BLOCK, &wanted, &err);

    if (rc != TRIALS_OK && rc != TRIALS_NOT_FOUND) {
        return trials_worker_error(worker, &err);
    }

    if (atomic_exchange(&worker->refresher->redis_away, 0)) {
        trials_log("info", "redis_back", NULL);
    }

    if (rc == TRIALS_NOT_FOUND) {
        return 1;
    }

    if (wanted.id[0] == '\0') {
        trials_log("warning", "wanted_no_id", "entry", wanted.entry, NULL);
        return trials_worker_finish(worker, &wanted, TRIALS_JOB_DONE);
    }

    return trials_worker_finish(worker, &wanted,
                                trials_job_run(worker, &wanted));
}


static int
trials_worker_finish(trials_worker_t *worker, const trials_wanted_t *wanted,
                     trials_job_t job)
{
    trials_error_t err;

    if (job == TRIALS_JOB_LATER
        && trials_now() - wanted->since
               > worker->refresher->settings->give_up * 1000)
    {
        /* Whoever still wants it asks again. */

        trials_log("warning", "gave_up", "id", wanted->id, NULL);
        job = TRIALS_JOB_DONE;
    }

    switch (job) {
    case TRIALS_JOB_DONE:
        if (trials_wanted_done(worker->cache, wanted, &err) != TRIALS_OK) {
            return trials_worker_error(worker, &err);
        }

        return 1;

    case TRIALS_JOB_LATER:

        /* It is claimed again by whoever is free, this worker or another. */

        return 1;

    default:
        (void) trials_error(&err, TRIALS_UNAVAILABLE, "%s: connection lost",
                            worker->refresher->settings->cache.address);
        return trials_worker_error(worker, &err);
    }
}


static int
trials_worker_error(trials_worker_t *worker, const trials_error_t *err)
{
    if (!atomic_exchange(&worker->refresher->redis_away, 1)) {
        trials_log("warning", "redis_away", "reason", err->message, NULL);
    }

    return 0;
}


static int
trials_worker_stopped(void *data)
{
    trials_refresher_t *refresher;

    refresher = data;

    return atomic_load(&refresher->stopping) > 1;
}


static void
trials_worker_pause(long ms)
{
    struct timespec ts;

    ts.tv_sec = ms / 1000;
    ts.tv_nsec = ms % 1000 * 1000000;
    (void) nanosleep(&ts, NULL);
}
