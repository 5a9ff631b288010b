/*
 * The parts of a text as the fidelity check reads it: words, numbers and signs,
 * with what they are taken as.
 */

#ifndef TRIALS_CORE_PLAIN_CHECK_PARTS_H
#define TRIALS_CORE_PLAIN_CHECK_PARTS_H


#include "core/plain/check_table.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>


typedef enum {
    TRIALS_PART_WORD = 0,
    TRIALS_PART_NUMBER,
    TRIALS_PART_SIGN
} trials_part_kind_t;

typedef struct {
    const char        *p; /* in normal form: lower case, without plural's "s" */
    size_t             len;
    size_t             at; /* bytes into the text, and how many it has there */
    size_t             size;
    trials_part_kind_t kind;
    unsigned           spaced : 1; /* white space before it */
    unsigned           used : 1;   /* told by another part already */
    unsigned           aside : 1;  /* says once more what stands before it */
    unsigned           line : 2;   /* it begins a line, or (2) a paragraph */
    uint64_t           value;
    int                exponent;
    const char        *canon; /* of a phrase that begins here, or NULL */
    size_t             words; /* parts that the phrase covers */
} trials_part_t;

/* Zeroed to begin with; keeps its memory from one text to the next. */
typedef struct {
    trials_part_t *list; /* malloc'ed */
    size_t         n;
    size_t         size;
    char          *normal; /* malloc'ed; the parts point into it */
    size_t         normal_size;
} trials_parts_t;


/* Cuts a text and reads its numbers. */
trials_rc_t trials_parts_read(trials_parts_t *parts, trials_str_t text);
void        trials_parts_free(trials_parts_t *parts);

/* Finds the phrases of the table. */
void trials_parts_name(trials_parts_t *parts, const trials_checker_t *checker);

/* Marks "(220 lb)" after "100 kg" and the like: what can be computed. */
void trials_parts_asides(trials_parts_t *parts);

/* Is it this word?  Is it taken as this?  Inline, for the words are constants
 * whose length the compiler knows. */

static inline int
trials_part_is(const trials_part_t *part, const char *word)
{
    return part->len == strlen(word) && memcmp(part->p, word, part->len) == 0;
}


static inline int
trials_part_means(const trials_part_t *part, const char *canon)
{
    return part->canon && strcmp(part->canon, canon) == 0;
}


#endif
