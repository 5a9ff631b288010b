/*
 * What a text states, fact by fact: of what kind it is, and what is the same.
 */

#include "core/plain/check_read.h"

#include <string.h>


/* No word of a kind of its own is longer ("positive"). */
#define TRIALS_FACT_WORD 8


static int trials_fact_links(const trials_fact_t *fact);


void
trials_reading_ages(trials_reading_t *reading)
{
    size_t         i, k, n, from, last;
    trials_fact_t *list;

    list = reading->facts;
    n = reading->n;

    for (i = 0; i < n; i = k) {
        from = i;
        last = i;
        k = i + 1;

        if (!list[i].number) {
            continue;
        }

        /* A chain of numbers with nothing between but "and", "or", units. */

        while (k < n && (list[k].number || trials_fact_links(&list[k]))) {
            last = list[k].number ? k : last;
            k++;
        }

        for (k = from; k <= last && !list[k].age; k++) {
            /* void */
        }

        if (k <= last) {
            for (k = from; k <= last; k++) {
                list[k].age = list[k].number;
            }
        }

        k = last + 1;
    }
}


static int
trials_fact_links(const trials_fact_t *fact)
{
    size_t                   i;
    static const char *const links[] = {"and", "or", "year", "month"};

    for (i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
        if (fact->word.len == strlen(links[i])
            && memcmp(fact->word.data, links[i], fact->word.len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


int
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


const char *
trials_fact_kind(const trials_fact_t *fact)
{
    int    order;
    size_t low, high, i, len;

    /* In the order of strcmp(). */

    static const struct {
        const char *word;
        const char *kind;
    } kinds[] = {{"%", "unit"},
                 {"<", "comparator"},
                 {"<=", "comparator"},
                 {">", "comparator"},
                 {">=", "comparator"},
                 {"after", "time"},
                 {"all", "quantifier"},
                 {"allowed", "permission"},
                 {"and", "alternative"},
                 {"and/or", "alternative"},
                 {"any", "quantifier"},
                 {"before", "time"},
                 {"between", "comparator"},
                 {"both", "quantifier"},
                 {"but", "alternative"},
                 {"cm", "unit"},
                 {"day", "unit"},
                 {"dl", "unit"},
                 {"during", "time"},
                 {"each", "quantifier"},
                 {"either", "quantifier"},
                 {"every", "quantifier"},
                 {"except", "exception"},
                 {"g", "unit"},
                 {"hour", "unit"},
                 {"if", "condition"},
                 {"kg", "unit"},
                 {"l", "unit"},
                 {"last", "time"},
                 {"lln", "unit"},
                 {"may", "permission"},
                 {"mg", "unit"},
                 {"minute", "unit"},
                 {"ml", "unit"},
                 {"mm", "unit"},
                 {"mmol", "unit"},
                 {"month", "unit"},
                 {"negative", "result"},
                 {"neither", "negation"},
                 {"never", "negation"},
                 {"none", "negation"},
                 {"nor", "negation"},
                 {"not", "negation"},
                 {"only", "quantifier"},
                 {"or", "alternative"},
                 {"per", "unit"},
                 {"positive", "result"},
                 {"since", "time"},
                 {"times", "unit"},
                 {"uln", "unit"},
                 {"unless", "exception"},
                 {"until", "time"},
                 {"week", "unit"},
                 {"while", "time"},
                 {"within", "time"},
                 {"year", "unit"}};

    if (fact->number) {
        return "number";
    }

    if (fact->word.len == 0 || fact->word.len > TRIALS_FACT_WORD) {
        return "word";
    }

    low = 0;
    high = sizeof(kinds) / sizeof(kinds[0]);

    while (low < high) {
        i = (low + high) / 2;
        order = (unsigned char) fact->word.data[0]
                - (unsigned char) kinds[i].word[0];

        if (order) {
            low = order > 0 ? i + 1 : low;
            high = order < 0 ? i : high;
            continue;
        }

        len = strlen(kinds[i].word);
        order = memcmp(fact->word.data, kinds[i].word,
                       fact->word.len < len ? fact->word.len : len);

        if (order == 0 && fact->word.len == len) {
            return kinds[i].kind;
        }

        if (order < 0 || (order == 0 && fact->word.len < len)) {
            high = i;
        } else {
            low = i + 1;
        }
    }

    return "word";
}


int
trials_fact_locked(const trials_fact_t *fact)
{
    return strcmp(trials_fact_kind(fact), "word") != 0;
}
