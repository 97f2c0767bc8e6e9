/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/winrm/wsman.h"

#include "counter/counter.h"
#include "counter/winrm/fault.h"
#include "platform/platform.h"

#include <string.h>
#include <strings.h>
#include <sys/random.h>

/* 153,600 bytes of envelope is what every WinRM allows; 32,000 items is its own limit. A host sends
 * a page with fewer rows than fit, and at first one of a single row, but none without any for long.
 */
enum { MOST_BYTES = 64 * 1024 * 1024, MOST_EMPTY_PAGES = 8 };
#define ENVELOPE_SIZE "153600"
#define MOST_ITEMS    "32000"

#define ADDRESSING  "http://schemas.xmlsoap.org/ws/2004/08/addressing"
#define ENUMERATION "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
#define WMI         "http://schemas.microsoft.com/wbem/wsman/1/wmi/"

/* ---- messages ---- */

enum { ID_SIZE = 42 };

static bool make_id(char id[ID_SIZE], struct error *err)
{
    static const char hex[] = "0123456789abcdef";
    unsigned char random[16];
    char *out = id;
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return error_set_code(err, READ_FAILED, "no random numbers are available");
    random[6] = (unsigned char)((random[6] & 15) | 64);
    random[8] = (unsigned char)((random[8] & 63) | 128);
    memcpy(out, "uuid:", 5);
    out += 5;
    for (size_t i = 0; i < sizeof random; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *out++ = '-';
        *out++ = hex[random[i] >> 4];
        *out++ = hex[random[i] & 15];
    }
    *out = '\0';
    return true;
}

void wsman_escape(struct text *out, const char *text)
{
    for (; *text; text++) {
        const char *escaped = *text == '<'   ? "&lt;"
                              : *text == '>' ? "&gt;"
                              : *text == '&' ? "&amp;"
                                             : NULL;
        text_add(out, escaped ? escaped : text, escaped ? strlen(escaped) : 1);
    }
}

/* "root\cimv2" as a URI has it */
static void add_resource(struct text *out, const char *namespace, const char *class_name)
{
    text_puts(out, WMI);
    for (const char *at = namespace; *at; at++)
        text_add(out, *at == '\\' ? "/" : at, 1);
    text_printf(out, "/%s", class_name);
}

static void begin_envelope(struct text *out, const struct session *session, const char *id,
                           const char *namespace, const char *class_name)
{
    unsigned seconds = (unsigned)wire_patience(&session->http.wire) / 1000;
    text_printf(out,
                "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\""
                " xmlns:a=\"" ADDRESSING "\" xmlns:n=\"" ENUMERATION "\""
                " xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\">"
                "<s:Header><a:To>%s://%s/wsman</a:To>"
                "<w:ResourceURI s:mustUnderstand=\"true\">",
                session->endpoint.tls ? "https" : "http", session->endpoint.shown);
    add_resource(out, namespace, class_name);
    text_printf(out,
                "</w:ResourceURI>"
                "<a:ReplyTo><a:Address s:mustUnderstand=\"true\">" ADDRESSING
                "/role/anonymous</a:Address></a:ReplyTo>"
                "<w:MaxEnvelopeSize s:mustUnderstand=\"true\">" ENVELOPE_SIZE "</w:MaxEnvelopeSize>"
                "<a:MessageID>%s</a:MessageID>"
                "<w:OperationTimeout>PT%u.000S</w:OperationTimeout>"
                "<a:Action s:mustUnderstand=\"true\">",
                id,
                seconds < 1    ? 1
                : seconds > 60 ? 60
                               : seconds);
}

static void begin_body(struct text *out)
{
    text_puts(out, "</a:Action></s:Header><s:Body>");
}

static void end_envelope(struct text *out)
{
    text_puts(out, "</s:Body></s:Envelope>");
}

/* Send what was printed; the answer belongs to the arena. A fault is an answer. */
static bool post(struct session *session, struct text *message, const char *id, struct arena *arena,
                 struct soap *ret, size_t *ret_bytes, struct error *err)
{
    const char *bytes;
    size_t length;
    if (message->failed)
        return error_memory(err);
    if (!session_post(session, message->bytes, message->length, &bytes, &length, err) ||
        !soap_parse(bytes, length, arena, ret, err))
        return false;
    *ret_bytes += length;
    return !*ret->relates_to || !strcasecmp(ret->relates_to, id) ||
           error_set_code(err, READ_INVALID, "an answer to another question");
}

/* ---- enumerating ---- */

struct enumeration {
    struct session *session;
    const struct wsman_query *query;
    struct text message;
    size_t bytes;
};

/* The first page, or with a context the next one; with release, no more of it. */
static bool ask(struct enumeration *of, const char *context, bool release, struct arena *arena,
                struct soap *ret, struct error *err)
{
    char id[ID_SIZE];
    struct text *out = &of->message;
    const char *action = !context ? "Enumerate" : release ? "Release" : "Pull";
    text_cut(out, 0);
    if (!make_id(id, err))
        return false;
    begin_envelope(out, of->session, id, of->query->namespace, "*");
    text_printf(out, ENUMERATION "/%s", action);
    begin_body(out);
    text_printf(out, "<n:%s>", action);
    if (context) {
        text_puts(out, "<n:EnumerationContext>");
        wsman_escape(out, context);
        text_puts(out, "</n:EnumerationContext>");
        if (!release)
            text_puts(out, "<n:MaxElements>" MOST_ITEMS "</n:MaxElements>");
    } else {
        text_puts(out, "<w:OptimizeEnumeration/><w:MaxElements>" MOST_ITEMS "</w:MaxElements>"
                       "<w:Filter Dialect=\"http://schemas.microsoft.com/wbem/wsman/1/WQL\">");
        wsman_escape(out, of->query->wql);
        text_puts(out, "</w:Filter>");
    }
    text_printf(out, "</n:%s>", action);
    end_envelope(out);
    return post(of->session, out, id, arena, ret, &of->bytes, err);
}

/* Who stops early says so, and the host forgets the rest; whether it does is its own affair. */
static void release(struct enumeration *of, const char *context)
{
    struct arena arena = {0};
    struct soap ignored;
    struct error none;
    if (*context && of->session->http.wire.fd >= 0)
        ask(of, context, true, &arena, &ignored, &none);
    arena_free(&arena);
}

static bool visit_page(const struct soap *page, wsman_visitor *visit, void *context, size_t *rows,
                       struct error *err)
{
    for (const struct soap_row *row = page->rows; row; row = row->next) {
        if (++*rows > SOAP_MOST_ROWS)
            return error_set_code(err, READ_INVALID,
                                  "not a WinRM answer: it has more rows than any host");
        if (!visit(context, row, err))
            return false;
    }
    return true;
}

/* Is it a page, and is there a way on where it is not the last? One that breaks off would leave out
 * VMs. */
static bool check_page(const struct soap *page, const char *kind, struct error *err)
{
    if (strcmp(page->kind, kind) != 0)
        return error_set_code(err, READ_INVALID, "not a WinRM answer: %s instead of %s", page->kind,
                              kind);
    return page->ends || *page->context ||
           error_set_code(err, READ_INVALID, "not a WinRM answer: its rows neither end nor go on");
}

bool wsman_enumerate(struct session *session, const struct wsman_query *query, wsman_visitor *visit,
                     void *context, size_t *ret_rows, struct soap_fault *ret_fault,
                     struct error *err)
{
    struct enumeration of = {session, query, {0}, 0};
    char *next = NULL; /* the context of the next page */
    struct arena contexts = {0};
    bool done = false, good = true;
    unsigned empty = 0;
    *ret_rows = 0;
    *ret_fault = (struct soap_fault){.text = ""};
    while (good && !done) {
        struct arena arena = {0};
        struct soap page;
        good = ask(&of, next, false, &arena, &page, err);
        if (good && page.is_fault) {
            ret_fault->has_code = page.fault.has_code;
            ret_fault->code = page.fault.code;
            good = fault_error(err, &page.fault, query->what);
            next = NULL;
        } else if (good) {
            good = check_page(&page, next ? "PullResponse" : "EnumerateResponse", err);
            empty += !page.rows;
            if (good && (of.bytes > MOST_BYTES || empty > MOST_EMPTY_PAGES))
                good = error_set_code(err, READ_INVALID, "not a WinRM answer: it does not end");
            done = page.ends;
            arena_free(&contexts);
            next = arena_text(&contexts, page.context, strlen(page.context));
            if (good && !next)
                good = error_memory(err);
            good = good && visit_page(&page, visit, context, ret_rows, err);
        }
        arena_free(&arena);
    }
    if (!good && !done && next)
        release(&of, next);
    arena_free(&contexts);
    text_free(&of.message);
    return good;
}

/* ---- methods ---- */

bool wsman_invoke(struct session *session, const struct wsman_call *call, struct arena *arena,
                  const struct soap_row **ret, struct error *err)
{
    char id[ID_SIZE];
    struct text out = {0};
    struct soap answer;
    size_t bytes = 0;
    if (!make_id(id, err))
        return false;
    begin_envelope(&out, session, id, call->namespace, call->class_name);
    add_resource(&out, call->namespace, call->class_name);
    text_printf(&out, "/%s", call->method);
    begin_body(&out);
    text_printf(&out, "<p:%s_INPUT xmlns:p=\"", call->method);
    add_resource(&out, call->namespace, call->class_name);
    text_printf(&out, "\">%s</p:%s_INPUT>", call->arguments, call->method);
    end_envelope(&out);
    bool posted = post(session, &out, id, arena, &answer, &bytes, err);
    text_free(&out);
    if (!posted)
        return false;
    if (answer.is_fault) {
        const char *what =
            arena_format(arena, "%s: %s.%s", call->namespace, call->class_name, call->method);
        return fault_error(err, &answer.fault, what);
    }
    size_t length = strlen(call->method);
    if (!answer.rows || strncmp(answer.kind, call->method, length) != 0)
        return error_set_code(err, READ_INVALID, "not a WinRM answer: %s instead of %s_OUTPUT",
                              answer.kind, call->method);
    *ret = answer.rows;
    return true;
}
