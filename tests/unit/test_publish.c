/* From a record to its document in a real Redis, one by one and by the press. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <trials/publish.h>

#include <libxml/parser.h>
#include <stdatomic.h>

#include "tests/unit/redis_server.h"


#define ID  "NCT99990003"
#define NOW 1795000000
#define DAY 86400


static redis_server_t          server;
static trials_cache_settings_t settings;
static trials_cache_t         *cache;
static trials_plain_t         *plain;
static trials_page_t          *page;
static trials_publisher_t     *publisher;
static trials_buf_t            record;
static trials_error_t          err;


static void
read_record(const char *path)
{
    char   piece[4096];
    FILE  *f;
    size_t n;

    f = fopen(path, "r");
    assert_non_null(f);
    trials_buf_init(&record, 1024 * 1024);

    while ((n = fread(piece, 1, sizeof(piece), f)) > 0) {
        assert_int_equal(trials_buf_append(&record, piece, n), TRIALS_OK);
    }

    (void) fclose(f);
}


static int
set_up(void **state)
{
    (void) state;

    xmlInitParser();
    redis_server_create(&server);
    redis_server_start(&server);
    trials_cache_defaults(&settings);
    settings.address = server.address;
    cache = redis_server_cache(&server);
    plain = trials_plain_create(&err);
    page = trials_page_create(plain, NULL, &err);
    publisher = trials_publisher_create(page, cache, &err);
    read_record("tests/data/samples/" ID ".json");

    return publisher == NULL;
}


static int
tear_down(void **state)
{
    (void) state;

    trials_buf_free(&record);
    trials_publisher_destroy(publisher);
    trials_page_destroy(page);
    trials_plain_destroy(plain);
    trials_cache_destroy(cache);
    redis_server_destroy(&server);
    xmlCleanupParser();

    return 0;
}


static int
before(void **state)
{
    (void) state;

    redis_server_do(&server, "FLUSHALL");

    return 0;
}


static trials_rc_t
publish(const char *json, size_t len, int64_t fetched, int force,
        trials_publish_t *result)
{
    trials_id_t            id;
    trials_publish_facts_t facts;

    memset(&facts, 0, sizeof(trials_publish_facts_t));
    facts.name = "the record";
    facts.id = ID;
    facts.fetched = fetched;
    facts.max_age = 60;
    facts.force = force ? 1 : 0;

    return trials_publish(publisher, json, len, &facts, id, result, &err);
}


static void
result_is(const char *json, size_t len, int64_t fetched, int force,
          trials_publish_t expected)
{
    trials_rc_t      rc;
    trials_publish_t result;

    rc = publish(json, len, fetched, force, &result);

    if (rc != TRIALS_OK) {
        fail_msg("%s", err.message);
    }

    assert_int_equal(result, expected);
}


static void
test_what_has_not_changed_is_left_alone(void **state)
{
    char *other, *holder;

    (void) state;

    result_is(record.data, record.len, NOW, 0, TRIALS_PUBLISH_WRITTEN);
    assert_string_equal(redis_server_string(&server, "ZSCORE trials:fresh " ID),
                        "1795000060");
    result_is(record.data, record.len, NOW + DAY - 1, 0,
              TRIALS_PUBLISH_UNCHANGED);
    assert_string_equal(redis_server_string(&server, "ZSCORE trials:fresh " ID),
                        "1795086459");

    /* The day of the data set is no change. */

    other = strdup(record.data);
    assert_non_null(other);
    holder = strstr(other, "\"versionHolder\"");
    assert_non_null(holder);
    holder = strstr(holder, "202");
    assert_non_null(holder);
    holder[3] = holder[3] == '1' ? '2' : '1';
    result_is(other, record.len, NOW, 0, TRIALS_PUBLISH_UNCHANGED);
    free(other);

    /* Once a day it says when it was checked. */

    result_is(record.data, record.len, NOW + DAY, 0, TRIALS_PUBLISH_WRITTEN);
    assert_string_equal(
        redis_server_string(&server, "HGET trials:doc:{" ID "} checked"),
        "1795086400");
}


static void
test_what_was_emptied_is_said(void **state)
{
    (void) state;

    static const char empty[] =
        "{\"protocolSection\":{\"identificationModule\":"
        "{\"nctId\":\"" ID "\",\"briefTitle\":\"x\"}}}";

    result_is(record.data, record.len, NOW, 0, TRIALS_PUBLISH_WRITTEN);
    result_is(empty, sizeof(empty) - 1, NOW, 0, TRIALS_PUBLISH_EMPTIED);
    result_is(record.data, record.len, NOW, 0, TRIALS_PUBLISH_UNCHANGED);
    result_is(empty, sizeof(empty) - 1, NOW, 1, TRIALS_PUBLISH_WRITTEN);
    result_is(record.data, record.len, NOW, 0, TRIALS_PUBLISH_WRITTEN);
}


static void
test_records_that_are_none(void **state)
{
    trials_publish_t result;

    (void) state;

    static const char other[] =
        "{\"protocolSection\":{\"identificationModule\":"
        "{\"nctId\":\"NCT99990004\"}}}";

    assert_int_equal(publish("{", 1, NOW, 0, &result), TRIALS_INVALID);
    assert_non_null(strstr(err.message, "the record:1:"));
    assert_int_equal(publish(other, sizeof(other) - 1, NOW, 0, &result),
                     TRIALS_INVALID);
    assert_non_null(strstr(err.message, "NCT99990004"));
    assert_int_equal(redis_server_number(&server, "DBSIZE"), 0);
}


typedef struct {
    atomic_int good;
    atomic_int bad;
} counted_t;


static void
count(void *data, void *cookie, const trials_pressed_t *pressed)
{
    counted_t *counted;

    counted = data;
    assert_ptr_equal(cookie, &record);

    if (pressed->rc == TRIALS_OK) {
        atomic_fetch_add(&counted->good, 1);
    } else {
        atomic_fetch_add(&counted->bad, 1);
    }
}


static void
test_the_press_deals_with_all(void **state)
{
    int                     i;
    counted_t               counted;
    trials_press_t         *press;
    trials_publish_facts_t  facts;
    trials_press_settings_t press_settings;

    (void) state;

    memset(&counted, 0, sizeof(counted_t));
    press_settings.page = page;
    press_settings.cache = &settings;
    press_settings.threads = 3;
    press_settings.done = count;
    press_settings.data = &counted;
    press = trials_press_create(&press_settings, &err);
    assert_non_null(press);

    facts.name = ID;
    facts.id = NULL;
    facts.fetched = NOW;
    facts.max_age = 60;
    facts.force = 0;

    for (i = 0; i < 200; i++) {
        assert_int_equal(
            trials_press_put(press, (trials_press_lane_t) (i % TRIALS_NPRESS),
                             record.data, i % 10 ? record.len : 5, &facts,
                             &record, &err),
            TRIALS_OK);

        if (i == 100) {
            trials_press_drain(press);
            assert_int_equal(
                atomic_load(&counted.good) + atomic_load(&counted.bad), 101);
        }
    }

    trials_press_destroy(press);
    assert_int_equal(atomic_load(&counted.good), 180);
    assert_int_equal(atomic_load(&counted.bad), 20);
}


int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, before, NULL)
    const struct CMUnitTest tests[] = {
        TEST(test_what_has_not_changed_is_left_alone),
        TEST(test_what_was_emptied_is_said),
        TEST(test_records_that_are_none),
        TEST(test_the_press_deals_with_all),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
