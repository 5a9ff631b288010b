/* The files of this folder that are built into the library. */

#ifndef TRIALS_PAGE_DATA_H
#define TRIALS_PAGE_DATA_H


typedef struct {
    const char *name;
    const char *start;
    const char *end;
} trials_data_t;


/* NULL where there is none of that name. */
const trials_data_t *trials_data_find(const char *name);


#endif
