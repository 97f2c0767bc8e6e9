/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "faults.h"

#include "check/suite.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_AGE "--max-age=31536000"

const struct test tests[] = {
#define CHECK(name) {&(name), "guideline/no-reserve/host", {"-v"}},
#include "check/checks.h"
#undef CHECK
    {&check_hv_balancer, "formats/typeperf-file", {"-v", "--all-counters", "-w", "10%:"}},
    {&check_hv_balancer, "formats/numa", {"--perfdata=some"}},
    {&check_hv_balancer, "formats/numa", {"-v", "--all-counters", "--record=D"}},
    {&check_hv_balancer, "formats/utf16", {"--at=2011-09-01 12:00:20"}},
    {&check_hv_balancer, "formats/no-hyperv", {"-v"}},
    {&check_hv_balancer, "guideline/no-reserve/host", {"--at=2011-09-01 10:35:45"}},
    {&check_hv_vm_memory, "formats/odd-names", {"-v", "--all-counters"}},
    {&check_hv_vm_memory, "formats/cp932", {"-v", "--label=guid", "--record=D"}},
    {&check_hv_vm_memory, "formats/cp1252", {"--encoding=cp932", "--ignore-instance=M*"}},
    {&check_hv_vm_memory, "formats/typeperf-stdout-de", {"-v", "--include=*", "--exclude=x"}},
    {&check_hv_vm_memory, "guideline/reserve/host", {"--override=VM*,warning=1,critical=2"}},
    {&check_hv_vm_memory, "guideline/dynamic-88/host", {"-v", "--max-bytes=1023"}},
    {&check_hv_vm_memory, "formats/reg-ansi", {"--maximum=4GB"}},
    {&check_hv_guest_memory, "guideline/one-vm/vm2", {"-v", "--encoding=cp1252"}},
    {&check_hv_page_reads, "guideline/no-reserve/host", {"-v", "--record=D"}},
    {&check_hv_page_reads, NULL, {"-v", "--record=D"}},
    {&check_hv_memory_reserve, "guideline/reserve/host", {"-v", "--record=D"}},
    {&check_hv_memory_reserve, "formats/reg-continued", {"--expect=2048", "--extra-opts=s@ini"}},
    {&check_hv_memory_reserve, "formats/reg-string", {"-w", "1024:", "--help"}},
    {&check_hv_memory_reserve, "formats/reg-utf16", {"--no-such"}},
    {&check_hv_contention, "guideline/no-reserve/host", {"-v", "--at=2011-09-01 10:35:45"}},
    {&check_hv_contention, "formats/odd-names", {"-v", "--record=D"}},
    {&check_hv_capacity, "guideline/no-reserve/host", {"-v", "--incoming=1GB"}},
    {&check_hv_capacity, "formats/numa", {"--startup=512", "--record=D"}},
    {&check_hv_capacity, "trend/falling", {"-v", "--at=2011-09-01 01:00"}},
    {&check_hv_vm_memory, "newer/2025", {"-v", "--pressure-warning=auto", "--record=D"}},
    {&check_hv_vm_memory, "newer/2025", {"--all-counters", "--guest-warning=10%:"}},
    {&check_hv_contention, "newer/2025", {"-v", "--since=600", "--record=D"}},
    {&check_hv_contention, "newer/2025", {"-v", "--at=2025-11-03 09:05", "--smart-paging=0"}},
    {&check_hv_vm_memory, "put-together", {"-v", "--record=E"}},
    {&check_hv_vm_memory, "put-together", {"-v", "--at=2011-09-01 12:00:15"}},
    {&check_hv_page_reads, "put-together", {"--at=2011-09-01 09:00"}},
    {&check_hv_balancer, "foreign", {"-v"}},
    {&check_hv_balancer, "damaged", {"-v"}},
    {&check_hv_memory_reserve, "damaged", {"-v"}},
    {&check_hv_cluster, "cluster/short/HV01", {"--nodes=nodes", "-v"}},
    {&check_hv_cluster, "cluster/night/HV04", {"--node=record:R", "-v", "--record=D"}},
    {&check_hv_vm_memory, "cluster/short/HV01", {"--nodes=nodes", "-v", "--all-counters"}},
    {&check_hv_vm_memory, "cluster/short/HV01", {"--node=winrm:hv01", "--node=hv02"}},
    {&check_hv_cluster, "cluster/short/HV01", {"--node=winrm:hv01"}},
    {&check_hv_contention, "cluster/short/HV04", {"-v", "--nodes=nodes"}},
    {&check_hv_memory_reserve, "formats/reg-continued", {"--extra-opts"}},
    {&check_hv_capacity, "trend/falling", {"--window=1"}},
    {&check_hv_contention, "newer/2025", {"-v", MAX_AGE}, 3},
    {&check_hv_contention, "guideline/no-reserve/host", {"-v", MAX_AGE}, 140},
    {&check_hv_capacity, "newer/2025", {"-v", MAX_AGE}, 3},
    {0},
};

/* Of the lines of a log the first and this one behind it, in place; it is the present one. */
static size_t leave_row(char *log, unsigned row)
{
    char *head = strchr(log, '\n') + 1, *line = head, when[STAMP_SIZE];
    for (unsigned above = 1; above < row; above++)
        line = strchr(line, '\n') + 1;
    size_t length = (size_t)(strchr(line, '\n') + 1 - line);
    snprintf(when, sizeof when, "%.*s", (int)strcspn(line + 1, "\""), line + 1);
    HOLDS(stamp_parse_pdh(when, &memory_now));
    memmove(head, line, length);
    return (size_t)(head - log) + length;
}

static void load_file(const char *directory, const char *name, unsigned row)
{
    char path[4096];
    static char bytes[1024 * 1024];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "rb");
    if (!file)
        return;
    size_t size = fread(bytes, 1, sizeof bytes - 1, file);
    fclose(file);
    bytes[size] = '\0';
    if (row && !strcmp(name, "counters.csv"))
        size = leave_row(bytes, row);
    snprintf(path, sizeof path, "R/%s", name);
    memory_file(path, (const uint8_t *)bytes, size);
}

#define HEADER               "\"(PDH-CSV 4.0) (UTC)(0)\""
#define VM(name, counter)    ",\"\\\\H\\Hyper-V Dynamic Memory VM(" name ")\\" counter "\""
#define MORE(name)           VM(name, "Physical Memory") VM(name, "Average Pressure") VM(name, "Added Memory")
#define HOST                 ",\"\\\\H\\Hyper-V Dynamic Memory Balancer(System Balancer)\\Available Memory\""
#define AT(time)             "\"09/01/2011 " time ".000\""
#define VALUES               ",\"512\",\"80\",\"1\""
#define GUID                 "11111111-AAAA-BBBB-CCCC-00000000000"
#define CLASS                "\"Name\",\"ElementName\",\"EnabledState\",\"Notes\"\r\n"
#define ROW(id, name, notes) "\"" GUID id "\",\"" name "\",\"2\",\"" notes "\"\r\n"
#define SETTING(id)          "\"Microsoft:" GUID id "\\x\",\"2048\",\"512\",\"True\"\r\n"
#define LINE                 "a long line of a note that somebody wrote on what this virtual machine is for\r\n"

/* Records that nobody's tools write, of what they write; in E, what an earlier check recorded. */
static const struct {
    const char *record, *path, *text;
} own[] = {
    /* a log that begins with damage and was continued by another, after words of a program */
    {"put-together", "R/counters.csv",
     HEADER ",\"no path\"" MORE("old") "\r\n18:26.5,1,2,3,4\r\n" AT(
         "09:00:00") ",\"1\"" VALUES "\r\n(exiting)\r\n" HEADER HOST MORE("web01") MORE("db01")
         MORE("mail01") MORE("file01") MORE("print01") MORE("dc01") "\r\n" AT(
             "12:00:00") ",\"9\"" VALUES VALUES VALUES VALUES VALUES VALUES
                         "\r\n" AT("12:00:30") ",\"9999\"" VALUES VALUES VALUES VALUES VALUES VALUES
                                               "\r\n"},
    {"put-together", "R/Msvm_ComputerSystem.csv",
     CLASS ROW("1", "web01", LINE LINE LINE LINE)
         ROW("2", "db01", LINE LINE LINE LINE LINE LINE LINE) ROW("3", "mail01", "")
             ROW("4", "file01", "") ROW("5", "print01", "") ROW("6", "dc01", "")},
    {"put-together", "R/Msvm_MemorySettingData.csv",
     "\"InstanceID\",\"Limit\",\"VirtualQuantity\",\"DynamicMemoryEnabled\"\r\n" SETTING("1")
         SETTING("2") SETTING("3") SETTING("4") SETTING("5") SETTING("6")},
    {"put-together", "R/Msvm_SummaryInformation.csv",
     "\"Name\",\"MemoryUsage\"\r\n\"" GUID "2\",\"512\"\r\n"},
    {"put-together", "R/Win32_OperatingSystem.csv",
     "\"Version\",\"TotalVisibleMemorySize\"\r\n\"6.1.7601\",\"33543352\"\r\n"},
    {"put-together", "E/counters.csv",
     "\xEF\xBB\xBF" HEADER ",\"\\\\RECORD\\Hyper-V Dynamic Memory VM(web01)\\Physical Memory\"\r\n"
     "\"09/01/2011 12:00:30.000\",\"512.000000\"\r\n"},
    {"put-together", "E/Win32_OperatingSystem.csv",
     "\xEF\xBB\xBF\"Version\",\"TotalVisibleMemorySize\"\r\n\"6.1.7601\",\"33543352\"\r\n"},
    /* in another language, and in some code page */
    {"foreign", "R/counters.csv",
     HEADER ",\"\\\\H\\Speicher f\374r Hyper-V(System)\\Druck\"\r\n"
            "\"09/01/2011 12:00:00.000\",\"9\"\r\n"},
    /* a last line that is no row, and rows that go back by hours; an export in some code page */
    {"damaged", "R/counters.csv",
     HEADER HOST "\r\n" AT("12:00:00") ",\"9\"\r\n" AT("08:00:00") ",\"9\"\r\n" AT(
         "08:00:15") ",\"9\"\r\n18:26.5,9000\r\n"},
    {"damaged", "R/registry.reg",
     "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\"
     "Windows NT\\CurrentVersion\\Virtualization]\r\n\"Other\"=\"" LINE LINE LINE LINE "\"\r\n"
     "\"And\"=dword:00000001\r\n" /* 512 bytes end behind the next line */
     "\"MemoryReserve\"=hex(4):00,\\\r\n  08,00,00\r\n"},
    {"damaged", "R/Win32_OperatingSystem.csv",
     "\"Version\",\"TotalVisibleMemorySize\",\"Caption\"\r\n"
     "\"6.1.7601\",\"33543352\",\"Donn\351es\"\r\n"},
};

static void load_record(const char *record, unsigned row)
{
    bool loaded = false;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (!strcmp(own[i].record, record)) {
            memory_file(own[i].path, (const uint8_t *)own[i].text, strlen(own[i].text));
            loaded = true;
        }
    if (loaded)
        return;
    char directory[2048];
    const char *data = getenv("DATA");
    snprintf(directory, sizeof directory, "%s/%s", data ? data : "tests/data", record);
    DIR *entries = opendir(directory);
    HOLDS(entries);
    for (struct dirent *entry; (entry = readdir(entries));)
        load_file(directory, entry->d_name, row);
    closedir(entries);
}

void test_load(const struct test *test)
{
    static const char ini[] = "[s]\nverbose\nwarning = 1024:\n";
    static const char nodes[] = "# nodes\nrecord:R\nrecord:Q\n";
    memory_file("ini", (const uint8_t *)ini, sizeof ini - 1);
    memory_file("nodes", (const uint8_t *)nodes, sizeof nodes - 1);
    memory_now = MEMORY_NOW;
    if (test->row) {
        memory_discard_writes(false);
        load_record(test->record, test->row - 1);
        test_run(test);
    }
    memory_discard_writes(true);
    if (test->record)
        load_record(test->record, test->row);
}

int test_run(const struct test *test)
{
    enum { MOST = sizeof test->arguments / sizeof *test->arguments };
    const char *arguments[MOST + 3] = {test->check->program};
    int count = 1;
    if (strncmp(test->arguments[0], "--node", 6) != 0) /* else it reads these alone */
        arguments[count++] = test->record ? "--source=record:R" : "--source=local";
    for (const char *const *more = test->arguments; *more; more++)
        arguments[count++] = *more;
    memory_rate = (struct raw_rate){.count = 7, .ticks = 1000, .frequency = 100, .bits = 64};
    return check_main(test->check, count, (char *const *)(uintptr_t)arguments);
}
