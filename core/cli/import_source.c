/*
 * The records of an import, in their order: an archive (zip, tar, of whatever
 * compression libarchive reads) holds one a file, a folder one a *.json below
 * it, anything else, compressed or not, one a line.
 *
 * A text that is one record over many lines is told by its first line, which
 * opens a bracket and ends.
 */

#include "core/cli/import.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fts.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>


#define TRIALS_SOURCE_PIECE (64 * 1024)
#define TRIALS_SOURCE_SLICE 100  /* ms: between two looks at a stop */
#define TRIALS_PLACE_SIZE   4352 /* a path and what comes after it */


/* Owned by the reading thread. */

typedef struct {
    trials_import_t *import;
    trials_buf_t     text;          /* of the record being read */
    int64_t          n;             /* records met */
    int64_t          line;          /* of the text being read, 1, … */
    int64_t          bytes;         /* of the source */
    unsigned         whole : 1;     /* the text is one record */
    unsigned         too_large : 1; /* the record being read is */
    char             piece[TRIALS_SOURCE_PIECE];
    char             pipe[TRIALS_SOURCE_PIECE]; /* what stdin brought */
} trials_source_t;


static void trials_source_hash(uint64_t *hash, const void *data, size_t len);
static trials_rc_t trials_source_folder(trials_import_t *import, uint64_t *hash,
                                        trials_error_t *err);
static FTS    *trials_source_open(trials_import_t *import, trials_error_t *err);
static int     trials_source_order(const FTSENT **one, const FTSENT **two);
static FTSENT *trials_source_next(FTS *files, trials_error_t *err);
static trials_rc_t
trials_source_files(trials_source_t *source, trials_error_t *err);
static trials_rc_t trials_source_file(trials_source_t *source, const char *path,
                                      trials_error_t *err);
static trials_rc_t
trials_source_archive(trials_source_t *source, trials_error_t *err);
static la_ssize_t
trials_source_stdin(struct archive *archive, void *source, const void **piece);
static trials_rc_t
trials_source_entries(trials_source_t *source, struct archive *archive,
                      trials_error_t *err);
static trials_rc_t
trials_source_entry(trials_source_t *source, struct archive *archive,
                    const char *name, trials_error_t *err);
static trials_rc_t
trials_source_text(trials_source_t *source, struct archive *archive,
                   trials_error_t *err);
static trials_rc_t
trials_source_piece(trials_source_t *source, size_t n, trials_error_t *err);
static trials_rc_t
           trials_source_line(trials_source_t *source, trials_error_t *err);
static int trials_source_opens(const trials_source_t *source);
static trials_rc_t
trials_source_broken(trials_source_t *source, struct archive *archive,
                     trials_error_t *err);
static void trials_source_begin(trials_source_t *source);
static trials_rc_t
trials_source_append(trials_source_t *source, const char *data, size_t len,
                     trials_error_t *err);
static trials_rc_t
trials_source_end(trials_source_t *source, const char *place,
                  const trials_error_t *wrong, trials_error_t *err);


trials_rc_t
trials_source_look(trials_import_t *import, trials_error_t *err)
{
    char       *path;
    trials_rc_t rc;
    struct stat st;
    const char *name;
    uint64_t    hash;

    name = import->options->source;

    if (strcmp(name, "-") == 0) {
        return TRIALS_OK;
    }

    if (stat(name, &st) != 0 || access(name, R_OK) != 0
        || (path = realpath(name, NULL)) == NULL)
    {
        return trials_error(err, TRIALS_FAILED, "%s: %s", name,
                            strerror(errno));
    }

    /* The mark is that of this very file, with this very engine. */

    hash = 0;
    trials_source_hash(&hash, path, strlen(path) + 1);
    trials_source_hash(&hash, trials_page_engine(import->page),
                       strlen(trials_page_engine(import->page)));
    free(path);

    rc = TRIALS_OK;

    if (S_ISDIR(st.st_mode)) {
        rc = trials_source_folder(import, &hash, err);

    } else if (S_ISREG(st.st_mode)) {
        trials_source_hash(&hash, &st.st_size, sizeof(st.st_size));
        trials_source_hash(&hash, &st.st_mtim, sizeof(st.st_mtim));
        import->total = st.st_size;

    } else {
        /* Nobody can say whether a pipe brings the same twice. */

        return TRIALS_OK;
    }

    (void) snprintf(import->key, sizeof(import->key), "%016" PRIx64, hash);

    return rc;
}


static trials_rc_t
trials_source_folder(trials_import_t *import, uint64_t *hash,
                     trials_error_t *err)
{
    FTS           *files;
    FTSENT        *file;
    size_t         n;
    trials_error_t own;

    files = trials_source_open(import, err);
    if (files == NULL) {
        return TRIALS_FAILED;
    }

    n = 0;
    own.code = TRIALS_OK;

    while ((file = trials_source_next(files, &own)) != NULL) {
        trials_source_hash(hash, file->fts_path, file->fts_pathlen + 1);
        trials_source_hash(hash, &file->fts_statp->st_size,
                           sizeof(file->fts_statp->st_size));
        trials_source_hash(hash, &file->fts_statp->st_mtim,
                           sizeof(file->fts_statp->st_mtim));
        import->total += file->fts_statp->st_size;
        n++;
    }

    (void) fts_close(files);

    if (own.code == TRIALS_OK && n == 0) {
        (void) trials_error(&own, TRIALS_FAILED, "%s: no *.json in it",
                            import->options->source);
    }

    if (own.code != TRIALS_OK && err) {
        *err = own;
    }

    return own.code;
}


static void
trials_source_hash(uint64_t *hash, const void *data, size_t len)
{
    *hash = XXH3_64bits_withSeed(data, len, *hash);
}


static FTS *
trials_source_open(trials_import_t *import, trials_error_t *err)
{
    FTS  *files;
    char *paths[2];

    paths[0] = strdup(import->options->source);
    paths[1] = NULL;

    if (paths[0] == NULL) {
        (void) trials_error(err, TRIALS_NOMEM, "out of memory");
        return NULL;
    }

    files = fts_open(paths, FTS_LOGICAL | FTS_NOCHDIR, trials_source_order);
    if (files == NULL) {
        (void) trials_error(err, TRIALS_FAILED, "%s: %s", paths[0],
                            strerror(errno));
    }

    free(paths[0]);

    return files;
}


static int
trials_source_order(const FTSENT **one, const FTSENT **two)
{
    return strcmp((*one)->fts_name, (*two)->fts_name);
}


/* The next *.json; NULL at the end, and where *err holds what is wrong. */

static FTSENT *
trials_source_next(FTS *files, trials_error_t *err)
{
    FTSENT *file;

    for (;;) {
        errno = 0;
        file = fts_read(files);

        if (file == NULL) {
            if (errno) {
                (void) trials_error(err, TRIALS_FAILED, "%s", strerror(errno));
            }

            return NULL;
        }

        switch (file->fts_info) {
        case FTS_DNR:
        case FTS_ERR:
        case FTS_NS:
            (void) trials_error(err, TRIALS_FAILED, "%s: %s", file->fts_path,
                                strerror(file->fts_errno));
            return NULL;

        case FTS_F:
            if (file->fts_namelen > 5 && file->fts_name[0] != '.'
                && strcmp(file->fts_name + file->fts_namelen - 5, ".json") == 0)
            {
                return file;
            }

            break;

        case FTS_D:
            if (file->fts_level > 0 && file->fts_name[0] == '.') {
                (void) fts_set(files, file, FTS_SKIP);
            }

            break;

        default:
            break;
        }
    }
}


void *
trials_source_run(void *data)
{
    trials_rc_t      rc;
    struct stat      st;
    trials_error_t   err;
    trials_import_t *import;
    trials_source_t *source;

    import = data;

    source = calloc(1, sizeof(trials_source_t));
    if (source == NULL) {
        rc = trials_error(&err, TRIALS_NOMEM, "out of memory");
        trials_import_ended(import, &err);
        return NULL;
    }

    source->import = import;
    trials_buf_init(&source->text, TRIALS_IMPORT_RECORD_MAX + 1);

    rc = strcmp(import->options->source, "-") != 0
                 && stat(import->options->source, &st) == 0
                 && S_ISDIR(st.st_mode)
             ? trials_source_files(source, &err)
             : trials_source_archive(source, &err);

    trials_import_ended(import, rc == TRIALS_OK ? NULL : &err);
    trials_buf_free(&source->text);
    free(source);

    return NULL;
}


static trials_rc_t
trials_source_files(trials_source_t *source, trials_error_t *err)
{
    FTS        *files;
    FTSENT     *file;
    trials_rc_t rc;

    files = trials_source_open(source->import, err);
    if (files == NULL) {
        return TRIALS_FAILED;
    }

    rc = TRIALS_OK;
    err->code = TRIALS_OK;

    while (rc == TRIALS_OK && (file = trials_source_next(files, err)) != NULL) {
        if (source->n < source->import->skip) {
            source->n++;
        } else {
            rc = trials_source_file(source, file->fts_path, err);
        }

        source->bytes += file->fts_statp->st_size;
    }

    (void) fts_close(files);

    return err->code;
}


/* A file that cannot be read is a record that failed. */

static trials_rc_t
trials_source_file(trials_source_t *source, const char *path,
                   trials_error_t *err)
{
    FILE          *file;
    size_t         n;
    trials_rc_t    rc;
    trials_error_t wrong;

    rc = TRIALS_OK;
    trials_source_begin(source);

    wrong.code = TRIALS_OK;
    file = fopen(path, "rbe");

    while (file && rc == TRIALS_OK
           && (n = fread(source->piece, 1, sizeof(source->piece), file)) != 0)
    {
        rc = trials_source_append(source, source->piece, n, err);
    }

    if (file == NULL || ferror(file)) {
        (void) trials_error(&wrong, TRIALS_FAILED, "%s", strerror(errno));
    }

    if (file) {
        (void) fclose(file);
    }

    return rc == TRIALS_OK ? trials_source_end(
               source, path, wrong.code == TRIALS_OK ? NULL : &wrong, err)
                           : rc;
}


static trials_rc_t
trials_source_archive(trials_source_t *source, trials_error_t *err)
{
    int             opened;
    const char     *name;
    trials_rc_t     rc;
    struct archive *archive;

    archive = archive_read_new();
    if (archive == NULL) {
        return trials_error(err, TRIALS_NOMEM, "out of memory");
    }

    name = source->import->options->source;

    if (archive_read_support_filter_all(archive) < ARCHIVE_WARN
        || archive_read_support_format_zip(archive) != ARCHIVE_OK
        || archive_read_support_format_tar(archive) != ARCHIVE_OK
        || archive_read_support_format_empty(archive) != ARCHIVE_OK
        || archive_read_support_format_raw(archive) != ARCHIVE_OK)
    {
        opened = ARCHIVE_FATAL;
    } else if (strcmp(name, "-") == 0) {
        opened =
            archive_read_open(archive, source, NULL, trials_source_stdin, NULL);
    } else {
        opened = archive_read_open_filename(archive, name, TRIALS_SOURCE_PIECE);
    }

    rc = opened == ARCHIVE_OK ? trials_source_entries(source, archive, err)
                              : trials_source_broken(source, archive, err);

    (void) archive_read_free(archive);

    return rc;
}


/* A pipe may bring nothing for long: that must not keep the import from being
 * ended. */

static la_ssize_t
trials_source_stdin(struct archive *archive, void *data, const void **piece)
{
    ssize_t          n;
    struct pollfd    fd;
    trials_source_t *source;

    source = data;
    fd.fd = STDIN_FILENO;
    fd.events = POLLIN;

    do {
        if (trials_import_is_stopping(source->import)) {
            return 0;
        }

        n = poll(&fd, 1, TRIALS_SOURCE_SLICE);

        if (n > 0) {
            n = read(STDIN_FILENO, source->pipe, sizeof(source->pipe));

            if (n == 0) {
                return 0;
            }
        }
    } while (n == 0 || (n < 0 && errno == EINTR));

    if (n < 0) {
        archive_set_error(archive, errno, "%s", strerror(errno));
        return ARCHIVE_FATAL;
    }

    *piece = source->pipe;

    return n;
}


static trials_rc_t
trials_source_entries(trials_source_t *source, struct archive *archive,
                      trials_error_t *err)
{
    int                   got;
    const char           *name;
    trials_rc_t           rc;
    struct archive_entry *entry;

    for (rc = TRIALS_OK; rc == TRIALS_OK; /* void */) {
        got = archive_read_next_header(archive, &entry);

        if (got == ARCHIVE_EOF) {
            return TRIALS_OK;
        }

        if (got < ARCHIVE_WARN) {
            return trials_source_broken(source, archive, err);
        }

        name = archive_entry_pathname_utf8(entry);
        name = name ? name : archive_entry_pathname(entry);

        if (archive_format(archive) == ARCHIVE_FORMAT_RAW) {
            rc = trials_source_text(source, archive, err);

        } else if (archive_entry_filetype(entry) != AE_IFDIR) {
            if (source->n < source->import->skip) {
                source->n++;
            } else {
                rc = trials_source_entry(source, archive, name ? name : "?",
                                         err);
            }
        }

        source->bytes = archive_filter_bytes(archive, -1);
    }

    return rc;
}


/* What cannot be unpacked is a record that failed, unless all that comes after
 * it cannot be either. */

static trials_rc_t
trials_source_entry(trials_source_t *source, struct archive *archive,
                    const char *name, trials_error_t *err)
{
    char           place[TRIALS_PLACE_SIZE];
    la_ssize_t     n;
    trials_rc_t    rc;
    trials_error_t wrong;

    (void) snprintf(place, sizeof(place), "%s:%s",
                    trials_import_name(source->import), name);

    rc = TRIALS_OK;
    trials_source_begin(source);

    do {
        n = archive_read_data(archive, source->piece, sizeof(source->piece));

        if (n > 0) {
            rc = trials_source_append(source, source->piece, (size_t) n, err);
        }
    } while (rc == TRIALS_OK && (n > 0 || n == ARCHIVE_RETRY));

    if (rc != TRIALS_OK) {
        return rc;
    }

    wrong.code = TRIALS_OK;

    if (n < 0) {
        (void) trials_error(&wrong, TRIALS_FAILED, "%s",
                            archive_error_string(archive)
                                ? archive_error_string(archive)
                                : "cannot be unpacked");
    }

    rc = trials_source_end(source, place, n < 0 ? &wrong : NULL, err);

    return rc == TRIALS_OK && n == ARCHIVE_FATAL
               ? trials_source_broken(source, archive, err)
               : rc;
}


static trials_rc_t
trials_source_text(trials_source_t *source, struct archive *archive,
                   trials_error_t *err)
{
    la_ssize_t  n;
    trials_rc_t rc;

    source->line = 1;
    source->whole = 0;

    rc = TRIALS_OK;
    trials_source_begin(source);

    while (rc == TRIALS_OK) {
        n = archive_read_data(archive, source->piece, sizeof(source->piece));

        if (n == ARCHIVE_RETRY) {
            continue;
        }

        if (n < 0) {
            /* The line it breaks off in must not pass for a whole one. */

            return trials_source_broken(source, archive, err);
        }

        source->bytes = archive_filter_bytes(archive, -1);

        if (n == 0) {
            break;
        }

        rc = trials_source_piece(source, (size_t) n, err);
    }

    return rc == TRIALS_OK ? trials_source_line(source, err) : rc;
}


/* Cuts a piece into lines; the last one goes on in the next piece. */

static trials_rc_t
trials_source_piece(trials_source_t *source, size_t n, trials_error_t *err)
{
    char       *p, *end, *newline;
    trials_rc_t rc;

    end = source->piece + n;

    for (p = source->piece, rc = TRIALS_OK; p < end && rc == TRIALS_OK;
         p = newline + 1)
    {
        newline = source->whole ? NULL : memchr(p, '\n', (size_t) (end - p));

        if (newline == NULL) {
            return trials_source_append(source, p, (size_t) (end - p), err);
        }

        rc = trials_source_append(source, p, (size_t) (newline - p), err);

        if (rc != TRIALS_OK) {
            return rc;
        }

        if (source->line == 1 && trials_source_opens(source)) {
            source->whole = 1;
            newline--;
            continue;
        }

        rc = trials_source_line(source, err);
        source->line++;

        trials_source_begin(source);
    }

    return rc;
}


/* Whether the line that was read ends with an opening bracket. */

static int
trials_source_opens(const trials_source_t *source)
{
    size_t              len;
    const trials_buf_t *text;

    text = &source->text;

    for (len = text->len; len > 0; len--) {
        if (text->data[len - 1] != '\r' && text->data[len - 1] != ' ') {
            return text->data[len - 1] == '{' || text->data[len - 1] == '[';
        }
    }

    return 0;
}


/* The end of a line, or of a text; a line of nothing but blanks is none. */

static trials_rc_t
trials_source_line(trials_source_t *source, trials_error_t *err)
{
    char          place[TRIALS_PLACE_SIZE];
    trials_buf_t *text;

    text = &source->text;

    while (text->len > 0 && strchr(" \t\r\n", text->data[text->len - 1])) {
        text->data[--text->len] = '\0';
    }

    if (text->len == 0 && !source->too_large) {
        return TRIALS_OK;
    }

    if (source->n < source->import->skip) {
        source->n++;
        return TRIALS_OK;
    }

    if (source->whole) {
        return trials_source_end(source, trials_import_name(source->import),
                                 NULL, err);
    }

    (void) snprintf(place, sizeof(place), "%s:%" PRId64,
                    trials_import_name(source->import), source->line);

    return trials_source_end(source, place, NULL, err);
}


static trials_rc_t
trials_source_broken(trials_source_t *source, struct archive *archive,
                     trials_error_t *err)
{
    return trials_error(
        err, TRIALS_FAILED, "%s: %s", trials_import_name(source->import),
        archive_error_string(archive) ? archive_error_string(archive)
                                      : "cannot be read");
}


static void
trials_source_begin(trials_source_t *source)
{
    trials_buf_reset(&source->text);
    source->too_large = 0;
}


static trials_rc_t
trials_source_append(trials_source_t *source, const char *data, size_t len,
                     trials_error_t *err)
{
    trials_buf_t *text;

    text = &source->text;

    if (source->too_large || text->len + len > TRIALS_IMPORT_RECORD_MAX) {
        source->too_large = 1;
        return TRIALS_OK;
    }

    return trials_buf_append(text, data, len) == TRIALS_OK
               ? TRIALS_OK
               : trials_error(err, text->failed, "%s: out of memory",
                              trials_import_name(source->import));
}


/* The record that was begun is whole, or it is known already what is wrong. */

static trials_rc_t
trials_source_end(trials_source_t *source, const char *place,
                  const trials_error_t *wrong, trials_error_t *err)
{
    trials_str_t   json;
    trials_error_t large;

    if (wrong == NULL && source->too_large) {
        (void) trials_error(&large, TRIALS_TOO_LARGE,
                            "larger than any record (%d bytes)",
                            TRIALS_IMPORT_RECORD_MAX);
        wrong = &large;
    }

    json.data = source->text.data ? source->text.data : "";
    json.len = source->text.len;
    source->n++;

    return trials_import_put(source->import, place, json, source->bytes, wrong,
                             err);
}
