/* Ids, as the registry reads them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <trials/registry.h>


static void
test_accepted(void **state)
{
    size_t      i;
    trials_id_t id;

    static const char *const ids[][2] = {
        {"NCT01234567", "NCT01234567"},
        {"nct01234567", "NCT01234567"},
        {"nCt1234567", "NCT01234567"},
        {"NCT1", "NCT00000001"},
        {"NCT99999999", "NCT99999999"},
        {"NCT0000000000000000000000099", "NCT00000099"},
    };

    (void) state;

    for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        memset(id, 'x', sizeof(id));
        assert_int_equal(trials_id_parse(ids[i][0], strlen(ids[i][0]), id),
                         TRIALS_OK);
        assert_string_equal(id, ids[i][1]);
    }
}


static void
test_refused(void **state)
{
    size_t      i;
    trials_id_t id;

    static const char *const ids[] = {
        "",
        "N",
        "NCT",
        "NCT0",
        "NCT00000000",
        "NCT123456789",
        "NCT0000001234567890",
        "NCT-1",
        "NCT+1",
        "NCT 1",
        " NCT01234567",
        "NCT01234567 ",
        "NCT01234567\n",
        "NCT0123456a",
        "NCTT0123456",
        "XCT01234567",
        "NXT01234567",
        "NCX01234567",
        "01234567",
        "NCT\xd9\xa1",
        "NCT0123/567",
        "NCT0123:567",
        "\x0e"
        "CT01234567",
        ".CT01234567",
        "\xce"
        "CT01234567",
    };

    (void) state;

    for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        if (trials_id_parse(ids[i], strlen(ids[i]), id) != TRIALS_INVALID) {
            fail_msg("\"%s\" was taken for an id", ids[i]);
        }
    }

    assert_int_equal(trials_id_parse("NCT01234567\0", 12, id), TRIALS_INVALID);
    assert_int_equal(trials_id_parse("NCT\0001234567", 11, id), TRIALS_INVALID);
}


/* Only len bytes are looked at: the text need not end there. */

static void
test_length(void **state)
{
    trials_id_t id;

    (void) state;

    assert_int_equal(trials_id_parse("NCT01234567/print", 11, id), TRIALS_OK);
    assert_string_equal(id, "NCT01234567");
    assert_int_equal(trials_id_parse("NCT01234567", 5, id), TRIALS_OK);
    assert_string_equal(id, "NCT00000001");
    assert_int_equal(trials_id_parse("NCT01234567", 4, id), TRIALS_INVALID);
    assert_int_equal(trials_id_parse("NCT01234567", 0, id), TRIALS_INVALID);
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
