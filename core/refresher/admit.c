/*
 * Who may ask the registry, and when: the hold of this process first, then the
 * bucket that all refreshers share.
 */

#include "core/refresher/refresher.h"

#include <stdio.h>
#include <string.h>


#define TRIALS_ADMIT_SLICE 100  /* ms between two looks at the hold */
#define TRIALS_ADMIT_LAST  1000 /* ms between two looks at the bucket */
#define TRIALS_ADMIT_UP    2000 /* ms that its version says it is there */


static int  trials_admit_hold(trials_worker_t *worker);
static void trials_admit_failed(trials_worker_t *worker, const char *what,
                                const trials_error_t *err);
static void trials_admit_away(trials_worker_t *worker, long retry_after,
                              const trials_error_t *err);


int
trials_admit(void *data)
{
    long                     wait;
    int64_t                  give_up;
    trials_rc_t              rc;
    trials_bucket_t          bucket;
    trials_worker_t         *worker;
    trials_refresher_t      *refresher;
    const trials_settings_t *settings;

    worker = data;
    refresher = worker->refresher;
    settings = atomic_load(&refresher->settings);
    give_up = trials_now() + settings->give_up * 1000;
    worker->not_asked = 1;

    bucket.rate = settings->rate;
    bucket.burst = settings->burst;
    bucket.reserve =
        worker->lane == TRIALS_PRESS_READER ? 0 : settings->burst / 2;

    for (;;) {
        trials_worker_keep(worker);

        if (atomic_load(&refresher->stopping) || trials_now() > give_up) {
            return 1;
        }

        wait = TRIALS_ADMIT_SLICE;

        if (trials_admit_hold(worker)) {
            if (settings->rate == 0) {
                break;
            }

            rc =
                trials_bucket_take(worker->cache, &bucket, &wait, &worker->err);

            if (rc != TRIALS_OK) {
                return 1;
            }

            if (wait == 0) {
                break;
            }
        }

        trials_worker_pause(
            worker, wait < TRIALS_ADMIT_LAST ? wait : TRIALS_ADMIT_LAST);
    }

    worker->not_asked = 0;
    trials_count(refresher, TRIALS_COUNT_REQUESTS, 1);

    return 0;
}


/* 1 where the hold lets it through: while the registry is away, one at a time. */

static int
trials_admit_hold(trials_worker_t *worker)
{
    int            nobody;
    trials_hold_t *hold;

    hold = &worker->refresher->hold;

    if (trials_hold_left(hold)) {
        return 0;
    }

    if (atomic_load(&hold->failures) == 0 || worker->probing) {
        return 1;
    }

    nobody = 0;
    worker->probing =
        atomic_compare_exchange_strong(&hold->probing, &nobody, 1);

    return worker->probing;
}


void
trials_answered(trials_worker_t *worker, const char *what, trials_rc_t rc,
                long retry_after, const trials_error_t *err)
{
    trials_hold_t      *hold;
    trials_refresher_t *refresher;

    refresher = worker->refresher;
    hold = &refresher->hold;

    if (rc != TRIALS_UNAVAILABLE) {
        if (trials_hold_answered(hold)) {
            trials_log("info", "registry_back", TRIALS_END);
        }

    } else if (!worker->not_asked && !atomic_load(&refresher->stopping)) {
        trials_count(refresher, TRIALS_COUNT_FAILURES, 1);

        if (what && retry_after == 0 && !worker->probing) {
            trials_admit_failed(worker, what, err);
        } else {
            trials_admit_away(worker, retry_after, err);
        }
    }

    if (worker->probing) {
        worker->probing = 0;
        atomic_store(&hold->probing, 0);
    }
}


/* A registry that tells its version is there, whatever it fails at.  One thread
 * asks; where it is away, that is said once, not for each that was under way. */

static void
trials_admit_failed(trials_worker_t *worker, const char *what,
                    const trials_error_t *err)
{
    trials_hold_t            *hold;
    trials_registry_version_t version;

    hold = &worker->refresher->hold;

    if (atomic_load(&hold->failures) || atomic_exchange(&hold->asking, 1)) {
        return;
    }

    if (trials_now() - atomic_load(&hold->up) >= TRIALS_ADMIT_UP) {
        if (trials_registry_version(worker->registry, &version, NULL)
            != TRIALS_OK) {
            trials_admit_away(worker, 0, err);
            atomic_store(&hold->asking, 0);
            return;
        }

        atomic_store(&hold->up, trials_now());
    }

    atomic_store(&hold->asking, 0);
    trials_log("warning", "unanswered", "job", worker->job, "id", what,
               "reason", err->message, TRIALS_END);
}


static void
trials_admit_away(trials_worker_t *worker, long retry_after,
                  const trials_error_t *err)
{
    char           after[24];
    trials_hold_t *hold;

    hold = &worker->refresher->hold;
    (void) snprintf(after, sizeof(after), "%ld", retry_after);

    if (retry_after) {
        /* Where this fails, the others will be told by the registry. */

        (void) trials_bucket_hold(worker->cache, retry_after, NULL);
    }

    if (trials_hold_failed(hold, retry_after, &worker->seed)) {
        trials_log("warning", "registry_away", "job", worker->job, "reason",
                   err->message, "#retry_after_ms", retry_after ? after : NULL,
                   TRIALS_END);
    }
}
