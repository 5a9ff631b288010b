/* One connection to Redis: see ngx_http_trials_redis.h. */

#include "ngx_http_trials_redis.h"
#include "ngx_http_trials_reply.h"


/* Bytes read at once; the buffer is the worker's. */
#define NGX_HTTP_TRIALS_READ 65536

/* After so many reads other connections have their turn. */
#define NGX_HTTP_TRIALS_READS 16

/* A reply longer than this is no reply. */
#define NGX_HTTP_TRIALS_REPLY (64 * 1024 * 1024)

/* Commands under way.  Names have a bound, so the bytes that Redis did not take
 * have one too: of documents of the longest names they are 16 MB. */
#define NGX_HTTP_TRIALS_COMMANDS 65536

/* An output buffer of up to this size is kept. */
#define NGX_HTTP_TRIALS_OUT_KEEP 65536


static void ngx_http_trials_link_free(ngx_connection_t *c);
static const char *
ngx_http_trials_link_replies(ngx_http_trials_link_t *link, size_t n);
static const char *
ngx_http_trials_link_reply(ngx_http_trials_link_t *link, redisReply **reply);
static ngx_int_t ngx_http_trials_link_test(ngx_http_trials_link_t *link);
static ngx_int_t
ngx_http_trials_link_append(ngx_http_trials_link_t *link, ngx_uint_t argc,
                            const char **argv, const size_t *lens);
static u_char *ngx_http_trials_link_number(u_char *p, u_char kind, size_t n);
static ngx_int_t
ngx_http_trials_link_grow(ngx_http_trials_link_t *link, size_t len);
static ngx_int_t ngx_http_trials_link_behind(ngx_http_trials_link_t *link);
static uint64_t  ngx_http_trials_link_now(void);
static void      ngx_http_trials_link_timer(ngx_http_trials_link_t *link);


void
ngx_http_trials_link_init(ngx_http_trials_link_t  *link,
                          ngx_http_trials_redis_t *redis,
                          ngx_int_t (*opened)(ngx_http_trials_link_t *link),
                          void (*failed)(ngx_http_trials_link_t *link,
                                         const char *reason, ngx_err_t err))
{
    link->redis = redis;
    link->opened = opened;
    link->failed = failed;

    ngx_queue_init(&link->commands);
}


ngx_int_t
ngx_http_trials_link_connect(ngx_http_trials_link_t *link, ngx_addr_t *addr,
                             ngx_log_t *log)
{
    ngx_int_t             rc;
    ngx_connection_t     *c;
    ngx_peer_connection_t peer;

    link->reader = ngx_http_trials_reply_reader();
    if (link->reader == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(&peer, sizeof(ngx_peer_connection_t));

    peer.sockaddr = addr->sockaddr;
    peer.socklen = addr->socklen;
    peer.name = &addr->name;
    peer.get = ngx_event_get_peer;
    peer.log = log;
    peer.log_error = NGX_ERROR_INFO;

    rc = ngx_event_connect_peer(&peer);

    if (rc != NGX_OK && rc != NGX_AGAIN) {
        redisReaderFree(link->reader);
        link->reader = NULL;
        return NGX_ERROR;
    }

    c = peer.connection;

    c->data = link;
    c->log = ngx_cycle->log;
    c->read->log = c->log;
    c->write->log = c->log;
    c->read->handler = ngx_http_trials_link_read;
    c->write->handler = ngx_http_trials_link_write;

    /* Neither timer keeps a worker from ending. */

    c->read->cancelable = 1;
    c->write->cancelable = 1;

    /* TLS takes memory of the connection. */

    if (link->tls) {
        c->pool = ngx_create_pool(1024, ngx_cycle->log);
        if (c->pool == NULL) {
            ngx_close_connection(c);
            redisReaderFree(link->reader);
            link->reader = NULL;
            return NGX_ERROR;
        }
    }

    link->connection = c;
    link->connected = 0;

    if (rc == NGX_OK) {
        ngx_post_event(c->write, &ngx_posted_events);

    } else {
        ngx_add_timer(c->write, link->redis->conf->connect_timeout);
    }

    return NGX_OK;
}


/* With what TLS took for it. */

static void
ngx_http_trials_link_free(ngx_connection_t *c)
{
    ngx_pool_t *pool;

    pool = c->pool;

    ngx_close_connection(c);

    if (pool) {
        ngx_destroy_pool(pool);
    }
}


void
ngx_http_trials_link_close(ngx_http_trials_link_t *link)
{
    ngx_queue_t               *q;
    ngx_http_trials_command_t *command;

    if (link->connection) {
#if (NGX_SSL)
        if (link->connection->ssl) {
            link->connection->ssl->no_wait_shutdown = 1;
            link->connection->ssl->no_send_shutdown = 1;
            (void) ngx_ssl_shutdown(link->connection);
        }
#endif
        ngx_http_trials_link_free(link->connection);
        link->connection = NULL;
    }

    if (link->reader) {
        redisReaderFree(link->reader);
        link->reader = NULL;
    }

    if (link->out) {
        ngx_free(link->out);
        link->out = NULL;
    }

    link->sent = 0;
    link->last = 0;
    link->size = 0;
    link->connected = 0;
    link->behind = 0;

    while (!ngx_queue_empty(&link->commands)) {
        q = ngx_queue_head(&link->commands);
        ngx_queue_remove(q);
        link->ncommands--;

        command = ngx_queue_data(q, ngx_http_trials_command_t, queue);
        (void) command->handler(link->redis, command, NULL);
        ngx_free(command);
    }
}


ngx_int_t
ngx_http_trials_link_command(ngx_http_trials_link_t  *link,
                             ngx_http_trials_reply_pt handler, uintptr_t data,
                             ngx_uint_t argc, const char **argv,
                             const size_t *lens)
{
    ngx_http_trials_command_t *command;

    if (link->connection == NULL) {
        return NGX_ERROR;
    }

    if (link->ncommands >= NGX_HTTP_TRIALS_COMMANDS) {
        return ngx_http_trials_link_behind(link);
    }

    command = ngx_alloc(sizeof(ngx_http_trials_command_t), ngx_cycle->log);
    if (command == NULL) {
        return NGX_ERROR;
    }

    if (ngx_http_trials_link_append(link, argc, argv, lens) != NGX_OK) {
        ngx_free(command);
        return NGX_ERROR;
    }

    command->handler = handler;
    command->data = data;
    command->deadline = ngx_current_msec + link->redis->conf->timeout;
    command->sent = ngx_http_trials_link_now();

    ngx_queue_insert_tail(&link->commands, &command->queue);
    link->ncommands++;

    if (!link->connection->read->timer_set) {
        ngx_add_timer(link->connection->read, link->redis->conf->timeout);
    }

    if (link->connected && link->connection->write->ready) {
        ngx_post_event(link->connection->write, &ngx_posted_events);
    }

    return NGX_OK;
}


/* As hiredis's redisFormatCommandArgv() would have it, but at its place. */

static ngx_int_t
ngx_http_trials_link_append(ngx_http_trials_link_t *link, ngx_uint_t argc,
                            const char **argv, const size_t *lens)
{
    size_t     len;
    u_char    *p;
    ngx_uint_t i;

    len = sizeof("*\r\n") - 1 + NGX_INT_T_LEN;

    for (i = 0; i < argc; i++) {
        len += sizeof("$\r\n\r\n") - 1 + NGX_SIZE_T_LEN + lens[i];
    }

    if (link->size - link->last < len
        && ngx_http_trials_link_grow(link, len) != NGX_OK)
    {
        return NGX_ERROR;
    }

    p = ngx_http_trials_link_number(link->out + link->last, '*', argc);

    for (i = 0; i < argc; i++) {
        p = ngx_http_trials_link_number(p, '$', lens[i]);
        p = ngx_cpymem(p, argv[i], lens[i]);
        *p++ = '\r';
        *p++ = '\n';
    }

    link->last = (size_t) (p - link->out);

    return NGX_OK;
}


/* Nearly all have one or two digits: not worth printing by a format. */

static u_char *
ngx_http_trials_link_number(u_char *p, u_char kind, size_t n)
{
    u_char *digit, digits[NGX_SIZE_T_LEN];

    digit = digits + NGX_SIZE_T_LEN;

    do {
        *--digit = (u_char) ('0' + n % 10);
        n /= 10;
    } while (n);

    *p++ = kind;

    while (digit < digits + NGX_SIZE_T_LEN) {
        *p++ = *digit++;
    }

    *p++ = '\r';
    *p++ = '\n';

    return p;
}


/* Makes room for so many more bytes. */

static ngx_int_t
ngx_http_trials_link_grow(ngx_http_trials_link_t *link, size_t len)
{
    size_t  size;
    u_char *out;

    size = ngx_max(link->size * 2, 4096);

    while (size < link->last - link->sent + len) {
        size *= 2;
    }

    out = ngx_alloc(size, ngx_cycle->log);
    if (out == NULL) {
        return NGX_ERROR;
    }

    if (link->out) {
        ngx_memcpy(out, link->out + link->sent, link->last - link->sent);
        ngx_free(link->out);
    }

    link->out = out;
    link->size = size;
    link->last -= link->sent;
    link->sent = 0;

    return NGX_OK;
}


/* Says once, until all is answered, that no more is taken. */

static ngx_int_t
ngx_http_trials_link_behind(ngx_http_trials_link_t *link)
{
    if (!link->behind) {
        link->behind = 1;

        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "trials redis \"%V\" is behind: %ui commands wait for "
                      "their replies, %uz bytes to be read",
                      &link->redis->conf->name, link->ncommands,
                      link->last - link->sent);
    }

    return NGX_ERROR;
}


void
ngx_http_trials_link_write(ngx_event_t *wev)
{
    ssize_t                 n;
    ngx_connection_t       *c;
    ngx_http_trials_link_t *link;

    c = wev->data;
    link = c->data;

    if (wev->timedout) {
        link->failed(link, "connect timed out", NGX_ETIMEDOUT);
        return;
    }

    if (!link->connected && ngx_http_trials_link_test(link) != NGX_OK) {
        return;
    }

    while (wev->ready && link->sent < link->last) {
        n = c->send(c, link->out + link->sent, link->last - link->sent);

        if (n == NGX_AGAIN) {
            break;
        }

        if (n == NGX_ERROR || n == 0) {
            link->failed(link, "write failed", ngx_socket_errno);
            return;
        }

        link->sent += (size_t) n;
    }

    if (link->sent == link->last) {
        link->sent = 0;
        link->last = 0;

        if (link->size > NGX_HTTP_TRIALS_OUT_KEEP) {
            ngx_free(link->out);
            link->out = NULL;
            link->size = 0;
        }
    }

    if (ngx_handle_write_event(wev, 0) != NGX_OK) {
        link->failed(link, "event failed", 0);
    }
}


/* Whether connect() succeeded; else the pair has been closed. */

static ngx_int_t
ngx_http_trials_link_test(ngx_http_trials_link_t *link)
{
    int               err;
    socklen_t         len;
    ngx_connection_t *c;

    c = link->connection;
    err = 0;
    len = sizeof(int);

    if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, (void *) &err, &len) == -1) {
        err = ngx_socket_errno;
    }

    if (err) {
        link->failed(link, "connect failed", err);
        return NGX_ERROR;
    }

#if (NGX_SSL)
    if (link->redis->conf->tls && link->tls) {
        return ngx_http_trials_link_handshake(link);
    }
#endif

    return ngx_http_trials_link_opened(link);
}


ngx_int_t
ngx_http_trials_link_opened(ngx_http_trials_link_t *link)
{
    ngx_connection_t *c;

    c = link->connection;

    if (c->write->timer_set) {
        ngx_del_timer(c->write);
    }

    link->connected = 1;

    if (link->opened(link) != NGX_OK) {
        link->failed(link, "no memory", 0);
        return NGX_ERROR;
    }

    return NGX_OK;
}


void
ngx_http_trials_link_read(ngx_event_t *rev)
{
    ssize_t                  n;
    ngx_uint_t               i;
    const char              *reason;
    ngx_connection_t        *c;
    ngx_http_trials_link_t  *link;
    ngx_http_trials_redis_t *redis;

    c = rev->data;
    link = c->data;
    redis = link->redis;

    if (c->close) {
        /* worker_shutdown_timeout is over: nothing is waited for any more. */

        link->failed(link, "the worker is shutting down", 0);
        return;
    }

    if (rev->timedout) {
        rev->timedout = 0;
        ngx_http_trials_link_timer(link);
        return;
    }

    if (!link->connected && ngx_http_trials_link_test(link) != NGX_OK) {
        return;
    }

    for (i = 0; i < NGX_HTTP_TRIALS_READS; i++) {
        n = c->recv(c, redis->in, NGX_HTTP_TRIALS_READ);

        if (n == NGX_AGAIN) {
            break;
        }

        if (n == NGX_ERROR) {
            link->failed(link, "read failed", ngx_socket_errno);
            return;
        }

        if (n == 0) {
            link->failed(link, "closed by Redis", 0);
            return;
        }

        reason = ngx_http_trials_link_replies(link, (size_t) n);

        if (reason) {
            link->failed(link, reason, 0);
            return;
        }

        if (!rev->ready) {
            break;
        }
    }

    if (i == NGX_HTTP_TRIALS_READS) {
        ngx_post_event(rev, &ngx_posted_next_events);
    }

    if (ngx_handle_read_event(rev, 0) != NGX_OK) {
        link->failed(link, "event failed", 0);
    }
}


void
ngx_http_trials_link_drain(ngx_http_trials_link_t *link)
{
    ngx_event_t *rev;

    rev = link->connection->read;

    if (!rev->timedout) {
        rev->ready = 1;
        ngx_http_trials_link_read(rev);
    }
}


/* Takes in n bytes; returns why the link is of no use any more, or NULL. */

static const char *
ngx_http_trials_link_replies(ngx_http_trials_link_t *link, size_t n)
{
    void       *object;
    redisReply *reply;
    const char *reason;

    if (redisReaderFeed(link->reader, (const char *) link->redis->in, n)
        != REDIS_OK)
    {
        return "no memory";
    }

    for (;;) {
        if (redisReaderGetReply(link->reader, &object) != REDIS_OK) {
            return "sent what is not Redis's protocol";
        }

        if (object == NULL) {
            break;
        }

        reply = object;
        reason = ngx_http_trials_link_reply(link, &reply);

        if (reply) {
            ngx_http_trials_reply_free(reply);
        }

        if (reason) {
            return reason;
        }
    }

    if (link->reader->len - link->reader->pos > NGX_HTTP_TRIALS_REPLY) {
        return "sent too long a reply";
    }

    return NULL;
}


static const char *
ngx_http_trials_link_reply(ngx_http_trials_link_t *link, redisReply **reply)
{
    ngx_queue_t               *q;
    const char                *reason;
    ngx_http_trials_command_t *command;

    if (link == &link->redis->subscriber && link->redis->subscribed
        && (*reply)->type == REDIS_REPLY_ARRAY && (*reply)->elements == 3)
    {
        return ngx_http_trials_redis_message(link->redis, *reply);
    }

    if (ngx_queue_empty(&link->commands)) {
        return "sent a reply that nobody asked for";
    }

    q = ngx_queue_head(&link->commands);
    ngx_queue_remove(q);
    link->ncommands--;

    if (link->ncommands == 0) {
        link->behind = 0;
    }

    command = ngx_queue_data(q, ngx_http_trials_command_t, queue);

    if (link == &link->redis->data) {
        ngx_http_trials_zone_latency(
            link->redis->zone, ngx_http_trials_link_now() - command->sent);
    }

    reason = command->handler(link->redis, command, reply);
    ngx_free(command);

    return reason;
}


/* Microseconds, of a clock that nobody sets. */

static uint64_t
ngx_http_trials_link_now(void)
{
    struct timespec ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (uint64_t) ts.tv_sec * 1000000 + (uint64_t) ts.tv_nsec / 1000;
}


/*
 * There is one timer for all commands under way.  It is not moved with each
 * reply: when it is over, it looks at what is the first command then.
 */

static void
ngx_http_trials_link_timer(ngx_http_trials_link_t *link)
{
    ngx_msec_int_t             left;
    ngx_http_trials_command_t *command;

    if (ngx_queue_empty(&link->commands)) {
        return;
    }

    command = ngx_queue_data(ngx_queue_head(&link->commands),
                             ngx_http_trials_command_t, queue);

    left = (ngx_msec_int_t) (command->deadline - ngx_current_msec);

    if (left > 0) {
        ngx_add_timer(link->connection->read, (ngx_msec_t) left);
        return;
    }

    link->failed(link, "timed out", NGX_ETIMEDOUT);
}
