/* `trials render`: records to renditions, without network and Redis. */

#include "core/cli/render.h"

#include "core/cli/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>


#define TRIALS_RENDERED_MAX (64 * 1024 * 1024)
#define TRIALS_BENCH_MAX    10000

/* After the renditions of the cache come two that are for people who work on
 * this program; ALL is the cache's. */
#define TRIALS_AS_TEXT TRIALS_NTRIAL
#define TRIALS_AS_XML  (TRIALS_NTRIAL + 1)
#define TRIALS_AS_ALL  (TRIALS_NTRIAL + 2)

enum {
    TRIALS_RENDER_AS = TRIALS_OPTION_OWN,
    TRIALS_RENDER_BASE_URL,
    TRIALS_RENDER_SITE_NAME,
    TRIALS_RENDER_LOGO,
    TRIALS_RENDER_HELP_LINE,
    TRIALS_RENDER_REPORT,
    TRIALS_RENDER_THEME,
    TRIALS_RENDER_LANGUAGE,
    TRIALS_RENDER_LANGUAGES,
    TRIALS_RENDER_PREVIOUS,
    TRIALS_RENDER_NOW,
    TRIALS_RENDER_OUTPUT,
    TRIALS_RENDER_BENCH
};

typedef struct {
    int                    as;
    int                    language;
    trials_page_settings_t page;
    const char            *previous; /* the JSON rendition before, or NULL */
    const char            *output;   /* a directory, or NULL */
    int64_t                now;
    long                   bench; /* rounds; 0: none */
} trials_render_options_t;


static int trials_render_run(int argc, char **argv);
static int trials_render_options(int argc, char **argv,
                                 trials_render_options_t *options, int *code);
static int trials_render_as(const char *text, int *as);
static int trials_render_date(const char *text, int64_t *time);
static int trials_render_check(const trials_render_options_t *options,
                               const trials_records_t *records, int nargs);
static trials_rc_t
                   trials_render_open(trials_render_t               *render,
                                      const trials_render_options_t *options, trials_error_t *err);
static void        trials_render_close(trials_render_t *render);
static trials_rc_t trials_render_record(trials_render_t               *render,
                                        const trials_render_options_t *options,
                                        const char *name, trials_error_t *err);
static trials_rc_t
trials_render_one(trials_trial_t *trial, int as, int language,
                  trials_buf_t *out, trials_error_t *err);
static trials_rc_t
trials_render_write(const char *directory, const char *id, int as,
                    const trials_buf_t *out, trials_error_t *err);


static const struct option trials_render_table[] = {
    TRIALS_OPTIONS_HELP,
    {"as", required_argument, NULL, TRIALS_RENDER_AS},
    {"base-url", required_argument, NULL, TRIALS_RENDER_BASE_URL},
    {"site-name", required_argument, NULL, TRIALS_RENDER_SITE_NAME},
    {"logo", required_argument, NULL, TRIALS_RENDER_LOGO},
    {"help-line", required_argument, NULL, TRIALS_RENDER_HELP_LINE},
    {"report", required_argument, NULL, TRIALS_RENDER_REPORT},
    {"theme", required_argument, NULL, TRIALS_RENDER_THEME},
    {"language", required_argument, NULL, TRIALS_RENDER_LANGUAGE},
    {"languages", required_argument, NULL, TRIALS_RENDER_LANGUAGES},
    {"previous", required_argument, NULL, TRIALS_RENDER_PREVIOUS},
    {"now", required_argument, NULL, TRIALS_RENDER_NOW},
    {"output", required_argument, NULL, TRIALS_RENDER_OUTPUT},
    {"bench", required_argument, NULL, TRIALS_RENDER_BENCH},
    {NULL, 0, NULL, 0},
};

/* Names of --as, and what is put after the id in the name of a file. */

static const struct {
    const char *name;
    const char *suffix;
} trials_render_names[] = {
    {"page", ".html"},
    {"print", ".print.html"},
    {"embed", ".embed.html"},
    {"json", ".json"},
    {"questions", ".questions.html"},
    {"oembed", ".oembed.json"},
    {"atom", ".atom"},
    {"text", ".txt"},
    {"xml", ".xml"},
    {"all", NULL},
};

const trials_command_t trials_command_render = {
    "render",
    "render records of studies as pages",
    "usage: trials render [OPTION...] FILE...\n"
    "\n"
    "Renders records of studies (JSON of ClinicalTrials.gov's API v2). FILE is\n"
    "a file, - for standard input, or a directory, for all *.json in it.\n"
    "\n"
    "  --as FORM            page (default), print, embed, json, questions,\n"
    "                       oembed, atom, text, xml, or all: all but the last\n"
    "                       two\n"
    "  --output DIR         write DIR/ID.html, ID.print.html, ID.embed.html,\n"
    "                       ID.json, ID.questions.html, ID.oembed.json,\n"
    "                       ID.atom, ID.txt, ID.xml instead of standard output\n"
    "  --language TAG       en (default) or es\n"
    "  --languages LIST     that the site has and pages link to (en,es)\n"
    "  --previous FILE      the English JSON rendition before: says what\n"
    "                       changed since\n"
    "  --base-url URL       where the pages will be (TRIALS_BASE_URL)\n"
    "  --site-name TEXT     the site's name in titles\n"
    "  --logo URL           a picture before the site's name\n"
    "  --help-line TEXT     whom to call, at the foot of each page\n"
    "  --report URL         where errors are reported: mailto: or http(s)\n"
    "  --theme DIR          stylesheets, CSS and words of the site's own\n"
    "  --now YYYY-MM-DD     the day that \"has passed\" is judged by (today)\n"
    "  --bench N            render everything N times, print the throughput\n"
    "  -h, --help           this text\n"
    "\n"
    "A file that cannot be rendered is reported, the others are rendered.\n"
    "Exit code: 0 all rendered, 1 something failed, 2 wrong usage.\n",
    trials_render_run,
};


static int
trials_render_run(int argc, char **argv)
{
    int                     i, code;
    size_t                  n;
    trials_error_t          err;
    trials_render_t         render;
    trials_records_t        records;
    trials_render_options_t options;

    if (!trials_render_options(argc, argv, &options, &code)) {
        return code;
    }

    code = TRIALS_EXIT_OK;
    memset(&records, 0, sizeof(trials_records_t));

    for (i = optind; i < argc; i++) {
        if (trials_records_add(&records, argv[i], &err) != TRIALS_OK) {
            trials_complain("%s", err.message);
            code = TRIALS_EXIT_FAILED;
        }
    }

    if (!trials_render_check(&options, &records, argc - optind)) {
        trials_records_free(&records);
        return TRIALS_EXIT_USAGE;
    }

    if (trials_render_open(&render, &options, &err) != TRIALS_OK) {
        trials_complain("%s", err.message);
        code = TRIALS_EXIT_FAILED;

    } else if (options.bench) {
        if (trials_render_bench(&render, &records, options.bench)
            != TRIALS_EXIT_OK) {
            code = TRIALS_EXIT_FAILED;
        }

    } else {
        for (n = 0; n < records.n; n++) {
            if (trials_render_record(&render, &options, records.names[n], &err)
                != TRIALS_OK)
            {
                trials_complain("%s", err.message);
                code = TRIALS_EXIT_FAILED;
            }
        }
    }

    trials_render_close(&render);
    trials_records_free(&records);

    return code;
}


/* 1: go on; 0: end with *code. */

static int
trials_render_options(int argc, char **argv, trials_render_options_t *options,
                      int *code)
{
    int            option, good;
    trials_error_t err;
    unsigned char  spoken[TRIALS_NLANGUAGES];

    memset(options, 0, sizeof(trials_render_options_t));
    options->as = TRIALS_RENDITION_PAGE;
    options->now = (int64_t) time(NULL);
    *code = TRIALS_EXIT_USAGE;

    for (;;) {
        option = trials_options_next(&trials_command_render, argc, argv,
                                     trials_render_table);
        good = 1;

        switch (option) {
        case -1:
            options->page.base_url =
                trials_options_value(options->page.base_url, "TRIALS_BASE_URL");
            return 1;
        case TRIALS_OPTION_HELP:
            (void) fputs(trials_command_render.usage, stdout);
            *code = TRIALS_EXIT_OK;
            return 0;
        case TRIALS_RENDER_AS:
            good = trials_render_as(optarg, &options->as);
            break;
        case TRIALS_RENDER_BASE_URL:
            options->page.base_url = optarg;
            break;
        case TRIALS_RENDER_SITE_NAME:
            options->page.site_name = optarg;
            break;
        case TRIALS_RENDER_LOGO:
            options->page.logo = optarg;
            break;
        case TRIALS_RENDER_HELP_LINE:
            options->page.help_line = optarg;
            break;
        case TRIALS_RENDER_REPORT:
            options->page.report = optarg;
            break;
        case TRIALS_RENDER_THEME:
            options->page.theme = optarg;
            break;
        case TRIALS_RENDER_LANGUAGES:
            options->page.languages = optarg;
            good = trials_page_languages(optarg, spoken, &err) == TRIALS_OK;

            if (!good) {
                trials_complain("render: %s", err.message);
            }

            break;
        case TRIALS_RENDER_PREVIOUS:
            options->previous = optarg;
            break;
        case TRIALS_RENDER_LANGUAGE:
            options->language = trials_language_parse(optarg, strlen(optarg));
            good = options->language >= 0;

            if (!good) {
                trials_complain("render: --language \"%s\" is none of en, es",
                                optarg);
            }

            break;
        case TRIALS_RENDER_NOW:
            good = trials_render_date(optarg, &options->now);
            break;
        case TRIALS_RENDER_OUTPUT:
            options->output = optarg;
            break;
        case TRIALS_RENDER_BENCH:
            good = trials_options_number("render: --bench", optarg, 1,
                                         TRIALS_BENCH_MAX, &options->bench);
            break;
        default:
            good = 0;
        }

        if (!good) {
            return 0;
        }
    }
}


static int
trials_render_as(const char *text, int *as)
{
    int i;

    for (i = 0; i <= TRIALS_AS_ALL; i++) {
        if (strcmp(text, trials_render_names[i].name) == 0) {
            *as = i;
            return 1;
        }
    }

    trials_complain("render: --as \"%s\" is none of page, print, embed, json, "
                    "questions, oembed, atom, text, xml, all",
                    text);

    return 0;
}


static int
trials_render_date(const char *text, int64_t *seconds)
{
    char     *end;
    time_t    t;
    struct tm tm, back;

    memset(&tm, 0, sizeof(struct tm));
    end = strptime(text, "%Y-%m-%d", &tm);

    if (strlen(text) == 10 && end && *end == '\0') {
        /* strptime() takes the 31st of any month; a day that does not exist
         * comes back as another one. */

        back = tm;
        t = timegm(&back);

        if (back.tm_mday == tm.tm_mday && back.tm_mon == tm.tm_mon) {
            *seconds = (int64_t) t;
            return 1;
        }
    }

    trials_complain("render: --now \"%s\" is not a day, YYYY-MM-DD", text);

    return 0;
}


static int
trials_render_check(const trials_render_options_t *options,
                    const trials_records_t *records, int nargs)
{
    if (nargs == 0) {
        trials_complain("render: no FILE; see \"trials help render\"");
        return 0;
    }

    if (options->bench) {
        if (options->output) {
            trials_complain("render: --bench writes nothing: not together with "
                            "--output");
            return 0;
        }

        return 1;
    }

    if (options->output == NULL
        && (records->n > 1 || records->directory
            || options->as == TRIALS_AS_ALL))
    {
        trials_complain("render: more than one rendition needs --output DIR");
        return 0;
    }

    return 1;
}


static trials_rc_t
trials_render_open(trials_render_t               *render,
                   const trials_render_options_t *options, trials_error_t *err)
{
    memset(render, 0, sizeof(trials_render_t));
    trials_buf_init(&render->input, TRIALS_RECORD_MAX);
    trials_buf_init(&render->out, TRIALS_RENDERED_MAX);
    render->facts.now = options->now;

    if (options->output && mkdir(options->output, 0777) != 0 && errno != EEXIST)
    {
        return trials_error(err, TRIALS_FAILED, "%s: %s", options->output,
                            strerror(errno));
    }

    render->arena = trials_arena_create();
    if (render->arena == NULL) {
        return trials_error(err, TRIALS_NOMEM, "out of memory");
    }

    render->plain = trials_plain_create(err);
    if (render->plain == NULL) {
        return TRIALS_FAILED;
    }

    render->page = trials_page_create(render->plain, &options->page, err);
    if (render->page == NULL) {
        return TRIALS_FAILED;
    }

    trials_buf_init(&render->previous, TRIALS_RENDERED_MAX);

    if (options->previous) {
        if (trials_record_read(options->previous, &render->previous, err)
            != TRIALS_OK) {
            return TRIALS_FAILED;
        }

        render->facts.previous.data = render->previous.data;
        render->facts.previous.len = render->previous.len;
    }

    return TRIALS_OK;
}


static void
trials_render_close(trials_render_t *render)
{
    if (render->page) {
        trials_page_destroy(render->page);
    }

    if (render->plain) {
        trials_plain_destroy(render->plain);
    }

    trials_arena_destroy(render->arena);
    trials_buf_free(&render->input);
    trials_buf_free(&render->out);
    trials_buf_free(&render->previous);
}


static trials_rc_t
trials_render_record(trials_render_t               *render,
                     const trials_render_options_t *options, const char *name,
                     trials_error_t *err)
{
    int             as, last;
    trials_rc_t     rc;
    trials_study_t *study;
    trials_trial_t *trial;

    rc = trials_record_read(name, &render->input, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    trials_arena_reset(render->arena);

    rc = trials_study_parse(render->arena, trials_record_name(name),
                            render->input.data, render->input.len, &study, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    trial = trials_trial_create(render->page, render->arena, study,
                                &render->facts, err);
    if (trial == NULL) {
        return err->code;
    }

    as = options->as == TRIALS_AS_ALL ? 0 : options->as;
    last = options->as == TRIALS_AS_ALL ? TRIALS_NTRIAL - 1 : as;

    for (/* void */; as <= last && rc == TRIALS_OK; as++) {
        trials_buf_reset(&render->out);
        rc = trials_render_one(trial, as, options->language, &render->out, err);

        if (rc == TRIALS_OK) {
            rc = trials_render_write(options->output, study->id, as,
                                     &render->out, err);
        }
    }

    trials_trial_destroy(trial);

    return rc;
}


static trials_rc_t
trials_render_one(trials_trial_t *trial, int as, int language,
                  trials_buf_t *out, trials_error_t *err)
{
    switch (as) {
    case TRIALS_AS_TEXT:
        return trials_trial_text(trial, (trials_language_t) language, out, err);
    case TRIALS_AS_XML:
        return trials_trial_xml(trial, (trials_language_t) language, out, err);
    default:
        return trials_trial_render(trial, (trials_rendition_t) as,
                                   (trials_language_t) language, out, err);
    }
}


/* A file appears under its name when it is whole. */

static trials_rc_t
trials_render_write(const char *directory, const char *id, int as,
                    const trials_buf_t *out, trials_error_t *err)
{
    int   good;
    char  path[4096], draft[4096];
    FILE *file;

    if (directory == NULL) {
        if (fwrite(out->data, 1, out->len, stdout) != out->len) {
            return trials_error(err, TRIALS_FAILED, "standard output: %s",
                                strerror(errno));
        }

        return TRIALS_OK;
    }

    if (snprintf(path, sizeof(path), "%s/%s%s", directory, id,
                 trials_render_names[as].suffix)
            >= (int) sizeof(path)
        || snprintf(draft, sizeof(draft), "%s/.%s%s.%ld", directory, id,
                    trials_render_names[as].suffix, (long) getpid())
               >= (int) sizeof(draft))
    {
        return trials_error(err, TRIALS_FAILED, "%.64s…: name too long",
                            directory);
    }

    file = fopen(draft, "wb");
    if (file == NULL) {
        return trials_error(err, TRIALS_FAILED, "%s: %s", draft,
                            strerror(errno));
    }

    good = fwrite(out->data, 1, out->len, file) == out->len;
    good = fclose(file) == 0 && good;
    good = good && rename(draft, path) == 0;

    if (!good) {
        (void) trials_error(err, TRIALS_FAILED, "%s: %s", path,
                            strerror(errno));
        (void) unlink(draft);
        return TRIALS_FAILED;
    }

    return TRIALS_OK;
}
