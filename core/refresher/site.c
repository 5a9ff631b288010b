/*
 * Documents that are no study's: the start page, lists, feeds, sitemaps, pages
 * of the site, and what there is not.
 *
 * They stay as they are until something in them changes: then they are due, like
 * a trial's document whose time has come.
 */

#include "core/refresher/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>


/* Seconds: nothing that is in them grows old. */
#define TRIALS_SITE_AGE (10L * 365 * 86400)

/* Of a sitemap's part; other pages are far smaller. */
#define TRIALS_SITE_MAX (16 * 1024 * 1024)

/* Where the summaries of a page go, in order. */

typedef struct {
    trials_site_job_t *job;
    trials_id_t       *ids;
    trials_summary_t  *trials;
    size_t             n;
} trials_site_taking_t;


static trials_rc_t trials_site_render_name(trials_site_job_t *job);
static trials_rc_t trials_site_own(trials_site_job_t *job, trials_site_t site);
static int trials_site_read(trials_site_job_t *job, trials_site_name_t *name);
static int trials_site_number(const char *text, size_t len, size_t *number);
static trials_rc_t trials_site_put(trials_site_job_t *job);
static int trials_site_take(void *taking, const char *id, trials_str_t text);


trials_job_t
trials_site_make(trials_worker_t *worker, const char *name)
{
    int               i;
    trials_rc_t       rc;
    trials_site_job_t job;

    memset(&job, 0, sizeof(trials_site_job_t));
    job.worker = worker;
    job.name = name;

    for (i = 0; i < TRIALS_NLANGUAGES * TRIALS_NRENDITIONS; i++) {
        trials_buf_init(
            &job.bodies[i / TRIALS_NRENDITIONS][i % TRIALS_NRENDITIONS],
            TRIALS_SITE_MAX);
    }

    job.arena = trials_arena_create();
    rc = job.arena ? trials_site_render_name(&job)
                   : trials_error(&worker->err, TRIALS_NOMEM, "out of memory");

    if (rc == TRIALS_OK) {
        rc = trials_site_put(&job);
    } else if (rc == TRIALS_NOT_FOUND) {
        rc = trials_store_other(worker, name, NULL);
    }

    for (i = 0; i < TRIALS_NLANGUAGES * TRIALS_NRENDITIONS; i++) {
        trials_buf_free(
            &job.bodies[i / TRIALS_NRENDITIONS][i % TRIALS_NRENDITIONS]);
    }

    trials_arena_destroy(job.arena);

    if (rc != TRIALS_OK && rc != TRIALS_UNAVAILABLE) {
        trials_log("error", "refused", "job", worker->job, "id", name, "reason",
                   worker->err.message, TRIALS_END);
    }

    return rc == TRIALS_OK ? TRIALS_JOB_DONE : TRIALS_JOB_LOST;
}


static trials_rc_t
trials_site_render_name(trials_site_job_t *job)
{
    int                i;
    size_t             number;
    trials_rc_t        rc;
    const char        *name;
    trials_site_name_t list;

    name = job->name;

    for (i = 0; i < TRIALS_NSITES; i++) {
        if (strcmp(name, trials_site_name((trials_site_t) i)) == 0) {
            return trials_site_own(job, (trials_site_t) i);
        }
    }

    rc = trials_lists_follow(job->worker->refresher->lists, job->worker->cache,
                             &job->worker->err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    if (strcmp(name, "index") == 0) {
        return trials_site_start(job);
    }

    if (strcmp(name, "feed") == 0) {
        return trials_site_feed(job, 0);
    }

    if (strcmp(name, "sitemap") == 0) {
        return trials_site_sitemap(job, 0);
    }

    if (strncmp(name, "sitemap/", 8) == 0) {
        return trials_site_number(name + 8, strlen(name + 8), &number)
                   ? trials_site_sitemap(job, number)
                   : TRIALS_NOT_FOUND;
    }

    if (!trials_site_read(job, &list)) {
        return TRIALS_NOT_FOUND;
    }

    rc = trials_site_list(job, &list);

    /* The list as a whole has a feed. */

    if (rc == TRIALS_OK && strchr(name, '/') == NULL) {
        rc = trials_site_feed(job, list.collection);
    }

    return rc;
}


static trials_rc_t
trials_site_own(trials_site_job_t *job, trials_site_t site)
{
    int         i;
    trials_rc_t rc;

    for (i = 0, rc = TRIALS_OK; i < TRIALS_NLANGUAGES && rc == TRIALS_OK; i++) {
        if (!trials_page_speaks(job->worker->refresher->page,
                                (trials_language_t) i)) {
            continue;
        }

        rc = trials_site_render(
            job->worker->refresher->page, site, (trials_language_t) i,
            &job->bodies[i][TRIALS_RENDITION_PAGE], &job->worker->err);
    }

    return rc;
}


/* SLUG[/GROUP][/in-COUNTRY][/N]; 0 where no list can have that name. */

static int
trials_site_read(trials_site_job_t *job, trials_site_name_t *name)
{
    int         i;
    size_t      len;
    const char *p;

    memset(name, 0, sizeof(trials_site_name_t));
    name->country = -1;
    name->page = 1;

    p = job->name;
    len = strcspn(p, "/");
    name->collection =
        trials_collections_find(&job->worker->refresher->collections, p, len);

    if (name->collection < 0) {
        return 0;
    }

    p += len + (p[len] == '/');
    len = strcspn(p, "/");

    for (i = TRIALS_STATUS_GROUP_OPEN; i < TRIALS_NSTATUS_GROUPS; i++) {
        if (strlen(trials_status_group_slug((trials_status_group_t) i)) == len
            && memcmp(trials_status_group_slug((trials_status_group_t) i), p,
                      len)
                   == 0)
        {
            name->group = (trials_status_group_t) i;
            p += len + (p[len] == '/');
            len = strcspn(p, "/");
            break;
        }
    }

    if (len > 3 && memcmp(p, "in-", 3) == 0) {
        name->country =
            trials_lists_country(job->worker->refresher->lists, p + 3, len - 3);
        if (name->country < 0) {
            return 0;
        }

        p += len + (p[len] == '/');
        len = strcspn(p, "/");
    }

    /* The first page has no number: it has one address only. */

    return len == 0
           || (p[len] == '\0' && trials_site_number(p, len, &name->page)
               && name->page > 1);
}


/* 1 to 999999, without zeros before it. */

static int
trials_site_number(const char *text, size_t len, size_t *number)
{
    if (len == 0 || len > 6 || text[0] == '0'
        || strspn(text, "0123456789") < len) {
        return 0;
    }

    *number = (size_t) strtoul(text, NULL, 10);

    return 1;
}


const char *
trials_site_path(trials_site_job_t *job, const trials_site_name_t *name)
{
    char        number[24];
    const char *country, *slug;

    country = NULL;
    slug = NULL;

    if (name->country >= 0) {
        (void) trials_lists_country_name(job->worker->refresher->lists,
                                         name->country, &country, &slug);
    }

    (void) snprintf(number, sizeof(number), "/%zu", name->page);

    slug =
        trials_arena_printf(
            job->arena, "%s%s%s%s%s%s",
            job->worker->refresher->collections.all[name->collection].slug,
            name->group ? "/" : "",
            name->group ? trials_status_group_slug(name->group) : "",
            slug ? "/in-" : "", slug ? slug : "", name->page > 1 ? number : "")
            .data;

    return slug && strlen(slug) < TRIALS_NAME_SIZE ? slug : NULL;
}


trials_rc_t
trials_site_trials(trials_site_job_t *job, trials_id_t *ids,
                   trials_summary_t *trials, size_t *n)
{
    trials_rc_t          rc;
    trials_site_taking_t taking;

    taking.job = job;
    taking.ids = ids;
    taking.trials = trials;
    taking.n = 0;

    rc =
        trials_summaries_some(job->worker->cache, (const trials_id_t *) ids, *n,
                              trials_site_take, &taking, &job->worker->err);
    *n = taking.n;

    return rc;
}


static int
trials_site_take(void *data, const char *id, trials_str_t text)
{
    trials_str_t          copy;
    trials_site_taking_t *taking;

    taking = data;

    copy = trials_arena_strdup(taking->job->arena, text.data ? text.data : "",
                               text.len);
    if (copy.data == NULL) {
        return 0;
    }

    if (trials_summary_read(copy, &taking->trials[taking->n]) == TRIALS_OK) {
        memmove(taking->ids[taking->n++], id, sizeof(trials_id_t));
    }

    return 1;
}


static trials_rc_t
trials_site_put(trials_site_job_t *job)
{
    int            i, changed, language, rendition;
    int64_t        now;
    trials_rc_t    rc;
    trials_buf_t  *body;
    trials_entry_t entry;

    memset(&entry, 0, sizeof(trials_entry_t));
    entry.state = TRIALS_DOCUMENT_PRESENT;
    entry.registry = "";
    entry.engine = trials_page_engine(job->worker->refresher->page);

    for (i = 0; i < TRIALS_NLANGUAGES * TRIALS_NRENDITIONS; i++) {
        language = i / TRIALS_NRENDITIONS;
        rendition = i % TRIALS_NRENDITIONS;
        body = &job->bodies[language][rendition];
        entry.bodies[language][rendition].data = body->data;
        entry.bodies[language][rendition].len = body->len;
    }

    now = trials_now() / 1000;

    rc = trials_cache_put(job->worker->cache, job->name, &entry, now,
                          now + TRIALS_SITE_AGE, &changed, &job->worker->err);
    if (rc == TRIALS_OK) {
        trials_log("info", changed ? "rendered" : "unchanged", "job",
                   job->worker->job, "id", job->name, TRIALS_END);
    }

    return rc;
}


trials_rc_t
trials_store_other(trials_worker_t *worker, const char *name,
                   const char *location)
{
    long                     age;
    int64_t                  now;
    trials_rc_t              rc;
    trials_entry_t           entry;
    const trials_settings_t *settings;

    settings = atomic_load(&worker->refresher->settings);
    memset(&entry, 0, sizeof(trials_entry_t));
    entry.state = location ? TRIALS_DOCUMENT_ALIAS : TRIALS_DOCUMENT_ABSENT;
    entry.location = location;
    entry.registry = "";
    entry.engine = trials_page_engine(worker->refresher->page);

    now = trials_now() / 1000;
    age = location ? settings->max_age : settings->absent_age;

    rc = trials_cache_put(worker->cache, name, &entry, now, now + age, NULL,
                          &worker->err);
    if (rc == TRIALS_OK) {
        trials_count(worker->refresher,
                     location ? TRIALS_COUNT_ALIASES : TRIALS_COUNT_ABSENT, 1);
        trials_log("info", location ? "alias" : "absent", "job", worker->job,
                   "id", name, "location", location, TRIALS_END);
    }

    return rc;
}
