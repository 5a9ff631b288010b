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
#include <string.h>


static trials_rc_t
             trials_load_failed(const char *name, const json_error_t *error,
                                trials_error_t *err);
static void  trials_load_init(void);
static void *trials_load_malloc(size_t size);


static pthread_once_t    trials_load_once = PTHREAD_ONCE_INIT;
static json_malloc_t     trials_load_system;
static _Thread_local int trials_load_nomem;


trials_rc_t
trials_json_load(const char *name, const char *text, size_t len, json_t **root,
                 trials_error_t *err)
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

    *root = json_loadb(text, len,
                       JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES
                           | JSON_DECODE_INT_AS_REAL,
                       &error);

    if (trials_load_nomem) {
        json_decref(*root);
        *root = NULL;

        return trials_error(err, TRIALS_NOMEM, "%s: out of memory", name);
    }

    return *root ? TRIALS_OK : trials_load_failed(name, &error, err);
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
