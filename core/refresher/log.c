/* The log: one JSON object a line, written at once. */

#include "core/refresher/refresher.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>


#define TRIALS_LOG_MAX 4096


static void trials_log_string(trials_buf_t *line, const char *text);


void
trials_log(const char *level, const char *event, ...)
{
    char            stamp[32];
    va_list         args;
    struct tm       tm;
    const char     *name, *value;
    trials_buf_t    line;
    struct timespec now;

    (void) clock_gettime(CLOCK_REALTIME, &now);
    (void) gmtime_r(&now.tv_sec, &tm);
    (void) strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &tm);

    trials_buf_init(&line, TRIALS_LOG_MAX);
    trials_buf_printf(&line, "{\"time\":\"%s.%03ldZ\",\"level\":\"%s\"", stamp,
                      now.tv_nsec / 1000000, level);
    trials_buf_printf(&line, ",\"event\":\"%s\"", event);

    va_start(args, event);

    while ((name = va_arg(args, const char *)) != NULL) {
        value = va_arg(args, const char *);

        if (value == NULL) {
            continue;
        }

        if (name[0] == '#') {
            trials_buf_printf(&line, ",\"%s\":%s", name + 1, value);
        } else {
            trials_buf_printf(&line, ",\"%s\":", name);
            trials_log_string(&line, value);
        }
    }

    va_end(args);

    trials_buf_append(&line, "}\n", 2);

    if (line.failed == TRIALS_OK) {
        /* Where this fails there is nobody left to tell. */

        (void) !write(STDERR_FILENO, line.data, line.len);
    }

    trials_buf_free(&line);
}


/* A string of RFC 8259; bytes are cut so that the line keeps its bound. */

static void
trials_log_string(trials_buf_t *line, const char *text)
{
    size_t        i;
    unsigned char c;

    trials_buf_append(line, "\"", 1);

    for (i = 0; i < TRIALS_LOG_MAX / 8 && text[i] != '\0'; i++) {
        c = (unsigned char) text[i];

        if (c == '"' || c == '\\') {
            trials_buf_printf(line, "\\%c", c);
        } else if (c < 0x20) {
            trials_buf_printf(line, "\\u%04x", c);
        } else if (c >= 0x7f) {
            /* Messages may quote what is no UTF-8: a log line is ASCII. */

            trials_buf_append(line, "?", 1);
        } else {
            trials_buf_append(line, text + i, 1);
        }
    }

    trials_buf_append(line, "\"", 1);
}


int64_t
trials_now(void)
{
    struct timespec now;

    (void) clock_gettime(CLOCK_REALTIME, &now);

    return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
