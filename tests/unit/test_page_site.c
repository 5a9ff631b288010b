/* The site's own pages: light, and every term of the glossary on one of them. */

#include "core/page/site.h"
#include "core/plain/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>


#define LIMIT_PAGE (96 * 1024)


static trials_plain_t *plain;
static trials_page_t  *page;


static int
open_all(void **state)
{
    trials_error_t err;

    (void) state;

    plain = trials_plain_create(&err);
    assert_non_null(plain);
    page = trials_page_create(plain, NULL, &err);
    assert_non_null(page);

    return 0;
}


static int
close_all(void **state)
{
    (void) state;

    trials_page_destroy(page);
    trials_plain_destroy(plain);

    return 0;
}


static void
render(trials_site_t site, trials_language_t language, trials_buf_t *buf)
{
    trials_error_t err;

    trials_buf_init(buf, 1024 * 1024);

    if (trials_site_render(page, site, language, buf, &err) != TRIALS_OK) {
        fail_msg("%s: %s", trials_site_name(site), err.message);
    }
}


static size_t
count(const char *text, const char *what)
{
    size_t n;

    for (n = 0; (text = strstr(text, what)) != NULL; text++) {
        n++;
    }

    return n;
}


static void
test_every_page_is_light(void **state)
{
    int          i, language;
    trials_buf_t buf;

    (void) state;

    for (language = 0; language < TRIALS_NLANGUAGES; language++) {
        for (i = 0; i < TRIALS_NSITES; i++) {
            render((trials_site_t) i, (trials_language_t) language, &buf);

            if (buf.len > LIMIT_PAGE) {
                fail_msg("%s: %zu bytes", trials_site_name((trials_site_t) i),
                         buf.len);
            }

            assert_int_equal(count(buf.data, "<h1>"), 1);
            trials_buf_free(&buf);
        }
    }
}


/* The index leads to every letter, a letter to all others. */

static void
test_letters_are_linked(void **state)
{
    int          i, k;
    char         link[64];
    trials_buf_t buf;

    (void) state;

    for (i = TRIALS_SITE_GLOSSARY; i < TRIALS_NSITES; i++) {
        render((trials_site_t) i, TRIALS_LANGUAGE_ES, &buf);

        for (k = TRIALS_SITE_LETTERS; k < TRIALS_NSITES; k++) {
            (void) snprintf(link, sizeof(link), "<a href=\"/trials/es/%s\"",
                            trials_site_name((trials_site_t) k));

            if (count(buf.data, link) != 1) {
                fail_msg("%s: no %s", trials_site_name((trials_site_t) i),
                         link);
            }
        }

        assert_int_equal(count(buf.data, "aria-current=\"page\""),
                         i != TRIALS_SITE_GLOSSARY);
        trials_buf_free(&buf);
    }
}


static void
test_every_term_is_explained(void **state)
{
    int          i;
    size_t       k, meanings, shown;
    trials_buf_t buf;

    (void) state;

    for (k = 0, meanings = 0; k < plain->glossary.nentries; k++) {
        meanings +=
            (plain->glossary.entries[k].kind == TRIALS_ENTRY_TERM
             || plain->glossary.entries[k].kind == TRIALS_ENTRY_ABBREVIATION)
            && plain->glossary.entries[k].meaning.len;
    }

    for (i = TRIALS_SITE_LETTERS, shown = 0; i < TRIALS_NSITES; i++) {
        render((trials_site_t) i, TRIALS_LANGUAGE_EN, &buf);
        assert_true(count(buf.data, "<dt>") > 0);
        shown += count(buf.data, "<dd>");
        trials_buf_free(&buf);
    }

    assert_true(meanings > 3000);
    assert_int_equal(shown, meanings);

    /* Where somebody who was sent to a term looks for it. */

    render(TRIALS_SITE_LETTERS + 1, TRIALS_LANGUAGE_EN, &buf);
    assert_int_equal(count(buf.data, "id=\"term-als\""), 1);
    trials_buf_free(&buf);
    render(TRIALS_SITE_LETTERS, TRIALS_LANGUAGE_EN, &buf);
    assert_int_equal(count(buf.data, "id=\"term-6mwt\""), 1);
    trials_buf_free(&buf);
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_page_is_light),
        cmocka_unit_test(test_letters_are_linked),
        cmocka_unit_test(test_every_term_is_explained),
    };

    return cmocka_run_group_tests(tests, open_all, close_all);
}
