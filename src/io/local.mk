libsondecore_la_SOURCES += \
	%D%/cursor.c \
	%D%/cursor.h \
	%D%/input.c \
	%D%/input.h \
	%D%/lost.c \
	%D%/lost.h \
	%D%/out.c \
	%D%/out.h \
	%D%/replace.c \
	%D%/replace.h \
	%D%/spool.c \
	%D%/spool.h \
	%D%/sys.c \
	%D%/sys.h \
	%D%/temporary.c \
	%D%/temporary.h
