/* Memory to send from: see ngx_http_trials_memory.h. */

#include "ngx_http_trials_memory.h"

#include <sys/mman.h>


static ngx_fd_t ngx_http_trials_memory_file(size_t size, ngx_log_t *log);
static void     ngx_http_trials_memory_prepare(ngx_http_trials_memory_t *memory,
                                               size_t unit, ngx_log_t *log);
static ngx_chain_t *
ngx_http_trials_memory_send_chain(ngx_connection_t *c, ngx_chain_t *in,
                                  off_t limit);


ngx_http_trials_memory_t *
ngx_http_trials_memory_create(size_t size, size_t unit, ngx_log_t *log)
{
    int                       flags;
    ngx_http_trials_memory_t *memory;

    memory = ngx_alloc(sizeof(ngx_http_trials_memory_t), log);
    if (memory == NULL) {
        return NULL;
    }

    memory->size = size;
    memory->refs = 1;
    memory->fd = ngx_http_trials_memory_file(size, log);

    flags = MAP_SHARED | (memory->fd == NGX_INVALID_FILE ? MAP_ANON : 0);
    memory->start =
        mmap(NULL, size, PROT_READ | PROT_WRITE, flags, memory->fd, 0);

    if (memory->start == MAP_FAILED) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      "mmap() of %uz bytes for a trials zone failed", size);

        if (memory->fd != NGX_INVALID_FILE) {
            (void) ngx_close_file(memory->fd);
        }

        ngx_free(memory);
        return NULL;
    }

    if (memory->fd != NGX_INVALID_FILE) {
        ngx_http_trials_memory_prepare(memory, unit, log);
    }

    return memory;
}


static ngx_fd_t
ngx_http_trials_memory_file(size_t size, ngx_log_t *log)
{
#if (NGX_HTTP_TRIALS_MEMFD)
    ngx_fd_t fd;

    fd = memfd_create("trials_zone", MFD_CLOEXEC);

    if (fd == NGX_INVALID_FILE) {
        ngx_log_error(NGX_LOG_WARN, log, ngx_errno,
                      "memfd_create() failed, a trials zone is sent by copy");
        return NGX_INVALID_FILE;
    }

    if (ftruncate(fd, (off_t) size) == -1) {
        ngx_log_error(NGX_LOG_WARN, log, ngx_errno,
                      "ftruncate() failed, a trials zone is sent by copy");
        (void) ngx_close_file(fd);
        return NGX_INVALID_FILE;
    }

    return fd;
#else
    (void) size;
    (void) log;

    return NGX_INVALID_FILE;
#endif
}


/*
 * Pages that a socket still sends have to leave the file unit by unit, which is
 * tried.  Where one is a part of a huge page the kernel would clear it in place
 * instead.
 */

static void
ngx_http_trials_memory_prepare(ngx_http_trials_memory_t *memory, size_t unit,
                               ngx_log_t *log)
{
#if (NGX_HTTP_TRIALS_MEMFD)
    /* EINVAL: the kernel knows of no huge pages. */

    if ((madvise(memory->start, memory->size, MADV_NOHUGEPAGE) == -1
         && ngx_errno != NGX_EINVAL)
        || madvise(memory->start + unit, unit, MADV_REMOVE) == -1)
    {
        ngx_log_error(NGX_LOG_WARN, log, ngx_errno,
                      "madvise() failed, a trials zone is sent by copy");
        (void) ngx_close_file(memory->fd);
        memory->fd = NGX_INVALID_FILE;
    }
#else
    (void) memory;
    (void) unit;
    (void) log;
#endif
}


void
ngx_http_trials_memory_release(ngx_http_trials_memory_t *memory)
{
    if (--memory->refs) {
        return;
    }

    (void) munmap(memory->start, memory->size);

    if (memory->fd != NGX_INVALID_FILE) {
        (void) ngx_close_file(memory->fd);
    }

    ngx_free(memory);
}


ngx_int_t
ngx_http_trials_memory_send(const ngx_http_trials_memory_t *memory,
                            const ngx_str_t *name, ngx_http_request_t *r,
                            ngx_chain_t *body)
{
    ngx_buf_t        *b;
    ngx_file_t       *file;
    ngx_connection_t *c;

    c = r->connection;

    /* Its own for each request: threads keep what they are about in it. */

    file = ngx_pcalloc(r->pool, sizeof(ngx_file_t));
    if (file == NULL) {
        return NGX_ERROR;
    }

    file->fd = memory->fd;
    file->name = *name;
    file->log = c->log;

    for (/* void */; body; body = body->next) {
        b = body->buf;
        b->in_file = 1;
        b->file = file;
        b->file_pos = b->pos - memory->start;
        b->file_last = b->last - memory->start;
    }

    if (c->send_chain == ngx_send_chain) {
        c->send_chain = ngx_http_trials_memory_send_chain;
    }

    return NGX_OK;
}


/*
 * nginx sends what is before a file as a packet of its own, unless tcp_nopush
 * is on.  MSG_MORE is that for one call: the header waits for the file, which
 * follows at once.  All else is nginx's, errors too.
 */

static ngx_chain_t *
ngx_http_trials_memory_send_chain(ngx_connection_t *c, ngx_chain_t *in,
                                  off_t limit)
{
    size_t     len;
    ssize_t    n;
    ngx_buf_t *b;

    b = in->buf;
    len = (size_t) (b->last - b->pos);

    if (c->write->ready && ngx_buf_in_memory_only(b) && len && in->next
        && in->next->buf->in_file && (limit == 0 || limit > (off_t) len))
    {
        n = send(c->fd, b->pos, len, MSG_MORE);

        if (n > 0) {
            c->sent += n;
            in = ngx_chain_update_sent(in, n);
            limit -= limit ? n : 0;
        }
    }

    return ngx_send_chain(c, in, limit);
}
