/*
 * Checking many rewritings of one criterion against it.
 */

#ifndef TRIALS_CORE_PLAIN_CHECK_H
#define TRIALS_CORE_PLAIN_CHECK_H


#include "core/plain/check_read.h"


/* Belongs to one thread; its memory is kept from one criterion to the next. */
typedef struct {
    const trials_checker_t *checker;
    trials_str_t            text; /* of the original */
    trials_reading_t        original;
    trials_reading_t        plain;
    size_t at; /* bytes into text, where the two first differ */
} trials_check_t;


void trials_check_init(trials_check_t *check, const trials_checker_t *checker);
void trials_check_free(trials_check_t *check);

/* Reads the original, which must live as long as it is checked against. */
trials_rc_t trials_check_original(trials_check_t *check, trials_str_t text);

/* TRIALS_OK where plain states the same, TRIALS_FAILED with what differs in
 * *err, TRIALS_NOMEM. */
trials_rc_t trials_check_plain(trials_check_t *check, trials_str_t plain,
                               trials_error_t *err);


#endif
