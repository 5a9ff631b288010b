/*
 * Replies of Redis, read by hiredis: of its own kind, but that a string lies
 * behind its reply, in the same piece of memory, and that arrays have a bound.
 */

#ifndef NGX_HTTP_TRIALS_REPLY_H
#define NGX_HTTP_TRIALS_REPLY_H


#include "ngx_http_trials_compat.h"


/* NULL without memory; freed by redisReaderFree(). */
redisReader *ngx_http_trials_reply_reader(void);

/* In place of freeReplyObject(). */
void ngx_http_trials_reply_free(void *reply);


#endif
