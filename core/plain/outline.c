/*
 * Markup to lines, with cmark.
 *
 * Markdown has constructs that would swallow a record's words or its signs:
 * raw HTML ("<5 mg and >3"), quotes ("> 18 years"), link definitions
 * ("[1]: ...") and code blocks, whose lists and escapes are not read.  The first
 * three are escaped before cmark sees them; a code block's text is read again as
 * markup of its own.
 */

#include "core/plain/outline.h"

#include "core/plain/inline.h"
#include "core/plain/text.h"
#include "core/registry/text.h"

#include <cmark.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>


/* Code blocks within code blocks are read this deep, then as they stand. */
#define TRIALS_OUTLINE_REREAD 4

/* Of an item's user data: its level; the rest is its number. */
#define TRIALS_ITEM_BITS 8


typedef struct {
    trials_arena_t *arena;
    trials_line_t  *lines; /* malloc'ed */
    size_t          nlines;
    size_t          size;
    trials_buf_t    flat; /* inlines of one block, lines parted by \n */
    trials_buf_t    clean;
} trials_outliner_t;

/* Where a reading is in its source, to know how a line was indented. */
typedef struct {
    trials_buf_t source;
    size_t       pos; /* start of line number `line` */
    int          line;
} trials_cursor_t;

typedef struct {
    unsigned           depth;
    trials_line_kind_t kind;
    unsigned           ordered;
    unsigned           first;
    unsigned           number;
} trials_place_t;


static trials_rc_t
trials_outline_parse(trials_outliner_t *out, trials_str_t markup,
                     unsigned depth, unsigned rereads);
static trials_rc_t
trials_outline_walk(trials_outliner_t *out, cmark_node *document,
                    trials_cursor_t *cursor, unsigned depth, unsigned rereads);
static trials_rc_t
trials_outline_block(trials_outliner_t *out, cmark_node *node,
                     trials_cursor_t *cursor, unsigned depth, unsigned rereads);
static trials_rc_t
trials_outline_code(trials_outliner_t *out, cmark_node *node,
                    const trials_place_t *place, unsigned rereads);
static trials_rc_t
trials_outline_split(trials_outliner_t *out, trials_place_t *place,
                     trials_cursor_t *cursor, int line);
static trials_rc_t trials_outline_add(trials_outliner_t *out, trials_str_t text,
                                      const trials_place_t *place,
                                      unsigned joined, unsigned indented);
static void        trials_outline_level(cmark_node *item, unsigned depth);
static void        trials_outline_guard(trials_buf_t *buf, trials_str_t markup);
static int         trials_outline_is_link(trials_str_t markup, size_t i);
static unsigned    trials_outline_indented(trials_cursor_t *cursor, int line);
static void        trials_outline_number(trials_buf_t *buf, cmark_node *item);
static unsigned    trials_item_level(cmark_node *item);
static unsigned    trials_item_number(cmark_node *item);


trials_rc_t
trials_outline_read(trials_arena_t *arena, trials_str_t markup,
                    trials_outline_t *outline, trials_error_t *err)
{
    trials_rc_t       rc;
    trials_buf_t      narrow;
    trials_outliner_t out;

    memset(outline, 0, sizeof(trials_outline_t));

    if (markup.len > TRIALS_MARKUP_MAX) {
        return trials_error(err, TRIALS_TOO_LARGE,
                            "a text of %zu bytes: more than %d", markup.len,
                            TRIALS_MARKUP_MAX);
    }

    memset(&out, 0, sizeof(trials_outliner_t));
    out.arena = arena;
    trials_buf_init(&out.flat, 4 * TRIALS_MARKUP_MAX);
    trials_buf_init(&out.clean, 4 * TRIALS_MARKUP_MAX);
    trials_buf_init(&narrow, TRIALS_SIGNS_GROW * TRIALS_MARKUP_MAX);

    /* A list may be marked and parted by full-width signs. */

    if (trials_registry_is_wide(markup.data, markup.len)) {
        trials_registry_narrow(&narrow, markup.data, markup.len);
        markup.data = narrow.data;
        markup.len = narrow.len;
    }

    rc = narrow.failed == TRIALS_OK ? trials_outline_parse(&out, markup, 0, 0)
                                    : TRIALS_NOMEM;

    if (rc == TRIALS_OK && out.nlines) {
        outline->lines =
            trials_arena_calloc(arena, out.nlines, sizeof(trials_line_t));

        if (outline->lines) {
            memcpy(outline->lines, out.lines,
                   out.nlines * sizeof(trials_line_t));
            outline->nlines = out.nlines;
        } else {
            rc = TRIALS_NOMEM;
        }
    }

    trials_buf_free(&out.flat);
    trials_buf_free(&narrow);
    trials_buf_free(&out.clean);
    free(out.lines);

    if (rc != TRIALS_OK) {
        return trials_error(err, rc, "reading markup: %s",
                            rc == TRIALS_NOMEM ? "out of memory" : "too large");
    }

    return TRIALS_OK;
}


static trials_rc_t
trials_outline_parse(trials_outliner_t *out, trials_str_t markup,
                     unsigned depth, unsigned rereads)
{
    trials_rc_t     rc;
    cmark_node     *document;
    trials_cursor_t cursor;

    trials_buf_init(&cursor.source, 2 * TRIALS_MARKUP_MAX + 16);
    cursor.pos = 0;
    cursor.line = 1;

    trials_outline_guard(&cursor.source, markup);
    rc = cursor.source.failed;

    if (rc == TRIALS_OK && cursor.source.len) {
        document = cmark_parse_document(cursor.source.data, cursor.source.len,
                                        CMARK_OPT_VALIDATE_UTF8);
        if (document) {
            rc = trials_outline_walk(out, document, &cursor, depth, rereads);
            cmark_node_free(document);
        } else {
            rc = TRIALS_NOMEM;
        }
    }

    trials_buf_free(&cursor.source);

    return rc;
}


static void
trials_outline_guard(trials_buf_t *buf, trials_str_t markup)
{
    size_t i, start;

    start = 0;

    for (i = 0; i < markup.len; i++) {
        switch (markup.data[i]) {
        case '\\':
            i++;
            continue;

        case '<':
        case '>':
            break;

        case '[':
            if (trials_outline_is_link(markup, i)) {
                continue;
            }
            break;

        default:
            continue;
        }

        (void) trials_buf_append(buf, markup.data + start, i - start);
        (void) trials_buf_append(buf, "\\", 1);
        start = i;
    }

    (void) trials_buf_append(buf, markup.data + start, markup.len - start);
}


/* Whether the bracket at i is closed on its line, with an address after it. */

static int
trials_outline_is_link(trials_str_t markup, size_t i)
{
    size_t end;

    /* A label is short; the bound keeps a text of brackets linear. */

    end = markup.len - i > 512 ? i + 512 : markup.len;

    for (i++; i < end; i++) {
        if (markup.data[i] == '\n' || markup.data[i] == '[') {
            return 0;
        }

        if (markup.data[i] == '\\') {
            i++;
            continue;
        }

        if (markup.data[i] == ']') {
            return i + 1 < markup.len && markup.data[i + 1] == '(';
        }
    }

    return 0;
}


static trials_rc_t
trials_outline_walk(trials_outliner_t *out, cmark_node *document,
                    trials_cursor_t *cursor, unsigned depth, unsigned rereads)
{
    trials_rc_t      rc;
    cmark_iter      *iter;
    cmark_node      *node;
    cmark_event_type event;

    iter = cmark_iter_new(document);
    if (iter == NULL) {
        return TRIALS_NOMEM;
    }

    rc = TRIALS_OK;

    while (rc == TRIALS_OK) {
        event = cmark_iter_next(iter);
        if (event == CMARK_EVENT_DONE) {
            break;
        }

        if (event != CMARK_EVENT_ENTER) {
            continue;
        }

        node = cmark_iter_get_node(iter);

        switch (cmark_node_get_type(node)) {
        case CMARK_NODE_ITEM:
            trials_outline_level(node, depth);
            break;

        case CMARK_NODE_PARAGRAPH:
        case CMARK_NODE_HEADING:
        case CMARK_NODE_CODE_BLOCK:
        case CMARK_NODE_HTML_BLOCK:
            rc = trials_outline_block(out, node, cursor, depth, rereads);
            cmark_iter_reset(iter, node, CMARK_EVENT_EXIT);
            break;

        default:
            break;
        }
    }

    cmark_iter_free(iter);

    return rc;
}


/*
 * The level of an item is one more than that of the item around it; where that
 * has no text of its own ("* 1) text") it is the same.
 */

static void
trials_outline_level(cmark_node *item, unsigned depth)
{
    unsigned    number;
    uintptr_t   level;
    cmark_node *outer, *first, *previous;

    for (outer = cmark_node_parent(item); outer;
         outer = cmark_node_parent(outer)) {
        if (cmark_node_get_type(outer) == CMARK_NODE_ITEM) {
            break;
        }
    }

    level = depth + 1;

    if (outer) {
        level = trials_item_level(outer);
        first = cmark_node_first_child(outer);

        if (cmark_node_get_type(first) != CMARK_NODE_LIST) {
            level++;
        }
    }

    if (level > TRIALS_OUTLINE_DEPTH) {
        level = TRIALS_OUTLINE_DEPTH;
    }

    previous = cmark_node_previous(item);
    number =
        previous
            ? trials_item_number(previous) + 1
            : (unsigned) cmark_node_get_list_start(cmark_node_parent(item));

    (void) cmark_node_set_user_data(
        item, (void *) (level | ((uintptr_t) number << TRIALS_ITEM_BITS)));
}


/* What trials_outline_level() noted of an item. */

static unsigned
trials_item_level(cmark_node *item)
{
    return (unsigned) ((uintptr_t) cmark_node_get_user_data(item)
                       & ((1u << TRIALS_ITEM_BITS) - 1));
}


static unsigned
trials_item_number(cmark_node *item)
{
    return (unsigned) ((uintptr_t) cmark_node_get_user_data(item)
                       >> TRIALS_ITEM_BITS);
}


static trials_rc_t
trials_outline_block(trials_outliner_t *out, cmark_node *node,
                     trials_cursor_t *cursor, unsigned depth, unsigned rereads)
{
    cmark_node     *item, *list;
    trials_place_t  place;
    cmark_node_type type;

    memset(&place, 0, sizeof(trials_place_t));
    place.depth = depth;

    type = cmark_node_get_type(node);
    item = cmark_node_parent(node);

    while (item && cmark_node_get_type(item) != CMARK_NODE_ITEM) {
        item = cmark_node_parent(item);
    }

    if (item) {
        place.depth = trials_item_level(item);

        if (cmark_node_first_child(item) == node) {
            list = cmark_node_parent(item);
            place.kind = TRIALS_LINE_ITEM;
            place.ordered =
                cmark_node_get_list_type(list) == CMARK_ORDERED_LIST;
            place.first = cmark_node_previous(item) == NULL;
            place.number = place.ordered ? trials_item_number(item) : 0;
        }

    } else if (type == CMARK_NODE_HEADING) {
        place.kind = TRIALS_LINE_HEADING;
    }

    if (type == CMARK_NODE_CODE_BLOCK || type == CMARK_NODE_HTML_BLOCK) {
        return trials_outline_code(out, node, &place, rereads);
    }

    trials_buf_reset(&out->flat);

    if (place.kind == TRIALS_LINE_ITEM) {
        trials_outline_number(&out->flat, item);
    }

    trials_inline_flatten(&out->flat, node);

    return trials_outline_split(out, &place, cursor,
                                cmark_node_get_start_line(node));
}


/* In "* 12. text" the number is the record's own name of the item. */

static void
trials_outline_number(trials_buf_t *buf, cmark_node *item)
{
    cmark_node *list, *outer;

    list = cmark_node_parent(item);
    outer = cmark_node_parent(list);

    if (cmark_node_get_list_type(list) != CMARK_ORDERED_LIST
        || cmark_node_previous(item)
        || cmark_node_get_type(outer) != CMARK_NODE_ITEM
        || cmark_node_first_child(outer) != list)
    {
        return;
    }

    (void) trials_buf_printf(
        buf, "%d%c ", cmark_node_get_list_start(list),
        cmark_node_get_list_delim(list) == CMARK_PAREN_DELIM ? ')' : '.');
}


static trials_rc_t
trials_outline_code(trials_outliner_t *out, cmark_node *node,
                    const trials_place_t *place, unsigned rereads)
{
    trials_rc_t     rc;
    const char     *text, *info;
    trials_buf_t    copy;
    trials_cursor_t nowhere;
    trials_place_t  here;

    here = *place;
    text = cmark_node_get_literal(node);
    info = cmark_node_get_type(node) == CMARK_NODE_CODE_BLOCK
               ? cmark_node_get_fence_info(node)
               : NULL;

    trials_buf_init(&copy, 2 * TRIALS_MARKUP_MAX + 16);

    if (info && *info) {
        (void) trials_buf_append(&copy, info, strlen(info));
        (void) trials_buf_append(&copy, "\n", 1);
    }

    if (text) {
        (void) trials_buf_append(&copy, text, strlen(text));
    }

    rc = copy.failed;

    if (rc == TRIALS_OK && rereads < TRIALS_OUTLINE_REREAD) {
        rc = trials_outline_parse(
            out, (trials_str_t){copy.len, copy.data ? copy.data : ""},
            here.depth, rereads + 1);

    } else if (rc == TRIALS_OK) {
        trials_buf_reset(&out->flat);
        (void) trials_buf_append(&out->flat, copy.data ? copy.data : "",
                                 copy.len);
        memset(&nowhere, 0, sizeof(trials_cursor_t));
        rc = trials_outline_split(out, &here, &nowhere, 0);
    }

    trials_buf_free(&copy);

    return rc;
}


/* Adds each line of the block in out->flat. */

static trials_rc_t
trials_outline_split(trials_outliner_t *out, trials_place_t *place,
                     trials_cursor_t *cursor, int line)
{
    size_t       i, start;
    unsigned     joined;
    trials_rc_t  rc;
    trials_str_t text;

    if (out->flat.failed != TRIALS_OK) {
        return out->flat.failed;
    }

    start = 0;
    joined = 0;

    for (i = 0; i <= out->flat.len; i++) {
        if (i < out->flat.len && out->flat.data[i] != '\n') {
            continue;
        }

        text.data = out->flat.data + start;
        text.len = i - start;
        start = i + 1;

        if (text.len) {
            rc = trials_outline_add(out, text, place, joined,
                                    trials_outline_indented(cursor, line));
            if (rc != TRIALS_OK) {
                return rc;
            }

            joined = 1;
        }

        line++;
    }

    return TRIALS_OK;
}


static trials_rc_t
trials_outline_add(trials_outliner_t *out, trials_str_t text,
                   const trials_place_t *place, unsigned joined,
                   unsigned indented)
{
    size_t         size;
    trials_line_t *line, *lines;

    trials_buf_reset(&out->clean);
    trials_text_clean(&out->clean, text);

    if (out->clean.failed != TRIALS_OK) {
        return out->clean.failed;
    }

    if (out->clean.len == 0) {
        return TRIALS_OK;
    }

    if (out->nlines == out->size) {
        size = out->size ? 2 * out->size : 64;

        lines = realloc(out->lines, size * sizeof(trials_line_t));
        if (lines == NULL) {
            return TRIALS_NOMEM;
        }

        out->lines = lines;
        out->size = size;
    }

    line = &out->lines[out->nlines];
    memset(line, 0, sizeof(trials_line_t));

    line->text =
        trials_arena_strdup(out->arena, out->clean.data, out->clean.len);
    if (line->text.data == NULL) {
        return TRIALS_NOMEM;
    }

    line->kind = place->kind;
    line->depth = place->depth;
    line->number = joined ? 0 : place->number;
    line->ordered = place->ordered & 1;
    line->first = place->first & 1;
    line->joined = joined & 1;
    line->indented = indented & 1;
    out->nlines++;

    return TRIALS_OK;
}


static unsigned
trials_outline_indented(trials_cursor_t *cursor, int line)
{
    const char *next;

    if (cursor->source.data == NULL) {
        return 0;
    }

    while (cursor->line < line) {
        next = memchr(cursor->source.data + cursor->pos, '\n',
                      cursor->source.len - cursor->pos);
        if (next == NULL) {
            return 0;
        }

        cursor->pos = (size_t) (next - cursor->source.data) + 1;
        cursor->line++;
    }

    return cursor->pos < cursor->source.len
           && (cursor->source.data[cursor->pos] == ' '
               || cursor->source.data[cursor->pos] == '\t');
}
