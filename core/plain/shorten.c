/*
 * Long forms that go.  Those that state a number, a negation or an alternative
 * stay, so that the check can follow.
 */

#include "core/plain/shorten.h"

#include "core/plain/forms.h"
#include "core/plain/table.h"

#include <string.h>


typedef struct {
    trials_glossary_t *glossary;
    trials_trie_t     *seen; /* the phrases there are: in any case one */
    size_t             n;    /* the entry */
} trials_shortener_t;


static trials_rc_t
trials_short_forms_of(trials_shortener_t *s, trials_str_t abbr);
static trials_rc_t trials_short_form(trials_shortener_t *s, trials_str_t first,
                                     trials_str_t second, trials_str_t to);
static int trials_short_term(const trials_entry_t *entry, trials_str_t form);
static int
trials_short_form_may(const trials_shortener_t *s, trials_str_t form);


trials_rc_t
trials_short_forms_add(trials_glossary_t *glossary)
{
    trials_rc_t        rc;
    trials_str_t       list, abbr;
    trials_entry_t    *entry;
    trials_shortener_t s;

    s.glossary = glossary;
    s.seen = trials_trie_create();
    rc = s.seen ? TRIALS_OK : TRIALS_NOMEM;

    for (s.n = 0; rc == TRIALS_OK && s.n < glossary->nentries; s.n++) {
        entry = &glossary->entries[s.n];

        if (entry->kind != TRIALS_ENTRY_ABBREVIATION) {
            continue;
        }

        abbr = entry->term;
        list = entry->forms;

        do {
            if (!trials_form_long(entry, abbr)) {
                rc = trials_short_forms_of(&s, abbr);
            }
        } while (rc == TRIALS_OK && trials_table_piece(&list, &abbr));
    }

    trials_trie_destroy(s.seen);

    return rc;
}


static trials_rc_t
trials_short_forms_of(trials_shortener_t *s, trials_str_t abbr)
{
    trials_rc_t           rc;
    trials_str_t          list, form;
    const trials_entry_t *entry;

    entry = &s->glossary->entries[s->n];
    list = entry->forms;
    form = entry->term;
    rc = TRIALS_OK;

    if (!trials_short_form_may(s, abbr)) {
        return TRIALS_OK;
    }

    do {
        if (form.data == abbr.data || !trials_short_form_may(s, form)) {
            continue;
        }

        rc = trials_short_form(s, form, abbr,
                               trials_short_term(entry, form) ? form : abbr);

        if (rc == TRIALS_OK && trials_form_long(entry, form)) {
            rc = trials_short_form(s, abbr, form, abbr);
        }
    } while (rc == TRIALS_OK && trials_table_piece(&list, &form));

    return rc;
}


/* "ALT" of "ALT (SGPT)", "ECGs": of two short ones the term itself stays. */

static int
trials_short_term(const trials_entry_t *entry, trials_str_t form)
{
    return !trials_form_long(entry, form) && form.len >= entry->term.len
           && form.len <= entry->term.len + 1
           && memcmp(form.data, entry->term.data, entry->term.len) == 0
           && (form.len == entry->term.len || form.data[form.len - 1] == 's');
}


static trials_rc_t
trials_short_form(trials_shortener_t *s, trials_str_t first,
                  trials_str_t second, trials_str_t to)
{
    char        *p;
    trials_rc_t  rc;
    trials_str_t from;

    /* "first (second)" */

    from.len = first.len + second.len + sizeof(" ()") - 1;

    p = trials_arena_alloc(s->glossary->arena, from.len + 1);
    if (p == NULL) {
        return TRIALS_NOMEM;
    }

    from.data = p;
    memcpy(p, first.data, first.len);
    p += first.len;
    memcpy(p, " (", 2);
    memcpy(p + 2, second.data, second.len);
    p[2 + second.len] = ')';

    rc = trials_trie_add(s->seen, from, 0, (int) s->glossary->nswaps);

    if (rc == TRIALS_OK) {
        return trials_glossary_swap(s->glossary, from, to, 1);
    }

    return rc == TRIALS_NOMEM ? rc : TRIALS_OK;
}


static int
trials_short_form_may(const trials_shortener_t *s, trials_str_t form)
{
    int          at;
    size_t       i, k;
    trials_str_t word;

    /* What the check reads as more than a word. */

    static const char *const states[] = {
        "all",       "and",      "any",    "as",   "dual", "during", "g",
        "her",       "his",      "in",     "iuln", "last", "mg",     "gmg",
        "n",         "negative", "no",     "non",  "not",  "one",    "or",
        "per",       "positive", "tens",   "time", "two",  "three",  "uln",
        "under",     "unit",     "unl",    "who",  "x",    "y",      "without",
        "milligram", "able",     "normal", "am",   "ten",  "an",     "is",
        "it",        NULL};

    for (i = 0; i < form.len; i = k + 1) {
        for (k = i; k < form.len && form.data[k] != ' ' && form.data[k] != '-';
             k++) {
            if (trials_is_digit(form.data[k]) || strchr("/.&+", form.data[k])) {
                return 0;
            }
        }

        word.data = form.data + i;
        word.len = k - i;

        if (trials_word_in(word.data, word.len, states)) {
            return 0;
        }
    }

    at = trials_glossary_find(s->glossary, form);

    while (at >= 0 && (size_t) at != s->n) {
        at = s->glossary->entries[at].next;
    }

    return at >= 0;
}
