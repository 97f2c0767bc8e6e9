# SPDX-License-Identifier: GPL-3.0-or-later

# The static programs for Linux guests, as their tarballs have them: `make check-static STATIC=DIR`, where
# contrib/linux/build has made them below DIR. All that is tested of programs from outside, and the
# command line again where they have to run: in a root with nothing in it, with an old C library beside
# them, and on another processor. What puts itself between a program and its C library can't be tried on them.
static_tests = $(cli_cases) $(cli_linux_cases) \
	tests/cli/examples.py tests/cli/many-records.py \
	tests/faults/budget.py tests/faults/files.py tests/faults/names.py tests/faults/numbers.py \
	tests/faults/previous-run tests/faults/kept-record \
	tests/e2e/static/tarball.py tests/e2e/static/hardening.py tests/e2e/static/roots.py tests/e2e/static/budget.py
static_cases = $(cli_cases) $(cli_linux_cases) tests/cli/examples.py
static_files = tests/e2e/static/budget.py tests/e2e/static/hardening.py tests/e2e/static/in-root tests/e2e/static/make-debian11 \
	tests/e2e/static/roots.py tests/e2e/static/tarball.py tests/e2e/static/unpack
EXTRA_DIST += $(static_files)

STATIC = $(abs_builddir)/static
static = $(abs_builddir)/tests/e2e/static
# Debian 11 can lie elsewhere, to be made once for several builds: make DEBIAN11_ROOT=DIR
DEBIAN11_ROOT = $(static)/debian11
static_make = $(MAKE) $(AM_MAKEFLAGS) check-TESTS TEST_SUITE_LOG=static.log
in_root = PROGRAM_WRAPPER='$(abs_srcdir)/tests/e2e/static/in-root' tested_programs='$(static)/x86_64' TESTS='$(static_cases)'

.PHONY: check-static
check-static: $(plugin_PROGRAMS)
	$(SHELL) $(srcdir)/tests/e2e/static/unpack '$(STATIC)' '$(static)'
	$(SHELL) $(srcdir)/tests/e2e/static/make-debian11 '$(DEBIAN11_ROOT)'
	rm -rf '$(static)/empty' && $(MKDIR_P) '$(static)/empty'
	@status=0; STATIC='$(STATIC)'; DEBIAN11_ROOT='$(DEBIAN11_ROOT)'; export STATIC DEBIAN11_ROOT; \
	echo '== x86_64'; $(static_make) tested_programs='$(static)/x86_64' TESTS='$(static_tests)' || status=1; \
	echo '== x86_64, in a root with nothing in it'; ROOT='$(static)/empty' $(static_make) $(in_root) || status=1; \
	echo '== x86_64, in Debian 11'; ROOT='$(DEBIAN11_ROOT)' $(static_make) $(in_root) || status=1; \
	echo '== aarch64'; $(static_make) PROGRAM_WRAPPER=qemu-aarch64-static \
	  tested_programs='$(static)/aarch64' TESTS='$(static_cases)' || status=1; \
	exit $$status
if !WINDOWS
clean-local:
	rm -rf tests/e2e/static/x86_64 tests/e2e/static/aarch64 tests/e2e/static/empty tests/e2e/static/debian11*
endif
