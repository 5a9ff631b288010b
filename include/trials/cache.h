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
    const char *address;  /* "127.0.0.1:6379" or "unix:/path/to/socket" */
    const char *username; /* NULL: the default user */
    const char *password; /* NULL: none */
    int         database; /* 0 to … */
    long        timeout;  /* milliseconds, to connect and a command */
} trials_cache_settings_t;

/* 127.0.0.1:6379, database 0, 2 s. */
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

/* What there is to store for a trial.  Bodies are not gzip'd yet. */
typedef struct {
    trials_document_state_t state;
    const char             *location; /* of an alias, else NULL */
    const char             *registry; /* lastUpdatePostDate, or "" */
    const char             *engine;
    trials_str_t            bodies[TRIALS_NRENDITIONS];
} trials_entry_t;

/*
 * Compresses and stores a trial unless the same bytes are there already, and
 * notes when it must be checked again.  now and fresh_until in Unix seconds; an
 * entry that is not present expires at fresh_until.  *changed, where not NULL,
 * tells whether anything was written.
 */
trials_rc_t
trials_cache_put(trials_cache_t *cache, const char *id,
                 const trials_entry_t *entry, int64_t now, int64_t fresh_until,
                 int *changed, trials_error_t *err);

/*
 * What the cache knows of a trial: its state, the engine that made it (into
 * engine, cut to size) and until when it is fresh (Unix seconds; 0: it must be
 * checked).  The body is not read.
 */
trials_rc_t trials_cache_look(trials_cache_t *cache, const char *id,
                              trials_document_state_t *state, char *engine,
                              size_t engine_size, int64_t *fresh_until,
                              trials_error_t *err);

/* Reads one rendition, inflated, into body, which is emptied first.
 * TRIALS_NOT_FOUND where there is none. */
trials_rc_t trials_cache_get(trials_cache_t *cache, const char *id,
                             trials_rendition_t rendition, trials_buf_t *body,
                             trials_error_t *err);

/* Deletes a trial's document and its freshness; *existed, where not NULL, tells
 * whether there was one. */
trials_rc_t trials_cache_invalidate(trials_cache_t *cache, const char *id,
                                    int *existed, trials_error_t *err);

/* Deletes all documents, in steps that do not hold up Redis; *n counts them. */
trials_rc_t trials_cache_invalidate_all(trials_cache_t *cache, size_t *n,
                                        trials_error_t *err);


/* The stream of ids that readers asked for. */

#define TRIALS_WANTED_ENTRY_LEN 63

typedef struct {
    char        entry[TRIALS_WANTED_ENTRY_LEN + 1]; /* the stream's entry id */
    trials_id_t id;    /* canonical; "" where the entry holds no id */
    int64_t     since; /* Unix milliseconds: when it was first asked for */
} trials_wanted_t;

/* Adds an id, as the module does. */
trials_rc_t
trials_wanted_add(trials_cache_t *cache, const char *id, trials_error_t *err);

/*
 * Takes the next entry for this consumer, making the group when there is none:
 * one that another consumer (or this one) took at least min_idle milliseconds
 * ago and did not finish, or a new one, in turns; where there is neither, it
 * waits up to wait milliseconds (less than the cache's timeout) for a new one.
 * TRIALS_NOT_FOUND where none came.
 */
trials_rc_t
trials_wanted_take(trials_cache_t *cache, const char *consumer, long min_idle,
                   long wait, trials_wanted_t *wanted, trials_error_t *err);

/* The entry is dealt with: removes it from the stream and the group. */
trials_rc_t
trials_wanted_done(trials_cache_t *cache, const trials_wanted_t *wanted,
                   trials_error_t *err);


/* The lock that lets one refresher at a time render a trial. */

#define TRIALS_LOCK_TOKEN_SIZE 33

typedef char trials_lock_token_t[TRIALS_LOCK_TOKEN_SIZE];

/* Takes the lock for ttl milliseconds.  TRIALS_BUSY where somebody has it. */
trials_rc_t trials_lock_take(trials_cache_t *cache, const char *id, long ttl,
                             trials_lock_token_t token, trials_error_t *err);

/* Makes it end ttl milliseconds from now.  TRIALS_BUSY where it is ours no
 * longer. */
trials_rc_t trials_lock_renew(trials_cache_t *cache, const char *id,
                              const trials_lock_token_t token, long ttl,
                              trials_error_t *err);

/* Gives it back, if it is still ours. */
trials_rc_t
trials_lock_release(trials_cache_t *cache, const char *id,
                    const trials_lock_token_t token, trials_error_t *err);


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


#endif
