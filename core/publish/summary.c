/* Summaries: written, and read again. */

#include <trials/summary.h>

#include "core/registry/enums.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define TRIALS_SUMMARY_VERSION "1"
#define TRIALS_SUMMARY_NFIELDS 15

/* Bytes: longer texts are cut. */
#define TRIALS_SUMMARY_TITLE   400
#define TRIALS_SUMMARY_SPONSOR 160
#define TRIALS_SUMMARY_LIST    600


static void
trials_summary_value(trials_buf_t *out, const char *const *names, int value);
static void
trials_summary_text(trials_buf_t *out, trials_str_t text, size_t max);
static void trials_summary_date(trials_buf_t *out, trials_date_t date);
static void
trials_summary_list(trials_buf_t *out, const trials_str_t *items, size_t n);
static void
trials_summary_countries(trials_buf_t *out, const trials_study_t *study);
static int trials_summary_name(trials_str_t field, const char *const *names);
static trials_span_t trials_summary_span(trials_str_t field);
static trials_date_t trials_summary_day(trials_str_t field);


void
trials_summary_write(trials_buf_t *out, const trials_study_t *study,
                     const char *changed)
{
    size_t i;

    trials_buf_printf(out, "%s\t", TRIALS_SUMMARY_VERSION);
    trials_summary_value(out, trials_status_names, (int) study->status);
    trials_summary_value(out, trials_study_type_names, (int) study->study_type);

    for (i = 0; i < study->nphases; i++) {
        trials_buf_printf(out, "%s%s", i ? "\x1f" : "",
                          trials_phase_names[study->phases[i] - 1]);
    }

    trials_buf_append(out, "\t", 1);
    trials_summary_value(out, trials_sex_names, (int) study->sex);
    trials_buf_printf(out, "%ld %d\t%ld %d\t", study->minimum_age.count,
                      (int) study->minimum_age.unit, study->maximum_age.count,
                      (int) study->maximum_age.unit);
    trials_summary_date(out, study->last_update_posted);
    trials_buf_printf(out, "%s\t%zu\t", changed, study->nlocations);
    trials_summary_text(out, study->brief_title, TRIALS_SUMMARY_TITLE);
    trials_buf_append(out, "\t", 1);
    trials_summary_text(out, study->lead_sponsor.name, TRIALS_SUMMARY_SPONSOR);
    trials_buf_append(out, "\t", 1);
    trials_summary_list(out, study->conditions, study->nconditions);
    trials_buf_append(out, "\t", 1);
    trials_summary_countries(out, study);
    trials_buf_append(out, "\t", 1);
    trials_summary_list(out, study->condition_terms, study->ncondition_terms);

    if (study->ncondition_terms && study->nkeywords) {
        trials_buf_append(out, "\x1f", 1);
    }

    trials_summary_list(out, study->keywords, study->nkeywords);
}


static void
trials_summary_value(trials_buf_t *out, const char *const *names, int value)
{
    trials_buf_printf(out, "%s\t", value ? names[value - 1] : "");
}


static void
trials_summary_date(trials_buf_t *out, trials_date_t date)
{
    if (date.year) {
        trials_buf_printf(out, "%04d-%02d-%02d", date.year, date.month,
                          date.day ? date.day : 1);
    }

    trials_buf_append(out, "\t", 1);
}


/* Without what separates fields and items, and cut at a character. */

static void
trials_summary_text(trials_buf_t *out, trials_str_t text, size_t max)
{
    char   c;
    size_t i, len;

    len = text.len;

    if (len > max) {
        for (len = max; len && (text.data[len] & 0xc0) == 0x80; len--) {
            /* void */
        }
    }

    for (i = 0; i < len; i++) {
        c = (unsigned char) text.data[i] < ' ' ? ' ' : text.data[i];
        trials_buf_append(out, &c, 1);
    }

    if (len < text.len) {
        trials_buf_append(out, "…", sizeof("…") - 1);
    }
}


/* As many items as fit. */

static void
trials_summary_list(trials_buf_t *out, const trials_str_t *items, size_t n)
{
    size_t i, start;

    start = out->len;

    for (i = 0; i < n; i++) {
        if (out->len - start + items[i].len > TRIALS_SUMMARY_LIST) {
            continue;
        }

        if (out->len > start) {
            trials_buf_append(out, "\x1f", 1);
        }

        trials_summary_text(out, items[i], TRIALS_SUMMARY_LIST);
    }
}


static void
trials_summary_countries(trials_buf_t *out, const trials_study_t *study)
{
    size_t              i, j;
    unsigned            any;
    const trials_str_t *country, *other;

    for (i = 0, any = 0; i < study->nlocations; i++) {
        country = &study->locations[i].country;

        if (country->len == 0) {
            continue;
        }

        /* A study's places mostly stand country by country. */

        for (j = i; j-- > 0; /* void */) {
            other = &study->locations[j].country;

            if (other->len == country->len
                && memcmp(other->data, country->data, country->len) == 0)
            {
                break;
            }
        }

        if (j == (size_t) -1) {
            if (any) {
                trials_buf_append(out, "\x1f", 1);
            }

            trials_summary_text(out, *country, TRIALS_SUMMARY_SPONSOR);
            any = 1;
        }
    }
}


trials_rc_t
trials_summary_read(trials_str_t text, trials_summary_t *summary)
{
    int          i, phase;
    const char  *p, *end, *tab;
    trials_str_t fields[TRIALS_SUMMARY_NFIELDS], item;

    memset(summary, 0, sizeof(trials_summary_t));
    p = text.data;
    end = text.data + text.len;

    for (i = 0; i < TRIALS_SUMMARY_NFIELDS; i++) {
        if (p == NULL) {
            return TRIALS_INVALID;
        }

        tab = memchr(p, '\t', (size_t) (end - p));
        fields[i].data = p;
        fields[i].len = (size_t) ((tab ? tab : end) - p);
        p = tab ? tab + 1 : NULL;
    }

    if (p || fields[0].len != 1
        || fields[0].data[0] != TRIALS_SUMMARY_VERSION[0]) {
        return TRIALS_INVALID;
    }

    summary->status =
        (trials_status_t) trials_summary_name(fields[1], trials_status_names);
    summary->type = (trials_study_type_t) trials_summary_name(
        fields[2], trials_study_type_names);

    while (trials_summary_item(&fields[3], &item)) {
        phase = trials_summary_name(item, trials_phase_names);
        summary->phases |= phase ? 1u << phase : 0;
    }

    summary->sex =
        (trials_sex_t) trials_summary_name(fields[4], trials_sex_names);
    summary->minimum_age = trials_summary_span(fields[5]);
    summary->maximum_age = trials_summary_span(fields[6]);
    summary->updated = trials_summary_day(fields[7]);
    summary->changed = trials_summary_day(fields[8]);
    summary->nplaces = (size_t) strtoul(fields[9].data, NULL, 10);
    summary->title = fields[10];
    summary->sponsor = fields[11];
    summary->conditions = fields[12];
    summary->countries = fields[13];
    summary->words = fields[14];

    return TRIALS_OK;
}


int
trials_summary_item(trials_str_t *list, trials_str_t *item)
{
    const char *end;

    if (list->len == 0) {
        return 0;
    }

    end = memchr(list->data, TRIALS_SUMMARY_SEPARATOR, list->len);
    item->data = list->data;
    item->len = end ? (size_t) (end - list->data) : list->len;
    list->data += item->len + (end != NULL);
    list->len -= item->len + (end != NULL);

    return 1;
}


static int
trials_summary_name(trials_str_t field, const char *const *names)
{
    int i;

    for (i = 0; names[i]; i++) {
        if (strlen(names[i]) == field.len
            && memcmp(names[i], field.data, field.len) == 0)
        {
            return i + 1;
        }
    }

    return 0;
}


static trials_span_t
trials_summary_span(trials_str_t field)
{
    char         *end;
    long          unit;
    trials_span_t span = {0, TRIALS_UNIT_NONE};

    if (field.len) {
        span.count = strtol(field.data, &end, 10);
        unit = strtol(end, NULL, 10);
        span.unit = unit > 0 && unit <= TRIALS_UNIT_YEAR
                        ? (trials_time_unit_t) unit
                        : TRIALS_UNIT_NONE;
    }

    return span;
}


static trials_date_t
trials_summary_day(trials_str_t field)
{
    trials_date_t date = {0, 0, 0, TRIALS_DATE_TYPE_NONE};

    if (field.len == 10) {
        date.year = (int) strtol(field.data, NULL, 10);
        date.month = (int) strtol(field.data + 5, NULL, 10);
        date.day = (int) strtol(field.data + 8, NULL, 10);

        if (date.year < 1 || date.month < 1 || date.month > 12 || date.day < 1
            || date.day > 31)
        {
            memset(&date, 0, sizeof(trials_date_t));
        }
    }

    return date;
}
