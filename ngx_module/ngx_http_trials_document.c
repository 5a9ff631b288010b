/* Documents in a worker's memory: see ngx_http_trials_document.h. */

#include "ngx_http_trials_document.h"

#include <zlib.h>


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

    if (document->state != TRIALS_DOCUMENT_PRESENT) {
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
        ngx_free(document->plain);
    }

    freeReplyObject(document->reply);
    ngx_free(document);
}


u_char *
ngx_http_trials_document_inflate(ngx_http_trials_document_t *document,
                                 ngx_log_t                  *log)
{
    int      rc;
    u_char  *plain;
    z_stream stream;

    if (document->plain) {
        return document->plain;
    }

    ngx_memzero(&stream, sizeof(z_stream));

    /* 16 asks zlib for the gzip format. */

    rc = inflateInit2(&stream, MAX_WBITS + 16);

    if (rc != Z_OK) {
        ngx_log_error(NGX_LOG_ALERT, log, 0, "inflateInit2() failed: %d", rc);
        return NULL;
    }

    /* A byte more than there should be, so that too long a body is noticed. */

    plain = ngx_alloc(document->value.size + 1, log);

    if (plain) {
        stream.next_in = (Bytef *) (uintptr_t) document->value.body.data;
        stream.avail_in = (uInt) document->value.body.len;
        stream.next_out = plain;
        stream.avail_out = (uInt) (document->value.size + 1);

        rc = inflate(&stream, Z_FINISH);

        if (rc != Z_STREAM_END || stream.avail_in != 0
            || stream.total_out != document->value.size)
        {
            ngx_log_error(NGX_LOG_ERR, log, 0,
                          "trials body with the entity tag \"%*s\" is corrupt: "
                          "inflate() returned %d after %ul of %uz bytes",
                          document->value.etag.len, document->value.etag.data,
                          rc, stream.total_out, document->value.size);

            ngx_free(plain);
            plain = NULL;
        }
    }

    (void) inflateEnd(&stream);

    document->plain = plain;

    return plain;
}
