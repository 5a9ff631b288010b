/* URLs of trials: see ngx_http_trials_path.h. */

#include "ngx_http_trials_path.h"

#include <string.h>


#define NGX_HTTP_TRIALS_ID_LEN (NGX_HTTP_TRIALS_ID_SIZE - 1)

#define ngx_http_trials_is(data, len, text) \
    ((len) == sizeof(text) - 1 && memcmp(data, text, sizeof(text) - 1) == 0)


static size_t ngx_http_trials_path_id(const char *data, size_t len,
                                      ngx_http_trials_path_t *path);


int
ngx_http_trials_path_parse(const char *data, size_t len,
                           ngx_http_trials_path_t *path)
{
    size_t n;

    n = ngx_http_trials_path_id(data, len, path);

    if (n == 0) {
        return 0;
    }

    data += n;
    len -= n;

    if (len == 0) {
        path->rendition = TRIALS_RENDITION_PAGE;

    } else if (ngx_http_trials_is(data, len, "/print")) {
        path->rendition = TRIALS_RENDITION_PRINT;

    } else if (ngx_http_trials_is(data, len, "/embed")) {
        path->rendition = TRIALS_RENDITION_EMBED;

    } else if (ngx_http_trials_is(data, len, ".json")) {
        path->rendition = TRIALS_RENDITION_JSON;

    } else {
        return 0;
    }

    return 1;
}


/* Returns how many bytes the id takes, 0 where there is none. */

static size_t
ngx_http_trials_path_id(const char *data, size_t len,
                        ngx_http_trials_path_t *path)
{
    size_t   i;
    uint32_t number;

    if (len < 4 || (data[0] | 0x20) != 'n' || (data[1] | 0x20) != 'c'
        || (data[2] | 0x20) != 't')
    {
        return 0;
    }

    number = 0;

    for (i = 3; i < len && data[i] >= '0' && data[i] <= '9'; i++) {
        if (number > 9999999) {
            return 0;
        }

        number = number * 10 + (uint32_t) (data[i] - '0');
    }

    if (number == 0) {
        return 0;
    }

    path->canonical =
        (i == NGX_HTTP_TRIALS_ID_LEN && memcmp(data, "NCT", 3) == 0);
    path->number = number;
    len = i;

    for (i = NGX_HTTP_TRIALS_ID_LEN; i > 3; i--) {
        path->id[i - 1] = (char) ('0' + number % 10);
        number /= 10;
    }

    memcpy(path->id, "NCT", 3);
    path->id[NGX_HTTP_TRIALS_ID_LEN] = '\0';

    return len;
}


size_t
ngx_http_trials_path_write(const char *id, trials_rendition_t rendition,
                           char *data)
{
    size_t      len;
    const char *suffix;

    switch (rendition) {
    case TRIALS_RENDITION_PRINT:
        suffix = "/print";
        break;

    case TRIALS_RENDITION_EMBED:
        suffix = "/embed";
        break;

    case TRIALS_RENDITION_JSON:
        suffix = ".json";
        break;

    default:
        suffix = "";
    }

    len = strlen(suffix);

    memcpy(data, id, NGX_HTTP_TRIALS_ID_LEN);
    memcpy(data + NGX_HTTP_TRIALS_ID_LEN, suffix, len + 1);

    return NGX_HTTP_TRIALS_ID_LEN + len;
}


size_t
ngx_http_trials_path_tail(const char *uri, size_t len)
{
    size_t i;

    for (i = len; i > 0 && uri[i - 1] != '/'; i--) {
        /* void */
    }

    if (i > 0
        && (ngx_http_trials_is(uri + i, len - i, "print")
            || ngx_http_trials_is(uri + i, len - i, "embed")))
    {
        for (i--; i > 0 && uri[i - 1] != '/'; i--) {
            /* void */
        }
    }

    return i;
}


uint32_t
ngx_http_trials_path_number(const char *id)
{
    size_t   i;
    uint32_t number;

    number = 0;

    for (i = 3; i < NGX_HTTP_TRIALS_ID_LEN; i++) {
        number = number * 10 + (uint32_t) (id[i] - '0');
    }

    return number;
}
