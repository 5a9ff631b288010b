/*
 * ClinicalTrials.gov API v2: ids, the study as a struct, and the client that
 * fetches it.
 *
 * Field names are the API's own (protocolSection and resultsSection of
 * `GET /studies/{nctId}`, https://clinicaltrials.gov/data-api/about-api/study-data-structure),
 * in snake case.  Fields marked "markup" hold CommonMark, all others plain text.
 * Titles, labels, names of treatments, outcomes and all markup but the criteria
 * have powers and areas in the signs of print: 10⁹/L, kg/m².
 */

#ifndef TRIALS_REGISTRY_H
#define TRIALS_REGISTRY_H


#include <trials/memory.h>

#include <stddef.h>
#include <stdint.h>


/* "NCT" and eight digits. */
#define TRIALS_ID_LEN 11

/* The canonical form of an id, NUL-terminated. */
typedef char trials_id_t[TRIALS_ID_LEN + 1];

/*
 * Reads an id as the registry does: "NCT" in any case, zeros that may be
 * missing, 1 to 99999999.  TRIALS_INVALID for anything else.
 */
trials_rc_t trials_id_parse(const char *data, size_t len, trials_id_t id);


/*
 * Enumerations.  0 is "the record does not say" (absent, or a value that this
 * version does not know: then trials_study_t.unknown names it).  The values
 * follow the API's enums in order.
 */

typedef enum {
    TRIALS_STATUS_NONE = 0,
    TRIALS_STATUS_ACTIVE_NOT_RECRUITING,
    TRIALS_STATUS_COMPLETED,
    TRIALS_STATUS_ENROLLING_BY_INVITATION,
    TRIALS_STATUS_NOT_YET_RECRUITING,
    TRIALS_STATUS_RECRUITING,
    TRIALS_STATUS_SUSPENDED,
    TRIALS_STATUS_TERMINATED,
    TRIALS_STATUS_WITHDRAWN,
    TRIALS_STATUS_AVAILABLE,
    TRIALS_STATUS_NO_LONGER_AVAILABLE,
    TRIALS_STATUS_TEMPORARILY_NOT_AVAILABLE,
    TRIALS_STATUS_APPROVED_FOR_MARKETING,
    TRIALS_STATUS_WITHHELD,
    TRIALS_STATUS_UNKNOWN
} trials_status_t;

typedef enum {
    TRIALS_STUDY_TYPE_NONE = 0,
    TRIALS_STUDY_TYPE_EXPANDED_ACCESS,
    TRIALS_STUDY_TYPE_INTERVENTIONAL,
    TRIALS_STUDY_TYPE_OBSERVATIONAL
} trials_study_type_t;

typedef enum {
    TRIALS_PHASE_NONE = 0,
    TRIALS_PHASE_NA,
    TRIALS_PHASE_EARLY_PHASE1,
    TRIALS_PHASE_PHASE1,
    TRIALS_PHASE_PHASE2,
    TRIALS_PHASE_PHASE3,
    TRIALS_PHASE_PHASE4
} trials_phase_t;

typedef enum {
    TRIALS_ALLOCATION_NONE = 0,
    TRIALS_ALLOCATION_RANDOMIZED,
    TRIALS_ALLOCATION_NON_RANDOMIZED,
    TRIALS_ALLOCATION_NA
} trials_allocation_t;

typedef enum {
    TRIALS_MODEL_NONE = 0,
    TRIALS_MODEL_SINGLE_GROUP,
    TRIALS_MODEL_PARALLEL,
    TRIALS_MODEL_CROSSOVER,
    TRIALS_MODEL_FACTORIAL,
    TRIALS_MODEL_SEQUENTIAL
} trials_intervention_model_t;

typedef enum {
    TRIALS_PURPOSE_NONE = 0,
    TRIALS_PURPOSE_TREATMENT,
    TRIALS_PURPOSE_PREVENTION,
    TRIALS_PURPOSE_DIAGNOSTIC,
    TRIALS_PURPOSE_ECT,
    TRIALS_PURPOSE_SUPPORTIVE_CARE,
    TRIALS_PURPOSE_SCREENING,
    TRIALS_PURPOSE_HEALTH_SERVICES_RESEARCH,
    TRIALS_PURPOSE_BASIC_SCIENCE,
    TRIALS_PURPOSE_DEVICE_FEASIBILITY,
    TRIALS_PURPOSE_OTHER
} trials_purpose_t;

typedef enum {
    TRIALS_OBSERVATION_NONE = 0,
    TRIALS_OBSERVATION_COHORT,
    TRIALS_OBSERVATION_CASE_CONTROL,
    TRIALS_OBSERVATION_CASE_ONLY,
    TRIALS_OBSERVATION_CASE_CROSSOVER,
    TRIALS_OBSERVATION_ECOLOGIC_OR_COMMUNITY,
    TRIALS_OBSERVATION_FAMILY_BASED,
    TRIALS_OBSERVATION_DEFINED_POPULATION,
    TRIALS_OBSERVATION_NATURAL_HISTORY,
    TRIALS_OBSERVATION_OTHER
} trials_observational_model_t;

typedef enum {
    TRIALS_TIME_NONE = 0,
    TRIALS_TIME_RETROSPECTIVE,
    TRIALS_TIME_PROSPECTIVE,
    TRIALS_TIME_CROSS_SECTIONAL,
    TRIALS_TIME_OTHER
} trials_time_perspective_t;

typedef enum {
    TRIALS_MASKING_NONE = 0, /* the record does not say */
    TRIALS_MASKING_OPEN,     /* the API's "NONE": nobody is masked */
    TRIALS_MASKING_SINGLE,
    TRIALS_MASKING_DOUBLE,
    TRIALS_MASKING_TRIPLE,
    TRIALS_MASKING_QUADRUPLE
} trials_masking_t;

typedef enum {
    TRIALS_MASKED_NONE = 0,
    TRIALS_MASKED_PARTICIPANT,
    TRIALS_MASKED_CARE_PROVIDER,
    TRIALS_MASKED_INVESTIGATOR,
    TRIALS_MASKED_OUTCOMES_ASSESSOR
} trials_who_masked_t;

typedef enum {
    TRIALS_BIOSPEC_NONE = 0,
    TRIALS_BIOSPEC_NONE_RETAINED,
    TRIALS_BIOSPEC_SAMPLES_WITH_DNA,
    TRIALS_BIOSPEC_SAMPLES_WITHOUT_DNA
} trials_biospec_t;

typedef enum {
    TRIALS_ARM_NONE = 0,
    TRIALS_ARM_EXPERIMENTAL,
    TRIALS_ARM_ACTIVE_COMPARATOR,
    TRIALS_ARM_PLACEBO_COMPARATOR,
    TRIALS_ARM_SHAM_COMPARATOR,
    TRIALS_ARM_NO_INTERVENTION,
    TRIALS_ARM_OTHER
} trials_arm_type_t;

typedef enum {
    TRIALS_INTERVENTION_NONE = 0,
    TRIALS_INTERVENTION_BEHAVIORAL,
    TRIALS_INTERVENTION_BIOLOGICAL,
    TRIALS_INTERVENTION_COMBINATION_PRODUCT,
    TRIALS_INTERVENTION_DEVICE,
    TRIALS_INTERVENTION_DIAGNOSTIC_TEST,
    TRIALS_INTERVENTION_DIETARY_SUPPLEMENT,
    TRIALS_INTERVENTION_DRUG,
    TRIALS_INTERVENTION_GENETIC,
    TRIALS_INTERVENTION_PROCEDURE,
    TRIALS_INTERVENTION_RADIATION,
    TRIALS_INTERVENTION_OTHER
} trials_intervention_type_t;

typedef enum {
    TRIALS_SEX_NONE = 0,
    TRIALS_SEX_FEMALE,
    TRIALS_SEX_MALE,
    TRIALS_SEX_ALL
} trials_sex_t;

typedef enum {
    TRIALS_STD_AGE_NONE = 0,
    TRIALS_STD_AGE_CHILD,
    TRIALS_STD_AGE_ADULT,
    TRIALS_STD_AGE_OLDER_ADULT
} trials_std_age_t;

typedef enum {
    TRIALS_SAMPLING_NONE = 0,
    TRIALS_SAMPLING_PROBABILITY_SAMPLE,
    TRIALS_SAMPLING_NON_PROBABILITY_SAMPLE
} trials_sampling_t;

/* Agency classes: who a sponsor is. */
typedef enum {
    TRIALS_AGENCY_NONE = 0,
    TRIALS_AGENCY_NIH,
    TRIALS_AGENCY_FED,
    TRIALS_AGENCY_OTHER_GOV,
    TRIALS_AGENCY_INDIV,
    TRIALS_AGENCY_INDUSTRY,
    TRIALS_AGENCY_NETWORK,
    TRIALS_AGENCY_AMBIG,
    TRIALS_AGENCY_OTHER,
    TRIALS_AGENCY_UNKNOWN
} trials_agency_t;

/* Roles of contacts and of officials. */
typedef enum {
    TRIALS_ROLE_NONE = 0,
    TRIALS_ROLE_STUDY_CHAIR,
    TRIALS_ROLE_STUDY_DIRECTOR,
    TRIALS_ROLE_PRINCIPAL_INVESTIGATOR,
    TRIALS_ROLE_SUB_INVESTIGATOR,
    TRIALS_ROLE_CONTACT
} trials_role_t;

typedef enum {
    TRIALS_RESPONSIBLE_NONE = 0,
    TRIALS_RESPONSIBLE_SPONSOR,
    TRIALS_RESPONSIBLE_PRINCIPAL_INVESTIGATOR,
    TRIALS_RESPONSIBLE_SPONSOR_INVESTIGATOR
} trials_responsible_t;

typedef enum {
    TRIALS_REFERENCE_NONE = 0,
    TRIALS_REFERENCE_BACKGROUND,
    TRIALS_REFERENCE_RESULT,
    TRIALS_REFERENCE_DERIVED
} trials_reference_type_t;

typedef enum {
    TRIALS_IPD_NONE = 0,
    TRIALS_IPD_YES,
    TRIALS_IPD_NO,
    TRIALS_IPD_UNDECIDED
} trials_ipd_t;

/* Whether a date or a number is what happened or what is planned. */
typedef enum {
    TRIALS_DATE_TYPE_NONE = 0,
    TRIALS_DATE_ACTUAL,
    TRIALS_DATE_ESTIMATED
} trials_date_type_t;

/* A boolean that a record may leave out. */
typedef enum {
    TRIALS_UNSAID = 0,
    TRIALS_NO,
    TRIALS_YES
} trials_said_t;


/* A calendar date.  day is 0 where the record gives a month only; year is 0
 * where it gives no date. */

typedef struct {
    int                year;
    int                month; /* 1 to 12 */
    int                day;   /* 1 to 31, or 0 */
    trials_date_type_t type;
} trials_date_t;


/* A span as in "18 Years" or "6 Months"; unit 0 where the record gives none. */

typedef enum {
    TRIALS_UNIT_NONE = 0,
    TRIALS_UNIT_MINUTE,
    TRIALS_UNIT_HOUR,
    TRIALS_UNIT_DAY,
    TRIALS_UNIT_WEEK,
    TRIALS_UNIT_MONTH,
    TRIALS_UNIT_YEAR
} trials_time_unit_t;

typedef struct {
    long               count;
    trials_time_unit_t unit;
} trials_span_t;


typedef struct {
    trials_str_t    name;
    trials_agency_t agency;
} trials_sponsor_t;

typedef struct {
    trials_str_t id;
    trials_str_t type; /* the API's value, or empty */
    trials_str_t domain;
    trials_str_t link;
} trials_other_id_t;

typedef struct {
    trials_str_t  name;
    trials_role_t role;
    trials_str_t  phone;
    trials_str_t  phone_ext;
    trials_str_t  email;
} trials_contact_t;

typedef struct {
    trials_str_t  name;
    trials_str_t  affiliation;
    trials_role_t role;
} trials_official_t;

typedef struct {
    trials_str_t      facility;
    trials_status_t   status;
    trials_str_t      city;
    trials_str_t      state;
    trials_str_t      zip;
    trials_str_t      country;
    trials_contact_t *contacts;
    size_t            ncontacts;
    int               has_point; /* 1: lat and lon are given */
    double            lat;       /* degrees, north positive */
    double            lon;       /* degrees, east positive */
} trials_location_t;

typedef struct {
    trials_str_t      label;
    trials_arm_type_t type;
    trials_str_t      description; /* markup */
    trials_str_t     *intervention_names;
    size_t            nintervention_names;
} trials_arm_t;

typedef struct {
    trials_intervention_type_t type;
    trials_str_t               name;
    trials_str_t               description; /* markup */
    trials_str_t              *arm_labels;
    size_t                     narm_labels;
    trials_str_t              *other_names;
    size_t                     nother_names;
} trials_intervention_t;

typedef struct {
    trials_str_t measure;
    trials_str_t description; /* markup */
    trials_str_t time_frame;
} trials_outcome_t;

typedef struct {
    trials_str_t            pmid;
    trials_reference_type_t type;
    trials_str_t            citation;
    int                     retracted; /* 1: by one of its retractions */
} trials_reference_t;

typedef struct {
    trials_str_t label; /* markup */
    trials_str_t url;
} trials_link_t;

typedef struct {
    trials_str_t  label;
    trials_str_t  filename;
    trials_str_t  type; /* the API's typeAbbrev, e.g. "Prot_SAP" */
    trials_date_t date;
    long          size; /* bytes */
} trials_large_doc_t;


/*
 * A study: every field of the record that a page needs.  Everything in it
 * belongs to the arena it was parsed into.  Arrays are NULL where their count
 * is 0.
 */

typedef struct {
    /* identificationModule */
    trials_id_t        id;
    trials_str_t      *aliases;
    size_t             naliases;
    trials_str_t       org_study_id;
    trials_other_id_t *secondary_ids;
    size_t             nsecondary_ids;
    trials_str_t       brief_title;
    trials_str_t       official_title;
    trials_str_t       acronym;
    trials_sponsor_t   organization;

    /* statusModule */
    trials_date_t   verified;
    trials_status_t status;
    trials_status_t last_known_status;
    trials_said_t   delayed_posting;
    trials_str_t    why_stopped; /* markup */
    trials_said_t   has_expanded_access;
    trials_str_t    expanded_access_id;
    trials_status_t expanded_access_status;
    trials_date_t   start;
    trials_date_t   primary_completion;
    trials_date_t   completion;
    trials_date_t   first_submitted;
    trials_date_t   first_posted;
    trials_said_t   results_waived;
    trials_date_t   results_first_submitted;
    trials_date_t   results_first_posted;
    trials_date_t   last_update_submitted;
    trials_date_t   last_update_posted;

    /* sponsorCollaboratorsModule */
    trials_responsible_t responsible;
    trials_str_t         investigator_name;
    trials_str_t         investigator_title;
    trials_str_t         investigator_affiliation;
    trials_sponsor_t     lead_sponsor;
    trials_sponsor_t    *collaborators;
    size_t               ncollaborators;

    /* oversightModule */
    trials_said_t has_dmc;
    trials_said_t fda_regulated_drug;
    trials_said_t fda_regulated_device;
    trials_said_t unapproved_device;
    trials_said_t us_export;
    trials_said_t fdaaa801_violation;

    /* descriptionModule */
    trials_str_t brief_summary;        /* markup */
    trials_str_t detailed_description; /* markup */

    /* conditionsModule */
    trials_str_t *conditions;
    size_t        nconditions;
    trials_str_t *keywords;
    size_t        nkeywords;

    /* designModule */
    trials_study_type_t          study_type;
    trials_said_t                access_individual;
    trials_said_t                access_intermediate;
    trials_said_t                access_treatment;
    trials_said_t                patient_registry;
    trials_span_t                target_duration;
    trials_phase_t              *phases;
    size_t                       nphases;
    trials_allocation_t          allocation;
    trials_intervention_model_t  intervention_model;
    trials_str_t                 intervention_model_description; /* markup */
    trials_purpose_t             primary_purpose;
    trials_observational_model_t observational_model;
    trials_time_perspective_t    time_perspective;
    trials_masking_t             masking;
    trials_str_t                 masking_description; /* markup */
    trials_who_masked_t         *who_masked;
    size_t                       nwho_masked;
    trials_biospec_t             biospec;
    trials_str_t                 biospec_description; /* markup */
    long                         enrollment; /* -1: the record does not say */
    trials_date_type_t           enrollment_type;

    /* armsInterventionsModule */
    trials_arm_t          *arms;
    size_t                 narms;
    trials_intervention_t *interventions;
    size_t                 ninterventions;

    /* outcomesModule */
    trials_outcome_t *primary_outcomes;
    size_t            nprimary_outcomes;
    trials_outcome_t *secondary_outcomes;
    size_t            nsecondary_outcomes;
    trials_outcome_t *other_outcomes;
    size_t            nother_outcomes;

    /* eligibilityModule */
    trials_str_t      criteria; /* markup: eligibilityCriteria */
    trials_said_t     healthy_volunteers;
    trials_sex_t      sex;
    trials_said_t     gender_based;
    trials_str_t      gender_description; /* markup */
    trials_span_t     minimum_age;
    trials_span_t     maximum_age;
    trials_std_age_t *std_ages;
    size_t            nstd_ages;
    trials_str_t      study_population; /* markup */
    trials_sampling_t sampling;

    /* contactsLocationsModule */
    trials_contact_t  *contacts; /* centralContacts */
    size_t             ncontacts;
    trials_official_t *officials;
    size_t             nofficials;
    trials_location_t *locations;
    size_t             nlocations;

    /* referencesModule, ipdSharingStatementModule, documentSection */
    trials_reference_t *references;
    size_t              nreferences;
    trials_link_t      *links;
    size_t              nlinks;
    trials_ipd_t        ipd_sharing;
    trials_str_t        ipd_description; /* markup */
    trials_str_t        ipd_url;
    trials_large_doc_t *documents;
    size_t              ndocuments;

    /* derivedSection, and beside the sections */
    trials_date_t version_holder;  /* the registry's processing date */
    trials_str_t *condition_terms; /* conditionBrowseModule meshes */
    size_t        ncondition_terms;
    trials_str_t *intervention_terms; /* interventionBrowseModule meshes */
    size_t        nintervention_terms;
    trials_said_t has_results;

    /*
     * What was left out, because its type was wrong, or its value is unknown
     * to this version or not possible: one line each, "path: reason".  At most
     * 256 of them, and then "and N more".
     */
    trials_str_t *unknown;
    size_t        nunknown;
} trials_study_t;


/*
 * Parses one study as `GET /studies/{nctId}` answers it.  name is what messages
 * call the input (a file name, a URL).  The study and everything in it is taken
 * from the arena.  TRIALS_INVALID with "name:line:column: reason" for broken
 * JSON, "name: path: reason" where there is no study with an id in it;
 * TRIALS_TOO_LARGE where the JSON nests deeper than the parser's limit.
 * Text that is not valid UTF-8 is broken JSON (RFC 8259, section 8.1).
 */
trials_rc_t
trials_study_parse(trials_arena_t *arena, const char *name, const char *json,
                   size_t len, trials_study_t **study, trials_error_t *err);


/* The client: one per thread; keeps connections open between calls. */

typedef struct trials_registry_s trials_registry_t;

typedef struct {
    const char *base;            /* "https://…/api/v2", no slash at the end */
    const char *contact;         /* e-mail or URL for the User-Agent, or NULL */
    long        connect_timeout; /* milliseconds */
    long        timeout;         /* milliseconds, for one try as a whole */
    int         retries;         /* tries after the first, on 5xx, 429, loss */
    long        max_retry_wait;  /* milliseconds; a longer Retry-After is not
                                    slept through but handed to the caller */
    size_t      max_body;        /* bytes, after decompression */
    const char *ca_file;         /* PEM; NULL: the system's */

    /* Asked while it waits and while it transfers; non-zero: give up at once
     * with TRIALS_UNAVAILABLE.  NULL: never. */
    int (*stop)(void *data);

    /* Asked before each request, redirects and retries included: waits until
     * there may be one.  Non-zero: there may not, and the call ends with
     * TRIALS_UNAVAILABLE.  NULL: at once. */
    int (*admit)(void *data);

    void *stop_data; /* of both */
} trials_registry_settings_t;

/* The public registry; 5 s to connect, 30 s a try, 2 retries, 10 s wait,
 * 16 MiB. */
void trials_registry_defaults(trials_registry_settings_t *settings);

/*
 * Copies what it needs of the settings.  NULL with *err where the base is no
 * http(s) URL of host and path alone, the contact is not one line of at most
 * 127 bytes, or memory is out.  Freed by _destroy().  Sets up libcurl at the
 * first call, in whatever thread that is.
 */
trials_registry_t      *
trials_registry_create(const trials_registry_settings_t *settings,
                            trials_error_t                   *err);
void trials_registry_destroy(trials_registry_t *registry);

/*
 * GET /studies/{id}: puts the JSON into body (emptied first) and the canonical
 * id, which differs from the one asked for when that is an alias, into
 * canonical.  TRIALS_NOT_FOUND on 404; TRIALS_INVALID on 400 and on an answer
 * that is not JSON; TRIALS_TOO_LARGE above max_body; TRIALS_UNAVAILABLE on
 * 429, 5xx, time-outs, lost connections and redirects off the base's host,
 * after the retries.  retry_after, where not NULL, is set to the milliseconds
 * that a Retry-After asks for (RFC 9110, section 10.2.3), else to 0.
 */
trials_rc_t trials_registry_study(trials_registry_t *registry, const char *id,
                                  trials_buf_t *body, trials_id_t canonical,
                                  long *retry_after, trials_error_t *err);


/*
 * What GET /studies is asked for; all zero: every study.  Texts that are NULL
 * and numbers that are 0 are not sent.  Names in the comments are the API's
 * parameters; the query.* ones take Essie expressions
 * (https://clinicaltrials.gov/find-studies/constructing-complex-search-queries).
 */

typedef struct {
    const trials_id_t *ids; /* filter.ids: at most TRIALS_BATCH_MAX */
    size_t             nids;
    const char        *advanced;     /* filter.advanced */
    const char        *status;       /* filter.overallStatus: A,B */
    const char        *condition;    /* query.cond */
    const char        *term;         /* query.term */
    const char        *location;     /* query.locn */
    const char        *intervention; /* query.intr */
    const char        *sponsor;      /* query.spons */
    const char        *fields;       /* fields: A,B; NULL: all of a record */
    const char        *sort;         /* sort: LastUpdatePostDate:desc */
    size_t             page_size;    /* 0: 1,000 */
    size_t             limit;        /* studies; 0: all there are */
} trials_registry_query_t;

/* Ids that one question may name, and studies that one page may hold. */
#define TRIALS_BATCH_MAX 1000

/* Takes one study: an object of JSON that may be anything within its braces.
 * It is the callee's only until it returns.  Anything but TRIALS_OK ends the
 * call with that; *err is the callee's to fill in. */
typedef trials_rc_t (*trials_registry_take_t)(void *data, const char *json,
                                              size_t len, trials_error_t *err);

/*
 * GET /studies, page after page, and hands over each study as it arrives: of the
 * answer no more than one study is in memory, at most max_body bytes.
 *
 * A page that fails half-way is asked for again where there are retries left, so
 * that a study may be handed over twice.  Ids that the registry does not know
 * are missing from what comes; an alias brings the study it belongs to, under
 * that study's own id; where the registry refuses a list of ids, its halves are
 * asked, so that what it takes for no id is missing too.
 *
 * *total, where not NULL, receives how many studies there are in all (the
 * registry is asked to count them).  The client's time-out is how long nothing
 * may come; a whole list may take longer.  Errors as trials_registry_study(), and
 * those of take.
 */
trials_rc_t
trials_registry_studies(trials_registry_t             *registry,
                        const trials_registry_query_t *query,
                        trials_registry_take_t take, void *data, size_t *total,
                        long *retry_after, trials_error_t *err);

typedef struct {
    char api[16];            /* e.g. "2.0.5" */
    char data_timestamp[32]; /* e.g. "2026-09-04T09:00:06", UTC */
} trials_registry_version_t;

/* GET /version; errors as trials_registry_study(). */
trials_rc_t trials_registry_version(trials_registry_t         *registry,
                                    trials_registry_version_t *version,
                                    trials_error_t            *err);


#endif
