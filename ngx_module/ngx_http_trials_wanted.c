/* The stream of wanted trials: see ngx_http_trials_wanted.h. */

#include "ngx_http_trials_wanted.h"
#include "ngx_http_trials_path.h"

#include <trials/document.h>


/* Trials that were asked for lately: a table that is not searched but
 * overwritten, since asking once more does no harm. */
#define NGX_HTTP_TRIALS_RECENT 4096

/* A trial is asked for once in so many ms. */
#define NGX_HTTP_TRIALS_ASK 5000

/* About how many ids the stream keeps. */
#define NGX_HTTP_TRIALS_STREAM "100000"


typedef struct {
    uint32_t   number; /* 0: none */
    ngx_msec_t time;
} ngx_http_trials_recent_t;


struct ngx_http_trials_wanted_s {
    ngx_http_trials_recent_t recent[NGX_HTTP_TRIALS_RECENT];
};


static const char *
ngx_http_trials_wanted_asked(ngx_http_trials_redis_t   *redis,
                             ngx_http_trials_command_t *command,
                             redisReply               **reply);


ngx_http_trials_wanted_t *
ngx_http_trials_wanted_create(ngx_pool_t *pool)
{
    return ngx_pcalloc(pool, sizeof(ngx_http_trials_wanted_t));
}


void
ngx_http_trials_wanted_forget(ngx_http_trials_wanted_t *wanted, uint32_t number)
{
    ngx_http_trials_recent_t *recent;

    recent = &wanted->recent[number % NGX_HTTP_TRIALS_RECENT];

    if (recent->number == number) {
        recent->number = 0;
    }
}


void
ngx_http_trials_wanted_forget_all(ngx_http_trials_wanted_t *wanted)
{
    ngx_memzero(wanted, sizeof(ngx_http_trials_wanted_t));
}


void
ngx_http_trials_wanted_ask(ngx_http_trials_redis_t *redis, const char *id)
{
    uint32_t                  number;
    ngx_uint_t                i;
    const char               *argv[8];
    size_t                    lens[8];
    ngx_http_trials_recent_t *recent;

    number = ngx_http_trials_path_number(id);
    recent = &redis->wanted->recent[number % NGX_HTTP_TRIALS_RECENT];

    if (redis->state != NGX_HTTP_TRIALS_REDIS_READY) {
        return;
    }

    if (recent->number == number
        && ngx_current_msec - recent->time < NGX_HTTP_TRIALS_ASK)
    {
        return;
    }

    argv[0] = "XADD";
    argv[1] = TRIALS_KEY_WANTED;
    argv[2] = "MAXLEN";
    argv[3] = "~";
    argv[4] = NGX_HTTP_TRIALS_STREAM;
    argv[5] = "*";
    argv[6] = TRIALS_WANTED_FIELD;
    argv[7] = id;

    for (i = 0; i < 8; i++) {
        lens[i] = ngx_strlen(argv[i]);
    }

    if (ngx_http_trials_link_command(&redis->data, ngx_http_trials_wanted_asked,
                                     number, 8, argv, lens)
        != NGX_OK)
    {
        return;
    }

    recent->number = number;
    recent->time = ngx_current_msec;
}


/* The reply to XADD.  A primary that takes no writes is not away. */

static const char *
ngx_http_trials_wanted_asked(ngx_http_trials_redis_t   *redis,
                             ngx_http_trials_command_t *command,
                             redisReply               **reply)
{
    if (reply && (*reply)->type != REDIS_REPLY_ERROR) {
        redis->wanted_failed = 0;
        return NULL;
    }

    ngx_http_trials_wanted_forget(redis->wanted, (uint32_t) command->data);

    if (reply && !redis->wanted_failed) {
        redis->wanted_failed = 1;

        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "trials redis \"%V\" takes no \"%s\": \"%s\"",
                      &redis->conf->name, TRIALS_KEY_WANTED, (*reply)->str);
    }

    return NULL;
}
