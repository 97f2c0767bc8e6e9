# SPDX-License-Identifier: GPL-3.0-or-later

# What keeps the house in order: who may include whom, who may print, and what users were promised.
TESTS += tests/house/house.py
if !WINDOWS
TESTS += tests/house/interface.py
endif
EXTRA_DIST += tests/house/house.py tests/house/interface.py tests/house/interface.txt

.PHONY: update-interface
update-interface: plugins/describe$(EXEEXT)
	PROGRAMS='$(abs_builddir)/plugins' SRCDIR='$(abs_srcdir)' $(PYTHON) $(srcdir)/tests/house/interface.py --update
