/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "counter/counter.h"
#include "counter/stamp.h"

#include <sys/stat.h>

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
        {"4294967090", true, 4294967090},
        {"1.7976931348623157e+30", true, 1.7976931348623157e+30},
        {"0.33333333333333331", true, 0.33333333333333331},
        {"", false, 0},
        {" ", false, 0},
        {"   ", false, 0},
        {"-", false, 0},
        {".", false, 0},
        {"1e", false, 0},
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
    assert_holds(err.text, "counters.csv: columns of two machines, 'H' and 'H2'");
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

/* A log whose only row is so many seconds old, by a clock with this bias. */
static const char *aged(int64_t seconds, const char *zone, int64_t bias)
{
    char when[STAMP_SIZE];
    stamp_print_pdh(when, clock_now() - seconds * 1000 - bias * 60000);
    return say("\"(PDH-CSV 4.0)%s\"" MEMORY "\r\n\"%s\",\"5\"\r\n", zone, when);
}

static void age(void **state)
{
    (void)state;
    static const struct source_options minute = {.max_age = 60};
    struct error err;
    must_read(aged(0, " (GMT)(0)", 0), &minute, NULL);
    must_read(aged(30, " (Tokyo)(-540)", -540), &minute, NULL);
    must_read(aged(30, " (Pacific)(480)", 480), &minute, NULL);
    must_read(aged(-30, " (GMT)(0)", 0), &minute, NULL); /* clocks differ a little */
    must_read(aged(90, " (GMT)(0)", 0), NULL, NULL);

    assert_false(read_counters(aged(90, " (GMT)(0)", 0), &minute, NULL, &err));
    assert_holds(err.text, " is older than --max-age=60 s: is the log still written?");
    assert_false(read_counters(aged(3600, " (Tokyo)(-540)", -540), &minute, NULL, &err));
    assert_holds(err.text, " is older than --max-age=60 s: is the log still written?");
    assert_false(read_counters(aged(-3600, " (GMT)(0)", 0), &minute, NULL, &err));
    assert_holds(err.text, " is further in the future than --max-age=60 s: which clock is wrong?");
    assert_false(read_counters(aged(0, "", 0), &minute, NULL, &err));
    assert_holds(err.text, "no time zone");
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

    source = open_record("nothing");
    assert_false(source_counters(source, &parent, 1, &err));
    assert_holds(err.text, "nothing/counters.csv: no such file or directory");
    assert_int_equal(err.code, READ_FAILED);
    source_close(source);
}

static bool see_name(void *context, const char *const *cells, struct error *err)
{
    const char **names = context;
    if (!strcmp(cells[0], "stop"))
        return error_set_code(err, 77, "stopped");
    *names = say("%s%s,", *names, cells[0]);
    return true;
}

static void rows_and_registry(void **state)
{
    (void)state;
    static const char *const namespaces[] = {"root\\cimv2", NULL};
    static const char *const properties[] = {"Name", NULL};
    const struct row_query query = {namespaces, "Some_Class", properties};
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
          TEST(age), TEST(counters_one_after_the_other), TEST(the_past_is_that_of_the_same_log),
          TEST(a_damaged_header_stays_damaged), TEST(tabs_where_there_is_no_csv),
          TEST(rows_and_registry), TEST(what_is_no_file_is_refused));
