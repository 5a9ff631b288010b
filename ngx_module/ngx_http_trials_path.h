/*
 * What the part of a URL below the location's prefix asks for.  Pure: neither
 * nginx nor Redis is needed.
 */

#ifndef NGX_HTTP_TRIALS_PATH_H
#define NGX_HTTP_TRIALS_PATH_H


#include <trials/document.h>

#include <stddef.h>
#include <stdint.h>


/* "NCT01234567", its NUL included. */
#define NGX_HTTP_TRIALS_ID_SIZE 12

/* "NCT01234567/print", its NUL included. */
#define NGX_HTTP_TRIALS_PATH_SIZE 24


typedef struct {
    uint32_t           number; /* of the id, 1 to 99999999 */
    trials_rendition_t rendition;
    char               id[NGX_HTTP_TRIALS_ID_SIZE]; /* canonical */
    unsigned           canonical : 1; /* the path is spelt canonically */
} ngx_http_trials_path_t;


/*
 * Reads "NCT01234567", "NCT01234567/print", "NCT01234567/embed" or
 * "NCT01234567.json".  The id is read as the registry does: in any case, zeros
 * may be missing.  Returns 0 where that is no trial's path.
 */
int ngx_http_trials_path_parse(const char *data, size_t len,
                               ngx_http_trials_path_t *path);

/* Writes the canonical path of a rendition and a NUL; returns its length. */
size_t ngx_http_trials_path_write(const char *id, trials_rendition_t rendition,
                                  char *data);

/*
 * Where in uri the path of a trial begins that ends it: after the last slash,
 * or after the last but one where the last segment is a rendition's name.  For
 * locations whose name is no prefix of the URI.
 */
size_t ngx_http_trials_path_tail(const char *uri, size_t len);

/* The number of a canonical id. */
uint32_t ngx_http_trials_path_number(const char *id);


#endif
