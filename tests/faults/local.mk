# SPDX-License-Identifier: GPL-3.0-or-later

# What must not break a check: no memory, files that change or lie, a source that never answers,
# an output that nobody takes, hostile names, what an earlier run kept. And what the programs are built of.
fault_programs = tests/faults/allocation tests/faults/calls tests/faults/reading
fault_scripts = \
	tests/faults/budget.py \
	tests/faults/files.py \
	tests/faults/names.py \
	tests/faults/output.py \
	tests/faults/state.py

if !WINDOWS
EXTRA_PROGRAMS += $(fault_programs)
quick_tests += $(fault_programs) tests/faults/numbers.py
slow_tests += $(fault_scripts) tests/faults/previous-run
if !SANITIZED
slow_tests += tests/faults/sorting.py
endif
if HARDENED
quick_tests += tests/faults/hardening.py
endif
$(fault_scripts:.py=.log): tests/faults/shim.so
test_files += tests/faults/shim.so
endif
quick_tests += tests/faults/kept-record

fault_libraries = tests/fuzz/libfuzz.a plugins/libchecks.a lib/libcheck.a tests/fuzz/libfuzz.a $(libraries)
fault_sources = tests/faults/faults.c tests/faults/faults.h

tests_faults_allocation_SOURCES = tests/faults/allocation.c tests/faults/memory.c tests/faults/memory.h \
	$(fault_sources) lib/plugin/arena.c lib/check/describe.c
tests_faults_allocation_CPPFLAGS = $(AM_CPPFLAGS) -DLARGEST_BLOCK=1
tests_faults_allocation_LDADD = $(fault_libraries)
tests_faults_allocation_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc -Wl,--wrap=free
wrapped_calls = calloc clock_gettime close faccessat fcntl fork free fstat fstatat fsync gethostname linkat malloc mkdir \
	nanosleep open openat pipe poll pread read realloc rename renameat sigaction unlinkat waitpid write
tests_faults_calls_SOURCES = tests/faults/calls.c tests/faults/memory.c tests/faults/memory.h
tests_faults_calls_LDADD = $(libraries)
tests_faults_calls_LDFLAGS = $(AM_LDFLAGS) $(wrapped_calls:%=-Wl,--wrap=%)
tests_faults_reading_SOURCES = tests/faults/reading.c $(fault_sources)
tests_faults_reading_LDADD = $(fault_libraries)

tests/faults/shim.so: tests/faults/shim.c
	$(AM_V_CCLD)$(MKDIR_P) tests/faults && \
	$(CC) -std=c11 -Wall -Wextra -shared -fPIC -o $@ $(srcdir)/tests/faults/shim.c -ldl

tests/faults/sorting.log: tests/faults/qsort.so
tests/faults/qsort.so: tests/faults/qsort.c
	$(AM_V_CCLD)$(MKDIR_P) tests/faults && \
	$(CC) -std=gnu11 -Wall -Wextra -shared -fPIC -o $@ $(srcdir)/tests/faults/qsort.c

CLEANFILES += tests/faults/shim.so tests/faults/qsort.so
EXTRA_DIST += tests/faults/shim.c tests/faults/qsort.c tests/faults/sorting.py tests/faults/checks.py tests/faults/hostile.py $(fault_scripts) \
	tests/faults/hardening.py tests/faults/kept-record tests/faults/numbers.py tests/faults/previous-run
