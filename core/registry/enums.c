/* Names of the API's enumerations (`GET /studies/enums`). */

#include "core/registry/enums.h"

#include <stddef.h>


const char *const trials_status_names[] = {
    "ACTIVE_NOT_RECRUITING",
    "COMPLETED",
    "ENROLLING_BY_INVITATION",
    "NOT_YET_RECRUITING",
    "RECRUITING",
    "SUSPENDED",
    "TERMINATED",
    "WITHDRAWN",
    "AVAILABLE",
    "NO_LONGER_AVAILABLE",
    "TEMPORARILY_NOT_AVAILABLE",
    "APPROVED_FOR_MARKETING",
    "WITHHELD",
    "UNKNOWN",
    NULL,
};

const char *const trials_study_type_names[] = {
    "EXPANDED_ACCESS",
    "INTERVENTIONAL",
    "OBSERVATIONAL",
    NULL,
};

const char *const trials_phase_names[] = {
    "NA", "EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4", NULL,
};

const char *const trials_allocation_names[] = {
    "RANDOMIZED",
    "NON_RANDOMIZED",
    "NA",
    NULL,
};

const char *const trials_model_names[] = {
    "SINGLE_GROUP", "PARALLEL", "CROSSOVER", "FACTORIAL", "SEQUENTIAL", NULL,
};

const char *const trials_purpose_names[] = {
    "TREATMENT",
    "PREVENTION",
    "DIAGNOSTIC",
    "ECT",
    "SUPPORTIVE_CARE",
    "SCREENING",
    "HEALTH_SERVICES_RESEARCH",
    "BASIC_SCIENCE",
    "DEVICE_FEASIBILITY",
    "OTHER",
    NULL,
};

const char *const trials_observation_names[] = {
    "COHORT",
    "CASE_CONTROL",
    "CASE_ONLY",
    "CASE_CROSSOVER",
    "ECOLOGIC_OR_COMMUNITY",
    "FAMILY_BASED",
    "DEFINED_POPULATION",
    "NATURAL_HISTORY",
    "OTHER",
    NULL,
};

const char *const trials_time_names[] = {
    "RETROSPECTIVE", "PROSPECTIVE", "CROSS_SECTIONAL", "OTHER", NULL,
};

const char *const trials_masking_names[] = {
    "NONE", "SINGLE", "DOUBLE", "TRIPLE", "QUADRUPLE", NULL,
};

const char *const trials_masked_names[] = {
    "PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR", "OUTCOMES_ASSESSOR", NULL,
};

const char *const trials_biospec_names[] = {
    "NONE_RETAINED",
    "SAMPLES_WITH_DNA",
    "SAMPLES_WITHOUT_DNA",
    NULL,
};

const char *const trials_arm_names[] = {
    "EXPERIMENTAL",
    "ACTIVE_COMPARATOR",
    "PLACEBO_COMPARATOR",
    "SHAM_COMPARATOR",
    "NO_INTERVENTION",
    "OTHER",
    NULL,
};

const char *const trials_intervention_names[] = {
    "BEHAVIORAL", "BIOLOGICAL",      "COMBINATION_PRODUCT",
    "DEVICE",     "DIAGNOSTIC_TEST", "DIETARY_SUPPLEMENT",
    "DRUG",       "GENETIC",         "PROCEDURE",
    "RADIATION",  "OTHER",           NULL,
};

const char *const trials_sex_names[] = {
    "FEMALE",
    "MALE",
    "ALL",
    NULL,
};

const char *const trials_std_age_names[] = {
    "CHILD",
    "ADULT",
    "OLDER_ADULT",
    NULL,
};

const char *const trials_sampling_names[] = {
    "PROBABILITY_SAMPLE",
    "NON_PROBABILITY_SAMPLE",
    NULL,
};

const char *const trials_agency_names[] = {
    "NIH",     "FED",   "OTHER_GOV", "INDIV",   "INDUSTRY",
    "NETWORK", "AMBIG", "OTHER",     "UNKNOWN", NULL,
};

const char *const trials_role_names[] = {
    "STUDY_CHAIR",      "STUDY_DIRECTOR", "PRINCIPAL_INVESTIGATOR",
    "SUB_INVESTIGATOR", "CONTACT",        NULL,
};

const char *const trials_responsible_names[] = {
    "SPONSOR",
    "PRINCIPAL_INVESTIGATOR",
    "SPONSOR_INVESTIGATOR",
    NULL,
};

const char *const trials_reference_names[] = {
    "BACKGROUND",
    "RESULT",
    "DERIVED",
    NULL,
};

const char *const trials_ipd_names[] = {
    "YES",
    "NO",
    "UNDECIDED",
    NULL,
};

const char *const trials_date_type_names[] = {
    "ACTUAL",
    "ESTIMATED",
    NULL,
};
