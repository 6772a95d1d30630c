dist_schemas_DATA += \
	%D%/elf.sonde \
	%D%/png.sonde
