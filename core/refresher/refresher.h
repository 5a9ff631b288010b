/* What the parts of trials-refresher share. */

#ifndef TRIALS_REFRESHER_H
#define TRIALS_REFRESHER_H


#include <trials/cache.h>
#include <trials/page.h>
#include <trials/plain.h>
#include <trials/registry.h>

#include <stdatomic.h>
#include <stdint.h>


typedef struct {
    trials_cache_settings_t    cache;
    trials_registry_settings_t registry;
    trials_page_settings_t     page;
    long                       threads;
    long                       max_age;    /* seconds: of a document */
    long                       absent_age; /* seconds: of "no such study" */
    long                       give_up;    /* seconds: of a wanted id */
    char                       password[256];
} trials_settings_t;


/* One process.  Read-only to the workers but for the atomics. */

typedef struct {
    const trials_settings_t *settings;
    trials_plain_t          *plain;
    trials_page_t           *page;
    atomic_int               stopping;
    atomic_llong             not_before; /* Unix ms: the registry asked so */
    atomic_int               redis_away; /* for one log line a change */
    atomic_int               registry_away;
} trials_refresher_t;


/* One thread: owns everything in it. */

typedef struct {
    trials_refresher_t *refresher;
    char                name[96]; /* of the consumer */
    trials_cache_t     *cache;
    trials_registry_t  *registry;
    trials_arena_t     *arena;
    trials_buf_t        body; /* the record's JSON */
    trials_buf_t        renditions[TRIALS_NRENDITIONS];
} trials_worker_t;


/* What became of a wanted entry. */
typedef enum {
    TRIALS_JOB_DONE,  /* take it out of the stream */
    TRIALS_JOB_LATER, /* leave it: it is claimed again */
    TRIALS_JOB_LOST   /* Redis is away */
} trials_job_t;

/* Makes what one wanted entry asks for. */
trials_job_t
trials_job_run(trials_worker_t *worker, const trials_wanted_t *wanted);

/* The loop of a thread, for pthread_create(); the argument is its worker. */
void *trials_worker_run(void *worker);

/* Sets up and takes down what a worker owns. */
trials_rc_t
     trials_worker_init(trials_worker_t *worker, trials_refresher_t *refresher,
                        int n, trials_error_t *err);
void trials_worker_free(trials_worker_t *worker);


/*
 * One JSON line on stderr: time, level, event, then pairs of a name and a text
 * (NULL: left out), ended by a name that is NULL.
 */
void
trials_log(const char *level, const char *event, ...) __attribute__((sentinel));

/* Unix time in milliseconds. */
int64_t trials_now(void);


#endif
