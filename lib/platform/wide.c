/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/wide.h"

#include <windows.h>

/* The flags are 0, because Windows Server 2003 refuses all others with CP_UTF8. Text that Windows
 * won't convert is as good as none: whoever asks whether something is missing asks the arena. */

wchar_t *wide_from_text(const char *text, struct arena *arena)
{
    int length = MultiByteToWideChar(CP_UTF8, 0, text, -1, NULL, 0);
    wchar_t *wide = length > 0 ? arena_array(arena, (size_t)length, sizeof *wide) : NULL;
    if (wide && MultiByteToWideChar(CP_UTF8, 0, text, -1, wide, length))
        return wide;
    arena->failed = true;
    return NULL;
}

char *wide_to_text(const wchar_t *wide, struct arena *arena)
{
    int length = WideCharToMultiByte(CP_UTF8, 0, wide, -1, NULL, 0, NULL, NULL);
    char *text = length > 0 ? arena_array(arena, (size_t)length, 1) : NULL;
    if (text && WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, length, NULL, NULL))
        return text;
    arena->failed = true;
    return NULL;
}

const char *wide_message(unsigned long code, const wchar_t *module, struct arena *arena)
{
    wchar_t message[512];
    HMODULE handle = module ? GetModuleHandleW(module) : NULL;
    /* MAX_WIDTH_MASK: no line breaks but those of the text, of which there are none left then. */
    DWORD flags = (handle ? FORMAT_MESSAGE_FROM_HMODULE : FORMAT_MESSAGE_FROM_SYSTEM) |
                  FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK;
    DWORD length =
        FormatMessageW(flags, handle, code, 0, message, sizeof message / sizeof *message, NULL);
    while (length && (message[length - 1] == L' ' || message[length - 1] == L'.'))
        length--;
    message[length] = L'\0';
    const char *text = wide_to_text(message, arena);
    return text ? text : "";
}
