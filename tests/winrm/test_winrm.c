/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The small parts of winrm:, against what others wrote down: RFC 4648, Microsoft's class reference,
 * the shapes in which Windows and OMI answer. */
#include "../unit/unit.h"

#include "counter/winrm/base64.h"
#include "counter/winrm/challenge.h"
#include "counter/winrm/credentials.h"
#include "counter/winrm/fault.h"
#include "counter/winrm/http.h"
#include "counter/winrm/perf.h"
#include "counter/winrm/soap.h"
#include "hyperv/counter_names.h"

#include "counter/counter.h"

/* ---- base64: the vectors of RFC 4648 ---- */

static void base64(void **state)
{
    static const struct {
        const char *plain, *encoded;
    } vectors[] = {{"", ""},
                   {"f", "Zg=="},
                   {"fo", "Zm8="},
                   {"foo", "Zm9v"},
                   {"foob", "Zm9vYg=="},
                   {"fooba", "Zm9vYmE="},
                   {"foobar", "Zm9vYmFy"}};
    (void)state;
    for (size_t i = 0; i < LENGTH(vectors); i++) {
        struct text encoded = {0}, back = {0};
        base64_encode(vectors[i].plain, strlen(vectors[i].plain), &encoded);
        assert_string_equal(encoded.bytes ? encoded.bytes : "", vectors[i].encoded);
        assert_true(base64_decode(vectors[i].encoded, strlen(vectors[i].encoded), &back));
        assert_string_equal(back.bytes ? back.bytes : "", vectors[i].plain);
        text_free(&encoded);
        text_free(&back);
    }
    static const char *const wrong[] = {
        "Z", "Zg", "Zg=", "=Zg=", "Zg==Zg==", "Zh==", "Zm9=", "Zm 8", "Zm-8", "===="};
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        struct text back = {0};
        if (base64_decode(wrong[i], strlen(wrong[i]), &back))
            fail_msg("'%s' is taken for base64", wrong[i]);
        text_free(&back);
    }
}

/* ---- names: as in Microsoft's reference of the classes, and windows_exporter's queries ---- */

static void properties(void **state)
{
    static const struct {
        const char *counter, *property;
    } known[] = {
        {MEMORY_AVAILABLE, "AvailableMBytes"},
        {MEMORY_PAGE_READS, "PageReadsPersec"},
        {HYPERV_INTEGRATION_MAXIMUM, "MaximumMemoryMbytes"},
        {"Guest Visible Physical Memory", "GuestVisiblePhysicalMemory"},
        {"Memory Add Operations", "MemoryAddOperations"},
        {"% Committed Bytes In Use", "PercentCommittedBytesInUse"},
        {"Cache Faults/sec", "CacheFaultsPersec"},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(known); i++)
        assert_string_equal(perf_property(known[i].counter, &arena), known[i].property);
}

/* Each object that a check reads has a class, which ends as the rule of WMI has it. */
static void classes(void **state)
{
    size_t count = 0;
    (void)state;
    for (const struct object_class *class = counter_classes; class->object; class ++, count++) {
        const char *end = strrchr(class->class_name, '_');
        assert_non_null(end);
        assert_string_equal(end + 1, perf_property(class->object, &arena));
        assert_memory_equal(class->class_name, "Win32_PerfRawData_", 18);
    }
    assert_int_equal(count, 5);
}

/* ---- hosts ---- */

static const char *endpoint(const char *text)
{
    struct endpoint found;
    struct error err;
    if (!endpoint_parse(text, &arena, &found, &err))
        return "!";
    endpoint_choose(&found, TRANSPORT_BY_PORT);
    return say("%s %s %s%s%s", found.host, found.port, found.shown, found.tls ? " tls" : "",
               found.is_address ? " address" : "");
}

static void endpoints(void **state)
{
    static const char *const hosts[][2] = {
        {"hv01", "hv01 5985 hv01:5985"},
        {"hv01.example.com:5986", "hv01.example.com 5986 hv01.example.com:5986 tls"},
        {"192.0.2.1", "192.0.2.1 5985 192.0.2.1:5985 address"},
        {"2001:db8::1", "2001:db8::1 5985 [2001:db8::1]:5985 address"},
        {"[2001:db8::1]:80", "2001:db8::1 80 [2001:db8::1]:80 address"},
        {"[fe80::1%eth0]", "fe80::1%eth0 5985 [fe80::1%eth0]:5985 address"},
        {"a:1", "a 1 a:1"},
        {"a:65535", "a 65535 a:65535"},
        {"a:65536", "!"},
        {"a:0", "!"},
        {"a:080", "!"},
        {"a:", "!"},
        {"", "!"},
        {":80", "!"},
        {"-a", "!"},
        {"a b", "!"},
        {"a\r\nX", "!"},
        {"a/b", "!"},
        {"a@b", "!"},
        {"[a", "!"},
        {"[::1", "!"},
        {"[::1]80", "!"},
        {"1:2:3", "!"},
        {"<a>", "!"},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(hosts); i++)
        assert_string_equal(endpoint(hosts[i][0]), hosts[i][1]);
}

/* ---- credentials ---- */

static void secrets_are_wiped(void **state)
{
    static const char lines[] = "hosts = *\nusername = mon\npassword = Secret-1\nntlm = allow\n";
    char *text = malloc(sizeof lines);
    struct credentials credentials;
    struct error err;
    (void)state;
    assert_non_null(text);
    memcpy(text, lines, sizeof lines);
    assert_true(credentials_parse(text, sizeof lines - 1, &credentials, &err));
    assert_string_equal(credentials.password, "Secret-1");
    assert_true(credentials.ntlm && credentials.ntlm_allowed);
    credentials_forget_password(&credentials);
    assert_null(credentials.password);
    for (size_t i = 0; i + 8 < sizeof lines; i++)
        assert_memory_not_equal(text + i, "Secret-1", 8);
    assert_string_equal(credentials.username, "mon");
    credentials_close(&credentials);
    assert_null(credentials.bytes);
    credentials_close(&credentials); /* twice is fine */
}

static bool allowed(const char *patterns, const char *host)
{
    const struct credentials credentials = {.hosts = patterns};
    const struct endpoint of = {.host = host, .shown = host};
    struct error err;
    return credentials_allow(&credentials, &of, &err);
}

static void hosts_of_a_login(void **state)
{
    (void)state;
    assert_true(allowed("hv*.example.com", "hv01.example.com"));
    assert_true(allowed("a, b\tc", "c"));
    assert_true(allowed("HV01", "hv01"));
    assert_true(allowed("*", "x"));
    assert_false(allowed("hv*.example.com", "hv01.example.com.evil.example"));
    assert_false(allowed("hv01", "hv011"));
    assert_false(allowed("hv0?", "hv0"));
    assert_false(allowed(",", "x"));
}

/* ---- challenges ---- */

static void challenges(void **state)
{
    unsigned char good[] = "NTLMSSP\0\2\0\0\0\2\0\2\0\x34\0\0\0\x35\x82\x8a\xe2"
                           "12345678\0\0\0\0\0\0\0\0\4\0\4\0\x30\0\0\0\0\0\0\0T\0";
    struct error err;
    (void)state;
    assert_true(challenge_check(good, 54, &err));
    assert_false(challenge_check(good, 53, &err)); /* the name reaches behind it */
    for (size_t length = 0; length < 48; length++)
        assert_false(challenge_check(good, length, &err));
    static const struct {
        size_t at;
        unsigned char value;
    } changes[] = {{8, 3},     {12, 0},    {12, 1},    {16, 0xff},
                   {20, 0x15}, {22, 0x0a}, {23, 0xc2}, {40, 3}};
    for (size_t i = 0; i < LENGTH(changes); i++) {
        unsigned char was = good[changes[i].at];
        good[changes[i].at] = changes[i].value;
        if (challenge_check(good, 54, &err))
            fail_msg("byte %zu as %u passes", changes[i].at, changes[i].value);
        good[changes[i].at] = was;
    }
}

/* ---- SOAP ---- */

#define OPEN                                                                                       \
    "<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://www.w3.org/2003/05/soap-envelope\" "               \
    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><SOAP-ENV:Header>"                    \
    "<wsa:RelatesTo>uuid:7</wsa:RelatesTo></SOAP-ENV:Header><SOAP-ENV:Body>"
#define CLOSE "</SOAP-ENV:Body></SOAP-ENV:Envelope>"

static struct soap parse(const char *text)
{
    struct soap soap;
    struct error err;
    if (!soap_parse(text, strlen(text), &arena, &soap, &err))
        fail_msg("%s: %s", err.text, text);
    return soap;
}

static const char *told(const struct soap *soap)
{
    const char *text = say("%s %d %d %s:", soap->kind, soap->ends, soap->is_fault, soap->context);
    for (const struct soap_row *row = soap->rows; row; row = row->next) {
        text = say("%s [%s", text, row->name);
        for (const struct soap_cell *cell = row->cells; cell; cell = cell->next)
            text = say("%s|%s=%s", text, cell->name, cell->text ? cell->text : "NULL");
    }
    return text;
}

static void see_both_ways(const char *text)
{
    struct soap soap, by_parser;
    struct error err, why;
    bool parsed = soap_parse(text, strlen(text), &arena, &soap, &err);
    bool same = soap_parse_by_parser(text, strlen(text), &arena, &by_parser, &why);
    if (parsed != same)
        fail_msg("%s: %s", parsed ? why.text : err.text, text);
    if (parsed)
        assert_string_equal(told(&soap), told(&by_parser));
    else
        assert_string_equal(err.text, why.text);
}

/* As OMI answers: all rows at once, a context that is of no use, properties with prefixes. */
static void rows_of_omi(void **state)
{
    struct soap soap =
        parse(OPEN "<wsen:EnumerateResponse><wsen:EnumerationContext>600178688"
                   "</wsen:EnumerationContext><wsman:Items><p:Win32_PerfRawData_X xmlns:p=\"u\">"
                   "<p:Name>vm &lt;web&amp;db&gt;</p:Name><p:PhysicalMemory>2048</p:PhysicalMemory>"
                   "<p:Timestamp_PerfTime xsi:nil=\"true\"/><p:Empty/></p:Win32_PerfRawData_X>"
                   "</wsman:Items><wsman:EndOfSequence/></wsen:EnumerateResponse>" CLOSE);
    bool there;
    (void)state;
    assert_string_equal(soap.kind, "EnumerateResponse");
    assert_string_equal(soap.relates_to, "uuid:7");
    assert_true(soap.ends);
    assert_int_equal(soap.row_count, 1);
    assert_string_equal(soap.rows->name, "Win32_PerfRawData_X");
    assert_string_equal(soap_cell(soap.rows, "Name", &there), "vm <web&db>");
    assert_string_equal(soap_cell(soap.rows, "PhysicalMemory", &there), "2048");
    assert_null(soap_cell(soap.rows, "Timestamp_PerfTime", &there));
    assert_true(there);
    assert_string_equal(soap_cell(soap.rows, "Empty", &there), "");
    assert_null(soap_cell(soap.rows, "Nothing", &there));
    assert_false(there);
}

/* As Windows was recorded: a single item first and a context; fragments; a date within its
 * property. */
static void rows_of_windows(void **state)
{
    struct soap soap =
        parse(OPEN "<n:EnumerateResponse><n:EnumerationContext>uuid:1</n:EnumerationContext>"
                   "<w:Items><w:XmlFragment><A>1</A><Day><cim:Datetime>2013-01-02T03:04:05Z"
                   "</cim:Datetime></Day></w:XmlFragment></w:Items></n:EnumerateResponse>" CLOSE);
    bool there;
    (void)state;
    assert_false(soap.ends);
    assert_string_equal(soap.context, "uuid:1");
    assert_string_equal(soap_cell(soap.rows, "A", &there), "1");
    assert_string_equal(soap_cell(soap.rows, "Day", &there), "2013-01-02T03:04:05Z");
    soap = parse(OPEN "<n:PullResponse><n:Items><w:XmlFragment><A>2</A></w:XmlFragment>"
                      "<w:XmlFragment><A>3</A></w:XmlFragment></n:Items><n:EndOfSequence/>"
                      "</n:PullResponse>" CLOSE);
    assert_true(soap.ends);
    assert_int_equal(soap.row_count, 2);
    assert_string_equal(soap.context, "");
    soap = parse(OPEN "<n:PullResponse><n:EndOfSequence/><n:Items/></n:PullResponse>" CLOSE);
    assert_true(soap.ends && !soap.rows);
}

/* Rows that are read without the XML parser are what it reads, and what it refuses is refused. */
static void rows_both_ways(void **state)
{
    static const char *const items[] = {
        "<w:XmlFragment><A>1</A></w:XmlFragment><w:XmlFragment/><w:XmlFragment></w:XmlFragment>",
        "<w:XmlFragment><A>1 &amp; "
        "2</A></w:XmlFragment><w:XmlFragment><A>&#51;</A></w:XmlFragment>",
        "<w:XmlFragment><p:A>1</p:A><a:b:C>\xE4\xBB\xAE\xE6\x83\xB3</a:b:C></w:XmlFragment>",
        "<w:XmlFragment><A>\xE4\xBB</A></w:XmlFragment>",
        "<w:XmlFragment><A>\xEF\xBF\xBE</A></w:XmlFragment>",
        "<w:XmlFragment><A>\xED\xA0\x80</A></w:XmlFragment>",
        "<w:XmlFragment><A>1\r\n2\t3\n</A></w:XmlFragment>",
        "<w:XmlFragment><A>\x01</A></w:XmlFragment>",
        "<w:XmlFragment><A>]]></A></w:XmlFragment>",
        "<w:XmlFragment><A>1</B></w:XmlFragment>",
        "<w:XmlFragment><A>1</AB></w:XmlFragment>",
        "<w:XmlFragment><1A>1</1A></w:XmlFragment>",
        "<w:XmlFragment><:>1</:><A:>2</A:></w:XmlFragment>",
        "<w:XmlFragment><A>1</A ></w:XmlFragment><w:XmlFragment ><A>2</A></w:XmlFragment>",
        "<w:XmlFragment><A xsi:nil=\"true\"/><B xsi:nil=\"false\">1</B></w:XmlFragment>",
        "<w:XmlFragment><A/><B></B><C xsi:nil=\"1\"/></w:XmlFragment>",
        "<w:XmlFragment><!-- <A>1</A> --><A>2</A></w:XmlFragment>",
        "<w:XmlFragment><A><![CDATA[<A>1</A>]]></A></w:XmlFragment>",
        "<w:XmlFragment><A><B>1</B></A><C>2</C></w:XmlFragment>",
        "<w:XmlFragment><A>1</A></w:XmlFragment><p:B><p:C>2</p:C></p:B>"
        "<w:XmlFragment><A>3</A></w:XmlFragment>",
        "<w:XmlFragment><A>1</A></w:XmlFragment>\n <w:XmlFragment><A>2</A></w:XmlFragment>",
        "<w:XmlFragment><A>1</A></w:XmlFragment><!-- <w:XmlFragment><A>2</A> -->",
        "<w:XmlFragment><A>1</A>",
        "<w:XmlFragment><A>1",
        "",
    };
    static const char *const before[] = {
        "",
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>",
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>",
        "<!-- <w:Items> -->",
    };
    static const char *const begins[] = {"<w:Items>", "<w:Items a=\"x\"><!-- Items> -->",
                                         "<w:Items><w:Items>", "<w:XItems>"};
    (void)state;
    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        for (size_t k = 0; k < sizeof before / sizeof *before; k++)
            for (size_t j = 0; j < sizeof begins / sizeof *begins; j++)
                see_both_ways(say("%s" OPEN "<n:PullResponse>%s%s</w:Items><n:EndOfSequence/>"
                                  "</n:PullResponse>" CLOSE,
                                  before[k], begins[j], items[i]));
}

/* ---- faults: each form gives WMI's own code where there is one ---- */

static const char *fault(const char *detail)
{
    struct soap soap = parse(say(OPEN "<s:Fault><s:Reason><s:Text>The words</s:Text></s:Reason>"
                                      "<s:Detail>%s</s:Detail></s:Fault>" CLOSE,
                                 detail));
    struct error err;
    assert_true(soap.is_fault);
    fault_error(&err, &soap.fault, "what");
    return say("%s [%d]", err.text, err.code);
}

static void faults(void **state)
{
    (void)state;
    assert_string_equal(
        fault("<f:WSManFault Code=\"2150858778\"><f:Message><f:ProviderFault><f:WSManFault "
              "Code=\"2147749904\"/></f:ProviderFault></f:Message></f:WSManFault>"),
        say("0x80041010 WBEM_E_INVALID_CLASS: what (The words) [%d]", READ_NO_OBJECT));
    assert_string_equal(
        fault("<f:WSManFault Code=\"2150858778\"><f:Message>It said HRESULT 0x80041003 here"
              "</f:Message></f:WSManFault>"),
        say("0x80041003 WBEM_E_ACCESS_DENIED: what (The words): the account needs Remote Enable on "
            "the namespace [%d]",
            READ_DENIED));
    assert_string_equal(fault("<p:MSFT_WmiError><p:CIMStatusCode>6</p:CIMStatusCode>"
                              "<p:error_Code>-2147217394</p:error_Code></p:MSFT_WmiError>"),
                        say("0x8004100E WBEM_E_INVALID_NAMESPACE: what (The words): the Hyper-V "
                            "role is not there [%d]",
                            READ_NO_OBJECT));
    assert_string_equal(
        fault("<p:OMI_Error><p:OMI_Code>5</p:OMI_Code></p:OMI_Error>"),
        say("0x80041010 WBEM_E_INVALID_CLASS: what (The words) [%d]", READ_NO_OBJECT));
    assert_string_equal(fault("<f:WSManFault Code=\"5\"/>"),
                        say("0x00000005 ERROR_ACCESS_DENIED: what (The words) [%d]", READ_DENIED));
    assert_string_equal(fault(""), say("a fault: what (The words) [%d]", READ_FAILED));
}

/* ---- HTTP ---- */

static void heads(void **state)
{
    char bytes[] = "HTTP/1.1 401 \r\nWWW-Authenticate: Basic realm=\"WSMAN\"\r\n"
                   "www-authenticate: Negotiate YIIB\r\nContent-Length:  12 \r\nX:\r\n";
    struct http_head head;
    struct error err;
    (void)state;
    assert_true(http_parse_head(bytes, strlen(bytes), &head, &err));
    assert_int_equal(head.status, 401);
    assert_true(head.negotiates && head.has_length && !head.chunked && !head.closes);
    assert_int_equal(head.length, 12);
    assert_string_equal(head.token, "YIIB");
    assert_string_equal(head.schemes, "Basic, Negotiate");
    size_t size;
    assert_true(http_parse_chunk("1aF;x", 5, &size) && size == 0x1af);
    assert_false(http_parse_chunk("", 0, &size));
    assert_false(http_parse_chunk("g", 1, &size));
    assert_true(http_parse_chunk("ffffffffffffffffff", 18, &size) && size > HTTP_LARGEST_BODY);
}

RUN_TESTS(TEST(base64), TEST(properties), TEST(classes), TEST(endpoints), TEST(secrets_are_wiped),
          TEST(hosts_of_a_login), TEST(challenges), TEST(rows_of_omi), TEST(rows_of_windows),
          TEST(rows_both_ways), TEST(faults), TEST(heads));
