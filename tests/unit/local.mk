# One program a module, from the one source file of its name: a line here is all it needs.
EXTRA_DIST += %D%/check.h

unit_tests = \
	%D%/test_base \
	%D%/test_diag \
	%D%/test_numtext

if CAN_CHECK
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif
