/*
 * The rules of rewriting: phrases with plainer ones, how a criterion that opens
 * in one way speaks to the reader, and where a sentence may end early.
 */

#ifndef TRIALS_CORE_PLAIN_RULES_H
#define TRIALS_CORE_PLAIN_RULES_H


#include "core/plain/glossary.h"


typedef enum {
    TRIALS_GUARD_ANY = 0,
    TRIALS_GUARD_BARE,  /* of an opening: what follows must not speak about the
                           patient again nor have a verb of its own */
    TRIALS_GUARD_LONG,  /* of a cut: only in a long sentence */
    TRIALS_GUARD_TAIL,  /* the same, and no alternative may follow */
    TRIALS_GUARD_KEEP,  /* the same, and the words are said again */
    TRIALS_GUARD_ALONE, /* of a phrase: "to", a bracket may not follow */
    TRIALS_GUARD_LAST, /* the same as bare, and only "and" and the like follow */
    TRIALS_GUARD_COUNT, /* of a noun: it takes "a" */
    TRIALS_GUARD_MASS
} trials_guard_t;

/* What a file's line says, by its first field. */
typedef enum {
    TRIALS_RULE_PHRASE = 0,
    TRIALS_RULE_OPEN,
    TRIALS_RULE_CUT,
    TRIALS_RULE_NOUN,
    TRIALS_RULE_ENDING, /* a noun by its last letters */
    TRIALS_NRULES
} trials_rule_kind_t;

typedef struct {
    trials_str_t       from;
    trials_str_t       to;
    trials_rule_kind_t kind;
    trials_guard_t     guard;
} trials_rule_t;

typedef struct {
    trials_str_t letters;
    size_t       rule;
} trials_ending_t;

typedef struct {
    trials_trie_t   *tries[TRIALS_NRULES]; /* values are indexes of rules;
                                              endings have none */
    trials_trie_t   *names; /* the glossary's terms, not ours; or NULL */
    trials_arena_t  *arena; /* the ways that a rule can be written */
    trials_rule_t   *rules;
    trials_ending_t *endings;
    size_t           nrules;
    size_t           nendings;
    size_t           size;
    size_t           endings_size;
} trials_rules_t;


/* Every core/plain/rules/ *.en.tsv, by name. */
extern const trials_data_file_t trials_plain_rules_files[];

/* Reads data files up to the one without a name, and the glossary's words that
 * have a plainer one; a phrase's rule goes before the glossary's word. */
trials_rc_t
     trials_rules_load(trials_rules_t *rules, const trials_glossary_t *glossary,
                       const trials_data_file_t *files, trials_error_t *err);
void trials_rules_free(trials_rules_t *rules);

/* The noun rule whose ending the word has, or -1. */
int
trials_rules_ending(const trials_rules_t *rules, const char *word, size_t len);


#endif
