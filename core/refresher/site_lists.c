/* Lists of trials, and the start page: what is on them. */

#include "core/refresher/site.h"

#include <stdlib.h>
#include <string.h>


#define TRIALS_LIST_PAGE  25 /* trials on a page */
#define TRIALS_START_LAST 10 /* trials on the start page */


static trials_rc_t
trials_list_links(trials_site_job_t *job, trials_listing_t *listing,
                  const trials_site_name_t   *name,
                  const trials_lists_found_t *found);
static trials_rc_t
trials_list_groups(trials_site_job_t *job, const trials_site_name_t *name,
                   const trials_lists_found_t *found,
                   trials_listing_link_t **links, size_t *n);
static trials_rc_t
trials_list_countries(trials_site_job_t *job, const trials_site_name_t *name,
                      const trials_lists_found_t *found,
                      trials_listing_link_t **links, size_t *n);
static int trials_list_by_name(const void *one, const void *two);
static void
trials_start_collections(trials_site_job_t *job, trials_start_t *start);


trials_rc_t
trials_site_list(trials_site_job_t *job, const trials_site_name_t *name)
{
    int                   i;
    size_t                n;
    trials_rc_t           rc;
    const char           *slug;
    trials_listing_t      listing;
    trials_summary_t      trials[TRIALS_LIST_PAGE];
    trials_lists_query_t  query;
    trials_lists_found_t *found;

    memset(&query, 0, sizeof(trials_lists_query_t));
    query.collection = name->collection;
    query.group = name->group;
    query.country = name->country;
    query.first = (name->page - 1) * TRIALS_LIST_PAGE;
    query.max = TRIALS_LIST_PAGE;

    found = trials_arena_alloc(job->arena, sizeof(trials_lists_found_t));
    if (found == NULL
        || trials_lists_find(job->worker->refresher->lists, &query, found)
               != TRIALS_OK)
    {
        return trials_error(&job->worker->err, TRIALS_NOMEM, "out of memory");
    }

    /* A collection has its page though it is empty; a filter that leaves
     * nothing is no page. */

    if (found->n == 0 && strchr(job->name, '/')) {
        return TRIALS_NOT_FOUND;
    }

    memset(&listing, 0, sizeof(trials_listing_t));
    listing.path = job->name;
    listing.title =
        job->worker->refresher->collections.all[name->collection].title;
    listing.list =
        job->worker->refresher->collections.all[name->collection].slug;
    listing.group = name->group;
    listing.total = found->total;
    listing.page = name->page;
    listing.npages = (found->total + TRIALS_LIST_PAGE - 1) / TRIALS_LIST_PAGE;

    if (name->country >= 0) {
        (void) trials_lists_country_name(job->worker->refresher->lists,
                                         name->country, &listing.country,
                                         &slug);
    }

    n = found->n;
    rc = trials_site_trials(job, found->ids, trials, &n);
    listing.ids = (const trials_id_t *) found->ids;
    listing.trials = trials;
    listing.ntrials = n;

    if (rc == TRIALS_OK) {
        rc = trials_list_links(job, &listing, name, found);
    }

    for (i = 0; i < TRIALS_NLANGUAGES && rc == TRIALS_OK; i++) {
        if (!trials_page_speaks(job->worker->refresher->page,
                                (trials_language_t) i)) {
            continue;
        }

        rc = trials_listing_render(
            job->worker->refresher->page, &listing, (trials_language_t) i,
            &job->bodies[i][TRIALS_RENDITION_PAGE], &job->worker->err);
    }

    return rc;
}


static trials_rc_t
trials_list_links(trials_site_job_t *job, trials_listing_t *listing,
                  const trials_site_name_t   *name,
                  const trials_lists_found_t *found)
{
    trials_rc_t        rc;
    trials_site_name_t other;

    other = *name;

    if (listing->page > 1) {
        other.page = listing->page - 1;
        listing->previous = trials_site_path(job, &other);
    }

    if (listing->page < listing->npages) {
        other.page = listing->page + 1;
        listing->next = trials_site_path(job, &other);
    }

    rc = trials_list_groups(job, name, found, &listing->groups,
                            &listing->ngroups);

    return rc == TRIALS_OK ? trials_list_countries(
               job, name, found, &listing->countries, &listing->ncountries)
                           : rc;
}


/* Statuses that leave something; the one that is chosen leads back. */

static trials_rc_t
trials_list_groups(trials_site_job_t *job, const trials_site_name_t *name,
                   const trials_lists_found_t *found,
                   trials_listing_link_t **links, size_t *n)
{
    int                    i;
    trials_site_name_t     other;
    trials_listing_link_t *link;

    *n = 0;
    *links = trials_arena_calloc(job->arena, TRIALS_NSTATUS_GROUPS,
                                 sizeof(trials_listing_link_t));
    if (*links == NULL) {
        return trials_error(&job->worker->err, TRIALS_NOMEM, "out of memory");
    }

    other = *name;
    other.page = 1;

    for (i = TRIALS_STATUS_GROUP_OPEN; i < TRIALS_NSTATUS_GROUPS; i++) {
        if (found->groups[i] == 0) {
            continue;
        }

        link = &(*links)[*n];
        link->group = (trials_status_group_t) i;
        link->n = found->groups[i];
        link->current = name->group == link->group;
        other.group = link->current ? TRIALS_STATUS_GROUP_NONE : link->group;
        link->path = trials_site_path(job, &other);
        *n += link->path != NULL;
    }

    return TRIALS_OK;
}


static trials_rc_t
trials_list_countries(trials_site_job_t *job, const trials_site_name_t *name,
                      const trials_lists_found_t *found,
                      trials_listing_link_t **links, size_t *n)
{
    int                    i;
    const char            *slug;
    trials_site_name_t     other;
    trials_listing_link_t *link;

    *n = 0;
    *links = trials_arena_calloc(job->arena, TRIALS_LISTS_COUNTRIES,
                                 sizeof(trials_listing_link_t));
    if (*links == NULL) {
        return trials_error(&job->worker->err, TRIALS_NOMEM, "out of memory");
    }

    other = *name;
    other.page = 1;

    for (i = 0; i < TRIALS_LISTS_COUNTRIES; i++) {
        link = &(*links)[*n];

        if (found->countries[i] == 0
            || !trials_lists_country_name(job->worker->refresher->lists, i,
                                          &link->name, &slug))
        {
            continue;
        }

        link->n = found->countries[i];
        link->current = name->country == i;
        other.country = link->current ? -1 : i;
        link->path = trials_site_path(job, &other);
        *n += link->path != NULL;
    }

    qsort(*links, *n, sizeof(trials_listing_link_t), trials_list_by_name);

    return TRIALS_OK;
}


static int
trials_list_by_name(const void *one, const void *two)
{
    return strcmp(((const trials_listing_link_t *) one)->name,
                  ((const trials_listing_link_t *) two)->name);
}


trials_rc_t
trials_site_start(trials_site_job_t *job)
{
    int                   i;
    size_t                n;
    trials_rc_t           rc;
    trials_start_t        start;
    trials_summary_t      trials[TRIALS_START_LAST];
    trials_site_name_t    all;
    trials_lists_query_t  query;
    trials_lists_found_t *found;

    memset(&start, 0, sizeof(trials_start_t));
    memset(&query, 0, sizeof(trials_lists_query_t));
    memset(&all, 0, sizeof(trials_site_name_t));
    all.country = -1;
    all.page = 1;
    query.country = -1;

    found = trials_arena_alloc(job->arena, sizeof(trials_lists_found_t));
    if (found == NULL
        || trials_lists_find(job->worker->refresher->lists, &query, found)
               != TRIALS_OK)
    {
        return trials_error(&job->worker->err, TRIALS_NOMEM, "out of memory");
    }

    start.total = found->total;
    start.open = found->groups[TRIALS_STATUS_GROUP_OPEN];
    start.updated = trials_lists_date(found->updated);
    trials_start_collections(job, &start);

    rc = trials_list_groups(job, &all, found, &start.groups, &start.ngroups);

    if (rc == TRIALS_OK) {
        rc = trials_list_countries(job, &all, found, &start.countries,
                                   &start.ncountries);
    }

    query.changed = 1;
    query.max = TRIALS_START_LAST;

    if (rc == TRIALS_OK) {
        rc = trials_lists_find(job->worker->refresher->lists, &query, found);
    }

    n = found->n;

    if (rc == TRIALS_OK) {
        rc = trials_site_trials(job, found->ids, trials, &n);
    }

    start.ids = (const trials_id_t *) found->ids;
    start.trials = trials;
    start.ntrials = n;

    for (i = 0; i < TRIALS_NLANGUAGES && rc == TRIALS_OK; i++) {
        if (!trials_page_speaks(job->worker->refresher->page,
                                (trials_language_t) i)) {
            continue;
        }

        rc = trials_start_render(
            job->worker->refresher->page, &start, (trials_language_t) i,
            &job->bodies[i][TRIALS_RENDITION_PAGE], &job->worker->err);
    }

    return rc;
}


static void
trials_start_collections(trials_site_job_t *job, trials_start_t *start)
{
    size_t                      i;
    trials_listing_link_t      *link;
    const trials_collections_t *collections;

    collections = &job->worker->refresher->collections;
    start->collections = trials_arena_calloc(job->arena, collections->n,
                                             sizeof(trials_listing_link_t));

    for (i = 1; start->collections && i < collections->n; i++) {
        link = &start->collections[start->ncollections++];
        link->path = collections->all[i].slug;
        link->name = collections->all[i].title;
        trials_lists_count(job->worker->refresher->lists, (int) i, &link->n,
                           &link->open);
    }
}
