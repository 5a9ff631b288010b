/*
 * Translates any bytes as a study's criteria.  For libFuzzer:
 *
 *     make core
 *     clang -g -O1 -std=c11 -D_GNU_SOURCE -Iinclude -I. -pthread \
 *         -fsanitize=fuzzer,address,undefined tests/fuzz/fuzz_plain.c \
 *         build/obj/core/plain/data.o core/plain/[a-z]*.c core/memory/[a-z]*.c \
 *         core/registry/signs.c -lcmark -lxxhash -lm -o fuzz_plain
 *     ./fuzz_plain -max_total_time=300 CORPUS
 *
 * Whatever the bytes are: what comes out is UTF-8 that XML can hold, the runs of
 * a criterion are its plain text, every letter and digit of the markup is in the
 * criteria, in order, and prose has what the criteria have.
 */

#include "core/plain/text.h"

#include <trials/plain.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


/* abort() is what libFuzzer takes for a finding. */

static trials_plain_t *plain;

#define CHECK(condition) \
    if (!(condition)) {  \
        abort();         \
    }


static void fuzz_utf8(trials_str_t text, int lines);
static void fuzz_criteria(const trials_criterion_t *criteria, size_t n,
                          trials_buf_t *all, unsigned depth);
static void fuzz_blocks(const trials_prose_block_t *blocks, size_t n,
                        trials_buf_t *all, unsigned depth);
static void fuzz_letters(trials_buf_t *out, const char *data, size_t len);
static int  fuzz_within(const trials_buf_t *a, const trials_buf_t *b);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t                i;
    trials_buf_t          all, prose_all, source;
    trials_str_t          text;
    trials_error_t        err;
    trials_arena_t       *arena;
    trials_study_t        study;
    trials_prose_t        prose;
    trials_eligibility_t  e;
    trials_translation_t *translation;

    if (plain == NULL) {
        plain = trials_plain_create(&err);
        CHECK(plain != NULL);
    }

    arena = trials_arena_create();
    CHECK(arena != NULL);

    memset(&study, 0, sizeof(study));
    study.criteria.data = (const char *) data;
    study.criteria.len = size;

    translation = trials_translate(plain, arena, &study, &err);
    CHECK(translation != NULL);
    CHECK(trials_translate_criteria(translation, &e, &err) == TRIALS_OK);
    CHECK(trials_translate_prose(translation, study.criteria, &prose, &err)
          == TRIALS_OK);
    CHECK(trials_plain_flatten(arena, study.criteria, &text, &err)
          == TRIALS_OK);
    fuzz_utf8(text, 0);

    trials_buf_init(&all, 64 * 1024 * 1024);
    trials_buf_init(&prose_all, 64 * 1024 * 1024);
    trials_buf_init(&source, 64 * 1024 * 1024);

    for (i = 0; i < e.ngroups; i++) {
        fuzz_utf8(e.groups[i].heading, 0);
        fuzz_letters(&all, e.groups[i].heading.data, e.groups[i].heading.len);
        fuzz_criteria(e.groups[i].criteria, e.groups[i].ncriteria, &all, 0);
    }

    fuzz_blocks(prose.blocks, prose.nblocks, &prose_all, 0);
    fuzz_letters(&source, text.data, text.len);

    /* Prose is what is flat; the criteria are it but for list marks. */

    CHECK(source.len == prose_all.len);
    CHECK(source.len == 0
          || memcmp(source.data, prose_all.data, source.len) == 0);
    CHECK(fuzz_within(&all, &source));

    /* A mark takes no more than four letters of a line. */

    CHECK(source.len <= all.len + 5 * (size + 1));

    trials_buf_free(&all);
    trials_buf_free(&prose_all);
    trials_buf_free(&source);
    trials_arena_destroy(arena);

    return 0;
}


static void
fuzz_criteria(const trials_criterion_t *criteria, size_t n, trials_buf_t *all,
              unsigned depth)
{
    size_t i, k, len;

    CHECK(depth < 128);

    for (i = 0; i < n; i++) {
        fuzz_utf8(criteria[i].original, 0);
        fuzz_utf8(criteria[i].plain, 1);
        CHECK(criteria[i].original.len > 0);
        CHECK(criteria[i].plain.len > 0);
        CHECK(criteria[i].faithful || criteria[i].doubt.len > 0);
        CHECK(trials_plain_check(plain, criteria[i].original, criteria[i].plain,
                                 NULL)
              == TRIALS_OK);

        len = 0;

        for (k = 0; k < criteria[i].text.nruns; k++) {
            CHECK(len + criteria[i].text.runs[k].text.len
                  <= criteria[i].plain.len);
            CHECK(memcmp(criteria[i].plain.data + len,
                         criteria[i].text.runs[k].text.data,
                         criteria[i].text.runs[k].text.len)
                  == 0);
            len += criteria[i].text.runs[k].text.len;
        }

        CHECK(len == criteria[i].plain.len);

        fuzz_letters(all, criteria[i].original.data, criteria[i].original.len);
        fuzz_criteria(criteria[i].criteria, criteria[i].ncriteria, all,
                      depth + 1);
    }
}


static void
fuzz_blocks(const trials_prose_block_t *blocks, size_t n, trials_buf_t *all,
            unsigned depth)
{
    size_t i, k;

    CHECK(depth < 128);

    for (i = 0; i < n; i++) {
        for (k = 0; k < blocks[i].text.nruns; k++) {
            fuzz_utf8(blocks[i].text.runs[k].text, 0);
            fuzz_letters(all, blocks[i].text.runs[k].text.data,
                         blocks[i].text.runs[k].text.len);
        }

        fuzz_blocks(blocks[i].children, blocks[i].nchildren, all, depth + 1);
    }
}


/* With `lines` it may have some: a list of items is a line an item. */

static void
fuzz_utf8(trials_str_t text, int lines)
{
    size_t   i, n;
    uint32_t code;

    for (i = 0; i < text.len; i += n) {
        n = trials_utf8_read(text.data + i, text.len - i, &code);
        CHECK(code >= 0x20 || (lines && code == '\n'));
        CHECK(code != 0xfffe && code != 0xffff);
        CHECK(code != 0xfffd || n == 3);
    }
}


static void
fuzz_letters(trials_buf_t *out, const char *data, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        if (trials_is_digit(data[i]) || trials_is_lower(trials_lower(data[i])))
        {
            (void) trials_buf_append(out, data + i, 1);
        }
    }
}


/* Are the letters of a in b, in order? */

static int
fuzz_within(const trials_buf_t *a, const trials_buf_t *b)
{
    size_t i, k;

    for (i = 0, k = 0; i < a->len; i++, k++) {
        while (k < b->len && b->data[k] != a->data[i]) {
            k++;
        }

        if (k == b->len) {
            return 0;
        }
    }

    return 1;
}
