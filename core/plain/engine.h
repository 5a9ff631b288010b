/*
 * The engine: what is compiled once and read by everybody.
 */

#ifndef TRIALS_CORE_PLAIN_ENGINE_H
#define TRIALS_CORE_PLAIN_ENGINE_H


#include "core/plain/check_table.h"
#include "core/plain/glossary.h"
#include "core/plain/outline.h"
#include "core/plain/rules.h"
#include "core/plain/terms.h"
#include "core/plain/trace.h"

#include <trials/plain.h>


struct trials_plain_s {
    trials_glossary_t glossary;
    trials_rules_t    rules;
    trials_checker_t  checker;
    char              version[17];
};

/* All in the arena. */
struct trials_translation_s {
    const trials_plain_t *plain;
    trials_arena_t       *arena;
    const trials_study_t *study;
    trials_terms_t        terms;
    trials_outline_t     *criteria; /* NULL until they are read */
    trials_trace_t       *trace; /* NULL, but where a criterion is explained */
};


/* Reads the study's criteria, which two parts of a page are made of, once. */
trials_rc_t
trials_translation_read(trials_translation_t *translation, trials_error_t *err);


#endif
