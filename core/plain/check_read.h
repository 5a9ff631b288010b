/*
 * The fidelity check's own reading of a text: what it states, as a sequence.
 * It shares nothing with the rewriter, neither code nor rules.
 */

#ifndef TRIALS_CORE_PLAIN_CHECK_READ_H
#define TRIALS_CORE_PLAIN_CHECK_READ_H


#include "core/plain/check_parts.h"


typedef enum {
    TRIALS_CMP_NONE = 0,
    TRIALS_CMP_GE, /* the start of a range too */
    TRIALS_CMP_LE, /* the end of a range too */
    TRIALS_CMP_GT,
    TRIALS_CMP_LT,
    TRIALS_CMP_WITHIN /* a window of time */
} trials_cmp_t;

/* One thing that a text states.  word is what stands for a word, the same for
 * every word of one meaning; numbers have their value and how it bounds. */

typedef struct {
    uint64_t     value; /* digits, without zeros at the end */
    int          exponent;
    unsigned     number : 1;
    unsigned     negative : 1;
    unsigned     age : 1;     /* the number is somebody's age */
    unsigned     moves : 1;   /* opens a phrase that may stand elsewhere */
    unsigned     opens : 1;   /* first after a stop, a comma or a bracket */
    unsigned     closes : 1;  /* last before one */
    unsigned     stop : 2;    /* the strongest mark before it, as below */
    unsigned     aside : 1;   /* in brackets: what was said, in other units */
    unsigned     lead : 1;    /* "any" or "all" that a list's lead may add */
    unsigned     item : 12;   /* of a list, from 1; else 0 */
    unsigned     who : 1;     /* "who" stands before it */
    unsigned     and_you : 1; /* "and you" stands before it */
    trials_cmp_t cmp;
    trials_str_t word;
    trials_str_t source; /* as it stands in the text */
} trials_fact_t;

/* Marks between two facts: a comma or bracket, a colon or semicolon, the end of a
 * sentence. */
#define TRIALS_STOP_COMMA     1
#define TRIALS_STOP_SEMICOLON 2
#define TRIALS_STOP_SENTENCE  3

/* A text as it is read; zeroed to begin with, its memory is kept from one
 * reading to the next.  The facts point into lower and into the text. */

typedef struct {
    trials_parts_t parts;
    trials_fact_t *facts; /* malloc'ed */
    size_t         n;
    size_t         size;
} trials_reading_t;


trials_rc_t
trials_reading_read(trials_reading_t *reading, const trials_checker_t *checker,
                    trials_str_t text);
void trials_reading_free(trials_reading_t *reading);

/* "18 and 75 years old": both are ages, whichever of them is called one. */
void trials_reading_ages(trials_reading_t *reading);

/* Is it a number, bound, unit, time, negation, alternative, exception or
 * quantifier: what no list of like words may change? */
int trials_fact_locked(const trials_fact_t *fact);

/* "number", "comparator", "negation" ... for a message. */
const char *trials_fact_kind(const trials_fact_t *fact);

/* Do the two state the same? */
int trials_fact_same(const trials_fact_t *a, const trials_fact_t *b);


#endif
