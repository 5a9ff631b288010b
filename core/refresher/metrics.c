/*
 * Health and metrics: GET /healthz and /metrics (Prometheus text format 0.0.4,
 * https://prometheus.io/docs/instrumenting/exposition_formats/), by
 * libmicrohttpd, on this machine alone.
 */

#include "core/refresher/refresher.h"

#include <trials/version.h>

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>


#define TRIALS_METRICS_MAX     (64 * 1024) /* bytes of an answer */
#define TRIALS_METRICS_CLIENTS 16
#define TRIALS_METRICS_TIMEOUT 5 /* seconds */


struct trials_metrics_s {
    trials_refresher_t *refresher;
    struct MHD_Daemon  *daemon;
    trials_cache_t     *cache; /* of the one thread that answers */
    const char         *path;  /* of the socket, or NULL */
};


static int trials_metrics_listen(const char *address, trials_error_t *err);
static int trials_metrics_inet(const char *address);
static int trials_metrics_unix(const char *path);
static enum MHD_Result
trials_metrics_answer(void *data, struct MHD_Connection *connection,
                      const char *url, const char *method, const char *version,
                      const char *upload, size_t *upload_size, void **state);
static unsigned
            trials_metrics_health(trials_metrics_t *metrics, trials_buf_t *out);
static void trials_metrics_cache(trials_metrics_t *metrics, trials_buf_t *out);
static void trials_metrics_gauge(trials_buf_t *out, const char *name,
                                 const char *help, long long value);


static const struct {
    const char *name;
    const char *help;
} trials_counts[TRIALS_NCOUNTS] = {
    {"registry_requests", "Requests to the registry"},
    {"registry_failures", "Requests that were not answered"},
    {"rendered", "Trials rendered and stored"},
    {"unchanged", "Trials fetched and found unchanged"},
    {"absent", "Names that nothing is known of"},
    {"aliases", "Numbers that belong to another study"},
    {"refused", "Answers that no page can be made of"},
    {"losses_kept", "Documents kept though the registry lost them"},
    {"wanted_done", "Readers' wishes dealt with"},
    {"wanted_given_up", "Readers' wishes that could not be met in time"},
    {"feeds", "Data sets followed to their end"},
    {"feed_changed", "Cached studies that a feed named"},
    {"checked", "Documents checked because of their age"},
};


trials_metrics_t *
trials_metrics_start(trials_refresher_t *refresher, trials_error_t *err)
{
    int                      fd;
    trials_metrics_t        *metrics;
    const trials_settings_t *settings;

    settings = atomic_load(&refresher->settings);

    metrics = calloc(1, sizeof(trials_metrics_t));
    if (metrics == NULL) {
        trials_error(err, TRIALS_NOMEM, "metrics: out of memory");
        return NULL;
    }

    metrics->refresher = refresher;
    metrics->cache = trials_cache_create(&settings->cache, err);
    fd = metrics->cache ? trials_metrics_listen(settings->listen, err) : -1;

    if (fd == -1) {
        trials_metrics_stop(metrics);
        return NULL;
    }

    metrics->path = strncmp(settings->listen, "unix:", 5) == 0
                        ? settings->listen + 5
                        : NULL;

    metrics->daemon = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO, 0, NULL, NULL,
        trials_metrics_answer, metrics, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned) TRIALS_METRICS_CLIENTS,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned) TRIALS_METRICS_TIMEOUT,
        MHD_OPTION_END);

    if (metrics->daemon == NULL) {
        trials_error(err, TRIALS_FAILED, "metrics: libmicrohttpd cannot start");
        (void) close(fd);
        trials_metrics_stop(metrics);
        return NULL;
    }

    return metrics;
}


void
trials_metrics_stop(trials_metrics_t *metrics)
{
    if (metrics == NULL) {
        return;
    }

    if (metrics->daemon) {
        MHD_stop_daemon(metrics->daemon);
    }

    if (metrics->path) {
        (void) unlink(metrics->path);
    }

    trials_cache_destroy(metrics->cache);
    free(metrics);
}


static int
trials_metrics_listen(const char *address, trials_error_t *err)
{
    int fd, number;

    fd = strncmp(address, "unix:", 5) == 0 ? trials_metrics_unix(address + 5)
                                           : trials_metrics_inet(address);

    if (fd != -1 && listen(fd, TRIALS_METRICS_CLIENTS) == 0) {
        return fd;
    }

    number = errno;

    if (fd != -1) {
        (void) close(fd);
    }

    trials_error(err, TRIALS_FAILED, "--listen \"%s\": %s", address,
                 strerror(number));

    return -1;
}


static int
trials_metrics_inet(const char *address)
{
    int                    fd, v6, on, number;
    in_port_t              port;
    struct sockaddr_in     in;
    struct sockaddr_in6    in6;
    const struct sockaddr *any;

    on = 1;
    v6 = address[0] == '[';
    port = htons((in_port_t) strtoul(strrchr(address, ':') + 1, NULL, 10));

    memset(&in, 0, sizeof(in));
    in.sin_family = AF_INET;
    in.sin_port = port;
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    memset(&in6, 0, sizeof(in6));
    in6.sin6_family = AF_INET6;
    in6.sin6_port = port;
    in6.sin6_addr = in6addr_loopback;

    any = v6 ? (const struct sockaddr *) &in6 : (const struct sockaddr *) &in;
    fd = socket(any->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd != -1
        && (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0
            || bind(fd, any, v6 ? sizeof(in6) : sizeof(in)) != 0))
    {
        number = errno;
        (void) close(fd);
        errno = number;
        return -1;
    }

    return fd;
}


static int
trials_metrics_unix(const char *path)
{
    int                fd, number;
    struct stat        st;
    struct sockaddr_un un;

    memset(&un, 0, sizeof(un));
    un.sun_family = AF_UNIX;
    memcpy(un.sun_path, path, strlen(path));

    /* A predecessor's, that had no time to take it away. */

    if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode)) {
        (void) unlink(path);
    }

    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd != -1 && bind(fd, (struct sockaddr *) &un, sizeof(un)) != 0) {
        number = errno;
        (void) close(fd);
        errno = number;
        return -1;
    }

    return fd;
}


static enum MHD_Result
trials_metrics_answer(void *data, struct MHD_Connection *connection,
                      const char *url, const char *method, const char *version,
                      const char *upload, size_t *upload_size, void **state)
{
    unsigned             status;
    const char          *type;
    trials_buf_t         out;
    enum MHD_Result      rc;
    trials_metrics_t    *metrics;
    struct MHD_Response *response;

    (void) version;
    (void) upload;
    (void) upload_size;
    (void) state;

    metrics = data;
    trials_buf_init(&out, TRIALS_METRICS_MAX);
    status = MHD_HTTP_OK;
    type = "text/plain; charset=utf-8";

    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
        status = MHD_HTTP_METHOD_NOT_ALLOWED;
        trials_buf_printf(&out, "only GET\n");
    } else if (strcmp(url, "/metrics") == 0) {
        type = "text/plain; version=0.0.4; charset=utf-8";
        trials_metrics_text(metrics->refresher, &out);
        trials_metrics_cache(metrics, &out);
    } else if (strcmp(url, "/healthz") == 0) {
        type = "application/json";
        status = trials_metrics_health(metrics, &out);
    } else {
        status = MHD_HTTP_NOT_FOUND;
        trials_buf_printf(&out, "/metrics and /healthz are here\n");
    }

    response = MHD_create_response_from_buffer(out.len, out.data,
                                               MHD_RESPMEM_MUST_COPY);
    trials_buf_free(&out);

    if (response == NULL) {
        return MHD_NO;
    }

    (void) MHD_add_response_header(response, "Content-Type", type);
    (void) MHD_add_response_header(response, "Cache-Control", "no-store");
    rc = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);

    return rc;
}


/* 503 where readers would not be served: Redis is away.  A registry that is away
 * costs nothing but age. */

static unsigned
trials_metrics_health(trials_metrics_t *metrics, trials_buf_t *out)
{
    int                 good, failures;
    int64_t             now;
    trials_refresher_t *refresher;

    refresher = metrics->refresher;
    good = trials_cache_time(metrics->cache, &now, NULL) == TRIALS_OK;
    failures = atomic_load(&refresher->hold.failures);

    trials_buf_printf(
        out,
        "{\"status\":\"%s\",\"redis\":%s,\"registry\":%s,\"leading\":%s}\n",
        good ? "ok" : "unavailable", good ? "true" : "false",
        failures ? "false" : "true",
        atomic_load(&refresher->leading) ? "true" : "false");

    return good ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE;
}


void
trials_metrics_text(trials_refresher_t *refresher, trials_buf_t *out)
{
    int i;

    for (i = 0; i < TRIALS_NCOUNTS; i++) {
        trials_buf_printf(out,
                          "# HELP trials_refresher_%s_total %s.\n"
                          "# TYPE trials_refresher_%s_total counter\n"
                          "trials_refresher_%s_total %lld\n",
                          trials_counts[i].name, trials_counts[i].help,
                          trials_counts[i].name, trials_counts[i].name,
                          (long long) atomic_load(&refresher->counts[i]));
    }

    trials_metrics_gauge(out, "leading", "1 where this process leads",
                         atomic_load(&refresher->leading));
    trials_metrics_gauge(out, "registry_up", "1 where the registry answers",
                         atomic_load(&refresher->hold.failures) == 0);
    trials_metrics_gauge(out, "followed_seconds",
                         "Unix time at which this process last saw that all "
                         "changes of the registry were followed; 0: never",
                         atomic_load(&refresher->followed));
    trials_buf_printf(out,
                      "# HELP trials_refresher_info Version and engine.\n"
                      "# TYPE trials_refresher_info gauge\n"
                      "trials_refresher_info{version=\"%s\",engine=\"%s\"} 1\n",
                      TRIALS_VERSION, trials_page_engine(refresher->page));
}


static void
trials_metrics_cache(trials_metrics_t *metrics, trials_buf_t *out)
{
    int                   up;
    trials_cache_status_t status;

    up = trials_cache_status(metrics->cache, trials_now() / 1000, &status, NULL)
         == TRIALS_OK;
    trials_metrics_gauge(out, "redis_up", "1 where Redis answers", up);

    if (!up) {
        return;
    }

    trials_metrics_gauge(out, "documents", "Documents of trials and the site",
                         (long long) status.documents);
    trials_metrics_gauge(out, "documents_due", "Of these, due to be checked",
                         (long long) status.stale);
    trials_metrics_gauge(out, "wanted", "Wishes of readers that are open",
                         (long long) status.wanted);
    trials_metrics_gauge(out, "wanted_pending", "Of these, under way",
                         (long long) status.pending);
}


static void
trials_metrics_gauge(trials_buf_t *out, const char *name, const char *help,
                     long long value)
{
    trials_buf_printf(out,
                      "# HELP trials_refresher_%s %s.\n"
                      "# TYPE trials_refresher_%s gauge\n"
                      "trials_refresher_%s %lld\n",
                      name, help, name, name, value);
}


/* The same numbers as one line of the log. */

void
trials_metrics_log(trials_refresher_t *refresher)
{
    char numbers[TRIALS_NCOUNTS][24];
    char leading[8], left[24];
    int  i;

    for (i = 0; i < TRIALS_NCOUNTS; i++) {
        (void) snprintf(numbers[i], sizeof(numbers[i]), "%lld",
                        (long long) atomic_load(&refresher->counts[i]));
    }

    (void) snprintf(leading, sizeof(leading), "%d",
                    atomic_load(&refresher->leading) != 0);
    (void) snprintf(left, sizeof(left), "%ld",
                    trials_hold_left(&refresher->hold));

    trials_log(
        "info", "state", "#leading", leading, "#hold_ms", left, "#requests",
        numbers[TRIALS_COUNT_REQUESTS], "#failures",
        numbers[TRIALS_COUNT_FAILURES], "#rendered",
        numbers[TRIALS_COUNT_RENDERED], "#unchanged",
        numbers[TRIALS_COUNT_UNCHANGED], "#absent",
        numbers[TRIALS_COUNT_ABSENT], "#aliases", numbers[TRIALS_COUNT_ALIASES],
        "#refused", numbers[TRIALS_COUNT_REFUSED], "#losses_kept",
        numbers[TRIALS_COUNT_LOSSES], "#wanted_done",
        numbers[TRIALS_COUNT_WANTED], "#wanted_given_up",
        numbers[TRIALS_COUNT_GIVEN_UP], "#feeds", numbers[TRIALS_COUNT_FEEDS],
        "#feed_changed", numbers[TRIALS_COUNT_CHANGED], "#checked",
        numbers[TRIALS_COUNT_CHECKED], TRIALS_END);
}


void
trials_count(trials_refresher_t *refresher, trials_count_t count, long long n)
{
    atomic_fetch_add(&refresher->counts[count], n);
}
