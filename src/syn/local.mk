libsondecore_a_SOURCES += \
	%D%/ast.c \
	%D%/ast.def \
	%D%/ast.h \
	%D%/build.c \
	%D%/build.h \
	%D%/doc.c \
	%D%/equal.c \
	%D%/hint.c \
	%D%/hint.def \
	%D%/hint.h \
	%D%/parse.c \
	%D%/parse.h \
	%D%/token.c \
	%D%/token.h \
	%D%/unparse.c \
	%D%/unparse.h
