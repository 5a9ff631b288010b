/* How far an import has come: a hash, and a text of what failed. */

#include "core/cache/connection.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define TRIALS_MARK_NFIELDS  5
#define TRIALS_MARK_TTL      "2592000" /* seconds: 30 days */
#define TRIALS_MARK_FAILURES (64 * 1024 * 1024)

typedef char trials_mark_key_t[64];


static void    trials_mark_keys(const char *name, trials_mark_key_t mark,
                                trials_mark_key_t failures);
static int64_t trials_mark_number(const redisReply *reply, size_t i);


static const char *const trials_mark_fields[TRIALS_MARK_NFIELDS] = {
    "done", "imported", "unchanged", "newer", "failed",
};


void
trials_mark_init(trials_mark_t *mark)
{
    memset(mark, 0, sizeof(trials_mark_t));
    trials_buf_init(&mark->failures, TRIALS_MARK_FAILURES);
}


void
trials_mark_free(trials_mark_t *mark)
{
    trials_buf_free(&mark->failures);
}


trials_rc_t
trials_mark_read(trials_cache_t *cache, const char *name, trials_mark_t *mark,
                 trials_error_t *err)
{
    int               i;
    redisReply       *reply;
    trials_rc_t       rc;
    trials_str_t      args[TRIALS_MARK_NFIELDS + 2];
    trials_mark_key_t key, failures;

    trials_mark_keys(name, key, failures);

    args[0] = trials_arg("HMGET");
    args[1] = trials_arg(key);

    for (i = 0; i < TRIALS_MARK_NFIELDS; i++) {
        args[i + 2] = trials_arg(trials_mark_fields[i]);
    }

    rc = trials_cache_command(cache, TRIALS_MARK_NFIELDS + 2, args,
                              REDIS_REPLY_ARRAY, &reply, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    mark->done = trials_mark_number(reply, 0);
    mark->imported = trials_mark_number(reply, 1);
    mark->unchanged = trials_mark_number(reply, 2);
    mark->newer = trials_mark_number(reply, 3);
    mark->failed = trials_mark_number(reply, 4);
    freeReplyObject(reply);

    args[0] = trials_arg("GET");
    args[1] = trials_arg(failures);
    trials_buf_reset(&mark->failures);

    rc = trials_cache_command(
        cache, 2, args, REDIS_REPLY_STRING | TRIALS_REPLY_OR_NIL, &reply, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    if (reply->type == REDIS_REPLY_STRING
        && trials_buf_append(&mark->failures, reply->str, reply->len)
               != TRIALS_OK)
    {
        rc = trials_error(err, mark->failures.failed,
                          "Redis %s: %s: no room for %zu bytes", cache->address,
                          failures, (size_t) reply->len);
    }

    freeReplyObject(reply);

    if (rc != TRIALS_OK) {
        return rc;
    }

    args[0] = trials_arg("HSET");
    args[1] = trials_arg(key);
    args[2] = trials_arg("v");
    args[3] = trials_arg("1");

    rc = trials_cache_command(cache, 4, args, REDIS_REPLY_INTEGER, &reply, err);
    if (rc == TRIALS_OK) {
        freeReplyObject(reply);
    }

    return rc;
}


trials_rc_t
trials_mark_write(trials_cache_t *cache, const char *name,
                  const trials_mark_t *mark, trials_str_t failures,
                  trials_error_t *err)
{
    int               i;
    char              numbers[TRIALS_MARK_NFIELDS][24];
    redisReply       *reply;
    trials_rc_t       rc;
    trials_str_t      args[2 * TRIALS_MARK_NFIELDS + 4];
    trials_mark_key_t key, list;

    const int64_t values[TRIALS_MARK_NFIELDS] = {
        mark->done, mark->imported, mark->unchanged, mark->newer, mark->failed,
    };

    trials_mark_keys(name, key, list);

    args[0] = trials_arg(key);
    args[1] = trials_arg(list);
    args[2] = trials_arg(TRIALS_MARK_TTL);
    args[3] = failures;

    for (i = 0; i < TRIALS_MARK_NFIELDS; i++) {
        (void) snprintf(numbers[i], sizeof(numbers[i]), "%" PRId64, values[i]);
        args[2 * i + 4] = trials_arg(trials_mark_fields[i]);
        args[2 * i + 5] = trials_arg(numbers[i]);
    }

    rc = trials_cache_script(cache, TRIALS_SCRIPT_MARK, 2,
                             2 * TRIALS_MARK_NFIELDS + 4, args,
                             REDIS_REPLY_INTEGER, &reply, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    if (reply->integer != 1) {
        rc = trials_error(err, TRIALS_NOT_FOUND,
                          "Redis %s: was emptied: what was imported is gone",
                          cache->address);
    }

    freeReplyObject(reply);

    return rc;
}


trials_rc_t
trials_mark_clear(trials_cache_t *cache, const char *name, trials_error_t *err)
{
    redisReply       *reply;
    trials_rc_t       rc;
    trials_str_t      args[3];
    trials_mark_key_t key, failures;

    trials_mark_keys(name, key, failures);

    args[0] = trials_arg("DEL");
    args[1] = trials_arg(key);
    args[2] = trials_arg(failures);

    rc = trials_cache_command(cache, 3, args, REDIS_REPLY_INTEGER, &reply, err);
    if (rc == TRIALS_OK) {
        freeReplyObject(reply);
    }

    return rc;
}


static void
trials_mark_keys(const char *name, trials_mark_key_t mark,
                 trials_mark_key_t failures)
{
    (void) snprintf(mark, sizeof(trials_mark_key_t), "%s{%s}",
                    TRIALS_KEY_IMPORT, name);
    (void) snprintf(failures, sizeof(trials_mark_key_t), "%s{%s}:failures",
                    TRIALS_KEY_IMPORT, name);
}


static int64_t
trials_mark_number(const redisReply *reply, size_t i)
{
    return i < reply->elements && reply->element[i]->type == REDIS_REPLY_STRING
               ? strtoll(reply->element[i]->str, NULL, 10)
               : 0;
}
