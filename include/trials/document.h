/*
 * The format of documents in Redis: the one thing that the refresher, which
 * writes them, and the nginx module, which reads them, must agree upon.
 *
 * Nothing here calls Redis, allocates or needs another library: it compiles
 * into libtrials and into the nginx module alike.
 *
 * A trial is one hash, `trials:doc:{NCT01234567}` (the braces are part of the
 * key: Redis Cluster keeps a trial's keys together by them), with the fields
 *
 *   v             TRIALS_DOCUMENT_VERSION
 *   state         "present", "absent" (the registry has no such study) or
 *                 "alias" (another study's: location holds its id)
 *   location      of an alias
 *   modified      Unix seconds: when the bytes last changed
 *   registry      lastUpdatePostDate of the record the renditions were made of
 *   engine        trials_page_engine() that made them
 *   hash          of all bodies: what put-if-changed compares
 *   page, print, embed, json               gzip'd bodies (RFC 1952)
 *   page:etag, …  the entity tag's opaque part, [0-9a-f]+, without quotes
 *   page:size     of the body before gzip, bytes, decimal
 *
 * Absent and alias hashes carry the first fields only and expire by themselves.
 */

#ifndef TRIALS_DOCUMENT_H
#define TRIALS_DOCUMENT_H


#include <stddef.h>
#include <stdint.h>


#define TRIALS_DOCUMENT_VERSION 1

#define TRIALS_KEY_DOCUMENT "trials:doc:"
#define TRIALS_KEY_FRESH    "trials:fresh"
#define TRIALS_KEY_WANTED   "trials:wanted"
#define TRIALS_KEY_LOCK     "trials:lock:"
#define TRIALS_KEY_REGISTRY "trials:registry"
#define TRIALS_GROUP_NAME   "refreshers"

/* The field of a `trials:wanted` entry that holds the id. */
#define TRIALS_WANTED_FIELD "id"

/* "trials:doc:{NCT01234567}", its NUL included. */
#define TRIALS_KEY_SIZE 32


typedef enum {
    TRIALS_RENDITION_PAGE = 0,
    TRIALS_RENDITION_PRINT,
    TRIALS_RENDITION_EMBED,
    TRIALS_RENDITION_JSON,
    TRIALS_NRENDITIONS
} trials_rendition_t;

/* "page", …; also the name of its field in the hash. */
const char *trials_rendition_name(trials_rendition_t rendition);

/* "text/html; charset=utf-8" or "application/json". */
const char *trials_rendition_type(trials_rendition_t rendition);

/* The rendition of that name; -1 where there is none. */
int trials_rendition_parse(const char *name, size_t len);

/* Writes "trials:doc:{" id "}" and a NUL to key; returns the length. */
size_t trials_document_key(const char *prefix, const char *id, char *key);

/* The id within a document's key, TRIALS_ID_LEN bytes of it; NULL where that is
 * no document's key. */
const char *trials_document_key_id(const char *key, size_t len);


typedef enum {
    TRIALS_DOCUMENT_NONE = 0, /* there is no such hash */
    TRIALS_DOCUMENT_PRESENT,
    TRIALS_DOCUMENT_ABSENT,
    TRIALS_DOCUMENT_ALIAS
} trials_document_state_t;

/* A value of Redis's reply: data NULL for nil.  Points into the reply. */
typedef struct {
    const char *data;
    size_t      len;
} trials_value_t;

/* One rendition as read: everything points into the reply. */
typedef struct {
    trials_document_state_t state;
    trials_value_t          location; /* of an alias: TRIALS_ID_LEN bytes */
    int64_t                 modified; /* Unix seconds */
    trials_value_t          body;     /* gzip */
    trials_value_t          etag;     /* opaque part, validated hex */
    size_t                  size;     /* of the body before gzip */
} trials_document_t;

/* How many fields a reader asks for: HMGET key fields[0] … fields[n - 1]. */
#define TRIALS_DOCUMENT_NFIELDS 7

/* Their names for one rendition, in the order _read() takes the values in. */
void trials_document_fields(trials_rendition_t rendition,
                            const char        *fields[TRIALS_DOCUMENT_NFIELDS]);

/*
 * Reads the reply to that HMGET.  Returns NULL and fills in *document, or
 * returns what is wrong with the hash ("version \"2\" is not 1"), in static
 * text.  All fields nil is TRIALS_DOCUMENT_NONE.
 */
const char *
trials_document_read(const trials_value_t *values, trials_document_t *document);


#endif
