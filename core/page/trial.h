/* The trial while its document is built: what the parts of core/page share. */

#ifndef TRIALS_TRIAL_H
#define TRIALS_TRIAL_H


#include "core/page/site.h"
#include "core/page/tree.h"

#include <trials/page.h>

#include <jansson.h>


/* A QR code; no path before it was made. */
typedef struct {
    trials_str_t path;
    size_t       size;
    const char  *url;
} trials_code_t;

/* A text of the record as it was read for the first language: the others find
 * it in the same order. */
typedef enum {
    TRIALS_PASSAGE_PROSE = 0,
    TRIALS_PASSAGE_ORIGINAL, /* the criteria, in their own words */
    TRIALS_PASSAGE_TEXT
} trials_passage_kind_t;

typedef struct trials_passage_s trials_passage_t;

struct trials_passage_s {
    trials_passage_t     *next;
    const char           *source;
    trials_passage_kind_t kind;
    trials_prose_t        prose;
    trials_text_t         text;
};

/* One document a language, made when it is first asked for.  tree is the one
 * that is being built. */

struct trials_trial_s {
    const trials_page_t  *page;
    trials_arena_t       *arena;
    const trials_study_t *study;
    trials_page_facts_t   facts;
    trials_date_t         today;
    trials_translation_t *translation;
    trials_eligibility_t  eligibility;
    json_t               *changes; /* newest first: see changes.c */
    trials_tree_t         trees[TRIALS_NLANGUAGES];
    trials_tree_t        *tree;
    trials_language_t     language;
    const trials_term_t **terms; /* that were met, in order */
    size_t                nterms;
    size_t                terms_size;
    trials_code_t         code;
    uint64_t              asks; /* which questions, a bit each; 0: not known */
    trials_passage_t     *passages;
    trials_passage_t    **passage; /* where the next one is, or will be */
};


/* model_text.c */
void trials_model_runs(trials_trial_t *trial, xmlNodePtr parent,
                       const trials_text_t *text);
void trials_model_prose(trials_trial_t *trial, xmlNodePtr parent,
                        const char *name, trials_str_t markup);
void trials_model_field(trials_trial_t *trial, xmlNodePtr parent,
                        const char *name, trials_str_t text);
void trials_model_eligibility(trials_trial_t *trial);
void trials_model_terms(trials_trial_t *trial);

/* The text of a markup field in one line; empty after a failure. */
trials_str_t trials_model_flat(trials_trial_t *trial, trials_str_t markup);

/* model_head.c */
void        trials_model_head(trials_trial_t *trial);
void        trials_model_fresh(trials_trial_t *trial);
void        trials_model_facts(trials_trial_t *trial);
const char *trials_model_ages(trials_trial_t *trial);
const char *trials_model_phase(trials_trial_t *trial);
size_t      trials_model_ncountries(trials_trial_t *trial);
void trials_model_fact(trials_trial_t *trial, xmlNodePtr facts, const char *id,
                       const char *text);
void trials_model_p(trials_trial_t *trial, xmlNodePtr parent, const char *text);

/* model_stage.c */
void trials_model_stage(trials_trial_t *trial);
void trials_model_oversight(trials_trial_t *trial);

/* model_design.c */
void trials_model_design(trials_trial_t *trial);
void trials_model_treatments(trials_trial_t *trial);

/* What the arms say of a placebo. */
typedef struct {
    size_t narms;       /* arms that get it as their comparison */
    size_t nshams;      /* the same for a sham */
    int    used;        /* some treatment of the trial is a placebo */
    int    sham;        /* or a sham */
    size_t one_in;      /* chance is 1 in so many, where equal parts are said */
    trials_str_t ratio; /* "2:1", as the record says it */
} trials_placebo_t;

void trials_study_placebo(trials_trial_t *trial, trials_placebo_t *placebo);
int  trials_is_placebo(trials_str_t name);
int  trials_is_sham(trials_str_t name);

/* model_time.c */
void                trials_model_time(trials_trial_t *trial);
const trials_str_t *trials_study_last_frame(const trials_study_t *study);
long                trials_study_length(const trials_study_t *study);

/* model_places.c */
void   trials_model_places(trials_trial_t *trial);
void   trials_model_contacts(trials_trial_t *trial);
void   trials_model_contact(trials_trial_t *trial, xmlNodePtr parent,
                            const trials_contact_t *contact);
size_t trials_study_nopen(const trials_study_t *study);

/* model_doctor.c */
void trials_model_questions(trials_trial_t *trial);
void trials_model_answers(trials_trial_t *trial);

/* model_sources.c */
void trials_model_sources(trials_trial_t *trial);

/* The study's texts (not its names and places) hold one of these: words parted
 * by "|", in lower case, at the beginning of a word. */
int trials_study_mentions(const trials_study_t *study, const char *words);
int trials_str_mentions(trials_str_t text, const char *words);

/* changes.c */
trials_rc_t trials_changes_read(trials_trial_t *trial, trials_error_t *err);
void        trials_changes_free(trials_trial_t *trial);
void        trials_model_changes(trials_trial_t *trial);

/* The changes for the JSON rendition, with their words; NULL for no memory. */
json_t *trials_changes_json(trials_trial_t *trial);

/* The record's raw values that a later version is compared with. */
json_t *trials_json_record(trials_trial_t *trial);

/* date.c */
trials_date_t trials_date_of(int64_t unix_time);
int           trials_date_passed(trials_date_t date, trials_date_t today);
long          trials_date_months(trials_date_t from, trials_date_t to);
const char   *trials_date_iso(trials_tree_t *tree, trials_date_t date);

int trials_status_open(trials_status_t status);

/* json.c, schema.c, oembed.c */
trials_rc_t trials_json_render(trials_trial_t *trial, trials_buf_t *out);
const char *trials_schema_text(trials_trial_t *trial);
trials_rc_t trials_oembed_render(trials_trial_t *trial, trials_buf_t *out);


#endif
