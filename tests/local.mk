EXTRA_DIST += \
	%D%/lib/exhausted.c \
	%D%/conformance/kst.py \
	%D%/conformance/lib/custom_fx.sonde \
	%D%/conformance/lib/custom_fx_no_args.sonde \
	%D%/conformance/lib/my_custom_fx.sonde \
	%D%/conformance/run \
	%D%/docs/files/damaged.png \
	%D%/docs/files/edited.png \
	%D%/docs/files/pixel.png \
	%D%/docs/files/trace.bin \
	%D%/docs/make-files \
	%D%/packages \
	%D%/verified.py

dist_check_SCRIPTS += \
	%D%/bench/check \
	%D%/bytes/run \
	%D%/changes/run \
	%D%/check-codes \
	%D%/check-includes \
	%D%/check-lists \
	%D%/conformance/check \
	%D%/constructs/run \
	%D%/diff/run \
	%D%/docs/check \
	%D%/docs/run \
	%D%/lib/run \
	%D%/numbers/run \
	%D%/patch/rows \
	%D%/patch/run \
	%D%/run-golden \
	%D%/run-replay \
	%D%/run-schemas \
	%D%/select/run \
	%D%/threads/run \
	%D%/walks/members \
	%D%/walks/run

# Long tests of what no compiler makes a difference to, and the others: `make check 'TESTS=$(unit_tests) $(SHORT_TESTS)'`
# passes over the long ones.
LONG_TESTS = \
	%D%/bench/check \
	%D%/bytes/run \
	%D%/changes/run \
	%D%/crash/crash \
	%D%/diff/run \
	%D%/lib/run \
	%D%/numbers/run \
	%D%/patch/rows \
	%D%/patch/run \
	%D%/select/run \
	%D%/threads/run \
	%D%/walks/members \
	%D%/walks/run
SHORT_TESTS = \
	%D%/check-codes \
	%D%/check-includes \
	%D%/check-lists \
	%D%/conformance/check \
	%D%/constructs/run \
	%D%/docs/check \
	%D%/docs/run \
	%D%/run-golden \
	%D%/run-replay \
	%D%/run-schemas

if CAN_CHECK
TESTS += $(LONG_TESTS) $(SHORT_TESTS)
else
check-local:
	@echo "make check needs CUnit and python3: install them and configure again" >&2; exit 1
endif

# Sanitizers end a program with a status of its own, none of sonde's.
AM_TESTS_ENVIRONMENT = \
	SONDE='$(abs_top_builddir)/sonde$(EXEEXT)'; export SONDE; \
	SONDE_PATH='$(abs_top_srcdir)/schemas'; export SONDE_PATH; \
	SONDE_HARNESSES='$(fuzz_harnesses)'; export SONDE_HARNESSES; \
	MAKE='$(MAKE)'; export MAKE; \
	PKG_CONFIG='$(PKG_CONFIG)'; export PKG_CONFIG; \
	COMPILE='$(CC) $(INSTRUMENT_CFLAGS)'; export COMPILE; \
	ASAN_OPTIONS="$${ASAN_OPTIONS-exitcode=99}"; export ASAN_OPTIONS; \
	UBSAN_OPTIONS="$${UBSAN_OPTIONS-exitcode=99:print_stacktrace=1}"; export UBSAN_OPTIONS;
