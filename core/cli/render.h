/* What rendering one record needs, shared by `trials render` and its bench. */

#ifndef TRIALS_RENDER_H
#define TRIALS_RENDER_H


#include "core/cli/records.h"

#include <trials/page.h>


/* The engine, and memory that is used again for each record. */
typedef struct {
    trials_plain_t     *plain;
    trials_page_t      *page;
    trials_arena_t     *arena;
    trials_buf_t        input;
    trials_buf_t        out;
    trials_buf_t        previous; /* read once, for facts.previous */
    trials_page_facts_t facts;
} trials_render_t;

/* `trials render --bench ROUNDS`: returns the exit code. */
int trials_render_bench(trials_render_t        *render,
                        const trials_records_t *records, long rounds);


#endif
