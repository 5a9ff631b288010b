/*
 * What the fidelity check takes as equal: phrases, and what they are read as.
 */

#ifndef TRIALS_CORE_PLAIN_CHECK_TABLE_H
#define TRIALS_CORE_PLAIN_CHECK_TABLE_H


#include <trials/memory.h>

#include <stddef.h>
#include <stdint.h>


/* Parts of the longest phrase. */
#define TRIALS_PHRASE_WORDS 12


typedef struct {
    uint32_t     hash;
    uint32_t     longest; /* parts of the longest phrase that begins so */
    trials_str_t phrase;  /* its parts in normal form, parted by a space */
    const char  *canon;   /* NULL where it only begins phrases */
} trials_check_slot_t;

/* A hash table; read-only after it was made, and shared by threads. */
typedef struct {
    trials_arena_t      *arena;
    void                *scratch; /* texts being read while it is made */
    trials_check_slot_t *slots;   /* malloc'ed; a power of two of them */
    size_t               size;
    size_t               n;
} trials_checker_t;


/* Reads the data file. */
trials_rc_t
     trials_checker_load(trials_checker_t *checker, const char *name,
                         const char *start, const char *end, trials_error_t *err);
void trials_checker_free(trials_checker_t *checker);

/*
 * Takes `from` for what `to` is read as, on somebody else's word, provided that
 * both state the same numbers, bounds, units, times, negations, alternatives,
 * exceptions and quantifiers: else TRIALS_FAILED, and nothing is taken.
 */
trials_rc_t trials_checker_vouch(trials_checker_t *checker, trials_str_t from,
                                 trials_str_t to);

/* The phrase whose parts are those of key: hash is that of key's bytes. */
const trials_check_slot_t *
trials_checker_find(const trials_checker_t *checker, const char *key,
                    size_t len, uint32_t hash);

/* FNV-1a, to be gone on with; begins with TRIALS_CHECK_HASH. */
#define TRIALS_CHECK_HASH 2166136261u
uint32_t trials_check_hash(uint32_t hash, const char *p, size_t len);


#endif
