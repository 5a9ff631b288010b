/* The zone of shared memory: see ngx_http_trials_zone.h. */

#include "ngx_http_trials_module.h"


/* Of what is here beside the store; see also the store's own. */
#define NGX_HTTP_TRIALS_ZONE_LAYOUT 1

/* Names that changes are remembered for, by their hash; a power of two. */
#define NGX_HTTP_TRIALS_CHANGES 4096

/* What slab allocation takes for itself, and no less than a few documents. */
#define NGX_HTTP_TRIALS_ZONE_PAGES 16


/* At shpool->data.  Slots but for their counts, and all else, need the lock. */

struct ngx_http_trials_shared_s {
    ngx_uint_t             layout;
    size_t                 size; /* of the store's memory */
    void                  *memory;
    ngx_atomic_t           dirty; /* somebody changes the store */
    ngx_atomic_t           epoch;
    ngx_atomic_t           flushed; /* the epoch that ended with it */
    ngx_atomic_t           change;
    ngx_atomic_t           changes[NGX_HTTP_TRIALS_CHANGES];
    ngx_http_trials_slot_t slots[NGX_HTTP_TRIALS_SLOTS];
};


static ngx_int_t
            ngx_http_trials_zone_init(ngx_shm_zone_t *shm_zone, void *data);
static void ngx_http_trials_zone_lock(ngx_http_trials_zone_t *zone);
static void ngx_http_trials_zone_unlock(ngx_http_trials_zone_t *zone);
static void ngx_http_trials_zone_reclaim(ngx_http_trials_zone_t *zone,
                                         ngx_http_trials_slot_t *slot);
static void ngx_http_trials_zone_trust(ngx_http_trials_zone_t *zone);
static ngx_http_trials_slot_t             *
ngx_http_trials_zone_cover_locked(ngx_http_trials_zone_t       *zone,
                                              const ngx_http_trials_slot_t *slot);
static void ngx_http_trials_zone_down_locked(ngx_http_trials_zone_t *zone,
                                             ngx_http_trials_slot_t *slot);
static ngx_uint_t
ngx_http_trials_zone_outrun(ngx_http_trials_zone_t       *zone,
                            const ngx_http_trials_key_t  *key,
                            const ngx_http_trials_mark_t *mark);


const ngx_uint_t ngx_http_trials_bounds[NGX_HTTP_TRIALS_NBOUNDS] = {
    100,   250,   500,   1000,   2500,   5000,
    10000, 25000, 50000, 100000, 250000, 1000000};


ngx_http_trials_zone_t *
ngx_http_trials_zone_create(ngx_conf_t *cf, ngx_str_t *name, size_t size)
{
    size_t                  least;
    ngx_str_t               own;
    ngx_shm_zone_t         *shm_zone;
    ngx_http_trials_zone_t *zone;

    zone = ngx_pcalloc(cf->pool, sizeof(ngx_http_trials_zone_t));
    if (zone == NULL) {
        return NULL;
    }

    least = sizeof(ngx_http_trials_shared_t)
            + NGX_HTTP_TRIALS_ZONE_PAGES * ngx_pagesize;

    if (name->len == 0) {
        ngx_str_set(&own, "trials_counts");
        name = &own;
        size = least;

    } else {
        least += 64 * NGX_HTTP_TRIALS_CHUNK;
        zone->enabled = 1;

        if (size < least) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "trials zone \"%V\" is too small, it needs "
                               "%uzk",
                               name, least / 1024 + 1);
            return NULL;
        }
    }

    zone->name = *name;

    shm_zone = ngx_shared_memory_add(cf, name, size, &ngx_http_trials_module);
    if (shm_zone == NULL) {
        return NULL;
    }

    shm_zone->init = ngx_http_trials_zone_init;
    shm_zone->data = zone;

    return zone;
}


static ngx_int_t
ngx_http_trials_zone_init(ngx_shm_zone_t *shm_zone, void *data)
{
    ngx_http_trials_zone_t *old = data;

    u_char                   *p;
    size_t                    size;
    ngx_uint_t                create;
    ngx_http_trials_zone_t   *zone;
    ngx_http_trials_shared_t *shared;

    zone = shm_zone->data;
    zone->shpool = (ngx_slab_pool_t *) shm_zone->shm.addr;
    create = (old == NULL && !shm_zone->shm.exists);

    if (create) {
        size = sizeof(" in trials zone \"\"") + shm_zone->shm.name.len;

        shared =
            ngx_slab_calloc(zone->shpool, sizeof(ngx_http_trials_shared_t));
        p = ngx_slab_alloc(zone->shpool, size);

        if (shared == NULL || p == NULL) {
            return NGX_ERROR;
        }

        ngx_sprintf(p, " in trials zone \"%V\"%Z", &shm_zone->shm.name);
        zone->shpool->log_ctx = p;
        zone->shpool->log_nomem = 0;
        zone->shpool->data = shared;

        shared->layout = NGX_HTTP_TRIALS_ZONE_LAYOUT;
        shared->epoch = 1;

        if (zone->enabled) {
            shared->size = zone->shpool->pfree * ngx_pagesize;
            shared->memory = ngx_slab_alloc(zone->shpool, shared->size);

            if (shared->memory == NULL) {
                return NGX_ERROR;
            }
        }
    }

    shared = zone->shpool->data;
    zone->shared = shared;

    if (shared->layout == NGX_HTTP_TRIALS_ZONE_LAYOUT
        && (!zone->enabled
            || ngx_http_trials_store_open(&zone->store, shared->memory,
                                          shared->size, (int) create)
                   == 0))
    {
        return NGX_OK;
    }

    ngx_log_error(NGX_LOG_EMERG, shm_zone->shm.log, 0,
                  "trials zone \"%V\" was made by another version of the "
                  "module: restart nginx, or give the zone another name",
                  &shm_zone->shm.name);

    return NGX_ERROR;
}


ngx_int_t
ngx_http_trials_zone_attach(ngx_http_trials_zone_t *zone, ngx_cycle_t *cycle)
{
    ngx_uint_t              i;
    ngx_http_trials_slot_t *slot;

    /*
     * nginx gives a process's slot to another one only after it has waited for
     * the first, and the place of a worker that died to its successor.
     */

    if (ngx_process_slot < 0 || ngx_process_slot >= NGX_HTTP_TRIALS_SLOTS) {
        ngx_log_error(NGX_LOG_WARN, cycle->log, 0,
                      "trials zone \"%V\" serves %d processes, worker process "
                      "%P does without",
                      &zone->name, NGX_HTTP_TRIALS_SLOTS, ngx_pid);
        return NGX_OK;
    }

    zone->slot = &zone->shared->slots[ngx_process_slot];
    zone->store.slot = (uint32_t) ngx_process_slot;

    if (zone->enabled) {
        zone->store.held =
            ngx_calloc(zone->store.n * sizeof(uint32_t), cycle->log);
        if (zone->store.held == NULL) {
            return NGX_ERROR;
        }
    }

    ngx_http_trials_zone_lock(zone);

    for (i = 0; i < NGX_HTTP_TRIALS_SLOTS; i++) {
        slot = &zone->shared->slots[i];

        if (slot->pid == 0) {
            continue;
        }

        if (slot == zone->slot
            || (kill((pid_t) slot->pid, 0) == -1 && ngx_errno == NGX_ESRCH))
        {
            ngx_http_trials_zone_reclaim(zone, slot);
        }
    }

    zone->slot->pid = (ngx_atomic_uint_t) ngx_pid;

    ngx_http_trials_zone_unlock(zone);

    zone->attached = zone->enabled;

    return NGX_OK;
}


void
ngx_http_trials_zone_detach(ngx_http_trials_zone_t *zone)
{
    if (zone->slot == NULL) {
        return;
    }

    ngx_http_trials_zone_lock(zone);
    ngx_http_trials_zone_reclaim(zone, zone->slot);
    ngx_http_trials_zone_unlock(zone);

    if (zone->store.held) {
        ngx_free(zone->store.held);
        zone->store.held = NULL;
    }

    zone->attached = 0;
    zone->slot = NULL;
}


/* The slot's process is no more, or soon will be. */

static void
ngx_http_trials_zone_reclaim(ngx_http_trials_zone_t *zone,
                             ngx_http_trials_slot_t *slot)
{
    ngx_http_trials_zone_down_locked(zone, slot);

    if (zone->enabled) {
        ngx_http_trials_store_reclaim(&zone->store,
                                      (uint32_t) (slot - zone->shared->slots));
    }

    slot->waiting = 0;
    slot->pid = 0;
}


/*
 * nginx unlocks the mutex of a process that died.  Whatever it was about is
 * undone then by whoever comes next.
 */

static void
ngx_http_trials_zone_lock(ngx_http_trials_zone_t *zone)
{
    ngx_shmtx_lock(&zone->shpool->mutex);

    if (zone->enabled) {
        ngx_http_trials_store_guard(&zone->store, 0);

        if (zone->shared->dirty) {
            ngx_http_trials_store_rebuild(&zone->store);
        }
    }

    zone->shared->dirty = 1;
    ngx_memory_barrier();
}


static void
ngx_http_trials_zone_unlock(ngx_http_trials_zone_t *zone)
{
    ngx_memory_barrier();
    zone->shared->dirty = 0;

    if (zone->enabled) {
        ngx_http_trials_store_guard(&zone->store, 1);
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


void
ngx_http_trials_zone_up(ngx_http_trials_zone_t *zone, ngx_uint_t server)
{
    ngx_http_trials_slot_t *slot;

    slot = zone->slot;

    if (slot == NULL) {
        return;
    }

    slot->trusted = 0;
    slot->server = server;
    slot->confirmed = ngx_current_msec;
    slot->since = ngx_current_msec;

    ngx_http_trials_zone_trust(zone);
}


void
ngx_http_trials_zone_confirm(ngx_http_trials_zone_t *zone, ngx_msec_t sent)
{
    if (zone->slot == NULL) {
        return;
    }

    zone->slot->confirmed = sent;

    if (!zone->slot->trusted) {
        ngx_http_trials_zone_trust(zone);
    }
}


/*
 * Either another worker has heard everything up to when this one began, or
 * there is no such one, and what is there is of the past.  While it is not
 * known yet which, the worker does not trust.
 */

static void
ngx_http_trials_zone_trust(ngx_http_trials_zone_t *zone)
{
    ngx_http_trials_slot_t *slot, *other;

    slot = zone->slot;

    ngx_http_trials_zone_lock(zone);

    other = ngx_http_trials_zone_cover_locked(zone, slot);

    if (other == NULL || ngx_current_msec - slot->since > zone->lease) {
        zone->shared->epoch++;
        slot->trusted = 1;

    } else if ((ngx_msec_int_t) (other->confirmed - slot->since) >= 0) {
        slot->trusted = 1;
    }

    ngx_http_trials_zone_unlock(zone);
}


/* The worker, beside that of the slot, that has heard most from its server. */

static ngx_http_trials_slot_t *
ngx_http_trials_zone_cover_locked(ngx_http_trials_zone_t       *zone,
                                  const ngx_http_trials_slot_t *slot)
{
    ngx_uint_t              i;
    ngx_http_trials_slot_t *other, *best;

    best = NULL;

    for (i = 0; i < NGX_HTTP_TRIALS_SLOTS; i++) {
        other = &zone->shared->slots[i];

        if (other != slot && other->pid && other->trusted
            && other->server == slot->server
            && (best == NULL
                || (ngx_msec_int_t) (other->confirmed - best->confirmed) > 0))
        {
            best = other;
        }
    }

    return best;
}


void
ngx_http_trials_zone_down(ngx_http_trials_zone_t *zone)
{
    if (zone->slot && zone->slot->since) {
        ngx_http_trials_zone_lock(zone);
        ngx_http_trials_zone_down_locked(zone, zone->slot);
        ngx_http_trials_zone_unlock(zone);
    }
}


/* Entries read from a server that nobody hears of any more are of the past. */

static void
ngx_http_trials_zone_down_locked(ngx_http_trials_zone_t *zone,
                                 ngx_http_trials_slot_t *slot)
{
    if (slot->trusted && ngx_http_trials_zone_cover_locked(zone, slot) == NULL)
    {
        zone->shared->epoch++;
    }

    slot->trusted = 0;
    slot->since = 0;
}


ngx_uint_t
ngx_http_trials_zone_covered(ngx_http_trials_zone_t *zone)
{
    ngx_uint_t covered;

    ngx_http_trials_zone_lock(zone);
    covered = (ngx_http_trials_zone_cover_locked(zone, zone->slot) != NULL);
    ngx_http_trials_zone_unlock(zone);

    return covered;
}


ngx_uint_t
ngx_http_trials_zone_trusted(ngx_http_trials_zone_t *zone)
{
    return zone->attached && zone->slot->trusted
           && ngx_current_msec - zone->slot->confirmed < zone->lease;
}


ngx_http_trials_entry_t *
ngx_http_trials_zone_find(ngx_http_trials_zone_t      *zone,
                          const ngx_http_trials_key_t *key, ngx_uint_t *fresh,
                          ngx_uint_t *usable)
{
    ngx_http_trials_entry_t *entry;

    if (!zone->attached) {
        return NULL;
    }

    ngx_http_trials_zone_lock(zone);
    entry = ngx_http_trials_store_find(&zone->store, key, ngx_current_msec);
    ngx_http_trials_zone_unlock(zone);

    if (entry) {
        *fresh = (entry->epoch == zone->shared->epoch
                  && (ngx_msec_int_t) (entry->until - ngx_current_msec) > 0
                  && ngx_http_trials_zone_trusted(zone));
        *usable = (entry->epoch > zone->shared->flushed);
    }

    return entry;
}


void
ngx_http_trials_zone_release(ngx_http_trials_zone_t  *zone,
                             ngx_http_trials_entry_t *entry)
{
    if (zone->attached
        && ngx_http_trials_store_release_soon(&zone->store, entry)) {
        ngx_http_trials_zone_lock(zone);
        ngx_http_trials_store_release(&zone->store, entry);
        ngx_http_trials_zone_unlock(zone);
    }
}


void
ngx_http_trials_zone_mark(ngx_http_trials_zone_t *zone,
                          ngx_http_trials_mark_t *mark)
{
    mark->trusted = ngx_http_trials_zone_trusted(zone);
    mark->change = zone->shared->change;
    mark->epoch = zone->shared->epoch;
    mark->now = ngx_current_msec;
}


static ngx_uint_t
ngx_http_trials_zone_outrun(ngx_http_trials_zone_t       *zone,
                            const ngx_http_trials_key_t  *key,
                            const ngx_http_trials_mark_t *mark)
{
    ngx_uint_t i;

    i = key->hash & (NGX_HTTP_TRIALS_CHANGES - 1);

    return mark->epoch != zone->shared->epoch
           || zone->shared->changes[i] > mark->change;
}


void
ngx_http_trials_zone_put(ngx_http_trials_zone_t        *zone,
                         const ngx_http_trials_key_t   *key,
                         const ngx_http_trials_value_t *value,
                         const ngx_http_trials_mark_t  *mark)
{
    size_t                   i, lens[NGX_HTTP_TRIALS_NCODINGS];
    ngx_uint_t               outrun;
    ngx_http_trials_entry_t *entry, *old;

    if (!zone->attached || !mark->trusted
        || value->etag.len > NGX_HTTP_TRIALS_NAME
        || value->location.len > NGX_HTTP_TRIALS_NAME)
    {
        return;
    }

    for (i = 0; i < NGX_HTTP_TRIALS_NCODINGS; i++) {
        lens[i] = value->bodies[i].len;
    }

    /* What has the same tag has the same body without coding. */

    ngx_http_trials_zone_lock(zone);

    old = ngx_http_trials_store_find(&zone->store, key, ngx_current_msec);

    if (old && ngx_http_trials_zone_same(old, &value->etag, value->size)) {
        lens[NGX_HTTP_TRIALS_IDENTITY] =
            old->bodies[NGX_HTTP_TRIALS_IDENTITY].len;
    }

    entry = ngx_http_trials_store_reserve(&zone->store, key, lens);
    ngx_http_trials_zone_unlock(zone);

    if (entry && lens[NGX_HTTP_TRIALS_IDENTITY]) {
        ngx_http_trials_store_copy(&zone->store, entry, old,
                                   NGX_HTTP_TRIALS_IDENTITY);
    }

    if (old) {
        ngx_http_trials_zone_release(zone, old);
    }

    if (entry == NULL) {
        return;
    }

    for (i = NGX_HTTP_TRIALS_GZIP; i < NGX_HTTP_TRIALS_NCODINGS; i++) {
        ngx_http_trials_store_write(&zone->store, entry,
                                    (ngx_http_trials_coding_t) i,
                                    value->bodies[i].data);
    }

    entry->epoch = mark->epoch;
    entry->read = mark->now;
    entry->until = mark->now + value->ttl;
    entry->modified = value->modified;
    entry->size = value->size;
    entry->state = (uint8_t) value->state;
    entry->stale = (uint8_t) value->stale;
    entry->etag_len = (uint8_t) value->etag.len;
    entry->location_len = (uint8_t) value->location.len;

    if (value->etag.len) {
        ngx_memcpy(entry->etag, value->etag.data, value->etag.len);
    }

    if (value->location.len) {
        ngx_memcpy(entry->location, value->location.data, value->location.len);
    }

    ngx_http_trials_zone_lock(zone);

    outrun = ngx_http_trials_zone_outrun(zone, key, mark);

    if (!outrun) {
        ngx_http_trials_store_link(&zone->store, entry, ngx_current_msec);
    }

    ngx_http_trials_store_release(&zone->store, entry);
    ngx_http_trials_zone_unlock(zone);

    ngx_http_trials_count(zone, outrun ? NGX_HTTP_TRIALS_COUNT_OUTRUN
                                       : NGX_HTTP_TRIALS_COUNT_STORES);
}


ngx_uint_t
ngx_http_trials_zone_same(const ngx_http_trials_entry_t *entry,
                          const ngx_str_t *etag, size_t size)
{
    return etag->len && entry->etag_len == etag->len && entry->size == size
           && ngx_memcmp(entry->etag, etag->data, etag->len) == 0;
}


/* An entry is never changed: a new one with all bodies takes its place. */

void
ngx_http_trials_zone_add_identity(ngx_http_trials_zone_t  *zone,
                                  ngx_http_trials_entry_t *entry,
                                  const ngx_str_t         *body)
{
    size_t                   i, lens[NGX_HTTP_TRIALS_NCODINGS];
    ngx_http_trials_key_t    key;
    ngx_http_trials_entry_t *copy;
    ngx_http_trials_body_t   bodies[NGX_HTTP_TRIALS_NCODINGS];

    if (!zone->attached) {
        return;
    }

    for (i = 0; i < NGX_HTTP_TRIALS_NCODINGS; i++) {
        lens[i] = entry->bodies[i].len;
    }

    lens[NGX_HTTP_TRIALS_IDENTITY] = body->len;

    key = ngx_http_trials_store_key(entry->name, entry->name_len,
                                    entry->rendition, entry->language);

    ngx_http_trials_zone_lock(zone);
    copy = ngx_http_trials_store_reserve(&zone->store, &key, lens);
    ngx_http_trials_zone_unlock(zone);

    if (copy == NULL) {
        return;
    }

    ngx_memcpy(bodies, copy->bodies, sizeof(bodies));
    *copy = *entry;
    ngx_memcpy(copy->bodies, bodies, sizeof(bodies));

    ngx_http_trials_store_write(&zone->store, copy, NGX_HTTP_TRIALS_IDENTITY,
                                body->data);

    ngx_http_trials_store_copy(&zone->store, copy, entry, NGX_HTTP_TRIALS_GZIP);
    ngx_http_trials_store_copy(&zone->store, copy, entry,
                               NGX_HTTP_TRIALS_BROTLI);

    ngx_http_trials_zone_lock(zone);

    if (ngx_http_trials_store_linked(&zone->store, entry)) {
        ngx_http_trials_store_link(&zone->store, copy, ngx_current_msec);
    }

    ngx_http_trials_store_release(&zone->store, copy);
    ngx_http_trials_zone_unlock(zone);
}


void
ngx_http_trials_zone_forget(ngx_http_trials_zone_t *zone, const char *name,
                            size_t len)
{
    ngx_http_trials_key_t key;

    ngx_http_trials_count(zone, NGX_HTTP_TRIALS_COUNT_INVALIDATIONS);

    if (!zone->attached) {
        return;
    }

    key = ngx_http_trials_store_key(name, len, 0, 0);

    ngx_http_trials_zone_lock(zone);

    zone->shared->changes[key.hash & (NGX_HTTP_TRIALS_CHANGES - 1)] =
        ++zone->shared->change;
    ngx_http_trials_store_forget(&zone->store, &key);

    ngx_http_trials_zone_unlock(zone);
}


void
ngx_http_trials_zone_flush(ngx_http_trials_zone_t *zone)
{
    ngx_http_trials_count(zone, NGX_HTTP_TRIALS_COUNT_FLUSHES);

    if (!zone->attached) {
        return;
    }

    ngx_http_trials_zone_lock(zone);
    zone->shared->flushed = zone->shared->epoch++;
    ngx_http_trials_zone_unlock(zone);
}


ngx_chain_t *
ngx_http_trials_zone_body(ngx_http_trials_zone_t  *zone,
                          ngx_http_trials_entry_t *entry,
                          ngx_http_trials_coding_t coding, ngx_pool_t *pool)
{
    size_t       left, len;
    uint32_t     chunk;
    ngx_buf_t   *b;
    ngx_chain_t *cl, *first, **last;

    chunk = entry->bodies[coding].chunk;
    left = entry->bodies[coding].len;
    first = NULL;
    last = &first;

    while (left) {
        b = ngx_calloc_buf(pool);
        cl = ngx_alloc_chain_link(pool);

        if (b == NULL || cl == NULL) {
            return NULL;
        }

        b->pos = ngx_http_trials_store_piece(&zone->store, &chunk, &left, &len);
        b->last = b->pos + len;
        b->memory = 1;

        cl->buf = b;
        cl->next = NULL;
        *last = cl;
        last = &cl->next;
    }

    return first;
}


void
ngx_http_trials_zone_latency(ngx_http_trials_zone_t *zone,
                             ngx_uint_t              microseconds)
{
    ngx_uint_t i;

    if (zone->slot == NULL) {
        return;
    }

    for (i = 0; i < NGX_HTTP_TRIALS_NBOUNDS; i++) {
        if (microseconds <= ngx_http_trials_bounds[i]) {
            break;
        }
    }

    zone->slot->latency[i]++;
    zone->slot->latency_sum += microseconds;
}


void
ngx_http_trials_zone_set_waiting(ngx_http_trials_zone_t *zone, ngx_uint_t n)
{
    if (zone->slot) {
        zone->slot->waiting = n;
    }
}


ngx_uint_t
ngx_http_trials_zone_waiting(const ngx_http_trials_zone_t *zone)
{
    ngx_uint_t i, n;

    n = 0;

    for (i = 0; i < NGX_HTTP_TRIALS_SLOTS; i++) {
        n += zone->shared->slots[i].waiting;
    }

    return n;
}


const ngx_http_trials_slot_t *
ngx_http_trials_zone_slots(const ngx_http_trials_zone_t *zone)
{
    return zone->shared->slots;
}


ngx_uint_t
ngx_http_trials_zone_epoch(const ngx_http_trials_zone_t *zone)
{
    return zone->shared->epoch;
}
