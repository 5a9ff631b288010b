/* The stream of ids that readers asked for. */

#include "core/cache/connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>


/* About as many entries are kept where no refresher runs. */
#define TRIALS_WANTED_MAX "100000"


static trials_rc_t
trials_wanted_next(trials_cache_t *cache, const char *consumer, long min_idle,
                   long wait, trials_wanted_t *wanted, trials_error_t *err);
static int trials_wanted_is_gone(const trials_error_t *err);
static trials_rc_t
trials_wanted_group(trials_cache_t *cache, trials_error_t *err);
static trials_rc_t
trials_wanted_claim(trials_cache_t *cache, const char *consumer, long min_idle,
                    trials_wanted_t *wanted, trials_error_t *err);
static trials_rc_t
trials_wanted_new(trials_cache_t *cache, const char *consumer, long wait,
                  trials_wanted_t *wanted, trials_error_t *err);
static trials_rc_t
trials_wanted_read(const trials_cache_t *cache, const redisReply *entries,
                   trials_wanted_t *wanted, trials_error_t *err);
static void trials_wanted_id(const redisReply *fields, trials_wanted_t *wanted);


trials_rc_t
trials_wanted_add(trials_cache_t *cache, const char *id, trials_error_t *err)
{
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[8];

    rc = trials_cache_check_id(id, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    args[0] = trials_arg("XADD");
    args[1] = trials_arg(TRIALS_KEY_WANTED);
    args[2] = trials_arg("MAXLEN");
    args[3] = trials_arg("~");
    args[4] = trials_arg(TRIALS_WANTED_MAX);
    args[5] = trials_arg("*");
    args[6] = trials_arg(TRIALS_WANTED_FIELD);
    args[7] = trials_arg(id);

    rc = trials_cache_command(cache, 8, args, REDIS_REPLY_STRING, &reply, err);
    if (rc == TRIALS_OK) {
        freeReplyObject(reply);
    }

    return rc;
}


trials_rc_t
trials_wanted_take(trials_cache_t *cache, const char *consumer, long min_idle,
                   long wait, trials_wanted_t *wanted, trials_error_t *err)
{
    trials_rc_t    rc;
    trials_error_t own;

    if (err == NULL) {
        err = &own;
    }

    memset(wanted, 0, sizeof(trials_wanted_t));
    rc = trials_wanted_next(cache, consumer, min_idle, wait, wanted, err);

    /* Redis is new, or has come back empty, or is emptied while we wait. */

    if (rc == TRIALS_FAILED && trials_wanted_is_gone(err)) {
        rc = trials_wanted_group(cache, err);

        if (rc == TRIALS_OK) {
            rc = trials_wanted_new(cache, consumer, 0, wanted, err);
        }

        if (rc == TRIALS_FAILED && trials_wanted_is_gone(err)) {
            rc = TRIALS_NOT_FOUND;
        }
    }

    return rc;
}


/*
 * Unfinished entries and new ones take turns: a heap of ids that cannot be had
 * must not keep readers of others waiting, nor a rush of new ones those whose
 * refresher died.
 */

static trials_rc_t
trials_wanted_next(trials_cache_t *cache, const char *consumer, long min_idle,
                   long wait, trials_wanted_t *wanted, trials_error_t *err)
{
    trials_rc_t rc;

    cache->turn = !cache->turn;

    if (cache->turn) {
        rc = trials_wanted_new(cache, consumer, 0, wanted, err);
        if (rc != TRIALS_NOT_FOUND) {
            return rc;
        }
    }

    rc = trials_wanted_claim(cache, consumer, min_idle, wanted, err);

    return rc == TRIALS_NOT_FOUND
               ? trials_wanted_new(cache, consumer, wait, wanted, err)
               : rc;
}


static int
trials_wanted_is_gone(const trials_error_t *err)
{
    return strstr(err->message, "NOGROUP ") != NULL
           || strstr(err->message, "XREADGROUP: UNBLOCKED ") != NULL;
}


static trials_rc_t
trials_wanted_group(trials_cache_t *cache, trials_error_t *err)
{
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[6];

    args[0] = trials_arg("XGROUP");
    args[1] = trials_arg("CREATE");
    args[2] = trials_arg(TRIALS_KEY_WANTED);
    args[3] = trials_arg(TRIALS_GROUP_NAME);
    args[4] = trials_arg("0");
    args[5] = trials_arg("MKSTREAM");

    rc = trials_cache_command(cache, 6, args, REDIS_REPLY_STATUS, &reply, err);

    if (rc == TRIALS_OK) {
        freeReplyObject(reply);
    }

    /* Another refresher was faster. */

    if (rc == TRIALS_FAILED && strstr(err->message, "XGROUP: BUSYGROUP ")) {
        return TRIALS_OK;
    }

    return rc;
}


static trials_rc_t
trials_wanted_claim(trials_cache_t *cache, const char *consumer, long min_idle,
                    trials_wanted_t *wanted, trials_error_t *err)
{
    char         idle[24];
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[4];

    (void) snprintf(idle, sizeof(idle), "%ld", min_idle > 0 ? min_idle : 0);

    args[0] = trials_arg(TRIALS_KEY_WANTED);
    args[1] = trials_arg(TRIALS_GROUP_NAME);
    args[2] = trials_arg(consumer);
    args[3] = trials_arg(idle);

    rc = trials_cache_script(cache, TRIALS_SCRIPT_CLAIM, 1, 4, args,
                             REDIS_REPLY_ARRAY | TRIALS_REPLY_OR_NIL, &reply,
                             err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    rc = reply->type == REDIS_REPLY_NIL
             ? TRIALS_NOT_FOUND
             : trials_wanted_read(cache, reply, wanted, err);
    freeReplyObject(reply);

    return rc;
}


static trials_rc_t
trials_wanted_new(trials_cache_t *cache, const char *consumer, long wait,
                  trials_wanted_t *wanted, trials_error_t *err)
{
    int          n;
    char         block[24];
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[11];

    n = 0;
    args[n++] = trials_arg("XREADGROUP");
    args[n++] = trials_arg("GROUP");
    args[n++] = trials_arg(TRIALS_GROUP_NAME);
    args[n++] = trials_arg(consumer);
    args[n++] = trials_arg("COUNT");
    args[n++] = trials_arg("1");

    /* The reply must come before the time-out; 0 would wait for ever. */

    wait = wait < cache->timeout * 3 / 4 ? wait : cache->timeout * 3 / 4;

    if (wait > 0) {
        (void) snprintf(block, sizeof(block), "%ld", wait);
        args[n++] = trials_arg("BLOCK");
        args[n++] = trials_arg(block);
    }

    args[n++] = trials_arg("STREAMS");
    args[n++] = trials_arg(TRIALS_KEY_WANTED);
    args[n++] = trials_arg(">");

    rc = trials_cache_command(
        cache, n, args, REDIS_REPLY_ARRAY | TRIALS_REPLY_OR_NIL, &reply, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    /* One stream: its name and its entries. */

    if (reply->type == REDIS_REPLY_NIL) {
        rc = TRIALS_NOT_FOUND;

    } else if (reply->elements == 1
               && reply->element[0]->type == REDIS_REPLY_ARRAY
               && reply->element[0]->elements == 2)
    {
        rc = trials_wanted_read(cache, reply->element[0]->element[1], wanted,
                                err);
    } else {
        rc = trials_error(err, TRIALS_FAILED,
                          "Redis %s: XREADGROUP: not entries of one stream",
                          cache->address);
    }

    freeReplyObject(reply);

    return rc;
}


/* The first entry of a list: an id and fields with values. */

static trials_rc_t
trials_wanted_read(const trials_cache_t *cache, const redisReply *entries,
                   trials_wanted_t *wanted, trials_error_t *err)
{
    const redisReply *entry;

    if (entries->type != REDIS_REPLY_ARRAY || entries->elements == 0) {
        return TRIALS_NOT_FOUND;
    }

    entry = entries->element[0];

    if (entry->type != REDIS_REPLY_ARRAY || entry->elements != 2
        || entry->element[0]->type != REDIS_REPLY_STRING
        || (size_t) entry->element[0]->len > TRIALS_WANTED_ENTRY_LEN)
    {
        return trials_error(err, TRIALS_FAILED,
                            "Redis %s: %s: an entry without id and fields",
                            cache->address, TRIALS_KEY_WANTED);
    }

    memcpy(wanted->entry, entry->element[0]->str,
           (size_t) entry->element[0]->len);
    wanted->since = strtoll(wanted->entry, NULL, 10);

    trials_wanted_id(entry->element[1], wanted);

    return TRIALS_OK;
}


/* Leaves the id empty where the fields hold none that can be. */

static void
trials_wanted_id(const redisReply *fields, trials_wanted_t *wanted)
{
    size_t            i;
    const redisReply *name, *value;

    if (fields->type != REDIS_REPLY_ARRAY) {
        return;
    }

    for (i = 0; i + 1 < fields->elements; i += 2) {
        name = fields->element[i];
        value = fields->element[i + 1];

        if (name->type == REDIS_REPLY_STRING
            && value->type == REDIS_REPLY_STRING
            && strcmp(name->str, TRIALS_WANTED_FIELD) == 0)
        {
            if (trials_id_parse(value->str, (size_t) value->len, wanted->id)
                != TRIALS_OK) {
                wanted->id[0] = '\0';
            }

            return;
        }
    }
}


trials_rc_t
trials_wanted_done(trials_cache_t *cache, const trials_wanted_t *wanted,
                   trials_error_t *err)
{
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[3];

    args[0] = trials_arg(TRIALS_KEY_WANTED);
    args[1] = trials_arg(TRIALS_GROUP_NAME);
    args[2] = trials_arg(wanted->entry);

    rc = trials_cache_script(cache, TRIALS_SCRIPT_DONE, 1, 3, args,
                             REDIS_REPLY_INTEGER, &reply, err);
    if (rc == TRIALS_OK) {
        freeReplyObject(reply);
    }

    return rc;
}
