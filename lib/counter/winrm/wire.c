/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/winrm/wire.h"

#include "counter/counter.h"
#include "counter/winrm/tls.h"
#include "platform/platform.h"

#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int wire_patience(const struct wire *wire)
{
    unsigned left = deadline_left();
    left = left > wire->reserve ? left - wire->reserve : 0;
    return left < INT_MAX ? (int)left : INT_MAX;
}

/* ---- waiting ---- */

/* 1: ready; 0: not in time; -1: errno */
static int wait_for(int fd, short what, int milliseconds)
{
    struct pollfd ready = {.fd = fd, .events = what};
    int got;
    do
        got = poll(&ready, 1, milliseconds);
    while (got < 0 && errno == EINTR);
    return got;
}

static bool too_late(struct error *err)
{
    return error_set_code(err, READ_TIMEOUT,
                          "no answer in time: the host hangs, or --timeout is too short for it");
}

static bool broken(struct error *err)
{
    return error_set_code(err, READ_FAILED, "the connection broke: %s", strerror(errno));
}

/* ---- connecting ---- */

/* What can be said of a connection that did not come about. */
static bool not_connected(const struct endpoint *endpoint, int error, struct error *err)
{
    const char *listener = endpoint->tls ? "5986 has no listener unless one was made"
                                         : "is WinRM switched on (winrm quickconfig there)?";
    if (error == ETIMEDOUT)
        return error_set_code(err, READ_TIMEOUT,
                              "no connection in time: a firewall drops it, or the host is down; "
                              "%s",
                              listener);
    if (error == ECONNREFUSED)
        return error_set_code(err, READ_FAILED,
                              "connection refused: nothing listens there, or a firewall refuses: "
                              "%s",
                              listener);
    return error_set_code(err, READ_FAILED, "no connection: %s", strerror(error));
}

/* 0, or an errno; ETIMEDOUT where it took more than so many milliseconds. */
static int connect_within(int fd, const struct addrinfo *address, int milliseconds)
{
    if (connect(fd, address->ai_addr, address->ai_addrlen) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return errno;
    int got = wait_for(fd, POLLOUT, milliseconds), error = 0;
    if (got <= 0)
        return got < 0 ? errno : ETIMEDOUT;
    socklen_t size = sizeof error;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

/* Each address has an equal share of the time that is left, so that a dead one leaves some. */
static bool connect_any(struct wire *wire, const struct addrinfo *addresses,
                        const struct endpoint *endpoint, struct error *err)
{
    int count = 0, error = 0;
    for (const struct addrinfo *address = addresses; address; address = address->ai_next)
        count++;
    for (const struct addrinfo *address = addresses; address; address = address->ai_next, count--) {
        int fd = socket(address->ai_family, address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
                        address->ai_protocol);
        error = fd < 0 ? errno : connect_within(fd, address, wire_patience(wire) / count);
        if (!error) {
            /* A request goes out in one piece, and its answer is waited for. */
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
            wire->fd = fd;
            return true;
        }
        if (fd >= 0)
            close(fd);
    }
    return not_connected(endpoint, error, err);
}

static bool connect_to(struct wire *wire, const struct endpoint *endpoint, struct error *err)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC,
                                   .ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV};
    struct addrinfo *addresses;
    int failed = getaddrinfo(endpoint->host, endpoint->port, &hints, &addresses);
    if (failed)
        return error_set_code(err, READ_FAILED,
                              "its name was not found (%s): check it; Kerberos needs the host's "
                              "full name",
                              failed == EAI_SYSTEM ? strerror(errno) : gai_strerror(failed));
    bool connected = connect_any(wire, addresses, endpoint, err);
    freeaddrinfo(addresses);
    return connected;
}

bool wire_open(struct wire *wire, const struct endpoint *endpoint,
               const struct credentials *credentials, struct error *err)
{
    *wire = (struct wire){.fd = -1, .reserve = deadline_left() / 10};
    if (!connect_to(wire, endpoint, err))
        return false;
    if (!endpoint->tls || tls_open(wire, endpoint, credentials, &wire->tls, err))
        return true;
    wire_close(wire);
    return false;
}

void wire_close(struct wire *wire)
{
    if (wire->tls)
        tls_close(wire->tls);
    if (wire->fd >= 0)
        close(wire->fd);
    *wire = WIRE_CLOSED;
}

/* ---- bytes ---- */

static bool wait_until_ready(const struct wire *wire, short what, struct error *err)
{
    int ready = wait_for(wire->fd, what, wire_patience(wire));
    if (ready > 0)
        return true;
    return ready < 0 ? broken(err) : too_late(err);
}

bool wire_send_plain(struct wire *wire, const char *bytes, size_t length, struct error *err)
{
    while (length) {
        ssize_t part = send(wire->fd, bytes, length, MSG_NOSIGNAL);
        if (part < 0 && errno == EINTR)
            continue;
        if (part < 0 && errno == EAGAIN) {
            if (!wait_until_ready(wire, POLLOUT, err))
                return false;
            continue;
        }
        if (part < 0)
            return broken(err);
        bytes += part;
        length -= (size_t)part;
    }
    return true;
}

bool wire_receive_plain(struct wire *wire, char *bytes, size_t room, size_t *ret_got,
                        struct error *err)
{
    for (;;) {
        if (wire_patience(wire) == 0) /* whatever trickles in */
            return too_late(err);
        ssize_t part = recv(wire->fd, bytes, room, 0);
        if (part >= 0) {
            *ret_got = (size_t)part;
            return true;
        }
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN)
            return broken(err);
        if (!wait_until_ready(wire, POLLIN, err))
            return false;
    }
}

bool wire_send(struct wire *wire, const char *bytes, size_t length, struct error *err)
{
    return wire->tls ? tls_send(wire->tls, bytes, length, err)
                     : wire_send_plain(wire, bytes, length, err);
}

bool wire_receive(struct wire *wire, char *bytes, size_t room, size_t *ret_got, struct error *err)
{
    return wire->tls ? tls_receive(wire->tls, bytes, room, ret_got, err)
                     : wire_receive_plain(wire, bytes, room, ret_got, err);
}

void wire_binding(const struct wire *wire, struct binding *ret)
{
    *ret = (struct binding){0};
    if (wire->tls)
        tls_binding(wire->tls, ret);
}
