/*
 * Abbreviations that a record defines: "forced vital capacity (FVC)".
 */

#ifndef TRIALS_CORE_PLAIN_LEARN_H
#define TRIALS_CORE_PLAIN_LEARN_H


#include "core/plain/terms.h"


/* Adds what text defines.  The first definition of an abbreviation stays. */
trials_rc_t trials_learn(trials_terms_t *terms, trials_str_t text);

/* The term that the record defines for the word, or NULL. */
const trials_term_t *
trials_learned_find(const trials_terms_t *terms, const char *word, size_t len);

/* An anchor's name of the term, not used before; data NULL where memory is
 * out. */
trials_str_t trials_terms_slug(trials_terms_t *terms, trials_str_t term);


#endif
