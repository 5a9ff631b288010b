/*
 * A worker's pair of connections to Redis: one that subscribes to what
 * CLIENT TRACKING reports, one for everything else.  Both are nginx's own
 * connections; of hiredis only the reader is used.
 *
 * The pair lives and dies together: while it is up, every write to a document
 * has been reported, or will be.
 */

#ifndef NGX_HTTP_TRIALS_REDIS_H
#define NGX_HTTP_TRIALS_REDIS_H


#include "ngx_http_trials_inflate.h"
#include "ngx_http_trials_zone.h"

#include <ngx_event.h>
#include <ngx_event_connect.h>


/* Between attempts to connect, ms: doubled from the first to the last. */
#define NGX_HTTP_TRIALS_BACKOFF_MIN 50
#define NGX_HTTP_TRIALS_BACKOFF_MAX 800

/* Between PINGs at rest, and between attempts to connect without a pause, ms. */
#define NGX_HTTP_TRIALS_HEARTBEAT 1000


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
    ngx_addr_t
              *primary; /* where what is wanted is written; NULL: to the same */
    ngx_str_t  primary_name;
    ngx_str_t  sentinel; /* a master's name: addrs are Sentinels that know it */
    ngx_str_t  user;
    ngx_str_t  password;
    ngx_uint_t db;
    ngx_msec_t connect_timeout;
    ngx_msec_t timeout;
    ngx_msec_t lease; /* how long a PONG is trusted */
    ngx_flag_t sentinel_tls;
    ngx_flag_t tls_verify;
    ngx_str_t  tls_ca;
    ngx_str_t  tls_name;
    ngx_str_t  tls_certificate;
    ngx_str_t  tls_key;
    unsigned   tls : 1;
#if (NGX_SSL)
    ngx_ssl_t ssl;
#endif
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
    uint64_t                 sent; /* microseconds */
    ngx_http_trials_reply_pt handler;
    uintptr_t                data; /* the handler's */
};


/* One connection.  reader, out and connection exist while it is open. */

struct ngx_http_trials_link_s {
    ngx_http_trials_redis_t *redis;
    ngx_connection_t        *connection;

    /* It can take commands; it was lost or is of no use, err an errno or 0. */

    ngx_int_t (*opened)(ngx_http_trials_link_t *link);
    void (*failed)(ngx_http_trials_link_t *link, const char *reason,
                   ngx_err_t err);

    redisReader *reader;
    ngx_queue_t  commands; /* in the order of their replies */
    ngx_uint_t   ncommands;

    u_char *out; /* bytes to send: out + sent up to out + last */
    size_t  sent;
    size_t  last;
    size_t  size;

    unsigned connected : 1;
    unsigned tls : 1;
    unsigned behind : 1; /* it has been said that it takes no more commands */
};


typedef enum {
    NGX_HTTP_TRIALS_REDIS_DOWN = 0, /* the timer connect is set */
    NGX_HTTP_TRIALS_REDIS_CONNECTING,
    NGX_HTTP_TRIALS_REDIS_READY
} ngx_http_trials_redis_state_t;


/* Per worker; made with the configuration, used after init_process. */

struct ngx_http_trials_redis_s {
    ngx_http_trials_redis_conf_t *conf;
    ngx_http_trials_zone_t       *zone;
    ngx_http_trials_waits_t      *waits;
    ngx_http_trials_wanted_t     *wanted;
    ngx_http_trials_inflater_t   *inflater;

    ngx_http_trials_link_t subscriber;
    ngx_http_trials_link_t data;
    ngx_http_trials_link_t primary;  /* of conf->primary */
    ngx_http_trials_link_t sentinel; /* of conf->sentinel, now and then */

    ngx_http_trials_redis_state_t state;

    ngx_event_t    primary_retry; /* timer */
    ngx_msec_t     primary_backoff;
    ngx_addr_t     master; /* what Sentinel said */
    ngx_sockaddr_t master_sockaddr;
    u_char         master_name[NGX_SOCKADDR_STRLEN];

    ngx_event_t connect;   /* timer: the next attempt */
    ngx_event_t heartbeat; /* timer */
    ngx_msec_t  active;    /* when a request came last */
    ngx_msec_t  pinged;    /* when the data link was */
    ngx_msec_t  left;      /* when Redis was last there */
    ngx_msec_t  exiting;   /* when the worker was told to */
    ngx_msec_t  drained;   /* when the subscriber was read out of turn */
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
    unsigned primary_ready : 1;
    unsigned primary_away : 1;
    unsigned resolved : 1; /* master is what Sentinel said just now */
};


/* In ngx_http_trials_redis.c: the pair. */

ngx_int_t
ngx_http_trials_redis_init(ngx_http_trials_redis_t *redis, ngx_cycle_t *cycle);
void ngx_http_trials_redis_exit(ngx_http_trials_redis_t *redis);

/*
 * How long to wait before the next attempt to connect, ms: *backoff minus up to
 * a quarter; doubles it.
 */
ngx_msec_t ngx_http_trials_redis_backoff(ngx_msec_t *backoff);

/* A link was lost or is of no use; err is an errno or 0. */
void ngx_http_trials_redis_fail(ngx_http_trials_redis_t *redis,
                                const char *reason, ngx_err_t err);

/* One of the links was: that where worker_shutdown_timeout is over ends all. */
void ngx_http_trials_redis_lost(ngx_http_trials_link_t *link,
                                const char *reason, ngx_err_t err);

/* Says who is there, and which database is meant, if that is to be said. */
ngx_int_t ngx_http_trials_redis_hello(ngx_http_trials_link_t *link);

ngx_int_t ngx_http_trials_redis_send(ngx_http_trials_link_t  *link,
                                     ngx_http_trials_reply_pt handler,
                                     ngx_uint_t argc, const char **argv);

/* The link that takes what is wanted; NULL where there is none now. */
ngx_http_trials_link_t *
ngx_http_trials_redis_writer(ngx_http_trials_redis_t *redis);


/* In ngx_http_trials_heartbeat.c: whether Redis is there, and the zone right. */

void ngx_http_trials_heartbeat_init(ngx_http_trials_redis_t *redis,
                                    ngx_cycle_t             *cycle);

/* The pair is ready; its end takes the timer. */
void ngx_http_trials_heartbeat_start(ngx_http_trials_redis_t *redis);

/* A request came: whether the zone may be trusted must be known again. */
void ngx_http_trials_heartbeat_active(ngx_http_trials_redis_t *redis);


/* In ngx_http_trials_primary.c: the Redis that is written to, and Sentinel. */

void ngx_http_trials_primary_init(ngx_http_trials_redis_t *redis,
                                  ngx_cycle_t             *cycle);
void ngx_http_trials_primary_close(ngx_http_trials_redis_t *redis);

/*
 * Asks a Sentinel where the master is; redis->connect is posted then, with
 * redis->resolved set.
 */
ngx_int_t ngx_http_trials_sentinel_ask(ngx_http_trials_redis_t *redis,
                                       ngx_addr_t *addr, ngx_log_t *log);

/* In ngx_http_trials_redis_conf.c */

char *ngx_http_trials_redis_set(ngx_conf_t *cf, ngx_str_t *name,
                                ngx_http_trials_redis_conf_t *rcf);

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

void
ngx_http_trials_link_init(ngx_http_trials_link_t  *link,
                          ngx_http_trials_redis_t *redis,
                          ngx_int_t (*opened)(ngx_http_trials_link_t *link),
                          void (*failed)(ngx_http_trials_link_t *link,
                                         const char *reason, ngx_err_t err));

ngx_int_t ngx_http_trials_link_connect(ngx_http_trials_link_t *link,
                                       ngx_addr_t *addr, ngx_log_t *log);

/* Reads what is there now, out of turn. */
void ngx_http_trials_link_drain(ngx_http_trials_link_t *link);

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

/* For its own files: events, and that the connection can take commands. */
void      ngx_http_trials_link_read(ngx_event_t *rev);
void      ngx_http_trials_link_write(ngx_event_t *wev);
ngx_int_t ngx_http_trials_link_opened(ngx_http_trials_link_t *link);

#if (NGX_SSL)

/*
 * In ngx_http_trials_link_tls.c.  NGX_AGAIN while it goes on; the timer of
 * connecting takes it in.
 */
ngx_int_t ngx_http_trials_link_handshake(ngx_http_trials_link_t *link);

#endif


#endif
