/* PINGs, and what is known by their answers: see ngx_http_trials_redis.h. */

#include "ngx_http_trials_redis.h"


/*
 * To the subscriber while requests come, and for a while after, ms, several in
 * the time of a lease.
 */
#define NGX_HTTP_TRIALS_BEATS 5
#define NGX_HTTP_TRIALS_IDLE  5000

/* What a worker that ends waits for a successor, ms. */
#define NGX_HTTP_TRIALS_HANDOVER 400

/* PINGs under way: a Redis far away takes longer than a beat. */
#define NGX_HTTP_TRIALS_PINGS 32


static ngx_msec_t
            ngx_http_trials_heartbeat_period(ngx_http_trials_redis_t *redis);
static void ngx_http_trials_heartbeat(ngx_event_t *ev);
static ngx_uint_t
ngx_http_trials_heartbeat_stays(ngx_http_trials_redis_t *redis);
static const char *
ngx_http_trials_heartbeat_pong(ngx_http_trials_redis_t   *redis,
                               ngx_http_trials_command_t *command,
                               redisReply               **reply);


void
ngx_http_trials_heartbeat_init(ngx_http_trials_redis_t *redis,
                               ngx_cycle_t             *cycle)
{
    redis->heartbeat.handler = ngx_http_trials_heartbeat;
    redis->heartbeat.data = redis;
    redis->heartbeat.log = cycle->log;
    redis->heartbeat.cancelable = 1;
}


void
ngx_http_trials_heartbeat_start(ngx_http_trials_redis_t *redis)
{
    ngx_add_timer(&redis->heartbeat, ngx_http_trials_heartbeat_period(redis));
}


static ngx_msec_t
ngx_http_trials_heartbeat_period(ngx_http_trials_redis_t *redis)
{
    return (redis->zone->attached
            && (!redis->zone->slot->trusted
                || ngx_current_msec - redis->active < NGX_HTTP_TRIALS_IDLE))
               ? redis->conf->lease / NGX_HTTP_TRIALS_BEATS
               : NGX_HTTP_TRIALS_HEARTBEAT;
}


void
ngx_http_trials_heartbeat_active(ngx_http_trials_redis_t *redis)
{
    ngx_uint_t idle;

    idle = (ngx_current_msec - redis->active >= NGX_HTTP_TRIALS_IDLE);
    redis->active = ngx_current_msec;

    if (idle && redis->zone->attached && redis->heartbeat.timer_set) {
        ngx_del_timer(&redis->heartbeat);
        ngx_post_event(&redis->heartbeat, &ngx_posted_events);
    }

    /*
     * A worker that had no processor for a while may find its lease over and
     * the answer that goes on with it unread: that comes first.
     */

    if (redis->state == NGX_HTTP_TRIALS_REDIS_READY && redis->zone->attached
        && redis->zone->slot->trusted && redis->drained != ngx_current_msec
        && !ngx_http_trials_zone_trusted(redis->zone))
    {
        redis->drained = ngx_current_msec;
        ngx_http_trials_link_drain(&redis->subscriber);
    }
}


/*
 * A peer that is frozen or unplugged does not end its connections.  What the
 * subscriber answers says as well that no change is on its way any more that
 * was reported before.
 */

static void
ngx_http_trials_heartbeat(ngx_event_t *ev)
{
    size_t                   len;
    const char              *argv[1];
    ngx_http_trials_redis_t *redis;

    redis = ev->data;

    argv[0] = "PING";
    len = sizeof("PING") - 1;

    if (redis->subscriber.ncommands < NGX_HTTP_TRIALS_PINGS
        && ngx_http_trials_link_command(
               &redis->subscriber, ngx_http_trials_heartbeat_pong,
               (uintptr_t) ngx_current_msec, 1, argv, &len)
               != NGX_OK)
    {
        ngx_http_trials_redis_fail(redis, "no memory", 0);
        return;
    }

    if (ngx_current_msec - redis->pinged >= NGX_HTTP_TRIALS_HEARTBEAT) {
        redis->pinged = ngx_current_msec;

        /*
         * Only now: connections that Redis opens and soon spoils must not be
         * tried without a pause.
         */

        redis->backoff = NGX_HTTP_TRIALS_BACKOFF_MIN;

        if (ngx_queue_empty(&redis->data.commands)
            && ngx_http_trials_redis_send(
                   &redis->data, ngx_http_trials_heartbeat_pong, 1, argv)
                   != NGX_OK)
        {
            ngx_http_trials_redis_fail(redis, "no memory", 0);
            return;
        }
    }

    ev->cancelable = !ngx_http_trials_heartbeat_stays(redis);
    ngx_http_trials_heartbeat_start(redis);
}


/*
 * A worker that could end waits a moment for the next one to trust what is in
 * the zone, or nobody would know whether that is true any more.
 */

static ngx_uint_t
ngx_http_trials_heartbeat_stays(ngx_http_trials_redis_t *redis)
{
    if (!redis->zone->attached || !redis->zone->slot->trusted
        || ngx_http_trials_heartbeat_period(redis) == NGX_HTTP_TRIALS_HEARTBEAT)
    {
        return 0;
    }

    if (!ngx_exiting) {
        return 1;
    }

    if (redis->exiting == 0) {
        redis->exiting = ngx_current_msec;
    }

    return ngx_current_msec - redis->exiting < NGX_HTTP_TRIALS_HANDOVER
           && !ngx_http_trials_zone_covered(redis->zone);
}


/* +PONG, or ["pong", ""] where the link has subscribed. */

static const char *
ngx_http_trials_heartbeat_pong(ngx_http_trials_redis_t   *redis,
                               ngx_http_trials_command_t *command,
                               redisReply               **reply)
{
    if (reply == NULL) {
        return NULL;
    }

    if ((*reply)->type != REDIS_REPLY_STATUS
        && ((*reply)->type != REDIS_REPLY_ARRAY || (*reply)->elements != 2))
    {
        return ngx_http_trials_redis_refused(redis, *reply);
    }

    if (command->data) {
        ngx_http_trials_zone_confirm(redis->zone, (ngx_msec_t) command->data);
    }

    return NULL;
}
