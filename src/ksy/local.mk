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
	%D%/type.h \
	%D%/yaml.c \
	%D%/yaml.h \
	%D%/yaml_read.c
