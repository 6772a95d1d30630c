libsondecore_la_SOURCES += \
	%D%/bytes.c \
	%D%/compile.c \
	%D%/compile.h \
	%D%/detect.c \
	%D%/detect.h \
	%D%/errors.c \
	%D%/find.c \
	%D%/find.h \
	%D%/give.c \
	%D%/give.h \
	%D%/header.c \
	%D%/header.h \
	%D%/internal.h \
	%D%/listen.c \
	%D%/listen.h \
	%D%/question.c \
	%D%/run.c \
	%D%/schema.c \
	%D%/script.c \
	%D%/script.h \
	%D%/selection.c \
	%D%/selection.h \
	%D%/sonde.h \
	%D%/value.c

# libsonde: all of the objects, of which sonde.h's functions are seen. The numbers are libtool's (current:revision:age): a
# release that changes or removes functions raises the first, and the name libsonde.so.N with it.
lib_LTLIBRARIES += libsonde.la
libsonde_la_SOURCES =
libsonde_la_LIBADD = libsondecore.la $(LINKED_LIBS)
libsonde_la_LDFLAGS = $(AM_LDFLAGS) -no-undefined -version-info 0:0:0 $(EXPORT_LDFLAGS)
libsonde_la_LIBTOOLFLAGS =
EXTRA_libsonde_la_DEPENDENCIES = $(srcdir)/%D%/libsonde.map
EXTRA_DIST += %D%/libsonde.map
include_HEADERS += %D%/sonde.h
pkgconfig_DATA += %D%/sonde.pc
