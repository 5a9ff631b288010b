/*
 * Lists that lost their lines: "Any of: 1) fever; 2) cough; 3) rash".
 */

#ifndef TRIALS_CORE_PLAIN_FLATTENED_H
#define TRIALS_CORE_PLAIN_FLATTENED_H


#include <trials/memory.h>

#include <stddef.h>


/* A list in one line has no more items; what is above goes to the last. */
#define TRIALS_FLATTENED_MAX 64

typedef struct {
    size_t at;   /* where the mark starts */
    size_t text; /* where the item's text starts */
} trials_flattened_cut_t;

typedef struct {
    trials_flattened_cut_t cuts[TRIALS_FLATTENED_MAX];
    size_t                 n;
    unsigned               numbered : 1; /* the marks are numbers */
    unsigned               inner : 1;    /* the items belong to what precedes */
} trials_flattened_t;


/*
 * Finds the list in a line.  number is what the line itself counts as in a list,
 * or 0: "17 to 35 years 2) healthy" is the first item and the second.  n is 0
 * where there is no list.  Linear in the line's length.
 */
void trials_flattened_read(trials_flattened_t *list, trials_str_t line,
                           unsigned number);


#endif
