/*
 * A study's fields: which member of the API's JSON fills which field of
 * trials_study_t.  Source: `GET /studies/metadata` of API 2.0.5.
 */

#include "core/registry/enums.h"
#include "core/registry/json.h"
#include "core/registry/load.h"
#include "core/registry/text.h"

#include <trials/registry.h>

#include <string.h>


/* Lines of the tables; T is the struct that the table fills. */

#define FIELD(name, kind, member, type)                            \
    {                                                              \
        name, TRIALS_FIELD_##kind, offsetof(T, member), 0, 0, type \
    }
#define ARRAY(name, kind, member, type)                              \
    {                                                                \
        name, TRIALS_FIELD_##kind, offsetof(T, member),              \
            offsetof(T, n##member), sizeof(*((T *) 0)->member), type \
    }

/* An object whose members fill fields of the same struct. */
#define WITHIN(name, type)                       \
    {                                            \
        name, TRIALS_FIELD_OBJECT, 0, 0, 0, type \
    }

#define END                                    \
    {                                          \
        NULL, TRIALS_FIELD_TEXT, 0, 0, 0, NULL \
    }


#define T trials_date_t

static const trials_field_t trials_date_fields[] = {
    {"date", TRIALS_FIELD_DATE, 0, 0, 0, NULL},
    FIELD("type", ENUM, type, trials_date_type_names),
    END,
};

#undef T
#define T trials_sponsor_t

static const trials_field_t trials_sponsor_fields[] = {
    FIELD("name", TEXT, name, NULL),
    FIELD("class", ENUM, agency, trials_agency_names),
    END,
};

static const trials_field_t trials_organization_fields[] = {
    FIELD("fullName", TEXT, name, NULL),
    FIELD("class", ENUM, agency, trials_agency_names),
    END,
};

#undef T
#define T trials_other_id_t

static const trials_field_t trials_other_id_fields[] = {
    FIELD("id", TEXT, id, NULL),
    FIELD("type", TEXT, type, NULL),
    FIELD("domain", TEXT, domain, NULL),
    FIELD("link", TEXT, link, NULL),
    END,
};

#undef T
#define T trials_contact_t

static const trials_field_t trials_contact_fields[] = {
    FIELD("name", TEXT, name, NULL),
    FIELD("role", ENUM, role, trials_role_names),
    FIELD("phone", TEXT, phone, NULL),
    FIELD("phoneExt", TEXT, phone_ext, NULL),
    FIELD("email", TEXT, email, NULL),
    END,
};

#undef T
#define T trials_official_t

static const trials_field_t trials_official_fields[] = {
    FIELD("name", TEXT, name, NULL),
    FIELD("affiliation", TEXT, affiliation, NULL),
    FIELD("role", ENUM, role, trials_role_names),
    END,
};

#undef T
#define T trials_location_t

static const trials_field_t trials_location_fields[] = {
    FIELD("facility", TEXT, facility, NULL),
    FIELD("status", ENUM, status, trials_status_names),
    FIELD("city", TEXT, city, NULL),
    FIELD("state", TEXT, state, NULL),
    FIELD("zip", TEXT, zip, NULL),
    FIELD("country", TEXT, country, NULL),
    ARRAY("contacts", OBJECTS, contacts, trials_contact_fields),
    {"geoPoint", TRIALS_FIELD_POINT, 0, 0, 0, NULL},
    END,
};

#undef T
#define T trials_arm_t

static const trials_field_t trials_arm_fields[] = {
    FIELD("label", PHRASE, label, NULL),
    FIELD("type", ENUM, type, trials_arm_names),
    FIELD("description", MARKUP, description, NULL),
    ARRAY("interventionNames", PHRASES, intervention_names, NULL),
    END,
};

#undef T
#define T trials_intervention_t

static const trials_field_t trials_intervention_fields[] = {
    FIELD("type", ENUM, type, trials_intervention_names),
    FIELD("name", PHRASE, name, NULL),
    FIELD("description", MARKUP, description, NULL),
    ARRAY("armGroupLabels", PHRASES, arm_labels, NULL),
    ARRAY("otherNames", PHRASES, other_names, NULL),
    END,
};

#undef T
#define T trials_outcome_t

static const trials_field_t trials_outcome_fields[] = {
    FIELD("measure", PHRASE, measure, NULL),
    FIELD("description", MARKUP, description, NULL),
    FIELD("timeFrame", PHRASE, time_frame, NULL),
    END,
};

#undef T
#define T trials_reference_t

static const trials_field_t trials_reference_fields[] = {
    FIELD("pmid", TEXT, pmid, NULL),
    FIELD("type", ENUM, type, trials_reference_names),
    FIELD("citation", TEXT, citation, NULL),
    FIELD("retractions", EXISTS, retracted, NULL),
    END,
};

#undef T
#define T trials_link_t

static const trials_field_t trials_link_fields[] = {
    FIELD("label", MARKUP, label, NULL),
    FIELD("url", TEXT, url, NULL),
    END,
};

#undef T
#define T trials_large_doc_t

static const trials_field_t trials_large_doc_fields[] = {
    FIELD("label", TEXT, label, NULL),
    FIELD("filename", TEXT, filename, NULL),
    FIELD("typeAbbrev", TEXT, type, NULL),
    FIELD("date", DATE, date, NULL),
    FIELD("size", NUMBER, size, NULL),
    END,
};

#undef T
#define T trials_study_t

static const trials_field_t trials_org_study_id_fields[] = {
    FIELD("id", TEXT, org_study_id, NULL),
    END,
};

static const trials_field_t trials_identification_fields[] = {
    ARRAY("nctIdAliases", IDS, aliases, NULL),
    WITHIN("orgStudyIdInfo", trials_org_study_id_fields),
    ARRAY("secondaryIdInfos", OBJECTS, secondary_ids, trials_other_id_fields),
    FIELD("briefTitle", PHRASE, brief_title, NULL),
    FIELD("officialTitle", PHRASE, official_title, NULL),
    FIELD("acronym", TEXT, acronym, NULL),
    FIELD("organization", OBJECT, organization, trials_organization_fields),
    END,
};

static const trials_field_t trials_expanded_access_fields[] = {
    FIELD("hasExpandedAccess", FLAG, has_expanded_access, NULL),
    FIELD("nctId", ID, expanded_access_id, NULL),
    FIELD("statusForNctId", ENUM, expanded_access_status, trials_status_names),
    END,
};

static const trials_field_t trials_status_fields[] = {
    FIELD("statusVerifiedDate", DATE, verified, NULL),
    FIELD("overallStatus", ENUM, status, trials_status_names),
    FIELD("lastKnownStatus", ENUM, last_known_status, trials_status_names),
    FIELD("delayedPosting", FLAG, delayed_posting, NULL),
    FIELD("whyStopped", MARKUP, why_stopped, NULL),
    WITHIN("expandedAccessInfo", trials_expanded_access_fields),
    FIELD("startDateStruct", OBJECT, start, trials_date_fields),
    FIELD("primaryCompletionDateStruct", OBJECT, primary_completion,
          trials_date_fields),
    FIELD("completionDateStruct", OBJECT, completion, trials_date_fields),
    FIELD("studyFirstSubmitDate", DATE, first_submitted, NULL),
    FIELD("studyFirstPostDateStruct", OBJECT, first_posted, trials_date_fields),
    FIELD("resultsWaived", FLAG, results_waived, NULL),
    FIELD("resultsFirstSubmitDate", DATE, results_first_submitted, NULL),
    FIELD("resultsFirstPostDateStruct", OBJECT, results_first_posted,
          trials_date_fields),
    FIELD("lastUpdateSubmitDate", DATE, last_update_submitted, NULL),
    FIELD("lastUpdatePostDateStruct", OBJECT, last_update_posted,
          trials_date_fields),
    END,
};

static const trials_field_t trials_responsible_fields[] = {
    FIELD("type", ENUM, responsible, trials_responsible_names),
    FIELD("investigatorFullName", TEXT, investigator_name, NULL),
    FIELD("investigatorTitle", TEXT, investigator_title, NULL),
    FIELD("investigatorAffiliation", TEXT, investigator_affiliation, NULL),
    END,
};

static const trials_field_t trials_sponsors_fields[] = {
    WITHIN("responsibleParty", trials_responsible_fields),
    FIELD("leadSponsor", OBJECT, lead_sponsor, trials_sponsor_fields),
    ARRAY("collaborators", OBJECTS, collaborators, trials_sponsor_fields),
    END,
};

static const trials_field_t trials_oversight_fields[] = {
    FIELD("oversightHasDmc", FLAG, has_dmc, NULL),
    FIELD("isFdaRegulatedDrug", FLAG, fda_regulated_drug, NULL),
    FIELD("isFdaRegulatedDevice", FLAG, fda_regulated_device, NULL),
    FIELD("isUnapprovedDevice", FLAG, unapproved_device, NULL),
    FIELD("isUsExport", FLAG, us_export, NULL),
    FIELD("fdaaa801Violation", FLAG, fdaaa801_violation, NULL),
    END,
};

static const trials_field_t trials_description_fields[] = {
    FIELD("briefSummary", MARKUP, brief_summary, NULL),
    FIELD("detailedDescription", MARKUP, detailed_description, NULL),
    END,
};

static const trials_field_t trials_conditions_fields[] = {
    ARRAY("conditions", TEXTS, conditions, NULL),
    ARRAY("keywords", TEXTS, keywords, NULL),
    END,
};

static const trials_field_t trials_access_fields[] = {
    FIELD("individual", FLAG, access_individual, NULL),
    FIELD("intermediate", FLAG, access_intermediate, NULL),
    FIELD("treatment", FLAG, access_treatment, NULL),
    END,
};

static const trials_field_t trials_masking_fields[] = {
    FIELD("masking", ENUM, masking, trials_masking_names),
    FIELD("maskingDescription", MARKUP, masking_description, NULL),
    ARRAY("whoMasked", ENUMS, who_masked, trials_masked_names),
    END,
};

static const trials_field_t trials_design_info_fields[] = {
    FIELD("allocation", ENUM, allocation, trials_allocation_names),
    FIELD("interventionModel", ENUM, intervention_model, trials_model_names),
    FIELD("interventionModelDescription", MARKUP,
          intervention_model_description, NULL),
    FIELD("primaryPurpose", ENUM, primary_purpose, trials_purpose_names),
    FIELD("observationalModel", ENUM, observational_model,
          trials_observation_names),
    FIELD("timePerspective", ENUM, time_perspective, trials_time_names),
    WITHIN("maskingInfo", trials_masking_fields),
    END,
};

static const trials_field_t trials_biospec_fields[] = {
    FIELD("retention", ENUM, biospec, trials_biospec_names),
    FIELD("description", MARKUP, biospec_description, NULL),
    END,
};

static const trials_field_t trials_enrollment_fields[] = {
    FIELD("count", NUMBER, enrollment, NULL),
    FIELD("type", ENUM, enrollment_type, trials_date_type_names),
    END,
};

static const trials_field_t trials_design_fields[] = {
    FIELD("studyType", ENUM, study_type, trials_study_type_names),
    WITHIN("expandedAccessTypes", trials_access_fields),
    FIELD("patientRegistry", FLAG, patient_registry, NULL),
    FIELD("targetDuration", SPAN, target_duration, NULL),
    ARRAY("phases", ENUMS, phases, trials_phase_names),
    WITHIN("designInfo", trials_design_info_fields),
    WITHIN("bioSpec", trials_biospec_fields),
    WITHIN("enrollmentInfo", trials_enrollment_fields),
    END,
};

static const trials_field_t trials_arms_fields[] = {
    ARRAY("armGroups", OBJECTS, arms, trials_arm_fields),
    ARRAY("interventions", OBJECTS, interventions, trials_intervention_fields),
    END,
};

static const trials_field_t trials_outcomes_fields[] = {
    ARRAY("primaryOutcomes", OBJECTS, primary_outcomes, trials_outcome_fields),
    ARRAY("secondaryOutcomes", OBJECTS, secondary_outcomes,
          trials_outcome_fields),
    ARRAY("otherOutcomes", OBJECTS, other_outcomes, trials_outcome_fields),
    END,
};

static const trials_field_t trials_eligibility_fields[] = {
    FIELD("eligibilityCriteria", SOURCE, criteria, NULL),
    FIELD("healthyVolunteers", FLAG, healthy_volunteers, NULL),
    FIELD("sex", ENUM, sex, trials_sex_names),
    FIELD("genderBased", FLAG, gender_based, NULL),
    FIELD("genderDescription", MARKUP, gender_description, NULL),
    FIELD("minimumAge", SPAN, minimum_age, NULL),
    FIELD("maximumAge", SPAN, maximum_age, NULL),
    ARRAY("stdAges", ENUMS, std_ages, trials_std_age_names),
    FIELD("studyPopulation", MARKUP, study_population, NULL),
    FIELD("samplingMethod", ENUM, sampling, trials_sampling_names),
    END,
};

static const trials_field_t trials_places_fields[] = {
    ARRAY("centralContacts", OBJECTS, contacts, trials_contact_fields),
    ARRAY("overallOfficials", OBJECTS, officials, trials_official_fields),
    ARRAY("locations", OBJECTS, locations, trials_location_fields),
    END,
};

static const trials_field_t trials_references_fields[] = {
    ARRAY("references", OBJECTS, references, trials_reference_fields),
    ARRAY("seeAlsoLinks", OBJECTS, links, trials_link_fields),
    END,
};

static const trials_field_t trials_ipd_fields[] = {
    FIELD("ipdSharing", ENUM, ipd_sharing, trials_ipd_names),
    FIELD("description", MARKUP, ipd_description, NULL),
    FIELD("url", TEXT, ipd_url, NULL),
    END,
};

static const trials_field_t trials_protocol_fields[] = {
    WITHIN("identificationModule", trials_identification_fields),
    WITHIN("statusModule", trials_status_fields),
    WITHIN("sponsorCollaboratorsModule", trials_sponsors_fields),
    WITHIN("oversightModule", trials_oversight_fields),
    WITHIN("descriptionModule", trials_description_fields),
    WITHIN("conditionsModule", trials_conditions_fields),
    WITHIN("designModule", trials_design_fields),
    WITHIN("armsInterventionsModule", trials_arms_fields),
    WITHIN("outcomesModule", trials_outcomes_fields),
    WITHIN("eligibilityModule", trials_eligibility_fields),
    WITHIN("contactsLocationsModule", trials_places_fields),
    WITHIN("referencesModule", trials_references_fields),
    WITHIN("ipdSharingStatementModule", trials_ipd_fields),
    END,
};

static const trials_field_t trials_large_document_fields[] = {
    ARRAY("largeDocs", OBJECTS, documents, trials_large_doc_fields),
    END,
};

static const trials_field_t trials_document_section_fields[] = {
    WITHIN("largeDocumentModule", trials_large_document_fields),
    END,
};

static const trials_field_t trials_misc_fields[] = {
    FIELD("versionHolder", DATE, version_holder, NULL),
    END,
};

/* A mesh is an object; its term is what a table of texts cannot reach. */

#undef T
#define T trials_term_name_t

typedef struct {
    trials_str_t term;
} trials_term_name_t;

static const trials_field_t trials_mesh_fields[] = {
    FIELD("term", TEXT, term, NULL),
    END,
};

#undef T
#define T trials_study_t

_Static_assert(sizeof(trials_term_name_t) == sizeof(trials_str_t),
               "a list of terms is a list of texts");

static const trials_field_t trials_condition_browse_fields[] = {
    ARRAY("meshes", OBJECTS, condition_terms, trials_mesh_fields),
    END,
};

static const trials_field_t trials_intervention_browse_fields[] = {
    ARRAY("meshes", OBJECTS, intervention_terms, trials_mesh_fields),
    END,
};

static const trials_field_t trials_derived_fields[] = {
    WITHIN("miscInfoModule", trials_misc_fields),
    WITHIN("conditionBrowseModule", trials_condition_browse_fields),
    WITHIN("interventionBrowseModule", trials_intervention_browse_fields),
    END,
};

static const trials_field_t trials_study_fields[] = {
    WITHIN("protocolSection", trials_protocol_fields),
    WITHIN("documentSection", trials_document_section_fields),
    WITHIN("derivedSection", trials_derived_fields),
    FIELD("hasResults", FLAG, has_results, NULL),
    END,
};


static trials_rc_t trials_study_id(const json_t *root, const char *name,
                                   trials_id_t id, trials_error_t *err);


trials_rc_t
trials_study_parse(trials_arena_t *arena, const char *name, const char *text,
                   size_t len, trials_study_t **study, trials_error_t *err)
{
    json_t         *root;
    trials_rc_t     rc;
    trials_json_t   json;
    trials_study_t *out;

    /* Half of the longest records are results, which nothing is made of. */

    rc = trials_json_load(name, text, len, "resultsSection", &root, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    out = trials_arena_alloc(arena, sizeof(trials_study_t));
    if (out == NULL) {
        rc = trials_error(err, TRIALS_NOMEM, "%s: out of memory", name);
        goto done;
    }

    rc = trials_study_id(root, name, out->id, err);
    if (rc != TRIALS_OK) {
        goto done;
    }

    out->enrollment = -1;

    memset(&json, 0, sizeof(trials_json_t));
    json.arena = arena;

    trials_json_read(&json, root, trials_study_fields, out);
    trials_json_finish(&json);

    if (json.nomem) {
        rc = trials_error(err, TRIALS_NOMEM, "%s: out of memory", name);
        goto done;
    }

    out->unknown = json.notes;
    out->nunknown = json.nnotes;
    *study = out;

done:

    json_decref(root);

    return rc;
}


static trials_rc_t
trials_study_id(const json_t *root, const char *name, trials_id_t id,
                trials_error_t *err)
{
    char          text[64];
    const json_t *value;

    static const char path[] = "protocolSection.identificationModule.nctId";

    if (!json_is_object(root)) {
        return trials_error(err, TRIALS_INVALID, "%s: not an object", name);
    }

    value = json_object_get(
        json_object_get(json_object_get(root, "protocolSection"),
                        "identificationModule"),
        "nctId");

    if (value == NULL) {
        return trials_error(err, TRIALS_INVALID, "%s: %s: missing", name, path);
    }

    if (!json_is_string(value)) {
        return trials_error(err, TRIALS_INVALID, "%s: %s: not a string", name,
                            path);
    }

    if (trials_id_parse(json_string_value(value), json_string_length(value), id)
        != TRIALS_OK)
    {
        trials_registry_line(text, sizeof(text), json_string_value(value),
                             json_string_length(value));

        return trials_error(err, TRIALS_INVALID, "%s: %s: not an id \"%s\"",
                            name, path, text);
    }

    return TRIALS_OK;
}
