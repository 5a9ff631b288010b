/*
 * The glossary: terms that are explained, and words that have a plainer one.
 */

#ifndef TRIALS_CORE_PLAIN_GLOSSARY_H
#define TRIALS_CORE_PLAIN_GLOSSARY_H


#include "core/plain/trie.h"


/* A data file as it is built into the library (data.S). */
typedef struct {
    const char *name; /* for messages; NULL ends a list of files */
    const char *start;
    const char *end;
} trials_data_file_t;

/* Every core/plain/glossary/ *.en.tsv, by name. */
extern const trials_data_file_t trials_plain_glossary_files[];


typedef enum {
    TRIALS_ENTRY_TERM = 0,
    TRIALS_ENTRY_ABBREVIATION, /* one word, as it is written */
    TRIALS_ENTRY_STEM,         /* "-mab": the end of drug names */
    TRIALS_ENTRY_SHAPE         /* "CYP0A0": 0 is any number */
} trials_entry_kind_t;

typedef struct {
    trials_str_t        term;
    trials_str_t        forms; /* parted by "|"; empty: none */
    trials_str_t        meaning;
    trials_str_t        context; /* words parted by "|"; empty: anywhere */
    const char         *file;    /* where it stands, for messages */
    unsigned            line;
    trials_entry_kind_t kind;
    int                 next; /* the next sense of the term, or -1 */
} trials_entry_t;

/* A phrase and what is said instead. */
typedef struct {
    trials_str_t from;
    trials_str_t to;
    unsigned     derived : 1; /* in no file */
} trials_swap_t;

typedef struct {
    trials_arena_t *arena; /* of what is not in the files */
    trials_trie_t  *terms; /* values are indexes of entries */
    trials_trie_t  *words; /* the same: what words are known by their look */
    trials_entry_t *entries;
    size_t          nentries;
    trials_swap_t  *swaps;
    size_t          nswaps;
    size_t          entries_size;
    size_t          swaps_size;
} trials_glossary_t;


/*
 * Reads data files up to the one without a name; their texts stay where they
 * are.  TRIALS_INVALID with *err ("file:line: why") where a line is broken or a
 * form is an earlier line's already, in any file.
 */
trials_rc_t
     trials_glossary_load(trials_glossary_t        *glossary,
                          const trials_data_file_t *files, trials_error_t *err);
void trials_glossary_free(trials_glossary_t *glossary);

/* Adds a phrase and what is said instead; the texts must live as long. */
trials_rc_t trials_glossary_swap(trials_glossary_t *glossary, trials_str_t from,
                                 trials_str_t to, unsigned derived);

/* What an abbreviation stands for: its first form of several words, or
 * nothing. */
trials_str_t trials_entry_expansion(const trials_entry_t *entry);

/*
 * The entry that explains a word by its look: a drug name's stem, or the shape
 * of a gene's or substance's name.  -1 where it tells nothing.
 */
int trials_glossary_look(const trials_glossary_t *glossary, const char *word,
                         size_t len);

/* The index of the entry whose term or form is the whole text, or -1. */
int trials_glossary_find(const trials_glossary_t *glossary, trials_str_t text);


#endif
