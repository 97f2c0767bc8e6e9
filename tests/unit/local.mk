# SPDX-License-Identifier: GPL-3.0-or-later

# Unit tests, one for each module, with cmocka.
unit_tests = \
	tests/unit/test_encoding \
	tests/unit/test_utf8

# What they test is the same on every system; Debian has cmocka for its own alone.
if !WINDOWS
if HAVE_CMOCKA
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
else
TESTS += tests/unit/missing-cmocka
endif
endif
EXTRA_DIST += tests/unit/missing-cmocka

unit_cppflags = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
unit_libraries = $(libraries) $(CMOCKA_LIBS)

tests_unit_test_encoding_CPPFLAGS = $(unit_cppflags)
tests_unit_test_encoding_LDADD = $(unit_libraries)
tests_unit_test_utf8_CPPFLAGS = $(unit_cppflags)
tests_unit_test_utf8_LDADD = $(unit_libraries)
