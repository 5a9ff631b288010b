/*
 * Pieces to groups and criteria.
 */

#include "core/plain/pieces.h"

#include "core/plain/heading.h"
#include "core/plain/text.h"

#include <stdlib.h>
#include <string.h>


static trials_rc_t trials_pieces_headings(trials_pieces_t *pieces);
static int  trials_pieces_labels(const trials_pieces_t *pieces, size_t i);
static void trials_pieces_parents(trials_pieces_t *pieces);
static trials_rc_t trials_pieces_joins(trials_pieces_t *pieces);
static size_t      trials_pieces_join(trials_str_t text);
static trials_rc_t trials_pieces_groups(trials_pieces_t      *pieces,
                                        trials_eligibility_t *eligibility);
static void        trials_pieces_implied(const trials_pieces_t *pieces,
                                         trials_eligibility_t  *eligibility);
static trials_rc_t
trials_pieces_fill(trials_pieces_t *pieces, trials_eligibility_t *eligibility);


trials_rc_t
trials_pieces_tree(trials_pieces_t *pieces, trials_eligibility_t *eligibility)
{
    trials_rc_t rc;

    rc = trials_pieces_headings(pieces);

    if (rc == TRIALS_OK) {
        trials_pieces_parents(pieces);
        rc = trials_pieces_joins(pieces);
    }

    if (rc == TRIALS_OK) {
        rc = trials_pieces_groups(pieces, eligibility);
    }

    if (rc == TRIALS_OK) {
        rc = trials_pieces_fill(pieces, eligibility);
    }

    return rc;
}


trials_piece_t *
trials_pieces_add(trials_pieces_t *pieces, trials_str_t text)
{
    size_t          size;
    trials_piece_t *piece, *list;

    if (pieces->n == pieces->size) {
        size = pieces->size ? 2 * pieces->size : 64;

        list = realloc(pieces->list, size * sizeof(trials_piece_t));
        if (list == NULL) {
            return NULL;
        }

        pieces->list = list;
        pieces->size = size;
    }

    piece = &pieces->list[pieces->n];
    memset(piece, 0, sizeof(trials_piece_t));
    piece->parent = SIZE_MAX;

    piece->text = trials_arena_strdup(pieces->arena, text.data, text.len);
    if (piece->text.data == NULL) {
        return NULL;
    }

    pieces->n++;

    return piece;
}


void
trials_pieces_free(trials_pieces_t *pieces)
{
    free(pieces->list);
    memset(pieces, 0, sizeof(trials_pieces_t));
}


/*
 * A line such as "Control group" above "Inclusion criteria" is no criterion of
 * the group before it.  A heading that says more than a few words, as in
 * "Exclusion criteria for people who get drug X with a stent", is what its
 * criteria depend on: it stands above them as one.
 */

static trials_rc_t
trials_pieces_headings(trials_pieces_t *pieces)
{
    int             label, says;
    size_t          i, n;
    trials_piece_t *list, *piece;

    list = malloc((2 * pieces->n + 1) * sizeof(trials_piece_t));
    if (list == NULL) {
        return TRIALS_NOMEM;
    }

    for (i = 0, n = 0; i < pieces->n; i++) {
        piece = &pieces->list[i];
        label = trials_pieces_labels(pieces, i);
        says = piece->heading
               && trials_heading_says_more(
                   piece->text, i + 1 < pieces->n && !piece[1].heading ? 4 : 3);

        if (label || says) {
            list[n] = *piece;
            list[n].heading = 1;
            list[n].kind = label ? TRIALS_GROUP_OTHER : piece->kind;
            list[n].text.len = 0;
            n++;
        }

        list[n] = *piece;

        if (says) {
            list[n].heading = 0;
            list[n].level = 1;
        }

        n++;
    }

    free(pieces->list);
    pieces->list = list;
    pieces->size = 2 * pieces->n + 1;
    pieces->n = n;

    return TRIALS_OK;
}


/* A short line of its own above a group of inclusion criteria. */

static int
trials_pieces_labels(const trials_pieces_t *pieces, size_t i)
{
    char                  last;
    const trials_piece_t *piece;

    piece = &pieces->list[i];

    if (piece->heading || piece->item || piece->level > 2 || i + 1 >= pieces->n
        || !piece[1].heading || piece[1].kind != TRIALS_GROUP_INCLUSION)
    {
        return 0;
    }

    last = piece->text.data[piece->text.len - 1];

    if (last == '.' || last == ';' || last == ',') {
        return 0;
    }

    return trials_heading_is_label(piece->text,
                                   i == 0 || piece[-1].item || last == ':');
}


/* A heading ends what stands open; a piece is the child of the last one above
 * its level. */

static void
trials_pieces_parents(trials_pieces_t *pieces)
{
    size_t          i, level;
    size_t          open[TRIALS_PIECES_LEVELS];
    trials_piece_t *piece;

    for (level = 0; level < TRIALS_PIECES_LEVELS; level++) {
        open[level] = SIZE_MAX;
    }

    for (i = 0; i < pieces->n; i++) {
        piece = &pieces->list[i];
        level = piece->heading ? 0 : piece->level;

        if (!piece->heading) {
            while (level > 0 && open[level - 1] == SIZE_MAX) {
                level--;
            }

            if (level > 0) {
                piece->parent = open[level - 1];
                pieces->list[piece->parent].nchildren++;
            }

            level = piece->level;
            open[level] = i;
            level++;
        }

        for (; level < TRIALS_PIECES_LEVELS; level++) {
            open[level] = SIZE_MAX;
        }
    }
}


/*
 * "A; or" and then "B" are "A;" and "or B": the word goes to the item that it
 * joins, as one would say it.
 */

static trials_rc_t
trials_pieces_joins(trials_pieces_t *pieces)
{
    size_t          i, at;
    trials_str_t    joined;
    trials_piece_t *piece, *next;

    for (i = 0; i + 1 < pieces->n; i++) {
        piece = &pieces->list[i];
        next = piece + 1;

        if (piece->heading || next->heading || piece->parent != next->parent
            || piece->level != next->level)
        {
            continue;
        }

        at = trials_pieces_join(piece->text);

        if (at == 0) {
            continue;
        }

        joined = trials_arena_printf(pieces->arena, "%.*s %s",
                                     (int) (piece->text.len - at),
                                     piece->text.data + at, next->text.data);
        if (joined.data == NULL) {
            return TRIALS_NOMEM;
        }

        while (piece->text.data[at - 1] == ' ') {
            at--;
        }

        piece->text = trials_arena_strdup(pieces->arena, piece->text.data, at);
        if (piece->text.data == NULL) {
            return TRIALS_NOMEM;
        }

        next->text = joined;
    }

    return TRIALS_OK;
}


/* Where the "and" or "or" stands that ends the text; 0 where none does. */

static size_t
trials_pieces_join(trials_str_t text)
{
    size_t                   i, n;
    static const char *const words[] = {"and", "or", "and/or", NULL};

    for (i = text.len; i > 0 && text.data[i - 1] != ' '; i--) {
        /* void */
    }

    n = text.len - i;

    return i > 1 && trials_word_in(text.data + i, n, words) ? i : 0;
}


/* Counts the groups and their criteria, and takes their memory. */

static trials_rc_t
trials_pieces_groups(trials_pieces_t *pieces, trials_eligibility_t *eligibility)
{
    size_t              i, n;
    trials_group_t     *group;
    trials_piece_t     *piece;
    trials_group_kind_t kind;

    n = 0;

    for (i = 0; i < pieces->n; i++) {
        n += i == 0 || pieces->list[i].heading;
        eligibility->ncriteria += !pieces->list[i].heading;
    }

    if (n == 0) {
        return TRIALS_OK;
    }

    eligibility->groups =
        trials_arena_calloc(pieces->arena, n, sizeof(trials_group_t));
    if (eligibility->groups == NULL) {
        return TRIALS_NOMEM;
    }

    group = NULL;
    kind = TRIALS_GROUP_OTHER;

    for (i = 0; i < pieces->n; i++) {
        piece = &pieces->list[i];

        if (group == NULL || piece->heading) {
            group = &eligibility->groups[eligibility->ngroups++];
            group->kind = TRIALS_GROUP_OTHER;
        }

        if (piece->heading) {
            group->heading = piece->text;
            group->kind = piece->kind;
            group->subgroup = (i > 0 && piece->kind == kind)
                              || trials_heading_says_more(piece->text, 1);
            kind = piece->kind;

        } else if (piece->parent == SIZE_MAX) {
            group->ncriteria++;
        }
    }

    trials_pieces_implied(pieces, eligibility);

    return TRIALS_OK;
}


/*
 * A record that heads its exclusions only has its inclusions before them; one
 * that heads neither may say otherwise that all of it must be met.
 */

static void
trials_pieces_implied(const trials_pieces_t *pieces,
                      trials_eligibility_t  *eligibility)
{
    size_t i, exclusions;

    exclusions = 0;

    for (i = 0; i < eligibility->ngroups; i++) {
        if (eligibility->groups[i].kind == TRIALS_GROUP_INCLUSION) {
            return;
        }
        exclusions += eligibility->groups[i].kind == TRIALS_GROUP_EXCLUSION;
    }

    if (eligibility->groups[0].kind == TRIALS_GROUP_OTHER
        && (exclusions || trials_heading_requires(pieces->list[0].text)))
    {
        eligibility->groups[0].kind = TRIALS_GROUP_INCLUSION;
    }
}


static trials_rc_t
trials_pieces_fill(trials_pieces_t *pieces, trials_eligibility_t *eligibility)
{
    size_t               i, g;
    trials_group_t      *group;
    trials_piece_t      *piece;
    trials_criterion_t  *criterion;
    trials_criterion_t **made;

    if (pieces->n == 0) {
        return TRIALS_OK;
    }

    made = calloc(pieces->n, sizeof(trials_criterion_t *));
    if (made == NULL) {
        return TRIALS_NOMEM;
    }

    group = NULL;
    g = 0;

    for (i = 0; i < pieces->n; i++) {
        piece = &pieces->list[i];

        if (group == NULL || piece->heading) {
            group = &eligibility->groups[g++];

            if (group->ncriteria) {
                group->criteria =
                    trials_arena_calloc(pieces->arena, group->ncriteria,
                                        sizeof(trials_criterion_t));
                if (group->criteria == NULL) {
                    goto failed;
                }
                group->ncriteria = 0;
            }
        }

        if (piece->heading) {
            continue;
        }

        if (piece->parent == SIZE_MAX) {
            criterion = &group->criteria[group->ncriteria++];
        } else {
            criterion = made[piece->parent];
            criterion = &criterion->criteria[criterion->ncriteria++];
        }

        criterion->original = piece->text;
        made[i] = criterion;

        if (piece->nchildren) {
            criterion->criteria = trials_arena_calloc(
                pieces->arena, piece->nchildren, sizeof(trials_criterion_t));
            if (criterion->criteria == NULL) {
                goto failed;
            }
        }
    }

    free(made);

    return TRIALS_OK;

failed:

    free(made);

    return TRIALS_NOMEM;
}
