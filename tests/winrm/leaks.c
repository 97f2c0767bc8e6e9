/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What LeakSanitizer is not to tell: gss-ntlmssp 1.2 takes a context of OpenSSL for each message
 * digest of the past and never gives it back. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_options(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:libcrypto.so\nleak:gssntlmssp.so\n";
}

const char *__lsan_default_options(void)
{
    return "print_suppressions=0";
}
