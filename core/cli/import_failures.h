/* What could not be imported, as lines of "place TAB id TAB reason". */

#ifndef TRIALS_FAILURES_H
#define TRIALS_FAILURES_H


#include <trials/memory.h>

#include <jansson.h>
#include <stdint.h>


/* Adds a line, unless there is no more room: the count tells of it. */
void trials_failures_add(trials_buf_t *failures, const char *place,
                         const char *id, const char *reason);

/* Prints them by reason, the most frequent first; n is how many there were in
 * all. */
void trials_failures_print(const trials_buf_t *failures, int64_t n);

/* [{"reason", "count", "examples": [{"place", "id"}, …]}, …]; NULL where memory
 * is out. */
json_t *trials_failures_json(const trials_buf_t *failures);


#endif
