# The man page and the manual: dist_man_MANS += %D%/sonde.1, EXTRA_DIST += %D%/….md
