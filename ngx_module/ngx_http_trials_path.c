/* URLs of documents: see ngx_http_trials_path.h. */

#include "ngx_http_trials_path.h"

#include <string.h>


#define NGX_HTTP_TRIALS_ID_LEN (sizeof("NCT01234567") - 1)

#define ngx_http_trials_is(data, len, text) \
    ((len) == sizeof(text) - 1 && memcmp(data, text, sizeof(text) - 1) == 0)

#define ngx_http_trials_ends(data, len, text)                               \
    ((len) > sizeof(text) - 1                                               \
     && memcmp((data) + (len) - (sizeof(text) - 1), text, sizeof(text) - 1) \
            == 0)


typedef struct {
    trials_rendition_t rendition;
    const char        *suffix;
} ngx_http_trials_suffix_t;


static size_t ngx_http_trials_path_id(const char *data, size_t len,
                                      ngx_http_trials_path_t *path);
static int    ngx_http_trials_path_trial(const char *data, size_t len,
                                         ngx_http_trials_path_t *path);
static int    ngx_http_trials_path_site(const char *data, size_t len,
                                        ngx_http_trials_path_t *path);


/* What comes after a trial's id. */

static const ngx_http_trials_suffix_t ngx_http_trials_suffixes[] = {
    {TRIALS_RENDITION_PAGE, ""},
    {TRIALS_RENDITION_PRINT, "/print"},
    {TRIALS_RENDITION_EMBED, "/embed"},
    {TRIALS_RENDITION_JSON, ".json"},
    {TRIALS_RENDITION_QUESTIONS, "/questions"},
    {TRIALS_RENDITION_ATOM, "/feed.atom"},
};

#define NGX_HTTP_TRIALS_NSUFFIXES \
    (sizeof(ngx_http_trials_suffixes) / sizeof(ngx_http_trials_suffix_t))


int
ngx_http_trials_path_parse(const char *data, size_t len,
                           ngx_http_trials_path_t *path)
{
    size_t n;

    memset(path, 0, sizeof(ngx_http_trials_path_t));

    path->language = TRIALS_LANGUAGE_EN;
    path->canonical = 1;

    if (len >= 3 && memcmp(data, "es/", 3) == 0) {
        path->language = TRIALS_LANGUAGE_ES;
        data += 3;
        len -= 3;

    } else if (ngx_http_trials_is(data, len, "es")) {
        path->language = TRIALS_LANGUAGE_ES;
        path->canonical = 0;
        len = 0;
    }

    n = ngx_http_trials_path_id(data, len, path);

    return n ? ngx_http_trials_path_trial(data + n, len - n, path)
             : ngx_http_trials_path_site(data, len, path);
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

    if (i != NGX_HTTP_TRIALS_ID_LEN || memcmp(data, "NCT", 3) != 0) {
        path->canonical = 0;
    }

    path->trial = 1;
    len = i;

    for (i = NGX_HTTP_TRIALS_ID_LEN; i > 3; i--) {
        path->name[i - 1] = (char) ('0' + number % 10);
        number /= 10;
    }

    memcpy(path->name, "NCT", 3);
    path->name[NGX_HTTP_TRIALS_ID_LEN] = '\0';

    return len;
}


static int
ngx_http_trials_path_trial(const char *data, size_t len,
                           ngx_http_trials_path_t *path)
{
    size_t                          i;
    const ngx_http_trials_suffix_t *suffix;

    for (i = 0; i < NGX_HTTP_TRIALS_NSUFFIXES; i++) {
        suffix = &ngx_http_trials_suffixes[i];

        if (len == strlen(suffix->suffix)
            && memcmp(data, suffix->suffix, len) == 0) {
            path->rendition = suffix->rendition;
            return 1;
        }
    }

    return 0;
}


static int
ngx_http_trials_path_site(const char *data, size_t len,
                          ngx_http_trials_path_t *path)
{
    path->rendition = TRIALS_RENDITION_PAGE;

    if (len == 0) {
        data = "index";
        len = sizeof("index") - 1;

    } else if (ngx_http_trials_is(data, len, "index")) {
        path->canonical = 0;

    } else if (ngx_http_trials_is(data, len, "feed.atom")) {
        path->rendition = TRIALS_RENDITION_ATOM;
        len = sizeof("feed") - 1;

    } else if (ngx_http_trials_ends(data, len, "/feed.atom")) {
        path->rendition = TRIALS_RENDITION_ATOM;
        len -= sizeof("/feed.atom") - 1;

    } else if (ngx_http_trials_ends(data, len, ".xml")) {
        path->rendition = TRIALS_RENDITION_XML;
        len -= sizeof(".xml") - 1;
    }

    if (trials_name_kind(data, len) != TRIALS_NAME_SITE) {
        return 0;
    }

    memcpy(path->name, data, len);
    path->name[len] = '\0';

    return 1;
}


size_t
ngx_http_trials_path_write(const ngx_http_trials_path_t *path, char *data)
{
    size_t      i;
    char       *p;
    const char *name, *suffix;

    name = path->name;
    suffix = "";

    if (path->trial) {
        for (i = 0; i < NGX_HTTP_TRIALS_NSUFFIXES; i++) {
            if (ngx_http_trials_suffixes[i].rendition == path->rendition) {
                suffix = ngx_http_trials_suffixes[i].suffix;
            }
        }

    } else if (strcmp(name, "index") == 0) {
        name = "";

    } else if (path->rendition == TRIALS_RENDITION_XML) {
        suffix = ".xml";

    } else if (path->rendition == TRIALS_RENDITION_ATOM) {
        suffix = strcmp(name, "feed") == 0 ? ".atom" : "/feed.atom";
    }

    p = data;

    if (path->language == TRIALS_LANGUAGE_ES) {
        memcpy(p, "es/", 3);
        p += 3;
    }

    i = strlen(name);
    memcpy(p, name, i);
    p += i;

    i = strlen(suffix);
    memcpy(p, suffix, i + 1);
    p += i;

    return (size_t) (p - data);
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
            || ngx_http_trials_is(uri + i, len - i, "embed")
            || ngx_http_trials_is(uri + i, len - i, "questions")
            || ngx_http_trials_is(uri + i, len - i, "feed.atom")))
    {
        for (i--; i > 0 && uri[i - 1] != '/'; i--) {
            /* void */
        }
    }

    return i;
}
