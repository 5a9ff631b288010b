/*
 * trials-refresher: fetches and renders what readers ask for.
 *
 * The first SIGTERM or SIGINT lets every worker finish what it has under way;
 * after TRIALS_GRACE seconds, or at the second signal, fetches are given up.
 */

#include "core/refresher/refresher.h"

#include <trials/version.h>

#include <errno.h>
#include <getopt.h>
#include <libxml/parser.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define TRIALS_THREADS_MAX 64
#define TRIALS_GRACE       10 /* seconds */


enum {
    OPT_REDIS = 256,
    OPT_REDIS_USER,
    OPT_REDIS_PASSWORD_FILE,
    OPT_REDIS_DB,
    OPT_REGISTRY,
    OPT_CONTACT,
    OPT_CA_FILE,
    OPT_BASE_URL,
    OPT_SITE_NAME,
    OPT_THREADS,
    OPT_MAX_AGE,
    OPT_ABSENT_AGE,
    OPT_GIVE_UP,
    OPT_TIMEOUT,
    OPT_CHECK,
    OPT_HELP,
    OPT_VERSION
};

static const struct option trials_options[] = {
    {"redis", required_argument, NULL, OPT_REDIS},
    {"redis-user", required_argument, NULL, OPT_REDIS_USER},
    {"redis-password-file", required_argument, NULL, OPT_REDIS_PASSWORD_FILE},
    {"redis-db", required_argument, NULL, OPT_REDIS_DB},
    {"registry", required_argument, NULL, OPT_REGISTRY},
    {"contact", required_argument, NULL, OPT_CONTACT},
    {"ca-file", required_argument, NULL, OPT_CA_FILE},
    {"base-url", required_argument, NULL, OPT_BASE_URL},
    {"site-name", required_argument, NULL, OPT_SITE_NAME},
    {"threads", required_argument, NULL, OPT_THREADS},
    {"max-age", required_argument, NULL, OPT_MAX_AGE},
    {"absent-age", required_argument, NULL, OPT_ABSENT_AGE},
    {"give-up", required_argument, NULL, OPT_GIVE_UP},
    {"timeout", required_argument, NULL, OPT_TIMEOUT},
    {"check", no_argument, NULL, OPT_CHECK},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, OPT_VERSION},
    {NULL, 0, NULL, 0},
};

static const char trials_usage[] =
    "usage: trials-refresher [OPTION...]\n\n"
    "  --redis ADDR          HOST:PORT or unix:PATH (TRIALS_REDIS, else\n"
    "                        127.0.0.1:6379)\n"
    "  --redis-user NAME     user of Redis's access lists\n"
    "                        (TRIALS_REDIS_USER)\n"
    "  --redis-password-file FILE\n"
    "                        its first line is the password\n"
    "                        (TRIALS_REDIS_PASSWORD_FILE)\n"
    "  --redis-db N          number of the database (TRIALS_REDIS_DB, else 0)\n"
    "  --registry URL        base of the API (TRIALS_REGISTRY, else\n"
    "                        https://clinicaltrials.gov/api/v2)\n"
    "  --contact TEXT        address or URL for the User-Agent\n"
    "                        (TRIALS_CONTACT)\n"
    "  --ca-file FILE        certificates to trust, PEM (else the system's)\n"
    "  --base-url URL        of the pages (TRIALS_BASE_URL), for canonical\n"
    "                        addresses and paper\n"
    "  --site-name TEXT      in titles\n"
    "  --threads N           workers, 1 to 64 (4)\n"
    "  --max-age SECONDS     until a document is checked again (86400)\n"
    "  --absent-age SECONDS  until a missing study is looked for again (900)\n"
    "  --give-up SECONDS     until a wanted id that cannot be had is dropped\n"
    "                        (60)\n"
    "  --timeout MS          of one try at the registry (30000)\n"
    "  --check               validate the settings and exit\n"
    "  --help, --version\n";


static int trials_settings_read(trials_settings_t *settings, int argc,
                                char **argv, int *check);
static void
trials_settings_environment(trials_settings_t *settings, const char **password,
                            const char **database);
static int trials_settings_number(const char *name, const char *text, long min,
                                  long max, long *number);
static int
trials_refresher_run(trials_refresher_t *refresher, const sigset_t *signals);
static void
trials_refresher_wait(trials_refresher_t *refresher, const sigset_t *signals);
static void *trials_refresher_hurry(void *refresher);


int
main(int argc, char **argv)
{
    int                check, code;
    sigset_t           signals;
    trials_error_t     err;
    trials_settings_t  settings;
    trials_refresher_t refresher;

    check = 0;
    code = trials_settings_read(&settings, argc, argv, &check);
    if (code >= 0) {
        return code;
    }

    (void) signal(SIGPIPE, SIG_IGN);
    (void) sigemptyset(&signals);
    (void) sigaddset(&signals, SIGTERM);
    (void) sigaddset(&signals, SIGINT);
    (void) pthread_sigmask(SIG_BLOCK, &signals, NULL);

    xmlInitParser();

    memset(&refresher, 0, sizeof(trials_refresher_t));
    refresher.settings = &settings;
    refresher.plain = trials_plain_create(&err);

    if (refresher.plain) {
        refresher.page =
            trials_page_create(refresher.plain, &settings.page, &err);
    }

    if (refresher.page == NULL) {
        (void) fprintf(stderr, "trials-refresher: %s\n", err.message);
        code = 1;
    } else {
        code = check ? 0 : trials_refresher_run(&refresher, &signals);
    }

    trials_page_destroy(refresher.page);
    trials_plain_destroy(refresher.plain);
    xmlCleanupParser();
    explicit_bzero(settings.password, sizeof(settings.password));

    return code;
}


/* The exit code where there is nothing more to do, else -1. */

static int
trials_settings_read(trials_settings_t *settings, int argc, char **argv,
                     int *check)
{
    int                option, ok;
    long               database;
    const char        *password, *db;
    trials_error_t     err;
    trials_cache_t    *cache;
    trials_registry_t *registry;

    memset(settings, 0, sizeof(trials_settings_t));
    trials_cache_defaults(&settings->cache);
    trials_registry_defaults(&settings->registry);

    /* Unfinished ids are claimed again: that is the retry. */

    settings->registry.retries = 0;
    settings->registry.connect_timeout = 3000;
    settings->threads = 4;
    settings->max_age = 86400;
    settings->absent_age = 900;
    settings->give_up = 60;

    trials_settings_environment(settings, &password, &db);

    ok = 1;

    while (ok
           && (option = getopt_long(argc, argv, "", trials_options, NULL))
                  != -1) {
        switch (option) {
        case OPT_REDIS:
            settings->cache.address = optarg;
            break;
        case OPT_REDIS_USER:
            settings->cache.username = optarg;
            break;
        case OPT_REDIS_PASSWORD_FILE:
            password = optarg;
            break;
        case OPT_REDIS_DB:
            db = optarg;
            break;
        case OPT_REGISTRY:
            settings->registry.base = optarg;
            break;
        case OPT_CONTACT:
            settings->registry.contact = optarg;
            break;
        case OPT_CA_FILE:
            settings->registry.ca_file = optarg;
            break;
        case OPT_BASE_URL:
            settings->page.base_url = optarg;
            break;
        case OPT_SITE_NAME:
            settings->page.site_name = optarg;
            break;
        case OPT_THREADS:
            ok = trials_settings_number("--threads", optarg, 1,
                                        TRIALS_THREADS_MAX, &settings->threads);
            break;
        case OPT_MAX_AGE:
            ok = trials_settings_number("--max-age", optarg, 1, 31536000,
                                        &settings->max_age);
            break;
        case OPT_ABSENT_AGE:
            ok = trials_settings_number("--absent-age", optarg, 1, 31536000,
                                        &settings->absent_age);
            break;
        case OPT_GIVE_UP:
            ok = trials_settings_number("--give-up", optarg, 1, 86400,
                                        &settings->give_up);
            break;
        case OPT_TIMEOUT:
            ok = trials_settings_number("--timeout", optarg, 100, 600000,
                                        &settings->registry.timeout);
            break;
        case OPT_CHECK:
            *check = 1;
            break;
        case OPT_HELP:
            (void) fputs(trials_usage, stdout);
            return 0;
        case OPT_VERSION:
            (void) printf("trials-refresher %s\n", TRIALS_VERSION);
            return 0;
        default:
            ok = 0;
        }
    }

    if (ok && optind < argc) {
        (void) fprintf(stderr, "trials-refresher: \"%s\" is no option\n",
                       argv[optind]);
        ok = 0;
    }

    if (ok && db) {
        ok = trials_settings_number("--redis-db", db, 0, 65535, &database);
        settings->cache.database = ok ? (int) database : 0;
    }

    if (!ok) {
        return 2;
    }

    if (password) {
        if (trials_cache_password(password, settings->password,
                                  sizeof(settings->password), &err)
            != TRIALS_OK)
        {
            (void) fprintf(stderr, "trials-refresher: %s\n", err.message);
            return 2;
        }

        settings->cache.password = settings->password;
    }

    /* Addresses are checked by those who use them, before anything starts. */

    cache = trials_cache_create(&settings->cache, &err);
    registry = cache ? trials_registry_create(&settings->registry, &err) : NULL;
    ok = registry != NULL;
    trials_registry_destroy(registry);
    trials_cache_destroy(cache);

    if (!ok) {
        (void) fprintf(stderr, "trials-refresher: %s\n", err.message);
        return 2;
    }

    return -1;
}


static void
trials_settings_environment(trials_settings_t *settings, const char **password,
                            const char **database)
{
    const char *value;

    *password = getenv("TRIALS_REDIS_PASSWORD_FILE");
    *database = getenv("TRIALS_REDIS_DB");

    value = getenv("TRIALS_REDIS");
    settings->cache.address = value ? value : settings->cache.address;

    value = getenv("TRIALS_REGISTRY");
    settings->registry.base = value ? value : settings->registry.base;

    settings->cache.username = getenv("TRIALS_REDIS_USER");
    settings->registry.contact = getenv("TRIALS_CONTACT");
    settings->page.base_url = getenv("TRIALS_BASE_URL");
}


static int
trials_settings_number(const char *name, const char *text, long min, long max,
                       long *number)
{
    char *end;
    long  n;

    errno = 0;
    n = strtol(text, &end, 10);

    if (errno || end == text || *end != '\0' || n < min || n > max) {
        (void) fprintf(stderr,
                       "trials-refresher: %s \"%s\": not a whole number of "
                       "%ld to %ld\n",
                       name, text, min, max);
        return 0;
    }

    *number = n;

    return 1;
}


static int
trials_refresher_run(trials_refresher_t *refresher, const sigset_t *signals)
{
    long             i, started, n;
    char             threads[24];
    pthread_t        ids[TRIALS_THREADS_MAX];
    trials_rc_t      rc;
    trials_error_t   err;
    trials_worker_t *workers;

    n = refresher->settings->threads;

    workers = calloc((size_t) n, sizeof(trials_worker_t));
    if (workers == NULL) {
        (void) fputs("trials-refresher: out of memory\n", stderr);
        return 1;
    }

    rc = TRIALS_OK;
    started = 0;

    for (i = 0; i < n && rc == TRIALS_OK; i++) {
        rc = trials_worker_init(&workers[i], refresher, (int) i, &err);

        if (rc == TRIALS_OK
            && pthread_create(&ids[i], NULL, trials_worker_run, &workers[i])
                   != 0)
        {
            rc = trials_error(&err, TRIALS_FAILED, "no thread can be started");
        }

        started += rc == TRIALS_OK;
    }

    if (rc == TRIALS_OK) {
        (void) snprintf(threads, sizeof(threads), "%ld", n);
        trials_log("info", "started", "version", TRIALS_VERSION, "engine",
                   trials_page_engine(refresher->page), "redis",
                   refresher->settings->cache.address, "registry",
                   refresher->settings->registry.base, "threads", threads,
                   NULL);
        trials_refresher_wait(refresher, signals);
    } else {
        trials_log("error", "not_started", "reason", err.message, NULL);
        atomic_store(&refresher->stopping, 2);
    }

    for (i = 0; i < started; i++) {
        (void) pthread_join(ids[i], NULL);
    }

    for (i = 0; i < n; i++) {
        trials_worker_free(&workers[i]);
    }

    free(workers);

    if (rc == TRIALS_OK) {
        trials_log("info", "stopped", NULL);
    }

    return rc == TRIALS_OK ? 0 : 1;
}


static void
trials_refresher_wait(trials_refresher_t *refresher, const sigset_t *signals)
{
    int       number;
    pthread_t hurry;

    (void) sigwait(signals, &number);
    trials_log("info", "stopping", NULL);
    atomic_store(&refresher->stopping, 1);

    /* A second signal, or the end of patience, breaks off the fetches.  The
     * thread dies with the process. */

    if (pthread_create(&hurry, NULL, trials_refresher_hurry, refresher) == 0) {
        (void) pthread_detach(hurry);
    }
}


static void *
trials_refresher_hurry(void *data)
{
    sigset_t            signals;
    struct timespec     patience = {TRIALS_GRACE, 0};
    trials_refresher_t *refresher;

    refresher = data;

    (void) sigemptyset(&signals);
    (void) sigaddset(&signals, SIGTERM);
    (void) sigaddset(&signals, SIGINT);
    (void) sigtimedwait(&signals, NULL, &patience);

    atomic_store(&refresher->stopping, 2);

    return NULL;
}
