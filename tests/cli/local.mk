# SPDX-License-Identifier: GPL-3.0-or-later

# Command-line cases: every program, option, state and error. These hold on every system, so that
# the Windows programs run them too.
cli_cases = \
	tests/cli/balancer.case \
	tests/cli/capacity.case \
	tests/cli/cluster.case \
	tests/cli/contention.case \
	tests/cli/extra-opts.case \
	tests/cli/guest-memory.case \
	tests/cli/help.case \
	tests/cli/memory-reserve.case \
	tests/cli/never-a-false-ok.case \
	tests/cli/newer.case \
	tests/cli/options.case \
	tests/cli/output.case \
	tests/cli/page-reads.case \
	tests/cli/record-option.case \
	tests/cli/record-source.case \
	tests/cli/records.case \
	tests/cli/verdicts.case \
	tests/cli/vm-memory.case

# What only Linux says.
cli_linux_cases = \
	tests/cli/local-linux.case

quick_tests += $(cli_cases) tests/cli/clusters.py tests/cli/examples.py tests/cli/many-records.py
if !WINDOWS
quick_tests += $(cli_linux_cases) tests/cli/rename.py
slow_tests += tests/cli/language.py
endif
TEST_EXTENSIONS += .case
CASE_LOG_DRIVER = $(LOG_DRIVER)
CASE_LOG_COMPILER = $(PYTHON) $(srcdir)/tests/cli/run
EXTRA_DIST += tests/cli/run tests/cli/clusters.py tests/cli/examples.py tests/cli/language.py tests/cli/many-records.py tests/cli/rename.py $(cli_cases) $(cli_linux_cases)
