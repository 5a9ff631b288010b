/* Lists of trials, the start page and feeds: their documents. */

#include <trials/listing.h>

#include "core/page/site.h"
#include "core/page/tree.h"
#include "core/registry/enums.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>


/* Conditions and countries of a trial that a list names. */
#define TRIALS_LISTING_NAMED 4


static trials_rc_t
trials_listing_finish(trials_tree_t *tree, const trials_page_t *page,
                      trials_sheet_t sheet, trials_language_t language,
                      trials_buf_t *out, trials_error_t *err);
static void
trials_listing_head(trials_tree_t *tree, const trials_listing_t *listing);
static void        trials_listing_links(trials_tree_t *tree, const char *kind,
                                        const trials_listing_link_t *links, size_t n);
static void        trials_listing_trial(trials_tree_t *tree, const char *id,
                                        const trials_summary_t *summary);
static void        trials_listing_named(trials_tree_t *tree, xmlNodePtr node,
                                        const char *name, trials_str_t list);
static const char *trials_listing_phases(trials_tree_t *tree, unsigned phases);
static const char *
trials_listing_ages(trials_tree_t *tree, const trials_summary_t *summary);
static const char *trials_listing_iso(trials_tree_t *tree, trials_date_t date);
static void
trials_feed_entry(trials_tree_t *tree, xmlNodePtr node, trials_str_t model);


static const char *const trials_group_slugs[TRIALS_NSTATUS_GROUPS] = {
    NULL,      "recruiting", "not-yet-recruiting", "active", "completed",
    "stopped", "other",
};


const char *
trials_status_group_slug(trials_status_group_t group)
{
    return trials_group_slugs[group];
}


trials_status_group_t
trials_status_group(trials_status_t status)
{
    switch (status) {
    case TRIALS_STATUS_RECRUITING:
    case TRIALS_STATUS_AVAILABLE:
        return TRIALS_STATUS_GROUP_OPEN;
    case TRIALS_STATUS_NOT_YET_RECRUITING:
        return TRIALS_STATUS_GROUP_SOON;
    case TRIALS_STATUS_ACTIVE_NOT_RECRUITING:
    case TRIALS_STATUS_ENROLLING_BY_INVITATION:
        return TRIALS_STATUS_GROUP_ACTIVE;
    case TRIALS_STATUS_COMPLETED:
        return TRIALS_STATUS_GROUP_FINISHED;
    case TRIALS_STATUS_SUSPENDED:
    case TRIALS_STATUS_TERMINATED:
    case TRIALS_STATUS_WITHDRAWN:
        return TRIALS_STATUS_GROUP_STOPPED;
    default:
        return TRIALS_STATUS_GROUP_OTHER;
    }
}


trials_rc_t
trials_listing_render(const trials_page_t    *page,
                      const trials_listing_t *listing,
                      trials_language_t language, trials_buf_t *out,
                      trials_error_t *err)
{
    size_t          i;
    trials_rc_t     rc;
    trials_tree_t   tree;
    trials_arena_t *arena;

    arena = trials_arena_create();
    if (arena == NULL) {
        return trials_error(err, TRIALS_NOMEM, "%s: out of memory",
                            listing->path);
    }

    rc = trials_tree_open(&tree, page, arena, language, "listing",
                          listing->path, err);
    if (rc == TRIALS_OK) {
        trials_listing_head(&tree, listing);
        trials_listing_links(&tree, "group", listing->groups, listing->ngroups);
        trials_listing_links(&tree, "country", listing->countries,
                             listing->ncountries);

        for (i = 0; i < listing->ntrials; i++) {
            trials_listing_trial(&tree, listing->ids[i], &listing->trials[i]);
        }

        rc = trials_listing_finish(&tree, page, TRIALS_SHEET_LISTING, language,
                                   out, err);
    }

    trials_arena_destroy(arena);

    return rc;
}


/* Renders the tree and frees it. */

static trials_rc_t
trials_listing_finish(trials_tree_t *tree, const trials_page_t *page,
                      trials_sheet_t sheet, trials_language_t language,
                      trials_buf_t *out, trials_error_t *err)
{
    trials_rc_t rc;

    if (tree->failed) {
        rc = trials_error(err, tree->error.code, "%s", tree->error.message);
    } else {
        rc = trials_sheets_apply(&page->sheets, sheet, language, tree->doc,
                                 tree->name, out, err);
    }

    trials_tree_free(tree);

    return rc;
}


static void
trials_listing_head(trials_tree_t *tree, const trials_listing_t *listing)
{
    const char *title, *what;

    title = listing->title ? trials_say(tree, "listing.title", "title",
                                        listing->title, NULL)
                           : trials_say(tree, "listing.all", NULL);

    if (listing->country) {
        title = trials_say(tree, "listing.in", "title", title, "country",
                           trials_say_country(tree, listing->country), NULL);
    }

    trials_tree_word(tree, tree->root, "title", title);

    what = listing->group ? trials_say(
               tree,
               trials_tree_printf(tree, "listing.group.%s",
                                  trials_status_group_slug(listing->group)),
               NULL)
                          : NULL;
    trials_tree_word(tree, tree->root, "group-name", what);
    trials_tree_word(
        tree, tree->root, "count",
        trials_say_count(tree, "listing.count", listing->total, NULL));
    trials_tree_set(tree, tree->root, "list", listing->list);
    trials_tree_set(tree, tree->root, "previous", listing->previous);
    trials_tree_set(tree, tree->root, "next", listing->next);

    if (listing->group || listing->country) {
        trials_tree_set(tree, tree->root, "filtered", "1");
    }

    if (listing->npages > 1) {
        trials_tree_word(
            tree, tree->root, "where",
            trials_say(tree, "listing.where", "page",
                       trials_say_number(tree, listing->page), "pages",
                       trials_say_number(tree, listing->npages), NULL));
        trials_tree_number(tree, tree->root, "page", listing->page);
    }
}


static void
trials_listing_links(trials_tree_t *tree, const char *kind,
                     const trials_listing_link_t *links, size_t n)
{
    size_t      i;
    xmlNodePtr  node;
    const char *name;

    for (i = 0; i < n; i++) {
        node = trials_tree_add(tree, tree->root, kind);
        name = links[i].name
                   ? links[i].name
                   : trials_say(tree,
                                trials_tree_printf(
                                    tree, "listing.group.%s",
                                    trials_status_group_slug(links[i].group)),
                                NULL);
        trials_tree_set(tree, node, "path", links[i].path);
        trials_tree_set(tree, node, "name", name);
        trials_tree_set(tree, node, "n", trials_say_number(tree, links[i].n));

        if (strcmp(kind, "collection") == 0) {
            trials_tree_set(
                tree, node, "count",
                trials_say_count(tree, "listing.count", links[i].n, NULL));
            trials_tree_set(
                tree, node, "open",
                trials_say_count(tree, "listing.open", links[i].open, NULL));
        }

        if (links[i].current) {
            trials_tree_set(tree, node, "current", "1");
        }
    }
}


static void
trials_listing_trial(trials_tree_t *tree, const char *id,
                     const trials_summary_t *summary)
{
    xmlNodePtr node;

    node = trials_tree_add(tree, tree->root, "trial");
    trials_tree_set(tree, node, "id", id);
    trials_tree_attr(tree, node, "title", summary->title);
    trials_tree_set(tree, node, "status",
                    trials_say_value(tree, "status", trials_status_names,
                                     (int) summary->status));

    if (trials_status_group(summary->status) == TRIALS_STATUS_GROUP_OPEN) {
        trials_tree_set(tree, node, "open", "1");
    }

    trials_tree_set(tree, node, "phase",
                    trials_listing_phases(tree, summary->phases));
    trials_tree_set(tree, node, "ages", trials_listing_ages(tree, summary));
    trials_tree_attr(tree, node, "sponsor", summary->sponsor);
    trials_tree_set(tree, node, "updated",
                    trials_say_date(tree, summary->updated));
    trials_tree_set(tree, node, "iso",
                    trials_listing_iso(tree, summary->updated));
    trials_tree_set(tree, node, "changed",
                    trials_listing_iso(tree, summary->changed));
    trials_listing_named(tree, node, "conditions", summary->conditions);
    trials_listing_named(tree, node, "countries", summary->countries);

    if (summary->nplaces) {
        trials_tree_set(
            tree, node, "places",
            trials_say_count(tree, "listing.places", summary->nplaces, NULL));
    }
}


/* The first of a list, and how many more there are. */

static void
trials_listing_named(trials_tree_t *tree, xmlNodePtr node, const char *name,
                     trials_str_t list)
{
    size_t       n;
    const char  *items[TRIALS_LISTING_NAMED + 1];
    trials_str_t item;

    for (n = 0; trials_summary_item(&list, &item); n++) {
        if (n < TRIALS_LISTING_NAMED) {
            items[n] =
                trials_tree_printf(tree, "%.*s", (int) item.len, item.data);
        }
    }

    if (n == 0) {
        return;
    }

    if (n > TRIALS_LISTING_NAMED) {
        items[TRIALS_LISTING_NAMED] = trials_say_count(
            tree, "listing.more", n - TRIALS_LISTING_NAMED, NULL);
        n = TRIALS_LISTING_NAMED + 1;
    }

    trials_tree_set(tree, node, name, trials_say_list(tree, items, n));
}


static const char *
trials_listing_phases(trials_tree_t *tree, unsigned phases)
{
    int         phase;
    size_t      n;
    const char *items[TRIALS_PHASE_PHASE4 + 1];

    for (phase = TRIALS_PHASE_EARLY_PHASE1, n = 0; phase <= TRIALS_PHASE_PHASE4;
         phase++)
    {
        if (phases & 1u << phase) {
            items[n] = trials_say_value(tree, n ? "phase.next" : "phase",
                                        trials_phase_names, phase);
            n++;
        }
    }

    if (n < 2) {
        return n ? items[0] : NULL;
    }

    return trials_say(tree, "phase.combined", "phases",
                      trials_say_list(tree, items, n), NULL);
}


static const char *
trials_listing_ages(trials_tree_t *tree, const trials_summary_t *summary)
{
    const char *low, *high;

    low = summary->minimum_age.unit
              ? trials_say_span(tree, summary->minimum_age)
              : NULL;
    high = summary->maximum_age.unit
               ? trials_say_span(tree, summary->maximum_age)
               : NULL;

    if (low && high) {
        return trials_say(tree, "ages.between", "low", low, "high", high, NULL);
    }

    return low    ? trials_say(tree, "ages.from", "low", low, NULL)
           : high ? trials_say(tree, "ages.to", "high", high, NULL)
                  : NULL;
}


static const char *
trials_listing_iso(trials_tree_t *tree, trials_date_t date)
{
    return date.year ? trials_tree_printf(tree, "%04d-%02d-%02d", date.year,
                                          date.month, date.day)
                     : NULL;
}


trials_rc_t
trials_start_render(const trials_page_t *page, const trials_start_t *start,
                    trials_language_t language, trials_buf_t *out,
                    trials_error_t *err)
{
    size_t          i;
    trials_rc_t     rc;
    trials_tree_t   tree;
    trials_arena_t *arena;

    arena = trials_arena_create();
    if (arena == NULL) {
        return trials_error(err, TRIALS_NOMEM, "index: out of memory");
    }

    rc = trials_tree_open(&tree, page, arena, language, "start", "", err);
    if (rc == TRIALS_OK) {
        trials_tree_word(
            &tree, tree.root, "count",
            trials_say_count(&tree, "listing.count", start->total, NULL));
        trials_tree_word(
            &tree, tree.root, "open",
            trials_say_count(&tree, "listing.open", start->open, NULL));
        trials_tree_word(&tree, tree.root, "updated",
                         trials_say_date(&tree, start->updated));
        trials_listing_links(&tree, "collection", start->collections,
                             start->ncollections);
        trials_listing_links(&tree, "group", start->groups, start->ngroups);
        trials_listing_links(&tree, "country", start->countries,
                             start->ncountries);

        for (i = 0; i < start->ntrials; i++) {
            trials_listing_trial(&tree, start->ids[i], &start->trials[i]);
        }

        rc = trials_listing_finish(&tree, page, TRIALS_SHEET_LISTING, language,
                                   out, err);
    }

    trials_arena_destroy(arena);

    return rc;
}


trials_rc_t
trials_feed_render(const trials_page_t *page, const trials_listing_feed_t *feed,
                   trials_language_t language, trials_buf_t *out,
                   trials_error_t *err)
{
    size_t          i;
    trials_rc_t     rc;
    trials_tree_t   tree;
    trials_arena_t *arena;

    arena = trials_arena_create();
    if (arena == NULL) {
        return trials_error(err, TRIALS_NOMEM, "%s: out of memory", feed->path);
    }

    rc =
        trials_tree_open(&tree, page, arena, language, "feed", feed->path, err);
    if (rc == TRIALS_OK) {
        trials_tree_word(
            &tree, tree.root, "title",
            feed->title
                ? trials_say(&tree, "listing.feed", "title", feed->title, NULL)
                : trials_say(&tree, "listing.feed.all", NULL));
        trials_tree_set(&tree, tree.root, "updated",
                        feed->updated.year
                            ? trials_listing_iso(&tree, feed->updated)
                            : "1970-01-01");

        for (i = 0; i < feed->ntrials; i++) {
            trials_listing_trial(&tree, feed->ids[i], &feed->trials[i]);
            trials_feed_entry(&tree, tree.root->last, feed->models[i]);
        }

        rc = trials_listing_finish(&tree, page, TRIALS_SHEET_FEED, language,
                                   out, err);
    }

    trials_arena_destroy(arena);

    return rc;
}


/* What changed last, in the words of the trial's own model. */

static void
trials_feed_entry(trials_tree_t *tree, xmlNodePtr node, trials_str_t model)
{
    size_t      i;
    json_t     *root, *text;
    const char *words;

    root = json_loadb(model.data ? model.data : "", model.len, 0, NULL);
    text = json_object_get(json_array_get(json_object_get(root, "changes"), 0),
                           "text");

    for (i = 0; i < json_array_size(text); i++) {
        words = json_string_value(json_array_get(text, i));

        if (words && words[0]) {
            trials_tree_word(tree, node, "item", words);
        }
    }

    json_decref(root);
}
