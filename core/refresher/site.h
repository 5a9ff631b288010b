/* What makes the site's own documents. */

#ifndef TRIALS_SITE_JOB_H
#define TRIALS_SITE_JOB_H


#include "core/refresher/lists.h"
#include "core/refresher/refresher.h"

#include <trials/listing.h>


/* One document under way; bodies that stay empty are not there. */
typedef struct {
    trials_worker_t *worker;
    const char      *name;
    trials_arena_t  *arena; /* of texts, as long as the job */
    trials_buf_t     bodies[TRIALS_NLANGUAGES][TRIALS_NRENDITIONS];
} trials_site_job_t;

/* What a name asks for. */
typedef struct {
    int                   collection;
    trials_status_group_t group;
    int                   country; /* -1: all */
    size_t                page;    /* 1, … */
} trials_site_name_t;

/* site.c: writes a list's name below the site's address into the arena; NULL
 * where it would be too long for one, or memory is out. */
const char *
trials_site_path(trials_site_job_t *job, const trials_site_name_t *name);

/* Reads the summaries of n trials, in their order; ids without one are left
 * out, *n tells how many remain. */
trials_rc_t trials_site_trials(trials_site_job_t *job, trials_id_t *ids,
                               trials_summary_t *trials, size_t *n);

/* site_lists.c: TRIALS_NOT_FOUND where there is no such list. */
trials_rc_t
trials_site_list(trials_site_job_t *job, const trials_site_name_t *name);
trials_rc_t trials_site_start(trials_site_job_t *job);

/*
 * site_keep.c, for the one that leads.  _due() makes what is shown first (start
 * page, whole lists, feed, sitemaps) where it changed or is not there, and makes
 * the other pages that changed due; 0: Redis is away, and worker->err says how.
 * _warm() fetches what the registry finds for the collections and the cache has
 * not; 0: again soon.
 */
int trials_site_due(trials_worker_t *worker);
int trials_site_warm(trials_worker_t *worker, trials_batch_t *batch);

/* site_feeds.c: number 0 is the sitemap's index. */
trials_rc_t trials_site_feed(trials_site_job_t *job, int collection);
trials_rc_t trials_site_sitemap(trials_site_job_t *job, size_t number);


#endif
