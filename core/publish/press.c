/*
 * The press.  A queue for each lane, all under one lock: what is done without it
 * takes a thousand times as long as what is done with it.
 */

#include <trials/publish.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>


/* Records that wait, a lane and thread: enough that no thread is idle while the
 * next piece of a list arrives, and no more, because each may be megabytes. */
#define TRIALS_PRESS_DEPTH 16


typedef struct trials_press_item_s trials_press_item_t;

/* One allocation: the item, then the record, its name and its id. */

struct trials_press_item_s {
    trials_press_item_t   *next;
    trials_publish_facts_t facts;
    void                  *cookie;
    const char            *json;
    size_t                 len;
};

typedef struct {
    trials_press_item_t  *first;
    trials_press_item_t **last;
    size_t                waiting;
} trials_press_queue_t;

typedef struct {
    trials_press_t     *press;
    trials_cache_t     *cache;
    trials_publisher_t *publisher;
    pthread_t           id;
    unsigned            started : 1;
} trials_press_thread_t;

/* The lock covers queues, pending and closing. */

struct trials_press_s {
    trials_press_settings_t settings;
    pthread_mutex_t         lock;
    pthread_cond_t          filled;  /* for the threads */
    pthread_cond_t          emptied; /* for those who put or drain */
    trials_press_queue_t    queues[TRIALS_NPRESS];
    size_t                  pending; /* put and not dealt with */
    size_t                  depth;   /* of a queue */
    unsigned                closing : 1;
    int                     nthreads;
    trials_press_thread_t  *threads;
};


static trials_rc_t
trials_press_start(trials_press_t *press, trials_press_thread_t *thread,
                   trials_error_t *err);
static void                *trials_press_run(void *thread);
static trials_press_item_t *trials_press_next(trials_press_t *press);
static void                 trials_press_publish(trials_press_thread_t     *thread,
                                                 const trials_press_item_t *item);
static trials_press_item_t             *
trials_press_item(const char *json, size_t len,
                              const trials_publish_facts_t *facts, void *cookie);
static long trials_press_clock(void);


trials_press_t *
trials_press_create(const trials_press_settings_t *settings,
                    trials_error_t                *err)
{
    int             i;
    trials_rc_t     rc;
    trials_press_t *press;

    press = calloc(1, sizeof(trials_press_t));
    if (press == NULL) {
        trials_error(err, TRIALS_NOMEM, "press: out of memory");
        return NULL;
    }

    press->settings = *settings;
    press->nthreads = settings->threads > 0 ? settings->threads : 1;
    press->depth = (size_t) press->nthreads * TRIALS_PRESS_DEPTH;
    (void) pthread_mutex_init(&press->lock, NULL);
    (void) pthread_cond_init(&press->filled, NULL);
    (void) pthread_cond_init(&press->emptied, NULL);

    for (i = 0; i < TRIALS_NPRESS; i++) {
        press->queues[i].last = &press->queues[i].first;
    }

    press->threads =
        calloc((size_t) press->nthreads, sizeof(trials_press_thread_t));
    rc = press->threads
             ? TRIALS_OK
             : trials_error(err, TRIALS_NOMEM, "press: out of memory");

    for (i = 0; i < press->nthreads && rc == TRIALS_OK; i++) {
        rc = trials_press_start(press, &press->threads[i], err);
    }

    if (rc == TRIALS_OK) {
        return press;
    }

    trials_press_destroy(press);

    return NULL;
}


static trials_rc_t
trials_press_start(trials_press_t *press, trials_press_thread_t *thread,
                   trials_error_t *err)
{
    thread->press = press;

    thread->cache = trials_cache_create(press->settings.cache, err);
    if (thread->cache == NULL) {
        return TRIALS_FAILED;
    }

    thread->publisher =
        trials_publisher_create(press->settings.page, thread->cache, err);
    if (thread->publisher == NULL) {
        return TRIALS_FAILED;
    }

    if (pthread_create(&thread->id, NULL, trials_press_run, thread) != 0) {
        return trials_error(err, TRIALS_FAILED,
                            "press: no thread can be started");
    }

    thread->started = 1;

    return TRIALS_OK;
}


void
trials_press_destroy(trials_press_t *press)
{
    int                    i;
    trials_press_thread_t *thread;

    if (press == NULL) {
        return;
    }

    (void) pthread_mutex_lock(&press->lock);
    press->closing = 1;
    (void) pthread_cond_broadcast(&press->filled);
    (void) pthread_mutex_unlock(&press->lock);

    for (i = 0; press->threads && i < press->nthreads; i++) {
        thread = &press->threads[i];

        if (thread->started) {
            (void) pthread_join(thread->id, NULL);
        }

        trials_publisher_destroy(thread->publisher);
        trials_cache_destroy(thread->cache);
    }

    (void) pthread_cond_destroy(&press->emptied);
    (void) pthread_cond_destroy(&press->filled);
    (void) pthread_mutex_destroy(&press->lock);
    free(press->threads);
    free(press);
}


trials_rc_t
trials_press_put(trials_press_t *press, trials_press_lane_t lane,
                 const char *json, size_t len,
                 const trials_publish_facts_t *facts, void *cookie,
                 trials_error_t *err)
{
    trials_press_item_t  *item;
    trials_press_queue_t *queue;

    item = trials_press_item(json, len, facts, cookie);
    if (item == NULL) {
        return trials_error(err, TRIALS_NOMEM, "%s: out of memory",
                            facts->name);
    }

    queue = &press->queues[lane];
    (void) pthread_mutex_lock(&press->lock);

    while (queue->waiting >= press->depth) {
        (void) pthread_cond_wait(&press->emptied, &press->lock);
    }

    *queue->last = item;
    queue->last = &item->next;
    queue->waiting++;
    press->pending++;
    (void) pthread_cond_signal(&press->filled);
    (void) pthread_mutex_unlock(&press->lock);

    return TRIALS_OK;
}


void
trials_press_drain(trials_press_t *press)
{
    (void) pthread_mutex_lock(&press->lock);

    while (press->pending) {
        (void) pthread_cond_wait(&press->emptied, &press->lock);
    }

    (void) pthread_mutex_unlock(&press->lock);
}


static trials_press_item_t *
trials_press_item(const char *json, size_t len,
                  const trials_publish_facts_t *facts, void *cookie)
{
    char                *p;
    size_t               name, id;
    trials_press_item_t *item;

    name = strlen(facts->name) + 1;
    id = facts->id ? strlen(facts->id) + 1 : 0;

    item = malloc(sizeof(trials_press_item_t) + len + 1 + name + id);
    if (item == NULL) {
        return NULL;
    }

    p = (char *) (item + 1);
    item->next = NULL;
    item->facts = *facts;
    item->cookie = cookie;
    item->json = p;
    item->len = len;

    memcpy(p, json, len);
    p[len] = '\0';
    p += len + 1;

    memcpy(p, facts->name, name);
    item->facts.name = p;
    p += name;

    if (id) {
        memcpy(p, facts->id, id);
        item->facts.id = p;
    }

    return item;
}


static void *
trials_press_run(void *data)
{
    trials_press_t        *press;
    trials_press_item_t   *item;
    trials_press_thread_t *thread;

    thread = data;
    press = thread->press;

    for (;;) {
        item = trials_press_next(press);
        if (item == NULL) {
            return NULL;
        }

        trials_press_publish(thread, item);
        free(item);

        (void) pthread_mutex_lock(&press->lock);
        press->pending--;
        (void) pthread_cond_broadcast(&press->emptied);
        (void) pthread_mutex_unlock(&press->lock);
    }
}


/* The next record, or NULL where there will be none. */

static trials_press_item_t *
trials_press_next(trials_press_t *press)
{
    int                   i;
    trials_press_item_t  *item;
    trials_press_queue_t *queue;

    item = NULL;
    (void) pthread_mutex_lock(&press->lock);

    for (;;) {
        for (i = 0; i < TRIALS_NPRESS && item == NULL; i++) {
            queue = &press->queues[i];
            item = queue->first;

            if (item) {
                queue->first = item->next;
                queue->last = item->next ? queue->last : &queue->first;
                queue->waiting--;
            }
        }

        if (item || press->closing) {
            break;
        }

        (void) pthread_cond_wait(&press->filled, &press->lock);
    }

    (void) pthread_cond_broadcast(&press->emptied);
    (void) pthread_mutex_unlock(&press->lock);

    return item;
}


static void
trials_press_publish(trials_press_thread_t     *thread,
                     const trials_press_item_t *item)
{
    long             began;
    trials_error_t   err;
    trials_press_t  *press;
    trials_pressed_t pressed;

    press = thread->press;
    began = trials_press_clock();
    memset(&err, 0, sizeof(trials_error_t));
    memset(&pressed, 0, sizeof(trials_pressed_t));

    pressed.rc =
        trials_publish(thread->publisher, item->json, item->len, &item->facts,
                       pressed.id, &pressed.result, &err);
    pressed.name = item->facts.name;
    pressed.ms = trials_press_clock() - began;
    pressed.err = &err;

    press->settings.done(press->settings.data, item->cookie, &pressed);
}


static long
trials_press_clock(void)
{
    struct timespec now;

    (void) clock_gettime(CLOCK_MONOTONIC, &now);

    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
