/*
 * A worker's pair of connections to Redis: one that subscribes to what
 * CLIENT TRACKING reports, one for everything else.  Both are nginx's own
 * connections; of hiredis only the reader and the formatter are used.
 *
 * The pair lives and dies together: while it is up, every write to a document
 * has been reported, or will be.
 */

#ifndef NGX_HTTP_TRIALS_REDIS_H
#define NGX_HTTP_TRIALS_REDIS_H


#include "ngx_http_trials_compat.h"

#include <ngx_event.h>
#include <ngx_event_connect.h>


typedef struct ngx_http_trials_redis_s   ngx_http_trials_redis_t;
typedef struct ngx_http_trials_link_s    ngx_http_trials_link_t;
typedef struct ngx_http_trials_command_s ngx_http_trials_command_t;
typedef struct ngx_http_trials_waits_s   ngx_http_trials_waits_t;
typedef struct ngx_http_trials_wanted_s  ngx_http_trials_wanted_t;


/* Of trials_redis; made once when the configuration is read. */

typedef struct {
    ngx_addr_t *addrs; /* NULL without the directive */
    ngx_uint_t  naddrs;
    ngx_str_t   name; /* as configured */
    ngx_str_t   password;
    ngx_uint_t  db;
    ngx_msec_t  connect_timeout;
    ngx_msec_t  timeout;
} ngx_http_trials_redis_conf_t;


/*
 * Takes a reply, or NULL when there will be none, and returns NULL, or static
 * text that says why the connections are of no use any more.  A handler that
 * keeps the reply sets *reply to NULL.  It must neither close the link nor
 * finalize a request: it runs within the loop that reads.
 */
typedef const char *(*ngx_http_trials_reply_pt)(
    ngx_http_trials_redis_t *redis, ngx_http_trials_command_t *command,
    redisReply **reply);

/* A command under way; owned by its link. */

struct ngx_http_trials_command_s {
    ngx_queue_t              queue;
    ngx_msec_t               deadline;
    ngx_http_trials_reply_pt handler;
    uintptr_t                data; /* the handler's */
};


/* One connection.  reader, out and connection exist while it is open. */

struct ngx_http_trials_link_s {
    ngx_http_trials_redis_t *redis;
    ngx_connection_t        *connection;
    redisReader             *reader;
    ngx_queue_t              commands; /* in the order of their replies */
    ngx_uint_t               ncommands;

    u_char *out; /* bytes to send: out + sent up to out + last */
    size_t  sent;
    size_t  last;
    size_t  size;

    unsigned connected : 1;
};


typedef enum {
    NGX_HTTP_TRIALS_REDIS_DOWN = 0, /* the timer connect is set */
    NGX_HTTP_TRIALS_REDIS_CONNECTING,
    NGX_HTTP_TRIALS_REDIS_READY
} ngx_http_trials_redis_state_t;


/* Per worker; made with the configuration, used after init_process. */

struct ngx_http_trials_redis_s {
    ngx_http_trials_redis_conf_t *conf;
    ngx_http_trials_waits_t      *waits;
    ngx_http_trials_wanted_t     *wanted;

    ngx_http_trials_link_t subscriber;
    ngx_http_trials_link_t data;

    ngx_http_trials_redis_state_t state;

    ngx_event_t connect;   /* timer: the next attempt */
    ngx_event_t heartbeat; /* timer */
    ngx_msec_t  backoff;
    ngx_msec_t  retried; /* when last without a pause */
    ngx_uint_t  attempt;
    ngx_addr_t *addr; /* of the current attempt */
    ngx_log_t   quiet;
    long long   id; /* of the subscriber, in Redis */
    u_char     *in; /* what was read last, of both links */

    const char *reason; /* of being away, as logged last */

    unsigned away : 1;       /* an attempt failed, none succeeded since */
    unsigned subscribed : 1; /* the subscriber takes messages */
    unsigned closed : 1;     /* for good: the worker ends */
    unsigned wanted_failed : 1;
};


/* In ngx_http_trials_redis.c: the pair. */

ngx_int_t
ngx_http_trials_redis_init(ngx_http_trials_redis_t *redis, ngx_cycle_t *cycle);
void ngx_http_trials_redis_exit(ngx_http_trials_redis_t *redis);

/* A link was lost or is of no use; err is an errno or 0. */
void ngx_http_trials_redis_fail(ngx_http_trials_redis_t *redis,
                                const char *reason, ngx_err_t err);

/* A link has been connected. */
ngx_int_t ngx_http_trials_redis_connected(ngx_http_trials_link_t *link);

/* A message came to the subscriber; returns as a reply's handler does. */
const char *ngx_http_trials_redis_message(ngx_http_trials_redis_t *redis,
                                          const redisReply        *reply);

/*
 * An answer that shows Redis to be of no use (-LOADING, -NOAUTH): logs it in
 * its own words and returns what the reply's handler returns.
 */
const char *ngx_http_trials_redis_refused(ngx_http_trials_redis_t *redis,
                                          const redisReply        *reply);


/* In ngx_http_trials_link.c: one connection. */

ngx_int_t ngx_http_trials_link_connect(ngx_http_trials_link_t *link,
                                       ngx_addr_t *addr, ngx_log_t *log);

/* Also ends all commands under way, without a reply. */
void ngx_http_trials_link_close(ngx_http_trials_link_t *link);

/*
 * Queues a command; it is sent when the events of this turn have been handled.
 * NGX_ERROR where the link is closed, has too many commands under way or there
 * is no memory: the handler is not called then.
 */
ngx_int_t ngx_http_trials_link_command(ngx_http_trials_link_t  *link,
                                       ngx_http_trials_reply_pt handler,
                                       uintptr_t data, ngx_uint_t argc,
                                       const char **argv, const size_t *lens);


#endif
