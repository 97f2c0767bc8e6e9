# SPDX-License-Identifier: GPL-3.0-or-later

# Unit tests, one program for each module, with cmocka; in the order of their names.
unit_tests = \
	tests/unit/test_arena \
	tests/unit/test_balancer \
	tests/unit/test_cadence \
	tests/unit/test_capacity \
	tests/unit/test_cell \
	tests/unit/test_cluster \
	tests/unit/test_contention \
	tests/unit/test_encoding \
	tests/unit/test_error \
	tests/unit/test_export_csv \
	tests/unit/test_fields \
	tests/unit/test_forecast \
	tests/unit/test_guest \
	tests/unit/test_host \
	tests/unit/test_ini \
	tests/unit/test_inventory \
	tests/unit/test_lines \
	tests/unit/test_local_linux \
	tests/unit/test_log_time \
	tests/unit/test_monotony \
	tests/unit/test_membership \
	tests/unit/test_name \
	tests/unit/test_namesakes \
	tests/unit/test_node \
	tests/unit/test_node_list \
	tests/unit/test_options \
	tests/unit/test_overcommit \
	tests/unit/test_paging \
	tests/unit/test_parallel \
	tests/unit/test_pdh_log \
	tests/unit/test_phases \
	tests/unit/test_placement \
	tests/unit/test_platform \
	tests/unit/test_pressure \
	tests/unit/test_private \
	tests/unit/test_range \
	tests/unit/test_rate \
	tests/unit/test_reading \
	tests/unit/test_record \
	tests/unit/test_record_writer \
	tests/unit/test_reg_file \
	tests/unit/test_remote_pages \
	tests/unit/test_render \
	tests/unit/test_reserve \
	tests/unit/test_result \
	tests/unit/test_runs \
	tests/unit/test_scan \
	tests/unit/test_show \
	tests/unit/test_smart_paging \
	tests/unit/test_source \
	tests/unit/test_stamp \
	tests/unit/test_state_file \
	tests/unit/test_summary \
	tests/unit/test_text \
	tests/unit/test_trend \
	tests/unit/test_utf8 \
	tests/unit/test_vm_labels \
	tests/unit/test_vms

# What they test is the same on every system; Debian has cmocka for its own alone.
if !WINDOWS
if HAVE_CMOCKA
EXTRA_PROGRAMS += $(unit_tests)
EXTRA_LIBRARIES += tests/unit/libunit.a
quick_tests += $(unit_tests)
else
quick_tests += tests/unit/missing-cmocka
endif
endif
EXTRA_DIST += tests/unit/missing-cmocka

AM_CPPFLAGS += $(CMOCKA_CFLAGS)
tests_unit_libunit_a_SOURCES = \
	tests/unit/fake_source.c tests/unit/fake_source.h \
	tests/unit/guarded_arena.c \
	tests/unit/unit.c tests/unit/unit.h

# Each is made of the file that has its name, and of these; the linker takes what it needs.
unit_libraries = plugins/libchecks.a tests/unit/libunit.a $(libraries)
$(unit_tests): LDADD = $(unit_libraries) $(CMOCKA_LIBS)
$(unit_tests): $(unit_libraries)

# This one is of the arena as programs have it.
tests_unit_test_arena_SOURCES = tests/unit/test_arena.c lib/plugin/arena.c

# This one has a kernel, and memory, that lack something.
tests_unit_test_local_linux_SOURCES = tests/unit/test_local_linux.c tests/faults/memory.c tests/faults/memory.h \
	lib/plugin/arena.c
tests_unit_test_local_linux_CPPFLAGS = $(AM_CPPFLAGS) -DLARGEST_BLOCK=1
tests_unit_test_local_linux_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=clock_gettime \
	-Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc -Wl,--wrap=free
