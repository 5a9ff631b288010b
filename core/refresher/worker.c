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
#define TRIALS_SLICE         50   /* ms: between two looks at a stop */
#define TRIALS_BACKOFF_FIRST 50   /* ms */
#define TRIALS_BACKOFF_LAST  1000 /* ms */


static int trials_worker_step(trials_worker_t *worker);
static int
trials_worker_finish(trials_worker_t *worker, const trials_wanted_t *wanted,
                     trials_job_t job);
static int
trials_worker_is_late(trials_worker_t *worker, const trials_wanted_t *wanted);
static int  trials_worker_error(trials_worker_t *worker);
static int  trials_worker_stop(void *worker);
static void trials_worker_pause(trials_worker_t *worker, long ms);


trials_rc_t
trials_worker_init(trials_worker_t *worker, trials_refresher_t *refresher,
                   int n, trials_error_t *err)
{
    int                        i;
    char                       host[64];
    trials_registry_settings_t registry;

    memset(worker, 0, sizeof(trials_worker_t));
    worker->refresher = refresher;
    worker->seed =
        (unsigned) trials_now() ^ (unsigned) getpid() << 8 ^ (unsigned) n << 24;

    /* The name is for who looks at the group.  It has no process id, so that
     * Redis does not keep a consumer of every restart. */

    if (gethostname(host, sizeof(host)) != 0) {
        memcpy(host, "localhost", sizeof("localhost"));
    }

    host[sizeof(host) - 1] = '\0';
    (void) snprintf(worker->name, sizeof(worker->name), "%s-%d", host, n);

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
    registry.stop = trials_worker_stop;
    registry.stop_data = worker;

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
    long                backoff, left, wait;
    trials_worker_t    *worker;
    trials_refresher_t *refresher;

    worker = data;
    refresher = worker->refresher;
    backoff = TRIALS_BACKOFF_FIRST;

    while (!atomic_load(&refresher->stopping)) {
        /* While the registry is not to be asked, ids wait in the stream. */

        left = trials_hold_left(&refresher->hold);

        if (left) {
            trials_worker_pause(worker, left);
            continue;
        }

        if (trials_worker_step(worker)) {
            backoff = TRIALS_BACKOFF_FIRST;
            continue;
        }

        wait = backoff / 2 + (long) rand_r(&worker->seed) % (backoff / 2 + 1);
        trials_worker_pause(worker, wait);

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
    trials_wanted_t wanted;

    rc = trials_wanted_take(worker->cache, worker->name, TRIALS_MIN_IDLE,
                            TRIALS_BLOCK, &wanted, &worker->err);

    if (rc != TRIALS_OK && rc != TRIALS_NOT_FOUND) {
        return trials_worker_error(worker);
    }

    if (atomic_exchange(&worker->refresher->redis_away, 0)) {
        trials_log("info", "redis_back", TRIALS_END);
    }

    if (rc == TRIALS_NOT_FOUND) {
        return 1;
    }

    if (wanted.id[0] == '\0') {
        trials_log("warning", "no_id", "entry", wanted.entry, TRIALS_END);
        return trials_worker_finish(worker, &wanted, TRIALS_JOB_DONE);
    }

    return trials_worker_finish(worker, &wanted,
                                trials_job_run(worker, &wanted));
}


static int
trials_worker_finish(trials_worker_t *worker, const trials_wanted_t *wanted,
                     trials_job_t job)
{
    if (job == TRIALS_JOB_LATER && trials_worker_is_late(worker, wanted)) {
        /* Whoever still wants it asks again. */

        trials_log("warning", "gave_up", "id", wanted->id, TRIALS_END);
        job = TRIALS_JOB_DONE;
    }

    switch (job) {
    case TRIALS_JOB_DONE:
        return trials_wanted_done(worker->cache, wanted, &worker->err)
                       == TRIALS_OK
                   ? 1
                   : trials_worker_error(worker);

    case TRIALS_JOB_LATER:

        /* It is claimed again by whoever is free, this worker or another. */

        return 1;

    default:
        return trials_worker_error(worker);
    }
}


/* By Redis's clock, which the entry was stamped with. */

static int
trials_worker_is_late(trials_worker_t *worker, const trials_wanted_t *wanted)
{
    int64_t now;

    return trials_cache_time(worker->cache, &now, &worker->err) == TRIALS_OK
           && now - wanted->since > worker->refresher->settings->give_up * 1000;
}


static int
trials_worker_error(trials_worker_t *worker)
{
    if (!atomic_exchange(&worker->refresher->redis_away, 1)) {
        if (worker->err.code == TRIALS_UNAVAILABLE) {
            trials_log("warning", "redis_away", "reason", worker->err.message,
                       TRIALS_END);
        } else {
            trials_log("error", "redis_error", "reason", worker->err.message,
                       TRIALS_END);
        }
    }

    return 0;
}


/* The registry's client asks this while it waits. */

static int
trials_worker_stop(void *data)
{
    trials_worker_t *worker;

    worker = data;
    trials_job_keep(worker);

    return atomic_load(&worker->refresher->stopping) > 1;
}


static void
trials_worker_pause(trials_worker_t *worker, long ms)
{
    long            slice;
    struct timespec ts;

    while (ms > 0 && !atomic_load(&worker->refresher->stopping)) {
        slice = ms < TRIALS_SLICE ? ms : TRIALS_SLICE;
        ts.tv_sec = 0;
        ts.tv_nsec = slice * 1000000;
        (void) nanosleep(&ts, NULL);
        ms -= slice;
    }
}
