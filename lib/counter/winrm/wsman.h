/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * WS-Management on a session: enumerate what a WQL query selects, and call a method of WMI.
 * Sources: DSP0226, [MS-WSMV], and what Windows and Microsoft's OMI were seen to answer.
 */
#ifndef COUNTER_WINRM_WSMAN_H
#define COUNTER_WINRM_WSMAN_H

#include "counter/winrm/session.h"
#include "counter/winrm/soap.h"

/* Called for each row; false ends the enumeration and is handed on. The row lives during the call.
 */
typedef bool wsman_visitor(void *context, const struct soap_row *row, struct error *err);

struct wsman_query {
    const char *namespace; /* "root\\cimv2" */
    const char *wql;
    const char *what; /* for messages: "root\\cimv2: Win32_OperatingSystem" */
};

/* *ret_fault is what the host said where it refused, else has no code. Rows may have been visited
 * before a failure: *ret_rows counts them. */
bool wsman_enumerate(struct session *session, const struct wsman_query *query, wsman_visitor *visit,
                     void *context, size_t *ret_rows, struct soap_fault *ret_fault,
                     struct error *err);

/* Call a static method; arguments is the inside of its _INPUT element, escaped. The row is its
 * output and belongs to the arena. */
struct wsman_call {
    const char *namespace;
    const char *class_name;
    const char *method;
    const char *arguments;
};
bool wsman_invoke(struct session *session, const struct wsman_call *call, struct arena *arena,
                  const struct soap_row **ret, struct error *err);

/* Append text as XML has it between tags. */
void wsman_escape(struct text *out, const char *text);

#endif
