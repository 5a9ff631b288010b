/* What readers want: look, lock, fetch, publish, unlock. */

#include "core/refresher/refresher.h"

#include <stdio.h>
#include <string.h>


/*
 * A refresher that dies takes its locks along for this long, and a reader waits:
 * it is short, and kept alive while the registry is asked.
 */
#define TRIALS_LOCK_TTL 2000 /* ms */


static trials_job_t trials_job_begin(trials_batch_t        *batch,
                                     const trials_wanted_t *wanted, int *fetch);
static int
trials_job_is_fresh(trials_worker_t *worker, const char *name, trials_rc_t *rc);
static trials_job_t
trials_job_fate(const trials_batch_t *batch, const char *name);
static trials_job_t
            trials_job_cache_error(trials_worker_t *worker, const char *name);
static void trials_job_unlock(trials_worker_t *worker);


void
trials_job_run(trials_batch_t *batch, const trials_wanted_t *wanted, size_t n,
               trials_job_t *jobs)
{
    int              fetch[TRIALS_GROUP_MAX] = {0};
    size_t           i, k;
    trials_worker_t *worker;

    worker = batch->worker;
    trials_batch_reset(batch);
    worker->nlocked = 0;
    worker->renewed = trials_now();

    for (i = 0; i < n; i++) {
        /* Many readers want the same; those without an id want nothing. */

        for (k = 0; k < i && strcmp(wanted[k].name, wanted[i].name) != 0; k++) {
            /* void */
        }

        if (k < i && wanted[i].name[0] != '\0') {
            jobs[i] = jobs[k];
            fetch[i] = fetch[k];
        } else {
            jobs[i] = trials_job_begin(batch, &wanted[i], &fetch[i]);
        }
    }

    if (batch->n) {
        (void) trials_batch_run(batch);
    }

    for (i = 0; i < n; i++) {
        if (fetch[i]) {
            jobs[i] = trials_job_fate(batch, wanted[i].name);
        }
    }

    trials_job_unlock(worker);
}


/* Whether this one must be fetched; else what became of it already. */

static trials_job_t
trials_job_begin(trials_batch_t *batch, const trials_wanted_t *wanted,
                 int *fetch)
{
    int              trial;
    trials_rc_t      rc;
    trials_job_t     job;
    trials_worker_t *worker;

    worker = batch->worker;

    if (wanted->name[0] == '\0') {
        trials_log("warning", "no_id", "entry", wanted->entry, TRIALS_END);
        return TRIALS_JOB_DONE;
    }

    trial = trials_name_kind(wanted->name, strlen(wanted->name))
            == TRIALS_NAME_TRIAL;

    if (trials_job_is_fresh(worker, wanted->name, &rc)) {
        trials_log("info", "fresh", "job", worker->job, "id", wanted->name,
                   TRIALS_END);
        return TRIALS_JOB_DONE;
    }

    if (rc != TRIALS_OK) {
        return trials_job_cache_error(worker, wanted->name);
    }

    if (trial && trials_hold_left(&worker->refresher->hold)) {
        return TRIALS_JOB_LATER;
    }

    memcpy(worker->locked[worker->nlocked], wanted->name,
           sizeof(trials_name_t));
    rc = trials_lock_take(worker->cache, wanted->name, TRIALS_LOCK_TTL,
                          worker->tokens[worker->nlocked], &worker->err);
    if (rc == TRIALS_BUSY) {
        return TRIALS_JOB_LATER;
    }

    if (rc != TRIALS_OK) {
        return trials_job_cache_error(worker, wanted->name);
    }

    worker->nlocked++;

    /* It may have been stored between the look and the lock. */

    if (trials_job_is_fresh(worker, wanted->name, &rc)) {
        trials_log("info", "fresh", "job", worker->job, "id", wanted->name,
                   TRIALS_END);
        return TRIALS_JOB_DONE;
    }

    if (rc != TRIALS_OK) {
        return trials_job_cache_error(worker, wanted->name);
    }

    if (!trial) {
        job = trials_site_make(worker, wanted->name);
        return job == TRIALS_JOB_LOST
                   ? trials_job_cache_error(worker, wanted->name)
                   : job;
    }

    *fetch = 1;
    (void) trials_batch_add(batch, wanted->name);

    return TRIALS_JOB_LATER;
}


/*
 * Whether the cache holds what a reader can be given without asking the
 * registry.  What is absent or an alias goes by itself when it is time to look
 * again.
 */

static int
trials_job_is_fresh(trials_worker_t *worker, const char *name, trials_rc_t *rc)
{
    trials_stored_t stored;

    *rc = trials_cache_look(worker->cache, name, &stored, NULL, &worker->err);
    if (*rc != TRIALS_OK) {
        return 0;
    }

    if (stored.state == TRIALS_DOCUMENT_PRESENT) {
        return stored.fresh_until > trials_now() / 1000
               && strcmp(stored.engine,
                         trials_page_engine(worker->refresher->page))
                      == 0;
    }

    return stored.state != TRIALS_DOCUMENT_NONE;
}


static trials_job_t
trials_job_fate(const trials_batch_t *batch, const char *name)
{
    switch (trials_batch_fate(batch, name)) {
    case TRIALS_FATE_DONE:
    case TRIALS_FATE_KEPT:
    case TRIALS_FATE_REFUSED:
        return TRIALS_JOB_DONE;

    default:
        return batch->redis_away ? trials_job_cache_error(batch->worker, name)
                                 : TRIALS_JOB_LATER;
    }
}


static trials_job_t
trials_job_cache_error(trials_worker_t *worker, const char *name)
{
    if (worker->err.code == TRIALS_UNAVAILABLE) {
        return TRIALS_JOB_LOST;
    }

    trials_log("error", "redis_error", "job", worker->job, "id", name, "reason",
               worker->err.message, TRIALS_END);

    return TRIALS_JOB_LATER;
}


static void
trials_job_unlock(trials_worker_t *worker)
{
    size_t         i;
    trials_rc_t    rc;
    trials_error_t err;

    for (i = 0, rc = TRIALS_OK; i < worker->nlocked && rc != TRIALS_UNAVAILABLE;
         i++)
    {
        rc = trials_lock_release(worker->cache, worker->locked[i],
                                 worker->tokens[i], &err);
        if (rc != TRIALS_OK && rc != TRIALS_UNAVAILABLE) {
            /* The lock ends by itself. */

            trials_log("warning", "lock_kept", "job", worker->job, "id",
                       worker->locked[i], "reason", err.message, TRIALS_END);
        }
    }

    worker->nlocked = 0;
}
