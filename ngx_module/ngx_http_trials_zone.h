/*
 * The zone of shared memory: documents in front of Redis, and what the workers
 * know of each other.
 *
 * When is an entry what Redis has?  A worker whose tracking is up takes out of
 * the zone whatever it is told of, so an entry is right as long as, ever since
 * it was read, some such worker was there and heard.  That is what the epoch
 * stands for: it moves on whenever there may have been a gap, and only entries
 * of the running epoch are answered as fresh.  Three things make it hold:
 *
 * - A worker trusts the zone only within its lease: Redis answered a PING, on
 *   the connection that is told of changes, that was sent less than the lease
 *   ago.  A frozen connection is noticed by that.
 * - A worker whose tracking has just begun trusts what is there only if
 *   another one, connected to the same server, was told of everything up to
 *   that moment; else the epoch moves on.  A reload so keeps what is there.
 * - Each change has a number, and names remember their last one: what was read
 *   before a change that any worker has heard of is not stored.
 */

#ifndef NGX_HTTP_TRIALS_ZONE_H
#define NGX_HTTP_TRIALS_ZONE_H


#include "ngx_http_trials_compat.h"
#include "ngx_http_trials_memory.h"
#include "ngx_http_trials_store.h"


/* Bounds of the histogram of Redis's replies, microseconds; the last is not
 * bounded. */
#define NGX_HTTP_TRIALS_NBOUNDS 12


/* Numbers that only grow; one writer each, the worker of the slot. */

typedef enum {
    NGX_HTTP_TRIALS_COUNT_NONE = 0, /* in the order of the statuses */
    NGX_HTTP_TRIALS_COUNT_HIT,
    NGX_HTTP_TRIALS_COUNT_MISS,
    NGX_HTTP_TRIALS_COUNT_STALE,
    NGX_HTTP_TRIALS_COUNT_EXPIRED,
    NGX_HTTP_TRIALS_COUNT_UPDATING,
    NGX_HTTP_TRIALS_COUNT_BYPASS,
    NGX_HTTP_TRIALS_COUNT_WAITS,  /* readers of what nobody has */
    NGX_HTTP_TRIALS_COUNT_WAKES,  /* of them, those that it came for */
    NGX_HTTP_TRIALS_COUNT_TURNED, /* away: too many wait */
    NGX_HTTP_TRIALS_COUNT_INVALIDATIONS,
    NGX_HTTP_TRIALS_COUNT_FLUSHES,
    NGX_HTTP_TRIALS_COUNT_STORES,
    NGX_HTTP_TRIALS_COUNT_OUTRUN, /* not stored: changed meanwhile */
    NGX_HTTP_TRIALS_COUNT_CONNECTS,
    NGX_HTTP_TRIALS_COUNT_FAILURES,
    NGX_HTTP_TRIALS_NCOUNTS
} ngx_http_trials_count_t;


/* What one worker shows to all. */

typedef struct {
    ngx_atomic_t pid;       /* 0: nobody */
    ngx_atomic_t since;     /* ms: when its tracking began; 0: it is down */
    ngx_atomic_t confirmed; /* ms: up to when it was told of everything */
    ngx_atomic_t server;    /* which Redis */
    ngx_atomic_t trusted;
    ngx_atomic_t waiting; /* readers */
    ngx_uint_t   counts[NGX_HTTP_TRIALS_NCOUNTS];
    ngx_uint_t   latency[NGX_HTTP_TRIALS_NBOUNDS + 1];
    ngx_uint_t   latency_sum; /* microseconds */
} ngx_http_trials_slot_t;


/* Names that changes are remembered for, by their hash; a power of two. */
#define NGX_HTTP_TRIALS_CHANGES 4096

/* At shpool->data.  Slots but for their counts, and all else, need the lock. */

typedef struct {
    ngx_uint_t                layout;
    void                     *tables; /* the store's */
    ngx_http_trials_memory_t *memory; /* of them; every process has its own */
    ngx_atomic_t              dirty;  /* somebody changes the store */
    ngx_atomic_t              epoch;
    ngx_atomic_t              flushed; /* the epoch that ended with it */
    ngx_atomic_t              change;
    ngx_atomic_t              changes[NGX_HTTP_TRIALS_CHANGES];
    ngx_http_trials_slot_t    slots[NGX_HTTP_TRIALS_SLOTS];
} ngx_http_trials_shared_t;


/* Made with the configuration; store and slot are each worker's own. */

typedef struct {
    ngx_http_trials_shared_t *shared;
    ngx_slab_pool_t          *shpool;
    ngx_str_t                 name;
    ngx_msec_t                max_age; /* of what is kept here */
    ngx_msec_t                lease;
    uint32_t                  chunks; /* of the store */
    ngx_http_trials_memory_t *memory; /* that they are */
    ngx_http_trials_store_t   store;
    ngx_http_trials_slot_t   *slot;         /* NULL: not a worker, or no more */
    unsigned                  enabled : 1;  /* documents are kept here */
    unsigned                  attached : 1; /* by this process */
} ngx_http_trials_zone_t;


/* What was the state of things when something was asked of Redis. */

typedef struct {
    uint64_t   change;
    uint64_t   epoch;
    uint64_t   now; /* ms */
    ngx_uint_t trusted;
} ngx_http_trials_mark_t;


/* What is stored: see ngx_http_trials_entry_t. */

typedef struct {
    trials_document_state_t state;
    ngx_str_t               etag;
    ngx_str_t               location;
    int64_t                 modified;
    size_t                  size;
    ngx_uint_t              stale;
    ngx_msec_t              ttl;
    ngx_str_t               bodies[NGX_HTTP_TRIALS_NCODINGS];
} ngx_http_trials_value_t;


/* trials_zone: a zone of that name and size; name empty: for counts only. */
ngx_http_trials_zone_t *
ngx_http_trials_zone_create(ngx_conf_t *cf, ngx_str_t *name, size_t size);

/* The life of a worker. */
ngx_int_t
ngx_http_trials_zone_attach(ngx_http_trials_zone_t *zone, ngx_cycle_t *cycle);
void ngx_http_trials_zone_detach(ngx_http_trials_zone_t *zone);

/* Around whatever needs the lock; a store that is damaged is rebuilt. */
void ngx_http_trials_zone_lock(ngx_http_trials_zone_t *zone);
void ngx_http_trials_zone_unlock(ngx_http_trials_zone_t *zone);

/* Tracking of the server of that number is up, was confirmed, is down. */
void ngx_http_trials_zone_up(ngx_http_trials_zone_t *zone, ngx_uint_t server);
void
ngx_http_trials_zone_confirm(ngx_http_trials_zone_t *zone, ngx_msec_t sent);
void ngx_http_trials_zone_down(ngx_http_trials_zone_t *zone);

/* Whether another worker trusts what this one does. */
ngx_uint_t ngx_http_trials_zone_covered(ngx_http_trials_zone_t *zone);

/* Whether this worker may answer from the zone. */
ngx_uint_t ngx_http_trials_zone_trusted(ngx_http_trials_zone_t *zone);

/*
 * The entry of a key, held, and whether it is what Redis has; *stale says
 * whether it may be sent while Redis is away.  NULL where there is none.
 */
ngx_http_trials_entry_t *
ngx_http_trials_zone_find(ngx_http_trials_zone_t      *zone,
                          const ngx_http_trials_key_t *key, ngx_uint_t *fresh,
                          ngx_uint_t *usable);

void ngx_http_trials_zone_release(ngx_http_trials_zone_t  *zone,
                                  ngx_http_trials_entry_t *entry);

void ngx_http_trials_zone_mark(ngx_http_trials_zone_t *zone,
                               ngx_http_trials_mark_t *mark);

/* Stores what was read since the mark was made, if it may be. */
void ngx_http_trials_zone_put(ngx_http_trials_zone_t        *zone,
                              const ngx_http_trials_key_t   *key,
                              const ngx_http_trials_value_t *value,
                              const ngx_http_trials_mark_t  *mark);

/* Whether an entry is the document of that tag and size. */
ngx_uint_t ngx_http_trials_zone_same(const ngx_http_trials_entry_t *entry,
                                     const ngx_str_t *etag, size_t size);

/* Puts the body without coding, which it lacks, to an entry that is held. */
void ngx_http_trials_zone_add_identity(ngx_http_trials_zone_t  *zone,
                                       ngx_http_trials_entry_t *entry,
                                       const ngx_str_t         *body);

/* A name was written or deleted; everything was. */
void ngx_http_trials_zone_forget(ngx_http_trials_zone_t *zone, const char *name,
                                 size_t len);
void ngx_http_trials_zone_flush(ngx_http_trials_zone_t *zone);

/* The body of an entry as buffers of pool; NULL without memory. */
ngx_chain_t *
ngx_http_trials_zone_body(ngx_http_trials_zone_t  *zone,
                          ngx_http_trials_entry_t *entry,
                          ngx_http_trials_coding_t coding, ngx_pool_t *pool);

/*
 * Makes the buffers of an entry's body the zone's file as well, where the
 * connection sends files and that is less work than copying.
 */
ngx_int_t ngx_http_trials_zone_lend(ngx_http_trials_zone_t  *zone,
                                    ngx_http_trials_entry_t *entry,
                                    ngx_http_trials_coding_t coding,
                                    ngx_http_request_t *r, ngx_chain_t *body);

/* How long a reply of Redis took. */
void ngx_http_trials_zone_latency(ngx_http_trials_zone_t *zone,
                                  ngx_uint_t              microseconds);

/* Readers that wait in this worker, and in all. */
void
ngx_http_trials_zone_set_waiting(ngx_http_trials_zone_t *zone, ngx_uint_t n);
ngx_uint_t ngx_http_trials_zone_waiting(const ngx_http_trials_zone_t *zone);

/* For trials_status: slots, of which those without a pid have counts only. */
const ngx_http_trials_slot_t            *
ngx_http_trials_zone_slots(const ngx_http_trials_zone_t *zone);
ngx_uint_t ngx_http_trials_zone_epoch(const ngx_http_trials_zone_t *zone);

extern const ngx_uint_t ngx_http_trials_bounds[NGX_HTTP_TRIALS_NBOUNDS];

#define ngx_http_trials_count(zone, what) \
    if ((zone)->slot) {                   \
        (zone)->slot->counts[(what)]++;   \
    }


#endif
