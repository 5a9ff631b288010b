/*
 * A Redis of a test's own: a process, on a socket in a directory of its own,
 * without persistence.  It ends with the test, however that ends.
 */

#ifndef TRIALS_REDIS_SERVER_H
#define TRIALS_REDIS_SERVER_H


#include <trials/cache.h>

#include <fcntl.h>
#include <hiredis.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>


typedef struct {
    char          directory[64];
    char          socket[96];
    char          address[112]; /* "unix:" and the socket */
    const char   *password;     /* NULL: none is asked for */
    pid_t         pid;          /* 0: not running */
    redisContext *redis;        /* for the test's own commands */
} redis_server_t;


static void
redis_server_pause(long ms)
{
    struct timespec ts;

    ts.tv_sec = ms / 1000;
    ts.tv_nsec = ms % 1000 * 1000000;
    (void) nanosleep(&ts, NULL);
}


/* A command of the test's own; words are parted by blanks.  The reply is the
 * caller's. */

static redisReply *
redis_server_command(redis_server_t *server, const char *words)
{
    redisReply *reply;

    reply = redisCommand(server->redis, words);
    assert_non_null(reply);

    if (reply->type == REDIS_REPLY_ERROR) {
        fail_msg("%s: %s", words, reply->str);
    }

    return reply;
}


static void
redis_server_do(redis_server_t *server, const char *words)
{
    freeReplyObject(redis_server_command(server, words));
}


static long long
redis_server_number(redis_server_t *server, const char *words)
{
    long long   number;
    redisReply *reply;

    reply = redis_server_command(server, words);
    assert_int_equal(reply->type, REDIS_REPLY_INTEGER);
    number = reply->integer;
    freeReplyObject(reply);

    return number;
}


/* A string in a buffer that the next call uses again; "" for nil. */

__attribute__((unused)) static const char *
redis_server_string(redis_server_t *server, const char *words)
{
    redisReply *reply;
    static char text[256];

    reply = redis_server_command(server, words);
    (void) snprintf(text, sizeof(text), "%s", reply->str ? reply->str : "");
    freeReplyObject(reply);

    return text;
}


static void
redis_server_start(redis_server_t *server)
{
    int null, tries;

    server->pid = fork();
    assert_true(server->pid >= 0);

    if (server->pid == 0) {
        (void) prctl(PR_SET_PDEATHSIG, SIGKILL);
        null = open("/dev/null", O_RDWR);
        (void) dup2(null, 0);
        (void) dup2(null, 1);
        (void) execlp("redis-server", "redis-server", "--port", "0",
                      "--unixsocket", server->socket, "--dir",
                      server->directory, "--save", "", "--appendonly", "no",
                      "--daemonize", "no",
                      server->password ? "--requirepass" : (char *) NULL,
                      server->password, (char *) NULL);
        _exit(127);
    }

    for (tries = 0; tries < 500; tries++) {
        server->redis = redisConnectUnix(server->socket);

        if (server->redis && server->redis->err == 0) {
            if (server->password) {
                freeReplyObject(
                    redisCommand(server->redis, "AUTH %s", server->password));
            }

            return;
        }

        redisFree(server->redis);
        server->redis = NULL;
        redis_server_pause(10);
    }

    fail_msg("redis-server does not answer within 5 s");
}


static void
redis_server_stop(redis_server_t *server)
{
    if (server->redis) {
        redisFree(server->redis);
        server->redis = NULL;
    }

    if (server->pid > 0) {
        (void) kill(server->pid, SIGKILL);
        (void) waitpid(server->pid, NULL, 0);
        (void) unlink(server->socket);
        server->pid = 0;
    }
}


static void
redis_server_create(redis_server_t *server)
{
    memset(server, 0, sizeof(redis_server_t));
    (void) signal(SIGPIPE, SIG_IGN);

    (void) snprintf(server->directory, sizeof(server->directory), "%s",
                    "/tmp/trials-redis-XXXXXX");
    assert_non_null(mkdtemp(server->directory));
    (void) snprintf(server->socket, sizeof(server->socket), "%s/redis.sock",
                    server->directory);
    (void) snprintf(server->address, sizeof(server->address), "unix:%s",
                    server->socket);
}


static void
redis_server_destroy(redis_server_t *server)
{
    redis_server_stop(server);
    (void) rmdir(server->directory);
}


static trials_cache_t *
redis_server_cache(redis_server_t *server)
{
    trials_cache_t         *cache;
    trials_error_t          err;
    trials_cache_settings_t settings;

    trials_cache_defaults(&settings);
    settings.address = server->address;
    settings.password = server->password;

    cache = trials_cache_create(&settings, &err);
    if (cache == NULL) {
        fail_msg("%s", err.message);
    }

    return cache;
}


#endif
