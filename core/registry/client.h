/* The client's parts: what is set up once, and what each request does. */

#ifndef TRIALS_REGISTRY_CLIENT_H
#define TRIALS_REGISTRY_CLIENT_H


#include <trials/registry.h>

#include <curl/curl.h>


/* Room for a thousand ids. */
#define TRIALS_URL_MAX   20480
#define TRIALS_QUOTE_MAX 128


/*
 * Where the body of a 200 goes.  begin() is called before each try, which starts
 * the body anew; write() for each piece: anything but TRIALS_OK ends the
 * transfer, and the request with it.
 */

typedef struct {
    void (*begin)(void *data);
    trials_rc_t (*write)(void *data, const char *bytes, size_t n);
    void  *data;
    size_t max; /* bytes, for the message of TRIALS_TOO_LARGE */
} trials_sink_t;


/* Owned by its one thread; base, origin and agent are freed with it. */

struct trials_registry_s {
    CURL  *curl;
    char  *base;   /* without slashes at its end */
    char  *origin; /* "https://host:port/" of the base; curl's memory */
    char  *agent;
    size_t max_body;
    int    retries;
    long   max_retry_wait;
    long   timeout; /* milliseconds */
    int (*stop)(void *data);
    int (*admit)(void *data);
    void    *stop_data;
    unsigned seed; /* of the jitter */

    /* Of the try under way. */
    trials_sink_t *sink;
    trials_rc_t    sunk;   /* what its write() said last */
    long           status; /* of HTTP; 0: none */
    char           shown[408];
    char           reason[CURL_ERROR_SIZE];
    char           text[TRIALS_QUOTE_MAX]; /* how an error answer begins */
    size_t         text_len;
};


/*
 * Sets up registry->curl: certificates are verified, cookies and .netrc are not
 * used, proxies are the environment's.
 */
CURLcode trials_registry_options(trials_registry_t                *registry,
                                 const trials_registry_settings_t *settings);

/*
 * GET base + path into sink, with retries; errors as trials_registry_study(),
 * and those of the sink, which has filled in *err.  url, of TRIALS_URL_MAX
 * bytes, receives the address that answered.
 */
trials_rc_t trials_registry_ask(trials_registry_t *registry, const char *path,
                                trials_sink_t *sink, char *url,
                                long *retry_after, trials_error_t *err);

/*
 * The same into body, with retries; errors as trials_registry_study().
 * url, of TRIALS_URL_MAX bytes, receives the address that answered.  body is
 * empty where it fails.
 */
trials_rc_t trials_registry_get(trials_registry_t *registry, const char *path,
                                trials_buf_t *body, char *url,
                                long *retry_after, trials_error_t *err);


#endif
