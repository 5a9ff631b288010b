/* `trials status`: what the cache holds, and what the registry says it has. */

#include "core/cli/command.h"

#include <trials/registry.h>

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>


/* The registry is only asked for its version: that must not take long. */
#define TRIALS_STATUS_TIMEOUT 5000

enum {
    TRIALS_STATUS_REGISTRY_URL = TRIALS_OPTION_OWN,
    TRIALS_STATUS_CONTACT,
    TRIALS_STATUS_CA_FILE,
    TRIALS_STATUS_JSON
};

typedef struct {
    trials_redis_options_t redis;
    const char            *registry; /* NULL: it is not asked */
    const char            *contact;
    const char            *ca_file;
    int                    json;
} trials_status_options_t;

/* What was found out; an error's message is empty where there was none. */
typedef struct {
    trials_cache_status_t     cache;
    trials_error_t            cache_error;
    trials_registry_version_t registry;
    trials_error_t            registry_error;
} trials_status_found_t;


static int  trials_status_run(int argc, char **argv);
static int  trials_status_options(int argc, char **argv,
                                  trials_status_options_t *options, int *code);
static void trials_status_registry(const trials_status_options_t *options,
                                   trials_status_found_t         *found);
static void trials_status_text(const trials_status_options_t *options,
                               const trials_status_found_t   *found);
static int  trials_status_json(const trials_status_options_t *options,
                               const trials_status_found_t   *found);


static const struct option trials_status_table[] = {
    TRIALS_OPTIONS_HELP,
    TRIALS_OPTIONS_REDIS,
    {"registry", required_argument, NULL, TRIALS_STATUS_REGISTRY_URL},
    {"contact", required_argument, NULL, TRIALS_STATUS_CONTACT},
    {"ca-file", required_argument, NULL, TRIALS_STATUS_CA_FILE},
    {"json", no_argument, NULL, TRIALS_STATUS_JSON},
    {NULL, 0, NULL, 0},
};

const trials_command_t trials_command_status = {
    "status",
    "show what the cache holds",
    "usage: trials status [OPTION...]\n"
    "\n"
    "Shows how many documents the cache holds and how many are to be checked,\n"
    "what readers wait for, and, where the registry is named, which version of\n"
    "its data it serves.\n"
    "\n" TRIALS_USAGE_REDIS
    "  --registry URL       ask this registry as well (TRIALS_REGISTRY)\n"
    "  --contact TEXT       e-mail or URL that the registry is told\n"
    "                       (TRIALS_CONTACT)\n"
    "  --ca-file FILE       PEM, certificates to trust instead of the system's\n"
    "  --json               the same as one JSON object\n"
    "  -h, --help           this text\n"
    "\n"
    "Exit code: 0 all answered, 1 Redis or the registry did not, 2 wrong usage.\n",
    trials_status_run,
};


static int
trials_status_run(int argc, char **argv)
{
    int                     code;
    trials_cache_t         *cache;
    trials_status_found_t   found;
    trials_status_options_t options;

    if (!trials_status_options(argc, argv, &options, &code)) {
        return code;
    }

    if (optind < argc) {
        trials_complain("status: takes no argument; see \"trials help "
                        "status\"");
        return TRIALS_EXIT_USAGE;
    }

    cache = trials_redis_open(&options.redis, &code);
    if (cache == NULL) {
        return code;
    }

    memset(&found, 0, sizeof(trials_status_found_t));
    code = TRIALS_EXIT_OK;

    if (trials_cache_status(cache, (int64_t) time(NULL), &found.cache,
                            &found.cache_error)
        != TRIALS_OK)
    {
        code = TRIALS_EXIT_FAILED;
    }

    trials_cache_destroy(cache);

    if (options.registry) {
        trials_status_registry(&options, &found);

        if (found.registry_error.message[0]) {
            code = TRIALS_EXIT_FAILED;
        }
    }

    if (options.json) {
        return trials_status_json(&options, &found) ? code : TRIALS_EXIT_FAILED;
    }

    trials_status_text(&options, &found);

    return code;
}


static int
trials_status_options(int argc, char **argv, trials_status_options_t *options,
                      int *code)
{
    int option;

    memset(options, 0, sizeof(trials_status_options_t));
    *code = TRIALS_EXIT_USAGE;

    for (;;) {
        option = trials_options_next(&trials_command_status, argc, argv,
                                     trials_status_table);

        switch (option) {
        case -1:
            options->registry =
                trials_options_value(options->registry, "TRIALS_REGISTRY");
            options->contact =
                trials_options_value(options->contact, "TRIALS_CONTACT");
            return 1;
        case TRIALS_OPTION_HELP:
            (void) fputs(trials_command_status.usage, stdout);
            *code = TRIALS_EXIT_OK;
            return 0;
        case TRIALS_STATUS_REGISTRY_URL:
            options->registry = optarg;
            break;
        case TRIALS_STATUS_CONTACT:
            options->contact = optarg;
            break;
        case TRIALS_STATUS_CA_FILE:
            options->ca_file = optarg;
            break;
        case TRIALS_STATUS_JSON:
            options->json = 1;
            break;
        default:
            if (!trials_redis_option(&options->redis, option)) {
                return 0;
            }
        }
    }
}


static void
trials_status_registry(const trials_status_options_t *options,
                       trials_status_found_t         *found)
{
    trials_registry_t         *registry;
    trials_registry_settings_t settings;

    trials_registry_defaults(&settings);
    settings.base = options->registry;
    settings.contact = options->contact;
    settings.ca_file = options->ca_file;
    settings.connect_timeout = TRIALS_STATUS_TIMEOUT;
    settings.timeout = TRIALS_STATUS_TIMEOUT;
    settings.retries = 0;

    registry = trials_registry_create(&settings, &found->registry_error);
    if (registry == NULL) {
        return;
    }

    (void) trials_registry_version(registry, &found->registry,
                                   &found->registry_error);
    trials_registry_destroy(registry);
}


static void
trials_status_text(const trials_status_options_t *options,
                   const trials_status_found_t   *found)
{
    const trials_cache_status_t *cache;

    cache = &found->cache;

    if (found->cache_error.message[0]) {
        trials_complain("%s", found->cache_error.message);

    } else {
        (void) printf("redis       %s, %.1f MiB used\n", cache->server,
                      (double) cache->memory / (1024.0 * 1024.0));
        (void) printf("documents   %zu, of which %zu are due to be checked\n",
                      cache->documents, cache->stale);
        (void) printf("wanted      %zu, of which %zu are being made\n",
                      cache->wanted, cache->pending);
    }

    if (options->registry == NULL) {
        return;
    }

    if (found->registry_error.message[0]) {
        trials_complain("%s", found->registry_error.message);
        return;
    }

    (void) printf("registry    data of %s UTC, API %s\n",
                  found->registry.data_timestamp, found->registry.api);
}


/* "redis" and "registry" are objects; {"error": text} where that failed, null
 * where the registry was not asked. */

static int
trials_status_json(const trials_status_options_t *options,
                   const trials_status_found_t   *found)
{
    int                          written;
    json_t                      *redis, *registry, *root;
    const trials_cache_status_t *cache;

    cache = &found->cache;

    if (found->cache_error.message[0]) {
        redis = json_pack("{s:s}", "error", found->cache_error.message);
    } else {
        redis = json_pack("{s:s, s:I, s:I, s:I, s:I, s:I}", "version",
                          cache->server, "memory", (json_int_t) cache->memory,
                          "documents", (json_int_t) cache->documents, "stale",
                          (json_int_t) cache->stale, "wanted",
                          (json_int_t) cache->wanted, "pending",
                          (json_int_t) cache->pending);
    }

    if (options->registry == NULL) {
        registry = json_null();
    } else if (found->registry_error.message[0]) {
        registry = json_pack("{s:s}", "error", found->registry_error.message);
    } else {
        registry = json_pack("{s:s, s:s}", "dataTimestamp",
                             found->registry.data_timestamp, "apiVersion",
                             found->registry.api);
    }

    root = json_pack("{s:o, s:o}", "redis", redis, "registry", registry);

    if (root == NULL) {
        trials_complain("status: cannot be said in JSON");
        return 0;
    }

    written = json_dumpf(root, stdout, JSON_INDENT(2)) == 0;
    json_decref(root);
    (void) fputc('\n', stdout);

    return written;
}
