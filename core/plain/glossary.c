/*
 * Loading the glossary.  Every line is checked, so that a slip in the data is
 * found when the engine is made, not on a reader's page.
 */

#include "core/plain/glossary.h"

#include "core/plain/table.h"

#include <stdlib.h>
#include <string.h>


#define TRIALS_GLOSSARY_COLUMNS 7

/* Words of a meaning, at most. */
#define TRIALS_GLOSSARY_WORDS 24


enum {
    TRIALS_COLUMN_TERM = 0,
    TRIALS_COLUMN_FORMS,
    TRIALS_COLUMN_KIND,
    TRIALS_COLUMN_ACTION,
    TRIALS_COLUMN_REPLACEMENT,
    TRIALS_COLUMN_MEANING,
    TRIALS_COLUMN_CONTEXT
};


static trials_rc_t
trials_glossary_line(trials_glossary_t *glossary, const trials_table_t *table,
                     trials_error_t *err);
static trials_rc_t
trials_glossary_explain(trials_glossary_t    *glossary,
                        const trials_table_t *table, trials_error_t *err);
static trials_rc_t
trials_glossary_replace(trials_glossary_t    *glossary,
                        const trials_table_t *table, trials_error_t *err);
static trials_rc_t
trials_glossary_form(trials_glossary_t *glossary, const trials_table_t *table,
                     trials_str_t form, int exact, trials_error_t *err);
static trials_rc_t trials_glossary_swap(trials_glossary_t *glossary,
                                        trials_str_t from, trials_str_t to);
static int         trials_field_is(trials_str_t field, const char *text);
static size_t      trials_field_words(trials_str_t field);


trials_rc_t
trials_glossary_load(trials_glossary_t *glossary, const char *name,
                     const char *start, const char *end, trials_error_t *err)
{
    trials_rc_t    rc;
    trials_table_t table;

    memset(glossary, 0, sizeof(trials_glossary_t));

    glossary->terms = trials_trie_create();
    if (glossary->terms == NULL) {
        return trials_error(err, TRIALS_NOMEM, "%s: out of memory", name);
    }

    trials_table_open(&table, name, start, end);

    for (;;) {
        rc = trials_table_next(&table, TRIALS_GLOSSARY_COLUMNS, err);
        if (rc == TRIALS_NOT_FOUND) {
            return TRIALS_OK;
        }

        if (rc == TRIALS_OK) {
            rc = trials_glossary_line(glossary, &table, err);
        }

        if (rc != TRIALS_OK) {
            trials_glossary_free(glossary);
            return rc;
        }
    }
}


void
trials_glossary_free(trials_glossary_t *glossary)
{
    trials_trie_destroy(glossary->terms);
    free(glossary->entries);
    free(glossary->swaps);
    memset(glossary, 0, sizeof(trials_glossary_t));
}


static trials_rc_t
trials_glossary_line(trials_glossary_t *glossary, const trials_table_t *table,
                     trials_error_t *err)
{
    const trials_str_t *fields;

    fields = table->fields;

    if (fields[TRIALS_COLUMN_TERM].len == 0) {
        return trials_table_error(table, err, "no term", fields[0]);
    }

    if (!trials_field_is(fields[TRIALS_COLUMN_KIND], "term")
        && !trials_field_is(fields[TRIALS_COLUMN_KIND], "abbr"))
    {
        return trials_table_error(table, err, "kind is not term or abbr",
                                  fields[TRIALS_COLUMN_KIND]);
    }

    if (trials_field_is(fields[TRIALS_COLUMN_ACTION], "explain")) {
        return trials_glossary_explain(glossary, table, err);
    }

    if (trials_field_is(fields[TRIALS_COLUMN_ACTION], "replace")) {
        return trials_glossary_replace(glossary, table, err);
    }

    return trials_table_error(table, err, "action is not explain or replace",
                              fields[TRIALS_COLUMN_ACTION]);
}


static trials_rc_t
trials_glossary_explain(trials_glossary_t    *glossary,
                        const trials_table_t *table, trials_error_t *err)
{
    int                 exact;
    size_t              size;
    trials_rc_t         rc;
    trials_str_t        list, form;
    trials_entry_t     *entry, *entries;
    const trials_str_t *fields;

    fields = table->fields;

    if (trials_table_empty(fields[TRIALS_COLUMN_MEANING])) {
        return trials_table_error(table, err, "no meaning",
                                  fields[TRIALS_COLUMN_TERM]);
    }

    if (trials_field_words(fields[TRIALS_COLUMN_MEANING])
        > TRIALS_GLOSSARY_WORDS) {
        return trials_table_error(table, err, "the meaning is too long",
                                  fields[TRIALS_COLUMN_MEANING]);
    }

    if (glossary->nentries == glossary->entries_size) {
        size = glossary->entries_size ? 2 * glossary->entries_size : 256;

        entries = realloc(glossary->entries, size * sizeof(trials_entry_t));
        if (entries == NULL) {
            return trials_error(err, TRIALS_NOMEM, "%s: out of memory",
                                table->name);
        }

        glossary->entries = entries;
        glossary->entries_size = size;
    }

    exact = trials_field_is(fields[TRIALS_COLUMN_KIND], "abbr");

    entry = &glossary->entries[glossary->nentries++];
    memset(entry, 0, sizeof(trials_entry_t));
    entry->term = fields[TRIALS_COLUMN_TERM];
    entry->meaning = fields[TRIALS_COLUMN_MEANING];
    entry->abbreviation = exact & 1;

    if (!trials_table_empty(fields[TRIALS_COLUMN_CONTEXT])) {
        entry->context = fields[TRIALS_COLUMN_CONTEXT];
    }

    rc = trials_glossary_form(glossary, table, entry->term, exact, err);
    list = fields[TRIALS_COLUMN_FORMS];

    if (trials_table_empty(list)) {
        return rc;
    }

    while (rc == TRIALS_OK && trials_table_piece(&list, &form)) {
        /* An abbreviation's long forms have spaces and match in any case;
         * a long term's abbreviation is all capitals. */

        rc = trials_glossary_form(
            glossary, table, form,
            memchr(form.data, ' ', form.len)
                ? 0
                : exact || (form.len > 1 && trials_is_upper(form.data[1])),
            err);
    }

    return rc;
}


static trials_rc_t
trials_glossary_form(trials_glossary_t *glossary, const trials_table_t *table,
                     trials_str_t form, int exact, trials_error_t *err)
{
    trials_rc_t rc;

    rc = trials_trie_add(glossary->terms, form, exact,
                         (int) glossary->nentries - 1);

    switch (rc) {
    case TRIALS_OK:
        return TRIALS_OK;

    case TRIALS_BUSY:
        return trials_table_error(table, err, "is another term's already",
                                  form);

    case TRIALS_NOMEM:
        return trials_error(err, rc, "%s: out of memory", table->name);

    default:
        return trials_table_error(table, err, "cannot be matched", form);
    }
}


/* Forms and their replacements go in pairs; one replacement may serve all. */

static trials_rc_t
trials_glossary_replace(trials_glossary_t    *glossary,
                        const trials_table_t *table, trials_error_t *err)
{
    int                 one;
    trials_rc_t         rc;
    trials_str_t        to, from, list, forms;
    const trials_str_t *fields;

    fields = table->fields;
    list = fields[TRIALS_COLUMN_REPLACEMENT];
    forms = fields[TRIALS_COLUMN_FORMS];

    if (trials_table_empty(list)) {
        return trials_table_error(table, err, "no replacement", fields[0]);
    }

    one = memchr(list.data, '|', list.len) == NULL;
    (void) trials_table_piece(&list, &to);
    rc = trials_glossary_swap(glossary, fields[TRIALS_COLUMN_TERM], to);

    if (trials_table_empty(forms)) {
        forms.len = 0;
    }

    while (rc == TRIALS_OK && trials_table_piece(&forms, &from)) {
        if (!one && !trials_table_piece(&list, &to)) {
            return trials_table_error(table, err, "no replacement for", from);
        }

        rc = trials_glossary_swap(glossary, from, to);
    }

    if (rc != TRIALS_OK) {
        return trials_error(err, rc, "%s: out of memory", table->name);
    }

    if (list.len) {
        return trials_table_error(table, err, "more replacements than forms",
                                  list);
    }

    return TRIALS_OK;
}


static trials_rc_t
trials_glossary_swap(trials_glossary_t *glossary, trials_str_t from,
                     trials_str_t to)
{
    size_t         size;
    trials_swap_t *swaps;

    if (glossary->nswaps == glossary->swaps_size) {
        size = glossary->swaps_size ? 2 * glossary->swaps_size : 128;

        swaps = realloc(glossary->swaps, size * sizeof(trials_swap_t));
        if (swaps == NULL) {
            return TRIALS_NOMEM;
        }

        glossary->swaps = swaps;
        glossary->swaps_size = size;
    }

    glossary->swaps[glossary->nswaps].from = from;
    glossary->swaps[glossary->nswaps].to = to;
    glossary->nswaps++;

    return TRIALS_OK;
}


static int
trials_field_is(trials_str_t field, const char *text)
{
    return field.len == strlen(text)
           && memcmp(field.data, text, field.len) == 0;
}


static size_t
trials_field_words(trials_str_t field)
{
    size_t i, n;

    n = field.len > 0;

    for (i = 0; i < field.len; i++) {
        n += field.data[i] == ' ';
    }

    return n;
}
