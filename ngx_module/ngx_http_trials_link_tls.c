/* TLS to Redis: see ngx_http_trials_redis.h. */

#include "ngx_http_trials_redis.h"


#if (NGX_SSL)

static void      ngx_http_trials_link_handshaken(ngx_connection_t *c);
static ngx_int_t ngx_http_trials_link_verify(ngx_http_trials_link_t *link);


ngx_int_t
ngx_http_trials_link_handshake(ngx_http_trials_link_t *link)
{
    ngx_int_t                     rc;
    ngx_connection_t             *c;
    ngx_http_trials_redis_conf_t *conf;

    c = link->connection;
    conf = link->redis->conf;

    if (c->ssl == NULL) {
        if (ngx_ssl_create_connection(&conf->ssl, c, NGX_SSL_CLIENT) != NGX_OK)
        {
            link->failed(link, "TLS can't be set up", 0);
            return NGX_ERROR;
        }

        if (conf->tls_name.len
            && SSL_set_tlsext_host_name(c->ssl->connection,
                                        (char *) conf->tls_name.data)
                   == 0)
        {
            link->failed(link, "TLS can't be set up", 0);
            return NGX_ERROR;
        }
    }

    c->log->action = "handshaking with Redis";

    rc = ngx_ssl_handshake(c);

    if (rc == NGX_AGAIN) {
        c->ssl->handler = ngx_http_trials_link_handshaken;
        return NGX_AGAIN;
    }

    return ngx_http_trials_link_verify(link);
}


static void
ngx_http_trials_link_handshaken(ngx_connection_t *c)
{
    ngx_http_trials_link_t *link;

    link = c->data;

    if (ngx_http_trials_link_verify(link) == NGX_OK) {
        ngx_post_event(c->write, &ngx_posted_events);
        ngx_post_event(c->read, &ngx_posted_events);
    }
}


static ngx_int_t
ngx_http_trials_link_verify(ngx_http_trials_link_t *link)
{
    ngx_connection_t             *c;
    ngx_http_trials_redis_conf_t *conf;

    c = link->connection;
    conf = link->redis->conf;

    if (!c->ssl->handshaked) {
        link->failed(link,
                     c->write->timedout ? "TLS handshake timed out"
                                        : "TLS handshake failed",
                     c->write->timedout ? NGX_ETIMEDOUT : 0);
        return NGX_ERROR;
    }

    if (conf->tls_verify) {
        if (SSL_get_verify_result(c->ssl->connection) != X509_V_OK) {
            link->failed(link, "its certificate is not trusted", 0);
            return NGX_ERROR;
        }

        if (conf->tls_name.len
            && ngx_ssl_check_host(c, &conf->tls_name) != NGX_OK) {
            link->failed(link, "its certificate has another name", 0);
            return NGX_ERROR;
        }
    }

    c->read->handler = ngx_http_trials_link_read;
    c->write->handler = ngx_http_trials_link_write;

    return ngx_http_trials_link_opened(link);
}

#endif
