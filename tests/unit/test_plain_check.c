/* The fidelity check: damage of every kind is caught, good pairs pass. */

#include "core/plain/check_read.h"

#include <trials/plain.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>


typedef struct {
    const char *what;
    const char *original;
    const char *plain;
} trials_pair_t;


static const trials_pair_t damaged[] = {
    {"number changed", "Age ≥ 18 years", "You are at least 19 years old"},
    {"number lost", "Platelets ≥ 100 per sample", "Platelets per sample"},
    {"number added", "Surgery within 4 weeks", "Surgery within 4 to 6 weeks"},
    {"decimal moved", "INR ≤ 1.5", "INR at most 15"},
    {"thousands lost", "Platelets ≥ 100,000/mm3", "Platelets at least 100/mm3"},
    {"power of ten lost", "ANC ≥ 1.5 x 10^9/L", "ANC at least 1.5/L"},
    {"power of ten changed", "ANC ≥ 1.5 x 10^9/L",
     "ANC at least 1.5 million per liter"},
    {"number word changed", "two prior lines", "three prior lines"},
    {"negative lost", "T-score of -2.5", "T-score of 2.5"},
    {"comparator flipped", "Creatinine ≤ 2 mg/dL",
     "Creatinine at least 2 mg/dL"},
    {"comparator loosened", "Age > 18 years", "You are at least 18 years old"},
    {"comparator tightened", "Age ≥ 18 years",
     "You are more than 18 years old"},
    {"comparator lost", "QTc > 470 ms", "QTc 470 ms"},
    {"comparator added", "QTc of 470 ms", "QTc of at most 470 ms"},
    {"comparators swapped", "WBC < 3 or > 12",
     "WBC more than 3 or less than 12"},
    {"numbers swapped", "ALT ≤ 3 and AST ≤ 5",
     "ALT at most 5 and AST at most 3"},
    {"range end lost", "Age 18-75 years", "You are 18 years old"},
    {"range made a bound", "18 to 75 years old", "18 or 75 years old"},
    {"bound after a number lost", "18 years or older", "18 years"},
    {"bound after a number turned", "18 years or older", "18 years or younger"},
    {"unit changed", "Dose of 10 mg a day", "Dose of 10 mcg a day"},
    {"time unit changed", "Within 4 weeks of surgery",
     "Within 4 months of surgery"},
    {"percent lost", "LVEF ≥ 50%", "LVEF at least 50"},
    {"window turned", "Within 4 weeks before surgery",
     "Within 4 weeks after surgery"},
    {"window lost", "Stroke within 6 months", "Stroke"},
    {"window made a bound", "Stroke within 6 months",
     "Stroke more than 6 months"},
    {"negation lost", "No history of stroke", "History of stroke"},
    {"negation added", "History of stroke", "No history of stroke"},
    {"without lost", "Cirrhosis without ascites", "Cirrhosis with ascites"},
    {"prefix lost", "Uncontrolled asthma", "Controlled asthma"},
    {"non- lost", "Non-smoker", "Smoker"},
    {"unable turned", "Unable to swallow", "Able to swallow"},
    {"unless lost", "No steroids unless inhaled", "No steroids inhaled"},
    {"except turned", "Cancer except skin cancer", "Cancer and skin cancer"},
    {"and made or", "Fever and cough", "Fever or cough"},
    {"or made and", "Fever or cough", "Fever and cough"},
    {"alternative lost", "Fever, cough, or rash", "Fever, cough, rash"},
    {"any made all", "Any of the following", "All of the following"},
    {"only lost", "Only women", "Women"},
    {"may made must not", "You may take aspirin", "You must not take aspirin"},
    {"word lost", "Severe kidney disease", "Kidney disease"},
    {"word added", "Kidney disease", "Severe kidney disease"},
    {"organ changed", "Hepatic impairment", "Poor kidney function"},
    {"drug changed", "Treated with warfarin", "Treated with heparin"},
    {"abbreviation changed", "HBsAg positive", "HIV positive"},
    {"code changed", "Strong CYP3A4 inhibitors", "Strong CYP2D6 inhibitors"},
    {"cut short", "Heart attack, stroke, or surgery in the last 6 months",
     "Heart attack, stroke"},
    {"order turned", "Aspirin after heparin", "Heparin after aspirin"},
    {"age made a duration", "At least 18 years old", "At least 18 years"},
    {"approximate lost", "About 10 visits", "10 visits"},
    {"everything lost", "Pregnant or breastfeeding", ""},
    {"something from nothing", "", "Pregnant"}};


static const trials_pair_t good[] = {
    {"the same", "Pregnant or breastfeeding", "Pregnant or breastfeeding"},
    {"case", "age over 5", "Age over 5"},
    {"age in signs", "Age ≥ 18 years", "You are at least 18 years old"},
    {"age in words", "Aged 18 years or older", "You are 18 years or older"},
    {"age range", "Age 18-75 years", "You are 18 to 75 years old"},
    {"between", "Age between 18 and 75 years", "You are 18 to 75 years old"},
    {"years of age", "At least 18 years of age", "At least 18 years old"},
    {"full-width sign", "BMI ＜ 30", "BMI less than 30"},
    {"double sign", "INR =< 1.5", "INR at most 1.5"},
    {"words for a bound", "Hemoglobin greater than or equal to 9 g/dL",
     "Hemoglobin at least 9 g/dL"},
    {"grade", "Grade ≥ 2 neuropathy", "Grade 2 or higher neuropathy"},
    {"billions", "ANC ≥ 1.5 × 10^9/L", "ANC at least 1.5 billion per liter"},
    {"thousands", "ANC ≥ 1,500/mm3", "ANC at least 1500/mm3"},
    {"number words", "two weeks", "2 weeks"},
    {"window", "Surgery within 4 weeks prior to randomization",
     "Surgery in the 4 weeks before randomization"},
    {"past window", "Stroke within the past 6 months",
     "Stroke in the last 6 months"},
    {"voice", "Patients with active infection", "You have active infection"},
    {"ability", "Able to swallow tablets", "You can swallow tablets"},
    {"inability", "Unable to swallow", "You are not able to swallow"},
    {"opinion", "Unfit in the opinion of the investigator",
     "Unfit in the study doctor's view"},
    {"words", "History of myocardial infarction or malignancy",
     "You have a history of heart attack or cancer"},
    {"open list", "Illness including, but not limited to, asthma",
     "Illness such as (but not only), asthma"},
    {"times", "ALT ≤ 2.5 x ULN", "ALT at most 2.5 times the ULN"}};


static trials_rc_t
check(const char *original, const char *plain, trials_error_t *err)
{
    memset(err, 0, sizeof(trials_error_t));

    return trials_plain_check((trials_str_t){strlen(original), original},
                              (trials_str_t){strlen(plain), plain},
                              TRIALS_GROUP_INCLUSION, err);
}


static void
test_damage(void **state)
{
    size_t         i;
    trials_error_t err;

    (void) state;

    for (i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++) {
        if (check(damaged[i].original, damaged[i].plain, &err) != TRIALS_FAILED)
        {
            fail_msg("not caught: %s", damaged[i].what);
        }
        assert_int_equal(err.code, TRIALS_FAILED);
        assert_true(strlen(err.message) > 0);
    }
}


static void
test_good(void **state)
{
    size_t         i;
    trials_error_t err;

    (void) state;

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        if (check(good[i].original, good[i].plain, &err) != TRIALS_OK) {
            fail_msg("refused: %s: %s", good[i].what, err.message);
        }
    }
}


static void
test_reasons(void **state)
{
    trials_error_t err;

    (void) state;

    assert_int_equal(check("INR 1.5", "INR", &err), TRIALS_FAILED);
    assert_string_equal(err.message, "number \"1.5\" lost");

    assert_int_equal(check("No stroke", "Stroke", &err), TRIALS_FAILED);
    assert_string_equal(err.message, "negation \"No\" lost");

    assert_int_equal(check("INR ≤ 1.5", "INR at least 1.5", &err),
                     TRIALS_FAILED);
    assert_string_equal(err.message, "the bound of 1.5 changed");

    assert_int_equal(check("Stroke", "Severe stroke", &err), TRIALS_FAILED);
    assert_string_equal(err.message, "word \"Severe\" new");
}


static void
test_without_error(void **state)
{
    (void) state;

    assert_int_equal(trials_plain_check((trials_str_t) trials_str("a stroke"),
                                        (trials_str_t) trials_str("a rash"),
                                        TRIALS_GROUP_OTHER, NULL),
                     TRIALS_FAILED);
}


/* The table is searched by halves. */

static void
test_sorted(void **state)
{
    size_t i;

    (void) state;

    for (i = 1; i < trials_check_nwords; i++) {
        if (strcmp(trials_check_words[i - 1].phrase,
                   trials_check_words[i].phrase)
            >= 0) {
            fail_msg("\"%s\" is out of order", trials_check_words[i].phrase);
        }
    }
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_damage), cmocka_unit_test(test_good),
        cmocka_unit_test(test_reasons), cmocka_unit_test(test_without_error),
        cmocka_unit_test(test_sorted)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
