/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Whom a file or a directory of Windows can be believed to be of: its owner, and whom its access
 * list lets write. For the private files and the settings of platform.h; Windows alone.
 *
 * Trusted are the account itself, and those who may write everywhere anyway: the system,
 * administrators, and Windows' own installer, which "Program Files" names in every list. An
 * administrator who owns a file by his own name is none of them: whether a user is an administrator
 * can't be told without asking a domain.
 */
#ifndef PLATFORM_TRUST_H
#define PLATFORM_TRUST_H

#include "plugin/arena.h"

#include <windows.h>

/* What others may not be able to do. */
enum trust_rights {
    /* Put other words into a file, or another file into a directory, or take it over. */
    TRUST_CHANGES = FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_DELETE_CHILD | DELETE | WRITE_DAC |
                    WRITE_OWNER | (int)GENERIC_WRITE | GENERIC_ALL,
    /* Put another file in the place of one that is there; to add files is no harm. */
    TRUST_REPLACES = FILE_DELETE_CHILD | DELETE | WRITE_DAC | WRITE_OWNER | GENERIC_ALL,
};

/* What speaks against trusting this owner and list, in words; NULL: nothing. account: ours. */
const char *trust_verdict(PSID owner, PACL list, PSID account, enum trust_rights rights);

/* The same of an open file or directory, for the account that this program runs as. */
const char *trust_problem(HANDLE handle, enum trust_rights rights);

/* The SID of that account, as text: "S-1-5-18". NULL: out of memory, or it can't be told. */
const char *trust_account(struct arena *arena);

/* For what we make. */
enum trust_kind {
    TRUST_PRIVATE, /* this account, the system and administrators, and the same for all in it */
    TRUST_SHARED,  /* a directory in which every account may make one of its own, and no files */
};

/* Free it with LocalFree(). NULL: it could not be made. */
PSECURITY_DESCRIPTOR trust_descriptor(enum trust_kind kind);

#endif
