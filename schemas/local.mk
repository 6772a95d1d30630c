dist_schemas_DATA += \
	%D%/elf.sonde \
	%D%/pcap.sonde \
	%D%/png.sonde \
	%D%/sqlite3.sonde \
	%D%/tar.sonde \
	%D%/wav.sonde
