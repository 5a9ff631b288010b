/*
 * Strings, arenas, growing buffers and errors: what every part of libtrials
 * passes to every other.
 *
 * Threads: none of these objects is locked; one thread owns an arena, a buffer
 * or an error at a time.
 */

#ifndef TRIALS_MEMORY_H
#define TRIALS_MEMORY_H


#include <stdarg.h>
#include <stddef.h>
#include <string.h>


/*
 * A piece of UTF-8 text, len bytes.  Text that libtrials makes is followed by a
 * NUL that len does not count, so that data can be handed to C libraries; an
 * absent text has data NULL and len 0.  The memory is the arena's (or the
 * literal's) it was made from.
 */

typedef struct {
    size_t      len;
    const char *data;
} trials_str_t;

#define trials_str(text)       \
    {                          \
        sizeof(text) - 1, text \
    }


/* What a function of libtrials answers; TRIALS_OK is 0, everything else < 0. */

typedef enum {
    TRIALS_OK = 0,
    TRIALS_NOMEM = -1,       /* an allocation failed */
    TRIALS_INVALID = -2,     /* the input is not what it has to be */
    TRIALS_NOT_FOUND = -3,   /* what was asked for does not exist */
    TRIALS_MOVED = -4,       /* it goes by another name: see the call */
    TRIALS_UNAVAILABLE = -5, /* the other side does not answer: try later */
    TRIALS_TOO_LARGE = -6,   /* a limit was passed */
    TRIALS_BUSY = -7,        /* somebody else is doing it */
    TRIALS_FAILED = -8       /* anything else; the message says what */
} trials_rc_t;


/*
 * What went wrong, in words for a log or a terminal: what, where, why.  The
 * caller owns it; message is always NUL-terminated and is cut, at a character,
 * when it does not fit.
 */

typedef struct {
    trials_rc_t code;
    char        message[512];
} trials_error_t;

/* Fills in *err (which may be NULL) and returns code, for `return`. */
trials_rc_t trials_error(trials_error_t *err, trials_rc_t code, const char *fmt,
                         ...) __attribute__((format(printf, 3, 4)));


/*
 * An arena: memory that is given out piece by piece and freed as a whole.
 * Nothing taken from it is freed by itself.
 */

typedef struct trials_arena_s trials_arena_t;

/* An empty arena, or NULL where memory is out.  Freed by _destroy(). */
trials_arena_t *trials_arena_create(void);

/* Frees the arena and all that was taken from it; NULL is allowed. */
void trials_arena_destroy(trials_arena_t *arena);

/* Gives back all that was taken, but keeps memory for the next use. */
void trials_arena_reset(trials_arena_t *arena);

/* size bytes, aligned for any type, zeroed; NULL where memory is out. */
void *trials_arena_alloc(trials_arena_t *arena, size_t size);

/* The same for n objects of size bytes; NULL also where n * size overflows. */
void *trials_arena_calloc(trials_arena_t *arena, size_t n, size_t size);

/* A NUL-terminated copy; data NULL where memory is out. */
trials_str_t
trials_arena_strdup(trials_arena_t *arena, const char *data, size_t len);

/* Formats into the arena; data NULL where memory is out. */
trials_str_t trials_arena_printf(trials_arena_t *arena, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
trials_str_t
trials_arena_vprintf(trials_arena_t *arena, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));

/* Bytes taken from the system at present. */
size_t trials_arena_size(const trials_arena_t *arena);


/*
 * A growing buffer with a bound.  A failed call sets failed, after which every
 * further call does nothing: a writer may write to its end and look once.
 * data[len] is NUL whenever data is not NULL.
 */

typedef struct {
    char       *data;
    size_t      len;
    size_t      size;
    size_t      max;    /* in bytes; never grows beyond it */
    trials_rc_t failed; /* TRIALS_OK, TRIALS_NOMEM or TRIALS_TOO_LARGE */
} trials_buf_t;

void trials_buf_init(trials_buf_t *buf, size_t max);
void trials_buf_free(trials_buf_t *buf);

/* Empties the buffer and clears failed; keeps the memory. */
void trials_buf_reset(trials_buf_t *buf);

/* trials_buf_append() where there may be no room. */
trials_rc_t trials_buf_extend(trials_buf_t *buf, const char *data, size_t len);

/* A document is made of a hundred thousand pieces: there is room, nearly always,
 * and the length is often known when this is compiled. */

static inline trials_rc_t
trials_buf_append(trials_buf_t *buf, const char *data, size_t len)
{
    if (len == 0 || len >= buf->size - buf->len || len > buf->max - buf->len
        || buf->failed != TRIALS_OK)
    {
        return trials_buf_extend(buf, data, len);
    }

    memcpy(buf->data + buf->len, data, len);
    buf->len += len;
    buf->data[buf->len] = '\0';

    return TRIALS_OK;
}

trials_rc_t trials_buf_printf(trials_buf_t *buf, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));


#endif
