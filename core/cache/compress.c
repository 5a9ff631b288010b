/* gzip by libdeflate, hashes by xxHash. */

#include "core/cache/compress.h"

#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>


void
trials_hash(const char *data, size_t len, trials_hash_t hash)
{
    XXH128_hash_t h;

    h = XXH3_128bits(data, len);

    (void) snprintf(hash, TRIALS_HASH_SIZE, "%016llx%016llx",
                    (unsigned long long) h.high64,
                    (unsigned long long) h.low64);
}


trials_rc_t
trials_gzip(struct libdeflate_compressor *compressor, trials_str_t body,
            trials_buf_t *out)
{
    char       *data;
    size_t      bound, len;
    trials_rc_t rc;

    bound = libdeflate_gzip_compress_bound(compressor, body.len);

    data = malloc(bound);
    if (data == NULL) {
        return TRIALS_NOMEM;
    }

    len =
        libdeflate_gzip_compress(compressor, body.data, body.len, data, bound);

    rc = len ? trials_buf_append(out, data, len) : TRIALS_FAILED;

    free(data);

    return rc;
}


trials_rc_t
trials_gunzip(const char *data, size_t len, size_t size, trials_buf_t *out)
{
    char                           *body;
    size_t                          got;
    trials_rc_t                     rc;
    enum libdeflate_result          result;
    struct libdeflate_decompressor *decompressor;

    if (size > out->max) {
        return TRIALS_TOO_LARGE;
    }

    body = malloc(size ? size : 1);
    decompressor = libdeflate_alloc_decompressor();
    rc = TRIALS_NOMEM;

    if (body && decompressor) {
        got = 0;
        result = libdeflate_gzip_decompress(decompressor, data, len, body, size,
                                            &got);

        rc = result == LIBDEFLATE_SUCCESS && got == size
                 ? trials_buf_append(out, body, size)
                 : TRIALS_INVALID;
    }

    if (decompressor) {
        libdeflate_free_decompressor(decompressor);
    }

    free(body);

    return rc;
}
