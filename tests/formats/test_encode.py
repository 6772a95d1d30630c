"""What encode makes of what dump tells of a file: the file itself, byte for byte, or the reason why it can't be."""

import importlib
import io
import os
import pathlib
import subprocess
import sqlite3
import struct
import tarfile
import wave
import zipfile

import formats


def encode(document, *options):
    """Returns encode's status, what it makes and what it says."""
    command = [os.environ["SONDE"], "encode", *map(str, options)]
    result = subprocess.run(command, input=document, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=formats.SECONDS)
    return result.returncode, result.stdout, result.stderr


def other(name):
    return importlib.import_module("test_" + name)


# What makes files of a format: takes an empty folder, yields paths.


def samples(pattern):
    return lambda folder: sorted(formats.SAMPLES.glob(pattern))


def elf(folder):
    yield from sorted(formats.SAMPLES.glob("*.elf"))
    yield pathlib.Path("/bin/true").resolve()
    for width in (32, 64):
        for order in (1, 2):
            path = folder / f"{width}-{order}.elf"
            path.write_bytes(other("cut").elf(width, order))
            yield path


def png(folder):
    yield from sorted(formats.SAMPLES.glob("*.png"))
    (folder / "a.png").write_bytes(other("cut").png())
    yield folder / "a.png"


def gzip(folder):
    yield from sorted(formats.SAMPLES.glob("*.gz"))
    (folder / "a.gz").write_bytes(other("cut").gzip())
    yield folder / "a.gz"


def wav(folder):
    with wave.open(str(folder / "a.wav"), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(bytes(range(256)) * 4)
    yield folder / "a.wav"


def tar(folder):
    other("tar").make_tree(folder)
    for form in ("v7", "gnu", "ustar", "pax", "oldgnu"):
        path = folder / f"{form}.tar"
        excluded = [f"--exclude={name}" for name in other("tar").EXCLUDED[form]]
        formats.say("tar", "-C", folder, f"--format={form}", *excluded, "-cf", path, "d")
        yield path
    for form, number in other("tar").FORMS.items():
        path = folder / f"python-{form}.tar"
        with tarfile.open(path, "w", format=number) as archive:
            for size in (0, 1, 512, 513):
                member = tarfile.TarInfo(f"file {size}")
                member.size = size
                archive.addfile(member, io.BytesIO(b"x" * size))
        yield path


def zip_files(folder):
    for method, name in other("zip").METHODS.items():
        path = folder / f"{name}.zip"
        with zipfile.ZipFile(path, "w", method) as archive:
            archive.comment = b"a comment"
            for i in range(3):
                archive.writestr(f"file {i}", b"text " * 100 * i)
        yield path


def pcap(folder):
    for order, nanoseconds in other("pcap").FORMS:
        path = folder / f"{'little' if order == '<' else 'big'}{nanoseconds}.pcap"
        other("pcap").make(path, order, nanoseconds, other("pcap").some_packets(40, nanoseconds))
        yield path
    (folder / "small.pcap").write_bytes(other("cut").pcap())
    yield folder / "small.pcap"


def pcapng(folder):
    for order, name in (("<", "little"), (">", "big")):
        path = folder / f"{name}.pcapng"
        path.write_bytes(other("pcapng").every_block(order))
        yield path


def dns(folder):
    module = other("dns")
    library = module.library()
    (folder / "a.dns").write_bytes(module.answer(library, module.RECORDS).to_wire(max_size=65535))
    yield folder / "a.dns"


def dns_tcp(folder):
    module = other("dns")
    library = module.library()
    wires = [module.answer(library, module.RECORDS[at:at + 5]).to_wire(max_size=65535) for at in range(0, 25, 5)]
    (folder / "a.dns_tcp").write_bytes(b"".join(struct.pack(">H", len(wire)) + wire for wire in wires))
    yield folder / "a.dns_tcp"


def der(folder):
    formats.need("openssl")
    module = other("der")
    yield module.certificate(folder, *module.KEYS["RSA"])
    for name, command in module.MADE.items():
        path = folder / f"{name}.der"
        module.make(folder, *command, "-out", path)
        yield path
    (folder / "types").write_text(module.TYPES)
    module.make(folder, "asn1parse", "-genconf", "types", "-noout", "-out", "types.der")
    yield folder / "types.der"


def protobuf(folder):
    formats.need("protoc")
    module = other("protobuf")
    for name, text in module.MESSAGES.items():
        path = folder / f"{name}.pb"
        path.write_bytes(module.encode(folder, text))
        yield path


def msgpack(folder):
    for name, text in other("msgpack").FORMS.items():
        path = folder / f"{name}.msgpack"
        path.write_bytes(bytes.fromhex(text))
        yield path


def wasm(folder):
    formats.need("wat2wasm")
    module = other("wasm")
    yield module.compiled(folder, module.TEXT)
    yield module.compiled(folder, module.TEXT, "--debug-names")


def java_class(folder):
    module = other("java_class")
    (folder / "A.class").write_bytes(module.small())
    yield folder / "A.class"
    if module.ARCHIVE.exists():
        with zipfile.ZipFile(module.ARCHIVE) as archive:
            names = [name for name in archive.namelist() if name.endswith(".class")]
            for i, name in enumerate(names[:12]):
                path = folder / f"{i}.class"
                path.write_bytes(archive.read(name))
                yield path


def ogg(folder):
    module = other("ogg")
    (folder / "pages.ogg").write_bytes(b"".join(module.three_pages()))
    yield folder / "pages.ogg"
    formats.need("sox", "oggenc")
    formats.say("oggenc", "-Q", "-a", "Artist", module.sound(folder), "-o", folder / "a.ogg")
    yield folder / "a.ogg"


def tiff(folder):
    formats.need("tiffcp", "ppm2tiff")
    module = other("tiff")
    for i, form in enumerate(module.FORMS):
        (folder / str(i)).mkdir()
        yield module.image(folder / str(i), *form.split())[0]


def sqlite(folder):
    for page_size, encoding, _ in other("sqlite3").KINDS[:3]:
        path = folder / f"{page_size}.db"
        other("sqlite3").make(path, page_size, encoding, rows=60).close()
        yield path
    db = sqlite3.connect(folder / "empty.db")
    db.execute("pragma user_version=1")
    db.close()
    yield folder / "empty.db"


def fat(folder):
    for kind in (12,):
        yield other("fat").make(folder, kind)


def ext(folder):
    yield other("ext").make(folder, "ext2", size="1M", fill=lambda top: (top / "a").write_bytes(b"text"))[1]


FILES = {"bmp": samples("*.bmp"), "der": der, "dns": dns, "dns_tcp": dns_tcp, "elf": elf, "ext": ext, "fat": fat, "gzip": gzip,
         "java_class": java_class, "mp4": samples("ffmpeg-*.m[4po][a4v]"), "msgpack": msgpack, "ogg": ogg, "pcap": pcap, "pcapng": pcapng,
         "png": png, "protobuf": protobuf, "sqlite3": sqlite, "tar": tar, "tiff": tiff, "wasm": wasm, "wav": wav, "zip": zip_files}


# What can't be made again, and why: of files whose names match, with what encode says of it, or None where it makes another file.
# The schemas' first comments say the same.
SEARCHED = "what stands in front of the archive follows from where the end record is found, which follows from what is made"
REACHED = "bytes that no structure leads to are not in the document, and tables are known by what lies elsewhere"
OTHERWISE = {
    "ext": [("*", None, "free blocks, and bits of the bitmaps behind the last block, are not in the document")],
    "fat": [("*", "elements are given", REACHED)],
    "mp4": [("*.m4a", None, "a length of a descriptor that is longer than it needs to be, and reserved bits"), ("*.mp4", None, "reserved bits")],
    "sqlite3": [("*", "", "free pages and the heap of a page are known by what lies elsewhere")],
    "tar": [("v7.tar", "sum of the header", "bytes behind the NUL of a text are not in the document"),
            ("pax.tar", "no terminator", "the numbers in front of a record say where it ends"),
            ("*", None, "bytes behind the NUL of a text are not in the document: the blank behind the checksum's")],
    "zip": [("*", "lies outside", SEARCHED)],
}


def otherwise(name, path):
    for pattern, says, _ in OTHERWISE.get(name, ()):
        if path.match(pattern):
            return True, says
    return False, None


def first_difference(made, data):
    at = next((i for i, (a, b) in enumerate(zip(made, data)) if a != b), min(len(made), len(data)))
    return f"{len(made)} bytes for {len(data)}, at {at} {made[at:at + 8].hex()} for {data[at:at + 8].hex()}"


@formats.test_each(FILES)
def what_was_dumped_is_made_again(folder, name):
    count = 0
    for path in FILES[name](folder):
        status, document, errors = formats.sonde(path, "-s", name)
        formats.same(f"status of {path.name}", [status, formats.told(errors)], [0, ""])
        status, made, errors = encode(document, "-s", name)
        data, told = path.read_bytes(), formats.told(errors)
        is_other, says = otherwise(name, path)
        if not is_other:
            formats.same(f"what is said of {path.name}", told, "")
        if is_other and says is not None:
            formats.same(f"status of {path.name}, which can't be made", [status, says in told], [4, True])
        elif (made == data) == is_other:
            raise formats.Failed(f"{path.name} is made again" if is_other else f"{path.name}: {first_difference(made, data)}")
        count += 1
    formats.same("there are files", count > 0, True)


@formats.test
def every_schema_is_tried(folder):
    formats.same("formats", sorted(FILES), sorted(path.stem for path in pathlib.Path(os.environ["SONDE_PATH"]).glob("*.sonde")))


formats.main()
