libsondecore_a_SOURCES += \
	%D%/expr.h \
	%D%/ksy.h \
	%D%/lower.h \
	%D%/spec.h \
	%D%/type.h \
	%D%/yaml.h
