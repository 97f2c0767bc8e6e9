# SPDX-License-Identifier: GPL-3.0-or-later

# Command-line cases: every program, option, state and error.
cli_cases = \
	tests/cli/balancer.case

# The 32-bit programs can't run here.
if WINDOWS
if WINDOWS_64
TESTS += $(cli_cases)
endif
else
TESTS += $(cli_cases)
endif
TEST_EXTENSIONS += .case
CASE_LOG_DRIVER = $(LOG_DRIVER)
CASE_LOG_COMPILER = $(PYTHON) $(srcdir)/tests/cli/run
EXTRA_DIST += tests/cli/run $(cli_cases)
