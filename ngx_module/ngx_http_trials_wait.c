/* Requests that wait for Redis: see ngx_http_trials_wait.h. */

#include "ngx_http_trials_lookup.h"
#include "ngx_http_trials_wanted.h"


/* Between lookups, ms, of what is due for a check that readers wait for. */
#define NGX_HTTP_TRIALS_RECHECK 200


static ngx_http_trials_trial_t *
ngx_http_trials_trial_find(ngx_http_trials_waits_t *waits, const char *name,
                           size_t len);
static ngx_http_trials_trial_t *
ngx_http_trials_trial_get(ngx_http_trials_waits_t *waits, const char *name);
static ngx_http_trials_lookup_t *
ngx_http_trials_lookup_get(ngx_http_trials_waits_t *waits, const char *name,
                           trials_rendition_t rendition,
                           trials_language_t  language);
static void ngx_http_trials_trial_free(ngx_http_trials_waits_t *waits,
                                       ngx_http_trials_trial_t *trial);
static void ngx_http_trials_waiter_event(ngx_event_t *ev);
static void ngx_http_trials_waiter_wake(ngx_http_trials_redis_t    *redis,
                                        ngx_http_trials_waiter_t   *waiter,
                                        ngx_http_trials_outcome_t   outcome,
                                        ngx_http_trials_document_t *document);
static void ngx_http_trials_waiter_park(ngx_http_trials_redis_t  *redis,
                                        ngx_http_trials_waiter_t *waiter);
static void ngx_http_trials_waiter_unpark(ngx_http_trials_redis_t  *redis,
                                          ngx_http_trials_waiter_t *waiter);
static void ngx_http_trials_recheck(ngx_event_t *ev);
static void
ngx_http_trials_each(ngx_http_trials_redis_t *redis,
                     void (*call)(ngx_http_trials_redis_t  *redis,
                                  ngx_http_trials_lookup_t *lookup));


ngx_http_trials_waits_t *
ngx_http_trials_wait_create(ngx_pool_t *pool, ngx_uint_t max)
{
    ngx_http_trials_waits_t *waits;

    waits = ngx_pcalloc(pool, sizeof(ngx_http_trials_waits_t));
    if (waits == NULL) {
        return NULL;
    }

    ngx_rbtree_init(&waits->tree, &waits->sentinel,
                    ngx_str_rbtree_insert_value);
    ngx_queue_init(&waits->trials);

    waits->max = max;

    return waits;
}


ngx_int_t
ngx_http_trials_wait_enter(ngx_http_trials_redis_t  *redis,
                           ngx_http_trials_waiter_t *waiter, const char *name,
                           trials_rendition_t rendition,
                           trials_language_t  language)
{
    ngx_http_trials_lookup_t *lookup;

    if (redis->closed || redis->away) {
        return NGX_DECLINED;
    }

    lookup =
        ngx_http_trials_lookup_get(redis->waits, name, rendition, language);
    if (lookup == NULL) {
        return NGX_ERROR;
    }

    waiter->lookup = lookup;
    waiter->start = ngx_current_msec;
    waiter->parked = 0;
    waiter->event.handler = ngx_http_trials_waiter_event;
    waiter->event.data = waiter;
    waiter->event.log = ngx_cycle->log;

    ngx_queue_insert_tail(&lookup->waiters, &waiter->queue);

    if (redis->state == NGX_HTTP_TRIALS_REDIS_READY) {
        if (lookup->missing) {
            (void) ngx_http_trials_wanted_ask(redis, name);
            ngx_http_trials_waiter_park(redis, waiter);
            ngx_http_trials_trial_settle(redis, lookup->trial);
            return NGX_OK;
        }

        if (!lookup->in_flight
            && ngx_http_trials_lookup_send(redis, lookup) != NGX_OK) {
            ngx_http_trials_wait_leave(redis, waiter);
            return NGX_ERROR;
        }
    }

    /* A lookup has its own time; what is waited for a trial comes after. */

    ngx_add_timer(&waiter->event, ngx_max(waiter->wait, redis->conf->timeout));

    return NGX_OK;
}


void
ngx_http_trials_wait_leave(ngx_http_trials_redis_t  *redis,
                           ngx_http_trials_waiter_t *waiter)
{
    ngx_http_trials_trial_t *trial;

    if (waiter->event.timer_set) {
        ngx_del_timer(&waiter->event);
    }

    if (waiter->event.posted) {
        ngx_delete_posted_event(&waiter->event);
    }

    ngx_http_trials_waiter_unpark(redis, waiter);

    if (waiter->lookup) {
        trial = waiter->lookup->trial;
        waiter->lookup = NULL;

        ngx_queue_remove(&waiter->queue);
        ngx_http_trials_trial_settle(redis, trial);
    }

    if (waiter->document) {
        ngx_http_trials_document_release(waiter->document);
        waiter->document = NULL;
    }
}


static ngx_http_trials_trial_t *
ngx_http_trials_trial_find(ngx_http_trials_waits_t *waits, const char *name,
                           size_t len)
{
    ngx_str_t       text;
    ngx_str_node_t *sn;

    text.data = (u_char *) (uintptr_t) name;
    text.len = len;

    sn = ngx_str_rbtree_lookup(&waits->tree, &text,
                               ngx_crc32_short(text.data, text.len));

    return sn ? ngx_rbtree_data(&sn->node, ngx_http_trials_trial_t, sn.node)
              : NULL;
}


static ngx_http_trials_trial_t *
ngx_http_trials_trial_get(ngx_http_trials_waits_t *waits, const char *name)
{
    size_t                   len;
    ngx_http_trials_trial_t *trial;

    len = ngx_strlen(name);
    trial = ngx_http_trials_trial_find(waits, name, len);

    if (trial) {
        return trial;
    }

    trial = ngx_alloc(sizeof(ngx_http_trials_trial_t), ngx_cycle->log);
    if (trial == NULL) {
        return NULL;
    }

    ngx_memcpy(trial->name, name, len + 1);
    ngx_queue_init(&trial->lookups);

    trial->sn.str.data = (u_char *) trial->name;
    trial->sn.str.len = len;
    trial->sn.node.key = ngx_crc32_short(trial->sn.str.data, len);

    ngx_rbtree_insert(&waits->tree, &trial->sn.node);
    ngx_queue_insert_tail(&waits->trials, &trial->queue);

    return trial;
}


static ngx_http_trials_lookup_t *
ngx_http_trials_lookup_get(ngx_http_trials_waits_t *waits, const char *name,
                           trials_rendition_t rendition,
                           trials_language_t  language)
{
    ngx_queue_t              *q;
    ngx_http_trials_trial_t  *trial;
    ngx_http_trials_lookup_t *lookup;

    trial = ngx_http_trials_trial_get(waits, name);
    if (trial == NULL) {
        return NULL;
    }

    for (q = ngx_queue_head(&trial->lookups);
         q != ngx_queue_sentinel(&trial->lookups); q = ngx_queue_next(q))
    {
        lookup = ngx_queue_data(q, ngx_http_trials_lookup_t, queue);

        if (lookup->rendition == rendition && lookup->language == language) {
            return lookup;
        }
    }

    lookup = ngx_calloc(sizeof(ngx_http_trials_lookup_t), ngx_cycle->log);

    if (lookup == NULL) {
        if (ngx_queue_empty(&trial->lookups)) {
            ngx_http_trials_trial_free(waits, trial);
        }

        return NULL;
    }

    lookup->trial = trial;
    lookup->rendition = rendition;
    lookup->language = language;

    ngx_queue_init(&lookup->waiters);
    ngx_queue_insert_tail(&trial->lookups, &lookup->queue);

    return lookup;
}


static void
ngx_http_trials_trial_free(ngx_http_trials_waits_t *waits,
                           ngx_http_trials_trial_t *trial)
{
    ngx_rbtree_delete(&waits->tree, &trial->sn.node);
    ngx_queue_remove(&trial->queue);
    ngx_free(trial);
}


void
ngx_http_trials_trial_settle(ngx_http_trials_redis_t *redis,
                             ngx_http_trials_trial_t *trial)
{
    ngx_queue_t              *q, *next;
    ngx_http_trials_lookup_t *lookup;

    for (q = ngx_queue_head(&trial->lookups);
         q != ngx_queue_sentinel(&trial->lookups); q = next)
    {
        next = ngx_queue_next(q);
        lookup = ngx_queue_data(q, ngx_http_trials_lookup_t, queue);

        if (!lookup->in_flight && ngx_queue_empty(&lookup->waiters)) {
            ngx_queue_remove(q);
            ngx_free(lookup);
        }
    }

    if (ngx_queue_empty(&trial->lookups)) {
        ngx_http_trials_trial_free(redis->waits, trial);
    }
}


/* The time is over, or the waiter was woken. */

static void
ngx_http_trials_waiter_event(ngx_event_t *ev)
{
    ngx_http_trials_waiter_t *waiter;

    waiter = ev->data;

    if (ev->timedout) {
        ev->timedout = 0;

        /* The lookup stays until the waiter's handler lets it go. */

        waiter->outcome = (waiter->lookup->missing || waiter->lookup->due)
                              ? NGX_HTTP_TRIALS_PREPARING
                              : NGX_HTTP_TRIALS_UNAVAILABLE;
    }

    waiter->handler(waiter);
}


static void
ngx_http_trials_waiter_wake(ngx_http_trials_redis_t    *redis,
                            ngx_http_trials_waiter_t   *waiter,
                            ngx_http_trials_outcome_t   outcome,
                            ngx_http_trials_document_t *document)
{
    if (waiter->parked && document) {
        ngx_http_trials_count(redis->zone, NGX_HTTP_TRIALS_COUNT_WAKES);
    }

    ngx_http_trials_waiter_unpark(redis, waiter);

    ngx_queue_remove(&waiter->queue);
    waiter->lookup = NULL;
    waiter->outcome = outcome;

    if (document) {
        document->count++;
        waiter->document = document;
    }

    if (waiter->event.timer_set) {
        ngx_del_timer(&waiter->event);
    }

    ngx_post_event(&waiter->event, &ngx_posted_events);
}


/* The trial is not there: what is left of the waiter's time begins. */

static void
ngx_http_trials_waiter_park(ngx_http_trials_redis_t  *redis,
                            ngx_http_trials_waiter_t *waiter)
{
    ngx_msec_int_t left;

    left = (ngx_msec_int_t) (waiter->start + waiter->wait - ngx_current_msec);

    if (left <= 0) {
        ngx_http_trials_waiter_wake(redis, waiter, NGX_HTTP_TRIALS_PREPARING,
                                    NULL);
        return;
    }

    if (!waiter->parked) {
        if (ngx_http_trials_zone_waiting(redis->zone) >= redis->waits->max) {
            ngx_http_trials_count(redis->zone, NGX_HTTP_TRIALS_COUNT_TURNED);
            ngx_http_trials_waiter_wake(redis, waiter, NGX_HTTP_TRIALS_CROWDED,
                                        NULL);
            return;
        }

        ngx_http_trials_count(redis->zone, NGX_HTTP_TRIALS_COUNT_WAITS);

        waiter->parked = 1;
        redis->waits->waiting++;
        ngx_http_trials_zone_set_waiting(redis->zone, redis->waits->waiting);
    }

    if (waiter->event.timer_set) {
        ngx_del_timer(&waiter->event);
    }

    ngx_add_timer(&waiter->event, (ngx_msec_t) left);
}


static void
ngx_http_trials_waiter_unpark(ngx_http_trials_redis_t  *redis,
                              ngx_http_trials_waiter_t *waiter)
{
    if (waiter->parked) {
        waiter->parked = 0;
        redis->waits->waiting--;
        ngx_http_trials_zone_set_waiting(redis->zone, redis->waits->waiting);
    }
}


void
ngx_http_trials_lookup_wake(ngx_http_trials_redis_t    *redis,
                            ngx_http_trials_lookup_t   *lookup,
                            ngx_http_trials_outcome_t   outcome,
                            ngx_http_trials_document_t *document)
{
    ngx_queue_t              *q, *next;
    ngx_http_trials_waiter_t *waiter;

    for (q = ngx_queue_head(&lookup->waiters);
         q != ngx_queue_sentinel(&lookup->waiters); q = next)
    {
        next = ngx_queue_next(q);
        waiter = ngx_queue_data(q, ngx_http_trials_waiter_t, queue);

        if (document && document->stale && waiter->current) {
            lookup->due = 1;
            ngx_http_trials_waiter_park(redis, waiter);

        } else {
            ngx_http_trials_waiter_wake(redis, waiter, outcome, document);
        }
    }

    if (lookup->due && !redis->waits->recheck.timer_set) {
        redis->waits->recheck.handler = ngx_http_trials_recheck;
        redis->waits->recheck.data = redis;
        redis->waits->recheck.log = ngx_cycle->log;
        redis->waits->recheck.cancelable = 1;

        ngx_add_timer(&redis->waits->recheck, NGX_HTTP_TRIALS_RECHECK);
    }
}


void
ngx_http_trials_lookup_missing(ngx_http_trials_redis_t  *redis,
                               ngx_http_trials_lookup_t *lookup)
{
    ngx_queue_t *q, *next;

    lookup->missing = 1;

    (void) ngx_http_trials_wanted_ask(redis, lookup->trial->name);

    for (q = ngx_queue_head(&lookup->waiters);
         q != ngx_queue_sentinel(&lookup->waiters); q = next)
    {
        next = ngx_queue_next(q);
        ngx_http_trials_waiter_park(
            redis, ngx_queue_data(q, ngx_http_trials_waiter_t, queue));
    }
}


/* The connections are gone: nothing is known any more. */

static void
ngx_http_trials_suspend(ngx_http_trials_redis_t  *redis,
                        ngx_http_trials_lookup_t *lookup)
{
    (void) redis;

    lookup->missing = 0;
    lookup->due = 0;
}


void
ngx_http_trials_wait_suspend(ngx_http_trials_redis_t *redis)
{
    ngx_http_trials_each(redis, ngx_http_trials_suspend);
}


/*
 * Redis does not come back at once.  Who waits for a trial to be written goes
 * on; who only asked for what may be there is told soon.
 */

static void
ngx_http_trials_hurry(ngx_http_trials_redis_t  *redis,
                      ngx_http_trials_lookup_t *lookup)
{
    ngx_queue_t              *q;
    ngx_msec_int_t            left;
    ngx_http_trials_waiter_t *waiter;

    (void) redis;

    for (q = ngx_queue_head(&lookup->waiters);
         q != ngx_queue_sentinel(&lookup->waiters); q = ngx_queue_next(q))
    {
        waiter = ngx_queue_data(q, ngx_http_trials_waiter_t, queue);
        left = (ngx_msec_int_t) (waiter->event.timer.key - ngx_current_msec);

        if (!waiter->parked && waiter->event.timer_set
            && left > (ngx_msec_int_t) waiter->grace)
        {
            ngx_del_timer(&waiter->event);
            ngx_add_timer(&waiter->event, waiter->grace);
        }
    }
}


void
ngx_http_trials_wait_away(ngx_http_trials_redis_t *redis)
{
    ngx_http_trials_each(redis, ngx_http_trials_hurry);
}


/* Asks Redis on behalf of those that wait. */

static void
ngx_http_trials_again(ngx_http_trials_redis_t  *redis,
                      ngx_http_trials_lookup_t *lookup)
{
    if (!ngx_queue_empty(&lookup->waiters)
        && ngx_http_trials_lookup_send(redis, lookup) != NGX_OK)
    {
        ngx_http_trials_lookup_wake(redis, lookup, NGX_HTTP_TRIALS_UNAVAILABLE,
                                    NULL);
    }
}


/* A check that finds nothing new changes no document: nobody is told of it. */

static void
ngx_http_trials_recheck_due(ngx_http_trials_redis_t  *redis,
                            ngx_http_trials_lookup_t *lookup)
{
    if (lookup->due && !lookup->in_flight) {
        ngx_http_trials_again(redis, lookup);
    }
}


static void
ngx_http_trials_recheck(ngx_event_t *ev)
{
    ngx_http_trials_redis_t *redis;

    redis = ev->data;

    if (redis->state == NGX_HTTP_TRIALS_REDIS_READY) {
        ngx_http_trials_each(redis, ngx_http_trials_recheck_due);
    }
}


/* Both connections are there: what could not be known meanwhile is asked. */

void
ngx_http_trials_wait_resume(ngx_http_trials_redis_t *redis)
{
    /* Redis may have lost what was asked for. */

    ngx_http_trials_wanted_forget_all(redis->wanted);
    ngx_http_trials_each(redis, ngx_http_trials_again);
}


void
ngx_http_trials_wait_changed(ngx_http_trials_redis_t *redis, const char *name,
                             size_t len)
{
    ngx_queue_t              *q;
    ngx_http_trials_trial_t  *trial;
    ngx_http_trials_lookup_t *lookup;

    ngx_http_trials_wanted_forget(redis->wanted, name, len);
    ngx_http_trials_lookup_changed(redis->waits, name, len);

    trial = ngx_http_trials_trial_find(redis->waits, name, len);
    if (trial == NULL) {
        return;
    }

    for (q = ngx_queue_head(&trial->lookups);
         q != ngx_queue_sentinel(&trial->lookups); q = ngx_queue_next(q))
    {
        lookup = ngx_queue_data(q, ngx_http_trials_lookup_t, queue);
        lookup->again = lookup->in_flight;
        lookup->missing = 0;

        if (!lookup->in_flight && redis->state == NGX_HTTP_TRIALS_REDIS_READY) {
            ngx_http_trials_again(redis, lookup);
        }
    }

    ngx_http_trials_trial_settle(redis, trial);
}


static void
ngx_http_trials_outrun(ngx_http_trials_redis_t  *redis,
                       ngx_http_trials_lookup_t *lookup)
{
    (void) redis;

    lookup->again = lookup->in_flight;
}


void
ngx_http_trials_wait_flushed(ngx_http_trials_redis_t *redis)
{
    ngx_http_trials_each(redis, ngx_http_trials_outrun);
    ngx_http_trials_wait_ask(redis);
}


static void
ngx_http_trials_ask(ngx_http_trials_redis_t  *redis,
                    ngx_http_trials_lookup_t *lookup)
{
    if (lookup->missing) {
        (void) ngx_http_trials_wanted_ask(redis, lookup->trial->name);
    }
}


void
ngx_http_trials_wait_ask(ngx_http_trials_redis_t *redis)
{
    ngx_http_trials_wanted_forget_all(redis->wanted);
    ngx_http_trials_each(redis, ngx_http_trials_ask);
}


/* Calls back for each lookup; trials that nobody waits for any more go. */

static void
ngx_http_trials_each(ngx_http_trials_redis_t *redis,
                     void (*call)(ngx_http_trials_redis_t  *redis,
                                  ngx_http_trials_lookup_t *lookup))
{
    ngx_queue_t             *q, *w, *next;
    ngx_http_trials_trial_t *trial;

    for (q = ngx_queue_head(&redis->waits->trials);
         q != ngx_queue_sentinel(&redis->waits->trials); q = next)
    {
        next = ngx_queue_next(q);
        trial = ngx_queue_data(q, ngx_http_trials_trial_t, queue);

        for (w = ngx_queue_head(&trial->lookups);
             w != ngx_queue_sentinel(&trial->lookups); w = ngx_queue_next(w))
        {
            call(redis, ngx_queue_data(w, ngx_http_trials_lookup_t, queue));
        }

        ngx_http_trials_trial_settle(redis, trial);
    }
}
