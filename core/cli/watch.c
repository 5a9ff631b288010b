/* `trials watch`: a line for every document that changes. */

#include "core/cli/command.h"

#include <stdio.h>
#include <string.h>
#include <time.h>


enum {
    TRIALS_WATCH_DELAY = TRIALS_OPTION_OWN
};

#define TRIALS_WATCH_DELAY_DEFAULT 500
#define TRIALS_WATCH_DELAY_MAX     60000


static int trials_watch_run(int argc, char **argv);
static int
trials_watch_until(const trials_cache_settings_t *settings, long delay);
static int trials_watch_print(void *data, const char *name, size_t len);


static const struct option trials_watch_table[] = {
    TRIALS_OPTIONS_HELP,
    TRIALS_OPTIONS_REDIS,
    {"delay", required_argument, NULL, TRIALS_WATCH_DELAY},
    {NULL, 0, NULL, 0},
};

const trials_command_t trials_command_watch = {
    "watch",
    "tell which documents change",
    "usage: trials watch [OPTION...]\n"
    "\n"
    "Writes the name of each document that changes or goes, a line each, until\n"
    "it is stopped: \"NCT01234567\", or a page of the site, \"als/recruiting\".\n"
    "\"*\" stands for all of them: when it begins, and after a time without\n"
    "Redis, when changes may have been missed. Made for caches that must be told\n"
    "of changes.\n"
    "\n" TRIALS_USAGE_REDIS
    "  --delay MS           tell of a change so much later, when no nginx sends\n"
    "                       what was before (500)\n"
    "  -h, --help           this text\n"
    "\n"
    "Redis that is away is waited for.\n"
    "Exit code: 1 nobody reads what it writes, or Redis refuses, 2 wrong usage.\n",
    trials_watch_run,
};


static int
trials_watch_run(int argc, char **argv)
{
    int                     option, code;
    long                    delay;
    trials_password_t       password;
    trials_redis_options_t  redis;
    trials_cache_settings_t settings;

    memset(&redis, 0, sizeof(trials_redis_options_t));
    delay = TRIALS_WATCH_DELAY_DEFAULT;

    for (;;) {
        option = trials_options_next(&trials_command_watch, argc, argv,
                                     trials_watch_table);

        if (option == -1) {
            break;
        }

        if (option == TRIALS_OPTION_HELP) {
            (void) fputs(trials_command_watch.usage, stdout);
            return TRIALS_EXIT_OK;
        }

        if (option == TRIALS_WATCH_DELAY) {
            if (!trials_options_number("delay", optarg, 0,
                                       TRIALS_WATCH_DELAY_MAX, &delay)) {
                return TRIALS_EXIT_USAGE;
            }

        } else if (!trials_redis_option(&redis, option)) {
            return TRIALS_EXIT_USAGE;
        }
    }

    if (optind < argc) {
        trials_complain("watch: takes no argument; see \"trials help watch\"");
        return TRIALS_EXIT_USAGE;
    }

    if (!trials_redis_settings(&redis, &settings, password, &code)) {
        return code;
    }

    code = trials_watch_until(&settings, delay);

    explicit_bzero(password, sizeof(trials_password_t));

    return code;
}


static int
trials_watch_until(const trials_cache_settings_t *settings, long delay)
{
    int             away;
    trials_rc_t     rc;
    trials_error_t  err;
    struct timespec pause;

    pause.tv_sec = 0;
    pause.tv_nsec = 500000000;

    for (away = 0;;) {
        rc = trials_cache_watch(settings, delay, trials_watch_print, &away,
                                &err);

        if (rc == TRIALS_OK) {
            return TRIALS_EXIT_FAILED;
        }

        if (rc != TRIALS_UNAVAILABLE) {
            trials_complain("watch: %s", err.message);
            return TRIALS_EXIT_FAILED;
        }

        if (!away) {
            trials_complain("watch: %s", err.message);
        }

        away = 1;
        (void) nanosleep(&pause, NULL);
    }
}


static int
trials_watch_print(void *data, const char *name, size_t len)
{
    int *away = data;

    if (*away) {
        trials_complain("watch: Redis is back");
        *away = 0;
    }

    if (name) {
        (void) printf("%.*s\n", (int) len, name);
    } else {
        (void) puts("*");
    }

    return trials_flush();
}
