"""What encode makes of what dump tells of a file: the file itself, byte for byte, or the reason why it can't be."""

import base64
import bz2
import gzip as gzip_module
import importlib
import io
import json
import lzma
import os
import pathlib
import random
import sqlite3
import subprocess
import struct
import tarfile
import wave
import zipfile
import zlib

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


def ones_sum(data):
    """The Internet checksum (RFC 1071)."""
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return 0xffff - total


def pcap_ip(folder):
    """Datagrams, whose UDP has no checksum."""
    packets = []
    for i in range(3):
        head = struct.pack(">BBHHHBBHII", 0x45, 0, 28 + i, i, 0, 64, 17, 0, 0x0a000001, 0x0a000002)
        head = head[:10] + struct.pack(">H", ones_sum(head)) + head[12:]
        frame = bytes(range(12)) + b"\x08\0" + head + struct.pack(">HHHH", 9, 1024 + i, 8 + i, 0) + b"x" * i
        packets.append((1700000000 + i, i, len(frame), frame))
    for order in "<>":
        path = folder / f"{ord(order)}.pcap"
        other("pcap").make(path, order, False, packets)
        yield path


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
         "java_class": java_class, "mp4": samples("ffmpeg-*.m[4po][a4v]"), "msgpack": msgpack, "ogg": ogg, "pcap": pcap, "pcap_ip": pcap_ip, "pcapng": pcapng,
         "png": png, "protobuf": protobuf, "sqlite3": sqlite, "tar": tar, "tiff": tiff, "wasm": wasm, "wav": wav, "zip": zip_files}


# What can't be made again, and why: of files whose names match, with what encode says of it, or None where it makes another file.
# The schemas' first comments say the same.
REACHED = "bytes that no structure leads to are not in the document, and tables are known by what lies elsewhere"
OTHERWISE = {
    "ext": [("*", None, "free blocks, and bits of the bitmaps behind the last block, are not in the document")],
    "fat": [("*", "elements are given", REACHED)],
    "mp4": [("*.m4a", None, "a length of a descriptor that is longer than it needs to be, and reserved bits"), ("*.mp4", None, "reserved bits")],
    "sqlite3": [("*", "", "free pages and the heap of a page are known by what lies elsewhere")],
    "tar": [("pax.tar", "no terminator", "the numbers in front of a record say where it ends"),
            ("*", None, "bytes behind the NUL of a text are not in the document: the blank behind the checksum's")],
    "zip": [("lzma.zip", "ends early", "what is unpacked is put together of pieces of what is stored, which can't be undone")],
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
        if not is_other:
            typed = formats.sonde(path, "-s", name, "--typed")[1]
            formats.same(f"what is made of typed JSON of {path.name}", encode(typed, "-s", name)[1] == data, True)
        count += 1
    formats.same("there are files", count > 0, True)


@formats.test
def every_schema_is_tried(folder):
    found = {path.stem for path in pathlib.Path(os.environ["SONDE_PATH"]).glob("*.sonde")}
    formats.same("formats", sorted(FILES), sorted(found - {"ip"}))  # which others import: no file has that alone


# Transforms the other way: what undoes in a schema what encode makes, and what undoes it here.


def through(*command):
    def run(packed):
        formats.need(command[0])
        return subprocess.run(command, input=packed, stdout=subprocess.PIPE, check=True, timeout=formats.SECONDS).stdout
    return run


def lz4_block(packed):
    """The sequences of a bare LZ4 block (lz4_Block_format.md)."""
    out, at = bytearray(), 0

    def length(low):
        nonlocal at
        while low >= 15:
            more, at = packed[at], at + 1
            low += more
            if more < 255:
                break
        return low

    while True:
        token, at = packed[at], at + 1
        literals = length(token >> 4)
        out += packed[at:at + literals]
        at += literals
        if at == len(packed):
            return bytes(out)
        distance, at = int.from_bytes(packed[at:at + 2], "little"), at + 2
        for _ in range(length(token & 15) + 4):
            out.append(out[-distance])


def rotated(group, left):
    def run(packed):
        def one(piece):
            number, bits = int.from_bytes(piece, "big"), 8 * group
            return ((number << left | number >> (bits - left)) & ((1 << bits) - 1)).to_bytes(group, "big")
        return b"".join(one(packed[at:at + group]) for at in range(0, len(packed), group))
    return run


TRANSFORMS = {
    "zlib({})": zlib.decompress, "deflate({})": lambda packed: zlib.decompress(packed, -15), "gzip({})": gzip_module.decompress,
    "bzip2({})": bz2.decompress, "xz({})": lzma.decompress, "lzma({})": lambda packed: lzma.decompress(packed, lzma.FORMAT_ALONE),
    "zstd({})": through("zstd", "-dc"), "lz4({})": through("lz4", "-dc"), "lz4_block({}, size)": lz4_block,
    "base64({})": base64.b64decode, "hex({})": lambda packed: bytes.fromhex(packed.decode()),
    "xor({}, 0x5a)": lambda packed: bytes(byte ^ 0x5a for byte in packed),
    'xor({}, "key")': lambda packed: bytes(byte ^ b"key"[at % 3] for at, byte in enumerate(packed)),
    "rotl({}, 3)": rotated(1, 3), "rotr({}, 3)": rotated(1, 5), "rotl({}, 5, 4)": rotated(4, 5),
    "base64(zlib({}))": None, "zlib(xor({}, 7))": lambda packed: zlib.decompress(bytes(byte ^ 7 for byte in packed)),
}
PLAIN = [b"", b"a", b"text " * 200, bytes(range(256)), random.Random(5).randbytes(3000)]


@formats.test_each([name for name, undone in TRANSFORMS.items() if undone])
def what_a_transform_is_undone_of_is_made(folder, name):
    (folder / "field.sonde").write_text(f"endian little; struct field {{ uint32 size; uint16 length; byte packed[length]; byte plain[] from {name.format('packed')}; }}")
    (folder / "rest.sonde").write_text(f"endian little; struct rest {{ uint32 size; byte plain[] from {name.format('$rest')}; }}")
    for plain in PLAIN:
        if "4)" in name:
            plain = plain[:len(plain) // 4 * 4]
        for schema, head in (("field", 6), ("rest", 4)):
            document = json.dumps({"size": len(plain), "plain": plain.hex()}).encode()
            status, made, errors = encode(document, "-s", folder / f"{schema}.sonde")
            formats.same(f"{schema}: what is said", [status, formats.told(errors)], [0, ""])
            if schema == "field":
                formats.same("length", int.from_bytes(made[4:6], "little"), len(made) - 6)
            formats.same(schema, TRANSFORMS[name](made[head:]).hex(), plain.hex())
            (folder / "made").write_bytes(made)
            formats.same(f"{schema}, dumped", formats.dump(folder / "made", "-s", folder / f"{schema}.sonde"), {"size": len(plain), "plain": plain.hex()})


# Documents of anybody.


def scalar(rng):
    return rng.choice((None, True, 0, 1, -1, 255, 1 << 31, -(1 << 63), 1 << 64, 1 << 127, 10**50, 0.5, 1e300, "", "a", "00", "0x10", "NaN", "deflated",
                       "\u00e4\u20ac", "PK", rng.randbytes(rng.randrange(40)).hex(), [], {}))


def paths_of(value, path=()):
    if isinstance(value, (dict, list)):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield path + (key,)
            yield from paths_of(item, path + (key,))


def altered(rng, document):
    """A document with a value here and there exchanged, taken away or put in once more."""
    document = json.loads(document)
    for _ in range(rng.randrange(1, 4)):
        paths = list(paths_of(document))
        if not paths:
            break
        *way, last = rng.choice(paths)
        around = document
        for step in way:
            around = around[step]
        kind = rng.randrange(4)
        if kind == 0:
            around[last] = scalar(rng)
        elif kind == 1:
            del around[last]
        elif isinstance(around, list):
            around[last:last] = [json.loads(json.dumps(around[last])) for _ in range(rng.choice((1, 1, 1000)))]
        elif isinstance(around[last], int):
            around[last] = around[last] + rng.choice((-1, 1, 1 << 20, 1 << 33)) if kind == 2 else rng.getrandbits(64)
        else:
            around[rng.choice(("colour", "$type", last))] = scalar(rng)
    return json.dumps(document).encode()


HOSTILE = {"bmp": samples("convert-v3.bmp"), "elf": elf, "gzip": gzip, "msgpack": msgpack, "mp4": samples("ffmpeg-audio.m4a"), "ogg": ogg,
           "pcap": pcap, "png": samples("convert-rgb8.png"), "tar": tar, "wav": wav, "zip": zip_files}


@formats.test_each(HOSTILE)
def altered_documents_give_a_file_or_a_reason(folder, name):
    """What is made of them can be dumped again: it is what the document says, and no damage."""
    rng, path = random.Random(name), folder / "made"
    documents = [formats.sonde(file, "-s", name)[1] for file in list(HOSTILE[name](folder))[:4]]
    documents = [document for document in documents if len(document) < 200_000]
    made_any = refused = 0
    for turn in range(60):
        document = altered(rng, rng.choice(documents))
        status, made, errors = encode(document, "-s", name)
        if status not in (0, 4) or (status == 4) == (not errors) or b"Sanitizer" in errors:
            raise formats.Failed(f"turn {turn}: status {status}: {formats.told(errors)}")
        if status == 0:
            made_any += 1
        else:
            refused += 1
            formats.same("nothing is written", made, b"")
    if not refused:
        raise formats.Failed("nothing was refused")


formats.main()
