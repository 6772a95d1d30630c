libsondecore_a_SOURCES += \
	%D%/arena.c \
	%D%/arena.h \
	%D%/buf.c \
	%D%/buf.h \
	%D%/bytes.h \
	%D%/int128.c \
	%D%/int128.h \
	%D%/intern.c \
	%D%/intern.h \
	%D%/jsontext.c \
	%D%/jsontext.h \
	%D%/map.c \
	%D%/map.h \
	%D%/mem.c \
	%D%/mem.h \
	%D%/number.c \
	%D%/number.h \
	%D%/numtext.c \
	%D%/numtext.h \
	%D%/numtext_float.c \
	%D%/numtext_pow10.def \
	%D%/utf8.c \
	%D%/utf8.h \
	%D%/utf8_width.def \
	%D%/vec.c \
	%D%/vec.h
