/* Every value of the API's enumerations (GET /studies/enums of API 2.0.5)
 * against the constant that a page looks at. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/registry/enums.h"

#include <trials/registry.h>


typedef struct {
    const char *name;
    unsigned    value;
} pair_t;


/* The names stand at the constants' places, and there are no others. */

static void
check(const char *const *names, const pair_t *pairs, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        assert_int_not_equal(pairs[i].value, 0);
        assert_string_equal(names[pairs[i].value - 1], pairs[i].name);
    }

    for (i = 0; names[i]; i++) {
        /* void */
    }

    assert_int_equal(i, n);
}


#define CHECK(names, ...)                                      \
    do {                                                       \
        static const pair_t pairs[] = {__VA_ARGS__};           \
        check(names, pairs, sizeof(pairs) / sizeof(pairs[0])); \
    } while (0)


static void
test_status(void **state)
{
    (void) state;

    CHECK(
        trials_status_names,
        {"ACTIVE_NOT_RECRUITING", TRIALS_STATUS_ACTIVE_NOT_RECRUITING},
        {"COMPLETED", TRIALS_STATUS_COMPLETED},
        {"ENROLLING_BY_INVITATION", TRIALS_STATUS_ENROLLING_BY_INVITATION},
        {"NOT_YET_RECRUITING", TRIALS_STATUS_NOT_YET_RECRUITING},
        {"RECRUITING", TRIALS_STATUS_RECRUITING},
        {"SUSPENDED", TRIALS_STATUS_SUSPENDED},
        {"TERMINATED", TRIALS_STATUS_TERMINATED},
        {"WITHDRAWN", TRIALS_STATUS_WITHDRAWN},
        {"AVAILABLE", TRIALS_STATUS_AVAILABLE},
        {"NO_LONGER_AVAILABLE", TRIALS_STATUS_NO_LONGER_AVAILABLE},
        {"TEMPORARILY_NOT_AVAILABLE", TRIALS_STATUS_TEMPORARILY_NOT_AVAILABLE},
        {"APPROVED_FOR_MARKETING", TRIALS_STATUS_APPROVED_FOR_MARKETING},
        {"WITHHELD", TRIALS_STATUS_WITHHELD},
        {"UNKNOWN", TRIALS_STATUS_UNKNOWN});
}


static void
test_design(void **state)
{
    (void) state;

    CHECK(trials_study_type_names,
          {"EXPANDED_ACCESS", TRIALS_STUDY_TYPE_EXPANDED_ACCESS},
          {"INTERVENTIONAL", TRIALS_STUDY_TYPE_INTERVENTIONAL},
          {"OBSERVATIONAL", TRIALS_STUDY_TYPE_OBSERVATIONAL});
    CHECK(trials_phase_names, {"NA", TRIALS_PHASE_NA},
          {"EARLY_PHASE1", TRIALS_PHASE_EARLY_PHASE1},
          {"PHASE1", TRIALS_PHASE_PHASE1}, {"PHASE2", TRIALS_PHASE_PHASE2},
          {"PHASE3", TRIALS_PHASE_PHASE3}, {"PHASE4", TRIALS_PHASE_PHASE4});
    CHECK(trials_allocation_names, {"RANDOMIZED", TRIALS_ALLOCATION_RANDOMIZED},
          {"NON_RANDOMIZED", TRIALS_ALLOCATION_NON_RANDOMIZED},
          {"NA", TRIALS_ALLOCATION_NA});
    CHECK(trials_model_names, {"SINGLE_GROUP", TRIALS_MODEL_SINGLE_GROUP},
          {"PARALLEL", TRIALS_MODEL_PARALLEL},
          {"CROSSOVER", TRIALS_MODEL_CROSSOVER},
          {"FACTORIAL", TRIALS_MODEL_FACTORIAL},
          {"SEQUENTIAL", TRIALS_MODEL_SEQUENTIAL});
    CHECK(trials_purpose_names, {"TREATMENT", TRIALS_PURPOSE_TREATMENT},
          {"PREVENTION", TRIALS_PURPOSE_PREVENTION},
          {"DIAGNOSTIC", TRIALS_PURPOSE_DIAGNOSTIC},
          {"ECT", TRIALS_PURPOSE_ECT},
          {"SUPPORTIVE_CARE", TRIALS_PURPOSE_SUPPORTIVE_CARE},
          {"SCREENING", TRIALS_PURPOSE_SCREENING},
          {"HEALTH_SERVICES_RESEARCH", TRIALS_PURPOSE_HEALTH_SERVICES_RESEARCH},
          {"BASIC_SCIENCE", TRIALS_PURPOSE_BASIC_SCIENCE},
          {"DEVICE_FEASIBILITY", TRIALS_PURPOSE_DEVICE_FEASIBILITY},
          {"OTHER", TRIALS_PURPOSE_OTHER});
    CHECK(trials_observation_names, {"COHORT", TRIALS_OBSERVATION_COHORT},
          {"CASE_CONTROL", TRIALS_OBSERVATION_CASE_CONTROL},
          {"CASE_ONLY", TRIALS_OBSERVATION_CASE_ONLY},
          {"CASE_CROSSOVER", TRIALS_OBSERVATION_CASE_CROSSOVER},
          {"ECOLOGIC_OR_COMMUNITY", TRIALS_OBSERVATION_ECOLOGIC_OR_COMMUNITY},
          {"FAMILY_BASED", TRIALS_OBSERVATION_FAMILY_BASED},
          {"DEFINED_POPULATION", TRIALS_OBSERVATION_DEFINED_POPULATION},
          {"NATURAL_HISTORY", TRIALS_OBSERVATION_NATURAL_HISTORY},
          {"OTHER", TRIALS_OBSERVATION_OTHER});
    CHECK(trials_time_names, {"RETROSPECTIVE", TRIALS_TIME_RETROSPECTIVE},
          {"PROSPECTIVE", TRIALS_TIME_PROSPECTIVE},
          {"CROSS_SECTIONAL", TRIALS_TIME_CROSS_SECTIONAL},
          {"OTHER", TRIALS_TIME_OTHER});
    CHECK(trials_biospec_names, {"NONE_RETAINED", TRIALS_BIOSPEC_NONE_RETAINED},
          {"SAMPLES_WITH_DNA", TRIALS_BIOSPEC_SAMPLES_WITH_DNA},
          {"SAMPLES_WITHOUT_DNA", TRIALS_BIOSPEC_SAMPLES_WITHOUT_DNA});
}


static void
test_masking(void **state)
{
    (void) state;

    CHECK(trials_masking_names, {"NONE", TRIALS_MASKING_OPEN},
          {"SINGLE", TRIALS_MASKING_SINGLE}, {"DOUBLE", TRIALS_MASKING_DOUBLE},
          {"TRIPLE", TRIALS_MASKING_TRIPLE},
          {"QUADRUPLE", TRIALS_MASKING_QUADRUPLE});
    CHECK(trials_masked_names, {"PARTICIPANT", TRIALS_MASKED_PARTICIPANT},
          {"CARE_PROVIDER", TRIALS_MASKED_CARE_PROVIDER},
          {"INVESTIGATOR", TRIALS_MASKED_INVESTIGATOR},
          {"OUTCOMES_ASSESSOR", TRIALS_MASKED_OUTCOMES_ASSESSOR});
}


static void
test_arms(void **state)
{
    (void) state;

    CHECK(trials_arm_names, {"EXPERIMENTAL", TRIALS_ARM_EXPERIMENTAL},
          {"ACTIVE_COMPARATOR", TRIALS_ARM_ACTIVE_COMPARATOR},
          {"PLACEBO_COMPARATOR", TRIALS_ARM_PLACEBO_COMPARATOR},
          {"SHAM_COMPARATOR", TRIALS_ARM_SHAM_COMPARATOR},
          {"NO_INTERVENTION", TRIALS_ARM_NO_INTERVENTION},
          {"OTHER", TRIALS_ARM_OTHER});
    CHECK(trials_intervention_names,
          {"BEHAVIORAL", TRIALS_INTERVENTION_BEHAVIORAL},
          {"BIOLOGICAL", TRIALS_INTERVENTION_BIOLOGICAL},
          {"COMBINATION_PRODUCT", TRIALS_INTERVENTION_COMBINATION_PRODUCT},
          {"DEVICE", TRIALS_INTERVENTION_DEVICE},
          {"DIAGNOSTIC_TEST", TRIALS_INTERVENTION_DIAGNOSTIC_TEST},
          {"DIETARY_SUPPLEMENT", TRIALS_INTERVENTION_DIETARY_SUPPLEMENT},
          {"DRUG", TRIALS_INTERVENTION_DRUG},
          {"GENETIC", TRIALS_INTERVENTION_GENETIC},
          {"PROCEDURE", TRIALS_INTERVENTION_PROCEDURE},
          {"RADIATION", TRIALS_INTERVENTION_RADIATION},
          {"OTHER", TRIALS_INTERVENTION_OTHER});
}


static void
test_people(void **state)
{
    (void) state;

    CHECK(trials_sex_names, {"FEMALE", TRIALS_SEX_FEMALE},
          {"MALE", TRIALS_SEX_MALE}, {"ALL", TRIALS_SEX_ALL});
    CHECK(trials_std_age_names, {"CHILD", TRIALS_STD_AGE_CHILD},
          {"ADULT", TRIALS_STD_AGE_ADULT},
          {"OLDER_ADULT", TRIALS_STD_AGE_OLDER_ADULT});
    CHECK(trials_sampling_names,
          {"PROBABILITY_SAMPLE", TRIALS_SAMPLING_PROBABILITY_SAMPLE},
          {"NON_PROBABILITY_SAMPLE", TRIALS_SAMPLING_NON_PROBABILITY_SAMPLE});
    CHECK(trials_agency_names, {"NIH", TRIALS_AGENCY_NIH},
          {"FED", TRIALS_AGENCY_FED}, {"OTHER_GOV", TRIALS_AGENCY_OTHER_GOV},
          {"INDIV", TRIALS_AGENCY_INDIV}, {"INDUSTRY", TRIALS_AGENCY_INDUSTRY},
          {"NETWORK", TRIALS_AGENCY_NETWORK}, {"AMBIG", TRIALS_AGENCY_AMBIG},
          {"OTHER", TRIALS_AGENCY_OTHER}, {"UNKNOWN", TRIALS_AGENCY_UNKNOWN});
    CHECK(trials_role_names, {"STUDY_CHAIR", TRIALS_ROLE_STUDY_CHAIR},
          {"STUDY_DIRECTOR", TRIALS_ROLE_STUDY_DIRECTOR},
          {"PRINCIPAL_INVESTIGATOR", TRIALS_ROLE_PRINCIPAL_INVESTIGATOR},
          {"SUB_INVESTIGATOR", TRIALS_ROLE_SUB_INVESTIGATOR},
          {"CONTACT", TRIALS_ROLE_CONTACT});
    CHECK(trials_responsible_names, {"SPONSOR", TRIALS_RESPONSIBLE_SPONSOR},
          {"PRINCIPAL_INVESTIGATOR", TRIALS_RESPONSIBLE_PRINCIPAL_INVESTIGATOR},
          {"SPONSOR_INVESTIGATOR", TRIALS_RESPONSIBLE_SPONSOR_INVESTIGATOR});
}


static void
test_rest(void **state)
{
    (void) state;

    CHECK(trials_reference_names, {"BACKGROUND", TRIALS_REFERENCE_BACKGROUND},
          {"RESULT", TRIALS_REFERENCE_RESULT},
          {"DERIVED", TRIALS_REFERENCE_DERIVED});
    CHECK(trials_ipd_names, {"YES", TRIALS_IPD_YES}, {"NO", TRIALS_IPD_NO},
          {"UNDECIDED", TRIALS_IPD_UNDECIDED});
    CHECK(trials_date_type_names, {"ACTUAL", TRIALS_DATE_ACTUAL},
          {"ESTIMATED", TRIALS_DATE_ESTIMATED});
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_status),  cmocka_unit_test(test_design),
        cmocka_unit_test(test_masking), cmocka_unit_test(test_arms),
        cmocka_unit_test(test_people),  cmocka_unit_test(test_rest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
