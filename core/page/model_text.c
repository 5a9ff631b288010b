/* Texts: runs with their terms, prose, the criteria. */

#include "core/page/trial.h"

#include <math.h>
#include <string.h>


static int  trials_model_met(trials_trial_t *trial, const trials_term_t *term);
static void trials_model_blocks(trials_trial_t *trial, xmlNodePtr parent,
                                const trials_prose_block_t *blocks, size_t n);
static void trials_model_criteria(trials_trial_t *trial, xmlNodePtr parent,
                                  const trials_criterion_t *criteria, size_t n);


/* A term's first mention on the page is marked: there it is explained. */

void
trials_model_runs(trials_trial_t *trial, xmlNodePtr parent,
                  const trials_text_t *text)
{
    size_t     i;
    xmlNodePtr node;

    for (i = 0; i < text->nruns; i++) {
        if (text->runs[i].term == NULL) {
            trials_tree_append(trial, parent, text->runs[i].text);
            continue;
        }

        node = trials_tree_text(trial, parent, "term", text->runs[i].text);
        trials_tree_attr(trial, node, "slug", text->runs[i].term->slug);

        if (trials_model_met(trial, text->runs[i].term)) {
            trials_tree_set(trial, node, "first", "1");
            trials_tree_attr(trial, node, "meaning",
                             text->runs[i].term->meaning);
        }
    }
}


/* Notes a term; 1 where it is new. */

static int
trials_model_met(trials_trial_t *trial, const trials_term_t *term)
{
    size_t                i;
    const trials_term_t **terms;

    for (i = 0; i < trial->nterms; i++) {
        if (trial->terms[i] == term) {
            return 0;
        }
    }

    if (trial->nterms == trial->terms_size) {
        terms = trials_arena_calloc(trial->arena, trial->terms_size * 2 + 32,
                                    sizeof(trials_term_t *));
        if (terms == NULL) {
            trials_trial_fail(trial, TRIALS_NOMEM, "out of memory");
            return 0;
        }

        if (trial->nterms) {
            memcpy(terms, trial->terms,
                   trial->nterms * sizeof(trials_term_t *));
        }

        trial->terms = terms;
        trial->terms_size = trial->terms_size * 2 + 32;
    }

    trial->terms[trial->nterms++] = term;

    return 1;
}


void
trials_model_prose(trials_trial_t *trial, xmlNodePtr parent, const char *name,
                   trials_str_t markup)
{
    trials_prose_t prose;
    trials_error_t err;

    if (markup.len == 0) {
        return;
    }

    if (trials_translate_prose(trial->translation, markup, &prose, &err)
        != TRIALS_OK)
    {
        trials_trial_fail(trial, err.code, err.message);
        return;
    }

    trials_model_blocks(trial, trials_tree_add(trial, parent, name),
                        prose.blocks, prose.nblocks);
}


static void
trials_model_blocks(trials_trial_t *trial, xmlNodePtr parent,
                    const trials_prose_block_t *blocks, size_t n)
{
    size_t     i;
    xmlNodePtr node;

    static const char *const names[] = {"p", "heading", "list", "item"};

    for (i = 0; i < n; i++) {
        node = trials_tree_add(trial, parent, names[blocks[i].kind]);

        if (blocks[i].ordered) {
            trials_tree_set(trial, node, "ordered", "1");
        }

        trials_model_runs(trial, node, &blocks[i].text);
        trials_model_blocks(trial, node, blocks[i].children,
                            blocks[i].nchildren);
    }
}


void
trials_model_field(trials_trial_t *trial, xmlNodePtr parent, const char *name,
                   trials_str_t text)
{
    trials_text_t  out;
    trials_error_t err;

    if (text.len == 0) {
        return;
    }

    if (trials_translate_text(trial->translation, text, &out, &err)
        != TRIALS_OK) {
        trials_trial_fail(trial, err.code, err.message);
        return;
    }

    trials_model_runs(trial, trials_tree_add(trial, parent, name), &out);
}


void
trials_model_eligibility(trials_trial_t *trial)
{
    size_t                i;
    xmlNodePtr            node, group;
    trials_error_t        err;
    trials_prose_t        prose;
    trials_eligibility_t *eligibility;

    static const char *const kinds[] = {"inclusion", "exclusion", "other"};

    eligibility = &trial->eligibility;

    if (eligibility->ngroups == 0) {
        return;
    }

    node = trials_tree_add(trial, trial->root, "eligibility");
    trials_tree_set(trial, node, "before",
                    trials_trial_printf(trial, "%.0f",
                                        fmax(eligibility->grade_original, 1)));
    trials_tree_set(
        trial, node, "after",
        trials_trial_printf(trial, "%.0f", fmax(eligibility->grade_plain, 1)));
    trials_tree_number(trial, node, "n", eligibility->ncriteria);
    trials_tree_number(trial, node, "kept",
                       eligibility->ncriteria - eligibility->nfaithful);

    for (i = 0; i < eligibility->ngroups; i++) {
        group = trials_tree_add(trial, node, "group");
        trials_tree_set(trial, group, "kind",
                        kinds[eligibility->groups[i].kind]);
        trials_tree_attr(trial, group, "heading",
                         eligibility->groups[i].heading);

        if (eligibility->groups[i].subgroup) {
            trials_tree_set(trial, group, "subgroup", "1");
        }

        trials_model_criteria(trial, group, eligibility->groups[i].criteria,
                              eligibility->groups[i].ncriteria);
    }

    if (trials_translate_original(trial->translation, &prose, &err)
        != TRIALS_OK) {
        trials_trial_fail(trial, err.code, err.message);
        return;
    }

    trials_model_blocks(trial, trials_tree_add(trial, node, "original"),
                        prose.blocks, prose.nblocks);
}


static void
trials_model_criteria(trials_trial_t *trial, xmlNodePtr parent,
                      const trials_criterion_t *criteria, size_t n)
{
    size_t     i;
    xmlNodePtr node;

    for (i = 0; i < n; i++) {
        node = trials_tree_add(trial, parent, "criterion");

        if (!criteria[i].faithful) {
            trials_tree_set(trial, node, "kept", "1");
        }

        trials_model_runs(trial, trials_tree_add(trial, node, "text"),
                          &criteria[i].text);
        trials_model_criteria(trial, node, criteria[i].criteria,
                              criteria[i].ncriteria);
    }
}


void
trials_model_terms(trials_trial_t *trial)
{
    size_t     i;
    xmlNodePtr node, terms;

    if (trial->nterms == 0) {
        return;
    }

    terms = trials_tree_add(trial, trial->root, "terms");

    for (i = 0; i < trial->nterms; i++) {
        node = trials_tree_text(trial, terms, "term", trial->terms[i]->meaning);
        trials_tree_attr(trial, node, "slug", trial->terms[i]->slug);
        trials_tree_attr(trial, node, "name", trial->terms[i]->term);
    }
}
