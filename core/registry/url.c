/* Addresses: which are the registry's. */

#include "core/registry/url.h"

#include <curl/curl.h>
#include <string.h>


static trials_rc_t trials_url_check(CURLU *parts);


trials_rc_t
trials_registry_origin(const char *url, char **origin)
{
    CURLU      *parts;
    CURLUcode   code;
    trials_rc_t rc;

    parts = curl_url();
    if (parts == NULL) {
        return TRIALS_NOMEM;
    }

    code = curl_url_set(parts, CURLUPART_URL, url, 0);

    if (code != CURLUE_OK) {
        rc = code == CURLUE_OUT_OF_MEMORY ? TRIALS_NOMEM : TRIALS_INVALID;
        goto done;
    }

    rc = trials_url_check(parts);
    if (rc != TRIALS_OK) {
        goto done;
    }

    if (curl_url_set(parts, CURLUPART_PATH, "/", 0) != CURLUE_OK
        || curl_url_get(parts, CURLUPART_URL, origin, CURLU_DEFAULT_PORT)
               != CURLUE_OK)
    {
        rc = TRIALS_NOMEM;
    }

done:

    curl_url_cleanup(parts);

    return rc;
}


static trials_rc_t
trials_url_check(CURLU *parts)
{
    int       http;
    char     *part;
    size_t    i;
    CURLUcode code;

    static const CURLUPart unwanted[] = {CURLUPART_USER, CURLUPART_PASSWORD,
                                         CURLUPART_QUERY, CURLUPART_FRAGMENT};

    if (curl_url_get(parts, CURLUPART_SCHEME, &part, 0) != CURLUE_OK) {
        return TRIALS_NOMEM;
    }

    http = strcmp(part, "http") == 0 || strcmp(part, "https") == 0;
    curl_free(part);

    if (!http) {
        return TRIALS_INVALID;
    }

    for (i = 0; i < sizeof(unwanted) / sizeof(unwanted[0]); i++) {
        code = curl_url_get(parts, unwanted[i], &part, 0);

        if (code == CURLUE_OUT_OF_MEMORY) {
            return TRIALS_NOMEM;
        }

        if (code == CURLUE_OK) {
            curl_free(part);
            return TRIALS_INVALID;
        }
    }

    return TRIALS_OK;
}
