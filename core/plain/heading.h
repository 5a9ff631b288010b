/*
 * What a line of the criteria is: a heading of inclusions or exclusions, or not.
 */

#ifndef TRIALS_CORE_PLAIN_HEADING_H
#define TRIALS_CORE_PLAIN_HEADING_H


#include <trials/plain.h>

#include <stddef.h>


/*
 * The length of the heading that line begins with, and its kind: the whole line,
 * or up to and with its colon where criteria follow on the same line.  0 where
 * the line is a criterion.
 */
size_t trials_heading_read(trials_str_t line, trials_group_kind_t *kind);

/*
 * Where, after the line's start, an "Inclusion Criteria:" or "Exclusion:" stands
 * within it; line.len where none does.
 */
size_t trials_heading_within(trials_str_t line);

/*
 * Does the line head what all who join must meet, though it says neither
 * "inclusion" nor "exclusion": "DISEASE CHARACTERISTICS:" (the first part of
 * NCI's old abstracts, whose exclusions say "No ..."), "Patients must meet all
 * of the following criteria:"?
 */
int trials_heading_requires(trials_str_t line);

/* Does the heading say more than which kind of criteria follow, in at least so
 * many words? */
int trials_heading_says_more(trials_str_t heading, size_t words);

/* Is the line a few words that name a group of people or a part of the study?
 * Where `apart` is not set it must have such a word or be in capitals. */
int trials_heading_is_label(trials_str_t line, int apart);

/*
 * The bytes of list marks that the line begins with ("• ", "a) ", "- ").  *next
 * is the enumeration that goes on, zero to begin with.  A number is a mark only
 * where it is the first one and `first` says that nothing was taken away before:
 * in "* 12. text" it is the record's own number of the criterion, which others
 * may refer to.
 */
size_t trials_heading_marks(trials_str_t line, unsigned *next, int first);


#endif
