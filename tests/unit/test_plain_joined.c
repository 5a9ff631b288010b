/* What is joined to what is told of the reader, when it was, and whose it is. */

#include "tests/unit/plain_cases.h"


static const plain_case_t cases[] = {
    /* What is joined in another form is told of the reader too. */

    {TRIALS_GROUP_EXCLUSION,
     "Treatment with an antihistamine, or participation in another study, within 30 days before visit 1",
     "You had treatment with an antihistamine, or you took part in another study, in the 30 days before visit 1."},
    {TRIALS_GROUP_EXCLUSION, "History of asthma or taking oral corticosteroids",
     "You have had asthma or you are taking oral steroids."},
    {TRIALS_GROUP_EXCLUSION,
     "Currently participating in another clinical trial or having participated in one in the last 2 months",
     "You are now taking part in another study or you have taken part in one in the last 2 months."},
    {TRIALS_GROUP_EXCLUSION,
     "Use of any investigational product, or use of opioids within 4 weeks of screening",
     "You used any test drug, or you used opioids within 4 weeks of screening."},
    {TRIALS_GROUP_EXCLUSION, "History of drug addiction or use of opioids",
     "You have had a drug addiction or use of opioids."},
    {TRIALS_GROUP_EXCLUSION,
     "Any illness that prevents giving consent or taking part in the visits",
     "You have any disease that prevents giving consent or taking part in the visits."},
    {TRIALS_GROUP_EXCLUSION,
     "Withdrawal of consent to treatment or participation",
     "Withdrawal of consent to treatment or taking part"},
    {TRIALS_GROUP_EXCLUSION,
     "Patients participating in other trials or participating in other trials within the last month",
     "You are taking part in other studies. Or you took part in other studies in the last month."},
    {TRIALS_GROUP_EXCLUSION,
     "The subject has asthma, is pregnant or suffers from eczema",
     "You have asthma, are pregnant or suffer from eczema."},
    {TRIALS_GROUP_INCLUSION,
     "Kidney function within 1 week before enrollment meets these criteria",
     "Kidney function in the 1 week before you join meets these rules"},

    /* When it was. */

    {TRIALS_GROUP_EXCLUSION,
     "Brain tumor unless stable for at least 7 days prior to screening",
     "You have a brain tumor. This does not apply if stable for at least 7 days before screening."},
    {TRIALS_GROUP_EXCLUSION, "Any previous nasal surgery",
     "You had any past nasal surgery."},
    {TRIALS_GROUP_EXCLUSION, "Patients with prior allergy to penicillin",
     "You had a past allergy to penicillin."},
    {TRIALS_GROUP_EXCLUSION, "Prior or current asthma",
     "You have past or current asthma."},
    {TRIALS_GROUP_EXCLUSION, "Previous clinical history of asthma",
     "You have had asthma."},
    {TRIALS_GROUP_EXCLUSION,
     "Diagnosis of asthma within 6 months of enrollment",
     "You were diagnosed with asthma. This was within 6 months of joining."},
    {TRIALS_GROUP_EXCLUSION,
     "Concomitant use of beta blockers within 7 days before screening",
     "At the same time, you used beta blockers in the 7 days before the first checks."},
    {TRIALS_GROUP_INCLUSION, "Postmenopausal for at least 1 year",
     "You are past menopause for at least 1 year."},
    {TRIALS_GROUP_EXCLUSION, "Failure to provide informed consent",
     "You fail to give consent."},

    /* Whose it is. */

    {TRIALS_GROUP_INCLUSION,
     "Women of childbearing potential must have a negative test within 7 days prior to enrollment and use the patient's usual method",
     "Women who could get pregnant must have a negative test in the 7 days before they join and use their usual method"},
    {TRIALS_GROUP_EXCLUSION, "Studies that follow a specific patient's plan",
     "Studies that follow a specific patient's plan"},
    {TRIALS_GROUP_EXCLUSION,
     "Trials that cannot guarantee the rights and interests of the subjects",
     "Studies that cannot guarantee your rights and interests"},

    /* What stands in a list is not what another one of it is. */

    {TRIALS_GROUP_EXCLUSION,
     "Inadequate bone marrow reserve or organ dysfunction",
     "Not good enough bone marrow reserve or organs working badly"},
    {TRIALS_GROUP_EXCLUSION, "Inadequate liver or kidney function",
     "You do not have good enough liver or kidney function."},
    {TRIALS_GROUP_EXCLUSION, "Severe cardiac, hepatic and renal insufficiency",
     "You have severe poor heart, liver and kidney function."},
    {TRIALS_GROUP_EXCLUSION, "Has hepatic or renal impairment",
     "You have poor liver or kidney function."},
    {TRIALS_GROUP_EXCLUSION,
     "Treated for another tumor with medical or radiation therapy",
     "Treated for another tumor with medical or radiation treatment"},
    {TRIALS_GROUP_EXCLUSION, "Current non-smoker who smoked before",
     "Current non-smoker who smoked before"},
    {TRIALS_GROUP_EXCLUSION,
     "History of pneumonitis that required steroids or has current pneumonitis",
     "You have a history of lung inflammation that needed steroids or have current lung inflammation."},
    {TRIALS_GROUP_INCLUSION, "Diagnosed with asthma for at least 1 year",
     "You have been diagnosed with asthma for at least 1 year."},
    {TRIALS_GROUP_EXCLUSION,
     "Female patients who are lactating or breastfeeding",
     "Women who are lactating or breastfeeding"},

    {TRIALS_GROUP_EXCLUSION, "HIV positive or active tuberculosis",
     "HIV positive or active TB"},
    {TRIALS_GROUP_EXCLUSION, "Patients who performed exercises in the past",
     "You performed exercises in the past."},
    {TRIALS_GROUP_EXCLUSION,
     "History of noninfectious pneumonitis of any kind and any cause (except from radiotherapy)",
     "You have had noninfectious lung inflammation of any kind and any cause (except from radiation)."},

    {TRIALS_GROUP_INCLUSION, "At screening, 40% < FEV1 < 80%",
     "At the first checks, 40% < FEV1 < 80%"},
    {TRIALS_GROUP_EXCLUSION, "Daily steroid use for > 1 month",
     "Daily steroid use for more than 1 month"},
    {TRIALS_GROUP_EXCLUSION,
     "Current use of beta blockers for nightmares (can include those who stopped)",
     "You now use beta blockers for nightmares (can include those who stopped)."},
    {TRIALS_GROUP_EXCLUSION, "Patients not capable of understanding French",
     "You cannot understand French."},
    {TRIALS_GROUP_EXCLUSION,
     "The subject is pregnant, plans to become pregnant",
     "You are pregnant, plan to get pregnant."},
    {TRIALS_GROUP_EXCLUSION,
     "Surgery within 4 weeks prior (2 weeks for a biopsy)",
     "You had surgery within 4 weeks prior (2 weeks for a biopsy)."},
    {TRIALS_GROUP_OTHER, "Eye surgery exclusion criteria",
     "Eye surgery rules that keep people out"},

    {TRIALS_GROUP_EXCLUSION,
     "Presence of toxicity that has not resolved to grade 1",
     "You have side effects that have not gone down to grade 1."},
    {TRIALS_GROUP_EXCLUSION, "There is no required recovery period",
     "There is no needed recovery period"},
    {TRIALS_GROUP_INCLUSION, "Smokers can join, providing they stop",
     "Smokers can join, as long as they stop"},

    {TRIALS_GROUP_INCLUSION,
     "Histologically proven kidney cancer that is in one place and amenable to surgery with no other lesions",
     "Tissue tests show that you have kidney cancer that is in one place and fit for surgery with no other lesions."},
    {TRIALS_GROUP_INCLUSION,
     "Patients with negative status as per local laboratory and confirmed centrally before visit 1",
     "You have negative status as per local lab and confirmed centrally before visit 1."},
    {TRIALS_GROUP_EXCLUSION,
     "Receiving drugs known to prolong the interval or may cause a dangerous heart rhythm",
     "Getting drugs known to prolong the interval or may cause a dangerous heart rhythm"},
    {TRIALS_GROUP_EXCLUSION,
     "Any disorder such as a seizure disorder, a stroke with clinical signs or symptoms",
     "You have any disorder. For example: a seizure disorder, a stroke with signs or symptoms."},
    {TRIALS_GROUP_EXCLUSION, "Patients with Down syndrome",
     "You have Down syndrome."},

    {TRIALS_GROUP_INCLUSION, "Not having received immunotherapy before",
     "You have not received immune treatment before."},
    {TRIALS_GROUP_INCLUSION, "Not be paid for the visits",
     "Not be paid for the visits"},
    {TRIALS_GROUP_INCLUSION, "No contraindication to perform MRI",
     "You have no medical reason against doing MRI."},

    {TRIALS_GROUP_INCLUSION, "Eligible sites of origin include the lung",
     "Eligible sites of origin include the lung"},
    {TRIALS_GROUP_INCLUSION,
     "Measurable disease as determined by investigator assessment",
     "You have disease that can be measured as the study doctor decides."},

    {TRIALS_GROUP_EXCLUSION, "Has eczema, history or presence of asthma",
     "You have eczema, history or presence of asthma."},
    {TRIALS_GROUP_EXCLUSION,
     "Diseases that put at risk safe completion of the trial",
     "You have diseases that put at risk safe completion of the study."},
    {TRIALS_GROUP_INCLUSION, "Gastric cancer participants who smoke",
     "Stomach cancer participants who smoke"},

    {TRIALS_GROUP_INCLUSION, "Diagnosis of asthma made by a specialist",
     "You have a diagnosis of asthma made by a specialist."},
    {TRIALS_GROUP_INCLUSION, "Pathologically proven diagnosis of lung cancer",
     "Tissue tests show that you have lung cancer."},
    {TRIALS_GROUP_EXCLUSION,
     "Rashes that led to permanent discontinuation of prior treatment",
     "Rashes that led to permanently stopping past treatment"},

    {TRIALS_GROUP_EXCLUSION, "No washout necessary for these drugs",
     "No washout needed for these drugs"},
    {TRIALS_GROUP_INCLUSION, "Pre- and postmenopausal women with asthma",
     "Pre- and postmenopausal women with asthma"},
    {TRIALS_GROUP_EXCLUSION, "Surgery within preceding 6 months",
     "You had surgery within preceding 6 months."},
    {TRIALS_GROUP_INCLUSION, "Harbor mutations of the tumor",
     "Harbor mutations of the tumor"},

    {TRIALS_GROUP_EXCLUSION, "Diseases that could harm the subjects' growth",
     "You have diseases that could harm your growth."},

    {TRIALS_GROUP_EXCLUSION,
     "Having other cancer, but not including who has been cured",
     "Having other cancer, but not including who has been cured"},
    {TRIALS_GROUP_INCLUSION, "Adults with asthma and the following requirement",
     "You are an adult with asthma and this rule."},

    {TRIALS_GROUP_INCLUSION,
     "Histologically confirmed diagnosis of WHO grade II tumor",
     "Tissue tests show that you have WHO grade II tumor."},

    {TRIALS_GROUP_EXCLUSION,
     "Is taking an antifungal medicine or has received one within 6 weeks of day 1",
     "You are taking an antifungal medicine or have received one within 6 weeks of day 1."},
    {TRIALS_GROUP_INCLUSION, "Voluntarily use contraception during the study",
     "Freely use birth control during the study"},

    /* Beside what is studied, or now. */

    {TRIALS_GROUP_EXCLUSION, "Concurrent malignancy",
     "You have another current cancer."},
    {TRIALS_GROUP_EXCLUSION, "Concurrent treatment with other drugs",
     "You are now having treatment with other drugs."},
    {TRIALS_GROUP_EXCLUSION, "Metastases requiring concurrent treatment",
     "You have metastases needing current treatment."},
    {TRIALS_GROUP_INCLUSION, "Asthma with or without concomitant eczema",
     "You have asthma with or without current eczema."},
    {TRIALS_GROUP_EXCLUSION,
     "Concurrent participation in another clinical trial, unless it is observational",
     "At the same time, you take part in another study. This does not apply if it is observational."},
    {TRIALS_GROUP_INCLUSION,
     "Able to understand the study procedures, and voluntarily signs the consent form",
     "You can understand the study steps, and freely sign the consent form."},
};


static void
test_joined(void **state)
{
    (void) state;

    plain_cases_are(cases, sizeof(cases) / sizeof(cases[0]));
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_joined),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
