/* Names of the API's enumerations, in the order of our own. */

#ifndef TRIALS_ENUMS_H
#define TRIALS_ENUMS_H


/* names[0] is the value 1; ends with NULL. */
extern const char *const trials_status_names[];
extern const char *const trials_study_type_names[];
extern const char *const trials_phase_names[];
extern const char *const trials_allocation_names[];
extern const char *const trials_model_names[];
extern const char *const trials_purpose_names[];
extern const char *const trials_observation_names[];
extern const char *const trials_time_names[];
extern const char *const trials_masking_names[];
extern const char *const trials_masked_names[];
extern const char *const trials_biospec_names[];
extern const char *const trials_arm_names[];
extern const char *const trials_intervention_names[];
extern const char *const trials_sex_names[];
extern const char *const trials_std_age_names[];
extern const char *const trials_sampling_names[];
extern const char *const trials_agency_names[];
extern const char *const trials_role_names[];
extern const char *const trials_responsible_names[];
extern const char *const trials_reference_names[];
extern const char *const trials_ipd_names[];
extern const char *const trials_date_type_names[];


#endif
