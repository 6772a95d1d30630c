libsondecore_la_SOURCES += \
	%D%/encode.c \
	%D%/encode.h \
	%D%/encode_internal.h \
	%D%/encode_number.c \
	%D%/encode_text.c
