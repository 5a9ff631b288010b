/* The trial while its document is built: what the parts of core/page share. */

#ifndef TRIALS_TRIAL_H
#define TRIALS_TRIAL_H


#include <trials/page.h>

#include <libxml/tree.h>
#include <libxslt/security.h>
#include <libxslt/xsltInternals.h>


struct trials_page_s {
    const trials_plain_t *plain;
    xsltStylesheetPtr     style;
    xsltSecurityPrefsPtr  security; /* forbids files and network */
    char                 *base;     /* "/trials" or "https://…/trials" */
    char                 *site_name;
    char                  engine[17];
};


/* The tree is libxml2's, all else the arena's.  failed is set once and for all:
 * who builds looks at the end. */

struct trials_trial_s {
    const trials_page_t  *page;
    trials_arena_t       *arena;
    const trials_study_t *study;
    trials_page_facts_t   facts;
    trials_date_t         today;
    trials_translation_t *translation;
    trials_eligibility_t  eligibility;
    const trials_term_t **terms; /* that were met, in order */
    size_t                nterms;
    size_t                terms_size;
    xmlDocPtr             doc;
    xmlNodePtr            root;
    trials_error_t        error;
    unsigned              failed : 1;
};


/* tree.c: the only way into the document.  Text that is no UTF-8 or that XML
 * cannot hold never gets in. */

xmlNodePtr
trials_tree_add(trials_trial_t *trial, xmlNodePtr parent, const char *name);
xmlNodePtr trials_tree_text(trials_trial_t *trial, xmlNodePtr parent,
                            const char *name, trials_str_t text);
xmlNodePtr trials_tree_word(trials_trial_t *trial, xmlNodePtr parent,
                            const char *name, const char *text);
void
trials_tree_append(trials_trial_t *trial, xmlNodePtr node, trials_str_t text);
void trials_tree_set(trials_trial_t *trial, xmlNodePtr node, const char *name,
                     const char *value);
void trials_tree_attr(trials_trial_t *trial, xmlNodePtr node, const char *name,
                      trials_str_t value);
void trials_tree_number(trials_trial_t *trial, xmlNodePtr node,
                        const char *name, size_t value);
const char *trials_trial_printf(trials_trial_t *trial, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void
trials_trial_fail(trials_trial_t *trial, trials_rc_t code, const char *what);

/* model_text.c */
void trials_model_runs(trials_trial_t *trial, xmlNodePtr parent,
                       const trials_text_t *text);
void trials_model_prose(trials_trial_t *trial, xmlNodePtr parent,
                        const char *name, trials_str_t markup);
void trials_model_field(trials_trial_t *trial, xmlNodePtr parent,
                        const char *name, trials_str_t text);
void trials_model_eligibility(trials_trial_t *trial);
void trials_model_terms(trials_trial_t *trial);

/* model_facts.c */
void trials_model_head(trials_trial_t *trial);
void trials_model_warnings(trials_trial_t *trial);
void trials_model_facts(trials_trial_t *trial);
void trials_model_stage(trials_trial_t *trial);

/* model_parts.c */
void trials_model_design(trials_trial_t *trial);
void trials_model_treatments(trials_trial_t *trial);
void trials_model_places(trials_trial_t *trial);
void trials_model_contacts(trials_trial_t *trial);
void trials_model_questions(trials_trial_t *trial);
void trials_model_sources(trials_trial_t *trial);

/* date.c */
const char   *trials_date_say(trials_trial_t *trial, trials_date_t date);
trials_date_t trials_date_of(int64_t unix_time);
int           trials_date_passed(trials_date_t date, trials_date_t today);
long          trials_date_months(trials_date_t from, trials_date_t to);

/* words.c: labels of the enumerations; NULL for 0. */
const char *trials_word_status(trials_status_t status);
const char *trials_word_status_why(trials_status_t status);
const char *trials_word_type(trials_study_type_t type);
const char *trials_word_phase(const trials_study_t *study);
const char *trials_word_phase_why(const trials_study_t *study);
const char *trials_word_purpose(trials_purpose_t purpose);
const char *trials_word_arm(trials_arm_type_t type);
const char *trials_word_intervention(trials_intervention_type_t type);
const char *trials_word_model(trials_intervention_model_t model);
const char *trials_word_observation(trials_observational_model_t model);
const char *trials_word_role(trials_role_t role);
const char *trials_word_unit(trials_time_unit_t unit);
const char *trials_word_masked(trials_who_masked_t who);

int trials_status_open(trials_status_t status);
int trials_study_placebo(const trials_study_t *study);

/* json.c */
trials_rc_t trials_json_render(trials_trial_t *trial, trials_buf_t *out);
const char *trials_json_ld(trials_trial_t *trial);


#endif
