/* Lists of studies: taken apart as they arrive, page after page. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/registry/stream.h"
#include "tests/unit/registry_server.h"


#define BAD(code)                                                 \
    "HTTP/1.1 " code " No\r\nConnection: close\r\nContent-Type: " \
    "text/plain\r\n\r\nItem 1 in parameter `filter.ids` has incorrect format"


typedef struct {
    char   text[1024]; /* the studies, each followed by "\n" */
    size_t n;
    size_t stop_at; /* 0: never */
} got_t;


static trials_rc_t
take(void *data, const char *json, size_t len, trials_error_t *err)
{
    got_t *got;
    size_t used;

    got = data;
    used = strlen(got->text);
    assert_true(used + len + 2 < sizeof(got->text));
    assert_int_equal(json[len], '\0');
    memcpy(got->text + used, json, len);
    memcpy(got->text + used + len, "\n", 2);
    got->n++;

    return got->n == got->stop_at
               ? trials_error(err, TRIALS_BUSY, "enough of it")
               : TRIALS_OK;
}


static trials_rc_t
write_in_pieces(trials_stream_t *stream, const char *text, size_t piece)
{
    size_t      i, n, len;
    char       *copy;
    trials_rc_t rc;

    len = strlen(text);

    for (i = 0, rc = TRIALS_OK; i < len && rc == TRIALS_OK; i += n) {
        n = len - i < piece ? len - i : piece;

        /* A copy, so that a byte read beyond it is noticed. */

        copy = malloc(n);
        assert_non_null(copy);
        memcpy(copy, text + i, n);
        rc = trials_stream_write(stream, copy, n);
        free(copy);
    }

    return rc;
}


static void
test_any_split(void **state)
{
    got_t           got;
    size_t          i, piece;
    trials_stream_t stream;

    static const struct {
        const char *text;
        const char *studies;
        const char *envelope;
    } cases[] = {
        {"{\"totalCount\":2,\"studies\":[\n{\"a\":{\"b\":[1,{}]}},\n{}\n],"
         "\"nextPageToken\":\"x\"}",
         "{\"a\":{\"b\":[1,{}]}}\n{}\n",
         "{\"totalCount\":2,\"studies\":[\n0,\n0\n],\"nextPageToken\":\"x\"}"},
        {"{\"studies\":[  ]}", "", "{\"studies\":[  ]}"},
        {"{\"studies\":[{\"}]\\\"{\":\"[{\\\\\"},{\"\":\"\\\\\\\"}\"}]}",
         "{\"}]\\\"{\":\"[{\\\\\"}\n{\"\":\"\\\\\\\"}\"}\n",
         "{\"studies\":[0,0]}"},
        {"{\"more\":{\"a\":{\"b\":1}},\"x]\":\"{[\",\"studies\":[{}]}", "{}\n",
         "{\"more\":{\"a\":{\"b\":1}},\"x]\":\"{[\",\"studies\":[0]}"},
        {"]]}}", "", "]]}}"},
        {"[[[{}]", "", "[[0"},
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (piece = 1; piece <= strlen(cases[i].text); piece++) {
            memset(&got, 0, sizeof(got_t));
            trials_stream_init(&stream, 1000, take, &got, NULL);
            assert_int_equal(write_in_pieces(&stream, cases[i].text, piece),
                             TRIALS_OK);
            assert_string_equal(got.text, cases[i].studies);
            assert_string_equal(stream.envelope.data, cases[i].envelope);
            trials_stream_free(&stream);
        }
    }
}


static void
test_bounds(void **state)
{
    size_t          i;
    got_t           got;
    trials_stream_t stream;

    (void) state;

    memset(&got, 0, sizeof(got_t));
    trials_stream_init(&stream, 8, take, &got, NULL);
    assert_int_equal(
        write_in_pieces(&stream, "{\"studies\":[{\"a\":[]},{\"a\":\"1234\"}",
                        5),
        TRIALS_TOO_LARGE);
    assert_string_equal(got.text, "{\"a\":[]}\n");

    trials_stream_reset(&stream);

    for (i = 0; i < 100000; i++) {
        if (trials_stream_write(&stream, "\"x\",", 4) != TRIALS_OK) {
            break;
        }
    }

    assert_int_equal(i, 64 * 1024 / 4);
    trials_stream_free(&stream);
}


static void
ask(const char *const *answers, const trials_registry_query_t *query,
    got_t *got, trials_rc_t expected)
{
    size_t                     total;
    trials_registry_settings_t settings;

    trials_registry_defaults(&settings);
    settings.retries = 1;
    settings.max_retry_wait = 10;
    start(answers, &settings);
    assert_int_equal(trials_registry_studies(server.registry, query, take, got,
                                             &total, NULL, &server.err),
                     expected);
    finish();
}


static void
test_pages(void **state)
{
    got_t                   got;
    trials_registry_query_t query;

    static const char *const answers[] = {
        JSON("{\"totalCount\":3,\"studies\":[{\"n\":1},{\"n\":2}],"
             "\"nextPageToken\":\"a/b\"}"),
        JSON("{\"studies\":[{\"n\":3}]}"), NULL};

    (void) state;

    memset(&got, 0, sizeof(got_t));
    memset(&query, 0, sizeof(trials_registry_query_t));
    query.advanced = "AREA[LastUpdatePostDate]RANGE[2026-11-20,MAX]";
    query.fields = "NCTId";
    query.page_size = 2;

    ask(answers, &query, &got, TRIALS_OK);
    assert_string_equal(got.text, "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");
    assert_string_equal(
        server.asked[0],
        "GET /api/v2/studies?pageSize=2&countTotal=true&filter.advanced="
        "AREA%5BLastUpdatePostDate%5DRANGE%5B2026-11-20%2CMAX%5D&fields=NCTId "
        "HTTP/1.1");
    assert_string_equal(
        server.asked[1],
        "GET /api/v2/studies?pageSize=2&filter.advanced="
        "AREA%5BLastUpdatePostDate%5DRANGE%5B2026-11-20%2CMAX%5D&fields=NCTId"
        "&pageToken=a%2Fb HTTP/1.1");
}


static void
test_limit(void **state)
{
    got_t                   got;
    trials_registry_query_t query;

    static const char *const answers[] = {
        JSON("{\"studies\":[{\"n\":1},{\"n\":2}],\"nextPageToken\":\"a\"}"),
        NULL};

    (void) state;

    memset(&got, 0, sizeof(got_t));
    memset(&query, 0, sizeof(trials_registry_query_t));
    query.limit = 1;

    ask(answers, &query, &got, TRIALS_OK);
    assert_string_equal(got.text, "{\"n\":1}\n");
}


static void
test_a_bad_id_is_found(void **state)
{
    got_t                   got;
    trials_registry_query_t query;

    static const trials_id_t ids[] = {"NCT00000001", "NCT00000002",
                                      "NCT00000003"};
    static const char *const answers[] = {
        BAD("400"), JSON("{\"studies\":[{\"n\":1}]}"), BAD("414"),
        BAD("400"), JSON("{\"studies\":[{\"n\":3}]}"), NULL};

    (void) state;

    memset(&got, 0, sizeof(got_t));
    memset(&query, 0, sizeof(trials_registry_query_t));
    query.ids = ids;
    query.nids = 3;

    ask(answers, &query, &got, TRIALS_OK);
    assert_string_equal(got.text, "{\"n\":1}\n{\"n\":3}\n");
    assert_non_null(strstr(server.asked[0],
                           "filter.ids=NCT00000001,NCT00000002,NCT00000003 "));
    assert_non_null(strstr(server.asked[1], "filter.ids=NCT00000001 "));
    assert_non_null(strstr(server.asked[4], "filter.ids=NCT00000003 "));
}


static void
test_what_is_no_list(void **state)
{
    size_t                  i;
    got_t                   got;
    trials_registry_query_t query;

    static const char *const answers[] = {
        JSON("{}"),
        JSON("{\"studies\":{}}"),
        JSON("{\"studies\":[1,{}]}"),
        JSON("{\"studies\":[[{}]]}"),
        JSON("{\"other\":[{}],\"studies\":[]}"),
        JSON("{\"studies\":[{}]"),
        JSON("{\"studies\":[{},{\"a\":"),
        JSON("{\"studies\":[],\"nextPageToken\":\"\"}"),
        JSON("{\"studies\":[],\"nextPageToken\":1}"),
        JSON("[]"),
        JSON(""),
        BAD("404") "",
        NULL};

    (void) state;

    memset(&query, 0, sizeof(trials_registry_query_t));

    for (i = 0; answers[i]; i++) {
        const char *const one[] = {answers[i], NULL};

        memset(&got, 0, sizeof(got_t));
        ask(one, &query, &got,
            strstr(answers[i], "404") ? TRIALS_NOT_FOUND : TRIALS_INVALID);
        assert_non_null(strstr(server.err.message, "/studies"));
    }
}


static void
test_a_page_begins_anew(void **state)
{
    got_t                   got;
    trials_registry_query_t query;

    static const char *const answers[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 99\r\nContent-Type: "
        "application/json\r\n\r\n{\"studies\":[{\"n\":1},{\"n\"",
        JSON("{\"studies\":[{\"n\":1},{\"n\":2}]}"), NULL};

    (void) state;

    memset(&got, 0, sizeof(got_t));
    memset(&query, 0, sizeof(trials_registry_query_t));

    ask(answers, &query, &got, TRIALS_OK);
    assert_string_equal(got.text, "{\"n\":1}\n{\"n\":1}\n{\"n\":2}\n");
}


static void
test_the_taker_may_end_it(void **state)
{
    got_t                   got;
    trials_registry_query_t query;

    static const char *const answers[] = {
        JSON("{\"studies\":[{\"n\":1},{\"n\":2}],\"nextPageToken\":\"a\"}"),
        NULL};

    (void) state;

    memset(&got, 0, sizeof(got_t));
    memset(&query, 0, sizeof(trials_registry_query_t));
    got.stop_at = 1;

    ask(answers, &query, &got, TRIALS_BUSY);
    assert_string_equal(got.text, "{\"n\":1}\n");
    assert_string_equal(server.err.message, "enough of it");
}


static int
set_up(void **state)
{
    (void) state;

    return setenv("no_proxy", "127.0.0.1", 1);
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_split),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_a_bad_id_is_found),
        cmocka_unit_test(test_what_is_no_list),
        cmocka_unit_test(test_a_page_begins_anew),
        cmocka_unit_test(test_the_taker_may_end_it),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
