"""DNS messages against dnspython, which makes them, and tshark, which reads them too."""

import json
import struct

import formats

RECORDS = [
    ("A", "192.0.2.7"), ("AAAA", "2001:db8::7"), ("NS", "ns1.example.com."), ("CNAME", "other.example.org."), ("PTR", "host.example.com."),
    ("DNAME", "example.net."), ("SOA", "ns1.example.com. admin.example.com. 2024010203 7200 3600 1209600 300"), ("MX", "10 mail.example.com."),
    ("TXT", '"v=spf1 -all" "second"'), ("HINFO", '"PC" "Linux"'), ("RP", "admin.example.com. info.example.com."), ("AFSDB", "1 afs.example.com."),
    ("SRV", "1 2 5060 sip.example.com."), ("NAPTR", '100 50 "s" "SIP+D2U" "!^.*$!sip:a@b!" _sip._udp.example.com.'), ("KX", "5 kx.example.com."),
    ("CERT", "PKIX 1 8 AQIDBA=="), ("DS", "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118"), ("CDS", "60485 13 2 " + "ab" * 32),
    ("DNSKEY", "257 3 8 AQPSKmynfzW4kyBv015MUG2DeIQ3"), ("RRSIG", "A 5 3 86400 20240322173103 20240220173103 2642 example.com. oJB1W6WNGv+ldvQ3WDG0MQ=="),
    ("NSEC3PARAM", "1 0 12 aabbccdd"), ("TLSA", "3 1 1 " + "0123" * 16), ("SSHFP", "4 2 " + "cd" * 32), ("CAA", '0 issue "ca.example.net"'),
    ("URI", '10 1 "https://example.com/"'), ("EUI48", "00-00-5e-00-53-2a"), ("EUI64", "00-00-5e-ef-10-00-00-2a"), ("OPENPGPKEY", "AQIDBAUG"),
    ("ZONEMD", "2018031900 1 1 " + "0f" * 48), ("SVCB", '1 svc.example.com. alpn="h2,h3" port=8443 ipv4hint=192.0.2.1,192.0.2.2 ipv6hint=2001:db8::1'),
    ("HTTPS", '1 . mandatory="alpn" alpn="h2"'), ("APL", "1:192.168.32.0/21 !1:192.168.38.0/28 2:ff00::/8"),
    ("LOC", "52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m"),
]
BITMAPS = [("NSEC", "host.example.com. A MX RRSIG NSEC TYPE1234"), ("NSEC3", "1 1 12 aabbccdd 2vptu5timamqttgl4luu9kg21e0aor3s A RRSIG")]


def dotted(name):
    return name["full"] if name["full"] == "." else name["full"] + "."


def quoted(text):
    return '"' + text["text"] + '"'


def address(data):
    import ipaddress
    return str(ipaddress.ip_address(bytes.fromhex(data)))


def parameter(one):
    key, value = one["key"].replace("_", ""), one.get("value")
    if key == "alpn":
        value = ",".join(text["text"] for text in value)
    elif key in ("ipv4hint", "ipv6hint"):
        value = ",".join(address(data) for data in value)
    elif key == "mandatory":
        value = ",".join(value)
    return f'{key}="{value}"'


def prefix(one):
    size = 4 if one["family"] == 1 else 16
    return ("!" if one["negated"] else "") + f"{one['family']}:{address(one['address'].ljust(2 * size, '0'))}/{one['prefix']}"


def angle(number, positive, negative):
    number -= 1 << 31
    rest = abs(number)
    return f"{rest // 3600000} {rest // 60000 % 60} {rest % 60000 / 1000:.3f} {positive if number >= 0 else negative}"


def digits(octet):
    return f"{(octet >> 4) * 10 ** (octet & 15) / 100:.2f}m"


def number_of(dns, enum, value):
    """An algorithm or a type that has a name in the schema, by dnspython's number."""
    return value if isinstance(value, int) else int(getattr(enum, value.upper().replace("RSA_", "RSA").replace("ECDSA_", "ECDSA")
                                                             .replace("P256_", "P256").replace("P384_", "P384")))


def base64(data):
    import base64 as coder
    return coder.b64encode(bytes.fromhex(data)).decode()


def presented(dns, kind, data):
    """What sonde shows of a record, written as in a zone file."""
    algorithm = lambda value: number_of(dns, dns.dnssec.Algorithm, value)
    forms = {
        "A": lambda d: address(d), "AAAA": lambda d: address(d),
        "NS": dotted, "CNAME": dotted, "PTR": dotted, "DNAME": dotted,
        "SOA": lambda d: " ".join([dotted(d["primary"]), dotted(d["mailbox"])] +
                                  [str(d[key]) for key in ("serial", "refresh", "retry", "expire", "minimum")]),
        "MX": lambda d: f"{d['preference']} {dotted(d['exchange'])}", "KX": lambda d: f"{d['preference']} {dotted(d['exchange'])}",
        "TXT": lambda d: " ".join(quoted(text) for text in d), "HINFO": lambda d: quoted(d["cpu"]) + " " + quoted(d["system"]),
        "RP": lambda d: f"{dotted(d['mailbox'])} {dotted(d['text'])}", "AFSDB": lambda d: f"{d['subtype']} {dotted(d['host'])}",
        "SRV": lambda d: f"{d['priority']} {d['weight']} {d['port']} {dotted(d['target'])}",
        "NAPTR": lambda d: f"{d['order']} {d['preference']} {quoted(d['flags'])} {quoted(d['services'])} {quoted(d['regexp'])} "
                           f"{dotted(d['replacement'])}",
        "CERT": lambda d: f"{d['kind']} {d['key_tag']} {algorithm(d['algorithm'])} {base64(d['certificate'])}",
        "DS": lambda d: f"{d['key_tag']} {algorithm(d['algorithm'])} { {'sha1': 1, 'sha256': 2}[d['digest_type']]} {d['digest']}",
        "DNSKEY": lambda d: f"{d['flags']} {d['protocol']} {algorithm(d['algorithm'])} {base64(d['key'])}",
        "RRSIG": lambda d: f"{d['covered'].upper()} {algorithm(d['algorithm'])} {d['labels']} {d['original_ttl']} {d['expiration']} "
                           f"{d['inception']} {d['key_tag']} {dotted(d['signer'])} {base64(d['signature'])}",
        "NSEC3PARAM": lambda d: f"{d['hash']} {d['flags']} {d['iterations']} {d['salt']}",
        "TLSA": lambda d: f"{d['usage']} {d['selector']} {d['matching']} {d['data']}",
        "SSHFP": lambda d: f"{d['algorithm']} {d['kind']} {d['fingerprint']}",
        "CAA": lambda d: f"{d['flags']} {d['tag']['text']} \"{d['value']}\"",
        "URI": lambda d: f"{d['priority']} {d['weight']} \"{d['target']}\"",
        "EUI48": lambda d: "-".join(d[i:i + 2] for i in range(0, 12, 2)), "EUI64": lambda d: "-".join(d[i:i + 2] for i in range(0, 16, 2)),
        "OPENPGPKEY": base64, "ZONEMD": lambda d: f"{d['serial']} {d['scheme']} {d['hash']} {d['digest']}",
        "SVCB": lambda d: " ".join([str(d["priority"]), dotted(d["target"])] + [parameter(one) for one in d["parameters"]]),
        "APL": lambda d: " ".join(prefix(one) for one in d),
        "LOC": lambda d: f"{angle(d['latitude'], 'N', 'S')} {angle(d['longitude'], 'E', 'W')} {d['altitude'] / 100 - 100000:.2f}m "
                         f"{digits(d['size'])} {digits(d['horizontal_precision'])} {digits(d['vertical_precision'])}",
    }
    forms["CDS"], forms["HTTPS"] = forms["DS"], forms["SVCB"]
    return forms[kind](data)


def library():
    dns = formats.module("dns")
    for name in ("dnssec", "edns", "flags", "message", "rdata", "rrset", "tsigkeyring", "update"):
        formats.module("dns." + name)
    return dns


def answer(dns, records):
    message = dns.message.make_response(dns.message.make_query("www.example.com.", "ANY", want_dnssec=True))
    message.set_rcode(3)
    for index, (kind, text) in enumerate(records):
        section = (message.answer, message.authority, message.additional)[index % 3]
        section.append(dns.rrset.from_text(f"n{index}.example.com.", 300 + index, "IN", kind, text))
    return message


def told_by_tshark(folder, data, port=53):
    """The dns tree of one message in a made packet."""
    text = "".join(f"{at:06x} {data[at:at + 16].hex(' ')}\n" for at in range(0, len(data), 16))
    (folder / "a.txt").write_text(text)
    formats.say("text2pcap", "-q", "-u", f"{port},{port}", folder / "a.txt", folder / "a.pcapng")
    return json.loads(formats.say("tshark", "-n", "-r", folder / "a.pcapng", "-T", "json", "--no-duplicate-keys"))[0]["_source"]["layers"]["dns"]


@formats.test
def records_of_every_type(folder):
    dns = library()
    message = answer(dns, RECORDS)
    path = folder / "a.dns"
    path.write_bytes(message.to_wire(max_size=65535))
    document = formats.dump(path, "-s", "dns")
    formats.same("message", document, {"id": message.id, "response": True, "opcode": "query", "recursion_desired": True, "truncated": False,
                                       "rcode": "name_error", "questions": [{"name": {"full": "www.example.com"}, "type": "any",
                                                                            "class": "internet"}]})
    for section, sets in (("answers", message.answer), ("authorities", message.authority), ("additional", message.additional)):
        got = [record for record in document[section] if record["type"] != "opt"]
        formats.same(section, len(got), len(sets))
        for record, wanted in zip(got, sets):
            kind = record["type"].upper()
            formats.same(f"{section}: {kind}", record, {"name": {"full": str(wanted.name)[:-1]}, "type": dns.rdatatype.to_text(wanted.rdtype).lower(),
                                                        "class": "internet", "ttl": wanted.ttl})
            formats.same(f"{kind}: length", record["length"] > 0, True)
            again = dns.rdata.from_text("IN", kind, presented(dns, kind, record["data"]))
            formats.same(kind, str(again), str(wanted[0]))


@formats.test
def types_in_bitmaps(folder):
    dns = library()
    message = answer(dns, BITMAPS)
    (folder / "a.dns").write_bytes(message.to_wire(max_size=65535))
    document = formats.dump(folder / "a.dns", "-s", "dns")
    for section, sets in (("answers", message.answer), ("authorities", message.authority)):
        record, wanted = document[section][0]["data"], sets[0][0]
        formats.same("windows", [[t["window"], t["bits"]] for t in record["types"]],
                     [[window, bits.hex()] for window, bits in wanted.windows])
        if "salt" in record:
            formats.same("nsec3", record, {"hash": 1, "flags": 1, "iterations": 12, "salt": wanted.salt.hex(), "next": wanted.next.hex()})
        else:
            formats.same("next", dotted(record["next"]), str(wanted.next))


@formats.test
def extensions(folder):
    dns = library()
    options = [dns.edns.ECSOption("192.0.2.0", 24, 0), dns.edns.EDEOption(18, "no"), dns.edns.GenericOption(10, bytes(range(16))),
               dns.edns.GenericOption(3, b"id"), dns.edns.GenericOption(12, bytes(5))]
    message = dns.message.make_query("example.com.", "A", want_dnssec=True, payload=1400, options=options)
    message.set_rcode(23)
    (folder / "a.dns").write_bytes(message.to_wire(max_size=65535))
    document = formats.dump(folder / "a.dns", "-s", "dns")
    formats.same("rcode", document["rcode"], "bad_cookie")
    formats.same("opt", document["additional"], [{"name": {"full": "."}, "type": "opt", "udp_size": 1400, "version": 0, "dnssec_ok": True, "data": [
        {"code": "client_subnet", "value": {"family": 1, "source_prefix": 24, "scope_prefix": 0, "address": "c00002"}},
        {"code": "extended_error", "value": {"info": 18, "text": "no"}},
        {"code": "cookie", "value": {"client": bytes(range(8)).hex(), "server": bytes(range(8, 16)).hex()}},
        {"code": "nsid", "value": b"id".hex()}, {"code": "padding", "value": "0000000000"}]}])


@formats.test
def updates_and_signatures(folder):
    dns = library()
    update = dns.update.UpdateMessage("example.com.")
    update.present("www")
    update.absent("gone", "A")
    update.add("new", 300, "A", "192.0.2.9")
    update.delete("old")
    update.use_tsig(dns.tsigkeyring.from_text({"key.": "c2VjcmV0c2VjcmV0"}), algorithm="hmac-sha256")
    (folder / "a.dns").write_bytes(update.to_wire())
    document = formats.dump(folder / "a.dns", "-s", "dns")
    formats.same("update", document, {"opcode": "update", "questions": [{"name": {"full": "example.com"}, "type": "soa"}]})
    formats.same("prerequisites", document["answers"], [
        {"name": {"full": "www.example.com"}, "type": "any", "class": "any", "length": 0, "data": None},
        {"name": {"full": "gone.example.com"}, "type": "a", "class": "none", "length": 0, "data": None}])
    formats.same("updates", document["authorities"], [{"name": {"full": "new.example.com"}, "type": "a", "data": "c0000209"},
                                                      {"name": {"full": "old.example.com"}, "type": "any", "data": None}])
    signature = update.tsig[0]
    formats.same("tsig", document["additional"], [{"name": {"full": "key"}, "type": "tsig", "data": {
        "algorithm": {"full": "hmac-sha256"}, "time": signature.time_signed, "fudge": signature.fudge, "mac": signature.mac.hex(),
        "original_id": signature.original_id, "error": "no_error"}}])


@formats.test
def tshark_reads_the_same(folder):
    formats.need("tshark", "text2pcap")
    dns = library()
    data = answer(dns, RECORDS[:24]).to_wire(max_size=65535)
    (folder / "a.dns").write_bytes(data)
    document, told = formats.dump(folder / "a.dns", "-s", "dns"), told_by_tshark(folder, data)
    formats.same("id", document["id"], int(told["dns.id"], 16))
    formats.same("counts", [document[key + "_count"] for key in ("question", "answer", "authority", "additional")],
                 [int(told["dns.count." + key]) for key in ("queries", "answers", "auth_rr", "add_rr")])
    for section, name in (("answers", "Answers"), ("authorities", "Authoritative nameservers"), ("additional", "Additional records")):
        got = [record for record in document[section] if record["type"] != "opt"]
        wanted = [one for one in told[name].values() if one["dns.resp.type"] != "41"]
        formats.same(section, [[record["ttl"], record["length"]] for record in got],
                     [[int(one["dns.resp.ttl"]), int(one["dns.resp.len"])] for one in wanted])
        for record, one in zip(got, wanted):
            formats.same("name", record["name"]["full"], one.get("dns.resp.name", record["name"]["full"]))  # not of SRV
    flags = told["dns.flags_tree"]
    for name, shown in (("response", "response"), ("authoritative", "authoritative"), ("truncated", "truncated"),
                        ("recursion_desired", "recdesired"), ("recursion_available", "recavail"), ("authentic_data", "authenticated"),
                        ("checking_disabled", "checkdisable")):
        formats.same(name, document[name], flags["dns.flags." + shown] in ("1", "True", True))


@formats.test
def messages_of_tcp(folder):
    dns = library()
    messages = [answer(dns, RECORDS[at:at + 5]) for at in range(0, 25, 5)]
    (folder / "a").write_bytes(b"".join(struct.pack(">H", len(wire)) + wire for wire in (m.to_wire(max_size=65535) for m in messages)))
    document = formats.dump(folder / "a", "-s", "dns_tcp")
    formats.same("messages", len(document["messages"]), len(messages))
    for one, message in zip(document["messages"], messages):
        formats.same("length", one["length"], len(message.to_wire(max_size=65535)))
        for section, sets in (("answers", message.answer), ("authorities", message.authority)):
            formats.same(section, [record["name"]["full"] + "." for record in one["dns"][section]], [str(s.name) for s in sets])


HEAD = struct.pack(">HHHHHH", 7, 0x100, 1, 0, 0, 0)
def chain(length):
    """A record that holds a name and pointers, each to the one before, and one whose name is the last of them."""
    start = 12 + 11
    data = b"".join(struct.pack(">H", 0xc000 | (start + at - 2 if at else 12)) for at in range(0, 2 * length, 2))
    return (struct.pack(">HHHHHH", 7, 0x8000, 0, 2, 0, 0) + struct.pack(">BHHIH", 0, 10, 1, 0, len(data)) + data +
            struct.pack(">HHHIH", 0xc000 | start + len(data) - 2, 10, 1, 0, 0))


DAMAGE = {
    "a pointer to itself": HEAD + b"\xc0\x0c\0\1\0\1",
    "a pointer ahead": HEAD + b"\xc0\x12\0\1\0\1\1a\0",
    "a pointer outside": HEAD + b"\xff\xff\0\1\0\1",
    "a label of a form that is not used": HEAD + b"\x80a\0\0\1\0\1",
    "a name that does not end": HEAD + b"\4abcd",
    "more questions than there are": HEAD[:4] + b"\xff\xff" + HEAD[6:] + b"\0\0\1\0\1",
    "a long chain of pointers": chain(3000),
}


@formats.test_each(DAMAGE)
def damage_is_told(folder, name):
    (folder / "a.dns").write_bytes(DAMAGE[name])
    formats.dump(folder / "a.dns", "-s", "dns", status=4)


@formats.test
def damage_anywhere(folder):
    dns = library()
    formats.withstand(folder, "dns", answer(dns, RECORDS).to_wire(max_size=65535))


formats.main()
