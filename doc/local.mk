dist_man_MANS += %D%/libsonde.3 %D%/sonde.1

EXTRA_DIST += \
	%D%/internals.md \
	%D%/kaitai.md \
	%D%/language.md \
	%D%/library.md \
	%D%/manual.md \
	%D%/performance.md \
	%D%/tutorial.md
