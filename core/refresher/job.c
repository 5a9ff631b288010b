/* One job: look, lock, fetch, parse, translate, render, store. */

#include "core/refresher/refresher.h"

#include <stdio.h>
#include <string.h>


/*
 * A refresher that dies takes its lock along for this long, and a reader waits:
 * it is short, and kept alive while the registry is asked.  libcurl asks whether
 * to go on about once a second.
 */
#define TRIALS_LOCK_TTL   2000 /* ms */
#define TRIALS_LOCK_RENEW 500  /* ms */

#define TRIALS_ENGINE_SIZE 128


static int
trials_job_is_fresh(trials_worker_t *worker, const char *id, trials_rc_t *rc);
static trials_job_t trials_job_fetch(trials_worker_t *worker, const char *id);
static trials_job_t
trials_job_store(trials_worker_t *worker, const char *asked,
                 const trials_id_t canonical, int64_t began, int64_t fetched);
static trials_rc_t
trials_job_render(trials_worker_t *worker, const trials_study_t *study,
                  int64_t fetched, trials_entry_t *entry, trials_error_t *err);
static trials_job_t
trials_job_other(trials_worker_t *worker, const char *id,
                 trials_document_state_t state, const char *location);
static trials_job_t
trials_job_refused(const char *id, const trials_error_t *err);
static trials_job_t
trials_job_unavailable(trials_worker_t *worker, const char *id,
                       long retry_after, const trials_error_t *err);
static trials_job_t
trials_job_cache_error(trials_worker_t *worker, const char *id);


trials_job_t
trials_job_run(trials_worker_t *worker, const trials_wanted_t *wanted)
{
    trials_rc_t  rc;
    trials_job_t job;

    /* Many readers ask at once, and one fetch is enough. */

    if (trials_job_is_fresh(worker, wanted->id, &rc)) {
        trials_log("info", "fresh", "id", wanted->id, TRIALS_END);
        return TRIALS_JOB_DONE;
    }

    if (rc != TRIALS_OK) {
        return trials_job_cache_error(worker, wanted->id);
    }

    if (trials_hold_left(&worker->refresher->hold)) {
        return TRIALS_JOB_LATER;
    }

    rc = trials_lock_take(worker->cache, wanted->id, TRIALS_LOCK_TTL,
                          worker->token, &worker->err);
    if (rc == TRIALS_BUSY) {
        return TRIALS_JOB_LATER;
    }

    if (rc != TRIALS_OK) {
        return trials_job_cache_error(worker, wanted->id);
    }

    worker->locked = wanted->id;
    worker->renewed = trials_now();

    /* It may have been stored between the look and the lock. */

    if (trials_job_is_fresh(worker, wanted->id, &rc)) {
        trials_log("info", "fresh", "id", wanted->id, TRIALS_END);
        job = TRIALS_JOB_DONE;
    } else if (rc != TRIALS_OK) {
        job = trials_job_cache_error(worker, wanted->id);
    } else {
        job = trials_job_fetch(worker, wanted->id);
    }

    worker->locked = NULL;

    if (job != TRIALS_JOB_LOST
        && trials_lock_release(worker->cache, wanted->id, worker->token,
                               &worker->err)
               != TRIALS_OK)
    {
        /* The lock ends by itself. */

        trials_log("warning", "lock_kept", "id", wanted->id, "reason",
                   worker->err.message, TRIALS_END);
    }

    return job;
}


void
trials_job_keep(trials_worker_t *worker)
{
    int64_t now;

    now = trials_now();

    if (worker->locked == NULL
        || (now - worker->renewed < TRIALS_LOCK_RENEW
            && now >= worker->renewed))
    {
        return;
    }

    worker->renewed = now;

    /* Without the lock, two may do the same work: that is waste, no harm. */

    (void) trials_lock_renew(worker->cache, worker->locked, worker->token,
                             TRIALS_LOCK_TTL, NULL);
}


/*
 * Whether the cache holds what a reader can be given without asking the
 * registry.  What is absent or an alias goes by itself when it is time to look
 * again.
 */

static int
trials_job_is_fresh(trials_worker_t *worker, const char *id, trials_rc_t *rc)
{
    char                    engine[TRIALS_ENGINE_SIZE];
    int64_t                 fresh_until;
    trials_document_state_t state;

    *rc = trials_cache_look(worker->cache, id, &state, engine, sizeof(engine),
                            &fresh_until, &worker->err);
    if (*rc != TRIALS_OK) {
        return 0;
    }

    if (state == TRIALS_DOCUMENT_PRESENT) {
        return fresh_until > trials_now() / 1000
               && strcmp(engine, trials_page_engine(worker->refresher->page))
                      == 0;
    }

    return state != TRIALS_DOCUMENT_NONE;
}


static trials_job_t
trials_job_fetch(trials_worker_t *worker, const char *id)
{
    long           retry_after;
    int64_t        began, fetched;
    trials_rc_t    rc;
    trials_id_t    canonical;
    trials_error_t err;

    trials_arena_reset(worker->arena);
    retry_after = 0;
    began = trials_now();

    rc = trials_registry_study(worker->registry, id, &worker->body, canonical,
                               &retry_after, &err);
    fetched = trials_now();

    if (rc != TRIALS_UNAVAILABLE
        && trials_hold_answered(&worker->refresher->hold)) {
        trials_log("info", "registry_back", TRIALS_END);
    }

    switch (rc) {
    case TRIALS_OK:
        return trials_job_store(worker, id, canonical, began, fetched);

    case TRIALS_NOT_FOUND:
        return trials_job_other(worker, id, TRIALS_DOCUMENT_ABSENT, NULL);

    case TRIALS_UNAVAILABLE:
        return trials_job_unavailable(worker, id, retry_after, &err);

    default:
        return trials_job_refused(id, &err);
    }
}


static trials_job_t
trials_job_store(trials_worker_t *worker, const char *asked,
                 const trials_id_t canonical, int64_t began, int64_t fetched)
{
    int             changed;
    char            ms[24], fetch_ms[24], updated[16];
    int64_t         now;
    trials_rc_t     rc;
    trials_error_t  err;
    trials_entry_t  entry;
    trials_study_t *study;

    rc = trials_study_parse(worker->arena, canonical, worker->body.data,
                            worker->body.len, &study, &err);

    if (rc == TRIALS_OK && strcmp(study->id, canonical) != 0) {
        rc = trials_error(&err, TRIALS_INVALID,
                          "the registry answered with the record of %s",
                          study->id);
    }

    if (rc != TRIALS_OK) {
        return trials_job_refused(canonical, &err);
    }

    memset(&entry, 0, sizeof(trials_entry_t));
    (void) snprintf(updated, sizeof(updated), "%04d-%02d-%02d",
                    study->last_update_posted.year % 10000,
                    study->last_update_posted.month % 100,
                    study->last_update_posted.day % 100);

    entry.state = TRIALS_DOCUMENT_PRESENT;
    entry.registry = study->last_update_posted.year ? updated : "";
    entry.engine = trials_page_engine(worker->refresher->page);

    rc = trials_job_render(worker, study, fetched, &entry, &err);
    if (rc != TRIALS_OK) {
        return trials_job_refused(canonical, &err);
    }

    rc = trials_cache_put(worker->cache, canonical, &entry, trials_now() / 1000,
                          fetched / 1000 + worker->refresher->settings->max_age,
                          &changed, &worker->err);
    if (rc != TRIALS_OK) {
        return trials_job_cache_error(worker, canonical);
    }

    now = trials_now();
    (void) snprintf(ms, sizeof(ms), "%lld", (long long) (now - began));
    (void) snprintf(fetch_ms, sizeof(fetch_ms), "%lld",
                    (long long) (fetched - began));
    trials_log("info", changed ? "rendered" : "unchanged", "id", canonical,
               "#ms", ms, "#fetch_ms", fetch_ms, TRIALS_END);

    if (strcmp(asked, canonical) != 0) {
        return trials_job_other(worker, asked, TRIALS_DOCUMENT_ALIAS,
                                canonical);
    }

    return TRIALS_JOB_DONE;
}


static trials_rc_t
trials_job_render(trials_worker_t *worker, const trials_study_t *study,
                  int64_t fetched, trials_entry_t *entry, trials_error_t *err)
{
    int                 i;
    trials_rc_t         rc;
    trials_trial_t     *trial;
    trials_page_facts_t facts;

    facts.checked = fetched / 1000;
    facts.now = facts.checked;

    trial = trials_trial_create(worker->refresher->page, worker->arena, study,
                                &facts, err);
    if (trial == NULL) {
        return TRIALS_FAILED;
    }

    for (i = 0, rc = TRIALS_OK; i < TRIALS_NRENDITIONS && rc == TRIALS_OK; i++)
    {
        trials_buf_reset(&worker->renditions[i]);
        rc = trials_trial_render(trial, (trials_rendition_t) i,
                                 &worker->renditions[i], err);
        entry->bodies[i].data = worker->renditions[i].data;
        entry->bodies[i].len = worker->renditions[i].len;
    }

    trials_trial_destroy(trial);

    return rc;
}


/* Stores that there is no such study, or that it goes by another id. */

static trials_job_t
trials_job_other(trials_worker_t *worker, const char *id,
                 trials_document_state_t state, const char *location)
{
    long           age;
    int64_t        now;
    trials_entry_t entry;

    memset(&entry, 0, sizeof(trials_entry_t));
    entry.state = state;
    entry.location = location;
    entry.registry = "";
    entry.engine = trials_page_engine(worker->refresher->page);

    now = trials_now() / 1000;
    age = location ? worker->refresher->settings->max_age
                   : worker->refresher->settings->absent_age;

    if (trials_cache_put(worker->cache, id, &entry, now, now + age, NULL,
                         &worker->err)
        != TRIALS_OK)
    {
        return trials_job_cache_error(worker, id);
    }

    trials_log("info", location ? "alias" : "absent", "id", id, "location",
               location, TRIALS_END);

    return TRIALS_JOB_DONE;
}


/* An answer that no page can be made of: to ask again would not help. */

static trials_job_t
trials_job_refused(const char *id, const trials_error_t *err)
{
    trials_log("error", "refused", "id", id, "reason", err->message,
               TRIALS_END);

    return TRIALS_JOB_DONE;
}


static trials_job_t
trials_job_unavailable(trials_worker_t *worker, const char *id,
                       long retry_after, const trials_error_t *err)
{
    char                after[24];
    trials_refresher_t *refresher;

    refresher = worker->refresher;

    if (atomic_load(&refresher->stopping)) {
        /* It was us who broke it off, or it does not matter any more. */

        return TRIALS_JOB_LATER;
    }

    (void) snprintf(after, sizeof(after), "%ld", retry_after);

    if (trials_hold_failed(&refresher->hold, retry_after, &worker->seed)) {
        trials_log("warning", "registry_away", "id", id, "reason", err->message,
                   "#retry_after_ms", retry_after ? after : NULL, TRIALS_END);
    }

    return TRIALS_JOB_LATER;
}


static trials_job_t
trials_job_cache_error(trials_worker_t *worker, const char *id)
{
    if (worker->err.code == TRIALS_UNAVAILABLE) {
        return TRIALS_JOB_LOST;
    }

    trials_log("error", "redis_error", "id", id, "reason", worker->err.message,
               TRIALS_END);

    return TRIALS_JOB_LATER;
}
