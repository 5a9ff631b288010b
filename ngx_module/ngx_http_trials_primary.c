/*
 * The Redis that what is wanted is written to, where documents are read from a
 * replica, and Sentinel, which knows where a master is.
 */

#include "ngx_http_trials_redis.h"
#include "ngx_http_trials_wait.h"


static void      ngx_http_trials_primary_connect(ngx_event_t *ev);
static ngx_int_t ngx_http_trials_primary_opened(ngx_http_trials_link_t *link);
static void      ngx_http_trials_primary_failed(ngx_http_trials_link_t *link,
                                                const char *reason, ngx_err_t err);
static const char                  *
ngx_http_trials_primary_pong(ngx_http_trials_redis_t   *redis,
                                              ngx_http_trials_command_t *command,
                                              redisReply               **reply);
static ngx_int_t ngx_http_trials_sentinel_opened(ngx_http_trials_link_t *link);
static const char *
ngx_http_trials_sentinel_said(ngx_http_trials_redis_t   *redis,
                              ngx_http_trials_command_t *command,
                              redisReply               **reply);


void
ngx_http_trials_primary_init(ngx_http_trials_redis_t *redis, ngx_cycle_t *cycle)
{
    ngx_http_trials_link_init(&redis->sentinel, redis,
                              ngx_http_trials_sentinel_opened,
                              ngx_http_trials_redis_lost);
    ngx_http_trials_link_init(&redis->primary, redis,
                              ngx_http_trials_primary_opened,
                              ngx_http_trials_primary_failed);

    redis->primary.tls = redis->conf->tls;
    redis->sentinel.tls = (redis->conf->sentinel_tls == 1);

    redis->primary_retry.handler = ngx_http_trials_primary_connect;
    redis->primary_retry.data = redis;
    redis->primary_retry.log = cycle->log;
    redis->primary_retry.cancelable = 1;
    redis->primary_backoff = NGX_HTTP_TRIALS_BACKOFF_MIN;

    if (redis->conf->primary) {
        ngx_http_trials_primary_connect(&redis->primary_retry);
    }
}


void
ngx_http_trials_primary_close(ngx_http_trials_redis_t *redis)
{
    redis->primary_ready = 0;

    if (redis->primary_retry.timer_set) {
        ngx_del_timer(&redis->primary_retry);
    }

    ngx_http_trials_link_close(&redis->primary);
}


ngx_http_trials_link_t *
ngx_http_trials_redis_writer(ngx_http_trials_redis_t *redis)
{
    if (redis->conf->primary) {
        return redis->primary_ready ? &redis->primary : NULL;
    }

    return (redis->state == NGX_HTTP_TRIALS_REDIS_READY) ? &redis->data : NULL;
}


static void
ngx_http_trials_primary_connect(ngx_event_t *ev)
{
    ngx_log_t               *log;
    ngx_http_trials_redis_t *redis;

    redis = ev->data;

    log = redis->primary_away ? &redis->quiet : ngx_cycle->log;

    if (ngx_http_trials_link_connect(&redis->primary, redis->conf->primary, log)
        != NGX_OK)
    {
        ngx_http_trials_primary_failed(&redis->primary, "connect failed", 0);
    }
}


static ngx_int_t
ngx_http_trials_primary_opened(ngx_http_trials_link_t *link)
{
    const char *argv[1];

    argv[0] = "PING";

    if (ngx_http_trials_redis_hello(link) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_trials_redis_send(link, ngx_http_trials_primary_pong, 1,
                                      argv);
}


static const char *
ngx_http_trials_primary_pong(ngx_http_trials_redis_t   *redis,
                             ngx_http_trials_command_t *command,
                             redisReply               **reply)
{
    (void) command;

    if (reply == NULL) {
        return NULL;
    }

    if ((*reply)->type != REDIS_REPLY_STATUS) {
        return "refused a command";
    }

    if (redis->primary_away) {
        ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                      "trials redis \"%V\" takes what is wanted again",
                      &redis->conf->primary_name);
    }

    redis->primary_away = 0;
    redis->primary_ready = 1;
    redis->primary_backoff = NGX_HTTP_TRIALS_BACKOFF_MIN;

    ngx_http_trials_wait_ask(redis);

    return NULL;
}


/* Documents are served all the same; what nobody has must wait. */

static void
ngx_http_trials_primary_failed(ngx_http_trials_link_t *link, const char *reason,
                               ngx_err_t err)
{
    ngx_uint_t               closed;
    ngx_http_trials_redis_t *redis;

    redis = link->redis;

    /* worker_shutdown_timeout is over. */

    closed = (link->connection && link->connection->close);

    ngx_http_trials_primary_close(redis);

    if (closed || redis->closed) {
        return;
    }

    if (!redis->primary_away) {
        redis->primary_away = 1;

        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, err,
                      "trials redis \"%V\" takes nothing that is wanted: %s",
                      &redis->conf->primary_name, reason);
    }

    ngx_add_timer(&redis->primary_retry,
                  ngx_http_trials_redis_backoff(&redis->primary_backoff));
}


ngx_int_t
ngx_http_trials_sentinel_ask(ngx_http_trials_redis_t *redis, ngx_addr_t *addr,
                             ngx_log_t *log)
{
    return ngx_http_trials_link_connect(&redis->sentinel, addr, log);
}


static ngx_int_t
ngx_http_trials_sentinel_opened(ngx_http_trials_link_t *link)
{
    const char *argv[3];

    argv[0] = "SENTINEL";
    argv[1] = "get-master-addr-by-name";
    argv[2] = (const char *) link->redis->conf->sentinel.data;

    return ngx_http_trials_redis_send(link, ngx_http_trials_sentinel_said, 3,
                                      argv);
}


/* [address, port], or nil where it knows no master of that name. */

static const char *
ngx_http_trials_sentinel_said(ngx_http_trials_redis_t   *redis,
                              ngx_http_trials_command_t *command,
                              redisReply               **reply)
{
    ngx_int_t   port;
    ngx_addr_t  addr;
    redisReply *host, *number;

    (void) command;

    if (reply == NULL) {
        return NULL;
    }

    if ((*reply)->type == REDIS_REPLY_NIL) {
        return "is a Sentinel that does not know the master's name";
    }

    if ((*reply)->type != REDIS_REPLY_ARRAY || (*reply)->elements != 2
        || (*reply)->element[0]->type != REDIS_REPLY_STRING
        || (*reply)->element[1]->type != REDIS_REPLY_STRING)
    {
        return ngx_http_trials_redis_refused(redis, *reply);
    }

    host = (*reply)->element[0];
    number = (*reply)->element[1];

    port = ngx_atoi((u_char *) number->str, (size_t) number->len);

    if (port < 1 || port > 65535
        || ngx_parse_addr(ngx_cycle->pool, &addr, (u_char *) host->str,
                          (size_t) host->len)
               != NGX_OK
        || addr.socklen > sizeof(ngx_sockaddr_t))
    {
        return "is a Sentinel that gave no address";
    }

    ngx_memcpy(&redis->master_sockaddr, addr.sockaddr, addr.socklen);
    ngx_pfree(ngx_cycle->pool, addr.sockaddr);

    redis->master.sockaddr = &redis->master_sockaddr.sockaddr;
    redis->master.socklen = addr.socklen;
    ngx_inet_set_port(redis->master.sockaddr, (in_port_t) port);

    redis->master.name.data = redis->master_name;
    redis->master.name.len =
        ngx_sock_ntop(redis->master.sockaddr, redis->master.socklen,
                      redis->master_name, NGX_SOCKADDR_STRLEN, 1);

    /* Within the loop that reads nothing may be closed. */

    redis->resolved = 1;
    ngx_post_event(&redis->connect, &ngx_posted_events);

    return NULL;
}
