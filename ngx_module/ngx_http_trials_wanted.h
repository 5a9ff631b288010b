/*
 * What a worker tells the refreshers: the documents that readers asked for and
 * nobody has, or that are due for a check.  Each goes to the stream once in a
 * while, not once a reader.
 */

#ifndef NGX_HTTP_TRIALS_WANTED_H
#define NGX_HTTP_TRIALS_WANTED_H


#include "ngx_http_trials_redis.h"


/* In pool, the cycle's. */
ngx_http_trials_wanted_t *ngx_http_trials_wanted_create(ngx_pool_t *pool);

/*
 * Adds the name to the stream.  NGX_BUSY where that was done lately, NGX_ERROR
 * where it can't be done.
 */
ngx_int_t
ngx_http_trials_wanted_ask(ngx_http_trials_redis_t *redis, const char *name);

/* The document was written, or deleted, since: it may be asked for again. */
void ngx_http_trials_wanted_forget(ngx_http_trials_wanted_t *wanted,
                                   const char *name, size_t len);

/* The stream may have been lost. */
void ngx_http_trials_wanted_forget_all(ngx_http_trials_wanted_t *wanted);


#endif
