/*
 * Where Redis is: an address, or a name that sentinels know
 * (https://redis.io/docs/reference/sentinel-clients/).
 */

#include "core/cache/connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/un.h>


#define TRIALS_REDIS_PORT    6379
#define TRIALS_SENTINEL_PORT 26379
#define TRIALS_UNIX          "unix:"
#define TRIALS_SENTINEL      "sentinel:"

/* Milliseconds that a sentinel may take: there are others. */
#define TRIALS_SENTINEL_TIMEOUT 500


static trials_rc_t
           trials_address_sentinels(trials_cache_t *cache, const char *address,
                                    trials_error_t *err);
static int trials_address_inet(const char *text, size_t len, int standard,
                               const char **host, size_t *host_len, int *port);
static int
trials_sentinel_ask(trials_cache_t *cache, const char *text, size_t len);


trials_rc_t
trials_cache_address(trials_cache_t *cache, const char *address,
                     trials_error_t *err)
{
    size_t             len;
    const char        *host;
    struct sockaddr_un un;

    if (strncmp(address, TRIALS_SENTINEL, sizeof(TRIALS_SENTINEL) - 1) == 0) {
        return trials_address_sentinels(cache, address, err);
    }

    if (strncmp(address, TRIALS_UNIX, sizeof(TRIALS_UNIX) - 1) == 0) {
        host = address + sizeof(TRIALS_UNIX) - 1;
        len = strlen(host);
        cache->port = 0;

        /* hiredis would cut it. */

        if (len >= sizeof(un.sun_path)) {
            return trials_error(err, TRIALS_INVALID,
                                "Redis address \"%s\": a socket's path has "
                                "at most %zu bytes",
                                address, sizeof(un.sun_path) - 1);
        }

    } else if (!trials_address_inet(address, strlen(address), TRIALS_REDIS_PORT,
                                    &host, &len, &cache->port))
    {
        len = 0;
    }

    if (len == 0) {
        return trials_error(err, TRIALS_INVALID,
                            "Redis address \"%s\": neither HOST:PORT nor "
                            "unix:PATH",
                            address);
    }

    cache->host = strndup(host, len);

    return cache->host
               ? TRIALS_OK
               : trials_error(err, TRIALS_NOMEM, "cache: out of memory");
}


/* "sentinel:name@host:port,host:port" */

static trials_rc_t
trials_address_sentinels(trials_cache_t *cache, const char *address,
                         trials_error_t *err)
{
    int         port, good;
    size_t      len, host_len;
    const char *name, *list, *p, *host;

    name = address + sizeof(TRIALS_SENTINEL) - 1;
    list = strchr(name, '@');
    good = list && list > name && list[1] != '\0';

    for (p = good ? list + 1 : NULL; p && good; p = p[len] ? p + len + 1 : NULL)
    {
        len = strcspn(p, ",");
        good = trials_address_inet(p, len, TRIALS_SENTINEL_PORT, &host,
                                   &host_len, &port);
    }

    if (!good) {
        return trials_error(err, TRIALS_INVALID,
                            "Redis address \"%s\": not "
                            "sentinel:NAME@HOST:PORT,HOST:PORT",
                            address);
    }

    cache->master = strndup(name, (size_t) (list - name));
    cache->sentinels = strdup(list + 1);

    return cache->master && cache->sentinels
               ? TRIALS_OK
               : trials_error(err, TRIALS_NOMEM, "cache: out of memory");
}


/* "host:port", "host", "[::1]:port" or "[::1]"; 0 where it is none of them. */

static int
trials_address_inet(const char *text, size_t len, int standard,
                    const char **host, size_t *host_len, int *port)
{
    long        number;
    size_t      i;
    const char *end, *rest, *colon;

    end = text + len;
    *host = text;

    if (len && text[0] == '[') {
        *host = text + 1;
        rest = memchr(text, ']', len);

        if (rest == NULL) {
            return 0;
        }

        *host_len = (size_t) (rest++ - *host);

    } else {
        colon = memchr(text, ':', len);
        rest = colon ? colon : end;
        *host_len = (size_t) (rest - text);
    }

    *port = standard;

    if (rest < end && *rest == ':') {
        number = 0;

        for (i = 1; rest + i < end && i < 7; i++) {
            if (rest[i] < '0' || rest[i] > '9') {
                return 0;
            }

            number = number * 10 + (rest[i] - '0');
        }

        if (number < 1 || number > 65535) {
            return 0;
        }

        *port = (int) number;
        rest += i;
    }

    return *host_len > 0 && rest == end;
}


trials_rc_t
trials_sentinel_find(trials_cache_t *cache, trials_error_t *err)
{
    size_t      len;
    const char *p;

    for (p = cache->sentinels; p; p = p[len] ? p + len + 1 : NULL) {
        len = strcspn(p, ",");

        if (trials_sentinel_ask(cache, p, len)) {
            return TRIALS_OK;
        }
    }

    return trials_error(err, TRIALS_UNAVAILABLE,
                        "Redis %s: no sentinel names a primary",
                        cache->address);
}


/* Sets host and port to what one sentinel says; 0 where it says nothing. */

static int
trials_sentinel_ask(trials_cache_t *cache, const char *text, size_t len)
{
    int            port, good;
    char          *name, *found;
    long           number;
    size_t         host_len;
    redisReply    *reply;
    const char    *host;
    redisContext  *sentinel;
    struct timeval timeout = {0, TRIALS_SENTINEL_TIMEOUT * 1000};

    (void) trials_address_inet(text, len, TRIALS_SENTINEL_PORT, &host,
                               &host_len, &port);

    name = strndup(host, host_len);
    sentinel = name ? redisConnectWithTimeout(name, port, timeout) : NULL;
    free(name);

    reply = NULL;

    if (sentinel && sentinel->err == 0
        && redisSetTimeout(sentinel, timeout) == REDIS_OK)
    {
        reply = redisCommand(sentinel, "SENTINEL get-master-addr-by-name %s",
                             cache->master);
    }

    good = 0;

    if (reply && reply->type == REDIS_REPLY_ARRAY && reply->elements == 2
        && reply->element[0]->type == REDIS_REPLY_STRING
        && reply->element[1]->type == REDIS_REPLY_STRING)
    {
        found = strdup(reply->element[0]->str);
        number = strtol(reply->element[1]->str, NULL, 10);
        good = found && number > 0 && number < 65536;

        if (good) {
            free(cache->host);
            cache->host = found;
            cache->port = (int) number;
        } else {
            free(found);
        }
    }

    if (reply) {
        freeReplyObject(reply);
    }

    if (sentinel) {
        redisFree(sentinel);
    }

    return good;
}
