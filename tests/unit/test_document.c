/* The format of documents: keys, fields and what is refused. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <trials/document.h>

#include <stdlib.h>
#include <string.h>


#define NFIELDS TRIALS_DOCUMENT_NFIELDS


/* The values of a good document, in the order of the fields. */

static void
good_values(trials_value_t *values)
{
    int i;

    static const char *const texts[NFIELDS] = {
        "2",          "present",       NULL,
        "1795000000", "\x1f\x8b gzip", "0123456789abcdef",
        "41021",      "brotli"};

    for (i = 0; i < NFIELDS; i++) {
        values[i].data = texts[i];
        values[i].len = texts[i] ? strlen(texts[i]) : 0;
    }
}


/* Reads a good document in which one value was replaced, NULL: by nil, in
 * memory of exactly its size. */

static const char *
read_with(int n, const char *text, trials_document_t *document)
{
    char          *copy;
    const char    *wrong;
    trials_value_t values[NFIELDS];

    good_values(values);
    copy = NULL;
    values[n].data = NULL;
    values[n].len = 0;

    if (text) {
        values[n].len = strlen(text);
        copy = malloc(values[n].len ? values[n].len : 1);
        assert_non_null(copy);
        memcpy(copy, text, values[n].len);
        values[n].data = copy;
    }

    wrong = trials_document_read(values, document);
    free(copy);

    return wrong;
}


static void
test_renditions_have_names_and_types(void **state)
{
    int         i;
    const char *name;

    (void) state;

    for (i = 0; i < TRIALS_NRENDITIONS; i++) {
        name = trials_rendition_name((trials_rendition_t) i);
        assert_int_equal(trials_rendition_parse(name, strlen(name)), i);
        assert_non_null(
            strchr(trials_rendition_type((trials_rendition_t) i), '/'));
    }

    assert_string_equal(trials_rendition_type(TRIALS_RENDITION_JSON),
                        "application/json");
    assert_string_equal(trials_rendition_type(TRIALS_RENDITION_PAGE),
                        "text/html; charset=utf-8");
    assert_int_equal(trials_rendition_parse("pag", 3), -1);
    assert_int_equal(trials_rendition_parse("pages", 5), -1);
    assert_int_equal(trials_rendition_parse("Page", 4), -1);
    assert_int_equal(trials_rendition_parse("", 0), -1);
}


static void
test_keys(void **state)
{
    char        key[TRIALS_KEY_SIZE];
    size_t      len, name_len;
    const char *name;

    (void) state;

    len = trials_document_key(TRIALS_KEY_DOCUMENT, "NCT99990001", key);
    assert_string_equal(key, "trials:doc:{NCT99990001}");
    assert_int_equal(len, strlen(key));

    name = trials_document_key_name(key, len, &name_len);
    assert_ptr_equal(name, key + strlen("trials:doc:{"));
    assert_int_equal(name_len, 11);
    assert_memory_equal(name, "NCT99990001", 11);

    len = trials_document_key(TRIALS_KEY_DOCUMENT, "als/recruiting/2", key);
    assert_string_equal(key, "trials:doc:{als/recruiting/2}");
    name = trials_document_key_name(key, len, &name_len);
    assert_ptr_equal(name, key + strlen("trials:doc:{"));
    assert_int_equal(name_len, 16);

    (void) trials_document_key(TRIALS_KEY_LOCK, "NCT99990001", key);
    assert_string_equal(key, "trials:lock:{NCT99990001}");
}


static void
test_keys_of_something_else(void **state)
{
    size_t i, len;

    static const char *const keys[] = {
        "",
        "trials:doc:",
        "trials:doc:{}",
        "trials:doc:NCT99990001",
        "trials:doc:{NCT9999000}",
        "trials:doc:{NCT999900011}",
        "trials:doc:{NCT9999000x}",
        "trials:doc:{NCT00000000}",
        "trials:doc:{nct99990001}",
        "trials:doc:{Als}",
        "trials:doc:{als/}",
        "trials:doc:{/als}",
        "trials:doc:{als//2}",
        "trials:doc:{a2345678901234567890123456789012345678901234567890123456789"
        "012345}",
        "trials:doc:(NCT99990001)",
        "trials:doc:{NCT99990001} ",
        "trials:doc:{NCT99990001x",
        "trials:dox:{NCT99990001}",
        "trials:lock:{NCT99990001",
    };

    (void) state;

    for (i = 0; i < sizeof(keys) / sizeof(char *); i++) {
        assert_null(trials_document_key_name(keys[i], strlen(keys[i]), &len));
    }
}


static void
test_fields_are_the_hash_s(void **state)
{
    const char *fields[NFIELDS];

    (void) state;

    trials_document_fields(TRIALS_RENDITION_EMBED, TRIALS_LANGUAGE_EN, fields);
    assert_string_equal(fields[0], "v");
    assert_string_equal(fields[1], "state");
    assert_string_equal(fields[2], "location");
    assert_string_equal(fields[3], "modified");
    assert_string_equal(fields[4], "embed");
    assert_string_equal(fields[5], "embed:etag");
    assert_string_equal(fields[6], "embed:size");
    assert_string_equal(fields[7], "embed:br");

    trials_document_fields(TRIALS_RENDITION_PAGE, TRIALS_LANGUAGE_ES, fields);
    assert_string_equal(fields[4], "page.es");
    assert_string_equal(fields[5], "page.es:etag");
    assert_string_equal(fields[6], "page.es:size");
    assert_string_equal(fields[7], "page.es:br");
}


static void
test_reads_what_is_present(void **state)
{
    trials_value_t    values[NFIELDS];
    trials_document_t document;

    (void) state;

    good_values(values);
    assert_null(trials_document_read(values, &document));
    assert_int_equal(document.state, TRIALS_DOCUMENT_PRESENT);
    assert_int_equal(document.modified, 1795000000);
    assert_ptr_equal(document.body.data, values[4].data);
    assert_int_equal(document.body.len, values[4].len);
    assert_ptr_equal(document.etag.data, values[5].data);
    assert_int_equal(document.size, 41021);
    assert_ptr_equal(document.brotli.data, values[7].data);

    /* Without brotli, and without anything of this rendition. */

    values[7].data = NULL;
    assert_null(trials_document_read(values, &document));
    assert_null(document.brotli.data);

    values[4].data = values[5].data = values[6].data = NULL;
    assert_null(trials_document_read(values, &document));
    assert_int_equal(document.state, TRIALS_DOCUMENT_PRESENT);
    assert_null(document.body.data);
}


static void
test_languages(void **state)
{
    int         i;
    const char *tag;

    (void) state;

    for (i = 0; i < TRIALS_NLANGUAGES; i++) {
        tag = trials_language_tag((trials_language_t) i);
        assert_int_equal(trials_language_parse(tag, strlen(tag)), i);
    }

    assert_int_equal(trials_language_parse("e", 1), -1);
    assert_int_equal(trials_language_parse("EN", 2), -1);
}


static void
test_reads_nothing_absent_and_alias(void **state)
{
    trials_value_t    values[NFIELDS];
    trials_document_t document;

    (void) state;

    memset(values, 0, sizeof(values));
    assert_null(trials_document_read(values, &document));
    assert_int_equal(document.state, TRIALS_DOCUMENT_NONE);

    values[0].data = "2";
    values[0].len = 1;
    values[1].data = "absent";
    values[1].len = 6;
    values[3].data = "0";
    values[3].len = 1;
    assert_null(trials_document_read(values, &document));
    assert_int_equal(document.state, TRIALS_DOCUMENT_ABSENT);

    values[1].data = "alias";
    values[1].len = 5;
    assert_non_null(trials_document_read(values, &document));

    values[2].data = "NCT99990002";
    values[2].len = 11;
    assert_null(trials_document_read(values, &document));
    assert_int_equal(document.state, TRIALS_DOCUMENT_ALIAS);
    assert_memory_equal(document.location.data, "NCT99990002", 11);
}


static void
test_refuses_what_does_not_fit(void **state)
{
    size_t            i;
    trials_document_t document;

    static const struct {
        int         field;
        const char *text;
        const char *wrong; /* a part of the reason */
    } cases[] = {
        {0, NULL, "version"},
        {0, "", "version"},
        {0, "1", "version"},
        {0, "22", "version"},
        {1, NULL, "state"},
        {1, "", "state"},
        {1, "presen", "state"},
        {1, "presents", "state"},
        {3, NULL, "modified"},
        {3, "", "modified"},
        {3, "-1", "modified"},
        {3, "1.5", "modified"},
        {3, "1e9", "modified"},
        {3, " 1", "modified"},
        {3, "1000000000000000", "modified"},
        {4, NULL, "body"},
        {4, "", "body"},
        {5, NULL, "tag"},
        {5, "", "tag"},
        {5, "ABCDEF", "tag"},
        {5, "0123\"", "tag"},
        {5, "0123\r\nSet-Cookie: a=b", "tag"},
        {5, "0000000000000000000000000000000000000000000000000000000000000000f",
         "tag"},
        {6, NULL, "size"},
        {6, "12k", "size"},
        {6, "99999999999999999999", "size"},
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *wrong;

        wrong = read_with(cases[i].field, cases[i].text, &document);

        if (wrong == NULL || strstr(wrong, cases[i].wrong) == NULL) {
            fail_msg("field %d \"%s\": %s", cases[i].field,
                     cases[i].text ? cases[i].text : "(nil)",
                     wrong ? wrong : "was taken");
        }
    }
}


static void
test_refuses_aliases_that_lead_nowhere(void **state)
{
    size_t            i;
    trials_value_t    values[NFIELDS];
    trials_document_t document;

    static const char *const locations[] = {"",
                                            "NCT1",
                                            "NCT9999000a",
                                            "nct99990001",
                                            "//evil.example",
                                            "NCT99990001/"};

    (void) state;

    for (i = 0; i < sizeof(locations) / sizeof(char *); i++) {
        good_values(values);
        values[1].data = "alias";
        values[1].len = 5;
        values[2].data = locations[i];
        values[2].len = strlen(locations[i]);
        assert_non_null(trials_document_read(values, &document));
    }
}


static void
test_the_largest_numbers(void **state)
{
    trials_document_t document;

    (void) state;

    assert_null(read_with(3, "999999999999999", &document));
    assert_true(document.modified == INT64_C(999999999999999));
    assert_null(read_with(6, "0", &document));
    assert_int_equal(document.size, 0);
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_renditions_have_names_and_types),
        cmocka_unit_test(test_languages),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_keys_of_something_else),
        cmocka_unit_test(test_fields_are_the_hash_s),
        cmocka_unit_test(test_reads_what_is_present),
        cmocka_unit_test(test_reads_nothing_absent_and_alias),
        cmocka_unit_test(test_refuses_what_does_not_fit),
        cmocka_unit_test(test_refuses_aliases_that_lead_nowhere),
        cmocka_unit_test(test_the_largest_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
