/*
 * Content negotiation and entity tags (RFC 9110, sections 8.8.3, 12.5.3 and
 * 13.1), on values of header fields.  Pure: nginx is not needed.
 */

#ifndef NGX_HTTP_TRIALS_NEGOTIATE_H
#define NGX_HTTP_TRIALS_NEGOTIATE_H


#include "ngx_http_trials_store.h"


/* What Accept-Encoding says, in thousandths; -1 where it does not. */
typedef struct {
    int brotli;
    int gzip;
    int identity;
    int any; /* "*" */
} ngx_http_trials_accept_t;


void ngx_http_trials_accept_init(ngx_http_trials_accept_t *accept);

/*
 * Takes in the value of one Accept-Encoding line; a request may have several.
 * An element that is not well-formed is as if it were not there.
 */
void ngx_http_trials_accept_parse(ngx_http_trials_accept_t *accept,
                                  const char *data, size_t len);

/*
 * The coding that is most welcome, the shorter one of two that are welcome
 * alike.  Brotli is sent, where there is a body of it, to who names it.
 */
ngx_http_trials_coding_t
ngx_http_trials_accept_coding(const ngx_http_trials_accept_t *accept,
                              int                             has_brotli);

/*
 * What Accept-Language says of a language's tag, in thousandths: the weight of
 * the range that names it, with or without a region, else that of "*", else 0.
 */
int
ngx_http_trials_accept_language(const char *data, size_t len, const char *tag);


/*
 * Whether the value of If-Match (weak 0) or If-None-Match (weak 1) names etag,
 * a strong tag with its quotes, or is "*".
 */
int ngx_http_trials_etag_match(const char *data, size_t len, const char *etag,
                               size_t etag_len, int weak);


#endif
