/* Requests that wait for Redis: see ngx_http_trials_wait.h. */

#include "ngx_http_trials_wait.h"
#include "ngx_http_trials_wanted.h"

#include <stdlib.h>


/* Lookups in turn that an invalidation may outrun before one is believed. */
#define NGX_HTTP_TRIALS_TURNS 3

/* What a reader waits, ms, whose lookup an outage interrupted. */
#define NGX_HTTP_TRIALS_GRACE 2000


/*
 * A rendition that is waited for.  It is idle (Redis is not there), in flight,
 * or missing: Redis has no such trial, and will tell when it has.
 */

typedef struct {
    ngx_http_trials_trial_t *trial;
    ngx_queue_t              waiters;
    ngx_uint_t               turns;
    unsigned                 in_flight : 1;
    unsigned                 again : 1; /* changed while in flight */
    unsigned                 missing : 1;
} ngx_http_trials_lookup_t;


/* A trial that is waited for; goes with the last waiter and reply. */

struct ngx_http_trials_trial_s {
    ngx_rbtree_node_t        node; /* key: the id's number */
    ngx_queue_t              queue;
    ngx_http_trials_lookup_t lookups[TRIALS_NRENDITIONS];
    char                     id[NGX_HTTP_TRIALS_ID_SIZE];
};


struct ngx_http_trials_waits_s {
    ngx_rbtree_t      tree;
    ngx_rbtree_node_t sentinel;
    ngx_queue_t       trials;
    double            fresh; /* what the last ZSCORE said */
};


static ngx_http_trials_trial_t *
ngx_http_trials_trial_find(ngx_http_trials_waits_t *waits, uint32_t number);
static ngx_http_trials_trial_t *
ngx_http_trials_trial_get(ngx_http_trials_waits_t *waits, const char *id);
static void      ngx_http_trials_trial_settle(ngx_http_trials_redis_t *redis,
                                              ngx_http_trials_trial_t *trial);
static void      ngx_http_trials_waiter_event(ngx_event_t *ev);
static void      ngx_http_trials_waiter_wake(ngx_http_trials_waiter_t   *waiter,
                                             ngx_http_trials_outcome_t   outcome,
                                             ngx_http_trials_document_t *document);
static void      ngx_http_trials_waiter_park(ngx_http_trials_waiter_t *waiter);
static ngx_int_t ngx_http_trials_lookup_send(ngx_http_trials_redis_t  *redis,
                                             ngx_http_trials_lookup_t *lookup);
static const char *
ngx_http_trials_lookup_score(ngx_http_trials_redis_t   *redis,
                             ngx_http_trials_command_t *command,
                             redisReply               **reply);
static const char             *
ngx_http_trials_lookup_reply(ngx_http_trials_redis_t   *redis,
                                         ngx_http_trials_command_t *command,
                                         redisReply               **reply);
static void ngx_http_trials_lookup_document(ngx_http_trials_redis_t  *redis,
                                            ngx_http_trials_lookup_t *lookup,
                                            redisReply              **reply);
static void ngx_http_trials_lookup_wake(ngx_http_trials_lookup_t   *lookup,
                                        ngx_http_trials_outcome_t   outcome,
                                        ngx_http_trials_document_t *document);
static void ngx_http_trials_lookup_missing(ngx_http_trials_redis_t  *redis,
                                           ngx_http_trials_lookup_t *lookup);


ngx_http_trials_waits_t *
ngx_http_trials_wait_create(ngx_pool_t *pool)
{
    ngx_http_trials_waits_t *waits;

    waits = ngx_pcalloc(pool, sizeof(ngx_http_trials_waits_t));
    if (waits == NULL) {
        return NULL;
    }

    ngx_rbtree_init(&waits->tree, &waits->sentinel, ngx_rbtree_insert_value);
    ngx_queue_init(&waits->trials);

    return waits;
}


ngx_int_t
ngx_http_trials_wait_enter(ngx_http_trials_redis_t  *redis,
                           ngx_http_trials_waiter_t *waiter, const char *id,
                           trials_rendition_t rendition)
{
    ngx_http_trials_trial_t  *trial;
    ngx_http_trials_lookup_t *lookup;

    if (redis->closed || redis->away) {
        return NGX_DECLINED;
    }

    trial = ngx_http_trials_trial_get(redis->waits, id);
    if (trial == NULL) {
        return NGX_ERROR;
    }

    lookup = &trial->lookups[rendition];

    waiter->trial = trial;
    waiter->rendition = rendition;
    waiter->start = ngx_current_msec;
    waiter->parked = 0;
    waiter->event.handler = ngx_http_trials_waiter_event;
    waiter->event.data = waiter;
    waiter->event.log = ngx_cycle->log;

    ngx_queue_insert_tail(&lookup->waiters, &waiter->queue);

    if (redis->state == NGX_HTTP_TRIALS_REDIS_READY) {
        if (lookup->missing) {
            ngx_http_trials_wanted_ask(redis, id);
            waiter->parked = 1;
            ngx_add_timer(&waiter->event, waiter->wait);
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

    trial = waiter->trial;

    if (trial) {
        ngx_queue_remove(&waiter->queue);
        waiter->trial = NULL;
        ngx_http_trials_trial_settle(redis, trial);
    }

    if (waiter->document) {
        ngx_http_trials_document_release(waiter->document);
        waiter->document = NULL;
    }
}


static ngx_http_trials_trial_t *
ngx_http_trials_trial_find(ngx_http_trials_waits_t *waits, uint32_t number)
{
    ngx_rbtree_node_t *node;

    node = waits->tree.root;

    while (node != &waits->sentinel) {
        if (node->key == number) {
            return ngx_rbtree_data(node, ngx_http_trials_trial_t, node);
        }

        node = (number < node->key) ? node->left : node->right;
    }

    return NULL;
}


static ngx_http_trials_trial_t *
ngx_http_trials_trial_get(ngx_http_trials_waits_t *waits, const char *id)
{
    uint32_t                 number;
    ngx_uint_t               i;
    ngx_http_trials_trial_t *trial;

    number = ngx_http_trials_path_number(id);
    trial = ngx_http_trials_trial_find(waits, number);

    if (trial) {
        return trial;
    }

    trial = ngx_alloc(sizeof(ngx_http_trials_trial_t), ngx_cycle->log);
    if (trial == NULL) {
        return NULL;
    }

    ngx_memzero(trial, sizeof(ngx_http_trials_trial_t));
    ngx_memcpy(trial->id, id, NGX_HTTP_TRIALS_ID_SIZE);

    for (i = 0; i < TRIALS_NRENDITIONS; i++) {
        trial->lookups[i].trial = trial;
        ngx_queue_init(&trial->lookups[i].waiters);
    }

    trial->node.key = number;
    ngx_rbtree_insert(&waits->tree, &trial->node);
    ngx_queue_insert_tail(&waits->trials, &trial->queue);

    return trial;
}


/* Called whenever a trial may have lost its last waiter or reply. */

static void
ngx_http_trials_trial_settle(ngx_http_trials_redis_t *redis,
                             ngx_http_trials_trial_t *trial)
{
    ngx_uint_t i;

    for (i = 0; i < TRIALS_NRENDITIONS; i++) {
        if (trial->lookups[i].in_flight
            || !ngx_queue_empty(&trial->lookups[i].waiters)) {
            return;
        }
    }

    ngx_rbtree_delete(&redis->waits->tree, &trial->node);
    ngx_queue_remove(&trial->queue);
    ngx_free(trial);
}


/* The time is over, or the waiter was woken. */

static void
ngx_http_trials_waiter_event(ngx_event_t *ev)
{
    ngx_http_trials_waiter_t *waiter;
    ngx_http_trials_lookup_t *lookup;

    waiter = ev->data;

    if (ev->timedout) {
        ev->timedout = 0;
        lookup = &waiter->trial->lookups[waiter->rendition];

        /* The trial stays until the waiter's handler lets it go. */

        waiter->outcome = lookup->missing ? NGX_HTTP_TRIALS_PREPARING
                                          : NGX_HTTP_TRIALS_UNAVAILABLE;
    }

    waiter->handler(waiter);
}


static void
ngx_http_trials_waiter_wake(ngx_http_trials_waiter_t   *waiter,
                            ngx_http_trials_outcome_t   outcome,
                            ngx_http_trials_document_t *document)
{
    ngx_queue_remove(&waiter->queue);
    waiter->trial = NULL;
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
ngx_http_trials_waiter_park(ngx_http_trials_waiter_t *waiter)
{
    ngx_msec_int_t left;

    waiter->parked = 1;

    left = (ngx_msec_int_t) (waiter->start + waiter->wait - ngx_current_msec);

    if (left <= 0) {
        ngx_http_trials_waiter_wake(waiter, NGX_HTTP_TRIALS_PREPARING, NULL);
        return;
    }

    if (waiter->event.timer_set) {
        ngx_del_timer(&waiter->event);
    }

    ngx_add_timer(&waiter->event, (ngx_msec_t) left);
}


static void ngx_http_trials_waiter_hurry(ngx_http_trials_waiter_t *waiter);
static ngx_int_t
ngx_http_trials_lookup_send(ngx_http_trials_redis_t  *redis,
                            ngx_http_trials_lookup_t *lookup)
{
    char               key[TRIALS_KEY_SIZE];
    size_t             len, lens[TRIALS_DOCUMENT_NFIELDS + 2];
    ngx_uint_t         i;
    const char        *argv[TRIALS_DOCUMENT_NFIELDS + 2];
    trials_rendition_t rendition;

    argv[0] = "ZSCORE";
    lens[0] = sizeof("ZSCORE") - 1;
    argv[1] = TRIALS_KEY_FRESH;
    lens[1] = sizeof(TRIALS_KEY_FRESH) - 1;
    argv[2] = lookup->trial->id;
    lens[2] = NGX_HTTP_TRIALS_ID_SIZE - 1;

    if (ngx_http_trials_link_command(&redis->data, ngx_http_trials_lookup_score,
                                     0, 3, argv, lens)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    rendition = (trials_rendition_t) (lookup - lookup->trial->lookups);
    len = trials_document_key(TRIALS_KEY_DOCUMENT, lookup->trial->id, key);

    argv[0] = "HMGET";
    lens[0] = sizeof("HMGET") - 1;
    argv[1] = key;
    lens[1] = len;

    trials_document_fields(rendition, &argv[2]);

    for (i = 2; i < TRIALS_DOCUMENT_NFIELDS + 2; i++) {
        lens[i] = ngx_strlen(argv[i]);
    }

    if (ngx_http_trials_link_command(&redis->data, ngx_http_trials_lookup_reply,
                                     (uintptr_t) lookup,
                                     TRIALS_DOCUMENT_NFIELDS + 2, argv, lens)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    lookup->in_flight = 1;
    lookup->again = 0;
    lookup->missing = 0;

    return NGX_OK;
}


/*
 * Until when the document is fresh; in the past where nobody knows.  It is kept
 * beside the lookups: the reply to HMGET is the very next.
 */

static const char *
ngx_http_trials_lookup_score(ngx_http_trials_redis_t   *redis,
                             ngx_http_trials_command_t *command,
                             redisReply               **reply)
{
    (void) command;

    redis->waits->fresh = 0;

    if (reply == NULL || (*reply)->type == REDIS_REPLY_NIL) {
        return NULL;
    }

    if ((*reply)->type == REDIS_REPLY_STRING) {
        redis->waits->fresh = strtod((*reply)->str, NULL);
        return NULL;
    }

    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                  "trials redis \"%V\" has no scores in \"%s\": \"%s\"",
                  &redis->conf->name, TRIALS_KEY_FRESH,
                  (*reply)->str ? (*reply)->str : "");

    return NULL;
}


static const char *
ngx_http_trials_lookup_reply(ngx_http_trials_redis_t   *redis,
                             ngx_http_trials_command_t *command,
                             redisReply               **reply)
{
    const char               *reason;
    ngx_http_trials_trial_t  *trial;
    ngx_http_trials_lookup_t *lookup;

    reason = NULL;
    lookup = (ngx_http_trials_lookup_t *) command->data;
    trial = lookup->trial;

    lookup->in_flight = 0;

    if (reply == NULL) {
        /* The connection was lost; the next one looks up again. */

    } else if ((*reply)->type == REDIS_REPLY_ERROR
               && ngx_strncmp((*reply)->str, "WRONGTYPE", 9) != 0)
    {
        reason = ngx_http_trials_redis_refused(redis, *reply);

    } else if (!ngx_queue_empty(&lookup->waiters)) {
        ngx_http_trials_lookup_document(redis, lookup, reply);
    }

    ngx_http_trials_trial_settle(redis, trial);

    return reason;
}


static void
ngx_http_trials_lookup_document(ngx_http_trials_redis_t  *redis,
                                ngx_http_trials_lookup_t *lookup,
                                redisReply              **reply)
{
    const char                 *reason;
    ngx_http_trials_document_t *document;

    document = ngx_http_trials_document_create(*reply, &reason);

    if (document) {
        *reply = NULL;

    } else if (reason == NULL) {
        ngx_http_trials_lookup_wake(lookup, NGX_HTTP_TRIALS_UNAVAILABLE, NULL);
        return;
    }

    if (lookup->again
        && (document == NULL || document->value.state == TRIALS_DOCUMENT_NONE
            || lookup->turns++ < NGX_HTTP_TRIALS_TURNS))
    {
        /* What was read may be what the writer replaced. */

        if (document) {
            ngx_http_trials_document_release(document);
        }

        if (ngx_http_trials_lookup_send(redis, lookup) != NGX_OK) {
            ngx_http_trials_lookup_wake(lookup, NGX_HTTP_TRIALS_UNAVAILABLE,
                                        NULL);
        }

        return;
    }

    lookup->turns = 0;

    if (document == NULL) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "trials redis \"%V\": key \"%s{%s}\" is broken: %s",
                      &redis->conf->name, TRIALS_KEY_DOCUMENT,
                      lookup->trial->id, reason);

        ngx_http_trials_lookup_missing(redis, lookup);
        return;
    }

    if (document->value.state == TRIALS_DOCUMENT_NONE) {
        ngx_http_trials_document_release(document);
        ngx_http_trials_lookup_missing(redis, lookup);
        return;
    }

    if (document->value.state == TRIALS_DOCUMENT_PRESENT
        && redis->waits->fresh <= (double) ngx_time())
    {
        document->stale = 1;
        ngx_http_trials_wanted_ask(redis, lookup->trial->id);
    }

    ngx_http_trials_lookup_wake(lookup, NGX_HTTP_TRIALS_FOUND, document);
    ngx_http_trials_document_release(document);
}


static void
ngx_http_trials_lookup_wake(ngx_http_trials_lookup_t   *lookup,
                            ngx_http_trials_outcome_t   outcome,
                            ngx_http_trials_document_t *document)
{
    ngx_http_trials_waiter_t *waiter;

    while (!ngx_queue_empty(&lookup->waiters)) {
        waiter = ngx_queue_data(ngx_queue_head(&lookup->waiters),
                                ngx_http_trials_waiter_t, queue);

        ngx_http_trials_waiter_wake(waiter, outcome, document);
    }
}


static void
ngx_http_trials_lookup_missing(ngx_http_trials_redis_t  *redis,
                               ngx_http_trials_lookup_t *lookup)
{
    ngx_queue_t *q, *next;

    lookup->missing = 1;

    ngx_http_trials_wanted_ask(redis, lookup->trial->id);

    for (q = ngx_queue_head(&lookup->waiters);
         q != ngx_queue_sentinel(&lookup->waiters); q = next)
    {
        next = ngx_queue_next(q);
        ngx_http_trials_waiter_park(
            ngx_queue_data(q, ngx_http_trials_waiter_t, queue));
    }
}


/* The connections are gone: nothing is known any more. */

void
ngx_http_trials_wait_suspend(ngx_http_trials_redis_t *redis)
{
    ngx_uint_t               i;
    ngx_queue_t             *q;
    ngx_http_trials_trial_t *trial;

    for (q = ngx_queue_head(&redis->waits->trials);
         q != ngx_queue_sentinel(&redis->waits->trials); q = ngx_queue_next(q))
    {
        trial = ngx_queue_data(q, ngx_http_trials_trial_t, queue);

        for (i = 0; i < TRIALS_NRENDITIONS; i++) {
            trial->lookups[i].missing = 0;
        }
    }
}


/*
 * Redis does not come back at once.  Who waits for a trial to be written goes
 * on; who only asked for what may be there is told soon.
 */

void
ngx_http_trials_wait_away(ngx_http_trials_redis_t *redis)
{
    ngx_uint_t                i;
    ngx_queue_t              *q, *w;
    ngx_http_trials_trial_t  *trial;
    ngx_http_trials_lookup_t *lookup;

    for (q = ngx_queue_head(&redis->waits->trials);
         q != ngx_queue_sentinel(&redis->waits->trials); q = ngx_queue_next(q))
    {
        trial = ngx_queue_data(q, ngx_http_trials_trial_t, queue);

        for (i = 0; i < TRIALS_NRENDITIONS; i++) {
            lookup = &trial->lookups[i];

            for (w = ngx_queue_head(&lookup->waiters);
                 w != ngx_queue_sentinel(&lookup->waiters);
                 w = ngx_queue_next(w))
            {
                ngx_http_trials_waiter_hurry(
                    ngx_queue_data(w, ngx_http_trials_waiter_t, queue));
            }
        }
    }
}


static void
ngx_http_trials_waiter_hurry(ngx_http_trials_waiter_t *waiter)
{
    ngx_msec_int_t left;

    left = (ngx_msec_int_t) (waiter->event.timer.key - ngx_current_msec);

    if (!waiter->parked && left > NGX_HTTP_TRIALS_GRACE) {
        ngx_del_timer(&waiter->event);
        ngx_add_timer(&waiter->event, NGX_HTTP_TRIALS_GRACE);
    }
}


/* Both connections are there: what could not be known meanwhile is asked. */

void
ngx_http_trials_wait_resume(ngx_http_trials_redis_t *redis)
{
    ngx_uint_t                i;
    ngx_queue_t              *q, *next;
    ngx_http_trials_trial_t  *trial;
    ngx_http_trials_lookup_t *lookup;

    /* Redis may have lost what was asked for. */

    ngx_http_trials_wanted_forget_all(redis->wanted);

    for (q = ngx_queue_head(&redis->waits->trials);
         q != ngx_queue_sentinel(&redis->waits->trials); q = next)
    {
        next = ngx_queue_next(q);
        trial = ngx_queue_data(q, ngx_http_trials_trial_t, queue);

        for (i = 0; i < TRIALS_NRENDITIONS; i++) {
            lookup = &trial->lookups[i];

            if (!ngx_queue_empty(&lookup->waiters)
                && ngx_http_trials_lookup_send(redis, lookup) != NGX_OK)
            {
                ngx_http_trials_lookup_wake(lookup, NGX_HTTP_TRIALS_UNAVAILABLE,
                                            NULL);
            }
        }

        ngx_http_trials_trial_settle(redis, trial);
    }
}


void
ngx_http_trials_wait_changed(ngx_http_trials_redis_t *redis, const char *id)
{
    uint32_t                  number;
    ngx_uint_t                i;
    ngx_http_trials_trial_t  *trial;
    ngx_http_trials_lookup_t *lookup;

    number = ngx_http_trials_path_number(id);
    ngx_http_trials_wanted_forget(redis->wanted, number);

    trial = ngx_http_trials_trial_find(redis->waits, number);
    if (trial == NULL) {
        return;
    }

    for (i = 0; i < TRIALS_NRENDITIONS; i++) {
        lookup = &trial->lookups[i];
        lookup->again = lookup->in_flight;
        lookup->missing = 0;

        if (!lookup->in_flight && !ngx_queue_empty(&lookup->waiters)
            && redis->state == NGX_HTTP_TRIALS_REDIS_READY
            && ngx_http_trials_lookup_send(redis, lookup) != NGX_OK)
        {
            ngx_http_trials_lookup_wake(lookup, NGX_HTTP_TRIALS_UNAVAILABLE,
                                        NULL);
        }
    }

    ngx_http_trials_trial_settle(redis, trial);
}


void
ngx_http_trials_wait_flushed(ngx_http_trials_redis_t *redis)
{
    ngx_uint_t                i;
    ngx_queue_t              *q;
    ngx_http_trials_trial_t  *trial;
    ngx_http_trials_lookup_t *lookup;

    ngx_http_trials_wanted_forget_all(redis->wanted);

    for (q = ngx_queue_head(&redis->waits->trials);
         q != ngx_queue_sentinel(&redis->waits->trials); q = ngx_queue_next(q))
    {
        trial = ngx_queue_data(q, ngx_http_trials_trial_t, queue);

        for (i = 0; i < TRIALS_NRENDITIONS; i++) {
            lookup = &trial->lookups[i];
            lookup->again = lookup->in_flight;

            if (lookup->missing) {
                ngx_http_trials_wanted_ask(redis, trial->id);
            }
        }
    }
}
