/* Replies of Redis: see ngx_http_trials_reply.h. */

#include "ngx_http_trials_reply.h"


/* An array of more elements is no reply. */
#define NGX_HTTP_TRIALS_ELEMENTS (1024 * 1024)


static void *
ngx_http_trials_reply_string(const redisReadTask *task, char *str, size_t len);
static void *ngx_http_trials_reply_array(const redisReadTask       *task,
                                         ngx_http_trials_elements_t n);


static redisReplyObjectFunctions  ngx_http_trials_reply_functions;
static redisReplyObjectFunctions *ngx_http_trials_reply_defaults;


redisReader *
ngx_http_trials_reply_reader(void)
{
    redisReader *reader;

    reader = redisReaderCreate();
    if (reader == NULL) {
        return NULL;
    }

    if (ngx_http_trials_reply_defaults == NULL) {
        ngx_http_trials_reply_defaults = reader->fn;
        ngx_http_trials_reply_functions = *reader->fn;
        ngx_http_trials_reply_functions.createString =
            ngx_http_trials_reply_string;
        ngx_http_trials_reply_functions.createArray =
            ngx_http_trials_reply_array;
        ngx_http_trials_reply_functions.freeObject = ngx_http_trials_reply_free;
    }

    reader->fn = &ngx_http_trials_reply_functions;

    /* Documents are longer than what hiredis keeps a buffer for. */

    reader->maxbuf = 1024 * 1024;

    return reader;
}


static void *
ngx_http_trials_reply_string(const redisReadTask *task, char *str, size_t len)
{
    redisReply *reply, *parent;

    reply = ngx_alloc(sizeof(redisReply) + len + 1, ngx_cycle->log);
    if (reply == NULL) {
        return NULL;
    }

    ngx_memzero(reply, sizeof(redisReply));

    reply->type = task->type;
    reply->len = len;
    reply->str = (char *) (reply + 1);

    ngx_memcpy(reply->str, str, len);
    reply->str[len] = '\0';

    if (task->parent) {
        parent = task->parent->obj;
        parent->element[task->idx] = reply;
    }

    return reply;
}


static void *
ngx_http_trials_reply_array(const redisReadTask       *task,
                            ngx_http_trials_elements_t n)
{
    if (n > NGX_HTTP_TRIALS_ELEMENTS) {
        return NULL;
    }

    return ngx_http_trials_reply_defaults->createArray(task, n);
}


/* Depth is hiredis's: seven arrays, one in the other. */

void
ngx_http_trials_reply_free(void *object)
{
    size_t      i;
    redisReply *reply = object;

    if (reply == NULL) {
        return;
    }

    for (i = 0; i < reply->elements; i++) {
        ngx_http_trials_reply_free(reply->element[i]);
    }

    ngx_free(reply->element);
    ngx_free(reply);
}
