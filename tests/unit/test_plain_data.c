/* The data files: every rule is proven, and slips in a file are found. */

#include "core/plain/glossary.h"
#include "core/plain/rules.h"
#include "core/plain/table.h"

#include <trials/plain.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>


extern const char trials_plain_rules_start[], trials_plain_rules_end[];
extern const char trials_plain_glossary_start[], trials_plain_glossary_end[];


/* Appends text with "{n}" and "{unit}" filled in. */

static void
fill(trials_buf_t *buf, trials_str_t text)
{
    size_t i;

    for (i = 0; i < text.len; i++) {
        if (text.len - i >= 3 && memcmp(text.data + i, "{n}", 3) == 0) {
            (void) trials_buf_append(buf, "3", 1);
            i += 2;
        } else if (text.len - i >= 6 && memcmp(text.data + i, "{unit}", 6) == 0)
        {
            (void) trials_buf_append(buf, "weeks", 5);
            i += 5;
        } else {
            (void) trials_buf_append(buf, text.data + i, 1);
        }
    }
}


/* 1 where the check does not take the two as equal. */

static size_t
unproven(trials_str_t from, trials_str_t to)
{
    size_t         failed;
    trials_buf_t   a, b;
    trials_error_t err;

    failed = 0;
    trials_buf_init(&a, 4096);
    trials_buf_init(&b, 4096);
    fill(&a, from);
    fill(&b, to);
    (void) trials_buf_append(&a, " asthma", 7);
    (void) trials_buf_append(&b, " asthma", 7);

    if (trials_plain_check((trials_str_t){a.len, a.data},
                           (trials_str_t){b.len, b.data},
                           TRIALS_GROUP_INCLUSION, &err)
        != TRIALS_OK)
    {
        print_error("\"%s\" is not \"%s\": %s\n", a.data, b.data, err.message);
        failed = 1;
    }

    trials_buf_free(&a);
    trials_buf_free(&b);

    return failed;
}


static void
test_rules_are_proven(void **state)
{
    size_t         n, failed;
    trials_str_t   list, from;
    trials_table_t table;
    trials_error_t err;

    (void) state;

    n = 0;
    failed = 0;
    trials_table_open(&table, "rules", trials_plain_rules_start,
                      trials_plain_rules_end);

    while (trials_table_next(&table, 4, &err) == TRIALS_OK) {
        list = table.fields[1];
        while (trials_table_piece(&list, &from)) {
            failed += unproven(from, table.fields[2]);
            n++;
        }
    }

    assert_true(n > 200);
    assert_int_equal(failed, 0);
}


static void
test_glossary_is_long(void **state)
{
    trials_error_t    err;
    trials_glossary_t glossary;

    (void) state;

    assert_int_equal(trials_glossary_load(&glossary, "glossary",
                                          trials_plain_glossary_start,
                                          trials_plain_glossary_end, &err),
                     TRIALS_OK);
    assert_true(glossary.nentries >= 300);
    trials_glossary_free(&glossary);
}


static void
assert_glossary_error(const char *text, const char *message)
{
    trials_error_t    err;
    trials_glossary_t glossary;

    assert_int_equal(trials_glossary_load(&glossary, "g.tsv", text,
                                          text + strlen(text), &err),
                     TRIALS_INVALID);
    assert_string_equal(err.message, message);
}


static void
test_glossary_errors(void **state)
{
    (void) state;

    assert_glossary_error("# c\n\nALT\t-\tabbr\texplain\t-\ta test\n",
                          "g.tsv:3: too few fields: \"ALT\"");
    assert_glossary_error("ALT\t-\tabbr\texplain\t-\ta test\t-\tx\n",
                          "g.tsv:1: too many fields: \"ALT\"");
    assert_glossary_error("ALT \t-\tabbr\texplain\t-\ta test\t-\n",
                          "g.tsv:1: space around a field: \"ALT \"");
    assert_glossary_error("ALT\t-\tword\texplain\t-\ta test\t-\n",
                          "g.tsv:1: kind is not term or abbr: \"word\"");
    assert_glossary_error("ALT\t-\tabbr\tshow\t-\ta test\t-\n",
                          "g.tsv:1: action is not explain or replace: "
                          "\"show\"");
    assert_glossary_error("ALT\t-\tabbr\texplain\t-\t-\t-\n",
                          "g.tsv:1: no meaning: \"ALT\"");
    assert_glossary_error("a\tb\tterm\treplace\t-\t-\t-\n",
                          "g.tsv:1: no replacement: \"a\"");
    assert_glossary_error("a\tb|c\tterm\treplace\tx|y\t-\t-\n",
                          "g.tsv:1: no replacement for: \"c\"");
    assert_glossary_error("a\t-\tterm\treplace\tx|y\t-\t-\n",
                          "g.tsv:1: more replacements than forms: \"y\"");
    assert_glossary_error("a b\t-\tterm\texplain\t-\tone\t-\n"
                          "c\ta b\tterm\texplain\t-\ttwo\t-\n",
                          "g.tsv:2: is another term's already: \"a b\"");
}


static void
assert_rules_error(const char *text, const char *message)
{
    trials_rules_t    rules;
    trials_error_t    err;
    trials_glossary_t none;

    memset(&none, 0, sizeof(none));

    assert_int_equal(trials_rules_load(&rules, &none, "r.tsv", text,
                                       text + strlen(text), &err),
                     TRIALS_INVALID);
    assert_string_equal(err.message, message);
}


static void
test_rules_errors(void **state)
{
    (void) state;

    assert_rules_error("word\ta\tb\t-\n",
                       "r.tsv:1: kind is not phrase or open: \"word\"");
    assert_rules_error("phrase\ta\t\t-\n", "r.tsv:1: an empty side: \"a\"");
    assert_rules_error("phrase\ta\tb\tno\n",
                       "r.tsv:1: guard is not bare or -: \"no\"");
    assert_rules_error("phrase\tin {n} days\tin days\t-\n",
                       "r.tsv:1: its slots are not the replacement's: "
                       "\"in {n} days\"");
    assert_rules_error("phrase\ta\tb\t-\nphrase\tc|a\td\t-\n",
                       "r.tsv:2: is another rule's already: \"a\"");
}


int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rules_are_proven),
                                       cmocka_unit_test(test_glossary_is_long),
                                       cmocka_unit_test(test_glossary_errors),
                                       cmocka_unit_test(test_rules_errors)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
