/*
 * The terms of one study: those of the glossary and those that the record spells
 * out itself.
 */

#ifndef TRIALS_CORE_PLAIN_TERMS_H
#define TRIALS_CORE_PLAIN_TERMS_H


#include "core/plain/glossary.h"

#include <trials/plain.h>


/* Words that a study may define or that are known by their look, at most; the
 * table is twice as large, a power of two. */
#define TRIALS_LEARNED_MAX  256
#define TRIALS_LEARNED_SIZE 512

/* Everything is the arena's, but the glossary. */
typedef struct {
    trials_arena_t          *arena;
    const trials_glossary_t *glossary;
    trials_term_t          **made;    /* by the glossary's entry */
    unsigned char           *allowed; /* the same: trials_allowed_t */
    trials_term_t           *learned[TRIALS_LEARNED_SIZE];
    size_t                   nlearned;
    unsigned                 hyphens : 1; /* one of them has a hyphen */
    trials_str_t             about;       /* what the study is about, in lower
                                         case: titles, conditions, tested */
    trials_str_t             acronym;     /* the study's own */
    trials_str_t            *names;       /* of what is tested, in lower case */
    size_t                   nnames;
    trials_str_t            *slugs;
    size_t                   nslugs;
    size_t                   slugs_size;
} trials_terms_t;


/* Reads the study's texts for what they define. */
trials_rc_t trials_terms_init(trials_terms_t *terms, trials_arena_t *arena,
                              const trials_glossary_t *glossary,
                              const trials_study_t    *study);

/* A term of the study for an entry; NULL where memory is out. */
trials_term_t *trials_term_make(trials_terms_t       *terms,
                                const trials_entry_t *entry, trials_str_t name);

/* Cuts text into runs at every term; their texts point into text. */
trials_rc_t
trials_terms_mark(trials_terms_t *terms, trials_str_t text, trials_text_t *out);


#endif
