/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/winrm/fault.h"

#include "counter/counter.h"

#include <string.h>

enum about { ABOUT_ELSE, ABOUT_QUERY, ABOUT_PROPERTY, ABOUT_CLASS, ABOUT_NAMESPACE };

/* Sources: wbemcli.h, wsmerror.h, winerror.h. A query that can't be processed may lack the class or
 * a property. */
struct meaning {
    uint32_t code;
    const char *name;
    enum read_status reading;
    enum about about;
    const char *remedy;
};

static const struct meaning known[] = {
    {5, "ERROR_ACCESS_DENIED", READ_DENIED, ABOUT_ELSE, NULL},
    {0x80070005, "E_ACCESSDENIED", READ_DENIED, ABOUT_ELSE, NULL},
    {0x80041003, "WBEM_E_ACCESS_DENIED", READ_DENIED, ABOUT_ELSE,
     "the account needs Remote Enable on the namespace"},
    {0x80041002, "WBEM_E_NOT_FOUND", READ_NO_COUNTER, ABOUT_CLASS, NULL},
    {0x8004100E, "WBEM_E_INVALID_NAMESPACE", READ_NO_OBJECT, ABOUT_NAMESPACE,
     "the Hyper-V role is not there"},
    {0x80041010, "WBEM_E_INVALID_CLASS", READ_NO_OBJECT, ABOUT_CLASS, NULL},
    {0x80041017, "WBEM_E_INVALID_QUERY", READ_FAILED, ABOUT_PROPERTY, NULL},
    {0x80041031, "WBEM_E_INVALID_PROPERTY", READ_NO_COUNTER, ABOUT_PROPERTY, NULL},
    {0x8004106C, "WBEM_E_QUOTA_VIOLATION", READ_FAILED, ABOUT_ELSE,
     "WMI on the host is out of memory or handles"},
    {0x80041033, "WBEM_E_SHUTTING_DOWN", READ_FAILED, ABOUT_ELSE, "the host goes down"},
    {0x80041069, "WBEM_E_TIMED_OUT", READ_TIMEOUT, ABOUT_ELSE, NULL},
    {0x80338029, "ERROR_WSMAN_OPERATION_TIMEDOUT", READ_TIMEOUT, ABOUT_ELSE, NULL},
    {0x8033801A, "ERROR_WSMAN_CANNOT_PROCESS_FILTER", READ_FAILED, ABOUT_QUERY, NULL},
    {0x80338000, "ERROR_WSMAN_INVALID_RESOURCE_URI", READ_NO_OBJECT, ABOUT_CLASS, NULL},
    {0x80338001, "ERROR_WSMAN_RESOURCE_NOT_FOUND", READ_NO_OBJECT, ABOUT_CLASS, NULL},
    {0x803380E1, "ERROR_WSMAN_POLICY_TOO_COMPLEX", READ_FAILED, ABOUT_ELSE, NULL},
    {0x803381A6, "ERROR_WSMAN_QUOTA_MAX_OPERATIONS", READ_FAILED, ABOUT_ELSE,
     "too many checks ask at once: raise MaxConcurrentOperationsPerUser, or let one record "
     "(--record) and the others read"},
    {0x803381A5, "ERROR_WSMAN_QUOTA_MAX_SHELLS", READ_FAILED, ABOUT_ELSE,
     "too many ask at once with this account"},
    {0x80338041, "ERROR_WSMAN_SCHEMA_VALIDATION_ERROR", READ_FAILED, ABOUT_ELSE, NULL},
};

static const struct meaning *meaning_of(const struct soap_fault *fault)
{
    static const struct meaning unknown = {0, "a fault", READ_FAILED, ABOUT_ELSE, NULL};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (fault->has_code && known[i].code == fault->code)
            return &known[i];
    return &unknown;
}

bool fault_is_about_properties(const struct soap_fault *fault)
{
    enum about it = meaning_of(fault)->about;
    return it == ABOUT_PROPERTY || it == ABOUT_QUERY;
}

bool fault_is_about_class(const struct soap_fault *fault)
{
    enum about it = meaning_of(fault)->about;
    return it == ABOUT_CLASS || it == ABOUT_QUERY;
}

bool fault_is_about_namespace(const struct soap_fault *fault)
{
    return meaning_of(fault)->about == ABOUT_NAMESPACE;
}

/* Lines and runs of blanks become one blank: it is a part of one line. */
static void squeeze(char *out, size_t room, const char *text)
{
    size_t length = 0;
    bool gap = false;
    for (; *text && length + 2 < room; text++) {
        if (strchr(" \t\r\n", *text)) {
            gap = length > 0;
            continue;
        }
        if (gap)
            out[length++] = ' ';
        out[length++] = *text;
        gap = false;
    }
    out[length] = '\0';
}

bool fault_error(struct error *err, const struct soap_fault *fault, const char *what)
{
    char words[160];
    const struct meaning *meaning = meaning_of(fault);
    squeeze(words, sizeof words, fault->text);
    error_set_code(err, (int)meaning->reading, "%s: %s%s%s%s%s%s", meaning->name, what,
                   *words ? " (" : "", words, *words ? ")" : "", meaning->remedy ? ": " : "",
                   meaning->remedy ? meaning->remedy : "");
    if (fault->has_code)
        error_prefix(err, "0x%08lX ", (unsigned long)fault->code);
    return false;
}
