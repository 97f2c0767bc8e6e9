/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Credentials files, and hosts: what is read lies in the text, what does not go together is
 * refused, and no error has a word of the file in it. */
#include "fuzz.h"

#include "counter/winrm/credentials.h"

#include <stdlib.h>
#include <string.h>

static void see_file(const uint8_t *data, size_t size)
{
    struct credentials credentials;
    struct error err;
    char *text = calloc(size + 1, 1);
    HOLDS(text);
    if (size)
        memcpy(text, data, size);
    if (!credentials_parse(text, size, &credentials, &err)) {
        HOLDS(*err.text && !strpbrk(err.text, "\r\n\t\x7f"));
        for (const char *at = err.text; *at; at++)
            HOLDS((unsigned char)*at < 0x80);
        free(text);
        return;
    }
    const char *const values[] = {
        credentials.username, credentials.password,  credentials.domain,
        credentials.keytab,   credentials.principal, credentials.ccache,
        credentials.hosts,    credentials.spn,       credentials.ca,
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        HOLDS(!values[i] || (values[i] > text && values[i] < text + size && *values[i] &&
                             !strpbrk(values[i], "\n")));
    HOLDS(credentials.hosts && credentials.ntlm == (credentials.username != NULL));
    HOLDS(!credentials.ntlm || (credentials.password && !credentials.keytab));
    const char *password = credentials.password;
    size_t length = password ? strlen(password) : 0;
    credentials_forget_password(&credentials);
    for (size_t i = 0; i < length; i++)
        HOLDS(!password[i]);
    struct endpoint endpoint = {.host = "hv01", .shown = "hv01:5985"};
    credentials_allow(&credentials, &endpoint, &err);
    credentials_close(&credentials); /* and the text with it */
}

static void see_host(const char *spec)
{
    struct arena arena = {0};
    struct endpoint endpoint;
    struct error err;
    if (endpoint_parse(spec, &arena, &endpoint, &err)) {
        HOLDS(*endpoint.host && !strpbrk(endpoint.host, " \r\n/@<>&\"'[]"));
        HOLDS(strlen(endpoint.port) <= 5 && strspn(endpoint.port, "0123456789") > 0);
        HOLDS(!strpbrk(endpoint.shown, " \r\n/@<>&\"'"));
    } else {
        HOLDS(!strncmp(err.text, "--source: ", 10));
    }
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    see_file(data, size);
    char *spec = fuzz_string(data, size);
    see_host(spec);
    free(spec);
    return 0;
}
