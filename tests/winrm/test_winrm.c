/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The small parts of winrm:, against what others wrote down: RFC 4648, Microsoft's class reference,
 * the shapes in which Windows and OMI answer. */
#include "../unit/unit.h"

#include "counter/winrm/base64.h"
#include "counter/winrm/challenge.h"
#include "counter/winrm/credentials.h"
#include "counter/winrm/fault.h"
#include "counter/winrm/fragment.h"
#include "counter/winrm/http.h"
#include "counter/winrm/perf.h"
#include "counter/winrm/sealed.h"
#include "counter/winrm/soap.h"
#include "hyperv/counter_names.h"

#include "counter/counter.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

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
        base64_encode("foobar", strlen(vectors[i].plain), &encoded); /* each begins it */
        assert_string_equal(encoded.bytes ? encoded.bytes : "", vectors[i].encoded);
        assert_true(base64_decode(vectors[i].encoded, strlen(vectors[i].encoded), &back));
        assert_string_equal(back.bytes ? back.bytes : "", vectors[i].plain);
        assert_int_equal(back.length, strlen(vectors[i].plain));
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
        {"Z-9: 0{a}z@A[`", "Z90azA"},
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
        {"a:100000", "!"},
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
    /* A name has at most 255 characters. */
    assert_string_not_equal(endpoint(say("%0255d", 0)), "!");
    assert_string_equal(endpoint(say("%0256d", 0)), "!");
    assert_string_equal(endpoint(NULL), "!");
    /* The port tells, unless the file says. */
    static const struct {
        const char *port;
        enum transport transport;
        bool tls;
    } roads[] = {{"5985", TRANSPORT_BY_PORT, false},
                 {"5986", TRANSPORT_BY_PORT, true},
                 {"5986", TRANSPORT_HTTP, false},
                 {"5985", TRANSPORT_TLS, true}};
    for (size_t i = 0; i < LENGTH(roads); i++) {
        struct endpoint found = {.port = roads[i].port};
        endpoint_choose(&found, roads[i].transport);
        assert_true(found.tls == roads[i].tls);
    }
}

/* ---- credentials ---- */

static const char *login(const char *lines)
{
    struct credentials of;
    struct error err;
    char *text = arena_text(&arena, lines, strlen(lines));
    if (!credentials_parse(text, strlen(text), &of, &err))
        return say("%s", err.text);
    return say("%s%s%s %d", of.hosts, of.ntlm ? " NTLM" : "", of.ntlm_allowed ? " allowed" : "",
               of.transport);
}

static void logins(void **state)
{
    static const char transport[] = "line 2: transport is http or tls";
#define KEYTAB    "keytab = k\n"
#define PRINCIPAL "principal = a@B\n"
#define PASSWORD  "password = p\n"
#define USER      "username = u\n"
    static const char *const files[][2] = {
        {"hosts = *\n", "* 0"},
        {"hosts = *", "* 0"},
        {"\xEF\xBB\xBF; x\r\n\r\n \thosts\t = \ta, b \t\r\n# y\r\n" KEYTAB, "a, b 0"},
        {"hosts = a = b\n", "a = b 0"},
        {"hosts = *\nntlm = allow\n" USER PASSWORD "domain = D\n", "* NTLM allowed 0"},
        {"hosts = *\n" KEYTAB PRINCIPAL "ccache = c\n", "* 0"},
        {"hosts = *\n" PRINCIPAL PASSWORD, "* 0"},
        {"hosts = *\ntransport = http\n", "* 1"},
        {"hosts = *\ntransport = tls\nca = c\n", "* 2"},
        {"hosts = *\ntransport = https\n", transport},
        {"hosts = *\ntransport = by port\n", transport},
        {"hosts = *\nntlm = yes\n" USER PASSWORD, "line 2: ntlm takes nothing but allow"},
        {KEYTAB,
         "no hosts: it must name the hosts that this login is for, as in hosts = hv*.example.com"},
        {"",
         "no hosts: it must name the hosts that this login is for, as in hosts = hv*.example.com"},
        {"\n\nkeytab\n", "line 3: expected NAME = VALUE"},
        {"hosts = *\nhost = a\n", "line 2: unknown name before '='"},
        {"= a\n", "line 1: unknown name before '='"},
        {"hosts = *\nhosts = a\n", "line 2: hosts is given twice"},
        {KEYTAB "spn = a\nhosts = *\nspn = a\n", "line 4: spn is given twice"},
        {"hosts = *\nkeytab = \t\n", "line 2: keytab has no value"},
        {"hosts = *\n" USER, "username without password"},
        {"hosts = *\n" PASSWORD, "password without username (NTLM) or principal (Kerberos)"},
        {"hosts = *\ndomain = D\n" KEYTAB, "domain without username"},
        {"hosts = *\n" KEYTAB USER PASSWORD,
         "keytab is for Kerberos and username for NTLM: leave one out"},
        {"hosts = *\n" PRINCIPAL USER PASSWORD,
         "principal is for Kerberos and username for NTLM: leave one out"},
        {"hosts = *\nccache = c\n" USER PASSWORD,
         "ccache is for Kerberos and username for NTLM: leave one out"},
        {"hosts = *\n" PRINCIPAL PASSWORD KEYTAB, "password and keytab: leave one out"},
        {"hosts = *\n" PRINCIPAL PASSWORD "ccache = c\n", "password and ccache: leave one out"},
        {"hosts = *\nca = c\nfingerprint = "
         "0000000000000000000000000000000000000000000000000000000000000000\n",
         "ca and fingerprint: leave one out"},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(files); i++)
        assert_string_equal(login(files[i][0]), files[i][1]);
}

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

static bool pins(const char *fingerprint)
{
    static const unsigned char expected[FINGERPRINT_SIZE] = {0x01, 0x9a, 0xAF, 0x90};
    const char *lines = say("hosts = *\nkeytab = k\nfingerprint = %s\n", fingerprint);
    struct credentials credentials;
    struct error err;
    char *text = arena_text(&arena, lines, strlen(lines));
    return credentials_parse(text, strlen(text), &credentials, &err) &&
           credentials.has_fingerprint &&
           !memcmp(credentials.fingerprint, expected, sizeof expected);
}

/* As openssl prints them, as Windows does, and as people write them. */
static void fingerprints(void **state)
{
    static const char zeros[] = "00000000000000000000000000000000000000000000000000000000";
    (void)state;
    assert_true(pins(say("019aAF90%s", zeros)));
    assert_true(pins(say("01:9A:af:90:%s", zeros)));
    assert_true(pins(say("01 9a af 90 %s", zeros)));
    static const char *const wrong[] = {"01::9aAF90", "019aAF9",  "019gAF90", "0:19aAF90",
                                        "019GAF90",   "019`AF90", "019@AF90", "019/AF90"};
    for (size_t i = 0; i < LENGTH(wrong); i++)
        if (pins(say("%s%s", wrong[i], zeros)))
            fail_msg("%s... is taken for a fingerprint", wrong[i]);
    assert_false(pins(say("019aAF90%s:", zeros + 2)));
    assert_false(pins(say("019aAF90%s0", zeros)));
}

static const char *read_file(const char *path)
{
    struct credentials credentials;
    struct error err;
    const char *begins = say("--credentials: %s: ", path);
    if (credentials_read(path, &credentials, &err)) {
        credentials_close(&credentials);
        return "fine";
    }
    assert_memory_equal(err.text, begins, strlen(begins));
    return say("%s", err.text + strlen(begins));
}

/* Nobody else may have a hand in the file. */
static void files(void **state)
{
    static const char open_to_others[] = "others can get at it: run chmod 600 on it";
    static const char not_plain[] = "not plain text: save it as UTF-8";
    static const char not_regular[] = "not a regular file";
    const char *path = unit_text_file("file", "hosts = *\n"), *link = unit_path("link"),
               *fifo = unit_path("fifo");
    (void)state;
    for (mode_t mode = 0; mode <= 0177; mode++) {
        assert_int_equal(chmod(path, 0600 | mode), 0);
        assert_string_equal(read_file(path), mode & 077 ? open_to_others : "fine");
    }
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(symlink(path, link), 0);
    assert_string_equal(read_file(link), "a symbolic link, which is not followed");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_string_equal(read_file(fifo), not_regular);
    assert_string_equal(read_file(unit_path("")), not_regular);
    assert_string_equal(read_file(unit_path("nowhere")), "No such file or directory");
    int input = dup(0); /* standard input is closed: the file has its number */
    close(0);
    const char *found = read_file(path);
    bool open = fcntl(0, F_GETFD) != -1;
    assert_int_equal(dup2(input, 0), 0);
    assert_false(open);
    close(input);
    assert_string_equal(found, "fine");
    static const struct {
        const char *text;
        size_t length;
        const char *expected;
    } texts[] = {{"hosts = *\n\0", 11, not_plain}, {"\0", 1, not_plain}, {"h\0o\0", 4, not_plain}};
    for (size_t i = 0; i < LENGTH(texts); i++) {
        unit_file("file", texts[i].text, texts[i].length);
        assert_string_equal(read_file(path), texts[i].expected);
    }
    for (int more = 0; more < 2; more++) {
        unit_text_file("file", say("hosts = *\n#%0*d", 65536 - 11 + more, 0));
        assert_string_equal(read_file(path), more ? "too large to be a credentials file" : "fine");
    }
}

/* The file may be the user's own or root's. Only root can try what another user may do. */
static void files_of_users(void **state)
{
    static const char lines[] = "hosts = *\nkeytab = k\n";
    struct credentials credentials;
    struct error err;
    const char *path = unit_text_file("file", lines);
    const uid_t user = geteuid(), another = user ? user : 65534;
    (void)state;
    assert_int_equal(chmod(path, 0600), 0);
    assert_true(credentials_read(path, &credentials, &err));
    assert_string_equal(credentials.keytab, "k");
    credentials_close(&credentials);
    if (user == 0) {
        assert_int_equal(chmod(unit_path(""), 0711), 0);
        assert_int_equal(chown(path, another, another), 0);
        assert_false(credentials_read(path, &credentials, &err));
        assert_holds(err.text, "belongs to another user");
        assert_int_equal(seteuid(another), 0);
    }
    bool read = credentials_read(path, &credentials, &err);
    assert_int_equal(seteuid(user), 0);
    if (!read)
        fail_msg("%s", err.text);
    credentials_close(&credentials);
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
    /* What is longer than any name matches none, and those behind it count. */
    assert_false(allowed(say("%0256d*", 0), say("%0255d", 0)));
    assert_false(allowed(say("%0256d", 0), say("%0256d", 0)));
    assert_true(allowed(say("%0300d x", 0), "x"));
    /* NTLM does not prove who answers: TLS does, or the file has to allow it. */
    for (int i = 0; i < 8; i++) {
        const struct credentials credentials = {.hosts = "*", .ntlm = i & 1, .ntlm_allowed = i & 2};
        const struct endpoint of = {.host = "a", .shown = "a:1", .tls = i & 4};
        struct error err;
        assert_true(credentials_allow(&credentials, &of, &err) == (i != 1));
    }
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
    assert_false(challenge_check(good, 48, &err));
    assert_holds(err.text, "it names no target");
    for (size_t length = 0; length < 48; length++) {
        assert_false(challenge_check(good, length, &err));
        assert_holds(err.text, "it is none");
    }
    static const struct {
        size_t at;
        unsigned char value;
    } changes[] = {{0, 0},     {8, 3},     {12, 0},    {12, 1},    {16, 0xff}, {16, 0x2f},
                   {19, 0xff}, {20, 0x15}, {22, 0x0a}, {23, 0xc2}, {40, 3},    {40, 0},
                   {41, 1},    {44, 0x2f}, {48, 1},    {50, 1},    {50, 0xff}};
    for (size_t i = 0; i < LENGTH(changes); i++) {
        unsigned char was = good[changes[i].at];
        good[changes[i].at] = changes[i].value;
        if (challenge_check(good, 54, &err))
            fail_msg("byte %zu as %u passes", changes[i].at, changes[i].value);
        good[changes[i].at] = was;
    }
    /* Properties: pairs that follow each other up to the one that ends them, all within. What
     * stands behind the message would end them, too. */
    unsigned char pairs[128] = "NTLMSSP\0\2\0\0\0\2\0\2\0\x30\0\0\0\x35\x82\x8a\xe2"
                               "12345678\0\0\0\0\0\0\0\0\x0e\0\x0e\0\x32\0\0\0T\0"
                               "\1\0\2\0A\0\2\0\0\0\0\0\0\0";
    assert_true(challenge_check(pairs, 64, &err));
    pairs[40] = 10; /* without their end */
    assert_false(challenge_check(pairs, 64, &err));
    pairs[40] = 14;
    for (unsigned char size = 10; size < 16; size++) {
        pairs[52] = size; /* of the first, which leaves no room for the others */
        assert_false(challenge_check(pairs, 64, &err));
    }
}

/* ---- sealed messages ---- */

static const char *unwrapped(const char *bytes, size_t length)
{
    struct sealed sealed;
    struct error err;
    if (!sealed_parse(bytes, length, &sealed, &err))
        return say("%s", err.text + strlen("a sealed answer can't be read: "));
    return say("%zu %.*s %.*s", sealed.plain_length, (int)sealed.signature_length, sealed.signature,
               (int)sealed.data_length, sealed.data);
}

/* Behind its head a message is any bytes; four of them are the length of the signature. */
static void sealed_messages(void **state)
{
#define HEAD   "--B\r\nOriginalContent: Length=12\r\n--B\r\n"
#define DATA   "Content-Type: x\r\n"
#define SIGNED "\2\0\0\0sgdata"
#define MESSAGE(text, expected)                                                                    \
    {                                                                                              \
        text, sizeof text - 1, expected                                                            \
    }
    static const struct {
        const char *bytes;
        size_t length;
        const char *expected;
    } messages[] = {
        MESSAGE(HEAD DATA SIGNED "--B--\r\n", "12 sg data"),
        /* as Windows, OMI and others write it */
        MESSAGE("\r\n\n--B\n\toriginalcontent: type=x;LENGTH=12;y\n \t--  B  \n\n" DATA SIGNED
                "-- B--",
                "12 sg data"),
        MESSAGE(HEAD "X: y\r\n" DATA SIGNED "--B----B--", "12 sg data--B--"),
        MESSAGE(HEAD DATA "\0\0\0\0--B--", "12  "),
        MESSAGE(HEAD DATA "\0\0\0\1--B--", "its signature is longer than itself"),
        MESSAGE(HEAD DATA "\0\0\0--B--", "it is too short"),
        MESSAGE(HEAD DATA SIGNED "--B-", "it does not end"),
        MESSAGE(HEAD DATA SIGNED "-- B-", "it does not end"),
        MESSAGE(HEAD DATA SIGNED "--C--\r\n", "it does not end"),
        MESSAGE(HEAD DATA SIGNED "--B-C\r\n", "it does not end"),
        MESSAGE("--B\r\nOriginalContent: Length=12\r\n--BB\r\n--C\r\n--B\r\n" DATA SIGNED "--B--",
                "12 sg data"),
        MESSAGE(HEAD "X: y\r\n", "its second part has no bytes"),
        MESSAGE("--B\r\nOriginalContent: Length=12\r\n--C\r\n-B\r\n--\r\n",
                "it has no second part"),
        MESSAGE("--B\r\nOriginalContent: Length=12\r\nContent-Type: application/x\r\n--B\r\n"
                "Content-Type:\r\n" SIGNED "--B--",
                "12 sg data"),
        MESSAGE("--B\r\nOriginalContent: Length=1098\r\n--B\r\n" DATA SIGNED "--B--",
                "1098 sg data"),
        MESSAGE("--B\r\nOriginalContent: Length=1000000009\r\n--B\r\n" DATA SIGNED "--B--",
                "1000000009 sg data"),
        MESSAGE("--B\r\nOriginalContent: Length=1000000010\r\n--B\r\n",
                "it does not say how long it was"),
        MESSAGE("--B\r\nOriginalContent: Length=;x\r\n--B\r\n", "it does not say how long it was"),
        {HEAD DATA SIGNED "-- B--", sizeof(HEAD DATA SIGNED "-- B--") - 2, "it does not end"},
        MESSAGE(HEAD DATA "\4\0\0\0sign--B--", "12 sign "),
        MESSAGE(HEAD DATA "\0\0\1\0--B--", "its signature is longer than itself"),
        MESSAGE(HEAD DATA "\5\0\0\0sign--B--", "its signature is longer than itself"),
        MESSAGE("\r\n\r\n", "it has no parts"),
        MESSAGE("xxB\r\nOriginalContent: Length=12\r\nxxB\r\n" DATA SIGNED "--B--",
                "it has no parts"),
        MESSAGE("--\r\n", "it has no parts"),
        MESSAGE("--  \r\n", "it has no parts"),
        MESSAGE("--B", "it has no parts"),
        MESSAGE("--B\r\nOriginalContent: Length=\r\n--B\r\n", "it does not say how long it was"),
        MESSAGE("--B\r\nOriginalContent: Length=:\r\n--B\r\n", "it does not say how long it was"),
        MESSAGE("--B\r\nOriginalContent: Length=1/\r\n--B\r\n", "it does not say how long it was"),
        MESSAGE("--B\r\nOriginalContent: Length=9999999999\r\n--B\r\n",
                "it does not say how long it was"),
        MESSAGE("--B\r\nOriginalContent\r\n--B\r\n", "it does not say how long it was"),
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(messages); i++)
        assert_string_equal(unwrapped(messages[i].bytes, messages[i].length), messages[i].expected);
    /* What is sent is what can be read, whatever its lengths. */
    char token[300];
    struct sealed sealed;
    struct error err;
    struct text out = {0};
    memset(token, 's', 258);
    memset(token + 258, 'd', 42);
    sealed_print(&out, 17, 258, token, sizeof token);
    assert_true(sealed_parse(out.bytes, out.length, &sealed, &err));
    assert_int_equal(sealed.plain_length, 17);
    assert_int_equal(sealed.signature_length, 258);
    assert_int_equal(sealed.data_length, 42);
    assert_memory_equal(sealed.data, token + 258, 42);
    text_cut(&out, 0);
    sealed_print(&out, 0, 0x01020304, "", 0);
    assert_memory_equal(strstr(out.bytes, "octet-stream\r\n") + 14, "\4\3\2\1--", 6);
    text_free(&out);
    /* A boundary has at most 70 characters. */
    for (int length = 70; length <= 71; length++) {
        const char *text =
            say("--%0*d\nOriginalContent: Length=0\n--%0*d\nContent-Type: x\nabcd--%0*d--", length,
                1, length, 1, length, 1);
        assert_string_equal(unwrapped(text, strlen(text)),
                            length == 70 ? "its signature is longer than itself"
                                         : "it has no parts");
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

/* What follows what does not matter; a property may have the name of anything else. */
static void rows_in_any_order(void **state)
{
    struct soap soap = parse(
        "<Envelope><Body><PullResponse><EndOfSequence/><Items><A><EnumerationContext>1"
        "</EnumerationContext><B>2<C>3</C>4</B></A><A/></Items><EnumerationContext>c<x>d</x>e"
        "<EnumerationContext>f</EnumerationContext></EnumerationContext></PullResponse></Body>"
        "<Header><RelatesTo>u<x>v</x>w</RelatesTo></Header><Other/></Envelope>");
    (void)state;
    assert_string_equal(told(&soap), "PullResponse 1 0 cdef: [A|EnumerationContext=1|B=234 [A");
    assert_string_equal(soap.relates_to, "uvw");
    soap = parse("<Envelope><Body><X_OUTPUT><EnumerationContext>1</EnumerationContext>"
                 "<EndOfSequence/><Items><A>2</A></Items></X_OUTPUT></Body></Envelope>");
    assert_string_equal(told(&soap),
                        "X_OUTPUT 0 0 : [X_OUTPUT|EnumerationContext=1|EndOfSequence=|Items=2");
    soap = parse("<Envelope><Body><_OUTPUT><a>1</a></_OUTPUT></Body></Envelope>");
    assert_string_equal(told(&soap), "_OUTPUT 0 0 :");
}

static const char *refused(const char *bytes, size_t length)
{
    struct soap soap;
    struct error err;
    return soap_parse(bytes, length, &arena, &soap, &err) ? "no" : say("%s", err.text);
}

/* OMI fills its messages up with NULs, in UTF-16 too. NULs in any other place are wrong. */
static void padding(void **state)
{
    static const char text[] = "<Envelope><Body><X_OUTPUT><a>1</a></X_OUTPUT></Body></Envelope>";
    static const char wrong[] = "its XML is wrong";
    struct soap soap;
    struct error err;
    (void)state;
    for (int form = 0; form < 5; form++) { /* UTF-8, both orders of UTF-16, with a BOM or without */
        struct text bytes = {0};
        if (form)
            bytes = unit_utf16(text, form & 1, form > 2);
        else
            text_puts(&bytes, text);
        for (unsigned nuls = 0; nuls < 4; nuls++) {
            for (unsigned i = 0; i < nuls; i++)
                text_add(&bytes, "\0\0", form ? 2 : 1);
            if (!soap_parse(bytes.bytes, bytes.length, &arena, &soap, &err))
                fail_msg("form %d, padded: %s", form, err.text);
            assert_string_equal(told(&soap), "X_OUTPUT 0 0 : [X_OUTPUT|a=1");
        }
        if (form) { /* half a character */
            text_add(&bytes, "", 1);
            assert_holds(refused(bytes.bytes, bytes.length), wrong);
        }
        text_free(&bytes);
    }
    assert_holds(refused("", 0), wrong);
    assert_holds(refused("\0", 1), wrong);
    assert_holds(refused("\0\0\0", 3), wrong);
    assert_holds(refused("<", 1), wrong);
    assert_holds(refused("<Envelope>\0</Envelope>", 22), wrong);
}

static void no_answers(void **state)
{
    static const char *const wrong[][2] = {
        {"<Envelope><Body><a/><b/></Body></Envelope>", "it answers twice"},
        {"<Envelope><Body><Fault/><b/></Body></Envelope>", "it answers twice"},
        {"<Envelope><Header><a/></Header><Body/></Envelope>", "its body is empty"},
        {"<Body><a/></Body>", "it is not SOAP"},
        {"<Envelope/>x", "its XML is wrong"},
        {"<a>Items></a>", "it is not SOAP"},
    };
    struct text rows = {0};
    (void)state;
    for (size_t i = 0; i < LENGTH(wrong); i++)
        assert_holds(refused(wrong[i][0], strlen(wrong[i][0])), wrong[i][1]);
    /* in the form that is read without the parser, and in another */
    for (int i = 0; i < 2; i++) {
        text_cut(&rows, 0);
        text_puts(&rows, "<Envelope><Body><PullResponse><Items>");
        for (int k = 0; k <= SOAP_MOST_ROWS; k++)
            text_puts(&rows, i ? "<a/>" : "<w:XmlFragment></w:XmlFragment>");
        assert_holds(refused(rows.bytes, rows.length), "it has more rows than any host");
    }
    text_free(&rows);
    const char *deep = say("<Envelope><Body><x><Items><r>");
    for (int depth = 5; depth < SOAP_DEEPEST; depth++)
        deep = say("%s<x>", deep);
    assert_holds(refused(deep, strlen(deep)), "its XML is wrong (no element found)");
    deep = say("%s<x>", deep);
    assert_holds(refused(deep, strlen(deep)), "its elements nest too deep");
}

static void numbers(void **state)
{
    static const struct {
        const char *text;
        uint64_t most;
        bool right;
    } texts[] = {{"0", 0, true},
                 {"1", 0, false},
                 {"255", 255, true},
                 {"256", 255, false},
                 {"0000000000000000000000001", 1, true},
                 {"18446744073709551615", UINT64_MAX, true},
                 {"18446744073709551616", UINT64_MAX, false},
                 {"99999999999999999999", UINT64_MAX, false},
                 {"", UINT64_MAX, false},
                 {NULL, UINT64_MAX, false},
                 {"-1", UINT64_MAX, false},
                 {"+1", UINT64_MAX, false},
                 {"1 ", UINT64_MAX, false},
                 {"1/", UINT64_MAX, false},
                 {"1:", UINT64_MAX, false},
                 {"1.5", UINT64_MAX, false}};
    (void)state;
    for (size_t i = 0; i < LENGTH(texts); i++) {
        uint64_t number = 7;
        if (soap_whole(texts[i].text, texts[i].most, &number) != texts[i].right)
            fail_msg("'%s'", texts[i].text ? texts[i].text : "NULL");
        assert_true(number == (texts[i].right ? strtoull(texts[i].text, NULL, 10) : 7));
    }
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
        "<w:XmlFragment><A>1\n2\t3</A></w:XmlFragment>",
        "<w:XmlFragment><A>\x01</A></w:XmlFragment>",
        "<w:XmlFragment><A>]]></A></w:XmlFragment>",
        "<w:XmlFragment><A>1</B></w:XmlFragment>",
        "<w:XmlFragment><A>1</AB></w:XmlFragment>",
        "<w:XmlFragment><1A>1</1A></w:XmlFragment>",
        "<w:XmlFragment><:>1</:><A:>2</A:></w:XmlFragment>",
        "<w:XmlFragment><aZ_09:zA>a>b</aZ_09:zA></w:XmlFragment>",
        "<w:XmlFragment><A{>1</A{></w:XmlFragment>",
        "<w:XmlFragment><A[>1</A[></w:XmlFragment>",
        "<w:XmlFragment><A@>1</A@></w:XmlFragment>",
        "<w:XmlFragment><A->1</A-></w:XmlFragment>",
        "<w:XmlFragment>1<A>2</A>3</w:XmlFragment>",
        "<w:XmlFragment><A>\x7F</A></w:XmlFragment>",
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
        "<?xml version=\"1.0\"?>",
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>",
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>",
        "<!-- <w:Items> -->",
    };
    static const char *const begins[] = {
        "<w:Items><!-- Items><w:XmlFragment><A>9</A></w:XmlFragment> -->",
        "<w:Items a=\"x\"><!-- Items><w:XmlFragment><A>9</A></w:XmlFragment> -->",
        "<w:Items>",
        "<w:Items a=\"x\"><!-- Items> -->",
        "<w:Items><w:Items>",
        "<w:XItems>"};
    (void)state;
    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        for (size_t k = 0; k < sizeof before / sizeof *before; k++)
            for (size_t j = 0; j < sizeof begins / sizeof *begins; j++)
                see_both_ways(say("%s" OPEN "<n:PullResponse>%s%s</w:Items><n:EndOfSequence/>"
                                  "</n:PullResponse>" CLOSE,
                                  before[k], begins[j], items[i]));
}

/* How many bytes are rows in the form that the parser is not needed for. */
static size_t fragments_of(const char *text, bool ascii)
{
    char *copy = arena_text(&arena, text, strlen(text));
    struct fragments fragments = {.at = copy, .ascii = ascii};
    while (fragment_next(&fragments, &arena))
        continue;
    return (size_t)(fragments.at - copy);
}

static bool is_in_place(const struct soap_cell *cell)
{
    return cell->text == cell->name + strlen(cell->name) + 1;
}

/* A page of a large host is read without a copy of each text: it stands where it came. */
static void rows_in_place(void **state)
{
    const char *text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>" OPEN
                       "<n:PullResponse><n:Items><w:XmlFragment><A>1</A></w:XmlFragment>"
                       "<w:XmlFragment><A>2</A></w:XmlFragment></n:Items></n:PullResponse>" CLOSE;
    struct soap soap = parse(text);
    struct error err;
    (void)state;
    assert_true(is_in_place(soap.rows->cells) && is_in_place(soap.rows->next->cells));
    assert_true(soap_parse_by_parser(text, strlen(text), &arena, &soap, &err));
    assert_false(is_in_place(soap.rows->cells));
}

/* It is the form of almost all rows: what is in it is left to nobody else. */
static void fragments(void **state)
{
    static const char *const taken[] = {
        "<w:XmlFragment></w:XmlFragment>",
        "<w:XmlFragment><A>1</A><A xsi:nil=\"true\"/><B></B></w:XmlFragment>",
        "<w:XmlFragment><azAZ_:09>azAZ_:09</azAZ_:09></w:XmlFragment>",
        "<w:XmlFragment><_>1</_><:>2</:><a>3</a><z>4</z><A>5</A><Z>6</Z></w:XmlFragment>",
        "<w:XmlFragment><A> !\"'()*+,-./;=?@[\\]^`{|}~\x7F\t\n</A></w:XmlFragment>",
    };
    static const char *const left[] = {
        "<w:XmlFragment>",
        "<w:XmlFragment><A>1</A>",
        "<w:XmlFragment ></w:XmlFragment>",
        "<w:XmlFragment><A>&</A></w:XmlFragment>",
        "<w:XmlFragment><A>></A></w:XmlFragment>",
        "<w:XmlFragment><A>\r</A></w:XmlFragment>",
        "<w:XmlFragment><A>\x1F</A></w:XmlFragment>",
        "<w:XmlFragment><A xsi:nil=\"false\"/></w:XmlFragment>",
        "<w:XmlFragment><A/></w:XmlFragment>",
        "<w:XmlFragment><A>1<B>2</B></w:XmlFragment>",
        "<w:XmlFragment><9>1</9></w:XmlFragment>",
        "<w:XmlFragment><>1</></w:XmlFragment>",
        "<w:XmlFragment> <A>1</A></w:XmlFragment>",
        "<w:XmlFragment><A>1</AB></w:XmlFragment>",
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(taken); i++) {
        assert_int_equal(fragments_of(taken[i], true), strlen(taken[i]));
        const char *twice = say("%s%s<a/>", taken[i], taken[0]);
        assert_int_equal(fragments_of(twice, true), strlen(twice) - 4);
    }
    for (size_t i = 0; i < LENGTH(left); i++)
        assert_int_equal(fragments_of(left[i], true), 0);
    /* Other characters are taken where it is known that they are some. */
    const char *other = "<w:XmlFragment><A>\x80\xFF</A></w:XmlFragment>";
    assert_int_equal(fragments_of(other, false), strlen(other));
    assert_int_equal(fragments_of(other, true), 0);
    assert_int_equal(fragments_of("<w:XmlFragment><A>\x80</A></w:XmlFragment>", true), 0);
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
    /* A number of WinRM's own is as good as none that WMI gives later; a broken one is none. */
    static const struct {
        const char *detail;
        unsigned code;
    } codes[] = {
        {"<WSManFault Code=\"7\"/><StatusCode>8</StatusCode>", 7},
        {"<WSManFault xmlns=\"x\" Machine=\"y\" Code=\"7\"/>", 7},
        {"<WSManFault Code=\"0\"/><StatusCode>8</StatusCode>", 8},
        {"<WSManFault/><StatusCode>0X80aBfF9</StatusCode>", 0x80aBfF9},
        {"<StatusCode>4294967295</StatusCode>", 0xffffffff},
        {"<StatusCode>4294967296</StatusCode>", 0},
        {"<StatusCode>0x</StatusCode>", 0},
        {"<StatusCode>0y1</StatusCode>", 0},
        {"<StatusCode>x</StatusCode>", 0},
        {"<StatusCode>-</StatusCode>", 0},
        {"<StatusCode>12a</StatusCode>", 0},
        {"<StatusCode>0x8g</StatusCode>", 0},
        {"<StatusCode>9</StatusCode><Message>0x80070005, 0x80041003</Message>", 0x80070005},
        {"<Message>0x80041003</Message><StatusCode>2147942405</StatusCode>", 0x80041003},
        {"<StatusCode>2147942405</StatusCode><Message>0x80041003</Message>", 0x80070005},
        {"<Message>0x8004100</Message>", 0},
        {"<Message>0x8004100g 0x80338029</Message>", 0},
        {"<OMI_Code>1</OMI_Code>", 0},
        {"<OMI_Code>15</OMI_Code>", 0x80041017},
        {"<OMI_Code>12</OMI_Code>", 0x80041031},
    };
    for (size_t i = 0; i < LENGTH(codes); i++) {
        const char *expected = codes[i].code ? say("0x%08X ", codes[i].code) : "a fault: ";
        if (strncmp(fault(codes[i].detail), expected, strlen(expected)) != 0)
            fail_msg("%s: %s", codes[i].detail, fault(codes[i].detail));
    }
    assert_string_equal(fault("<f:WSManFault Code=\"5\"/>"),
                        say("0x00000005 ERROR_ACCESS_DENIED: what (The words) [%d]", READ_DENIED));
    assert_string_equal(fault(""), say("a fault: what (The words) [%d]", READ_FAILED));
    /* The first words that are some are shown; what holds elements is none. */
    struct soap nested =
        parse("<Envelope><Body><Fault><Message><a>b</a>c</Message></Fault></Body></Envelope>");
    assert_string_equal(nested.fault.text, "");
    static const char *const words[] = {"Text", "Message", "error_Message", "Description",
                                        "FaultDetail"};
    for (size_t i = 0; i < LENGTH(words); i++) {
        struct soap soap = parse(say(
            "<Envelope><Body><Fault><a>no</a><%s> \t\r\n</%s><Detail><%s> one</%s><Text>two</Text>"
            "</Detail></Fault></Body></Envelope>",
            words[i], words[i], words[i], words[i]));
        assert_string_equal(soap.fault.text, " one");
    }
    struct error err;
    fault_error(&err, &(struct soap_fault){.text = " \r\n a \t b \n"}, "what");
    assert_string_equal(err.text, "a fault: what (a b)");
    fault_error(&err, &(struct soap_fault){.text = "\n"}, "what");
    assert_string_equal(err.text, "a fault: what");
    fault_error(&err, &(struct soap_fault){.text = say("%0500d", 1)}, "what");
    assert_string_equal(err.text, say("a fault: what (%0158d)", 0));
}

/* ---- HTTP ---- */

static const char *head_of(const char *text)
{
    struct http_head head;
    struct error err;
    char *bytes = arena_text(&arena, text, strlen(text));
    if (!http_parse_head(bytes, strlen(text), &head, &err))
        return say("%s", err.text + strlen("not a WinRM answer: "));
    return say("%u%s%s%s [%s] [%s]%s", head.status, head.closes ? " closes" : "",
               head.chunked ? " chunked" : "", head.has_length ? say(" %zu", head.length) : "",
               head.schemes, head.token, head.negotiates ? " negotiates" : "");
}

#define OK     "HTTP/1.1 200 OK\r\n"
#define OFFERS OK "WWW-Authenticate: "

static void heads(void **state)
{
    static const char *const answers[][2] = {
        {"HTTP/1.1 401 \r\nWWW-Authenticate: Basic realm=\"WSMAN\"\r\n"
         "www-authenticate: Negotiate YIIB\r\nContent-Length:  12 \t\r\nX:\r\n",
         "401 12 [Basic, Negotiate] [YIIB] negotiates"},
        {"HTTP/1.1 200", "200 [] []"},
        {"HTTP/1.0 200\n", "200 closes [] []"},
        {"HTTP/1.0 200\r\nConnection: Keep-Alive\r\n", "200 [] []"},
        {"HTTP/1.0 200\r\nConnection: x\r\n", "200 closes [] []"},
        {OK "Connection: x\r\n", "200 [] []"},
        {OK "Connection: Close\r\n", "200 closes [] []"},
        {OK "Transfer-Encoding: Chunked\r\n", "200 chunked [] []"},
        {OK "Content-Length: 1048576\nContent-Length: 1048576", "200 1048576 [] []"},
        {OFFERS "Negotiate\r\n", "200 [Negotiate] [] negotiates"},
        {OFFERS "Negotiate, Kerberos\r\n", "200 [Negotiate] [] negotiates"},
        {OFFERS "Kerberos,negotiate  a\r\n", "200 [Kerberos] [a] negotiates"},
        {OFFERS "Negotiate a\r\nWWW-Authenticate: Negotiate b\r\n",
         "200 [Negotiate, Negotiate] [a] negotiates"},
        {OFFERS "Negotiator x, Negotiatf y\r\n", "200 [Negotiator] []"},
        /* schemes by the dozen: as many as there is room for */
        {OFFERS
         "AAAAAAAAAAAAAAAAAAAAAAAAA x\r\nWWW-Authenticate: BBBBBBBBBBBBBBBBBBBBBBBBB\r\n"
         "WWW-Authenticate: CCCCCCCCC\r\nWWW-Authenticate: DDDDDDDD\r\nWWW-Authenticate:\r\n",
         "200 [AAAAAAAAAAAAAAAAAAAAAAAAA, BBBBBBBBBBBBBBBBBBBBBBBBB, DDDDDDDD] []"},
        {"", "it does not begin with HTTP/1"},
        {"HTTP/2 200\r\n", "it does not begin with HTTP/1"},
        {"HTTP/1.x 200\r\n", "it does not begin with HTTP/1"},
        {"HTTP/1./ 200\r\n", "it does not begin with HTTP/1"},
        {"HTTP/1.1:200\r\n", "it does not begin with HTTP/1"},
        {"HTTP/1.1 20\r\n", "it does not begin with HTTP/1"},
        {"HTTP/1.1 20:\r\n", "it does not begin with HTTP/1"},
        {"HTTP/1.1 2000\r\n", "it does not begin with HTTP/1"},
        {OK ": x\r\n", "a line of its head is not a field"},
        {OK "X\r\n", "a line of its head is not a field"},
        {OK " X: y\r\n", "a line of its head is not a field"},
        {OK "\tX: y\r\n", "a line of its head is not a field"},
        {OK "X: a\rb\r\n", "a line of its head is not a field"},
        {OK "\n", "a line of its head is not a field"},
        {OK "Content-Length: 1048577\r\n", "its body is longer than requested"},
        {OK "Content-Length: 99999999999999999999\r\n", "its body is longer than requested"},
        {OK "Content-Length:\r\n", "its Content-Length is not a number"},
        {OK "Content-Length: -1\r\n", "its Content-Length is not a number"},
        {OK "Content-Length: 1 2\r\n", "its Content-Length is not a number"},
        {OK "Transfer-Encoding: gzip\r\n", "its Transfer-Encoding is not chunked"},
        {OK "Content-Length: 5/\r\n", "its Content-Length is not a number"},
        {OK "Content-Length: 5:\r\n", "its Content-Length is not a number"},
        {OK "Content-Length: 1\r\nContent-Length: 2\r\n", "it has two Content-Lengths"},
        {OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
         "its Transfer-Encoding is not chunked"},
    };
    static const struct {
        const char *line;
        size_t size; /* 0: none */
    } chunks[] = {{"1aF;x", 0x1af},
                  {"100000", 0x100000},
                  {"1000000", 0x1000000},
                  {"9 ", 9},
                  {"", 0},
                  {"g", 0},
                  {"5\r", 0},
                  {"5x", 0},
                  {";", 0}};
    size_t size;
    (void)state;
    for (size_t i = 0; i < LENGTH(answers); i++)
        assert_string_equal(head_of(answers[i][0]), answers[i][1]);
    for (size_t i = 0; i < LENGTH(chunks); i++)
        if (http_parse_chunk(chunks[i].line, strlen(chunks[i].line), &size) !=
                (chunks[i].size > 0) ||
            (chunks[i].size && size != chunks[i].size))
            fail_msg("'%s'", chunks[i].line);
    assert_true(http_parse_chunk("ffffffffffffffffff", 18, &size) && size > HTTP_LARGEST_BODY);
}

RUN_TESTS(TEST(base64), TEST(properties), TEST(classes), TEST(endpoints), TEST(logins),
          TEST(secrets_are_wiped), TEST(fingerprints), TEST(files), TEST(files_of_users),
          TEST(hosts_of_a_login), TEST(challenges), TEST(sealed_messages), TEST(rows_of_omi),
          TEST(rows_of_windows), TEST(rows_in_any_order), TEST(padding), TEST(no_answers),
          TEST(numbers), TEST(rows_both_ways), TEST(fragments), TEST(rows_in_place), TEST(faults),
          TEST(heads));
