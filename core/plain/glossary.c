/*
 * Loading the glossary.  Every line is checked, so that a slip in the data is
 * found when the engine is made, not on a reader's page.
 */

#include "core/plain/glossary.h"

#include "core/plain/forms.h"
#include "core/plain/shorten.h"
#include "core/plain/table.h"

#include <stdlib.h>
#include <string.h>


#define TRIALS_GLOSSARY_COLUMNS 7

/* Words of a meaning, at most. */
#define TRIALS_GLOSSARY_WORDS 24

/* A longer word is not known by its look; nor is there a longer stem. */
#define TRIALS_GLOSSARY_LOOK 40
#define TRIALS_GLOSSARY_STEM 10


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
trials_glossary_file(trials_glossary_t        *glossary,
                     const trials_data_file_t *file, trials_error_t *err);
static trials_rc_t
trials_glossary_line(trials_glossary_t *glossary, const trials_table_t *table,
                     trials_error_t *err);
static trials_rc_t
trials_glossary_kind(trials_str_t field, trials_entry_kind_t *kind);
static trials_entry_t *trials_glossary_push(trials_glossary_t *glossary);
static trials_rc_t
trials_glossary_explain(trials_glossary_t    *glossary,
                        const trials_table_t *table, trials_entry_kind_t kind,
                        trials_error_t *err);
static trials_rc_t
trials_glossary_taken(trials_glossary_t *glossary, const trials_table_t *table,
                      trials_str_t form, trials_error_t *err);
static trials_rc_t
trials_glossary_replace(trials_glossary_t    *glossary,
                        const trials_table_t *table, trials_error_t *err);
static trials_rc_t
trials_glossary_form(trials_glossary_t *glossary, const trials_table_t *table,
                     trials_str_t form, trials_error_t *err);
static trials_str_t trials_field_text(trials_str_t field);
static int          trials_field_is(trials_str_t field, const char *text);
static int          trials_field_holds(trials_str_t field, trials_str_t word);
static size_t       trials_field_words(trials_str_t field);


trials_rc_t
trials_glossary_load(trials_glossary_t        *glossary,
                     const trials_data_file_t *files, trials_error_t *err)
{
    trials_rc_t               rc;
    const trials_data_file_t *file;

    memset(glossary, 0, sizeof(trials_glossary_t));

    glossary->terms = trials_trie_create();
    glossary->words = trials_trie_create();
    glossary->arena = trials_arena_create();

    if (glossary->terms == NULL || glossary->words == NULL
        || glossary->arena == NULL)
    {
        trials_glossary_free(glossary);
        return trials_error(err, TRIALS_NOMEM, "glossary: out of memory");
    }

    for (file = files; file->name; file++) {
        rc = trials_glossary_file(glossary, file, err);

        if (rc != TRIALS_OK) {
            trials_glossary_free(glossary);
            return rc;
        }
    }

    /* After all that is written: what is written goes first. */

    rc = trials_forms_add(glossary, err);

    if (rc == TRIALS_OK && trials_short_forms_add(glossary) != TRIALS_OK) {
        rc = trials_error(err, TRIALS_NOMEM, "glossary: out of memory");
    }

    if (rc != TRIALS_OK) {
        trials_glossary_free(glossary);
    }

    return rc;
}


static trials_rc_t
trials_glossary_file(trials_glossary_t        *glossary,
                     const trials_data_file_t *file, trials_error_t *err)
{
    trials_rc_t    rc;
    trials_table_t table;

    trials_table_open(&table, file->name, file->start, file->end);

    do {
        rc = trials_table_next(&table, TRIALS_GLOSSARY_COLUMNS, err);

        if (rc == TRIALS_OK) {
            rc = trials_glossary_line(glossary, &table, err);
        }
    } while (rc == TRIALS_OK);

    return rc == TRIALS_NOT_FOUND ? TRIALS_OK : rc;
}


void
trials_glossary_free(trials_glossary_t *glossary)
{
    trials_trie_destroy(glossary->terms);
    trials_trie_destroy(glossary->words);
    trials_arena_destroy(glossary->arena);
    free(glossary->entries);
    free(glossary->swaps);
    memset(glossary, 0, sizeof(trials_glossary_t));
}


static trials_rc_t
trials_glossary_line(trials_glossary_t *glossary, const trials_table_t *table,
                     trials_error_t *err)
{
    const trials_str_t *fields;
    trials_entry_kind_t kind;

    fields = table->fields;

    if (fields[TRIALS_COLUMN_TERM].len == 0) {
        return trials_table_error(table, err, "no term", fields[0]);
    }

    if (trials_glossary_kind(fields[TRIALS_COLUMN_KIND], &kind) != TRIALS_OK) {
        return trials_table_error(table, err,
                                  "kind is not term, abbr, stem or shape",
                                  fields[TRIALS_COLUMN_KIND]);
    }

    if (trials_field_is(fields[TRIALS_COLUMN_ACTION], "explain")) {
        return trials_glossary_explain(glossary, table, kind, err);
    }

    if (trials_field_is(fields[TRIALS_COLUMN_ACTION], "replace")) {
        return trials_glossary_replace(glossary, table, err);
    }

    return trials_table_error(table, err, "action is not explain or replace",
                              fields[TRIALS_COLUMN_ACTION]);
}


static trials_rc_t
trials_glossary_kind(trials_str_t field, trials_entry_kind_t *kind)
{
    size_t                   i;
    static const char *const names[] = {"term", "abbr", "stem", "shape"};

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (trials_field_is(field, names[i])) {
            *kind = (trials_entry_kind_t) i;
            return TRIALS_OK;
        }
    }

    return TRIALS_INVALID;
}


static trials_rc_t
trials_glossary_explain(trials_glossary_t    *glossary,
                        const trials_table_t *table, trials_entry_kind_t kind,
                        trials_error_t *err)
{
    trials_rc_t         rc;
    trials_str_t        list, form;
    trials_entry_t     *entry;
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

    entry = trials_glossary_push(glossary);
    if (entry == NULL) {
        return trials_error(err, TRIALS_NOMEM, "%s: out of memory",
                            table->name);
    }

    entry->term = fields[TRIALS_COLUMN_TERM];
    entry->forms = trials_field_text(fields[TRIALS_COLUMN_FORMS]);
    entry->meaning = fields[TRIALS_COLUMN_MEANING];
    entry->context = trials_field_text(fields[TRIALS_COLUMN_CONTEXT]);
    entry->file = table->name;
    entry->line = table->line;
    entry->kind = kind;
    entry->next = -1;

    rc = trials_glossary_form(glossary, table, entry->term, err);
    list = entry->forms;

    while (rc == TRIALS_OK && trials_table_piece(&list, &form)) {
        if (!trials_form_long(entry, form)) {
            rc = trials_glossary_form(glossary, table, form, err);
        }
    }

    return rc;
}


static trials_entry_t *
trials_glossary_push(trials_glossary_t *glossary)
{
    size_t          size;
    trials_entry_t *entries;

    if (glossary->nentries == glossary->entries_size) {
        size = glossary->entries_size ? 2 * glossary->entries_size : 256;

        entries = realloc(glossary->entries, size * sizeof(trials_entry_t));
        if (entries == NULL) {
            return NULL;
        }

        glossary->entries = entries;
        glossary->entries_size = size;
    }

    return &glossary->entries[glossary->nentries++];
}


/* A form of the last entry. */

static trials_rc_t
trials_glossary_form(trials_glossary_t *glossary, const trials_table_t *table,
                     trials_str_t form, trials_error_t *err)
{
    trials_rc_t rc;

    rc = trials_form_add(glossary, glossary->nentries - 1, form);

    switch (rc) {
    case TRIALS_OK:
        return TRIALS_OK;

    case TRIALS_BUSY:
        return trials_glossary_taken(glossary, table, form, err);

    case TRIALS_NOMEM:
        return trials_error(err, rc, "%s: out of memory", table->name);

    default:
        return trials_table_error(table, err, "cannot be matched", form);
    }
}


/* A term with a context may have other senses, on lines that follow. */

static trials_rc_t
trials_glossary_taken(trials_glossary_t *glossary, const trials_table_t *table,
                      trials_str_t form, trials_error_t *err)
{
    int             value;
    trials_entry_t *entry, *last;

    last = &glossary->entries[glossary->nentries - 1];
    value = last->kind >= TRIALS_ENTRY_STEM
                ? -1
                : trials_glossary_find(glossary, form);

    if (value < 0) {
        return trials_table_error(table, err, "stands in the glossary twice",
                                  form);
    }

    entry = &glossary->entries[value];

    while (entry->next >= 0) {
        entry = &glossary->entries[entry->next];
    }

    if (form.data == last->term.data && entry->context.len
        && entry->term.len == form.len
        && memcmp(entry->term.data, form.data, form.len) == 0)
    {
        entry->next = (int) glossary->nentries - 1;
        return TRIALS_OK;
    }

    return trials_error(err, TRIALS_INVALID,
                        "%s:%u: is a term already at %s:%u: \"%.*s\"",
                        table->name, table->line, entry->file, entry->line,
                        (int) form.len, form.data);
}


int
trials_glossary_find(const trials_glossary_t *glossary, trials_str_t text)
{
    int             value;
    size_t          used;
    trials_tokens_t tokens;

    memset(&tokens, 0, sizeof(trials_tokens_t));
    value = -1;

    if (trials_tokens_read(&tokens, text) == TRIALS_OK && tokens.n) {
        value =
            trials_trie_longest(glossary->terms, text, &tokens, 0, &used, NULL);
        value = used == tokens.n ? value : -1;
    }

    trials_tokens_free(&tokens);

    return value;
}


trials_str_t
trials_entry_expansion(const trials_entry_t *entry)
{
    trials_str_t list, form;

    list = entry->forms;

    while (trials_table_piece(&list, &form)) {
        if (trials_form_long(entry, form)) {
            return form;
        }
    }

    return (trials_str_t){0, NULL};
}


int
trials_glossary_look(const trials_glossary_t *glossary, const char *word,
                     size_t len)
{
    char            key[TRIALS_GLOSSARY_LOOK];
    int             value;
    size_t          i, n, used, digits;
    trials_str_t    text;
    trials_token_t  token;
    trials_tokens_t tokens;

    n = 0;
    digits = 0;

    for (i = 0; i < len && n < sizeof(key); i++) {
        if (!trials_is_digit(word[i])) {
            key[n++] = word[i];
        } else if (i == 0 || !trials_is_digit(word[i - 1])) {
            key[n++] = '0';
            digits++;
        }
    }

    if (i < len) {
        return -1;
    }

    memset(&token, 0, sizeof(trials_token_t));
    token.kind = TRIALS_TOKEN_WORD;
    tokens.list = &token;
    tokens.n = 1;
    tokens.size = 1;
    text.data = key;
    text.len = n;

    if (digits) {
        token.len = n;
        return trials_trie_longest(glossary->words, text, &tokens, 0, &used,
                                   NULL);
    }

    /* The longest stem, with three letters before it at least. */

    for (i = TRIALS_GLOSSARY_STEM; i > 2; i--) {
        if (n < i + 3) {
            continue;
        }

        token.start = n - i;
        token.len = i;

        value =
            trials_trie_longest(glossary->words, text, &tokens, 0, &used, NULL);

        if (value >= 0) {
            return trials_field_holds(glossary->entries[value].context, text)
                       ? -1
                       : value;
        }
    }

    return -1;
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
    forms = trials_field_text(fields[TRIALS_COLUMN_FORMS]);

    if (trials_table_empty(list)) {
        return trials_table_error(table, err, "no replacement", fields[0]);
    }

    one = memchr(list.data, '|', list.len) == NULL;
    (void) trials_table_piece(&list, &to);
    rc = trials_glossary_swap(glossary, fields[TRIALS_COLUMN_TERM], to, 0);

    while (rc == TRIALS_OK && trials_table_piece(&forms, &from)) {
        if (!one && !trials_table_piece(&list, &to)) {
            return trials_table_error(table, err, "no replacement for", from);
        }

        rc = trials_glossary_swap(glossary, from, to, 0);
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


trials_rc_t
trials_glossary_swap(trials_glossary_t *glossary, trials_str_t from,
                     trials_str_t to, unsigned derived)
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
    glossary->swaps[glossary->nswaps].derived = derived & 1;
    glossary->nswaps++;

    return TRIALS_OK;
}


static trials_str_t
trials_field_text(trials_str_t field)
{
    if (trials_table_empty(field)) {
        field.len = 0;
    }

    return field;
}


static int
trials_field_is(trials_str_t field, const char *text)
{
    return field.len == strlen(text)
           && memcmp(field.data, text, field.len) == 0;
}


/* Is the word one of those parted by "|", in any case? */

static int
trials_field_holds(trials_str_t field, trials_str_t word)
{
    size_t       i;
    trials_str_t piece;

    while (trials_table_piece(&field, &piece)) {
        for (i = 0; i < word.len && piece.len == word.len; i++) {
            if (trials_lower(piece.data[i]) != trials_lower(word.data[i])) {
                break;
            }
        }

        if (i == word.len) {
            return 1;
        }
    }

    return 0;
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
