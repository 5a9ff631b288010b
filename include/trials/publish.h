/*
 * Publishing: from a study's record in memory to its document in Redis.  What
 * the refresher and `trials import` do with every record, whatever brought it.
 */

#ifndef TRIALS_PUBLISH_H
#define TRIALS_PUBLISH_H


#include <trials/cache.h>
#include <trials/memory.h>
#include <trials/page.h>
#include <trials/registry.h>

#include <stddef.h>
#include <stdint.h>


/* Parses, renders and stores, one record after the other.  One per thread. */
typedef struct trials_publisher_s trials_publisher_t;

/* page and cache must outlive it; cache is used by its thread only.  NULL with
 * *err where memory is out.  Freed by _destroy(). */
trials_publisher_t      *
trials_publisher_create(const trials_page_t *page, trials_cache_t *cache,
                             trials_error_t *err);
void trials_publisher_destroy(trials_publisher_t *publisher);


/* What is known of a record beside its bytes. */

typedef struct {
    const char *name;    /* what messages call it: an id, a file */
    const char *id;      /* whose it must be; NULL: anybody's */
    int64_t     fetched; /* Unix seconds: when the registry said so; 0: on
                            the day that the record itself gives */
    long        max_age; /* seconds until it must be checked again */

    /* Store it though it has lost most of what the stored one has. */
    unsigned force : 1;

    /* Leave a stored one alone that was made of a later version. */
    unsigned keep_newer : 1;
} trials_publish_facts_t;

typedef enum {
    TRIALS_PUBLISH_UNCHANGED = 0, /* the same is there: its freshness is new */
    TRIALS_PUBLISH_WRITTEN,
    TRIALS_PUBLISH_EMPTIED, /* see force: nothing was written */
    TRIALS_PUBLISH_NEWER    /* see keep_newer: the same */
} trials_publish_t;

/*
 * Makes all renditions of a record and stores them where they differ from what
 * is there.  A record that has not changed, of the same engine, is rendered
 * anew only where the page's "checked" date is a day old.
 *
 * id receives whose record it is ("" where it cannot be read).  TRIALS_INVALID
 * and TRIALS_TOO_LARGE: no page can be made of this record; TRIALS_UNAVAILABLE
 * and TRIALS_FAILED as in <trials/cache.h>; TRIALS_NOMEM.
 */
trials_rc_t
trials_publish(trials_publisher_t *publisher, const char *json, size_t len,
               const trials_publish_facts_t *facts, trials_id_t id,
               trials_publish_t *result, trials_error_t *err);


/*
 * The press: threads that publish, and a queue in front of them that holds
 * whoever is faster.
 */

typedef struct trials_press_s trials_press_t;

/* What became of a record. */
typedef struct {
    trials_rc_t           rc;
    trials_publish_t      result; /* where rc is TRIALS_OK */
    trials_id_t           id;     /* "" where it cannot be read */
    const char           *name;   /* as it was put */
    long                  ms;     /* from the queue's end to the cache */
    const trials_error_t *err;    /* where rc is not TRIALS_OK */
} trials_pressed_t;

typedef struct {
    const trials_page_t           *page;
    const trials_cache_settings_t *cache; /* each thread connects */
    int                            threads;

    /* Called in one of the threads when a record is dealt with; cookie is what
     * _put() was given. */
    void (*done)(void *data, void *cookie, const trials_pressed_t *pressed);
    void *data;
} trials_press_settings_t;

/* Starts the threads.  NULL with *err where they or their memory cannot be
 * had.  page must outlive it. */
trials_press_t *trials_press_create(const trials_press_settings_t *settings,
                                    trials_error_t                *err);

/* Finishes what is in the queue, ends the threads and frees. */
void trials_press_destroy(trials_press_t *press);

typedef enum {
    TRIALS_PRESS_READER = 0, /* somebody waits for it: before all others */
    TRIALS_PRESS_BACKGROUND,
    TRIALS_NPRESS
} trials_press_lane_t;

/*
 * Puts a copy of a record, with its facts, into the queue; waits while that is
 * full.  From TRIALS_OK on done() is called for it, once.  TRIALS_NOMEM.
 */
trials_rc_t trials_press_put(trials_press_t *press, trials_press_lane_t lane,
                             const char *json, size_t len,
                             const trials_publish_facts_t *facts, void *cookie,
                             trials_error_t *err);

/* Waits until all that was put before is dealt with. */
void trials_press_drain(trials_press_t *press);


#endif
