/*
 * How a sentence of a criterion is written, and spoken to the reader.
 */

#include "core/plain/clauses.h"

#include <string.h>


static int  trials_clause_labelled(trials_clauses_t *c, trials_str_t text);
static void trials_clause_theirs(trials_buf_t *buf, size_t from);
static void
trials_clause_others(trials_buf_t *buf, size_t from, trials_str_t text);
static size_t trials_clause_word(const trials_buf_t *buf, size_t i);
static int    trials_clause_they(const trials_clauses_t *c, trials_str_t text);


/* "(At most 3 in the liver.)" */

void
trials_clause_bracket(trials_clauses_t *c, trials_str_t text)
{
    size_t start;

    start = c->buf->len + 1;
    c->listed = 0;

    text.len -= text.data[text.len - 2] == '.' ? 2 : 1;
    (void) trials_buf_append(c->buf, text.data, text.len);
    (void) trials_buf_append(c->buf, ".)", 2);

    trials_rewrite_capital(c->buf, start);
}


/* "Kidney: creatinine at most 2": what stands after a label, said to the reader
 * where it is a value, or the label a part of the trial. */

static int
trials_clause_labelled(trials_clauses_t *c, trials_str_t text)
{
    int                      part;
    size_t                   i, n, words, at, start;
    unsigned                 spoken;
    trials_str_t             rest;
    static const char *const parts[] = {"part",   "cohort", "arm",   "group",
                                        "phase",  "stage",  "step",  "dose",
                                        "module", "arms",   "parts", NULL};
    static const char *const no[] = {
        "note",    "notes",     "exception", "exceptions", "example",
        "these",   "following", "any",       "all",        "one",
        "least",   "criteria",  "including", "include",    "includes",
        "rules",   "if",        "for",       "unless",     "except",
        "defined", "or",        "and",       "allowed",    "no",
        "not",     NULL};

    part = 0;
    words = 0;

    for (i = 0; i < text.len && text.data[i] != ':'; i += n + (n == 0)) {
        for (n = 0; i + n < text.len
                    && trials_is_lower(trials_lower(text.data[i + n]));
             n++)
        {
            /* void */
        }

        if (n == 0 && strchr(" -/&()", text.data[i]) == NULL
            && !trials_is_digit(text.data[i]))
        {
            return 0;
        }

        if (n && trials_word_in(text.data + i, n, no)) {
            return 0;
        }

        part |= n && words == 0 && trials_word_in(text.data + i, n, parts);
        words += n > 0;
    }

    if (words == 0 || words > 5 || i + 2 >= text.len || text.data[i + 1] != ' ')
    {
        return 0;
    }

    i += 2;
    start = c->buf->len;
    spoken = c->rewriter->spoken;
    rest.data = text.data + i;
    rest.len = text.len - i;

    if (!part && memmem(rest.data, rest.len, ", ", 2) != NULL) {
        return 0;
    }

    (void) trials_buf_append(c->buf, text.data, i);
    at = c->buf->len;

    if (c->buf->failed == TRIALS_OK
        && trials_rewrite_opening(c->rewriter, rest, c->place, c->buf)
        && c->buf->failed == TRIALS_OK
        && (part || memcmp(c->buf->data + at, "Your ", 5) == 0))
    {
        return 1;
    }

    c->buf->len = start;
    c->rewriter->spoken = spoken & 1;

    return 0;
}


void
trials_clause_say(trials_clauses_t *c, trials_str_t text)
{
    size_t        start, own, sentence, rest;
    trials_buf_t *buf;

    buf = c->buf;
    start = buf->len;
    sentence = start;
    c->listed = 0;
    own = !c->exempted
          && (c->opening.len == 0
              || trials_word_is(c->opening.data, c->opening.len, "or")
              || trials_word_is(c->opening.data, c->opening.len, "but")
              || trials_word_is(c->opening.data, c->opening.len, "also,"));

    if (c->opening.len) {
        (void) trials_buf_append(buf, c->opening.data, c->opening.len);
        (void) trials_buf_append(buf, " ", 1);
        start = buf->len;
    }

    own = own && (c->wanted & TRIALS_REWRITE_VOICE)
          && (trials_rewrite_opening(c->rewriter, text, c->place, buf)
              || trials_clause_labelled(c, text));

    /* "No infection; heart failure": no heart failure either. */

    if (own && c->denied && trials_rewrite_denied(text)
        && buf->failed == TRIALS_OK
        && memcmp(buf->data + start, "Your ", 5) != 0)
    {
        buf->len = start;
        own = 0;
    }

    if (!own) {
        rest = c->opening.len ? start : 0;

        if (trials_clause_they(c, text)) {
            (void) trials_buf_append(buf, "you", 3);
            text.data += 4;
            text.len -= 4;
        }
        (void) trials_buf_append(buf, text.data, text.len);

        if (buf->failed == TRIALS_OK) {
            trials_clause_others(buf, buf->len - text.len, text);
        }

        start = c->opening.len ? (size_t) -1 : start;

    } else {
        rest = c->rewriter->rest;
    }

    if (buf->failed != TRIALS_OK) {
        return;
    }

    if (c->wanted & TRIALS_REWRITE_LIST) {
        c->listed = trials_rewrite_items(c->rewriter, buf, sentence, rest) & 1;
    }

    if (c->rewriter->spoken && !c->people) {
        trials_clause_theirs(buf, sentence);
    }

    if (start >= buf->len) {
        return;
    }

    if (c->opening.len) {
        trials_rewrite_small(buf, start);
    } else {
        trials_rewrite_capital(buf, start);
    }
}


/* "Their ability" beside "you": what only somebody has is the reader's. */

static void
trials_clause_theirs(trials_buf_t *buf, size_t from)
{
    size_t                   i, n;
    static const char *const owned[] = {"ability",       "availability",
                                        "caregiver",     "caregivers",
                                        "doctor",        "parent",
                                        "parents",       "medical",
                                        "clinical",      "symptoms",
                                        "own",           "smartphone",
                                        "participation", "taking",
                                        "first",         "last",
                                        "tumor",         "legal",
                                        "usual",         "health",
                                        "safety",        "legally",
                                        "guardian",      "daily",
                                        "pre-treatment", NULL};

    for (i = from; i + 6 < buf->len; i++) {
        if (memcmp(buf->data + i, "their ", 6) != 0
            || (i > from && trials_is_lower(trials_lower(buf->data[i - 1]))))
        {
            continue;
        }

        for (n = 0; i + 6 + n < buf->len
                    && (trials_is_lower(buf->data[i + 6 + n])
                        || buf->data[i + 6 + n] == '-');
             n++)
        {
            /* void */
        }

        if (trials_word_in(buf->data + i + 6, n, owned)) {
            memcpy(buf->data + i, "your", 4);
            memmove(buf->data + i + 4, buf->data + i + 5, buf->len - i - 5);
            buf->len--;
        }
    }
}


/* "People with asthma must have stopped before they join": what is told of others
 * stays theirs, where no more than "your" and "before you join" speaks of them. */

static void
trials_clause_others(trials_buf_t *buf, size_t from, trials_str_t text)
{
    size_t                   i, n;
    static const char *const first[] = {"all",    "any",  "adult",
                                        "female", "male", NULL};
    static const char *const people[] = {"people", "women",    "men",
                                         "those",  "children", "females",
                                         "males",  NULL};
    static const char *const joins[] = {"join", "sign", NULL};

    for (i = 0, n = 0; i < text.len; i += n + 1) {
        for (n = 0; i + n < text.len && text.data[i + n] != ' '; n++) {
            /* void */
        }

        if (!trials_word_in(text.data + i, n, first)) {
            break;
        }
    }

    if (i >= text.len || !trials_word_in(text.data + i, n, people)) {
        return;
    }

    for (i = from; i < buf->len; i += n + 1) {
        n = trials_clause_word(buf, i);

        if (trials_word_is(buf->data + i, n, "you")
            && !(i > from + 7 && memcmp(buf->data + i - 7, "before ", 7) == 0
                 && trials_word_in(buf->data + i + 4,
                                   trials_clause_word(buf, i + 4), joins)))
        {
            return;
        }
    }

    for (i = from; i < buf->len; i += n + 1) {
        n = trials_clause_word(buf, i);

        if (!trials_word_is(buf->data + i, n, "you")
            && !trials_word_is(buf->data + i, n, "your"))
        {
            continue;
        }

        if (trials_buf_append(buf, " ", 1) != TRIALS_OK) {
            return;
        }

        memmove(buf->data + i + 5, buf->data + i + 4, buf->len - i - 5);
        memcpy(buf->data + i, n == 3 ? "they " : "their", 5);
        n++;
    }
}


/* The letters of the word at a place. */

static size_t
trials_clause_word(const trials_buf_t *buf, size_t i)
{
    size_t n;

    for (n = 0;
         i + n < buf->len && trials_is_lower(trials_lower(buf->data[i + n]));
         n++)
    {
        /* void */
    }

    return n;
}


/* "Patients on insulin, unless they have agreed to ...": the reader, after a
 * sentence to the reader, where only somebody can do what follows. */

static int
trials_clause_they(const trials_clauses_t *c, trials_str_t text)
{
    size_t                   i, n;
    static const char *const does[] = {"agree",     "received", "got",  "had",
                                       "take",      "took",     "meet", "want",
                                       "completed", "agreed",   NULL};
    static const char *const had[] = {"had",       "received", "agreed",
                                      "completed", "taken",    "got",
                                      "used",      "finished", NULL};

    if (!c->people || !c->rewriter->spoken || c->opening.len < 4
        || memcmp(c->opening.data, "This", 4) != 0 || text.len < 12
        || memcmp(text.data, "they ", 5) != 0)
    {
        return 0;
    }

    for (i = 5, n = 0; i + n < text.len && text.data[i + n] != ' '; n++) {
        /* void */
    }

    if (trials_word_in(text.data + i, n, does)) {
        return 1;
    }

    if (!trials_word_is(text.data + i, n, "have")) {
        return 0;
    }

    for (i += n + 1, n = 0; i + n < text.len && text.data[i + n] != ' '; n++) {
        /* void */
    }

    return trials_word_in(text.data + i, n, had);
}
