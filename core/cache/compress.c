/*
 * libdeflate works on whole buffers, which is what a document is, and makes the
 * same gzip in a fraction of zlib's time.
 *
 * Over 4,000 renditions of genuine records (59 MB), bytes left and milliseconds
 * a rendition: gzip 5 28.68 % in 0.138, 6 28.59 % in 0.153, 8 28.42 % in 0.249,
 * 9 28.42 % in 0.260, and 10 takes four times as long for 0.7 % less; brotli 2
 * 29.50 % in 0.094, 4 27.68 % in 0.203, 5 26.40 % in 0.287, 6 26.34 % in 0.300.
 * Below 4 brotli is larger than gzip; 5 is what <trials/cache.h> has by itself.
 *
 * With a window of 64 KB brotli looks for matches in chains instead of buckets:
 * a twentieth less time, and 11,993 bytes a page where 4 MB have 12,007.
 */

#include "core/cache/compress.h"

#include <brotli/encode.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>


#define TRIALS_GZIP_LEVEL 5

/* As much as a body may refer back to, as a power of two: 4 MB, and 64 KB where
 * the body is not longer. */
#define TRIALS_BROTLI_WINDOW BROTLI_DEFAULT_WINDOW
#define TRIALS_BROTLI_NARROW 16


struct trials_gzip_s {
    struct libdeflate_compressor   *deflate;
    struct libdeflate_decompressor *inflate;
};


trials_gzip_t *
trials_gzip_create(void)
{
    trials_gzip_t *gzip;

    gzip = calloc(1, sizeof(trials_gzip_t));
    if (gzip == NULL) {
        return NULL;
    }

    gzip->deflate = libdeflate_alloc_compressor(TRIALS_GZIP_LEVEL);
    gzip->inflate = libdeflate_alloc_decompressor();

    if (gzip->deflate == NULL || gzip->inflate == NULL) {
        trials_gzip_destroy(gzip);
        return NULL;
    }

    return gzip;
}


void
trials_gzip_destroy(trials_gzip_t *gzip)
{
    if (gzip == NULL) {
        return;
    }

    if (gzip->deflate) {
        libdeflate_free_compressor(gzip->deflate);
    }

    if (gzip->inflate) {
        libdeflate_free_decompressor(gzip->inflate);
    }

    free(gzip);
}


trials_rc_t
trials_gzip_deflate(trials_gzip_t *gzip, trials_str_t body, char **out,
                    size_t *len, trials_error_t *err)
{
    size_t bound;

    bound = libdeflate_gzip_compress_bound(gzip->deflate, body.len);

    *out = malloc(bound);
    if (*out == NULL) {
        return trials_error(err, TRIALS_NOMEM, "gzip: out of memory");
    }

    *len = libdeflate_gzip_compress(gzip->deflate, body.data, body.len, *out,
                                    bound);

    if (*len == 0) {
        free(*out);
        *out = NULL;
        return trials_error(err, TRIALS_FAILED,
                            "gzip: %zu bytes do not fit in %zu", body.len,
                            bound);
    }

    return TRIALS_OK;
}


trials_rc_t
trials_gzip_inflate(trials_gzip_t *gzip, const char *data, size_t len,
                    size_t size, trials_buf_t *out, trials_error_t *err)
{
    char                  *body;
    size_t                 read, written;
    trials_rc_t            rc;
    enum libdeflate_result result;

    if (size > TRIALS_INFLATED_MAX) {
        return trials_error(err, TRIALS_TOO_LARGE,
                            "gzip: %zu bytes, more than %d", size,
                            TRIALS_INFLATED_MAX);
    }

    body = malloc(size ? size : 1);
    if (body == NULL) {
        return trials_error(err, TRIALS_NOMEM, "gzip: out of memory");
    }

    result = libdeflate_gzip_decompress_ex(gzip->inflate, data, len, body, size,
                                           &read, &written);

    if (result != LIBDEFLATE_SUCCESS || written != size || read != len) {
        rc = trials_error(err, TRIALS_FAILED,
                          "gzip: %zu bytes are not the gzip of %zu", len, size);
    } else {
        rc = trials_buf_append(out, body, size);

        if (rc != TRIALS_OK) {
            (void) trials_error(err, rc, "gzip: no room for %zu bytes", size);
        }
    }

    free(body);

    return rc;
}


trials_rc_t
trials_brotli_encode(trials_str_t body, int quality, char **out, size_t *len,
                     trials_error_t *err)
{
    int window;

    window = body.len >> TRIALS_BROTLI_NARROW ? TRIALS_BROTLI_WINDOW
                                              : TRIALS_BROTLI_NARROW;
    *len = BrotliEncoderMaxCompressedSize(body.len);

    *out = malloc(*len);
    if (*out == NULL) {
        return trials_error(err, TRIALS_NOMEM, "brotli: out of memory");
    }

    if (!BrotliEncoderCompress(quality, window, BROTLI_MODE_TEXT, body.len,
                               (const uint8_t *) body.data, len,
                               (uint8_t *) *out))
    {
        free(*out);
        *out = NULL;
        return trials_error(err, TRIALS_NOMEM,
                            "brotli: %zu bytes cannot be encoded", body.len);
    }

    return TRIALS_OK;
}


void
trials_hash(const char *data, size_t len, trials_hash_t hash)
{
    size_t             i;
    XXH128_hash_t      sum;
    XXH128_canonical_t bytes;
    static const char  hex[] = "0123456789abcdef";

    sum = XXH3_128bits(data, len);
    XXH128_canonicalFromHash(&bytes, sum);

    for (i = 0; i < sizeof(bytes.digest); i++) {
        hash[2 * i] = hex[bytes.digest[i] >> 4];
        hash[2 * i + 1] = hex[bytes.digest[i] & 0x0f];
    }

    hash[2 * i] = '\0';
}
