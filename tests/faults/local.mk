# SPDX-License-Identifier: GPL-3.0-or-later

# What must not break a check: no memory, files that change or lie, a source that never answers,
# an output that nobody takes, hostile names.
fault_programs = tests/faults/allocation tests/faults/reading
if !WINDOWS
check_PROGRAMS += $(fault_programs)
TESTS += $(fault_programs)
endif

fault_libraries = tests/fuzz/libfuzz.a $(libraries)
fault_sources = tests/faults/faults.c tests/faults/faults.h

tests_faults_allocation_SOURCES = tests/faults/allocation.c $(fault_sources) lib/plugin/arena.c
tests_faults_allocation_CPPFLAGS = $(AM_CPPFLAGS) -DLARGEST_BLOCK=1
tests_faults_allocation_LDADD = $(fault_libraries)
tests_faults_allocation_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc -Wl,--wrap=free
tests_faults_reading_SOURCES = tests/faults/reading.c $(fault_sources)
tests_faults_reading_LDADD = $(fault_libraries)
