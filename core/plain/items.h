/*
 * An enumeration that may become a list.
 */

#ifndef TRIALS_CORE_PLAIN_ITEMS_H
#define TRIALS_CORE_PLAIN_ITEMS_H


#include "core/plain/rewrite.h"


#define TRIALS_ITEMS_MAX 32


typedef struct {
    trials_rewriter_t    *rewriter;
    const char           *text; /* of the enumeration */
    size_t                len;
    const trials_token_t *tokens; /* of it */
    size_t                ntokens;
    size_t                first[TRIALS_ITEMS_MAX]; /* tokens of the items */
    size_t                end[TRIALS_ITEMS_MAX];
    size_t                n;
    size_t                joint;     /* the token that joins the last one */
    unsigned              open : 1;  /* the lead stays as it is */
    unsigned              loose : 1; /* nothing joins them */
    unsigned              shown : 1; /* they are examples */
    unsigned              so_on : 1; /* "and so on" ends them */
    unsigned              meant : 1; /* the joint may be within an item */
} trials_items_t;


/* Is each item a thing of its own? */
int trials_items_stand(trials_items_t *items);

int trials_items_is(const trials_items_t *items, size_t i, const char *word);
int
trials_items_in(const trials_items_t *items, size_t i, const char *const *list);

/* Is token i an "or" or "and" between words? */
int trials_items_joint(const trials_items_t *items, size_t i);


#endif
