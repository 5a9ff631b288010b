/* The stream of wanted ids, the lock, and the cache's state. */

#include "core/cache/connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>


static trials_rc_t
trials_wanted_group(trials_cache_t *cache, trials_error_t *err);
static trials_rc_t
trials_wanted_claim(trials_cache_t *cache, const char *consumer, long min_idle,
                    trials_wanted_t *wanted, trials_error_t *err);
static trials_rc_t
trials_wanted_new(trials_cache_t *cache, const char *consumer, long wait,
                  trials_wanted_t *wanted, trials_error_t *err);
static trials_rc_t
trials_wanted_read(const redisReply *entries, trials_wanted_t *wanted,
                   trials_error_t *err);
static trials_rc_t
trials_cache_count(trials_cache_t *cache, int n, const char *const *words,
                   size_t *count, trials_error_t *err);


trials_rc_t
trials_wanted_add(trials_cache_t *cache, const char *id, trials_error_t *err)
{
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[8];

    args[0] = trials_arg("XADD");
    args[1] = trials_arg(TRIALS_KEY_WANTED);
    args[2] = trials_arg("MAXLEN");
    args[3] = trials_arg("~");
    args[4] = trials_arg("100000");
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

    rc = trials_wanted_claim(cache, consumer, min_idle, wanted, err);

    if (rc == TRIALS_NOT_FOUND) {
        rc = trials_wanted_new(cache, consumer, wait, wanted, err);
    }

    if (rc == TRIALS_FAILED && strstr(err->message, "NOGROUP")) {
        /* Redis is new, or has come back empty. */

        rc = trials_wanted_group(cache, err);

        if (rc == TRIALS_OK) {
            rc = trials_wanted_new(cache, consumer, wait, wanted, err);
        }
    }

    return rc;
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

    if (rc == TRIALS_FAILED && err && strstr(err->message, "BUSYGROUP")) {
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
    trials_str_t args[8];

    (void) snprintf(idle, sizeof(idle), "%ld", min_idle);

    args[0] = trials_arg("XAUTOCLAIM");
    args[1] = trials_arg(TRIALS_KEY_WANTED);
    args[2] = trials_arg(TRIALS_GROUP_NAME);
    args[3] = trials_arg(consumer);
    args[4] = trials_arg(idle);
    args[5] = trials_arg("0");
    args[6] = trials_arg("COUNT");
    args[7] = trials_arg("1");

    rc = trials_cache_command(cache, 8, args, REDIS_REPLY_ARRAY, &reply, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    rc = reply->elements >= 2
             ? trials_wanted_read(reply->element[1], wanted, err)
             : TRIALS_NOT_FOUND;
    freeReplyObject(reply);

    return rc;
}


static trials_rc_t
trials_wanted_new(trials_cache_t *cache, const char *consumer, long wait,
                  trials_wanted_t *wanted, trials_error_t *err)
{
    char         block[24];
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[11];

    (void) snprintf(block, sizeof(block), "%ld", wait > 0 ? wait : 1);

    args[0] = trials_arg("XREADGROUP");
    args[1] = trials_arg("GROUP");
    args[2] = trials_arg(TRIALS_GROUP_NAME);
    args[3] = trials_arg(consumer);
    args[4] = trials_arg("COUNT");
    args[5] = trials_arg("1");
    args[6] = trials_arg("BLOCK");
    args[7] = trials_arg(block);
    args[8] = trials_arg("STREAMS");
    args[9] = trials_arg(TRIALS_KEY_WANTED);
    args[10] = trials_arg(">");

    rc = trials_cache_command(cache, 11, args, REDIS_REPLY_ARRAY, &reply, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    rc = TRIALS_NOT_FOUND;

    if (reply->type == REDIS_REPLY_ARRAY && reply->elements >= 1
        && reply->element[0]->type == REDIS_REPLY_ARRAY
        && reply->element[0]->elements == 2)
    {
        rc = trials_wanted_read(reply->element[0]->element[1], wanted, err);
    }

    freeReplyObject(reply);

    return rc;
}


/* The first entry of a list: an id and fields with values. */

static trials_rc_t
trials_wanted_read(const redisReply *entries, trials_wanted_t *wanted,
                   trials_error_t *err)
{
    size_t            i;
    const redisReply *entry, *name, *value, *fields;

    if (entries->type != REDIS_REPLY_ARRAY || entries->elements == 0) {
        return TRIALS_NOT_FOUND;
    }

    memset(wanted, 0, sizeof(trials_wanted_t));
    entry = entries->element[0];

    if (entry->type != REDIS_REPLY_ARRAY || entry->elements != 2
        || entry->element[0]->type != REDIS_REPLY_STRING
        || entry->element[0]->len > TRIALS_WANTED_ENTRY_LEN)
    {
        /* Redis 6.2 gives nil for an entry that was deleted meanwhile. */

        return entry->type == REDIS_REPLY_NIL
                   ? TRIALS_NOT_FOUND
                   : trials_error(err, TRIALS_FAILED,
                                  "%s: an entry that is none",
                                  TRIALS_KEY_WANTED);
    }

    memcpy(wanted->entry, entry->element[0]->str, entry->element[0]->len);
    wanted->since = strtoll(wanted->entry, NULL, 10);

    fields = entry->element[1];

    for (i = 0; fields->type == REDIS_REPLY_ARRAY && i + 1 < fields->elements;
         i += 2)
    {
        name = fields->element[i];
        value = fields->element[i + 1];

        if (name->type == REDIS_REPLY_STRING
            && value->type == REDIS_REPLY_STRING
            && strcmp(name->str, TRIALS_WANTED_FIELD) == 0
            && trials_id_parse(value->str, value->len, wanted->id) != TRIALS_OK)
        {
            wanted->id[0] = '\0';
        }
    }

    return TRIALS_OK;
}


trials_rc_t
trials_wanted_done(trials_cache_t *cache, const trials_wanted_t *wanted,
                   trials_error_t *err)
{
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[3];

    static const char script[] =
        "redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])\n"
        "return redis.call('XDEL', KEYS[1], ARGV[2])\n";

    args[0] = trials_arg(TRIALS_KEY_WANTED);
    args[1] = trials_arg(TRIALS_GROUP_NAME);
    args[2] = trials_arg(wanted->entry);

    rc = trials_cache_script(cache, script, 1, 3, args, REDIS_REPLY_INTEGER,
                             &reply, err);
    if (rc == TRIALS_OK) {
        freeReplyObject(reply);
    }

    return rc;
}


trials_rc_t
trials_lock_take(trials_cache_t *cache, const char *id, long ttl,
                 trials_lock_token_t token, trials_error_t *err)
{
    int           i;
    char          key[TRIALS_KEY_SIZE], px[24];
    redisReply   *reply;
    trials_rc_t   rc;
    unsigned char bytes[(TRIALS_LOCK_TOKEN_SIZE - 1) / 2];
    trials_str_t  args[6];

    if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t) sizeof(bytes)) {
        return trials_error(err, TRIALS_FAILED, "getrandom() gives no bytes");
    }

    for (i = 0; i < (int) sizeof(bytes); i++) {
        (void) snprintf(token + 2 * i, 3, "%02x", bytes[i]);
    }

    (void) trials_document_key(TRIALS_KEY_LOCK, id, key);
    (void) snprintf(px, sizeof(px), "%ld", ttl);

    args[0] = trials_arg("SET");
    args[1] = trials_arg(key);
    args[2] = trials_arg(token);
    args[3] = trials_arg("NX");
    args[4] = trials_arg("PX");
    args[5] = trials_arg(px);

    rc = trials_cache_command(cache, 6, args, REDIS_REPLY_STATUS, &reply, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    if (reply->type == REDIS_REPLY_NIL) {
        rc = trials_error(err, TRIALS_BUSY, "%s: somebody has it", key);
    }

    freeReplyObject(reply);

    return rc;
}


trials_rc_t
trials_lock_release(trials_cache_t *cache, const char *id,
                    const trials_lock_token_t token, trials_error_t *err)
{
    char         key[TRIALS_KEY_SIZE];
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[2];

    static const char script[] =
        "if redis.call('GET', KEYS[1]) == ARGV[1] then\n"
        "  return redis.call('DEL', KEYS[1])\n"
        "end\n"
        "return 0\n";

    (void) trials_document_key(TRIALS_KEY_LOCK, id, key);
    args[0] = trials_arg(key);
    args[1] = trials_arg(token);

    rc = trials_cache_script(cache, script, 1, 2, args, REDIS_REPLY_INTEGER,
                             &reply, err);
    if (rc == TRIALS_OK) {
        freeReplyObject(reply);
    }

    return rc;
}


trials_rc_t
trials_cache_status(trials_cache_t *cache, int64_t now,
                    trials_cache_status_t *status, trials_error_t *err)
{
    char         until[24];
    redisReply  *reply;
    const char  *p;
    trials_rc_t  rc;
    trials_str_t args[3];

    const char *const documents[] = {"ZCARD", TRIALS_KEY_FRESH};
    const char *const stale[] = {"ZCOUNT", TRIALS_KEY_FRESH, "-inf", until};
    const char *const wanted[] = {"XLEN", TRIALS_KEY_WANTED};

    memset(status, 0, sizeof(trials_cache_status_t));
    (void) snprintf(until, sizeof(until), "%lld", (long long) now);

    rc = trials_cache_count(cache, 2, documents, &status->documents, err);

    if (rc == TRIALS_OK) {
        rc = trials_cache_count(cache, 4, stale, &status->stale, err);
    }

    if (rc == TRIALS_OK) {
        rc = trials_cache_count(cache, 2, wanted, &status->wanted, err);
    }

    if (rc != TRIALS_OK) {
        return rc;
    }

    args[0] = trials_arg("XPENDING");
    args[1] = trials_arg(TRIALS_KEY_WANTED);
    args[2] = trials_arg(TRIALS_GROUP_NAME);

    rc = trials_cache_command(cache, 3, args, REDIS_REPLY_ARRAY, &reply, err);

    if (rc == TRIALS_OK) {
        if (reply->elements > 0
            && reply->element[0]->type == REDIS_REPLY_INTEGER) {
            status->pending = (size_t) reply->element[0]->integer;
        }

        freeReplyObject(reply);

    } else if (rc != TRIALS_FAILED) {
        return rc;
    }

    /* TRIALS_FAILED is NOGROUP: no refresher has been there yet. */

    args[0] = trials_arg("INFO");

    rc = trials_cache_command(cache, 1, args, REDIS_REPLY_STRING, &reply, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    p = strstr(reply->str, "redis_version:");
    if (p) {
        (void) snprintf(status->server, sizeof(status->server), "%.*s",
                        (int) strcspn(p + 14, "\r\n"), p + 14);
    }

    p = strstr(reply->str, "used_memory:");
    if (p) {
        status->memory = strtoul(p + 12, NULL, 10);
    }

    freeReplyObject(reply);

    return TRIALS_OK;
}


static trials_rc_t
trials_cache_count(trials_cache_t *cache, int n, const char *const *words,
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
