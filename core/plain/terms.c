/*
 * Marking terms.
 */

#include "core/plain/terms.h"

#include "core/plain/learn.h"

#include <stdlib.h>
#include <string.h>


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
static trials_rc_t trials_terms_entry(trials_terms_t *terms, size_t entry,
                                      const trials_term_t **term);
static int
trials_terms_allowed(trials_terms_t *terms, const trials_entry_t *entry);
static int         trials_terms_names(trials_str_t text, trials_str_t words);
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
        terms->barred = trials_arena_calloc(arena, glossary->nentries, 1);

        if (terms->made == NULL || terms->barred == NULL) {
            return TRIALS_NOMEM;
        }
    }

    rc = trials_terms_about(terms, study);

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
    size_t       i, k;
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

    terms->about = trials_terms_lower(terms->arena, &buf);
    trials_buf_reset(&buf);

    for (i = 0; i < study->ninterventions; i++) {
        const trials_intervention_t *drug;

        drug = &study->interventions[i];
        (void) trials_buf_append(&buf, "\n", 1);
        (void) trials_buf_append(&buf, drug->name.data, drug->name.len);

        for (k = 0; k < drug->nother_names; k++) {
            (void) trials_buf_append(&buf, "\n", 1);
            (void) trials_buf_append(&buf, drug->other_names[k].data,
                                     drug->other_names[k].len);
        }
    }

    terms->products = trials_terms_lower(terms->arena, &buf);
    trials_buf_free(&buf);

    return terms->about.data && terms->products.data ? TRIALS_OK : TRIALS_NOMEM;
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
    int                   value, shouts;
    size_t                i, used, from, start, end;
    trials_rc_t           rc;
    const trials_term_t  *term;
    const trials_token_t *t;

    from = 0;
    shouts = trials_terms_shouts(text);

    for (i = 0; i < tokens->n; i += used) {
        t = &tokens->list[i];
        used = 1;
        term = NULL;

        if (t->kind != TRIALS_TOKEN_SIGN && !shouts) {
            term = trials_learned_find(terms, text.data + t->start, t->len);
        }

        if (term == NULL) {
            value = trials_trie_longest(terms->glossary->terms, text, tokens, i,
                                        &used, NULL);
            used = value < 0 ? 1 : used;

            if (value >= 0
                && !(shouts && terms->glossary->entries[value].abbreviation)) {
                rc = trials_terms_entry(terms, (size_t) value, &term);
                if (rc != TRIALS_OK) {
                    return rc;
                }
            }
        }

        if (term == NULL) {
            used = 1;
            continue;
        }

        start = t->start;
        end = tokens->list[i + used - 1].start + tokens->list[i + used - 1].len;

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


/* The study's object for a glossary entry; NULL where it may not be explained
 * here. */

static trials_rc_t
trials_terms_entry(trials_terms_t *terms, size_t n, const trials_term_t **term)
{
    trials_term_t        *made;
    const trials_entry_t *entry;

    *term = terms->made[n];

    if (*term || terms->barred[n]) {
        return TRIALS_OK;
    }

    entry = &terms->glossary->entries[n];

    if (!trials_terms_allowed(terms, entry)) {
        terms->barred[n] = 1;
        return TRIALS_OK;
    }

    /* What the record spells out itself is one term with its long form. */

    *term = trials_learned_find(terms, entry->term.data, entry->term.len);

    if (*term && (*term)->meaning.data == entry->meaning.data) {
        return TRIALS_OK;
    }

    made = trials_arena_alloc(terms->arena, sizeof(trials_term_t));
    if (made == NULL) {
        return TRIALS_NOMEM;
    }

    made->term = entry->term;
    made->meaning = entry->meaning;
    made->abbreviation = entry->abbreviation;
    made->slug = trials_terms_slug(terms, entry->term);

    if (made->slug.data == NULL) {
        return TRIALS_NOMEM;
    }

    terms->made[n] = made;
    *term = made;

    return TRIALS_OK;
}


/*
 * An ambiguous abbreviation is explained where the study is about what the
 * glossary means; the name of what is tested is never explained as something
 * else.
 */

static int
trials_terms_allowed(trials_terms_t *terms, const trials_entry_t *entry)
{
    if (entry->context.len && !trials_terms_names(terms->about, entry->context))
    {
        return 0;
    }

    return !entry->abbreviation
           || !trials_terms_names(terms->products, entry->term);
}


/* Does text, in lower case, hold one of the words parted by "|"? */

static int
trials_terms_names(trials_str_t text, trials_str_t words)
{
    char        lower[128];
    size_t      i, n;
    const char *p, *end;

    for (i = 0; i < words.len; i += n + 1) {
        for (n = 0; i + n < words.len && words.data[i + n] != '|'; n++) {
            if (n < sizeof(lower)) {
                lower[n] = trials_lower(words.data[i + n]);
            }
        }

        if (n == 0 || n > sizeof(lower)) {
            continue;
        }

        p = text.data;
        end = text.data + text.len;

        while ((p = memmem(p, (size_t) (end - p), lower, n)) != NULL) {
            if ((p == text.data || !trials_is_lower(p[-1]))
                && (p + n == end || !trials_is_lower(p[n])))
            {
                return 1;
            }
            p++;
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
