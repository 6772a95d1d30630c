# flex and bison run from here and not through automake's ylwrap, which does not know their headers. What they write is
# part of a release: a build from the tarball finds it in the source folder and needs neither.

EXTRA_DIST += \
	%D%/kaitai.l \
	%D%/kaitai.y \
	%D%/sonde.l \
	%D%/sonde.y

libsondecore_la_SOURCES += \
	%D%/grammar.h \
	%D%/kaitai.h \
	%D%/plain.c \
	%D%/tokens.c \
	%D%/tokens.h

generated_sources = \
	%D%/kaitai_lexer.c \
	%D%/kaitai_lexer.h \
	%D%/kaitai_parser.c \
	%D%/kaitai_parser.h \
	%D%/lexer.c \
	%D%/lexer.h \
	%D%/parser.c \
	%D%/parser.h

# no source by itself: see plain.c
included_sources = %D%/plain_parser.c

EXTRA_DIST += $(included_sources)
BUILT_SOURCES += $(generated_sources) $(included_sources)
MAINTAINERCLEANFILES += $(generated_sources) $(included_sources)

# It meets the whole list of warnings, so it goes where the rest goes.
libsondecore_la_SOURCES += $(generated_sources)

# One run writes both files; the header is written last, so that it never looks older than the source.
%D%/parser.c: %D%/sonde.y
	$(AM_V_GEN)$(MKDIR_P) %D% && $(BISON) -o $@ --header=%D%/parser.h $(srcdir)/%D%/sonde.y && touch %D%/parser.h

%D%/plain_parser.c: %D%/sonde.y
	$(AM_V_GEN)$(MKDIR_P) %D% && $(BISON) -F parse.lac=none -F parse.error=simple -o $@ $(srcdir)/%D%/sonde.y

%D%/plain.lo: %D%/plain_parser.c

%D%/lexer.c: %D%/sonde.l
	$(AM_V_GEN)$(MKDIR_P) %D% && $(FLEX) -o $@ --header-file=%D%/lexer.h $(srcdir)/%D%/sonde.l && touch %D%/lexer.h

%D%/kaitai_parser.c: %D%/kaitai.y
	$(AM_V_GEN)$(MKDIR_P) %D% && $(BISON) -o $@ --header=%D%/kaitai_parser.h $(srcdir)/%D%/kaitai.y && touch %D%/kaitai_parser.h

%D%/kaitai_lexer.c: %D%/kaitai.l
	$(AM_V_GEN)$(MKDIR_P) %D% && $(FLEX) -o $@ --header-file=%D%/kaitai_lexer.h $(srcdir)/%D%/kaitai.l && touch %D%/kaitai_lexer.h

%D%/parser.h: %D%/parser.c
	@test -f $@ || { rm -f %D%/parser.c; $(MAKE) $(AM_MAKEFLAGS) %D%/parser.c; }

%D%/lexer.h: %D%/lexer.c
	@test -f $@ || { rm -f %D%/lexer.c; $(MAKE) $(AM_MAKEFLAGS) %D%/lexer.c; }

%D%/kaitai_parser.h: %D%/kaitai_parser.c
	@test -f $@ || { rm -f %D%/kaitai_parser.c; $(MAKE) $(AM_MAKEFLAGS) %D%/kaitai_parser.c; }

%D%/kaitai_lexer.h: %D%/kaitai_lexer.c
	@test -f $@ || { rm -f %D%/kaitai_lexer.c; $(MAKE) $(AM_MAKEFLAGS) %D%/kaitai_lexer.c; }
