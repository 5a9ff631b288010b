/*
 * The document that a stylesheet reads: an XML tree, and the only way into it.
 * Text that is no UTF-8 or that XML cannot hold never gets in.
 *
 * failed is set once and for all: who builds looks at the end.  Every call is
 * harmless after a failure, and with a NULL node.
 */

#ifndef TRIALS_PAGE_TREE_H
#define TRIALS_PAGE_TREE_H


#include "core/page/words.h"

#include <trials/page.h>

#include <libxml/tree.h>


/* The tree is libxml2's, freed by _free(); all else is the arena's. */
typedef struct {
    trials_arena_t       *arena;
    const trials_words_t *words;
    const char           *name; /* of what is made, for messages */
    const char           *noun; /* fills "{noun}"; NULL: nothing does */
    xmlDocPtr             doc;
    xmlNodePtr            root;
    trials_error_t        error;
    unsigned              failed : 1;
} trials_tree_t;


/*
 * A document whose root has what every page of the site needs: lang, base (the
 * address that all pages of the language are under), path (below base), url,
 * home, brand, logo, help, report, and an <alternate lang href> for each
 * language.  TRIALS_INVALID for a language that the site does not speak.
 */
trials_rc_t
     trials_tree_open(trials_tree_t *tree, const trials_page_t *page,
                      trials_arena_t *arena, trials_language_t language,
                      const char *root, const char *path, trials_error_t *err);
void trials_tree_free(trials_tree_t *tree);
void trials_tree_fail(trials_tree_t *tree, trials_rc_t code, const char *what);

xmlNodePtr
trials_tree_add(trials_tree_t *tree, xmlNodePtr parent, const char *name);

/* An element with a text; none where the text is empty. */
xmlNodePtr trials_tree_text(trials_tree_t *tree, xmlNodePtr parent,
                            const char *name, trials_str_t text);
xmlNodePtr trials_tree_word(trials_tree_t *tree, xmlNodePtr parent,
                            const char *name, const char *text);

/* Text at the end of an element. */
void
trials_tree_append(trials_tree_t *tree, xmlNodePtr node, trials_str_t text);

/* An attribute; none where the value is empty. */
void trials_tree_attr(trials_tree_t *tree, xmlNodePtr node, const char *name,
                      trials_str_t value);
void trials_tree_set(trials_tree_t *tree, xmlNodePtr node, const char *name,
                     const char *value);
void trials_tree_number(trials_tree_t *tree, xmlNodePtr node, const char *name,
                        size_t value);

/* Formats into the arena; "" after a failure. */
const char *trials_tree_printf(trials_tree_t *tree, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * A text of the catalogue, its places filled in: pairs of a name and a value,
 * then NULL.  A missing id is a failure of the tree.
 */
const char *
trials_say(trials_tree_t *tree, const char *id, ...) __attribute__((sentinel));

/* The same for what is counted: ID.one or ID.other, "{n}" the number. */
const char *trials_say_count(trials_tree_t *tree, const char *id, size_t n, ...)
    __attribute__((sentinel));

/* A value of an enumeration: PREFIX.NAME in lower case with hyphens.  names are
 * those of core/registry/enums.h.  NULL for 0. */
const char *trials_say_value(trials_tree_t *tree, const char *prefix,
                             const char *const *names, int value);

/* The same, and NULL where the catalogue has no such text. */
const char *trials_say_maybe(trials_tree_t *tree, const char *prefix,
                             const char *const *names, int value);

/* "a, b and c". */
const char *
trials_say_list(trials_tree_t *tree, const char *const *items, size_t n);

/* A country, which records name in English, within a sentence: "the
 * Netherlands", "Peru". */
const char *trials_say_country(trials_tree_t *tree, const char *name);

/* 1,205 */
const char *trials_say_number(trials_tree_t *tree, size_t n);

/* "24 November 2026", or the month alone; "" for no date. */
const char *trials_say_date(trials_tree_t *tree, trials_date_t date);

/* "18 years" */
const char *trials_say_span(trials_tree_t *tree, trials_span_t span);


#endif
