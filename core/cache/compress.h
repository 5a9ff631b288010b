/* Bodies as they are stored: gzip (RFC 1952) and their hash. */

#ifndef TRIALS_COMPRESS_H
#define TRIALS_COMPRESS_H


#include <trials/memory.h>

#include <libdeflate.h>


/* 128 bits in hex and a NUL. */
#define TRIALS_HASH_SIZE 33

typedef char trials_hash_t[TRIALS_HASH_SIZE];

/* XXH3, 128 bits: tells contents apart, protects against nobody. */
void trials_hash(const char *data, size_t len, trials_hash_t hash);

/* Appends body as gzip. */
trials_rc_t trials_gzip(struct libdeflate_compressor *compressor,
                        trials_str_t body, trials_buf_t *out);

/* Appends the size bytes that the gzip'd body holds; TRIALS_INVALID where it is
 * broken or holds another number of bytes. */
trials_rc_t
trials_gunzip(const char *data, size_t len, size_t size, trials_buf_t *out);


#endif
