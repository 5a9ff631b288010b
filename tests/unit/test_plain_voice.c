/* Who is spoken to: openings of criteria, and what must not be said to the
 * reader. */

#include "tests/unit/plain_cases.h"


static const plain_case_t cases[] = {
    /* A verb of its own, or one that goes with the opening. */

    {TRIALS_GROUP_INCLUSION,
     "Patients who are unable to walk because of weakness, but who are up in a wheelchair, will be considered able to walk",
     "People who are not able to walk because of weakness, but who are up in a wheelchair, will be seen as able to walk"},
    {TRIALS_GROUP_INCLUSION,
     "Patients who cannot walk because of weakness, but who are up in a wheelchair",
     "You cannot walk because of weakness, but you are up in a wheelchair."},
    {TRIALS_GROUP_INCLUSION,
     "Have achieved a response and subsequently had a relapse",
     "You have reached a response and later had a relapse."},
    {TRIALS_GROUP_EXCLUSION,
     "Participants who do not agree to participate and/or do not sign the consent form",
     "You do not agree to take part and/or do not sign the consent form."},
    {TRIALS_GROUP_EXCLUSION,
     "Has known active hepatitis B (e.g., the test is positive) or active hepatitis C",
     "You have known active hepatitis B (for example, the test is positive) or active hepatitis C."},
    {TRIALS_GROUP_EXCLUSION,
     "Patients who have received or are currently receiving methotrexate",
     "You got or are now getting methotrexate."},
    {TRIALS_GROUP_EXCLUSION,
     "Subjects with asthma such as after exercise, or subjects who have received steroids for it",
     "You have asthma such as after exercise. Or you got steroids for it."},
    {TRIALS_GROUP_INCLUSION,
     "Able to take medicine by mouth and be willing to come to the visits",
     "You can take medicine by mouth and are willing to come to the visits."},
    {TRIALS_GROUP_EXCLUSION, "Individuals deprived of liberty",
     "You are deprived of liberty."},
    {TRIALS_GROUP_EXCLUSION, "Patients infected with HIV",
     "You are infected with HIV."},
    {TRIALS_GROUP_EXCLUSION,
     "Exposed to an investigational drug within 30 days before screening",
     "You were exposed to a test drug in the 30 days before the first checks."},


    {TRIALS_GROUP_EXCLUSION,
     "Previous treatment with infliximab (patients who have received it in a trial can join)",
     "You already had treatment with infliximab (people who have received it in a study can join)."},
    {TRIALS_GROUP_EXCLUSION,
     "Have family (first-degree relative) or personal history of medullary thyroid cancer",
     "You have family (first-degree relative) or personal history of medullary thyroid cancer."},
    {TRIALS_GROUP_EXCLUSION,
     "Personal or family history of medullary thyroid cancer",
     "You or close family members have had medullary thyroid cancer."},
    {TRIALS_GROUP_EXCLUSION,
     "Has had surgery within 4 weeks and has not recovered from complications (i.e., has any pain) or has received radiotherapy",
     "You have had surgery within 4 weeks and have not recovered from complications (that is, has any pain) or have received radiation."},
    {TRIALS_GROUP_EXCLUSION,
     "Inadequate opportunity to sleep or living with an infant",
     "Not good enough opportunity to sleep or living with an infant"},
    {TRIALS_GROUP_EXCLUSION,
     "Hypersensitivity to related drugs (i.e., monoclonal antibodies; blood products)",
     "You are allergic to related drugs. This means monoclonal antibodies; blood products."},
    {TRIALS_GROUP_INCLUSION,
     "Sexually active patients must be willing to use birth control",
     "People who have sex must be willing to use birth control"},

    {TRIALS_GROUP_EXCLUSION,
     "Lactating women (also those who pump), or women confirmed to be pregnant",
     "Breastfeeding women (also those who pump), or women confirmed to be pregnant"},
    {TRIALS_GROUP_EXCLUSION,
     "Patients with a history of missed visits and patients who are considered unreliable",
     "People who have had missed visits and people who are seen as unreliable"},
    {TRIALS_GROUP_INCLUSION, "Has positive results in two allergy tests",
     "You have positive results in two allergy tests."},
    {TRIALS_GROUP_INCLUSION,
     "Agrees to abstinence from enrollment to 2 years after the end",
     "You agree to abstinence from joining to 2 years after the end."},

    {TRIALS_GROUP_EXCLUSION, "Fever within 3 months before screening visit 1",
     "You had fever within 3 months before screening visit 1."},
    {TRIALS_GROUP_INCLUSION, "ALT ≥ 2x upper limit of normal (ULN)",
     "Your ALT is at least 2 times the upper limit of normal (ULN)."},

    /* Words of time, tense, brackets. */

    {TRIALS_GROUP_INCLUSION,
     "Liver function and kidney function meet the following requirements:",
     "Liver function and kidney function meet these rules:"},
    {TRIALS_GROUP_EXCLUSION,
     "Used biological agents within 5 half-lives of the drug (whichever is longer)",
     "You used biological agents within 5 half-lives of the drug (whichever is longer)."},
    {TRIALS_GROUP_EXCLUSION,
     "Use of omalizumab or another biologic within the past year",
     "You used omalizumab or another biologic within the past year."},
    {TRIALS_GROUP_EXCLUSION,
     "Clinical evidence of metastases within 2 mm of the spinal cord",
     "You have signs of metastases within 2 mm of the spinal cord."},
    {TRIALS_GROUP_INCLUSION,
     "Systemic anti-cancer therapy, such as chemotherapy or biological therapy, received within the past 28 days or 5 half-lives, whichever is longer, from the first day",
     "You had whole-body cancer treatment, such as chemo or biological therapy, received in the last 28 days or 5 half-lives, whichever is longer, from the first day."},
    {TRIALS_GROUP_EXCLUSION, "Grade ≥ 2 neuropathy that needs treatment",
     "You have grade 2 or higher nerve damage that needs treatment."},
    {TRIALS_GROUP_EXCLUSION, "Active asthma, or history of stroke",
     "You have active asthma, or a history of stroke."},
    {TRIALS_GROUP_EXCLUSION, "Presence or history of asthma",
     "You have a presence or history of asthma."},
    {TRIALS_GROUP_INCLUSION, "Breast cancer patients after surgery",
     "Breast cancer patients after surgery"},
    {TRIALS_GROUP_EXCLUSION,
     "Any disease that may compromise patient safety or their ability to give consent",
     "You have any disease that may harm your safety or your ability to give consent."},
    {TRIALS_GROUP_INCLUSION,
     "Must be willing to follow the study plan, including their availability for visits",
     "You must be willing to follow the study plan. This includes your availability for visits."},
    {TRIALS_GROUP_EXCLUSION,
     "Major surgery within 4 weeks before the study, or anticipation of need for a major surgical procedure during the study",
     "You had major surgery in the 4 weeks before the study. Or you expect to need major surgery during the study."},
    {TRIALS_GROUP_INCLUSION,
     "Subject understands the study and is willing to sign the consent form",
     "You understand the study and are willing to sign the consent form."},
    {TRIALS_GROUP_EXCLUSION,
     "Pregnancy or breastfeeding, or intention of becoming pregnant during the study",
     "You are pregnant or breastfeeding, or plan to get pregnant during the study."},
    {TRIALS_GROUP_EXCLUSION, "Absence of 15 days or more from home",
     "Absence of 15 days or more from home"},
    {TRIALS_GROUP_EXCLUSION,
     "Known to have tested positive for HIV or active tuberculosis",
     "You are known to have tested positive for HIV or active TB."},
    {TRIALS_GROUP_EXCLUSION, "Subjects who are not eligible to enter the study",
     "You cannot enter the study."},

    /* "At least", "other", women. */

    {TRIALS_GROUP_INCLUSION, "At least 2 exacerbations in the last year",
     "You had at least 2 flares in the last year."},
    {TRIALS_GROUP_INCLUSION, "At least 4 weeks since radiotherapy",
     "At least 4 weeks since radiation"},
    {TRIALS_GROUP_EXCLUSION,
     "Other significant disease or condition that, in the investigator's opinion, would exclude the patient from the trial",
     "You have another important disease or condition that the study doctor thinks would exclude you from the study."},
    {TRIALS_GROUP_EXCLUSION, "Other active infections",
     "You have other active infections."},
    {TRIALS_GROUP_INCLUSION,
     "Female patients with breast cancer who had surgery",
     "You are a woman with breast cancer and you had surgery."},
    {TRIALS_GROUP_EXCLUSION,
     "In addition, female patients must be using birth control",
     "In addition, women must be using birth control"},
    {TRIALS_GROUP_INCLUSION, "Male and female patients with severe asthma",
     "You are male or female with severe asthma."},
    {TRIALS_GROUP_INCLUSION, "Women aged 18 to 45 years",
     "You are a woman aged 18 to 45 years."},
    {TRIALS_GROUP_INCLUSION,
     "Women with asthma must have a negative pregnancy test",
     "Women with asthma must have a negative pregnancy test"},
};


static void
test_voice(void **state)
{
    (void) state;

    plain_cases_are(cases, sizeof(cases) / sizeof(cases[0]));
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_voice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
