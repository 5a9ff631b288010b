/* The head of the page: title, status, how fresh, the key facts, the stage. */

#include "core/page/trial.h"

#include <string.h>


static const char *trials_model_date(trials_trial_t *trial, trials_date_t date);
static const char *trials_model_ages(trials_trial_t *trial);
static const char *trials_model_span(trials_trial_t *trial, trials_span_t span);
static void        trials_model_fact(trials_trial_t *trial, xmlNodePtr facts,
                                     const char *label, const char *text);
static size_t      trials_model_ncountries(const trials_study_t *study);


void
trials_model_head(trials_trial_t *trial)
{
    size_t                i;
    xmlNodePtr            node;
    const trials_study_t *study;

    study = trial->study;

    trials_tree_set(trial, trial->root, "id", study->id);
    trials_tree_set(trial, trial->root, "base", trial->page->base);
    trials_tree_set(trial, trial->root, "site", trial->page->site_name);
    trials_tree_set(
        trial, trial->root, "noun",
        study->study_type == TRIALS_STUDY_TYPE_EXPANDED_ACCESS ? "program"
        : study->study_type == TRIALS_STUDY_TYPE_OBSERVATIONAL ? "study"
                                                               : "trial");

    trials_tree_text(trial, trial->root, "title",
                     study->brief_title.len ? study->brief_title
                                            : study->official_title);

    if (study->brief_title.len) {
        trials_tree_text(trial, trial->root, "official", study->official_title);
    }

    trials_tree_text(trial, trial->root, "acronym", study->acronym);
    trials_tree_text(trial, trial->root, "sponsor", study->lead_sponsor.name);

    for (i = 0; i < study->nconditions; i++) {
        trials_tree_text(trial, trial->root, "condition", study->conditions[i]);
    }

    trials_tree_word(trial, trial->root, "badge",
                     trials_word_status(study->status));
    trials_tree_word(trial, trial->root, "badge", trials_word_phase(study));
    trials_tree_word(trial, trial->root, "badge",
                     trials_word_type(study->study_type));

    node = trials_tree_add(trial, trial->root, "status");
    trials_tree_set(trial, node, "open",
                    trials_status_open(study->status) ? "1" : "0");
    trials_tree_word(trial, node, "label", trials_word_status(study->status));
    trials_tree_word(trial, node, "why", trials_word_status_why(study->status));
    trials_model_prose(trial, node, "stopped", study->why_stopped);
}


void
trials_model_warnings(trials_trial_t *trial)
{
    int                   open;
    long                  months;
    xmlNodePtr            fresh;
    const trials_study_t *study;

    study = trial->study;
    open = trials_status_open(study->status);
    fresh = trials_tree_add(trial, trial->root, "fresh");

    trials_model_fact(trial, fresh, "The team last confirmed the record",
                      trials_date_say(trial, study->verified));
    trials_model_fact(trial, fresh, "The record was last changed",
                      trials_date_say(trial, study->last_update_posted));
    trials_model_fact(trial, fresh, "The registry processed it",
                      trials_date_say(trial, study->version_holder));
    trials_model_fact(
        trial, fresh, "We checked it",
        trials_date_say(trial, trials_date_of(trial->facts.checked)));

    if (trial->today.year == 0) {
        return;
    }

    months = study->verified.year
                 ? trials_date_months(study->verified, trial->today)
                 : 0;

    if (open && months >= 6) {
        trials_tree_word(trial, fresh, "warning",
                         months >= 12
                             ? "Nobody has confirmed this record for a year or "
                               "more. Ask the team if it is still open."
                             : "Nobody has confirmed this record for six "
                               "months or more. Ask the team if it is still "
                               "open.");
    }

    if (open && trials_date_passed(study->completion, trial->today)) {
        trials_tree_word(trial, fresh, "warning",
                         "The end date in the record has passed, but the "
                         "record still says that it is open. Ask the team.");
    }
}


void
trials_model_facts(trials_trial_t *trial)
{
    size_t                countries;
    xmlNodePtr            facts;
    const char           *people;
    const trials_study_t *study;

    study = trial->study;
    facts = trials_tree_add(trial, trial->root, "facts");

    trials_model_fact(trial, facts, "Status",
                      trials_word_status(study->status));
    trials_model_fact(trial, facts, "Phase", trials_word_phase(study));
    trials_model_fact(trial, facts, "Kind",
                      trials_word_type(study->study_type));
    trials_model_fact(trial, facts, "Purpose",
                      trials_word_purpose(study->primary_purpose));
    trials_model_fact(trial, facts, "Ages", trials_model_ages(trial));

    if (study->sex != TRIALS_SEX_NONE) {
        trials_model_fact(trial, facts, "Sex",
                          study->sex == TRIALS_SEX_FEMALE ? "Female only"
                          : study->sex == TRIALS_SEX_MALE ? "Male only"
                                                          : "Any sex");
    }

    if (study->healthy_volunteers != TRIALS_UNSAID) {
        trials_model_fact(trial, facts, "Healthy people",
                          study->healthy_volunteers == TRIALS_YES
                              ? "May take part"
                              : "May not take part");
    }

    if (study->enrollment >= 0) {
        people = study->enrollment == 1 ? "person" : "people";
        trials_model_fact(
            trial, facts, "How many people",
            study->enrollment_type == TRIALS_DATE_ESTIMATED
                ? trials_trial_printf(trial, "%ld %s planned",
                                      study->enrollment, people)
            : study->enrollment_type == TRIALS_DATE_ACTUAL
                ? trials_trial_printf(trial, "%ld %s took part or joined",
                                      study->enrollment, people)
                : trials_trial_printf(trial, "%ld %s", study->enrollment,
                                      people));
    }

    trials_model_fact(trial, facts, "Start",
                      trials_model_date(trial, study->start));
    trials_model_fact(trial, facts, "End",
                      trials_model_date(trial, study->completion));

    if (study->target_duration.unit) {
        trials_model_fact(trial, facts, "Each person is followed for",
                          trials_model_span(trial, study->target_duration));
    }

    if (study->nlocations) {
        countries = trials_model_ncountries(study);
        trials_model_fact(
            trial, facts, "Places",
            trials_trial_printf(trial, "%zu %s in %zu %s", study->nlocations,
                                study->nlocations == 1 ? "place" : "places",
                                countries,
                                countries == 1 ? "country" : "countries"));
    }

    trials_tree_attr(trial, trials_tree_add(trial, facts, "fact"), "text",
                     study->lead_sponsor.name);

    if (facts && facts->last) {
        trials_tree_set(trial, facts->last, "label", "Run by");
    }
}


void
trials_model_stage(trials_trial_t *trial)
{
    xmlNodePtr            stage;
    const trials_study_t *study;

    study = trial->study;
    stage = trials_tree_add(trial, trial->root, "stage");

    trials_tree_word(trial, stage, "p", trials_word_phase_why(study));

    if (study->study_type == TRIALS_STUDY_TYPE_OBSERVATIONAL) {
        trials_tree_word(trial, stage, "p",
                         "The researchers watch and measure. They do not "
                         "choose a treatment for anybody.");
        trials_tree_word(trial, stage, "p",
                         trials_word_observation(study->observational_model));

        if (study->patient_registry == TRIALS_YES) {
            trials_tree_word(trial, stage, "p",
                             "It is a patient registry: a list of people with "
                             "a disease that is kept for research.");
        }

    } else if (study->study_type == TRIALS_STUDY_TYPE_EXPANDED_ACCESS) {
        trials_tree_word(trial, stage, "p",
                         "It lets people have a treatment that is not approved "
                         "yet, when no other treatment is left and they cannot "
                         "join a trial. A doctor has to ask for it.");

    } else if (study->nphases == 1 && study->phases[0] == TRIALS_PHASE_NA) {
        trials_tree_word(trial, stage, "p",
                         "Phases are used for medicines. This record names "
                         "none.");
    }

    if (study->status != TRIALS_STATUS_NONE) {
        trials_tree_word(trial, stage, "p",
                         trials_word_status_why(study->status));
    }
}


static void
trials_model_fact(trials_trial_t *trial, xmlNodePtr facts, const char *label,
                  const char *text)
{
    xmlNodePtr node;

    if (text == NULL || text[0] == '\0') {
        return;
    }

    node = trials_tree_add(trial, facts, "fact");
    trials_tree_set(trial, node, "label", label);
    trials_tree_set(trial, node, "text", text);
}


static const char *
trials_model_date(trials_trial_t *trial, trials_date_t date)
{
    if (date.year == 0) {
        return NULL;
    }

    return trials_trial_printf(trial, "%s%s", trials_date_say(trial, date),
                               date.type == TRIALS_DATE_ESTIMATED ? " (planned)"
                                                                  : "");
}


static const char *
trials_model_span(trials_trial_t *trial, trials_span_t span)
{
    return trials_trial_printf(trial, "%ld %s%s", span.count,
                               trials_word_unit(span.unit),
                               span.count == 1 ? "" : "s");
}


static const char *
trials_model_ages(trials_trial_t *trial)
{
    const trials_study_t *study;

    study = trial->study;

    if (study->minimum_age.unit && study->maximum_age.unit) {
        return trials_trial_printf(
            trial, "%s to %s", trials_model_span(trial, study->minimum_age),
            trials_model_span(trial, study->maximum_age));
    }

    if (study->minimum_age.unit) {
        return trials_trial_printf(
            trial, "%s and older",
            trials_model_span(trial, study->minimum_age));
    }

    if (study->maximum_age.unit) {
        return trials_trial_printf(
            trial, "Up to %s", trials_model_span(trial, study->maximum_age));
    }

    return "The record sets no limit";
}


static size_t
trials_model_ncountries(const trials_study_t *study)
{
    size_t i, j, n;

    for (i = 0, n = 0; i < study->nlocations; i++) {
        for (j = 0; j < i; j++) {
            if (study->locations[i].country.len
                    == study->locations[j].country.len
                && memcmp(study->locations[i].country.data
                              ? study->locations[i].country.data
                              : "",
                          study->locations[j].country.data
                              ? study->locations[j].country.data
                              : "",
                          study->locations[i].country.len)
                       == 0)
            {
                break;
            }
        }

        n += j == i;
    }

    return n;
}
