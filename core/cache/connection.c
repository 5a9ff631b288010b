/* Redis by hiredis's synchronous API: one command at a time. */

#include "core/cache/connection.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>


#define TRIALS_SCRIPT_ARGS 48


static trials_rc_t
trials_cache_address(trials_cache_t *cache, const char *address,
                     trials_error_t *err);
static trials_rc_t
trials_cache_connect(trials_cache_t *cache, trials_error_t *err);
static trials_rc_t
trials_cache_greet(trials_cache_t *cache, trials_error_t *err);
static trials_rc_t
trials_cache_try(trials_cache_t *cache, int n, const trials_str_t *args,
                 int type, redisReply **reply, trials_error_t *err);
static trials_rc_t
trials_cache_judge(trials_cache_t *cache, const char *name, int type,
                   redisReply *reply, trials_error_t *err);
static void trials_cache_close(trials_cache_t *cache);


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
}


trials_rc_t
trials_cache_password(const char *file, char *password, size_t size,
                      trials_error_t *err)
{
    FILE  *f;
    size_t len;

    f = fopen(file, "re");
    if (f == NULL) {
        return trials_error(err, TRIALS_INVALID, "password file \"%s\": %s",
                            file, strerror(errno));
    }

    if (fgets(password, (int) size, f) == NULL) {
        password[0] = '\0';
    }

    (void) fclose(f);

    len = strcspn(password, "\r\n");

    if (len == 0 || len == size - 1) {
        return trials_error(err, TRIALS_INVALID,
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
    cache->timeout = settings->timeout;
    cache->address = strdup(settings->address);
    cache->username = settings->username ? strdup(settings->username) : NULL;
    cache->password = settings->password ? strdup(settings->password) : NULL;

    if (cache->address == NULL
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

    if (cache->password) {
        explicit_bzero(cache->password, strlen(cache->password));
    }

    free(cache->password);
    free(cache->username);
    free(cache->host);
    free(cache->address);
    free(cache);
}


/* "host:port" or "unix:path". */

static trials_rc_t
trials_cache_address(trials_cache_t *cache, const char *address,
                     trials_error_t *err)
{
    long        port;
    char       *end;
    const char *colon;

    if (strncmp(address, "unix:", 5) == 0 && address[5] != '\0') {
        cache->host = strdup(address + 5);

    } else {
        colon = strrchr(address, ':');
        port = colon ? strtol(colon + 1, &end, 10) : 0;

        if (colon == NULL || colon == address || *end != '\0' || port < 1
            || port > 65535)
        {
            return trials_error(err, TRIALS_INVALID,
                                "Redis address \"%s\": neither HOST:PORT nor "
                                "unix:PATH",
                                address);
        }

        cache->host = strndup(address, (size_t) (colon - address));
        cache->port = (int) port;
    }

    return cache->host
               ? TRIALS_OK
               : trials_error(err, TRIALS_NOMEM, "cache: out of memory");
}


trials_rc_t
trials_cache_command(trials_cache_t *cache, int n, const trials_str_t *args,
                     int type, redisReply **reply, trials_error_t *err)
{
    int         old;
    trials_rc_t rc;

    old = cache->redis != NULL;

    if (!old) {
        rc = trials_cache_connect(cache, err);
        if (rc != TRIALS_OK) {
            return rc;
        }
    }

    rc = trials_cache_try(cache, n, args, type, reply, err);

    if (rc != TRIALS_UNAVAILABLE || !old || cache->redis) {
        return rc;
    }

    /* The connection had died since the last command. */

    rc = trials_cache_connect(cache, err);

    return rc == TRIALS_OK ? trials_cache_try(cache, n, args, type, reply, err)
                           : rc;
}


trials_rc_t
trials_cache_script(trials_cache_t *cache, const char *script, int nkeys, int n,
                    const trials_str_t *args, int type, redisReply **reply,
                    trials_error_t *err)
{
    char         keys[8];
    trials_str_t all[TRIALS_SCRIPT_ARGS];

    if (n + 3 > TRIALS_SCRIPT_ARGS) {
        return trials_error(err, TRIALS_FAILED, "script: too many arguments");
    }

    (void) snprintf(keys, sizeof(keys), "%d", nkeys);

    all[0] = trials_arg("EVAL");
    all[1] = trials_arg(script);
    all[2] = trials_arg(keys);
    memcpy(all + 3, args, (size_t) n * sizeof(trials_str_t));

    return trials_cache_command(cache, n + 3, all, type, reply, err);
}


static trials_rc_t
trials_cache_connect(trials_cache_t *cache, trials_error_t *err)
{
    trials_rc_t    rc;
    struct timeval timeout;

    timeout.tv_sec = cache->timeout / 1000;
    timeout.tv_usec = cache->timeout % 1000 * 1000;

    cache->redis =
        cache->port ? redisConnectWithTimeout(cache->host, cache->port, timeout)
                    : redisConnectUnixWithTimeout(cache->host, timeout);

    if (cache->redis == NULL) {
        return trials_error(err, TRIALS_NOMEM, "Redis %s: out of memory",
                            cache->address);
    }

    if (cache->redis->err || redisSetTimeout(cache->redis, timeout) != REDIS_OK)
    {
        rc = trials_error(err, TRIALS_UNAVAILABLE, "Redis %s: %s",
                          cache->address, cache->redis->errstr);
        trials_cache_close(cache);
        return rc;
    }

    rc = trials_cache_greet(cache, err);
    if (rc != TRIALS_OK) {
        trials_cache_close(cache);
    }

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
    size_t      lens[TRIALS_SCRIPT_ARGS];
    const char *datas[TRIALS_SCRIPT_ARGS];
    trials_rc_t rc;

    for (i = 0; i < n; i++) {
        datas[i] = args[i].data ? args[i].data : "";
        lens[i] = args[i].len;
    }

    *reply = redisCommandArgv(cache->redis, n, datas, lens);

    if (*reply == NULL) {
        rc = trials_error(err, TRIALS_UNAVAILABLE, "Redis %s: %s: %s",
                          cache->address, datas[0],
                          cache->redis->err ? cache->redis->errstr
                                            : "connection lost");
        trials_cache_close(cache);
        return rc;
    }

    rc = trials_cache_judge(cache, datas[0], type, *reply, err);

    if (rc != TRIALS_OK) {
        freeReplyObject(*reply);
        *reply = NULL;
    }

    return rc;
}


static trials_rc_t
trials_cache_judge(trials_cache_t *cache, const char *name, int type,
                   redisReply *reply, trials_error_t *err)
{
    if (reply->type == REDIS_REPLY_ERROR) {
        return trials_error(
            err,
            strncmp(reply->str, "LOADING", 7) == 0
                    || strncmp(reply->str, "MASTERDOWN", 10) == 0
                ? TRIALS_UNAVAILABLE
                : TRIALS_FAILED,
            "Redis %s: %s: %s", cache->address, name, reply->str);
    }

    if (type != TRIALS_REPLY_ANY && reply->type != type
        && reply->type != REDIS_REPLY_NIL)
    {
        return trials_error(err, TRIALS_FAILED,
                            "Redis %s: %s: a reply of type %d instead of %d",
                            cache->address, name, reply->type, type);
    }

    return TRIALS_OK;
}


static void
trials_cache_close(trials_cache_t *cache)
{
    if (cache->redis) {
        redisFree(cache->redis);
        cache->redis = NULL;
    }
}
