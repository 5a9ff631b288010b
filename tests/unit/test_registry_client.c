/* What the client hands back beside a record: versions, waits, an empty body.
 * The other side is a thread with a socket that sends what it is given. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <trials/registry.h>

#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>


#define JSON(body)                                                           \
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json" \
    "\r\n\r\n" body

#define STUDY(id) \
    "{\"protocolSection\":{\"identificationModule\":{\"nctId\":\"" id "\"}}}"


typedef struct {
    int                fd;
    char               base[64];
    const char *const *answers; /* one for each connection; ends with NULL */
    char               asked[8][64];
    size_t             nasked;
    pthread_t          thread;
    trials_registry_t *registry;
    trials_buf_t       body;
    trials_error_t     err;
} server_t;


/* Static, because the thread outlives a test that fails. */
static server_t server;


static void *
serve(void *data)
{
    int     fd;
    char    request[4096];
    ssize_t n;
    size_t  len;

    (void) data;

    while (*server.answers) {
        fd = accept(server.fd, NULL, NULL);
        if (fd == -1) {
            break;
        }

        len = 0;

        do {
            n = recv(fd, request + len, sizeof(request) - 1 - len, 0);
            if (n <= 0) {
                break;
            }

            len += (size_t) n;
            request[len] = '\0';

        } while (strstr(request, "\r\n\r\n") == NULL);

        request[len] = '\0';
        (void) snprintf(server.asked[server.nasked++ % 8], 64, "%.*s",
                        (int) strcspn(request, "\r"), request);
        (void) send(fd, *server.answers, strlen(*server.answers), MSG_NOSIGNAL);
        (void) close(fd);
        server.answers++;
    }

    return NULL;
}


static void
start(const char *const *answers, trials_registry_settings_t *settings)
{
    socklen_t          len;
    struct sockaddr_in address;

    memset(&server, 0, sizeof(server_t));
    server.answers = answers;
    server.fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_not_equal(server.fd, -1);

    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    len = sizeof(address);
    assert_int_equal(bind(server.fd, (struct sockaddr *) &address, len), 0);
    assert_int_equal(listen(server.fd, 8), 0);
    assert_int_equal(getsockname(server.fd, (struct sockaddr *) &address, &len),
                     0);

    (void) snprintf(server.base, sizeof(server.base),
                    "http://127.0.0.1:%d/api/v2", ntohs(address.sin_port));
    settings->base = server.base;
    server.registry = trials_registry_create(settings, &server.err);
    assert_non_null(server.registry);
    trials_buf_init(&server.body, settings->max_body);
    assert_int_equal(pthread_create(&server.thread, NULL, serve, NULL), 0);
}


static void
finish(void)
{
    (void) shutdown(server.fd, SHUT_RDWR);
    assert_int_equal(pthread_join(server.thread, NULL), 0);
    (void) close(server.fd);
    trials_buf_free(&server.body);
    trials_registry_destroy(server.registry);
}


static int
set_up(void **state)
{
    (void) state;

    /* A proxy of the environment is for the world, not for this machine. */

    return setenv("no_proxy", "127.0.0.1", 1);
}


static void
test_version(void **state)
{
    trials_registry_version_t  version;
    trials_registry_settings_t settings;

    static const char *const answers[] = {
        JSON("{\"apiVersion\":\"2.0.5\","
             "\"dataTimestamp\":\"2026-09-04T09:00:06\",\"more\":[1]}"),
        NULL};

    (void) state;

    trials_registry_defaults(&settings);
    start(answers, &settings);

    assert_int_equal(
        trials_registry_version(server.registry, &version, &server.err),
        TRIALS_OK);
    assert_string_equal(version.api, "2.0.5");
    assert_string_equal(version.data_timestamp, "2026-09-04T09:00:06");

    finish();
    assert_string_equal(server.asked[0], "GET /api/v2/version HTTP/1.1");
}


static void
test_version_that_is_none(void **state)
{
    size_t                     i;
    trials_registry_version_t  version;
    trials_registry_settings_t settings;

    static const char *const answers[] = {
        JSON("{}"),
        JSON("[]"),
        JSON("{\"apiVersion\":\"2\",\"dataTimestamp\":1}"),
        JSON("{\"apiVersion\":\"2\"}"),
        JSON("{\"apiVersion\":\"\",\"dataTimestamp\":\"2026\"}"),
        JSON("{\"apiVersion\":\"2\",\"dataTimestamp\":\"2026\\n\"}"),
        JSON("{\"apiVersion\":\"2\",\"dataTimestamp\":\"2026\\u0000\"}"),
        JSON("{\"apiVersion\":\"<b>\",\"dataTimestamp\":\"2026\"}"),
        JSON("{\"apiVersion\":\"1234567890123456\","
             "\"dataTimestamp\":\"2026\"}"),
        JSON(""),
        JSON("{"),
        NULL};

    (void) state;

    trials_registry_defaults(&settings);
    start(answers, &settings);

    for (i = 0; answers[i]; i++) {
        assert_int_equal(
            trials_registry_version(server.registry, &version, &server.err),
            TRIALS_INVALID);
        assert_non_null(strstr(server.err.message, "/version:"));
    }

    finish();
}


static void
test_study_and_alias(void **state)
{
    long                       retry_after;
    trials_id_t                id;
    trials_registry_settings_t settings;

    static const char *const answers[] = {
        JSON(STUDY("NCT99990401")),
        "HTTP/1.1 301 Moved\r\nConnection: close\r\n"
        "Location: /api/v2/studies/NCT99990403\r\n\r\n",
        JSON(STUDY("NCT99990403")), NULL};

    (void) state;

    trials_registry_defaults(&settings);
    start(answers, &settings);

    retry_after = 99;
    assert_int_equal(trials_registry_study(server.registry, "nct99990401",
                                           &server.body, id, &retry_after,
                                           &server.err),
                     TRIALS_OK);
    assert_string_equal(id, "NCT99990401");
    assert_string_equal(server.body.data, STUDY("NCT99990401"));
    assert_int_equal(retry_after, 0);

    assert_int_equal(trials_registry_study(server.registry, "NCT99990402",
                                           &server.body, id, NULL, &server.err),
                     TRIALS_OK);
    assert_string_equal(id, "NCT99990403");
    assert_string_equal(server.body.data, STUDY("NCT99990403"));

    finish();
    assert_string_equal(server.asked[1],
                        "GET /api/v2/studies/NCT99990402 HTTP/1.1");
    assert_string_equal(server.asked[2],
                        "GET /api/v2/studies/NCT99990403 HTTP/1.1");
}


/* A wait that is too long is the caller's, who gets it in milliseconds. */

static void
test_retry_after(void **state)
{
    long                       retry_after;
    trials_id_t                id;
    trials_registry_settings_t settings;

    static const char *const answers[] = {
        "HTTP/1.1 429 Slowly\r\nConnection: close\r\nRetry-After: 120\r\n\r\n",
        "HTTP/1.1 503 No\r\nConnection: close\r\nRetry-After: 99999999\r\n"
        "\r\n",
        "HTTP/1.1 404 No\r\nConnection: close\r\nRetry-After: 120\r\n\r\n",
        NULL};

    (void) state;

    trials_registry_defaults(&settings);
    start(answers, &settings);

    assert_int_equal(trials_registry_study(server.registry, "NCT1",
                                           &server.body, id, &retry_after,
                                           &server.err),
                     TRIALS_UNAVAILABLE);
    assert_int_equal(retry_after, 120000);

    assert_int_equal(trials_registry_study(server.registry, "NCT1",
                                           &server.body, id, &retry_after,
                                           &server.err),
                     TRIALS_UNAVAILABLE);
    assert_int_equal(retry_after, 86400000);

    assert_int_equal(trials_registry_study(server.registry, "NCT1",
                                           &server.body, id, &retry_after,
                                           &server.err),
                     TRIALS_NOT_FOUND);
    assert_int_equal(retry_after, 0);
    assert_int_equal(server.body.len, 0);

    finish();
    assert_int_equal(server.nasked, 3);
}


/* A short limit on the waits shortens them; it does not cancel the tries. */

static void
test_short_waits(void **state)
{
    trials_id_t                id;
    trials_registry_settings_t settings;

    static const char *const answers[] = {
        "HTTP/1.1 500 No\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 500 No\r\nConnection: close\r\n\r\n",
        JSON(STUDY("NCT00000001")), NULL};

    (void) state;

    trials_registry_defaults(&settings);
    settings.max_retry_wait = 1;
    start(answers, &settings);

    assert_int_equal(trials_registry_study(server.registry, "NCT1",
                                           &server.body, id, NULL, &server.err),
                     TRIALS_OK);

    finish();
    assert_int_equal(server.nasked, 3);
}


/* The smaller of the two limits holds, and nothing of a failure is left. */

static void
test_limits(void **state)
{
    char                       words[64];
    trials_id_t                id;
    trials_registry_settings_t settings;

    static const char *const answers[] = {JSON(STUDY("NCT00000001")),
                                          JSON(STUDY("NCT00000001")),
                                          JSON(STUDY("NCT00000001")), NULL};

    (void) state;

    trials_registry_defaults(&settings);
    settings.max_body = strlen(STUDY("NCT00000001")) - 1;
    start(answers, &settings);
    server.body.max = 1024;

    assert_int_equal(trials_registry_study(server.registry, "NCT1",
                                           &server.body, id, NULL, &server.err),
                     TRIALS_TOO_LARGE);
    (void) snprintf(words, sizeof(words), "larger than %zu bytes",
                    settings.max_body);
    assert_non_null(strstr(server.err.message, words));
    assert_int_equal(server.body.len, 0);
    assert_int_equal(server.body.failed, TRIALS_OK);

    server.body.max = 20;
    assert_int_equal(trials_registry_study(server.registry, "NCT1",
                                           &server.body, id, NULL, &server.err),
                     TRIALS_TOO_LARGE);
    assert_non_null(strstr(server.err.message, "larger than 20 bytes"));

    finish();
}


static int
stop_at_once(void *data)
{
    ++*(int *) data;

    return 1;
}


static void
test_stop(void **state)
{
    int                        asked;
    trials_id_t                id;
    trials_registry_settings_t settings;

    static const char *const answers[] = {
        "HTTP/1.1 500 No\r\nConnection: close\r\n\r\n",
        JSON(STUDY("NCT00000001")), NULL};

    (void) state;

    asked = 0;
    trials_registry_defaults(&settings);
    settings.stop = stop_at_once;
    settings.stop_data = &asked;
    start(answers, &settings);

    assert_int_equal(trials_registry_study(server.registry, "NCT1",
                                           &server.body, id, NULL, &server.err),
                     TRIALS_UNAVAILABLE);
    assert_true(asked > 0);

    finish();
    assert_true(server.nasked <= 1);
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_version),
        cmocka_unit_test(test_version_that_is_none),
        cmocka_unit_test(test_study_and_alias),
        cmocka_unit_test(test_retry_after),
        cmocka_unit_test(test_short_waits),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_stop),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
