/*
 * Rows of a trace: a label of ten characters and what it is about.
 */

#include "core/plain/trace.h"

#include <math.h>
#include <string.h>


static void trials_trace_fact(trials_buf_t *out, const trials_fact_t *fact);


void
trials_trace_next(trials_trace_t *trace)
{
    trace->number++;
    trace->on = trace->number == trace->wanted;
    trace->nrules = 0;
}


void
trials_trace_rule(trials_trace_t *trace, const char *kind, trials_str_t from,
                  trials_str_t to)
{
    size_t i;

    if (trace == NULL || !trace->on) {
        return;
    }

    /* A text is tried in several ways; a rule is told once. */

    for (i = 0; i < trace->nrules; i++) {
        if (trace->rules[i].data == from.data) {
            return;
        }
    }

    if (trace->nrules < sizeof(trace->rules) / sizeof(trace->rules[0])) {
        trace->rules[trace->nrules++] = from;
    }

    (void) trials_buf_printf(trace->out, "%-10s %s \"%.*s\"", "rule", kind,
                             (int) from.len, from.data);

    if (to.len) {
        (void) trials_buf_printf(trace->out, " -> \"%.*s\"", (int) to.len,
                                 to.data);
    }

    (void) trials_buf_append(trace->out, "\n", 1);
}


void
trials_trace_tried(trials_trace_t *trace, trials_str_t text, const char *doubt)
{
    if (trace == NULL || !trace->on) {
        return;
    }

    trials_trace_row(trace->out, "tried", text);
    (void) trials_buf_printf(trace->out, "%-10s %s\n", "",
                             doubt ? doubt : "proven");
}


void
trials_trace_row(trials_buf_t *out, const char *label, trials_str_t text)
{
    (void) trials_buf_printf(out, "%-10s ", label);
    (void) trials_buf_append(out, text.data, text.len);
    (void) trials_buf_append(out, "\n", 1);
}


void
trials_trace_reading(trials_buf_t *out, const trials_reading_t *reading)
{
    size_t i;

    (void) trials_buf_printf(out, "%-10s", "states");

    for (i = 0; i < reading->n; i++) {
        (void) trials_buf_append(out, i ? " | " : " ", i ? 3 : 1);
        trials_trace_fact(out, &reading->facts[i]);
    }

    (void) trials_buf_append(out, "\n", 1);
}


static void
trials_trace_fact(trials_buf_t *out, const trials_fact_t *fact)
{
    static const char *const bounds[] = {
        "", ">= ", "<= ", "> ", "< ", "within "};

    if (!fact->number) {
        (void) trials_buf_append(out, fact->word.data, fact->word.len);
        return;
    }

    (void) trials_buf_printf(out, "%s%s%.10g%s", bounds[fact->cmp],
                             fact->negative ? "-" : "",
                             (double) fact->value * pow(10, fact->exponent),
                             fact->age ? " (age)" : "");
}
