/* Documents: put if changed, look, get, invalidate. */

#include "core/cache/compress.h"
#include "core/cache/connection.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define TRIALS_GZIP_LEVEL 9
#define TRIALS_BODIES_MAX (256 * 1024 * 1024)
#define TRIALS_PUT_ARGS   32


/*
 * KEYS: document, freshness.  ARGV: hash, now, fresh until, id, state, engine,
 * then the fields and values of the hash but for "modified".
 *
 * Tracking tells every worker of every write, even of the same bytes: where the
 * hash is the same, nothing is written, but the engine's name where that is
 * another.  "modified" grows with every change, as Last-Modified must.
 */

static const char trials_put_script[] =
    "local old = redis.pcall('HMGET', KEYS[1], 'hash', 'engine', 'modified')\n"
    "if old.err then old = {} end\n"
    "local same = old[1] == ARGV[1]\n"
    "if not same then\n"
    "  local modified = tonumber(ARGV[2])\n"
    "  local before = tonumber(old[3] or '')\n"
    "  if before and before >= modified then modified = before + 1 end\n"
    "  redis.call('DEL', KEYS[1])\n"
    "  redis.call('HSET', KEYS[1], 'modified',\n"
    "             string.format('%d', modified), unpack(ARGV, 7))\n"
    "elseif old[2] ~= ARGV[6] then\n"
    "  redis.call('HSET', KEYS[1], 'engine', ARGV[6])\n"
    "end\n"
    "if ARGV[5] == 'present' then\n"
    "  redis.call('ZADD', KEYS[2], ARGV[3], ARGV[4])\n"
    "else\n"
    "  redis.call('EXPIREAT', KEYS[1], ARGV[3])\n"
    "  redis.call('ZREM', KEYS[2], ARGV[4])\n"
    "end\n"
    "return same and 0 or 1\n";


/* What is sent, and the memory it is in. */

typedef struct {
    trials_str_t  args[TRIALS_PUT_ARGS];
    int           n;
    trials_hash_t hashes[TRIALS_NRENDITIONS];
    char          sizes[TRIALS_NRENDITIONS][24];
    trials_buf_t  bodies[TRIALS_NRENDITIONS];
    trials_hash_t hash; /* of all */
} trials_put_t;


static trials_rc_t
trials_put_bodies(trials_put_t *put, const trials_entry_t *entry);
static void
trials_put_add(trials_put_t *put, const char *name, const char *value);
static const char *trials_state_name(trials_document_state_t state);
static void
trials_reply_values(const redisReply *reply, trials_value_t *values);
static trials_rc_t
trials_cache_unlink(trials_cache_t *cache, const redisReply *keys, size_t *n,
                    trials_error_t *err);


trials_rc_t
trials_cache_put(trials_cache_t *cache, const char *id,
                 const trials_entry_t *entry, int64_t now, int64_t fresh_until,
                 int *changed, trials_error_t *err)
{
    int          i;
    char         key[TRIALS_KEY_SIZE], at[24], until[24];
    redisReply  *reply;
    trials_rc_t  rc;
    trials_put_t put;

    memset(&put, 0, sizeof(trials_put_t));
    (void) trials_document_key(TRIALS_KEY_DOCUMENT, id, key);
    (void) snprintf(at, sizeof(at), "%" PRId64, now);
    (void) snprintf(until, sizeof(until), "%" PRId64, fresh_until);

    put.args[0] = trials_arg(key);
    put.args[1] = trials_arg(TRIALS_KEY_FRESH);
    put.args[2] = trials_arg(put.hash);
    put.args[3] = trials_arg(at);
    put.args[4] = trials_arg(until);
    put.args[5] = trials_arg(id);
    put.args[6] = trials_arg(trials_state_name(entry->state));
    put.args[7] = trials_arg(entry->engine);
    put.n = 8;

    trials_put_add(&put, "v", "1");
    trials_put_add(&put, "state", trials_state_name(entry->state));
    trials_put_add(&put, "registry", entry->registry);
    trials_put_add(&put, "engine", entry->engine);

    if (entry->location) {
        trials_put_add(&put, "location", entry->location);
    }

    rc = trials_put_bodies(&put, entry);

    if (rc == TRIALS_OK) {
        put.args[2] = trials_arg(put.hash);
        trials_put_add(&put, "hash", put.hash);

        rc = trials_cache_script(cache, trials_put_script, 2, put.n, put.args,
                                 REDIS_REPLY_INTEGER, &reply, err);
        if (rc == TRIALS_OK) {
            if (changed) {
                *changed = reply->integer == 1;
            }

            freeReplyObject(reply);
        }

    } else {
        trials_error(err, rc, "%s: the renditions cannot be compressed", id);
    }

    for (i = 0; i < TRIALS_NRENDITIONS; i++) {
        trials_buf_free(&put.bodies[i]);
    }

    return rc;
}


/* Compresses the bodies and hashes what the entry says as a whole. */

static trials_rc_t
trials_put_bodies(trials_put_t *put, const trials_entry_t *entry)
{
    int                           i, len;
    char                          all[(TRIALS_NRENDITIONS + 1) * 48];
    trials_rc_t                   rc;
    struct libdeflate_compressor *compressor;

    static const char *const etags[] = {"page:etag", "print:etag", "embed:etag",
                                        "json:etag"};
    static const char *const sizes[] = {"page:size", "print:size", "embed:size",
                                        "json:size"};

    len = snprintf(all, sizeof(all), "%s %s", trials_state_name(entry->state),
                   entry->location ? entry->location : "");

    if (entry->state == TRIALS_DOCUMENT_PRESENT) {
        compressor = libdeflate_alloc_compressor(TRIALS_GZIP_LEVEL);
        if (compressor == NULL) {
            return TRIALS_NOMEM;
        }

        for (i = 0, rc = TRIALS_OK; i < TRIALS_NRENDITIONS && rc == TRIALS_OK;
             i++) {
            trials_buf_init(&put->bodies[i], TRIALS_BODIES_MAX);
            trials_hash(entry->bodies[i].data, entry->bodies[i].len,
                        put->hashes[i]);
            (void) snprintf(put->sizes[i], sizeof(put->sizes[i]), "%zu",
                            entry->bodies[i].len);
            len += snprintf(all + len, sizeof(all) - (size_t) len, " %s",
                            put->hashes[i]);

            rc = trials_gzip(compressor, entry->bodies[i], &put->bodies[i]);

            put->args[put->n++] =
                trials_arg(trials_rendition_name((trials_rendition_t) i));
            put->args[put->n].data = put->bodies[i].data;
            put->args[put->n++].len = put->bodies[i].len;
            trials_put_add(put, etags[i], put->hashes[i]);
            trials_put_add(put, sizes[i], put->sizes[i]);
        }

        libdeflate_free_compressor(compressor);

        if (rc != TRIALS_OK) {
            return rc;
        }
    }

    trials_hash(all, (size_t) len, put->hash);

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
    char         key[TRIALS_KEY_SIZE];
    size_t       len;
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[5];

    *state = TRIALS_DOCUMENT_NONE;
    *fresh_until = 0;
    engine[0] = '\0';

    (void) trials_document_key(TRIALS_KEY_DOCUMENT, id, key);
    args[0] = trials_arg("HMGET");
    args[1] = trials_arg(key);
    args[2] = trials_arg("v");
    args[3] = trials_arg("state");
    args[4] = trials_arg("engine");

    rc = trials_cache_command(cache, 5, args, REDIS_REPLY_ARRAY, &reply, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    if (reply->elements == 3 && reply->element[0]->type == REDIS_REPLY_STRING
        && strcmp(reply->element[0]->str, "1") == 0
        && reply->element[1]->type == REDIS_REPLY_STRING
        && reply->element[2]->type == REDIS_REPLY_STRING)
    {
        if (strcmp(reply->element[1]->str, "present") == 0) {
            *state = TRIALS_DOCUMENT_PRESENT;
        } else if (strcmp(reply->element[1]->str, "absent") == 0) {
            *state = TRIALS_DOCUMENT_ABSENT;
        } else if (strcmp(reply->element[1]->str, "alias") == 0) {
            *state = TRIALS_DOCUMENT_ALIAS;
        }

        len = reply->element[2]->len;
        len = len < engine_size ? len : engine_size - 1;
        memcpy(engine, reply->element[2]->str, len);
        engine[len] = '\0';
    }

    freeReplyObject(reply);

    args[0] = trials_arg("ZSCORE");
    args[1] = trials_arg(TRIALS_KEY_FRESH);
    args[2] = trials_arg(id);

    rc = trials_cache_command(cache, 3, args, REDIS_REPLY_STRING, &reply, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    if (reply->type == REDIS_REPLY_STRING) {
        *fresh_until = (int64_t) strtod(reply->str, NULL);
    }

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
        rc = trials_gunzip(document.body.data, document.body.len, document.size,
                           body);
        if (rc != TRIALS_OK) {
            trials_error(err, rc,
                         "Redis %s: %s: field \"%s\" cannot be inflated",
                         cache->address, key, fields[4]);
        }
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

    static const char script[] = "redis.call('ZREM', KEYS[2], ARGV[1])\n"
                                 "return redis.call('DEL', KEYS[1])\n";

    (void) trials_document_key(TRIALS_KEY_DOCUMENT, id, key);
    args[0] = trials_arg(key);
    args[1] = trials_arg(TRIALS_KEY_FRESH);
    args[2] = trials_arg(id);

    rc = trials_cache_script(cache, script, 2, 3, args, REDIS_REPLY_INTEGER,
                             &reply, err);
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
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[6];

    *n = 0;
    memcpy(cursor, "0", 2);

    do {
        args[0] = trials_arg("SCAN");
        args[1] = trials_arg(cursor);
        args[2] = trials_arg("MATCH");
        args[3] = trials_arg(TRIALS_KEY_DOCUMENT "*");
        args[4] = trials_arg("COUNT");
        args[5] = trials_arg("500");

        rc = trials_cache_command(cache, 6, args, REDIS_REPLY_ARRAY, &reply,
                                  err);
        if (rc != TRIALS_OK) {
            return rc;
        }

        if (reply->elements != 2
            || reply->element[0]->type != REDIS_REPLY_STRING
            || reply->element[0]->len >= sizeof(cursor)
            || reply->element[1]->type != REDIS_REPLY_ARRAY)
        {
            freeReplyObject(reply);
            return trials_error(err, TRIALS_FAILED,
                                "Redis %s: SCAN: not a cursor and keys",
                                cache->address);
        }

        memcpy(cursor, reply->element[0]->str, reply->element[0]->len + 1);
        rc = trials_cache_unlink(cache, reply->element[1], n, err);
        freeReplyObject(reply);

        if (rc != TRIALS_OK) {
            return rc;
        }

    } while (strcmp(cursor, "0") != 0);

    args[0] = trials_arg("UNLINK");
    args[1] = trials_arg(TRIALS_KEY_FRESH);

    rc = trials_cache_command(cache, 2, args, REDIS_REPLY_INTEGER, &reply, err);
    if (rc == TRIALS_OK) {
        freeReplyObject(reply);
    }

    return rc;
}


static trials_rc_t
trials_cache_unlink(trials_cache_t *cache, const redisReply *keys, size_t *n,
                    trials_error_t *err)
{
    size_t       i;
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[2];

    for (i = 0; i < keys->elements; i++) {
        if (keys->element[i]->type != REDIS_REPLY_STRING) {
            continue;
        }

        args[0] = trials_arg("UNLINK");
        args[1].data = keys->element[i]->str;
        args[1].len = keys->element[i]->len;

        rc = trials_cache_command(cache, 2, args, REDIS_REPLY_INTEGER, &reply,
                                  err);
        if (rc != TRIALS_OK) {
            return rc;
        }

        *n += (size_t) reply->integer;
        freeReplyObject(reply);
    }

    return TRIALS_OK;
}
