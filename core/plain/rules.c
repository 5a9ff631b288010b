/*
 * Loading the rules.
 */

#include "core/plain/rules.h"

#include "core/plain/rewrite.h"
#include "core/plain/table.h"

#include <stdlib.h>
#include <string.h>


#define TRIALS_RULES_COLUMNS 4


static trials_rc_t
trials_rules_file(trials_rules_t *rules, const trials_data_file_t *file,
                  trials_error_t *err);
static trials_rc_t
trials_rules_line(trials_rules_t *rules, const trials_table_t *table,
                  trials_error_t *err);
static trials_rc_t
trials_rules_read(const trials_table_t *table, trials_rule_kind_t *kind,
                  trials_rule_t *rule, trials_error_t *err);
static trials_rc_t
trials_rules_ways(trials_rules_t *rules, trials_rule_kind_t kind,
                  trials_str_t *from, const trials_rule_t *rule);
static trials_str_t trials_rules_way(trials_arena_t *arena, trials_str_t from,
                                     trials_str_t ways, trials_str_t way);
static trials_rc_t
trials_rules_add(trials_rules_t *rules, trials_rule_kind_t kind,
                 trials_str_t from, const trials_rule_t *rule);
static trials_rc_t
trials_rules_letters(trials_rules_t *rules, trials_str_t letters, size_t rule);
static trials_rc_t
trials_rules_slots(const trials_table_t *table, trials_error_t *err);
static size_t      trials_rules_count(trials_str_t text, const char *what);
static trials_rc_t trials_rules_again(trials_rules_t *rules);


static const char *const trials_rule_kinds[] = {"phrase", "open", "cut", "noun",
                                                "ending"};

static const char *const trials_rule_guards[] = {
    "-", "bare", "long", "tail", "keep", "alone", "last", "count", "mass"};


trials_rc_t
trials_rules_load(trials_rules_t *rules, const trials_glossary_t *glossary,
                  const trials_data_file_t *files, trials_error_t *err)
{
    size_t         i;
    trials_rc_t    rc;
    trials_rule_t  rule;
    trials_swap_t *swap;

    memset(rules, 0, sizeof(trials_rules_t));
    rules->names = glossary->terms;
    rules->arena = trials_arena_create();
    rc = rules->arena ? TRIALS_OK : TRIALS_NOMEM;

    for (i = 0; i < TRIALS_NRULES && rc == TRIALS_OK; i++) {
        rules->tries[i] = trials_trie_create();
        rc = rules->tries[i] ? TRIALS_OK : TRIALS_NOMEM;
    }

    if (rc != TRIALS_OK) {
        trials_rules_free(rules);
        return trials_error(err, rc, "rules: out of memory");
    }

    for (; files->name && rc == TRIALS_OK; files++) {
        rc = trials_rules_file(rules, files, err);
    }

    for (i = 0; i < glossary->nswaps && rc == TRIALS_OK; i++) {
        swap = &glossary->swaps[i];
        rule.to = swap->to;
        rule.guard = TRIALS_GUARD_ANY;

        rc = trials_rules_add(rules, TRIALS_RULE_PHRASE, swap->from, &rule);

        if (rc == TRIALS_BUSY) {
            rc = TRIALS_OK;

        } else if (rc != TRIALS_OK) {
            (void) trials_error(err, rc, "glossary: \"%.*s\" cannot be matched",
                                (int) swap->from.len, swap->from.data);
        }
    }

    if (rc == TRIALS_OK) {
        rc = trials_rules_again(rules);
        if (rc != TRIALS_OK) {
            (void) trials_error(err, rc, "rules: out of memory");
        }
    }

    if (rc != TRIALS_OK) {
        trials_rules_free(rules);
    }

    return rc;
}


/* Openings, cuts and nouns are written in the record's words, and meet a text
 * whose phrases are plain already. */

static trials_rc_t
trials_rules_again(trials_rules_t *rules)
{
    size_t            i;
    trials_rc_t       rc;
    trials_buf_t      plain;
    trials_str_t      text;
    trials_rule_t    *rule;
    trials_rewriter_t rewriter;

    trials_rewriter_init(&rewriter, rules, NULL, NULL);
    trials_buf_init(&plain, 4096);
    rc = TRIALS_OK;

    for (i = 0; i < rules->nrules && rc == TRIALS_OK; i++) {
        rule = &rules->rules[i];

        if (rule->kind == TRIALS_RULE_PHRASE
            || rule->kind == TRIALS_RULE_ENDING) {
            continue;
        }

        trials_buf_reset(&plain);
        trials_rewrite_phrases(&rewriter, rule->from, &plain);

        text.data = plain.data;
        text.len = plain.len;
        rc = plain.failed;

        if (rc == TRIALS_OK) {
            rc = trials_trie_add(rules->tries[rule->kind], text, 0, (int) i);
            rc = rc == TRIALS_NOMEM ? rc : TRIALS_OK;
        }
    }

    trials_buf_free(&plain);
    trials_rewriter_free(&rewriter);

    return rc;
}


void
trials_rules_free(trials_rules_t *rules)
{
    size_t i;

    for (i = 0; i < TRIALS_NRULES; i++) {
        trials_trie_destroy(rules->tries[i]);
    }

    free(rules->rules);
    free(rules->endings);
    trials_arena_destroy(rules->arena);
    memset(rules, 0, sizeof(trials_rules_t));
}


static trials_rc_t
trials_rules_file(trials_rules_t *rules, const trials_data_file_t *file,
                  trials_error_t *err)
{
    trials_rc_t    rc;
    trials_table_t table;

    trials_table_open(&table, file->name, file->start, file->end);

    do {
        rc = trials_table_next(&table, TRIALS_RULES_COLUMNS, err);
        if (rc == TRIALS_OK) {
            rc = trials_rules_line(rules, &table, err);
        }
    } while (rc == TRIALS_OK);

    return rc == TRIALS_NOT_FOUND ? TRIALS_OK : rc;
}


static trials_rc_t
trials_rules_line(trials_rules_t *rules, const trials_table_t *table,
                  trials_error_t *err)
{
    trials_rc_t        rc;
    trials_str_t       list, from;
    trials_rule_t      rule;
    trials_rule_kind_t kind = TRIALS_RULE_PHRASE;

    rc = trials_rules_read(table, &kind, &rule, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    list = table->fields[1];

    while (trials_table_piece(&list, &from)) {
        rc = trials_rules_ways(rules, kind, &from, &rule);

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


/* kind, from (several, parted by "|"), to, guard. */

static trials_rc_t
trials_rules_read(const trials_table_t *table, trials_rule_kind_t *kind,
                  trials_rule_t *rule, trials_error_t *err)
{
    size_t              i, k;
    const trials_str_t *fields;

    fields = table->fields;

    for (i = 0; i < TRIALS_NRULES; i++) {
        if (trials_word_is(fields[0].data, fields[0].len, trials_rule_kinds[i]))
        {
            break;
        }
    }

    if (i == TRIALS_NRULES) {
        return trials_table_error(table, err, "is not a kind of rule",
                                  fields[0]);
    }

    if (fields[1].len == 0 || fields[2].len == 0) {
        return trials_table_error(table, err, "an empty side", fields[1]);
    }

    for (k = 0; k <= TRIALS_GUARD_MASS; k++) {
        if (trials_word_is(fields[3].data, fields[3].len,
                           trials_rule_guards[k])) {
            break;
        }
    }

    if (k > TRIALS_GUARD_MASS) {
        return trials_table_error(table, err, "is not a guard", fields[3]);
    }

    *kind = (trials_rule_kind_t) i;
    rule->to = fields[2];
    rule->guard = (trials_guard_t) k;

    return rule->guard == TRIALS_GUARD_KEEP ? TRIALS_OK
                                            : trials_rules_slots(table, err);
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


/* A rule for each way that from can be written; *from is the one that failed. */

static trials_rc_t
trials_rules_ways(trials_rules_t *rules, trials_rule_kind_t kind,
                  trials_str_t *from, const trials_rule_t *rule)
{
    trials_rc_t  rc;
    const char  *open, *close, *p;
    trials_str_t ways, way, whole;

    open = memchr(from->data, '<', from->len);

    if (open == NULL) {
        return trials_rules_add(rules, kind, *from, rule);
    }

    close = memchr(open, '>', from->len - (size_t) (open - from->data));

    if (close == NULL) {
        return TRIALS_INVALID;
    }

    ways.data = open;
    ways.len = (size_t) (close - open) + 1;
    rc = TRIALS_OK;

    for (p = open + 1; p <= close && rc == TRIALS_OK; p += way.len + 1) {
        way.data = p;
        way.len = strcspn(p, ";>");

        whole = trials_rules_way(rules->arena, *from, ways, way);
        rc = whole.data ? trials_rules_ways(rules, kind, &whole, rule)
                        : TRIALS_NOMEM;
    }

    if (rc != TRIALS_OK) {
        *from = whole;
    }

    return rc;
}


/* from with `way` in the place of `ways`; where it is empty one space goes. */

static trials_str_t
trials_rules_way(trials_arena_t *arena, trials_str_t from, trials_str_t ways,
                 trials_str_t way)
{
    char        *p;
    size_t       before, after;
    trials_str_t whole;

    before = (size_t) (ways.data - from.data);
    after = before + ways.len;

    if (way.len == 0 && (before == 0 || from.data[before - 1] == ' ')) {
        if (after == from.len) {
            before -= before > 0;
        } else {
            after += from.data[after] == ' ';
        }
    }

    whole.len = before + way.len + from.len - after;
    whole.data = p = trials_arena_alloc(arena, whole.len + 1);

    if (p) {
        p = mempcpy(p, from.data, before);
        p = mempcpy(p, way.data, way.len);
        p = mempcpy(p, from.data + after, from.len - after);
        *p = '\0';
    }

    return whole;
}


static trials_rc_t
trials_rules_add(trials_rules_t *rules, trials_rule_kind_t kind,
                 trials_str_t from, const trials_rule_t *rule)
{
    size_t         size;
    trials_rc_t    rc;
    trials_rule_t *list;

    if (rules->nrules == rules->size) {
        size = rules->size ? 2 * rules->size : 1024;

        list = realloc(rules->rules, size * sizeof(trials_rule_t));
        if (list == NULL) {
            return TRIALS_NOMEM;
        }

        rules->rules = list;
        rules->size = size;
    }

    rules->rules[rules->nrules] = *rule;
    rules->rules[rules->nrules].from = from;
    rules->rules[rules->nrules].kind = kind;

    if (kind == TRIALS_RULE_ENDING) {
        rc = trials_rules_letters(rules, from, rules->nrules);
    } else {
        rc = trials_trie_add(rules->tries[kind], from, 0, (int) rules->nrules);
    }

    rules->nrules += rc == TRIALS_OK;

    return rc;
}


static trials_rc_t
trials_rules_letters(trials_rules_t *rules, trials_str_t letters, size_t rule)
{
    size_t           size;
    trials_ending_t *list;

    if (rules->nendings == rules->endings_size) {
        size = rules->endings_size ? 2 * rules->endings_size : 64;

        list = realloc(rules->endings, size * sizeof(trials_ending_t));
        if (list == NULL) {
            return TRIALS_NOMEM;
        }

        rules->endings = list;
        rules->endings_size = size;
    }

    rules->endings[rules->nendings].letters = letters;
    rules->endings[rules->nendings++].rule = rule;

    return TRIALS_OK;
}


int
trials_rules_ending(const trials_rules_t *rules, const char *word, size_t len)
{
    size_t                 i, k;
    const trials_ending_t *ending;

    for (i = 0; i < rules->nendings; i++) {
        ending = &rules->endings[i];

        if (ending->letters.len + 2 > len) {
            continue;
        }

        for (k = 0; k < ending->letters.len
                    && trials_lower(word[len - ending->letters.len + k])
                           == ending->letters.data[k];
             k++)
        {
            /* void */
        }

        if (k == ending->letters.len) {
            return (int) ending->rule;
        }
    }

    return -1;
}
