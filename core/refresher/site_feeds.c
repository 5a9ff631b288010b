/* Feeds and sitemaps: what is in them. */

#include "core/refresher/site.h"

#include <string.h>


/* Other pages that a sitemap names, in its first part. */
#define TRIALS_SITEMAP_PAGES (TRIALS_NSITES + TRIALS_COLLECTIONS_MAX + 2)


static trials_rc_t
trials_feed_models(trials_site_job_t *job, trials_listing_feed_t *feed,
                   trials_language_t language, trials_str_t *models);
static size_t trials_sitemap_pages(trials_site_job_t *job, const char **paths);


trials_rc_t
trials_site_feed(trials_site_job_t *job, int collection)
{
    int                   i;
    size_t                n;
    trials_rc_t           rc;
    trials_str_t          models[TRIALS_LISTING_MAX];
    trials_listing_feed_t feed;
    trials_summary_t     *trials;
    trials_lists_query_t  query;
    trials_lists_found_t *found;

    memset(&query, 0, sizeof(trials_lists_query_t));
    query.collection = collection;
    query.country = -1;
    query.changed = 1;
    query.max = TRIALS_LISTING_MAX;

    found = trials_arena_alloc(job->arena, sizeof(trials_lists_found_t));
    trials = trials_arena_calloc(job->arena, TRIALS_LISTING_MAX,
                                 sizeof(trials_summary_t));

    if (found == NULL || trials == NULL
        || trials_lists_find(job->worker->refresher->lists, &query, found)
               != TRIALS_OK)
    {
        return trials_error(&job->worker->err, TRIALS_NOMEM, "out of memory");
    }

    memset(&feed, 0, sizeof(trials_listing_feed_t));
    feed.path = job->name;
    feed.title = job->worker->refresher->collections.all[collection].title;
    feed.updated = trials_lists_date(found->n ? found->days[0] : 0);

    n = found->n;
    rc = trials_site_trials(job, found->ids, trials, &n);
    feed.ids = (const trials_id_t *) found->ids;
    feed.trials = trials;
    feed.models = models;
    feed.ntrials = n;

    for (i = 0; i < TRIALS_NLANGUAGES && rc == TRIALS_OK; i++) {
        if (!trials_page_speaks(job->worker->refresher->page,
                                (trials_language_t) i)) {
            continue;
        }

        rc = trials_feed_models(job, &feed, (trials_language_t) i, models);

        if (rc == TRIALS_OK) {
            rc = trials_feed_render(
                job->worker->refresher->page, &feed, (trials_language_t) i,
                &job->bodies[i][TRIALS_RENDITION_ATOM], &job->worker->err);
        }
    }

    return rc;
}


/* What changed is told by the trials' own models; a document that is not there
 * just now leaves its entry without. */

static trials_rc_t
trials_feed_models(trials_site_job_t *job, trials_listing_feed_t *feed,
                   trials_language_t language, trials_str_t *models)
{
    size_t       i;
    trials_rc_t  rc;
    trials_buf_t body;

    trials_buf_init(&body, 64 * 1024 * 1024);

    for (i = 0, rc = TRIALS_OK; i < feed->ntrials && rc == TRIALS_OK; i++) {
        models[i].data = "";
        models[i].len = 0;

        rc = trials_cache_get(job->worker->cache, feed->ids[i],
                              TRIALS_RENDITION_JSON, language, &body,
                              &job->worker->err);

        if (rc == TRIALS_NOT_FOUND) {
            rc = TRIALS_OK;

        } else if (rc == TRIALS_OK) {
            models[i] = trials_arena_strdup(job->arena, body.data, body.len);

            if (models[i].data == NULL) {
                rc = trials_error(&job->worker->err, TRIALS_NOMEM,
                                  "out of memory");
            }
        }
    }

    trials_buf_free(&body);

    return rc;
}


trials_rc_t
trials_site_sitemap(trials_site_job_t *job, size_t number)
{
    size_t         i, n, total, first, npaths;
    trials_buf_t  *out;
    const char    *paths[TRIALS_SITEMAP_PAGES];
    trials_id_t   *ids;
    trials_date_t *dates, *latest;

    out = &job->bodies[TRIALS_LANGUAGE_EN][TRIALS_RENDITION_XML];
    npaths = trials_sitemap_pages(job, paths);

    (void) trials_lists_part(job->worker->refresher->lists, 0, 0, NULL, NULL,
                             &total);
    n = number ? TRIALS_SITEMAP_MAX : total;
    ids = trials_arena_calloc(job->arena, n + 1, sizeof(trials_id_t));
    dates = trials_arena_calloc(job->arena, n + 1, sizeof(trials_date_t));

    if (ids == NULL || dates == NULL) {
        return trials_error(&job->worker->err, TRIALS_NOMEM, "out of memory");
    }

    /* The other pages are the first addresses of all. */

    if (number) {
        first = (number - 1) * TRIALS_SITEMAP_MAX;

        if (first >= total + npaths) {
            return TRIALS_NOT_FOUND;
        }

        n = trials_lists_part(
            job->worker->refresher->lists, first ? first - npaths : 0,
            TRIALS_SITEMAP_MAX - (first ? 0 : npaths), ids, dates, &total);

        return trials_sitemap_part(
            job->worker->refresher->page, paths, first ? 0 : npaths,
            (const trials_id_t *) ids, dates, n, out, &job->worker->err);
    }

    n = trials_lists_part(job->worker->refresher->lists, 0, n, ids, dates,
                          &total);
    latest =
        trials_arena_calloc(job->arena, (n + npaths) / TRIALS_SITEMAP_MAX + 1,
                            sizeof(trials_date_t));
    if (latest == NULL) {
        return trials_error(&job->worker->err, TRIALS_NOMEM, "out of memory");
    }

    for (i = 0; i < n; i++) {
        trials_date_t *last = &latest[(i + npaths) / TRIALS_SITEMAP_MAX];

        if (dates[i].year * 10000 + dates[i].month * 100 + dates[i].day
            > last->year * 10000 + last->month * 100 + last->day)
        {
            *last = dates[i];
        }
    }

    return trials_sitemap_index(job->worker->refresher->page,
                                (n + npaths - 1) / TRIALS_SITEMAP_MAX + 1,
                                latest, out, &job->worker->err);
}


static size_t
trials_sitemap_pages(trials_site_job_t *job, const char **paths)
{
    size_t                      i, n;
    const trials_collections_t *collections;

    collections = &job->worker->refresher->collections;
    n = 0;
    paths[n++] = "";

    for (i = 0; i < TRIALS_NSITES; i++) {
        paths[n++] = trials_site_name((trials_site_t) i);
    }

    for (i = 0; i < collections->n; i++) {
        paths[n++] = collections->all[i].slug;
    }

    return n;
}
