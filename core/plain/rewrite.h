/*
 * A criterion in plain words, as far as the fidelity check follows.
 */

#ifndef TRIALS_CORE_PLAIN_REWRITE_H
#define TRIALS_CORE_PLAIN_REWRITE_H


#include "core/plain/rules.h"

#include <trials/plain.h>


/* Where a criterion stands. */
typedef struct {
    trials_group_kind_t kind;
    unsigned            nested : 1;
    unsigned            turned : 1; /* what is above it denies or excepts it */
} trials_place_of_t;

typedef struct {
    const trials_rules_t *rules;
    trials_arena_t       *arena;
    trials_tokens_t       tokens;
    trials_buf_t          phrases; /* the text with its phrases replaced */
    trials_buf_t          whole;   /* the same, speaking to the reader */
} trials_rewriter_t;


void trials_rewriter_init(trials_rewriter_t    *rewriter,
                          const trials_rules_t *rules, trials_arena_t *arena);
void trials_rewriter_free(trials_rewriter_t *rewriter);

/*
 * Fills in plain, faithful and doubt from original: the reader's voice and plain
 * phrases, else plain phrases, else the original words, whichever is the first
 * that the check proves.
 */
trials_rc_t
trials_rewrite(trials_rewriter_t *rewriter, trials_criterion_t *criterion,
               const trials_place_of_t *place);

/* Does what stands under this line mean less, or the opposite ("none of")? */
int trials_rewrite_turns(trials_str_t line);

/* Appends text with its phrases and signs in plain words. */
void trials_rewrite_phrases(trials_rewriter_t *rewriter, trials_str_t text,
                            trials_buf_t *buf);

/* Appends text as said to the reader; 0, and nothing appended, where no rule
 * for its opening fits. */
int trials_rewrite_opening(trials_rewriter_t *rewriter, trials_str_t text,
                           const trials_place_of_t *place, trials_buf_t *buf);


#endif
