/*
 * Collections: named searches that the site has lists and feeds of, from a file
 * of the site's own:
 *
 *   [als]
 *   title     = Amyotrophic lateral sclerosis (ALS)
 *   condition = amyotrophic lateral sclerosis | motor neuron disease | ALS
 *   status    = RECRUITING | NOT_YET_RECRUITING
 *   country   = France | Belgium
 *   sponsor   = Assistance Publique
 *   ids       = NCT01234567 NCT07654321
 *
 * A trial belongs to it that fits one alternative of each line there is, or is
 * one of the ids.  Conditions are looked for, as whole words, in the trial's
 * conditions, keywords, MeSH terms and title; a sponsor within its name.
 */

#ifndef TRIALS_COLLECTIONS_H
#define TRIALS_COLLECTIONS_H


#include <trials/cache.h>
#include <trials/summary.h>


/* One bit each in an index of 64; the first is that of all trials. */
#define TRIALS_COLLECTIONS_MAX 63
#define TRIALS_SLUG_MAX        24

/* The collection of all trials. */
#define TRIALS_COLLECTION_ALL "all"

typedef struct {
    char         slug[TRIALS_SLUG_MAX + 1];
    const char  *title;
    trials_str_t conditions; /* alternatives, with U+001F between them */
    trials_str_t countries;
    trials_str_t sponsors;
    unsigned     statuses; /* bit n: the status of value n; 0: any */
    trials_id_t *ids;      /* sorted */
    size_t       nids;
} trials_collection_t;

/* Read-only once it is made.  The first one is that of all. */
typedef struct {
    trials_arena_t     *arena;
    trials_collection_t all[TRIALS_COLLECTIONS_MAX + 1];
    size_t              n;
} trials_collections_t;


/* Reads a file (NULL: there is none, and no collection but that of all).
 * TRIALS_INVALID with file, line and reason.  _free() also after a failure. */
trials_rc_t trials_collections_read(trials_collections_t *collections,
                                    const char *file, trials_error_t *err);
void        trials_collections_free(trials_collections_t *collections);

/* The collection of that slug; -1: there is none. */
int trials_collections_find(const trials_collections_t *collections,
                            const char *slug, size_t len);

/* Which ones a trial belongs to: bit n is all[n]. */
uint64_t trials_collections_of(const trials_collections_t *collections,
                               const char *id, const trials_summary_t *summary);


#endif
