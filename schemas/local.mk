dist_schemas_DATA += \
	%D%/bmp.sonde \
	%D%/der.sonde \
	%D%/dns.sonde \
	%D%/dns_tcp.sonde \
	%D%/elf.sonde \
	%D%/ext.sonde \
	%D%/fat.sonde \
	%D%/gzip.sonde \
	%D%/ip.sonde \
	%D%/java_class.sonde \
	%D%/mp4.sonde \
	%D%/msgpack.sonde \
	%D%/ogg.sonde \
	%D%/pcap.sonde \
	%D%/pcap_ip.sonde \
	%D%/pcapng.sonde \
	%D%/png.sonde \
	%D%/protobuf.sonde \
	%D%/sqlite3.sonde \
	%D%/tar.sonde \
	%D%/tiff.sonde \
	%D%/wasm.sonde \
	%D%/wav.sonde \
	%D%/zip.sonde
