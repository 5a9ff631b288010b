/* A request, from its URL to what is sent. */

#include "ngx_http_trials_module.h"


static ngx_http_trials_ctx_t *ngx_http_trials_create_ctx(ngx_http_request_t *r);
static void                   ngx_http_trials_leave(void *data);
static void                   ngx_http_trials_cleanup(void *data);
static ngx_int_t
ngx_http_trials_find(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx);
static void ngx_http_trials_resume(ngx_http_trials_waiter_t *waiter);
static ngx_int_t
ngx_http_trials_answer(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx);
static ngx_int_t
ngx_http_trials_follow(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx);


ngx_int_t
ngx_http_trials_handler(ngx_http_request_t *r)
{
    ngx_int_t              rc;
    ngx_http_trials_ctx_t *ctx;

    ctx = ngx_http_trials_create_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    if (!(r->method & (NGX_HTTP_GET | NGX_HTTP_HEAD))) {
        return ngx_http_trials_send_page(r, ctx, NGX_HTTP_TRIALS_PAGE_METHOD);
    }

    if (ngx_http_trials_find(r, ctx) != NGX_OK) {
        return ngx_http_trials_send_page(r, ctx, NGX_HTTP_TRIALS_PAGE_NO_PATH);
    }

    /* Who includes a trial by a subrequest has no use for a redirect. */

    if (!ctx->path.canonical && r == r->main) {
        return ngx_http_trials_send_redirect(r, ctx, ctx->path.id);
    }

    if (ngx_http_trials_wait_enter(ctx->redis, &ctx->waiter, ctx->path.id,
                                   ctx->path.rendition)
        != NGX_OK)
    {
        return ngx_http_trials_send_page(r, ctx,
                                         NGX_HTTP_TRIALS_PAGE_UNAVAILABLE);
    }

    /* See ngx_http_limit_req_module: a client that is gone is noticed. */

    if (!r->discard_body) {
        r->read_event_handler = ngx_http_test_reading;
    }

    r->write_event_handler = ngx_http_request_empty_handler;

    if (r->connection->read->ready) {
        ngx_post_event(r->connection->read, &ngx_posted_events);

    } else if (ngx_handle_read_event(r->connection->read, 0) != NGX_OK) {
        ngx_http_trials_leave(ctx);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->main->count++;

    return NGX_DONE;
}


/* The context is made once; a request that comes back has it still. */

static ngx_http_trials_ctx_t *
ngx_http_trials_create_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t          *memory;
    ngx_http_cleanup_t          *end;
    ngx_http_trials_ctx_t       *ctx;
    ngx_http_trials_loc_conf_t  *tlcf;
    ngx_http_trials_main_conf_t *tmcf;

    tlcf = ngx_http_get_module_loc_conf(r, ngx_http_trials_module);
    tmcf = ngx_http_get_module_main_conf(r, ngx_http_trials_module);

    ctx = ngx_http_trials_get_ctx(r);

    if (ctx == NULL) {
        memory = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_trials_ctx_t));
        if (memory == NULL) {
            return NULL;
        }

        ctx = memory->data;
        ngx_memzero(ctx, sizeof(ngx_http_trials_ctx_t));

        ctx->request = r;
        ctx->redis = tmcf->redis;
        ctx->waiter.handler = ngx_http_trials_resume;
        ctx->waiter.data = ctx;

        memory->handler = ngx_http_trials_cleanup;

        /* This one runs when the request ends, though its memory may stay. */

        end = ngx_http_cleanup_add(r, 0);
        if (end == NULL) {
            return NULL;
        }

        end->handler = ngx_http_trials_leave;
        end->data = ctx;
    }

    ngx_http_set_ctx(r, ctx, ngx_http_trials_module);

    ctx->waiter.wait = tlcf->wait;
    ctx->found = 0;
    ctx->followed = 0;
    ctx->status = NGX_HTTP_TRIALS_NO_STATUS;

    return ctx;
}


ngx_http_trials_ctx_t *
ngx_http_trials_get_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t    *cln;
    ngx_http_trials_ctx_t *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_trials_module);

    if (ctx || (!r->internal && !r->filter_finalize)) {
        return ctx;
    }

    /* An internal redirect clears the contexts.  Subrequests share the pool. */

    for (cln = r->pool->cleanup; cln; cln = cln->next) {
        if (cln->handler == ngx_http_trials_cleanup) {
            ctx = cln->data;

            if (ctx->request == r) {
                return ctx;
            }
        }
    }

    return NULL;
}


/* Waits no more; what is being sent is not touched. */

static void
ngx_http_trials_leave(void *data)
{
    ngx_http_trials_ctx_t      *ctx;
    ngx_http_trials_document_t *document;

    ctx = data;

    document = ctx->waiter.document;
    ctx->waiter.document = NULL;

    ngx_http_trials_wait_leave(ctx->redis, &ctx->waiter);

    ctx->waiter.document = document;
}


/* Buffers that point into the document have been sent, or never will be. */

static void
ngx_http_trials_cleanup(void *data)
{
    ngx_http_trials_ctx_t *ctx;

    ctx = data;

    ngx_http_trials_wait_leave(ctx->redis, &ctx->waiter);
}


/*
 * Beneath a location with a prefix the rest of the URI is the path.  A regular
 * expression, a named location or a rewrite leaves no prefix to go by: there
 * the last segments count.
 */

static ngx_int_t
ngx_http_trials_find(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx)
{
    size_t                    n;
    const char               *uri;
    ngx_http_core_loc_conf_t *clcf;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    uri = (const char *) r->uri.data;
    n = clcf->name.len;

    if (
#if (NGX_PCRE)
        clcf->regex ||
#endif
        clcf->named || r->uri.len < n
        || ngx_memcmp(uri, clcf->name.data, n) != 0)
    {
        n = ngx_http_trials_path_tail(uri, r->uri.len);

    } else if ((n == 0 || uri[n - 1] != '/') && n < r->uri.len && uri[n] == '/')
    {
        n++;
    }

    if (n == 0 || uri[n - 1] != '/'
        || !ngx_http_trials_path_parse(uri + n, r->uri.len - n, &ctx->path))
    {
        return NGX_DECLINED;
    }

    ctx->prefix = n;
    ctx->found = 1;

    return NGX_OK;
}


static void
ngx_http_trials_resume(ngx_http_trials_waiter_t *waiter)
{
    ngx_int_t              rc;
    ngx_connection_t      *c;
    ngx_http_request_t    *r;
    ngx_http_trials_ctx_t *ctx;

    ctx = waiter->data;
    r = ctx->request;
    c = r->connection;

    ngx_http_set_log_request(c->log, r);

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, c->log, 0,
                   "http trials resume \"%s\", outcome: %d", ctx->path.id,
                   (int) waiter->outcome);

    ngx_http_trials_leave(ctx);

    rc = ngx_http_trials_answer(r, ctx);

    if (rc != NGX_AGAIN || waiter->trial == NULL) {
        if (!r->discard_body) {
            r->read_event_handler = ngx_http_block_reading;
        }

        ngx_http_finalize_request(r, rc);
    }

    ngx_http_run_posted_requests(c);
}


/* NGX_AGAIN with a trial: the request waits once more. */

static ngx_int_t
ngx_http_trials_answer(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx)
{
    ngx_http_trials_document_t *document;

    switch (ctx->waiter.outcome) {
    case NGX_HTTP_TRIALS_FOUND:
        break;

    case NGX_HTTP_TRIALS_PREPARING:
        ctx->status = NGX_HTTP_TRIALS_MISS;
        return ngx_http_trials_send_page(r, ctx,
                                         NGX_HTTP_TRIALS_PAGE_PREPARING);

    default: /* NGX_HTTP_TRIALS_UNAVAILABLE */
        return ngx_http_trials_send_page(r, ctx,
                                         NGX_HTTP_TRIALS_PAGE_UNAVAILABLE);
    }

    document = ctx->waiter.document;

    ctx->status =
        document->stale ? NGX_HTTP_TRIALS_STALE : NGX_HTTP_TRIALS_MISS;

    switch (document->value.state) {
    case TRIALS_DOCUMENT_PRESENT:
        return ngx_http_trials_send_document(r, ctx);

    case TRIALS_DOCUMENT_ALIAS:
        return ngx_http_trials_follow(r, ctx);

    default: /* TRIALS_DOCUMENT_ABSENT */
        return ngx_http_trials_send_page(r, ctx, NGX_HTTP_TRIALS_PAGE_ABSENT);
    }
}


/* The study has another id: a subrequest goes there by itself, once. */

static ngx_int_t
ngx_http_trials_follow(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx)
{
    char                        id[NGX_HTTP_TRIALS_ID_SIZE];
    ngx_http_trials_document_t *document;

    document = ctx->waiter.document;

    ngx_memcpy(id, document->value.location.data, NGX_HTTP_TRIALS_ID_SIZE - 1);
    id[NGX_HTTP_TRIALS_ID_SIZE - 1] = '\0';

    if (r == r->main) {
        return ngx_http_trials_send_redirect(r, ctx, id);
    }

    if (ctx->followed) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "trials \"%s\" is an alias of an alias", ctx->path.id);
        return ngx_http_trials_send_page(r, ctx, NGX_HTTP_TRIALS_PAGE_ABSENT);
    }

    ctx->followed = 1;
    ctx->waiter.document = NULL;
    ngx_http_trials_document_release(document);

    ngx_memcpy(ctx->path.id, id, NGX_HTTP_TRIALS_ID_SIZE);
    ctx->path.number = ngx_http_trials_path_number(id);

    if (ngx_http_trials_wait_enter(ctx->redis, &ctx->waiter, id,
                                   ctx->path.rendition)
        != NGX_OK)
    {
        return ngx_http_trials_send_page(r, ctx,
                                         NGX_HTTP_TRIALS_PAGE_UNAVAILABLE);
    }

    return NGX_AGAIN;
}
