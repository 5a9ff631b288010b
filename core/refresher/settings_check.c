/* What is checked when all settings have been read. */

#include "core/refresher/settings.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>


static int trials_check_base_url(const char *url);
static int trials_check_listen(const char *address);
static int trials_check_addresses(trials_settings_t *settings);


int
trials_settings_finish(trials_settings_t *settings, int *code)
{
    unsigned char spoken[TRIALS_NLANGUAGES];

    settings->cache.database = (int) settings->database;
    settings->cache.brotli = (int) settings->brotli;

    if (settings->page.base_url
        && !trials_check_base_url(settings->page.base_url)) {
        (void) trials_error(&settings->err, TRIALS_INVALID,
                            "--base-url: \"%s\" is neither an http(s) URL "
                            "nor a path from the root",
                            settings->page.base_url);
        return 0;
    }

    if (trials_page_languages(settings->page.languages, spoken, &settings->err)
        != TRIALS_OK)
    {
        return 0;
    }

    /* It is logged, and errors name it. */

    if (strchr(settings->registry.base, '@')) {
        (void) trials_error(&settings->err, TRIALS_INVALID,
                            "--registry: a URL without user and password "
                            "is needed");
        return 0;
    }

    if (settings->registry.ca_file
        && access(settings->registry.ca_file, R_OK) != 0) {
        (void) trials_error(&settings->err, TRIALS_INVALID,
                            "--ca-file: \"%s\": %s", settings->registry.ca_file,
                            strerror(errno));
        return 0;
    }

    if (settings->listen && !trials_check_listen(settings->listen)) {
        (void) trials_error(&settings->err, TRIALS_INVALID,
                            "--listen: \"%s\" is neither 127.0.0.1:PORT, "
                            "[::1]:PORT nor unix:PATH",
                            settings->listen);
        return 0;
    }

    if (settings->password_file) {
        if (trials_cache_password(settings->password_file, settings->password,
                                  sizeof(settings->password), &settings->err)
            != TRIALS_OK)
        {
            *code = TRIALS_EXIT_FAILED;
            return 0;
        }

        settings->cache.password = settings->password;
    }

    return trials_check_addresses(settings);
}


/* It becomes part of addresses in pages: no more than addresses are made of. */

static int
trials_check_base_url(const char *url)
{
    const char *p;

    if (strncmp(url, "https://", 8) == 0) {
        p = url + 8;
    } else if (strncmp(url, "http://", 7) == 0) {
        p = url + 7;
    } else if (url[0] == '/' && url[1] != '/') {
        p = url + 1;
    } else {
        return 0;
    }

    /* A host, or a path of more than the root. */

    return *p != '\0' && *p != '/'
           && strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789-._~%:/[]@!$&'()*+,;=")
                  == strlen(p);
}


/* Health and metrics are for this machine alone. */

static int
trials_check_listen(const char *address)
{
    size_t      i, len;
    const char *port;

    static const char *const hosts[] = {"127.0.0.1:", "localhost:", "[::1]:"};

    if (strncmp(address, "unix:", 5) == 0) {
        len = strlen(address + 5);
        return len > 0 && len < 108;
    }

    for (i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        if (strncmp(address, hosts[i], strlen(hosts[i])) == 0) {
            port = address + strlen(hosts[i]);
            len = strlen(port);
            return len > 0 && len < 6 && strspn(port, "0123456789") == len;
        }
    }

    return 0;
}


/* Addresses are checked by those who use them. */

static int
trials_check_addresses(trials_settings_t *settings)
{
    trials_cache_t    *cache;
    trials_registry_t *registry;

    cache = trials_cache_create(&settings->cache, &settings->err);
    registry = cache
                   ? trials_registry_create(&settings->registry, &settings->err)
                   : NULL;

    trials_registry_destroy(registry);
    trials_cache_destroy(cache);

    return registry != NULL;
}
