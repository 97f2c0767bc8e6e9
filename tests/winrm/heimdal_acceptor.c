/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Heimdal's Kerberos as the other end of a login; acceptors.py has its lines. */
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_krb5.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t from_hex(const char *hex, unsigned char *out)
{
    size_t length = strlen(hex) / 2;
    for (size_t i = 0; i < length; i++) {
        unsigned byte;
        sscanf(hex + 2 * i, "%2x", &byte);
        out[i] = (unsigned char)byte;
    }
    return length;
}

static void print_hex(const gss_buffer_desc *bytes)
{
    if (!bytes->length)
        printf("-");
    for (size_t i = 0; i < bytes->length; i++)
        printf("%02x", ((unsigned char *)bytes->value)[i]);
}

static int error(OM_uint32 major, OM_uint32 minor)
{
    printf("error %08x %08x\n", (unsigned)major, (unsigned)minor);
    return 0;
}

static gss_ctx_id_t context = GSS_C_NO_CONTEXT;
static struct gss_channel_bindings_struct bindings;

static int step(gss_buffer_desc in)
{
    OM_uint32 minor;
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER, name = {1, "-"};
    gss_name_t source = GSS_C_NO_NAME;
    OM_uint32 major = gss_accept_sec_context(
        &minor, &context, GSS_C_NO_CREDENTIAL, &in,
        bindings.application_data.length ? &bindings : GSS_C_NO_CHANNEL_BINDINGS, &source, NULL,
        &out, NULL, NULL, NULL);
    if (GSS_ERROR(major))
        return error(major, minor);
    if (major == GSS_S_COMPLETE)
        gss_display_name(&minor, source, &name, NULL);
    printf(major == GSS_S_COMPLETE ? "done " : "more ");
    print_hex(&out);
    printf(" %.*s\n", (int)name.length, (char *)name.value);
    return 0;
}

static int wrap(gss_buffer_desc plain)
{
    OM_uint32 minor;
    int sealed;
    gss_iov_buffer_desc parts[3] = {
        {GSS_IOV_BUFFER_TYPE_HEADER | GSS_IOV_BUFFER_TYPE_FLAG_ALLOCATE, GSS_C_EMPTY_BUFFER},
        {GSS_IOV_BUFFER_TYPE_DATA, plain},
        {GSS_IOV_BUFFER_TYPE_PADDING | GSS_IOV_BUFFER_TYPE_FLAG_ALLOCATE, GSS_C_EMPTY_BUFFER},
    };
    OM_uint32 major = gss_wrap_iov(&minor, context, 1, GSS_C_QOP_DEFAULT, &sealed, parts, 3);
    if (GSS_ERROR(major) || !sealed)
        return error(major, minor);
    printf("wrapped ");
    print_hex(&parts[0].buffer);
    printf(" ");
    print_hex(&parts[1].buffer);
    printf("\n");
    return 0;
}

static int unwrap(gss_buffer_desc signature, gss_buffer_desc data)
{
    OM_uint32 minor;
    int sealed;
    gss_iov_buffer_desc parts[2] = {{GSS_IOV_BUFFER_TYPE_HEADER, signature},
                                    {GSS_IOV_BUFFER_TYPE_DATA, data}};
    OM_uint32 major = gss_unwrap_iov(&minor, context, &sealed, NULL, parts, 2);
    if (GSS_ERROR(major) || !sealed)
        return error(major, minor);
    printf("unwrapped ");
    print_hex(&parts[1].buffer);
    printf("\n");
    return 0;
}

int main(int argc, char **argv)
{
    static char line[8 << 20];
    static unsigned char first[4 << 20], second[4 << 20], binding[256];
    if (argc > 1 && strlen(argv[1]) < 2 * sizeof binding)
        bindings.application_data = (gss_buffer_desc){from_hex(argv[1], binding), binding};
    while (fgets(line, sizeof line, stdin)) {
        char *command = strtok(line, " \n"), *one = strtok(NULL, " \n"), *two = strtok(NULL, " \n");
        gss_buffer_desc a = {one ? from_hex(one, first) : 0, first};
        gss_buffer_desc b = {two ? from_hex(two, second) : 0, second};
        if (!command)
            return 1;
        if (!strcmp(command, "step"))
            step(a);
        else if (!strcmp(command, "wrap"))
            wrap(a);
        else
            unwrap(a, b);
        fflush(stdout);
    }
    return 0;
}
