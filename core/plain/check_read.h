/*
 * The fidelity check's own reading of a text: what it states, as a sequence.
 * It shares nothing with the rewriter, neither code nor data.
 */

#ifndef TRIALS_CORE_PLAIN_CHECK_READ_H
#define TRIALS_CORE_PLAIN_CHECK_READ_H


#include <trials/memory.h>

#include <stddef.h>
#include <stdint.h>


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
    unsigned     age : 1; /* the number is somebody's age */
    trials_cmp_t cmp;
    trials_str_t word;
    trials_str_t source; /* as it stands in the text */
} trials_fact_t;

typedef struct {
    trials_fact_t *list; /* malloc'ed */
    size_t         n;
    size_t         size;
} trials_facts_t;


/* Reads text; the facts point into it and into lower, which holds its words in
 * lower case.  Both are freed by the caller. */
trials_rc_t
trials_facts_read(trials_facts_t *facts, trials_str_t text, char **lower);

/* What a word or phrase is taken as.  "" is passed over. */
typedef struct {
    const char *phrase;
    const char *canon;
} trials_check_word_t;

/* Sorted by phrase, byte by byte. */
extern const trials_check_word_t trials_check_words[];
extern const size_t              trials_check_nwords;


#endif
