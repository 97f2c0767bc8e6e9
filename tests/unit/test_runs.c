/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What one run keeps for the next, on a host that is live: a source that reads the guideline's
 * records but says that what it reads is of just now, and has no past.
 */
#include "unit.h"

#include "check/kept_state.h"
#include "check/page_rate.h"
#include "check/suite.h"
#include "counter/source.h"
#include "hyperv/demand.h"

#include <sys/stat.h>

struct live {
    struct source source;
    struct source *record;
    uint64_t reads; /* the counter of page reads; 0: the record's rate */
    uint64_t ticks; /* milliseconds since the system started */
};

/* How often a host tells a rate before it goes away. */
static int rates_left = 1000;
/* How many milliseconds pass from one to the next, in which a page is read every 100. */
static unsigned passing;
/* A counter that it grants no right to. */
static const char *denied;

static bool live_counters(struct source *source, struct counter *counters, size_t count,
                          struct error *err)
{
    struct live *live = (struct live *)source;
    if (!source_counters(live->record, counters, count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (denied && !strcmp(counters[i].name, denied))
            counter_fail(&counters[i], READ_DENIED, source->arena, "0x5");
    for (size_t i = 0; i < count && live->reads; i++)
        if (counters[i].rate) {
            if (!rates_left--)
                return error_set(err, "the host is gone");
            counters[i].is_raw = true;
            counters[i].raw = (struct raw_rate){live->reads, live->ticks, 1000, 32};
            live->ticks += passing;
            live->reads += passing / 100;
        }
    return true;
}

static bool live_registry(struct source *source, const char *key, const char *value,
                          struct registry_value *ret, struct error *err)
{
    return source_registry(((struct live *)source)->record, key, value, ret, err);
}

static bool live_rows(struct source *source, const struct row_query *query, row_visitor *visit,
                      void *context, struct error *err)
{
    return source_rows(((struct live *)source)->record, query, visit, context, err);
}

static struct moment live_moment(const struct source *source)
{
    (void)source;
    return (struct moment){.wall = clock_now(), .zone = ""};
}

static void live_close(struct source *source)
{
    source_close(((struct live *)source)->record);
}

static const struct source_kind live_kind = {
    .name = "live",
    .counters = live_counters,
    .registry = live_registry,
    .rows = live_rows,
    .moment = live_moment,
    .close = live_close,
};

static bool quiet; /* without -v */
/* What stands behind --source: no kind that there is, so that the state is this machine's. */
static const char *asked = "live";

/* Run a check on the host as it was at this time; returns what it says, all lines of it. */
static const char *run_at(const struct check *check, const char *record, const char *at,
                          const char *state_dir, uint64_t reads, uint64_t ticks)
{
    const struct option *const tables[] = {check->options, NULL};
    struct common_options *values = arena_array(&arena, 1, check->options_size);
    const struct options options = {.tables = tables, .values = values, .arena = &arena};
    const struct source_options source_options = {.at = at};
    struct live live = {
        .source = {.kind = &live_kind, .arena = &arena}, .reads = reads, .ticks = ticks};
    struct run run = {.check = check, .options = values, .source = &live.source, .arena = &arena};
    struct error err;
    values->source = asked;
    values->timeout = 10;
    char program[] = "check", option[] = "--state-dir",
         *arguments[] = {program, option, NULL, NULL};
    char directory[1024];
    snprintf(directory, sizeof directory, "%s", state_dir);
    arguments[2] = directory;
    result_begin(&run.result, &arena, check->title);
    run.result.verbose = !quiet;
    if (!options_preset(&options, &err) || !options_read(&options, 3, arguments, &err) ||
        !source_open(say("record:%s/%s", getenv("DATA"), record), &source_options, &arena,
                     &live.record, &err) ||
        !check->run(&run, &err))
        fail_msg("%s at %s: %s", check->program, at, err.text);
    source_close(&live.source);
    struct text out = {0};
    render(&run.result, &(struct render_options){0}, &out);
    const char *text = arena_text(&arena, out.bytes, out.length);
    text_free(&out);
    return text;
}

/* A directory that is private, as the state must be. */
static const char *state_directory(const char *name)
{
    return unit_path(name);
}

/* Where this account keeps its own in it. */
static const char *own(const char *directory)
{
    return platform_state_places(directory, &arena)->path;
}

static struct state_owner owner_of(const struct check *check)
{
    return (struct state_owner){
        .program = check->program, .source = "live", .host = platform_host(&arena)};
}

/* End a state and put it in the place of what is kept; the text is freed. */
static void keep(const char *directory, const struct state_owner *owner, struct text *text)
{
    char name[STATE_FILE_NAME_SIZE];
    struct private_directory opened;
    struct error err;
    state_file_end(text);
    assert_true(private_directory_open(own(directory), true, &opened, &err));
    assert_true(
        private_file_write(&opened, state_file_name(name, owner), text->bytes, text->length, &err));
    private_directory_close(&opened);
    text_free(text);
}

static const char fight[] = "guideline/no-reserve/host";

static void the_second_run_tells_who_takes(void **state)
{
    (void)state;
    const char *directory = state_directory("looks");
    const char *first = run_at(&check_hv_contention, fight, "2011-09-01T10:31", directory, 0, 0);
    assert_holds(first, "known from the next run on");
    const char *second = run_at(&check_hv_contention, fight, "2011-09-01T10:36", directory, 0, 0);
    assert_holds(second, "VM8 takes memory from VM2 and 6 more");
    assert_holds(second, "VM8 demands 3459 MB, has 3116 MB, gained 1198 MB, lost 28 MB");
    assert_holds(second, "compared with the sample of ");
    const char *third = run_at(&check_hv_contention, fight, "2011-09-01T10:44", directory, 0, 0);
    assert_holds(third, "recovering: ");
}

static void a_rate_that_cannot_be_measured_is_told(void **state)
{
    (void)state;
    const char *directory = state_directory("rates");
    run_at(&check_hv_contention, fight, "2011-09-01T10:35", directory, 1000, 1000000);
    /* moments later: too young, so what the first run kept stays, and a second is measured; the
     * counter stands still meanwhile, so that fails, and that is said */
    const char *again =
        run_at(&check_hv_contention, fight, "2011-09-01T10:36", directory, 1005, 1000500);
    assert_holds(again, "its page reads could not be read");
    assert_holds(again, "VM8 takes memory from");
    rates_left = 1; /* and is not there any more when the second has passed */
    again = run_at(&check_hv_contention, fight, "2011-09-01T10:36", state_directory("gone"), 1005,
                   1000500);
    rates_left = 1000;
    assert_holds(again, "page reads were not measured: the host is gone");
    assert_holds(again, "its page reads could not be read");
}

/* Whoever asks a source elsewhere, it is the watched host's state: two satellites that see one
 * directory go on where the other was. */
static void a_source_elsewhere_has_its_own_state(void **state)
{
    (void)state;
    const char *directory = state_directory("shared");
    char name[STATE_FILE_NAME_SIZE];
    const struct state_owner owner = {.program = check_hv_contention.program,
                                      .source = "record:elsewhere",
                                      .host = "record:elsewhere"};
    asked = owner.source;
    run_at(&check_hv_contention, fight, "2011-09-01T10:31", directory, 0, 0);
    const char *second = run_at(&check_hv_contention, fight, "2011-09-01T10:36", directory, 0, 0);
    asked = "live";
    assert_holds(second, "VM8 takes memory from VM2 and 6 more");
    struct text kept = unit_read(say("%s/%s", own(directory), state_file_name(name, &owner)));
    assert_holds(kept.bytes, "\nhost record:elsewhere\n");
    text_free(&kept);
    const char *other = run_at(&check_hv_contention, fight, "2011-09-01T10:37", directory, 0, 0);
    assert_holds(other, "known from the next run on");
}

/* As if what contention kept were so many seconds older, of a check that runs so often; 0: not
 * known. */
static void make_older(const char *directory, int64_t seconds, int64_t every)
{
    char name[STATE_FILE_NAME_SIZE], line[RATE_SAMPLE_SIZE];
    const struct state_owner owner = owner_of(&check_hv_contention);
    struct text kept = unit_read(say("%s/%s", own(directory), state_file_name(name, &owner)));
    struct text older = {0};
    struct state_file file;
    struct state_file_entry entry;
    struct rate_sample sample;
    struct error err;
    assert_true(state_file_open(&kept, &owner, &file, &err));
    state_file_begin(&older, &owner);
    if (every)
        state_file_add(&older, "every", "%lld.0", (long long)every);
    while (state_file_next(&file, &entry))
        if (!strcmp(entry.key, "wall"))
            state_file_add(&older, "wall", "%lld", strtoll(entry.value, NULL, 10) - seconds * 1000);
        else if (!strcmp(entry.key, "page_reads")) {
            assert_true(rate_sample_parse(entry.value, &sample));
            sample.wall -= seconds * 1000;
            sample.raw.ticks -= (uint64_t)seconds * sample.raw.frequency;
            state_file_add(&older, entry.key, "%s", rate_sample_print(line, &sample));
        } else if (strcmp(entry.key, "every") != 0)
            state_file_add(&older, entry.key, "%s", entry.value);
    keep(directory, &owner, &older);
    text_free(&kept);
}

/* As a run of contention so many milliseconds ago kept it, with 1000 page reads at a time that is
 * 1000 s behind the system's start now. Returns its path. */
static const char *keep_sample(const char *directory, unsigned ago)
{
    const struct state_owner owner = owner_of(&check_hv_contention);
    char name[STATE_FILE_NAME_SIZE], line[RATE_SAMPLE_SIZE];
    const struct rate_sample sample = {{1000, 1000000 - ago, 1000, 32}, clock_now() - ago};
    struct text text = {0};
    state_file_begin(&text, &owner);
    state_file_add(&text, "page_reads", "%s", rate_sample_print(line, &sample));
    state_file_add(&text, "every", "60.0");
    state_file_add(&text, "wall", "%lld", (long long)sample.wall);
    state_file_add(&text, "look", "%s", demand_print(&(struct demand){0}, &arena));
    keep(directory, &owner, &text);
    return say("%s/%s", own(directory), state_file_name(name, &owner));
}

static void the_parents_rate_is_the_mean_since(void **state)
{
    (void)state;
    const char *directory = state_directory("mean");
    keep_sample(directory, 60000);
    const char *next =
        run_at(&check_hv_contention, fight, "2011-09-01T10:36", directory, 1630, 1000000);
    assert_holds(next, "the mean of the 60 s since the previous run");
    assert_holds(next, "10.5 page reads/s in the parent (critical above 10)");
    make_older(directory, 60, 60); /* what was kept with it is the sample of that run */
    next = run_at(&check_hv_contention, fight, "2011-09-01T10:37", directory, 1690, 1000000);
    assert_holds(next, "'page_reads'=1;;10");
}

static void a_look_of_long_ago_is_none(void **state)
{
    (void)state;
    static const struct {
        int64_t seconds, every;
        const char *says;
    } looks[] = {
        {170, 60, "compared with the sample of 17"}, /* 170 s, or a moment later */
        {185, 60, "s old, and the check runs every 60 s"},
        {3000, 60, "s old, and the check runs every 60 s"},
        {3000, 1200, "compared with the sample of 300"},
        {290, 0, "compared with the sample of 29"},
        {310, 0, "s old, and how often the check runs is not known yet"},
        {3700, 3600, "no earlier sample: the kept one is 370"},
    };
    for (size_t i = 0; i < LENGTH(looks); i++) {
        const char *directory = state_directory(say("pause-%zu", i));
        run_at(&check_hv_contention, fight, "2011-09-01T10:31", directory, 0, 0);
        make_older(directory, looks[i].seconds, looks[i].every);
        const char *next = run_at(&check_hv_contention, fight, "2011-09-01T10:36", directory, 0, 0);
        assert_holds(next, looks[i].says);
        bool compared = strstr(looks[i].says, "compared") != NULL;
        assert_holds(next, compared ? "VM8 takes memory from" : "known from the next run on");
    }
}

static void another_host_or_damage_is_no_past(void **state)
{
    (void)state;
    const char *directory = state_directory("damage");
    run_at(&check_hv_contention, fight, "2011-09-01T10:31", directory, 0, 0);
    char name[STATE_FILE_NAME_SIZE];
    const char *host = platform_host(&arena);
    const struct state_owner owner = {
        .program = check_hv_contention.program, .source = "live", .host = host};
    const char *path = say("%s/%s", own(directory), state_file_name(name, &owner));
    struct text kept = unit_read(path);
    assert_true(kept.length > 100);
    kept.bytes[kept.length / 2] ^= 1;
    struct private_directory opened;
    struct error err;
    assert_true(private_directory_open(own(directory), false, &opened, &err));
    assert_true(private_file_write(&opened, name, kept.bytes, kept.length, &err));
    private_directory_close(&opened);
    text_free(&kept);
    const char *next = run_at(&check_hv_contention, fight, "2011-09-01T10:36", directory, 0, 0);
    assert_holds(next, "known from the next run on");
    assert_holds(next, "damaged");
    assert_holds(run_at(&check_hv_contention, fight, "2011-09-01T10:37", directory, 0, 0),
                 "VM8 takes memory from"); /* it was replaced by a good one */
}

/* Where a check runs every other second, what an earlier run kept must grow old enough for a mean.
 */
static void a_young_sample_grows_older(void **state)
{
    (void)state;
    const char *directory = state_directory("young");
    const char *path = keep_sample(directory, 2000);
    struct text before = unit_read(path);
    passing = 1000;
    const char *next =
        run_at(&check_hv_contention, fight, "2011-09-01T10:36", directory, 1630, 1000000);
    passing = 0;
    assert_holds(next, "measured for 1.0 s: the previous sample is too young: less than 5 s");
    assert_holds(next, "'page_reads'=10;;10");
    struct text after = unit_read(path);
    assert_string_equal(after.bytes, before.bytes);
    text_free(&before);
    text_free(&after);
}

/* Whole lines that this version does not write, or not there, are of another one. */
static void what_another_version_kept_is_no_past(void **state)
{
    (void)state;
    static const struct state_file_entry kept[][6] = {
        {{"look", NULL}},
        {{"vm", "1 1 1 web01"}},
        {{"wall", "1314842400000"}, {"look", "of a kind to come"}},
        {{"wall", "1314842400000"}, {"new", "1"}},
        {{"wall", "1314842400000"}},
        {{"wall", "1314842400000"},
         {"look", NULL},
         {"wall", "1314842100000"},
         {"look", NULL},
         {"wall", "1314841800000"}},
    };
    const struct state_owner owner = owner_of(&check_hv_contention);
    const char *whole = demand_print(&(struct demand){0}, &arena);
    for (size_t i = 0; i < LENGTH(kept); i++) {
        const char *directory = state_directory(say("version-%zu", i));
        struct text text = {0};
        state_file_begin(&text, &owner);
        for (const struct state_file_entry *line = kept[i]; line->key; line++)
            state_file_add(&text, line->key, "%s", line->value ? line->value : whole);
        keep(directory, &owner, &text);
        assert_holds(run_at(&check_hv_contention, fight, "2011-09-01T10:36", directory, 0, 0),
                     "no earlier sample: damaged");
    }
}

/* Two VMs of one name can't be told apart in what was kept either. */
static void namesakes_are_not_compared(void **state)
{
    (void)state;
    const char *directory = state_directory("namesakes");
    const char *next = NULL;
    for (int round = 0; round < 2; round++)
        next = run_at(&check_hv_contention, "formats/odd-names", "2011-09-01T12:00:30", directory,
                      0, 0);
    assert_holds(next, "compared with the sample of");
    assert_holds(next, "web01 demands 1421 MB, has 1380 MB, gains and losses unknown: several VMs "
                       "have this name");
    assert_holds(next, "x/y demands 1117 MB, has 1074 MB, gained 0 MB, lost 0 MB");
}

/* What one has no right to read is told, and nothing is judged by it. */
static void what_is_denied_is_told(void **state)
{
    (void)state;
    denied = HYPERV_VM_REMOTE_PAGES;
    const char *next =
        run_at(&check_hv_contention, fight, "2011-09-01T10:36", state_directory("denied"), 0, 0);
    assert_holds(next, "not read: Remote Physical Pages (0x5)");
    assert_holds(next, "1471 MB short");
    denied = MEMORY_PAGE_READS;
    next = run_at(&check_hv_contention, fight, "2011-09-01T10:36", state_directory("denied"), 0, 0);
    denied = NULL;
    assert_holds(next, "/Memory/Page Reads/sec: 0x5: no right to read it");
    assert_holds(next, "its page reads could not be read");
}

/* A history of 100 hours, of so many MB less every hour until there are 2037. */
static void keep_history(const char *directory, long long less)
{
    const struct state_owner owner = owner_of(&check_hv_capacity);
    const long long now = clock_now() / 3600000;
    struct text text = {0};
    state_file_begin(&text, &owner);
    state_file_add(&text, "minute", "%d", 1); /* of a version to come, which knows more */
    for (long long hour = now - 100; hour < now; hour++)
        state_file_add(&text, "hour", "%lld %lld", hour, (2037 + less * (now - hour)) * MEGABYTE);
    keep(directory, &owner, &text);
}

/* As runs of the week would have kept it. */
static void a_forecast_from_what_was_kept(void **state)
{
    (void)state;
    const char *directory = state_directory("history");
    const char *first = run_at(&check_hv_capacity, "guideline/dynamic-88/host", "2011-09-01T09:00",
                               directory, 0, 0);
    assert_holds(first, "no forecast: 0 hours of history");
    keep_history(directory, 10);
    const char *next = run_at(&check_hv_capacity, "guideline/dynamic-88/host", "2011-09-01T09:00",
                              directory, 0, 0);
    assert_holds(next, "1024 MB reached in 4.2 days (warning below 7)"); /* 1013 MB at 240 a day */
    assert_holds(
        next, "falling by 240 MB a day over 4.2 days of history (a straight line explains 100 %)");
    keep_history(directory, 4);
    next = run_at(&check_hv_capacity, "guideline/dynamic-88/host", "2011-09-01T09:00", directory, 0,
                  0);
    assert_holds(next, "1024 MB reached in 11 days"); /* at 96 a day: 10.55 */
}

/* Where nothing can be kept, the check works all the same, and says what it goes without: at -v or
 * not, since it will never see what takes two runs. A first run, which has nothing yet, says no
 * such thing, and neither does one that finds what was kept. */
static void what_is_lost_is_said(void **state)
{
    (void)state;
    static const struct {
        const struct check *check;
        const char *what, *lost;
    } cases[] = {
        {&check_hv_contention, "this sample", "no run can tell which VM takes memory from which"},
        {&check_hv_capacity, "the history", "there is no forecast"},
    };
    const char *file = unit_text_file("a-file", "");
    for (size_t i = 0; i < LENGTH(cases); i++)
        for (int verbose = 0; verbose < 2; verbose++) {
            const char *good = say("%s/%zu-%d", state_directory("good"), i, verbose);
            quiet = !verbose;
            const char *without = run_at(cases[i].check, fight, "2011-09-01T10:36", file, 0, 0);
            assert_holds(without,
                         say("\n%s could not be kept for the next run: %s: not a directory, or a "
                             "symbolic link: without it %s; give this account a directory "
                             "with --state-dir",
                             cases[i].what, own(file), cases[i].lost));
            for (int round = 0; round < 2; round++) {
                const char *with = run_at(cases[i].check, fight, "2011-09-01T10:36", good, 0, 0);
                assert_null(strstr(with, "could not be kept"));
                assert_null(strstr(with, "can't be used"));
                if (!round) /* what is measured is the same */
                    assert_string_equal(strchr(with, '|'), strchr(without, '|'));
            }
        }
    quiet = false;
}

/* What could not be read for lack of memory is not replaced by what is known without it: a month of
 * history would be gone. */
static void without_memory_what_was_kept_stays(void **state)
{
    (void)state;
    struct kept_state kept = {.owner = {.program = "check", .source = "live", .host = "h"},
                              .has_directory = true,
                              .name = "s"};
    struct error err;
    assert_true(
        private_directory_open(own(state_directory("memory")), true, &kept.directory, &err));
    state_file_add(kept_state_anew(&kept), "hour", "1 2");
    assert_true(kept_state_write(&kept, &err));
    struct text before = unit_read(say("%s/s", kept.directory.path));
    kept.text.failed = true;
    state_file_add(kept_state_anew(&kept), "hour", "3 4");
    assert_false(kept_state_write(&kept, &err));
    assert_true(error_is_memory(&err));
    struct text after = unit_read(say("%s/s", kept.directory.path));
    assert_string_equal(after.bytes, before.bytes);
    text_free(&before);
    text_free(&after);
    kept_state_close(&kept);
}

RUN_TESTS(TEST(the_second_run_tells_who_takes), TEST(the_parents_rate_is_the_mean_since),
          TEST(a_young_sample_grows_older), TEST(a_rate_that_cannot_be_measured_is_told),
          TEST(a_source_elsewhere_has_its_own_state), TEST(a_look_of_long_ago_is_none),
          TEST(another_host_or_damage_is_no_past), TEST(what_another_version_kept_is_no_past),
          TEST(namesakes_are_not_compared), TEST(what_is_denied_is_told),
          TEST(a_forecast_from_what_was_kept), TEST(what_is_lost_is_said),
          TEST(without_memory_what_was_kept_stays));
