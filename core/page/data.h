/* The files of this folder that are built into the library. */

#ifndef TRIALS_PAGE_DATA_H
#define TRIALS_PAGE_DATA_H


#include <stddef.h>


typedef struct {
    const char *name;
    const char *start;
    const char *end;
} trials_data_t;


/* NULL where there is none of that name. */
const trials_data_t *trials_data_find(const char *name);

/* The first one, the second, ...; NULL after the last. */
const trials_data_t *trials_data_at(size_t i);


#endif
