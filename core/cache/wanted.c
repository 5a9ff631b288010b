/* The stream of documents that readers asked for. */

#include "core/cache/connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>


/* About as many entries are kept where no refresher runs. */
#define TRIALS_WANTED_MAX "100000"


/* Who takes how many, and what they are. */

typedef struct {
    const char      *consumer;
    long             min_idle; /* ms */
    long             wait;     /* ms */
    trials_wanted_t *wanted;
    size_t           max;
    size_t           n;
} trials_taking_t;


static trials_rc_t
           trials_wanted_next(trials_cache_t *cache, trials_taking_t *taking,
                              trials_error_t *err);
static int trials_wanted_is_gone(const trials_error_t *err);
static trials_rc_t
trials_wanted_group(trials_cache_t *cache, trials_error_t *err);
static trials_rc_t
trials_wanted_claim(trials_cache_t *cache, trials_taking_t *taking,
                    trials_error_t *err);
static trials_rc_t
trials_wanted_new(trials_cache_t *cache, trials_taking_t *taking, long wait,
                  trials_error_t *err);
static trials_rc_t
trials_wanted_read(const trials_cache_t *cache, const redisReply *entries,
                   trials_taking_t *taking, trials_error_t *err);
static void
trials_wanted_name(const redisReply *fields, trials_wanted_t *wanted);


trials_rc_t
trials_wanted_add(trials_cache_t *cache, const char *name, trials_error_t *err)
{
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[8];

    rc = trials_cache_check_name(name, err);
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
    args[7] = trials_arg(name);

    rc = trials_cache_command(cache, 8, args, REDIS_REPLY_STRING, &reply, err);
    if (rc == TRIALS_OK) {
        freeReplyObject(reply);
    }

    return rc;
}


trials_rc_t
trials_wanted_take(trials_cache_t *cache, const char *consumer, long min_idle,
                   long wait, trials_wanted_t *wanted, size_t max, size_t *n,
                   trials_error_t *err)
{
    trials_rc_t     rc;
    trials_error_t  own;
    trials_taking_t taking;

    if (err == NULL) {
        err = &own;
    }

    taking.consumer = consumer;
    taking.min_idle = min_idle > 0 ? min_idle : 0;
    taking.wait = wait;
    taking.wanted = wanted;
    taking.max = max;
    taking.n = 0;

    rc = trials_wanted_next(cache, &taking, err);

    /* Redis is new, or has come back empty, or is emptied while we wait. */

    if (rc == TRIALS_FAILED && trials_wanted_is_gone(err)) {
        rc = trials_wanted_group(cache, err);

        if (rc == TRIALS_OK) {
            rc = trials_wanted_new(cache, &taking, 0, err);
        }

        if (rc == TRIALS_FAILED && trials_wanted_is_gone(err)) {
            rc = TRIALS_NOT_FOUND;
        }
    }

    *n = taking.n;

    return rc;
}


/*
 * Unfinished entries and new ones take turns: a heap of ids that cannot be had
 * must not keep readers of others waiting, nor a rush of new ones those whose
 * refresher died.
 */

static trials_rc_t
trials_wanted_next(trials_cache_t *cache, trials_taking_t *taking,
                   trials_error_t *err)
{
    trials_rc_t rc;

    cache->turn = !cache->turn;

    if (cache->turn) {
        rc = trials_wanted_new(cache, taking, 0, err);
        if (rc != TRIALS_NOT_FOUND) {
            return rc;
        }
    }

    rc = trials_wanted_claim(cache, taking, err);

    return rc == TRIALS_NOT_FOUND
               ? trials_wanted_new(cache, taking, taking->wait, err)
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
trials_wanted_claim(trials_cache_t *cache, trials_taking_t *taking,
                    trials_error_t *err)
{
    char         idle[24], max[24];
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[5];

    (void) snprintf(idle, sizeof(idle), "%ld", taking->min_idle);
    (void) snprintf(max, sizeof(max), "%zu", taking->max);

    args[0] = trials_arg(TRIALS_KEY_WANTED);
    args[1] = trials_arg(TRIALS_GROUP_NAME);
    args[2] = trials_arg(taking->consumer);
    args[3] = trials_arg(idle);
    args[4] = trials_arg(max);

    rc = trials_cache_script(cache, TRIALS_SCRIPT_CLAIM, 1, 5, args,
                             REDIS_REPLY_ARRAY, &reply, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    rc = trials_wanted_read(cache, reply, taking, err);
    freeReplyObject(reply);

    return rc;
}


static trials_rc_t
trials_wanted_new(trials_cache_t *cache, trials_taking_t *taking, long wait,
                  trials_error_t *err)
{
    int          n;
    char         block[24], max[24];
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[11];

    (void) snprintf(max, sizeof(max), "%zu", taking->max);

    n = 0;
    args[n++] = trials_arg("XREADGROUP");
    args[n++] = trials_arg("GROUP");
    args[n++] = trials_arg(TRIALS_GROUP_NAME);
    args[n++] = trials_arg(taking->consumer);
    args[n++] = trials_arg("COUNT");
    args[n++] = trials_arg(max);

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
        rc = trials_wanted_read(cache, reply->element[0]->element[1], taking,
                                err);
    } else {
        rc = trials_error(err, TRIALS_FAILED,
                          "Redis %s: XREADGROUP: not entries of one stream",
                          cache->address);
    }

    freeReplyObject(reply);

    return rc;
}


/* A list of entries: an id, fields with values and, where it was claimed, how
 * often it was taken before. */

static trials_rc_t
trials_wanted_read(const trials_cache_t *cache, const redisReply *entries,
                   trials_taking_t *taking, trials_error_t *err)
{
    size_t            i;
    trials_wanted_t  *wanted;
    const redisReply *entry;

    if (entries->type != REDIS_REPLY_ARRAY || entries->elements == 0) {
        return TRIALS_NOT_FOUND;
    }

    for (i = 0; i < entries->elements && i < taking->max; i++) {
        entry = entries->element[i];

        if (entry->type != REDIS_REPLY_ARRAY || entry->elements < 2
            || entry->element[0]->type != REDIS_REPLY_STRING
            || (size_t) entry->element[0]->len > TRIALS_WANTED_ENTRY_LEN)
        {
            taking->n = 0;

            return trials_error(err, TRIALS_FAILED,
                                "Redis %s: %s: an entry without id and fields",
                                cache->address, TRIALS_KEY_WANTED);
        }

        wanted = &taking->wanted[i];
        memset(wanted, 0, sizeof(trials_wanted_t));
        memcpy(wanted->entry, entry->element[0]->str,
               (size_t) entry->element[0]->len);
        wanted->since = strtoll(wanted->entry, NULL, 10);

        if (entry->elements > 2
            && entry->element[2]->type == REDIS_REPLY_INTEGER) {
            wanted->tries = entry->element[2]->integer;
        }

        trials_wanted_name(entry->element[1], wanted);
        taking->n = i + 1;
    }

    return TRIALS_OK;
}


/* Leaves the name empty where the fields hold none that can be. */

static void
trials_wanted_name(const redisReply *fields, trials_wanted_t *wanted)
{
    size_t            i, len;
    const redisReply *name, *value;

    if (fields->type != REDIS_REPLY_ARRAY) {
        return;
    }

    for (i = 0; i + 1 < fields->elements; i += 2) {
        name = fields->element[i];
        value = fields->element[i + 1];

        if (name->type != REDIS_REPLY_STRING
            || value->type != REDIS_REPLY_STRING
            || strcmp(name->str, TRIALS_WANTED_FIELD) != 0)
        {
            continue;
        }

        len = (size_t) value->len;

        if (trials_id_parse(value->str, len, wanted->name) == TRIALS_OK) {
            return;
        }

        wanted->name[0] = '\0';

        if (trials_name_kind(value->str, len) != TRIALS_NAME_NONE) {
            memcpy(wanted->name, value->str, len);
            wanted->name[len] = '\0';
        }

        return;
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
