/*
 * Requests that wait for Redis: one lookup under way for each rendition in a
 * worker, however many ask for it, and readers of trials that nobody has yet.
 */

#ifndef NGX_HTTP_TRIALS_WAIT_H
#define NGX_HTTP_TRIALS_WAIT_H


#include "ngx_http_trials_document.h"
#include "ngx_http_trials_path.h"
#include "ngx_http_trials_redis.h"


typedef struct ngx_http_trials_trial_s  ngx_http_trials_trial_t;
typedef struct ngx_http_trials_lookup_s ngx_http_trials_lookup_t;
typedef struct ngx_http_trials_waiter_s ngx_http_trials_waiter_t;


typedef enum {
    NGX_HTTP_TRIALS_FOUND = 0,  /* document is set */
    NGX_HTTP_TRIALS_PREPARING,  /* nobody has it yet */
    NGX_HTTP_TRIALS_CROWDED,    /* nor can this one wait for it */
    NGX_HTTP_TRIALS_UNAVAILABLE /* Redis did not say */
} ngx_http_trials_outcome_t;


/*
 * One waiting request.  It lives in the request's memory; _leave() must be
 * called before that goes, and may be called at any time.
 */

struct ngx_http_trials_waiter_s {
    ngx_queue_t                 queue;
    ngx_http_trials_lookup_t   *lookup; /* NULL when not in its queue */
    ngx_event_t                 event;  /* timer, then posted */
    ngx_msec_t                  start;
    ngx_msec_t                  wait;  /* for a trial that is not there */
    ngx_msec_t                  grace; /* for a lookup that an outage ended */
    ngx_http_trials_outcome_t   outcome;
    ngx_http_trials_document_t *document; /* the waiter's own reference */

    void (*handler)(ngx_http_trials_waiter_t *waiter);
    void *data;

    unsigned current : 1; /* what is due for a check will not do */
    unsigned parked : 1;  /* Redis has said that it has no such trial */
};


/* The table of what waits, of at most max readers; in pool, the cycle's. */
ngx_http_trials_waits_t *
ngx_http_trials_wait_create(ngx_pool_t *pool, ngx_uint_t max);

/*
 * Looks the rendition up; waiter->handler is called, from a posted event, when
 * the outcome is known.  NGX_DECLINED where Redis is known to be away,
 * NGX_ERROR without memory: the handler is not called then.
 */
ngx_int_t
ngx_http_trials_wait_enter(ngx_http_trials_redis_t  *redis,
                           ngx_http_trials_waiter_t *waiter, const char *name,
                           trials_rendition_t rendition,
                           trials_language_t  language);

void ngx_http_trials_wait_leave(ngx_http_trials_redis_t  *redis,
                                ngx_http_trials_waiter_t *waiter);


/* What the pair of connections reports. */

void ngx_http_trials_wait_away(ngx_http_trials_redis_t *redis);
void ngx_http_trials_wait_suspend(ngx_http_trials_redis_t *redis);
void ngx_http_trials_wait_resume(ngx_http_trials_redis_t *redis);
void ngx_http_trials_wait_changed(ngx_http_trials_redis_t *redis,
                                  const char *name, size_t len);
void ngx_http_trials_wait_flushed(ngx_http_trials_redis_t *redis);

/* What is wanted can be written again: all that is waited for is asked for. */
void ngx_http_trials_wait_ask(ngx_http_trials_redis_t *redis);


#endif
