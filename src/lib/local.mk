libsondecore_la_SOURCES += \
	%D%/compile.c \
	%D%/compile.h \
	%D%/detect.c \
	%D%/detect.h \
	%D%/find.c \
	%D%/find.h \
	%D%/give.c \
	%D%/give.h \
	%D%/header.c \
	%D%/header.h \
	%D%/selection.c \
	%D%/selection.h
