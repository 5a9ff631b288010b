/* Documents in shared memory: see ngx_http_trials_store.h. */

#include "ngx_http_trials_store.h"

#include <stdatomic.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define NGX_HTTP_TRIALS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define NGX_HTTP_TRIALS_ASAN 1
#endif
#endif

#ifdef NGX_HTTP_TRIALS_ASAN
#include <sanitizer/asan_interface.h>
#endif


/* Of the memory's layout: what another binary left behind is not taken over. */
#define NGX_HTTP_TRIALS_LAYOUT 0x74726c32

/* No entry may take more than this part of all chunks. */
#define NGX_HTTP_TRIALS_SHARE 8

/* Entries looked at, beside two for each chunk, before room is given up. */
#define NGX_HTTP_TRIALS_EVICT 32

/* An entry moves to the head of the list once in so many ms. */
#define NGX_HTTP_TRIALS_TOUCH 1000

#define NGX_HTTP_TRIALS_WORDS (NGX_HTTP_TRIALS_SLOTS / 64)

#define NGX_HTTP_TRIALS_LINE 64

#define ngx_http_trials_align(n) \
    (((n) + NGX_HTTP_TRIALS_LINE - 1) & ~(size_t) (NGX_HTTP_TRIALS_LINE - 1))

/* What was written before is in memory before what is written after. */
#define ngx_http_trials_fence() atomic_thread_fence(memory_order_seq_cst)


/* RESERVED and DROPPED entries are nobody's but their holders'. */

typedef enum {
    NGX_HTTP_TRIALS_FREE = 0,
    NGX_HTTP_TRIALS_RESERVED,
    NGX_HTTP_TRIALS_LINKED,
    NGX_HTTP_TRIALS_DROPPED
} ngx_http_trials_node_state_t;


/* What needs the lock; numbers of nodes count from 1. */

struct ngx_http_trials_node_s {
    uint32_t state;
    uint32_t hash;
    uint32_t next;  /* in its bucket, or of the free ones */
    uint32_t newer; /* in the list by last use */
    uint32_t older;
    uint64_t touched;
    uint64_t holders[NGX_HTTP_TRIALS_WORDS]; /* a bit for each slot */
};


struct ngx_http_trials_nodes_s {
    uint32_t layout;
    uint32_t n;
    uint32_t free_node;
    uint32_t newest;
    uint32_t oldest;
    uint32_t nlinked;
    uint64_t evictions;
    uint64_t refusals;
    uint64_t rebuilds;
};


static uint32_t ngx_http_trials_store_buckets(uint32_t n);
static void     ngx_http_trials_store_clear(ngx_http_trials_store_t *store);
static void
ngx_http_trials_store_hold(ngx_http_trials_store_t *store, uint32_t i);
static int ngx_http_trials_store_held(const ngx_http_trials_node_t *node);
static int ngx_http_trials_store_make_room(ngx_http_trials_store_t *store,
                                           uint32_t                 chunks);
static void
ngx_http_trials_store_drop(ngx_http_trials_store_t *store, uint32_t i);
static void
ngx_http_trials_store_free(ngx_http_trials_store_t *store, uint32_t i);
static void
ngx_http_trials_store_head(ngx_http_trials_store_t *store, uint32_t i);
static void
ngx_http_trials_store_out(ngx_http_trials_store_t *store, uint32_t i);
static int ngx_http_trials_store_is(const ngx_http_trials_entry_t *entry,
                                    const ngx_http_trials_key_t   *key);


uint32_t
ngx_http_trials_store_room(size_t size)
{
    size_t each, own;

    /* Buckets are less than two for each node; a line is lost for each part. */

    each = sizeof(ngx_http_trials_node_t) + sizeof(ngx_http_trials_entry_t)
           + 2 * sizeof(uint32_t) + ngx_http_trials_chunks_size(1)
           + NGX_HTTP_TRIALS_CHUNK;
    own = sizeof(ngx_http_trials_nodes_t) + 5 * NGX_HTTP_TRIALS_LINE;

    if (size < own + NGX_HTTP_TRIALS_SHARE * each) {
        return 0;
    }

    return (uint32_t) ((size - own) / each);
}


size_t
ngx_http_trials_store_size(uint32_t n)
{
    return ngx_http_trials_align(sizeof(ngx_http_trials_nodes_t))
           + ngx_http_trials_align(n * sizeof(ngx_http_trials_node_t))
           + ngx_http_trials_align(ngx_http_trials_store_buckets(n)
                                   * sizeof(uint32_t))
           + ngx_http_trials_align(n * sizeof(ngx_http_trials_entry_t))
           + ngx_http_trials_chunks_size(n);
}


int
ngx_http_trials_store_open(ngx_http_trials_store_t *store, void *tables,
                           uint32_t n, unsigned char *chunks, int create)
{
    unsigned char *p;

    p = tables;

    store->shared = tables;
    p += ngx_http_trials_align(sizeof(ngx_http_trials_nodes_t));

    store->nodes = (void *) p;
    p += ngx_http_trials_align(n * sizeof(ngx_http_trials_node_t));

    store->n = n;
    store->mask = ngx_http_trials_store_buckets(n) - 1;

    store->buckets = (void *) p;
    p += ngx_http_trials_align((store->mask + 1) * sizeof(uint32_t));

    store->entries = (void *) p;
    p += ngx_http_trials_align(n * sizeof(ngx_http_trials_entry_t));

    ngx_http_trials_chunks_open(&store->chunks, p, n, chunks);

    store->slot = 0;
    store->held = NULL;

    if (create) {
        memset(store->shared, 0, sizeof(ngx_http_trials_nodes_t));
        memset(store->nodes, 0, n * sizeof(ngx_http_trials_node_t));
        memset(store->chunks.shared, 0, ngx_http_trials_chunks_size(n));

        store->shared->layout = NGX_HTTP_TRIALS_LAYOUT;
        store->shared->n = n;

        ngx_http_trials_store_clear(store);
    }

    return (store->shared->layout == NGX_HTTP_TRIALS_LAYOUT
            && store->shared->n == n)
               ? 0
               : -1;
}


/* A power of two. */

static uint32_t
ngx_http_trials_store_buckets(uint32_t n)
{
    uint32_t buckets;

    for (buckets = 1; buckets < n; buckets *= 2) {
        /* void */
    }

    return buckets;
}


/* Empties the table; nodes that somebody holds keep what they have. */

static void
ngx_http_trials_store_clear(ngx_http_trials_store_t *store)
{
    size_t                   coding;
    uint32_t                 i;
    ngx_http_trials_node_t  *node;
    ngx_http_trials_nodes_t *shared;

    shared = store->shared;

    shared->free_node = 0;
    shared->newest = 0;
    shared->oldest = 0;
    shared->nlinked = 0;

    memset(store->buckets, 0, (store->mask + 1) * sizeof(uint32_t));
    ngx_http_trials_chunks_begin(&store->chunks);

    for (i = store->n; i > 0; i--) {
        node = &store->nodes[i - 1];

        if (node->state != NGX_HTTP_TRIALS_FREE
            && ngx_http_trials_store_held(node)) {
            if (node->state == NGX_HTTP_TRIALS_LINKED) {
                node->state = NGX_HTTP_TRIALS_DROPPED;
            }

            for (coding = 0; coding < NGX_HTTP_TRIALS_NCODINGS; coding++) {
                ngx_http_trials_chunks_keep(
                    &store->chunks, &store->entries[i - 1].bodies[coding]);
            }

            continue;
        }

        memset(node, 0, sizeof(ngx_http_trials_node_t));
        node->next = shared->free_node;
        shared->free_node = i;
    }

    ngx_http_trials_chunks_end(&store->chunks);
}


void
ngx_http_trials_store_rebuild(ngx_http_trials_store_t *store)
{
    ngx_http_trials_store_clear(store);
    store->shared->rebuilds++;
}


ngx_http_trials_key_t
ngx_http_trials_store_key(const char *name, size_t len, unsigned rendition,
                          unsigned language)
{
    size_t                i;
    uint32_t              hash;
    ngx_http_trials_key_t key;

    /* FNV-1a */

    hash = 2166136261u;

    for (i = 0; i < len; i++) {
        hash = (hash ^ (unsigned char) name[i]) * 16777619u;
    }

    key.name = name;
    key.len = len;
    key.hash = hash ^ hash >> 15;
    key.rendition = rendition;
    key.language = language;

    return key;
}


ngx_http_trials_entry_t *
ngx_http_trials_store_find(ngx_http_trials_store_t     *store,
                           const ngx_http_trials_key_t *key, uint64_t now)
{
    uint32_t                i;
    ngx_http_trials_node_t *node;

    node = NULL;

    for (i = store->buckets[key->hash & store->mask]; i; i = node->next) {
        node = &store->nodes[i - 1];

        if (node->hash == key->hash
            && ngx_http_trials_store_is(&store->entries[i - 1], key))
        {
            break;
        }
    }

    if (i == 0) {
        return NULL;
    }

    ngx_http_trials_store_hold(store, i);

    if (now - node->touched > NGX_HTTP_TRIALS_TOUCH) {
        node->touched = now;
        ngx_http_trials_store_out(store, i);
        ngx_http_trials_store_head(store, i);
    }

    return &store->entries[i - 1];
}


ngx_http_trials_entry_t *
ngx_http_trials_store_reserve(ngx_http_trials_store_t     *store,
                              const ngx_http_trials_key_t *key,
                              const size_t lens[NGX_HTTP_TRIALS_NCODINGS])
{
    size_t                   i;
    uint32_t                 n, chunks;
    ngx_http_trials_node_t  *node;
    ngx_http_trials_entry_t *entry;

    chunks = 0;

    for (i = 0; i < NGX_HTTP_TRIALS_NCODINGS; i++) {
        chunks += ngx_http_trials_chunks_needed(lens[i]);
    }

    if (key->len > NGX_HTTP_TRIALS_NAME
        || chunks > store->n / NGX_HTTP_TRIALS_SHARE
        || !ngx_http_trials_store_make_room(store, chunks))
    {
        store->shared->refusals++;
        return NULL;
    }

    n = store->shared->free_node;
    node = &store->nodes[n - 1];
    entry = &store->entries[n - 1];

    store->shared->free_node = node->next;

    memset(entry, 0, sizeof(ngx_http_trials_entry_t));
    memcpy(entry->name, key->name, key->len);
    entry->name_len = (uint8_t) key->len;
    entry->rendition = (uint8_t) key->rendition;
    entry->language = (uint8_t) key->language;

    for (i = 0; i < NGX_HTTP_TRIALS_NCODINGS; i++) {
        entry->bodies[i] = ngx_http_trials_chunks_take(&store->chunks, lens[i]);
    }

    node->hash = key->hash;
    node->next = 0;

    /* Until now the node is a free one to whoever rebuilds. */

    ngx_http_trials_fence();
    ngx_http_trials_store_hold(store, n);
    node->state = NGX_HTTP_TRIALS_RESERVED;

    return entry;
}


/* Makes room for a node and so many chunks, as far as it is not in use. */

static int
ngx_http_trials_store_make_room(ngx_http_trials_store_t *store, uint32_t chunks)
{
    uint32_t                 i, n;
    ngx_http_trials_nodes_t *shared;

    shared = store->shared;

    for (n = NGX_HTTP_TRIALS_EVICT + 2 * chunks; n; n--) {
        if (shared->free_node && store->chunks.shared->nfree >= chunks) {
            return 1;
        }

        i = shared->oldest;

        if (i == 0) {
            return 0;
        }

        if (ngx_http_trials_store_held(&store->nodes[i - 1])) {
            ngx_http_trials_store_out(store, i);
            ngx_http_trials_store_head(store, i);
            continue;
        }

        ngx_http_trials_store_drop(store, i);
        shared->evictions++;
    }

    return shared->free_node && store->chunks.shared->nfree >= chunks;
}


void
ngx_http_trials_store_link(ngx_http_trials_store_t *store,
                           ngx_http_trials_entry_t *entry, uint64_t now)
{
    uint32_t                i, n, *bucket;
    ngx_http_trials_key_t   key;
    ngx_http_trials_node_t *node;

    n = (uint32_t) (entry - store->entries) + 1;
    node = &store->nodes[n - 1];

    key.name = entry->name;
    key.len = entry->name_len;
    key.hash = node->hash;
    key.rendition = entry->rendition;
    key.language = entry->language;

    bucket = &store->buckets[key.hash & store->mask];

    for (i = *bucket; i; i = store->nodes[i - 1].next) {
        if (store->nodes[i - 1].hash == key.hash
            && ngx_http_trials_store_is(&store->entries[i - 1], &key))
        {
            break;
        }
    }

    node->next = *bucket;
    *bucket = n;

    node->state = NGX_HTTP_TRIALS_LINKED;
    node->touched = now;
    ngx_http_trials_store_head(store, n);
    store->shared->nlinked++;

    if (i) {
        ngx_http_trials_store_drop(store, i);
    }
}


int
ngx_http_trials_store_linked(const ngx_http_trials_store_t *store,
                             const ngx_http_trials_entry_t *entry)
{
    return store->nodes[entry - store->entries].state == NGX_HTTP_TRIALS_LINKED;
}


void
ngx_http_trials_store_release(ngx_http_trials_store_t *store,
                              ngx_http_trials_entry_t *entry)
{
    uint32_t                i;
    ngx_http_trials_node_t *node;

    i = (uint32_t) (entry - store->entries) + 1;
    node = &store->nodes[i - 1];

    if (--store->held[i - 1]) {
        return;
    }

    node->holders[store->slot / 64] &= ~((uint64_t) 1 << store->slot % 64);

    if (node->state != NGX_HTTP_TRIALS_LINKED
        && !ngx_http_trials_store_held(node)) {
        ngx_http_trials_store_free(store, i);
    }
}


int
ngx_http_trials_store_release_soon(ngx_http_trials_store_t       *store,
                                   const ngx_http_trials_entry_t *entry)
{
    uint32_t *held;

    held = &store->held[entry - store->entries];

    if (*held == 1) {
        return 1;
    }

    (*held)--;

    return 0;
}


void
ngx_http_trials_store_forget(ngx_http_trials_store_t     *store,
                             const ngx_http_trials_key_t *key)
{
    uint32_t                       i, next;
    const ngx_http_trials_entry_t *entry;

    for (i = store->buckets[key->hash & store->mask]; i; i = next) {
        next = store->nodes[i - 1].next;
        entry = &store->entries[i - 1];

        if (store->nodes[i - 1].hash == key->hash && entry->name_len == key->len
            && memcmp(entry->name, key->name, key->len) == 0)
        {
            ngx_http_trials_store_drop(store, i);
        }
    }
}


void
ngx_http_trials_store_reclaim(ngx_http_trials_store_t *store, uint32_t slot)
{
    uint32_t                i;
    uint64_t                bit;
    ngx_http_trials_node_t *node;

    bit = (uint64_t) 1 << slot % 64;

    for (i = 1; i <= store->n; i++) {
        node = &store->nodes[i - 1];

        if (node->holders[slot / 64] & bit) {
            node->holders[slot / 64] &= ~bit;

            if (node->state != NGX_HTTP_TRIALS_LINKED
                && node->state != NGX_HTTP_TRIALS_FREE
                && !ngx_http_trials_store_held(node))
            {
                ngx_http_trials_store_free(store, i);
            }
        }
    }
}


static void
ngx_http_trials_store_hold(ngx_http_trials_store_t *store, uint32_t i)
{
    if (store->held[i - 1]++ == 0) {
        store->nodes[i - 1].holders[store->slot / 64] |= (uint64_t) 1
                                                         << store->slot % 64;
    }
}


static int
ngx_http_trials_store_held(const ngx_http_trials_node_t *node)
{
    size_t i;

    for (i = 0; i < NGX_HTTP_TRIALS_WORDS; i++) {
        if (node->holders[i]) {
            return 1;
        }
    }

    return 0;
}


/* Unlinks; frees as well what nobody holds. */

static void
ngx_http_trials_store_drop(ngx_http_trials_store_t *store, uint32_t i)
{
    uint32_t               *link;
    ngx_http_trials_node_t *node;

    node = &store->nodes[i - 1];
    link = &store->buckets[node->hash & store->mask];

    while (*link != i) {
        link = &store->nodes[*link - 1].next;
    }

    *link = node->next;

    ngx_http_trials_store_out(store, i);
    store->shared->nlinked--;
    node->state = NGX_HTTP_TRIALS_DROPPED;

    if (!ngx_http_trials_store_held(node)) {
        ngx_http_trials_store_free(store, i);
    }
}


static void
ngx_http_trials_store_free(ngx_http_trials_store_t *store, uint32_t i)
{
    size_t                   n;
    ngx_http_trials_node_t  *node;
    ngx_http_trials_entry_t *entry;

    node = &store->nodes[i - 1];
    entry = &store->entries[i - 1];

    node->state = NGX_HTTP_TRIALS_FREE;
    ngx_http_trials_fence();

    for (n = 0; n < NGX_HTTP_TRIALS_NCODINGS; n++) {
        ngx_http_trials_chunks_give(&store->chunks, &entry->bodies[n]);
    }

    node->next = store->shared->free_node;
    store->shared->free_node = i;
}


static void
ngx_http_trials_store_head(ngx_http_trials_store_t *store, uint32_t i)
{
    ngx_http_trials_node_t *node;

    node = &store->nodes[i - 1];

    node->newer = 0;
    node->older = store->shared->newest;

    if (node->older) {
        store->nodes[node->older - 1].newer = i;

    } else {
        store->shared->oldest = i;
    }

    store->shared->newest = i;
}


static void
ngx_http_trials_store_out(ngx_http_trials_store_t *store, uint32_t i)
{
    ngx_http_trials_node_t *node;

    node = &store->nodes[i - 1];

    if (node->newer) {
        store->nodes[node->newer - 1].older = node->older;

    } else {
        store->shared->newest = node->older;
    }

    if (node->older) {
        store->nodes[node->older - 1].newer = node->newer;

    } else {
        store->shared->oldest = node->newer;
    }
}


static int
ngx_http_trials_store_is(const ngx_http_trials_entry_t *entry,
                         const ngx_http_trials_key_t   *key)
{
    return entry->name_len == key->len && entry->rendition == key->rendition
           && entry->language == key->language
           && memcmp(entry->name, key->name, key->len) == 0;
}


void
ngx_http_trials_store_usage(const ngx_http_trials_store_t *store,
                            ngx_http_trials_store_usage_t *usage)
{
    usage->entries = store->shared->nlinked;
    usage->chunks = store->n;
    usage->free = store->chunks.shared->nfree;
    usage->evictions = store->shared->evictions;
    usage->refusals = store->shared->refusals;
    usage->rebuilds = store->shared->rebuilds;
}


void
ngx_http_trials_store_guard(const ngx_http_trials_store_t *store, int forbid)
{
#ifdef NGX_HTTP_TRIALS_ASAN
    size_t len;

    len = (size_t) ((unsigned char *) (store->buckets + store->mask + 1)
                    - (unsigned char *) store->nodes);

    if (forbid) {
        ASAN_POISON_MEMORY_REGION(store->nodes, len);

    } else {
        ASAN_UNPOISON_MEMORY_REGION(store->nodes, len);
    }
#else
    (void) store;
    (void) forbid;
#endif
}
