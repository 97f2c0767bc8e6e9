/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Out of memory at every place where the source winrm: can be, from opening to closing: for every
 * allocation it is run again with that one failing, and again with that one and all later ones.
 * Each time it must say so, and have given back all that it took.
 *
 * Expat is given the allocations that fail, too. The wire and GSS are doubles, which allocate
 * nothing; the host answers what stands in the table, in this order.
 */
#include "counter/winrm/source.h"

#include "platform/platform.h"
#include "tests/faults/memory.h"
#include "tests/tap.h"
#include "tests/winrm/host.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
    /* another object's are refused */
    ENVELOPE("<s:Fault><s:Reason><s:Text>no</s:Text></s:Reason><s:Detail><f:WSManFault "
             "Code=\"2147749891\"/></s:Detail></s:Fault>"),
    /* rows */
    FIRST("<w:XmlFragment><Version>6.3</Version><Nothing xsi:nil=\"true\"/></w:XmlFragment>", "",
          END),
    /* the registry: no number, but a list of texts */
    ENVELOPE("<p:GetDWORDValue_OUTPUT><p:ReturnValue>1</p:ReturnValue></p:GetDWORDValue_OUTPUT>"),
    ENVELOPE("<p:EnumValues_OUTPUT><p:ReturnValue>0</p:ReturnValue><p:sNames>Value</p:sNames>"
             "<p:Types>7</p:Types></p:EnumValues_OUTPUT>"),
    ENVELOPE("<p:GetMultiStringValue_OUTPUT><p:sValue>a</p:sValue><p:sValue>b</p:sValue>"
             "<p:ReturnValue>0</p:ReturnValue></p:GetMultiStringValue_OUTPUT>"),
    NULL,
};

enum { ANSWERS = sizeof answers / sizeof *answers - 1 };

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
    struct counter counters[] = {{.object = "A B", .name = "Physical Memory", .instances = true},
                                 {.object = "Nobody's", .name = "Physical Memory"},
                                 {.object = "C D", .name = "Physical Memory"}};
    struct registry_value value;
    bool right = false;
    if (!source->kind->counters(source, counters, 3, err))
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
    static const struct object_class classes[] = {
        {"A B", "Win32_PerfRawData_Old_AB"}, {"C D", "Win32_PerfRawData_X_CD"}, {0}};
    const struct source_options options = {.credentials = file, .classes = classes};
    struct arena arena = {0};
    struct source *source = NULL;
    host_reset();
    host.answers = answers;
    host.piece = 200;
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

/* All of them with this login. */
static void run_all(const char *title, const char *lines)
{
    struct error err;
    int fd = open(file, O_WRONLY | O_TRUNC);
    bool good = fd >= 0 && write(fd, lines, strlen(lines)) > 0 && !close(fd) &&
                run(0, false, &err) && !allocations.live && host.asked == ANSWERS;
    unsigned all = allocations.made;
    if (!tap_ok(good, "%s: undisturbed, %u allocations", title, all))
        printf("# %s, %ld not given back, %zu questions\n", err.text, allocations.live, host.asked);
    for (int later = 0; later < 2; later++) {
        unsigned number;
        for (number = 1; number <= all; number++) {
            err = (struct error){.text = ""};
            bool done = run(number, later, &err);
            if (done || !strstr(err.text, "out of memory") || allocations.live)
                break;
        }
        if (!tap_ok(number > all, "%s: each of them fails%s", title,
                    later ? ", and all later ones" : ""))
            printf("# %u of %u: %s, %ld not given back\n", number, all, err.text, allocations.live);
    }
}

int program(int argc, char **argv)
{
    (void)argc, (void)argv;
    static char path[] = "/tmp/winrm-allocation-XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0 || fchmod(fd, 0600) != 0 || close(fd) != 0)
        return 1;
    file = path;
    run_all("NTLM", "hosts = *\nusername = mon\npassword = secret\nntlm = allow\n");
    run_all("Kerberos", "hosts = *\nkeytab = MEMORY:k\n");
    unlink(path);
    return tap_end();
}
