/* Prose, flat text and readability. */

#include "core/plain/readability.h"

#include <trials/plain.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>


static trials_str_t
str(const char *text)
{
    return (trials_str_t){strlen(text), text};
}


static void
put(trials_buf_t *buf, const trials_prose_block_t *blocks, size_t n)
{
    size_t i, k;

    for (i = 0; i < n; i++) {
        (void) trials_buf_append(buf, &"phli"[blocks[i].kind], 1);
        if (blocks[i].ordered) {
            (void) trials_buf_append(buf, "#", 1);
        }
        (void) trials_buf_append(buf, "(", 1);
        for (k = 0; k < blocks[i].text.nruns; k++) {
            (void) trials_buf_append(buf, blocks[i].text.runs[k].text.data,
                                     blocks[i].text.runs[k].text.len);
        }
        put(buf, blocks[i].children, blocks[i].nchildren);
        (void) trials_buf_append(buf, ")", 1);
    }
}


static void
test_prose(void **state)
{
    size_t                   i;
    trials_buf_t             buf;
    trials_plain_t          *plain;
    trials_prose_t           prose;
    trials_study_t           study;
    trials_error_t           err;
    trials_arena_t          *arena;
    trials_translation_t    *translation;
    static const char *const pairs[][2] = {
        {"", ""},
        {"One\nline.\n\nTwo.", "p(One line.)p(Two.)"},
        {"# Head\n\n* a\n  b\n* c\n\n  d\n", "h(Head)l(i(a b)i(cp(d)))"},
        {"1. a\n   * b\n   * c\n2. d", "l#(i(al(i(b)i(c)))i(d))"},
        {"* a\n\n1. b", "l(i(a))l#(i(b))"},
        {"a \\< b &lt; <i>c</i>", "p(a < b < <i>c</i>)"},
        {"* 1) a", "l#(i(1) a))"}};

    (void) state;

    memset(&study, 0, sizeof(study));
    study.criteria = str("Inclusion Criteria:\n\n* ALT \\> 5");

    plain = trials_plain_create(&err);
    assert_non_null(plain);
    arena = trials_arena_create();
    assert_non_null(arena);
    translation = trials_translate(plain, arena, &study, &err);
    assert_non_null(translation);

    for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        assert_int_equal(
            trials_translate_prose(translation, str(pairs[i][0]), &prose, &err),
            TRIALS_OK);
        trials_buf_init(&buf, 4096);
        assert_int_equal(trials_buf_append(&buf, "", 0), TRIALS_OK);
        put(&buf, prose.blocks, prose.nblocks);
        assert_string_equal(buf.data ? buf.data : "", pairs[i][1]);
        trials_buf_free(&buf);
    }

    /* The original has no terms marked, its prose and text have. */

    assert_int_equal(trials_translate_original(translation, &prose, &err),
                     TRIALS_OK);
    assert_int_equal(prose.nblocks, 2);
    assert_int_equal(prose.blocks[1].children[0].text.nruns, 1);
    assert_null(prose.blocks[1].children[0].text.runs[0].term);

    trials_arena_destroy(arena);
    trials_plain_destroy(plain);
}


static void
test_text(void **state)
{
    trials_str_t          flat;
    trials_text_t         text;
    trials_plain_t       *plain;
    trials_study_t        study;
    trials_error_t        err;
    trials_arena_t       *arena;
    trials_translation_t *translation;

    (void) state;

    memset(&study, 0, sizeof(study));
    plain = trials_plain_create(&err);
    assert_non_null(plain);
    arena = trials_arena_create();
    assert_non_null(arena);
    translation = trials_translate(plain, arena, &study, &err);
    assert_non_null(translation);

    assert_int_equal(trials_translate_text(translation, str("Change in  FEV1 "),
                                           &text, &err),
                     TRIALS_OK);
    assert_int_equal(text.nruns, 2);
    assert_null(text.runs[0].term);
    assert_non_null(text.runs[1].term);
    assert_string_equal(text.runs[1].term->slug.data, "fev1");

    assert_int_equal(trials_plain_flatten(arena, str("# A\n\n* b \\> *c*\n* d"),
                                          &flat, &err),
                     TRIALS_OK);
    assert_string_equal(flat.data, "A b > c d");

    /* What is no UTF-8, or nothing that XML can hold, does not come out. */

    assert_int_equal(trials_plain_flatten(arena, str("a\xff\x01 \xed\xa0\x80z"),
                                          &flat, &err),
                     TRIALS_OK);
    assert_non_null(strstr(flat.data, "a\xef\xbf\xbd"));
    assert_null(strchr(flat.data, 1));
    assert_null(strchr(flat.data, 0xed));

    trials_arena_destroy(arena);
    trials_plain_destroy(plain);
}


static void
test_syllables(void **state)
{
    size_t i;
    static const struct {
        const char *word;
        size_t      n;
    } words[] = {
        {"you", 1},     {"doctor", 2},  {"epilepsy", 4}, {"age", 1},
        {"treated", 2}, {"used", 1},    {"table", 2},    {"diagnosis", 4},
        {"radio", 3},   {"safely", 2},  {"being", 2},    {"ALT", 3},
        {"WBC", 5},     {"18", 2},      {"7", 1},        {"1.5", 3},
        {"asthma", 2},  {"patient", 2}, {"disease", 2},  {"medicine", 3}};

    (void) state;

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (trials_readability_syllables(words[i].word, strlen(words[i].word))
            != words[i].n)
        {
            fail_msg("%s has %zu syllables, not %zu", words[i].word, words[i].n,
                     trials_readability_syllables(words[i].word,
                                                  strlen(words[i].word)));
        }
    }
}


static void
test_sentences(void **state)
{
    trials_readability_t r;

    (void) state;

    memset(&r, 0, sizeof(r));
    assert_true(trials_readability_grade(&r) == 0);

    trials_readability_add(&r, str("Use it (e.g. Now). Take 1.5 mg. You can"));
    assert_int_equal(r.sentences, 3);
    assert_int_equal(r.words, 10);

    memset(&r, 0, sizeof(r));
    trials_readability_add(&r, str("Any of these:\nGout.\nA rash.\n\nUse it."));
    assert_int_equal(r.sentences, 3);
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prose), cmocka_unit_test(test_text),
        cmocka_unit_test(test_syllables), cmocka_unit_test(test_sentences)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
