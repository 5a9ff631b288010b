/* The catalogue of our own words. */

#include "core/page/words.h"

#include "core/plain/table.h"

#include <stdlib.h>
#include <string.h>


static trials_rc_t
trials_words_row(trials_table_t *table, trials_arena_t *arena,
                 trials_word_t *word, trials_error_t *err);
static trials_word_t            *
trials_words_seek(const trials_words_t *words, trials_str_t id);
static int trials_words_fits(const char *text, const char *places);
static int trials_words_compare(const void *one, const void *two);


trials_rc_t
trials_words_load(trials_words_t *words, trials_arena_t *arena,
                  const char *name, const char *start, const char *end,
                  trials_error_t *err)
{
    size_t         i, lines;
    const char    *p;
    trials_rc_t    rc;
    trials_table_t table;

    for (p = start, lines = 1; p < end; p++) {
        lines += *p == '\n';
    }

    words->n = 0;
    words->words = trials_arena_calloc(arena, lines, sizeof(trials_word_t));

    if (words->words == NULL) {
        return trials_error(err, TRIALS_NOMEM, "%s: out of memory", name);
    }

    trials_table_open(&table, name, start, end);

    for (;;) {
        rc = trials_words_row(&table, arena, &words->words[words->n], err);
        if (rc != TRIALS_OK) {
            break;
        }

        words->n++;
    }

    if (rc != TRIALS_NOT_FOUND) {
        return rc;
    }

    qsort(words->words, words->n, sizeof(trials_word_t), trials_words_compare);

    for (i = 1; i < words->n; i++) {
        if (trials_words_compare(&words->words[i - 1], &words->words[i]) == 0) {
            return trials_table_error(&table, err, "id given twice",
                                      words->words[i].id);
        }
    }

    return TRIALS_OK;
}


trials_rc_t
trials_words_replace(trials_words_t *words, trials_arena_t *arena,
                     const char *name, const char *start, const char *end,
                     trials_error_t *err)
{
    trials_rc_t    rc;
    trials_word_t  word, *old;
    trials_table_t table;

    trials_table_open(&table, name, start, end);

    for (;;) {
        rc = trials_words_row(&table, arena, &word, err);
        if (rc != TRIALS_OK) {
            return rc == TRIALS_NOT_FOUND ? TRIALS_OK : rc;
        }

        old = trials_words_seek(words, word.id);

        if (old == NULL) {
            return trials_table_error(&table, err, "no such id", word.id);
        }

        if (!trials_words_fits(word.text.data, old->text.data)) {
            return trials_table_error(&table, err,
                                      "a place that the text it replaces does "
                                      "not have",
                                      word.text);
        }

        old->text = word.text;
    }
}


static trials_rc_t
trials_words_row(trials_table_t *table, trials_arena_t *arena,
                 trials_word_t *word, trials_error_t *err)
{
    trials_rc_t rc;

    rc = trials_table_next(table, 2, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    word->id =
        trials_arena_strdup(arena, table->fields[0].data, table->fields[0].len);
    word->text =
        trials_arena_strdup(arena, table->fields[1].data, table->fields[1].len);

    if (word->id.data == NULL || word->text.data == NULL) {
        return trials_error(err, TRIALS_NOMEM, "%s: out of memory",
                            table->name);
    }

    return TRIALS_OK;
}


/* Whether every place of a text is one of another text. */

static int
trials_words_fits(const char *text, const char *places)
{
    const char  *p;
    trials_str_t before, name, other;

    while (trials_words_piece(&text, &before, &name)) {
        if (name.data == NULL) {
            continue;
        }

        for (p = places;;) {
            if (!trials_words_piece(&p, &before, &other)) {
                return 0;
            }

            if (other.len == name.len
                && memcmp(other.data, name.data, name.len) == 0) {
                break;
            }
        }
    }

    return 1;
}


const char *
trials_words_find(const trials_words_t *words, const char *id)
{
    trials_str_t   key;
    trials_word_t *word;

    key.data = id;
    key.len = strlen(id);
    word = trials_words_seek(words, key);

    return word ? word->text.data : NULL;
}


static trials_word_t *
trials_words_seek(const trials_words_t *words, trials_str_t id)
{
    trials_word_t key;

    if (words->n == 0) {
        return NULL;
    }

    key.id = id;
    key.text = id;

    return bsearch(&key, words->words, words->n, sizeof(trials_word_t),
                   trials_words_compare);
}


static int
trials_words_compare(const void *one, const void *two)
{
    const trials_word_t *a, *b;

    a = one;
    b = two;

    return strcmp(a->id.data, b->id.data);
}


int
trials_words_piece(const char **text, trials_str_t *before, trials_str_t *name)
{
    const char *open, *close;

    if (**text == '\0') {
        return 0;
    }

    before->data = *text;
    name->data = NULL;
    name->len = 0;
    open = strchr(*text, '{');
    close = open ? strchr(open, '}') : NULL;

    if (close == NULL) {
        before->len = strlen(*text);
        *text += before->len;
        return 1;
    }

    before->len = (size_t) (open - *text);
    name->data = open + 1;
    name->len = (size_t) (close - open - 1);
    *text = close + 1;

    return 1;
}
