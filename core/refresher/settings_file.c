/* The file of settings: "name = value", one a line. */

#include "core/refresher/settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define TRIALS_FILE_MAX (64 * 1024) /* bytes */


static char *trials_file_read(const trials_setting_t *table, const char *file);
static int   trials_file_line(const trials_setting_t *table, const char *file,
                              int number, char *line, int *seen);
static char *trials_file_trim(char *text);


int
trials_settings_file(const trials_setting_t *table, const char *file,
                     char **text)
{
    int   number, good, seen[TRIALS_NSETTINGS] = {0};
    char *line, *next;

    *text = trials_file_read(table, file);
    if (*text == NULL) {
        return 0;
    }

    for (line = *text, number = 1, good = 1; line && good;
         line = next, number++) {
        next = strchr(line, '\n');

        if (next) {
            *next++ = '\0';
        }

        good = trials_file_line(table, file, number, line, seen);
    }

    return good;
}


static char *
trials_file_read(const trials_setting_t *table, const char *file)
{
    FILE  *f;
    char  *text;
    size_t len;

    f = fopen(file, "re");
    if (f == NULL) {
        (void) trials_error(table[0].err, TRIALS_INVALID, "%s: %s", file,
                            strerror(errno));
        return NULL;
    }

    text = malloc(TRIALS_FILE_MAX + 1);
    len = text ? fread(text, 1, TRIALS_FILE_MAX + 1, f) : 0;

    if (text == NULL || ferror(f) || len > TRIALS_FILE_MAX
        || memchr(text, '\0', len))
    {
        (void) trials_error(table[0].err, TRIALS_INVALID,
                            "%s: not a text of at most %d bytes", file,
                            TRIALS_FILE_MAX);
        (void) fclose(f);
        free(text);
        return NULL;
    }

    (void) fclose(f);
    text[len] = '\0';

    return text;
}


static int
trials_file_line(const trials_setting_t *table, const char *file, int number,
                 char *line, int *seen)
{
    int   i;
    char *value, source[320];

    (void) snprintf(source, sizeof(source), "%.256s:%d", file, number);
    line = trials_file_trim(line);

    if (*line == '\0' || *line == '#') {
        return 1;
    }

    value = strchr(line, '=');
    if (value == NULL) {
        (void) trials_error(table[0].err, TRIALS_INVALID,
                            "%s: \"%.40s\" is not \"name = value\"", source,
                            line);
        return 0;
    }

    *value++ = '\0';
    line = trials_file_trim(line);

    /* A file names no other file. */

    for (i = 1; i < TRIALS_NSETTINGS; i++) {
        if (strcmp(line, table[i].name) != 0) {
            continue;
        }

        if (seen[i]++) {
            (void) trials_error(table[0].err, TRIALS_INVALID,
                                "%s: \"%s\" is there twice", source, line);
            return 0;
        }

        return trials_settings_set(&table[i], source, trials_file_trim(value));
    }

    (void) trials_error(table[0].err, TRIALS_INVALID,
                        "%s: \"%.40s\" is unknown", source, line);

    return 0;
}


static char *
trials_file_trim(char *text)
{
    size_t len;

    text += strspn(text, " \t\r");

    for (len = strlen(text); len && strchr(" \t\r", text[len - 1]); len--) {
        text[len - 1] = '\0';
    }

    return text;
}
