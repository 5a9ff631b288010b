/* Options, environment and messages: what all sub-commands do alike. */

#include "core/cli/command.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


void
trials_complain(const char *fmt, ...)
{
    va_list args;

    (void) fflush(stdout);
    (void) fputs("trials: ", stderr);

    va_start(args, fmt);
    (void) vfprintf(stderr, fmt, args);
    va_end(args);

    (void) fputc('\n', stderr);
}


int
trials_flush(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) {
        return 1;
    }

    trials_complain("standard output: %s", strerror(errno));

    return 0;
}


int
trials_options_next(const trials_command_t *command, int argc, char **argv,
                    const struct option *options)
{
    int option;

    opterr = 0;
    option = getopt_long(argc, argv, ":h", options, NULL);

    if (option == ':') {
        trials_complain("%s: option \"%s\" needs an argument", command->name,
                        argv[optind - 1]);
        return '?';
    }

    if (option == '?') {
        trials_complain("%s: option \"%s\" %s; see \"trials help %s\"",
                        command->name, argv[optind - 1],
                        optopt >= TRIALS_OPTION_REDIS ? "takes no argument"
                                                      : "is unknown",
                        command->name);
    }

    return option;
}


int
trials_options_number(const char *name, const char *text, long min, long max,
                      long *number)
{
    char *end;
    long  n;

    errno = 0;
    n = strtol(text, &end, 10);

    if (end == text || *end != '\0' || errno != 0 || n < min || n > max
        || ((text[0] < '0' || text[0] > '9') && text[0] != '-'))
    {
        trials_complain("%s: \"%s\" is not a whole number of %ld to %ld", name,
                        text, min, max);
        return 0;
    }

    *number = n;

    return 1;
}


const char *
trials_options_value(const char *option, const char *variable)
{
    const char *value;

    if (option) {
        return option;
    }

    value = getenv(variable);

    return value && value[0] ? value : NULL;
}


int
trials_redis_option(trials_redis_options_t *redis, int option)
{
    switch (option) {
    case TRIALS_OPTION_REDIS:
        redis->address = optarg;
        return 1;
    case TRIALS_OPTION_REDIS_USER:
        redis->username = optarg;
        return 1;
    case TRIALS_OPTION_REDIS_PASSWORD_FILE:
        redis->password_file = optarg;
        return 1;
    case TRIALS_OPTION_REDIS_DB:
        redis->database = optarg;
        return 1;
    default:
        return 0;
    }
}


int
trials_redis_settings(const trials_redis_options_t *redis,
                      trials_cache_settings_t      *settings,
                      trials_password_t password, int *code)
{
    long           database;
    const char    *value;
    trials_error_t err;

    *code = TRIALS_EXIT_USAGE;
    trials_cache_defaults(settings);

    /* hiredis writes to a connection that may be gone. */

    (void) signal(SIGPIPE, SIG_IGN);

    value = trials_options_value(redis->address, "TRIALS_REDIS");
    if (value) {
        settings->address = value;
    }

    settings->username =
        trials_options_value(redis->username, "TRIALS_REDIS_USER");

    value = trials_options_value(redis->database, "TRIALS_REDIS_DB");
    if (value) {
        if (!trials_options_number("--redis-db", value, 0, 65535, &database)) {
            return 0;
        }

        settings->database = (int) database;
    }

    value = trials_options_value(redis->password_file,
                                 "TRIALS_REDIS_PASSWORD_FILE");
    if (value) {
        if (trials_cache_password(value, password, sizeof(trials_password_t),
                                  &err)
            != TRIALS_OK)
        {
            trials_complain("%s", err.message);
            *code = TRIALS_EXIT_FAILED;
            return 0;
        }

        settings->password = password;
    }

    return 1;
}


trials_cache_t *
trials_redis_open(const trials_redis_options_t *redis, int *code)
{
    trials_cache_t         *cache;
    trials_error_t          err;
    trials_password_t       password;
    trials_cache_settings_t settings;

    if (!trials_redis_settings(redis, &settings, password, code)) {
        return NULL;
    }

    cache = trials_cache_create(&settings, &err);
    explicit_bzero(password, sizeof(trials_password_t));

    if (cache == NULL) {
        trials_complain("%s", err.message);
        *code =
            err.code == TRIALS_INVALID ? TRIALS_EXIT_USAGE : TRIALS_EXIT_FAILED;
    }

    return cache;
}
