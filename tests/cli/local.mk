# SPDX-License-Identifier: GPL-3.0-or-later

# Command-line cases: every program, option, state and error. They hold on every system, so that the
# Windows programs run them too.
cli_cases = \
	tests/cli/balancer.case \
	tests/cli/guest-memory.case \
	tests/cli/memory-reserve.case \
	tests/cli/page-reads.case \
	tests/cli/vm-memory.case

TESTS += $(cli_cases)
TEST_EXTENSIONS += .case
CASE_LOG_DRIVER = $(LOG_DRIVER)
CASE_LOG_COMPILER = $(PYTHON) $(srcdir)/tests/cli/run
EXTRA_DIST += tests/cli/run $(cli_cases)
