/* Criteria: groups, nesting, marks, plain words and terms. */

#include <trials/plain.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>


typedef struct {
    trials_plain_t       *plain;
    trials_arena_t       *arena;
    trials_study_t        study;
    trials_translation_t *translation;
    trials_eligibility_t  eligibility;
} fixture_t;


static int
setup(void **state)
{
    fixture_t     *f;
    trials_error_t err;

    f = calloc(1, sizeof(fixture_t));
    assert_non_null(f);

    f->plain = trials_plain_create(&err);
    assert_non_null(f->plain);
    f->arena = trials_arena_create();
    assert_non_null(f->arena);
    memcpy(f->study.id, "NCT99990001", sizeof("NCT99990001"));
    *state = f;

    return 0;
}


static int
teardown(void **state)
{
    fixture_t *f;

    f = *state;
    trials_arena_destroy(f->arena);
    trials_plain_destroy(f->plain);
    free(f);

    return 0;
}


static trials_str_t
str(const char *text)
{
    return (trials_str_t){strlen(text), text};
}


static void
translate(fixture_t *f, const char *criteria)
{
    trials_error_t err;

    f->study.criteria = str(criteria);
    f->translation = trials_translate(f->plain, f->arena, &f->study, &err);
    assert_non_null(f->translation);
    assert_int_equal(
        trials_translate_criteria(f->translation, &f->eligibility, &err),
        TRIALS_OK);
}


static void
put(trials_buf_t *buf, const trials_criterion_t *criteria, size_t n,
    unsigned depth)
{
    size_t i;

    for (i = 0; i < n; i++) {
        (void) trials_buf_printf(buf, "%*s- %s\n", (int) depth * 2, "",
                                 criteria[i].original.data);
        put(buf, criteria[i].criteria, criteria[i].ncriteria, depth + 1);
    }
}


/* The structure as text: "+", "x" or "?" for the kind, "." for a sub-heading. */

static void
assert_structure(fixture_t *f, const char *criteria, const char *expected)
{
    size_t          i;
    trials_buf_t    buf;
    trials_group_t *group;

    translate(f, criteria);
    trials_buf_init(&buf, 1024 * 1024);
    assert_int_equal(trials_buf_append(&buf, "", 0), TRIALS_OK);

    for (i = 0; i < f->eligibility.ngroups; i++) {
        group = &f->eligibility.groups[i];
        (void) trials_buf_printf(
            &buf, "%c%s %.*s\n", "+x?"[group->kind],
            group -> subgroup ? "." : "", (int) group->heading.len,
            group->heading.data ? group->heading.data : "");
        put(&buf, group->criteria, group->ncriteria, 0);
    }

    assert_string_equal(buf.data ? buf.data : "", expected);
    trials_buf_free(&buf);
}


static void
test_groups(void **state)
{
    assert_structure(*state,
                     "Inclusion Criteria:\n\n* One\n* Two\n\n"
                     "Exclusion Criteria:\n\n1. Three\n2. Four\n",
                     "+ Inclusion Criteria:\n- One\n- Two\n"
                     "x Exclusion Criteria:\n- Three\n- Four\n");

    assert_structure(*state,
                     "* INCLUSION CRITERIA:\n* One\n* EXCLUSION CRITERIA\n"
                     "* Two\n",
                     "+ INCLUSION CRITERIA:\n- One\n"
                     "x EXCLUSION CRITERIA\n- Two\n");

    assert_structure(*state,
                     "Exclusion criteria\n\n* One\n\nInclusion criteria\n\n"
                     "* Two",
                     "x Exclusion criteria\n- One\n+ Inclusion criteria\n"
                     "- Two\n");

    assert_structure(*state,
                     "Inclusion Criteria:\n\n* One\n\nKey Inclusion Criteria "
                     "for Part B:\n\n* Two\n\nNon-Inclusion Criteria:\n\n* Six",
                     "+ Inclusion Criteria:\n- One\n"
                     "+. Key Inclusion Criteria for Part B:\n- Two\n"
                     "x Non-Inclusion Criteria:\n- Six\n");
}


static void
test_no_heading(void **state)
{
    assert_structure(*state, "", "");
    assert_structure(*state, "Healthy adults", "? \n- Healthy adults\n");
    assert_structure(*state,
                     "Any of these apply:\n\n* One\n\nExclusion Criteria:\n\n"
                     "* Two",
                     "+ \n- Any of these apply:\n  - One\n"
                     "x Exclusion Criteria:\n- Two\n");
}


static void
test_in_one_line(void **state)
{
    assert_structure(*state,
                     "Inclusion: adults with asthma. Exclusion: smokers.",
                     "+ Inclusion:\n- adults with asthma.\n"
                     "x Exclusion:\n- smokers.\n");

    assert_structure(*state,
                     "Inclusion Criteria: * One * Two * Three "
                     "Exclusion Criteria: * Four * Five * Six",
                     "+ Inclusion Criteria:\n- One\n- Two\n- Three\n"
                     "x Exclusion Criteria:\n- Four\n- Five\n- Six\n");
}


/* Sentences about criteria are criteria. */

static void
test_not_headings(void **state)
{
    assert_structure(*state,
                     "Exclusion Criteria:\n\n* Not meeting inclusion criteria\n"
                     "* Other inclusion/exclusion criteria may apply.\n"
                     "* Asthma is not considered an exclusion criterion\n",
                     "x Exclusion Criteria:\n- Not meeting inclusion criteria\n"
                     "- Other inclusion/exclusion criteria may apply.\n"
                     "- Asthma is not considered an exclusion criterion\n");
}


static void
test_nesting(void **state)
{
    assert_structure(*state,
                     "Inclusion Criteria:\n\nDISEASE CHARACTERISTICS:\n\n"
                     "* One of:\n\n  * Two\n  * Three\n\n  Note this\n* Four\n",
                     "+ Inclusion Criteria:\n- DISEASE CHARACTERISTICS:\n"
                     "  - One of:\n    - Two\n    - Three\n    - Note this\n"
                     "  - Four\n");

    /* Indented text is no code. */

    assert_structure(*state,
                     "Inclusion Criteria:\n\n    * One \\> 2\n    * Two\n",
                     "+ Inclusion Criteria:\n- One > 2\n- Two\n");
}


static void
test_marks(void **state)
{
    assert_structure(*state,
                     "Inclusion Criteria:\n\n* • One\n* \\- Two\n* a) Three\n"
                     "* b) Four\n* E. coli infection\n* -5 degrees\n",
                     "+ Inclusion Criteria:\n- One\n- Two\n- Three\n- Four\n"
                     "- E. coli infection\n- -5 degrees\n");

    /* A number after a bullet is the record's name of the criterion. */

    assert_structure(*state, "* 12. Twelve\n* 13) Thirteen\n",
                     "? \n- 12. Twelve\n- 13) Thirteen\n");
}


static void
test_escapes(void **state)
{
    assert_structure(
        *state,
        "* ANC \\>= 1.5 x 10\\^9/L\n* A \\&gt; B &amp; C\n* x <5 mg> y\n"
        "* <script>z</script>\n* > 18 years\n* [1]: a note\n"
        "* [site](http://x.example/)\n* *must* not\n* 2*ULN and 3*ULN\n",
        "? \n- ANC >= 1.5 x 10^9/L\n- A > B & C\n- x <5 mg> y\n"
        "- <script>z</script>\n- > 18 years\n- [1]: a note\n"
        "- site (http://x.example/)\n- must not\n- 2*ULN and 3*ULN\n");
}


static void
test_lines(void **state)
{
    assert_structure(*state,
                     "Inclusion Criteria:\nAdults\nSmokers\n\n"
                     "* A long line\n  that goes on\nExclusion Criteria:\n"
                     "* Two",
                     "+ Inclusion Criteria:\n- Adults\n- Smokers\n"
                     "- A long line that goes on\nx Exclusion Criteria:\n"
                     "- Two\n");
}


/* Deep nesting is made flat, and nothing of it is lost. */

static void
test_depth(void **state)
{
    size_t       i, n;
    fixture_t   *f;
    trials_buf_t buf;

    f = *state;
    trials_buf_init(&buf, 1024 * 1024);

    for (i = 0; i < 400; i++) {
        (void) trials_buf_printf(&buf, "%*s* w%zu\n", (int) i * 2, "", i);
    }
    assert_int_equal(buf.failed, TRIALS_OK);

    translate(f, buf.data);
    n = f->eligibility.ncriteria;
    trials_buf_free(&buf);

    assert_int_equal(n, 400);
}


static void
assert_plain(fixture_t *f, const char *criterion, const char *plain)
{
    trials_buf_t              buf;
    const trials_criterion_t *c;

    trials_buf_init(&buf, 65536);
    (void) trials_buf_printf(&buf, "Inclusion Criteria:\n\n* %s\n", criterion);
    translate(f, buf.data);
    trials_buf_free(&buf);

    assert_int_equal(f->eligibility.ncriteria, 1);
    c = &f->eligibility.groups[0].criteria[0];
    assert_string_equal(c->plain.data, plain);
    assert_true(c->faithful);
    assert_int_equal(c->doubt.len, 0);
}


static void
test_words(void **state)
{
    assert_plain(*state, "Age \\>= 18 years", "You are at least 18 years old.");
    assert_plain(*state, "ANC ≥ 1.5 x 10\\^9/L",
                 "Your ANC is at least 1.5 billion per liter.");
}


/* A sentence that begins with what ends one. */

static void
test_signs_first(void **state)
{
    translate(*state,
              "Exclusion Criteria:\n\n12. ; Subjects conditions that "
              "conditions luding, but not limited to cardio-cerebral\n");
}


/* What stands under "none of" does not say "You have". */

static void
test_turned(void **state)
{
    fixture_t                *f;
    const trials_criterion_t *c;

    f = *state;
    translate(f, "Inclusion Criteria:\n\n* None of the following:\n\n"
                 "  * History of stroke\n");

    c = &f->eligibility.groups[0].criteria[0];
    assert_int_equal(c->ncriteria, 1);
    assert_string_equal(c->criteria[0].plain.data, "History of stroke");
}


/* What heads others is no requirement of its own. */

static void
test_titles(void **state)
{
    size_t       i;
    fixture_t   *f;
    trials_buf_t buf;
    static const struct {
        const char *line;
        const char *plain;
    } cases[] = {
        {"Chemotherapy:", "Chemo:"},
        {"PRIOR CONCURRENT THERAPY:", "PRIOR CONCURRENT THERAPY:"},
        {"Renal function (within 7 days):", "Kidney function (within 7 days):"},
        {"Adequate heart function:", "You have good enough heart function:"},
        {"Diagnosis of:", "You have a diagnosis of:"},
        {"Has heart disease, including.", "You have heart disease, including:"},
        {"Has asthma with two of the following at screening.",
         "You have asthma with two of these at the first checks:"},
        {"Has asthma that came back following surgery.",
         "You have asthma that came back following surgery."},
        {"Subjects with asthma defined as follows:",
         "You have asthma defined as follows:"},
    };

    f = *state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        trials_buf_init(&buf, 65536);
        (void) trials_buf_printf(&buf,
                                 "Inclusion Criteria:\n\n* %s\n\n"
                                 "  * No gout\n",
                                 cases[i].line);
        translate(f, buf.data);
        trials_buf_free(&buf);
        assert_string_equal(f->eligibility.groups[0].criteria[0].plain.data,
                            cases[i].plain);
    }

    /* With nothing below it the same words are one. */

    translate(f, "Inclusion Criteria:\n\n* Chemotherapy\n");
    assert_string_equal(f->eligibility.groups[0].criteria[0].plain.data,
                        "You had chemo.");
}


static const trials_term_t *
term_of(const trials_text_t *text, const char *word)
{
    size_t i;

    for (i = 0; i < text->nruns; i++) {
        if (text->runs[i].text.len == strlen(word)
            && memcmp(text->runs[i].text.data, word, strlen(word)) == 0)
        {
            return text->runs[i].term;
        }
    }

    fail_msg("no run \"%s\"", word);

    return NULL;
}


static void
test_terms(void **state)
{
    size_t               i;
    fixture_t           *f;
    trials_buf_t         buf;
    const trials_term_t *term;
    trials_criterion_t  *c;

    f = *state;
    translate(f, "Inclusion Criteria:\n\n* Zonal quality index (ZQI) ≥ 3\n"
                 "* ZQI stable, ALT normal\n* PD confirmed\n");

    c = f->eligibility.groups[0].criteria;
    term = term_of(&c[0].text, "ZQI");
    assert_non_null(term);
    assert_true(term->from_record);
    assert_string_equal(term->meaning.data, "Zonal quality index");
    assert_string_equal(term->slug.data, "zqi");
    assert_ptr_equal(term, term_of(&c[1].text, "ZQI"));

    term = term_of(&c[1].text, "ALT");
    assert_non_null(term);
    assert_false(term->from_record);
    assert_true(term->abbreviation);

    /* "PD" means too much to be explained in a study of anything. */

    assert_int_equal(c[2].text.nruns, 1);
    assert_null(c[2].text.runs[0].term);

    /* The runs are the text. */

    trials_buf_init(&buf, 65536);
    for (i = 0; i < c[1].text.nruns; i++) {
        (void) trials_buf_append(&buf, c[1].text.runs[i].text.data,
                                 c[1].text.runs[i].text.len);
    }
    assert_string_equal(buf.data, c[1].plain.data);
    trials_buf_free(&buf);
}


static void
test_context(void **state)
{
    fixture_t            *f;
    trials_str_t          condition = trials_str("Parkinson Disease");
    trials_intervention_t drug;

    f = *state;
    f->study.conditions = &condition;
    f->study.nconditions = 1;
    translate(f, "Inclusion Criteria:\n\n* PD confirmed\n");
    assert_non_null(term_of(&f->eligibility.groups[0].criteria[0].text, "PD"));

    /* The name of what is tested is not explained as something else. */

    memset(&drug, 0, sizeof(drug));
    drug.type = TRIALS_INTERVENTION_BIOLOGICAL;
    drug.name = str("ALT-801 injection");
    f->study.interventions = &drug;
    f->study.ninterventions = 1;
    translate(f, "Inclusion Criteria:\n\n* ALT received\n");
    assert_int_equal(f->eligibility.groups[0].criteria[0].text.nruns, 1);
}


static void
test_grades(void **state)
{
    fixture_t *f;

    f = *state;
    translate(f, "Inclusion Criteria:\n\n* You can read this.\n");

    /* 4 words, 1 sentence, 4 syllables. */

    assert_true(f->eligibility.grade_original > -2.24);
    assert_true(f->eligibility.grade_original < -2.22);
}


static void
test_version(void **state)
{
    fixture_t *f;

    f = *state;
    assert_int_equal(strlen(trials_plain_version(f->plain)), 16);
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_groups, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_heading, setup, teardown),
        cmocka_unit_test_setup_teardown(test_in_one_line, setup, teardown),
        cmocka_unit_test_setup_teardown(test_not_headings, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nesting, setup, teardown),
        cmocka_unit_test_setup_teardown(test_marks, setup, teardown),
        cmocka_unit_test_setup_teardown(test_escapes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_lines, setup, teardown),
        cmocka_unit_test_setup_teardown(test_depth, setup, teardown),
        cmocka_unit_test_setup_teardown(test_words, setup, teardown),
        cmocka_unit_test_setup_teardown(test_signs_first, setup, teardown),
        cmocka_unit_test_setup_teardown(test_turned, setup, teardown),
        cmocka_unit_test_setup_teardown(test_titles, setup, teardown),
        cmocka_unit_test_setup_teardown(test_terms, setup, teardown),
        cmocka_unit_test_setup_teardown(test_context, setup, teardown),
        cmocka_unit_test_setup_teardown(test_grades, setup, teardown),
        cmocka_unit_test_setup_teardown(test_version, setup, teardown)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
