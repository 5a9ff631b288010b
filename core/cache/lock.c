/* The lock on one trial: a key that holds its owner's token and ends by
 * itself. */

#include "core/cache/connection.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>


static trials_rc_t
trials_lock_script(trials_cache_t *cache, trials_script_t script,
                   const char *name, const trials_lock_token_t token, long ttl,
                   trials_error_t *err);


trials_rc_t
trials_lock_token(trials_lock_token_t token, trials_error_t *err)
{
    int           i;
    unsigned char bytes[(TRIALS_LOCK_TOKEN_SIZE - 1) / 2];

    if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t) sizeof(bytes)) {
        return trials_error(err, TRIALS_FAILED, "getrandom() gives no bytes");
    }

    for (i = 0; i < (int) sizeof(bytes); i++) {
        (void) snprintf(token + 2 * i, 3, "%02x", bytes[i]);
    }

    return TRIALS_OK;
}


trials_rc_t
trials_lock_take(trials_cache_t *cache, const char *name, long ttl,
                 trials_lock_token_t token, trials_error_t *err)
{
    char         key[TRIALS_KEY_SIZE], px[24];
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[6];

    rc = trials_cache_check_name(name, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    rc = trials_lock_token(token, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    (void) trials_document_key(TRIALS_KEY_LOCK, name, key);
    (void) snprintf(px, sizeof(px), "%ld", ttl);

    args[0] = trials_arg("SET");
    args[1] = trials_arg(key);
    args[2] = trials_arg(token);
    args[3] = trials_arg("NX");
    args[4] = trials_arg("PX");
    args[5] = trials_arg(px);

    /* Sent again, it would find the lock that the first one took. */

    rc = trials_cache_command_once(
        cache, 6, args, REDIS_REPLY_STATUS | TRIALS_REPLY_OR_NIL, &reply, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    if (reply->type == REDIS_REPLY_NIL) {
        rc = trials_error(err, TRIALS_BUSY, "%s: somebody has it", key);

    } else if (strcmp(reply->str, "OK") != 0) {
        rc = trials_error(err, TRIALS_FAILED, "Redis %s: SET: \"%.64s\"",
                          cache->address, reply->str);
    }

    freeReplyObject(reply);

    return rc;
}


trials_rc_t
trials_lock_renew(trials_cache_t *cache, const char *name,
                  const trials_lock_token_t token, long ttl,
                  trials_error_t *err)
{
    return trials_lock_script(cache, TRIALS_SCRIPT_RENEW, name, token, ttl,
                              err);
}


trials_rc_t
trials_lock_release(trials_cache_t *cache, const char *name,
                    const trials_lock_token_t token, trials_error_t *err)
{
    trials_rc_t rc;

    rc = trials_lock_script(cache, TRIALS_SCRIPT_RELEASE, name, token, 0, err);

    /* It has ended, or is somebody else's by now: it is not ours. */

    return rc == TRIALS_BUSY ? TRIALS_OK : rc;
}


static trials_rc_t
trials_lock_script(trials_cache_t *cache, trials_script_t script,
                   const char *name, const trials_lock_token_t token, long ttl,
                   trials_error_t *err)
{
    char         key[TRIALS_KEY_SIZE], px[24];
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[3];

    rc = trials_cache_check_name(name, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    (void) trials_document_key(TRIALS_KEY_LOCK, name, key);
    (void) snprintf(px, sizeof(px), "%ld", ttl);

    args[0] = trials_arg(key);
    args[1] = trials_arg(token);
    args[2] = trials_arg(px);

    rc = trials_cache_script(cache, script, 1, 3, args, REDIS_REPLY_INTEGER,
                             &reply, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    if (reply->integer == 0) {
        rc = trials_error(err, TRIALS_BUSY, "%s: not ours any more", key);
    }

    freeReplyObject(reply);

    return rc;
}
