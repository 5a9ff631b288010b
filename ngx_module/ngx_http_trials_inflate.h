/*
 * Bodies without coding, for those who take no gzip.  A worker remembers those
 * it made lately by their entity tags: what has the same tag has the same
 * bytes, so that a site without a zone, whose pages include trials, does not
 * inflate the same one for each reader.
 */

#ifndef NGX_HTTP_TRIALS_INFLATE_H
#define NGX_HTTP_TRIALS_INFLATE_H


#include "ngx_http_trials_compat.h"


typedef struct ngx_http_trials_inflater_s ngx_http_trials_inflater_t;


/* Counted: whoever holds a pointer holds a reference. */

typedef struct {
    ngx_str_node_t sn; /* of the entity tag, within data */
    ngx_queue_t    queue;
    ngx_uint_t     count;
    size_t         size; /* of the body, which data begins with */
    u_char         data[1];
} ngx_http_trials_plain_t;


/* Of a worker, which remembers max bytes of bodies; in pool, the cycle's. */
ngx_http_trials_inflater_t      *
ngx_http_trials_inflater_create(ngx_pool_t *pool, size_t max);
void ngx_http_trials_inflater_exit(ngx_http_trials_inflater_t *inflater);

/*
 * The body of that tag and size, inflated from gzip unless it is remembered;
 * NULL without memory or where gzip is corrupt, which is logged with the tag.
 */
ngx_http_trials_plain_t *
ngx_http_trials_plain_get(ngx_http_trials_inflater_t *inflater,
                          const ngx_str_t *gzip, size_t size,
                          const ngx_str_t *etag, ngx_log_t *log);

void ngx_http_trials_plain_release(ngx_http_trials_plain_t *plain);

/*
 * Inflates the gzip'd body of in to size bytes of out, which has room for one
 * more.  NGX_ERROR without memory, or where it is corrupt: that is logged with
 * the tag.
 */
ngx_int_t ngx_http_trials_inflate(ngx_http_trials_inflater_t *inflater,
                                  ngx_chain_t *in, u_char *out, size_t size,
                                  const ngx_str_t *etag, ngx_log_t *log);


#endif
