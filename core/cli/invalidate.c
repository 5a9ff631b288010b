/* `trials invalidate`: deletes documents, so that they are made anew. */

#include "core/cli/command.h"

#include <trials/registry.h>

#include <stdio.h>
#include <string.h>


enum {
    TRIALS_INVALIDATE_ALL = TRIALS_OPTION_OWN
};


static int trials_invalidate_run(int argc, char **argv);
static int
trials_invalidate_options(int argc, char **argv, trials_redis_options_t *redis,
                          int *all, int *code);
static int trials_invalidate_ids(trials_cache_t *cache, int n, char **ids);
static int trials_invalidate_all(trials_cache_t *cache);


static const struct option trials_invalidate_table[] = {
    TRIALS_OPTIONS_HELP,
    TRIALS_OPTIONS_REDIS,
    {"all", no_argument, NULL, TRIALS_INVALIDATE_ALL},
    {NULL, 0, NULL, 0},
};

const trials_command_t trials_command_invalidate = {
    "invalidate",
    "delete documents from the cache",
    "usage: trials invalidate [OPTION...] ID...\n"
    "       trials invalidate [OPTION...] --all\n"
    "\n"
    "Deletes the documents of these trials, or of all, from the cache. They are\n"
    "fetched and rendered anew when somebody asks for them.\n"
    "\n" TRIALS_USAGE_REDIS "  --all                every document\n"
    "  -h, --help           this text\n"
    "\n"
    "A document that is not there is no failure.\n"
    "Exit code: 0 done, 1 Redis does not answer or refuses, 2 wrong usage.\n",
    trials_invalidate_run,
};


static int
trials_invalidate_run(int argc, char **argv)
{
    int                    i, all, code;
    trials_id_t            id;
    trials_cache_t        *cache;
    trials_redis_options_t redis;

    if (!trials_invalidate_options(argc, argv, &redis, &all, &code)) {
        return code;
    }

    if (all == (optind < argc)) {
        trials_complain("invalidate: needs either IDs or --all; see "
                        "\"trials help invalidate\"");
        return TRIALS_EXIT_USAGE;
    }

    /* All of them are looked at before the first is deleted. */

    for (i = optind; i < argc; i++) {
        if (trials_id_parse(argv[i], strlen(argv[i]), id) != TRIALS_OK) {
            trials_complain("invalidate: \"%s\" is not an id such as "
                            "NCT01234567",
                            argv[i]);
            return TRIALS_EXIT_USAGE;
        }
    }

    cache = trials_redis_open(&redis, &code);
    if (cache == NULL) {
        return code;
    }

    code = all ? trials_invalidate_all(cache)
               : trials_invalidate_ids(cache, argc - optind, argv + optind);

    trials_cache_destroy(cache);

    return code;
}


static int
trials_invalidate_options(int argc, char **argv, trials_redis_options_t *redis,
                          int *all, int *code)
{
    int option;

    memset(redis, 0, sizeof(trials_redis_options_t));
    *all = 0;
    *code = TRIALS_EXIT_USAGE;

    for (;;) {
        option = trials_options_next(&trials_command_invalidate, argc, argv,
                                     trials_invalidate_table);

        if (option == -1) {
            return 1;
        }

        if (option == TRIALS_OPTION_HELP) {
            (void) fputs(trials_command_invalidate.usage, stdout);
            *code = TRIALS_EXIT_OK;
            return 0;
        }

        if (option == TRIALS_INVALIDATE_ALL) {
            *all = 1;

        } else if (!trials_redis_option(redis, option)) {
            return 0;
        }
    }
}


static int
trials_invalidate_ids(trials_cache_t *cache, int n, char **ids)
{
    int            i, existed;
    trials_id_t    id;
    trials_error_t err;

    for (i = 0; i < n; i++) {
        (void) trials_id_parse(ids[i], strlen(ids[i]), id);

        if (trials_cache_invalidate(cache, id, &existed, &err) != TRIALS_OK) {
            trials_complain("%s: %s", id, err.message);
            return TRIALS_EXIT_FAILED;
        }

        (void) printf("%s: %s\n", id, existed ? "deleted" : "was not there");
    }

    return TRIALS_EXIT_OK;
}


static int
trials_invalidate_all(trials_cache_t *cache)
{
    size_t         n;
    trials_error_t err;

    if (trials_cache_invalidate_all(cache, &n, &err) != TRIALS_OK) {
        trials_complain("%s", err.message);
        return TRIALS_EXIT_FAILED;
    }

    (void) printf("%zu %s deleted\n", n, n == 1 ? "document" : "documents");

    return TRIALS_EXIT_OK;
}
