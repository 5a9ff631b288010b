/* Arenas, buffers and errors. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <trials/memory.h>

#include <string.h>


static void
test_arena_gives_zeroed_aligned_memory(void **state)
{
    size_t          i, j;
    unsigned char  *p;
    trials_arena_t *arena;

    (void) state;

    arena = trials_arena_create();
    assert_non_null(arena);

    for (i = 1; i < 3000; i += 7) {
        p = trials_arena_alloc(arena, i);
        assert_non_null(p);
        assert_int_equal((uintptr_t) p % sizeof(max_align_t *), 0);

        for (j = 0; j < i; j++) {
            assert_int_equal(p[j], 0);
        }

        memset(p, 0xa5, i);
    }

    /* What was written before is not handed out again as it was. */

    trials_arena_reset(arena);

    p = trials_arena_alloc(arena, 4096);

    for (j = 0; j < 4096; j++) {
        assert_int_equal(p[j], 0);
    }

    trials_arena_destroy(arena);
}


static void
test_arena_keeps_its_block_beside_large_ones(void **state)
{
    char           *small, *next;
    size_t          size;
    trials_arena_t *arena;

    (void) state;

    arena = trials_arena_create();

    small = trials_arena_alloc(arena, 16);
    assert_non_null(trials_arena_alloc(arena, 1024 * 1024));
    next = trials_arena_alloc(arena, 16);
    assert_ptr_equal(next, small + 16);

    size = trials_arena_size(arena);
    assert_true(size > 1024 * 1024);

    trials_arena_reset(arena);
    assert_true(trials_arena_size(arena) < 64 * 1024);
    assert_non_null(trials_arena_alloc(arena, 16));

    trials_arena_destroy(arena);
    trials_arena_destroy(NULL);
}


static void
test_arena_refuses_impossible_sizes(void **state)
{
    trials_arena_t *arena;

    (void) state;

    arena = trials_arena_create();

    assert_null(trials_arena_alloc(arena, SIZE_MAX));
    assert_null(trials_arena_calloc(arena, SIZE_MAX / 2, 3));
    assert_non_null(trials_arena_calloc(arena, 0, 3));

    trials_arena_destroy(arena);
}


static void
test_arena_strings(void **state)
{
    trials_str_t    str;
    trials_arena_t *arena;

    (void) state;

    arena = trials_arena_create();

    str = trials_arena_strdup(arena, "abcdef", 3);
    assert_int_equal(str.len, 3);
    assert_string_equal(str.data, "abc");

    str = trials_arena_printf(arena, "%s-%d", "NCT", 7);
    assert_int_equal(str.len, 5);
    assert_string_equal(str.data, "NCT-7");

    str = trials_arena_strdup(arena, NULL, 0);
    assert_int_equal(str.len, 0);
    assert_string_equal(str.data, "");

    trials_arena_destroy(arena);
}


static void
test_buf_grows_to_its_bound(void **state)
{
    size_t       i;
    trials_buf_t buf;

    (void) state;

    trials_buf_init(&buf, 10000);

    for (i = 0; i < 1000; i++) {
        assert_int_equal(trials_buf_append(&buf, "0123456789", 10), TRIALS_OK);
    }

    assert_int_equal(buf.len, 10000);
    assert_int_equal(strlen(buf.data), 10000);
    assert_int_equal(trials_buf_append(&buf, "x", 1), TRIALS_TOO_LARGE);

    /* It stays failed, and keeps what it had. */

    assert_int_equal(trials_buf_append(&buf, "", 0), TRIALS_TOO_LARGE);
    assert_int_equal(trials_buf_printf(&buf, "x"), TRIALS_TOO_LARGE);
    assert_int_equal(buf.len, 10000);

    trials_buf_reset(&buf);
    assert_int_equal(trials_buf_printf(&buf, "%05d", 42), TRIALS_OK);
    assert_string_equal(buf.data, "00042");

    trials_buf_free(&buf);
    assert_null(buf.data);
}


static void
test_error_is_cut_at_a_character(void **state)
{
    char           text[600];
    size_t         i, len;
    trials_error_t err;

    (void) state;

    assert_int_equal(trials_error(&err, TRIALS_INVALID, "%s:%d", "file", 3),
                     TRIALS_INVALID);
    assert_int_equal(err.code, TRIALS_INVALID);
    assert_string_equal(err.message, "file:3");
    assert_int_equal(trials_error(NULL, TRIALS_NOMEM, "x"), TRIALS_NOMEM);

    for (i = 0; i + 1 < sizeof(text); i += 2) {
        memcpy(text + i, "\xc3\xa9", 2);
    }

    text[sizeof(text) - 2] = '\0';

    trials_error(&err, TRIALS_FAILED, "a%s", text);
    len = strlen(err.message);
    assert_true(len > 500 && len < sizeof(err.message));
    assert_int_equal(len % 2, 1);
    assert_int_equal((unsigned char) err.message[len - 1], 0xa9);
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena_gives_zeroed_aligned_memory),
        cmocka_unit_test(test_arena_keeps_its_block_beside_large_ones),
        cmocka_unit_test(test_arena_refuses_impossible_sizes),
        cmocka_unit_test(test_arena_strings),
        cmocka_unit_test(test_buf_grows_to_its_bound),
        cmocka_unit_test(test_error_is_cut_at_a_character),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
