# SPDX-License-Identifier: GPL-3.0-or-later

# The documents: every example, link, error message and man page.
docs_tests = \
	tests/docs/run \
	tests/docs/links \
	tests/docs/man \
	tests/docs/messages

if !WINDOWS
TESTS += $(docs_tests)
endif
EXTRA_DIST += $(docs_tests) tests/README.md tests/docs/documents.py tests/docs/extract \
	docs README.ja.md CONTRIBUTING.md SECURITY.md RELEASING.md

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
check_PROGRAMS += tests/docs/check_hv_running
nodist_tests_docs_check_hv_running_SOURCES = tests/docs/check_hv_running.c
CLEANFILES += tests/docs/check_hv_running.c

tests/docs/check_hv_running.c: docs/architecture.md tests/docs/extract
	$(AM_V_GEN)$(MKDIR_P) tests/docs && \
		$(AWK) -v n=1 -f $(srcdir)/tests/docs/extract $(srcdir)/docs/architecture.md >$@.tmp && \
		mv $@.tmp $@

# Write what the programs print now into the documents, for reading with git diff.
.PHONY: update-docs
update-docs: all tests/docs/check_hv_running$(EXEEXT)
	PROGRAMS='$(abs_builddir)/plugins' SRCDIR='$(abs_srcdir)' $(srcdir)/tests/docs/run --update | \
		grep '^not ok' || :
