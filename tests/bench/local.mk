# SPDX-License-Identifier: GPL-3.0-or-later

# What the programs cost: `make bench` prints a table, and a budget is kept by `make check`.
# Sanitizers and other systems cost something else.
EXTRA_DIST += \
	tests/bench/budget \
	tests/bench/check_available.pl \
	tests/bench/check_available.py \
	tests/bench/empty.c \
	tests/bench/measure.py \
	tests/bench/memory.c \
	tests/bench/hosts.py \
	tests/bench/run \
	tests/bench/scale

if !WINDOWS
if !SANITIZED
TESTS += tests/bench/budget tests/bench/scale
endif
endif
AM_TESTS_ENVIRONMENT += CC='$(CC)'; export CC;

.PHONY: bench bench-static bench-winrm
# What the static program costs: make bench STATIC=DIR, where contrib/linux/build has made it.
bench-static:
	@$(MKDIR_P) tests/bench/static && $(STRIP) -o tests/bench/static/check_hv_guest_memory '$(STATIC)/$(host_cpu)/plugins/check_hv_guest_memory'
	@CC='$(CC)' PROGRAMS='$(abs_builddir)/tests/bench/static' $(PYTHON) $(srcdir)/tests/static/budget.py
bench: all
	@CC='$(CC)' $(PYTHON) $(srcdir)/tests/bench/run --programs $(abs_builddir)/plugins \
		--data $(abs_srcdir)/tests/data && \
	$(PYTHON) $(srcdir)/tests/bench/scale --full --programs $(abs_builddir)/plugins
	@test ! -d '$(STATIC)/$(host_cpu)/plugins' || $(MAKE) bench-static
if WITH_WINRM
	$(MAKE) bench-winrm
bench-winrm: all tests/winrm/checks
	@BUILDDIR='$(abs_builddir)' DATA='$(abs_srcdir)/tests/data' $(PYTHON) $(srcdir)/tests/winrm/cost.py --bench
endif
