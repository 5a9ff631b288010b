/*
 * The room of a zone's bodies: chunks of one size, so that room for one is room
 * for any.  Pure, as the store is: it works on a table and on memory that
 * several processes have mapped, and is called with the zone's lock held,
 * except where it says otherwise.
 *
 * The memory is a file's, and what of it the kernel sends to a socket is not
 * copied: pages are read until the last byte has reached its reader, who may be
 * slow, long after the body was given back.  Such a body is lent.  Before one
 * of its chunks is free again its pages are taken out of the file: sockets keep
 * the old pages, and who writes next gets new ones.
 */

#ifndef NGX_HTTP_TRIALS_CHUNKS_H
#define NGX_HTTP_TRIALS_CHUNKS_H


#include <stddef.h>
#include <stdint.h>


/* A multiple of the size of pages, where what is lent is to be had back. */
#define NGX_HTTP_TRIALS_CHUNK 8192


typedef struct {
    uint32_t len;
    uint32_t chunk; /* the first, counted from 1; 0: there is no such body */
} ngx_http_trials_body_t;


/* Of the table, which is shared. */

typedef struct {
    uint32_t free; /* the first */
    uint32_t nfree;
} ngx_http_trials_chunk_list_t;


/* A process's view. */

typedef struct {
    ngx_http_trials_chunk_list_t *shared;
    uint32_t                     *links; /* the next of the body, or free one */
    uint8_t                      *marks; /* in use, while they are sorted out */
    uint8_t                      *lent;
    unsigned char                *start;
    uint32_t                      n;
} ngx_http_trials_chunks_t;


/* Bytes of the table of n chunks. */
size_t ngx_http_trials_chunks_size(uint32_t n);

/*
 * Lays out the table of n chunks, which begin at start.  Both are aligned to
 * pages.
 */
void ngx_http_trials_chunks_open(ngx_http_trials_chunks_t *chunks, void *table,
                                 uint32_t n, unsigned char *start);

/* How many chunks a body takes. */
uint32_t ngx_http_trials_chunks_needed(size_t len);

/* Takes chunks for a body; that there are enough is known. */
ngx_http_trials_body_t
ngx_http_trials_chunks_take(ngx_http_trials_chunks_t *chunks, size_t len);

void ngx_http_trials_chunks_give(ngx_http_trials_chunks_t     *chunks,
                                 const ngx_http_trials_body_t *body);

/*
 * Sorts out, whatever state the table is in, which chunks are free: all of them
 * but those of bodies that are kept in between.
 */
void ngx_http_trials_chunks_begin(ngx_http_trials_chunks_t *chunks);
void ngx_http_trials_chunks_keep(ngx_http_trials_chunks_t     *chunks,
                                 const ngx_http_trials_body_t *body);
void ngx_http_trials_chunks_end(ngx_http_trials_chunks_t *chunks);

/* Without the lock, by whoever holds the body: all of the following. */

void ngx_http_trials_chunks_write(const ngx_http_trials_chunks_t *chunks,
                                  const ngx_http_trials_body_t   *body,
                                  const void                     *data);

/* Copies a body into one of its length. */
void ngx_http_trials_chunks_copy(const ngx_http_trials_chunks_t *chunks,
                                 const ngx_http_trials_body_t   *to,
                                 const ngx_http_trials_body_t   *from);

/* From now on a socket may have its pages. */
void ngx_http_trials_chunks_lend(ngx_http_trials_chunks_t     *chunks,
                                 const ngx_http_trials_body_t *body);

/*
 * Takes from what is left of a body the longest part that lies in one piece, at
 * least one byte where there is one.
 */
unsigned char *
ngx_http_trials_chunks_piece(const ngx_http_trials_chunks_t *chunks,
                             ngx_http_trials_body_t *left, size_t *len);

#endif
