"""Files to try formats of Kaitai's gallery on: made by real programs, or taken from where Debian's packages put them."""

import glob
import os
import subprocess

# A format, and a pattern of files, the first of which is taken.
FILES = [
    ("executable/elf", "/usr/bin/true"),
    ("executable/elf", "/usr/lib/x86_64-linux-gnu/libz.so.1"),
    ("archive/zip", "/usr/share/java/hamcrest-core*.jar"),
    ("image/png", "/usr/lib/python3.11/test/imghdrdata/python.png"),
    ("archive/gzip", "/usr/share/doc/bash/changelog*.gz"),
    ("database/gettext_mo", "/usr/share/locale/*/LC_MESSAGES/*.mo"),
    ("executable/microsoft_pe", "/usr/lib/systemd/boot/efi/systemd-bootx64.efi"),
    ("security/openpgp_message", "/usr/share/keyrings/debian-archive-*.gpg"),
    ("image/bmp", "/usr/lib/python3.11/test/imghdrdata/python.bmp"),
    ("image/gif", "/usr/lib/python3.11/test/imghdrdata/python.gif"),
    ("image/jpeg", "/usr/lib/python3.11/test/imghdrdata/python.jpg"),
    ("media/wav", "/usr/share/sounds/alsa/Front_Center.wav"),
    ("media/ogg", "/usr/share/sounds/freedesktop/stereo/bell.oga"),
    ("font/ttf", "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf"),
    ("image/icc_4", "/usr/share/color/icc/colord/AdobeRGB1998.icc"),
    ("executable/dos_mz", "/usr/lib/systemd/boot/efi/systemd-bootx64.efi"),
    ("hardware/edid", "/usr/share/edid/*.bin"),
]
# A format, and a shell command that writes $O and may use the folder $D.
MADE = [
    ("archive/zip", "cd $D && echo hello > a.txt && seq 1 900 > b.txt && rm -f z.zip && zip -q -X z.zip a.txt b.txt && mv z.zip $O"),
    ("archive/zip", "cd $D && echo hello > a.txt && rm -f z.zip && zip -q z.zip a.txt && mv z.zip $O"),
    ("archive/gzip", "seq 1 1000 | gzip -9 > $O"),
    ("database/sqlite3", "sqlite3 $O 'create table t(a integer primary key, b text); with recursive n(i) as (select 1 union all select i+1 from n where i<200) insert into t select i, hex(i) from n; create index x on t(b)'"),
    ("network/pcap", "text2pcap -q -F pcap -u 1000,69 - $O < $D/hex"),
    ("network/pcap", "text2pcap -q -F pcap -T 1000,80 - $O < $D/hex"),
    ("filesystem/ext2", "mke2fs -q -F -t ext2 -b 1024 $O 2M"),
    ("filesystem/iso9660", "mkdir -p $D/iso/sub && echo hi > $D/iso/sub/file.txt && genisoimage -quiet -o $O $D/iso"),
    ("filesystem/vfat", "truncate -s 2M $O && mkfs.fat -F 12 $O >/dev/null"),
    ("filesystem/mbr_partition_table", "truncate -s 64M $O && printf 'label: dos\\n,16M,c\\n,,83\\n' | sfdisk -q $O"),
    ("filesystem/gpt_partition_table", "truncate -s 64M $O && printf 'label: gpt\\n,16M\\n,,\\n' | sfdisk -q $O"),
    ("executable/java_class", "cd $D && printf 'public class T { int a = 5; static final String S = \"x\"; long f(double d) { return (long) d + a; } }' > T.java && javac T.java && cp T.class $O"),
    ("serialization/asn1/asn1_der", "openssl req -x509 -newkey rsa:1024 -nodes -keyout /dev/null -subj /CN=test -outform DER -out $O 2>/dev/null"),
    ("image/ico", "convert -size 16x16 xc:red $O.ico && mv $O.ico $O"),
    ("image/pcx", "convert -size 16x16 xc:red $O.pcx && mv $O.pcx $O"),
    ("image/tga", "convert -size 16x16 xc:red $O.tga && mv $O.tga $O"),
    ("image/xwd", "convert -size 16x16 xc:red $O.xwd && mv $O.xwd $O"),
    ("image/bmp", "convert -size 17x5 gradient: BMP3:$O"),
    ("image/png", "convert -size 17x5 gradient: -comment hello PNG:$O"),
    ("image/jpeg", "convert -size 17x5 gradient: JPEG:$O"),
    ("image/gif", "convert -delay 5 -size 17x5 gradient: -size 17x5 xc:red GIF:$O"),
    ("hardware/dtb", "printf '/dts-v1/; / { model = \"x\"; a { reg = <1 2>; }; };' | dtc -q -O dtb -o $O"),
    ("firmware/uimage", "echo data > $D/data && mkimage -A arm -T kernel -C none -n name -d $D/data $O >/dev/null"),
    ("serialization/msgpack", "/usr/bin/python3 -c \"import msgpack,sys; sys.stdout.buffer.write(msgpack.packb({'a': [1, -1, 300, -70000, 2**40, 1.5, None, True], 'b': b'xyz', 'c': {'d': 'e' * 40}}))\" > $O"),
    ("serialization/bson", "/usr/bin/python3 -c \"import bson,sys; f = getattr(bson, 'dumps', None) or bson.encode; sys.stdout.buffer.write(f({'a': 1, 'b': 'x', 'c': {'d': 1.5}, 'e': True, 'f': [1, 'y']}))\" > $O"),
    ("serialization/google_protobuf", "cd $D && printf 'syntax=\"proto3\"; message M { int32 a=1; string b=2; fixed64 c=3; M d=4; }' > m.proto && printf 'a: 150 b: \"testing\" c: 7 d { a: 1 }' | protoc --encode=M m.proto > $O"),
    ("serialization/python_pickle", "/usr/bin/python3 -c \"import pickle,sys; sys.stdout.buffer.write(pickle.dumps({'a': [1, 2.5, 'x', None, True, b'yy', (1, 2), 2**70]}, protocol=4))\" > $O"),
    ("serialization/php_serialized_value", "printf 'a:3:{i:0;s:3:\"abc\";s:1:\"k\";d:1.5;i:2;b:1;}' > $O"),
    ("serialization/ruby_marshal", "ruby -e 'File.binwrite(ENV[\"O\"], Marshal.dump([1, -5, 300, \"abc\", nil, true, [2]]))'"),
    ("archive/cpio_old_le", "cd $D && echo hello > a.txt && echo a.txt | cpio -o -H bin > $O 2>/dev/null"),
    ("media/au", "sox -n -r 8000 -b 16 -c 1 -t au $O trim 0 0.05"),
    ("media/wav", "sox -n -r 8000 -b 16 -c 2 -t wav $O synth 0.05 sine 440"),
    ("media/quicktime_mov", "ffmpeg -loglevel error -f lavfi -i color=red:s=32x32:d=0.2 -pix_fmt yuv420p -f mov $O"),
    ("media/avi", "ffmpeg -loglevel error -f lavfi -i color=red:s=32x32:d=0.2 -f avi $O"),
    ("media/ogg", "sox -n -r 8000 -c 1 -t ogg $O synth 0.2 sine 440"),
    ("media/id3v2_3", "ffmpeg -loglevel error -f lavfi -i sine=d=0.1 -metadata title=Hello -metadata artist=World -id3v2_version 3 -f mp3 $O"),
    ("filesystem/vdi", "qemu-img create -q -f vdi $O 1M"),
    ("filesystem/vmware_vmdk", "qemu-img create -q -f vmdk $O 1M"),
    ("filesystem/luks", "truncate -s 4M $O && echo pass | cryptsetup -q luksFormat --type luks1 --iter-time 10 $O -"),
    ("font/pcf_font", "zcat /usr/share/fonts/X11/misc/6x13-ISO8859-1.pcf.gz > $O"),
    ("security/ssh_public_key", "ssh-keygen -q -t ed25519 -N '' -f $D/key && cut -d' ' -f2 $D/key.pub | base64 -d > $O"),
    ("network/dns_packet", "printf '\\x12\\x34\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x03www\\x07example\\x03com\\x00\\x00\\x01\\x00\\x01' > $O"),
    ("common/vlq_base128_le", "printf '\\x81\\x82\\x03' > $O"),
    ("common/vlq_base128_be", "printf '\\x81\\x82\\x03' > $O"),
    ("log/glibc_utmp", "/usr/bin/python3 -c \"import struct,sys; sys.stdout.buffer.write(struct.pack('<hxxi32s4s32s256shhiii16s20s', 7, 1234, b'tty1', b'1', b'user', b'host', 0, 0, 1, 1700000000, 5, bytes(16), bytes(20)) * 2)\" > $O"),
    ("machine_code/code_6502", "printf '\\xa9\\x01\\x8d\\x00\\x02\\xd0\\xfb\\x60' > $O"),
    ("media/standard_midi_file", "printf 'MThd\\0\\0\\0\\6\\0\\0\\0\\1\\0\\x60MTrk\\0\\0\\0\\x0c\\0\\x90\\x3c\\x40\\x60\\x80\\x3c\\x40\\0\\xff\\x2f\\0' > $O"),
    ("font/grub2_font", "grub-mkfont -o $O -s 12 /usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf -r 0x20-0x7e"),
    ("network/ethernet_frame", "printf '\\1\\2\\3\\4\\5\\6\\1\\2\\3\\4\\5\\7\\x08\\x00\\x45\\0\\0\\x1c\\0\\0\\0\\0\\x40\\x11\\0\\0\\x0a\\0\\0\\1\\x0a\\0\\0\\2\\0\\x35\\0\\x36\\0\\x08\\0\\0' > $O"),
]


def made(folder, number, command):
    out = folder / f"sample{number}"
    env = {**os.environ, "O": str(out), "D": str(folder)}
    run = subprocess.run(["bash", "-c", command], env=env, capture_output=True)
    return out if run.returncode == 0 and out.exists() and out.stat().st_size else None


def all(folder, wanted):
    """(format, file or None) of each, in order; wanted: only formats whose name has one of these in it."""
    (folder / "hex").write_text("\n".join(f"{i * 16:06x} " + " ".join(f"{b:02x}" for b in range(16)) for i in range(4)))
    for name, pattern in FILES:
        if not wanted or any(w in name for w in wanted):
            yield name, next(iter(sorted(glob.glob(pattern))), None)
    for number, (name, command) in enumerate(MADE):
        if not wanted or any(w in name for w in wanted):
            yield name, made(folder, number, command)
