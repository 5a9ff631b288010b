/* What keeps the site's documents true, and its collections whole. */

#include "core/refresher/site.h"

#include "core/registry/enums.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


/* ms between two makings of sitemaps. */
#define TRIALS_SITEMAP_EVERY 600000

#define TRIALS_QUERY_MAX 4096

/* Names to be made again, or to be looked for. */

typedef struct {
    trials_worker_t *worker;
    uint64_t         touched;
    trials_name_t   *names;
    size_t           n;
    size_t           size;
    uint64_t         there; /* collections whose list is stored and true */
    unsigned         sitemap : 1;  /* it is */
    unsigned         sitemaps : 1; /* they are to be made again */
} trials_keep_t;

/* Ids that a search of the registry brings. */

typedef struct {
    trials_worker_t *worker;
    trials_id_t     *ids;
    size_t           n;
    size_t           size;
} trials_warm_t;


static int  trials_keep_take(void *keep, const char *name);
static int  trials_keep_is_touched(trials_keep_t *keep, const char *name);
static int  trials_keep_first(trials_keep_t *keep);
static int  trials_keep_add(trials_keep_t *keep, const char *name);
static void trials_warm_query(const trials_collection_t *collection,
                              trials_registry_query_t   *query,
                              char texts[4][TRIALS_QUERY_MAX]);
static void
trials_warm_or(trials_str_t alternatives, char *text, const char **field);
static trials_rc_t
trials_warm_take(void *warm, const char *json, size_t len, trials_error_t *err);
static int trials_warm_add(trials_warm_t *warm, const char *id);
static int trials_warm_known(void *warm, const char *id, trials_str_t text);
static int trials_warm_fetch(trials_warm_t *warm, trials_batch_t *batch);


int
trials_site_due(trials_worker_t *worker)
{
    int64_t             now;
    trials_rc_t         rc;
    trials_keep_t       keep;
    trials_refresher_t *refresher;

    now = trials_now();
    refresher = worker->refresher;

    rc = trials_lists_follow(refresher->lists, worker->cache, &worker->err);
    if (rc != TRIALS_OK) {
        return 0;
    }

    memset(&keep, 0, sizeof(trials_keep_t));
    keep.worker = worker;
    keep.touched = trials_lists_touched(refresher->lists);

    if (keep.touched) {
        refresher->sitemaps_due = 1;
    }

    if (refresher->sitemaps_due && now >= refresher->next_sitemaps) {
        refresher->sitemaps_due = 0;
        refresher->next_sitemaps = now + TRIALS_SITEMAP_EVERY;
        keep.sitemaps = 1;
    }

    if (keep.touched == 0 && !keep.sitemaps) {
        return 1;
    }

    rc = trials_pages_stored(worker->cache, trials_keep_take, &keep,
                             &worker->err);

    if (rc == TRIALS_OK) {
        rc = trials_pages_due(worker->cache, (const trials_name_t *) keep.names,
                              keep.n, &worker->err);
    }

    free(keep.names);

    return rc == TRIALS_OK && trials_keep_first(&keep);
}


static int
trials_keep_take(void *data, const char *name)
{
    int                         i;
    trials_keep_t              *keep;
    const trials_collections_t *collections;

    keep = data;
    collections = &keep->worker->refresher->collections;

    i = trials_collections_find(collections, name, strlen(name));

    if (i >= 0 && !(keep->touched >> i & 1)) {
        keep->there |= (uint64_t) 1 << i;
    }

    keep->sitemap |= strcmp(name, "sitemap") == 0 && !keep->sitemaps;

    return !trials_keep_is_touched(keep, name) || trials_keep_add(keep, name);
}


static int
trials_keep_is_touched(trials_keep_t *keep, const char *name)
{
    int i;

    if (strncmp(name, "sitemap", 7) == 0 && (name[7] == '\0' || name[7] == '/'))
    {
        return keep->sitemaps;
    }

    if (strcmp(name, "index") == 0 || strcmp(name, "feed") == 0) {
        return keep->touched != 0;
    }

    i = trials_collections_find(&keep->worker->refresher->collections, name,
                                strcspn(name, "/"));

    return i >= 0 && (keep->touched >> i & 1);
}


static int
trials_keep_add(trials_keep_t *keep, const char *name)
{
    size_t         size;
    trials_name_t *names;

    if (keep->n == keep->size) {
        size = keep->size ? keep->size * 2 : 64;
        names = realloc(keep->names, size * sizeof(trials_name_t));

        if (names == NULL) {
            return 0;
        }

        keep->names = names;
        keep->size = size;
    }

    (void) snprintf(keep->names[keep->n++], sizeof(trials_name_t), "%s", name);

    return 1;
}


/* The start page, the whole lists, feed and sitemap are always there.  What has
 * been made due meanwhile is true all the same. */

static int
trials_keep_first(trials_keep_t *keep)
{
    int                         good;
    size_t                      i;
    const trials_collections_t *collections;

    collections = &keep->worker->refresher->collections;
    good = keep->sitemap
           || trials_site_make(keep->worker, "sitemap") == TRIALS_JOB_DONE;

    if (keep->touched) {
        good = good
               && trials_site_make(keep->worker, "index") == TRIALS_JOB_DONE
               && trials_site_make(keep->worker, "feed") == TRIALS_JOB_DONE;
    }

    for (i = 0; i < collections->n && good; i++) {
        good = (keep->there >> i & 1)
               || trials_site_make(keep->worker, collections->all[i].slug)
                      == TRIALS_JOB_DONE;
    }

    return good;
}


int
trials_site_warm(trials_worker_t *worker, trials_batch_t *batch)
{
    int                         good;
    char                        texts[4][TRIALS_QUERY_MAX];
    long                        retry_after;
    size_t                      i, k;
    trials_rc_t                 rc;
    trials_warm_t               warm;
    trials_error_t              err;
    const trials_collection_t  *collection;
    const trials_collections_t *collections;
    trials_registry_query_t     query;

    collections = &worker->refresher->collections;

    for (i = 1, good = 1; i < collections->n && good; i++) {
        collection = &collections->all[i];
        memset(&warm, 0, sizeof(trials_warm_t));
        warm.worker = worker;
        rc = TRIALS_OK;

        for (k = 0; k < collection->nids && rc == TRIALS_OK; k++) {
            rc = trials_warm_add(&warm, collection->ids[k])
                     ? TRIALS_OK
                     : trials_error(&err, TRIALS_NOMEM, "out of memory");
        }

        trials_warm_query(collection, &query, texts);

        if (rc == TRIALS_OK && query.fields) {
            rc = trials_registry_studies(worker->registry, &query,
                                         trials_warm_take, &warm, NULL,
                                         &retry_after, &err);
            trials_answered(worker, collection->slug, rc, retry_after, &err);
        }

        good = rc == TRIALS_OK && trials_warm_fetch(&warm, batch);
        free(warm.ids);

        if (rc != TRIALS_OK && rc != TRIALS_UNAVAILABLE) {
            trials_log("error", "refused", "job", worker->job, "id",
                       collection->slug, "reason", err.message, TRIALS_END);
        }
    }

    return good;
}


/* fields stays NULL where there is nothing to search for. */

static void
trials_warm_query(const trials_collection_t *collection,
                  trials_registry_query_t   *query,
                  char                       texts[4][TRIALS_QUERY_MAX])
{
    int    i;
    size_t len;

    memset(query, 0, sizeof(trials_registry_query_t));
    trials_warm_or(collection->conditions, texts[0], &query->condition);
    trials_warm_or(collection->countries, texts[1], &query->location);
    trials_warm_or(collection->sponsors, texts[2], &query->sponsor);

    for (i = 0, len = 0; trials_status_names[i]; i++) {
        if (collection->statuses & 1u << (i + 1)) {
            len += (size_t) snprintf(texts[3] + len, TRIALS_QUERY_MAX - len,
                                     "%s%s", len ? "," : "",
                                     trials_status_names[i]);
        }
    }

    query->status = len ? texts[3] : NULL;

    if (query->condition || query->location || query->sponsor || query->status)
    {
        query->fields = "NCTId";
    }
}


/* An Essie expression: "a" OR "b". */

static void
trials_warm_or(trials_str_t alternatives, char *text, const char **field)
{
    size_t       len;
    trials_str_t one;

    len = 0;

    while (trials_summary_item(&alternatives, &one)
           && len + one.len + 8 < TRIALS_QUERY_MAX)
    {
        len +=
            (size_t) snprintf(text + len, TRIALS_QUERY_MAX - len, "%s\"%.*s\"",
                              len ? " OR " : "", (int) one.len, one.data);
    }

    *field = len ? text : NULL;
}


static trials_rc_t
trials_warm_take(void *data, const char *json, size_t len, trials_error_t *err)
{
    json_t        *root, *part;
    trials_id_t    id;
    const char    *text;
    trials_rc_t    rc;
    trials_warm_t *warm;

    warm = data;
    root = json_loadb(json, len, 0, NULL);
    part = json_object_get(json_object_get(root, "protocolSection"),
                           "identificationModule");
    text = json_string_value(json_object_get(part, "nctId"));
    rc = TRIALS_OK;

    if (text == NULL || trials_id_parse(text, strlen(text), id) != TRIALS_OK) {
        rc = trials_error(err, TRIALS_INVALID, "a study without an id");
    } else if (!trials_warm_add(warm, id)) {
        rc = trials_error(err, TRIALS_NOMEM, "out of memory");
    }

    json_decref(root);

    return rc;
}


static int
trials_warm_add(trials_warm_t *warm, const char *id)
{
    size_t       size;
    trials_id_t *ids;

    if (warm->n == warm->size) {
        size = warm->size ? warm->size * 2 : 256;
        ids = realloc(warm->ids, size * sizeof(trials_id_t));

        if (ids == NULL) {
            return 0;
        }

        warm->ids = ids;
        warm->size = size;
    }

    memcpy(warm->ids[warm->n++], id, sizeof(trials_id_t));

    return 1;
}


/* Keeps the ids of those that have no summary. */

static int
trials_warm_known(void *data, const char *id, trials_str_t text)
{
    trials_warm_t *warm;

    warm = data;

    if (text.len == 0) {
        memmove(warm->ids[warm->n++], id, sizeof(trials_id_t));
    }

    return 1;
}


static int
trials_warm_fetch(trials_warm_t *warm, trials_batch_t *batch)
{
    int    good;
    size_t i, n;

    n = warm->n;
    warm->n = 0;

    if (trials_summaries_some(warm->worker->cache,
                              (const trials_id_t *) warm->ids, n,
                              trials_warm_known, warm, &warm->worker->err)
        != TRIALS_OK)
    {
        return trials_worker_error(warm->worker);
    }

    trials_batch_reset(batch);

    for (i = 0, good = 1; i < warm->n && good; i++) {
        (void) trials_batch_add(batch, warm->ids[i]);

        if (batch->n == TRIALS_BATCH_MAX || i + 1 == warm->n) {
            good = trials_batch_run(batch) == 0;

            if (batch->redis_away) {
                return trials_worker_error(warm->worker);
            }

            trials_batch_reset(batch);
        }
    }

    return good;
}
