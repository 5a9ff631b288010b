/* JSON of others, loaded. */

#ifndef TRIALS_LOAD_H
#define TRIALS_LOAD_H


#include <trials/memory.h>

#include <jansson.h>


/*
 * Loads an object or an array; freed by json_decref().  name is what messages
 * call it.  TRIALS_INVALID with "name:line:column: reason"; TRIALS_TOO_LARGE
 * where it nests deeper than jansson's limit of 2048; TRIALS_NOMEM.
 *
 * Numbers are all floating point: an integer that fits no machine word would
 * otherwise cost the whole record.  A member that is there twice is refused,
 * because nobody can say which of the two is meant.  A string may hold NULs.
 *
 * without, or NULL: the name of a member that nobody reads.  The object that is
 * its value is looked at for its end only, and null takes its place.
 */
trials_rc_t
trials_json_load(const char *name, const char *text, size_t len,
                 const char *without, json_t **root, trials_error_t *err);


#endif
