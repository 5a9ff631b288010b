/*
 * A criterion in plain words, as far as the fidelity check follows.
 */

#ifndef TRIALS_CORE_PLAIN_REWRITE_H
#define TRIALS_CORE_PLAIN_REWRITE_H


#include "core/plain/check.h"
#include "core/plain/rules.h"
#include "core/plain/trace.h"

#include <trials/plain.h>


/* Where a criterion stands. */
typedef struct {
    trials_group_kind_t kind;
    unsigned            nested : 1;
    unsigned            turned : 1; /* what is above it denies or excepts it, or
                                       begins the sentence that it ends */
    unsigned            title : 1;  /* it names what stands below it */
} trials_place_of_t;

/* Places of a text where a phrase was replaced in vain. */
#define TRIALS_REWRITE_KEPT 6

/* Words of a title, at most. */
#define TRIALS_REWRITE_TITLE 8

typedef struct {
    const trials_rules_t *rules;
    trials_arena_t       *arena;
    trials_check_t        check;
    trials_trace_t       *trace;    /* NULL, but where it is to be explained */
    trials_tokens_t       tokens;   /* of the text */
    trials_tokens_t       sentence; /* of a sentence of it */
    trials_tokens_t       items;    /* of what a list is made of */
    trials_buf_t          phrases;  /* the text with its phrases replaced */
    trials_buf_t          whole;  /* the same, cut and speaking to the reader */
    trials_buf_t          tried;  /* what failed last */
    trials_buf_t          words;  /* a phrase in the making */
    trials_buf_t          list;   /* a list in the making */
    size_t                rest;   /* where what an opening opens begins, or 0 */
    trials_buf_t          signs;  /* what was tried, in the signs of print */
    trials_buf_t          mended; /* the same, mended */
    size_t                kept[TRIALS_REWRITE_KEPT]; /* bytes into the text */
    size_t                nkept;
    unsigned              past : 1;   /* the sentence tells of what is over */
    unsigned              spoken : 1; /* some sentence speaks to the reader */
    unsigned              listed : 1; /* some sentence became a list */
} trials_rewriter_t;

/* How much of what a sentence can be made into is wanted. */
#define TRIALS_REWRITE_CUT   1
#define TRIALS_REWRITE_VOICE 2
#define TRIALS_REWRITE_LIST  4


void
trials_rewriter_init(trials_rewriter_t *rewriter, const trials_rules_t *rules,
                     const trials_checker_t *checker, trials_arena_t *arena);
void trials_rewriter_free(trials_rewriter_t *rewriter);

/*
 * Fills in plain, faithful and doubt from original: plain phrases in short
 * sentences in the reader's voice, else fewer of these, else the original words,
 * whichever is the first that the check proves.
 */
trials_rc_t
trials_rewrite(trials_rewriter_t *rewriter, trials_criterion_t *criterion,
               const trials_place_of_t *place);

/* The same, sentence by sentence, where there are several: else
 * TRIALS_NOT_FOUND, and nothing is filled in. */
trials_rc_t
trials_rewrite_apart(trials_rewriter_t *rewriter, trials_criterion_t *criterion,
                     const trials_place_of_t *place);

/* Does what stands under this line mean less, or the opposite ("none of"), or
 * only end its sentence ("history of:")? */
int trials_rewrite_turns(trials_str_t line);

/* Is this line, which others stand under, but their title ("Chemotherapy:")? */
int trials_rewrite_titles(trials_str_t line);

/* "No disease, such as: asthma", "no asthma": does what follows after a semicolon
 * stand under the denial too? */
int trials_rewrite_denies(trials_str_t sentence);

/* Does a sentence after one that denies say itself what it is? */
int trials_rewrite_denied(trials_str_t sentence);

/* Appends text with its phrases and signs in plain words, but for phrases at one
 * of the places that are kept. */
void trials_rewrite_phrases(trials_rewriter_t *rewriter, trials_str_t text,
                            trials_buf_t *buf);

/* Appends text as sentences, cut where the rules allow it. */
void trials_rewrite_sentences(trials_rewriter_t *rewriter, trials_str_t text,
                              const trials_place_of_t *place, unsigned wanted,
                              trials_buf_t *buf);

/* Fills rewriter->mended with what is made of original, put right: a and an, words
 * that stand twice, brackets without their pair, signs, the first capital. */
trials_rc_t trials_rewrite_mend(trials_rewriter_t *rewriter,
                                trials_str_t original, trials_str_t text);

/* Appends a sentence as said to the reader; 0, and nothing appended, where no
 * rule for its opening fits. */
int trials_rewrite_opening(trials_rewriter_t *rewriter, trials_str_t text,
                           const trials_place_of_t *place, trials_buf_t *buf);

/* Makes a list of the sentence that begins at start of buf and enumerates from
 * rest on, or after its colon: its lead, then an item a line.  0, and buf as it
 * was, where its items cannot stand by themselves. */
int trials_rewrite_items(trials_rewriter_t *rewriter, trials_buf_t *buf,
                         size_t start, size_t rest);

/* An opening, of a sentence whose tokens are read: for an age ("age at least 18
 * years"), and for a bare noun ("severe asthma", "platelets at least ..."). */
int trials_rewrite_age(trials_rewriter_t *rewriter, trials_str_t text,
                       trials_buf_t *buf);
int trials_rewrite_noun(trials_rewriter_t *rewriter, trials_str_t text,
                        trials_buf_t *buf);

/* "You use|You used": the second where the sentence tells of a time that is
 * over ("in the 4 weeks before"). */
trials_str_t trials_rewrite_tense(const trials_rewriter_t *rewriter,
                                  trials_str_t text, trials_str_t to);

/* "Past asthma", "any prior cancer": is what begins at token i over? */
int trials_rewrite_over(const trials_rewriter_t *rewriter, trials_str_t text,
                        size_t i);

/* The token after "patients", "any patient", "the subject", or 0. */
size_t
trials_rewrite_subject(const trials_rewriter_t *rewriter, trials_str_t text);

/* The rule of the noun that heads what begins at a token of the sentence, or
 * NULL; *end is the token after the noun. */
const trials_rule_t *
trials_rewrite_head(const trials_rewriter_t *rewriter, trials_str_t text,
                    size_t i, size_t *end);

/* Does the rest, from token i on, go with the words of an opening?  "You have no"
 * takes no article; and what is used, or what one is allergic to, is not what
 * another part of the sentence tells of. */
int trials_rewrite_fits(const trials_rewriter_t *rewriter, trials_str_t text,
                        size_t i, trials_str_t to, int verbal);

/* "You have", "You had treatment with": is what follows a thing, and no verb nor
 * what is denied? */
int trials_rewrite_takes(trials_str_t to);

/* What stands before the rest: what the reader can do; things, to which a verb
 * may be joined ("or taking part in"); they are over. */
#define TRIALS_REST_CAN  1
#define TRIALS_REST_ALSO 2
#define TRIALS_REST_PAST 4

/* Appends what follows an opening, from token i on, with "who is" as "and you
 * are" and "their" as "your". */
void trials_rewrite_rest(const trials_rewriter_t *rewriter, trials_str_t text,
                         size_t i, int verbal, unsigned how, trials_buf_t *buf);

/* Appends what begins at a token of the sentence, with "a" or "an" before it
 * where its noun needs one. */
void trials_rewrite_article(const trials_rewriter_t *rewriter,
                            trials_str_t text, size_t i, trials_buf_t *buf);

/* Makes the letter at a place of the text a capital, or a small one, unless the
 * word is written in a way of its own ("mRNA", "ECOG"). */
void trials_rewrite_capital(trials_buf_t *buf, size_t at);
void trials_rewrite_small(trials_buf_t *buf, size_t at);

/* Would "an" stand before the word? */
int trials_rewrite_wants_an(const char *word, size_t len);

/* Does no verb, nor another mention of the patient, follow from token i on?
 * verbal: a verb stands before it, to which others may be joined. */
int trials_rewrite_bare(const trials_rewriter_t *rewriter, trials_str_t text,
                        size_t i, int verbal);

/* "Has asthma and is pregnant": is the verb at token i joined to the one that
 * opens the sentence? */
int trials_rewrite_joined(const trials_rewriter_t *rewriter, trials_str_t text,
                          size_t i);

/* The ")" of the "(" at token i of the sentence, or 0. */
size_t trials_rewrite_close(const trials_rewriter_t *rewriter,
                            trials_str_t text, size_t i);

/* What begins a clause with a verb of its own. */
extern const char *const trials_rewrite_relative[];

/* Is token i of the sentence one of a list of words in lower case? */
static inline int
trials_rewrite_in(const trials_rewriter_t *rewriter, trials_str_t text,
                  size_t i, const char *const *list)
{
    const trials_token_t *t;

    t = &rewriter->sentence.list[i];

    return trials_word_in(text.data + t->start, t->len, list);
}


#endif
