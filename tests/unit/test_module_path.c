/* The module's URLs: ngx_module/ngx_http_trials_path.c, which needs no nginx. */

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ngx_module/ngx_http_trials_path.c"

#include <trials/registry.h>


typedef struct {
    const char        *path;
    const char        *canonical; /* NULL: none */
    trials_rendition_t rendition;
} test_path_t;


static const test_path_t test_paths[] = {
    {"NCT01234567", "NCT01234567", TRIALS_RENDITION_PAGE},
    {"NCT01234567/print", "NCT01234567/print", TRIALS_RENDITION_PRINT},
    {"NCT01234567/embed", "NCT01234567/embed", TRIALS_RENDITION_EMBED},
    {"NCT01234567.json", "NCT01234567.json", TRIALS_RENDITION_JSON},
    {"nct01234567", "NCT01234567", TRIALS_RENDITION_PAGE},
    {"nCt1.json", "NCT00000001.json", TRIALS_RENDITION_JSON},
    {"NCT99999999", "NCT99999999", TRIALS_RENDITION_PAGE},
    {"NCT000000000012", "NCT00000012", TRIALS_RENDITION_PAGE},
    {"NCT01234567/questions", "NCT01234567/questions",
     TRIALS_RENDITION_QUESTIONS},
    {"NCT01234567/feed.atom", "NCT01234567/feed.atom", TRIALS_RENDITION_ATOM},
    {"es/NCT01234567", "es/NCT01234567", TRIALS_RENDITION_PAGE},
    {"es/nct1/print", "es/NCT00000001/print", TRIALS_RENDITION_PRINT},
    {"", "", TRIALS_RENDITION_PAGE},
    {"index", "", TRIALS_RENDITION_PAGE},
    {"es", "es/", TRIALS_RENDITION_PAGE},
    {"es/", "es/", TRIALS_RENDITION_PAGE},
    {"glossary", "glossary", TRIALS_RENDITION_PAGE},
    {"es/glossary", "es/glossary", TRIALS_RENDITION_PAGE},
    {"als", "als", TRIALS_RENDITION_PAGE},
    {"als/recruiting/2", "als/recruiting/2", TRIALS_RENDITION_PAGE},
    {"feed.atom", "feed.atom", TRIALS_RENDITION_ATOM},
    {"als/feed.atom", "als/feed.atom", TRIALS_RENDITION_ATOM},
    {"sitemap.xml", "sitemap.xml", TRIALS_RENDITION_XML},
    {"sitemap/1.xml", "sitemap/1.xml", TRIALS_RENDITION_XML},
    {"ALS", NULL, 0},
    {"als/", NULL, 0},
    {"/als", NULL, 0},
    {"als//2", NULL, 0},
    {"als.json", NULL, 0},
    {"als/..", NULL, 0},
    {"nct1x", NULL, 0},
    {".xml", NULL, 0},
    {"/feed.atom", NULL, 0},
    {"a234567890123456789012345678901234567890123456789012345678901234",
     "a234567890123456789012345678901234567890123456789012345678901234",
     TRIALS_RENDITION_PAGE},
    {"a2345678901234567890123456789012345678901234567890123456789012345", NULL,
     0},
    {"NCT", NULL, 0},
    {"NCT0", NULL, 0},
    {"NCT00000000", NULL, 0},
    {"NCT100000000", NULL, 0},
    {"NCT4294967297", NULL, 0},
    {"NCT99999999999999999999", NULL, 0},
    {"NCT01234567/", NULL, 0},
    {"NCT01234567/page", NULL, 0},
    {"NCT01234567/json", NULL, 0},
    {"NCT01234567/printer", NULL, 0},
    {"NCT01234567.jsonp", NULL, 0},
    {"NCT01234567.js", NULL, 0},
    {"NCT01234567/PRINT", NULL, 0},
    {"NCT01234567x", NULL, 0},
    {" NCT01234567", NULL, 0},
    {"XCT01234567", NULL, 0},
    {"NCT-1234567", NULL, 0},
};


static void
test_parse(void **state)
{
    size_t                 i, len;
    char                   data[NGX_HTTP_TRIALS_PATH_SIZE];
    const test_path_t     *test;
    ngx_http_trials_path_t path;

    (void) state;

    for (i = 0; i < sizeof(test_paths) / sizeof(test_paths[0]); i++) {
        test = &test_paths[i];
        len = strlen(test->path);

        if (test->canonical == NULL) {
            assert_int_equal(ngx_http_trials_path_parse(test->path, len, &path),
                             0);
            continue;
        }

        assert_int_equal(ngx_http_trials_path_parse(test->path, len, &path), 1);
        assert_int_equal(path.rendition, test->rendition);
        assert_int_equal(path.canonical,
                         strcmp(test->path, test->canonical) == 0);
        assert_int_equal(path.language, strncmp(test->canonical, "es/", 3) == 0
                                            ? TRIALS_LANGUAGE_ES
                                            : TRIALS_LANGUAGE_EN);
        assert_int_equal(trials_name_kind(path.name, strlen(path.name)),
                         path.trial ? TRIALS_NAME_TRIAL : TRIALS_NAME_SITE);

        len = ngx_http_trials_path_write(&path, data);
        assert_int_equal(len, strlen(test->canonical));
        assert_string_equal(data, test->canonical);
    }
}


/* No byte after the end is looked at: the sanitizer would say. */

static void
test_parse_prefixes(void **state)
{
    size_t                 len;
    char                  *copy;
    ngx_http_trials_path_t path;

    static const char text[] = "NCT01234567/print";

    (void) state;

    for (len = 0; len < sizeof(text); len++) {
        copy = malloc(len ? len : 1);
        assert_non_null(copy);
        memcpy(copy, text, len);

        assert_int_equal(ngx_http_trials_path_parse(copy, len, &path),
                         len == 0 || (len >= 5 && len <= 11)
                             || len == sizeof(text) - 1);
        (void) ngx_http_trials_path_tail(copy, len);

        free(copy);
    }
}


/* The module reads ids as libtrials does, which it does not link. */

static void
test_ids_as_the_registry(void **state)
{
    size_t                 i;
    int                    rc;
    trials_id_t            id;
    ngx_http_trials_path_t path;

    static const char *const ids[] = {
        "NCT01234567", "nct1",
        "NCT0",        "NCT",
        "NCT00000001", "NCT000000001",
        "NCT99999999", "NCT100000000",
        "nCT099",      "NCT12a",
        "NCT1 ",       "ISRCTN1",
        "NCT00000000", "NCT000000000000000",
    };

    (void) state;

    for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        rc = trials_id_parse(ids[i], strlen(ids[i]), id) == TRIALS_OK;

        assert_int_equal(
            ngx_http_trials_path_parse(ids[i], strlen(ids[i]), &path), rc);

        if (rc) {
            assert_string_equal(path.name, id);
        }
    }
}


static void
test_tail(void **state)
{
    size_t i;

    static const struct {
        const char *uri;
        const char *tail;
    } uris[] = {
        {"/a/b/NCT1", "NCT1"},
        {"/a/NCT1/print", "NCT1/print"},
        {"/a/NCT1/embed", "NCT1/embed"},
        {"/NCT1.json", "NCT1.json"},
        {"/a/NCT1/questions", "NCT1/questions"},
        {"/a/NCT1/feed.atom", "NCT1/feed.atom"},
        {"/print", "/print"},
        {"/a/printed", "printed"},
        {"/a/", ""},
        {"/", ""},
        {"", ""},
        {"NCT1", "NCT1"},
        {"NCT1/print", "NCT1/print"},
    };

    (void) state;

    for (i = 0; i < sizeof(uris) / sizeof(uris[0]); i++) {
        assert_string_equal(
            uris[i].uri
                + ngx_http_trials_path_tail(uris[i].uri, strlen(uris[i].uri)),
            uris[i].tail);
    }
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_parse_prefixes),
        cmocka_unit_test(test_ids_as_the_registry),
        cmocka_unit_test(test_tail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
