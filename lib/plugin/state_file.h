/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a check keeps from one run for the next, as text: lines of a key and a value under a header
 * that says whose they are, and a checksum at the end.
 *
 *     monitoring-plugins-hyperv 1
 *     program check_hv_page_reads
 *     source local
 *     host web01
 *
 *     reads 7408 91250113 1000 64 1316868300000
 *     end 47d5c3e366d807a9
 *
 * A state is a help and never a need. Whatever is wrong with one (cut short, altered, of another
 * host, of a later version) makes it no state at all: reading tells why in words and gives nothing.
 * Keys may repeat: a list is a key that does. This module knows text alone; where it is kept is the
 * caller's.
 *
 * Writing:  state_file_begin(&text, &owner);
 *           state_file_add(&text, "reads", "%s", line);
 *           state_file_end(&text);                                   // then look at text.failed
 * Reading:  if (!state_file_open(&text, &owner, &file, &err)) ... // changes the text
 *           while (state_file_next(&file, &entry)) ...
 */
#ifndef PLUGIN_STATE_FILE_H
#define PLUGIN_STATE_FILE_H

#include "plugin/text.h"

#include <stdbool.h>

/* Whose state it is. Numbers of one host say nothing about another. */
struct state_owner {
    const char *program; /* "check_hv_page_reads" */
    const char *source;  /* as --source names it */
    const char *host;    /* the machine that is watched: not the one that asked it */
};

void state_file_begin(struct text *out, const struct state_owner *owner);

/* A key has no blank in it. Control characters of the value, line ends first, become blanks. */
void state_file_add(struct text *out, const char *key, const char *format, ...) LIKE_PRINTF(3, 4);

void state_file_end(struct text *out);

struct state_file {
    char *next;
};

struct state_file_entry {
    const char *key, *value; /* in the text that was opened */
};

/* Check the text of a whole file, from the first byte to the last. */
bool state_file_open(struct text *text, const struct state_owner *owner, struct state_file *ret,
                     struct error *err);

/* The next line; false behind the last. */
bool state_file_next(struct state_file *file, struct state_file_entry *ret);

/* The whole number at the beginning of a value, of at most 18 digits; moves *value behind it and
 * the blank that ends it. False: there is none. */
bool state_take_number(const char **value, double *ret);

/* A name for the file that no other program, source or host has:
 * "check_hv_page_reads-8f31a2c4.state". */
enum { STATE_FILE_NAME_SIZE = 96 };
char *state_file_name(char name[STATE_FILE_NAME_SIZE], const struct state_owner *owner);

#endif
