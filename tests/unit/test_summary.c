/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake_source.h"
#include "unit.h"

#include "hyperv/counter_names.h"
#include "hyperv/summary.h"

#define MB 1048576.0
#define COLUMNS                                                                                    \
    "Name|ElementName|MemoryUsage|MemoryAvailable|AvailableMemoryBuffer|SwapFilesInUse|"           \
    "MemorySpansPhysicalNumaNodes\n"

static bool read_table(const char *table, struct summaries *ret, struct error *err)
{
    const struct fake_class classes[] = {{CLASS_SUMMARY, table}, {0}};
    struct source *source = fake_open(&(struct fake){.classes = classes});
    bool read = summaries_read(source, &arena, ret, err);
    source_close(source);
    return read;
}

static void rows(void **state)
{
    (void)state;
    struct summaries summaries;
    struct error err;
    assert_true(read_table(COLUMNS "A|mail01|5757|15|88|False|False\n"
                                   "B|bi01|4096|37|2147483647|False|True\n"
                                   "C|lab01|8192|2147483647|2147483647|False|False\n"
                                   "D|app01|2048|-4|-19|True|False\n"
                                   "E|off01||||False|\n"
                                   "|nobody|1|1|1|False|False\n"
                                   "F|twice|512|10|50|False|False\n"
                                   "F|twice|512|10|50|False|False\n"
                                   "G|idle|0|100|50|False|False\n",
                           &summaries, &err));
    const struct vm_summary *mail = summaries_find(&summaries, "a");
    const struct vm_summary *bi = summaries_find(&summaries, "B");
    const struct vm_summary *lab = summaries_find(&summaries, "C");
    const struct vm_summary *app = summaries_find(&summaries, "D");
    const struct vm_summary *off = summaries_find(&summaries, "E");
    assert_true(mail->has_usage && mail->has_pressure && mail->has_buffer && !mail->silent);
    assert_double(mail->usage, 5757 * MB);
    assert_double(mail->pressure, 85); /* as published: 4893 of 5757 MB are wanted */
    assert_double(bi->pressure, 63);   /* as published: 2580 of 4096 MB */
    assert_true(!bi->has_buffer && bi->spanning && !bi->paging);
    assert_true(lab->silent && !lab->has_pressure && !lab->has_buffer);
    assert_double(app->pressure, 104);
    assert_double(app->buffer, -19);
    assert_true(app->paging);
    assert_false(off->has_usage || off->has_pressure || off->has_buffer || off->silent);
    assert_false(summaries_find(&summaries, "F")->has_usage); /* which of both is not known */
    assert_false(summaries_find(&summaries, "G")->has_usage);
    assert_false(summaries_find(&summaries, "G")->has_pressure);
    assert_null(summaries_find(&summaries, "H"));
}

static void words_in_the_place_of_values(void **state)
{
    (void)state;
    static const char *const tables[] = {
        COLUMNS "A|a|much|15|88|False|False\n", COLUMNS "A|a|1|1.5|88|False|False\n",
        COLUMNS "A|a|1|15|88 %|False|False\n",  COLUMNS "A|a|1|15|88|0|False\n",
        COLUMNS "A|a|1|15|88|False|perhaps\n",
    };
    for (size_t i = 0; i < LENGTH(tables); i++) {
        struct summaries summaries;
        struct error err;
        assert_false(read_table(tables[i], &summaries, &err));
        assert_int_equal(err.code, READ_INVALID);
        assert_holds(err.text, CLASS_SUMMARY);
    }
}

/* Before Windows Server 2012 a method alone fills it. */
static void v2_alone(void **state)
{
    (void)state;
    const struct fake_class classes[] = {
        {CLASS_SUMMARY, COLUMNS "A|a|1|15|88|False|False\n", "root\\virtualization"}, {0}};
    struct source *source = fake_open(&(struct fake){.classes = classes});
    struct summaries summaries;
    struct error err;
    assert_false(summaries_read(source, &arena, &summaries, &err));
    assert_int_equal(err.code, READ_NO_OBJECT);
    source_close(source);
}

static void the_words_of_hyperv_manager(void **state)
{
    (void)state;
    static const struct {
        struct vm_summary summary;
        bool is_static;
        const char *word;
    } cases[] = {
        {{.has_buffer = true, .buffer = 88}, false, "OK"},
        {{.has_buffer = true, .buffer = 81}, false, "OK"},
        {{.has_buffer = true, .buffer = 80}, false, "Low"},
        {{.has_buffer = true, .buffer = 0}, false, "Low"},
        {{.has_buffer = true, .buffer = -1}, false, "Warning"},
        {{.has_buffer = true, .buffer = 88, .paging = true}, false, "Paging"},
        {{.has_buffer = true, .buffer = 88, .spanning = true}, false, "OK"},
        {{.spanning = true}, true, "Spanning"},
        {{.has_buffer = true, .buffer = 88}, true, NULL},
        {{.silent = true}, false, NULL},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const char *word = summary_status(&cases[i].summary, cases[i].is_static);
        if (cases[i].word)
            assert_string_equal(word, cases[i].word);
        else
            assert_null(word);
    }
}

RUN_TESTS(TEST(rows), TEST(words_in_the_place_of_values), TEST(v2_alone),
          TEST(the_words_of_hyperv_manager));
