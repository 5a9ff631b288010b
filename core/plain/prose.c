/*
 * Markup fields as blocks of runs.
 */

#include "core/plain/engine.h"
#include "core/plain/outline.h"

#include <string.h>


typedef struct {
    trials_translation_t *translation;
    trials_arena_t       *arena;
    const trials_line_t  *lines;
    unsigned              terms : 1; /* mark them */
} trials_proser_t;


static trials_rc_t
trials_prose_read(trials_proser_t *proser, const trials_outline_t *outline,
                  trials_prose_t *prose, trials_error_t *err);
static trials_rc_t
trials_prose_blocks(trials_proser_t *proser, size_t from, size_t to,
                    unsigned depth, trials_prose_block_t **blocks,
                    size_t *nblocks);
static trials_rc_t
              trials_prose_list(trials_proser_t *proser, size_t from, size_t to,
                                unsigned depth, trials_prose_block_t *list);
static size_t trials_prose_end(const trials_proser_t *proser, size_t i,
                               size_t to, unsigned depth);
static size_t trials_prose_item_end(const trials_proser_t *proser, size_t i,
                                    size_t to, unsigned depth);
static trials_rc_t trials_prose_text(trials_proser_t *proser, size_t from,
                                     size_t to, trials_text_t *text);


trials_rc_t
trials_translate_prose(trials_translation_t *translation, trials_str_t markup,
                       trials_prose_t *prose, trials_error_t *err)
{
    trials_rc_t      rc;
    trials_proser_t  proser;
    trials_outline_t outline;

    memset(&proser, 0, sizeof(trials_proser_t));
    proser.translation = translation;
    proser.arena = translation->arena;
    proser.terms = 1;

    rc = trials_outline_read(proser.arena, markup, &outline, err);

    return rc == TRIALS_OK ? trials_prose_read(&proser, &outline, prose, err)
                           : rc;
}


trials_rc_t
trials_translate_original(trials_translation_t *translation,
                          trials_prose_t *prose, trials_error_t *err)
{
    trials_rc_t     rc;
    trials_proser_t proser;

    memset(&proser, 0, sizeof(trials_proser_t));
    proser.translation = translation;
    proser.arena = translation->arena;

    rc = trials_translation_read(translation, err);

    return rc == TRIALS_OK
               ? trials_prose_read(&proser, translation->criteria, prose, err)
               : rc;
}


trials_rc_t
trials_translate_text(trials_translation_t *translation, trials_str_t text,
                      trials_text_t *out, trials_error_t *err)
{
    trials_rc_t  rc;
    trials_buf_t buf;
    trials_str_t clean;

    memset(out, 0, sizeof(trials_text_t));

    trials_buf_init(&buf, TRIALS_MARKUP_MAX);
    trials_text_clean(&buf, text);
    rc = buf.failed;

    if (rc == TRIALS_OK && buf.len) {
        clean = trials_arena_strdup(translation->arena, buf.data, buf.len);
        rc = clean.data ? trials_terms_mark(&translation->terms, clean, out)
                        : TRIALS_NOMEM;
    }

    trials_buf_free(&buf);

    if (rc != TRIALS_OK) {
        return trials_error(err, rc, "%s: a text: %s", translation->study->id,
                            rc == TRIALS_NOMEM ? "out of memory" : "too long");
    }

    return TRIALS_OK;
}


trials_rc_t
trials_plain_flatten(trials_arena_t *arena, trials_str_t markup,
                     trials_str_t *text, trials_error_t *err)
{
    size_t           i;
    trials_rc_t      rc;
    trials_buf_t     buf;
    trials_outline_t outline;

    rc = trials_outline_read(arena, markup, &outline, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    trials_buf_init(&buf, 2 * TRIALS_MARKUP_MAX);

    for (i = 0; i < outline.nlines; i++) {
        if (i) {
            (void) trials_buf_append(&buf, " ", 1);
        }
        (void) trials_buf_append(&buf, outline.lines[i].text.data,
                                 outline.lines[i].text.len);
    }

    rc = buf.failed;

    if (rc == TRIALS_OK) {
        *text = trials_arena_strdup(arena, buf.len ? buf.data : "", buf.len);
        rc = text->data ? TRIALS_OK : TRIALS_NOMEM;
    }

    trials_buf_free(&buf);

    return rc == TRIALS_OK
               ? TRIALS_OK
               : trials_error(err, rc, "flattening a text: out of memory");
}


static trials_rc_t
trials_prose_read(trials_proser_t *proser, const trials_outline_t *outline,
                  trials_prose_t *prose, trials_error_t *err)
{
    trials_rc_t rc;

    memset(prose, 0, sizeof(trials_prose_t));
    proser->lines = outline->lines;

    rc = trials_prose_blocks(proser, 0, outline->nlines, 0, &prose->blocks,
                             &prose->nblocks);
    if (rc != TRIALS_OK) {
        return trials_error(err, rc, "%s: prose: out of memory",
                            proser->translation->study->id);
    }

    return TRIALS_OK;
}


/* Paragraphs at this depth, and what is deeper as lists.  The depth is bounded
 * by the outline. */

static trials_rc_t
trials_prose_blocks(trials_proser_t *proser, size_t from, size_t to,
                    unsigned depth, trials_prose_block_t **blocks,
                    size_t *nblocks)
{
    size_t                i, end, n;
    trials_rc_t           rc;
    trials_prose_block_t *block;

    n = 0;
    for (i = from; i < to; i = trials_prose_end(proser, i, to, depth)) {
        n++;
    }

    *nblocks = 0;

    if (n == 0) {
        *blocks = NULL;
        return TRIALS_OK;
    }

    *blocks =
        trials_arena_calloc(proser->arena, n, sizeof(trials_prose_block_t));
    if (*blocks == NULL) {
        return TRIALS_NOMEM;
    }

    for (i = from; i < to; i = end) {
        end = trials_prose_end(proser, i, to, depth);
        block = &(*blocks)[(*nblocks)++];

        if (proser->lines[i].depth > depth) {
            rc = trials_prose_list(proser, i, end, depth + 1, block);

        } else {
            block->kind = proser->lines[i].kind == TRIALS_LINE_HEADING
                              ? TRIALS_BLOCK_HEADING
                              : TRIALS_BLOCK_PARAGRAPH;
            rc = trials_prose_text(proser, i, end, &block->text);
        }

        if (rc != TRIALS_OK) {
            return rc;
        }
    }

    return TRIALS_OK;
}


static trials_rc_t
trials_prose_list(trials_proser_t *proser, size_t from, size_t to,
                  unsigned depth, trials_prose_block_t *list)
{
    size_t                i, n, end, text;
    trials_rc_t           rc;
    trials_prose_block_t *item;

    list->kind = TRIALS_BLOCK_LIST;
    list->ordered = proser->lines[from].ordered;

    n = 0;
    for (i = from; i < to; i = trials_prose_item_end(proser, i, to, depth)) {
        n++;
    }

    list->children =
        trials_arena_calloc(proser->arena, n, sizeof(trials_prose_block_t));
    if (list->children == NULL) {
        return TRIALS_NOMEM;
    }

    for (i = from; i < to; i = end) {
        end = trials_prose_item_end(proser, i, to, depth);

        item = &list->children[list->nchildren++];
        item->kind = TRIALS_BLOCK_ITEM;
        text = i;

        if (proser->lines[i].depth == depth) {
            for (text = i + 1; text < end && proser->lines[text].joined
                               && proser->lines[text].depth == depth;
                 text++)
            {
                /* void */
            }

            rc = trials_prose_text(proser, i, text, &item->text);
            if (rc != TRIALS_OK) {
                return rc;
            }
        }

        rc = trials_prose_blocks(proser, text, end, depth, &item->children,
                                 &item->nchildren);
        if (rc != TRIALS_OK) {
            return rc;
        }
    }

    return TRIALS_OK;
}


/* The line after the block that begins at i: a paragraph's lines, or all of one
 * list. */

static size_t
trials_prose_end(const trials_proser_t *proser, size_t i, size_t to,
                 unsigned depth)
{
    const trials_line_t *first, *line;

    first = &proser->lines[i];

    for (i++; i < to; i++) {
        line = &proser->lines[i];

        if (first->depth <= depth) {
            if (line->depth > depth || !line->joined) {
                break;
            }
            continue;
        }

        if (line->depth <= depth
            || (line->depth == depth + 1 && line->kind == TRIALS_LINE_ITEM
                && line->first && !line->joined))
        {
            break;
        }
    }

    return i;
}


static size_t
trials_prose_item_end(const trials_proser_t *proser, size_t i, size_t to,
                      unsigned depth)
{
    const trials_line_t *line;

    for (i++; i < to; i++) {
        line = &proser->lines[i];

        if (line->depth <= depth && line->kind == TRIALS_LINE_ITEM
            && !line->joined) {
            break;
        }
    }

    return i;
}


static trials_rc_t
trials_prose_text(trials_proser_t *proser, size_t from, size_t to,
                  trials_text_t *text)
{
    size_t       i;
    trials_rc_t  rc;
    trials_buf_t buf;
    trials_str_t joined;

    trials_buf_init(&buf, 2 * TRIALS_MARKUP_MAX);

    for (i = from; i < to; i++) {
        if (i > from) {
            (void) trials_buf_append(&buf, " ", 1);
        }
        (void) trials_buf_append(&buf, proser->lines[i].text.data,
                                 proser->lines[i].text.len);
    }

    rc = buf.failed;
    joined.data = NULL;
    joined.len = 0;

    if (rc == TRIALS_OK) {
        joined = trials_arena_strdup(proser->arena, buf.data ? buf.data : "",
                                     buf.len);
        rc = joined.data ? TRIALS_OK : TRIALS_NOMEM;
    }

    trials_buf_free(&buf);

    if (rc != TRIALS_OK) {
        return rc;
    }

    if (proser->terms) {
        return trials_terms_mark(&proser->translation->terms, joined, text);
    }

    text->runs = trials_arena_alloc(proser->arena, sizeof(trials_run_t));
    if (text->runs == NULL) {
        return TRIALS_NOMEM;
    }

    text->runs[0].text = joined;
    text->nruns = 1;

    return TRIALS_OK;
}
