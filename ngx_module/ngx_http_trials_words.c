/*
 * The words of the module's own pages, a file a language, and the style that
 * all pages of the house have: the files themselves, built in.
 */

#include "ngx_http_trials_module.h"


#define ngx_http_trials_file(name, path)                                   \
    extern const char name[], name##_end[];                                \
    __asm__(".pushsection .rodata\n"                                       \
            ".hidden " #name ", " #name "_end\n"                           \
            ".globl " #name ", " #name "_end\n" #name ":\n.incbin \"" path \
            "\"\n" #name "_end:\n"                                         \
            ".byte 0\n.popsection\n")

ngx_http_trials_file(ngx_http_trials_style_css, "core/page/style.css");
ngx_http_trials_file(ngx_http_trials_words_en, "ngx_module/words.en.tsv");
ngx_http_trials_file(ngx_http_trials_words_es, "ngx_module/words.es.tsv");


typedef struct {
    const char *start;
    const char *end;
} ngx_http_trials_file_t;


static ngx_int_t
ngx_http_trials_words_find(ngx_conf_t *cf, const ngx_http_trials_file_t *file,
                           const char *id, const char *part, ngx_str_t *text);


/* In the order of trials_language_t. */

static const ngx_http_trials_file_t ngx_http_trials_files[] = {
    {ngx_http_trials_words_en, ngx_http_trials_words_en_end},
    {ngx_http_trials_words_es, ngx_http_trials_words_es_end}};


/* In the order of ngx_http_trials_page_t. */

static const char *const ngx_http_trials_ids[] = {
    "no-path", "absent", "method", "condition", "preparing", "unavailable"};


ngx_http_trials_words_t *
ngx_http_trials_words_create(ngx_conf_t *cf)
{
    ngx_uint_t                    i, n;
    ngx_http_trials_words_t      *words;
    const ngx_http_trials_file_t *file;

    words = ngx_palloc(cf->pool,
                       TRIALS_NLANGUAGES * sizeof(ngx_http_trials_words_t));
    if (words == NULL) {
        return NULL;
    }

    for (i = 0; i < TRIALS_NLANGUAGES; i++) {
        file = &ngx_http_trials_files[i];

        for (n = 0; n < NGX_HTTP_TRIALS_NPAGES; n++) {
            if (ngx_http_trials_words_find(cf, file, ngx_http_trials_ids[n],
                                           ".title", &words[i].titles[n])
                    != NGX_OK
                || ngx_http_trials_words_find(cf, file, ngx_http_trials_ids[n],
                                              ".text", &words[i].texts[n])
                       != NGX_OK)
            {
                return NULL;
            }
        }

        if (ngx_http_trials_words_find(cf, file, "registry", "",
                                       &words[i].registry)
                != NGX_OK
            || ngx_http_trials_words_find(cf, file, "home", "", &words[i].home)
                   != NGX_OK)
        {
            return NULL;
        }

        words[i].style.data = (u_char *) (uintptr_t) ngx_http_trials_style_css;
        words[i].style.len = (size_t) (ngx_http_trials_style_css_end
                                       - ngx_http_trials_style_css);
    }

    return words;
}


/* The text of the line whose id it is, in two parts. */

static ngx_int_t
ngx_http_trials_words_find(ngx_conf_t *cf, const ngx_http_trials_file_t *file,
                           const char *id, const char *part, ngx_str_t *text)
{
    size_t      n, len;
    const char *line, *end;

    n = ngx_strlen(id);
    len = n + ngx_strlen(part);

    for (line = file->start; line < file->end; line = end + 1) {
        end =
            (const char *) ngx_strlchr((u_char *) (uintptr_t) line,
                                       (u_char *) (uintptr_t) file->end, '\n');
        if (end == NULL) {
            break;
        }

        if ((size_t) (end - line) > len && line[len] == '\t'
            && ngx_memcmp(line, id, n) == 0
            && ngx_memcmp(line + n, part, len - n) == 0)
        {
            text->data = (u_char *) (uintptr_t) line + len + 1;
            text->len = (size_t) (end - line) - len - 1;
            return NGX_OK;
        }
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "the trials module was built without the words \"%s%s\"",
                       id, part);

    return NGX_ERROR;
}
