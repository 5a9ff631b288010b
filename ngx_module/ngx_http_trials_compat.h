/*
 * The only place that knows of differences between versions of nginx and of
 * hiredis.
 */

#ifndef NGX_HTTP_TRIALS_COMPAT_H
#define NGX_HTTP_TRIALS_COMPAT_H


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <hiredis.h>


/* Since 1.23.0 header lines of one name are a linked list. */

#if (nginx_version >= 1023000)
#define ngx_http_trials_header_init(h) (h)->next = NULL
#else
#define ngx_http_trials_header_init(h)
#endif


/* Makes h the answer's Cache-Control, so that "expires" finds it. */

static ngx_inline ngx_int_t
ngx_http_trials_cache_control(ngx_http_request_t *r, ngx_table_elt_t *h)
{
#if (nginx_version >= 1023000)

    r->headers_out.cache_control = h;

    return NGX_OK;

#else

    ngx_table_elt_t **line;

    if (r->headers_out.cache_control.elts == NULL
        && ngx_array_init(&r->headers_out.cache_control, r->pool, 1,
                          sizeof(ngx_table_elt_t *))
               != NGX_OK)
    {
        return NGX_ERROR;
    }

    line = ngx_array_push(&r->headers_out.cache_control);
    if (line == NULL) {
        return NGX_ERROR;
    }

    *line = h;

    return NGX_OK;

#endif
}


/* The type of an array's length in hiredis's reply functions. */

#if (HIREDIS_MAJOR >= 1)
typedef size_t ngx_http_trials_elements_t;
#else
typedef int ngx_http_trials_elements_t;
#endif


#endif
