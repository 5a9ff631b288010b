/* What is taken out of texts of others. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/registry/text.h"


static void
check_clean(const char *src, size_t len, const char *expected)
{
    char   out[256];
    size_t n;

    assert_true(len <= sizeof(out));
    memset(out, 'x', sizeof(out));

    n = trials_registry_clean(out, src, len);

    assert_int_equal(n, strlen(expected));
    assert_memory_equal(out, expected, n);

    /* In place as well. */

    memcpy(out, src, len);
    assert_int_equal(trials_registry_clean(out, out, len), n);
    assert_memory_equal(out, expected, n);
}


#define CLEAN(src, expected) check_clean(src, sizeof(src) - 1, expected)


static void
test_clean(void **state)
{
    (void) state;

    CLEAN("", "");
    CLEAN("plain", "plain");
    CLEAN("a\tb\nc", "a\tb\nc");
    CLEAN("a\0b\x01\x08\x0b\x0c\x0e\x1f"
          "c",
          "abc");
    CLEAN("a\r\nb\rc\r\r\nd\r", "a\nb\nc\n\nd\n");

    /* U+FFFE and U+FFFF go; U+FFFD, U+FEFF, U+0085 and DEL are characters. */
    CLEAN("a\xef\xbf\xbe"
          "b\xef\xbf\xbf"
          "c",
          "abc");
    CLEAN("\xef\xbf\xbd\xef\xbb\xbf\xc2\x85\x7f",
          "\xef\xbf\xbd\xef\xbb\xbf\xc2\x85\x7f");
    CLEAN("\xe2\x89\xa5 18 \xce\xbcg \xf0\x9f\x92\x8a",
          "\xe2\x89\xa5 18 \xce\xbcg \xf0\x9f\x92\x8a");

    /* Nothing is read behind the end. */
    CLEAN("a\xef\xbf", "a\xef\xbf");
    CLEAN("a\xef", "a\xef");
}


static void
check_line(size_t size, const char *src, size_t len, const char *expected)
{
    char out[64];

    assert_true(size < sizeof(out));
    memset(out, 'x', sizeof(out));

    trials_registry_line(out, size, src, len);

    assert_string_equal(out, expected);
    assert_int_equal(out[size], 'x');
}


#define LINE(size, src, expected) \
    check_line(size, src, sizeof(src) - 1, expected)


static void
test_line(void **state)
{
    (void) state;

    LINE(63, "", "");
    LINE(63, "one\ntwo\r\n\tthree", "one two   three");
    LINE(63, "a\0b\x1b[31m\x7f", "a b [31m ");
    LINE(63, "a\xc2\x85\xc2\x9b\xc2\xa0z", "a  \xc2\xa0z");

    /* No UTF-8: a lone byte, cut short, too long a form, half of a pair, beyond
     * the last code. */
    LINE(63, "a\x80z", "a?z");
    LINE(63, "a\xe2\x89", "a??");
    LINE(63, "\xc0\xaf", "??");
    LINE(63, "\xe0\x80\xaf", "???");
    LINE(63, "\xed\xa0\x80", "???");
    LINE(63, "\xf0\x80\x80\xaf", "????");
    LINE(63, "\xf4\x90\x80\x80", "????");
    LINE(63, "\xf8\x88\x80\x80\x80", "?????");
    LINE(63, "\xf1\x80\x80", "???");
    LINE(63, "\xe2(\xa1", "?(?");

    LINE(63, "\xc3\xa9\xe2\x89\xa5\xed\x9f\xbf\xf0\x9f\x92\x8a\xf4\x8f\xbf\xbf",
         "\xc3\xa9\xe2\x89\xa5\xed\x9f\xbf\xf0\x9f\x92\x8a\xf4\x8f\xbf\xbf");
}


static void
test_line_is_cut_at_a_character(void **state)
{
    (void) state;

    LINE(6, "abcdef", "abcde");
    LINE(5, "abc\xe2\x89\xa5", "abc");
    LINE(6, "abc\xe2\x89\xa5", "abc");
    LINE(7, "abc\xe2\x89\xa5", "abc\xe2\x89\xa5");
    LINE(4, "ab\xf0\x9f\x92\x8a", "ab");
    LINE(1, "abc", "");
}


static void
test_entities(void **state)
{
    char text[] = "a &amp; b &lt;c&gt; &quot;d&#39;s&quot; &amp;lt; &eacute; &";
    size_t n;

    (void) state;

    n = trials_registry_entities(text, sizeof(text) - 1);
    text[n] = '\0';
    assert_string_equal(text, "a & b <c> \"d's\" &lt; &eacute; &");
}


static void
test_signs(void **state)
{
    size_t       i;
    trials_buf_t buf;

    static const char *const pairs[][2] = {
        {"", ""},
        {"2 x 10^9/L", "2 x 10⁹/L"},
        {"2 x 10\\^11 cells", "2 x 10¹¹ cells"},
        {"below 10^-5", "below 10⁻⁵"},
        {"10^2- to 10^7-fold", "10²- to 10⁷-fold"},
        {"1.73 m^2 (m^2) /mm^3, cm^5", "1.73 m² (m²) /mm³, cm⁵"},
        {"75 mg/m2, 30kg/m2; 1.73m2", "75 mg/m², 30kg/m²; 1.73 m²"},
        {"mg per m2", "mg per m²"},
        {"20cm3 of mm2 cells/mm3)", "20 cm³ of mm² cells/mm³)"},
        {"38^oC, 38\\^ o C and 100^oF", "38 °C, 38 °C and 100 °F"},

        {"Syndrome，Idiopathic（IgA、other）；well",
         "Syndrome, Idiopathic (IgA, other); well"},
        {"ＡＬＴ：18～75，at 10：30。Then", "ALT: 18–75, at 10:30. Then"},
        {"1、Adults\n12、Asthma in 2、3", "1. Adults\n12. Asthma in 2, 3"},
        {"（a）（b），（c）", "(a) (b), (c)"},

        /* What is none of these stays. */

        {"治療、検査。", "治療、検査。"},

        {"Arm2, M2 cells, an m2 receptor", "Arm2, M2 cells, an m2 receptor"},
        {"cm25 m2b 5 cmm3", "cm25 m2b 5 cmm3"},
        {"^2 a ^2 10^ 9 10^x 10^", "^2 a ^2 10^ 9 10^x 10^"},
        {"10^123 and 10^1.5", "10^123 and 10^1.5"},
        {"38^open 38^oCa \\", "38^open 38^oCa \\"}};

    (void) state;

    for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        trials_buf_init(&buf, TRIALS_SIGNS_GROW * strlen(pairs[i][0]) + 1);
        trials_registry_signs(&buf, pairs[i][0], strlen(pairs[i][0]));
        assert_int_equal(buf.failed, TRIALS_OK);
        assert_string_equal(buf.data ? buf.data : "", pairs[i][1]);
        trials_buf_free(&buf);
    }

    /* The longest that a text can become. */

    trials_buf_init(&buf, TRIALS_SIGNS_GROW * 4);
    trials_registry_signs(&buf, "9^-9", 4);
    assert_string_equal(buf.data, "9⁻⁹");
    trials_buf_free(&buf);
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clean),
        cmocka_unit_test(test_entities),
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_signs),
        cmocka_unit_test(test_line_is_cut_at_a_character),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
