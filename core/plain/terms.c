/*
 * Marking terms.
 */

#include "core/plain/terms.h"

#include "core/plain/learn.h"
#include "core/plain/names.h"
#include "core/plain/table.h"

#include <stdlib.h>
#include <string.h>


/* A word of a context that is no longer than this has no ending. */
#define TRIALS_CONTEXT_WHOLE 3


/* May an entry be explained in this study? */
typedef enum {
    TRIALS_ALLOWED_UNKNOWN = 0,
    TRIALS_ALLOWED_HERE,
    TRIALS_ALLOWED_NEAR, /* beside a word of its context */
    TRIALS_ALLOWED_NOT
} trials_allowed_t;

typedef struct {
    trials_run_t *list; /* malloc'ed */
    size_t        n;
    size_t        size;
} trials_runs_t;


static trials_rc_t
trials_terms_texts(trials_terms_t *terms, const trials_study_t *study);
static trials_rc_t
trials_terms_about(trials_terms_t *terms, const trials_study_t *study);
static trials_str_t
trials_terms_lower(trials_arena_t *arena, trials_buf_t *buf);
static trials_rc_t
trials_terms_scan(trials_terms_t *terms, trials_str_t text,
                  const trials_tokens_t *tokens, trials_runs_t *runs);
static trials_rc_t
trials_terms_at(trials_terms_t *terms, trials_str_t text,
                const trials_tokens_t *tokens, size_t i, int shouts,
                size_t *used, const trials_term_t **term);
static size_t
trials_terms_within(const trials_terms_t *terms, int value, trials_str_t text,
                    const trials_tokens_t *tokens, size_t i, size_t used);
static int
trials_terms_spelled(const trials_terms_t *terms, int value,
                     const trials_tokens_t *tokens, size_t i, size_t used);
static trials_rc_t
trials_terms_sense(trials_terms_t *terms, int n, trials_str_t text,
                   const trials_term_t **term);
static trials_rc_t
trials_terms_entry(trials_terms_t *terms, size_t n, const trials_term_t **term);
static trials_rc_t trials_terms_look(trials_terms_t *terms, const char *word,
                                     size_t len, const trials_term_t **term);
static int
trials_terms_allowed(trials_terms_t *terms, size_t n, trials_str_t text);
static int
trials_terms_about_one(const trials_terms_t *terms, trials_str_t words);
static int         trials_terms_near(trials_str_t text, trials_str_t words);
static int         trials_terms_shouts(trials_str_t text);
static trials_rc_t trials_runs_add(trials_runs_t *runs, trials_str_t text,
                                   const trials_term_t *term);


trials_rc_t
trials_terms_init(trials_terms_t *terms, trials_arena_t *arena,
                  const trials_glossary_t *glossary,
                  const trials_study_t    *study)
{
    trials_rc_t rc;

    memset(terms, 0, sizeof(trials_terms_t));
    terms->arena = arena;
    terms->glossary = glossary;

    if (glossary->nentries) {
        terms->made = trials_arena_calloc(arena, glossary->nentries,
                                          sizeof(trials_term_t *));
        terms->allowed = trials_arena_calloc(arena, glossary->nentries, 1);

        if (terms->made == NULL || terms->allowed == NULL) {
            return TRIALS_NOMEM;
        }
    }

    rc = trials_terms_about(terms, study);

    if (rc == TRIALS_OK) {
        rc = trials_names_init(terms, study);
    }

    return rc == TRIALS_OK ? trials_terms_texts(terms, study) : rc;
}


/* Learns from every text in which a record defines what it abbreviates. */

static trials_rc_t
trials_terms_texts(trials_terms_t *terms, const trials_study_t *study)
{
    size_t       i;
    trials_rc_t  rc;
    trials_str_t texts[] = {study->brief_title, study->official_title,
                            study->brief_summary, study->criteria,
                            study->detailed_description};

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        rc = trials_learn(terms, texts[i]);
        if (rc != TRIALS_OK) {
            return rc;
        }
    }

    for (i = 0; i < study->nconditions; i++) {
        rc = trials_learn(terms, study->conditions[i]);
        if (rc != TRIALS_OK) {
            return rc;
        }
    }

    for (i = 0; i < study->nprimary_outcomes; i++) {
        rc = trials_learn(terms, study->primary_outcomes[i].measure);
        if (rc == TRIALS_OK) {
            rc = trials_learn(terms, study->primary_outcomes[i].description);
        }
        if (rc != TRIALS_OK) {
            return rc;
        }
    }

    for (i = 0; i < study->narms; i++) {
        rc = trials_learn(terms, study->arms[i].description);
        if (rc != TRIALS_OK) {
            return rc;
        }
    }

    return TRIALS_OK;
}


static trials_rc_t
trials_terms_about(trials_terms_t *terms, const trials_study_t *study)
{
    size_t       i;
    trials_buf_t buf;

    trials_buf_init(&buf, 1024 * 1024);

    (void) trials_buf_append(&buf, study->brief_title.data,
                             study->brief_title.len);
    (void) trials_buf_append(&buf, "\n", 1);
    (void) trials_buf_append(&buf, study->official_title.data,
                             study->official_title.len);

    for (i = 0; i < study->nconditions + study->nkeywords; i++) {
        const trials_str_t *s;

        s = i < study->nconditions ? &study->conditions[i]
                                   : &study->keywords[i - study->nconditions];
        (void) trials_buf_append(&buf, "\n", 1);
        (void) trials_buf_append(&buf, s->data, s->len);
    }

    for (i = 0; i < study->ncondition_terms; i++) {
        (void) trials_buf_append(&buf, "\n", 1);
        (void) trials_buf_append(&buf, study->condition_terms[i].data,
                                 study->condition_terms[i].len);
    }

    for (i = 0; i < study->ninterventions; i++) {
        (void) trials_buf_append(&buf, "\n", 1);
        (void) trials_buf_append(&buf, study->interventions[i].name.data,
                                 study->interventions[i].name.len);
    }

    terms->about = trials_terms_lower(terms->arena, &buf);
    trials_buf_free(&buf);

    return terms->about.data ? TRIALS_OK : TRIALS_NOMEM;
}


static trials_str_t
trials_terms_lower(trials_arena_t *arena, trials_buf_t *buf)
{
    size_t       i;
    trials_str_t none = {0, NULL};

    if (buf->failed == TRIALS_NOMEM) {
        return none;
    }

    for (i = 0; i < buf->len; i++) {
        buf->data[i] = trials_lower(buf->data[i]);
    }

    return trials_arena_strdup(arena, buf->len ? buf->data : "", buf->len);
}


trials_rc_t
trials_terms_mark(trials_terms_t *terms, trials_str_t text, trials_text_t *out)
{
    trials_rc_t     rc;
    trials_runs_t   runs;
    trials_tokens_t tokens;

    memset(out, 0, sizeof(trials_text_t));
    memset(&runs, 0, sizeof(trials_runs_t));
    memset(&tokens, 0, sizeof(trials_tokens_t));

    if (text.len == 0) {
        return TRIALS_OK;
    }

    rc = trials_tokens_read(&tokens, text);

    if (rc == TRIALS_OK) {
        rc = trials_terms_scan(terms, text, &tokens, &runs);
    }

    if (rc == TRIALS_OK && runs.n) {
        out->runs =
            trials_arena_calloc(terms->arena, runs.n, sizeof(trials_run_t));

        if (out->runs) {
            memcpy(out->runs, runs.list, runs.n * sizeof(trials_run_t));
            out->nruns = runs.n;
        } else {
            rc = TRIALS_NOMEM;
        }
    }

    trials_tokens_free(&tokens);
    free(runs.list);

    return rc;
}


static trials_rc_t
trials_terms_scan(trials_terms_t *terms, trials_str_t text,
                  const trials_tokens_t *tokens, trials_runs_t *runs)
{
    int                   shouts;
    size_t                i, used, from, start, end;
    trials_rc_t           rc;
    const trials_term_t  *term;
    const trials_token_t *last;

    from = 0;
    shouts = trials_terms_shouts(text);

    for (i = 0; i < tokens->n; i += used) {
        rc = trials_terms_at(terms, text, tokens, i, shouts, &used, &term);
        if (rc != TRIALS_OK) {
            return rc;
        }

        if (term == NULL) {
            used = 1;
            continue;
        }

        last = &tokens->list[i + used - 1];
        start = tokens->list[i].start;
        end = last->start + last->len;

        rc = trials_runs_add(
            runs, (trials_str_t){start - from, text.data + from}, NULL);
        if (rc == TRIALS_OK) {
            rc = trials_runs_add(
                runs, (trials_str_t){end - start, text.data + start}, term);
        }
        if (rc != TRIALS_OK) {
            return rc;
        }

        from = end;
    }

    return trials_runs_add(
        runs, (trials_str_t){text.len - from, text.data + from}, NULL);
}


/*
 * The term that begins at token i and the tokens that it covers.  The longest
 * one wins; of equal ones what the record defines; what a word looks like comes
 * last.
 */

static trials_rc_t
trials_terms_at(trials_terms_t *terms, trials_str_t text,
                const trials_tokens_t *tokens, size_t i, int shouts,
                size_t *used, const trials_term_t **term)
{
    int                   value;
    size_t                n, start, inner;
    trials_rc_t           rc;
    trials_tokens_t       before;
    const trials_token_t *t;

    *term = NULL;
    *used = 1;
    t = &tokens->list[i];

    if (t->kind == TRIALS_TOKEN_SIGN || trials_names_not(text, tokens, i)) {
        return TRIALS_OK;
    }

    n = 0;
    *term = shouts ? NULL : trials_learned_at(terms, text, tokens, i, &n);
    value = trials_trie_longest(terms->glossary->terms, text, tokens, i, used,
                                NULL);

    if (value >= 0 && *used > n) {
        inner = trials_terms_within(terms, value, text, tokens, i, *used);

        /* "Active hepatitis": that "hepatitis" is marked by itself, and so is
         * what stands before it. */

        if (inner) {
            before = *tokens;
            before.n = i + inner;

            return trials_terms_at(terms, text, &before, i, shouts, used, term);
        }
    }

    if (value >= 0 && *used > n
        && !(shouts
             && terms->glossary->entries[value].kind
                    == TRIALS_ENTRY_ABBREVIATION))
    {
        rc = trials_terms_spelled(terms, value, tokens, i, *used)
                 ? trials_terms_entry(terms, (size_t) value, term)
                 : trials_terms_sense(terms, value, text, term);

    } else if (*term) {
        *used = n;
        rc = TRIALS_OK;

    } else {
        *used = 1;
        return trials_terms_look(terms, text.data + t->start, t->len, term);
    }

    if (rc == TRIALS_OK && *term) {
        t = &tokens->list[i + *used - 1];
        start = tokens->list[i].start;

        if (trials_names_cover(terms, text, start, t->start + t->len - start)) {
            *term = NULL;
        }
    }

    return rc;
}


static trials_rc_t
trials_runs_add(trials_runs_t *runs, trials_str_t text,
                const trials_term_t *term)
{
    size_t        size;
    trials_run_t *list;

    if (text.len == 0) {
        return TRIALS_OK;
    }

    if (runs->n == runs->size) {
        size = runs->size ? 2 * runs->size : 16;

        list = realloc(runs->list, size * sizeof(trials_run_t));
        if (list == NULL) {
            return TRIALS_NOMEM;
        }

        runs->list = list;
        runs->size = size;
    }

    runs->list[runs->n].text = text;
    runs->list[runs->n].term = term;
    runs->n++;

    return TRIALS_OK;
}


/* Where a form of the same term begins that ends what was found at token i, or 0:
 * "active hepatitis" explains "hepatitis"; not so "5-FU". */

static size_t
trials_terms_within(const trials_terms_t *terms, int value, trials_str_t text,
                    const trials_tokens_t *tokens, size_t i, size_t used)
{
    size_t k, n;

    for (k = 1; k < used; k++) {
        if (tokens->list[i + k].space
            && trials_trie_longest(terms->glossary->terms, text, tokens, i + k,
                                   &n, NULL)
                   == value
            && n == used - k)
        {
            return k;
        }
    }

    return 0;
}


/* An abbreviation that is spelled out has one sense only. */

static int
trials_terms_spelled(const trials_terms_t *terms, int value,
                     const trials_tokens_t *tokens, size_t i, size_t used)
{
    size_t k;

    for (k = i + 1; k < i + used && !tokens->list[k].space; k++) {
        /* void */
    }

    return k < i + used
           && terms->glossary->entries[value].kind == TRIALS_ENTRY_ABBREVIATION;
}


/* The study's object for the sense of an entry that fits here; NULL where none
 * does. */

static trials_rc_t
trials_terms_sense(trials_terms_t *terms, int n, trials_str_t text,
                   const trials_term_t **term)
{
    *term = NULL;

    for (/* void */; n >= 0; n = terms->glossary->entries[n].next) {
        if (trials_terms_allowed(terms, (size_t) n, text)) {
            return trials_terms_entry(terms, (size_t) n, term);
        }
    }

    return TRIALS_OK;
}


static trials_rc_t
trials_terms_entry(trials_terms_t *terms, size_t n, const trials_term_t **term)
{
    trials_term_t        *made;
    const trials_entry_t *entry;

    *term = terms->made[n];

    if (*term) {
        return TRIALS_OK;
    }

    entry = &terms->glossary->entries[n];

    /* What the record spells out itself is one term with its long form. */

    *term = trials_learned_find(terms, entry->term.data, entry->term.len);

    if (*term && (*term)->meaning.data == entry->meaning.data) {
        return TRIALS_OK;
    }

    made = trials_term_make(terms, entry, entry->term);
    if (made == NULL) {
        return TRIALS_NOMEM;
    }

    terms->made[n] = made;
    *term = made;

    return TRIALS_OK;
}


/* A word that is not in the glossary, but whose look tells what it is. */

static trials_rc_t
trials_terms_look(trials_terms_t *terms, const char *word, size_t len,
                  const trials_term_t **term)
{
    int n;

    *term = NULL;
    n = trials_glossary_look(terms->glossary, word, len);

    return n < 0 ? TRIALS_OK
                 : trials_learned_look(terms, &terms->glossary->entries[n],
                                       word, len, term);
}


trials_term_t *
trials_term_make(trials_terms_t *terms, const trials_entry_t *entry,
                 trials_str_t name)
{
    trials_term_t *made;

    made = trials_arena_calloc(terms->arena, 1, sizeof(trials_term_t));
    if (made == NULL) {
        return NULL;
    }

    made->term = name;
    made->meaning = entry->meaning;
    made->abbreviation = entry->kind == TRIALS_ENTRY_ABBREVIATION;
    made->slug = trials_terms_slug(terms, name);

    if (made->abbreviation) {
        made->expansion = trials_entry_expansion(entry);
    }

    return made->slug.data ? made : NULL;
}


/*
 * An ambiguous abbreviation is explained where the study, or the text itself,
 * is about what the glossary means; the study's own name and what it tests are
 * never explained as something else.
 */

static int
trials_terms_allowed(trials_terms_t *terms, size_t n, trials_str_t text)
{
    unsigned char        *allowed;
    const trials_entry_t *entry;

    allowed = &terms->allowed[n];
    entry = &terms->glossary->entries[n];

    if (*allowed == TRIALS_ALLOWED_UNKNOWN) {
        if (entry->kind == TRIALS_ENTRY_ABBREVIATION
            && trials_names_own(terms, entry->term))
        {
            *allowed = TRIALS_ALLOWED_NOT;

        } else if (entry->context.len == 0
                   || trials_terms_about_one(terms, entry->context))
        {
            *allowed = TRIALS_ALLOWED_HERE;

        } else {
            *allowed = TRIALS_ALLOWED_NEAR;
        }
    }

    return *allowed == TRIALS_ALLOWED_HERE
           || (*allowed == TRIALS_ALLOWED_NEAR
               && trials_terms_near(text, entry->context));
}


/* Is the study about one of the words parted by "|"?  A word that is not short
 * may have any ending. */

static int
trials_terms_about_one(const trials_terms_t *terms, trials_str_t words)
{
    const char  *p, *start, *end;
    trials_str_t word;

    start = terms->about.data;
    end = start + terms->about.len;

    while (trials_table_piece(&words, &word)) {
        if (word.len == 0 || word.data[0] == '~') {
            continue;
        }

        for (p = start;
             (p = memmem(p, (size_t) (end - p), word.data, word.len)) != NULL;
             p++)
        {
            if ((p == start || !trials_is_lower(p[-1]))
                && (word.len > TRIALS_CONTEXT_WHOLE || p + word.len == end
                    || !trials_is_lower(p[word.len])))
            {
                return 1;
            }
        }
    }

    return 0;
}


/* Does text hold one of the words that begin with "~"? */

static int
trials_terms_near(trials_str_t text, trials_str_t words)
{
    size_t       i, k;
    trials_str_t word;

    while (trials_table_piece(&words, &word)) {
        if (word.len < 2 || word.data[0] != '~') {
            continue;
        }

        word.data++;
        word.len--;

        for (i = 0; i + word.len <= text.len; i++) {
            if (i && trials_is_lower(trials_lower(text.data[i - 1]))) {
                continue;
            }

            for (k = 0; k < word.len; k++) {
                if (trials_lower(text.data[i + k]) != word.data[k]) {
                    break;
                }
            }

            if (k == word.len
                && (k > TRIALS_CONTEXT_WHOLE || i + k == text.len
                    || !trials_is_lower(trials_lower(text.data[i + k]))))
            {
                return 1;
            }
        }
    }

    return 0;
}


/* In a text of capitals an abbreviation looks like any other word. */

static int
trials_terms_shouts(trials_str_t text)
{
    size_t i, upper, lower;

    upper = 0;
    lower = 0;

    for (i = 0; i < text.len; i++) {
        upper += trials_is_upper(text.data[i]);
        lower += trials_is_lower(text.data[i]);
    }

    return upper > 20 && upper > 3 * lower;
}
