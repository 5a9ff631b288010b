/* Stylesheets: read, words put in, compiled, applied. */

#include "core/page/sheet_compile.h"

#include "core/page/data.h"
#include "core/page/html.h"
#include "core/page/sheet_quick.h"

#include <errno.h>
#include <libxml/HTMLtree.h>
#include <libxml/parser.h>
#include <libxslt/documents.h>
#include <libxslt/imports.h>
#include <libxslt/transform.h>
#include <libxslt/xsltutils.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>


#define TRIALS_SHEET_BUILTIN "builtin/"


static xmlDocPtr
trials_sheet_loader(const xmlChar *uri, xmlDictPtr dict, int options,
                    void *context, xsltLoadType type);
static xmlDocPtr
trials_sheet_read(trials_compile_t *compile, const char *name, xmlDictPtr dict);
static void trials_sheet_parse_error(void *data, xmlErrorPtr error);
static void trials_sheet_forbid(xsltSecurityPrefsPtr security);


static pthread_mutex_t   trials_sheet_lock = PTHREAD_MUTEX_INITIALIZER;
static trials_compile_t *trials_sheet_compiling;

static const char *const trials_sheet_names[TRIALS_NSHEETS] = {
    "page.xsl", "print.xsl", "embed.xsl",   "questions.xsl", "atom.xsl",
    "text.xsl", "site.xsl",  "listing.xsl", "feed.xsl",
};


void
trials_sheet_hash(trials_sheets_t *sheets, trials_str_t text)
{
    /* Any change of data gives another name. */

    sheets->hash = XXH64(text.data, text.len, sheets->hash);
}


static trials_str_t
trials_sheet_data(const trials_data_t *data)
{
    return (trials_str_t){(size_t) (data->end - data->start), data->start};
}


static trials_rc_t
trials_sheet_words(trials_sheets_t *sheets, int language, trials_error_t *err)
{
    char                 name[32];
    const char          *path;
    trials_rc_t          rc;
    trials_str_t         text;
    const trials_data_t *data;

    (void) snprintf(name, sizeof(name), "words.%s.tsv",
                    trials_language_tag((trials_language_t) language));
    data = trials_data_find("words.en.tsv");
    rc = trials_words_load(&sheets->words[language], sheets->arena, data->name,
                           data->start, data->end, err);

    /* Another language's file takes the place of the English texts. */

    if (rc == TRIALS_OK && language != TRIALS_LANGUAGE_EN) {
        data = trials_data_find(name);
        rc = trials_words_replace(&sheets->words[language], sheets->arena, name,
                                  data->start, data->end, err);
    }

    if (rc != TRIALS_OK) {
        return rc;
    }

    trials_sheet_hash(sheets, trials_sheet_data(data));

    switch (trials_sheet_disk(sheets, name, &text, &path, err)) {
    case 1:
        trials_sheet_hash(sheets, text);
        return trials_words_replace(&sheets->words[language], sheets->arena,
                                    path, text.data, text.data + text.len, err);
    case 0:
        return TRIALS_OK;
    default:
        return TRIALS_INVALID;
    }
}


static trials_rc_t
trials_sheet_compile(trials_compile_t *compile, int language, int sheet)
{
    xmlDocPtr         doc;
    xsltStylesheetPtr style;

    compile->words = &compile->sheets->words[language];
    doc = trials_sheet_read(compile, trials_sheet_names[sheet], NULL);

    if (doc == NULL) {
        return TRIALS_INVALID;
    }

    style = xsltParseStylesheetDoc(doc);

    if (style == NULL) {
        xmlFreeDoc(doc);
    } else if (style->errors || compile->err.message[0]) {
        xsltFreeStylesheet(style);
        style = NULL;
    }

    if (style == NULL) {
        if (compile->err.message[0] == '\0') {
            trials_sheet_complain(compile, "%s: cannot be compiled",
                                  trials_sheet_names[sheet]);
        }

        return TRIALS_INVALID;
    }

    trials_sheet_quicken(style);
    compile->sheets->sheets[language][sheet] = style;

    return TRIALS_OK;
}


/* With the lock held. */

static trials_rc_t
trials_sheets_compile(trials_sheets_t *sheets, int language, int sheet,
                      trials_error_t *err)
{
    void               *said_to;
    trials_rc_t         rc;
    trials_compile_t    compile;
    xsltDocLoaderFunc   loader;
    xmlGenericErrorFunc said;

    memset(&compile, 0, sizeof(trials_compile_t));
    compile.sheets = sheets;

    trials_sheet_compiling = &compile;
    loader = xsltDocDefaultLoader;
    said = xsltGenericError;
    said_to = xsltGenericErrorContext;
    xsltSetLoaderFunc(trials_sheet_loader);
    xsltSetGenericErrorFunc(&compile, trials_sheet_complain);
    xmlSetStructuredErrorFunc(&compile, trials_sheet_parse_error);

    rc = trials_sheet_compile(&compile, language, sheet);

    xmlSetStructuredErrorFunc(NULL, NULL);
    xsltSetGenericErrorFunc(said_to, said);
    xsltSetLoaderFunc(loader);
    trials_sheet_compiling = NULL;

    return rc == TRIALS_OK ? rc
                           : trials_error(err, rc, "%s", compile.err.message);
}


trials_rc_t
trials_sheets_open(trials_sheets_t *sheets, const char *theme,
                   trials_error_t *err)
{
    int                  i;
    size_t               n;
    trials_rc_t          rc;
    const trials_data_t *data;

    memset(sheets, 0, sizeof(trials_sheets_t));
    sheets->theme = theme;
    sheets->arena = trials_arena_create();
    sheets->security = xsltNewSecurityPrefs();

    if (sheets->arena == NULL || sheets->security == NULL) {
        return trials_error(err, TRIALS_NOMEM, "page: out of memory");
    }

    trials_sheet_forbid(sheets->security);

    for (i = 0; i < TRIALS_NLANGUAGES; i++) {
        rc = trials_sheet_words(sheets, i, err);
        if (rc != TRIALS_OK) {
            return rc;
        }
    }

    rc = TRIALS_OK;
    (void) pthread_mutex_lock(&trials_sheet_lock);

    /* Before any thread transforms: libxslt registers its elements here. */

    xsltInit();

    /* A theme must be right as a whole, and nobody knows what it includes. */

    for (i = 0;
         theme && rc == TRIALS_OK && i < TRIALS_NLANGUAGES * TRIALS_NSHEETS;
         i++)
    {
        rc = trials_sheets_compile(sheets, i / TRIALS_NSHEETS,
                                   i % TRIALS_NSHEETS, err);
    }

    (void) pthread_mutex_unlock(&trials_sheet_lock);

    for (n = 0; theme == NULL && (data = trials_data_at(n)); n++) {
        trials_sheet_hash(sheets, trials_sheet_data(data));
    }

    return rc;
}


/* What is built in is compiled when it is first used. */

static trials_rc_t
trials_sheets_get(const trials_sheets_t *sheets, trials_language_t language,
                  trials_sheet_t sheet, xsltStylesheetPtr *style,
                  trials_error_t *err)
{
    trials_rc_t rc;

    rc = TRIALS_OK;
    (void) pthread_mutex_lock(&trials_sheet_lock);

    if (sheets->sheets[language][sheet] == NULL) {
        rc = trials_sheets_compile((trials_sheets_t *) sheets, (int) language,
                                   (int) sheet, err);
    }

    *style = sheets->sheets[language][sheet];
    (void) pthread_mutex_unlock(&trials_sheet_lock);

    return rc;
}


void
trials_sheets_close(trials_sheets_t *sheets)
{
    int i, j;

    for (i = 0; i < TRIALS_NLANGUAGES; i++) {
        for (j = 0; j < TRIALS_NSHEETS; j++) {
            if (sheets->sheets[i][j]) {
                xsltFreeStylesheet(sheets->sheets[i][j]);
            }
        }
    }

    if (sheets->security) {
        xsltFreeSecurityPrefs(sheets->security);
    }

    trials_arena_destroy(sheets->arena);
}


/* A stylesheet reads and writes nothing but what it is given. */

static void
trials_sheet_forbid(xsltSecurityPrefsPtr security)
{
    size_t i;

    static const xsltSecurityOption options[] = {
        XSLT_SECPREF_READ_FILE,        XSLT_SECPREF_WRITE_FILE,
        XSLT_SECPREF_CREATE_DIRECTORY, XSLT_SECPREF_READ_NETWORK,
        XSLT_SECPREF_WRITE_NETWORK,
    };

    for (i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        (void) xsltSetSecurityPrefs(security, options[i], xsltSecurityForbid);
    }
}


/* What a stylesheet includes or imports: a name, never a path. */

static xmlDocPtr
trials_sheet_loader(const xmlChar *uri, xmlDictPtr dict, int options,
                    void *context, xsltLoadType type)
{
    const char *name, *slash;

    (void) options;
    (void) context;

    if (type != XSLT_LOAD_STYLESHEET || trials_sheet_compiling == NULL) {
        return NULL;
    }

    name = (const char *) uri;
    slash = strrchr(name, '/');

    if (slash) {
        name = (size_t) (slash - name) + 1 >= sizeof(TRIALS_SHEET_BUILTIN) - 1
                       && memcmp(slash + 2 - sizeof(TRIALS_SHEET_BUILTIN),
                                 TRIALS_SHEET_BUILTIN,
                                 sizeof(TRIALS_SHEET_BUILTIN) - 1)
                              == 0
                   ? slash + 2 - sizeof(TRIALS_SHEET_BUILTIN)
                   : slash + 1;
    }

    return trials_sheet_read(trials_sheet_compiling, name, dict);
}


/* Stylesheets that include each other share a dictionary: what they put into a
 * result is freed by it. */

static xmlDocPtr
trials_sheet_parse(trials_str_t text, const char *path, xmlDictPtr dict)
{
    xmlDocPtr        doc;
    xmlParserCtxtPtr parser;

    parser = xmlNewParserCtxt();
    if (parser == NULL) {
        return NULL;
    }

    if (dict) {
        xmlDictFree(parser->dict);
        parser->dict = dict;
        (void) xmlDictReference(dict);
    }

    doc = xmlCtxtReadMemory(parser, text.data, (int) text.len, path, NULL,
                            XML_PARSE_NONET | XML_PARSE_NOCDATA);
    xmlFreeParserCtxt(parser);

    return doc;
}


static xmlDocPtr
trials_sheet_read(trials_compile_t *compile, const char *name, xmlDictPtr dict)
{
    xmlDocPtr    doc;
    xmlNodePtr   root;
    xmlNsPtr    *ns, gone;
    const char  *path;
    trials_str_t text;

    if (!trials_sheet_file(compile, name, &text, &path)) {
        return NULL;
    }

    trials_sheet_hash(compile->sheets, text);
    doc = trials_sheet_parse(text, path, dict);
    root = doc ? xmlDocGetRootElement(doc) : NULL;

    if (root == NULL) {
        xmlFreeDoc(doc);
        return NULL;
    }

    trials_sheet_fill(compile, path, root);

    /* Nothing is in the words' namespace any more: it is not for output. */

    for (ns = &root->nsDef; *ns; ns = &(*ns)->next) {
        if (strcmp((const char *) (*ns)->href, TRIALS_SHEET_WORDS) == 0) {
            gone = *ns;
            *ns = gone->next;
            gone->next = NULL;
            xmlFreeNs(gone);
            break;
        }
    }

    return doc;
}


/* The text of a file: the theme's, or the built-in one. */

int
trials_sheet_file(trials_compile_t *compile, const char *name,
                  trials_str_t *text, const char **path)
{
    int                  found;
    const trials_data_t *data;

    found = 0;

    if (strncmp(name, TRIALS_SHEET_BUILTIN, sizeof(TRIALS_SHEET_BUILTIN) - 1)
        == 0) {
        name += sizeof(TRIALS_SHEET_BUILTIN) - 1;
    } else {
        found =
            trials_sheet_disk(compile->sheets, name, text, path, &compile->err);
    }

    if (found) {
        return found > 0;
    }

    data = trials_data_find(name);

    if (data == NULL) {
        trials_sheet_complain(compile, "%s: there is no such file", name);
        return 0;
    }

    *text = trials_sheet_data(data);
    *path = data->name;

    return 1;
}


/* 1: read; 0: the theme has no such file; -1: with *err. */

int
trials_sheet_disk(trials_sheets_t *sheets, const char *name, trials_str_t *text,
                  const char **path, trials_error_t *err)
{
    FILE  *file;
    size_t len;
    char  *data;

    if (sheets->theme == NULL) {
        return 0;
    }

    *path =
        trials_arena_printf(sheets->arena, "%s/%s", sheets->theme, name).data;
    file = *path ? fopen(*path, "rb") : NULL;

    if (file == NULL) {
        if (*path && errno == ENOENT) {
            return 0;
        }

        (void) trials_error(err, TRIALS_INVALID, "%s: %s", *path ? *path : name,
                            strerror(errno));
        return -1;
    }

    data = trials_arena_alloc(sheets->arena, TRIALS_SHEET_FILE + 1);
    len = data ? fread(data, 1, TRIALS_SHEET_FILE + 1, file) : 0;

    if (data == NULL || ferror(file) || len > TRIALS_SHEET_FILE) {
        (void) trials_error(err, TRIALS_INVALID, "%s: %s", *path,
                            data == NULL              ? "out of memory"
                            : len > TRIALS_SHEET_FILE ? "too large"
                                                      : "cannot be read");
        (void) fclose(file);
        return -1;
    }

    (void) fclose(file);
    text->data = data;
    text->len = len;

    return 1;
}


/* The first complaint counts; libxslt makes it in several pieces: where, and
 * then what. */

void
trials_sheet_complain(void *data, const char *fmt, ...)
{
    char             *p;
    size_t            len;
    va_list           args;
    trials_compile_t *compile;

    compile = data;
    len = strlen(compile->err.message);

    va_start(args, fmt);
    (void) vsnprintf(compile->err.message + len,
                     sizeof(compile->err.message) - len, fmt, args);
    va_end(args);

    for (p = compile->err.message + len; *p != '\0'; p++) {
        *p = *p == '\n' ? ' ' : *p;
    }
}


static void
trials_sheet_parse_error(void *data, xmlErrorPtr error)
{
    trials_sheet_complain(data, "%s:%d: %s", error->file ? error->file : "",
                          error->line, error->message ? error->message : "");
}


static void
trials_sheet_transform_error(void *data, const char *fmt, ...)
{
    size_t          len;
    va_list         args;
    trials_error_t *said;

    said = data;
    len = strlen(said->message);

    va_start(args, fmt);
    (void) vsnprintf(said->message + len, sizeof(said->message) - len, fmt,
                     args);
    va_end(args);

    for (len = 0; said->message[len] != '\0'; len++) {
        said->message[len] =
            said->message[len] == '\n' ? ' ' : said->message[len];
    }
}


/* What a stylesheet made, as its xsl:output says: HTML in UTF-8 without
 * indentation, which is what all of ours but Atom and text are, is written
 * here, all else by libxslt. */

static trials_rc_t
trials_sheet_save(xsltStylesheetPtr style, xmlDocPtr result, trials_buf_t *out)
{
    int               len, indent;
    xmlChar          *text;
    trials_rc_t       rc;
    const xmlChar    *encoding;
    xsltStylesheetPtr sheet;

    encoding = NULL;
    indent = -1;

    for (sheet = style; sheet; sheet = xsltNextImport(sheet)) {
        encoding = encoding ? encoding : sheet->encoding;
        indent = indent == -1 ? sheet->indent : indent;
    }

    if (result->type == XML_HTML_DOCUMENT_NODE && indent == 0
        && (encoding == NULL || xmlStrcasecmp(encoding, BAD_CAST "UTF-8") == 0))
    {
        (void) htmlSetMetaEncoding(result, BAD_CAST "UTF-8");

        return trials_html_write(out, result);
    }

    text = NULL;
    rc = TRIALS_FAILED;

    if (xsltSaveResultToString(&text, &len, result, style) == 0 && text) {
        rc = trials_buf_append(out, (const char *) text, (size_t) len);
    }

    xmlFree(text);

    return rc;
}


trials_rc_t
trials_sheets_apply(const trials_sheets_t *sheets, trials_sheet_t sheet,
                    trials_language_t language, xmlDocPtr doc, const char *name,
                    trials_buf_t *out, trials_error_t *err)
{
    xmlDocPtr               result;
    trials_rc_t             rc;
    trials_error_t          said;
    xsltStylesheetPtr       style;
    xsltTransformContextPtr context;

    rc = trials_sheets_get(sheets, language, sheet, &style, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    context = xsltNewTransformContext(style, doc);

    if (context == NULL) {
        return trials_error(err, TRIALS_NOMEM, "%s: out of memory", name);
    }

    said.message[0] = '\0';
    context->maxTemplateDepth = 3000;
    (void) xsltSetCtxtSecurityPrefs(sheets->security, context);
    xsltSetTransformErrorFunc(context, &said, trials_sheet_transform_error);

    result = xsltApplyStylesheetUser(style, doc, NULL, NULL, NULL, context);
    rc = result && context->state == XSLT_STATE_OK
             ? trials_sheet_save(style, result, out)
             : TRIALS_FAILED;

    xmlFreeDoc(result);
    xsltFreeTransformContext(context);

    if (rc != TRIALS_OK) {
        return trials_error(err, rc, "%s: %s: %s", name,
                            trials_sheet_names[sheet],
                            said.message[0] ? said.message : "cannot be made");
    }

    return TRIALS_OK;
}
