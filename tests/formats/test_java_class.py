"""Java class files against a reader written after the specification, and javap where it is: the classes of a library's archive, and some
that javac makes."""

import pathlib
import re
import shutil
import struct
import zipfile

import formats

ARCHIVE = pathlib.Path("/usr/share/java/hamcrest.jar")
ACCESS = {
    "class": {0x1: "public", 0x10: "final", 0x20: "super", 0x200: "interface", 0x400: "abstract", 0x1000: "synthetic", 0x2000: "annotation",
              0x4000: "enumeration", 0x8000: "module"},
    "field": {0x1: "public", 0x2: "private", 0x4: "protected", 0x8: "static", 0x10: "final", 0x40: "volatile", 0x80: "transient",
              0x1000: "synthetic", 0x4000: "enumeration"},
    "method": {0x1: "public", 0x2: "private", 0x4: "protected", 0x8: "static", 0x10: "final", 0x20: "synchronized", 0x40: "bridge", 0x80: "varargs",
               0x100: "native", 0x400: "abstract", 0x800: "strict", 0x1000: "synthetic"},
}
SOURCE = """import java.util.*;
public class A<T extends Number> implements Runnable {
    static final long BIG = 1L << 40; static final double D = 1.5; static final float F = 0.25f; static final String S = "héllo";
    @Deprecated int field; transient volatile boolean flag;
    record Point(int x, int y) {}
    enum Kind { ONE, TWO }
    sealed interface Shape permits Circle {}
    final class Circle implements Shape {}
    @interface Note { String value() default "x"; int[] numbers() default {1, 2}; Class<?> c() default String.class; Kind k() default Kind.ONE; }
    @Note(value = "y", numbers = {3}) public int all(int a, List<String> list) throws Exception {
        long sum = 0;
        int[][] grid = new int[3][4];
        for (String s : list) {
            switch (s) { case "a": sum++; break; case "bb": sum += 2; break; default: sum += s.length() * 1000000L; }
        }
        switch (a) { case 1: return 1; case 2: return grid.length; case 3: return 3; }
        try {
            Runnable r = () -> System.out.println(a + "x" + S);
            r.run();
        } catch (RuntimeException e) { throw new Exception(e); } finally { field += 300; }
        synchronized (this) { flag = a > 3 && list instanceof ArrayList; }
        double d = sum * D + (float) a;
        return (int) d %% 7;
    }
    public void run() { assert field > 70000; }
    static int wide() { %s int z = 300; z += 1000; return z; }
}
""" % "".join(f"int v{i} = {i};" for i in range(260))


class Reader:
    """Reads a class file by the tables of the specification's chapter 4."""

    def __init__(self, data):
        self.data, self.at = data, 0
        magic, self.minor, self.major, count = self.take("IHHH")
        assert magic == 0xcafebabe
        self.pool = []
        while len(self.pool) < count - 1:
            self.pool.append(self.constant())
            if self.pool[-1][0] in (5, 6):
                self.pool.append(None)
        self.access, self.this, self.super, count = self.take("HHHH")
        self.interfaces = [self.one("H") for _ in range(count)]
        self.fields = [self.member() for _ in range(self.one("H"))]
        self.methods = [self.member() for _ in range(self.one("H"))]
        self.attributes = self.list_of_attributes()
        assert self.at == len(data)

    def take(self, form):
        values = struct.unpack_from(">" + form, self.data, self.at)
        self.at += struct.calcsize(">" + form)
        return values

    def one(self, form):
        return self.take(form)[0]

    def constant(self):
        tag = self.one("B")
        if tag == 1:
            length = self.one("H")
            self.at += length
            return 1, (self.data[self.at - length:self.at],)
        return tag, self.take({3: "i", 4: "f", 5: "q", 6: "d", 7: "H", 8: "H", 15: "BH", 16: "H", 19: "H", 20: "H"}.get(tag, "HH"))

    def text(self, index):
        return self.pool[index - 1][1][0].decode()

    def list_of_attributes(self):
        return [self.attribute() for _ in range(self.one("H"))]

    def attribute(self):
        name, length = self.take("HI")
        self.at += length
        return self.text(name), self.data[self.at - length:self.at]

    def member(self):
        access, name, descriptor = self.take("HHH")
        return access, self.text(name), self.text(descriptor), self.list_of_attributes()


def flags(kind, value):
    return [name for bit, name in ACCESS[kind].items() if value & bit]


def values_of(constant):
    """The numbers of a constant in the order in which they stand in the file."""
    value = constant.get("value")
    if not isinstance(value, dict):
        return (value,)
    if "text" in value:
        return (value["text"].encode(),)
    kinds = {"get_field": 1, "get_static": 2, "put_field": 3, "put_static": 4, "invoke_virtual": 5, "invoke_static": 6, "invoke_special": 7,
             "new_invoke_special": 8, "invoke_interface": 9}
    return tuple(kinds.get(part, part) for part in value.values())


TAGS = {1: "utf8", 3: "integer", 4: "float", 5: "long", 6: "double", 7: "class", 8: "string", 9: "field", 10: "method", 11: "interface_method",
        12: "name_and_type", 15: "method_handle", 16: "method_type", 17: "dynamic", 18: "invoke_dynamic", 19: "module", 20: "package"}


def compare_attributes(where, shown, read):
    formats.same(where, [[one["name"]["text"], one["length"]] for one in shown], [[name, len(data)] for name, data in read])
    for one, (name, data) in zip(shown, read):
        content = one.get("content")
        if name == "Code":
            stack, slots, length = struct.unpack_from(">HHI", data)
            at = 8 + length
            count = struct.unpack_from(">H", data, at)[0]
            formats.same(where, content, {"max_stack": stack, "max_locals": slots, "code_length": length, "exceptions": [
                dict(zip(("start", "end", "handler", "catch_type"), struct.unpack_from(">4H", data, at + 2 + 8 * i))) for i in range(count)]})
        elif name == "LineNumberTable":
            numbers = struct.unpack(">%dH" % (len(data) // 2), data)
            formats.same(where, [[line["start"], line["line"]] for line in content["lines"]],
                         [list(numbers[i:i + 2]) for i in range(1, len(numbers), 2)])
        elif name in ("ConstantValue", "SourceFile", "Signature"):
            formats.same(where, content["index"], struct.unpack(">H", data)[0])
        elif name == "Exceptions":
            formats.same(where, content["classes"], list(struct.unpack(">%dH" % (len(data) // 2), data))[1:])
        elif isinstance(content, str):
            raise formats.Failed(f"{where}: {name} is not taken apart")


def compare(path):
    document, read = formats.dump(path), Reader(path.read_bytes())
    formats.same("class", document, {"major_version": read.major, "minor_version": read.minor, "constant_count": len(read.pool) + 1,
                                     "access": flags("class", read.access), "this_class": read.this, "super_class": read.super,
                                     "interfaces": read.interfaces,
                                     "name": {"name": {"text": read.text(read.pool[read.this - 1][1][0])}}})
    for index, (constant, wanted) in enumerate(zip(document["constants"], read.pool), 1):
        if wanted is None:
            formats.same(f"constant {index}", constant.get("tag"), None)
            continue
        formats.same(f"constant {index}", constant["tag"], TAGS[wanted[0]])
        if values_of(constant) != wanted[1]:
            raise formats.Failed(f"constant {index}: {values_of(constant)} instead of {wanted[1]}")
    for kind in ("field", "method"):
        members = getattr(read, kind + "s")
        formats.same(kind, document[kind + "s"], [{"access": flags(kind, access), "name": {"text": name}, "descriptor": {"text": descriptor}}
                                                  for access, name, descriptor, _ in members])
        for shown, (_, name, _, attributes) in zip(document[kind + "s"], members):
            compare_attributes(name, shown["attributes"], attributes)
    compare_attributes("class", document["attributes"], read.attributes)
    return document


def told_by_javap(path):
    """The names of the instructions of each method that has code."""
    methods = []
    for line in formats.say("javap", "-c", "-p", "-v", path).splitlines():
        if line == "    Code:":
            methods.append([])
        match = re.match(r" {6,}\d+: ([a-z][a-z0-9_]*)( |$)", line)
        if match and methods:
            methods[-1].append(match[1])
    return methods


def instructions_of(document):
    for method in document["methods"]:
        for attribute in method["attributes"]:
            if attribute["name"]["text"] == "Code":
                yield [one["operand"]["op"] + "_w" if one["op"] == "wide" else one["op"] for one in attribute["content"]["code"]["instructions"]]


@formats.test
def classes_of_an_archive(folder):
    if not ARCHIVE.exists():
        raise formats.Skipped(f"{ARCHIVE} is not installed")
    count = 0
    with zipfile.ZipFile(ARCHIVE) as archive:
        for name in archive.namelist():
            if name.endswith(".class"):
                path = folder / "a.class"
                path.write_bytes(archive.read(name))
                compare(path)
                count += 1
    if count < 50:
        raise formats.Failed(f"only {count} classes")


@formats.test
def classes_of_javac(folder):
    formats.need("javac", "javap")
    (folder / "A.java").write_text(SOURCE)
    formats.say("javac", "-encoding", "UTF-8", "-g", "-parameters", "-d", folder, folder / "A.java")
    paths = sorted(folder.glob("*.class"))
    formats.same("classes", len(paths), 6)
    for path in paths:
        formats.same(path.name, list(instructions_of(compare(path))), told_by_javap(path))
    document = formats.dump(folder / "A$Point.class")
    record = next(one["content"] for one in document["attributes"] if one["name"]["text"] == "Record")
    formats.same("record", record["count"], 2)


@formats.test
def instructions_of_an_archive(folder):
    formats.need("javap")
    if not ARCHIVE.exists():
        raise formats.Skipped(f"{ARCHIVE} is not installed")
    with zipfile.ZipFile(ARCHIVE) as archive:
        for name in ("org/hamcrest/Matchers.class", "org/hamcrest/BaseDescription.class", "org/hamcrest/collection/ArrayMatching.class"):
            path = folder / "a.class"
            path.write_bytes(archive.read(name))
            formats.same(name, list(instructions_of(formats.dump(path))), told_by_javap(path))


def small():
    """A class with a long, a field and a method that switches; the bytes of its method are by hand."""
    texts = [b"A", b"Code", b"f", b"(I)I", b"J", b"ConstantValue"]
    pool = b"".join(b"\1" + struct.pack(">H", len(text)) + text for text in texts) + b"\7\0\1" + b"\5" + struct.pack(">q", -2)
    code = b"\x1a\xaa\0\0" + struct.pack(">5i", 25, 1, 2, 23, 24) + b"\x04\xac" b"\x05\xac"
    body = struct.pack(">HHI", 1, 1, len(code)) + code + struct.pack(">HH", 0, 0)
    return (struct.pack(">IHHH", 0xcafebabe, 0, 52, 10) + pool + struct.pack(">HHHH", 0x21, 7, 0, 0) +
            struct.pack(">HHHHHHIH", 1, 0x19, 3, 5, 1, 6, 2, 8) +
            struct.pack(">HHHHHHI", 1, 9, 3, 4, 1, 2, len(body)) + body + struct.pack(">H", 0))


@formats.test
def a_large_class(folder):
    formats.need("javac")
    count = 1500
    members = "".join(f'static String f{i} = "s{i}"; int g{i}() {{ return f{i}.length() + {i + 40000}; }}\n' for i in range(count))
    (folder / "A.java").write_text("class A {\n" + members + "}\n")
    formats.say("javac", "-d", folder, folder / "A.java")
    formats.same("methods", len(compare(folder / "A.class")["methods"]), count + 2)


@formats.test
def a_class_by_hand(folder):
    path = folder / "a.class"
    path.write_bytes(small())
    document = compare(path)
    code = document["methods"][0]["attributes"][0]["content"]["code"]["instructions"]
    formats.same("code", code, [{"op": "iload_0"}, {"op": "tableswitch", "operand": {"otherwise": 25, "low": 1, "high": 2, "jumps": [23, 24]}},
                                {"op": "iconst_1"}, {"op": "ireturn"}, {"op": "iconst_2"}, {"op": "ireturn"}])


@formats.test
def damage_anywhere(folder):
    formats.withstand(folder, "java_class", small())


formats.main()
