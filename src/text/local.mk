libsondecore_la_SOURCES += \
	%D%/diag.c \
	%D%/diag.def \
	%D%/diag.h \
	%D%/diag_render.c \
	%D%/source.c \
	%D%/source.h
