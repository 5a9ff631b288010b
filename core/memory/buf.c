/* The growing buffer: doubles until its bound. */

#include <trials/memory.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define TRIALS_BUF_FIRST 4096


static trials_rc_t trials_buf_reserve(trials_buf_t *buf, size_t len);


void
trials_buf_init(trials_buf_t *buf, size_t max)
{
    memset(buf, 0, sizeof(trials_buf_t));
    buf->max = max;
}


void
trials_buf_free(trials_buf_t *buf)
{
    free(buf->data);
    trials_buf_init(buf, buf->max);
}


void
trials_buf_reset(trials_buf_t *buf)
{
    buf->len = 0;
    buf->failed = TRIALS_OK;

    if (buf->data) {
        buf->data[0] = '\0';
    }
}


trials_rc_t
trials_buf_extend(trials_buf_t *buf, const char *data, size_t len)
{
    if (trials_buf_reserve(buf, len) != TRIALS_OK) {
        return buf->failed;
    }

    if (len) {
        memcpy(buf->data + buf->len, data, len);
    }

    buf->len += len;
    buf->data[buf->len] = '\0';

    return TRIALS_OK;
}


trials_rc_t
trials_buf_printf(trials_buf_t *buf, const char *fmt, ...)
{
    int     len;
    size_t  room;
    va_list args, again;

    va_start(args, fmt);
    va_copy(again, args);

    /* Where there is room already, that is all. */

    room = buf->data ? buf->size - buf->len : 0;
    len = vsnprintf(room ? buf->data + buf->len : NULL, room, fmt, args);
    va_end(args);

    if (len < 0) {
        buf->failed = TRIALS_NOMEM;

    } else if (trials_buf_reserve(buf, (size_t) len) == TRIALS_OK) {
        if ((size_t) len >= room) {
            (void) vsnprintf(buf->data + buf->len, (size_t) len + 1, fmt,
                             again);
        }

        buf->len += (size_t) len;
    }

    if (buf->data) {
        buf->data[buf->len] = '\0';
    }

    va_end(again);

    return buf->failed;
}


/* Makes room for len more bytes and the NUL behind them. */

static trials_rc_t
trials_buf_reserve(trials_buf_t *buf, size_t len)
{
    char  *data;
    size_t size;

    if (buf->failed != TRIALS_OK) {
        return buf->failed;
    }

    if (len > buf->max - buf->len) {
        buf->failed = TRIALS_TOO_LARGE;
        return buf->failed;
    }

    if (buf->data && buf->size - buf->len > len) {
        return TRIALS_OK;
    }

    size = buf->size ? buf->size : TRIALS_BUF_FIRST;

    while (size - buf->len <= len) {
        size *= 2;
    }

    data = realloc(buf->data, size);
    if (data == NULL) {
        buf->failed = TRIALS_NOMEM;
        return buf->failed;
    }

    buf->data = data;
    buf->size = size;

    return TRIALS_OK;
}
