/* The index of all trials. */

#include "core/refresher/lists.h"

#include <ctype.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>


/* Countries have a bit each; the registry names some 220. */
#define TRIALS_LISTS_WORDS   (TRIALS_LISTS_COUNTRIES / 64)
#define TRIALS_LISTS_CHANGES 500 /* read at a time */

typedef struct {
    uint64_t collections; /* 0: it is gone */
    uint64_t countries[TRIALS_LISTS_WORDS];
    uint32_t id;
    int32_t  updated; /* days since 1970 */
    int32_t  changed;
    uint8_t  group;
    uint8_t  reserved[3];
} trials_lists_entry_t;

typedef struct {
    char name[96];
    char slug[48];
} trials_lists_country_t;

/* What qsort_r() sorts places by. */

typedef struct {
    const trials_lists_t       *lists;
    const trials_lists_query_t *query;
} trials_lists_order_t;

/* The lock covers all of it. */

struct trials_lists_s {
    const trials_collections_t *collections;
    pthread_mutex_t             lock;
    trials_lists_entry_t       *entries; /* sorted by id where sorted is set */
    size_t                      n;
    size_t                      size;
    uint32_t                   *slots; /* by hash of the id: place + 1 */
    size_t                      nslots;
    trials_lists_country_t      countries[TRIALS_LISTS_COUNTRIES];
    size_t                      ncountries;
    trials_changes_at_t         at;
    uint64_t                    touched;
    unsigned                    loaded : 1;
};


static trials_rc_t
           trials_lists_load(trials_lists_t *lists, trials_cache_t *cache,
                             trials_error_t *err);
static int trials_lists_take(void *lists, const char *id, trials_str_t text);
static trials_lists_entry_t               *
trials_lists_entry(trials_lists_t *lists, uint32_t id);
static int    trials_lists_grow(trials_lists_t *lists);
static void   trials_lists_slots(trials_lists_t *lists);
static size_t trials_lists_slot(const trials_lists_t *lists, uint32_t id);
static int    trials_lists_country_of(trials_lists_t *lists, trials_str_t name);
static int32_t trials_lists_day(trials_date_t date);
static int  trials_lists_compare(const void *one, const void *two, void *order);
static int  trials_lists_by_id(const void *one, const void *two, void *order);
static void trials_lists_id(uint32_t number, trials_id_t id);


trials_lists_t *
trials_lists_create(const trials_collections_t *collections)
{
    trials_lists_t *lists;

    lists = calloc(1, sizeof(trials_lists_t));

    if (lists) {
        lists->collections = collections;
        (void) pthread_mutex_init(&lists->lock, NULL);
    }

    return lists;
}


void
trials_lists_destroy(trials_lists_t *lists)
{
    if (lists) {
        (void) pthread_mutex_destroy(&lists->lock);
        free(lists->entries);
        free(lists->slots);
        free(lists);
    }
}


trials_rc_t
trials_lists_follow(trials_lists_t *lists, trials_cache_t *cache,
                    trials_error_t *err)
{
    size_t      n;
    trials_rc_t rc;
    trials_id_t ids[TRIALS_LISTS_CHANGES];

    (void) pthread_mutex_lock(&lists->lock);
    rc = TRIALS_NOT_FOUND;

    if (lists->loaded) {
        do {
            rc = trials_summaries_changed(cache, lists->at, ids,
                                          TRIALS_LISTS_CHANGES, &n, err);
            if (rc == TRIALS_OK) {
                rc = trials_summaries_some(cache, (const trials_id_t *) ids, n,
                                           trials_lists_take, lists, err);
            }
        } while (rc == TRIALS_OK && n == TRIALS_LISTS_CHANGES);
    }

    if (rc == TRIALS_NOT_FOUND) {
        rc = trials_lists_load(lists, cache, err);
    }

    if (rc != TRIALS_OK) {
        /* What was read of the changes may be lost: all is read anew. */

        lists->loaded = 0;
    }

    (void) pthread_mutex_unlock(&lists->lock);

    return rc;
}


uint64_t
trials_lists_touched(trials_lists_t *lists)
{
    uint64_t touched;

    (void) pthread_mutex_lock(&lists->lock);
    touched = lists->touched;
    lists->touched = 0;
    (void) pthread_mutex_unlock(&lists->lock);

    return touched;
}


static trials_rc_t
trials_lists_load(trials_lists_t *lists, trials_cache_t *cache,
                  trials_error_t *err)
{
    trials_rc_t rc;

    lists->n = 0;

    if (lists->slots) {
        memset(lists->slots, 0, lists->nslots * sizeof(uint32_t));
    }

    rc = trials_summaries_all(cache, lists->at, trials_lists_take, lists, err);
    lists->loaded = rc == TRIALS_OK;
    lists->touched = ~(uint64_t) 0;

    return rc;
}


/* Takes what a trial is now; an empty text: it is gone. */

static int
trials_lists_take(void *data, const char *id, trials_str_t text)
{
    int                   country;
    trials_str_t          rest, item;
    trials_lists_t       *lists;
    trials_summary_t      summary;
    trials_lists_entry_t *entry;

    lists = data;

    entry = trials_lists_entry(lists, (uint32_t) strtoul(id + 3, NULL, 10));
    if (entry == NULL) {
        return 0;
    }

    lists->touched |= entry->collections;
    entry->collections = 0;

    if (text.len == 0 || trials_summary_read(text, &summary) != TRIALS_OK) {
        return 1;
    }

    entry->collections =
        trials_collections_of(lists->collections, id, &summary);
    entry->updated = trials_lists_day(summary.updated);
    entry->changed = trials_lists_day(summary.changed);
    entry->group = (uint8_t) trials_status_group(summary.status);
    memset(entry->countries, 0, sizeof(entry->countries));

    for (rest = summary.countries; trials_summary_item(&rest, &item); /**/) {
        country = trials_lists_country_of(lists, item);

        if (country >= 0) {
            entry->countries[country / 64] |= (uint64_t) 1 << (country % 64);
        }
    }

    lists->touched |= entry->collections;

    return 1;
}


/* The entry of an id, a new one where there is none; NULL: no memory. */

static trials_lists_entry_t *
trials_lists_entry(trials_lists_t *lists, uint32_t id)
{
    size_t slot;

    if (lists->n == lists->size && !trials_lists_grow(lists)) {
        return NULL;
    }

    slot = trials_lists_slot(lists, id);

    if (lists->slots[slot] == 0) {
        memset(&lists->entries[lists->n], 0, sizeof(trials_lists_entry_t));
        lists->entries[lists->n].id = id;
        lists->slots[slot] = (uint32_t) ++lists->n;
    }

    return &lists->entries[lists->slots[slot] - 1];
}


/* Twice as much room, and twice as many slots as entries. */

static int
trials_lists_grow(trials_lists_t *lists)
{
    size_t                size;
    uint32_t             *slots;
    trials_lists_entry_t *entries;

    size = lists->size ? lists->size * 2 : 4096;
    entries = realloc(lists->entries, size * sizeof(trials_lists_entry_t));

    if (entries == NULL) {
        return 0;
    }

    lists->entries = entries;
    lists->size = size;

    slots = calloc(size * 2, sizeof(uint32_t));
    if (slots == NULL) {
        lists->size = lists->n;
        return 0;
    }

    free(lists->slots);
    lists->slots = slots;
    lists->nslots = size * 2;
    trials_lists_slots(lists);

    return 1;
}


static void
trials_lists_slots(trials_lists_t *lists)
{
    size_t i;

    for (i = 0; i < lists->n; i++) {
        lists->slots[trials_lists_slot(lists, lists->entries[i].id)] =
            (uint32_t) (i + 1);
    }
}


/* Where an id is, or would be (Knuth's multiplicative hash, linear probing). */

static size_t
trials_lists_slot(const trials_lists_t *lists, uint32_t id)
{
    size_t slot;

    slot = (size_t) (id * 2654435761U) & (lists->nslots - 1);

    while (lists->slots[slot]
           && lists->entries[lists->slots[slot] - 1].id != id) {
        slot = (slot + 1) & (lists->nslots - 1);
    }

    return slot;
}


static int
trials_lists_country_of(trials_lists_t *lists, trials_str_t name)
{
    char                   *slug;
    size_t                  i, len;
    trials_lists_country_t *country;

    for (i = 0; i < lists->ncountries; i++) {
        if (strlen(lists->countries[i].name) == name.len
            && memcmp(lists->countries[i].name, name.data, name.len) == 0)
        {
            return (int) i;
        }
    }

    if (lists->ncountries == TRIALS_LISTS_COUNTRIES
        || name.len >= sizeof(country->name))
    {
        return -1;
    }

    country = &lists->countries[lists->ncountries];
    memcpy(country->name, name.data, name.len);
    country->name[name.len] = '\0';
    slug = country->slug;

    /* "Korea, Republic of" is "korea-republic-of", "Türkiye" is "t-rkiye". */

    for (i = 0, len = 0; i < name.len && len < sizeof(country->slug) - 1; i++) {
        if (isalnum((unsigned char) name.data[i])) {
            slug[len++] = (char) tolower((unsigned char) name.data[i]);
        } else if (len && slug[len - 1] != '-') {
            slug[len++] = '-';
        }
    }

    while (len && slug[len - 1] == '-') {
        len--;
    }

    slug[len] = '\0';

    return len ? (int) lists->ncountries++ : -1;
}


static int32_t
trials_lists_day(trials_date_t date)
{
    struct tm tm;

    if (date.year == 0) {
        return 0;
    }

    memset(&tm, 0, sizeof(struct tm));
    tm.tm_year = date.year - 1900;
    tm.tm_mon = date.month - 1;
    tm.tm_mday = date.day;

    return (int32_t) (timegm(&tm) / 86400);
}


trials_rc_t
trials_lists_find(trials_lists_t *lists, const trials_lists_query_t *query,
                  trials_lists_found_t *found)
{
    int                         c, group, country;
    size_t                      i, n;
    uint32_t                   *places;
    trials_lists_order_t        order;
    const trials_lists_entry_t *entry;

    memset(found, 0, sizeof(trials_lists_found_t));
    n = 0;
    order.lists = lists;
    order.query = query;

    (void) pthread_mutex_lock(&lists->lock);

    places = malloc((lists->n + 1) * sizeof(uint32_t));
    if (places == NULL) {
        (void) pthread_mutex_unlock(&lists->lock);
        return TRIALS_NOMEM;
    }

    for (i = 0; i < lists->n; i++) {
        entry = &lists->entries[i];

        if (!(entry->collections >> query->collection & 1)
            || (query->changed && entry->changed == 0))
        {
            continue;
        }

        group = query->group == TRIALS_STATUS_GROUP_NONE
                || (int) query->group == entry->group;
        country =
            query->country < 0
            || (entry->countries[query->country / 64] >> (query->country % 64)
                & 1);

        found->groups[entry->group] += (size_t) country;

        for (c = 0; group && c < (int) lists->ncountries; c++) {
            found->countries[c] += entry->countries[c / 64] >> (c % 64) & 1;
        }

        if (group && country) {
            found->total++;
            found->updated = found->updated > entry->updated ? found->updated
                                                             : entry->updated;

            places[n++] = (uint32_t) i;
        }
    }

    qsort_r(places, n, sizeof(uint32_t), trials_lists_compare, &order);

    for (i = query->first; i < n && i < query->first + query->max; i++) {
        entry = &lists->entries[places[i]];
        trials_lists_id(entry->id, found->ids[found->n]);
        found->days[found->n++] =
            query->changed ? entry->changed : entry->updated;
    }

    (void) pthread_mutex_unlock(&lists->lock);
    free(places);

    return TRIALS_OK;
}


/* Those that take people first, then by date, the latest first. */

static int
trials_lists_compare(const void *one, const void *two, void *data)
{
    int                         open[2];
    int32_t                     days[2];
    const trials_lists_order_t *order;
    const trials_lists_entry_t *a, *b;

    order = data;
    a = &order->lists->entries[*(const uint32_t *) one];
    b = &order->lists->entries[*(const uint32_t *) two];
    open[0] = !order->query->changed && a->group == TRIALS_STATUS_GROUP_OPEN;
    open[1] = !order->query->changed && b->group == TRIALS_STATUS_GROUP_OPEN;
    days[0] = order->query->changed ? a->changed : a->updated;
    days[1] = order->query->changed ? b->changed : b->updated;

    if (open[0] != open[1]) {
        return open[1] - open[0];
    }

    return days[0] != days[1] ? (days[0] < days[1] ? 1 : -1)
                              : (a->id < b->id) - (a->id > b->id);
}


void
trials_lists_count(trials_lists_t *lists, int collection, size_t *total,
                   size_t *open)
{
    size_t                      i;
    const trials_lists_entry_t *entry;

    *total = 0;
    *open = 0;

    (void) pthread_mutex_lock(&lists->lock);

    for (i = 0; i < lists->n; i++) {
        entry = &lists->entries[i];

        if (entry->collections >> collection & 1) {
            ++*total;
            *open += entry->group == TRIALS_STATUS_GROUP_OPEN;
        }
    }

    (void) pthread_mutex_unlock(&lists->lock);
}


int
trials_lists_country(trials_lists_t *lists, const char *slug, size_t len)
{
    int    country;
    size_t i;

    country = -1;
    (void) pthread_mutex_lock(&lists->lock);

    for (i = 0; i < lists->ncountries; i++) {
        if (strlen(lists->countries[i].slug) == len
            && memcmp(lists->countries[i].slug, slug, len) == 0)
        {
            country = (int) i;
            break;
        }
    }

    (void) pthread_mutex_unlock(&lists->lock);

    return country;
}


int
trials_lists_country_name(trials_lists_t *lists, int country, const char **name,
                          const char **slug)
{
    int there;

    (void) pthread_mutex_lock(&lists->lock);

    /* A country, once it has its number, is never another one. */

    there = country < (int) lists->ncountries;

    if (there) {
        *name = lists->countries[country].name;
        *slug = lists->countries[country].slug;
    }

    (void) pthread_mutex_unlock(&lists->lock);

    return there;
}


size_t
trials_lists_part(trials_lists_t *lists, size_t first, size_t max,
                  trials_id_t *ids, trials_date_t *dates, size_t *total)
{
    size_t               i, n;
    uint32_t            *places;
    trials_lists_order_t order;

    *total = 0;
    order.lists = lists;
    order.query = NULL;

    (void) pthread_mutex_lock(&lists->lock);
    places = malloc((lists->n + 1) * sizeof(uint32_t));

    for (i = 0; places && i < lists->n; i++) {
        if (lists->entries[i].collections) {
            places[(*total)++] = (uint32_t) i;
        }
    }

    if (places) {
        qsort_r(places, *total, sizeof(uint32_t), trials_lists_by_id, &order);
    }

    for (i = first, n = 0; i < *total && n < max; i++, n++) {
        trials_lists_id(lists->entries[places[i]].id, ids[n]);
        dates[n] = trials_lists_date(lists->entries[places[i]].updated);
    }

    (void) pthread_mutex_unlock(&lists->lock);
    free(places);

    return n;
}


static int
trials_lists_by_id(const void *one, const void *two, void *data)
{
    uint32_t                    a, b;
    const trials_lists_order_t *order;

    order = data;
    a = order->lists->entries[*(const uint32_t *) one].id;
    b = order->lists->entries[*(const uint32_t *) two].id;

    return (a > b) - (a < b);
}


static void
trials_lists_id(uint32_t number, trials_id_t id)
{
    (void) snprintf(id, sizeof(trials_id_t), "NCT%08u", number % 100000000U);
}


trials_date_t
trials_lists_date(int64_t day)
{
    time_t        t;
    struct tm     tm;
    trials_date_t date = {0, 0, 0, TRIALS_DATE_TYPE_NONE};

    t = (time_t) (day * 86400);

    if (day > 0 && gmtime_r(&t, &tm)) {
        date.year = tm.tm_year + 1900;
        date.month = tm.tm_mon + 1;
        date.day = tm.tm_mday;
    }

    return date;
}
