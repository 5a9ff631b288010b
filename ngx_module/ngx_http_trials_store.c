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
#define NGX_HTTP_TRIALS_LAYOUT 0x74726c31

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
    uint64_t size;
    uint32_t free_node;
    uint32_t free_chunk;
    uint32_t newest;
    uint32_t oldest;
    uint32_t nlinked;
    uint32_t nfree; /* chunks */
    uint64_t evictions;
    uint64_t refusals;
    uint64_t rebuilds;
};


static void ngx_http_trials_store_clear(ngx_http_trials_store_t *store);
static void
ngx_http_trials_store_hold(ngx_http_trials_store_t *store, uint32_t i);
static int ngx_http_trials_store_held(const ngx_http_trials_node_t *node);
static void
ngx_http_trials_store_take(ngx_http_trials_store_t *store,
                           ngx_http_trials_entry_t *entry, const size_t *lens);
static int
ngx_http_trials_store_room(ngx_http_trials_store_t *store, uint32_t chunks);
static void
ngx_http_trials_store_drop(ngx_http_trials_store_t *store, uint32_t i);
static void
ngx_http_trials_store_free(ngx_http_trials_store_t *store, uint32_t i);
static void
ngx_http_trials_store_head(ngx_http_trials_store_t *store, uint32_t i);
static void
ngx_http_trials_store_out(ngx_http_trials_store_t *store, uint32_t i);
static int  ngx_http_trials_store_is(const ngx_http_trials_entry_t *entry,
                                     const ngx_http_trials_key_t   *key);
static void ngx_http_trials_store_mark(ngx_http_trials_store_t       *store,
                                       const ngx_http_trials_entry_t *entry);


int
ngx_http_trials_store_open(ngx_http_trials_store_t *store, void *memory,
                           size_t size, int create)
{
    size_t         each, n, mask;
    unsigned char *p;

    p = memory;
    each = sizeof(ngx_http_trials_node_t) + sizeof(ngx_http_trials_entry_t)
           + 3 * sizeof(uint32_t) + 1 + NGX_HTTP_TRIALS_CHUNK;

    /* Six lines and a chunk are lost at most where parts are aligned. */

    if (size < sizeof(ngx_http_trials_nodes_t) + 6 * NGX_HTTP_TRIALS_LINE
                   + NGX_HTTP_TRIALS_CHUNK + NGX_HTTP_TRIALS_SHARE * each)
    {
        return -1;
    }

    n = (size - sizeof(ngx_http_trials_nodes_t) - 6 * NGX_HTTP_TRIALS_LINE
         - NGX_HTTP_TRIALS_CHUNK)
        / each;

    for (mask = 1; mask < n; mask *= 2) {
        /* void */
    }

    store->shared = memory;
    p += ngx_http_trials_align(sizeof(ngx_http_trials_nodes_t));

    store->nodes = (void *) p;
    p += ngx_http_trials_align(n * sizeof(ngx_http_trials_node_t));

    store->buckets = (void *) p;
    p += ngx_http_trials_align(mask * sizeof(uint32_t));

    store->entries = (void *) p;
    p += ngx_http_trials_align(n * sizeof(ngx_http_trials_entry_t));

    store->links = (void *) p;
    p += ngx_http_trials_align(n * sizeof(uint32_t));

    store->marks = p;
    p += ngx_http_trials_align(n);

    store->chunks =
        p
        + (NGX_HTTP_TRIALS_CHUNK - (uintptr_t) p % NGX_HTTP_TRIALS_CHUNK)
              % NGX_HTTP_TRIALS_CHUNK;

    store->n = (uint32_t) n;
    store->mask = (uint32_t) (mask - 1);
    store->slot = 0;
    store->held = NULL;

    if (create) {
        memset(store->shared, 0, sizeof(ngx_http_trials_nodes_t));
        memset(store->nodes, 0, n * sizeof(ngx_http_trials_node_t));

        store->shared->layout = NGX_HTTP_TRIALS_LAYOUT;
        store->shared->n = store->n;
        store->shared->size = size;

        ngx_http_trials_store_clear(store);
    }

    return (store->shared->layout == NGX_HTTP_TRIALS_LAYOUT
            && store->shared->n == store->n && store->shared->size == size)
               ? 0
               : -1;
}


/* Empties the table; nodes that somebody holds keep what they have. */

static void
ngx_http_trials_store_clear(ngx_http_trials_store_t *store)
{
    uint32_t                 i;
    ngx_http_trials_node_t  *node;
    ngx_http_trials_nodes_t *shared;

    shared = store->shared;

    shared->free_node = 0;
    shared->free_chunk = 0;
    shared->newest = 0;
    shared->oldest = 0;
    shared->nlinked = 0;
    shared->nfree = 0;

    memset(store->buckets, 0, (store->mask + 1) * sizeof(uint32_t));
    memset(store->marks, 0, store->n);

    for (i = store->n; i > 0; i--) {
        node = &store->nodes[i - 1];

        if (node->state != NGX_HTTP_TRIALS_FREE
            && ngx_http_trials_store_held(node)) {
            if (node->state == NGX_HTTP_TRIALS_LINKED) {
                node->state = NGX_HTTP_TRIALS_DROPPED;
            }

            ngx_http_trials_store_mark(store, &store->entries[i - 1]);
            continue;
        }

        memset(node, 0, sizeof(ngx_http_trials_node_t));
        node->next = shared->free_node;
        shared->free_node = i;
    }

    for (i = store->n; i > 0; i--) {
        if (!store->marks[i - 1]) {
            store->links[i - 1] = shared->free_chunk;
            shared->free_chunk = i;
            shared->nfree++;
        }
    }
}


static void
ngx_http_trials_store_mark(ngx_http_trials_store_t       *store,
                           const ngx_http_trials_entry_t *entry)
{
    size_t   i;
    uint32_t chunk;

    for (i = 0; i < NGX_HTTP_TRIALS_NCODINGS; i++) {
        for (chunk = entry->bodies[i].chunk;
             chunk && chunk <= store->n && !store->marks[chunk - 1];
             chunk = store->links[chunk - 1])
        {
            store->marks[chunk - 1] = 1;
        }
    }
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
    size_t                   i, chunks;
    uint32_t                 n;
    ngx_http_trials_node_t  *node;
    ngx_http_trials_entry_t *entry;

    chunks = 0;

    for (i = 0; i < NGX_HTTP_TRIALS_NCODINGS; i++) {
        chunks += (lens[i] + NGX_HTTP_TRIALS_CHUNK - 1) / NGX_HTTP_TRIALS_CHUNK;
    }

    if (key->len > NGX_HTTP_TRIALS_NAME
        || chunks > store->n / NGX_HTTP_TRIALS_SHARE
        || !ngx_http_trials_store_room(store, (uint32_t) chunks))
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

    ngx_http_trials_store_take(store, entry, lens);

    node->hash = key->hash;
    node->next = 0;

    /* Until now the node is a free one to whoever rebuilds. */

    ngx_http_trials_fence();
    ngx_http_trials_store_hold(store, n);
    node->state = NGX_HTTP_TRIALS_RESERVED;

    return entry;
}


/* Takes chunks for all bodies; there are enough. */

static void
ngx_http_trials_store_take(ngx_http_trials_store_t *store,
                           ngx_http_trials_entry_t *entry, const size_t *lens)
{
    size_t    i, left;
    uint32_t  chunk;
    uint32_t *last;

    for (i = 0; i < NGX_HTTP_TRIALS_NCODINGS; i++) {
        entry->bodies[i].len = (uint32_t) lens[i];
        last = &entry->bodies[i].chunk;

        for (left = lens[i]; left; last = &store->links[chunk - 1]) {
            chunk = store->shared->free_chunk;
            store->shared->free_chunk = store->links[chunk - 1];
            store->shared->nfree--;

            *last = chunk;
            left -=
                (left < NGX_HTTP_TRIALS_CHUNK) ? left : NGX_HTTP_TRIALS_CHUNK;
        }

        *last = 0;
    }
}


/* Makes room for a node and so many chunks, as far as it is not in use. */

static int
ngx_http_trials_store_room(ngx_http_trials_store_t *store, uint32_t chunks)
{
    uint32_t                 i, n;
    ngx_http_trials_nodes_t *shared;

    shared = store->shared;

    for (n = NGX_HTTP_TRIALS_EVICT + 2 * chunks; n; n--) {
        if (shared->free_node && shared->nfree >= chunks) {
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

    return shared->free_node && shared->nfree >= chunks;
}


void
ngx_http_trials_store_write(ngx_http_trials_store_t       *store,
                            const ngx_http_trials_entry_t *entry,
                            ngx_http_trials_coding_t coding, const void *data)
{
    size_t         len, left;
    uint32_t       chunk;
    unsigned char *p;

    chunk = entry->bodies[coding].chunk;
    left = entry->bodies[coding].len;

    while (left) {
        p = ngx_http_trials_store_piece(store, &chunk, &left, &len);
        memcpy(p, data, len);
        data = (const unsigned char *) data + len;
    }
}


void
ngx_http_trials_store_copy(ngx_http_trials_store_t       *store,
                           const ngx_http_trials_entry_t *to,
                           const ngx_http_trials_entry_t *from,
                           ngx_http_trials_coding_t       coding)
{
    uint32_t source, target;

    source = from->bodies[coding].chunk;
    target = to->bodies[coding].chunk;

    while (source && target) {
        memcpy(store->chunks + (size_t) (target - 1) * NGX_HTTP_TRIALS_CHUNK,
               store->chunks + (size_t) (source - 1) * NGX_HTTP_TRIALS_CHUNK,
               NGX_HTTP_TRIALS_CHUNK);

        source = store->links[source - 1];
        target = store->links[target - 1];
    }
}


unsigned char *
ngx_http_trials_store_piece(const ngx_http_trials_store_t *store,
                            uint32_t *chunk, size_t *left, size_t *len)
{
    size_t         n;
    uint32_t       last;
    unsigned char *p;

    p = store->chunks + (size_t) (*chunk - 1) * NGX_HTTP_TRIALS_CHUNK;
    n = NGX_HTTP_TRIALS_CHUNK;

    for (last = *chunk; n < *left && store->links[last - 1] == last + 1; last++)
    {
        n += NGX_HTTP_TRIALS_CHUNK;
    }

    *len = (n < *left) ? n : *left;
    *left -= *len;
    *chunk = store->links[last - 1];

    return p;
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
    uint32_t                 chunk, next;
    ngx_http_trials_node_t  *node;
    ngx_http_trials_entry_t *entry;

    node = &store->nodes[i - 1];
    entry = &store->entries[i - 1];

    node->state = NGX_HTTP_TRIALS_FREE;
    ngx_http_trials_fence();

    for (n = 0; n < NGX_HTTP_TRIALS_NCODINGS; n++) {
        for (chunk = entry->bodies[n].chunk; chunk; chunk = next) {
            next = store->links[chunk - 1];
            store->links[chunk - 1] = store->shared->free_chunk;
            store->shared->free_chunk = chunk;
            store->shared->nfree++;
        }
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
    usage->free = store->shared->nfree;
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
