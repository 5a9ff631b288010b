/*
 * Asides: a value that is said once more, in brackets and in another unit, as
 * in "at least 40 kg (88 lb)".  One that can be computed adds nothing.
 */

#include "core/plain/check_parts.h"

#include <math.h>
#include <string.h>


/* Parts between the value and its bracket, and within the bracket. */
#define TRIALS_ASIDE_REACH 8

/* How far off a rounded value may be. */
#define TRIALS_ASIDE_ERROR 0.012


typedef struct {
    const char *name;
    const char *quantity;
    double      factor; /* of the quantity's base unit */
    double      offset;
} trials_check_unit_t;


static int trials_aside_proven(const trials_part_t *list, size_t value,
                               size_t open, size_t close);
static const trials_check_unit_t *
trials_aside_unit(const trials_part_t *list, size_t from, size_t to);
static double trials_aside_value(const trials_part_t *part);


/* International yard and pound agreement of 1959; a month is a twelfth of 365.25
 * days. */

static const trials_check_unit_t trials_check_units[] = {
    {"kg", "mass", 1, 0},
    {"g", "mass", 0.001, 0},
    {"mg", "mass", 0.000001, 0},
    {"lb", "mass", 0.45359237, 0},
    {"pound", "mass", 0.45359237, 0},
    {"m", "length", 1, 0},
    {"meter", "length", 1, 0},
    {"cm", "length", 0.01, 0},
    {"mm", "length", 0.001, 0},
    {"in", "length", 0.0254, 0},
    {"inch", "length", 0.0254, 0},
    {"feet", "length", 0.3048, 0},
    {"foot", "length", 0.3048, 0},
    {"yard", "length", 0.9144, 0},
    {"mile", "length", 1609.344, 0},
    {"km", "length", 1000, 0},
    {"ml", "volume", 1, 0},
    {"l", "volume", 1000, 0},
    {"minute", "time", 1.0 / 1440, 0},
    {"hour", "time", 1.0 / 24, 0},
    {"day", "time", 1, 0},
    {"week", "time", 7, 0},
    {"month", "time", 30.4375, 0},
    {"year", "time", 365.25, 0},
    {"c", "temperature", 1, 0},
    {"\302\260c", "temperature", 1, 0},
    {"celsius", "temperature", 1, 0},
    {"f", "temperature", 5.0 / 9, -32},
    {"fahrenheit", "temperature", 5.0 / 9, -32}};


void
trials_parts_asides(trials_parts_t *parts)
{
    size_t         i, k, value, close;
    trials_part_t *p;

    p = parts->list;
    value = SIZE_MAX;

    for (i = 0; i < parts->n; i++) {
        if (p[i].kind == TRIALS_PART_NUMBER && !p[i].used) {
            value = i;
        }

        if (value == SIZE_MAX || !trials_part_is(&p[i], "(")
            || i - value > TRIALS_ASIDE_REACH)
        {
            continue;
        }

        for (close = i + 1; close < parts->n && close - i <= TRIALS_ASIDE_REACH
                            && !trials_part_is(&p[close], ")");
             close++)
        {
            /* void */
        }

        if (close >= parts->n || !trials_part_is(&p[close], ")")
            || !trials_aside_proven(p, value, i, close))
        {
            continue;
        }

        for (k = i; k <= close; k++) {
            p[k].aside = 1;
        }

        i = close;
        value = SIZE_MAX;
    }
}


/* Is what stands between the brackets the value before them? */

static int
trials_aside_proven(const trials_part_t *list, size_t value, size_t open,
                    size_t close)
{
    size_t                     i, from;
    double                     a, b;
    const trials_check_unit_t *unit, *other;

    from = open + 1;

    while (from < close
           && (trials_part_is(&list[from], "about")
               || trials_part_is(&list[from], "~")
               || trials_part_is(&list[from], "or")))
    {
        from++;
    }

    if (from >= close || list[from].kind != TRIALS_PART_NUMBER) {
        return 0;
    }

    for (i = from + 1; i < close; i++) {
        if (list[i].kind == TRIALS_PART_NUMBER && !list[i].used) {
            return 0;
        }
    }

    a = trials_aside_value(&list[value]);
    b = trials_aside_value(&list[from]);

    unit = trials_aside_unit(list, value + 1, open);
    other = trials_aside_unit(list, from + 1, close);

    if (unit == NULL || other == NULL || unit == other
        || strcmp(unit->quantity, other->quantity) != 0)
    {
        return 0;
    }

    a = (a + unit->offset) * unit->factor;
    b = (b + other->offset) * other->factor;

    return fabs(a - b) <= TRIALS_ASIDE_ERROR * fabs(a);
}


/* The one unit that stands there; a unit by another is none of these. */

static const trials_check_unit_t *
trials_aside_unit(const trials_part_t *list, size_t from, size_t to)
{
    size_t               i, k;
    const trials_part_t *part;

    part = NULL;

    for (i = from; i < to; i++) {
        if (list[i].used || trials_part_is(&list[i], "-")
            || trials_part_is(&list[i], "\302\260"))
        {
            continue;
        }

        if (part) {
            return NULL;
        }

        part = &list[i];
    }

    for (k = 0;
         part && k < sizeof(trials_check_units) / sizeof(trials_check_units[0]);
         k++)
    {
        if (trials_part_is(part, trials_check_units[k].name)
            || trials_part_means(part, trials_check_units[k].name))
        {
            return &trials_check_units[k];
        }
    }

    return NULL;
}


static double
trials_aside_value(const trials_part_t *part)
{
    return (double) part->value * pow(10, part->exponent);
}
