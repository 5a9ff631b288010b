/*
 * A criterion of several sentences that cannot be proven as a whole: sentence by
 * sentence, so that the one that fails does not keep the others as they were.
 * Each is proven by itself, or keeps its own words.
 */

#include "core/plain/rewrite.h"

#include <string.h>


static size_t
trials_apart_end(trials_str_t text, const trials_tokens_t *tokens, size_t i);
static int trials_apart_ends(trials_str_t text, const trials_token_t *t);
static trials_rc_t
trials_apart_add(trials_rewriter_t *rewriter, trials_str_t text,
                 const trials_place_of_t *place, trials_criterion_t *all,
                 trials_buf_t *buf);


trials_rc_t
trials_rewrite_apart(trials_rewriter_t *rewriter, trials_criterion_t *criterion,
                     const trials_place_of_t *place)
{
    size_t             i, end, from, to;
    trials_rc_t        rc;
    trials_str_t       text, part;
    trials_buf_t       buf;
    trials_tokens_t    tokens;
    int                denied;
    trials_criterion_t all;
    trials_place_of_t  here;

    denied = 0;
    text = criterion->original;
    memset(&tokens, 0, sizeof(trials_tokens_t));
    memset(&all, 0, sizeof(trials_criterion_t));
    all.faithful = 1;
    trials_buf_init(&buf, 16 * 1024 * 1024);

    rc = trials_tokens_read(&tokens, text);

    if (rc == TRIALS_OK && trials_apart_end(text, &tokens, 0) == tokens.n) {
        rc = TRIALS_NOT_FOUND;
    }

    for (i = 0; rc == TRIALS_OK && i < tokens.n; i = end) {
        end = trials_apart_end(text, &tokens, i);
        from = tokens.list[i].start;
        to = tokens.list[end - 1].start + tokens.list[end - 1].len;

        part =
            trials_arena_strdup(rewriter->arena, text.data + from, to - from);
        here = *place;
        here.turned |= denied && trials_rewrite_denied(part);

        rc = part.data ? trials_apart_add(rewriter, part, &here, &all, &buf)
                       : TRIALS_NOMEM;

        /* "No disease; asthma": no asthma either. */

        denied = part.data && part.data[part.len - 1] == ';'
                 && (denied || trials_rewrite_denies(part));
    }

    if (rc == TRIALS_OK && buf.failed != TRIALS_OK) {
        rc = TRIALS_NOMEM;
    }

    if (rc == TRIALS_OK) {
        criterion->plain =
            trials_arena_strdup(rewriter->arena, buf.data, buf.len);
        criterion->faithful = all.faithful;
        criterion->doubt = all.doubt;
        rc = criterion->plain.data ? TRIALS_OK : TRIALS_NOMEM;
    }

    trials_tokens_free(&tokens);
    trials_buf_free(&buf);

    return rc;
}


static trials_rc_t
trials_apart_add(trials_rewriter_t *rewriter, trials_str_t text,
                 const trials_place_of_t *place, trials_criterion_t *all,
                 trials_buf_t *buf)
{
    trials_rc_t        rc;
    trials_criterion_t part;

    memset(&part, 0, sizeof(trials_criterion_t));
    part.original = text;

    rc = trials_rewrite(rewriter, &part, place);
    if (rc != TRIALS_OK) {
        return rc;
    }

    if (!part.faithful) {
        all->faithful = 0;
        all->doubt = all->doubt.len ? all->doubt : part.doubt;
    }

    if (buf->len) {
        if (buf->failed == TRIALS_OK
            && strchr(".;:!?", buf->data[buf->len - 1]) == NULL)
        {
            (void) trials_buf_append(buf, ".", 1);
        }

        (void) trials_buf_append(buf, " ", 1);
    }

    (void) trials_buf_append(buf, part.plain.data, part.plain.len);

    return TRIALS_OK;
}


/* The token after the sentence that begins at token i. */

static size_t
trials_apart_end(trials_str_t text, const trials_tokens_t *tokens, size_t i)
{
    long depth;
    char c;

    for (depth = 0; i < tokens->n; i++) {
        if (tokens->list[i].kind != TRIALS_TOKEN_SIGN) {
            continue;
        }

        c = text.data[tokens->list[i].start];
        depth += (c == '(' || c == '[') - (c == ')' || c == ']');

        if (depth == 0 && i > 0 && i + 1 < tokens->n
            && trials_apart_ends(text, &tokens->list[i]))
        {
            return i + 1;
        }
    }

    return tokens->n;
}


/* Does the sign end a sentence, and does another one follow? */

static int
trials_apart_ends(trials_str_t text, const trials_token_t *t)
{
    if (!t[1].space) {
        return 0;
    }

    if (text.data[t->start] == ';') {
        return 1;
    }

    /* "e.g. Asthma", "Dr. Who" end nothing. */

    return text.data[t->start] == '.' && trials_is_upper(text.data[t[1].start])
           && (t[-1].kind != TRIALS_TOKEN_WORD || t[-1].len > 3);
}
