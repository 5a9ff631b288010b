/* What the parts of trials-refresher share. */

#ifndef TRIALS_REFRESHER_H
#define TRIALS_REFRESHER_H


#include <trials/cache.h>
#include <trials/page.h>
#include <trials/plain.h>
#include <trials/registry.h>

#include <stdatomic.h>
#include <stdint.h>


#define TRIALS_THREADS_MAX 64

/* Exit codes. */
#define TRIALS_EXIT_OK     0
#define TRIALS_EXIT_FAILED 1
#define TRIALS_EXIT_USAGE  2

typedef struct {
    trials_cache_settings_t    cache;
    trials_registry_settings_t registry;
    trials_page_settings_t     page;
    long                       threads;
    long                       max_age;    /* seconds: of a document */
    long                       absent_age; /* seconds: of "no such study" */
    long                       give_up;    /* seconds: of a wanted id */
    unsigned                   check : 1;  /* validate, and no more */
    char                       password[256];
} trials_settings_t;


/*
 * Reads options and environment and validates them.  1: go on; 0: there is
 * nothing more to do, *code is the exit code and a message, if need be, was
 * written.
 */
int trials_settings_read(trials_settings_t *settings, int argc, char **argv,
                         int *code);


/*
 * When the registry may be asked again.  One for all threads: what one of them
 * was told, or found out, holds for the others.
 */

typedef struct {
    atomic_llong not_before; /* Unix milliseconds */
    atomic_int   failures;   /* in a row; 0: the registry answers */
} trials_hold_t;

/* The registry answered, with whatever; 1 where it had been away. */
int trials_hold_answered(trials_hold_t *hold);

/* It did not.  retry_after in milliseconds, 0 where it did not say; seed is of
 * rand_r().  1 where it had been there until now. */
int trials_hold_failed(trials_hold_t *hold, long retry_after, unsigned *seed);

/* Milliseconds until it may be asked; 0: now. */
long trials_hold_left(trials_hold_t *hold);


/* One process.  Read-only to the workers but for the atomics. */

typedef struct {
    const trials_settings_t *settings;
    trials_plain_t          *plain;
    trials_page_t           *page;
    trials_hold_t            hold;
    atomic_int               stopping;   /* 1: no new work; 2: give up */
    atomic_int               redis_away; /* for one log line a change */
} trials_refresher_t;


/* One thread: owns everything in it. */

typedef struct {
    trials_refresher_t *refresher;
    char                name[80]; /* of the consumer */
    trials_cache_t     *cache;
    trials_registry_t  *registry;
    trials_arena_t     *arena;
    trials_buf_t        body; /* the record's JSON */
    trials_buf_t        renditions[TRIALS_NRENDITIONS];
    trials_error_t      err;  /* of the last call that failed */
    unsigned            seed; /* of rand_r() */

    /* The lock that is held while the registry is asked. */
    const char         *locked; /* the id; NULL: none */
    trials_lock_token_t token;
    int64_t             renewed; /* Unix milliseconds */
} trials_worker_t;

/* Sets up and takes down what a worker owns.  After a failed _init() it must be
 * freed all the same. */
trials_rc_t
     trials_worker_init(trials_worker_t *worker, trials_refresher_t *refresher,
                        int n, trials_error_t *err);
void trials_worker_free(trials_worker_t *worker);

/* The loop of a thread, for pthread_create(); the argument is its worker. */
void *trials_worker_run(void *worker);


/* What became of a wanted entry. */
typedef enum {
    TRIALS_JOB_DONE,  /* take it out of the stream */
    TRIALS_JOB_LATER, /* leave it: it is claimed again */
    TRIALS_JOB_LOST   /* Redis is away: worker->err says how */
} trials_job_t;

/* Makes what one wanted entry asks for. */
trials_job_t
trials_job_run(trials_worker_t *worker, const trials_wanted_t *wanted);

/* Keeps the lock of the job under way, for as long as it is under way. */
void trials_job_keep(trials_worker_t *worker);


/*
 * One JSON line on stderr: time, level, event, then pairs of a name and a text
 * (NULL: the pair is left out), then TRIALS_END.  The text of a name that begins
 * with "#" is a number: it is written without quotes.
 */
#define TRIALS_END ((const char *) NULL)

void
trials_log(const char *level, const char *event, ...) __attribute__((sentinel));

/* Unix time in milliseconds. */
int64_t trials_now(void);


#endif
