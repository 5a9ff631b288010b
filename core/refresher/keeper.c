/*
 * Keeping what is cached true to the registry: the change feed, and checks of
 * what has not been looked at for its age.  One refresher of all does it, the
 * leader; where it dies, another goes on from the mark that it left.
 */

#include "core/refresher/refresher.h"
#include "core/refresher/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>


#define TRIALS_LEAD_TTL    6000     /* ms */
#define TRIALS_LEAD_EVERY  2000     /* ms between two tries to lead */
#define TRIALS_KEEPER_TICK 250      /* ms */
#define TRIALS_AGAIN       2000     /* ms after something went wrong */
#define TRIALS_SWEEP_MAX   60       /* s between two looks at what is due */
#define TRIALS_WARM_EVERY  86400000 /* ms between two searches */
#define TRIALS_DUE_EVERY   2000 /* ms between two looks at changes in lists */

/* Days before the mark that are read again: studies are posted late. */
#define TRIALS_OVERLAP 2

#define TRIALS_FEED_FIELDS "NCTId,LastUpdatePostDate"


/* What the feed names, while it is read. */

typedef struct {
    trials_worker_t *worker;
    trials_arena_t  *arena;
    trials_update_t  updates[TRIALS_BATCH_MAX];
    size_t           n;
    trials_id_t     *changed; /* of all pages */
    size_t           nchanged;
    size_t           room;
    unsigned         redis_away : 1;
} trials_feed_t;

typedef struct {
    trials_worker_t *worker;
    trials_batch_t  *batch;
    int64_t          next_lead; /* Unix milliseconds, all of them */
    int64_t          next_poll;
    int64_t          next_sweep;
    int64_t          next_warm;
    int64_t          next_due;
} trials_keeper_t;


static void trials_keeper_lead(trials_keeper_t *keeper);
static void trials_keeper_work(trials_keeper_t *keeper);
static int  trials_keeper_follow(trials_keeper_t *keeper);
static int
trials_keeper_engine(trials_keeper_t *keeper, trials_followed_t *followed);
static int
trials_keeper_feed(trials_keeper_t *keeper, const trials_followed_t *followed,
                   const trials_registry_version_t *version);
static int
trials_keeper_changed(trials_keeper_t *keeper, const trials_feed_t *feed);
static trials_rc_t
trials_feed_take(void *data, const char *json, size_t len, trials_error_t *err);
static trials_rc_t trials_feed_cross(trials_feed_t *feed, trials_error_t *err);
static int  trials_feed_since(const char *timestamp, char *query, size_t size);
static int  trials_keeper_sweep(trials_keeper_t *keeper);
static int  trials_keeper_check(trials_keeper_t     *keeper,
                                const trials_name_t *names, size_t n);
static void trials_keeper_later(trials_keeper_t *keeper);


void *
trials_keeper_run(void *data)
{
    trials_worker_t *worker;
    trials_keeper_t  keeper;

    worker = data;
    memset(&keeper, 0, sizeof(trials_keeper_t));
    keeper.worker = worker;
    keeper.batch = trials_batch_create(worker);

    if (keeper.batch == NULL
        || trials_lock_token(worker->lead, &worker->err) != TRIALS_OK)
    {
        trials_log("error", "not_started", "reason", "out of memory",
                   TRIALS_END);
        trials_batch_destroy(keeper.batch);
        return NULL;
    }

    while (!atomic_load(&worker->refresher->stopping)) {
        trials_keeper_lead(&keeper);

        if (worker->fence) {
            trials_keeper_work(&keeper);
        }

        trials_worker_pause(worker, TRIALS_KEEPER_TICK);
    }

    if (worker->fence) {
        /* Nobody has to wait for its end. */

        (void) trials_leader_release(worker->cache, worker->lead, NULL);
    }

    trials_batch_destroy(keeper.batch);

    return NULL;
}


static void
trials_keeper_lead(trials_keeper_t *keeper)
{
    int64_t          fence, now;
    trials_rc_t      rc;
    trials_worker_t *worker;

    worker = keeper->worker;
    now = trials_now();

    if (now < keeper->next_lead) {
        return;
    }

    keeper->next_lead = now + TRIALS_LEAD_EVERY;

    rc = trials_leader_take(worker->cache, worker->lead, TRIALS_LEAD_TTL,
                            &fence, &worker->err);

    if (rc != TRIALS_OK && rc != TRIALS_BUSY) {
        (void) trials_worker_error(worker);
    }

    fence = rc == TRIALS_OK ? fence : 0;

    if (fence != worker->fence) {
        trials_log("info", fence ? "leading" : "following", TRIALS_END);
        keeper->next_poll = 0;
        keeper->next_sweep = 0;
    }

    worker->fence = fence;
    atomic_store(&worker->refresher->leading, fence != 0);
}


static void
trials_keeper_work(trials_keeper_t *keeper)
{
    long                     every;
    int64_t                  now;
    const trials_settings_t *settings;

    settings = atomic_load(&keeper->worker->refresher->settings);
    now = trials_now();

    if (now >= keeper->next_due) {
        trials_worker_job(keeper->worker);
        keeper->next_due = now + TRIALS_DUE_EVERY;

        if (!trials_site_due(keeper->worker)) {
            (void) trials_worker_error(keeper->worker);
            trials_keeper_later(keeper);
            return;
        }
    }

    if (now >= keeper->next_poll) {
        trials_worker_job(keeper->worker);
        keeper->next_poll = now + settings->poll * 1000;

        if (!trials_keeper_follow(keeper)) {
            trials_keeper_later(keeper);
            return;
        }
    }

    if (keeper->next_warm <= now) {
        trials_worker_job(keeper->worker);
        keeper->next_warm = trials_site_warm(keeper->worker, keeper->batch)
                                ? now + TRIALS_WARM_EVERY
                                : now + TRIALS_AGAIN;
    }

    if (now >= keeper->next_sweep) {
        every = settings->max_age / 10;
        every = every < 1 ? 1 : every;
        every = every < TRIALS_SWEEP_MAX ? every : TRIALS_SWEEP_MAX;
        keeper->next_sweep = now + every * 1000;

        if (!trials_keeper_sweep(keeper)) {
            trials_keeper_later(keeper);
        }
    }
}


static void
trials_keeper_later(trials_keeper_t *keeper)
{
    int64_t again;

    again = trials_now() + TRIALS_AGAIN;
    keeper->next_poll = keeper->next_poll < again ? keeper->next_poll : again;
    keeper->next_sweep = again;
    trials_worker_pause(keeper->worker, TRIALS_AGAIN);
}


/* Follows the registry to its present data set; 0: again soon. */

static int
trials_keeper_follow(trials_keeper_t *keeper)
{
    trials_rc_t               rc;
    trials_error_t            err;
    trials_worker_t          *worker;
    trials_followed_t         followed;
    trials_registry_version_t version;

    worker = keeper->worker;

    if (trials_followed_read(worker->cache, &followed, &worker->err)
        != TRIALS_OK) {
        return trials_worker_error(worker);
    }

    if (!trials_keeper_engine(keeper, &followed)) {
        return trials_worker_error(worker);
    }

    rc = trials_registry_version(worker->registry, &version, &err);
    trials_answered(worker, NULL, rc, 0, &err);

    if (rc != TRIALS_OK) {
        if (rc != TRIALS_UNAVAILABLE) {
            trials_log("error", "refused", "job", worker->job, "reason",
                       err.message, TRIALS_END);
        }

        return 0;
    }

    if (strcmp(followed.timestamp, version.data_timestamp) == 0) {
        atomic_store(&worker->refresher->followed, trials_now() / 1000);
        return 1;
    }

    /* Of the first one all that is cached has been fetched. */

    if (followed.timestamp[0] != '\0'
        && !trials_keeper_feed(keeper, &followed, &version))
    {
        return 0;
    }

    (void) snprintf(followed.timestamp, sizeof(followed.timestamp), "%s",
                    version.data_timestamp);

    rc = trials_followed_write(worker->cache, &followed, worker->fence,
                               &worker->err);
    if (rc == TRIALS_BUSY) {
        /* Another one leads, and reads it again. */

        keeper->next_lead = 0;
        return 1;
    }

    if (rc != TRIALS_OK) {
        return trials_worker_error(worker);
    }

    keeper->next_warm = 0;
    trials_count(worker->refresher, TRIALS_COUNT_FEEDS, 1);
    atomic_store(&worker->refresher->followed, trials_now() / 1000);
    trials_log("info", "followed", "job", worker->job, "data_set",
               followed.timestamp, TRIALS_END);

    return 1;
}


/* Documents that another engine made are all due at once. */

static int
trials_keeper_engine(trials_keeper_t *keeper, trials_followed_t *followed)
{
    trials_rc_t      rc;
    const char      *engine;
    trials_worker_t *worker;

    worker = keeper->worker;
    engine = trials_page_engine(worker->refresher->page);

    if (strcmp(followed->engine, engine) == 0) {
        return 1;
    }

    if (followed->engine[0] != '\0') {
        trials_log("info", "engine_changed", "job", worker->job, "engine",
                   engine, TRIALS_END);

        if (trials_cache_stale(worker->cache, &worker->err) != TRIALS_OK) {
            return 0;
        }

        keeper->next_sweep = 0;
    }

    (void) snprintf(followed->engine, sizeof(followed->engine), "%s", engine);
    rc = trials_followed_write(worker->cache, followed, worker->fence,
                               &worker->err);

    return rc == TRIALS_OK || rc == TRIALS_BUSY;
}


/* Reads the feed since the mark and publishes anew what is cached of it. */

static int
trials_keeper_feed(trials_keeper_t *keeper, const trials_followed_t *followed,
                   const trials_registry_version_t *version)
{
    int                     good;
    char                    since[96];
    long                    retry_after;
    trials_rc_t             rc;
    trials_feed_t          *feed;
    trials_error_t          err;
    trials_worker_t        *worker;
    trials_registry_query_t query;

    worker = keeper->worker;

    if (!trials_feed_since(followed->timestamp, since, sizeof(since))) {
        trials_log("error", "refused", "job", worker->job, "reason",
                   "the mark is no time", TRIALS_END);
        return 1;
    }

    feed = calloc(1, sizeof(trials_feed_t));
    if (feed == NULL || (feed->arena = trials_arena_create()) == NULL) {
        free(feed);
        return 0;
    }

    feed->worker = worker;
    memset(&query, 0, sizeof(trials_registry_query_t));
    query.advanced = since;
    query.fields = TRIALS_FEED_FIELDS;

    trials_log("info", "feed", "job", worker->job, "data_set",
               version->data_timestamp, "query", since, TRIALS_END);

    rc = trials_registry_studies(worker->registry, &query, trials_feed_take,
                                 feed, NULL, &retry_after, &err);

    if (rc == TRIALS_OK && !feed->redis_away) {
        trials_answered(worker, "the feed", rc, 0, &err);
        rc = trials_feed_cross(feed, &err);
    } else if (!feed->redis_away) {
        trials_answered(worker, "the feed", rc, retry_after, &err);
    }

    good = rc == TRIALS_OK && trials_keeper_changed(keeper, feed);

    if (feed->redis_away) {
        (void) trials_worker_error(worker);
    } else if (rc != TRIALS_OK && rc != TRIALS_UNAVAILABLE) {
        trials_log("error", "refused", "job", worker->job, "reason",
                   err.message, TRIALS_END);
    }

    trials_arena_destroy(feed->arena);
    free(feed->changed);
    free(feed);

    return good;
}


static int
trials_keeper_changed(trials_keeper_t *keeper, const trials_feed_t *feed)
{
    size_t i;

    trials_count(keeper->worker->refresher, TRIALS_COUNT_CHANGED,
                 (long long) feed->nchanged);
    trials_batch_reset(keeper->batch);

    for (i = 0; i < feed->nchanged; i++) {
        (void) trials_batch_add(keeper->batch, feed->changed[i]);

        if (keeper->batch->n < TRIALS_BATCH_MAX && i + 1 < feed->nchanged) {
            continue;
        }

        if (trials_batch_run(keeper->batch) > 0) {
            if (keeper->batch->redis_away) {
                (void) trials_worker_error(keeper->worker);
            }

            return 0;
        }

        trials_batch_reset(keeper->batch);
    }

    return 1;
}


/* Essie's expression for what was posted since two days before a data set. */

static int
trials_feed_since(const char *timestamp, char *query, size_t size)
{
    time_t    then;
    struct tm tm;

    memset(&tm, 0, sizeof(struct tm));

    if (strptime(timestamp, "%Y-%m-%d", &tm) == NULL) {
        return 0;
    }

    then = timegm(&tm) - TRIALS_OVERLAP * 86400;
    (void) gmtime_r(&then, &tm);

    return strftime(query, size, "AREA[LastUpdatePostDate]RANGE[%Y-%m-%d,MAX]",
                    &tm)
           > 0;
}


static trials_rc_t
trials_feed_take(void *data, const char *json, size_t len, trials_error_t *err)
{
    trials_rc_t      rc;
    trials_feed_t   *feed;
    trials_study_t  *study;
    trials_update_t *update;

    feed = data;
    trials_arena_reset(feed->arena);

    rc = trials_study_parse(feed->arena, "a study of the feed", json, len,
                            &study, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    update = &feed->updates[feed->n++];
    memcpy(update->id, study->id, sizeof(trials_id_t));
    update->updated[0] = '\0';

    if (study->last_update_posted.year) {
        (void) snprintf(update->updated, sizeof(update->updated),
                        "%04d-%02d-%02d",
                        study->last_update_posted.year % 10000,
                        study->last_update_posted.month % 100,
                        study->last_update_posted.day % 100);
    }

    return feed->n == TRIALS_BATCH_MAX ? trials_feed_cross(feed, err)
                                       : TRIALS_OK;
}


/* Keeps those of a page that are cached and differ. */

static trials_rc_t
trials_feed_cross(trials_feed_t *feed, trials_error_t *err)
{
    size_t           n, room;
    trials_id_t     *grown;
    trials_rc_t      rc;
    trials_worker_t *worker;

    worker = feed->worker;
    room = feed->nchanged + feed->n;

    if (room > feed->room) {
        room = room * 2;
        grown = realloc(feed->changed, room * sizeof(trials_id_t));
        if (grown == NULL) {
            return trials_error(err, TRIALS_NOMEM, "feed: out of memory");
        }

        feed->changed = grown;
        feed->room = room;
    }

    rc = trials_cache_changed(worker->cache, feed->updates, feed->n,
                              trials_page_engine(worker->refresher->page),
                              feed->changed + feed->nchanged, &n, &worker->err);
    if (rc != TRIALS_OK) {
        feed->redis_away = 1;
        return trials_error(err, rc, "%s", worker->err.message);
    }

    feed->nchanged += n;
    feed->n = 0;

    return TRIALS_OK;
}


/*
 * Checks what is due.  Where anything is, what will be due soon goes along, so
 * that a question asks for many.
 */

static int
trials_keeper_sweep(trials_keeper_t *keeper)
{
    int              good;
    size_t           n;
    int64_t          now;
    trials_name_t   *names;
    trials_worker_t *worker;

    worker = keeper->worker;
    now = trials_now() / 1000;

    names = calloc(TRIALS_BATCH_MAX, sizeof(trials_name_t));
    if (names == NULL) {
        return 0;
    }

    good = trials_cache_due(worker->cache, now, 1, names, &n, &worker->err)
           == TRIALS_OK;

    if (good && n) {
        now += atomic_load(&worker->refresher->settings)->max_age / 10;
        good = trials_cache_due(worker->cache, now, TRIALS_BATCH_MAX, names, &n,
                                &worker->err)
               == TRIALS_OK;
    }

    if (!good) {
        (void) trials_worker_error(worker);
    } else if (n) {
        good = trials_keeper_check(keeper, (const trials_name_t *) names, n);

        if (n == TRIALS_BATCH_MAX) {
            /* There are more. */

            keeper->next_sweep = 0;
        }
    }

    free(names);

    return good;
}


static int
trials_keeper_check(trials_keeper_t *keeper, const trials_name_t *names,
                    size_t n)
{
    char             checked[24];
    size_t           i, later;
    int64_t          until;
    trials_rc_t      rc;
    trials_worker_t *worker;

    worker = keeper->worker;
    trials_worker_job(worker);
    trials_batch_reset(keeper->batch);
    until = trials_now() / 1000
            + atomic_load(&worker->refresher->settings)->max_age;

    for (i = 0; i < n; i++) {
        if (trials_name_kind(names[i], strlen(names[i])) == TRIALS_NAME_TRIAL) {
            (void) trials_batch_add(keeper->batch, names[i]);
        } else if (trials_site_make(worker, names[i]) != TRIALS_JOB_DONE) {
            return trials_worker_error(worker);
        }
    }

    later = trials_batch_run(keeper->batch);

    /* A record that no page can be made of keeps the page it had, and is not
     * asked for again at once. */

    for (i = 0, rc = TRIALS_OK; i < keeper->batch->n && rc == TRIALS_OK; i++) {
        if (keeper->batch->fates[i] == TRIALS_FATE_REFUSED) {
            rc = trials_cache_touch(worker->cache, keeper->batch->ids[i], until,
                                    &worker->err);
        }
    }

    trials_count(worker->refresher, TRIALS_COUNT_CHECKED,
                 (long long) (keeper->batch->n - later));
    (void) snprintf(checked, sizeof(checked), "%zu", keeper->batch->n - later);
    trials_log("info", "checked", "job", worker->job, "#documents", checked,
               TRIALS_END);

    if (rc != TRIALS_OK || keeper->batch->redis_away) {
        return trials_worker_error(worker);
    }

    return later == 0;
}
