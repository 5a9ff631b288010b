/*
 * What happened to one criterion on its way: for those who improve the rules.
 */

#ifndef TRIALS_CORE_PLAIN_TRACE_H
#define TRIALS_CORE_PLAIN_TRACE_H


#include "core/plain/check_read.h"


/* Where a rewriter has none, nothing is written. */
typedef struct {
    trials_buf_t *out;
    size_t        wanted; /* the criterion's number, from 1 */
    size_t        number; /* of the one that is rewritten */
    unsigned      on : 1;
    trials_str_t  rules[64]; /* named already for this criterion */
    size_t        nrules;
} trials_trace_t;


/* The next criterion begins; the trace is on where it is the wanted one. */
void trials_trace_next(trials_trace_t *trace);

/* A rule fired: its kind ("phrase"), what it matched and what it says. */
void trials_trace_rule(trials_trace_t *trace, const char *kind,
                       trials_str_t from, trials_str_t to);

/* A text was tried; doubt is NULL where the check proved it. */
void
trials_trace_tried(trials_trace_t *trace, trials_str_t text, const char *doubt);

/* A row of what a text states. */
void trials_trace_reading(trials_buf_t *out, const trials_reading_t *reading);

/* A row: a label and a text. */
void trials_trace_row(trials_buf_t *out, const char *label, trials_str_t text);


#endif
