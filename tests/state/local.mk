# SPDX-License-Identifier: GPL-3.0-or-later

# Rates, what is kept between runs, and the sources of this system.
state_tests = \
	tests/unit/test_rate \
	tests/unit/test_state_file

if !WINDOWS
state_tests += \
	tests/unit/test_local_linux \
	tests/unit/test_private
TESTS += tests/state/previous-run
endif
TESTS += tests/state/kept-record
EXTRA_DIST += tests/state/previous-run tests/state/kept-record

if HAVE_CMOCKA
check_PROGRAMS += $(state_tests)
TESTS += $(state_tests)
endif

tests_unit_test_local_linux_CPPFLAGS = $(unit_cppflags)
tests_unit_test_local_linux_LDADD = $(unit_libraries)
tests_unit_test_private_CPPFLAGS = $(unit_cppflags)
tests_unit_test_private_LDADD = $(unit_libraries)
tests_unit_test_rate_CPPFLAGS = $(unit_cppflags)
tests_unit_test_rate_LDADD = $(unit_libraries)
tests_unit_test_state_file_CPPFLAGS = $(unit_cppflags)
tests_unit_test_state_file_LDADD = $(unit_libraries)
