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
	tests/unit/test_ini \
	tests/unit/test_inventory \
	tests/unit/test_vm_labels \
	tests/unit/test_lines \
	tests/unit/test_monotony \
	tests/unit/test_name \
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
	tests/unit/test_range \
	tests/unit/test_reading \
	tests/unit/test_record \
	tests/unit/test_record_writer \
	tests/unit/test_reg_file \
	tests/unit/test_render \
	tests/unit/test_reserve \
	tests/unit/test_result \
	tests/unit/test_runs \
	tests/unit/test_show \
	tests/unit/test_source \
	tests/unit/test_stamp \
	tests/unit/test_text \
	tests/unit/test_trend \
	tests/unit/test_utf8 \
	tests/unit/test_vms \
	tests/unit/test_host

# What they test is the same on every system; Debian has cmocka for its own alone.
if !WINDOWS
if HAVE_CMOCKA
check_PROGRAMS += $(unit_tests)
check_LIBRARIES += tests/unit/libunit.a
TESTS += $(unit_tests)
else
TESTS += tests/unit/missing-cmocka
endif
endif
EXTRA_DIST += tests/unit/missing-cmocka

AM_CPPFLAGS += $(CMOCKA_CFLAGS)
unit_cppflags = $(AM_CPPFLAGS)
tests_unit_libunit_a_SOURCES = \
	tests/unit/fake_source.c tests/unit/fake_source.h \
	tests/unit/unit.c tests/unit/unit.h
unit_libraries = tests/unit/libunit.a $(libraries) $(CMOCKA_LIBS)

tests_unit_test_arena_LDADD = $(unit_libraries)
tests_unit_test_balancer_LDADD = $(unit_libraries)
tests_unit_test_cadence_LDADD = $(unit_libraries)
tests_unit_test_capacity_LDADD = $(unit_libraries)
tests_unit_test_cluster_LDADD = $(unit_libraries)
tests_unit_test_cell_LDADD = $(unit_libraries)
tests_unit_test_contention_LDADD = $(unit_libraries)
tests_unit_test_encoding_LDADD = $(unit_libraries)
tests_unit_test_error_LDADD = $(unit_libraries)
tests_unit_test_export_csv_LDADD = $(unit_libraries)
tests_unit_test_fields_LDADD = $(unit_libraries)
tests_unit_test_forecast_LDADD = $(unit_libraries)
tests_unit_test_guest_LDADD = $(unit_libraries)
tests_unit_test_ini_LDADD = $(unit_libraries)
tests_unit_test_inventory_LDADD = $(unit_libraries)
tests_unit_test_vm_labels_LDADD = $(unit_libraries)
tests_unit_test_lines_LDADD = $(unit_libraries)
tests_unit_test_monotony_LDADD = plugins/libchecks.a $(unit_libraries)
tests_unit_test_node_list_LDADD = $(unit_libraries)
tests_unit_test_node_LDADD = $(unit_libraries)
tests_unit_test_name_LDADD = $(unit_libraries)
tests_unit_test_overcommit_LDADD = $(unit_libraries)
tests_unit_test_options_LDADD = $(unit_libraries)
tests_unit_test_parallel_LDADD = $(unit_libraries)
tests_unit_test_paging_LDADD = $(unit_libraries)
tests_unit_test_pdh_log_LDADD = $(unit_libraries)
tests_unit_test_placement_LDADD = $(unit_libraries)
tests_unit_test_phases_LDADD = $(unit_libraries)
tests_unit_test_platform_LDADD = $(unit_libraries)
tests_unit_test_range_LDADD = $(unit_libraries)
tests_unit_test_reading_LDADD = $(unit_libraries)
tests_unit_test_record_LDADD = $(unit_libraries)
tests_unit_test_record_writer_LDADD = $(unit_libraries)
tests_unit_test_reg_file_LDADD = $(unit_libraries)
tests_unit_test_render_LDADD = $(unit_libraries)
tests_unit_test_reserve_LDADD = $(unit_libraries)
tests_unit_test_result_LDADD = $(unit_libraries)
tests_unit_test_runs_LDADD = plugins/libchecks.a $(unit_libraries)
tests_unit_test_show_LDADD = $(unit_libraries)
tests_unit_test_source_LDADD = $(unit_libraries)
tests_unit_test_stamp_LDADD = $(unit_libraries)
tests_unit_test_text_LDADD = $(unit_libraries)
tests_unit_test_trend_LDADD = $(unit_libraries)
tests_unit_test_utf8_LDADD = $(unit_libraries)
tests_unit_test_vms_LDADD = $(unit_libraries)
tests_unit_test_host_LDADD = $(unit_libraries)
