/*
 * The noun that heads what a criterion says.
 */

#ifndef TRIALS_CORE_PLAIN_NOUNS_H
#define TRIALS_CORE_PLAIN_NOUNS_H


#include "core/plain/rewrite.h"


/* The token after the words that belong together from token i on. */
size_t trials_noun_chunk(const trials_rewriter_t *rewriter, trials_str_t text,
                         size_t i);

/* The rule of a noun between the tokens that ends before `end`, or NULL. */
const trials_rule_t *
trials_noun_find(const trials_rewriter_t *rewriter, trials_str_t text,
                 size_t from, size_t end);

/* "counts", and not "status". */
int trials_noun_plural(trials_str_t text, const trials_token_t *t);

/* "Platelets (PLT) at least 100", whose noun ends before `end`: appends "Your
 * platelets (PLT) are at least 100"; else 0. */
int trials_rewrite_measure(trials_rewriter_t *rewriter, trials_str_t text,
                           const trials_rule_t *rule, size_t end,
                           trials_buf_t *buf);

/* Does a bound begin at token i: "at least", "of 5", "between"? */
int trials_measure_bound(const trials_rewriter_t *rewriter, trials_str_t text,
                         size_t i);


#endif
