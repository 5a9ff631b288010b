/*
 * The fidelity check.
 *
 * What the original states and what the plain words state must be the same
 * sequence: every number with its value and bound, every unit, negation,
 * alternative, exception and quantifier, and every other word that carries
 * meaning.  A table says which words mean the same; a word it does not know
 * means itself.  What is passed over is grammar ("the", "is"), who is meant
 * ("patients", "you") and obligation ("must"), which the group's heading says.
 *
 * That is more than is needed and is meant to be: a rewriting that this cannot
 * follow is not shown.
 */

#include "core/plain/check_read.h"

#include <trials/plain.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>


/* How far on a fact is looked for, to tell "lost" from "moved". */
#define TRIALS_CHECK_REACH 24


static trials_rc_t
trials_check_compare(const trials_facts_t *original,
                     const trials_facts_t *plain, trials_error_t *err);
static trials_rc_t
           trials_check_differ(const trials_facts_t *original, size_t i,
                               const trials_facts_t *plain, size_t k, trials_error_t *err);
static int trials_fact_same(const trials_fact_t *a, const trials_fact_t *b);
static int trials_fact_within(const trials_facts_t *facts, size_t from,
                              const trials_fact_t *fact);
static const char *trials_fact_kind(const trials_fact_t *fact);


trials_rc_t
trials_plain_check(trials_str_t original, trials_str_t plain,
                   trials_group_kind_t kind, trials_error_t *err)
{
    char          *words, *plain_words;
    trials_rc_t    rc;
    trials_facts_t facts, plain_facts;

    /* A criterion means the same in every group, as long as it is not moved;
     * what depends on the group is which rewriting is tried. */

    (void) kind;

    if (original.len == plain.len
        && (plain.len == 0
            || memcmp(original.data, plain.data, plain.len) == 0))
    {
        return TRIALS_OK;
    }

    plain_words = NULL;
    memset(&plain_facts, 0, sizeof(trials_facts_t));

    rc = trials_facts_read(&facts, original, &words);

    if (rc == TRIALS_OK) {
        rc = trials_facts_read(&plain_facts, plain, &plain_words);
    }

    if (rc == TRIALS_OK) {
        rc = trials_check_compare(&facts, &plain_facts, err);
    } else {
        rc = trials_error(err, rc, "checking a criterion: out of memory");
    }

    free(facts.list);
    free(plain_facts.list);
    free(words);
    free(plain_words);

    return rc;
}


static trials_rc_t
trials_check_compare(const trials_facts_t *original,
                     const trials_facts_t *plain, trials_error_t *err)
{
    size_t i;

    for (i = 0; i < original->n && i < plain->n; i++) {
        if (!trials_fact_same(&original->list[i], &plain->list[i])) {
            return trials_check_differ(original, i, plain, i, err);
        }
    }

    if (original->n == plain->n) {
        return TRIALS_OK;
    }

    return trials_check_differ(original, i, plain, i, err);
}


/* Says what differs, as the first thing that a reader would miss. */

static trials_rc_t
trials_check_differ(const trials_facts_t *original, size_t i,
                    const trials_facts_t *plain, size_t k, trials_error_t *err)
{
    const char          *what;
    const trials_fact_t *fact, *other;

    fact = i < original->n ? &original->list[i] : NULL;
    other = k < plain->n ? &plain->list[k] : NULL;

    if (fact && other && fact->number && other->number
        && fact->value == other->value && fact->exponent == other->exponent)
    {
        return trials_error(err, TRIALS_FAILED, "the bound of %.*s changed",
                            (int) fact->source.len, fact->source.data);
    }

    if (other == NULL || (fact && !trials_fact_within(plain, k, fact))) {
        what = "lost";

    } else if (fact == NULL || !trials_fact_within(original, i, other)) {
        what = "new";
        fact = other;

    } else {
        what = "moved";
    }

    return trials_error(err, TRIALS_FAILED, "%s \"%.*s\" %s",
                        trials_fact_kind(fact), (int) fact->source.len,
                        fact->source.data, what);
}


static int
trials_fact_same(const trials_fact_t *a, const trials_fact_t *b)
{
    if (a->number != b->number) {
        return 0;
    }

    if (a->number) {
        return a->value == b->value && a->exponent == b->exponent
               && a->cmp == b->cmp && a->age == b->age
               && a->negative == b->negative;
    }

    return a->word.len == b->word.len
           && memcmp(a->word.data, b->word.data, a->word.len) == 0;
}


static int
trials_fact_within(const trials_facts_t *facts, size_t from,
                   const trials_fact_t *fact)
{
    size_t i;

    for (i = from; i < facts->n && i < from + TRIALS_CHECK_REACH; i++) {
        if (trials_fact_same(&facts->list[i], fact)) {
            return 1;
        }
    }

    return 0;
}


static const char *
trials_fact_kind(const trials_fact_t *fact)
{
    size_t i;
    static const struct {
        const char *word;
        const char *kind;
    } kinds[] = {{">=", "comparator"},
                 {"<=", "comparator"},
                 {">", "comparator"},
                 {"<", "comparator"},
                 {"no", "negation"},
                 {"not", "negation"},
                 {"cannot", "negation"},
                 {"never", "negation"},
                 {"none", "negation"},
                 {"without", "negation"},
                 {"neither", "negation"},
                 {"nor", "negation"},
                 {"and", "alternative"},
                 {"or", "alternative"},
                 {"and/or", "alternative"},
                 {"unless", "exception"},
                 {"except", "exception"},
                 {"all", "quantifier"},
                 {"any", "quantifier"},
                 {"both", "quantifier"},
                 {"either", "quantifier"},
                 {"only", "quantifier"},
                 {"before", "time"},
                 {"after", "time"},
                 {"during", "time"},
                 {"within", "time"},
                 {"last", "time"},
                 {"until", "time"},
                 {"year", "unit"},
                 {"month", "unit"},
                 {"week", "unit"},
                 {"day", "unit"},
                 {"hour", "unit"},
                 {"%", "unit"},
                 {"mg", "unit"},
                 {"kg", "unit"},
                 {"per", "unit"}};

    if (fact->number) {
        return "number";
    }

    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (fact->word.len == strlen(kinds[i].word)
            && memcmp(fact->word.data, kinds[i].word, fact->word.len) == 0)
        {
            return kinds[i].kind;
        }
    }

    return "word";
}
