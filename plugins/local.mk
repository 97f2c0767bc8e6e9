# SPDX-License-Identifier: GPL-3.0-or-later

# The checks, in the order in which documents list them: the one list of them. Programs, resources, man
# pages, configuration and tests follow from it and from what each check says of itself.
checks = \
	plugins/check_hv_balancer \
	plugins/check_hv_vm_memory \
	plugins/check_hv_guest_memory \
	plugins/check_hv_page_reads \
	plugins/check_hv_memory_reserve \
	plugins/check_hv_contention \
	plugins/check_hv_capacity \
	plugins/check_hv_cluster

# Each program is made of the file that has its name.
plugin_PROGRAMS = $(checks)

# All of them as they are in one program: for describe, and for tests.
noinst_LIBRARIES += plugins/libchecks.a
plugins_libchecks_a_CPPFLAGS = $(AM_CPPFLAGS) -DCHECK_LIBRARY
plugins_libchecks_a_SOURCES = $(checks:=.c)

# That list for C.
BUILT_SOURCES += lib/check/checks.h
CLEANFILES += lib/check/checks.h
lib/check/checks.h: plugins/local.mk
	$(AM_V_GEN)$(MKDIR_P) lib/check && { echo '/* Generated from plugins/local.mk. */'; \
	  for check in $(checks); do echo "CHECK($${check#plugins/})"; done; } >$@.tmp && mv $@.tmp $@

# What the configuration in contrib/ and the man pages are made from; it is not installed.
if !WINDOWS
noinst_PROGRAMS = plugins/describe
endif
plugins_describe_SOURCES = lib/check/describe.c
plugins_describe_LDADD = plugins/libchecks.a $(LDADD)
$(plugins_describe_OBJECTS): lib/check/checks.h

# What the Explorer shows of a program: what its check says of itself. It is linked where the program's
# name leads to one.
if WINDOWS
$(plugin_PROGRAMS): %$(EXEEXT): %.res.o
AM_LDFLAGS += $(filter %.res.o,$^)
plugins/%.res.o: plugins/%.c lib/check/version.rc
	$(AM_V_GEN){ echo '#define PROGRAM "$*"'; \
	  $(SED) -n 's/^    \.brief = \(".*"\),$$/#define PURPOSE \1/p' $<; cat lib/check/version.rc; } | \
	  $(WINDRES) -o $@
endif
MOSTLYCLEANFILES = $(checks:=.res.o)
