/*
 * Loading the rules.
 */

#include "core/plain/rules.h"

#include "core/plain/table.h"

#include <stdlib.h>
#include <string.h>


#define TRIALS_RULES_COLUMNS 4


static trials_rc_t
trials_rules_line(trials_rules_t *rules, const trials_table_t *table,
                  trials_error_t *err);
static trials_rc_t
trials_rules_add(trials_rules_t *rules, trials_trie_t *trie, trials_str_t from,
                 trials_str_t to, trials_guard_t guard);
static trials_rc_t
trials_rules_slots(const trials_table_t *table, trials_error_t *err);
static size_t trials_rules_count(trials_str_t text, const char *what);


trials_rc_t
trials_rules_load(trials_rules_t *rules, const trials_glossary_t *glossary,
                  const char *name, const char *start, const char *end,
                  trials_error_t *err)
{
    size_t         i;
    trials_rc_t    rc;
    trials_swap_t *swap;
    trials_table_t table;

    memset(rules, 0, sizeof(trials_rules_t));
    rules->phrases = trials_trie_create();
    rules->openings = trials_trie_create();

    if (rules->phrases == NULL || rules->openings == NULL) {
        trials_rules_free(rules);
        return trials_error(err, TRIALS_NOMEM, "%s: out of memory", name);
    }

    trials_table_open(&table, name, start, end);

    do {
        rc = trials_table_next(&table, TRIALS_RULES_COLUMNS, err);
        if (rc == TRIALS_OK) {
            rc = trials_rules_line(rules, &table, err);
        }
    } while (rc == TRIALS_OK);

    if (rc != TRIALS_NOT_FOUND) {
        trials_rules_free(rules);
        return rc;
    }

    for (i = 0; i < glossary->nswaps; i++) {
        swap = &glossary->swaps[i];
        rc = trials_rules_add(rules, rules->phrases, swap->from, swap->to,
                              TRIALS_GUARD_ANY);

        if (rc != TRIALS_OK) {
            trials_rules_free(rules);
            return trials_error(err, rc,
                                "glossary: \"%.*s\" cannot be replaced: %s",
                                (int) swap->from.len, swap->from.data,
                                rc == TRIALS_BUSY ? "another rule does that"
                                                  : "it cannot be matched");
        }
    }

    return TRIALS_OK;
}


void
trials_rules_free(trials_rules_t *rules)
{
    trials_trie_destroy(rules->phrases);
    trials_trie_destroy(rules->openings);
    free(rules->rules);
    memset(rules, 0, sizeof(trials_rules_t));
}


/* kind, from (several, parted by "|"), to, guard. */

static trials_rc_t
trials_rules_line(trials_rules_t *rules, const trials_table_t *table,
                  trials_error_t *err)
{
    trials_rc_t         rc;
    trials_str_t        list, from;
    trials_trie_t      *trie;
    trials_guard_t      guard;
    const trials_str_t *fields;

    fields = table->fields;

    if (trials_word_is(fields[0].data, fields[0].len, "phrase")) {
        trie = rules->phrases;

    } else if (trials_word_is(fields[0].data, fields[0].len, "open")) {
        trie = rules->openings;

    } else {
        return trials_table_error(table, err, "kind is not phrase or open",
                                  fields[0]);
    }

    if (fields[1].len == 0 || fields[2].len == 0) {
        return trials_table_error(table, err, "an empty side", fields[1]);
    }

    if (trials_table_empty(fields[3])) {
        guard = TRIALS_GUARD_ANY;

    } else if (trials_word_is(fields[3].data, fields[3].len, "bare")) {
        guard = TRIALS_GUARD_BARE;

    } else {
        return trials_table_error(table, err, "guard is not bare or -",
                                  fields[3]);
    }

    rc = trials_rules_slots(table, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    list = fields[1];

    while (trials_table_piece(&list, &from)) {
        rc = trials_rules_add(rules, trie, from, fields[2], guard);

        if (rc == TRIALS_BUSY) {
            return trials_table_error(table, err, "is another rule's already",
                                      from);
        }

        if (rc == TRIALS_INVALID) {
            return trials_table_error(table, err, "cannot be matched", from);
        }

        if (rc != TRIALS_OK) {
            return trials_error(err, rc, "%s: out of memory", table->name);
        }
    }

    return TRIALS_OK;
}


/* What is taken out of a text must be put into it again. */

static trials_rc_t
trials_rules_slots(const trials_table_t *table, trials_error_t *err)
{
    trials_str_t list, from;

    list = table->fields[1];

    while (trials_table_piece(&list, &from)) {
        if (trials_rules_count(from, "{n}")
                != trials_rules_count(table->fields[2], "{n}")
            || trials_rules_count(from, "{unit}")
                   != trials_rules_count(table->fields[2], "{unit}")
            || trials_rules_count(from, "{n}") > 1
            || trials_rules_count(from, "{unit}") > 1)
        {
            return trials_table_error(
                table, err, "its slots are not the replacement's", from);
        }
    }

    return TRIALS_OK;
}


static size_t
trials_rules_count(trials_str_t text, const char *what)
{
    size_t      n, len;
    const char *p, *end;

    n = 0;
    len = strlen(what);
    end = text.data + text.len;

    for (p = text.data; (p = memmem(p, (size_t) (end - p), what, len)); p++) {
        n++;
    }

    return n;
}


static trials_rc_t
trials_rules_add(trials_rules_t *rules, trials_trie_t *trie, trials_str_t from,
                 trials_str_t to, trials_guard_t guard)
{
    size_t         size;
    trials_rule_t *list;

    if (rules->nrules == rules->size) {
        size = rules->size ? 2 * rules->size : 256;

        list = realloc(rules->rules, size * sizeof(trials_rule_t));
        if (list == NULL) {
            return TRIALS_NOMEM;
        }

        rules->rules = list;
        rules->size = size;
    }

    rules->rules[rules->nrules].to = to;
    rules->rules[rules->nrules].guard = guard;

    return trials_trie_add(trie, from, 0, (int) rules->nrules++);
}
