/* trials_status: what all workers count, as Prometheus or JSON. */

#include "ngx_http_trials_module.h"


/* No metric's text is longer, of all formats, with its help. */
#define NGX_HTTP_TRIALS_METRIC 512

/* "1.000000", with its NUL */
#define NGX_HTTP_TRIALS_SECONDS 32


typedef struct {
    const char *name; /* after "trials_"; also the key in JSON */
    const char *type; /* of Prometheus */
    const char *help;
    ngx_uint_t  value;
} ngx_http_trials_metric_t;


/* All that is shown. */

typedef struct {
    ngx_http_trials_slot_t sum; /* of all slots; pid, since and trusted count
                                 * the workers that have them */
    ngx_http_trials_store_usage_t usage;
    ngx_uint_t                    epoch;
} ngx_http_trials_status_sum_t;


static void ngx_http_trials_status_sum(const ngx_http_trials_zone_t *zone,
                                       ngx_http_trials_status_sum_t *all);
static ngx_uint_t
ngx_http_trials_status_metrics(const ngx_http_trials_status_sum_t *all,
                               ngx_http_trials_metric_t           *metrics);
static u_char *
ngx_http_trials_status_prometheus(u_char *p, u_char *end,
                                  const ngx_http_trials_status_sum_t *all);
static u_char                   *
ngx_http_trials_status_json(u_char *p, u_char *end,
                                              const ngx_http_trials_status_sum_t *all);
static u_char    *ngx_http_trials_seconds(u_char *p, ngx_uint_t microseconds);
static ngx_uint_t ngx_http_trials_status_wants_json(ngx_http_request_t *r);


#define NGX_HTTP_TRIALS_NMETRICS 32


ngx_int_t
ngx_http_trials_status_handler(ngx_http_request_t *r)
{
    ngx_int_t                    rc;
    ngx_buf_t                   *b;
    ngx_uint_t                   json;
    ngx_table_elt_t             *h;
    ngx_chain_t                  out;
    ngx_http_trials_main_conf_t *tmcf;
    ngx_http_trials_status_sum_t all;

    if (!(r->method & (NGX_HTTP_GET | NGX_HTTP_HEAD))) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    tmcf = ngx_http_get_module_main_conf(r, ngx_http_trials_module);
    json = ngx_http_trials_status_wants_json(r);

    b = ngx_create_temp_buf(
        r->pool, NGX_HTTP_TRIALS_METRIC
                     * (NGX_HTTP_TRIALS_NMETRICS + NGX_HTTP_TRIALS_NBOUNDS));
    h = ngx_http_trials_add_header(r, "Cache-Control", "no-store");

    if (b == NULL || h == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_trials_status_sum(tmcf->zone, &all);

    if (json) {
        b->last = ngx_http_trials_status_json(b->last, b->end, &all);
        ngx_str_set(&r->headers_out.content_type, "application/json");

    } else {
        b->last = ngx_http_trials_status_prometheus(b->last, b->end, &all);
        ngx_str_set(&r->headers_out.content_type,
                    "text/plain; version=0.0.4; charset=utf-8");
    }

    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;
    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = b->last - b->pos;

    b->last_buf = (r == r->main) ? 1 : 0;
    b->last_in_chain = 1;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


/* The argument "format", else what the directive says. */

static ngx_uint_t
ngx_http_trials_status_wants_json(ngx_http_request_t *r)
{
    ngx_str_t                   value;
    ngx_http_trials_loc_conf_t *tlcf;

    tlcf = ngx_http_get_module_loc_conf(r, ngx_http_trials_module);

    if (ngx_http_arg(r, (u_char *) "format", 6, &value) != NGX_OK) {
        return tlcf->status_json;
    }

    return value.len == 4 && ngx_strncmp(value.data, "json", 4) == 0;
}


static void
ngx_http_trials_status_sum(const ngx_http_trials_zone_t *zone,
                           ngx_http_trials_status_sum_t *all)
{
    ngx_uint_t                    i, n;
    ngx_http_trials_slot_t       *sum;
    const ngx_http_trials_slot_t *slot;

    ngx_memzero(all, sizeof(ngx_http_trials_status_sum_t));

    slot = ngx_http_trials_zone_slots(zone);
    sum = &all->sum;

    for (i = 0; i < NGX_HTTP_TRIALS_SLOTS; i++, slot++) {
        for (n = 0; n < NGX_HTTP_TRIALS_NCOUNTS; n++) {
            sum->counts[n] += slot->counts[n];
        }

        for (n = 0; n <= NGX_HTTP_TRIALS_NBOUNDS; n++) {
            sum->latency[n] += slot->latency[n];
        }

        sum->latency_sum += slot->latency_sum;

        if (slot->pid) {
            sum->pid++;
            sum->since += (slot->since != 0);
            sum->trusted += (slot->trusted != 0);
            sum->waiting += slot->waiting;
        }
    }

    all->epoch = ngx_http_trials_zone_epoch(zone);

    if (zone->enabled) {
        ngx_http_trials_store_usage(&zone->store, &all->usage);
    }
}


static ngx_uint_t
ngx_http_trials_status_metrics(const ngx_http_trials_status_sum_t *all,
                               ngx_http_trials_metric_t           *metrics)
{
    const ngx_uint_t                    *counts = all->sum.counts;
    const ngx_http_trials_store_usage_t *usage = &all->usage;

    const ngx_http_trials_metric_t list[] = {
        {"waiting", "gauge", "Readers that wait for a document.",
         all->sum.waiting},
        {"waits_total", "counter", "Readers that waited.",
         counts[NGX_HTTP_TRIALS_COUNT_WAITS]},
        {"wakes_total", "counter", "Readers whose document came.",
         counts[NGX_HTTP_TRIALS_COUNT_WAKES]},
        {"turned_away_total", "counter", "Readers that found too many waiting.",
         counts[NGX_HTTP_TRIALS_COUNT_TURNED]},
        {"invalidations_total", "counter", "Changes that Redis told of.",
         counts[NGX_HTTP_TRIALS_COUNT_INVALIDATIONS]},
        {"flushes_total", "counter", "Times that Redis was emptied.",
         counts[NGX_HTTP_TRIALS_COUNT_FLUSHES]},
        {"zone_epoch", "gauge", "Grows when the zone is distrusted.",
         all->epoch},
        {"zone_size_bytes", "gauge", "Room for bodies in the zone.",
         (ngx_uint_t) usage->chunks * NGX_HTTP_TRIALS_CHUNK},
        {"zone_used_bytes", "gauge", "Of it, what is in use.",
         (ngx_uint_t) (usage->chunks - usage->free) * NGX_HTTP_TRIALS_CHUNK},
        {"zone_documents", "gauge", "Documents in the zone.",
         (ngx_uint_t) usage->entries},
        {"zone_stores_total", "counter", "Documents put into the zone.",
         counts[NGX_HTTP_TRIALS_COUNT_STORES]},
        {"zone_outrun_total", "counter",
         "Documents not put there: they changed meanwhile.",
         counts[NGX_HTTP_TRIALS_COUNT_OUTRUN]},
        {"zone_evictions_total", "counter", "Documents that made room.",
         (ngx_uint_t) usage->evictions},
        {"zone_refusals_total", "counter",
         "Documents that there was no room for.", (ngx_uint_t) usage->refusals},
        {"zone_rebuilds_total", "counter",
         "Times that a worker died while it changed the zone.",
         (ngx_uint_t) usage->rebuilds},
        {"workers", "gauge", "Workers.", all->sum.pid},
        {"workers_connected", "gauge", "Workers connected to Redis.",
         all->sum.since},
        {"workers_trusting", "gauge", "Workers that trust the zone.",
         all->sum.trusted},
        {"redis_connects_total", "counter", "Connections made to Redis.",
         counts[NGX_HTTP_TRIALS_COUNT_CONNECTS]},
        {"redis_failures_total", "counter",
         "Connections to Redis lost, or not to be had.",
         counts[NGX_HTTP_TRIALS_COUNT_FAILURES]},
    };

    ngx_memcpy(metrics, list, sizeof(list));

    return sizeof(list) / sizeof(list[0]);
}


static u_char *
ngx_http_trials_status_prometheus(u_char *p, u_char *end,
                                  const ngx_http_trials_status_sum_t *all)
{
    u_char                   seconds[NGX_HTTP_TRIALS_SECONDS];
    ngx_uint_t               i, n, sum;
    ngx_http_trials_metric_t metrics[NGX_HTTP_TRIALS_NMETRICS];

    p = ngx_slprintf(p, end,
                     "# HELP trials_requests_total Answers, by where they came "
                     "from.\n# TYPE trials_requests_total counter\n");

    for (i = NGX_HTTP_TRIALS_HIT; i <= NGX_HTTP_TRIALS_BYPASS; i++) {
        p = ngx_slprintf(p, end, "trials_requests_total{status=\"%s\"} %ui\n",
                         ngx_http_trials_status_name(i), all->sum.counts[i]);
    }

    n = ngx_http_trials_status_metrics(all, metrics);

    for (i = 0; i < n; i++) {
        p = ngx_slprintf(p, end,
                         "# HELP trials_%s %s\n# TYPE trials_%s %s\n"
                         "trials_%s %ui\n",
                         metrics[i].name, metrics[i].help, metrics[i].name,
                         metrics[i].type, metrics[i].name, metrics[i].value);
    }

    p = ngx_slprintf(p, end,
                     "# HELP trials_redis_reply_seconds How long Redis took to "
                     "reply.\n# TYPE trials_redis_reply_seconds histogram\n");

    sum = 0;

    for (i = 0; i < NGX_HTTP_TRIALS_NBOUNDS; i++) {
        sum += all->sum.latency[i];
        (void) ngx_http_trials_seconds(seconds, ngx_http_trials_bounds[i]);

        p = ngx_slprintf(p, end,
                         "trials_redis_reply_seconds_bucket{le=\"%s\"} %ui\n",
                         seconds, sum);
    }

    sum += all->sum.latency[i];
    (void) ngx_http_trials_seconds(seconds, all->sum.latency_sum);

    return ngx_slprintf(p, end,
                        "trials_redis_reply_seconds_bucket{le=\"+Inf\"} %ui\n"
                        "trials_redis_reply_seconds_sum %s\n"
                        "trials_redis_reply_seconds_count %ui\n",
                        sum, seconds, sum);
}


static u_char *
ngx_http_trials_status_json(u_char *p, u_char *end,
                            const ngx_http_trials_status_sum_t *all)
{
    u_char                   seconds[NGX_HTTP_TRIALS_SECONDS];
    ngx_uint_t               i, n, sum;
    ngx_http_trials_metric_t metrics[NGX_HTTP_TRIALS_NMETRICS];

    p = ngx_slprintf(p, end, "{\"requests_total\":{");

    for (i = NGX_HTTP_TRIALS_HIT; i <= NGX_HTTP_TRIALS_BYPASS; i++) {
        p = ngx_slprintf(p, end, "%s\"%s\":%ui",
                         (i == NGX_HTTP_TRIALS_HIT) ? "" : ",",
                         ngx_http_trials_status_name(i), all->sum.counts[i]);
    }

    p = ngx_slprintf(p, end, "}");

    n = ngx_http_trials_status_metrics(all, metrics);

    for (i = 0; i < n; i++) {
        p = ngx_slprintf(p, end, ",\"%s\":%ui", metrics[i].name,
                         metrics[i].value);
    }

    p = ngx_slprintf(p, end, ",\"redis_reply_seconds\":{\"buckets\":{");

    sum = 0;

    for (i = 0; i < NGX_HTTP_TRIALS_NBOUNDS; i++) {
        sum += all->sum.latency[i];
        (void) ngx_http_trials_seconds(seconds, ngx_http_trials_bounds[i]);

        p = ngx_slprintf(p, end, "\"%s\":%ui,", seconds, sum);
    }

    sum += all->sum.latency[i];
    (void) ngx_http_trials_seconds(seconds, all->sum.latency_sum);

    return ngx_slprintf(p, end, "\"+Inf\":%ui},\"sum\":%s,\"count\":%ui}}\n",
                        sum, seconds, sum);
}


static u_char *
ngx_http_trials_seconds(u_char *p, ngx_uint_t microseconds)
{
    return ngx_snprintf(p, NGX_HTTP_TRIALS_SECONDS, "%ui.%06ui%Z",
                        microseconds / 1000000, microseconds % 1000000);
}
