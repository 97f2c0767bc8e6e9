# SPDX-License-Identifier: GPL-3.0-or-later

# Fuzz targets. `make check` runs them once on every committed input, in every build. Configured
# with CC=clang --enable-fuzz, they search instead: make fuzz [FUZZ_SECONDS=60 | FUZZ_RUNS=N]
fuzz_targets = \
	tests/fuzz/fuzz_cluster \
	tests/fuzz/fuzz_encoding \
	tests/fuzz/fuzz_export_csv \
	tests/fuzz/fuzz_ini \
	tests/fuzz/fuzz_kept \
	tests/fuzz/fuzz_options \
	tests/fuzz/fuzz_pdh_log \
	tests/fuzz/fuzz_plugin \
	tests/fuzz/fuzz_range \
	tests/fuzz/fuzz_reg_file \
	tests/fuzz/fuzz_size \
	tests/fuzz/fuzz_state_file

if WITH_WINRM
fuzz_targets += \
	tests/fuzz/fuzz_winrm_challenge \
	tests/fuzz/fuzz_winrm_credentials \
	tests/fuzz/fuzz_winrm_http \
	tests/fuzz/fuzz_winrm_sealed \
	tests/fuzz/fuzz_winrm_soap
endif

if !WINDOWS
EXTRA_LIBRARIES += tests/fuzz/libfuzz.a
EXTRA_PROGRAMS += $(fuzz_targets)
if !FUZZ
quick_tests += $(fuzz_targets)
endif
endif

# Lines, and logs in search of headers, are read in small pieces, so that an input has many.
tests_fuzz_libfuzz_a_CPPFLAGS = $(AM_CPPFLAGS) -DPIECE=512 -DBLOCK=1024
tests_fuzz_libfuzz_a_SOURCES = \
	tests/fuzz/fuzz.c tests/fuzz/fuzz.h tests/fuzz/memory.c lib/counter/record/lines.c \
	lib/counter/record/pdh_map.c
if !FUZZ
tests_fuzz_libfuzz_a_SOURCES += tests/fuzz/replay.c
endif

# memory.c comes before the library whose system it replaces, and so do lines.c and pdh_map.c.
fuzz_archives = tests/fuzz/libfuzz.a plugins/libchecks.a lib/libcheck.a tests/fuzz/libfuzz.a $(libraries)
fuzz_libraries = $(fuzz_archives) $(FUZZ_LIBS)
$(fuzz_targets): LDADD = $(fuzz_libraries)
$(fuzz_targets): $(fuzz_archives)

# Each has the functions of its own that stand in for a host.
fuzz_winrm_libraries = $(winrm_library) $(fuzz_libraries) $(WINRM_LIBS)
tests_fuzz_fuzz_winrm_challenge_SOURCES = tests/fuzz/fuzz_winrm_challenge.c tests/winrm/leaks.c
tests_fuzz_fuzz_winrm_challenge_CPPFLAGS = $(AM_CPPFLAGS) $(WINRM_CFLAGS)
tests_fuzz_fuzz_winrm_challenge_LDADD = $(fuzz_winrm_libraries)
tests_fuzz_fuzz_winrm_credentials_CPPFLAGS = $(AM_CPPFLAGS) $(WINRM_CFLAGS)
tests_fuzz_fuzz_winrm_credentials_LDADD = $(fuzz_winrm_libraries)
tests_fuzz_fuzz_winrm_http_CPPFLAGS = $(AM_CPPFLAGS) $(WINRM_CFLAGS)
tests_fuzz_fuzz_winrm_http_LDADD = $(fuzz_winrm_libraries)
tests_fuzz_fuzz_winrm_sealed_CPPFLAGS = $(AM_CPPFLAGS) $(WINRM_CFLAGS)
tests_fuzz_fuzz_winrm_sealed_LDADD = $(fuzz_winrm_libraries)
tests_fuzz_fuzz_winrm_soap_CPPFLAGS = $(AM_CPPFLAGS) $(WINRM_CFLAGS)
tests_fuzz_fuzz_winrm_soap_LDADD = $(fuzz_winrm_libraries)

FUZZ_SECONDS = 60
FUZZ_RUNS = 0
FUZZ_JOBS = 1

.PHONY: fuzz
if FUZZ
fuzz: $(fuzz_targets)
	$(PYTHON) $(srcdir)/tests/fuzz/run --seconds=$(FUZZ_SECONDS) --runs=$(FUZZ_RUNS) \
		--jobs=$(FUZZ_JOBS) --found=fuzz-found $(fuzz_targets)
else
fuzz:
	@echo "make fuzz: configure with CC=clang --enable-fuzz" >&2; exit 1
endif

EXTRA_DIST += tests/fuzz/run tests/fuzz/make-corpus tests/fuzz/make-corpus-winrm tests/fuzz/dictionary tests/fuzz/corpus \
	tests/fuzz/regressions
