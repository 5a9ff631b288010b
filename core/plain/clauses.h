/*
 * A criterion that is cut into sentences, and where it may be cut.
 */

#ifndef TRIALS_CORE_PLAIN_CLAUSES_H
#define TRIALS_CORE_PLAIN_CLAUSES_H


#include "core/plain/rewrite.h"


/* A sentence of fewer words is short enough. */
#define TRIALS_CLAUSE_LONG 10

/* A hard one is cut from so many on. */
#define TRIALS_CLAUSE_SHORT 8

/* A sentence of a lower grade is easy enough (Flesch-Kincaid). */
#define TRIALS_CLAUSE_HARD 8


typedef struct {
    trials_rewriter_t       *rewriter;
    const trials_place_of_t *place;
    trials_str_t             text;
    const trials_token_t    *tokens;
    size_t                   ntokens;
    size_t                   from;    /* the token that begins the sentence */
    size_t                   part;    /* and the one after the last stop */
    size_t                   skip;    /* a ")" whose "(" was cut away, or 0 */
    trials_str_t             opening; /* of the sentence, by a cut */
    unsigned                 wanted;
    unsigned                 joined : 1; /* the sentence begins at a joint */
    unsigned                 people : 1; /* the first sentence is about them */
    unsigned                 aside : 1;  /* the sentence stands in brackets */
    unsigned                 listed : 1; /* the last one ends with a list */
    unsigned      exempted : 1;          /* one more of a list of exceptions */
    unsigned      denied : 1;            /* one more of what is denied */
    trials_buf_t *buf;
} trials_clauses_t;


/* "high blood pressure (at least 160 mmHg at rest)": one thing, and what it is
 * in numbers. */
int trials_clause_bounded(const trials_clauses_t *c, size_t i, size_t close);

/* "(asthma, eczema or hay fever in childhood)": enough words for a sentence of
 * their own, in its brackets. */
int trials_clause_note(const trials_clauses_t *c, size_t i, size_t close);

/* Does token i say no more than that there is something: "You have cancer that"
 * is no sentence yet before "that". */
int trials_clause_vague(const trials_clauses_t *c, size_t i);

/* Token i, or the one before the brackets that end there. */
size_t trials_clause_outside(const trials_clauses_t *c, size_t i);

/* Does a verb stand between the tokens, in no clause of "that"? */
int trials_clause_verb(const trials_clauses_t *c, size_t from, size_t end);

/* Is there one thing before a condition, and a whole sentence in it? */
int trials_clause_applies(const trials_clauses_t *c, size_t i, size_t next);

/* May a sentence end before token i?  Not in "it is | defined as". */
int trials_clause_complete(const trials_clauses_t *c, size_t i);

/* "Willing to come and take part": is what follows the joint still what
 * somebody will, can or agrees to do? */
int trials_clause_wills(const trials_clauses_t *c, size_t i, size_t next);

/* Is what begins at token next, after the joint, the reader's?  Not in "drugs that
 * prolong it and have a risk", "drugs, or with rays", "if you had it and have". */
int trials_clause_own(const trials_clauses_t *c, size_t i, size_t next);

/* "drugs, e.g. aspirin or heparin, in the last year": does the sentence go on
 * after its examples? */
int trials_clause_resumes(const trials_clauses_t *c, size_t i);

/* "other than", perhaps after a mark. */
int trials_clause_other(const trials_clauses_t *c, size_t i);

/* Does the sentence except something before token i? */
int trials_clause_excepts(const trials_clauses_t *c, size_t i);

/* "These are exceptions: asthma; rhinitis": more of them may follow. */
int trials_clause_exempts(const trials_clauses_t *c, size_t i);

/* "other than asthma or rhinitis needing treatment": the end may go with what
 * stands before the exception. */
int trials_clause_bound(const trials_clauses_t *c, size_t i, size_t next);

/* May an exception, from token next to its ")" or the end, stand apart from what
 * it is made to? */
int trials_clause_apart(const trials_clauses_t *c, size_t i, size_t next,
                        size_t close);

/* Is there a time between the tokens? */
int trials_clause_timed(const trials_clauses_t *c, size_t from, size_t end);

/* Does the sentence, from token i on, end with a window of time ("in the 2 weeks
 * before")? */
int trials_clause_windowed(const trials_clauses_t *c, size_t i);

/* Is the sentence hard to read as it is? */
int trials_clause_hard(const trials_clauses_t *c);

/* Does more follow the window than what it is counted from, or does the sentence
 * tell of what is to come? */
int trials_clause_window(const trials_clauses_t *c, size_t i);

/* Is the rest of the sentence no more than what the cut began?  "Diseases such
 * as asthma are allowed" goes on after it. */
int trials_clause_bare(const trials_clauses_t *c, size_t i, size_t next);

/* Does an alternative or another member follow, which may belong to what stands
 * before the cut? */
int trials_clause_tail(const trials_clauses_t *c, size_t i);

/* "Any other condition that could ..." is no condition without what follows. */
int trials_clause_any(const trials_clauses_t *c);

/* ", and the dose must be stable": a sentence of its own, after one. */
int trials_clause_whole(const trials_clauses_t *c, size_t i, size_t next);

/* Ends the sentence at the joint at token i, if both sides are sentences; where to
 * go on from, or i. */
size_t trials_clause_joint(trials_clauses_t *c, size_t i);

/* Can the words from token `from` up to token end speak to the reader? */
int trials_clause_speaks(trials_clauses_t *c, size_t from, size_t end);

/* Writes the sentence up to token `end`. */
void trials_clause_put(trials_clauses_t *c, size_t end);

/* Writes a sentence, with its opening and to the reader where it may be; or one
 * that stands in brackets. */
void trials_clause_say(trials_clauses_t *c, trials_str_t text);
void trials_clause_bracket(trials_clauses_t *c, trials_str_t text);

/* A full stop, or a semicolon, that ends the sentence. */
int trials_clause_ends(const trials_clauses_t *c, size_t i);

/* The ")" of the "(" at token i, or 0. */
size_t trials_clause_close(const trials_clauses_t *c, size_t i);

/* Words of the sentence before token i. */
size_t trials_clause_words(const trials_clauses_t *c, size_t i);

/* Words of the sentence from token i on. */
size_t trials_clause_rest(const trials_clauses_t *c, size_t i);

int trials_clause_is(const trials_clauses_t *c, size_t i, const char *word);


#endif
