/*
 * The hold on requests to the registry.  An id that could not be had is claimed
 * again soon, and there may be a thousand of them: without a hold each would
 * knock at a registry that is in trouble.  The longer it fails, the longer it is
 * left alone; then one request finds out for all.
 */

#include "core/refresher/refresher.h"

#include <stdlib.h>


#define TRIALS_HOLD_FIRST 100                 /* ms, doubled at each failure */
#define TRIALS_HOLD_LAST  5000                /* ms */
#define TRIALS_HOLD_MAX   (10L * 60L * 1000L) /* ms, whatever it asks for */


int
trials_hold_answered(trials_hold_t *hold)
{
    return atomic_exchange(&hold->failures, 0) != 0;
}


int
trials_hold_failed(trials_hold_t *hold, long retry_after, unsigned *seed)
{
    int       failures;
    long      wait;
    long long until, before;

    failures = atomic_fetch_add(&hold->failures, 1);

    wait = failures < 6 ? TRIALS_HOLD_FIRST << failures : TRIALS_HOLD_LAST;
    wait = wait < TRIALS_HOLD_LAST ? wait : TRIALS_HOLD_LAST;
    wait = wait / 2 + (long) rand_r(seed) % (wait / 2 + 1);

    if (retry_after > wait) {
        wait = retry_after < TRIALS_HOLD_MAX ? retry_after : TRIALS_HOLD_MAX;
    }

    /* Another thread may have been told to wait longer. */

    until = trials_now() + wait;
    before = atomic_load(&hold->not_before);

    while (before < until
           && !atomic_compare_exchange_weak(&hold->not_before, &before, until))
    {
        /* before was read anew */
    }

    return failures == 0;
}


long
trials_hold_left(trials_hold_t *hold)
{
    int64_t left;

    left = (int64_t) atomic_load(&hold->not_before) - trials_now();

    /* A clock that was set back must not stop the work for longer. */

    return left > TRIALS_HOLD_MAX || left < 0 ? 0 : (long) left;
}
