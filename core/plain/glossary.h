/*
 * The glossary: terms that are explained, and words that have a plainer one.
 */

#ifndef TRIALS_CORE_PLAIN_GLOSSARY_H
#define TRIALS_CORE_PLAIN_GLOSSARY_H


#include "core/plain/trie.h"


typedef struct {
    trials_str_t term;
    trials_str_t meaning;
    trials_str_t context; /* words parted by "|"; empty: anywhere */
    unsigned     abbreviation : 1;
} trials_entry_t;

/* A phrase and what is said instead. */
typedef struct {
    trials_str_t from;
    trials_str_t to;
} trials_swap_t;

typedef struct {
    trials_trie_t  *terms; /* values are indexes of entries */
    trials_entry_t *entries;
    size_t          nentries;
    trials_swap_t  *swaps;
    size_t          nswaps;
    size_t          entries_size;
    size_t          swaps_size;
} trials_glossary_t;


/* Reads the data file from start to end; texts stay where they are. */
trials_rc_t
     trials_glossary_load(trials_glossary_t *glossary, const char *name,
                          const char *start, const char *end, trials_error_t *err);
void trials_glossary_free(trials_glossary_t *glossary);


#endif
