/*
 * JSON of others, loaded.
 *
 * jansson 2.14 does not always tell when memory is out: a string can lose
 * characters at its end, or count as bad JSON.  So its allocations go through a
 * function of ours, which calls the one that was set before and keeps in mind,
 * for each thread, whether it failed.
 */

#include "core/registry/load.h"
#include "core/registry/text.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>


/* Texts that are read one after the other as one. */

typedef struct {
    trials_str_t parts[3];
    size_t       n; /* of the part that is being read */
} trials_load_input_t;


static json_t *trials_load_object(const char *text, size_t len,
                                  const char *without, json_error_t *error);
static trials_str_t
trials_load_find(const char *text, size_t len, const char *without);
static const char *trials_load_end(const char *p, const char *end);
static size_t      trials_load_read(void *buffer, size_t size, void *data);
static trials_rc_t
             trials_load_failed(const char *name, const json_error_t *error,
                                trials_error_t *err);
static void  trials_load_init(void);
static void *trials_load_malloc(size_t size);


static pthread_once_t    trials_load_once = PTHREAD_ONCE_INIT;
static json_malloc_t     trials_load_system;
static _Thread_local int trials_load_nomem;


trials_rc_t
trials_json_load(const char *name, const char *text, size_t len,
                 const char *without, json_t **root, trials_error_t *err)
{
    json_error_t error;

    static const char bom[] = "\xef\xbb\xbf";

    *root = NULL;

    if (len >= 3 && memcmp(text, bom, 3) == 0) {
        text += 3;
        len -= 3;
    }

    if (len == 0) {
        return trials_error(err, TRIALS_INVALID, "%s:1:1: empty", name);
    }

    if (pthread_once(&trials_load_once, trials_load_init) != 0) {
        return trials_error(err, TRIALS_FAILED, "%s: pthread_once()", name);
    }

    trials_load_nomem = 0;

    *root = trials_load_object(text, len, without, &error);

    if (trials_load_nomem) {
        json_decref(*root);
        *root = NULL;

        return trials_error(err, TRIALS_NOMEM, "%s: out of memory", name);
    }

    return *root ? TRIALS_OK : trials_load_failed(name, &error, err);
}


/* Where a part is left out, an error is told as of the whole. */

static json_t *
trials_load_object(const char *text, size_t len, const char *without,
                   json_error_t *error)
{
    json_t             *root;
    trials_str_t        out;
    trials_load_input_t input;

    static const size_t flags =
        JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL;

    out = trials_load_find(text, len, without);
    root = NULL;

    if (out.data) {
        input.n = 0;
        input.parts[0] = (trials_str_t){(size_t) (out.data - text), text};
        input.parts[1] = (trials_str_t){4, "null"};
        input.parts[2].data = out.data + out.len;
        input.parts[2].len = len - input.parts[0].len - out.len;
        root = json_load_callback(trials_load_read, &input, flags, error);
    }

    return root ? root : json_loadb(text, len, flags, error);
}


/* The value of the member, no data where there is none.  Within a string, a name
 * in quotes has a backslash before the second of them. */

static trials_str_t
trials_load_find(const char *text, size_t len, const char *without)
{
    char         quoted[64];
    const char  *p, *end, *after;
    trials_str_t value = {0, NULL};

    if (without == NULL) {
        return value;
    }

    (void) snprintf(quoted, sizeof(quoted), "\"%s\"", without);
    end = text + len;
    p = memmem(text, len, quoted, strlen(quoted));
    p = p ? p + strlen(quoted) : end;

    while (p < end && strchr(" \t\r\n:", *p)) {
        p++;
    }

    after = p < end && *p == '{' ? trials_load_end(p, end) : NULL;

    if (after) {
        value.data = p;
        value.len = (size_t) (after - p);
    }

    return value;
}


/* Behind the object that begins at p; NULL where it does not end. */

static const char *
trials_load_end(const char *p, const char *end)
{
    size_t      depth;
    const char *slash;

    for (depth = 0; p && p < end; p++) {
        if (*p == '{') {
            depth++;

        } else if (*p == '}' && --depth == 0) {
            return p + 1;

        } else if (*p == '"') {
            do {
                p = memchr(p + 1, '"', (size_t) (end - p) - 1);

                for (slash = p; p && slash[-1] == '\\'; slash--) {
                    /* void */
                }
            } while (p && (p - slash) % 2);

            if (p == NULL) {
                break;
            }
        }
    }

    return NULL;
}


static size_t
trials_load_read(void *buffer, size_t size, void *data)
{
    size_t               n;
    trials_str_t        *part;
    trials_load_input_t *input;

    input = data;
    part = &input->parts[input->n];

    if (part->len == 0 && input->n < 2) {
        part = &input->parts[++input->n];
    }

    n = part->len < size ? part->len : size;
    memcpy(buffer, part->data, n);
    part->data += n;
    part->len -= n;

    return n;
}


static trials_rc_t
trials_load_failed(const char *name, const json_error_t *error,
                   trials_error_t *err)
{
    char reason[JSON_ERROR_TEXT_LENGTH];

    if (json_error_code(error) == json_error_stack_overflow) {
        return trials_error(err, TRIALS_TOO_LARGE, "%s:%d:%d: nested too deep",
                            name, error->line, error->column);
    }

    trials_registry_line(reason, sizeof(reason), error->text,
                         strnlen(error->text, sizeof(error->text) - 1));

    return trials_error(err, TRIALS_INVALID, "%s:%d:%d: %s", name, error->line,
                        error->column, reason);
}


static void
trials_load_init(void)
{
    json_free_t release;

    json_get_alloc_funcs(&trials_load_system, &release);
    json_set_alloc_funcs(trials_load_malloc, release);
}


static void *
trials_load_malloc(size_t size)
{
    void *p;

    p = trials_load_system(size);
    if (p == NULL) {
        trials_load_nomem = 1;
    }

    return p;
}
