/* Negotiation and entity tags: ngx_module/ngx_http_trials_negotiate.c, which
 * needs no nginx. */

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ngx_module/ngx_http_trials_negotiate.c"


#define TEST_TAG "\"0123abcd-gz\""


static ngx_http_trials_coding_t
test_coding(const char *first, const char *second, int brotli)
{
    char                    *copy;
    size_t                   len;
    ngx_http_trials_accept_t accept;

    ngx_http_trials_accept_init(&accept);

    /* A copy of the very length: the sanitizer sees what lies beyond. */

    len = strlen(first);
    copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, first, len);
    ngx_http_trials_accept_parse(&accept, copy, len);
    free(copy);

    if (second) {
        ngx_http_trials_accept_parse(&accept, second, strlen(second));
    }

    return ngx_http_trials_accept_coding(&accept, brotli);
}


static int
test_gzip(const char *first, const char *second)
{
    return test_coding(first, second, 0) == NGX_HTTP_TRIALS_GZIP;
}


static void
test_accept(void **state)
{
    size_t i;

    static const char *const yes[] = {
        "gzip",
        "GzIp",
        "x-gzip",
        "*",
        "gzip, deflate, br",
        "br;q=1.0, gzip;q=0.8, *;q=0.1",
        "\tgzip\t;\tq=1.000 ",
        "gzip;Q=0.5",
        "gzip;q=0.001",
        "gzip;q=1.",
        "deflate,,gzip,",
        "*;q=0.5",
        "gzip;q=1, identity;q=1",
        "identity;q=0, gzip;q=0.1",
        "gzip;q=0.5, *;q=0",
        "gzip;q=1.0",
    };

    static const char *const no[] = {
        "",
        ",",
        ";",
        ";q=1",
        "identity",
        "deflate, br",
        "gzip;q=0",
        "gzip;q=0.",
        "gzip;q=0.0",
        "gzip;q=0.000",
        "*;q=0",
        "gzip;q=0, *",
        "gzip;q=0.3, identity;q=0.4",
        "identity, *;q=0.5",
        "gzipped",
        "gzi",
        "xgzip",
        "gzip deflate",
        "gzip;q",
        "gzip;q=",
        "gzip;q=2",
        "gzip;q=1.001",
        "gzip;q=0.1234",
        "gzip;q=0.5x",
        "gzip;q=-1",
        "gzip;level=9",
        "gzip;",
        "br;gzip",
    };

    (void) state;

    for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
        if (!test_gzip(yes[i], NULL)) {
            fail_msg("not acceptable: \"%s\"", yes[i]);
        }
    }

    for (i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
        if (test_gzip(no[i], NULL)) {
            fail_msg("acceptable: \"%s\"", no[i]);
        }
    }
}


static void
test_accept_lines(void **state)
{
    (void) state;

    assert_true(test_gzip("br", "gzip"));
    assert_true(test_gzip("gzip", "br"));
    assert_false(test_gzip("*", "gzip;q=0"));
    assert_false(test_gzip("", ""));
}


static void
test_accept_brotli(void **state)
{
    (void) state;

    assert_int_equal(test_coding("gzip, deflate, br", NULL, 1),
                     NGX_HTTP_TRIALS_BROTLI);
    assert_int_equal(test_coding("gzip, deflate, br", NULL, 0),
                     NGX_HTTP_TRIALS_GZIP);
    assert_int_equal(test_coding("gzip", "BR;q=1", 1), NGX_HTTP_TRIALS_BROTLI);
    assert_int_equal(test_coding("gzip, br;q=0.9", NULL, 1),
                     NGX_HTTP_TRIALS_GZIP);
    assert_int_equal(test_coding("br;q=0.5, identity", NULL, 1),
                     NGX_HTTP_TRIALS_IDENTITY);
    assert_int_equal(test_coding("br;q=0, *", NULL, 1), NGX_HTTP_TRIALS_GZIP);
    assert_int_equal(test_coding("*", NULL, 1), NGX_HTTP_TRIALS_GZIP);
    assert_int_equal(test_coding("br", NULL, 0), NGX_HTTP_TRIALS_IDENTITY);
    assert_int_equal(test_coding("bro, b, xbr", NULL, 1),
                     NGX_HTTP_TRIALS_IDENTITY);
    assert_int_equal(test_coding("br;q=0.001", NULL, 1),
                     NGX_HTTP_TRIALS_BROTLI);
}


static void
test_accept_language(void **state)
{
    size_t i;

    static const struct {
        const char *value;
        int         weight;
    } cases[] = {
        {"es", 1000},
        {"es-MX,es;q=0.9,en;q=0.8", 1000},
        {"en-US,en;q=0.9,es;q=0.8", 800},
        {"ES-419;q=0.7", 700},
        {"en", 0},
        {"", 0},
        {"*", 1000},
        {"en, *;q=0.5", 500},
        {"es;q=0, *", 0},
        {"est, e, spanish", 0},
        {"es_MX", 0},
        {"es;q=2, es-AR;q=0.1", 100},
        {" es ; q=0.25 ", 250},
        {"es-", 1000},
        {",,;q=1,es", 1000},
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (ngx_http_trials_accept_language(cases[i].value,
                                            strlen(cases[i].value), "es")
            != cases[i].weight)
        {
            fail_msg("\"%s\"", cases[i].value);
        }
    }
}


static int
test_match(const char *list, int weak)
{
    int    rc;
    char  *copy;
    size_t len;

    len = strlen(list);
    copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, list, len);

    rc = ngx_http_trials_etag_match(copy, len, TEST_TAG, sizeof(TEST_TAG) - 1,
                                    weak);

    free(copy);

    return rc;
}


static void
test_etag(void **state)
{
    size_t i;

    static const struct {
        const char *list;
        int         strong;
        int         weak;
    } lists[] = {
        {TEST_TAG, 1, 1},
        {"*", 1, 1},
        {"  *", 1, 1},
        {"W/" TEST_TAG, 0, 1},
        {"w/" TEST_TAG, 0, 0},
        {"\"a\"," TEST_TAG, 1, 1},
        {"\"a\" , \t" TEST_TAG " ", 1, 1},
        {"W/\"a\", W/" TEST_TAG ", \"b\"", 0, 1},
        {",," TEST_TAG, 1, 1},
        {"\"a,b\", " TEST_TAG, 1, 1},
        {"\"\", " TEST_TAG, 1, 1},
        {"", 0, 0},
        {",", 0, 0},
        {"\"", 0, 0},
        {"\"\"", 0, 0},
        {"W/", 0, 0},
        {"W/\"", 0, 0},
        {"\"0123abcd\"", 0, 0},
        {"\"0123ABCD-gz\"", 0, 0},
        {"\"0123abcd-gz", 0, 0},
        {"0123abcd-gz", 0, 0},
        {"x" TEST_TAG, 0, 0},
        {"\"x" TEST_TAG, 0, 0},
    };

    (void) state;

    for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        if (test_match(lists[i].list, 0) != lists[i].strong
            || test_match(lists[i].list, 1) != lists[i].weak)
        {
            fail_msg("wrong: %s", lists[i].list);
        }
    }
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accept),
        cmocka_unit_test(test_accept_lines),
        cmocka_unit_test(test_accept_brotli),
        cmocka_unit_test(test_accept_language),
        cmocka_unit_test(test_etag),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
