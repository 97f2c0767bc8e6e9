/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "counter/counter.h"
#include "counter/record/stamp.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define HEAD "\"(PDH-CSV 4.0) (Tokyo Standard Time)(-540)\""
#define BALANCER(instance, counter)                                                                \
    ",\"\\\\H\\Hyper-V Dynamic Memory Balancer(" instance ")\\" counter "\""
#define MEMORY ",\"\\\\H\\Memory\\Available MBytes\""

enum { AVAILABLE, PRESSURE, PARENT, ABSENT, COUNTERS };

static struct counter counters[COUNTERS];

/* Read counters.csv of a directory of its own that holds this text. */
static bool read_counters(const char *text, const struct source_options *options,
                          struct moment *moment, struct error *err)
{
    static const struct counter asked[COUNTERS] = {
        {.object = "Hyper-V Dynamic Memory Balancer",
         .name = "Available Memory",
         .instances = true},
        {.object = "Hyper-V Dynamic Memory Balancer",
         .name = "Average Pressure",
         .instances = true},
        {.object = "Memory", .name = "Available MBytes"},
        {.object = "Hyper-V Dynamic Memory VM", .name = "Physical Memory", .instances = true},
    };
    static const struct source_options none;
    struct source *source;
    memcpy(counters, asked, sizeof counters);
    unit_text_file("host/counters.csv", text);
    assert_true(source_open(say("record:%s", unit_path("host")), options ? options : &none, &arena,
                            &source, err));
    bool read = source_counters(source, counters, COUNTERS, err);
    if (read && moment)
        *moment = source_moment(source);
    assert_null(source_remark(source));
    source_close(source);
    return read;
}

static void must_read(const char *text, const struct source_options *options, struct moment *moment)
{
    struct error err;
    if (!read_counters(text, options, moment, &err))
        fail_msg("%s", err.text);
}

static void check_sample(int counter, size_t i, const char *instance, double value)
{
    assert_int_equal(counters[counter].reading, READ_OK);
    assert_null(counters[counter].problem);
    assert_true(i < counters[counter].count);
    const struct sample *sample = &counters[counter].samples[i];
    assert_string_equal(sample->instance, instance);
    assert_true(sample->present);
    assert_double(sample->value, value);
}

static void columns_are_found(void **state)
{
    (void)state;
    struct moment moment;
    must_read(
        HEAD MEMORY ",\"no path\"" BALANCER(
            "System Balancer",
            "Available Memory") ",\"\\\\h\\HYPER-V dynamic memory BALANCER(Node 1)\\available "
                                "memory\"" BALANCER("System Balancer",
                                                    "Average Pressure") "\r\n"
                                                                        "\"09/01/2011 "
                                                                        "10:00:00.123\",\"437\","
                                                                        "\"5\",\"98.000000\","
                                                                        "\"12\",\"105.5\"\r\n",
        NULL, &moment);
    assert_int_equal(counters[AVAILABLE].count, 2);
    check_sample(AVAILABLE, 0, "System Balancer", 98);
    check_sample(AVAILABLE, 1, "Node 1", 12);
    check_sample(PRESSURE, 0, "System Balancer", 105.5);
    check_sample(PARENT, 0, "", 437);
    assert_int_equal(counters[ABSENT].reading, READ_NO_OBJECT);
    assert_holds(counters[ABSENT].problem,
                 "counters.csv: no column of 'Hyper-V Dynamic Memory VM'");

    assert_true(moment.recorded && moment.has_bias);
    assert_int_equal(moment.bias, -540);
    assert_string_equal(moment.zone, "Tokyo Standard Time");
    char text[STAMP_SIZE];
    assert_string_equal(stamp_print_pdh(text, moment.wall), "09/01/2011 10:00:00.123");
}

static void what_is_missing_is_told(void **state)
{
    (void)state;
    must_read(
        HEAD MEMORY BALANCER(
            "System Balancer",
            "Available Memory") ",\"\\\\H\\Hyper-V Dynamic Memory Balancer\\Average Pressure\"\r\n"
                                "\"09/01/2011 10:00:00.123\",\" \",\"\",\"7\"\r\n",
        NULL, NULL);
    /* an instance without a value, and a value without an instance where there should be some */
    assert_int_equal(counters[AVAILABLE].reading, READ_OK);
    assert_int_equal(counters[AVAILABLE].count, 1);
    assert_false(counters[AVAILABLE].samples[0].present);
    assert_int_equal(counters[PRESSURE].reading, READ_NO_COUNTER);
    assert_holds(counters[PRESSURE].problem,
                 "no column '\\Hyper-V Dynamic Memory Balancer(*)\\Average Pressure'");
    assert_int_equal(counters[PARENT].reading, READ_NO_SAMPLE);
    assert_holds(counters[PARENT].problem,
                 "no value of '\\Memory\\Available MBytes' at 2011-09-01 10:00:00");
}

static void values(void **state)
{
    (void)state;
    static const struct {
        const char *field;
        bool present;
        double value;
    } cases[] = {
        {"98", true, 98},
        {"98.000000", true, 98},
        {"98,5", true, 98.5},
        {" 98", true, 98},
        {"-206", true, -206},
        {"1e300", true, 1e300},
        {"-1e300", true, -1e300},
        {"4294967090", true, 4294967090},
        {"1.7976931348623157e+30", true, 1.7976931348623157e+30},
        {"0.33333333333333331", true, 0.33333333333333331},
        {"", false, 0},
        {" ", false, 0},
        {"   ", false, 0},
        {"-", false, 0},
        {".", false, 0},
        {"1e", false, 0},
        {"1.1e300", false, 0},
        {"-1.1e300", false, 0},
        {"1e999", false, 0},
        {"nan", false, 0},
        {"inf", false, 0},
        {"0x10", false, 0},
        {"1.#IND", false, 0},
        {"1,234.5", false, 0},
        {"1.234,5", false, 0},
        {"98 MB", false, 0},
        {"98 ", false, 0},
        {"業", false, 0},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        must_read(
            say(HEAD BALANCER("n", "Available Memory") "\r\n\"09/01/2011 10:00:00\",\"%s\"\r\n",
                cases[i].field),
            NULL, NULL);
        if (cases[i].present)
            check_sample(AVAILABLE, 0, "n", cases[i].value);
        else if (counters[AVAILABLE].samples[0].present)
            fail_msg("'%s' is %g", cases[i].field, counters[AVAILABLE].samples[0].value);
    }
}

/* typeperf writes a column for every path that it is given, also for the same one twice. */
static void a_column_that_stands_twice_counts_once(void **state)
{
    (void)state;
    must_read(HEAD BALANCER("System Balancer", "Available Memory")
                  MEMORY BALANCER("system balancer", "available memory") MEMORY
              "\r\n"
              "\"09/01/2011 10:00:00\",\"98\",\"400\",\"98\",\"400\"\r\n",
              NULL, NULL);
    assert_int_equal(counters[AVAILABLE].count, 1);
    assert_int_equal(counters[PARENT].count, 1);
    check_sample(AVAILABLE, 0, "System Balancer", 98);

    must_read(HEAD BALANCER("n", "Available Memory")
                  BALANCER("n#1", "Available Memory") "\r\n"
                                                      "\"09/01/2011 10:00:00\",\"98\",\"5\"\r\n",
              NULL, NULL);
    assert_int_equal(counters[AVAILABLE].count, 2); /* these are two */
}

static void a_log_of_two_machines_is_refused(void **state)
{
    (void)state;
    struct error err;
    assert_false(read_counters(
        HEAD BALANCER("System Balancer",
                      "Available Memory") ",\"\\\\H2\\Hyper-V Dynamic Memory Balancer(System "
                                          "Balancer)\\Available Memory\"\r\n"
                                          "\"09/01/2011 10:00:00\",\"98\",\"4000\"\r\n",
        NULL, NULL, &err));
    assert_holds(err.text, "counters.csv:1: columns of two machines, 'H' and 'H2'");
    assert_int_equal(err.code, READ_FAILED);
    /* one that is not asked for doesn't matter; nor does the case */
    must_read(HEAD BALANCER(
                  "System Balancer",
                  "Available Memory") ",\"\\\\H2\\Processor(_Total)\\% Processor "
                                      "Time\",\"\\\\h\\Memory\\Available "
                                      "MBytes\"\r\n\"09/01/2011 10:00:00\",\"98\",\"4\",\"5\"\r\n",
              NULL, NULL);
    check_sample(PARENT, 0, "", 5);
}

static void names_with_anything_in_them(void **state)
{
    (void)state;
    static const char *const names[] = {
        "web (prod), 1/2", "say \"\"hi\"\"", "a\"\",b",      "x\\y",
        "a)\\b",           "db#1",           "業務サーバ01", "a|b;c=d"};
    static const char *const plain[] = {"web (prod), 1/2", "say \"hi\"", "a\",b",        "x\\y",
                                        "a)\\b",           "db#1",       "業務サーバ01", "a|b;c=d"};
    const char *head = HEAD, *row = "\"09/01/2011 10:00:00\"";
    for (unsigned i = 0; i < LENGTH(names); i++) {
        head = say("%s,\"\\\\H\\Hyper-V Dynamic Memory Balancer(%s)\\Available Memory\"", head,
                   names[i]);
        row = say("%s,\"%u\"", row, i);
    }
    must_read(say("%s\r\n%s\r\n", head, row), NULL, NULL);
    assert_int_equal(counters[AVAILABLE].count, LENGTH(names));
    for (size_t i = 0; i < LENGTH(names); i++)
        check_sample(AVAILABLE, i, plain[i], (double)i);
}

static void a_thousand_instances(void **state)
{
    (void)state;
    struct text text = {0};
    text_puts(&text, HEAD);
    for (unsigned i = 0; i < 1024; i++)
        text_printf(
            &text, BALANCER("vm%u", "Average Pressure") BALANCER("vm%u", "Available Memory"), i, i);
    text_puts(&text, "\r\n\"09/01/2011 10:00:00\"");
    for (unsigned i = 0; i < 1024; i++)
        text_printf(&text, ",\"%u\",\"%u\"", i, 2 * i);
    must_read(text.bytes, NULL, NULL); /* not ended: the last quote is there */
    assert_int_equal(counters[AVAILABLE].count, 1024);
    for (unsigned i = 0; i < 1024; i++) {
        check_sample(AVAILABLE, i, say("vm%u", i), 2.0 * i);
        check_sample(PRESSURE, i, say("vm%u", i), i);
    }
    text_free(&text);
}

static void a_moment_of_a_log(void **state)
{
    (void)state;
    static const char text[] = HEAD MEMORY "\r\n\"09/01/2011 10:00:00.000\",\"1\"\r\n"
                                           "\"09/01/2011 10:15:00.000\",\"2\"\r\n";
    must_read(text, &(struct source_options){.at = "2011-09-01T10:14:59"}, NULL);
    check_sample(PARENT, 0, "", 1);
    must_read(text, &(struct source_options){.at = "2011-09-01 10:15"}, NULL);
    check_sample(PARENT, 0, "", 2);
    struct error err;
    assert_false(
        read_counters(text, &(struct source_options){.at = "2011-09-01 09:59"}, NULL, &err));
    assert_int_equal(err.code, READ_NO_SAMPLE);
}

static bool see_name(void *context, const char *const *cells, struct error *err)
{
    const char **names = context, *name = cells[0] ? cells[0] : "NULL";
    if (!strcmp(name, "stop"))
        return error_set_code(err, 77, "stopped");
    *names = say("%s%s,", *names, name);
    return true;
}

/* A log whose only row is so many seconds old, by a clock that is so many minutes ahead of UTC. */
static const char *aged(int64_t seconds, const char *zone, int64_t ahead)
{
    char when[STAMP_SIZE];
    stamp_print_pdh(when, clock_now() - seconds * 1000 + ahead * 60000);
    return say("\"(PDH-CSV 4.0)%s\"" MEMORY "\r\n\"%s\",\"5\"\r\n", zone, when);
}

static void set_age(const char *path, int64_t seconds)
{
    time_t when = (time_t)(clock_now() / 1000 - seconds);
    const struct timespec times[2] = {{.tv_sec = when}, {.tv_sec = when}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* "", or why it is refused, of a row and a file that are so many seconds old. */
static const char *age_of(int64_t row, const char *zone, int64_t ahead, int64_t file,
                          const struct source_options *options)
{
    struct source *source;
    struct error err;
    struct counter parent = {.object = "Memory", .name = "Available MBytes"};
    set_age(unit_text_file("aged/counters.csv", aged(row, zone, ahead)), file);
    assert_true(source_open(say("record:%s", unit_path("aged")), options, &arena, &source, &err));
    bool read = source_counters(source, &parent, 1, &err);
    source_close(source);
    return read ? "" : say("%s", err.text);
}

static void age(void **state)
{
    (void)state;
    static const char too_old[] = " s: is the log still written?",
                      future[] = " s: which clock is wrong?", unknown[] = "Give --utc-offset";
    static const struct {
        int64_t row; /* seconds: how old it is, */
        const char *zone;
        int64_t ahead; /* by a clock so many minutes ahead of UTC then */
        int64_t file;  /* seconds: how old the file is */
        unsigned long max_age;
        const char *offset;
        const char *problem; /* NULL: it is young enough */
    } cases[] = {
        {0, " (GMT)(0)", 0, 0, 60, NULL, NULL},
        {30, " (Tokyo)(-540)", 540, 30, 60, NULL, NULL},
        {30, " (Pacific)(480)", -480, 30, 60, NULL, NULL},
        {-30, " (GMT)(0)", 0, 0, 60, NULL, NULL}, /* clocks differ a little */
        {90, " (GMT)(0)", 0, 90, 0, NULL, NULL},
        {90, " (GMT)(0)", 0, 90, 60, NULL, too_old},
        {90, " (GMT)(0)", 0, 0, 60, NULL, too_old}, /* copied */
        {7200, " (GMT)(0)", 0, 0, 60, NULL, too_old},
        {3600, " (Tokyo Standard Time)(-540)", 540, 0, 60, NULL, too_old}, /* no summer time */
        {-3600, " (UTC)(0)", 0, 0, 60, NULL, future},
        {-9000, " (GMT)(0)", 0, 0, 60, NULL, future},
        /* live, in spring and in autumn: the header tells the zone of the log's beginning */
        {5, " (GMT Standard Time)(0)", 60, 5, 900, NULL, NULL},
        {5, " (GMT Standard Time)(-60)", 0, 5, 900, NULL, NULL},
        {5, " (GMT Daylight Time)(-60)", 0, 5, 60, NULL, NULL},
        {5, " (AUS Eastern Standard Time)(-600)", 660, 5, 60, NULL, NULL},
        /* dead, whatever the row's clock seems to say */
        {3600, " (GMT Standard Time)(0)", 60, 3600, 900, NULL, too_old},
        {2900, " (GMT Standard Time)(0)", 60, 2900, 900, NULL, too_old},
        {4400, " (GMT Standard Time)(0)", 60, 4400, 900, NULL, too_old},
        {3600, " (GMT Standard Time)(-60)", 0, 3600, 900, NULL, too_old},
        {7200, " (GMT Standard Time)(-60)", 0, 7200, 900, NULL, too_old},
        {3600, " (GMT Standard Time)(0)", 0, 3600, 900, NULL, too_old},
        /* Windows leaves the time of an open file alone: a younger row is believed */
        {5, " (GMT Standard Time)(0)", 0, 30000, 900, NULL, NULL},
        /* no zone: the file's own time */
        {5, " (Paris, Madrid (heure d", 60, 5, 900, NULL, NULL},
        {5, " (RTZ 2 (", 180, 5, 900, NULL, NULL},
        {5, " (", 540, 5, 900, NULL, NULL},
        {5, "", -210, 5, 900, NULL, NULL},
        {5, "", 345, 5, 900, NULL, NULL},
        {5, "", 840, 5, 900, NULL, NULL},
        {5, "", -720, 5, 900, NULL, NULL},
        {1200, "", 60, 1200, 900, NULL, too_old},
        {1200, "", 60, 600, 900, NULL, unknown}, /* copied */
        {100000, "", 60, 5, 900, NULL, unknown},
        /* no zone, but an offset */
        {5, " (Paris, Madrid (heure d", 60, 5, 900, "+01:00", NULL},
        {5, "", -210, 5, 900, "-03:30", NULL},
        {1200, "", 60, 600, 900, "+01:00", too_old},
        {600, "", 60, 0, 900, "+01:00", NULL}, /* copied */
        {5, "", 120, 5, 900, "+01:00", NULL},  /* in summer */
        {3600, "", 120, 3600, 900, "+01:00", too_old},
        {5, " (GMT)(0)", 0, 5, 900, "+09:00", NULL}, /* a header that tells is believed */
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const struct source_options options = {.max_age = cases[i].max_age,
                                               .utc_offset = cases[i].offset};
        const char *found =
            age_of(cases[i].row, cases[i].zone, cases[i].ahead, cases[i].file, &options);
        if (cases[i].problem ? !strstr(found, cases[i].problem) : *found)
            fail_msg("%zu: a row of %d s in a file of %d s, '%s': '%s'", i, (int)cases[i].row,
                     (int)cases[i].file, cases[i].zone, found);
    }
}

/* Of each file of a record, whatever of it is read. */
static void the_age_of_every_file(void **state)
{
    (void)state;
    static const char *const namespaces[] = {NULL}, *const properties[] = {"Name", NULL};
    static const struct row_query query = {
        .namespaces = namespaces, .class_name = "Class", .properties = properties, .needed = 1};
    static const struct source_options options = {.max_age = 60};
    struct source *source;
    struct registry_value value;
    struct error err;
    const char *names = "";
    const char *rows = unit_text_file("files/Class.csv", "\"Name\"\r\n\"a\"\r\n"),
               *registry = unit_text_file("files/registry.reg", "REGEDIT4\r\n");
    assert_true(source_open(say("record:%s", unit_path("files")), &options, &arena, &source, &err));
    for (int64_t old = 0; old <= 90; old += 90) {
        set_age(rows, old);
        set_age(registry, old);
        assert_int_equal(source_rows(source, &query, see_name, &names, &err), !old);
        if (old)
            assert_holds(err.text, "UTC, is older than --max-age=60 s: is it still written?");
        assert_int_equal(source_registry(source, "K", "V", &value, &err), !old);
        if (old)
            assert_int_equal(err.code, READ_FAILED);
    }
    source_close(source);
}

/* ---- what it is written in ---- */

#define VM(name) ",\"\\\\H\\Hyper-V Dynamic Memory VM(" name ")\\Physical Memory\""

static const struct row_names evidence[] = {{"Names", "ElementName"}, {0}};

/* The instances of a log, and the names of rows, as they are read of a record; then the remark. */
static const char *read_all(const char *log, const char *rows, const char *encoding)
{
    static const char *const namespaces[] = {NULL}, *const properties[] = {"ElementName", NULL};
    static const struct row_query query = {
        .namespaces = namespaces, .class_name = "Names", .properties = properties, .needed = 1};
    const struct source_options options = {.names = evidence, .encoding = encoding};
    struct counter vms = {
        .object = "Hyper-V Dynamic Memory VM", .name = "Physical Memory", .instances = true};
    struct source *source;
    struct error err;
    const char *all = "", *names = "";
    unit_text_file("names/counters.csv", log);
    unit_text_file("names/Names.csv", rows);
    assert_true(source_open(say("record:%s", unit_path("names")), &options, &arena, &source, &err));
    if (!source_counters(source, &vms, 1, &err)) {
        source_close(source);
        return say("!%s", strrchr(err.text, '/'));
    }
    for (size_t i = 0; i < vms.count; i++)
        all = say("%s%s,", all, vms.samples[i].instance);
    if (!source_rows(source, &query, see_name, &names, &err)) {
        source_close(source);
        return say("%s!%s", all, strrchr(err.text, '/'));
    }
    const char *remark = source_remark(source);
    all = say("%s|%s%s", all, names,
              !remark                                                     ? ""
              : strstr(remark, "' and others are no name in the exports") ? "|? ?"
                                                                          : "|?");
    source_close(source);
    return all;
}

#define LOG(vms, row) HEAD vms "\r\n\"09/01/2011 10:00:00\"," row "\r\n"
#define ROWS(...)     "\"ElementName\"\r\n" __VA_ARGS__
#define ROW(name)     "\"" name "\"\r\n"
#define UTF8_BOM      "\xEF\xBB\xBF"

static void encodings_by_the_names_that_join(void **state)
{
    (void)state;
    static const struct {
        const char *log, *rows, *expected;
    } cases[] = {
        /* a log of the ANSI page, the export in UTF-8: by the join */
        {LOG(VM("Donn\351es-01") VM("\xE9tudes"), "\"1\",\"2\""),
         UTF8_BOM ROWS(ROW("H") ROW("Données-01") ROW("études")),
         "Données-01,études,|H,Données-01,études,"},
        {LOG(VM("Zam\xF3wienia") VM("\xB9\xEA"), "\"1\",\"2\""),
         UTF8_BOM ROWS(ROW("Zamówienia") ROW("ąę")), "Zamówienia,ąę,|Zamówienia,ąę,"},
        {LOG(VM("\xD1\xE5\xF0\xE2\xE5\xF0"), "\"1\""), UTF8_BOM ROWS(ROW("Сервер")),
         "Сервер,|Сервер,"},
        {LOG(VM("\x8B\xC6\x96\xB1\x83T\x81[\x83o"), "\"1\""), UTF8_BOM ROWS(ROW("業務サーバ")),
         "業務サーバ,|業務サーバ,"},
        /* a log of a console's OEM page */
        {LOG(VM("M\x81ller"), "\"1\""), UTF8_BOM ROWS(ROW("Müller")), "Müller,|Müller,"},
        {LOG(VM("M\x81ller"), "\"1\""), ROWS(ROW("M\xFCller")), "Müller,|Müller,"},
        {LOG(VM("\x91\xA5\xE0\xA2\xA5\xE0"), "\"1\""), ROWS(ROW("\xD1\xE5\xF0\xE2\xE5\xF0")),
         "Сервер,|Сервер,"},
        /* the log in UTF-8, the export not */
        {UTF8_BOM LOG(VM("Données"), "\"1\""), ROWS(ROW("Donn\351es")), "Données,|Données,"},
        {UTF8_BOM LOG(VM("業務"), "\"1\""), ROWS(ROW("\x8B\xC6\x96\xB1")), "業務,|業務,"},
        /* neither tells, but both are the same */
        {LOG(VM("Donn\351es"), "\"1\""), ROWS(ROW("Donn\351es") ROW("\xE9t\xE9")),
         "Données,|Données,été,"},
        {LOG(VM("\x8B\xC6\x96\xB1"), "\"1\""), ROWS(ROW("\x8B\xC6\x96\xB1")), "業務,|業務,"},
        /* mangled, and the second of a name */
        {LOG(VM("caf\xE9 [1]") VM("caf\xE9#1"), "\"1\",\"2\""),
         UTF8_BOM ROWS(ROW("café (1)") ROW("café")), "café [1],café#1,|café (1),café,"},
        /* no evidence at all */
        {LOG(VM("Donn\351es"), "\"1\""), ROWS(), "Données,|"},
        {LOG(VM("\x83|\x81[\x83^\x83\x8B"), "\"1\""), ROWS(), "ポータル,|"},
        /* which bytes are Japanese, and which only may be */
        {LOG(VM("1\x8B\xC6 2"), "\"1\""), ROWS(), "1業 2,|"}, /* no letters beside it */
        {LOG(VM("{\x8B\xC6}"), "\"1\""), ROWS(), "{業},|"},
        {LOG(VM("a \x8B\xC6\x96\xB1 b"), "\"1\""), ROWS(), "a 業務 b,|"},
        {LOG(VM("a\x8B\xC6\x96\xB1z"), "\"1\""), ROWS(), "a業務z,|"},
        {LOG(VM("x\x8B\xC6 2"), "\"1\""), ROWS(), "x‹Æ 2,|"},
        {LOG(VM("1\x8B\xC6Z"), "\"1\""), ROWS(), "1‹ÆZ,|"},
        {LOG(VM("1\x8B\xC6z"), "\"1\""), ROWS(), "1‹Æz,|"},
        {LOG(VM("1\x8B\xC6"
                "A"),
             "\"1\""),
         ROWS(), "1‹ÆA,|"},
        {LOG(VM("1\x8B\xC6"
                "a"),
             "\"1\""),
         ROWS(), "1‹Æa,|"},
        {LOG(VM("\x80 1"), "\"1\""), ROWS(), "€ 1,|"},
        {LOG(VM("\xF0@"), "\"1\""), ROWS(), "ð@,|"},
        {LOG(VM("\xF0@\xF9\xFC"), "\"1\""), ROWS(), "ð@ùü,|"},
        /* a number sign that numbers nothing */
        {LOG(VM("\xE9#") VM("\xE9#a1"), "\"1\",\"2\""), UTF8_BOM ROWS(ROW("é#") ROW("é#a1")),
         "é#,é#a1,|é#,é#a1,"},
        {LOG(VM("\xE9"), "\"1\""), ROWS(ROW("#1") ROW("") ROW("\xE9")), "é,|#1,NULL,é,"},
        {LOG(VM("\x8B\xC6"), "\"1\""), ROWS(ROW("#1") ROW("\x8B\xC6")), "業,|#1,業,"},
        /* nothing joins: that is said */
        {LOG(VM("\x8B\xC6\x96\xB1"), "\"1\""), ROWS(ROW("Donn\351es")),
         "‹Æ–±,|Données,|?"}, /* sooner one page for both */
        {LOG(VM("Donn\351es") VM("\xE9t\xE9"), "\"1\",\"2\""), UTF8_BOM ROWS(ROW("Autre")),
         "Données,été,|Autre,|? ?"},
        {LOG(VM("Donn\351es"), "\"1\""), UTF8_BOM ROWS(ROW("Autre")), "Données,|Autre,|?"},
        {LOG(VM("Donn\351es"), "\"1\""), ROWS(ROW("Donn?es")), "Données,|Donn?es,|?"},
        /* it says itself, or nothing is to be said */
        {UTF8_BOM LOG(VM("Données"), "\"1\""), UTF8_BOM ROWS(ROW("Données")), "Données,|Données,"},
        {LOG(VM("web01"), "\"1\""), ROWS(ROW("web01")), "web01,|web01,"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++)
        assert_string_equal(read_all(cases[i].log, cases[i].rows, NULL), cases[i].expected);
    /* what the user says counts, though it joins with nothing */
    assert_string_equal(read_all(cases[0].log, cases[0].rows, "windows-1251"),
                        "Donnйes-01,йtudes,|H,Données-01,études,");
    /* the log has no names of VMs, or there is none: by the export alone */
    assert_string_equal(read_all(LOG(MEMORY, "\"1\""), ROWS(ROW("Donn\351es")), NULL), "|Données,");
    /* two ways, two VMs; more of them tell no more */
    assert_holds(
        read_all(LOG(VM("\xE9"), "\"1\""), UTF8_BOM ROWS(ROW("é") ROW("й") ROW("ι")), NULL),
        "counters.csv: its instance names are those of VMs in windows-1252, and "
        "those of other VMs in windows-1251: say with --encoding which is right");
    assert_string_equal(
        read_all(UTF8_BOM LOG(VM("é") VM("й"), "\"1\",\"2\""), ROWS(ROW("\xE9")), NULL),
        "é,й,!/counters.csv: its instance names are those of VMs in windows-1252, and those of "
        "other VMs in windows-1251: say with --encoding which is right");
    assert_holds(read_all(LOG(VM("\xE9"), "\"1\""), UTF8_BOM ROWS(ROW("é") ROW("й")), NULL),
                 "counters.csv: its instance names are those of VMs in windows-1252, and "
                 "those of other VMs in windows-1251: say with --encoding which is right");
}

/* Some checks read no log, and some ask for no names. */
static void an_export_without_a_log(void **state)
{
    (void)state;
    static const char *const namespaces[] = {NULL}, *const properties[] = {"ElementName", NULL};
    static const struct row_query query = {
        .namespaces = namespaces, .class_name = "Names", .properties = properties, .needed = 1};
    unit_text_file("export/Names.csv", ROWS(ROW("Donn\351es") ROW("\xE9t\xE9")));
    for (int asked = 0; asked < 2; asked++) {
        const struct source_options options = {.names = asked ? evidence : NULL};
        struct source *source;
        struct error err;
        const char *names = "";
        assert_true(
            source_open(say("record:%s", unit_path("export")), &options, &arena, &source, &err));
        if (!source_rows(source, &query, see_name, &names, &err))
            fail_msg("%s", err.text);
        assert_string_equal(names, "Données,été,");
        assert_null(source_remark(source));
        source_close(source);
    }
}

/* ---- another language ---- */

#define O(object) ",\"\\\\H\\" object "\\x\""

static void a_log_in_another_language_is_called_so(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        const char *foreign; /* the object that tells, or NULL: it is English */
    } cases[] = {
        {O("Arbeitsspeicher"), "Arbeitsspeicher"},
        {O("Memoria"), "Memoria"},
        {O("Memory"), NULL},
        {O("Process(a)"), NULL},
        {O("Memory") O("Speicher f\xFCr Hyper-V(a)"), "Speicher für Hyper-V"},
        {O("Memory") O("m\xE9moire hyper-v(a)"), "mémoire hyper-v"},
        {O("Memory") O("Hyper-V \xC9quilibreur(a)"), "Hyper-V Équilibreur"},
        /* the first, but sooner one of Hyper-V's */
        {O("Arbeitsspeicher") O("Prozess"), "Arbeitsspeicher"},
        {O("Arbeitsspeicher") O("Speicher f\xFCr Hyper-V(a)"), "Speicher für Hyper-V"},
        {O("Speicher f\xFCr Hyper-V(a)") O("Netz f\xFCr Hyper-V(a)"), "Speicher für Hyper-V"},
        /* other languages have the word, too */
        {O("System") O("Prozess"), "Prozess"},
        {O("Memory") O("Hyper-V Legacy Network Adapter(a)"), NULL},
        {O("Hyper-V Dynamic Memory VM(a)"), NULL},
        {",\"no path\"", NULL},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        bool two = strstr(cases[i].header, "\",\"");
        must_read(say(HEAD "%s\r\n\"09/01/2011 10:00:00\",\"1\"%s\r\n", cases[i].header,
                      two ? ",\"2\"" : ""),
                  NULL, NULL);
        if (counters[AVAILABLE].reading != (cases[i].foreign ? READ_LANGUAGE : READ_NO_OBJECT))
            fail_msg("%s: %d", cases[i].header, counters[AVAILABLE].reading);
        if (!cases[i].foreign)
            continue;
        assert_holds(counters[AVAILABLE].problem,
                     "counters.csv:1: no column of 'Hyper-V Dynamic Memory Balancer': the names "
                     "there are not English, but '");
        assert_holds(counters[AVAILABLE].problem, cases[i].foreign);
    }
}

/* ---- more than once ---- */

static struct source *open_record(const char *directory)
{
    static const struct source_options none;
    struct source *source = NULL;
    struct error err;
    assert_true(source_open(say("record:%s", unit_path(directory)), &none, &arena, &source, &err));
    return source;
}

static const char two_rows[] = HEAD MEMORY BALANCER("a", "Available Memory")
    BALANCER("b", "Available Memory") "\r\n"
                                      "\"09/01/2011 10:00:00.000\",\"1\",\"2\",\"3\"\r\n"
                                      "\"09/01/2011 11:00:00.000\",\"4\",\"5\",\"6\"\r\n";

/* Whatever is asked for first, and whatever of it is asked for again. */
static void counters_one_after_the_other(void **state)
{
    (void)state;
    struct error err;
    unit_text_file("twice/counters.csv", two_rows);
    struct source *source = open_record("twice");
    for (int again = 0; again < 2; again++) {
        struct counter parent = {.object = "Memory", .name = "Available MBytes"};
        struct counter both[] = {{.object = "Hyper-V Dynamic Memory Balancer",
                                  .name = "Available Memory",
                                  .instances = true},
                                 parent,
                                 {.object = "Memory", .name = "Page Reads/sec"}};
        assert_true(source_counters(source, &parent, 1, &err));
        assert_double(parent.samples[0].value, 4);
        assert_true(source_counters(source, both, LENGTH(both), &err));
        assert_int_equal(both[0].count, 2);
        assert_double(both[0].samples[0].value, 5);
        assert_double(both[0].samples[1].value, 6);
        assert_double(both[1].samples[0].value, 4);
        assert_int_equal(both[2].reading, READ_NO_COUNTER);
    }
    source_close(source);
}

/* Of a large host it has megabytes. What is not asked for in the first place is told by what was
 * kept of it: here it can't be read again. */
static void the_header_is_read_once(void **state)
{
    (void)state;
    struct error err;
    static const char head[] = HEAD BALANCER("a", "Available Memory")
        BALANCER("b", "Available Memory") MEMORY ",\"\\\\h\\MEMORY\\page reads/sec\""
                                                 ",\"\\\\h\\Memory\\Page Reads/sec\""
                                                 ",\"\\\\H2\\System\\Processes\"";
    static const char row[] =
        "\r\n\"09/01/2011 10:00:00.000\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\"\r\n";
    char damaged[sizeof head + sizeof row];
    memcpy(damaged, head, sizeof head - 1);
    memcpy(damaged + sizeof head - 1, row, sizeof row);
    unit_text_file("once/counters.csv", damaged);
    struct source *source = open_record("once");
    struct counter first = {
        .object = "Hyper-V Dynamic Memory Balancer", .name = "Available Memory", .instances = true};
    assert_true(source_counters(source, &first, 1, &err));
    assert_int_equal(first.count, 2);
    memset(damaged, 'x', sizeof head - 1);
    unit_text_file("once/counters.csv", damaged);

    struct counter then[] = {
        {.object = "Memory", .name = "Page Reads/sec"},
        {.object = "Memory", .name = "Available MBytes"},
        {.object = "Memory", .name = "Cache Bytes"},
        {.object = "Memory", .name = "Available MBytes", .instances = true},
        {.object = "Hyper-V Dynamic Memory Balancer", .name = "Available Memory"},
        {.object = "Hyper-V Dynamic Memory VM", .name = "Physical Memory", .instances = true},
        {.object = "Server", .name = "Sessions"}};
    assert_true(source_counters(source, then, LENGTH(then), &err));
    assert_int_equal(then[0].count, 1); /* of two the first */
    assert_double(then[0].samples[0].value, 5);
    assert_double(then[1].samples[0].value, 4);
    assert_int_equal(then[2].reading, READ_NO_COUNTER);
    assert_int_equal(then[3].reading, READ_NO_COUNTER);
    assert_int_equal(then[4].reading, READ_NO_COUNTER);
    assert_int_equal(then[5].reading, READ_NO_OBJECT);
    assert_int_equal(then[6].reading, READ_NO_OBJECT);

    struct counter other = {.object = "System", .name = "Processes"};
    assert_false(source_counters(source, &other, 1, &err));
    assert_holds(err.text, "counters.csv:1: columns of two machines, 'H' and 'H2'");
    /* of instances nothing is kept */
    struct counter pressure = {
        .object = "Hyper-V Dynamic Memory Balancer", .name = "Average Pressure", .instances = true};
    assert_false(source_counters(source, &pressure, 1, &err));
    assert_holds(err.text, "is not the beginning of a performance log");
    source_close(source);
}

/* Of a header with more objects and columns than are kept, none is taken for missing. */
static void a_header_of_many_objects(void **state)
{
    (void)state;
    struct error err;
    for (unsigned count = 240; count < 270; count++) {
        bool more = count % 3 == 0; /* so that at times an object is the first without room */
        struct text text = {0};
        text_printf(&text, HEAD MEMORY "%s", more ? ",\"\\\\H\\Memory\\Pages/sec\"" : "");
        for (unsigned i = 0; i < count; i++)
            text_printf(
                &text,
                i % 2 ? ",\"\\\\H\\Object %u(a)\\Counter\"" : ",\"\\\\H\\Memory\\Counter %u\"", i);
        text_printf(&text, ",\"\\\\H\\Memory\\Page Reads/sec\"\r\n\"09/01/2011 10:00:00\",\"1\"%s",
                    more ? ",\"9\"" : "");
        for (unsigned i = 0; i < count; i++)
            text_printf(&text, ",\"%u\"", i);
        text_puts(&text, ",\"2\"\r\n");
        unit_text_file("many/counters.csv", text.bytes);
        text_free(&text);
        struct source *source = open_record("many");
        struct counter parent = {.object = "Memory", .name = "Available MBytes"};
        assert_true(source_counters(source, &parent, 1, &err));
        assert_double(parent.samples[0].value, 1);
        struct counter then[] = {{.object = "Memory", .name = "Page Reads/sec"},
                                 {.object = "Object 239", .name = "Counter", .instances = true},
                                 {.object = "Memory", .name = "Counter 238"},
                                 {.object = "Memory", .name = "Cache Bytes"}};
        assert_true(source_counters(source, then, LENGTH(then), &err));
        assert_double(then[0].samples[0].value, 2);
        assert_double(then[1].samples[0].value, 239);
        assert_double(then[2].samples[0].value, 238);
        assert_int_equal(then[3].reading, READ_NO_COUNTER);
        struct counter last = {.object = "Memory", .name = "Counter 236"};
        assert_true(source_counters(source, &last, 1, &err));
        assert_double(last.samples[0].value, 236);
        source_close(source);
    }
}

/* What is written into its place belongs to the next check. */
static void the_past_is_that_of_the_same_log(void **state)
{
    (void)state;
    struct error err;
    struct counter parent = {.object = "Memory", .name = "Available MBytes"};
    const char *path = unit_text_file("twice/counters.csv", two_rows);
    struct source *source = open_record("twice"), *earlier;
    assert_true(source_counters(source, &parent, 1, &err));
    assert_double(parent.samples[0].value, 4);
    assert_int_equal(rename(unit_text_file("twice/new", "nothing"), path), 0);
    assert_true(source_earlier(source, 3600, &arena, &earlier, &err));
    parent = (struct counter){.object = "Memory", .name = "Available MBytes"};
    assert_true(source_counters(earlier, &parent, 1, &err));
    assert_double(parent.samples[0].value, 1);
    source_close(earlier);
    assert_false(source_earlier(source, 3601, &arena, &earlier, &err));
    assert_int_equal(err.code, READ_NO_SAMPLE);
    source_close(source);
}

/* A header that can't be read to its end must not be read on from there. */
static void a_damaged_header_stays_damaged(void **state)
{
    (void)state;
    struct error err;
    static const char file[] = HEAD MEMORY "\0" MEMORY "\r\n"
                                           "\"09/01/2011 10:00:00.000\",\"1\",\"2\"\r\n";
    unit_file("damaged/counters.csv", file, sizeof file - 1);
    struct source *source = open_record("damaged");
    for (int again = 0; again < 2; again++) {
        struct counter parent = {.object = "Memory", .name = "Available MBytes"};
        assert_false(source_counters(source, &parent, 1, &err));
        assert_holds(err.text, "counters.csv:1: not text: there is a NUL in it");
    }
    source_close(source);
}

/* ---- files ---- */

static void tabs_where_there_is_no_csv(void **state)
{
    (void)state;
    struct error err;
    struct counter parent = {.object = "Memory", .name = "Available MBytes"};
    unit_text_file("tabs/counters.tsv", "\"(PDH-TSV 4.0)\"\t\"\\\\H\\Memory\\Available MBytes\"\r\n"
                                        "\"09/01/2011 10:00:00\"\t\"7\"\r\n");
    struct source *source = open_record("tabs");
    assert_true(source_counters(source, &parent, 1, &err));
    assert_double(parent.samples[0].value, 7);
    assert_false(source_moment(source).has_bias);
    source_close(source);

    unit_text_file("tabs/counters.csv", "damaged"); /* this one counts, and says so */
    source = open_record("tabs");
    assert_false(source_counters(source, &parent, 1, &err));
    assert_holds(err.text, "counters.csv:1: 'damaged' is not the beginning");
    source_close(source);

    unit_text_file("tabs-damaged/counters.tsv", "damaged"); /* that of the one that is there */
    source = open_record("tabs-damaged");
    assert_false(source_counters(source, &parent, 1, &err));
    assert_holds(err.text, "counters.tsv:1: 'damaged' is not the beginning");
    source_close(source);

    struct source *earlier;
    source = open_record("nothing");
    assert_false(source_counters(source, &parent, 1, &err));
    assert_holds(err.text, "nothing/counters.csv: no such file or directory");
    assert_int_equal(err.code, READ_FAILED);
    assert_false(source_earlier(source, 0, &arena, &earlier, &err));
    assert_holds(err.text, "nothing/counters.csv: no such file or directory");
    source_close(source);
}

static void rows_and_registry(void **state)
{
    (void)state;
    static const char *const namespaces[] = {"root\\cimv2", NULL};
    static const char *const properties[] = {"Name", NULL};
    const struct row_query query = {.namespaces = namespaces,
                                    .class_name = "Some_Class",
                                    .properties = properties,
                                    .needed = 1};
    struct source *source = open_record("rows");
    struct registry_value value;
    struct error err;
    const char *names = "";

    assert_false(source_rows(source, &query, see_name, &names, &err));
    assert_int_equal(err.code, READ_NO_OBJECT);
    assert_holds(err.text, "rows/Some_Class.csv: no such file or directory");
    assert_false(source_registry(source, "K", "V", &value, &err));
    assert_int_equal(err.code, READ_NO_OBJECT);
    assert_holds(err.text, "rows/registry.reg: no such file or directory");

    unit_text_file("rows/Some_Class.csv", "\"Name\"\r\n\"a\"\r\n\"b\"\r\n");
    assert_true(source_rows(source, &query, see_name, &names, &err));
    assert_string_equal(names, "a,b,");
    unit_text_file("rows/Some_Class.csv", "\"Name\"\r\n\"stop\"\r\n");
    assert_false(source_rows(source, &query, see_name, &names, &err));
    assert_int_equal(err.code, 77); /* the visitor's own */
    unit_text_file("rows/Some_Class.csv", "\"Name\"\r\n\"a\",\"b\"\r\n");
    assert_false(source_rows(source, &query, see_name, &names, &err));
    assert_int_equal(err.code, READ_FAILED);

    unit_text_file("rows/registry.reg", "REGEDIT4\r\n[HKEY_LOCAL_MACHINE\\K]\r\n\"V\"=dword:5\r\n");
    assert_true(source_registry(source, "K", "V", &value, &err));
    uint32_t number = 0;
    assert_true(registry_dword(&value, &number));
    assert_int_equal(number, 5);
    assert_true(source_registry(source, "K", "W", &value, &err));
    assert_false(value.exists);
    source_close(source);
}

/* Root is let in everywhere, so the test becomes nobody for a moment. */
static void what_may_not_be_read_is_told(void **state)
{
    (void)state;
    enum { NOBODY = 65534 };
    struct error err;
    struct counter parent = {.object = "Memory", .name = "Available MBytes"};
    const char *path = unit_text_file("denied/counters.csv", two_rows);
    assert_int_equal(chmod(path, 0), 0);
    struct source *source = open_record("denied");
    bool root = geteuid() == 0;
    if (root)
        assert_int_equal(seteuid(NOBODY), 0);
    bool read = source_counters(source, &parent, 1, &err);
    if (root)
        assert_int_equal(seteuid(0), 0);
    assert_false(read);
    assert_int_equal(err.code, READ_DENIED);
    assert_holds(err.text, "denied/counters.csv: permission denied");
    source_close(source);
}

/* A FIFO or a directory in the place of a file is refused at once, and never waited for. */
static void what_is_no_file_is_refused(void **state)
{
    (void)state;
    struct error err;
    struct counter parent = {.object = "Memory", .name = "Available MBytes"};
    unit_text_file("fifo/x", "");
    assert_int_equal(0, mkfifo(unit_path("fifo/counters.csv"), 0600));
    unit_text_file("directory/counters.csv/x", "");
    static const char *const directories[] = {"fifo", "directory"};
    for (size_t i = 0; i < LENGTH(directories); i++) {
        struct source *source = open_record(directories[i]);
        assert_false(source_counters(source, &parent, 1, &err));
        assert_holds(err.text, "counters.csv: not a regular file");
        assert_int_equal(err.code, READ_FAILED);
        source_close(source);
    }
}

RUN_TESTS(TEST(columns_are_found), TEST(what_is_missing_is_told), TEST(values),
          TEST(a_column_that_stands_twice_counts_once), TEST(a_log_of_two_machines_is_refused),
          TEST(names_with_anything_in_them), TEST(a_thousand_instances), TEST(a_moment_of_a_log),
          TEST(age), TEST(the_age_of_every_file), TEST(encodings_by_the_names_that_join),
          TEST(an_export_without_a_log), TEST(a_log_in_another_language_is_called_so),
          TEST(counters_one_after_the_other), TEST(the_header_is_read_once),
          TEST(a_header_of_many_objects), TEST(the_past_is_that_of_the_same_log),
          TEST(a_damaged_header_stays_damaged), TEST(tabs_where_there_is_no_csv),
          TEST(rows_and_registry), TEST(what_may_not_be_read_is_told),
          TEST(what_is_no_file_is_refused));
