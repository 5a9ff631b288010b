/*
 * Pages: a study as HTML and JSON, by way of an XML document and stylesheets.
 */

#ifndef TRIALS_PAGE_H
#define TRIALS_PAGE_H


#include <trials/document.h>
#include <trials/memory.h>
#include <trials/plain.h>
#include <trials/registry.h>

#include <stdint.h>


/* Stylesheets, compiled once.  Read-only afterwards, shared by threads. */
typedef struct trials_page_s trials_page_t;

typedef struct {
    const char *base_url;  /* "https://example.org/trials", without a slash at
                             the end, for canonical addresses and paper; NULL:
                             addresses are relative to the host ("/trials") */
    const char *site_name; /* in titles; NULL: "Trials in plain English" */
} trials_page_settings_t;

/*
 * Compiles the stylesheets that are built into the library.  Copies the
 * settings (NULL: none set).  plain must outlive the result.  NULL with *err.
 * Freed by _destroy().
 */
trials_page_t      *
trials_page_create(const trials_plain_t         *plain,
                        const trials_page_settings_t *settings, trials_error_t *err);
void trials_page_destroy(trials_page_t *page);

/* A hash, in hex, of glossary, rules, stylesheets, CSS, words and the format of
 * the output: documents made by another engine are stale. */
const char *trials_page_engine(const trials_page_t *page);


/* What is known beside the record. */

typedef struct {
    int64_t checked; /* Unix time in seconds at which the record was fetched;
                        0: nobody knows, and the page does not say */
    int64_t now;     /* Unix time: "the end date has passed" is judged by it */
} trials_page_facts_t;

/*
 * The trial of a study, ready to be rendered: translated texts and the XML
 * document that the stylesheets read.  Lives until _destroy(); uses arena, study
 * and page, which must outlive it.
 */
typedef struct trials_trial_s trials_trial_t;

trials_trial_t      *
trials_trial_create(const trials_page_t *page, trials_arena_t *arena,
                         const trials_study_t      *study,
                         const trials_page_facts_t *facts, trials_error_t *err);
void trials_trial_destroy(trials_trial_t *trial);

/*
 * Appends one rendition to out: HTML, or JSON for TRIALS_RENDITION_JSON; always
 * valid UTF-8.  May be called for each rendition in turn.
 */
trials_rc_t
trials_trial_render(trials_trial_t *trial, trials_rendition_t rendition,
                    trials_buf_t *out, trials_error_t *err);

/* The trial as plain text for a terminal (`trials render --as text`). */
trials_rc_t trials_trial_text(trials_trial_t *trial, trials_buf_t *out,
                              trials_error_t *err);

/* The XML document itself, for who writes stylesheets (`--as xml`). */
trials_rc_t
trials_trial_xml(trials_trial_t *trial, trials_buf_t *out, trials_error_t *err);


#endif
