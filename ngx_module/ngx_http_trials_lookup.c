/* Asking Redis for documents: see ngx_http_trials_lookup.h. */

#include "ngx_http_trials_lookup.h"
#include "ngx_http_trials_wanted.h"

#include <stdlib.h>


/* Lookups in turn that an invalidation may outrun before one is believed. */
#define NGX_HTTP_TRIALS_TURNS 3

/* How long, ms, the zone keeps what is due for a check. */
#define NGX_HTTP_TRIALS_DUE 1000

/* How long, ms, a date that lies ahead is not asked for again. */
#define NGX_HTTP_TRIALS_SCORE 1000


static ngx_http_trials_score_t *
ngx_http_trials_lookup_known(ngx_http_trials_waits_t *waits, uint32_t hash);
static const char *
ngx_http_trials_lookup_score(ngx_http_trials_redis_t   *redis,
                             ngx_http_trials_command_t *command,
                             redisReply               **reply);
static const char             *
ngx_http_trials_lookup_reply(ngx_http_trials_redis_t   *redis,
                                         ngx_http_trials_command_t *command,
                                         redisReply               **reply);
static void ngx_http_trials_lookup_document(ngx_http_trials_redis_t  *redis,
                                            ngx_http_trials_lookup_t *lookup,
                                            redisReply              **reply);
static ngx_uint_t
ngx_http_trials_lookup_lacks(const ngx_http_trials_lookup_t   *lookup,
                             const ngx_http_trials_document_t *document);
static void
ngx_http_trials_lookup_store(ngx_http_trials_redis_t          *redis,
                             const ngx_http_trials_lookup_t   *lookup,
                             const ngx_http_trials_document_t *document);


ngx_int_t
ngx_http_trials_lookup_send(ngx_http_trials_redis_t  *redis,
                            ngx_http_trials_lookup_t *lookup)
{
    char                     key[TRIALS_KEY_SIZE];
    size_t                   lens[TRIALS_DOCUMENT_NFIELDS + 2];
    uint32_t                 hash;
    ngx_uint_t               i;
    const char              *argv[TRIALS_DOCUMENT_NFIELDS + 2];
    ngx_http_trials_score_t *known;

    hash = (uint32_t) lookup->trial->sn.node.key;
    known = ngx_http_trials_lookup_known(redis->waits, hash);

    if (known->hash == hash
        && ngx_current_msec - known->time < NGX_HTTP_TRIALS_SCORE
        && known->fresh > (double) ngx_time())
    {
        lookup->fresh = known->fresh;
        lookup->scored = 0;

    } else {
        lookup->scored = 1;

        argv[0] = "ZSCORE";
        lens[0] = sizeof("ZSCORE") - 1;
        argv[1] = TRIALS_KEY_FRESH;
        lens[1] = sizeof(TRIALS_KEY_FRESH) - 1;
        argv[2] = lookup->trial->name;
        lens[2] = lookup->trial->sn.str.len;

        if (ngx_http_trials_link_command(
                &redis->data, ngx_http_trials_lookup_score, hash, 3, argv, lens)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    argv[0] = "HMGET";
    lens[0] = sizeof("HMGET") - 1;
    argv[1] = key;
    lens[1] =
        trials_document_key(TRIALS_KEY_DOCUMENT, lookup->trial->name, key);

    trials_document_fields(lookup->rendition, lookup->language, &argv[2]);

    for (i = 2; i < TRIALS_DOCUMENT_NFIELDS + 2; i++) {
        lens[i] = ngx_strlen(argv[i]);
    }

    if (ngx_http_trials_link_command(&redis->data, ngx_http_trials_lookup_reply,
                                     (uintptr_t) lookup,
                                     TRIALS_DOCUMENT_NFIELDS + 2, argv, lens)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_http_trials_zone_mark(redis->zone, &lookup->mark);

    lookup->in_flight = 1;
    lookup->again = 0;
    lookup->missing = 0;

    return NGX_OK;
}
static ngx_http_trials_score_t *
ngx_http_trials_lookup_known(ngx_http_trials_waits_t *waits, uint32_t hash)
{
    return &waits->scores[hash & (NGX_HTTP_TRIALS_SCORES - 1)];
}


void
ngx_http_trials_lookup_changed(ngx_http_trials_waits_t *waits, const char *name,
                               size_t len)
{
    uint32_t hash;

    hash = ngx_crc32_short((u_char *) (uintptr_t) name, len);

    ngx_http_trials_lookup_known(waits, hash)->time =
        ngx_current_msec - NGX_HTTP_TRIALS_SCORE;
}


/*
 * Until when the document is fresh; in the past where nobody knows.  It is kept
 * beside the lookups: the reply to HMGET is the very next.
 */

static const char *
ngx_http_trials_lookup_score(ngx_http_trials_redis_t   *redis,
                             ngx_http_trials_command_t *command,
                             redisReply               **reply)
{
    ngx_http_trials_score_t *known;

    redis->waits->fresh = 0;

    if (reply == NULL || (*reply)->type == REDIS_REPLY_NIL) {
        return NULL;
    }

    if ((*reply)->type == REDIS_REPLY_STRING) {
        redis->waits->fresh = strtod((*reply)->str, NULL);

        known = ngx_http_trials_lookup_known(redis->waits,
                                             (uint32_t) command->data);

        known->hash = (uint32_t) command->data;
        known->time = ngx_current_msec;
        known->fresh = redis->waits->fresh;

        return NULL;
    }

    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                  "trials redis \"%V\" has no scores in \"%s\": \"%s\"",
                  &redis->conf->name, TRIALS_KEY_FRESH,
                  (*reply)->str ? (*reply)->str : "");

    return NULL;
}


static const char *
ngx_http_trials_lookup_reply(ngx_http_trials_redis_t   *redis,
                             ngx_http_trials_command_t *command,
                             redisReply               **reply)
{
    const char               *reason;
    ngx_http_trials_trial_t  *trial;
    ngx_http_trials_lookup_t *lookup;

    reason = NULL;
    lookup = (ngx_http_trials_lookup_t *) command->data;
    trial = lookup->trial;

    lookup->in_flight = 0;

    if (lookup->scored) {
        lookup->fresh = redis->waits->fresh;
    }

    if (reply == NULL) {
        /* The connection was lost; the next one looks up again. */

    } else if ((*reply)->type == REDIS_REPLY_ERROR
               && ngx_strncmp((*reply)->str, "WRONGTYPE", 9) != 0)
    {
        reason = ngx_http_trials_redis_refused(redis, *reply);

    } else if (!ngx_queue_empty(&lookup->waiters)) {
        ngx_http_trials_lookup_document(redis, lookup, reply);
    }

    ngx_http_trials_trial_settle(redis, trial);

    return reason;
}


static void
ngx_http_trials_lookup_document(ngx_http_trials_redis_t  *redis,
                                ngx_http_trials_lookup_t *lookup,
                                redisReply              **reply)
{
    const char                 *reason;
    ngx_http_trials_document_t *document;

    document = ngx_http_trials_document_create(*reply, &reason);

    if (document) {
        *reply = NULL;

    } else if (reason == NULL) {
        ngx_http_trials_lookup_wake(redis, lookup, NGX_HTTP_TRIALS_UNAVAILABLE,
                                    NULL);
        return;
    }

    if (lookup->again
        && (document == NULL || document->value.state == TRIALS_DOCUMENT_NONE
            || lookup->turns++ < NGX_HTTP_TRIALS_TURNS))
    {
        /* What was read may be what the writer replaced. */

        if (document) {
            ngx_http_trials_document_release(document);
        }

        if (ngx_http_trials_lookup_send(redis, lookup) != NGX_OK) {
            ngx_http_trials_lookup_wake(redis, lookup,
                                        NGX_HTTP_TRIALS_UNAVAILABLE, NULL);
        }

        return;
    }

    lookup->turns = 0;

    if (document == NULL) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "trials redis \"%V\": key \"%s{%s}\" is broken: %s",
                      &redis->conf->name, TRIALS_KEY_DOCUMENT,
                      lookup->trial->name, reason);

        ngx_http_trials_lookup_missing(redis, lookup);
        return;
    }

    if (document->value.state == TRIALS_DOCUMENT_NONE
        || ngx_http_trials_lookup_lacks(lookup, document))
    {
        ngx_http_trials_document_release(document);
        ngx_http_trials_lookup_missing(redis, lookup);
        return;
    }

    if (document->value.state == TRIALS_DOCUMENT_PRESENT
        && lookup->fresh <= (double) ngx_time())
    {
        document->stale = 1;
        document->asked =
            (ngx_http_trials_wanted_ask(redis, lookup->trial->name)
             == NGX_BUSY);
    }

    ngx_http_trials_lookup_store(redis, lookup, document);

    lookup->due = 0;
    ngx_http_trials_lookup_wake(redis, lookup, NGX_HTTP_TRIALS_FOUND, document);
    ngx_http_trials_document_release(document);
}


/* Puts what was read into the zone, for as long as it is known to be good. */

static void
ngx_http_trials_lookup_store(ngx_http_trials_redis_t          *redis,
                             const ngx_http_trials_lookup_t   *lookup,
                             const ngx_http_trials_document_t *document)
{
    double                   left;
    ngx_http_trials_key_t    key;
    const trials_document_t *from;
    ngx_http_trials_value_t  value;

    from = &document->value;
    key = ngx_http_trials_store_key(
        lookup->trial->name, lookup->trial->sn.str.len,
        (unsigned) lookup->rendition, (unsigned) lookup->language);

    ngx_memzero(&value, sizeof(ngx_http_trials_value_t));

    value.state = from->state;
    value.modified = from->modified;
    value.size = from->size;
    value.stale = document->stale;
    value.ttl = redis->zone->max_age;
    value.etag.data = (u_char *) (uintptr_t) from->etag.data;
    value.etag.len = from->etag.len;
    value.location.data = (u_char *) (uintptr_t) from->location.data;
    value.location.len = from->location.len;

    value.bodies[NGX_HTTP_TRIALS_GZIP].data =
        (u_char *) (uintptr_t) from->body.data;
    value.bodies[NGX_HTTP_TRIALS_GZIP].len = from->body.len;
    value.bodies[NGX_HTTP_TRIALS_BROTLI].data =
        (u_char *) (uintptr_t) from->brotli.data;
    value.bodies[NGX_HTTP_TRIALS_BROTLI].len = from->brotli.len;

    if (from->state == TRIALS_DOCUMENT_PRESENT) {
        left = document->stale ? NGX_HTTP_TRIALS_DUE
                               : (lookup->fresh - (double) ngx_time()) * 1000;

        if (left < (double) value.ttl) {
            value.ttl = (ngx_msec_t) left;
        }
    }

    ngx_http_trials_zone_put(redis->zone, &key, &value, &lookup->mark);
}


/* Whether a trial lacks what every trial has: somebody took it away. */

static ngx_uint_t
ngx_http_trials_lookup_lacks(const ngx_http_trials_lookup_t   *lookup,
                             const ngx_http_trials_document_t *document)
{
    const ngx_str_t *name;

    name = &lookup->trial->sn.str;

    return document->value.state == TRIALS_DOCUMENT_PRESENT
           && document->value.body.data == NULL
           && lookup->language == TRIALS_LANGUAGE_EN
           && lookup->rendition < TRIALS_NTRIAL
           && trials_name_kind((char *) name->data, name->len)
                  == TRIALS_NAME_TRIAL;
}
