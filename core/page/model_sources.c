/* Results, reading, and where all of it comes from. */

#include "core/page/trial.h"

#include "core/registry/enums.h"

#include <stdio.h>
#include <string.h>


/* Official sources that fit a field, found by the record's conditions. */

typedef struct {
    const char *id; /* source.ID is its name */
    const char *url;
    const char *words; /* in conditions and their terms */
} trials_source_t;


static void trials_sources_reading(trials_trial_t *trial);
static void trials_sources_official(trials_trial_t *trial);
static int  trials_sources_fits(const trials_study_t *study, const char *words);
static int  trials_sources_in(const trials_study_t *study, const char *country);
static trials_str_t
            trials_link_label(trials_trial_t *trial, const trials_link_t *link);
static int  trials_link_is_url(trials_str_t url);
static void trials_sources_cite(trials_trial_t *trial);


static const trials_source_t trials_sources[] = {
    {"cancer", "https://www.cancer.gov/research/participate/clinical-trials",
     "cancer|carcinoma|neoplasm|lymphoma|leukemia|leukaemia|melanoma|myeloma|"
     "glioma|glioblastoma|sarcoma|tumor|tumour|malignan"},
    {"hiv", "https://clinicalinfo.hiv.gov/", "hiv|aids|acquired immunodefic"},
    {"dementia", "https://www.alzheimers.gov/",
     "alzheimer|dementia|cognitive impairment"},
    {"heart", "https://www.nhlbi.nih.gov/",
     "heart|cardiac|cardio|coronary|myocard|hypertension|asthma|copd|atrial"},
    {"diabetes", "https://www.niddk.nih.gov/", "diabet|kidney|renal|obes"},
    {"neuro", "https://www.ninds.nih.gov/",
     "amyotrophic|parkinson|epilep|multiple sclerosis|stroke|migraine|"
     "neuropath|muscular dystroph|huntington"},
    {"mental", "https://www.nimh.nih.gov/",
     "depress|schizophren|bipolar|anxiety|autis|ptsd|psychosis"},
};


void
trials_model_sources(trials_trial_t *trial)
{
    xmlNodePtr            node;
    trials_tree_t        *tree;
    const trials_study_t *study;

    study = trial->study;
    tree = trial->tree;

    if (study->has_results == TRIALS_YES) {
        node = trials_tree_add(tree, tree->root, "results");
        trials_tree_set(
            tree, node, "text",
            study->results_first_posted.year
                ? trials_say(tree, "results.posted", "date",
                             trials_say_date(tree, study->results_first_posted),
                             NULL)
                : trials_say(tree, "results.there", NULL));
    }

    trials_sources_reading(trial);
    trials_sources_official(trial);
    trials_sources_cite(trial);
}


static void
trials_sources_reading(trials_trial_t *trial)
{
    size_t                i;
    xmlNodePtr            node;
    trials_tree_t        *tree;
    const trials_study_t *study;

    study = trial->study;
    tree = trial->tree;

    for (i = 0; i < study->nreferences; i++) {
        node = trials_tree_text(tree, tree->root, "reference",
                                study->references[i].citation);
        trials_tree_attr(tree, node, "pmid", study->references[i].pmid);
        trials_tree_set(tree, node, "kind",
                        trials_say_value(tree, "reference",
                                         trials_reference_names,
                                         (int) study->references[i].type));

        if (study->references[i].type != TRIALS_REFERENCE_BACKGROUND) {
            trials_tree_set(tree, node, "own", "1");
        }

        if (study->references[i].retracted) {
            trials_tree_set(tree, node, "retracted", "1");
        }
    }

    for (i = 0; i < study->nlinks; i++) {
        node = trials_tree_add(tree, tree->root, "link");
        trials_tree_attr(tree, node, "label",
                         trials_link_label(trial, &study->links[i]));
        trials_tree_attr(tree, node, "url", study->links[i].url);

        if (trials_link_is_url(study->links[i].url)) {
            trials_tree_set(tree, node, "safe", "1");
        }
    }

    for (i = 0; i < study->ndocuments; i++) {
        node = trials_tree_text(tree, tree->root, "document",
                                study->documents[i].label);

        if (study->documents[i].date.year) {
            trials_tree_set(tree, node, "date",
                            trials_say_date(tree, study->documents[i].date));
        }
    }
}


static void
trials_sources_official(trials_trial_t *trial)
{
    char           id[32];
    size_t         i;
    xmlNodePtr     node;
    trials_tree_t *tree;

    tree = trial->tree;

    for (i = 0; i < sizeof(trials_sources) / sizeof(trials_sources[0]); i++) {
        if (!trials_sources_fits(trial->study, trials_sources[i].words)) {
            continue;
        }

        (void) snprintf(id, sizeof(id), "source.%s", trials_sources[i].id);
        node = trials_tree_word(tree, tree->root, "source",
                                trials_say(tree, id, NULL));
        trials_tree_set(tree, node, "url", trials_sources[i].url);
    }

    if (trials_sources_in(trial->study, "United Kingdom")) {
        node = trials_tree_word(tree, tree->root, "source",
                                trials_say(tree, "source.uk", NULL));
        trials_tree_set(tree, node, "url",
                        "https://bepartofresearch.nihr.ac.uk/");
    }

    if (trials_sources_in(trial->study, "Germany")
        || trials_sources_in(trial->study, "France")
        || trials_sources_in(trial->study, "Spain")
        || trials_sources_in(trial->study, "Italy"))
    {
        node = trials_tree_word(tree, tree->root, "source",
                                trials_say(tree, "source.eu", NULL));
        trials_tree_set(tree, node, "url", "https://euclinicaltrials.eu/");
    }
}


static int
trials_sources_fits(const trials_study_t *study, const char *words)
{
    size_t i;

    for (i = 0; i < study->nconditions; i++) {
        if (trials_str_mentions(study->conditions[i], words)) {
            return 1;
        }
    }

    for (i = 0; i < study->ncondition_terms; i++) {
        if (trials_str_mentions(study->condition_terms[i], words)) {
            return 1;
        }
    }

    return 0;
}


static int
trials_sources_in(const trials_study_t *study, const char *country)
{
    size_t i;

    for (i = 0; i < study->nlocations; i++) {
        if (study->locations[i].country.data
            && strcmp(study->locations[i].country.data, country) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* Title, number, registry, version of the record, address, day. */

static void
trials_sources_cite(trials_trial_t *trial)
{
    const char           *version, *title;
    trials_tree_t        *tree;
    const trials_study_t *study;

    study = trial->study;
    tree = trial->tree;
    version =
        study->last_update_posted.year
            ? trials_say(tree, "cite.version", "date",
                         trials_say_date(tree, study->last_update_posted), NULL)
            : "";
    title = study->brief_title.len      ? study->brief_title.data
            : study->official_title.len ? study->official_title.data
                                        : study->id;

    trials_tree_word(
        tree, tree->root, "cite",
        trials_say(
            tree, trial->facts.checked ? "cite.checked" : "cite", "title",
            title, "id", study->id, "version", version, "url",
            trials_tree_printf(tree, "%s/%s", trial->page->base, study->id),
            "date", trials_say_date(tree, trials_date_of(trial->facts.checked)),
            NULL));
}


/* A link's label is markup; where there is none, its address. */

static trials_str_t
trials_link_label(trials_trial_t *trial, const trials_link_t *link)
{
    return link->label.len ? trials_model_flat(trial, link->label) : link->url;
}


static int
trials_link_is_url(trials_str_t url)
{
    size_t i;

    if (url.len < 10
        || (strncasecmp(url.data, "https://", 8) != 0
            && strncasecmp(url.data, "http://", 7) != 0))
    {
        return 0;
    }

    for (i = 0; i < url.len; i++) {
        if ((unsigned char) url.data[i] <= ' ') {
            return 0;
        }
    }

    return 1;
}
