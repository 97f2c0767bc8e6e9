/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A worse host never gets a better state.
 *
 * Hosts are made by chance, each is judged, made worse in one respect (the balancer has less, a VM
 * or a node is under more pressure, memory was shorter before, the parent reads more pages back, a
 * guest has less, less is kept for the parent), and judged again with the same options.
 * MONOTONY_HOSTS hosts for each check; without it, as many as a second allows.
 */
#include "unit.h"

#include "check/suite.h"
#include "counter/source.h"
#include "hyperv/counter_names.h"
#include "hyperv/reading.h"

#include <stdlib.h>

enum { MOST_VMS = 6, MOST_NODES = 3, HOURS = 26 };

struct guest_vm {
    double physical, pressure; /* MB, %; a pressure of 0 is not known */
    double added, removed;
    double maximum, minimum, startup;
    bool is_static, stopped;
};

struct moment_of {
    struct guest_vm vms[MOST_VMS];
    double available[MOST_NODES], node_pressure[MOST_NODES];
};

struct fake_host {
    size_t vms, nodes;
    struct moment_of now, before;
    double hours[HOURS]; /* what the balancer had, 1 hour ago first */
    double parent, reads, guest, reserve;
    bool has_reserve;
    const char *version;
};

/* ---- a source that answers from such a host ---- */

struct made {
    struct source source;
    const struct fake_host *host;
    unsigned long seconds; /* before now; for the hours */
    bool before;
};

static const char *const vm_names[MOST_VMS] = {"a", "b", "c", "d", "e", "f"};
static const char *const node_names[MOST_NODES] = {"Node 0", "Node 1", "Node 2"};

static const struct moment_of *moment_of(const struct made *made)
{
    return made->before ? &made->host->before : &made->host->now;
}

static bool node_value(const struct made *made, const char *counter, size_t node, double *ret)
{
    const struct moment_of *moment = moment_of(made);
    bool available = !strcmp(counter, "Available Memory");
    size_t hour = made->seconds / 3600;
    *ret = !available ? moment->node_pressure[node]
           : hour     ? made->host->hours[hour - 1] / (double)made->host->nodes
                      : moment->available[node];
    return available || !strcmp(counter, "Average Pressure");
}

static bool vm_value(const struct made *made, const char *counter, size_t number, double *ret)
{
    const struct guest_vm *vm = &moment_of(made)->vms[number];
    const struct {
        const char *name;
        double value;
    } values[] = {{"Physical Memory", vm->physical},
                  {"Average Pressure", vm->pressure},
                  {"Added Memory", vm->added},
                  {"Removed Memory", vm->removed},
                  {"Guest Visible Physical Memory", vm->physical + vm->removed}};
    for (size_t i = 0; i < LENGTH(values); i++)
        if (!strcmp(values[i].name, counter)) {
            *ret = values[i].value;
            return true;
        }
    return false;
}

static void add_sample(struct counter *counter, const char *instance, double value)
{
    counter->samples[counter->count++] =
        (struct sample){.instance = instance, .value = value, .present = true};
}

static bool made_counters(struct source *source, struct counter *counters, size_t count,
                          struct error *err)
{
    const struct made *made = (struct made *)source;
    const struct fake_host *host = made->host;
    for (size_t i = 0; i < count; i++) {
        struct counter *counter = &counters[i];
        double value;
        bool known = true;
        counter->samples = arena_array(source->arena, MOST_VMS, sizeof *counter->samples);
        if (!counter->samples)
            return error_memory(err);
        if (!strcmp(counter->object, HYPERV_BALANCER))
            for (size_t node = 0; node < host->nodes && known; node++) {
                known = node_value(made, counter->name, node, &value);
                if (known)
                    add_sample(counter, node_names[node], value);
            }
        else if (!strcmp(counter->object, HYPERV_VM))
            for (size_t vm = 0; vm < host->vms && known; vm++) {
                known = vm_value(made, counter->name, vm, &value);
                if (known && !host->now.vms[vm].stopped)
                    add_sample(counter, vm_names[vm], value);
            }
        else if (!strcmp(counter->name, MEMORY_AVAILABLE))
            add_sample(counter, "", host->guest);
        else if (!strcmp(counter->name, MEMORY_PAGE_READS))
            add_sample(counter, "", host->reads);
        else
            known = false;
        if (!known)
            counter_fail(counter, READ_NO_COUNTER, source->arena, "none");
    }
    return true;
}

static bool made_registry(struct source *source, const char *key, const char *value,
                          struct registry_value *ret, struct error *err)
{
    const struct fake_host *host = ((struct made *)source)->host;
    (void)key, (void)value;
    unsigned char *data = arena_array(source->arena, 4, 1);
    if (!data)
        return error_memory(err);
    for (int i = 0; i < 4; i++)
        data[i] = (unsigned char)((unsigned)host->reserve >> 8 * i & 0xFF);
    *ret = (struct registry_value){
        .exists = host->has_reserve, .type = REGISTRY_DWORD, .data = data, .size = 4};
    return true;
}

static const char *cell_of(const struct made *made, size_t vm, const char *property,
                           struct arena *from)
{
    const struct guest_vm *now = &made->host->now.vms[vm];
    const struct {
        const char *property, *text;
    } cells[] = {
        {"Name", arena_format(from, "%08u-1111-1111-1111-111111111111", (unsigned)vm)},
        {"ElementName", vm_names[vm]},
        {"EnabledState", now->stopped ? "3" : "2"},
        {"InstanceID",
         arena_format(from, "Microsoft:%08u-1111-1111-1111-111111111111\\x", (unsigned)vm)},
        {"Limit", arena_format(from, "%.0f", now->maximum)},
        {"Reservation", arena_format(from, "%.0f", now->minimum)},
        {"VirtualQuantity", arena_format(from, "%.0f", now->startup)},
        {"DynamicMemoryEnabled", now->is_static ? "False" : "True"},
        {"TargetMemoryBuffer", "20"},
        {"Weight", "5000"},
        {"Version", made->host->version},
        {"TotalVisibleMemorySize", "33554432"},
    };
    for (size_t i = 0; i < LENGTH(cells); i++)
        if (!strcmp(cells[i].property, property))
            return cells[i].text;
    return NULL;
}

static bool made_rows(struct source *source, const struct row_query *query, row_visitor *visit,
                      void *context, struct error *err)
{
    const struct made *made = (struct made *)source;
    bool of_windows = !strcmp(query->class_name, CLASS_WINDOWS);
    bool of_computers = !strcmp(query->class_name, CLASS_COMPUTER);
    const char *cells[16] = {"HOST", "HOST", "2"};
    if (of_computers && !visit(context, cells, err))
        return false;
    for (size_t vm = 0; vm < (of_windows ? 1 : made->host->vms); vm++) {
        for (size_t i = 0; query->properties[i]; i++)
            cells[i] = cell_of(made, vm, query->properties[i], source->arena);
        if (!visit(context, cells, err))
            return false;
    }
    return true;
}

static struct moment made_moment(const struct source *source)
{
    const struct made *made = (const struct made *)source;
    return (struct moment){.wall = 1900000000000 - (stamp)made->seconds * 1000,
                           .zone = "",
                           .has_bias = true,
                           .recorded = true};
}

static bool made_earlier(struct source *source, unsigned long seconds, struct arena *from,
                         struct source **ret, struct error *err)
{
    struct made *made = ARENA_NEW(from, struct made);
    if (!made)
        return error_memory(err);
    if (seconds / 3600 > HOURS)
        return error_set_code(err, READ_NO_SAMPLE, "the log begins later");
    *made = *(const struct made *)source;
    made->source.arena = from;
    made->seconds = seconds ? seconds : 60;
    made->before = true;
    *ret = &made->source;
    return true;
}

static void made_close(struct source *source)
{
    (void)source;
}

static const struct source_kind made_kind = {
    .name = "made",
    .counters = made_counters,
    .registry = made_registry,
    .rows = made_rows,
    .moment = made_moment,
    .earlier = made_earlier,
    .close = made_close,
};

/* ---- judging ---- */

/* The exit status, and the first line for a message. */
static enum state judge(const struct check *check, const char *const *arguments,
                        const struct fake_host *host, char first_line[512])
{
    struct arena own = {0};
    const struct option *const tables[] = {check->options, check_common_options, NULL};
    struct common_options *values = arena_array(&own, 1, check->options_size);
    const struct options options = {.tables = tables, .values = values, .arena = &own};
    struct made made = {.source = {.kind = &made_kind, .arena = &own}, .host = host};
    struct run run = {.check = check, .options = values, .source = &made.source, .arena = &own};
    struct error err;
    int count = 0;
    while (arguments[count])
        count++;
    if (!options_preset(&options, &err) ||
        !options_read(&options, count, (char *const *)(uintptr_t)arguments, &err))
        fail_msg("%s: %s", check->program, err.text);
    result_begin(&run.result, &own, check->title);
    enum state state = check->run(&run, &err) ? result_state(&run.result.root) : STATE_UNKNOWN;
    snprintf(first_line, 512, "%s",
             state == STATE_UNKNOWN && !*run.result.root.text ? err.text : run.result.root.text);
    arena_free(&own);
    return state;
}

/* ---- hosts ---- */

static double some(unsigned most)
{
    return (double)unit_random(most + 1);
}

/* Values at which something happens are as likely as all others together. */
static double edge(unsigned most, const double *edges, size_t count)
{
    return unit_random(2) ? some(most) : edges[unit_random((unsigned)count)];
}

static double some_available(void)
{
    static const double edges[] = {0, 1, 100, 127, 128, 500, 1023, 1024, 2047, 2048, 2049};
    return edge(20000, edges, LENGTH(edges));
}

static double some_pressure(void)
{
    static const double edges[] = {0, 50, 80, 83, 99, 100, 101, 150, 200};
    return edge(250, edges, LENGTH(edges));
}

static struct fake_host some_host(void)
{
    static const char *const versions[] = {"6.1.7601", "6.2.9200", "6.3.9600", "10.0.20348"};
    struct fake_host host = {.vms = unit_random(MOST_VMS + 1),
                             .nodes = 1 + (unit_random(2) ? unit_random(MOST_NODES) : 0),
                             .parent = some(3000),
                             .reads = unit_random(2) ? some(100) : 10,
                             .guest = some(200),
                             .reserve = some(10000),
                             .has_reserve = unit_random(4) > 0,
                             .version = versions[unit_random(LENGTH(versions))]};
    for (size_t i = 0; i < host.vms; i++) {
        struct guest_vm *now = &host.now.vms[i], *before = &host.before.vms[i];
        now->startup = 128 + some(1000);
        now->physical = 128 + some(6000);
        now->minimum = unit_random(2) ? some(5000) : 0;
        now->maximum = unit_random(3) ? now->physical + some(6000) : 1048576;
        if (!unit_random(3))
            now->maximum = now->physical;
        now->pressure = some_pressure();
        now->is_static = !unit_random(6);
        now->stopped = !unit_random(6);
        *before = *now;
        before->added = some(3000);
        before->removed = some(3000);
        before->physical = 128 + some(6000);
        before->pressure = some_pressure();
        double moved = now->physical - before->physical, more = unit_random(2) ? some(500) : 0;
        now->added = before->added + (moved > 0 ? moved : 0) + more;
        now->removed = before->removed + (moved < 0 ? -moved : 0) + more;
        if (!unit_random(8)) /* started again since */
            now->added = some(1000);
    }
    for (size_t i = 0; i < host.nodes; i++) {
        host.now.available[i] = some_available();
        host.now.node_pressure[i] = some_pressure();
        host.before.available[i] = some_available();
        host.before.node_pressure[i] = some_pressure();
    }
    double slope = some(2000) - 800;
    for (int i = 0; i < HOURS; i++)
        host.hours[i] = 4000 + slope * i > 0 ? 4000 + slope * i + some(300) : some(300);
    return host;
}

/* One respect in which a host can be worse; false where this one can't. */
static bool less_available(struct fake_host *host)
{
    double *available = &host->now.available[unit_random((unsigned)host->nodes)];
    *available = unit_random(2) ? 0 : some((unsigned)*available);
    return true;
}

static bool more_pressure_on_a_node(struct fake_host *host)
{
    double *pressure = &host->now.node_pressure[unit_random((unsigned)host->nodes)];
    *pressure += *pressure > 0 ? 1 + some(100) : 0;
    return *pressure > 0;
}

static bool more_pressure_on_a_vm(struct fake_host *host)
{
    double *pressure = host->vms ? &host->now.vms[unit_random((unsigned)host->vms)].pressure : NULL;
    if (pressure)
        *pressure += *pressure > 0 ? 1 + some(100) : 0;
    return pressure && *pressure > 0;
}

/* What was short before is no excuse for now. */
static bool shorter_before(struct fake_host *host)
{
    for (size_t i = 0; i < host->nodes; i++)
        host->before.available[i] = some((unsigned)host->before.available[i]);
    for (size_t i = 0; i < host->vms; i++)
        host->before.vms[i].pressure += some(100);
    return true;
}

static bool more_page_reads(struct fake_host *host)
{
    host->reads += 1 + some(100);
    return true;
}

static bool less_in_the_guest(struct fake_host *host)
{
    host->guest = some((unsigned)host->guest);
    return true;
}

/* Below what the host needs, where Windows does not keep it by itself. */
static bool less_reserve(struct fake_host *host)
{
    if (strcmp(host->version, "6.1.7601") != 0 || !host->has_reserve || host->reserve > 1344)
        return false;
    host->has_reserve = unit_random(2);
    host->reserve = some((unsigned)host->reserve);
    return true;
}

static const struct {
    const char *name;
    bool (*make)(struct fake_host *host);
} respects[] = {
    {"less available", less_available},
    {"more pressure on a node", more_pressure_on_a_node},
    {"more pressure on a VM", more_pressure_on_a_vm},
    {"shorter before", shorter_before},
    {"more page reads", more_page_reads},
    {"less in the guest", less_in_the_guest},
    {"less reserve", less_reserve},
};

enum { MOST_ARGUMENTS = 8, MOST_VARIANTS = 4 };

static const struct {
    const struct check *check;
    const char *arguments[MOST_VARIANTS][MOST_ARGUMENTS]; /* as after the program's name */
} checks[] = {
    {&check_hv_balancer,
     {{"check"},
      {"check", "--pressure-warning=80", "--pressure-critical=100"},
      {"check", "--node-warning=4000:", "--node-critical=500:", "--parent-warning=50:"},
      {"check", "-w", "10%:", "-c", "5%:"}}},
    {&check_hv_vm_memory,
     {{"check"},
      {"check", "--pressure-gate=100"},
      {"check", "--override=a,warning=50,critical=60", "--exclude=b"},
      {"check", "--perfdata=none", "-v"}}},
    {&check_hv_guest_memory, {{"check"}, {"check", "-w", "100:", "-c", "50:"}}},
    {&check_hv_page_reads, {{"check"}, {"check", "-w", "50"}}},
    {&check_hv_memory_reserve, {{"check"}, {"check", "-w", "1024:"}}},
    {&check_hv_contention,
     {{"check"}, {"check", "-w", "2", "-c", "10", "--paging=60"}, {"check", "--since=60"}}},
    {&check_hv_capacity,
     {{"check", "--window=1"},
      {"check", "--window=1", "--startup=512", "-w", "5:", "-c", "2:"},
      {"check", "--window=1", "--incoming=2GB"}}},
};

static void a_worse_host_never_gets_a_better_state(void **state)
{
    (void)state;
    static const int weights[] = {
        [STATE_OK] = 0, [STATE_UNKNOWN] = 1, [STATE_WARNING] = 2, [STATE_CRITICAL] = 3};
    const char *asked = getenv("MONOTONY_HOSTS");
    unsigned long hosts = asked ? strtoul(asked, NULL, 10) : 4000;
    for (size_t c = 0; c < LENGTH(checks); c++) {
        unsigned long seen[4] = {0}, worse = 0, tried = 0;
        size_t variants = 0;
        while (variants < MOST_VARIANTS && checks[c].arguments[variants][0])
            variants++;
        while (tried < hosts) {
            char first[512], second[512];
            struct fake_host host = some_host();
            size_t variant = unit_random((unsigned)variants);
            size_t respect = unit_random(LENGTH(respects));
            enum state before = judge(checks[c].check, checks[c].arguments[variant], &host, first);
            if (!respects[respect].make(&host))
                continue;
            tried++;
            enum state after = judge(checks[c].check, checks[c].arguments[variant], &host, second);
            seen[before]++;
            worse += weights[after] > weights[before];
            if (weights[after] < weights[before])
                fail_msg("%s (variant %zu), %s: %s became %s\n  %s\n  %s", checks[c].check->program,
                         variant, respects[respect].name, state_name(before), state_name(after),
                         first, second);
        }
        print_message("%s: %lu hosts, %lu OK, %lu WARNING, %lu CRITICAL, %lu UNKNOWN; %lu got a "
                      "worse state\n",
                      checks[c].check->program, tried, seen[STATE_OK], seen[STATE_WARNING],
                      seen[STATE_CRITICAL], seen[STATE_UNKNOWN], worse);
        assert_true(worse && seen[STATE_OK]); /* or nothing was tried */
    }
}

RUN_TESTS(TEST(a_worse_host_never_gets_a_better_state));
