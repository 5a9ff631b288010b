/*
 * What search engines read: schema.org's MedicalTrial or
 * MedicalObservationalStudy, and the way to the page (BreadcrumbList).
 */

#include "core/page/dump.h"
#include "core/page/trial.h"

#include "core/registry/enums.h"

#include <string.h>


#define TRIALS_SCHEMA        "https://schema.org/"
#define TRIALS_SCHEMA_MAX    (4 * 1024 * 1024) /* bytes */
#define TRIALS_SCHEMA_PLACES 50 /* of the areas where it takes place */


static json_t     *trials_schema_study(trials_trial_t *trial);
static void        trials_schema_designs(trials_trial_t *trial, json_t *object);
static void        trials_schema_places(trials_trial_t *trial, json_t *object);
static json_t     *trials_schema_way(trials_trial_t *trial);
static const char *trials_schema_safe(trials_trial_t *trial, const char *text);


static void
trials_schema_put(json_t *object, const char *name, json_t *value)
{
    if (value) {
        (void) json_object_set_new(object, name, value);
    }
}


static json_t *
trials_schema_str(trials_str_t text)
{
    return text.len ? json_stringn(text.data, text.len) : NULL;
}


static json_t *
trials_schema_named(const char *type, trials_str_t name)
{
    json_t *object;

    if (name.len == 0) {
        return NULL;
    }

    object = json_object();
    trials_schema_put(object, "@type", json_string(type));
    trials_schema_put(object, "name", trials_schema_str(name));

    return object;
}


const char *
trials_schema_text(trials_trial_t *trial)
{
    json_t      *root, *graph;
    const char  *safe;
    trials_buf_t text;

    root = json_object();
    graph = json_array();
    (void) json_array_append_new(graph, trials_schema_study(trial));
    (void) json_array_append_new(graph, trials_schema_way(trial));
    trials_schema_put(root, "@context", json_string("https://schema.org"));
    trials_schema_put(root, "@graph", graph);

    trials_buf_init(&text, TRIALS_SCHEMA_MAX);
    safe = "";

    if (root && trials_json_dump(&text, root) == TRIALS_OK) {
        safe = trials_schema_safe(trial, text.data);
    } else {
        trials_tree_fail(trial->tree, TRIALS_NOMEM, "out of memory");
    }

    json_decref(root);
    trials_buf_free(&text);

    return safe;
}


/* The enumeration has no "available", "withheld" or "unknown". */

static const char *
trials_schema_status(trials_status_t status)
{
    static const char *const statuses[] = {
        NULL,
        TRIALS_SCHEMA "ActiveNotRecruiting",
        TRIALS_SCHEMA "Completed",
        TRIALS_SCHEMA "EnrollingByInvitation",
        TRIALS_SCHEMA "NotYetRecruiting",
        TRIALS_SCHEMA "Recruiting",
        TRIALS_SCHEMA "Suspended",
        TRIALS_SCHEMA "Terminated",
        TRIALS_SCHEMA "Withdrawn",
    };

    return (size_t) status < sizeof(statuses) / sizeof(statuses[0])
               ? statuses[status]
               : NULL;
}


static json_t *
trials_schema_study(trials_trial_t *trial)
{
    size_t                i;
    json_t               *object, *list, *code;
    const trials_study_t *study;

    study = trial->study;
    object = json_object();

    trials_schema_put(
        object, "@type",
        json_string(study->study_type == TRIALS_STUDY_TYPE_OBSERVATIONAL
                        ? "MedicalObservationalStudy"
                        : "MedicalTrial"));
    trials_schema_put(object, "name", trials_schema_str(study->brief_title));
    trials_schema_put(object, "alternateName",
                      trials_schema_str(study->official_title));
    trials_schema_put(object, "url",
                      json_string(trials_tree_printf(
                          trial->tree, "%s/%s", trial->page->base, study->id)));

    code = json_object();
    trials_schema_put(code, "@type", json_string("MedicalCode"));
    trials_schema_put(code, "codeValue", json_string(study->id));
    trials_schema_put(code, "codingSystem", json_string("ClinicalTrials.gov"));
    trials_schema_put(object, "code", code);

    if (trials_schema_status(study->status)) {
        trials_schema_put(object, "status",
                          json_string(trials_schema_status(study->status)));
    }

    list = json_array();

    for (i = 0; i < study->nconditions; i++) {
        (void) json_array_append_new(
            list,
            trials_schema_named("MedicalCondition", study->conditions[i]));
    }

    trials_schema_put(object, "healthCondition", list);
    trials_schema_put(
        object, "sponsor",
        trials_schema_named(study->lead_sponsor.agency == TRIALS_AGENCY_INDIV
                                ? "Person"
                                : "Organization",
                            study->lead_sponsor.name));

    if (study->study_type != TRIALS_STUDY_TYPE_OBSERVATIONAL
        && trials_model_phase(trial))
    {
        trials_schema_put(object, "phase",
                          json_string(trials_model_phase(trial)));
    }

    trials_schema_designs(trial, object);
    trials_schema_places(trial, object);

    return object;
}


/* MedicalTrialDesign, MedicalObservationalStudyDesign. */

static void
trials_schema_designs(trials_trial_t *trial, json_t *object)
{
    json_t               *list;
    trials_placebo_t      placebo;
    const trials_study_t *study;

    static const char *const masks[] = {NULL,
                                        "OpenTrial",
                                        "SingleBlindedTrial",
                                        "DoubleBlindedTrial",
                                        "TripleBlindedTrial",
                                        NULL /* the enumeration ends there */};

    static const char *const observed[] = {
        NULL,
        "CohortStudy",
        "Observational",
        "CaseSeries",
        "Observational",
        "Observational",
        "Observational",
        "Observational",
        "Longitudinal",
        "Observational",
    };

    study = trial->study;
    list = json_array();

#define DESIGN(name)              \
    (void) json_array_append_new( \
        list, json_string(        \
                  trials_tree_printf(trial->tree, TRIALS_SCHEMA "%s", name)))

    if (study->study_type == TRIALS_STUDY_TYPE_OBSERVATIONAL) {
        if (study->patient_registry == TRIALS_YES) {
            DESIGN("Registry");
        }

        if (study->time_perspective == TRIALS_TIME_CROSS_SECTIONAL) {
            DESIGN("CrossSectional");
        }

        DESIGN(study->observational_model ? observed[study->observational_model]
                                          : "Observational");
        trials_schema_put(object, "studyDesign", list);
        return;
    }

    trials_study_placebo(trial, &placebo);

    if (study->allocation == TRIALS_ALLOCATION_RANDOMIZED) {
        DESIGN("RandomizedTrial");
    }

    if (masks[study->masking]) {
        DESIGN(masks[study->masking]);
    }

    if (placebo.narms) {
        DESIGN("PlaceboControlledTrial");
    }

    if (study->nlocations) {
        DESIGN(study->nlocations == 1 ? "SingleCenterTrial"
                                      : "MultiCenterTrial");
    }

    if (trials_model_ncountries(trial) > 1) {
        DESIGN("InternationalTrial");
    }

#undef DESIGN

    if (json_array_size(list)) {
        trials_schema_put(object, "trialDesign", list);
    } else {
        json_decref(list);
    }
}


static void
trials_schema_places(trials_trial_t *trial, json_t *object)
{
    size_t                   i;
    json_t                  *list, *known;
    const char              *name;
    trials_str_t             str;
    const trials_location_t *at;

    list = json_array();
    known = json_object();

    for (i = 0; i < trial->study->nlocations
                && json_array_size(list) < TRIALS_SCHEMA_PLACES;
         i++)
    {
        at = &trial->study->locations[i];
        name = trials_tree_printf(trial->tree, "%s%s%s",
                                  at->city.len ? at->city.data : "",
                                  at->city.len && at->country.len ? ", " : "",
                                  at->country.len ? at->country.data : "");

        if (name[0] == '\0' || json_object_get(known, name)) {
            continue;
        }

        str.data = name;
        str.len = strlen(name);
        trials_schema_put(known, name, json_true());
        (void) json_array_append_new(
            list, trials_schema_named("AdministrativeArea", str));
    }

    json_decref(known);

    if (json_array_size(list)) {
        trials_schema_put(object, "studyLocation", list);
    } else {
        json_decref(list);
    }
}


static json_t *
trials_schema_way(trials_trial_t *trial)
{
    int         i;
    json_t     *way, *list, *item;
    const char *base, *names[2], *urls[2];

    base = trials_tree_printf(
        trial->tree, "%s%s%s", trial->page->base, trial->language ? "/" : "",
        trial->language ? trials_language_tag(trial->language) : "");
    names[0] = trials_say(trial->tree, "house.trials", NULL);
    urls[0] = trials_tree_printf(trial->tree, "%s/", base);
    names[1] = trial->study->brief_title.len ? trial->study->brief_title.data
                                             : trial->study->id;
    urls[1] = trials_tree_printf(trial->tree, "%s/%s", base, trial->study->id);
    list = json_array();

    for (i = 0; i < 2; i++) {
        item = json_object();
        trials_schema_put(item, "@type", json_string("ListItem"));
        trials_schema_put(item, "position", json_integer(i + 1));
        trials_schema_put(item, "name", json_string(names[i]));
        trials_schema_put(item, "item", json_string(urls[i]));
        (void) json_array_append_new(list, item);
    }

    way = json_object();
    trials_schema_put(way, "@type", json_string("BreadcrumbList"));
    trials_schema_put(way, "itemListElement", list);

    return way;
}


/* For <script>: no "<" can end it. */

static const char *
trials_schema_safe(trials_trial_t *trial, const char *text)
{
    const char  *p, *out;
    trials_buf_t safe;

    trials_buf_init(&safe, TRIALS_SCHEMA_MAX);

    while (*text != '\0') {
        p = text + strcspn(text, "<>&");
        trials_buf_append(&safe, text, (size_t) (p - text));

        if (*p != '\0') {
            trials_buf_printf(&safe, "\\u%04x", (unsigned) *p++);
        }

        text = p;
    }

    out = safe.failed == TRIALS_OK
              ? trials_arena_strdup(trial->arena, safe.data, safe.len).data
              : NULL;
    trials_buf_free(&safe);

    if (out == NULL) {
        trials_tree_fail(trial->tree, TRIALS_NOMEM, "out of memory");
        return "";
    }

    return out;
}
