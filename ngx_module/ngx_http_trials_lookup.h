/*
 * Lookups under way, and what of them those that wait see: shared by
 * ngx_http_trials_wait.c, which has the waiting requests, and
 * ngx_http_trials_lookup.c, which asks Redis and reads what it says.
 */

#ifndef NGX_HTTP_TRIALS_LOOKUP_H
#define NGX_HTTP_TRIALS_LOOKUP_H


#include "ngx_http_trials_wait.h"


/* Documents whose freshness is remembered; a power of two. */
#define NGX_HTTP_TRIALS_SCORES 4096


/*
 * A rendition that is waited for.  It is idle (Redis is not there), in flight,
 * or missing: Redis has no such trial, and will tell when it has.
 */

struct ngx_http_trials_lookup_s {
    ngx_http_trials_trial_t *trial;
    ngx_queue_t              queue; /* of the trial's */
    ngx_queue_t              waiters;
    trials_rendition_t       rendition;
    trials_language_t        language;
    double                   fresh; /* Unix seconds: due for a check then */
    ngx_http_trials_mark_t   mark;  /* of when it was sent */
    ngx_uint_t               turns;
    unsigned                 in_flight : 1;
    unsigned                 scored : 1; /* asked for with it */
    unsigned                 again : 1;  /* changed while in flight */
    unsigned                 missing : 1;
    unsigned                 due : 1; /* for a check that some wait for */
};


/* A document that is waited for; goes with the last waiter and reply. */

struct ngx_http_trials_trial_s {
    ngx_str_node_t sn; /* of name */
    ngx_queue_t    queue;
    ngx_queue_t    lookups;
    char           name[TRIALS_NAME_SIZE];
};


/* Until when a document is fresh, as Redis said at that time. */

typedef struct {
    uint32_t   hash; /* of the name; 0: none */
    ngx_msec_t time;
    double     fresh;
} ngx_http_trials_score_t;


struct ngx_http_trials_waits_s {
    ngx_rbtree_t            tree;
    ngx_rbtree_node_t       sentinel;
    ngx_queue_t             trials;
    ngx_event_t             recheck; /* timer: of lookups that are due */
    double                  fresh;   /* what the last ZSCORE said */
    ngx_uint_t              max;     /* readers that may wait, in all workers */
    ngx_uint_t              waiting; /* in this one */
    ngx_http_trials_score_t scores[NGX_HTTP_TRIALS_SCORES];
};


/* ngx_http_trials_lookup.c */

/* Asks Redis for the rendition. */
ngx_int_t ngx_http_trials_lookup_send(ngx_http_trials_redis_t  *redis,
                                      ngx_http_trials_lookup_t *lookup);

/* The document was written: it may be due at another time. */
void ngx_http_trials_lookup_changed(ngx_http_trials_waits_t *waits,
                                    const char *name, size_t len);


/* ngx_http_trials_wait.c */

/* Wakes all that wait for the rendition. */
void ngx_http_trials_lookup_wake(ngx_http_trials_redis_t    *redis,
                                 ngx_http_trials_lookup_t   *lookup,
                                 ngx_http_trials_outcome_t   outcome,
                                 ngx_http_trials_document_t *document);

/* Redis does not have it: it is asked for, and they wait on. */
void ngx_http_trials_lookup_missing(ngx_http_trials_redis_t  *redis,
                                    ngx_http_trials_lookup_t *lookup);

/* Called whenever a trial may have lost its last waiter or reply. */
void ngx_http_trials_trial_settle(ngx_http_trials_redis_t *redis,
                                  ngx_http_trials_trial_t *trial);


#endif
