/* `trials import`: options, threads, and the queue between them. */

#include "core/cli/import.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>


/* Records under way, a thread: what the press holds, and what is done before an
 * earlier one is. */
#define TRIALS_IMPORT_WINDOW 64

#define TRIALS_MAX_AGE 86400

enum {
    TRIALS_IMPORT_THREADS = TRIALS_OPTION_OWN,
    TRIALS_IMPORT_BASE_URL,
    TRIALS_IMPORT_SITE_NAME,
    TRIALS_IMPORT_LANGUAGES,
    TRIALS_IMPORT_MAX_AGE,
    TRIALS_IMPORT_BROTLI,
    TRIALS_IMPORT_RESTART,
    TRIALS_IMPORT_JSON
};


static int trials_import_run(int argc, char **argv);
static int trials_import_options(int argc, char **argv,
                                 trials_import_options_t *options, int *code);
static int trials_import_option(trials_import_options_t *options, int option);
static int trials_import_go(const trials_import_options_t *options,
                            const trials_cache_settings_t *redis);
static trials_rc_t trials_import_open(trials_import_t               *import,
                                      const trials_cache_settings_t *redis,
                                      trials_mark_t *mark, trials_error_t *err);
static void        trials_import_signals(void);
static trials_rc_t
trials_import_window(trials_import_t *import, trials_error_t *err);
static trials_rc_t trials_import_mark(trials_import_t *import,
                                      trials_mark_t *mark, trials_error_t *err);
static void        trials_import_close(trials_import_t *import);
static int trials_import_threads(trials_import_t *import, trials_mark_t *mark);
static void
trials_import_done(void *import, void *record, const trials_pressed_t *pressed);
static void
trials_import_fail(trials_import_record_t *record, const trials_error_t *err);


static const struct option trials_import_table[] = {
    TRIALS_OPTIONS_HELP,
    TRIALS_OPTIONS_REDIS,
    {"threads", required_argument, NULL, TRIALS_IMPORT_THREADS},
    {"base-url", required_argument, NULL, TRIALS_IMPORT_BASE_URL},
    {"site-name", required_argument, NULL, TRIALS_IMPORT_SITE_NAME},
    {"languages", required_argument, NULL, TRIALS_IMPORT_LANGUAGES},
    {"max-age", required_argument, NULL, TRIALS_IMPORT_MAX_AGE},
    {"brotli", required_argument, NULL, TRIALS_IMPORT_BROTLI},
    {"restart", no_argument, NULL, TRIALS_IMPORT_RESTART},
    {"json", no_argument, NULL, TRIALS_IMPORT_JSON},
    {NULL, 0, NULL, 0},
};

const trials_command_t trials_command_import = {
    "import",
    "fill the cache from a download of the registry",
    "usage: trials import [OPTION...] FILE\n"
    "\n"
    "Renders all studies of FILE and stores them. FILE is the registry's full\n"
    "download (.json.zip, or another archive of one study a file), a folder (all\n"
    "*.json in and below it), a file of one study a line, compressed or not, or\n"
    "- for such lines on standard input.\n"
    "\n" TRIALS_USAGE_REDIS
    "  --threads N          that render (one a processor)\n"
    "  --base-url URL       where the pages will be (TRIALS_BASE_URL)\n"
    "  --site-name TEXT     the site's name in titles\n"
    "  --languages LIST     of pages: en, or en,es (en,es)\n"
    "  --max-age SECONDS    until a document is checked again (86400)\n"
    "  --brotli N           quality of pages in brotli; 0: gzip alone (5)\n"
    "  --restart            begin at the start, though a part is done\n"
    "  --json               tell of progress in lines of JSON, also on a\n"
    "                       terminal\n"
    "  -h, --help           this text\n"
    "\n"
    "A study that cannot be rendered is reported, the others are stored. An\n"
    "import that was ended goes on where it was when it is begun again with the\n"
    "same file.\n"
    "Exit code: 0 all imported, 1 something failed or it was ended, 2 wrong\n"
    "usage.\n",
    trials_import_run,
};


static int
trials_import_run(int argc, char **argv)
{
    int                     code;
    trials_password_t       password;
    trials_cache_settings_t redis;
    trials_import_options_t options;

    if (!trials_import_options(argc, argv, &options, &code)
        || !trials_redis_settings(&options.redis, &redis, password, &code))
    {
        return code;
    }

    if (options.brotli >= 0) {
        redis.brotli = (int) options.brotli;
    }

    code = trials_import_go(&options, &redis);
    explicit_bzero(password, sizeof(trials_password_t));

    return code;
}


/* 1: go on; 0: end with *code. */

static int
trials_import_options(int argc, char **argv, trials_import_options_t *options,
                      int *code)
{
    int option;

    memset(options, 0, sizeof(trials_import_options_t));
    options->threads = sysconf(_SC_NPROCESSORS_ONLN);
    options->max_age = TRIALS_MAX_AGE;
    options->brotli = -1;
    options->json = !isatty(STDOUT_FILENO);
    *code = TRIALS_EXIT_USAGE;

    for (;;) {
        option = trials_options_next(&trials_command_import, argc, argv,
                                     trials_import_table);

        if (option == -1) {
            break;
        }

        if (option == TRIALS_OPTION_HELP) {
            (void) fputs(trials_command_import.usage, stdout);
            *code = TRIALS_EXIT_OK;
            return 0;
        }

        if (!trials_import_option(options, option)) {
            return 0;
        }
    }

    if (argc - optind != 1) {
        trials_complain("import: one FILE; see \"trials help import\"");
        return 0;
    }

    options->source = argv[optind];
    options->page.base_url =
        trials_options_value(options->page.base_url, "TRIALS_BASE_URL");

    if (options->threads < 1 || options->threads > TRIALS_IMPORT_THREADS_MAX) {
        options->threads = options->threads < 1 ? 1 : TRIALS_IMPORT_THREADS_MAX;
    }

    return 1;
}


static int
trials_import_option(trials_import_options_t *options, int option)
{
    switch (option) {
    case TRIALS_IMPORT_THREADS:
        return trials_options_number("import: --threads", optarg, 1,
                                     TRIALS_IMPORT_THREADS_MAX,
                                     &options->threads);
    case TRIALS_IMPORT_BASE_URL:
        options->page.base_url = optarg;
        return 1;
    case TRIALS_IMPORT_SITE_NAME:
        options->page.site_name = optarg;
        return 1;
    case TRIALS_IMPORT_LANGUAGES:
        options->page.languages = optarg;
        return 1;
    case TRIALS_IMPORT_MAX_AGE:
        return trials_options_number("import: --max-age", optarg, 1, 31536000,
                                     &options->max_age);
    case TRIALS_IMPORT_BROTLI:
        return trials_options_number("import: --brotli", optarg, 0, 11,
                                     &options->brotli);
    case TRIALS_IMPORT_RESTART:
        options->restart = 1;
        return 1;
    case TRIALS_IMPORT_JSON:
        options->json = 1;
        return 1;
    default:
        return trials_redis_option(&options->redis, option);
    }
}


static int
trials_import_go(const trials_import_options_t *options,
                 const trials_cache_settings_t *redis)
{
    int             code;
    trials_mark_t   mark;
    trials_error_t  err;
    trials_import_t import;

    memset(&import, 0, sizeof(trials_import_t));
    import.options = options;
    trials_mark_init(&mark);

    switch (trials_import_open(&import, redis, &mark, &err)) {
    case TRIALS_OK:
        code = trials_import_threads(&import, &mark);
        break;
    case TRIALS_INVALID:
        trials_complain("%s", err.message);
        code = TRIALS_EXIT_USAGE;
        break;
    default:
        trials_complain("%s", err.message);
        code = TRIALS_EXIT_FAILED;
    }

    trials_import_close(&import);
    trials_mark_free(&mark);

    return code;
}


static trials_rc_t
trials_import_open(trials_import_t               *import,
                   const trials_cache_settings_t *redis, trials_mark_t *mark,
                   trials_error_t *err)
{
    trials_rc_t             rc;
    trials_press_settings_t press;

    rc = trials_import_window(import, err);
    if (rc != TRIALS_OK) {
        return rc;
    }

    import->cache = trials_cache_create(redis, err);
    if (import->cache == NULL) {
        return err->code;
    }

    import->plain = trials_plain_create(err);
    if (import->plain == NULL) {
        return TRIALS_FAILED;
    }

    import->page =
        trials_page_create(import->plain, &import->options->page, err);
    if (import->page == NULL) {
        return TRIALS_FAILED;
    }

    rc = trials_source_look(import, err);
    if (rc == TRIALS_OK) {
        rc = trials_import_mark(import, mark, err);
    }

    if (rc != TRIALS_OK) {
        return rc;
    }

    /* The main thread takes the signals: see import_report.c. */

    trials_import_signals();

    memset(&press, 0, sizeof(trials_press_settings_t));
    press.page = import->page;
    press.cache = redis;
    press.threads = (int) import->options->threads;
    press.done = trials_import_done;
    press.data = import;

    import->press = trials_press_create(&press, err);

    return import->press ? TRIALS_OK : TRIALS_FAILED;
}


static void
trials_import_signals(void)
{
    sigset_t signals;

    (void) sigemptyset(&signals);
    (void) sigaddset(&signals, SIGINT);
    (void) sigaddset(&signals, SIGTERM);
    (void) sigaddset(&signals, SIGHUP);
    (void) pthread_sigmask(SIG_BLOCK, &signals, NULL);
}


static trials_rc_t
trials_import_window(trials_import_t *import, trials_error_t *err)
{
    pthread_condattr_t monotonic;

    (void) pthread_mutex_init(&import->lock, NULL);
    (void) pthread_cond_init(&import->room_cond, NULL);
    (void) pthread_condattr_init(&monotonic);
    (void) pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void) pthread_cond_init(&import->done_cond, &monotonic);
    (void) pthread_condattr_destroy(&monotonic);

    import->size = (uint64_t) import->options->threads * TRIALS_IMPORT_WINDOW;
    import->records = calloc(import->size, sizeof(trials_import_record_t));

    return import->records ? TRIALS_OK
                           : trials_error(err, TRIALS_NOMEM, "out of memory");
}


/* Redis is asked even where no mark is kept: that it is not there should show
 * before the work begins. */

static trials_rc_t
trials_import_mark(trials_import_t *import, trials_mark_t *mark,
                   trials_error_t *err)
{
    int64_t     ms;
    trials_rc_t rc;

    if (import->key[0] == '\0') {
        return trials_cache_time(import->cache, &ms, err);
    }

    rc = import->options->restart
             ? trials_mark_clear(import->cache, import->key, err)
             : TRIALS_OK;

    if (rc == TRIALS_OK) {
        rc = trials_mark_read(import->cache, import->key, mark, err);
    }

    import->skip = mark->done;

    return rc;
}


static void
trials_import_close(trials_import_t *import)
{
    uint64_t i;

    trials_press_destroy(import->press);

    for (i = 0; import->records && i < import->size; i++) {
        free(import->records[i].place);
        free(import->records[i].reason);
    }

    free(import->records);

    if (import->page) {
        trials_page_destroy(import->page);
    }

    if (import->plain) {
        trials_plain_destroy(import->plain);
    }

    trials_cache_destroy(import->cache);

    (void) pthread_cond_destroy(&import->done_cond);
    (void) pthread_cond_destroy(&import->room_cond);
    (void) pthread_mutex_destroy(&import->lock);
}


static int
trials_import_threads(trials_import_t *import, trials_mark_t *mark)
{
    int       code;
    pthread_t reader;

    if (pthread_create(&reader, NULL, trials_source_run, import) != 0) {
        trials_complain("import: no thread can be started");
        return TRIALS_EXIT_FAILED;
    }

    code = trials_report_run(import, mark);
    (void) pthread_join(reader, NULL);

    return code;
}


trials_rc_t
trials_import_put(trials_import_t *import, const char *place, trials_str_t json,
                  int64_t bytes, const trials_error_t *wrong,
                  trials_error_t *err)
{
    trials_rc_t             rc;
    trials_import_record_t *record;
    trials_publish_facts_t  facts;

    record = NULL;
    (void) pthread_mutex_lock(&import->lock);

    while (import->read - import->told == import->size && !import->stopping) {
        (void) pthread_cond_wait(&import->room_cond, &import->lock);
    }

    if (!import->stopping) {
        record = &import->records[import->read % import->size];
    }

    (void) pthread_mutex_unlock(&import->lock);

    if (record == NULL) {
        return trials_error(err, TRIALS_BUSY, "stopping");
    }

    memset(record, 0, sizeof(trials_import_record_t));
    record->bytes = bytes;
    record->place = strdup(place);

    if (record->place == NULL) {
        return trials_error(err, TRIALS_NOMEM, "out of memory");
    }

    if (wrong) {
        trials_import_fail(record, wrong);
        record->done = 1;
    }

    (void) pthread_mutex_lock(&import->lock);
    import->read++;
    (void) pthread_cond_signal(&import->done_cond);
    (void) pthread_mutex_unlock(&import->lock);

    if (wrong) {
        return TRIALS_OK;
    }

    memset(&facts, 0, sizeof(trials_publish_facts_t));
    facts.name = place;
    facts.max_age = import->options->max_age;
    facts.force = 1;
    facts.keep_newer = 1;

    rc = trials_press_put(import->press, TRIALS_PRESS_BACKGROUND, json.data,
                          json.len, &facts, record, err);
    if (rc != TRIALS_OK) {
        trials_import_stop(import, err);
    }

    return rc;
}


/* In a thread of the press.  What a record cannot help ends the import: it would
 * be the same with the next one. */

static void
trials_import_done(void *data, void *cookie, const trials_pressed_t *pressed)
{
    trials_import_t        *import;
    trials_import_record_t *record;

    import = data;
    record = cookie;
    memcpy(record->id, pressed->id, sizeof(trials_id_t));
    record->result = pressed->result;

    switch (pressed->rc) {
    case TRIALS_OK:
        break;
    case TRIALS_INVALID:
    case TRIALS_TOO_LARGE:
        trials_import_fail(record, pressed->err);
        break;
    default:
        trials_import_stop(import, pressed->err);
        return;
    }

    (void) pthread_mutex_lock(&import->lock);
    record->done = 1;
    (void) pthread_cond_signal(&import->done_cond);
    (void) pthread_mutex_unlock(&import->lock);
}


trials_import_record_t *
trials_import_next(trials_import_t *import, const struct timespec *until,
                   int *over)
{
    trials_import_record_t *record;

    (void) pthread_mutex_lock(&import->lock);

    for (;;) {
        record = &import->records[import->told % import->size];

        if (import->told == import->read || !record->done) {
            record = NULL;
        }

        *over = record == NULL
                && (import->stopping
                    || (import->ended && import->told == import->read));

        if (record || *over
            || pthread_cond_timedwait(&import->done_cond, &import->lock, until)
                   == ETIMEDOUT)
        {
            break;
        }
    }

    (void) pthread_mutex_unlock(&import->lock);

    return record;
}


void
trials_import_told(trials_import_t *import)
{
    trials_import_record_t *record;

    (void) pthread_mutex_lock(&import->lock);

    record = &import->records[import->told++ % import->size];
    free(record->place);
    free(record->reason);
    memset(record, 0, sizeof(trials_import_record_t));
    (void) pthread_cond_signal(&import->room_cond);

    (void) pthread_mutex_unlock(&import->lock);
}


void
trials_import_ended(trials_import_t *import, const trials_error_t *err)
{
    (void) pthread_mutex_lock(&import->lock);

    import->ended = 1;

    if (err && err->code != TRIALS_BUSY) {
        import->source_error = *err;
    }

    (void) pthread_cond_signal(&import->done_cond);

    (void) pthread_mutex_unlock(&import->lock);
}


void
trials_import_stop(trials_import_t *import, const trials_error_t *why)
{
    (void) pthread_mutex_lock(&import->lock);

    import->stopping = 1;

    if (why && import->work_error.code == TRIALS_OK) {
        import->work_error = *why;
    }

    (void) pthread_cond_signal(&import->room_cond);
    (void) pthread_cond_signal(&import->done_cond);

    (void) pthread_mutex_unlock(&import->lock);
}


int
trials_import_is_stopping(trials_import_t *import)
{
    int stopping;

    (void) pthread_mutex_lock(&import->lock);
    stopping = import->stopping;
    (void) pthread_mutex_unlock(&import->lock);

    return stopping;
}


/* The place is told beside the reason, not in it. */

static void
trials_import_fail(trials_import_record_t *record, const trials_error_t *err)
{
    size_t      len;
    const char *reason;

    len = strlen(record->place);
    reason = err->message;

    if (strncmp(reason, record->place, len) == 0 && reason[len] == ':') {
        reason += len + 1;
        reason += strspn(reason, " ");
    }

    record->failed = 1;
    record->reason = strdup(reason);
}


const char *
trials_import_name(const trials_import_t *import)
{
    return strcmp(import->options->source, "-") == 0 ? "stdin"
                                                     : import->options->source;
}
