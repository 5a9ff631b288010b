/* One connection to Redis: see ngx_http_trials_redis.h. */

#include "ngx_http_trials_redis.h"


/* Bytes read at once; the buffer is the worker's. */
#define NGX_HTTP_TRIALS_READ 65536

/* After so many reads other connections have their turn. */
#define NGX_HTTP_TRIALS_READS 16

/* A reply longer than this, or an array of more elements, is no reply. */
#define NGX_HTTP_TRIALS_REPLY    (64 * 1024 * 1024)
#define NGX_HTTP_TRIALS_ELEMENTS (1024 * 1024)

/* Commands under way, and bytes that Redis did not take yet. */
#define NGX_HTTP_TRIALS_COMMANDS 65536
#define NGX_HTTP_TRIALS_OUT      (8 * 1024 * 1024)

/* An output buffer of up to this size is kept. */
#define NGX_HTTP_TRIALS_OUT_KEEP 65536


static void ngx_http_trials_link_read(ngx_event_t *rev);
static void ngx_http_trials_link_write(ngx_event_t *wev);
static const char *
ngx_http_trials_link_replies(ngx_http_trials_link_t *link, size_t n);
static const char *
ngx_http_trials_link_reply(ngx_http_trials_link_t *link, redisReply **reply);
static ngx_int_t    ngx_http_trials_link_test(ngx_http_trials_link_t *link);
static ngx_int_t    ngx_http_trials_link_append(ngx_http_trials_link_t *link,
                                                const char *data, size_t len);
static void         ngx_http_trials_link_timer(ngx_http_trials_link_t *link);
static redisReader *ngx_http_trials_reader(void);
static void        *ngx_http_trials_reader_array(const redisReadTask       *task,
                                                 ngx_http_trials_elements_t n);


/* hiredis's own functions, except that arrays have a bound. */
static redisReplyObjectFunctions  ngx_http_trials_reader_functions;
static redisReplyObjectFunctions *ngx_http_trials_reader_defaults;


ngx_int_t
ngx_http_trials_link_connect(ngx_http_trials_link_t *link, ngx_addr_t *addr,
                             ngx_log_t *log)
{
    ngx_int_t             rc;
    ngx_connection_t     *c;
    ngx_peer_connection_t peer;

    link->reader = ngx_http_trials_reader();
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

    link->connection = c;
    link->connected = 0;

    if (rc == NGX_OK) {
        ngx_post_event(c->write, &ngx_posted_events);

    } else {
        ngx_add_timer(c->write, link->redis->conf->connect_timeout);
    }

    return NGX_OK;
}


void
ngx_http_trials_link_close(ngx_http_trials_link_t *link)
{
    ngx_queue_t               *q;
    ngx_http_trials_command_t *command;

    if (link->connection) {
        ngx_close_connection(link->connection);
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
    int                        len;
    char                      *text;
    ngx_int_t                  rc;
    ngx_http_trials_command_t *command;

    if (link->connection == NULL || link->ncommands >= NGX_HTTP_TRIALS_COMMANDS)
    {
        return NGX_ERROR;
    }

    command = ngx_alloc(sizeof(ngx_http_trials_command_t), ngx_cycle->log);
    if (command == NULL) {
        return NGX_ERROR;
    }

    len = redisFormatCommandArgv(&text, (int) argc, argv, lens);

    if (len < 0) {
        ngx_free(command);
        return NGX_ERROR;
    }

    rc = ngx_http_trials_link_append(link, text, (size_t) len);

    redisFreeCommand(text);

    if (rc != NGX_OK) {
        ngx_free(command);
        return NGX_ERROR;
    }

    command->handler = handler;
    command->data = data;
    command->deadline = ngx_current_msec + link->redis->conf->timeout;

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


static ngx_int_t
ngx_http_trials_link_append(ngx_http_trials_link_t *link, const char *data,
                            size_t len)
{
    size_t  size;
    u_char *out;

    if (link->size - link->last < len) {
        size = ngx_max(link->size * 2, 4096);

        while (size < link->last - link->sent + len) {
            size *= 2;
        }

        if (size > NGX_HTTP_TRIALS_OUT) {
            return NGX_ERROR;
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
    }

    ngx_memcpy(link->out + link->last, data, len);
    link->last += len;

    return NGX_OK;
}


static void
ngx_http_trials_link_write(ngx_event_t *wev)
{
    ssize_t                 n;
    ngx_connection_t       *c;
    ngx_http_trials_link_t *link;

    c = wev->data;
    link = c->data;

    if (wev->timedout) {
        ngx_http_trials_redis_fail(link->redis, "connect timed out",
                                   NGX_ETIMEDOUT);
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
            ngx_http_trials_redis_fail(link->redis, "write failed",
                                       ngx_socket_errno);
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
        ngx_http_trials_redis_fail(link->redis, "event failed", 0);
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
        ngx_http_trials_redis_fail(link->redis, "connect failed", err);
        return NGX_ERROR;
    }

    if (c->write->timer_set) {
        ngx_del_timer(c->write);
    }

    link->connected = 1;

    if (ngx_http_trials_redis_connected(link) != NGX_OK) {
        ngx_http_trials_redis_fail(link->redis, "no memory", 0);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static void
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

        redis->closed = 1;
        ngx_http_trials_redis_fail(redis, "the worker is shutting down", 0);
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
            ngx_http_trials_redis_fail(redis, "read failed", ngx_socket_errno);
            return;
        }

        if (n == 0) {
            ngx_http_trials_redis_fail(redis, "closed by Redis", 0);
            return;
        }

        reason = ngx_http_trials_link_replies(link, (size_t) n);

        if (reason) {
            ngx_http_trials_redis_fail(redis, reason, 0);
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
        ngx_http_trials_redis_fail(redis, "event failed", 0);
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
            freeReplyObject(reply);
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

    command = ngx_queue_data(q, ngx_http_trials_command_t, queue);
    reason = command->handler(link->redis, command, reply);
    ngx_free(command);

    return reason;
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

    ngx_http_trials_redis_fail(link->redis, "timed out", NGX_ETIMEDOUT);
}


static redisReader *
ngx_http_trials_reader(void)
{
    redisReader *reader;

    reader = redisReaderCreate();
    if (reader == NULL) {
        return NULL;
    }

    if (ngx_http_trials_reader_defaults == NULL) {
        ngx_http_trials_reader_defaults = reader->fn;
        ngx_http_trials_reader_functions = *reader->fn;
        ngx_http_trials_reader_functions.createArray =
            ngx_http_trials_reader_array;
    }

    reader->fn = &ngx_http_trials_reader_functions;

    /* Documents are longer than what hiredis keeps a buffer for. */

    reader->maxbuf = 1024 * 1024;

    return reader;
}


static void *
ngx_http_trials_reader_array(const redisReadTask       *task,
                             ngx_http_trials_elements_t n)
{
    if (n > NGX_HTTP_TRIALS_ELEMENTS) {
        return NULL;
    }

    return ngx_http_trials_reader_defaults->createArray(task, n);
}
