libsondecore_a_SOURCES += \
	%D%/expr.c \
	%D%/expr.h \
	%D%/expr_build.c \
	%D%/expr_build.h \
	%D%/expr_literal.c \
	%D%/ksy.c \
	%D%/ksy.h \
	%D%/lower.h \
	%D%/spec.h \
	%D%/type.c \
	%D%/type.h \
	%D%/type_check.c \
	%D%/type_expr.c \
	%D%/type_internal.h \
	%D%/type_method.c \
	%D%/type_parent.c \
	%D%/type_size.c \
	%D%/yaml.c \
	%D%/yaml.h \
	%D%/yaml_read.c
