# SPDX-License-Identifier: GPL-3.0-or-later

# What must not break a check: no memory, files that change or lie, a source that never answers,
# an output that nobody takes, hostile names.
if !WINDOWS
check_PROGRAMS += tests/faults/allocation
TESTS += tests/faults/allocation
endif

tests_faults_allocation_SOURCES = tests/faults/allocation.c lib/plugin/arena.c
tests_faults_allocation_CPPFLAGS = $(AM_CPPFLAGS) -DLARGEST_BLOCK=1
tests_faults_allocation_LDADD = tests/fuzz/libfuzz.a $(libraries)
tests_faults_allocation_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc -Wl,--wrap=free
