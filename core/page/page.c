/* Pages and trials: made, rendered, taken down. */

#include "core/page/html.h"
#include "core/page/trial.h"

#include <trials/version.h>

#include <qrencode.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>


#define TRIALS_FORMAT "2" /* of the output, beside stylesheets and words */


static char *trials_page_copy(const char *text, int *failed);
static void  trials_page_hash(trials_page_t *page);
static trials_rc_t
trials_trial_build(trials_trial_t *trial, trials_language_t language,
                   trials_error_t *err);
static trials_rc_t trials_trial_embed(trials_trial_t *trial, trials_buf_t *out,
                                      trials_error_t *err);
static void        trials_trial_code(trials_trial_t *trial);
static void        trials_trial_encode(trials_trial_t *trial);
static char       *trials_trial_step(char *p, const char *command, int n);


trials_page_t *
trials_page_create(const trials_plain_t         *plain,
                   const trials_page_settings_t *settings, trials_error_t *err)
{
    int                    failed;
    size_t                 len;
    trials_page_t         *page;
    trials_page_settings_t none;

    page = calloc(1, sizeof(trials_page_t));
    if (page == NULL) {
        trials_error(err, TRIALS_NOMEM, "page: out of memory");
        return NULL;
    }

    if (settings == NULL) {
        memset(&none, 0, sizeof(trials_page_settings_t));
        settings = &none;
    }

    if (trials_page_languages(settings->languages, page->spoken, err)
        != TRIALS_OK) {
        free(page);
        return NULL;
    }

    failed = 0;
    page->plain = plain;
    page->base = trials_page_copy(
        settings->base_url ? settings->base_url : "/trials", &failed);
    page->brand = trials_page_copy(settings->site_name, &failed);
    page->logo = trials_page_copy(settings->logo, &failed);
    page->help = trials_page_copy(settings->help_line, &failed);
    page->report = trials_page_copy(settings->report, &failed);
    page->theme = trials_page_copy(settings->theme, &failed);

    if (failed) {
        trials_error(err, TRIALS_NOMEM, "page: out of memory");
        trials_page_destroy(page);
        return NULL;
    }

    len = strlen(page->base);
    while (len && page->base[len - 1] == '/') {
        page->base[--len] = '\0';
    }

    page->absolute = strncmp(page->base, "https://", 8) == 0
                     || strncmp(page->base, "http://", 7) == 0;

    if (trials_sheets_open(&page->sheets, page->theme, err) != TRIALS_OK) {
        trials_page_destroy(page);
        return NULL;
    }

    trials_page_hash(page);

    return page;
}


trials_rc_t
trials_page_languages(const char *list, unsigned char spoken[TRIALS_NLANGUAGES],
                      trials_error_t *err)
{
    int    language;
    size_t len;

    memset(spoken, list == NULL, TRIALS_NLANGUAGES);

    for (/* void */; list; list = list[len] ? list + len + 1 : NULL) {
        list += strspn(list, " ");
        len = strcspn(list, ",");
        language = trials_language_parse(list, strcspn(list, " ,"));

        if (language < 0) {
            return trials_error(err, TRIALS_INVALID,
                                "languages: \"%.*s\" is none of en, es",
                                (int) len, list);
        }

        spoken[language] = 1;
    }

    return spoken[TRIALS_LANGUAGE_EN]
               ? TRIALS_OK
               : trials_error(err, TRIALS_INVALID,
                              "languages: \"en\" is one of them");
}


int
trials_page_speaks(const trials_page_t *page, trials_language_t language)
{
    return page->spoken[language];
}


static char *
trials_page_copy(const char *text, int *failed)
{
    char *copy;

    if (text == NULL || text[0] == '\0') {
        return NULL;
    }

    copy = strdup(text);
    *failed |= copy == NULL;

    return copy;
}


void
trials_page_destroy(trials_page_t *page)
{
    if (page == NULL) {
        return;
    }

    trials_sheets_close(&page->sheets);
    free(page->base);
    free(page->brand);
    free(page->logo);
    free(page->help);
    free(page->report);
    free(page->theme);
    free(page);
}


const char *
trials_page_engine(const trials_page_t *page)
{
    return page->engine;
}


/* Goes on with the hash of all files that were read. */

static void
trials_page_hash(trials_page_t *page)
{
    size_t      i;
    uint64_t    hash;
    const char *p;

    const char *const parts[] = {
        trials_plain_version(page->plain),
        TRIALS_VERSION,
        TRIALS_FORMAT,
        page->base,
        page->brand,
        page->logo,
        page->help,
        page->report,
    };

    hash = page->sheets.hash;

    for (i = 0; i < TRIALS_NLANGUAGES; i++) {
        hash = (hash ^ page->spoken[i]) * 0x100000001b3ULL;
    }

    for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        for (p = parts[i] ? parts[i] : ""; *p != '\0'; p++) {
            hash = (hash ^ (unsigned char) *p) * 0x100000001b3ULL;
        }

        hash *= 0x100000001b3ULL;
    }

    (void) snprintf(page->engine, sizeof(page->engine), "%016llx",
                    (unsigned long long) hash);
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
            != TRIALS_OK
        || trials_changes_read(trial, err) != TRIALS_OK
        || trials_trial_build(trial, TRIALS_LANGUAGE_EN, err) != TRIALS_OK)
    {
        trials_trial_destroy(trial);
        return NULL;
    }

    return trial;
}


void
trials_trial_destroy(trials_trial_t *trial)
{
    int i;

    if (trial == NULL) {
        return;
    }

    for (i = 0; i < TRIALS_NLANGUAGES; i++) {
        trials_tree_free(&trial->trees[i]);
    }

    trials_changes_free(trial);
}


/* Makes the document of a language where it is not there yet, in the page's
 * order: a term is explained where it is met first. */

static trials_rc_t
trials_trial_build(trials_trial_t *trial, trials_language_t language,
                   trials_error_t *err)
{
    trials_rc_t    rc;
    trials_tree_t *tree;

    tree = &trial->trees[language];
    trial->tree = tree;
    trial->language = language;

    if (tree->doc) {
        return TRIALS_OK;
    }

    rc = trials_tree_open(tree, trial->page, trial->arena, language, "trial",
                          trial->study->id, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    trial->nterms = 0;
    trial->passage = &trial->passages;
    trials_model_head(trial);
    trials_model_fresh(trial);
    trials_model_facts(trial);
    trials_model_prose(trial, tree->root, "summary",
                       trial->study->brief_summary);
    trials_model_stage(trial);
    trials_model_design(trial);
    trials_model_eligibility(trial);
    trials_model_treatments(trial);
    trials_model_places(trial);
    trials_model_contacts(trial);
    trials_model_questions(trial);
    trials_model_answers(trial);
    trials_model_changes(trial);
    trials_model_sources(trial);
    trials_model_oversight(trial);
    trials_model_prose(trial, tree->root, "details",
                       trial->study->detailed_description);
    trials_model_terms(trial);
    trials_tree_word(tree, tree->root, "schema", trials_schema_text(trial));
    trials_trial_code(trial);

    if (!tree->failed) {
        return TRIALS_OK;
    }

    if (err) {
        *err = tree->error;
    }

    trials_tree_free(tree);

    return tree->error.code;
}


/* The QR code of the page's address, the same in every language. */

static void
trials_trial_code(trials_trial_t *trial)
{
    xmlNodePtr node;

    if (trial->code.path.data == NULL) {
        trials_trial_encode(trial);
    }

    node = trials_tree_text(trial->tree, trial->tree->root, "code",
                            trial->code.path);
    trials_tree_number(trial->tree, node, "size", trial->code.size);
    trials_tree_set(trial->tree, node, "url", trial->code.url);
}


/* As the path of an SVG of one unit a module, with the margin of four that
 * ISO/IEC 18004 asks for. */

static void
trials_trial_encode(trials_trial_t *trial)
{
    int          x, y, run;
    char        *p, step[64];
    QRcode      *code;
    const char  *url;
    trials_buf_t path;

    url = trial->page->absolute
              ? trials_tree_printf(trial->tree, "%s/%s", trial->page->base,
                                   trial->study->id)
              : trials_tree_printf(trial->tree,
                                   "https://clinicaltrials.gov/study/%s",
                                   trial->study->id);

    code = QRcode_encodeString(url, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (code == NULL) {
        trials_tree_fail(trial->tree, TRIALS_FAILED,
                         "no QR code of the address");
        return;
    }

    trials_buf_init(&path, 256 * 1024);

    for (y = 0; y < code->width; y++) {
        for (x = 0; x < code->width; x += run + 1) {
            for (run = 0; x + run < code->width
                          && code->data[y * code->width + x + run] & 1;
                 run++)
            {
                ;
            }

            if (run) {
                p = trials_trial_step(step, "M", x + 4);
                p = trials_trial_step(p, " ", y + 4);
                p = trials_trial_step(p, "h", run);
                p = trials_trial_step(p, "v1h-", run);
                *p++ = 'z';
                (void) trials_buf_append(&path, step, (size_t) (p - step));
            }
        }
    }

    trial->code.url = url;
    trial->code.size = (size_t) code->width + 8;
    trial->code.path =
        path.failed == TRIALS_OK
            ? trials_arena_strdup(trial->arena, path.data, path.len)
            : (trials_str_t){0, NULL};

    if (trial->code.path.data == NULL) {
        trials_tree_fail(trial->tree, TRIALS_NOMEM,
                         "no QR code of the address");
    }

    trials_buf_free(&path);
    QRcode_free(code);
}


/* Part of a path; returns its end.  printf() would take most of the time of
 * making a code. */

static char *
trials_trial_step(char *p, const char *command, int n)
{
    int   digits, rest;
    char *end;

    while (*command) {
        *p++ = *command++;
    }

    for (digits = 1, rest = n; rest >= 10; rest /= 10) {
        digits++;
    }

    end = p + digits;

    for (p = end; digits; digits--) {
        *--p = (char) ('0' + n % 10);
        n /= 10;
    }

    return end;
}


trials_rc_t
trials_trial_render(trials_trial_t *trial, trials_rendition_t rendition,
                    trials_language_t language, trials_buf_t *out,
                    trials_error_t *err)
{
    trials_rc_t    rc;
    trials_sheet_t sheet;

    rc = trials_trial_build(trial, language, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    switch (rendition) {
    case TRIALS_RENDITION_PAGE:
        sheet = TRIALS_SHEET_PAGE;
        break;
    case TRIALS_RENDITION_PRINT:
        sheet = TRIALS_SHEET_PRINT;
        break;
    case TRIALS_RENDITION_EMBED:
        return trials_trial_embed(trial, out, err);
    case TRIALS_RENDITION_QUESTIONS:
        sheet = TRIALS_SHEET_QUESTIONS;
        break;
    case TRIALS_RENDITION_ATOM:
        sheet = TRIALS_SHEET_ATOM;
        break;
    case TRIALS_RENDITION_JSON:
    case TRIALS_RENDITION_OEMBED:
        rc = rendition == TRIALS_RENDITION_JSON
                 ? trials_json_render(trial, out)
                 : trials_oembed_render(trial, out);
        return rc == TRIALS_OK
                   ? rc
                   : trials_error(
                       err, rc, "%s: rendition \"%s\" cannot be made",
                       trial->study->id, trials_rendition_name(rendition));
    default:
        return trials_error(err, TRIALS_INVALID,
                            "%s: a trial has no rendition \"%s\"",
                            trial->study->id, trials_rendition_name(rendition));
    }

    return trials_sheets_apply(&trial->page->sheets, sheet, language,
                               trial->tree->doc, trial->study->id, out, err);
}


/* The site that takes it in may have another charset. */

static trials_rc_t
trials_trial_embed(trials_trial_t *trial, trials_buf_t *out,
                   trials_error_t *err)
{
    trials_rc_t  rc;
    trials_buf_t html;

    trials_buf_init(&html, out->max);

    rc = trials_sheets_apply(&trial->page->sheets, TRIALS_SHEET_EMBED,
                             trial->language, trial->tree->doc,
                             trial->study->id, &html, err);

    if (rc == TRIALS_OK
        && trials_html_ascii(out, (trials_str_t){html.len, html.data})
               != TRIALS_OK)
    {
        rc = trials_error(err, out->failed, "%s: no room", trial->study->id);
    }

    trials_buf_free(&html);

    return rc;
}


trials_rc_t
trials_trial_text(trials_trial_t *trial, trials_language_t language,
                  trials_buf_t *out, trials_error_t *err)
{
    trials_rc_t rc;

    rc = trials_trial_build(trial, language, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    return trials_sheets_apply(&trial->page->sheets, TRIALS_SHEET_TEXT,
                               language, trial->tree->doc, trial->study->id,
                               out, err);
}


trials_rc_t
trials_trial_xml(trials_trial_t *trial, trials_language_t language,
                 trials_buf_t *out, trials_error_t *err)
{
    int         len;
    xmlChar    *text;
    trials_rc_t rc;

    rc = trials_trial_build(trial, language, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    xmlDocDumpMemoryEnc(trial->tree->doc, &text, &len, "UTF-8");

    if (text == NULL) {
        return trials_error(err, TRIALS_NOMEM, "%s: out of memory",
                            trial->study->id);
    }

    rc = trials_buf_append(out, (const char *) text, (size_t) len);
    xmlFree(text);

    return rc;
}
