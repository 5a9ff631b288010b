/* The files that a command is given: a list of names, read one by one. */

#ifndef TRIALS_RECORDS_H
#define TRIALS_RECORDS_H


#include <trials/memory.h>


/* Larger files are refused. */
#define TRIALS_RECORD_MAX (64 * 1024 * 1024)

typedef struct {
    char   **names; /* each malloc()ed, as the array is */
    size_t   n;
    size_t   size;
    unsigned directory : 1; /* one of the arguments was one */
} trials_records_t;

/*
 * Adds an argument: a file, "-" for stdin, or a directory, which stands for
 * all *.json in it, sorted by name.  TRIALS_FAILED where a directory cannot be
 * read or holds none.
 */
trials_rc_t trials_records_add(trials_records_t *records, const char *name,
                               trials_error_t *err);
void        trials_records_free(trials_records_t *records);

/* Reads a file (or stdin) into out, which is emptied first. */
trials_rc_t
trials_record_read(const char *name, trials_buf_t *out, trials_error_t *err);

/* What messages call it. */
const char *trials_record_name(const char *name);


#endif
