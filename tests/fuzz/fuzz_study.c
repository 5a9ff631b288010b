/*
 * Feeds any bytes to the parser of records.  For libFuzzer:
 *
 *     clang -g -O1 -std=c11 -D_GNU_SOURCE -Iinclude -I. -pthread \
 *         -fsanitize=fuzzer,address,undefined \
 *         tests/fuzz/fuzz_study.c core/registry/{enums,id,json,load}.c \
 *         core/registry/{study,text}.c core/memory/{arena,buf,error}.c \
 *         -ljansson -o fuzz_study
 *     ./fuzz_study -dict=tests/fuzz/study.dict -max_total_time=300 \
 *         CORPUS tests/fuzz/study
 *
 * Whatever the bytes are, the parser answers with a study or with words, and
 * every text it gives ends where its length says.
 */

#include <trials/registry.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void fuzz_text(trials_str_t text);
static void fuzz_texts(const trials_str_t *texts, size_t n);
static void fuzz_study(const trials_study_t *study);
static void fuzz_date(const trials_date_t *date);


/* abort() is what libFuzzer takes for a finding. */

#define CHECK(condition) \
    if (!(condition)) {  \
        abort();         \
    }


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    trials_rc_t     rc;
    trials_id_t     id;
    trials_arena_t *arena;
    trials_error_t  err;
    trials_study_t *study;

    arena = trials_arena_create();
    CHECK(arena != NULL);

    study = NULL;
    err.code = TRIALS_OK;
    err.message[0] = '\0';

    rc = trials_study_parse(arena, "fuzz", (const char *) data, size, &study,
                            &err);

    if (rc == TRIALS_OK) {
        CHECK(study != NULL);
        CHECK(trials_id_parse(study->id, strlen(study->id), id) == TRIALS_OK);
        CHECK(strcmp(id, study->id) == 0);
        fuzz_study(study);

    } else {
        CHECK(rc == TRIALS_INVALID || rc == TRIALS_TOO_LARGE);
        CHECK(err.code == rc);
        CHECK(strncmp(err.message, "fuzz:", 5) == 0);
        CHECK(strchr(err.message, '\n') == NULL);
    }

    trials_arena_destroy(arena);

    return 0;
}


static void
fuzz_study(const trials_study_t *study)
{
    size_t i;

    fuzz_text(study->brief_title);
    fuzz_text(study->brief_summary);
    fuzz_text(study->criteria);
    fuzz_texts(study->aliases, study->naliases);
    fuzz_texts(study->conditions, study->nconditions);
    fuzz_texts(study->keywords, study->nkeywords);
    fuzz_texts(study->condition_terms, study->ncondition_terms);
    fuzz_texts(study->unknown, study->nunknown);
    fuzz_date(&study->start);
    fuzz_date(&study->version_holder);

    CHECK(study->status <= TRIALS_STATUS_UNKNOWN);
    CHECK(study->enrollment >= -1);
    CHECK(study->minimum_age.count >= 0);

    for (i = 0; i < study->nphases; i++) {
        CHECK(study->phases[i] > TRIALS_PHASE_NONE);
        CHECK(study->phases[i] <= TRIALS_PHASE_PHASE4);
    }

    for (i = 0; i < study->nlocations; i++) {
        fuzz_text(study->locations[i].city);
        CHECK(study->locations[i].lat >= -90.0);
        CHECK(study->locations[i].lat <= 90.0);
        CHECK(study->locations[i].lon >= -180.0);
        CHECK(study->locations[i].lon <= 180.0);
    }
}


static void
fuzz_texts(const trials_str_t *texts, size_t n)
{
    size_t i;

    CHECK((texts == NULL) == (n == 0));

    for (i = 0; i < n; i++) {
        CHECK(texts[i].len > 0);
        fuzz_text(texts[i]);
    }
}


static void
fuzz_text(trials_str_t text)
{
    size_t i;

    CHECK((text.data == NULL) == (text.len == 0));

    if (text.data) {
        CHECK(text.data[text.len] == '\0');
    }

    for (i = 0; i < text.len; i++) {
        CHECK((unsigned char) text.data[i] >= ' ' || text.data[i] == '\n'
              || text.data[i] == '\t');
    }
}


static void
fuzz_date(const trials_date_t *date)
{
    CHECK(date->year == 0 || (date->year >= 1900 && date->year <= 9999));
    CHECK(date->year == 0 || (date->month >= 1 && date->month <= 12));
    CHECK(date->day >= 0 && date->day <= 31);
}
