libsondecore_a_SOURCES += \
	%D%/arms.c \
	%D%/below.c \
	%D%/builtin.def \
	%D%/builtins.h \
	%D%/call.c \
	%D%/collect.c \
	%D%/compare.c \
	%D%/cycle.c \
	%D%/enclose.c \
	%D%/fold.c \
	%D%/form.def \
	%D%/input.c \
	%D%/internal.h \
	%D%/layout.c \
	%D%/lookup.c \
	%D%/members.c \
	%D%/model.h \
	%D%/open.c \
	%D%/order.c \
	%D%/resolve.c \
	%D%/script.c \
	%D%/script.h \
	%D%/sema.c \
	%D%/sema.h \
	%D%/types.c \
	%D%/vtype.c
