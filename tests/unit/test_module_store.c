/* The zone's documents: ngx_module/ngx_http_trials_store.c, and their chunks. */

#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "ngx_module/ngx_http_trials_chunks.c"
#include "ngx_module/ngx_http_trials_store.c"


#define TEST_SIZE  (2 * 1024 * 1024)
#define TEST_PAGE  4096
#define TEST_NAMES 40
#define TEST_KILLS 150


/* Memory that processes share, with what the zone would keep beside it. */

typedef struct {
    ngx_http_trials_store_t store;
    unsigned char          *memory; /* a page for dirty, chunks, tables */
    size_t                  size;
    int                     file;
    volatile int           *dirty;
} test_zone_t;


static int test_lay_out(const test_zone_t *zone, ngx_http_trials_store_t *store,
                        uint32_t n, int create);


static uint32_t test_random = 1;


static uint32_t
test_next(uint32_t n)
{
    test_random = test_random * 1664525u + 1013904223u;

    return (test_random >> 8) % n;
}


static void
test_open(test_zone_t *zone)
{
    uint32_t n;

    n = ngx_http_trials_store_room(TEST_SIZE);
    assert_in_range(n, TEST_SIZE / 9000, TEST_SIZE / 8192);
    assert_true(ngx_http_trials_store_size(n) + n * NGX_HTTP_TRIALS_CHUNK
                <= TEST_SIZE);

    zone->size = TEST_PAGE + TEST_SIZE;
    zone->file = memfd_create("test", MFD_CLOEXEC);
    assert_int_equal(ftruncate(zone->file, (off_t) zone->size), 0);
    zone->memory = mmap(NULL, zone->size, PROT_READ | PROT_WRITE, MAP_SHARED,
                        zone->file, 0);
    assert_ptr_not_equal(zone->memory, MAP_FAILED);

    zone->dirty = (volatile int *) zone->memory;
    assert_int_equal(test_lay_out(zone, &zone->store, n, 1), 0);

    zone->store.held = calloc(n, sizeof(uint32_t));
    assert_non_null(zone->store.held);
}


static int
test_lay_out(const test_zone_t *zone, ngx_http_trials_store_t *store,
             uint32_t n, int create)
{
    unsigned char *chunks;

    chunks = zone->memory + TEST_PAGE;

    return ngx_http_trials_store_open(store, chunks + n * NGX_HTTP_TRIALS_CHUNK,
                                      n, chunks, create);
}


static void
test_close(test_zone_t *zone)
{
    free(zone->store.held);
    munmap(zone->memory, zone->size);
    close(zone->file);
}


static ngx_http_trials_key_t
test_key(const char *name, unsigned rendition)
{
    return ngx_http_trials_store_key(name, strlen(name), rendition, 0);
}


static void
test_forget(test_zone_t *zone, const char *name)
{
    ngx_http_trials_key_t key;

    key = test_key(name, 0);
    ngx_http_trials_store_forget(&zone->store, &key);
}


/* A body that shows by its bytes whose it is. */

static unsigned char
test_byte(uint64_t version, size_t coding, size_t i)
{
    return (unsigned char) (version * 31 + coding * 7 + i * 13 + i / 251);
}


static ngx_http_trials_entry_t *
test_put(test_zone_t *zone, const char *name, unsigned rendition,
         uint64_t version, const size_t *lens, uint64_t now)
{
    size_t                   i, n;
    unsigned char           *body;
    ngx_http_trials_key_t    key;
    ngx_http_trials_entry_t *entry;

    key = test_key(name, rendition);
    entry = ngx_http_trials_store_reserve(&zone->store, &key, lens);

    if (entry == NULL) {
        return NULL;
    }

    for (i = 0; i < NGX_HTTP_TRIALS_NCODINGS; i++) {
        body = malloc(lens[i] + 1);

        for (n = 0; n < lens[i]; n++) {
            body[n] = test_byte(version, i, n);
        }

        ngx_http_trials_chunks_write(&zone->store.chunks, &entry->bodies[i],
                                     body);
        free(body);
    }

    entry->size = version;
    ngx_http_trials_store_link(&zone->store, entry, now);

    return entry;
}


static int
test_intact(const test_zone_t *zone, const ngx_http_trials_entry_t *entry)
{
    size_t                 i, k, n, len;
    unsigned char         *p;
    ngx_http_trials_body_t left;

    for (i = 0; i < NGX_HTTP_TRIALS_NCODINGS; i++) {
        left = entry->bodies[i];
        n = 0;

        while (left.len) {
            p = ngx_http_trials_chunks_piece(&zone->store.chunks, &left, &len);

            for (k = 0; k < len; k++, n++) {
                if (p[k] != test_byte(entry->size, i, n)) {
                    return 0;
                }
            }
        }

        if (left.chunk) {
            return 0;
        }
    }

    return 1;
}


/* Every node and chunk is somewhere, and nowhere twice. */

static void
test_sound(test_zone_t *zone)
{
    uint8_t                  *marks;
    uint32_t                  i, b, n, used, nodes, nfree;
    ngx_http_trials_store_t  *store;
    ngx_http_trials_chunks_t *chunks;

    store = &zone->store;
    chunks = &store->chunks;
    marks = calloc(store->n, 1);

    nodes = 0;
    nfree = 0;

    for (i = chunks->shared->free; i; i = chunks->links[i - 1]) {
        assert_false(marks[i - 1]);
        assert_false(chunks->lent[i - 1]);
        marks[i - 1] = 1;
        nfree++;
    }

    assert_int_equal(nfree, chunks->shared->nfree);

    for (i = store->shared->free_node; i; i = store->nodes[i - 1].next) {
        assert_int_equal(store->nodes[i - 1].state, NGX_HTTP_TRIALS_FREE);
        nodes++;
    }

    used = nfree;

    for (n = 0; n < store->n; n++) {
        if (store->nodes[n].state == NGX_HTTP_TRIALS_FREE) {
            continue;
        }

        if (store->nodes[n].state != NGX_HTTP_TRIALS_LINKED) {
            assert_true(ngx_http_trials_store_held(&store->nodes[n]));
            nodes++;
        }

        for (b = 0; b < NGX_HTTP_TRIALS_NCODINGS; b++) {
            for (i = store->entries[n].bodies[b].chunk; i;
                 i = chunks->links[i - 1]) {
                assert_false(marks[i - 1]);
                marks[i - 1] = 1;
                used++;
            }
        }
    }

    assert_int_equal(used, store->n);
    free(marks);

    for (b = 0; b <= store->mask; b++) {
        for (i = store->buckets[b]; i; i = store->nodes[i - 1].next) {
            assert_int_equal(store->nodes[i - 1].state, NGX_HTTP_TRIALS_LINKED);
            nodes++;
        }
    }

    assert_int_equal(nodes, store->n);

    n = 0;

    for (i = store->shared->newest; i; i = store->nodes[i - 1].older) {
        n++;
    }

    assert_int_equal(n, store->shared->nlinked);
}


static void
test_find_and_replace(void **state)
{
    size_t                   lens[] = {20000, 8192, 0};
    test_zone_t              zone;
    ngx_http_trials_key_t    key;
    ngx_http_trials_entry_t *entry, *old;

    (void) state;

    test_open(&zone);
    key = test_key("NCT99990001", 0);

    assert_null(ngx_http_trials_store_find(&zone.store, &key, 1));

    entry = test_put(&zone, "NCT99990001", 0, 1, lens, 1);
    assert_non_null(entry);
    ngx_http_trials_store_release(&zone.store, entry);

    key.rendition = 1;
    assert_null(ngx_http_trials_store_find(&zone.store, &key, 1));
    key.rendition = 0;
    key.language = 1;
    assert_null(ngx_http_trials_store_find(&zone.store, &key, 1));
    key.language = 0;

    old = ngx_http_trials_store_find(&zone.store, &key, 1);
    assert_ptr_equal(old, entry);
    assert_true(test_intact(&zone, old));

    /* Who reads the old one reads on. */

    lens[0] = 100000;
    entry = test_put(&zone, "NCT99990001", 0, 2, lens, 2);
    assert_ptr_not_equal(entry, old);
    ngx_http_trials_store_release(&zone.store, entry);
    assert_true(test_intact(&zone, old));
    assert_false(ngx_http_trials_store_linked(&zone.store, old));
    test_sound(&zone);
    ngx_http_trials_store_release(&zone.store, old);
    test_sound(&zone);

    entry = ngx_http_trials_store_find(&zone.store, &key, 3);
    assert_int_equal(entry->size, 2);
    assert_true(test_intact(&zone, entry));

    test_forget(&zone, "NCT99990001");
    assert_null(ngx_http_trials_store_find(&zone.store, &key, 3));
    assert_true(test_intact(&zone, entry));
    ngx_http_trials_store_release(&zone.store, entry);
    assert_int_equal(zone.store.chunks.shared->nfree, zone.store.n);
    test_sound(&zone);

    test_close(&zone);
}


static void
test_forget_all_renditions(void **state)
{
    unsigned              i;
    const size_t          lens[] = {0, 300, 200};
    test_zone_t           zone;
    ngx_http_trials_key_t key;

    (void) state;

    test_open(&zone);

    for (i = 0; i < 8; i++) {
        ngx_http_trials_store_release(
            &zone.store, test_put(&zone, "als/recruiting/2", i, i, lens, 1));
        ngx_http_trials_store_release(&zone.store,
                                      test_put(&zone, "als", i, i, lens, 1));
    }

    test_forget(&zone, "als");
    test_forget(&zone, "nothing");

    for (i = 0; i < 8; i++) {
        key = test_key("als", i);
        assert_null(ngx_http_trials_store_find(&zone.store, &key, 1));
        key = test_key("als/recruiting/2", i);
        ngx_http_trials_store_release(
            &zone.store, ngx_http_trials_store_find(&zone.store, &key, 1));
    }

    test_sound(&zone);
    test_close(&zone);
}


/* Room for one is room for any: small entries go for a large one. */

static void
test_evict(void **state)
{
    int                           i;
    char                          name[16];
    size_t                        lens[] = {0, 1, 0};
    test_zone_t                   zone;
    ngx_http_trials_key_t         key;
    ngx_http_trials_entry_t      *entry, *held;
    ngx_http_trials_store_usage_t usage;

    (void) state;

    test_open(&zone);
    held = test_put(&zone, "held", 0, 7, lens, 1);

    for (i = 0; i < 2000; i++) {
        (void) snprintf(name, sizeof(name), "NCT%08d", i);
        entry = test_put(&zone, name, 0, 1, lens, (uint64_t) i * 2000);
        assert_non_null(entry);
        ngx_http_trials_store_release(&zone.store, entry);

        /* Used all the time: it stays. */

        key = test_key("NCT00000000", 0);
        entry =
            ngx_http_trials_store_find(&zone.store, &key, (uint64_t) i * 2000);
        assert_non_null(entry);
        ngx_http_trials_store_release(&zone.store, entry);
    }

    test_sound(&zone);
    assert_true(test_intact(&zone, held));

    lens[0] = (zone.store.n / 8 - 1) * NGX_HTTP_TRIALS_CHUNK;
    entry = test_put(&zone, "large", 0, 2, lens, 5000000);
    assert_non_null(entry);
    assert_true(test_intact(&zone, entry));
    ngx_http_trials_store_release(&zone.store, entry);

    lens[0] += NGX_HTTP_TRIALS_CHUNK;
    assert_null(test_put(&zone, "too large", 0, 2, lens, 5000000));

    ngx_http_trials_store_usage(&zone.store, &usage);
    assert_int_equal(usage.refusals, 1);
    assert_in_range(usage.evictions, 1700, 2100);
    test_sound(&zone);

    test_close(&zone);
}


/* Where everything is in use there is no room, and no endless search for it. */

static void
test_all_in_use(void **state)
{
    uint32_t              i;
    char                  name[16];
    const size_t          lens[] = {0, 5000, 0};
    test_zone_t           zone;
    ngx_http_trials_key_t key;

    (void) state;

    test_open(&zone);

    for (i = 0; i < zone.store.n; i++) {
        (void) snprintf(name, sizeof(name), "NCT%08u", i);
        assert_non_null(test_put(&zone, name, 0, i, lens, 1));
    }

    assert_null(test_put(&zone, "one more", 0, 1, lens, 1));
    test_sound(&zone);

    key = test_key("NCT00000005", 0);
    test_forget(&zone, key.name);
    assert_null(test_put(&zone, "one more", 0, 1, lens, 1));

    /* What a dead process held is free again. */

    ngx_http_trials_store_reclaim(&zone.store, 0);
    memset(zone.store.held, 0, zone.store.n * sizeof(uint32_t));
    test_sound(&zone);
    assert_non_null(test_put(&zone, "one more", 0, 1, lens, 1));

    test_close(&zone);
}


static void
test_counts(void **state)
{
    const size_t             lens[] = {0, 10, 0};
    test_zone_t              zone, other;
    ngx_http_trials_key_t    key;
    ngx_http_trials_entry_t *entry;

    (void) state;

    test_open(&zone);
    other = zone;
    other.store.slot = 200;
    other.store.held = calloc(zone.store.n, sizeof(uint32_t));

    entry = test_put(&zone, "x", 0, 3, lens, 1);
    key = test_key("x", 0);
    assert_ptr_equal(ngx_http_trials_store_find(&zone.store, &key, 1), entry);
    assert_ptr_equal(ngx_http_trials_store_find(&other.store, &key, 1), entry);
    test_forget(&zone, "x");

    assert_int_equal(ngx_http_trials_store_release_soon(&zone.store, entry), 0);
    assert_int_equal(ngx_http_trials_store_release_soon(&zone.store, entry), 1);
    ngx_http_trials_store_release(&zone.store, entry);
    assert_int_equal(zone.store.chunks.shared->nfree, zone.store.n - 1);
    assert_true(test_intact(&other, entry));
    ngx_http_trials_store_reclaim(&zone.store, 200);
    assert_int_equal(zone.store.chunks.shared->nfree, zone.store.n);

    free(other.store.held);
    test_close(&zone);
}


static void
test_layout(void **state)
{
    uint32_t                n;
    test_zone_t             zone;
    ngx_http_trials_store_t again;

    (void) state;

    test_open(&zone);
    n = zone.store.n;
    assert_int_equal(test_lay_out(&zone, &again, n, 0), 0);
    zone.store.shared->n--;
    assert_int_equal(test_lay_out(&zone, &again, n, 0), -1);
    zone.store.shared->n++;
    zone.store.shared->layout++;
    assert_int_equal(test_lay_out(&zone, &again, n, 0), -1);
    assert_int_equal(ngx_http_trials_store_room(20000), 0);

    test_close(&zone);
}


/* What a pipe, or a socket, was given of a body stays what it was. */

static void
test_lent(void **state)
{
    int                      i, pipes[2];
    char                     name[16], sent[20000];
    off_t                    from;
    size_t                   k, len, lens[] = {sizeof(sent), 0, 0};
    test_zone_t              zone;
    ngx_http_trials_body_t   left;
    ngx_http_trials_entry_t *entry;

    (void) state;

    test_open(&zone);
    assert_int_equal(pipe(pipes), 0);

    entry = test_put(&zone, "lent", 0, 7, lens, 1);
    ngx_http_trials_chunks_lend(&zone.store.chunks, &entry->bodies[0]);

    for (left = entry->bodies[0]; left.len;) {
        from = ngx_http_trials_chunks_piece(&zone.store.chunks, &left, &len)
               - zone.memory;
        assert_int_equal(splice(zone.file, &from, pipes[1], NULL, len, 0), len);
    }

    /* Given back, by its last holder or, where that died, at the next start. */

    test_forget(&zone, "lent");
    ngx_http_trials_store_release(&zone.store, entry);
    test_sound(&zone);

    for (i = 0; i < 100; i++) {
        (void) snprintf(name, sizeof(name), "NCT%08d", i);
        entry = test_put(&zone, name, 0, 100 + (uint64_t) i, lens, 2);
        ngx_http_trials_chunks_lend(&zone.store.chunks, &entry->bodies[0]);
        ngx_http_trials_store_release(&zone.store, entry);
    }

    ngx_http_trials_store_rebuild(&zone.store);
    test_sound(&zone);
    assert_int_equal(zone.store.chunks.shared->nfree, zone.store.n);

    assert_int_equal(read(pipes[0], sent, sizeof(sent)), sizeof(sent));

    for (k = 0; k < sizeof(sent); k++) {
        assert_int_equal((unsigned char) sent[k], test_byte(7, 0, k));
    }

    close(pipes[0]);
    close(pipes[1]);
    test_close(&zone);
}


/* In one piece as long as nothing else lies in between. */

static void
test_pieces(void **state)
{
    int                      i;
    size_t                   len, lens[] = {40000, 0, 0};
    test_zone_t              zone;
    ngx_http_trials_body_t   left;
    ngx_http_trials_entry_t *entry;

    (void) state;

    test_open(&zone);

    for (i = 0; i < 500; i++) {
        entry = test_put(&zone, (i % 2) ? "a" : "b", 0, (uint64_t) i, lens, 1);
        left = entry->bodies[0];
        (void) ngx_http_trials_chunks_piece(&zone.store.chunks, &left, &len);
        assert_int_equal(len, lens[0]);
        assert_int_equal(left.len, 0);
        ngx_http_trials_store_release(&zone.store, entry);
    }

    test_close(&zone);
}


/* One change after the other, for as long as nobody stops it. */

static void
test_child(test_zone_t *zone)
{
    char                     name[16];
    size_t                   lens[NGX_HTTP_TRIALS_NCODINGS];
    uint64_t                 now;
    ngx_http_trials_key_t    key;
    ngx_http_trials_entry_t *held[8] = {NULL};

    zone->store.slot = 77;
    zone->store.held = calloc(zone->store.n, sizeof(uint32_t));

    for (now = 1;; now += 100) {
        (void) snprintf(name, sizeof(name), "NCT%08u", test_next(TEST_NAMES));
        key = test_key(name, 0);

        *zone->dirty = 1;
        ngx_http_trials_fence();

        switch (test_next(4)) {
        case 0:
            lens[0] = test_next(180000);
            lens[1] = test_next(30000);
            lens[2] = test_next(2) * test_next(20000);
            now++;
            held[0] = test_put(zone, name, 0, now, lens, now);
            if (held[0]) {
                ngx_http_trials_chunks_lend(&zone->store.chunks,
                                            &held[0]->bodies[0]);
                ngx_http_trials_store_release(&zone->store, held[0]);
            }
            break;

        case 1:
            test_forget(zone, name);
            break;

        default:
            if (held[1]) {
                ngx_http_trials_store_release(&zone->store, held[1]);
            }
            held[1] = ngx_http_trials_store_find(&zone->store, &key, now);
        }

        ngx_http_trials_fence();
        *zone->dirty = 0;
    }
}


/* Killed at any moment: rebuilt, nothing lost, what others read untouched. */

static void
test_killed(void **state)
{
    int                      i, status, rebuilt;
    char                     name[16];
    pid_t                    pid;
    size_t                   lens[] = {50000, 9000, 0};
    test_zone_t              zone;
    struct timespec          ts;
    ngx_http_trials_key_t    key;
    ngx_http_trials_entry_t *mine;

    (void) state;

    test_open(&zone);
    zone.store.slot = 3;
    rebuilt = 0;

    for (i = 0; i < TEST_KILLS; i++) {
        mine = test_put(&zone, "NCT00000003", 0, (uint64_t) i, lens, 1);
        assert_non_null(mine);

        test_random = (uint32_t) i * 7919 + 1;
        pid = fork();

        if (pid == 0) {
            test_child(&zone);
        }

        ts.tv_sec = 0;
        ts.tv_nsec = 1500000 + test_next(1000) * 1000;
        nanosleep(&ts, NULL);
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);

        if (*zone.dirty) {
            ngx_http_trials_store_rebuild(&zone.store);
            *zone.dirty = 0;
            rebuilt++;
        }

        ngx_http_trials_store_reclaim(&zone.store, 77);
        test_sound(&zone);
        assert_true(test_intact(&zone, mine));
        ngx_http_trials_store_release(&zone.store, mine);

        (void) snprintf(name, sizeof(name), "NCT%08d", i % TEST_NAMES);
        key = test_key(name, 0);
        mine = ngx_http_trials_store_find(&zone.store, &key, 1);

        if (mine) {
            assert_true(test_intact(&zone, mine));
            ngx_http_trials_store_release(&zone.store, mine);
        }
    }

    assert_true(rebuilt > 0);
    test_close(&zone);
}


#ifdef NGX_HTTP_TRIALS_ASAN

/* The lock checker finds who touches the table without the lock. */

static void
test_guard(void **state)
{
    int                   status, guarded;
    pid_t                 pid;
    test_zone_t           zone;
    ngx_http_trials_key_t key;

    (void) state;

    test_open(&zone);
    key = test_key("x", 0);

    for (guarded = 0; guarded < 2; guarded++) {
        pid = fork();

        if (pid == 0) {
            (void) !freopen("/dev/null", "w", stderr);
            ngx_http_trials_store_guard(&zone.store, 1);
            ngx_http_trials_store_guard(&zone.store, guarded);
            (void) ngx_http_trials_store_find(&zone.store, &key, 1);
            _exit(0);
        }

        waitpid(pid, &status, 0);
        assert_int_equal(status != 0, guarded);
    }

    test_close(&zone);
}

#endif


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find_and_replace),
        cmocka_unit_test(test_forget_all_renditions),
        cmocka_unit_test(test_evict),
        cmocka_unit_test(test_all_in_use),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_lent),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_killed),
#ifdef NGX_HTTP_TRIALS_ASAN
        cmocka_unit_test(test_guard),
#endif
    };

    return cmocka_run_group_tests_name("module: store", tests, NULL, NULL);
}
