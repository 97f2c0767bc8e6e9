/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A WMI locator that is registered for CLSID_WbemLocator: it answers as Microsoft's reference says
 * that WMI does, about the host that the scenario describes, and counts the references to its
 * objects. Without a scenario it hands on to Wine's own.
 *
 * As with WMI itself, a query that can't be is told by the first Next(), not by ExecQuery().
 */
#define COBJMACROS
#include "scenario.h"

#include <windows.h>

#include <oleauto.h>
#include <stdlib.h>
#include <wbemcli.h>

#define EXPORT __declspec(dllexport)

enum { LONGEST = 512, LATE = 400 };

/* Locator, namespace, enumeration and row are all one of these. */
struct object {
    const void *functions; /* the table that COM calls through: must be first */
    LONG references;
    wchar_t namespace[LONGEST];
    wchar_t class_name[LONGEST];
    wchar_t selected[LONGEST]; /* "Name,ElementName", "*" */
    const wchar_t *properties; /* of the class: "Name ElementName" */
    const wchar_t *cells;      /* of a row: "HOST | HOST | i4:2" */
    size_t at;                 /* of an enumeration: the line behind the row before */
    unsigned rows;             /* that it gave */
};

static LONG opened, left; /* references, of all objects */

static struct object *make(const void *functions, const struct object *from)
{
    struct object *object = calloc(1, sizeof *object);
    if (from)
        *object = *from;
    object->functions = functions;
    object->references = 1;
    InterlockedIncrement(&opened);
    InterlockedIncrement(&left);
    return object;
}

static HRESULT WINAPI query_interface(void *self, REFIID iid, void **ret)
{
    (void)self, (void)iid;
    *ret = NULL; /* no proxy of another process, so no IClientSecurity */
    return E_NOINTERFACE;
}

static ULONG WINAPI add_reference(void *self)
{
    struct object *object = self;
    InterlockedIncrement(&opened);
    InterlockedIncrement(&left);
    return (ULONG)InterlockedIncrement(&object->references);
}

static ULONG WINAPI release(void *self)
{
    struct object *object = self;
    InterlockedDecrement(&left);
    LONG references = InterlockedDecrement(&object->references);
    if (!references)
        free(object);
    return (ULONG)references;
}

#define UNKNOWN                                                                                    \
    .QueryInterface = (void *)query_interface, .AddRef = (void *)add_reference,                    \
    .Release = (void *)release

/* The status that the rest of a line names; S_OK where there is none. */
static HRESULT status_of(const wchar_t *rest)
{
    unsigned long long status = S_OK;
    scenario_hang(rest);
    if (rest)
        scenario_number(&rest, &status);
    return (HRESULT)status;
}

/* ---- a row ---- */

/* Is this one of the names in a list with such separators, and which? */
static bool find_name(const wchar_t *list, const wchar_t *separators, const wchar_t *name,
                      size_t *ret)
{
    size_t length = wcslen(name), at = 0;
    for (list += wcsspn(list, separators); *list; list += wcsspn(list, separators), at++) {
        size_t word = wcscspn(list, separators);
        if (word == length && !_wcsnicmp(list, name, length)) {
            *ret = at;
            return true;
        }
        list += word;
    }
    return false;
}

static void set_value(const wchar_t *text, VARIANT *value, CIMTYPE *type)
{
    static const struct {
        const wchar_t *prefix;
        VARTYPE variant;
        CIMTYPE cim;
    } types[] = {
        {L"i4:", VT_I4, CIM_SINT32},
        {L"u32:", VT_I4, CIM_UINT32},
        {L"u64:", VT_BSTR, CIM_UINT64},
        {L"r8:", VT_R8, CIM_REAL64},
        {L"bool:", VT_BOOL, CIM_BOOLEAN},
        {L"null", VT_NULL, CIM_STRING},
        {L"empty", VT_EMPTY, CIM_STRING},
        {L"object", VT_UNKNOWN, CIM_OBJECT},
        {L"nothing", VT_BSTR, CIM_STRING},
        {L"array", VT_ARRAY | VT_I4, CIM_FLAG_ARRAY | CIM_SINT32},
        {L"", VT_BSTR, CIM_STRING},
    };
    size_t i = 0;
    while (wcsncmp(text, types[i].prefix, wcslen(types[i].prefix)) != 0)
        i++;
    text += wcslen(types[i].prefix);
    *type = types[i].cim;
    V_VT(value) = types[i].variant;
    switch (types[i].variant) {
    case VT_I4:
        V_I4(value) = (LONG)wcstoul(text, NULL, 10);
        break;
    case VT_R8:
        V_R8(value) = wcstod(text, NULL);
        break;
    case VT_BOOL:
        V_BOOL(value) = wcscmp(text, L"true") ? VARIANT_FALSE : VARIANT_TRUE;
        break;
    case VT_ARRAY | VT_I4:
        V_ARRAY(value) = SafeArrayCreateVector(VT_I4, 0, 1);
        break;
    case VT_BSTR:
        V_BSTR(value) = wcscmp(types[i].prefix, L"nothing") ? SysAllocString(text) : NULL;
        break;
    default:
        break;
    }
}

static HRESULT WINAPI row_get(IWbemClassObject *self, LPCWSTR name, LONG flags, VARIANT *value,
                              CIMTYPE *type, LONG *flavor)
{
    const struct object *row = (const void *)self;
    wchar_t text[LONGEST] = L"";
    size_t index, none;
    (void)flags, (void)flavor;
    if (!find_name(row->properties, L" ", name, &index) ||
        (wcscmp(row->selected, L"*") && !find_name(row->selected, L",", name, &none)))
        return (HRESULT)WBEM_E_NOT_FOUND;
    const wchar_t *cell = row->cells;
    for (size_t i = 0; i < index && *cell; i++) {
        cell += wcscspn(cell, L"|");
        cell += *cell == L'|';
    }
    cell += wcsspn(cell, L" ");
    size_t length = wcscspn(cell, L"|");
    while (length && cell[length - 1] == L' ')
        length--;
    wcsncpy(text, cell, length < LONGEST ? length : LONGEST - 1);
    if (!wcsncmp(text, L"0x", 2))
        return status_of(text);
    set_value(text, value, type);
    return S_OK;
}

static const IWbemClassObjectVtbl row_functions = {UNKNOWN, .Get = row_get};

/* ---- an enumeration ---- */

/* The line behind "class NAME:" in this namespace, and the properties; false: no such class. */
static bool find_class(const struct object *of, const wchar_t **ret_properties, size_t *ret_at)
{
    const struct scenario *scenario = scenario_get();
    size_t length = wcslen(of->class_name);
    bool here = false;
    for (size_t i = 0; i < scenario->count; i++) {
        const wchar_t *rest = scenario_after(scenario->lines[i], L"namespace");
        if (rest)
            here = !_wcsicmp(rest, of->namespace);
        rest = here ? scenario_after(scenario->lines[i], L"class") : NULL;
        if (!rest || _wcsnicmp(rest, of->class_name, length) || rest[length] != L':')
            continue;
        *ret_properties = rest + length + 1;
        *ret_at = i + 1;
        return true;
    }
    return false;
}

/* Each selected property must be one of the class. */
static bool is_selectable(const struct object *of)
{
    wchar_t name[LONGEST];
    size_t index;
    if (!wcscmp(of->selected, L"*"))
        return true;
    for (const wchar_t *at = of->selected; *at; at += *at == L',') {
        size_t length = wcscspn(at, L",");
        wcsncpy(name, at, length);
        name[length] = L'\0';
        if (!find_name(of->properties, L" ", name, &index))
            return false;
        at += length;
    }
    return true;
}

static HRESULT WINAPI next_row(IEnumWbemClassObject *self, LONG timeout, ULONG wanted,
                               IWbemClassObject **rows, ULONG *ret_got)
{
    struct object *of = (void *)self;
    const struct scenario *scenario = scenario_get();
    unsigned long long after;
    (void)wanted;
    *ret_got = 0;
    const wchar_t *rest = scenario_of(L"next", of->class_name);
    if (rest && scenario_number(&rest, &after) && of->rows == after) {
        if (!wcscmp(rest, L"slow")) {
            Sleep((DWORD)timeout);
            return WBEM_S_TIMEDOUT;
        }
        if (wcscmp(rest, L"late") != 0)
            return status_of(rest);
        Sleep(LATE);
        if (timeout < LATE)
            return WBEM_S_TIMEDOUT;
    }
    if (!of->rows && !find_class(of, &of->properties, &of->at))
        return (HRESULT)WBEM_E_INVALID_CLASS;
    if (!is_selectable(of))
        return (rest = scenario_of(L"lacks", of->class_name)) ? status_of(rest)
                                                              : (HRESULT)WBEM_E_INVALID_QUERY;
    rest = of->at < scenario->count ? scenario_after(scenario->lines[of->at], L"row") : NULL;
    if (!rest)
        return WBEM_S_FALSE;
    of->at++;
    of->rows++;
    of->cells = rest;
    rows[0] = (void *)make(&row_functions, of);
    *ret_got = 1;
    return WBEM_S_NO_ERROR;
}

static const IEnumWbemClassObjectVtbl enumeration_functions = {UNKNOWN, .Next = next_row};

/* ---- a namespace, and the locator ---- */

static HRESULT WINAPI exec_query(IWbemServices *self, const BSTR language, const BSTR query,
                                 LONG flags, IWbemContext *context, IEnumWbemClassObject **ret)
{
    static const wchar_t select[] = L"SELECT ", from[] = L" FROM ";
    const wchar_t *behind = wcsstr(query, from);
    (void)context;
    if (wcscmp(language, L"WQL") || wcsncmp(query, select, 7) || !behind)
        return (HRESULT)WBEM_E_INVALID_QUERY;
    struct object *of = make(&enumeration_functions, (const struct object *)(const void *)self);
    wcsncpy(of->selected, query + 7, (size_t)(behind - query) - 7);
    wcsncpy(of->class_name, behind + 6, LONGEST - 1);
    HRESULT status = status_of(scenario_of(L"exec", of->class_name));
    /* Without them an enumeration of a thousand rows is kept in memory, and ExecQuery waits. */
    if (!(flags & WBEM_FLAG_RETURN_IMMEDIATELY) || !(flags & WBEM_FLAG_FORWARD_ONLY))
        status = (HRESULT)WBEM_E_INVALID_PARAMETER;
    if (FAILED(status)) {
        release(of);
        return status;
    }
    *ret = (void *)of;
    return S_OK;
}

static const IWbemServicesVtbl namespace_functions = {UNKNOWN, .ExecQuery = exec_query};

static bool has_namespace(const wchar_t *name)
{
    const struct scenario *scenario = scenario_get();
    for (size_t i = 0; i < scenario->count; i++) {
        const wchar_t *rest = scenario_after(scenario->lines[i], L"namespace");
        if (rest && !_wcsicmp(rest, name))
            return true;
    }
    return false;
}

static HRESULT WINAPI connect_server(IWbemLocator *self, const BSTR name, const BSTR user,
                                     const BSTR password, const BSTR locale, LONG flags,
                                     const BSTR authority, IWbemContext *context,
                                     IWbemServices **ret)
{
    (void)user, (void)password, (void)locale, (void)authority, (void)context;
    HRESULT status = status_of(scenario_of(L"connect", name));
    if (FAILED(status))
        return status;
    if (flags != WBEM_FLAG_CONNECT_USE_MAX_WAIT)
        return (HRESULT)WBEM_E_INVALID_PARAMETER;
    if (!has_namespace(name))
        return (HRESULT)WBEM_E_INVALID_NAMESPACE;
    struct object *services = make(&namespace_functions, (const struct object *)(const void *)self);
    wcsncpy(services->namespace, name, LONGEST - 1);
    *ret = (void *)services;
    return S_OK;
}

static const IWbemLocatorVtbl locator_functions = {UNKNOWN, .ConnectServer = connect_server};

/* ---- what COM calls ---- */

static HRESULT WINAPI create_locator(IClassFactory *self, IUnknown *outer, REFIID iid, void **ret)
{
    (void)self, (void)outer, (void)iid;
    *ret = make(&locator_functions, NULL);
    return S_OK;
}

static HRESULT WINAPI lock_server(IClassFactory *self, WINBOOL lock)
{
    (void)self, (void)lock;
    return S_OK;
}

static const IClassFactoryVtbl factory_functions = {UNKNOWN, .CreateInstance = create_locator,
                                                    .LockServer = lock_server};

/* COM itself counts as one reference, until CoUninitialize() lets go of it. */
static HRESULT WINAPI spy_query_interface(IInitializeSpy *self, REFIID iid, void **ret)
{
    (void)iid;
    *ret = self;
    return S_OK;
}

static ULONG WINAPI spy_reference(IInitializeSpy *self)
{
    (void)self;
    return 1;
}

static HRESULT WINAPI spy_initialize(IInitializeSpy *self, DWORD model, DWORD references)
{
    (void)self, (void)model, (void)references;
    return S_OK;
}

static HRESULT WINAPI spy_initialized(IInitializeSpy *self, HRESULT status, DWORD model,
                                      DWORD references)
{
    (void)self, (void)model;
    if (references == 1) { /* begun again */
        InterlockedIncrement(&opened);
        InterlockedIncrement(&left);
    }
    return status;
}

static HRESULT WINAPI spy_uninitialize(IInitializeSpy *self, DWORD references)
{
    (void)self, (void)references;
    return S_OK;
}

static HRESULT WINAPI spy_uninitialized(IInitializeSpy *self, DWORD references)
{
    (void)self;
    if (!references)
        InterlockedDecrement(&left);
    return S_OK;
}

static void watch_com(void)
{
    static IInitializeSpyVtbl functions = {
        .QueryInterface = spy_query_interface,
        .AddRef = spy_reference,
        .Release = spy_reference,
        .PreInitialize = spy_initialize,
        .PostInitialize = spy_initialized,
        .PreUninitialize = spy_uninitialize,
        .PostUninitialize = spy_uninitialized,
    };
    static IInitializeSpy spy = {&functions};
    static ULARGE_INTEGER cookie;
    if (!cookie.QuadPart && SUCCEEDED(CoRegisterInitializeSpy(&spy, &cookie))) {
        InterlockedIncrement(&opened);
        InterlockedIncrement(&left);
    }
}

EXPORT HRESULT WINAPI DllGetClassObject(REFCLSID class_id, REFIID iid, LPVOID *ret)
{
    typedef HRESULT WINAPI get_class_object(REFCLSID, REFIID, LPVOID *);
    if (scenario_get()->count) {
        watch_com();
        *ret = make(&factory_functions, NULL);
        return S_OK;
    }
    HMODULE wine = LoadLibraryW(L"C:\\windows\\system32\\wbem\\wbemprox.dll");
    get_class_object *get =
        wine ? (get_class_object *)(void (*)(void))GetProcAddress(wine, "DllGetClassObject") : NULL;
    return get ? get(class_id, iid, ret) : CLASS_E_CLASSNOTAVAILABLE;
}

EXPORT HRESULT WINAPI DllCanUnloadNow(void)
{
    return S_FALSE;
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved);

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved)
{
    (void)instance, (void)reserved;
    if (reason == DLL_PROCESS_DETACH && opened)
        scenario_report(L".wmi", "WMI references", opened, left);
    return TRUE;
}
