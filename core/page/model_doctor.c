/*
 * Questions for this trial, made of its fields and texts, and the questions
 * that its record answers.
 */

#include "core/page/trial.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>


/* When a question is asked: all that is named has to hold. */

#define TRIALS_ASK_OPEN           0x0001 /* takes or will take people */
#define TRIALS_ASK_CLOSED         0x0002
#define TRIALS_ASK_INTERVENTIONAL 0x0004
#define TRIALS_ASK_PLACEBO        0x0008
#define TRIALS_ASK_SHAM           0x0010
#define TRIALS_ASK_RANDOM         0x0020
#define TRIALS_ASK_BLIND          0x0040 /* those who take part do not know */
#define TRIALS_ASK_WOMEN          0x0080
#define TRIALS_ASK_MEN            0x0100
#define TRIALS_ASK_CHILD          0x0200 /* only people under 18 */
#define TRIALS_ASK_PLACES         0x0400
#define TRIALS_ASK_DNA            0x0800
#define TRIALS_ASK_RADIATION      0x1000
#define TRIALS_ASK_PROCEDURE      0x2000
#define TRIALS_ASK_LONG           0x4000 /* measures after a year or more */
#define TRIALS_ASK_SHARED         0x8000
#define TRIALS_ASK_SUSPENDED      0x10000
#define TRIALS_ASK_RESULTS        0x20000
#define TRIALS_ASK_NO_RESULTS     0x40000
#define TRIALS_ASK_MEDICINE       0x80000

#define TRIALS_LONG_MONTHS 12

typedef struct {
    const char *topic;
    const char *id; /* ask.ID, and ask.ID.why where that exists */
    unsigned    when;
    const char *words; /* what the texts mention, or NULL */
} trials_ask_t;


static uint64_t trials_asks_of(trials_trial_t *trial);
static unsigned trials_ask_facts(trials_trial_t *trial);
static void     trials_answer(trials_trial_t *trial, xmlNodePtr list,
                              const char *id, const char *text);
static void     trials_answer_who(trials_trial_t *trial, xmlNodePtr list);
static void     trials_answer_where(trials_trial_t *trial, xmlNodePtr list);
static void     trials_answer_safe(trials_trial_t *trial, xmlNodePtr list);
static void     trials_answer_contact(trials_trial_t *trial, xmlNodePtr list);


static const trials_ask_t trials_asks[] = {
    {"fit", "fit", TRIALS_ASK_OPEN, NULL},
    {"fit", "instead", TRIALS_ASK_OPEN | TRIALS_ASK_INTERVENTIONAL, NULL},
    {"fit", "tests", TRIALS_ASK_OPEN,
     "laborator|hemoglobin|creatinine|platelet|bilirubin|blood test|blood "
     "count|ast |alt "},
    {"fit", "child", TRIALS_ASK_OPEN | TRIALS_ASK_CHILD, NULL},
    {"happens", "placebo", TRIALS_ASK_OPEN | TRIALS_ASK_PLACEBO, NULL},
    {"happens", "sham", TRIALS_ASK_OPEN | TRIALS_ASK_SHAM, NULL},
    {"happens", "random", TRIALS_ASK_OPEN | TRIALS_ASK_RANDOM, NULL},
    {"happens", "blind", TRIALS_ASK_OPEN | TRIALS_ASK_BLIND, NULL},
    {"happens", "washout", TRIALS_ASK_OPEN,
     "washout|wash-out|wash out|discontinu|half-li"},
    {"happens", "dose", TRIALS_ASK_OPEN,
     "dose escalation|dose-escalation|ascending dose|escalating dose|maximum "
     "tolerated|dose-limiting|dose limiting"},
    {"happens", "procedure", TRIALS_ASK_OPEN | TRIALS_ASK_PROCEDURE, NULL},
    {"happens", "biopsy", TRIALS_ASK_OPEN, "biops"},
    {"happens", "puncture", TRIALS_ASK_OPEN,
     "lumbar puncture|spinal tap|cerebrospinal fluid"},
    {"happens", "scans", TRIALS_ASK_OPEN,
     "mri|magnetic resonance|computed tomography|ct scan|pet scan|pet/ct|"
     "x-ray|radiograph"},
    {"happens", "infusion", TRIALS_ASK_OPEN | TRIALS_ASK_INTERVENTIONAL,
     "infusion|intravenous|injection|subcutaneous|intramuscular"},
    {"happens", "hospital", TRIALS_ASK_OPEN,
     "hospitaliz|hospitalis|inpatient|overnight|hospital stay"},
    {"happens", "diary", TRIALS_ASK_OPEN, "diary|diaries|questionnaire"},
    {"happens", "travel", TRIALS_ASK_OPEN | TRIALS_ASK_PLACES, NULL},
    {"risks", "harm", TRIALS_ASK_OPEN | TRIALS_ASK_INTERVENTIONAL, NULL},
    {"risks", "pregnancy", TRIALS_ASK_OPEN | TRIALS_ASK_WOMEN,
     "pregnan|contracepti|breastfe|breast-fe|birth control|childbearing"},
    {"risks", "fathers", TRIALS_ASK_OPEN | TRIALS_ASK_MEN,
     "contracepti|birth control|sperm"},
    {"risks", "radiation", TRIALS_ASK_OPEN | TRIALS_ASK_RADIATION, NULL},
    {"risks", "dna", TRIALS_ASK_OPEN | TRIALS_ASK_DNA, NULL},
    {"risks", "genes", TRIALS_ASK_OPEN,
     "genetic test|genetic analys|genotyp|genom"},
    {"costs", "costs", TRIALS_ASK_OPEN, NULL},
    {"rights", "leave", TRIALS_ASK_OPEN, NULL},
    {"rights", "data", TRIALS_ASK_OPEN, NULL},
    {"rights", "shared", TRIALS_ASK_OPEN | TRIALS_ASK_SHARED, NULL},
    {"after", "follow", TRIALS_ASK_OPEN | TRIALS_ASK_LONG, NULL},
    {"after", "keep", TRIALS_ASK_OPEN | TRIALS_ASK_INTERVENTIONAL, NULL},
    {"after", "learn", TRIALS_ASK_OPEN, NULL},
    {"closed", "restart", TRIALS_ASK_CLOSED | TRIALS_ASK_SUSPENDED, NULL},
    {"closed", "found", TRIALS_ASK_CLOSED | TRIALS_ASK_RESULTS, NULL},
    {"closed", "when-results", TRIALS_ASK_CLOSED | TRIALS_ASK_NO_RESULTS, NULL},
    {"closed", "similar", TRIALS_ASK_CLOSED, NULL},
    {"closed", "now", TRIALS_ASK_CLOSED | TRIALS_ASK_MEDICINE, NULL},
};


/* Whether a text has one of the words at the beginning of a word of its own. */

int
trials_str_mentions(trials_str_t text, const char *words)
{
    char        first[256];
    const char *word, *end, *p;

    memset(first, 0, sizeof(first));

    for (word = words; *word != '\0'; word = *end ? end + 1 : end) {
        end = strchrnul(word, '|');
        first[(unsigned char) *word] = 1;
        first[toupper((unsigned char) *word)] = 1;
    }

    for (p = text.len ? text.data : ""; *p != '\0'; /* void */) {
        for (word = first[(unsigned char) *p] ? words : ""; *word != '\0';
             word = *end ? end + 1 : end)
        {
            end = strchrnul(word, '|');

            if ((*p | 0x20) == (*word | 0x20)
                && strncasecmp(p, word, (size_t) (end - word)) == 0)
            {
                return 1;
            }
        }

        /* On to where the next word begins. */

        while (isalnum((unsigned char) *p)) {
            p++;
        }

        while (*p != '\0' && !isalnum((unsigned char) *p)) {
            p++;
        }
    }

    return 0;
}


int
trials_study_mentions(const trials_study_t *study, const char *words)
{
    size_t i;

    if (trials_str_mentions(study->criteria, words)
        || trials_str_mentions(study->brief_summary, words)
        || trials_str_mentions(study->detailed_description, words))
    {
        return 1;
    }

    for (i = 0; i < study->narms; i++) {
        if (trials_str_mentions(study->arms[i].description, words)) {
            return 1;
        }
    }

    for (i = 0; i < study->ninterventions; i++) {
        if (trials_str_mentions(study->interventions[i].description, words)) {
            return 1;
        }
    }

    return 0;
}


void
trials_model_questions(trials_trial_t *trial)
{
    char                id[48];
    size_t              i;
    xmlNodePtr          list, topic, node;
    const char         *why, *before;
    trials_tree_t      *tree;
    const trials_ask_t *ask;

    tree = trial->tree;
    list = trials_tree_add(tree, tree->root, "questions");
    topic = NULL;
    before = "";

    /* The same in every language; some are asked of every trial. */

    if (trial->asks == 0) {
        trial->asks = trials_asks_of(trial);
    }

    for (i = 0; i < sizeof(trials_asks) / sizeof(trials_asks[0]); i++) {
        ask = &trials_asks[i];

        if ((trial->asks >> i & 1) == 0) {
            continue;
        }

        if (strcmp(before, ask->topic) != 0) {
            before = ask->topic;
            (void) snprintf(id, sizeof(id), "topic.%s", ask->topic);
            topic = trials_tree_add(tree, list, "topic");
            trials_tree_set(tree, topic, "id", ask->topic);
            trials_tree_set(tree, topic, "name", trials_say(tree, id, NULL));
        }

        (void) snprintf(id, sizeof(id), "ask.%s", ask->id);
        node = trials_tree_word(tree, topic, "question",
                                trials_say(tree, id, NULL));
        (void) snprintf(id, sizeof(id), "ask.%s.why", ask->id);
        why = trials_words_find(tree->words, id);
        trials_tree_set(tree, node, "why", why);

        if (ask->words || (ask->when & ~(TRIALS_ASK_OPEN | TRIALS_ASK_CLOSED)))
        {
            trials_tree_set(tree, node, "own", "1");
        }
    }
}


/* The questions for this trial, a bit each. */

static uint64_t
trials_asks_of(trials_trial_t *trial)
{
    size_t              i;
    uint64_t            asks;
    unsigned            facts;
    const trials_ask_t *ask;

    facts = trials_ask_facts(trial);
    asks = 0;

    for (i = 0; i < sizeof(trials_asks) / sizeof(trials_asks[0]); i++) {
        ask = &trials_asks[i];

        if ((facts & ask->when) == ask->when
            && (ask->words == NULL
                || trials_study_mentions(trial->study, ask->words)))
        {
            asks |= (uint64_t) 1 << i;
        }
    }

    return asks;
}


static unsigned
trials_ask_facts(trials_trial_t *trial)
{
    size_t                i;
    unsigned              facts;
    trials_placebo_t      placebo;
    const trials_study_t *study;

    study = trial->study;
    trials_study_placebo(trial, &placebo);
    facts =
        trials_status_open(study->status) ? TRIALS_ASK_OPEN : TRIALS_ASK_CLOSED;

#define FACT(when, flag) facts |= (when) ? (unsigned) (flag) : 0

    FACT(study->study_type == TRIALS_STUDY_TYPE_INTERVENTIONAL,
         TRIALS_ASK_INTERVENTIONAL);
    FACT(placebo.used, TRIALS_ASK_PLACEBO);
    FACT(placebo.sham, TRIALS_ASK_SHAM);
    FACT(study->allocation == TRIALS_ALLOCATION_RANDOMIZED, TRIALS_ASK_RANDOM);
    FACT(study->sex != TRIALS_SEX_MALE, TRIALS_ASK_WOMEN);
    FACT(study->sex != TRIALS_SEX_FEMALE, TRIALS_ASK_MEN);
    FACT(study->nstd_ages == 1 && study->std_ages[0] == TRIALS_STD_AGE_CHILD,
         TRIALS_ASK_CHILD);
    FACT(study->nlocations > 0, TRIALS_ASK_PLACES);
    FACT(study->biospec == TRIALS_BIOSPEC_SAMPLES_WITH_DNA, TRIALS_ASK_DNA);
    FACT(study->ipd_sharing == TRIALS_IPD_YES, TRIALS_ASK_SHARED);
    FACT(study->status == TRIALS_STATUS_SUSPENDED, TRIALS_ASK_SUSPENDED);
    FACT(study->has_results == TRIALS_YES, TRIALS_ASK_RESULTS);
    FACT(study->has_results != TRIALS_YES
             && study->status != TRIALS_STATUS_WITHHELD
             && study->status != TRIALS_STATUS_WITHDRAWN
             && study->study_type != TRIALS_STUDY_TYPE_EXPANDED_ACCESS,
         TRIALS_ASK_NO_RESULTS);
    FACT(study->status == TRIALS_STATUS_APPROVED_FOR_MARKETING,
         TRIALS_ASK_MEDICINE);
    FACT(trials_study_length(study) >= TRIALS_LONG_MONTHS
             && trials_study_last_frame(study)
             && trials_str_mentions(*trials_study_last_frame(study),
                                    "year|month"),
         TRIALS_ASK_LONG);

    for (i = 0; i < study->nwho_masked; i++) {
        FACT(study->who_masked[i] == TRIALS_MASKED_PARTICIPANT,
             TRIALS_ASK_BLIND);
    }

    for (i = 0; i < study->ninterventions; i++) {
        FACT(study->interventions[i].type == TRIALS_INTERVENTION_RADIATION,
             TRIALS_ASK_RADIATION);
        FACT(study->interventions[i].type == TRIALS_INTERVENTION_PROCEDURE
                 && study->study_type == TRIALS_STUDY_TYPE_INTERVENTIONAL,
             TRIALS_ASK_PROCEDURE);
    }

#undef FACT

    return facts;
}


/* What people ask most, answered from the record or by saying that it does not
 * say.  Other words than the parts above, which it points to. */

void
trials_model_answers(trials_trial_t *trial)
{
    xmlNodePtr            list;
    trials_tree_t        *tree;
    trials_placebo_t      placebo;
    const trials_study_t *study;

    study = trial->study;
    tree = trial->tree;

    if (study->status == TRIALS_STATUS_WITHHELD) {
        return;
    }

    list = trials_tree_add(tree, tree->root, "answers");
    trials_study_placebo(trial, &placebo);
    trials_answer_who(trial, list);

    if (study->study_type == TRIALS_STUDY_TYPE_INTERVENTIONAL) {
        trials_answer(trial, list, "placebo",
                      trials_say(tree,
                                 placebo.used   ? "answer.placebo.yes"
                                 : placebo.sham ? "answer.placebo.sham"
                                                : "answer.placebo.no",
                                 NULL));
    }

    trials_answer_where(trial, list);
    trials_answer_contact(trial, list);

    if (trials_status_open(study->status)) {
        trials_answer(trial, list, "pays",
                      trials_say(tree, "answer.pays.unsaid", NULL));
    }

    trials_answer_safe(trial, list);
}


static void
trials_answer(trials_trial_t *trial, xmlNodePtr list, const char *id,
              const char *text)
{
    char       question[48];
    xmlNodePtr node;

    (void) snprintf(question, sizeof(question), "answer.%s", id);
    node = trials_tree_word(trial->tree, list, "answer", text);
    trials_tree_set(trial->tree, node, "question",
                    trials_say(trial->tree, question, NULL));
}


static size_t
trials_count_kind(const trials_eligibility_t *eligibility,
                  trials_group_kind_t         kind)
{
    size_t i, n;

    for (i = 0, n = 0; i < eligibility->ngroups; i++) {
        n += eligibility->groups[i].kind == kind
                 ? eligibility->groups[i].ncriteria
                 : 0;
    }

    return n;
}


static void
trials_answer_who(trials_trial_t *trial, xmlNodePtr list)
{
    size_t         in, out;
    const char    *text;
    trials_tree_t *tree;

    tree = trial->tree;
    in = trials_count_kind(&trial->eligibility, TRIALS_GROUP_INCLUSION);
    out = trials_count_kind(&trial->eligibility, TRIALS_GROUP_EXCLUSION);

    if (!trials_status_open(trial->study->status)) {
        text = trials_say(tree, "answer.who.closed", NULL);
    } else if (in && out) {
        text = trials_say(
            tree, "answer.who.both", "in",
            trials_say_count(tree, "answer.points", in, NULL), "out",
            trials_say_count(tree, "answer.points", out, NULL), NULL);
    } else if (in) {
        text =
            trials_say(tree, "answer.who.in", "in",
                       trials_say_count(tree, "answer.points", in, NULL), NULL);
    } else {
        text = trials_say(tree, "answer.who.ask", NULL);
    }

    trials_answer(trial, list, "who", text);
}


static void
trials_answer_where(trials_trial_t *trial, xmlNodePtr list)
{
    size_t                countries;
    const char           *where;
    trials_tree_t        *tree;
    const trials_study_t *study;

    study = trial->study;
    tree = trial->tree;

    if (study->nlocations == 0) {
        trials_answer(trial, list, "where",
                      trials_say(tree, "answer.where.unsaid", NULL));
        return;
    }

    countries = trials_model_ncountries(trial);
    where = countries == 1 && study->locations[0].country.len
                ? trials_say_country(tree, study->locations[0].country.data)
                : trials_say_count(tree, "country", countries, NULL);

    trials_answer(trial, list, "where",
                  trials_say(tree, "answer.where.in", "where", where, NULL));
}


static void
trials_answer_contact(trials_trial_t *trial, xmlNodePtr list)
{
    const trials_contact_t *contact;
    trials_tree_t          *tree;

    tree = trial->tree;
    contact = trial->study->ncontacts ? &trial->study->contacts[0] : NULL;

    trials_answer(
        trial, list, "contact",
        contact == NULL ? trials_say(tree, "answer.contact.none", NULL)
        : contact->phone.len && contact->email.len
            ? trials_say(tree, "answer.contact.both", NULL)
        : contact->phone.len ? trials_say(tree, "answer.contact.phone", NULL)
        : contact->email.len ? trials_say(tree, "answer.contact.email", NULL)
                             : trials_say(tree, "answer.contact.name", NULL));
}


static void
trials_answer_safe(trials_trial_t *trial, xmlNodePtr list)
{
    const trials_study_t *study;

    study = trial->study;

    if (study->study_type == TRIALS_STUDY_TYPE_OBSERVATIONAL) {
        trials_answer(trial, list, "safe",
                      trials_say(trial->tree, "answer.safe.watched", NULL));
    } else {
        trials_answer(trial, list, "safe",
                      trials_say(trial->tree,
                                 study->has_results == TRIALS_YES
                                     ? "answer.safe.results"
                                     : "answer.safe.ask",
                                 NULL));
    }
}
