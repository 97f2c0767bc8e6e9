/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "counter/record/reg_file.h"

static const char wanted_key[] = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Virtualization";

static int64_t written;

/* "4: 00 08 00 00", "absent", "no key", or "!" and the error behind the path. */
static const char *read_path(const char *path)
{
    struct registry_value value = {.type = 99};
    struct error err;
    if (!reg_file_find(path, NULL, wanted_key, "MemoryReserve", &arena, &value, &written, &err)) {
        assert_int_equal(value.type, 99); /* left alone */
        assert_memory_equal(err.text, path, strlen(path));
        return say("!%s", err.text + strlen(path));
    }
    assert_string_equal(value.origin, path);
    assert_true(clock_now() - written < 60000 && clock_now() - written > -60000);
    assert_true(value.key_exists || !value.exists);
    if (!value.exists)
        return value.key_exists ? "absent" : "no key";
    const char *text = say("%u:", value.type);
    for (size_t i = 0; i < value.size; i++)
        text = say("%s %02x", text, value.data[i]);
    return text;
}

#define KEY                                                                                        \
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Virtualization]\r\n"
#define V5 "Windows Registry Editor Version 5.00\r\n\r\n"

static void values(void **state)
{
    (void)state;
    static const struct {
        const char *text, *value;
    } cases[] = {
        {V5 KEY "\"MemoryReserve\"=dword:00000800\r\n", "4: 00 08 00 00"},
        {"REGEDIT4\r\n" KEY "\"MemoryReserve\"=dword:00000800\r\n", "4: 00 08 00 00"},
        {"\r\n" V5 KEY "\"memoryRESERVE\"=DWORD:800\r\n", "4: 00 08 00 00"},
        {V5 KEY "\"MemoryReserve\"=dword:ffffffff \r\n", "4: ff ff ff ff"},
        {V5 KEY "\"MemoryReserve\"=hex(4):00,08,00,00\r\n", "4: 00 08 00 00"},
        {V5 KEY "\"MemoryReserve\"=hex(b):00,08,00,00,00,00,00,00\r\n",
         "11: 00 08 00 00 00 00 00 00"},
        {V5 KEY "\"MemoryReserve\"=hex:\r\n", "3:"},
        {V5 KEY "\"MemoryReserve\"=hex:1,2,FF\r\n", "3: 01 02 ff"},
        {V5 KEY "\"MemoryReserve\"=hex(7):41,00,\\\r\n  42,00,\\\r\n  00,00\r\n",
         "7: 41 00 42 00 00 00"},
        {V5 KEY "\"MemoryReserve\"=hex:00,\\ \t \r\n  01\r\n", "3: 00 01"},
        {V5 KEY "\"MemoryReserve\"=\"2048\"\r\n", "1: 32 00 30 00 34 00 38 00 00 00"},
        {V5 KEY "\"MemoryReserve\"=\"\"\r\n", "1: 00 00"},
        {V5 KEY "\"MemoryReserve\"=\"a\\\\\\\"b\"\r\n", "1: 61 00 5c 00 22 00 62 00 00 00"},
        {V5 KEY "\"MemoryReserve\"=\"a\r\nb\"\r\n", "1: 61 00 0d 00 0a 00 62 00 00 00"},
        {V5 KEY "\"MemoryReserve\"=\"\xF0\x9F\x98\x80\"\r\n", "1: 3d d8 00 de 00 00"},
        {V5 KEY "\"MemoryReserve\"=\"\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\"\r\n",
         "1: ff ff 00 d8 00 dc ff db ff df 00 00"},
        {V5 KEY "\"MemoryReserve\"=-\r\n", "absent"},
        {V5 KEY "\r\n", "absent"},
        {V5, "no key"},
        {V5 KEY "\"MemoryReserve2\"=dword:1\r\n\"Memory\"=dword:2\r\n", "absent"},
        {V5 KEY "\"a\"=dword:1\r\n@=\"x\"\r\n\"MemoryReserve\"=dword:2\r\n", "4: 02 00 00 00"},
        /* the last counts, and a deletion after it too */
        {V5 KEY "\"MemoryReserve\"=dword:1\r\n\"MemoryReserve\"=dword:2\r\n", "4: 02 00 00 00"},
        {V5 KEY "\"MemoryReserve\"=dword:1\r\n\"MemoryReserve\"=-\r\n", "absent"},
        {V5 KEY "\"MemoryReserve\"=dword:1\r\n[-HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows "
                "NT\\CurrentVersion\\Virtualization]\r\n",
         "no key"},
        /* a backslash stands for what is behind it, but for the line's end */
        {V5 KEY "\"Memory\\\\Reserve\"=dword:1\r\n", "absent"},
        {V5 KEY "\"MemoryReserve\\\"\"=dword:1\r\n", "absent"},
        {V5 KEY "\"Memory\\Reserve\"=dword:1\r\n", "4: 01 00 00 00"},
        {V5 KEY "\"MemoryReserve\\\r\n\"MemoryReserve\"=dword:2\r\n", "4: 02 00 00 00"},
        {V5 KEY "\"MemoryReserve\"=\"a\\\r\nb\"\r\n", "1: 61 00 5c 00 0d 00 0a 00 62 00 00 00"},
        /* what is no value */
        {V5 KEY "\"MemoryReserve\"dword:1\r\n@\r\n@dword:1\r\n", "absent"},
        /* other keys */
        {V5 "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Wow6432Node\\Microsoft\\Windows "
            "NT\\CurrentVersion\\Virtualization]\r\n\"MemoryReserve\"=dword:1\r\n",
         "no key"},
        {V5 "[HKEY_CURRENT_USER\\SOFTWARE\\Microsoft\\Windows "
            "NT\\CurrentVersion\\Virtualization]\r\n\"MemoryReserve\"=dword:1\r\n",
         "no key"},
        {V5 KEY "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows "
                "NT\\CurrentVersion\\Virtualization\\Sub]\r\n\"MemoryReserve\"=dword:1\r\n",
         "absent"},
        {V5 "[hkey_local_machine\\software\\microsoft\\windows "
            "nt\\currentversion\\virtualization]\r\n\"MemoryReserve\"=dword:1\r\n",
         "4: 01 00 00 00"},
        {V5 "\"MemoryReserve\"=dword:1\r\n", "no key"}, /* before any key */
        /* what stands in a string is no line of its own */
        {V5 KEY "\"a\"=\"x\r\n\"MemoryReserve\"=dword:1\r\n\"\r\n", "absent"},
        {V5 "[HKEY_LOCAL_MACHINE\\X]\r\n@=\"x\r\n" KEY "\"\r\n\"MemoryReserve\"=dword:1\r\n",
         "no key"},
        {V5 KEY "\"a\"=hex:00,\\\r\n  01,\\\r\n  02\r\n\"MemoryReserve\"=dword:1\r\n",
         "4: 01 00 00 00"},
        /* mistakes */
        {"", "!:0: not a .reg file, as `reg export` writes it"},
        {"hello\r\n", "!:1: not a .reg file, as `reg export` writes it"},
        {"Windows Registry Editor Version 5.00x\r\n",
         "!:1: not a .reg file, as `reg export` writes it"},
        {V5 KEY "\"MemoryReserve\"=dword:\r\n",
         "!:4: expected up to 8 hexadecimal digits behind dword:"},
        {V5 KEY "\"MemoryReserve\"=dword:123456789\r\n",
         "!:4: expected up to 8 hexadecimal digits behind dword:"},
        {V5 KEY "\"MemoryReserve\"=dword:-5\r\n",
         "!:4: expected up to 8 hexadecimal digits behind dword:"},
        {V5 KEY "\"MemoryReserve\"=dword:0x5\r\n",
         "!:4: expected up to 8 hexadecimal digits behind dword:"},
        {V5 KEY "\"MemoryReserve\"=dword:5g\r\n",
         "!:4: expected up to 8 hexadecimal digits behind dword:"},
        {V5 KEY "\"MemoryReserve\"=hex:5g\r\n", "!:4: expected bytes in hexadecimal at 'g'"},
        {V5 KEY "\"MemoryReserve\"=hex:123\r\n", "!:4: expected bytes in hexadecimal at '123'"},
        {V5 KEY "\"MemoryReserve\"=hex:-1\r\n", "!:4: expected bytes in hexadecimal at '-1'"},
        {V5 KEY "\"MemoryReserve\"=hex:00,\\ 01\r\n",
         "!:4: expected bytes in hexadecimal at '\\ 01'"},
        {V5 KEY "\"MemoryReserve\"=hex():00\r\n",
         "!:4: expected a value: dword:, hex:, hex(N): or \"text\""},
        {V5 KEY "\"MemoryReserve\"=hex(4:00\r\n",
         "!:4: expected a value: dword:, hex:, hex(N): or \"text\""},
        {V5 KEY "\"MemoryReserve\"=2048\r\n",
         "!:4: expected a value: dword:, hex:, hex(N): or \"text\""},
        {V5 KEY "\"MemoryReserve\"=\r\n",
         "!:4: expected a value: dword:, hex:, hex(N): or \"text\""},
        {V5 KEY "\"MemoryReserve\"=hex:00,\\\r\n", "!:4: ends within a value"},
        {V5 KEY "\"MemoryReserve\"=\"2048\r\n", "!:4: ends within a string"},
        {V5 KEY "\"a\"=\"2048\r\n", "!:4: ends within a string"},
        {V5 KEY "\"MemoryReserve\"=dword:000008",
         "!:4: the last line has no end: was the file cut?"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const char *value = read_path(unit_text_file("registry.reg", cases[i].text));
        if (strcmp(value, cases[i].value) != 0)
            fail_msg("%s\n-> %s", cases[i].text, value);
        if (strstr(cases[i].text, "\xF0"))
            continue;
        struct text utf16 = unit_utf16(cases[i].text, false, true);
        assert_string_equal(read_path(unit_file("registry.reg", utf16.bytes, utf16.length)),
                            cases[i].value);
        text_free(&utf16);
    }
}

/* Cut anywhere, it is refused, or it is the file without its last lines: never another value. */
static void a_cut_file_never_has_another_value(void **state)
{
    (void)state;
    static const char text[] =
        V5 KEY "\"a\"=\"b\r\nc\"\r\n\"MemoryReserve\"=dword:00000800\r\n\"z\"=hex:00,\\\r\n  "
               "01\r\n\r\n";
    size_t defined = (size_t)(strstr(text, "\"z\"") - text);
    for (size_t length = 0; length < sizeof text; length++) {
        const char *value = read_path(unit_file("cut.reg", text, length));
        bool line_end = length && text[length - 1] == '\n';
        if (!line_end && length + 1 < sizeof text)
            assert_int_equal(value[0], '!');
        else if (length >= defined && value[0] != '!')
            assert_string_equal(value, "4: 00 08 00 00");
    }
}

/* Wherever it stands: in a value of bytes that goes on, in a string, in one that is not wanted. */
static void a_nul_is_refused(void **state)
{
    (void)state;
    static const char *const lines[] = {"\"MemoryReserve\"=hex:00,\\\r\n",
                                        "\"MemoryReserve\"=\"a\r\n", "\"other\"=\"a\r\n", ""};
    for (size_t i = 0; i < LENGTH(lines); i++) {
        struct text file = {0};
        text_printf(&file, V5 KEY "%s", lines[i]);
        text_add(&file, "0\0\"\r\n", 5);
        assert_string_equal(read_path(unit_file("nul.reg", file.bytes, file.length)),
                            say("!:%d: %s:%d: not text: there is a NUL in it", *lines[i] ? 4 : 3,
                                unit_path("nul.reg"), *lines[i] ? 5 : 4));
        text_free(&file);
    }
}

static void an_absent_file_is_told_by_its_code(void **state)
{
    (void)state;
    struct registry_value value;
    struct error err;
    assert_false(
        reg_file_find(unit_path("no.reg"), NULL, wanted_key, "x", &arena, &value, &written, &err));
    assert_int_equal(err.code, PLATFORM_ABSENT);
}

RUN_TESTS(TEST(values), TEST(a_cut_file_never_has_another_value), TEST(a_nul_is_refused),
          TEST(an_absent_file_is_told_by_its_code));
