libsondecore_la_SOURCES += \
	%D%/aggregate.c \
	%D%/aggregate.h \
	%D%/digest.c \
	%D%/digest.h \
	%D%/entropy.c \
	%D%/entropy.h \
	%D%/lines.c \
	%D%/lines.h \
	%D%/pattern.c \
	%D%/pattern.h \
	%D%/pattern_number.c \
	%D%/pattern_number.h \
	%D%/regex.c \
	%D%/regex.h \
	%D%/search.c \
	%D%/search.h \
	%D%/strings.c \
	%D%/strings.h
