/* Threads: what all have, and the loop of those that serve readers. */

#include "core/refresher/refresher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>


#define TRIALS_RECORD_MAX    (16 * 1024 * 1024) /* bytes */
#define TRIALS_BLOCK         250  /* ms: the longest a stop is not seen */
#define TRIALS_MIN_IDLE      500  /* ms: until what is unfinished is claimed */
#define TRIALS_SLICE         50   /* ms: between two looks at a stop */
#define TRIALS_BACKOFF_FIRST 50   /* ms */
#define TRIALS_BACKOFF_LAST  1000 /* ms */
#define TRIALS_RENEW         500  /* ms: between two renewals */
#define TRIALS_LOCK_TTL      2000 /* ms */
#define TRIALS_LEAD_TTL      6000 /* ms */


static int trials_worker_step(trials_worker_t *worker, trials_batch_t *batch);
static int
trials_worker_finish(trials_worker_t *worker, const trials_wanted_t *wanted,
                     trials_job_t job);
static int
trials_worker_is_late(trials_worker_t *worker, const trials_wanted_t *wanted);
static int trials_worker_stop(void *worker);


trials_rc_t
trials_worker_init(trials_worker_t *worker, trials_refresher_t *refresher,
                   const char *name, trials_press_lane_t lane,
                   trials_error_t *err)
{
    char                       host[64];
    const trials_settings_t   *settings;
    trials_registry_settings_t registry;

    settings = atomic_load(&refresher->settings);
    memset(worker, 0, sizeof(trials_worker_t));
    worker->refresher = refresher;
    worker->lane = lane;
    worker->beat = trials_now();
    worker->seed = (unsigned) trials_now() ^ (unsigned) getpid() << 8
                   ^ (unsigned) (size_t) worker;

    /* The name is for who looks at the group.  It has no process id, so that
     * Redis does not keep a consumer of every restart. */

    if (gethostname(host, sizeof(host)) != 0) {
        memcpy(host, "localhost", sizeof("localhost"));
    }

    host[sizeof(host) - 1] = '\0';
    (void) snprintf(worker->name, sizeof(worker->name), "%s-%s", host, name);

    trials_buf_init(&worker->body, TRIALS_RECORD_MAX);

    worker->cache = trials_cache_create(&settings->cache, err);
    if (worker->cache == NULL) {
        return err->code;
    }

    registry = settings->registry;
    registry.stop = trials_worker_stop;
    registry.admit = trials_admit;
    registry.stop_data = worker;

    worker->registry = trials_registry_create(&registry, err);

    return worker->registry ? TRIALS_OK : err->code;
}


void
trials_worker_free(trials_worker_t *worker)
{
    trials_buf_free(&worker->body);
    trials_registry_destroy(worker->registry);
    trials_cache_destroy(worker->cache);
}


void *
trials_worker_run(void *data)
{
    long                backoff, left, wait;
    trials_batch_t     *batch;
    trials_worker_t    *worker;
    trials_refresher_t *refresher;

    worker = data;
    refresher = worker->refresher;
    backoff = TRIALS_BACKOFF_FIRST;

    batch = trials_batch_create(worker);
    if (batch == NULL) {
        trials_log("error", "not_started", "reason", "out of memory",
                   TRIALS_END);
        return NULL;
    }

    while (!atomic_load(&refresher->stopping)) {
        /* While the registry is not to be asked, names wait in the stream. */

        left = trials_hold_left(&refresher->hold);

        if (left) {
            trials_worker_pause(worker,
                                left < TRIALS_BLOCK ? left : TRIALS_BLOCK);
            continue;
        }

        if (trials_worker_step(worker, batch)) {
            backoff = TRIALS_BACKOFF_FIRST;
            continue;
        }

        wait = backoff / 2 + (long) rand_r(&worker->seed) % (backoff / 2 + 1);
        trials_worker_pause(worker, wait);

        backoff = backoff * 2 < TRIALS_BACKOFF_LAST ? backoff * 2
                                                    : TRIALS_BACKOFF_LAST;
    }

    trials_batch_destroy(batch);

    return NULL;
}


/* What is wanted at this moment, or nothing; 0 where Redis is away or does not
 * make sense. */

static int
trials_worker_step(trials_worker_t *worker, trials_batch_t *batch)
{
    int             good;
    size_t          i, n, max;
    trials_rc_t     rc;
    trials_job_t    jobs[TRIALS_GROUP_MAX];
    trials_wanted_t wanted[TRIALS_GROUP_MAX];

    worker->beat = trials_now();

    /* While the registry fails, it may be one record that makes it fail. */

    max = atomic_load(&worker->refresher->hold.failures) ? 1 : TRIALS_GROUP_MAX;

    rc = trials_wanted_take(worker->cache, worker->name, TRIALS_MIN_IDLE,
                            TRIALS_BLOCK, wanted, max, &n, &worker->err);

    if (rc != TRIALS_OK && rc != TRIALS_NOT_FOUND) {
        return trials_worker_error(worker);
    }

    trials_worker_redis(worker);

    if (n == 0) {
        return 1;
    }

    trials_worker_job(worker);
    trials_job_run(batch, wanted, n, jobs);

    for (i = 0, good = 1; i < n && good; i++) {
        good = trials_worker_finish(worker, &wanted[i], jobs[i]);
    }

    return good;
}


static int
trials_worker_finish(trials_worker_t *worker, const trials_wanted_t *wanted,
                     trials_job_t job)
{
    if (job == TRIALS_JOB_LATER && trials_worker_is_late(worker, wanted)) {
        /* Whoever still wants it asks again. */

        trials_log("warning", "gave_up", "job", worker->job, "id", wanted->name,
                   TRIALS_END);
        trials_count(worker->refresher, TRIALS_COUNT_GIVEN_UP, 1);
        job = TRIALS_JOB_DONE;
    }

    switch (job) {
    case TRIALS_JOB_DONE:
        trials_count(worker->refresher, TRIALS_COUNT_WANTED, 1);

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
           && now - wanted->since
                  > atomic_load(&worker->refresher->settings)->give_up * 1000;
}


int
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


void
trials_worker_redis(trials_worker_t *worker)
{
    if (atomic_exchange(&worker->refresher->redis_away, 0)) {
        trials_log("info", "redis_back", TRIALS_END);
    }
}


/* The registry's client asks this while it waits. */

static int
trials_worker_stop(void *data)
{
    int              stopping;
    trials_worker_t *worker;

    worker = data;
    trials_worker_keep(worker);
    stopping = atomic_load(&worker->refresher->stopping);

    /* Readers are waited for; the rest begins anew. */

    return stopping > (worker->lane == TRIALS_PRESS_READER ? 1 : 0);
}


void
trials_worker_keep(trials_worker_t *worker)
{
    size_t  i;
    int64_t now;

    now = trials_now();
    worker->beat = now;

    if (now - worker->renewed < TRIALS_RENEW && now >= worker->renewed) {
        return;
    }

    worker->renewed = now;

    /* Without the lock, two may do the same work: that is waste, no harm. */

    for (i = 0; i < worker->nlocked; i++) {
        if (trials_lock_renew(worker->cache, worker->locked[i],
                              worker->tokens[i], TRIALS_LOCK_TTL, NULL)
            == TRIALS_UNAVAILABLE)
        {
            return;
        }
    }

    /* Who lost the lead finds out when it writes. */

    if (worker->fence) {
        (void) trials_leader_take(worker->cache, worker->lead, TRIALS_LEAD_TTL,
                                  &(int64_t){0}, NULL);
    }
}


void
trials_worker_job(trials_worker_t *worker)
{
    (void) snprintf(
        worker->job, sizeof(worker->job), "%x-%llx", (unsigned) getpid(),
        (unsigned long long) atomic_fetch_add(&worker->refresher->jobs, 1) + 1);
}


void
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
        worker->beat = trials_now();
    }
}
