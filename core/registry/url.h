/* Addresses: which are the registry's. */

#ifndef TRIALS_REGISTRY_URL_H
#define TRIALS_REGISTRY_URL_H


#include <trials/memory.h>


/*
 * "scheme://host:port/" of an http or https URL in libcurl's normal form, the
 * port always spelled out; freed by curl_free().  TRIALS_INVALID where it is no
 * such URL, or has a user name, a password, a query or a fragment: a base needs
 * none of them, and a redirect with one is not followed.
 */
trials_rc_t trials_registry_origin(const char *url, char **origin);


#endif
