/* What the parts of trials-refresher share. */

#ifndef TRIALS_REFRESHER_H
#define TRIALS_REFRESHER_H


#include "core/refresher/lists.h"
#include "core/refresher/settings.h"

#include <trials/cache.h>
#include <trials/page.h>
#include <trials/plain.h>
#include <trials/publish.h>
#include <trials/registry.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>


/* Wanted entries that one thread takes at a time: what comes together is asked
 * for together. */
#define TRIALS_GROUP_MAX 32


/* What is counted, in the order of the table in metrics.c. */

typedef enum {
    TRIALS_COUNT_REQUESTS = 0, /* to the registry */
    TRIALS_COUNT_FAILURES,     /* of these, without an answer */
    TRIALS_COUNT_RENDERED,
    TRIALS_COUNT_UNCHANGED,
    TRIALS_COUNT_ABSENT,
    TRIALS_COUNT_ALIASES,
    TRIALS_COUNT_REFUSED,  /* records that no page can be made of */
    TRIALS_COUNT_LOSSES,   /* documents that the guard kept */
    TRIALS_COUNT_WANTED,   /* entries of readers dealt with */
    TRIALS_COUNT_GIVEN_UP, /* of these, without success */
    TRIALS_COUNT_FEEDS,    /* data sets read to their end */
    TRIALS_COUNT_CHANGED,  /* cached studies that a feed named */
    TRIALS_COUNT_CHECKED,  /* documents checked because it was time */
    TRIALS_NCOUNTS
} trials_count_t;


/*
 * Whether the registry may be asked.  One for all threads: what one of them was
 * told, or found out, holds for the others.  While it fails, one thread at a
 * time tries (probing), the others wait for what it finds.
 */

typedef struct {
    atomic_llong not_before; /* Unix milliseconds */
    atomic_int   failures;   /* in a row; 0: the registry answers */
    atomic_int   probing;    /* 1: somebody tries */
    atomic_int   asking;     /* 1: somebody asks for the version */
    atomic_llong up;         /* Unix milliseconds: it told its version */
} trials_hold_t;

/* The registry answered, with whatever; 1 where it had been away. */
int trials_hold_answered(trials_hold_t *hold);

/* It did not.  retry_after in milliseconds, 0 where it did not say; seed is of
 * rand_r().  1 where it had been there until now. */
int trials_hold_failed(trials_hold_t *hold, long retry_after, unsigned *seed);

/* Milliseconds until it may be asked; 0: now. */
long trials_hold_left(trials_hold_t *hold);


/* One process.  Read-only to the threads but for the atomics. */

typedef struct {
    _Atomic(const trials_settings_t *) settings; /* SIGHUP brings others */
    trials_plain_t                    *plain;
    trials_page_t                     *page;
    trials_press_t                    *press;
    trials_collections_t               collections;
    trials_lists_t                    *lists;
    trials_hold_t                      hold;
    atomic_int   stopping;   /* 1: no new work; 2: give up */
    atomic_int   redis_away; /* one log line a change */
    atomic_int   leading;    /* this process leads */
    atomic_llong counts[TRIALS_NCOUNTS];
    atomic_llong followed; /* Unix seconds: all of the feed was */
    atomic_llong jobs;     /* numbers of jobs */

    /* The keeper's: when sitemaps may be made, and whether they should. */
    int64_t  next_sitemaps; /* Unix milliseconds */
    unsigned sitemaps_due : 1;
} trials_refresher_t;


/* One thread: owns everything in it. */

typedef struct {
    trials_refresher_t *refresher;
    char                name[80]; /* of the consumer */
    char                job[40];  /* what the log calls the job under way */
    trials_press_lane_t lane;
    trials_cache_t     *cache;
    trials_registry_t  *registry;
    trials_buf_t        body;          /* a record's JSON */
    trials_error_t      err;           /* of the last call that failed */
    unsigned            seed;          /* of rand_r() */
    atomic_llong        beat;          /* Unix milliseconds: it is alive */
    unsigned            probing : 1;   /* it is the one that tries */
    unsigned            not_asked : 1; /* the request was never sent */

    /* Locks that are held while the registry is asked. */
    trials_name_t       locked[TRIALS_GROUP_MAX];
    trials_lock_token_t tokens[TRIALS_GROUP_MAX];
    size_t              nlocked;
    int64_t             renewed; /* Unix milliseconds: locks, or the lead */

    /* The lead, where it has that. */
    trials_lock_token_t lead;
    int64_t             fence; /* 0: it does not lead */
} trials_worker_t;

/* Sets up and takes down what a worker owns.  After a failed _init() it must be
 * freed all the same. */
trials_rc_t trials_worker_init(trials_worker_t    *worker,
                               trials_refresher_t *refresher, const char *name,
                               trials_press_lane_t lane, trials_error_t *err);
void        trials_worker_free(trials_worker_t *worker);

/* Threads, for pthread_create(); the argument is a worker: one that serves
 * readers, one that keeps what is cached. */
void *trials_worker_run(void *worker);
void *trials_keeper_run(void *worker);

/* Says once that Redis is away, or wrong, from worker->err; always 0. */
int trials_worker_error(trials_worker_t *worker);

/* It answers again, if it did not. */
void trials_worker_redis(trials_worker_t *worker);

/* Waits, unless it is time to stop. */
void trials_worker_pause(trials_worker_t *worker, long ms);

/* Keeps locks and lead for as long as the job is under way. */
void trials_worker_keep(trials_worker_t *worker);

/* The next job's id for the log. */
void trials_worker_job(trials_worker_t *worker);

void
trials_count(trials_refresher_t *refresher, trials_count_t count, long long n);


/* For the registry's client: waits until there may be a request. */
int trials_admit(void *worker);

/*
 * What a request came to: the hold, the bucket and the log.  Where a study or a
 * list was asked for in vain (what: its name), but the registry tells its
 * version, it is not away; what is NULL where it was asked for the version.
 */
void trials_answered(trials_worker_t *worker, const char *what, trials_rc_t rc,
                     long retry_after, const trials_error_t *err);


/* What became of a study in a batch. */

typedef enum {
    TRIALS_FATE_NONE = 0, /* not in the answer */
    TRIALS_FATE_DONE,
    TRIALS_FATE_EMPTIED, /* it lost most of what it had; not stored yet */
    TRIALS_FATE_KEPT,    /* it would be lost, and the guard kept it */
    TRIALS_FATE_REFUSED, /* no page can be made of it */
    TRIALS_FATE_LATER    /* the registry or Redis is away */
} trials_fate_t;

/* Studies to fetch and publish together: their ids without repetition, in
 * order, and what became of each. */

typedef struct {
    trials_worker_t *worker;
    trials_id_t      ids[TRIALS_BATCH_MAX];
    trials_fate_t    fates[TRIALS_BATCH_MAX];
    size_t           n;
    int64_t          began;   /* Unix milliseconds */
    int64_t          fetched; /* the same: when the answer had come */
    unsigned         force : 1;
    int              single; /* the one that is asked for by itself; or -1 */

    /* Between the worker and the press. */
    pthread_mutex_t lock;
    pthread_cond_t  finished;
    size_t          pending;
    unsigned        redis_away : 1;
    trials_error_t  err; /* of Redis */
} trials_batch_t;

/* NULL where memory is out. */
trials_batch_t *trials_batch_create(trials_worker_t *worker);
void            trials_batch_destroy(trials_batch_t *batch);

/* Empties it; adds an id (1 where there was room). */
void trials_batch_reset(trials_batch_t *batch);
int  trials_batch_add(trials_batch_t *batch, const char *id);

/* Fetches and publishes them all.  Returns how many have to be done later; Redis
 * is away, and worker->err says how, where batch->redis_away is set. */
size_t trials_batch_run(trials_batch_t *batch);

trials_fate_t trials_batch_fate(const trials_batch_t *batch, const char *id);

/* The press is done with one. */
void trials_batch_pressed(void *refresher, void *batch,
                          const trials_pressed_t *pressed);


/* What became of wanted entries. */
typedef enum {
    TRIALS_JOB_DONE,  /* take it out of the stream */
    TRIALS_JOB_LATER, /* leave it: it is claimed again */
    TRIALS_JOB_LOST   /* Redis is away: worker->err says how */
} trials_job_t;

/* Makes what n wanted entries ask for; jobs[i] is what became of each. */
void trials_job_run(trials_batch_t *batch, const trials_wanted_t *wanted,
                    size_t n, trials_job_t *jobs);

/* Makes a page of the site, or notes that there is none of that name. */
trials_job_t trials_site_make(trials_worker_t *worker, const char *name);

/* Stores that there is no such document, or that it goes by another id. */
trials_rc_t trials_store_other(trials_worker_t *worker, const char *name,
                               const char *location);


/*
 * Health and metrics by HTTP (settings->listen), in threads of their own; NULL
 * with *err where it cannot listen.  _text() writes what /metrics answers.
 */
typedef struct trials_metrics_s trials_metrics_t;

trials_metrics_t      *
trials_metrics_start(trials_refresher_t *refresher, trials_error_t *err);
void trials_metrics_stop(trials_metrics_t *metrics);
void trials_metrics_text(trials_refresher_t *refresher, trials_buf_t *out);
void trials_metrics_log(trials_refresher_t *refresher);


/* Tells the service manager (sd_notify(3)); does nothing where there is none. */
void trials_notify(const char *state);

/* Milliseconds between two signs of life that it expects; 0: none. */
long trials_notify_watchdog(void);


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
