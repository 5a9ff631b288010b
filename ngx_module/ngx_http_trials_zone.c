/* The zone of shared memory: see ngx_http_trials_zone.h. */

#include "ngx_http_trials_module.h"


/* Of what is here beside the store; see also the store's own. */
#define NGX_HTTP_TRIALS_ZONE_LAYOUT 2

/* What slab allocation takes for itself, and no less than a few documents. */
#define NGX_HTTP_TRIALS_ZONE_PAGES 16
#define NGX_HTTP_TRIALS_ZONE_LEAST (64 * NGX_HTTP_TRIALS_CHUNK)


static ngx_int_t
ngx_http_trials_zone_init(ngx_shm_zone_t *shm_zone, void *data);
static ngx_int_t ngx_http_trials_zone_fill(ngx_http_trials_zone_t *zone,
                                           ngx_shm_zone_t         *shm_zone);
static void      ngx_http_trials_zone_cleanup(void *data);
static void      ngx_http_trials_zone_reclaim(ngx_http_trials_zone_t *zone,
                                              ngx_http_trials_slot_t *slot);
static void      ngx_http_trials_zone_trust(ngx_http_trials_zone_t *zone);
static ngx_http_trials_slot_t             *
ngx_http_trials_zone_cover_locked(ngx_http_trials_zone_t       *zone,
                                              const ngx_http_trials_slot_t *slot);
static void ngx_http_trials_zone_down_locked(ngx_http_trials_zone_t *zone,
                                             ngx_http_trials_slot_t *slot);


const ngx_uint_t ngx_http_trials_bounds[NGX_HTTP_TRIALS_NBOUNDS] = {
    100,   250,   500,   1000,   2500,   5000,
    10000, 25000, 50000, 100000, 250000, 1000000};


ngx_http_trials_zone_t *
ngx_http_trials_zone_create(ngx_conf_t *cf, ngx_str_t *name, size_t size)
{
    size_t                  own, tables;
    ngx_str_t               counts;
    ngx_shm_zone_t         *shm_zone;
    ngx_pool_cleanup_t     *cln;
    ngx_http_trials_zone_t *zone;

    zone = ngx_pcalloc(cf->pool, sizeof(ngx_http_trials_zone_t));
    cln = ngx_pool_cleanup_add(cf->pool, 0);

    if (zone == NULL || cln == NULL) {
        return NULL;
    }

    cln->handler = ngx_http_trials_zone_cleanup;
    cln->data = zone;

    own = sizeof(ngx_http_trials_shared_t)
          + NGX_HTTP_TRIALS_ZONE_PAGES * ngx_pagesize;

    if (name->len == 0) {
        ngx_str_set(&counts, "trials_counts");
        name = &counts;

    } else {
        zone->enabled = 1;

        if (size < own + NGX_HTTP_TRIALS_ZONE_LEAST) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "trials zone \"%V\" is too small, it needs "
                               "%uzk",
                               name,
                               (own + NGX_HTTP_TRIALS_ZONE_LEAST) / 1024 + 1);
            return NULL;
        }

        /* Slab allocation takes a 170th of the tables, they a 23rd of all. */

        zone->chunks = ngx_http_trials_store_room(size - own - size / 2048);
        tables = ngx_http_trials_store_size(zone->chunks);
        own += tables + tables / 128;
    }

    zone->name = *name;

    shm_zone = ngx_shared_memory_add(cf, name, own, &ngx_http_trials_module);
    if (shm_zone == NULL) {
        return NULL;
    }

    shm_zone->init = ngx_http_trials_zone_init;
    shm_zone->data = zone;

    return zone;
}


static void
ngx_http_trials_zone_cleanup(void *data)
{
    ngx_http_trials_zone_t *zone = data;

    if (zone->memory) {
        ngx_http_trials_memory_release(zone->memory);
    }
}


static ngx_int_t
ngx_http_trials_zone_init(ngx_shm_zone_t *shm_zone, void *data)
{
    ngx_uint_t                create;
    ngx_http_trials_zone_t   *zone;
    ngx_http_trials_shared_t *shared;

    zone = shm_zone->data;
    zone->shpool = (ngx_slab_pool_t *) shm_zone->shm.addr;
    create = (data == NULL && !shm_zone->shm.exists);

    if (create && ngx_http_trials_zone_fill(zone, shm_zone) != NGX_OK) {
        return NGX_ERROR;
    }

    shared = zone->shpool->data;
    zone->shared = shared;

    if (shared->layout == NGX_HTTP_TRIALS_ZONE_LAYOUT
        && (!zone->enabled
            || ngx_http_trials_store_open(&zone->store, shared->tables,
                                          zone->chunks, shared->memory->start,
                                          (int) create)
                   == 0))
    {
        zone->memory = shared->memory;

        if (zone->memory && !create) {
            zone->memory->refs++;
        }

        return NGX_OK;
    }

    ngx_log_error(NGX_LOG_EMERG, shm_zone->shm.log, 0,
                  "trials zone \"%V\" was made by another version of the "
                  "module: restart nginx, or give the zone another name",
                  &shm_zone->shm.name);

    return NGX_ERROR;
}


/* What is in the shared memory of a zone that is new. */

static ngx_int_t
ngx_http_trials_zone_fill(ngx_http_trials_zone_t *zone,
                          ngx_shm_zone_t         *shm_zone)
{
    u_char                   *p;
    size_t                    size;
    ngx_http_trials_shared_t *shared;

    size = sizeof(" in trials zone \"\"") + shm_zone->shm.name.len;

    shared = ngx_slab_calloc(zone->shpool, sizeof(ngx_http_trials_shared_t));
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

    if (!zone->enabled) {
        return NGX_OK;
    }

    shared->tables =
        ngx_slab_alloc(zone->shpool, ngx_http_trials_store_size(zone->chunks));
    if (shared->tables == NULL) {
        return NGX_ERROR;
    }

    shared->memory = ngx_http_trials_memory_create(
        (size_t) zone->chunks * NGX_HTTP_TRIALS_CHUNK, NGX_HTTP_TRIALS_CHUNK,
        shm_zone->shm.log);

    zone->memory = shared->memory;

    return shared->memory ? NGX_OK : NGX_ERROR;
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

void
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


void
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
