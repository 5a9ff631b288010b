/* A record in which everything is said, field by field; and one that says
 * nothing but its id. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <trials/registry.h>


static const char whole[] =
    "{\"protocolSection\": {"
    "\"identificationModule\": {\"nctId\": \"NCT99990101\","
    "  \"nctIdAliases\": [\"NCT99990102\", \"nct99990103\"],"
    "  \"orgStudyIdInfo\": {\"id\": \" ORG-1 \", \"type\": \"NIH\"},"
    "  \"secondaryIdInfos\": ["
    "    {\"id\": \"2026-500000-00-00\", \"type\": \"CTIS\","
    "     \"domain\": \"EU\", \"link\": \"https://example.org/ctis\"},"
    "    {\"id\": \"U1111\"}],"
    "  \"briefTitle\": \"  Brief title\\n\", \"officialTitle\": \"Official\","
    "  \"acronym\": \"ACRO\","
    "  \"organization\": {\"fullName\": \"Org\", \"class\": \"NETWORK\"}},"
    "\"statusModule\": {\"statusVerifiedDate\": \"2026-09\","
    "  \"overallStatus\": \"UNKNOWN\", \"lastKnownStatus\": \"RECRUITING\","
    "  \"delayedPosting\": true, \"whyStopped\": \"No \\\\* money\","
    "  \"expandedAccessInfo\": {\"hasExpandedAccess\": true,"
    "    \"nctId\": \"NCT99990104\", \"statusForNctId\": \"AVAILABLE\"},"
    "  \"startDateStruct\": {\"date\": \"2024-02-29\", \"type\": \"ACTUAL\"},"
    "  \"primaryCompletionDateStruct\": {\"date\": \"2027-12\","
    "    \"type\": \"ESTIMATED\"},"
    "  \"completionDateStruct\": {\"date\": \"2028-01\"},"
    "  \"studyFirstSubmitDate\": \"2023-12-31\","
    "  \"studyFirstPostDateStruct\": {\"date\": \"2024-01-02\","
    "    \"type\": \"ESTIMATED\"},"
    "  \"resultsWaived\": false,"
    "  \"resultsFirstSubmitDate\": \"2029-03-04\","
    "  \"resultsFirstPostDateStruct\": {\"date\": \"2029-05-06\"},"
    "  \"lastUpdateSubmitDate\": \"2026-07-08\","
    "  \"lastUpdatePostDateStruct\": {\"date\": \"2026-07-09\"}},"
    "\"sponsorCollaboratorsModule\": {"
    "  \"responsibleParty\": {\"type\": \"SPONSOR_INVESTIGATOR\","
    "    \"investigatorFullName\": \"A. Name\","
    "    \"investigatorTitle\": \"Professor\","
    "    \"investigatorAffiliation\": \"Somewhere\"},"
    "  \"leadSponsor\": {\"name\": \"Lead\", \"class\": \"INDUSTRY\"},"
    "  \"collaborators\": [{\"name\": \"One\", \"class\": \"NIH\"},"
    "    {\"name\": \"Two\"}]},"
    "\"oversightModule\": {\"oversightHasDmc\": true,"
    "  \"isFdaRegulatedDrug\": false, \"isFdaRegulatedDevice\": true,"
    "  \"isUnapprovedDevice\": true, \"isUsExport\": false,"
    "  \"fdaaa801Violation\": true},"
    "\"descriptionModule\": {\"briefSummary\": \"  * a\\n  * b\\n\","
    "  \"detailedDescription\": \"Details\"},"
    "\"conditionsModule\": {\"conditions\": [\"C1\", \" C2 \"],"
    "  \"keywords\": [\"K1\"]},"
    "\"designModule\": {\"studyType\": \"OBSERVATIONAL\","
    "  \"expandedAccessTypes\": {\"individual\": true,"
    "    \"intermediate\": false, \"treatment\": true},"
    "  \"patientRegistry\": true, \"targetDuration\": \"10 Years\","
    "  \"phases\": [\"PHASE1\", \"PHASE2\"],"
    "  \"designInfo\": {\"allocation\": \"RANDOMIZED\","
    "    \"interventionModel\": \"CROSSOVER\","
    "    \"interventionModelDescription\": \"Model\","
    "    \"primaryPurpose\": \"ECT\","
    "    \"observationalModel\": \"COHORT\","
    "    \"timePerspective\": \"PROSPECTIVE\","
    "    \"maskingInfo\": {\"masking\": \"NONE\","
    "      \"maskingDescription\": \"Open\","
    "      \"whoMasked\": [\"INVESTIGATOR\", \"PARTICIPANT\"]}},"
    "  \"bioSpec\": {\"retention\": \"SAMPLES_WITH_DNA\","
    "    \"description\": \"Blood\"},"
    "  \"enrollmentInfo\": {\"count\": 0, \"type\": \"ACTUAL\"}},"
    "\"armsInterventionsModule\": {"
    "  \"armGroups\": [{\"label\": \"Arm\", \"type\": \"SHAM_COMPARATOR\","
    "    \"description\": \"What\","
    "    \"interventionNames\": [\"Drug: X\", \"Device: Y\"]}],"
    "  \"interventions\": [{\"type\": \"RADIATION\", \"name\": \"X\","
    "    \"description\": \"How\", \"armGroupLabels\": [\"Arm\"],"
    "    \"otherNames\": [\"X1\", \"X2\"]}]},"
    "\"outcomesModule\": {"
    "  \"primaryOutcomes\": [{\"measure\": \"M\", \"description\": \"D\","
    "    \"timeFrame\": \"1 year\"}],"
    "  \"secondaryOutcomes\": [{\"measure\": \"S1\"}, {\"measure\": \"S2\"}],"
    "  \"otherOutcomes\": [{\"measure\": \"O\"}]},"
    "\"eligibilityModule\": {\"eligibilityCriteria\": \"* \\u2265 18\\r\\n\","
    "  \"healthyVolunteers\": false, \"sex\": \"FEMALE\","
    "  \"genderBased\": true, \"genderDescription\": \"G\","
    "  \"minimumAge\": \"6 Months\", \"maximumAge\": \"1 Day\","
    "  \"stdAges\": [\"CHILD\", \"OLDER_ADULT\"],"
    "  \"studyPopulation\": \"P\","
    "  \"samplingMethod\": \"NON_PROBABILITY_SAMPLE\"},"
    "\"contactsLocationsModule\": {"
    "  \"centralContacts\": [{\"name\": \"N\", \"role\": \"CONTACT\","
    "    \"phone\": \"+1\", \"phoneExt\": \"2\", \"email\": \"a@b.c\"}],"
    "  \"overallOfficials\": [{\"name\": \"O\", \"affiliation\": \"F\","
    "    \"role\": \"STUDY_CHAIR\"}],"
    "  \"locations\": [{\"facility\": \"Site\", \"status\": \"WITHDRAWN\","
    "    \"city\": \"Town\", \"state\": \"State\", \"zip\": \"0123\","
    "    \"country\": \"Land\", \"contacts\": [{\"name\": \"L\"}],"
    "    \"geoPoint\": {\"lat\": -33.5, \"lon\": 180}},"
    "    {\"city\": \"Elsewhere\"}]},"
    "\"referencesModule\": {"
    "  \"references\": [{\"pmid\": \"1\", \"type\": \"DERIVED\","
    "    \"citation\": \"Cite\", \"retractions\": [{\"pmid\": \"2\"}]},"
    "    {\"citation\": \"Other\", \"retractions\": []}],"
    "  \"seeAlsoLinks\": [{\"label\": \"See\", \"url\": \"https://a.b/\"}]},"
    "\"ipdSharingStatementModule\": {\"ipdSharing\": \"UNDECIDED\","
    "  \"description\": \"IPD\", \"url\": \"https://ipd.example/\"}},"
    "\"documentSection\": {\"largeDocumentModule\": {\"largeDocs\": ["
    "  {\"typeAbbrev\": \"Prot_SAP\", \"label\": \"Protocol\","
    "   \"date\": \"2025-06-07\", \"filename\": \"Prot_SAP_000.pdf\","
    "   \"size\": 3000000000}]}},"
    "\"derivedSection\": {"
    "  \"miscInfoModule\": {\"versionHolder\": \"2026-09-04\"},"
    "  \"conditionBrowseModule\": {\"meshes\": ["
    "    {\"id\": \"D1\", \"term\": \"Term 1\"},"
    "    {\"id\": \"D2\", \"term\": \"Term 2\"}]},"
    "  \"interventionBrowseModule\": {\"meshes\": ["
    "    {\"id\": \"D3\", \"term\": \"Term 3\"}]}},"
    "\"hasResults\": true}";


#define assert_text(str, expected)                         \
    do {                                                   \
        assert_non_null((str).data);                       \
        assert_string_equal((str).data, expected);         \
        assert_int_equal((str).len, sizeof(expected) - 1); \
    } while (0)

#define assert_date(date, y, m, d, t)      \
    do {                                   \
        assert_int_equal((date).year, y);  \
        assert_int_equal((date).month, m); \
        assert_int_equal((date).day, d);   \
        assert_int_equal((date).type, t);  \
    } while (0)


typedef struct {
    trials_arena_t *arena;
    trials_study_t *study;
} fixture_t;


static int
set_up(void **state)
{
    trials_error_t   err;
    static fixture_t fixture;

    fixture.arena = trials_arena_create();

    if (fixture.arena == NULL
        || trials_study_parse(fixture.arena, "whole", whole, sizeof(whole) - 1,
                              &fixture.study, &err)
               != TRIALS_OK)
    {
        return -1;
    }

    *state = &fixture;

    return 0;
}


static int
tear_down(void **state)
{
    trials_arena_destroy(((fixture_t *) *state)->arena);

    return 0;
}


static void
test_identification(void **state)
{
    trials_study_t *s = ((fixture_t *) *state)->study;

    assert_string_equal(s->id, "NCT99990101");
    assert_int_equal(s->naliases, 2);
    assert_text(s->aliases[0], "NCT99990102");
    assert_text(s->aliases[1], "NCT99990103");
    assert_text(s->org_study_id, "ORG-1");
    assert_int_equal(s->nsecondary_ids, 2);
    assert_text(s->secondary_ids[0].id, "2026-500000-00-00");
    assert_text(s->secondary_ids[0].type, "CTIS");
    assert_text(s->secondary_ids[0].domain, "EU");
    assert_text(s->secondary_ids[0].link, "https://example.org/ctis");
    assert_text(s->secondary_ids[1].id, "U1111");
    assert_null(s->secondary_ids[1].type.data);
    assert_text(s->brief_title, "Brief title");
    assert_text(s->official_title, "Official");
    assert_text(s->acronym, "ACRO");
    assert_text(s->organization.name, "Org");
    assert_int_equal(s->organization.agency, TRIALS_AGENCY_NETWORK);
    assert_int_equal(s->nunknown, 0);
    assert_null(s->unknown);
}


static void
test_status(void **state)
{
    trials_study_t *s = ((fixture_t *) *state)->study;

    assert_date(s->verified, 2026, 9, 0, TRIALS_DATE_TYPE_NONE);
    assert_int_equal(s->status, TRIALS_STATUS_UNKNOWN);
    assert_int_equal(s->last_known_status, TRIALS_STATUS_RECRUITING);
    assert_int_equal(s->delayed_posting, TRIALS_YES);
    assert_text(s->why_stopped, "No \\* money");
    assert_int_equal(s->has_expanded_access, TRIALS_YES);
    assert_text(s->expanded_access_id, "NCT99990104");
    assert_int_equal(s->expanded_access_status, TRIALS_STATUS_AVAILABLE);
    assert_date(s->start, 2024, 2, 29, TRIALS_DATE_ACTUAL);
    assert_date(s->primary_completion, 2027, 12, 0, TRIALS_DATE_ESTIMATED);
    assert_date(s->completion, 2028, 1, 0, TRIALS_DATE_TYPE_NONE);
    assert_date(s->first_submitted, 2023, 12, 31, TRIALS_DATE_TYPE_NONE);
    assert_date(s->first_posted, 2024, 1, 2, TRIALS_DATE_ESTIMATED);
    assert_int_equal(s->results_waived, TRIALS_NO);
    assert_date(s->results_first_submitted, 2029, 3, 4, TRIALS_DATE_TYPE_NONE);
    assert_date(s->results_first_posted, 2029, 5, 6, TRIALS_DATE_TYPE_NONE);
    assert_date(s->last_update_submitted, 2026, 7, 8, TRIALS_DATE_TYPE_NONE);
    assert_date(s->last_update_posted, 2026, 7, 9, TRIALS_DATE_TYPE_NONE);
}


static void
test_people_and_oversight(void **state)
{
    trials_study_t *s = ((fixture_t *) *state)->study;

    assert_int_equal(s->responsible, TRIALS_RESPONSIBLE_SPONSOR_INVESTIGATOR);
    assert_text(s->investigator_name, "A. Name");
    assert_text(s->investigator_title, "Professor");
    assert_text(s->investigator_affiliation, "Somewhere");
    assert_text(s->lead_sponsor.name, "Lead");
    assert_int_equal(s->lead_sponsor.agency, TRIALS_AGENCY_INDUSTRY);
    assert_int_equal(s->ncollaborators, 2);
    assert_text(s->collaborators[0].name, "One");
    assert_int_equal(s->collaborators[0].agency, TRIALS_AGENCY_NIH);
    assert_text(s->collaborators[1].name, "Two");
    assert_int_equal(s->collaborators[1].agency, TRIALS_AGENCY_NONE);
    assert_int_equal(s->has_dmc, TRIALS_YES);
    assert_int_equal(s->fda_regulated_drug, TRIALS_NO);
    assert_int_equal(s->fda_regulated_device, TRIALS_YES);
    assert_int_equal(s->unapproved_device, TRIALS_YES);
    assert_int_equal(s->us_export, TRIALS_NO);
    assert_int_equal(s->fdaaa801_violation, TRIALS_YES);
}


/* Plain text is trimmed; in markup, blanks at the beginning mean something. */

static void
test_texts(void **state)
{
    trials_study_t *s = ((fixture_t *) *state)->study;

    assert_text(s->brief_summary, "  * a\n  * b\n");
    assert_text(s->detailed_description, "Details");
    assert_int_equal(s->nconditions, 2);
    assert_text(s->conditions[0], "C1");
    assert_text(s->conditions[1], "C2");
    assert_int_equal(s->nkeywords, 1);
    assert_text(s->keywords[0], "K1");
}


static void
test_design(void **state)
{
    trials_study_t *s = ((fixture_t *) *state)->study;

    assert_int_equal(s->study_type, TRIALS_STUDY_TYPE_OBSERVATIONAL);
    assert_int_equal(s->access_individual, TRIALS_YES);
    assert_int_equal(s->access_intermediate, TRIALS_NO);
    assert_int_equal(s->access_treatment, TRIALS_YES);
    assert_int_equal(s->patient_registry, TRIALS_YES);
    assert_int_equal(s->target_duration.count, 10);
    assert_int_equal(s->target_duration.unit, TRIALS_UNIT_YEAR);
    assert_int_equal(s->nphases, 2);
    assert_int_equal(s->phases[0], TRIALS_PHASE_PHASE1);
    assert_int_equal(s->phases[1], TRIALS_PHASE_PHASE2);
    assert_int_equal(s->allocation, TRIALS_ALLOCATION_RANDOMIZED);
    assert_int_equal(s->intervention_model, TRIALS_MODEL_CROSSOVER);
    assert_text(s->intervention_model_description, "Model");
    assert_int_equal(s->primary_purpose, TRIALS_PURPOSE_ECT);
    assert_int_equal(s->observational_model, TRIALS_OBSERVATION_COHORT);
    assert_int_equal(s->time_perspective, TRIALS_TIME_PROSPECTIVE);
    assert_int_equal(s->masking, TRIALS_MASKING_OPEN);
    assert_text(s->masking_description, "Open");
    assert_int_equal(s->nwho_masked, 2);
    assert_int_equal(s->who_masked[0], TRIALS_MASKED_INVESTIGATOR);
    assert_int_equal(s->who_masked[1], TRIALS_MASKED_PARTICIPANT);
    assert_int_equal(s->biospec, TRIALS_BIOSPEC_SAMPLES_WITH_DNA);
    assert_text(s->biospec_description, "Blood");
    assert_int_equal(s->enrollment, 0);
    assert_int_equal(s->enrollment_type, TRIALS_DATE_ACTUAL);
}


static void
test_arms_and_outcomes(void **state)
{
    trials_study_t *s = ((fixture_t *) *state)->study;

    assert_int_equal(s->narms, 1);
    assert_text(s->arms[0].label, "Arm");
    assert_int_equal(s->arms[0].type, TRIALS_ARM_SHAM_COMPARATOR);
    assert_text(s->arms[0].description, "What");
    assert_int_equal(s->arms[0].nintervention_names, 2);
    assert_text(s->arms[0].intervention_names[1], "Device: Y");
    assert_int_equal(s->ninterventions, 1);
    assert_int_equal(s->interventions[0].type, TRIALS_INTERVENTION_RADIATION);
    assert_text(s->interventions[0].name, "X");
    assert_text(s->interventions[0].description, "How");
    assert_int_equal(s->interventions[0].narm_labels, 1);
    assert_text(s->interventions[0].arm_labels[0], "Arm");
    assert_int_equal(s->interventions[0].nother_names, 2);
    assert_text(s->interventions[0].other_names[1], "X2");
    assert_int_equal(s->nprimary_outcomes, 1);
    assert_text(s->primary_outcomes[0].measure, "M");
    assert_text(s->primary_outcomes[0].description, "D");
    assert_text(s->primary_outcomes[0].time_frame, "1 year");
    assert_int_equal(s->nsecondary_outcomes, 2);
    assert_text(s->secondary_outcomes[1].measure, "S2");
    assert_int_equal(s->nother_outcomes, 1);
    assert_text(s->other_outcomes[0].measure, "O");
}


static void
test_eligibility(void **state)
{
    trials_study_t *s = ((fixture_t *) *state)->study;

    assert_text(s->criteria, "* \xe2\x89\xa5 18\n");
    assert_int_equal(s->healthy_volunteers, TRIALS_NO);
    assert_int_equal(s->sex, TRIALS_SEX_FEMALE);
    assert_int_equal(s->gender_based, TRIALS_YES);
    assert_text(s->gender_description, "G");
    assert_int_equal(s->minimum_age.count, 6);
    assert_int_equal(s->minimum_age.unit, TRIALS_UNIT_MONTH);
    assert_int_equal(s->maximum_age.count, 1);
    assert_int_equal(s->maximum_age.unit, TRIALS_UNIT_DAY);
    assert_int_equal(s->nstd_ages, 2);
    assert_int_equal(s->std_ages[0], TRIALS_STD_AGE_CHILD);
    assert_int_equal(s->std_ages[1], TRIALS_STD_AGE_OLDER_ADULT);
    assert_text(s->study_population, "P");
    assert_int_equal(s->sampling, TRIALS_SAMPLING_NON_PROBABILITY_SAMPLE);
}


static void
test_places(void **state)
{
    trials_study_t *s = ((fixture_t *) *state)->study;

    assert_int_equal(s->ncontacts, 1);
    assert_text(s->contacts[0].name, "N");
    assert_int_equal(s->contacts[0].role, TRIALS_ROLE_CONTACT);
    assert_text(s->contacts[0].phone, "+1");
    assert_text(s->contacts[0].phone_ext, "2");
    assert_text(s->contacts[0].email, "a@b.c");
    assert_int_equal(s->nofficials, 1);
    assert_text(s->officials[0].name, "O");
    assert_text(s->officials[0].affiliation, "F");
    assert_int_equal(s->officials[0].role, TRIALS_ROLE_STUDY_CHAIR);
    assert_int_equal(s->nlocations, 2);
    assert_text(s->locations[0].facility, "Site");
    assert_int_equal(s->locations[0].status, TRIALS_STATUS_WITHDRAWN);
    assert_text(s->locations[0].city, "Town");
    assert_text(s->locations[0].state, "State");
    assert_text(s->locations[0].zip, "0123");
    assert_text(s->locations[0].country, "Land");
    assert_int_equal(s->locations[0].ncontacts, 1);
    assert_text(s->locations[0].contacts[0].name, "L");
    assert_int_equal(s->locations[0].has_point, 1);
    assert_true(s->locations[0].lat == -33.5);
    assert_true(s->locations[0].lon == 180.0);
    assert_text(s->locations[1].city, "Elsewhere");
    assert_int_equal(s->locations[1].has_point, 0);
    assert_int_equal(s->locations[1].ncontacts, 0);
    assert_null(s->locations[1].contacts);
}


static void
test_rest(void **state)
{
    trials_study_t *s = ((fixture_t *) *state)->study;

    assert_int_equal(s->nreferences, 2);
    assert_text(s->references[0].pmid, "1");
    assert_int_equal(s->references[0].type, TRIALS_REFERENCE_DERIVED);
    assert_text(s->references[0].citation, "Cite");
    assert_int_equal(s->references[0].retracted, 1);
    assert_text(s->references[1].citation, "Other");
    assert_int_equal(s->references[1].retracted, 0);
    assert_int_equal(s->nlinks, 1);
    assert_text(s->links[0].label, "See");
    assert_text(s->links[0].url, "https://a.b/");
    assert_int_equal(s->ipd_sharing, TRIALS_IPD_UNDECIDED);
    assert_text(s->ipd_description, "IPD");
    assert_text(s->ipd_url, "https://ipd.example/");
    assert_int_equal(s->ndocuments, 1);
    assert_text(s->documents[0].type, "Prot_SAP");
    assert_text(s->documents[0].label, "Protocol");
    assert_text(s->documents[0].filename, "Prot_SAP_000.pdf");
    assert_date(s->documents[0].date, 2025, 6, 7, TRIALS_DATE_TYPE_NONE);
    assert_int_equal(s->documents[0].size, 3000000000);
    assert_date(s->version_holder, 2026, 9, 4, TRIALS_DATE_TYPE_NONE);
    assert_int_equal(s->ncondition_terms, 2);
    assert_text(s->condition_terms[0], "Term 1");
    assert_text(s->condition_terms[1], "Term 2");
    assert_int_equal(s->nintervention_terms, 1);
    assert_text(s->intervention_terms[0], "Term 3");
    assert_int_equal(s->has_results, TRIALS_YES);
}


/* All that a withheld record may say. */

static void
test_nothing_but_an_id(void **state)
{
    trials_arena_t *arena;
    trials_error_t  err;
    trials_study_t *study, nothing;

    static const char json[] = "{\"protocolSection\": {\"identificationModule\""
                               ": {\"nctId\": \"NCT99990105\"}}}";

    (void) state;

    arena = trials_arena_create();
    assert_non_null(arena);
    assert_int_equal(trials_study_parse(arena, "nothing", json,
                                        sizeof(json) - 1, &study, &err),
                     TRIALS_OK);

    memset(&nothing, 0, sizeof(nothing));
    memcpy(nothing.id, "NCT99990105", sizeof(nothing.id));
    nothing.enrollment = -1;

    assert_memory_equal(study, &nothing, sizeof(nothing));

    trials_arena_destroy(arena);
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_identification),
        cmocka_unit_test(test_status),
        cmocka_unit_test(test_people_and_oversight),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_design),
        cmocka_unit_test(test_arms_and_outcomes),
        cmocka_unit_test(test_eligibility),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_rest),
        cmocka_unit_test(test_nothing_but_an_id),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
