/* gzip, both ways, brotli, and the hash of a body. */

#ifndef TRIALS_COMPRESS_H
#define TRIALS_COMPRESS_H


#include <trials/memory.h>


/* A body that inflates to more is refused. */
#define TRIALS_INFLATED_MAX (64 * 1024 * 1024)

/* 128 bits in hex, and a NUL. */
#define TRIALS_HASH_SIZE 33

typedef char trials_hash_t[TRIALS_HASH_SIZE];

/* A compressor and a decompressor; one thread's. */
typedef struct trials_gzip_s trials_gzip_t;

/* NULL where memory is out. */
trials_gzip_t *trials_gzip_create(void);
void           trials_gzip_destroy(trials_gzip_t *gzip);

/* The body as one gzip member without name and time: the same bytes make the
 * same bytes.  *out is malloc()ed and becomes the caller's. */
trials_rc_t trials_gzip_deflate(trials_gzip_t *gzip, trials_str_t body,
                                char **out, size_t *len, trials_error_t *err);

/* Appends what data inflates to, which must be exactly size bytes, to out. */
trials_rc_t
trials_gzip_inflate(trials_gzip_t *gzip, const char *data, size_t len,
                    size_t size, trials_buf_t *out, trials_error_t *err);

/* The body as a brotli stream (RFC 7932); quality 1 to 11.  *out as above. */
trials_rc_t trials_brotli_encode(trials_str_t body, int quality, char **out,
                                 size_t *len, trials_error_t *err);

void trials_hash(const char *data, size_t len, trials_hash_t hash);


#endif
