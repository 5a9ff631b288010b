/* Settings of trials-refresher. */

#ifndef TRIALS_SETTINGS_H
#define TRIALS_SETTINGS_H


#include <trials/cache.h>
#include <trials/page.h>
#include <trials/registry.h>


#define TRIALS_THREADS_MAX 64

/* Exit codes. */
#define TRIALS_EXIT_OK     0
#define TRIALS_EXIT_FAILED 1
#define TRIALS_EXIT_USAGE  2

typedef struct trials_settings_s trials_settings_t;

struct trials_settings_s {
    trials_cache_settings_t    cache;
    trials_registry_settings_t registry;
    trials_page_settings_t     page;
    const char                *file;   /* that they were read from, or NULL */
    const char                *listen; /* of health and metrics, or NULL */
    const char                *password_file;
    const char                *collections; /* file of them, or NULL */
    long                       database;
    long                       brotli;
    long                       threads;    /* that serve readers */
    long                       renderers;  /* threads; 0: as many as cores */
    long                       max_age;    /* seconds: of a document */
    long                       absent_age; /* seconds: of "no such study" */
    long                       give_up;    /* seconds: of a wanted name */
    long                       rate;       /* requests a minute; 0: no bound */
    long                       burst;      /* requests at once */
    long                       poll; /* seconds between looks at the data set */
    long                       loss; /* per cent of the cache in a day */
    unsigned                   check : 1; /* validate, and no more */
    char                       password[256];
    char                      *text; /* of the file; owned */
    trials_error_t             err;  /* what is wrong with them */

    /* What a reload replaced; lives as long as this. */
    const trials_settings_t *older;
};


/*
 * Reads options, environment and file, in the order of who wins, and validates
 * them.  1: go on; 0: there is nothing more to do, *code is the exit code and
 * err says what is wrong, if anything.  Freed by _free() either way.
 */
int  trials_settings_read(trials_settings_t *settings, int argc, char **argv,
                          int *code);
void trials_settings_free(trials_settings_t *settings);


/* A place where a setting goes. */
typedef struct {
    const char  *name;   /* of the option and in the file */
    const char  *value;  /* what the help calls its value */
    const char  *help;   /* lines with "\n" between them */
    const char **text;   /* a text as it is, or */
    long        *number; /* a number of min to max */
    long         min;
    long         max;

    trials_error_t *err; /* of all of them */
} trials_setting_t;

#define TRIALS_NSETTINGS 28

/* Sets one; source is where it is from, for messages.  0 where it cannot be. */
int trials_settings_set(const trials_setting_t *setting, const char *source,
                        const char *value);

/*
 * Reads "name = value" lines of a file; blank ones and those that begin with "#"
 * say nothing.  *text is what the settings point into: the caller frees it.  0
 * where it cannot be read or has a name that is unknown or there twice.
 */
int trials_settings_file(const trials_setting_t *table, const char *file,
                         char **text);

/* What is checked when all have been read. */
int trials_settings_finish(trials_settings_t *settings, int *code);


#endif
