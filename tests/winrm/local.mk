# SPDX-License-Identifier: GPL-3.0-or-later

# The source winrm: against a double of a host, over a real login and real sealing, on loopback.
winrm_tests = \
	tests/winrm/failures.py \
	tests/winrm/hostile.py \
	tests/winrm/live.py \
	tests/winrm/network.py \
	tests/winrm/nodes.py \
	tests/winrm/oracles.py \
	tests/winrm/replay.py
if WITH_WINRM
EXTRA_PROGRAMS += tests/winrm/checks tests/winrm/strange
tests_winrm_checks_SOURCES = tests/winrm/checks.c tests/winrm/leaks.c lib/counter/linux/module.c
tests_winrm_checks_LDADD = plugins/libchecks.a $(LDADD)
tests_winrm_checks_CPPFLAGS = $(AM_CPPFLAGS) \
	-DWINRM_MODULE='"$(abs_builddir)/lib/counter/winrm/winrm.so"'
# The same with a module that the tests put there: one that is none, or does not fit.
tests_winrm_strange_SOURCES = plugins/check_hv_balancer.c lib/counter/linux/module.c
tests_winrm_strange_CPPFLAGS = $(AM_CPPFLAGS) \
	-DWINRM_MODULE='"$(abs_builddir)/tests/winrm/strange.so"'
# A host without a network.
winrm_host = tests/winrm/host.c tests/winrm/host.h
EXTRA_PROGRAMS += tests/winrm/allocation
tests_winrm_allocation_SOURCES = tests/winrm/allocation.c $(winrm_host) tests/faults/memory.c tests/faults/memory.h \
	lib/plugin/arena.c
tests_winrm_allocation_CPPFLAGS = $(AM_CPPFLAGS) $(WINRM_CFLAGS) -DLARGEST_BLOCK=1
tests_winrm_allocation_LDADD = $(winrm_library) $(libraries) $(WINRM_LIBS)
tests_winrm_allocation_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc -Wl,--wrap=free -Wl,--wrap=getrandom
if HAVE_CMOCKA
winrm_unit_tests = tests/winrm/test_host tests/winrm/test_system tests/winrm/test_tls tests/winrm/test_winrm
EXTRA_PROGRAMS += $(winrm_unit_tests)
quick_tests += $(winrm_unit_tests)
endif
tests_winrm_test_host_SOURCES = tests/winrm/test_host.c $(winrm_host)
tests_winrm_test_host_CPPFLAGS = $(AM_CPPFLAGS) $(WINRM_CFLAGS)
tests_winrm_test_host_LDADD = tests/unit/libunit.a $(winrm_library) $(libraries) $(WINRM_LIBS) $(CMOCKA_LIBS)
tests_winrm_test_host_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=getrandom
tests_winrm_test_system_SOURCES = tests/winrm/test_system.c
tests_winrm_test_system_CPPFLAGS = $(AM_CPPFLAGS) $(WINRM_CFLAGS)
tests_winrm_test_system_LDADD = tests/unit/libunit.a $(winrm_library) $(libraries) $(CMOCKA_LIBS)
tests_winrm_test_system_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=deadline_left -Wl,--wrap=getaddrinfo -Wl,--wrap=freeaddrinfo -Wl,--wrap=socket \
	-Wl,--wrap=connect -Wl,--wrap=poll -Wl,--wrap=getsockopt -Wl,--wrap=setsockopt -Wl,--wrap=send \
	-Wl,--wrap=recv -Wl,--wrap=close -Wl,--wrap=read
tests_winrm_test_tls_SOURCES = tests/winrm/test_tls.c
tests_winrm_test_tls_CPPFLAGS = $(AM_CPPFLAGS) $(WINRM_CFLAGS)
tests_winrm_test_tls_LDADD = tests/unit/libunit.a $(winrm_library) $(libraries) $(WINRM_LIBS) $(CMOCKA_LIBS)
tests_winrm_test_tls_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=calloc \
	-Wl,--wrap=SSL_CTX_new -Wl,--wrap=SSL_CTX_ctrl -Wl,--wrap=SSL_CTX_set_default_verify_paths \
	-Wl,--wrap=SSL_new -Wl,--wrap=BIO_new -Wl,--wrap=BIO_write -Wl,--wrap=SSL_set1_host \
	-Wl,--wrap=SSL_ctrl -Wl,--wrap=X509_VERIFY_PARAM_set1_ip_asc -Wl,--wrap=SSL_write_ex \
	-Wl,--wrap=SSL_get0_peer_certificate -Wl,--wrap=X509_digest
tests_winrm_test_winrm_SOURCES = tests/winrm/test_winrm.c
tests_winrm_test_winrm_CPPFLAGS = $(AM_CPPFLAGS) $(WINRM_CFLAGS)
tests_winrm_test_winrm_LDADD = tests/unit/libunit.a $(winrm_library) $(libraries) $(WINRM_LIBS) $(CMOCKA_LIBS)
quick_tests += tests/winrm/allocation
slow_tests += $(winrm_tests)
$(winrm_tests:.py=.log): tests/winrm/checks tests/winrm/strange
winrm_e2e_tests = tests/e2e/winrm.e2e
winrm_valgrind_tests = $(winrm_unit_tests) tests/winrm/allocation tests/winrm/hostile.py tests/winrm/oracles.py
if !SANITIZED
slow_tests += tests/winrm/cost.py
tests/winrm/cost.log: tests/winrm/checks
endif
endif
EXTRA_DIST += $(winrm_tests) tests/e2e/winrm.e2e tests/winrm/cost.py \
	tests/winrm/acceptors.py tests/winrm/bed.py tests/winrm/certificates.py tests/winrm/double.py \
	tests/winrm/heimdal_acceptor.c tests/winrm/realm.py tests/winrm/record.py \
	tests/winrm/valgrind.supp
