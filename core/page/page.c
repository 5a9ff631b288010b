/* Stylesheets and trials: made, rendered, taken down. */

#include "core/page/trial.h"

#include <trials/version.h>

#include <libxml/parser.h>
#include <libxslt/transform.h>
#include <libxslt/xsltutils.h>
#include <qrencode.h>
#include <stdarg.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>


#define TRIALS_FORMAT "1" /* of the output, beside the stylesheet */


extern const char trials_page_style[] __attribute__((visibility("hidden")));
extern const char trials_page_css[] __attribute__((visibility("hidden")));


static void trials_page_forbid(xsltSecurityPrefsPtr security);
static void trials_page_engine_hash(trials_page_t *page);
static void trials_trial_build(trials_trial_t *trial);
static void trials_trial_code(trials_trial_t *trial);
static void
trials_text_criteria(trials_buf_t *out, const trials_criterion_t *criteria,
                     size_t n, int depth);
static void trials_page_complain(void *data, const char *fmt, ...);


trials_page_t *
trials_page_create(const trials_plain_t         *plain,
                   const trials_page_settings_t *settings, trials_error_t *err)
{
    size_t         len;
    xmlDocPtr      doc;
    trials_page_t *page;

    page = calloc(1, sizeof(trials_page_t));
    if (page == NULL) {
        trials_error(err, TRIALS_NOMEM, "page: out of memory");
        return NULL;
    }

    page->plain = plain;
    page->base =
        strdup(settings && settings->base_url ? settings->base_url : "/trials");
    page->site_name =
        strdup(settings && settings->site_name ? settings->site_name
                                               : "Trials in plain English");

    if (page->base == NULL || page->site_name == NULL) {
        trials_error(err, TRIALS_NOMEM, "page: out of memory");
        goto failed;
    }

    len = strlen(page->base);
    while (len && page->base[len - 1] == '/') {
        page->base[--len] = '\0';
    }

    /* Before any thread transforms: libxslt registers its elements here. */

    xsltInit();

    doc = xmlReadMemory(trials_page_style, (int) strlen(trials_page_style),
                        "trial.xsl", NULL, XML_PARSE_NONET);
    if (doc) {
        page->style = xsltParseStylesheetDoc(doc);

        if (page->style == NULL) {
            xmlFreeDoc(doc);
        }
    }

    if (page->style == NULL || page->style->errors) {
        trials_error(err, TRIALS_INVALID, "trial.xsl: cannot be compiled");
        goto failed;
    }

    page->security = xsltNewSecurityPrefs();

    if (page->security == NULL) {
        trials_error(err, TRIALS_NOMEM, "page: out of memory");
        goto failed;
    }

    trials_page_forbid(page->security);
    trials_page_engine_hash(page);

    return page;

failed:

    trials_page_destroy(page);

    return NULL;
}


void
trials_page_destroy(trials_page_t *page)
{
    if (page == NULL) {
        return;
    }

    if (page->style) {
        xsltFreeStylesheet(page->style);
    }

    if (page->security) {
        xsltFreeSecurityPrefs(page->security);
    }

    free(page->base);
    free(page->site_name);
    free(page);
}


const char *
trials_page_engine(const trials_page_t *page)
{
    return page->engine;
}


/* A stylesheet reads and writes nothing but what it is given. */

static void
trials_page_forbid(xsltSecurityPrefsPtr security)
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


/* FNV-1a, 64 bits: any change of data gives another name. */

static void
trials_page_engine_hash(trials_page_t *page)
{
    size_t             i, j;
    const char        *p;
    unsigned long long hash;

    const char *const parts[] = {
        trials_page_style, trials_page_css, trials_plain_version(page->plain),
        TRIALS_VERSION,    TRIALS_FORMAT,   page->base,
        page->site_name};

    hash = 0xcbf29ce484222325ULL;

    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        p = parts[i];

        for (j = 0; p[j] != '\0'; j++) {
            hash = (hash ^ (unsigned char) p[j]) * 0x100000001b3ULL;
        }
    }

    (void) snprintf(page->engine, sizeof(page->engine), "%016llx", hash);
}


trials_trial_t *
trials_trial_create(const trials_page_t *page, trials_arena_t *arena,
                    const trials_study_t      *study,
                    const trials_page_facts_t *facts, trials_error_t *err)
{
    trials_trial_t *trial;

    trial = trials_arena_alloc(arena, sizeof(trials_trial_t));
    if (trial == NULL) {
        trials_error(err, TRIALS_NOMEM, "%s: out of memory", study->id);
        return NULL;
    }

    trial->page = page;
    trial->arena = arena;
    trial->study = study;
    trial->facts = *facts;
    trial->today = trials_date_of(facts->now);

    trial->translation = trials_translate(page->plain, arena, study, err);
    if (trial->translation == NULL) {
        return NULL;
    }

    if (trials_translate_criteria(trial->translation, &trial->eligibility, err)
        != TRIALS_OK)
    {
        return NULL;
    }

    trial->doc = xmlNewDoc(BAD_CAST "1.0");
    trial->root = trial->doc
                      ? xmlNewDocNode(trial->doc, NULL, BAD_CAST "trial", NULL)
                      : NULL;

    if (trial->root == NULL) {
        xmlFreeDoc(trial->doc);
        trials_error(err, TRIALS_NOMEM, "%s: out of memory", study->id);
        return NULL;
    }

    (void) xmlDocSetRootElement(trial->doc, trial->root);
    trials_trial_build(trial);

    if (trial->failed) {
        if (err) {
            *err = trial->error;
        }

        trials_trial_destroy(trial);
        return NULL;
    }

    return trial;
}


void
trials_trial_destroy(trials_trial_t *trial)
{
    if (trial && trial->doc) {
        xmlFreeDoc(trial->doc);
        trial->doc = NULL;
    }
}


/* In the page's order: a term is explained where it is met first. */

static void
trials_trial_build(trials_trial_t *trial)
{
    trials_tree_word(trial, trial->root, "css", trials_page_css);
    trials_model_head(trial);
    trials_model_warnings(trial);
    trials_model_facts(trial);
    trials_model_prose(trial, trial->root, "summary",
                       trial->study->brief_summary);
    trials_model_stage(trial);
    trials_model_design(trial);
    trials_model_eligibility(trial);
    trials_model_treatments(trial);
    trials_model_places(trial);
    trials_model_contacts(trial);
    trials_model_questions(trial);
    trials_model_sources(trial);
    trials_model_prose(trial, trial->root, "details",
                       trial->study->detailed_description);
    trials_model_terms(trial);
    trials_tree_word(trial, trial->root, "schema", trials_json_ld(trial));
    trials_trial_code(trial);
}


/* The QR code of the page's address as the path of an SVG of one unit a
 * module, with the margin of four that ISO/IEC 18004 asks for. */

static void
trials_trial_code(trials_trial_t *trial)
{
    int          x, y;
    QRcode      *code;
    xmlNodePtr   node;
    const char  *url;
    trials_buf_t path;

    url =
        strncmp(trial->page->base, "http", 4) == 0
            ? trials_trial_printf(trial, "%s/%s", trial->page->base,
                                  trial->study->id)
            : trials_trial_printf(trial, "https://clinicaltrials.gov/study/%s",
                                  trial->study->id);

    code = QRcode_encodeString(url, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (code == NULL) {
        trials_trial_fail(trial, TRIALS_FAILED, "no QR code of the address");
        return;
    }

    trials_buf_init(&path, 256 * 1024);

    for (y = 0; y < code->width; y++) {
        for (x = 0; x < code->width; x++) {
            if (code->data[y * code->width + x] & 1) {
                trials_buf_printf(&path, "M%d %dh1v1h-1z", x + 4, y + 4);
            }
        }
    }

    if (path.failed == TRIALS_OK) {
        node = trials_tree_word(trial, trial->root, "code", path.data);
        trials_tree_number(trial, node, "size", (size_t) code->width + 8);
        trials_tree_set(trial, node, "url", url);
    } else {
        trials_trial_fail(trial, path.failed, "no QR code of the address");
    }

    trials_buf_free(&path);
    QRcode_free(code);
}


trials_rc_t
trials_trial_render(trials_trial_t *trial, trials_rendition_t rendition,
                    trials_buf_t *out, trials_error_t *err)
{
    int                     len;
    char                    name[16];
    xmlChar                *text;
    xmlDocPtr               result;
    const char             *params[3];
    trials_rc_t             rc;
    trials_error_t          said;
    xsltTransformContextPtr context;

    if (rendition == TRIALS_RENDITION_JSON) {
        rc = trials_json_render(trial, out);
        return rc == TRIALS_OK
                   ? rc
                   : trials_error(err, rc, "%s: no JSON can be made",
                                  trial->study->id);
    }

    (void) snprintf(name, sizeof(name), "'%s'",
                    trials_rendition_name(rendition));
    params[0] = "rendition";
    params[1] = name;
    params[2] = NULL;

    context = xsltNewTransformContext(trial->page->style, trial->doc);
    if (context == NULL) {
        return trials_error(err, TRIALS_NOMEM, "%s: out of memory",
                            trial->study->id);
    }

    said.message[0] = '\0';
    context->maxTemplateDepth = 3000;
    (void) xsltSetCtxtSecurityPrefs(trial->page->security, context);
    xsltSetTransformErrorFunc(context, &said, trials_page_complain);

    result = xsltApplyStylesheetUser(trial->page->style, trial->doc, params,
                                     NULL, NULL, context);
    text = NULL;
    len = 0;
    rc = TRIALS_FAILED;

    if (result && context->state == XSLT_STATE_OK
        && xsltSaveResultToString(&text, &len, result, trial->page->style) == 0
        && text)
    {
        rc = trials_buf_append(out, (const char *) text, (size_t) len);
    }

    xmlFree(text);
    xmlFreeDoc(result);
    xsltFreeTransformContext(context);

    if (rc != TRIALS_OK) {
        return trials_error(err, rc, "%s: rendition \"%s\": %s",
                            trial->study->id, trials_rendition_name(rendition),
                            said.message[0] ? said.message : "cannot be made");
    }

    return TRIALS_OK;
}


static void
trials_page_complain(void *data, const char *fmt, ...)
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

    len = strcspn(said->message, "\n");
    said->message[len] = '\0';
}


trials_rc_t
trials_trial_text(trials_trial_t *trial, trials_buf_t *out, trials_error_t *err)
{
    size_t                i;
    const trials_group_t *group;

    static const char *const kinds[] = {"You may be able to join if",
                                        "You may not be able to join if",
                                        "Who may join"};

    trials_buf_printf(
        out, "%s\n%s\n", trial->study->id,
        trial->study->brief_title.data ? trial->study->brief_title.data : "");

    for (i = 0; i < trial->eligibility.ngroups; i++) {
        group = &trial->eligibility.groups[i];
        trials_buf_printf(out, "\n%s:\n",
                          group->heading.len ? group->heading.data
                                             : kinds[group->kind]);
        trials_text_criteria(out, group->criteria, group->ncriteria, 1);
    }

    return out->failed
               ? trials_error(err, out->failed, "%s: no text", trial->study->id)
               : TRIALS_OK;
}


static void
trials_text_criteria(trials_buf_t *out, const trials_criterion_t *criteria,
                     size_t n, int depth)
{
    size_t i;

    for (i = 0; i < n; i++) {
        trials_buf_printf(out, "%*s- %s\n", depth * 2, "",
                          criteria[i].plain.data);
        trials_text_criteria(out, criteria[i].criteria, criteria[i].ncriteria,
                             depth + 1);
    }
}


trials_rc_t
trials_trial_xml(trials_trial_t *trial, trials_buf_t *out, trials_error_t *err)
{
    int         len;
    xmlChar    *text;
    trials_rc_t rc;

    xmlDocDumpMemoryEnc(trial->doc, &text, &len, "UTF-8");

    if (text == NULL) {
        return trials_error(err, TRIALS_NOMEM, "%s: out of memory",
                            trial->study->id);
    }

    rc = trials_buf_append(out, (const char *) text, (size_t) len);
    xmlFree(text);

    return rc;
}
