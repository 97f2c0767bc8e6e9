/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Each step owns what it acquired and releases it before it returns: rows <- enumeration <-
 * namespace <- COM.
 *
 * Source: Microsoft's "Example: Getting WMI Data from the Local Computer" for the steps, and its
 * reference of wbemcli.h for what each call may answer.
 */
#define COBJMACROS
#include "counter/windows/wmi.h"

#include "counter/source.h"
#include "counter/windows/status.h"
#include "platform/platform.h"
#include "platform/wide.h"
#include "plugin/text.h"

#include <windows.h>

#include <oleauto.h>
#include <wbemcli.h>

/* What is asked, and of what. */
struct enumeration {
    const struct row_query *query;
    row_visitor *visit;
    void *context;
    struct arena *arena;
    const char *namespace;
    IWbemServices *services;
    size_t rows;     /* that were visited */
    HRESULT failure; /* of WMI's, while the rows were read; S_OK: none, or the visitor's own */
};

/* ---- values ---- */

/* In COM's variants an unsigned 32-bit number is a signed one of the same bits. */
static bool is_unsigned(const VARIANT *value, CIMTYPE type)
{
    return V_VT(value) == VT_I4 && type == CIM_UINT32;
}

/* As PowerShell prints it; *ret stays NULL for what has no text: null, arrays, objects. */
static HRESULT value_text(VARIANT *value, CIMTYPE type, struct arena *arena, const char **ret)
{
    if (V_VT(value) == VT_NULL || V_VT(value) == VT_EMPTY || (V_VT(value) & VT_ARRAY))
        return S_OK;
    VARIANT text;
    VariantInit(&text);
    HRESULT status = S_OK;
    if (V_VT(value) == VT_BOOL)
        *ret = V_BOOL(value) ? "True" : "False";
    else if (is_unsigned(value, type))
        *ret = arena_format(arena, "%lu", (unsigned long)V_I4(value));
    else if ((status = VariantChangeTypeEx(&text, value, LOCALE_INVARIANT, 0, VT_BSTR)) == S_OK)
        *ret = wide_to_text(V_BSTR(&text) ? V_BSTR(&text) : L"", arena);
    VariantClear(&text);
    if (status == DISP_E_TYPEMISMATCH)
        return S_OK;
    return *ret ? S_OK : FAILED(status) ? status : E_OUTOFMEMORY;
}

/* A property that the class does not have is a cell without a value. */
static HRESULT read_cell(IWbemClassObject *object, const char *property, struct arena *arena,
                         const char **ret)
{
    VARIANT value;
    CIMTYPE type = CIM_EMPTY;
    const wchar_t *name = wide_from_text(property, arena);
    if (!name)
        return E_OUTOFMEMORY;
    VariantInit(&value);
    HRESULT status = IWbemClassObject_Get(object, name, 0, &value, &type, NULL);
    if (status == (HRESULT)WBEM_E_NOT_FOUND)
        return S_OK;
    if (SUCCEEDED(status))
        status = value_text(&value, type, arena, ret);
    VariantClear(&value);
    return status;
}

static bool fail(struct enumeration *of, HRESULT status, struct error *err)
{
    const char *what = arena_format(of->arena, "%s: %s", of->namespace, of->query->class_name);
    of->failure = status;
    return status_error(err, (unsigned long)status, what, of->arena);
}

static bool visit_object(struct enumeration *of, IWbemClassObject *object, struct error *err)
{
    struct arena row = {0}; /* cells live as long as the visit */
    size_t count = 0;
    while (of->query->properties[count])
        count++;
    const char **cells = arena_array(&row, count, sizeof *cells);
    HRESULT status = cells ? S_OK : E_OUTOFMEMORY;
    for (size_t i = 0; i < count && SUCCEEDED(status); i++)
        status = read_cell(object, of->query->properties[i], &row, &cells[i]);
    of->rows++;
    bool visited = SUCCEEDED(status) ? of->visit(of->context, cells, err) : fail(of, status, err);
    arena_free(&row);
    return visited;
}

/* ---- an enumeration ---- */

/* Nine tenths of what --timeout leaves, an hour at most, so that there is time to tell what did not
 * answer. */
static long patience(void)
{
    unsigned left = deadline_left() / 10 * 9;
    return (long)left;
}

static bool read_objects(struct enumeration *of, IEnumWbemClassObject *objects, struct error *err)
{
    for (;;) {
        IWbemClassObject *object = NULL;
        ULONG got = 0;
        HRESULT status = IEnumWbemClassObject_Next(objects, patience(), 1, &object, &got);
        if (!object)
            return status == WBEM_S_FALSE || fail(of, status, err);
        bool visited = visit_object(of, object, err);
        IWbemClassObject_Release(object);
        if (!visited)
            return false;
    }
}

/* A call's identity is that of the account that we run as. Objects of our own process are no
 * proxies and can't be told. */
static HRESULT secure(void *proxy)
{
    HRESULT status =
        CoSetProxyBlanket(proxy, RPC_C_AUTHN_DEFAULT, RPC_C_AUTHZ_DEFAULT, NULL,
                          RPC_C_AUTHN_LEVEL_DEFAULT, RPC_C_IMP_LEVEL_IMPERSONATE, NULL, EOAC_NONE);
    return status == E_NOINTERFACE ? S_OK : status;
}

static bool enumerate(struct enumeration *of, const char *wql, struct error *err)
{
    const wchar_t *wide = wide_from_text(wql, of->arena);
    BSTR language = SysAllocString(L"WQL"), text = wide ? SysAllocString(wide) : NULL;
    IEnumWbemClassObject *objects = NULL;
    of->failure = S_OK;
    HRESULT status =
        !language || !text
            ? E_OUTOFMEMORY
            : IWbemServices_ExecQuery(of->services, language, text,
                                      WBEM_FLAG_FORWARD_ONLY | WBEM_FLAG_RETURN_IMMEDIATELY, NULL,
                                      &objects);
    SysFreeString(language);
    SysFreeString(text);
    if (SUCCEEDED(status))
        status = secure(objects);
    bool read = SUCCEEDED(status) ? read_objects(of, objects, err) : fail(of, status, err);
    if (objects)
        IEnumWbemClassObject_Release(objects);
    return read;
}

static const char *select_text(const struct enumeration *of, bool all)
{
    const struct row_query *query = of->query;
    struct text wql = {0};
    text_puts(&wql, "SELECT ");
    for (size_t i = 0; query->properties[i] && !all; i++)
        if (row_query_asks(query, i, of->namespace))
            text_printf(&wql, "%s%s", i ? "," : "", query->properties[i]);
    text_printf(&wql, "%s FROM %s", all ? "*" : "", query->class_name);
    const char *text = wql.failed ? NULL : arena_text(of->arena, wql.bytes, wql.length);
    text_free(&wql);
    return text;
}

/* An older Windows may lack one of the properties, and then refuses to select it. Asked for all, it
 * gives those that it has; not at once, because some of a VM's are slow to compute. */
static bool is_about_properties(HRESULT status)
{
    return status == (HRESULT)WBEM_E_INVALID_QUERY || status == (HRESULT)WBEM_E_NOT_FOUND ||
           status == (HRESULT)WBEM_E_INVALID_PROPERTY;
}

static bool select_rows(struct enumeration *of, struct error *err)
{
    const char *some = select_text(of, false);
    const char *all = select_text(of, true);
    if (!some || !all)
        return error_memory(err);
    return enumerate(of, some, err) ||
           (!of->rows && is_about_properties(of->failure) && enumerate(of, all, err));
}

/* ---- COM, and a namespace ---- */

static HRESULT begin(struct wmi *wmi)
{
    if (wmi->locator)
        return S_OK;
    if (!wmi->com_begun) {
        HRESULT status = CoInitializeEx(NULL, COINIT_MULTITHREADED);
        if (FAILED(status))
            return status;
        wmi->com_begun = true;
        status = CoInitializeSecurity(NULL, -1, NULL, NULL, RPC_C_AUTHN_LEVEL_DEFAULT,
                                      RPC_C_IMP_LEVEL_IMPERSONATE, NULL, EOAC_NONE, NULL);
        if (FAILED(status) && status != RPC_E_TOO_LATE)
            return status;
    }
    return CoCreateInstance(&CLSID_WbemLocator, NULL, CLSCTX_INPROC_SERVER, &IID_IWbemLocator,
                            (void **)&wmi->locator);
}

static HRESULT open_namespace(struct wmi *wmi, const char *namespace, struct arena *arena,
                              IWbemServices **ret)
{
    const wchar_t *wide = wide_from_text(namespace, arena);
    BSTR name = wide ? SysAllocString(wide) : NULL;
    if (!name)
        return E_OUTOFMEMORY;
    /* At most two minutes, in which --timeout answers; without it, WMI waits without an end. */
    HRESULT status = IWbemLocator_ConnectServer(wmi->locator, name, NULL, NULL, NULL,
                                                WBEM_FLAG_CONNECT_USE_MAX_WAIT, NULL, NULL, ret);
    SysFreeString(name);
    return status;
}

bool wmi_rows(struct wmi *wmi, const struct row_query *query, row_visitor *visit, void *context,
              struct arena *arena, struct error *err)
{
    struct enumeration of = {.query = query, .visit = visit, .context = context, .arena = arena};
    HRESULT status = begin(wmi);
    if (FAILED(status))
        return status_error(err, (unsigned long)status, "COM, which WMI needs", arena);
    status = (HRESULT)WBEM_E_INVALID_NAMESPACE;
    for (size_t i = 0; query->namespaces[i]; i++) {
        of.namespace = query->namespaces[i];
        status = open_namespace(wmi, of.namespace, arena, &of.services);
        if (status != (HRESULT)WBEM_E_INVALID_NAMESPACE)
            break;
    }
    if (SUCCEEDED(status))
        status = secure(of.services);
    bool read = SUCCEEDED(status) ? select_rows(&of, err) : fail(&of, status, err);
    if (of.services)
        IWbemServices_Release(of.services);
    return read;
}

void wmi_end(struct wmi *wmi)
{
    if (wmi->locator)
        IWbemLocator_Release(wmi->locator);
    if (wmi->com_begun)
        CoUninitialize();
    *wmi = (struct wmi){0};
}
