libsondecore_a_SOURCES += \
	%D%/container.c \
	%D%/container.h \
	%D%/disasm.c \
	%D%/disasm.h \
	%D%/disasm_table.c \
	%D%/disasm_table.h \
	%D%/function.c \
	%D%/function.h \
	%D%/gen.c \
	%D%/gen.h \
	%D%/gen_below.c \
	%D%/gen_block.c \
	%D%/gen_decl.c \
	%D%/gen_expr.c \
	%D%/gen_internal.h \
	%D%/gen_script.c \
	%D%/gen_stream.c \
	%D%/gen_struct.c \
	%D%/gen_type.c \
	%D%/op.def \
	%D%/program.c \
	%D%/program.h \
	%D%/style.h \
	%D%/verify.c \
	%D%/verify.h \
	%D%/verify_table.c \
	%D%/verify_table.h
