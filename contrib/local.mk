# SPDX-License-Identifier: GPL-3.0-or-later

# Configuration for agents and monitoring servers: see docs/. What must agree with the programs is
# generated from their option tables and committed; a test compares.
EXTRA_DIST += contrib/documents contrib/generate contrib/grafana contrib/icinga2 contrib/nagios contrib/nrpe contrib/nsclient \
	contrib/pnp4nagios contrib/record

if !WINDOWS
quick_tests += tests/e2e/contrib.e2e tests/e2e/dashboards.e2e
endif

.PHONY: update-contrib
update-contrib: plugins/describe
	$(PYTHON) $(srcdir)/contrib/generate plugins/describe $(srcdir)/contrib
	$(PYTHON) $(srcdir)/contrib/grafana/generate plugins/describe

# All that follows from the programs and is kept in the tree.
.PHONY: update
update: update-contrib update-man update-interface update-docs
