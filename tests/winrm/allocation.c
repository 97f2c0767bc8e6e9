/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Out of memory at every place where the source winrm: can be, from opening to closing: for every
 * allocation it is run again with that one failing, and again with that one and all later ones.
 * Each time it must say so, and have given back all that it took.
 *
 * Expat is given the allocations that fail, too. The wire and the login are played here (GSS and
 * OpenSSL have allocations of their own, which nobody can fail); the host answers what stands in
 * the table, in this order.
 */
#include "counter/winrm/source.h"

#include "counter/winrm/auth.h"
#include "counter/winrm/sealed.h"
#include "counter/winrm/wire.h"
#include "platform/platform.h"
#include "plugin/text.h"
#include "tests/faults/memory.h"
#include "tests/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the login: a signature of zeros, and the text as it is ---- */

enum { SIGNATURE = 16 };

bool auth_prepare(struct auth *auth, const struct credentials *credentials,
                  const struct endpoint *endpoint, struct error *err)
{
    (void)credentials, (void)endpoint, (void)err;
    *auth = (struct auth){.ntlm = true};
    return true;
}

bool auth_step(struct auth *auth, const struct binding *binding, const struct text *in,
               struct text *out, struct error *err)
{
    (void)binding;
    auth->done = in != NULL;
    text_puts(out, "token");
    return !out->failed || error_memory(err);
}

bool auth_check_sealing(struct auth *auth, struct error *err)
{
    (void)auth, (void)err;
    return true;
}

bool auth_seal(struct auth *auth, const char *plain, size_t length, struct text *out,
               size_t *ret_signature, struct error *err)
{
    (void)auth;
    *ret_signature = SIGNATURE;
    text_add(out, (char[SIGNATURE]){0}, SIGNATURE);
    text_add(out, plain, length);
    return !out->failed || error_memory(err);
}

bool auth_unseal(struct auth *auth, const char *token, size_t length, struct text *out,
                 struct error *err)
{
    (void)auth;
    text_add(out, token + SIGNATURE, length - SIGNATURE);
    return !out->failed || error_memory(err);
}

void auth_restart(struct auth *auth)
{
    auth->done = false;
}

void auth_end(struct auth *auth)
{
    (void)auth;
}

/* ---- the host ---- */

#define ENVELOPE(inner) "<s:Envelope xmlns:s=\"x\"><s:Body>" inner "</s:Body></s:Envelope>"
#define FIRST(rows, context, end)                                                                  \
    ENVELOPE("<n:EnumerateResponse><n:EnumerationContext>" context                                 \
             "</n:EnumerationContext><w:Items>" rows "</w:Items>" end "</n:EnumerateResponse>")
#define PULL(rows, context, end)                                                                   \
    ENVELOPE("<n:PullResponse>" context "<n:Items>" rows "</n:Items>" end "</n:PullResponse>")
#define VM(name, value)                                                                            \
    "<w:XmlFragment><Name>" name "</Name><PhysicalMemory>" value "</PhysicalMemory></"             \
    "w:XmlFragment>"
#define END "<w:EndOfSequence/>"

static const char *const answers[] = {
    /* counters: a property is missing, the class is missing, it is found by another name */
    ENVELOPE("<s:Fault><s:Reason><s:Text>no</s:Text></s:Reason><s:Detail><f:WSManFault "
             "Code=\"2150858778\"/></s:Detail></s:Fault>"),
    ENVELOPE("<s:Fault><s:Reason><s:Text>no</s:Text></s:Reason><s:Detail><f:WSManFault "
             "Code=\"2147749904\"/></s:Detail></s:Fault>"),
    FIRST("<p:Win32_PerfRawData_Y_Z/><p:Win32_PerfRawData_X_AB/>", "", END),
    FIRST(VM("one", "1"), "c", ""),
    PULL(VM("one", "2") VM("two", "3"), "", "<n:EndOfSequence/>"),
    /* rows */
    FIRST("<w:XmlFragment><Version>6.3</Version><Nothing xsi:nil=\"true\"/></w:XmlFragment>", "",
          END),
    /* the registry: no number, but a list of texts */
    ENVELOPE("<p:GetDWORDValue_OUTPUT><p:ReturnValue>1</p:ReturnValue></p:GetDWORDValue_OUTPUT>"),
    ENVELOPE("<p:EnumValues_OUTPUT><p:ReturnValue>0</p:ReturnValue><p:sNames>Value</p:sNames>"
             "<p:Types>7</p:Types></p:EnumValues_OUTPUT>"),
    ENVELOPE("<p:GetMultiStringValue_OUTPUT><p:sValue>a</p:sValue><p:sValue>b</p:sValue>"
             "<p:ReturnValue>0</p:ReturnValue></p:GetMultiStringValue_OUTPUT>"),
};

static size_t asked;
static char waiting[8192];
static size_t waiting_length, waiting_at;

bool wire_open(struct wire *wire, const struct endpoint *endpoint,
               const struct credentials *credentials, struct error *err)
{
    (void)endpoint, (void)credentials, (void)err;
    *wire = (struct wire){.fd = 0};
    return true;
}

/* Two answers of the login, then those of the table, sealed. */
bool wire_send(struct wire *wire, const char *bytes, size_t length, struct error *err)
{
    (void)wire, (void)err, (void)bytes, (void)length;
    waiting_at = 0;
    if (asked < 1) {
        waiting_length = (size_t)snprintf(waiting, sizeof waiting,
                                          "HTTP/1.1 200 OK\r\nWWW-Authenticate: Negotiate dG9r\r\n"
                                          "Content-Length: 0\r\n\r\n");
    } else {
        const char *soap = asked <= sizeof answers / sizeof *answers ? answers[asked - 1] : "";
        char body[4096];
        int head = snprintf(body, sizeof body,
                            "--B\r\nOriginalContent: Length=%zu\r\n--B\r\n"
                            "Content-Type: application/octet-stream\r\n",
                            strlen(soap));
        memcpy(body + head, (char[4]){SIGNATURE}, 4);
        memset(body + head + 4, 0, SIGNATURE);
        int rest =
            snprintf(body + head + 4 + SIGNATURE, sizeof body - (size_t)head - 20, "%s--B--", soap);
        size_t all = (size_t)head + 4 + SIGNATURE + (size_t)rest;
        int start = snprintf(waiting, sizeof waiting,
                             "HTTP/1.1 200 OK\r\nContent-Type: multipart/encrypted\r\n"
                             "Transfer-Encoding: chunked\r\n\r\n%zx\r\n",
                             all);
        memcpy(waiting + start, body, all);
        int end =
            snprintf(waiting + start + all, sizeof waiting - (size_t)start - all, "\r\n0\r\n\r\n");
        waiting_length = (size_t)(start + end) + all;
    }
    asked++;
    return true;
}

bool wire_receive(struct wire *wire, char *bytes, size_t room, size_t *ret_got, struct error *err)
{
    (void)wire, (void)err;
    size_t got = waiting_length - waiting_at;
    got = got < 200 ? got : 200;
    got = got < room ? got : room;
    memcpy(bytes, waiting + waiting_at, got);
    waiting_at += got;
    *ret_got = got;
    return true;
}

void wire_binding(const struct wire *wire, struct binding *ret)
{
    (void)wire;
    *ret = (struct binding){0};
}

int wire_patience(const struct wire *wire)
{
    (void)wire;
    return 10000;
}

void wire_close(struct wire *wire)
{
    *wire = WIRE_CLOSED;
}

/* ---- the test ---- */

static const char *file;

static bool see_row(void *context, const char *const *cells, struct error *err)
{
    (void)err;
    *(bool *)context = !strcmp(cells[0], "6.3") && !cells[1];
    return true;
}

static bool ask(struct source *source, struct error *err)
{
    static const char *const namespaces[] = {"root\\cimv2", NULL};
    static const char *const properties[] = {"Version", "Nothing", NULL};
    static const struct row_query query = {.namespaces = namespaces,
                                           .class_name = "Win32_OperatingSystem",
                                           .properties = properties,
                                           .needed = 1};
    struct counter counters[] = {{.object = "A B", .name = "Physical Memory", .instances = true}};
    struct registry_value value;
    bool right = false;
    if (!source->kind->counters(source, counters, 1, err))
        return false;
    if (counters[0].reading != READ_OK)
        return error_set(err, "%s", counters[0].problem);
    if (counters[0].count != 3 || counters[0].samples[2].value != 3)
        return error_set(err, "wrong samples");
    if (!source->kind->rows(source, &query, see_row, &right, err))
        return false;
    if (!right)
        return error_set(err, "wrong rows");
    if (!source->kind->registry(source, "KEY", "Value", &value, err))
        return false;
    return (value.exists && value.type == 7 && value.size == 10) || error_set(err, "a wrong value");
}

/* With this allocation failing: did all go well? An arena that failed is seen by the frame,
 * whatever was made of it. */
static bool run(unsigned first, bool later, struct error *err)
{
    static const struct object_class classes[] = {{"A B", "Win32_PerfRawData_Old_AB"}, {0}};
    const struct source_options options = {.credentials = file, .classes = classes};
    struct arena arena = {0};
    struct source *source = NULL;
    asked = 0;
    allocations.made = 0;
    allocations.first = first;
    allocations.later = later;
    bool done = winrm_kind.open("host:5985", &options, &arena, &source, err) && ask(source, err);
    if (source)
        source->kind->close(source);
    bool short_of_memory = arena.failed;
    arena_free(&arena);
    allocations.first = 0;
    return short_of_memory ? error_memory(err) : done;
}

int program(int argc, char **argv)
{
    (void)argc, (void)argv;
    static char path[] = "/tmp/winrm-allocation-XXXXXX";
    static const char text[] =
        "hosts = *\nusername = mon\npassword = secret\nntlm = allow\ntransport = http\n";
    struct error err;
    int fd = mkstemp(path);
    if (fd < 0 || fchmod(fd, 0600) != 0 || write(fd, text, sizeof text - 1) < 0 || close(fd) != 0)
        return 1;
    file = path;
    bool good = run(0, false, &err) && !allocations.live && asked == 10;
    unsigned all = allocations.made;
    if (!tap_ok(good, "undisturbed, %u allocations", all))
        printf("# %s, %ld not given back, %zu questions\n", err.text, allocations.live, asked);
    for (int later = 0; later < 2; later++) {
        unsigned number;
        for (number = 1; number <= all; number++) {
            err = (struct error){.text = ""};
            bool done = run(number, later, &err);
            if (done || !strstr(err.text, "out of memory") || allocations.live)
                break;
        }
        if (!tap_ok(number > all, "each of them fails%s", later ? ", and all later ones" : ""))
            printf("# %u of %u: %s, %ld not given back\n", number, all, err.text, allocations.live);
    }
    unlink(path);
    return tap_end();
}
