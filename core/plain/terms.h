/*
 * The terms of one study: those of the glossary and those that the record spells
 * out itself.
 */

#ifndef TRIALS_CORE_PLAIN_TERMS_H
#define TRIALS_CORE_PLAIN_TERMS_H


#include "core/plain/glossary.h"

#include <trials/plain.h>


/* Abbreviations that a record may define, at most; the table is twice as large,
 * a power of two. */
#define TRIALS_LEARNED_MAX  256
#define TRIALS_LEARNED_SIZE 512

/* Everything is the arena's, but the glossary. */
typedef struct {
    trials_arena_t          *arena;
    const trials_glossary_t *glossary;
    trials_term_t          **made;   /* by the glossary's entry */
    unsigned char           *barred; /* the same: not to be explained here */
    trials_term_t           *learned[TRIALS_LEARNED_SIZE];
    size_t                   nlearned;
    trials_str_t             about; /* conditions and titles, in lower case */
    trials_str_t             products; /* interventions, in lower case */
    trials_str_t            *slugs;
    size_t                   nslugs;
    size_t                   slugs_size;
} trials_terms_t;


/* Reads the study's texts for what they define. */
trials_rc_t trials_terms_init(trials_terms_t *terms, trials_arena_t *arena,
                              const trials_glossary_t *glossary,
                              const trials_study_t    *study);

/* Cuts text into runs at every term; their texts point into text. */
trials_rc_t
trials_terms_mark(trials_terms_t *terms, trials_str_t text, trials_text_t *out);


#endif
