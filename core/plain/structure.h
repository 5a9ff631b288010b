/*
 * The criteria as groups of criteria with children, in the record's words.
 */

#ifndef TRIALS_CORE_PLAIN_STRUCTURE_H
#define TRIALS_CORE_PLAIN_STRUCTURE_H


#include "core/plain/outline.h"

#include <trials/plain.h>


/*
 * Of the criteria's outline: fills in groups, ngroups and ncriteria, and of every criterion `original`,
 * all from the arena; the rest is left zero.
 */
trials_rc_t
trials_structure_read(trials_arena_t *arena, const trials_outline_t *outline,
                      trials_eligibility_t *eligibility, trials_error_t *err);


#endif
