/*
 * Lists of trials, the start page, feeds and sitemaps: what there is to show,
 * and how it is rendered.  The names of documents, below the site's address:
 *
 *   index                        the start page
 *   SLUG[/GROUP][/in-COUNTRY][/N]   a list, by status and country, page N
 *   SLUG, feed                   have an Atom feed (RFC 4287) as well
 *   sitemap, sitemap/N           index and part N (sitemaps.org)
 */

#ifndef TRIALS_LISTING_H
#define TRIALS_LISTING_H


#include <trials/memory.h>
#include <trials/page.h>
#include <trials/summary.h>


/* Trials on a page of a list, or in a feed, at most. */
#define TRIALS_LISTING_MAX 50

/* Addresses in a part of a sitemap: sitemaps.org's own limit. */
#define TRIALS_SITEMAP_MAX 50000

/* Statuses as a reader sees them. */
typedef enum {
    TRIALS_STATUS_GROUP_NONE = 0, /* all of them */
    TRIALS_STATUS_GROUP_OPEN,
    TRIALS_STATUS_GROUP_SOON,
    TRIALS_STATUS_GROUP_ACTIVE,
    TRIALS_STATUS_GROUP_FINISHED,
    TRIALS_STATUS_GROUP_STOPPED,
    TRIALS_STATUS_GROUP_OTHER,
    TRIALS_NSTATUS_GROUPS
} trials_status_group_t;

/* Its part of a name: "recruiting", …; NULL for NONE. */
const char           *trials_status_group_slug(trials_status_group_t group);
trials_status_group_t trials_status_group(trials_status_t status);


/* A list that a page links to, with how many trials it has. */
typedef struct {
    const char           *path; /* below the site's address */
    const char           *name; /* NULL: of the status group */
    trials_status_group_t group;
    size_t                n;
    size_t                open; /* of them that take people; the start page's */
    unsigned              current : 1; /* it is the one that is shown */
} trials_listing_link_t;

typedef struct {
    const char             *path;    /* of this page */
    const char             *title;   /* the collection's; NULL: of all trials */
    const char             *list;    /* path of the whole list */
    const char             *country; /* that it is filtered by, or NULL */
    trials_status_group_t   group;   /* the same, or NONE */
    size_t                  total;
    size_t                  page; /* 1, … */
    size_t                  npages;
    const char             *previous; /* paths; NULL: none */
    const char             *next;
    trials_listing_link_t  *groups;
    size_t                  ngroups;
    trials_listing_link_t  *countries;
    size_t                  ncountries;
    const trials_id_t      *ids;
    const trials_summary_t *trials;
    size_t                  ntrials;
} trials_listing_t;

trials_rc_t trials_listing_render(const trials_page_t    *page,
                                  const trials_listing_t *listing,
                                  trials_language_t language, trials_buf_t *out,
                                  trials_error_t *err);

/* The start page: all trials by status and country, and the collections. */
typedef struct {
    size_t                  total;
    size_t                  open;
    trials_date_t           updated; /* of the latest record */
    trials_listing_link_t  *collections;
    size_t                  ncollections;
    trials_listing_link_t  *groups;
    size_t                  ngroups;
    trials_listing_link_t  *countries;
    size_t                  ncountries;
    const trials_id_t      *ids; /* the latest that changed */
    const trials_summary_t *trials;
    size_t                  ntrials;
} trials_start_t;

trials_rc_t
trials_start_render(const trials_page_t *page, const trials_start_t *start,
                    trials_language_t language, trials_buf_t *out,
                    trials_error_t *err);

/* A feed: trials, the latest change first, and what changed, from their JSON
 * renditions ("" for one that is not there). */
typedef struct {
    const char             *path;  /* "feed" or a collection's slug */
    const char             *title; /* the collection's; NULL: of all trials */
    trials_date_t           updated;
    const trials_id_t      *ids;
    const trials_summary_t *trials;
    const trials_str_t     *models;
    size_t                  ntrials;
} trials_listing_feed_t;

trials_rc_t
trials_feed_render(const trials_page_t *page, const trials_listing_feed_t *feed,
                   trials_language_t language, trials_buf_t *out,
                   trials_error_t *err);

/* Sitemaps.  A part lists trials with their dates, the index its parts. */
trials_rc_t trials_sitemap_index(const trials_page_t *page, size_t nparts,
                                 const trials_date_t *dates, trials_buf_t *out,
                                 trials_error_t *err);
trials_rc_t
trials_sitemap_part(const trials_page_t *page, const char *const *paths,
                    size_t npaths, const trials_id_t *ids,
                    const trials_date_t *dates, size_t n, trials_buf_t *out,
                    trials_error_t *err);


#endif
