/*
 * Learning abbreviations.  The long form is found from its end: every letter of
 * the abbreviation must be in it, in order, and the first one at the start of a
 * word (after Schwartz and Hearst, 2003).
 */

#include "core/plain/learn.h"

#include <string.h>


#define TRIALS_ABBREVIATION_MAX 10

/* How far before the bracket the long form may begin. */
#define TRIALS_LONG_FORM_MAX 160


static size_t trials_abbreviation_len(const char *p, size_t len);
static trials_str_t
trials_long_form(trials_str_t text, size_t end, const char *abbr, size_t len);
static size_t
trials_long_form_start(trials_str_t text, size_t end, size_t words);
static trials_rc_t  trials_learn_add(trials_terms_t *terms, const char *abbr,
                                     size_t len, trials_str_t form);
static trials_str_t trials_learn_meaning(trials_terms_t *terms,
                                         trials_str_t abbr, trials_str_t form);
static size_t
trials_learned_slot(const trials_terms_t *terms, const char *word, size_t len);
static int trials_alnum(char c);


trials_rc_t
trials_learn(trials_terms_t *terms, trials_str_t text)
{
    size_t       i, len, end;
    trials_rc_t  rc;
    trials_str_t form;

    for (i = 1; i < text.len; i++) {
        if (text.data[i] != '(' && text.data[i] != '[') {
            continue;
        }

        len = trials_abbreviation_len(text.data + i + 1, text.len - i - 1);
        if (len == 0) {
            continue;
        }

        for (end = i;
             end > 0
             && (text.data[end - 1] == ' ' || text.data[end - 1] == '\\');
             end--)
        {
            /* void */
        }

        form = trials_long_form(text, end, text.data + i + 1, len);
        if (form.len == 0) {
            continue;
        }

        rc = trials_learn_add(terms, text.data + i + 1, len, form);
        if (rc != TRIALS_OK) {
            return rc;
        }
    }

    return TRIALS_OK;
}


/* The abbreviation that begins after a bracket and ends before one, or before a
 * sign that parts it from more. */

static size_t
trials_abbreviation_len(const char *p, size_t len)
{
    size_t i, upper;

    upper = 0;

    for (i = 0; i < len && trials_alnum(p[i]); i++) {
        upper += trials_is_upper(p[i]);
    }

    if (i < 2 || i > TRIALS_ABBREVIATION_MAX || upper < 2 || i == len
        || strchr(");],\\", p[i]) == NULL || 2 * upper < i)
    {
        return 0;
    }

    return i;
}


static trials_str_t
trials_long_form(trials_str_t text, size_t end, const char *abbr, size_t len)
{
    size_t       s, l, start, words;
    trials_str_t form = {0, NULL};

    words = len + 5 < 2 * len ? len + 5 : 2 * len;
    start = trials_long_form_start(text, end, words);

    s = len;
    l = end;

    while (s > 0) {
        s--;

        /* The first letter stands at the start of a word. */

        do {
            if (l == start) {
                return form;
            }
            l--;
        } while (trials_lower(text.data[l]) != trials_lower(abbr[s])
                 || (s == 0 && l > 0 && trials_alnum(text.data[l - 1])));
    }

    form.data = text.data + l;
    form.len = end - l;

    /* A form that is hardly longer, or is the abbreviation again, tells
     * nothing. */

    if (form.len < 2 * len || memchr(form.data, ' ', form.len) == NULL
        || memmem(form.data, form.len, abbr, len)
        || memchr(form.data, '\\', form.len))
    {
        form.len = 0;
    }

    return form;
}


/* The start of the last `words` words before end, within their clause. */

static size_t
trials_long_form_start(trials_str_t text, size_t end, size_t words)
{
    size_t i;

    for (i = end; i > 0 && end - i < TRIALS_LONG_FORM_MAX; i--) {
        if (strchr(".;:()[],\n*", text.data[i - 1])) {
            break;
        }

        if (text.data[i - 1] == ' ' && i < end && --words == 0) {
            break;
        }
    }

    return i;
}


static trials_rc_t
trials_learn_add(trials_terms_t *terms, const char *abbr, size_t len,
                 trials_str_t form)
{
    size_t         slot;
    trials_term_t *term;

    slot = trials_learned_slot(terms, abbr, len);

    if (terms->learned[slot] || terms->nlearned == TRIALS_LEARNED_MAX) {
        return TRIALS_OK;
    }

    term = trials_arena_alloc(terms->arena, sizeof(trials_term_t));
    if (term == NULL) {
        return TRIALS_NOMEM;
    }

    term->term = trials_arena_strdup(terms->arena, abbr, len);
    term->abbreviation = 1;
    term->from_record = 1;

    if (term->term.data == NULL) {
        return TRIALS_NOMEM;
    }

    term->meaning = trials_learn_meaning(terms, term->term, form);
    term->slug = trials_terms_slug(terms, term->term);

    if (term->meaning.data == NULL || term->slug.data == NULL) {
        return TRIALS_NOMEM;
    }

    terms->learned[slot] = term;
    terms->nlearned++;

    return TRIALS_OK;
}


/*
 * Where the glossary knows the long form, its explanation is added: a name alone
 * explains little.
 */

static trials_str_t
trials_learn_meaning(trials_terms_t *terms, trials_str_t abbr,
                     trials_str_t form)
{
    int                   value;
    size_t                used;
    trials_str_t          none = {0, NULL}, meaning;
    trials_tokens_t       tokens;
    const trials_entry_t *entry;

    memset(&tokens, 0, sizeof(trials_tokens_t));

    if (trials_tokens_read(&tokens, form) != TRIALS_OK) {
        trials_tokens_free(&tokens);
        return none;
    }

    value = trials_trie_longest(terms->glossary->terms, form, &tokens, 0, &used,
                                NULL);
    entry = value >= 0 && used == tokens.n ? &terms->glossary->entries[value]
                                           : NULL;
    trials_tokens_free(&tokens);

    if (entry == NULL) {
        meaning = trials_arena_strdup(terms->arena, form.data, form.len);

    } else if (entry->term.len == abbr.len
               && memcmp(entry->term.data, abbr.data, abbr.len) == 0)
    {
        meaning = entry->meaning;

    } else {
        meaning = trials_arena_printf(
            terms->arena, "%.*s: %.*s", (int) form.len, form.data,
            (int) entry->meaning.len, entry->meaning.data);
    }

    return meaning;
}


static size_t
trials_learned_slot(const trials_terms_t *terms, const char *word, size_t len)
{
    size_t               i;
    uint32_t             hash;
    const trials_term_t *term;

    hash = 2166136261u;

    for (i = 0; i < len; i++) {
        hash = (hash ^ (unsigned char) word[i]) * 16777619u;
    }

    for (i = hash & (TRIALS_LEARNED_SIZE - 1);;
         i = (i + 1) & (TRIALS_LEARNED_SIZE - 1))
    {
        term = terms->learned[i];

        if (term == NULL
            || (term->term.len == len
                && memcmp(term->term.data, word, len) == 0))
        {
            return i;
        }
    }
}


const trials_term_t *
trials_learned_find(const trials_terms_t *terms, const char *word, size_t len)
{
    if (len < 2 || len > TRIALS_ABBREVIATION_MAX || terms->nlearned == 0) {
        return NULL;
    }

    return terms->learned[trials_learned_slot(terms, word, len)];
}


trials_str_t
trials_terms_slug(trials_terms_t *terms, trials_str_t term)
{
    size_t       i, n, size;
    trials_buf_t buf;
    trials_str_t slug = {0, NULL}, *slugs;

    trials_buf_init(&buf, 256);

    for (i = 0; i < term.len && buf.len < 60; i++) {
        if (trials_alnum(term.data[i])) {
            char c = trials_lower(term.data[i]);
            (void) trials_buf_append(&buf, &c, 1);
        } else if (buf.len && buf.data[buf.len - 1] != '-') {
            (void) trials_buf_append(&buf, "-", 1);
        }
    }

    if (buf.len && buf.data[buf.len - 1] == '-') {
        buf.len--;
    }

    if (buf.len == 0) {
        (void) trials_buf_append(&buf, "term", 4);
    }

    if (buf.failed == TRIALS_OK) {
        slug = trials_arena_strdup(terms->arena, buf.data, buf.len);
    }

    for (n = 2, i = 0; slug.data && i < terms->nslugs; i++) {
        if (terms->slugs[i].len == slug.len
            && memcmp(terms->slugs[i].data, slug.data, slug.len) == 0)
        {
            slug = trials_arena_printf(terms->arena, "%.*s-%zu", (int) buf.len,
                                       buf.data, n++);
            i = (size_t) -1;
        }
    }

    trials_buf_free(&buf);

    if (slug.data == NULL) {
        return slug;
    }

    if (terms->nslugs == terms->slugs_size) {
        size = terms->slugs_size ? 2 * terms->slugs_size : 32;
        slugs = trials_arena_calloc(terms->arena, size, sizeof(trials_str_t));

        if (slugs == NULL) {
            return (trials_str_t){0, NULL};
        }

        if (terms->nslugs) {
            memcpy(slugs, terms->slugs, terms->nslugs * sizeof(trials_str_t));
        }
        terms->slugs = slugs;
        terms->slugs_size = size;
    }

    terms->slugs[terms->nslugs++] = slug;

    return slug;
}


static int
trials_alnum(char c)
{
    return trials_is_digit(c) || trials_is_lower(trials_lower(c));
}
