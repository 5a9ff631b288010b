/*
 * Lines to groups and criteria.
 *
 * First the lines are cut into pieces: lines that go on are joined, headings
 * within a line and flattened lists are parted, list marks are taken away.  Then
 * the pieces become a tree: a criterion belongs to the nearest one before it that
 * stands higher.
 */

#include "core/plain/structure.h"

#include "core/plain/heading.h"
#include "core/plain/outline.h"
#include "core/plain/text.h"

#include <stdlib.h>
#include <string.h>


/* " * " in one line this often is a list that lost its lines. */
#define TRIALS_FLATTENED 3

/* Levels: a list's items stand at 2, 4, ...; what follows an item's first
 * paragraph one or two below it. */
#define TRIALS_LEVELS (2 * TRIALS_OUTLINE_DEPTH + 4)


typedef struct trials_piece_s trials_piece_t;

struct trials_piece_s {
    trials_str_t        text;
    unsigned            level;
    unsigned            item : 1;
    unsigned            heading : 1;
    trials_group_kind_t kind; /* of a heading */
    size_t              nchildren;
    size_t              parent; /* a piece's index, or SIZE_MAX */
};

typedef struct {
    trials_arena_t *arena;
    trials_piece_t *pieces; /* malloc'ed */
    size_t          n;
    size_t          size;
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
                trials_str_t text);
static trials_rc_t
           trials_cut_add(trials_cutter_t *cutter, const trials_line_t *line,
                          trials_str_t text, int heading, trials_group_kind_t kind);
static int trials_cut_goes_on(const trials_line_t *line, trials_str_t before);
static size_t       trials_cut_flattened(trials_str_t text, size_t from);
static void         trials_structure_parents(trials_cutter_t *cutter);
static trials_rc_t  trials_structure_groups(trials_cutter_t      *cutter,
                                            trials_eligibility_t *eligibility);
static void         trials_structure_implied(trials_eligibility_t *eligibility);
static trials_rc_t  trials_structure_fill(trials_cutter_t      *cutter,
                                          trials_eligibility_t *eligibility);
static trials_str_t trials_str_trim(trials_str_t text);
static int          trials_str_says(trials_str_t text);


trials_rc_t
trials_structure_read(trials_arena_t *arena, trials_str_t markup,
                      trials_eligibility_t *eligibility, trials_error_t *err)
{
    trials_rc_t      rc;
    trials_cutter_t  cutter;
    trials_outline_t outline;

    memset(eligibility, 0, sizeof(trials_eligibility_t));

    rc = trials_outline_read(arena, markup, &outline, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    memset(&cutter, 0, sizeof(trials_cutter_t));
    cutter.arena = arena;

    rc = trials_cut(&cutter, &outline);

    if (rc == TRIALS_OK) {
        trials_structure_parents(&cutter);
        rc = trials_structure_groups(&cutter, eligibility);
    }

    if (rc == TRIALS_OK) {
        rc = trials_structure_fill(&cutter, eligibility);
    }

    free(cutter.pieces);

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
    size_t        n;
    trials_rc_t   rc;
    trials_str_t  part;
    trials_line_t inner;

    inner = *line;

    while (text.len) {
        n = trials_heading_within(text);
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

        rc = trials_cut_add(cutter, line, trials_str_trim(head), 1, kind);
        if (rc != TRIALS_OK) {
            return rc;
        }
    }

    return trials_cut_list(cutter, line, text);
}


/* Parts "... * one * two * three". */

static trials_rc_t
trials_cut_list(trials_cutter_t *cutter, const trials_line_t *line,
                trials_str_t text)
{
    size_t              i, n, next;
    trials_rc_t         rc;
    trials_str_t        part;
    trials_group_kind_t kind;

    n = 0;
    for (i = trials_cut_flattened(text, 0); i < text.len;
         i = trials_cut_flattened(text, i + 1))
    {
        n++;
    }

    for (i = 0; i < text.len; i = next) {
        next = n < TRIALS_FLATTENED ? text.len
                                    : trials_cut_flattened(text, i + (i > 0));

        part.data = text.data + i;
        part.len = next - i;

        kind = TRIALS_GROUP_OTHER;
        rc = trials_cut_add(cutter, line, part, 0, kind);
        if (rc != TRIALS_OK) {
            return rc;
        }
    }

    return TRIALS_OK;
}


/* The next " * " or " • " at or after from; it starts at the star. */

static size_t
trials_cut_flattened(trials_str_t text, size_t from)
{
    size_t i;

    for (i = from; i + 2 < text.len; i++) {
        if (i == 0 || text.data[i - 1] != ' ') {
            continue;
        }

        if (text.data[i] == '*' && text.data[i + 1] == ' '
            && !trials_is_digit(text.data[i + 2]))
        {
            return i;
        }

        if (memcmp(text.data + i, "\xe2\x80\xa2", 3) == 0) {
            return i;
        }
    }

    return text.len;
}


static trials_rc_t
trials_cut_add(trials_cutter_t *cutter, const trials_line_t *line,
               trials_str_t text, int heading, trials_group_kind_t kind)
{
    size_t          i, n, size;
    trials_str_t    whole;
    trials_piece_t *piece, *pieces;

    text = trials_str_trim(text);

    if (!heading) {
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

    if (cutter->n == cutter->size) {
        size = cutter->size ? 2 * cutter->size : 64;

        pieces = realloc(cutter->pieces, size * sizeof(trials_piece_t));
        if (pieces == NULL) {
            return TRIALS_NOMEM;
        }

        cutter->pieces = pieces;
        cutter->size = size;
    }

    piece = &cutter->pieces[cutter->n];
    memset(piece, 0, sizeof(trials_piece_t));

    piece->text = trials_arena_strdup(cutter->arena, text.data, text.len);
    if (piece->text.data == NULL) {
        return TRIALS_NOMEM;
    }

    piece->item = line->kind == TRIALS_LINE_ITEM;
    piece->heading = heading & 1;
    piece->kind = kind;
    piece->parent = SIZE_MAX;

    if (piece->item) {
        piece->level = 2 * line->depth;
    } else {
        piece->level =
            2 * line->depth + (text.data[text.len - 1] == ':' ? 1 : 2);
    }

    cutter->n++;

    return TRIALS_OK;
}


/* A heading ends what stands open; a piece is the child of the last one above
 * its level. */

static void
trials_structure_parents(trials_cutter_t *cutter)
{
    size_t          i, level;
    size_t          open[TRIALS_LEVELS];
    trials_piece_t *piece;

    for (level = 0; level < TRIALS_LEVELS; level++) {
        open[level] = SIZE_MAX;
    }

    for (i = 0; i < cutter->n; i++) {
        piece = &cutter->pieces[i];
        level = piece->heading ? 0 : piece->level;

        if (!piece->heading) {
            while (level > 0 && open[level - 1] == SIZE_MAX) {
                level--;
            }

            if (level > 0) {
                piece->parent = open[level - 1];
                cutter->pieces[piece->parent].nchildren++;
            }

            level = piece->level;
            open[level] = i;
            level++;
        }

        for (; level < TRIALS_LEVELS; level++) {
            open[level] = SIZE_MAX;
        }
    }
}


/* Counts the groups and their criteria, and takes their memory. */

static trials_rc_t
trials_structure_groups(trials_cutter_t      *cutter,
                        trials_eligibility_t *eligibility)
{
    size_t              i, n;
    trials_group_t     *group;
    trials_piece_t     *piece;
    trials_group_kind_t kind;

    n = 0;

    for (i = 0; i < cutter->n; i++) {
        n += i == 0 || cutter->pieces[i].heading;
        eligibility->ncriteria += !cutter->pieces[i].heading;
    }

    if (n == 0) {
        return TRIALS_OK;
    }

    eligibility->groups =
        trials_arena_calloc(cutter->arena, n, sizeof(trials_group_t));
    if (eligibility->groups == NULL) {
        return TRIALS_NOMEM;
    }

    group = NULL;
    kind = TRIALS_GROUP_OTHER;

    for (i = 0; i < cutter->n; i++) {
        piece = &cutter->pieces[i];

        if (group == NULL || piece->heading) {
            group = &eligibility->groups[eligibility->ngroups++];
            group->kind = TRIALS_GROUP_OTHER;
        }

        if (piece->heading) {
            group->heading = piece->text;
            group->kind = piece->kind;
            group->subgroup = i > 0 && piece->kind == kind;
            kind = piece->kind;

        } else if (piece->parent == SIZE_MAX) {
            group->ncriteria++;
        }
    }

    trials_structure_implied(eligibility);

    return TRIALS_OK;
}


/* A record that heads its exclusions only has its inclusions before them. */

static void
trials_structure_implied(trials_eligibility_t *eligibility)
{
    size_t i, exclusions;

    exclusions = 0;

    for (i = 0; i < eligibility->ngroups; i++) {
        if (eligibility->groups[i].kind == TRIALS_GROUP_INCLUSION) {
            return;
        }
        exclusions += eligibility->groups[i].kind == TRIALS_GROUP_EXCLUSION;
    }

    if (exclusions && eligibility->groups[0].kind == TRIALS_GROUP_OTHER) {
        eligibility->groups[0].kind = TRIALS_GROUP_INCLUSION;
    }
}


static trials_rc_t
trials_structure_fill(trials_cutter_t      *cutter,
                      trials_eligibility_t *eligibility)
{
    size_t               i, g;
    trials_group_t      *group;
    trials_piece_t      *piece;
    trials_criterion_t  *criterion;
    trials_criterion_t **made;

    if (cutter->n == 0) {
        return TRIALS_OK;
    }

    made = calloc(cutter->n, sizeof(trials_criterion_t *));
    if (made == NULL) {
        return TRIALS_NOMEM;
    }

    group = NULL;
    g = 0;

    for (i = 0; i < cutter->n; i++) {
        piece = &cutter->pieces[i];

        if (group == NULL || piece->heading) {
            group = &eligibility->groups[g++];

            if (group->ncriteria) {
                group->criteria =
                    trials_arena_calloc(cutter->arena, group->ncriteria,
                                        sizeof(trials_criterion_t));
                if (group->criteria == NULL) {
                    goto failed;
                }
                group->ncriteria = 0;
            }
        }

        if (piece->heading) {
            continue;
        }

        if (piece->parent == SIZE_MAX) {
            criterion = &group->criteria[group->ncriteria++];
        } else {
            criterion = made[piece->parent];
            criterion = &criterion->criteria[criterion->ncriteria++];
        }

        criterion->original = piece->text;
        made[i] = criterion;

        if (piece->nchildren) {
            criterion->criteria = trials_arena_calloc(
                cutter->arena, piece->nchildren, sizeof(trials_criterion_t));
            if (criterion->criteria == NULL) {
                goto failed;
            }
        }
    }

    free(made);

    return TRIALS_OK;

failed:

    free(made);

    return TRIALS_NOMEM;
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
