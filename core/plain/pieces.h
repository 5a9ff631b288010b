/*
 * The pieces that criteria are cut into, and the tree that they make.
 */

#ifndef TRIALS_CORE_PLAIN_PIECES_H
#define TRIALS_CORE_PLAIN_PIECES_H


#include "core/plain/outline.h"

#include <trials/plain.h>


/* Lists within one line are read this deep. */
#define TRIALS_PIECES_INNER 3

/* Levels: a list's items stand at 2, 4, ...; what follows an item's first
 * paragraph one or two below it; the items of a list within a line below it. */
#define TRIALS_PIECES_LEVELS \
    (2 * TRIALS_OUTLINE_DEPTH + 4 + TRIALS_PIECES_INNER)


typedef struct {
    trials_str_t        text;
    unsigned            level;
    unsigned            item : 1;
    unsigned            heading : 1;
    trials_group_kind_t kind; /* of a heading */
    size_t              nchildren;
    size_t              parent; /* a piece's index, or SIZE_MAX */
} trials_piece_t;


typedef struct {
    trials_arena_t *arena; /* holds the texts */
    trials_piece_t *list;  /* malloc'ed */
    size_t          n;
    size_t          size;
} trials_pieces_t;


/* Adds a piece, with a copy of text; NULL where memory is out. */
trials_piece_t *trials_pieces_add(trials_pieces_t *pieces, trials_str_t text);
void            trials_pieces_free(trials_pieces_t *pieces);

/* Makes groups and criteria of the pieces. */
trials_rc_t
trials_pieces_tree(trials_pieces_t *pieces, trials_eligibility_t *eligibility);


#endif
