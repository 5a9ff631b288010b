/* What is made of a criterion: one of each family, and the hard cases. */

#include "core/plain/engine.h"
#include "core/plain/rewrite.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>


static const struct {
    trials_group_kind_t kind;
    const char         *original;
    const char         *plain;
} cases[] = {
    {TRIALS_GROUP_INCLUSION, "Age >= 18 years",
     "You are at least 18 years old."},
    {TRIALS_GROUP_INCLUSION, "Aged 18 to 75 years",
     "You are 18 to 75 years old."},
    {TRIALS_GROUP_INCLUSION,
     "Participants must be at least 18 years of age at the time of signing the informed consent.",
     "You must be at least 18 years old when you sign the consent form."},
    {TRIALS_GROUP_INCLUSION, "Age ≥ 18 years and < 66 years",
     "You are at least 18 years and less than 66 years old."},
    {TRIALS_GROUP_INCLUSION, "Male or female aged between 18 and 65 years",
     "You are male or female aged between 18 and 65 years."},
    {TRIALS_GROUP_INCLUSION, "patients with active asthma",
     "You have active asthma."},
    {TRIALS_GROUP_INCLUSION,
     "Patients with asthma who are taking inhaled steroids",
     "You have asthma and you are taking inhaled steroids."},
    {TRIALS_GROUP_INCLUSION, "Able to comply with the visits",
     "You can follow the visits."},
    {TRIALS_GROUP_EXCLUSION, "Surgery within 4 weeks prior to randomization",
     "You had surgery in the 4 weeks before your group is picked by chance."},
    {TRIALS_GROUP_INCLUSION, "ANC ≥ 1.5 x 10^9/L",
     "Your ANC is at least 1.5 billion per liter."},
    {TRIALS_GROUP_INCLUSION, "Platelets ≥ 100 x 10^9/L",
     "Your platelets are at least 100 billion per liter."},
    {TRIALS_GROUP_INCLUSION,
     "Total bilirubin ≤ 1.5 x ULN (≤ 3 x ULN if liver metastases)",
     "Your total bilirubin is at most 1.5 times the ULN (at most 3 times the ULN if cancer has spread to the liver)."},
    {TRIALS_GROUP_INCLUSION, "Neuropathy grade ≥ 2",
     "Nerve damage grade 2 or higher"},
    {TRIALS_GROUP_INCLUSION, "ECOG performance status 0-1",
     "Your ECOG activity score is 0-1."},
    {TRIALS_GROUP_INCLUSION,
     "Eastern Cooperative Oncology Group (ECOG) performance status of 0 or 1",
     "Your ECOG activity score is 0 or 1."},
    {TRIALS_GROUP_INCLUSION, "Life expectancy of at least 12 weeks",
     "You are expected to live at least 12 weeks."},
    {TRIALS_GROUP_INCLUSION,
     "Histologically or cytologically confirmed lung cancer",
     "Tests of tissue or cells show that you have lung cancer."},
    {TRIALS_GROUP_INCLUSION,
     "Diagnosis of multiple sclerosis according to the 2017 criteria",
     "A doctor has told you that you have multiple sclerosis. This is based on the 2017 rules."},
    {TRIALS_GROUP_EXCLUSION,
     "History of stroke within 6 months prior to screening",
     "You have had a stroke in the 6 months before the first checks."},
    {TRIALS_GROUP_EXCLUSION,
     "History of malignancy within 5 years, except for adequately treated basal cell carcinoma of the skin",
     "You have had cancer within 5 years. This does not apply to well-treated basal cell cancer of the skin."},
    {TRIALS_GROUP_EXCLUSION,
     "Known hypersensitivity to any component of the study drug",
     "You are allergic to any part of the study drug."},
    {TRIALS_GROUP_EXCLUSION, "Pregnant or breastfeeding women",
     "You are pregnant or breastfeeding."},
    {TRIALS_GROUP_EXCLUSION, "Pregnancy", "You are pregnant."},
    {TRIALS_GROUP_INCLUSION,
     "Women of childbearing potential must use highly effective contraception during the study",
     "If you could get pregnant, you must use birth control that works very well during the study."},
    {TRIALS_GROUP_INCLUSION, "No prior chemotherapy",
     "You have had no past chemo."},
    {TRIALS_GROUP_EXCLUSION,
     "Uncontrolled hypertension (controlled hypertension is allowed)",
     "You have high blood pressure that is not controlled. Controlled high blood pressure is allowed."},
    {TRIALS_GROUP_EXCLUSION,
     "Participation in another clinical trial within 30 days prior to screening",
     "You took part in another study in the 30 days before the first checks."},
    {TRIALS_GROUP_EXCLUSION, "Active infection requiring systemic antibiotics",
     "You have an active infection needing whole-body antibiotics."},
    {TRIALS_GROUP_EXCLUSION,
     "Any other condition that, in the opinion of the investigator, would make it unsafe to participate",
     "You have any other condition that the study doctor thinks would make it unsafe to take part."},
    {TRIALS_GROUP_EXCLUSION,
     "Use of systemic corticosteroids within 14 days, unless the dose is stable",
     "You used whole-body steroids within 14 days. This does not apply if the dose is stable."},
    {TRIALS_GROUP_EXCLUSION,
     "Major surgery within 4 weeks prior to the first dose, or has an active infection that is not controlled",
     "You had major surgery in the 4 weeks before the first dose. Or you have an active infection that is not controlled."},
    {TRIALS_GROUP_EXCLUSION, "Heart failure (NYHA class III or IV)",
     "You have heart failure (NYHA class III or IV)."},
    {TRIALS_GROUP_INCLUSION,
     "Willing and able to provide written informed consent",
     "You are willing and able to give written consent."},
    {TRIALS_GROUP_INCLUSION, "Signed informed consent form",
     "You agree in writing."},
    {TRIALS_GROUP_EXCLUSION, "Pulmonary hypertension",
     "You have pulmonary hypertension."},
    {TRIALS_GROUP_INCLUSION, "A malignancy (e.g., melanoma)",
     "You have a cancer. For example: melanoma."},
    {TRIALS_GROUP_INCLUSION, "Body mass index between 18 and 30 kg/m2",
     "Your BMI is between 18 and 30 kg/m²."},
    {TRIALS_GROUP_INCLUSION, "Creatinine clearance > 50 mL/min",
     "Your creatinine clearance is more than 50 mL/min."},
    {TRIALS_GROUP_INCLUSION, "HbA1c 7.0-10.5%", "Your HbA1c is 7.0-10.5%."},
    {TRIALS_GROUP_EXCLUSION, "Drug or alcohol abuse",
     "You have drug or alcohol abuse."},
    {TRIALS_GROUP_EXCLUSION, "Unable to swallow tablets",
     "You cannot swallow tablets."},
    {TRIALS_GROUP_EXCLUSION, "Severe cardiac, hepatic or renal disease",
     "You have severe heart, liver or kidney disease."},
    {TRIALS_GROUP_INCLUSION, "No active infection",
     "You have no active infection."},

    /* What replacing words would leave behind. */

    {TRIALS_GROUP_EXCLUSION, "has an exacerbation requiring an operation",
     "You have a flare needing an operation."},
    {TRIALS_GROUP_EXCLUSION, "An elevated serum sodium level of 150 mmol/L",
     "Your raised blood sodium level is 150 mmol/L."},
    {TRIALS_GROUP_OTHER, "smokers (e.g. of pipes)",
     "Smokers (for example, of pipes)"},
    {TRIALS_GROUP_OTHER, "Visit to the clinic, hospital , etc.",
     "Visit to the clinic, hospital, and so on"},
    {TRIALS_GROUP_OTHER, "A viral load of 10^4 copies",
     "A viral load of 10⁴ copies"},
    {TRIALS_GROUP_OTHER, "Walks (with a stick or a frame",
     "Walks (with a stick or a frame)"},
    {TRIALS_GROUP_OTHER, "Walks with a stick) every day",
     "Walks with a stick every day"},
    {TRIALS_GROUP_EXCLUSION, "Fever. (Fever after a vaccine is allowed.)",
     "Fever. (Fever after a vaccine is allowed.)"},
    {TRIALS_GROUP_EXCLUSION,
     "Patients with gout and who are taking allopurinol",
     "You have gout and are taking allopurinol."},
    {TRIALS_GROUP_OTHER, "Fever is allowed if he/she takes aspirin",
     "Fever is allowed if you take aspirin"},
    {TRIALS_GROUP_INCLUSION, "Glomerular rate ≥ 45 mL/min/1.73m2",
     "Your glomerular rate is at least 45 mL/min/1.73 m²."},
    {TRIALS_GROUP_OTHER, "A drug given by permitted method(s)",
     "A drug given by allowed method(s)"},

    {TRIALS_GROUP_OTHER, "non-HIV related fever", "Non-HIV related fever"},
    {TRIALS_GROUP_OTHER, "x-rays of the chest", "X-rays of the chest"},
    {TRIALS_GROUP_OTHER, ", fever of any kind", "Fever of any kind"},
    {TRIALS_GROUP_OTHER, "(b) fever of any kind", "(b) Fever of any kind"},

    /* A phrase that is not proven, and a sentence, keep no other from it. */

    {TRIALS_GROUP_OTHER, "Pulse oximetry whilst breathing illicit drugs",
     "Pulse oximetry whilst breathing illegal drugs"},
    {TRIALS_GROUP_INCLUSION, "ALT (SGPT) below 5 times the ULN",
     "Your ALT is below 5 times the ULN."},
    {TRIALS_GROUP_INCLUSION, "Treated with concurrent CRT",
     "You had treatment with concurrent CRT."},
    {TRIALS_GROUP_INCLUSION, "Access to an eligible phone",
     "You have access to a fitting phone."},
    {TRIALS_GROUP_EXCLUSION, "Has had hives within the prior 2 years",
     "You have had hives in the last 2 years."},
    {TRIALS_GROUP_EXCLUSION, "Surgery planned during the study",
     "Surgery planned during the study"},
    {TRIALS_GROUP_INCLUSION, "Confirmed at the first visit by a swab",
     "Confirmed at the first visit by a swab"},
    {TRIALS_GROUP_EXCLUSION, "Asthma attack within 90 days prior screening",
     "You had an asthma attack within 90 days before the first checks."},
    {TRIALS_GROUP_INCLUSION, "Minimum life expectancy of 12 weeks",
     "You are expected to live at least 12 weeks."},
    {TRIALS_GROUP_EXCLUSION, "Inadequate response to inhaled steroids",
     "You have not had a good enough response to inhaled steroids."},
    {TRIALS_GROUP_EXCLUSION, "Concomitant use of steroid tablets",
     "At the same time, you use steroid tablets."},
    {TRIALS_GROUP_INCLUSION, "Sleep of < or = 6.5 hours a night",
     "Sleep of at most 6.5 hours a night"},
    {TRIALS_GROUP_OTHER,
     "Wheezing in the nights of the last two weeks is defined as attack that wakes",
     "Wheezing in the nights of the last two weeks is defined as attack that wakes"},
    {TRIALS_GROUP_EXCLUSION,
     "Hemorrhagic stroke within 3 months (ischemic stroke is allowed)",
     "You had a hemorrhagic stroke within 3 months. Ischemic stroke is allowed."},
    {TRIALS_GROUP_EXCLUSION,
     "Uncontrolled asthma or known intolerance of the study drug",
     "You have uncontrolled asthma or known intolerance of the study drug."},
    {TRIALS_GROUP_INCLUSION, "Karnofsky performance status of at least 70",
     "Your Karnofsky activity score is at least 70."},
    {TRIALS_GROUP_INCLUSION,
     "Serum creatinine ≤ 1.5 mg/dL or creatinine clearance ≥ 60 mL/min",
     "Your blood creatinine is at most 1.5 mg/dL or creatinine clearance at least 60 mL/min."},
    {TRIALS_GROUP_EXCLUSION,
     "AST or ALT > 3 x ULN (> 5 x ULN in patients with liver metastases)",
     "Your AST or ALT is more than 3 times the ULN (more than 5 times the ULN in people with cancer that has spread to the liver)."},
    {TRIALS_GROUP_INCLUSION, "Weight > 40 kg",
     "Your weight is more than 40 kg."},
    {TRIALS_GROUP_EXCLUSION, "Men must agree to use contraception",
     "If you are a man, you must agree to use birth control."},
    {TRIALS_GROUP_EXCLUSION,
     "Ischemic heart disease, including myocardial infarction, that occurred less than 6 months before enrollment",
     "You had ischemic heart disease, including heart attack, that happened less than 6 months before you join."},
    {TRIALS_GROUP_EXCLUSION,
     "Prior malignancy other than basal cell carcinoma within 5 years",
     "You had past cancer other than basal cell skin cancer within 5 years."},
    {TRIALS_GROUP_EXCLUSION,
     "Known hypersensitivity to the study drug, or severe reactions to other antibodies",
     "You have a known allergy to the study drug, or severe reactions to other antibodies."},
    {TRIALS_GROUP_EXCLUSION, "Diseases such as asthma are allowed",
     "Diseases such as asthma are allowed"},
    {TRIALS_GROUP_EXCLUSION,
     "Radiographic evidence of liver, lung, or brain metastases",
     "You have radiographic signs of liver, lung, or brain metastases."},
    {TRIALS_GROUP_EXCLUSION, "Brain metastases",
     "You have cancer that has spread to the brain."},
    /* Lists: only of what can stand by itself, and where it is long. */
    {TRIALS_GROUP_EXCLUSION,
     "History of stroke, inflammatory bowel disease, deep vein thrombosis, or organ transplantation",
     "You have had any of these:\nA stroke.\nInflammatory bowel disease.\nBlood clot in a deep vein.\nOrgan transplant."},
    {TRIALS_GROUP_INCLUSION,
     "No history of peptic ulcers, inflammatory bowel disease, bowel perforation, or pancreatitis",
     "You have not had any of these:\nPeptic ulcers.\nInflammatory bowel disease.\nBowel perforation.\nInflamed pancreas."},
    {TRIALS_GROUP_EXCLUSION, "Asthma, gout, or migraine",
     "You have asthma, gout, or migraine."},
    {TRIALS_GROUP_EXCLUSION,
     "Severe asthma, gout, inflammatory bowel disease, deep vein thrombosis, or recent organ transplantation",
     "You have severe asthma, gout, inflammatory bowel disease, blood clot in a deep vein, or recent organ transplant."},
    {TRIALS_GROUP_EXCLUSION,
     "Stroke, inflammatory bowel disease, deep vein thrombosis, or gout that is not controlled with drugs",
     "You had a stroke, inflammatory bowel disease, blood clot in a deep vein, or gout that is not controlled with drugs."},
    {TRIALS_GROUP_EXCLUSION,
     "Known clinically significant cardiac, hepatic, renal, neurological, or gastrointestinal disease",
     "Known medically important heart, liver, kidney, nerve or brain, or stomach or bowel disease"},
    {TRIALS_GROUP_EXCLUSION,
     "Use of an investigational monoclonal antibody within 28 days prior to the first dose of study medication",
     "You used a test monoclonal antibody. This was in the 28 days before the first dose of study drug."},
    {TRIALS_GROUP_EXCLUSION,
     "Planned orthopedic surgery within 28 days prior to the first dose of study medication",
     "You plan to have orthopedic surgery in the 28 days before the first dose of study drug."},
    /* Conditions, second clauses, values: sentences of their own where the whole
     * is hard and there is one thing that they can belong to. */
    {TRIALS_GROUP_EXCLUSION,
     "Patients with controlled seizure disorders may participate if the medication has remained unchanged and is well tolerated",
     "People with controlled seizure disorders may take part. This applies if the medicine has remained unchanged and is well tolerated."},
    {TRIALS_GROUP_EXCLUSION,
     "Hypothyroidism or adrenal insufficiency if the replacement medication has not been stable",
     "You have low thyroid function or poor adrenal function if the replacement medicine has not been stable."},
    {TRIALS_GROUP_INCLUSION,
     "Participants must have received at least 2 cycles of platinum-based chemotherapy, and the administration must be documented",
     "You must have received at least 2 cycles of platinum-based chemo. Also, the use must be recorded."},
    {TRIALS_GROUP_EXCLUSION,
     "Uncontrolled arterial hypertension (systolic pressure ≥ 160 mmHg despite treatment)",
     "You have uncontrolled high blood pressure. This is systolic pressure at least 160 mmHg in spite of treatment."},
    {TRIALS_GROUP_EXCLUSION,
     "Diabetes or arterial hypertension (systolic pressure ≥ 160 mmHg despite treatment)",
     "You have diabetes or high blood pressure (systolic pressure at least 160 mmHg in spite of treatment)."},
    {TRIALS_GROUP_INCLUSION,
     "Adequate organ function: hemoglobin ≥ 9 g/dL, platelets ≥ 100 x 10^9/L, creatinine ≤ 1.5 mg/dL",
     "Organs that work well enough:\nHemoglobin at least 9 g/dL.\nPlatelets at least 100 billion per liter.\nCreatinine at most 1.5 mg/dL."},
    {TRIALS_GROUP_INCLUSION, "Kidney function: creatinine ≤ 1.5 mg/dL",
     "Kidney function: Your creatinine is at most 1.5 mg/dL."},
    {TRIALS_GROUP_EXCLUSION, "Cohort 2: patients with active asthma",
     "Cohort 2: You have active asthma."},
    {TRIALS_GROUP_EXCLUSION, "Note: patients with active asthma",
     "Note: people with active asthma"},
    {TRIALS_GROUP_INCLUSION,
     "Refractory disease is defined as progression during standard chemotherapy treatment",
     "Refractory disease is defined as worsening during standard chemo treatment"},
    {TRIALS_GROUP_EXCLUSION,
     "Chronic pulmonary disease other than asthma or rhinitis requiring medication",
     "You have chronic pulmonary disease other than asthma or rhinitis needing medicine."},
    {TRIALS_GROUP_EXCLUSION, "Developing a rash", "Developing a rash"},
    {TRIALS_GROUP_EXCLUSION,
     "Has symptomatic intracranial bleeding within 4 weeks before the first dose of medication",
     "You had symptom-causing intracranial bleeding. This was in the 4 weeks before the first dose of medicine."},
    {TRIALS_GROUP_EXCLUSION,
     "Any live attenuated vaccination within 28 days before the first scheduled dose of medication",
     "You had any live attenuated vaccination. This was in the 28 days before the first scheduled dose of medicine."},
    {TRIALS_GROUP_INCLUSION,
     "Women who are not considered to be of childbearing potential",
     "Women who are not thought to be able to get pregnant"},
    {TRIALS_GROUP_INCLUSION,
     "Diagnosis of inflammatory bowel disease, rheumatoid arthritis, and multiple sclerosis",
     "A doctor has told you that you have inflammatory bowel disease, rheumatoid arthritis, and multiple sclerosis."},
    {TRIALS_GROUP_EXCLUSION,
     "Severe reactions, including anaphylactic food allergy, insect venom anaphylaxis, exercise or drug induced anaphylaxis", "You had severe reactions. This includes anaphylactic food allergy, insect venom severe allergic reaction, exercise or drug induced severe allergic reaction."},
    {TRIALS_GROUP_INCLUSION,
     "Willingness to provide contact information of a family member and participate in clinical interviews",
     "You are willing to give contact information of a family member and take part in clinical interviews."},
    {TRIALS_GROUP_EXCLUSION,
     "Previous use of insulin, e.g., premixed insulin or long acting insulin, in the year before screening",
     "You have already used insulin, for example, premixed insulin or long acting insulin, in the year before the first checks."},
    {TRIALS_GROUP_EXCLUSION,
     "Patients will not be eligible if they have evidence of malignancy other than melanoma",
     "People will not be able to join if they have signs of cancer. This does not apply to melanoma."},
    {TRIALS_GROUP_EXCLUSION,
     "Current history of New York Heart Association (NYHA) Class III or IV heart failure",
     "You now have a history of NYHA Class III or IV heart failure."},
    {TRIALS_GROUP_INCLUSION, "Not pregnant", "You are not pregnant."},
    /* Verbs that are joined to the one that opens the sentence, and verbs of
     * their own. */
    {TRIALS_GROUP_EXCLUSION, "Has a pacemaker or is pregnant",
     "You have a pacemaker or are pregnant."},
    {TRIALS_GROUP_EXCLUSION, "Has a tumor that has spread or is growing",
     "You have a tumor that has spread or is growing."},
    {TRIALS_GROUP_EXCLUSION, "Has a tumor and is visible on a scan",
     "Has a tumor and is visible on a scan"},
    {TRIALS_GROUP_EXCLUSION, "Patients who refuse blood products",
     "You refuse blood products."},
    {TRIALS_GROUP_EXCLUSION, "Patients who refuse blood products cannot join",
     "People who refuse blood products cannot join"},
    {TRIALS_GROUP_INCLUSION,
     "Gout that is active is defined as two attacks in a year",
     "Gout that is active is defined as two attacks in a year"},
    /* A sentence ends where something has been said. */
    {TRIALS_GROUP_EXCLUSION,
     "Presence of cancer that has spread to the peritoneum or to a mediastinal lymph node",
     "You have cancer that has spread to the peritoneum or to a mediastinal lymph node."},
    {TRIALS_GROUP_EXCLUSION,
     "Elevated immunoglobulin levels for reasons other than allergic inflammation or parasitic infestation",
     "Raised immunoglobulin levels for reasons other than allergic inflammation or parasitic infestation"},
    {TRIALS_GROUP_INCLUSION,
     "Positive skin test to at least one perennial environmental allergen (cat dander, dog dander, cockroach, mold or house dust mite)",
     "You have a positive skin test to at least one perennial environmental allergen. (Cat dander, dog dander, cockroach, mold or house dust mite.)"},
    {TRIALS_GROUP_EXCLUSION, "Concurrent use of strong CYP3A4 inhibitors",
     "At the same time, you use strong CYP3A4 inhibitors."},
    {TRIALS_GROUP_INCLUSION, "Age 18 to <66 years",
     "You are 18 to less than 66 years old."},
    {TRIALS_GROUP_EXCLUSION,
     "Treatment with any antibiotic or antifungal drug, except creams for the skin, within 4 weeks prior to screening",
     "You had treatment with any antibiotic or antifungal drug, except creams for the skin. This was in the 4 weeks before the first checks."},
    {TRIALS_GROUP_EXCLUSION,
     "Chronic diseases of the skin other than eczema (e.g., psoriasis, rosacea) that need daily treatment",
     "You have long-lasting diseases of the skin other than eczema (for example, psoriasis, rosacea) that need daily treatment."},
    {TRIALS_GROUP_EXCLUSION,
     "History of a severe reaction (except to insects, foods, or drugs other than penicillin)",
     "You have had a severe reaction. This does not apply to insects, foods, or drugs other than penicillin."},
    {TRIALS_GROUP_EXCLUSION,
     "History of cancer within the past 5 years (except for skin cancer that has been removed; polyps of the colon that have been removed)",
     "You have had cancer in the last 5 years (except for skin cancer that has been removed; polyps of the colon that have been removed)."},
    {TRIALS_GROUP_EXCLUSION,
     "Known immune disease, with the following exceptions: vitiligo without treatment; controlled type 1 diabetes",
     "Known immune disease, with these exceptions: vitiligo without treatment. Controlled type 1 diabetes."},
    {TRIALS_GROUP_EXCLUSION,
     "Active tuberculosis. Patients with tuberculosis that has been treated may be enrolled after 6 months",
     "You have active TB. People with TB that has been treated may join after 6 months."},
    {TRIALS_GROUP_INCLUSION,
     "Patients who are unable to walk, but who are up in a wheelchair, will be considered ambulatory for this study",
     "People who are not able to walk, but who are up in a wheelchair, will be seen as ambulatory for this study"},
    {TRIALS_GROUP_INCLUSION,
     "Able and willing to provide informed consent, attend all study visits, and undergo the study procedures",
     "Able and willing to give consent, attend all study visits, and have the study steps"},
    {TRIALS_GROUP_INCLUSION,
     "Patients must be refractory to the standard therapy or have no standard therapy available that is likely to help",
     "You must be refractory to the standard therapy. Or you have no standard therapy available that is likely to help."},
    {TRIALS_GROUP_EXCLUSION,
     "Any disease that, in the opinion of the investigator, may pose a risk, may interfere with the study or that may mislead its results",
     "You have any disease that the study doctor thinks may cause a risk, may get in the way of the study or that may mislead its results."},
    {TRIALS_GROUP_INCLUSION,
     "Participant is followed at a participating center",
     "You are followed at a study center."},
    {TRIALS_GROUP_EXCLUSION,
     "Any condition that may compromise the subject's interest in the study",
     "You have any condition that may harm your interest in the study."},
    {TRIALS_GROUP_EXCLUSION, "Lack of patient compliance",
     "Lack of patient compliance"},
    {TRIALS_GROUP_EXCLUSION,
     "Compression of the spinal cord or symptomatic brain metastases requiring treatment with dexamethasone",
     "You have compression of the spinal cord or symptom-causing cancer that has spread to the brain needing treatment with dexamethasone."},
    {TRIALS_GROUP_INCLUSION,
     "At least one measurable lesion according to RECIST 1.1",
     "At least one lesion that can be measured. This is based on RECIST 1.1."},
};


static void
test_families(void **state)
{
    size_t             i, failed;
    trials_plain_t    *plain;
    trials_arena_t    *arena;
    trials_error_t     err;
    trials_rewriter_t  rewriter;
    trials_place_of_t  place;
    trials_criterion_t criterion;

    (void) state;

    plain = trials_plain_create(&err);
    assert_non_null(plain);
    arena = trials_arena_create();
    assert_non_null(arena);
    trials_rewriter_init(&rewriter, &plain->rules, &plain->checker, arena);

    for (i = 0, failed = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memset(&place, 0, sizeof(place));
        memset(&criterion, 0, sizeof(criterion));
        place.kind = cases[i].kind;
        criterion.original.data = cases[i].original;
        criterion.original.len = strlen(cases[i].original);

        assert_int_equal(trials_rewrite(&rewriter, &criterion, &place),
                         TRIALS_OK);

        if (!criterion.faithful
            || strcmp(criterion.plain.data, cases[i].plain) != 0) {
            print_error("\"%s\" became \"%s\"\n", cases[i].original,
                        criterion.plain.data);
            failed++;
        }
    }

    trials_rewriter_free(&rewriter);
    trials_arena_destroy(arena);
    trials_plain_destroy(plain);
    assert_int_equal(failed, 0);
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_families),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
