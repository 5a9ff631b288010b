/*
 * Settings: from options, else from the environment, else from the file, else as
 * they are built in.  Each has one name: "max-age" in the file, --max-age,
 * TRIALS_MAX_AGE.
 */

#include "core/refresher/settings.h"

#include <trials/version.h>

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define TRIALS_OPTION_FIRST   256 /* the row of the table is added */
#define TRIALS_OPTION_CHECK   (TRIALS_OPTION_FIRST + TRIALS_NSETTINGS)
#define TRIALS_OPTION_VERSION (TRIALS_OPTION_CHECK + 1)

#define TRIALS_VARIABLE_MAX 64

extern char **environ;


static void trials_settings_defaults(trials_settings_t *settings);
static void
trials_settings_table(trials_settings_t *settings, trials_setting_t *table);
static int trials_settings_options(trials_settings_t      *settings,
                                   const trials_setting_t *table, int argc,
                                   char **argv, const char **values, int *code);
static int
trials_settings_environment(const trials_setting_t *table, const char **values);
static void
trials_settings_variable(const char *name, char *variable, size_t size);
static void trials_settings_usage(const trials_setting_t *table);


int
trials_settings_read(trials_settings_t *settings, int argc, char **argv,
                     int *code)
{
    int              i;
    char             variable[TRIALS_VARIABLE_MAX];
    const char      *options[TRIALS_NSETTINGS] = {0};
    const char      *variables[TRIALS_NSETTINGS] = {0};
    trials_setting_t table[TRIALS_NSETTINGS];

    *code = TRIALS_EXIT_USAGE;
    trials_settings_defaults(settings);
    trials_settings_table(settings, table);

    if (!trials_settings_options(settings, table, argc, argv, options, code)
        || !trials_settings_environment(table, variables))
    {
        return 0;
    }

    /* The first row is the file itself. */

    settings->file = options[0] ? options[0] : variables[0];

    if (settings->file
        && !trials_settings_file(table, settings->file, &settings->text))
    {
        return 0;
    }

    for (i = 1; i < TRIALS_NSETTINGS; i++) {
        trials_settings_variable(table[i].name, variable, sizeof(variable));

        if (variables[i]
            && !trials_settings_set(&table[i], variable, variables[i])) {
            return 0;
        }

        (void) snprintf(variable, sizeof(variable), "--%s", table[i].name);

        if (options[i] && !trials_settings_set(&table[i], variable, options[i]))
        {
            return 0;
        }
    }

    return trials_settings_finish(settings, code);
}


void
trials_settings_free(trials_settings_t *settings)
{
    explicit_bzero(settings->password, sizeof(settings->password));
    free(settings->text);
    settings->text = NULL;
}


static void
trials_settings_defaults(trials_settings_t *settings)
{
    memset(settings, 0, sizeof(trials_settings_t));
    trials_cache_defaults(&settings->cache);
    trials_registry_defaults(&settings->registry);

    /* What was not finished is claimed again: that is the retry. */

    settings->registry.retries = 0;
    settings->registry.connect_timeout = 3000;
    settings->registry.timeout = 10000;
    settings->brotli = settings->cache.brotli;
    settings->threads = 8;
    settings->max_age = 86400;
    settings->absent_age = 900;
    settings->give_up = 60;
    settings->rate = 50;
    settings->burst = 50;
    settings->poll = 300;
    settings->loss = 5;
}


static void
trials_settings_table(trials_settings_t *s, trials_setting_t *table)
{
    int                    i;
    const trials_setting_t rows[TRIALS_NSETTINGS] = {
        {"config", "FILE", "\"name = value\" lines, names as below", &s->file,
         NULL, 0, 0, NULL},
        {"redis", "ADDR",
         "HOST:PORT, unix:PATH or\nsentinel:NAME@HOST:PORT,HOST:PORT\n"
         "(127.0.0.1:6379)",
         &s->cache.address, NULL, 0, 0, NULL},
        {"redis-user", "NAME", "user of Redis's access lists",
         &s->cache.username, NULL, 0, 0, NULL},
        {"redis-password-file", "FILE", "its first line is the password",
         &s->password_file, NULL, 0, 0, NULL},
        {"redis-db", "N", "number of the database (0)", NULL, &s->database, 0,
         65535, NULL},
        {"registry", "URL",
         "base of the API\n(https://clinicaltrials.gov/api/v2)",
         &s->registry.base, NULL, 0, 0, NULL},
        {"contact", "TEXT", "e-mail or URL that the registry is told",
         &s->registry.contact, NULL, 0, 0, NULL},
        {"ca-file", "FILE", "PEM, certificates to trust, not the system's",
         &s->registry.ca_file, NULL, 0, 0, NULL},
        {"timeout", "MS",
         "milliseconds that the registry may be silent\n(10000)", NULL,
         &s->registry.timeout, 100, 600000, NULL},
        {"rate", "N", "requests a minute of all refreshers; 0: any (50)", NULL,
         &s->rate, 0, 1000000, NULL},
        {"burst", "N", "of these at once (50)", NULL, &s->burst, 2, 1000000,
         NULL},
        {"base-url", "URL",
         "where the pages will be, for canonical\naddresses and paper (/trials)",
         &s->page.base_url, NULL, 0, 0, NULL},
        {"site-name", "TEXT", "the site's name in titles", &s->page.site_name,
         NULL, 0, 0, NULL},
        {"logo", "URL", "a picture before the site's name", &s->page.logo, NULL,
         0, 0, NULL},
        {"help-line", "TEXT", "at the foot of pages: whom to call",
         &s->page.help_line, NULL, 0, 0, NULL},
        {"report", "URL", "mailto: or http(s), for reports of errors",
         &s->page.report, NULL, 0, 0, NULL},
        {"theme", "DIR",
         "stylesheets, CSS and words instead of those\nbuilt in",
         &s->page.theme, NULL, 0, 0, NULL},
        {"languages", "LIST", "of pages: en, or en,es (en,es)",
         &s->page.languages, NULL, 0, 0, NULL},
        {"collections", "FILE",
         "named searches that the site has lists of, and\nthat are kept warm",
         &s->collections, NULL, 0, 0, NULL},
        {"threads", "N", "that serve readers (8)", NULL, &s->threads, 1,
         TRIALS_THREADS_MAX, NULL},
        {"renderers", "N", "threads that render; 0: one a core (0)", NULL,
         &s->renderers, 0, TRIALS_THREADS_MAX, NULL},
        {"brotli", "N", "quality of pages, 1 to 11; 0: gzip alone (5)", NULL,
         &s->brotli, 0, 11, NULL},
        {"max-age", "SECONDS", "until a document is checked again (86400)",
         NULL, &s->max_age, 1, 31536000, NULL},
        {"absent-age", "SECONDS",
         "until a missing study is looked for again\n(900)", NULL,
         &s->absent_age, 1, 31536000, NULL},
        {"give-up", "SECONDS", "until what cannot be had is dropped (60)", NULL,
         &s->give_up, 1, 86400, NULL},
        {"poll", "SECONDS", "between looks at the registry's data set (300)",
         NULL, &s->poll, 1, 86400, NULL},
        {"loss", "PERCENT",
         "of the cache that may disappear in a day\nwithout being told (5)",
         NULL, &s->loss, 0, 100, NULL},
        {"listen", "ADDR",
         "127.0.0.1:PORT or unix:PATH for health and\nmetrics (none)",
         &s->listen, NULL, 0, 0, NULL},
    };

    memcpy(table, rows, sizeof(rows));

    for (i = 0; i < TRIALS_NSETTINGS; i++) {
        table[i].err = &s->err;
    }
}


static int
trials_settings_options(trials_settings_t      *settings,
                        const trials_setting_t *table, int argc, char **argv,
                        const char **values, int *code)
{
    int           i, option;
    struct option options[TRIALS_NSETTINGS + 4];

    memset(options, 0, sizeof(options));

    for (i = 0; i < TRIALS_NSETTINGS; i++) {
        options[i].name = table[i].name;
        options[i].has_arg = required_argument;
        options[i].val = TRIALS_OPTION_FIRST + i;
    }

    options[i].name = "check";
    options[i++].val = TRIALS_OPTION_CHECK;
    options[i].name = "version";
    options[i++].val = TRIALS_OPTION_VERSION;
    options[i].name = "help";
    options[i].val = 'h';

    opterr = 0;
    optind = 0;

    while ((option = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
        switch (option) {
        case TRIALS_OPTION_CHECK:
            settings->check = 1;
            break;

        case TRIALS_OPTION_VERSION:
            (void) printf("trials-refresher %s\n", TRIALS_VERSION);
            *code = fflush(stdout) ? TRIALS_EXIT_FAILED : TRIALS_EXIT_OK;
            return 0;

        case 'h':
            trials_settings_usage(table);
            *code = fflush(stdout) ? TRIALS_EXIT_FAILED : TRIALS_EXIT_OK;
            return 0;

        case ':':
        case '?':
            (void) trials_error(&settings->err, TRIALS_INVALID,
                                "option \"%s\" %s", argv[optind - 1],
                                option == ':' ? "needs an argument"
                                : optopt >= TRIALS_OPTION_FIRST
                                    ? "takes no argument"
                                    : "is unknown; see --help");
            return 0;

        default:
            values[option - TRIALS_OPTION_FIRST] = optarg;
        }
    }

    if (optind < argc) {
        (void) trials_error(&settings->err, TRIALS_INVALID,
                            "\"%s\": takes no arguments", argv[optind]);
        return 0;
    }

    return 1;
}


/* A variable that is set to nothing is as good as none; one of our prefix that
 * is no setting is a mistake. */

static int
trials_settings_environment(const trials_setting_t *table, const char **values)
{
    int    i;
    char   variable[TRIALS_VARIABLE_MAX], **entry;
    size_t len;

    for (entry = environ; *entry; entry++) {
        len = strcspn(*entry, "=");

        if (strncmp(*entry, "TRIALS_", 7) != 0 || (*entry)[len] == '\0'
            || (*entry)[len + 1] == '\0')
        {
            continue;
        }

        for (i = 0; i < TRIALS_NSETTINGS; i++) {
            trials_settings_variable(table[i].name, variable, sizeof(variable));

            if (strlen(variable) == len && strncmp(*entry, variable, len) == 0)
            {
                values[i] = *entry + len + 1;
                break;
            }
        }

        if (i == TRIALS_NSETTINGS) {
            (void) trials_error(table[0].err, TRIALS_INVALID,
                                "environment: \"%.*s\" is unknown", (int) len,
                                *entry);
            return 0;
        }
    }

    return 1;
}


static void
trials_settings_variable(const char *name, char *variable, size_t size)
{
    char *p;

    (void) snprintf(variable, size, "TRIALS_%s", name);

    for (p = variable; *p; p++) {
        *p = *p == '-' ? '_' : (char) toupper((unsigned char) *p);
    }
}


int
trials_settings_set(const trials_setting_t *setting, const char *source,
                    const char *value)
{
    char *end;
    long  n;

    if (setting->text) {
        if (value[0] == '\0') {
            (void) trials_error(setting->err, TRIALS_INVALID, "%s: is empty",
                                source);
            return 0;
        }

        *setting->text = value;
        return 1;
    }

    errno = 0;
    n = strtol(value, &end, 10);

    if (errno || end == value || *end != '\0' || value[0] < '0'
        || value[0] > '9' || n < setting->min || n > setting->max)
    {
        (void) trials_error(setting->err, TRIALS_INVALID,
                            "%s: \"%s\" is not a whole number of %ld to "
                            "%ld",
                            source, value, setting->min, setting->max);
        return 0;
    }

    *setting->number = n;

    return 1;
}


static void
trials_settings_usage(const trials_setting_t *table)
{
    int         i, len;
    char        option[48];
    const char *line;

    (void) fputs("usage: trials-refresher [OPTION...]\n"
                 "\n"
                 "Fetches, renders and stores the trials that readers ask for, "
                 "and keeps them\n"
                 "true to the registry.\n"
                 "\n",
                 stdout);

    for (i = 0; i < TRIALS_NSETTINGS; i++) {
        (void) snprintf(option, sizeof(option), "--%s %s", table[i].name,
                        table[i].value);

        for (line = table[i].help; line;
             line = line[len] ? line + len + 1 : NULL) {
            len = (int) strcspn(line, "\n");
            (void) printf("  %-26s%s%.*s\n",
                          line == table[i].help ? option : "",
                          line == table[i].help && strlen(option) > 25
                              ? "\n                            "
                              : "",
                          len, line);
        }
    }

    (void) fputs("  --check                   validate the settings, no more\n"
                 "  --version                 the version\n"
                 "  -h, --help                this text\n"
                 "\n"
                 "--max-age may be set as TRIALS_MAX_AGE in the environment, "
                 "too, and all others\n"
                 "likewise.  Options win over the environment, and that over "
                 "the file.\n"
                 "\n"
                 "Exit code: 0 told to stop, 1 cannot start, 2 wrong "
                 "settings.\n",
                 stdout);
}
