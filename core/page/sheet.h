/*
 * Stylesheets: compiled once for each language, with the words of the catalogue
 * and the CSS put in, so that a page costs nothing for either; a theme's at the
 * start, those built in when they are first used.
 *
 * In a stylesheet, with xmlns:w="urn:trials:words":
 *
 *   <w:say id="ID"/>            the text; "{name}" in it is <w:with name="name">
 *                               within, or else the value of $name
 *   <a w:title="ID"/>           an attribute title with the text
 *   <w:css name="style.css"/>   the text of a CSS file
 *
 * A theme is a directory.  A file in it takes the place of the built-in one of
 * the same name; its stylesheets may import "builtin/NAME" and replace single
 * templates.  custom.css is put after style.css.  words.LANGUAGE.tsv replaces
 * single texts.
 */

#ifndef TRIALS_PAGE_SHEET_H
#define TRIALS_PAGE_SHEET_H


#include "core/page/words.h"

#include <trials/page.h>

#include <libxslt/security.h>
#include <libxslt/xsltInternals.h>


typedef enum {
    TRIALS_SHEET_PAGE = 0,
    TRIALS_SHEET_PRINT,
    TRIALS_SHEET_EMBED,
    TRIALS_SHEET_QUESTIONS,
    TRIALS_SHEET_ATOM,
    TRIALS_SHEET_TEXT,    /* for a terminal */
    TRIALS_SHEET_SITE,    /* methodology, questions to ask, glossary */
    TRIALS_SHEET_LISTING, /* lists of trials, start page */
    TRIALS_SHEET_FEED,    /* of a list */
    TRIALS_NSHEETS
} trials_sheet_t;


/* What a trials_page_t compiles its stylesheets from; lives as long as it. */
typedef struct {
    trials_arena_t      *arena;
    const char          *theme; /* a directory, or NULL */
    trials_words_t       words[TRIALS_NLANGUAGES];
    xsltStylesheetPtr    sheets[TRIALS_NLANGUAGES][TRIALS_NSHEETS];
    xsltSecurityPrefsPtr security; /* forbids files and network */
    uint64_t             hash;     /* of all that was read */
} trials_sheets_t;


/*
 * Reads the words, compiles the stylesheets of a theme.  TRIALS_INVALID with
 * file, line and reason in *err where one is broken.  _close() also after a
 * failure.
 */
trials_rc_t trials_sheets_open(trials_sheets_t *sheets, const char *theme,
                               trials_error_t *err);
void        trials_sheets_close(trials_sheets_t *sheets);

/* Appends what the stylesheet makes of the document.  name is what is made, for
 * messages. */
trials_rc_t
trials_sheets_apply(const trials_sheets_t *sheets, trials_sheet_t sheet,
                    trials_language_t language, xmlDocPtr doc, const char *name,
                    trials_buf_t *out, trials_error_t *err);


#endif
