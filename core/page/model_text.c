/* Texts: runs with their terms, prose, the criteria. */

#include "core/page/trial.h"

#include "core/registry/enums.h"

#include <math.h>
#include <string.h>


#define TRIALS_POINT_WEIGHT 30


static int trials_model_met(trials_trial_t *trial, const trials_term_t *term);
static const trials_passage_t *
trials_model_passage(trials_trial_t *trial, trials_passage_kind_t kind,
                     trials_str_t source);
static void trials_model_blocks(trials_trial_t *trial, xmlNodePtr parent,
                                const trials_prose_block_t *blocks, size_t n);
static size_t
trials_eligibility_weight(const trials_eligibility_t *eligibility);
static int
trials_eligibility_labels(const trials_eligibility_t *eligibility, size_t i);
static void trials_eligibility_facts(trials_trial_t *trial, xmlNodePtr node);
static xmlNodePtr trials_model_lines(trials_trial_t *trial, xmlNodePtr parent,
                                     xmlNodePtr to, trials_str_t text);
static void trials_eligibility_notes(trials_trial_t *trial, xmlNodePtr node);
static void trials_eligibility_original(trials_trial_t *trial, xmlNodePtr node);
static void trials_model_criteria(trials_trial_t *trial, xmlNodePtr parent,
                                  const trials_criterion_t *criteria, size_t n,
                                  size_t *number);


/* A term's first mention on the page is marked: there it is explained.  Lines
 * are the points of a list. */

void
trials_model_runs(trials_trial_t *trial, xmlNodePtr parent,
                  const trials_text_t *text)
{
    size_t     i;
    xmlNodePtr node, to;

    to = parent;

    for (i = 0; i < text->nruns; i++) {
        if (text->runs[i].term == NULL) {
            to = trials_model_lines(trial, parent, to, text->runs[i].text);
            continue;
        }

        node = trials_tree_text(trial->tree, to, "term", text->runs[i].text);
        trials_tree_attr(trial->tree, node, "slug", text->runs[i].term->slug);

        if (trials_model_met(trial, text->runs[i].term)) {
            trials_tree_set(trial->tree, node, "first", "1");
            trials_tree_attr(trial->tree, node, "meaning",
                             text->runs[i].term->meaning);
        }
    }
}


/* Appends text: a line of it is a point of the list that it goes on with, an
 * empty one ends the list.  The node where the text goes on. */

static xmlNodePtr
trials_model_lines(trials_trial_t *trial, xmlNodePtr parent, xmlNodePtr to,
                   trials_str_t text)
{
    size_t     n;
    xmlNodePtr list;

    for (;;) {
        for (n = 0; n < text.len && text.data[n] != '\n'; n++) {
            /* void */
        }

        if (n) {
            trials_tree_append(trial->tree, to, (trials_str_t){n, text.data});
        }

        if (n == text.len) {
            return to;
        }

        text.data += n + 1;
        text.len -= n + 1;

        if (text.len && text.data[0] == '\n') {
            to = parent;
            text.data++;
            text.len--;
            continue;
        }

        list = to == parent ? trials_tree_add(trial->tree, parent, "points")
                            : to->parent;
        to = trials_tree_add(trial->tree, list, "point");
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
            trials_tree_fail(trial->tree, TRIALS_NOMEM, "out of memory");
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
    const trials_passage_t *passage;

    if (markup.len == 0) {
        return;
    }

    passage = trials_model_passage(trial, TRIALS_PASSAGE_PROSE, markup);

    if (passage) {
        trials_model_blocks(trial, trials_tree_add(trial->tree, parent, name),
                            passage->prose.blocks, passage->prose.nblocks);
    }
}


/* NULL after a failure. */

static const trials_passage_t *
trials_model_passage(trials_trial_t *trial, trials_passage_kind_t kind,
                     trials_str_t source)
{
    trials_rc_t       rc;
    trials_error_t    err;
    trials_passage_t *passage;

    passage = *trial->passage;

    if (passage && passage->source == source.data && passage->kind == kind) {
        trial->passage = &passage->next;
        return passage;
    }

    passage = trials_arena_alloc(trial->arena, sizeof(trials_passage_t));
    if (passage == NULL) {
        trials_tree_fail(trial->tree, TRIALS_NOMEM, "out of memory");
        return NULL;
    }

    switch (kind) {
    case TRIALS_PASSAGE_PROSE:
        rc = trials_translate_prose(trial->translation, source, &passage->prose,
                                    &err);
        break;
    case TRIALS_PASSAGE_ORIGINAL:
        rc = trials_translate_original(trial->translation, &passage->prose,
                                       &err);
        break;
    default:
        rc = trials_translate_text(trial->translation, source, &passage->text,
                                   &err);
    }

    if (rc != TRIALS_OK) {
        trials_tree_fail(trial->tree, err.code, err.message);
        return NULL;
    }

    passage->source = source.data;
    passage->kind = kind;
    passage->next = *trial->passage;
    *trial->passage = passage;
    trial->passage = &passage->next;

    return passage;
}


static void
trials_model_blocks(trials_trial_t *trial, xmlNodePtr parent,
                    const trials_prose_block_t *blocks, size_t n)
{
    size_t     i;
    xmlNodePtr node;

    static const char *const names[] = {"p", "heading", "list", "item"};

    for (i = 0; i < n; i++) {
        node = trials_tree_add(trial->tree, parent, names[blocks[i].kind]);

        if (blocks[i].ordered) {
            trials_tree_set(trial->tree, node, "ordered", "1");
        }

        trials_model_runs(trial, node, &blocks[i].text);
        trials_model_blocks(trial, node, blocks[i].children,
                            blocks[i].nchildren);
    }
}


trials_str_t
trials_model_flat(trials_trial_t *trial, trials_str_t markup)
{
    trials_str_t   text = {0, ""};
    trials_error_t err;

    if (trials_plain_flatten(trial->arena, markup, &text, &err) != TRIALS_OK) {
        trials_tree_fail(trial->tree, err.code, err.message);
        text.len = 0;
        text.data = "";
    }

    return text;
}


void
trials_model_field(trials_trial_t *trial, xmlNodePtr parent, const char *name,
                   trials_str_t text)
{
    const trials_passage_t *passage;

    if (text.len == 0) {
        return;
    }

    passage = trials_model_passage(trial, TRIALS_PASSAGE_TEXT, text);

    if (passage) {
        trials_model_runs(trial, trials_tree_add(trial->tree, parent, name),
                          &passage->text);
    }
}


void
trials_model_eligibility(trials_trial_t *trial)
{
    size_t                i, number;
    xmlNodePtr            node, group;
    trials_tree_t        *tree;
    trials_eligibility_t *eligibility;

    static const char *const kinds[] = {"inclusion", "exclusion", "other"};

    eligibility = &trial->eligibility;
    tree = trial->tree;

    if (trial->study->status == TRIALS_STATUS_WITHHELD
        && eligibility->ngroups == 0) {
        return;
    }

    node = trials_tree_add(tree, tree->root, "eligibility");
    trials_eligibility_facts(trial, node);

    if (eligibility->ngroups == 0) {
        return;
    }

    trials_tree_set(
        tree, node, "before",
        trials_tree_printf(tree, "%.0f", fmax(eligibility->grade_original, 1)));
    trials_tree_set(
        tree, node, "after",
        trials_tree_printf(tree, "%.0f", fmax(eligibility->grade_plain, 1)));
    trials_tree_number(tree, node, "n", eligibility->ncriteria);
    trials_tree_number(tree, node, "weight",
                       trials_eligibility_weight(eligibility));
    trials_eligibility_notes(trial, node);

    for (i = 0, number = 0; i < eligibility->ngroups; i++) {
        group = trials_tree_add(tree, node, "group");
        trials_tree_set(tree, group, "kind",
                        kinds[eligibility->groups[i].kind]);
        trials_tree_attr(tree, group, "heading",
                         eligibility->groups[i].heading);

        if (eligibility->groups[i].subgroup) {
            trials_tree_set(tree, group, "subgroup", "1");
        }

        if (trials_eligibility_labels(eligibility, i)) {
            trials_tree_set(tree, group, "label", "1");

        } else if (i == 0
                   || eligibility->groups[i].kind
                          != eligibility->groups[i - 1].kind)
        {
            trials_tree_set(tree, group, "first", "1");
        }

        trials_model_criteria(trial, group, eligibility->groups[i].criteria,
                              eligibility->groups[i].ncriteria, &number);
    }

    trials_eligibility_original(trial, node);
}


/* Does group i only name whom the groups after it are about ("Healthy
 * controls")? */

static int
trials_eligibility_labels(const trials_eligibility_t *eligibility, size_t i)
{
    const trials_group_t *group;

    group = &eligibility->groups[i];

    return group->kind == TRIALS_GROUP_OTHER && group->heading.len == 0
           && group->ncriteria == 1 && group->criteria[0].ncriteria == 0
           && i + 1 < eligibility->ngroups
           && group[1].kind != TRIALS_GROUP_OTHER;
}


/* How much there is to print, in characters; a point takes a part of a line. */

static size_t
trials_criteria_weight(const trials_criterion_t *criteria, size_t n)
{
    size_t i, weight;

    for (i = 0, weight = 0; i < n; i++) {
        weight += criteria[i].plain.len + TRIALS_POINT_WEIGHT
                  + trials_criteria_weight(criteria[i].criteria,
                                           criteria[i].ncriteria);
    }

    return weight;
}


static size_t
trials_eligibility_weight(const trials_eligibility_t *eligibility)
{
    size_t i, weight;

    for (i = 0, weight = 0; i < eligibility->ngroups; i++) {
        weight += eligibility->groups[i].heading.len + TRIALS_POINT_WEIGHT
                  + trials_criteria_weight(eligibility->groups[i].criteria,
                                           eligibility->groups[i].ncriteria);
    }

    return weight;
}


static void
trials_eligibility_facts(trials_trial_t *trial, xmlNodePtr node)
{
    trials_tree_t        *tree;
    const trials_study_t *study;

    study = trial->study;
    tree = trial->tree;

    trials_model_fact(trial, node, "ages", trials_model_ages(trial));
    trials_model_fact(
        trial, node, "sex",
        trials_say_value(tree, "sex", trials_sex_names, (int) study->sex));

    if (study->healthy_volunteers != TRIALS_UNSAID) {
        trials_model_fact(trial, node, "healthy",
                          trials_say(tree,
                                     study->healthy_volunteers == TRIALS_YES
                                         ? "healthy.yes"
                                         : "healthy.no",
                                     NULL));
    }

    trials_model_fact(trial, node, "sampling",
                      trials_say_value(tree, "sampling", trials_sampling_names,
                                       (int) study->sampling));

    if (study->gender_based == TRIALS_YES) {
        trials_tree_set(tree, node, "gender-based", "1");
    }

    trials_model_prose(trial, node, "gender", study->gender_description);
    trials_model_prose(trial, node, "population", study->study_population);
}


/* How hard it was and is to read, that it is complete, and what stayed as it
 * was. */

static void
trials_eligibility_notes(trials_trial_t *trial, xmlNodePtr node)
{
    size_t                kept;
    xmlNodePtr            notes;
    trials_tree_t        *tree;
    trials_eligibility_t *eligibility;

    tree = trial->tree;
    eligibility = &trial->eligibility;
    kept = eligibility->ncriteria - eligibility->nfaithful;
    notes = trials_tree_add(tree, node, "notes");

    trials_model_p(trial, notes,
                   trials_say_count(tree, "eligibility.complete",
                                    eligibility->ncriteria, NULL));

    if (eligibility->grade_original - eligibility->grade_plain >= 1) {
        trials_model_p(
            trial, notes,
            trials_say(
                tree, "eligibility.grade", "before",
                trials_tree_printf(tree, "%.0f", eligibility->grade_original),
                "after",
                trials_tree_printf(tree, "%.0f",
                                   fmax(eligibility->grade_plain, 1)),
                NULL));
    }

    if (kept) {
        trials_model_p(trial, notes,
                       trials_say_count(tree, "eligibility.kept", kept, NULL));
    }
}


static void
trials_eligibility_original(trials_trial_t *trial, xmlNodePtr node)
{
    const trials_passage_t *passage;

    passage = trials_model_passage(trial, TRIALS_PASSAGE_ORIGINAL,
                                   trial->study->criteria);

    if (passage) {
        trials_model_blocks(trial,
                            trials_tree_add(trial->tree, node, "original"),
                            passage->prose.blocks, passage->prose.nblocks);
    }
}


static void
trials_model_criteria(trials_trial_t *trial, xmlNodePtr parent,
                      const trials_criterion_t *criteria, size_t n,
                      size_t *number)
{
    size_t     i;
    xmlNodePtr node;

    for (i = 0; i < n; i++) {
        node = trials_tree_add(trial->tree, parent, "criterion");
        trials_tree_number(trial->tree, node, "no", ++*number);

        if (!criteria[i].faithful) {
            trials_tree_set(trial->tree, node, "kept", "1");
        }

        trials_model_runs(trial, trials_tree_add(trial->tree, node, "text"),
                          &criteria[i].text);
        trials_model_criteria(trial, node, criteria[i].criteria,
                              criteria[i].ncriteria, number);
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

    terms = trials_tree_add(trial->tree, trial->tree->root, "terms");

    for (i = 0; i < trial->nterms; i++) {
        node = trials_tree_text(trial->tree, terms, "term",
                                trial->terms[i]->meaning);
        trials_tree_attr(trial->tree, node, "slug", trial->terms[i]->slug);
        trials_tree_attr(trial->tree, node, "name", trial->terms[i]->term);

        if (!trial->terms[i]->from_record) {
            trials_tree_attr(trial->tree, node, "long",
                             trial->terms[i]->expansion);
        }
    }
}
