/* The sub-commands of `trials`, and what they share. */

#ifndef TRIALS_COMMAND_H
#define TRIALS_COMMAND_H


#include <trials/cache.h>
#include <trials/memory.h>

#include <getopt.h>


/* Exit codes. */
#define TRIALS_EXIT_OK     0
#define TRIALS_EXIT_FAILED 1
#define TRIALS_EXIT_USAGE  2

typedef struct {
    const char *name;
    const char *summary; /* one line */
    const char *usage;   /* what `trials help NAME` prints */

    /* argv[0] is the command's name; returns the exit code. */
    int (*run)(int argc, char **argv);
} trials_command_t;

extern const trials_command_t trials_command_render;
extern const trials_command_t trials_command_fetch;
extern const trials_command_t trials_command_import;
extern const trials_command_t trials_command_invalidate;
extern const trials_command_t trials_command_status;
extern const trials_command_t trials_command_explain;
extern const trials_command_t trials_command_watch;


/* Values that getopt_long() returns for options that several commands have. */
enum {
    TRIALS_OPTION_HELP = 'h',
    TRIALS_OPTION_REDIS = 0x100,
    TRIALS_OPTION_REDIS_USER,
    TRIALS_OPTION_REDIS_PASSWORD_FILE,
    TRIALS_OPTION_REDIS_DB,
    TRIALS_OPTION_OWN /* a command's own options start here */
};

/* Rows of a command's table of options, so that they are named alike. */
#define TRIALS_OPTIONS_HELP                           \
    {                                                 \
        "help", no_argument, NULL, TRIALS_OPTION_HELP \
    }

#define TRIALS_OPTIONS_REDIS                                               \
    {"redis", required_argument, NULL, TRIALS_OPTION_REDIS},               \
        {"redis-user", required_argument, NULL, TRIALS_OPTION_REDIS_USER}, \
        {"redis-password-file", required_argument, NULL,                   \
         TRIALS_OPTION_REDIS_PASSWORD_FILE},                               \
    {                                                                      \
        "redis-db", required_argument, NULL, TRIALS_OPTION_REDIS_DB        \
    }

#define TRIALS_USAGE_REDIS                                               \
    "  --redis ADDR         HOST:PORT or unix:PATH (TRIALS_REDIS, else " \
    "127.0.0.1:6379)\n"                                                  \
    "  --redis-user NAME    user of Redis's access lists "               \
    "(TRIALS_REDIS_USER)\n"                                              \
    "  --redis-password-file FILE\n"                                     \
    "                       its first line is the password "             \
    "(TRIALS_REDIS_PASSWORD_FILE)\n"                                     \
    "  --redis-db N         number of the database (TRIALS_REDIS_DB, "   \
    "else 0)\n"


/* Writes "trials: " and the message to stderr. */
void
trials_complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Flushes stdout; complains and returns 0 where not all of it was written. */
int trials_flush(void);

/*
 * The next option's value, -1 after the last one, '?' after it has complained
 * about one that is unknown, lacks its argument or takes none.
 */
int trials_options_next(const trials_command_t *command, int argc, char **argv,
                        const struct option *options);

/* Reads a whole number of min to max; complains and returns 0 where it is
 * none.  name is what the message calls it. */
int trials_options_number(const char *name, const char *text, long min,
                          long max, long *number);

/* Settings that come from an option, else the environment, else NULL. */
const char *trials_options_value(const char *option, const char *variable);


/* Where Redis is: what the options say, until it is opened. */
typedef struct {
    const char *address;
    const char *username;
    const char *password_file;
    const char *database;
} trials_redis_options_t;

/* Takes one of the options above; 0 where that is another. */
int trials_redis_option(trials_redis_options_t *redis, int option);

#define TRIALS_PASSWORD_SIZE 1024

typedef char trials_password_t[TRIALS_PASSWORD_SIZE];

/* Reads options and environment; the settings point to password, which the
 * caller wipes.  Complains, sets *code to the exit code and returns 0 where they
 * cannot be used. */
int trials_redis_settings(const trials_redis_options_t *redis,
                          trials_cache_settings_t      *settings,
                          trials_password_t password, int *code);

/* Makes the connection of options and environment; complains, sets *code to the
 * exit code and returns NULL where they cannot be used. */
trials_cache_t *
trials_redis_open(const trials_redis_options_t *redis, int *code);


#endif
