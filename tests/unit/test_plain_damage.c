/*
 * The fidelity check against damage: every kind, on criteria of our own, both
 * against the original words and against what the engine makes of them; and,
 * where RECORDS names a folder of records, on theirs.
 */

#include "tests/unit/damage.h"

#include <trials/plain.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <glob.h>
#include <stdio.h>


/* Of genuine criteria, a share is looked at. */
#define EVERY 8

/* What has to be caught on genuine criteria; on our own it is all. */
#define SHARE 0.99


typedef struct {
    size_t made[DAMAGES];
    size_t caught[DAMAGES];
    size_t criteria;
    char   missed[DAMAGES][512];
} tally_t;


static trials_plain_t *plain;
static tally_t         tally;


static const char *const own[] = {
    "Age ≥ 18 years and ≤ 75 years",
    "Women or men who are 18 years or older and able to swallow tablets",
    "Aged 18-75 years with severe asthma that is not controlled by inhaled "
    "steroids",
    "Platelets ≥ 100,000/mm3 or ≥ 100 x 10^9/L without transfusion within 7 "
    "days before screening",
    "Hemoglobin >= 9.0 g/dL (no transfusion in the 2 weeks before the test)",
    "Creatinine at most 1.5 x ULN or clearance more than 50 mL/min if the "
    "creatinine is high",
    "ALT less than 3 times ULN, unless liver metastases are present",
    "No history of heart failure, stroke or renal failure within 6 months "
    "before the first dose",
    "Uncontrolled hypertension (systolic pressure > 160 mmHg) despite treatment "
    "with at least 2 drugs",
    "Any cancer other than non-melanoma skin cancer, except cancers treated "
    "more than 5 years ago",
    "HER2 positive breast cancer that was never treated with chemotherapy",
    "Use of strong CYP3A4 inhibitors within 14 days or 5 half-lives, whichever "
    "is longer, prior to randomization",
    "Both parents agree, and only if the child may take part",
    "Body mass index up to 35 kg/m2, minimum weight of 40 kg",
    "All of the following: active hepatitis B, a dose of 20 mg a day and/or a "
    "viral load below 2000 IU/mL",
    "Cannot have an MRI scan, or is unable to lie still during the scan",
    "Low-dose aspirin is permitted after surgery, up to 100 mg each day",
    "Ejection fraction of less than 40% on echocardiogram within 1 year or 12 "
    "months",
    "At least one lesion that can be measured, or current smoking of 10 or more "
    "cigarettes a week",
    "Receipt of a live vaccine within 4 weeks of the first dose or planned "
    "during the study"};


static int
check(const char *original, const char *text)
{
    return trials_plain_check(plain, (trials_str_t){strlen(original), original},
                              (trials_str_t){strlen(text), text}, NULL);
}


/* Damages text in every way; each must be told from the original. */

static void
damage_all(const char *original, const char *text, trials_buf_t *buf)
{
    size_t i;

    assert_int_equal(check(original, text), TRIALS_OK);
    tally.criteria++;

    for (i = 0; i < DAMAGES; i++) {
        if (!damages[i].make(&damages[i], text, buf)) {
            continue;
        }

        tally.made[i]++;

        if (check(original, buf->data) == TRIALS_FAILED) {
            tally.caught[i]++;
        } else if (tally.made[i] % 7 == 0 || tally.missed[i][0] == '\0') {
            (void) snprintf(tally.missed[i], sizeof(tally.missed[i]),
                            "%.240s -> %.240s", original, buf->data);
        }
    }
}


static void
damage_criteria(const trials_criterion_t *criteria, size_t n, size_t every,
                trials_buf_t *buf)
{
    size_t        i;
    static size_t seen;

    for (i = 0; i < n; i++) {
        if (seen++ % every == 0) {
            damage_all(criteria[i].original.data, criteria[i].plain.data, buf);
            damage_all(criteria[i].original.data, criteria[i].original.data,
                       buf);
        }

        damage_criteria(criteria[i].criteria, criteria[i].ncriteria, every,
                        buf);
    }
}


static void
damage_study(trials_arena_t *arena, const trials_study_t *study, size_t every)
{
    size_t                i;
    trials_buf_t          buf;
    trials_error_t        err;
    trials_translation_t *translation;
    trials_eligibility_t  e;

    trials_buf_init(&buf, 1 << 20);
    translation = trials_translate(plain, arena, study, &err);
    assert_non_null(translation);
    assert_int_equal(trials_translate_criteria(translation, &e, &err),
                     TRIALS_OK);

    for (i = 0; i < e.ngroups; i++) {
        damage_criteria(e.groups[i].criteria, e.groups[i].ncriteria, every,
                        &buf);
    }

    trials_buf_free(&buf);
}


static void
test_own(void **state)
{
    size_t          i;
    trials_buf_t    text;
    trials_arena_t *arena;
    trials_study_t  study;

    (void) state;

    memset(&tally, 0, sizeof(tally));
    memset(&study, 0, sizeof(study));
    memcpy(study.id, "NCT99990001", sizeof("NCT99990001"));
    arena = trials_arena_create();
    assert_non_null(arena);
    trials_buf_init(&text, 65536);
    (void) trials_buf_printf(&text, "Inclusion Criteria:\n\n");

    for (i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        (void) trials_buf_printf(&text, "* %s\n", own[i]);
    }

    study.criteria.data = text.data;
    study.criteria.len = text.len;
    damage_study(arena, &study, 1);

    assert_int_equal(tally.criteria, 2 * (sizeof(own) / sizeof(own[0])));

    for (i = 0; i < DAMAGES; i++) {
        if (tally.made[i] == 0) {
            fail_msg("%s: on no criterion", damages[i].name);
        }
        if (tally.caught[i] != tally.made[i]) {
            fail_msg("%s: not caught: %s", damages[i].name, tally.missed[i]);
        }
    }

    trials_buf_free(&text);
    trials_arena_destroy(arena);
}


static trials_study_t *
read_study(trials_arena_t *arena, const char *path, trials_buf_t *buf)
{
    FILE           *file;
    size_t          n;
    char            block[65536];
    trials_error_t  err;
    trials_study_t *study;

    trials_buf_reset(buf);
    file = fopen(path, "rb");
    assert_non_null(file);

    while ((n = fread(block, 1, sizeof(block), file)) > 0) {
        (void) trials_buf_append(buf, block, n);
    }

    fclose(file);
    assert_int_equal(
        trials_study_parse(arena, path, buf->data, buf->len, &study, &err),
        TRIALS_OK);

    return study;
}


static void
test_records(void **state)
{
    int             low;
    char            pattern[4096];
    size_t          i;
    glob_t          files;
    trials_buf_t    buf;
    const char     *folder;
    trials_arena_t *arena;

    (void) state;

    folder = getenv("RECORDS");
    if (folder == NULL || *folder == '\0') {
        skip();
    }

    memset(&tally, 0, sizeof(tally));
    (void) snprintf(pattern, sizeof(pattern), "%s/NCT*.json", folder);
    assert_int_equal(glob(pattern, 0, NULL, &files), 0);

    arena = trials_arena_create();
    assert_non_null(arena);
    trials_buf_init(&buf, 64 << 20);

    for (i = 0; i < files.gl_pathc; i++) {
        damage_study(arena, read_study(arena, files.gl_pathv[i], &buf), EVERY);
        trials_arena_reset(arena);
    }

    low = 0;
    print_message("%zu texts\n", tally.criteria);

    for (i = 0; i < DAMAGES; i++) {
        print_message("%-24s %6zu of %6zu caught, %.2f %%\n", damages[i].name,
                      tally.caught[i], tally.made[i],
                      tally.made[i] ? 100.0 * (double) tally.caught[i]
                                          / (double) tally.made[i]
                                    : 100.0);

        if ((double) tally.caught[i] < SHARE * (double) tally.made[i]) {
            low++;
        }

        if (tally.missed[i][0]) {
            print_message("    %s\n", tally.missed[i]);
        }
    }

    assert_int_equal(low, 0);
    trials_buf_free(&buf);
    trials_arena_destroy(arena);
    globfree(&files);
}


static int
setup(void **state)
{
    trials_error_t err;

    (void) state;
    plain = trials_plain_create(&err);

    return plain ? 0 : -1;
}


static int
teardown(void **state)
{
    (void) state;
    trials_plain_destroy(plain);

    return 0;
}


int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_own),
                                       cmocka_unit_test(test_records)};

    return cmocka_run_group_tests(tests, setup, teardown);
}
