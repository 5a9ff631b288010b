/* Room for bodies in shared memory: see ngx_http_trials_chunks.h. */

#include "ngx_http_trials_chunks.h"

#include <string.h>
#include <sys/mman.h>


static int
ngx_http_trials_chunks_renew(ngx_http_trials_chunks_t *chunks, uint32_t chunk);


size_t
ngx_http_trials_chunks_size(uint32_t n)
{
    return sizeof(ngx_http_trials_chunk_list_t)
           + n * (sizeof(uint32_t) + 2 * sizeof(uint8_t));
}


void
ngx_http_trials_chunks_open(ngx_http_trials_chunks_t *chunks, void *table,
                            uint32_t n, unsigned char *start)
{
    chunks->shared = table;
    chunks->links = (uint32_t *) (chunks->shared + 1);
    chunks->marks = (uint8_t *) (chunks->links + n);
    chunks->lent = chunks->marks + n;
    chunks->start = start;
    chunks->n = n;
}


uint32_t
ngx_http_trials_chunks_needed(size_t len)
{
    return (uint32_t) ((len + NGX_HTTP_TRIALS_CHUNK - 1)
                       / NGX_HTTP_TRIALS_CHUNK);
}


ngx_http_trials_body_t
ngx_http_trials_chunks_take(ngx_http_trials_chunks_t *chunks, size_t len)
{
    uint32_t               n, *last;
    ngx_http_trials_body_t body;

    body.len = (uint32_t) len;
    last = &body.chunk;

    for (n = ngx_http_trials_chunks_needed(len); n; n--) {
        *last = chunks->shared->free;
        last = &chunks->links[*last - 1];
        chunks->shared->free = *last;
        chunks->shared->nfree--;
    }

    *last = 0;

    return body;
}


/*
 * In the order in which they lay, so that what was in one piece is.  A chunk
 * whose pages cannot be had out of the file is nobody's until all are sorted
 * out the next time.
 */

void
ngx_http_trials_chunks_give(ngx_http_trials_chunks_t     *chunks,
                            const ngx_http_trials_body_t *body)
{
    uint32_t chunk, next, first, *last;

    last = &first;

    for (chunk = body->chunk; chunk; chunk = next) {
        next = chunks->links[chunk - 1];

        if (ngx_http_trials_chunks_renew(chunks, chunk) == 0) {
            *last = chunk;
            last = &chunks->links[chunk - 1];
            chunks->shared->nfree++;
        }
    }

    *last = chunks->shared->free;
    chunks->shared->free = first;
}


/* 0: whatever is written to the chunk now, no socket sees it. */

static int
ngx_http_trials_chunks_renew(ngx_http_trials_chunks_t *chunks, uint32_t chunk)
{
    if (!chunks->lent[chunk - 1]) {
        return 0;
    }

    if (madvise(chunks->start + (size_t) (chunk - 1) * NGX_HTTP_TRIALS_CHUNK,
                NGX_HTTP_TRIALS_CHUNK, MADV_REMOVE)
        == -1)
    {
        return -1;
    }

    chunks->lent[chunk - 1] = 0;

    return 0;
}


void
ngx_http_trials_chunks_begin(ngx_http_trials_chunks_t *chunks)
{
    memset(chunks->marks, 0, chunks->n);
}


/* Where somebody died the end of a body may not be its own: it is bounded. */

void
ngx_http_trials_chunks_keep(ngx_http_trials_chunks_t     *chunks,
                            const ngx_http_trials_body_t *body)
{
    uint32_t chunk;

    for (chunk = body->chunk;
         chunk && chunk <= chunks->n && !chunks->marks[chunk - 1];
         chunk = chunks->links[chunk - 1])
    {
        chunks->marks[chunk - 1] = 1;
    }
}


void
ngx_http_trials_chunks_end(ngx_http_trials_chunks_t *chunks)
{
    uint32_t i;

    chunks->shared->free = 0;
    chunks->shared->nfree = 0;

    for (i = chunks->n; i > 0; i--) {
        if (!chunks->marks[i - 1]
            && ngx_http_trials_chunks_renew(chunks, i) == 0) {
            chunks->links[i - 1] = chunks->shared->free;
            chunks->shared->free = i;
            chunks->shared->nfree++;
        }
    }
}


void
ngx_http_trials_chunks_write(const ngx_http_trials_chunks_t *chunks,
                             const ngx_http_trials_body_t   *body,
                             const void                     *data)
{
    size_t                 len;
    unsigned char         *p;
    ngx_http_trials_body_t left;

    left = *body;

    while (left.len) {
        p = ngx_http_trials_chunks_piece(chunks, &left, &len);
        memcpy(p, data, len);
        data = (const unsigned char *) data + len;
    }
}


void
ngx_http_trials_chunks_copy(const ngx_http_trials_chunks_t *chunks,
                            const ngx_http_trials_body_t   *to,
                            const ngx_http_trials_body_t   *from)
{
    uint32_t source, target;

    source = from->chunk;
    target = to->chunk;

    while (source && target) {
        memcpy(chunks->start + (size_t) (target - 1) * NGX_HTTP_TRIALS_CHUNK,
               chunks->start + (size_t) (source - 1) * NGX_HTTP_TRIALS_CHUNK,
               NGX_HTTP_TRIALS_CHUNK);

        source = chunks->links[source - 1];
        target = chunks->links[target - 1];
    }
}


/* The table's lines are read often and shared: written once. */

void
ngx_http_trials_chunks_lend(ngx_http_trials_chunks_t     *chunks,
                            const ngx_http_trials_body_t *body)
{
    uint32_t chunk;

    for (chunk = body->chunk; chunk; chunk = chunks->links[chunk - 1]) {
        if (!chunks->lent[chunk - 1]) {
            chunks->lent[chunk - 1] = 1;
        }
    }
}


unsigned char *
ngx_http_trials_chunks_piece(const ngx_http_trials_chunks_t *chunks,
                             ngx_http_trials_body_t *left, size_t *len)
{
    size_t         n;
    uint32_t       last;
    unsigned char *p;

    last = left->chunk;
    p = chunks->start + (size_t) (last - 1) * NGX_HTTP_TRIALS_CHUNK;
    n = NGX_HTTP_TRIALS_CHUNK;

    while (n < left->len && chunks->links[last - 1] == last + 1) {
        n += NGX_HTTP_TRIALS_CHUNK;
        last++;
    }

    *len = (n < left->len) ? n : left->len;
    left->len -= (uint32_t) *len;
    left->chunk = chunks->links[last - 1];

    return p;
}
