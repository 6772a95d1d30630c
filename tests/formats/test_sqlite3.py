"""SQLite databases against SQLite, through Python's module and the sqlite3 program."""

import os
import random
import sqlite3

import formats

NUMBERS = [0, 1, 2, -1, 127, -128, 128, 32767, -32768, 1 << 20, -(1 << 23), 1 << 31, -(1 << 31), 1 << 40, -(1 << 47), 1 << 62,
           -(1 << 63), (1 << 63) - 1]
KINDS = [(4096, "UTF-8", 1500), (1024, "UTF-16le", 1500), (512, "UTF-16be", 400), (65536, "UTF-8", 300)]


def make(path, page_size=4096, encoding="UTF-8", vacuum=0, rows=1500, journal="delete"):
    rng = random.Random(page_size)
    db = sqlite3.connect(path)
    for pragma in (f"page_size={page_size}", f"encoding='{encoding}'", f"auto_vacuum={vacuum}", f"journal_mode={journal}",
                   "user_version=-7", "application_id=0x12345678"):
        db.execute("pragma " + pragma)
    for what in ("table t(id integer primary key, a int, r real, s text, b blob, n)", "table w(k text primary key, v) without rowid",
                 "table empty(x)", "index by_a on t(a, s)", "view seen as select a from t",
                 "trigger changed after update on t begin select 1; end"):
        db.execute("create " + what)
    for i in range(rows):
        db.execute("insert into t values(?,?,?,?,?,?)",
                   (i * 3 - 100, NUMBERS[i % len(NUMBERS)], rng.uniform(-1e9, 1e9) if i % 5 else float(i), f"grün {i} " + "x" * (i % 97),
                    rng.randbytes(i % 50), [None, i, i / 8, str(i), bytes([i & 255])][i % 5]))
        db.execute("insert into w values(?,?)", (f"key {i}", i))
    for i in range(3):  # rows of many pages
        db.execute("insert into t values(?,?,?,?,?,?)", (10**12 + i, i, 0.5, "lang " * (5000 * i), rng.randbytes(70000), None))
    db.commit()
    db.execute("delete from t where id % 2 = 0 or id = 1000000000001")
    db.commit()
    return db


def cells(tree):
    """The cells of a b-tree in the order of their keys."""
    for cell in tree["cells"]:
        if "below" in cell:
            yield from cells(cell["below"])
        if "payload" in cell:
            yield cell
    if "last" in tree:
        yield from cells(tree["last"])


def rows(tree):
    return [cell["payload"]["record"]["values"] for cell in cells(tree)]


def trees(database):
    """What sqlite_master's rows say, and the b-tree of each: by name."""
    return {cell["payload"]["record"]["values"][1]: (cell["payload"]["record"]["values"], cell.get("tree"))
            for cell in cells(database["master"])}


def stored(row):
    """A row of SQLite's as sonde shows it."""
    return [value.hex() if isinstance(value, bytes) else value for value in row]


def same_as_sqlite(path, db):
    database = formats.dump(path)

    def ask(question):
        return [stored(row) for row in db.execute(question).fetchall()]

    told = {name: ask("pragma " + name)[0][0] for name in ("page_size", "page_count", "freelist_count", "schema_version", "user_version",
                                                           "application_id", "auto_vacuum")}
    formats.same("page size", database["page_size"], told["page_size"])
    formats.same("encoding", database["header"]["text"], ask("pragma encoding")[0][0].lower().replace("-", ""))
    formats.same("header", database["header"],
                 {"page_count": told["page_count"], "free_count": told["freelist_count"], "schema_cookie": told["schema_version"],
                  "user_version": told["user_version"], "application_id": told["application_id"]})
    formats.same("free pages", sum(trunk["count"] + 1 for trunk in database.get("free", [])), told["freelist_count"])
    formats.same("pointer map", "maps" in database, told["auto_vacuum"] != 0)

    found = trees(database)
    formats.same("sqlite_master", [row for row, _ in found.values()], ask("select * from sqlite_master"))
    of_t = [[cell["rowid"], *cell["payload"]["record"]["values"][1:]] for cell in cells(found["t"][1])]
    for row in of_t:
        row[2] = float(row[2])  # SQLite stores what it can as an integer
    formats.same("t", of_t, ask("select id, a, r, s, b, n from t order by id"))
    formats.same("w", rows(found["w"][1]), ask("select k, v from w order by k"))
    formats.same("empty", rows(found["empty"][1]), [])
    formats.same("by_a", rows(found["by_a"][1]), ask("select a, s, id from t order by a, s, id"))
    return database


@formats.test_each(KINDS)
def everything_in_a_database(folder, kind):
    page_size, encoding, count = kind
    db = make(folder / "a.db", page_size, encoding, rows=count)
    same_as_sqlite(folder / "a.db", db)
    db.close()


@formats.test
def the_pointer_map(folder):
    db = make(folder / "a.db", 512, vacuum=2)
    database = same_as_sqlite(folder / "a.db", db)
    pages = database["usable"] // 5
    uses = {3 + i * (pages + 1) + k: page["use"] for i, one in enumerate(database["maps"]) for k, page in enumerate(one["pages"])}
    roots = [row[0] for row in db.execute("select rootpage from sqlite_master where rootpage > 0 order by rootpage")]
    formats.same("roots", sorted(page for page, use in uses.items() if use == "root"), roots)
    formats.same("free pages", list(uses.values()).count("free"), db.execute("pragma freelist_count").fetchone()[0])
    db.close()


@formats.test
def a_database_in_wal_mode(folder):
    db = make(folder / "a.db", rows=50, journal="wal")
    db.execute("pragma wal_checkpoint(truncate)")
    formats.same("header", same_as_sqlite(folder / "a.db", db)["header"], {"read_version": "wal", "write_version": "wal"})
    db.close()


@formats.test
def a_database_without_tables(folder):
    db = sqlite3.connect(folder / "a.db")
    db.execute("pragma user_version=1")
    db.close()
    formats.same("cells", formats.dump(folder / "a.db")["master"]["cells"], [])


@formats.test
def the_sqlite3_program(folder):
    formats.need("sqlite3")
    path = folder / "a.db"
    formats.say("sqlite3", path, "pragma page_size=2048; create table t(a, b); with recursive n(i) as "
                "(select 1 union all select i + 1 from n where i < 300) insert into t select i, hex(zeroblob(i)) from n; "
                "delete from t where a between 50 and 250;")
    listed = [line.split("|") for line in formats.say("sqlite3", path, "select rowid, a, b from t").splitlines()]
    tree = trees(formats.dump(path))["t"][1]
    formats.same("t", [[str(cell["rowid"]), *map(str, cell["payload"]["record"]["values"])] for cell in cells(tree)], listed)


def pages(tree, number):
    """The pages of a b-tree, as dbstat counts: kind, cells, payload bytes that are in the cells, unused bytes."""
    leaf = tree["type"].endswith("leaf")
    table = tree["type"].startswith("table")
    header = (8 if leaf else 12) + (100 if number == 1 else 0)
    unused = (tree["content"] or 65536) - header - 2 * tree["cell_count"] + tree["fragmented"] + sum(b["size"] for b in tree.get("free", []))
    payload = sum(len(cell["payload"]["here"]) // 2 for cell in tree["cells"] if leaf or not table)
    yield number, ("leaf" if leaf else "internal", tree["cell_count"], payload, unused)
    for cell in tree["cells"]:
        if "below" in cell:
            yield from pages(cell["below"], cell["child"])
    if "last" in tree:
        yield from pages(tree["last"], tree["right"])


@formats.test_each([512, 4096])
def every_page_in_dbstat(folder, size):
    formats.need("sqlite3")
    make(folder / "a.db", size, rows=900).close()
    if not int(formats.say("sqlite3", "-readonly", folder / "a.db", "select sqlite_compileoption_used('ENABLE_DBSTAT_VTAB')")):
        raise formats.Skipped("this sqlite3 has no dbstat")
    told = {}
    for line in formats.say("sqlite3", "-readonly", folder / "a.db", "select pageno, pagetype, ncell, payload, unused from dbstat "
                            "where pagetype != 'overflow'").splitlines():
        number, kind, *counts = line.split("|")
        told[int(number)] = (kind, *map(int, counts))
    database = formats.dump(folder / "a.db")
    found = dict(pages(database["master"], 1))
    for row, tree in trees(database).values():
        found.update(pages(tree, row[3]) if tree else ())
    formats.same("pages", sorted(found), sorted(told))
    for number, page in told.items():
        formats.same(f"page {number}", list(found[number]), page)


@formats.test
def a_page_of_rubbish(folder):
    path = folder / "a.db"
    make(path, 1024).close()
    whole = trees(formats.dump(path))
    with open(path, "r+b") as file:
        file.seek((whole["t"][0][3] - 1) * 1024)
        file.write(b"\xff" * 1024)
    formats.same("w", rows(trees(formats.dump(path, status=4))["w"][1]), rows(whole["w"][1]))


@formats.test
def a_database_that_is_cut_off(folder):
    path = folder / "a.db"
    make(path, 1024).close()
    os.truncate(path, 3000)
    formats.same("page size", formats.dump(path, status=4)["page_size"], 1024)


formats.main()
