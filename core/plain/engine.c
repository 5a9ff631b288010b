/*
 * Making the engine out of its data.
 */

#include "core/plain/engine.h"

#include "core/plain/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>


/* Goes up when the code makes other words of the same data. */
#define TRIALS_PLAIN_REVISION "1"


extern const char trials_plain_check_start[], trials_plain_check_end[];


static trials_rc_t
              trials_plain_vouch(trials_plain_t *plain, trials_error_t *err);
static size_t trials_plain_place(const trials_rule_t *rule);
static trials_rc_t
trials_plain_vouch_one(trials_plain_t *plain, const trials_rule_t *rule);
static uint64_t
trials_plain_hash(uint64_t hash, const char *p, const char *end);


trials_plain_t *
trials_plain_create(trials_error_t *err)
{
    uint64_t                  hash;
    trials_rc_t               rc;
    const char               *revision;
    trials_plain_t           *plain;
    const trials_data_file_t *file;

    revision = TRIALS_PLAIN_REVISION;

    plain = calloc(1, sizeof(trials_plain_t));
    if (plain == NULL) {
        (void) trials_error(err, TRIALS_NOMEM, "plain English: out of memory");
        return NULL;
    }

    rc = trials_glossary_load(&plain->glossary, trials_plain_glossary_files,
                              err);

    if (rc == TRIALS_OK) {
        rc = trials_checker_load(&plain->checker, "check.en.tsv",
                                 trials_plain_check_start,
                                 trials_plain_check_end, err);
    }

    if (rc == TRIALS_OK) {
        rc = trials_rules_load(&plain->rules, &plain->glossary,
                               trials_plain_rules_files, err);
    }

    if (rc == TRIALS_OK) {
        rc = trials_plain_vouch(plain, err);
    }

    if (rc != TRIALS_OK) {
        trials_plain_destroy(plain);
        return NULL;
    }

    hash = 0;

    for (file = trials_plain_glossary_files; file->name; file++) {
        hash = trials_plain_hash(hash, file->start, file->end);
    }

    for (file = trials_plain_rules_files; file->name; file++) {
        hash = trials_plain_hash(hash, file->start, file->end);
    }

    hash = trials_plain_hash(hash, trials_plain_check_start,
                             trials_plain_check_end);
    hash = trials_plain_hash(hash, revision, revision + strlen(revision));

    (void) snprintf(plain->version, sizeof(plain->version), "%016" PRIx64,
                    hash);

    return plain;
}


/*
 * The check learns what rules and glossary replace: short phrases before the
 * long ones that hold them, phrases before openings and cuts of that length.
 * What it does not take is not shown; the tests of the data files find it.
 */

static trials_rc_t
trials_plain_vouch(trials_plain_t *plain, trials_error_t *err)
{
    size_t                i, n, places;
    trials_rc_t           rc;
    const trials_rule_t **list, *rule;
    size_t                starts[2 * TRIALS_PHRASE_WORDS + 2];

    list = calloc(plain->rules.nrules + 1, sizeof(trials_rule_t *));
    if (list == NULL) {
        return trials_error(err, TRIALS_NOMEM, "check.en.tsv: out of memory");
    }

    /* Sorted by counting. */

    memset(starts, 0, sizeof(starts));

    for (i = 0; i < plain->rules.nrules; i++) {
        starts[trials_plain_place(&plain->rules.rules[i]) + 1]++;
    }

    places = 2 * TRIALS_PHRASE_WORDS;

    for (n = 1; n <= places; n++) {
        starts[n] += starts[n - 1];
    }

    n = starts[places];

    for (i = 0; i < plain->rules.nrules; i++) {
        rule = &plain->rules.rules[i];
        list[starts[trials_plain_place(rule)]++] = rule;
    }

    for (i = 0, rc = TRIALS_OK; i < n && rc != TRIALS_NOMEM; i++) {
        rc = trials_plain_vouch_one(plain, list[i]);
    }

    free(list);

    return rc == TRIALS_NOMEM
               ? trials_error(err, rc, "check.en.tsv: out of memory")
               : TRIALS_OK;
}


/* When the check learns a rule; 2 * TRIALS_PHRASE_WORDS: never. */

static size_t
trials_plain_place(const trials_rule_t *rule)
{
    size_t      spaces;
    const char *p, *end;

    spaces = 0;
    p = rule->from.data;
    end = p + rule->from.len;

    if (rule->kind > TRIALS_RULE_CUT || memchr(p, '{', rule->from.len)) {
        return 2 * TRIALS_PHRASE_WORDS;
    }

    while ((p = memchr(p, ' ', (size_t) (end - p)))) {
        spaces++;
        p++;
    }

    if (spaces >= TRIALS_PHRASE_WORDS) {
        return 2 * TRIALS_PHRASE_WORDS;
    }

    return 2 * spaces + (rule->kind != TRIALS_RULE_PHRASE);
}


static trials_rc_t
trials_plain_vouch_one(trials_plain_t *plain, const trials_rule_t *rule)
{
    trials_str_t to, now;

    to = rule->to;

    if (rule->kind == TRIALS_RULE_OPEN) {
        now = to;
        (void) trials_table_piece(&to, &now);
        to = now;
    }

    return trials_checker_vouch(&plain->checker, rule->from, to);
}


void
trials_plain_destroy(trials_plain_t *plain)
{
    if (plain == NULL) {
        return;
    }

    trials_checker_free(&plain->checker);
    trials_rules_free(&plain->rules);
    trials_glossary_free(&plain->glossary);
    free(plain);
}


const char *
trials_plain_version(const trials_plain_t *plain)
{
    return plain->version;
}


static uint64_t
trials_plain_hash(uint64_t hash, const char *p, const char *end)
{
    return XXH64(p, (size_t) (end - p), hash);
}
