/* The fidelity check: damage of every kind is caught, good pairs pass. */

#include "core/plain/check_table.h"

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


static trials_plain_t *plain;


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
    {"willing lost", "Able and willing to swallow pills",
     "You are able and to swallow pills"},
    {"if lost", "Women must use contraception",
     "You are a woman, you must use birth control"},
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
    {"positive made negative", "HER2+ cancer", "HER2- cancer"},
    {"window moved past or", "Cough, or fever within 4 weeks before surgery",
     "Within 4 weeks before surgery, cough, or fever"},
    {"window moved past not", "No fever within 4 weeks before surgery",
     "Within 4 weeks before surgery, fever"},
    {"half a window moved", "Fever before surgery planned, cough",
     "Before fever surgery planned, cough"},
    {"no cut from what it denies", "No fever or rash",
     "You have no fever. Or you have a rash."},
    {"not cut by a comma", "Not on dialysis, taking insulin",
     "You are not on dialysis. You are taking insulin."},
    {"window cut from the first", "Gout or a stroke within the last 6 months",
     "You have gout. Or a stroke in the last 6 months."},
    {"exception grown", "Allergy to food other than nuts and pollen",
     "You have an allergy to food. This does not apply to nuts and pollen."},
    {"any of these made all", "Gout, asthma, or migraine",
     "You have all of these:\nGout.\nAsthma.\nMigraine."},
    {"all of these made any", "Gout, asthma, and migraine",
     "You have any of these:\nGout.\nAsthma.\nMigraine."},
    {"a list without its joint", "Gout, asthma, or migraine",
     "You have:\nGout.\nAsthma.\nMigraine."},
    {"an item lost", "Gout, asthma, or migraine",
     "You have any of these:\nGout.\nMigraine."},
    {"items swapped", "Gout, asthma, or migraine",
     "You have any of these:\nAsthma.\nGout.\nMigraine."},
    {"items merged", "Gout, asthma, or migraine",
     "You have any of these:\nGout asthma.\nMigraine or"},
    {"a window in the last item",
     "Gout, asthma, or a stroke within the last 6 months",
     "You have any of these:\nGout.\nAsthma.\nA stroke in the last 6 months."},
    {"a denial in the first item", "No gout, asthma, or migraine",
     "You have any of these:\nNo gout.\nAsthma.\nMigraine."},
    {"a closed denial in the first item", "Uncontrolled gout, asthma, or rash",
     "You have any of these:\nUncontrolled gout.\nAsthma.\nRash."},
    {"a window in two items",
     "Gout, rash within 4 weeks, or fever within 2 days",
     "You have any of these:\nGout.\nRash within 4 weeks.\nFever within 2 days."},
    {"a list's denial lost", "No gout, asthma, or migraine",
     "You have any of these:\nGout.\nAsthma.\nMigraine."},
    {"a denial of all", "No gout, asthma, and migraine",
     "You do not have all of these:\nGout.\nAsthma.\nMigraine."},
    {"a bound in the first item", "Grade ≥ 3 nausea, rash, or fever",
     "You have any of these:\nGrade 3 or higher nausea.\nRash.\nFever."},
    {"an exception in the last item",
     "Gout, asthma, or cancer other than skin cancer",
     "You have any of these:\nGout.\nAsthma.\nCancer except skin cancer."},
    {"a condition in the last item", "Gout, asthma, or fever if severe",
     "You have any of these:\nGout.\nAsthma.\nFever if severe."},
    {"any of these where one is meant", "All of the following: gout, asthma",
     "You have any of these:\nGout.\nAsthma."},
    {"an open denial", "Cannot swallow tablets or capsules",
     "You cannot swallow tablets. Or capsules."},
    {"a condition lost", "Fever if it is severe",
     "You have a fever. It is severe."},
    {"a condition cut from what it denies",
     "No fever if you have gout or a rash",
     "You have no fever. This applies to gout or a rash."},
    {"a list moved", "Within 4 weeks before surgery, gout or asthma",
     "You had any of these:\nGout.\nAsthma.\n\nWithin 4 weeks before surgery."},
    {"wrong other unit", "Weight at least 40 kg",
     "Weight at least 40 kg (98 lb)"},
    {"other unit in place of the first", "Weight at least 40 kg",
     "Weight at least 88 lb"},
    {"or made and, to the reader", "Patients with gout or who smoke",
     "You have gout and you smoke"},
    {"and out of nothing", "Patients with gout, smoking",
     "You have gout and you smoke"},
    {"a second and", "Patients with gout who smoke, or drink",
     "You have gout and you smoke and you drink"},
    {"minimum lost", "Minimum life expectancy of 12 weeks",
     "You are expected to live 12 weeks"},
    {"minimum turned", "Minimum disc height of 3 mm",
     "Disc height of at most 3 mm"},
    {"maximum lost", "Maximum tumor size of 3 cm", "Tumor size of 3 cm"},
    {"not good enough made good", "Inadequate asthma control",
     "Good enough asthma control"},
    {"time before made past", "Flare within 90 days prior screening",
     "Flare within 90 days after screening"},
    {"something from nothing", "", "Pregnant"}};


static const trials_pair_t good[] = {
    {"who, to the reader", "Patients with gout who are smoking",
     "You have gout and you are smoking"},
    {"minimum of a number", "Minimum life expectancy of 12 weeks",
     "You are expected to live at least 12 weeks"},
    {"maximum of a number", "Maximum tumor size of 3 cm",
     "Tumor size of at most 3 cm"},
    {"not good enough", "Inadequate response to steroids",
     "You have not had a good enough response to steroids"},
    {"and so on", "Gout, fever, etc.", "Gout, fever, and so on"},
    {"bound with an or", "Sleep of < or = 6.5 hours",
     "Sleep of at most 6.5 hours"},
    {"square meters", "BMI < 30 kg/m^2", "BMI less than 30 kg/m²"},
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
    {"able and willing", "Able and willing to swallow pills",
     "You can and will swallow pills"},
    {"opinion", "Unfit in the opinion of the investigator",
     "Unfit in the study doctor's view"},
    {"words", "History of myocardial infarction or malignancy",
     "You have a history of heart attack or cancer"},
    {"open list", "Illness including, but not limited to, asthma",
     "Illness such as (but not only), asthma"},
    {"window first", "Any surgery within 4 weeks before the first dose",
     "Within 4 weeks before the first dose, any surgery"},
    {"who judges last", "In the opinion of the investigator, unfit for surgery",
     "Unfit for surgery, in the study doctor's view"},
    {"other unit", "Weight at least 40 kg", "Weight at least 40 kg (88 lb)"},
    {"raised digits", "ANC ≥ 1.5 × 10⁹/L", "ANC at least 1.5 x 10^9/L"},
    {"full-width forms", "BMI（kg/m²）： 30", "BMI (kg/m2): 30"},
    {"no more than", "Weight ≤ 100 kg", "Your weight is no more than 100 kg"},
    {"fewer than", "< 5 cigarettes", "fewer than 5 cigarettes"},
    {"passive", "Must not be treated by a surgeon",
     "You must not have been treated by a surgeon"},
    {"split", "Asthma that is severe and needs steroids",
     "You have asthma that is severe. And needs steroids."},
    {"cut at an alternative", "Gout or severe asthma",
     "You have gout. Or you have severe asthma."},
    {"cut with its own denial", "No fever and no rash",
     "You have no fever. Also, you have no rash."},
    {"exception as a sentence", "Cancer, except cancer of the skin or cervix",
     "You have cancer. This does not apply to cancer of the skin or cervix."},
    {"full stop", "Severe asthma", "You have severe asthma."},
    {"nested", "Any of the following: fever, cough",
     "Any of these: fever, cough"},
    {"exception", "Cancer other than skin cancer",
     "You have cancer, except skin cancer"},
    {"other unit of time", "For 2 weeks", "For 2 weeks (14 days)"},
    {"other unit of heat", "Temperature above 38 °C",
     "Temperature more than 38 °C (100.4 °F)"},
    {"upper limit", "AST ≤ 3 × ULN",
     "AST no more than 3 times the upper limit of normal"},
    {"minus sign", "T-score of −2.5", "T-score of -2.5"},
    {"curly apostrophe", "Crohn’s disease", "Crohn's disease"},
    {"plural", "Prior therapies", "Prior therapy"},
    {"unwilling", "Unwilling to fast", "Not willing to fast"},
    {"uncontrolled", "Asthma that is uncontrolled",
     "Asthma that is not controlled"},
    {"a condition as a sentence", "Fever if it is severe",
     "You have a fever. This applies if it is severe."},
    {"a list of values", "Blood: INR < 2, platelets ≥ 90",
     "Blood:\nINR less than 2.\nPlatelets at least 90."},
    {"a closed denial", "Uncontrolled asthma or a severe cough",
     "You have uncontrolled asthma. Or you have a severe cough."},
    {"a list of any", "Gout, asthma, or migraine",
     "You have any of these:\nGout.\nAsthma.\nMigraine."},
    {"a list of all", "Gout, asthma, and migraine",
     "You have all of these:\nGout.\nAsthma.\nMigraine."},
    {"a list of these", "Illness such as gout, asthma and migraine",
     "Illness such as these:\nGout.\nAsthma.\nMigraine."},
    {"a list that says its joint", "Drugs: aspirin, heparin, or warfarin",
     "Drugs:\nAspirin.\nHeparin.\nOr warfarin."},
    {"a list of any that was one", "Any of the following: gout, or asthma",
     "Any of these:\nGout.\nAsthma."},
    {"a denial of its own in a list", "Gout, uncontrolled asthma, or rash",
     "You have any of these:\nGout.\nUncontrolled asthma.\nRash."},
    {"a number of its own in a list", "Gout, type 2 diabetes, or rash",
     "You have any of these:\nGout.\nType 2 diabetes.\nRash."},
    {"a list denied", "No gout, asthma, or migraine",
     "You do not have any of these:\nGout.\nAsthma.\nMigraine."},
    {"what follows a list",
     "Gout, asthma, or migraine within 4 weeks before surgery",
     "You had any of these:\nGout.\nAsthma.\nMigraine.\n\nThis was in the 4 weeks before surgery."},
    {"times", "ALT ≤ 2.5 x ULN", "ALT at most 2.5 times the ULN"}};


static trials_rc_t
check(const char *original, const char *text, trials_error_t *err)
{
    memset(err, 0, sizeof(trials_error_t));

    return trials_plain_check(plain, (trials_str_t){strlen(original), original},
                              (trials_str_t){strlen(text), text}, err);
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

    assert_int_equal(
        trials_plain_check(plain, (trials_str_t) trials_str("a stroke"),
                           (trials_str_t) trials_str("a rash"), NULL),
        TRIALS_FAILED);
}


/* A table with a slip is refused, and the message says where. */

static void
test_table(void **state)
{
    size_t           i;
    trials_error_t   err;
    trials_checker_t checker;
    static const struct {
        const char *data;
        const char *message;
    } tables[] = {{"a\tone thing\nb\tOne things\n",
                   "t:2: stands here twice: \"One things\""},
                  {"a\n", "t:1: too few fields: \"a\""},
                  {"a\t\n", "t:1: says nothing: \"a\""},
                  {"a\ta b c d e f g h i j k l m\n",
                   "t:1: cannot be matched: \"a b c d e f g h i j k l m\""}};

    (void) state;

    for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        assert_int_equal(
            trials_checker_load(&checker, "t", tables[i].data,
                                tables[i].data + strlen(tables[i].data), &err),
            TRIALS_INVALID);
        assert_string_equal(err.message, tables[i].message);
    }
}


/* Others may say that words are alike, but not that a bound or a negation is. */

static void
test_vouch(void **state)
{
    size_t            i;
    trials_error_t    err;
    trials_checker_t  checker;
    static const char table[] =
        "-\tthe|of\nnot\tno|not|without\nor\tor\n:ge\tat least\n:lt\tbelow\n";
    static const struct {
        const char *from;
        const char *to;
        trials_rc_t rc;
    } pairs[] = {{"myopia", "short sight", TRIALS_OK},
                 {"apnea", "no breath", TRIALS_FAILED},
                 {"no breath", "without breath", TRIALS_OK},
                 {"either", "one or the other", TRIALS_FAILED},
                 {"adult", "at least 18", TRIALS_FAILED},
                 {"at least 3", "at least 4", TRIALS_FAILED},
                 {"below", "at least", TRIALS_FAILED},
                 {"nothing", "the", TRIALS_FAILED}};

    (void) state;

    assert_int_equal(trials_checker_load(&checker, "t", table,
                                         table + sizeof(table) - 1, &err),
                     TRIALS_OK);

    for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        assert_int_equal(
            trials_checker_vouch(
                &checker, (trials_str_t){strlen(pairs[i].from), pairs[i].from},
                (trials_str_t){strlen(pairs[i].to), pairs[i].to}),
            pairs[i].rc);
    }

    trials_checker_free(&checker);
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
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_damage),  cmocka_unit_test(test_good),
        cmocka_unit_test(test_reasons), cmocka_unit_test(test_without_error),
        cmocka_unit_test(test_table),   cmocka_unit_test(test_vouch)};

    return cmocka_run_group_tests(tests, setup, teardown);
}
