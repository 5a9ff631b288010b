/*
 * The studies of a list, one by one.  Only brackets and strings are looked at:
 * whether a study is good JSON is found out by whoever reads it, and whether the
 * envelope is, when the answer is complete.
 */

#include "core/registry/stream.h"

#include <string.h>


#define TRIALS_ENVELOPE_MAX (64 * 1024) /* bytes */

/* Brackets round a study: those of the answer and of the array. */
#define TRIALS_STUDY_DEPTH 2


static size_t trials_stream_string(trials_stream_t *stream, const char *bytes,
                                   size_t i, size_t n);
static trials_rc_t
trials_stream_keep(trials_stream_t *stream, const char *bytes, size_t n);
static trials_rc_t
trials_stream_hand_over(trials_stream_t *stream, int is_object);


void
trials_stream_init(trials_stream_t *stream, size_t study_max,
                   trials_registry_take_t take, void *data, trials_error_t *err)
{
    memset(stream, 0, sizeof(trials_stream_t));
    trials_buf_init(&stream->envelope, TRIALS_ENVELOPE_MAX);
    trials_buf_init(&stream->study, study_max);
    stream->take = take;
    stream->data = data;
    stream->err = err;
}


void
trials_stream_free(trials_stream_t *stream)
{
    trials_buf_free(&stream->envelope);
    trials_buf_free(&stream->study);
}


void
trials_stream_reset(trials_stream_t *stream)
{
    trials_buf_reset(&stream->envelope);
    trials_buf_reset(&stream->study);
    stream->count = 0;
    stream->depth = 0;
    stream->in_array = 0;
    stream->in_string = 0;
    stream->escaped = 0;
}


trials_rc_t
trials_stream_write(trials_stream_t *stream, const char *bytes, size_t n)
{
    char        c;
    size_t      i, kept;
    trials_rc_t rc;

    /* What lies between kept and i belongs together. */

    for (i = 0, kept = 0; i < n; i++) {
        if (stream->in_string) {
            i = trials_stream_string(stream, bytes, i, n);
            continue;
        }

        c = bytes[i];

        switch (c) {
        case '"':
            stream->in_string = 1;
            break;

        case '{':
        case '[':
            if (stream->depth == TRIALS_STUDY_DEPTH && stream->in_array) {
                rc = trials_stream_keep(stream, bytes + kept, i - kept);
                if (rc != TRIALS_OK) {
                    return rc;
                }

                trials_buf_reset(&stream->study);
                kept = i;
            }

            stream->depth++;

            if (stream->depth == TRIALS_STUDY_DEPTH) {
                stream->in_array = c == '[';
            }

            break;

        case '}':
        case ']':
            if (stream->depth == 0) {
                break;
            }

            if (stream->depth == TRIALS_STUDY_DEPTH + 1 && stream->in_array) {
                rc = trials_stream_keep(stream, bytes + kept, i + 1 - kept);

                if (rc == TRIALS_OK) {
                    stream->depth--;
                    rc = trials_stream_hand_over(stream, c == '}');
                }

                if (rc != TRIALS_OK) {
                    return rc;
                }

                kept = i + 1;
                break;
            }

            stream->depth--;
            break;
        }
    }

    return trials_stream_keep(stream, bytes + kept, n - kept);
}


/* The rest of a string; returns where it ends, or the last byte there is. */

static size_t
trials_stream_string(trials_stream_t *stream, const char *bytes, size_t i,
                     size_t n)
{
    for (; i < n; i++) {
        if (stream->escaped) {
            stream->escaped = 0;
        } else if (bytes[i] == '\\') {
            stream->escaped = 1;
        } else if (bytes[i] == '"') {
            stream->in_string = 0;
            return i;
        }
    }

    return n - 1;
}


static trials_rc_t
trials_stream_keep(trials_stream_t *stream, const char *bytes, size_t n)
{
    trials_buf_t *buf;

    buf = stream->depth > TRIALS_STUDY_DEPTH && stream->in_array
              ? &stream->study
              : &stream->envelope;

    return n ? trials_buf_append(buf, bytes, n) : TRIALS_OK;
}


/* An array among the studies is none: the count will not fit the envelope. */

static trials_rc_t
trials_stream_hand_over(trials_stream_t *stream, int is_object)
{
    trials_rc_t rc;

    rc = TRIALS_OK;

    if (is_object) {
        stream->count++;
        rc = stream->take(stream->data, stream->study.data, stream->study.len,
                          stream->err);
    }

    trials_buf_reset(&stream->study);

    return rc == TRIALS_OK ? trials_buf_append(&stream->envelope, "0", 1) : rc;
}
