# SPDX-License-Identifier: GPL-3.0-or-later

# The programs of the tests, and every command-line case, under valgrind: what is read before it is
# written, or never given back. Scripts that run the programs in hundreds of ways stay outside.
VALGRIND = valgrind -q --error-exitcode=99 --leak-check=full \
	--errors-for-leak-kinds=definite,indirect,possible \
	--suppressions='$(abs_srcdir)/tests/winrm/valgrind.supp'

valgrind_tests = $(unit_tests) $(fuzz_targets) $(fault_programs) $(cli_cases) $(cli_linux_cases) \
	tests/cli/examples.py $(winrm_valgrind_tests)

.PHONY: check-valgrind
check-valgrind:
	PROGRAM_WRAPPER='$(VALGRIND)' $(MAKE) check LOG_COMPILER='$(VALGRIND)' TESTS='$(valgrind_tests)'

EXTRA_DIST += tests/lint/run .clang-tidy tests/.clang-tidy
