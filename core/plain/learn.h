/*
 * Words that the study itself gives a meaning: abbreviations that the record
 * defines, "forced vital capacity (FVC)" and "FVC (forced vital capacity)", and
 * words that are known by their look.
 */

#ifndef TRIALS_CORE_PLAIN_LEARN_H
#define TRIALS_CORE_PLAIN_LEARN_H


#include "core/plain/terms.h"


/* Adds what text defines.  The first definition of an abbreviation stays. */
trials_rc_t trials_learn(trials_terms_t *terms, trials_str_t text);

/* The term that the record defines for the word, in the singular or plural, or
 * NULL. */
const trials_term_t *
trials_learned_find(const trials_terms_t *terms, const char *word, size_t len);

/* The same for the longest word that begins at token i; *used is the number of
 * its tokens. */
const trials_term_t *
trials_learned_at(const trials_terms_t *terms, trials_str_t text,
                  const trials_tokens_t *tokens, size_t i, size_t *used);

/* The study's term for a word that entry explains by its look; NULL where the
 * study has too many. */
trials_rc_t
trials_learned_look(trials_terms_t *terms, const trials_entry_t *entry,
                    const char *word, size_t len, const trials_term_t **term);

/* An anchor's name of the term, not used before; data NULL where memory is
 * out. */
trials_str_t trials_terms_slug(trials_terms_t *terms, trials_str_t term);


#endif
