/* What happens in the trial: groups, who knows, placebo, what is measured. */

#include "core/page/trial.h"

#include "core/registry/enums.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>


static void trials_design_groups(trials_trial_t *trial, xmlNodePtr node);
static void trials_design_masking(trials_trial_t *trial, xmlNodePtr node);
static void trials_design_placebo(trials_trial_t *trial, xmlNodePtr node);
static void trials_design_arms(trials_trial_t *trial, xmlNodePtr node);
static const char             *
trials_design_arm(trials_trial_t *trial, const trials_arm_t *arm);
static void trials_model_outcomes(trials_trial_t *trial, const char *label,
                                  const trials_outcome_t *outcomes, size_t n);
static int  trials_arm_is(const trials_arm_t *arm, trials_arm_type_t type,
                          int (*named)(trials_str_t));
static int  trials_name_is(trials_str_t name, const char *word);
static trials_str_t trials_ratio(trials_str_t text, size_t n, size_t *one_in);


void
trials_model_design(trials_trial_t *trial)
{
    xmlNodePtr            node;
    trials_tree_t        *tree;
    const trials_study_t *study;

    study = trial->study;
    tree = trial->tree;
    node = trials_tree_add(tree, tree->root, "design");

    if (study->study_type == TRIALS_STUDY_TYPE_OBSERVATIONAL) {
        trials_tree_set(tree, node, "watches", "1");
    }

    trials_design_groups(trial, node);
    trials_design_masking(trial, node);
    trials_design_placebo(trial, node);
    trials_model_prose(trial, node, "description",
                       study->intervention_model_description);
    trials_model_prose(trial, node, "masking", study->masking_description);
    trials_design_arms(trial, node);
    trials_model_time(trial);
    trials_model_outcomes(trial, "outcomes.primary", study->primary_outcomes,
                          study->nprimary_outcomes);
    trials_model_outcomes(trial, "outcomes.secondary",
                          study->secondary_outcomes,
                          study->nsecondary_outcomes);
    trials_model_outcomes(trial, "outcomes.other", study->other_outcomes,
                          study->nother_outcomes);
}


/* How many groups, who is in which, and how they are compared. */

static void
trials_design_groups(trials_trial_t *trial, xmlNodePtr node)
{
    trials_tree_t        *tree;
    const trials_study_t *study;

    study = trial->study;
    tree = trial->tree;

    if (study->narms > 1) {
        trials_model_p(
            trial, node,
            trials_say_count(tree, "design.groups", study->narms, NULL));
    }

    /* "One group" beside several arms would contradict them. */

    if (study->narms < 2
        || study->intervention_model != TRIALS_MODEL_SINGLE_GROUP) {
        trials_model_p(trial, node,
                       trials_say_value(tree, "model", trials_model_names,
                                        (int) study->intervention_model));
    }

    if (study->allocation == TRIALS_ALLOCATION_RANDOMIZED) {
        trials_model_p(trial, node, trials_say(tree, "design.random", NULL));
    } else if (study->allocation == TRIALS_ALLOCATION_NON_RANDOMIZED) {
        trials_model_p(trial, node,
                       trials_say(tree, "design.not-random", NULL));
    }
}


static void
trials_design_masking(trials_trial_t *trial, xmlNodePtr node)
{
    size_t                i, n;
    const char           *who[8];
    trials_tree_t        *tree;
    const trials_study_t *study;

    study = trial->study;
    tree = trial->tree;

    if (study->masking == TRIALS_MASKING_OPEN) {
        trials_model_p(trial, node, trials_say(tree, "masking.open", NULL));
        return;
    }

    for (i = 0, n = 0; i < study->nwho_masked && n < 8; i++) {
        who[n] = trials_say_value(tree, "masked", trials_masked_names,
                                  (int) study->who_masked[i]);
        n += who[n] != NULL;
    }

    if (n) {
        trials_model_p(trial, node,
                       trials_say(tree, "masking.who", "who",
                                  trials_say_list(tree, who, n), NULL));
    } else if (study->masking != TRIALS_MASKING_NONE) {
        trials_model_p(trial, node, trials_say(tree, "masking.some", NULL));
    }
}


static void
trials_design_placebo(trials_trial_t *trial, xmlNodePtr node)
{
    const char      *groups;
    trials_tree_t   *tree;
    trials_placebo_t placebo;

    tree = trial->tree;
    trials_study_placebo(trial, &placebo);
    groups = trials_say_number(tree, trial->study->narms);

    if (placebo.narms && trial->study->narms > 1) {
        trials_model_p(trial, node,
                       trials_say_count(tree, "placebo.groups", placebo.narms,
                                        "groups", groups, NULL));
    } else if (placebo.used) {
        trials_model_p(trial, node, trials_say(tree, "placebo.used", NULL));
    }

    if (placebo.used) {
        trials_model_p(trial, node, trials_say(tree, "placebo.what", NULL));
    }

    if (placebo.nshams && trial->study->narms > 1) {
        trials_model_p(trial, node,
                       trials_say_count(tree, "sham.groups", placebo.nshams,
                                        "groups", groups, NULL));
    } else if (placebo.sham) {
        trials_model_p(trial, node, trials_say(tree, "sham.used", NULL));
    }

    if (placebo.sham) {
        trials_model_p(trial, node, trials_say(tree, "sham.what", NULL));
    }

    if (placebo.one_in) {
        trials_model_p(trial, node,
                       trials_say(tree, "design.one-in", "n",
                                  trials_say_number(tree, placebo.one_in),
                                  NULL));
    } else if (placebo.ratio.len) {
        trials_model_p(trial, node,
                       trials_say(tree, "design.ratio", "ratio",
                                  placebo.ratio.data, NULL));
    }
}


static void
trials_design_arms(trials_trial_t *trial, xmlNodePtr node)
{
    size_t              i, j;
    xmlNodePtr          arm;
    const trials_arm_t *item;

    for (i = 0; i < trial->study->narms; i++) {
        item = &trial->study->arms[i];
        arm = trials_tree_add(trial->tree, node, "arm");

        if (item->label.len) {
            trials_tree_attr(trial->tree, arm, "label", item->label);
        } else {
            trials_tree_set(trial->tree, arm, "label",
                            trials_say(trial->tree, "arm.unnamed", "n",
                                       trials_say_number(trial->tree, i + 1),
                                       NULL));
        }

        trials_tree_set(trial->tree, arm, "kind",
                        trials_design_arm(trial, item));

        for (j = 0; j < item->nintervention_names; j++) {
            trials_tree_text(trial->tree, arm, "gets",
                             item->intervention_names[j]);
        }

        trials_model_prose(trial, arm, "description", item->description);
    }
}


static const char *
trials_design_arm(trials_trial_t *trial, const trials_arm_t *arm)
{
    if (trials_arm_is(arm, TRIALS_ARM_PLACEBO_COMPARATOR, trials_is_placebo)) {
        return trials_say(trial->tree, "arm.placebo-comparator", NULL);
    }

    if (trials_arm_is(arm, TRIALS_ARM_SHAM_COMPARATOR, trials_is_sham)) {
        return trials_say(trial->tree, "arm.sham-comparator", NULL);
    }

    return trials_say_maybe(trial->tree, "arm", trials_arm_names,
                            (int) arm->type);
}


/* By its type, or, where the record gives none, by its label. */

static int
trials_arm_is(const trials_arm_t *arm, trials_arm_type_t type,
              int (*named)(trials_str_t))
{
    return arm->type == type
           || ((arm->type == TRIALS_ARM_NONE || arm->type == TRIALS_ARM_OTHER)
               && named(arm->label));
}


/* A name that is a placebo's, and not that of a comparison with one. */

int
trials_is_placebo(trials_str_t name)
{
    return trials_name_is(name, "placebo");
}


int
trials_is_sham(trials_str_t name)
{
    return trials_name_is(name, "sham");
}


static int
trials_name_is(trials_str_t name, const char *word)
{
    size_t      i, len;
    const char *p;

    static const char *const other[] = {" or ",  "/",          "+",     " vs",
                                        " and ", "controlled", " plus "};

    len = strlen(word);
    p = name.len ? strcasestr(name.data, word) : NULL;

    if (p == NULL || (p != name.data && isalnum((unsigned char) p[-1]))
        || isalnum((unsigned char) p[len]))
    {
        return 0;
    }

    for (i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
        if (strcasestr(name.data, other[i])) {
            return 0;
        }
    }

    return 1;
}


/*
 * The chance is only what the record's own ratio says, and only where its parts
 * are equal: in "2:1" it does not say which group the 2 belongs to.
 */

void
trials_study_placebo(trials_trial_t *trial, trials_placebo_t *placebo)
{
    size_t                i, one_in;
    trials_str_t          ratio;
    const trials_study_t *study;

    study = trial->study;
    memset(placebo, 0, sizeof(trials_placebo_t));

    for (i = 0; i < study->narms; i++) {
        placebo->narms += trials_arm_is(
            &study->arms[i], TRIALS_ARM_PLACEBO_COMPARATOR, trials_is_placebo);
        placebo->nshams += trials_arm_is(
            &study->arms[i], TRIALS_ARM_SHAM_COMPARATOR, trials_is_sham);
    }

    placebo->used = placebo->narms > 0;
    placebo->sham = placebo->nshams > 0;

    for (i = 0; i < study->ninterventions; i++) {
        placebo->used |= trials_is_placebo(study->interventions[i].name);
        placebo->sham |= trials_is_sham(study->interventions[i].name);
    }

    if (study->allocation != TRIALS_ALLOCATION_RANDOMIZED || study->narms < 2) {
        return;
    }

    ratio = trials_ratio(study->intervention_model_description, study->narms,
                         &one_in);

    if (ratio.len == 0) {
        ratio = trials_ratio(study->brief_summary, study->narms, &one_in);
    }

    if (ratio.len == 0) {
        ratio =
            trials_ratio(study->detailed_description, study->narms, &one_in);
    }

    placebo->ratio.len = ratio.len;
    placebo->ratio.data =
        ratio.len
            ? trials_arena_strdup(trial->arena, ratio.data, ratio.len).data
            : NULL;
    placebo->one_in = ratio.len ? one_in : 0;

    if (ratio.len && placebo->ratio.data == NULL) {
        trials_tree_fail(trial->tree, TRIALS_NOMEM, "out of memory");
        placebo->ratio.len = 0;
    }
}


/*
 * The first "1:1" or "2:1:1" of a text that speaks of randomizing near it, with
 * as many parts as there are groups; *one_in is their number where all are 1,
 * else 0.  Nothing where a second ratio differs: then parts of the trial do.
 */

static trials_str_t
trials_ratio(trials_str_t text, size_t n, size_t *one_in)
{
    size_t       parts, i;
    const char  *p, *start, *end;
    trials_str_t found = {0, NULL};
    int          equal;

    *one_in = 0;

    if (text.len == 0 || strcasestr(text.data, "random") == NULL) {
        return found;
    }

    end = text.data + text.len;

    for (p = text.data; p < end; p++) {
        if (!isdigit((unsigned char) *p)
            || (p > text.data
                && (isalnum((unsigned char) p[-1]) || strchr(":.,-/", p[-1]))))
        {
            continue;
        }

        for (start = p, parts = 1, equal = *p == '1';
             p + 2 < end && isdigit((unsigned char) p[0]) && p[1] == ':'
             && isdigit((unsigned char) p[2]);
             p += 2)
        {
            parts++;
            equal &= p[2] == '1';
        }

        if (parts != n || isdigit((unsigned char) p[1]) || p[1] == ':') {
            continue;
        }

        i = (size_t) (p + 1 - start);

        if (found.len && (found.len != i || memcmp(found.data, start, i) != 0))
        {
            found.len = 0;
            *one_in = 0;
            return found;
        }

        found.data = start;
        found.len = i;
        *one_in = equal ? parts : 0;
    }

    return found;
}


static void
trials_model_outcomes(trials_trial_t *trial, const char *label,
                      const trials_outcome_t *outcomes, size_t n)
{
    size_t     i;
    xmlNodePtr list, node;

    if (n == 0) {
        return;
    }

    list = trials_tree_add(trial->tree, trial->tree->root, "outcomes");
    trials_tree_set(trial->tree, list, "label",
                    trials_say(trial->tree, label, NULL));
    trials_tree_number(trial->tree, list, "n", n);

    for (i = 0; i < n; i++) {
        node = trials_tree_add(trial->tree, list, "outcome");
        trials_model_field(trial, node, "measure", outcomes[i].measure);
        trials_model_field(trial, node, "when", outcomes[i].time_frame);
        trials_model_prose(trial, node, "description", outcomes[i].description);
    }
}


void
trials_model_treatments(trials_trial_t *trial)
{
    size_t                       i, j;
    xmlNodePtr                   node;
    trials_tree_t               *tree;
    const trials_intervention_t *item;

    tree = trial->tree;

    for (i = 0; i < trial->study->ninterventions; i++) {
        item = &trial->study->interventions[i];
        node = trials_tree_add(tree, tree->root, "treatment");
        trials_tree_attr(tree, node, "name", item->name);

        /* The registry files a placebo under what it imitates. */

        trials_tree_set(tree, node, "kind",
                        trials_is_placebo(item->name)
                            ? trials_say(tree, "treatment.placebo", NULL)
                        : trials_is_sham(item->name)
                            ? trials_say(tree, "treatment.sham", NULL)
                            : trials_say_value(tree, "treatment",
                                               trials_intervention_names,
                                               (int) item->type));

        for (j = 0; j < item->nother_names; j++) {
            trials_tree_text(tree, node, "other", item->other_names[j]);
        }

        for (j = 0; j < item->narm_labels; j++) {
            trials_tree_text(tree, node, "group", item->arm_labels[j]);
        }

        trials_model_prose(trial, node, "description", item->description);
    }
}
