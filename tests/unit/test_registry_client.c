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

#include "tests/unit/registry_server.h"


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
