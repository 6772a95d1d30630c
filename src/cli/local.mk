bin_PROGRAMS += sonde

sonde_LDADD = libsondecore.a $(LIBRARY_LIBS)
sonde_SOURCES = \
	%D%/main.c
