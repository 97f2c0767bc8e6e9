# SPDX-License-Identifier: GPL-3.0-or-later

# The source winrm: as a module of its own, and TLS as a part of it that is loaded where it is needed.
# Each has what it needs of lib/plugin in itself, and exports one symbol.
winrm_sources = \
	lib/counter/winrm/auth.c lib/counter/winrm/auth.h \
	lib/counter/winrm/base64.c lib/counter/winrm/base64.h \
	lib/counter/winrm/challenge.c lib/counter/winrm/challenge.h \
	lib/counter/winrm/credentials.c lib/counter/winrm/credentials.h \
	lib/counter/winrm/endpoint.c lib/counter/winrm/endpoint.h \
	lib/counter/winrm/fault.c lib/counter/winrm/fault.h \
	lib/counter/winrm/fragment.c lib/counter/winrm/fragment.h \
	lib/counter/winrm/hex.h \
	lib/counter/winrm/http.c lib/counter/winrm/http.h \
	lib/counter/winrm/perf.c lib/counter/winrm/perf.h \
	lib/counter/winrm/registry.c lib/counter/winrm/registry.h \
	lib/counter/winrm/sealed.c lib/counter/winrm/sealed.h \
	lib/counter/winrm/session.c lib/counter/winrm/session.h \
	lib/counter/winrm/soap.c lib/counter/winrm/soap.h \
	lib/counter/winrm/source.c lib/counter/winrm/source.h \
	lib/counter/winrm/tls.c lib/counter/winrm/tls.h \
	lib/counter/winrm/wire.c lib/counter/winrm/wire.h \
	lib/counter/winrm/wsman.c lib/counter/winrm/wsman.h
EXTRA_DIST += $(winrm_sources) lib/counter/winrm/module.c lib/counter/winrm/tls_load.c \
	lib/counter/winrm/tls_part.c lib/counter/winrm/tls_part.h

if WITH_WINRM
winrm_cppflags = $(AM_CPPFLAGS) $(WINRM_CFLAGS)
winrm_cflags = $(AM_CFLAGS) -fPIC -fvisibility=hidden

winrm_library = lib/counter/winrm/libwinrm.a
noinst_LIBRARIES += lib/counter/winrm/libwinrm.a lib/counter/winrm/libmodule.a
lib_counter_winrm_libwinrm_a_SOURCES = $(winrm_sources)
lib_counter_winrm_libwinrm_a_CPPFLAGS = $(winrm_cppflags)
lib_counter_winrm_libwinrm_a_CFLAGS = $(winrm_cflags)
lib_counter_winrm_libmodule_a_SOURCES = \
	lib/counter/row_query.c \
	lib/plugin/arena.c lib/plugin/error.c lib/plugin/format.c lib/plugin/name.c lib/plugin/scan.c \
	lib/plugin/show.c lib/plugin/text.c \
	lib/plugin/utf8.c
lib_counter_winrm_libmodule_a_CFLAGS = $(winrm_cflags)

moduledir = $(winrm_moduledir)
module_PROGRAMS = lib/counter/winrm/winrm.so lib/counter/winrm/winrm-tls.so
# tls_load.c comes before the library, whose tls.c it replaces: who links the library alone has OpenSSL.
lib_counter_winrm_winrm_so_SOURCES = \
	lib/counter/winrm/module.c lib/counter/winrm/tls_load.c lib/counter/winrm/tls_part.h
lib_counter_winrm_winrm_so_CPPFLAGS = $(winrm_cppflags)
lib_counter_winrm_winrm_so_CFLAGS = $(winrm_cflags)
lib_counter_winrm_winrm_so_LDADD = \
	lib/counter/winrm/libwinrm.a lib/counter/winrm/libmodule.a $(WINRM_PLAIN_LIBS)
lib_counter_winrm_winrm_so_LDFLAGS = $(winrm_ldflags)
winrm_ldflags = -shared $(SECTIONS_LDFLAGS) $(SANITIZER_CFLAGS) $(HARDENING_LDFLAGS:-pie=)
lib_counter_winrm_winrm_tls_so_SOURCES = \
	lib/counter/winrm/tls_part.c lib/counter/winrm/tls_part.h lib/counter/winrm/tls.c lib/counter/winrm/tls.h
lib_counter_winrm_winrm_tls_so_CPPFLAGS = $(winrm_cppflags)
lib_counter_winrm_winrm_tls_so_CFLAGS = $(winrm_cflags)
lib_counter_winrm_winrm_tls_so_LDADD = lib/counter/winrm/libmodule.a $(WINRM_LIBS)
lib_counter_winrm_winrm_tls_so_LDFLAGS = $(winrm_ldflags)
endif
