"""Text in many encodings against Python's codecs: what random text and random bytes read as, and where the first bytes
are that are no text."""

import json
import os
import random

import formats

# iconv's name, Python's, and characters that both agree upon
ENCODINGS = [
    ("UTF-8", "utf-8", "aZ0 é€漢🎵"),
    ("UTF-16LE", "utf-16-le", "aZ0 é€漢🎵"),
    ("UTF-16BE", "utf-16-be", "aZ0 é€漢🎵"),
    ("UTF-32LE", "utf-32-le", "aZ0 é€漢🎵"),
    ("UTF-32BE", "utf-32-be", "aZ0 é€漢🎵"),
    ("UTF-7", "utf-7", "aZ0 é€漢"),
    ("ASCII", "ascii", "aZ0 ~"),
    ("ISO-8859-1", "latin-1", "aZ0 éÿ"),
    ("ISO-8859-2", "iso8859-2", "aZ0 łő"),
    ("ISO-8859-5", "iso8859-5", "aZ0 Жя"),
    ("ISO-8859-15", "iso8859-15", "aZ0 €œ"),
    ("KOI8-R", "koi8-r", "aZ0 Жя░"),
    ("CP437", "cp437", "aZ0 Çß░"),
    ("CP1251", "cp1251", "aZ0 Жя"),
    ("CP1252", "cp1252", "aZ0 €é”"),
    ("IBM037", "cp037", "aZ0 é{"),
    ("CP500", "cp500", "aZ0 é{"),
    ("SHIFT_JIS", "shift_jis", "aZ0 テ漢ｱ"),
    ("EUC-JP", "euc_jp", "aZ0 テ漢"),
    ("EUC-KR", "euc_kr", "aZ0 한국"),
    ("GB18030", "gb18030", "aZ0 中€😀"),
    ("BIG5", "big5", "aZ0 繁體"),
]

# those whose tables are the same everywhere to the last byte
STRICT = {"UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE", "ASCII", "ISO-8859-1", "ISO-8859-2", "ISO-8859-5",
          "ISO-8859-15", "KOI8-R", "CP437", "CP1251"}

ROUNDS = 200
BY_NAME = {name: (codec, letters) for name, codec, letters in ENCODINGS}


def dump(folder, name, stored):
    (folder / "t.sonde").write_text(f'schema t "Texts"; endian big; encoding "{name}";\n'
                                    "struct entry { uint16 n; string text[n]; }\n"
                                    "struct t { entry entries[]; }\n")
    data = folder / "t.bin"
    data.write_bytes(b"".join(len(s).to_bytes(2, "big") + s for s in stored))
    shown = formats.say(os.environ["SONDE"], "-s", folder / "t.sonde", "-f", "json", data, status=None)
    return json.loads(shown)["entries"]


def first_bad(entry):
    found = entry.get("$findings")
    return int(found[0]["message"].split()[1]) if found else None


def bad_of_python(codec, stored):
    try:
        stored.decode(codec)
        return None
    except UnicodeDecodeError as error:
        return error.start


@formats.test_each(BY_NAME)
def good_text(folder, name):
    codec, letters = BY_NAME[name]
    pick = random.Random(name)
    texts = ["".join(pick.choices(letters, k=pick.randrange(40))) for _ in range(ROUNDS)]
    entries = dump(folder, name, [text.encode(codec) for text in texts])
    formats.same("texts", [entry["text"] for entry in entries], texts)
    formats.same("findings", [first_bad(entry) for entry in entries], [None] * ROUNDS)


@formats.test_each(sorted(STRICT))
def any_bytes(folder, name):
    codec, letters = BY_NAME[name]
    pick = random.Random(name)
    stored = []
    for _ in range(ROUNDS):
        text = "".join(pick.choices(letters, k=pick.randrange(20))).encode(codec)
        at = pick.randrange(len(text) + 1)
        stored.append(text[:at] + pick.randbytes(pick.randrange(4)) + text[at:])
    entries = dump(folder, name, stored)
    wanted = [bad_of_python(codec, s) for s in stored]
    formats.same("first bad", [first_bad(entry) for entry in entries], wanted)
    good = [i for i in range(ROUNDS) if wanted[i] is None]
    formats.same("texts", [entries[i]["text"] for i in good], [stored[i].decode(codec) for i in good])


formats.main()
