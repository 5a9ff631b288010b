/*
 * How the time of a translation grows with the text, and that of a match with
 * the number of phrases.  Both should stay flat a character and a word.
 *
 *   bench_plain [rounds]
 */

#include "core/plain/trie.h"

#include <trials/plain.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>


#define FAIL(what)                            \
    do {                                      \
        (void) fprintf(stderr, "%s\n", what); \
        exit(1);                              \
    } while (0)


/* Ordinary ones, written for this. */
static const char *const criteria[] = {
    "Age \\>= 18 years and able to give informed consent\n",
    "Platelet count \\>= 100 x 10\\^9/L within 14 days prior to the first dose of "
    "study drug\n",
    "History of myocardial infarction, unstable angina, or stroke within the "
    "past 6 months\n",
    "Uncontrolled hypertension (systolic blood pressure \\> 160 mmHg) despite "
    "treatment, in the opinion of the investigator\n",
    "ALT and AST \\<= 2.5 x ULN (\\<= 5 x ULN if liver metastases are present)\n",
    "Women of childbearing potential must use a highly effective method of "
    "contraception\n",
    "Any of the following: 1) active infection; 2) pregnancy; 3) use of strong "
    "CYP3A4 inhibitors\n"};


static double
seconds(void)
{
    struct timespec t;

    (void) clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);

    return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}


/* The least of some rounds, in seconds. */

static double
translate(const trials_plain_t *plain, trials_str_t text, unsigned rounds)
{
    double                took, least;
    unsigned              i;
    trials_error_t        err;
    trials_study_t        study;
    trials_arena_t       *arena;
    trials_translation_t *translation;
    trials_eligibility_t  e;

    memset(&study, 0, sizeof(study));
    memcpy(study.id, "NCT99990001", sizeof("NCT99990001"));
    study.criteria = text;
    least = 1e9;

    arena = trials_arena_create();
    if (arena == NULL) {
        FAIL("out of memory");
    }

    for (i = 0; i < rounds; i++) {
        took = seconds();
        translation = trials_translate(plain, arena, &study, &err);

        if (translation == NULL
            || trials_translate_criteria(translation, &e, &err) != TRIALS_OK)
        {
            FAIL(err.message);
        }

        took = seconds() - took;
        least = took < least ? took : least;
        trials_arena_reset(arena);
    }

    trials_arena_destroy(arena);

    return least;
}


static void
bench_length(unsigned rounds)
{
    double          took, first;
    size_t          len, i;
    trials_buf_t    buf;
    trials_error_t  err;
    trials_plain_t *plain;

    plain = trials_plain_create(&err);
    if (plain == NULL) {
        FAIL(err.message);
    }

    (void) printf("characters        ms  ns a character  against the first\n");
    trials_buf_init(&buf, 4 << 20);
    first = 0;

    for (len = 5000, i = 0; len <= 640000; len *= 2) {
        while (buf.len < len) {
            (void) trials_buf_append(&buf, "* ", 2);
            (void) trials_buf_append(&buf, criteria[i % 7],
                                     strlen(criteria[i % 7]));
            i++;
        }

        took = translate(plain, (trials_str_t){buf.len, buf.data}, rounds);
        first = first > 0 ? first : took / (double) buf.len;
        (void) printf("%10zu %9.3f %15.1f %18.2f\n", buf.len, 1e3 * took,
                      1e9 * took / (double) buf.len,
                      took / (double) buf.len / first);
    }

    trials_buf_free(&buf);
    trials_plain_destroy(plain);
}


/* Looks for phrases at every token of a text. */

static double
match(size_t phrases, unsigned rounds)
{
    int             found;
    char            phrase[64];
    double          took, least;
    size_t          i, used;
    unsigned        round;
    trials_str_t    text;
    trials_trie_t  *trie;
    trials_tokens_t tokens;

    trie = trials_trie_create();
    if (trie == NULL) {
        FAIL("out of memory");
    }

    for (i = 0; i < phrases; i++) {
        (void) snprintf(phrase, sizeof(phrase), "%s%zx %zx",
                        i % 2 ? "history" : "w", i % 2 ? 0 : i, i * 7919);
        text.data = phrase;
        text.len = strlen(phrase);

        if (trials_trie_add(trie, text, 0, (int) i) == TRIALS_NOMEM) {
            FAIL("out of memory");
        }
    }

    memset(&tokens, 0, sizeof(tokens));
    text.data = criteria[2];
    text.len = strlen(criteria[2]);

    if (trials_tokens_read(&tokens, text) != TRIALS_OK) {
        FAIL("out of memory");
    }

    least = 1e9;
    found = 0;

    for (round = 0; round < rounds; round++) {
        took = seconds();

        for (i = 0; i < 1000 * tokens.n; i++) {
            found += trials_trie_longest(trie, text, &tokens, i % tokens.n,
                                         &used, NULL)
                     >= 0;
        }

        took = (seconds() - took) / (1000.0 * (double) tokens.n);
        least = took < least ? took : least;
    }

    if (found) {
        FAIL("a phrase matched that is not there");
    }

    trials_tokens_free(&tokens);
    trials_trie_destroy(trie);

    return least;
}


static void
bench_phrases(unsigned rounds)
{
    double took, first;
    size_t n;

    (void) printf("   phrases  ns a token  against the first\n");
    first = 0;

    for (n = 1000; n <= 1000000; n *= 10) {
        took = match(n, rounds);
        first = first > 0 ? first : took;
        (void) printf("%10zu %11.1f %18.2f\n", n, 1e9 * took, took / first);
    }
}


int
main(int argc, char **argv)
{
    unsigned rounds;

    rounds = argc > 1 ? (unsigned) strtoul(argv[1], NULL, 10) : 5;

    bench_length(rounds ? rounds : 1);
    bench_phrases(rounds ? rounds : 1);

    return 0;
}
