/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/winrm/endpoint.h"

#include "plugin/show.h"

#include <arpa/inet.h>
#include <string.h>

static const char sealed_port[] = "5985", tls_port[] = "5986";

/* Letters, digits, '-', '_' and '.', or what an address of version 6 has. Whatever else stood there
 * would stand in the request, too. */
static bool is_host(const char *text, size_t length)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789-_.:%";
    return length > 0 && length < 256 && strspn(text, allowed) >= length && *text != '-';
}

static bool is_port(const char *text)
{
    size_t length = strlen(text);
    return length > 0 && length <= 5 && strspn(text, "0123456789") == length && *text != '0' &&
           (length < 5 || strcmp(text, "65535") <= 0);
}

bool endpoint_parse(const char *text, struct arena *arena, struct endpoint *ret, struct error *err)
{
    if (!text || !*text)
        return error_set(err, "--source: winrm takes a host: expected winrm:HOST or "
                              "winrm:HOST:PORT");
    const char *host = text, *rest;
    size_t length;
    if (*text == '[') {
        host++;
        length = strcspn(host, "]");
        rest = host[length] ? host + length + 1 : "?";
    } else {
        length = strcspn(text, ":");
        if (text[length] && strchr(text + length + 1, ':'))
            length = strlen(text); /* several colons: an address of version 6 alone */
        rest = text + length;
    }
    if (!is_host(host, length) || (*rest && (*rest != ':' || !is_port(rest + 1))))
        return error_set(err, "--source: '%s': expected winrm:HOST or winrm:HOST:PORT",
                         SHOW_NAME(text));
    struct endpoint endpoint = {.host = arena_text(arena, host, length),
                                .port = *rest ? rest + 1 : sealed_port};
    if (!endpoint.host)
        return error_memory(err);
    unsigned char address[16];
    bool is_v6 = strchr(endpoint.host, ':') != NULL;
    if (is_v6 && inet_pton(AF_INET6, endpoint.host, address) != 1 && !strchr(endpoint.host, '%'))
        return error_set(err, "--source: '%s': expected winrm:HOST or winrm:HOST:PORT",
                         SHOW_NAME(text));
    endpoint.is_address = is_v6 || inet_pton(AF_INET, endpoint.host, address) == 1;
    endpoint.shown = arena_format(arena, is_v6 ? "[%s]:%s" : "%s:%s", endpoint.host, endpoint.port);
    *ret = endpoint;
    return true;
}

void endpoint_choose(struct endpoint *endpoint, enum transport transport)
{
    endpoint->tls = transport == TRANSPORT_TLS ||
                    (transport == TRANSPORT_BY_PORT && !strcmp(endpoint->port, tls_port));
}
