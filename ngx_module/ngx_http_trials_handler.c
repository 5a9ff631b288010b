/* A request, from its URL to what is sent. */

#include "ngx_http_trials_module.h"
#include "ngx_http_trials_negotiate.h"
#include "ngx_http_trials_wanted.h"


/* What a reader waits, ms, whose lookup an outage interrupted. */
#define NGX_HTTP_TRIALS_GRACE 2000


static ngx_http_trials_ctx_t *ngx_http_trials_create_ctx(ngx_http_request_t *r);
static ngx_uint_t
ngx_http_trials_other_language(ngx_http_request_t          *r,
                               const ngx_http_trials_ctx_t *ctx,
                               ngx_http_trials_path_t      *path);
static ngx_int_t
ngx_http_trials_lookup(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx);
static ngx_http_trials_entry_t *
ngx_http_trials_lookup_zone(ngx_http_trials_ctx_t *ctx, ngx_uint_t *fresh,
                            ngx_uint_t *usable);
static ngx_int_t
ngx_http_trials_unavailable(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx);
static ngx_int_t
ngx_http_trials_wait(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx);
static void ngx_http_trials_leave(void *data);
static void ngx_http_trials_let_go(ngx_http_trials_ctx_t *ctx);
static void ngx_http_trials_cleanup(void *data);
static ngx_int_t
ngx_http_trials_find(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx);
static ngx_int_t ngx_http_trials_find_oembed(ngx_http_request_t     *r,
                                             ngx_http_trials_path_t *path);
static void      ngx_http_trials_resume(ngx_http_trials_waiter_t *waiter);
static ngx_int_t
ngx_http_trials_outcome(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx);
static void ngx_http_trials_prefer_zone(ngx_http_trials_ctx_t *ctx);
static ngx_int_t
ngx_http_trials_answer(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx);
static ngx_int_t
ngx_http_trials_follow(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx,
                       const ngx_str_t *location);


ngx_int_t
ngx_http_trials_handler(ngx_http_request_t *r)
{
    ngx_int_t              rc;
    ngx_http_trials_ctx_t *ctx;
    ngx_http_trials_path_t path;

    ctx = ngx_http_trials_create_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_http_trials_find(r, ctx);

    if (!(r->method & (NGX_HTTP_GET | NGX_HTTP_HEAD))) {
        return ngx_http_trials_send_page(r, ctx, NGX_HTTP_TRIALS_PAGE_METHOD);
    }

    if (rc != NGX_OK) {
        return ngx_http_trials_send_page(r, ctx, NGX_HTTP_TRIALS_PAGE_NO_PATH);
    }

    /* Who includes a trial by a subrequest has no use for a redirect. */

    if (!ctx->path.canonical && r == r->main) {
        return ngx_http_trials_send_redirect(r, ctx, &ctx->path,
                                             NGX_HTTP_MOVED_PERMANENTLY);
    }

    if (ngx_http_trials_other_language(r, ctx, &path)) {
        return ngx_http_trials_send_redirect(r, ctx, &path,
                                             NGX_HTTP_MOVED_TEMPORARILY);
    }

    ngx_http_trials_heartbeat_active(ctx->redis);

    rc = ngx_http_trials_lookup(r, ctx);

    return (rc == NGX_DONE) ? ngx_http_trials_wait(r, ctx) : rc;
}


/*
 * Whether trials_accept_language has the reader sent to another language's
 * path: that of an English page to be read, where they prefer the other, and
 * do not come from this very site, where they may have chosen.
 */

static ngx_uint_t
ngx_http_trials_other_language(ngx_http_request_t          *r,
                               const ngx_http_trials_ctx_t *ctx,
                               ngx_http_trials_path_t      *path)
{
    int                         weight, best;
    ngx_str_t                  *host;
    ngx_uint_t                  i, n;
    ngx_table_elt_t            *h;
    ngx_list_part_t            *part;
    ngx_http_trials_loc_conf_t *tlcf;

    tlcf = ngx_http_get_module_loc_conf(r, ngx_http_trials_module);

    if (!tlcf->accept_language || r != r->main
        || ctx->path.language != TRIALS_LANGUAGE_EN
        || (ctx->path.rendition != TRIALS_RENDITION_PAGE
            && ctx->path.rendition != TRIALS_RENDITION_PRINT
            && ctx->path.rendition != TRIALS_RENDITION_QUESTIONS))
    {
        return 0;
    }

    h = r->headers_in.referer;
    host = &r->headers_in.server;

    if (h && host->len
        && ngx_strlcasestrn(h->value.data, h->value.data + h->value.len,
                            host->data, host->len - 1))
    {
        return 0;
    }

    *path = ctx->path;
    part = &r->headers_in.headers.part;
    i = 0;

    h = ngx_http_trials_next_line(&part, &i, "accept-language",
                                  sizeof("accept-language") - 1);
    if (h == NULL) {
        return 0;
    }

    best = ngx_http_trials_accept_language(
        (char *) h->value.data, h->value.len,
        trials_language_tag(TRIALS_LANGUAGE_EN));

    for (n = TRIALS_LANGUAGE_EN + 1; n < TRIALS_NLANGUAGES; n++) {
        weight = ngx_http_trials_accept_language(
            (char *) h->value.data, h->value.len,
            trials_language_tag((trials_language_t) n));

        if (weight > best) {
            best = weight;
            path->language = (trials_language_t) n;
        }
    }

    return path->language != ctx->path.language;
}


/*
 * Answers from the zone, or asks Redis: then NGX_DONE, and the request waits.
 */

static ngx_int_t
ngx_http_trials_lookup(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx)
{
    ngx_uint_t                  fresh, usable;
    ngx_http_trials_loc_conf_t *tlcf;

    tlcf = ngx_http_get_module_loc_conf(r, ngx_http_trials_module);

    ctx->entry = ngx_http_trials_lookup_zone(ctx, &fresh, &usable);

    if (ctx->entry && fresh && (!ctx->entry->stale || tlcf->updating)) {
        ctx->status = NGX_HTTP_TRIALS_HIT;

        if (ctx->entry->stale) {
            ctx->status =
                (ngx_http_trials_wanted_ask(ctx->redis, ctx->path.name)
                 == NGX_OK)
                    ? NGX_HTTP_TRIALS_STALE
                    : NGX_HTTP_TRIALS_UPDATING;
        }

        return ngx_http_trials_answer(r, ctx);
    }

    ctx->waiter.grace = NGX_HTTP_TRIALS_GRACE;
    ctx->waiter.current = !tlcf->updating;

    if (ctx->entry) {
        if (usable && tlcf->stale) {
            ctx->waiter.grace = 0;
        }

        ngx_http_trials_zone_release(ctx->redis->zone, ctx->entry);
        ctx->entry = NULL;
        ctx->status = NGX_HTTP_TRIALS_EXPIRED;

    } else {
        ctx->status = NGX_HTTP_TRIALS_MISS;
    }

    if (ctx->redis->zone->enabled
        && !ngx_http_trials_zone_trusted(ctx->redis->zone))
    {
        ctx->status = NGX_HTTP_TRIALS_BYPASS;
    }

    if (ngx_http_trials_wait_enter(ctx->redis, &ctx->waiter, ctx->path.name,
                                   ctx->path.rendition, ctx->path.language)
        != NGX_OK)
    {
        return ngx_http_trials_unavailable(r, ctx);
    }

    return NGX_DONE;
}


static ngx_http_trials_entry_t *
ngx_http_trials_lookup_zone(ngx_http_trials_ctx_t *ctx, ngx_uint_t *fresh,
                            ngx_uint_t *usable)
{
    ngx_http_trials_key_t key;

    key = ngx_http_trials_store_key(ctx->path.name, ngx_strlen(ctx->path.name),
                                    (unsigned) ctx->path.rendition,
                                    (unsigned) ctx->path.language);

    return ngx_http_trials_zone_find(ctx->redis->zone, &key, fresh, usable);
}


/* Redis did not say: what the zone has is sent, for a while. */

static ngx_int_t
ngx_http_trials_unavailable(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx)
{
    ngx_uint_t                  fresh, usable;
    ngx_http_trials_loc_conf_t *tlcf;

    tlcf = ngx_http_get_module_loc_conf(r, ngx_http_trials_module);

    if (tlcf->stale && ngx_current_msec - ctx->redis->left < tlcf->stale) {
        ctx->entry = ngx_http_trials_lookup_zone(ctx, &fresh, &usable);

        if (ctx->entry && usable) {
            ctx->status = NGX_HTTP_TRIALS_STALE;
            return ngx_http_trials_answer(r, ctx);
        }
    }

    ctx->status = NGX_HTTP_TRIALS_NO_STATUS;

    return ngx_http_trials_send_page(r, ctx, NGX_HTTP_TRIALS_PAGE_UNAVAILABLE);
}


static ngx_int_t
ngx_http_trials_wait(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx)
{
    ngx_http_cleanup_t *end;

    /* This one runs when the request ends, though its memory may stay. */

    if (!ctx->waits) {
        end = ngx_http_cleanup_add(r, 0);
        if (end == NULL) {
            ngx_http_trials_leave(ctx);
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        end->handler = ngx_http_trials_leave;
        end->data = ctx;
        ctx->waits = 1;
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

    } else {
        ngx_http_trials_let_go(ctx);
    }

    ngx_http_set_ctx(r, ctx, ngx_http_trials_module);

    ngx_memzero(&ctx->path, sizeof(ngx_http_trials_path_t));

    ctx->waiter.wait = tlcf->wait;
    ctx->found = 0;
    ctx->followed = 0;
    ctx->sent = 0;
    ctx->asked = 0;
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
    ngx_http_trials_let_go(ctx);
}


static void
ngx_http_trials_let_go(ngx_http_trials_ctx_t *ctx)
{
    if (ctx->entry) {
        ngx_http_trials_zone_release(ctx->redis->zone, ctx->entry);
        ctx->entry = NULL;
    }

    if (ctx->waiter.document) {
        ngx_http_trials_document_release(ctx->waiter.document);
        ctx->waiter.document = NULL;
    }
}


/*
 * Beneath a location with a prefix the rest of the URI is the path.  A regular
 * expression, a named location or a rewrite leaves no prefix to go by: there
 * the last segments count, and must be a trial's.
 */

static ngx_int_t
ngx_http_trials_find(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx)
{
    size_t                    n;
    const char               *uri;
    ngx_uint_t                tail;
    ngx_http_core_loc_conf_t *clcf;

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    uri = (const char *) r->uri.data;
    n = clcf->name.len;
    tail = 0;

    if (
#if (NGX_PCRE)
        clcf->regex ||
#endif
        clcf->named || r->uri.len < n
        || ngx_memcmp(uri, clcf->name.data, n) != 0)
    {
        n = ngx_http_trials_path_tail(uri, r->uri.len);
        tail = 1;

    } else if ((n == 0 || uri[n - 1] != '/') && n < r->uri.len && uri[n] == '/')
    {
        n++;
    }

    if (!tail && n && uri[n - 1] == '/') {
        ctx->home = n;
    }

    if (n == 0 || uri[n - 1] != '/'
        || !ngx_http_trials_path_parse(uri + n, r->uri.len - n, &ctx->path)
        || (tail && !ctx->path.trial))
    {
        return NGX_DECLINED;
    }

    if (!ctx->path.trial && ngx_strcmp(ctx->path.name, "oembed") == 0
        && ngx_http_trials_find_oembed(r, &ctx->path) != NGX_OK)
    {
        return NGX_DECLINED;
    }

    ctx->prefix = n;
    ctx->found = 1;

    return NGX_OK;
}


/* oEmbed: the argument "url" is the address of the trial's page. */

static ngx_int_t
ngx_http_trials_find_oembed(ngx_http_request_t *r, ngx_http_trials_path_t *path)
{
    size_t    len;
    u_char   *p, *src;
    ngx_str_t url;

    if (ngx_http_arg(r, (u_char *) "url", 3, &url) != NGX_OK) {
        return NGX_DECLINED;
    }

    p = ngx_pnalloc(r->pool, url.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    src = url.data;
    url.data = p;
    ngx_unescape_uri(&p, &src, url.len, 0);
    url.len = (size_t) (p - url.data);

    for (len = 0; len < url.len; len++) {
        if (url.data[len] == '?' || url.data[len] == '#') {
            break;
        }
    }

    src = url.data + ngx_http_trials_path_tail((char *) url.data, len);
    len -= (size_t) (src - url.data);

    if (!ngx_http_trials_path_parse((char *) src, len, path) || !path->trial
        || path->rendition != TRIALS_RENDITION_PAGE)
    {
        return NGX_DECLINED;
    }

    path->rendition = TRIALS_RENDITION_OEMBED;
    path->canonical = 1;

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
                   "http trials resume \"%s\", outcome: %d", ctx->path.name,
                   (int) waiter->outcome);

    ngx_http_trials_leave(ctx);

    rc = ngx_http_trials_outcome(r, ctx);

    if (rc != NGX_DONE) {
        if (!r->discard_body) {
            r->read_event_handler = ngx_http_block_reading;
        }

        ngx_http_finalize_request(r, rc);
    }

    ngx_http_run_posted_requests(c);
}


/* NGX_DONE: the request waits once more. */

static ngx_int_t
ngx_http_trials_outcome(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx)
{
    ngx_http_trials_document_t *document;

    switch (ctx->waiter.outcome) {
    case NGX_HTTP_TRIALS_FOUND:
        break;

    case NGX_HTTP_TRIALS_PREPARING:
    case NGX_HTTP_TRIALS_CROWDED:
        return ngx_http_trials_send_page(r, ctx,
                                         NGX_HTTP_TRIALS_PAGE_PREPARING);

    default: /* NGX_HTTP_TRIALS_UNAVAILABLE */
        return ngx_http_trials_unavailable(r, ctx);
    }

    document = ctx->waiter.document;

    if (document->stale) {
        ctx->status =
            document->asked ? NGX_HTTP_TRIALS_UPDATING : NGX_HTTP_TRIALS_STALE;

        /* One asks for all that wait for the same reply. */

        document->asked = 1;
    }

    ctx->asked = 1;
    ngx_http_trials_prefer_zone(ctx);

    return ngx_http_trials_answer(r, ctx);
}


/*
 * Where the zone has the very document that Redis has, as its tag says, it may
 * have the body without coding as well.
 */

static void
ngx_http_trials_prefer_zone(ngx_http_trials_ctx_t *ctx)
{
    ngx_str_t                etag;
    ngx_uint_t               fresh, usable;
    const trials_document_t *value;

    value = &ctx->waiter.document->value;

    etag.data = (u_char *) (uintptr_t) value->etag.data;
    etag.len = value->etag.len;

    ctx->entry = ngx_http_trials_lookup_zone(ctx, &fresh, &usable);

    if (ctx->entry == NULL) {
        return;
    }

    if (ngx_http_trials_zone_same(ctx->entry, &etag, value->size)
        && ctx->entry->state == value->state
        && ctx->entry->modified == value->modified)
    {
        ngx_http_trials_document_release(ctx->waiter.document);
        ctx->waiter.document = NULL;
        return;
    }

    ngx_http_trials_zone_release(ctx->redis->zone, ctx->entry);
    ctx->entry = NULL;
}


/* Sends what the context holds, or what that stands for. */

static ngx_int_t
ngx_http_trials_answer(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx)
{
    ngx_str_t                      location;
    trials_document_state_t        state;
    const ngx_http_trials_entry_t *entry;

    entry = ctx->entry;

    if (entry) {
        state = (trials_document_state_t) entry->state;
        location.data = (u_char *) (uintptr_t) entry->location;
        location.len = entry->location_len;
        ctx->read = ctx->asked ? ngx_current_msec : entry->read;

    } else {
        state = ctx->waiter.document->value.state;
        location.data =
            (u_char *) (uintptr_t) ctx->waiter.document->value.location.data;
        location.len = ctx->waiter.document->value.location.len;
        ctx->read = ngx_current_msec;
    }

    ctx->sent = 1;
    ngx_http_trials_count(ctx->redis->zone, ctx->status);

    switch (state) {
    case TRIALS_DOCUMENT_PRESENT:
        return ngx_http_trials_send_document(r, ctx);

    case TRIALS_DOCUMENT_ALIAS:
        return ngx_http_trials_follow(r, ctx, &location);

    default: /* TRIALS_DOCUMENT_ABSENT */
        return ngx_http_trials_send_page(r, ctx, NGX_HTTP_TRIALS_PAGE_ABSENT);
    }
}


/*
 * The study has another id: a subrequest goes there by itself, once.  That may
 * have to wait: then NGX_DONE.
 */

static ngx_int_t
ngx_http_trials_follow(ngx_http_request_t *r, ngx_http_trials_ctx_t *ctx,
                       const ngx_str_t *location)
{
    ngx_http_trials_path_t path;

    path = ctx->path;
    path.trial = 1;
    ngx_memcpy(path.name, location->data, location->len);
    path.name[location->len] = '\0';

    if (r == r->main) {
        return ngx_http_trials_send_redirect(r, ctx, &path,
                                             NGX_HTTP_MOVED_PERMANENTLY);
    }

    if (ctx->followed) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "trials \"%s\" is an alias of an alias", ctx->path.name);
        return ngx_http_trials_send_page(r, ctx, NGX_HTTP_TRIALS_PAGE_ABSENT);
    }

    ngx_http_trials_let_go(ctx);

    ctx->followed = 1;
    ctx->asked = 0;
    ctx->path = path;

    return ngx_http_trials_lookup(r, ctx);
}
