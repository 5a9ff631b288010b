/* Conditions of a request, RFC 9110, section 13, and lines of its header. */

#include "ngx_http_trials_module.h"
#include "ngx_http_trials_negotiate.h"


static ngx_int_t
ngx_http_trials_test_tags(ngx_http_request_t *r, const char *name, size_t len,
                          int weak);


ngx_int_t
ngx_http_trials_conditions(ngx_http_request_t *r)
{
    time_t           date;
    ngx_int_t        rc;
    ngx_table_elt_t *h;

    rc = ngx_http_trials_test_tags(r, "if-match", sizeof("if-match") - 1, 0);

    if (rc == NGX_DECLINED) {
        return NGX_HTTP_PRECONDITION_FAILED;
    }

    h = r->headers_in.if_unmodified_since;

    if (rc == NGX_DONE && h) {
        date = ngx_parse_http_time(h->value.data, h->value.len);

        if (date != NGX_ERROR && date < r->headers_out.last_modified_time) {
            return NGX_HTTP_PRECONDITION_FAILED;
        }
    }

    rc = ngx_http_trials_test_tags(r, "if-none-match",
                                   sizeof("if-none-match") - 1, 1);

    if (rc != NGX_DONE) {
        return (rc == NGX_OK) ? NGX_HTTP_NOT_MODIFIED : NGX_HTTP_OK;
    }

    h = r->headers_in.if_modified_since;

    if (h) {
        date = ngx_parse_http_time(h->value.data, h->value.len);

        if (date != NGX_ERROR && date >= r->headers_out.last_modified_time) {
            return NGX_HTTP_NOT_MODIFIED;
        }
    }

    return NGX_HTTP_OK;
}


/* NGX_OK: the lines of that name have the tag; NGX_DECLINED: they do not;
 * NGX_DONE: there is no such line. */

static ngx_int_t
ngx_http_trials_test_tags(ngx_http_request_t *r, const char *name, size_t len,
                          int weak)
{
    ngx_int_t        rc;
    ngx_str_t       *etag;
    ngx_uint_t       i;
    ngx_list_part_t *part;
    ngx_table_elt_t *h;

    etag = &r->headers_out.etag->value;

    part = &r->headers_in.headers.part;
    i = 0;
    rc = NGX_DONE;

    for (;;) {
        h = ngx_http_trials_next_line(&part, &i, name, len);
        if (h == NULL) {
            return rc;
        }

        rc = NGX_DECLINED;

        if (ngx_http_trials_etag_match((char *) h->value.data, h->value.len,
                                       (char *) etag->data, etag->len, weak))
        {
            return NGX_OK;
        }
    }
}


/* Which of several lines nginx links differs from version to version. */

ngx_table_elt_t *
ngx_http_trials_next_line(ngx_list_part_t **part, ngx_uint_t *i,
                          const char *name, size_t len)
{
    ngx_table_elt_t *h;

    for (;;) {
        if (*i >= (*part)->nelts) {
            if ((*part)->next == NULL) {
                return NULL;
            }

            *part = (*part)->next;
            *i = 0;
            continue;
        }

        h = (ngx_table_elt_t *) (*part)->elts + (*i)++;

        if (h->key.len == len && ngx_strncmp(h->lowcase_key, name, len) == 0) {
            return h;
        }
    }
}
