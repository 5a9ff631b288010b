/* Pages of the module's own: what a reader sees where there is no trial. */

#include "ngx_http_trials_module.h"


#define NGX_HTTP_TRIALS_REGISTRY "https://clinicaltrials.gov/study/"

/*
 * The pages take nothing from elsewhere: they must work when little else does.
 */

#define NGX_HTTP_TRIALS_HEAD                                 \
    "<!DOCTYPE html>\n"                                      \
    "<html lang=\"en\">\n"                                   \
    "<head>\n"                                               \
    "<meta charset=\"utf-8\">\n"                             \
    "<meta name=\"viewport\" content=\"width=device-width, " \
    "initial-scale=1\">\n"                                   \
    "<meta name=\"robots\" content=\"noindex\">\n"           \
    "<meta name=\"color-scheme\" content=\"light dark\">\n"

#define NGX_HTTP_TRIALS_STYLE                                              \
    "<style>\n"                                                            \
    ":root{color-scheme:light dark}\n"                                     \
    "body{margin:0;padding:2rem 1rem;background:#fff;color:#1a1a1a;"       \
    "font:1.125rem/1.6 system-ui,sans-serif}\n"                            \
    "main{max-width:38rem;margin:0 auto}\n"                                \
    "h1{font-size:1.75rem;line-height:1.25;margin:0 0 1rem}\n"             \
    "a{color:#0b4f8a}\n"                                                   \
    "a:focus-visible{outline:3px solid currentColor;outline-offset:2px}\n" \
    "@media (prefers-color-scheme:dark){body{background:#14171a;"          \
    "color:#eceff1}a{color:#8ec5ff}}\n"                                    \
    "</style>\n"


typedef struct {
    ngx_uint_t  status;
    const char *cache_control;
    const char *retry_after; /* seconds, or NULL */
    const char *refresh;     /* the line of the head, or "" */
    const char *title;
    const char *text;  /* HTML */
    const char *error; /* for programs */
    ngx_uint_t  link;  /* to the registry's record */
} ngx_http_trials_page_text_t;


static ngx_int_t
ngx_http_trials_page_html(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx,
                          const ngx_http_trials_page_text_t *text,
                          ngx_str_t                         *body);
static ngx_int_t
ngx_http_trials_page_fragment(ngx_http_request_t                *r,
                              const ngx_http_trials_page_text_t *text,
                              ngx_str_t                         *body);
static ngx_int_t
ngx_http_trials_page_json(ngx_http_request_t                *r,
                          const ngx_http_trials_page_text_t *text,
                          ngx_str_t                         *body);
static ngx_int_t
ngx_http_trials_page_headers(ngx_http_request_t                *r,
                             const ngx_http_trials_page_text_t *text);
static ngx_uint_t
ngx_http_trials_has_error_page(ngx_http_request_t *r, ngx_uint_t status);


/* In the order of ngx_http_trials_page_t. */

static const ngx_http_trials_page_text_t ngx_http_trials_pages[] = {

    {NGX_HTTP_NOT_FOUND, "public, max-age=60", NULL, "",
     "There is no such page",
     "<p>The address of a trial ends with its number: the letters NCT and "
     "eight digits, as in NCT01234567. Check the address for a slip of the "
     "keyboard.</p>\n",
     "not a trial's address", 0},

    {NGX_HTTP_NOT_FOUND, "public, max-age=60", NULL, "",
     "There is no trial with this number",
     "<p>The registry, ClinicalTrials.gov, has no study with this number. "
     "Check the number for a slip of the keyboard. A study that was "
     "registered in the last days may not be listed yet.</p>\n",
     "the registry has no such study", 1},

    {NGX_HTTP_NOT_ALLOWED, "no-store", NULL, "", "This page can only be read",
     "<p>Nothing can be sent to this address. Open it as a link "
     "instead.</p>\n",
     "only GET and HEAD are allowed", 0},

    {NGX_HTTP_PRECONDITION_FAILED, "no-store", NULL, "", "The page has changed",
     "<p>It is not the version any more that was asked for. Load the page "
     "anew.</p>\n",
     "precondition failed", 0},

    {NGX_HTTP_SERVICE_UNAVAILABLE, "no-store", "2",
     "<meta http-equiv=\"refresh\" content=\"5\">\n",
     "This page is being prepared",
     "<p>Nobody has asked for this trial lately, so it is fetched from the "
     "registry and put into plain English now. That takes a few seconds. "
     "This page tries again by itself every five seconds.</p>\n",
     "being prepared; try again", 1},

    {NGX_HTTP_SERVICE_UNAVAILABLE, "no-store", "1", "",
     "This page is not available for the moment",
     "<p>The fault is ours, and it is usually over within a minute. Load the "
     "page again a little later.</p>\n",
     "unavailable; try again", 1},
};


ngx_int_t
ngx_http_trials_send_page(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx,
                          ngx_http_trials_page_t page)
{
    ngx_int_t                          rc;
    ngx_buf_t                         *b;
    ngx_str_t                          body;
    ngx_chain_t                        out;
    const ngx_http_trials_page_text_t *text;

    text = &ngx_http_trials_pages[page];

    if (ngx_http_trials_page_headers(r, text) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_http_trials_has_error_page(r, text->status)) {
        return (ngx_int_t) text->status;
    }

    if (ctx->found && ctx->path.rendition == TRIALS_RENDITION_JSON) {
        rc = ngx_http_trials_page_json(r, text, &body);

    } else if (r != r->main) {
        rc = ngx_http_trials_page_fragment(r, text, &body);

    } else {
        rc = ngx_http_trials_page_html(r, ctx, text, &body);
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

    r->headers_out.status = text->status;
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
ngx_http_trials_page_headers(ngx_http_request_t                *r,
                             const ngx_http_trials_page_text_t *text)
{
    if (ngx_http_trials_add_common(r, text->cache_control) != NGX_OK) {
        return NGX_ERROR;
    }

    if (text->retry_after
        && ngx_http_trials_add_header(r, "Retry-After", text->retry_after)
               == NULL)
    {
        return NGX_ERROR;
    }

    if (text->status == NGX_HTTP_NOT_ALLOWED
        && ngx_http_trials_add_header(r, "Allow", "GET, HEAD") == NULL)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* Whether the site has a page of its own for the status. */

static ngx_uint_t
ngx_http_trials_has_error_page(ngx_http_request_t *r, ngx_uint_t status)
{
    ngx_uint_t                i;
    ngx_http_err_page_t      *page;
    ngx_http_core_loc_conf_t *clcf;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (r->error_page || r->uri_changes == 0 || clcf->error_pages == NULL) {
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
                          const ngx_http_trials_page_text_t *text,
                          ngx_str_t                         *body)
{
    size_t  len;
    u_char *p;

    len = sizeof(NGX_HTTP_TRIALS_HEAD) + ngx_strlen(text->refresh)
          + 2 * ngx_strlen(text->title) + sizeof(NGX_HTTP_TRIALS_STYLE)
          + ngx_strlen(text->text)
          + sizeof("<title></title>\n</head>\n<body>\n<main>\n<h1></h1>\n"
                   "<p><a href=\"" NGX_HTTP_TRIALS_REGISTRY
                   "\"> at ClinicalTrials.gov</a></p>\n"
                   "</main>\n</body>\n</html>\n")
          + 2 * NGX_HTTP_TRIALS_ID_SIZE;

    body->data = ngx_pnalloc(r->pool, len);
    if (body->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_slprintf(body->data, body->data + len,
                     "%s%s<title>%s</title>\n%s</head>\n<body>\n<main>\n"
                     "<h1>%s</h1>\n%s",
                     NGX_HTTP_TRIALS_HEAD, text->refresh, text->title,
                     NGX_HTTP_TRIALS_STYLE, text->title, text->text);

    if (text->link && ctx->found) {
        p = ngx_slprintf(p, body->data + len,
                         "<p><a href=\"%s%s\">%s at ClinicalTrials.gov</a>"
                         "</p>\n",
                         NGX_HTTP_TRIALS_REGISTRY, ctx->path.id, ctx->path.id);
    }

    p = ngx_slprintf(p, body->data + len, "</main>\n</body>\n</html>\n");

    body->len = (size_t) (p - body->data);

    ngx_str_set(&r->headers_out.content_type, "text/html");
    ngx_str_set(&r->headers_out.charset, "utf-8");

    return NGX_OK;
}


/* Within another page there is no place for a whole one. */

static ngx_int_t
ngx_http_trials_page_fragment(ngx_http_request_t                *r,
                              const ngx_http_trials_page_text_t *text,
                              ngx_str_t                         *body)
{
    size_t  len;
    u_char *p;

    len =
        sizeof("<p class=\"trials-message\">.</p>\n") + ngx_strlen(text->title);

    body->data = ngx_pnalloc(r->pool, len);
    if (body->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_slprintf(body->data, body->data + len,
                     "<p class=\"trials-message\">%s.</p>\n", text->title);

    body->len = (size_t) (p - body->data);

    ngx_str_set(&r->headers_out.content_type, "text/html");
    ngx_str_set(&r->headers_out.charset, "utf-8");

    return NGX_OK;
}


static ngx_int_t
ngx_http_trials_page_json(ngx_http_request_t                *r,
                          const ngx_http_trials_page_text_t *text,
                          ngx_str_t                         *body)
{
    size_t  len;
    u_char *p;

    len = sizeof("{\"status\":,\"error\":\"\"}\n") + NGX_INT_T_LEN
          + ngx_strlen(text->error);

    body->data = ngx_pnalloc(r->pool, len);
    if (body->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_slprintf(body->data, body->data + len,
                     "{\"status\":%ui,\"error\":\"%s\"}\n", text->status,
                     text->error);

    body->len = (size_t) (p - body->data);

    ngx_str_set(&r->headers_out.content_type, "application/json");

    return NGX_OK;
}
