/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/change.h"

#include "check/page_rate.h"
#include "check/past.h"
#include "plugin/scan.h"

#include <stdlib.h>
#include <string.h>

/* known: what was read of the same host before, for its settings; or NULL. */
static bool read_vms(struct source *source, const struct change_options *wanted,
                     const struct vms *known, struct arena *arena, struct vms *vms,
                     struct error *err)
{
    const unsigned more = wanted->complete ? VM_SHOWN_COUNTERS : 1u << VM_SMART_PAGING;
    const struct vms_options options = {.counters = DEMAND_COUNTERS | more,
                                        .balancer = true,
                                        .ignore = wanted->ignore,
                                        .summaries = wanted->complete,
                                        .settings = known};
    return vms_read(source, &options, arena, vms, err);
}

/* What is not there is only told: nothing is judged by it. */
static bool read_remote(struct run *run, struct change *change, struct error *err)
{
    struct vms *vms = &change->vms;
    struct error why;
    if (remote_pages_read(run->source, run->arena, &change->remote, &why))
        return true;
    if (!reading_is_absent(&why)) {
        *err = why;
        return false;
    }
    if (why.code == READ_NO_OBJECT || why.code == READ_NO_COUNTER)
        vms->untold[vms->untold_count++] = HYPERV_VM_REMOTE_PAGES;
    else
        result_note(&run->result.root, "not read: %s", why.text);
    return true;
}

/* Why no VM has a pressure, though no guest is silent. */
static const char *no_pressure(const struct vms *vms)
{
    for (size_t i = 0; i < vms->missing_count; i++)
        if (scan_begins(vms->missing[i], vm_counter_names[VM_PRESSURE].name))
            return vms->missing[i];
    return "it has no value";
}

static bool read_now(struct run *run, const struct change_options *options, struct change *change,
                     struct error *err)
{
    const struct vms *vms = &change->vms;
    if (!read_vms(run->source, options, NULL, run->arena, &change->vms, err) ||
        !demand_of(vms, run->arena, &change->now, err) || !balancer_check(&vms->balancer, err))
        return false;
    if (change->now.count && change->now.unread + change->now.silent == change->now.count)
        return error_set(
            err, "no VM's Average Pressure is known: %s",
            change->now.silent
                ? "it is 0, so no guest reports it: are the integration services running?"
                : no_pressure(vms));
    change->moment = past_moment(run->source);
    return (smart_paging_of(vms, change->moment, run->arena, &change->paging) ||
            error_memory(err)) &&
           (!options->remote || read_remote(run, change, err));
}

/* Where there is no rate, that is said, and only what it is needed for can't be judged. */
static bool read_paging(struct run *run, struct paging *ret, bool *ret_has, struct error *err)
{
    *ret_has = paging_read(run->source, ret, err);
    if (*ret_has)
        return true;
    result_note(&run->result.root, "not read: %s", err->text);
    return reading_is_absent(err);
}

enum { OLDEST = 3600 }; /* seconds: what moved in longer a time tells nothing about now */

/* How old a row may be that the one of now is compared with: as old again as was asked for, or
 * a minute more, where rows are far apart. */
static unsigned long oldest(unsigned long since)
{
    enum { LEAST = 60 };
    return !since ? OLDEST : since + (since > LEAST ? since : LEAST);
}

/* Is the row before young enough? */
static bool check_interval(struct run *run, unsigned long since, const struct source *earlier,
                           const char *when, double *ret_seconds)
{
    struct finding *root = &run->result.root;
    double seconds = (double)(past_moment(run->source) - past_moment(earlier)) / 1000;
    *ret_seconds = seconds;
    if (seconds >= 0 && seconds <= (double)oldest(since))
        return true;
    if (seconds < 0)
        result_note(root, "no earlier sample: the clock was set back after the row of %s", when);
    else
        result_note(root,
                    "no earlier sample: the row of %s is %.0f s older, more than the %lu s allowed",
                    when, seconds, oldest(since));
    return false;
}

/* Who was so in both rows is taken to have been so in between. */
static bool read_paging_before(struct run *run, const struct source *earlier, const struct vms *vms,
                               struct change *change, struct error *err)
{
    struct smart_paging before;
    if (!smart_paging_of(vms, past_moment(earlier), run->arena, &before))
        return error_memory(err);
    smart_paging_continue(&change->paging, &before);
    return true;
}

/* Which row it is compared with is told, or why not with that one. */
static bool look_before(struct run *run, const struct change_options *options,
                        struct source *earlier, struct arena *scratch, struct change *change,
                        struct error *err)
{
    struct finding *root = &run->result.root;
    const char *when = stamp_print_iso((char[STAMP_SIZE]){0}, source_moment(earlier).wall);
    struct vms vms;
    if (!check_interval(run, options->since, earlier, when, &change->seconds))
        return true;
    if (!read_vms(earlier, options, &change->vms, scratch, &vms, err) ||
        !demand_of(&vms, run->arena, &change->before, err) ||
        !read_paging_before(run, earlier, &vms, change, err))
        return false;
    if (change->remote.count &&
        !remote_pages_read(earlier, run->arena, &change->remote_before, err) &&
        !reading_is_absent(err))
        return false;
    change->has_before = !vms.balancer.invalid;
    if (change->has_before)
        result_note(root, "compared with the row of %s, %.0f s before", when, change->seconds);
    else
        result_note(root, "no earlier sample: Available Memory had no valid value in the row of %s",
                    when);
    return true;
}

/* The look before. A log that begins later leaves a single look, which says so, and so does one
 * that had no such counters then. */
static bool read_before(struct run *run, const struct change_options *options,
                        struct arena *scratch, struct change *change, struct error *err)
{
    struct source *earlier;
    bool read = source_earlier(run->source, options->since, scratch, &earlier, err);
    if (read) {
        read = look_before(run, options, earlier, scratch, change, err);
        source_close(earlier);
    }
    if (!read && reading_is_absent(err))
        result_note(&run->result.root, "no earlier sample: %s", err->text);
    return read || reading_is_absent(err);
}

/* What a log holds of the past. */
static bool read_log(struct run *run, const struct change_options *options, struct change *change,
                     struct error *err)
{
    struct paging paging = {0};
    if (!read_paging(run, &paging, &change->has_reads, err))
        return false;
    change->reads = paging.reads;
    struct arena scratch = {0}; /* the look alone is kept: what it was taken of can be large */
    bool read = read_before(run, options, &scratch, change, err);
    arena_free(&scratch);
    return read;
}

/* A look that was kept, and when it was taken. */
struct kept_look {
    struct demand look;
    struct smart_paging paging;
    struct remote_pages remote;
    bool has_look;
    int64_t wall; /* in ms since 1970 */
};

/* What the previous run kept. Of a record that look may be the very one of now: then what it was
 * compared with itself, which is kept with it, is the one before. */
struct previous {
    struct kept_look looks[2]; /* its own, and the one before */
    size_t count;
    struct page_past pages;
};

/* While it is not known how often the check runs, what moved in so many seconds tells about now.
 * Rows of a record are as far apart as whoever writes it decides. */
enum { FIRST_OLDEST = 300 };

/* What there is one line of for each VM. */
static bool read_line(struct kept_look *kept, const struct state_file_entry *entry,
                      struct arena *arena)
{
    if (!strcmp(entry->key, "vm"))
        return demand_vm_parse(&kept->look, entry->value, arena);
    if (!strcmp(entry->key, "paging"))
        return smart_paging_parse(&kept->paging, entry->value, arena);
    return !strcmp(entry->key, "remote") && remote_pages_parse(&kept->remote, entry->value, arena);
}

static bool read_previous(struct state_file *file, struct arena *arena, struct previous *ret,
                          struct error *err)
{
    enum { MOST = sizeof ret->looks / sizeof *ret->looks };
    struct state_file_entry entry;
    struct previous previous = {0};
    while (state_file_next(file, &entry)) {
        struct kept_look *last = previous.count ? &previous.looks[previous.count - 1] : NULL;
        if (page_rate_kept(&entry, &previous.pages))
            continue;
        if (!strcmp(entry.key, "wall") && previous.count < MOST)
            previous.looks[previous.count++].wall = (int64_t)strtoull(entry.value, NULL, 10);
        else if (last && !strcmp(entry.key, "look") && demand_parse(&last->look, entry.value))
            last->has_look = true;
        else if (!last || !read_line(last, &entry, arena))
            return error_set(err, "damaged");
    }
    if (!previous.looks[0].has_look)
        return error_set(err, "damaged");
    *ret = previous;
    return true;
}

static void add_look(struct text *text, const struct kept_look *kept, struct arena *arena)
{
    const struct demand *look = &kept->look;
    state_file_add(text, "look", "%s", demand_print(look, arena));
    for (size_t i = 0; i < look->count; i++)
        if (look->vms[i].key)
            state_file_add(text, "vm", "%s", demand_vm_print(&look->vms[i], arena));
    for (size_t i = 0; i < kept->paging.count; i++)
        state_file_add(text, "paging", "%s", smart_paging_print(&kept->paging.items[i], arena));
    for (size_t i = 0; i < kept->remote.count; i++)
        state_file_add(text, "remote", "%s", remote_pages_print(&kept->remote.items[i], arena));
}

static void add_wall(struct text *text, int64_t wall)
{
    state_file_add(text, "wall", "%lld", (long long)wall);
}

/* before: NULL where a look is never read twice. */
static bool keep_look(struct kept_state *keep, const struct kept_look *now,
                      const struct kept_look *before, const struct page_rate *rate,
                      const struct cadence *cadence, struct arena *arena, struct error *err)
{
    struct text *text = kept_state_anew(keep);
    add_wall(text, now->wall);
    if (rate)
        page_rate_keep(rate, text);
    else
        cadence_keep(cadence, text);
    add_look(text, now, arena);
    if (before) {
        add_wall(text, before->wall);
        add_look(text, before, arena);
    }
    return arena->failed ? error_memory(err) : kept_state_write(keep, err);
}

/* Whether a look so many seconds ago is of the previous run, as long ago as runs are. */
static bool is_young(const struct cadence *cadence, double age, bool recorded, struct error *why)
{
    struct error old;
    if (age < 0 || age > OLDEST)
        return error_set(why, "the kept one is %.0f s old", age);
    return cadence_fits(cadence, age, recorded ? OLDEST : FIRST_OLDEST, &old) ||
           error_set(why, "the kept one %s", old.text);
}

/* Which of the kept looks the one of now is compared with: its age is told either way, and how far
 * apart they are is learned. */
static void take_before(struct run *run, const struct previous *previous, int64_t now,
                        struct change *change, struct cadence *cadence, const struct error *why)
{
    struct finding *root = &run->result.root;
    struct error unusable = *why;
    bool recorded = source_moment(run->source).recorded;
    size_t at = recorded && previous->count && previous->looks[0].wall == now;
    const struct kept_look *before = &previous->looks[at];
    double age = (double)(now - before->wall) / 1000;
    if (at && !before->has_look)
        error_set(&unusable, "the record has not changed since the previous run");
    change->has_before = before->has_look && is_young(cadence, age, recorded, &unusable);
    change->before = before->look;
    change->seconds = age;
    change->remote_before = before->remote;
    if (change->has_before)
        result_note(root, "compared with the sample of %.0f s %s", age,
                    recorded ? "before" : "ago");
    else
        result_note(root, "no earlier sample: %s", unusable.text);
    if (!at && before->has_look)
        cadence_learn(cadence, age);
}

/* Since when VMs run from their smart paging file is worth more than a look that is compared: it is
 * believed as long as no more than an hour went by unseen. */
static void continue_paging(const struct previous *previous, int64_t now,
                            struct smart_paging *paging)
{
    const struct kept_look *last = &previous->looks[0];
    if (last->has_look && now >= last->wall && now - last->wall <= (int64_t)OLDEST * 1000)
        smart_paging_continue(paging, &last->paging);
}

/* On a live host the past is what the previous run kept, and so it is of a record of one row. */
static bool read_kept(struct run *run, const struct change_options *options, struct change *change,
                      struct error *err)
{
    struct finding *root = &run->result.root;
    bool recorded = source_moment(run->source).recorded;
    struct kept_look now = {
        .look = change->now, .has_look = true, .remote = change->remote, .wall = change->moment};
    struct kept_state keep;
    struct state_file file;
    struct previous previous = {0};
    struct paging paging = {0};
    struct page_rate rate = {0};
    struct error why = {0};
    if (!page_rate_interval_fits(run, options->interval, err) ||
        !read_paging(run, &paging, &change->has_reads, err))
        return false;
    if (kept_state_read(&keep, run, options->state_dir, &file, &why))
        read_previous(&file, run->arena, &previous, &why);
    struct cadence cadence = previous.pages.cadence;
    continue_paging(&previous, now.wall, &change->paging);
    now.paging = change->paging;
    take_before(run, &previous, now.wall, change, &cadence, &why);

    bool sampled = change->has_reads && !paging.is_rate;
    if (sampled) {
        sampled = change->has_reads = page_rate_find(run, &paging.sample, &previous.pages, &why,
                                                     options->interval, &rate, err);
        if (!sampled)
            result_tell(root, "page reads were not measured: %s", err->text);
    }
    change->reads = sampled ? rate.reads : paging.reads;
    bool is_kept = recorded && previous.count && previous.looks[0].wall == now.wall;
    const struct kept_look *before = recorded && change->has_before
                                         ? &previous.looks[0]
                                         : NULL; /* a record's look is read again */
    if (!(sampled && rate.too_young) && !is_kept &&
        !keep_look(&keep, &now, before, sampled ? &rate : NULL, &cadence, run->arena, &why))
        kept_state_tell(run, "this sample", "no run can tell which VM takes memory from which",
                        &why);
    kept_state_close(&keep);
    return true;
}

bool change_read(struct run *run, const struct change_options *options, struct change *ret,
                 struct error *err)
{
    bool kept;
    *ret = (struct change){0}; /* a look points into what it was taken of: it stays where it is */
    return read_now(run, options, ret, err) && past_is_kept(run, options->since, &kept, err) &&
           (kept ? read_kept(run, options, ret, err) : read_log(run, options, ret, err));
}
