/*
 * A client that costs less than any server: bodies are counted and thrown away
 * in the kernel, so that what is measured is the server.
 *
 *   bare_client PORT NAMES CODING CONNECTIONS SECONDS RATE
 *
 * Asks for /trials/ and the lines of the file NAMES, one after the other, over
 * keep-alive connections, with "Accept-Encoding: CODING".  RATE 0: each
 * connection asks as soon as it was answered.  Else so many requests a second
 * fall due at even times, whether or not the server keeps up, and latency
 * counts from then.
 *
 * Prints: requests, microseconds, errors (a status that is not 200, an answer
 * without a length, a connection that ended), and the 50th and 99th percentile
 * and the most of the latency in microseconds.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>


#define BARE_HEADER  4096
#define BARE_REQUEST 256
#define BARE_LATENCY (8 * 1024 * 1024)


typedef struct {
    int     fd;
    int     busy;
    double  due;  /* microseconds: when the request was, or should have been */
    size_t  have; /* bytes of the header */
    int64_t left; /* bytes of the body; -1: the header is not complete */
    char    in[BARE_HEADER];
} bare_connection_t;


typedef struct {
    char    *names;
    size_t   next, size; /* of names */
    char     coding[64];
    int      port, queue, nconnections;
    double   rate, began, until;
    uint64_t requests, asked, errors;

    bare_connection_t *connections;
    bare_connection_t *last; /* where the search for an idle one goes on */
    uint32_t          *latency;
    size_t             nlatency;
} bare_load_t;


static void
bare_die(const char *what)
{
    perror(what);
    exit(1);
}


static double
bare_now(void)
{
    struct timespec ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (double) ts.tv_sec * 1e6 + (double) ts.tv_nsec / 1e3;
}


static void
bare_read_names(bare_load_t *load, const char *path)
{
    FILE *file;
    long  size;

    file = fopen(path, "rb");

    if (file == NULL || fseek(file, 0, SEEK_END) == -1
        || (size = ftell(file)) <= 0 || fseek(file, 0, SEEK_SET) == -1)
    {
        bare_die(path);
    }

    load->size = (size_t) size;
    load->names = malloc(load->size);

    if (load->names == NULL
        || fread(load->names, 1, load->size, file) != load->size)
    {
        bare_die(path);
    }

    (void) fclose(file);
}


static void
bare_ask(bare_load_t *load, bare_connection_t *c, double due)
{
    int   n;
    char  out[BARE_REQUEST];
    char *name, *end;

    name = load->names + load->next;
    end = memchr(name, '\n', load->size - load->next);

    if (end == NULL) {
        (void) fprintf(stderr, "the last name has no end of line\n");
        exit(1);
    }

    load->next = (size_t) (end + 1 - load->names) % load->size;

    n = snprintf(out, sizeof(out),
                 "GET /trials/%.*s HTTP/1.1\r\nHost: bench\r\n"
                 "Accept-Encoding: %s\r\n\r\n",
                 (int) (end - name), name, load->coding);

    c->busy = 1;
    c->due = due;
    c->have = 0;
    c->left = -1;
    load->asked++;

    if (n >= BARE_REQUEST || send(c->fd, out, (size_t) n, MSG_NOSIGNAL) != n) {
        bare_die("send");
    }
}


static void
bare_answered(bare_load_t *load, bare_connection_t *c)
{
    double now;

    now = bare_now();
    c->busy = 0;
    load->requests++;

    if (load->nlatency < BARE_LATENCY) {
        load->latency[load->nlatency++] = (uint32_t) (now - c->due);
    }

    if (load->rate == 0 && now < load->until) {
        bare_ask(load, c, now);
    }
}


/* Takes in what is there of the header; 0: there is more to come. */

static int
bare_read_header(bare_connection_t *c)
{
    char   *end, *length;
    ssize_t n;

    n = recv(c->fd, c->in + c->have, BARE_HEADER - 1 - c->have, MSG_DONTWAIT);

    if (n == -1 && errno == EAGAIN) {
        return 0;
    }

    if (n <= 0) {
        (void) fprintf(stderr, "the connection ended\n");
        exit(1);
    }

    c->have += (size_t) n;
    c->in[c->have] = '\0';
    end = strstr(c->in, "\r\n\r\n");

    if (end == NULL) {
        return c->have < BARE_HEADER - 1;
    }

    *end = '\0';
    length = strcasestr(c->in, "\r\nContent-Length:");

    if (length == NULL || strncmp(c->in, "HTTP/1.1 200 ", 13) != 0) {
        (void) fprintf(stderr, "answered: %.60s\n", c->in);
        exit(1);
    }

    c->left = strtoll(length + sizeof("\r\nContent-Length:") - 1, NULL, 10)
              - (int64_t) (c->have - (size_t) (end + 4 - c->in));

    return 1;
}


static void
bare_event(bare_load_t *load, bare_connection_t *c)
{
    ssize_t n;

    if (c->left == -1 && !bare_read_header(c)) {
        return;
    }

    while (c->left > 0) {
        n = recv(c->fd, NULL, (size_t) c->left, MSG_TRUNC | MSG_DONTWAIT);

        if (n == -1 && errno == EAGAIN) {
            return;
        }

        if (n <= 0) {
            load->errors++;
            return;
        }

        c->left -= n;
    }

    if (c->busy) {
        bare_answered(load, c);
    }
}


static void
bare_connect(bare_load_t *load, bare_connection_t *c)
{
    int                on;
    struct sockaddr_in addr;
    struct epoll_event ev;

    on = 1;
    memset(&addr, 0, sizeof(addr));
    addr.sin_family = AF_INET;
    addr.sin_port = htons((uint16_t) load->port);
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    c->fd = socket(AF_INET, SOCK_STREAM, 0);

    if (c->fd == -1
        || connect(c->fd, (struct sockaddr *) &addr, sizeof(addr)) == -1)
    {
        bare_die("connect");
    }

    (void) setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));

    ev.events = EPOLLIN;
    ev.data.ptr = c;

    if (epoll_ctl(load->queue, EPOLL_CTL_ADD, c->fd, &ev) == -1) {
        bare_die("epoll_ctl");
    }
}


/* Open loop: asks for all that is due, as far as connections are idle. */

static void
bare_ask_due(bare_load_t *load)
{
    int    i;
    double due;

    for (;;) {
        due = load->began + (double) load->asked * 1e6 / load->rate;

        if (due > bare_now() || due >= load->until) {
            return;
        }

        for (i = 0; i < load->nconnections; i++) {
            if (++load->last == load->connections + load->nconnections) {
                load->last = load->connections;
            }

            if (!load->last->busy) {
                break;
            }
        }

        if (i == load->nconnections) {
            return;
        }

        bare_ask(load, load->last, due);
    }
}


/* Until the time is over and all is answered, or is not for a second. */

static void
bare_run(bare_load_t *load)
{
    int                i, n;
    struct epoll_event events[256];

    for (i = 0; load->rate == 0 && i < load->nconnections; i++) {
        bare_ask(load, &load->connections[i], bare_now());
    }

    while (bare_now() < load->until || load->requests < load->asked) {
        if (load->rate != 0) {
            bare_ask_due(load);
        }

        /* It has its core for itself: sleeping would add to what it measures.
         */

        n = epoll_wait(load->queue, events, 256, load->rate == 0 ? 100 : 0);

        for (i = 0; i < n; i++) {
            bare_event(load, events[i].data.ptr);
        }

        if (bare_now() > load->until + 1e6) {
            load->errors += load->asked - load->requests;
            break;
        }
    }
}


static int
bare_compare(const void *a, const void *b)
{
    uint32_t x, y;

    x = *(const uint32_t *) a;
    y = *(const uint32_t *) b;

    return (x > y) - (x < y);
}


int
main(int argc, char **argv)
{
    int         i;
    double      took;
    bare_load_t load;

    if (argc != 7) {
        (void) fprintf(stderr, "usage: bare_client PORT NAMES CODING "
                               "CONNECTIONS SECONDS RATE\n");
        return 2;
    }

    memset(&load, 0, sizeof(load));
    load.port = (int) strtol(argv[1], NULL, 10);
    bare_read_names(&load, argv[2]);
    (void) snprintf(load.coding, sizeof(load.coding), "%s", argv[3]);
    load.nconnections = (int) strtol(argv[4], NULL, 10);
    load.rate = strtod(argv[6], NULL);

    load.queue = epoll_create1(0);
    load.latency = calloc(BARE_LATENCY, sizeof(uint32_t));
    load.connections =
        calloc((size_t) (load.nconnections > 0 ? load.nconnections : 1),
               sizeof(bare_connection_t));
    load.last = load.connections;

    if (load.queue == -1 || load.latency == NULL || load.connections == NULL) {
        bare_die("memory");
    }

    for (i = 0; i < load.nconnections; i++) {
        bare_connect(&load, &load.connections[i]);
    }

    load.began = bare_now();
    load.until = load.began + strtod(argv[5], NULL) * 1e6;
    bare_run(&load);
    took = bare_now() - load.began;

    if (load.nlatency == 0) {
        load.nlatency = 1;
    }

    qsort(load.latency, load.nlatency, sizeof(uint32_t), bare_compare);

    (void) printf(
        "%llu %.0f %llu %u %u %u\n", (unsigned long long) load.requests, took,
        (unsigned long long) load.errors, load.latency[load.nlatency / 2],
        load.latency[load.nlatency * 99 / 100],
        load.latency[load.nlatency - 1]);

    return 0;
}
