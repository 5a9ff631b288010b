/* One job: look, lock, fetch, parse, translate, render, store. */

#include "core/refresher/refresher.h"

#include <stdio.h>
#include <string.h>


#define TRIALS_RETRY_AFTER_MAX (10 * 60 * 1000) /* milliseconds */


static trials_job_t
trials_job_fetch(trials_worker_t *worker, const trials_wanted_t *wanted);
static trials_job_t trials_job_store(trials_worker_t *worker, const char *asked,
                                     const trials_id_t canonical);
static trials_rc_t
trials_job_render(trials_worker_t *worker, const trials_study_t *study,
                  trials_entry_t *entry, trials_error_t *err);
static trials_job_t
trials_job_other(trials_worker_t *worker, const char *id,
                 trials_document_state_t state, const char *location);
static trials_job_t
trials_job_refused(const char *id, const trials_error_t *err);
static trials_job_t
trials_job_unavailable(trials_worker_t *worker, const trials_wanted_t *wanted,
                       long retry_after, const trials_error_t *err);
static trials_job_t
trials_job_cache_error(const char *id, const trials_error_t *err);


trials_job_t
trials_job_run(trials_worker_t *worker, const trials_wanted_t *wanted)
{
    char                    engine[64];
    int64_t                 fresh_until;
    trials_rc_t             rc;
    trials_job_t            job;
    trials_error_t          err;
    trials_lock_token_t     token;
    trials_document_state_t state;

    rc = trials_cache_look(worker->cache, wanted->id, &state, engine,
                           sizeof(engine), &fresh_until, &err);
    if (rc != TRIALS_OK) {
        return trials_job_cache_error(wanted->id, &err);
    }

    /* Many readers ask at once and one fetch is enough.  What is absent or an
     * alias goes by itself when it is time to look again. */

    if (state == TRIALS_DOCUMENT_ABSENT || state == TRIALS_DOCUMENT_ALIAS
        || (state == TRIALS_DOCUMENT_PRESENT
            && fresh_until > trials_now() / 1000
            && strcmp(engine, trials_page_engine(worker->refresher->page))
                   == 0))
    {
        return TRIALS_JOB_DONE;
    }

    if (atomic_load(&worker->refresher->not_before) > trials_now()) {
        return TRIALS_JOB_LATER;
    }

    rc = trials_lock_take(worker->cache, wanted->id,
                          worker->refresher->settings->registry.timeout + 10000,
                          token, &err);
    if (rc == TRIALS_BUSY) {
        return TRIALS_JOB_LATER;
    }

    if (rc != TRIALS_OK) {
        return trials_job_cache_error(wanted->id, &err);
    }

    job = trials_job_fetch(worker, wanted);

    rc = trials_lock_release(worker->cache, wanted->id, token, &err);
    if (rc != TRIALS_OK && job == TRIALS_JOB_DONE) {
        /* The document is stored, and the lock ends by itself. */

        trials_log("warning", "lock_kept", "id", wanted->id, "reason",
                   err.message, NULL);
    }

    return job;
}


static trials_job_t
trials_job_fetch(trials_worker_t *worker, const trials_wanted_t *wanted)
{
    long           retry_after;
    trials_rc_t    rc;
    trials_id_t    canonical;
    trials_error_t err;

    trials_arena_reset(worker->arena);
    retry_after = 0;

    rc = trials_registry_study(worker->registry, wanted->id, &worker->body,
                               canonical, &retry_after, &err);

    if (rc != TRIALS_UNAVAILABLE
        && atomic_exchange(&worker->refresher->registry_away, 0))
    {
        trials_log("info", "registry_back", NULL);
    }

    switch (rc) {
    case TRIALS_OK:
        return trials_job_store(worker, wanted->id, canonical);

    case TRIALS_NOT_FOUND:
        return trials_job_other(worker, wanted->id, TRIALS_DOCUMENT_ABSENT,
                                NULL);

    case TRIALS_UNAVAILABLE:
        return trials_job_unavailable(worker, wanted, retry_after, &err);

    default:
        return trials_job_refused(wanted->id, &err);
    }
}


static trials_job_t
trials_job_store(trials_worker_t *worker, const char *asked,
                 const trials_id_t canonical)
{
    int             changed;
    char            ms[24], updated[16], bytes[24];
    int64_t         began, now;
    trials_rc_t     rc;
    trials_error_t  err;
    trials_entry_t  entry;
    trials_study_t *study;

    began = trials_now();

    rc = trials_study_parse(worker->arena, canonical, worker->body.data,
                            worker->body.len, &study, &err);
    if (rc != TRIALS_OK) {
        return trials_job_refused(canonical, &err);
    }

    if (strcmp(study->id, canonical) != 0) {
        trials_error(&err, TRIALS_INVALID,
                     "the registry answered with the record of %s", study->id);
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

    rc = trials_job_render(worker, study, &entry, &err);
    if (rc != TRIALS_OK) {
        return trials_job_refused(canonical, &err);
    }

    now = trials_now() / 1000;

    rc = trials_cache_put(worker->cache, canonical, &entry, now,
                          now + worker->refresher->settings->max_age, &changed,
                          &err);
    if (rc != TRIALS_OK) {
        return trials_job_cache_error(canonical, &err);
    }

    (void) snprintf(ms, sizeof(ms), "%lld", (long long) (trials_now() - began));
    (void) snprintf(bytes, sizeof(bytes), "%zu", worker->body.len);
    trials_log("info", changed ? "rendered" : "unchanged", "id", canonical,
               "ms", ms, "record_bytes", bytes, NULL);

    if (strcmp(asked, canonical) != 0) {
        return trials_job_other(worker, asked, TRIALS_DOCUMENT_ALIAS,
                                canonical);
    }

    return TRIALS_JOB_DONE;
}


static trials_rc_t
trials_job_render(trials_worker_t *worker, const trials_study_t *study,
                  trials_entry_t *entry, trials_error_t *err)
{
    int                 i;
    trials_rc_t         rc;
    trials_trial_t     *trial;
    trials_page_facts_t facts;

    facts.checked = trials_now() / 1000;
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
    trials_error_t err;
    trials_entry_t entry;

    memset(&entry, 0, sizeof(trials_entry_t));
    entry.state = state;
    entry.location = location;
    entry.registry = "";
    entry.engine = trials_page_engine(worker->refresher->page);

    now = trials_now() / 1000;
    age = location ? worker->refresher->settings->max_age
                   : worker->refresher->settings->absent_age;

    if (trials_cache_put(worker->cache, id, &entry, now, now + age, NULL, &err)
        != TRIALS_OK)
    {
        return trials_job_cache_error(id, &err);
    }

    trials_log("info", location ? "alias" : "absent", "id", id, "location",
               location, NULL);

    return TRIALS_JOB_DONE;
}


/* An answer that cannot be made a page of: asking again would not help. */

static trials_job_t
trials_job_refused(const char *id, const trials_error_t *err)
{
    trials_log("error", "refused", "id", id, "reason", err->message, NULL);

    return TRIALS_JOB_DONE;
}


static trials_job_t
trials_job_unavailable(trials_worker_t *worker, const trials_wanted_t *wanted,
                       long retry_after, const trials_error_t *err)
{
    if (retry_after > 0) {
        if (retry_after > TRIALS_RETRY_AFTER_MAX) {
            retry_after = TRIALS_RETRY_AFTER_MAX;
        }

        atomic_store(&worker->refresher->not_before,
                     trials_now() + retry_after);
    }

    if (!atomic_exchange(&worker->refresher->registry_away, 1)) {
        trials_log("warning", "registry_away", "id", wanted->id, "reason",
                   err->message, NULL);
    }

    return TRIALS_JOB_LATER;
}


static trials_job_t
trials_job_cache_error(const char *id, const trials_error_t *err)
{
    if (err->code == TRIALS_UNAVAILABLE) {
        return TRIALS_JOB_LOST;
    }

    trials_log("error", "redis_error", "id", id, "reason", err->message, NULL);

    return TRIALS_JOB_LATER;
}
