/*
 * The service manager's protocol (sd_notify(3)): a datagram to the socket of
 * NOTIFY_SOCKET, whose name begins with "@" where it is no file.
 */

#include "core/refresher/refresher.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>


void
trials_notify(const char *state)
{
    int                fd;
    size_t             len;
    const char        *path;
    struct sockaddr_un address;

    path = getenv("NOTIFY_SOCKET");
    len = path ? strlen(path) : 0;

    if (len == 0 || len >= sizeof(address.sun_path)) {
        return;
    }

    memset(&address, 0, sizeof(address));
    address.sun_family = AF_UNIX;
    memcpy(address.sun_path, path, len);

    if (path[0] == '@') {
        address.sun_path[0] = '\0';
    }

    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd == -1) {
        return;
    }

    /* Nobody can be told that nobody listens. */

    (void) !sendto(fd, state, strlen(state), MSG_NOSIGNAL,
                   (struct sockaddr *) &address,
                   (socklen_t) (offsetof(struct sockaddr_un, sun_path) + len));
    (void) close(fd);
}


long
trials_notify_watchdog(void)
{
    char       *end;
    long        usec;
    const char *value;

    value = getenv("WATCHDOG_PID");
    if (value && strtol(value, NULL, 10) != (long) getpid()) {
        return 0;
    }

    value = getenv("WATCHDOG_USEC");
    usec = value ? strtol(value, &end, 10) : 0;

    return value && *end == '\0' && usec > 0 ? usec / 1000 : 0;
}
