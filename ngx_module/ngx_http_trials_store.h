/*
 * The documents that a zone of shared memory holds: a table by name, a list by
 * last use, and bodies in chunks.  Pure: it works on memory that several
 * processes have mapped, and needs neither nginx nor a lock of its own.
 *
 * All functions are called with the zone's lock held, except where they say
 * otherwise.  An entry is written once, before it is linked, and read by
 * whoever holds it, without the lock.  A process holds an entry by its bit in
 * the shared node and by a count in memory of its own: what a dead process held
 * is found by its slot, and nobody needs to guess by the clock.
 */

#ifndef NGX_HTTP_TRIALS_STORE_H
#define NGX_HTTP_TRIALS_STORE_H


#include "ngx_http_trials_chunks.h"

#include <trials/document.h>


/* Processes that can hold entries; a power of two, at least 64. */
#define NGX_HTTP_TRIALS_SLOTS 256

/* A name, an alias's location and the opaque part of an entity tag. */
#define NGX_HTTP_TRIALS_NAME 64

/* An HTTP date: RFC 9110, section 5.6.7. */
#define NGX_HTTP_TRIALS_DATE (sizeof("Sun, 06 Nov 1994 08:49:37 GMT") - 1)


typedef enum {
    NGX_HTTP_TRIALS_IDENTITY = 0,
    NGX_HTTP_TRIALS_GZIP,
    NGX_HTTP_TRIALS_BROTLI,
    NGX_HTTP_TRIALS_NCODINGS
} ngx_http_trials_coding_t;


/* Which document an entry is; rendition and language as numbers. */

typedef struct {
    const char *name;
    size_t      len;
    uint32_t    hash;
    unsigned    rendition;
    unsigned    language;
} ngx_http_trials_key_t;


/* What a holder reads.  All times are the caller's. */

typedef struct {
    ngx_http_trials_body_t bodies[NGX_HTTP_TRIALS_NCODINGS];
    uint64_t               epoch;
    uint64_t               read;     /* ms: when Redis had it */
    uint64_t               until;    /* ms: when it must be read again */
    int64_t                modified; /* Unix seconds */
    uint64_t               size;     /* of the body without coding */
    uint8_t                state;    /* trials_document_state_t */
    uint8_t                stale;    /* due for a check when it was read */
    uint8_t                rendition;
    uint8_t                language;
    uint8_t                name_len;
    uint8_t                etag_len;
    uint8_t                location_len;
    char                   name[NGX_HTTP_TRIALS_NAME];
    char                   etag[NGX_HTTP_TRIALS_NAME];
    char                   location[NGX_HTTP_TRIALS_NAME];
    char                   date[NGX_HTTP_TRIALS_DATE]; /* modified */
} ngx_http_trials_entry_t;


typedef struct ngx_http_trials_nodes_s ngx_http_trials_nodes_t;
typedef struct ngx_http_trials_node_s  ngx_http_trials_node_t;


/* A process's view; only what nodes and the following point to is shared. */

typedef struct {
    ngx_http_trials_nodes_t *shared;
    ngx_http_trials_node_t  *nodes;
    uint32_t                *buckets;
    ngx_http_trials_entry_t *entries;
    ngx_http_trials_chunks_t chunks;
    uint32_t                 n; /* of nodes and entries, and of chunks */
    uint32_t                 mask;
    uint32_t                 slot;
    uint32_t                *held; /* this process's; NULL: it holds nothing */
} ngx_http_trials_store_t;


typedef struct {
    uint64_t entries;   /* linked */
    uint64_t chunks;    /* all */
    uint64_t free;      /* chunks */
    uint64_t evictions; /* ever */
    uint64_t refusals;  /* ever: too long, or no room to be had */
    uint64_t rebuilds;  /* ever */
} ngx_http_trials_store_usage_t;


/* The chunks that size bytes have room for, tables included; 0: too few. */
uint32_t ngx_http_trials_store_room(size_t size);

/* Bytes of the tables of n chunks. */
size_t ngx_http_trials_store_size(uint32_t n);

/*
 * Lays out the tables of n chunks, which begin at chunks, both aligned to pages,
 * and, where create is set, makes an empty store of them.  Returns 0, or -1
 * where what is there was laid out otherwise.
 */
int ngx_http_trials_store_open(ngx_http_trials_store_t *store, void *tables,
                               uint32_t n, unsigned char *chunks, int create);

/* Without the lock: a key, with its hash. */
ngx_http_trials_key_t
ngx_http_trials_store_key(const char *name, size_t len, unsigned rendition,
                          unsigned language);

/* The entry of that key, held; NULL where there is none. */
ngx_http_trials_entry_t *
ngx_http_trials_store_find(ngx_http_trials_store_t     *store,
                           const ngx_http_trials_key_t *key, uint64_t now);

/*
 * An entry with room for bodies of these lengths (0: none), held, but not
 * linked; entries that nobody used for long may go for it.  NULL where it is
 * too long or the room is in use.
 */
ngx_http_trials_entry_t *
ngx_http_trials_store_reserve(ngx_http_trials_store_t     *store,
                              const ngx_http_trials_key_t *key,
                              const size_t lens[NGX_HTTP_TRIALS_NCODINGS]);

/* Links a reserved entry in place of what has its key. */
void ngx_http_trials_store_link(ngx_http_trials_store_t *store,
                                ngx_http_trials_entry_t *entry, uint64_t now);

/* Whether an entry that is held is linked still. */
int ngx_http_trials_store_linked(const ngx_http_trials_store_t *store,
                                 const ngx_http_trials_entry_t *entry);

/*
 * Lets an entry go; the last holder frees what is not linked.  Returns whether
 * this process holds it no more.
 */
void ngx_http_trials_store_release(ngx_http_trials_store_t *store,
                                   ngx_http_trials_entry_t *entry);

/*
 * Without the lock: lets go where others of this process hold the entry still,
 * and returns 0; where this is the last, returns 1, and _release() is due.
 */
int ngx_http_trials_store_release_soon(ngx_http_trials_store_t       *store,
                                       const ngx_http_trials_entry_t *entry);

/* Unlinks all entries of the key's name. */
void ngx_http_trials_store_forget(ngx_http_trials_store_t     *store,
                                  const ngx_http_trials_key_t *key);

/* Lets go whatever the process in the slot held. */
void
ngx_http_trials_store_reclaim(ngx_http_trials_store_t *store, uint32_t slot);

/*
 * Makes an empty store of one that somebody died in the midst of changing.
 * What is held stays as it is until it is let go.
 */
void ngx_http_trials_store_rebuild(ngx_http_trials_store_t *store);

/* Without the lock: numbers that may be a little old. */
void ngx_http_trials_store_usage(const ngx_http_trials_store_t *store,
                                 ngx_http_trials_store_usage_t *usage);

/*
 * Without the lock: under the address sanitizer, forbids or allows this process
 * to touch what needs the lock.
 */
void
ngx_http_trials_store_guard(const ngx_http_trials_store_t *store, int forbid);

#endif
