/* Files of records. */

#include "core/cli/records.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>


static trials_rc_t
trials_records_push(trials_records_t *records, const char *directory,
                    const char *name, trials_error_t *err);
static trials_rc_t
           trials_records_scan(trials_records_t *records, const char *directory,
                               trials_error_t *err);
static int trials_records_wanted(const struct dirent *entry);


trials_rc_t
trials_records_add(trials_records_t *records, const char *name,
                   trials_error_t *err)
{
    struct stat st;

    if (strcmp(name, "-") != 0 && stat(name, &st) == 0 && S_ISDIR(st.st_mode)) {
        records->directory = 1;
        return trials_records_scan(records, name, err);
    }

    return trials_records_push(records, NULL, name, err);
}


void
trials_records_free(trials_records_t *records)
{
    size_t i;

    for (i = 0; i < records->n; i++) {
        free(records->names[i]);
    }

    free(records->names);
    memset(records, 0, sizeof(trials_records_t));
}


const char *
trials_record_name(const char *name)
{
    return strcmp(name, "-") == 0 ? "stdin" : name;
}


trials_rc_t
trials_record_read(const char *name, trials_buf_t *out, trials_error_t *err)
{
    char   piece[65536];
    FILE  *file;
    size_t n;

    trials_buf_reset(out);

    file = strcmp(name, "-") == 0 ? stdin : fopen(name, "rb");
    if (file == NULL) {
        return trials_error(err, TRIALS_FAILED, "%s: %s", name,
                            strerror(errno));
    }

    do {
        n = fread(piece, 1, sizeof(piece), file);

        if (ferror(file)) {
            (void) trials_error(err, TRIALS_FAILED, "%s: %s",
                                trials_record_name(name), strerror(errno));
            goto failed;
        }

        if (n && trials_buf_append(out, piece, n) != TRIALS_OK) {
            (void) trials_error(
                err, out->failed, "%s: %s", trials_record_name(name),
                out->failed == TRIALS_NOMEM ? "out of memory"
                                            : "larger than any record");
            goto failed;
        }
    } while (n);

    if (file != stdin) {
        (void) fclose(file);
    }

    return TRIALS_OK;

failed:

    if (file != stdin) {
        (void) fclose(file);
    }

    return err ? err->code : TRIALS_FAILED;
}


static trials_rc_t
trials_records_push(trials_records_t *records, const char *directory,
                    const char *name, trials_error_t *err)
{
    char  *copy;
    char **names;
    size_t len, size;

    if (records->n == records->size) {
        size = records->size ? records->size * 2 : 64;

        names = realloc(records->names, size * sizeof(char *));
        if (names == NULL) {
            return trials_error(err, TRIALS_NOMEM, "out of memory");
        }

        records->names = names;
        records->size = size;
    }

    len = strlen(name) + 1 + (directory ? strlen(directory) + 1 : 0);

    copy = malloc(len);
    if (copy == NULL) {
        return trials_error(err, TRIALS_NOMEM, "out of memory");
    }

    (void) snprintf(copy, len, "%s%s%s", directory ? directory : "",
                    directory ? "/" : "", name);
    records->names[records->n++] = copy;

    return TRIALS_OK;
}


static trials_rc_t
trials_records_scan(trials_records_t *records, const char *directory,
                    trials_error_t *err)
{
    int             i, n;
    trials_rc_t     rc;
    struct dirent **entries;

    n = scandir(directory, &entries, trials_records_wanted, alphasort);
    if (n < 0) {
        return trials_error(err, TRIALS_FAILED, "%s: %s", directory,
                            strerror(errno));
    }

    rc = TRIALS_OK;

    if (n == 0) {
        rc = trials_error(err, TRIALS_FAILED, "%s: no *.json in it", directory);
    }

    for (i = 0; i < n; i++) {
        if (rc == TRIALS_OK) {
            rc = trials_records_push(records, directory, entries[i]->d_name,
                                     err);
        }

        free(entries[i]);
    }

    free(entries);

    return rc;
}


static int
trials_records_wanted(const struct dirent *entry)
{
    size_t len;

    len = strlen(entry->d_name);

    return entry->d_name[0] != '.' && len > 5
           && strcmp(entry->d_name + len - 5, ".json") == 0;
}
