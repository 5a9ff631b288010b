/* Answers with a document: conditions, headers, body. */

#include "ngx_http_trials_module.h"
#include "ngx_http_trials_negotiate.h"
#include "ngx_http_trials_wanted.h"


/* A strong tag with quotes and suffix; the opaque part has up to 64 bytes. */
#define NGX_HTTP_TRIALS_ETAG_SIZE 80


typedef struct {
    const char *name;
    ngx_uint_t  weak;
} ngx_http_trials_condition_t;


static ngx_int_t
ngx_http_trials_set_headers(ngx_http_request_t *r, trials_rendition_t rendition,
                            ngx_uint_t gzip);
static ngx_int_t
ngx_http_trials_set_etag(ngx_http_request_t *r, const trials_document_t *value,
                         ngx_uint_t gzip);
static void
ngx_http_trials_set_type(ngx_http_request_t *r, trials_rendition_t rendition);
static ngx_int_t
ngx_http_trials_send_body(ngx_http_request_t *r, u_char *body, size_t len);
static ngx_uint_t ngx_http_trials_wants_gzip(ngx_http_request_t *r);
static ngx_int_t  ngx_http_trials_conditions(ngx_http_request_t *r);
static ngx_int_t
ngx_http_trials_test_tags(ngx_http_request_t *r, const char *name, int weak);
static ngx_table_elt_t *
ngx_http_trials_next_line(ngx_list_part_t **part, ngx_uint_t *i,
                          const char *name);


ngx_int_t
ngx_http_trials_send_document(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx)
{
    size_t                      len;
    u_char                     *body;
    ngx_int_t                   rc;
    ngx_uint_t                  gzip;
    ngx_http_trials_document_t *document;

    document = ctx->waiter.document;
    gzip = ngx_http_trials_wants_gzip(r);

    if (gzip) {
        body = (u_char *) (uintptr_t) document->value.body.data;
        len = document->value.body.len;

    } else {
        body = NULL;
        len = document->value.size;

        if (r->method != NGX_HTTP_HEAD || r != r->main) {
            body =
                ngx_http_trials_document_inflate(document, r->connection->log);
            if (body == NULL) {
                ngx_http_trials_wanted_ask(ctx->redis, ctx->path.id);
                return ngx_http_trials_send_page(
                    r, ctx, NGX_HTTP_TRIALS_PAGE_UNAVAILABLE);
            }
        }
    }

    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = (off_t) len;
    r->headers_out.last_modified_time = (time_t) document->value.modified;

    if (ngx_http_trials_set_etag(r, &document->value, gzip) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = (r == r->main) ? ngx_http_trials_conditions(r) : NGX_HTTP_OK;

    if (rc == NGX_HTTP_PRECONDITION_FAILED) {
        ngx_http_clear_etag(r);
        ngx_http_clear_last_modified(r);
        return ngx_http_trials_send_page(r, ctx,
                                         NGX_HTTP_TRIALS_PAGE_CONDITION);
    }

    r->headers_out.status = (ngx_uint_t) rc;

    if (ngx_http_trials_set_headers(r, ctx->path.rendition, gzip) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_trials_send_body(r, body, len);
}


static ngx_int_t
ngx_http_trials_set_headers(ngx_http_request_t *r, trials_rendition_t rendition,
                            ngx_uint_t gzip)
{
    ngx_table_elt_t          *h;
    ngx_http_core_loc_conf_t *clcf;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    /* nginx would answer 304 by rules of its own. */

    r->disable_not_modified = 1;

    /*
     * Neither a gzip filter may compress what is not acceptable that way, nor
     * a gunzip filter undo what is.
     */

#if (NGX_HTTP_GZIP)
    r->gzip_tested = 1;
    r->gzip_ok = gzip ? 1 : 0;

    if (clcf->gzip_vary) {
        r->gzip_vary = 1;
    }
#endif

    if (
#if (NGX_HTTP_GZIP)
        !clcf->gzip_vary &&
#endif
        ngx_http_trials_add_header(r, "Vary", "Accept-Encoding") == NULL)
    {
        return NGX_ERROR;
    }

    if (ngx_http_trials_add_common(r, NGX_HTTP_TRIALS_MAX_AGE) != NGX_OK) {
        return NGX_ERROR;
    }

    if (r->headers_out.status == NGX_HTTP_NOT_MODIFIED) {
        r->headers_out.content_length_n = -1;
        return NGX_OK;
    }

    ngx_http_trials_set_type(r, rendition);

    if (gzip) {
        h = ngx_http_trials_add_header(r, "Content-Encoding", "gzip");
        if (h == NULL) {
            return NGX_ERROR;
        }

        r->headers_out.content_encoding = h;
    }

    r->allow_ranges = (r == r->main);

    return NGX_OK;
}


static ngx_int_t
ngx_http_trials_set_etag(ngx_http_request_t *r, const trials_document_t *value,
                         ngx_uint_t gzip)
{
    u_char          *data;
    ngx_table_elt_t *h;

    data = ngx_pnalloc(r->pool, NGX_HTTP_TRIALS_ETAG_SIZE);
    if (data == NULL) {
        return NGX_ERROR;
    }

    h = ngx_http_trials_add_header(r, "ETag", "");
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->value.data = data;
    h->value.len = (size_t) (ngx_snprintf(data, NGX_HTTP_TRIALS_ETAG_SIZE,
                                          "\"%*s%s\"", value->etag.len,
                                          value->etag.data, gzip ? "-gz" : "")
                             - data);

    r->headers_out.etag = h;

    return NGX_OK;
}


static void
ngx_http_trials_set_type(ngx_http_request_t *r, trials_rendition_t rendition)
{
    u_char     *charset;
    const char *type;

    type = trials_rendition_type(rendition);

    r->headers_out.content_type.data = (u_char *) (uintptr_t) type;
    r->headers_out.content_type.len = ngx_strlen(type);

    /* nginx compares types without their parameters. */

    charset = (u_char *) ngx_strstr(type, "; charset=");

    if (charset) {
        r->headers_out.content_type.len = (size_t) (charset - (u_char *) type);
        charset += sizeof("; charset=") - 1;
        r->headers_out.charset.data = charset;
        r->headers_out.charset.len = ngx_strlen(charset);
    }

    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;
}


static ngx_int_t
ngx_http_trials_send_body(ngx_http_request_t *r, u_char *body, size_t len)
{
    ngx_int_t   rc;
    ngx_buf_t  *b;
    ngx_chain_t out;

    if (r != r->main && len == 0) {
        return ngx_http_send_header(r);
    }

    b = ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    /* The bytes are shared: filters copy what they would change. */

    b->pos = body;
    b->last = body + len;
    b->memory = len ? 1 : 0;
    b->last_buf = (r == r->main) ? 1 : 0;
    b->last_in_chain = 1;

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


ngx_int_t
ngx_http_trials_send_redirect(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx,
                              const char *id)
{
    size_t           len;
    u_char          *p;
    uintptr_t        escape;
    ngx_table_elt_t *h;

    /* The URI has been decoded. */

    escape = 2 * ngx_escape_uri(NULL, r->uri.data, ctx->prefix, NGX_ESCAPE_URI);

    len = ctx->prefix + escape + NGX_HTTP_TRIALS_PATH_SIZE
          + (r->args.len ? r->args.len + 1 : 0);

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_clear_location(r);

    h = ngx_http_trials_add_header(r, "Location", "");
    if (h == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    h->value.data = p;

    if (escape) {
        p = (u_char *) ngx_escape_uri(p, r->uri.data, ctx->prefix,
                                      NGX_ESCAPE_URI);
    } else {
        p = ngx_cpymem(p, r->uri.data, ctx->prefix);
    }

    p += ngx_http_trials_path_write(id, ctx->path.rendition, (char *) p);

    if (r->args.len) {
        *p++ = '?';
        p = ngx_cpymem(p, r->args.data, r->args.len);
    }

    h->value.len = (size_t) (p - h->value.data);

    r->headers_out.location = h;

    if (ngx_http_trials_add_common(r, NGX_HTTP_TRIALS_MAX_AGE) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return NGX_HTTP_MOVED_PERMANENTLY;
}


ngx_table_elt_t *
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


ngx_int_t
ngx_http_trials_add_common(ngx_http_request_t *r, const char *cache_control)
{
    ngx_table_elt_t *h;

    h = ngx_http_trials_add_header(r, "Cache-Control", cache_control);

    if (h == NULL || ngx_http_trials_cache_control(r, h) != NGX_OK
        || ngx_http_trials_add_header(r, "X-Content-Type-Options", "nosniff")
               == NULL)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_uint_t
ngx_http_trials_wants_gzip(ngx_http_request_t *r)
{
    ngx_uint_t               i;
    ngx_list_part_t         *part;
    ngx_table_elt_t         *h;
    ngx_http_trials_accept_t accept;

    /* What includes a subrequest's answer takes it as it is. */

    if (r != r->main) {
        return 0;
    }

    ngx_http_trials_accept_init(&accept);

    part = &r->headers_in.headers.part;
    i = 0;

    for (;;) {
        h = ngx_http_trials_next_line(&part, &i, "accept-encoding");
        if (h == NULL) {
            break;
        }

        ngx_http_trials_accept_parse(&accept, (char *) h->value.data,
                                     h->value.len);
    }

    return ngx_http_trials_accept_gzip(&accept) ? 1 : 0;
}


/*
 * RFC 9110, section 13.2.2.  Returns the status: 200, 304 or 412.  If-Range is
 * left to nginx's range filter.
 */

static ngx_int_t
ngx_http_trials_conditions(ngx_http_request_t *r)
{
    time_t           date;
    ngx_int_t        rc;
    ngx_table_elt_t *h;

    rc = ngx_http_trials_test_tags(r, "if-match", 0);

    if (rc == NGX_DECLINED) {
        return NGX_HTTP_PRECONDITION_FAILED;
    }

    h = r->headers_in.if_unmodified_since;

    if (rc == NGX_DONE && h) {
        date = ngx_parse_http_time(h->value.data, h->value.len);

        if (date != NGX_ERROR && date < r->headers_out.last_modified_time) {
            return NGX_HTTP_PRECONDITION_FAILED;
        }
    }

    rc = ngx_http_trials_test_tags(r, "if-none-match", 1);

    if (rc != NGX_DONE) {
        return (rc == NGX_OK) ? NGX_HTTP_NOT_MODIFIED : NGX_HTTP_OK;
    }

    h = r->headers_in.if_modified_since;

    if (h) {
        date = ngx_parse_http_time(h->value.data, h->value.len);

        if (date != NGX_ERROR && date >= r->headers_out.last_modified_time) {
            return NGX_HTTP_NOT_MODIFIED;
        }
    }

    return NGX_HTTP_OK;
}


/* NGX_OK: the lines of that name have the tag; NGX_DECLINED: they do not;
 * NGX_DONE: there is no such line. */

static ngx_int_t
ngx_http_trials_test_tags(ngx_http_request_t *r, const char *name, int weak)
{
    ngx_int_t        rc;
    ngx_str_t       *etag;
    ngx_uint_t       i;
    ngx_list_part_t *part;
    ngx_table_elt_t *h;

    etag = &r->headers_out.etag->value;

    part = &r->headers_in.headers.part;
    i = 0;
    rc = NGX_DONE;

    for (;;) {
        h = ngx_http_trials_next_line(&part, &i, name);
        if (h == NULL) {
            return rc;
        }

        rc = NGX_DECLINED;

        if (ngx_http_trials_etag_match((char *) h->value.data, h->value.len,
                                       (char *) etag->data, etag->len, weak))
        {
            return NGX_OK;
        }
    }
}


/*
 * The next line of that name, in lower case.  The request's list is walked
 * since which of several lines nginx links differs from version to version.
 */

static ngx_table_elt_t *
ngx_http_trials_next_line(ngx_list_part_t **part, ngx_uint_t *i,
                          const char *name)
{
    size_t           len;
    ngx_table_elt_t *h;

    len = ngx_strlen(name);

    for (;;) {
        if (*i >= (*part)->nelts) {
            if ((*part)->next == NULL) {
                return NULL;
            }

            *part = (*part)->next;
            *i = 0;
            continue;
        }

        h = (ngx_table_elt_t *) (*part)->elts + (*i)++;

        if (h->key.len == len && ngx_strncmp(h->lowcase_key, name, len) == 0) {
            return h;
        }
    }
}
