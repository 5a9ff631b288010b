/* What refreshers share, in a real Redis: bucket, lead, changes, losses. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/redis_cache.h"


#define NOW 1795000000


static void
document(const char *id, const char *registry, const char *engine)
{
    int            i;
    trials_entry_t entry;

    memset(&entry, 0, sizeof(entry));
    entry.state = TRIALS_DOCUMENT_PRESENT;
    entry.registry = registry;
    entry.engine = engine;

    for (i = 0; i < TRIALS_NTRIAL; i++) {
        entry.bodies[TRIALS_LANGUAGE_EN][i].data = "body";
        entry.bodies[TRIALS_LANGUAGE_EN][i].len = 4;
    }

    assert_ok(trials_cache_put(cache, id, &entry, NOW, NOW, NULL, &err));
}


static void
test_the_bucket_fills_at_its_rate(void **state)
{
    int             i;
    long            wait;
    trials_bucket_t readers, others;

    (void) state;

    readers.rate = 600;
    readers.burst = 5;
    readers.reserve = 0;
    others = readers;
    others.reserve = 3;

    /* Others leave three of five to readers. */

    for (i = 0; i < 2; i++) {
        assert_ok(trials_bucket_take(cache, &others, &wait, &err));
        assert_int_equal(wait, 0);
    }

    assert_ok(trials_bucket_take(cache, &others, &wait, &err));
    assert_in_range(wait, 1, 100);

    for (i = 0; i < 3; i++) {
        assert_ok(trials_bucket_take(cache, &readers, &wait, &err));
        assert_int_equal(wait, 0);
    }

    assert_ok(trials_bucket_take(cache, &readers, &wait, &err));
    assert_in_range(wait, 1, 100);
    redis_server_pause(wait + 5);
    assert_ok(trials_bucket_take(cache, &readers, &wait, &err));
    assert_int_equal(wait, 0);
    assert_true(redis_server_number(&server, "PTTL trials:bucket") > 0);
}


static void
test_a_hold_is_for_all(void **state)
{
    long            wait;
    trials_bucket_t bucket;

    (void) state;

    bucket.rate = 60;
    bucket.burst = 60;
    bucket.reserve = 0;

    assert_ok(trials_bucket_hold(cache, 500, &err));
    assert_ok(trials_bucket_hold(cache, 100, &err));
    assert_ok(trials_bucket_take(cache, &bucket, &wait, &err));
    assert_in_range(wait, 300, 500);
    redis_server_pause(wait + 5);
    assert_ok(trials_bucket_take(cache, &bucket, &wait, &err));
    assert_int_equal(wait, 0);
}


static void
test_who_lost_the_lead_writes_no_more(void **state)
{
    int64_t             first, second;
    trials_followed_t   followed, read;
    trials_lock_token_t one, two;

    (void) state;

    assert_ok(trials_lock_token(one, &err));
    assert_ok(trials_lock_token(two, &err));
    memset(&followed, 0, sizeof(followed));
    (void) snprintf(followed.timestamp, 32, "2026-11-20T09:00:05");
    (void) snprintf(followed.engine, 32, "e1");

    assert_ok(trials_leader_take(cache, one, 100, &first, &err));
    assert_ok(trials_leader_take(cache, one, 100, &second, &err));
    assert_int_equal(first, second);
    assert_int_equal(trials_leader_take(cache, two, 100, &second, &err),
                     TRIALS_BUSY);
    assert_ok(trials_followed_write(cache, &followed, first, &err));

    redis_server_pause(120);
    assert_ok(trials_leader_take(cache, two, 10000, &second, &err));
    assert_true(second > first);
    assert_int_equal(trials_followed_write(cache, &followed, first, &err),
                     TRIALS_BUSY);
    assert_int_equal(trials_leader_take(cache, one, 100, &first, &err),
                     TRIALS_BUSY);

    assert_ok(trials_followed_read(cache, &read, &err));
    assert_string_equal(read.timestamp, "2026-11-20T09:00:05");
    assert_string_equal(read.engine, "e1");

    /* It can only be given back by who has it. */

    assert_ok(trials_leader_release(cache, one, &err));
    assert_int_equal(trials_leader_take(cache, one, 100, &first, &err),
                     TRIALS_BUSY);
    assert_ok(trials_leader_release(cache, two, &err));
    assert_ok(trials_leader_take(cache, one, 100, &first, &err));
}


static void
test_changed_is_what_is_cached_and_differs(void **state)
{
    size_t      n;
    trials_id_t changed[5];

    static const trials_update_t updates[] = {
        {"NCT99990001", "2026-11-20"}, {"NCT99990002", "2026-11-20"},
        {"NCT99990003", "2026-11-20"}, {"NCT99990004", "2026-11-20"},
        {"NCT99990005", ""},
    };

    (void) state;

    document("NCT99990001", "2026-11-20", "e1");
    document("NCT99990002", "2026-11-19", "e1");
    document("NCT99990003", "2026-11-20", "e0");
    document("NCT99990005", "", "e1");
    redis_server_do(&server, "SET trials:doc:{NCT99990004} mine");

    assert_ok(trials_cache_changed(cache, updates, 5, "e1", changed, &n, &err));
    assert_int_equal(n, 2);
    assert_string_equal(changed[0], "NCT99990002");
    assert_string_equal(changed[1], "NCT99990003");

    assert_ok(trials_cache_changed(cache, updates, 0, "e1", changed, &n, &err));
    assert_int_equal(n, 0);
}


static void
test_due_is_the_longest_first(void **state)
{
    size_t        n;
    trials_name_t names[4];

    (void) state;

    document("NCT99990001", "", "e");
    document("NCT99990002", "", "e");
    document("NCT99990003", "", "e");
    assert_ok(trials_cache_touch(cache, "NCT99990001", NOW + 10, &err));
    assert_ok(trials_cache_touch(cache, "NCT99990002", NOW - 10, &err));

    /* It is gone, but nobody said so. */

    assert_ok(trials_cache_touch(cache, "NCT99990009", NOW - 99, &err));

    assert_ok(trials_cache_due(cache, NOW, 4, names, &n, &err));
    assert_int_equal(n, 2);
    assert_string_equal(names[0], "NCT99990002");
    assert_string_equal(names[1], "NCT99990003");
    assert_int_equal(redis_server_number(&server, "ZCARD trials:fresh"), 3);

    assert_ok(trials_cache_stale(cache, &err));
    assert_ok(trials_cache_due(cache, NOW, 4, names, &n, &err));
    assert_int_equal(n, 3);
}


static void
test_not_too_many_get_lost(void **state)
{
    int  i, allowed;
    char command[600];

    trials_id_t ids[40];

    (void) state;

    for (i = 0; i < 40; i++) {
        (void) snprintf(ids[i], sizeof(ids[i]), "NCT9999%04d", i + 1);
        document(ids[i], "", "e");
    }

    /* 10 % of 40 are four. */

    assert_ok(
        trials_cache_may_lose(cache, ids, 3, NOW, 100, 1, &allowed, &err));
    assert_int_equal(allowed, 1);
    assert_ok(
        trials_cache_may_lose(cache, ids, 4, NOW + 1, 100, 1, &allowed, &err));
    assert_int_equal(allowed, 1);
    assert_ok(trials_cache_may_lose(cache, ids + 4, 1, NOW + 2, 100, 1,
                                    &allowed, &err));
    assert_int_equal(allowed, 0);

    /* They came back, or a day has passed, or it is a small site. */

    assert_ok(trials_cache_found(cache, ids, 3, &err));
    assert_ok(trials_cache_may_lose(cache, ids + 4, 1, NOW + 2, 100, 1,
                                    &allowed, &err));
    assert_int_equal(allowed, 1);
    assert_ok(trials_cache_may_lose(cache, ids + 10, 4, NOW + 90000, 100, 1,
                                    &allowed, &err));
    assert_int_equal(allowed, 1);
    assert_ok(trials_cache_may_lose(cache, ids, 10, NOW + 90000, 100, 14,
                                    &allowed, &err));
    assert_int_equal(allowed, 1);

    /* Half of what there was are 20, though they go one by one. */

    redis_server_do(&server, "DEL trials:losses");

    for (i = 0; i < 21; i++) {
        assert_ok(trials_cache_may_lose(cache, ids + i, 1, NOW, 500, 1,
                                        &allowed, &err));
        assert_int_equal(allowed, i < 20);

        if (allowed) {
            (void) snprintf(command, sizeof(command), "ZREM trials:fresh %s",
                            ids[i]);
            redis_server_do(&server, command);
        }
    }

    /* What is not there cannot be lost. */

    redis_server_do(&server, "FLUSHALL");
    assert_ok(trials_cache_may_lose(cache, ids, 40, NOW, 0, 0, &allowed, &err));
    assert_int_equal(allowed, 1);
}


int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, before, after)
    const struct CMUnitTest tests[] = {
        TEST(test_the_bucket_fills_at_its_rate),
        TEST(test_a_hold_is_for_all),
        TEST(test_who_lost_the_lead_writes_no_more),
        TEST(test_changed_is_what_is_cached_and_differs),
        TEST(test_due_is_the_longest_first),
        TEST(test_not_too_many_get_lost),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
