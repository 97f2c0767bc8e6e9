/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/check.h"

#include "counter/record/writer.h"
#include "counter/source.h"
#include "hyperv/demand.h"
#include "platform/platform.h"
#include "plugin/ini.h"
#include "plugin/show.h"

#include <string.h>

/* ---- the options that all checks have ---- */

/* --extra-opts without a section and a file. */
static const char usual_settings[] = "@";

static bool read_extra_opts(const struct option *option, const char *value, void *target,
                            struct arena *arena, struct error *err)
{
    return value && *value ? option_texts(option, value, target, arena, err)
                           : option_texts(option, usual_settings, target, arena, err);
}

static const char *const perfdata_modes[] = {
    [PERFDATA_AUTO] = "auto",
    [PERFDATA_ALL] = "all",
    [PERFDATA_SUMMARY] = "summary",
    [PERFDATA_NONE] = "none",
    NULL,
};

static const char source_preset[] = "local";

#define TARGET(member) offsetof(struct common_options, member)

const struct option check_common_options[] = {
    {.name = "timeout",
     .letter = 't',
     .argument = "SECONDS",
     .read = option_whole,
     .target = TARGET(timeout),
     .preset = "10",
     .least = 1,
     .most = 3600,
     .help = "Give up and answer UNKNOWN after this time."},
    {.name = "source",
     .argument = "SPEC",
     .read = option_text,
     .target = TARGET(source),
     .preset = source_preset,
     .help =
         "Where to read from: local is this machine, record:DIR a directory of files that "
         "Windows' own tools wrote (counters.csv, registry.reg, Msvm_*.csv, Win32_*.csv), "
         "winrm:HOST[:PORT] a Hyper-V host that is queried over the network (on Linux, with the "
         "package monitoring-plugins-hyperv-winrm)."},
    {.name = "at",
     .argument = "TIME",
     .read = option_text,
     .target = TARGET(source_options.at),
     .help = "In a recorded log, use the row that was current at this time by its own clock: "
             "\"YYYY-MM-DD HH:MM[:SS]\", with a blank or a T. By default, the last complete row."},
    {.name = "max-age",
     .argument = "SECONDS",
     .read = option_whole,
     .target = TARGET(source_options.max_age),
     .least = 1,
     .most = 31536000,
     .help = "UNKNOWN if the row of a recorded log, or any other file read from a record, is older "
             "than this by the clock of this machine, so that a record that is no longer written "
             "never looks healthy."},
    {.name = "encoding",
     .argument = "NAME",
     .read = option_text,
     .target = TARGET(source_options.encoding),
     .help = "The encoding of a record's files that have no byte order mark and are not UTF-8; by "
             "default, the one in which the names in the log match those in the exports."},
    {.name = "utc-offset",
     .argument = "+HH:MM",
     .read = option_text,
     .target = TARGET(source_options.utc_offset),
     .help = "How far the clock of a recorded log is ahead of UTC, if its header lacks the time "
             "zone: Windows cuts it off at a letter that is not ASCII, and typeperf's screen "
             "output has none. By default, --max-age uses the file's own time."},
    {.name = "credentials",
     .argument = "FILE",
     .read = option_text,
     .target = TARGET(source_options.credentials),
     .help = "How to log in for --source=winrm:HOST, and to which hosts: a file of NAME = VALUE "
             "that only its owner can read (names: hosts, and keytab, principal or ccache for "
             "Kerberos, or username, password and domain for NTLM)."},
    {.name = "record",
     .argument = "DIR",
     .read = option_text,
     .target = TARGET(record),
     .help = "Also write the data that was read to this directory, as a record for "
             "--source=record:DIR; several checks can write to the same one within five minutes. "
             "Nothing is overwritten, and a failure to write does not change the result."},
    {.name = "perfdata",
     .argument = "auto|all|summary|none",
     .read = option_choice,
     .target = TARGET(perfdata),
     .preset = "auto",
     .choices = perfdata_modes,
     .help = "Which performance data to print. auto: the summary, and that of each VM or node if "
             "all of them fit; all: of each VM or node even at the expense of long text; summary: "
             "the summary alone; none."},
    {.name = "max-bytes",
     .argument = "N",
     .read = option_whole,
     .target = TARGET(max_bytes),
     .preset = "4096",
     .least = RENDER_LEAST,
     .most = 1048576,
     .help = "Print at most this many bytes, without cutting anything in the middle. Nagios 4 "
             "sometimes drops everything after the first 4096 bytes; Icinga 2, and NRPE from "
             "version 3 on, take more; set 1023 where check_nrpe speaks version 2."},
    {.name = "extra-opts",
     .argument = "[SECTION][@FILE]",
     .read = read_extra_opts,
     .target = TARGET(extra),
     .early = true,
     .optional = true,
     .repeats = true,
     .help = "Read options from an INI file: by default, from the section named after the program "
             "in /etc/monitoring-plugins/hyperv.ini (on Windows, in monitoring-plugins\\hyperv.ini "
             "in %ProgramData%). Only this account and administrators may be able to write to it. "
             "If given several times, they are read in order, as one section. Options on the "
             "command line override those of the file; lists are replaced as a whole."},
    {.name = "verbose",
     .letter = 'v',
     .read = option_count,
     .target = TARGET(verbose),
     .repeats = true,
     .help = "Also show what is OK, what was left out, and which counters are missing."},
    {.name = "help",
     .letter = 'h',
     .read = option_flag,
     .target = TARGET(help),
     .early = true,
     .help = "Print this help and exit with 3."},
    {.name = "version",
     .letter = 'V',
     .read = option_flag,
     .target = TARGET(version),
     .early = true,
     .help = "Print the version and exit with 3."},
    {0},
};

/* ---- --extra-opts ---- */

enum { LARGEST_INI = 1024 * 1024 };

static bool apply_ini(const struct options *options, const char *section, char *text,
                      struct error *err)
{
    struct ini ini = ini_begin(text);
    bool found = false;
    for (;;) {
        struct ini_entry entry;
        if (!ini_next(&ini, &entry, err))
            return false;
        if (!entry.key)
            return found || error_set(err, "no section [%s]", SHOW_NAME(section));
        if (strcmp(entry.section, section) != 0)
            continue;
        found = true;
        if (!*entry.key) /* the section's own line */
            continue;
        /* What the options keep of the value must outlive the file's text. */
        const char *value =
            entry.value ? arena_text(options->arena, entry.value, strlen(entry.value)) : NULL;
        if (entry.value && !value)
            return error_memory(err);
        if (!options_set(options, entry.key, value, err))
            return error_prefix(err, "line %u: ", entry.line);
    }
}

static bool read_extra(const struct check *check, const struct options *options, const char *spec,
                       struct error *err)
{
    const char *at = strchr(spec, '@');
    size_t length = at ? (size_t)(at - spec) : strlen(spec);
    const char *section = length ? arena_text(options->arena, spec, length) : check->program;
    const char *path = at && at[1] ? at + 1 : platform_config_path(options->arena);
    if (!section || !path)
        return error_memory(err);

    struct text text = {0};
    bool read = settings_read(path, LARGEST_INI, &text, err);
    struct error cause = *err;
    if (!read && cause.code == PLATFORM_REFUSED)
        error_set(err,
                  "%s: anyone who can write there controls the alarms: only this account and "
                  "administrators may be able to",
                  cause.text);
    else if (read && strlen(text.bytes) < text.length)
        read = error_set(err, "%s: not plain text: save it as UTF-8", path);
    else if (read)
        read = apply_ini(options, section, text.bytes, err) || error_prefix(err, "%s: ", path);
    text_free(&text);
    return read || error_prefix(err, "--extra-opts: ");
}

/* ---- help and version ---- */

static void print_version(const struct check *check, struct text *out)
{
    text_printf(out, "%s v%s (monitoring-plugins-hyperv %s)\n", check->program, PACKAGE_VERSION,
                PACKAGE_VERSION);
}

static void print_help(const struct check *check, const struct options *options, struct text *out)
{
    print_version(check, out);
    text_puts(out, "\n");
    text_wrap(out, check->purpose, 0, COLUMNS);
    text_puts(out, "\n");
    options_usage(options, check->program, out);
    text_puts(out, "\nOptions:\n");
    options_help(options, out);
    text_puts(out, "\n");
    text_wrap(
        out,
        "A RANGE is [@]start:end as in the Monitoring Plugins guidelines: 10 alarms outside 0 "
        "to 10, 10: below 10, ~:10 above 10, 10:20 outside 10 to 20, @10:20 inside 10 to 20. "
        "Both ends are included.",
        0, COLUMNS);
    text_puts(out, "\nExamples:\n");
    for (const struct example *example = check->examples; example->arguments; example++)
        text_printf(out, "  %s%s%s\n      %s\n", check->program, *example->arguments ? " " : "",
                    example->arguments, example->meaning);
}

static void print_short_usage(const struct check *check, struct text *out)
{
    text_printf(out, "Usage: %s [-w RANGE] [-c RANGE] [OPTION]...; %s --help lists all\n",
                check->program, check->program);
}

/* ---- running ---- */

/* max_bytes 0: any. */
static int print_unknown(const struct check *check, const char *why, size_t max_bytes,
                         struct text *out)
{
    render_first_line(check->title, STATE_UNKNOWN, why, max_bytes ? max_bytes - 1 : 0, out);
    text_puts(out, "\n");
    return STATE_UNKNOWN;
}

static bool start_deadline(const struct check *check, const struct common_options *common,
                           struct arena *arena, struct error *err)
{
    const char *answer = arena_format(arena, "%s UNKNOWN - no answer within %lu s (--timeout)\n",
                                      check->title, common->timeout);
    return arena->failed ? error_memory(err)
                         : deadline_start(common->timeout, answer, STATE_UNKNOWN, err);
}

static void tell_origin(struct run *run)
{
    if (source_remark(run->source))
        result_tell(&run->result.root, "%s", source_remark(run->source));
    struct moment moment = source_moment(run->source);
    if (moment.recorded)
        result_note(&run->result.root, "read from a record of %s%s%s",
                    stamp_print_iso((char[STAMP_SIZE]){0}, moment.wall), *moment.zone ? ", " : "",
                    moment.zone);
}

/* With the source open: let the check run, and write the record of what it read. What was read of a
 * host on which the check fails is just what a support case needs. */
static bool run_on_source(const struct check *check, const struct common_options *common,
                          struct run *run, struct error *err)
{
    if (common->record && !record_writer_open(run->source, run->arena, &run->source, err))
        return false;
    bool ran = check->run(run, err);
    tell_origin(run);
    struct error unwritten;
    if (common->record && !record_writer_write(run->source, common->record, &unwritten)) {
        run->unwritten = arena_format(run->arena, "no record was written: %s", unwritten.text);
        result_tell(&run->result.root, "%s", run->unwritten);
    }
    return ran;
}

struct source_options check_source_options(const struct common_options *common)
{
    struct source_options options = common->source_options;
    options.names = hyperv_row_names;
    options.classes = counter_classes;
    return options;
}

/* A check that reads the nodes of a cluster opens their sources itself. */
static bool run_without_source(const struct check *check, const struct common_options *common,
                               struct run *run, struct error *err)
{
    if (strcmp(common->source, source_preset) != 0)
        return error_set(err, "--source: %s reads what --node and --nodes name instead",
                         check->program);
    return check->run(run, err);
}

static bool run_check(const struct check *check, const struct common_options *common,
                      struct run *run, struct error *err)
{
    bool with_items = common->perfdata == PERFDATA_AUTO || common->perfdata == PERFDATA_ALL;
    result_begin(&run->result, run->arena, check->title);
    run->result.verbose = common->verbose > 0;
    run->result.room = with_items ? common->max_bytes : 1;
    if (!start_deadline(check, common, run->arena, err))
        return false;
    struct source_options options = check_source_options(common);
    unsigned useless = source_options_given(&options) & check->refuses;
    if (useless)
        return error_set(err, "%s: %s does not read a log", source_option_name(useless),
                         check->program);
    if (check->reads_source && !check->reads_source(common))
        return run_without_source(check, common, run, err);
    if (!source_open(common->source, &options, run->arena, &run->source, err))
        return false;
    bool ran = run_on_source(check, common, run, err);
    source_close(run->source);
    return ran;
}

/* The timeout counts from before a file is read: it may be on a share that is gone. */
static bool read_options(const struct check *check, struct options *options, int argc,
                         char *const *argv, struct error *err)
{
    const struct common_options *common = options->values;
    const struct text_list *extra = &common->extra;
    if (!options_preset(options, err) ||
        (extra->count && (!options_look_ahead(options, check->options_size, argc, argv, err) ||
                          !start_deadline(check, options->ahead, options->arena, err))))
        return false;
    for (size_t i = 0; i < extra->count; i++)
        if (!read_extra(check, options, extra->items[i], err))
            return false;
    return options_read(options, argc, argv, err);
}

/* Wrong options have a budget, too: the smaller one of what was read and what would have been. */
static int refuse_options(const struct check *check, struct options *options, int argc,
                          char *const *argv, const struct error *why, struct text *out)
{
    const struct common_options *common = options->values;
    struct error ignored;
    size_t limit = common->max_bytes, start = out->length;
    if (options_look_ahead(options, check->options_size, argc, argv, &ignored)) {
        const struct common_options *ahead = options->ahead;
        if (ahead->max_bytes < limit)
            limit = ahead->max_bytes;
    }
    print_unknown(check, why->text, limit, out);
    size_t end = out->length;
    print_short_usage(check, out);
    if (out->length - start > limit)
        text_cut(out, end);
    return STATE_UNKNOWN;
}

static int run_in_arena(const struct check *check, int argc, char *const *argv, struct arena *arena,
                        struct text *out)
{
    struct error err;
    struct common_options *common = arena_array(arena, 1, check->options_size);
    const struct option *const tables[] = {check->options, check_common_options, NULL};
    struct options options = {.tables = tables, .values = common, .arena = arena};
    if (!common)
        return print_unknown(check, "out of memory", 0, out);

    options_read_early(&options, argc, argv);
    if (common->help || common->version) {
        if (common->help)
            print_help(check, &options, out);
        else
            print_version(check, out);
        return STATE_UNKNOWN;
    }
    if (!read_options(check, &options, argc, argv, &err))
        return refuse_options(check, &options, argc, argv, &err, out);
    struct run run = {.check = check, .options = common, .arena = arena};
    bool ran = run_check(check, common, &run, &err);
    if (arena->failed) /* whatever was made of it: not all that should have been seen was */
        error_memory(&err);
    if (!ran || arena->failed) {
        /* A record that could not be written either is a line of its own, if there is room. */
        size_t lost = run.unwritten ? strlen(run.unwritten) + 1 : 0;
        bool fits = lost && lost <= common->max_bytes / 2;
        print_unknown(check, err.text, common->max_bytes - (fits ? lost : 0), out);
        if (fits) {
            render_safe(run.unwritten, out);
            text_puts(out, "\n");
        }
        return STATE_UNKNOWN;
    }
    const struct render_options render_options = {
        .perfdata = (enum perfdata_mode)common->perfdata,
        .max_bytes = common->max_bytes,
    };
    return (int)render(&run.result, &render_options, out);
}

int check_run(const struct check *check, int argc, char *const *argv, struct text *out)
{
    struct arena arena = {0};
    size_t start = out->length;
    int status = run_in_arena(check, argc, argv, &arena, out);
    arena_free(&arena);
    if (!out->failed)
        return status;
    text_cut(out, start);
    out->failed = false; /* there is room for a short line now, or check_main() sees that not */
    return print_unknown(check, "out of memory", 0, out);
}

int check_main(const struct check *check, int argc, char *const *argv)
{
    static const char no_memory[] = "UNKNOWN - out of memory\n";
    struct text out = {0};
    int status = check_run(check, argc, argv, &out);
    bool written = out.failed ? output_write(no_memory, sizeof no_memory - 1)
                              : output_write(out.bytes, out.length);
    if (!written) /* an answer that nobody got is not OK */
        status = STATE_UNKNOWN;
    text_free(&out);
    return status;
}

/* ---- for the checks ---- */

const char *check_judge(struct finding *finding, const struct perfdata *value, enum range_unit unit)
{
    result_measure(finding, *value);
    if (value->unknown)
        return "";
    finding->state =
        state_worse(finding->state, state_of(value->value, &value->warning, &value->critical));
    return check_limit(finding->result->arena, value->value, &value->warning, &value->critical,
                       unit);
}

const char *check_limit(struct arena *arena, double value, const struct range *warning,
                        const struct range *critical, enum range_unit unit)
{
    char range[RANGE_TEXT_SIZE];
    enum state state = state_of(value, warning, critical);
    if (state == STATE_OK)
        return "";
    bool is_critical = state == STATE_CRITICAL;
    return arena_format(arena, " (%s %s)", is_critical ? "critical" : "warning",
                        range_describe(range, is_critical ? critical : warning, unit));
}

const char *check_count_unjudged(const struct vms *vms, struct arena *arena)
{
    size_t count = 0;
    for (size_t i = 0; i < vms->count; i++)
        count += vms->items[i].kind == VM_UNJUDGED;
    return count ? arena_format(arena, ", %zu VM%s can't be judged", count, count == 1 ? "" : "s")
                 : "";
}

void check_note_vms(struct run *run, const struct vms *vms)
{
    struct finding *root = &run->result.root;
    for (size_t i = 0; i < vms->ignored_count; i++)
        result_note(root, "ignored by --ignore-instance: %s", SHOW_NAME(vms->ignored[i]));
    for (size_t i = 0; i < vms->missing_count; i++)
        result_note(root, "not read: %s", vms->missing[i]);
    check_note_untold(run, vms->untold, vms->untold_count);
}

void check_note_untold(struct run *run, const char *const *names, size_t count)
{
    struct text list = text_in(run->arena);
    for (size_t i = 0; i < count; i++)
        text_printf(&list, "%s%s", i ? ", " : "", names[i]);
    if (count)
        result_note(&run->result.root, "not reported here, as on older Windows: %s",
                    text_of(&list));
}

void check_unsure_node(struct finding *finding, const struct balancer_node *node,
                       const char *remedy)
{
    finding->state = STATE_UNKNOWN;
    result_say(
        finding,
        "%s: %s available, its pressure is not known, so its VMs may or may not lack memory%s",
        SHOW_NAME(node->name), SHOW(show_memory, node->available), remedy);
}

void check_tell_nodes(struct run *run, const struct demand *look, enum state state)
{
    struct finding *root = &run->result.root;
    const struct balancer_node *node = look->short_node;
    if (node && look->balancer.count > 1)
        result_say(result_add(root, state),
                   "%s: %s available, pressure %s: its VMs lack up to %s and can't use what other "
                   "NUMA nodes have: move one of them, or allow NUMA spanning",
                   SHOW_NAME(node->name), SHOW(show_memory, node->available),
                   SHOW(show_percent, node->pressure), SHOW(show_memory, look->shortage));
    if (look->unsure_node)
        check_unsure_node(result_add(root, STATE_OK), look->unsure_node, "");
}

struct perfdata check_counter_perfdata(const char *label, enum counter_unit unit, double value)
{
    static const char *const units[] = {
        [UNIT_MEGABYTES] = "B",
        [UNIT_PERCENT] = "%",
        [UNIT_TOTAL] = "c",
    };
    return (struct perfdata){.label = label, .value = value, .unit = units[unit]};
}

void check_show_counter(const struct counter_name *counter, double value, struct text *out)
{
    static char *(*const show[])(char[SHOW_SIZE], double) = {
        [UNIT_MEGABYTES] = show_memory,
        [UNIT_PERCENT] = show_percent,
        [UNIT_TOTAL] = show_rounded,
    };
    text_printf(out, "%s %s", counter->name, SHOW(show[counter->unit], value));
}
