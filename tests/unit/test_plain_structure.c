/*
 * Every shape of eligibility text that records have, in fictional ones: the tree
 * that is made of it, and that it holds the text, all of it and in order.
 */

#include "core/plain/structure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>


/* tree: "+", "-" or "?" for the kind of a group, its heading in "<>", criteria
 * in "{}" parted by "|", children in "{}" again. */

typedef struct {
    const char *what;
    const char *markup;
    const char *tree;
} shape_t;


static const shape_t shapes[] = {
    {"two headings",
     "Inclusion Criteria:\n\n* a\n* b\n\nExclusion Criteria:\n\n* c",
     "+<Inclusion Criteria:>{a|b}-<Exclusion Criteria:>{c}"},
    {"exclusion first", "Exclusion:\n\n* c\n\nInclusion:\n\n* a",
     "-<Exclusion:>{c}+<Inclusion:>{a}"},
    {"key and main",
     "Key Inclusion Criteria\n\n* a\n\nMain Exclusion Criteria\n\n* b",
     "+<Key Inclusion Criteria>{a}-<Main Exclusion Criteria>{b}"},
    {"full-width colons",
     "Inclusion criteria：\n\n1. a\n\nExclusion criteria：\n\n1. b",
     "+<Inclusion criteria:>{a}-<Exclusion criteria:>{b}"},
    {"lists marked by full-width signs",
     "Inclusion：\n\n1、Adults\n2、Asthma\n\nExclusion：1．Gout；2．Stroke；3．Fever",
     "+<Inclusion:>{Adults|Asthma}-<Exclusion:>{1. Gout;|2. Stroke;|3. Fever}"},
    {"full-width signs within", "Inclusion：\n\n* gout（a、b）；\n* 治療。",
     "+<Inclusion:>{gout (a, b);|治療。}"},
    {"several of each, by part",
     "Inclusion Criteria Part A:\n\n* a\n\nInclusion Criteria Part B:\n\n* b\n\n"
     "Exclusion Criteria Part A:\n\n* c",
     "+<Inclusion Criteria Part A:>{a}+<Inclusion Criteria Part B:>{b}"
     "-<Exclusion Criteria Part A:>{c}"},
    {"cohorts named above",
     "DISEASE GROUP\n\nInclusion Criteria:\n\n* a\n\nExclusion Criteria:\n\n* b\n\n"
     "CONTROL GROUP\n\nInclusion Criteria:\n\n* c",
     "?{DISEASE GROUP}+<Inclusion Criteria:>{a}-<Exclusion Criteria:>{b}"
     "?{CONTROL GROUP}+<Inclusion Criteria:>{c}"},
    {"a short last criterion is no name of a group",
     "Exclusion Criteria:\n\nSmoking\n\nPregnant women\n\nInclusion Criteria:\n\nAdults",
     "-<Exclusion Criteria:>{Smoking|Pregnant women}+<Inclusion Criteria:>{Adults}"},
    {"a heading that says something",
     "Exclusion Criteria for people who get drug X with a stent:\n\n* a\n* b",
     "-{Exclusion Criteria for people who get drug X with a stent:{a|b}}"},
    {"small Roman numerals after a letter of their kind",
     "Inclusion Criteria:\n\n* x\n\ni) Fever.\n\nii) Cough.\n\niii) Rash.",
     "+<Inclusion Criteria:>{x|Fever.|Cough.|Rash.}"},
    {"letters without a space after them",
     "Inclusion Criteria:\n\n* a.Fever at night; b.Cough; c.Rash of the arms\n* next",
     "+<Inclusion Criteria:>{Fever at night;|Cough;|Rash of the arms|next}"},
    {"old style",
     "DISEASE CHARACTERISTICS:\n\n* a\n\nPATIENT CHARACTERISTICS:\n\n* b",
     "+{DISEASE CHARACTERISTICS:{a}|PATIENT CHARACTERISTICS:{b}}"},
    {"old style, each part a line",
     "DISEASE CHARACTERISTICS: Asthma\n\nPATIENT CHARACTERISTICS: No gout",
     "+{DISEASE CHARACTERISTICS: Asthma|PATIENT CHARACTERISTICS: No gout}"},
    {"all must be met",
     "Subjects must meet all of the following criteria to take part:\n\n1. a\n2. b",
     "+{Subjects must meet all of the following criteria to take part:{a|b}}"},
    {"one must be met, and it is no heading",
     "Subjects must meet the criteria of the clinic.\n\nNo gout",
     "?{Subjects must meet the criteria of the clinic.|No gout}"},
    {"headed with a full stop",
     "Inclusion criteria. Adults. Asthma.\n\nStudy Exclusion Criteria. Gout.",
     "+<Inclusion criteria.>{Adults. Asthma.}-<Study Exclusion Criteria.>{Gout.}"},
    {"a sentence about criteria",
     "* Adults\n* Other exclusion criteria. Ask the team.",
     "?{Adults|Other exclusion criteria. Ask the team.}"},
    {"headings as bullets",
     "* Inclusion Criteria:\n\n  * a\n  * b\n* Exclusion Criteria:\n\n  * c",
     "+<Inclusion Criteria:>{a|b}-<Exclusion Criteria:>{c}"},
    {"a heading within an item",
     "Inclusion Criteria:\n\n* a\n* b Exclusion Criteria:• C\n* d",
     "+<Inclusion Criteria:>{a|b}-<Exclusion Criteria:>{C|d}"},
    {"no heading, one block", "People with asthma who can read.",
     "?{People with asthma who can read.}"},
    {"exclusions headed only", "* a\n\nExclusion Criteria:\n\n* b",
     "+{a}-<Exclusion Criteria:>{b}"},
    {"prose with headings within",
     "Inclusion: adults with asthma. Exclusion: smokers.",
     "+<Inclusion:>{adults with asthma.}-<Exclusion:>{smokers.}"},
    {"one line with stars",
     "Inclusion Criteria: * Adults * Asthma * Consent Exclusion Criteria: * Smoking * Surgery * Fever",
     "+<Inclusion Criteria:>{Adults|Asthma|Consent}"
     "-<Exclusion Criteria:>{Smoking|Surgery|Fever}"},
    {"none follows", "Inclusion Criteria:\n\n* a\n\nExclusion Criteria: none",
     "+<Inclusion Criteria:>{a}-<Exclusion Criteria:>{none}"},
    {"nested", "Inclusion Criteria:\n\n* a:\n\n  * b\n  * c:\n\n    * d\n* e",
     "+<Inclusion Criteria:>{a:{b|c:{d}}|e}"},
    {"an introduction holds its list",
     "Inclusion Criteria:\n\nAll of:\n\n* a\n* b",
     "+<Inclusion Criteria:>{All of:{a|b}}"},
    {"a sentence goes on after a list",
     "Inclusion Criteria:\n\n* any of:\n\n  * a\n  * b\n\n  within a month\n* c",
     "+<Inclusion Criteria:>{any of:{a|b|within a month}|c}"},
    {"numbers, letters, romans", "1. a\n\n   1. b\n   2. c\n2. d",
     "?{a{b|c}|d}"},
    {"doubled marks", "* 1) a\n* 2) b\n* • c", "?{1) a|2) b|c}"},
    {"odd bullets", "• Aa\n\n- Bb\n\n– Cc\n\n\\* Dd\n\n▪ Ee",
     "?{Aa|Bb|Cc|Dd|Ee}"},
    {"numbers in one line", "* Any of: 1) fever; 2) cough; 3) rash\n* next",
     "?{Any of:{1) fever;|2) cough;|3) rash}|next}"},
    {"the line's number is the first", "1\\) 17 to 35 years 2) healthy 3) well",
     "?{1) 17 to 35 years|2) healthy|3) well}"},
    {"a numbered item holds the next", "1. fever; 2) cough; 3) rash",
     "?{fever;|2) cough;|3) rash}"},
    {"letters and romans in one line",
     "* Both of these criteria: (a) asthma (b) any of: i) fever, ii) cough\n* next",
     "?{Both of these criteria:{asthma|any of:{fever,|cough}}|next}"},
    {"circled numbers whose first is a bullet",
     "* Platelets 5; ② Iron 6; ③ Zinc 7\n\n  ④ Lead 8",
     "?{Platelets 5;|Iron 6;|Zinc 7{Lead 8}}"},
    {"a circled number within", "* As in note ② of the plan",
     "?{As in note ② of the plan}"},
    {"an abstract in one line",
     "PATIENT CHARACTERISTICS: Age: 18 and over Renal: Creatinine at most 2 Other: No gout",
     "?{PATIENT CHARACTERISTICS:{Age: 18 and over|Renal: Creatinine at most 2|Other: No gout}}"},
    {"labels that are no abstract's", "* Age: 18 and over Renal: fine",
     "?{Age: 18 and over Renal: fine}"},
    {"circled numbers", "* Blood: ① Platelets 5; ② Iron 6\n* next",
     "?{Blood:{Platelets 5;|Iron 6}|next}"},
    {"bullets in one line", "* Old stroke.• Patient has gout.• Patient smokes",
     "?{Old stroke.|Patient has gout.|Patient smokes}"},
    {"a bullet that is a sign", "LVEF • 40 %, 1•73 m2",
     "?{LVEF • 40 %, 1•73 m2}"},
    {"brackets are no marks",
     "* Naive (cohort 1) or treated (cohort 2) disc(s), one (1) or two (2)",
     "?{Naive (cohort 1) or treated (cohort 2) disc(s), one (1) or two (2)}"},
    {"names are no marks",
     "* Infection: E. coli or S. aureus, grade 1. Treated 2. times",
     "?{Infection: E. coli or S. aureus, grade 1. Treated 2. times}"},
    {"a join goes to what it joins",
     "* Fever; or\n* Cough, and/or\n* Rash\n\n  * a\n",
     "?{Fever;|or Cough,|and/or Rash{a}}"},
    {"a join with nothing after it",
     "* Fever or\n\nExclusion Criteria:\n\n* Cough",
     "+{Fever or}-<Exclusion Criteria:>{Cough}"},
    {"wrapped lines", "* a criterion that\n  goes on here\n* b",
     "?{a criterion that goes on here|b}"},
    {"lines that are criteria", "Adults with asthma\nCan read\nOwn a phone",
     "?{Adults with asthma|Can read|Own a phone}"},
    {"a sentence about criteria",
     "* Not meeting the exclusion criteria of another study",
     "?{Not meeting the exclusion criteria of another study}"},
    {"escapes", "* Age \\>= 18, \\<= 5 x 10\\^9/L \\[x\\] a\\_b",
     "?{Age >= 18, <= 5 x 10^9/L [x] a_b}"},
    {"entities, once and twice", "* &lt;5 &amp;gt;3 \\&gt;2 &#39;x&#39;",
     "?{<5 >3 >2 'x'}"},
    {"a letter that goes on", "1. Fever\n\nc. Cough\n\nd. Rash",
     "?{Fever|Cough|Rash}"},
    {"a stop left over", "1. . Fever\n2. . Cough", "?{Fever|Cough}"},
    {"entities, three times", "* \\&amp;gt;1", "?{>1}"},
    {"no Markdown",
     "* <5 mg and >3 mg\n\n> 18 years\n\n[1]: see\n\n    indented",
     "?{<5 mg and >3 mg|> 18 years|[1]: see|indented}"},
    {"stars in words", "* 2*ULN or 3*ULN and **bold**",
     "?{2*ULN or 3*ULN and bold}"},
    {"nothing to read", "* \n\n•\n\n---\n\n* a", "?{a}"},
    {"nothing", "", ""}};


static void
put_criteria(trials_buf_t *buf, const trials_criterion_t *criteria, size_t n)
{
    size_t i;

    if (n == 0) {
        return;
    }

    for (i = 0; i < n; i++) {
        (void) trials_buf_append(buf, i ? "|" : "{", 1);
        (void) trials_buf_append(buf, criteria[i].original.data,
                                 criteria[i].original.len);
        put_criteria(buf, criteria[i].criteria, criteria[i].ncriteria);
    }

    (void) trials_buf_append(buf, "}", 1);
}


static void
test_shapes(void **state)
{
    size_t               i, k, failed;
    trials_buf_t         buf;
    trials_error_t       err;
    trials_arena_t      *arena;
    trials_eligibility_t e;
    trials_outline_t     outline;

    (void) state;

    failed = 0;
    arena = trials_arena_create();
    assert_non_null(arena);
    trials_buf_init(&buf, 1 << 20);

    for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        trials_buf_reset(&buf);
        assert_int_equal(
            trials_outline_read(
                arena,
                (trials_str_t){strlen(shapes[i].markup), shapes[i].markup},
                &outline, &err),
            TRIALS_OK);
        assert_int_equal(trials_structure_read(arena, &outline, &e, &err),
                         TRIALS_OK);

        for (k = 0; k < e.ngroups; k++) {
            (void) trials_buf_append(&buf, "+-?" + e.groups[k].kind, 1);
            if (e.groups[k].heading.len) {
                (void) trials_buf_printf(&buf, "<%s>",
                                         e.groups[k].heading.data);
            }
            put_criteria(&buf, e.groups[k].criteria, e.groups[k].ncriteria);
        }

        if (strcmp(buf.data ? buf.data : "", shapes[i].tree) != 0) {
            print_error("%s:\n  %s\n  %s\n", shapes[i].what, shapes[i].tree,
                        buf.data ? buf.data : "");
            failed++;
        }
    }

    trials_buf_free(&buf);
    trials_arena_destroy(arena);
    assert_int_equal(failed, 0);
}


/* Ten times the text is not a hundred times the work: a text of 4 MB of marks,
 * headings and brackets ends. */

static void
test_long(void **state)
{
    size_t                   i, k;
    trials_buf_t             buf;
    trials_error_t           err;
    trials_arena_t          *arena;
    trials_eligibility_t     e;
    trials_outline_t         outline;
    static const char *const units[] = {
        "Exclusion Criteria of people who get drug X with Y\n\n",
        "Any of: 1) a 2) b (c ", "* a or\n", "• A • B: ", "CONTROL GROUP\n\n"};

    (void) state;

    for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        arena = trials_arena_create();
        assert_non_null(arena);
        trials_buf_init(&buf, 4 << 20);

        for (k = 0; k < 20000; k++) {
            (void) trials_buf_append(&buf, units[i], strlen(units[i]));
        }

        assert_int_equal(trials_outline_read(arena,
                                             (trials_str_t){buf.len, buf.data},
                                             &outline, &err),
                         TRIALS_OK);
        assert_int_equal(trials_structure_read(arena, &outline, &e, &err),
                         TRIALS_OK);
        assert_true(e.ngroups > 0);
        trials_buf_free(&buf);
        trials_arena_destroy(arena);
    }
}


int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shapes),
                                       cmocka_unit_test(test_long)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
