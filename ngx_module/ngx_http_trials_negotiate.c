/* Content negotiation and entity tags: see ngx_http_trials_negotiate.h. */

#include "ngx_http_trials_negotiate.h"

#include <string.h>


static size_t ngx_http_trials_skip(const char *data, size_t i, size_t len);
static void   ngx_http_trials_accept_element(ngx_http_trials_accept_t *accept,
                                             const char *data, size_t len);
static int    ngx_http_trials_element(const char **data, size_t *len);
static int    ngx_http_trials_weight(const char *data, size_t len);
static int
ngx_http_trials_token_is(const char *data, size_t len, const char *text);


void
ngx_http_trials_accept_init(ngx_http_trials_accept_t *accept)
{
    accept->brotli = -1;
    accept->gzip = -1;
    accept->identity = -1;
    accept->any = -1;
}


void
ngx_http_trials_accept_parse(ngx_http_trials_accept_t *accept, const char *data,
                             size_t len)
{
    size_t i, start;

    start = 0;

    for (i = 0; i <= len; i++) {
        if (i == len || data[i] == ',') {
            ngx_http_trials_accept_element(accept, data + start, i - start);
            start = i + 1;
        }
    }
}


static void
ngx_http_trials_accept_element(ngx_http_trials_accept_t *accept,
                               const char *data, size_t len)
{
    int weight;

    weight = ngx_http_trials_element(&data, &len);

    if (weight == -1) {
        return;
    }

    if (ngx_http_trials_token_is(data, len, "gzip")
        || ngx_http_trials_token_is(data, len, "x-gzip"))
    {
        accept->gzip = weight;

    } else if (ngx_http_trials_token_is(data, len, "br")) {
        accept->brotli = weight;

    } else if (ngx_http_trials_token_is(data, len, "identity")) {
        accept->identity = weight;

    } else if (ngx_http_trials_token_is(data, len, "*")) {
        accept->any = weight;
    }
}


/*
 * token [ OWS ";" OWS "q=" weight ]: the weight, and *data and *len are made
 * the token's; -1 where it is no such thing.
 */

static int
ngx_http_trials_element(const char **data, size_t *len)
{
    size_t      i, start;
    const char *p;

    p = *data;
    start = ngx_http_trials_skip(p, 0, *len);

    for (i = start; i < *len && p[i] != ';' && p[i] != ' ' && p[i] != '\t'; i++)
    {
        /* void */
    }

    if (i == start) {
        return -1;
    }

    *data = p + start;
    start = i - start;
    i = ngx_http_trials_skip(p, i, *len);
    p += i;
    i = *len - i;
    *len = start;

    if (i == 0) {
        return 1000;
    }

    return (p[0] == ';') ? ngx_http_trials_weight(p + 1, i - 1) : -1;
}


/* OWS "q=" weight OWS: 0, 1, or up to three decimals between; in thousandths,
 * -1 where it is none of that. */

static int
ngx_http_trials_weight(const char *data, size_t len)
{
    int    weight, unit;
    size_t i;

    i = ngx_http_trials_skip(data, 0, len);

    if (len - i < 3 || (data[i] | 0x20) != 'q' || data[i + 1] != '='
        || (data[i + 2] != '0' && data[i + 2] != '1'))
    {
        return -1;
    }

    weight = (data[i + 2] - '0') * 1000;
    i += 3;

    if (i < len && data[i] == '.') {
        unit = 100;

        for (i++; i < len && data[i] >= '0' && data[i] <= '9'; i++) {
            if (unit == 0) {
                return -1;
            }

            weight += (data[i] - '0') * unit;
            unit /= 10;
        }
    }

    i = ngx_http_trials_skip(data, i, len);

    return (i == len && weight <= 1000) ? weight : -1;
}


ngx_http_trials_coding_t
ngx_http_trials_accept_coding(const ngx_http_trials_accept_t *accept,
                              int                             has_brotli)
{
    int brotli, gzip, identity;

    brotli = has_brotli ? accept->brotli : -1;
    gzip = (accept->gzip != -1) ? accept->gzip : accept->any;

    /* Unless it is mentioned, identity is acceptable and ranks last. */

    identity = (accept->identity != -1) ? accept->identity : 0;

    if (brotli > 0 && brotli >= gzip && brotli >= identity) {
        return NGX_HTTP_TRIALS_BROTLI;
    }

    return (gzip > 0 && gzip >= identity) ? NGX_HTTP_TRIALS_GZIP
                                          : NGX_HTTP_TRIALS_IDENTITY;
}


int
ngx_http_trials_accept_language(const char *data, size_t len, const char *tag)
{
    int         weight, named, any;
    size_t      i, start, n, tag_len;
    const char *range;

    tag_len = strlen(tag);
    named = -1;
    any = 0;
    start = 0;

    for (i = 0; i <= len; i++) {
        if (i < len && data[i] != ',') {
            continue;
        }

        range = data + start;
        n = i - start;
        start = i + 1;

        weight = ngx_http_trials_element(&range, &n);

        if (weight == -1) {
            continue;
        }

        if (n == 1 && range[0] == '*') {
            any = weight;

        } else if (n >= tag_len && ngx_http_trials_token_is(range, tag_len, tag)
                   && (n == tag_len || range[tag_len] == '-') && weight > named)
        {
            named = weight;
        }
    }

    return (named != -1) ? named : any;
}


int
ngx_http_trials_etag_match(const char *data, size_t len, const char *etag,
                           size_t etag_len, int weak)
{
    size_t i, start;
    int    is_weak;

    i = 0;

    for (;;) {
        while (i < len && (data[i] == ' ' || data[i] == '\t' || data[i] == ','))
        {
            i++;
        }

        if (i == len) {
            return 0;
        }

        if (data[i] == '*') {
            return 1;
        }

        is_weak = (len - i > 2 && data[i] == 'W' && data[i + 1] == '/');

        if (is_weak) {
            i += 2;
        }

        if (data[i] != '"') {
            return 0;
        }

        start = i;

        /* A comma may stand within the quotes. */

        for (i++; i < len && data[i] != '"'; i++) {
            /* void */
        }

        if (i == len) {
            return 0;
        }

        i++;

        if ((weak || !is_weak) && i - start == etag_len
            && memcmp(data + start, etag, etag_len) == 0)
        {
            return 1;
        }
    }
}


static size_t
ngx_http_trials_skip(const char *data, size_t i, size_t len)
{
    while (i < len && (data[i] == ' ' || data[i] == '\t')) {
        i++;
    }

    return i;
}


static int
ngx_http_trials_token_is(const char *data, size_t len, const char *text)
{
    size_t i;

    for (i = 0; i < len; i++) {
        if (text[i] == '\0'
            || (char) (data[i]
                       | ((data[i] >= 'A' && data[i] <= 'Z') ? 0x20 : 0))
                   != text[i])
        {
            return 0;
        }
    }

    return text[len] == '\0';
}
