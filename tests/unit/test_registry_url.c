/* Which addresses are the registry's; what a client can be made with. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <curl/curl.h>

#include "core/registry/url.h"

#include <trials/registry.h>


static void
test_origin(void **state)
{
    char  *origin;
    size_t i;

    static const char *const urls[][2] = {
        {"https://registry.example/api/v2", "https://registry.example:443/"},
        {"HTTPS://Registry.Example:443", "https://registry.example:443/"},
        {"http://127.0.0.1:8080/api/v2/", "http://127.0.0.1:8080/"},
        {"http://[::1]/x", "http://[::1]:80/"},
        {"https://registry.example:8443/a/../b",
         "https://registry.example:8443/"},
    };

    (void) state;

    for (i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        origin = NULL;
        assert_int_equal(trials_registry_origin(urls[i][0], &origin),
                         TRIALS_OK);

        /* libcurl 7.88 leaves the letters of a host as they are. */
        assert_int_equal(strcasecmp(origin, urls[i][1]), 0);
        curl_free(origin);
    }
}


static void
test_no_origin(void **state)
{
    char  *origin;
    size_t i;

    static const char *const urls[] = {
        "",
        "registry.example/api/v2",
        "/api/v2",
        "//registry.example/api/v2",
        "ftp://registry.example/api/v2",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https://registry.example:99999/",
        "https://registry.example:x/",
        "https://user@registry.example/api/v2",
        "https://user:secret@registry.example/api/v2",
        "https://registry.example/api/v2?x=1",
        "https://registry.example/api/v2#x",
        "https://registry.example/a b",
        "https://registry.example/a\nb",
        "https://registry.example\r\nX: y/",
    };

    (void) state;

    for (i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        origin = NULL;

        if (trials_registry_origin(urls[i], &origin) != TRIALS_INVALID) {
            fail_msg("\"%s\" was taken for a base", urls[i]);
        }

        assert_null(origin);
    }
}


static void
test_defaults(void **state)
{
    trials_error_t             err;
    trials_registry_t         *registry;
    trials_registry_settings_t settings;

    (void) state;

    memset(&settings, 'x', sizeof(settings));
    trials_registry_defaults(&settings);

    assert_string_equal(settings.base, "https://clinicaltrials.gov/api/v2");
    assert_null(settings.contact);
    assert_int_equal(settings.connect_timeout, 5000);
    assert_int_equal(settings.timeout, 30000);
    assert_int_equal(settings.retries, 2);
    assert_int_equal(settings.max_retry_wait, 10000);
    assert_int_equal(settings.max_body, 16 * 1024 * 1024);
    assert_null(settings.ca_file);
    assert_null(settings.stop);

    registry = trials_registry_create(&settings, &err);
    assert_non_null(registry);
    trials_registry_destroy(registry);
    trials_registry_destroy(NULL);
}


static void
test_settings_refused(void **state)
{
    trials_error_t             err;
    trials_registry_settings_t settings;

    (void) state;

    trials_registry_defaults(&settings);

    settings.base = "ftp://registry.example\n/api";
    assert_null(trials_registry_create(&settings, &err));
    assert_int_equal(err.code, TRIALS_INVALID);
    assert_string_equal(err.message,
                        "registry \"ftp://registry.example /api\": not an http "
                        "or https URL of host and path");

    settings.base = NULL;
    assert_null(trials_registry_create(&settings, &err));
    assert_int_equal(err.code, TRIALS_INVALID);

    /* A line end in the User-Agent would be a header of its own. */

    trials_registry_defaults(&settings);
    settings.contact = "us@example.org\r\nX-Evil: 1";
    assert_null(trials_registry_create(&settings, &err));
    assert_int_equal(err.code, TRIALS_INVALID);
    assert_non_null(strstr(err.message, "registry contact \"us@example.org"));
}


/* A wrong id never reaches the network. */

static void
test_id_refused(void **state)
{
    long                       retry_after;
    trials_id_t                id;
    trials_buf_t               body;
    trials_error_t             err;
    trials_registry_t         *registry;
    trials_registry_settings_t settings;

    (void) state;

    trials_registry_defaults(&settings);
    settings.base = "http://127.0.0.1:1/api/v2";

    registry = trials_registry_create(&settings, &err);
    assert_non_null(registry);

    trials_buf_init(&body, 1024);
    assert_int_equal(trials_buf_append(&body, "old", 3), TRIALS_OK);
    retry_after = 99;

    assert_int_equal(trials_registry_study(registry, "NCT1/../x", &body, id,
                                           &retry_after, &err),
                     TRIALS_INVALID);
    assert_string_equal(err.message, "\"NCT1/../x\": not an id");
    assert_int_equal(retry_after, 0);
    assert_int_equal(body.len, 0);

    trials_buf_free(&body);
    trials_registry_destroy(registry);
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_origin),
        cmocka_unit_test(test_no_origin),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_settings_refused),
        cmocka_unit_test(test_id_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
