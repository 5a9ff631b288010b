/* Documents in a worker's memory: see ngx_http_trials_document.h. */

#include "ngx_http_trials_document.h"
#include "ngx_http_trials_reply.h"


/* No body may claim to be longer than this when inflated. */
#define NGX_HTTP_TRIALS_BODY (64 * 1024 * 1024)

/* Deflate's best ratio is below this. */
#define NGX_HTTP_TRIALS_RATIO 1040

#define NGX_HTTP_TRIALS_GZIP_MIN 18


static const char *
ngx_http_trials_document_check(const trials_document_t *document);


ngx_http_trials_document_t *
ngx_http_trials_document_create(redisReply *reply, const char **reason)
{
    size_t                      i;
    redisReply                 *element;
    trials_value_t              values[TRIALS_DOCUMENT_NFIELDS];
    trials_document_t           value;
    ngx_http_trials_document_t *document;

    if (reply->type == REDIS_REPLY_ERROR) {
        *reason = "the key holds no hash";
        return NULL;
    }

    if (reply->type != REDIS_REPLY_ARRAY
        || reply->elements != TRIALS_DOCUMENT_NFIELDS)
    {
        *reason = "the reply is not the hash's fields";
        return NULL;
    }

    for (i = 0; i < TRIALS_DOCUMENT_NFIELDS; i++) {
        element = reply->element[i];

        if (element->type == REDIS_REPLY_STRING) {
            values[i].data = element->str;
            values[i].len = (size_t) element->len;

        } else {
            values[i].data = NULL;
            values[i].len = 0;
        }
    }

    *reason = trials_document_read(values, &value);

    if (*reason == NULL) {
        *reason = ngx_http_trials_document_check(&value);
    }

    if (*reason) {
        return NULL;
    }

    document = ngx_alloc(sizeof(ngx_http_trials_document_t), ngx_cycle->log);
    if (document == NULL) {
        return NULL;
    }

    document->value = value;
    document->reply = reply;
    document->plain = NULL;
    document->count = 1;
    document->stale = 0;

    return document;
}


/*
 * Whether a body can be gzip of so many bytes.  Its data is not looked at, but
 * what most often is wrong, a truncated body, shows in its last bytes.
 */

static const char *
ngx_http_trials_document_check(const trials_document_t *document)
{
    size_t        len;
    uint32_t      size;
    const u_char *p;

    if (document->state != TRIALS_DOCUMENT_PRESENT
        || document->body.data == NULL) {
        return NULL;
    }

    len = document->body.len;
    p = (const u_char *) document->body.data;

    if (len < NGX_HTTP_TRIALS_GZIP_MIN || p[0] != 0x1f || p[1] != 0x8b) {
        return "the rendition's body is not gzip";
    }

    p += len - 4;
    size = (uint32_t) p[0] | (uint32_t) p[1] << 8 | (uint32_t) p[2] << 16
           | (uint32_t) p[3] << 24;

    if (document->size != size || size > NGX_HTTP_TRIALS_BODY
        || size > len * NGX_HTTP_TRIALS_RATIO)
    {
        return "the rendition's body is not gzip of its size";
    }

    return NULL;
}


void
ngx_http_trials_document_release(ngx_http_trials_document_t *document)
{
    if (--document->count) {
        return;
    }

    if (document->plain) {
        ngx_http_trials_plain_release(document->plain);
    }

    ngx_http_trials_reply_free(document->reply);
    ngx_free(document);
}


const u_char *
ngx_http_trials_document_inflate(ngx_http_trials_document_t *document,
                                 ngx_http_trials_inflater_t *inflater,
                                 ngx_log_t                  *log)
{
    ngx_str_t gzip, etag;

    if (document->plain == NULL) {
        gzip.data = (u_char *) (uintptr_t) document->value.body.data;
        gzip.len = document->value.body.len;

        etag.data = (u_char *) (uintptr_t) document->value.etag.data;
        etag.len = document->value.etag.len;

        document->plain = ngx_http_trials_plain_get(
            inflater, &gzip, document->value.size, &etag, log);
    }

    return document->plain ? document->plain->data : NULL;
}
