/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The row of a log is compared with what a plain loop over all rows finds, for logs of every length
 * and width, every moment, and every place at which the writing may have stopped.
 */
#include "unit.h"

#include "counter/record/pdh_log.h"

#include <unistd.h>

enum { TAIL = 16 * 1024, LONGEST_ROW = 16 * 1024 * 1024 }; /* as in pdh_log.c */

enum writing { PLAIN, UTF16, UTF16_BE, WRITINGS };

static const char header[] = "\"(PDH-CSV 4.0) (Tokyo Standard Time)(-540)\"";

/* ---- a log, and where its rows are ---- */

enum { ROWS_AT_MOST = 5000 };

static struct {
    enum writing writing;
    const char *line_end;
    struct text text;
    size_t count;
    stamp stamps[ROWS_AT_MOST];
    size_t ends[ROWS_AT_MOST]; /* behind each row, in bytes of the file; its line end follows */
} log_file;

static void add(const char *text)
{
    if (log_file.writing == PLAIN) {
        text_puts(&log_file.text, text);
    } else {
        struct text utf16 =
            unit_utf16(text, log_file.writing == UTF16_BE, log_file.text.length == 0);
        text_add(&log_file.text, utf16.bytes, utf16.length);
        text_free(&utf16);
    }
}

static void begin_log(enum writing writing, const char *line_end, const char *first_line)
{
    text_free(&log_file.text);
    log_file.writing = writing;
    log_file.line_end = line_end;
    log_file.count = 0;
    add(first_line);
    add(line_end);
}

/* A row of two values: its number, and so many zeros; quote is '"' or "". */
static void add_row(stamp when, size_t zeros, const char *quote, bool ended)
{
    static char padding[64 * 1024];
    char time[STAMP_SIZE];
    size_t number = log_file.count;
    assert_true(number < ROWS_AT_MOST && zeros < sizeof padding);
    memset(padding, '0', zeros);
    padding[zeros] = '\0';
    stamp_print_pdh(time, when);
    struct text row = {0};
    text_printf(&row, "%s%s%s,%s%zu%s,%s1%s%s", quote, time, quote, quote, number, quote, quote,
                padding, quote);
    add(row.bytes);
    text_free(&row);
    log_file.stamps[number] = when;
    log_file.ends[number] = log_file.text.length;
    log_file.count++;
    if (ended)
        add(log_file.line_end);
}

/* The next column's path. */
static const char *column(struct pdh_log *log)
{
    char *name;
    struct error err;
    if (!pdh_log_column(log, &name, &err))
        fail_msg("%s", err.text);
    return name;
}

static void open_log(struct pdh_log *log, size_t length)
{
    const char *path = unit_file("counters.csv", log_file.text.bytes, length);
    struct error err;
    if (!pdh_log_open(log, path, NULL, &err))
        fail_msg("%s", err.text);
    assert_non_null(column(log));
    assert_non_null(column(log));
    assert_null(column(log));
    assert_int_equal(log->columns, 3);
}

static bool no_columns(void *context, bool other, struct error *err)
{
    (void)context, (void)other, (void)err;
    return true;
}

/* The last row, or the one of a moment. */
static bool find_row(struct pdh_log *log, const stamp *at, stamp *ret, struct fields *values,
                     struct error *err)
{
    const struct pdh_moment moment = {.kind = at ? PDH_AT : PDH_LAST, .at = at ? *at : 0};
    struct pdh_place place;
    if (!pdh_log_row(log, &moment, no_columns, NULL, &place, values, err))
        return false;
    *ret = place.when;
    return true;
}

/* SIZE_MAX: no row. */
static void check_row(struct pdh_log *log, const stamp *at, size_t expected)
{
    stamp found_stamp = 0;
    struct fields fields;
    struct error err;
    char wanted[STAMP_SIZE] = "the end";
    if (at)
        stamp_print_pdh(wanted, *at);
    bool found = find_row(log, at, &found_stamp, &fields, &err);
    if (!found && expected != SIZE_MAX)
        fail_msg("of %zu rows, at %s: %s", log_file.count, wanted, err.text);
    if (!found)
        return;
    const char *number = fields_next(&fields);
    if (expected == SIZE_MAX)
        fail_msg("of %zu rows, at %s: row %s, but there is none", log_file.count, wanted, number);
    if (strtoul(number, NULL, 10) != expected || found_stamp != log_file.stamps[expected])
        fail_msg("of %zu rows, at %s: row %s, not %zu", log_file.count, wanted, number, expected);
    const char *rest = fields_next(&fields);
    assert_int_equal(strspn(rest, "10"), strlen(rest));
    assert_null(fields_next(&fields));
}

/* By looking at every row. Behind the last one, the log tells nothing of that moment. */
static size_t row_at(stamp at)
{
    size_t current = SIZE_MAX;
    for (size_t i = 0; i < log_file.count; i++)
        if (log_file.stamps[i] <= at)
            current = i;
    return log_file.count && at > log_file.stamps[log_file.count - 1] ? SIZE_MAX : current;
}

static void check_at(struct pdh_log *log, stamp at)
{
    check_row(log, &at, row_at(at));
}

static void check_all_moments(size_t at_most)
{
    struct pdh_log log;
    open_log(&log, log_file.text.length);
    check_row(&log, NULL, log_file.count - 1);
    size_t step = log_file.count > at_most ? log_file.count / at_most : 1;
    for (size_t i = 0; i < log_file.count; i += i + 5 < log_file.count ? step : 1)
        for (stamp around = -1; around <= 1; around++) {
            check_at(&log, log_file.stamps[i] + around);
            check_at(&log, (log_file.stamps[i] + around) / 1000 * 1000);
        }
    pdh_log_close(&log);
}

static const stamp begin = 1314871200000; /* 2011-09-01 10:00 */

/* ---- moments ---- */

static void every_moment_of_logs_of_every_length(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 2, 3, 4, 5, 6, 7, 8, 13, 40, 333, 1000, 5000};
    for (size_t c = 0; c < LENGTH(counts); c++)
        for (unsigned writing = 0; writing < WRITINGS; writing++) {
            begin_log(writing, writing == UTF16 ? "\n" : "\r\n", say("%s,\"a\",\"b\"", header));
            stamp now = begin;
            for (size_t i = 0; i < counts[c]; i++) {
                add_row(now, unit_random(40), "\"", i + 1 < counts[c] || unit_random(2));
                now += unit_random(5) ? 15000 + unit_random(20) : 0; /* also two at one time */
            }
            check_all_moments(60);
            arena_free(&arena);
        }
}

/* Rows and header of a power of two: bisection looks exactly at beginnings of rows. */
static void rows_that_begin_where_bisection_looks(void **state)
{
    (void)state;
    for (unsigned writing = 0; writing < WRITINGS; writing++)
        for (size_t width = 64; width <= 256; width *= 2)
            for (size_t count = 1; count < 300; count = count * 3 + 1) {
                size_t start = writing == PLAIN ? 0 : 1; /* the mark takes one character */
                const char *names = say("%s,\"a\",\"", header);
                begin_log(writing, "\n",
                          say("%s%0*d\"", names, (int)(width - strlen(names) - 2 - start), 0));
                for (size_t i = 0; i < count; i++) {
                    size_t fixed = strlen("\"09/01/2011 10:00:00.000\",\"\",\"1\"\n");
                    add_row(begin + (stamp)i * 1000, width - fixed - strlen(say("%zu", i)), "\"",
                            true);
                }
                if (width > 64)
                    assert_int_equal(log_file.text.length % width, 0);
                check_all_moments(100);
                arena_free(&arena);
            }
}

/* What is read to find a time stamp ends in it, at each of its characters: 10:00:05 is not
 * 10:00:05.123. */
static void time_stamps_at_the_end_of_what_is_read(void **state)
{
    (void)state;
    for (size_t shift = 0; shift < 64; shift++) {
        begin_log(PLAIN, "\n", say("%s,\"a\",\"b\"", header));
        for (size_t i = 0; i < 4; i++)
            add_row(begin + (stamp)i * 1000 + 123, TAIL - 80 + shift, "\"", true);
        struct pdh_log log;
        open_log(&log, log_file.text.length);
        for (size_t i = 0; i < 4; i++)
            check_at(&log, begin + (stamp)i * 1000);
        pdh_log_close(&log);
        arena_free(&arena);
    }
}

/* Rows that are as long as the piece that is read at the end, or its double. */
static void lengths_around_a_piece(void **state)
{
    (void)state;
    static const size_t sizes[] = {TAIL / 2, TAIL, 2 * TAIL};
    for (unsigned writing = 0; writing < WRITINGS; writing++)
        for (size_t s = 0; s < LENGTH(sizes); s++)
            for (size_t shift = 28; shift < 42; shift++) { /* the other fields take 34 to 36 */
                size_t zeros = sizes[s] / (writing == PLAIN ? 1 : 2) - shift;
                begin_log(writing, "\r\n", say("%s,\"a\",\"b\"", header));
                add_row(begin, 3, "\"", true);
                add_row(begin + 1000, zeros, "\"", true);
                add_row(begin + 2000, 3, "\"", true);
                add_row(begin + 3000, zeros, "\"", shift & 1);
                struct pdh_log log;
                open_log(&log, log_file.text.length);
                check_row(&log, NULL, 3);
                for (stamp i = 0; i < 4; i++)
                    check_at(&log, begin + i * 1000);
                pdh_log_close(&log);
                arena_free(&arena);
            }
}

/* ---- what is being written ---- */

static void check_every_cut(const char *quote)
{
    size_t first = log_file.ends[0] - 20;
    size_t line_end =
        strlen(log_file.line_end) * (log_file.writing == PLAIN ? 1 : 2); /* in bytes */
    const char *path = unit_file("counters.csv", log_file.text.bytes, log_file.text.length);
    size_t header_end = 0;
    for (size_t length = log_file.text.length;; length--) {
        assert_int_equal(0, truncate(path, (off_t)length));
        struct pdh_log log;
        struct error err;
        if (!pdh_log_open(&log, path, NULL, &err)) {
            assert_true(length < first);
            break; /* the header itself is cut: see the tests of headers */
        }
        header_end = (size_t)log.lines.offset;
        size_t expected = SIZE_MAX;
        for (size_t i = 0; i < log_file.count; i++)
            if (log_file.ends[i] + (*quote ? 0 : line_end) <= length)
                expected = i;
        check_row(&log, NULL, expected);
        if (expected != SIZE_MAX)
            check_row(&log, &log_file.stamps[0], 0);
        if (expected + 1 < log_file.count) /* nor is it that of its moment */
            check_row(&log, &log_file.stamps[expected + 1], SIZE_MAX);
        pdh_log_close(&log);
        if (length == header_end)
            break;
    }
}

static void an_unfinished_row_is_none_wherever_it_stops(void **state)
{
    (void)state;
    static const char *const line_ends[] = {"\n", "\r\n"};
    for (unsigned writing = 0; writing < WRITINGS; writing++)
        for (size_t e = 0; e < LENGTH(line_ends); e++)
            for (unsigned quoted = 0; quoted < 2; quoted++) {
                const char *quote = quoted ? "\"" : "";
                begin_log(writing, line_ends[e], say("%s,\"a\",\"b\"", header));
                for (size_t i = 0; i < 3; i++)
                    add_row(begin + (stamp)i * 1000, 2 + i, quote, true);
                check_every_cut(quote);
            }
    /* a row longer than what is read first */
    begin_log(PLAIN, "\r\n", say("%s,\"a\",\"b\"", header));
    add_row(begin, 2, "\"", true);
    add_row(begin + 1000, 2, "\"", true);
    size_t end = log_file.text.length;
    add_row(begin + 2000, 3 * TAIL, "\"", true);
    struct pdh_log log;
    for (size_t length = end; length < log_file.text.length; length += 997) {
        open_log(&log, length);
        check_row(&log, NULL, 1);
        pdh_log_close(&log);
    }
}

/* A whole row is refused by its line, and never passed over in favour of an older one. */
static void check_refused(const char *message)
{
    struct pdh_log log;
    struct error err;
    struct fields fields;
    stamp found;
    open_log(&log, log_file.text.length);
    if (find_row(&log, NULL, &found, &fields, &err))
        fail_msg("a row, though: %s", message);
    assert_holds(err.text, message);
    check_row(&log, &log_file.stamps[0], 0);
    pdh_log_close(&log);
}

static void nuls_in_a_row_damage_it(void **state)
{
    (void)state;
    begin_log(PLAIN, "\r\n", say("%s,\"a\",\"b\"", header));
    add_row(begin, 2, "\"", true);
    size_t row = log_file.text.length;
    add_row(begin + 1000, 2, "\"", true);
    for (size_t i = row; i < log_file.ends[1]; i++) {
        char was = log_file.text.bytes[i];
        log_file.text.bytes[i] = '\0';
        check_refused("counters.csv:3: ");
        log_file.text.bytes[i] = was;
    }
    /* a run of them at the end, as after a crash */
    for (size_t nuls = 1; nuls < 3 * TAIL; nuls = nuls * 3 + 1) {
        struct text damaged = {0};
        struct pdh_log log;
        text_add(&damaged, log_file.text.bytes, log_file.text.length);
        for (size_t i = 0; i < nuls; i++)
            text_add(&damaged, "", 1);
        struct text whole = log_file.text;
        log_file.text = damaged;
        open_log(&log, damaged.length);
        check_row(&log, NULL, 1);
        pdh_log_close(&log);
        log_file.text = whole;
        text_free(&damaged);
    }
}

/* ---- lines that are no rows ---- */

static void what_typeperf_adds_is_no_row(void **state)
{
    (void)state;
    static const char *const endings[] = {
        ("\r\nExiting, please wait...                         \r\n"
         "The command completed successfully.\r\n"),
        "\r\nBeenden, bitte warten, bitte, ...\r\n", /* three fields */
        "\r\n\r\n\r\n",
        "\"(PDH-CSV 4.0)\",\"a\",\"b\"\r\n", /* a log that has just begun anew */
        "\r\n\"(PDH-CSV 4.0)\",\"a",
        "\"x\",\"y\",\"z\"\r\n",
        "\"09/01/2011 10:00:09.000\",\"1\"",
        "\"09/01/2011 10:00:09.000\",\"1\",\"2",
        "\"09/01/2011 10:00:09.000\"",
        "\"09/01/20",
        "\"9",
        "\"",
        "\x1A", /* the end of a text for "copy a+b" */
        "\"(PDH-CSV 4.0)\"",
        "\"(PDH-CSV 4.0)\"\r\n",
        "(PDH-CSV 4.0),a\r\n",
        "(press Ctrl-C)", /* brackets, which no row has, and a header's paths have */
        "(press Ctrl-C).",
        "(press) \\ (Ctrl-C)\r\n",
        "以上\r\n", /* in UTF-16 the second one's bytes are those of a line end, and more */
        "\r\n以上,以上\r\n以上",
    };
    for (size_t i = 0; i < LENGTH(endings); i++)
        for (unsigned writing = 0; writing < WRITINGS; writing++) {
            begin_log(writing, "\r\n", say("%s,\"a\",\"b\"", header));
            add_row(begin, 1, "\"", true);
            add_row(begin + 1000, 1, "\"", true);
            add(endings[i]);
            struct pdh_log log;
            open_log(&log, log_file.text.length);
            check_row(&log, NULL, 1);
            check_row(&log, &log_file.stamps[0], 0);
            pdh_log_close(&log);
        }
}

/* Nor is it between two rows, where a row of a moment is looked for. */
static void words_between_rows_are_passed_over(void **state)
{
    (void)state;
    for (unsigned writing = 0; writing < WRITINGS; writing++) {
        begin_log(writing, "\r\n", say("%s,\"a\",\"b\"", header));
        for (size_t i = 0; i < 3; i++) {
            add_row(begin + (stamp)i * 60000, 1, "\"", true);
            add("以上\r\n以,上\r\n\r\n(.P.D.H.-.C.S.V. .4...0.)\r\n");
        }
        struct pdh_log log;
        open_log(&log, log_file.text.length);
        for (stamp at = begin; at <= begin + 120000; at += 15000)
            check_at(&log, at);
        pdh_log_close(&log);
    }
}

/* What must be a row, and can't be used, is refused by its line. */
static void a_row_that_cannot_be_used_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *ending, *message;
    } cases[] = {
        {"\"09/01/2011 10:00:09.000\",\"1\"\r\n",
         ":4: a row of 2 fields under a header of 3 (line 1)"},
        {"\"09/01/2011 10:00:09.000\"\r\n", ":4: a row of 1 fields under a header of 3"},
        {"\"09/01/2011 10:00:09.000\",\"1\",\"2\",\"3\"\r\n",
         ":4: a row of 4 fields under a header of 3"},
        {"\"09/01/2011 10:00:09.000\",\"1\",\"2\",\"3\"",
         ":4: a row of 4 fields under a header of 3"},
        {"\"09/01/2011 10:00:09.000\",\"1\",\"2\r\n", ":4: a row of 3 fields under"},
        {"\"x\",\"1\",\"2\"\r\n", ":4: the time stamp 'x' can't be read"},
        {"\"\",\"1\",\"2\"\r\n", ":4: the time stamp '' can't be read"},
        {",1,2\r\n", ":4: the time stamp '' can't be read"},
        {"\"99/01/2011 10:00:09.000\",\"1\",\"2\"\r\n",
         ":4: the time stamp '99/01/2011 10:00:09.000' can't be read"},
        {"\"09/01/2011 10:00:09.000,\"1\",\"2\"\r\n", "can't be read: was the log saved by"},
        {"09/01/2011 10:00:09.000\",\"1\",\"2\"\r\n", "can't be read"},
        {"18:26.5,9000,3\r\n", ":4: the time stamp '18:26.5' can't be read"},
        {"9/1/2011 10:00,1,2\r\n", ":4: the time stamp '9/1/2011 10:00' can't be read"},
        {"01.09.2011 10:00;1;2\r\n", ":4: the time stamp '01.09.2011 10:00' can't be read"},
        {"2011-09-01 10:00:09,1,2\r\n", "'2011-09-01 10:00:09' can't be read"},
        {"Sep 1 2011,1,2\r\n", "'Sep 1 2011' can't be read"},
        {"40787.4167,-1,2\r\nExiting\r\n", ":4: the time stamp '40787.4167' can't be read"},
        {"09/01/20\r\n", ":4: the time stamp '09/01/20' can't be read"},
        {"\"09/01/20\r\n", ":4: the time stamp '09/01/20' can't be read"},
        {"18:26.5,90000000000000000000000000000000000000000000000000000000000000000000000000000"
         "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "00000000000000000000000000000000000000000000000000000000000000000000000000000000000\r\n",
         ":4: the time stamp '18:26.5' can't be read"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++)
        for (unsigned writing = 0; writing < WRITINGS; writing++) {
            begin_log(writing, "\r\n", say("%s,\"a\",\"b\"", header));
            add_row(begin, 1, "\"", true);
            add_row(begin + 1000, 1, "\"", true);
            add(cases[i].ending);
            check_refused(cases[i].message);
            struct pdh_log log;
            struct fields fields;
            struct error err;
            stamp found, behind = begin + 1001;
            open_log(&log, log_file.text.length);
            if (strstr(cases[i].message, "can't be read")) { /* it may be of that moment */
                assert_false(find_row(&log, &behind, &found, &fields, &err));
                assert_holds(err.text, cases[i].message);
            }
            pdh_log_close(&log);
            size_t whole = log_file.text.length;
            add("\"09/01/2011 10:00:19.000\",\"1"); /* one that is being written is none yet */
            if (strstr(cases[i].message, "can't be read") && strchr(cases[i].ending, '\n'))
                check_refused(cases[i].message);
            text_cut(&log_file.text, whole);
            add_row(begin + 20000, 1, "\"", true); /* with one behind it, it is past */
            open_log(&log, log_file.text.length);
            if (strchr(cases[i].ending, '\n'))
                check_row(&log, NULL, 2);
            pdh_log_close(&log);
            arena_free(&arena);
        }
}

static void a_file_that_is_not_only_a_log_is_refused(void **state)
{
    (void)state;
    for (unsigned lines = 60; lines < 70; lines++) {
        begin_log(PLAIN, "\n", say("%s,\"a\",\"b\"", header));
        add_row(begin, 1, "\"", true);
        for (unsigned i = 0; i < lines; i++)
            add(i % 2 ? "no row\n" : "no row\n\n"); /* empty lines don't count */
        struct pdh_log log;
        open_log(&log, log_file.text.length);
        check_row(&log, NULL, lines < 64 ? 0 : SIZE_MAX);
        pdh_log_close(&log);
    }
}

static void check_message(const char *bytes, size_t length, const char *message)
{
    const char *path = unit_file("file.csv", bytes, length);
    struct pdh_log log;
    struct error err;
    stamp when;
    struct fields fields;
    if (pdh_log_open(&log, path, NULL, &err)) {
        bool found = find_row(&log, NULL, &when, &fields, &err);
        pdh_log_close(&log);
        if (found)
            fail_msg("'%s' has a row", bytes);
    }
    assert_memory_equal(err.text, path, strlen(path));
    assert_holds(err.text, message);
}

#define MESSAGE(bytes, message) check_message((bytes), sizeof(bytes) - 1, (message))

static void what_is_no_log_is_named(void **state)
{
    (void)state;
    MESSAGE("", ": empty");
    MESSAGE("\xEF\xBB\xBF", ": empty");
    MESSAGE("\r\n\r\n", ": empty");
    MESSAGE("\0", ":1: not text: there is a NUL in it");
    MESSAGE("hello", ":1: 'hello' is not the beginning of a performance log (PDH-CSV 4.0)");
    MESSAGE("\r\n\"Name\",\"x\"\r\n", ":2: '\"Name\",\"x\"' is not the beginning");
    MESSAGE("\"(PDH-CSV 4.0)", ":1: a header without its end: was the file cut?");
    MESSAGE("\"(PDH-CSV 4.0)\"", ":1: a log without a counter");
    MESSAGE("\"(PDH-CSV 4.0)\"\r\n\"09/01/2011 10:00:00\"\r\n", ":1: a log without a counter");
    MESSAGE("\"(PDH-CSV 4.0)\",\"a\"", "no row at its end");
    MESSAGE("\"(PDH-CSV 4.0)\",\"a\"\r\n", "no row at its end");
    MESSAGE("\"(PDH-CSV 4.0)\",\"a\r\n\"09/01/2011 10:00:00\",\"1\"\r\n",
            ":1: a header without its end: was the file cut?");
    MESSAGE("\"(PDH-CSV 4.0)\",\"a\"\r\n\"09/01/2011 10:00:00\",\"1",
            "no complete row of 2 fields at its end");
    MESSAGE("\"(PDH-CSV 4.0)\",\"a\"\r\n\"2011-09-01 10:00:00\",\"1\"\r\n",
            ":2: the time stamp '2011-09-01 10:00:00' can't be read");
}

static void a_moment_outside_is_named(void **state)
{
    (void)state;
    begin_log(PLAIN, "\n", say("%s,\"a\",\"b\"", header));
    add_row(begin, 1, "\"", true);
    add_row(begin + 60000, 1, "\"", true);
    struct pdh_log log;
    struct fields fields;
    struct error err;
    stamp at, found;
    open_log(&log, log_file.text.length);
    at = begin - 1;
    assert_false(find_row(&log, &at, &found, &fields, &err));
    assert_holds(err.text, "counters.csv: begins at 2011-09-01 10:00:00, after the requested time");
    at = begin + 60001;
    assert_false(find_row(&log, &at, &found, &fields, &err));
    assert_holds(err.text, "counters.csv: ends at 2011-09-01 10:01:00, before the requested time");
    pdh_log_close(&log);
}

/* Megabytes without a line end: neither memory nor time may grow with them. */
static void a_hole_in_a_file_is_no_endless_row(void **state)
{
    (void)state;
    begin_log(PLAIN, "\n", say("%s,\"a\",\"b\"", header));
    add_row(begin, 1, "\"", true);
    const char *path = unit_file("hole.csv", log_file.text.bytes, log_file.text.length);
    struct pdh_log log;
    struct error err;
    struct fields fields;
    stamp found;
    assert_int_equal(0, truncate(path, (off_t)5 * LONGEST_ROW));
    assert_true(pdh_log_open(&log, path, NULL, &err));
    assert_true(
        find_row(&log, NULL, &found, &fields, &err)); /* the next was not written to its end */
    assert_true(found == begin);
    assert_true(log.buffer.room <= 4 * LONGEST_ROW);
    pdh_log_close(&log);

    FILE *file = fopen(path, "ab"); /* and the same with a row behind it */
    assert_non_null(file);
    fputs("\n\"09/01/2011 11:00:00.000\",\"1\",\"2\"\n", file);
    fclose(file);
    stamp middle = begin + 60000;
    assert_true(pdh_log_open(&log, path, NULL, &err));
    assert_true(find_row(&log, NULL, &found, &fields, &err));
    assert_true(found == begin + 3600000);
    assert_false(find_row(&log, &middle, &found, &fields, &err));
    assert_holds(err.text, "hole.csv: ");
    pdh_log_close(&log);
}

/* Nor is one that has its end, when it is longer than any row. */
static void a_row_without_measure_is_refused(void **state)
{
    (void)state;
    static const char row[] = "\"09/01/2011 11:00:00.000\",\"1\",\"2";
    static const char *const endings[] = {"\"\n", "\"\n\"09/01/2011 12:00:00.000\",\"1\",\"2\"\n"};
    for (size_t i = 0; i < LENGTH(endings); i++) {
        begin_log(PLAIN, "\n", say("%s,\"a\",\"b\"", header));
        add_row(begin, 1, "\"", true);
        add(row);
        const char *path = unit_file("long.csv", log_file.text.bytes, log_file.text.length);
        assert_int_equal(0, truncate(path, (off_t)LONGEST_ROW + LONGEST_ROW / 4));
        FILE *file = fopen(path, "ab");
        assert_non_null(file);
        fputs(endings[i], file);
        fclose(file);
        struct pdh_log log;
        struct error err;
        struct fields fields;
        stamp found, at = begin + 3600000;
        assert_true(pdh_log_open(&log, path, NULL, &err));
        assert_false(find_row(&log, &at, &found, &fields, &err));
        assert_holds(err.text, i ? "long.csv: no row in 16777216 bytes: not a log"
                                 : "long.csv:3: a row of more than 16777216 bytes");
        if (i) {
            struct pdh_moment moment = {.kind = PDH_LAST};
            assert_true(pdh_log_row(&log, &moment, no_columns, NULL, &moment.of, &fields, &err));
            struct pdh_place place;
            moment.kind = PDH_BEFORE;
            assert_false(pdh_log_row(&log, &moment, no_columns, NULL, &place, &fields, &err));
            assert_holds(err.text, "long.csv: no row at its end");
        }
        assert_false(find_row(&log, &begin, &found, &fields, &err)); /* it may end before that */
        assert_holds(err.text, "long.csv: no row in 16777216 bytes: not a log");
        pdh_log_close(&log);
    }
}

/* A clock that goes back again and again is none, and a map of it would have no bounds. */
static void a_clock_that_only_goes_back_is_refused(void **state)
{
    (void)state;
    enum { PARTS_AT_MOST = 1 << 20, WIDTH = 23 }; /* as in pdh_map.c */
    static const char *const rows[] = {"09/01/2011 10:00:01,1,2\n", "09/01/2011 10:00:00,1,2\n"};
    for (size_t more = 0; more < 2; more++) {
        begin_log(PLAIN, "\n", say("%s,\"a\",\"b\"", header));
        for (size_t i = 0; i < 2 * PARTS_AT_MOST - 1 + 1 * more; i++)
            text_puts(&log_file.text, rows[i % 2]);
        struct pdh_log log;
        struct error err;
        struct fields fields;
        stamp found;
        open_log(&log, log_file.text.length);
        assert_int_equal(find_row(&log, NULL, &found, &fields, &err), !more);
        if (more)
            assert_holds(err.text, "counters.csv: its clock goes back more than 1048576 times");
        pdh_log_close(&log);
    }
}

/* ---- files that change ---- */

/* A log that became shorter since it was opened, wherever it then ends: at any place of its rows,
 * of words in brackets, and of the headers between. */
static void a_log_that_becomes_shorter_is_refused(void **state)
{
    (void)state;
    enum { BLOCK = 64 * 1024 }; /* as in pdh_map.c */
    for (unsigned writing = 0; writing <= WRITINGS; writing++)
        for (size_t shift = 0; shift < 80; shift++) {
            const char *head = say("%s,\"a\",\"b\"", header);
            begin_log(writing < WRITINGS ? writing : PLAIN, "\r\n",
                      say("%s%0*d\"", say("%.*s", (int)strlen(head) - 1, head), (int)shift, 0));
            for (size_t i = 0; log_file.text.length < BLOCK + 1024; i++) {
                add_row(begin + (stamp)i * 1000, 1, "\"", true);
                if (log_file.text.length <= BLOCK - 1024)
                    continue;
                if (writing == WRITINGS) /* another program wrote on */
                    log_file.writing = UTF16;
                add(i % 2 ? "(x) y\r\n" : "\"(PDH-CSV 4.0)\",a,b\r\n");
            }
            struct pdh_log log;
            struct error err;
            struct fields fields;
            stamp found;
            const char *path = unit_file("shorter.csv", log_file.text.bytes, log_file.text.length);
            assert_true(pdh_log_open(&log, path, NULL, &err));
            assert_int_equal(0, truncate(path, BLOCK));
            for (int again = 0; again < 2; again++) {
                assert_false(find_row(&log, NULL, &found, &fields, &err));
                assert_holds(err.text, "shorter.csv: became shorter while it was read");
            }
            pdh_log_close(&log);
            arena_free(&arena);
        }
}

/* And within the line end of a row in UTF-16 that stands at an odd place, below a log in ASCII. */
static void a_log_that_is_cut_within_a_line_end_is_refused(void **state)
{
    (void)state;
    enum { BLOCK = 64 * 1024 }; /* as in pdh_map.c */
    for (size_t shift = 0; shift < 200; shift++) {
        begin_log(PLAIN, "\r\n", say("\"(PDH-CSV 4.0)\",\"%0*d\",\"b\"", (int)shift, 0));
        while (log_file.text.length < BLOCK - 1500)
            add_row(begin + (stamp)log_file.count * 1000, 60, "\"", true);
        log_file.writing = UTF16;
        add("\"(PDH-CSV 4.0)\",\"a\",\"b\"\r\n");
        while (log_file.text.length < BLOCK + 1000)
            add_row(begin + (stamp)log_file.count * 1000, 60, "\"", true);
        struct pdh_log log;
        struct error err;
        struct fields fields;
        stamp found;
        open_log(&log, log_file.text.length);
        assert_int_equal(0, truncate(unit_path("counters.csv"), BLOCK));
        assert_false(find_row(&log, NULL, &found, &fields, &err));
        assert_holds(err.text, "counters.csv: became shorter while it was read");
        pdh_log_close(&log);
        open_log(&log, log_file.text.length); /* as it is, it has a last row */
        check_row(&log, NULL, log_file.count - 1);
        pdh_log_close(&log);
        arena_free(&arena);
    }
}

/* One in which something else is written in the place of what was looked at: whatever is said of
 * it, it is no value. */
static void a_log_that_is_written_over_has_no_row(void **state)
{
    (void)state;
    static const char *const over[] = {"\r", "\n", "x", " ", "(", "\"", ","};
    static const stamp moments[] = {0, begin, begin + 500, begin + 1000, begin + 3000};
    for (unsigned writing = 0; writing < WRITINGS; writing++)
        for (size_t i = 0; i <= LENGTH(over); i++)
            for (size_t m = 0; m < 2 * LENGTH(moments); m++) {
                begin_log(writing, "\n", say("%s,\"a\",\"b\"", header));
                size_t rows = log_file.text.length;
                for (size_t row = 0; row < 20; row++)
                    add_row(begin + (stamp)row * 1000, 20, "\"", true);
                struct pdh_log log;
                struct error err;
                struct fields fields;
                stamp found;
                open_log(&log, log_file.text.length);
                if (m % 2) /* else where its rows are has not been looked for yet */
                    check_row(&log, NULL, log_file.count - 1);
                size_t length = log_file.text.length;
                if (m % 4 == 0) /* its header too */
                    rows = 0;
                if (i < LENGTH(over)) {
                    text_cut(&log_file.text, rows);
                    while (log_file.text.length < length)
                        add(over[i]);
                } else {
                    length = rows; /* or nothing is there any more */
                }
                FILE *file = fopen(unit_path("counters.csv"), "r+");
                assert_non_null(file);
                assert_int_equal(fwrite(log_file.text.bytes, 1, length, file), length);
                fclose(file);
                assert_int_equal(0, truncate(unit_path("counters.csv"), (off_t)length));
                const stamp *at = moments[m / 2] ? &moments[m / 2] : NULL;
                if (find_row(&log, at, &found, &fields, &err))
                    fail_msg("%zu, %zu: a row", i, m);
                pdh_log_close(&log);
                arena_free(&arena);
            }
}

/* What is wrong is still told by its line as far as the file can be read. */
static void a_damaged_log_that_is_cut_is_told(void **state)
{
    (void)state;
    begin_log(PLAIN, "\n", say("%s,\"a\",\"b\"", header));
    add_row(begin, 2 * TAIL, "\"", true);
    add("18:26.5,9000,3\n");
    struct pdh_log log;
    struct error err;
    struct fields fields;
    stamp found;
    open_log(&log, log_file.text.length);
    assert_false(find_row(&log, NULL, &found, &fields, &err));
    assert_holds(err.text, "counters.csv:3: the time stamp '18:26.5' can't be read");
    assert_int_equal(0, truncate(unit_path("counters.csv"), 1));
    assert_false(find_row(&log, NULL, &found, &fields, &err));
    assert_holds(err.text, "counters.csv:3: the time stamp '' can't be read");
    pdh_log_close(&log);

    begin_log(PLAIN, "\n", say("%s,\"a\",\"b\"", header));
    add_row(begin + 7200000, 2 * TAIL, "\"", true);
    for (size_t i = 0; i < 3; i++)
        add_row(begin + (stamp)i * 1000, 2 * TAIL, "\"", true);
    open_log(&log, log_file.text.length);
    assert_false(find_row(&log, NULL, &found, &fields, &err));
    assert_holds(err.text, "counters.csv:5: the row of 2011-09-01 10:00:02 comes after newer");
    assert_int_equal(0, truncate(unit_path("counters.csv"), 1));
    assert_false(find_row(&log, NULL, &found, &fields, &err));
    assert_holds(err.text, "counters.csv:3: the row of 2011-09-01 10:00:02 comes after newer");
    pdh_log_close(&log);
}

/* ---- headers ---- */

static void formats_and_zones(void **state)
{
    (void)state;
    static const struct {
        const char *format, *zone;
        bool told; /* has a bias */
        int bias;
    } cases[] = {
        {"(PDH-CSV 4.0)", "", false, 0},
        {"(PDH-CSV 4.0) (Tokyo Standard Time)(-540)", "Tokyo Standard Time", true, -540},
        {"(PDH-TSV 4.0) (GMT)(0)", "GMT", true, 0},
        {"(PDH-CSV 4.0) (Pacific Daylight Time)(420)", "Pacific Daylight Time", true, 420},
        {"(PDH-CSV 4.0) (Paris, Madrid (heure d)(-60)", "Paris, Madrid (heure d", true, -60},
        {"(PDH-CSV 4.0) ()(60)", "", true, 60},
        {"(PDH-CSV 4.0) (60)", "", true, 60},
        {"(PDH-CSV 4.0) ((60)", "", true, 60},
        {"(PDH-CSV 4.0) (GMT)(+60)", "GMT", true, 60},
        {"(PDH-CSV 4.0) (GMT)( 60)", "GMT", true, 60},
        {"(PDH-CSV 4.0) (GMT)(1440)", "GMT", true, 1440}, /* a day, and more than it */
        {"(PDH-CSV 4.0) (GMT)(-1440)", "GMT", true, -1440},
        {"(PDH-CSV 4.0) (GMT)(1441)", "GMT", false, 0},
        {"(PDH-CSV 4.0) (GMT)(-1441)", "GMT", false, 0},
        {"(PDH-CSV 4.0) (Romance)", "Romance", false, 0},
        {"(PDH-CSV 4.0) (Romance)(x)", "Romance", false, 0},
        {"(PDH-CSV 4.0) (Romance)(-60", "Romance", false, 0},
        {"(PDH-CSV 4.0) (Romance)(99999)", "Romance", false, 0},
        {"(PDH-CSV 4.0) (Romance)()", "Romance", false, 0},
        {"(PDH-CSV 4.0) (", "", false, 0},
        {"(PDH-CSV 4.0) (RTZ 2 (", "RTZ 2 (", false, 0},
        {"(PDH-CSV 4.0) (Paris, Madrid (heure d", "Paris, Madrid (heure d", false, 0},
        {"(PDH-CSV 4.0) (東京 (標準時))(-540)", "東京 (標準時)", true, -540},
        /* 31 characters, the most that Windows has for it */
        {"(PDH-CSV 4.0) (業業業業業業業業業業業業業業業業業業業業業業業業業業業業業業業)(1)",
         "業業業業業業業業業業業業業業業業業業業業業業業業業業業業業業業", true, 1},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const char *path = unit_text_file("zones.csv", say("\"%s\",\"a\"\r\n", cases[i].format));
        struct pdh_log log;
        struct error err;
        if (!pdh_log_open(&log, path, NULL, &err))
            fail_msg("%s", err.text);
        assert_string_equal(log.zone, cases[i].zone);
        bool told = true;
        int bias = 0;
        assert_true(pdh_format_parse(cases[i].format, &told, &bias));
        assert_int_equal(told, cases[i].told);
        assert_int_equal(bias, cases[i].bias);
        pdh_log_close(&log);
    }
    const char *path = unit_text_file("zones.csv", say("\"(PDH-CSV 4.0) (%0400d)(-5)\",\"a\"", 0));
    struct pdh_log log;
    struct error err;
    assert_true(pdh_log_open(&log, path, NULL, &err));
    assert_int_equal(strlen(log.zone), sizeof log.zone - 1);
    pdh_log_close(&log);
}

/* Quotes, delimiters and commas in names: columns and values stay side by side. */
static void columns_of_any_name(void **state)
{
    (void)state;
    static const struct {
        const char *header, *row;
        const char *names[4];
    } cases[] = {
        {"\"(PDH-CSV 4.0)\",\"\\\\H\\O(a,b)\\C\",\"\\\\H\\O(c)\\C\"",
         "\"09/01/2011 10:00:00\",\"1\",\"2\"",
         {"\\\\H\\O(a,b)\\C", "\\\\H\\O(c)\\C"}},
        {"\"(PDH-CSV 4.0)\",\"\\\\H\\O(say \"\"hi\"\")\\C\",\"b\"",
         "\"09/01/2011 10:00:00\",\"1\",\"2\"",
         {"\\\\H\\O(say \"hi\")\\C", "b"}},
        {"\"(PDH-CSV 4.0)\",\"x\"\",\"\"y\",\"\"\"\"",
         "\"09/01/2011 10:00:00\",\"1\",\"2\"",
         {"x\",\"y", "\""}},
        {"\"(PDH-CSV 4.0)\",\"x\"\",y\",\"b\"",
         "\"09/01/2011 10:00:00\",\"1\",\"2\"",
         {"x\",y", "b"}},
        {"\"(PDH-TSV 4.0)\"\t\"a,b\"\t\"c\"",
         "\"09/01/2011 10:00:00\"\t\"1\"\t\"2\"",
         {"a,b", "c"}},
        {"\"(PDH-CSV 4.0)\";\"a\";\"b\"", "\"09/01/2011 10:00:00\";\"1,5\";\"2\"", {"a", "b"}},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const char *path =
            unit_text_file("names.csv", say("%s\r\n%s\r\n", cases[i].header, cases[i].row));
        struct pdh_log log;
        struct error err;
        stamp when;
        struct fields values;
        if (!pdh_log_open(&log, path, NULL, &err))
            fail_msg("%s", err.text);
        size_t count = 0;
        for (; cases[i].names[count]; count++)
            assert_string_equal(column(&log), cases[i].names[count]);
        assert_null(column(&log));
        if (!find_row(&log, NULL, &when, &values, &err))
            fail_msg("%s", err.text);
        while (count--)
            assert_non_null(fields_next(&values));
        assert_null(fields_next(&values));
        pdh_log_close(&log);
    }
}

/* A header of many pieces, with what is hard to take apart wherever a piece may end. */
static void columns_of_a_long_header(void **state)
{
    (void)state;
    enum { NAMES = 900 };
    static const char *names[NAMES];
    for (size_t shift = 0; shift < 48; shift++)
        for (enum writing writing = PLAIN; writing < WRITINGS; writing++) {
            struct text line = {0};
            text_puts(&line, header);
            for (size_t i = 0; i < NAMES; i++) {
                const char *padding = say("%0*zu", (int)(i ? 60 + i % 7 : 1 + shift), i);
                names[i] = say("\\\\H\\O(業務\"\", %s)\\C\"", padding);
                text_printf(&line, ",\"\\\\H\\O(業務\"\"\"\", %s)\\C\"\"\"", padding);
            }
            begin_log(writing, "\r\n", line.bytes);
            text_free(&line);
            struct pdh_log log;
            struct error err;
            const char *path = unit_file("long.csv", log_file.text.bytes, log_file.text.length);
            assert_true(pdh_log_open(&log, path, NULL, &err));
            for (int again = 0; again < 2; again++) {
                for (size_t i = 0; i < NAMES; i++)
                    assert_string_equal(column(&log), names[i]);
                assert_null(column(&log));
                assert_null(column(&log));
                assert_int_equal(log.columns, 1 + NAMES);
                assert_true(pdh_log_rewind(&log, &err));
            }
            pdh_log_close(&log);
            arena_free(&arena);
        }
}

static void a_column_without_an_end_is_named(void **state)
{
    (void)state;
    struct text line = {0};
    text_printf(&line, "%s,\"a\",\"b", header);
    while (line.length < 200 * 1024)
        text_puts(&line, ",b");
    struct pdh_log log;
    struct error err;
    char *name;
    assert_true(pdh_log_open(&log, unit_text_file("endless.csv", line.bytes), NULL, &err));
    assert_string_equal(column(&log), "a");
    for (int again = 0; again < 2; again++) {
        assert_false(pdh_log_column(&log, &name, &err));
        assert_holds(err.text,
                     "endless.csv:1: a column of more than 65536 bytes: is a quote missing?");
    }
    stamp when;
    struct fields values;
    assert_false(find_row(&log, NULL, &when, &values, &err));
    assert_holds(err.text, "endless.csv: no row at its end");
    pdh_log_close(&log);
    text_free(&line);
}

/* ---- several headers ---- */

/* Of the row that was read last, which header it was written below: its columns have names of it,
 * and its values too. */
struct below {
    struct pdh_log *log;
    size_t entered;
};

static bool count_entered(void *context, bool other, struct error *err)
{
    struct below *below = context;
    (void)err;
    below->entered += other;
    return true;
}

/* Reads a row; its header's number, or SIZE_MAX with *err. *ret: its own number. */
static size_t read_below(struct pdh_log *log, const struct pdh_moment *moment,
                         struct pdh_place *place, size_t *ret, struct error *err)
{
    struct below below = {.log = log};
    struct fields values;
    if (!pdh_log_row(log, moment, count_entered, &below, place, &values, err))
        return SIZE_MAX;
    *ret = strtoul(fields_next(&values), NULL, 10);
    size_t which = SIZE_MAX, columns = 1;
    for (const char *value; (value = fields_next(&values)); columns++) {
        size_t number = strtoul(value, NULL, 10);
        assert_true(which == SIZE_MAX || which == number);
        which = number;
    }
    assert_true(pdh_log_rewind(log, err));
    for (size_t i = 0; i < columns; i++)
        assert_holds(column(log), say("header %zu of", which));
    assert_null(column(log));
    return which;
}

/* Appended to a file in this writing; `bom` with its mark. */
static void append(struct text *file, const char *text, unsigned writing, bool bom)
{
    if (writing != PLAIN) {
        struct text utf16 = unit_utf16(text, writing == UTF16_BE, bom);
        text_add(file, utf16.bytes, utf16.length);
        text_free(&utf16);
    } else {
        text_puts(file, bom ? "\xEF\xBB\xBF" : "");
        text_puts(file, text);
    }
}

/* One header and its rows, as somebody appends them; some rows may be missing their end. */
static const char *part_of(size_t which, size_t rows, size_t *row, stamp *now, bool fast)
{
    static const char *const delimiters[] = {",", "\t", ";"};
    const char *delimiter = delimiters[unit_random(3)], *quote = unit_random(3) ? "\"" : "";
    bool tabs = *delimiter == '\t';
    size_t columns = 1 + unit_random(3);
    struct text text = {0};
    text_printf(&text, "%s(PDH-%s 4.0) (UTC)(0)%s", quote, tabs ? "TSV" : "CSV", quote);
    for (size_t i = 0; i <= columns; i++)
        text_printf(&text, "%s%s\\\\H\\O(header %zu of%zu)\\C%s", delimiter, quote, which, i,
                    quote);
    text_puts(&text, "\r\n");
    for (size_t i = 0; i < rows; i++) {
        char when[STAMP_SIZE];
        text_printf(&text, "%s%s%s%s%s%zu%s", quote, stamp_print_pdh(when, *now), quote, delimiter,
                    quote, *row, quote);
        for (size_t k = 0; k < columns; k++)
            text_printf(&text, "%s%s%zu%s", delimiter, quote, which, quote);
        text_puts(&text, "\r\n");
        ++*row;
        *now += fast ? 1000 : 15000 + unit_random(1000);
    }
    const char *kept = arena_text(&arena, text.bytes, text.length);
    text_free(&text);
    return kept;
}

/* Whatever is appended in whatever way, each row is read by the header above it; the last one, each
 * moment, and from each row the one before. */
static void rows_belong_to_the_header_above(void **state)
{
    (void)state;
    static const char *const between[] = {
        "",
        "\r\n",
        "\r\nExiting, please wait...\r\nThe command completed successfully.\r\n\r\n",
        "\"09/01/2011 0", /* whoever wrote it was stopped there: a header may stand behind it */
        "\"09/01/2011 0\r\n",
        "\x1A",
    };
    for (unsigned round = 0; round < 400; round++) {
        struct text file = {0};
        static size_t of_row[4000];
        static stamp of_stamp[4000];
        size_t row = 0;
        stamp now = begin;
        unsigned first_writing = unit_random(WRITINGS), last_writing = first_writing;
        size_t parts = 1 + unit_random(5);
        for (size_t part = 0; part < parts; part++) {
            size_t from = row, rows = part + 1 < parts ? unit_random(40) : 1 + unit_random(40);
            stamp started = now;
            unsigned writing = part && unit_random(2) ? unit_random(2) : first_writing;
            bool big_above = part && first_writing == UTF16_BE && last_writing == UTF16_BE;
            bool bom = unit_random(2) || (writing == UTF16_BE && part && !big_above);
            last_writing = writing;
            const char *text = part_of(part, rows, &row, &now, true);
            append(&file, text, writing, bom);
            for (; from < row; from++, started += 1000) {
                of_row[from] = part;
                of_stamp[from] = started;
            }
            size_t gap = unit_random(LENGTH(between));
            bool cut = gap == 3 && (writing == PLAIN || part + 1 == parts);
            if (part + 1 < parts ? gap != 3 || cut : gap != 4 && gap != 3)
                append(&file, between[gap], writing, false);
        }
        struct pdh_log log;
        struct error err;
        struct pdh_place place;
        size_t found;
        const char *path = unit_file("appended.csv", file.bytes, file.length);
        if (!pdh_log_open(&log, path, NULL, &err))
            fail_msg("%u: %s", round, err.text);
        struct pdh_moment moment = {.kind = PDH_LAST};
        size_t which = read_below(&log, &moment, &place, &found, &err);
        if (which == SIZE_MAX)
            fail_msg("%u: %s", round, err.text);
        assert_int_equal(found, row - 1);
        assert_int_equal(which, of_row[row - 1]);
        for (size_t expected = row - 1; expected-- > 0;) { /* each before the other */
            moment = (struct pdh_moment){.kind = PDH_BEFORE, .of = place};
            which = read_below(&log, &moment, &place, &found, &err);
            if (which == SIZE_MAX)
                fail_msg("%u: %s", round, err.text);
            assert_int_equal(found, expected);
            assert_int_equal(which, of_row[expected]);
        }
        moment = (struct pdh_moment){.kind = PDH_BEFORE, .of = place};
        assert_true(read_below(&log, &moment, &place, &found, &err) == SIZE_MAX);
        assert_int_equal(err.code, PDH_NO_ROW);
        for (size_t i = 0; i < row; i += 1 + unit_random(9)) {
            moment = (struct pdh_moment){.kind = PDH_AT, .at = of_stamp[i] + unit_random(1000)};
            if (i == row - 1)
                moment.at = of_stamp[i];
            which = read_below(&log, &moment, &place, &found, &err);
            if (which == SIZE_MAX)
                fail_msg("%u: %s", round, err.text);
            assert_int_equal(found, i);
            assert_int_equal(which, of_row[i]);
        }
        pdh_log_close(&log);
        text_free(&file);
        arena_free(&arena);
    }
}

/* `at` is a time of that day, or NULL: the last row. */
static void check_moment(const char *bytes, const char *time, const char *value,
                         const char *problem)
{
    struct pdh_log log;
    struct error err;
    stamp when, at;
    struct fields values;
    if (!pdh_log_open(&log, unit_text_file("log.csv", bytes), NULL, &err))
        fail_msg("%s", err.text);
    assert_true(!time || stamp_parse_iso(say("2011-09-01 %s", time), &at));
    bool found = find_row(&log, time ? &at : NULL, &when, &values, &err);
    if (found != !problem)
        fail_msg("%s: %s", bytes, found ? "a row" : err.text);
    if (found)
        assert_string_equal(fields_next(&values), value);
    else
        assert_holds(err.text, problem);
    pdh_log_close(&log);
}

/* Behind a row that had come to its last quote, but not to its line end. */
static void the_rest_of_a_header_behind_a_row(void **state)
{
    (void)state;
    for (unsigned writing = 0; writing < WRITINGS; writing++) {
        begin_log(writing, "\r\n", say("%s,\"a\",\"b\"", header));
        add_row(begin, 1, "\"", true);
        add_row(begin + 1000, 1, "\"", false);
        add("(x)\\A\",\"\\\\H\\O(x)\\B\"\r\n");
        struct pdh_log log;
        open_log(&log, log_file.text.length);
        check_row(&log, NULL, 1);
        pdh_log_close(&log);
    }
}

/* In UTF-16 too, whatever stands above it; and a whole header behind it counts, mark or not. */
static void the_rest_of_a_header(void **state)
{
    (void)state;
    for (unsigned writing = 0; writing < WRITINGS; writing++)
        for (int whole = 0; whole < 2; whole++) {
            begin_log(writing, "\r\n", say("%s,\"a\",\"b\"", header));
            add_row(begin, 1, "\"", true);
            for (int twice = 0; twice < 2; twice++) /* the first is named */
                add("(x)y)\\A\",\"\\\\H\\O(x)\\B\"\r\n");
            add_row(begin + 1000, 1, "\"", true);
            if (whole) {
                add(say("%s,\"a\",\"b\"\r\n", header));
                add_row(begin + 2000, 1, "\"", true);
            }
            struct pdh_log log;
            struct error err;
            stamp found, damaged = begin + 1000;
            struct fields values;
            open_log(&log, log_file.text.length);
            assert_false(find_row(&log, &damaged, &found, &values, &err));
            assert_holds(err.text, "counters.csv:3: the rest of a header, so that the columns");
            check_row(&log, &begin, 0);
            if (whole)
                check_row(&log, NULL, 2);
            pdh_log_close(&log);
        }
}

static void check_file(const char *bytes, const char *value, const char *problem)
{
    check_moment(bytes, NULL, value, problem);
}

/* There is no row before the last one, nor one of a minute earlier. */
static void check_before(const char *bytes, const char *problem)
{
    struct pdh_log log;
    struct error err;
    struct fields values;
    struct pdh_moment moment = {.kind = PDH_LAST};
    assert_true(pdh_log_open(&log, unit_text_file("log.csv", bytes), NULL, &err));
    if (!pdh_log_row(&log, &moment, no_columns, NULL, &moment.of, &values, &err))
        fail_msg("%s", err.text);
    struct pdh_place place;
    moment.kind = PDH_BEFORE;
    assert_false(pdh_log_row(&log, &moment, no_columns, NULL, &place, &values, &err));
    assert_holds(err.text, problem);
    moment.kind = PDH_SINCE;
    moment.milliseconds = 60000;
    assert_false(pdh_log_row(&log, &moment, no_columns, NULL, &place, &values, &err));
    assert_int_equal(err.code, PDH_NO_ROW);
    pdh_log_close(&log);
}

#define CUT           "\"09/01/2011 09:00:15.000\",\"1\""
#define BAD           "18:26.5,9000,3\r\n"
#define A             "\"(PDH-CSV 4.0) (UTC)(0)\",\"\\\\H\\O(x)\\A\",\"\\\\H\\O(x)\\B\"\r\n"
#define R(time, a, b) "\"09/01/2011 " time ".000\",\"" a "\",\"" b "\"\r\n"

static void logs_that_were_put_together(void **state)
{
    (void)state;
    static const char head[] = "\"(PDH-CSV 4.0) (UTC)(0)\"";
    /* a third header; one that was cut; one without its beginning */
    check_file(A R("08:00:00", "1", "2") A R("09:00:00", "3", "4") A R("10:00:00", "5", "6"), "5",
               NULL);
    check_file(say(A R("08:00:00", "1", "2") "%s,\"\\\\H\\O(x)\\A\",\"\\\\H\\O(x)\r\n" R("09:00:00",
                                                                                         "3", "4"),
                   head),
               NULL, "log.csv:3: a header without its end: was the file cut?");
    check_file(
        say(A R("08:00:00", "1", "2") "%s,\"\\\\H\\O(x)\\A\"\r\n" R("09:00:00", "3", "4"), head),
        NULL, "log.csv:4: a row of 3 fields under a header of 2 (line 3)");
    check_file(A R("08:00:00", "1", "2") "r)\\A\",\"\\\\H\\O(x)\\B\"\r\n" R("09:00:00", "3", "4"),
               NULL, "log.csv:3: the rest of a header");
    check_file(A R("08:00:00", "1", "2") "x(y)\\A\",\"\\\\H\\O(x)\\B\"\r\n", "1", NULL);
    /* older rows behind newer ones */
    check_file(A R("09:00:00", "1", "2") A R("08:00:00", "3", "4"), NULL,
               "log.csv:4: the row of 2011-09-01 08:00:00 comes after newer ones, of 2011-09-01 "
               "09:00:00");
    check_file(A R("11:00:00", "1", "2") R("08:00:00", "3", "4"), NULL, "log.csv:3: the row of");
    check_file(A R("09:00:00", "1", "2") R("08:59:50", "3", "4"), "3", NULL); /* set right */
    /* not of the moment that is asked for, though such a part holds it */
    check_moment(A R("09:00:00", "1", "2") A R("08:00:00", "3", "4"), "08:00:00", "3", NULL);
    check_moment(A R("08:00:00", "1", "2") R("09:00:00", "3", "4") A R("07:00:00", "5", "6")
                     R("09:30:00", "7", "8"),
                 "09:10:00", NULL,
                 "log.csv:5: the row of 2011-09-01 07:00:00 comes after newer ones, of 2011-09-01 "
                 "09:00:00");
    check_moment(A R("08:00:00", "1", "2") A R("09:00:00", "3", "4"), "10:00:00", NULL,
                 "log.csv: ends at 2011-09-01 09:00:00, before the requested time");
    /* a last row above a header may not have been written to its end, one above rows was */
    check_moment(A R("09:00:00", "1", "2") CUT A R("10:00:00", "3", "4"), "09:00:15", NULL,
                 "log.csv: ends at 2011-09-01 09:00:00, before the requested time");
    check_moment(A R("09:00:00", "1", "2") CUT "\r\n" A R("10:00:00", "3", "4"), "09:00:15", NULL,
                 "log.csv: ends at 2011-09-01 09:00:00, before the requested time");
    check_file(A R("09:00:00", "1", "2") CUT "\r\n\"09/01/2011 08:59:50.000\",\"5\"" A, NULL,
               "log.csv:3: a row of 2 fields under a header of 3");
    /* half an hour is what a clock may be set right by */
    check_moment(A R("08:00:00", "1", "2") A R("07:30:00", "3", "4"), "07:59:59", NULL,
                 "log.csv: ends at 2011-09-01 07:30:00, before the requested time");
    check_file(A R("08:00:00", "1", "2") A R("07:30:00", "3", "4"), "3", NULL);
    check_file(A R("08:00:00", "1", "2") A R("07:29:59", "3", "4"), NULL, "comes after newer ones");
    /* a header above which there is nothing that can be used, or nothing at all */
    check_file(A BAD A R("09:00:00", "3", "4"), "3", NULL);
    check_file(A BAD R("09:00:00", "3", "4"), "3", NULL);
    check_moment(A BAD A R("09:00:00", "3", "4"), "09:00:00", "3", NULL);
    check_moment(A BAD A R("09:00:00", "3", "4"), "08:59:59", NULL,
                 "log.csv: begins at 2011-09-01 09:00:00, after the requested time");
    check_moment(A, "09:00:00", NULL, "log.csv: no row at its end");
    check_moment(A BAD, "09:00:00", NULL, "log.csv: no row at its end");
    check_before(A BAD A R("09:00:00", "3", "4"), "log.csv:2: the time stamp '18:26.5' can't be");
    check_before(A "\"09/01/20\r\n" A R("09:00:00", "3", "4"),
                 "log.csv: begins at 2011-09-01 09:00:00, after the requested time");
    check_before(A R("09:00:00", "3", "4"),
                 "log.csv: begins at 2011-09-01 09:00:00, after the requested time");
    /* a header that tells another zone */
    check_file(
        "\"(PDH-CSV 4.0) (A)(-540)\",\"\\\\H\\O(x)\\A\"\r\n\"09/01/2011 18:00:00\",\"1\"\r\n" A R(
            "09:00:15", "3", "4"),
        "3", NULL);
    /* no row below the last header */
    check_file(A R("08:00:00", "1", "2") A, "1", NULL);
    /* another number of fields is no row of that header, whatever header would fit */
    check_file(
        say(A R("08:00:00", "1", "2") "%s,\"\\\\H\\O(x)\\A\"\r\n" R("09:00:00", "3", "4"), head),
        NULL, "a row of 3 fields under a header of 2");
}

/* ---- daylight saving ---- */

/* A log by a clock that changes: rows in UTC, and what the clock was ahead of the header's. */
static void clocks_that_change(void **state)
{
    (void)state;
    static const unsigned intervals[] = {1, 5, 15, 60, 300, 600};
    static const int changes[] = {60, -60, 0};
    for (unsigned round = 0; round < 300; round++) {
        unsigned interval = intervals[unit_random(LENGTH(intervals))];
        int change = changes[unit_random(LENGTH(changes))], zone = (int)unit_random(25) * 60 - 720;
        size_t before = 2 + unit_random(400), rows = before + 1 + unit_random(800);
        static stamp utc[1300];
        static int shift[1300];
        struct text file = {0};
        text_printf(&file, "\"(PDH-CSV 4.0) (Zone)(%d)\",\"a\",\"b\"\r\n", zone);
        for (size_t i = 0; i < rows; i++) {
            char when[STAMP_SIZE];
            utc[i] = begin + (stamp)i * interval * 1000 + unit_random(20);
            shift[i] = i >= before ? change : 0;
            stamp_print_pdh(when, utc[i] + (shift[i] - zone) * 60000);
            text_printf(&file, "\"%s\",\"%zu\",\"1\"\r\n", when, i);
        }
        struct pdh_log log;
        struct error err;
        struct fields values;
        struct pdh_place last, place;
        const char *path = unit_file("clock.csv", file.bytes, file.length);
        assert_true(pdh_log_open(&log, path, NULL, &err));
        struct pdh_moment moment = {.kind = PDH_LAST};
        if (!pdh_log_row(&log, &moment, no_columns, NULL, &last, &values, &err))
            fail_msg("%u: %s", round, err.text);
        assert_int_equal(strtoul(fields_next(&values), NULL, 10), rows - 1);
        for (size_t k = 0; k < 40; k++) {
            size_t of = unit_random((uint32_t)rows);
            int64_t since = (int64_t)(rows - 1 - of) * interval * 1000;
            int bias;
            moment = (struct pdh_moment){.kind = PDH_SINCE, .of = last, .milliseconds = since - 20};
            if (of == rows - 1)
                continue;
            bool found = pdh_log_row(&log, &moment, no_columns, NULL, &place, &values, &err);
            if (!found)
                fail_msg("%u: %s", round, err.text);
            size_t row = strtoul(fields_next(&values), NULL, 10);
            /* the one that was current then, by what the clock was in UTC */
            assert_true(pdh_log_bias(&log, &place, &bias));
            assert_int_equal(bias, zone - shift[row]);
            assert_true(place.when + (stamp)bias * 60000 == utc[row]);
            stamp at = utc[rows - 1] - since + 20;
            assert_true(utc[row] <= at && (row + 1 == rows || utc[row + 1] > at));
        }
        moment = (struct pdh_moment){.kind = PDH_BEFORE, .of = last};
        assert_true(pdh_log_row(&log, &moment, no_columns, NULL, &place, &values, &err));
        assert_int_equal(strtoul(fields_next(&values), NULL, 10), rows - 2);
        moment = (struct pdh_moment){
            .kind = PDH_SINCE, .of = last, .milliseconds = utc[rows - 1] - utc[0] + 1};
        assert_false(pdh_log_row(&log, &moment, no_columns, NULL, &place, &values, &err));
        assert_int_equal(err.code, PDH_NO_ROW);
        pdh_log_close(&log);
        text_free(&file);
        arena_free(&arena);
    }
}

/* By how much the clock of the last row is ahead of that of the header, in minutes: what passes
 * between two rows, or how far the clock goes back, is no change of its zone but for some. */
static void pauses_and_changes_of_the_zone(void **state)
{
    (void)state;
    enum { SECOND = 1000, HOUR = 3600 * SECOND };
    static const struct {
        int64_t usual, step; /* between the rows before, and to the last one */
        int shift;
    } cases[] = {
        {15 * SECOND, 15 * SECOND, 0},
        {15 * SECOND, HOUR + 15 * SECOND, 60},
        /* by up to half of what is usual, but at least 5 s */
        {15 * SECOND, HOUR + 22500, 60},
        {15 * SECOND, HOUR + 22501, 0},
        {15 * SECOND, HOUR + 7500, 60},
        {15 * SECOND, HOUR + 7499, 0},
        {1 * SECOND, HOUR + 6 * SECOND, 60},
        {1 * SECOND, HOUR + 6 * SECOND + 1, 0},
        {1 * SECOND, HOUR - 4 * SECOND, 60},
        {1 * SECOND, HOUR - 4 * SECOND - 1, 0},
        {15 * SECOND, 3 * HOUR, 0},
        /* rows that are rarer tell nothing of it */
        {HOUR / 2, HOUR + HOUR / 2, 60},
        {HOUR / 2 + 1, HOUR + HOUR / 2, 0},
        {0, HOUR, 0},
        /* back */
        {15 * SECOND, -HOUR + 15 * SECOND, -60},
        {15 * SECOND, -HOUR, -60},
        {15 * SECOND, -HOUR - 1, 0},
        {15 * SECOND, -HOUR / 2, -60},
        {15 * SECOND, -HOUR / 2 + 1, 0},
    };
    for (size_t i = 0; i < LENGTH(cases); i++)
        for (int rows = 1; rows < 4; rows++) { /* what is usual takes two to tell */
            begin_log(PLAIN, "\r\n", say("%s,\"a\",\"b\"", header));
            stamp now = begin;
            for (int row = 0; row < rows; row++, now += cases[i].usual)
                add_row(now, 1, "\"", true);
            add_row(now - cases[i].usual + cases[i].step, 1, "\"", true);
            struct pdh_log log;
            struct error err;
            struct fields values;
            struct pdh_place place;
            const struct pdh_moment last = {.kind = PDH_LAST};
            int bias, shift = rows == 1 && cases[i].step > 0 ? 0 : cases[i].shift;
            open_log(&log, log_file.text.length);
            if (pdh_log_row(&log, &last, no_columns, NULL, &place, &values, &err)) {
                assert_true(pdh_log_bias(&log, &place, &bias));
                if (bias != -540 - shift)
                    fail_msg("%zu, %d rows: %d", i, rows, bias + 540);
            } else {
                assert_holds(err.text, "comes after newer ones");
                assert_true(cases[i].step < -HOUR);
            }
            pdh_log_close(&log);
            arena_free(&arena);
        }
}

/* A moment that the clock showed twice is the later one. */
static void a_repeated_hour(void **state)
{
    (void)state;
    begin_log(PLAIN, "\r\n", say("%s,\"a\",\"b\"", header));
    stamp hour = 3600 * 1000, now = begin + hour;
    for (int i = 0; i < 240; i++, now += 15000)
        add_row(now, 1, "\"", true);
    size_t again = log_file.count;
    now -= hour;
    for (int i = 0; i < 120; i++, now += 15000)
        add_row(now, 1, "\"", true);
    struct pdh_log log;
    open_log(&log, log_file.text.length);
    check_row(&log, NULL, log_file.count - 1);
    for (size_t i = again; i < log_file.count; i++)
        check_row(&log, &log_file.stamps[i], i);
    for (size_t i = log_file.count - again + 1; i < again; i++) /* which it showed once */
        check_row(&log, &log_file.stamps[i], i);
    pdh_log_close(&log);
}

/* ---- the machine ---- */

static void the_first_path_names_the_machine(void **state)
{
    (void)state;
    static const struct {
        const char *first, *host, *problem;
    } cases[] = {
        {",\"\\\\H\\O\\C\",\"\\\\I\\O\\C\"", "H", NULL},
        {",\"no path\",\"\\\\I\\O\\C\"", "I", NULL},
        {",\"\\O\\C\"", "", NULL},
        {",\"no path\"", NULL, NULL},
        {",\"", NULL, "machine.csv:1: a header without its end"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++)
        for (int two = 0; two < 2; two++) {
            const char *host = "?", *head = say("%s%s\r\n", header, cases[i].first);
            struct pdh_log log;
            struct error err;
            const char *path = unit_text_file("machine.csv", say("%s%s", head, two ? head : ""));
            assert_true(pdh_log_open(&log, path, NULL, &err));
            bool told = pdh_log_first_host(&log, &arena, &host, &err);
            assert_int_equal(told, !two || !cases[i].problem);
            if (!told)
                assert_holds(err.text, cases[i].problem);
            else if (!two || !cases[i].host)
                assert_null(host);
            else
                assert_string_equal(host, cases[i].host);
            pdh_log_close(&log);
        }
}

/* ---- paths ---- */

static void paths_are_split(void **state)
{
    (void)state;
    static const struct {
        const char *path, *host, *object, *instance, *counter; /* object NULL: no path */
    } cases[] = {
        {"\\\\HOST\\Memory\\Available MBytes", "HOST", "Memory", "", "Available MBytes"},
        {"\\Memory\\Available MBytes", "", "Memory", "", "Available MBytes"},
        {"\\\\H\\O(System Balancer)\\C", "H", "O", "System Balancer", "C"},
        {"\\O(web (prod), 1/2)\\C", "", "O", "web (prod), 1/2", "C"},
        {"\\O(a)\\b)\\C", "", "O", "a)\\b", "C"},
        {"\\O(x\\y)\\C", "", "O", "x\\y", "C"},
        {"\\O(a(b)\\C", "", "O", "a(b", "C"},
        {"\\O(web01#1)\\C", "", "O", "web01#1", "C"},
        {"\\O()\\C", "", "O", "", "C"},
        {"\\O(i)\\C (d)", "", "O", "i", "C (d)"},
        {"\\O\\Maximum Memory, Mbytes", "", "O", "", "Maximum Memory, Mbytes"},
        {"\\O\\Reads (a)/sec", "", "O", "", "Reads (a)/sec"},
        {"", NULL, NULL, NULL, NULL},
        {"\\", NULL, NULL, NULL, NULL},
        {"\\\\", NULL, NULL, NULL, NULL},
        {"\\\\H", NULL, NULL, NULL, NULL},
        {"\\\\H\\", NULL, NULL, NULL, NULL},
        {"\\\\H\\O", NULL, NULL, NULL, NULL},
        {"\\\\H\\O\\", NULL, NULL, NULL, NULL},
        {"\\O", NULL, NULL, NULL, NULL},
        {"\\O\\", NULL, NULL, NULL, NULL},
        {"\\O(i)", NULL, NULL, NULL, NULL},
        {"\\O(i)\\", NULL, NULL, NULL, NULL},
        {"\\O(i\\C", NULL, NULL, NULL, NULL},
        {"\\(i)\\C", NULL, NULL, NULL, NULL},
        {"O(i)\\C", NULL, NULL, NULL, NULL},
        {"Memory\\Available MBytes", NULL, NULL, NULL, NULL},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct counter_path path;
        char *copy = arena_text(&arena, cases[i].path, strlen(cases[i].path));
        bool split = counter_path_split(copy, &path);
        if (split != (cases[i].object != NULL))
            fail_msg("'%s' is %s", cases[i].path, split ? "split" : "refused");
        if (!split)
            continue;
        assert_string_equal(path.host, cases[i].host);
        assert_string_equal(path.object, cases[i].object);
        assert_string_equal(path.instance, cases[i].instance);
        assert_string_equal(path.counter, cases[i].counter);
    }
}

static void any_path_is_split_within_its_bytes(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 100000; i++) {
        char *path = malloc(9); /* a sanitizer sees what is read beyond it */
        assert_non_null(path);
        size_t length = unit_random(9);
        for (size_t k = 0; k < length; k++)
            path[k] = "\\\\()ab"[unit_random(6)];
        path[length] = '\0';
        char *exact = realloc(path, length + 1);
        assert_non_null(exact);
        struct counter_path parts;
        if (counter_path_split(exact, &parts)) {
            assert_true(*parts.object && *parts.counter);
            assert_null(strpbrk(parts.object, "(\\"));
        }
        free(exact);
    }
}

RUN_TESTS(TEST(every_moment_of_logs_of_every_length), TEST(rows_that_begin_where_bisection_looks),
          TEST(time_stamps_at_the_end_of_what_is_read), TEST(lengths_around_a_piece),
          TEST(an_unfinished_row_is_none_wherever_it_stops), TEST(nuls_in_a_row_damage_it),
          TEST(what_typeperf_adds_is_no_row), TEST(words_between_rows_are_passed_over),
          TEST(a_row_that_cannot_be_used_is_refused),
          TEST(a_file_that_is_not_only_a_log_is_refused), TEST(what_is_no_log_is_named),
          TEST(a_moment_outside_is_named), TEST(a_hole_in_a_file_is_no_endless_row),
          TEST(a_row_without_measure_is_refused), TEST(a_clock_that_only_goes_back_is_refused),
          TEST(a_log_that_becomes_shorter_is_refused),
          TEST(a_log_that_is_cut_within_a_line_end_is_refused),
          TEST(a_log_that_is_written_over_has_no_row), TEST(a_damaged_log_that_is_cut_is_told),
          TEST(formats_and_zones), TEST(columns_of_any_name), TEST(columns_of_a_long_header),
          TEST(a_column_without_an_end_is_named), TEST(rows_belong_to_the_header_above),
          TEST(the_rest_of_a_header), TEST(the_rest_of_a_header_behind_a_row),
          TEST(logs_that_were_put_together), TEST(clocks_that_change),
          TEST(pauses_and_changes_of_the_zone), TEST(a_repeated_hour),
          TEST(the_first_path_names_the_machine), TEST(paths_are_split),
          TEST(any_path_is_split_within_its_bytes));
