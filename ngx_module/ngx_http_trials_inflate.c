/* Bodies without coding: see ngx_http_trials_inflate.h. */

#include "ngx_http_trials_inflate.h"

#include <libdeflate.h>


/* No body takes more than this part of what a worker may remember. */
#define NGX_HTTP_TRIALS_PLAIN_SHARE 8


struct ngx_http_trials_inflater_s {
    struct libdeflate_decompressor *decompressor; /* made when first needed */
    ngx_rbtree_t                    tree;         /* by entity tag */
    ngx_rbtree_node_t               sentinel;
    ngx_queue_t                     queue; /* the one used last comes first */
    size_t                          size;  /* of all bodies */
    size_t                          max;
};


static ngx_http_trials_plain_t             *
ngx_http_trials_plain_find(ngx_http_trials_inflater_t *inflater,
                                       const ngx_str_t *etag, size_t size);
static void ngx_http_trials_plain_keep(ngx_http_trials_inflater_t *inflater,
                                       ngx_http_trials_plain_t    *plain);
static void ngx_http_trials_plain_forget(ngx_http_trials_inflater_t *inflater);
static ngx_int_t
ngx_http_trials_inflate_whole(ngx_http_trials_inflater_t *inflater,
                              const ngx_str_t *gzip, u_char *out, size_t size,
                              const ngx_str_t *etag, ngx_log_t *log);


ngx_http_trials_inflater_t *
ngx_http_trials_inflater_create(ngx_pool_t *pool, size_t max)
{
    ngx_http_trials_inflater_t *inflater;

    inflater = ngx_pcalloc(pool, sizeof(ngx_http_trials_inflater_t));
    if (inflater == NULL) {
        return NULL;
    }

    ngx_rbtree_init(&inflater->tree, &inflater->sentinel,
                    ngx_str_rbtree_insert_value);
    ngx_queue_init(&inflater->queue);
    inflater->max = max;

    return inflater;
}


void
ngx_http_trials_inflater_exit(ngx_http_trials_inflater_t *inflater)
{
    while (!ngx_queue_empty(&inflater->queue)) {
        ngx_http_trials_plain_forget(inflater);
    }

    libdeflate_free_decompressor(inflater->decompressor);
    inflater->decompressor = NULL;
}


ngx_http_trials_plain_t *
ngx_http_trials_plain_get(ngx_http_trials_inflater_t *inflater,
                          const ngx_str_t *gzip, size_t size,
                          const ngx_str_t *etag, ngx_log_t *log)
{
    ngx_http_trials_plain_t *plain;

    plain = ngx_http_trials_plain_find(inflater, etag, size);

    if (plain) {
        plain->count++;
        return plain;
    }

    /* The tag comes after the body, and the byte that is one too many. */

    plain = ngx_alloc(
        offsetof(ngx_http_trials_plain_t, data) + size + 1 + etag->len, log);
    if (plain == NULL) {
        return NULL;
    }

    if (ngx_http_trials_inflate_whole(inflater, gzip, plain->data, size, etag,
                                      log)
        != NGX_OK)
    {
        ngx_free(plain);
        return NULL;
    }

    plain->count = 1;
    plain->size = size;
    plain->sn.str.data = plain->data + size + 1;
    plain->sn.str.len = etag->len;
    plain->sn.node.key = ngx_crc32_short(etag->data, etag->len);
    ngx_memcpy(plain->sn.str.data, etag->data, etag->len);

    if (size <= inflater->max / NGX_HTTP_TRIALS_PLAIN_SHARE) {
        ngx_http_trials_plain_keep(inflater, plain);
    }

    return plain;
}


static ngx_http_trials_plain_t *
ngx_http_trials_plain_find(ngx_http_trials_inflater_t *inflater,
                           const ngx_str_t *etag, size_t size)
{
    ngx_str_t                tag;
    ngx_str_node_t          *sn;
    ngx_http_trials_plain_t *plain;

    tag = *etag;

    sn = ngx_str_rbtree_lookup(&inflater->tree, &tag,
                               ngx_crc32_short(etag->data, etag->len));

    if (sn == NULL) {
        return NULL;
    }

    plain = (ngx_http_trials_plain_t *) sn;

    if (plain->size != size) {
        return NULL;
    }

    ngx_queue_remove(&plain->queue);
    ngx_queue_insert_head(&inflater->queue, &plain->queue);

    return plain;
}


/* Remembers it, in place of those that were not used for longest. */

static void
ngx_http_trials_plain_keep(ngx_http_trials_inflater_t *inflater,
                           ngx_http_trials_plain_t    *plain)
{
    while (inflater->size + plain->size > inflater->max) {
        ngx_http_trials_plain_forget(inflater);
    }

    plain->count++;
    inflater->size += plain->size;

    ngx_rbtree_insert(&inflater->tree, &plain->sn.node);
    ngx_queue_insert_head(&inflater->queue, &plain->queue);
}


static void
ngx_http_trials_plain_forget(ngx_http_trials_inflater_t *inflater)
{
    ngx_queue_t             *q;
    ngx_http_trials_plain_t *plain;

    q = ngx_queue_last(&inflater->queue);
    plain = ngx_queue_data(q, ngx_http_trials_plain_t, queue);

    ngx_queue_remove(q);
    ngx_rbtree_delete(&inflater->tree, &plain->sn.node);
    inflater->size -= plain->size;

    ngx_http_trials_plain_release(plain);
}


void
ngx_http_trials_plain_release(ngx_http_trials_plain_t *plain)
{
    if (--plain->count == 0) {
        ngx_free(plain);
    }
}


ngx_int_t
ngx_http_trials_inflate(ngx_http_trials_inflater_t *inflater, ngx_chain_t *in,
                        u_char *out, size_t size, const ngx_str_t *etag,
                        ngx_log_t *log)
{
    u_char      *p;
    ngx_int_t    rc;
    ngx_str_t    gzip;
    ngx_chain_t *cl;

    gzip.data = in->buf->pos;
    gzip.len = (size_t) (in->buf->last - in->buf->pos);

    if (in->next == NULL) {
        return ngx_http_trials_inflate_whole(inflater, &gzip, out, size, etag,
                                             log);
    }

    gzip.len = 0;

    for (cl = in; cl; cl = cl->next) {
        gzip.len += (size_t) (cl->buf->last - cl->buf->pos);
    }

    gzip.data = ngx_alloc(gzip.len, log);
    if (gzip.data == NULL) {
        return NGX_ERROR;
    }

    p = gzip.data;

    for (cl = in; cl; cl = cl->next) {
        p = ngx_cpymem(p, cl->buf->pos,
                       (size_t) (cl->buf->last - cl->buf->pos));
    }

    rc = ngx_http_trials_inflate_whole(inflater, &gzip, out, size, etag, log);

    ngx_free(gzip.data);

    return rc;
}


static ngx_int_t
ngx_http_trials_inflate_whole(ngx_http_trials_inflater_t *inflater,
                              const ngx_str_t *gzip, u_char *out, size_t size,
                              const ngx_str_t *etag, ngx_log_t *log)
{
    size_t                 used, made;
    enum libdeflate_result result;

    if (inflater->decompressor == NULL) {
        inflater->decompressor = libdeflate_alloc_decompressor();

        if (inflater->decompressor == NULL) {
            return NGX_ERROR;
        }
    }

    /* A byte more than there should be, so that too long a body is noticed. */

    used = 0;
    made = 0;

    result =
        libdeflate_gzip_decompress_ex(inflater->decompressor, gzip->data,
                                      gzip->len, out, size + 1, &used, &made);

    if (result == LIBDEFLATE_SUCCESS && used == gzip->len && made == size) {
        return NGX_OK;
    }

    ngx_log_error(NGX_LOG_ERR, log, 0,
                  "trials body with the entity tag \"%V\" is corrupt: it is no "
                  "gzip of %uz bytes, libdeflate returned %d",
                  etag, size, (int) result);

    return NGX_ERROR;
}
