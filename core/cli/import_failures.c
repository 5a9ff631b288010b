/*
 * Failures, sorted by their reason: where in its record a reason was met does
 * not make it another one.
 */

#include "core/cli/import_failures.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define TRIALS_FAILURES_EXAMPLES 3

/* One line: points into the text. */

typedef struct {
    trials_str_t place;
    trials_str_t id;
    trials_str_t reason;
} trials_failure_t;

typedef struct {
    trials_failure_t *all; /* those of one reason side by side */
    size_t            n;
} trials_failures_t;

/* A stretch of them that have one reason. */

typedef struct {
    const trials_failure_t *first;
    size_t                  n;
} trials_failures_group_t;


static int
trials_failures_read(const trials_buf_t *text, trials_failures_t *failures,
                     trials_failures_group_t **groups, size_t *ngroups);
static const char  *trials_failure_field(const char *p, const char *end,
                                         char separator, trials_str_t *field);
static trials_str_t trials_failure_reason(trials_str_t reason);
static int          trials_failure_compare(const void *one, const void *two);
static int trials_failures_group_compare(const void *one, const void *two);


void
trials_failures_add(trials_buf_t *failures, const char *place, const char *id,
                    const char *reason)
{
    char  *p;
    size_t start;

    start = failures->len;

    if (trials_buf_printf(failures, "%s\t%s\t%s", place, id, reason)
            != TRIALS_OK
        || failures->len == start)
    {
        return;
    }

    /* A name may hold what separates lines. */

    for (p = failures->data + start; *p != '\0'; p++) {
        if (*p == '\n') {
            *p = ' ';
        }
    }

    trials_buf_append(failures, "\n", 1);
}


void
trials_failures_print(const trials_buf_t *failures, int64_t n)
{
    size_t                   i, j, ngroups;
    trials_failures_t        read;
    const trials_failure_t  *one;
    trials_failures_group_t *groups;

    if (!trials_failures_read(failures, &read, &groups, &ngroups)) {
        (void) puts("out of memory for the failures' reasons");
        return;
    }

    for (i = 0; i < ngroups; i++) {
        (void) printf("%8zu  %.*s\n", groups[i].n,
                      (int) groups[i].first->reason.len,
                      groups[i].first->reason.data);

        for (j = 0; j < groups[i].n && j < TRIALS_FAILURES_EXAMPLES; j++) {
            one = &groups[i].first[j];
            (void) printf("          %.*s%s%.*s\n", (int) one->id.len,
                          one->id.data, one->id.len ? "  " : "",
                          (int) one->place.len, one->place.data);
        }

        if (groups[i].n > TRIALS_FAILURES_EXAMPLES) {
            (void) printf("          and %zu more\n",
                          groups[i].n - TRIALS_FAILURES_EXAMPLES);
        }
    }

    if (n > (int64_t) read.n) {
        (void) printf("%8" PRId64 "  of these no more is known than what was "
                      "told above\n",
                      n - (int64_t) read.n);
    }

    free(groups);
    free(read.all);
}


json_t *
trials_failures_json(const trials_buf_t *failures)
{
    size_t                   i, j, ngroups;
    json_t                  *list, *examples;
    trials_failures_t        read;
    const trials_failure_t  *one;
    trials_failures_group_t *groups;

    if (!trials_failures_read(failures, &read, &groups, &ngroups)) {
        return NULL;
    }

    list = json_array();

    for (i = 0; i < ngroups; i++) {
        examples = json_array();

        for (j = 0; j < groups[i].n && j < TRIALS_FAILURES_EXAMPLES; j++) {
            one = &groups[i].first[j];
            (void) json_array_append_new(
                examples,
                json_pack("{s:s%, s:s%}", "place", one->place.data,
                          one->place.len, "id", one->id.data, one->id.len));
        }

        (void) json_array_append_new(
            list,
            json_pack("{s:s%, s:I, s:o}", "reason",
                      groups[i].first->reason.data, groups[i].first->reason.len,
                      "count", (json_int_t) groups[i].n, "examples", examples));
    }

    free(groups);
    free(read.all);

    return list;
}


/* 0 where memory is out; else both arrays are the caller's. */

static int
trials_failures_read(const trials_buf_t *text, trials_failures_t *failures,
                     trials_failures_group_t **groups, size_t *ngroups)
{
    size_t            i, n;
    const char       *p, *end;
    trials_failure_t *one;

    end = text->data + text->len;

    for (p = text->data, n = 0; p < end; p++) {
        n += *p == '\n';
    }

    failures->n = 0;
    failures->all = calloc(n ? n : 1, sizeof(trials_failure_t));
    *groups = calloc(n ? n : 1, sizeof(trials_failures_group_t));
    *ngroups = 0;

    if (failures->all == NULL || *groups == NULL) {
        free(failures->all);
        free(*groups);
        return 0;
    }

    for (p = text->data, i = 0; i < n; i++) {
        one = &failures->all[failures->n++];
        p = trials_failure_field(p, end, '\t', &one->place);
        p = trials_failure_field(p, end, '\t', &one->id);
        p = trials_failure_field(p, end, '\n', &one->reason);
        one->reason = trials_failure_reason(one->reason);
    }

    qsort(failures->all, n, sizeof(trials_failure_t), trials_failure_compare);

    for (i = 0; i < n; i++) {
        one = &failures->all[i];

        if (i == 0 || one->reason.len != one[-1].reason.len
            || memcmp(one->reason.data, one[-1].reason.data, one->reason.len)
                   != 0)
        {
            (*groups)[(*ngroups)++].first = one;
        }

        (*groups)[*ngroups - 1].n++;
    }

    qsort(*groups, *ngroups, sizeof(trials_failures_group_t),
          trials_failures_group_compare);

    return 1;
}


static const char *
trials_failure_field(const char *p, const char *end, char separator,
                     trials_str_t *field)
{
    const char *stop;

    stop = p < end ? memchr(p, separator, (size_t) (end - p)) : NULL;
    stop = stop ? stop : end;
    field->data = p;
    field->len = (size_t) (stop - p);

    return stop < end ? stop + 1 : end;
}


/* Without the line and the column that it may begin with. */

static trials_str_t
trials_failure_reason(trials_str_t reason)
{
    size_t i;

    i = strspn(reason.data, "0123456789:");

    if (i > 1 && i < reason.len && reason.data[i - 1] == ':'
        && reason.data[i] == ' ')
    {
        reason.data += i + 1;
        reason.len -= i + 1;
    }

    return reason;
}


static int
trials_failure_compare(const void *one, const void *two)
{
    int                     order;
    size_t                  len;
    const trials_failure_t *a, *b;

    a = one;
    b = two;
    len = a->reason.len < b->reason.len ? a->reason.len : b->reason.len;
    order = memcmp(a->reason.data, b->reason.data, len);

    if (order == 0 && a->reason.len != b->reason.len) {
        order = a->reason.len < b->reason.len ? -1 : 1;
    }

    /* In the order in which they were met: text grows. */

    return order ? order : (a->place.data > b->place.data) ? 1 : -1;
}


static int
trials_failures_group_compare(const void *one, const void *two)
{
    const trials_failures_group_t *a, *b;

    a = one;
    b = two;

    return a->n != b->n ? (a->n < b->n ? 1 : -1)
                        : trials_failure_compare(a->first, b->first);
}
