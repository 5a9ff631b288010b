/* What the files of the module share: configuration and request context. */

#ifndef NGX_HTTP_TRIALS_MODULE_H
#define NGX_HTTP_TRIALS_MODULE_H


#include "ngx_http_trials_compat.h"
#include "ngx_http_trials_path.h"
#include "ngx_http_trials_redis.h"
#include "ngx_http_trials_wait.h"


/*
 * Content-Security-Policy, but for who may frame it.  Pages have their styles
 * within, and those of documents that another version made differ: no hash can
 * name them all.  Script from within is none of theirs.
 */
#define NGX_HTTP_TRIALS_POLICY                                               \
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' "  \
    "data: https:; font-src 'self'; script-src 'self'; connect-src 'self'; " \
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; "             \
    "frame-ancestors "


typedef struct {
    ngx_flag_t enable;
    ngx_msec_t wait;
    ngx_msec_t stale;         /* while Redis is away; 0: not at all */
    ngx_flag_t updating;      /* also what is due for a check is sent */
    ngx_str_t  cache_control; /* empty: none */
    ngx_flag_t security_headers;
    ngx_str_t  embed_policy; /* Content-Security-Policy */
    ngx_flag_t accept_language;
    ngx_uint_t status; /* trials_status is here */
    ngx_uint_t status_json;
} ngx_http_trials_loc_conf_t;


/* $trials_cache_status, in nginx's words; see README.md. */

typedef enum {
    NGX_HTTP_TRIALS_NO_STATUS = 0, /* nothing was found out */
    NGX_HTTP_TRIALS_HIT,
    NGX_HTTP_TRIALS_MISS,
    NGX_HTTP_TRIALS_STALE,
    NGX_HTTP_TRIALS_EXPIRED,
    NGX_HTTP_TRIALS_UPDATING,
    NGX_HTTP_TRIALS_BYPASS
} ngx_http_trials_status_t;


/* Of a request; in its pool, and found again after an internal redirect. */

typedef struct {
    ngx_http_request_t      *request;
    ngx_http_trials_redis_t *redis;
    ngx_http_trials_entry_t *entry; /* of the zone, held; else NULL */
    ngx_http_trials_waiter_t waiter;
    ngx_http_trials_path_t   path;
    size_t                   prefix; /* how much of the URI is before it */
    size_t                   home;   /* the same by the location; 0: by none */
    uint64_t                 read;   /* ms: when Redis had what is sent */
    ngx_http_trials_status_t status;
    unsigned                 found : 1;    /* path is set */
    unsigned                 followed : 1; /* an alias */
    unsigned                 waits : 1;    /* or did: it has its cleanup */
    unsigned                 sent : 1;     /* read is set */
    unsigned                 asked : 1;    /* Redis, just now */
} ngx_http_trials_ctx_t;


typedef enum {
    NGX_HTTP_TRIALS_PAGE_NO_PATH = 0, /* 404: no such address here */
    NGX_HTTP_TRIALS_PAGE_ABSENT,      /* 404: there is no such document */
    NGX_HTTP_TRIALS_PAGE_METHOD,      /* 405 */
    NGX_HTTP_TRIALS_PAGE_CONDITION,   /* 412 */
    NGX_HTTP_TRIALS_PAGE_PREPARING,   /* 503 */
    NGX_HTTP_TRIALS_PAGE_UNAVAILABLE, /* 503 */
    NGX_HTTP_TRIALS_NPAGES
} ngx_http_trials_page_t;


/* Of one language; plain text that needs no escaping in HTML. */

typedef struct {
    ngx_str_t titles[NGX_HTTP_TRIALS_NPAGES];
    ngx_str_t texts[NGX_HTTP_TRIALS_NPAGES];
    ngx_str_t registry; /* after an id */
    ngx_str_t home;     /* the start page */
    ngx_str_t style;    /* CSS, the same in all */
} ngx_http_trials_words_t;


typedef struct {
    ngx_http_trials_redis_conf_t redis_conf;
    ngx_http_trials_redis_t     *redis; /* NULL without trials_redis */
    ngx_http_trials_zone_t      *zone;
    ngx_http_trials_words_t     *words; /* by trials_language_t */
    ngx_msec_t                   max_age;
    ngx_uint_t                   max_waiting;
    size_t                       gunzip_cache; /* bytes of a worker */
} ngx_http_trials_main_conf_t;


extern ngx_module_t ngx_http_trials_module;


/* Adds a header line; both strings must outlive the request. */

static ngx_inline ngx_table_elt_t *
ngx_http_trials_add_header(ngx_http_request_t *r, const char *key,
                           const char *value)
{
    ngx_table_elt_t *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NULL;
    }

    h->hash = 1;
    ngx_http_trials_header_init(h);

    h->key.data = (u_char *) (uintptr_t) key;
    h->key.len = ngx_strlen(key);
    h->value.data = (u_char *) (uintptr_t) value;
    h->value.len = ngx_strlen(value);
    h->lowcase_key = NULL;

    return h;
}


/* ngx_http_trials_handler.c */

ngx_int_t ngx_http_trials_handler(ngx_http_request_t *r);

/* The request's context, also after an internal redirect; NULL without one. */
ngx_http_trials_ctx_t *ngx_http_trials_get_ctx(ngx_http_request_t *r);


/* ngx_http_trials_send.c */

/* Sends the document that the context holds. */
ngx_int_t ngx_http_trials_send_document(ngx_http_request_t    *r,
                                        ngx_http_trials_ctx_t *ctx);

/* A 301 or 302 to another path beneath the same prefix. */
ngx_int_t
ngx_http_trials_send_redirect(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx,
                              const ngx_http_trials_path_t *path,
                              ngx_uint_t                    status);

/* What every answer has; cache_control NULL: as the location says. */
ngx_int_t
ngx_http_trials_add_common(ngx_http_request_t *r, const char *cache_control);


/* ngx_http_trials_conditions.c */

/*
 * The status that the request's conditions make of 200, by RFC 9110, section
 * 13.2.2: that, 304 or 412.  If-Range is left to nginx's range filter.
 */
ngx_int_t ngx_http_trials_conditions(ngx_http_request_t *r);

/* The next line of the request's header of that name, in lower case. */
ngx_table_elt_t *
ngx_http_trials_next_line(ngx_list_part_t **part, ngx_uint_t *i,
                          const char *name, size_t len);


/* ngx_http_trials_pages.c */

/* Sends a page of the module's own, or what error_page names instead. */
ngx_int_t
ngx_http_trials_send_page(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx,
                          ngx_http_trials_page_t page);


/* ngx_http_trials_words.c */

/* Of all languages; NULL without memory. */
ngx_http_trials_words_t *ngx_http_trials_words_create(ngx_conf_t *cf);


/* ngx_http_trials_variables.c */

ngx_int_t ngx_http_trials_add_variables(ngx_conf_t *cf);

const char *ngx_http_trials_status_name(ngx_http_trials_status_t status);


/* ngx_http_trials_status.c */

ngx_int_t ngx_http_trials_status_handler(ngx_http_request_t *r);


#endif
