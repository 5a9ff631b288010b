/* What the zone has, and what becomes of it: see ngx_http_trials_zone.h. */

#include "ngx_http_trials_module.h"


/* What one more call costs, in bytes that are copied in that time. */
#define NGX_HTTP_TRIALS_CALL 16384


static ngx_uint_t
ngx_http_trials_zone_outrun(ngx_http_trials_zone_t       *zone,
                            const ngx_http_trials_key_t  *key,
                            const ngx_http_trials_mark_t *mark);


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
        ngx_http_trials_chunks_copy(&zone->store.chunks,
                                    &entry->bodies[NGX_HTTP_TRIALS_IDENTITY],
                                    &old->bodies[NGX_HTTP_TRIALS_IDENTITY]);
    }

    if (old) {
        ngx_http_trials_zone_release(zone, old);
    }

    if (entry == NULL) {
        return;
    }

    for (i = NGX_HTTP_TRIALS_GZIP; i < NGX_HTTP_TRIALS_NCODINGS; i++) {
        ngx_http_trials_chunks_write(&zone->store.chunks, &entry->bodies[i],
                                     value->bodies[i].data);
    }

    entry->epoch = mark->epoch;
    entry->read = mark->now;
    entry->until = mark->now + value->ttl;
    entry->modified = value->modified;
    (void) ngx_http_time((u_char *) entry->date, (time_t) value->modified);
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

    ngx_http_trials_chunks_write(&zone->store.chunks,
                                 &copy->bodies[NGX_HTTP_TRIALS_IDENTITY],
                                 body->data);

    for (i = NGX_HTTP_TRIALS_GZIP; i < NGX_HTTP_TRIALS_NCODINGS; i++) {
        ngx_http_trials_chunks_copy(&zone->store.chunks, &copy->bodies[i],
                                    &entry->bodies[i]);
    }

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
    size_t                 len;
    ngx_buf_t             *b;
    ngx_chain_t           *cl, *first, **last;
    ngx_http_trials_body_t left;

    left = entry->bodies[coding];
    first = NULL;
    last = &first;

    while (left.len) {
        b = ngx_calloc_buf(pool);
        cl = ngx_alloc_chain_link(pool);

        if (b == NULL || cl == NULL) {
            return NULL;
        }

        b->pos = ngx_http_trials_chunks_piece(&zone->store.chunks, &left, &len);
        b->last = b->pos + len;
        b->memory = 1;

        cl->buf = b;
        cl->next = NULL;
        *last = cl;
        last = &cl->next;
    }

    return first;
}


ngx_int_t
ngx_http_trials_zone_lend(ngx_http_trials_zone_t  *zone,
                          ngx_http_trials_entry_t *entry,
                          ngx_http_trials_coding_t coding,
                          ngx_http_request_t *r, ngx_chain_t *body)
{
    size_t       n;
    ngx_chain_t *cl;

    /* Each piece is a call of its own. */

    n = 0;

    for (cl = body; cl; cl = cl->next) {
        n += NGX_HTTP_TRIALS_CALL;
    }

    if (zone->memory->fd == NGX_INVALID_FILE || !r->connection->sendfile
        || r->main_filter_need_in_memory || entry->bodies[coding].len < n)
    {
        return NGX_OK;
    }

    ngx_http_trials_chunks_lend(&zone->store.chunks, &entry->bodies[coding]);

    return ngx_http_trials_memory_send(zone->memory, &zone->name, r, body);
}
