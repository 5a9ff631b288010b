/* Content negotiation and entity tags: see ngx_http_trials_negotiate.h. */

#include "ngx_http_trials_negotiate.h"

#include <string.h>


static size_t ngx_http_trials_skip(const char *data, size_t i, size_t len);
static void   ngx_http_trials_accept_element(ngx_http_trials_accept_t *accept,
                                             const char *data, size_t len);
static int    ngx_http_trials_weight(const char *data, size_t len);
static int
ngx_http_trials_token_is(const char *data, size_t len, const char *text);


void
ngx_http_trials_accept_init(ngx_http_trials_accept_t *accept)
{
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


/* coding [ OWS ";" OWS "q=" weight ] */

static void
ngx_http_trials_accept_element(ngx_http_trials_accept_t *accept,
                               const char *data, size_t len)
{
    int    weight;
    size_t i, start, end;

    start = ngx_http_trials_skip(data, 0, len);

    for (i = start;
         i < len && data[i] != ';' && data[i] != ' ' && data[i] != '\t'; i++)
    {
        /* void */
    }

    end = i;
    i = ngx_http_trials_skip(data, i, len);

    if (end == start) {
        return;
    }

    if (i == len) {
        weight = 1000;

    } else if (data[i] == ';') {
        weight = ngx_http_trials_weight(data + i + 1, len - i - 1);

    } else {
        weight = -1;
    }

    if (weight == -1) {
        return;
    }

    data += start;
    len = end - start;

    if (ngx_http_trials_token_is(data, len, "gzip")
        || ngx_http_trials_token_is(data, len, "x-gzip"))
    {
        accept->gzip = weight;

    } else if (ngx_http_trials_token_is(data, len, "identity")) {
        accept->identity = weight;

    } else if (ngx_http_trials_token_is(data, len, "*")) {
        accept->any = weight;
    }
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


int
ngx_http_trials_accept_gzip(const ngx_http_trials_accept_t *accept)
{
    int gzip, identity;

    gzip = (accept->gzip != -1) ? accept->gzip : accept->any;

    if (gzip <= 0) {
        return 0;
    }

    /* Unless it is mentioned, identity is acceptable and ranks last. */

    identity = (accept->identity != -1) ? accept->identity : 0;

    return gzip >= identity;
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
