/*
 * The Flesch-Kincaid grade: 0.39 words a sentence + 11.8 syllables a word -
 * 15.59 (Kincaid, Fishburne, Rogers and Chissom, 1975).
 */

#ifndef TRIALS_CORE_PLAIN_READABILITY_H
#define TRIALS_CORE_PLAIN_READABILITY_H


#include <trials/memory.h>


typedef struct {
    size_t words;
    size_t sentences;
    size_t syllables;
} trials_readability_t;


/* Counts one block of text; its end ends a sentence. */
void trials_readability_add(trials_readability_t *r, trials_str_t text);

/* The grade of all that was counted; 0 where that is nothing. */
double trials_readability_grade(const trials_readability_t *r);

/* The spoken syllables of a word, a number or an abbreviation. */
size_t trials_readability_syllables(const char *word, size_t len);


#endif
