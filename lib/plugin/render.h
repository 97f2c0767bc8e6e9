/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The one place where a result becomes the text that a check prints.
 *
 *     HV VM MEMORY CRITICAL - web01 at 99 % of 4096 MB, 1 of 8 VMs critical
 *     [CRITICAL] web01: ...
 *     [WARNING] db01: ... | 'worst'=99%;90;98 'web01_physical'=...
 *
 * Everything before the only '|' is text, everything behind it perfdata on one line: NSClient++
 * takes all that follows the first '|' of the whole output for perfdata. Texts are made safe here
 * (control characters, bars, angle brackets, backslashes, bidi, invalid UTF-8), whoever wrote them,
 * so a VM's name can neither break the line nor reach a terminal, nor be lost on a web page or in a
 * mail.
 *
 * The output is never longer than its budget, and nothing is cut inside a token, because nrpe's
 * 1,023 byte packet does cut there and leaves numbers that are wrong instead of missing. Where the
 * budget is short, this goes, in this order:
 *
 *   1. the items' perfdata, all of it
 *   2. long text from its end: "… and 12 more"
 *   3. the ends of long names in the first line: "database-of-…"
 *   4. the summary's perfdata, all of it: where it would leave less than RENDER_LEAST
 *   5. the middle of other long words in the first line (paths), and then its end: behind a word,
 * "…"
 *
 * Whether a class of perfdata is there depends on how many items there are and how long their
 * labels, never on their values or on who alarms and stands in the first line: PNP4Nagios may store
 * by position.
 */
#ifndef PLUGIN_RENDER_H
#define PLUGIN_RENDER_H

#include "plugin/result.h"
#include "plugin/text.h"

enum perfdata_mode {
    PERFDATA_AUTO,    /* the items' too, as long as all of them leave a quarter for the text */
    PERFDATA_ALL,     /* the items' too, if need be instead of long text */
    PERFDATA_SUMMARY, /* the summary's alone */
    PERFDATA_NONE,
};

/* The least budget. A first line has so much whatever else is printed. */
enum { RENDER_LEAST = 256 };

struct render_options {
    enum perfdata_mode perfdata;
    size_t max_bytes; /* of the whole output, at least RENDER_LEAST; 0: no limit */
};

/* Append the output, ended by a newline, and return the state to exit with. Out of memory
 * (the arena's, or out->failed on return) is UNKNOWN and the caller's to say. */
enum state render(const struct result *result, const struct render_options *options,
                  struct text *out);

/* Append "TITLE STATE - text" in at most so many bytes (0: any), with no line end. They are more
 * than the title and the state take. */
void render_first_line(const char *title, enum state state, const char *text, size_t most,
                       struct text *out);

/* Append text with everything replaced that has no place in a line of a check's output. */
void render_safe(const char *text, struct text *out);

#endif
