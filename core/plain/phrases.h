/*
 * Phrases and signs of a text in plain words.
 */

#ifndef TRIALS_CORE_PLAIN_PHRASES_H
#define TRIALS_CORE_PLAIN_PHRASES_H


#include "core/plain/rewrite.h"


typedef struct {
    trials_rewriter_t *rewriter;
    trials_str_t       text;
    trials_token_t    *tokens;
    size_t             ntokens;
    size_t             from; /* what stands before it is written */
    unsigned           shouts : 1;
    trials_buf_t      *buf;
} trials_phraser_t;


/* "≥ 18", ">= 18": at least 18; "grade ≥ 2": grade 2 or higher.  The tokens that
 * were replaced, or 0. */
size_t trials_phrase_sign(trials_phraser_t *p, size_t i);

/* "1.5 x 10^9/L": 1.5 billion per liter. */
size_t trials_phrase_power(trials_phraser_t *p, size_t i);

/* Writes words in the place of the tokens from i on. */
void trials_phrase_put(trials_phraser_t *p, size_t i, size_t used,
                       const char *data, size_t len);

int trials_token_says(const trials_phraser_t *p, size_t i, const char *word);


#endif
