# SPDX-License-Identifier: GPL-3.0-or-later

# What is read: the rules of the tree, the interface that was promised, and of the documents every
# example, link, error message and man page.
source_tests = \
	tests/source/checks.py \
	tests/source/consistent \
	tests/source/console \
	tests/source/interface.py \
	tests/source/links \
	tests/source/man \
	tests/source/messages

quick_tests += tests/source/house.py
if !WINDOWS
quick_tests += $(source_tests)
endif
if !WINDOWS
slow_tests += tests/source/worked-example
endif
EXTRA_DIST += tests/source/worked-example tests/source/house.py $(source_tests) tests/source/documents.py tests/source/extract \
	tests/source/interface.txt tests/source/interface-1.txt tests/README.md \
	docs README.ja.md CONTRIBUTING.md SECURITY.md RELEASING.md

.PHONY: update-interface
update-interface: plugins/describe$(EXEEXT)
	PROGRAMS='$(abs_builddir)/plugins' SRCDIR='$(abs_srcdir)' $(PYTHON) $(srcdir)/tests/source/interface.py --update

# The man pages, made by docs/man/make-pages from the option tables and committed.
man1dir = $(mandir)/man1
man_pages = $(checks:plugins/%=docs/man/%.1)
if !WINDOWS
install-data-local:
	$(MKDIR_P) '$(DESTDIR)$(man1dir)'
	for page in $(man_pages); do \
	  $(INSTALL_DATA) $(srcdir)/$$page '$(DESTDIR)$(man1dir)' || exit; done
uninstall-local:
	for page in $(man_pages); do rm -f '$(DESTDIR)$(man1dir)'/$${page##*/}; done
endif

.PHONY: update-man
update-man: plugins/describe
	$(PYTHON) $(srcdir)/docs/man/make-pages plugins/describe $(srcdir)

# The check that docs/architecture.md adds as an example, built from what stands there.
EXTRA_PROGRAMS += tests/source/check_hv_running
nodist_tests_source_check_hv_running_SOURCES = tests/source/check_hv_running.c
CLEANFILES += tests/source/check_hv_running.c
console_log = tests/source/console.log
$(console_log): tests/source/check_hv_running$(EXEEXT)

tests/source/check_hv_running.c: docs/architecture.md tests/source/extract
	$(AM_V_GEN)$(MKDIR_P) tests/source && \
		$(AWK) -v n=1 -f $(srcdir)/tests/source/extract $(srcdir)/docs/architecture.md >$@.tmp && \
		mv $@.tmp $@

# Write what the programs print now into the documents, for reading with git diff.
.PHONY: update-docs
update-docs: all tests/source/check_hv_running$(EXEEXT)
	PROGRAMS='$(abs_builddir)/plugins' SRCDIR='$(abs_srcdir)' $(srcdir)/tests/source/console --update | \
		grep '^not ok' || :

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

# What clang-format, clang-tidy and cppcheck say is asked by `./bootstrap check`.
EXTRA_DIST += tests/source/lint .clang-tidy tests/.clang-tidy

# Would the tests notice? One operator changed at a time: make mutants [MUTANTS=N] [SEED=S], an hour or two for 1,000.
# In a build for Windows those of its own files.
MUTANTS = 1000
SEED = 1
.PHONY: mutants
mutants:
	$(PYTHON) $(srcdir)/tests/source/mutants --count=$(MUTANTS) --seed=$(SEED) --work=mutants \
	  $(if $(windows),--windows)
EXTRA_DIST += tests/source/mutants tests/source/equal-mutants tests/source/listed.py

# Branches taken, by file: all tests in a build of its own that counts them, whoever runs a program. What a
# signal ends is not counted. A build for Windows counts those of Windows' own files, by the tests under Wine.
if WINDOWS
coverage_flags = --host=$(host_alias) LDFLAGS='-Wl,--wrap=__imp_TerminateProcess' LIBS="$$PWD/count_exits.o -lgcov"
coverage_programs = $(windows)/doubles.stamp $(windows)/trusted.exe $(windows)/reader.exe
coverage_tests = check-TESTS TESTS='$(windows_cases) $(windows_programs_tests) $(cli_cases)'
coverage_report = GCOV='$(host_alias)-gcov' $(abs_srcdir)/tests/source/coverage --windows
else
coverage_flags = LDFLAGS='-Wl,--wrap=_exit' LIBS="$$PWD/count_exits.o"
coverage_programs = all test-programs
coverage_tests = check-all
coverage_report = $(abs_srcdir)/tests/source/coverage
endif
.PHONY: coverage
coverage:
	$(MKDIR_P) coverage && cd coverage && \
	  $(CC) -fPIC -c $(abs_srcdir)/tests/source/count_exits.c && \
	  { test -f Makefile || $(abs_srcdir)/configure -q CFLAGS='-g -O0 -Wno-cpp --coverage' $(coverage_flags); } && \
	  { $(MAKE) $(coverage_programs); find . -name '*.gcno' | sed 's/gcno$$/gcda/' | \
	      while read -r counts; do : >"$$counts"; chmod 666 "$$counts"; done; } && \
	  { $(MAKE) -k $(coverage_tests) || :; } && \
	  $(coverage_report) --untaken .
EXTRA_DIST += tests/source/coverage tests/source/count_exits.c tests/source/untaken-branches
