/* SPDX-License-Identifier: GPL-3.0-or-later */

/* NTLM's challenge: what the guard lets pass, the library survives. gss-ntlmssp 1.2 crashes on
 * others. */
#include "fuzz.h"

#include "counter/winrm/auth.h"
#include "counter/winrm/base64.h"
#include "counter/winrm/challenge.h"

#include <stdlib.h>
#include <string.h>

static void go_on(const uint8_t *data, size_t size)
{
    static char user[] = "user", password[] = "password";
    static const struct endpoint endpoint = {.host = "host", .shown = "host:5985"};
    static const struct credentials credentials = {
        .username = user, .password = password, .ntlm = true};
    static const struct binding unbound;
    struct text in = {0}, out = {0};
    struct auth auth;
    struct error err;
    HOLDS(auth_prepare(&auth, &credentials, &endpoint, &err));
    HOLDS(auth_step(&auth, &unbound, NULL, &out, &err) && auth.asked_mic);
    text_add(&in, (const char *)data, size);
    if (auth_step(&auth, &unbound, &in, &out, &err))
        HOLDS(auth.done && out.length > 64);
    auth_end(&auth);
    text_free(&in);
    text_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err;
    uint8_t *bytes = malloc(size ? size : 1); /* of just this size */
    HOLDS(bytes);
    if (size)
        memcpy(bytes, data, size);
    if (challenge_check(bytes, size, &err))
        go_on(bytes, size);
    struct text text = {0}, back = {0};
    base64_encode(bytes, size, &text);
    HOLDS(base64_decode(text.bytes ? text.bytes : "", text.length, &back));
    HOLDS(back.length == size && (!size || !memcmp(back.bytes, bytes, size)));
    text_cut(&back, 0);
    base64_decode((const char *)bytes, size, &back);
    HOLDS(back.length <= size / 4 * 3);
    text_free(&text);
    text_free(&back);
    free(bytes);
    return 0;
}
