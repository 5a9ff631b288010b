/* Directives of the module and its life in a worker: see README.md. */

#include "ngx_http_trials_module.h"
#include "ngx_http_trials_wanted.h"


#define NGX_HTTP_TRIALS_ANYWHERE \
    (NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF)


/* How long, ms, unless trials_stale says so, the zone does without Redis. */
#define NGX_HTTP_TRIALS_STALE_TIME 3600000


static ngx_int_t ngx_http_trials_preconfiguration(ngx_conf_t *cf);
static void     *ngx_http_trials_create_main_conf(ngx_conf_t *cf);
static char     *ngx_http_trials_init_main_conf(ngx_conf_t *cf, void *conf);
static void     *ngx_http_trials_create_loc_conf(ngx_conf_t *cf);
static char *
ngx_http_trials_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child);
static char *
ngx_http_trials_enable(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *
ngx_http_trials_redis(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *
ngx_http_trials_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *
ngx_http_trials_stale(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *
ngx_http_trials_off_or_text(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *
ngx_http_trials_ancestors(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *
ngx_http_trials_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static ngx_int_t ngx_http_trials_init_process(ngx_cycle_t *cycle);
static void      ngx_http_trials_exit_process(ngx_cycle_t *cycle);
static ngx_http_trials_redis_t *
ngx_http_trials_worker_redis(ngx_cycle_t *cycle);


static ngx_command_t ngx_http_trials_commands[] = {

    {ngx_string("trials"), NGX_HTTP_LOC_CONF | NGX_CONF_FLAG,
     ngx_http_trials_enable, NGX_HTTP_LOC_CONF_OFFSET,
     offsetof(ngx_http_trials_loc_conf_t, enable), NULL},

    {ngx_string("trials_redis"), NGX_HTTP_MAIN_CONF | NGX_CONF_1MORE,
     ngx_http_trials_redis, NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},

    {ngx_string("trials_wait"), NGX_HTTP_TRIALS_ANYWHERE | NGX_CONF_TAKE1,
     ngx_conf_set_msec_slot, NGX_HTTP_LOC_CONF_OFFSET,
     offsetof(ngx_http_trials_loc_conf_t, wait), NULL},

    {ngx_string("trials_zone"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE2,
     ngx_http_trials_zone, NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},

    {ngx_string("trials_max_age"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1,
     ngx_conf_set_msec_slot, NGX_HTTP_MAIN_CONF_OFFSET,
     offsetof(ngx_http_trials_main_conf_t, max_age), NULL},

    {ngx_string("trials_max_waiting"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1,
     ngx_conf_set_num_slot, NGX_HTTP_MAIN_CONF_OFFSET,
     offsetof(ngx_http_trials_main_conf_t, max_waiting), NULL},

    {ngx_string("trials_gunzip_cache"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1,
     ngx_conf_set_size_slot, NGX_HTTP_MAIN_CONF_OFFSET,
     offsetof(ngx_http_trials_main_conf_t, gunzip_cache), NULL},

    {ngx_string("trials_stale"), NGX_HTTP_TRIALS_ANYWHERE | NGX_CONF_TAKE123,
     ngx_http_trials_stale, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},

    {ngx_string("trials_cache_control"),
     NGX_HTTP_TRIALS_ANYWHERE | NGX_CONF_TAKE1, ngx_http_trials_off_or_text,
     NGX_HTTP_LOC_CONF_OFFSET,
     offsetof(ngx_http_trials_loc_conf_t, cache_control), NULL},

    {ngx_string("trials_security_headers"),
     NGX_HTTP_TRIALS_ANYWHERE | NGX_CONF_FLAG, ngx_conf_set_flag_slot,
     NGX_HTTP_LOC_CONF_OFFSET,
     offsetof(ngx_http_trials_loc_conf_t, security_headers), NULL},

    {ngx_string("trials_frame_ancestors"),
     NGX_HTTP_TRIALS_ANYWHERE | NGX_CONF_1MORE, ngx_http_trials_ancestors,
     NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},

    {ngx_string("trials_accept_language"),
     NGX_HTTP_TRIALS_ANYWHERE | NGX_CONF_FLAG, ngx_conf_set_flag_slot,
     NGX_HTTP_LOC_CONF_OFFSET,
     offsetof(ngx_http_trials_loc_conf_t, accept_language), NULL},

    {ngx_string("trials_status"),
     NGX_HTTP_LOC_CONF | NGX_CONF_NOARGS | NGX_CONF_TAKE1,
     ngx_http_trials_status, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},

    ngx_null_command};


static ngx_http_module_t ngx_http_trials_module_ctx = {
    ngx_http_trials_preconfiguration, /* preconfiguration */
    NULL,                             /* postconfiguration */

    ngx_http_trials_create_main_conf, /* create main configuration */
    ngx_http_trials_init_main_conf,   /* init main configuration */

    NULL, /* create server configuration */
    NULL, /* merge server configuration */

    ngx_http_trials_create_loc_conf, /* create location configuration */
    ngx_http_trials_merge_loc_conf   /* merge location configuration */
};


ngx_module_t ngx_http_trials_module = {
    NGX_MODULE_V1,
    &ngx_http_trials_module_ctx,  /* module context */
    ngx_http_trials_commands,     /* module directives */
    NGX_HTTP_MODULE,              /* module type */
    NULL,                         /* init master */
    NULL,                         /* init module */
    ngx_http_trials_init_process, /* init process */
    NULL,                         /* init thread */
    NULL,                         /* exit thread */
    ngx_http_trials_exit_process, /* exit process */
    NULL,                         /* exit master */
    NGX_MODULE_V1_PADDING};


static ngx_int_t
ngx_http_trials_preconfiguration(ngx_conf_t *cf)
{
    return ngx_http_trials_add_variables(cf);
}


static void *
ngx_http_trials_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_trials_main_conf_t *tmcf;

    tmcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_trials_main_conf_t));
    if (tmcf == NULL) {
        return NULL;
    }

    tmcf->words = ngx_http_trials_words_create(cf);
    if (tmcf->words == NULL) {
        return NULL;
    }

    tmcf->max_age = NGX_CONF_UNSET_MSEC;
    tmcf->max_waiting = NGX_CONF_UNSET_UINT;
    tmcf->gunzip_cache = NGX_CONF_UNSET_SIZE;

    return tmcf;
}


/* Workers have a zone of counts also where it keeps no documents. */

static char *
ngx_http_trials_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ngx_http_trials_main_conf_t *tmcf = conf;

    ngx_str_t                name;
    ngx_http_trials_redis_t *redis;

    ngx_conf_init_msec_value(tmcf->max_age, 60000);
    ngx_conf_init_uint_value(tmcf->max_waiting, 10000);
    ngx_conf_init_size_value(tmcf->gunzip_cache, 32 * 1024 * 1024);

    redis = tmcf->redis;

    if (redis == NULL) {
        return NGX_CONF_OK;
    }

    if (tmcf->zone == NULL) {
        ngx_str_null(&name);

        tmcf->zone = ngx_http_trials_zone_create(cf, &name, 0);
        if (tmcf->zone == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    tmcf->zone->max_age = tmcf->max_age;
    tmcf->zone->lease = redis->conf->lease;

    redis->zone = tmcf->zone;
    redis->waits = ngx_http_trials_wait_create(cf->pool, tmcf->max_waiting);
    redis->wanted = ngx_http_trials_wanted_create(cf->pool);
    redis->inflater =
        ngx_http_trials_inflater_create(cf->pool, tmcf->gunzip_cache);

    return (redis->waits && redis->wanted && redis->inflater) ? NGX_CONF_OK
                                                              : NGX_CONF_ERROR;
}


static void *
ngx_http_trials_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_trials_loc_conf_t *tlcf;

    tlcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_trials_loc_conf_t));
    if (tlcf == NULL) {
        return NULL;
    }

    tlcf->enable = NGX_CONF_UNSET;
    tlcf->wait = NGX_CONF_UNSET_MSEC;
    tlcf->stale = NGX_CONF_UNSET_MSEC;
    tlcf->updating = NGX_CONF_UNSET;
    tlcf->security_headers = NGX_CONF_UNSET;
    tlcf->accept_language = NGX_CONF_UNSET;

    return tlcf;
}


static char *
ngx_http_trials_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_trials_loc_conf_t *prev = parent;
    ngx_http_trials_loc_conf_t *conf = child;

    ngx_http_core_loc_conf_t    *clcf;
    ngx_http_trials_main_conf_t *tmcf;

    ngx_conf_merge_msec_value(conf->wait, prev->wait, 10000);
    ngx_conf_merge_msec_value(conf->stale, prev->stale,
                              NGX_HTTP_TRIALS_STALE_TIME);
    ngx_conf_merge_value(conf->updating, prev->updating, 1);
    ngx_conf_merge_str_value(conf->cache_control, prev->cache_control,
                             "public, max-age=60");
    ngx_conf_merge_value(conf->security_headers, prev->security_headers, 1);
    ngx_conf_merge_value(conf->accept_language, prev->accept_language, 0);
    ngx_conf_merge_str_value(conf->embed_policy, prev->embed_policy,
                             NGX_HTTP_TRIALS_POLICY "*");

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    /* As handlers go, only an "if" within the location inherits this one. */

    if (conf->enable == NGX_CONF_UNSET) {
        conf->enable = 0;

        if (clcf->noname && prev->enable == 1) {
            conf->enable = 1;
            clcf->handler = ngx_http_trials_handler;
        }
    }

    tmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_trials_module);

    if ((conf->enable || conf->status) && tmcf->redis == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%s\" is on in location \"%V\", but there is "
                           "no \"trials_redis\"",
                           conf->enable ? "trials" : "trials_status",
                           &clcf->name);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_trials_enable(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_trials_loc_conf_t *tlcf = conf;

    char                     *rv;
    ngx_http_core_loc_conf_t *clcf;

    rv = ngx_conf_set_flag_slot(cf, cmd, conf);

    if (rv != NGX_CONF_OK || !tlcf->enable) {
        return rv;
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    clcf->handler = ngx_http_trials_handler;

    if (clcf->name.len && clcf->name.data[clcf->name.len - 1] == '/') {
        clcf->auto_redirect = 1;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_trials_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_trials_main_conf_t *tmcf = conf;

    ssize_t    size;
    ngx_str_t *value;

    (void) cmd;

    if (tmcf->zone) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (value[1].len == 0) {
        return "has an empty name";
    }

    size = ngx_parse_size(&value[2]);

    if (size == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid zone size \"%V\"",
                           &value[2]);
        return NGX_CONF_ERROR;
    }

    tmcf->zone = ngx_http_trials_zone_create(cf, &value[1], (size_t) size);

    return tmcf->zone ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/* off, or when stale documents are sent and for how long. */

static char *
ngx_http_trials_stale(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_trials_loc_conf_t *tlcf = conf;

    ngx_str_t *value;
    ngx_uint_t i, error, updating;
    ngx_msec_t time;

    (void) cmd;

    if (tlcf->updating != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    value = cf->args->elts;
    time = NGX_CONF_UNSET_MSEC;
    error = 0;
    updating = 0;

    for (i = 1; i < cf->args->nelts; i++) {
        if (ngx_strcmp(value[i].data, "off") == 0 && cf->args->nelts == 2) {
            tlcf->stale = 0;
            tlcf->updating = 0;
            return NGX_CONF_OK;
        }

        if (ngx_strcmp(value[i].data, "error") == 0 && !error) {
            error = 1;

        } else if (ngx_strcmp(value[i].data, "updating") == 0 && !updating) {
            updating = 1;

        } else if (time == NGX_CONF_UNSET_MSEC) {
            time = ngx_parse_time(&value[i], 0);

            if (time == (ngx_msec_t) NGX_ERROR) {
                return "invalid value";
            }

        } else {
            return "has more than one time";
        }
    }

    if (time == NGX_CONF_UNSET_MSEC) {
        time = NGX_HTTP_TRIALS_STALE_TIME;
    }

    /* A time by itself is for both. */

    tlcf->stale = (error || !updating) ? time : 0;
    tlcf->updating = (updating || !error);

    return NGX_CONF_OK;
}


static char *
ngx_http_trials_off_or_text(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t *value, *field;

    value = cf->args->elts;
    field = (ngx_str_t *) ((char *) conf + cmd->offset);

    if (field->data) {
        return "is duplicate";
    }

    *field = value[1];

    if (ngx_strcmp(value[1].data, "off") == 0) {
        ngx_str_set(field, "");
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_trials_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_trials_loc_conf_t *tlcf = conf;

    ngx_str_t                *value;
    ngx_http_core_loc_conf_t *clcf;

    (void) cmd;

    if (tlcf->status) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "json") == 0) {
        tlcf->status_json = 1;

    } else if (cf->args->nelts == 2
               && ngx_strcmp(value[1].data, "prometheus") != 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid format \"%V\", it must be \"prometheus\" "
                           "or \"json\"",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    tlcf->status = 1;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = ngx_http_trials_status_handler;

    return NGX_CONF_OK;
}


/* Who may frame an embed: the rest of its policy is what a page's is. */

static char *
ngx_http_trials_ancestors(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_trials_loc_conf_t *tlcf = conf;

    size_t     len;
    u_char    *p;
    ngx_str_t *value;
    ngx_uint_t i, n;

    (void) cmd;

    if (tlcf->embed_policy.data) {
        return "is duplicate";
    }

    value = cf->args->elts;
    len = sizeof(NGX_HTTP_TRIALS_POLICY);

    for (i = 1; i < cf->args->nelts; i++) {
        len += value[i].len + sizeof(" ''") - 1;

        for (n = 0; n < value[i].len; n++) {
            if (value[i].data[n] <= ' ' || value[i].data[n] >= 0x7f
                || value[i].data[n] == ';' || value[i].data[n] == ',')
            {
                ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                                   "invalid source \"%V\"", &value[i]);
                return NGX_CONF_ERROR;
            }
        }
    }

    p = ngx_pnalloc(cf->pool, len);
    if (p == NULL) {
        return NGX_CONF_ERROR;
    }

    tlcf->embed_policy.data = p;

    p = ngx_cpymem(p, NGX_HTTP_TRIALS_POLICY,
                   sizeof(NGX_HTTP_TRIALS_POLICY) - 2);

    for (i = 1; i < cf->args->nelts; i++) {
        /* nginx takes the quotes of a keyword for its own. */

        if (ngx_strcmp(value[i].data, "self") == 0
            || ngx_strcmp(value[i].data, "none") == 0)
        {
            p = ngx_sprintf(p, " '%V'", &value[i]);

        } else {
            p = ngx_sprintf(p, " %V", &value[i]);
        }
    }

    *p = '\0';
    tlcf->embed_policy.len = (size_t) (p - tlcf->embed_policy.data);

    return NGX_CONF_OK;
}


static char *
ngx_http_trials_redis(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_trials_main_conf_t *tmcf = conf;

    char *rv;

    if (tmcf->redis) {
        return "is duplicate";
    }

    rv = ngx_http_trials_redis_set(cf, &cmd->name, &tmcf->redis_conf);

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    tmcf->redis = ngx_pcalloc(cf->pool, sizeof(ngx_http_trials_redis_t));
    if (tmcf->redis == NULL) {
        return NGX_CONF_ERROR;
    }

    tmcf->redis->conf = &tmcf->redis_conf;

    return NGX_CONF_OK;
}


/*
 * This runs in the cache manager and loader too, which serve nobody.  Redis
 * that is not there is no error: a worker that fails here is started over and
 * over again.
 */

static ngx_int_t
ngx_http_trials_init_process(ngx_cycle_t *cycle)
{
    ngx_http_trials_redis_t *redis;

    redis = ngx_http_trials_worker_redis(cycle);

    if (redis == NULL) {
        return NGX_OK;
    }

    if (ngx_http_trials_zone_attach(redis->zone, cycle) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_trials_redis_init(redis, cycle);
}


static void
ngx_http_trials_exit_process(ngx_cycle_t *cycle)
{
    ngx_http_trials_redis_t *redis;

    redis = ngx_http_trials_worker_redis(cycle);

    if (redis) {
        ngx_http_trials_redis_exit(redis);
        ngx_http_trials_zone_detach(redis->zone);
        ngx_http_trials_inflater_exit(redis->inflater);
    }
}


static ngx_http_trials_redis_t *
ngx_http_trials_worker_redis(ngx_cycle_t *cycle)
{
    ngx_http_trials_main_conf_t *tmcf;

    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE)
    {
        return NULL;
    }

    tmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_trials_module);

    return tmcf ? tmcf->redis : NULL;
}
