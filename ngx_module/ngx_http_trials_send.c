/* Answers with a document: conditions, headers, body. */

#include "ngx_http_trials_module.h"
#include "ngx_http_trials_negotiate.h"
#include "ngx_http_trials_wanted.h"


/* A strong tag with quotes and suffix; the opaque part has up to 64 bytes. */
#define NGX_HTTP_TRIALS_ETAG_SIZE 80


/* What a document is sent with, be it the zone's or Redis's. */

typedef struct {
    ngx_str_t                etag; /* its opaque part */
    time_t                   modified;
    ngx_http_trials_coding_t coding;
    size_t                   len;
} ngx_http_trials_answer_t;


static void
ngx_http_trials_choose(ngx_http_request_t *r, const ngx_http_trials_ctx_t *ctx,
                       ngx_http_trials_answer_t *answer);
static ngx_int_t
ngx_http_trials_body(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx,
                     const ngx_http_trials_answer_t *answer,
                     ngx_chain_t                   **body);
static ngx_int_t
ngx_http_trials_entry_identity(ngx_http_request_t    *r,
                               ngx_http_trials_ctx_t *ctx, ngx_str_t *plain);
static ngx_int_t
ngx_http_trials_set_headers(ngx_http_request_t *r, trials_rendition_t rendition,
                            ngx_http_trials_coding_t coding);
static ngx_int_t
                 ngx_http_trials_set_etag(ngx_http_request_t             *r,
                                          const ngx_http_trials_answer_t *answer);
static ngx_int_t ngx_http_trials_set_date(ngx_http_request_t            *r,
                                          const ngx_http_trials_entry_t *entry);
static void
ngx_http_trials_set_type(ngx_http_request_t *r, trials_rendition_t rendition);
static ngx_int_t ngx_http_trials_add_vary(ngx_http_request_t *r);
static ngx_int_t
ngx_http_trials_send_body(ngx_http_request_t *r, ngx_chain_t *body);


static const char *const ngx_http_trials_codings[] = {NULL, "gzip", "br"};
static const char *const ngx_http_trials_suffixes[] = {"", "-gz", "-br"};


ngx_int_t
ngx_http_trials_send_document(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx)
{
    ngx_int_t                rc;
    ngx_chain_t             *body;
    ngx_http_trials_answer_t answer;

    ngx_http_trials_choose(r, ctx, &answer);

    if (answer.etag.len == 0) {
        return ngx_http_trials_send_page(r, ctx, NGX_HTTP_TRIALS_PAGE_NO_PATH);
    }

    rc = ngx_http_trials_body(r, ctx, &answer, &body);

    if (rc == NGX_DECLINED) {
        (void) ngx_http_trials_wanted_ask(ctx->redis, ctx->path.name);
        return ngx_http_trials_send_page(r, ctx,
                                         NGX_HTTP_TRIALS_PAGE_UNAVAILABLE);
    }

    if (rc != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = (off_t) answer.len;
    r->headers_out.last_modified_time = answer.modified;

    if (ngx_http_trials_set_etag(r, &answer) != NGX_OK
        || (ctx->entry && ngx_http_trials_set_date(r, ctx->entry) != NGX_OK))
    {
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

    if (ngx_http_trials_set_headers(r, ctx->path.rendition, answer.coding)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_trials_send_body(r, body);
}


/* The coding that the reader wants most, and what goes with it. */

static void
ngx_http_trials_choose(ngx_http_request_t *r, const ngx_http_trials_ctx_t *ctx,
                       ngx_http_trials_answer_t *answer)
{
    size_t                         lens[NGX_HTTP_TRIALS_NCODINGS];
    ngx_uint_t                     i;
    ngx_list_part_t               *part;
    ngx_table_elt_t               *h;
    const trials_document_t       *value;
    ngx_http_trials_accept_t       accept;
    const ngx_http_trials_entry_t *entry;

    entry = ctx->entry;

    if (entry) {
        answer->etag.data = (u_char *) (uintptr_t) entry->etag;
        answer->etag.len = entry->etag_len;
        answer->modified = (time_t) entry->modified;
        lens[NGX_HTTP_TRIALS_IDENTITY] = entry->size;
        lens[NGX_HTTP_TRIALS_GZIP] = entry->bodies[NGX_HTTP_TRIALS_GZIP].len;
        lens[NGX_HTTP_TRIALS_BROTLI] =
            entry->bodies[NGX_HTTP_TRIALS_BROTLI].len;

    } else {
        value = &ctx->waiter.document->value;
        answer->etag.data = (u_char *) (uintptr_t) value->etag.data;
        answer->etag.len = value->etag.len;
        answer->modified = (time_t) value->modified;
        lens[NGX_HTTP_TRIALS_IDENTITY] = value->size;
        lens[NGX_HTTP_TRIALS_GZIP] = value->body.len;
        lens[NGX_HTTP_TRIALS_BROTLI] = value->brotli.len;
    }

    answer->coding = NGX_HTTP_TRIALS_IDENTITY;

    /* What includes a subrequest's answer takes it as it is. */

    if (r == r->main) {
        ngx_http_trials_accept_init(&accept);

        part = &r->headers_in.headers.part;
        i = 0;

        for (;;) {
            h = ngx_http_trials_next_line(&part, &i, "accept-encoding",
                                          sizeof("accept-encoding") - 1);
            if (h == NULL) {
                break;
            }

            ngx_http_trials_accept_parse(&accept, (char *) h->value.data,
                                         h->value.len);
        }

        answer->coding = ngx_http_trials_accept_coding(
            &accept, lens[NGX_HTTP_TRIALS_BROTLI] != 0);
    }

    answer->len = lens[answer->coding];
}


/*
 * NGX_DECLINED where the body is corrupt.  The bytes are shared: filters copy
 * what they would change.
 */

static ngx_int_t
ngx_http_trials_body(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx,
                     const ngx_http_trials_answer_t *answer, ngx_chain_t **body)
{
    ngx_int_t                   rc;
    ngx_buf_t                  *b;
    ngx_str_t                   data;
    ngx_http_trials_document_t *document;

    *body = NULL;

    if (answer->len == 0 || (r->method == NGX_HTTP_HEAD && r == r->main)) {
        return NGX_OK;
    }

    if (ctx->entry && ctx->entry->bodies[answer->coding].len) {
        *body = ngx_http_trials_zone_body(ctx->redis->zone, ctx->entry,
                                          answer->coding, r->pool);

        return *body ? ngx_http_trials_zone_lend(ctx->redis->zone, ctx->entry,
                                                 answer->coding, r, *body)
                     : NGX_ERROR;
    }

    document = ctx->waiter.document;

    if (ctx->entry) {
        rc = ngx_http_trials_entry_identity(r, ctx, &data);

        if (rc != NGX_OK) {
            return rc;
        }

    } else if (answer->coding == NGX_HTTP_TRIALS_IDENTITY) {
        data.data = (u_char *) (uintptr_t) ngx_http_trials_document_inflate(
            document, ctx->redis->inflater, r->connection->log);
        if (data.data == NULL) {
            return NGX_DECLINED;
        }

    } else {
        data.data =
            (u_char *) (uintptr_t) ((answer->coding == NGX_HTTP_TRIALS_GZIP)
                                        ? document->value.body.data
                                        : document->value.brotli.data);
    }

    *body = ngx_alloc_chain_link(r->pool);
    b = ngx_calloc_buf(r->pool);

    if (*body == NULL || b == NULL) {
        return NGX_ERROR;
    }

    b->pos = data.data;
    b->last = data.data + answer->len;
    b->memory = 1;

    (*body)->buf = b;
    (*body)->next = NULL;

    return NGX_OK;
}


/* Once for an entry: the zone keeps what was inflated. */

static ngx_int_t
ngx_http_trials_entry_identity(ngx_http_request_t    *r,
                               ngx_http_trials_ctx_t *ctx, ngx_str_t *plain)
{
    ngx_str_t    etag;
    ngx_chain_t *in;

    etag.data = (u_char *) ctx->entry->etag;
    etag.len = ctx->entry->etag_len;

    plain->len = ctx->entry->size;
    plain->data = ngx_palloc(r->pool, plain->len + 1);

    in = ngx_http_trials_zone_body(ctx->redis->zone, ctx->entry,
                                   NGX_HTTP_TRIALS_GZIP, r->pool);

    if (plain->data == NULL || in == NULL) {
        return NGX_ERROR;
    }

    if (ngx_http_trials_inflate(ctx->redis->inflater, in, plain->data,
                                plain->len, &etag, r->connection->log)
        != NGX_OK)
    {
        return NGX_DECLINED;
    }

    ngx_http_trials_zone_add_identity(ctx->redis->zone, ctx->entry, plain);

    return NGX_OK;
}


static ngx_int_t
ngx_http_trials_set_headers(ngx_http_request_t *r, trials_rendition_t rendition,
                            ngx_http_trials_coding_t coding)
{
    ngx_table_elt_t *h;

    /* nginx would answer 304 by rules of its own. */

    r->disable_not_modified = 1;

    /*
     * Neither a gzip filter may compress what is not acceptable that way, nor
     * a gunzip filter undo what is.
     */

#if (NGX_HTTP_GZIP)
    r->gzip_tested = 1;
    r->gzip_ok = (coding == NGX_HTTP_TRIALS_GZIP);
#endif

    if (r == r->main
        && (ngx_http_trials_add_vary(r) != NGX_OK
            || ngx_http_trials_add_common(r, NULL) != NGX_OK))
    {
        return NGX_ERROR;
    }

    if (r->headers_out.status == NGX_HTTP_NOT_MODIFIED) {
        r->headers_out.content_length_n = -1;
        return NGX_OK;
    }

    ngx_http_trials_set_type(r, rendition);

    if (coding != NGX_HTTP_TRIALS_IDENTITY) {
        h = ngx_http_trials_add_header(r, "Content-Encoding",
                                       ngx_http_trials_codings[coding]);
        if (h == NULL) {
            return NGX_ERROR;
        }

        r->headers_out.content_encoding = h;
    }

    r->allow_ranges = (r == r->main);

    return NGX_OK;
}


static ngx_int_t
ngx_http_trials_set_etag(ngx_http_request_t             *r,
                         const ngx_http_trials_answer_t *answer)
{
    u_char          *p;
    const char      *suffix;
    ngx_table_elt_t *h;

    p = ngx_pnalloc(r->pool, NGX_HTTP_TRIALS_ETAG_SIZE);
    if (p == NULL) {
        return NGX_ERROR;
    }

    h = ngx_http_trials_add_header(r, "ETag", "");
    if (h == NULL) {
        return NGX_ERROR;
    }

    suffix = ngx_http_trials_suffixes[answer->coding];

    h->value.data = p;

    *p++ = '"';
    p = ngx_cpymem(p, answer->etag.data, answer->etag.len);
    p = ngx_cpymem(p, suffix, ngx_strlen(suffix));
    *p++ = '"';

    h->value.len = (size_t) (p - h->value.data);

    r->headers_out.etag = h;

    return NGX_OK;
}


/* Where the zone has it, nginx need not print it. */

static ngx_int_t
ngx_http_trials_set_date(ngx_http_request_t            *r,
                         const ngx_http_trials_entry_t *entry)
{
    ngx_table_elt_t *h;

    h = ngx_http_trials_add_header(r, "Last-Modified", "");
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->value.data = (u_char *) (uintptr_t) entry->date;
    h->value.len = NGX_HTTP_TRIALS_DATE;

    r->headers_out.last_modified = h;

    return NGX_OK;
}


/* Also on what has no coding: another reader would get another one. */

static ngx_int_t
ngx_http_trials_add_vary(ngx_http_request_t *r)
{
    const char                 *vary;
    ngx_http_trials_loc_conf_t *tlcf;

    tlcf = ngx_http_get_module_loc_conf(r, ngx_http_trials_module);
    vary = tlcf->accept_language ? "Accept-Encoding, Accept-Language"
                                 : "Accept-Encoding";

#if (NGX_HTTP_GZIP)
    {
        ngx_http_core_loc_conf_t *clcf;

        clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

        /* nginx adds a line of its own then. */

        if (clcf->gzip_vary) {
            r->gzip_vary = 1;
            vary = tlcf->accept_language ? "Accept-Language" : NULL;
        }
    }
#endif

    return (vary == NULL || ngx_http_trials_add_header(r, "Vary", vary))
               ? NGX_OK
               : NGX_ERROR;
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
ngx_http_trials_send_body(ngx_http_request_t *r, ngx_chain_t *body)
{
    ngx_int_t    rc;
    ngx_buf_t   *b;
    ngx_chain_t *cl, last;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    if (body == NULL) {
        if (r != r->main) {
            return rc;
        }

        b = ngx_calloc_buf(r->pool);
        if (b == NULL) {
            return NGX_ERROR;
        }

        last.buf = b;
        last.next = NULL;
        body = &last;
    }

    for (cl = body; cl->next; cl = cl->next) {
        /* void */
    }

    cl->buf->last_buf = (r == r->main) ? 1 : 0;
    cl->buf->last_in_chain = 1;

    return ngx_http_output_filter(r, body);
}


ngx_int_t
ngx_http_trials_send_redirect(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx,
                              const ngx_http_trials_path_t *path,
                              ngx_uint_t                    status)
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

    p += ngx_http_trials_path_write(path, (char *) p);

    if (r->args.len) {
        *p++ = '?';
        p = ngx_cpymem(p, r->args.data, r->args.len);
    }

    h->value.len = (size_t) (p - h->value.data);

    r->headers_out.location = h;

    if (status == NGX_HTTP_MOVED_TEMPORARILY
        && ngx_http_trials_add_header(r, "Vary", "Accept-Language") == NULL)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_http_trials_add_common(
            r, (status == NGX_HTTP_MOVED_TEMPORARILY) ? "no-cache" : NULL)
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return (ngx_int_t) status;
}


ngx_int_t
ngx_http_trials_add_common(ngx_http_request_t *r, const char *cache_control)
{
    const char                 *policy;
    ngx_table_elt_t            *h;
    trials_rendition_t          rendition;
    ngx_http_trials_ctx_t      *ctx;
    ngx_http_trials_loc_conf_t *tlcf;

    tlcf = ngx_http_get_module_loc_conf(r, ngx_http_trials_module);

    if (cache_control == NULL) {
        cache_control = (const char *) tlcf->cache_control.data;
    }

    if (*cache_control) {
        h = ngx_http_trials_add_header(r, "Cache-Control", cache_control);

        if (h == NULL || ngx_http_trials_cache_control(r, h) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (!tlcf->security_headers) {
        return NGX_OK;
    }

    if (ngx_http_trials_add_header(r, "X-Content-Type-Options", "nosniff")
            == NULL
        || ngx_http_trials_add_header(r, "Referrer-Policy", "same-origin")
               == NULL)
    {
        return NGX_ERROR;
    }

    ctx = ngx_http_get_module_ctx(r, ngx_http_trials_module);
    rendition = ctx->found ? ctx->path.rendition : TRIALS_RENDITION_PAGE;

    switch (rendition) {
    case TRIALS_RENDITION_PAGE:
    case TRIALS_RENDITION_PRINT:
    case TRIALS_RENDITION_QUESTIONS:
        policy = NGX_HTTP_TRIALS_POLICY "'self'";
        break;

    case TRIALS_RENDITION_EMBED:
        policy = (const char *) tlcf->embed_policy.data;
        break;

    default:
        return NGX_OK;
    }

    return ngx_http_trials_add_header(r, "Content-Security-Policy", policy)
               ? NGX_OK
               : NGX_ERROR;
}
