/* HTML and JSON as they are written, against libxml2 and jansson, which take
 * longer over the same. */

#include "core/page/dump.h"
#include "core/page/html.h"

#include <libxml/HTMLparser.h>
#include <libxml/HTMLtree.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>


/* What is written of a document. */

static void
write_html(xmlDocPtr doc, trials_buf_t *out)
{
    assert_non_null(doc);
    trials_buf_init(out, 1 << 20);
    assert_int_equal(trials_html_write(out, doc), TRIALS_OK);
}


static void
same_html(const char *source)
{
    xmlDocPtr          doc;
    trials_buf_t       out;
    xmlOutputBufferPtr buf;

    doc = htmlReadMemory(source, (int) strlen(source), "t.html", "UTF-8",
                         HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
    write_html(doc, &out);

    buf = xmlAllocOutputBuffer(NULL);
    assert_non_null(buf);
    htmlDocContentDumpFormatOutput(buf, doc, "UTF-8", 0);
    assert_string_equal(out.data,
                        (const char *) xmlOutputBufferGetContent(buf));

    (void) xmlOutputBufferClose(buf);
    trials_buf_free(&out);
    xmlFreeDoc(doc);
}


static void
test_html(void **state)
{
    size_t i;

    static const char *const pages[] = {
        "<!DOCTYPE html><title>t</title><p>a &lt; b &amp;&amp; c &gt; d \"e\"",
        "<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 4.01//EN\" "
        "\"http://www.w3.org/TR/html4/strict.dtd\"><p>x",
        "<p title='a \"b\" c'>1<p title=\"it's\">2<p title='a \"b\" it&#39;s'>3",
        "<p title=''>1<input disabled=\"disabled\" value=\"\"><br><hr class=x>",
        "<a href=\" /a b?c=1&amp;d=é#e\">x</a><img src=\"/é.png\" alt=\"é\">",
        "<a name=\"a b\">x</a><p name=\"a b\">y<form action=\"/x y\"></form>",
        "<script>if (a < b && c) { d('</p>'); }</script><p>x",
        "<style>a > b { content: \"&\" }</style><p>x",
        "<!-- a < b --><p>x<!-- y --></p>\n <p>1 \xe2\x89\xa4 2\xc2\xa0mg</p>",
        "<ul><li>1<ul><li>1.1</ul><li>2</ul><table><tr><td></table>",
        "<div><span></span><b><i>deep <u>er</u></i> text</b></div>",
        "<p title=\"&lt;b&gt; &amp;amp; &quot;\">x",
        "<select><option selected value=1>a<option>b</select>"};

    (void) state;

    for (i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        same_html(pages[i]);
    }
}


/* Where libxml2's list of elements is older than the standard. */

static void
test_html_standard(void **state)
{
    xmlDocPtr    doc;
    trials_buf_t out;

    static const char source[] =
        "<div><wbr/><video><source src='/a'/></video><ul><li/></ul></div>";
    static const char expected[] =
        "<div><wbr><video><source src=\"/a\"></video>"
        "<ul><li></li></ul></div>\n";

    (void) state;

    doc = xmlReadMemory(source, sizeof(source) - 1, "t.xml", NULL, 0);
    write_html(doc, &out);
    assert_string_equal(out.data, expected);

    trials_buf_free(&out);
    xmlFreeDoc(doc);
}


static void
test_html_bound(void **state)
{
    xmlDocPtr    doc;
    trials_buf_t out;

    (void) state;

    doc = htmlReadMemory("<p>text", 7, "t.html", "UTF-8", 0);
    assert_non_null(doc);

    trials_buf_init(&out, 10);
    assert_int_equal(trials_html_write(&out, doc), TRIALS_TOO_LARGE);

    trials_buf_free(&out);
    xmlFreeDoc(doc);
}


static void
test_json(void **state)
{
    char        *text;
    size_t       i;
    json_t      *json;
    trials_buf_t out;

    static const char *const texts[] = {
        "{}",
        "[]",
        "[[],{},[{}]]",
        "{\"a\":{\"b\":[1,-2,3]},\"c\":[]}",
        "[true,false,null,0,9007199254740993,-1]",
        "[1.5,0.1,-0.25,1e300,5e-324,100.0,1e16,40.7128]",
        "[\"\",\"a\\\"b\\\\c/d\",\"\\b\\f\\n\\r\\t\",\"\\u0001\\u001f\\u007f\"]",
        "{\"\\n\\\"\":\"\xc3\xa9 \xe2\x89\xa5 \xf0\x9f\x98\x80\"}"};

    (void) state;
    trials_buf_init(&out, 1 << 20);

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        json = json_loads(texts[i], 0, NULL);
        assert_non_null(json);
        text = json_dumps(json, JSON_COMPACT);
        assert_non_null(text);

        trials_buf_reset(&out);
        assert_int_equal(trials_json_dump(&out, json), TRIALS_OK);
        assert_string_equal(out.data, text);

        free(text);
        json_decref(json);
    }

    trials_buf_free(&out);
}


static void
test_json_bound(void **state)
{
    json_t      *json;
    trials_buf_t out;

    (void) state;

    json = json_loads("{\"a\":[\"long enough\"]}", 0, NULL);
    assert_non_null(json);

    trials_buf_init(&out, 10);
    assert_int_equal(trials_json_dump(&out, json), TRIALS_TOO_LARGE);

    trials_buf_free(&out);
    json_decref(json);
}


static void
test_html_ascii(void **state)
{
    trials_buf_t out;
    const char  *html = "<p title=\"é\">a · 10⁹ 😀</p><style>"
                        "a<b{content:\"·\"}</style><b>\xff·</b>";

    (void) state;

    trials_buf_init(&out, 1024);
    assert_int_equal(
        trials_html_ascii(&out, (trials_str_t){strlen(html), html}), TRIALS_OK);
    assert_string_equal(out.data,
                        "<p title=\"&#233;\">a &#183; 10&#8313; &#128512;</p>"
                        "<style>a<b{content:\"·\"}</style><b>\xff&#183;</b>");
    trials_buf_free(&out);

    trials_buf_init(&out, 8);
    assert_int_equal(
        trials_html_ascii(&out, (trials_str_t){strlen(html), html}),
        TRIALS_TOO_LARGE);
    trials_buf_free(&out);
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_html),       cmocka_unit_test(test_html_standard),
        cmocka_unit_test(test_html_bound), cmocka_unit_test(test_json),
        cmocka_unit_test(test_json_bound), cmocka_unit_test(test_html_ascii),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
