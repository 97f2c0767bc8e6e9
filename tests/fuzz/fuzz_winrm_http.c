/* SPDX-License-Identifier: GPL-3.0-or-later */

/* HTTP's answers, in pieces of any size: an answer within its limits, or an error, and nothing of
 * it left for the next. The first byte is the size of a piece. */
#include "fuzz.h"

#include "counter/winrm/http.h"

#include <string.h>

static struct section in;
static size_t piece;

/* In place of wire.c: what is sent is lost, what comes is the input, and then the end. */
bool wire_send(struct wire *wire, const char *bytes, size_t length, struct error *err)
{
    (void)wire, (void)err;
    HOLDS(length > 4 && !memcmp(bytes, "POST", 4));
    return true;
}

bool wire_receive(struct wire *wire, char *bytes, size_t room, size_t *ret_got, struct error *err)
{
    (void)wire, (void)err;
    size_t got = in.size < piece ? in.size : piece;
    got = got < room ? got : room;
    if (got)
        memcpy(bytes, in.data, got);
    in.data += got;
    in.size -= got;
    *ret_got = got;
    return true;
}

void wire_close(struct wire *wire)
{
    *wire = WIRE_CLOSED;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct http_request request = {.host = "h:5985", .body = ""};
    struct http http = {.wire = {.fd = 0}};
    struct http_answer answer = {0};
    struct error err;
    bool stale;
    if (!size)
        return 0;
    piece = (size_t)data[0] + 1;
    in = (struct section){data + 1, size - 1};
    while (http.wire.fd >= 0 && http_post(&http, &request, &answer, &stale, &err)) {
        HOLDS(answer.head.status >= 200 && answer.head.status <= 999);
        HOLDS(answer.body.length <= HTTP_LARGEST_BODY && !answer.body.bytes[answer.body.length]);
        HOLDS(answer.head.chunked || !answer.head.has_length ||
              answer.body.length == answer.head.length);
        HOLDS(strlen(answer.head.schemes) < sizeof answer.head.schemes);
        HOLDS(!strpbrk(answer.head.content_type, "\r\n") && !strpbrk(answer.head.token, "\r\n"));
        HOLDS(http.in.length == 0 && http.at == 0);
    }
    http_close(&http);
    text_free(&answer.body);
    return 0;
}
