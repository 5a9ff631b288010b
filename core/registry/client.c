/*
 * The client of the registry: one libcurl easy handle, which keeps its
 * connection, and a loop of bounded tries round it.
 */

#include <trials/registry.h>
#include <trials/version.h>

#include <curl/curl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>


#define TRIALS_REDIRECTS_MAX 3
#define TRIALS_BACKOFF_FIRST 250  /* milliseconds, doubled at each try */
#define TRIALS_BACKOFF_MAX   8000 /* milliseconds */
#define TRIALS_SLICE         50   /* milliseconds between two looks at stop() */
#define TRIALS_URL_MAX       2048

struct trials_registry_s {
    CURL  *curl;
    char  *base;
    char  *origin; /* "https://host:port" of the base, port spelled out */
    char  *agent;
    size_t max_body;
    int    retries;
    long   max_retry_wait;
    int (*stop)(void *data);
    void         *stop_data;
    trials_buf_t *body; /* of the try under way */
    unsigned      seed; /* of the jitter */
    char          reason[CURL_ERROR_SIZE];
};

/* What one try came to. */

typedef struct {
    long status;
    long retry_after; /* milliseconds, 0: none */
    char location[TRIALS_URL_MAX];
} trials_answer_t;


static void  trials_registry_init_curl(void);
static char *trials_registry_origin(const char *url);
static CURLcode
trials_registry_options(trials_registry_t                *registry,
                        const trials_registry_settings_t *settings);
static size_t
trials_registry_write(char *data, size_t size, size_t n, void *registry);
static int
trials_registry_progress(void *registry, curl_off_t dltotal, curl_off_t dlnow,
                         curl_off_t ultotal, curl_off_t ulnow);
static trials_rc_t
trials_registry_get(trials_registry_t *registry, const char *path,
                    trials_buf_t *body, char *last, long *retry_after,
                    trials_error_t *err);
static trials_rc_t
trials_registry_follow(trials_registry_t *registry, char *url,
                       trials_answer_t *answer, trials_error_t *err);
static trials_rc_t
trials_registry_try(trials_registry_t *registry, const char *url,
                    trials_answer_t *answer, trials_error_t *err);
static trials_rc_t
           trials_registry_judge(trials_registry_t *registry, const char *url,
                                 const trials_answer_t *answer, trials_error_t *err);
static int trials_registry_is_json(trials_registry_t *registry);
static void
trials_registry_quote(const trials_buf_t *body, char *text, size_t size);
static int trials_registry_wait(trials_registry_t *registry, long wait);


static pthread_once_t trials_curl_once = PTHREAD_ONCE_INIT;


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
    size_t             len;
    trials_registry_t *registry;

    (void) pthread_once(&trials_curl_once, trials_registry_init_curl);

    registry = calloc(1, sizeof(trials_registry_t));
    if (registry == NULL) {
        trials_error(err, TRIALS_NOMEM, "registry client: out of memory");
        return NULL;
    }

    registry->retries = settings->retries;
    registry->max_retry_wait = settings->max_retry_wait;
    registry->max_body = settings->max_body;
    registry->stop = settings->stop;
    registry->stop_data = settings->stop_data;
    registry->seed = (unsigned) time(NULL) ^ (unsigned) (size_t) registry;

    registry->base = strdup(settings->base);
    registry->origin = trials_registry_origin(settings->base);

    if (registry->origin == NULL) {
        trials_error(err, TRIALS_INVALID,
                     "registry \"%s\": not an http or https URL",
                     settings->base);
        goto failed;
    }

    len = sizeof("trials/ (+)") + sizeof(TRIALS_VERSION)
          + (settings->contact ? strlen(settings->contact) : 0);
    registry->agent = malloc(len);

    if (registry->base == NULL || registry->agent == NULL) {
        trials_error(err, TRIALS_NOMEM, "registry client: out of memory");
        goto failed;
    }

    len = strlen(registry->base);
    while (len && registry->base[len - 1] == '/') {
        registry->base[--len] = '\0';
    }

    if (settings->contact) {
        (void) snprintf(registry->agent,
                        sizeof("trials/ (+)") + sizeof(TRIALS_VERSION)
                            + strlen(settings->contact),
                        "trials/" TRIALS_VERSION " (+%s)", settings->contact);
    } else {
        memcpy(registry->agent, "trials/" TRIALS_VERSION,
               sizeof("trials/" TRIALS_VERSION));
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
    char        path[64], last[64];
    trials_rc_t rc;

    if (trials_id_parse(id, strlen(id), canonical) != TRIALS_OK) {
        return trials_error(err, TRIALS_INVALID, "\"%s\": not an id", id);
    }

    (void) snprintf(path, sizeof(path), "/studies/%s", canonical);

    rc = trials_registry_get(registry, path, body, last, retry_after, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    if (trials_id_parse(last, strlen(last), canonical) != TRIALS_OK) {
        return trials_error(err, TRIALS_INVALID,
                            "%s%s: redirected to \"%s\", which is no study",
                            registry->base, path, last);
    }

    return TRIALS_OK;
}


trials_rc_t
trials_registry_version(trials_registry_t         *registry,
                        trials_registry_version_t *version, trials_error_t *err)
{
    char         last[64];
    json_t      *root;
    const char  *api, *timestamp;
    trials_rc_t  rc;
    trials_buf_t body;

    trials_buf_init(&body, 64 * 1024);

    rc = trials_registry_get(registry, "/version", &body, last, NULL, err);

    if (rc == TRIALS_OK) {
        root = json_loadb(body.data, body.len, 0, NULL);
        api = json_string_value(json_object_get(root, "apiVersion"));
        timestamp = json_string_value(json_object_get(root, "dataTimestamp"));

        if (api == NULL || timestamp == NULL
            || strlen(api) >= sizeof(version->api)
            || strlen(timestamp) >= sizeof(version->data_timestamp))
        {
            rc = trials_error(err, TRIALS_INVALID,
                              "%s/version: no apiVersion and dataTimestamp",
                              registry->base);
        } else {
            memcpy(version->api, api, strlen(api) + 1);
            memcpy(version->data_timestamp, timestamp, strlen(timestamp) + 1);
        }

        json_decref(root);
    }

    trials_buf_free(&body);

    return rc;
}


static void
trials_registry_init_curl(void)
{
    (void) curl_global_init(CURL_GLOBAL_DEFAULT);
}


/* "scheme://host:port" in curl's normal form; NULL where that is none. */

static char *
trials_registry_origin(const char *url)
{
    char  *origin, *scheme;
    CURLU *parts;

    origin = NULL;
    scheme = NULL;
    parts = curl_url();

    if (parts && curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK
        && curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK
        && (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0)
        && curl_url_set(parts, CURLUPART_PATH, "/", 0) == CURLUE_OK
        && curl_url_set(parts, CURLUPART_QUERY, NULL, 0) == CURLUE_OK
        && curl_url_set(parts, CURLUPART_FRAGMENT, NULL, 0) == CURLUE_OK
        && curl_url_set(parts, CURLUPART_USER, NULL, 0) == CURLUE_OK
        && curl_url_set(parts, CURLUPART_PASSWORD, NULL, 0) == CURLUE_OK)
    {
        (void) curl_url_get(parts, CURLUPART_URL, &origin, CURLU_DEFAULT_PORT);
    }

    curl_free(scheme);
    curl_url_cleanup(parts);

    return origin;
}


static CURLcode
trials_registry_options(trials_registry_t                *registry,
                        const trials_registry_settings_t *settings)
{
    CURL    *curl;
    CURLcode rc;

    curl = registry->curl;

#define SET(option, value)                          \
    if (rc == CURLE_OK) {                           \
        rc = curl_easy_setopt(curl, option, value); \
    }

    rc = CURLE_OK;

    SET(CURLOPT_ERRORBUFFER, registry->reason);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_ACCEPT_ENCODING, "");
    SET(CURLOPT_USERAGENT, registry->agent);
    SET(CURLOPT_CONNECTTIMEOUT_MS, settings->connect_timeout);
    SET(CURLOPT_TIMEOUT_MS, settings->timeout);
    SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t) settings->max_body);
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_WRITEFUNCTION, trials_registry_write);
    SET(CURLOPT_WRITEDATA, registry);
    SET(CURLOPT_NOPROGRESS, 0L);
    SET(CURLOPT_XFERINFOFUNCTION, trials_registry_progress);
    SET(CURLOPT_XFERINFODATA, registry);

    if (settings->ca_file) {
        SET(CURLOPT_CAINFO, settings->ca_file);
    }

#undef SET

    return rc;
}


/* A body that does not fit stops the transfer; the buffer says why. */

static size_t
trials_registry_write(char *data, size_t size, size_t n, void *opaque)
{
    trials_buf_t      *body;
    trials_registry_t *registry;

    registry = opaque;
    body = registry->body;

    if (body->len + size * n > registry->max_body) {
        body->failed = TRIALS_TOO_LARGE;
        return 0;
    }

    return trials_buf_append(body, data, size * n) == TRIALS_OK ? size * n : 0;
}


static int
trials_registry_progress(void *data, curl_off_t dltotal, curl_off_t dlnow,
                         curl_off_t ultotal, curl_off_t ulnow)
{
    trials_registry_t *registry;

    (void) dltotal;
    (void) dlnow;
    (void) ultotal;
    (void) ulnow;

    registry = data;

    return registry->stop && registry->stop(registry->stop_data);
}


/*
 * GET base + path with retries.  last receives the last segment of the path
 * that answered, cut to 63 bytes.
 */

static trials_rc_t
trials_registry_get(trials_registry_t *registry, const char *path,
                    trials_buf_t *body, char *last, long *retry_after,
                    trials_error_t *err)
{
    int             try;
    char            url[TRIALS_URL_MAX];
    long            wait, backoff;
    size_t          len;
    const char     *p;
    trials_rc_t     rc;
    trials_answer_t answer;

    registry->body = body;
    backoff = TRIALS_BACKOFF_FIRST;

    for (try = 0;; try++) {
        if (snprintf(url, sizeof(url), "%s%s", registry->base, path)
            >= (int) sizeof(url))
        {
            return trials_error(err, TRIALS_INVALID, "%s: too long",
                                registry->base);
        }

        rc = trials_registry_follow(registry, url, &answer, err);

        if (retry_after) {
            *retry_after = answer.retry_after;
        }

        if (rc != TRIALS_UNAVAILABLE || try == registry->retries) {
            break;
        }

        /* Half of the time is fixed, half is chance (full jitter would now
         * and then not wait at all). */

        wait = backoff / 2 + (long) rand_r(&registry->seed) % (backoff / 2 + 1);
        backoff =
            backoff * 2 < TRIALS_BACKOFF_MAX ? backoff * 2 : TRIALS_BACKOFF_MAX;

        if (answer.retry_after > wait) {
            wait = answer.retry_after;
        }

        if (wait > registry->max_retry_wait
            || !trials_registry_wait(registry, wait)) {
            break;
        }
    }

    if (rc == TRIALS_OK) {
        p = strrchr(url, '/') + 1;
        len = strcspn(p, "?#");
        len = len < 63 ? len : 63;
        memcpy(last, p, len);
        last[len] = '\0';
    }

    return rc;
}


/* One try, with the redirects that stay on the base's host.  url is replaced
 * by the one that answered. */

static trials_rc_t
trials_registry_follow(trials_registry_t *registry, char *url,
                       trials_answer_t *answer, trials_error_t *err)
{
    int         hops, same;
    char       *origin;
    trials_rc_t rc;

    for (hops = 0;; hops++) {
        rc = trials_registry_try(registry, url, answer, err);

        if (rc != TRIALS_OK || answer->location[0] == '\0') {
            return rc;
        }

        if (hops == TRIALS_REDIRECTS_MAX) {
            return trials_error(err, TRIALS_UNAVAILABLE,
                                "%s: more than %d redirects", url,
                                TRIALS_REDIRECTS_MAX);
        }

        origin = trials_registry_origin(answer->location);
        same = origin && strcmp(origin, registry->origin) == 0;
        curl_free(origin);

        if (!same) {
            return trials_error(err, TRIALS_UNAVAILABLE,
                                "%s: redirected to another host, \"%.200s\"",
                                url, answer->location);
        }

        memcpy(url, answer->location, strlen(answer->location) + 1);
    }
}


static trials_rc_t
trials_registry_try(trials_registry_t *registry, const char *url,
                    trials_answer_t *answer, trials_error_t *err)
{
    CURL      *curl;
    char      *location;
    CURLcode   rc;
    curl_off_t seconds;

    curl = registry->curl;
    memset(answer, 0, sizeof(trials_answer_t));
    trials_buf_reset(registry->body);
    registry->reason[0] = '\0';

    rc = curl_easy_setopt(curl, CURLOPT_URL, url);

    if (rc == CURLE_OK) {
        rc = curl_easy_perform(curl);
    }

    if (registry->body->failed == TRIALS_TOO_LARGE
        || rc == CURLE_FILESIZE_EXCEEDED) {
        return trials_error(err, TRIALS_TOO_LARGE,
                            "%s: the answer is larger than %zu bytes", url,
                            registry->max_body);
    }

    if (registry->body->failed == TRIALS_NOMEM || rc == CURLE_OUT_OF_MEMORY) {
        return trials_error(err, TRIALS_NOMEM, "%s: out of memory", url);
    }

    if (rc != CURLE_OK) {
        return trials_error(err, TRIALS_UNAVAILABLE, "%s: %s", url,
                            registry->reason[0] ? registry->reason
                                                : curl_easy_strerror(rc));
    }

    (void) curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->status);

    seconds = 0;
    (void) curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &seconds);

    if (seconds > 0) {
        answer->retry_after =
            seconds < 86400 ? (long) seconds * 1000 : 86400000;
    }

    location = NULL;

    if (answer->status == 301 || answer->status == 302 || answer->status == 307
        || answer->status == 308)
    {
        (void) curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &location);

        if (location && strlen(location) < sizeof(answer->location)) {
            memcpy(answer->location, location, strlen(location) + 1);
            return TRIALS_OK;
        }
    }

    return trials_registry_judge(registry, url, answer, err);
}


static trials_rc_t
trials_registry_judge(trials_registry_t *registry, const char *url,
                      const trials_answer_t *answer, trials_error_t *err)
{
    char quote[128];

    trials_registry_quote(registry->body, quote, sizeof(quote));

    switch (answer->status) {
    case 200:
        if (trials_registry_is_json(registry)) {
            return TRIALS_OK;
        }

        return trials_error(err, TRIALS_INVALID, "%s: not JSON: \"%s\"", url,
                            quote);

    case 404:
        return trials_error(err, TRIALS_NOT_FOUND, "%s: %s", url, quote);

    case 429:
        return trials_error(err, TRIALS_UNAVAILABLE,
                            "%s: 429, too many requests", url);

    default:
        if (answer->status >= 500) {
            return trials_error(err, TRIALS_UNAVAILABLE, "%s: %ld \"%s\"", url,
                                answer->status, quote);
        }

        return trials_error(err, TRIALS_INVALID, "%s: %ld \"%s\"", url,
                            answer->status, quote);
    }
}


static int
trials_registry_is_json(trials_registry_t *registry)
{
    char *type;

    type = NULL;
    (void) curl_easy_getinfo(registry->curl, CURLINFO_CONTENT_TYPE, &type);

    return type && strncasecmp(type, "application/json", 16) == 0
           && (type[16] == '\0' || type[16] == ';' || type[16] == ' ');
}


/* The first line of an error's text, printable ASCII only, for a message. */

static void
trials_registry_quote(const trials_buf_t *body, char *text, size_t size)
{
    size_t i, n;

    for (i = 0, n = 0; i < body->len && n < size - 1; i++) {
        if (body->data[i] == '\n' || body->data[i] == '\r') {
            break;
        }

        if (body->data[i] >= ' ' && body->data[i] < 0x7f
            && body->data[i] != '"') {
            text[n++] = body->data[i];
        }
    }

    text[n] = '\0';
}


/* Waits in slices; 0 where it was told to stop. */

static int
trials_registry_wait(trials_registry_t *registry, long wait)
{
    long            slice;
    struct timespec ts;

    while (wait > 0) {
        if (registry->stop && registry->stop(registry->stop_data)) {
            return 0;
        }

        slice = wait < TRIALS_SLICE ? wait : TRIALS_SLICE;
        ts.tv_sec = 0;
        ts.tv_nsec = slice * 1000000;
        (void) nanosleep(&ts, NULL);
        wait -= slice;
    }

    return 1;
}
