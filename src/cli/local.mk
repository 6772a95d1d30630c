bin_PROGRAMS += sonde

sonde_LDADD = libsondecore.a $(LIBRARY_LIBS)
sonde_SOURCES = \
	%D%/cmd_check.c \
	%D%/cmd_disasm.c \
	%D%/cmd_dump.c \
	%D%/cmd_find.c \
	%D%/cmd_fmt.c \
	%D%/cmd_hash.c \
	%D%/cmd_help.c \
	%D%/cmd_identify.c \
	%D%/cmd_import.c \
	%D%/cmd_layout.c \
	%D%/cmd_schemas.c \
	%D%/cmd_test.c \
	%D%/cmd_version.c \
	%D%/command.c \
	%D%/command.h \
	%D%/compile.c \
	%D%/compile.h \
	%D%/detect.c \
	%D%/detect.h \
	%D%/dump.c \
	%D%/dump.h \
	%D%/find.c \
	%D%/find.h \
	%D%/format.c \
	%D%/format.h \
	%D%/give.c \
	%D%/give.h \
	%D%/header.c \
	%D%/header.h \
	%D%/layout.c \
	%D%/layout.h \
	%D%/main.c \
	%D%/options.c \
	%D%/options.h \
	%D%/pass.c \
	%D%/pass.h \
	%D%/report.c \
	%D%/report.h \
	%D%/rows.c \
	%D%/rows.h \
	%D%/talk.c \
	%D%/talk.h \
	%D%/terminal.c \
	%D%/terminal.h \
	%D%/test_run.c \
	%D%/test_run.h \
	%D%/test_show.c \
	%D%/test_show.h \
	%D%/watch.c \
	%D%/watch.h
