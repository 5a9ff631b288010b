/*
 * What compiling a stylesheet shares: where its parts are read, what is put into
 * them, who is told.
 */

#ifndef TRIALS_PAGE_SHEET_COMPILE_H
#define TRIALS_PAGE_SHEET_COMPILE_H


#include "core/page/sheet.h"


/* The namespace of what is put in. */
#define TRIALS_SHEET_WORDS "urn:trials:words"

/* The largest file of a theme, bytes. */
#define TRIALS_SHEET_FILE (4 * 1024 * 1024)


/* libxslt asks for included files and complains by way of two globals: one
 * compilation at a time, and what it works on. */
typedef struct {
    trials_sheets_t      *sheets;
    const trials_words_t *words;
    trials_error_t        err;
} trials_compile_t;


/* Puts words, attributes and CSS into a stylesheet, see sheet.h; path is its
 * file, for messages. */
void
trials_sheet_fill(trials_compile_t *compile, const char *path, xmlNodePtr node);

/* A file of the theme, else the built-in one: 1, or 0 with a complaint. */
int trials_sheet_file(trials_compile_t *compile, const char *name,
                      trials_str_t *text, const char **path);

/* A file of the theme: 1; 0 where it has none; -1 with *err. */
int
trials_sheet_disk(trials_sheets_t *sheets, const char *name, trials_str_t *text,
                  const char **path, trials_error_t *err);

/* The text counts in the hash of all that was read. */
void trials_sheet_hash(trials_sheets_t *sheets, trials_str_t text);

/* data is the trials_compile_t; as an error function of libxslt. */
void trials_sheet_complain(void *data, const char *fmt, ...);


#endif
