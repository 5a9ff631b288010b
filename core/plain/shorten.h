/*
 * Abbreviations that are spelled out beside their long form.
 */

#ifndef TRIALS_CORE_PLAIN_SHORTEN_H
#define TRIALS_CORE_PLAIN_SHORTEN_H


#include "core/plain/glossary.h"


/*
 * Adds that "left ventricular ejection fraction (LVEF)", "LVEF (left ventricular
 * ejection fraction)" and "SGPT (ALT)" are said in one word: the page explains it,
 * better than the long form does.  A long form that is a term of its own (a
 * disease's name) stays.
 */
trials_rc_t trials_short_forms_add(trials_glossary_t *glossary);


#endif
