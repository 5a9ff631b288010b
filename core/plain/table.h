/*
 * The data files: lines of fields parted by tabs; "#" begins a comment line.
 */

#ifndef TRIALS_CORE_PLAIN_TABLE_H
#define TRIALS_CORE_PLAIN_TABLE_H


#include <trials/memory.h>

#include <stddef.h>


#define TRIALS_TABLE_FIELDS 8


typedef struct {
    const char  *name; /* of the file, for messages */
    const char  *pos;
    const char  *end;
    unsigned     line;
    trials_str_t fields[TRIALS_TABLE_FIELDS];
    size_t       nfields;
} trials_table_t;


void trials_table_open(trials_table_t *table, const char *name,
                       const char *start, const char *end);

/*
 * Reads the next line into fields, which must be `columns`.  TRIALS_NOT_FOUND at
 * the end; TRIALS_INVALID with *err where the line has another number of fields
 * or spaces around one.
 */
trials_rc_t
trials_table_next(trials_table_t *table, size_t columns, trials_error_t *err);

/* "name:line: reason" in *err, and TRIALS_INVALID. */
trials_rc_t trials_table_error(const trials_table_t *table, trials_error_t *err,
                               const char *reason, trials_str_t what);

/* Takes the next piece before a "|" off *list.  0 when nothing is left. */
int trials_table_piece(trials_str_t *list, trials_str_t *piece);

/* A field whose text is "-" or empty says nothing. */
int trials_table_empty(trials_str_t field);


#endif
