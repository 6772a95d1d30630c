libsondecore_a_SOURCES += \
	%D%/arith.c \
	%D%/builtin.c \
	%D%/check.c \
	%D%/decode.c \
	%D%/emit.c \
	%D%/event.h \
	%D%/fault.c \
	%D%/frame.c \
	%D%/list.c \
	%D%/load.c \
	%D%/loop.c \
	%D%/machine.h \
	%D%/place.c \
	%D%/run.c \
	%D%/span.c \
	%D%/text.c \
	%D%/text.h \
	%D%/value.h \
	%D%/vm.h
