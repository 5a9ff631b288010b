/*
 * The rules of rewriting: phrases with plainer ones, and how a criterion that
 * opens in one way speaks to the reader.
 */

#ifndef TRIALS_CORE_PLAIN_RULES_H
#define TRIALS_CORE_PLAIN_RULES_H


#include "core/plain/glossary.h"


/* Where an opening may be changed. */
typedef enum {
    TRIALS_GUARD_ANY = 0, /* what follows does not matter */
    TRIALS_GUARD_BARE     /* what follows must not speak about the patient again
                             nor have a verb of its own */
} trials_guard_t;

typedef struct {
    trials_str_t   to;
    trials_guard_t guard;
} trials_rule_t;

typedef struct {
    trials_trie_t *phrases; /* values are indexes of rules */
    trials_trie_t *openings;
    trials_rule_t *rules;
    size_t         nrules;
    size_t         size;
} trials_rules_t;


/* Reads the data file, and the glossary's words that have a plainer one. */
trials_rc_t
     trials_rules_load(trials_rules_t *rules, const trials_glossary_t *glossary,
                       const char *name, const char *start, const char *end,
                       trials_error_t *err);
void trials_rules_free(trials_rules_t *rules);


#endif
