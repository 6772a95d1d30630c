libsondecore_a_SOURCES += \
	%D%/expr.h \
	%D%/ksy.c \
	%D%/ksy.h \
	%D%/lower.h \
	%D%/spec.h \
	%D%/type.h \
	%D%/yaml.c \
	%D%/yaml.h \
	%D%/yaml_read.c
