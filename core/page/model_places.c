/* Places by country, state and town, and whom to ask. */

#include "core/page/trial.h"

#include "core/registry/enums.h"

#include <stdlib.h>
#include <string.h>


/* A place while places are put in order: whether its country, state and town
 * have an open one. */

typedef struct {
    const trials_location_t *at;
    unsigned                 country : 1;
    unsigned                 state : 1;
    unsigned                 town : 1;
    unsigned                 open : 1;
} trials_place_t;


static void trials_places_mark(trials_place_t *places, size_t n);
static int  trials_places_by_name(const void *one, const void *two);
static int  trials_places_open_first(const void *one, const void *two);
static int trials_places_order(const trials_place_t *a, const trials_place_t *b,
                               int depth);
static int trials_places_compare(trials_str_t a, trials_str_t b);
static void trials_places_build(trials_trial_t *trial, xmlNodePtr root,
                                const trials_place_t *places, size_t n);
static void trials_places_site(trials_trial_t *trial, xmlNodePtr town,
                               const trials_place_t *place);
static const char            *
trials_contact_tel(trials_trial_t *trial, trials_str_t phone);
static int trials_contact_is_email(trials_str_t email);


static int
trials_location_open(const trials_location_t *at)
{
    return at->status == TRIALS_STATUS_RECRUITING
           || at->status == TRIALS_STATUS_AVAILABLE;
}


size_t
trials_study_nopen(const trials_study_t *study)
{
    size_t i, open;

    for (i = 0, open = 0; i < study->nlocations; i++) {
        open += (size_t) trials_location_open(&study->locations[i]);
    }

    return open;
}


/* Country, state, town, site: at each level those that look for volunteers come
 * first, the rest by name. */

void
trials_model_places(trials_trial_t *trial)
{
    size_t          i, n;
    xmlNodePtr      root;
    trials_place_t *places;

    n = trial->study->nlocations;

    if (n == 0) {
        return;
    }

    places = trials_arena_calloc(trial->arena, n, sizeof(trials_place_t));
    if (places == NULL) {
        trials_tree_fail(trial->tree, TRIALS_NOMEM, "out of memory");
        return;
    }

    for (i = 0; i < n; i++) {
        places[i].at = &trial->study->locations[i];
        places[i].open = (unsigned) trials_location_open(places[i].at) & 1;
    }

    qsort(places, n, sizeof(trials_place_t), trials_places_by_name);
    trials_places_mark(places, n);
    qsort(places, n, sizeof(trials_place_t), trials_places_open_first);

    root = trials_tree_add(trial->tree, trial->tree->root, "places");
    trials_tree_number(trial->tree, root, "n", n);
    trials_tree_number(trial->tree, root, "open",
                       trials_study_nopen(trial->study));
    trials_tree_set(trial->tree, root, "count",
                    trials_say_count(trial->tree, "places.count", n, NULL));

    if (n == 1) {
        trials_tree_set(trial->tree, root, "count-open",
                        places[0].open
                            ? trials_say(trial->tree, "places.open-there", NULL)
                            : NULL);
    } else if (trial->study->locations[0].status) {
        trials_tree_set(trial->tree, root, "count-open",
                        trials_say_count(trial->tree, "places.open",
                                         trials_study_nopen(trial->study),
                                         NULL));
    }

    trials_places_build(trial, root, places, n);
}


/* Sorted by name: hands each country, state and town its open ones. */

static void
trials_places_mark(trials_place_t *places, size_t n)
{
    int    depth;
    size_t i, j, end, open;

    for (depth = 1; depth <= 3; depth++) {
        for (i = 0; i < n; i = end) {
            for (end = i, open = 0;
                 end < n
                 && trials_places_order(&places[i], &places[end], depth) == 0;
                 end++)
            {
                open |= places[end].open;
            }

            for (j = i; j < end; j++) {
                if (depth == 1) {
                    places[j].country = open & 1;
                } else if (depth == 2) {
                    places[j].state = open & 1;
                } else {
                    places[j].town = open & 1;
                }
            }
        }
    }
}


/* By country (depth 1), state (2) and town (3). */

static int
trials_places_order(const trials_place_t *a, const trials_place_t *b, int depth)
{
    int order;

    order = trials_places_compare(a->at->country, b->at->country);

    if (order == 0 && depth > 1) {
        order = trials_places_compare(a->at->state, b->at->state);
    }

    if (order == 0 && depth > 2) {
        order = trials_places_compare(a->at->city, b->at->city);
    }

    return order;
}


static int
trials_places_by_name(const void *one, const void *two)
{
    int                   order;
    const trials_place_t *a, *b;

    a = one;
    b = two;
    order = trials_places_order(a, b, 3);

    return order ? order : (a->at > b->at) - (a->at < b->at);
}


/* The record's own order decides the rest, on every machine alike. */

static int
trials_places_open_first(const void *one, const void *two)
{
    int                   order;
    const trials_place_t *a, *b;

    a = one;
    b = two;
    order = (int) b->country - (int) a->country;

    if (order == 0) {
        order = trials_places_order(a, b, 1);
    }

    if (order == 0) {
        order = (int) b->state - (int) a->state;
    }

    if (order == 0) {
        order = trials_places_order(a, b, 2);
    }

    if (order == 0) {
        order = (int) b->town - (int) a->town;
    }

    if (order == 0) {
        order = trials_places_order(a, b, 3);
    }

    if (order == 0) {
        order = (int) b->open - (int) a->open;
    }

    return order ? order : (a->at > b->at) - (a->at < b->at);
}


static int
trials_places_compare(trials_str_t a, trials_str_t b)
{
    return strcmp(a.data ? a.data : "", b.data ? b.data : "");
}


static void
trials_places_build(trials_trial_t *trial, xmlNodePtr root,
                    const trials_place_t *places, size_t n)
{
    size_t         i, j, open;
    xmlNodePtr     country, state, town;
    trials_tree_t *tree;

    tree = trial->tree;
    country = NULL;
    state = NULL;
    town = NULL;

    for (i = 0; i < n && !tree->failed; i++) {
        if (i == 0 || trials_places_order(&places[i - 1], &places[i], 1) != 0) {
            country = trials_tree_add(tree, root, "country");
            trials_tree_set(tree, country, "name",
                            places[i].at->country.len
                                ? places[i].at->country.data
                                : trials_say(tree, "places.no-country", NULL));

            for (j = i, open = 0;
                 j < n && trials_places_order(&places[i], &places[j], 1) == 0;
                 j++)
            {
                open += places[j].open;
            }

            trials_tree_number(tree, country, "n", j - i);
            trials_tree_number(tree, country, "open", open);
            trials_tree_set(tree, country, "count",
                            trials_say_count(tree, "place", j - i, NULL));
            trials_tree_set(
                tree, country, "count-open",
                open ? trials_say_count(tree, "places.open-short", open, NULL)
                     : NULL);
            state = NULL;
        }

        if (state == NULL
            || trials_places_order(&places[i - 1], &places[i], 2) != 0) {
            state = trials_tree_add(tree, country, "state");
            trials_tree_attr(tree, state, "name", places[i].at->state);
            town = NULL;
        }

        if (town == NULL
            || trials_places_order(&places[i - 1], &places[i], 3) != 0) {
            town = trials_tree_add(tree, state, "town");
            trials_tree_set(tree, town, "name",
                            places[i].at->city.len
                                ? places[i].at->city.data
                                : trials_say(tree, "places.no-town", NULL));
        }

        trials_places_site(trial, town, &places[i]);
    }
}


static void
trials_places_site(trials_trial_t *trial, xmlNodePtr town,
                   const trials_place_t *place)
{
    size_t         i;
    xmlNodePtr     site;
    trials_tree_t *tree;

    tree = trial->tree;
    site = trials_tree_add(tree, town, "site");
    trials_tree_set(tree, site, "name",
                    place->at->facility.len
                        ? place->at->facility.data
                        : trials_say(tree, "places.no-name", NULL));
    trials_tree_set(tree, site, "status",
                    trials_say_value(tree, "status", trials_status_names,
                                     (int) place->at->status));

    if (place->open) {
        trials_tree_set(tree, site, "open", "1");
    }

    for (i = 0; i < place->at->ncontacts; i++) {
        trials_model_contact(trial, site, &place->at->contacts[i]);
    }
}


void
trials_model_contacts(trials_trial_t *trial)
{
    size_t                i;
    xmlNodePtr            contacts, node;
    const char           *id;
    trials_tree_t        *tree;
    const trials_study_t *study;

    study = trial->study;
    tree = trial->tree;
    contacts = trials_tree_add(tree, tree->root, "contacts");

    for (i = 0; i < study->ncontacts; i++) {
        trials_model_contact(trial, contacts, &study->contacts[i]);
    }

    if (study->ncontacts == 0) {
        for (i = 0; i < study->nlocations; i++) {
            if (study->locations[i].ncontacts) {
                break;
            }
        }

        id = i < study->nlocations               ? "contact.at-places"
             : trials_status_open(study->status) ? "contact.none-open"
                                                 : "contact.none-closed";

        trials_tree_word(
            tree, contacts, "none",
            trials_say(tree, id, "sponsor",
                       study->lead_sponsor.name.len
                           ? study->lead_sponsor.name.data
                           : trials_say(tree, "contact.sponsor", NULL),
                       NULL));
    }

    for (i = 0; i < study->nofficials; i++) {
        node = trials_tree_add(tree, contacts, "official");
        trials_tree_attr(tree, node, "name", study->officials[i].name);
        trials_tree_attr(tree, node, "at", study->officials[i].affiliation);
        trials_tree_set(tree, node, "role",
                        trials_say_value(tree, "role", trials_role_names,
                                         (int) study->officials[i].role));
    }
}


void
trials_model_contact(trials_trial_t *trial, xmlNodePtr parent,
                     const trials_contact_t *contact)
{
    xmlNodePtr node;

    node = trials_tree_add(trial->tree, parent, "contact");
    trials_tree_attr(trial->tree, node, "name", contact->name);
    trials_tree_attr(trial->tree, node, "phone", contact->phone);
    trials_tree_attr(trial->tree, node, "ext", contact->phone_ext);
    trials_tree_set(trial->tree, node, "tel",
                    trials_contact_tel(trial, contact->phone));
    trials_tree_attr(trial->tree, node, "email", contact->email);

    if (trials_contact_is_email(contact->email)) {
        trials_tree_set(trial->tree, node, "mailto", "1");
    }
}


/* The digits of a number that can be dialled; NULL for anything else. */

static const char *
trials_contact_tel(trials_trial_t *trial, trials_str_t phone)
{
    char  *tel;
    size_t i, n, digits;

    tel = trials_arena_alloc(trial->arena, phone.len + 1);
    if (tel == NULL) {
        trials_tree_fail(trial->tree, TRIALS_NOMEM, "out of memory");
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
trials_contact_is_email(trials_str_t email)
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
