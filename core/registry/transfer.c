/*
 * A request: tries, redirects and waits round libcurl, and what each answer
 * means.  The body of a 200 goes to a sink, piece by piece.
 */

#include "core/registry/client.h"
#include "core/registry/text.h"
#include "core/registry/url.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>


#define TRIALS_REDIRECTS_MAX   3
#define TRIALS_LOCATION_MAX    2048 /* bytes */
#define TRIALS_BACKOFF_FIRST   250  /* milliseconds, doubled at each try */
#define TRIALS_BACKOFF_MAX     8000 /* milliseconds */
#define TRIALS_SLICE           50 /* milliseconds between two looks at stop() */
#define TRIALS_RETRY_AFTER_MAX 86400 /* seconds; what is longer is cut to it */


/* What one try came to. */

typedef struct {
    long status;
    long retry_after; /* milliseconds, 0: none */
    int  again;       /* another try may do better */
    char location[TRIALS_LOCATION_MAX];
} trials_answer_t;

/* An answer as a whole. */

typedef struct {
    trials_buf_t *buf;
    size_t        max;
} trials_body_t;


static size_t
trials_registry_write(char *data, size_t size, size_t n, void *opaque);
static int
trials_registry_progress(void *data, curl_off_t dltotal, curl_off_t dlnow,
                         curl_off_t ultotal, curl_off_t ulnow);
static trials_rc_t
            trials_registry_store(void *data, const char *bytes, size_t n);
static void trials_registry_empty(void *data);
static int  trials_registry_stopped(const trials_registry_t *registry);
static int  trials_registry_admitted(const trials_registry_t *registry);
static const char             *
trials_registry_shown(trials_registry_t *registry, const char *url);
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
    SET(CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_2TLS);
    SET(CURLOPT_USERAGENT, registry->agent);
    SET(CURLOPT_CONNECTTIMEOUT_MS, settings->connect_timeout);
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
    trials_rc_t   rc;
    trials_body_t whole;
    trials_sink_t sink;

    whole.buf = body;
    whole.max = registry->max_body;

    sink.begin = trials_registry_empty;
    sink.write = trials_registry_store;
    sink.data = &whole;
    sink.max = body->max < whole.max ? body->max : whole.max;

    (void) curl_easy_setopt(registry->curl, CURLOPT_TIMEOUT_MS,
                            registry->timeout);
    (void) curl_easy_setopt(registry->curl, CURLOPT_LOW_SPEED_LIMIT, 0L);

    rc = trials_registry_ask(registry, path, &sink, url, retry_after, err);

    if (rc != TRIALS_OK) {
        trials_buf_reset(body);
    }

    return rc;
}


trials_rc_t
trials_registry_ask(trials_registry_t *registry, const char *path,
                    trials_sink_t *sink, char *url, long *retry_after,
                    trials_error_t *err)
{
    int             try;
    long            wait;
    trials_rc_t     rc;
    trials_answer_t answer;

    registry->sink = sink;

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
            return trials_error(
                err, TRIALS_UNAVAILABLE, "%s: more than %d redirects",
                trials_registry_shown(registry, url), TRIALS_REDIRECTS_MAX);
        }

        origin = NULL;
        rc = trials_registry_origin(answer->location, &origin);
        same = rc == TRIALS_OK && strcmp(origin, registry->origin) == 0;
        curl_free(origin);

        if (rc == TRIALS_NOMEM) {
            return trials_error(err, rc, "%s: out of memory",
                                trials_registry_shown(registry, url));
        }

        if (!same) {
            trials_registry_line(text, sizeof(text), answer->location,
                                 strlen(answer->location));

            return trials_error(err, TRIALS_UNAVAILABLE,
                                "%s: redirected to elsewhere, \"%s\"",
                                trials_registry_shown(registry, url), text);
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
    memset(answer, 0, offsetof(trials_answer_t, location) + 1);
    registry->sink->begin(registry->sink->data);
    registry->sunk = TRIALS_OK;
    registry->reason[0] = '\0';
    registry->text_len = 0;
    registry->status = 0;

    if (!trials_registry_admitted(registry)) {
        return trials_error(err, TRIALS_UNAVAILABLE, "%s: not asked",
                            trials_registry_shown(registry, url));
    }

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
    registry->status = answer->status;

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
    const char *shown;

    shown = trials_registry_shown(registry, url);

    switch (registry->sunk) {
    case TRIALS_OK:
        break;

    case TRIALS_NOMEM:
        rc = CURLE_OUT_OF_MEMORY;
        break;

    case TRIALS_TOO_LARGE:
        return trials_error(err, TRIALS_TOO_LARGE,
                            "%s: the answer is larger than %zu bytes", shown,
                            registry->sink->max);

    default:
        /* The sink has said why. */
        return registry->sunk;
    }

    switch (rc) {
    case CURLE_OUT_OF_MEMORY:
        return trials_error(err, TRIALS_NOMEM, "%s: out of memory", shown);

    case CURLE_ABORTED_BY_CALLBACK:
        return trials_error(err, TRIALS_UNAVAILABLE, "%s: told to stop", shown);

    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
        /* Asking again does not mend a certificate. */
        break;

    default:
        answer->again = 1;
    }

    return trials_error(err, TRIALS_UNAVAILABLE, "%s: %s", shown,
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
                            "%s: the answer is not application/json",
                            trials_registry_shown(registry, url));
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

    return trials_error(err, rc, "%s: status %ld: %s",
                        trials_registry_shown(registry, url), answer->status,
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
    trials_registry_t *registry;

    registry = opaque;
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

    registry->sunk = registry->sink->write(registry->sink->data, data, n);

    return registry->sunk == TRIALS_OK ? n : 0;
}


/* The sink of an answer that is wanted as a whole. */

static void
trials_registry_empty(void *data)
{
    trials_body_t *body;

    body = data;
    trials_buf_reset(body->buf);
}


static trials_rc_t
trials_registry_store(void *data, const char *bytes, size_t n)
{
    trials_body_t *body;

    body = data;

    if (n > body->max || body->buf->len > body->max - n) {
        return TRIALS_TOO_LARGE;
    }

    return trials_buf_append(body->buf, bytes, n);
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


static int
trials_registry_admitted(const trials_registry_t *registry)
{
    return registry->admit == NULL || registry->admit(registry->stop_data) == 0;
}


/* An address as messages show it: a list of a thousand ids is left out. */

static const char *
trials_registry_shown(trials_registry_t *registry, const char *url)
{
    size_t len;

    len = strcspn(url, "?");

    (void) snprintf(registry->shown, sizeof(registry->shown), "%.*s%s",
                    (int) (len < 400 ? len : 400), url, url[len] ? "?..." : "");

    return registry->shown;
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
