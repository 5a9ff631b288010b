/* Odd records: what does not fit is left out and named, the rest stays; and what
 * is no record at all is refused with the place and the reason. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <trials/registry.h>


#define ID "\"identificationModule\":{\"nctId\":\"NCT99990201\"}"

/* A record with an id and one more module, of its protocol section. */
#define WITH(module) "{\"protocolSection\":{" ID "," module "}}"

#define LEN(text) (sizeof(text) - 1)


static trials_arena_t *arena;
static trials_error_t  err;


static int
set_up(void **state)
{
    (void) state;

    arena = trials_arena_create();

    return arena ? 0 : -1;
}


static int
tear_down(void **state)
{
    (void) state;

    trials_arena_destroy(arena);

    return 0;
}


static trials_study_t *
parse(const char *json, size_t len)
{
    trials_study_t *study;

    study = NULL;

    if (trials_study_parse(arena, "odd", json, len, &study, &err) != TRIALS_OK)
    {
        fail_msg("%s", err.message);
    }

    assert_non_null(study);

    return study;
}


/* Parses what has to leave out one thing, and checks what it says of it. */

static trials_study_t *
parse_noted(const char *json, size_t len, const char *note)
{
    trials_study_t *study;

    study = parse(json, len);

    assert_int_equal(study->nunknown, 1);
    assert_string_equal(study->unknown[0].data, note);
    assert_int_equal(study->unknown[0].len, strlen(note));

    return study;
}


#define NOTED(json, note) parse_noted(json, LEN(json), note)


static void
refuse(const char *json, size_t len, trials_rc_t code, const char *message)
{
    trials_study_t *study;

    study = NULL;

    assert_int_equal(trials_study_parse(arena, "odd", json, len, &study, &err),
                     code);
    assert_int_equal(err.code, code);
    assert_string_equal(err.message, message);
    assert_null(study);
}


#define REFUSED(json, code, message) refuse(json, LEN(json), code, message)


static void
test_unknown_values(void **state)
{
    trials_study_t *s;

    (void) state;

    s = NOTED(WITH("\"statusModule\":{\"overallStatus\":\"PAUSED\","
                   "\"lastKnownStatus\":\"COMPLETED\"}"),
              "protocolSection.statusModule.overallStatus: unknown value "
              "\"PAUSED\"");
    assert_int_equal(s->status, TRIALS_STATUS_NONE);
    assert_int_equal(s->last_known_status, TRIALS_STATUS_COMPLETED);

    /* Of a list, the others stay, in order. */

    s = NOTED(WITH("\"designModule\":{\"phases\":"
                   "[\"PHASE1\",\"PHASE5\",\"PHASE2\"]}"),
              "protocolSection.designModule.phases[1]: unknown value "
              "\"PHASE5\"");
    assert_int_equal(s->nphases, 2);
    assert_int_equal(s->phases[0], TRIALS_PHASE_PHASE1);
    assert_int_equal(s->phases[1], TRIALS_PHASE_PHASE2);

    s = NOTED(WITH("\"contactsLocationsModule\":{\"locations\":[{\"city\":"
                   "\"A\"},{\"city\":\"B\",\"contacts\":[{\"name\":\"N\"},"
                   "{\"name\":\"M\",\"role\":\"BOSS\"}]}]}"),
              "protocolSection.contactsLocationsModule.locations[1]"
              ".contacts[1].role: unknown value \"BOSS\"");
    assert_int_equal(s->nlocations, 2);
    assert_int_equal(s->locations[1].ncontacts, 2);
    assert_string_equal(s->locations[1].contacts[1].name.data, "M");

    /* Letters count, and so does every byte. */

    NOTED(WITH("\"eligibilityModule\":{\"sex\":\"female\"}"),
          "protocolSection.eligibilityModule.sex: unknown value \"female\"");
    NOTED(WITH("\"eligibilityModule\":{\"sex\":\"ALL\\u0000X\"}"),
          "protocolSection.eligibilityModule.sex: unknown value \"ALL X\"");
    NOTED(WITH("\"eligibilityModule\":{\"sex\":\"ALL \"}"),
          "protocolSection.eligibilityModule.sex: unknown value \"ALL \"");
    NOTED(WITH("\"eligibilityModule\":{\"sex\":\"\"}"),
          "protocolSection.eligibilityModule.sex: unknown value \"\"");
}


/* A value is quoted on one line, and no more of it than can be read. */

static void
test_quoted_value(void **state)
{
    (void) state;

    NOTED(WITH("\"eligibilityModule\":{\"sex\":\"A\\nB\\u001b[1mC\\u0085\"}"),
          "protocolSection.eligibilityModule.sex: unknown value "
          "\"A B [1mC \"");

    /* 62 bytes, then a character of three. */

    NOTED(WITH("\"eligibilityModule\":{\"sex\":\"1234567890123456789012345678"
               "9012345678901234567890123456789012\\u2265\"}"),
          "protocolSection.eligibilityModule.sex: unknown value "
          "\"12345678901234567890123456789012345678901234567890123456789012"
          "\"");
}


static void
test_wrong_types(void **state)
{
    trials_study_t *s;

    (void) state;

    s = NOTED(WITH("\"statusModule\":[1]"),
              "protocolSection.statusModule: not an object");
    assert_int_equal(s->status, TRIALS_STATUS_NONE);

    s = NOTED(WITH("\"descriptionModule\":{\"briefSummary\":7,"
                   "\"detailedDescription\":\"D\"}"),
              "protocolSection.descriptionModule.briefSummary: not a string");
    assert_null(s->brief_summary.data);
    assert_string_equal(s->detailed_description.data, "D");

    s = NOTED(WITH("\"conditionsModule\":{\"conditions\":[\"A\",{},\"B\"]}"),
              "protocolSection.conditionsModule.conditions[1]: not a string");
    assert_int_equal(s->nconditions, 2);
    assert_string_equal(s->conditions[1].data, "B");

    s = NOTED(WITH("\"conditionsModule\":{\"conditions\":\"A\"}"),
              "protocolSection.conditionsModule.conditions: not an array");
    assert_int_equal(s->nconditions, 0);
    assert_null(s->conditions);

    s = NOTED(WITH("\"contactsLocationsModule\":{\"locations\":[\"A\","
                   "{\"city\":\"B\"}]}"),
              "protocolSection.contactsLocationsModule.locations[0]: not an "
              "object");
    assert_int_equal(s->nlocations, 1);
    assert_string_equal(s->locations[0].city.data, "B");

    s = NOTED(WITH("\"eligibilityModule\":{\"healthyVolunteers\":\"true\"}"),
              "protocolSection.eligibilityModule.healthyVolunteers: neither "
              "true nor false");
    assert_int_equal(s->healthy_volunteers, TRIALS_UNSAID);

    NOTED(WITH("\"statusModule\":{\"statusVerifiedDate\":2026}"),
          "protocolSection.statusModule.statusVerifiedDate: not a string");
    NOTED(WITH("\"eligibilityModule\":{\"minimumAge\":18}"),
          "protocolSection.eligibilityModule.minimumAge: not a string");
    NOTED(WITH("\"eligibilityModule\":{\"sex\":true}"),
          "protocolSection.eligibilityModule.sex: not a string");
    NOTED(WITH("\"designModule\":{\"enrollmentInfo\":{\"count\":\"12\"}}"),
          "protocolSection.designModule.enrollmentInfo.count: not a number");
    NOTED(
        WITH("\"statusModule\":{\"expandedAccessInfo\":{\"nctId\":1}}"),
        "protocolSection.statusModule.expandedAccessInfo.nctId: not a string");
    NOTED(WITH("\"referencesModule\":{\"references\":[{\"pmid\":\"1\","
               "\"retractions\":true}]}"),
          "protocolSection.referencesModule.references[0].retractions: not an "
          "array");
    NOTED("{\"protocolSection\":{" ID "},\"hasResults\":1}",
          "hasResults: neither true nor false");
}


/* null, and an empty text or object, are as good as absent. */

static void
test_nothing_said(void **state)
{
    trials_study_t *s;

    static const char json[] =
        WITH("\"statusModule\":null,\"descriptionModule\":{\"briefSummary\":"
             "\"\",\"detailedDescription\":null},\"conditionsModule\":"
             "{\"conditions\":[\" \\n\",\"A\",\"\\u0001\"],\"keywords\":[]},"
             "\"contactsLocationsModule\":{\"locations\":[{}]}");

    (void) state;

    s = parse(json, LEN(json));

    assert_int_equal(s->nunknown, 0);
    assert_null(s->brief_summary.data);
    assert_null(s->detailed_description.data);
    assert_int_equal(s->nconditions, 1);
    assert_string_equal(s->conditions[0].data, "A");
    assert_int_equal(s->nkeywords, 0);
    assert_null(s->keywords);
    assert_int_equal(s->nlocations, 0);
    assert_null(s->locations);
}


static void
check_date(const char *text, int year, int month, int day)
{
    int             len;
    char            json[256], note[256];
    trials_study_t *s;

    len = snprintf(json, sizeof(json),
                   WITH("\"statusModule\":{\"studyFirstSubmitDate\":\"%s\"}"),
                   text);
    assert_true(len > 0 && (size_t) len < sizeof(json));

    if (year == 0) {
        (void) snprintf(note, sizeof(note),
                        "protocolSection.statusModule.studyFirstSubmitDate: "
                        "not a date \"%s\"",
                        text);
        s = parse_noted(json, (size_t) len, note);

    } else {
        s = parse(json, (size_t) len);
        assert_int_equal(s->nunknown, 0);
    }

    assert_int_equal(s->first_submitted.year, year);
    assert_int_equal(s->first_submitted.month, month);
    assert_int_equal(s->first_submitted.day, day);
}


static void
test_dates(void **state)
{
    size_t i;

    static const char *const impossible[] = {
        "",           "2023",        "2023-",      "2023-0",
        "2023-00",    "2023-13",     "2023-1-1",   "2023-01-00",
        "2023-01-32", "2023-02-29",  "2023-02-31", "2100-02-29",
        "2023-04-31", "2023-06-31",  "2023-09-31", "2023-11-31",
        "2023/01/02", "2023-01/02",  "20230102",   "2023-01-02T00:00",
        "0000-01",    "1899-12-31",  "-023-01",    "+202-01-01",
        "2023-01-0x", " 2023-01-02", "2023- 1-02", "2023-01 ",
        "January 1",  "12-2023",     "2023-1x",
    };

    (void) state;

    for (i = 0; i < sizeof(impossible) / sizeof(impossible[0]); i++) {
        check_date(impossible[i], 0, 0, 0);
    }

    check_date("2023-01", 2023, 1, 0);
    check_date("2023-12-31", 2023, 12, 31);
    check_date("2024-02-29", 2024, 2, 29);
    check_date("2000-02-29", 2000, 2, 29);
    check_date("1900-01-01", 1900, 1, 1);

    /* A date with a type: the type alone says nothing of when. */

    NOTED(WITH("\"statusModule\":{\"startDateStruct\":{\"date\":\"2023-13\","
               "\"type\":\"ACTUAL\"}}"),
          "protocolSection.statusModule.startDateStruct.date: not a date "
          "\"2023-13\"");
}


static void
check_age(const char *text, long count, trials_time_unit_t unit)
{
    int             len;
    char            json[256], note[256];
    trials_study_t *s;

    len = snprintf(json, sizeof(json),
                   WITH("\"eligibilityModule\":{\"minimumAge\":\"%s\"}"), text);
    assert_true(len > 0 && (size_t) len < sizeof(json));

    if (unit == TRIALS_UNIT_NONE) {
        (void) snprintf(note, sizeof(note),
                        "protocolSection.eligibilityModule.minimumAge: not a "
                        "span of time \"%s\"",
                        text);
        s = parse_noted(json, (size_t) len, note);

    } else {
        s = parse(json, (size_t) len);
        assert_int_equal(s->nunknown, 0);
    }

    assert_int_equal(s->minimum_age.count, count);
    assert_int_equal(s->minimum_age.unit, unit);
}


static void
test_spans(void **state)
{
    size_t i;

    static const char *const wrong[] = {
        "",
        "N/A",
        "18",
        "18 ",
        "Years",
        " 18 Years",
        "18  Years",
        "18Years",
        "-1 Years",
        "1.5 Years",
        "18 years",
        "18 Yearss",
        "18 Year ",
        "18 Yearly",
        "18 Decades",
        "1e2 Days",
        "0x1 Days",
        "18 s",
        "1234567 Days",
        "99999999999999999999999 Years",
    };

    (void) state;

    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        check_age(wrong[i], 0, TRIALS_UNIT_NONE);
    }

    check_age("1 Minute", 1, TRIALS_UNIT_MINUTE);
    check_age("30 Minutes", 30, TRIALS_UNIT_MINUTE);
    check_age("12 Hours", 12, TRIALS_UNIT_HOUR);
    check_age("0 Days", 0, TRIALS_UNIT_DAY);
    check_age("2 Weeks", 2, TRIALS_UNIT_WEEK);
    check_age("1 Month", 1, TRIALS_UNIT_MONTH);
    check_age("120 Years", 120, TRIALS_UNIT_YEAR);
    check_age("007 Years", 7, TRIALS_UNIT_YEAR);

    NOTED(WITH("\"eligibilityModule\":{\"minimumAge\":\"18 Years\\u0000x\"}"),
          "protocolSection.eligibilityModule.minimumAge: not a span of time "
          "\"18 Years x\"");
}


static void
check_count(const char *number, long count, const char *reason)
{
    int             len;
    char            json[512], note[256];
    trials_study_t *s;

    len = snprintf(json, sizeof(json),
                   WITH("\"designModule\":{\"enrollmentInfo\":{\"count\":%s,"
                        "\"type\":\"ACTUAL\"}}"),
                   number);
    assert_true(len > 0 && (size_t) len < sizeof(json));

    if (reason) {
        (void) snprintf(note, sizeof(note),
                        "protocolSection.designModule.enrollmentInfo.count: "
                        "%s",
                        reason);
        s = parse_noted(json, (size_t) len, note);

    } else {
        s = parse(json, (size_t) len);
        assert_int_equal(s->nunknown, 0);
    }

    assert_int_equal(s->enrollment, count);
    assert_int_equal(s->enrollment_type, TRIALS_DATE_ACTUAL);
}


/* A number that no machine word holds must not cost the record. */

static void
test_numbers(void **state)
{
    (void) state;

    check_count("0", 0, NULL);
    check_count("-0", 0, NULL);
    check_count("38", 38, NULL);
    check_count("38.0", 38, NULL);
    check_count("188814085", 188814085, NULL);
    check_count("100000000000", 100000000000, NULL);
    check_count("100000000001", -1, "number out of range");
    check_count("-1", -1, "number out of range");
    check_count("1e300", -1, "number out of range");
    check_count("9223372036854775808", -1, "number out of range");
    check_count("99999999999999999999999999999999999999999999", -1,
                "number out of range");
    check_count("-99999999999999999999999999999999999999999999", -1,
                "number out of range");
    check_count("3.5", -1, "not a whole number");
    check_count("true", -1, "not a number");
}


static void
check_point(const char *point, int has_point)
{
    int             len;
    char            json[512];
    trials_study_t *s;

    static const char note[] =
        "protocolSection.contactsLocationsModule.locations[0].geoPoint: not a "
        "latitude and a longitude";

    len = snprintf(json, sizeof(json),
                   WITH("\"contactsLocationsModule\":{\"locations\":[{\"city\""
                        ":\"A\",\"geoPoint\":%s}]}"),
                   point);
    assert_true(len > 0 && (size_t) len < sizeof(json));

    s = has_point ? parse(json, (size_t) len)
                  : parse_noted(json, (size_t) len, note);

    assert_int_equal(s->nlocations, 1);
    assert_int_equal(s->locations[0].has_point, has_point);
}


static void
test_points(void **state)
{
    (void) state;

    check_point("{\"lat\":0,\"lon\":0}", 1);
    check_point("{\"lat\":-90,\"lon\":-180.0}", 1);
    check_point("{\"lat\":48.8,\"lon\":2.3}", 1);
    check_point("{\"lat\":90.5,\"lon\":0}", 0);
    check_point("{\"lat\":0,\"lon\":180.5}", 0);
    check_point("{\"lat\":0}", 0);
    check_point("{\"lon\":0}", 0);
    check_point("{}", 0);
    check_point("{\"lat\":\"1\",\"lon\":2}", 0);
    check_point("[1,2]", 0);
    check_point("\"here\"", 0);
}


static void
test_ids(void **state)
{
    trials_study_t *s;

    (void) state;

    s = NOTED("{\"protocolSection\":{\"identificationModule\":{\"nctId\":"
              "\"nct1\",\"nctIdAliases\":[\"NCT2\",\"javascript:alert(1)\"]}}}",
              "protocolSection.identificationModule.nctIdAliases[1]: not an id "
              "\"javascript:alert(1)\"");
    assert_string_equal(s->id, "NCT00000001");
    assert_int_equal(s->naliases, 1);
    assert_string_equal(s->aliases[0].data, "NCT00000002");

    s = NOTED(
        WITH("\"statusModule\":{\"expandedAccessInfo\":{\"nctId\":"
             "\"soon\"}}"),
        "protocolSection.statusModule.expandedAccessInfo.nctId: not an id "
        "\"soon\"");
    assert_null(s->expanded_access_id.data);
}


/* What XML cannot hold is taken out, and nothing else with it. */

static void
test_characters(void **state)
{
    trials_study_t *s;

    static const char json[] = "\xef\xbb\xbf" WITH(
        "\"descriptionModule\":{\"briefSummary\":\"a\\u0000b\\u0008\\r\\n"
        "c\\uffff\\ufffed\\ud83d\\udc8a\",\"detailedDescription\":"
        "\"\\u0000\"},\"conditionsModule\":{\"conditions\":"
        "[\"\\u0000 A\\tB \\u0000\\n\"]}");

    (void) state;

    s = parse(json, LEN(json));

    assert_int_equal(s->nunknown, 0);
    assert_string_equal(s->brief_summary.data, "ab\ncd\xf0\x9f\x92\x8a");
    assert_int_equal(s->brief_summary.len, strlen(s->brief_summary.data));
    assert_null(s->detailed_description.data);
    assert_int_equal(s->nconditions, 1);
    assert_string_equal(s->conditions[0].data, "A\tB");
}


static void
test_no_json(void **state)
{
    (void) state;

    REFUSED("", TRIALS_INVALID, "odd:1:1: empty");
    REFUSED("\xef\xbb\xbf", TRIALS_INVALID, "odd:1:1: empty");
    REFUSED("{", TRIALS_INVALID,
            "odd:1:1: string or '}' expected near end of file");
    REFUSED("{\n  \"a\": [1,\n  2\n", TRIALS_INVALID,
            "odd:4:0: ']' expected near end of file");
    REFUSED("{\"a\": tru}", TRIALS_INVALID,
            "odd:1:9: invalid token near 'tru'");
    REFUSED("{} {}", TRIALS_INVALID, "odd:1:4: end of file expected near '{'");
    REFUSED("{\"a\":1,\"a\":2}", TRIALS_INVALID,
            "odd:1:10: duplicate object key near '\"a\"'");
    REFUSED("{\"a\x00\": 1}", TRIALS_INVALID,
            "odd:1:3: control character 0x0 near '\"a'");
    REFUSED("{\"a\": \"\xff\"}", TRIALS_INVALID,
            "odd:1:7: unable to decode byte 0xff near '\"'");
    REFUSED("{\"a\": \"\xed\xa0\x80\"}", TRIALS_INVALID,
            "odd:1:7: unable to decode byte 0xed near '\"'");
    REFUSED("{\"a\": \"\xc0\xaf\"}", TRIALS_INVALID,
            "odd:1:7: unable to decode byte 0xc0 near '\"'");
    REFUSED("{\"a\": \"\\ud800\"}", TRIALS_INVALID,
            "odd:1:14: invalid Unicode '\\uD800' near '\"\\ud800\"'");
    REFUSED("{\"a\": \"x\ny\"}", TRIALS_INVALID,
            "odd:1:8: unexpected newline near '\"x'");
    REFUSED("{\"a\": 1e999}", TRIALS_INVALID,
            "odd:1:11: real number overflow near '1e999'");
    REFUSED("<html>\n", TRIALS_INVALID,
            "odd:1:1: '[' or '{' expected near '<'");
}


static void
test_no_study(void **state)
{
    (void) state;

    REFUSED("[]", TRIALS_INVALID, "odd: not an object");
    REFUSED("{}", TRIALS_INVALID,
            "odd: protocolSection.identificationModule.nctId: missing");
    REFUSED("{\"protocolSection\":[]}", TRIALS_INVALID,
            "odd: protocolSection.identificationModule.nctId: missing");
    REFUSED("{\"protocolSection\":{\"identificationModule\":{}}}",
            TRIALS_INVALID,
            "odd: protocolSection.identificationModule.nctId: missing");
    REFUSED("{\"protocolSection\":{\"identificationModule\":{\"nctId\":1}}}",
            TRIALS_INVALID,
            "odd: protocolSection.identificationModule.nctId: not a string");
    REFUSED("{\"protocolSection\":{\"identificationModule\":{\"nctId\":"
            "\"NCT0\\n\"}}}",
            TRIALS_INVALID,
            "odd: protocolSection.identificationModule.nctId: not an id "
            "\"NCT0 \"");
    REFUSED("{\"protocolSection\":{\"identificationModule\":{\"nctId\":"
            "\"NCT00000001\\u0000\"}}}",
            TRIALS_INVALID,
            "odd: protocolSection.identificationModule.nctId: not an id "
            "\"NCT00000001 \"");
}


/* Whoever does not care about words may pass no error. */

static void
test_no_error_wanted(void **state)
{
    trials_study_t *study;

    (void) state;

    assert_int_equal(trials_study_parse(arena, "odd", "[", 1, &study, NULL),
                     TRIALS_INVALID);
    assert_int_equal(trials_study_parse(arena, "odd", "{}", 2, &study, NULL),
                     TRIALS_INVALID);
}


/* Results are not read: where they end is found whatever they hold, and what is
 * wrong in another part is told where it is. */

static void
test_results(void **state)
{
    trials_study_t *s;

    (void) state;

#define RESULTS(results, after) \
    "{\"protocolSection\":{" ID "},\n\"resultsSection\" :\t" results after

    s = parse(
        RESULTS("{\"a\":[{\"b\":\"}{\"},\"\\\"}\",\"\\\\\",{}]}", "}"),
        LEN(RESULTS("{\"a\":[{\"b\":\"}{\"},\"\\\"}\",\"\\\\\",{}]}", "}")));
    assert_int_equal(s->has_results, TRIALS_UNSAID);

    s = parse(RESULTS("{}", ",\"hasResults\":true}"),
              LEN(RESULTS("{}", ",\"hasResults\":true}")));
    assert_int_equal(s->has_results, TRIALS_YES);

    s = parse(RESULTS("null", "}"), LEN(RESULTS("null", "}")));
    assert_string_equal(s->id, "NCT99990201");

    /* A text of that name is a text. */

    s = parse(WITH("\"descriptionModule\":{\"briefSummary\":"
                   "\"resultsSection\",\"detailedDescription\":"
                   "\"\\\"resultsSection\\\":{\"}"),
              LEN(WITH("\"descriptionModule\":{\"briefSummary\":"
                       "\"resultsSection\",\"detailedDescription\":"
                       "\"\\\"resultsSection\\\":{\"}")));
    assert_string_equal(s->brief_summary.data, "resultsSection");
    assert_string_equal(s->detailed_description.data, "\"resultsSection\":{");

    REFUSED(RESULTS("{\"a\":\n\n[]}", ",1}"), TRIALS_INVALID,
            "odd:4:5: string or '}' expected near '1'");
    REFUSED(RESULTS("{\"a\":{}", ""), TRIALS_INVALID,
            "odd:2:26: '}' expected near end of file");
    REFUSED(RESULTS("{\"a\":\"}\\\"", ""), TRIALS_INVALID,
            "odd:2:28: premature end of input near '\"}\\\"'");
    REFUSED(RESULTS("{\"a\":{}}", ",\"resultsSection\":{}}"), TRIALS_INVALID,
            "odd:2:44: duplicate object key near '\"resultsSection\"'");

#undef RESULTS
}


static void
test_deep_nesting(void **state)
{
    char           *json;
    size_t          n;
    trials_study_t *study;

    static const char   head[] = "{\"protocolSection\":{" ID "},\"x\":";
    static const size_t depth = 1000000;

    (void) state;

    json = malloc(sizeof(head) + 2 * depth + 2);
    assert_non_null(json);

    /* As deep as anybody would need, and it is read. */

    n = LEN(head);
    memcpy(json, head, n);
    memset(json + n, '[', 1000);
    memset(json + n + 1000, ']', 1000);
    json[n + 2000] = '}';
    assert_string_equal(parse(json, n + 2001)->id, "NCT99990201");

    memset(json + n, '[', depth);
    memset(json + n + depth, ']', depth);
    json[n + 2 * depth] = '}';

    assert_int_equal(
        trials_study_parse(arena, "odd", json, n + 2 * depth + 1, &study, &err),
        TRIALS_TOO_LARGE);
    assert_non_null(strstr(err.message, "odd:1:"));
    assert_non_null(strstr(err.message, ": nested too deep"));

    free(json);
}


/* A text of a megabyte, and more oddities than anybody reads. */

static void
test_size(void **state)
{
    char           *json, last[32];
    size_t          i, n;
    trials_study_t *s;

    static const char text[] = "{\"protocolSection\":{" ID
                               ",\"descriptionModule\":{\"briefSummary\":\"";
    static const char list[] =
        "{\"protocolSection\":{" ID ",\"conditionsModule\":{\"conditions\":[";

    (void) state;

    json = malloc(1 << 21);
    assert_non_null(json);

    n = LEN(text);
    memcpy(json, text, n);
    memset(json + n, 'x', 1 << 20);
    n += 1 << 20;
    memcpy(json + n, "\"}}}", 4);
    s = parse(json, n + 4);
    assert_int_equal(s->brief_summary.len, 1 << 20);
    assert_int_equal(s->brief_summary.data[s->brief_summary.len], '\0');

    n = LEN(list);
    memcpy(json, list, n);

    for (i = 0; i < 100000; i++) {
        memcpy(json + n, "1,", 2);
        n += 2;
    }

    memcpy(json + n, "\"A\"]}}}", 7);
    s = parse(json, n + 7);

    assert_int_equal(s->nconditions, 1);
    assert_int_equal(s->nunknown, 257);
    assert_string_equal(s->unknown[255].data,
                        "protocolSection.conditionsModule.conditions[255]: not "
                        "a string");
    (void) snprintf(last, sizeof(last), "and %d more", 100000 - 256);
    assert_string_equal(s->unknown[256].data, last);

    free(json);
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_unknown_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_quoted_value, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wrong_types, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_dates, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_spans, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_numbers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_points, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_ids, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_characters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_json, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_study, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_error_wanted, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_results, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_deep_nesting, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_size, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
