/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "counter/record/export_csv.h"

static const char *const properties[] = {"Name", "ElementName", "EnabledState", NULL};
static struct row_query query = {.class_name = "Class", .properties = properties};
static struct export_csv_file file;

struct seen {
    const char *rows; /* "a|b|NULL\n" */
    unsigned count, stop_at;
};

static bool see(void *context, const char *const *cells, struct error *err)
{
    struct seen *seen = context;
    if (++seen->count == seen->stop_at)
        return error_set_code(err, 77, "enough");
    for (size_t i = 0; properties[i]; i++)
        seen->rows =
            say("%s%s%s", seen->rows, cells[i] ? cells[i] : "NULL", properties[i + 1] ? "|" : "\n");
    assert_null(cells[3]);
    return true;
}

static const char *read_path(const char *path, const char *encoding)
{
    struct seen seen = {.rows = ""};
    struct error err;
    if (!export_csv_rows(path, encoding ? encoding_find(encoding) : NULL, &query, &arena, see,
                         &seen, &file, &err)) {
        assert_memory_equal(err.text, path, strlen(path));
        return say("%s!%s", seen.rows, err.text + strlen(path));
    }
    return seen.rows;
}

static void files(void **state)
{
    (void)state;
    static const struct {
        const char *text, *rows;
    } cases[] = {
        {"", ""},
        {"\xEF\xBB\xBF", ""},
        {"\r\n\r\n", ""},
        {"#TYPE x\r\n", ""},
        {"#TYPE x#y\r\n\"Name\"\r\n", ""},
        {"\"Name\",\"ElementName\",\"EnabledState\"\r\n\"h\",\"H\",\"2\"\r\n", "h|H|2\n"},
        {"#TYPE A,B\r\n\"Name\",\"ElementName\",\"EnabledState\"\r\n\"h\",\"H\",\"2\"", "h|H|2\n"},
        {"\"EnabledState\",\"x\",\"Name\"\r\n\"2\",\"y\",\"h\"\r\n", "h|NULL|2\n"},
        {"\"NAME\",\"elementname\"\r\n\"h\",\"H\"\r\n", "h|H|NULL\n"},
        {"\"Name\",\"ElementName\",\"EnabledState\"\r\n,\"\",\r\n", "NULL|NULL|NULL\n"},
        {"Name,ElementName\nh,H\n\ni,I\n", "h|H|NULL\ni|I|NULL\n"},
        {"\"Name\";\"ElementName\"\r\n\"h\";\"a,b\"\r\n", "h|a,b|NULL\n"},
        {"\r\n\"Name\";\"ElementName\"\r\n\"h\";\"a,b\"\r\n", "h|a,b|NULL\n"},
        {"\"Name\"\t\"ElementName\"\r\n\"h\"\t\"a,b\"\r\n", "h|a,b|NULL\n"},
        {"\"Name\"\r\n\"h\"\r\n", "h|NULL|NULL\n"},
        {"\"Name\",\"x\"\r\n\"h\",\"a\r\nb,\"\"c\"\"\r\n\r\nd\"\r\n\"i\",\"\"\r\n",
         "h|NULL|NULL\ni|NULL|NULL\n"},
        {"\"x\",\"Name\"\r\n\"y\",\"a\r\n\"\"b\"\",\r\n\"\r\n", "a\n\"b\",\n|NULL|NULL\n"},
        {"\"Name\",\"x\ny\"\r\n\"h\",\"z\"\r\n", "h|NULL|NULL\n"},
        {"\"Name\",\"ElementName\"\r\n\"h\",\"say \"\"hi\"\", \"\"x\"\"\"\r\n",
         "h|say \"hi\", \"x\"|NULL\n"},
        /* mistakes */
        {"\"Name\",\"x\"\r\n\"h\"\r\n", "!:2: a row of 1 fields under a header of 2"},
        {"\"Name\"\r\n\"h\"\r\n\"i\",\"j\"\r\n",
         "h|NULL|NULL\n!:3: a row of 2 fields under a header of 1"},
        {"\"Name\",\"x\"\r\n\"h\",\"a\r\nb\"\r\n\"i\"\r\n",
         "h|NULL|NULL\n!:4: a row of 1 fields under a header of 2"},
        {"\"Name\",\"x\"\r\n\"h\",\"a\r\nb\r\n", "!:2: a row without its end: was the file cut?"},
        {"\"Name\",\"x", "!:1: a row without its end: was the file cut?"},
        {"Name,EnabledState\nh,3", "!:2: a row without its end: was the file cut?"},
        {"\"Name\",\"x\"\r\n\"h\",", "!:2: a row without its end: was the file cut?"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const char *path = unit_text_file("Class.csv", cases[i].text);
        const char *rows = read_path(path, NULL);
        if (strcmp(rows, cases[i].rows) != 0)
            fail_msg("'%s' gives '%s'", cases[i].text, rows);
        struct text utf16 =
            unit_utf16(cases[i].text + (cases[i].text[0] == '\xEF' ? 3 : 0), false, true);
        path = unit_file("Class.csv", utf16.bytes, utf16.length);
        assert_string_equal(read_path(path, NULL), cases[i].rows);
        text_free(&utf16);
    }
}

/* Cut anywhere: what is told is the beginning of what the whole file tells, and never a cell that
 * is shorter than it was. */
static void a_cut_file_never_tells_something_else(void **state)
{
    (void)state;
    static const char *const files[] = {
        "\"Name\",\"ElementName\",\"EnabledState\"\r\n\"h\",\"HV 1\",\"32769\"\r\n"
        "\"i\",\"say \"\"x\"\"\r\nb\",\"2\"\r\n\"j\",,\"3\"\r\n",
        "Name,ElementName,EnabledState\nh,HV 1,32769\ni,b,32768\n",
    };
    for (size_t f = 0; f < LENGTH(files); f++) {
        const char *whole = say("%s", read_path(unit_text_file("whole.csv", files[f]), NULL));
        for (size_t length = strcspn(files[f], "\n") + 1; length < strlen(files[f]); length++) {
            const char *rows = read_path(unit_file("cut.csv", files[f], length), NULL);
            const char *mistake = strchr(rows, '!');
            size_t told = mistake ? (size_t)(mistake - rows) : strlen(rows);
            assert_memory_equal(rows, whole, told);
            assert_true(told == 0 || rows[told - 1] == '\n');
        }
    }
}

static void encodings(void **state)
{
    (void)state;
    const char *path = unit_text_file("cp932.csv", "\"Name\"\r\n\"\x83\x7C\x81\x5B\"\r\n");
    assert_string_equal(read_path(path, NULL), "ポー|NULL|NULL\n");
    path = unit_text_file("cp850.csv", "\"Name\"\r\n\"M\x81ller\"\r\n");
    assert_string_equal(read_path(path, "cp850"), "Müller|NULL|NULL\n");
}

/* What a verdict rests on must be a column, and one export is in one file. */
static void what_is_needed_must_be_a_column(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t needed;
        const char *rows;
    } cases[] = {
        {"\"Name\",\"EnabledState\",\"ElementName\"\r\n\"h\",\"2\",\"H\"\r\n", 3, "h|H|2\n"},
        {"\"Name\",\"ElementName\"\r\n\"h\",\"H\"\r\n", 2, "h|H|NULL\n"},
        {"\"Name\",\"ElementName\"\r\n\"h\",\"H\"\r\n", 3,
         "!:1: no column 'EnabledState', which the result depends on: export every property, from "
         "Get-WmiObject to Export-Csv without a Select-Object between"},
        {"#TYPE x\r\n\"Name\",\"EnabledState\"\r\n", 3,
         "!:2: no column 'ElementName', which the result depends on: export every property, from "
         "Get-WmiObject to Export-Csv without a Select-Object between"},
        {"\"ElementName\"\r\n", 3, "!:1: no column 'Name': not an export of this class"},
        {"", 3, ""},
        {"\"Name\"\r\n\"a\"\r\n\"Name\"\r\n\"a\"\r\n", 1,
         "a|NULL|NULL\n!:3: a second header: were two exports put into one file?"},
        {"\"Name\",\"x\"\r\n\"a\",\"b\"\r\n#TYPE x\r\n", 1,
         "a|NULL|NULL\n!:3: a row of 1 fields under a header of 2"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        query.needed = cases[i].needed;
        assert_string_equal(read_path(unit_text_file("needed.csv", cases[i].text), NULL),
                            cases[i].rows);
    }
    query.needed = 0;
}

/* wmic writes CR CR LF, an empty line first, and the machine's name into a column of its own. */
static void wmic_writes_other_line_ends(void **state)
{
    (void)state;
    static const char text[] = "\r\r\nNode,ElementName,EnabledState,Name\r\r\nH,web01,2,g\r\r\n";
    assert_string_equal(read_path(unit_text_file("wmic.csv", text), NULL), "g|web01|2\n");
    struct text utf16 = unit_utf16(text, false, true);
    assert_string_equal(read_path(unit_file("wmic16.csv", utf16.bytes, utf16.length), NULL),
                        "g|web01|2\n");
    text_free(&utf16);
}

static bool refuse(void *context, const char *const *cells, struct error *err)
{
    (void)context, (void)cells;
    return error_set_code(err, READ_INVALID, "'x' is no number");
}

/* What is wrong with a cell is told with its line; and what was seen of the file. */
static void the_line_and_the_file_are_told(void **state)
{
    (void)state;
    struct error err;
    const char *path = unit_text_file("line.csv", "\"Name\"\r\n\r\n\"a\"\r\n");
    assert_false(export_csv_rows(path, NULL, &query, &arena, refuse, NULL, &file, &err));
    assert_string_equal(err.text, say("%s:3: 'x' is no number", path));
    assert_int_equal(err.code, READ_INVALID);
    assert_null(file.encoding);
    assert_true(clock_now() - file.written < 60000 && clock_now() - file.written > -60000);
    read_path(unit_text_file("utf8.csv", "\"Name\"\r\n\"\xC3\xA9\"\r\n"), NULL);
    assert_ptr_equal(file.encoding, encoding_find("utf-8"));
    struct seen seen = {.rows = ""};
    path = unit_text_file("raw.csv", "\"Name\"\r\n\"a\xE9\"\r\n");
    assert_true(export_csv_rows(path, encoding_raw(), &query, &arena, see, &seen, &file, &err));
    assert_ptr_equal(file.encoding, encoding_raw());
    assert_string_equal(seen.rows, "a\xC3\xA9|NULL|NULL\n");
}

static void the_visitor_may_stop(void **state)
{
    (void)state;
    const char *path = unit_text_file("stop.csv", "\"Name\"\r\n\"a\"\r\n\"b\"\r\n\"c\"\r\n");
    struct seen seen = {.rows = "", .stop_at = 2};
    struct error err;
    assert_false(export_csv_rows(path, NULL, &query, &arena, see, &seen, &file, &err));
    assert_string_equal(err.text, "enough"); /* handed on as it is */
    assert_int_equal(err.code, 77);
    assert_int_equal(seen.count, 2);
}

static void many_rows_and_columns(void **state)
{
    (void)state;
    struct text text = {0}, expected = {0};
    for (unsigned i = 0; i < 100; i++)
        text_printf(&text, "\"%s%u\",", i == 50 ? "Name\",\"c" : "c", i);
    text_puts(&text, "\"EnabledState\"\r\n");
    for (unsigned row = 0; row < 300; row++) {
        for (unsigned i = 0; i < 101; i++)
            text_printf(&text, "\"%u\",", row * i);
        text_printf(&text, "\"%u\"\r\n", row);
        text_printf(&expected, "%u|NULL|%u\n", row * 50, row);
    }
    assert_string_equal(read_path(unit_text_file("many.csv", text.bytes), NULL), expected.bytes);
    text_free(&text);
    text_free(&expected);
}

/* An open quote at the beginning of a long file: refused, in time that grows with its length. */
static void an_open_quote_is_found(void **state)
{
    (void)state;
    struct text text = {0};
    text_puts(&text, "\"Name\"\r\n\"");
    for (unsigned i = 0; i < 100000; i++)
        text_puts(&text, "a line\r\n");
    assert_string_equal(read_path(unit_text_file("open.csv", text.bytes), NULL),
                        "!:2: a row without its end: was the file cut?");
    text_free(&text);
}

/* Nor may a record go on for ever, though a quote closes it at last. */
static void a_record_without_measure_is_refused(void **state)
{
    (void)state;
    enum { LONGEST_RECORD = 16 * 1024 * 1024 }; /* as in export_csv.c; the lines but the last */
    for (size_t more = 0; more < 2; more++) {
        struct text text = {0};
        text_puts(&text, "\"Name\"\n");
        size_t begin = text.length;
        assert_true(text_reserve(&text, LONGEST_RECORD + 64));
        memset(text.bytes + begin, 'x', LONGEST_RECORD + more);
        text.bytes[begin] = '"';
        for (size_t i = 1024 * 1024; i < LONGEST_RECORD; i += 1024 * 1024)
            text.bytes[begin + i] = '\n';
        text.length = begin + LONGEST_RECORD + more;
        text.bytes[text.length - 1] = '\n';
        text.bytes[text.length] = '\0';
        text_puts(&text, "y\"\n");
        const char *rows = read_path(unit_file("long.csv", text.bytes, text.length), NULL);
        if (more)
            assert_string_equal(rows, "!:2: a row without its end: was the file cut?");
        else
            assert_holds(rows, "x\ny|NULL|NULL\n");
        text_free(&text);
    }
}

/* In a field of several lines too, in whichever of them. */
static void a_nul_is_refused(void **state)
{
    (void)state;
    static const char *const before[] = {"", "\"a", "\"a\n"};
    for (size_t i = 0; i < LENGTH(before); i++) {
        struct text text = {0};
        text_printf(&text, "\"Name\"\n%s", before[i]);
        text_add(&text, "b\0\"\n", 4);
        const char *path = unit_file("nul.csv", text.bytes, text.length);
        assert_string_equal(read_path(path, NULL),
                            say("!:%d: not text: there is a NUL in it", i == 2 ? 3 : 2));
        text_free(&text);
    }
}

static void an_absent_file_is_told_by_its_code(void **state)
{
    (void)state;
    struct seen seen = {.rows = ""};
    struct error err;
    assert_false(
        export_csv_rows(unit_path("no.csv"), NULL, &query, &arena, see, &seen, &file, &err));
    assert_int_equal(err.code, PLATFORM_ABSENT);
}

RUN_TESTS(TEST(files), TEST(a_cut_file_never_tells_something_else), TEST(encodings),
          TEST(what_is_needed_must_be_a_column), TEST(wmic_writes_other_line_ends),
          TEST(the_line_and_the_file_are_told), TEST(the_visitor_may_stop),
          TEST(many_rows_and_columns), TEST(an_open_quote_is_found),
          TEST(a_record_without_measure_is_refused), TEST(a_nul_is_refused),
          TEST(an_absent_file_is_told_by_its_code));
