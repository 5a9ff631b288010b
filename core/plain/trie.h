/*
 * Phrases of tokens in a tree: the longest one that begins at a token is found
 * in as many steps as it has tokens.
 */

#ifndef TRIALS_CORE_PLAIN_TRIE_H
#define TRIALS_CORE_PLAIN_TRIE_H


#include "core/plain/text.h"


typedef struct trials_trie_s trials_trie_t;


/* NULL where memory is out. */
trials_trie_t *trials_trie_create(void);
void           trials_trie_destroy(trials_trie_t *trie);

/*
 * Adds a phrase for value (>= 0).  Words match in any case, or as they are
 * written where exact is set.  "{n}" stands for a number, in digits or a word,
 * "{unit}" for a unit of time.  Hyphens between words may be spaces in the text
 * and the other way round.  TRIALS_BUSY where the phrase is there already with
 * another value, TRIALS_INVALID where it has no token.
 */
trials_rc_t
trials_trie_add(trials_trie_t *trie, trials_str_t phrase, int exact, int value);

/*
 * The value of the longest phrase that begins at token `at`, or -1.  *used is
 * the number of tokens it covers; slots, where not NULL, is filled with the
 * tokens that stand for "{n}" and "{unit}".
 */
typedef struct {
    size_t number;
    size_t unit;
} trials_trie_slots_t;

int trials_trie_longest(const trials_trie_t *trie, trials_str_t text,
                        const trials_tokens_t *tokens, size_t at, size_t *used,
                        trials_trie_slots_t *slots);

/* Is the token a number, in digits or as a word?  A unit of time? */
int trials_token_is_number(trials_str_t text, const trials_token_t *token);
int trials_token_is_unit(trials_str_t text, const trials_token_t *token);


#endif
