/*
 * Learning abbreviations.  The long form is found from its end: every letter of
 * the abbreviation must be in it, in order, and the first one at the start of a
 * word (after Schwartz and Hearst, 2003).
 */

#include "core/plain/learn.h"

#include "core/plain/table.h"

#include <string.h>


#define TRIALS_ABBREVIATION_MAX 10

/* How far before the bracket the long form may begin. */
#define TRIALS_LONG_FORM_MAX 160

/* Words that begin with the same letters are taken as the same. */
#define TRIALS_WORD_ALIKE 3

#define TRIALS_LOOK_MAX 40


static int trials_learn_after(trials_str_t text, size_t i, trials_str_t *abbr,
                              trials_str_t *form);
static int trials_learn_before(trials_str_t text, size_t i, trials_str_t *abbr,
                               trials_str_t *form);
static int trials_initials(trials_str_t form, trials_str_t abbr);
static size_t trials_abbreviation_len(const char *p, size_t len);
static trials_str_t
trials_long_form(trials_str_t text, size_t end, const char *abbr, size_t len);
static size_t
trials_long_form_start(trials_str_t text, size_t end, size_t words);
static trials_rc_t trials_learn_add(trials_terms_t *terms, const char *abbr,
                                    size_t len, trials_str_t form);
static trials_rc_t
trials_learn_meaning(const trials_terms_t *terms, trials_term_t *term);
static const trials_entry_t               *
trials_learn_entry(const trials_glossary_t *glossary,
                                 const trials_term_t     *term);
static int    trials_alike(trials_str_t a, trials_str_t b);
static int    trials_word_alike(trials_str_t a, trials_str_t b);
static int    trials_next_word(trials_str_t *text, trials_str_t *word);
static size_t trials_singular(const char *word, size_t len);
static size_t
trials_learned_slot(const trials_terms_t *terms, const char *word, size_t len);
static int trials_alnum(char c);


trials_rc_t
trials_learn(trials_terms_t *terms, trials_str_t text)
{
    size_t       i;
    trials_rc_t  rc;
    trials_str_t abbr, form;

    for (i = 1; i < text.len; i++) {
        if (text.data[i] != '(' && text.data[i] != '[') {
            continue;
        }

        if (!trials_learn_after(text, i, &abbr, &form)
            && !trials_learn_before(text, i, &abbr, &form))
        {
            continue;
        }

        rc = trials_learn_add(terms, abbr.data, abbr.len, form);
        if (rc != TRIALS_OK) {
            return rc;
        }
    }

    return TRIALS_OK;
}


/* "forced vital capacity (FVC)", with the bracket at i. */

static int
trials_learn_after(trials_str_t text, size_t i, trials_str_t *abbr,
                   trials_str_t *form)
{
    size_t end;

    abbr->data = text.data + i + 1;
    abbr->len = trials_abbreviation_len(abbr->data, text.len - i - 1);

    if (abbr->len == 0 || i + 1 + abbr->len == text.len
        || strchr(");],\\", abbr->data[abbr->len]) == NULL)
    {
        return 0;
    }

    for (end = i;
         end > 0 && (text.data[end - 1] == ' ' || text.data[end - 1] == '\\');
         end--)
    {
        /* void */
    }

    *form = trials_long_form(text, end, abbr->data, abbr->len);

    return form->len > 0 && (abbr->len > 2 || trials_initials(*form, *abbr));
}


/* "FVC (forced vital capacity)": all that is in the bracket is the long form. */

static int
trials_learn_before(trials_str_t text, size_t i, trials_str_t *abbr,
                    trials_str_t *form)
{
    size_t       start, end;
    trials_str_t inside;

    end = i - (text.data[i - 1] == ' ');
    start = end;

    while (
        start > 0 && end - start <= TRIALS_ABBREVIATION_MAX
        && (trials_alnum(text.data[start - 1]) || text.data[start - 1] == '-'))
    {
        start--;
    }

    abbr->data = text.data + start;
    abbr->len = end - start;

    if (trials_abbreviation_len(abbr->data, abbr->len) != abbr->len
        || abbr->len == 0)
    {
        return 0;
    }

    inside.data = text.data + i + 1;

    for (inside.len = 0;
         i + 1 + inside.len < text.len && inside.len < TRIALS_LONG_FORM_MAX
         && strchr(")];,\n", inside.data[inside.len]) == NULL;
         inside.len++)
    {
        /* void */
    }

    *form = trials_long_form(inside, inside.len, abbr->data, abbr->len);

    return form->len > 0 && form->data == inside.data
           && trials_initials(*form, *abbr);
}


/* Does every letter of the abbreviation begin a word?  Asked where letters within
 * words would fit too many texts: "IV (in combination with every drug)". */

static int
trials_initials(trials_str_t form, trials_str_t abbr)
{
    size_t       i;
    trials_str_t word;

    for (i = 0; i < abbr.len; i++) {
        if (abbr.data[i] == '-') {
            continue;
        }

        do {
            if (!trials_next_word(&form, &word)) {
                return 0;
            }
        } while (trials_lower(*word.data) != trials_lower(abbr.data[i]));
    }

    return 1;
}


/* The abbreviation at p: letters, digits and hyphens within, half of them at
 * least capitals. */

static size_t
trials_abbreviation_len(const char *p, size_t len)
{
    size_t i, upper, all;

    upper = 0;
    all = 0;

    for (i = 0; i < len; i++) {
        if (trials_alnum(p[i])) {
            upper += trials_is_upper(p[i]);
            all++;

        } else if (p[i] != '-' || i == 0 || i + 1 == len
                   || !trials_alnum(p[i + 1])) {
            break;
        }
    }

    if (all < 2 || i > TRIALS_ABBREVIATION_MAX || upper < 2 || 2 * upper < all)
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

        if (abbr[s] == '-') {
            continue;
        }

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

    len = trials_singular(abbr, len);
    slot = trials_learned_slot(terms, abbr, len);

    if (terms->learned[slot] || terms->nlearned == TRIALS_LEARNED_MAX) {
        return TRIALS_OK;
    }

    term = trials_arena_calloc(terms->arena, 1, sizeof(trials_term_t));
    if (term == NULL) {
        return TRIALS_NOMEM;
    }

    term->term = trials_arena_strdup(terms->arena, abbr, len);
    term->expansion = trials_arena_strdup(terms->arena, form.data, form.len);
    term->abbreviation = 1;
    term->from_record = 1;

    if (term->term.data == NULL || term->expansion.data == NULL) {
        return TRIALS_NOMEM;
    }

    term->slug = trials_terms_slug(terms, term->term);

    if (trials_learn_meaning(terms, term) != TRIALS_OK
        || term->slug.data == NULL) {
        return TRIALS_NOMEM;
    }

    terms->learned[slot] = term;
    terms->nlearned++;
    terms->hyphens |= memchr(abbr, '-', len) != NULL;

    return TRIALS_OK;
}


/*
 * Where the glossary knows the long form, its explanation is added: a name alone
 * explains little.
 */

static trials_rc_t
trials_learn_meaning(const trials_terms_t *terms, trials_term_t *term)
{
    const trials_entry_t *entry;

    entry = trials_learn_entry(terms->glossary, term);

    if (entry == NULL) {
        term->meaning = term->expansion;
        return TRIALS_OK;
    }

    if (entry->term.len == term->term.len
        && memcmp(entry->term.data, term->term.data, term->term.len) == 0)
    {
        term->meaning = entry->meaning;
        return TRIALS_OK;
    }

    term->meaning = trials_arena_printf(
        terms->arena, "%.*s: %.*s", (int) term->expansion.len,
        term->expansion.data, (int) entry->meaning.len, entry->meaning.data);

    return term->meaning.data ? TRIALS_OK : TRIALS_NOMEM;
}


/* The entry of the long form, or that sense of the abbreviation which is spelled
 * out much like it, or what its look tells. */

static const trials_entry_t *
trials_learn_entry(const trials_glossary_t *glossary, const trials_term_t *term)
{
    int                   n;
    trials_str_t          list, form;
    const trials_entry_t *entry;

    n = trials_glossary_find(glossary, term->expansion);
    if (n >= 0) {
        return &glossary->entries[n];
    }

    n = trials_glossary_find(glossary, term->term);

    for (/* void */; n >= 0; n = entry->next) {
        entry = &glossary->entries[n];
        list = entry->forms;

        while (trials_table_piece(&list, &form)) {
            if (trials_alike(form, term->expansion)) {
                return entry;
            }
        }
    }

    n = trials_glossary_look(glossary, term->term.data, term->term.len);

    return n < 0 ? NULL : &glossary->entries[n];
}


/*
 * Do two long forms say the same?  Words are the same where their first letters
 * are; one word of three or more may differ: "mini mental status examination" is
 * "mini-mental state examination".  And b may say more than a.
 */

static int
trials_alike(trials_str_t a, trials_str_t b)
{
    size_t       na, nb, same;
    trials_str_t rest, x, y;

    na = 0;
    same = 0;

    while (trials_next_word(&a, &x)) {
        na++;
        rest = b;

        while (trials_next_word(&rest, &y)) {
            if (trials_word_alike(x, y)) {
                same++;
                b = rest;
                break;
            }
        }
    }

    for (nb = same; trials_next_word(&b, &y); nb++) {
        /* void */
    }

    return same >= 2
           && ((na <= same + 1 && nb <= same + 1) || (same > 2 && na == same));
}


static int
trials_word_alike(trials_str_t a, trials_str_t b)
{
    size_t i, n;

    n = a.len < b.len ? a.len : b.len;
    n = n < TRIALS_WORD_ALIKE ? n : TRIALS_WORD_ALIKE;

    for (i = 0; i < n; i++) {
        if (trials_lower(a.data[i]) != trials_lower(b.data[i])) {
            return 0;
        }
    }

    return 1;
}


static int
trials_next_word(trials_str_t *text, trials_str_t *word)
{
    while (text->len && !trials_alnum(*text->data)) {
        text->data++;
        text->len--;
    }

    word->data = text->data;

    while (text->len && trials_alnum(*text->data)) {
        text->data++;
        text->len--;
    }

    word->len = (size_t) (text->data - word->data);

    return word->len > 0;
}


/* The length without the "s" of a plural: "AEs". */

static size_t
trials_singular(const char *word, size_t len)
{
    return len
           - (len > 2 && word[len - 1] == 's'
              && trials_is_upper(word[len - 2]));
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

    return terms
        ->learned[trials_learned_slot(terms, word, trials_singular(word, len))];
}


const trials_term_t *
trials_learned_at(const trials_terms_t *terms, trials_str_t text,
                  const trials_tokens_t *tokens, size_t i, size_t *used)
{
    size_t                n;
    const char           *word;
    const trials_term_t  *term;
    const trials_token_t *t;

    t = &tokens->list[i];
    word = text.data + t->start;
    n = 1;

    if (terms->hyphens) {
        while (
            n < 5 && i + n < tokens->n && !t[n].space
            && (t[n].kind != TRIALS_TOKEN_SIGN || text.data[t[n].start] == '-'))
        {
            n++;
        }
    }

    for (/* void */; n > 0; n--) {
        term = trials_learned_find(terms, word,
                                   t[n - 1].start + t[n - 1].len - t->start);

        if (term) {
            *used = n;
            return term;
        }
    }

    return NULL;
}


trials_rc_t
trials_learned_look(trials_terms_t *terms, const trials_entry_t *entry,
                    const char *word, size_t len, const trials_term_t **term)
{
    char           lower[TRIALS_LOOK_MAX];
    size_t         i, slot;
    trials_str_t   name;
    trials_term_t *made;

    *term = NULL;

    if (len > sizeof(lower)) {
        return TRIALS_OK;
    }

    for (i = 0; i < len; i++) {
        lower[i] =
            entry->kind == TRIALS_ENTRY_STEM ? trials_lower(word[i]) : word[i];
    }

    slot = trials_learned_slot(terms, lower, len);

    if (terms->learned[slot] || terms->nlearned == TRIALS_LEARNED_MAX) {
        *term = terms->learned[slot];
        return TRIALS_OK;
    }

    name = trials_arena_strdup(terms->arena, lower, len);
    made = name.data ? trials_term_make(terms, entry, name) : NULL;

    if (made == NULL) {
        return TRIALS_NOMEM;
    }

    terms->learned[slot] = made;
    terms->nlearned++;
    *term = made;

    return TRIALS_OK;
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
