/*
 * Names: of what is tested, of the study, of substances.  A name is never
 * explained as something else.
 */

#ifndef TRIALS_CORE_PLAIN_NAMES_H
#define TRIALS_CORE_PLAIN_NAMES_H


#include "core/plain/terms.h"


/* Notes what the study tests.  The texts are the arena's. */
trials_rc_t
trials_names_init(trials_terms_t *terms, const trials_study_t *study);

/* Does the term at start of text, len bytes, stand within a longer name of what
 * the study tests, or does it begin a code such as "MS-275"? */
int trials_names_cover(const trials_terms_t *terms, trials_str_t text,
                       size_t start, size_t len);

/* Is the abbreviation the study's own, or the name of a drug or device that it
 * tests, all of it or the letters of a code: "ALT" of "ALT-801"? */
int trials_names_own(const trials_terms_t *terms, trials_str_t abbreviation);

/* Is token i a word in capitals for stress, not an abbreviation: "ALL of the
 * following"? */
int
trials_names_not(trials_str_t text, const trials_tokens_t *tokens, size_t i);


#endif
