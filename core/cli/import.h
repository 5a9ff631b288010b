/*
 * `trials import`: what its parts share.
 *
 *   source   one thread: archive, folder or lines → records
 *   press    N threads: record → document in Redis (<trials/publish.h>)
 *   report   the main thread: progress, failures, the mark, the summary
 *
 * Records are dealt with in any order, and accounted for in the order in which
 * they were read, so that the mark, the number of records dealt with, leaves none
 * out.  Not more than a window of them is under way, so memory does not grow
 * with the file.
 */

#ifndef TRIALS_IMPORT_H
#define TRIALS_IMPORT_H


#include "core/cli/command.h"

#include <trials/cache.h>
#include <trials/publish.h>

#include <pthread.h>
#include <stdint.h>
#include <time.h>


/* A larger record is refused: the registry's largest has 3.6 MB. */
#define TRIALS_IMPORT_RECORD_MAX (16 * 1024 * 1024)

#define TRIALS_IMPORT_THREADS_MAX 256

/* One record under way: the reader's until it is put, a press's thread's until
 * it is done, then the report's. */

typedef struct {
    char            *place;  /* "FILE:ENTRY", "FILE:LINE"; malloc()ed */
    char            *reason; /* of a failure, malloc()ed */
    int64_t          bytes;  /* of the source, read so far */
    trials_id_t      id;     /* "" where it cannot be read */
    trials_publish_t result;
    unsigned         failed : 1;
    unsigned         done : 1; /* by the lock */
} trials_import_record_t;

typedef struct {
    trials_redis_options_t redis;
    trials_page_settings_t page;
    const char            *source;
    long                   threads;
    long                   max_age; /* seconds */
    long                   brotli;  /* quality; -1: the cache's own */
    unsigned               restart : 1;
    unsigned               json : 1;
} trials_import_options_t;

typedef struct {
    const trials_import_options_t *options;
    trials_cache_t                *cache; /* the main thread's */
    trials_plain_t                *plain;
    trials_page_t                 *page;
    trials_press_t                *press;

    /* Of the source; set before the threads start. */
    char    key[TRIALS_MARK_NAME_SIZE]; /* names the mark; "": none is kept */
    int64_t total;                      /* bytes; 0: not known */
    int64_t skip;                       /* records that are done already */

    /* Record number n is at n % size. */
    trials_import_record_t *records;
    uint64_t                size;

    pthread_mutex_t lock;         /* of all below */
    pthread_cond_t  room_cond;    /* for the reader */
    pthread_cond_t  done_cond;    /* for the report; by CLOCK_MONOTONIC */
    uint64_t        read;         /* records so far */
    uint64_t        told;         /* of these, accounted for */
    unsigned        ended : 1;    /* the source is read to its end */
    unsigned        stopping : 1; /* no more is read */
    trials_error_t  source_error; /* code 0: none */
    trials_error_t  work_error;   /* what ended the import before its end */
} trials_import_t;


/* import_source.c */

/* Finds out what the source is: its size and its name for the mark. */
trials_rc_t trials_source_look(trials_import_t *import, trials_error_t *err);

/* The reading thread; the argument is the trials_import_t. */
void *trials_source_run(void *import);


/* import_report.c: takes what is done, in order, until all is, and keeps the
 * mark.  Returns the exit code. */
int trials_report_run(trials_import_t *import, trials_mark_t *mark);


/* import.c */

/*
 * A record for the press; wrong, where not NULL, is why it can be none.  Waits
 * while the window is full.  TRIALS_BUSY where the import is ending.
 */
trials_rc_t trials_import_put(trials_import_t *import, const char *place,
                              trials_str_t json, int64_t bytes,
                              const trials_error_t *wrong, trials_error_t *err);

/* The next record in order, NULL at the time until (of CLOCK_MONOTONIC) or where
 * *over tells that none will come; and that it is accounted for. */
trials_import_record_t      *
trials_import_next(trials_import_t *import, const struct timespec *until,
                        int *over);
void trials_import_told(trials_import_t *import);

/* The source was read to its end, or to where *err says; NULL: nothing is
 * wrong.  TRIALS_BUSY is the import's own end, and no reason. */
void trials_import_ended(trials_import_t *import, const trials_error_t *err);

/* Ends the import before its end; the first reason is kept, NULL: none. */
void trials_import_stop(trials_import_t *import, const trials_error_t *why);
int  trials_import_is_stopping(trials_import_t *import);

/* What messages call the source. */
const char *trials_import_name(const trials_import_t *import);


#endif
