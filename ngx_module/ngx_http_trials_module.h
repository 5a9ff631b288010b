/* What the files of the module share: configuration and request context. */

#ifndef NGX_HTTP_TRIALS_MODULE_H
#define NGX_HTTP_TRIALS_MODULE_H


#include "ngx_http_trials_compat.h"
#include "ngx_http_trials_path.h"
#include "ngx_http_trials_redis.h"
#include "ngx_http_trials_wait.h"


/* How long clients and proxies may keep an answer without asking again. */
#define NGX_HTTP_TRIALS_MAX_AGE "public, max-age=60"


typedef struct {
    ngx_http_trials_redis_conf_t redis_conf;
    ngx_http_trials_redis_t     *redis; /* NULL without trials_redis */
} ngx_http_trials_main_conf_t;


typedef struct {
    ngx_flag_t enable;
    ngx_msec_t wait;
} ngx_http_trials_loc_conf_t;


/* $trials_cache_status, in nginx's words. */

typedef enum {
    NGX_HTTP_TRIALS_NO_STATUS = 0, /* nothing was found out */
    NGX_HTTP_TRIALS_MISS,          /* Redis said it */
    NGX_HTTP_TRIALS_STALE          /* likewise, but it is due to be checked */
} ngx_http_trials_status_t;


/* Of a request; in its pool, and found again after an internal redirect. */

typedef struct {
    ngx_http_request_t      *request;
    ngx_http_trials_redis_t *redis;
    ngx_http_trials_waiter_t waiter;
    ngx_http_trials_path_t   path;
    size_t                   prefix; /* how much of the URI is before it */
    ngx_http_trials_status_t status;
    unsigned                 found : 1;    /* path is set */
    unsigned                 followed : 1; /* an alias */
} ngx_http_trials_ctx_t;


typedef enum {
    NGX_HTTP_TRIALS_PAGE_NO_PATH = 0, /* 404: no such address here */
    NGX_HTTP_TRIALS_PAGE_ABSENT,      /* 404: the registry has no such study */
    NGX_HTTP_TRIALS_PAGE_METHOD,      /* 405 */
    NGX_HTTP_TRIALS_PAGE_CONDITION,   /* 412 */
    NGX_HTTP_TRIALS_PAGE_PREPARING,   /* 503 */
    NGX_HTTP_TRIALS_PAGE_UNAVAILABLE  /* 503 */
} ngx_http_trials_page_t;


extern ngx_module_t ngx_http_trials_module;


/* ngx_http_trials_handler.c */

ngx_int_t ngx_http_trials_handler(ngx_http_request_t *r);

/* The request's context, also after an internal redirect; NULL without one. */
ngx_http_trials_ctx_t *ngx_http_trials_get_ctx(ngx_http_request_t *r);


/* ngx_http_trials_send.c */

/* Sends the document that the context holds. */
ngx_int_t ngx_http_trials_send_document(ngx_http_request_t    *r,
                                        ngx_http_trials_ctx_t *ctx);

/* A 301 to a rendition of another id, beneath the same prefix. */
ngx_int_t
ngx_http_trials_send_redirect(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx,
                              const char *id);

/* Adds a header line; both strings must outlive the request. */
ngx_table_elt_t *ngx_http_trials_add_header(ngx_http_request_t *r,
                                            const char *key, const char *value);

/* Cache-Control and what else every answer has. */
ngx_int_t
ngx_http_trials_add_common(ngx_http_request_t *r, const char *cache_control);


/* ngx_http_trials_pages.c */

/* Sends a page of the module's own, or what error_page names instead. */
ngx_int_t
ngx_http_trials_send_page(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx,
                          ngx_http_trials_page_t page);


/* ngx_http_trials_variables.c */

ngx_int_t ngx_http_trials_add_variables(ngx_conf_t *cf);


#endif
