/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Whatever goes through a writer comes out of the record that it wrote: the same tables are asked
 * through both, and all answers compared.
 */
#include "fake_source.h"
#include "unit.h"

#include "counter/record/writer.h"

#include <math.h>
#include <unistd.h>

#define BALANCER "Hyper-V Dynamic Memory Balancer"
#define VM       "Hyper-V Dynamic Memory VM"

static const struct fake_value values[] = {
    {BALANCER, "Available Memory", "System Balancer", 98},
    {BALANCER, "Average Pressure", "System Balancer", 105.25},
    {VM, "Physical Memory", "web01", 512},
    {VM, "Physical Memory", "web01#1", 4294967290.0},
    {VM, "Physical Memory", "say \"hi\", (x)/y\\z", 0},
    {VM, "Physical Memory", "業務サーバ01", 1048576},
    {VM, "Physical Memory", "a\",\"b", 1},
    {VM, "Average Pressure", "web01", 0.000001},
    {VM, "Average Pressure", "web01#1", NAN},
    {VM, "Average Pressure", "業務サーバ01", -206},
    {"Memory", "Available MBytes", "", 437},
    {"Hyper-V Dynamic Memory Integration Service", "Maximum Memory, Mbytes", "", 4096},
    {0},
};

static const struct fake_class classes[] = {
    {"Msvm_ComputerSystem", "Name   |ElementName     |EnabledState\n"
                            "HVHOST1|HVHOST1         |2           \n"
                            "g-1    |業務サーバ01    |3           \n"
                            "g-2    |say \"hi\", \"\"|            \n"
                            "g-3    |                |32768       \n"},
    {"Empty_Class", "Name\n"},
    {0},
};

static const unsigned char bytes[] = {0x00, 0x08, 0x00, 0x00, 0xFF, 0x41};

static struct fake fake = {
    .values = values,
    .classes = classes,
    .key = "SOFTWARE\\Virtualization",
    .value = "MemoryReserve",
    .moment = {1314872700123, "Tokyo Standard Time", true, -540, false},
};

static struct source *open_record(const char *directory)
{
    static const struct source_options none;
    struct source *source = NULL;
    struct error err;
    assert_true(source_open(say("record:%s", unit_path(directory)), &none, &arena, &source, &err));
    return source;
}

/* ---- asking everything ---- */

static bool add_row(void *context, const char *const *cells, struct error *err)
{
    const char **all = context;
    (void)err;
    for (size_t i = 0; i < 3; i++)
        *all = say("%s<%s>", *all, cells[i] ? cells[i] : "NULL");
    return true;
}

static const char *ask_rows(struct source *source, const char *class_name)
{
    static const char *const namespaces[] = {"root\\virtualization", NULL};
    static const char *const properties[] = {"Name", "ElementName", "EnabledState", NULL};
    const struct row_query query = {
        .namespaces = namespaces, .class_name = class_name, .properties = properties};
    const char *all = "";
    struct error err;
    if (!source_rows(source, &query, add_row, &all, &err))
        return say("%d", err.code);
    return all;
}

static const char *ask_counters(struct source *source)
{
    struct counter asked[] = {
        {.object = BALANCER, .name = "Available Memory", .instances = true},
        {.object = BALANCER, .name = "Average Pressure", .instances = true},
        {.object = VM, .name = "Physical Memory", .instances = true},
        {.object = VM, .name = "Average Pressure", .instances = true},
        {.object = VM, .name = "Added Memory", .instances = true},
        {.object = "Memory", .name = "Available MBytes"},
        {.object = "Hyper-V Dynamic Memory Integration Service", .name = "Maximum Memory, Mbytes"},
        {.object = "No such object", .name = "x"},
    };
    struct error err;
    const char *all = "";
    if (!source_counters(source, asked, LENGTH(asked), &err))
        fail_msg("%s", err.text);
    for (size_t i = 0; i < LENGTH(asked); i++) {
        all = say("%s\n%s: %d", all, asked[i].name, asked[i].reading);
        for (size_t k = 0; k < asked[i].count; k++) {
            const struct sample *sample = &asked[i].samples[k];
            all = say("%s <%s>=%.17g%s", all, sample->instance, sample->value,
                      sample->present ? "" : " missing");
        }
    }
    return all;
}

static const char *ask_registry(struct source *source)
{
    struct registry_value value;
    struct error err;
    if (!source_registry(source, "SOFTWARE\\Virtualization", "MemoryReserve", &value, &err))
        return say("%d", err.code);
    const char *all = say("%d %u:", value.exists, value.type);
    for (size_t i = 0; i < value.size; i++)
        all = say("%s %02x", all, value.data[i]);
    return all;
}

static const char *ask_all(struct source *source)
{
    return say("%s\n%s\n%s\n%s\n%s", ask_counters(source), ask_rows(source, "Msvm_ComputerSystem"),
               ask_rows(source, "Empty_Class"), ask_rows(source, "No_Class"), ask_registry(source));
}

static void what_was_read_is_read_again(void **state)
{
    (void)state;
    static const struct registry_value kinds[] = {
        {0},
        {true, REGISTRY_DWORD, bytes, 4},
        {true, REGISTRY_DWORD, bytes, 3},
        {true, REGISTRY_QWORD, bytes, 6},
        {true, REGISTRY_SZ, bytes, 0},
        {true, 7, bytes, 6},
    };
    for (unsigned i = 0; i < LENGTH(kinds); i++) {
        const char *directory = say("record-%u", i);
        struct source *writer;
        struct error err;
        fake.registry = kinds[i];
        assert_true(record_writer_open(fake_open(&fake), &arena, &writer, &err));
        const char *before = ask_all(writer);
        if (!record_writer_write(writer, unit_path(directory), &err))
            fail_msg("%s", err.text);
        source_close(writer);
        assert_int_equal(fake_open_count, 0);

        struct source *record = open_record(directory);
        assert_string_equal(ask_all(record), before);
        struct moment moment = source_moment(record);
        assert_true(moment.wall == fake.moment.wall);
        assert_string_equal(moment.zone, fake.moment.zone);
        assert_int_equal(moment.bias, -540);
        assert_true(moment.has_bias && moment.recorded);
        source_close(record);
        arena_free(&arena);
    }
}

/* The files are as Windows' tools write them: a mark, CRLF, every field of a log quoted. */
static void the_files(void **state)
{
    (void)state;
    static const struct fake_value two[] = {{BALANCER, "Available Memory", "a \"b\"", 98.5},
                                            {"Memory", "Available MBytes", "", 437},
                                            {0}};
    const struct fake small = {.values = two, .moment = {.wall = 1314872700123}};
    struct counter asked[] = {{.object = BALANCER, .name = "Available Memory", .instances = true},
                              {.object = "Memory", .name = "Available MBytes"}};
    struct source *writer;
    struct error err;
    assert_true(record_writer_open(fake_open(&small), &arena, &writer, &err));
    assert_true(source_counters(writer, asked, 2, &err));
    assert_true(record_writer_write(writer, unit_path("files"), &err));
    struct text csv = unit_read(unit_path("files/counters.csv"));
    assert_string_equal(csv.bytes,
                        "\xEF\xBB\xBF\"(PDH-CSV 4.0)\",\"\\\\RECORD\\" BALANCER
                        "(a \"\"b\"\")\\Available Memory\",\"\\\\RECORD\\Memory\\Available "
                        "MBytes\"\r\n\"09/01/2011 10:25:00.123\",\"98.500000\",\"437.000000\"\r\n");
    text_free(&csv);

    /* what was not read has no file, and what is there already is not written again */
    assert_true(record_writer_write(writer, unit_path("files"), &err));
    struct file file;
    assert_false(file_open(unit_path("files/counters.csv.new"), &file, &err));
    assert_false(file_open(unit_path("files/counters.csv.old"), &file, &err));
    assert_false(file_open(unit_path("files/registry.reg"), &file, &err));
    source_close(writer);
}

/* Reads some counters, and all else, through a writer, and writes that. */
static bool record(struct fake *from, const char *const *names, const char *class_name,
                   const char *directory, struct error *err)
{
    struct source *writer;
    assert_true(record_writer_open(fake_open(from), &arena, &writer, err));
    for (; names && *names; names++) {
        struct counter counter = {.object = VM, .name = *names, .instances = true};
        assert_true(source_counters(writer, &counter, 1, err));
    }
    if (class_name)
        ask_rows(writer, class_name);
    bool written = record_writer_write(writer, unit_path(directory), err);
    source_close(writer);
    return written;
}

static const char *read_column(const char *directory, const char *name)
{
    struct source *source = open_record(directory);
    struct counter counter = {.object = VM, .name = name, .instances = true};
    struct error err;
    const char *all = "";
    if (!source_counters(source, &counter, 1, &err))
        fail_msg("%s", err.text);
    for (size_t i = 0; i < counter.count; i++)
        all = say("%s%s=%g ", all, counter.samples[i].instance, counter.samples[i].value);
    source_close(source);
    return all;
}

static bool is_there(const char *name)
{
    struct file file;
    struct error err;
    if (!file_open(unit_path(name), &file, &err))
        return false;
    file_close(&file);
    return true;
}

/* One check after the other, into one directory: the log gets columns, and what is there stays. */
static void several_checks_write_one_record(void **state)
{
    (void)state;
    static const struct fake_value first[] = {{VM, "Physical Memory", "a, \"b\"", 1},
                                              {VM, "Physical Memory", "c", 2},
                                              {VM, "Average Pressure", "c", 3},
                                              {0}},
                                   second[] = {{VM, "Physical Memory", "a, \"b\"", 10},
                                               {VM, "Physical Memory", "c", 20},
                                               {VM, "Average Pressure", "c", 30},
                                               {VM, "Average Pressure", "a, \"b\"", NAN},
                                               {0}};
    static const char *const physical[] = {"Physical Memory", NULL}, *const both[] = {
                                                                         "Average Pressure",
                                                                         "Physical Memory", NULL};
    struct fake then = {.values = first, .classes = classes, .moment = {.wall = 1314872700123}};
    struct fake now = {.values = second, .classes = classes, .moment = {.wall = 1314872760123}};
    struct error err;
    assert_true(record(&then, physical, "Msvm_ComputerSystem", "one", &err));
    assert_true(record(&now, both, "Msvm_ComputerSystem", "one", &err));
    assert_string_equal(read_column("one", "Physical Memory"), "a, \"b\"=1 c=2 ");
    assert_string_equal(read_column("one", "Average Pressure"), "c=30 a, \"b\"=0 ");
    assert_false(is_there("one/counters.csv.new") || is_there("one/counters.csv.old"));

    /* of another moment: more than five minutes after it, or before it */
    for (int sign = -1; sign <= 1; sign += 2) {
        now.moment.wall = then.moment.wall + sign * 300001;
        assert_false(record(&now, both, NULL, "one", &err));
        assert_holds(err.text, "one/counters.csv is of 2011-09-01 10:25:00, and a record is of "
                               "one moment: name a new directory");
        now.moment.wall = then.moment.wall + sign * 300000;
        assert_true(record(&now, both, NULL, "one", &err));
    }
    /* of another zone, or not a writer's */
    now.moment = then.moment;
    now.moment.has_bias = true;
    now.moment.zone = "UTC";
    assert_false(record(&now, both, NULL, "one", &err));
    assert_holds(err.text, "one/counters.csv: exists already");
}

#define MARK  "\xEF\xBB\xBF"
#define FIRST MARK "\"(PDH-CSV 4.0)\""
#define WHEN  "\"09/01/2011 10:25:00.123\""

/* Columns are added to a log of one row, as a writer writes it, and to nothing else. */
static void only_the_log_of_a_writer_is_written_on(void **state)
{
    (void)state;
    static const struct fake_value some[] = {{VM, "Physical Memory", "c", 2}, {0}};
    static const char *const physical[] = {"Physical Memory", NULL};
    static const struct {
        const char *log;
        size_t length;
        bool taken;
    } cases[] = {
#define CASE(text, taken) {(text), sizeof(text) - 1, (taken)}
        CASE(FIRST ",\"a\"\r\n" WHEN ",\"1\"\r\n", true),
        CASE(FIRST "\r\n" WHEN "\r\n", true), /* of no column */
        CASE("\"(PDH-CSV 4.0)\",\"a\"\r\n" WHEN ",\"1\"\r\n", false),
        CASE(MARK "\"(PDH-CSV 4.0) (UTC)(0)\",\"a\"\r\n" WHEN ",\"1\"\r\n", false),
        CASE(FIRST ",\"a\"", false),
        CASE(FIRST ",\"a\"\r\n", false),
        CASE(FIRST ",\"a\"\r\n" WHEN ",\"1\"", false),
        CASE(FIRST ",\"a\"\r\n" WHEN ",\"1\"\r\n" WHEN ",\"1\"\r\n", false),
        CASE(FIRST ",\"a\"\r\n09/01/2011 10:25:00.123,\"1\"\r\n", false),
        CASE(FIRST ",\"a\"\r\n\"09/01/2011\r\n", false),
        CASE(FIRST ",\"a\"\r\n\"2011-09-01 10:25:00\",\"1\"\r\n", false),
        CASE(FIRST ",\"a\"\r\n" WHEN ",\"1\"\r\n\0", false),
    };
    struct fake one = {.values = some, .moment = {.wall = 1314872700123}};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct error err;
        const char *path = unit_file("field/counters.csv", cases[i].log, cases[i].length);
        bool taken = record(&one, physical, NULL, "field", &err);
        struct text after = unit_read(path);
        if (taken != cases[i].taken)
            fail_msg("'%s' is %s", cases[i].log, taken ? "taken" : err.text);
        if (taken) {
            assert_string_equal(read_column("field", "Physical Memory"), "c=2 ");
        } else {
            assert_holds(err.text, "field/counters.csv: exists already");
            assert_int_equal(after.length, cases[i].length);
            assert_memory_equal(after.bytes, cases[i].log, after.length);
        }
        text_free(&after);
    }
}

/* All of it or nothing, and what was there stays as it was. */
static void what_cannot_all_be_written_is_not_begun(void **state)
{
    (void)state;
    static const char *const physical[] = {"Physical Memory", NULL};
    struct error err;
    fake.registry = (struct registry_value){true, REGISTRY_DWORD, bytes, 4, true, NULL};
    unit_text_file("half/Msvm_ComputerSystem.csv", "\"Name\"\r\n");
    assert_false(record(&fake, physical, "Msvm_ComputerSystem", "half", &err));
    assert_holds(err.text, "half/Msvm_ComputerSystem.csv exists already and holds something else");
    assert_int_equal(err.code, PLATFORM_EXISTS);
    assert_false(is_there("half/counters.csv") || is_there("half/counters.csv.new"));
    struct source *writer;
    unit_text_file("registry/registry.reg", "REGEDIT4\r\n");
    assert_true(record_writer_open(fake_open(&fake), &arena, &writer, &err));
    ask_all(writer);
    assert_false(record_writer_write(writer, unit_path("registry"), &err));
    source_close(writer);
    assert_holds(err.text, "registry/registry.reg exists already and holds something else");
    assert_false(is_there("registry/counters.csv") || is_there("registry/counters.csv.new"));

    /* the last of them can't be written beside its place */
    unit_text_file("beside/Msvm_ComputerSystem.csv.new", "");
    assert_false(record(&fake, physical, "Msvm_ComputerSystem", "beside", &err));
    assert_false(is_there("beside/counters.csv") || is_there("beside/counters.csv.new"));

    /* another class of just this length */
    assert_true(record(&fake, NULL, "Msvm_ComputerSystem", "other", &err));
    struct text class = unit_read(unit_path("other/Msvm_ComputerSystem.csv"));
    class.bytes[class.length - 4]++;
    unit_file("other/Msvm_ComputerSystem.csv", class.bytes, class.length);
    text_free(&class);
    assert_false(record(&fake, NULL, "Msvm_ComputerSystem", "other", &err));
    assert_holds(err.text, "other/Msvm_ComputerSystem.csv exists already and holds something else");
}

/* The log was there, and has got a column more: then it can't be moved away, or a file behind it
 * can't take its place, because a link to nothing is there. */
static void what_cannot_all_take_its_place_is_taken_back(void **state)
{
    (void)state;
    static const char *const physical[] = {"Physical Memory", NULL}, *const pressure[] = {
                                                                         "Average Pressure", NULL};
    for (int linked = 0; linked < 2; linked++) {
        const char *directory = say("moved-%d", linked);
        struct error err;
        assert_true(record(&fake, physical, NULL, directory, &err));
        struct text before = unit_read(unit_path(say("%s/counters.csv", directory)));
        if (linked)
            assert_int_equal(
                symlink("nowhere", unit_path(say("%s/Msvm_ComputerSystem.csv", directory))), 0);
        else
            unit_text_file(say("%s/counters.csv.old", directory), "");
        assert_false(record(&fake, pressure, "Msvm_ComputerSystem", directory, &err));
        assert_int_equal(err.code, PLATFORM_EXISTS);
        struct text after = unit_read(unit_path(say("%s/counters.csv", directory)));
        assert_string_equal(after.bytes, before.bytes);
        static const char *const gone[] = {"counters.csv.new", "Msvm_ComputerSystem.csv",
                                           "Msvm_ComputerSystem.csv.new"};
        for (size_t i = 0; i < LENGTH(gone); i++)
            assert_false(is_there(say("%s/%s", directory, gone[i])));
        assert_int_equal(is_there(say("%s/counters.csv.old", directory)), !linked);
        text_free(&before);
        text_free(&after);
    }
}

/* What is read once more takes the place of what was read before, instances that went among it. */
static void the_last_reading_counts(void **state)
{
    (void)state;
    static const struct fake_value before[] = {
        {VM, "Physical Memory", "a", 1}, {VM, "Physical Memory", "b", 2}, {0}};
    static const struct fake_value after[] = {
        {VM, "Physical Memory", "b", 3}, {VM, "Physical Memory", "c", 4}, {0}};
    struct fake changing = {.values = before, .moment = {.wall = 1314872700123}};
    struct counter asked = {.object = VM, .name = "Physical Memory", .instances = true};
    struct source *writer;
    struct error err;
    assert_true(record_writer_open(fake_open(&changing), &arena, &writer, &err));
    assert_true(source_counters(writer, &asked, 1, &err));
    changing.values = after;
    assert_true(source_counters(writer, &asked, 1, &err));
    assert_true(record_writer_write(writer, unit_path("again"), &err));
    source_close(writer);
    assert_string_equal(read_column("again", "Physical Memory"), "b=3 c=4 ");
}

static bool stop(void *context, const char *const *cells, struct error *err)
{
    (void)context, (void)cells;
    return error_set(err, "enough");
}

static bool go_on(void *context, const char *const *cells, struct error *err)
{
    (void)context, (void)cells, (void)err;
    return true;
}

/* Whoever looks at one property of a class, or stops at its first row, takes nothing from it. */
static void a_shorter_look_at_a_class_takes_nothing(void **state)
{
    (void)state;
    static const char *const namespaces[] = {"root\\virtualization", NULL};
    static const char *const properties[] = {"Name", NULL};
    static const struct row_query query = {.namespaces = namespaces,
                                           .class_name = "Msvm_ComputerSystem",
                                           .properties = properties,
                                           .needed = 1};
    struct source *writer;
    struct error err;
    assert_true(record_writer_open(fake_open(&fake), &arena, &writer, &err));
    const char *before = ask_rows(writer, "Msvm_ComputerSystem");
    assert_false(source_rows(writer, &query, stop, NULL, &err));
    assert_true(source_rows(writer, &query, go_on, NULL, &err));
    assert_true(record_writer_write(writer, unit_path("longer"), &err));
    source_close(writer);
    struct source *source = open_record("longer");
    assert_string_equal(ask_rows(source, "Msvm_ComputerSystem"), before);
    source_close(source);
}

static void a_rate_is_recorded_as_the_value_it_became(void **state)
{
    (void)state;
    static const struct raw_rate raw = {5, 1000, 1000, 32};
    static const struct fake_value rates[] = {{"Memory", "Page Reads/sec", "", .raw = &raw}, {0}};
    const struct fake rated = {.values = rates, .moment = {.wall = 1314872700123}};
    struct counter reads = {.object = "Memory", .name = "Page Reads/sec", .rate = true};
    struct source *writer, *plain = fake_open(&rated);
    struct error err;
    assert_true(record_writer_rate(plain, &reads, 5, &err)); /* no writer: nothing to do */
    source_close(plain);
    assert_true(record_writer_open(fake_open(&rated), &arena, &writer, &err));
    assert_true(source_counters(writer, &reads, 1, &err));
    assert_true(reads.is_raw);
    assert_int_equal(reads.raw.count, 5);
    assert_true(record_writer_rate(writer, &reads, 64.1, &err));
    assert_true(record_writer_write(writer, unit_path("rate"), &err));
    source_close(writer);

    struct source *record = open_record("rate");
    assert_true(source_counters(record, &reads, 1, &err));
    assert_int_equal(reads.reading, READ_OK);
    assert_false(reads.is_raw);
    assert_double(reads.samples[0].value, 64.1);
    source_close(record);
}

static void failures_are_handed_on(void **state)
{
    (void)state;
    static const struct fake_class denied[] = {{"Msvm_ComputerSystem", "", .reading = READ_DENIED},
                                               {0}};
    const struct fake failing = {.counters_fail = READ_TIMEOUT,
                                 .registry_fails = READ_DENIED,
                                 .classes = denied,
                                 .remark = "in a container"};
    struct counter asked = {.object = BALANCER, .name = "Available Memory", .instances = true};
    struct source *writer;
    struct error err;
    assert_true(record_writer_open(fake_open(&failing), &arena, &writer, &err));
    assert_false(source_counters(writer, &asked, 1, &err));
    assert_int_equal(err.code, READ_TIMEOUT);
    assert_string_equal(source_remark(writer), "in a container");
    assert_string_equal(ask_registry(writer), say("%d", READ_DENIED));
    assert_string_equal(ask_rows(writer, "Msvm_ComputerSystem"), say("%d", READ_DENIED));
    assert_true(record_writer_write(writer, unit_path("failed"), &err)); /* an empty directory */
    unit_text_file("failed/Msvm_ComputerSystem.csv", "");                /* and so it is free */
    source_close(writer);

    assert_true(record_writer_open(fake_open(&fake), &arena, &writer, &err));
    ask_all(writer);
    assert_false(record_writer_write(writer, unit_path("no/such/place"), &err));
    assert_int_equal(err.code, PLATFORM_ABSENT);
    source_close(writer);
    assert_int_equal(fake_open_count, 0);
}

RUN_TESTS(TEST(what_was_read_is_read_again), TEST(the_files), TEST(several_checks_write_one_record),
          TEST(only_the_log_of_a_writer_is_written_on),
          TEST(what_cannot_all_be_written_is_not_begun),
          TEST(what_cannot_all_take_its_place_is_taken_back), TEST(the_last_reading_counts),
          TEST(a_shorter_look_at_a_class_takes_nothing),
          TEST(a_rate_is_recorded_as_the_value_it_became), TEST(failures_are_handed_on));
