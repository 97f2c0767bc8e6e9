/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Whom lib/platform/trust.c trusts: every owner with every access list that matters, seen by each
 * of the accounts that run checks. Wine has one user and keeps no owners, so the lists are made
 * here, as Windows writes them. TAP.
 */
#include "platform/platform.h"
#include "platform/trust.h"
#include "tests/tap.h"

#include <sddl.h>

#include <stdio.h>
#include <string.h>

#define ALICE     L"S-1-5-21-1-2-3-1001" /* a user */
#define BOB       L"S-1-5-21-1-2-3-1002" /* one who may be an administrator: nobody can tell */
#define NETWORK   L"S-1-5-20"
#define SERVICE   L"S-1-5-80-2-3-4-5-6" /* NT SERVICE\\nscp */
#define INSTALLER L"S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"

static void report(bool good, const char *title, const wchar_t *list, const wchar_t *account)
{
    tap_ok(good, "%s: %ls, as %ls", title, list, account);
}

static PSID sid_of(const wchar_t *text)
{
    PSID sid = NULL;
    return ConvertStringSidToSidW(text, &sid) ? sid : NULL;
}

/* The verdict of an account on a descriptor: NULL where it is trusted. */
static const char *verdict(const wchar_t *sddl, const wchar_t *account, enum trust_rights rights)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;
    PSID owner = NULL, own = sid_of(account);
    PACL list = NULL;
    BOOL present = FALSE, defaulted;
    const char *told = "no descriptor";
    if (own &&
        ConvertStringSecurityDescriptorToSecurityDescriptorW(sddl, SDDL_REVISION_1, &descriptor,
                                                             NULL) &&
        GetSecurityDescriptorOwner(descriptor, &owner, &defaulted) &&
        GetSecurityDescriptorDacl(descriptor, &present, &list, &defaulted))
        told = trust_verdict(owner, present ? list : NULL, own, rights);
    LocalFree(descriptor);
    LocalFree(own);
    return told;
}

static const wchar_t *const accounts[] = {L"S-1-5-18", NETWORK, SERVICE, ALICE};
enum { ACCOUNTS = sizeof accounts / sizeof *accounts };

/* By whom it is trusted: a letter for each account, in their order. */
struct row {
    const char *title;
    const wchar_t *sddl;
    const char *changes, *replaces;
};

static const struct row rows[] = {
    /* what the checks make */
    {"the system's own", L"O:SYD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)", "yyyy", "yyyy"},
    {"an elevated administrator's, by policy of the group",
     L"O:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)", "yyyy", "yyyy"},
    {"the same, for himself too", L"O:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;" BOB L")",
     "nnnn", "nnnn"},
    {"a user's own, whom elevation made an administrator then",
     L"O:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;" ALICE L")", "nnny", "nnny"},
    {"a user's own", L"O:" ALICE L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;" ALICE L")",
     "nnny", "nnny"},
    {"a service's own",
     L"O:" SERVICE L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;" SERVICE L")", "nnyn",
     "nnyn"},
    {"an administrator's by his own name", L"O:" BOB L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)", "nnnn",
     "nnnn"},
    /* what Windows makes */
    {"a directory that an administrator made in %ProgramData%",
     L"O:BAD:(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)(A;OICIIOID;GA;;;CO)(A;OICIID;0x1200a9;;;BU)"
     L"(A;CIID;DCLCRPCR;;;BU)",
     "nnnn", "yyyy"},
    {"a file that he made in it", L"O:BAD:(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;0x1200a9;;;BU)", "yyyy",
     "yyyy"},
    {"a file that a user made in it",
     L"O:" ALICE L"D:(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;FA;;;" ALICE L")(A;ID;0x1200a9;;;BU)",
     "nnny", "nnny"},
    {"in Program Files",
     L"O:BAD:(A;ID;FA;;;" INSTALLER L")(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;0x1200a9;;;BU)"
     L"(A;OICIIOID;GA;;;CO)(A;ID;0x1200a9;;;S-1-15-2-1)",
     "yyyy", "yyyy"},
    {"a file of a drive's own directory",
     L"O:BAD:(A;ID;FA;;;BA)(A;ID;FA;;;SY)(A;ID;0x1301bf;;;AU)(A;ID;0x1200a9;;;BU)", "nnnn", "nnnn"},
    {"of Windows' own installer", L"O:" INSTALLER L"D:P(A;;FA;;;" INSTALLER L")(A;;0x1200a9;;;BU)",
     "yyyy", "yyyy"},
    /* single rights of others */
    {"others may read", L"O:SYD:(A;;FR;;;WD)", "yyyy", "yyyy"},
    {"others may write", L"O:SYD:(A;;0x2;;;BU)", "nnnn", "yyyy"},
    {"others may append, or add a directory", L"O:SYD:(A;;0x4;;;BU)", "nnnn", "yyyy"},
    {"others may delete what is in it", L"O:SYD:(A;;0x40;;;BU)", "nnnn", "nnnn"},
    {"others may delete it", L"O:SYD:(A;;SD;;;BU)", "nnnn", "nnnn"},
    {"others may change the list", L"O:SYD:(A;;WD;;;BU)", "nnnn", "nnnn"},
    {"others may take it over", L"O:SYD:(A;;WO;;;BU)", "nnnn", "nnnn"},
    {"others may do everything", L"O:SYD:(A;;GA;;;WD)", "nnnn", "nnnn"},
    {"others may do everything, but not here", L"O:SYD:(A;OICIIO;GA;;;WD)", "yyyy", "yyyy"},
    {"what is denied first counts all the same", L"O:SYD:(D;;FA;;;BU)(A;;FA;;;BU)", "nnnn", "nnnn"},
    {"something is denied", L"O:SYD:(D;;FA;;;BU)(A;;FA;;;SY)", "yyyy", "yyyy"},
    {"the owner may", L"O:SYD:(A;;FA;;;OW)", "yyyy", "yyyy"},
    {"the owner may, who is another", L"O:" ALICE L"D:(A;;FA;;;OW)", "nnny", "nnny"},
    {"nobody may", L"O:SYD:P", "yyyy", "yyyy"},
    {"no list: everybody may", L"O:SY", "nnnn", "nnnn"},
    {"no owner", L"D:P(A;;FA;;;SY)", "nnnn", "nnnn"},
};

static void check_row(const struct row *row)
{
    for (size_t i = 0; i < ACCOUNTS; i++) {
        bool changes = !verdict(row->sddl, accounts[i], TRUST_CHANGES);
        bool replaces = !verdict(row->sddl, accounts[i], TRUST_REPLACES);
        report(changes == (row->changes[i] == 'y') && replaces == (row->replaces[i] == 'y'),
               row->title, row->sddl, accounts[i]);
    }
}

/* Of a kind that SDDL has no word for: one that counts under a condition, which nobody looks at. */
static void check_condition(void)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;
    PACL list = NULL;
    BOOL present = FALSE, defaulted;
    void *entry;
    PSID system = sid_of(L"S-1-5-18");
    bool made = ConvertStringSecurityDescriptorToSecurityDescriptorW(
                    L"D:P(A;;FA;;;SY)", SDDL_REVISION_1, &descriptor, NULL) &&
                GetSecurityDescriptorDacl(descriptor, &present, &list, &defaulted) && present &&
                GetAce(list, 0, &entry);
    bool before = made && !trust_verdict(system, list, system, TRUST_CHANGES);
    if (made)
        ((ACE_HEADER *)entry)->AceType = ACCESS_ALLOWED_CALLBACK_ACE_TYPE;
    report(before && trust_verdict(system, list, system, TRUST_CHANGES), "under a condition",
           L"everything", L"the system itself");
    LocalFree(descriptor);
    LocalFree(system);
}

/* What is made by one is believed by itself, and for others it is what the table says. */
static void check_made(void)
{
    struct arena arena = {0};
    const char *account = trust_account(&arena);
    PSID owner, own = NULL;
    for (int kind = TRUST_PRIVATE; kind <= TRUST_SHARED; kind++) {
        PACL list = NULL;
        BOOL present = FALSE, defaulted;
        PSECURITY_DESCRIPTOR descriptor = trust_descriptor((enum trust_kind)kind);
        owner = sid_of(L"S-1-5-18");
        bool made = account && descriptor && ConvertStringSidToSidA(account, &own) &&
                    GetSecurityDescriptorDacl(descriptor, &present, &list, &defaulted) && present;
        bool changes = made && !trust_verdict(owner, list, own, TRUST_CHANGES);
        bool replaces = made && !trust_verdict(owner, list, own, TRUST_REPLACES);
        /* a shared one lets everybody make a directory in it, and put nothing in another's place */
        report(made && changes == (kind == TRUST_PRIVATE) && replaces,
               kind == TRUST_PRIVATE ? "a private one" : "a shared one", L"as it is made",
               L"this account");
        LocalFree(descriptor);
        LocalFree(owner);
        LocalFree(own);
        own = NULL;
    }
    arena_free(&arena);
}

/* Every account can make a directory of its own in a shared one, whoever made that, and nothing
 * else. */
static void check_shared(void)
{
    enum {
        NEEDED = FILE_ADD_SUBDIRECTORY | FILE_TRAVERSE | FILE_READ_ATTRIBUTES,
        TOO_MUCH = FILE_ADD_FILE | FILE_DELETE_CHILD | DELETE | WRITE_DAC | WRITE_OWNER
    };
    PSECURITY_DESCRIPTOR descriptor = trust_descriptor(TRUST_SHARED);
    PSID everybody = sid_of(L"S-1-5-11");
    PACL list = NULL;
    BOOL present = FALSE, defaulted;
    unsigned found = 0;
    if (descriptor && GetSecurityDescriptorDacl(descriptor, &present, &list, &defaulted) && present)
        for (DWORD i = 0; i < list->AceCount; i++) {
            void *entry;
            const ACCESS_ALLOWED_ACE *allowed;
            if (!GetAce(list, i, &entry))
                continue;
            allowed = entry;
            if (EqualSid((PSID)(intptr_t)&allowed->SidStart, everybody))
                found += allowed->Header.AceType == ACCESS_ALLOWED_ACE_TYPE &&
                         allowed->Header.AceFlags == 0 && (allowed->Mask & NEEDED) == NEEDED &&
                         !(allowed->Mask & TOO_MUCH);
        }
    report(found == 1, "accounts make their own in a shared one", L"as it is made",
           L"every account");
    LocalFree(descriptor);
    LocalFree(everybody);
}

int program(int argc, char **argv)
{
    (void)argc, (void)argv;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_row(&rows[i]);
    check_condition();
    check_made();
    check_shared();
    return tap_end();
}
