/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/trust.h"

#include "platform/wide.h"

#include <aclapi.h>
#include <sddl.h>

/* ---- accounts ---- */

enum { MOST_PARTS = 6 };

/* As Windows lays out a SID. */
struct known_sid {
    BYTE revision, count;
    SID_IDENTIFIER_AUTHORITY authority;
    DWORD parts[MOST_PARTS];
};

/* Source: Microsoft's list of well-known SIDs. */
static const struct known_sid trusted[] = {
    {1, 1, {{0, 0, 0, 0, 0, 5}}, {18}},      /* the system */
    {1, 2, {{0, 0, 0, 0, 0, 5}}, {32, 544}}, /* administrators */
    {1,
     6,
     {{0, 0, 0, 0, 0, 5}},
     {80, 956008885, 3418522649, 1831038044, 1853292631, 2271478464}}, /* TrustedInstaller */
    {0},
};

/* In a list these stand for the owner, who was looked at, or for nobody. */
static const struct known_sid owners[] = {
    {1, 1, {{0, 0, 0, 0, 0, 3}}, {4}}, /* owner rights */
    {1, 1, {{0, 0, 0, 0, 0, 3}}, {0}}, /* creator owner */
    {0},
};

/* The list ends with one of revision 0. */
static bool is_one_of(PSID sid, const struct known_sid *sids)
{
    while (sids->revision && !EqualSid(sid, (PSID)(intptr_t)sids))
        sids++;
    return sids->revision;
}

static bool is_trusted(PSID sid, PSID account)
{
    return EqualSid(sid, account) || is_one_of(sid, trusted);
}

struct user {
    union {
        TOKEN_USER token;
        unsigned char room[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
    };
};

static bool find_user(struct user *ret)
{
    HANDLE token;
    DWORD size;
    bool opened = OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token);
    bool found = opened && GetTokenInformation(token, TokenUser, ret, sizeof *ret, &size);
    if (opened)
        CloseHandle(token);
    return found;
}

const char *trust_account(struct arena *arena)
{
    struct user user;
    wchar_t *sid;
    if (!find_user(&user) || !ConvertSidToStringSidW(user.token.User.Sid, &sid))
        return NULL;
    const char *text = wide_to_text(sid, arena);
    LocalFree(sid);
    return text;
}

/* ---- the verdict ---- */

static bool lets_others(const void *entry, PSID account, DWORD rights)
{
    const ACE_HEADER *header = entry;
    const ACCESS_ALLOWED_ACE *allowed = entry; /* all begin with a mask */
    if (header->AceType == ACCESS_DENIED_ACE_TYPE || (header->AceFlags & INHERIT_ONLY_ACE) ||
        !(allowed->Mask & rights))
        return false;
    PSID sid = (PSID)(intptr_t)&allowed->SidStart;
    return header->AceType != ACCESS_ALLOWED_ACE_TYPE ||
           (!is_trusted(sid, account) && !is_one_of(sid, owners));
}

const char *trust_verdict(PSID owner, PACL list, PSID account, enum trust_rights rights)
{
    static const char open[] = "others can write to it";
    if (!owner || !is_trusted(owner, account))
        return "belongs to another user";
    if (!list) /* no list at all: everybody may do everything */
        return open;
    for (DWORD i = 0; i < list->AceCount; i++) {
        void *entry;
        if (!GetAce(list, i, &entry) || lets_others(entry, account, (DWORD)rights))
            return open;
    }
    return NULL;
}

const char *trust_problem(HANDLE handle, enum trust_rights rights)
{
    PSID owner;
    PACL list;
    PSECURITY_DESCRIPTOR descriptor;
    struct user user;
    if (!find_user(&user) ||
        GetSecurityInfo(handle, SE_FILE_OBJECT,
                        OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, &owner, NULL, &list,
                        NULL, &descriptor) != ERROR_SUCCESS)
        return "its owner can't be determined";
    const char *problem = trust_verdict(owner, list, user.token.User.Sid, rights);
    LocalFree(descriptor);
    return problem;
}

/* ---- what we make ---- */

PSECURITY_DESCRIPTOR trust_descriptor(enum trust_kind kind)
{
    /* 0x1200AD: look at it and what is in it, pass through, make a directory in it. AU: everybody
     * who has an account here, services too. */
    static const wchar_t *const formats[] = {
        [TRUST_PRIVATE] = L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;%ls)",
        [TRUST_SHARED] = L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;;0x1200AD;;;AU)",
    };
    enum { ROOM = 64 + 187 }; /* the longest SID as text: SECURITY_MAX_SID_STRING_CHARACTERS */
    struct user user;
    wchar_t *sid, text[ROOM];
    PSECURITY_DESCRIPTOR descriptor = NULL;
    if (!find_user(&user) || !ConvertSidToStringSidW(user.token.User.Sid, &sid))
        return NULL;
    _snwprintf(text, ROOM - 1, formats[kind], sid);
    text[ROOM - 1] = L'\0';
    LocalFree(sid);
    return ConvertStringSecurityDescriptorToSecurityDescriptorW(text, SDDL_REVISION_1, &descriptor,
                                                                NULL)
               ? descriptor
               : NULL;
}
