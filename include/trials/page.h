/*
 * Pages: a study as HTML and JSON, by way of an XML document and stylesheets,
 * and the site's own pages beside the trials.
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
    const char *site_name; /* the brand, in titles and at the head of each
                             page; NULL: "Trials in plain English" */
    const char *logo; /* address of a picture before the brand; NULL: none */
    const char *help_line; /* text at the foot: whom to call; NULL: none */
    const char *report;    /* "mailto:…" or an http(s) address that reports of
                             errors go to, with the trial and the criterion;
                             NULL: no such links */
    const char *theme;     /* a directory of stylesheets, CSS and words that
                             take the place of the built-in ones (see
                             core/page/sheet.h); NULL: none */
    const char *languages; /* tags of those that pages are made in, "en,es";
                              English is one of them; NULL: all there are */
} trials_page_settings_t;

/* Reads such a list.  TRIALS_INVALID with *err where it is none. */
trials_rc_t
trials_page_languages(const char *list, unsigned char spoken[TRIALS_NLANGUAGES],
                      trials_error_t *err);

/*
 * Compiles the stylesheets and words that are built into the library, and those
 * of the theme.  Copies the settings (NULL: none set).  plain must outlive the
 * result.  NULL with *err: file, line and reason where one of them is broken.
 * Freed by _destroy().
 */
trials_page_t      *
trials_page_create(const trials_plain_t         *plain,
                        const trials_page_settings_t *settings, trials_error_t *err);
void trials_page_destroy(trials_page_t *page);

/* Are pages made in the language? */
int trials_page_speaks(const trials_page_t *page, trials_language_t language);

/* A hash, in hex, of glossary, rules, stylesheets, CSS, words, settings and the
 * format of the output: documents made by another engine are stale. */
const char *trials_page_engine(const trials_page_t *page);


/* What is known beside the record. */

typedef struct {
    int64_t checked; /* Unix time in seconds at which the record was fetched;
                        0: nobody knows, and the page does not say */
    int64_t now;     /* Unix time: "the end date has passed" is judged by it */

    /* The trial's English JSON rendition as it was before, to say what changed
     * since; empty: there was none.  One that cannot be read, or that is
     * another trial's, counts as none. */
    trials_str_t previous;
} trials_page_facts_t;

/*
 * The trial of a study, ready to be rendered.  Lives until _destroy(); uses
 * arena, study and page, which must outlive it.
 */
typedef struct trials_trial_s trials_trial_t;

trials_trial_t      *
trials_trial_create(const trials_page_t *page, trials_arena_t *arena,
                         const trials_study_t      *study,
                         const trials_page_facts_t *facts, trials_error_t *err);
void trials_trial_destroy(trials_trial_t *trial);

/*
 * Appends one rendition to out: HTML, JSON or Atom by its type; always valid
 * UTF-8.  A trial has all renditions before TRIALS_NTRIAL, in every language.
 * May be called for each in turn; one language after the other is fastest.
 */
trials_rc_t
trials_trial_render(trials_trial_t *trial, trials_rendition_t rendition,
                    trials_language_t language, trials_buf_t *out,
                    trials_error_t *err);

/* The day of the last change that is known of, "2026-11-20", or ""; lives as long
 * as the trial. */
const char *trials_trial_changed(const trials_trial_t *trial);

/* The trial as plain text for a terminal (`trials render --as text`). */
trials_rc_t trials_trial_text(trials_trial_t *trial, trials_language_t language,
                              trials_buf_t *out, trials_error_t *err);

/* The XML document itself, for who writes stylesheets (`--as xml`). */
trials_rc_t trials_trial_xml(trials_trial_t *trial, trials_language_t language,
                             trials_buf_t *out, trials_error_t *err);


/* The site's own pages, which no record is needed for. */

typedef enum {
    TRIALS_SITE_METHODOLOGY = 0, /* how pages are made, and their limits */
    TRIALS_SITE_QUESTIONS,       /* what to ask before joining any trial */
    TRIALS_SITE_GLOSSARY,        /* the letters of the glossary */
    TRIALS_SITE_LETTERS, /* the terms that begin with no letter; from here on
                            one page a letter, A to Z */
    TRIALS_NSITES = TRIALS_SITE_LETTERS + 27
} trials_site_t;

/* Its name as a document: "methodology", "glossary", "glossary/0-9",
 * "glossary/a". */
const char *trials_site_name(trials_site_t site);

/* Appends the page (rendition TRIALS_RENDITION_PAGE) to out. */
trials_rc_t trials_site_render(const trials_page_t *page, trials_site_t site,
                               trials_language_t language, trials_buf_t *out,
                               trials_error_t *err);


#endif
