/* JSON into structs by tables. */

#include "core/registry/json.h"

#include <trials/registry.h>

#include <stdio.h>
#include <string.h>


#define TRIALS_NOTES_MAX 256 /* notes kept of one study */


typedef void (*trials_reader_pt)(trials_json_t *json, const json_t *value,
                                 const trials_field_t *field, void *at);


static void trials_json_text(trials_json_t *json, const json_t *value,
                             const trials_field_t *field, void *at);
static void trials_json_enum(trials_json_t *json, const json_t *value,
                             const trials_field_t *field, void *at);
static void trials_json_flag(trials_json_t *json, const json_t *value,
                             const trials_field_t *field, void *at);
static void trials_json_date(trials_json_t *json, const json_t *value,
                             const trials_field_t *field, void *at);
static void trials_json_span(trials_json_t *json, const json_t *value,
                             const trials_field_t *field, void *at);
static void trials_json_number(trials_json_t *json, const json_t *value,
                               const trials_field_t *field, void *at);
static void trials_json_degrees(trials_json_t *json, const json_t *value,
                                const trials_field_t *field, void *at);
static void trials_json_exists(trials_json_t *json, const json_t *value,
                               const trials_field_t *field, void *at);
static void trials_json_object(trials_json_t *json, const json_t *value,
                               const trials_field_t *field, void *at);
static void trials_json_array(trials_json_t *json, const json_t *value,
                              const trials_field_t *field, void *base);

static trials_str_t
trials_json_clean(trials_json_t *json, const json_t *value, int trim);
static int trials_is_filled(const char *p, size_t size);
static int trials_digits(const char *p, size_t n, int *number);
static void
trials_json_note(trials_json_t *json, const char *reason, const char *value);
static size_t trials_json_enter(trials_json_t *json, const char *name);
static void   trials_json_leave(trials_json_t *json, size_t len);


/* In the order of trials_field_kind_t; an array reads its elements. */

static const trials_reader_pt trials_json_readers[] = {
    trials_json_text,    /* TEXT */
    trials_json_text,    /* MARKUP */
    trials_json_enum,    /* ENUM */
    trials_json_flag,    /* FLAG */
    trials_json_date,    /* DATE */
    trials_json_span,    /* SPAN */
    trials_json_number,  /* NUMBER */
    trials_json_degrees, /* DEGREES */
    trials_json_exists,  /* EXISTS */
    trials_json_object,  /* OBJECT */
    trials_json_text,    /* TEXTS */
    trials_json_enum,    /* ENUMS */
    trials_json_object,  /* OBJECTS */
};


void
trials_json_read(trials_json_t *json, const json_t *object,
                 const trials_field_t *fields, void *base)
{
    size_t                len;
    json_t               *value;
    const trials_field_t *field;

    for (field = fields; field->name; field++) {
        value = json_object_get(object, field->name);

        if (value == NULL || json_is_null(value)) {
            continue;
        }

        len = trials_json_enter(json, field->name);

        if (field->kind >= TRIALS_FIELD_TEXTS) {
            trials_json_array(json, value, field, base);

        } else {
            trials_json_readers[field->kind](json, value, field,
                                             (char *) base + field->offset);
        }

        trials_json_leave(json, len);
    }
}


static void
trials_json_text(trials_json_t *json, const json_t *value,
                 const trials_field_t *field, void *at)
{
    trials_str_t str;

    if (!json_is_string(value)) {
        trials_json_note(json, "not a string", NULL);
        return;
    }

    str = trials_json_clean(json, value, field->kind != TRIALS_FIELD_MARKUP);

    if (str.len) {
        *(trials_str_t *) at = str;
    }
}


static void
trials_json_enum(trials_json_t *json, const json_t *value,
                 const trials_field_t *field, void *at)
{
    unsigned           i;
    const char *const *names;

    if (!json_is_string(value)) {
        trials_json_note(json, "not a string", NULL);
        return;
    }

    names = field->type;

    for (i = 0; names[i]; i++) {
        if (strcmp(names[i], json_string_value(value)) == 0) {
            i++;
            memcpy(at, &i, sizeof(unsigned));
            return;
        }
    }

    trials_json_note(json, "unknown value", json_string_value(value));
}


static void
trials_json_flag(trials_json_t *json, const json_t *value,
                 const trials_field_t *field, void *at)
{
    (void) field;

    if (!json_is_boolean(value)) {
        trials_json_note(json, "neither true nor false", NULL);
        return;
    }

    *(trials_said_t *) at = json_is_true(value) ? TRIALS_YES : TRIALS_NO;
}


/* "2026-09-04" or "2026-09" (ISO 8601). */

static void
trials_json_date(trials_json_t *json, const json_t *value,
                 const trials_field_t *field, void *at)
{
    int            year, month, day, last;
    size_t         len;
    const char    *p;
    trials_date_t *date;

    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    (void) field;

    p = json_string_value(value);
    len = json_string_length(value);

    if (p == NULL || (len != 7 && len != 10) || p[4] != '-'
        || !trials_digits(p, 4, &year) || !trials_digits(p + 5, 2, &month)
        || year < 1900 || month < 1 || month > 12)
    {
        trials_json_note(json, "not a date", p);
        return;
    }

    day = 0;

    if (len == 10) {
        last = days[month - 1];

        if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
        {
            last = 29;
        }

        if (p[7] != '-' || !trials_digits(p + 8, 2, &day) || day < 1
            || day > last) {
            trials_json_note(json, "not a date", p);
            return;
        }
    }

    date = at;
    date->year = year;
    date->month = month;
    date->day = day;
}


/* "18 Years", "1 Day". */

static void
trials_json_span(trials_json_t *json, const json_t *value,
                 const trials_field_t *field, void *at)
{
    int                i, n;
    size_t             len, digits;
    const char        *p;
    trials_span_t     *span;
    trials_time_unit_t unit;

    static const char *const units[] = {"Minute", "Hour",  "Day",
                                        "Week",   "Month", "Year"};

    (void) field;

    p = json_string_value(value);
    len = json_string_length(value);
    unit = TRIALS_UNIT_NONE;
    n = 0;

    if (p) {
        digits = strspn(p, "0123456789");

        if (digits > 0 && digits < 7 && len > digits && p[digits] == ' '
            && trials_digits(p, digits, &n))
        {
            for (i = 0; i < 6; i++) {
                len = strlen(units[i]);

                if (strncmp(p + digits + 1, units[i], len) == 0) {
                    p += digits + 1 + len;

                    if (*p == '\0' || strcmp(p, "s") == 0) {
                        unit = (trials_time_unit_t) (TRIALS_UNIT_MINUTE + i);
                    }

                    break;
                }
            }
        }
    }

    if (unit == TRIALS_UNIT_NONE) {
        trials_json_note(json, "not a span of time", json_string_value(value));
        return;
    }

    span = at;
    span->count = n;
    span->unit = unit;
}


static void
trials_json_number(trials_json_t *json, const json_t *value,
                   const trials_field_t *field, void *at)
{
    json_int_t n;

    (void) field;

    if (!json_is_integer(value)) {
        trials_json_note(json, "not a whole number", NULL);
        return;
    }

    n = json_integer_value(value);

    if (n < 0 || n > 1000000000000) {
        trials_json_note(json, "number out of range", NULL);
        return;
    }

    *(long *) at = (long) n;
}


static void
trials_json_degrees(trials_json_t *json, const json_t *value,
                    const trials_field_t *field, void *at)
{
    double n;

    (void) field;

    n = json_number_value(value);

    if (!json_is_number(value) || !(n >= -180.0 && n <= 180.0)) {
        trials_json_note(json, "not degrees", NULL);
        return;
    }

    *(double *) at = n;
}


static void
trials_json_exists(trials_json_t *json, const json_t *value,
                   const trials_field_t *field, void *at)
{
    (void) json;
    (void) field;

    *(int *) at = json_is_object(value) || json_array_size(value) > 0;
}


static void
trials_json_object(trials_json_t *json, const json_t *value,
                   const trials_field_t *field, void *at)
{
    if (!json_is_object(value)) {
        trials_json_note(json, "not an object", NULL);
        return;
    }

    trials_json_read(json, value, field->type, at);
}


static void
trials_json_array(trials_json_t *json, const json_t *value,
                  const trials_field_t *field, void *base)
{
    char    index[24];
    char   *items;
    size_t  i, n, len;
    json_t *item;

    if (!json_is_array(value)) {
        trials_json_note(json, "not an array", NULL);
        return;
    }

    n = json_array_size(value);
    if (n == 0) {
        return;
    }

    items = trials_arena_calloc(json->arena, n, field->size);
    if (items == NULL) {
        json->nomem = 1;
        return;
    }

    for (i = 0, n = 0; i < json_array_size(value); i++) {
        item = json_array_get(value, i);

        (void) snprintf(index, sizeof(index), "[%zu]", i);
        len = trials_json_enter(json, index);

        trials_json_readers[field->kind](json, item, field,
                                         items + n * field->size);
        trials_json_leave(json, len);

        /* An element that could not be read gives its place to the next. */

        if (trials_is_filled(items + n * field->size, field->size)) {
            n++;
        }
    }

    if (n) {
        memcpy((char *) base + field->offset, &items, sizeof(items));
        memcpy((char *) base + field->count, &n, sizeof(n));
    }
}


/* Whether anything was written to memory that was zero. */

static int
trials_is_filled(const char *p, size_t size)
{
    size_t i;

    for (i = 0; i < size; i++) {
        if (p[i]) {
            return 1;
        }
    }

    return 0;
}


/*
 * A copy of the text without what XML 1.0 cannot hold (section 2.2: control
 * characters but for tab and line ends, U+FFFE, U+FFFF), so that nothing behind
 * this place has to care.  jansson has refused what is no UTF-8.
 */

static trials_str_t
trials_json_clean(trials_json_t *json, const json_t *value, int trim)
{
    char                *out;
    size_t               i, n, len;
    trials_str_t         str = {0, NULL};
    const unsigned char *p;

    p = (const unsigned char *) json_string_value(value);
    len = json_string_length(value);

    if (trim) {
        while (len && p[0] <= ' ') {
            p++;
            len--;
        }

        while (len && p[len - 1] <= ' ') {
            len--;
        }
    }

    out = trials_arena_alloc(json->arena, len + 1);
    if (out == NULL) {
        json->nomem = 1;
        return str;
    }

    for (i = 0, n = 0; i < len; i++) {
        if (p[i] < 0x20 && p[i] != '\n' && p[i] != '\t') {
            continue;
        }

        if (p[i] == 0x7f) {
            continue;
        }

        if (len - i >= 3 && p[i] == 0xef && p[i + 1] == 0xbf
            && p[i + 2] >= 0xbe) {
            i += 2;
            continue;
        }

        out[n++] = (char) p[i];
    }

    str.data = out;
    str.len = n;

    return str;
}


static int
trials_digits(const char *p, size_t n, int *number)
{
    size_t i;

    *number = 0;

    for (i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9') {
            return 0;
        }

        *number = *number * 10 + (p[i] - '0');
    }

    return 1;
}


static void
trials_json_note(trials_json_t *json, const char *reason, const char *value)
{
    trials_str_t note, *notes;

    if (json->nnotes == TRIALS_NOTES_MAX) {
        return;
    }

    if (json->nnotes == json->size) {
        notes = trials_arena_calloc(json->arena, json->size * 2 + 8,
                                    sizeof(trials_str_t));
        if (notes == NULL) {
            json->nomem = 1;
            return;
        }

        if (json->nnotes) {
            memcpy(notes, json->notes, json->nnotes * sizeof(trials_str_t));
        }

        json->notes = notes;
        json->size = json->size * 2 + 8;
    }

    if (value) {
        note = trials_arena_printf(json->arena, "%s: %s \"%.60s\"", json->path,
                                   reason, value);
    } else {
        note = trials_arena_printf(json->arena, "%s: %s", json->path, reason);
    }

    if (note.data == NULL) {
        json->nomem = 1;
        return;
    }

    json->notes[json->nnotes++] = note;
}


/* Adds a name to the path; returns the length that _leave() goes back to. */

static size_t
trials_json_enter(trials_json_t *json, const char *name)
{
    int    n;
    size_t len, room;

    len = json->path_len;
    room = sizeof(json->path) - len;

    n = snprintf(json->path + len, room, "%s%s",
                 len && name[0] != '[' ? "." : "", name);

    if (n > 0) {
        json->path_len += (size_t) n < room ? (size_t) n : room - 1;
    }

    return len;
}


static void
trials_json_leave(trials_json_t *json, size_t len)
{
    json->path_len = len;
    json->path[len] = '\0';
}
