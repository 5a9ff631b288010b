/*
 * The client of the registry: settings, and the two questions it asks.  One
 * libcurl easy handle, which keeps its connection.
 */

#include "core/registry/client.h"
#include "core/registry/load.h"
#include "core/registry/text.h"
#include "core/registry/url.h"

#include <trials/version.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>


#define TRIALS_VERSION_MAX (64 * 1024) /* bytes of an answer to /version */


static void trials_registry_init_curl(void);
static trials_rc_t
            trials_registry_names(trials_registry_t                *registry,
                                  const trials_registry_settings_t *settings,
                                  trials_error_t                   *err);
static void trials_registry_read_version(trials_registry_version_t *version,
                                         const json_t              *root);
static void trials_registry_copy(char *dst, size_t size, const json_t *value);


static pthread_once_t trials_curl_once = PTHREAD_ONCE_INIT;
static CURLcode       trials_curl_ready;


void
trials_registry_defaults(trials_registry_settings_t *settings)
{
    memset(settings, 0, sizeof(trials_registry_settings_t));

    settings->base = "https://clinicaltrials.gov/api/v2";
    settings->connect_timeout = 5000;
    settings->timeout = 30000;
    settings->retries = 2;
    settings->max_retry_wait = 10000;
    settings->max_body = 16 * 1024 * 1024;
}


trials_registry_t *
trials_registry_create(const trials_registry_settings_t *settings,
                       trials_error_t                   *err)
{
    trials_registry_t *registry;

    registry = calloc(1, sizeof(trials_registry_t));
    if (registry == NULL) {
        trials_error(err, TRIALS_NOMEM, "registry client: out of memory");
        return NULL;
    }

    registry->retries = settings->retries;
    registry->max_retry_wait = settings->max_retry_wait;
    registry->max_body = settings->max_body;
    registry->timeout = settings->timeout;
    registry->stop = settings->stop;
    registry->admit = settings->admit;
    registry->stop_data = settings->stop_data;
    registry->seed = (unsigned) time(NULL) ^ (unsigned) (size_t) registry;

    if (pthread_once(&trials_curl_once, trials_registry_init_curl) != 0
        || trials_curl_ready != CURLE_OK)
    {
        trials_error(err, TRIALS_FAILED, "registry client: libcurl: %s",
                     curl_easy_strerror(trials_curl_ready));
        goto failed;
    }

    if (trials_registry_names(registry, settings, err) != TRIALS_OK) {
        goto failed;
    }

    registry->curl = curl_easy_init();

    if (registry->curl == NULL
        || trials_registry_options(registry, settings) != CURLE_OK)
    {
        trials_error(err, TRIALS_NOMEM,
                     "registry client: libcurl cannot be set up");
        goto failed;
    }

    return registry;

failed:

    trials_registry_destroy(registry);

    return NULL;
}


void
trials_registry_destroy(trials_registry_t *registry)
{
    if (registry == NULL) {
        return;
    }

    if (registry->curl) {
        curl_easy_cleanup(registry->curl);
    }

    curl_free(registry->origin);
    free(registry->base);
    free(registry->agent);
    free(registry);
}


trials_rc_t
trials_registry_study(trials_registry_t *registry, const char *id,
                      trials_buf_t *body, trials_id_t canonical,
                      long *retry_after, trials_error_t *err)
{
    char        path[64], url[TRIALS_URL_MAX], text[TRIALS_QUOTE_MAX];
    json_t     *root;
    const char *last;
    trials_rc_t rc;

    trials_buf_reset(body);

    if (retry_after) {
        *retry_after = 0;
    }

    if (trials_id_parse(id, strlen(id), canonical) != TRIALS_OK) {
        trials_registry_line(text, sizeof(text), id, strlen(id));
        return trials_error(err, TRIALS_INVALID, "\"%s\": not an id", text);
    }

    (void) snprintf(path, sizeof(path), "/studies/%s", canonical);

    rc = trials_registry_get(registry, path, body, url, retry_after, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    /* Neither the base nor a redirect that is followed has a query. */

    last = strrchr(url, '/') + 1;

    if (trials_id_parse(last, strlen(last), canonical) != TRIALS_OK) {
        trials_registry_line(text, sizeof(text), url, strlen(url));

        rc = trials_error(err, TRIALS_INVALID,
                          "%s%s: redirected to \"%s\", which is no study",
                          registry->base, path, text);
    } else {
        /* What calls itself JSON need not be: an answer that was cut off
         * without a word of its length would otherwise look complete. */

        rc = trials_json_load(url, body->data, body->len, NULL, &root, err);
        json_decref(root);
    }

    if (rc != TRIALS_OK) {
        trials_buf_reset(body);
    }

    return rc;
}


trials_rc_t
trials_registry_version(trials_registry_t         *registry,
                        trials_registry_version_t *version, trials_error_t *err)
{
    char         url[TRIALS_URL_MAX];
    json_t      *root;
    trials_rc_t  rc;
    trials_buf_t body;

    trials_buf_init(&body, TRIALS_VERSION_MAX);

    rc = trials_registry_get(registry, "/version", &body, url, NULL, err);

    if (rc == TRIALS_OK) {
        rc = trials_json_load(url, body.data, body.len, NULL, &root, err);
    }

    if (rc == TRIALS_OK) {
        trials_registry_read_version(version, root);
        json_decref(root);

        if (version->api[0] == '\0' || version->data_timestamp[0] == '\0') {
            rc = trials_error(err, TRIALS_INVALID,
                              "%s/version: no apiVersion and dataTimestamp",
                              registry->base);
        }
    }

    trials_buf_free(&body);

    return rc;
}


static void
trials_registry_read_version(trials_registry_version_t *version,
                             const json_t              *root)
{
    trials_registry_copy(version->api, sizeof(version->api),
                         json_object_get(root, "apiVersion"));
    trials_registry_copy(version->data_timestamp,
                         sizeof(version->data_timestamp),
                         json_object_get(root, "dataTimestamp"));
}


/* A version or a time stamp goes into keys, logs and pages: it is taken only
 * where it is what such a thing is made of, else dst is empty. */

static void
trials_registry_copy(char *dst, size_t size, const json_t *value)
{
    size_t      len;
    const char *p;

    dst[0] = '\0';

    p = json_string_value(value);
    len = json_string_length(value);

    if (len > 0 && len < size
        && strspn(p, "0123456789.:+-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                     "abcdefghijklmnopqrstuvwxyz")
               == len)
    {
        memcpy(dst, p, len);
        dst[len] = '\0';
    }
}


/* curl_global_init() may run only once, and not in two threads at a time. */

static void
trials_registry_init_curl(void)
{
    trials_curl_ready = curl_global_init(CURL_GLOBAL_DEFAULT);
}


/* Checks and copies the base and what the User-Agent says. */

static trials_rc_t
trials_registry_names(trials_registry_t                *registry,
                      const trials_registry_settings_t *settings,
                      trials_error_t                   *err)
{
    int         agent;
    char        text[TRIALS_QUOTE_MAX];
    size_t      len;
    const char *base, *contact;
    trials_rc_t rc;

    base = settings->base ? settings->base : "";
    contact = settings->contact;

    rc = trials_registry_origin(base, &registry->origin);

    if (rc == TRIALS_INVALID) {
        trials_registry_line(text, sizeof(text), base, strlen(base));
        return trials_error(err, rc,
                            "registry \"%s\": not an http or https URL "
                            "of host and path",
                            text);
    }

    if (contact) {
        trials_registry_line(text, sizeof(text), contact, strlen(contact));

        if (strcmp(text, contact) != 0) {
            return trials_error(err, TRIALS_INVALID,
                                "registry contact \"%s\": not one line of at "
                                "most %d bytes",
                                text, TRIALS_QUOTE_MAX - 1);
        }
    }

    registry->base = strdup(base);
    agent = contact ? asprintf(&registry->agent, "trials/%s (+%s)",
                               TRIALS_VERSION, contact)
                    : asprintf(&registry->agent, "trials/%s", TRIALS_VERSION);

    if (agent < 0) {
        registry->agent = NULL;
    }

    if (rc != TRIALS_OK || registry->base == NULL || registry->agent == NULL) {
        return trials_error(err, TRIALS_NOMEM,
                            "registry client: out of memory");
    }

    len = strlen(registry->base);

    while (len && registry->base[len - 1] == '/') {
        registry->base[--len] = '\0';
    }

    return TRIALS_OK;
}
