/*
 * A trial in one line: what lists, feeds and sitemaps are made of.  It is kept
 * in Redis apart from the documents, and written with them.
 *
 * The text is fields with tabs between them; lists have U+001F between their
 * items.  In order: "1" (the format's version), status, study type, phases, sex
 * (each by the API's names), least and greatest age (count and unit: "18 6"),
 * lastUpdatePostDate, day of the last change of its page, number of places,
 * title, sponsor, conditions, countries, and the words that it is found by
 * beside the conditions.
 */

#ifndef TRIALS_SUMMARY_H
#define TRIALS_SUMMARY_H


#include <trials/memory.h>
#include <trials/registry.h>


#define TRIALS_SUMMARY_SEPARATOR '\x1f'

/* The longest text. */
#define TRIALS_SUMMARY_SIZE 4096

typedef struct {
    trials_status_t     status;
    trials_study_type_t type;
    unsigned            phases; /* bit n: the phase of value n */
    trials_sex_t        sex;
    trials_span_t       minimum_age;
    trials_span_t       maximum_age;
    trials_date_t       updated;
    trials_date_t       changed; /* our page; year 0: never seen to */
    size_t              nplaces;
    trials_str_t        title;
    trials_str_t        sponsor;
    trials_str_t        conditions; /* a list */
    trials_str_t        countries;  /* a list, each once */
    trials_str_t        words;      /* a list */
} trials_summary_t;

/* Writes a study's summary; changed is "2026-11-20" or "". */
void trials_summary_write(trials_buf_t *out, const trials_study_t *study,
                          const char *changed);

/* Reads one; texts point into it.  TRIALS_INVALID where it is none. */
trials_rc_t trials_summary_read(trials_str_t text, trials_summary_t *summary);

/* The next item of a list, which is cut off it; 0: there is none. */
int trials_summary_item(trials_str_t *list, trials_str_t *item);


#endif
