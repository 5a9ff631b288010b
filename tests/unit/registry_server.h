/* A registry for unit tests: a thread with a socket that sends what it is
 * given, one answer a connection. */

#ifndef TRIALS_TEST_REGISTRY_SERVER_H
#define TRIALS_TEST_REGISTRY_SERVER_H


#include <trials/registry.h>

#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>


#define JSON(body)                                                           \
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json" \
    "\r\n\r\n" body

#define STUDY(id) \
    "{\"protocolSection\":{\"identificationModule\":{\"nctId\":\"" id "\"}}}"


typedef struct {
    int                fd;
    char               base[64];
    const char *const *answers; /* one for each connection; ends with NULL */
    char               asked[8][512]; /* request lines */
    size_t             nasked;
    pthread_t          thread;
    trials_registry_t *registry;
    trials_buf_t       body;
    trials_error_t     err;
} server_t;


/* Static, because the thread outlives a test that fails. */
static server_t server;


static void *
serve(void *data)
{
    int     fd;
    char    request[32768];
    ssize_t n;
    size_t  len;

    (void) data;

    while (*server.answers) {
        fd = accept(server.fd, NULL, NULL);
        if (fd == -1) {
            break;
        }

        len = 0;

        do {
            n = recv(fd, request + len, sizeof(request) - 1 - len, 0);
            if (n <= 0) {
                break;
            }

            len += (size_t) n;
            request[len] = '\0';

        } while (strstr(request, "\r\n\r\n") == NULL);

        request[len] = '\0';
        (void) snprintf(server.asked[server.nasked++ % 8], 512, "%.*s",
                        (int) strcspn(request, "\r"), request);
        (void) send(fd, *server.answers, strlen(*server.answers), MSG_NOSIGNAL);
        (void) close(fd);
        server.answers++;
    }

    return NULL;
}


static void
start(const char *const *answers, trials_registry_settings_t *settings)
{
    socklen_t          len;
    struct sockaddr_in address;

    memset(&server, 0, sizeof(server_t));
    server.answers = answers;
    server.fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_not_equal(server.fd, -1);

    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    len = sizeof(address);
    assert_int_equal(bind(server.fd, (struct sockaddr *) &address, len), 0);
    assert_int_equal(listen(server.fd, 8), 0);
    assert_int_equal(getsockname(server.fd, (struct sockaddr *) &address, &len),
                     0);

    (void) snprintf(server.base, sizeof(server.base),
                    "http://127.0.0.1:%d/api/v2", ntohs(address.sin_port));
    settings->base = server.base;
    server.registry = trials_registry_create(settings, &server.err);
    assert_non_null(server.registry);
    trials_buf_init(&server.body, settings->max_body);
    assert_int_equal(pthread_create(&server.thread, NULL, serve, NULL), 0);
}


static void
finish(void)
{
    (void) shutdown(server.fd, SHUT_RDWR);
    assert_int_equal(pthread_join(server.thread, NULL), 0);
    (void) close(server.fd);
    trials_buf_free(&server.body);
    trials_registry_destroy(server.registry);
}


#endif
