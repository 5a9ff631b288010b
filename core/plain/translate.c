/*
 * The translation of one study.
 */

#include "core/plain/engine.h"

#include "core/plain/outline.h"
#include "core/plain/readability.h"
#include "core/plain/rewrite.h"
#include "core/plain/structure.h"

#include <string.h>


typedef struct {
    trials_translation_t *translation;
    trials_eligibility_t *eligibility;
    trials_rewriter_t     rewriter;
    trials_readability_t  original;
    trials_readability_t  plain;
    trials_error_t       *err;
} trials_criteria_t;


static trials_rc_t
trials_criteria_each(trials_criteria_t *all, trials_criterion_t *criteria,
                     size_t n, const trials_place_of_t *place);
static trials_rc_t
trials_criterion(trials_criteria_t *all, trials_criterion_t *criterion,
                 const trials_place_of_t *place);


trials_translation_t *
trials_translate(const trials_plain_t *plain, trials_arena_t *arena,
                 const trials_study_t *study, trials_error_t *err)
{
    trials_translation_t *translation;

    translation = trials_arena_alloc(arena, sizeof(trials_translation_t));

    if (translation) {
        translation->plain = plain;
        translation->arena = arena;
        translation->study = study;

        if (trials_terms_init(&translation->terms, arena, &plain->glossary,
                              study)
            == TRIALS_OK)
        {
            return translation;
        }
    }

    (void) trials_error(err, TRIALS_NOMEM, "%s: translating: out of memory",
                        study->id);

    return NULL;
}


trials_rc_t
trials_translation_read(trials_translation_t *translation, trials_error_t *err)
{
    trials_rc_t       rc;
    trials_outline_t *outline;

    if (translation->criteria) {
        return TRIALS_OK;
    }

    outline = trials_arena_alloc(translation->arena, sizeof(trials_outline_t));
    if (outline == NULL) {
        return trials_error(err, TRIALS_NOMEM, "criteria: out of memory");
    }

    rc = trials_outline_read(translation->arena, translation->study->criteria,
                             outline, err);
    translation->criteria = rc == TRIALS_OK ? outline : NULL;

    return rc;
}


trials_rc_t
trials_translate_criteria(trials_translation_t *translation,
                          trials_eligibility_t *eligibility,
                          trials_error_t       *err)
{
    size_t            i;
    trials_rc_t       rc;
    trials_group_t   *group;
    trials_criteria_t all;
    trials_place_of_t place;

    rc = trials_translation_read(translation, err);

    if (rc == TRIALS_OK) {
        rc = trials_structure_read(translation->arena, translation->criteria,
                                   eligibility, err);
    }

    if (rc != TRIALS_OK) {
        return rc;
    }

    memset(&all, 0, sizeof(trials_criteria_t));
    all.translation = translation;
    all.eligibility = eligibility;
    all.err = err;

    trials_rewriter_init(&all.rewriter, &translation->plain->rules,
                         &translation->plain->checker, translation->arena);
    all.rewriter.trace = translation->trace;

    for (i = 0; i < eligibility->ngroups && rc == TRIALS_OK; i++) {
        group = &eligibility->groups[i];

        memset(&place, 0, sizeof(trials_place_of_t));
        place.kind = group->kind;

        rc = trials_criteria_each(&all, group->criteria, group->ncriteria,
                                  &place);
    }

    trials_rewriter_free(&all.rewriter);

    eligibility->grade_original = trials_readability_grade(&all.original);
    eligibility->grade_plain = trials_readability_grade(&all.plain);

    return rc;
}


/* The depth is that of the structure, which is bounded. */

static trials_rc_t
trials_criteria_each(trials_criteria_t *all, trials_criterion_t *criteria,
                     size_t n, const trials_place_of_t *place)
{
    size_t            i;
    trials_rc_t       rc;
    trials_place_of_t here, inner;

    for (i = 0; i < n; i++) {
        here = *place;
        here.title = criteria[i].ncriteria
                     && trials_rewrite_titles(criteria[i].original);

        rc = trials_criterion(all, &criteria[i], &here);
        if (rc != TRIALS_OK) {
            return rc;
        }

        if (criteria[i].ncriteria) {
            inner = *place;
            inner.nested = 1;
            inner.turned =
                place->turned || trials_rewrite_turns(criteria[i].original);

            rc = trials_criteria_each(all, criteria[i].criteria,
                                      criteria[i].ncriteria, &inner);
            if (rc != TRIALS_OK) {
                return rc;
            }
        }
    }

    return TRIALS_OK;
}


static trials_rc_t
trials_criterion(trials_criteria_t *all, trials_criterion_t *criterion,
                 const trials_place_of_t *place)
{
    trials_rc_t rc;

    if (all->rewriter.trace) {
        trials_trace_next(all->rewriter.trace);
    }

    rc = trials_rewrite(&all->rewriter, criterion, place);

    if (rc == TRIALS_OK) {
        rc = trials_terms_mark(&all->translation->terms, criterion->plain,
                               &criterion->text);
    }

    if (rc != TRIALS_OK) {
        return trials_error(all->err, rc, "%s: criteria: out of memory",
                            all->translation->study->id);
    }

    all->eligibility->nfaithful += criterion->faithful;
    trials_readability_add(&all->original, criterion->original);
    trials_readability_add(&all->plain, criterion->plain);

    return TRIALS_OK;
}
