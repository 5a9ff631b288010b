/* trials_redis: see ngx_http_trials_redis.h and README.md. */

#include "ngx_http_trials_redis.h"


#define NGX_HTTP_TRIALS_PORT          6379
#define NGX_HTTP_TRIALS_SENTINEL_PORT 26379

/* ms */
#define NGX_HTTP_TRIALS_LEASE_MIN 20

/* A password is shorter than this. */
#define NGX_HTTP_TRIALS_PASSWORD 512


typedef enum {
    NGX_HTTP_TRIALS_TEXT = 0,
    NGX_HTTP_TRIALS_TIME,
    NGX_HTTP_TRIALS_NUMBER,
    NGX_HTTP_TRIALS_FLAG
} ngx_http_trials_option_type_t;


typedef struct {
    ngx_str_t                     name; /* with its "=" */
    ngx_http_trials_option_type_t type;
    size_t                        offset;
} ngx_http_trials_option_t;


static char *
ngx_http_trials_redis_option(ngx_conf_t *cf, ngx_http_trials_redis_conf_t *rcf,
                             ngx_str_t *value);
static ngx_int_t
ngx_http_trials_option_value(const ngx_http_trials_option_t *option,
                             ngx_str_t *value, void *field);
static char *
ngx_http_trials_redis_addresses(ngx_conf_t *cf, ngx_str_t *name, ngx_str_t *url,
                                in_port_t port, ngx_addr_t **addrs,
                                ngx_uint_t *naddrs);
static char *
ngx_http_trials_redis_tls(ngx_conf_t *cf, ngx_http_trials_redis_conf_t *rcf,
                          ngx_str_t *url);
static char *
ngx_http_trials_password(ngx_conf_t *cf, ngx_str_t *path, ngx_str_t *password);


#define ngx_http_trials_option(name, type, field)         \
    {                                                     \
        ngx_string(name "="), type,                       \
            offsetof(ngx_http_trials_redis_conf_t, field) \
    }

static const ngx_http_trials_option_t ngx_http_trials_options[] = {
    ngx_http_trials_option("user", NGX_HTTP_TRIALS_TEXT, user),
    ngx_http_trials_option("primary", NGX_HTTP_TRIALS_TEXT, primary_name),
    ngx_http_trials_option("sentinel", NGX_HTTP_TRIALS_TEXT, sentinel),
    ngx_http_trials_option("db", NGX_HTTP_TRIALS_NUMBER, db),
    ngx_http_trials_option("connect_timeout", NGX_HTTP_TRIALS_TIME,
                           connect_timeout),
    ngx_http_trials_option("timeout", NGX_HTTP_TRIALS_TIME, timeout),
    ngx_http_trials_option("lease", NGX_HTTP_TRIALS_TIME, lease),
    ngx_http_trials_option("sentinel_tls", NGX_HTTP_TRIALS_FLAG, sentinel_tls),
    ngx_http_trials_option("tls_verify", NGX_HTTP_TRIALS_FLAG, tls_verify),
    ngx_http_trials_option("tls_ca", NGX_HTTP_TRIALS_TEXT, tls_ca),
    ngx_http_trials_option("tls_name", NGX_HTTP_TRIALS_TEXT, tls_name),
    ngx_http_trials_option("tls_certificate", NGX_HTTP_TRIALS_TEXT,
                           tls_certificate),
    ngx_http_trials_option("tls_certificate_key", NGX_HTTP_TRIALS_TEXT,
                           tls_key),
};


char *
ngx_http_trials_redis_set(ngx_conf_t *cf, ngx_str_t *name,
                          ngx_http_trials_redis_conf_t *rcf)
{
    char      *rv;
    ngx_str_t *value;
    ngx_uint_t i, n;

    value = cf->args->elts;

    rcf->name = value[1];
    rcf->connect_timeout = NGX_CONF_UNSET_MSEC;
    rcf->timeout = NGX_CONF_UNSET_MSEC;
    rcf->lease = NGX_CONF_UNSET_MSEC;
    rcf->db = NGX_CONF_UNSET_UINT;
    rcf->tls_verify = NGX_CONF_UNSET;
    rcf->sentinel_tls = NGX_CONF_UNSET;

    for (i = 2; i < cf->args->nelts; i++) {
        rv = ngx_http_trials_redis_option(cf, rcf, &value[i]);

        if (rv != NGX_CONF_OK) {
            return rv;
        }
    }

    ngx_conf_init_msec_value(rcf->connect_timeout, rcf->tls ? 1000 : 200);
    ngx_conf_init_msec_value(rcf->timeout, 1000);
    ngx_conf_init_msec_value(rcf->lease, 100);
    ngx_conf_init_uint_value(rcf->db, 0);
    ngx_conf_init_value(rcf->tls_verify, 1);

    if (rcf->sentinel_tls != NGX_CONF_UNSET
        && (rcf->sentinel.len == 0 || !rcf->tls))
    {
        return "has \"sentinel_tls\" without \"sentinel\" and \"tls\"";
    }

    ngx_conf_init_value(rcf->sentinel_tls, rcf->tls);

    if (rcf->lease < NGX_HTTP_TRIALS_LEASE_MIN) {
        return "has a \"lease\" of less than 20 ms";
    }

    if (rcf->user.len && rcf->password.len == 0) {
        return "has a \"user\" without a \"password_file\"";
    }

    if (rcf->sentinel.len && rcf->primary_name.len) {
        return "has both \"sentinel\" and \"primary\"";
    }

    rv = ngx_http_trials_redis_addresses(cf, name, &rcf->name,
                                         rcf->sentinel.len
                                             ? NGX_HTTP_TRIALS_SENTINEL_PORT
                                             : NGX_HTTP_TRIALS_PORT,
                                         &rcf->addrs, &rcf->naddrs);

    if (rv == NGX_CONF_OK && rcf->primary_name.len) {
        rv = ngx_http_trials_redis_addresses(cf, name, &rcf->primary_name,
                                             NGX_HTTP_TRIALS_PORT,
                                             &rcf->primary, &n);
    }

    if (rv == NGX_CONF_OK) {
        rv = ngx_http_trials_redis_tls(cf, rcf, &rcf->name);
    }

    return rv;
}


static char *
ngx_http_trials_redis_addresses(ngx_conf_t *cf, ngx_str_t *name, ngx_str_t *url,
                                in_port_t port, ngx_addr_t **addrs,
                                ngx_uint_t *naddrs)
{
    ngx_url_t u;

    ngx_memzero(&u, sizeof(ngx_url_t));

    u.url = *url;
    u.default_port = port;

    if (ngx_parse_url(cf->pool, &u) != NGX_OK) {
        if (u.err) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "%s in \"%V\" of the \"%V\" directive", u.err,
                               &u.url, name);
        }

        return NGX_CONF_ERROR;
    }

    *addrs = u.addrs;
    *naddrs = u.naddrs;

    return NGX_CONF_OK;
}


static char *
ngx_http_trials_redis_option(ngx_conf_t *cf, ngx_http_trials_redis_conf_t *rcf,
                             ngx_str_t *value)
{
    ngx_int_t                       rc;
    ngx_str_t                       s;
    ngx_uint_t                      i;
    const ngx_http_trials_option_t *option;

    if (ngx_strcmp(value->data, "tls") == 0) {
        if (rcf->tls) {
            goto duplicate;
        }

        rcf->tls = 1;
        return NGX_CONF_OK;
    }

    if (ngx_strncmp(value->data, "password_file=", 14) == 0) {
        s.data = value->data + 14;
        s.len = value->len - 14;

        if (rcf->password.data) {
            goto duplicate;
        }

        return ngx_http_trials_password(cf, &s, &rcf->password);
    }

    for (i = 0; i < sizeof(ngx_http_trials_options)
                        / sizeof(ngx_http_trials_options[0]);
         i++)
    {
        option = &ngx_http_trials_options[i];

        if (ngx_strncmp(value->data, option->name.data, option->name.len) != 0)
        {
            continue;
        }

        s.data = value->data + option->name.len;
        s.len = value->len - option->name.len;

        rc = ngx_http_trials_option_value(option, &s,
                                          (char *) rcf + option->offset);

        if (rc == NGX_BUSY) {
            goto duplicate;
        }

        if (rc == NGX_OK) {
            return NGX_CONF_OK;
        }

        break;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid parameter \"%V\"", value);
    return NGX_CONF_ERROR;

duplicate:

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "duplicate parameter \"%V\"",
                       value);
    return NGX_CONF_ERROR;
}


/* NGX_BUSY where there is a value already, NGX_ERROR where this is none. */

static ngx_int_t
ngx_http_trials_option_value(const ngx_http_trials_option_t *option,
                             ngx_str_t *value, void *field)
{
    ngx_int_t   n;
    ngx_str_t  *text;
    ngx_flag_t *flag;
    ngx_uint_t *number;

    switch (option->type) {
    case NGX_HTTP_TRIALS_TEXT:
        text = field;

        if (text->data) {
            return NGX_BUSY;
        }

        *text = *value;
        return text->len ? NGX_OK : NGX_ERROR;

    case NGX_HTTP_TRIALS_FLAG:
        flag = field;
        n = (ngx_strcmp(value->data, "on") == 0);

        if (!n && ngx_strcmp(value->data, "off") != 0) {
            return NGX_ERROR;
        }

        if (*flag != NGX_CONF_UNSET) {
            return NGX_BUSY;
        }

        *flag = n;
        return NGX_OK;

    case NGX_HTTP_TRIALS_TIME:
        n = ngx_parse_time(value, 0);

        if (n == 0) {
            return NGX_ERROR;
        }

        break;

    default: /* NGX_HTTP_TRIALS_NUMBER */
        n = ngx_atoi(value->data, value->len);
    }

    if (n == NGX_ERROR) {
        return NGX_ERROR;
    }

    /* An ngx_msec_t and an ngx_uint_t are unset alike. */

    number = field;

    if (*number != NGX_CONF_UNSET_UINT) {
        return NGX_BUSY;
    }

    *number = (ngx_uint_t) n;

    return NGX_OK;
}


/* What tls needs, with nginx's own OpenSSL. */

static char *
ngx_http_trials_redis_tls(ngx_conf_t *cf, ngx_http_trials_redis_conf_t *rcf,
                          ngx_str_t *url)
{
#if (NGX_SSL)
    ngx_url_t           u;
    ngx_pool_cleanup_t *cln;

    if (!rcf->tls) {
        return (rcf->tls_ca.len || rcf->tls_name.len
                || rcf->tls_certificate.len)
                   ? "has parameters of TLS without \"tls\""
                   : NGX_CONF_OK;
    }

    if ((rcf->tls_certificate.len == 0) != (rcf->tls_key.len == 0)) {
        return "needs both \"tls_certificate\" and \"tls_certificate_key\"";
    }

    if (rcf->tls_name.len == 0) {
        if (rcf->sentinel.len || ngx_strncmp(url->data, "unix:", 5) == 0) {
            if (rcf->tls_verify) {
                return "needs \"tls_name\", or \"tls_verify=off\"";
            }

        } else {
            ngx_memzero(&u, sizeof(ngx_url_t));

            u.url = *url;
            u.no_resolve = 1;

            if (ngx_parse_url(cf->pool, &u) != NGX_OK) {
                return NGX_CONF_ERROR;
            }

            rcf->tls_name.data = ngx_pcalloc(cf->pool, u.host.len + 1);
            if (rcf->tls_name.data == NULL) {
                return NGX_CONF_ERROR;
            }

            ngx_memcpy(rcf->tls_name.data, u.host.data, u.host.len);
            rcf->tls_name.len = u.host.len;
        }
    }

    rcf->ssl.log = cf->log;

    cln = ngx_pool_cleanup_add(cf->pool, 0);

    if (cln == NULL
        || ngx_ssl_create(&rcf->ssl, NGX_SSL_TLSv1_2 | NGX_SSL_TLSv1_3, NULL)
               != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    cln->handler = ngx_ssl_cleanup_ctx;
    cln->data = &rcf->ssl;

    if (rcf->tls_certificate.len
        && ngx_ssl_certificate(cf, &rcf->ssl, &rcf->tls_certificate,
                               &rcf->tls_key, NULL)
               != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (rcf->tls_ca.len) {
        return (ngx_ssl_trusted_certificate(cf, &rcf->ssl, &rcf->tls_ca, 4)
                == NGX_OK)
                   ? NGX_CONF_OK
                   : NGX_CONF_ERROR;
    }

    if (SSL_CTX_set_default_verify_paths(rcf->ssl.ctx) == 0) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
#else
    (void) cf;
    (void) url;

    return rcf->tls ? "has \"tls\", but nginx was built without OpenSSL"
                    : NGX_CONF_OK;
#endif
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
