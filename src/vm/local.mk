libsondecore_a_SOURCES += \
	%D%/arith.c \
	%D%/builtin.c \
	%D%/decode.c \
	%D%/emit.c \
	%D%/event.h \
	%D%/fault.c \
	%D%/frame.c \
	%D%/load.c \
	%D%/machine.h \
	%D%/place.c \
	%D%/run.c \
	%D%/text.c \
	%D%/text.h \
	%D%/value.h \
	%D%/vm.h
