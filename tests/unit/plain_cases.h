/*
 * Criteria and what is to be made of them.
 */

#ifndef TRIALS_TESTS_UNIT_PLAIN_CASES_H
#define TRIALS_TESTS_UNIT_PLAIN_CASES_H


#include "core/plain/engine.h"
#include "core/plain/rewrite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>


typedef struct {
    trials_group_kind_t kind;
    const char         *original;
    const char         *plain;
} plain_case_t;


static void
plain_cases_are(const plain_case_t *cases, size_t n)
{
    size_t             i, failed;
    trials_plain_t    *plain;
    trials_arena_t    *arena;
    trials_error_t     err;
    trials_rewriter_t  rewriter;
    trials_place_of_t  place;
    trials_criterion_t criterion;

    plain = trials_plain_create(&err);
    assert_non_null(plain);
    arena = trials_arena_create();
    assert_non_null(arena);
    trials_rewriter_init(&rewriter, &plain->rules, &plain->checker, arena);

    for (i = 0, failed = 0; i < n; i++) {
        memset(&place, 0, sizeof(place));
        memset(&criterion, 0, sizeof(criterion));
        place.kind = cases[i].kind;
        criterion.original.data = cases[i].original;
        criterion.original.len = strlen(cases[i].original);

        assert_int_equal(trials_rewrite(&rewriter, &criterion, &place),
                         TRIALS_OK);

        if (!criterion.faithful
            || strcmp(criterion.plain.data, cases[i].plain) != 0) {
            print_error("\"%s\" became \"%s\"\n", cases[i].original,
                        criterion.plain.data);
            failed++;
        }
    }

    trials_rewriter_free(&rewriter);
    trials_arena_destroy(arena);
    trials_plain_destroy(plain);
    assert_int_equal(failed, 0);
}


#endif
