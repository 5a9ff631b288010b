/* What stage of research this is, and who watches over it. */

#include "core/page/trial.h"

#include "core/registry/enums.h"

#include <stdio.h>
#include <string.h>


#define TRIALS_AUTHORITIES 5 /* named one by one */


static void trials_stage_phases(trials_trial_t *trial, xmlNodePtr stage);
static void trials_stage_observational(trials_trial_t *trial, xmlNodePtr stage);
static void trials_stage_access(trials_trial_t *trial, xmlNodePtr stage);
static void trials_stage_size(trials_trial_t *trial, xmlNodePtr stage);
static void
trials_oversight_countries(trials_trial_t *trial, xmlNodePtr node, int us);
static int trials_oversight_medical(const trials_study_t *study);


void
trials_model_stage(trials_trial_t *trial)
{
    xmlNodePtr            stage;
    trials_tree_t        *tree;
    const trials_study_t *study;

    study = trial->study;
    tree = trial->tree;
    stage = trials_tree_add(tree, tree->root, "stage");

    switch (study->study_type) {
    case TRIALS_STUDY_TYPE_OBSERVATIONAL:
        trials_stage_observational(trial, stage);
        break;
    case TRIALS_STUDY_TYPE_EXPANDED_ACCESS:
        trials_stage_access(trial, stage);
        break;
    case TRIALS_STUDY_TYPE_INTERVENTIONAL:
        trials_stage_phases(trial, stage);
        break;
    default:
        break;
    }

    trials_stage_size(trial, stage);

    if (study->has_expanded_access == TRIALS_YES) {
        trials_model_p(trial, stage, trials_say(tree, "stage.access", NULL));
    }

    trials_model_prose(trial, stage, "stopped", study->why_stopped);
}


/* What each phase asks; never more than the record's phase says. */

static void
trials_stage_phases(trials_trial_t *trial, xmlNodePtr stage)
{
    size_t                i, n;
    trials_tree_t        *tree;
    const trials_study_t *study;

    study = trial->study;
    tree = trial->tree;

    for (i = 0, n = 0; i < study->nphases; i++) {
        n += study->phases[i] != TRIALS_PHASE_NA
             && study->phases[i] != TRIALS_PHASE_NONE;
    }

    if (n == 0) {
        trials_model_p(
            trial, stage,
            trials_say(tree,
                       study->nphases ? "stage.no-phase" : "stage.phase-unsaid",
                       NULL));
        return;
    }

    if (n > 1) {
        trials_model_p(trial, stage,
                       trials_say_count(tree, "stage.joined", n, NULL));
    }

    for (i = 0; i < study->nphases; i++) {
        if (study->phases[i] != TRIALS_PHASE_NA) {
            trials_model_p(trial, stage,
                           trials_say_value(tree, "phase.why",
                                            trials_phase_names,
                                            (int) study->phases[i]));
        }
    }
}


static void
trials_stage_observational(trials_trial_t *trial, xmlNodePtr stage)
{
    trials_tree_t        *tree;
    const trials_study_t *study;

    study = trial->study;
    tree = trial->tree;

    trials_model_p(trial, stage, trials_say(tree, "stage.observational", NULL));

    if (study->patient_registry == TRIALS_YES) {
        trials_model_p(trial, stage, trials_say(tree, "stage.registry", NULL));
    }

    trials_model_p(trial, stage,
                   trials_say_value(tree, "observation",
                                    trials_observation_names,
                                    (int) study->observational_model));
    trials_model_p(trial, stage,
                   trials_say_value(tree, "time", trials_time_names,
                                    (int) study->time_perspective));
    trials_model_p(trial, stage,
                   trials_say_value(tree, "biospec", trials_biospec_names,
                                    (int) study->biospec));
}


static void
trials_stage_access(trials_trial_t *trial, xmlNodePtr stage)
{
    trials_tree_t        *tree;
    const trials_study_t *study;

    study = trial->study;
    tree = trial->tree;

    trials_model_p(trial, stage, trials_say(tree, "stage.program", NULL));

    if (study->access_individual == TRIALS_YES) {
        trials_model_p(trial, stage,
                       trials_say(tree, "stage.access-individual", NULL));
    }

    if (study->access_intermediate == TRIALS_YES) {
        trials_model_p(trial, stage,
                       trials_say(tree, "stage.access-intermediate", NULL));
    }

    if (study->access_treatment == TRIALS_YES) {
        trials_model_p(trial, stage,
                       trials_say(tree, "stage.access-treatment", NULL));
    }
}


static void
trials_stage_size(trials_trial_t *trial, xmlNodePtr stage)
{
    const char           *id;
    const trials_study_t *study;

    study = trial->study;

    if (study->enrollment < 0 || study->status == TRIALS_STATUS_WITHHELD) {
        return;
    }

    if (study->enrollment_type == TRIALS_DATE_ACTUAL) {
        id = study->enrollment == 0 ? "stage.nobody" : "stage.joined-people";
    } else if (study->enrollment_type == TRIALS_DATE_ESTIMATED) {
        id = "stage.plans-people";
    } else {
        id = "stage.people";
    }

    if (study->enrollment == 0) {
        if (study->enrollment_type == TRIALS_DATE_ACTUAL) {
            trials_model_p(trial, stage, trials_say(trial->tree, id, NULL));
        }

        return;
    }

    trials_model_p(
        trial, stage,
        trials_say_count(trial->tree, id, (size_t) study->enrollment, NULL));
}


/* US rules are named only where the record says that they hold. */

void
trials_model_oversight(trials_trial_t *trial)
{
    int                   us, fda;
    size_t                i;
    xmlNodePtr            node;
    trials_tree_t        *tree;
    const trials_study_t *study;

    study = trial->study;
    tree = trial->tree;
    node = trials_tree_add(tree, tree->root, "oversight");
    fda = study->fda_regulated_drug == TRIALS_YES
          || study->fda_regulated_device == TRIALS_YES;

    for (i = 0, us = 0; i < study->nlocations; i++) {
        us |= study->locations[i].country.data
              && strcmp(study->locations[i].country.data, "United States") == 0;
    }

    if (fda) {
        trials_model_p(
            trial, node,
            trials_say(tree,
                       study->fda_regulated_drug == TRIALS_YES
                               && study->fda_regulated_device == TRIALS_YES
                           ? "oversight.fda-both"
                       : study->fda_regulated_drug == TRIALS_YES
                           ? "oversight.fda-drug"
                           : "oversight.fda-device",
                       NULL));
    } else if (study->fda_regulated_drug == TRIALS_NO
               && study->fda_regulated_device == TRIALS_NO)
    {
        trials_model_p(trial, node, trials_say(tree, "oversight.no-fda", NULL));
    }

    if (study->unapproved_device == TRIALS_YES) {
        trials_model_p(trial, node,
                       trials_say(tree, "oversight.unapproved", NULL));
    }

    if (study->us_export == TRIALS_YES) {
        trials_model_p(trial, node, trials_say(tree, "oversight.export", NULL));
    }

    trials_oversight_countries(trial, node, us);

    if (study->has_dmc == TRIALS_YES) {
        trials_model_p(trial, node, trials_say(tree, "oversight.dmc", NULL));
    } else if (study->has_dmc == TRIALS_NO) {
        trials_model_p(trial, node, trials_say(tree, "oversight.no-dmc", NULL));
    }

    if (study->fdaaa801_violation == TRIALS_YES) {
        trials_model_p(trial, node,
                       trials_say(tree, "oversight.violation", NULL));
    }

    trials_model_prose(trial, node, "data", study->ipd_description);
    trials_tree_set(tree, node, "sharing",
                    trials_say_maybe(tree, "ipd", trials_ipd_names,
                                     (int) study->ipd_sharing));
}


/* The authority for medicines and devices of each country with a site, where
 * the catalogue knows it: authority.COUNTRY. */

static void
trials_oversight_countries(trials_trial_t *trial, xmlNodePtr node, int us)
{
    char                  id[80];
    size_t                i, j, n;
    const char           *names[TRIALS_AUTHORITIES], *name;
    const trials_study_t *study;

    study = trial->study;

    if (!trials_oversight_medical(study)) {
        return;
    }

    for (i = 0, n = 0; i < study->nlocations && n < TRIALS_AUTHORITIES; i++) {
        (void) snprintf(id, sizeof(id), "authority.%.64s",
                        study->locations[i].country.data
                            ? study->locations[i].country.data
                            : "-");

        for (j = 0; id[j] != '\0'; j++) {
            id[j] = id[j] == ' '                   ? '-'
                    : id[j] >= 'A' && id[j] <= 'Z' ? (char) (id[j] | 0x20)
                                                   : id[j];
        }

        name = trials_words_find(trial->tree->words, id);

        for (j = 0; name && j < n; j++) {
            name = name == names[j] ? NULL : name;
        }

        if (name) {
            names[n++] = name;
        }
    }

    if (n) {
        trials_model_p(
            trial, node,
            trials_say_count(trial->tree, "oversight.authority", n, "names",
                             trials_say_list(trial->tree, names, n), NULL));
    } else if (study->nlocations && !us) {
        trials_model_p(trial, node,
                       trials_say(trial->tree, "oversight.country", NULL));
    }
}


static int
trials_oversight_medical(const trials_study_t *study)
{
    size_t i;

    for (i = 0; i < study->ninterventions; i++) {
        switch (study->interventions[i].type) {
        case TRIALS_INTERVENTION_BIOLOGICAL:
        case TRIALS_INTERVENTION_COMBINATION_PRODUCT:
        case TRIALS_INTERVENTION_DEVICE:
        case TRIALS_INTERVENTION_DRUG:
        case TRIALS_INTERVENTION_GENETIC:
            return study->study_type != TRIALS_STUDY_TYPE_OBSERVATIONAL;
        default:
            break;
        }
    }

    return 0;
}
