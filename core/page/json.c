/*
 * The trial's model as JSON: what the page shows, for programs, and the raw
 * values that the next version of the record is compared with.
 */

#include "core/page/dump.h"
#include "core/page/trial.h"

#include "core/registry/enums.h"

#include <string.h>
#include <xxhash.h>


static void    trials_json_head(trials_trial_t *trial, json_t *root);
static void    trials_json_dates(trials_trial_t *trial, json_t *root);
static json_t *trials_json_ids(trials_trial_t *trial);
static json_t *trials_json_questions(trials_trial_t *trial);
static json_t *trials_json_outcomes(const trials_outcome_t *outcomes, size_t n);
static json_t *trials_json_arms(trials_trial_t *trial);
static json_t *trials_json_eligibility(trials_trial_t *trial);
static json_t *
trials_json_criteria(const trials_criterion_t *criteria, size_t n);
static json_t *trials_json_treatments(trials_trial_t *trial);
static json_t *trials_json_places(trials_trial_t *trial);
static json_t *trials_json_contacts(const trials_contact_t *contacts, size_t n);


/* An absent text is "": nothing here is null. */

static json_t *
trials_json_str(trials_str_t text)
{
    return json_stringn(text.data ? text.data : "", text.len);
}


static void
trials_json_put(json_t *object, const char *name, json_t *value)
{
    if (value) {
        (void) json_object_set_new(object, name, value);
    }
}


static void
trials_json_text(json_t *object, const char *name, const char *text)
{
    if (text && text[0] != '\0') {
        trials_json_put(object, name, json_string(text));
    }
}


/* A raw value of an enumeration, as the registry spells it. */

static void
trials_json_value(json_t *object, const char *name, const char *const *names,
                  int value)
{
    if (value) {
        trials_json_put(object, name, json_string(names[value - 1]));
    }
}


static json_t *
trials_json_strings(const trials_str_t *texts, size_t n)
{
    size_t  i;
    json_t *list;

    list = json_array();

    for (i = 0; i < n; i++) {
        (void) json_array_append_new(list, trials_json_str(texts[i]));
    }

    return list;
}


trials_rc_t
trials_json_render(trials_trial_t *trial, trials_buf_t *out)
{
    json_t               *root;
    trials_rc_t           rc;
    const trials_study_t *study;

    study = trial->study;
    root = json_object();

    trials_json_head(trial, root);
    trials_json_dates(trial, root);

    if (study->enrollment >= 0) {
        trials_json_put(root, "enrollment", json_integer(study->enrollment));
    }

    trials_json_put(root, "arms", trials_json_arms(trial));
    trials_json_put(root, "treatments", trials_json_treatments(trial));
    trials_json_put(root, "primaryOutcomes",
                    trials_json_outcomes(study->primary_outcomes,
                                         study->nprimary_outcomes));
    trials_json_put(root, "secondaryOutcomes",
                    trials_json_outcomes(study->secondary_outcomes,
                                         study->nsecondary_outcomes));
    trials_json_put(root, "eligibility", trials_json_eligibility(trial));
    trials_json_put(root, "places", trials_json_places(trial));
    trials_json_put(root, "contacts",
                    trials_json_contacts(study->contacts, study->ncontacts));
    trials_json_put(root, "questions", trials_json_questions(trial));
    trials_json_put(root, "changes", trials_changes_json(trial));
    trials_json_put(root, "record", trials_json_record(trial));

    rc = root ? trials_json_dump(out, root) : TRIALS_NOMEM;
    json_decref(root);

    return rc;
}


static void
trials_json_head(trials_trial_t *trial, json_t *root)
{
    json_t               *status;
    trials_tree_t        *tree;
    const trials_study_t *study;

    study = trial->study;
    tree = trial->tree;

    trials_json_put(root, "nctId", json_string(study->id));
    trials_json_text(
        root, "url",
        trials_tree_printf(tree, "%s/%s", trial->page->base, study->id));
    trials_json_text(root, "language", trials_language_tag(trial->language));
    trials_json_put(root, "title", trials_json_str(study->brief_title));
    trials_json_put(root, "officialTitle",
                    trials_json_str(study->official_title));
    trials_json_put(root, "acronym", trials_json_str(study->acronym));
    trials_json_put(root, "otherIds", trials_json_ids(trial));

    status = json_object();
    trials_json_text(status, "label",
                     trials_say_value(tree, "status", trials_status_names,
                                      (int) study->status));
    trials_json_text(status, "meaning",
                     trials_say_value(tree, "status.why", trials_status_names,
                                      (int) study->status));
    trials_json_put(status, "open",
                    json_boolean(trials_status_open(study->status)));
    trials_json_put(root, "status", status);

    trials_json_text(root, "phase", trials_model_phase(trial));
    trials_json_text(root, "studyType",
                     trials_say_value(tree, "type", trials_study_type_names,
                                      (int) study->study_type));
    trials_json_text(root, "ages", trials_model_ages(trial));
    trials_json_text(
        root, "sex",
        trials_say_value(tree, "sex", trials_sex_names, (int) study->sex));
    trials_json_put(root, "sponsor", trials_json_str(study->lead_sponsor.name));
    trials_json_put(root, "conditions",
                    trials_json_strings(study->conditions, study->nconditions));
}


static void
trials_json_dates(trials_trial_t *trial, json_t *root)
{
    json_t               *dates;
    trials_tree_t        *tree;
    const trials_study_t *study;

    study = trial->study;
    tree = trial->tree;
    dates = json_object();

    trials_json_text(dates, "start", trials_date_iso(tree, study->start));
    trials_json_text(dates, "primaryCompletion",
                     trials_date_iso(tree, study->primary_completion));
    trials_json_text(dates, "completion",
                     trials_date_iso(tree, study->completion));
    trials_json_text(dates, "verified", trials_date_iso(tree, study->verified));
    trials_json_text(dates, "lastUpdatePosted",
                     trials_date_iso(tree, study->last_update_posted));
    trials_json_text(dates, "processed",
                     trials_date_iso(tree, study->version_holder));
    trials_json_put(root, "dates", dates);
}


static json_t *
trials_json_ids(trials_trial_t *trial)
{
    size_t                i;
    json_t               *list;
    const trials_study_t *study;

    study = trial->study;
    list = json_array();

    if (study->org_study_id.len) {
        (void) json_array_append_new(list,
                                     trials_json_str(study->org_study_id));
    }

    for (i = 0; i < study->nsecondary_ids; i++) {
        (void) json_array_append_new(
            list, trials_json_str(study->secondary_ids[i].id));
    }

    for (i = 0; i < study->naliases; i++) {
        (void) json_array_append_new(list, trials_json_str(study->aliases[i]));
    }

    return list;
}


/* The questions as they stand in the document. */

static json_t *
trials_json_questions(trials_trial_t *trial)
{
    json_t    *list;
    xmlChar   *text;
    xmlNodePtr node, topic, question;

    list = json_array();

    for (node = trial->tree->root->children; node; node = node->next) {
        if (strcmp((const char *) node->name, "questions") != 0) {
            continue;
        }

        for (topic = node->children; topic; topic = topic->next) {
            for (question = topic->children; question;
                 question = question->next) {
                text = xmlNodeGetContent(question);
                (void) json_array_append_new(
                    list, json_string(text ? (const char *) text : ""));
                xmlFree(text);
            }
        }
    }

    return list;
}


static json_t *
trials_json_outcomes(const trials_outcome_t *outcomes, size_t n)
{
    size_t  i;
    json_t *list, *item;

    list = json_array();

    for (i = 0; i < n; i++) {
        item = json_object();
        trials_json_put(item, "measure", trials_json_str(outcomes[i].measure));
        trials_json_put(item, "timeFrame",
                        trials_json_str(outcomes[i].time_frame));
        (void) json_array_append_new(list, item);
    }

    return list;
}


static json_t *
trials_json_arms(trials_trial_t *trial)
{
    size_t              i;
    json_t             *list, *item;
    const trials_arm_t *arm;

    list = json_array();

    for (i = 0; i < trial->study->narms; i++) {
        arm = &trial->study->arms[i];
        item = json_object();
        trials_json_put(item, "label", trials_json_str(arm->label));
        trials_json_text(item, "kind",
                         trials_say_maybe(trial->tree, "arm", trials_arm_names,
                                          (int) arm->type));
        trials_json_put(item, "treatments",
                        trials_json_strings(arm->intervention_names,
                                            arm->nintervention_names));
        (void) json_array_append_new(list, item);
    }

    return list;
}


static json_t *
trials_json_treatments(trials_trial_t *trial)
{
    size_t                       i;
    json_t                      *list, *item;
    const trials_intervention_t *treatment;

    list = json_array();

    for (i = 0; i < trial->study->ninterventions; i++) {
        treatment = &trial->study->interventions[i];
        item = json_object();
        trials_json_put(item, "name", trials_json_str(treatment->name));
        trials_json_text(
            item, "kind",
            trials_is_placebo(treatment->name)
                ? trials_say(trial->tree, "treatment.placebo", NULL)
                : trials_say_value(trial->tree, "treatment",
                                   trials_intervention_names,
                                   (int) treatment->type));
        trials_json_put(item, "otherNames",
                        trials_json_strings(treatment->other_names,
                                            treatment->nother_names));
        (void) json_array_append_new(list, item);
    }

    return list;
}


static json_t *
trials_json_eligibility(trials_trial_t *trial)
{
    size_t                i;
    json_t               *groups, *group, *out;
    const trials_group_t *g;

    static const char *const kinds[] = {"inclusion", "exclusion", "other"};

    groups = json_array();

    for (i = 0; i < trial->eligibility.ngroups; i++) {
        g = &trial->eligibility.groups[i];
        group = json_object();
        trials_json_put(group, "kind", json_string(kinds[g->kind]));
        trials_json_put(group, "heading", trials_json_str(g->heading));
        trials_json_put(group, "criteria",
                        trials_json_criteria(g->criteria, g->ncriteria));
        (void) json_array_append_new(groups, group);
    }

    out = json_object();
    trials_json_put(out, "gradeOriginal",
                    json_real(trial->eligibility.grade_original));
    trials_json_put(out, "gradePlain",
                    json_real(trial->eligibility.grade_plain));
    trials_json_put(out, "groups", groups);

    return out;
}


static json_t *
trials_json_criteria(const trials_criterion_t *criteria, size_t n)
{
    size_t              i, j;
    json_t             *list, *item, *terms, *term;
    const trials_run_t *run;

    list = json_array();

    for (i = 0; i < n; i++) {
        item = json_object();
        terms = json_array();

        for (j = 0; j < criteria[i].text.nruns; j++) {
            run = &criteria[i].text.runs[j];

            if (run->term) {
                term = json_object();
                trials_json_put(term, "term", trials_json_str(run->text));
                trials_json_put(term, "meaning",
                                trials_json_str(run->term->meaning));
                (void) json_array_append_new(terms, term);
            }
        }

        trials_json_put(item, "original",
                        trials_json_str(criteria[i].original));
        trials_json_put(item, "plain", trials_json_str(criteria[i].plain));
        trials_json_put(item, "faithful", json_boolean(criteria[i].faithful));
        trials_json_put(item, "terms", terms);
        trials_json_put(
            item, "criteria",
            trials_json_criteria(criteria[i].criteria, criteria[i].ncriteria));
        (void) json_array_append_new(list, item);
    }

    return list;
}


static json_t *
trials_json_contacts(const trials_contact_t *contacts, size_t n)
{
    size_t  i;
    json_t *list, *item;

    list = json_array();

    for (i = 0; i < n; i++) {
        item = json_object();
        trials_json_put(item, "name", trials_json_str(contacts[i].name));
        trials_json_put(item, "phone", trials_json_str(contacts[i].phone));
        trials_json_put(item, "phoneExt",
                        trials_json_str(contacts[i].phone_ext));
        trials_json_put(item, "email", trials_json_str(contacts[i].email));
        (void) json_array_append_new(list, item);
    }

    return list;
}


static json_t *
trials_json_places(trials_trial_t *trial)
{
    size_t                   i;
    json_t                  *list, *item;
    const trials_location_t *at;

    list = json_array();

    for (i = 0; i < trial->study->nlocations; i++) {
        at = &trial->study->locations[i];
        item = json_object();
        trials_json_put(item, "name", trials_json_str(at->facility));
        trials_json_put(item, "city", trials_json_str(at->city));
        trials_json_put(item, "state", trials_json_str(at->state));
        trials_json_put(item, "zip", trials_json_str(at->zip));
        trials_json_put(item, "country", trials_json_str(at->country));
        trials_json_text(item, "status",
                         trials_say_value(trial->tree, "status",
                                          trials_status_names,
                                          (int) at->status));
        trials_json_value(item, "recruitmentStatus", trials_status_names,
                          (int) at->status);

        if (at->has_point) {
            trials_json_put(item, "lat", json_real(at->lat));
            trials_json_put(item, "lon", json_real(at->lon));
        }

        if (at->ncontacts) {
            trials_json_put(item, "contacts",
                            trials_json_contacts(at->contacts, at->ncontacts));
        }

        (void) json_array_append_new(list, item);
    }

    return list;
}


json_t *
trials_json_record(trials_trial_t *trial)
{
    size_t                i;
    json_t               *record, *phases;
    trials_tree_t        *tree;
    const trials_study_t *study;

    study = trial->study;
    tree = trial->tree;
    record = json_object();
    phases = json_array();

    trials_json_value(record, "status", trials_status_names,
                      (int) study->status);
    trials_json_value(record, "lastKnownStatus", trials_status_names,
                      (int) study->last_known_status);
    trials_json_value(record, "studyType", trials_study_type_names,
                      (int) study->study_type);

    for (i = 0; i < study->nphases; i++) {
        if (study->phases[i]) {
            (void) json_array_append_new(
                phases, json_string(trials_phase_names[study->phases[i] - 1]));
        }
    }

    trials_json_put(record, "phases", phases);
    trials_json_value(record, "startType", trials_date_type_names,
                      (int) study->start.type);
    trials_json_value(record, "completionType", trials_date_type_names,
                      (int) study->completion.type);
    trials_json_value(record, "enrollmentType", trials_date_type_names,
                      (int) study->enrollment_type);
    trials_json_put(record, "hasResults",
                    json_boolean(study->has_results == TRIALS_YES));

    /* Tells a criterion that changed from one that is now read otherwise. */

    trials_json_text(
        record, "criteria",
        trials_tree_printf(tree, "%016llx",
                           (unsigned long long) XXH3_64bits(
                               study->criteria.data ? study->criteria.data : "",
                               study->criteria.len)));

    return record;
}
