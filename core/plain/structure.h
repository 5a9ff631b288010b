/*
 * The criteria as groups of criteria with children, in the record's words.
 */

#ifndef TRIALS_CORE_PLAIN_STRUCTURE_H
#define TRIALS_CORE_PLAIN_STRUCTURE_H


#include <trials/plain.h>


/*
 * Fills in groups, ngroups and ncriteria, and of every criterion `original`,
 * all from the arena; the rest is left zero.
 */
trials_rc_t
trials_structure_read(trials_arena_t *arena, trials_str_t markup,
                      trials_eligibility_t *eligibility, trials_error_t *err);


#endif
