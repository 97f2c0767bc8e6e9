# SPDX-License-Identifier: GPL-3.0-or-later

# What the programs cost: `make bench` prints a table, and a budget is kept by `make check`.
# Sanitizers and other systems cost something else. And our ranges and states beside implementations
# that others wrote.
EXTRA_DIST += \
	tests/bench/budget \
	tests/bench/check_available.pl \
	tests/bench/check_available.py \
	tests/bench/empty.c \
	tests/bench/measure.py \
	tests/bench/memory.c \
	tests/bench/hosts.py \
	tests/bench/run \
	tests/bench/scale \
	tests/bench/judge_range.pl \
	tests/bench/libmonitoringplug.py \
	tests/bench/oracle.py \
	tests/bench/ranges.py

if !WINDOWS
if !SANITIZED
quick_tests += tests/bench/budget
slow_tests += tests/bench/scale
endif

EXTRA_PROGRAMS += tests/bench/judge_range
slow_tests += tests/bench/ranges.py
tests/bench/ranges.log: tests/bench/judge_range
if WITH_MONITORING_PLUGINS
EXTRA_PROGRAMS += tests/bench/judge_range_monitoringplug
slow_tests += tests/bench/libmonitoringplug.py
tests/bench/libmonitoringplug.log: tests/bench/judge_range tests/bench/judge_range_monitoringplug
endif
endif

tests_bench_judge_range_LDADD = lib/libplugin.a

# The library's headers are a system's to us: their warnings are not ours.
tests_bench_judge_range_monitoringplug_CPPFLAGS = -DHAVE_CONFIG_H -isystem $(MONITORING_PLUGINS) \
	-isystem $(MONITORING_PLUGINS)/lib -isystem $(MONITORING_PLUGINS)/plugins \
	-isystem $(MONITORING_PLUGINS)/gl
tests_bench_judge_range_monitoringplug_CFLAGS = -std=gnu11 $(WARNING_CFLAGS) $(SANITIZER_CFLAGS)
tests_bench_judge_range_monitoringplug_LDADD = $(MONITORING_PLUGINS)/lib/libmonitoringplug.a \
	$(MONITORING_PLUGINS)/gl/libgnu.a
AM_TESTS_ENVIRONMENT += CC='$(CC)'; export CC;

.PHONY: bench bench-static bench-winrm
# What the static program costs: make bench STATIC=DIR, where contrib/linux/build has made it.
bench-static:
	@$(MKDIR_P) tests/bench/static && $(STRIP) -o tests/bench/static/check_hv_guest_memory '$(STATIC)/$(host_cpu)/plugins/check_hv_guest_memory'
	@CC='$(CC)' PROGRAMS='$(abs_builddir)/tests/bench/static' $(PYTHON) $(srcdir)/tests/e2e/static/budget.py
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
