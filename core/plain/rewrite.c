/*
 * Rewriting a criterion, a step at a time, with the check after every step.
 */

#include "core/plain/rewrite.h"

#include <string.h>


#define TRIALS_REWRITE_MAX (16 * 1024 * 1024)


static trials_rc_t
trials_rewrite_try(trials_rewriter_t *rewriter, trials_criterion_t *criterion,
                   const trials_place_of_t *place, const trials_buf_t *buf,
                   trials_error_t *err);
static void trials_rewrite_capital(trials_buf_t *buf);
static int  trials_rewrite_balanced(trials_str_t text);


void
trials_rewriter_init(trials_rewriter_t *rewriter, const trials_rules_t *rules,
                     trials_arena_t *arena)
{
    memset(rewriter, 0, sizeof(trials_rewriter_t));
    rewriter->rules = rules;
    rewriter->arena = arena;
    trials_buf_init(&rewriter->phrases, TRIALS_REWRITE_MAX);
    trials_buf_init(&rewriter->whole, TRIALS_REWRITE_MAX);
}


void
trials_rewriter_free(trials_rewriter_t *rewriter)
{
    trials_tokens_free(&rewriter->tokens);
    trials_buf_free(&rewriter->phrases);
    trials_buf_free(&rewriter->whole);
}


trials_rc_t
trials_rewrite(trials_rewriter_t *rewriter, trials_criterion_t *criterion,
               const trials_place_of_t *place)
{
    int            opened;
    trials_rc_t    rc;
    trials_str_t   text;
    trials_error_t err;

    memset(&err, 0, sizeof(trials_error_t));

    trials_buf_reset(&rewriter->phrases);
    trials_buf_reset(&rewriter->whole);

    trials_rewrite_phrases(rewriter, criterion->original, &rewriter->phrases);
    trials_rewrite_capital(&rewriter->phrases);

    text.data = rewriter->phrases.data;
    text.len = rewriter->phrases.len;

    opened = 0;

    if (rewriter->phrases.failed == TRIALS_OK) {
        opened =
            trials_rewrite_opening(rewriter, text, place, &rewriter->whole);
        trials_rewrite_capital(&rewriter->whole);
    }

    if (rewriter->phrases.failed != TRIALS_OK
        || rewriter->whole.failed != TRIALS_OK)
    {
        return TRIALS_NOMEM;
    }

    rc = TRIALS_FAILED;

    if (opened) {
        rc = trials_rewrite_try(rewriter, criterion, place, &rewriter->whole,
                                &err);
    }

    if (rc == TRIALS_FAILED) {
        rc = trials_rewrite_try(rewriter, criterion, place, &rewriter->phrases,
                                &err);
    }

    if (rc != TRIALS_FAILED) {
        return rc;
    }

    criterion->plain = criterion->original;
    criterion->doubt =
        trials_arena_strdup(rewriter->arena, err.message, strlen(err.message));

    return criterion->doubt.data ? TRIALS_OK : TRIALS_NOMEM;
}


/* Takes the text in buf where it is proven. */

static trials_rc_t
trials_rewrite_try(trials_rewriter_t *rewriter, trials_criterion_t *criterion,
                   const trials_place_of_t *place, const trials_buf_t *buf,
                   trials_error_t *err)
{
    trials_rc_t  rc;
    trials_str_t text;

    text.data = buf->data;
    text.len = buf->len;

    rc = trials_plain_check(criterion->original, text, place->kind, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    if (trials_rewrite_balanced(criterion->original)
        && !trials_rewrite_balanced(text))
    {
        return trials_error(err, TRIALS_FAILED, "a bracket lost");
    }

    criterion->plain =
        trials_arena_strdup(rewriter->arena, text.data, text.len);
    criterion->faithful = 1;

    return criterion->plain.data ? TRIALS_OK : TRIALS_NOMEM;
}


int
trials_rewrite_turns(trials_str_t line)
{
    size_t                   i, n;
    static const char *const words[] = {
        "no",       "not",        "none",       "never",     "without",
        "except",   "exception",  "exceptions", "unless",    "excluding",
        "free",     "absence",    "allowed",    "permitted", "lack",
        "cannot",   "other",      "nor",        "excluded",  "ineligible",
        "neither",  "acceptable", "eligible",   "example",   "examples",
        "includes", "include",    "including",  "methods",   "method",
        "women",    "woman",      "females",    "female",    "men",
        "males",    "male",       "partners",   NULL};

    for (i = 0; i < line.len; i += n + (n == 0)) {
        for (n = 0; i + n < line.len
                    && trials_is_lower(trials_lower(line.data[i + n]));
             n++)
        {
            /* void */
        }

        if (n && trials_word_in(line.data + i, n, words)) {
            return 1;
        }
    }

    return 0;
}


/* Makes the first letter a capital, unless the word is written in a way of its
 * own ("mRNA", "eGFR"). */

static void
trials_rewrite_capital(trials_buf_t *buf)
{
    size_t n;

    if (buf->failed != TRIALS_OK || buf->len == 0
        || !trials_is_lower(buf->data[0])) {
        return;
    }

    for (n = 0; n < buf->len && trials_is_lower(buf->data[n]); n++) {
        /* void */
    }

    if ((n < 2 && !(buf->data[0] == 'a' && buf->data[1] == ' '))
        || (n < buf->len
            && (trials_is_upper(buf->data[n]) || trials_is_digit(buf->data[n])
                || (unsigned char) buf->data[n] >= 0xc0))
        || (n + 1 < buf->len && buf->data[n] == '-'
            && trials_is_upper(buf->data[n + 1]) && n < 4))
    {
        return;
    }

    buf->data[0] = trials_upper(buf->data[0]);
}


static int
trials_rewrite_balanced(trials_str_t text)
{
    long   round, square;
    size_t i;

    round = 0;
    square = 0;

    for (i = 0; i < text.len; i++) {
        round += (text.data[i] == '(') - (text.data[i] == ')');
        square += (text.data[i] == '[') - (text.data[i] == ']');
    }

    return round == 0 && square == 0;
}
