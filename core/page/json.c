/* The trial's model as JSON, and what search engines read (schema.org). */

#include "core/page/trial.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>


static json_t *trials_json_str(trials_str_t text);
static void    trials_json_put(json_t *object, const char *name, json_t *value);
static void    trials_json_date(trials_trial_t *trial, json_t *object,
                                const char *name, trials_date_t date);
static json_t *trials_json_eligibility(trials_trial_t *trial);
static json_t *
trials_json_criteria(const trials_criterion_t *criteria, size_t n);
static json_t     *trials_json_places(const trials_study_t *study);
static const char *trials_json_url(trials_trial_t *trial);


trials_rc_t
trials_json_render(trials_trial_t *trial, trials_buf_t *out)
{
    char                 *text;
    size_t                i;
    json_t               *root, *list, *item;
    trials_rc_t           rc;
    const trials_study_t *study;

    study = trial->study;
    root = json_object();

    trials_json_put(root, "nctId", json_string(study->id));
    trials_json_put(root, "url", json_string(trials_json_url(trial)));
    trials_json_put(root, "title", trials_json_str(study->brief_title));
    trials_json_put(root, "officialTitle",
                    trials_json_str(study->official_title));
    trials_json_put(root, "status",
                    json_pack("{s:s?, s:s?, s:b}", "label",
                              trials_word_status(study->status), "meaning",
                              trials_word_status_why(study->status), "open",
                              trials_status_open(study->status)));

    if (trials_word_phase(study)) {
        trials_json_put(root, "phase", json_string(trials_word_phase(study)));
    }

    if (trials_word_type(study->study_type)) {
        trials_json_put(root, "studyType",
                        json_string(trials_word_type(study->study_type)));
    }

    trials_json_put(root, "sponsor", trials_json_str(study->lead_sponsor.name));

    list = json_array();
    for (i = 0; i < study->nconditions; i++) {
        (void) json_array_append_new(list,
                                     trials_json_str(study->conditions[i]));
    }
    trials_json_put(root, "conditions", list);

    item = json_object();
    trials_json_date(trial, item, "start", study->start);
    trials_json_date(trial, item, "completion", study->completion);
    trials_json_date(trial, item, "verified", study->verified);
    trials_json_date(trial, item, "lastUpdatePosted",
                     study->last_update_posted);
    trials_json_date(trial, item, "processed", study->version_holder);
    trials_json_put(root, "dates", item);

    if (study->enrollment >= 0) {
        trials_json_put(root, "enrollment", json_integer(study->enrollment));
    }

    list = json_array();
    for (i = 0; i < study->ninterventions; i++) {
        item = json_object();
        trials_json_put(item, "name",
                        trials_json_str(study->interventions[i].name));
        trials_json_put(
            item, "kind",
            json_string(
                trials_word_intervention(study->interventions[i].type)
                    ? trials_word_intervention(study->interventions[i].type)
                    : ""));
        (void) json_array_append_new(list, item);
    }
    trials_json_put(root, "treatments", list);

    trials_json_put(root, "eligibility", trials_json_eligibility(trial));
    trials_json_put(root, "places", trials_json_places(study));

    text = json_dumps(root, JSON_COMPACT);
    json_decref(root);

    if (text == NULL) {
        return TRIALS_NOMEM;
    }

    rc = trials_buf_append(out, text, strlen(text));
    free(text);

    return rc;
}


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
trials_json_date(trials_trial_t *trial, json_t *object, const char *name,
                 trials_date_t date)
{
    if (date.year == 0) {
        return;
    }

    trials_json_put(
        object, name,
        json_string(date.day
                        ? trials_trial_printf(trial, "%04d-%02d-%02d",
                                              date.year, date.month, date.day)
                        : trials_trial_printf(trial, "%04d-%02d", date.year,
                                              date.month)));
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
trials_json_places(const trials_study_t *study)
{
    size_t  i;
    json_t *list, *item;

    list = json_array();

    for (i = 0; i < study->nlocations; i++) {
        item = json_object();
        trials_json_put(item, "name",
                        trials_json_str(study->locations[i].facility));
        trials_json_put(item, "city",
                        trials_json_str(study->locations[i].city));
        trials_json_put(item, "state",
                        trials_json_str(study->locations[i].state));
        trials_json_put(item, "country",
                        trials_json_str(study->locations[i].country));

        if (study->locations[i].status) {
            trials_json_put(
                item, "status",
                json_string(trials_word_status(study->locations[i].status)));
        }

        (void) json_array_append_new(list, item);
    }

    return list;
}


static const char *
trials_json_url(trials_trial_t *trial)
{
    return trials_trial_printf(trial, "%s/%s", trial->page->base,
                               trial->study->id);
}


/* schema.org's MedicalTrial as text for <script>: no "<" can end it. */

const char *
trials_json_ld(trials_trial_t *trial)
{
    char                 *text, *p;
    json_t               *root;
    const char           *out, *status;
    trials_buf_t          safe;
    const trials_study_t *study;

    static const char *const statuses[] = {
        NULL,
        "https://schema.org/ActiveNotRecruiting",
        "https://schema.org/Completed",
        "https://schema.org/EnrollingByInvitation",
        "https://schema.org/NotYetRecruiting",
        "https://schema.org/Recruiting",
        "https://schema.org/Suspended",
        "https://schema.org/Terminated",
        "https://schema.org/Withdrawn",
    };

    study = trial->study;
    root = json_object();

    trials_json_put(root, "@context", json_string("https://schema.org"));
    trials_json_put(
        root, "@type",
        json_string(study->study_type == TRIALS_STUDY_TYPE_OBSERVATIONAL
                        ? "MedicalObservationalStudy"
                        : "MedicalTrial"));
    trials_json_put(root, "name", trials_json_str(study->brief_title));
    trials_json_put(root, "url", json_string(trials_json_url(trial)));
    trials_json_put(root, "code",
                    json_pack("{s:s, s:s, s:s}", "@type", "MedicalCode",
                              "codeValue", study->id, "codingSystem",
                              "ClinicalTrials.gov"));

    status = (size_t) study->status < sizeof(statuses) / sizeof(statuses[0])
                 ? statuses[study->status]
                 : NULL;
    if (status) {
        trials_json_put(root, "status", json_string(status));
    }

    if (study->nconditions) {
        trials_json_put(root, "healthCondition",
                        json_pack("{s:s, s:o}", "@type", "MedicalCondition",
                                  "name",
                                  trials_json_str(study->conditions[0])));
    }

    text = json_dumps(root, JSON_COMPACT);
    json_decref(root);

    if (text == NULL) {
        trials_trial_fail(trial, TRIALS_NOMEM, "out of memory");
        return "";
    }

    trials_buf_init(&safe, 1024 * 1024);

    for (p = text; *p != '\0'; p++) {
        if (*p == '<' || *p == '>' || *p == '&') {
            trials_buf_printf(&safe, "\\u%04x", (unsigned) *p);
        } else {
            trials_buf_append(&safe, p, 1);
        }
    }

    out = "";

    if (safe.failed == TRIALS_OK) {
        out = trials_arena_strdup(trial->arena, safe.data, safe.len).data;
    }

    if (safe.failed != TRIALS_OK || out == NULL) {
        trials_trial_fail(trial, TRIALS_NOMEM, "out of memory");
        out = "";
    }

    trials_buf_free(&safe);
    free(text);

    return out;
}
