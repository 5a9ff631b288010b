/*
 * What Redis tells of documents that changed: CLIENT TRACKING in broadcasting
 * mode.  In RESP2 one connection asks for it and another one hears; both must
 * stay, so both are asked for a sign of life when nothing was said for a while.
 */

#include "core/cache/connection.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>


#define TRIALS_WATCH_CHANNEL "__redis__:invalidate"


typedef struct {
    trials_cache_t *asking;
    trials_cache_t *hearing;
    long            delay; /* milliseconds */
    trials_watch_pt changed;
    void           *data;
    unsigned        asked : 1; /* for a sign of life */
} trials_watch_t;


static trials_rc_t
trials_watch_begin(trials_watch_t *watch, trials_error_t *err);
static trials_rc_t
trials_watch_hear(trials_watch_t *watch, trials_error_t *err);
static trials_rc_t
trials_watch_quiet(trials_watch_t *watch, trials_error_t *err);
static trials_rc_t trials_watch_read(trials_watch_t *watch,
                                     struct pollfd *ready, trials_error_t *err);
static int trials_watch_message(trials_watch_t *watch, const redisReply *reply);
static trials_rc_t
trials_watch_lost(const trials_watch_t *watch, trials_error_t *err);


trials_rc_t
trials_cache_watch(const trials_cache_settings_t *settings, long delay,
                   trials_watch_pt changed, void *data, trials_error_t *err)
{
    trials_rc_t    rc;
    trials_watch_t watch;

    memset(&watch, 0, sizeof(trials_watch_t));

    watch.delay = delay;
    watch.changed = changed;
    watch.data = data;
    watch.hearing = trials_cache_create(settings, err);
    watch.asking = watch.hearing ? trials_cache_create(settings, err) : NULL;

    rc = watch.asking ? trials_watch_begin(&watch, err) : err->code;

    if (rc == TRIALS_OK && changed(data, NULL, 0)) {
        rc = trials_watch_hear(&watch, err);
    }

    trials_cache_destroy(watch.asking);
    trials_cache_destroy(watch.hearing);

    return rc;
}


static trials_rc_t
trials_watch_begin(trials_watch_t *watch, trials_error_t *err)
{
    char         id[24];
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[8];

    args[0] = trials_arg("CLIENT");
    args[1] = trials_arg("ID");

    rc = trials_cache_command(watch->hearing, 2, args, REDIS_REPLY_INTEGER,
                              &reply, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    (void) snprintf(id, sizeof(id), "%lld", reply->integer);
    freeReplyObject(reply);

    args[0] = trials_arg("SUBSCRIBE");
    args[1] = trials_arg(TRIALS_WATCH_CHANNEL);

    rc = trials_cache_command_once(watch->hearing, 2, args, REDIS_REPLY_ARRAY,
                                   &reply, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    freeReplyObject(reply);

    args[0] = trials_arg("CLIENT");
    args[1] = trials_arg("TRACKING");
    args[2] = trials_arg("ON");
    args[3] = trials_arg("REDIRECT");
    args[4] = trials_arg(id);
    args[5] = trials_arg("BCAST");
    args[6] = trials_arg("PREFIX");
    args[7] = trials_arg(TRIALS_KEY_DOCUMENT);

    rc = trials_cache_command(watch->asking, 8, args, REDIS_REPLY_STATUS,
                              &reply, err);
    if (rc == TRIALS_OK) {
        freeReplyObject(reply);
    }

    return rc;
}


/* Until changed() has enough, or a connection is lost. */

static trials_rc_t
trials_watch_hear(trials_watch_t *watch, trials_error_t *err)
{
    int           n, more;
    void         *reply;
    redisContext *redis;
    trials_rc_t   rc;
    struct pollfd ready;

    redis = watch->hearing->redis;

    for (;;) {
        reply = NULL;

        if (redisReaderGetReply(redis->reader, &reply) != REDIS_OK) {
            return trials_watch_lost(watch, err);
        }

        if (reply) {
            more = trials_watch_message(watch, reply);
            freeReplyObject(reply);

            if (!more) {
                return TRIALS_OK;
            }

            continue;
        }

        ready.fd = redis->fd;
        ready.events = POLLIN;

        n = poll(&ready, 1, (int) watch->hearing->timeout);

        if (n == -1 && errno != EINTR) {
            return trials_error(err, TRIALS_FAILED, "poll: %s",
                                strerror(errno));
        }

        rc = TRIALS_OK;

        if (n == 0) {
            rc = trials_watch_quiet(watch, err);

        } else if (n > 0) {
            rc = trials_watch_read(watch, &ready, err);
        }

        if (rc != TRIALS_OK) {
            return rc;
        }
    }
}


/* All that is there; whoever is told hears of it when it has become old
 * enough. */

static trials_rc_t
trials_watch_read(trials_watch_t *watch, struct pollfd *ready,
                  trials_error_t *err)
{
    struct timespec pause;

    do {
        if (redisBufferRead(watch->hearing->redis) != REDIS_OK) {
            return trials_watch_lost(watch, err);
        }
    } while (poll(ready, 1, 0) > 0);

    pause.tv_sec = watch->delay / 1000;
    pause.tv_nsec = watch->delay % 1000 * 1000000;
    (void) nanosleep(&pause, NULL);

    return TRIALS_OK;
}


static trials_rc_t
trials_watch_quiet(trials_watch_t *watch, trials_error_t *err)
{
    int           done;
    redisReply   *reply;
    redisContext *redis;
    trials_rc_t   rc;
    trials_str_t  args[1];

    redis = watch->hearing->redis;

    if (watch->asked) {
        return trials_error(err, TRIALS_UNAVAILABLE,
                            "Redis %s: no answer within %ld ms",
                            watch->hearing->address, watch->hearing->timeout);
    }

    if (redisAppendCommand(redis, "PING") != REDIS_OK) {
        return trials_watch_lost(watch, err);
    }

    do {
        if (redisBufferWrite(redis, &done) != REDIS_OK) {
            return trials_watch_lost(watch, err);
        }
    } while (!done);

    watch->asked = 1;

    args[0] = trials_arg("PING");

    rc = trials_cache_command_once(watch->asking, 1, args, REDIS_REPLY_STATUS,
                                   &reply, err);
    if (rc == TRIALS_OK) {
        freeReplyObject(reply);
    }

    return rc;
}


/* ["message", channel, keys], keys nil where all are gone; ["pong", ""]. */

static int
trials_watch_message(trials_watch_t *watch, const redisReply *reply)
{
    size_t            i, len;
    const char       *name;
    const redisReply *keys;

    watch->asked = 0;

    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 3) {
        return 1;
    }

    keys = reply->element[2];

    if (keys->type != REDIS_REPLY_ARRAY) {
        return watch->changed(watch->data, NULL, 0);
    }

    for (i = 0; i < keys->elements; i++) {
        if (keys->element[i]->type != REDIS_REPLY_STRING) {
            continue;
        }

        name = trials_document_key_name(keys->element[i]->str,
                                        (size_t) keys->element[i]->len, &len);

        if (name && !watch->changed(watch->data, name, len)) {
            return 0;
        }
    }

    return 1;
}


static trials_rc_t
trials_watch_lost(const trials_watch_t *watch, trials_error_t *err)
{
    return trials_error(err, TRIALS_UNAVAILABLE, "Redis %s: %s",
                        watch->hearing->address, watch->hearing->redis->errstr);
}
