/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A text file of Windows' tools, line by line, in UTF-8 whatever it was written in.
 *
 * The file is read in pieces: memory is that of the longest line, however long the file, or of a
 * piece, where a line is taken in parts.
 */
#ifndef COUNTER_RECORD_LINES_H
#define COUNTER_RECORD_LINES_H

#include "counter/record/encoding.h"
#include "platform/platform.h"

struct lines {
    struct file file;
    const char *path;             /* as given, for messages */
    const struct encoding *named; /* what the user says of the encoding, or NULL */
    const struct encoding *(*choose)(void *context); /* NULL, or asked once bytes tell nothing, */
    void *context;                                   /* where `named` is encoding_raw() */
    const struct encoding *encoding;                 /* NULL while all that was seen is ASCII */
    struct text raw; /* bytes read and not yet delivered begin at `taken` */
    size_t taken;
    size_t searched; /* up to here in raw there is no line end behind `taken` */
    uint64_t start;  /* of what is read, in the file */
    struct text decoded;
    uint64_t offset; /* in the file, behind what was delivered last */
    uint64_t begin;  /* of the line that was delivered last, or whose parts are */
    unsigned number; /* of that line, from 1 */
    bool inside;     /* it goes on behind the part that was delivered last */
    bool ended;      /* it had a line end; false for the last one of a file that was cut */
};

/* Open; false with the path in the message, error.code from platform.h. */
bool lines_open(struct lines *lines, const char *path, const struct encoding *named,
                struct error *err);

/* The next line without its end (wmic writes CR CR LF), NUL-terminated and with no NUL in it, to
 * change at will until the next call; *ret NULL at the end of the file. */
bool lines_next(struct lines *lines, char **ret, size_t *ret_length, struct error *err);

/* As lines_next(), but a long line comes in parts, each but the last of which ends behind one of
 * the ASCII characters in `stops`, the last of them that was read; and a part has no NUL behind it.
 * Tell by lines->inside whether it was the last. What the line is written in is decided by the
 * first part that is not ASCII. */
bool lines_part(struct lines *lines, const char *stops, char **ret, size_t *ret_length,
                struct error *err);

/* Back to the beginning of the file, or to what begins with this byte and is the line of this
 * number; how it is written is found out anew. */
void lines_rewind(struct lines *lines);
void lines_seek(struct lines *lines, uint64_t start, unsigned number);

void lines_close(struct lines *lines);

/* Where the first line end in these bytes begins, in steps of the encoding's unit, and how many
 * bytes it has; false: there is none. */
bool find_line_end(const char *bytes, size_t length, const struct encoding *encoding,
                   size_t *ret_start, size_t *ret_end);

#endif
