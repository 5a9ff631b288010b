/*
 * The index of all trials that lists are made of: each in some sixty bytes of
 * memory, read from Redis's summaries once and kept by the stream of changes.
 * One for all threads, with a lock of its own.
 */

#ifndef TRIALS_LISTS_H
#define TRIALS_LISTS_H


#include "core/refresher/collections.h"

#include <trials/cache.h>
#include <trials/listing.h>


/* A multiple of 64: a trial has a bit for each. */
#define TRIALS_LISTS_COUNTRIES 256

typedef struct trials_lists_s trials_lists_t;

/* NULL where memory is out.  collections must outlive it. */
trials_lists_t *trials_lists_create(const trials_collections_t *collections);
void            trials_lists_destroy(trials_lists_t *lists);

/* Follows the changes; the first time, and where some were missed, it reads
 * everything. */
trials_rc_t trials_lists_follow(trials_lists_t *lists, trials_cache_t *cache,
                                trials_error_t *err);

/* The collections (see trials_collections_of()) that trials came to, changed in
 * or left since this was asked last. */
uint64_t trials_lists_touched(trials_lists_t *lists);

/* What a list shows. */

typedef struct {
    int                   collection; /* its number */
    trials_status_group_t group;      /* NONE: all */
    int                   country;    /* number of the index; -1: all */
    int                   changed;    /* those that changed, the latest first */
    size_t                first;      /* to leave out */
    size_t                max;        /* to take */
} trials_lists_query_t;

typedef struct {
    size_t      total; /* that fit, before first and max */
    size_t      n;
    trials_id_t ids[TRIALS_LISTING_MAX];
    int64_t     days[TRIALS_LISTING_MAX]; /* since 1970: its date */
    int64_t     updated; /* the latest date among all that fit; days */

    /* How many fit without the filter of a group, or of a country. */
    size_t groups[TRIALS_NSTATUS_GROUPS];
    size_t countries[TRIALS_LISTS_COUNTRIES];
} trials_lists_found_t;

/* Open ones first, then by date.  TRIALS_NOMEM. */
trials_rc_t
trials_lists_find(trials_lists_t *lists, const trials_lists_query_t *query,
                  trials_lists_found_t *found);

/* How many trials there are in a collection, and how many of them take
 * people. */
void trials_lists_count(trials_lists_t *lists, int collection, size_t *total,
                        size_t *open);

/* The country of that slug ("south-korea"); -1: none. */
int trials_lists_country(trials_lists_t *lists, const char *slug, size_t len);

/* Name and slug of a country's number, which live as long as the index; 0 where
 * there is none. */
int trials_lists_country_name(trials_lists_t *lists, int country,
                              const char **name, const char **slug);

/* All trials in the order of their ids, for a sitemap: those whose number leaves
 * out first, at most max; returns how many, of *total. */
size_t trials_lists_part(trials_lists_t *lists, size_t first, size_t max,
                         trials_id_t *ids, trials_date_t *dates, size_t *total);

/* The day of a number of days since 1970. */
trials_date_t trials_lists_date(int64_t day);


#endif
