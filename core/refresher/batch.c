/*
 * Studies, fetched together and published as they arrive.  What the registry
 * leaves out of its answer is asked for by itself: it may be another study's
 * number by now, or gone.
 */

#include "core/refresher/refresher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>


#define TRIALS_BATCH_TICK 250 /* ms between two renewals of the locks */

/* Documents that may always disappear, however few there are. */
#define TRIALS_LOSS_LEAST 3

/* Seconds until what the guard kept is looked at again. */
#define TRIALS_KEPT_AGE 3600


static trials_rc_t trials_batch_take(void *data, const char *json, size_t len,
                                     trials_error_t *err);
static void        trials_batch_press(trials_batch_t *batch, const char *id,
                                      const char *json, size_t len);
static void        trials_batch_wait(trials_batch_t *batch);
static void        trials_batch_many(trials_batch_t *batch);
static void        trials_batch_missing(trials_batch_t *batch);
static void        trials_batch_one(trials_batch_t *batch, size_t i);
static void        trials_batch_study(trials_batch_t *batch, size_t i,
                                      const trials_id_t canonical);
static void        trials_batch_gone(trials_batch_t *batch, size_t i);
static void        trials_batch_cache_error(trials_batch_t *batch, size_t i);
static void        trials_batch_failed(trials_batch_t *batch, trials_rc_t rc,
                                       const char *id, const trials_error_t *err);
static int
trials_batch_may_lose(trials_batch_t *batch, const trials_id_t *ids, size_t n);
static void trials_batch_keep(trials_batch_t *batch, size_t i);
static void trials_batch_found(trials_batch_t *batch);
static int  trials_batch_find(const trials_batch_t *batch, const char *id);
static int  trials_batch_compare(const void *a, const void *b);


trials_batch_t *
trials_batch_create(trials_worker_t *worker)
{
    trials_batch_t *batch;

    batch = calloc(1, sizeof(trials_batch_t));

    if (batch) {
        batch->worker = worker;
        (void) pthread_mutex_init(&batch->lock, NULL);
        (void) pthread_cond_init(&batch->finished, NULL);
    }

    return batch;
}


void
trials_batch_destroy(trials_batch_t *batch)
{
    if (batch) {
        (void) pthread_cond_destroy(&batch->finished);
        (void) pthread_mutex_destroy(&batch->lock);
        free(batch);
    }
}


void
trials_batch_reset(trials_batch_t *batch)
{
    batch->n = 0;
    batch->force = 0;
    batch->redis_away = 0;
}


int
trials_batch_add(trials_batch_t *batch, const char *id)
{
    if (batch->n == TRIALS_BATCH_MAX) {
        return 0;
    }

    memcpy(batch->ids[batch->n++], id, sizeof(trials_id_t));

    return 1;
}


size_t
trials_batch_run(trials_batch_t *batch)
{
    size_t i, k, later;

    qsort(batch->ids, batch->n, sizeof(trials_id_t), trials_batch_compare);

    for (i = 0, k = 0; i < batch->n; i++) {
        if (k == 0 || strcmp(batch->ids[k - 1], batch->ids[i]) != 0) {
            memmove(batch->ids[k++], batch->ids[i], sizeof(trials_id_t));
        }
    }

    batch->n = k;
    batch->single = -1;
    memset(batch->fates, 0, sizeof(batch->fates));

    if (batch->n == 1) {
        trials_batch_one(batch, 0);
    } else if (batch->n > 1) {
        trials_batch_many(batch);
    }

    trials_batch_found(batch);

    for (i = 0, later = 0; i < batch->n; i++) {
        later += batch->fates[i] == TRIALS_FATE_LATER;
    }

    if (batch->redis_away) {
        batch->worker->err = batch->err;
    }

    return later;
}


trials_fate_t
trials_batch_fate(const trials_batch_t *batch, const char *id)
{
    int i;

    i = trials_batch_find(batch, id);

    return i == -1 ? TRIALS_FATE_NONE : batch->fates[i];
}


/* One question for all, then one for each that is missing from the answer. */

static void
trials_batch_many(trials_batch_t *batch)
{
    int                     k;
    long                    retry_after;
    size_t                  i;
    trials_rc_t             rc;
    trials_error_t          err;
    trials_worker_t        *worker;
    trials_registry_query_t query;

    worker = batch->worker;
    memset(&query, 0, sizeof(trials_registry_query_t));
    query.ids = (const trials_id_t *) batch->ids;
    query.nids = batch->n;

    batch->began = trials_now();
    batch->fetched = batch->began;

    rc = trials_registry_studies(worker->registry, &query, trials_batch_take,
                                 batch, NULL, &retry_after, &err);
    trials_answered(worker, "a list", rc, retry_after, &err);
    trials_batch_wait(batch);

    if (rc != TRIALS_OK) {
        trials_batch_failed(batch, rc, NULL, &err);

        for (i = 0; i < batch->n; i++) {
            if (batch->fates[i] == TRIALS_FATE_NONE) {
                batch->fates[i] = TRIALS_FATE_LATER;
            }
        }
    }

    trials_batch_missing(batch);

    for (k = 0; k < (int) batch->n; k++) {
        if (batch->fates[k] == TRIALS_FATE_NONE) {
            trials_batch_one(batch, (size_t) k);
        }
    }
}


/* What would be lost is looked at as a whole: an answer that leaves out half of
 * what was asked for is no reason to ask for each of them. */

static void
trials_batch_missing(trials_batch_t *batch)
{
    size_t       i, n;
    trials_id_t *lost;

    lost = calloc(batch->n, sizeof(trials_id_t));
    if (lost == NULL) {
        return;
    }

    for (i = 0, n = 0; i < batch->n; i++) {
        if (batch->fates[i] == TRIALS_FATE_NONE
            || batch->fates[i] == TRIALS_FATE_EMPTIED)
        {
            memcpy(lost[n++], batch->ids[i], sizeof(trials_id_t));
        }
    }

    if (n && !trials_batch_may_lose(batch, (const trials_id_t *) lost, n)) {
        for (i = 0; i < batch->n; i++) {
            if (batch->fates[i] == TRIALS_FATE_NONE
                || batch->fates[i] == TRIALS_FATE_EMPTIED)
            {
                trials_batch_keep(batch, i);
            }
        }
    }

    for (i = 0; i < batch->n; i++) {
        if (batch->fates[i] == TRIALS_FATE_EMPTIED) {
            batch->fates[i] = TRIALS_FATE_NONE;
        }
    }

    free(lost);
}


/* One study by itself: only this answers with "not found" and "moved". */

static void
trials_batch_one(trials_batch_t *batch, size_t i)
{
    long             retry_after;
    trials_rc_t      rc;
    trials_id_t      canonical;
    trials_error_t   err;
    trials_worker_t *worker;

    worker = batch->worker;
    batch->began = trials_now();

    rc = trials_registry_study(worker->registry, batch->ids[i], &worker->body,
                               canonical, &retry_after, &err);
    batch->fetched = trials_now();
    trials_answered(worker, batch->ids[i], rc, retry_after, &err);

    switch (rc) {
    case TRIALS_OK:
        trials_batch_study(batch, i, canonical);
        return;

    case TRIALS_NOT_FOUND:
        trials_batch_gone(batch, i);
        return;

    case TRIALS_UNAVAILABLE:
    case TRIALS_NOMEM:
        trials_batch_failed(batch, rc, batch->ids[i], &err);
        batch->fates[i] = TRIALS_FATE_LATER;
        return;

    default:
        trials_batch_failed(batch, rc, batch->ids[i], &err);
        batch->fates[i] = TRIALS_FATE_REFUSED;
    }
}


static void
trials_batch_study(trials_batch_t *batch, size_t i, const trials_id_t canonical)
{
    trials_buf_t *body;

    body = &batch->worker->body;

    /* Until the press says otherwise; it knows the study by its own id. */

    batch->fates[i] = TRIALS_FATE_LATER;
    batch->single = (int) i;
    trials_batch_press(batch, canonical, body->data, body->len);
    trials_batch_wait(batch);

    if (batch->fates[i] == TRIALS_FATE_EMPTIED) {
        if (!trials_batch_may_lose(batch, (const trials_id_t *) canonical, 1)) {
            trials_batch_keep(batch, i);
            batch->single = -1;
            return;
        }

        batch->force = 1;
        trials_batch_press(batch, canonical, body->data, body->len);
        trials_batch_wait(batch);
        batch->force = 0;
    }

    batch->single = -1;

    if (batch->fates[i] == TRIALS_FATE_DONE
        && strcmp(batch->ids[i], canonical) != 0
        && trials_store_other(batch->worker, batch->ids[i], canonical)
               != TRIALS_OK)
    {
        trials_batch_cache_error(batch, i);
    }
}


static void
trials_batch_gone(trials_batch_t *batch, size_t i)
{
    if (!trials_batch_may_lose(batch, (const trials_id_t *) &batch->ids[i], 1))
    {
        trials_batch_keep(batch, i);
        return;
    }

    if (trials_store_other(batch->worker, batch->ids[i], NULL) != TRIALS_OK) {
        trials_batch_cache_error(batch, i);
        return;
    }

    batch->fates[i] = TRIALS_FATE_DONE;
}


static void
trials_batch_cache_error(trials_batch_t *batch, size_t i)
{
    batch->fates[i] = TRIALS_FATE_LATER;
    batch->redis_away = 1;
    batch->err = batch->worker->err;
}


static void
trials_batch_failed(trials_batch_t *batch, trials_rc_t rc, const char *id,
                    const trials_error_t *err)
{
    if (rc == TRIALS_UNAVAILABLE) {
        return;
    }

    trials_count(batch->worker->refresher, TRIALS_COUNT_REFUSED, 1);
    trials_log("error", "refused", "job", batch->worker->job, "id", id,
               "reason", err->message, TRIALS_END);
}


/* Whether n documents may be lost; 0 also where Redis does not say. */

static int
trials_batch_may_lose(trials_batch_t *batch, const trials_id_t *ids, size_t n)
{
    int              allowed;
    char             lost[24];
    trials_rc_t      rc;
    trials_worker_t *worker;

    worker = batch->worker;

    rc = trials_cache_may_lose(worker->cache, ids, n, trials_now() / 1000,
                               atomic_load(&worker->refresher->settings)->loss
                                   * 10,
                               TRIALS_LOSS_LEAST, &allowed, &worker->err);

    if (rc == TRIALS_OK && !allowed) {
        (void) snprintf(lost, sizeof(lost), "%zu", n);
        trials_log("error", "bulk_loss", "job", worker->job, "#documents", lost,
                   "id", n == 1 ? ids[0] : NULL, TRIALS_END);
    }

    return rc == TRIALS_OK && allowed;
}


/* The document stays as it is, and is looked at again in a while. */

static void
trials_batch_keep(trials_batch_t *batch, size_t i)
{
    batch->fates[i] = TRIALS_FATE_KEPT;
    trials_count(batch->worker->refresher, TRIALS_COUNT_LOSSES, 1);

    if (trials_cache_touch(batch->worker->cache, batch->ids[i],
                           trials_now() / 1000 + TRIALS_KEPT_AGE,
                           &batch->worker->err)
        != TRIALS_OK)
    {
        trials_batch_cache_error(batch, i);
    }
}


/* Those that were answered are lost no longer, if they ever were. */

static void
trials_batch_found(trials_batch_t *batch)
{
    size_t           i, n;
    trials_id_t      found[TRIALS_GROUP_MAX];
    trials_worker_t *worker;

    worker = batch->worker;

    for (i = 0, n = 0; i < batch->n; i++) {
        if (batch->fates[i] == TRIALS_FATE_DONE) {
            memcpy(found[n++], batch->ids[i], sizeof(trials_id_t));
        }

        if (n == TRIALS_GROUP_MAX || (n && i + 1 == batch->n)) {
            /* Else they are forgotten after a day. */

            (void) trials_cache_found(worker->cache,
                                      (const trials_id_t *) found, n, NULL);
            n = 0;
        }
    }
}


/* A study of the list, as it arrives. */

static trials_rc_t
trials_batch_take(void *data, const char *json, size_t len, trials_error_t *err)
{
    trials_batch_t *batch;

    (void) err;

    batch = data;
    batch->fetched = trials_now();
    trials_batch_press(batch, NULL, json, len);

    return TRIALS_OK;
}


static void
trials_batch_press(trials_batch_t *batch, const char *id, const char *json,
                   size_t len)
{
    trials_error_t         err;
    trials_worker_t       *worker;
    trials_publish_facts_t facts;

    worker = batch->worker;
    memset(&facts, 0, sizeof(trials_publish_facts_t));
    facts.name = id ? id : "a study of a list";
    facts.id = id;
    facts.fetched = batch->fetched / 1000;
    facts.max_age = atomic_load(&worker->refresher->settings)->max_age;
    facts.force = batch->force;

    /* The press may hold it up for longer than locks and lead last. */

    trials_worker_keep(worker);

    (void) pthread_mutex_lock(&batch->lock);
    batch->pending++;
    (void) pthread_mutex_unlock(&batch->lock);

    if (trials_press_put(worker->refresher->press, worker->lane, json, len,
                         &facts, batch, &err)
        == TRIALS_OK)
    {
        return;
    }

    trials_batch_failed(batch, TRIALS_NOMEM, id, &err);
    (void) pthread_mutex_lock(&batch->lock);
    batch->pending--;
    (void) pthread_mutex_unlock(&batch->lock);
}


static void
trials_batch_wait(trials_batch_t *batch)
{
    struct timespec until;

    (void) pthread_mutex_lock(&batch->lock);

    while (batch->pending) {
        (void) clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += TRIALS_BATCH_TICK * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;

        (void) pthread_cond_timedwait(&batch->finished, &batch->lock, &until);

        (void) pthread_mutex_unlock(&batch->lock);
        trials_worker_keep(batch->worker);
        (void) pthread_mutex_lock(&batch->lock);
    }

    (void) pthread_mutex_unlock(&batch->lock);
}


void
trials_batch_pressed(void *data, void *cookie, const trials_pressed_t *pressed)
{
    int                 i;
    char                ms[24], fetch_ms[24];
    const char         *event;
    trials_batch_t     *batch;
    trials_fate_t       fate;
    trials_refresher_t *refresher;

    refresher = data;
    batch = cookie;
    event = NULL;

    switch (pressed->rc) {
    case TRIALS_OK:
        fate = TRIALS_FATE_DONE;

        if (pressed->result == TRIALS_PUBLISH_EMPTIED) {
            fate = TRIALS_FATE_EMPTIED;
        } else if (pressed->result == TRIALS_PUBLISH_WRITTEN) {
            event = "rendered";
            trials_count(refresher, TRIALS_COUNT_RENDERED, 1);
        } else {
            event = "unchanged";
            trials_count(refresher, TRIALS_COUNT_UNCHANGED, 1);
        }

        break;

    case TRIALS_UNAVAILABLE:
    case TRIALS_FAILED:
    case TRIALS_NOMEM:
        fate = TRIALS_FATE_LATER;
        break;

    default:
        fate = TRIALS_FATE_REFUSED;
        trials_count(refresher, TRIALS_COUNT_REFUSED, 1);
        trials_log("error", "refused", "job", batch->worker->job, "id",
                   pressed->id[0] ? pressed->id : pressed->name, "reason",
                   pressed->err->message, TRIALS_END);
    }

    if (event && (batch->n < TRIALS_GROUP_MAX || event[0] == 'r')) {
        (void) snprintf(ms, sizeof(ms), "%lld",
                        (long long) (batch->fetched - batch->began)
                            + pressed->ms);
        (void) snprintf(fetch_ms, sizeof(fetch_ms), "%lld",
                        (long long) (batch->fetched - batch->began));
        trials_log("info", event, "job", batch->worker->job, "id", pressed->id,
                   "#ms", ms, "#fetch_ms", fetch_ms, TRIALS_END);
    }

    (void) pthread_mutex_lock(&batch->lock);

    i = batch->single != -1 ? batch->single
                            : trials_batch_find(batch, pressed->id);
    if (i != -1) {
        batch->fates[i] = fate;
    }

    if (fate == TRIALS_FATE_LATER) {
        batch->redis_away = 1;
        batch->err = *pressed->err;
    }

    batch->pending--;
    (void) pthread_cond_signal(&batch->finished);
    (void) pthread_mutex_unlock(&batch->lock);
}


static int
trials_batch_find(const trials_batch_t *batch, const char *id)
{
    const trials_id_t *found;

    found = bsearch(id, batch->ids, batch->n, sizeof(trials_id_t),
                    trials_batch_compare);

    return found ? (int) (found - batch->ids) : -1;
}


static int
trials_batch_compare(const void *a, const void *b)
{
    return strcmp(a, b);
}
