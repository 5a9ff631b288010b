/*
 * The catalogue: every word of our own, in one file a language.
 *
 * A line is an id, a tab and a text.  "{name}" in a text is a place that is
 * filled in.  What is counted has two texts, ID.one and ID.other, of which "{n}"
 * is the number.
 */

#ifndef TRIALS_PAGE_WORDS_H
#define TRIALS_PAGE_WORDS_H


#include <trials/memory.h>


typedef struct {
    trials_str_t id;
    trials_str_t text;
} trials_word_t;

/* Sorted by id.  Texts lie in the arena that made it. */
typedef struct {
    trials_word_t *words;
    size_t         n;
} trials_words_t;


/*
 * Reads the built-in file of a language.  name is what messages call it.
 * TRIALS_INVALID with file and line where a line is broken or an id is given
 * twice.
 */
trials_rc_t trials_words_load(trials_words_t *words, trials_arena_t *arena,
                              const char *name, const char *start,
                              const char *end, trials_error_t *err);

/*
 * Replaces the texts of a site's own file, which may hold some ids only.  An id
 * that the catalogue lacks is an error, for it would never be seen; so is a
 * place to fill in that the text it replaces does not have.
 */
trials_rc_t trials_words_replace(trials_words_t *words, trials_arena_t *arena,
                                 const char *name, const char *start,
                                 const char *end, trials_error_t *err);

/* The text of an id, NUL-terminated; NULL where there is none. */
const char *trials_words_find(const trials_words_t *words, const char *id);

/*
 * The next piece of a text: what stands before a place (which may be empty),
 * and the place's name, NULL at the end of the text.  0 when nothing is left.
 */
int
trials_words_piece(const char **text, trials_str_t *before, trials_str_t *name);


#endif
