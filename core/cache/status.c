/* What the cache holds, for `trials status`, and its clock. */

#include "core/cache/connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>


static trials_rc_t
trials_status_count(trials_cache_t *cache, int n, const char *const *words,
                    size_t *count, trials_error_t *err);
static trials_rc_t trials_status_pending(trials_cache_t *cache, size_t *pending,
                                         trials_error_t *err);
static trials_rc_t
trials_status_server(trials_cache_t *cache, trials_cache_status_t *status,
                     trials_error_t *err);
static const char *trials_status_line(const char *info, const char *name);


trials_rc_t
trials_cache_status(trials_cache_t *cache, int64_t now,
                    trials_cache_status_t *status, trials_error_t *err)
{
    char        until[24];
    trials_rc_t rc;

    const char *const documents[] = {"ZCARD", TRIALS_KEY_FRESH};
    const char *const stale[] = {"ZCOUNT", TRIALS_KEY_FRESH, "-inf", until};
    const char *const wanted[] = {"XLEN", TRIALS_KEY_WANTED};

    memset(status, 0, sizeof(trials_cache_status_t));
    (void) snprintf(until, sizeof(until), "%lld", (long long) now);

    rc = trials_status_count(cache, 2, documents, &status->documents, err);

    if (rc == TRIALS_OK) {
        rc = trials_status_count(cache, 4, stale, &status->stale, err);
    }

    if (rc == TRIALS_OK) {
        rc = trials_status_count(cache, 2, wanted, &status->wanted, err);
    }

    if (rc == TRIALS_OK) {
        rc = trials_status_pending(cache, &status->pending, err);
    }

    if (rc == TRIALS_OK) {
        rc = trials_status_server(cache, status, err);
    }

    return rc;
}


trials_rc_t
trials_cache_time(trials_cache_t *cache, int64_t *ms, trials_error_t *err)
{
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[1];

    args[0] = trials_arg("TIME");

    rc = trials_cache_command(cache, 1, args, REDIS_REPLY_ARRAY, &reply, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    if (reply->elements == 2 && reply->element[0]->type == REDIS_REPLY_STRING
        && reply->element[1]->type == REDIS_REPLY_STRING)
    {
        *ms = strtoll(reply->element[0]->str, NULL, 10) * 1000
              + strtoll(reply->element[1]->str, NULL, 10) / 1000;
    } else {
        rc = trials_error(err, TRIALS_FAILED,
                          "Redis %s: TIME: not seconds and microseconds",
                          cache->address);
    }

    freeReplyObject(reply);

    return rc;
}


static trials_rc_t
trials_status_count(trials_cache_t *cache, int n, const char *const *words,
                    size_t *count, trials_error_t *err)
{
    int          i;
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[4];

    for (i = 0; i < n; i++) {
        args[i] = trials_arg(words[i]);
    }

    rc = trials_cache_command(cache, n, args, REDIS_REPLY_INTEGER, &reply, err);
    if (rc == TRIALS_OK) {
        *count = (size_t) reply->integer;
        freeReplyObject(reply);
    }

    return rc;
}


static trials_rc_t
trials_status_pending(trials_cache_t *cache, size_t *pending,
                      trials_error_t *err)
{
    redisReply    *reply;
    trials_rc_t    rc;
    trials_str_t   args[3];
    trials_error_t own;

    if (err == NULL) {
        err = &own;
    }

    args[0] = trials_arg("XPENDING");
    args[1] = trials_arg(TRIALS_KEY_WANTED);
    args[2] = trials_arg(TRIALS_GROUP_NAME);

    rc = trials_cache_command(cache, 3, args, REDIS_REPLY_ARRAY, &reply, err);

    if (rc == TRIALS_FAILED && strstr(err->message, "XPENDING: NOGROUP ")) {
        /* No refresher has been there yet. */

        err->message[0] = '\0';
        return TRIALS_OK;
    }

    if (rc != TRIALS_OK) {
        return rc;
    }

    if (reply->elements > 0 && reply->element[0]->type == REDIS_REPLY_INTEGER) {
        *pending = (size_t) reply->element[0]->integer;
    } else {
        rc = trials_error(err, TRIALS_FAILED,
                          "Redis %s: XPENDING: no count of entries",
                          cache->address);
    }

    freeReplyObject(reply);

    return rc;
}


static trials_rc_t
trials_status_server(trials_cache_t *cache, trials_cache_status_t *status,
                     trials_error_t *err)
{
    redisReply  *reply;
    const char  *version, *memory;
    trials_rc_t  rc;
    trials_str_t args[1];

    args[0] = trials_arg("INFO");

    rc = trials_cache_command(cache, 1, args, REDIS_REPLY_STRING, &reply, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    version = trials_status_line(reply->str, "redis_version:");
    memory = trials_status_line(reply->str, "used_memory:");

    if (version && memory) {
        (void) snprintf(status->server, sizeof(status->server), "%.*s",
                        (int) strcspn(version, "\r\n"), version);
        status->memory = strtoul(memory, NULL, 10);
    } else {
        rc = trials_error(err, TRIALS_FAILED,
                          "Redis %s: INFO: no version and memory",
                          cache->address);
    }

    freeReplyObject(reply);

    return rc;
}


/* What follows a name at the beginning of a line. */

static const char *
trials_status_line(const char *info, const char *name)
{
    const char *p;

    for (p = strstr(info, name); p; p = strstr(p + 1, name)) {
        if (p == info || p[-1] == '\n') {
            return p + strlen(name);
        }
    }

    return NULL;
}
