/*
 * The table of phrases.
 */

#include "core/plain/check_table.h"

#include "core/plain/check_read.h"
#include "core/plain/table.h"

#include <stdlib.h>
#include <string.h>


#define TRIALS_CHECK_COLUMNS 2
#define TRIALS_CHECK_KEY     512


typedef struct {
    char     data[TRIALS_CHECK_KEY];
    size_t   len;
    size_t   first; /* bytes of the first part */
    uint32_t parts;
} trials_check_key_t;

/* Memory that is used again for each text. */
typedef struct {
    trials_parts_t   phrase;
    trials_reading_t from;
    trials_reading_t to;
} trials_check_scratch_t;


static trials_rc_t
trials_checker_line(trials_checker_t *checker, const trials_table_t *table,
                    trials_error_t *err);
static trials_rc_t
trials_checker_add(trials_checker_t *checker, const trials_parts_t *phrase,
                   const char *canon);
static trials_rc_t
trials_checker_key(const trials_parts_t *phrase, trials_check_key_t *key);
static trials_rc_t
trials_checker_slot(trials_checker_t *checker, const char *key, size_t len,
                    trials_check_slot_t **slot);
static trials_rc_t trials_checker_grow(trials_checker_t *checker);
static int
trials_checker_agree(const trials_reading_t *from, const trials_reading_t *to);
static trials_str_t
trials_checker_reading(trials_arena_t *arena, const trials_reading_t *reading);


trials_rc_t
trials_checker_load(trials_checker_t *checker, const char *name,
                    const char *start, const char *end, trials_error_t *err)
{
    trials_rc_t    rc;
    trials_table_t table;

    memset(checker, 0, sizeof(trials_checker_t));

    checker->arena = trials_arena_create();
    checker->scratch = calloc(1, sizeof(trials_check_scratch_t));
    rc = checker->arena && checker->scratch ? trials_checker_grow(checker)
                                            : TRIALS_NOMEM;

    if (rc != TRIALS_OK) {
        trials_checker_free(checker);
        return trials_error(err, rc, "%s: out of memory", name);
    }

    trials_table_open(&table, name, start, end);

    do {
        rc = trials_table_next(&table, TRIALS_CHECK_COLUMNS, err);
        if (rc == TRIALS_OK) {
            rc = trials_checker_line(checker, &table, err);
        }
    } while (rc == TRIALS_OK);

    if (rc != TRIALS_NOT_FOUND) {
        trials_checker_free(checker);
        return rc;
    }

    return TRIALS_OK;
}


void
trials_checker_free(trials_checker_t *checker)
{
    trials_check_scratch_t *scratch;

    scratch = checker->scratch;

    if (scratch) {
        trials_parts_free(&scratch->phrase);
        trials_reading_free(&scratch->from);
        trials_reading_free(&scratch->to);
        free(scratch);
    }

    trials_arena_destroy(checker->arena);
    free(checker->slots);
    memset(checker, 0, sizeof(trials_checker_t));
}


static trials_rc_t
trials_checker_line(trials_checker_t *checker, const trials_table_t *table,
                    trials_error_t *err)
{
    trials_rc_t             rc;
    trials_str_t            list, phrase, canon;
    trials_check_scratch_t *scratch;

    scratch = checker->scratch;
    canon = table->fields[0];

    if (trials_table_empty(canon)) {
        canon.len = 0;
    }

    canon = trials_arena_strdup(checker->arena, canon.data, canon.len);
    if (canon.data == NULL) {
        return trials_error(err, TRIALS_NOMEM, "%s: out of memory",
                            table->name);
    }

    list = table->fields[1];

    if (list.len == 0) {
        return trials_table_error(table, err, "says nothing", table->fields[0]);
    }

    while (trials_table_piece(&list, &phrase)) {
        rc = trials_parts_read(&scratch->phrase, phrase);

        if (rc == TRIALS_OK) {
            rc = trials_checker_add(checker, &scratch->phrase, canon.data);
        }

        if (rc == TRIALS_BUSY) {
            return trials_table_error(table, err, "stands here twice", phrase);
        }

        if (rc == TRIALS_INVALID) {
            return trials_table_error(table, err, "cannot be matched", phrase);
        }

        if (rc != TRIALS_OK) {
            return trials_error(err, rc, "%s: out of memory", table->name);
        }
    }

    return TRIALS_OK;
}


trials_rc_t
trials_checker_vouch(trials_checker_t *checker, trials_str_t from,
                     trials_str_t to)
{
    size_t                  i;
    trials_rc_t             rc;
    trials_str_t            canon;
    trials_reading_t       *a, *b;
    trials_check_scratch_t *scratch;

    scratch = checker->scratch;
    a = &scratch->from;
    b = &scratch->to;

    rc = trials_reading_read(a, checker, from);

    if (rc == TRIALS_OK) {
        rc = trials_reading_read(b, checker, to);
    }

    if (rc != TRIALS_OK) {
        return rc;
    }

    if (!trials_checker_agree(a, b)) {
        return TRIALS_FAILED;
    }

    /* What is read alike already needs no word of its own. */

    for (i = 0;
         i < a->n && i < b->n && trials_fact_same(&a->facts[i], &b->facts[i]);
         i++)
    {
        /* void */
    }

    if (i == a->n && i == b->n) {
        return TRIALS_OK;
    }

    canon = trials_checker_reading(checker->arena, b);
    rc = canon.data ? trials_checker_add(checker, &a->parts, canon.data)
                    : TRIALS_NOMEM;

    /* What stands in the check's own table stays. */

    return rc == TRIALS_BUSY ? TRIALS_OK : rc;
}


/* Are all locked facts of the one those of the other? */

static int
trials_checker_agree(const trials_reading_t *from, const trials_reading_t *to)
{
    size_t i, k;

    for (i = 0, k = 0;; i++, k++) {
        while (i < from->n && !trials_fact_locked(&from->facts[i])) {
            i++;
        }

        while (k < to->n && !trials_fact_locked(&to->facts[k])) {
            k++;
        }

        if (i == from->n || k == to->n) {
            return i == from->n && k == to->n && to->n > 0;
        }

        /* A number has more to it than a reading can say. */

        if (from->facts[i].number
            || !trials_fact_same(&from->facts[i], &to->facts[k])) {
            return 0;
        }
    }
}


/* What a text is read as, its facts parted by spaces. */

static trials_str_t
trials_checker_reading(trials_arena_t *arena, const trials_reading_t *reading)
{
    size_t       i;
    trials_buf_t buf;
    trials_str_t str;

    trials_buf_init(&buf, 4096);

    for (i = 0; i < reading->n; i++) {
        if (i) {
            (void) trials_buf_append(&buf, " ", 1);
        }
        if (reading->facts[i].moves) {
            (void) trials_buf_append(&buf, "@", 1);
        }
        (void) trials_buf_append(&buf, reading->facts[i].word.data,
                                 reading->facts[i].word.len);
    }

    str.data = NULL;
    str.len = 0;

    if (buf.failed == TRIALS_OK) {
        str = trials_arena_strdup(arena, buf.data ? buf.data : "", buf.len);
    }

    trials_buf_free(&buf);

    return str;
}


static trials_rc_t
trials_checker_add(trials_checker_t *checker, const trials_parts_t *phrase,
                   const char *canon)
{
    trials_rc_t          rc;
    trials_check_key_t   key;
    trials_check_slot_t *slot, *first;

    rc = trials_checker_key(phrase, &key);
    if (rc != TRIALS_OK) {
        return rc;
    }

    rc = trials_checker_slot(checker, key.data, key.len, &slot);
    if (rc != TRIALS_OK) {
        return rc;
    }

    if (slot->canon) {
        return TRIALS_BUSY;
    }

    slot->canon = canon;

    rc = trials_checker_slot(checker, key.data, key.first, &first);

    if (rc == TRIALS_OK && first->longest < key.parts) {
        first->longest = key.parts;
    }

    return rc;
}


static trials_rc_t
trials_checker_key(const trials_parts_t *phrase, trials_check_key_t *key)
{
    size_t               i;
    const trials_part_t *part;

    key->len = 0;
    key->parts = 0;

    if (phrase->n == 0 || phrase->n > TRIALS_PHRASE_WORDS) {
        return TRIALS_INVALID;
    }

    for (i = 0; i < phrase->n; i++) {
        part = &phrase->list[i];

        if (key->len + part->len + 1 > TRIALS_CHECK_KEY) {
            return TRIALS_INVALID;
        }

        if (i) {
            key->data[key->len++] = ' ';
        }

        memcpy(key->data + key->len, part->p, part->len);
        key->len += part->len;
        key->first = i ? key->first : key->len;
        key->parts++;
    }

    return TRIALS_OK;
}


/* The slot of a key; it is made where it is not there. */

static trials_rc_t
trials_checker_slot(trials_checker_t *checker, const char *key, size_t len,
                    trials_check_slot_t **slot)
{
    size_t       i;
    uint32_t     hash;
    trials_rc_t  rc;
    trials_str_t phrase;

    hash = trials_check_hash(TRIALS_CHECK_HASH, key, len);
    *slot =
        (trials_check_slot_t *) trials_checker_find(checker, key, len, hash);

    if (*slot) {
        return TRIALS_OK;
    }

    if (2 * checker->n >= checker->size) {
        rc = trials_checker_grow(checker);
        if (rc != TRIALS_OK) {
            return rc;
        }
    }

    phrase = trials_arena_strdup(checker->arena, key, len);
    if (phrase.data == NULL) {
        return TRIALS_NOMEM;
    }

    for (i = hash & (checker->size - 1); checker->slots[i].phrase.data;
         i = (i + 1) & (checker->size - 1))
    {
        /* void */
    }

    *slot = &checker->slots[i];
    (*slot)->hash = hash;
    (*slot)->phrase = phrase;
    checker->n++;

    return TRIALS_OK;
}


static trials_rc_t
trials_checker_grow(trials_checker_t *checker)
{
    size_t               i, k, size;
    trials_check_slot_t *slots;

    size = checker->size ? 2 * checker->size : 4096;

    slots = calloc(size, sizeof(trials_check_slot_t));
    if (slots == NULL) {
        return TRIALS_NOMEM;
    }

    for (i = 0; i < checker->size; i++) {
        if (checker->slots[i].phrase.data == NULL) {
            continue;
        }

        for (k = checker->slots[i].hash & (size - 1); slots[k].phrase.data;
             k = (k + 1) & (size - 1))
        {
            /* void */
        }

        slots[k] = checker->slots[i];
    }

    free(checker->slots);
    checker->slots = slots;
    checker->size = size;

    return TRIALS_OK;
}


const trials_check_slot_t *
trials_checker_find(const trials_checker_t *checker, const char *key,
                    size_t len, uint32_t hash)
{
    size_t                     i;
    const trials_check_slot_t *slot;

    for (i = hash & (checker->size - 1);; i = (i + 1) & (checker->size - 1)) {
        slot = &checker->slots[i];

        if (slot->phrase.data == NULL) {
            return NULL;
        }

        if (slot->hash == hash && slot->phrase.len == len
            && memcmp(slot->phrase.data, key, len) == 0)
        {
            return slot;
        }
    }
}


uint32_t
trials_check_hash(uint32_t hash, const char *p, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        hash = (hash ^ (unsigned char) p[i]) * 16777619u;
    }

    return hash;
}
