/* What all refreshers share: the bucket, the lead, the mark, what is due. */

#include "core/cache/connection.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define TRIALS_LOSS_WINDOW "86400" /* seconds */
#define TRIALS_STALE_STEP  "1000"  /* names */

/* Room for a thousand names in one argument. */
#define TRIALS_LIST_MAX (128 * 1024)


static trials_rc_t
trials_shared_integer(trials_cache_t *cache, trials_script_t script, int nkeys,
                      int n, const trials_str_t *args, long long *answer,
                      trials_error_t *err);
static trials_rc_t trials_shared_ids(const trials_id_t *ids, size_t n,
                                     trials_buf_t *list, trials_error_t *err);
static const char *
trials_shared_word(const char *list, char *word, size_t size);


trials_rc_t
trials_bucket_take(trials_cache_t *cache, const trials_bucket_t *bucket,
                   long *wait, trials_error_t *err)
{
    char         rate[24], burst[24], reserve[24];
    long long    answer;
    trials_rc_t  rc;
    trials_str_t args[4];

    (void) snprintf(rate, sizeof(rate), "%ld", bucket->rate);
    (void) snprintf(burst, sizeof(burst), "%ld", bucket->burst);
    (void) snprintf(reserve, sizeof(reserve), "%ld", bucket->reserve);

    args[0] = trials_arg(TRIALS_KEY_BUCKET);
    args[1] = trials_arg(rate);
    args[2] = trials_arg(burst);
    args[3] = trials_arg(reserve);

    rc = trials_shared_integer(cache, TRIALS_SCRIPT_BUCKET, 1, 4, args, &answer,
                               err);
    *wait = (long) answer;

    return rc;
}


trials_rc_t
trials_bucket_hold(trials_cache_t *cache, long ms, trials_error_t *err)
{
    char         hold[24];
    long long    answer;
    trials_str_t args[2];

    (void) snprintf(hold, sizeof(hold), "%ld", ms);
    args[0] = trials_arg(TRIALS_KEY_BUCKET);
    args[1] = trials_arg(hold);

    return trials_shared_integer(cache, TRIALS_SCRIPT_HOLD, 1, 2, args, &answer,
                                 err);
}


trials_rc_t
trials_leader_take(trials_cache_t *cache, const trials_lock_token_t token,
                   long ttl, int64_t *fence, trials_error_t *err)
{
    char         px[24];
    long long    answer;
    trials_rc_t  rc;
    trials_str_t args[4];

    (void) snprintf(px, sizeof(px), "%ld", ttl);
    args[0] = trials_arg(TRIALS_KEY_LEADER);
    args[1] = trials_arg(TRIALS_KEY_REGISTRY);
    args[2] = trials_arg(token);
    args[3] = trials_arg(px);

    rc = trials_shared_integer(cache, TRIALS_SCRIPT_LEADER, 2, 4, args, &answer,
                               err);
    *fence = answer;

    return rc == TRIALS_OK && answer == 0 ? trials_error(
               err, TRIALS_BUSY, TRIALS_KEY_LEADER ": somebody else leads")
                                          : rc;
}


trials_rc_t
trials_leader_release(trials_cache_t *cache, const trials_lock_token_t token,
                      trials_error_t *err)
{
    long long    answer;
    trials_str_t args[2];

    args[0] = trials_arg(TRIALS_KEY_LEADER);
    args[1] = trials_arg(token);

    return trials_shared_integer(cache, TRIALS_SCRIPT_RELEASE, 1, 2, args,
                                 &answer, err);
}


trials_rc_t
trials_followed_read(trials_cache_t *cache, trials_followed_t *followed,
                     trials_error_t *err)
{
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[4];

    memset(followed, 0, sizeof(trials_followed_t));
    args[0] = trials_arg("HMGET");
    args[1] = trials_arg(TRIALS_KEY_REGISTRY);
    args[2] = trials_arg("timestamp");
    args[3] = trials_arg("engine");

    rc = trials_cache_command(cache, 4, args, REDIS_REPLY_ARRAY, &reply, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    if (reply->elements == 2) {
        if (reply->element[0]->type == REDIS_REPLY_STRING) {
            (void) snprintf(followed->timestamp, sizeof(followed->timestamp),
                            "%s", reply->element[0]->str);
        }

        if (reply->element[1]->type == REDIS_REPLY_STRING) {
            (void) snprintf(followed->engine, sizeof(followed->engine), "%s",
                            reply->element[1]->str);
        }
    }

    freeReplyObject(reply);

    return TRIALS_OK;
}


trials_rc_t
trials_followed_write(trials_cache_t *cache, const trials_followed_t *followed,
                      int64_t fence, trials_error_t *err)
{
    char         number[24];
    long long    answer;
    trials_rc_t  rc;
    trials_str_t args[6];

    (void) snprintf(number, sizeof(number), "%" PRId64, fence);
    args[0] = trials_arg(TRIALS_KEY_REGISTRY);
    args[1] = trials_arg(number);
    args[2] = trials_arg("timestamp");
    args[3] = trials_arg(followed->timestamp);
    args[4] = trials_arg("engine");
    args[5] = trials_arg(followed->engine);

    rc = trials_shared_integer(cache, TRIALS_SCRIPT_FOLLOWED, 1, 6, args,
                               &answer, err);

    return rc == TRIALS_OK && answer == 0
               ? trials_error(err, TRIALS_BUSY,
                              TRIALS_KEY_REGISTRY ": another one has led since")
               : rc;
}


trials_rc_t
trials_cache_changed(trials_cache_t *cache, const trials_update_t *updates,
                     size_t n, const char *engine, trials_id_t *changed,
                     size_t *nchanged, trials_error_t *err)
{
    size_t       i;
    const char  *p;
    redisReply  *reply;
    trials_rc_t  rc;
    trials_buf_t list;
    trials_str_t args[4];

    *nchanged = 0;
    trials_buf_init(&list, TRIALS_LIST_MAX);

    for (i = 0; i < n; i++) {
        trials_buf_printf(&list, "%s=%s ", updates[i].id, updates[i].updated);
    }

    if (n == 0 || list.failed) {
        rc = list.failed ? trials_error(err, list.failed, "%zu ids", n)
                         : TRIALS_OK;
        trials_buf_free(&list);
        return rc;
    }

    args[0] = trials_arg(TRIALS_KEY_DOCUMENT);
    args[1] = trials_arg(TRIALS_STR(TRIALS_DOCUMENT_VERSION));
    args[2] = trials_arg(engine);
    args[3].data = list.data;
    args[3].len = list.len;

    rc = trials_cache_script(cache, TRIALS_SCRIPT_CHANGED, 0, 4, args,
                             REDIS_REPLY_STRING, &reply, err);
    trials_buf_free(&list);

    if (rc != TRIALS_OK) {
        return rc;
    }

    for (p = reply->str; p && *p && *nchanged < n; (*nchanged)++) {
        p = trials_shared_word(p, changed[*nchanged], sizeof(trials_id_t));
    }

    freeReplyObject(reply);

    return TRIALS_OK;
}


trials_rc_t
trials_cache_due(trials_cache_t *cache, int64_t now, size_t max,
                 trials_name_t *names, size_t *n, trials_error_t *err)
{
    char         at[24], most[24];
    const char  *p;
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[4];

    *n = 0;
    (void) snprintf(at, sizeof(at), "%" PRId64, now);
    (void) snprintf(most, sizeof(most), "%zu", max);

    args[0] = trials_arg(TRIALS_KEY_FRESH);
    args[1] = trials_arg(TRIALS_KEY_DOCUMENT);
    args[2] = trials_arg(at);
    args[3] = trials_arg(most);

    rc = trials_cache_script(cache, TRIALS_SCRIPT_DUE, 1, 4, args,
                             REDIS_REPLY_STRING, &reply, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    for (p = reply->str; p && *p && *n < max; (*n)++) {
        p = trials_shared_word(p, names[*n], sizeof(trials_name_t));
    }

    freeReplyObject(reply);

    return TRIALS_OK;
}


trials_rc_t
trials_cache_stale(trials_cache_t *cache, trials_error_t *err)
{
    char         cursor[32];
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[3];

    memcpy(cursor, "0", 2);

    do {
        args[0] = trials_arg(TRIALS_KEY_FRESH);
        args[1] = trials_arg(cursor);
        args[2] = trials_arg(TRIALS_STALE_STEP);

        rc = trials_cache_script(cache, TRIALS_SCRIPT_STALE, 1, 3, args,
                                 REDIS_REPLY_STRING, &reply, err);
        if (rc != TRIALS_OK) {
            return rc;
        }

        (void) snprintf(cursor, sizeof(cursor), "%s", reply->str);
        freeReplyObject(reply);

    } while (strcmp(cursor, "0") != 0);

    return TRIALS_OK;
}


trials_rc_t
trials_cache_may_lose(trials_cache_t *cache, const trials_id_t *ids, size_t n,
                      int64_t now, long share, long least, int *allowed,
                      trials_error_t *err)
{
    char         at[24], thousandths[24], few[24];
    long long    answer;
    trials_rc_t  rc;
    trials_buf_t list;
    trials_str_t args[8];

    *allowed = 0;

    rc = trials_shared_ids(ids, n, &list, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    (void) snprintf(at, sizeof(at), "%" PRId64, now);
    (void) snprintf(thousandths, sizeof(thousandths), "%ld", share);
    (void) snprintf(few, sizeof(few), "%ld", least);

    args[0] = trials_arg(TRIALS_KEY_LOSSES);
    args[1] = trials_arg(TRIALS_KEY_FRESH);
    args[2] = trials_arg(TRIALS_KEY_DOCUMENT);
    args[3] = trials_arg(at);
    args[4] = trials_arg(TRIALS_LOSS_WINDOW);
    args[5] = trials_arg(thousandths);
    args[6] = trials_arg(few);
    args[7].data = list.data;
    args[7].len = list.len;

    rc = trials_shared_integer(cache, TRIALS_SCRIPT_LOSE, 2, 8, args, &answer,
                               err);
    trials_buf_free(&list);
    *allowed = rc == TRIALS_OK && answer == 1;

    return rc;
}


trials_rc_t
trials_cache_found(trials_cache_t *cache, const trials_id_t *ids, size_t n,
                   trials_error_t *err)
{
    size_t       i, k;
    redisReply  *reply;
    trials_rc_t  rc;
    trials_str_t args[TRIALS_ARGS_MAX];

    args[0] = trials_arg("ZREM");
    args[1] = trials_arg(TRIALS_KEY_LOSSES);

    for (i = 0; i < n; i += k) {
        for (k = 0; k < n - i && k < TRIALS_ARGS_MAX - 2; k++) {
            args[k + 2] = trials_arg(ids[i + k]);
        }

        rc = trials_cache_command(cache, (int) k + 2, args, REDIS_REPLY_INTEGER,
                                  &reply, err);
        if (rc != TRIALS_OK) {
            return rc;
        }

        freeReplyObject(reply);
    }

    return TRIALS_OK;
}


static trials_rc_t
trials_shared_integer(trials_cache_t *cache, trials_script_t script, int nkeys,
                      int n, const trials_str_t *args, long long *answer,
                      trials_error_t *err)
{
    redisReply *reply;
    trials_rc_t rc;

    *answer = 0;

    rc = trials_cache_script(cache, script, nkeys, n, args, REDIS_REPLY_INTEGER,
                             &reply, err);
    if (rc == TRIALS_OK) {
        *answer = reply->integer;
        freeReplyObject(reply);
    }

    return rc;
}


/* Ids as one argument; list is the caller's where it is TRIALS_OK. */

static trials_rc_t
trials_shared_ids(const trials_id_t *ids, size_t n, trials_buf_t *list,
                  trials_error_t *err)
{
    size_t      i;
    trials_rc_t rc;

    trials_buf_init(list, TRIALS_LIST_MAX);
    trials_buf_append(list, " ", 1);

    for (i = 0; i < n; i++) {
        trials_buf_printf(list, "%s ", ids[i]);
    }

    if (list->failed == TRIALS_OK) {
        return TRIALS_OK;
    }

    rc = trials_error(err, list->failed, "%zu ids", n);
    trials_buf_free(list);

    return rc;
}


/* Copies the first word of a list; returns the rest of it. */

static const char *
trials_shared_word(const char *list, char *word, size_t size)
{
    size_t len;

    len = strcspn(list, " ");
    (void) snprintf(word, size, "%.*s", (int) len, list);

    return list + len + (list[len] == ' ');
}
