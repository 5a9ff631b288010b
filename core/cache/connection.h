/* The connection that the parts of core/cache share. */

#ifndef TRIALS_CONNECTION_H
#define TRIALS_CONNECTION_H


#include "core/cache/compress.h"

#include <trials/cache.h>

#include <hiredis.h>


/* A script's SHA-1 as Redis writes it, and its NUL. */
#define TRIALS_SHA_SIZE 41

/* Arguments of a command, its name included. */
#define TRIALS_ARGS_MAX 160

typedef enum {
    TRIALS_SCRIPT_PUT = 0,
    TRIALS_SCRIPT_LOOK,
    TRIALS_SCRIPT_INVALIDATE,
    TRIALS_SCRIPT_CLAIM,
    TRIALS_SCRIPT_DONE,
    TRIALS_SCRIPT_RENEW,
    TRIALS_SCRIPT_RELEASE,
    TRIALS_SCRIPT_BUCKET,
    TRIALS_SCRIPT_HOLD,
    TRIALS_SCRIPT_LEADER,
    TRIALS_SCRIPT_FOLLOWED,
    TRIALS_SCRIPT_CHANGED,
    TRIALS_SCRIPT_DUE,
    TRIALS_SCRIPT_LOSE,
    TRIALS_SCRIPT_STALE,
    TRIALS_SCRIPT_MARK,
    TRIALS_SCRIPT_CHANGES,
    TRIALS_NSCRIPTS
} trials_script_t;

struct trials_cache_s {
    redisContext  *redis;     /* NULL: not connected */
    char          *address;   /* as it was given, for messages */
    char          *host;      /* or the socket's path */
    int            port;      /* 0: a socket */
    char          *master;    /* the name that sentinels know; NULL: none */
    char          *sentinels; /* "host:port,host:port" */
    char          *username;
    char          *password;
    int            database;
    long           timeout; /* milliseconds */
    trials_gzip_t *gzip;
    int            brotli; /* quality; 0: none */
    char           scripts[TRIALS_NSCRIPTS][TRIALS_SHA_SIZE]; /* "": unknown */
    unsigned       lost : 1; /* the last command found the connection dead */
    unsigned       turn : 1; /* of new entries of the stream */
};

/* Reads an address: host and port, or master and sentinels. */
trials_rc_t trials_cache_address(trials_cache_t *cache, const char *address,
                                 trials_error_t *err);

/* Asks the sentinels where the primary is: host and port. */
trials_rc_t trials_sentinel_find(trials_cache_t *cache, trials_error_t *err);

/* Any type of reply but an error. */
#define TRIALS_REPLY_ANY (-1)

/* Added to a type: nil is as good. */
#define TRIALS_REPLY_OR_NIL 0x100

/*
 * Sends a command of n arguments and reads its reply, which the caller frees
 * with freeReplyObject().  Connects where there is no connection, and tries
 * once more where an old connection turned out to be dead (not where it was
 * slow).  type is the reply's REDIS_REPLY_ type or one of the above; an error
 * or another type is TRIALS_FAILED.
 */
trials_rc_t
trials_cache_command(trials_cache_t *cache, int n, const trials_str_t *args,
                     int type, redisReply **reply, trials_error_t *err);

/* The same for a command that must not be carried out twice. */
trials_rc_t trials_cache_command_once(trials_cache_t *cache, int n,
                                      const trials_str_t *args, int type,
                                      redisReply **reply, trials_error_t *err);

/*
 * Runs a script by its SHA-1, with its text where Redis has it not.  args are
 * the keys, then the other arguments.  All scripts may be run twice.
 */
trials_rc_t
trials_cache_script(trials_cache_t *cache, trials_script_t script, int nkeys,
                    int n, const trials_str_t *args, int type,
                    redisReply **reply, trials_error_t *err);

/* TRIALS_INVALID where no document can have that name: nothing else becomes
 * part of a key. */
trials_rc_t trials_cache_check_name(const char *name, trials_error_t *err);

/* "present", "absent" or "alias". */
const char *trials_state_name(trials_document_state_t state);

/* A number of a macro as text. */
#define TRIALS_STR(number)  TRIALS_STR_(number)
#define TRIALS_STR_(number) #number

/* Text that ends with NUL as an argument. */
trials_str_t trials_arg(const char *text);


#endif
