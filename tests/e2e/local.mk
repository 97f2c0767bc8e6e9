# SPDX-License-Identifier: GPL-3.0-or-later

# The chain from the agent to the graph and the pager, with the real daemons: `make check-e2e`. They
# run on loopback only, below the build directory, and are stopped again.
e2e_tests = \
	tests/e2e/nrpe.e2e \
	tests/e2e/units.e2e \
	tests/e2e/agents.e2e \
	tests/e2e/names.e2e \
	tests/e2e/icinga2.e2e \
	tests/e2e/cluster.e2e \
	tests/e2e/satellites.e2e \
	tests/e2e/grafana.e2e \
	tests/e2e/nagios.e2e \
	tests/e2e/pnp4nagios.e2e \
	tests/e2e/nagios-cgi.e2e \
	tests/e2e/icingaweb.e2e \
	tests/e2e/zabbix.e2e \
	$(winrm_e2e_tests) \
	tests/e2e/wine.e2e

TEST_EXTENSIONS += .e2e
E2E_LOG_DRIVER = $(LOG_DRIVER)
E2E_LOG_COMPILER = $(PYTHON) -B
AM_TESTS_ENVIRONMENT += \
	SUITE='$(plugin_PROGRAMS)'; export SUITE; \
	EXE_DIRECTORY='$(EXE_DIRECTORY)'; export EXE_DIRECTORY;

# Where the 64-bit .exe are: as tests/check builds them.
EXE_DIRECTORY = $(abs_builddir)/../windows64/plugins

.PHONY: check-e2e
check-e2e: $(plugin_PROGRAMS) test-programs
	@$(MKDIR_P) tests/e2e
	$(MAKE) check-TESTS TESTS='$(e2e_tests)' TEST_SUITE_LOG=e2e.log

EXTRA_DIST += tests/e2e/chain.py tests/e2e/icinga.py tests/e2e/zones.py tests/e2e/nagios.py tests/e2e/sights.py \
	tests/e2e/web.py tests/e2e/satellite-load \
	tests/e2e/contrib.e2e tests/e2e/dashboards.e2e tests/e2e/package tests/e2e/release tests/e2e/pnp-call.php $(e2e_tests)
