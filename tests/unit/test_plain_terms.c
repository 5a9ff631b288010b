/* Terms: what records define, senses, names, forms. */

#include "core/plain/terms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>


typedef struct {
    trials_glossary_t glossary;
    trials_arena_t   *arena;
    trials_study_t    study;
    trials_terms_t    terms;
    trials_buf_t      marked;
    unsigned          ready : 1;
} fixture_t;


static const char data[] =
    "FVC\tforced vital capacity\tabbr\texplain\t-\tair blown out\t-\n"
    "MMSE\tmini-mental state examination\tabbr\texplain\t-\ta test\t-\n"
    "CD\tcrohn's disease\tabbr\texplain\t-\tgut\tcrohn\n"
    "FEV1\tforced air in 1 second\tabbr\texplain\t-\tair\t-\n"
    "PD\t-\tabbr\texplain\t-\tParkinson's\tparkinson\n"
    "PD\t-\tabbr\texplain\t-\tgetting worse\tcancer|~response\n"
    "PT\t-\tabbr\texplain\t-\tclotting time\t~inr\n"
    "RT\t-\tabbr\texplain\t-\trays\tcancer\n"
    "RT\t-\tabbr\texplain\t-\tright\t-\n"
    "ALL\t-\tabbr\texplain\t-\ta blood cancer\tleukemia\n"
    "MS\t-\tabbr\texplain\t-\tnerves\t-\n"
    "5-FU\tFU\tabbr\texplain\t-\ta drug\t-\n"
    "PD-1\t-\tabbr\texplain\t-\ta brake\t-\n"
    "Crohn's disease\t-\tterm\texplain\t-\tgut\t-\n"
    "esophageal tumor\t-\tterm\texplain\t-\tgrowth\t-\n"
    "tumor\tsolid tumor|biopsy tumor\tterm\texplain\t-\tlump\t-\n"
    "x-ray\t-\tterm\texplain\t-\tpicture\t-\n"
    "diagnosis\t-\tterm\texplain\t-\tname\t-\n"
    "biopsy\t-\tterm\texplain\t-\tpiece\t-\n"
    "insulin\t-\tterm\texplain\t-\tsugar\t-\n"
    "-prazole\t-prazol\tstem\texplain\t-\tacid drug\taripiprazole\n"
    "-mab\t-\tstem\texplain\t-\tantibody\t-\n"
    "CYP0A0\tCD0\tshape\texplain\t-\tliver protein\t-\n";


static trials_str_t
str(const char *text)
{
    return (trials_str_t){strlen(text), text};
}


static int
setup(void **state)
{
    trials_error_t     err;
    static fixture_t   f;
    trials_data_file_t files[] = {
        {"t.tsv", data, data + sizeof(data) - 1},
        {NULL, NULL, NULL},
    };

    memset(&f, 0, sizeof(f));
    f.arena = trials_arena_create();
    trials_buf_init(&f.marked, 65536);
    *state = &f;

    if (trials_glossary_load(&f.glossary, files, &err) != TRIALS_OK) {
        print_error("%s\n", err.message);
        return -1;
    }

    return f.arena ? 0 : -1;
}


static int
teardown(void **state)
{
    fixture_t *f;

    f = *state;
    trials_glossary_free(&f->glossary);
    trials_buf_free(&f->marked);
    trials_arena_destroy(f->arena);

    return 0;
}


static void
again(fixture_t *f)
{
    memset(&f->study, 0, sizeof(f->study));
    f->ready = 0;
}


/* The text with its terms as "[word: meaning]", in the study as it is. */

static const char *
marked(fixture_t *f, const char *text)
{
    size_t              i;
    trials_text_t       out;
    const trials_run_t *run;

    if (!f->ready) {
        assert_int_equal(
            trials_terms_init(&f->terms, f->arena, &f->glossary, &f->study),
            TRIALS_OK);
        f->ready = 1;
    }

    assert_int_equal(trials_terms_mark(&f->terms, str(text), &out), TRIALS_OK);
    trials_buf_reset(&f->marked);

    for (i = 0; i < out.nruns; i++) {
        run = &out.runs[i];
        (void) trials_buf_append(&f->marked, "[", run->term != NULL);
        (void) trials_buf_append(&f->marked, run->text.data, run->text.len);

        if (run->term) {
            (void) trials_buf_append(&f->marked, ": ", 2);
            (void) trials_buf_append(&f->marked, run->term->meaning.data,
                                     run->term->meaning.len);
            (void) trials_buf_append(&f->marked, "]", 1);
        }
    }

    (void) trials_buf_append(&f->marked, "", 1);

    return f->marked.data;
}


static void
test_learned(void **state)
{
    fixture_t *f;

    f = *state;
    f->study.criteria =
        str("Zonal quality index (ZQI) over 3, no PD\\-9, RXU-2 (random X-unit"
            " 2), adverse odd events (AOEs), mini mental status exam (MMSE);"
            " forced vital capacity [FVC] of 3, QRT (see below), major sign"
            " (MS), IV (in combination with every drug), mixed solid tumors"
            " (MM), type quark loop 1 (TQL-1)");

    assert_string_equal(marked(f, "ZQI or AOE, AOEs."),
                        "[ZQI: Zonal quality index] or [AOE: adverse odd "
                        "events], [AOEs: adverse odd events].");

    /* The abbreviation before its long form, and with a hyphen. */

    assert_string_equal(
        marked(f, "IV, MM, an RXU-2 and TQL-1-based QRT, TQL"),
        "IV, MM, an [RXU-2: random X-unit 2] and [TQL-1: type quark "
        "loop 1]-based QRT, TQL");

    /* The record's long form wins; one much like the glossary's is the same. */

    assert_string_equal(marked(f, "MS, MMSE, FVC"),
                        "[MS: major sign], [MMSE: a test], "
                        "[FVC: air blown out]");
}


static void
test_one_term(void **state)
{
    fixture_t    *f;
    trials_text_t a, b;

    f = *state;
    (void) marked(f, "");
    (void) trials_terms_mark(&f->terms, str("FVC"), &a);
    (void) trials_terms_mark(&f->terms, str("Forced Vital Capacity"), &b);
    assert_int_equal(a.nruns, 1);
    assert_ptr_equal(a.runs[0].term, b.runs[0].term);
    assert_true(a.runs[0].term->abbreviation);
    assert_string_equal(marked(f, "FVC"), "[FVC: air blown out]");
    assert_memory_equal(a.runs[0].term->expansion.data, "forced vital capacity",
                        a.runs[0].term->expansion.len);
}


static void
test_senses(void **state)
{
    fixture_t   *f;
    trials_str_t parkinson = str("Parkinson Disease"), cancer = str("Cancers"),
                 leukemia = str("Leukemia, Lymphoid"), no = str("Precancer");

    f = *state;

    /* Nothing tells: only what has no context, and what stands beside. */

    assert_string_equal(marked(f, "PD, RT, PT"), "PD, [RT: right], PT");
    assert_string_equal(marked(f, "PD or partial response, PT/INR"),
                        "[PD: getting worse] or partial response, "
                        "[PT: clotting time]/INR");

    again(f);
    f->study.conditions = &parkinson;
    f->study.nconditions = 1;
    assert_string_equal(marked(f, "PD, RT"), "[PD: Parkinson's], [RT: right]");

    again(f);
    f->study.brief_title = cancer;
    assert_string_equal(marked(f, "PD, RT"), "[PD: getting worse], [RT: rays]");

    again(f);
    f->study.brief_title = no;
    assert_string_equal(marked(f, "PD"), "PD");

    /* Capitals for stress are no abbreviation. */

    again(f);
    f->study.keywords = &leukemia;
    f->study.nkeywords = 1;
    assert_string_equal(marked(f, "Ph+ ALL or ALL of these"),
                        "Ph+ [ALL: a blood cancer] or ALL of these");
    assert_string_equal(marked(f, "PARTICIPANTS WITH ALL SIGNS OF MS"),
                        "PARTICIPANTS WITH ALL SIGNS OF MS");
}


static void
test_names(void **state)
{
    fixture_t            *f;
    trials_str_t          other = str("PD-1 Zed");
    trials_intervention_t tested[3];

    f = *state;
    memset(tested, 0, sizeof(tested));
    tested[0].type = TRIALS_INTERVENTION_DRUG;
    tested[0].name = str("Insulin Zorvimab");
    tested[0].other_names = &other;
    tested[0].nother_names = 1;
    tested[1].type = TRIALS_INTERVENTION_BIOLOGICAL;
    tested[1].name = str("PT-2020");
    tested[2].type = TRIALS_INTERVENTION_PROCEDURE;
    tested[2].name = str("Tumor biopsy 1");
    f->study.interventions = tested;
    f->study.ninterventions = 3;
    f->study.acronym = str("FVC");

    assert_string_equal(marked(f, "Other insulin, insulin zorvimab"),
                        "Other [insulin: sugar], insulin [zorvimab: "
                        "antibody]");
    assert_string_equal(marked(f, "PD-1 zed, PD-1 zeds, tumor biopsy 1"),
                        "PD-1 zed, [PD-1: a brake] zeds, [tumor: lump] "
                        "[biopsy: piece] 1");

    /* The study's acronym; the letters of a code. */

    assert_string_equal(marked(f, "FVC, PT, INR"), "FVC, PT, INR");
    assert_string_equal(marked(f, "MS-275, MS-2, MS"),
                        "MS-275, [MS: nerves]-2, [MS: nerves]");
}


static void
test_look(void **state)
{
    fixture_t *f;

    f = *state;
    assert_string_equal(marked(f, "Omeprazole, aripiprazole, omeprazoles"),
                        "[Omeprazole: acid drug], aripiprazole, "
                        "[omeprazoles: acid drug]");
    assert_string_equal(marked(f, "mab, zmab, zumab, rituximab-based"),
                        "mab, zmab, zumab, [rituximab: antibody]-based");
    assert_string_equal(marked(f, "CYP3A4, CYP12A10, CYP3, CD19, cd19, CD"),
                        "[CYP3A4: liver protein], [CYP12A10: liver protein], "
                        "CYP3, [CD19: liver protein], cd19, CD");
}


static void
test_forms(void **state)
{
    fixture_t *f;

    f = *state;
    assert_string_equal(
        marked(f, "Diagnoses, BIOPSIES, x rays, X-Ray, tumours"),
        "[Diagnoses: name], [BIOPSIES: piece], [x rays: "
        "picture], [X-Ray: picture], [tumours: lump]");

    /* What stands before the term within its own form is a term by itself. */

    assert_string_equal(marked(f, "A solid tumor, a biopsy tumor"),
                        "A solid [tumor: lump], a [biopsy: piece] [tumor: "
                        "lump]");

    /* The longest one, in British spelling; other apostrophes. */

    assert_string_equal(marked(f, "oesophageal tumours, tumor-free"),
                        "[oesophageal tumours: growth], [tumor: lump]-free");
    assert_string_equal(marked(f, "Crohn\342\200\231s disease, Crohn disease"),
                        "[Crohn\342\200\231s disease: gut], "
                        "[Crohn disease: gut]");
    assert_string_equal(marked(f, "Solid tumors, solid esophageal tumor"),
                        "Solid [tumors: lump], solid [esophageal tumor: "
                        "growth]");
    assert_string_equal(marked(f, "5-FU, FU"), "[5-FU: a drug], [FU: a drug]");
    assert_string_equal(marked(f, "FVCs, fvc, Fvc"),
                        "[FVCs: air blown out], fvc, Fvc");
}


static void
test_short_forms(void **state)
{
    size_t     i, found;
    fixture_t *f;

    static const char *const pairs[][2] = {
        {"forced vital capacity (FVC)", "FVC"},
        {"FVC (forced vital capacity)", "FVC"},
        {"mini-mental state examination (MMSE)", "MMSE"},
    };

    f = *state;

    for (i = 0, found = 0; i < f->glossary.nswaps; i++) {
        assert_true(f->glossary.swaps[i].derived);
        found += i < 3
                 && strcmp(f->glossary.swaps[i].from.data, pairs[i][0]) == 0
                 && f->glossary.swaps[i].to.len == strlen(pairs[i][1])
                 && memcmp(f->glossary.swaps[i].to.data, pairs[i][1],
                           f->glossary.swaps[i].to.len)
                        == 0;
    }

    /* A disease is a term of its own; a number must stay. */

    assert_int_equal(found, 3);
    assert_int_equal(f->glossary.nswaps, 4);
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_learned, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_term, setup, teardown),
        cmocka_unit_test_setup_teardown(test_senses, setup, teardown),
        cmocka_unit_test_setup_teardown(test_names, setup, teardown),
        cmocka_unit_test_setup_teardown(test_look, setup, teardown),
        cmocka_unit_test_setup_teardown(test_forms, setup, teardown),
        cmocka_unit_test_setup_teardown(test_short_forms, setup, teardown)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
