/* JSON into structs by tables. */

#include "core/registry/json.h"
#include "core/registry/text.h"

#include <trials/registry.h>

#include <stdio.h>
#include <string.h>


#define TRIALS_NOTES_MAX 256 /* notes kept of one study */
#define TRIALS_VALUE_MAX 64  /* bytes of a value that a note quotes, and NUL */
#define TRIALS_PATH_MAX  192 /* bytes of a path, and NUL */

/* More participants than there are people, a document larger than a disk. */
#define TRIALS_NUMBER_MAX 1e11


typedef void (*trials_reader_pt)(trials_json_t *json, const json_t *value,
                                 const trials_field_t *field, void *at);


static void trials_json_text(trials_json_t *json, const json_t *value,
                             const trials_field_t *field, void *at);
static void trials_json_signs(trials_json_t *json, trials_str_t *str);
static void trials_json_id(trials_json_t *json, const json_t *value,
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
static void trials_json_point(trials_json_t *json, const json_t *value,
                              const trials_field_t *field, void *at);
static void trials_json_exists(trials_json_t *json, const json_t *value,
                               const trials_field_t *field, void *at);
static void trials_json_object(trials_json_t *json, const json_t *value,
                               const trials_field_t *field, void *at);
static void trials_json_array(trials_json_t *json, const json_t *value,
                              const trials_field_t *field, void *base);

static const char *
trials_json_string(trials_json_t *json, const json_t *value, size_t *len);
static int trials_is_degrees(const json_t *value, double limit);
static int trials_is_filled(const char *p, size_t size);
static int trials_digits(const char *p, size_t n, int *number);
static void
trials_json_note(trials_json_t *json, const char *reason, const json_t *value);
static trials_str_t *trials_json_note_next(trials_json_t *json);
static void
trials_json_path(const trials_json_place_t *place, char path[TRIALS_PATH_MAX]);


/* In the order of trials_field_kind_t; an array reads its elements. */

static const trials_reader_pt trials_json_readers[] = {
    trials_json_text,   /* TEXT */
    trials_json_text,   /* PHRASE */
    trials_json_text,   /* MARKUP */
    trials_json_text,   /* SOURCE */
    trials_json_id,     /* ID */
    trials_json_enum,   /* ENUM */
    trials_json_flag,   /* FLAG */
    trials_json_date,   /* DATE */
    trials_json_span,   /* SPAN */
    trials_json_number, /* NUMBER */
    trials_json_point,  /* POINT */
    trials_json_exists, /* EXISTS */
    trials_json_object, /* OBJECT */
    trials_json_text,   /* TEXTS */
    trials_json_text,   /* PHRASES */
    trials_json_id,     /* IDS */
    trials_json_enum,   /* ENUMS */
    trials_json_object, /* OBJECTS */
};


void
trials_json_read(trials_json_t *json, const json_t *object,
                 const trials_field_t *fields, void *base)
{
    json_t               *value;
    trials_json_place_t   place;
    const trials_field_t *field;

    place.in = json->place;

    for (field = fields; field->name; field++) {
        value = json_object_get(object, field->name);

        if (value == NULL || json_is_null(value)) {
            continue;
        }

        place.name = field->name;
        json->place = &place;

        if (field->kind >= TRIALS_FIELD_TEXTS) {
            trials_json_array(json, value, field, base);

        } else {
            trials_json_readers[field->kind](json, value, field,
                                             (char *) base + field->offset);
        }
    }

    json->place = place.in;
}


static void
trials_json_text(trials_json_t *json, const json_t *value,
                 const trials_field_t *field, void *at)
{
    char         *p;
    size_t        n, len;
    const char   *text;
    trials_str_t *str;

    text = trials_json_string(json, value, &len);
    if (text == NULL) {
        return;
    }

    p = trials_arena_alloc(json->arena, len + 1);
    if (p == NULL) {
        json->nomem = 1;
        return;
    }

    n = trials_registry_clean(p, text, len);

    if (field->kind != TRIALS_FIELD_MARKUP
        && field->kind != TRIALS_FIELD_SOURCE) {
        n = trials_registry_entities(p, n);

        while (n && (unsigned char) p[n - 1] <= ' ') {
            n--;
        }

        while (n && (unsigned char) *p <= ' ') {
            p++;
            n--;
        }
    }

    p[n] = '\0';

    if (n) {
        str = at;
        str->data = p;
        str->len = n;

        if (field->kind == TRIALS_FIELD_PHRASE
            || field->kind == TRIALS_FIELD_PHRASES
            || field->kind == TRIALS_FIELD_MARKUP)
        {
            trials_json_signs(json, str);
        }
    }
}


static void
trials_json_signs(trials_json_t *json, trials_str_t *str)
{
    trials_buf_t buf;
    trials_str_t signs;

    if (memchr(str->data, '^', str->len) == NULL
        && memmem(str->data, str->len, "m2", 2) == NULL
        && memmem(str->data, str->len, "m3", 2) == NULL
        && !trials_registry_is_wide(str->data, str->len))
    {
        return;
    }

    trials_buf_init(&buf, TRIALS_SIGNS_GROW * str->len);
    trials_registry_signs(&buf, str->data, str->len);

    signs.data = NULL;

    if (buf.failed == TRIALS_OK) {
        signs = trials_arena_strdup(json->arena, buf.data, buf.len);
    }

    trials_buf_free(&buf);

    if (signs.data == NULL) {
        json->nomem = 1;
        return;
    }

    *str = signs;
}


static void
trials_json_id(trials_json_t *json, const json_t *value,
               const trials_field_t *field, void *at)
{
    size_t       len;
    const char  *text;
    trials_id_t  id;
    trials_str_t str;

    (void) field;

    text = trials_json_string(json, value, &len);
    if (text == NULL) {
        return;
    }

    if (trials_id_parse(text, len, id) != TRIALS_OK) {
        trials_json_note(json, "not an id", value);
        return;
    }

    str = trials_arena_strdup(json->arena, id, TRIALS_ID_LEN);
    if (str.data == NULL) {
        json->nomem = 1;
        return;
    }

    *(trials_str_t *) at = str;
}


static void
trials_json_enum(trials_json_t *json, const json_t *value,
                 const trials_field_t *field, void *at)
{
    size_t             len;
    unsigned           i;
    const char        *text;
    const char *const *names;

    text = trials_json_string(json, value, &len);
    if (text == NULL) {
        return;
    }

    names = field->type;

    for (i = 0; names[i]; i++) {
        if (strlen(names[i]) == len && memcmp(names[i], text, len) == 0) {
            i++;
            memcpy(at, &i, sizeof(unsigned));
            return;
        }
    }

    trials_json_note(json, "unknown value", value);
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

    p = trials_json_string(json, value, &len);
    if (p == NULL) {
        return;
    }

    day = 0;

    if ((len != 7 && len != 10) || p[4] != '-' || !trials_digits(p, 4, &year)
        || !trials_digits(p + 5, 2, &month) || year < 1900 || month < 1
        || month > 12)
    {
        trials_json_note(json, "not a date", value);
        return;
    }

    if (len == 10) {
        last = days[month - 1];

        if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
        {
            last = 29;
        }

        if (p[7] != '-' || !trials_digits(p + 8, 2, &day) || day < 1
            || day > last) {
            trials_json_note(json, "not a date", value);
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
    int            i, n;
    size_t         len, unit, digits;
    const char    *p;
    trials_span_t *span;

    static const char *const units[] = {"Minute", "Hour",  "Day",
                                        "Week",   "Month", "Year"};

    (void) field;

    p = trials_json_string(json, value, &len);
    if (p == NULL) {
        return;
    }

    digits = strspn(p, "0123456789");

    if (digits > 0 && digits < 7 && p[digits] == ' '
        && trials_digits(p, digits, &n))
    {
        p += digits + 1;
        len -= digits + 1;

        for (i = 0; i < 6; i++) {
            unit = strlen(units[i]);

            if (strncmp(p, units[i], unit) == 0
                && (len == unit || (len == unit + 1 && p[unit] == 's')))
            {
                span = at;
                span->count = n;
                span->unit = (trials_time_unit_t) (TRIALS_UNIT_MINUTE + i);
                return;
            }
        }
    }

    trials_json_note(json, "not a span of time", value);
}


static void
trials_json_number(trials_json_t *json, const json_t *value,
                   const trials_field_t *field, void *at)
{
    double n;

    (void) field;

    if (!json_is_number(value)) {
        trials_json_note(json, "not a number", NULL);
        return;
    }

    n = json_number_value(value);

    if (n < 0 || n > TRIALS_NUMBER_MAX) {
        trials_json_note(json, "number out of range", NULL);
        return;
    }

    if (n != (double) (long) n) {
        trials_json_note(json, "not a whole number", NULL);
        return;
    }

    *(long *) at = (long) n;
}


/* A place is given by both numbers or by none. */

static void
trials_json_point(trials_json_t *json, const json_t *value,
                  const trials_field_t *field, void *at)
{
    const json_t      *lat, *lon;
    trials_location_t *location;

    (void) field;

    lat = json_object_get(value, "lat");
    lon = json_object_get(value, "lon");

    if (!trials_is_degrees(lat, 90.0) || !trials_is_degrees(lon, 180.0)) {
        trials_json_note(json, "not a latitude and a longitude", NULL);
        return;
    }

    location = at;
    location->has_point = 1;
    location->lat = json_number_value(lat);
    location->lon = json_number_value(lon);
}


static int
trials_is_degrees(const json_t *value, double limit)
{
    double n;

    n = json_number_value(value);

    return json_is_number(value) && n >= -limit && n <= limit;
}


static void
trials_json_exists(trials_json_t *json, const json_t *value,
                   const trials_field_t *field, void *at)
{
    (void) field;

    if (!json_is_array(value)) {
        trials_json_note(json, "not an array", NULL);
        return;
    }

    *(int *) at = json_array_size(value) > 0;
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
    char               *items;
    size_t              i, n;
    json_t             *item;
    trials_json_place_t place;

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

    place.in = json->place;
    place.name = NULL;
    json->place = &place;

    for (i = 0, n = 0; i < json_array_size(value); i++) {
        item = json_array_get(value, i);
        place.index = i;

        trials_json_readers[field->kind](json, item, field,
                                         items + n * field->size);

        /* An element that could not be read gives its place to the next. */

        if (trials_is_filled(items + n * field->size, field->size)) {
            n++;
        }
    }

    json->place = place.in;

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


/* The bytes of a string, which may hold NULs; NULL, with a note, for others. */

static const char *
trials_json_string(trials_json_t *json, const json_t *value, size_t *len)
{
    if (!json_is_string(value)) {
        trials_json_note(json, "not a string", NULL);
        return NULL;
    }

    *len = json_string_length(value);

    return json_string_value(value);
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


/* value, where not NULL, is a string that the note quotes. */

static void
trials_json_note(trials_json_t *json, const char *reason, const json_t *value)
{
    char          text[TRIALS_VALUE_MAX], path[TRIALS_PATH_MAX];
    trials_str_t *note;

    if (json->nnotes == TRIALS_NOTES_MAX) {
        json->dropped++;
        return;
    }

    note = trials_json_note_next(json);
    if (note == NULL) {
        return;
    }

    trials_json_path(json->place, path);

    if (value) {
        trials_registry_line(text, sizeof(text), json_string_value(value),
                             json_string_length(value));
        *note = trials_arena_printf(json->arena, "%s: %s \"%s\"", path, reason,
                                    text);
    } else {
        *note = trials_arena_printf(json->arena, "%s: %s", path, reason);
    }

    if (note->data == NULL) {
        json->nomem = 1;
    }
}


static trials_str_t *
trials_json_note_next(trials_json_t *json)
{
    size_t        size;
    trials_str_t *notes;

    if (json->nnotes == json->size) {
        size = json->size * 2 + 8;

        notes = trials_arena_calloc(json->arena, size, sizeof(trials_str_t));
        if (notes == NULL) {
            json->nomem = 1;
            return NULL;
        }

        if (json->nnotes) {
            memcpy(notes, json->notes, json->nnotes * sizeof(trials_str_t));
        }

        json->notes = notes;
        json->size = size;
    }

    return &json->notes[json->nnotes++];
}


void
trials_json_finish(trials_json_t *json)
{
    trials_str_t *note;

    if (json->dropped == 0) {
        return;
    }

    note = trials_json_note_next(json);
    if (note == NULL) {
        return;
    }

    *note = trials_arena_printf(json->arena, "and %zu more", json->dropped);

    if (note->data == NULL) {
        json->nomem = 1;
    }
}


/* "a.b[0].c" */

static void
trials_json_path(const trials_json_place_t *place, char path[TRIALS_PATH_MAX])
{
    size_t len;

    path[0] = '\0';

    if (place == NULL) {
        return;
    }

    trials_json_path(place->in, path);
    len = strlen(path);

    if (place->name) {
        (void) snprintf(path + len, TRIALS_PATH_MAX - len, "%s%s",
                        len ? "." : "", place->name);
    } else {
        (void) snprintf(path + len, TRIALS_PATH_MAX - len, "[%zu]",
                        place->index);
    }
}
