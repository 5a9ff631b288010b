/* $trials_cache_status, $trials_id, $trials_rendition, $trials_age */

#include "ngx_http_trials_module.h"


static ngx_int_t
ngx_http_trials_variable_status(ngx_http_request_t        *r,
                                ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t
ngx_http_trials_variable_path(ngx_http_request_t        *r,
                              ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t
ngx_http_trials_variable_age(ngx_http_request_t        *r,
                             ngx_http_variable_value_t *v, uintptr_t data);


static ngx_http_variable_t ngx_http_trials_variables[] = {

    {ngx_string("trials_cache_status"), NULL, ngx_http_trials_variable_status,
     0, NGX_HTTP_VAR_NOCACHEABLE, 0},

    {ngx_string("trials_id"), NULL, ngx_http_trials_variable_path, 0,
     NGX_HTTP_VAR_NOCACHEABLE, 0},

    {ngx_string("trials_rendition"), NULL, ngx_http_trials_variable_path, 1,
     NGX_HTTP_VAR_NOCACHEABLE, 0},

    {ngx_string("trials_age"), NULL, ngx_http_trials_variable_age, 0,
     NGX_HTTP_VAR_NOCACHEABLE, 0},

    ngx_http_null_variable};


static const char *const ngx_http_trials_statuses[] = {
    NULL, "HIT", "MISS", "STALE", "EXPIRED", "UPDATING", "BYPASS"};


ngx_int_t
ngx_http_trials_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t *var, *v;

    for (v = ngx_http_trials_variables; v->name.len; v++) {
        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


const char *
ngx_http_trials_status_name(ngx_http_trials_status_t status)
{
    return ngx_http_trials_statuses[status];
}


static ngx_int_t
ngx_http_trials_variable_status(ngx_http_request_t        *r,
                                ngx_http_variable_value_t *v, uintptr_t data)
{
    const char            *text;
    ngx_http_trials_ctx_t *ctx;

    (void) data;

    ctx = ngx_http_trials_get_ctx(r);

    if (ctx == NULL || ctx->status == NGX_HTTP_TRIALS_NO_STATUS) {
        v->not_found = 1;
        return NGX_OK;
    }

    text = ngx_http_trials_status_name(ctx->status);

    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
    v->len = (unsigned) ngx_strlen(text);
    v->data = (u_char *) (uintptr_t) text;

    return NGX_OK;
}


/* data: 0 the id, 1 the rendition */

static ngx_int_t
ngx_http_trials_variable_path(ngx_http_request_t        *r,
                              ngx_http_variable_value_t *v, uintptr_t data)
{
    const char            *text;
    ngx_http_trials_ctx_t *ctx;

    ctx = ngx_http_trials_get_ctx(r);

    if (ctx == NULL || !ctx->found) {
        v->not_found = 1;
        return NGX_OK;
    }

    text = data ? trials_rendition_name(ctx->path.rendition) : ctx->path.name;

    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
    v->len = (unsigned) ngx_strlen(text);
    v->data = (u_char *) (uintptr_t) text;

    return NGX_OK;
}


/* Seconds since Redis had what is sent. */

static ngx_int_t
ngx_http_trials_variable_age(ngx_http_request_t        *r,
                             ngx_http_variable_value_t *v, uintptr_t data)
{
    u_char                *p;
    ngx_http_trials_ctx_t *ctx;

    (void) data;

    ctx = ngx_http_trials_get_ctx(r);

    if (ctx == NULL || !ctx->sent) {
        v->not_found = 1;
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, NGX_INT64_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
    v->data = p;
    v->len =
        (unsigned) (ngx_sprintf(p, "%uL", (ngx_current_msec - ctx->read) / 1000)
                    - p);

    return NGX_OK;
}
