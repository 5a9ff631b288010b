/*
 * Publishing one record.  What is stored is looked at first: a record that has
 * not changed costs parsing it and one question to Redis.
 */

#include "core/cache/compress.h"

#include <trials/publish.h>
#include <trials/summary.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>


#define TRIALS_RENDITION_MAX (64 * 1024 * 1024) /* bytes */

/* Seconds after which a page says anew when it was checked. */
#define TRIALS_CHECKED_AGE 86400

/* A record that has become this much smaller, and had this many bytes at
 * least, has been emptied. */
#define TRIALS_EMPTIED_BY   4
#define TRIALS_EMPTIED_FROM 2048


typedef char trials_source_t[56];

struct trials_publisher_s {
    const trials_page_t *page;
    trials_cache_t      *cache;
    trials_arena_t      *arena;
    trials_stored_t      stored;   /* what is there of this study */
    trials_buf_t         previous; /* its JSON rendition */
    trials_buf_t         summary;
    trials_buf_t         bodies[TRIALS_NLANGUAGES][TRIALS_NRENDITIONS];
};


static trials_rc_t
trials_publish_parse(trials_publisher_t *publisher, const char *json,
                     size_t len, const trials_publish_facts_t *facts,
                     trials_study_t **study, trials_error_t *err);
static int
trials_publish_is_same(const trials_publisher_t *publisher, int64_t fetched,
                       const trials_source_t source);
static trials_rc_t
                   trials_publish_render(trials_publisher_t   *publisher,
                                         const trials_study_t *study, int64_t now,
                                         trials_entry_t *entry, trials_error_t *err);
static trials_rc_t trials_publish_refused(trials_error_t *err);
static int64_t     trials_publish_day(trials_date_t date);
static int
trials_publish_is_emptied(const trials_publisher_t *publisher, size_t len);
static void
trials_publish_source(const char *json, size_t len, trials_source_t source);


trials_publisher_t *
trials_publisher_create(const trials_page_t *page, trials_cache_t *cache,
                        trials_error_t *err)
{
    int                 i;
    trials_publisher_t *publisher;

    publisher = calloc(1, sizeof(trials_publisher_t));
    if (publisher == NULL) {
        trials_error(err, TRIALS_NOMEM, "publisher: out of memory");
        return NULL;
    }

    publisher->page = page;
    publisher->cache = cache;
    trials_buf_init(&publisher->previous, TRIALS_RENDITION_MAX);
    trials_buf_init(&publisher->summary, TRIALS_SUMMARY_SIZE);

    for (i = 0; i < TRIALS_NLANGUAGES * TRIALS_NRENDITIONS; i++) {
        trials_buf_init(
            &publisher->bodies[i / TRIALS_NRENDITIONS][i % TRIALS_NRENDITIONS],
            TRIALS_RENDITION_MAX);
    }

    publisher->arena = trials_arena_create();
    if (publisher->arena == NULL) {
        trials_error(err, TRIALS_NOMEM, "publisher: out of memory");
        trials_publisher_destroy(publisher);
        return NULL;
    }

    return publisher;
}


void
trials_publisher_destroy(trials_publisher_t *publisher)
{
    int i;

    if (publisher == NULL) {
        return;
    }

    for (i = 0; i < TRIALS_NLANGUAGES * TRIALS_NRENDITIONS; i++) {
        trials_buf_free(
            &publisher->bodies[i / TRIALS_NRENDITIONS][i % TRIALS_NRENDITIONS]);
    }

    trials_buf_free(&publisher->previous);
    trials_buf_free(&publisher->summary);
    trials_arena_destroy(publisher->arena);
    free(publisher);
}


trials_rc_t
trials_publish(trials_publisher_t *publisher, const char *json, size_t len,
               const trials_publish_facts_t *facts, trials_id_t id,
               trials_publish_t *result, trials_error_t *err)
{
    int             changed;
    char            updated[16];
    int64_t         now, fetched, fresh_until;
    trials_rc_t     rc;
    trials_error_t  own;
    trials_source_t source;
    trials_entry_t  entry;
    trials_study_t *study;

    if (err == NULL) {
        err = &own;
    }

    err->code = TRIALS_OK;
    id[0] = '\0';
    *result = TRIALS_PUBLISH_UNCHANGED;

    rc = trials_publish_parse(publisher, json, len, facts, &study, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    memcpy(id, study->id, sizeof(trials_id_t));
    now = facts->fetched ? facts->fetched : (int64_t) time(NULL);
    fetched = facts->fetched ? facts->fetched
                             : trials_publish_day(study->version_holder);
    fresh_until = fetched + facts->max_age;
    trials_publish_source(json, len, source);

    rc = trials_cache_look(publisher->cache, id, &publisher->stored,
                           &publisher->previous, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    if (trials_publish_is_same(publisher, fetched, source)) {
        return trials_cache_touch(publisher->cache, id, fresh_until, err);
    }

    (void) snprintf(updated, sizeof(updated), "%04d-%02d-%02d",
                    study->last_update_posted.year % 10000,
                    study->last_update_posted.month % 100,
                    study->last_update_posted.day % 100);

    memset(&entry, 0, sizeof(trials_entry_t));
    entry.state = TRIALS_DOCUMENT_PRESENT;
    entry.registry = study->last_update_posted.year ? updated : "";
    entry.engine = trials_page_engine(publisher->page);
    entry.source = source;
    entry.checked = fetched;

    if (facts->keep_newer
        && strcmp(publisher->stored.registry, entry.registry) > 0) {
        *result = TRIALS_PUBLISH_NEWER;
        return TRIALS_OK;
    }

    if (!facts->force && trials_publish_is_emptied(publisher, len)) {
        *result = TRIALS_PUBLISH_EMPTIED;
        return TRIALS_OK;
    }

    rc = trials_publish_render(publisher, study, now, &entry, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    entry.summary.data = publisher->summary.data;
    entry.summary.len = publisher->summary.len;

    rc = trials_cache_put(publisher->cache, id, &entry, now, fresh_until,
                          &changed, err);
    *result = changed ? TRIALS_PUBLISH_WRITTEN : TRIALS_PUBLISH_UNCHANGED;

    return rc;
}


static trials_rc_t
trials_publish_parse(trials_publisher_t *publisher, const char *json,
                     size_t len, const trials_publish_facts_t *facts,
                     trials_study_t **study, trials_error_t *err)
{
    trials_rc_t rc;

    trials_arena_reset(publisher->arena);

    rc = trials_study_parse(publisher->arena, facts->name, json, len, study,
                            err);

    if (rc == TRIALS_OK && facts->id && strcmp((*study)->id, facts->id) != 0) {
        rc = trials_error(err, TRIALS_INVALID,
                          "%s: the registry answered with the record of %s",
                          facts->name, (*study)->id);
    }

    return rc;
}


/* Whether what is stored need not be made anew. */

static int
trials_publish_is_same(const trials_publisher_t *publisher, int64_t fetched,
                       const trials_source_t source)
{
    const trials_stored_t *stored;

    stored = &publisher->stored;

    return stored->state == TRIALS_DOCUMENT_PRESENT
           && strcmp(stored->source, source) == 0
           && strcmp(stored->engine, trials_page_engine(publisher->page)) == 0
           && fetched - stored->checked < TRIALS_CHECKED_AGE;
}


static trials_rc_t
trials_publish_render(trials_publisher_t   *publisher,
                      const trials_study_t *study, int64_t now,
                      trials_entry_t *entry, trials_error_t *err)
{
    int                 i, language;
    trials_rc_t         rc;
    trials_buf_t       *buf;
    trials_trial_t     *trial;
    trials_page_facts_t page;

    memset(&page, 0, sizeof(trials_page_facts_t));
    page.checked = entry->checked;
    page.now = now;
    page.previous.data = publisher->previous.data;
    page.previous.len = publisher->previous.len;

    trial = trials_trial_create(publisher->page, publisher->arena, study, &page,
                                err);
    if (trial == NULL) {
        return trials_publish_refused(err);
    }

    rc = TRIALS_OK;

    for (i = 0; i < TRIALS_NLANGUAGES * TRIALS_NTRIAL && rc == TRIALS_OK; i++) {
        language = i / TRIALS_NTRIAL;

        if (!trials_page_speaks(publisher->page, (trials_language_t) language))
        {
            continue;
        }

        buf = &publisher->bodies[language][i % TRIALS_NTRIAL];
        trials_buf_reset(buf);
        rc =
            trials_trial_render(trial, (trials_rendition_t) (i % TRIALS_NTRIAL),
                                (trials_language_t) language, buf, err);
        entry->bodies[language][i % TRIALS_NTRIAL].data = buf->data;
        entry->bodies[language][i % TRIALS_NTRIAL].len = buf->len;
    }

    trials_buf_reset(&publisher->summary);
    trials_summary_write(&publisher->summary, study,
                         trials_trial_changed(trial));
    rc = rc == TRIALS_OK ? publisher->summary.failed : rc;
    trials_trial_destroy(trial);

    return rc == TRIALS_OK ? rc : trials_publish_refused(err);
}


/* Why there is no page.  It is the record's fault, unless memory is out. */

static trials_rc_t
trials_publish_refused(trials_error_t *err)
{
    if (err->code != TRIALS_NOMEM && err->code != TRIALS_TOO_LARGE) {
        err->code = TRIALS_INVALID;
    }

    return err->code;
}


/* The day's first second, Unix time; 0: no day. */

static int64_t
trials_publish_day(trials_date_t date)
{
    struct tm tm;

    if (date.year == 0) {
        return 0;
    }

    memset(&tm, 0, sizeof(struct tm));
    tm.tm_year = date.year - 1900;
    tm.tm_mon = date.month - 1;
    tm.tm_mday = date.day ? date.day : 1;

    return (int64_t) timegm(&tm);
}


static int
trials_publish_is_emptied(const trials_publisher_t *publisher, size_t len)
{
    size_t      before;
    const char *p;

    p = strchr(publisher->stored.source, ':');
    before = p ? strtoul(p + 1, NULL, 10) : 0;

    return publisher->stored.state == TRIALS_DOCUMENT_PRESENT
           && before >= TRIALS_EMPTIED_FROM && len < before / TRIALS_EMPTIED_BY;
}


/*
 * What tells one version of a record from another: a hash, but for versionHolder,
 * which is the day of the data set and changes in every record with each of them;
 * ":" and its bytes.
 */

static void
trials_publish_source(const char *json, size_t len, trials_source_t source)
{
    const char   *p, *end;
    trials_hash_t parts[2], hash;

    static const char holder[] = "\"versionHolder\"";

    end = json + len;
    p = memmem(json, len, holder, sizeof(holder) - 1);
    p = p ? memchr(p + sizeof(holder) - 1, '"',
                   (size_t) (end - p) - (sizeof(holder) - 1))
          : NULL;
    trials_hash(json, p ? (size_t) (p - json) : len, parts[0]);

    p = p ? memchr(p + 1, '"', (size_t) (end - p) - 1) : NULL;
    p = p ? p : end;
    trials_hash(p, (size_t) (end - p), parts[1]);

    trials_hash((const char *) parts, sizeof(parts), hash);
    (void) snprintf(source, sizeof(trials_source_t), "%s:%zu", hash, len);
}
