/*
 * The cache: documents in Redis, what readers want, and the lock, over hiredis.
 * The format itself is in <trials/document.h>.
 */

#ifndef TRIALS_CACHE_H
#define TRIALS_CACHE_H


#include <trials/document.h>
#include <trials/memory.h>
#include <trials/registry.h>

#include <stdint.h>


/* A connection to Redis; one per thread.  It connects when first used and
 * again after it was lost.  The process must ignore SIGPIPE. */
typedef struct trials_cache_s trials_cache_t;

typedef struct {
    const char *address;  /* "127.0.0.1:6379", "unix:/path/to/socket" or
                             "sentinel:name@host:port,host:port" */
    const char *username; /* NULL: the default user */
    const char *password; /* NULL: none */
    int         database; /* 0 to … */
    long        timeout;  /* milliseconds, to connect and a command */
    int         brotli;   /* quality of pages, 1 to 11; 0: gzip alone */
} trials_cache_settings_t;

/* 127.0.0.1:6379, database 0, 2 s, brotli 5. */
void trials_cache_defaults(trials_cache_settings_t *settings);

/*
 * Reads a password from the first line of a file, without its end of line, into
 * password, which holds size bytes.  TRIALS_FAILED, naming the file but nothing
 * of what is in it, where it cannot be read, is empty or does not fit.
 */
trials_rc_t trials_cache_password(const char *file, char *password, size_t size,
                                  trials_error_t *err);

/* Copies the settings; does not connect yet.  NULL with *err where the address
 * cannot be read or memory is out.  Freed by _destroy(). */
trials_cache_t *trials_cache_create(const trials_cache_settings_t *settings,
                                    trials_error_t                *err);
void            trials_cache_destroy(trials_cache_t *cache);

/*
 * All calls below: TRIALS_UNAVAILABLE where Redis cannot be reached, was lost
 * or is loading; TRIALS_FAILED where it answers with an error or with something
 * that does not fit.  The message names the address and the command.
 */

/* What there is to store.  Bodies are not gzip'd yet; an empty one is not
 * there. */
typedef struct {
    trials_document_state_t state;
    const char             *location; /* of an alias, else NULL */
    const char             *registry; /* lastUpdatePostDate, or "" */
    const char             *engine;
    const char             *source;  /* of the record, or NULL */
    int64_t                 checked; /* Unix seconds: what the page says */
    trials_str_t            summary; /* <trials/summary.h>; empty: none */
    trials_str_t            bodies[TRIALS_NLANGUAGES][TRIALS_NRENDITIONS];
} trials_entry_t;

/*
 * Compresses and stores a document unless the same bytes are there already, and
 * notes when it must be checked again.  now and fresh_until in Unix seconds; an
 * entry that is not present expires at fresh_until.  *changed, where not NULL,
 * tells whether anything was written.  TRIALS_INVALID where the name can be no
 * document's, or where one that is present lacks what it must have: a trial
 * TRIALS_NTRIAL renditions in English, a page of the site at least one body.
 */
trials_rc_t
trials_cache_put(trials_cache_t *cache, const char *name,
                 const trials_entry_t *entry, int64_t now, int64_t fresh_until,
                 int *changed, trials_error_t *err);

/* What the cache knows of a document.  Texts are cut where they do not fit. */
typedef struct {
    trials_document_state_t state;
    char                    engine[128];
    char                    registry[16];
    char                    source[56];  /* of the entry that was put */
    int64_t                 checked;     /* the same */
    int64_t                 fresh_until; /* Unix seconds; 0: check it */
} trials_stored_t;

/* Looks at a document: all but its bodies.  model, where not NULL, receives the
 * JSON rendition in English, or nothing. */
trials_rc_t trials_cache_look(trials_cache_t *cache, const char *name,
                              trials_stored_t *stored, trials_buf_t *model,
                              trials_error_t *err);

/* It was checked and is as it should be: says until when it is fresh. */
trials_rc_t trials_cache_touch(trials_cache_t *cache, const char *name,
                               int64_t fresh_until, trials_error_t *err);

/* Reads one rendition, inflated, into body, which is emptied first.
 * TRIALS_NOT_FOUND where there is none. */
trials_rc_t
trials_cache_get(trials_cache_t *cache, const char *name,
                 trials_rendition_t rendition, trials_language_t language,
                 trials_buf_t *body, trials_error_t *err);

/* Deletes a document and its freshness; *existed, where not NULL, tells
 * whether there was one. */
trials_rc_t trials_cache_invalidate(trials_cache_t *cache, const char *name,
                                    int *existed, trials_error_t *err);

/* Deletes all documents, in steps that do not hold up Redis; *n counts them. */
trials_rc_t trials_cache_invalidate_all(trials_cache_t *cache, size_t *n,
                                        trials_error_t *err);


/* The stream of documents that readers asked for. */

#define TRIALS_WANTED_ENTRY_LEN 63

typedef struct {
    char    entry[TRIALS_WANTED_ENTRY_LEN + 1]; /* the stream's entry id */
    char    name[TRIALS_NAME_SIZE]; /* "" where the entry holds none */
    int64_t since; /* Unix milliseconds: when it was first asked for */
    int64_t tries; /* how often it was taken before; 0: it is new */
} trials_wanted_t;

/* Adds a name, as the module does. */
trials_rc_t
trials_wanted_add(trials_cache_t *cache, const char *name, trials_error_t *err);

/*
 * Takes up to max entries for this consumer, making the group when there is none:
 * such as another consumer (or this one) took at least min_idle milliseconds ago
 * and did not finish, or new ones, in turns; where there are neither, it waits up
 * to wait milliseconds (less than the cache's timeout) for a new one.  What was
 * taken twice before comes alone.  *n tells how many there are; TRIALS_NOT_FOUND
 * where none came.
 */
trials_rc_t
trials_wanted_take(trials_cache_t *cache, const char *consumer, long min_idle,
                   long wait, trials_wanted_t *wanted, size_t max, size_t *n,
                   trials_error_t *err);

/* The entry is dealt with: removes it from the stream and the group. */
trials_rc_t
trials_wanted_done(trials_cache_t *cache, const trials_wanted_t *wanted,
                   trials_error_t *err);


/* The lock that lets one refresher at a time make a document. */

#define TRIALS_LOCK_TOKEN_SIZE 33

typedef char trials_lock_token_t[TRIALS_LOCK_TOKEN_SIZE];

/* Takes the lock for ttl milliseconds.  TRIALS_BUSY where somebody has it. */
trials_rc_t trials_lock_take(trials_cache_t *cache, const char *name, long ttl,
                             trials_lock_token_t token, trials_error_t *err);

/* Makes it end ttl milliseconds from now.  TRIALS_BUSY where it is ours no
 * longer. */
trials_rc_t trials_lock_renew(trials_cache_t *cache, const char *name,
                              const trials_lock_token_t token, long ttl,
                              trials_error_t *err);

/* Gives it back, if it is still ours. */
trials_rc_t
trials_lock_release(trials_cache_t *cache, const char *name,
                    const trials_lock_token_t token, trials_error_t *err);


/*
 * What all refreshers share.
 */

/*
 * One bucket of requests to the registry.  It fills at rate a minute up to
 * burst; who leaves reserve of them to others waits for more than that.  *wait
 * is 0 where one may be asked now, else milliseconds until it is worth trying
 * again.
 */
typedef struct {
    long rate;
    long burst;
    long reserve;
} trials_bucket_t;

trials_rc_t
trials_bucket_take(trials_cache_t *cache, const trials_bucket_t *bucket,
                   long *wait, trials_error_t *err);

/* The registry asked for ms milliseconds without requests: all get them. */
trials_rc_t
trials_bucket_hold(trials_cache_t *cache, long ms, trials_error_t *err);

/*
 * The lead: one refresher reads the change feed.  Takes it, or keeps it, for ttl
 * milliseconds; TRIALS_BUSY where somebody else has it.  *fence is the number of
 * this leadership: what a leader writes carries it, so that one that lost the
 * lead without noticing can write no more.
 */
trials_rc_t
trials_leader_take(trials_cache_t *cache, const trials_lock_token_t token,
                   long ttl, int64_t *fence, trials_error_t *err);
trials_rc_t
trials_leader_release(trials_cache_t *cache, const trials_lock_token_t token,
                      trials_error_t *err);

/* A new token; TRIALS_FAILED where the system has no random bytes. */
trials_rc_t trials_lock_token(trials_lock_token_t token, trials_error_t *err);

/* How far the registry has been followed; "" where it has not yet. */
typedef struct {
    char timestamp[32]; /* data set that was read to its end */
    char engine[128];   /* that all documents are made by, or due to be */
} trials_followed_t;

trials_rc_t
trials_followed_read(trials_cache_t *cache, trials_followed_t *followed,
                     trials_error_t *err);

/* TRIALS_BUSY where there has been another leader since. */
trials_rc_t
trials_followed_write(trials_cache_t *cache, const trials_followed_t *followed,
                      int64_t fence, trials_error_t *err);

/* A name of a document, NUL-terminated. */
typedef char trials_name_t[TRIALS_NAME_SIZE];

/*
 * Of n studies, those whose document is there and was made of another version of
 * the record than that of the date ("2026-11-20"), or by another engine.  changed
 * has room for n; *nchanged receives how many there are.
 */
typedef struct {
    trials_id_t id;
    char        updated[16];
} trials_update_t;

trials_rc_t
trials_cache_changed(trials_cache_t *cache, const trials_update_t *updates,
                     size_t n, const char *engine, trials_id_t *changed,
                     size_t *nchanged, trials_error_t *err);

/* At most max documents that are due to be checked, the longest first. */
trials_rc_t
trials_cache_due(trials_cache_t *cache, int64_t now, size_t max,
                 trials_name_t *names, size_t *n, trials_error_t *err);

/* Makes all documents due. */
trials_rc_t trials_cache_stale(trials_cache_t *cache, trials_error_t *err);

/*
 * Whether n documents may disappear, or lose most of what they have.  With those
 * of the last day they must be at most share thousandths of all, or at most
 * least.  They are noted either way, for whoever has to find out what happened,
 * in the sorted set "trials:losses".
 */
trials_rc_t trials_cache_may_lose(trials_cache_t *cache, const trials_id_t *ids,
                                  size_t n, int64_t now, long share, long least,
                                  int *allowed, trials_error_t *err);

/* They are there after all: they are noted no longer. */
trials_rc_t trials_cache_found(trials_cache_t *cache, const trials_id_t *ids,
                               size_t n, trials_error_t *err);


/* Summaries: what lists are made of. */

/* A place in the stream of changes. */
typedef char trials_changes_at_t[48];

/* Takes one; id is TRIALS_ID_LEN bytes, text is empty where there is none.  0
 * where memory is out. */
typedef int (*trials_summaries_take_t)(void *data, const char *id,
                                       trials_str_t text);
typedef int (*trials_names_take_t)(void *data, const char *name);

/* All of them, some more than once; at is set to where changes go on. */
trials_rc_t trials_summaries_all(trials_cache_t *cache, trials_changes_at_t at,
                                 trials_summaries_take_t take, void *data,
                                 trials_error_t *err);

/* Those of n trials. */
trials_rc_t trials_summaries_some(trials_cache_t *cache, const trials_id_t *ids,
                                  size_t n, trials_summaries_take_t take,
                                  void *data, trials_error_t *err);

/* The next trials, at most max, whose summary changed or went, and moves at on.
 * TRIALS_NOT_FOUND where some were missed: read all. */
trials_rc_t
trials_summaries_changed(trials_cache_t *cache, trials_changes_at_t at,
                         trials_id_t *ids, size_t max, size_t *n,
                         trials_error_t *err);

/* The names of the site's pages that are stored, and that n of them are to be
 * made again. */
trials_rc_t trials_pages_stored(trials_cache_t *cache, trials_names_take_t take,
                                void *data, trials_error_t *err);
trials_rc_t trials_pages_due(trials_cache_t *cache, const trials_name_t *names,
                             size_t n, trials_error_t *err);


/*
 * How far an import has come.  The mark is kept beside what was imported: who
 * loses the one loses the other, and begins again.
 */

#define TRIALS_MARK_NAME_SIZE 17

typedef struct {
    int64_t      done; /* records from the start, without a gap */
    int64_t      imported;
    int64_t      unchanged;
    int64_t      newer;
    int64_t      failed;
    trials_buf_t failures; /* "place TAB id TAB reason LF", of each */
} trials_mark_t;

void trials_mark_init(trials_mark_t *mark);
void trials_mark_free(trials_mark_t *mark);

/* Reads the mark of that name, [0-9a-f]+, and makes it where there is none. */
trials_rc_t trials_mark_read(trials_cache_t *cache, const char *name,
                             trials_mark_t *mark, trials_error_t *err);

/* Moves it on; failures are those that have come since.  TRIALS_NOT_FOUND where
 * it is gone, and with it what was imported. */
trials_rc_t trials_mark_write(trials_cache_t *cache, const char *name,
                              const trials_mark_t *mark, trials_str_t failures,
                              trials_error_t *err);

/* The import is done, or to be begun again. */
trials_rc_t
trials_mark_clear(trials_cache_t *cache, const char *name, trials_error_t *err);


/* What Redis's clock says, in Unix milliseconds: the one that `since` was read
 * from. */
trials_rc_t
trials_cache_time(trials_cache_t *cache, int64_t *ms, trials_error_t *err);


/* For `trials status`. */

typedef struct {
    size_t documents;  /* ids whose freshness is known */
    size_t stale;      /* of these, due to be checked */
    size_t wanted;     /* entries of the stream */
    size_t pending;    /* of these, taken and not finished */
    char   server[32]; /* Redis's version */
    size_t memory;     /* bytes, Redis's used_memory */
} trials_cache_status_t;

trials_rc_t
trials_cache_status(trials_cache_t *cache, int64_t now,
                    trials_cache_status_t *status, trials_error_t *err);


/* Told of a document that changed or went, its name of len bytes without a NUL;
 * name NULL: any may have.  Returns 0 when it has heard enough. */
typedef int (*trials_watch_pt)(void *data, const char *name, size_t len);

/*
 * Connects, calls changed(data, NULL, 0), then with each name, delay
 * milliseconds or more after Redis told of it, on this thread.  TRIALS_OK when
 * changed() returned 0, TRIALS_UNAVAILABLE when Redis was lost: who calls again
 * is told that any may have changed.
 */
trials_rc_t
trials_cache_watch(const trials_cache_settings_t *settings, long delay,
                   trials_watch_pt changed, void *data, trials_error_t *err);


#endif
