"""ASN.1 against openssl asn1parse: certificates, requests, keys, revocation lists, signed messages and PKCS #12."""

import re
import ssl

import formats

NAMES = {"end_of_contents": "EOC", "object_identifier": "OBJECT", "boolean": "BOOLEAN", "integer": "INTEGER", "bit_string": "BIT STRING",
         "octet_string": "OCTET STRING", "null": "NULL", "enumerated": "ENUMERATED", "utf8_string": "UTF8STRING", "sequence": "SEQUENCE",
         "set": "SET", "numeric_string": "NUMERICSTRING", "printable_string": "PRINTABLESTRING", "teletex_string": "T61STRING",
         "ia5_string": "IA5STRING", "utc_time": "UTCTIME", "generalized_time": "GENERALIZEDTIME", "visible_string": "VISIBLESTRING",
         "bmp_string": "BMPSTRING", "universal_string": "UNIVERSALSTRING"}
TEXTS = ("utf8_string", "printable_string", "ia5_string", "utc_time", "generalized_time", "visible_string", "numeric_string")


def told_by_openssl(path, *options):
    """Of each element its place, depth, size of its header, length (None where it is not known before), kind, name and value."""
    told = []
    for line in formats.say("openssl", "asn1parse", "-inform", "DER", "-in", path, *options).splitlines():
        match = re.match(r" *(\d+):d=(\d+) +hl=(\d+) l= *(\d+|inf) +(cons|prim): (.{18}):?(.*)", line)
        if not match:
            continue  # a line of a value
        length = None if match[4] == "inf" else int(match[4])
        told.append((int(match[1]), int(match[2]), int(match[3]), length, match[5] == "cons", match[6].strip(), match[7]))
    return told


def header_size(element):
    number, size = element.get("large_number"), 1
    while number:
        number, size = number >> 7, size + 1
    return size + 1 + (element["size"] if element["long"] else 0)


def name_of(element):
    if element["class"] == "universal":
        return NAMES[element["tag"]]
    marks = {"context": "cont", "application": "appl", "private": "priv"}
    return f"{marks[element['class']]} [ {element.get('large_number', element['number'])} ]"


def flatten(elements, depth, out):
    for element in elements:
        out.append((depth, element))
        if element["constructed"]:
            flatten(element["items"], depth + 1, out)
    return out


def object_names(dotted):
    """The short and the long name of an object identifier, by the library that Python's ssl uses."""
    try:
        _, short, long, _ = ssl._ssl.txt2obj(dotted, name=False)
        return short, long
    except ValueError:
        return ()


def compare_value(where, element, value):
    tag, got = element.get("tag"), element.get("value")
    if tag == "object_identifier":
        names = object_names(got["dotted"])
        if value != got["dotted"] and value not in names:
            raise formats.Failed(f"{where}: {got['dotted']} instead of {value}")
        if "name" in got and got["name"] not in names:
            raise formats.Failed(f"{where}: {got['dotted']} is {names}, not {got['name']}")
    elif tag in TEXTS:
        formats.same(where, got, value)
    elif tag in ("integer", "enumerated"):
        shown = int.from_bytes(bytes.fromhex(got), "big", signed=True) if isinstance(got, str) and element["length"] > 15 else int(str(got), 0)
        formats.same(where, shown, int(value, 16))
    elif tag == "boolean":
        formats.same(where, got, int(value))


def compare(path, elements, *options):
    told = told_by_openssl(path, *options)
    got = flatten(elements, told[0][1], [])
    formats.same("elements", len(got), len(told))
    for (depth, element), (place, told_depth, size, length, constructed, name, value) in zip(got, told):
        where = f"at {place}"
        formats.same(where, [depth, header_size(element), element.get("length"), element["constructed"], name_of(element)],
                     [told_depth, size, length, constructed, name])
        compare_value(where, element, value)
        if "items" in element and not element["constructed"]:
            compare(path, element["items"], *options, "-strparse", str(place))
    return [element for _, element in got]


def make(folder, *command):
    formats.say("openssl", *command, cwd=folder)


def certificate(folder, *key):
    make(folder, "req", "-x509", "-newkey", *key, "-nodes", "-keyout", "key.pem", "-outform", "DER", "-out", "cert.der", "-utf8", "-days", "9000",
         "-subj", "/C=CH/O=Ä Organisation/CN=example.com/emailAddress=a@example.com/DC=example",
         "-addext", "subjectAltName=DNS:example.com,IP:10.0.0.1,URI:https://example.com/", "-addext", "keyUsage=critical,digitalSignature,keyCertSign",
         "-addext", "extendedKeyUsage=serverAuth,1.2.3.4.5", "-addext", "certificatePolicies=2.23.140.1.2.1",
         "-addext", "authorityInfoAccess=OCSP;URI:http://ocsp.example.com/")
    make(folder, "x509", "-inform", "DER", "-in", "cert.der", "-out", "cert.pem")
    return folder / "cert.der"


KEYS = {"RSA": ["rsa:1024"], "P-256": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "P-384 with parameters": [
    "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-pkeyopt", "ec_param_enc:explicit"], "Ed25519": ["ed25519"]}


@formats.test_each(KEYS)
def certificates(folder, name):
    formats.need("openssl")
    path = certificate(folder, *KEYS[name])
    elements = compare(path, formats.dump(path)["elements"])
    extensions = [e["items"][0]["value"]["name"] for e in elements if e["constructed"] and e["items"] and e["items"][-1].get("items")
                  and not e["items"][-1]["constructed"]]
    if not {"basicConstraints", "keyUsage", "subjectAltName", "extendedKeyUsage", "authorityInfoAccess"} <= set(extensions):
        raise formats.Failed(f"extensions that were opened: {extensions}")


MADE = {
    "a request": ["req", "-new", "-key", "key.pem", "-subj", "/CN=a", "-outform", "DER"],
    "a key": ["pkcs8", "-topk8", "-nocrypt", "-in", "key.pem", "-outform", "DER"],
    "an encrypted key": ["pkcs8", "-topk8", "-in", "key.pem", "-passout", "pass:x", "-outform", "DER"],
    "a public key": ["pkey", "-in", "key.pem", "-pubout", "-outform", "DER"],
    "a signed message": ["cms", "-sign", "-in", "key.pem", "-signer", "cert.pem", "-inkey", "key.pem", "-nodetach", "-outform", "DER"],
    "a signed message of lengths not known before": ["cms", "-sign", "-in", "key.pem", "-signer", "cert.pem", "-inkey", "key.pem", "-nodetach",
                                                     "-stream", "-outform", "DER"],
    "PKCS #12": ["pkcs12", "-export", "-in", "cert.pem", "-inkey", "key.pem", "-passout", "pass:x", "-name", "Ä"],
}


@formats.test_each(MADE)
def what_openssl_makes(folder, name):
    formats.need("openssl")
    certificate(folder, *KEYS["RSA"])
    make(folder, *MADE[name], "-out", "a.der")
    compare(folder / "a.der", formats.dump(folder / "a.der", "-s", "der")["elements"])


TYPES = """asn1=SEQUENCE:all
[all]
a=BOOL:false
b=INTEGER:-129
c=INTEGER:0x123456789abcdef0123456789abcdef0
d=ENUM:7
e=NULL
f=OID:2.999.3
g=UTC:240102030405Z
h=GENTIME:20240102030405Z
i=IMP:31,UTF8:implicit
j=EXP:300P,IA5:explicit
k=BMP:Ärger
l=UNIV:x
m=T61:t
n=FORMAT:HEX,BITSTR:0a0b
o=NUMERIC:123
p=VISIBLE:v
q=EXP:5A,INTEGER:0x7fffffffffffffffffffffffffffff
r=INTEGER:-0x8000000000000000000000000000000000
s=OID:1.3.6.1.4.1.99999999
"""


@formats.test
def every_type(folder):
    formats.need("openssl")
    (folder / "types").write_text(TYPES)
    make(folder, "asn1parse", "-genconf", "types", "-noout", "-out", "a.der")
    items = compare(folder / "a.der", formats.dump(folder / "a.der", "-s", "der")["elements"])[0]["items"]
    formats.same("values", [item["value"] for item in items if item.get("tag") in ("bmp_string", "universal_string", "teletex_string", "bit_string")],
                 ["\xc3\x84rger", "x", "t", {"unused": 0, "bits": "0a0b"}])
    formats.same("implicit", items[8], {"class": "context", "large_number": 31, "value": b"implicit".hex()})


DAMAGE = {"cut": (b"\x30\x05\x02\x01", 4), "an element that is too long": (b"\x30\x03\x02\x05\x01", 4), "a length of 9 bytes": (b"\x04\x89" + bytes(9), 4),
          "a tag without end": (b"\x1f\xff\xff", 4), "no end of an element": (b"\x30\x80\x02\x01\x05", 4),
          "deep": (b"\x30\x80" * 5000, 4), "no bits": (b"\x03\x00", 4), "an empty integer": (b"\x02\x00", 0)}


@formats.test_each(DAMAGE)
def damage_is_told(folder, name):
    data, status = DAMAGE[name]
    (folder / "a.der").write_bytes(data)
    formats.dump(folder / "a.der", "-s", "der", status=status)


@formats.test
def damage_anywhere(folder):
    formats.need("openssl")
    formats.withstand(folder, "der", certificate(folder, *KEYS["Ed25519"]).read_bytes(), whole={0})


formats.main()
