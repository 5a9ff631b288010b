/*
 * JSON as compact text.  Byte for byte what json_dumps() with JSON_COMPACT makes,
 * which looks at each character for its encoding, and at each object for loops:
 * what our strings have passed already, and our trees cannot have.
 */

#include "core/page/dump.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>


static void
trials_json_dump_string(trials_buf_t *out, const char *p, size_t len);
static void trials_json_dump_object(trials_buf_t *out, const json_t *object);
static void trials_json_dump_array(trials_buf_t *out, const json_t *array);
static void trials_json_dump_real(trials_buf_t *out, const json_t *real);


trials_rc_t
trials_json_dump(trials_buf_t *out, const json_t *json)
{
    char number[32];
    int  len;

    switch (json_typeof(json)) {
    case JSON_OBJECT:
        trials_json_dump_object(out, json);
        break;

    case JSON_ARRAY:
        trials_json_dump_array(out, json);
        break;

    case JSON_STRING:
        trials_json_dump_string(out, json_string_value(json),
                                json_string_length(json));
        break;

    case JSON_INTEGER:
        len = snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
                       json_integer_value(json));
        (void) trials_buf_append(out, number, (size_t) len);
        break;

    case JSON_REAL:
        trials_json_dump_real(out, json);
        break;

    case JSON_TRUE:
        (void) trials_buf_append(out, "true", 4);
        break;

    case JSON_FALSE:
        (void) trials_buf_append(out, "false", 5);
        break;

    case JSON_NULL:
        (void) trials_buf_append(out, "null", 4);
    }

    return out->failed;
}


static void
trials_json_dump_object(trials_buf_t *out, const json_t *json)
{
    int         first;
    void       *i;
    json_t     *object;
    const char *key;

    object = (json_t *) json;
    first = 1;
    (void) trials_buf_append(out, "{", 1);

    for (i = json_object_iter(object); i; i = json_object_iter_next(object, i))
    {
        if (!first) {
            (void) trials_buf_append(out, ",", 1);
        }

        first = 0;

        key = json_object_iter_key(i);
        trials_json_dump_string(out, key, strlen(key));
        (void) trials_buf_append(out, ":", 1);

        if (trials_json_dump(out, json_object_iter_value(i)) != TRIALS_OK) {
            return;
        }
    }

    (void) trials_buf_append(out, "}", 1);
}


static void
trials_json_dump_array(trials_buf_t *out, const json_t *array)
{
    size_t i;

    (void) trials_buf_append(out, "[", 1);

    for (i = 0; i < json_array_size(array); i++) {
        if (i) {
            (void) trials_buf_append(out, ",", 1);
        }

        if (trials_json_dump(out, json_array_get(array, i)) != TRIALS_OK) {
            return;
        }
    }

    (void) trials_buf_append(out, "]", 1);
}


/* Bytes that need no escape, as far as they are seen eight at a time: none below
 * 0x20, no quotation mark, no backslash. */

static inline size_t
trials_json_plain(const char *p, size_t len)
{
    size_t   i;
    uint64_t eight, low, quotes, slashes;

    static const uint64_t each = 0x0101010101010101;

    for (i = 0; i + 8 <= len; i += 8) {
        memcpy(&eight, p + i, 8);

        low = eight - 0x20 * each;
        quotes = (eight ^ '"' * each) - each;
        slashes = (eight ^ '\\' * each) - each;

        /* A byte of 0x80 and more is no such one. */

        if ((low | quotes | slashes) & ~eight & 0x80 * each) {
            break;
        }
    }

    return i;
}


/* RFC 8259, section 7: what has to be escaped, and no more. */

static void
trials_json_dump_string(trials_buf_t *out, const char *p, size_t len)
{
    int         n;
    char        escaped[8];
    size_t      i, from;
    const char *known;

    static const char marks[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";

    (void) trials_buf_append(out, "\"", 1);

    for (i = 0, from = 0; i < len; i++) {
        i += trials_json_plain(p + i, len - i);

        if (i == len) {
            break;
        }

        if ((unsigned char) p[i] >= 0x20 && p[i] != '"' && p[i] != '\\') {
            continue;
        }

        (void) trials_buf_append(out, p + from, i - from);
        from = i + 1;
        known = p[i] ? strchr(marks, p[i]) : NULL;

        n = known ? snprintf(escaped, sizeof(escaped), "\\%c",
                             letters[known - marks])
                  : snprintf(escaped, sizeof(escaped), "\\u%04X",
                             (unsigned char) p[i]);
        (void) trials_buf_append(out, escaped, (size_t) n);
    }

    (void) trials_buf_append(out, p + from, len - from);
    (void) trials_buf_append(out, "\"", 1);
}


/* jansson knows how to write a real in any locale. */

static void
trials_json_dump_real(trials_buf_t *out, const json_t *real)
{
    char   number[64];
    size_t len;

    len = json_dumpb(real, number, sizeof(number), JSON_ENCODE_ANY);
    (void) trials_buf_append(out, number, len);
}
