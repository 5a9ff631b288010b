/* The connection that the parts of core/cache share. */

#ifndef TRIALS_CONNECTION_H
#define TRIALS_CONNECTION_H


#include <trials/cache.h>

#include <hiredis.h>


struct trials_cache_s {
    redisContext *redis;   /* NULL: not connected */
    char         *address; /* as it was given, for messages */
    char         *host;    /* or the socket's path */
    int           port;    /* 0: a socket */
    char         *username;
    char         *password;
    int           database;
    long          timeout; /* milliseconds */
};

/* What every command answers with. */
#define TRIALS_REPLY_ANY (-1)

/*
 * Sends a command of n arguments and reads its reply, which the caller frees
 * with freeReplyObject().  Connects where there is no connection, and tries
 * once more where an old connection turned out to be dead.  type is the reply's
 * REDIS_REPLY_ type, nil aside, or TRIALS_REPLY_ANY.
 */
trials_rc_t
trials_cache_command(trials_cache_t *cache, int n, const trials_str_t *args,
                     int type, redisReply **reply, trials_error_t *err);

/* A script that is sent by its text: Redis keeps it compiled. */
trials_rc_t
trials_cache_script(trials_cache_t *cache, const char *script, int nkeys, int n,
                    const trials_str_t *args, int type, redisReply **reply,
                    trials_error_t *err);

/* Text that ends with NUL as an argument. */
trials_str_t trials_arg(const char *text);


#endif
