/* The stream of wanted ids and the lock, in a real Redis, by several threads. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/redis_cache.h"

#include <pthread.h>
#include <stdatomic.h>


#define ID       "NCT99990001"
#define WANTED   "trials:wanted"
#define NTHREADS 8
#define NENTRIES 400


static trials_rc_t
take(long min_idle, long wait, trials_wanted_t *wanted)
{
    size_t      n;
    trials_rc_t rc;

    memset(wanted, 0, sizeof(trials_wanted_t));
    rc = trials_wanted_take(cache, "me", min_idle, wait, wanted, 1, &n, &err);
    assert_int_equal(n, rc == TRIALS_OK);

    if (rc != TRIALS_OK && rc != TRIALS_NOT_FOUND) {
        fail_msg("take: %s", err.message);
    }

    return rc;
}


static int64_t
now(void)
{
    struct timespec ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (int64_t) ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}


static void
test_an_entry_goes_through(void **state)
{
    int64_t         ms;
    trials_wanted_t wanted;

    (void) state;

    assert_ok(trials_wanted_add(cache, ID, &err));
    assert_int_equal(redis_server_number(&server, "XLEN " WANTED), 1);

    assert_int_equal(take(60000, 100, &wanted), TRIALS_OK);
    assert_string_equal(wanted.name, ID);
    assert_ok(trials_cache_time(cache, &ms, &err));
    assert_true(ms >= wanted.since && ms - wanted.since < 5000);

    /* It is ours: nobody is given it a second time. */

    assert_int_equal(take(60000, 1, &wanted), TRIALS_NOT_FOUND);
    assert_int_equal(take(60000, 1, &wanted), TRIALS_NOT_FOUND);
    assert_int_equal(wanted.name[0], '\0');
}


static void
test_done_leaves_nothing(void **state)
{
    trials_wanted_t       wanted;
    trials_cache_status_t status;

    (void) state;

    assert_ok(trials_wanted_add(cache, ID, &err));
    assert_int_equal(take(60000, 100, &wanted), TRIALS_OK);
    assert_ok(trials_cache_status(cache, 0, &status, &err));
    assert_int_equal(status.wanted, 1);
    assert_int_equal(status.pending, 1);

    assert_ok(trials_wanted_done(cache, &wanted, &err));
    assert_ok(trials_cache_status(cache, 0, &status, &err));
    assert_int_equal(status.wanted, 0);
    assert_int_equal(status.pending, 0);

    /* Once more does no harm. */

    assert_ok(trials_wanted_done(cache, &wanted, &err));
}


static void
test_an_unfinished_entry_is_claimed(void **state)
{
    size_t          n;
    int64_t         since;
    trials_wanted_t wanted;

    (void) state;

    assert_ok(trials_wanted_add(cache, ID, &err));
    assert_ok(
        trials_wanted_take(cache, "other", 60000, 100, &wanted, 1, &n, &err));
    since = wanted.since;
    assert_int_equal(wanted.tries, 0);

    assert_int_equal(take(150, 1, &wanted), TRIALS_NOT_FOUND);
    redis_server_pause(160);
    assert_int_equal(take(150, 1, &wanted), TRIALS_OK);
    assert_string_equal(wanted.name, ID);
    assert_true(wanted.since == since);
    assert_int_equal(wanted.tries, 1);

    /* The time counts anew. */

    assert_int_equal(take(150, 1, &wanted), TRIALS_NOT_FOUND);
    assert_int_equal(take(0, 1, &wanted), TRIALS_OK);
}


/* Many that somebody is busy with do not hide one that was left behind. */

static void
test_an_unfinished_entry_behind_busy_ones(void **state)
{
    int             i;
    char            last[TRIALS_WANTED_ENTRY_LEN + 1], words[256];
    trials_wanted_t wanted;

    (void) state;

    for (i = 0; i < 50; i++) {
        assert_ok(trials_wanted_add(cache, ID, &err));
        assert_int_equal(take(60000, 100, &wanted), TRIALS_OK);
    }

    (void) snprintf(last, sizeof(last), "%s", wanted.entry);
    (void) snprintf(words, sizeof(words),
                    "XCLAIM " WANTED " refreshers other 0 %s IDLE 90000 "
                    "JUSTID",
                    last);
    redis_server_do(&server, words);

    assert_int_equal(take(60000, 1, &wanted), TRIALS_OK);
    assert_string_equal(wanted.entry, last);
}


/* What comes together is taken together, but for what was taken twice before:
 * that may fail the others. */

static void
test_many_are_taken_together(void **state)
{
    size_t          i, n;
    trials_wanted_t wanted[4];

    (void) state;

    for (i = 0; i < 3; i++) {
        assert_ok(trials_wanted_add(cache, ID, &err));
    }

    assert_ok(trials_wanted_take(cache, "me", 0, 1, wanted, 2, &n, &err));
    assert_int_equal(n, 2);
    assert_int_equal(wanted[0].tries, 0);

    assert_ok(trials_wanted_take(cache, "me", 0, 1, wanted, 4, &n, &err));
    assert_int_equal(n, 2);
    assert_int_equal(wanted[0].tries, 1);
    assert_int_equal(wanted[1].tries, 1);

    assert_ok(trials_wanted_take(cache, "me", 0, 1, wanted, 4, &n, &err));
    assert_int_equal(n, 1);
    assert_int_equal(wanted[0].tries, 0);

    for (i = 0; i < 4; i++) {
        assert_ok(trials_wanted_take(cache, "me", 0, 1, wanted, 4, &n, &err));
        assert_int_equal(n, 1);
    }
}


/* One that fails again and again does not hide those behind it: what has been
 * left alone longest comes first. */

static void
test_unfinished_entries_take_turns(void **state)
{
    int             i;
    char            first[TRIALS_WANTED_ENTRY_LEN + 1];
    trials_wanted_t wanted;

    (void) state;

    for (i = 0; i < 3; i++) {
        assert_ok(trials_wanted_add(cache, ID, &err));
        assert_int_equal(take(60000, 100, &wanted), TRIALS_OK);
        redis_server_pause(20);

        if (i == 0) {
            (void) snprintf(first, sizeof(first), "%s", wanted.entry);
        }
    }

    for (i = 0; i < 3; i++) {
        assert_int_equal(take(10, 1, &wanted), TRIALS_OK);
        assert_int_equal(strcmp(wanted.entry, first) == 0, i == 0);
        redis_server_pause(20);
    }

    assert_int_equal(take(10, 1, &wanted), TRIALS_OK);
    assert_string_equal(wanted.entry, first);
}


static void
test_new_and_unfinished_take_turns(void **state)
{
    int             i, fresh, claimed;
    size_t          n;
    trials_wanted_t wanted;

    (void) state;

    for (i = 0; i < 20; i++) {
        assert_ok(trials_wanted_add(cache, ID, &err));
        assert_ok(trials_wanted_take(cache, "other", 60000, 100, &wanted, 1, &n,
                                     &err));
    }

    for (i = 0; i < 20; i++) {
        assert_ok(trials_wanted_add(cache, "NCT99990002", &err));
    }

    redis_server_pause(30);

    for (i = 0, fresh = 0, claimed = 0; i < 10; i++) {
        assert_int_equal(take(25, 1, &wanted), TRIALS_OK);
        fresh += strcmp(wanted.name, "NCT99990002") == 0;
        claimed += strcmp(wanted.name, ID) == 0;
    }

    assert_int_equal(fresh, 5);
    assert_int_equal(claimed, 5);
}


static void
test_an_entry_that_was_cut_off_is_forgotten(void **state)
{
    char            words[256];
    trials_wanted_t wanted, gone;

    (void) state;

    assert_ok(trials_wanted_add(cache, ID, &err));
    assert_int_equal(take(60000, 100, &gone), TRIALS_OK);
    assert_ok(trials_wanted_add(cache, "NCT99990002", &err));
    assert_int_equal(take(60000, 100, &wanted), TRIALS_OK);
    (void) snprintf(words, sizeof(words), "XDEL " WANTED " %s", gone.entry);
    redis_server_do(&server, words);

    assert_int_equal(take(0, 1, &wanted), TRIALS_OK);
    assert_string_equal(wanted.name, "NCT99990002");
    assert_ok(trials_wanted_done(cache, &wanted, &err));
    assert_int_equal(take(0, 1, &wanted), TRIALS_NOT_FOUND);
}


static void
test_it_waits_as_long_as_it_was_told(void **state)
{
    int64_t         began, took;
    trials_wanted_t wanted;

    (void) state;

    began = now();
    assert_int_equal(take(60000, 300, &wanted), TRIALS_NOT_FOUND);
    assert_int_equal(take(60000, 300, &wanted), TRIALS_NOT_FOUND);
    took = now() - began;

    /* The first makes the group and does not wait. */

    assert_true(took >= 290 && took < 2000);

    /* Longer than the connection's time-out is cut, not lost. */

    began = now();
    assert_int_equal(take(60000, 1000000, &wanted), TRIALS_NOT_FOUND);
    took = now() - began;
    assert_true(took >= 1000 && took < 2000);
}


static void *
add_later(void *data)
{
    trials_cache_t *own;

    own = redis_server_cache(data);
    redis_server_pause(100);
    (void) trials_wanted_add(own, ID, NULL);
    trials_cache_destroy(own);

    return NULL;
}


static void
test_it_wakes_when_one_comes(void **state)
{
    int64_t         began;
    pthread_t       thread;
    trials_wanted_t wanted;

    (void) state;

    assert_int_equal(take(60000, 1, &wanted), TRIALS_NOT_FOUND);
    assert_int_equal(pthread_create(&thread, NULL, add_later, &server), 0);
    began = now();
    assert_int_equal(take(60000, 1400, &wanted), TRIALS_OK);
    assert_true(now() - began < 1000);
    assert_int_equal(pthread_join(thread, NULL), 0);
}


static void
test_the_group_reads_what_was_there_before(void **state)
{
    trials_wanted_t wanted;

    (void) state;

    /* As the module writes it, before any refresher was there. */

    redis_server_do(&server, "XADD " WANTED " * id " ID);
    assert_int_equal(take(60000, 1, &wanted), TRIALS_OK);
    assert_string_equal(wanted.name, ID);

    /* Redis comes back empty. */

    redis_server_do(&server, "FLUSHALL");
    redis_server_do(&server, "XADD " WANTED " * id NCT99990002");
    assert_int_equal(take(60000, 1, &wanted), TRIALS_OK);
    assert_string_equal(wanted.name, "NCT99990002");
}


static void
test_entries_without_an_id(void **state)
{
    size_t          i;
    trials_wanted_t wanted;

    static const char *const entries[] = {
        "XADD " WANTED " * id Rubbish", "XADD " WANTED " * id NCT0",
        "XADD " WANTED " * name " ID,   "XADD " WANTED " * id NCT999900011",
        "XADD " WANTED " * ID " ID,
    };

    (void) state;

    for (i = 0; i < sizeof(entries) / sizeof(char *); i++) {
        redis_server_do(&server, entries[i]);
        assert_int_equal(take(60000, 100, &wanted), TRIALS_OK);
        assert_string_equal(wanted.name, "");
        assert_true(wanted.entry[0] != '\0');
        assert_ok(trials_wanted_done(cache, &wanted, &err));
    }

    assert_int_equal(redis_server_number(&server, "XLEN " WANTED), 0);

    /* Other fields beside it do not matter, nor how it is spelt. */

    redis_server_do(&server, "XADD " WANTED " * since 1 id nct99990001 who me");
    assert_int_equal(take(60000, 100, &wanted), TRIALS_OK);
    assert_string_equal(wanted.name, ID);
}


static void
test_the_stream_is_bounded(void **state)
{
    int           i;
    long long     n;
    redisReply   *reply;
    redisContext *redis;

    (void) state;

    redis = server.redis;

    for (i = 0; i < 101000; i++) {
        (void) redisAppendCommand(redis, "XADD " WANTED " * id " ID);
    }

    for (i = 0; i < 101000; i++) {
        assert_int_equal(redisGetReply(redis, (void **) &reply), REDIS_OK);
        freeReplyObject(reply);
    }

    assert_ok(trials_wanted_add(cache, ID, &err));
    n = redis_server_number(&server, "XLEN " WANTED);
    assert_true(n >= 100000 && n < 101000);
}


static void
test_a_stream_of_another_type(void **state)
{
    size_t          n;
    trials_wanted_t wanted;

    (void) state;

    redis_server_do(&server, "SET " WANTED " mine");
    assert_int_equal(
        trials_wanted_take(cache, "me", 100, 1, &wanted, 1, &n, &err),
        TRIALS_FAILED);
    assert_int_equal(n, 0);
    assert_non_null(strstr(err.message, "WRONGTYPE"));
    assert_int_equal(trials_wanted_add(cache, ID, &err), TRIALS_FAILED);
    assert_non_null(strstr(err.message, "XADD"));
    assert_int_equal(trials_wanted_add(cache, "NCT1", &err), TRIALS_INVALID);
}


/* Many take from one stream: everyone has others, nothing is lost. */

static atomic_int taken[NENTRIES + 1];

static void *
take_all(void *data)
{
    size_t          n, i;
    trials_rc_t     rc;
    trials_cache_t *own;
    trials_wanted_t wanted[3];

    own = redis_server_cache(data);

    do {
        rc = trials_wanted_take(own, "crowd", 60000, 200, wanted, 3, &n, NULL);

        for (i = 0; i < n; i++) {
            atomic_fetch_add(&taken[strtol(wanted[i].name + 3, NULL, 10)], 1);

            if (trials_wanted_done(own, &wanted[i], NULL) != TRIALS_OK) {
                rc = TRIALS_FAILED;
            }
        }
    } while (rc == TRIALS_OK);

    trials_cache_destroy(own);

    return rc == TRIALS_NOT_FOUND ? NULL : "failed";
}


static void
test_many_take_each_entry_once(void **state)
{
    int       i;
    char      id[32];
    void     *wrong;
    pthread_t threads[NTHREADS];

    (void) state;

    for (i = 1; i <= NENTRIES; i++) {
        (void) snprintf(id, sizeof(id), "NCT%08d", i);
        assert_ok(trials_wanted_add(cache, id, &err));
    }

    for (i = 0; i < NTHREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, take_all, &server),
                         0);
    }

    for (i = 0; i < NTHREADS; i++) {
        assert_int_equal(pthread_join(threads[i], &wrong), 0);
        assert_null(wrong);
    }

    for (i = 1; i <= NENTRIES; i++) {
        assert_int_equal(atomic_load(&taken[i]), 1);
    }

    assert_int_equal(redis_server_number(&server, "XLEN " WANTED), 0);
}


static void
test_the_lock(void **state)
{
    trials_lock_token_t one, two;

    (void) state;

    assert_ok(trials_lock_take(cache, ID, 60000, one, &err));
    assert_int_equal(strlen(one), 32);
    assert_string_equal(
        redis_server_string(&server, "GET trials:lock:{" ID "}"), one);
    assert_int_equal(trials_lock_take(cache, ID, 60000, two, &err),
                     TRIALS_BUSY);
    assert_ok(trials_lock_take(cache, "NCT99990002", 60000, two, &err));
    assert_string_not_equal(one, two);

    assert_ok(trials_lock_release(cache, ID, one, &err));
    assert_ok(trials_lock_take(cache, ID, 60000, two, &err));
    assert_int_equal(trials_lock_take(cache, "NCT1", 60000, two, &err),
                     TRIALS_INVALID);
}


static void
test_only_the_owner_gives_it_back(void **state)
{
    trials_lock_token_t one, two;

    (void) state;

    assert_ok(trials_lock_take(cache, ID, 100, one, &err));
    redis_server_pause(130);
    assert_ok(trials_lock_take(cache, ID, 60000, two, &err));

    /* Ours has ended; what is there is somebody else's. */

    assert_ok(trials_lock_release(cache, ID, one, &err));
    assert_string_equal(
        redis_server_string(&server, "GET trials:lock:{" ID "}"), two);
    assert_int_equal(trials_lock_renew(cache, ID, one, 60000, &err),
                     TRIALS_BUSY);
}


static void
test_it_is_renewed(void **state)
{
    long long           ttl;
    trials_lock_token_t one;

    (void) state;

    assert_ok(trials_lock_take(cache, ID, 1000, one, &err));
    assert_ok(trials_lock_renew(cache, ID, one, 60000, &err));
    ttl = redis_server_number(&server, "PTTL trials:lock:{" ID "}");
    assert_true(ttl > 50000 && ttl <= 60000);

    redis_server_do(&server, "FLUSHALL");
    assert_int_equal(trials_lock_renew(cache, ID, one, 60000, &err),
                     TRIALS_BUSY);
    assert_int_equal(redis_server_number(&server, "DBSIZE"), 0);
}


static atomic_int owners, most, turns;

static void *
contend(void *data)
{
    int                 i, n;
    trials_cache_t     *own;
    trials_lock_token_t token;

    own = redis_server_cache(data);

    for (i = 0; i < 200; i++) {
        if (trials_lock_take(own, ID, 60000, token, NULL) != TRIALS_OK) {
            continue;
        }

        n = atomic_fetch_add(&owners, 1) + 1;

        if (n > atomic_load(&most)) {
            atomic_store(&most, n);
        }

        atomic_fetch_add(&turns, 1);
        redis_server_pause(1);
        atomic_fetch_sub(&owners, 1);
        (void) trials_lock_release(own, ID, token, NULL);
    }

    trials_cache_destroy(own);

    return NULL;
}


static void
test_one_at_a_time(void **state)
{
    int       i;
    pthread_t threads[NTHREADS];

    (void) state;

    for (i = 0; i < NTHREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, contend, &server),
                         0);
    }

    for (i = 0; i < NTHREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }

    assert_int_equal(atomic_load(&most), 1);
    assert_true(atomic_load(&turns) > 10);
    assert_int_equal(redis_server_number(&server, "DBSIZE"), 0);
}


int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, before, after)
    const struct CMUnitTest tests[] = {
        TEST(test_an_entry_goes_through),
        TEST(test_done_leaves_nothing),
        TEST(test_an_unfinished_entry_is_claimed),
        TEST(test_many_are_taken_together),
        TEST(test_unfinished_entries_take_turns),
        TEST(test_an_unfinished_entry_behind_busy_ones),
        TEST(test_new_and_unfinished_take_turns),
        TEST(test_an_entry_that_was_cut_off_is_forgotten),
        TEST(test_it_waits_as_long_as_it_was_told),
        TEST(test_it_wakes_when_one_comes),
        TEST(test_the_group_reads_what_was_there_before),
        TEST(test_entries_without_an_id),
        TEST(test_the_stream_is_bounded),
        TEST(test_a_stream_of_another_type),
        TEST(test_many_take_each_entry_once),
        TEST(test_the_lock),
        TEST(test_only_the_owner_gives_it_back),
        TEST(test_it_is_renewed),
        TEST(test_one_at_a_time),
    };
#undef TEST

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
