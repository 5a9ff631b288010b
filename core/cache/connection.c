/*
 * Redis by hiredis's synchronous API: one command at a time.
 *
 * The connection is made when it is first needed.  Whatever goes wrong on it (a
 * time-out, its end, something that is not Redis's protocol) closes it: what
 * would come next could be the answer to another command.
 */

#include "core/cache/connection.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>


static trials_rc_t
trials_cache_connect(trials_cache_t *cache, trials_error_t *err);
static trials_rc_t
trials_cache_primary(trials_cache_t *cache, trials_error_t *err);
static trials_rc_t
trials_cache_greet(trials_cache_t *cache, trials_error_t *err);
static trials_rc_t
trials_cache_try(trials_cache_t *cache, int n, const trials_str_t *args,
                 int type, redisReply **reply, trials_error_t *err);
static trials_rc_t
trials_cache_judge(trials_cache_t *cache, const char *name, int type,
                   const redisReply *reply, trials_error_t *err);
static trials_rc_t
trials_cache_lost(trials_cache_t *cache, const char *name, trials_error_t *err);
static int  trials_cache_is_away(const char *error);
static void trials_cache_close(trials_cache_t *cache);


/* Errors of a Redis that is there, but cannot do what it is asked just now:
 * it reads its data, a script runs, it has become a replica. */

static const char *const trials_cache_away[] = {
    "LOADING ", "MASTERDOWN ", "BUSY ", "READONLY ", "CLUSTERDOWN ",
};


trials_str_t
trials_arg(const char *text)
{
    trials_str_t str;

    str.data = text;
    str.len = strlen(text);

    return str;
}


void
trials_cache_defaults(trials_cache_settings_t *settings)
{
    memset(settings, 0, sizeof(trials_cache_settings_t));

    settings->address = "127.0.0.1:6379";
    settings->timeout = 2000;
    settings->brotli = 5;
}


trials_rc_t
trials_cache_password(const char *file, char *password, size_t size,
                      trials_error_t *err)
{
    int    number;
    FILE  *f;
    size_t len;

    f = fopen(file, "re");
    if (f == NULL) {
        return trials_error(err, TRIALS_FAILED, "password file \"%s\": %s",
                            file, strerror(errno));
    }

    /* Unbuffered, so that no copy of it stays behind in freed memory. */

    (void) setvbuf(f, NULL, _IONBF, 0);

    errno = 0;
    number = 0;

    if (fgets(password, (int) size, f) == NULL) {
        number = errno;
        password[0] = '\0';
    }

    (void) fclose(f);

    if (number) {
        return trials_error(err, TRIALS_FAILED, "password file \"%s\": %s",
                            file, strerror(number));
    }

    len = strcspn(password, "\r\n");

    if (len == 0 || len == size - 1) {
        explicit_bzero(password, size);
        return trials_error(err, TRIALS_FAILED,
                            "password file \"%s\": the first line holds no "
                            "password of 1 to %zu bytes",
                            file, size - 2);
    }

    password[len] = '\0';

    return TRIALS_OK;
}


trials_cache_t *
trials_cache_create(const trials_cache_settings_t *settings,
                    trials_error_t                *err)
{
    trials_cache_t *cache;

    cache = calloc(1, sizeof(trials_cache_t));
    if (cache == NULL) {
        trials_error(err, TRIALS_NOMEM, "cache: out of memory");
        return NULL;
    }

    cache->database = settings->database;
    cache->brotli = settings->brotli;
    cache->timeout = settings->timeout > 0 ? settings->timeout : 1;
    cache->address = strdup(settings->address);
    cache->username = settings->username ? strdup(settings->username) : NULL;
    cache->password = settings->password ? strdup(settings->password) : NULL;
    cache->gzip = trials_gzip_create();

    if (cache->address == NULL || cache->gzip == NULL
        || (settings->username && cache->username == NULL)
        || (settings->password && cache->password == NULL))
    {
        trials_error(err, TRIALS_NOMEM, "cache: out of memory");

    } else if (trials_cache_address(cache, settings->address, err) == TRIALS_OK)
    {
        return cache;
    }

    trials_cache_destroy(cache);

    return NULL;
}


void
trials_cache_destroy(trials_cache_t *cache)
{
    if (cache == NULL) {
        return;
    }

    trials_cache_close(cache);
    trials_gzip_destroy(cache->gzip);

    if (cache->password) {
        explicit_bzero(cache->password, strlen(cache->password));
    }

    free(cache->password);
    free(cache->username);
    free(cache->sentinels);
    free(cache->master);
    free(cache->host);
    free(cache->address);
    free(cache);
}


trials_rc_t
trials_cache_command(trials_cache_t *cache, int n, const trials_str_t *args,
                     int type, redisReply **reply, trials_error_t *err)
{
    int         old;
    trials_rc_t rc;

    old = cache->redis != NULL;
    rc = trials_cache_command_once(cache, n, args, type, reply, err);

    /* A connection that was idle may have been closed long ago: that shows
     * only now, and is no reason to fail. */

    if (rc == TRIALS_UNAVAILABLE && old && cache->lost) {
        rc = trials_cache_command_once(cache, n, args, type, reply, err);
    }

    return rc;
}


trials_rc_t
trials_cache_command_once(trials_cache_t *cache, int n,
                          const trials_str_t *args, int type,
                          redisReply **reply, trials_error_t *err)
{
    trials_rc_t rc;

    *reply = NULL;
    cache->lost = 0;

    if (cache->redis == NULL) {
        rc = trials_cache_connect(cache, err);
        if (rc != TRIALS_OK) {
            return rc;
        }
    }

    return trials_cache_try(cache, n, args, type, reply, err);
}


trials_rc_t
trials_cache_check_name(const char *name, trials_error_t *err)
{
    if (trials_name_kind(name, strlen(name)) == TRIALS_NAME_NONE) {
        return trials_error(err, TRIALS_INVALID,
                            "\"%.80s\": not the name of a document", name);
    }

    return TRIALS_OK;
}


static trials_rc_t
trials_cache_connect(trials_cache_t *cache, trials_error_t *err)
{
    trials_rc_t    rc;
    struct timeval timeout;

    timeout.tv_sec = cache->timeout / 1000;
    timeout.tv_usec = cache->timeout % 1000 * 1000;

    if (cache->master) {
        rc = trials_sentinel_find(cache, err);
        if (rc != TRIALS_OK) {
            return rc;
        }
    }

    cache->redis =
        cache->port ? redisConnectWithTimeout(cache->host, cache->port, timeout)
                    : redisConnectUnixWithTimeout(cache->host, timeout);

    if (cache->redis == NULL) {
        return trials_error(err, TRIALS_NOMEM, "Redis %s: out of memory",
                            cache->address);
    }

    if (cache->redis->err || redisSetTimeout(cache->redis, timeout) != REDIS_OK
        || (cache->port && redisEnableKeepAlive(cache->redis) != REDIS_OK))
    {
        rc = trials_cache_lost(cache, "connect", err);
        cache->lost = 0;
        return rc;
    }

    rc = trials_cache_greet(cache, err);

    if (rc == TRIALS_OK && cache->master) {
        rc = trials_cache_primary(cache, err);
    }

    if (rc != TRIALS_OK) {
        trials_cache_close(cache);
        cache->lost = 0;
    }

    return rc;
}


/* A sentinel may still name the primary of before. */

static trials_rc_t
trials_cache_primary(trials_cache_t *cache, trials_error_t *err)
{
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[1];

    args[0] = trials_arg("ROLE");

    rc = trials_cache_try(cache, 1, args, REDIS_REPLY_ARRAY, &reply, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    if (reply->elements == 0 || reply->element[0]->type != REDIS_REPLY_STRING
        || strcmp(reply->element[0]->str, "master") != 0)
    {
        rc = trials_error(err, TRIALS_UNAVAILABLE,
                          "Redis %s: %s:%d is not the primary", cache->address,
                          cache->host, cache->port);
    }

    freeReplyObject(reply);

    return rc;
}


/* AUTH and SELECT, where they are asked for. */

static trials_rc_t
trials_cache_greet(trials_cache_t *cache, trials_error_t *err)
{
    int          n;
    char         database[16];
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[3];

    if (cache->password) {
        n = 0;
        args[n++] = trials_arg("AUTH");

        if (cache->username) {
            args[n++] = trials_arg(cache->username);
        }

        args[n++] = trials_arg(cache->password);

        rc = trials_cache_try(cache, n, args, REDIS_REPLY_STATUS, &reply, err);
        if (rc != TRIALS_OK) {
            return rc;
        }

        freeReplyObject(reply);
    }

    if (cache->database) {
        (void) snprintf(database, sizeof(database), "%d", cache->database);
        args[0] = trials_arg("SELECT");
        args[1] = trials_arg(database);

        rc = trials_cache_try(cache, 2, args, REDIS_REPLY_STATUS, &reply, err);
        if (rc != TRIALS_OK) {
            return rc;
        }

        freeReplyObject(reply);
    }

    return TRIALS_OK;
}


static trials_rc_t
trials_cache_try(trials_cache_t *cache, int n, const trials_str_t *args,
                 int type, redisReply **reply, trials_error_t *err)
{
    int         i;
    size_t      lens[TRIALS_ARGS_MAX];
    const char *datas[TRIALS_ARGS_MAX];
    trials_rc_t rc;

    if (n < 1 || n > TRIALS_ARGS_MAX) {
        return trials_error(err, TRIALS_FAILED, "Redis: %d arguments", n);
    }

    for (i = 0; i < n; i++) {
        datas[i] = args[i].data ? args[i].data : "";
        lens[i] = args[i].len;
    }

    errno = 0;
    *reply = redisCommandArgv(cache->redis, n, datas, lens);

    if (*reply == NULL) {
        return trials_cache_lost(cache, datas[0], err);
    }

    rc = trials_cache_judge(cache, datas[0], type, *reply, err);

    if (rc != TRIALS_OK) {
        freeReplyObject(*reply);
        *reply = NULL;
    }

    if (rc == TRIALS_UNAVAILABLE) {
        /* Another one may have become the primary behind this address. */

        trials_cache_close(cache);
    }

    return rc;
}


static trials_rc_t
trials_cache_judge(trials_cache_t *cache, const char *name, int type,
                   const redisReply *reply, trials_error_t *err)
{
    if (reply->type == REDIS_REPLY_ERROR) {
        return trials_error(
            err,
            trials_cache_is_away(reply->str) ? TRIALS_UNAVAILABLE
                                             : TRIALS_FAILED,
            "Redis %s: %s: %s", cache->address, name, reply->str);
    }

    if (type == TRIALS_REPLY_ANY || reply->type == (type & 0xff)
        || (reply->type == REDIS_REPLY_NIL && (type & TRIALS_REPLY_OR_NIL)))
    {
        return TRIALS_OK;
    }

    return trials_error(err, TRIALS_FAILED,
                        "Redis %s: %s: a reply of type %d instead of %d",
                        cache->address, name, reply->type, type & 0xff);
}


static int
trials_cache_is_away(const char *error)
{
    size_t i;

    for (i = 0; i < sizeof(trials_cache_away) / sizeof(char *); i++) {
        if (strncmp(error, trials_cache_away[i], strlen(trials_cache_away[i]))
            == 0) {
            return 1;
        }
    }

    /* Before Redis 7, of a script. */

    return strstr(error, "-READONLY ") != NULL;
}


/* Closes the connection and says why. */

static trials_rc_t
trials_cache_lost(trials_cache_t *cache, const char *name, trials_error_t *err)
{
    int         number;
    trials_rc_t rc;

    number = errno;

    if (cache->redis->err == REDIS_ERR_IO
        && (number == EAGAIN || number == ETIMEDOUT || number == EINPROGRESS))
    {
        rc = trials_error(err, TRIALS_UNAVAILABLE,
                          "Redis %s: %s: no answer within %ld ms",
                          cache->address, name, cache->timeout);

    } else if (cache->redis->err == REDIS_ERR_PROTOCOL) {
        rc = trials_error(err, TRIALS_FAILED, "Redis %s: %s: %s",
                          cache->address, name, cache->redis->errstr);

    } else if (cache->redis->err == REDIS_ERR_OOM) {
        rc = trials_error(err, TRIALS_NOMEM, "Redis %s: %s: out of memory",
                          cache->address, name);

    } else {
        cache->lost = 1;
        rc = trials_error(
            err, TRIALS_UNAVAILABLE, "Redis %s: %s: %s", cache->address, name,
            cache->redis->err ? cache->redis->errstr : "connection lost");
    }

    trials_cache_close(cache);

    return rc;
}


static void
trials_cache_close(trials_cache_t *cache)
{
    if (cache->redis) {
        redisFree(cache->redis);
        cache->redis = NULL;
    }
}
