/* GET /studies: the question, the pages, and lists of ids that are refused. */

#include "core/registry/client.h"
#include "core/registry/load.h"
#include "core/registry/stream.h"
#include "core/registry/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define TRIALS_TOKEN_MAX 256 /* of a page; bytes */

/* A slow list is no dead one. */
#define TRIALS_SLOW_LIMIT 1L /* bytes a second */


/* A question under way. */

typedef struct {
    trials_registry_t             *registry;
    const trials_registry_query_t *query;
    trials_stream_t                stream;
    size_t                         taken;
    trials_registry_take_t         take;
    void                          *data;
    size_t                        *total;
    long                          *retry_after;
    trials_error_t                *err;
    char                           token[TRIALS_TOKEN_MAX];
} trials_list_t;


static trials_rc_t
trials_list_ids(trials_list_t *list, const trials_id_t *ids, size_t n);
static int
trials_list_refused(const trials_registry_t *registry, trials_rc_t rc);
static trials_rc_t
trials_list_pages(trials_list_t *list, const trials_id_t *ids, size_t n);
static trials_rc_t trials_list_page(trials_list_t *list, const char *path);
static trials_rc_t trials_list_envelope(trials_list_t *list, const char *url);
static trials_rc_t
trials_list_path(const trials_list_t *list, const trials_id_t *ids, size_t n,
                 trials_buf_t *path);
static trials_rc_t
trials_list_parameter(const trials_list_t *list, trials_buf_t *path,
                      const char *name, const char *value);
static trials_rc_t
trials_list_take(void *data, const char *json, size_t len, trials_error_t *err);
static void        trials_list_begin(void *data);
static trials_rc_t trials_list_write(void *data, const char *bytes, size_t n);


trials_rc_t
trials_registry_studies(trials_registry_t             *registry,
                        const trials_registry_query_t *query,
                        trials_registry_take_t take, void *data, size_t *total,
                        long *retry_after, trials_error_t *err)
{
    long           ignored;
    trials_rc_t    rc;
    trials_list_t  list;
    trials_error_t own;

    ignored = 0;
    memset(&own, 0, sizeof(trials_error_t));

    memset(&list, 0, sizeof(trials_list_t));
    list.registry = registry;
    list.query = query;
    list.take = take;
    list.data = data;
    list.total = total;
    list.retry_after = retry_after ? retry_after : &ignored;
    list.err = err ? err : &own;
    *list.retry_after = 0;

    if (total) {
        *total = 0;
    }

    if (query->nids > TRIALS_BATCH_MAX) {
        return trials_error(err, TRIALS_INVALID, "%zu ids, more than %d",
                            query->nids, TRIALS_BATCH_MAX);
    }

    (void) curl_easy_setopt(registry->curl, CURLOPT_TIMEOUT_MS, 0L);
    (void) curl_easy_setopt(registry->curl, CURLOPT_LOW_SPEED_LIMIT,
                            TRIALS_SLOW_LIMIT);
    (void) curl_easy_setopt(registry->curl, CURLOPT_LOW_SPEED_TIME,
                            (registry->timeout + 999) / 1000);

    trials_stream_init(&list.stream, registry->max_body, trials_list_take,
                       &list, list.err);

    rc = query->ids ? trials_list_ids(&list, query->ids, query->nids)
                    : trials_list_pages(&list, NULL, 0);

    trials_stream_free(&list.stream);

    return rc;
}


/* What the registry takes for no id makes it refuse the whole list: the halves
 * are asked until that one is left, alone. */

static trials_rc_t
trials_list_ids(trials_list_t *list, const trials_id_t *ids, size_t n)
{
    trials_rc_t rc;

    if (n == 0) {
        return TRIALS_OK;
    }

    rc = trials_list_pages(list, ids, n);

    if (!trials_list_refused(list->registry, rc)) {
        return rc;
    }

    if (n == 1) {
        return TRIALS_OK;
    }

    rc = trials_list_ids(list, ids, n / 2);

    return rc == TRIALS_OK ? trials_list_ids(list, ids + n / 2, n - n / 2) : rc;
}


/* 400: a bad id; 413, 414 and 431: too many for this server. */

static int
trials_list_refused(const trials_registry_t *registry, trials_rc_t rc)
{
    return rc == TRIALS_INVALID
           && (registry->status == 400 || registry->status == 413
               || registry->status == 414 || registry->status == 431);
}


static trials_rc_t
trials_list_pages(trials_list_t *list, const trials_id_t *ids, size_t n)
{
    trials_rc_t  rc;
    trials_buf_t path;

    trials_buf_init(&path, TRIALS_URL_MAX);
    list->token[0] = '\0';

    do {
        trials_buf_reset(&path);
        rc = trials_list_path(list, ids, n, &path);

        if (rc == TRIALS_OK) {
            rc = trials_list_page(list, path.data);
        }

    } while (rc == TRIALS_OK && list->token[0] != '\0'
             && (list->query->limit == 0 || list->taken < list->query->limit));

    trials_buf_free(&path);

    return rc;
}


static trials_rc_t
trials_list_page(trials_list_t *list, const char *path)
{
    char          url[TRIALS_URL_MAX];
    trials_rc_t   rc;
    trials_sink_t sink;

    sink.begin = trials_list_begin;
    sink.write = trials_list_write;
    sink.data = &list->stream;
    sink.max = list->stream.study.max;

    rc = trials_registry_ask(list->registry, path, &sink, url,
                             list->retry_after, list->err);

    return rc == TRIALS_OK ? trials_list_envelope(list, url) : rc;
}


/* What is round the studies: how it goes on, and that the answer is whole. */

static trials_rc_t
trials_list_envelope(trials_list_t *list, const char *url)
{
    char          name[128];
    json_t       *root, *token, *total, *studies;
    trials_rc_t   rc;
    trials_buf_t *envelope;

    envelope = &list->stream.envelope;
    trials_registry_line(name, sizeof(name), url, strcspn(url, "?"));

    rc = trials_json_load(name, envelope->data, envelope->len, NULL, &root,
                          list->err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    studies = json_object_get(root, "studies");
    total = json_object_get(root, "totalCount");
    token = json_object_get(root, "nextPageToken");
    list->token[0] = '\0';

    if (!json_is_array(studies)
        || json_array_size(studies) != list->stream.count) {
        rc = trials_error(list->err, TRIALS_INVALID,
                          "%s: no list of studies in the answer", name);

    } else if (token
               && (json_string_length(token) == 0
                   || json_string_length(token) >= TRIALS_TOKEN_MAX))
    {
        rc = trials_error(list->err, TRIALS_INVALID,
                          "%s: no page goes by this \"nextPageToken\"", name);

    } else if (token) {
        memcpy(list->token, json_string_value(token),
               json_string_length(token) + 1);
    }

    if (rc == TRIALS_OK && list->total && json_is_number(total)
        && json_number_value(total) >= 0)
    {
        *list->total += (size_t) json_number_value(total);
    }

    json_decref(root);

    return rc;
}


static trials_rc_t
trials_list_path(const trials_list_t *list, const trials_id_t *ids, size_t n,
                 trials_buf_t *path)
{
    size_t                         i, size;
    trials_rc_t                    rc;
    const trials_registry_query_t *query;

    query = list->query;
    size = query->page_size ? query->page_size : TRIALS_BATCH_MAX;

    if (query->limit && query->limit < size) {
        size = query->limit;
    }

    const struct {
        const char *name;
        const char *value;
    } parameters[] = {
        {"filter.advanced", query->advanced},
        {"filter.overallStatus", query->status},
        {"query.cond", query->condition},
        {"query.term", query->term},
        {"query.locn", query->location},
        {"query.intr", query->intervention},
        {"query.spons", query->sponsor},
        {"fields", query->fields},
        {"sort", query->sort},
        {"pageToken", list->token[0] ? list->token : NULL},
    };

    trials_buf_printf(path, "/studies?pageSize=%zu%s", size,
                      list->total && list->token[0] == '\0' ? "&countTotal=true"
                                                            : "");

    for (i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++) {
        rc = trials_list_parameter(list, path, parameters[i].name,
                                   parameters[i].value);
        if (rc != TRIALS_OK) {
            return rc;
        }
    }

    for (i = 0; i < n; i++) {
        trials_buf_printf(path, "%s%s", i ? "," : "&filter.ids=", ids[i]);
    }

    return path->failed
               ? trials_error(list->err, path->failed,
                              "%s/studies: the question does not fit in %d "
                              "bytes",
                              list->registry->base, TRIALS_URL_MAX)
               : TRIALS_OK;
}


static trials_rc_t
trials_list_parameter(const trials_list_t *list, trials_buf_t *path,
                      const char *name, const char *value)
{
    char *escaped;

    if (value == NULL) {
        return TRIALS_OK;
    }

    escaped = curl_easy_escape(list->registry->curl, value, 0);
    if (escaped == NULL) {
        return trials_error(list->err, TRIALS_NOMEM,
                            "registry client: out of memory");
    }

    trials_buf_printf(path, "&%s=%s", name, escaped);
    curl_free(escaped);

    return TRIALS_OK;
}


static trials_rc_t
trials_list_take(void *data, const char *json, size_t len, trials_error_t *err)
{
    trials_list_t *list;

    list = data;

    if (list->query->limit && list->taken >= list->query->limit) {
        return TRIALS_OK;
    }

    list->taken++;

    return list->take(list->data, json, len, err);
}


static void
trials_list_begin(void *data)
{
    trials_stream_reset(data);
}


static trials_rc_t
trials_list_write(void *data, const char *bytes, size_t n)
{
    return trials_stream_write(data, bytes, n);
}
