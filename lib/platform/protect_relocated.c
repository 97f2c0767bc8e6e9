/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Static programs alone: what the start has relocated is made read-only (RELRO), before main(). In
 * a dynamic program the loader does that, and glibc's own start does it in a static one; musl's, up
 * to 1.2.5, leaves the segment writable, whatever the program's header asks for.
 *
 * Nothing calls it, so the linker is told to take it in (configure: STATIC_LDFLAGS). Where the
 * kernel refuses, the check goes on: its answer is as right without.
 */
#include <link.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* The linker's: where the program's own header lies in memory. */
extern const ElfW(Ehdr) program_header __asm__("__ehdr_start")
    __attribute__((visibility("hidden")));

__attribute__((constructor)) void protect_relocated(void);

void protect_relocated(void)
{
    uintptr_t here = (uintptr_t)&program_header;
    uintptr_t base = program_header.e_type == ET_DYN ? here : 0; /* what addresses count from */
    uintptr_t page = (uintptr_t)getpagesize();
    const ElfW(Phdr) *segment = (const ElfW(Phdr) *)(here + program_header.e_phoff);
    for (unsigned i = 0; i < program_header.e_phnum; i++, segment++)
        if (segment->p_type == PT_GNU_RELRO) {
            /* Whole pages: what lies before in the first is constant, too. */
            uintptr_t begin = (base + segment->p_vaddr) & -page;
            uintptr_t end = (base + segment->p_vaddr + segment->p_memsz) & -page;
            mprotect((void *)begin, end - begin, PROT_READ);
        }
}
