/* Memory that runs out at any point of reading a record: the answer is "out of
 * memory", nothing leaks, and the next record is read. */
/* LDFLAGS: -Wl,--wrap=malloc,--wrap=calloc */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include <trials/registry.h>


void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);


static long fail_at; /* the allocation, counted from 1, that fails; 0: none */
static long made;


static int
fails(void)
{
    return ++made == fail_at;
}


void *
__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}


void *
__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}


/* jansson is a library of its own, which the linker's wrapping does not reach. */

static void *
json_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}


/* Of every kind of field one, oddities too, and more than an arena's block. */

static const char head[] =
    "{\"protocolSection\":{\"identificationModule\":{\"nctId\":\"NCT99990301\","
    "\"nctIdAliases\":[\"NCT99990302\"],\"briefTitle\":\"T\"},"
    "\"statusModule\":{\"overallStatus\":\"RECRUITING\","
    "\"startDateStruct\":{\"date\":\"2024-02-29\"}},"
    "\"conditionsModule\":{\"conditions\":[\"A\",1,2,3,4,5,6,7,8,9,10]},"
    "\"designModule\":{\"phases\":[\"PHASE1\",\"X\"],"
    "\"enrollmentInfo\":{\"count\":3}},"
    "\"contactsLocationsModule\":{\"locations\":[{\"city\":\"B\","
    "\"geoPoint\":{\"lat\":1,\"lon\":2},\"contacts\":[{\"name\":\"N\"}]}]},"
    "\"descriptionModule\":{\"briefSummary\":\"";

static const char tail[] = "\"}},\"hasResults\":false}";

#define SUMMARY 70000


static char   json[sizeof(head) + SUMMARY + sizeof(tail)];
static size_t json_len;


static int
set_up(void **state)
{
    (void) state;

    memcpy(json, head, sizeof(head) - 1);
    json_len = sizeof(head) - 1;
    memset(json + json_len, 's', SUMMARY);
    json_len += SUMMARY;
    memcpy(json + json_len, tail, sizeof(tail) - 1);
    json_len += sizeof(tail) - 1;

    json_set_alloc_funcs(json_malloc, free);

    return 0;
}


static trials_rc_t
parse(trials_study_t **study, trials_arena_t **arena, trials_error_t *err)
{
    *study = NULL;
    *arena = trials_arena_create();

    if (*arena == NULL) {
        return trials_error(err, TRIALS_NOMEM, "fail: out of memory");
    }

    return trials_study_parse(*arena, "fail", json, json_len, study, err);
}


static void
test_each_allocation(void **state)
{
    long            n, failures;
    trials_rc_t     rc;
    trials_arena_t *arena;
    trials_error_t  err;
    trials_study_t *study;

    (void) state;

    failures = 0;

    for (n = 1;; n++) {
        fail_at = n;
        made = 0;
        rc = parse(&study, &arena, &err);
        fail_at = 0;

        if (rc == TRIALS_OK) {
            trials_arena_destroy(arena);
            assert_true(made < n);
            break;
        }

        assert_int_equal(rc, TRIALS_NOMEM);
        assert_int_equal(err.code, TRIALS_NOMEM);
        assert_string_equal(err.message, "fail: out of memory");
        assert_null(study);
        trials_arena_destroy(arena);
        failures++;
    }

    /* A test that no allocation of which failed would have shown nothing. */
    assert_true(failures > 50);

    rc = parse(&study, &arena, &err);
    assert_int_equal(rc, TRIALS_OK);
    assert_string_equal(study->id, "NCT99990301");
    assert_int_equal(study->brief_summary.len, SUMMARY);
    assert_int_equal(study->nunknown, 11);
    trials_arena_destroy(arena);
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_allocation),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
