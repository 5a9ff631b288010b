/*
 * What the part of a URL below the location's prefix asks for.  Pure: neither
 * nginx nor Redis is needed.
 */

#ifndef NGX_HTTP_TRIALS_PATH_H
#define NGX_HTTP_TRIALS_PATH_H


#include <trials/document.h>

#include <stddef.h>
#include <stdint.h>


/* "es/" and a name and "/feed.atom", its NUL included. */
#define NGX_HTTP_TRIALS_PATH_SIZE (TRIALS_NAME_SIZE + 16)


typedef struct {
    trials_rendition_t rendition;
    trials_language_t  language;
    char               name[TRIALS_NAME_SIZE]; /* of the document */
    unsigned           trial : 1;              /* the name is an id */
    unsigned           canonical : 1; /* the path is spelt canonically */
} ngx_http_trials_path_t;


/*
 * Reads, after "es/" or nothing:
 *
 *   "NCT01234567" with nothing, "/print", "/embed", "/questions", ".json" or
 *   "/feed.atom" after it; the id is read as the registry does: in any case,
 *   zeros may be missing
 *   "", the page "index"
 *   a page's name, as trials_name_kind() allows it, or the name and "/feed.atom"
 *   "feed.atom", the document "feed"
 *   a name and ".xml", a sitemap
 *
 * Returns 0 where it is none of these.
 */
int ngx_http_trials_path_parse(const char *data, size_t len,
                               ngx_http_trials_path_t *path);

/* Writes the canonical form of a path and a NUL; returns its length. */
size_t
ngx_http_trials_path_write(const ngx_http_trials_path_t *path, char *data);

/*
 * Where in uri the path of a trial begins that ends it: after the last slash,
 * or after the last but one where the last segment is a rendition's.  For
 * locations whose name is no prefix of the URI.
 */
size_t ngx_http_trials_path_tail(const char *uri, size_t len);


#endif
