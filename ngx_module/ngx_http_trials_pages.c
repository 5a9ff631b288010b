/* Pages of the module's own: what a reader sees where there is no trial. */

#include "ngx_http_trials_module.h"


#define NGX_HTTP_TRIALS_REGISTRY "https://clinicaltrials.gov/study/"

/*
 * The pages take nothing from elsewhere: they must work when little else does.
 */

#define NGX_HTTP_TRIALS_HEAD                                 \
    "<!DOCTYPE html>\n"                                      \
    "<html lang=\"%s\">\n"                                   \
    "<head>\n"                                               \
    "<meta charset=\"utf-8\">\n"                             \
    "<meta name=\"viewport\" content=\"width=device-width, " \
    "initial-scale=1\">\n"                                   \
    "<meta name=\"robots\" content=\"noindex\">\n"           \
    "<meta name=\"color-scheme\" content=\"light dark\">\n"  \
    "%s<title>%V</title>\n"                                  \
    "<style>%V</style>\n"                                    \
    "</head>\n<body>\n<main id=\"main\">\n"                  \
    "<h1>%V</h1>\n<p class=\"lead\">%V</p>\n"

#define NGX_HTTP_TRIALS_LINK \
    "<p><a href=\"" NGX_HTTP_TRIALS_REGISTRY "%s\">%s %V</a></p>\n"

#define NGX_HTTP_TRIALS_HOME "<p><a href=\"%V\">%V</a></p>\n"

#define NGX_HTTP_TRIALS_FOOT "</main>\n</body>\n</html>\n"


typedef struct {
    ngx_uint_t  status;
    const char *cache_control;
    const char *retry_after; /* seconds, or NULL */
    const char *refresh;     /* the line of the head, or "" */
    const char *error;       /* for programs */
    ngx_uint_t  link;        /* to the registry's record */
} ngx_http_trials_page_answer_t;


static ngx_int_t
ngx_http_trials_page_html(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx,
                          ngx_http_trials_page_t page, ngx_str_t *body);
static ngx_int_t
ngx_http_trials_page_home(ngx_http_request_t          *r,
                          const ngx_http_trials_ctx_t *ctx, ngx_str_t *home);
static const ngx_http_trials_words_t *
ngx_http_trials_page_words(ngx_http_request_t          *r,
                           const ngx_http_trials_ctx_t *ctx);
static ngx_int_t
ngx_http_trials_page_fragment(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx,
                              ngx_http_trials_page_t page, ngx_str_t *body);
static ngx_int_t
ngx_http_trials_page_json(ngx_http_request_t                  *r,
                          const ngx_http_trials_page_answer_t *answer,
                          ngx_str_t                           *body);
static ngx_int_t
ngx_http_trials_page_headers(ngx_http_request_t                  *r,
                             const ngx_http_trials_page_answer_t *answer);
static ngx_uint_t
ngx_http_trials_has_error_page(ngx_http_request_t *r, ngx_uint_t status);


/* In the order of ngx_http_trials_page_t; what they say is in words.en.tsv. */

static const ngx_http_trials_page_answer_t ngx_http_trials_pages[] = {

    {NGX_HTTP_NOT_FOUND, "public, max-age=60", NULL, "",
     "not a trial's address", 0},

    {NGX_HTTP_NOT_FOUND, "public, max-age=60", NULL, "",
     "the registry has no such study", 1},

    {NGX_HTTP_NOT_ALLOWED, "no-store", NULL, "",
     "only GET and HEAD are allowed", 0},

    {NGX_HTTP_PRECONDITION_FAILED, "no-store", NULL, "", "precondition failed",
     0},

    {NGX_HTTP_SERVICE_UNAVAILABLE, "no-store", "2",
     "<meta http-equiv=\"refresh\" content=\"5\">\n",
     "being prepared; try again", 1},

    {NGX_HTTP_SERVICE_UNAVAILABLE, "no-store", "1", "",
     "unavailable; try again", 1},
};


ngx_int_t
ngx_http_trials_send_page(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx,
                          ngx_http_trials_page_t page)
{
    ngx_int_t                            rc;
    ngx_buf_t                           *b;
    ngx_str_t                            body;
    ngx_chain_t                          out;
    const ngx_http_trials_page_answer_t *answer;

    answer = &ngx_http_trials_pages[page];

    if (ngx_http_trials_page_headers(r, answer) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_http_trials_has_error_page(r, answer->status)) {
        return (ngx_int_t) answer->status;
    }

    if (ctx->found && ctx->path.rendition == TRIALS_RENDITION_JSON) {
        rc = ngx_http_trials_page_json(r, answer, &body);

    } else if (r != r->main) {
        rc = ngx_http_trials_page_fragment(r, ctx, page, &body);

    } else {
        rc = ngx_http_trials_page_html(r, ctx, page, &body);
    }

    b = (rc == NGX_OK) ? ngx_calloc_buf(r->pool) : NULL;

    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    b->pos = body.data;
    b->last = body.data + body.len;
    b->memory = 1;
    b->last_buf = (r == r->main) ? 1 : 0;
    b->last_in_chain = 1;

    out.buf = b;
    out.next = NULL;

    r->headers_out.status = answer->status;
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;
    r->headers_out.content_length_n = (off_t) body.len;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    return ngx_http_output_filter(r, &out);
}


static ngx_int_t
ngx_http_trials_page_headers(ngx_http_request_t                  *r,
                             const ngx_http_trials_page_answer_t *answer)
{
    if (ngx_http_trials_add_common(r, answer->cache_control) != NGX_OK) {
        return NGX_ERROR;
    }

    if (answer->retry_after
        && ngx_http_trials_add_header(r, "Retry-After", answer->retry_after)
               == NULL)
    {
        return NGX_ERROR;
    }

    if (answer->status == NGX_HTTP_NOT_ALLOWED
        && ngx_http_trials_add_header(r, "Allow", "GET, HEAD") == NULL)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* Whether the site has a page of its own for the status.  Within another page a
 * whole page would be out of place. */

static ngx_uint_t
ngx_http_trials_has_error_page(ngx_http_request_t *r, ngx_uint_t status)
{
    ngx_uint_t                i;
    ngx_http_err_page_t      *page;
    ngx_http_core_loc_conf_t *clcf;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (r != r->main || r->error_page || r->uri_changes == 0
        || clcf->error_pages == NULL)
    {
        return 0;
    }

    page = clcf->error_pages->elts;

    for (i = 0; i < clcf->error_pages->nelts; i++) {
        if (page[i].status == (ngx_int_t) status) {
            return 1;
        }
    }

    return 0;
}


static ngx_int_t
ngx_http_trials_page_html(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx,
                          ngx_http_trials_page_t page, ngx_str_t *body)
{
    size_t                               len;
    u_char                              *p, *last;
    ngx_str_t                            home;
    const ngx_http_trials_words_t       *words;
    const ngx_http_trials_page_answer_t *answer;

    answer = &ngx_http_trials_pages[page];
    words = ngx_http_trials_page_words(r, ctx);

    if (ngx_http_trials_page_home(r, ctx, &home) != NGX_OK) {
        return NGX_ERROR;
    }

    len = sizeof(NGX_HTTP_TRIALS_HEAD) + ngx_strlen(answer->refresh)
          + 2 * words->titles[page].len + words->style.len
          + words->texts[page].len + sizeof(NGX_HTTP_TRIALS_LINK)
          + 2 * TRIALS_NAME_SIZE + words->registry.len
          + sizeof(NGX_HTTP_TRIALS_HOME) + home.len + words->home.len
          + sizeof(NGX_HTTP_TRIALS_FOOT);

    body->data = ngx_pnalloc(r->pool, len);
    if (body->data == NULL) {
        return NGX_ERROR;
    }

    last = body->data + len;

    p = ngx_slprintf(body->data, last, NGX_HTTP_TRIALS_HEAD,
                     trials_language_tag(ctx->path.language), answer->refresh,
                     &words->titles[page], &words->style, &words->titles[page],
                     &words->texts[page]);

    if (answer->link && ctx->found && ctx->path.trial) {
        p = ngx_slprintf(p, last, NGX_HTTP_TRIALS_LINK, ctx->path.name,
                         ctx->path.name, &words->registry);
    }

    if (home.len) {
        p = ngx_slprintf(p, last, NGX_HTTP_TRIALS_HOME, &home, &words->home);
    }

    p = ngx_slprintf(p, last, NGX_HTTP_TRIALS_FOOT);

    body->len = (size_t) (p - body->data);

    ngx_str_set(&r->headers_out.content_type, "text/html");
    ngx_str_set(&r->headers_out.charset, "utf-8");

    return NGX_OK;
}


/* The location's prefix, fit for an attribute; empty where there is none. */

static ngx_int_t
ngx_http_trials_page_home(ngx_http_request_t          *r,
                          const ngx_http_trials_ctx_t *ctx, ngx_str_t *home)
{
    home->len = ctx->home + ngx_escape_html(NULL, r->uri.data, ctx->home);
    home->data = ngx_pnalloc(r->pool, home->len + 1);

    if (home->data == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_escape_html(home->data, r->uri.data, ctx->home);

    return NGX_OK;
}


/* In the language of the URL. */

static const ngx_http_trials_words_t *
ngx_http_trials_page_words(ngx_http_request_t          *r,
                           const ngx_http_trials_ctx_t *ctx)
{
    ngx_http_trials_main_conf_t *tmcf;

    tmcf = ngx_http_get_module_main_conf(r, ngx_http_trials_module);

    return &tmcf->words[ctx->path.language];
}


/* Within another page there is no place for a whole one. */

static ngx_int_t
ngx_http_trials_page_fragment(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx,
                              ngx_http_trials_page_t page, ngx_str_t *body)
{
    size_t           len;
    u_char          *p;
    const ngx_str_t *title;

    title = &ngx_http_trials_page_words(r, ctx)->titles[page];

    len = sizeof("<p class=\"trials-message\">.</p>\n") + title->len;

    body->data = ngx_pnalloc(r->pool, len);
    if (body->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_slprintf(body->data, body->data + len,
                     "<p class=\"trials-message\">%V.</p>\n", title);

    body->len = (size_t) (p - body->data);

    ngx_str_set(&r->headers_out.content_type, "text/html");
    ngx_str_set(&r->headers_out.charset, "utf-8");

    return NGX_OK;
}


static ngx_int_t
ngx_http_trials_page_json(ngx_http_request_t                  *r,
                          const ngx_http_trials_page_answer_t *answer,
                          ngx_str_t                           *body)
{
    size_t  len;
    u_char *p;

    len = sizeof("{\"status\":,\"error\":\"\"}\n") + NGX_INT_T_LEN
          + ngx_strlen(answer->error);

    body->data = ngx_pnalloc(r->pool, len);
    if (body->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_slprintf(body->data, body->data + len,
                     "{\"status\":%ui,\"error\":\"%s\"}\n", answer->status,
                     answer->error);

    body->len = (size_t) (p - body->data);

    ngx_str_set(&r->headers_out.content_type, "application/json");

    return NGX_OK;
}
