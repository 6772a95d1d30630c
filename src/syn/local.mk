libsondecore_la_SOURCES += \
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
	%D%/name.c \
	%D%/name.h \
	%D%/parse.c \
	%D%/parse.h \
	%D%/pretty.c \
	%D%/pretty.h \
	%D%/pretty_internal.h \
	%D%/pretty_pieces.c \
	%D%/pretty_rows.c \
	%D%/pretty_space.c \
	%D%/token.c \
	%D%/token.h \
	%D%/unparse.c \
	%D%/unparse.h \
	%D%/word.def
