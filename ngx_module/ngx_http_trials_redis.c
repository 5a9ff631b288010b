/* The pair of connections to Redis: see ngx_http_trials_redis.h. */

#include "ngx_http_trials_redis.h"
#include "ngx_http_trials_wait.h"

#include <trials/document.h>


#define NGX_HTTP_TRIALS_CHANNEL "__redis__:invalidate"

/* Read to learn whether Redis answers reads at all; no study has this id. */
#define NGX_HTTP_TRIALS_PROBE TRIALS_KEY_DOCUMENT "{NCT00000000}"

#define NGX_HTTP_TRIALS_ARGS 8


static void      ngx_http_trials_redis_connect(ngx_event_t *ev);
static void      ngx_http_trials_redis_close(ngx_http_trials_redis_t *redis);
static void      ngx_http_trials_redis_away(ngx_http_trials_redis_t *redis,
                                            const char *reason, ngx_err_t err);
static ngx_int_t ngx_http_trials_redis_opened(ngx_http_trials_link_t *link);
static ngx_int_t ngx_http_trials_redis_track(ngx_http_trials_redis_t *redis);
static const char                    *
ngx_http_trials_redis_status(ngx_http_trials_redis_t   *redis,
                                                ngx_http_trials_command_t *command,
                                                redisReply               **reply);
static const char *ngx_http_trials_redis_id(ngx_http_trials_redis_t   *redis,
                                            ngx_http_trials_command_t *command,
                                            redisReply               **reply);
static const char *
ngx_http_trials_redis_subscribed(ngx_http_trials_redis_t   *redis,
                                 ngx_http_trials_command_t *command,
                                 redisReply               **reply);
static const char             *
ngx_http_trials_redis_probed(ngx_http_trials_redis_t   *redis,
                                         ngx_http_trials_command_t *command,
                                         redisReply               **reply);
static void ngx_http_trials_redis_ready(ngx_http_trials_redis_t *redis);


ngx_int_t
ngx_http_trials_redis_init(ngx_http_trials_redis_t *redis, ngx_cycle_t *cycle)
{
    redis->in = ngx_pnalloc(cycle->pool, 65536);
    if (redis->in == NULL) {
        return NGX_ERROR;
    }

    redis->quiet = *cycle->log;
    redis->quiet.log_level = NGX_LOG_EMERG;

    ngx_http_trials_link_init(&redis->subscriber, redis,
                              ngx_http_trials_redis_opened,
                              ngx_http_trials_redis_lost);
    ngx_http_trials_link_init(&redis->data, redis, ngx_http_trials_redis_opened,
                              ngx_http_trials_redis_lost);

    /* A replica at a socket of this machine needs none, its primary does. */

    redis->data.tls =
        redis->conf->tls
        && (redis->conf->primary == NULL
            || redis->conf->addrs[0].sockaddr->sa_family != AF_UNIX);
    redis->subscriber.tls = redis->data.tls;

    ngx_http_trials_primary_init(redis, cycle);

    redis->connect.handler = ngx_http_trials_redis_connect;
    redis->connect.data = redis;
    redis->connect.log = cycle->log;
    redis->connect.cancelable = 1;

    ngx_http_trials_heartbeat_init(redis, cycle);

    redis->backoff = NGX_HTTP_TRIALS_BACKOFF_MIN;
    redis->left = ngx_current_msec;

    /* Workers that start together share the addresses. */

    redis->attempt = (ngx_uint_t) ngx_worker;

    ngx_http_trials_redis_connect(&redis->connect);

    return NGX_OK;
}


void
ngx_http_trials_redis_exit(ngx_http_trials_redis_t *redis)
{
    redis->closed = 1;
    ngx_http_trials_primary_close(redis);
    ngx_http_trials_redis_close(redis);
}


static void
ngx_http_trials_redis_connect(ngx_event_t *ev)
{
    ngx_log_t               *log;
    ngx_http_trials_redis_t *redis;

    redis = ev->data;

    /* nginx logs why connect() fails: the first time is enough. */

    log = redis->away ? &redis->quiet : ngx_cycle->log;

    redis->state = NGX_HTTP_TRIALS_REDIS_CONNECTING;
    redis->subscribed = 0;

    if (redis->resolved) {
        redis->resolved = 0;
        redis->addr = &redis->master;
        ngx_http_trials_link_close(&redis->sentinel);

    } else {
        redis->addr =
            &redis->conf->addrs[redis->attempt++ % redis->conf->naddrs];

        if (redis->conf->sentinel.len) {
            if (ngx_http_trials_sentinel_ask(redis, redis->addr, log) != NGX_OK)
            {
                ngx_http_trials_redis_fail(redis, "connect failed", 0);
            }

            return;
        }
    }

    if (ngx_http_trials_link_connect(&redis->subscriber, redis->addr, log)
            != NGX_OK
        || ngx_http_trials_link_connect(&redis->data, redis->addr, log)
               != NGX_OK)
    {
        ngx_http_trials_redis_fail(redis, "connect failed", 0);
    }
}


static void
ngx_http_trials_redis_close(ngx_http_trials_redis_t *redis)
{
    redis->state = NGX_HTTP_TRIALS_REDIS_DOWN;

    if (redis->heartbeat.timer_set) {
        ngx_del_timer(&redis->heartbeat);
    }

    if (redis->connect.timer_set) {
        ngx_del_timer(&redis->connect);
    }

    if (redis->connect.posted) {
        ngx_delete_posted_event(&redis->connect);
    }

    redis->resolved = 0;

    ngx_http_trials_zone_down(redis->zone);

    ngx_http_trials_link_close(&redis->sentinel);

    ngx_http_trials_link_close(&redis->data);
    ngx_http_trials_link_close(&redis->subscriber);

    ngx_http_trials_wait_suspend(redis);
}


void
ngx_http_trials_redis_lost(ngx_http_trials_link_t *link, const char *reason,
                           ngx_err_t err)
{
    if (link->connection && link->connection->close) {
        /* worker_shutdown_timeout is over. */

        link->redis->closed = 1;
        ngx_http_trials_primary_close(link->redis);
    }

    ngx_http_trials_redis_fail(link->redis, reason, err);
}


void
ngx_http_trials_redis_fail(ngx_http_trials_redis_t *redis, const char *reason,
                           ngx_err_t err)
{
    ngx_msec_t delay;
    ngx_uint_t lost;

    lost = (redis->state == NGX_HTTP_TRIALS_REDIS_READY);

    if (lost) {
        redis->left = ngx_current_msec;
    }

    ngx_http_trials_count(redis->zone, NGX_HTTP_TRIALS_COUNT_FAILURES);

    ngx_http_trials_redis_close(redis);

    if (redis->closed) {
        return;
    }

    if (lost && err != NGX_ETIMEDOUT
        && ngx_current_msec - redis->retried >= NGX_HTTP_TRIALS_HEARTBEAT)
    {
        /*
         * A connection that ended may be had again at once: requests wait for
         * that.  If it fails, or if that happens again soon, Redis is away.
         */

        redis->retried = ngx_current_msec;

        ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, err,
                      "trials redis \"%V\": connection lost: %s",
                      &redis->conf->name, reason);

        delay = 1;

    } else {
        ngx_http_trials_redis_away(redis, reason, err);

        delay = ngx_http_trials_redis_backoff(&redis->backoff);
    }

    ngx_add_timer(&redis->connect, delay);
}


ngx_msec_t
ngx_http_trials_redis_backoff(ngx_msec_t *backoff)
{
    ngx_msec_t delay;

    delay = *backoff - (ngx_msec_t) ngx_random() % (*backoff / 4 + 1);
    *backoff = ngx_min(*backoff * 2, NGX_HTTP_TRIALS_BACKOFF_MAX);

    return delay;
}


static void
ngx_http_trials_redis_away(ngx_http_trials_redis_t *redis, const char *reason,
                           ngx_err_t err)
{
    if (redis->away && redis->reason && ngx_strcmp(redis->reason, reason) == 0)
    {
        ngx_log_debug1(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, err,
                       "trials redis is still away: %s", reason);
        return;
    }

    redis->away = 1;
    redis->reason = reason;

    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, err,
                  "trials redis \"%V\" is away: %s", &redis->conf->name,
                  reason);

    ngx_http_trials_wait_away(redis);
}


ngx_int_t
ngx_http_trials_redis_hello(ngx_http_trials_link_t *link)
{
    u_char                        number[NGX_INT_T_LEN + 1];
    ngx_uint_t                    n;
    const char                   *argv[NGX_HTTP_TRIALS_ARGS];
    ngx_http_trials_redis_conf_t *conf;

    conf = link->redis->conf;

    if (conf->password.len) {
        n = 0;
        argv[n++] = "AUTH";

        if (conf->user.len) {
            argv[n++] = (const char *) conf->user.data;
        }

        argv[n++] = (const char *) conf->password.data;

        if (ngx_http_trials_redis_send(link, ngx_http_trials_redis_status, n,
                                       argv)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    if (conf->db) {
        *ngx_sprintf(number, "%ui", conf->db) = '\0';

        argv[0] = "SELECT";
        argv[1] = (const char *) number;

        return ngx_http_trials_redis_send(link, ngx_http_trials_redis_status, 2,
                                          argv);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_trials_redis_opened(ngx_http_trials_link_t *link)
{
    const char              *argv[NGX_HTTP_TRIALS_ARGS];
    ngx_http_trials_redis_t *redis;

    redis = link->redis;

    if (ngx_http_trials_redis_hello(link) != NGX_OK) {
        return NGX_ERROR;
    }

    if (link == &redis->data) {
        return redis->subscribed ? ngx_http_trials_redis_track(redis) : NGX_OK;
    }

    argv[0] = "CLIENT";
    argv[1] = "ID";

    if (ngx_http_trials_redis_send(link, ngx_http_trials_redis_id, 2, argv)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    argv[0] = "SUBSCRIBE";
    argv[1] = NGX_HTTP_TRIALS_CHANNEL;

    return ngx_http_trials_redis_send(link, ngx_http_trials_redis_subscribed, 2,
                                      argv);
}


/* Both links are there and the subscriber listens: the last step. */

static ngx_int_t
ngx_http_trials_redis_track(ngx_http_trials_redis_t *redis)
{
    u_char      id[NGX_INT64_LEN + 1];
    const char *argv[NGX_HTTP_TRIALS_ARGS];

    *ngx_sprintf(id, "%L", (int64_t) redis->id) = '\0';

    argv[0] = "CLIENT";
    argv[1] = "TRACKING";
    argv[2] = "ON";
    argv[3] = "REDIRECT";
    argv[4] = (const char *) id;
    argv[5] = "BCAST";
    argv[6] = "PREFIX";
    argv[7] = TRIALS_KEY_DOCUMENT;

    if (ngx_http_trials_redis_send(&redis->data, ngx_http_trials_redis_status,
                                   8, argv)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    argv[0] = "HMGET";
    argv[1] = NGX_HTTP_TRIALS_PROBE;
    argv[2] = "v";

    return ngx_http_trials_redis_send(&redis->data,
                                      ngx_http_trials_redis_probed, 3, argv);
}


ngx_int_t
ngx_http_trials_redis_send(ngx_http_trials_link_t  *link,
                           ngx_http_trials_reply_pt handler, ngx_uint_t argc,
                           const char **argv)
{
    size_t     lens[NGX_HTTP_TRIALS_ARGS];
    ngx_uint_t i;

    for (i = 0; i < argc; i++) {
        lens[i] = ngx_strlen(argv[i]);
    }

    return ngx_http_trials_link_command(link, handler, 0, argc, argv, lens);
}


/* AUTH, SELECT, CLIENT TRACKING */

static const char *
ngx_http_trials_redis_status(ngx_http_trials_redis_t   *redis,
                             ngx_http_trials_command_t *command,
                             redisReply               **reply)
{
    (void) command;

    if (reply == NULL) {
        return NULL;
    }

    if ((*reply)->type != REDIS_REPLY_STATUS) {
        return ngx_http_trials_redis_refused(redis, *reply);
    }

    return NULL;
}


static const char *
ngx_http_trials_redis_id(ngx_http_trials_redis_t   *redis,
                         ngx_http_trials_command_t *command, redisReply **reply)
{
    (void) command;

    if (reply == NULL) {
        return NULL;
    }

    if ((*reply)->type != REDIS_REPLY_INTEGER) {
        return ngx_http_trials_redis_refused(redis, *reply);
    }

    redis->id = (*reply)->integer;

    return NULL;
}


/* ["subscribe", channel, 1] */

static const char *
ngx_http_trials_redis_subscribed(ngx_http_trials_redis_t   *redis,
                                 ngx_http_trials_command_t *command,
                                 redisReply               **reply)
{
    (void) command;

    if (reply == NULL) {
        return NULL;
    }

    if ((*reply)->type != REDIS_REPLY_ARRAY || (*reply)->elements != 3) {
        return ngx_http_trials_redis_refused(redis, *reply);
    }

    redis->subscribed = 1;

    if (redis->data.connected && ngx_http_trials_redis_track(redis) != NGX_OK) {
        return "no memory";
    }

    return NULL;
}


static const char *
ngx_http_trials_redis_probed(ngx_http_trials_redis_t   *redis,
                             ngx_http_trials_command_t *command,
                             redisReply               **reply)
{
    (void) command;

    if (reply == NULL) {
        return NULL;
    }

    if ((*reply)->type != REDIS_REPLY_ARRAY) {
        return ngx_http_trials_redis_refused(redis, *reply);
    }

    ngx_http_trials_redis_ready(redis);

    return NULL;
}


static void
ngx_http_trials_redis_ready(ngx_http_trials_redis_t *redis)
{
    if (redis->away) {
        ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                      "trials redis \"%V\" is back", &redis->conf->name);
    }

    redis->state = NGX_HTTP_TRIALS_REDIS_READY;
    redis->away = 0;
    redis->reason = NULL;
    redis->pinged = ngx_current_msec;

    ngx_http_trials_count(redis->zone, NGX_HTTP_TRIALS_COUNT_CONNECTS);
    ngx_http_trials_zone_up(redis->zone, ngx_crc32_long(redis->addr->name.data,
                                                        redis->addr->name.len));

    ngx_http_trials_heartbeat_start(redis);

    ngx_http_trials_wait_resume(redis);
}


/* ["message", channel, [key, ...]], the last nil after FLUSHALL. */

const char *
ngx_http_trials_redis_message(ngx_http_trials_redis_t *redis,
                              const redisReply        *reply)
{
    size_t      i;
    size_t      len;
    const char *name;
    redisReply *keys, *key;

    keys = reply->element[2];

    if (keys->type == REDIS_REPLY_NIL) {
        ngx_http_trials_zone_flush(redis->zone);
        ngx_http_trials_wait_flushed(redis);
        return NULL;
    }

    if (keys->type != REDIS_REPLY_ARRAY) {
        return "sent a message that is no invalidation";
    }

    for (i = 0; i < keys->elements; i++) {
        key = keys->element[i];

        if (key->type != REDIS_REPLY_STRING) {
            return "sent a message that is no invalidation";
        }

        name = trials_document_key_name(key->str, (size_t) key->len, &len);

        if (name) {
            ngx_http_trials_zone_forget(redis->zone, name, len);
            ngx_http_trials_wait_changed(redis, name, len);
        }
    }

    return NULL;
}


const char *
ngx_http_trials_redis_refused(ngx_http_trials_redis_t *redis,
                              const redisReply        *reply)
{
    ngx_str_t                text;
    static const char *const refused = "refused a command";

    if (reply->type != REDIS_REPLY_ERROR) {
        return "sent an unexpected reply";
    }

    if (!redis->away || redis->reason != refused) {
        text.data = (u_char *) reply->str;
        text.len = ngx_min((size_t) reply->len, 256);

        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "trials redis \"%V\" answered \"%V\"", &redis->conf->name,
                      &text);
    }

    return refused;
}
