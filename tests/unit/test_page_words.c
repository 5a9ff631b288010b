/*
 * Our own sentences: every value of every enumeration, every pair that makes a
 * sentence together, in grammar and reading grade.
 */

#include "core/page/site.h"
#include "core/page/trial.h"
#include "core/plain/readability.h"
#include "core/registry/enums.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>


#define NOW 1795000000 /* November 2026 */

#define LIMIT_GRADE 8
#define LIMIT_WORDS 25
#define LIMIT_MEAN  15

#define LIMIT_WORDS_ES 30 /* Spanish takes more words for the same */


static trials_plain_t *plain;
static trials_page_t  *page;
static trials_arena_t *arena;

static trials_readability_t all; /* of everything that was said in English */


static int
open_all(void **state)
{
    trials_error_t err;

    (void) state;

    arena = trials_arena_create();
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
    trials_arena_destroy(arena);

    return 0;
}


static trials_str_t
str(const char *text)
{
    trials_str_t s;

    s.data = text;
    s.len = strlen(text);

    return s;
}


static void
empty_study(trials_study_t *study)
{
    memset(study, 0, sizeof(trials_study_t));
    memcpy(study->id, "NCT99999999", sizeof(study->id));
    study->brief_title = str("A Study of Salt");
    study->lead_sponsor.name = str("Example Inc.");
    study->enrollment = -1;
}


/* What is wrong with a sentence of ours; NULL for nothing. */

static const char *
fault_of(const char *text, int english)
{
    size_t      words, len, letters, before_len;
    const char *p, *before;

    if (text[0] == '\0' || text[0] == ' ' || islower((unsigned char) text[0])) {
        return "does not begin with a capital letter";
    }

    if (strstr(text, "..") || strstr(text, " .") || strstr(text, "  ")
        || strchr(text, '{') || strchr(text, '}') || strchr(text, '_'))
    {
        return "stops, blanks or places";
    }

    before = NULL;
    before_len = 0;
    words = 0;

    for (p = text; *p != '\0'; p += len) {
        len = strcspn(p, " ");

        letters = len - (len && strchr(".?!:,", p[len - 1]) != NULL);

        if (letters == before_len && strncasecmp(p, before, letters) == 0
            && isalpha((unsigned char) *p))
        {
            return "a word twice";
        }

        if (english && before && before_len == 1 && (*before | 0x20) == 'a'
            && strchr("aeio", *p | 0x20))
        {
            return "\"a\" before a vowel";
        }

        if (english && before_len == 2 && strncasecmp(before, "an", 2) == 0
            && strchr("aeiouhAEIOUH8", *p) == NULL)
        {
            return "\"an\" before a consonant";
        }

        if (++words > (english ? LIMIT_WORDS : LIMIT_WORDS_ES)) {
            return "too long";
        }

        before = p;
        before_len = len;

        if (len && strchr(".?!:", p[len - 1])) {
            words = 0;
        }

        len += strspn(p + len, " ");
    }

    return NULL;
}


static void
check_sentence(xmlNodePtr node, int language)
{
    char       *text;
    size_t      len;
    const char *fault;

    text = (char *) xmlNodeGetContent(node);
    assert_non_null(text);
    fault = fault_of(text, language == TRIALS_LANGUAGE_EN);
    len = strlen(text);

    if (fault == NULL && strchr(".?!:", text[len - 1]) == NULL) {
        fault = "does not end";
    }

    if (fault) {
        fail_msg("\"%s\" (%s, <%s>): %s", text,
                 trials_language_tag((trials_language_t) language),
                 node->parent->name, fault);
    }

    if (language == TRIALS_LANGUAGE_EN) {
        trials_readability_add(&all, str(text));
    }

    xmlFree(text);
}


static int
is(xmlNodePtr node, const char *name)
{
    return strcmp((const char *) node->name, name) == 0;
}


/* Texts that are all ours. */

static void
check_node(xmlNodePtr node, int language)
{
    xmlNodePtr child;

    for (child = node->children; child; child = child->next) {
        if (child->type != XML_ELEMENT_NODE) {
            continue;
        }

        if ((is(child, "p")
             && (is(node, "lead") || is(node, "stage") || is(node, "design")
                 || is(node, "time") || is(node, "oversight")
                 || is(node, "notes")))
            || is(child, "warning") || is(child, "question")
            || is(child, "answer") || is(child, "none"))
        {
            check_sentence(child, language);
        }

        check_node(child, language);
    }
}


static void
check_study(const trials_study_t *study)
{
    int                 i;
    trials_buf_t        out;
    trials_error_t      err;
    trials_trial_t     *trial;
    trials_page_facts_t facts;

    memset(&facts, 0, sizeof(trials_page_facts_t));
    facts.now = NOW;
    facts.checked = NOW;

    trials_arena_reset(arena);
    trial = trials_trial_create(page, arena, study, &facts, &err);

    if (trial == NULL) {
        fail_msg("%s", err.message);
    }

    for (i = 0; i < TRIALS_NLANGUAGES; i++) {
        trials_buf_init(&out, 1024 * 1024);

        if (trials_trial_render(trial, TRIALS_RENDITION_EMBED,
                                (trials_language_t) i, &out, &err)
            != TRIALS_OK)
        {
            fail_msg("%s", err.message);
        }

        check_node(trial->trees[i].root, i);
        trials_buf_free(&out);
    }

    trials_trial_destroy(trial);
}


static int
count(const char *const *names)
{
    int n;

    for (n = 0; names[n]; n++) {
        ;
    }

    return n;
}


/* Status by kind of study by dates that have passed, are near, are far. */

static void
test_status_and_kind(void **state)
{
    int            status, type, when;
    trials_study_t study;

    static const int years[] = {0, 2025, 2026, 2027};

    (void) state;

    for (status = 0; status <= count(trials_status_names); status++) {
        for (type = 0; type <= count(trials_study_type_names); type++) {
            for (when = 0; when < 4; when++) {
                empty_study(&study);
                study.status = (trials_status_t) status;
                study.last_known_status = (trials_status_t) status;
                study.study_type = (trials_study_type_t) type;
                study.start.year = study.completion.year = years[when];
                study.start.month = 1;
                study.completion.month = 12;
                study.completion.type =
                    when & 1 ? TRIALS_DATE_ACTUAL : TRIALS_DATE_ESTIMATED;
                study.verified = study.start;
                study.enrollment = when - 1;
                study.enrollment_type = (trials_date_type_t) (when % 3);
                check_study(&study);
            }
        }
    }
}


/* Every phase and every pair of phases. */

static void
test_phases(void **state)
{
    int            a, b, n;
    trials_phase_t phases[2];
    trials_study_t study;

    (void) state;
    n = count(trials_phase_names);

    for (a = 0; a <= n; a++) {
        for (b = 0; b <= n; b++) {
            empty_study(&study);
            study.study_type = TRIALS_STUDY_TYPE_INTERVENTIONAL;
            phases[0] = (trials_phase_t) a;
            phases[1] = (trials_phase_t) b;
            study.phases = phases;
            study.nphases = b ? 2 : 1;
            check_study(&study);
        }
    }
}


/* Groups: how many, of what kind, made how, who knows. */

static void
test_design(void **state)
{
    int                 model, allocation, type, masked, n;
    size_t              i;
    trials_arm_t        arms[3];
    trials_study_t      study;
    trials_who_masked_t who[4];

    (void) state;

    for (model = 0; model <= count(trials_model_names); model++) {
        for (allocation = 0; allocation <= count(trials_allocation_names);
             allocation++) {
            for (type = 0; type <= count(trials_arm_names); type++) {
                empty_study(&study);
                memset(arms, 0, sizeof(arms));
                n = (model + allocation + type) % 4;
                masked = (model * 7 + allocation * 3 + type) % 16;
                study.study_type = TRIALS_STUDY_TYPE_INTERVENTIONAL;
                study.status = TRIALS_STATUS_RECRUITING;
                study.intervention_model = (trials_intervention_model_t) model;
                study.allocation = (trials_allocation_t) allocation;
                study.masking = (trials_masking_t) (masked % 6);
                study.brief_summary = str("They are randomized 1:1:1.");
                study.arms = arms;
                study.narms = (size_t) n;

                for (i = 0; i < 3; i++) {
                    arms[i].type = i ? (trials_arm_type_t) type
                                     : TRIALS_ARM_PLACEBO_COMPARATOR;
                }

                for (i = 0; i < 4; i++) {
                    if (masked & 1 << i) {
                        who[study.nwho_masked++] =
                            (trials_who_masked_t) (i + 1);
                    }
                }

                study.who_masked = who;
                check_study(&study);
            }
        }
    }
}


static void
test_watched(void **state)
{
    int            model, time, biospec, registry;
    trials_study_t study;

    (void) state;

    for (model = 0; model <= count(trials_observation_names); model++) {
        for (time = 0; time <= count(trials_time_names); time++) {
            for (biospec = 0; biospec <= count(trials_biospec_names); biospec++)
            {
                registry = (model + time + biospec) % 3;
                empty_study(&study);
                study.study_type = TRIALS_STUDY_TYPE_OBSERVATIONAL;
                study.status = TRIALS_STATUS_RECRUITING;
                study.observational_model =
                    (trials_observational_model_t) model;
                study.time_perspective = (trials_time_perspective_t) time;
                study.biospec = (trials_biospec_t) biospec;
                study.patient_registry = (trials_said_t) registry;
                study.target_duration.count = model;
                study.target_duration.unit =
                    (trials_time_unit_t) (time % (TRIALS_UNIT_YEAR + 1));
                check_study(&study);
            }
        }
    }
}


/* Treatments, who may join, oversight, places, names of one and of many. */

static void
test_the_rest(void **state)
{
    int                   i, n;
    trials_span_t         span;
    trials_study_t        study;
    trials_str_t          conditions[4];
    trials_location_t     places[3];
    trials_intervention_t items[4];

    static const char *const countries[] = {"China", "United States",
                                            "Atlantis", "Germany"};

    (void) state;

    for (i = 0; i < 60; i++) {
        empty_study(&study);
        memset(items, 0, sizeof(items));
        memset(places, 0, sizeof(places));

        for (n = 0; n < 4; n++) {
            items[n].type = (trials_intervention_type_t) (i % 12);
            items[n].name = str(n == 1   ? "Placebo"
                                : n == 2 ? "Sham device"
                                         : "Salt");
            conditions[n] = str("Salt hunger");
        }

        for (n = 0; n < 3; n++) {
            places[n].country = str(countries[(i + n) % 4]);
            places[n].status = (trials_status_t) (i % 10);
        }

        span.count = i % 3;
        span.unit = (trials_time_unit_t) (i % 7);
        study.study_type = (trials_study_type_t) (i % 4);
        study.status =
            i % 2 ? TRIALS_STATUS_RECRUITING : (trials_status_t) (i % 15);
        study.interventions = items;
        study.ninterventions = (size_t) (i % 5);
        study.conditions = conditions;
        study.nconditions = (size_t) (i / 5 % 5);
        study.locations = places;
        study.nlocations = (size_t) (i % 4);
        study.minimum_age = study.maximum_age = span;
        study.sex = (trials_sex_t) (i % 4);
        study.healthy_volunteers = (trials_said_t) (i % 3);
        study.sampling = (trials_sampling_t) (i % 3);
        study.has_dmc = (trials_said_t) (i % 3);
        study.fda_regulated_drug = (trials_said_t) (i / 3 % 3);
        study.fda_regulated_device = (trials_said_t) (i / 9 % 3);
        study.unapproved_device = study.us_export = (trials_said_t) (i % 3);
        study.fdaaa801_violation = study.has_results = (trials_said_t) (i % 3);
        study.has_expanded_access = (trials_said_t) (i / 2 % 3);
        study.access_individual = study.access_intermediate =
            study.access_treatment = (trials_said_t) (i % 3);
        study.ipd_sharing = (trials_ipd_t) (i % 4);
        study.criteria = str(i % 2 ? "Inclusion Criteria:\n\n* Age 18 years\n"
                                     "* Biopsy, MRI, infusion and diary\n\n"
                                     "Exclusion Criteria:\n\n* Pregnant\n"
                                     "* Discontinued\n* A hospital stay\n"
                                   : "Contraception, sperm, genome");
        check_study(&study);
    }
}


/* After all of the others. */

static void
test_grade(void **state)
{
    double grade, mean;

    (void) state;

    grade = trials_readability_grade(&all);
    mean = (double) all.words / (double) all.sentences;
    print_message("grade %.1f, %.1f words a sentence, %zu sentences\n", grade,
                  mean, all.sentences);
    assert_true(all.sentences > 10000);
    assert_true(grade <= LIMIT_GRADE);
    assert_true(mean <= LIMIT_MEAN);
}


/* A sentence that is wrong is found. */

static void
test_faults_are_found(void **state)
{
    (void) state;

    assert_null(fault_of("It has an end. It is a new thing.", 1));
    assert_non_null(fault_of("it is small.", 1));
    assert_non_null(fault_of("It is is.", 1));
    assert_non_null(fault_of("It is a apple.", 1));
    assert_non_null(fault_of("It is an pear.", 1));
    assert_non_null(fault_of("It ends..", 1));
    assert_non_null(fault_of("It is {n}.", 1));
    assert_non_null(fault_of("NOT_YET is raw.", 1));
}


/* The Spanish catalogue says all of what the English says. */

static void
test_languages_are_whole(void **state)
{
    size_t                i;
    const trials_words_t *en, *es;

    (void) state;

    en = &page->sheets.words[TRIALS_LANGUAGE_EN];
    es = &page->sheets.words[TRIALS_LANGUAGE_ES];
    assert_int_equal(en->n, es->n);

    for (i = 0; i < en->n; i++) {
        if (strcmp(en->words[i].text.data, es->words[i].text.data) == 0
            && strlen(en->words[i].text.data) > 12
            && strchr(en->words[i].text.data, '{') == NULL)
        {
            fail_msg("%s is in English", en->words[i].id.data);
        }
    }
}


/* The first sentence of a trial that tests these; malloc'ed. */

static char *
lead_of(const char *const *names, size_t n)
{
    size_t                i;
    char                 *text;
    xmlNodePtr            node;
    trials_study_t        study;
    trials_error_t        err;
    trials_trial_t       *trial;
    trials_page_facts_t   facts;
    trials_buf_t          out;
    trials_intervention_t drugs[5];

    empty_study(&study);
    memset(drugs, 0, sizeof(drugs));
    memset(&facts, 0, sizeof(facts));
    facts.now = NOW;

    for (i = 0; i < n; i++) {
        drugs[i].name = str(names[i]);
    }

    study.study_type = TRIALS_STUDY_TYPE_INTERVENTIONAL;
    study.interventions = drugs;
    study.ninterventions = n;

    trials_arena_reset(arena);
    trial = trials_trial_create(page, arena, &study, &facts, &err);
    assert_non_null(trial);

    trials_buf_init(&out, 1024 * 1024);
    assert_int_equal(trials_trial_render(trial, TRIALS_RENDITION_EMBED,
                                         TRIALS_LANGUAGE_EN, &out, &err),
                     TRIALS_OK);
    trials_buf_free(&out);

    for (node = trial->trees[TRIALS_LANGUAGE_EN].root->children;
         node && !is(node, "lead"); node = node->next)
    {
        ;
    }

    assert_non_null(node);
    text = (char *) xmlNodeGetContent(node->children);
    trials_trial_destroy(trial);

    return text;
}


static void
test_lead(void **state)
{
    size_t i, n;
    char  *text;

    static const struct {
        const char *names[5];
        const char *lead;
    } cases[] = {
        {{"Saltol", "SALTOL", "Placebo"}, "This trial tests Saltol."},
        {{"Saltol low dose.", "Pepperol"},
         "This trial tests Saltol low dose and Pepperol."},
        {{"Saltol", "Pepperol", "saltol", "Mintol"},
         "This trial tests Saltol and 2 more treatments."},
        {{"A plan of meals without any salt at all that a team of nurses makes "
          "and goes through with everybody each week",
          "Saltol"},
         "This trial tests A plan of meals without any salt at all that a team "
         "of nurses makes and goes through with everybody each week and "
         "Saltol."},
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (n = 0; n < 5 && cases[i].names[n]; n++) {
            ;
        }

        text = lead_of(cases[i].names, n);
        assert_string_equal(text, cases[i].lead);
        xmlFree(text);
    }
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_status_and_kind),
        cmocka_unit_test(test_phases),
        cmocka_unit_test(test_design),
        cmocka_unit_test(test_watched),
        cmocka_unit_test(test_the_rest),
        cmocka_unit_test(test_grade),
        cmocka_unit_test(test_faults_are_found),
        cmocka_unit_test(test_languages_are_whole),
        cmocka_unit_test(test_lead),
    };

    return cmocka_run_group_tests(tests, open_all, close_all);
}
