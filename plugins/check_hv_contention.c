/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugins/check.h"

#include "hyperv/contention.h"
#include "hyperv/reserve.h"
#include "plugin/show.h"
#include "plugins/page_rate.h"

#include <stdlib.h>
#include <string.h>

struct contention_options {
    struct common_options common;
    struct range paging;
    unsigned long since, interval;
    const char *state_dir;
};

#define TARGET(member) offsetof(struct contention_options, member)

static const struct option rows[] = {
    {.name = "warning",
     .letter = 'w',
     .argument = "RANGE",
     .read = option_percent_range,
     .target = offsetof(struct common_options, warning),
     .help = "WARNING if the shortage is outside RANGE, in percent of what there is for VMs. "
             "Without it, WARNING in any contention."},
    {.name = "critical",
     .letter = 'c',
     .argument = "RANGE",
     .read = option_percent_range,
     .target = offsetof(struct common_options, critical),
     .preset = "5",
     .help = "CRITICAL if it is."},
    {.name = "paging",
     .argument = "RANGE",
     .read = option_range,
     .target = TARGET(paging),
     .preset = "10",
     .help = "CRITICAL if, while VMs fight, the parent's page reads a second are outside RANGE."},
    {.name = "since",
     .argument = "SECONDS",
     .read = option_whole,
     .target = TARGET(since),
     .least = 1,
     .most = 31536000,
     .help = "In a recorded log, tell what moved in so many seconds before; without it, since the "
             "row before. On a live host it is since the previous run."},
    {.name = "interval",
     .argument = "SECONDS",
     .read = option_whole,
     .target = TARGET(interval),
     .preset = "1",
     .least = 1,
     .most = 3600,
     .help = "The parent's page reads are the mean since the previous run. Where that left nothing "
             "to reckon from, measure for so long instead."},
    OPTION_STATE_DIR(struct contention_options),
    {0},
};

/* ---- reading ---- */

/* All that was read. */
struct host {
    struct vms vms;
    struct look now, before;
    bool has_before;
    bool has_reads;
    double reads; /* the parent's page reads a second */
    struct contention contention;
    double percent; /* the shortage, of the capacity */
};

/* known: what was read of the same host before, for its settings; or NULL. */
static bool read_vms(struct source *source, const struct vms *known, struct arena *arena,
                     struct vms *vms, struct error *err)
{
    const struct vms_options options = {
        .counters = LOOK_COUNTERS, .balancer = true, .settings = known};
    return vms_read(source, &options, arena, vms, err);
}

static bool read_now(struct run *run, struct host *host, struct error *err)
{
    const struct vms *vms = &host->vms;
    if (!read_vms(run->source, NULL, run->arena, &host->vms, err) ||
        !look_of(vms, run->arena, &host->now, err) || !balancer_check(&vms->balancer, err))
        return false;
    if (host->now.count && host->now.unread == host->now.count)
        return error_set(err, "no VM's Average Pressure can be read%s%s",
                         vms->missing_count ? ": " : "", vms->missing_count ? vms->missing[0] : "");
    return true;
}

/* Where there is no rate, that is said, and only what it is needed for can't be judged. */
static bool read_paging(struct run *run, struct paging *ret, bool *ret_has, struct error *err)
{
    *ret_has = paging_read(run->source, ret, err);
    if (!*ret_has && reading_is_absent(err))
        result_note(&run->result.root, "not read: %s", err->text);
    return *ret_has || reading_is_absent(err);
}

/* The look before. A log that begins later leaves a single look, which says so. */
static bool read_before(struct run *run, struct host *host, struct arena *scratch,
                        struct error *err)
{
    const struct contention_options *options = run->options;
    struct source *earlier;
    struct vms vms;
    if (!source_earlier(run->source, options->since, scratch, &earlier, err)) {
        if (reading_is_absent(err))
            result_note(&run->result.root, "no earlier look: %s", err->text);
        return reading_is_absent(err);
    }
    bool read = read_vms(earlier, &host->vms, scratch, &vms, err) &&
                look_of(&vms, run->arena, &host->before, err);
    source_close(earlier);
    host->has_before = read && !vms.balancer.invalid;
    if (read && !host->has_before)
        result_note(&run->result.root,
                    "no earlier look: Available Memory had no valid value in that row");
    return read;
}

/* What a log holds of the past. */
static bool read_log(struct run *run, struct host *host, struct error *err)
{
    struct paging paging = {0};
    if (!read_paging(run, &paging, &host->has_reads, err))
        return false;
    host->reads = paging.reads;
    struct arena scratch = {0}; /* the look alone is kept: what it was taken of can be large */
    bool read = read_before(run, host, &scratch, err);
    arena_free(&scratch);
    return read;
}

/* What the previous run kept. */
struct previous {
    struct look look;
    bool has_look;
    int64_t wall; /* when, in ms since 1970 */
    struct rate_sample sample;
    bool has_sample;
};

enum { OLDEST = 3600 }; /* seconds: what moved in longer a time tells nothing about now */

static bool read_previous(struct state_file *file, struct arena *arena, struct previous *ret,
                          struct error *err)
{
    struct state_file_entry entry;
    struct previous previous = {0};
    while (state_file_next(file, &entry)) {
        if (page_rate_kept(&entry, &previous.sample))
            previous.has_sample = true;
        else if (!strcmp(entry.key, "wall"))
            previous.wall = (int64_t)strtoull(entry.value, NULL, 10);
        else if (!strcmp(entry.key, "look") && look_parse(&previous.look, entry.value))
            previous.has_look = true;
        else if (strcmp(entry.key, "vm") != 0 || !look_vm_parse(&previous.look, entry.value, arena))
            return error_set(err, "damaged");
    }
    *ret = previous;
    return true;
}

static bool keep_look(struct keep *keep, const struct look *look, const struct page_rate *rate,
                      struct arena *arena, struct error *err)
{
    struct text *text = keep_anew(keep);
    const char *line = look_print(look, arena);
    state_file_add(text, "wall", "%lld", (long long)clock_now());
    if (rate)
        page_rate_keep(rate, text);
    if (line)
        state_file_add(text, "look", "%s", line);
    for (size_t i = 0; i < look->count && line; i++) {
        if (!look->vms[i].key)
            continue;
        line = look_vm_print(&look->vms[i], arena);
        if (line)
            state_file_add(text, "vm", "%s", line);
    }
    return (line || error_memory(err)) && keep_write(keep, err);
}

/* On a live host the past is what the previous run kept. */
static bool read_kept(struct run *run, struct host *host, struct error *err)
{
    const struct contention_options *options = run->options;
    struct finding *root = &run->result.root;
    struct keep keep;
    struct state_file file;
    struct previous previous = {0};
    struct paging paging = {0};
    struct page_rate rate = {0};
    struct error why = {0};
    if (!read_paging(run, &paging, &host->has_reads, err))
        return false;
    if (keep_read(&keep, run, options->state_dir, &file, &why))
        read_previous(&file, run->arena, &previous, &why);
    double age = (double)(clock_now() - previous.wall) / 1000;
    host->has_before = previous.has_look && age >= 0 && age <= OLDEST;
    host->before = previous.look;
    if (host->has_before)
        result_note(root, "compared with the look of %.0f s ago", age);
    else if (previous.has_look)
        result_note(root, "no earlier look: the kept one is %.0f s old", age);
    else
        result_note(root, "no earlier look: %s", why.text);

    bool sampled = host->has_reads && !paging.is_rate;
    if (sampled)
        sampled = host->has_reads =
            page_rate_find(run, &paging.sample, previous.has_sample ? &previous.sample : NULL, &why,
                           options->interval, &rate, err);
    if (!paging.is_rate && !host->has_reads)
        result_note(root, "not read: %s", err->text);
    host->reads = sampled ? rate.reads : paging.reads;
    if (!(sampled && rate.too_young) &&
        !keep_look(&keep, &host->now, sampled ? &rate : NULL, run->arena, &why))
        result_note(root, "this look could not be kept for the next run: %s", why.text);
    keep_close(&keep);
    return true;
}

/* ---- words ---- */

enum role { TAKES, GIVES, RETURNS };

static bool has_role(const struct party *party, enum role role)
{
    return role == TAKES ? party->takes : role == GIVES ? party->gives : party->returns;
}

/* "VM8", "VM8 and VM7", "VM1 and 6 more": by name whoever moved the most. */
static const char *name_parties(const struct contention *contention, enum role role,
                                struct arena *arena)
{
    const struct party *first = NULL, *other = NULL;
    size_t count = 0;
    for (size_t i = 0; i < contention->count; i++) {
        const struct party *party = &contention->parties[i];
        if (!has_role(party, role))
            continue;
        double net = party->gained - party->lost;
        count++;
        if (!first || (role == TAKES ? net > first->gained - first->lost
                                     : net < first->gained - first->lost)) {
            other = first;
            first = party;
        } else {
            other = party;
        }
    }
    if (!count)
        return "";
    const char *text = count == 1   ? arena_format(arena, "%s", SHOW_NAME(first->vm->name))
                       : count == 2 ? arena_format(arena, "%s and %s", SHOW_NAME(first->vm->name),
                                                   SHOW_NAME(other->vm->name))
                                    : arena_format(arena, "%s and %zu more",
                                                   SHOW_NAME(first->vm->name), count - 1);
    return text ? text : "";
}

static const char *plural(size_t count, const char *one, const char *many)
{
    return count == 1 ? one : many;
}

/* What happens, in the first line. */
static void tell_contention(const struct contention *contention, struct arena *arena,
                            struct text *line)
{
    const char *taking = name_parties(contention, TAKES, arena);
    const char *giving = name_parties(contention, GIVES, arena);
    if (!contention->giving)
        text_printf(
            line, "%zu VM%s", contention->wanting,
            plural(contention->wanting, " wants more than there is", "s want more than there is"));
    else if (contention->by_level)
        text_printf(line, "%s lack%s memory that was taken from %s", giving,
                    plural(contention->giving, "s", ""), plural(contention->giving, "it", "them"));
    else if (contention->taking)
        text_printf(line, "%s take%s memory from %s", taking, plural(contention->taking, "s", ""),
                    giving);
    else
        text_printf(line, "memory is taken from %s", giving);
}

static void tell_growing(const struct contention *contention, struct arena *arena,
                         struct text *line)
{
    text_puts(line, "growing: ");
    if (contention->taking)
        text_printf(line, "%s gain%s %s", name_parties(contention, TAKES, arena),
                    plural(contention->taking, "s", ""), SHOW(show_memory, contention->gained));
    if (contention->tight)
        text_printf(line, "%sthe balancer can't give every VM its buffer",
                    contention->taking ? ", " : "");
}

static void tell_recovering(const struct contention *contention, struct arena *arena,
                            struct text *line)
{
    text_puts(line, "recovering: ");
    if (contention->returning)
        text_printf(line, "%s give%s back %s", name_parties(contention, RETURNS, arena),
                    plural(contention->returning, "s", ""),
                    SHOW(show_memory, contention->returned));
    if (contention->taking)
        text_printf(line, "%s%s gain%s %s", contention->returning ? ", " : "",
                    name_parties(contention, TAKES, arena), plural(contention->taking, "s", ""),
                    SHOW(show_memory, contention->gained));
    if (!contention->returning && !contention->taking)
        text_puts(line, "the shortage is over");
}

static void tell_paging(struct run *run, const struct host *host, struct text *line)
{
    const struct contention_options *options = run->options;
    static const struct range none = {0};
    if (!host->has_reads || !range_alarms(&options->paging, host->reads))
        return;
    text_printf(line, "; the parent has %s page reads/s%s", SHOW(show_rounded, host->reads),
                check_limit(run->arena, host->reads, &none, &options->paging, RANGE_NUMBER));
}

static void tell_amounts(struct run *run, const struct host *host, struct text *line)
{
    const struct common_options *common = run->options;
    const struct look *now = &host->now;
    text_printf(line, ": %s wanted, %s there", SHOW(show_memory, now->demand),
                SHOW(show_memory, now->capacity));
    if (now->shortage > 0)
        text_printf(line, ", %s short%s", SHOW(show_memory, now->shortage),
                    check_limit(run->arena, host->percent, &common->warning, &common->critical,
                                RANGE_PERCENT));
    else
        text_printf(line, ", %s available", SHOW(show_memory, now->available));
}

/* ---- long text ---- */

static void tell_party(struct run *run, const struct contention *contention,
                       const struct party *party)
{
    const struct look_vm *vm = party->vm;
    struct text line = {0};
    /* The lines of a fight are always shown, others with -v. */
    bool fights =
        contention->phase == PHASE_CONTENTION && (party->wants || party->gives || party->takes);
    if (!fights && !run->result.verbose)
        return;
    text_printf(&line, "%s wants %s", SHOW_NAME(vm->name), SHOW(show_memory, vm->wish));
    if (vm->wish > vm->demand)
        text_printf(&line, ", may have %s", SHOW(show_memory, vm->demand));
    text_printf(&line, ", has %s", SHOW(show_memory, vm->physical));
    if (party->compared)
        text_printf(&line, ", gained %s, lost %s", SHOW(show_memory, party->gained),
                    SHOW(show_memory, party->lost));
    else if (!vm->key)
        text_puts(&line, ", what moved is not known: it is one of several VMs of this name");
    else if (contention->compared)
        text_puts(&line, ", what moved is not known: it is new here, or was started again");
    if (fights)
        result_tell(&run->result.root, "%s", line.bytes ? line.bytes : "");
    else
        result_note(&run->result.root, "%s", line.bytes ? line.bytes : "");
    run->result.failed = run->result.failed || line.failed;
    text_free(&line);
}

static void advise_moves(struct run *run, const struct contention *contention)
{
    enum { NAMED = 3 };
    struct text line = {0};
    double wanted = 0;
    if (!contention->move_count)
        return;
    text_puts(&line, "to end the shortage: move ");
    for (size_t i = 0; i < contention->move_count; i++) {
        wanted += contention->move[i]->demand;
        if (i < NAMED)
            text_printf(&line, "%s%s", i ? ", " : "", SHOW_NAME(contention->move[i]->name));
    }
    if (contention->move_count > NAMED)
        text_printf(&line, " and %zu more", contention->move_count - NAMED);
    text_printf(&line, " to another host (%s %s)",
                plural(contention->move_count, "it wants", "they want"), SHOW(show_memory, wanted));
    if (contention->shrink_to > 0)
        text_printf(&line, ", or lower its maximum RAM to %s",
                    SHOW(show_memory, contention->shrink_to));
    result_tell(&run->result.root, "%s", line.bytes ? line.bytes : "");
    run->result.failed = run->result.failed || line.failed;
    text_free(&line);
}

static void advise_minimum(struct run *run, const struct contention *contention)
{
    const struct look_vm *most = NULL;
    for (size_t i = 0; i < contention->count; i++)
        if (!most || contention_held(contention->parties[i].vm) > contention_held(most))
            most = contention->parties[i].vm;
    if (most && contention->held >= MEGABYTE)
        result_tell(&run->result.root,
                    "%s of minimum or startup RAM are held without need, %s of them by %s: lower "
                    "it",
                    SHOW(show_memory, contention->held), SHOW(show_memory, contention_held(most)),
                    SHOW_NAME(most->name));
}

/* Only Windows Server 2008 R2 needs MemoryReserve: later ones keep a reserve by themselves. */
static bool read_reserve(struct run *run, const struct windows *windows, bool *ret_lacks,
                         double *ret_least, struct error *err)
{
    struct reserve reserve = {.kind = RESERVE_SET};
    bool needs = windows->major == 6 && windows->minor == 1;
    bool read = !needs || reserve_read(run->source, run->arena, &reserve, err);
    if (!read && reading_is_absent(err))
        result_note(&run->result.root, "not read: %s", err->text);
    *ret_lacks = read && reserve.kind != RESERVE_SET;
    *ret_least = *ret_lacks ? reserve_computed(windows->memory) : 0;
    return read || reading_is_absent(err);
}

static void advise(struct run *run, const struct host *host, bool no_reserve, double least)
{
    struct finding *root = &run->result.root;
    advise_moves(run, &host->contention);
    advise_minimum(run, &host->contention);
    if (no_reserve)
        result_tell(root,
                    "to keep the parent off its disk: set MemoryReserve to %s or more (REG_DWORD, "
                    "in MB) and restart the service vmms",
                    SHOW(show_memory, least));
    if (!host->contention.compared)
        result_tell(root, "one look only: who takes memory from whom shows from the next run on");
}

/* ---- judging ---- */

static enum state judge(const struct contention_options *options, const struct host *host)
{
    const struct range *warning = &options->common.warning;
    enum state state = state_of(host->percent, warning, &options->common.critical);
    if (host->contention.phase != PHASE_CONTENTION)
        return state;
    if (!warning->set)
        state = state_worse(state, STATE_WARNING);
    if (host->has_reads && range_alarms(&options->paging, host->reads))
        state = STATE_CRITICAL;
    return state;
}

static void measure(struct run *run, const struct host *host)
{
    const struct contention_options *options = run->options;
    double unit = host->now.capacity / 100;
    const struct look *now = &host->now;
    const struct balancer *balancer = &host->vms.balancer;
    const struct perfdata items[] = {
        {.label = "demand", .value = show_nearest(now->demand), .unit = "B"},
        {.label = "capacity", .value = now->capacity, .unit = "B"},
        {.label = "shortage",
         .value = show_nearest(now->shortage),
         .unit = "B",
         .warning = range_scaled(options->common.warning, unit),
         .critical = range_scaled(options->common.critical, unit)},
        {.label = "available", .value = now->available, .unit = "B"},
        {.label = "giving", .value = (double)host->contention.giving, .unit = ""},
        {.label = "taking", .value = (double)host->contention.taking, .unit = ""},
    };
    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        result_measure(&run->result.root, items[i]);
    if (balancer->has_parent)
        result_measure(&run->result.root, (struct perfdata){.label = "parent_available",
                                                            .value = balancer->parent_available,
                                                            .unit = "B"});
    if (host->has_reads)
        result_measure(&run->result.root, (struct perfdata){.label = "page_reads",
                                                            .value = host->reads,
                                                            .unit = "",
                                                            .critical = options->paging});
}

static void tell_first_line(struct run *run, const struct host *host, bool no_reserve)
{
    const struct contention *contention = &host->contention;
    struct text line = {0};
    if (!contention->count) {
        result_say(&run->result.root, "no VM with Dynamic Memory is running, %s available",
                   SHOW(show_memory, host->now.available));
        return;
    }
    switch (contention->phase) {
    case PHASE_CONTENTION:
        tell_contention(contention, run->arena, &line);
        break;
    case PHASE_GROWING:
        tell_growing(contention, run->arena, &line);
        break;
    case PHASE_RECOVERING:
        tell_recovering(contention, run->arena, &line);
        break;
    case PHASE_CALM:
    case PHASE_OPEN:
        text_puts(&line, phase_name(contention->phase));
        break;
    }
    tell_amounts(run, host, &line);
    if (contention->phase == PHASE_CONTENTION) {
        tell_paging(run, host, &line);
        if (no_reserve)
            text_puts(&line, ", MemoryReserve is not set");
    } else if (!contention->compared) {
        text_puts(&line, " (one look only: what moves shows from the next run on)");
    }
    result_say(&run->result.root, "%s", line.bytes ? line.bytes : "");
    run->result.failed = run->result.failed || line.failed;
    text_free(&line);
}

/* What could not be judged must not look well. */
static void tell_gaps(struct run *run, const struct host *host)
{
    struct finding *root = &run->result.root;
    for (size_t i = 0; i < host->vms.count; i++)
        if (host->vms.items[i].kind == VM_UNJUDGED)
            result_say(result_add(root, STATE_UNKNOWN), "%s can't be judged: %s",
                       SHOW_NAME(host->vms.items[i].name), host->vms.items[i].problem);
        else if (host->vms.items[i].kind == VM_DYNAMIC && !host->vms.items[i].has_pressure)
            result_say(result_add(root, STATE_UNKNOWN),
                       "%s can't be judged: its Average Pressure has no value",
                       SHOW_NAME(host->vms.items[i].name));
    if (host->contention.phase == PHASE_CONTENTION && !host->has_reads)
        result_say(result_add(root, STATE_UNKNOWN),
                   "whether the parent has run short can't be told: no page reads were read");
    if (host->now.silent)
        result_note(root, "%zu VM%s with a pressure of 0: counted with what %s", host->now.silent,
                    plural(host->now.silent, "", "s"),
                    plural(host->now.silent, "it holds", "they hold"));
    for (size_t i = 0; i < host->vms.missing_count; i++)
        result_note(root, "not read: %s", host->vms.missing[i]);
    for (size_t i = 0; i < host->vms.balancer.missing_count; i++)
        result_note(root, "not read: %s", host->vms.balancer.missing[i]);
}

static bool run(struct run *run, struct error *err)
{
    const struct contention_options *options = run->options;
    struct host host = {0};
    if (options->since && strncmp(options->common.source, "record:", 7) != 0)
        return error_set(err, "--since is for a record: local compares with the previous run");
    if (!read_now(run, &host, err) ||
        !(source_moment(run->source).recorded ? read_log(run, &host, err)
                                              : read_kept(run, &host, err)))
        return false;
    if (!contention_judge(&host.now, host.has_before ? &host.before : NULL, run->arena,
                          &host.contention, err))
        return false;
    if (host.now.capacity > 0)
        host.percent = host.now.shortage / host.now.capacity * 100;

    double least = 0;
    bool fighting = host.contention.phase == PHASE_CONTENTION, no_reserve = false;
    if (fighting && !read_reserve(run, &host.vms.windows, &no_reserve, &least, err))
        return false;
    run->result.root.state = judge(options, &host);
    measure(run, &host);
    tell_first_line(run, &host, no_reserve);
    tell_gaps(run, &host);
    if (fighting)
        advise(run, &host, no_reserve, least);
    for (size_t i = 0; i < host.contention.count; i++)
        tell_party(run, &host.contention, &host.contention.parties[i]);
    return true;
}

static const struct example examples[] = {
    {"", "On the host: WARNING in contention, CRITICAL above 5 % short or while the parent pages."},
    {"-w 2 -c 10 --paging=60", "Later: only above 2 and 10 % short."},
    {"--source=record:DIR --at=2011-09-01T10:35 --since=300",
     "In a recorded log: what happened in the five minutes before."},
    {0},
};

const struct check check_hv_contention = {
    .program = "check_hv_contention",
    .title = "HV CONTENTION",
    .purpose =
        "Names the phase that the memory of a Hyper-V host is in (calm, growing, contention, "
        "recovering), who takes memory from whom, and what would end it.",
    .options = rows,
    .options_size = sizeof(struct contention_options),
    .examples = examples,
    .run = run,
};
