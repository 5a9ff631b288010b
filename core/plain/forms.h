/*
 * The forms in which a term is met.
 */

#ifndef TRIALS_CORE_PLAIN_FORMS_H
#define TRIALS_CORE_PLAIN_FORMS_H


#include "core/plain/glossary.h"


/*
 * Adds a form of entry n as it is written: an abbreviation's forms without a
 * space match as they are, and so does a term's form in capitals; all others
 * match in any case.  TRIALS_BUSY where it is another entry's, TRIALS_INVALID
 * where it cannot be matched.
 */
trials_rc_t
trials_form_add(trials_glossary_t *glossary, size_t n, trials_str_t form);

/* Is it an abbreviation's long form: several words, or one without a capital? */
int trials_form_long(const trials_entry_t *entry, trials_str_t form);

/*
 * Adds the long forms of abbreviations, and what follows from all forms: plurals,
 * British spelling, other apostrophes.  A form that is an entry's already stays
 * that entry's: a disease is a term of its own, whatever its abbreviation.
 */
trials_rc_t trials_forms_add(trials_glossary_t *glossary, trials_error_t *err);


#endif
