/* A list of studies, taken apart while it arrives. */

#ifndef TRIALS_STREAM_H
#define TRIALS_STREAM_H


#include <trials/registry.h>


/*
 * The answer is an object with an array of studies among its members:
 * {"studies":[{...},{...}],"nextPageToken":"..."}.  Each study is handed over
 * and replaced by a 0; what remains is the envelope, JSON as well.
 */

typedef struct {
    trials_buf_t           envelope;
    trials_buf_t           study;        /* the one that is arriving */
    size_t                 count;        /* handed over */
    size_t                 depth;        /* of brackets */
    unsigned               in_array : 1; /* the second bracket is a [ */
    unsigned               in_string : 1;
    unsigned               escaped : 1;
    trials_registry_take_t take;
    void                  *data;
    trials_error_t        *err;
} trials_stream_t;

/* study_max bounds a study, in bytes. */
void trials_stream_init(trials_stream_t *stream, size_t study_max,
                        trials_registry_take_t take, void *data,
                        trials_error_t *err);
void trials_stream_free(trials_stream_t *stream);

/* Forgets what has come so far: the answer begins anew. */
void trials_stream_reset(trials_stream_t *stream);

/* The next n bytes.  TRIALS_TOO_LARGE, TRIALS_NOMEM, or what take said. */
trials_rc_t
trials_stream_write(trials_stream_t *stream, const char *bytes, size_t n);


#endif
