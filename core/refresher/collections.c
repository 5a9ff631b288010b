/* Collections: the file, and what belongs to them. */

#include "core/refresher/collections.h"

#include "core/registry/enums.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define TRIALS_COLLECTIONS_FILE_MAX (1024 * 1024)

typedef struct {
    trials_collections_t *collections;
    trials_collection_t  *collection; /* of the section; NULL: none yet */
    const char           *file;
    int                   line;
} trials_collections_reading_t;


static char *trials_collections_load(trials_arena_t *arena, const char *file,
                                     trials_error_t *err);
static trials_rc_t
trials_collections_line(trials_collections_reading_t *reading, char *line,
                        trials_error_t *err);
static trials_rc_t
trials_collections_section(trials_collections_reading_t *reading, char *slug,
                           trials_error_t *err);
static trials_rc_t
trials_collections_set(trials_collections_reading_t *reading, const char *name,
                       char *value, trials_error_t *err);
static trials_rc_t
trials_collections_ids(trials_collections_reading_t *reading, const char *value,
                       trials_error_t *err);
static trials_rc_t
trials_collections_statuses(trials_collections_reading_t *reading,
                            trials_str_t alternatives, trials_error_t *err);
static trials_str_t trials_collections_alternatives(char *value);
static char        *trials_collections_trim(char *text);
static trials_rc_t
trials_collections_wrong(const trials_collections_reading_t *reading,
                         trials_error_t *err, const char *what,
                         const char *text);
static int
trials_collection_has(const trials_collection_t *collection, const char *id,
                      const trials_summary_t *summary);
static int
trials_collection_any(trials_str_t alternatives, trials_str_t text, int whole);
static int
trials_collection_same(trials_str_t alternatives, trials_str_t items);
static int trials_collection_id(const void *one, const void *two);


/* Names that are others' documents, or begin their addresses. */

static const char *const trials_collections_reserved[] = {
    "all",  "index", "methodology", "questions", "glossary", "sitemap",
    "feed", "es",    "en",          "oembed",    "search",
};


trials_rc_t
trials_collections_read(trials_collections_t *collections, const char *file,
                        trials_error_t *err)
{
    char                        *text, *next;
    trials_rc_t                  rc;
    trials_collections_reading_t reading;

    memset(collections, 0, sizeof(trials_collections_t));
    memset(&reading, 0, sizeof(trials_collections_reading_t));

    memcpy(collections->all[0].slug, TRIALS_COLLECTION_ALL,
           sizeof(TRIALS_COLLECTION_ALL));
    collections->n = 1;

    if (file == NULL) {
        return TRIALS_OK;
    }

    collections->arena = trials_arena_create();
    if (collections->arena == NULL) {
        return trials_error(err, TRIALS_NOMEM, "out of memory");
    }

    text = trials_collections_load(collections->arena, file, err);
    if (text == NULL) {
        return TRIALS_INVALID;
    }

    reading.collections = collections;
    reading.file = file;

    for (rc = TRIALS_OK; text && rc == TRIALS_OK; text = next) {
        next = strchr(text, '\n');

        if (next) {
            *next++ = '\0';
        }

        reading.line++;
        rc = trials_collections_line(&reading, trials_collections_trim(text),
                                     err);
    }

    return rc;
}


void
trials_collections_free(trials_collections_t *collections)
{
    size_t i;

    for (i = 0; i < collections->n; i++) {
        free(collections->all[i].ids);
    }

    trials_arena_destroy(collections->arena);
    memset(collections, 0, sizeof(trials_collections_t));
}


static char *
trials_collections_load(trials_arena_t *arena, const char *file,
                        trials_error_t *err)
{
    FILE  *f;
    char  *text;
    size_t len;

    f = fopen(file, "re");
    if (f == NULL) {
        (void) trials_error(err, TRIALS_INVALID, "%s: %s", file,
                            strerror(errno));
        return NULL;
    }

    text = trials_arena_alloc(arena, TRIALS_COLLECTIONS_FILE_MAX + 1);
    len = text ? fread(text, 1, TRIALS_COLLECTIONS_FILE_MAX + 1, f) : 0;

    if (text == NULL || ferror(f) || len > TRIALS_COLLECTIONS_FILE_MAX
        || memchr(text, '\0', len))
    {
        (void) trials_error(err, TRIALS_INVALID,
                            "%s: not a text of at most %d bytes", file,
                            TRIALS_COLLECTIONS_FILE_MAX);
        text = NULL;
    } else {
        text[len] = '\0';
    }

    (void) fclose(f);

    return text;
}


static trials_rc_t
trials_collections_line(trials_collections_reading_t *reading, char *line,
                        trials_error_t *err)
{
    char  *value;
    size_t len;

    len = strlen(line);

    if (len == 0 || line[0] == '#') {
        return TRIALS_OK;
    }

    if (line[0] == '[' && line[len - 1] == ']') {
        line[len - 1] = '\0';
        return trials_collections_section(
            reading, trials_collections_trim(line + 1), err);
    }

    value = strchr(line, '=');

    if (value == NULL || reading->collection == NULL) {
        return trials_collections_wrong(
            reading, err,
            value ? "before the first [collection]"
                  : "neither [collection] nor \"name = value\"",
            line);
    }

    *value++ = '\0';

    return trials_collections_set(reading, trials_collections_trim(line),
                                  trials_collections_trim(value), err);
}


static trials_rc_t
trials_collections_section(trials_collections_reading_t *reading, char *slug,
                           trials_error_t *err)
{
    size_t                i, len;
    trials_collections_t *all;

    all = reading->collections;
    len = strlen(slug);

    if (len == 0 || len > TRIALS_SLUG_MAX
        || strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") != len
        || trials_name_kind(slug, len) != TRIALS_NAME_SITE)
    {
        return trials_collections_wrong(
            reading, err, "not 1 to 24 of a-z, 0-9 and \"-\"", slug);
    }

    for (i = 0; i < sizeof(trials_collections_reserved) / sizeof(char *); i++) {
        if (strcmp(slug, trials_collections_reserved[i]) == 0) {
            return trials_collections_wrong(reading, err,
                                            "a name of other pages", slug);
        }
    }

    if (trials_collections_find(all, slug, len) != -1) {
        return trials_collections_wrong(reading, err, "there twice", slug);
    }

    if (all->n > TRIALS_COLLECTIONS_MAX) {
        return trials_collections_wrong(reading, err,
                                        "more than 63 collections", slug);
    }

    reading->collection = &all->all[all->n++];
    memcpy(reading->collection->slug, slug, len + 1);
    reading->collection->title = reading->collection->slug;

    return TRIALS_OK;
}


static trials_rc_t
trials_collections_set(trials_collections_reading_t *reading, const char *name,
                       char *value, trials_error_t *err)
{
    trials_collection_t *collection;

    collection = reading->collection;

    if (value[0] == '\0') {
        return trials_collections_wrong(reading, err, "has no value", name);
    }

    if (strcmp(name, "title") == 0) {
        collection->title = value;

    } else if (strcmp(name, "condition") == 0) {
        collection->conditions = trials_collections_alternatives(value);

    } else if (strcmp(name, "country") == 0) {
        collection->countries = trials_collections_alternatives(value);

    } else if (strcmp(name, "sponsor") == 0) {
        collection->sponsors = trials_collections_alternatives(value);

    } else if (strcmp(name, "status") == 0) {
        return trials_collections_statuses(
            reading, trials_collections_alternatives(value), err);

    } else if (strcmp(name, "ids") == 0) {
        return trials_collections_ids(reading, value, err);

    } else {
        return trials_collections_wrong(
            reading, err,
            "none of title, condition, status, country, sponsor, ids", name);
    }

    return TRIALS_OK;
}


static trials_rc_t
trials_collections_ids(trials_collections_reading_t *reading, const char *value,
                       trials_error_t *err)
{
    char                 word[32];
    size_t               len;
    trials_id_t         *ids;
    trials_collection_t *collection;

    collection = reading->collection;

    while (*value != '\0') {
        len = strcspn(value, " ,\t");
        (void) snprintf(word, sizeof(word), "%.*s",
                        (int) (len < sizeof(word) ? len : sizeof(word) - 1),
                        value);

        ids = realloc(collection->ids,
                      (collection->nids + 1) * sizeof(trials_id_t));
        if (ids == NULL) {
            return trials_error(err, TRIALS_NOMEM, "out of memory");
        }

        collection->ids = ids;

        if (trials_id_parse(word, strlen(word), ids[collection->nids])
            != TRIALS_OK) {
            return trials_collections_wrong(reading, err, "not an id", word);
        }

        collection->nids++;
        value += len;
        value += strspn(value, " ,\t");
    }

    qsort(collection->ids, collection->nids, sizeof(trials_id_t),
          trials_collection_id);

    return TRIALS_OK;
}


static trials_rc_t
trials_collections_statuses(trials_collections_reading_t *reading,
                            trials_str_t alternatives, trials_error_t *err)
{
    int          i;
    char         word[64];
    trials_str_t item;

    while (trials_summary_item(&alternatives, &item)) {
        (void) snprintf(word, sizeof(word), "%.*s", (int) item.len, item.data);

        for (i = 0; trials_status_names[i]; i++) {
            if (strcmp(trials_status_names[i], word) == 0) {
                reading->collection->statuses |= 1u << (i + 1);
                break;
            }
        }

        if (trials_status_names[i] == NULL) {
            return trials_collections_wrong(
                reading, err, "not a status of the registry", word);
        }
    }

    return TRIALS_OK;
}


/* In place: "a | b" as a list. */

static trials_str_t
trials_collections_alternatives(char *value)
{
    char        *in, *item, *end;
    trials_str_t list;

    list.data = value;
    list.len = 0;

    for (in = value; in; in = end) {
        end = strchr(in, '|');

        if (end) {
            *end++ = '\0';
        }

        item = trials_collections_trim(in);

        if (*item == '\0') {
            continue;
        }

        if (list.len) {
            value[list.len++] = TRIALS_SUMMARY_SEPARATOR;
        }

        memmove(value + list.len, item, strlen(item));
        list.len += strlen(item);
    }

    return list;
}


static char *
trials_collections_trim(char *text)
{
    size_t len;

    text += strspn(text, " \t\r");

    for (len = strlen(text); len && strchr(" \t\r", text[len - 1]); len--) {
        text[len - 1] = '\0';
    }

    return text;
}


static trials_rc_t
trials_collections_wrong(const trials_collections_reading_t *reading,
                         trials_error_t *err, const char *what,
                         const char *text)
{
    return trials_error(err, TRIALS_INVALID, "%s:%d: \"%.64s\": %s",
                        reading->file, reading->line, text, what);
}


int
trials_collections_find(const trials_collections_t *collections,
                        const char *slug, size_t len)
{
    size_t i;

    for (i = 0; i < collections->n; i++) {
        if (strlen(collections->all[i].slug) == len
            && memcmp(collections->all[i].slug, slug, len) == 0)
        {
            return (int) i;
        }
    }

    return -1;
}


uint64_t
trials_collections_of(const trials_collections_t *collections, const char *id,
                      const trials_summary_t *summary)
{
    size_t   i;
    uint64_t bits;

    for (i = 1, bits = 1; i < collections->n; i++) {
        if (trials_collection_has(&collections->all[i], id, summary)) {
            bits |= (uint64_t) 1 << i;
        }
    }

    return bits;
}


static int
trials_collection_has(const trials_collection_t *collection, const char *id,
                      const trials_summary_t *summary)
{
    trials_id_t key;

    memcpy(key, id, TRIALS_ID_LEN);
    key[TRIALS_ID_LEN] = '\0';

    if (collection->nids
        && bsearch(key, collection->ids, collection->nids, sizeof(trials_id_t),
                   trials_collection_id))
    {
        return 1;
    }

    if (collection->conditions.len == 0 && collection->countries.len == 0
        && collection->sponsors.len == 0 && collection->statuses == 0)
    {
        return 0;
    }

    if (collection->statuses
        && !(collection->statuses & 1u << (unsigned) summary->status))
    {
        return 0;
    }

    if (collection->countries.len
        && !trials_collection_same(collection->countries, summary->countries))
    {
        return 0;
    }

    if (collection->sponsors.len
        && !trials_collection_any(collection->sponsors, summary->sponsor, 0))
    {
        return 0;
    }

    return collection->conditions.len == 0
           || trials_collection_any(collection->conditions, summary->conditions,
                                    1)
           || trials_collection_any(collection->conditions, summary->words, 1)
           || trials_collection_any(collection->conditions, summary->title, 1);
}


/* Whether one of the alternatives stands in the text, as whole words where that
 * is asked for; without regard to case. */

static int
trials_collection_any(trials_str_t alternatives, trials_str_t text, int whole)
{
    size_t       i;
    trials_str_t one;

    while (trials_summary_item(&alternatives, &one)) {
        for (i = 0; i + one.len <= text.len; i++) {
            if (strncasecmp(text.data + i, one.data, one.len) == 0
                && (!whole
                    || ((i == 0 || !isalnum((unsigned char) text.data[i - 1]))
                        && (i + one.len == text.len
                            || !isalnum(
                                (unsigned char) text.data[i + one.len])))))
            {
                return 1;
            }
        }
    }

    return 0;
}


/* Whether one of the alternatives is one of the items. */

static int
trials_collection_same(trials_str_t alternatives, trials_str_t items)
{
    trials_str_t one, item, rest;

    while (trials_summary_item(&alternatives, &one)) {
        rest = items;

        while (trials_summary_item(&rest, &item)) {
            if (item.len == one.len
                && strncasecmp(item.data, one.data, one.len) == 0) {
                return 1;
            }
        }
    }

    return 0;
}


static int
trials_collection_id(const void *one, const void *two)
{
    return strcmp(one, two);
}
