/* The only way into the document. */

#include "core/page/trial.h"

#include <libxml/chvalid.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>


static trials_str_t trials_tree_clean(trials_trial_t *trial, trials_str_t text);


void
trials_trial_fail(trials_trial_t *trial, trials_rc_t code, const char *what)
{
    if (!trial->failed) {
        trial->failed = 1;
        (void) trials_error(&trial->error, code, "%s: %s", trial->study->id,
                            what);
    }
}


const char *
trials_trial_printf(trials_trial_t *trial, const char *fmt, ...)
{
    int     len;
    char   *p;
    va_list args, again;

    va_start(args, fmt);
    va_copy(again, args);
    len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);

    p = len < 0 ? NULL : trials_arena_alloc(trial->arena, (size_t) len + 1);

    if (p) {
        (void) vsnprintf(p, (size_t) len + 1, fmt, again);
    } else {
        trials_trial_fail(trial, TRIALS_NOMEM, "out of memory");
    }

    va_end(again);

    return p ? p : "";
}


xmlNodePtr
trials_tree_add(trials_trial_t *trial, xmlNodePtr parent, const char *name)
{
    xmlNodePtr node;

    if (parent == NULL) {
        return NULL;
    }

    node = xmlNewChild(parent, NULL, BAD_CAST name, NULL);
    if (node == NULL) {
        trials_trial_fail(trial, TRIALS_NOMEM, "out of memory");
    }

    return node;
}


void
trials_tree_append(trials_trial_t *trial, xmlNodePtr node, trials_str_t text)
{
    xmlNodePtr child;

    if (node == NULL || text.len == 0) {
        return;
    }

    text = trials_tree_clean(trial, text);
    child = xmlNewDocTextLen(trial->doc, BAD_CAST text.data, (int) text.len);

    if (child == NULL) {
        trials_trial_fail(trial, TRIALS_NOMEM, "out of memory");
        return;
    }

    (void) xmlAddChild(node, child);
}


xmlNodePtr
trials_tree_text(trials_trial_t *trial, xmlNodePtr parent, const char *name,
                 trials_str_t text)
{
    xmlNodePtr node;

    if (text.len == 0) {
        return NULL;
    }

    node = trials_tree_add(trial, parent, name);
    trials_tree_append(trial, node, text);

    return node;
}


xmlNodePtr
trials_tree_word(trials_trial_t *trial, xmlNodePtr parent, const char *name,
                 const char *text)
{
    trials_str_t str;

    str.data = text;
    str.len = text ? strlen(text) : 0;

    return trials_tree_text(trial, parent, name, str);
}


void
trials_tree_attr(trials_trial_t *trial, xmlNodePtr node, const char *name,
                 trials_str_t value)
{
    if (node == NULL || value.len == 0) {
        return;
    }

    value = trials_tree_clean(trial, value);

    if (xmlNewProp(node, BAD_CAST name, BAD_CAST value.data) == NULL) {
        trials_trial_fail(trial, TRIALS_NOMEM, "out of memory");
    }
}


void
trials_tree_set(trials_trial_t *trial, xmlNodePtr node, const char *name,
                const char *value)
{
    trials_str_t str;

    str.data = value;
    str.len = value ? strlen(value) : 0;

    trials_tree_attr(trial, node, name, str);
}


void
trials_tree_number(trials_trial_t *trial, xmlNodePtr node, const char *name,
                   size_t value)
{
    trials_tree_set(trial, node, name,
                    trials_trial_printf(trial, "%zu", value));
}


/* A copy of what is UTF-8 of Unicode characters that XML 1.0 allows (section
 * 2.2); each byte that is not is left out. */

static trials_str_t
trials_tree_clean(trials_trial_t *trial, trials_str_t text)
{
    int          c, len;
    char        *out;
    size_t       i;
    trials_str_t str = {0, ""};

    out = trials_arena_alloc(trial->arena, text.len + 1);
    if (out == NULL) {
        trials_trial_fail(trial, TRIALS_NOMEM, "out of memory");
        return str;
    }

    str.data = out;

    for (i = 0; i < text.len;) {
        len = text.len - i < 4 ? (int) (text.len - i) : 4;
        c = xmlGetUTF8Char((const unsigned char *) text.data + i, &len);

        if (c < 0 || !xmlIsCharQ(c)) {
            i += c < 0 || len < 1 ? 1 : (size_t) len;
            continue;
        }

        memcpy(out + str.len, text.data + i, (size_t) len);
        str.len += (size_t) len;
        i += (size_t) len;
    }

    return str;
}
