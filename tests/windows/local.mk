# SPDX-License-Identifier: GPL-3.0-or-later

# The programs for Windows, as they are shipped: what they import, the .zip that holds them, and
# every case under Wine, beside doubles of PDH and WMI. A build for 32 bits brings its own Wine.
windows_cases = \
	tests/windows/pdh.case \
	tests/windows/perflib.case \
	tests/windows/plain.case \
	tests/windows/platform.case \
	tests/windows/registry.case \
	tests/windows/wmi.case
windows_tests = \
	tests/windows/audit \
	tests/windows/installer \
	tests/windows/unzip
# The script for Windows hosts that run no programs of others. `./bootstrap check` alone plays it, as it
# takes node and two packages of the npm registry.
powershell_files = \
	tests/windows/powershell/fetch.py \
	tests/windows/powershell/interpreter.py \
	tests/windows/powershell/parse.cjs \
	tests/windows/powershell/run \
	tests/windows/powershell/windows.py
windows_doubles = \
	tests/windows/pdh_double.c \
	tests/windows/registry_double.c \
	tests/windows/scenario.c \
	tests/windows/scenario.h \
	tests/windows/wmi_double.c
EXTRA_DIST += $(windows_cases) $(windows_tests) $(windows_doubles) \
	tests/windows/build \
	tests/windows/calls.c \
	tests/windows/calls.h \
	tests/windows/failures \
	tests/windows/failing.c \
	tests/windows/host.2008r2 \
	tests/windows/host.pdh \
	tests/windows/host.wmi \
	tests/windows/idle.c \
	tests/windows/imports \
	tests/windows/leak.c \
	tests/windows/make-wine32 \
	tests/windows/own.c \
	tests/windows/pieces \
	tests/windows/prefix \
	tests/windows/reader.c \
	tests/windows/state.py \
	tests/windows/trust \
	tests/windows/trusted.c \
	tests/windows/wine \
	tests/windows/wine32 \
	$(powershell_files)

if WINDOWS
windows = tests/windows
tested_programs = $(abs_builddir)/$(windows)/programs
PROGRAM_WRAPPER = $(abs_srcdir)/tests/windows/wine

# The Wine for 32 bits can lie elsewhere, to be made once for several builds: make WINE32_ROOT=DIR
WINE32_ROOT = $(abs_builddir)/$(windows)/wine32
if OWN_WINE32
tests_wine = $(abs_srcdir)/tests/windows/wine32
make_wine32 = $(SHELL) $(srcdir)/tests/windows/make-wine32 '$(WINE32_ROOT)'
else
tests_wine = $(WINE)
make_wine32 = :
endif
WINDOWS_TESTS_ENVIRONMENT = \
	WINE='$(tests_wine)'; export WINE; \
	WINEARCH='$(WINDOWS_NAME)'; export WINEARCH; \
	WINE32_ROOT='$(WINE32_ROOT)'; export WINE32_ROOT; \
	WINEPREFIX='$(abs_builddir)/$(windows)/wineprefix'; export WINEPREFIX; \
	WINEDEBUG=-all; export WINEDEBUG; \
	IDLE='$(abs_builddir)/$(windows)/idle.exe'; export IDLE; \
	OBJDUMP='$(OBJDUMP)'; export OBJDUMP; \
	VERSION='$(VERSION)'; export VERSION; \
	ZIP='$(abs_builddir)/$(zip_name).zip'; export ZIP; \
	MSI='$(abs_builddir)/$(zip_name).msi'; export MSI;

windows_programs_tests = tests/windows/failures tests/windows/pieces tests/windows/state.py tests/windows/trust
quick_tests += tests/windows/audit $(windows_cases)
slow_tests += tests/windows/installer tests/windows/unzip $(windows_programs_tests)
check_DATA += $(windows)/programs.stamp $(zip_name).zip $(zip_name).msi \
	$(windows)/doubles.stamp $(windows)/wineprefix.stamp $(windows)/trusted.exe \
	$(windows)/reader.exe

$(windows)/programs.stamp: $(plugin_PROGRAMS)
	$(AM_V_GEN)rm -rf $(windows)/programs
	$(AM_V_at)$(MKDIR_P) $(windows)/programs
	$(AM_V_at)cp $(plugin_PROGRAMS) $(windows)/programs
	$(AM_V_at)touch $@
CLEANFILES += $(windows)/programs.stamp

# Names are exported as Windows' own libraries do it: of 32 bits, without the @8 of their arguments.
double_compile = $(CC) $(PLATFORM_CPPFLAGS) -std=c11 $(WARNING_CFLAGS) -Os -s -static-libgcc
double_library = $(double_compile) -shared -Wl,--kill-at
double_sources = $(srcdir)/tests/windows/scenario.c
# What has the checks' own code in it is linked as they are, so that `make coverage` counts there too.
double_link = $(double_compile) $(AM_CPPFLAGS) -I$(srcdir)/tests/windows $(PLATFORM_LDFLAGS) $(LDFLAGS) -o $@
old_sources = $(srcdir)/tests/windows/registry_double.c $(double_sources)
double_dependencies = $(double_sources) $(srcdir)/tests/windows/scenario.h

# doubles/ is a Windows of today, old/ Windows Server 2003.
$(windows)/doubles.stamp: $(windows)/programs.stamp $(windows)/wineprefix.stamp \
	$(windows)/doubles/pdh.dll $(windows)/idle.exe $(windows)/leak.exe \
	$(windows)/old/pdh.dll $(windows)/old/check_hv_balancer.exe $(windows)/old/check_hv_guest_memory.exe \
	$(windows)/failing.exe $(windows)/old/failing.exe $(windows)/own.exe
	$(AM_V_GEN)$(MKDIR_P) $(windows)/programs/doubles $(windows)/programs/old
	$(AM_V_at)cp $(windows)/programs/*.exe $(windows)/leak.exe $(windows)/failing.exe $(windows)/doubles/pdh.dll \
	  $(windows)/wineprefix/drive_c/windows/system32/reg.exe $(windows)/programs/doubles
	$(AM_V_at)cp $(windows)/old/*.exe $(windows)/old/pdh.dll $(windows)/programs/old
	$(AM_V_at)touch $@

$(windows)/old/check_hv_balancer.exe: $(plugins_check_hv_balancer_OBJECTS) $(libraries) \
	$(srcdir)/tests/windows/registry_double.c $(double_dependencies)
	$(AM_V_CCLD)$(MKDIR_P) $(windows)/old && $(double_link) $(plugins_check_hv_balancer_OBJECTS) \
	  $(old_sources) $(LDADD) $(LIBS)

$(windows)/old/check_hv_guest_memory.exe: $(plugins_check_hv_guest_memory_OBJECTS) $(libraries) \
	$(srcdir)/tests/windows/registry_double.c $(double_dependencies)
	$(AM_V_CCLD)$(MKDIR_P) $(windows)/old && $(double_link) $(plugins_check_hv_guest_memory_OBJECTS) \
	  $(old_sources) $(LDADD) $(LIBS)

$(windows)/doubles/pdh.dll: $(srcdir)/tests/windows/pdh_double.c $(double_dependencies)
	$(AM_V_CCLD)$(MKDIR_P) $(windows)/doubles && $(double_library) -o $@ \
	  $(srcdir)/tests/windows/pdh_double.c $(double_sources)

$(windows)/old/pdh.dll: $(srcdir)/tests/windows/pdh_double.c $(double_dependencies)
	$(AM_V_CCLD)$(MKDIR_P) $(windows)/old && $(double_library) -DOLD_PDH -o $@ \
	  $(srcdir)/tests/windows/pdh_double.c $(double_sources)

$(windows)/wmi_double.dll: $(srcdir)/tests/windows/wmi_double.c $(double_dependencies)
	$(AM_V_CCLD)$(MKDIR_P) $(windows) && $(double_library) -o $@ \
	  $(srcdir)/tests/windows/wmi_double.c $(double_sources) -lwbemuuid -loleaut32 -lole32

$(windows)/idle.exe: $(srcdir)/tests/windows/idle.c
	$(AM_V_CCLD)$(MKDIR_P) $(windows) && $(double_compile) -municode -o $@ \
	  $(srcdir)/tests/windows/idle.c

$(windows)/leak.exe: $(srcdir)/tests/windows/leak.c
	$(AM_V_CCLD)$(MKDIR_P) $(windows) && $(double_compile) -municode -o $@ \
	  $(srcdir)/tests/windows/leak.c $(PLATFORM_LIBS)

$(windows)/reader.exe: $(srcdir)/tests/windows/reader.c
	$(AM_V_CCLD)$(MKDIR_P) $(windows) && $(double_compile) -municode -o $@ \
	  $(srcdir)/tests/windows/reader.c

# Each call that can fail, failing: beside the doubles, and once more beside those of Windows Server 2003.
calls_objects = $(windows)/calls.o $(windows)/memory.o $(windows)/arena.o
calls_headers = $(srcdir)/tests/windows/calls.h $(srcdir)/tests/faults/memory.h
calls_compile = $(AM_V_CC)$(MKDIR_P) $(windows) && $(double_compile) $(AM_CPPFLAGS) -DLARGEST_BLOCK=1 -c -o $@
calls_link = $(double_link) -Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc -Wl,--wrap=free $(calls_objects)
$(windows)/calls.o: $(srcdir)/tests/windows/calls.c $(calls_headers)
	$(calls_compile) $(srcdir)/tests/windows/calls.c
$(windows)/memory.o: $(srcdir)/tests/faults/memory.c $(calls_headers)
	$(calls_compile) $(srcdir)/tests/faults/memory.c
$(windows)/arena.o: $(srcdir)/lib/plugin/arena.c $(srcdir)/lib/plugin/arena.h
	$(calls_compile) $(srcdir)/lib/plugin/arena.c
$(windows)/failing.o: $(srcdir)/tests/windows/failing.c $(calls_headers) lib/check/checks.h
	$(calls_compile) $(srcdir)/tests/windows/failing.c
$(windows)/own.o: $(srcdir)/tests/windows/own.c $(calls_headers)
	$(calls_compile) $(srcdir)/tests/windows/own.c

failing_objects = $(windows)/failing.o plugins/libchecks.a
$(windows)/failing.exe: $(failing_objects) $(calls_objects) $(libraries)
	$(AM_V_CCLD)$(calls_link) $(failing_objects) $(LDADD) $(LIBS)

$(windows)/old/failing.exe: $(failing_objects) $(calls_objects) $(libraries) \
	$(srcdir)/tests/windows/registry_double.c $(double_dependencies)
	$(AM_V_CCLD)$(MKDIR_P) $(windows)/old && $(calls_link) $(failing_objects) $(old_sources) $(LDADD) $(LIBS)

$(windows)/own.exe: $(windows)/own.o $(calls_objects) $(libraries)
	$(AM_V_CCLD)$(calls_link) $(windows)/own.o $(LDADD) $(LIBS)

$(windows)/trusted.exe: $(srcdir)/tests/windows/trusted.c $(libraries)
	$(AM_V_CCLD)$(MKDIR_P) $(windows) && $(double_link) \
	  $(srcdir)/tests/windows/trusted.c $(libraries) $(PLATFORM_LIBS) $(LIBS)

# A Windows of its own, in which the double of WMI is the one.
$(windows)/wineprefix.stamp: $(windows)/wmi_double.dll $(srcdir)/tests/windows/prefix
	$(AM_V_at)$(make_wine32)
	$(AM_V_GEN)$(WINDOWS_TESTS_ENVIRONMENT) \
	  $(SHELL) $(srcdir)/tests/windows/prefix $(abs_builddir)/$(windows)/wmi_double.dll
	$(AM_V_at)touch $@

CLEANFILES += $(calls_objects) $(windows)/failing.o $(windows)/own.o $(windows)/doubles.stamp $(windows)/wineprefix.stamp $(windows)/idle.exe $(windows)/leak.exe \
	$(windows)/trusted.exe $(windows)/failing.exe $(windows)/old/failing.exe $(windows)/own.exe $(windows)/reader.exe $(windows)/doubles/pdh.dll $(windows)/old/pdh.dll \
	$(windows)/wmi_double.dll \
	$(windows)/old/check_hv_balancer.exe $(windows)/old/check_hv_guest_memory.exe

clean-local:
	rm -rf $(windows)/programs $(windows)/wineprefix $(zip_name)
distclean-local:
	rm -rf $(windows)/wine32 $(windows)/wine32.l*
else
tested_programs = $(abs_builddir)/plugins
endif
