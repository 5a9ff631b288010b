/*
 * A request: tries, redirects and waits round libcurl, and what each answer
 * means.
 */

#include "core/registry/client.h"
#include "core/registry/text.h"
#include "core/registry/url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>


#define TRIALS_REDIRECTS_MAX   3
#define TRIALS_BACKOFF_FIRST   250  /* milliseconds, doubled at each try */
#define TRIALS_BACKOFF_MAX     8000 /* milliseconds */
#define TRIALS_SLICE           50 /* milliseconds between two looks at stop() */
#define TRIALS_RETRY_AFTER_MAX 86400 /* seconds; what is longer is cut to it */


/* What one try came to. */

typedef struct {
    long status;
    long retry_after; /* milliseconds, 0: none */
    int  again;       /* another try may do better */
    char location[TRIALS_URL_MAX];
} trials_answer_t;


static size_t
trials_registry_write(char *data, size_t size, size_t n, void *opaque);
static int
trials_registry_progress(void *data, curl_off_t dltotal, curl_off_t dlnow,
                         curl_off_t ultotal, curl_off_t ulnow);
static int  trials_registry_stopped(const trials_registry_t *registry);
static int  trials_registry_wait(const trials_registry_t *registry, long wait);
static long trials_registry_backoff(trials_registry_t *registry, int try);
static trials_rc_t
trials_registry_follow(trials_registry_t *registry, char *url,
                       trials_answer_t *answer, trials_error_t *err);
static trials_rc_t
trials_registry_try(trials_registry_t *registry, const char *url,
                    trials_answer_t *answer, trials_error_t *err);
static trials_rc_t
trials_registry_lost(trials_registry_t *registry, const char *url, CURLcode rc,
                     trials_answer_t *answer, trials_error_t *err);
static trials_rc_t
           trials_registry_judge(trials_registry_t *registry, const char *url,
                                 trials_answer_t *answer, trials_error_t *err);
static int trials_registry_is_json(const trials_registry_t *registry);


CURLcode
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


trials_rc_t
trials_registry_get(trials_registry_t *registry, const char *path,
                    trials_buf_t *body, char *url, long *retry_after,
                    trials_error_t *err)
{
    int             try;
    long            wait;
    trials_rc_t     rc;
    trials_answer_t answer;

    registry->body = body;

    for (try = 0;; try++) {
        if (snprintf(url, TRIALS_URL_MAX, "%s%s", registry->base, path)
            >= TRIALS_URL_MAX)
        {
            return trials_error(err, TRIALS_INVALID,
                                "registry \"%.100s\": too long",
                                registry->base);
        }

        rc = trials_registry_follow(registry, url, &answer, err);

        if (retry_after) {
            *retry_after = answer.retry_after;
        }

        if (!answer.again || try >= registry->retries
            || answer.retry_after > registry->max_retry_wait)
        {
            break;
        }

        wait = trials_registry_backoff(registry, try);
        wait = wait > answer.retry_after ? wait : answer.retry_after;

        if (!trials_registry_wait(registry, wait)) {
            break;
        }
    }

    if (rc != TRIALS_OK) {
        trials_buf_reset(body);
    }

    return rc;
}


/* Half of the wait is fixed and half is chance: it always waits, and many
 * clients that were cut off together do not come back together. */

static long
trials_registry_backoff(trials_registry_t *registry, int try)
{
    long wait;

    wait = try < 16 ? (long) TRIALS_BACKOFF_FIRST <<
    try : TRIALS_BACKOFF_MAX
        ;
    wait = wait < TRIALS_BACKOFF_MAX ? wait : TRIALS_BACKOFF_MAX;
    wait = wait < registry->max_retry_wait ? wait : registry->max_retry_wait;

    return wait / 2 + (long) rand_r(&registry->seed) % (wait / 2 + 1);
}


/* One try, with the redirects that stay on the base's host.  url is replaced
 * by the one that answered. */

static trials_rc_t
trials_registry_follow(trials_registry_t *registry, char *url,
                       trials_answer_t *answer, trials_error_t *err)
{
    int         hops, same;
    char       *origin, text[TRIALS_QUOTE_MAX];
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

        origin = NULL;
        rc = trials_registry_origin(answer->location, &origin);
        same = rc == TRIALS_OK && strcmp(origin, registry->origin) == 0;
        curl_free(origin);

        if (rc == TRIALS_NOMEM) {
            return trials_error(err, rc, "%s: out of memory", url);
        }

        if (!same) {
            trials_registry_line(text, sizeof(text), answer->location,
                                 strlen(answer->location));

            return trials_error(err, TRIALS_UNAVAILABLE,
                                "%s: redirected to elsewhere, \"%s\"", url,
                                text);
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
    registry->text_len = 0;

    rc = curl_easy_setopt(curl, CURLOPT_URL, url);

    if (rc == CURLE_OK) {
        rc = curl_easy_perform(curl);
    }

    if (rc != CURLE_OK) {
        return trials_registry_lost(registry, url, rc, answer, err);
    }

    seconds = 0;
    (void) curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->status);
    (void) curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &seconds);

    if (seconds > TRIALS_RETRY_AFTER_MAX) {
        seconds = TRIALS_RETRY_AFTER_MAX;
    }

    if (seconds > 0 && (answer->status == 429 || answer->status >= 500)) {
        answer->retry_after = (long) seconds * 1000;
    }

    if (answer->status == 301 || answer->status == 302 || answer->status == 307
        || answer->status == 308)
    {
        location = NULL;
        (void) curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &location);

        if (location && strlen(location) < sizeof(answer->location)) {
            memcpy(answer->location, location, strlen(location) + 1);
            return TRIALS_OK;
        }
    }

    return trials_registry_judge(registry, url, answer, err);
}


/* No complete answer. */

static trials_rc_t
trials_registry_lost(trials_registry_t *registry, const char *url, CURLcode rc,
                     trials_answer_t *answer, trials_error_t *err)
{
    size_t max;

    if (registry->body->failed == TRIALS_NOMEM) {
        rc = CURLE_OUT_OF_MEMORY;
    }

    if (registry->body->failed == TRIALS_TOO_LARGE) {
        max = registry->body->max;
        max = max < registry->max_body ? max : registry->max_body;

        return trials_error(err, TRIALS_TOO_LARGE,
                            "%s: the answer is larger than %zu bytes", url,
                            max);
    }

    switch (rc) {
    case CURLE_OUT_OF_MEMORY:
        return trials_error(err, TRIALS_NOMEM, "%s: out of memory", url);

    case CURLE_ABORTED_BY_CALLBACK:
        return trials_error(err, TRIALS_UNAVAILABLE, "%s: told to stop", url);

    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
        /* Asking again does not mend a certificate. */
        break;

    default:
        answer->again = 1;
    }

    return trials_error(err, TRIALS_UNAVAILABLE, "%s: %s", url,
                        registry->reason[0] ? registry->reason
                                            : curl_easy_strerror(rc));
}


static trials_rc_t
trials_registry_judge(trials_registry_t *registry, const char *url,
                      trials_answer_t *answer, trials_error_t *err)
{
    char        text[TRIALS_QUOTE_MAX];
    size_t      len;
    trials_rc_t rc;

    if (answer->status == 200) {
        if (trials_registry_is_json(registry)) {
            return TRIALS_OK;
        }

        return trials_error(err, TRIALS_INVALID,
                            "%s: the answer is not application/json", url);
    }

    /* The first line of what it says. */

    for (len = 0; len < registry->text_len; len++) {
        if (registry->text[len] == '\n' || registry->text[len] == '\r') {
            break;
        }
    }

    trials_registry_line(text, sizeof(text), registry->text, len);

    if (answer->status == 404) {
        rc = TRIALS_NOT_FOUND;

    } else if (answer->status == 429 || answer->status >= 500) {
        rc = TRIALS_UNAVAILABLE;
        answer->again = 1;

    } else {
        rc = TRIALS_INVALID;
    }

    return trials_error(err, rc, "%s: status %ld: %s", url, answer->status,
                        text[0] ? text : "no reason given");
}


static int
trials_registry_is_json(const trials_registry_t *registry)
{
    char  *type;
    size_t len;

    static const char json[] = "application/json";

    type = NULL;
    (void) curl_easy_getinfo(registry->curl, CURLINFO_CONTENT_TYPE, &type);
    len = sizeof(json) - 1;

    return type && strncasecmp(type, json, len) == 0
           && (type[len] == '\0' || type[len] == ';' || type[len] == ' ');
}


/*
 * A body that does not fit stops the transfer, and the buffer says why.  Of any
 * other answer than a 200 only the beginning is kept, for the message.
 */

static size_t
trials_registry_write(char *data, size_t size, size_t n, void *opaque)
{
    long               status;
    size_t             room;
    trials_buf_t      *body;
    trials_registry_t *registry;

    registry = opaque;
    body = registry->body;
    n *= size;
    status = 0;

    (void) curl_easy_getinfo(registry->curl, CURLINFO_RESPONSE_CODE, &status);

    if (status != 200) {
        room = sizeof(registry->text) - registry->text_len;
        room = n < room ? n : room;
        memcpy(registry->text + registry->text_len, data, room);
        registry->text_len += room;
        return n;
    }

    if (n > registry->max_body || body->len > registry->max_body - n) {
        body->failed = TRIALS_TOO_LARGE;
        return 0;
    }

    return trials_buf_append(body, data, n) == TRIALS_OK ? n : 0;
}


static int
trials_registry_progress(void *data, curl_off_t dltotal, curl_off_t dlnow,
                         curl_off_t ultotal, curl_off_t ulnow)
{
    (void) dltotal;
    (void) dlnow;
    (void) ultotal;
    (void) ulnow;

    return trials_registry_stopped(data);
}


static int
trials_registry_stopped(const trials_registry_t *registry)
{
    return registry->stop && registry->stop(registry->stop_data);
}


/* Waits in slices; 0 where it was told to stop. */

static int
trials_registry_wait(const trials_registry_t *registry, long wait)
{
    long            slice;
    struct timespec ts;

    while (wait > 0) {
        if (trials_registry_stopped(registry)) {
            return 0;
        }

        slice = wait < TRIALS_SLICE ? wait : TRIALS_SLICE;
        ts.tv_sec = 0;
        ts.tv_nsec = slice * 1000000;
        (void) nanosleep(&ts, NULL);
        wait -= slice;
    }

    return !trials_registry_stopped(registry);
}
