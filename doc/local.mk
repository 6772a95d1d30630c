dist_man_MANS += %D%/sonde.1

EXTRA_DIST += \
	%D%/internals.md \
	%D%/kaitai.md \
	%D%/language.md \
	%D%/manual.md \
	%D%/performance.md \
	%D%/tutorial.md
