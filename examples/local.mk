# Programs that use the library as anybody's would: tests/lib/run runs them, here and against an installed one.
example_programs = %D%/fields %D%/shared %D%/sum
check_PROGRAMS += $(example_programs)

# Nothing of sonde's own: its public header, its library.
examples_fields_CPPFLAGS = -D_POSIX_C_SOURCE=200809L -I$(top_srcdir)/src/lib
examples_shared_CPPFLAGS = $(examples_fields_CPPFLAGS)
examples_sum_CPPFLAGS = $(examples_fields_CPPFLAGS)
examples_fields_LDADD = libsonde.la
examples_shared_LDADD = libsonde.la
examples_sum_LDADD = libsonde.la
