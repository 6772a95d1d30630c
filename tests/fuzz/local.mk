# A harness is fuzz_NAME.c with LLVMFuzzerTestOneInput. It takes two lines:
#
#     fuzz_harnesses += %D%/fuzz_NAME
#     tests_fuzz_fuzz_NAME_LDADD = $(fuzz_ldadd)
#
# Its seeds are in corpus/fuzz_NAME/ and what it once crashed on is in crash/fuzz_NAME/; both are replayed by
# "make check". A fuzz_NAME.dict is used when it is there. The seeds of programs are made by seeds.c when ./dev fuzz runs.
EXTRA_DIST += %D%/front.h %D%/fuzz_ksy.dict %D%/nesting.h %D%/shipped.h
fuzz_harnesses = %D%/fuzz_ask %D%/fuzz_data %D%/fuzz_ksy %D%/fuzz_patch %D%/fuzz_program %D%/fuzz_schema
tests_fuzz_fuzz_ask_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_ask_SOURCES = %D%/fuzz_ask.c src/cli/report.c src/cli/talk.c src/cli/terminal.c \
	src/cli/verdict.c src/cli/watch.c
tests_fuzz_fuzz_data_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_ksy_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_patch_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_program_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_schema_LDADD = $(fuzz_ldadd)

if FUZZERS
fuzz_ldadd = libsondecore.la $(LINKED_LIBS) $(FUZZER_LIBS)
else
fuzz_ldadd = %D%/libreplay.a libsondecore.la $(LINKED_LIBS)
endif

check_LIBRARIES += %D%/libreplay.a
tests_fuzz_libreplay_a_SOURCES = %D%/replay.c

check_PROGRAMS += $(fuzz_harnesses) %D%/seeds
tests_fuzz_seeds_LDADD = libsondecore.la $(LINKED_LIBS)

fuzzers: $(BUILT_SOURCES)
	$(MAKE) $(AM_MAKEFLAGS) $(fuzz_harnesses) %D%/seeds
.PHONY: fuzzers
