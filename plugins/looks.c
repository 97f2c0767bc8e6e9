/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugins/looks.h"

#include "plugins/page_rate.h"

#include <stdlib.h>
#include <string.h>

/* known: what was read of the same host before, for its settings; or NULL. */
static bool read_vms(struct source *source, const struct looks_options *wanted,
                     const struct vms *known, struct arena *arena, struct vms *vms,
                     struct error *err)
{
    const struct vms_options options = {
        .counters = LOOK_COUNTERS, .balancer = true, .ignore = wanted->ignore, .settings = known};
    return vms_read(source, &options, arena, vms, err);
}

static bool read_now(struct run *run, const struct looks_options *options, struct looks *looks,
                     struct error *err)
{
    const struct vms *vms = &looks->vms;
    if (!read_vms(run->source, options, NULL, run->arena, &looks->vms, err) ||
        !look_of(vms, run->arena, &looks->now, err) || !balancer_check(&vms->balancer, err))
        return false;
    if (looks->now.count && looks->now.unread + looks->now.silent == looks->now.count)
        return error_set(err, "no VM's Average Pressure is known: %s",
                         looks->now.silent    ? "it is 0, so no guest tells it: are its "
                                                "integration services running?"
                         : vms->missing_count ? vms->missing[0]
                                              : "it has no value");
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

enum { OLDEST = 3600 }; /* seconds: what moved in longer a time tells nothing about now */

/* How old a row may be that the one of now is compared with: as old again as was asked for, or
 * a minute more, where rows are far apart. */
static unsigned long oldest(unsigned long since)
{
    enum { LEAST = 60 };
    return !since ? OLDEST : since + (since > LEAST ? since : LEAST);
}

static double seconds_between(struct moment before, struct moment now)
{
    int64_t zones = before.has_bias && now.has_bias ? now.bias - before.bias : 0;
    return (double)(now.wall - before.wall) / 1000 + (double)zones * 60;
}

/* Is the row before young enough? Its time is told either way. */
static bool check_interval(struct run *run, unsigned long since, struct moment before)
{
    double seconds = seconds_between(before, source_moment(run->source));
    const char *when = stamp_print_iso((char[STAMP_SIZE]){0}, before.wall);
    bool young = seconds >= 0 && seconds <= (double)oldest(since);
    if (young)
        result_note(&run->result.root, "compared with the row of %s, %.0f s before", when, seconds);
    else
        result_note(&run->result.root,
                    "no earlier look: the row of %s is %.0f s older, and %lu s is the most", when,
                    seconds, oldest(since));
    return young;
}

/* The look before. A log that begins later leaves a single look, which says so. */
static bool read_before(struct run *run, const struct looks_options *options, struct arena *scratch,
                        struct looks *looks, struct error *err)
{
    struct source *earlier;
    struct vms vms;
    if (!source_earlier(run->source, options->since, scratch, &earlier, err)) {
        if (reading_is_absent(err))
            result_note(&run->result.root, "no earlier look: %s", err->text);
        return reading_is_absent(err);
    }
    if (!check_interval(run, options->since, source_moment(earlier))) {
        source_close(earlier);
        return true;
    }
    bool read = read_vms(earlier, options, &looks->vms, scratch, &vms, err) &&
                look_of(&vms, run->arena, &looks->before, err);
    source_close(earlier);
    looks->has_before = read && !vms.balancer.invalid;
    if (read && !looks->has_before)
        result_note(&run->result.root,
                    "no earlier look: Available Memory had no valid value in that row");
    return read;
}

/* What a log holds of the past. */
static bool read_log(struct run *run, const struct looks_options *options, struct looks *looks,
                     struct error *err)
{
    struct paging paging = {0};
    if (!read_paging(run, &paging, &looks->has_reads, err))
        return false;
    looks->reads = paging.reads;
    struct arena scratch = {0}; /* the look alone is kept: what it was taken of can be large */
    bool read = read_before(run, options, &scratch, looks, err);
    arena_free(&scratch);
    return read;
}

/* What the previous run kept. */
struct previous {
    struct look look;
    bool has_look;
    int64_t wall; /* when, in ms since 1970 */
    struct page_past pages;
};

/* While it is not known how often the check runs, what moved in so many seconds tells about now. */
enum { FIRST_OLDEST = 300 };

static bool read_previous(struct state_file *file, struct arena *arena, struct previous *ret,
                          struct error *err)
{
    struct state_file_entry entry;
    struct previous previous = {0};
    while (state_file_next(file, &entry)) {
        if (page_rate_kept(&entry, &previous.pages))
            continue;
        if (!strcmp(entry.key, "wall"))
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
                      const struct cadence *cadence, struct arena *arena, struct error *err)
{
    struct text *text = keep_anew(keep);
    const char *line = look_print(look, arena);
    state_file_add(text, "wall", "%lld", (long long)clock_now());
    if (rate)
        page_rate_keep(rate, text);
    else
        cadence_keep(cadence, text);
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

/* Whether the look that was kept is of the previous run, as long ago as runs are. */
static bool has_earlier(const struct previous *previous, double age, struct error *why)
{
    struct error old;
    if (!previous->has_look)
        return false;
    if (age < 0 || age > OLDEST)
        return error_set(why, "the kept one is %.0f s old", age);
    return cadence_fits(&previous->pages.cadence, age, FIRST_OLDEST, &old) ||
           error_set(why, "the kept one %s", old.text);
}

/* On a live host the past is what the previous run kept. */
static bool read_kept(struct run *run, const struct looks_options *options, struct looks *looks,
                      struct error *err)
{
    struct finding *root = &run->result.root;
    struct keep keep;
    struct state_file file;
    struct previous previous = {0};
    struct paging paging = {0};
    struct page_rate rate = {0};
    struct error why = {0};
    if (!page_rate_interval_fits(run, options->interval, err) ||
        !read_paging(run, &paging, &looks->has_reads, err))
        return false;
    if (keep_read(&keep, run, options->state_dir, &file, &why))
        read_previous(&file, run->arena, &previous, &why);
    double age = (double)(clock_now() - previous.wall) / 1000;
    struct error no_look = why;
    struct cadence cadence = previous.pages.cadence;
    looks->has_before = has_earlier(&previous, age, &no_look);
    looks->before = previous.look;
    if (looks->has_before)
        result_note(root, "compared with the look of %.0f s ago", age);
    else
        result_note(root, "no earlier look: %s", no_look.text);
    if (previous.has_look)
        cadence_learn(&cadence, age);

    bool sampled = looks->has_reads && !paging.is_rate;
    if (sampled) {
        sampled = looks->has_reads = page_rate_find(run, &paging.sample, &previous.pages, &why,
                                                    options->interval, &rate, err);
        if (!sampled)
            result_tell(root, "page reads were not measured: %s", err->text);
    }
    looks->reads = sampled ? rate.reads : paging.reads;
    if (!(sampled && rate.too_young) &&
        !keep_look(&keep, &looks->now, sampled ? &rate : NULL, &cadence, run->arena, &why))
        keep_tell(run, "this look", "no run sees who gains and who loses memory", &why);
    keep_close(&keep);
    return true;
}

bool looks_read(struct run *run, const struct looks_options *options, struct looks *ret,
                struct error *err)
{
    *ret = (struct looks){0}; /* a look points into what it was taken of: it stays where it is */
    return read_now(run, options, ret, err) &&
           (source_moment(run->source).recorded ? read_log(run, options, ret, err)
                                                : read_kept(run, options, ret, err));
}
