/*
 * Memory that a master process shares with its workers and that sockets can be
 * sent from without a copy: a file without a name, mapped.
 */

#ifndef NGX_HTTP_TRIALS_MEMORY_H
#define NGX_HTTP_TRIALS_MEMORY_H


#include "ngx_http_trials_compat.h"


typedef struct {
    u_char    *start;
    size_t     size;
    ngx_fd_t   fd;   /* NGX_INVALID_FILE: nothing is sent from it */
    ngx_uint_t refs; /* of this process: configurations that it is for */
} ngx_http_trials_memory_t;


/*
 * Aligned to pages and held once; NULL where there is none to be had.  It has
 * two units at least, whose pages are taken out of the file.  Where the system
 * only lacks the file, or its pages are larger, that is logged.
 */
ngx_http_trials_memory_t *
ngx_http_trials_memory_create(size_t size, size_t unit, ngx_log_t *log);

/* The last one unmaps. */
void ngx_http_trials_memory_release(ngx_http_trials_memory_t *memory);

/*
 * Has buffers that lie in the memory sent from its file, whose name is for
 * messages.  Where the request's filters read the bytes, they find them.
 */
ngx_int_t ngx_http_trials_memory_send(const ngx_http_trials_memory_t *memory,
                                      const ngx_str_t                *name,
                                      ngx_http_request_t *r, ngx_chain_t *body);


#endif
