/* Directives of the module and its life in a worker: see README.md. */

#include "ngx_http_trials_module.h"
#include "ngx_http_trials_wanted.h"


#define NGX_HTTP_TRIALS_PORT 6379

/* A password is shorter than this. */
#define NGX_HTTP_TRIALS_PASSWORD 512


static ngx_int_t ngx_http_trials_preconfiguration(ngx_conf_t *cf);
static void     *ngx_http_trials_create_main_conf(ngx_conf_t *cf);
static void     *ngx_http_trials_create_loc_conf(ngx_conf_t *cf);
static char *
ngx_http_trials_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child);
static char *
ngx_http_trials_enable(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *
ngx_http_trials_redis(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *
ngx_http_trials_redis_option(ngx_conf_t *cf, ngx_http_trials_redis_conf_t *rcf,
                             ngx_str_t *value);
static char *
ngx_http_trials_password(ngx_conf_t *cf, ngx_str_t *path, ngx_str_t *password);
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

    {ngx_string("trials_wait"),
     NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF
         | NGX_CONF_TAKE1,
     ngx_conf_set_msec_slot, NGX_HTTP_LOC_CONF_OFFSET,
     offsetof(ngx_http_trials_loc_conf_t, wait), NULL},

    ngx_null_command};


static ngx_http_module_t ngx_http_trials_module_ctx = {
    ngx_http_trials_preconfiguration, /* preconfiguration */
    NULL,                             /* postconfiguration */

    ngx_http_trials_create_main_conf, /* create main configuration */
    NULL,                             /* init main configuration */

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

    return tmcf;
}


static void *
ngx_http_trials_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_trials_loc_conf_t *tlcf;

    tlcf = ngx_palloc(cf->pool, sizeof(ngx_http_trials_loc_conf_t));
    if (tlcf == NULL) {
        return NULL;
    }

    tlcf->enable = NGX_CONF_UNSET;
    tlcf->wait = NGX_CONF_UNSET_MSEC;

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

    if (conf->enable && tmcf->redis == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"trials\" is on in location \"%V\", but there is "
                           "no \"trials_redis\"",
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
ngx_http_trials_redis(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_trials_main_conf_t *tmcf = conf;

    char                         *rv;
    ngx_url_t                     u;
    ngx_str_t                    *value;
    ngx_uint_t                    i;
    ngx_http_trials_redis_conf_t *rcf;

    (void) cmd;

    if (tmcf->redis) {
        return "is duplicate";
    }

    value = cf->args->elts;
    rcf = &tmcf->redis_conf;

    rcf->connect_timeout = NGX_CONF_UNSET_MSEC;
    rcf->timeout = NGX_CONF_UNSET_MSEC;
    rcf->db = NGX_CONF_UNSET_UINT;

    for (i = 2; i < cf->args->nelts; i++) {
        rv = ngx_http_trials_redis_option(cf, rcf, &value[i]);

        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    ngx_conf_init_msec_value(rcf->connect_timeout, 200);
    ngx_conf_init_msec_value(rcf->timeout, 1000);
    ngx_conf_init_uint_value(rcf->db, 0);

    ngx_memzero(&u, sizeof(ngx_url_t));

    u.url = value[1];
    u.default_port = NGX_HTTP_TRIALS_PORT;

    if (ngx_parse_url(cf->pool, &u) != NGX_OK) {
        if (u.err) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "%s in \"%V\" of the \"%V\" directive", u.err,
                               &u.url, &cmd->name);
        }

        return NGX_CONF_ERROR;
    }

    rcf->addrs = u.addrs;
    rcf->naddrs = u.naddrs;
    rcf->name = u.url;

    tmcf->redis = ngx_pcalloc(cf->pool, sizeof(ngx_http_trials_redis_t));
    if (tmcf->redis == NULL) {
        return NGX_CONF_ERROR;
    }

    tmcf->redis->conf = rcf;

    tmcf->redis->waits = ngx_http_trials_wait_create(cf->pool);
    tmcf->redis->wanted = ngx_http_trials_wanted_create(cf->pool);

    if (tmcf->redis->waits == NULL || tmcf->redis->wanted == NULL) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_trials_redis_option(ngx_conf_t *cf, ngx_http_trials_redis_conf_t *rcf,
                             ngx_str_t *value)
{
    ngx_int_t   n;
    ngx_str_t   s;
    ngx_msec_t *msec;

    if (ngx_strncmp(value->data, "password_file=", 14) == 0) {
        s.data = value->data + 14;
        s.len = value->len - 14;

        if (rcf->password.data) {
            goto duplicate;
        }

        return ngx_http_trials_password(cf, &s, &rcf->password);
    }

    if (ngx_strncmp(value->data, "db=", 3) == 0) {
        n = ngx_atoi(value->data + 3, value->len - 3);

        if (n == NGX_ERROR) {
            goto invalid;
        }

        if (rcf->db != NGX_CONF_UNSET_UINT) {
            goto duplicate;
        }

        rcf->db = (ngx_uint_t) n;

        return NGX_CONF_OK;
    }

    if (ngx_strncmp(value->data, "connect_timeout=", 16) == 0) {
        s.data = value->data + 16;
        s.len = value->len - 16;
        msec = &rcf->connect_timeout;

    } else if (ngx_strncmp(value->data, "timeout=", 8) == 0) {
        s.data = value->data + 8;
        s.len = value->len - 8;
        msec = &rcf->timeout;

    } else {
        goto invalid;
    }

    n = ngx_parse_time(&s, 0);

    if (n == NGX_ERROR || n == 0) {
        goto invalid;
    }

    if (*msec != NGX_CONF_UNSET_MSEC) {
        goto duplicate;
    }

    *msec = (ngx_msec_t) n;

    return NGX_CONF_OK;

duplicate:

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "duplicate parameter \"%V\"",
                       value);
    return NGX_CONF_ERROR;

invalid:

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid parameter \"%V\"", value);
    return NGX_CONF_ERROR;
}


/* The first line of the file, with a NUL. */

static char *
ngx_http_trials_password(ngx_conf_t *cf, ngx_str_t *path, ngx_str_t *password)
{
    u_char   *p;
    ssize_t   n;
    ngx_fd_t  fd;
    ngx_str_t name;

    name = *path;

    if (name.len == 0) {
        return "has an empty \"password_file\"";
    }

    if (ngx_conf_full_name(cf->cycle, &name, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    p = ngx_pcalloc(cf->pool, NGX_HTTP_TRIALS_PASSWORD + 1);
    if (p == NULL) {
        return NGX_CONF_ERROR;
    }

    fd = ngx_open_file(name.data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_open_file_n " \"%V\" failed", &name);
        return NGX_CONF_ERROR;
    }

    n = ngx_read_fd(fd, p, NGX_HTTP_TRIALS_PASSWORD);

    if (n == -1) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_read_fd_n " \"%V\" failed", &name);
    }

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_ALERT, cf, ngx_errno,
                           ngx_close_file_n " \"%V\" failed", &name);
    }

    if (n == -1) {
        return NGX_CONF_ERROR;
    }

    password->data = p;

    while (password->len < (size_t) n && p[password->len] != '\0'
           && p[password->len] != CR && p[password->len] != LF)
    {
        password->len++;
    }

    p[password->len] = '\0';

    if (password->len == 0 || password->len == NGX_HTTP_TRIALS_PASSWORD) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the first line of \"%V\" is %s", &name,
                           password->len ? "too long" : "empty");
        return NGX_CONF_ERROR;
    }

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

    return redis ? ngx_http_trials_redis_init(redis, cycle) : NGX_OK;
}


static void
ngx_http_trials_exit_process(ngx_cycle_t *cycle)
{
    ngx_http_trials_redis_t *redis;

    redis = ngx_http_trials_worker_redis(cycle);

    if (redis) {
        ngx_http_trials_redis_exit(redis);
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
