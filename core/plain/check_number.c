/*
 * What bounds a number, read from what stands around it.
 */

#include "core/plain/check_reader.h"

#include <string.h>


/* How many parts on the number that a word belongs to is looked for. */
#define TRIALS_LOOK_AHEAD 16


static size_t trials_skip_units(const trials_reader_t *r, size_t i);


void
trials_number_after(trials_reader_t *r, size_t i, trials_fact_t *fact)
{
    size_t         k, j;
    trials_part_t *p;

    p = r->parts;

    while (i + 1 < r->n && p[i + 1].used) {
        i++;
    }

    if (i + 1 < r->n && trials_part_is(&p[i + 1], "+") && !p[i + 1].spaced
        && fact->cmp == TRIALS_CMP_NONE)
    {
        fact->cmp = TRIALS_CMP_GE;
        p[i + 1].used = 1;
        i++;
    }

    k = trials_skip_units(r, i + 1);

    /* "of age", "old": said by the flag. */

    if (k < r->n && trials_part_means(&p[k], ":old")) {
        fact->age = 1;
        for (j = 0; j < p[k].words; j++) {
            p[k + j].used = 1;
        }
        k += p[k].words;
    }

    if (k < r->n && p[k].canon && fact->cmp == TRIALS_CMP_NONE) {
        if (trials_part_means(&p[k], ":or-more")
            || trials_part_means(&p[k], ":or-older"))
        {
            fact->cmp = TRIALS_CMP_GE;

        } else if (trials_part_means(&p[k], ":or-less")
                   || trials_part_means(&p[k], ":or-younger"))
        {
            fact->cmp = TRIALS_CMP_LE;
        }

        if (fact->cmp != TRIALS_CMP_NONE) {
            fact->age |= trials_part_means(&p[k], ":or-older")
                         || trials_part_means(&p[k], ":or-younger");

            for (j = 0; j < p[k].words; j++) {
                p[k + j].used = 1;
            }
            k += p[k].words;

            if (k < r->n && trials_part_means(&p[k], ":old")) {
                fact->age = 1;
                for (j = 0; j < p[k].words; j++) {
                    p[k + j].used = 1;
                }
            }
            return;
        }
    }

    if (k + 1 >= r->n || fact->cmp == TRIALS_CMP_GT
        || fact->cmp == TRIALS_CMP_LT
        || (!trials_part_means(&p[k], ":to")
            && !(r->between && trials_part_is(&p[k], "and"))))
    {
        return;
    }

    if (p[k + 1].kind == TRIALS_PART_NUMBER
        || (p[k + 1].canon
            && (trials_canon_cmp(p[k + 1].canon) == TRIALS_CMP_LT
                || trials_canon_cmp(p[k + 1].canon) == TRIALS_CMP_LE)
            && trials_number_follows(r, k + 1)))
    {
        if (fact->cmp == TRIALS_CMP_NONE) {
            fact->cmp = TRIALS_CMP_GE;
        }
        r->end = 1;
        r->age = fact->age;
        r->between = 0;
        p[k].used = 1;
    }
}


/* The part after one unit, or a unit by another ("mg/day"). */

static size_t
trials_skip_units(const trials_reader_t *r, size_t i)
{
    size_t                   k, n;
    static const char *const units[] = {
        "year",  "month", "week", "day", "hour", "%",     "kg",   "mg",
        "mmhg",  "point", "cm",   "mm",  "ml",   "g",     "unit", "minute",
        "pound", ":per",  "dl",   "l",   "m2",   "liter", NULL};

    for (n = 0; n < 4 && i < r->n; n++) {
        if (r->parts[i].kind == TRIALS_PART_SIGN
            && trials_part_is(&r->parts[i], "-") && i + 1 < r->n
            && r->parts[i + 1].kind == TRIALS_PART_WORD)
        {
            i++;
        }

        for (k = 0; units[k]; k++) {
            if (trials_part_means(&r->parts[i], units[k])
                || trials_part_is(&r->parts[i], units[k]))
            {
                break;
            }
        }

        if (units[k] == NULL) {
            break;
        }

        i += r->parts[i].canon ? r->parts[i].words : 1;
    }

    return i;
}


int
trials_number_follows(const trials_reader_t *r, size_t i)
{
    size_t               end;
    const trials_part_t *part;

    end = i + TRIALS_LOOK_AHEAD;

    for (; i < r->n && i < end; i += part->canon ? part->words : 1) {
        part = &r->parts[i];

        if (part->kind == TRIALS_PART_NUMBER) {
            return 1;
        }

        if (part->canon
            && (part->canon[0] == '\0'
                || trials_canon_cmp(part->canon) != TRIALS_CMP_NONE
                || trials_part_means(part, ":between")
                || trials_part_means(part, ":in")
                || trials_part_means(part, ":age")))
        {
            continue;
        }

        if (part->kind == TRIALS_PART_WORD || part->canon || part->p[0] == '.'
            || part->p[0] == ';')
        {
            return 0;
        }
    }

    return 0;
}


int
trials_window_follows(const trials_reader_t *r, size_t i)
{
    const trials_part_t *p;

    p = r->parts;

    if (i >= r->n
        || (!trials_part_is(&p[i], "the")
            && !trials_part_means(&p[i], "@last")))
    {
        return 0;
    }

    i += p[i].canon ? p[i].words : 1;

    if (i + 1 >= r->n || p[i].kind != TRIALS_PART_NUMBER) {
        return 0;
    }

    for (i++; i < r->n && p[i].used; i++) {
        /* void */
    }

    return i < r->n
           && (trials_part_means(&p[i], "year")
               || trials_part_means(&p[i], "month")
               || trials_part_means(&p[i], "week")
               || trials_part_means(&p[i], "day")
               || trials_part_means(&p[i], "hour"));
}


trials_cmp_t
trials_canon_cmp(const char *canon)
{
    size_t                    i;
    static const char *const  names[] = {":ge",     ":le",     ":gt",    ":lt",
                                         ":gt-age", ":lt-age", ":within"};
    static const trials_cmp_t values[] = {
        TRIALS_CMP_GE, TRIALS_CMP_LE, TRIALS_CMP_GT,    TRIALS_CMP_LT,
        TRIALS_CMP_GT, TRIALS_CMP_LT, TRIALS_CMP_WITHIN};

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(canon, names[i]) == 0) {
            return values[i];
        }
    }

    return TRIALS_CMP_NONE;
}
