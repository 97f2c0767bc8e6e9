/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The renderer's output is taken apart again by a reader of its own, at every budget, and compared
 * with what went in: what is there must be whole, and what is not there must be a whole class of
 * items or the end of the long text, counted.
 */
#include "unit.h"

#include "plugin/render.h"
#include "plugin/show.h"
#include "plugin/utf8.h"

#include <ctype.h>
#include <math.h>

static char *rendered(const struct result *result, struct render_options options, enum state expect)
{
    struct text text = {0};
    text_puts(&text, "<"); /* it appends */
    assert_int_equal(render(result, &options, &text), expect);
    assert_false(text.failed);
    assert_int_equal(text.length, strlen(text.bytes));
    assert_int_equal(text.bytes[0], '<');
    char *copy = arena_text(&arena, text.bytes + 1, text.length - 1);
    text_free(&text);
    return copy;
}

static const struct render_options plain = {.perfdata = PERFDATA_ALL};

/* ---- taking it apart ---- */

enum { MOST = 700 };

struct item {
    const char *label, *text; /* the whole token behind the label */
};

struct output {
    char *lines[MOST];
    size_t line_count;
    struct item items[MOST];
    size_t item_count;
};

static bool is_label(const char *label)
{
    for (; *label; label++)
        if (!isalnum((unsigned char)*label) && !strchr("_.- ", *label))
            return false;
    return true;
}

static const char *skip_number(const char *at)
{
    at += *at == '-';
    size_t whole = strspn(at, "0123456789");
    assert_true(whole > 0);
    at += whole;
    if (*at == '.') {
        whole = strspn(++at, "0123456789");
        assert_true(whole > 0);
        at += whole;
    }
    return at;
}

static const char *skip_range(const char *at)
{
    at += *at == '@';
    if (*at == '~')
        at++;
    else if (*at != ';' && *at)
        at = skip_number(at);
    if (*at == ':') {
        at++;
        if (*at && *at != ';')
            at = skip_number(at);
    }
    return at;
}

/* value[unit][;warn[;crit[;min;max]]], and nothing else. */
static void check_item(const char *item)
{
    const char *at = skip_number(item);
    at += *at == 'B' || *at == '%' || *at == 'c';
    for (int i = 0; i < 2 && *at == ';'; i++)
        at = skip_range(at + 1);
    if (*at == ';') {
        assert_true(at[1] == '0' && at[2] == ';');
        at = skip_number(at + 3);
    }
    if (*at)
        fail_msg("'%s' is no perfdata from '%s' on", item, at);
    assert_int_not_equal(item[strlen(item) - 1], ';');
}

static struct output take_apart(const char *text)
{
    struct output output = {0};
    size_t length = strlen(text);
    assert_true(utf8_valid(text, length));
    assert_true(length && text[length - 1] == '\n');
    char *all = arena_text(&arena, text, length - 1), *bar = strchr(all, '|');
    if (bar) {
        assert_null(strchr(bar + 1, '|'));
        assert_null(strchr(bar + 1, '\n'));
        assert_true(bar[-1] == ' ' && bar[1] == ' ');
        bar[-1] = '\0';
        char *at = bar + 2;
        do {
            assert_true(*at == '\'');
            char *end = strchr(at + 1, '\'');
            assert_true(end && end[1] == '=');
            *end = '\0';
            struct item *item = &output.items[output.item_count++];
            *item = (struct item){at + 1, end + 2};
            assert_true(is_label(item->label));
            at = strchr(end + 2, ' ');
            if (at)
                *at++ = '\0';
            check_item(item->text);
        } while (at);
    }
    for (char *line = all; line;) {
        output.lines[output.line_count++] = line;
        line = strchr(line, '\n');
        if (line)
            *line++ = '\0';
    }
    return output;
}

static bool same_items(const struct output *a, const struct output *b, size_t count)
{
    if (a->item_count < count || b->item_count < count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(a->items[i].label, b->items[i].label) != 0 ||
            strcmp(a->items[i].text, b->items[i].text) != 0)
            return false;
    return true;
}

/* ---- what it looks like ---- */

static void a_whole_output(void **state)
{
    (void)state;
    struct result result;
    result_begin(&result, &arena, "HV VM MEMORY");
    result_say(&result.root, "web01 at 99 %%");
    result_measure(&result.root, (struct perfdata){.label = "worst",
                                                   .value = 99.127,
                                                   .unit = "%",
                                                   .warning = {.end = 90, .set = true},
                                                   .critical = {.end = 98, .set = true}});
    struct finding *ok = result_add(&result.root, STATE_OK);
    struct finding *warning = result_add(&result.root, STATE_WARNING);
    struct finding *critical = result_add(&result.root, STATE_CRITICAL);
    struct finding *unknown = result_add(&result.root, STATE_UNKNOWN);
    result_say(ok, "a is well");
    result_say(warning, "b is full");
    result_say(critical, "c is fuller");
    result_say(unknown, "d can't be judged");
    result_say(result_add(ok, STATE_OK), "a.1 too");
    result_say(result_add(critical, STATE_WARNING), "c.1 as well");
    result.verbose = true;
    result_note(&result.root, "left out: e");
    result.verbose = false;
    result_tell(&result.root, "f: Added Memory 5 MB");
    result_measure(ok, (struct perfdata){.label = "a_physical",
                                         .value = 1048576,
                                         .unit = "B",
                                         .critical = {.start = 5, .end = INFINITY, .set = true},
                                         .maximum = 4194304});
    result_measure(critical, (struct perfdata){.label = "c_n", .value = 7, .unit = "c"});

    assert_string_equal(rendered(&result, plain, STATE_CRITICAL),
                        "HV VM MEMORY CRITICAL - web01 at 99 %\n"
                        "[CRITICAL] c is fuller\n"
                        "  [WARNING] c.1 as well\n"
                        "[WARNING] b is full\n"
                        "[UNKNOWN] d can't be judged\n"
                        "f: Added Memory 5 MB"
                        " | 'worst'=99.13%;90;98 'a_physical'=1048576B;;5:;0;4194304 'c_n'=7c\n");
    result.verbose = true;
    assert_string_equal(rendered(&result, plain, STATE_CRITICAL),
                        "HV VM MEMORY CRITICAL - web01 at 99 %\n"
                        "[CRITICAL] c is fuller\n"
                        "  [WARNING] c.1 as well\n"
                        "[WARNING] b is full\n"
                        "[UNKNOWN] d can't be judged\n"
                        "[OK] a is well\n"
                        "  [OK] a.1 too\n"
                        "left out: e\n"
                        "f: Added Memory 5 MB"
                        " | 'worst'=99.13%;90;98 'a_physical'=1048576B;;5:;0;4194304 'c_n'=7c\n");
}

static void modes(void **state)
{
    (void)state;
    struct result result;
    result_begin(&result, &arena, "T");
    result_say(&result.root, "t");
    result_measure(&result.root, (struct perfdata){.label = "sum", .value = 1, .unit = ""});
    struct finding *item = result_add(result_add(&result.root, STATE_OK), STATE_OK);
    result_measure(item, (struct perfdata){.label = "item", .value = 2, .unit = ""});
    static const char *const expected[] = {
        [PERFDATA_AUTO] = "T OK - t | 'sum'=1 'item'=2\n",
        [PERFDATA_ALL] = "T OK - t | 'sum'=1 'item'=2\n",
        [PERFDATA_SUMMARY] = "T OK - t | 'sum'=1\n",
        [PERFDATA_NONE] = "T OK - t\n",
    };
    for (unsigned mode = 0; mode < LENGTH(expected); mode++)
        assert_string_equal(rendered(&result, (struct render_options){.perfdata = mode}, STATE_OK),
                            expected[mode]);
    result_begin(&result, &arena, "T"); /* nothing to measure: no bar */
    assert_string_equal(rendered(&result, plain, STATE_OK), "T OK - \n");
}

static void perfdata_of_every_shape(void **state)
{
    (void)state;
    static const struct {
        struct perfdata perfdata;
        const char *text;
    } cases[] = {
        {{.value = 0, .unit = "B"}, "0B"},
        {{.value = -0.001, .unit = "%"}, "0%"},
        {{.value = 1e9, .unit = ""}, "1000000000"},
        {{.value = 1e300, .unit = ""}, "9007199254740992"},
        {{.value = 64.1, .unit = ""}, "64.1"},
        {{.value = 1, .unit = "", .maximum = 5}, "1;;;0;5"},
        {{.value = 1, .unit = "", .warning = {.end = 5, .set = true}}, "1;5"},
        {{.value = 1, .unit = "", .critical = {.end = 5, .set = true}}, "1;;5"},
        {{.value = 1, .unit = "", .critical = {.end = 5, .set = true}, .maximum = 9}, "1;;5;0;9"},
        {{.value = 1, .unit = "", .warning = {.start = 5, .end = INFINITY, .set = true}}, "1;5:"},
        {{.value = 1, .unit = "", .warning = {.start = 5, .end = 7, .set = true, .inside = true}},
         "1;@5:7"},
        {{.value = 1, .unit = "", .warning = {.start = -INFINITY, .end = 7, .set = true}}, "1;~:7"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct result result;
        result_begin(&result, &arena, "T");
        struct perfdata perfdata = cases[i].perfdata;
        perfdata.label = "x";
        result_measure(&result.root, perfdata);
        const char *text = rendered(&result, plain, STATE_OK);
        struct output output = take_apart(text);
        assert_int_equal(output.item_count, 1);
        assert_string_equal(output.items[0].text, cases[i].text);
    }
}

static void texts_are_made_safe(void **state)
{
    (void)state;
    static const struct {
        const char *text, *safe;
    } cases[] = {
        {"", ""},
        {"業務サーバ01 é", "業務サーバ01 é"},
        {"a|b;c='d'", "a¦b;c='d'"},
        {"|", "¦"},
        {"<b>web</b> a < b", "＜b＞web＜/b＞ a ＜ b"},
        {"C:\\temp\\new\\check\\", "C:/temp/new/check/"},
        {"\\Memory\\Available MBytes", "/Memory/Available MBytes"},
        {"R&D $x `y` ~z; \"q\" 100 %", "R&D $x `y` ~z; \"q\" 100 %"},
        {"a\nb\r\tc\x7F", "a\xEF\xBF\xBD"
                          "b\xEF\xBF\xBD\xEF\xBF\xBD"
                          "c\xEF\xBF\xBD"},
        {"\x1B[31mred", "\xEF\xBF\xBD[31mred"},
        {"a\xC2\x85"
         "b",
         "a\xEF\xBF\xBD"
         "b"},
        {"\xE2\x80\xAE"
         "evil",
         "\xEF\xBF\xBD"
         "evil"},
        {"\xE2\x80\xA8x\xE2\x80\x8B", "\xEF\xBF\xBDx\xEF\xBF\xBD"},
        {"\xFF\xC3", "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"caf\xE9|", "caf\xEF\xBF\xBD¦"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct text text = {0};
        render_safe(cases[i].text, &text);
        assert_string_equal(text.bytes ? text.bytes : "", cases[i].safe);
        text_free(&text);

        struct result result;
        result_begin(&result, &arena, "T");
        result.verbose = true;
        result_say(&result.root, "%s", cases[i].text);
        result_note(&result.root, "%s", cases[i].text);
        struct output output = take_apart(rendered(&result, plain, STATE_OK));
        assert_int_equal(output.line_count, 2);
        assert_string_equal(output.lines[0], say("T OK - %s", cases[i].safe));
        assert_string_equal(output.lines[1], cases[i].safe);
    }
}

/* ---- budgets ---- */

/* A result like a host's with so many VMs; `shift` changes every value and state, but no name, and
 * worst is the VM that stands in the first line. */
static void make_host(struct result *result, unsigned vms, unsigned name_length, double shift,
                      const char *worst)
{
    result_begin(result, &arena, "HV VM MEMORY");
    result_say(&result->root, "%s takes from %s: 業務 at 99 %% of 4096 MB", SHOW_NAME(worst),
               SHOW_NAME(say("vm%0*u", (int)name_length, 1u)));
    static const char *const summary[] = {"worst", "physical_total", "running"};
    for (size_t i = 0; i < LENGTH(summary); i++)
        result_measure(&result->root, (struct perfdata){.label = summary[i],
                                                        .value = shift * (double)(i + 1),
                                                        .unit = "B",
                                                        .warning = {.end = 90, .set = true}});
    for (unsigned i = 0; i < vms; i++) {
        enum state state = (enum state)((i * 7 + (unsigned)fmod(shift, 5)) % 4);
        struct finding *vm = result_add(&result->root, state);
        const char *name = say("vm%0*u", (int)name_length, i);
        result_say(vm, "%s at %.0f %% of 業務サーバ %u", SHOW_NAME(name), shift / (i + 1), i);
        result_measure(
            vm, (struct perfdata){
                    .label = say("%s_physical", name),
                    .value = shift * i,
                    .unit = "B",
                    .warning = {.start = 1 + floor(shift / 9),
                                .end = 1 + floor(shift / 3),
                                .set = true},
                    .critical = {.start = 1 + floor(shift / 99), .end = floor(shift), .set = true},
                    .maximum = shift > 0 ? shift : 1});
        if (i % 3 == 0)
            result_say(result_add(vm, state), "a detail of %s", name);
    }
    result->verbose = true;
    result_note(&result->root, "a note");
    result->verbose = false;
    result_tell(&result->root, "a line that was asked for");
}

enum { SUMMARY = 3 };

/* A first line and a shorter one: what is not shortened is the same, and the state and the end of
 * the text are there. */
static void check_first_line(const char *whole, const char *line)
{
    if (!strcmp(whole, line))
        return;
    static const char end[] = ": 業務 at 99 % of 4096 MB";
    const char *state = strstr(whole, " - ");
    assert_true(state && !strncmp(whole, line, (size_t)(state - whole) + 3));
    assert_true(strlen(line) < strlen(whole));
    assert_non_null(strstr(line, "…"));
    assert_non_null(strstr(line, " takes from "));
    assert_string_equal(line + strlen(line) - strlen(end), end);
}

static void check_budget(const struct output *whole, const char *text, enum perfdata_mode mode,
                         size_t max_bytes)
{
    struct output output = take_apart(text);
    assert_true(strlen(text) <= max_bytes);

    /* perfdata: all, or the summary's alone, or none */
    size_t items = output.item_count;
    assert_true(items == whole->item_count || items == 0 || items == SUMMARY);
    assert_true(items <= whole->item_count && same_items(whole, &output, items));
    if (mode == PERFDATA_NONE)
        assert_int_equal(items, 0);

    /* lines: the first ones, and how many more there are */
    size_t shown = output.line_count;
    unsigned more = 0;
    if (shown > 1 && sscanf(output.lines[shown - 1], "… and %u more", &more) == 1)
        shown--;
    check_first_line(whole->lines[0], output.lines[0]);
    for (size_t i = 1; i < shown; i++)
        assert_string_equal(output.lines[i], whole->lines[i]);
    assert_int_equal(shown + more, whole->line_count);

    /* a first line is shortened where no other has room, and no further than it takes */
    if (strcmp(output.lines[0], whole->lines[0]) != 0) {
        assert_int_equal(shown, 1);
        assert_true(strlen(text) + 32 + 4 > max_bytes);
    }
    /* and no line less than possible: what takes the place of "… and 3 more" would not have left
     * room for one of eight digits */
    if (shown < whole->line_count && shown < output.line_count)
        assert_true(strlen(text) - strlen(output.lines[shown]) + strlen(whole->lines[shown]) + 25 >
                    max_bytes);
}

static void nothing_is_cut_at_any_budget(void **state)
{
    (void)state;
    static const struct {
        unsigned vms, name_length;
        const char *worst;
    } hosts[] = {
        {0, 1, "a"},
        {1, 1, "a name with blanks, which is longer than sixty-four characters, in truth"},
        {3, 20, "業務業務業務業務業務業務業務業務業務業務業務業務業務業務業務業務業務業務業務"},
        {3, 62, "\xF0\x9F\x98\x80|||||||||||||||||||||||||||||||||||||||||||||||||||||||"},
        {12, 6, "\x01\x02\x03\xFF\xFE\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"}};
    for (size_t h = 0; h < LENGTH(hosts); h++)
        for (unsigned i = 0; i < 8; i++) {
            struct result result;
            make_host(&result, hosts[h].vms, hosts[h].name_length, 12345678, hosts[h].worst);
            enum state expected = result_state(&result.root);
            struct render_options options = {(enum perfdata_mode)(i / 2), 0};
            result.verbose = i & 1;
            const char *text = rendered(&result, options, expected);
            struct output whole = take_apart(text);
            for (size_t most = strlen(text) + 400, n = RENDER_LEAST; n < most; n++) {
                options.max_bytes = n;
                check_budget(&whole, rendered(&result, options, expected), options.perfdata, n);
            }
            arena_free(&arena);
        }
}

/* A first line that is long, and behind it none, or lines of one kind. */
static void a_long_first_line_at_any_budget(void **state)
{
    (void)state;
    enum { NONE, GOOD, BAD, TOLD, KINDS };
    for (int kind = NONE; kind < KINDS; kind++) {
        struct result result;
        result_begin(&result, &arena, "HV TEST");
        result_say(&result.root, "%s%0400d%s takes from %s: 業務 at 99 %% of 4096 MB", NAME_BEGIN,
                   1, NAME_END, SHOW_NAME("db01"));
        result.verbose = kind == GOOD;
        for (int i = 0; i < 30 && kind; i++)
            if (kind == TOLD)
                result_tell(&result.root, "line %d", i);
            else
                result_say(result_add(&result.root, kind == GOOD ? STATE_OK : STATE_CRITICAL),
                           "line %d", i);
        struct render_options options = {PERFDATA_NONE, 0};
        enum state expected = kind == BAD ? STATE_CRITICAL : STATE_OK;
        const char *text = rendered(&result, options, expected);
        struct output whole = take_apart(text);
        for (size_t n = RENDER_LEAST; n < strlen(text) + 10; n++) {
            options.max_bytes = n;
            const char *fitted = rendered(&result, options, expected);
            check_budget(&whole, fitted, options.perfdata, n);
            if (n >= strlen(text))
                assert_string_equal(fitted, text);
            else if (kind == NONE)
                assert_int_equal(strlen(fitted), n);
        }
        arena_free(&arena);
    }
}

/* The summary's perfdata leaves the least for the text: 20 bytes are " |", " 'x'=", the value, of
 * whatever size, and the line's end. So do the 17 of each of the others, or with "auto" a quarter
 * besides. */
static void perfdata_is_there_to_the_byte(void **state)
{
    (void)state;
    static const struct {
        enum perfdata_mode mode;
        size_t max_bytes, items;
    } cases[] = {
        {PERFDATA_SUMMARY, 275, 0}, {PERFDATA_SUMMARY, 276, 1}, {PERFDATA_ALL, 275, 0},
        {PERFDATA_ALL, 276, 1},     {PERFDATA_ALL, 309, 1},     {PERFDATA_ALL, 310, 3},
        {PERFDATA_AUTO, 275, 0},    {PERFDATA_AUTO, 276, 1},    {PERFDATA_AUTO, 412, 1},
        {PERFDATA_AUTO, 413, 3},    {PERFDATA_ALL, 0, 3},
    };
    struct result result;
    result_begin(&result, &arena, "HV TEST");
    result_measure(&result.root, (struct perfdata){.label = "x", .value = 1, .unit = ""});
    struct finding *child = result_add(&result.root, STATE_OK);
    result_measure(child, (struct perfdata){.label = "y", .value = 1, .unit = ""});
    child = result_add(child, STATE_OK);
    result_measure(child, (struct perfdata){.label = "z", .value = 1, .unit = ""});
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct render_options options = {cases[i].mode, cases[i].max_bytes};
        const char *text = rendered(&result, options, STATE_OK);
        assert_int_equal(take_apart(text).item_count, cases[i].items);
    }

    /* Memory is of 16 bytes, and each of its limits of 13, as it could be of another moment. */
    result_begin(&result, &arena, "HV TEST");
    result_measure(&result.root, (struct perfdata){.label = "x",
                                                   .value = 1,
                                                   .unit = "B",
                                                   .warning = {.start = 5, .end = 7, .set = true}});
    for (size_t more = 0; more < 2; more++) {
        struct render_options options = {PERFDATA_SUMMARY, 308 + more};
        const char *text = rendered(&result, options, STATE_OK);
        assert_int_equal(take_apart(text).item_count, more);
    }
}

static unsigned count_items(const struct result *result, enum perfdata_mode mode, size_t max_bytes)
{
    const struct render_options options = {.perfdata = mode, .max_bytes = max_bytes};
    struct text text = {0};
    unsigned items = 0;
    render(result, &options, &text);
    for (const char *at = strchr(text.bytes, '|'); at && *at; at++)
        items += *at == '=';
    text_free(&text);
    return items;
}

/* The same VMs with other values, other states, and another one in the first line, whose name may
 * be long: the same items, at every budget. More room never takes them away. */
static void the_count_of_items_does_not_depend_on_values(void **state)
{
    (void)state;
    static const double shifts[] = {0, 4, 99.25, 12345678, 10737418240, 8796093022208};
    static const char *const worst[] = {
        "a",
        "業務業務業務業務業務業務業務業務業務業務業務業務業務業務業務業務業務業務業務業務業務業務業"
        "務",
        "b",
        "c",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "d"};
    for (unsigned vms = 0; vms < 40; vms += 1 + vms / 3) {
        struct result results[LENGTH(shifts)];
        for (size_t i = 0; i < LENGTH(shifts); i++)
            make_host(&results[i], vms, 5, shifts[i], worst[i]);
        for (unsigned mode = PERFDATA_AUTO; mode <= PERFDATA_ALL; mode++) {
            unsigned before = 0;
            for (size_t max_bytes = RENDER_LEAST; max_bytes < 8500; max_bytes += 7 + 3 * vms) {
                unsigned items = count_items(&results[0], (enum perfdata_mode)mode, max_bytes);
                for (size_t i = 1; i < LENGTH(shifts); i++)
                    assert_int_equal(items,
                                     count_items(&results[i], (enum perfdata_mode)mode, max_bytes));
                assert_true(items == 0 || items == SUMMARY || items == SUMMARY + vms);
                assert_true(items >= before);
                before = items;
            }
            assert_int_equal(before, SUMMARY + vms);
        }
        arena_free(&arena);
    }
}

/* "auto" leaves a quarter of the budget for the text. */
static void auto_leaves_room_for_lines(void **state)
{
    (void)state;
    struct result result;
    make_host(&result, 40, 5, 12345678, "vm");
    bool with = false, without = false;
    for (size_t max_bytes = 1024; max_bytes < 8192; max_bytes += 64) {
        struct output output = take_apart(
            rendered(&result, (struct render_options){PERFDATA_AUTO, max_bytes}, STATE_CRITICAL));
        if (output.item_count > 3) {
            size_t text = 0;
            for (size_t i = 0; i < output.line_count; i++)
                text += strlen(output.lines[i]) + 1;
            with = true;
            assert_true(text >= max_bytes / 4 || output.line_count > 40);
        } else {
            without = true;
        }
    }
    assert_true(with && without);
}

/* What is shortened, in the order of render.h. */
static void first_lines(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t most;
        const char *line;
    } cases[] = {
        {"short", 0, "T OK - short"},
        {"short", 12, "T OK - short"},
        /* names alike, as little as it takes; the others stay */
        {NAME_BEGIN "web01" NAME_END " from " NAME_BEGIN
                    "0123456789012345678901234567890123456789" NAME_END ", 5 MB short",
         60, "T OK - web01 from 012345678901234567890123456…, 5 MB short"},
        {NAME_BEGIN "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" NAME_END " from " NAME_BEGIN
                    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" NAME_END,
         53, "T OK - aaaaaaaaaaaaaaaaa… from bbbbbbbbbbbbbbbbb…"},
        {NAME_BEGIN "aaaaaaaaaaaaaaaaaaaa" NAME_END " from " NAME_BEGIN
                    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" NAME_END,
         53, "T OK - aaaaaaaaaaaaaaaaaaaa from bbbbbbbbbbbbbbbbb…"},
        /* never shorter than a name may be */
        {NAME_BEGIN "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" NAME_END " at one two three four five", 40,
         "T OK - aaaaaaaaa… at one two three …"},
        /* never within a character */
        {NAME_BEGIN "業務業務業務業務" NAME_END " x", 30, "T OK - 業務業務業務… x"},
        {NAME_BEGIN "業務業務業務業務" NAME_END " x", 28, "T OK - 業務業務業… x"},
        /* then long words, in their middle */
        {"record: /srv/records/of/a/host/far/away/counters.csv: no such file", 60,
         "T OK - record: /srv/records/o…y/counters.csv: no such file"},
        {"/業務業務業務業務業務業務業務: none", 40, "T OK - /業務業…業務業務: none"},
        {"/業務業務業務業務業務業務業務: none", 42, "T OK - /業務業務…業務業務: none"},
        /* then the end, behind a word */
        {"one two three four five six", 24, "T OK - one two three …"},
        {"one two three four five six", 27, "T OK - one two three …"},
        {"onetwothreefourfivesix", 24, "T OK - onetwothreefou…"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct text line = {0};
        render_first_line("T", STATE_OK, cases[i].text, cases[i].most, &line);
        assert_string_equal(line.bytes, cases[i].line);
        assert_true(!cases[i].most || line.length <= cases[i].most);
        text_free(&line);
    }
}

/* Whatever it is made of, it is never longer, is UTF-8, and has its state. */
static void first_lines_of_any_bytes(void **state)
{
    (void)state;
    static const char *const pieces[] = {NAME_BEGIN,
                                         NAME_END,
                                         "a",
                                         "業",
                                         " ",
                                         "|",
                                         "\xFF",
                                         "\n",
                                         "/srv/records/of/a/host/far/away/",
                                         "\xF0\x9F\x98\x80"};
    for (unsigned i = 0; i < 20000; i++) {
        struct text text = {0}, line = {0};
        for (size_t count = unit_random(150); count; count--)
            text_puts(&text, pieces[unit_random(LENGTH(pieces))]);
        size_t most = 40 + unit_random(400);
        render_first_line("HV MEMORY RESERVE", STATE_UNKNOWN, text.bytes ? text.bytes : "", most,
                          &line);
        assert_true(line.length <= most);
        assert_true(utf8_valid(line.bytes, line.length));
        assert_false(strncmp(line.bytes, "HV MEMORY RESERVE UNKNOWN - ", 28));
        assert_null(strpbrk(line.bytes, "|\n"));
        for (const char *at = line.bytes; *at; at++)
            assert_null(show_mark(at));
        text_free(&text);
        text_free(&line);
    }
}

static void what_lost_something_is_unknown(void **state)
{
    (void)state;
    struct result result;
    result_begin(&result, &arena, "T");
    arena.failed = true;
    struct text text = {0};
    assert_int_equal(render(&result, &plain, &text), STATE_UNKNOWN);
    assert_true(text.failed);
    text_free(&text);
    arena.failed = false;
    text.failed = true; /* what it is appended to */
    assert_int_equal(render(&result, &plain, &text), STATE_UNKNOWN);
    assert_true(text.failed);
}

RUN_TESTS(TEST(a_whole_output), TEST(modes), TEST(perfdata_of_every_shape),
          TEST(texts_are_made_safe), TEST(nothing_is_cut_at_any_budget),
          TEST(a_long_first_line_at_any_budget), TEST(perfdata_is_there_to_the_byte),
          TEST(the_count_of_items_does_not_depend_on_values), TEST(auto_leaves_room_for_lines),
          TEST(first_lines), TEST(first_lines_of_any_bytes), TEST(what_lost_something_is_unknown));
