/*
 * The reader of the fidelity check while it reads a text: for its own files.
 */

#ifndef TRIALS_CORE_PLAIN_CHECK_READER_H
#define TRIALS_CORE_PLAIN_CHECK_READER_H


#include "core/plain/check_read.h"


typedef struct {
    trials_str_t      text;
    trials_part_t    *parts;
    size_t            n;
    trials_reading_t *reading;
    trials_cmp_t      cmp; /* waits for its number */
    size_t            cmp_at;
    size_t            cmp_words;
    unsigned          age : 1;     /* waits for its number */
    unsigned          between : 1; /* waits for its two numbers */
    unsigned          end : 1;     /* the next number ends a range */
    unsigned          stop : 2;    /* since the fact before */
    unsigned          opens : 1;   /* nothing was told since a stop */
    unsigned          item : 12;   /* of the list that is read, or 0 */
    const char       *joint;       /* that the list's lead says, or NULL */
    unsigned          who : 1;     /* since the fact before */
    unsigned          and_you : 1; /* since the fact before */
    size_t            least;       /* the number that "minimum" bounds */
    trials_cmp_t      least_cmp;
} trials_reader_t;


/* What stands after the number at part i and says how it bounds: "or older", "+",
 * "to 75", "years of age". */
void trials_number_after(trials_reader_t *r, size_t i, trials_fact_t *fact);

/* Does a number come before any word that is not passed over? */
int trials_number_follows(const trials_reader_t *r, size_t i);

/* "the", perhaps "last", a number and a unit of time. */
int trials_window_follows(const trials_reader_t *r, size_t i);

/* The comparator that a meaning stands for, or none. */
trials_cmp_t trials_canon_cmp(const char *canon);


#endif
