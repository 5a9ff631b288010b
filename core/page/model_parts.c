/* The parts that follow: design, treatments, places, contacts, questions. */

#include "core/page/trial.h"

#include <stdlib.h>
#include <string.h>


static void trials_model_outcomes(trials_trial_t *trial, const char *label,
                                  const trials_outcome_t *outcomes, size_t n);
static void trials_model_contact(trials_trial_t *trial, xmlNodePtr parent,
                                 const trials_contact_t *contact);
static int  trials_model_by_place(const void *a, const void *b);
static int  trials_model_compare(trials_str_t a, trials_str_t b);
static int  trials_model_same(const xmlNode *node, const char *value);
static const char *trials_model_tel(trials_trial_t *trial, trials_str_t phone);
static int         trials_model_is_email(trials_str_t email);
static trials_str_t
           trials_model_label(trials_trial_t *trial, const trials_link_t *link);
static int trials_model_is_url(trials_str_t url);


void
trials_model_design(trials_trial_t *trial)
{
    size_t                i;
    xmlNodePtr            node, arm;
    const char           *words;
    const trials_study_t *study;

    study = trial->study;
    node = trials_tree_add(trial, trial->root, "design");

    if (study->allocation == TRIALS_ALLOCATION_RANDOMIZED) {
        trials_tree_word(trial, node, "p",
                         "Chance decides which group a person is in.");
    } else if (study->allocation == TRIALS_ALLOCATION_NON_RANDOMIZED) {
        trials_tree_word(trial, node, "p",
                         "The groups are not made by chance.");
    }

    trials_tree_word(trial, node, "p",
                     trials_word_model(study->intervention_model));

    if (study->masking == TRIALS_MASKING_OPEN) {
        trials_tree_word(trial, node, "p", "Everybody knows who gets what.");
    } else if (study->nwho_masked) {
        words = "";

        for (i = 0; i < study->nwho_masked; i++) {
            words =
                trials_trial_printf(trial, "%s%s%s", words,
                                    i == 0                        ? ""
                                    : i + 1 == study->nwho_masked ? " and "
                                                                  : ", ",
                                    trials_word_masked(study->who_masked[i]));
        }

        trials_tree_word(
            trial, node, "p",
            trials_trial_printf(trial, "These do not know who gets what: %s.",
                                words));
    }

    if (trials_study_placebo(study)) {
        trials_tree_word(trial, node, "p",
                         "One group gets a placebo. It looks like the "
                         "treatment but has no active ingredient.");
    }

    trials_model_prose(trial, node, "description",
                       study->intervention_model_description);

    for (i = 0; i < study->narms; i++) {
        arm = trials_tree_add(trial, node, "arm");
        trials_tree_attr(trial, arm, "label", study->arms[i].label);
        trials_tree_set(trial, arm, "kind",
                        trials_word_arm(study->arms[i].type));
        trials_model_prose(trial, arm, "description",
                           study->arms[i].description);
    }

    trials_model_outcomes(trial, "The main things that are measured",
                          study->primary_outcomes, study->nprimary_outcomes);
    trials_model_outcomes(trial, "Other things that are measured",
                          study->secondary_outcomes,
                          study->nsecondary_outcomes);
    trials_model_outcomes(trial, "Further things that are measured",
                          study->other_outcomes, study->nother_outcomes);
}


static void
trials_model_outcomes(trials_trial_t *trial, const char *label,
                      const trials_outcome_t *outcomes, size_t n)
{
    size_t     i;
    xmlNodePtr list, node;

    if (n == 0) {
        return;
    }

    list = trials_tree_add(trial, trial->root, "outcomes");
    trials_tree_set(trial, list, "label", label);

    for (i = 0; i < n; i++) {
        node = trials_tree_add(trial, list, "outcome");
        trials_model_field(trial, node, "measure", outcomes[i].measure);
        trials_model_field(trial, node, "when", outcomes[i].time_frame);
        trials_model_prose(trial, node, "description", outcomes[i].description);
    }
}


void
trials_model_treatments(trials_trial_t *trial)
{
    size_t                       i, j;
    xmlNodePtr                   node;
    const trials_intervention_t *item;

    for (i = 0; i < trial->study->ninterventions; i++) {
        item = &trial->study->interventions[i];
        node = trials_tree_add(trial, trial->root, "treatment");
        trials_tree_attr(trial, node, "name", item->name);

        /* The registry files a placebo under what it imitates. */

        trials_tree_set(trial, node, "kind",
                        item->name.len >= 7
                                && strncasecmp(item->name.data, "placebo", 7)
                                       == 0
                            ? "Placebo, with no active ingredient"
                            : trials_word_intervention(item->type));

        for (j = 0; j < item->nother_names; j++) {
            trials_tree_text(trial, node, "other", item->other_names[j]);
        }

        for (j = 0; j < item->narm_labels; j++) {
            trials_tree_text(trial, node, "group", item->arm_labels[j]);
        }

        trials_model_prose(trial, node, "description", item->description);
    }
}


/* Country, state, city, site; those that look for volunteers come first. */

void
trials_model_places(trials_trial_t *trial)
{
    size_t                    i, j, open;
    xmlNodePtr                places, country, city, site;
    const char               *town;
    const trials_location_t  *at;
    const trials_location_t **sorted;

    if (trial->study->nlocations == 0) {
        return;
    }

    sorted = trials_arena_calloc(trial->arena, trial->study->nlocations,
                                 sizeof(trials_location_t *));
    if (sorted == NULL) {
        trials_trial_fail(trial, TRIALS_NOMEM, "out of memory");
        return;
    }

    for (i = 0, open = 0; i < trial->study->nlocations; i++) {
        sorted[i] = &trial->study->locations[i];
        open += sorted[i]->status == TRIALS_STATUS_RECRUITING;
    }

    qsort(sorted, trial->study->nlocations, sizeof(trials_location_t *),
          trials_model_by_place);

    places = trials_tree_add(trial, trial->root, "places");
    trials_tree_number(trial, places, "n", trial->study->nlocations);
    trials_tree_number(trial, places, "open", open);

    country = NULL;
    city = NULL;

    for (i = 0; i < trial->study->nlocations && !trial->failed; i++) {
        at = sorted[i];

        if (country == NULL
            || trials_model_compare(at->country, sorted[i - 1]->country) != 0)
        {
            country = trials_tree_add(trial, places, "country");
            trials_tree_set(trial, country, "name",
                            at->country.len ? at->country.data
                                            : "Country not given");
            city = NULL;

            for (j = i;
                 j < trial->study->nlocations
                 && trials_model_compare(sorted[j]->country, at->country) == 0;
                 j++)
            {
                ;
            }

            trials_tree_number(trial, country, "n", j - i);
        }

        town = trials_trial_printf(
            trial, "%s%s%s", at->city.len ? at->city.data : "Town not given",
            at->state.len ? ", " : "", at->state.len ? at->state.data : "");

        if (city == NULL || !trials_model_same(city, town)) {
            city = trials_tree_add(trial, country, "city");
            trials_tree_set(trial, city, "name", town);
        }

        site = trials_tree_add(trial, city, "site");
        trials_tree_set(trial, site, "name",
                        at->facility.len ? at->facility.data
                                         : "Name not given");
        trials_tree_set(trial, site, "status", trials_word_status(at->status));

        for (j = 0; j < at->ncontacts; j++) {
            trials_model_contact(trial, site, &at->contacts[j]);
        }
    }
}


static int
trials_model_by_place(const void *a, const void *b)
{
    int                      order;
    const trials_location_t *x, *y;

    x = *(const trials_location_t *const *) a;
    y = *(const trials_location_t *const *) b;

    order = trials_model_compare(x->country, y->country);

    if (order == 0) {
        order = (y->status == TRIALS_STATUS_RECRUITING)
                - (x->status == TRIALS_STATUS_RECRUITING);
    }

    if (order == 0) {
        order = trials_model_compare(x->state, y->state);
    }

    if (order == 0) {
        order = trials_model_compare(x->city, y->city);
    }

    /* The record's own order decides the rest, on every machine alike. */

    return order ? order : (x > y) - (x < y);
}


static int
trials_model_compare(trials_str_t a, trials_str_t b)
{
    return strcmp(a.data ? a.data : "", b.data ? b.data : "");
}


static int
trials_model_same(const xmlNode *node, const char *value)
{
    return node->properties && node->properties->children
           && strcmp((const char *) node->properties->children->content, value)
                  == 0;
}


void
trials_model_contacts(trials_trial_t *trial)
{
    size_t                i;
    xmlNodePtr            contacts, node;
    const trials_study_t *study;

    study = trial->study;
    contacts = trials_tree_add(trial, trial->root, "contacts");

    for (i = 0; i < study->ncontacts; i++) {
        trials_model_contact(trial, contacts, &study->contacts[i]);
    }

    for (i = 0; i < study->nofficials; i++) {
        node = trials_tree_add(trial, contacts, "official");
        trials_tree_attr(trial, node, "name", study->officials[i].name);
        trials_tree_attr(trial, node, "at", study->officials[i].affiliation);
        trials_tree_set(trial, node, "role",
                        trials_word_role(study->officials[i].role));
    }
}


static void
trials_model_contact(trials_trial_t *trial, xmlNodePtr parent,
                     const trials_contact_t *contact)
{
    xmlNodePtr node;

    node = trials_tree_add(trial, parent, "contact");
    trials_tree_attr(trial, node, "name", contact->name);
    trials_tree_set(trial, node, "role", trials_word_role(contact->role));
    trials_tree_attr(trial, node, "phone", contact->phone);
    trials_tree_attr(trial, node, "ext", contact->phone_ext);
    trials_tree_set(trial, node, "tel",
                    trials_model_tel(trial, contact->phone));
    trials_tree_attr(trial, node, "email", contact->email);

    if (trials_model_is_email(contact->email)) {
        trials_tree_set(trial, node, "mailto", "1");
    }
}


/* The digits of a number that can be dialled; NULL for anything else. */

static const char *
trials_model_tel(trials_trial_t *trial, trials_str_t phone)
{
    char  *tel;
    size_t i, n, digits;

    tel = trials_arena_alloc(trial->arena, phone.len + 1);
    if (tel == NULL) {
        trials_trial_fail(trial, TRIALS_NOMEM, "out of memory");
        return NULL;
    }

    for (i = 0, n = 0, digits = 0; i < phone.len; i++) {
        if (phone.data[i] >= '0' && phone.data[i] <= '9') {
            tel[n++] = phone.data[i];
            digits++;
        } else if (phone.data[i] == '+' && n == 0) {
            tel[n++] = '+';
        } else if (strchr(" -.()/", phone.data[i]) == NULL) {
            return NULL;
        }
    }

    return digits >= 6 && digits <= 15 ? tel : NULL;
}


static int
trials_model_is_email(trials_str_t email)
{
    size_t i, at;

    for (i = 0, at = 0; i < email.len; i++) {
        if (email.data[i] == '@') {
            at++;
        } else if ((email.data[i] < '0' || email.data[i] > '9')
                   && ((email.data[i] | 0x20) < 'a'
                       || (email.data[i] | 0x20) > 'z')
                   && strchr("._-+", email.data[i]) == NULL)
        {
            return 0;
        }
    }

    return at == 1 && email.data[0] != '@' && email.data[email.len - 1] != '@';
}


void
trials_model_questions(trials_trial_t *trial)
{
    xmlNodePtr            list;
    const trials_study_t *study;

    study = trial->study;
    list = trials_tree_add(trial, trial->root, "questions");

#define ASK(when, text)                                  \
    if (when) {                                          \
        trials_tree_word(trial, list, "question", text); \
    }

    ASK(1,
        "Could this be right for me, with my health and my other medicines?");
    ASK(trials_study_placebo(study),
        "How likely is it that I get the placebo, and what then?");
    ASK(study->allocation == TRIALS_ALLOCATION_RANDOMIZED,
        "May I choose my group, and can I change it later?");
    ASK(study->study_type == TRIALS_STUDY_TYPE_INTERVENTIONAL,
        "What side effects are known, and who helps me when I have them?");
    ASK(study->nphases > 0 && study->phases[0] != TRIALS_PHASE_NA,
        "Do I have to stop any of my medicines, and for how long?");
    ASK(study->sex != TRIALS_SEX_MALE,
        "What if I am pregnant, breastfeeding or want a child?");
    ASK(study->nlocations > 0,
        "How often do I have to come, and is travel paid for?");
    ASK(1, "What does it cost me, and what does my insurance pay?");
    ASK(study->biospec == TRIALS_BIOSPEC_SAMPLES_WITH_DNA,
        "What happens to my samples and to my DNA?");
    ASK(1, "Who can see my data, and can I leave at any time?");
    ASK(study->study_type == TRIALS_STUDY_TYPE_INTERVENTIONAL,
        "What happens when it ends: can I keep the treatment?");

#undef ASK
}


void
trials_model_sources(trials_trial_t *trial)
{
    size_t                i;
    xmlNodePtr            node;
    const trials_study_t *study;

    study = trial->study;

    for (i = 0; i < study->nreferences; i++) {
        node = trials_tree_text(trial, trial->root, "reference",
                                study->references[i].citation);
        trials_tree_attr(trial, node, "pmid", study->references[i].pmid);

        if (study->references[i].retracted) {
            trials_tree_set(trial, node, "retracted", "1");
        }
    }

    for (i = 0; i < study->nlinks; i++) {
        node = trials_tree_add(trial, trial->root, "link");
        trials_tree_attr(trial, node, "label",
                         trials_model_label(trial, &study->links[i]));
        trials_tree_attr(trial, node, "url", study->links[i].url);

        if (trials_model_is_url(study->links[i].url)) {
            trials_tree_set(trial, node, "safe", "1");
        }
    }

    if (study->has_results == TRIALS_YES) {
        node = trials_tree_add(trial, trial->root, "results");
        trials_tree_set(trial, node, "posted",
                        trials_date_say(trial, study->results_first_posted));
    }

    node = trials_tree_add(trial, trial->root, "oversight");

    if (study->fda_regulated_drug == TRIALS_YES
        || study->fda_regulated_device == TRIALS_YES)
    {
        trials_tree_word(trial, node, "p",
                         "It is under the rules of the US Food and Drug "
                         "Administration (FDA).");
    }

    if (study->has_dmc == TRIALS_YES) {
        trials_tree_word(trial, node, "p",
                         "A committee that is not part of the team watches "
                         "over the data and the safety of the people.");
    }
}


/* A link's label is markup; where there is none, its address. */

static trials_str_t
trials_model_label(trials_trial_t *trial, const trials_link_t *link)
{
    trials_str_t   label;
    trials_error_t err;

    if (link->label.len == 0) {
        return link->url;
    }

    if (trials_plain_flatten(trial->arena, link->label, &label, &err)
        != TRIALS_OK) {
        trials_trial_fail(trial, err.code, err.message);
        return link->url;
    }

    return label;
}


static int
trials_model_is_url(trials_str_t url)
{
    size_t i;

    if (url.len < 10
        || (strncasecmp(url.data, "https://", 8) != 0
            && strncasecmp(url.data, "http://", 7) != 0))
    {
        return 0;
    }

    for (i = 0; i < url.len; i++) {
        if ((unsigned char) url.data[i] <= ' ') {
            return 0;
        }
    }

    return 1;
}
