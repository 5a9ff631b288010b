/*
 * The connection: addresses, passwords, a Redis that goes away, and a server
 * that says what Redis would not.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/redis_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>


#define ID "NCT99990001"


static trials_error_t err;


/*
 * A server that gives the same answer to all it is sent: one string of bytes,
 * after which it hangs up, waits, or goes on.
 */

typedef enum {
    FAKE_GOES_ON,
    FAKE_HANGS_UP,
    FAKE_IS_SILENT
} fake_manner_t;

typedef struct {
    int           listener;
    char          address[32];
    const char   *answer;
    size_t        len;
    fake_manner_t manner;
    atomic_int    connections;
    pthread_t     thread;
} fake_t;


static void *
fake_run(void *data)
{
    int     fd;
    char    bytes[4096];
    fake_t *fake;

    fake = data;

    while ((fd = accept(fake->listener, NULL, NULL)) >= 0) {
        atomic_fetch_add(&fake->connections, 1);

        while (recv(fd, bytes, sizeof(bytes), 0) > 0) {
            if (fake->manner != FAKE_IS_SILENT) {
                (void) send(fd, fake->answer, fake->len, MSG_NOSIGNAL);
            }

            if (fake->manner == FAKE_HANGS_UP) {
                break;
            }
        }

        (void) close(fd);
    }

    return NULL;
}


static void
fake_start(fake_t *fake, const char *answer, size_t len, fake_manner_t manner)
{
    socklen_t          size;
    struct sockaddr_in in;

    memset(fake, 0, sizeof(fake_t));
    fake->answer = answer;
    fake->len = len;
    fake->manner = manner;

    memset(&in, 0, sizeof(in));
    in.sin_family = AF_INET;
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    size = sizeof(in);

    fake->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fake->listener >= 0);
    assert_int_equal(bind(fake->listener, (struct sockaddr *) &in, size), 0);
    assert_int_equal(listen(fake->listener, 8), 0);
    assert_int_equal(
        getsockname(fake->listener, (struct sockaddr *) &in, &size), 0);
    (void) snprintf(fake->address, sizeof(fake->address), "127.0.0.1:%d",
                    ntohs(in.sin_port));
    assert_int_equal(pthread_create(&fake->thread, NULL, fake_run, fake), 0);
}


/* All connections must have been closed by then. */

static void
fake_stop(fake_t *fake)
{
    (void) shutdown(fake->listener, SHUT_RDWR);
    (void) pthread_join(fake->thread, NULL);
    (void) close(fake->listener);
}


static trials_cache_t *
cache_at(const char *address, long timeout)
{
    trials_cache_t         *cache;
    trials_cache_settings_t settings;

    trials_cache_defaults(&settings);
    settings.address = address;
    settings.timeout = timeout;

    cache = trials_cache_create(&settings, &err);
    if (cache == NULL) {
        fail_msg("%s", err.message);
    }

    return cache;
}


static void
test_addresses(void **state)
{
    size_t                  i;
    trials_cache_t         *cache;
    trials_cache_settings_t settings;

    static const char *const good[] = {
        "127.0.0.1:6379",          "localhost",  "redis:1",
        "redis.example.org:65535", "[::1]:6379", "[2001:db8::1]",
        "unix:/run/redis.sock",    "unix:r",
    };
    static const char *const bad[] = {
        "",
        ":",
        ":6379",
        "redis:",
        "redis:0",
        "redis:65536",
        "redis:99999999999999999999",
        "redis:6379x",
        "redis:-1",
        "redis: 1",
        "redis:+1",
        "::1",
        "[::1",
        "[]:6379",
        "[::1]x",
        "[::1]:",
        "unix:",
        "a:b:c",
    };

    (void) state;

    trials_cache_defaults(&settings);

    for (i = 0; i < sizeof(good) / sizeof(char *); i++) {
        settings.address = good[i];
        cache = trials_cache_create(&settings, &err);

        if (cache == NULL) {
            fail_msg("%s: %s", good[i], err.message);
        }

        trials_cache_destroy(cache);
    }

    for (i = 0; i < sizeof(bad) / sizeof(char *); i++) {
        settings.address = bad[i];
        cache = trials_cache_create(&settings, &err);

        if (cache) {
            fail_msg("\"%s\" was taken", bad[i]);
        }

        assert_int_equal(err.code, TRIALS_INVALID);
        assert_non_null(strstr(err.message, bad[i]));
    }

    trials_cache_destroy(NULL);
}


static void
test_a_path_that_would_be_cut(void **state)
{
    char                    path[160];
    trials_cache_t         *cache;
    trials_cache_settings_t settings;

    (void) state;

    trials_cache_defaults(&settings);
    settings.address = path;

    memset(path, 'x', sizeof(path));
    memcpy(path, "unix:/", 6);
    path[5 + 107] = '\0';
    cache = trials_cache_create(&settings, &err);
    assert_non_null(cache);
    trials_cache_destroy(cache);

    path[5 + 107] = 'x';
    path[5 + 108] = '\0';
    assert_null(trials_cache_create(&settings, &err));
    assert_non_null(strstr(err.message, "107"));
}


static void
test_password_files(void **state)
{
    size_t i;
    char   name[64], password[16];
    FILE  *file;

    static const struct {
        const char *content;
        const char *password; /* NULL: refused */
    } cases[] = {
        {"secret", "secret"},
        {"secret\n", "secret"},
        {"secret\r\n", "secret"},
        {"secret\nmore", "secret"},
        {" s p a c e ", " s p a c e "},
        {"fourteen-bytes", "fourteen-bytes"},
        {"fourteen-bytes\n", "fourteen-bytes"},
        {"sixteen-bytes-16", NULL},
        {"", NULL},
        {"\n", NULL},
        {"\nsecret", NULL},
    };

    (void) state;

    (void) snprintf(name, sizeof(name), "/tmp/trials-password-%ld",
                    (long) getpid());

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        file = fopen(name, "w");
        assert_non_null(file);
        (void) fputs(cases[i].content, file);
        (void) fclose(file);

        if (cases[i].password) {
            assert_int_equal(
                trials_cache_password(name, password, sizeof(password), &err),
                TRIALS_OK);
            assert_string_equal(password, cases[i].password);
            continue;
        }

        assert_int_equal(
            trials_cache_password(name, password, sizeof(password), &err),
            TRIALS_FAILED);
        assert_non_null(strstr(err.message, name));
        assert_null(strstr(err.message, "sixteen"));
    }

    (void) unlink(name);
    assert_int_equal(
        trials_cache_password(name, password, sizeof(password), &err),
        TRIALS_FAILED);
    assert_int_equal(
        trials_cache_password("/tmp", password, sizeof(password), &err),
        TRIALS_FAILED);
}


static void
test_nobody_there(void **state)
{
    size_t          i;
    trials_cache_t *cache;

    static const char *const addresses[] = {
        "127.0.0.1:1", "unix:/nowhere/redis.sock", "host.invalid:6379"};

    (void) state;

    for (i = 0; i < sizeof(addresses) / sizeof(char *); i++) {
        cache = cache_at(addresses[i], 500);
        assert_int_equal(trials_wanted_add(cache, ID, &err),
                         TRIALS_UNAVAILABLE);
        assert_int_equal(err.code, TRIALS_UNAVAILABLE);
        assert_non_null(strstr(err.message, addresses[i]));

        /* A caller that does not want to know why. */

        assert_int_equal(trials_wanted_add(cache, ID, NULL),
                         TRIALS_UNAVAILABLE);
        trials_cache_destroy(cache);
    }
}


static void
test_a_restart_between_two_commands(void **state)
{
    trials_cache_t       *cache;
    redis_server_t        server;
    trials_cache_status_t status;

    (void) state;

    redis_server_create(&server);
    redis_server_start(&server);
    cache = redis_server_cache(&server);
    assert_int_equal(trials_wanted_add(cache, ID, &err), TRIALS_OK);

    /* The connection is dead, but Redis is there: nothing to be seen. */

    redis_server_stop(&server);
    redis_server_start(&server);
    assert_int_equal(trials_wanted_add(cache, ID, &err), TRIALS_OK);
    assert_int_equal(redis_server_number(&server, "XLEN trials:wanted"), 1);

    /* The scripts went with the first one. */

    assert_int_equal(trials_cache_invalidate(cache, ID, NULL, &err), TRIALS_OK);
    redis_server_do(&server, "SCRIPT FLUSH");
    assert_int_equal(trials_cache_invalidate(cache, ID, NULL, &err), TRIALS_OK);

    /* It is away, and comes back. */

    redis_server_stop(&server);
    assert_int_equal(trials_cache_status(cache, 0, &status, &err),
                     TRIALS_UNAVAILABLE);
    assert_int_equal(trials_cache_status(cache, 0, &status, &err),
                     TRIALS_UNAVAILABLE);
    redis_server_start(&server);
    assert_int_equal(trials_cache_status(cache, 0, &status, &err), TRIALS_OK);

    trials_cache_destroy(cache);
    redis_server_destroy(&server);
}


static void
test_a_connection_that_was_closed(void **state)
{
    trials_cache_t *cache;
    redis_server_t  server;

    (void) state;

    redis_server_create(&server);
    redis_server_start(&server);
    cache = redis_server_cache(&server);
    assert_int_equal(trials_wanted_add(cache, ID, &err), TRIALS_OK);
    redis_server_do(&server, "CLIENT KILL TYPE normal SKIPME yes");
    assert_int_equal(trials_wanted_add(cache, ID, &err), TRIALS_OK);
    assert_int_equal(redis_server_number(&server, "XLEN trials:wanted"), 2);

    trials_cache_destroy(cache);
    redis_server_destroy(&server);
}


static void
test_password_and_database(void **state)
{
    trials_cache_t         *cache;
    redis_server_t          server;
    trials_cache_settings_t settings;

    (void) state;

    redis_server_create(&server);
    server.password = "secret of redis";
    redis_server_start(&server);
    redis_server_do(&server, "ACL SETUSER me on >other ~* +@all");

    trials_cache_defaults(&settings);
    settings.address = server.address;
    settings.database = 3;

    cache = trials_cache_create(&settings, &err);
    assert_int_equal(trials_wanted_add(cache, ID, &err), TRIALS_FAILED);
    assert_non_null(strstr(err.message, "NOAUTH"));
    trials_cache_destroy(cache);

    settings.password = "wrong";
    cache = trials_cache_create(&settings, &err);
    assert_int_equal(trials_wanted_add(cache, ID, &err), TRIALS_FAILED);
    assert_non_null(strstr(err.message, "AUTH"));
    assert_null(strstr(err.message, "wrong"));
    trials_cache_destroy(cache);

    settings.password = server.password;
    cache = trials_cache_create(&settings, &err);
    assert_int_equal(trials_wanted_add(cache, ID, &err), TRIALS_OK);
    trials_cache_destroy(cache);

    settings.username = "me";
    settings.password = "other";
    cache = trials_cache_create(&settings, &err);
    assert_int_equal(trials_wanted_add(cache, ID, &err), TRIALS_OK);
    trials_cache_destroy(cache);

    settings.database = 9999;
    cache = trials_cache_create(&settings, &err);
    assert_int_equal(trials_wanted_add(cache, ID, &err), TRIALS_FAILED);
    assert_non_null(strstr(err.message, "SELECT"));
    trials_cache_destroy(cache);

    assert_int_equal(redis_server_number(&server, "DBSIZE"), 0);
    redis_server_do(&server, "SELECT 3");
    assert_int_equal(redis_server_number(&server, "XLEN trials:wanted"), 2);
    redis_server_destroy(&server);
}


/* What every call makes of an answer that Redis would not give. */

static void
all_calls_fail(const char *answer, size_t len, fake_manner_t manner)
{
    int                   i, existed;
    size_t                n;
    fake_t                fake;
    trials_rc_t           rc;
    trials_buf_t          body;
    trials_cache_t       *cache;
    trials_entry_t        entry;
    trials_wanted_t       wanted;
    trials_lock_token_t   token;
    trials_cache_status_t status;
    trials_stored_t       stored;

    fake_start(&fake, answer, len, manner);
    trials_buf_init(&body, 1024);
    memset(&entry, 0, sizeof(entry));
    entry.state = TRIALS_DOCUMENT_ABSENT;
    entry.engine = "e";
    memset(&wanted, 0, sizeof(wanted));
    memset(token, 'a', sizeof(token) - 1);
    token[sizeof(token) - 1] = '\0';

    for (i = 0; i < 11; i++) {
        cache = cache_at(fake.address, 200);
        err.message[0] = '\0';
        rc = TRIALS_OK;

        switch (i) {
        case 0:
            rc = trials_cache_put(cache, ID, &entry, 1, 2, NULL, &err);
            break;
        case 1:
            rc = trials_cache_look(cache, ID, &stored, NULL, &err);
            break;
        case 2:
            rc = trials_cache_get(cache, ID, TRIALS_RENDITION_PAGE,
                                  TRIALS_LANGUAGE_EN, &body, &err);
            break;
        case 3:
            rc = trials_cache_invalidate(cache, ID, &existed, &err);
            break;
        case 4:
            rc = trials_cache_invalidate_all(cache, &n, &err);
            break;
        case 5:
            /* Any string may be the name of an entry. */

            rc = answer[0] == '$' && answer[1] == '5'
                     ? trials_wanted_done(cache, &wanted, &err)
                     : trials_wanted_add(cache, ID, &err);
            break;
        case 6:
            rc = trials_wanted_take(cache, "me", 100, 1, &wanted, 1, &n, &err);
            break;
        case 7:
            rc = trials_wanted_done(cache, &wanted, &err);
            break;
        case 8:
            rc = trials_lock_take(cache, ID, 1000, token, &err);
            break;
        case 9:
            rc = trials_lock_renew(cache, ID, token, 1000, &err);
            break;
        case 10:
            rc = trials_cache_status(cache, 1, &status, &err);
            break;
        }

        if (rc == TRIALS_OK || err.message[0] == '\0'
            || strstr(err.message, fake.address) == NULL)
        {
            fail_msg("call %d, answer \"%.20s\": %d \"%s\"", i, answer, rc,
                     err.message);
        }

        trials_cache_destroy(cache);
    }

    trials_buf_free(&body);
    fake_stop(&fake);
}


static void
test_answers_of_no_sense(void **state)
{
    size_t i;

    static const char *const answers[] = {
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        "-ERR unknown command\r\n",
        "-\r\n",
        "*2\r\n:1\r\n:2\r\n",
        "*1\r\n*1\r\n*1\r\n:1\r\n",
        "*3\r\n$1\r\na\r\n:7\r\n$-1\r\n",
        "*2\r\n$1\r\n0\r\n*1\r\n:7\r\n",
        "$5\r\nhello\r\n",
        "+PONG\r\n",
        "$-5\r\n",
        "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n",
        "*-1000\r\n",
        "$99999999999999999999\r\n",
    };

    (void) state;

    for (i = 0; i < sizeof(answers) / sizeof(char *); i++) {
        all_calls_fail(answers[i], strlen(answers[i]), FAKE_GOES_ON);
        all_calls_fail(answers[i], strlen(answers[i]), FAKE_HANGS_UP);
    }
}


static void
test_answers_that_break_off(void **state)
{
    static const char answer[] = "*2\r\n$1000\r\nabc";

    (void) state;

    all_calls_fail(answer, sizeof(answer) - 1, FAKE_HANGS_UP);
    all_calls_fail("", 0, FAKE_HANGS_UP);
}


static void
test_an_answer_that_never_comes(void **state)
{
    fake_t          fake;
    trials_cache_t *cache;
    struct timespec began, ended;
    double          took;

    (void) state;

    fake_start(&fake, "", 0, FAKE_IS_SILENT);
    cache = cache_at(fake.address, 300);
    (void) clock_gettime(CLOCK_MONOTONIC, &began);
    assert_int_equal(trials_wanted_add(cache, ID, &err), TRIALS_UNAVAILABLE);
    (void) clock_gettime(CLOCK_MONOTONIC, &ended);
    took = (double) (ended.tv_sec - began.tv_sec)
           + (double) (ended.tv_nsec - began.tv_nsec) / 1e9;
    assert_non_null(strstr(err.message, "no answer within 300 ms"));

    /* It is not asked a second time. */

    assert_true(took >= 0.29 && took < 0.55);
    assert_int_equal(atomic_load(&fake.connections), 1);
    trials_cache_destroy(cache);
    fake_stop(&fake);
}


static void
test_a_redis_that_cannot_yet(void **state)
{
    size_t          i;
    fake_t          fake;
    trials_cache_t *cache;

    static const char *const answers[] = {
        "-LOADING Redis is loading the dataset in memory\r\n",
        "-MASTERDOWN Link with MASTER is down\r\n",
        "-BUSY Redis is busy running a script\r\n",
        "-READONLY You can't write against a read only replica.\r\n",
    };

    (void) state;

    for (i = 0; i < sizeof(answers) / sizeof(char *); i++) {
        fake_start(&fake, answers[i], strlen(answers[i]), FAKE_GOES_ON);
        cache = cache_at(fake.address, 300);
        assert_int_equal(trials_wanted_add(cache, ID, &err),
                         TRIALS_UNAVAILABLE);
        assert_memory_equal(strstr(err.message, "XADD: ") + 6, answers[i] + 1,
                            7);
        trials_cache_destroy(cache);
        fake_stop(&fake);
    }
}


/* The lock is not asked for a second time: it would find its own first try. */

static void
test_the_lock_is_asked_for_once(void **state)
{
    trials_cache_t     *cache;
    redis_server_t      server;
    trials_lock_token_t token;

    (void) state;

    redis_server_create(&server);
    redis_server_start(&server);
    cache = redis_server_cache(&server);
    assert_int_equal(trials_wanted_add(cache, ID, &err), TRIALS_OK);
    redis_server_do(&server, "CLIENT KILL TYPE normal SKIPME yes");
    assert_int_equal(trials_lock_take(cache, ID, 1000, token, &err),
                     TRIALS_UNAVAILABLE);
    assert_int_equal(trials_lock_take(cache, ID, 1000, token, &err), TRIALS_OK);

    trials_cache_destroy(cache);
    redis_server_destroy(&server);
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_a_path_that_would_be_cut),
        cmocka_unit_test(test_password_files),
        cmocka_unit_test(test_nobody_there),
        cmocka_unit_test(test_a_restart_between_two_commands),
        cmocka_unit_test(test_a_connection_that_was_closed),
        cmocka_unit_test(test_password_and_database),
        cmocka_unit_test(test_answers_of_no_sense),
        cmocka_unit_test(test_answers_that_break_off),
        cmocka_unit_test(test_an_answer_that_never_comes),
        cmocka_unit_test(test_a_redis_that_cannot_yet),
        cmocka_unit_test(test_the_lock_is_asked_for_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
