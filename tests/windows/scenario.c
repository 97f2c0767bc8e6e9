/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenario.h"

#include <windows.h>

#include <stdio.h>
#include <stdlib.h>

enum { LONGEST_LINE = 2048 };

static bool add_line(struct scenario *scenario, const wchar_t *line)
{
    wchar_t **lines = realloc(scenario->lines, (scenario->count + 1) * sizeof *lines);
    if (!lines)
        return false;
    scenario->lines = lines;
    lines[scenario->count] = _wcsdup(line);
    return lines[scenario->count] && ++scenario->count;
}

/* "%04d" in the line, more than once if need be, becomes the number. */
static void put_number(wchar_t *out, const wchar_t *line, unsigned number)
{
    wchar_t *const end = out + (LONGEST_LINE - 32);
    while (*line && out < end) {
        size_t digits = *line == L'%' ? wcsspn(line + 1, L"0123456789") : 0;
        if (*line == L'%' && line[1 + digits] == L'd') {
            int width = _wtoi(line + 1);
            out += swprintf(out, 32, L"%0*u", width < 20 ? width : 20, number);
            line += digits + 2;
        } else {
            *out++ = *line++;
        }
    }
    *out = L'\0';
}

static void add_lines(struct scenario *scenario, const wchar_t *line)
{
    unsigned times = 1;
    wchar_t numbered[LONGEST_LINE];
    if (*line == L'*') {
        times = (unsigned)_wtoi(line + 1);
        line += 1 + wcscspn(line + 1, L" ");
        line += *line == L' ';
    }
    for (unsigned i = 0; i < times; i++) {
        put_number(numbered, line, i);
        add_line(scenario, numbered);
    }
}

static void read_scenario(struct scenario *scenario, const wchar_t *path)
{
    FILE *file = path ? _wfopen(path, L"rb") : NULL;
    char bytes[LONGEST_LINE];
    wchar_t line[LONGEST_LINE];
    while (file && fgets(bytes, sizeof bytes, file)) {
        bytes[strcspn(bytes, "\r\n")] = '\0';
        if (!*bytes || *bytes == '#')
            continue;
        MultiByteToWideChar(CP_UTF8, 0, bytes, -1, line, LONGEST_LINE);
        const wchar_t *included = scenario_after(line, L"include");
        if (included)
            read_scenario(scenario, included);
        else
            add_lines(scenario, line);
    }
    if (file)
        fclose(file);
}

const struct scenario *scenario_get(void)
{
    static struct scenario scenario;
    static bool read;
    if (!read)
        read_scenario(&scenario, _wgetenv(L"SCENARIO"));
    read = true;
    return &scenario;
}

const wchar_t *scenario_after(const wchar_t *line, const wchar_t *word)
{
    size_t length = wcslen(word);
    if (wcsncmp(line, word, length) != 0 || (line[length] && line[length] != L' '))
        return NULL;
    line += length;
    return line + wcsspn(line, L" ");
}

const wchar_t *scenario_of(const wchar_t *word, const wchar_t *name)
{
    const struct scenario *scenario = scenario_get();
    size_t length = wcslen(name);
    for (size_t i = 0; i < scenario->count; i++) {
        const wchar_t *rest = scenario_after(scenario->lines[i], word);
        if (rest && !_wcsnicmp(rest, name, length) && (!rest[length] || rest[length] == L' '))
            return rest + length + wcsspn(rest + length, L" ");
    }
    return NULL;
}

bool scenario_number(const wchar_t **at, unsigned long long *ret)
{
    wchar_t *end;
    unsigned long long number = wcstoull(*at, &end, 0);
    if (end == *at)
        return false;
    *ret = number;
    *at = end + wcsspn(end, L" ");
    return true;
}

void scenario_hang(const wchar_t *rest)
{
    if (rest && !wcscmp(rest, L"hang"))
        Sleep(INFINITE);
}

void scenario_report(const wchar_t *who, const char *what, long opened, long left)
{
    wchar_t path[LONGEST_LINE];
    char text[128];
    DWORD written, room = GetEnvironmentVariableW(L"SCENARIO", path, LONGEST_LINE - 8);
    if (!room || room >= LONGEST_LINE - 8)
        return;
    wcscat(path, who);
    HANDLE file = CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    if (file == INVALID_HANDLE_VALUE)
        return;
    int length = snprintf(text, sizeof text, "%s: opened %ld, left open %ld\n", what, opened, left);
    WriteFile(file, text, (DWORD)length, &written, NULL);
    CloseHandle(file);
}
