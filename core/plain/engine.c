/*
 * Making the engine out of its data.
 */

#include "core/plain/engine.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


/* Goes up when the code makes other words of the same data. */
#define TRIALS_PLAIN_REVISION "1"


extern const char trials_plain_glossary_start[], trials_plain_glossary_end[];
extern const char trials_plain_rules_start[], trials_plain_rules_end[];


static uint64_t
trials_plain_hash(uint64_t hash, const char *p, const char *end);


trials_plain_t *
trials_plain_create(trials_error_t *err)
{
    uint64_t        hash;
    trials_rc_t     rc;
    const char     *revision;
    trials_plain_t *plain;

    revision = TRIALS_PLAIN_REVISION;

    plain = calloc(1, sizeof(trials_plain_t));
    if (plain == NULL) {
        (void) trials_error(err, TRIALS_NOMEM, "plain English: out of memory");
        return NULL;
    }

    rc = trials_glossary_load(&plain->glossary, "glossary.en.tsv",
                              trials_plain_glossary_start,
                              trials_plain_glossary_end, err);

    if (rc == TRIALS_OK) {
        rc = trials_rules_load(&plain->rules, &plain->glossary, "rules.en.tsv",
                               trials_plain_rules_start, trials_plain_rules_end,
                               err);
    }

    if (rc != TRIALS_OK) {
        trials_plain_destroy(plain);
        return NULL;
    }

    hash = UINT64_C(14695981039346656037);
    hash = trials_plain_hash(hash, trials_plain_glossary_start,
                             trials_plain_glossary_end);
    hash = trials_plain_hash(hash, trials_plain_rules_start,
                             trials_plain_rules_end);
    hash = trials_plain_hash(hash, revision, revision + strlen(revision));

    (void) snprintf(plain->version, sizeof(plain->version), "%016" PRIx64,
                    hash);

    return plain;
}


void
trials_plain_destroy(trials_plain_t *plain)
{
    if (plain == NULL) {
        return;
    }

    trials_rules_free(&plain->rules);
    trials_glossary_free(&plain->glossary);
    free(plain);
}


const char *
trials_plain_version(const trials_plain_t *plain)
{
    return plain->version;
}


/* FNV-1a. */

static uint64_t
trials_plain_hash(uint64_t hash, const char *p, const char *end)
{
    for (; p < end; p++) {
        hash = (hash ^ (unsigned char) *p) * UINT64_C(1099511628211);
    }

    return hash;
}
