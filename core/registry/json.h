/*
 * JSON into structs by tables: a table says for each member of an object which
 * field of a struct it fills, and how.
 */

#ifndef TRIALS_JSON_H
#define TRIALS_JSON_H


#include <trials/memory.h>

#include <jansson.h>
#include <stddef.h>


typedef enum {
    TRIALS_FIELD_TEXT,   /* trials_str_t, trimmed */
    TRIALS_FIELD_PHRASE, /* the same in the signs of print (10⁹, m²) */
    TRIALS_FIELD_MARKUP, /* trials_str_t, in the signs of print */
    TRIALS_FIELD_SOURCE, /* markup as the record has it */
    TRIALS_FIELD_ID,     /* trials_str_t, an id in canonical form */
    TRIALS_FIELD_ENUM,   /* an enum; type: its names */
    TRIALS_FIELD_FLAG,   /* trials_said_t */
    TRIALS_FIELD_DATE,   /* trials_date_t but for its type */
    TRIALS_FIELD_SPAN,   /* trials_span_t */
    TRIALS_FIELD_NUMBER, /* long, not negative */
    TRIALS_FIELD_POINT,  /* trials_location_t: lat, lon and has_point */
    TRIALS_FIELD_EXISTS, /* int: 1 where the member is an array with items */
    TRIALS_FIELD_OBJECT, /* a struct within; type: its fields */
    TRIALS_FIELD_TEXTS,  /* array of trials_str_t; those below are arrays */
    TRIALS_FIELD_PHRASES,
    TRIALS_FIELD_IDS,    /* array of trials_str_t, ids in canonical form */
    TRIALS_FIELD_ENUMS,  /* array of enums; type: their names */
    TRIALS_FIELD_OBJECTS /* array of structs; type: their fields */
} trials_field_kind_t;

typedef struct {
    const char         *name; /* of the member; NULL ends the table */
    trials_field_kind_t kind;
    size_t              offset; /* in the struct */
    size_t              count;  /* offset of an array's count */
    size_t              size;   /* of an array's element, bytes */
    const void         *type;   /* names of an enum, or fields of a struct */
} trials_field_t;


/* Where the member or element that is being read is. */

typedef struct trials_json_place_s trials_json_place_t;

struct trials_json_place_s {
    const trials_json_place_t *in;
    const char                *name; /* NULL: an element */
    size_t                     index;
};

/* One reading of one document. */

typedef struct {
    trials_arena_t            *arena;
    const trials_json_place_t *place;
    trials_str_t              *notes; /* what was left out: "path: reason" */
    size_t                     nnotes;
    size_t                     size;    /* room in notes */
    size_t                     dropped; /* notes for which there was no room */
    int                        nomem;
} trials_json_t;

/*
 * Fills in base from object.  What does not fit is left out and noted; null is
 * as good as absent, and so is an empty text.  Numbers are those of a document
 * that was loaded with JSON_DECODE_INT_AS_REAL.
 */
void trials_json_read(trials_json_t *json, const json_t *object,
                      const trials_field_t *fields, void *base);

/* To be called at the end: a last note tells how many more there were. */
void trials_json_finish(trials_json_t *json);


#endif
