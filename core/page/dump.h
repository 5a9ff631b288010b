/*
 * JSON as compact text.
 */

#ifndef TRIALS_PAGE_DUMP_H
#define TRIALS_PAGE_DUMP_H


#include <trials/memory.h>

#include <jansson.h>


/* Appends the text of json, which holds no loop; the answer is out's. */
trials_rc_t trials_json_dump(trials_buf_t *out, const json_t *json);


#endif
