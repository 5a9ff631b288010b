/* LDFLAGS: -lbrotlidec */
/* Documents in a real Redis: what is written, and above all what is not. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <brotli/decode.h>
#include <cmocka.h>

#include "tests/unit/redis_cache.h"


#define ID  "NCT99990001"
#define KEY "trials:doc:{" ID "}"
#define NOW 1795000000


static void
entry_of(trials_entry_t *entry, const char *page)
{
    int i;

    static const trials_str_t body = trials_str("<p>the same in all tests</p>");

    memset(entry, 0, sizeof(trials_entry_t));
    entry->state = TRIALS_DOCUMENT_PRESENT;
    entry->registry = "2026-09-01";
    entry->engine = "0123";

    for (i = 0; i < TRIALS_NTRIAL; i++) {
        entry->bodies[TRIALS_LANGUAGE_EN][i] = body;
    }

    entry->bodies[TRIALS_LANGUAGE_EN][TRIALS_RENDITION_PAGE].data = page;
    entry->bodies[TRIALS_LANGUAGE_EN][TRIALS_RENDITION_PAGE].len = strlen(page);
}


static int
put(const char *page, const char *engine, int64_t now, int64_t until)
{
    int            changed;
    trials_entry_t entry;

    changed = -1;
    entry_of(&entry, page);
    entry.engine = engine;
    assert_ok(trials_cache_put(cache, ID, &entry, now, until, &changed, &err));

    return changed;
}


/* How many writes Redis has seen: proof of what was not written. */

static long long
writes(void)
{
    char       *p;
    long long   n;
    redisReply *reply;

    reply = redis_server_command(&server, "INFO persistence");
    p = strstr(reply->str, "rdb_changes_since_last_save:");
    assert_non_null(p);
    n = strtoll(strchr(p, ':') + 1, NULL, 10);
    freeReplyObject(reply);

    return n;
}


static void
get_is(trials_rendition_t rendition, const char *text)
{
    trials_buf_t body;

    trials_buf_init(&body, 1024 * 1024);
    assert_ok(trials_cache_get(cache, ID, rendition, TRIALS_LANGUAGE_EN, &body,
                               &err));
    assert_int_equal(body.len, strlen(text));
    assert_memory_equal(body.data, text, body.len);
    trials_buf_free(&body);
}


static void
look_is(trials_document_state_t expected, const char *engine, int64_t until)
{
    trials_stored_t stored;

    assert_ok(trials_cache_look(cache, ID, &stored, NULL, &err));
    assert_int_equal(stored.state, expected);
    assert_string_equal(stored.engine, engine);
    assert_int_equal(stored.fresh_until, until);
}


static void
test_put_writes_the_whole_hash(void **state)
{
    char        etag[320];
    long long   size;
    redisReply *reply;

    (void) state;

    assert_int_equal(put("<h1>one</h1>", "e1", NOW, NOW + 60), 1);

    assert_string_equal(redis_server_string(&server, "HGET " KEY " v"), "2");
    assert_string_equal(redis_server_string(&server, "HGET " KEY " state"),
                        "present");
    assert_string_equal(redis_server_string(&server, "HGET " KEY " registry"),
                        "2026-09-01");
    assert_string_equal(redis_server_string(&server, "HGET " KEY " modified"),
                        "1795000000");
    assert_string_equal(redis_server_string(&server, "HGET " KEY " page:size"),
                        "12");
    assert_string_equal(redis_server_string(&server, "ZSCORE trials:fresh " ID),
                        "1795000060");
    assert_int_equal(redis_server_number(&server, "TTL " KEY), -1);
    assert_int_equal(redis_server_number(&server, "HEXISTS " KEY " location"),
                     0);
    assert_int_equal(redis_server_number(&server, "HLEN " KEY),
                     9 + 3 * TRIALS_NTRIAL + 1);

    (void) snprintf(etag, sizeof(etag), "%s",
                    redis_server_string(&server, "HGET " KEY " page:etag"));
    assert_int_equal(strlen(etag), 32);
    assert_int_equal(strspn(etag, "0123456789abcdef"), 32);
    assert_string_not_equal(
        etag, redis_server_string(&server, "HGET " KEY " print:etag"));

    /* RFC 1952: no name, no time. */

    reply = redis_server_command(&server, "HGET " KEY " page");
    assert_memory_equal(reply->str, "\x1f\x8b\x08\x00\x00\x00\x00\x00", 8);
    freeReplyObject(reply);

    size = redis_server_number(&server, "HSTRLEN " KEY " page");
    assert_true(size > 18);

    get_is(TRIALS_RENDITION_PAGE, "<h1>one</h1>");
    get_is(TRIALS_RENDITION_JSON, "<p>the same in all tests</p>");
    look_is(TRIALS_DOCUMENT_PRESENT, "e1", NOW + 60);
}


static void
test_put_of_the_same_writes_only_freshness(void **state)
{
    long long n;

    (void) state;

    assert_int_equal(put("one", "e1", NOW, NOW + 60), 1);

    /* The sorted set takes the new score: one write, and not to the hash. */

    n = writes();
    assert_int_equal(put("one", "e1", NOW + 10, NOW + 70), 0);
    assert_int_equal(writes() - n, 1);
    assert_string_equal(redis_server_string(&server, "HGET " KEY " modified"),
                        "1795000000");
    assert_string_equal(redis_server_string(&server, "ZSCORE trials:fresh " ID),
                        "1795000070");

    /* The same score: nothing at all. */

    n = writes();
    assert_int_equal(put("one", "e1", NOW + 10, NOW + 70), 0);
    assert_int_equal(writes() - n, 0);
}


/* What a worker of nginx sees: a subscriber to invalidations is told of a
 * change, and of nothing else. */

static void
test_tracking_hears_of_changes_only(void **state)
{
    char           words[128];
    void          *reply;
    redisContext  *listener, *tracker;
    struct timeval second = {0, 300000};

    (void) state;

    listener = redisConnectUnix(server.socket);
    tracker = redisConnectUnix(server.socket);
    assert_non_null(listener);
    assert_non_null(tracker);

    reply = redisCommand(listener, "CLIENT ID");
    (void) snprintf(words, sizeof(words),
                    "CLIENT TRACKING ON REDIRECT %lld BCAST PREFIX trials:doc:",
                    ((redisReply *) reply)->integer);
    freeReplyObject(reply);
    freeReplyObject(redisCommand(listener, "SUBSCRIBE __redis__:invalidate"));
    reply = redisCommand(tracker, words);
    assert_int_equal(((redisReply *) reply)->type, REDIS_REPLY_STATUS);
    freeReplyObject(reply);
    assert_int_equal(redisSetTimeout(listener, second), REDIS_OK);

    assert_int_equal(put("one", "e1", NOW, NOW + 60), 1);
    assert_int_equal(redisGetReply(listener, &reply), REDIS_OK);
    assert_string_equal(((redisReply *) reply)->element[2]->element[0]->str,
                        KEY);
    freeReplyObject(reply);

    assert_int_equal(put("one", "e1", NOW + 1, NOW + 90), 0);
    assert_int_equal(redisGetReply(listener, &reply), REDIS_ERR);
    assert_int_equal(listener->err, REDIS_ERR_IO);

    redisFree(listener);
    redisFree(tracker);
}


static void
test_put_of_other_bytes_replaces_all(void **state)
{
    (void) state;

    assert_int_equal(put("one", "e1", NOW, NOW + 60), 1);
    redis_server_do(&server, "HSET " KEY " relic 1");
    redis_server_do(&server, "EXPIRE " KEY " 1000");

    assert_int_equal(put("two", "e1", NOW + 5, NOW + 65), 1);
    get_is(TRIALS_RENDITION_PAGE, "two");
    assert_int_equal(redis_server_number(&server, "HEXISTS " KEY " relic"), 0);
    assert_int_equal(redis_server_number(&server, "TTL " KEY), -1);
    assert_string_equal(redis_server_string(&server, "HGET " KEY " modified"),
                        "1795000005");
}


static void
test_modified_never_goes_back(void **state)
{
    (void) state;

    assert_int_equal(put("one", "e1", NOW, NOW + 60), 1);

    /* A refresher whose clock is late. */

    assert_int_equal(put("two", "e1", NOW - 100, NOW), 1);
    assert_string_equal(redis_server_string(&server, "HGET " KEY " modified"),
                        "1795000001");

    /* Another change within the same second. */

    assert_int_equal(put("three", "e1", NOW + 1, NOW), 1);
    assert_string_equal(redis_server_string(&server, "HGET " KEY " modified"),
                        "1795000002");
}


static void
test_another_engine_with_the_same_bytes(void **state)
{
    (void) state;

    assert_int_equal(put("one", "e1", NOW, NOW + 60), 1);

    /* It must be noted, or the document would be made anew for ever. */

    assert_int_equal(put("one", "e2", NOW + 5, NOW + 65), 1);
    look_is(TRIALS_DOCUMENT_PRESENT, "e2", NOW + 65);
    assert_string_equal(redis_server_string(&server, "HGET " KEY " modified"),
                        "1795000000");
    assert_int_equal(put("one", "e2", NOW + 6, NOW + 66), 0);
}


static void
test_damage_is_mended(void **state)
{
    size_t i;

    static const char *const damages[] = {
        "HDEL " KEY " print",         "HSET " KEY " json:etag ",
        "HDEL " KEY " embed:size",    "HSET " KEY " v 1",
        "HSET " KEY " modified soon",
    };

    (void) state;

    for (i = 0; i < sizeof(damages) / sizeof(char *); i++) {
        redis_server_do(&server, "FLUSHALL");
        assert_int_equal(put("one", "e1", NOW, NOW + 60), 1);
        assert_int_equal(put("one", "e1", NOW, NOW + 60), 0);

        if (strstr(damages[i], "etag")) {
            freeReplyObject(
                redisCommand(server.redis, "HSET %s json:etag %s", KEY, ""));
        } else {
            redis_server_do(&server, damages[i]);
        }

        look_is(TRIALS_DOCUMENT_NONE, "e1", NOW + 60);
        assert_int_equal(put("one", "e1", NOW, NOW + 60), 1);
        look_is(TRIALS_DOCUMENT_PRESENT, "e1", NOW + 60);
        get_is(TRIALS_RENDITION_PRINT, "<p>the same in all tests</p>");
    }
}


static void
test_a_key_of_another_type(void **state)
{
    trials_buf_t body;

    (void) state;

    redis_server_do(&server, "SET " KEY " mine");
    look_is(TRIALS_DOCUMENT_NONE, "", 0);

    trials_buf_init(&body, 1024);
    assert_int_equal(trials_cache_get(cache, ID, TRIALS_RENDITION_PAGE,
                                      TRIALS_LANGUAGE_EN, &body, &err),
                     TRIALS_FAILED);
    assert_non_null(strstr(err.message, "HMGET"));
    assert_non_null(strstr(err.message, "WRONGTYPE"));
    assert_non_null(strstr(err.message, server.socket));
    trials_buf_free(&body);

    assert_int_equal(put("one", "e1", NOW, NOW + 60), 1);
    get_is(TRIALS_RENDITION_PAGE, "one");
}


static void
test_freshness_of_another_type(void **state)
{
    trials_entry_t entry;

    (void) state;

    redis_server_do(&server, "SET trials:fresh mine");
    entry_of(&entry, "one");

    assert_int_equal(
        trials_cache_put(cache, ID, &entry, NOW, NOW + 60, NULL, &err),
        TRIALS_FAILED);
    assert_non_null(strstr(err.message, "WRONGTYPE"));
}


static void
test_absent_expires_by_itself(void **state)
{
    int            changed;
    long long      ttl;
    int64_t        now;
    trials_entry_t entry;

    (void) state;

    assert_ok(trials_cache_time(cache, &now, &err));
    now /= 1000;
    assert_int_equal(put("one", "e1", now, now + 60), 1);

    memset(&entry, 0, sizeof(trials_entry_t));
    entry.state = TRIALS_DOCUMENT_ABSENT;
    entry.registry = "";
    entry.engine = "e1";

    assert_ok(
        trials_cache_put(cache, ID, &entry, now, now + 30, &changed, &err));
    assert_int_equal(changed, 1);
    look_is(TRIALS_DOCUMENT_ABSENT, "e1", 0);

    ttl = redis_server_number(&server, "PTTL " KEY);
    assert_true(ttl > 27000 && ttl <= 30000);
    assert_int_equal(redis_server_number(&server, "HEXISTS " KEY " page"), 0);
    assert_int_equal(redis_server_number(&server, "ZCARD trials:fresh"), 0);

    assert_ok(
        trials_cache_put(cache, ID, &entry, now, now + 90, &changed, &err));
    ttl = redis_server_number(&server, "PTTL " KEY);
    assert_true(ttl > 87000 && ttl <= 90000);

    assert_int_equal(put("one", "e1", now, now + 60), 1);
    assert_int_equal(redis_server_number(&server, "TTL " KEY), -1);
}


static void
test_alias_names_its_study(void **state)
{
    int64_t        now;
    trials_buf_t   body;
    trials_entry_t entry;

    (void) state;

    assert_ok(trials_cache_time(cache, &now, &err));
    now /= 1000;

    memset(&entry, 0, sizeof(trials_entry_t));
    entry.state = TRIALS_DOCUMENT_ALIAS;
    entry.location = "NCT99990002";
    entry.registry = "";
    entry.engine = "e1";

    assert_ok(trials_cache_put(cache, ID, &entry, now, now + 30, NULL, &err));
    look_is(TRIALS_DOCUMENT_ALIAS, "e1", 0);
    assert_string_equal(redis_server_string(&server, "HGET " KEY " location"),
                        "NCT99990002");
    assert_true(redis_server_number(&server, "PTTL " KEY) > 0);

    trials_buf_init(&body, 1024);
    assert_int_equal(trials_cache_get(cache, ID, TRIALS_RENDITION_PAGE,
                                      TRIALS_LANGUAGE_EN, &body, &err),
                     TRIALS_NOT_FOUND);
    trials_buf_free(&body);

    entry.location = "NCT9999";
    assert_int_equal(
        trials_cache_put(cache, ID, &entry, now, now + 30, NULL, &err),
        TRIALS_INVALID);
    entry.location = NULL;
    assert_int_equal(
        trials_cache_put(cache, ID, &entry, now, now + 30, NULL, &err),
        TRIALS_INVALID);
}


static void
test_what_is_not_taken(void **state)
{
    size_t          i;
    trials_entry_t  entry;
    trials_stored_t stored;

    static const char *const ids[] = {
        "",           "NCT",          "NCT0",        "nct99990001",
        "NCT9999000", "NCT999900011", "NCT9999 001", "NCT99990001}"};

    (void) state;

    entry_of(&entry, "one");

    for (i = 0; i < sizeof(ids) / sizeof(char *); i++) {
        assert_int_equal(
            trials_cache_put(cache, ids[i], &entry, NOW, NOW, NULL, &err),
            TRIALS_INVALID);
        assert_int_equal(trials_cache_look(cache, ids[i], &stored, NULL, &err),
                         TRIALS_INVALID);
        assert_int_equal(trials_cache_touch(cache, ids[i], NOW, &err),
                         TRIALS_INVALID);
        assert_int_equal(trials_cache_invalidate(cache, ids[i], NULL, &err),
                         TRIALS_INVALID);
    }

    entry.bodies[TRIALS_LANGUAGE_EN][TRIALS_RENDITION_EMBED].len = 0;
    assert_int_equal(trials_cache_put(cache, ID, &entry, NOW, NOW, NULL, &err),
                     TRIALS_INVALID);
    assert_non_null(strstr(err.message, "embed"));
    assert_int_equal(redis_server_number(&server, "DBSIZE"), 0);
}


static void
test_get_of_what_is_not_there(void **state)
{
    trials_buf_t body;

    (void) state;

    trials_buf_init(&body, 1024);
    assert_int_equal(trials_cache_get(cache, ID, TRIALS_RENDITION_PAGE,
                                      TRIALS_LANGUAGE_EN, &body, &err),
                     TRIALS_NOT_FOUND);
    trials_buf_free(&body);
}


static void
test_get_refuses_broken_gzip(void **state)
{
    size_t       i;
    trials_buf_t body;

    static const char *const damages[] = {
        "HSET " KEY " page rubbish", "HSET " KEY " page:size 13",
        "HSET " KEY " page:size 11", "HSET " KEY " page:size 99999999999",
        "HSET " KEY " page:etag \"",
    };

    (void) state;

    trials_buf_init(&body, 1024);

    for (i = 0; i < sizeof(damages) / sizeof(char *); i++) {
        redis_server_do(&server, "FLUSHALL");
        assert_int_equal(put("<h1>one</h1>", "e1", NOW, NOW + 60), 1);
        redis_server_do(&server, damages[i]);
        assert_int_not_equal(trials_cache_get(cache, ID, TRIALS_RENDITION_PAGE,
                                              TRIALS_LANGUAGE_EN, &body, &err),
                             TRIALS_OK);
        assert_int_equal(body.len, 0);
    }

    trials_buf_free(&body);
}


static void
test_large_bodies_come_back(void **state)
{
    char          *text;
    size_t         i, len;
    trials_buf_t   body;
    trials_entry_t entry;

    (void) state;

    len = 3 * 1024 * 1024;
    text = malloc(len);
    assert_non_null(text);

    for (i = 0; i < len; i++) {
        text[i] = (char) (i * 2654435761u >> 13);
    }

    entry_of(&entry, "one");
    entry.bodies[TRIALS_LANGUAGE_EN][TRIALS_RENDITION_JSON].data = text;
    entry.bodies[TRIALS_LANGUAGE_EN][TRIALS_RENDITION_JSON].len = len;
    assert_ok(trials_cache_put(cache, ID, &entry, NOW, NOW + 60, NULL, &err));

    trials_buf_init(&body, len);
    assert_ok(trials_cache_get(cache, ID, TRIALS_RENDITION_JSON,
                               TRIALS_LANGUAGE_EN, &body, &err));
    assert_int_equal(body.len, len);
    assert_memory_equal(body.data, text, len);
    trials_buf_free(&body);

    /* A buffer that is too small says so. */

    trials_buf_init(&body, len - 1);
    assert_int_equal(trials_cache_get(cache, ID, TRIALS_RENDITION_JSON,
                                      TRIALS_LANGUAGE_EN, &body, &err),
                     TRIALS_TOO_LARGE);
    trials_buf_free(&body);
    free(text);
}


static void
test_invalidate(void **state)
{
    int existed;

    (void) state;

    assert_int_equal(put("one", "e1", NOW, NOW + 60), 1);
    assert_ok(trials_cache_invalidate(cache, ID, &existed, &err));
    assert_int_equal(existed, 1);
    assert_int_equal(redis_server_number(&server, "DBSIZE"), 0);
    assert_ok(trials_cache_invalidate(cache, ID, &existed, &err));
    assert_int_equal(existed, 0);
}


static void
test_invalidate_all(void **state)
{
    int    i;
    char   id[32];
    size_t n;

    trials_entry_t entry;

    (void) state;

    entry_of(&entry, "one");

    for (i = 1; i <= 1234; i++) {
        (void) snprintf(id, sizeof(id), "NCT9999%04d", i);
        assert_ok(
            trials_cache_put(cache, id, &entry, NOW, NOW + 60, NULL, &err));
    }

    redis_server_do(&server, "SET mine 1");
    redis_server_do(&server, "SET trials:lock:{NCT99990001} 1");

    assert_ok(trials_cache_invalidate_all(cache, &n, &err));
    assert_int_equal(n, 1234);
    assert_int_equal(redis_server_number(&server, "DBSIZE"), 2);
}


static void
test_status(void **state)
{
    trials_cache_status_t status;

    (void) state;

    assert_ok(trials_cache_status(cache, NOW, &status, &err));
    assert_int_equal(status.documents, 0);
    assert_int_equal(status.wanted, 0);
    assert_int_equal(status.pending, 0);
    assert_true(strchr(status.server, '.') != NULL);
    assert_true(status.memory > 100000);

    assert_int_equal(put("one", "e1", NOW - 60, NOW), 1);
    redis_server_do(&server, "ZADD trials:fresh 1795000001 NCT99990002");
    redis_server_do(&server, "XADD trials:wanted * id NCT99990002");
    redis_server_do(&server, "XADD trials:wanted * id NCT99990003");
    assert_ok(trials_cache_status(cache, NOW, &status, &err));
    assert_int_equal(status.documents, 2);
    assert_int_equal(status.stale, 1);
    assert_int_equal(status.wanted, 2);
    assert_int_equal(status.pending, 0);

    redis_server_do(&server, "XGROUP CREATE trials:wanted refreshers 0");
    redis_server_do(&server, "XREADGROUP GROUP refreshers me COUNT 1 "
                             "STREAMS trials:wanted >");
    assert_ok(trials_cache_status(cache, NOW, &status, &err));
    assert_int_equal(status.pending, 1);

    redis_server_do(&server, "DEL trials:wanted");
    redis_server_do(&server, "SET trials:wanted mine");
    assert_int_equal(trials_cache_status(cache, NOW, &status, &err),
                     TRIALS_FAILED);
    assert_non_null(strstr(err.message, "XLEN"));
    assert_non_null(strstr(err.message, "WRONGTYPE"));
}


static void
test_look_tells_of_the_record_and_its_model(void **state)
{
    trials_buf_t    model;
    trials_entry_t  entry;
    trials_stored_t stored;

    (void) state;

    trials_buf_init(&model, 1024);
    entry_of(&entry, "one");
    entry.source = "abcdef";
    entry.checked = NOW - 5;

    assert_ok(trials_cache_look(cache, ID, &stored, &model, &err));
    assert_int_equal(stored.state, TRIALS_DOCUMENT_NONE);
    assert_int_equal(model.len, 0);

    assert_ok(trials_cache_put(cache, ID, &entry, NOW, NOW + 60, NULL, &err));
    assert_ok(trials_cache_look(cache, ID, &stored, &model, &err));
    assert_string_equal(stored.source, "abcdef");
    assert_string_equal(stored.registry, "2026-09-01");
    assert_int_equal(stored.checked, NOW - 5);
    assert_string_equal(model.data, "<p>the same in all tests</p>");

    assert_ok(trials_cache_touch(cache, ID, NOW + 99, &err));
    look_is(TRIALS_DOCUMENT_PRESENT, "0123", NOW + 99);

    trials_buf_free(&model);
}


/* Both codings are of the same bytes; only pages have both. */

static void
test_brotli_beside_gzip(void **state)
{
    char           page[4096];
    size_t         i, len;
    redisReply    *reply;
    trials_entry_t entry;

    (void) state;

    for (i = 0, len = 0; len < sizeof(page) - 32; i++) {
        len += (size_t) snprintf(page + len, 32, "<li>number %zu</li>", i * i);
    }

    entry_of(&entry, page);
    entry.bodies[TRIALS_LANGUAGE_EN][TRIALS_RENDITION_JSON] =
        entry.bodies[TRIALS_LANGUAGE_EN][TRIALS_RENDITION_PAGE];
    entry.bodies[TRIALS_LANGUAGE_ES][TRIALS_RENDITION_PAGE] =
        entry.bodies[TRIALS_LANGUAGE_EN][TRIALS_RENDITION_PAGE];
    assert_ok(trials_cache_put(cache, ID, &entry, NOW, NOW + 60, NULL, &err));

    assert_int_equal(redis_server_number(&server, "HEXISTS " KEY " page.es:br"),
                     1);
    assert_int_equal(redis_server_number(&server, "HEXISTS " KEY " json"), 1);
    assert_int_equal(redis_server_number(&server, "HEXISTS " KEY " json:br"),
                     0);

    reply = redis_server_command(&server, "HGET " KEY " page:br");
    assert_int_equal(reply->type, REDIS_REPLY_STRING);
    assert_true((long long) reply->len
                < redis_server_number(&server, "HSTRLEN " KEY " page"));

    i = sizeof(page);
    assert_int_equal(BrotliDecoderDecompress(
                         (size_t) reply->len, (const uint8_t *) reply->str, &i,
                         (uint8_t *) (char[sizeof(page)]){0}),
                     BROTLI_DECODER_RESULT_SUCCESS);
    assert_int_equal(i, len);
    freeReplyObject(reply);
}


/* Pages of the site have the renditions, and the languages, that they have. */

static void
test_pages_of_the_site(void **state)
{
    trials_buf_t    body;
    trials_entry_t  entry;
    trials_stored_t stored;

    static const char name[] = "als/recruiting";

    (void) state;

    memset(&entry, 0, sizeof(entry));
    entry.state = TRIALS_DOCUMENT_PRESENT;
    entry.engine = "e1";

    assert_int_equal(
        trials_cache_put(cache, name, &entry, NOW, NOW + 60, NULL, &err),
        TRIALS_INVALID);

    entry.bodies[TRIALS_LANGUAGE_EN][TRIALS_RENDITION_ATOM].data = "<feed/>";
    entry.bodies[TRIALS_LANGUAGE_EN][TRIALS_RENDITION_ATOM].len = 7;
    entry.bodies[TRIALS_LANGUAGE_ES][TRIALS_RENDITION_PAGE].data = "hola";
    entry.bodies[TRIALS_LANGUAGE_ES][TRIALS_RENDITION_PAGE].len = 4;

    assert_ok(trials_cache_put(cache, name, &entry, NOW, NOW + 60, NULL, &err));
    assert_ok(trials_cache_look(cache, name, &stored, NULL, &err));
    assert_int_equal(stored.state, TRIALS_DOCUMENT_PRESENT);

    trials_buf_init(&body, 64);

    assert_ok(trials_cache_get(cache, name, TRIALS_RENDITION_ATOM,
                               TRIALS_LANGUAGE_EN, &body, &err));
    assert_int_equal(body.len, 7);
    assert_ok(trials_cache_get(cache, name, TRIALS_RENDITION_PAGE,
                               TRIALS_LANGUAGE_ES, &body, &err));
    assert_memory_equal(body.data, "hola", 4);
    assert_int_equal(trials_cache_get(cache, name, TRIALS_RENDITION_PAGE,
                                      TRIALS_LANGUAGE_EN, &body, &err),
                     TRIALS_NOT_FOUND);

    trials_buf_free(&body);
}


int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, before, after)
    const struct CMUnitTest tests[] = {
        TEST(test_put_writes_the_whole_hash),
        TEST(test_put_of_the_same_writes_only_freshness),
        TEST(test_tracking_hears_of_changes_only),
        TEST(test_put_of_other_bytes_replaces_all),
        TEST(test_modified_never_goes_back),
        TEST(test_another_engine_with_the_same_bytes),
        TEST(test_damage_is_mended),
        TEST(test_a_key_of_another_type),
        TEST(test_freshness_of_another_type),
        TEST(test_absent_expires_by_itself),
        TEST(test_alias_names_its_study),
        TEST(test_what_is_not_taken),
        TEST(test_get_of_what_is_not_there),
        TEST(test_get_refuses_broken_gzip),
        TEST(test_large_bodies_come_back),
        TEST(test_look_tells_of_the_record_and_its_model),
        TEST(test_brotli_beside_gzip),
        TEST(test_pages_of_the_site),
        TEST(test_invalidate),
        TEST(test_invalidate_all),
        TEST(test_status),
    };
#undef TEST

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
