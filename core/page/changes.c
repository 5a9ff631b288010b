/*
 * What changed since the version before.
 *
 * A trial's JSON rendition carries a list of changes, newest first:
 *
 *   {"date": "2026-09-15", "items": [{"kind": "status",
 *    "from": "RECRUITING", "to": "COMPLETED"}, …]}
 *
 * Items hold raw values of the record and its original texts, never our own
 * words, so that another engine or language says them in its own.  The list is
 * read from the previous rendition and what is new is put before it.
 */

#include "core/page/trial.h"

#include "core/registry/enums.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>


#define TRIALS_CHANGES_MAX       20 /* versions that are kept */
#define TRIALS_CHANGES_MAX_ITEMS 40 /* texts of one item; the rest is counted */


static void trials_changes_values(json_t *items, trials_trial_t *trial,
                                  const json_t *before);
static void trials_changes_dates(json_t *items, trials_trial_t *trial,
                                 const json_t *before);
static void trials_changes_places(json_t *items, trials_trial_t *trial,
                                  const json_t *before);
static void trials_changes_criteria(json_t *items, trials_trial_t *trial,
                                    const json_t *before);
static void trials_changes_contacts(json_t *items, trials_trial_t *trial,
                                    const json_t *before);
static void trials_changes_add(json_t *items, const char *kind,
                               const char *from, const char *to);
static void trials_changes_lists(json_t *items, const char *kind,
                                 const json_t *before, const json_t *now);
static json_t *
trials_changes_missing(const json_t *of, const json_t *in, size_t *n);
static void trials_changes_put(json_t *counts, const char *text);
static void trials_changes_criteria_of(const json_t *criteria, json_t *counts);
static void trials_changes_criteria_now(const trials_criterion_t *criteria,
                                        size_t n, json_t *counts);
static const char             *
trials_changes_say(trials_trial_t *trial, const json_t *item);
static void trials_changes_texts(trials_trial_t *trial, xmlNodePtr parent,
                                 const json_t *item, const char *key);


static const char *
trials_changes_string(const json_t *object, const char *key)
{
    const char *text;

    text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}


trials_rc_t
trials_changes_read(trials_trial_t *trial, trials_error_t *err)
{
    json_t       *before, *entry, *items;
    const char   *date;
    trials_tree_t tree;

    trial->changes = json_array();
    if (trial->changes == NULL) {
        return trials_error(err, TRIALS_NOMEM, "%s: out of memory",
                            trial->study->id);
    }

    if (trial->facts.previous.len == 0) {
        return TRIALS_OK;
    }

    before = json_loadb(trial->facts.previous.data, trial->facts.previous.len,
                        0, NULL);

    /* A model without raw values is of a version that could not compare. */

    if (!json_is_object(json_object_get(before, "record"))
        || strcmp(trials_changes_string(before, "nctId"), trial->study->id)
               != 0)
    {
        json_decref(before);
        return TRIALS_OK;
    }

    /* No document yet: only its arena is used. */

    memset(&tree, 0, sizeof(trials_tree_t));
    tree.arena = trial->arena;
    tree.name = trial->study->id;
    trial->tree = &tree;
    items = json_array();

    trials_changes_values(items, trial, before);
    trials_changes_dates(items, trial, before);
    trials_changes_places(items, trial, before);
    trials_changes_criteria(items, trial, before);
    trials_changes_contacts(items, trial, before);

    if (json_is_array(json_object_get(before, "changes"))) {
        (void) json_array_extend(trial->changes,
                                 json_object_get(before, "changes"));
    }

    if (json_array_size(items)) {
        date =
            trials_date_iso(&tree, trial->study->last_update_posted.year
                                       ? trial->study->last_update_posted
                                       : trials_date_of(trial->facts.checked));
        entry = json_object();
        (void) json_object_set_new(entry, "date", json_string(date));
        (void) json_object_set(entry, "items", items);
        (void) json_array_insert_new(trial->changes, 0, entry);
    }

    while (json_array_size(trial->changes) > TRIALS_CHANGES_MAX) {
        (void) json_array_remove(trial->changes,
                                 json_array_size(trial->changes) - 1);
    }

    json_decref(items);
    json_decref(before);
    trial->tree = NULL;

    return tree.failed
               ? trials_error(err, tree.error.code, "%s", tree.error.message)
               : TRIALS_OK;
}


const char *
trials_trial_changed(const trials_trial_t *trial)
{
    return trials_changes_string(json_array_get(trial->changes, 0), "date");
}


void
trials_changes_free(trials_trial_t *trial)
{
    json_decref(trial->changes);
    trial->changes = NULL;
}


static void
trials_changes_values(json_t *items, trials_trial_t *trial,
                      const json_t *before)
{
    long                  people;
    json_t               *item;
    const char           *now;
    const json_t         *record, *value;
    const trials_study_t *study;

    study = trial->study;
    record = json_object_get(before, "record");

    now = study->status ? trials_status_names[study->status - 1] : "";
    trials_changes_add(items, "status", trials_changes_string(record, "status"),
                       now);
    trials_changes_add(items, "title", trials_changes_string(before, "title"),
                       study->brief_title.data ? study->brief_title.data : "");

    value = json_object_get(before, "enrollment");
    people = json_is_integer(value) ? (long) json_integer_value(value) : -1;

    if (people != study->enrollment && people >= 0 && study->enrollment >= 0) {
        item = json_object();
        (void) json_object_set_new(item, "kind", json_string("enrollment"));
        (void) json_object_set_new(item, "from", json_integer(people));
        (void) json_object_set_new(item, "to", json_integer(study->enrollment));
        (void) json_array_append_new(items, item);
    }

    if (study->has_results == TRIALS_YES
        && json_is_false(json_object_get(record, "hasResults")))
    {
        trials_changes_add(items, "results", "no", "yes");
    }
}


static void
trials_changes_dates(json_t *items, trials_trial_t *trial, const json_t *before)
{
    const json_t         *dates;
    const trials_study_t *study;

    study = trial->study;
    dates = json_object_get(before, "dates");

    trials_changes_add(items, "start", trials_changes_string(dates, "start"),
                       trials_date_iso(trial->tree, study->start));
    trials_changes_add(items, "completion",
                       trials_changes_string(dates, "completion"),
                       trials_date_iso(trial->tree, study->completion));
}


/* "Hospital, Town, Country" */

static const char *
trials_changes_place(trials_tree_t *tree, const char *name, const char *city,
                     const char *country)
{
    return trials_tree_printf(
        tree, "%s%s%s%s%s", name, name[0] && city[0] ? ", " : "", city,
        (name[0] || city[0]) && country[0] ? ", " : "", country);
}


static void
trials_changes_places(json_t *items, trials_trial_t *trial,
                      const json_t *before)
{
    size_t                   i;
    json_t                  *was, *is, *was_open, *is_open, *place;
    const char              *name;
    const trials_location_t *at;

    was = json_object();
    is = json_object();
    was_open = json_object();
    is_open = json_object();

    json_array_foreach(json_object_get(before, "places"), i, place)
    {
        name = trials_changes_place(trial->tree,
                                    trials_changes_string(place, "name"),
                                    trials_changes_string(place, "city"),
                                    trials_changes_string(place, "country"));
        trials_changes_put(was, name);

        if (strcmp(trials_changes_string(place, "recruitmentStatus"),
                   "RECRUITING")
            == 0)
        {
            trials_changes_put(was_open, name);
        }
    }

    for (i = 0; i < trial->study->nlocations; i++) {
        at = &trial->study->locations[i];
        name = trials_changes_place(trial->tree,
                                    at->facility.data ? at->facility.data : "",
                                    at->city.data ? at->city.data : "",
                                    at->country.data ? at->country.data : "");
        trials_changes_put(is, name);

        if (at->status == TRIALS_STATUS_RECRUITING) {
            trials_changes_put(is_open, name);
        }
    }

    trials_changes_lists(items, "places", was, is);

    /* A place that came or went is not said twice. */

    for (i = 0; i < 2; i++) {
        void       *at_key;
        json_t     *here;
        const char *key;

        here = i ? is_open : was_open;

        json_object_foreach_safe(here, at_key, key, place)
        {
            if (json_object_get(i ? was : is, key) == NULL) {
                (void) json_object_del(here, key);
            }
        }
    }

    trials_changes_lists(items, "open-places", was_open, is_open);

    json_decref(was);
    json_decref(is);
    json_decref(was_open);
    json_decref(is_open);
}


static void
trials_changes_criteria(json_t *items, trials_trial_t *trial,
                        const json_t *before)
{
    size_t      i;
    json_t     *was, *is, *now, *group;
    const char *old;
    int         same;

    old = trials_changes_string(json_object_get(before, "record"), "criteria");
    now = trials_json_record(trial);
    same = old[0] == '\0'
           || strcmp(old, trials_changes_string(now, "criteria")) == 0;
    json_decref(now);

    if (same) {
        return;
    }

    was = json_object();
    is = json_object();

    json_array_foreach(
        json_object_get(json_object_get(before, "eligibility"), "groups"), i,
        group)
    {
        trials_changes_criteria_of(json_object_get(group, "criteria"), was);
    }

    for (i = 0; i < trial->eligibility.ngroups; i++) {
        trials_changes_criteria_now(trial->eligibility.groups[i].criteria,
                                    trial->eligibility.groups[i].ncriteria, is);
    }

    trials_changes_lists(items, "criteria", was, is);
    json_decref(was);
    json_decref(is);
}


static void
trials_changes_criteria_of(const json_t *criteria, json_t *counts)
{
    size_t  i;
    json_t *item;

    json_array_foreach(criteria, i, item)
    {
        trials_changes_put(counts, trials_changes_string(item, "original"));
        trials_changes_criteria_of(json_object_get(item, "criteria"), counts);
    }
}


static void
trials_changes_criteria_now(const trials_criterion_t *criteria, size_t n,
                            json_t *counts)
{
    size_t i;

    for (i = 0; i < n; i++) {
        trials_changes_put(counts, criteria[i].original.data);
        trials_changes_criteria_now(criteria[i].criteria, criteria[i].ncriteria,
                                    counts);
    }
}


/* Of contacts only that they changed is said. */

static void
trials_changes_contacts(json_t *items, trials_trial_t *trial,
                        const json_t *before)
{
    size_t                  i;
    json_t                 *was, *is, *contact;
    const trials_contact_t *now;

    was = json_object();
    is = json_object();

    json_array_foreach(json_object_get(before, "contacts"), i, contact)
    {
        trials_changes_put(
            was, trials_tree_printf(trial->tree, "%s %s %s",
                                    trials_changes_string(contact, "name"),
                                    trials_changes_string(contact, "phone"),
                                    trials_changes_string(contact, "email")));
    }

    for (i = 0; i < trial->study->ncontacts; i++) {
        now = &trial->study->contacts[i];
        trials_changes_put(
            is, trials_tree_printf(trial->tree, "%s %s %s",
                                   now->name.data ? now->name.data : "",
                                   now->phone.data ? now->phone.data : "",
                                   now->email.data ? now->email.data : ""));
    }

    if (!json_equal(was, is)) {
        trials_changes_add(items, "contacts", "before", "now");
    }

    json_decref(was);
    json_decref(is);
}


/* A change of a value; nothing where it is the same. */

static void
trials_changes_add(json_t *items, const char *kind, const char *from,
                   const char *to)
{
    json_t *item;

    if (strcmp(from, to) == 0) {
        return;
    }

    item = json_object();
    (void) json_object_set_new(item, "kind", json_string(kind));
    (void) json_object_set_new(item, "from", json_string(from));
    (void) json_object_set_new(item, "to", json_string(to));
    (void) json_array_append_new(items, item);
}


/* How often each text is there. */

static void
trials_changes_put(json_t *counts, const char *text)
{
    json_int_t n;

    if (text && text[0] != '\0') {
        n = json_integer_value(json_object_get(counts, text));
        (void) json_object_set_new(counts, text, json_integer(n + 1));
    }
}


static void
trials_changes_lists(json_t *items, const char *kind, const json_t *before,
                     const json_t *now)
{
    size_t  nadded, nremoved;
    json_t *item, *added, *removed;

    added = trials_changes_missing(now, before, &nadded);
    removed = trials_changes_missing(before, now, &nremoved);

    if (nadded || nremoved) {
        item = json_object();
        (void) json_object_set_new(item, "kind", json_string(kind));
        (void) json_object_set(item, "added", added);
        (void) json_object_set_new(item, "nadded",
                                   json_integer((json_int_t) nadded));
        (void) json_object_set(item, "removed", removed);
        (void) json_object_set_new(item, "nremoved",
                                   json_integer((json_int_t) nremoved));
        (void) json_array_append_new(items, item);
    }

    json_decref(added);
    json_decref(removed);
}


/* The texts of one that are not in the other; *n may be more than the list
 * holds. */

static json_t *
trials_changes_missing(const json_t *of, const json_t *in, size_t *n)
{
    json_t     *list, *count;
    json_int_t  more;
    const char *text;

    list = json_array();
    *n = 0;

    json_object_foreach((json_t *) of, text, count)
    {
        more = json_integer_value(count)
               - json_integer_value(json_object_get(in, text));

        for (/* void */; more > 0; more--) {
            if (++*n <= TRIALS_CHANGES_MAX_ITEMS) {
                (void) json_array_append_new(list, json_string(text));
            }
        }
    }

    return list;
}


/* In words. */

static trials_date_t
trials_changes_date(const char *iso)
{
    trials_date_t date = {0, 0, 0, TRIALS_DATE_TYPE_NONE};

    if (sscanf(iso, "%4d-%2d-%2d", &date.year, &date.month, &date.day) < 2
        || date.month < 1 || date.month > 12)
    {
        memset(&date, 0, sizeof(trials_date_t));
    }

    return date;
}


static const char *
trials_changes_status(trials_trial_t *trial, const char *name)
{
    int i;

    for (i = 0; trials_status_names[i]; i++) {
        if (strcmp(trials_status_names[i], name) == 0) {
            return trials_say_value(trial->tree, "status", trials_status_names,
                                    i + 1);
        }
    }

    return trials_say(trial->tree, "change.unsaid", NULL);
}


static const char *
trials_changes_day(trials_trial_t *trial, const char *iso)
{
    return iso[0] ? trials_say_date(trial->tree, trials_changes_date(iso))
                  : trials_say(trial->tree, "change.unsaid", NULL);
}


static const char *
trials_changes_say(trials_trial_t *trial, const json_t *item)
{
    const char    *kind, *from, *to;
    trials_tree_t *tree;

    tree = trial->tree;
    kind = trials_changes_string(item, "kind");
    from = trials_changes_string(item, "from");
    to = trials_changes_string(item, "to");

    if (strcmp(kind, "status") == 0) {
        return trials_say(tree, "change.status", "from",
                          trials_changes_status(trial, from), "to",
                          trials_changes_status(trial, to), NULL);
    }

    if (strcmp(kind, "start") == 0 || strcmp(kind, "completion") == 0) {
        return trials_say(tree,
                          strcmp(kind, "start") == 0 ? "change.start"
                                                     : "change.completion",
                          "from", trials_changes_day(trial, from), "to",
                          trials_changes_day(trial, to), NULL);
    }

    if (strcmp(kind, "enrollment") == 0) {
        return trials_say(
            tree, "change.enrollment", "from",
            trials_say_number(tree, (size_t) json_integer_value(
                                        json_object_get(item, "from"))),
            "to",
            trials_say_number(
                tree, (size_t) json_integer_value(json_object_get(item, "to"))),
            NULL);
    }

    if (strcmp(kind, "title") == 0) {
        return trials_say(tree, "change.title", "from", from, NULL);
    }

    if (strcmp(kind, "results") == 0) {
        return trials_say(tree, "change.results", NULL);
    }

    return strcmp(kind, "contacts") == 0
               ? trials_say(tree, "change.contacts", NULL)
               : NULL;
}


/* A list that grew or shrank: a sentence and its texts. */

static void
trials_changes_list(trials_trial_t *trial, xmlNodePtr parent,
                    const json_t *item, const char *key, const char *count)
{
    char           id[64];
    size_t         n;
    xmlNodePtr     node;
    trials_tree_t *tree;

    tree = trial->tree;
    n = (size_t) json_integer_value(json_object_get(item, count));

    if (n == 0) {
        return;
    }

    (void) snprintf(id, sizeof(id), "change.%.24s.%s",
                    trials_changes_string(item, "kind"), key);

    node = trials_tree_add(tree, parent, "item");
    trials_tree_set(tree, node, "text", trials_say_count(tree, id, n, NULL));
    trials_changes_texts(trial, node, item, key);

    if (n > json_array_size(json_object_get(item, key))) {
        trials_tree_set(
            tree, node, "more",
            trials_say_count(tree, "change.more",
                             n - json_array_size(json_object_get(item, key)),
                             NULL));
    }
}


static void
trials_changes_texts(trials_trial_t *trial, xmlNodePtr parent,
                     const json_t *item, const char *key)
{
    size_t  i;
    json_t *text;

    json_array_foreach(json_object_get(item, key), i, text)
    {
        trials_tree_word(trial->tree, parent, "text", json_string_value(text));
    }
}


void
trials_model_changes(trials_trial_t *trial)
{
    size_t         i, j;
    json_t        *entry, *item;
    xmlNodePtr     changes, change;
    const char    *date, *text;
    trials_tree_t *tree;

    tree = trial->tree;
    changes = NULL;

    json_array_foreach(trial->changes, i, entry)
    {
        if (changes == NULL) {
            changes = trials_tree_add(tree, tree->root, "changes");
        }

        date = trials_changes_string(entry, "date");
        change = trials_tree_add(tree, changes, "change");
        trials_tree_set(tree, change, "iso", date);
        trials_tree_set(tree, change, "date", trials_changes_day(trial, date));

        json_array_foreach(json_object_get(entry, "items"), j, item)
        {
            text = trials_changes_say(trial, item);

            if (text) {
                trials_tree_set(tree, trials_tree_add(tree, change, "item"),
                                "text", text);
                continue;
            }

            trials_changes_list(trial, change, item, "added", "nadded");
            trials_changes_list(trial, change, item, "removed", "nremoved");
        }
    }
}


json_t *
trials_changes_json(trials_trial_t *trial)
{
    json_t    *copy, *list;
    xmlChar   *text;
    xmlNodePtr node, change, item;
    size_t     i;

    copy = json_deep_copy(trial->changes);

    for (node = trial->tree->root->children; node; node = node->next) {
        if (strcmp((const char *) node->name, "changes") != 0) {
            continue;
        }

        for (change = node->children, i = 0; change; change = change->next) {
            list = json_array();

            for (item = change->children; item; item = item->next) {
                text = xmlGetNoNsProp(item, BAD_CAST "text");
                (void) json_array_append_new(
                    list, json_string(text ? (const char *) text : ""));
                xmlFree(text);
            }

            (void) json_object_set_new(json_array_get(copy, i++), "text", list);
        }
    }

    return copy;
}
