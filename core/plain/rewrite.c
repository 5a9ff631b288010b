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


int
trials_rewrite_turns(trials_str_t line)
{
    int                      joins, denies, holds;
    size_t                   i, n;
    static const char *const eligible[] = {"eligible", "ineligible", "excluded",
                                           "enrolled", "enter",      "enroll",
                                           "criteria", NULL};
    static const char *const includes[] = {"includes", "include", "including",
                                           NULL};
    static const char *const denials[] = {"no", "not", "cannot", NULL};
    static const char *const words[] = {
        "none",       "never",      "without",   "except",   "exception",
        "exceptions", "unless",     "excluding", "free",     "absence",
        "allowed",    "permitted",  "lack",      "other",    "nor",
        "neither",    "acceptable", "example",   "examples", "methods",
        "method",     "women",      "woman",     "females",  "female",
        "men",        "males",      "male",      "partners", NULL};

    joins = 0;
    denies = 0;
    holds = 0;

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

        joins |= n && trials_word_in(line.data + i, n, eligible);
        denies |= n && trials_word_in(line.data + i, n, denials);
        holds |= n && trials_word_in(line.data + i, n, includes);
    }

    /* "Not eligible if any of the following" denies nothing of what follows, and
     * "The main criteria include" has no parts. */

    return (denies || holds) && !joins;
}


int
trials_rewrite_titles(trials_str_t line)
{
    size_t                   i, n, words;
    static const char *const asks[] = {"adequate", "normal", "sufficient",
                                       "having",   "taking", "inability",
                                       NULL};
    static const char *const leads[] = {
        "any",      "all",       "both",    "either",    "one",     "two",
        "more",     "least",     "below",   "following", "follows", "these",
        "criteria", "criterion", "with",    "without",   "that",    "which",
        "who",      "as",        "if",      "must",      "has",     "have",
        "had",      "is",        "are",     "be",        "meets",   "meet",
        "meeting",  "requiring", "needing", "defined",   "such",    "like",
        "include",  "includes",  "namely",  "including", "except",  NULL};
    static const char *const ends[] = {"of", "by",  "for", "to", "from",
                                       "in", "and", "or",  NULL};

    words = 0;

    if (line.len == 0 || line.data[line.len - 1] != ':') {
        return 0;
    }

    for (i = 0; i < line.len; i += n + (n == 0)) {
        for (n = 0; i + n < line.len
                    && trials_is_lower(trials_lower(line.data[i + n]));
             n++)
        {
            /* void */
        }

        if (n == 0) {
            continue;
        }

        if (trials_word_in(line.data + i, n, leads)
            || (words == 0 && trials_word_in(line.data + i, n, asks))
            || (i + n + 1 == line.len
                && trials_word_in(line.data + i, n, ends)))
        {
            return 0;
        }

        words++;
    }

    return words <= TRIALS_REWRITE_TITLE;
}


int
trials_rewrite_denies(trials_str_t sentence)
{
    int                      denial;
    size_t                   i, n, depth, words;
    static const char *const starts[] = {"no",   "without", "absence",
                                         "free", "none",    NULL};
    static const char *const denials[] = {"no",    "without", "absence", "none",
                                          "never", "neither", "free",    NULL};

    denial = 0;
    depth = 0;
    words = 0;

    for (i = 0; i < sentence.len; i += n + (n == 0)) {
        depth += sentence.data[i] == '(';
        depth -= depth && sentence.data[i] == ')';

        for (n = 0; i + n < sentence.len
                    && trials_is_lower(trials_lower(sentence.data[i + n]));
             n++)
        {
            /* void */
        }

        words += n > 0;

        if (depth) {
            continue;
        }

        if (n && words < 4 && trials_word_in(sentence.data + i, n, starts)) {
            return 1;
        }

        denial |= n && trials_word_in(sentence.data + i, n, denials);

        if (denial && sentence.data[i] == ':') {
            return 1;
        }
    }

    return 0;
}


int
trials_rewrite_denied(trials_str_t sentence)
{
    size_t                   n;
    static const char *const own[] = {
        "no",           "not",      "has",      "have",   "is",
        "are",          "must",     "can",      "able",   "you",
        "your",         "willing",  "signed",   "agrees", "agree",
        "without",      "absence",  "negative", "people", "patients",
        "participants", "subjects", "those",    "who",    NULL};

    for (n = 0;
         n < sentence.len && trials_is_lower(trials_lower(sentence.data[n]));
         n++)
    {
        /* void */
    }

    return !trials_word_in(sentence.data, n, own);
}


void
trials_rewrite_capital(trials_buf_t *buf, size_t at)
{
    int    roman;
    size_t n;

    if (buf->failed != TRIALS_OK || buf->len <= at
        || !trials_is_lower(buf->data[at]))
    {
        return;
    }

    for (n = at, roman = 1; n < buf->len && trials_is_lower(buf->data[n]); n++)
    {
        roman &= strchr("ivx", buf->data[n]) != NULL;
    }

    /* "iv. Asthma": the mark of an item, IV. */

    if (roman && n > at + 1 && (n == buf->len || buf->data[n] == '.')) {
        for (/* void */; n > at; n--) {
            buf->data[n - 1] = trials_upper(buf->data[n - 1]);
        }
        return;
    }

    if ((n < at + 2 && !(buf->data[at] == 'a' && buf->data[at + 1] == ' ')
         && !(n + 1 < buf->len && buf->data[n] == '-'
              && trials_is_lower(buf->data[n + 1])))
        || (n < buf->len
            && (trials_is_upper(buf->data[n]) || trials_is_digit(buf->data[n])
                || (unsigned char) buf->data[n] >= 0xc0))
        || (n + 1 < buf->len && buf->data[n] == '-'
            && trials_is_upper(buf->data[n + 1]) && n < at + 3))
    {
        return;
    }

    buf->data[at] = trials_upper(buf->data[at]);
}


void
trials_rewrite_small(trials_buf_t *buf, size_t at)
{
    int                      vowels;
    size_t                   n;
    static const char *const names[] = {"parkinson's",
                                        "parkinson",
                                        "crohn's",
                                        "alzheimer's",
                                        "alzheimer",
                                        "hodgkin",
                                        "hodgkin's",
                                        "karnofsky",
                                        "lansky",
                                        "eastern",
                                        "new",
                                        "american",
                                        "cushing's",
                                        "down",
                                        "sjogren's",
                                        "gilbert's",
                                        "gilbert",
                                        "child",
                                        "ewing",
                                        "barrett's",
                                        "european",
                                        "international",
                                        "fitzpatrick",
                                        "german",
                                        "english",
                                        "french",
                                        "spanish",
                                        "chinese",
                                        "japanese",
                                        "indian",
                                        "medicare",
                                        "medicaid",
                                        "raynaud's",
                                        "graves",
                                        "wilson's",
                                        "epstein",
                                        "helicobacter",
                                        "staphylococcus",
                                        "japan",
                                        "china",
                                        "addison's",
                                        "behcet's",
                                        "huntington's",
                                        "marfan",
                                        "turner",
                                        "kawasaki",
                                        "guillain",
                                        "lou",
                                        "burkitt",
                                        "burkitt's",
                                        "kaposi",
                                        "kaposi's",
                                        "merkel",
                                        "wilms",
                                        "philadelphia",
                                        "clostridium",
                                        "candida",
                                        "i",
                                        "duchenne",
                                        "fabry",
                                        "gaucher",
                                        "pompe",
                                        "tourette",
                                        "tourette's",
                                        "african",
                                        "hispanic",
                                        "asian",
                                        "caucasian",
                                        "beck",
                                        "montreal",
                                        "hamilton",
                                        "montgomery",
                                        "world",
                                        "gleason",
                                        "bristol",
                                        "mayo",
                                        "rome",
                                        "mini",
                                        "expanded",
                                        "columbia",
                                        "fanconi",
                                        "fanconi's",
                                        "wegener",
                                        "wegener's",
                                        "takayasu",
                                        "takayasu's",
                                        "behcet",
                                        "sjogren",
                                        "graves'",
                                        "hashimoto",
                                        "hashimoto's",
                                        "cushing",
                                        "addison",
                                        "wilson",
                                        "ehlers",
                                        "lambert",
                                        "meniere",
                                        "meniere's",
                                        "paget's",
                                        "barrett",
                                        "castleman",
                                        "waldenstrom",
                                        "waldenstrom's",
                                        "langerhans",
                                        "bloom",
                                        "noonan",
                                        "prader",
                                        "angelman",
                                        "rett",
                                        "dravet",
                                        "lennox",
                                        "charcot",
                                        "friedreich",
                                        "friedreich's",
                                        "creutzfeldt",
                                        "ebola",
                                        "zika",
                                        "lyme",
                                        "dupuytren's",
                                        "peyronie's",
                                        "stevens",
                                        "erdheim",
                                        "klinefelter",
                                        "alport",
                                        "brugada",
                                        "eisenmenger",
                                        "eisenmenger's",
                                        "lynch",
                                        "cowden",
                                        "hirschsprung's",
                                        "asperger's",
                                        "bell's",
                                        "chiari",
                                        "modic",
                                        "oswestry",
                                        "rankin",
                                        "glasgow",
                                        "korean",
                                        "italian",
                                        "latino",
                                        NULL};

    if (buf->len <= at || !trials_is_upper(buf->data[at])) {
        return;
    }

    vowels = 0;

    for (n = at; n < buf->len && trials_is_lower(trials_lower(buf->data[n]));
         n++) {
        vowels |= strchr("aeiouy", trials_lower(buf->data[n])) != NULL;
    }

    /* "Hb", "Plt". */

    if (!vowels) {
        return;
    }

    for (n = at + 1; n < buf->len
                     && (trials_is_lower(buf->data[n]) || buf->data[n] == '\'');
         n++)
    {
        /* void */
    }

    if (n < at + 2
        || (n < buf->len
            && (trials_is_upper(buf->data[n]) || trials_is_digit(buf->data[n])
                || (unsigned char) buf->data[n] >= 0xc0))
        || trials_word_in(buf->data + at, n - at, names))
    {
        if (!(n == at + 1 && buf->data[at] == 'A' && n < buf->len
              && buf->data[n] == ' '))
        {
            return;
        }
    }

    buf->data[at] = trials_lower(buf->data[at]);
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
