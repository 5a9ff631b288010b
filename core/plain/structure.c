/*
 * Lines to groups and criteria.
 *
 * First the lines are cut into pieces: lines that go on are joined, headings
 * within a line and flattened lists are parted, list marks are taken away.  Then
 * the pieces become a tree: a criterion belongs to the nearest one before it that
 * stands higher.
 */

#include "core/plain/structure.h"

#include "core/plain/flattened.h"
#include "core/plain/heading.h"
#include "core/plain/pieces.h"
#include "core/plain/text.h"

#include <string.h>


typedef struct {
    trials_pieces_t pieces;
    unsigned        next[TRIALS_OUTLINE_DEPTH + 2]; /* enumerations */
} trials_cutter_t;


static trials_rc_t
trials_cut(trials_cutter_t *cutter, const trials_outline_t *outline);
static trials_rc_t
trials_cut_line(trials_cutter_t *cutter, const trials_line_t *line,
                trials_str_t text);
static trials_rc_t
trials_cut_headed(trials_cutter_t *cutter, const trials_line_t *line,
                  trials_str_t text);
static trials_rc_t
trials_cut_list(trials_cutter_t *cutter, const trials_line_t *line,
                trials_str_t text, size_t mark, unsigned below);
static trials_rc_t
trials_cut_add(trials_cutter_t *cutter, const trials_line_t *line,
               trials_str_t text, size_t mark, unsigned below);
static trials_rc_t
           trials_cut_heading(trials_cutter_t *cutter, trials_str_t text,
                              trials_group_kind_t kind);
static int trials_cut_goes_on(const trials_line_t *line, trials_str_t before);
static trials_str_t trials_str_trim(trials_str_t text);
static int          trials_str_says(trials_str_t text);


trials_rc_t
trials_structure_read(trials_arena_t *arena, const trials_outline_t *outline,
                      trials_eligibility_t *eligibility, trials_error_t *err)
{
    trials_rc_t     rc;
    trials_cutter_t cutter;

    memset(eligibility, 0, sizeof(trials_eligibility_t));
    memset(&cutter, 0, sizeof(trials_cutter_t));
    cutter.pieces.arena = arena;

    rc = trials_cut(&cutter, outline);

    if (rc == TRIALS_OK) {
        rc = trials_pieces_tree(&cutter.pieces, eligibility);
    }

    trials_pieces_free(&cutter.pieces);

    if (rc != TRIALS_OK) {
        return trials_error(err, rc, "criteria: out of memory");
    }

    return TRIALS_OK;
}


/* Joins the lines that go on and cuts what they make. */

static trials_rc_t
trials_cut(trials_cutter_t *cutter, const trials_outline_t *outline)
{
    size_t               i;
    trials_rc_t          rc;
    trials_buf_t         text;
    trials_str_t         str;
    const trials_line_t *line, *start;

    trials_buf_init(&text, 4 * TRIALS_MARKUP_MAX);
    start = NULL;
    rc = TRIALS_OK;

    for (i = 0; i < outline->nlines && rc == TRIALS_OK; i++) {
        line = &outline->lines[i];
        str.data = text.data;
        str.len = text.len;

        if (start && trials_cut_goes_on(line, str)) {
            (void) trials_buf_append(&text, " ", 1);

        } else {
            if (start) {
                rc = trials_cut_line(cutter, start, str);
            }
            trials_buf_reset(&text);
            start = line;
        }

        (void) trials_buf_append(&text, line->text.data, line->text.len);

        if (text.failed != TRIALS_OK) {
            rc = text.failed;
        }
    }

    if (start && rc == TRIALS_OK) {
        str.data = text.data;
        str.len = text.len;
        rc = trials_cut_line(cutter, start, str);
    }

    trials_buf_free(&text);

    return rc;
}


/*
 * Within a list's item lines are wrapped text.  Outside, every line is a
 * criterion, unless it begins like the rest of a sentence.
 */

static int
trials_cut_goes_on(const trials_line_t *line, trials_str_t before)
{
    size_t              n;
    char                last;
    unsigned            next;
    trials_str_t        rest;
    trials_group_kind_t kind;

    if (!line->joined || before.len == 0) {
        return 0;
    }

    next = 0;
    n = trials_heading_marks(line->text, &next, 1);
    rest.data = line->text.data + n;
    rest.len = line->text.len - n;

    if (n || rest.len == 0 || trials_heading_read(rest, &kind)
        || trials_heading_read(before, &kind) == before.len)
    {
        return 0;
    }

    if (line->depth > 0 && line->indented) {
        return 1;
    }

    last = before.data[before.len - 1];

    return last != '.' && last != ':' && last != ';'
           && (trials_is_lower(rest.data[0]) || last == ',')
           && (line->depth > 0 || before.len > 60);
}


static trials_rc_t
trials_cut_line(trials_cutter_t *cutter, const trials_line_t *line,
                trials_str_t text)
{
    size_t              n;
    trials_rc_t         rc;
    trials_str_t        part;
    trials_line_t       inner;
    trials_group_kind_t kind;

    inner = *line;

    while (text.len) {
        n = trials_heading_read(text, &kind) == text.len
                ? text.len
                : trials_heading_within(text);
        part.data = text.data;
        part.len = n;

        rc = trials_cut_headed(cutter, &inner, part);
        if (rc != TRIALS_OK) {
            return rc;
        }

        text.data += n;
        text.len -= n;

        /* What is headed within an item does not belong to that item. */

        inner.depth = 0;
        inner.kind = TRIALS_LINE_PARAGRAPH;
    }

    return TRIALS_OK;
}


static trials_rc_t
trials_cut_headed(trials_cutter_t *cutter, const trials_line_t *line,
                  trials_str_t text)
{
    size_t              n;
    unsigned            next;
    trials_rc_t         rc;
    trials_str_t        head;
    trials_group_kind_t kind;

    text = trials_str_trim(text);
    next = 0;
    n = trials_heading_marks(text, &next, 1);

    head.data = text.data + n;
    head.len = text.len - n;

    kind = TRIALS_GROUP_OTHER;
    n = trials_heading_read(head, &kind);

    if (n) {
        text.data = head.data + n;
        text.len = head.len - n;
        head.len = n;

        rc = trials_cut_heading(cutter, trials_str_trim(head), kind);
        if (rc != TRIALS_OK) {
            return rc;
        }
    }

    return trials_cut_list(cutter, line, text, 0, 0);
}


/*
 * Parts a line that holds a list.  A number that marks an item stays with it,
 * for others may refer to it: `mark` is how many bytes it has before text.
 * `below` is how deep within the line.
 */

static trials_rc_t
trials_cut_list(trials_cutter_t *cutter, const trials_line_t *line,
                trials_str_t text, size_t mark, unsigned below)
{
    size_t             i, end;
    unsigned           inner;
    trials_rc_t        rc;
    trials_str_t       part;
    trials_flattened_t list;

    list.n = 0;

    if (below < TRIALS_PIECES_INNER) {
        trials_flattened_read(&list, text, below ? 0 : line->number);
    }

    if (list.n == 0) {
        return trials_cut_add(cutter, line, text, mark, below);
    }

    part.data = text.data;
    part.len = list.cuts[0].at;
    inner = below;

    if (trials_str_says(part)) {
        rc = trials_cut_add(cutter, line, part, mark, below);
        if (rc != TRIALS_OK) {
            return rc;
        }

        inner += list.inner;
    }

    for (i = 0; i < list.n; i++) {
        end = i + 1 < list.n ? list.cuts[i + 1].at : text.len;
        part.data = text.data + list.cuts[i].text;
        part.len = end - list.cuts[i].text;

        rc = trials_cut_list(
            cutter, line, part,
            list.numbered ? list.cuts[i].text - list.cuts[i].at : 0, inner);
        if (rc != TRIALS_OK) {
            return rc;
        }
    }

    return TRIALS_OK;
}


static trials_rc_t
trials_cut_heading(trials_cutter_t *cutter, trials_str_t text,
                   trials_group_kind_t kind)
{
    trials_piece_t *piece;

    piece = trials_pieces_add(&cutter->pieces, text);
    if (piece == NULL) {
        return TRIALS_NOMEM;
    }

    piece->heading = 1;
    piece->kind = kind;
    memset(cutter->next, 0, sizeof(cutter->next));

    return TRIALS_OK;
}


static trials_rc_t
trials_cut_add(trials_cutter_t *cutter, const trials_line_t *line,
               trials_str_t text, size_t mark, unsigned below)
{
    size_t          i, n;
    trials_str_t    whole;
    trials_piece_t *piece;

    text = trials_str_trim(text);

    if (mark) {
        text.data -= mark;
        text.len += mark;

    } else {
        whole = text;
        n = trials_heading_marks(text, &cutter->next[line->depth + 1],
                                 line->kind != TRIALS_LINE_ITEM);
        text.data += n;
        text.len -= n;

        /* "a)" alone is kept: there is nothing it could be the mark of. */

        if (!trials_str_says(text) && trials_str_says(whole)) {
            text = whole;
        }
    }

    if (!trials_str_says(text)) {
        return TRIALS_OK;
    }

    for (i = line->depth + 2; i < TRIALS_OUTLINE_DEPTH + 2; i++) {
        cutter->next[i] = 0;
    }

    piece = trials_pieces_add(&cutter->pieces, text);
    if (piece == NULL) {
        return TRIALS_NOMEM;
    }

    piece->item = line->kind == TRIALS_LINE_ITEM;
    piece->level = 2 * line->depth + below;

    if (!piece->item) {
        piece->level += text.data[text.len - 1] == ':' ? 1 : 2;
    }

    return TRIALS_OK;
}


static trials_str_t
trials_str_trim(trials_str_t text)
{
    while (text.len && text.data[0] == ' ') {
        text.data++;
        text.len--;
    }

    while (text.len && text.data[text.len - 1] == ' ') {
        text.len--;
    }

    return text;
}


/* Has the text anything to read, not only marks? */

static int
trials_str_says(trials_str_t text)
{
    size_t   i, n;
    uint32_t code;

    for (i = 0; i < text.len; i += n) {
        n = trials_utf8_read(text.data + i, text.len - i, &code);

        if (trials_is_letter(code)
            || (code < 0x80 && trials_is_digit((char) code))
            || (code > 0x7f && !trials_is_space(code) && code != 0xfffd
                && !(code >= 0x2010 && code <= 0x2027)
                && !(code >= 0x25a0 && code <= 0x25ff) && code != 0xb7))
        {
            return 1;
        }
    }

    return 0;
}
