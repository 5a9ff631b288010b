/*
 * Forms that need not be written down: the data files are in American spelling
 * and in the singular.  A form that is no word is met nowhere and does no harm.
 */

#include "core/plain/forms.h"

#include "core/plain/table.h"

#include <string.h>


#define TRIALS_FORM_MAX 160


typedef struct {
    char   data[TRIALS_FORM_MAX];
    size_t len;
} trials_form_t;


static trials_rc_t
trials_forms_of(trials_glossary_t *glossary, size_t n, trials_str_t form);
static trials_rc_t trials_form_derived(trials_glossary_t *glossary, size_t n,
                                       const trials_form_t *form);
static void trials_form_plural(trials_form_t *form, trials_entry_kind_t kind);
static int  trials_form_british(trials_form_t *form);
static void trials_form_apostrophe(trials_form_t *form, const char *to);
static void
trials_form_splice(trials_form_t *form, size_t at, size_t len, const char *to);
static int trials_form_ends(const trials_form_t *form, const char *end);


/* American, British, by the first letter.  Written to be applied from left to
 * right, once; the first that fits is taken. */

typedef struct {
    trials_str_t from; /* of no length at the end of a letter's list */
    const char  *to;
} trials_spelling_t;

static const trials_spelling_t trials_spellings[26][8] = {
    ['a' - 'a'] = {{trials_str("anesth"), "anaesth"},
                   {trials_str("anemi"), "anaemi"}},
    ['b' - 'a'] = {{trials_str("behavior"), "behaviour"}},
    ['c' - 'a'] = {{trials_str("celiac"), "coeliac"},
                   {trials_str("center"), "centre"},
                   {trials_str("color"), "colour"},
                   {trials_str("cesarean"), "caesarean"},
                   {trials_str("catheteriz"), "catheteris"}},
    ['e' - 'a'] = {{trials_str("emia"), "aemia"},
                   {trials_str("emic"), "aemic"},
                   {trials_str("edema"), "oedema"},
                   {trials_str("esoph"), "oesoph"},
                   {trials_str("estro"), "oestro"},
                   {trials_str("etiolog"), "aetiolog"}},
    ['f' - 'a'] = {{trials_str("fetal"), "foetal"},
                   {trials_str("fetus"), "foetus"},
                   {trials_str("fiber"), "fibre"}},
    ['g' - 'a'] = {{trials_str("gynec"), "gynaec"}},
    ['h' - 'a'] = {{trials_str("hemo"), "haemo"},
                   {trials_str("hema"), "haema"}},
    ['i' - 'a'] = {{trials_str("ischem"), "ischaem"},
                   {trials_str("izat"), "isat"},
                   {trials_str("ized"), "ised"},
                   {trials_str("izing"), "ising"},
                   {trials_str("ize"), "ise"}},
    ['l' - 'a'] = {{trials_str("leuko"), "leuco"},
                   {trials_str("liter"), "litre"},
                   {trials_str("lyz"), "lys"}},
    ['o' - 'a'] = {{trials_str("orthoped"), "orthopaed"}},
    ['p' - 'a'] = {{trials_str("pnea"), "pnoea"},
                   {trials_str("pedia"), "paedia"},
                   {trials_str("program"), "programme"}},
    ['r' - 'a'] = {{trials_str("rrhea"), "rrhoea"}},
    ['s' - 'a'] = {{trials_str("sulf"), "sulph"}},
    ['t' - 'a'] = {{trials_str("tumor"), "tumour"}},
};


trials_rc_t
trials_form_add(trials_glossary_t *glossary, size_t n, trials_str_t form)
{
    int            exact;
    size_t         i;
    trials_trie_t *trie;

    exact = memchr(form.data, ' ', form.len) == NULL && form.len > 1;

    for (i = 0; i < form.len && !trials_is_upper(form.data[i]); i++) {
        /* void */
    }

    exact = exact && i < form.len;
    trie = glossary->terms;

    switch (glossary->entries[n].kind) {
    case TRIALS_ENTRY_ABBREVIATION:
        break;

    case TRIALS_ENTRY_TERM:
        exact = exact && trials_is_upper(form.data[1]);
        break;

    case TRIALS_ENTRY_STEM:
        if (form.len < 2 || form.data[0] != '-') {
            return TRIALS_INVALID;
        }

        form.data++;
        form.len--;
        exact = 0;

        /* fall through */

    case TRIALS_ENTRY_SHAPE:
        trie = glossary->words;
    }

    return trials_trie_add(trie, form, exact, (int) n);
}


int
trials_form_long(const trials_entry_t *entry, trials_str_t form)
{
    size_t i;

    if (entry->kind != TRIALS_ENTRY_ABBREVIATION) {
        return 0;
    }

    for (i = 0; i < form.len; i++) {
        if (!trials_is_lower(form.data[i]) && form.data[i] != '-') {
            break;
        }
    }

    return i == form.len || memchr(form.data, ' ', form.len) != NULL;
}


trials_rc_t
trials_forms_add(trials_glossary_t *glossary, trials_error_t *err)
{
    size_t       n;
    trials_rc_t  rc;
    trials_str_t list, form;

    for (n = 0; n < glossary->nentries; n++) {
        list = glossary->entries[n].forms;

        while (trials_table_piece(&list, &form)) {
            if (!trials_form_long(&glossary->entries[n], form)) {
                continue;
            }

            rc = trials_form_add(glossary, n, form);

            if (rc != TRIALS_OK && rc != TRIALS_BUSY) {
                return trials_error(
                    err, rc, "%s:%u: cannot be matched: \"%.*s\"",
                    glossary->entries[n].file, glossary->entries[n].line,
                    (int) form.len, form.data);
            }
        }
    }

    for (n = 0; n < glossary->nentries; n++) {
        rc = trials_forms_of(glossary, n, glossary->entries[n].term);
        list = glossary->entries[n].forms;

        while (rc == TRIALS_OK && trials_table_piece(&list, &form)) {
            rc = trials_forms_of(glossary, n, form);
        }

        if (rc != TRIALS_OK) {
            return trials_error(err, rc, "glossary: out of memory");
        }
    }

    return TRIALS_OK;
}


static trials_rc_t
trials_forms_of(trials_glossary_t *glossary, size_t n, trials_str_t text)
{
    size_t              i;
    trials_rc_t         rc;
    trials_form_t       form, plural;
    trials_entry_kind_t kind;

    static const char *const apostrophes[] = {"\342\200\231s", "s", ""};

    kind = glossary->entries[n].kind;

    /* Room for what is put in. */

    if (kind == TRIALS_ENTRY_SHAPE || text.len + 40 > TRIALS_FORM_MAX) {
        return TRIALS_OK;
    }

    memcpy(form.data, text.data, text.len);
    form.len = text.len;
    plural = form;
    trials_form_plural(&plural, kind);
    rc = trials_form_derived(glossary, n, &plural);

    if (rc != TRIALS_OK
        || (kind == TRIALS_ENTRY_ABBREVIATION
            && memchr(text.data, ' ', text.len) == NULL))
    {
        return rc;
    }

    if (trials_form_british(&form)) {
        rc = trials_form_derived(glossary, n, &form);
    }

    if (rc == TRIALS_OK && trials_form_british(&plural)) {
        rc = trials_form_derived(glossary, n, &plural);
    }

    if (memmem(text.data, text.len, "'s", 2) == NULL) {
        return rc;
    }

    for (i = 0; rc == TRIALS_OK && i < 3; i++) {
        memcpy(form.data, text.data, text.len);
        form.len = text.len;
        trials_form_apostrophe(&form, apostrophes[i]);
        rc = trials_form_derived(glossary, n, &form);
    }

    return rc;
}


static trials_rc_t
trials_form_derived(trials_glossary_t *glossary, size_t n,
                    const trials_form_t *form)
{
    trials_rc_t  rc;
    trials_str_t text;

    text.data = form->data;
    text.len = form->len;
    rc = trials_form_add(glossary, n, text);

    return rc == TRIALS_NOMEM ? rc : TRIALS_OK;
}


static void
trials_form_plural(trials_form_t *form, trials_entry_kind_t kind)
{
    char last;

    if (kind == TRIALS_ENTRY_ABBREVIATION || kind == TRIALS_ENTRY_STEM) {
        trials_form_splice(form, form->len, 0, "s");
        return;
    }

    last = form->data[form->len - 1];

    if (trials_form_ends(form, "sis")) {
        trials_form_splice(form, form->len - 2, 2, "es");

    } else if (trials_form_ends(form, "ss") || trials_form_ends(form, "x")
               || trials_form_ends(form, "ch") || trials_form_ends(form, "sh"))
    {
        trials_form_splice(form, form->len, 0, "es");

    } else if (last == 'y' && form->len > 1
               && strchr("aeiou", form->data[form->len - 2]) == NULL)
    {
        trials_form_splice(form, form->len - 1, 1, "ies");

    } else if (last != 's' && trials_is_lower(last)) {
        trials_form_splice(form, form->len, 0, "s");
    }
}


/* Was there anything to change? */

static int
trials_form_british(trials_form_t *form)
{
    int                      changed;
    char                     c;
    size_t                   i, len;
    const trials_spelling_t *spelling;

    changed = 0;

    for (i = 0; i < form->len; i++) {
        c = trials_lower(form->data[i]);

        if (!trials_is_lower(c)) {
            continue;
        }

        for (spelling = trials_spellings[c - 'a']; spelling->from.len;
             spelling++) {
            len = spelling->from.len;

            if (form->len - i >= len
                && trials_lower(form->data[i + 1]) == spelling->from.data[1]
                && trials_word_is(form->data + i, len, spelling->from.data))
            {
                trials_form_splice(form, i, len, spelling->to);
                i += strlen(spelling->to) - 1;
                changed = 1;
                break;
            }
        }
    }

    return changed;
}


static void
trials_form_apostrophe(trials_form_t *form, const char *to)
{
    char *p;

    p = memmem(form->data, form->len, "'s", 2);

    if (p) {
        trials_form_splice(form, (size_t) (p - form->data), 2, to);
    }
}


/* Puts `to` in the place of len bytes, where there is room. */

static void
trials_form_splice(trials_form_t *form, size_t at, size_t len, const char *to)
{
    size_t n;

    n = strlen(to);

    if (form->len - len + n > TRIALS_FORM_MAX) {
        return;
    }

    memmove(form->data + at + n, form->data + at + len, form->len - at - len);
    memcpy(form->data + at, to, n);
    form->len += n - len;
}


static int
trials_form_ends(const trials_form_t *form, const char *end)
{
    size_t n;

    n = strlen(end);

    return form->len > n && memcmp(form->data + form->len - n, end, n) == 0;
}
