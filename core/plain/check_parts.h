/*
 * The parts of a text as the fidelity check reads it: words, numbers and signs,
 * with what they are taken as.
 */

#ifndef TRIALS_CORE_PLAIN_CHECK_PARTS_H
#define TRIALS_CORE_PLAIN_CHECK_PARTS_H


#include "core/plain/check_read.h"


typedef enum {
    TRIALS_PART_WORD = 0,
    TRIALS_PART_NUMBER,
    TRIALS_PART_SIGN
} trials_part_kind_t;

typedef struct {
    const char        *p; /* in lower case */
    size_t             len;
    size_t             at; /* bytes into the text */
    trials_part_kind_t kind;
    unsigned           spaced : 1; /* white space before it */
    unsigned           used : 1;   /* told by another part already */
    uint64_t           value;
    int                exponent;
    const char        *canon; /* of a phrase that begins here, or NULL */
    size_t             words; /* parts that the phrase covers */
} trials_part_t;

typedef struct {
    trials_part_t *list; /* malloc'ed */
    size_t         n;
    size_t         size;
} trials_parts_t;


/* Reads a text in lower case; the parts point into it. */
trials_rc_t
trials_parts_read(trials_parts_t *parts, const char *lower, size_t len);

/* Is it this word?  Is it taken as this? */
int trials_part_is(const trials_part_t *part, const char *word);
int trials_part_means(const trials_part_t *part, const char *canon);


#endif
