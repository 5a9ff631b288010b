/* Errors in words. */

#include <trials/memory.h>

#include <stdarg.h>
#include <stdio.h>


trials_rc_t
trials_error(trials_error_t *err, trials_rc_t code, const char *fmt, ...)
{
    va_list args;
    int     len;
    size_t  end;

    if (err == NULL) {
        return code;
    }

    err->code = code;

    va_start(args, fmt);
    len = vsnprintf(err->message, sizeof(err->message), fmt, args);
    va_end(args);

    if (len < 0) {
        err->message[0] = '\0';
        return code;
    }

    if ((size_t) len >= sizeof(err->message)) {
        /* A UTF-8 character that was cut through is taken off whole. */

        end = sizeof(err->message) - 1;

        while (end > 0
               && ((unsigned char) err->message[end - 1] & 0xc0) == 0x80) {
            end--;
        }

        if (end > 0 && (unsigned char) err->message[end - 1] >= 0xc0) {
            end--;
        }

        err->message[end] = '\0';
    }

    return code;
}
