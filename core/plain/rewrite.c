/*
 * Rewriting a criterion, a step at a time, with the check after every step.
 */

#include "core/plain/rewrite.h"

#include <string.h>


#define TRIALS_REWRITE_MAX (16 * 1024 * 1024)


static int trials_rewrite_heads(const trials_buf_t *buf);
static trials_rc_t
trials_rewrite_try(trials_rewriter_t *rewriter, trials_criterion_t *criterion,
                   const trials_buf_t *buf, trials_error_t *err);
static trials_rc_t
trials_rewrite_steps(trials_rewriter_t *rewriter, trials_criterion_t *criterion,
                     trials_str_t text, const trials_place_of_t *place,
                     trials_error_t *err);
static trials_rc_t
trials_rewrite_own(trials_rewriter_t *rewriter, trials_criterion_t *criterion);
static trials_rc_t
              trials_rewrite_phrased(trials_rewriter_t       *rewriter,
                                     trials_criterion_t      *criterion,
                                     const trials_place_of_t *place, trials_error_t *err);
static size_t trials_rewrite_lead(trials_str_t text, size_t *join);
static void   trials_rewrite_led(trials_buf_t *buf, trials_str_t text,
                                 size_t lead, size_t join);
static void trials_rewrite_end(trials_buf_t *buf, unsigned spoken, int goes_on);
static int  trials_rewrite_balanced(trials_str_t text);


void
trials_rewriter_init(trials_rewriter_t *rewriter, const trials_rules_t *rules,
                     const trials_checker_t *checker, trials_arena_t *arena)
{
    memset(rewriter, 0, sizeof(trials_rewriter_t));
    rewriter->rules = rules;
    rewriter->arena = arena;
    trials_check_init(&rewriter->check, checker);
    trials_buf_init(&rewriter->phrases, TRIALS_REWRITE_MAX);
    trials_buf_init(&rewriter->whole, TRIALS_REWRITE_MAX);
    trials_buf_init(&rewriter->words, TRIALS_REWRITE_MAX);
    trials_buf_init(&rewriter->list, TRIALS_REWRITE_MAX);
    trials_buf_init(&rewriter->tried, TRIALS_REWRITE_MAX);
    trials_buf_init(&rewriter->signs, TRIALS_REWRITE_MAX);
    trials_buf_init(&rewriter->mended, TRIALS_REWRITE_MAX);
}


void
trials_rewriter_free(trials_rewriter_t *rewriter)
{
    trials_check_free(&rewriter->check);
    trials_tokens_free(&rewriter->tokens);
    trials_tokens_free(&rewriter->sentence);
    trials_tokens_free(&rewriter->items);
    trials_buf_free(&rewriter->phrases);
    trials_buf_free(&rewriter->whole);
    trials_buf_free(&rewriter->words);
    trials_buf_free(&rewriter->list);
    trials_buf_free(&rewriter->tried);
    trials_buf_free(&rewriter->signs);
    trials_buf_free(&rewriter->mended);
}


trials_rc_t
trials_rewrite(trials_rewriter_t *rewriter, trials_criterion_t *criterion,
               const trials_place_of_t *place)
{
    trials_rc_t    rc, apart;
    trials_error_t err, again;

    memset(&err, 0, sizeof(trials_error_t));
    memset(&again, 0, sizeof(trials_error_t));

    if (trials_check_original(&rewriter->check, criterion->original)
        != TRIALS_OK) {
        return TRIALS_NOMEM;
    }

    rewriter->nkept = 0;
    rc = trials_rewrite_phrased(rewriter, criterion, place, &err);

    /* The phrase at which the two part stays as it is. */

    while (rc == TRIALS_FAILED && rewriter->nkept < TRIALS_REWRITE_KEPT
           && rewriter->check.at < criterion->original.len)
    {
        rewriter->kept[rewriter->nkept++] = rewriter->check.at;
        rc = trials_rewrite_phrased(rewriter, criterion, place, &again);
    }

    if (rc != TRIALS_FAILED) {
        return rc;
    }

    apart = trials_rewrite_apart(rewriter, criterion, place);
    if (apart == TRIALS_NOMEM || (apart == TRIALS_OK && criterion->faithful)) {
        return apart;
    }

    /* Where a phrase is not proven, its sentence may be. */

    if (apart == TRIALS_OK
        && trials_check_original(&rewriter->check, criterion->original)
               != TRIALS_OK)
    {
        return TRIALS_NOMEM;
    }

    rc = trials_rewrite_steps(rewriter, criterion, criterion->original, place,
                              &again);
    if (rc != TRIALS_FAILED || apart == TRIALS_OK) {
        return rc == TRIALS_FAILED ? apart : rc;
    }

    criterion->doubt =
        trials_arena_strdup(rewriter->arena, err.message, strlen(err.message));

    return criterion->doubt.data ? trials_rewrite_own(rewriter, criterion)
                                 : TRIALS_NOMEM;
}


/* Phrases first, then sentences. */

static trials_rc_t
trials_rewrite_phrased(trials_rewriter_t       *rewriter,
                       trials_criterion_t      *criterion,
                       const trials_place_of_t *place, trials_error_t *err)
{
    trials_str_t text;

    trials_buf_reset(&rewriter->phrases);
    trials_buf_reset(&rewriter->tried);
    trials_rewrite_phrases(rewriter, criterion->original, &rewriter->phrases);

    if (rewriter->phrases.failed != TRIALS_OK) {
        return TRIALS_NOMEM;
    }

    text.data = rewriter->phrases.data;
    text.len = rewriter->phrases.len;

    return trials_rewrite_steps(rewriter, criterion, text, place, err);
}


/* The record's own words, mended as far as that is proven. */

static trials_rc_t
trials_rewrite_own(trials_rewriter_t *rewriter, trials_criterion_t *criterion)
{
    trials_rc_t    rc;
    trials_str_t   text;
    trials_error_t err;

    criterion->plain = criterion->original;

    rc =
        trials_rewrite_mend(rewriter, criterion->original, criterion->original);
    if (rc != TRIALS_OK) {
        return rc;
    }

    text.data = rewriter->mended.data;
    text.len = rewriter->mended.len;
    rc = trials_check_plain(&rewriter->check, text, &err);

    if (rc == TRIALS_OK) {
        criterion->plain =
            trials_arena_strdup(rewriter->arena, text.data, text.len);
    }

    return rc == TRIALS_NOMEM || criterion->plain.data == NULL ? TRIALS_NOMEM
                                                               : TRIALS_OK;
}


/* What can be made of text, the most first. */

static trials_rc_t
trials_rewrite_steps(trials_rewriter_t *rewriter, trials_criterion_t *criterion,
                     trials_str_t text, const trials_place_of_t *place,
                     trials_error_t *err)
{
    size_t                i, lead, join;
    trials_rc_t           rc;
    trials_str_t          rest;
    static const unsigned steps[] = {
        TRIALS_REWRITE_CUT | TRIALS_REWRITE_VOICE | TRIALS_REWRITE_LIST,
        TRIALS_REWRITE_CUT | TRIALS_REWRITE_VOICE, TRIALS_REWRITE_VOICE,
        TRIALS_REWRITE_CUT, 0};

    lead = trials_rewrite_lead(text, &join);
    rest.data = text.data + lead;
    rest.len = text.len - lead;

    for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        /* Without its lists it is what was tried. */

        if (i == 1 && !rewriter->listed) {
            continue;
        }

        trials_buf_reset(&rewriter->whole);
        rewriter->spoken = 0;
        rewriter->listed = 0;
        trials_rewrite_sentences(rewriter, rest, place, steps[i],
                                 &rewriter->whole);
        trials_rewrite_end(&rewriter->whole, rewriter->spoken,
                           criterion->ncriteria > 0);
        trials_rewrite_led(&rewriter->whole, text, lead, join);

        if (rewriter->whole.failed != TRIALS_OK) {
            return TRIALS_NOMEM;
        }

        /* The original's own words prove nothing. */

        if (text.data == criterion->original.data && !rewriter->spoken) {
            continue;
        }

        if (rewriter->whole.len == rewriter->tried.len
            && memcmp(rewriter->whole.data, rewriter->tried.data,
                      rewriter->whole.len)
                   == 0)
        {
            continue;
        }

        rc = trials_rewrite_try(rewriter, criterion, &rewriter->whole, err);
        if (rc != TRIALS_FAILED) {
            return rc;
        }

        trials_buf_reset(&rewriter->tried);
        (void) trials_buf_append(&rewriter->tried, rewriter->whole.data,
                                 rewriter->whole.len);
    }

    return rewriter->tried.failed == TRIALS_OK ? TRIALS_FAILED : TRIALS_NOMEM;
}


/*
 * The bytes of what stands before the criterion proper: the number that a list
 * in a line gave it, and the word that joins it to the one before.  *join is
 * where that word starts; lead where there is none.
 */

static size_t
trials_rewrite_lead(trials_str_t text, size_t *join)
{
    size_t                   i, n;
    static const char *const joins[] = {"and", "or", "and/or", NULL};

    i = text.len && text.data[0] == '(';

    for (n = i; n < text.len && n < i + 2 && trials_is_digit(text.data[n]); n++)
    {
        /* void */
    }

    if (n > i && n + 2 < text.len && text.data[n + 1] == ' '
        && (text.data[n] == ')' || (i == 0 && text.data[n] == '.')))
    {
        i = n + 2;
    } else {
        i = 0;
    }

    *join = i;

    for (n = i; n < text.len && text.data[n] != ' '; n++) {
        /* void */
    }

    if (n + 1 < text.len && trials_word_in(text.data + i, n - i, joins)) {
        return n + 1;
    }

    return i;
}


/* Puts the lead before the sentences made of the rest. */

static void
trials_rewrite_led(trials_buf_t *buf, trials_str_t text, size_t lead,
                   size_t join)
{
    if (lead == 0) {
        return;
    }

    (void) trials_buf_append(buf, text.data, lead);

    if (buf->failed != TRIALS_OK) {
        return;
    }

    memmove(buf->data + lead, buf->data, buf->len - lead);
    memcpy(buf->data, text.data, lead);

    if (join < lead) {
        buf->data[join] = trials_upper(buf->data[join]);

        trials_rewrite_small(buf, lead);
    }
}


/* A full stop after what is a sentence now; a colon where what stands below ends
 * it ("a diagnosis of"). */

static void
trials_rewrite_end(trials_buf_t *buf, unsigned spoken, int goes_on)
{
    char last;

    if (buf->failed != TRIALS_OK || buf->len < 4) {
        return;
    }

    last = buf->data[buf->len - 1];

    if (!trials_is_lower(trials_lower(last)) && !trials_is_digit(last)
        && last != ')' && last != '%' && last != ']')
    {
        return;
    }

    if (goes_on && trials_rewrite_heads(buf)) {
        (void) trials_buf_append(buf, ":", 1);

    } else if (spoken || memmem(buf->data, buf->len, ". ", 2) != NULL) {
        (void) trials_buf_append(buf, ".", 1);
    }
}


/* Does the last sentence end in what stands below it: "a diagnosis of", "heart
 * disease, including", "two of these rules"? */

static int
trials_rewrite_heads(const trials_buf_t *buf)
{
    size_t                   n;
    const char              *p, *end;
    static const char *const ends[] = {
        "of",   "or",  "and", "to",        "the",     "by",       "on",
        "with", "for", "in",  "including", "include", "includes", NULL};
    static const char *const points[] = {"these", "below", NULL};

    end = buf->data + buf->len;
    p = end;

    while (p > buf->data && p[-1] != '.' && p[-1] != '?') {
        for (n = 0;
             p - n > buf->data && trials_is_lower(trials_lower(*(p - n - 1)));
             n++)
        {
            /* void */
        }

        p -= n;

        if (trials_word_in(p, n, points)
            || (p + n == end && trials_word_in(p, n, ends)))
        {
            return 1;
        }

        p -= n == 0;
    }

    return 0;
}


/* Takes the text in buf where it is proven. */

static trials_rc_t
trials_rewrite_try(trials_rewriter_t *rewriter, trials_criterion_t *criterion,
                   const trials_buf_t *buf, trials_error_t *err)
{
    trials_rc_t  rc;
    trials_str_t text;

    text.data = buf->data;
    text.len = buf->len;

    rc = trials_rewrite_mend(rewriter, criterion->original, text);
    if (rc != TRIALS_OK) {
        return rc;
    }

    text.data = rewriter->mended.data;
    text.len = rewriter->mended.len;
    rc = trials_check_plain(&rewriter->check, text, err);

    if (rc == TRIALS_OK && trials_rewrite_balanced(criterion->original)
        && !trials_rewrite_balanced(text))
    {
        rc = trials_error(err, TRIALS_FAILED, "a bracket lost");
    }

    trials_trace_tried(rewriter->trace, text,
                       rc == TRIALS_OK ? NULL : err->message);

    if (rc != TRIALS_OK) {
        return rc;
    }

    criterion->plain =
        trials_arena_strdup(rewriter->arena, text.data, text.len);
    criterion->faithful = 1;

    return criterion->plain.data ? TRIALS_OK : TRIALS_NOMEM;
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
