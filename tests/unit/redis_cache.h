/* What the suites of core/cache share: one Redis a suite, empty in each test. */

#ifndef TRIALS_REDIS_CACHE_H
#define TRIALS_REDIS_CACHE_H


#include "tests/unit/redis_server.h"


static redis_server_t  server;
static trials_cache_t *cache;
static trials_error_t  err;


#define assert_ok(call)                             \
    do {                                            \
        if ((call) != TRIALS_OK) {                  \
            fail_msg("%s: %s", #call, err.message); \
        }                                           \
    } while (0)


static int
set_up(void **state)
{
    (void) state;

    redis_server_create(&server);
    redis_server_start(&server);

    return 0;
}


static int
tear_down(void **state)
{
    (void) state;

    redis_server_destroy(&server);

    return 0;
}


static int
before(void **state)
{
    (void) state;

    redis_server_do(&server, "FLUSHALL");
    cache = redis_server_cache(&server);
    err.message[0] = '\0';

    return 0;
}


static int
after(void **state)
{
    (void) state;

    trials_cache_destroy(cache);

    return 0;
}


#endif
