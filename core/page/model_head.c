/* The head of the page: title, status, how fresh, the key facts. */

#include "core/page/trial.h"

#include "core/registry/enums.h"

#include <trials/listing.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>


#define TRIALS_LEAD_NAMES 2  /* named in the first sentence */
#define TRIALS_LEAD_LEN   90 /* bytes of a second name that fits into it */

#define TRIALS_NEAR_MONTHS 3


static void        trials_model_badges(trials_trial_t *trial);
static void        trials_model_report(trials_trial_t *trial);
static void        trials_model_ids(trials_trial_t *trial);
static void        trials_model_lead(trials_trial_t *trial);
static const char *trials_lead_treatments(trials_trial_t *trial);
static const char *trials_lead_conditions(trials_trial_t *trial);
static const char *
trials_lead_names(trials_trial_t *trial, const trials_str_t *names, size_t n,
                  const char *rest);
static void trials_model_warnings(trials_trial_t *trial, xmlNodePtr fresh);
static void
trials_model_warn(trials_trial_t *trial, xmlNodePtr fresh, const char *text);
static const char *trials_model_date(trials_trial_t *trial, trials_date_t date);
static void        trials_model_people(trials_trial_t *trial, xmlNodePtr facts);


int
trials_status_open(trials_status_t status)
{
    return status == TRIALS_STATUS_RECRUITING
           || status == TRIALS_STATUS_NOT_YET_RECRUITING
           || status == TRIALS_STATUS_ENROLLING_BY_INVITATION
           || status == TRIALS_STATUS_AVAILABLE;
}


void
trials_model_p(trials_trial_t *trial, xmlNodePtr parent, const char *text)
{
    (void) trials_tree_word(trial->tree, parent, "p", text);
}


void
trials_model_head(trials_trial_t *trial)
{
    size_t                i;
    xmlNodePtr            root, node;
    trials_tree_t        *tree;
    const trials_study_t *study;

    study = trial->study;
    tree = trial->tree;
    root = tree->root;

    trials_tree_set(tree, root, "id", study->id);
    trials_tree_set(
        tree, root, "updated",
        trials_date_iso(tree, study->last_update_posted.year
                                  ? study->last_update_posted
                                  : trials_date_of(trial->facts.checked)));
    trials_model_report(trial);
    tree->noun = trials_say(
        tree,
        study->study_type == TRIALS_STUDY_TYPE_EXPANDED_ACCESS  ? "noun.program"
        : study->study_type == TRIALS_STUDY_TYPE_INTERVENTIONAL ? "noun.trial"
                                                                : "noun.study",
        NULL);
    trials_tree_set(tree, root, "noun", tree->noun);

    trials_tree_text(tree, root, "title",
                     study->brief_title.len ? study->brief_title
                                            : study->official_title);

    if (study->brief_title.len
        && (study->official_title.len != study->brief_title.len
            || memcmp(study->official_title.data, study->brief_title.data,
                      study->brief_title.len)
                   != 0))
    {
        trials_tree_text(tree, root, "official", study->official_title);
    }

    trials_tree_text(tree, root, "acronym", study->acronym);
    trials_tree_text(tree, root, "sponsor", study->lead_sponsor.name);

    for (i = 0; i < study->nconditions; i++) {
        trials_tree_text(tree, root, "condition", study->conditions[i]);
    }

    node = trials_tree_add(tree, root, "status");
    trials_tree_set(tree, node, "open",
                    trials_status_open(study->status) ? "1" : "0");
    trials_tree_word(tree, node, "label",
                     trials_say_value(tree, "status", trials_status_names,
                                      (int) study->status));
    trials_tree_word(tree, node, "why",
                     trials_say_value(tree, "status.why", trials_status_names,
                                      (int) study->status));

    trials_model_badges(trial);
    trials_model_ids(trial);
    trials_model_lead(trial);
}


/* Where an error in a point is reported: the point's number follows. */

static void
trials_model_report(trials_trial_t *trial)
{
    const char *to;

    to = trial->page->report;

    if (to) {
        trials_tree_set(trial->tree, trial->tree->root, "report-to",
                        trials_tree_printf(trial->tree,
                                           strncmp(to, "mailto:", 7) == 0
                                               ? "%s%ssubject=%s%%20"
                                               : "%s%strial=%s&point=",
                                           to, strchr(to, '?') ? "&" : "?",
                                           trial->study->id));
    }
}


static void
trials_model_badges(trials_trial_t *trial)
{
    xmlNodePtr            badge;
    trials_tree_t        *tree;
    const trials_study_t *study;

    study = trial->study;
    tree = trial->tree;

    badge =
        trials_tree_word(tree, tree->root, "badge",
                         trials_say_value(tree, "status", trials_status_names,
                                          (int) study->status));
    trials_tree_set(tree, badge, "kind",
                    trials_status_group(study->status)
                            == TRIALS_STATUS_GROUP_OPEN
                        ? "open"
                        : "closed");

    trials_tree_word(tree, tree->root, "badge", trials_model_phase(trial));
    trials_tree_word(tree, tree->root, "badge",
                     study->patient_registry == TRIALS_YES
                         ? trials_say(tree, "type.registry", NULL)
                         : trials_say_value(tree, "type",
                                            trials_study_type_names,
                                            (int) study->study_type));
}


static void
trials_model_id(trials_trial_t *trial, trials_str_t id, const char *label,
                trials_str_t domain)
{
    xmlNodePtr node;

    node = trials_tree_text(trial->tree, trial->tree->root, "other-id", id);
    trials_tree_set(trial->tree, node, "label", label);
    trials_tree_attr(trial->tree, node, "domain", domain);
}


/* The same trial under other numbers: people search by them. */

static void
trials_model_ids(trials_trial_t *trial)
{
    size_t                i, j;
    char                  id[48];
    const char           *label;
    trials_str_t          none = {0, NULL};
    trials_tree_t        *tree;
    const trials_study_t *study;

    study = trial->study;
    tree = trial->tree;

    trials_model_id(trial, study->org_study_id,
                    trials_say(tree, "id.sponsor", NULL), none);

    for (i = 0; i < study->nsecondary_ids; i++) {
        (void) snprintf(id, sizeof(id), "id.%.32s",
                        study->secondary_ids[i].type.data
                            ? study->secondary_ids[i].type.data
                            : "other");

        for (j = 0; id[j] != '\0'; j++) {
            id[j] = id[j] == '_'                   ? '-'
                    : id[j] >= 'A' && id[j] <= 'Z' ? (char) (id[j] | 0x20)
                                                   : id[j];
        }

        label = trials_words_find(tree->words, id);
        trials_model_id(trial, study->secondary_ids[i].id,
                        label ? label : trials_say(tree, "id.other", NULL),
                        study->secondary_ids[i].domain);
    }

    for (i = 0; i < study->naliases; i++) {
        trials_model_id(trial, study->aliases[i],
                        trials_say(tree, "id.alias", NULL), none);
    }
}


/* What is tested, what for, who runs it, its status, its number: a sentence
 * each, so that none grows long. */

static void
trials_model_lead(trials_trial_t *trial)
{
    xmlNodePtr            lead;
    const char           *treatments, *conditions, *type;
    trials_tree_t        *tree;
    const trials_study_t *study;

    study = trial->study;
    tree = trial->tree;
    lead = trials_tree_add(tree, tree->root, "lead");
    treatments = trials_lead_treatments(trial);
    conditions = trials_lead_conditions(trial);

    type = study->study_type == TRIALS_STUDY_TYPE_INTERVENTIONAL ? "lead.tests"
           : study->study_type == TRIALS_STUDY_TYPE_EXPANDED_ACCESS
               ? "lead.gives"
               : NULL;

    if (type && treatments) {
        trials_model_p(trial, lead,
                       trials_say(tree, type, "treatments", treatments, NULL));
    } else if (study->patient_registry == TRIALS_YES) {
        trials_model_p(trial, lead, trials_say(tree, "lead.registry", NULL));
    } else if (study->study_type == TRIALS_STUDY_TYPE_OBSERVATIONAL) {
        trials_model_p(trial, lead, trials_say(tree, "lead.watches", NULL));
    }

    if (conditions) {
        trials_model_p(trial, lead,
                       trials_say(tree, "lead.conditions", "conditions",
                                  conditions, NULL));
    }

    if (study->lead_sponsor.name.len) {
        trials_model_p(trial, lead,
                       trials_say(tree, "lead.sponsor", "sponsor",
                                  study->lead_sponsor.name.data, NULL));
    }

    trials_model_p(trial, lead,
                   trials_say_value(tree, "status.why", trials_status_names,
                                    (int) study->status));
    trials_model_p(trial, lead,
                   trials_say(tree, "lead.id", "id", study->id, NULL));
}


/* A placebo is not what a trial tests; what is given twice is one treatment. */

static const char *
trials_lead_treatments(trials_trial_t *trial)
{
    size_t                i, k, n;
    trials_str_t          name, *names;
    const trials_study_t *study;

    study = trial->study;
    names = trials_arena_calloc(trial->arena, study->ninterventions + 1,
                                sizeof(trials_str_t));
    if (names == NULL) {
        trials_tree_fail(trial->tree, TRIALS_NOMEM, "out of memory");
        return NULL;
    }

    for (i = 0, n = 0; i < study->ninterventions; i++) {
        name = study->interventions[i].name;

        if (name.len == 0 || trials_is_placebo(name) || trials_is_sham(name)) {
            continue;
        }

        for (k = 0; k < n && strcasecmp(names[k].data, name.data) != 0; k++) {
            ;
        }

        if (k == n) {
            names[n++] = name;
        }
    }

    return n ? trials_lead_names(trial, names, n, "lead.treatments") : NULL;
}


static const char *
trials_lead_conditions(trials_trial_t *trial)
{
    return trial->study->nconditions
               ? trials_lead_names(trial, trial->study->conditions,
                                   trial->study->nconditions,
                                   "lead.other-conditions")
               : NULL;
}


/* The first names, and how many more there are: all of them stand below. */

static const char *
trials_lead_names(trials_trial_t *trial, const trials_str_t *names, size_t n,
                  const char *rest)
{
    size_t       i, named;
    const char  *items[TRIALS_LEAD_NAMES + 1];
    trials_str_t name;

    for (named = 1; named < n && named < TRIALS_LEAD_NAMES
                    && names[named].len <= TRIALS_LEAD_LEN;
         named++)
    {
        ;
    }

    /* "and 1 more" takes more room than the name. */

    if (named == TRIALS_LEAD_NAMES && n == TRIALS_LEAD_NAMES + 1) {
        named--;
    }

    for (i = 0; i < named; i++) {
        name = names[i];

        while (name.len > 1 && name.data[name.len - 1] == '.') {
            name.len--;
        }

        items[i] = trials_arena_strdup(trial->arena, name.data, name.len).data;

        if (items[i] == NULL) {
            trials_tree_fail(trial->tree, TRIALS_NOMEM, "out of memory");
            return NULL;
        }
    }

    if (named < n) {
        items[i++] = trials_say_count(trial->tree, rest, n - named, NULL);
    }

    return trials_say_list(trial->tree, items, i);
}


const char *
trials_model_phase(trials_trial_t *trial)
{
    size_t                i, n;
    const char           *items[8];
    const trials_study_t *study;

    study = trial->study;

    for (i = 0, n = 0; i < study->nphases && n < 8; i++) {
        if (study->phases[i] != TRIALS_PHASE_NONE
            && study->phases[i] != TRIALS_PHASE_NA)
        {
            items[n] =
                trials_say_value(trial->tree, n ? "phase.next" : "phase",
                                 trials_phase_names, (int) study->phases[i]);
            n += items[n] != NULL;
        }
    }

    if (n < 2) {
        return n ? items[0] : NULL;
    }

    return trials_say(trial->tree, "phase.combined", "phases",
                      trials_say_list(trial->tree, items, n), NULL);
}


void
trials_model_fact(trials_trial_t *trial, xmlNodePtr facts, const char *id,
                  const char *text)
{
    char       label[48];
    xmlNodePtr node;

    if (text == NULL || text[0] == '\0') {
        return;
    }

    (void) snprintf(label, sizeof(label), "fact.%s", id);
    node = trials_tree_add(trial->tree, facts, "fact");
    trials_tree_set(trial->tree, node, "id", id);
    trials_tree_set(trial->tree, node, "label",
                    trials_say(trial->tree, label, NULL));
    trials_tree_set(trial->tree, node, "text", text);
}


static void
trials_model_day(trials_trial_t *trial, xmlNodePtr fresh, const char *id,
                 trials_date_t date)
{
    if (date.year == 0) {
        return;
    }

    trials_model_fact(trial, fresh, id, trials_say_date(trial->tree, date));

    if (fresh && fresh->last) {
        trials_tree_set(trial->tree, fresh->last, "iso",
                        trials_date_iso(trial->tree, date));
    }
}


void
trials_model_fresh(trials_trial_t *trial)
{
    xmlNodePtr fresh;

    fresh = trials_tree_add(trial->tree, trial->tree->root, "fresh");

    trials_model_warnings(trial, fresh);
    trials_model_day(trial, fresh, "verified", trial->study->verified);
    trials_model_day(trial, fresh, "changed", trial->study->last_update_posted);
    trials_model_day(trial, fresh, "processed", trial->study->version_holder);
    trials_model_day(trial, fresh, "checked",
                     trials_date_of(trial->facts.checked));
}


/* "on 24 November 2026", "in November 2026". */

static const char *
trials_model_when(trials_tree_t *tree, trials_date_t date)
{
    return trials_say(tree, date.day ? "date.on" : "date.in", "date",
                      trials_say_date(tree, date), NULL);
}


/* A third of the registry's statuses are wrong or late. */

static void
trials_model_warnings(trials_trial_t *trial, xmlNodePtr fresh)
{
    int                   open;
    long                  months;
    trials_date_t         today, end;
    trials_tree_t        *tree;
    const trials_study_t *study;

    study = trial->study;
    tree = trial->tree;
    today = trial->today;
    open = trials_status_open(study->status);

    if (study->status == TRIALS_STATUS_UNKNOWN && study->last_known_status) {
        trials_model_warn(
            trial, fresh,
            trials_say(tree, "warn.last-known", "status",
                       trials_say_value(tree, "status", trials_status_names,
                                        (int) study->last_known_status),
                       NULL));
    }

    if (today.year == 0) {
        return;
    }

    months =
        study->verified.year ? trials_date_months(study->verified, today) : 0;
    end =
        study->completion.year ? study->completion : study->primary_completion;

    if (open && months >= 12) {
        trials_model_warn(trial, fresh, trials_say(tree, "warn.year", NULL));
    } else if (open && months >= 6) {
        trials_model_warn(trial, fresh,
                          trials_say(tree, "warn.half-year", NULL));
    }

    if (study->status == TRIALS_STATUS_NOT_YET_RECRUITING
        && trials_date_passed(study->start, today))
    {
        trials_model_warn(trial, fresh,
                          trials_say(tree, "warn.start-passed", "when",
                                     trials_model_when(tree, study->start),
                                     NULL));
    }

    if (study->status == TRIALS_STATUS_ACTIVE_NOT_RECRUITING
        && trials_date_passed(end, today))
    {
        trials_model_warn(trial, fresh,
                          trials_say(tree, "warn.may-be-over", "when",
                                     trials_model_when(tree, end), NULL));

    } else if (open && trials_date_passed(end, today)) {
        trials_model_warn(trial, fresh,
                          trials_say(tree, "warn.end-passed", "when",
                                     trials_model_when(tree, end), NULL));

    } else if (open && end.year
               && trials_date_months(today, end) <= TRIALS_NEAR_MONTHS)
    {
        trials_model_warn(trial, fresh,
                          trials_say(tree, "warn.end-near", "when",
                                     trials_model_when(tree, end), NULL));
    }

    if (study->status == TRIALS_STATUS_RECRUITING && study->nlocations
        && study->locations[0].status && trials_study_nopen(study) == 0)
    {
        trials_model_warn(trial, fresh,
                          trials_say(tree, "warn.no-open-place", NULL));
    }
}


static void
trials_model_warn(trials_trial_t *trial, xmlNodePtr fresh, const char *text)
{
    (void) trials_tree_word(trial->tree, fresh, "warning", text);
}


void
trials_model_facts(trials_trial_t *trial)
{
    size_t                i, countries;
    xmlNodePtr            facts;
    const char          **names;
    trials_tree_t        *tree;
    const trials_study_t *study;

    study = trial->study;
    tree = trial->tree;
    facts = trials_tree_add(tree, tree->root, "facts");

    trials_model_fact(trial, facts, "status",
                      trials_say_value(tree, "status", trials_status_names,
                                       (int) study->status));
    trials_model_fact(trial, facts, "phase", trials_model_phase(trial));
    trials_model_fact(trial, facts, "purpose",
                      trials_say_value(tree, "purpose", trials_purpose_names,
                                       (int) study->primary_purpose));

    names = trials_arena_calloc(trial->arena, study->nconditions + 1,
                                sizeof(char *));
    if (names == NULL) {
        trials_tree_fail(tree, TRIALS_NOMEM, "out of memory");
        return;
    }

    for (i = 0; i < study->nconditions; i++) {
        names[i] = study->conditions[i].data;
    }

    trials_model_fact(trial, facts, "conditions",
                      trials_say_list(tree, names, study->nconditions));
    trials_model_fact(trial, facts, "ages", trials_model_ages(trial));
    trials_model_fact(
        trial, facts, "sex",
        trials_say_value(tree, "sex", trials_sex_names, (int) study->sex));

    if (study->healthy_volunteers != TRIALS_UNSAID) {
        trials_model_fact(trial, facts, "healthy",
                          trials_say(tree,
                                     study->healthy_volunteers == TRIALS_YES
                                         ? "healthy.yes"
                                         : "healthy.no",
                                     NULL));
    }

    trials_model_people(trial, facts);
    trials_model_fact(trial, facts, "start",
                      trials_model_date(trial, study->start));
    trials_model_fact(
        trial, facts, "end",
        trials_model_date(trial, study->completion.year
                                     ? study->completion
                                     : study->primary_completion));

    if (study->target_duration.unit) {
        trials_model_fact(trial, facts, "followed",
                          trials_say_span(tree, study->target_duration));
    }

    if (study->nlocations) {
        countries = trials_model_ncountries(trial);
        trials_model_fact(
            trial, facts, "places",
            trials_say(tree, "places.in", "places",
                       trials_say_count(tree, "place", study->nlocations, NULL),
                       "countries",
                       trials_say_count(tree, "country", countries, NULL),
                       NULL));
    }

    trials_model_fact(trial, facts, "sponsor", study->lead_sponsor.name.data);

    if (study->ncollaborators) {
        names = trials_arena_calloc(trial->arena, study->ncollaborators,
                                    sizeof(char *));

        for (i = 0; names && i < study->ncollaborators; i++) {
            names[i] = study->collaborators[i].name.data
                           ? study->collaborators[i].name.data
                           : "";
        }

        trials_model_fact(
            trial, facts, "partners",
            names ? trials_say_list(tree, names, study->ncollaborators) : NULL);
    }
}


static void
trials_model_people(trials_trial_t *trial, xmlNodePtr facts)
{
    const trials_study_t *study;

    study = trial->study;

    if (study->enrollment < 0) {
        return;
    }

    trials_model_fact(
        trial, facts, "people",
        trials_say_count(
            trial->tree,
            study->enrollment_type == TRIALS_DATE_ESTIMATED ? "people.planned"
            : study->enrollment_type == TRIALS_DATE_ACTUAL  ? "people.actual"
                                                            : "people",
            (size_t) study->enrollment, NULL));
}


static const char *
trials_model_date(trials_trial_t *trial, trials_date_t date)
{
    if (date.year == 0) {
        return NULL;
    }

    if (date.type == TRIALS_DATE_ESTIMATED) {
        return trials_say(trial->tree, "date.estimated", "date",
                          trials_say_date(trial->tree, date), NULL);
    }

    return trials_say_date(trial->tree, date);
}


const char *
trials_model_ages(trials_trial_t *trial)
{
    trials_tree_t        *tree;
    const trials_study_t *study;

    study = trial->study;
    tree = trial->tree;

    if (study->minimum_age.unit && study->maximum_age.unit) {
        return trials_say(
            tree, "ages.between", "low",
            study->minimum_age.unit == study->maximum_age.unit
                ? trials_say_number(tree, (size_t) study->minimum_age.count)
                : trials_say_span(tree, study->minimum_age),
            "high", trials_say_span(tree, study->maximum_age), NULL);
    }

    if (study->minimum_age.unit) {
        return trials_say(tree, "ages.from", "low",
                          trials_say_span(tree, study->minimum_age), NULL);
    }

    if (study->maximum_age.unit) {
        return trials_say(tree, "ages.to", "high",
                          trials_say_span(tree, study->maximum_age), NULL);
    }

    return trials_say(tree, "ages.none", NULL);
}


static int
trials_model_by_name(const void *one, const void *two)
{
    return strcmp(*(const char *const *) one, *(const char *const *) two);
}


size_t
trials_model_ncountries(trials_trial_t *trial)
{
    size_t                i, n;
    const char          **names;
    const trials_study_t *study;

    study = trial->study;
    names = trials_arena_calloc(trial->arena, study->nlocations + 1,
                                sizeof(char *));
    if (names == NULL) {
        trials_tree_fail(trial->tree, TRIALS_NOMEM, "out of memory");
        return 0;
    }

    for (i = 0; i < study->nlocations; i++) {
        names[i] = study->locations[i].country.data
                       ? study->locations[i].country.data
                       : "";
    }

    qsort(names, study->nlocations, sizeof(char *), trials_model_by_name);

    for (i = 0, n = 0; i < study->nlocations; i++) {
        n += i == 0 || strcmp(names[i], names[i - 1]) != 0;
    }

    return n;
}
