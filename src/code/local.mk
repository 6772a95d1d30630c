libsondecore_a_SOURCES += \
	%D%/gen.c \
	%D%/gen.h \
	%D%/gen_block.c \
	%D%/gen_decl.c \
	%D%/gen_expr.c \
	%D%/gen_internal.h \
	%D%/gen_struct.c \
	%D%/gen_type.c \
	%D%/op.def \
	%D%/program.c \
	%D%/program.h \
	%D%/style.h
