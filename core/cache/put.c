/* Documents: put where they changed. */

#include "core/cache/connection.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


/* Arguments of the script that every put has; the fields come after them. */
#define TRIALS_PUT_KEYS  5
#define TRIALS_PUT_MODE  (TRIALS_PUT_KEYS + 10)
#define TRIALS_PUT_FIXED (TRIALS_PUT_KEYS + 12)


/* What is sent, and the memory it is in. */

typedef struct {
    trials_hash_t hash;
    char          size[24];
    char         *gzip;
    char         *brotli;
    const char   *fields[TRIALS_DOCUMENT_NFIELDS];
} trials_put_body_t;

typedef struct {
    trials_str_t      args[TRIALS_ARGS_MAX];
    int               n;
    trials_put_body_t bodies[TRIALS_NLANGUAGES][TRIALS_NRENDITIONS];
    char              names[TRIALS_NLANGUAGES * TRIALS_NRENDITIONS * 16];
    trials_hash_t     hash; /* of all */
} trials_put_t;


static trials_rc_t
            trials_put_check(const char *name, const trials_entry_t *entry,
                             trials_error_t *err);
static void trials_put_hash(trials_put_t *put, const trials_entry_t *entry);
static trials_rc_t
trials_put_send(trials_cache_t *cache, const trials_put_t *put,
                long long *answer, trials_error_t *err);
static trials_rc_t
                   trials_put_bodies(trials_cache_t *cache, trials_put_t *put,
                                     const trials_entry_t *entry, trials_error_t *err);
static trials_rc_t trials_put_body(trials_cache_t *cache, trials_put_t *put,
                                   trials_put_body_t *body, trials_str_t from,
                                   int quality, trials_error_t *err);
static void
trials_put_add(trials_put_t *put, const char *name, const char *value);


trials_rc_t
trials_cache_put(trials_cache_t *cache, const char *name,
                 const trials_entry_t *entry, int64_t now, int64_t fresh_until,
                 int *changed, trials_error_t *err)
{
    int          language, rendition;
    char         key[TRIALS_KEY_SIZE], at[24], until[24], checked[24];
    long long    answer;
    trials_rc_t  rc;
    trials_put_t put;

    rc = trials_put_check(name, entry, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    memset(&put, 0, sizeof(trials_put_t));
    (void) trials_document_key(TRIALS_KEY_DOCUMENT, name, key);
    (void) snprintf(at, sizeof(at), "%" PRId64, now);
    (void) snprintf(until, sizeof(until), "%" PRId64, fresh_until);
    (void) snprintf(checked, sizeof(checked), "%" PRId64, entry->checked);
    trials_put_hash(&put, entry);

    put.args[0] = trials_arg(key);
    put.args[1] = trials_arg(TRIALS_KEY_FRESH);
    put.args[2] = trials_arg(TRIALS_KEY_SUMMARY);
    put.args[3] = trials_arg(TRIALS_KEY_CHANGES);
    put.args[4] = trials_arg(TRIALS_KEY_PAGES);
    put.args[5] = trials_arg(name);
    put.args[6] = trials_arg(put.hash);
    put.args[7] = trials_arg(entry->engine);
    put.args[8] = trials_arg(entry->registry ? entry->registry : "");
    put.args[9] = trials_arg(at);
    put.args[10] = trials_arg(until);
    put.args[11] = trials_arg(trials_state_name(entry->state));
    put.args[12] = trials_arg(TRIALS_STR(TRIALS_DOCUMENT_VERSION));
    put.args[13] = trials_arg(entry->source ? entry->source : "");
    put.args[14] = trials_arg(checked);
    put.args[TRIALS_PUT_MODE] = trials_arg("ask");
    put.args[TRIALS_PUT_MODE + 1] = entry->summary;
    put.n = TRIALS_PUT_FIXED;

    /* Compressing costs far more than asking whether it is for nothing. */

    rc = trials_put_send(cache, &put, &answer, err);

    if (rc == TRIALS_OK && answer == 2) {
        put.args[TRIALS_PUT_MODE] = trials_arg("write");

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

    for (language = 0; language < TRIALS_NLANGUAGES; language++) {
        for (rendition = 0; rendition < TRIALS_NRENDITIONS; rendition++) {
            free(put.bodies[language][rendition].gzip);
            free(put.bodies[language][rendition].brotli);
        }
    }

    return rc;
}


static trials_rc_t
trials_put_check(const char *name, const trials_entry_t *entry,
                 trials_error_t *err)
{
    int         i;
    trials_rc_t rc;

    rc = trials_cache_check_name(name, err);

    if (rc == TRIALS_OK && entry->state == TRIALS_DOCUMENT_ALIAS
        && (entry->location == NULL
            || trials_name_kind(entry->location, strlen(entry->location))
                   != TRIALS_NAME_TRIAL))
    {
        rc =
            trials_error(err, TRIALS_INVALID, "%s: an alias of no study", name);
    }

    if (rc != TRIALS_OK || entry->state != TRIALS_DOCUMENT_PRESENT) {
        return rc;
    }

    if (trials_name_kind(name, strlen(name)) == TRIALS_NAME_TRIAL) {
        for (i = 0; i < TRIALS_NTRIAL; i++) {
            if (entry->bodies[TRIALS_LANGUAGE_EN][i].len == 0) {
                return trials_error(
                    err, TRIALS_INVALID, "%s: the rendition \"%s\" is empty",
                    name, trials_rendition_name((trials_rendition_t) i));
            }
        }

        return TRIALS_OK;
    }

    for (i = 0; i < TRIALS_NRENDITIONS; i++) {
        if (entry->bodies[TRIALS_LANGUAGE_EN][i].len) {
            return TRIALS_OK;
        }
    }

    return trials_error(err, TRIALS_INVALID, "%s: no rendition", name);
}


/* Hashes the bodies, and all that a reader would see of the entry. */

static void
trials_put_hash(trials_put_t *put, const trials_entry_t *entry)
{
    int                 i, len, used, language, rendition;
    char                all[TRIALS_NLANGUAGES * TRIALS_NRENDITIONS * 64 + 48];
    const trials_str_t *from;
    trials_put_body_t  *body;

    len =
        snprintf(all, sizeof(all), "%s %s", trials_state_name(entry->state),
                 entry->state == TRIALS_DOCUMENT_ALIAS ? entry->location : "");
    used = 0;

    for (i = 0; entry->state == TRIALS_DOCUMENT_PRESENT
                && i < TRIALS_NLANGUAGES * TRIALS_NRENDITIONS;
         i++)
    {
        language = i / TRIALS_NRENDITIONS;
        rendition = i % TRIALS_NRENDITIONS;
        from = &entry->bodies[language][rendition];
        body = &put->bodies[language][rendition];

        if (from->len == 0) {
            continue;
        }

        trials_document_fields((trials_rendition_t) rendition,
                               (trials_language_t) language, body->fields);
        trials_hash(from->data, from->len, body->hash);
        (void) snprintf(body->size, sizeof(body->size), "%zu", from->len);

        len += snprintf(all + len, sizeof(all) - (size_t) len, " %s %s",
                        body->fields[4], body->hash);
        used += snprintf(put->names + used, sizeof(put->names) - (size_t) used,
                         " %s", body->fields[4]);
    }

    trials_hash(all, (size_t) len, put->hash);
}


static trials_rc_t
trials_put_send(trials_cache_t *cache, const trials_put_t *put,
                long long *answer, trials_error_t *err)
{
    redisReply *reply;
    trials_rc_t rc;

    rc = trials_cache_script(cache, TRIALS_SCRIPT_PUT, TRIALS_PUT_KEYS, put->n,
                             put->args, REDIS_REPLY_INTEGER, &reply, err);
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
    int                 i, rendition;
    trials_rc_t         rc;
    const trials_str_t *from;
    trials_put_body_t  *body;

    if (entry->state != TRIALS_DOCUMENT_PRESENT) {
        return TRIALS_OK;
    }

    trials_put_add(put, "bodies", put->names);

    for (i = 0; i < TRIALS_NLANGUAGES * TRIALS_NRENDITIONS; i++) {
        rendition = i % TRIALS_NRENDITIONS;
        body = &put->bodies[i / TRIALS_NRENDITIONS][rendition];
        from = &entry->bodies[i / TRIALS_NRENDITIONS][rendition];

        if (body->fields[4] == NULL) {
            continue;
        }

        /* Pages are what browsers ask for; the rest is small, and for programs
         * most of it.  Brotli would save a tenth of it, less than a packet. */

        rc = trials_put_body(
            cache, put, body, *from,
            rendition == TRIALS_RENDITION_PAGE ? cache->brotli : 0, err);
        if (rc != TRIALS_OK) {
            return rc;
        }
    }

    return TRIALS_OK;
}


/* One body: gzip'd, and in brotli of this quality, unless that is 0 or saves
 * nothing. */

static trials_rc_t
trials_put_body(trials_cache_t *cache, trials_put_t *put,
                trials_put_body_t *body, trials_str_t from, int quality,
                trials_error_t *err)
{
    trials_rc_t  rc;
    trials_str_t gzip, brotli;

    rc = trials_gzip_deflate(cache->gzip, from, &body->gzip, &gzip.len, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    gzip.data = body->gzip;
    put->args[put->n++] = trials_arg(body->fields[4]);
    put->args[put->n++] = gzip;
    trials_put_add(put, body->fields[5], body->hash);
    trials_put_add(put, body->fields[6], body->size);

    if (quality == 0) {
        return TRIALS_OK;
    }

    rc = trials_brotli_encode(from, quality, &body->brotli, &brotli.len, err);

    if (rc == TRIALS_OK && brotli.len < gzip.len) {
        brotli.data = body->brotli;
        put->args[put->n++] = trials_arg(body->fields[7]);
        put->args[put->n++] = brotli;
    }

    return rc;
}


static void
trials_put_add(trials_put_t *put, const char *name, const char *value)
{
    put->args[put->n++] = trials_arg(name);
    put->args[put->n++] = trials_arg(value);
}


const char *
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
