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
if !WINDOWS
dist_man_MANS = \
	docs/man/check_hv_balancer.1 \
	docs/man/check_hv_capacity.1 \
	docs/man/check_hv_contention.1 \
	docs/man/check_hv_guest_memory.1 \
	docs/man/check_hv_memory_reserve.1 \
	docs/man/check_hv_page_reads.1 \
	docs/man/check_hv_vm_memory.1
endif

.PHONY: update-man
update-man: plugins/describe
	$(PYTHON) $(srcdir)/docs/man/make-pages plugins/describe $(srcdir)

# The check that docs/architecture.md adds as an example, built from what stands there.
check_PROGRAMS += tests/docs/check_hv_running
tests_docs_check_hv_running_SOURCES = plugins/main.c
nodist_tests_docs_check_hv_running_SOURCES = tests/docs/check_hv_running.c
tests_docs_check_hv_running_CPPFLAGS = $(AM_CPPFLAGS) -DCHECK=check_hv_running \
	-include tests/docs/check_hv_running.h
$(tests_docs_check_hv_running_OBJECTS): tests/docs/check_hv_running.h
CLEANFILES += tests/docs/check_hv_running.c tests/docs/check_hv_running.h

tests/docs/check_hv_running.c: docs/architecture.md tests/docs/extract
	$(AM_V_GEN)$(MKDIR_P) tests/docs && \
		$(AWK) -v n=1 -f $(srcdir)/tests/docs/extract $(srcdir)/docs/architecture.md >$@.tmp && \
		mv $@.tmp $@
tests/docs/check_hv_running.h: docs/architecture.md tests/docs/extract
	$(AM_V_GEN)$(MKDIR_P) tests/docs && \
		{ echo '#include "plugins/check.h"'; $(AWK) -v n=2 -f $(srcdir)/tests/docs/extract \
			$(srcdir)/docs/architecture.md; } >$@.tmp && mv $@.tmp $@

# Write what the programs print now into the documents, for reading with git diff.
.PHONY: update-docs
update-docs: all tests/docs/check_hv_running$(EXEEXT)
	PROGRAMS='$(abs_builddir)/plugins' SRCDIR='$(abs_srcdir)' $(srcdir)/tests/docs/run --update | \
		grep '^not ok' || :
