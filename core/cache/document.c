/* The format of documents: see <trials/document.h>. */

#include <trials/document.h>

#include <string.h>


#define TRIALS_ID_SIZE 11 /* "NCT" and the digits */


typedef struct {
    const char *name;
    const char *etag;
    const char *size;
    const char *type;
} trials_rendition_names_t;


static int trials_value_is(const trials_value_t *value, const char *text);
static int trials_value_id(const trials_value_t *value);
static int trials_value_hex(const trials_value_t *value);
static int trials_value_number(const trials_value_t *value, int64_t *number);


static const trials_rendition_names_t trials_renditions[] = {
    {"page", "page:etag", "page:size", "text/html; charset=utf-8"},
    {"print", "print:etag", "print:size", "text/html; charset=utf-8"},
    {"embed", "embed:etag", "embed:size", "text/html; charset=utf-8"},
    {"json", "json:etag", "json:size", "application/json"},
};


const char *
trials_rendition_name(trials_rendition_t rendition)
{
    return trials_renditions[rendition].name;
}


const char *
trials_rendition_type(trials_rendition_t rendition)
{
    return trials_renditions[rendition].type;
}


int
trials_rendition_parse(const char *name, size_t len)
{
    int            i;
    trials_value_t value;

    value.data = name;
    value.len = len;

    for (i = 0; i < TRIALS_NRENDITIONS; i++) {
        if (trials_value_is(&value, trials_renditions[i].name)) {
            return i;
        }
    }

    return -1;
}


size_t
trials_document_key(const char *prefix, const char *id, char *key)
{
    size_t len;

    len = strlen(prefix);

    memcpy(key, prefix, len);
    key[len++] = '{';
    memcpy(key + len, id, TRIALS_ID_SIZE);
    len += TRIALS_ID_SIZE;
    key[len++] = '}';
    key[len] = '\0';

    return len;
}


const char *
trials_document_key_id(const char *key, size_t len)
{
    size_t         prefix;
    trials_value_t id;

    prefix = sizeof(TRIALS_KEY_DOCUMENT) - 1;

    if (len != prefix + 1 + TRIALS_ID_SIZE + 1
        || memcmp(key, TRIALS_KEY_DOCUMENT "{", prefix + 1) != 0
        || key[len - 1] != '}')
    {
        return NULL;
    }

    id.data = key + prefix + 1;
    id.len = TRIALS_ID_SIZE;

    return trials_value_id(&id) ? id.data : NULL;
}


void
trials_document_fields(trials_rendition_t rendition,
                       const char        *fields[TRIALS_DOCUMENT_NFIELDS])
{
    fields[0] = "v";
    fields[1] = "state";
    fields[2] = "location";
    fields[3] = "modified";
    fields[4] = trials_renditions[rendition].name;
    fields[5] = trials_renditions[rendition].etag;
    fields[6] = trials_renditions[rendition].size;
}


const char *
trials_document_read(const trials_value_t *values, trials_document_t *document)
{
    int64_t size;
    size_t  i;

    memset(document, 0, sizeof(trials_document_t));

    for (i = 0; i < TRIALS_DOCUMENT_NFIELDS; i++) {
        if (values[i].data) {
            break;
        }
    }

    if (i == TRIALS_DOCUMENT_NFIELDS) {
        document->state = TRIALS_DOCUMENT_NONE;
        return NULL;
    }

    if (!trials_value_is(&values[0], "1")) {
        return "field \"v\" names another version of the format";
    }

    if (!trials_value_number(&values[3], &document->modified)) {
        return "field \"modified\" is no number of seconds";
    }

    if (trials_value_is(&values[1], "absent")) {
        document->state = TRIALS_DOCUMENT_ABSENT;
        return NULL;
    }

    if (trials_value_is(&values[1], "alias")) {
        if (!trials_value_id(&values[2])) {
            return "field \"location\" of an alias is no id";
        }

        document->state = TRIALS_DOCUMENT_ALIAS;
        document->location = values[2];
        return NULL;
    }

    if (!trials_value_is(&values[1], "present")) {
        return "field \"state\" is not one of present, absent, alias";
    }

    if (values[4].data == NULL || values[4].len == 0) {
        return "the rendition's body is missing";
    }

    if (!trials_value_hex(&values[5])) {
        return "the rendition's entity tag is not hexadecimal";
    }

    if (!trials_value_number(&values[6], &size)) {
        return "the rendition's size is no number of bytes";
    }

    document->state = TRIALS_DOCUMENT_PRESENT;
    document->body = values[4];
    document->etag = values[5];
    document->size = (size_t) size;

    return NULL;
}


static int
trials_value_is(const trials_value_t *value, const char *text)
{
    size_t len;

    len = strlen(text);

    return value->data && value->len == len
           && memcmp(value->data, text, len) == 0;
}


static int
trials_value_id(const trials_value_t *value)
{
    size_t i;

    if (value->data == NULL || value->len != TRIALS_ID_SIZE
        || memcmp(value->data, "NCT", 3) != 0)
    {
        return 0;
    }

    for (i = 3; i < TRIALS_ID_SIZE; i++) {
        if (value->data[i] < '0' || value->data[i] > '9') {
            return 0;
        }
    }

    return 1;
}


static int
trials_value_hex(const trials_value_t *value)
{
    size_t i;

    if (value->data == NULL || value->len == 0 || value->len > 64) {
        return 0;
    }

    for (i = 0; i < value->len; i++) {
        if ((value->data[i] < '0' || value->data[i] > '9')
            && (value->data[i] < 'a' || value->data[i] > 'f'))
        {
            return 0;
        }
    }

    return 1;
}


/* A decimal number from 0 to 999,999,999,999,999. */

static int
trials_value_number(const trials_value_t *value, int64_t *number)
{
    size_t i;

    if (value->data == NULL || value->len == 0 || value->len > 15) {
        return 0;
    }

    *number = 0;

    for (i = 0; i < value->len; i++) {
        if (value->data[i] < '0' || value->data[i] > '9') {
            return 0;
        }

        *number = *number * 10 + (value->data[i] - '0');
    }

    return 1;
}
