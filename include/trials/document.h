/*
 * The format of documents in Redis: the one thing that the refresher, which
 * writes them, and the nginx module, which reads them, must agree upon.
 *
 * Nothing here calls Redis, allocates or needs another library: it compiles
 * into libtrials and into the nginx module alike.
 *
 * A document is one hash, `trials:doc:{NAME}` (the braces are part of the key:
 * Redis Cluster keeps a document's keys together by them).  Its name is a
 * trial's id, "NCT01234567", or that of a page of the site: "index", "glossary",
 * "als/recruiting".  The hash has the fields
 *
 *   v             TRIALS_DOCUMENT_VERSION
 *   state         "present", "absent" (there is no such study or page) or
 *                 "alias" (another study's: location holds its id)
 *   location      of an alias
 *   modified      Unix seconds: when the bytes last changed
 *   registry      lastUpdatePostDate of the record the renditions were made of
 *   engine        trials_page_engine() that made them
 *   source        a hash of that record, ":" and its bytes; "": not known
 *   checked       Unix seconds: when the record was fetched
 *   hash          of all bodies: what put-if-changed compares
 *   bodies        the names of the fields that hold bodies, each after a blank
 *   page, print, …     gzip'd bodies (RFC 1952), in English
 *   page.es, …         the same in another language
 *   page:br, page.es:br    the same body in brotli (RFC 7932), if there is one:
 *                 other renditions could have it too, and have none
 *   page:etag, …  the entity tag's opaque part, [0-9a-f]+, without quotes
 *   page:size, …  of the body without coding, bytes, decimal
 *
 * A document has the renditions that make sense for it, in the languages that
 * were made.  Absent and alias hashes have no bodies and expire by themselves.
 */

#ifndef TRIALS_DOCUMENT_H
#define TRIALS_DOCUMENT_H


#include <stddef.h>
#include <stdint.h>


#define TRIALS_DOCUMENT_VERSION 2

#define TRIALS_KEY_DOCUMENT "trials:doc:"
#define TRIALS_KEY_FRESH    "trials:fresh"
#define TRIALS_KEY_WANTED   "trials:wanted"
#define TRIALS_KEY_LOCK     "trials:lock:"
#define TRIALS_KEY_REGISTRY "trials:registry" /* hash: the change feed's mark */
#define TRIALS_KEY_BUCKET   "trials:bucket" /* hash: requests that may be made */
#define TRIALS_KEY_LEADER   "trials:leader"  /* string: who reads the feed */
#define TRIALS_KEY_LOSSES   "trials:losses"  /* sorted set: what disappeared */
#define TRIALS_KEY_IMPORT   "trials:import:" /* hash: how far an import came */
#define TRIALS_KEY_SUMMARY  "trials:summary" /* hash: each trial in a line */
#define TRIALS_KEY_CHANGES  "trials:changes" /* stream: whose line changed */
#define TRIALS_KEY_PAGES \
    "trials:pages" /* set: the site's pages that are stored */
#define TRIALS_GROUP_NAME "refreshers"

/* The field of a `trials:wanted` entry that holds the name. */
#define TRIALS_WANTED_FIELD "id"

/* A document's name and its NUL. */
#define TRIALS_NAME_SIZE 65

/* "trials:lock:{" and a name and "}", its NUL included. */
#define TRIALS_KEY_SIZE (TRIALS_NAME_SIZE + 15)


/* The first TRIALS_NTRIAL of them every trial has, in English at least. */

typedef enum {
    TRIALS_RENDITION_PAGE = 0,
    TRIALS_RENDITION_PRINT,
    TRIALS_RENDITION_EMBED,
    TRIALS_RENDITION_JSON,
    TRIALS_RENDITION_QUESTIONS,
    TRIALS_RENDITION_OEMBED,
    TRIALS_RENDITION_ATOM,
    TRIALS_NTRIAL,
    TRIALS_RENDITION_XML = TRIALS_NTRIAL, /* a sitemap */
    TRIALS_NRENDITIONS
} trials_rendition_t;

/* "page", …; also the name of its field in the hash. */
const char *trials_rendition_name(trials_rendition_t rendition);

/* "text/html; charset=utf-8", "application/json", … */
const char *trials_rendition_type(trials_rendition_t rendition);

/* The rendition of that name; -1 where there is none. */
int trials_rendition_parse(const char *name, size_t len);


typedef enum {
    TRIALS_LANGUAGE_EN = 0,
    TRIALS_LANGUAGE_ES,
    TRIALS_NLANGUAGES
} trials_language_t;

/* The language's tag (RFC 5646): "en", "es". */
const char *trials_language_tag(trials_language_t language);

/* The language of that tag; -1 where there is none. */
int trials_language_parse(const char *tag, size_t len);


typedef enum {
    TRIALS_NAME_NONE = 0, /* no document can have it */
    TRIALS_NAME_TRIAL,    /* "NCT" and eight digits, not all of them 0 */
    TRIALS_NAME_SITE      /* [a-z0-9-]+ segments with "/" between them */
} trials_name_kind_t;

trials_name_kind_t trials_name_kind(const char *name, size_t len);

/* Writes prefix "{" name "}" and a NUL to key, which holds TRIALS_KEY_SIZE
 * bytes; returns the length.  name must be a document's. */
size_t trials_document_key(const char *prefix, const char *name, char *key);

/* The name within a document's key, *name_len bytes of it; NULL where that is
 * no document's key. */
const char *
trials_document_key_name(const char *key, size_t len, size_t *name_len);


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
    trials_value_t          body;     /* gzip; NULL: no such rendition */
    trials_value_t          brotli;   /* NULL: none */
    trials_value_t          etag;     /* opaque part, validated hex */
    size_t                  size;     /* of the body without coding */
} trials_document_t;

/* How many fields a reader asks for: HMGET key fields[0] … fields[n - 1]. */
#define TRIALS_DOCUMENT_NFIELDS 8

/* Their names for one rendition, in the order _read() takes the values in.  The
 * last is that of the brotli body: who has no use for it gives nil instead. */
void
trials_document_fields(trials_rendition_t rendition, trials_language_t language,
                       const char *fields[TRIALS_DOCUMENT_NFIELDS]);

/*
 * Reads the reply to that HMGET.  Returns NULL and fills in *document, or
 * returns what is wrong with the hash ("version \"1\" is not 2"), in static
 * text.  All fields nil is TRIALS_DOCUMENT_NONE; a document that is present and
 * has nothing of this rendition is read with body.data NULL.
 */
const char *
trials_document_read(const trials_value_t *values, trials_document_t *document);


#endif
