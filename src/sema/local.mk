libsondecore_a_SOURCES += \
	%D%/builtin.def \
	%D%/builtins.h \
	%D%/call.c \
	%D%/collect.c \
	%D%/cycle.c \
	%D%/enclose.c \
	%D%/fold.c \
	%D%/internal.h \
	%D%/layout.c \
	%D%/lookup.c \
	%D%/members.c \
	%D%/model.h \
	%D%/order.c \
	%D%/resolve.c \
	%D%/sema.c \
	%D%/sema.h \
	%D%/types.c \
	%D%/vtype.c
