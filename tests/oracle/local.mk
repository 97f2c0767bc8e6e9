# SPDX-License-Identifier: GPL-3.0-or-later

# Our ranges and states beside implementations that others wrote.
if !WINDOWS
check_PROGRAMS += tests/oracle/judge_range
TESTS += tests/oracle/ranges.py
if WITH_MONITORING_PLUGINS
check_PROGRAMS += tests/oracle/judge_range_monitoringplug
TESTS += tests/oracle/libmonitoringplug.py
endif
endif
EXTRA_DIST += \
	tests/oracle/judge_range.pl \
	tests/oracle/libmonitoringplug.py \
	tests/oracle/oracle.py \
	tests/oracle/ranges.py

tests_oracle_judge_range_LDADD = lib/libplugin.a

# The library's headers are a system's to us: their warnings are not ours.
tests_oracle_judge_range_monitoringplug_CPPFLAGS = -DHAVE_CONFIG_H -isystem $(MONITORING_PLUGINS) \
	-isystem $(MONITORING_PLUGINS)/lib -isystem $(MONITORING_PLUGINS)/plugins \
	-isystem $(MONITORING_PLUGINS)/gl
tests_oracle_judge_range_monitoringplug_CFLAGS = -std=gnu11 $(WARNING_CFLAGS) $(SANITIZER_CFLAGS)
tests_oracle_judge_range_monitoringplug_LDADD = $(MONITORING_PLUGINS)/lib/libmonitoringplug.a \
	$(MONITORING_PLUGINS)/gl/libgnu.a
