/*
 * What the translator makes of a study's criteria, and why.
 */

#include "core/plain/engine.h"
#include "core/plain/readability.h"
#include "core/plain/trace.h"

#include <string.h>


typedef struct {
    trials_translation_t *translation;
    trials_buf_t         *out;
    trials_trace_t        trace;
    size_t                number;
    const char           *kind;
    trials_str_t          heading;
} trials_explainer_t;


static void trials_explain_each(trials_explainer_t       *explainer,
                                const trials_criterion_t *criteria, size_t n,
                                unsigned depth);
static void
trials_explain_line(trials_explainer_t       *explainer,
                    const trials_criterion_t *criterion, unsigned depth);
static void
trials_explain_criterion(trials_explainer_t       *explainer,
                         const trials_criterion_t *criterion, unsigned depth);
static void
trials_explain_reading(trials_explainer_t *explainer, trials_str_t text);
static double trials_explain_grade(trials_str_t text);


trials_rc_t
trials_plain_explain(trials_translation_t *translation, size_t n,
                     trials_buf_t *out, trials_error_t *err)
{
    size_t                   i;
    trials_rc_t              rc;
    trials_buf_t             trace;
    trials_explainer_t       explainer;
    trials_eligibility_t     eligibility;
    static const char *const kinds[] = {"inclusion", "exclusion", "other"};

    memset(&explainer, 0, sizeof(trials_explainer_t));
    trials_buf_init(&trace, out->max);

    explainer.translation = translation;
    explainer.out = out;
    explainer.trace.out = &trace;
    explainer.trace.wanted = n;
    translation->trace = &explainer.trace;

    rc = trials_translate_criteria(translation, &eligibility, err);
    translation->trace = NULL;

    if (rc == TRIALS_OK && n > eligibility.ncriteria) {
        rc = trials_error(err, TRIALS_NOT_FOUND,
                          "%s: no criterion %zu: there are %zu",
                          translation->study->id, n, eligibility.ncriteria);
    }

    for (i = 0; rc == TRIALS_OK && i < eligibility.ngroups; i++) {
        explainer.kind = kinds[eligibility.groups[i].kind];
        explainer.heading = eligibility.groups[i].heading;

        if (n == 0) {
            (void) trials_buf_printf(
                out, "%s%s%s\n", explainer.kind,
                explainer.heading.len ? ": " : "",
                explainer.heading.len ? explainer.heading.data : "");
        }

        trials_explain_each(&explainer, eligibility.groups[i].criteria,
                            eligibility.groups[i].ncriteria, 0);
    }

    if (rc == TRIALS_OK && (out->failed || trace.failed)) {
        rc = trials_error(err, TRIALS_NOMEM, "%s: explaining: out of memory",
                          translation->study->id);
    }

    trials_buf_free(&trace);

    return rc;
}


/* The depth is that of the structure, which is bounded. */

static void
trials_explain_each(trials_explainer_t       *explainer,
                    const trials_criterion_t *criteria, size_t n,
                    unsigned depth)
{
    size_t i;

    for (i = 0; i < n; i++) {
        explainer->number++;

        if (explainer->trace.wanted == 0) {
            trials_explain_line(explainer, &criteria[i], depth);

        } else if (explainer->trace.wanted == explainer->number) {
            trials_explain_criterion(explainer, &criteria[i], depth);
        }

        trials_explain_each(explainer, criteria[i].criteria,
                            criteria[i].ncriteria, depth + 1);
    }
}


static void
trials_explain_line(trials_explainer_t       *explainer,
                    const trials_criterion_t *criterion, unsigned depth)
{
    int    rewritten;
    size_t i;

    rewritten = criterion->plain.len != criterion->original.len
                || memcmp(criterion->plain.data, criterion->original.data,
                          criterion->plain.len)
                       != 0;

    (void) trials_buf_printf(
        explainer->out, "%5zu %s %4.1f %4.1f  %*s", explainer->number,
        !criterion->faithful ? "kept"
        : rewritten          ? "    "
                             : "same",
        trials_explain_grade(criterion->original),
        trials_explain_grade(criterion->plain), (int) (2 * depth), "");

    /* The items of a list stand under the words that open it. */
    for (i = 0; i < criterion->plain.len; i++) {
        if (criterion->plain.data[i] == '\n') {
            (void) trials_buf_printf(explainer->out, "\n%*s- ",
                                     (int) (22 + 2 * depth), "");
        } else {
            (void) trials_buf_append(explainer->out, criterion->plain.data + i,
                                     1);
        }
    }

    (void) trials_buf_append(explainer->out, "\n", 1);
}


static void
trials_explain_criterion(trials_explainer_t       *explainer,
                         const trials_criterion_t *criterion, unsigned depth)
{
    size_t               i;
    trials_buf_t        *out;
    const trials_term_t *term;

    out = explainer->out;

    (void) trials_buf_printf(
        out, "%-10s %zu of %s, %s", "criterion", explainer->number,
        explainer->translation->study->id, explainer->kind);

    if (explainer->heading.len) {
        (void) trials_buf_printf(out, " (%s)", explainer->heading.data);
    }

    (void) trials_buf_printf(out, ", depth %u, %zu below\n", depth,
                             criterion->ncriteria);

    trials_trace_row(out, "record", criterion->original);
    trials_explain_reading(explainer, criterion->original);
    (void) trials_buf_append(out, explainer->trace.out->data,
                             explainer->trace.out->len);
    trials_trace_row(out, "shown", criterion->plain);
    trials_explain_reading(explainer, criterion->plain);

    if (criterion->faithful) {
        (void) trials_buf_printf(out, "%-10s faithful\n", "verdict");
    } else {
        (void) trials_buf_printf(out, "%-10s kept in the record's words: %s\n",
                                 "verdict", criterion->doubt.data);
    }

    (void) trials_buf_printf(out, "%-10s %.1f -> %.1f\n", "grade",
                             trials_explain_grade(criterion->original),
                             trials_explain_grade(criterion->plain));

    for (i = 0; i < criterion->text.nruns; i++) {
        term = criterion->text.runs[i].term;

        if (term) {
            (void) trials_buf_printf(
                out, "%-10s %.*s: %.*s%s\n", "term",
                (int) criterion->text.runs[i].text.len,
                criterion->text.runs[i].text.data, (int) term->meaning.len,
                term->meaning.data,
                term->from_record ? " (from the record)" : "");
        }
    }
}


static void
trials_explain_reading(trials_explainer_t *explainer, trials_str_t text)
{
    trials_reading_t reading;

    memset(&reading, 0, sizeof(trials_reading_t));

    if (trials_reading_read(&reading, &explainer->translation->plain->checker,
                            text)
        == TRIALS_OK)
    {
        trials_trace_reading(explainer->out, &reading);

    } else {
        explainer->out->failed = TRIALS_NOMEM;
    }

    trials_reading_free(&reading);
}


static double
trials_explain_grade(trials_str_t text)
{
    trials_readability_t readability;

    memset(&readability, 0, sizeof(trials_readability_t));
    trials_readability_add(&readability, text);

    return trials_readability_grade(&readability);
}
