/*
 * Names of what is tested, kept in lower case.
 */

#include "core/plain/names.h"

#include <string.h>


/* A study may test more; the first ones are enough for a page. */
#define TRIALS_NAMES_MAX 64

/* A number of this many digits after a hyphen makes a code. */
#define TRIALS_CODE_DIGITS 3


static trials_rc_t trials_names_lower(trials_terms_t *terms, trials_str_t name,
                                      trials_str_t *lower);
static trials_rc_t trials_names_add(trials_terms_t *terms, trials_str_t name);
static int trials_names_proper(const trials_terms_t *terms, trials_str_t name);
static int trials_names_product(trials_intervention_type_t type);
static int trials_names_within(trials_str_t text, size_t start, size_t len,
                               trials_str_t name);
static int trials_names_code(trials_str_t text, size_t end);
static int trials_names_same(const char *text, const char *lower, size_t len);
static int trials_names_letter(trials_str_t text, size_t i);


trials_rc_t
trials_names_init(trials_terms_t *terms, const trials_study_t *study)
{
    size_t                       i, k;
    trials_rc_t                  rc;
    const trials_intervention_t *tested;

    terms->acronym = study->acronym;
    terms->names = trials_arena_calloc(terms->arena, TRIALS_NAMES_MAX,
                                       sizeof(trials_str_t));
    if (terms->names == NULL) {
        return TRIALS_NOMEM;
    }

    for (i = 0; i < study->ninterventions; i++) {
        tested = &study->interventions[i];

        if (!trials_names_product(tested->type)) {
            continue;
        }

        rc = trials_names_add(terms, tested->name);

        for (k = 0; rc == TRIALS_OK && k < tested->nother_names; k++) {
            rc = trials_names_add(terms, tested->other_names[k]);
        }

        if (rc != TRIALS_OK) {
            return rc;
        }
    }

    return TRIALS_OK;
}


static trials_rc_t
trials_names_add(trials_terms_t *terms, trials_str_t name)
{
    trials_rc_t rc;

    if (name.len < 2 || terms->nnames == TRIALS_NAMES_MAX
        || !trials_names_proper(terms, name))
    {
        return TRIALS_OK;
    }

    rc = trials_names_lower(terms, name, &terms->names[terms->nnames]);
    terms->nnames += rc == TRIALS_OK;

    return rc;
}


static trials_rc_t
trials_names_lower(trials_terms_t *terms, trials_str_t name,
                   trials_str_t *lower)
{
    char  *p;
    size_t i;

    p = trials_arena_alloc(terms->arena, name.len);
    if (p == NULL) {
        return TRIALS_NOMEM;
    }

    for (i = 0; i < name.len; i++) {
        p[i] = trials_lower(name.data[i]);
    }

    lower->data = p;
    lower->len = name.len;

    return TRIALS_OK;
}


/* One word, or words of which one looks like a name: "Insulin X-12", "alfa
 * interferon-2b"; not "standard chemotherapy". */

static int
trials_names_proper(const trials_terms_t *terms, trials_str_t name)
{
    size_t i, end;

    if (memchr(name.data, ' ', name.len) == NULL) {
        return 1;
    }

    for (i = 0; i < name.len; i = end + 1) {
        for (end = i; end < name.len && trials_names_letter(name, end); end++) {
            if (trials_is_digit(name.data[end])) {
                return 1;
            }
        }

        if (end > i
            && trials_glossary_look(terms->glossary, name.data + i, end - i)
                   >= 0)
        {
            return 1;
        }
    }

    return 0;
}


static int
trials_names_product(trials_intervention_type_t type)
{
    return type == TRIALS_INTERVENTION_DRUG
           || type == TRIALS_INTERVENTION_BIOLOGICAL
           || type == TRIALS_INTERVENTION_DEVICE
           || type == TRIALS_INTERVENTION_COMBINATION_PRODUCT
           || type == TRIALS_INTERVENTION_DIETARY_SUPPLEMENT
           || type == TRIALS_INTERVENTION_GENETIC;
}


int
trials_names_cover(const trials_terms_t *terms, trials_str_t text, size_t start,
                   size_t len)
{
    size_t i;

    if (trials_names_code(text, start + len)) {
        return 1;
    }

    for (i = 0; i < terms->nnames; i++) {
        if (terms->names[i].len > len
            && trials_names_within(text, start, len, terms->names[i]))
        {
            return 1;
        }
    }

    return 0;
}


/* Does name stand in text around the len bytes at start? */

static int
trials_names_within(trials_str_t text, size_t start, size_t len,
                    trials_str_t name)
{
    size_t at, from;

    for (at = 0; at + len <= name.len; at++) {
        if (!trials_names_same(text.data + start, name.data + at, len)
            || at > start) {
            continue;
        }

        from = start - at;

        if (name.len <= text.len - from
            && trials_names_same(text.data + from, name.data, name.len)
            && !(from && trials_names_letter(text, from - 1))
            && !trials_names_letter(text, from + name.len))
        {
            return 1;
        }
    }

    return 0;
}


/* A hyphen and a long number: the letters before it are part of a code. */

static int
trials_names_code(trials_str_t text, size_t end)
{
    size_t i;

    if (end >= text.len || text.data[end] != '-') {
        return 0;
    }

    for (i = end + 1; i < text.len && trials_is_digit(text.data[i]); i++) {
        /* void */
    }

    return i - end > TRIALS_CODE_DIGITS;
}


int
trials_names_own(const trials_terms_t *terms, trials_str_t abbreviation)
{
    size_t       i;
    trials_str_t name;

    if (terms->acronym.len == abbreviation.len
        && memcmp(terms->acronym.data, abbreviation.data, abbreviation.len)
               == 0)
    {
        return 1;
    }

    for (i = 0; i < terms->nnames; i++) {
        name = terms->names[i];

        if (name.len >= abbreviation.len
            && trials_names_same(abbreviation.data, name.data, abbreviation.len)
            && (name.len == abbreviation.len
                || trials_names_code(name, abbreviation.len)))
        {
            return 1;
        }
    }

    return 0;
}


int
trials_names_not(trials_str_t text, const trials_tokens_t *tokens, size_t i)
{
    const trials_token_t *t;

    static const char *const words[] = {"all", "as", "is", NULL};
    static const char *const after[] = {
        "of",    "the",    "these",    "patients", "participants", "subjects",
        "women", "men",    "females",  "males",    "criteria",     "other",
        "prior", "tests",  "eligible", "required", "following",    "must",
        "a",     "needed", "well",     NULL};

    t = &tokens->list[i];

    return trials_word_in(text.data + t->start, t->len, words)
           && (i + 1 == tokens->n
               || trials_word_in(text.data + t[1].start, t[1].len, after));
}


static int
trials_names_same(const char *text, const char *lower, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        if (trials_lower(text[i]) != lower[i]) {
            return 0;
        }
    }

    return 1;
}


/* A letter or digit at i? */

static int
trials_names_letter(trials_str_t text, size_t i)
{
    return i < text.len
           && (trials_is_digit(text.data[i])
               || trials_is_lower(trials_lower(text.data[i]))
               || (unsigned char) text.data[i] >= 0x80);
}
