/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/winrm/http.h"

#include "counter/counter.h"
#include "counter/winrm/hex.h"
#include "plugin/show.h"

#include <string.h>
#include <strings.h>

static bool invalid(struct error *err, const char *what)
{
    return error_set_code(err, READ_INVALID, "not a WinRM answer: %s", what);
}

/* ---- the head ---- */

bool http_find_head(const char *bytes, size_t length, size_t *ret_start, size_t *ret_end,
                    size_t *ret_body)
{
    size_t start = 0;
    while (start < length && (bytes[start] == '\r' || bytes[start] == '\n'))
        start++;
    for (size_t i = start; i < length; i++) {
        if (bytes[i] != '\n')
            continue;
        size_t next = i + 1;
        next += next < length && bytes[next] == '\r';
        if (next < length && bytes[next] == '\n') {
            *ret_start = start;
            *ret_end = i + 1;
            *ret_body = next + 1;
            return true;
        }
    }
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool parse_status(const char *line, struct http_head *head)
{
    if (strncmp(line, "HTTP/1.", 7) != 0 || !is_digit(line[7]) || line[8] != ' ')
        return false;
    const char *status = line + 9;
    for (size_t i = 0; i < 3; i++)
        if (!is_digit(status[i]))
            return false;
    if (status[3] && status[3] != ' ')
        return false;
    head->status = (unsigned)((status[0] - '0') * 100 + (status[1] - '0') * 10 + status[2] - '0');
    head->closes = line[7] == '0';
    return true;
}

static bool take_length(struct http_head *head, const char *value, struct error *err)
{
    size_t length = 0;
    const char *at = value;
    for (; is_digit(*at) && length <= HTTP_LARGEST_BODY; at++)
        length = length * 10 + (size_t)(*at - '0');
    if (at == value || (*at && !is_digit(*at)))
        return invalid(err, "its Content-Length is not a number");
    if (length > HTTP_LARGEST_BODY)
        return invalid(err, "its body is longer than requested");
    if (head->has_length && head->length != length)
        return invalid(err, "it has two Content-Lengths");
    head->has_length = true;
    head->length = length;
    return true;
}

static bool take_encoding(struct http_head *head, const char *value, struct error *err)
{
    if (strcasecmp(value, "chunked") != 0 || head->chunked)
        return invalid(err, "its Transfer-Encoding is not chunked");
    head->chunked = true;
    return true;
}

/* Several schemes may stand in one line, with commas between them; a token has none in it. */
static bool take_challenge(struct http_head *head, const char *value, struct error *err)
{
    static const char negotiate[] = "Negotiate";
    (void)err;
    size_t used = strlen(head->schemes), length = strcspn(value, " ,");
    if (used + length + 3 < sizeof head->schemes) {
        memcpy(head->schemes + used, ", ", used ? 2 : 0);
        used += used ? 2 : 0;
        memcpy(head->schemes + used, value, length);
        head->schemes[used + length] = '\0';
    }
    for (; *value; value += strspn(value, " ,")) {
        length = strcspn(value, " ,");
        if (length == sizeof negotiate - 1 && !strncasecmp(value, negotiate, length)) {
            head->negotiates = true;
            value += length;
            value += strspn(value, " ");
            if (*value != ',' && !*head->token)
                head->token = value;
            return true;
        }
        value += length;
    }
    return true;
}

static bool take_connection(struct http_head *head, const char *value, struct error *err)
{
    (void)err;
    head->closes =
        !strcasecmp(value, "close") || (head->closes && strcasecmp(value, "keep-alive") != 0);
    return true;
}

static bool take_type(struct http_head *head, const char *value, struct error *err)
{
    (void)err;
    head->content_type = value;
    return true;
}

static const struct {
    const char *name;
    bool (*take)(struct http_head *head, const char *value, struct error *err);
} fields[] = {
    {"Content-Length", take_length},      {"Transfer-Encoding", take_encoding},
    {"WWW-Authenticate", take_challenge}, {"Connection", take_connection},
    {"Content-Type", take_type},
};

static bool parse_field(char *line, struct http_head *head, struct error *err)
{
    char *colon = strchr(line, ':');
    if (!colon || colon == line || *line == ' ' || *line == '\t')
        return invalid(err, "a line of its head is not a field");
    *colon = '\0';
    char *value = colon + 1 + strspn(colon + 1, " \t");
    size_t length = strlen(value);
    while (length && (value[length - 1] == ' ' || value[length - 1] == '\t'))
        value[--length] = '\0';
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (!strcasecmp(fields[i].name, line))
            return fields[i].take(head, value, err);
    return true;
}

bool http_parse_head(char *bytes, size_t length, struct http_head *ret, struct error *err)
{
    struct http_head head = {.content_type = "", .token = ""};
    if (strlen(bytes) < length)
        return invalid(err, "a byte of its head is NUL");
    bool first = true;
    do {
        char *line = bytes, *end = bytes + strcspn(bytes, "\n");
        bytes = *end ? end + 1 : end;
        *end = '\0';
        if (end > line && end[-1] == '\r')
            end[-1] = '\0';
        if (strchr(line, '\r'))
            return invalid(err, "a line of its head is not a field");
        if (first && !parse_status(line, &head))
            return invalid(err, "it does not begin with HTTP/1");
        if (!first && !parse_field(line, &head, err))
            return false;
        first = false;
    } while (*bytes);
    if (head.chunked && head.has_length)
        return invalid(err, "it has a Content-Length and comes in chunks");
    *ret = head;
    return true;
}

bool http_parse_chunk(const char *line, size_t length, size_t *ret)
{
    size_t size = 0, i = 0;
    for (; i < length; i++) {
        int digit = hex_digit(line[i]);
        if (digit < 0)
            break;
        if (size <= HTTP_LARGEST_BODY) /* behind that, how much longer does not matter */
            size = size * 16 + (size_t)digit;
    }
    bool ends = i == length || line[i] == ';' || line[i] == ' ';
    if (i == 0 || !ends)
        return false;
    *ret = size;
    return true;
}

/* ---- receiving ---- */

/* One more piece. *ret_open false: the connection has ended. */
static bool receive_more(struct http *http, bool *ret_open, struct error *err)
{
    enum { PIECE = 16384 };
    size_t got = 0;
    if (!text_reserve(&http->in, PIECE))
        return error_memory(err);
    if (!wire_receive(&http->wire, http->in.bytes + http->in.length, PIECE, &got, err))
        return false;
    http->in.length += got;
    http->in.bytes[http->in.length] = '\0';
    *ret_open = got > 0;
    return true;
}

static bool receive_or_end(struct http *http, struct error *err)
{
    bool open;
    return receive_more(http, &open, err) &&
           (open || invalid(err, "the host ended the connection in the middle of it"));
}

/* Wait until so many bytes are there that were not used yet. */
static bool receive_until(struct http *http, size_t wanted, struct error *err)
{
    while (http->in.length - http->at < wanted)
        if (!receive_or_end(http, err))
            return false;
    return true;
}

static bool receive_head(struct http *http, struct http_head *ret, bool *ret_stale,
                         struct error *err)
{
    size_t start, end, body;
    *ret_stale = false;
    while (!http_find_head(http->in.bytes + http->at, http->in.length - http->at, &start, &end,
                           &body)) {
        bool open;
        if (http->in.length - http->at > HTTP_LARGEST_HEAD + 2) /* and the empty line */
            return invalid(err, "its head does not end");
        if (!receive_more(http, &open, err))
            return false;
        if (!open) {
            *ret_stale = http->in.length == http->at;
            return invalid(err, "the host ended the connection without one");
        }
    }
    if (end - start > HTTP_LARGEST_HEAD)
        return invalid(err, "its head does not end");
    text_cut(&http->head, 0);
    text_add(&http->head, http->in.bytes + http->at + start, end - start);
    http->at += body;
    return http->head.failed ? error_memory(err)
                             : http_parse_head(http->head.bytes, http->head.length, ret, err);
}

/* A line's length without its end; the line is taken when used is added to http->at. */
static bool receive_line(struct http *http, size_t *ret_length, size_t *ret_used, struct error *err)
{
    enum { LONGEST = 256 };
    *ret_length = *ret_used = 0;
    for (;;) {
        const char *start = http->in.bytes + http->at;
        size_t there = http->in.length - http->at;
        const char *end = memchr(start, '\n', there);
        if (end) {
            *ret_used = (size_t)(end - start) + 1;
            *ret_length = *ret_used - 1 - (end > start && end[-1] == '\r');
            return *ret_length <= LONGEST || invalid(err, "a chunk's line is too long");
        }
        if (there > LONGEST + 1) /* and CR */
            return invalid(err, "a chunk's line is too long");
        if (!receive_or_end(http, err))
            return false;
    }
}

static bool receive_chunks(struct http *http, struct text *body, struct error *err)
{
    for (;;) {
        size_t length, used, size;
        if (!receive_line(http, &length, &used, err))
            return false;
        if (!http_parse_chunk(http->in.bytes + http->at, length, &size))
            return invalid(err, "a chunk has no size");
        http->at += used;
        if (size > HTTP_LARGEST_BODY - body->length)
            return invalid(err, "its body is longer than requested");
        if (size == 0)
            break;
        if (!receive_until(http, size, err))
            return false;
        text_add(body, http->in.bytes + http->at, size);
        http->at += size;
        if (!receive_line(http, &length, &used, err))
            return false;
        if (length)
            return invalid(err, "a chunk is longer than its size");
        http->at += used;
    }
    for (unsigned trailers = 0; trailers < 16; trailers++) {
        size_t length, used;
        if (!receive_line(http, &length, &used, err))
            return false;
        http->at += used;
        if (!length)
            return true;
    }
    return invalid(err, "it does not end");
}

static bool receive_body(struct http *http, const struct http_head *head, struct text *body,
                         struct error *err)
{
    text_cut(body, 0);
    text_puts(body, "");
    bool received;
    if (head->chunked) {
        received = receive_chunks(http, body, err);
    } else if (head->has_length) {
        received = receive_until(http, head->length, err);
        if (received) {
            text_add(body, http->in.bytes + http->at, head->length);
            http->at += head->length;
        }
    } else {
        received = head->status == 204 || invalid(err, "it does not say how long its body is");
    }
    return received && body->failed ? error_memory(err) : received;
}

static bool receive_answer(struct http *http, struct http_answer *answer, bool *ret_stale,
                           struct error *err)
{
    enum { MOST_INTERIM = 4 };
    text_puts(&http->in, ""); /* from here on it has bytes, if none */
    if (http->in.failed)
        return error_memory(err);
    for (unsigned interim = 0;; interim++) {
        if (!receive_head(http, &answer->head, ret_stale, err))
            return false;
        if (answer->head.status >= 200)
            break;
        if (interim == MOST_INTERIM)
            return invalid(err, "it does not end");
    }
    if (!receive_body(http, &answer->head, &answer->body, err))
        return false;
    /* What follows without having been asked for would be taken for the next answer. */
    while (http->at < http->in.length && strchr("\r\n", http->in.bytes[http->at]))
        http->at++;
    if (http->at < http->in.length)
        return invalid(err, "more follows than was requested");
    text_cut(&http->in, 0);
    http->at = 0;
    return true;
}

/* ---- sending ---- */

static void print_request(const struct http_request *request, struct text *out)
{
    text_printf(out, "POST /wsman HTTP/1.1\r\nHost: %s\r\n", request->host);
    if (request->authorization)
        text_printf(out, "Authorization: %s\r\n", request->authorization);
    if (request->content_type)
        text_printf(out, "Content-Type: %s\r\n", request->content_type);
    text_printf(out,
                "Connection: Keep-Alive\r\nUser-Agent: monitoring-plugins-hyperv\r\n"
                "Content-Length: %zu\r\n\r\n",
                request->length);
    text_add(out, request->body, request->length);
}

bool http_post(struct http *http, const struct http_request *request, struct http_answer *answer,
               bool *ret_stale, struct error *err)
{
    struct text out = {0};
    *ret_stale = false;
    print_request(request, &out);
    bool done = out.failed ? error_memory(err)
                           : wire_send(&http->wire, out.bytes, out.length, err) &&
                                 receive_answer(http, answer, ret_stale, err);
    text_free(&out);
    if (!done || answer->head.closes)
        wire_close(&http->wire);
    if (!done) {
        text_cut(&http->in, 0);
        http->at = 0;
    }
    return done;
}

void http_close(struct http *http)
{
    wire_close(&http->wire);
    text_free(&http->in);
    text_free(&http->head);
    http->at = 0;
}
