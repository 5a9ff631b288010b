/* Summaries in Redis: all of them, some of them, and what changed since. */

#include "core/cache/connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define TRIALS_SUMMARIES_PIECE "1000"

/* Arguments of an HMGET and a ZADD. */
#define TRIALS_SUMMARIES_ONCE 64


static trials_rc_t
trials_summaries_last(trials_cache_t *cache, trials_changes_at_t at,
                      trials_error_t *err);
static trials_rc_t
trials_summaries_piece(trials_cache_t *cache, const redisReply *reply,
                       char *cursor, size_t size, trials_summaries_take_t take,
                       void *data, trials_error_t *err);


trials_rc_t
trials_summaries_all(trials_cache_t *cache, trials_changes_at_t at,
                     trials_summaries_take_t take, void *data,
                     trials_error_t *err)
{
    char         cursor[32];
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[5];

    /* What changes while they are read is read again. */

    rc = trials_summaries_last(cache, at, err);
    memcpy(cursor, "0", 2);

    while (rc == TRIALS_OK) {
        args[0] = trials_arg("HSCAN");
        args[1] = trials_arg(TRIALS_KEY_SUMMARY);
        args[2] = trials_arg(cursor);
        args[3] = trials_arg("COUNT");
        args[4] = trials_arg(TRIALS_SUMMARIES_PIECE);

        rc = trials_cache_command(cache, 5, args, REDIS_REPLY_ARRAY, &reply,
                                  err);
        if (rc != TRIALS_OK) {
            return rc;
        }

        rc = trials_summaries_piece(cache, reply, cursor, sizeof(cursor), take,
                                    data, err);
        freeReplyObject(reply);

        if (strcmp(cursor, "0") == 0) {
            break;
        }
    }

    return rc;
}


static trials_rc_t
trials_summaries_piece(trials_cache_t *cache, const redisReply *reply,
                       char *cursor, size_t size, trials_summaries_take_t take,
                       void *data, trials_error_t *err)
{
    size_t            i;
    trials_str_t      id, text;
    const redisReply *next, *pairs;

    next = reply->elements == 2 ? reply->element[0] : NULL;
    pairs = reply->elements == 2 ? reply->element[1] : NULL;

    if (next == NULL || next->type != REDIS_REPLY_STRING
        || (size_t) next->len >= size || pairs->type != REDIS_REPLY_ARRAY
        || pairs->elements % 2)
    {
        return trials_error(err, TRIALS_FAILED,
                            "Redis %s: HSCAN: not a cursor and pairs",
                            cache->address);
    }

    for (i = 0; i < pairs->elements; i += 2) {
        id.data = pairs->element[i]->str;
        id.len = (size_t) pairs->element[i]->len;
        text.data = pairs->element[i + 1]->str;
        text.len = (size_t) pairs->element[i + 1]->len;

        if (id.len == TRIALS_ID_LEN && !take(data, id.data, text)) {
            return trials_error(err, TRIALS_NOMEM, "out of memory");
        }
    }

    memcpy(cursor, next->str, (size_t) next->len + 1);

    return TRIALS_OK;
}


trials_rc_t
trials_summaries_some(trials_cache_t *cache, const trials_id_t *ids, size_t n,
                      trials_summaries_take_t take, void *data,
                      trials_error_t *err)
{
    size_t       i, k, some;
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t text, args[TRIALS_SUMMARIES_ONCE + 2];

    for (i = 0; i < n; i += some) {
        some = n - i < TRIALS_SUMMARIES_ONCE ? n - i : TRIALS_SUMMARIES_ONCE;
        args[0] = trials_arg("HMGET");
        args[1] = trials_arg(TRIALS_KEY_SUMMARY);

        for (k = 0; k < some; k++) {
            args[k + 2] = trials_arg(ids[i + k]);
        }

        rc = trials_cache_command(cache, (int) some + 2, args,
                                  REDIS_REPLY_ARRAY, &reply, err);
        if (rc != TRIALS_OK) {
            return rc;
        }

        for (k = 0; k < some && k < reply->elements && rc == TRIALS_OK; k++) {
            text.data = reply->element[k]->str;
            text.len = text.data ? (size_t) reply->element[k]->len : 0;

            if (!take(data, ids[i + k], text)) {
                rc = trials_error(err, TRIALS_NOMEM, "out of memory");
            }
        }

        freeReplyObject(reply);

        if (rc != TRIALS_OK) {
            return rc;
        }
    }

    return TRIALS_OK;
}


trials_rc_t
trials_summaries_changed(trials_cache_t *cache, trials_changes_at_t at,
                         trials_id_t *ids, size_t max, size_t *n,
                         trials_error_t *err)
{
    char              count[24];
    size_t            i;
    redisReply       *reply;
    trials_rc_t       rc;
    trials_str_t      args[3];
    const redisReply *entry;

    *n = 0;
    (void) snprintf(count, sizeof(count), "%zu", max);

    args[0] = trials_arg(TRIALS_KEY_CHANGES);
    args[1] = trials_arg(at);
    args[2] = trials_arg(count);

    rc = trials_cache_script(cache, TRIALS_SCRIPT_CHANGES, 1, 3, args,
                             REDIS_REPLY_ARRAY | TRIALS_REPLY_OR_NIL, &reply,
                             err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    if (reply->type == REDIS_REPLY_NIL) {
        freeReplyObject(reply);
        return trials_error(err, TRIALS_NOT_FOUND,
                            "Redis %s: %s: changes were missed", cache->address,
                            TRIALS_KEY_CHANGES);
    }

    for (i = 0; i < reply->elements && *n < max; i++) {
        entry = reply->element[i];

        if (entry->type != REDIS_REPLY_ARRAY || entry->elements != 2
            || entry->element[0]->type != REDIS_REPLY_STRING)
        {
            continue;
        }

        (void) snprintf(at, sizeof(trials_changes_at_t), "%s",
                        entry->element[0]->str);

        if (entry->element[1]->elements == 2
            && entry->element[1]->element[1]->len == TRIALS_ID_LEN)
        {
            memcpy(ids[(*n)++], entry->element[1]->element[1]->str,
                   sizeof(trials_id_t));
        }
    }

    freeReplyObject(reply);

    return TRIALS_OK;
}


/* The stream's last entry; "0-0" where there is none. */

static trials_rc_t
trials_summaries_last(trials_cache_t *cache, trials_changes_at_t at,
                      trials_error_t *err)
{
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[6];

    args[0] = trials_arg("XREVRANGE");
    args[1] = trials_arg(TRIALS_KEY_CHANGES);
    args[2] = trials_arg("+");
    args[3] = trials_arg("-");
    args[4] = trials_arg("COUNT");
    args[5] = trials_arg("1");

    rc = trials_cache_command(cache, 6, args, REDIS_REPLY_ARRAY, &reply, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    (void) snprintf(at, sizeof(trials_changes_at_t), "%s",
                    reply->elements == 1
                            && reply->element[0]->type == REDIS_REPLY_ARRAY
                            && reply->element[0]->elements == 2
                            && reply->element[0]->element[0]->str
                        ? reply->element[0]->element[0]->str
                        : "0-0");
    freeReplyObject(reply);

    return TRIALS_OK;
}


trials_rc_t
trials_pages_stored(trials_cache_t *cache, trials_names_take_t take, void *data,
                    trials_error_t *err)
{
    size_t       i;
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[2];

    args[0] = trials_arg("SMEMBERS");
    args[1] = trials_arg(TRIALS_KEY_PAGES);

    rc = trials_cache_command(cache, 2, args, REDIS_REPLY_ARRAY, &reply, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    for (i = 0; i < reply->elements && rc == TRIALS_OK; i++) {
        if (reply->element[i]->type == REDIS_REPLY_STRING
            && !take(data, reply->element[i]->str))
        {
            rc = trials_error(err, TRIALS_NOMEM, "out of memory");
        }
    }

    freeReplyObject(reply);

    return rc;
}


trials_rc_t
trials_pages_due(trials_cache_t *cache, const trials_name_t *names, size_t n,
                 trials_error_t *err)
{
    size_t       i, k, some;
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[2 * TRIALS_SUMMARIES_ONCE + 3];

    for (i = 0; i < n; i += some) {
        some = n - i < TRIALS_SUMMARIES_ONCE ? n - i : TRIALS_SUMMARIES_ONCE;
        args[0] = trials_arg("ZADD");
        args[1] = trials_arg(TRIALS_KEY_FRESH);
        args[2] = trials_arg("XX");

        for (k = 0; k < some; k++) {
            args[2 * k + 3] = trials_arg("0");
            args[2 * k + 4] = trials_arg(names[i + k]);
        }

        rc = trials_cache_command(cache, 2 * (int) some + 3, args,
                                  REDIS_REPLY_INTEGER, &reply, err);
        if (rc != TRIALS_OK) {
            return rc;
        }

        freeReplyObject(reply);
    }

    return TRIALS_OK;
}
