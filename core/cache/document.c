/* The format of documents: see <trials/document.h>. */

#include <trials/document.h>

#include <string.h>


#define TRIALS_ID_SIZE 11 /* "NCT" and the digits */


#define TRIALS_FIELDS(name)                          \
    {                                                \
        name, name ":etag", name ":size", name ":br" \
    }


typedef struct {
    const char *body;
    const char *etag;
    const char *size;
    const char *brotli;
} trials_field_names_t;


static int trials_value_is(const trials_value_t *value, const char *text);
static int trials_value_id(const trials_value_t *value);
static int trials_value_hex(const trials_value_t *value);
static int trials_value_number(const trials_value_t *value, int64_t *number);


static const trials_field_names_t
    trials_fields[TRIALS_NLANGUAGES][TRIALS_NRENDITIONS] = {
        {TRIALS_FIELDS("page"), TRIALS_FIELDS("print"), TRIALS_FIELDS("embed"),
         TRIALS_FIELDS("json"), TRIALS_FIELDS("questions"),
         TRIALS_FIELDS("oembed"), TRIALS_FIELDS("atom"), TRIALS_FIELDS("xml")},
        {TRIALS_FIELDS("page.es"), TRIALS_FIELDS("print.es"),
         TRIALS_FIELDS("embed.es"), TRIALS_FIELDS("json.es"),
         TRIALS_FIELDS("questions.es"), TRIALS_FIELDS("oembed.es"),
         TRIALS_FIELDS("atom.es"), TRIALS_FIELDS("xml.es")},
};

static const char *const trials_types[TRIALS_NRENDITIONS] = {
    "text/html; charset=utf-8",
    "text/html; charset=utf-8",
    "text/html; charset=utf-8",
    "application/json",
    "text/html; charset=utf-8",
    "application/json",
    "application/atom+xml; charset=utf-8",
    "application/xml; charset=utf-8",
};

static const char *const trials_languages[TRIALS_NLANGUAGES] = {"en", "es"};


const char *
trials_rendition_name(trials_rendition_t rendition)
{
    return trials_fields[TRIALS_LANGUAGE_EN][rendition].body;
}


const char *
trials_rendition_type(trials_rendition_t rendition)
{
    return trials_types[rendition];
}


int
trials_rendition_parse(const char *name, size_t len)
{
    int            i;
    trials_value_t value;

    value.data = name;
    value.len = len;

    for (i = 0; i < TRIALS_NRENDITIONS; i++) {
        if (trials_value_is(&value,
                            trials_rendition_name((trials_rendition_t) i))) {
            return i;
        }
    }

    return -1;
}


const char *
trials_language_tag(trials_language_t language)
{
    return trials_languages[language];
}


int
trials_language_parse(const char *tag, size_t len)
{
    int            i;
    trials_value_t value;

    value.data = tag;
    value.len = len;

    for (i = 0; i < TRIALS_NLANGUAGES; i++) {
        if (trials_value_is(&value, trials_languages[i])) {
            return i;
        }
    }

    return -1;
}


trials_name_kind_t
trials_name_kind(const char *name, size_t len)
{
    size_t         i;
    trials_value_t id;

    id.data = name;
    id.len = len;

    if (trials_value_id(&id)) {
        return TRIALS_NAME_TRIAL;
    }

    if (len == 0 || len >= TRIALS_NAME_SIZE || name[len - 1] == '/') {
        return TRIALS_NAME_NONE;
    }

    /* What looks like an id is one, or nothing. */

    if (len > 3 && memcmp(name, "nct", 3) == 0 && name[3] >= '0'
        && name[3] <= '9') {
        return TRIALS_NAME_NONE;
    }

    for (i = 0; i < len; i++) {
        if ((name[i] >= 'a' && name[i] <= 'z')
            || (name[i] >= '0' && name[i] <= '9') || name[i] == '-'
            || (name[i] == '/' && i > 0 && name[i - 1] != '/'))
        {
            continue;
        }

        return TRIALS_NAME_NONE;
    }

    return TRIALS_NAME_SITE;
}


size_t
trials_document_key(const char *prefix, const char *name, char *key)
{
    size_t len, name_len;

    len = strlen(prefix);
    name_len = strlen(name);

    memcpy(key, prefix, len);
    key[len++] = '{';
    memcpy(key + len, name, name_len);
    len += name_len;
    key[len++] = '}';
    key[len] = '\0';

    return len;
}


const char *
trials_document_key_name(const char *key, size_t len, size_t *name_len)
{
    size_t before;

    before = sizeof(TRIALS_KEY_DOCUMENT "{") - 1;

    if (len <= before || memcmp(key, TRIALS_KEY_DOCUMENT "{", before) != 0
        || key[len - 1] != '}')
    {
        return NULL;
    }

    *name_len = len - before - 1;

    return trials_name_kind(key + before, *name_len) ? key + before : NULL;
}


void
trials_document_fields(trials_rendition_t rendition, trials_language_t language,
                       const char *fields[TRIALS_DOCUMENT_NFIELDS])
{
    const trials_field_names_t *names;

    names = &trials_fields[language][rendition];

    fields[0] = "v";
    fields[1] = "state";
    fields[2] = "location";
    fields[3] = "modified";
    fields[4] = names->body;
    fields[5] = names->etag;
    fields[6] = names->size;
    fields[7] = names->brotli;
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

    if (!trials_value_is(&values[0], "2")) {
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

    document->state = TRIALS_DOCUMENT_PRESENT;

    if (values[4].data == NULL && values[5].data == NULL
        && values[6].data == NULL) {
        return NULL;
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

    document->body = values[4];
    document->etag = values[5];
    document->size = (size_t) size;
    document->brotli = values[7];

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

    return memcmp(value->data + 3, "00000000", 8) != 0;
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
