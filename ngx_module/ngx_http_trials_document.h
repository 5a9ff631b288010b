/*
 * A document as it came from Redis, shared by the requests that send it.
 */

#ifndef NGX_HTTP_TRIALS_DOCUMENT_H
#define NGX_HTTP_TRIALS_DOCUMENT_H


#include "ngx_http_trials_inflate.h"

#include <trials/document.h>


/*
 * Counted: whoever holds a pointer holds a reference.  Nothing but the count,
 * the inflated body and whether it was asked for ever changes.
 */

typedef struct {
    trials_document_t        value; /* points into reply */
    redisReply              *reply;
    ngx_http_trials_plain_t *plain; /* once somebody asked */
    ngx_uint_t               count;
    unsigned                 stale : 1;
    unsigned                 asked : 1; /* for another one, before */
} ngx_http_trials_document_t;


/*
 * Makes a document of the reply to HMGET, with one reference, and takes the
 * reply over.  Where that fails the reply is the caller's still: NULL with
 * *reason set where the hash is broken, with *reason NULL without memory.
 */
ngx_http_trials_document_t *
ngx_http_trials_document_create(redisReply *reply, const char **reason);

void ngx_http_trials_document_release(ngx_http_trials_document_t *document);

/* The body without coding; NULL without memory, or where it is corrupt, which
 * is logged. */
const u_char *
ngx_http_trials_document_inflate(ngx_http_trials_document_t *document,
                                 ngx_http_trials_inflater_t *inflater,
                                 ngx_log_t                  *log);


#endif
