/* The stream of wanted trials: see ngx_http_trials_wanted.h. */

#include "ngx_http_trials_wanted.h"

#include <trials/document.h>


/* Trials that were asked for lately: a table that is not searched but
 * overwritten, since asking once more does no harm. */
#define NGX_HTTP_TRIALS_RECENT 4096

/* A trial is asked for once in so many ms. */
#define NGX_HTTP_TRIALS_ASK 5000

/* About how many ids the stream keeps. */
#define NGX_HTTP_TRIALS_STREAM "100000"


typedef struct {
    uint32_t   hash; /* of the name; 0: none */
    ngx_msec_t time;
} ngx_http_trials_recent_t;


struct ngx_http_trials_wanted_s {
    ngx_http_trials_recent_t recent[NGX_HTTP_TRIALS_RECENT];
};


static ngx_http_trials_recent_t *
ngx_http_trials_wanted_recent(ngx_http_trials_wanted_t *wanted, uint32_t hash);
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
ngx_http_trials_wanted_forget(ngx_http_trials_wanted_t *wanted,
                              const char *name, size_t len)
{
    uint32_t                  hash;
    ngx_http_trials_recent_t *recent;

    hash = ngx_crc32_short((u_char *) (uintptr_t) name, len);
    recent = ngx_http_trials_wanted_recent(wanted, hash);

    if (recent->hash == hash) {
        recent->hash = 0;
    }
}


static ngx_http_trials_recent_t *
ngx_http_trials_wanted_recent(ngx_http_trials_wanted_t *wanted, uint32_t hash)
{
    return &wanted->recent[hash % NGX_HTTP_TRIALS_RECENT];
}


void
ngx_http_trials_wanted_forget_all(ngx_http_trials_wanted_t *wanted)
{
    ngx_memzero(wanted, sizeof(ngx_http_trials_wanted_t));
}


ngx_int_t
ngx_http_trials_wanted_ask(ngx_http_trials_redis_t *redis, const char *name)
{
    uint32_t                  hash;
    ngx_uint_t                i;
    const char               *argv[8];
    size_t                    lens[8];
    ngx_http_trials_link_t   *link;
    ngx_http_trials_recent_t *recent;

    hash = ngx_crc32_short((u_char *) (uintptr_t) name, ngx_strlen(name));
    recent = ngx_http_trials_wanted_recent(redis->wanted, hash);

    link = ngx_http_trials_redis_writer(redis);

    if (link == NULL) {
        return NGX_ERROR;
    }

    if (recent->hash == hash
        && ngx_current_msec - recent->time < NGX_HTTP_TRIALS_ASK)
    {
        return NGX_BUSY;
    }

    argv[0] = "XADD";
    argv[1] = TRIALS_KEY_WANTED;
    argv[2] = "MAXLEN";
    argv[3] = "~";
    argv[4] = NGX_HTTP_TRIALS_STREAM;
    argv[5] = "*";
    argv[6] = TRIALS_WANTED_FIELD;
    argv[7] = name;

    for (i = 0; i < 8; i++) {
        lens[i] = ngx_strlen(argv[i]);
    }

    if (ngx_http_trials_link_command(link, ngx_http_trials_wanted_asked, hash,
                                     8, argv, lens)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    recent->hash = hash;
    recent->time = ngx_current_msec;

    return NGX_OK;
}


/* The reply to XADD.  A primary that takes no writes is not away. */

static const char *
ngx_http_trials_wanted_asked(ngx_http_trials_redis_t   *redis,
                             ngx_http_trials_command_t *command,
                             redisReply               **reply)
{
    ngx_http_trials_recent_t *recent;

    if (reply && (*reply)->type != REDIS_REPLY_ERROR) {
        redis->wanted_failed = 0;
        return NULL;
    }

    recent =
        ngx_http_trials_wanted_recent(redis->wanted, (uint32_t) command->data);
    recent->hash = 0;

    if (reply && !redis->wanted_failed) {
        redis->wanted_failed = 1;

        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "trials redis \"%V\" takes no \"%s\": \"%s\"",
                      &redis->conf->name, TRIALS_KEY_WANTED, (*reply)->str);
    }

    return NULL;
}
