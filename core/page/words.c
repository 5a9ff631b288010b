/* Our words for the values of the registry's enumerations. */

#include "core/page/trial.h"


#define WORD(table, value) \
    ((size_t) (value) < sizeof(table) / sizeof(table[0]) ? table[value] : NULL)


const char *
trials_word_status(trials_status_t status)
{
    static const char *const words[] = {
        NULL,
        "Under way, not looking for volunteers",
        "Finished",
        "Open by invitation only",
        "Not open yet",
        "Looking for volunteers",
        "Paused",
        "Stopped early",
        "Called off before it began",
        "Available",
        "No longer available",
        "Not available for now",
        "Approved for sale",
        "Details held back",
        "Status not known",
    };

    return WORD(words, status);
}


const char *
trials_word_status_why(trials_status_t status)
{
    static const char *const words[] = {
        NULL,
        "It goes on, but it takes no new people.",
        "It has ended as planned. It takes no new people.",
        "It takes new people, but only those whom the team invites.",
        "It plans to take new people, but it has not begun to.",
        "It takes new people now.",
        "It takes no new people for now. It may start again.",
        "It was stopped before its planned end. It will not start again.",
        "It was called off before the first person joined.",
        "Doctors can ask for this treatment for their patients now.",
        "This program has closed.",
        "This program takes no new people for now. It may open again.",
        "The treatment has been approved, so a doctor can prescribe it.",
        "The sponsor has chosen to hold back the details for now.",
        "Its end date has passed, and the record was not checked for two years "
        "or more. Ask before you count on it.",
    };

    return WORD(words, status);
}


const char *
trials_word_type(trials_study_type_t type)
{
    static const char *const words[] = {
        NULL,
        "Use of a treatment outside a trial (expanded access)",
        "Tests a treatment or other care",
        "Watches people's health, without testing a treatment",
    };

    return WORD(words, type);
}


static int
trials_has_phase(const trials_study_t *study, trials_phase_t phase)
{
    size_t i;

    for (i = 0; i < study->nphases; i++) {
        if (study->phases[i] == phase) {
            return 1;
        }
    }

    return 0;
}


const char *
trials_word_phase(const trials_study_t *study)
{
    static const char *const words[] = {
        NULL, NULL, "Early phase 1", "Phase 1", "Phase 2", "Phase 3", "Phase 4",
    };

    if (study->nphases >= 2) {
        if (trials_has_phase(study, TRIALS_PHASE_PHASE1)) {
            return "Phases 1 and 2 combined";
        }

        return "Phases 2 and 3 combined";
    }

    return study->nphases ? WORD(words, study->phases[0]) : NULL;
}


const char *
trials_word_phase_why(const trials_study_t *study)
{
    static const char *const words[] = {
        NULL,
        NULL,
        "A very small, early study of how a treatment acts in the body.",
        "Phase 1 asks if a treatment is safe, and which dose can be used.",
        "Phase 2 asks if a treatment seems to work, and looks at side effects.",
        "Phase 3 compares a treatment with other care in many people.",
        "Phase 4 follows a treatment that is already in use.",
    };

    if (study->nphases >= 2) {
        if (trials_has_phase(study, TRIALS_PHASE_PHASE1)) {
            return "It joins two phases. The first asks if the treatment is "
                   "safe, and at which dose. The second asks if it seems to "
                   "work.";
        }

        return "It joins two phases. The first asks if the treatment seems to "
               "work. The second compares it with other care in more people.";
    }

    return study->nphases ? WORD(words, study->phases[0]) : NULL;
}


const char *
trials_word_purpose(trials_purpose_t purpose)
{
    static const char *const words[] = {
        NULL,
        "To treat a disease or its symptoms",
        "To prevent a disease",
        "To find a better test for a disease",
        "To teach, advise or train people",
        "To make people feel better and live with less trouble",
        "To find a disease early",
        "To learn how care can be given better",
        "To learn how the body or a treatment works",
        "To see if a device can be made to work",
        "Another purpose",
    };

    return WORD(words, purpose);
}


const char *
trials_word_arm(trials_arm_type_t type)
{
    static const char *const words[] = {
        NULL,
        "Gets what is being tested",
        "Gets a treatment to compare with",
        "Gets a placebo, which has no active ingredient",
        "Gets a sham, which looks like the treatment but is not",
        "Gets no treatment from the study",
        "Another group",
    };

    return WORD(words, type);
}


const char *
trials_word_intervention(trials_intervention_type_t type)
{
    static const char *const words[] = {
        NULL,
        "Change in behavior or training",
        "Biological treatment",
        "Combination of products",
        "Device",
        "Test",
        "Food supplement",
        "Medicine",
        "Gene treatment",
        "Procedure",
        "Radiation",
        "Other",
    };

    return WORD(words, type);
}


const char *
trials_word_model(trials_intervention_model_t model)
{
    static const char *const words[] = {
        NULL,
        "Everyone is in one group.",
        "People are in groups, and each group gets something else at the same "
        "time.",
        "Each person gets one thing first and the other later.",
        "People get two or more things alone and together.",
        "Groups join one after the other.",
    };

    return WORD(words, model);
}


const char *
trials_word_observation(trials_observational_model_t model)
{
    static const char *const words[] = {
        NULL,
        "It follows a group of people over time.",
        "It compares people who have a disease with people who do not.",
        "It looks only at people who have the disease.",
        "It compares different times in the life of the same people.",
        "It looks at whole towns or groups.",
        "It looks at families.",
        "It looks at people of one place or kind.",
        "It follows how a disease goes on by itself.",
        "It looks at people in another way.",
    };

    return WORD(words, model);
}


const char *
trials_word_role(trials_role_t role)
{
    static const char *const words[] = {
        NULL,
        "Head of the study",
        "Director of the study",
        "Lead researcher",
        "Researcher",
        "Contact",
    };

    return WORD(words, role);
}


const char *
trials_word_unit(trials_time_unit_t unit)
{
    static const char *const words[] = {
        NULL, "minute", "hour", "day", "week", "month", "year",
    };

    return WORD(words, unit);
}


const char *
trials_word_masked(trials_who_masked_t who)
{
    static const char *const words[] = {
        NULL,
        "the people who take part",
        "those who care for them",
        "the researchers",
        "those who measure the results",
    };

    return WORD(words, who);
}


int
trials_status_open(trials_status_t status)
{
    return status == TRIALS_STATUS_RECRUITING
           || status == TRIALS_STATUS_NOT_YET_RECRUITING
           || status == TRIALS_STATUS_ENROLLING_BY_INVITATION
           || status == TRIALS_STATUS_AVAILABLE;
}


int
trials_study_placebo(const trials_study_t *study)
{
    size_t i;

    for (i = 0; i < study->narms; i++) {
        if (study->arms[i].type == TRIALS_ARM_PLACEBO_COMPARATOR) {
            return 1;
        }
    }

    return 0;
}
