/*
 * Settings: from options, else from the environment, else as they are built in.
 * All are validated before anything starts.
 */

#include "core/refresher/refresher.h"

#include <trials/version.h>

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>


enum {
    TRIALS_OPTION_REDIS = 256,
    TRIALS_OPTION_REDIS_USER,
    TRIALS_OPTION_REDIS_PASSWORD_FILE,
    TRIALS_OPTION_REDIS_DB,
    TRIALS_OPTION_REGISTRY,
    TRIALS_OPTION_CONTACT,
    TRIALS_OPTION_CA_FILE,
    TRIALS_OPTION_BASE_URL,
    TRIALS_OPTION_SITE_NAME,
    TRIALS_OPTION_THREADS,
    TRIALS_OPTION_MAX_AGE,
    TRIALS_OPTION_ABSENT_AGE,
    TRIALS_OPTION_GIVE_UP,
    TRIALS_OPTION_TIMEOUT,
    TRIALS_OPTION_CHECK,
    TRIALS_OPTION_VERSION,
    TRIALS_OPTION_HELP = 'h'
};

/* Where the value of an option goes. */
typedef struct {
    int          option;
    const char  *name;
    const char  *variable; /* of the environment, or NULL */
    const char **text;     /* a text as it is, or */
    long        *number;   /* a number of min to max */
    long         min;
    long         max;
} trials_setting_t;

/* Values that are kept until all options were read. */
typedef struct {
    const char *password_file;
    long        database;
} trials_settings_more_t;

#define TRIALS_NSETTINGS 14


static void trials_settings_defaults(trials_settings_t *settings);
static void
trials_settings_table(trials_settings_t *settings, trials_settings_more_t *more,
                      trials_setting_t *table);
static int trials_settings_environment(const trials_setting_t *table);
static int
trials_settings_options(trials_settings_t *settings, int argc, char **argv,
                        const trials_setting_t *table, int *code);
static int
trials_settings_set(const trials_setting_t *setting, const char *value);
static int
            trials_settings_finish(trials_settings_t            *settings,
                                   const trials_settings_more_t *more, int *code);
static int  trials_settings_base_url(const char *url);
static int  trials_settings_addresses(const trials_settings_t *settings);
static void trials_settings_complain(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));


static const struct option trials_options[] = {
    {"redis", required_argument, NULL, TRIALS_OPTION_REDIS},
    {"redis-user", required_argument, NULL, TRIALS_OPTION_REDIS_USER},
    {"redis-password-file", required_argument, NULL,
     TRIALS_OPTION_REDIS_PASSWORD_FILE},
    {"redis-db", required_argument, NULL, TRIALS_OPTION_REDIS_DB},
    {"registry", required_argument, NULL, TRIALS_OPTION_REGISTRY},
    {"contact", required_argument, NULL, TRIALS_OPTION_CONTACT},
    {"ca-file", required_argument, NULL, TRIALS_OPTION_CA_FILE},
    {"base-url", required_argument, NULL, TRIALS_OPTION_BASE_URL},
    {"site-name", required_argument, NULL, TRIALS_OPTION_SITE_NAME},
    {"threads", required_argument, NULL, TRIALS_OPTION_THREADS},
    {"max-age", required_argument, NULL, TRIALS_OPTION_MAX_AGE},
    {"absent-age", required_argument, NULL, TRIALS_OPTION_ABSENT_AGE},
    {"give-up", required_argument, NULL, TRIALS_OPTION_GIVE_UP},
    {"timeout", required_argument, NULL, TRIALS_OPTION_TIMEOUT},
    {"check", no_argument, NULL, TRIALS_OPTION_CHECK},
    {"version", no_argument, NULL, TRIALS_OPTION_VERSION},
    {"help", no_argument, NULL, TRIALS_OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static const char trials_usage[] =
    "usage: trials-refresher [OPTION...]\n"
    "\n"
    "Fetches, renders and stores the trials that readers ask for.\n"
    "\n"
    "  --redis ADDR         HOST:PORT or unix:PATH (TRIALS_REDIS, else\n"
    "                       127.0.0.1:6379)\n"
    "  --redis-user NAME    user of Redis's access lists (TRIALS_REDIS_USER)\n"
    "  --redis-password-file FILE\n"
    "                       its first line is the password\n"
    "                       (TRIALS_REDIS_PASSWORD_FILE)\n"
    "  --redis-db N         number of the database (TRIALS_REDIS_DB, else 0)\n"
    "  --registry URL       base of the API (TRIALS_REGISTRY, else\n"
    "                       https://clinicaltrials.gov/api/v2)\n"
    "  --contact TEXT       e-mail or URL that the registry is told\n"
    "                       (TRIALS_CONTACT)\n"
    "  --ca-file FILE       PEM, certificates to trust instead of the system's\n"
    "  --base-url URL       where the pages will be, for canonical addresses\n"
    "                       and paper (TRIALS_BASE_URL, else /trials)\n"
    "  --site-name TEXT     the site's name in titles\n"
    "  --threads N          workers (4)\n"
    "  --max-age SECONDS    until a document is checked again (86400)\n"
    "  --absent-age SECONDS until a missing study is looked for again (900)\n"
    "  --give-up SECONDS    until an id that cannot be had is dropped (60)\n"
    "  --timeout MS         milliseconds that one try at the registry may take\n"
    "                       (10000)\n"
    "  --check              validate the settings, and no more\n"
    "  --version            the version\n"
    "  -h, --help           this text\n"
    "\n"
    "Exit code: 0 told to stop, 1 cannot start, 2 wrong settings.\n";


int
trials_settings_read(trials_settings_t *settings, int argc, char **argv,
                     int *code)
{
    trials_setting_t       table[TRIALS_NSETTINGS];
    trials_settings_more_t more;

    *code = TRIALS_EXIT_USAGE;
    memset(&more, 0, sizeof(trials_settings_more_t));

    trials_settings_defaults(settings);
    trials_settings_table(settings, &more, table);

    return trials_settings_environment(table)
           && trials_settings_options(settings, argc, argv, table, code)
           && trials_settings_finish(settings, &more, code);
}


static void
trials_settings_defaults(trials_settings_t *settings)
{
    memset(settings, 0, sizeof(trials_settings_t));
    trials_cache_defaults(&settings->cache);
    trials_registry_defaults(&settings->registry);

    /* Unfinished ids are claimed again: that is the retry. */

    settings->registry.retries = 0;
    settings->registry.connect_timeout = 3000;
    settings->registry.timeout = 10000;
    settings->threads = 4;
    settings->max_age = 86400;
    settings->absent_age = 900;
    settings->give_up = 60;
}


static void
trials_settings_table(trials_settings_t *settings, trials_settings_more_t *more,
                      trials_setting_t *table)
{
    int                    i;
    const trials_setting_t rows[TRIALS_NSETTINGS] = {
        {TRIALS_OPTION_REDIS, "--redis", "TRIALS_REDIS",
         &settings->cache.address, NULL, 0, 0},
        {TRIALS_OPTION_REDIS_USER, "--redis-user", "TRIALS_REDIS_USER",
         &settings->cache.username, NULL, 0, 0},
        {TRIALS_OPTION_REDIS_PASSWORD_FILE, "--redis-password-file",
         "TRIALS_REDIS_PASSWORD_FILE", &more->password_file, NULL, 0, 0},
        {TRIALS_OPTION_REDIS_DB, "--redis-db", "TRIALS_REDIS_DB", NULL,
         &more->database, 0, 65535},
        {TRIALS_OPTION_REGISTRY, "--registry", "TRIALS_REGISTRY",
         &settings->registry.base, NULL, 0, 0},
        {TRIALS_OPTION_CONTACT, "--contact", "TRIALS_CONTACT",
         &settings->registry.contact, NULL, 0, 0},
        {TRIALS_OPTION_CA_FILE, "--ca-file", NULL, &settings->registry.ca_file,
         NULL, 0, 0},
        {TRIALS_OPTION_BASE_URL, "--base-url", "TRIALS_BASE_URL",
         &settings->page.base_url, NULL, 0, 0},
        {TRIALS_OPTION_SITE_NAME, "--site-name", NULL,
         &settings->page.site_name, NULL, 0, 0},
        {TRIALS_OPTION_THREADS, "--threads", NULL, NULL, &settings->threads, 1,
         TRIALS_THREADS_MAX},
        {TRIALS_OPTION_MAX_AGE, "--max-age", NULL, NULL, &settings->max_age, 1,
         31536000},
        {TRIALS_OPTION_ABSENT_AGE, "--absent-age", NULL, NULL,
         &settings->absent_age, 1, 31536000},
        {TRIALS_OPTION_GIVE_UP, "--give-up", NULL, NULL, &settings->give_up, 1,
         86400},
        {TRIALS_OPTION_TIMEOUT, "--timeout", NULL, NULL,
         &settings->registry.timeout, 100, 600000},
    };

    for (i = 0; i < TRIALS_NSETTINGS; i++) {
        table[i] = rows[i];
    }
}


/* A variable that is set to nothing is as good as none. */

static int
trials_settings_environment(const trials_setting_t *table)
{
    int              i;
    const char      *value;
    trials_setting_t setting;

    for (i = 0; i < TRIALS_NSETTINGS; i++) {
        value = table[i].variable ? getenv(table[i].variable) : NULL;

        if (value && value[0] != '\0') {
            setting = table[i];
            setting.name = setting.variable;

            if (!trials_settings_set(&setting, value)) {
                return 0;
            }
        }
    }

    return 1;
}


static int
trials_settings_options(trials_settings_t *settings, int argc, char **argv,
                        const trials_setting_t *table, int *code)
{
    int i, option;

    opterr = 0;

    for (;;) {
        option = getopt_long(argc, argv, ":h", trials_options, NULL);

        switch (option) {
        case -1:
            if (optind < argc) {
                trials_settings_complain("\"%s\": takes no arguments",
                                         argv[optind]);
                return 0;
            }

            return 1;

        case TRIALS_OPTION_CHECK:
            settings->check = 1;
            continue;

        case TRIALS_OPTION_HELP:
            (void) fputs(trials_usage, stdout);
            *code = fflush(stdout) ? TRIALS_EXIT_FAILED : TRIALS_EXIT_OK;
            return 0;

        case TRIALS_OPTION_VERSION:
            (void) printf("trials-refresher %s\n", TRIALS_VERSION);
            *code = fflush(stdout) ? TRIALS_EXIT_FAILED : TRIALS_EXIT_OK;
            return 0;

        case ':':
        case '?':
            trials_settings_complain("option \"%s\" %s", argv[optind - 1],
                                     option == ':' ? "needs an argument"
                                     : optopt >= TRIALS_OPTION_REDIS
                                         ? "takes no argument"
                                         : "is unknown; see --help");
            return 0;
        }

        for (i = 0; i < TRIALS_NSETTINGS; i++) {
            if (table[i].option == option
                && !trials_settings_set(&table[i], optarg)) {
                return 0;
            }
        }
    }
}


static int
trials_settings_set(const trials_setting_t *setting, const char *value)
{
    char *end;
    long  n;

    if (setting->text) {
        if (value[0] == '\0') {
            trials_settings_complain("%s: is empty", setting->name);
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
        trials_settings_complain("%s: \"%s\" is not a whole number of %ld to "
                                 "%ld",
                                 setting->name, value, setting->min,
                                 setting->max);
        return 0;
    }

    *setting->number = n;

    return 1;
}


static int
trials_settings_finish(trials_settings_t            *settings,
                       const trials_settings_more_t *more, int *code)
{
    trials_error_t err;

    settings->cache.database = (int) more->database;

    if (settings->page.base_url
        && !trials_settings_base_url(settings->page.base_url))
    {
        trials_settings_complain("--base-url: \"%s\" is neither an http(s) URL "
                                 "nor a path from the root",
                                 settings->page.base_url);
        return 0;
    }

    /* It is logged, and errors name it. */

    if (strchr(settings->registry.base, '@')) {
        trials_settings_complain("--registry: a URL without user and password "
                                 "is needed");
        return 0;
    }

    if (settings->registry.ca_file
        && access(settings->registry.ca_file, R_OK) != 0) {
        trials_settings_complain("--ca-file: \"%s\": %s",
                                 settings->registry.ca_file, strerror(errno));
        return 0;
    }

    if (more->password_file) {
        if (trials_cache_password(more->password_file, settings->password,
                                  sizeof(settings->password), &err)
            != TRIALS_OK)
        {
            trials_settings_complain("%s", err.message);
            *code = TRIALS_EXIT_FAILED;
            return 0;
        }

        settings->cache.password = settings->password;
    }

    return trials_settings_addresses(settings);
}


/* It becomes part of addresses in pages: no more than addresses are made of. */

static int
trials_settings_base_url(const char *url)
{
    const char *p;

    if (strncmp(url, "https://", 8) == 0) {
        p = url + 8;
    } else if (strncmp(url, "http://", 7) == 0) {
        p = url + 7;
    } else if (url[0] == '/' && url[1] != '/') {
        p = url + 1;
    } else {
        return 0;
    }

    /* A host, or a path of more than the root. */

    return *p != '\0' && *p != '/'
           && strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789-._~%:/[]@!$&'()*+,;=")
                  == strlen(p);
}


/* Addresses are checked by those who use them. */

static int
trials_settings_addresses(const trials_settings_t *settings)
{
    trials_error_t     err;
    trials_cache_t    *cache;
    trials_registry_t *registry;

    cache = trials_cache_create(&settings->cache, &err);
    registry = cache ? trials_registry_create(&settings->registry, &err) : NULL;

    if (registry == NULL) {
        trials_settings_complain("%s", err.message);
    }

    trials_registry_destroy(registry);
    trials_cache_destroy(cache);

    return registry != NULL;
}


static void
trials_settings_complain(const char *fmt, ...)
{
    va_list args;

    (void) fputs("trials-refresher: ", stderr);

    va_start(args, fmt);
    (void) vfprintf(stderr, fmt, args);
    va_end(args);

    (void) fputc('\n', stderr);
}
