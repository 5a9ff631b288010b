/*
 * Markdown as a flat list of lines with their depth: what both the criteria and
 * the prose are built from.
 */

#ifndef TRIALS_CORE_PLAIN_OUTLINE_H
#define TRIALS_CORE_PLAIN_OUTLINE_H


#include <trials/memory.h>

#include <stddef.h>


/* Lists nest no deeper than this; what is deeper is put at this depth. */
#define TRIALS_OUTLINE_DEPTH 32

/* The text of a record is refused above this; the registry's own limit for
 * criteria is 20,000 characters. */
#define TRIALS_MARKUP_MAX (4 * 1024 * 1024)


typedef enum {
    TRIALS_LINE_PARAGRAPH = 0,
    TRIALS_LINE_ITEM,   /* the first paragraph of a list's item */
    TRIALS_LINE_HEADING /* Markdown's own headings */
} trials_line_kind_t;

typedef struct {
    trials_str_t       text; /* without syntax, white space made single */
    trials_line_kind_t kind;
    unsigned           depth;        /* of lists: 0 is outside any */
    unsigned           number;       /* of an item of a numbered list, else 0 */
    unsigned           ordered : 1;  /* of an item: its list is numbered */
    unsigned           first : 1;    /* of an item: it opens its list */
    unsigned           joined : 1;   /* the source goes on a line before it */
    unsigned           indented : 1; /* the source's line starts with space */
} trials_line_t;

typedef struct {
    trials_line_t *lines;
    size_t         nlines;
} trials_outline_t;


/*
 * Reads markup into the arena.  Lines without any character to read are left
 * out.  Raw HTML is text, like everything that Markdown does not turn into a
 * list, a paragraph or a heading.
 */
trials_rc_t trials_outline_read(trials_arena_t *arena, trials_str_t markup,
                                trials_outline_t *outline, trials_error_t *err);


#endif
