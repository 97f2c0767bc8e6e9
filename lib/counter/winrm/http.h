/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * As much HTTP/1.1 as WinRM needs: POST, and its answer, on a connection that stays. No proxy, no
 * redirect, no cookie, no compression; a body has a Content-Length or comes in chunks, and has a
 * limit.
 */
#ifndef COUNTER_WINRM_HTTP_H
#define COUNTER_WINRM_HTTP_H

#include "counter/winrm/wire.h"

enum {
    HTTP_LARGEST_HEAD = 16384,
    /* 153,600 bytes are asked for; what counts them may count characters of two. */
    HTTP_LARGEST_BODY = 1024 * 1024,
};

/* The head of an answer. The texts point into the bytes that were parsed. */
struct http_head {
    unsigned status;
    bool closes; /* the connection ends behind it */
    bool chunked;
    bool has_length;
    size_t length;
    const char *content_type; /* "" where there is none */
    bool negotiates;          /* WWW-Authenticate: Negotiate */
    const char *token;        /* what stands behind it, or "" */
    char schemes[64];         /* all schemes that WWW-Authenticate offers: "Basic, Kerberos" */
};

/* Parse the lines up to the empty one, which is cut off already; bytes end in NUL and are cut into
 * pieces. */
bool http_parse_head(char *bytes, size_t length, struct http_head *ret, struct error *err);

/* Where the head ends that begins the bytes: *ret_start is behind line ends that an earlier answer
 * left, *ret_end at the empty line, *ret_body behind it. False: not yet. */
bool http_find_head(const char *bytes, size_t length, size_t *ret_start, size_t *ret_end,
                    size_t *ret_body);

/* A chunk's size: "1a2b[;extension]". */
bool http_parse_chunk(const char *line, size_t length, size_t *ret);

struct http {
    struct wire wire;
    struct text in;   /* what was received */
    struct text head; /* of the last answer */
    size_t at;        /* so much of in was used */
};

struct http_request {
    const char *host;          /* for Host: */
    const char *content_type;  /* NULL: there is no body */
    const char *authorization; /* NULL: none */
    const char *body;
    size_t length;
};

struct http_answer {
    struct http_head head;
    struct text body; /* the caller's, to be used again for the next */
};

/* Send the request and take its answer. *ret_stale is true where the connection was closed before a
 * byte of the answer came: by then the request may be sent anew on another. */
bool http_post(struct http *http, const struct http_request *request, struct http_answer *answer,
               bool *ret_stale, struct error *err);

void http_close(struct http *http);

#endif
