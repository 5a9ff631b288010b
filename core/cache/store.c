/* Documents: put if changed, look, get, invalidate. */

#include "core/cache/connection.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


/* Arguments of the script that every put has; the fields come after them. */
#define TRIALS_PUT_FIXED 11

/* Of a SCAN and an UNLINK. */
#define TRIALS_BATCH 60

#define TRIALS_STR(number)  TRIALS_STR_(number)
#define TRIALS_STR_(number) #number


/* What is sent, and the memory it is in. */

typedef struct {
    trials_str_t  args[TRIALS_PUT_FIXED + 2 + 6 * TRIALS_NRENDITIONS];
    int           n;
    trials_hash_t hashes[TRIALS_NRENDITIONS];
    char          sizes[TRIALS_NRENDITIONS][24];
    char         *bodies[TRIALS_NRENDITIONS];
    trials_hash_t hash; /* of all */
} trials_put_t;


static trials_rc_t trials_put_check(const char *id, const trials_entry_t *entry,
                                    trials_error_t *err);
static void trials_put_hash(trials_put_t *put, const trials_entry_t *entry);
static trials_rc_t
trials_put_send(trials_cache_t *cache, const trials_put_t *put,
                long long *answer, trials_error_t *err);
static trials_rc_t
trials_put_bodies(trials_cache_t *cache, trials_put_t *put,
                  const trials_entry_t *entry, trials_error_t *err);
static void
trials_put_add(trials_put_t *put, const char *name, const char *value);
static const char *trials_state_name(trials_document_state_t state);
static void
trials_reply_values(const redisReply *reply, trials_value_t *values);
static trials_rc_t
trials_cache_scan(trials_cache_t *cache, char *cursor, size_t size,
                  redisReply **reply, trials_error_t *err);
static trials_rc_t
trials_cache_unlink(trials_cache_t *cache, size_t n, redisReply **keys,
                    size_t *gone, trials_error_t *err);


/* Their names in the hash: what trials_document_fields() asks for. */

static const char *const trials_put_etags[] = {"page:etag", "print:etag",
                                               "embed:etag", "json:etag"};
static const char *const trials_put_sizes[] = {"page:size", "print:size",
                                               "embed:size", "json:size"};


trials_rc_t
trials_cache_put(trials_cache_t *cache, const char *id,
                 const trials_entry_t *entry, int64_t now, int64_t fresh_until,
                 int *changed, trials_error_t *err)
{
    int          i;
    char         key[TRIALS_KEY_SIZE], at[24], until[24];
    long long    answer;
    trials_rc_t  rc;
    trials_put_t put;

    rc = trials_put_check(id, entry, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    memset(&put, 0, sizeof(trials_put_t));
    (void) trials_document_key(TRIALS_KEY_DOCUMENT, id, key);
    (void) snprintf(at, sizeof(at), "%" PRId64, now);
    (void) snprintf(until, sizeof(until), "%" PRId64, fresh_until);
    trials_put_hash(&put, entry);

    put.args[0] = trials_arg(key);
    put.args[1] = trials_arg(TRIALS_KEY_FRESH);
    put.args[2] = trials_arg(id);
    put.args[3] = trials_arg(put.hash);
    put.args[4] = trials_arg(entry->engine);
    put.args[5] = trials_arg(entry->registry ? entry->registry : "");
    put.args[6] = trials_arg(at);
    put.args[7] = trials_arg(until);
    put.args[8] = trials_arg(trials_state_name(entry->state));
    put.args[9] = trials_arg(TRIALS_STR(TRIALS_DOCUMENT_VERSION));
    put.args[10] = trials_arg("ask");
    put.n = TRIALS_PUT_FIXED;

    /* Compressing costs far more than asking whether it is for nothing. */

    rc = trials_put_send(cache, &put, &answer, err);

    if (rc == TRIALS_OK && answer == 2) {
        put.args[10] = trials_arg("write");

        if (entry->state == TRIALS_DOCUMENT_ALIAS) {
            trials_put_add(&put, "location", entry->location);
        }

        rc = trials_put_bodies(cache, &put, entry, err);

        if (rc == TRIALS_OK) {
            rc = trials_put_send(cache, &put, &answer, err);
        }
    }

    if (rc == TRIALS_OK && changed) {
        *changed = answer != 0;
    }

    for (i = 0; i < TRIALS_NRENDITIONS; i++) {
        free(put.bodies[i]);
    }

    return rc;
}


static trials_rc_t
trials_put_check(const char *id, const trials_entry_t *entry,
                 trials_error_t *err)
{
    int         i;
    trials_rc_t rc;

    rc = trials_cache_check_id(id, err);

    if (rc == TRIALS_OK && entry->state == TRIALS_DOCUMENT_ALIAS) {
        rc = trials_cache_check_id(entry->location ? entry->location : "", err);
    }

    if (rc != TRIALS_OK || entry->state != TRIALS_DOCUMENT_PRESENT) {
        return rc;
    }

    for (i = 0; i < TRIALS_NRENDITIONS; i++) {
        if (entry->bodies[i].len == 0) {
            return trials_error(err, TRIALS_INVALID,
                                "%s: the rendition \"%s\" is empty", id,
                                trials_rendition_name((trials_rendition_t) i));
        }
    }

    return TRIALS_OK;
}


/* Hashes the bodies, and all that a reader would see of the entry. */

static void
trials_put_hash(trials_put_t *put, const trials_entry_t *entry)
{
    int  i, len;
    char all[(TRIALS_NRENDITIONS + 1) * 48];

    len =
        snprintf(all, sizeof(all), "%s %s", trials_state_name(entry->state),
                 entry->state == TRIALS_DOCUMENT_ALIAS ? entry->location : "");

    for (i = 0;
         entry->state == TRIALS_DOCUMENT_PRESENT && i < TRIALS_NRENDITIONS; i++)
    {
        trials_hash(entry->bodies[i].data, entry->bodies[i].len,
                    put->hashes[i]);
        len += snprintf(all + len, sizeof(all) - (size_t) len, " %s",
                        put->hashes[i]);
    }

    trials_hash(all, (size_t) len, put->hash);
}


static trials_rc_t
trials_put_send(trials_cache_t *cache, const trials_put_t *put,
                long long *answer, trials_error_t *err)
{
    redisReply *reply;
    trials_rc_t rc;

    rc = trials_cache_script(cache, TRIALS_SCRIPT_PUT, 2, put->n, put->args,
                             REDIS_REPLY_INTEGER, &reply, err);
    if (rc == TRIALS_OK) {
        *answer = reply->integer;
        freeReplyObject(reply);
    }

    return rc;
}


static trials_rc_t
trials_put_bodies(trials_cache_t *cache, trials_put_t *put,
                  const trials_entry_t *entry, trials_error_t *err)
{
    int           i;
    trials_rc_t   rc;
    trials_str_t *body;

    if (entry->state != TRIALS_DOCUMENT_PRESENT) {
        return TRIALS_OK;
    }

    for (i = 0; i < TRIALS_NRENDITIONS; i++) {
        put->args[put->n++] =
            trials_arg(trials_rendition_name((trials_rendition_t) i));
        body = &put->args[put->n++];

        rc = trials_gzip_deflate(cache->gzip, entry->bodies[i], &put->bodies[i],
                                 &body->len, err);
        if (rc != TRIALS_OK) {
            return rc;
        }

        body->data = put->bodies[i];
        (void) snprintf(put->sizes[i], sizeof(put->sizes[i]), "%zu",
                        entry->bodies[i].len);
        trials_put_add(put, trials_put_etags[i], put->hashes[i]);
        trials_put_add(put, trials_put_sizes[i], put->sizes[i]);
    }

    return TRIALS_OK;
}


static void
trials_put_add(trials_put_t *put, const char *name, const char *value)
{
    put->args[put->n++] = trials_arg(name);
    put->args[put->n++] = trials_arg(value);
}


static const char *
trials_state_name(trials_document_state_t state)
{
    switch (state) {
    case TRIALS_DOCUMENT_PRESENT:
        return "present";
    case TRIALS_DOCUMENT_ALIAS:
        return "alias";
    default:
        return "absent";
    }
}


trials_rc_t
trials_cache_look(trials_cache_t *cache, const char *id,
                  trials_document_state_t *state, char *engine,
                  size_t engine_size, int64_t *fresh_until, trials_error_t *err)
{
    int          i;
    char         key[TRIALS_KEY_SIZE];
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[4];

    *state = TRIALS_DOCUMENT_NONE;
    *fresh_until = 0;
    engine[0] = '\0';

    rc = trials_cache_check_id(id, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    (void) trials_document_key(TRIALS_KEY_DOCUMENT, id, key);
    args[0] = trials_arg(key);
    args[1] = trials_arg(TRIALS_KEY_FRESH);
    args[2] = trials_arg(id);
    args[3] = trials_arg(TRIALS_STR(TRIALS_DOCUMENT_VERSION));

    rc = trials_cache_script(cache, TRIALS_SCRIPT_LOOK, 2, 4, args,
                             REDIS_REPLY_ARRAY, &reply, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    for (i = 0; i < 3; i++) {
        if (reply->elements != 3
            || reply->element[i]->type != REDIS_REPLY_STRING) {
            freeReplyObject(reply);
            return trials_error(err, TRIALS_FAILED,
                                "Redis %s: look: not three strings",
                                cache->address);
        }
    }

    for (i = TRIALS_DOCUMENT_PRESENT; i <= TRIALS_DOCUMENT_ALIAS; i++) {
        if (strcmp(reply->element[0]->str,
                   trials_state_name((trials_document_state_t) i))
            == 0)
        {
            *state = (trials_document_state_t) i;
        }
    }

    (void) snprintf(engine, engine_size, "%s", reply->element[1]->str);
    *fresh_until = strtoll(reply->element[2]->str, NULL, 10);
    freeReplyObject(reply);

    return TRIALS_OK;
}


trials_rc_t
trials_cache_get(trials_cache_t *cache, const char *id,
                 trials_rendition_t rendition, trials_buf_t *body,
                 trials_error_t *err)
{
    int               i;
    char              key[TRIALS_KEY_SIZE];
    redisReply       *reply;
    const char       *wrong, *fields[TRIALS_DOCUMENT_NFIELDS];
    trials_rc_t       rc;
    trials_str_t      args[TRIALS_DOCUMENT_NFIELDS + 2];
    trials_value_t    values[TRIALS_DOCUMENT_NFIELDS];
    trials_document_t document;

    rc = trials_cache_check_id(id, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    trials_buf_reset(body);
    (void) trials_document_key(TRIALS_KEY_DOCUMENT, id, key);
    trials_document_fields(rendition, fields);

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

    } else if (document.state != TRIALS_DOCUMENT_PRESENT) {
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
trials_cache_invalidate(trials_cache_t *cache, const char *id, int *existed,
                        trials_error_t *err)
{
    char         key[TRIALS_KEY_SIZE];
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[3];

    rc = trials_cache_check_id(id, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    (void) trials_document_key(TRIALS_KEY_DOCUMENT, id, key);
    args[0] = trials_arg(key);
    args[1] = trials_arg(TRIALS_KEY_FRESH);
    args[2] = trials_arg(id);

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
