/* Documents: look, touch, get, invalidate. */

#include "core/cache/connection.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


/* Of a SCAN and an UNLINK. */
#define TRIALS_BATCH 60


/* What the look script answers with. */
enum {
    TRIALS_LOOK_STATE = 0,
    TRIALS_LOOK_ENGINE,
    TRIALS_LOOK_FRESH,
    TRIALS_LOOK_REGISTRY,
    TRIALS_LOOK_SOURCE,
    TRIALS_LOOK_CHECKED,
    TRIALS_LOOK_MODEL,
    TRIALS_LOOK_MODEL_SIZE,
    TRIALS_NLOOK
};


static trials_rc_t
            trials_look_read(trials_cache_t *cache, const redisReply *reply,
                             trials_stored_t *stored, trials_buf_t *model,
                             trials_error_t *err);
static void trials_look_copy(char *dst, size_t size, const redisReply *value);
static void
trials_reply_values(const redisReply *reply, trials_value_t *values);
static trials_rc_t
trials_cache_scan(trials_cache_t *cache, char *cursor, size_t size,
                  redisReply **reply, trials_error_t *err);
static trials_rc_t
trials_cache_unlink(trials_cache_t *cache, size_t n, redisReply **keys,
                    size_t *gone, trials_error_t *err);


trials_rc_t
trials_cache_look(trials_cache_t *cache, const char *name,
                  trials_stored_t *stored, trials_buf_t *model,
                  trials_error_t *err)
{
    char         key[TRIALS_KEY_SIZE];
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[5];

    memset(stored, 0, sizeof(trials_stored_t));

    if (model) {
        trials_buf_reset(model);
    }

    rc = trials_cache_check_name(name, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    (void) trials_document_key(TRIALS_KEY_DOCUMENT, name, key);
    args[0] = trials_arg(key);
    args[1] = trials_arg(TRIALS_KEY_FRESH);
    args[2] = trials_arg(name);
    args[3] = trials_arg(TRIALS_STR(TRIALS_DOCUMENT_VERSION));
    args[4] = trials_arg(model ? "model" : "");

    rc = trials_cache_script(cache, TRIALS_SCRIPT_LOOK, 2, 5, args,
                             REDIS_REPLY_ARRAY, &reply, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    rc = trials_look_read(cache, reply, stored, model, err);
    freeReplyObject(reply);

    return rc;
}


static trials_rc_t
trials_look_read(trials_cache_t *cache, const redisReply *reply,
                 trials_stored_t *stored, trials_buf_t *model,
                 trials_error_t *err)
{
    int               i;
    size_t            size;
    const redisReply *body;

    for (i = 0; i < TRIALS_NLOOK; i++) {
        if (reply->elements != TRIALS_NLOOK
            || reply->element[i]->type != REDIS_REPLY_STRING)
        {
            return trials_error(err, TRIALS_FAILED,
                                "Redis %s: look: not %d strings",
                                cache->address, TRIALS_NLOOK);
        }
    }

    for (i = TRIALS_DOCUMENT_PRESENT; i <= TRIALS_DOCUMENT_ALIAS; i++) {
        if (strcmp(reply->element[TRIALS_LOOK_STATE]->str,
                   trials_state_name((trials_document_state_t) i))
            == 0)
        {
            stored->state = (trials_document_state_t) i;
        }
    }

    trials_look_copy(stored->engine, sizeof(stored->engine),
                     reply->element[TRIALS_LOOK_ENGINE]);
    trials_look_copy(stored->registry, sizeof(stored->registry),
                     reply->element[TRIALS_LOOK_REGISTRY]);
    trials_look_copy(stored->source, sizeof(stored->source),
                     reply->element[TRIALS_LOOK_SOURCE]);
    stored->fresh_until =
        strtoll(reply->element[TRIALS_LOOK_FRESH]->str, NULL, 10);
    stored->checked =
        strtoll(reply->element[TRIALS_LOOK_CHECKED]->str, NULL, 10);

    body = reply->element[TRIALS_LOOK_MODEL];
    size = strtoul(reply->element[TRIALS_LOOK_MODEL_SIZE]->str, NULL, 10);

    return model && body->len ? trials_gzip_inflate(cache->gzip, body->str,
                                                    body->len, size, model, err)
                              : TRIALS_OK;
}


static void
trials_look_copy(char *dst, size_t size, const redisReply *value)
{
    (void) snprintf(dst, size, "%s", value->str);
}


trials_rc_t
trials_cache_touch(trials_cache_t *cache, const char *name, int64_t fresh_until,
                   trials_error_t *err)
{
    char         until[24];
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[4];

    rc = trials_cache_check_name(name, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    (void) snprintf(until, sizeof(until), "%" PRId64, fresh_until);
    args[0] = trials_arg("ZADD");
    args[1] = trials_arg(TRIALS_KEY_FRESH);
    args[2] = trials_arg(until);
    args[3] = trials_arg(name);

    rc = trials_cache_command(cache, 4, args, REDIS_REPLY_INTEGER, &reply, err);
    if (rc == TRIALS_OK) {
        freeReplyObject(reply);
    }

    return rc;
}


trials_rc_t
trials_cache_get(trials_cache_t *cache, const char *name,
                 trials_rendition_t rendition, trials_language_t language,
                 trials_buf_t *body, trials_error_t *err)
{
    int               i;
    char              key[TRIALS_KEY_SIZE];
    redisReply       *reply;
    const char       *wrong, *fields[TRIALS_DOCUMENT_NFIELDS];
    trials_rc_t       rc;
    trials_str_t      args[TRIALS_DOCUMENT_NFIELDS + 2];
    trials_value_t    values[TRIALS_DOCUMENT_NFIELDS];
    trials_document_t document;

    rc = trials_cache_check_name(name, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    trials_buf_reset(body);
    (void) trials_document_key(TRIALS_KEY_DOCUMENT, name, key);
    trials_document_fields(rendition, language, fields);

    args[0] = trials_arg("HMGET");
    args[1] = trials_arg(key);

    for (i = 0; i < TRIALS_DOCUMENT_NFIELDS; i++) {
        args[i + 2] = trials_arg(fields[i]);
    }

    rc = trials_cache_command(cache, TRIALS_DOCUMENT_NFIELDS + 2, args,
                              REDIS_REPLY_ARRAY, &reply, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    trials_reply_values(reply, values);
    wrong = trials_document_read(values, &document);

    if (wrong) {
        rc = trials_error(err, TRIALS_FAILED, "Redis %s: %s: %s",
                          cache->address, key, wrong);

    } else if (document.state != TRIALS_DOCUMENT_PRESENT
               || document.body.data == NULL)
    {
        rc = trials_error(err, TRIALS_NOT_FOUND, "Redis %s: %s: no document",
                          cache->address, key);

    } else {
        rc = trials_gzip_inflate(cache->gzip, document.body.data,
                                 document.body.len, document.size, body, err);
    }

    freeReplyObject(reply);

    return rc;
}


static void
trials_reply_values(const redisReply *reply, trials_value_t *values)
{
    size_t i;

    memset(values, 0, TRIALS_DOCUMENT_NFIELDS * sizeof(trials_value_t));

    for (i = 0; i < reply->elements && i < TRIALS_DOCUMENT_NFIELDS; i++) {
        if (reply->element[i]->type == REDIS_REPLY_STRING) {
            values[i].data = reply->element[i]->str;
            values[i].len = reply->element[i]->len;
        }
    }
}


trials_rc_t
trials_cache_invalidate(trials_cache_t *cache, const char *name, int *existed,
                        trials_error_t *err)
{
    char         key[TRIALS_KEY_SIZE];
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[3];

    rc = trials_cache_check_name(name, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    (void) trials_document_key(TRIALS_KEY_DOCUMENT, name, key);
    args[0] = trials_arg(key);
    args[1] = trials_arg(TRIALS_KEY_FRESH);
    args[2] = trials_arg(name);

    rc = trials_cache_script(cache, TRIALS_SCRIPT_INVALIDATE, 2, 3, args,
                             REDIS_REPLY_INTEGER, &reply, err);
    if (rc == TRIALS_OK) {
        if (existed) {
            *existed = reply->integer == 1;
        }

        freeReplyObject(reply);
    }

    return rc;
}


trials_rc_t
trials_cache_invalidate_all(trials_cache_t *cache, size_t *n,
                            trials_error_t *err)
{
    char         cursor[32];
    size_t       i, keys;
    redisReply  *reply, *found;
    trials_rc_t  rc;
    trials_str_t args[2];

    *n = 0;
    memcpy(cursor, "0", 2);

    do {
        rc = trials_cache_scan(cache, cursor, sizeof(cursor), &reply, err);
        if (rc != TRIALS_OK) {
            return rc;
        }

        found = reply->element[1];

        for (i = 0; i < found->elements && rc == TRIALS_OK; i += keys) {
            keys = found->elements - i;
            keys = keys < TRIALS_BATCH ? keys : TRIALS_BATCH;
            rc = trials_cache_unlink(cache, keys, found->element + i, n, err);
        }

        freeReplyObject(reply);

        if (rc != TRIALS_OK) {
            return rc;
        }

    } while (strcmp(cursor, "0") != 0);

    /* A document that a refresher stored meanwhile is checked once too often:
     * no harm. */

    args[0] = trials_arg("UNLINK");
    args[1] = trials_arg(TRIALS_KEY_FRESH);

    rc = trials_cache_command(cache, 2, args, REDIS_REPLY_INTEGER, &reply, err);
    if (rc == TRIALS_OK) {
        freeReplyObject(reply);
    }

    return rc;
}


/* The next piece of the key space: a cursor, which is kept, and an array of
 * strings. */

static trials_rc_t
trials_cache_scan(trials_cache_t *cache, char *cursor, size_t size,
                  redisReply **reply, trials_error_t *err)
{
    size_t       i;
    redisReply  *next, *keys;
    trials_rc_t  rc;
    trials_str_t args[6];

    args[0] = trials_arg("SCAN");
    args[1] = trials_arg(cursor);
    args[2] = trials_arg("MATCH");
    args[3] = trials_arg(TRIALS_KEY_DOCUMENT "*");
    args[4] = trials_arg("COUNT");
    args[5] = trials_arg("500");

    rc = trials_cache_command(cache, 6, args, REDIS_REPLY_ARRAY, reply, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    if ((*reply)->elements != 2) {
        goto invalid;
    }

    next = (*reply)->element[0];
    keys = (*reply)->element[1];

    if (next->type != REDIS_REPLY_STRING || (size_t) next->len >= size
        || keys->type != REDIS_REPLY_ARRAY)
    {
        goto invalid;
    }

    for (i = 0; i < keys->elements; i++) {
        if (keys->element[i]->type != REDIS_REPLY_STRING) {
            goto invalid;
        }
    }

    memcpy(cursor, next->str, (size_t) next->len + 1);

    return TRIALS_OK;

invalid:

    freeReplyObject(*reply);

    return trials_error(err, TRIALS_FAILED,
                        "Redis %s: SCAN: not a cursor and keys",
                        cache->address);
}


static trials_rc_t
trials_cache_unlink(trials_cache_t *cache, size_t n, redisReply **keys,
                    size_t *gone, trials_error_t *err)
{
    size_t       i;
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[TRIALS_BATCH + 1];

    args[0] = trials_arg("UNLINK");

    for (i = 0; i < n; i++) {
        args[i + 1].data = keys[i]->str;
        args[i + 1].len = (size_t) keys[i]->len;
    }

    rc = trials_cache_command(cache, (int) n + 1, args, REDIS_REPLY_INTEGER,
                              &reply, err);
    if (rc == TRIALS_OK) {
        *gone += (size_t) reply->integer;
        freeReplyObject(reply);
    }

    return rc;
}
