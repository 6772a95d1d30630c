# One program a module, from the one source file of its name: a line here is all it needs.
EXTRA_DIST += %D%/check.h %D%/schema_run.h

unit_tests = \
	%D%/test_align \
	%D%/test_base \
	%D%/test_checkpoint \
	%D%/test_checksum \
	%D%/test_civil \
	%D%/test_cursor \
	%D%/test_diag \
	%D%/test_document \
	%D%/test_encode \
	%D%/test_encoding \
	%D%/test_expr \
	%D%/test_form \
	%D%/test_gen \
	%D%/test_input \
	%D%/test_json \
	%D%/test_ksy_expr \
	%D%/test_ksy_type \
	%D%/test_ksy_spec \
	%D%/test_ksy_yaml \
	%D%/test_lib \
	%D%/test_library \
	%D%/test_numtext \
	%D%/test_out \
	%D%/test_pretty \
	%D%/test_reads \
	%D%/test_script \
	%D%/test_search \
	%D%/test_shift \
	%D%/test_sema \
	%D%/test_splice \
	%D%/test_stretch \
	%D%/test_syn \
	%D%/test_tie \
	%D%/test_transform \
	%D%/test_tree \
	%D%/test_verify \
	%D%/test_vm

if CAN_CHECK
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif

# Compares with the library itself, which sonde may load late.
tests_unit_test_transform_LDADD = $(LDADD) $(LIBRARY_LIBS)
