/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the system may say to winrm:. Its calls are doubles, which follow a script: each names the
 * call that is due, what it gives, and errno, which means nothing where a call did not fail. */
#include "../unit/unit.h"

#include "counter/counter.h"
#include "counter/winrm/tls.h"

#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct call {
    const char *name;
    long gives;
    int error;
};

static const struct call *due; /* NULL: no script */
static int waits[8];           /* milliseconds that poll() was given */
static size_t waited, sent_length;
static char sent[16];
static int last_socket;
static size_t unread; /* bytes of the file */
static unsigned left; /* milliseconds of --timeout */
static int addresses; /* that a name has */
static bool tls_fails;
static unsigned tls_closed;

static long take(const char *name)
{
    if (!due->name || strcmp(due->name, name) != 0)
        fail_msg("%s() where %s() is due", name, due->name ? due->name : "nothing");
    errno = due->error;
    return (due++)->gives;
}

/* A call that lasts until the script is followed. */
static void follow(const struct call *script)
{
    due = script;
    waited = sent_length = 0;
    left = 10000;
    addresses = 2;
    tls_fails = false;
    tls_closed = 0;
}

static void followed(void)
{
    if (due->name)
        fail_msg("%s() was not called", due->name);
    due = NULL;
}

/* ---- the calls ---- */

unsigned __wrap_deadline_left(void);
unsigned __wrap_deadline_left(void)
{
    return left;
}

int __wrap_getaddrinfo(const char *name, const char *port, const struct addrinfo *hints,
                       struct addrinfo **ret);
int __wrap_getaddrinfo(const char *name, const char *port, const struct addrinfo *hints,
                       struct addrinfo **ret)
{
    static struct addrinfo all[2] = {{.ai_socktype = SOCK_STREAM, .ai_next = &all[1]},
                                     {.ai_socktype = SOCK_STREAM}};
    (void)name, (void)port;
    assert_int_equal(hints->ai_socktype, SOCK_STREAM);
    assert_int_equal(hints->ai_flags, AI_ADDRCONFIG | AI_NUMERICSERV);
    *ret = &all[2 - addresses];
    return (int)take("getaddrinfo");
}

void __wrap_freeaddrinfo(struct addrinfo *all);
void __wrap_freeaddrinfo(struct addrinfo *all)
{
    (void)all;
}

int __wrap_socket(int family, int type, int protocol);
int __wrap_socket(int family, int type, int protocol)
{
    (void)family, (void)protocol;
    assert_int_equal(type, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC);
    return last_socket = (int)take("socket");
}

int __wrap_connect(int fd, const struct sockaddr *address, socklen_t length);
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t length)
{
    (void)fd, (void)address, (void)length;
    return (int)take("connect");
}

int __wrap_poll(struct pollfd *fds, nfds_t count, int milliseconds);
int __wrap_poll(struct pollfd *fds, nfds_t count, int milliseconds)
{
    (void)fds, (void)count;
    waits[waited++] = milliseconds;
    return (int)take("poll");
}

/* Gives -1, or the error of the connection. */
int __wrap_getsockopt(int fd, int level, int option, void *value, socklen_t *length);
int __wrap_getsockopt(int fd, int level, int option, void *value, socklen_t *length)
{
    (void)fd, (void)level, (void)option, (void)length;
    int gives = (int)take("getsockopt");
    memcpy(value, &gives, sizeof gives);
    return gives < 0 ? -1 : 0;
}

int __wrap_setsockopt(int fd, int level, int option, const void *value, socklen_t length);
int __wrap_setsockopt(int fd, int level, int option, const void *value, socklen_t length)
{
    (void)fd, (void)level, (void)option, (void)value, (void)length;
    return 0;
}

ssize_t __wrap_send(int fd, const void *bytes, size_t length, int flags);
ssize_t __wrap_send(int fd, const void *bytes, size_t length, int flags)
{
    (void)fd, (void)length;
    assert_true(flags & MSG_NOSIGNAL);
    long gives = take("send");
    if (gives > 0) {
        memcpy(sent + sent_length, bytes, (size_t)gives);
        sent_length += (size_t)gives;
    }
    return gives;
}

ssize_t __wrap_recv(int fd, void *bytes, size_t room, int flags);
ssize_t __wrap_recv(int fd, void *bytes, size_t room, int flags)
{
    (void)fd, (void)bytes, (void)room, (void)flags;
    return take("recv");
}

int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd)
{
    return due ? (int)take("close") : __real_close(fd);
}

ssize_t __real_read(int fd, void *bytes, size_t room);
ssize_t __wrap_read(int fd, void *bytes, size_t room);
ssize_t __wrap_read(int fd, void *bytes, size_t room)
{
    if (!due)
        return __real_read(fd, bytes, room);
    long gives = take("read");
    assert_true(room <= unread);
    unread -= gives > 0 ? (size_t)gives : 0;
    return gives > 0 ? __real_read(fd, bytes, (size_t)gives) : gives;
}

/* ---- TLS, which is not meant here ---- */

bool tls_open(struct wire *wire, const struct endpoint *endpoint,
              const struct credentials *credentials, struct tls **ret, struct error *err)
{
    (void)wire, (void)endpoint, (void)credentials;
    if (tls_fails)
        return error_set(err, "no TLS");
    *ret = (struct tls *)sent;
    return true;
}

bool tls_send(struct tls *tls, const char *bytes, size_t length, struct error *err)
{
    (void)tls, (void)bytes, (void)length;
    return error_set(err, "sent by TLS");
}

bool tls_receive(struct tls *tls, char *bytes, size_t room, size_t *ret_got, struct error *err)
{
    (void)tls, (void)bytes, (void)room, (void)ret_got;
    return error_set(err, "received by TLS");
}

void tls_binding(const struct tls *tls, struct binding *ret)
{
    (void)tls;
    ret->length = 1;
}

void tls_close(struct tls *tls)
{
    (void)tls;
    tls_closed++;
}

/* ---- connections ---- */

static void connections(void **state)
{
    static const char late[] = "no connection in time: a firewall drops it, or the host is down; "
                               "is WinRM switched on (winrm quickconfig there)?";
    static const struct {
        struct call script[12];
        const char *expected; /* NULL: connected, by the socket that came last */
        int waits[2];
    } table[] = {
        {{{"getaddrinfo", 0, 0}, {"socket", 3, 0}, {"connect", 0, 0}, {0}}, NULL, {0}},
        /* standard input is closed, so that its number is free */
        {{{"getaddrinfo", 0, 0},
          {"socket", 0, 0},
          {"connect", -1, ENETUNREACH},
          {"close", 0, 0},
          {"socket", 0, 0},
          {"connect", 0, 0},
          {0}},
         NULL,
         {0}},
        {{{"getaddrinfo", 0, 0},
          {"socket", 3, 0},
          {"connect", -1, EINPROGRESS},
          {"poll", 1, 0},
          {"getsockopt", 0, 0},
          {0}},
         NULL,
         {4500}},
        {{{"getaddrinfo", 0, 0},
          {"socket", 3, 0},
          {"connect", -1, EINPROGRESS},
          {"poll", -1, EINTR},
          {"poll", 1, 0},
          {"getsockopt", 0, 0},
          {0}},
         NULL,
         {4500, 4500}},
        /* the second address answers where the first does not */
        {{{"getaddrinfo", 0, 0},
          {"socket", 3, 0},
          {"connect", -1, ENETUNREACH},
          {"close", 0, 0},
          {"socket", 3, 0},
          {"connect", 0, 0},
          {0}},
         NULL,
         {0}},
        {{{"getaddrinfo", 0, 0},
          {"socket", -1, EAFNOSUPPORT},
          {"socket", 3, 0},
          {"connect", 0, 0},
          {0}},
         NULL,
         {0}},
        {{{"getaddrinfo", 0, 0},
          {"socket", 3, 0},
          {"connect", -1, EINPROGRESS},
          {"poll", 0, EINTR},
          {"close", 0, 0},
          {"socket", 3, 0},
          {"connect", -1, EINPROGRESS},
          {"poll", 1, 0},
          {"getsockopt", 0, 0},
          {0}},
         NULL,
         {4500, 9000}},
        /* none does */
        {{{"getaddrinfo", 0, 0},
          {"socket", 3, 0},
          {"connect", -1, EINPROGRESS},
          {"poll", 0, EINTR},
          {"close", 0, 0},
          {"socket", 3, 0},
          {"connect", -1, EINPROGRESS},
          {"poll", 0, EINTR},
          {"close", 0, 0},
          {0}},
         late,
         {4500, 9000}},
        {{{"getaddrinfo", 0, 0}, {"socket", -1, EMFILE}, {"socket", -1, EMFILE}, {0}},
         "no connection: Too many open files",
         {0}},
        {{{"getaddrinfo", 0, 0},
          {"socket", -1, EMFILE},
          {"socket", 3, 0},
          {"connect", -1, EINPROGRESS},
          {"poll", -1, ENOMEM},
          {"close", 0, 0},
          {0}},
         "no connection: Cannot allocate memory",
         {9000}},
        {{{"getaddrinfo", 0, 0},
          {"socket", -1, EMFILE},
          {"socket", 3, 0},
          {"connect", -1, EINPROGRESS},
          {"poll", 1, 0},
          {"getsockopt", -1, ENOBUFS},
          {"close", 0, 0},
          {0}},
         "no connection: No buffer space available",
         {9000}},
        {{{"getaddrinfo", 0, 0},
          {"socket", -1, EMFILE},
          {"socket", 3, 0},
          {"connect", -1, EINPROGRESS},
          {"poll", 1, 0},
          {"getsockopt", ECONNREFUSED, 0},
          {"close", 0, 0},
          {0}},
         "connection refused: nothing listens there, or a firewall refuses: is WinRM switched on "
         "(winrm quickconfig there)?",
         {9000}},
        {{{"getaddrinfo", EAI_NONAME, 0}, {0}},
         "its name was not found (Name or service not known): check it; Kerberos needs the host's "
         "full name",
         {0}},
        {{{"getaddrinfo", EAI_SYSTEM, EIO}, {0}},
         "its name was not found (Input/output error): check it; Kerberos needs the host's full "
         "name",
         {0}},
    };
    static const struct endpoint endpoint = {.host = "hv01", .port = "5985"};
    static const struct credentials credentials = {.hosts = "*"};
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct wire wire = WIRE_CLOSED;
        struct error err;
        follow(table[i].script);
        bool connected = wire_open(&wire, &endpoint, &credentials, &err);
        followed();
        assert_true(connected == !table[i].expected);
        assert_int_equal(wire.fd, connected ? last_socket : -1);
        if (!connected)
            assert_string_equal(err.text, table[i].expected);
        for (size_t k = 0; k < LENGTH(table[i].waits); k++)
            assert_int_equal(k < waited ? waits[k] : 0, table[i].waits[k]);
    }
}

static void tls(void **state)
{
    static const struct call opens[] = {
        {"getaddrinfo", 0, 0}, {"socket", 0, 0}, {"connect", 0, 0}, {"close", 0, 0}, {0}};
    static const struct call refused[] = {{"getaddrinfo", 0, 0},
                                          {"socket", 3, 0},
                                          {"connect", -1, ECONNREFUSED},
                                          {"close", 0, 0},
                                          {0}};
    static const struct endpoint endpoint = {.host = "hv01", .port = "5986", .tls = true};
    static const struct credentials credentials = {.hosts = "*"};
    struct wire wire = WIRE_CLOSED;
    struct binding binding;
    struct error err;
    char bytes[4];
    size_t got;
    (void)state;
    follow(opens);
    assert_true(wire_open(&wire, &endpoint, &credentials, &err));
    assert_false(wire_send(&wire, "a", 1, &err));
    assert_string_equal(err.text, "sent by TLS");
    assert_false(wire_receive(&wire, bytes, sizeof bytes, &got, &err));
    assert_string_equal(err.text, "received by TLS");
    wire_binding(&wire, &binding);
    assert_int_equal(binding.length, 1);
    wire_close(&wire);
    followed();
    assert_int_equal(tls_closed, 1);
    wire_binding(&wire, &binding);
    assert_int_equal(binding.length, 0);
    follow(opens);
    tls_fails = true;
    assert_false(wire_open(&wire, &endpoint, &credentials, &err));
    followed();
    assert_string_equal(err.text, "no TLS");
    assert_int_equal(wire.fd, -1);
    assert_int_equal(tls_closed, 0);
    follow(refused);
    addresses = 1;
    assert_false(wire_open(&wire, &endpoint, &credentials, &err));
    followed();
    assert_holds(err.text, "5986 has no listener unless one was made");
}

/* ---- bytes ---- */

static const char late[] = "no answer in time: the host hangs, or --timeout is too short for it";
static const char reset[] = "the connection broke: Connection reset by peer";
static const char no_memory[] = "the connection broke: Cannot allocate memory";

static void sending(void **state)
{
    static const struct {
        struct call script[6];
        const char *expected; /* NULL: all went out */
    } table[] = {
        {{{"send", 4, 0}, {0}}, NULL},
        {{{"send", 1, 0}, {"send", -1, EINTR}, {"send", 3, 0}, {0}}, NULL},
        {{{"send", 0, EAGAIN}, {"send", 4, 0}, {0}}, NULL},
        {{{"send", 3, 0}, {"send", -1, EAGAIN}, {"poll", 1, 0}, {"send", 1, 0}, {0}}, NULL},
        {{{"send", 3, 0}, {"send", -1, EAGAIN}, {"poll", 0, EINTR}, {0}}, late},
        {{{"send", -1, EAGAIN}, {"poll", -1, ENOMEM}, {0}}, no_memory},
        {{{"send", -1, ECONNRESET}, {0}}, reset},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct wire wire = {.fd = 3, .reserve = 1000};
        struct error err;
        follow(table[i].script);
        bool done = wire_send(&wire, "abcd", 4, &err);
        followed();
        assert_true(done == !table[i].expected);
        if (done)
            assert_memory_equal(sent, "abcd", 4);
        else
            assert_string_equal(err.text, table[i].expected);
        assert_true(!waited || waits[0] == 9000);
    }
}

static void receiving(void **state)
{
    static const struct {
        struct call script[6];
        unsigned left;
        const char *expected; /* NULL: as many came as the last call gave */
    } table[] = {
        {{{"recv", 2, 0}, {0}}, 1001, NULL},
        {{{"recv", 0, 0}, {0}}, 1001, NULL},
        {{{"recv", -1, EINTR}, {"recv", 2, 0}, {0}}, 1001, NULL},
        {{{"recv", -1, EAGAIN}, {"poll", 1, 0}, {"recv", 2, 0}, {0}}, 1001, NULL},
        {{{"recv", -1, EAGAIN}, {"poll", 0, EINTR}, {0}}, 1001, late},
        {{{"recv", -1, EAGAIN}, {"poll", -1, ENOMEM}, {0}}, 1001, no_memory},
        {{{"recv", -1, ECONNRESET}, {0}}, 1001, reset},
        {{{0}}, 1000, late}, /* whatever comes */
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct wire wire = {.fd = 3, .reserve = 1000};
        struct error err;
        char bytes[4];
        size_t got = 9;
        follow(table[i].script);
        left = table[i].left;
        bool done = wire_receive(&wire, bytes, sizeof bytes, &got, &err);
        assert_true(done == !table[i].expected);
        if (done)
            assert_int_equal(got, due[-1].gives);
        else
            assert_string_equal(err.text, table[i].expected);
        followed();
        assert_true(!waited || waits[0] == 1);
    }
}

static void patience(void **state)
{
    static const struct {
        unsigned left, reserve;
        int expected;
    } table[] = {{10000, 1000, 9000}, {1001, 1000, 1},       {1000, 1000, 0},          {0, 1000, 0},
                 {0, 0, 0},           {INT_MAX, 0, INT_MAX}, {UINT_MAX, 1000, INT_MAX}};
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        left = table[i].left;
        assert_int_equal(wire_patience(&(struct wire){.reserve = table[i].reserve}),
                         table[i].expected);
    }
}

/* ---- the credentials file ---- */

static void reading(void **state)
{
    static const char lines[] = "hosts = *\nkeytab = k\n";
    static const struct {
        struct call script[6];
        const char *expected; /* NULL: it was read */
    } table[] = {
        {{{"read", 5, 0}, {"read", -1, EINTR}, {"read", 16, 0}, {"close", 0, 0}, {0}}, NULL},
        {{{"read", 5, 0}, {"read", 0, EINTR}, {"close", 0, 0}, {0}}, "could not be read whole"},
        {{{"read", -1, EIO}, {"close", 0, 0}, {0}}, "could not be read whole"},
    };
    const char *path = unit_text_file("file", lines);
    (void)state;
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(strlen(lines), 21);
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct credentials credentials = {.hosts = NULL};
        struct error err;
        follow(table[i].script);
        unread = strlen(lines);
        bool read = credentials_read(path, &credentials, &err);
        followed();
        assert_true(read == !table[i].expected);
        if (read)
            assert_string_equal(credentials.keytab, "k");
        else
            assert_string_equal(err.text, say("--credentials: %s: %s", path, table[i].expected));
        credentials_close(&credentials);
    }
}

RUN_TESTS(TEST(connections), TEST(tls), TEST(sending), TEST(receiving), TEST(patience),
          TEST(reading));
