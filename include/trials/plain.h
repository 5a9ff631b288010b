/*
 * Plain English: the texts of a study as trees of runs, eligibility criteria
 * rewritten for a patient, and the proof that nothing was lost.
 *
 * text (CommonMark) → tree → groups → criteria with children → plain words →
 * checked against the original → runs of text and explained terms.
 * Deterministic and offline.  The engine is read-only after it was made and may
 * be shared by threads; what it makes belongs to the caller's arena.
 */

#ifndef TRIALS_PLAIN_H
#define TRIALS_PLAIN_H


#include <trials/memory.h>
#include <trials/registry.h>


/* Glossary and rules, compiled once. */
typedef struct trials_plain_s trials_plain_t;

/*
 * Compiles the glossary and rules that are built into the library.  NULL with
 * *err (which data file, which line, why) where one is broken or memory is out.
 * Freed by _destroy(), after the last translation that uses it.
 */
trials_plain_t *trials_plain_create(trials_error_t *err);
void            trials_plain_destroy(trials_plain_t *plain);

/* A hash, in hex, of all data the engine works with; NUL-terminated, lives as
 * long as the engine. */
const char *trials_plain_version(const trials_plain_t *plain);


/*
 * A term that is explained.  One object a term and study: runs that mention the
 * same term point to the same object, so a page can tell the first mention.
 */

typedef struct {
    trials_str_t term;      /* as a reader knows it: "forced vital capacity" */
    trials_str_t meaning;   /* in common words, one sentence or clause */
    trials_str_t expansion; /* what an abbreviation stands for; or empty */
    trials_str_t slug;      /* [a-z0-9-]+, unique within the study: an anchor */
    unsigned     abbreviation : 1; /* the term is one, e.g. "FVC" */
    unsigned     from_record : 1;  /* the record itself spells it out */
} trials_term_t;


/* A stretch of text; term is NULL, or explains all of text. */

typedef struct {
    trials_str_t         text;
    const trials_term_t *term;
} trials_run_t;


/* Flowing text: a list of runs whose texts, joined, are the text. */

typedef struct {
    trials_run_t *runs;
    size_t        nruns;
} trials_text_t;


/* Prose (summary, arms, outcomes …): blocks in order. */

typedef enum {
    TRIALS_BLOCK_PARAGRAPH = 0,
    TRIALS_BLOCK_HEADING, /* a line that heads what follows */
    TRIALS_BLOCK_LIST,    /* children are its items */
    TRIALS_BLOCK_ITEM     /* text, then children */
} trials_block_kind_t;

typedef struct trials_prose_block_s trials_prose_block_t;

struct trials_prose_block_s {
    trials_block_kind_t   kind;
    unsigned              ordered : 1; /* of a list */
    trials_text_t         text;
    trials_prose_block_t *children;
    size_t                nchildren;
};

typedef struct {
    trials_prose_block_t *blocks;
    size_t                nblocks;
} trials_prose_t;


/* Eligibility. */

typedef enum {
    TRIALS_GROUP_INCLUSION = 0,
    TRIALS_GROUP_EXCLUSION,
    TRIALS_GROUP_OTHER /* neither can be told, or it is neither */
} trials_group_kind_t;

typedef struct trials_criterion_s trials_criterion_t;

struct trials_criterion_s {
    trials_str_t  original; /* the record's text without Markdown syntax,
                               its full-width signs as usual ones */
    trials_str_t  plain;    /* what the page shows, flattened to text: the items
                               of a list within it are lines of their own, what
                               follows the list comes after an empty line */
    trials_text_t text;     /* the same in runs */

    /* The check proved plain equal to original.  0: plain is the original's
     * own words, and doubt says which check failed ("number 1.5 lost"). */
    unsigned     faithful : 1;
    trials_str_t doubt;

    trials_criterion_t *criteria; /* nested ones */
    size_t              ncriteria;
};

typedef struct {
    trials_group_kind_t kind;
    trials_str_t        heading; /* the record's, without Markdown; or empty */
    unsigned subgroup : 1;       /* heading is a sub-heading within its kind */
    trials_criterion_t *criteria;
    size_t              ncriteria;
} trials_group_t;

typedef struct {
    trials_group_t *groups; /* in the record's order */
    size_t          ngroups;
    size_t          ncriteria; /* nested ones included */
    size_t          nfaithful;
    double grade_original; /* Flesch-Kincaid grade (Kincaid et al. 1975) */
    double grade_plain;    /* of all criteria; 0 where there are none */
} trials_eligibility_t;


/*
 * The translation of one study's texts: knows the study's conditions,
 * interventions and the abbreviations that its texts define.  Lives in the
 * arena, with which it ends.  The engine and the study must outlive it.
 */

typedef struct trials_translation_s trials_translation_t;

trials_translation_t *
trials_translate(const trials_plain_t *plain, trials_arena_t *arena,
                 const trials_study_t *study, trials_error_t *err);

/* The study's eligibility criteria.  A study without criteria has 0 groups. */
trials_rc_t trials_translate_criteria(trials_translation_t *translation,
                                      trials_eligibility_t *eligibility,
                                      trials_error_t       *err);

/* A markup field: escapes resolved, terms explained, wording kept. */
trials_rc_t
trials_translate_prose(trials_translation_t *translation, trials_str_t markup,
                       trials_prose_t *prose, trials_error_t *err);

/* A plain-text field (an outcome's measure, a time frame): terms explained. */
trials_rc_t
trials_translate_text(trials_translation_t *translation, trials_str_t text,
                      trials_text_t *out, trials_error_t *err);

/* A markup field in one line without syntax and terms (for descriptions). */
trials_rc_t trials_plain_flatten(trials_arena_t *arena, trials_str_t markup,
                                 trials_str_t *text, trials_error_t *err);

/*
 * The original criteria as prose, untouched but for Markdown's syntax and the
 * width of signs: what stands beside the plain words.
 */
trials_rc_t
trials_translate_original(trials_translation_t *translation,
                          trials_prose_t *prose, trials_error_t *err);


/*
 * The fidelity check, by itself: TRIALS_OK where every number, unit,
 * comparator, time window, negation, alternative and word of meaning of the
 * original is in text, and nothing of these is new there.  Else TRIALS_FAILED
 * with what differs in *err.  Both are flat text, without Markdown.
 */
trials_rc_t
trials_plain_check(const trials_plain_t *plain, trials_str_t original,
                   trials_str_t text, trials_error_t *err);


/*
 * For those who improve the rules: appends how criterion n (from 1, in the
 * record's order, nested ones included) was read, which rules fired, what was
 * tried and what the check said; for n = 0 a line for every criterion.
 * TRIALS_NOT_FOUND with *err where there is no such criterion.
 */
trials_rc_t trials_plain_explain(trials_translation_t *translation, size_t n,
                                 trials_buf_t *out, trials_error_t *err);


#endif
