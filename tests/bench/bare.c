/*
 * The limit: an epoll loop that answers GET /trials/NAME from memory, without
 * reading more of HTTP than the name and whether "gzip" occurs.
 *
 *   bare PORT FOLDER     serves FOLDER/trials/NAME and NAME.gz
 *
 * A measure for what the module costs, no server: loopback, no error handling
 * beyond ending.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>


#define BARE_NAME  11
#define BARE_PAGES 65536


typedef struct {
    char   name[BARE_NAME + 1];
    char  *answer[2]; /* header and body */
    size_t len[2];
} bare_page_t;


typedef struct {
    int                fd;
    size_t             have;
    size_t             sent;
    const bare_page_t *page; /* being sent */
    int                gzip;
    char               in[4096];
} bare_client_t;


static bare_page_t bare_pages[BARE_PAGES];
static size_t      bare_npages;


static void
bare_die(const char *what)
{
    perror(what);
    exit(1);
}


static int
bare_compare(const void *a, const void *b)
{
    return strcmp(((const bare_page_t *) a)->name,
                  ((const bare_page_t *) b)->name);
}


static void
bare_read(const char *folder, bare_page_t *page, int gzip)
{
    int         fd, head;
    char        path[4096], *p;
    struct stat st;

    (void) snprintf(path, sizeof(path), "%s/trials/%s%s", folder, page->name,
                    gzip ? ".gz" : "");

    fd = open(path, O_RDONLY);

    if (fd == -1 || fstat(fd, &st) == -1) {
        bare_die(path);
    }

    p = malloc((size_t) st.st_size + 512);
    if (p == NULL) {
        bare_die("malloc");
    }

    head = snprintf(p, 512,
                    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
                    "Content-Length: %lld\r\n%s\r\n",
                    (long long) st.st_size,
                    gzip ? "Content-Encoding: gzip\r\n" : "");

    if (read(fd, p + head, (size_t) st.st_size) != st.st_size) {
        bare_die(path);
    }

    (void) close(fd);

    page->answer[gzip] = p;
    page->len[gzip] = (size_t) head + (size_t) st.st_size;
}


static void
bare_load(const char *folder)
{
    DIR           *dir;
    char           path[4096];
    bare_page_t   *page;
    struct dirent *entry;

    (void) snprintf(path, sizeof(path), "%s/trials", folder);

    dir = opendir(path);
    if (dir == NULL) {
        bare_die(path);
    }

    while ((entry = readdir(dir)) != NULL) {
        if (strlen(entry->d_name) != BARE_NAME || bare_npages == BARE_PAGES) {
            continue;
        }

        page = &bare_pages[bare_npages++];
        memcpy(page->name, entry->d_name, BARE_NAME);
        bare_read(folder, page, 0);
        bare_read(folder, page, 1);
    }

    (void) closedir(dir);

    qsort(bare_pages, bare_npages, sizeof(bare_page_t), bare_compare);
}


/* 1: all was sent; 0: the socket takes no more; -1: the client is gone. */

static int
bare_send(bare_client_t *client)
{
    size_t  len;
    ssize_t n;

    len = client->page->len[client->gzip];

    while (client->sent < len) {
        n = write(client->fd, client->page->answer[client->gzip] + client->sent,
                  len - client->sent);

        if (n == -1) {
            return (errno == EAGAIN) ? 0 : -1;
        }

        client->sent += (size_t) n;
    }

    client->page = NULL;

    return 1;
}


/* Answers the requests that are complete; -1: the client is gone. */

static int
bare_answer(bare_client_t *client)
{
    int         rc;
    char       *end, *name;
    bare_page_t key;

    for (;;) {
        if (client->page) {
            rc = bare_send(client);

            if (rc != 1) {
                return rc;
            }
        }

        client->in[client->have] = '\0';
        end = strstr(client->in, "\r\n\r\n");

        if (end == NULL) {
            return 0;
        }

        end[2] = '\0';
        name = strstr(client->in, "/trials/");

        if (name == NULL) {
            return -1;
        }

        memcpy(key.name, name + sizeof("/trials/") - 1, BARE_NAME);
        key.name[BARE_NAME] = '\0';

        client->page = bsearch(&key, bare_pages, bare_npages,
                               sizeof(bare_page_t), bare_compare);
        client->gzip = strstr(client->in, "gzip") != NULL;
        client->sent = 0;

        if (client->page == NULL) {
            return -1;
        }

        client->have -= (size_t) (end + 4 - client->in);
        memmove(client->in, end + 4, client->have);
    }
}


static void
bare_event(bare_client_t *client)
{
    int     rc;
    ssize_t n;

    for (rc = bare_answer(client); rc != -1; rc = bare_answer(client)) {
        n = read(client->fd, client->in + client->have,
                 sizeof(client->in) - 1 - client->have);

        if (n == -1 && errno == EAGAIN) {
            return;
        }

        if (n <= 0) {
            break;
        }

        client->have += (size_t) n;
    }

    (void) close(client->fd);
    free(client);
}


static void
bare_accept(int listener, int queue)
{
    int                fd, on;
    bare_client_t     *client;
    struct epoll_event ev;

    on = 1;
    fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    client = (fd == -1) ? NULL : calloc(1, sizeof(bare_client_t));

    if (client == NULL) {
        return;
    }

    (void) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));

    client->fd = fd;
    ev.events = EPOLLIN | EPOLLOUT | EPOLLET;
    ev.data.ptr = client;

    if (epoll_ctl(queue, EPOLL_CTL_ADD, fd, &ev) == -1) {
        bare_die("epoll_ctl");
    }
}


int
main(int argc, char **argv)
{
    int                i, n, on, listener, queue;
    struct sockaddr_in addr;
    struct epoll_event ev, events[256];

    if (argc != 3) {
        (void) fprintf(stderr, "usage: bare PORT FOLDER\n");
        return 2;
    }

    bare_load(argv[2]);

    on = 1;
    memset(&addr, 0, sizeof(addr));
    addr.sin_family = AF_INET;
    addr.sin_port = htons((uint16_t) strtol(argv[1], NULL, 10));
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    queue = epoll_create1(0);
    (void) setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));

    if (bind(listener, (struct sockaddr *) &addr, sizeof(addr)) == -1
        || listen(listener, 1024) == -1)
    {
        bare_die("bind");
    }

    ev.events = EPOLLIN;
    ev.data.ptr = NULL;
    (void) epoll_ctl(queue, EPOLL_CTL_ADD, listener, &ev);

    for (;;) {
        n = epoll_wait(queue, events, 256, -1);

        for (i = 0; i < n; i++) {
            if (events[i].data.ptr == NULL) {
                bare_accept(listener, queue);

            } else {
                bare_event(events[i].data.ptr);
            }
        }
    }
}
