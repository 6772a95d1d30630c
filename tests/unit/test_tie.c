#include "config.h"

#include "schema_run.h"

/* Ties: what is told of clauses, and which number has to change for them to say something else. Expected values are worked out
 * by hand, from what the schema says.
 *
 * A tie is written as
 *     path kind value from..to           bytes; of a place only where it is; "/used" where less is described
 *     path kind value … -> other: …      the clause is wanted to say another number, and: what becomes which number,
 *                                        or "no: " and why there is none
 *     path kind value … ~                none has to follow
 *     path kind value … - why            none can */

struct shifting {
    struct vm_sink sink; /* first */
    struct buf line;
    int128 shift;     /* each clause is wanted to say so much more */
    int128 moved;     /* what numbers, places and sizes that take part will be more */
    bool unsolvable;  /* those that can't are asked to, too */
    uint32_t pending; /* edits that are owed */
};

static struct shifting *shifting_of(struct vm_sink *sink) {
    return (struct shifting *)(void *)sink;
}

static void put_int(struct buf *out, int128 value) {
    char text[INT128_TEXT_MAX];
    buf_put(out, text, int128_text(value, text));
}

static bool on_tie(struct vm_sink *sink, const struct vm_tie *tie, int128 *target) {
    static const char *const kinds[] = {"size", "count", "place"};
    struct shifting *s = shifting_of(sink);
    CHECK_INT(s->pending, 0);
    buf_printf(&s->line, "%s%s %s ", s->line.len ? "\n" : "", vm_tie_path(tie), kinds[tie->kind]);
    put_int(&s->line, tie->value);
    buf_printf(&s->line, " %d", (int)(tie->start / 8));
    if (tie->kind != VM_TIE_PLACE) {
        buf_printf(&s->line, "..%d", (int)(tie->end / 8));
        CHECK((tie->kind == VM_TIE_COUNT) == (tie->count != VM_UNKNOWN));
        if (tie->used != tie->end) {
            buf_printf(&s->line, "/%d", (int)(tie->used / 8));
        }
    } else if (tie->origin) {
        buf_printf(&s->line, " from %d", (int)(tie->origin / 8));
    }
    CHECK(tie->solvable == (tie->why == NULL));
    if (!tie->solvable && !s->unsolvable) {
        buf_printf(&s->line, tie->follows ? " ~" : " - %s", tie->why);
        return false;
    }
    *target = tie->value + s->shift;
    buf_puts(&s->line, " -> ");
    put_int(&s->line, *target);
    s->pending = 1;
    return true;
}

static void on_edit(struct vm_sink *sink, const struct vm_edit *edit) {
    struct shifting *s = shifting_of(sink);
    CHECK_INT(edit->kind, VM_EDIT_NUMBER);
    CHECK_INT(s->pending, 1);
    CHECK((edit->failed == NULL) == (edit->value != NULL));
    s->pending = 0;
    if (edit->failed) {
        buf_printf(&s->line, ": no: %s", edit->failed);
        return;
    }
    CHECK_INT(edit->place->kind, VM_PLACE);
    CHECK(edit->place->end != VM_UNKNOWN);
    buf_printf(&s->line, ": %s = ", edit->path);
    put_int(&s->line, edit->value->integer);
    if (edit->base) {
        buf_printf(&s->line, " in base %u", edit->base);
    }
}

static bool on_later(struct vm_sink *sink, enum quantity what, const struct vm_value *of,
                     int128 *number) {
    struct shifting *s = shifting_of(sink);
    (void)what;
    CHECK(of->kind == VM_PLACE || of->kind == VM_FRAME);
    *number += s->moved;
    return true;
}

static void ignore(struct vm_sink *sink, const struct vm_event *event) {
    (void)sink;
    (void)event;
}

static const char *ties_of(struct shifting *s, const char *schema, struct bytes data) {
    static const struct vm_sink_ops ops = {.struct_begin = ignore,
                                           .struct_end = ignore,
                                           .array_begin = ignore,
                                           .array_end = ignore,
                                           .value = ignore,
                                           .tie = on_tie,
                                           .later = on_later,
                                           .edit = on_edit};
    struct schema_run run;
    char why[256] = "";
    buf_clear(&s->line);
    s->sink.ops = &ops;
    if (!schema_run_compile(&run, schema)) {
        buf_puts(&s->line, buf_text(&run.line));
        schema_run_free(&run);
        return buf_text(&s->line);
    }
    struct gen_request request = {.sema = &run.sema, .schema = run.schema, .ties = true};
    struct program *program = gen_program(&run.arena, &request);
    if (!program_verify(program, why, sizeof why)) {
        buf_puts(&s->line, why);
    } else {
        struct vm *vm = vm_new(program, data.at, data.len, NULL);
        (void)vm_run(vm, &s->sink);
        vm_free(vm);
    }
    schema_run_free(&run);
    return buf_text(&s->line);
}

struct tie_case {
    const char *schema, *hex;
    int shift;
    const char *wanted;
};

static void check_all(const struct tie_case *at, size_t n, bool unsolvable, int moved) {
    for (size_t i = 0; i < n; i++) {
        uint8_t room[256];
        struct shifting s = {.shift = at[i].shift, .unsolvable = unsolvable, .moved = moved};
        struct bytes data = schema_run_bytes(at[i].hex, room, sizeof room);
        CHECK_TEXT(ties_of(&s, at[i].schema, data), at[i].wanted);
        buf_free(&s.line);
    }
}

#define CHECK_ALL(table) check_all(table, sizeof(table) / sizeof *(table), false, 0)

/* Runs, regions, counts, each by a plain number. */
static const struct tie_case plain[] = {
    {"struct t { uint8 n; byte x[n]; }", "02 aabb", 3, "x size 2 1..3 -> 5: n = 5"},
    {"struct t { uint8 n; string x[n]; uint8 m; char y[m]; }", "01 61 02 6263", 1,
     "x size 1 1..2 -> 2: n = 2\ny size 2 3..5 -> 3: m = 3"},
    {"endian big; struct t { uint16 n; uint16 x[n]; }", "0002 00010002", 1,
     "x count 2 2..6 -> 3: n = 3"},
    {"struct p { uint8 l; byte d[l]; } struct t { uint8 n; p x[n]; }", "02 01aa 00", 1,
     "x[0].d size 1 2..3 -> 2: x[0].l = 2\n"
     "x[1].d size 0 4..4 -> 1: x[1].l = 1\n"
     "x count 2 1..4 -> 3: n = 3"},
    {"struct t { uint8 n; struct { uint8 a; } x sized n; uint8 z; }", "03 aabbcc dd", 1,
     "x size 3 1..4/2 -> 4: n = 4"},
    {"struct t { uint8 n; byte x[] sized n; }", "02 aabb", -1, "x size 2 1..3 -> 1: n = 1"},
    {"struct b sized n { uint8 n; uint8 a; } struct t { b b; uint8 z; }", "04 01 0000 ff", 2,
     "b size 4 0..4/2 -> 6: b.n = 6"},
    {"struct t { uint8 n; uint8 m; byte x[n][m]; }", "02 01 aabb", 1,
     "x[0] size 1 2..3 -> 2: m = 2\nx[1] size 1 3..4 -> 2: m = 2\nx count 2 2..4 -> 3: n = 3"},
    {"struct t { uint8 n; uint8 m; uint8 x[n][m]; }", "02 01 aabb", 1,
     "x[0] count 1 2..3 -> 2: m = 2\nx[1] count 1 3..4 -> 2: m = 2\nx count 2 2..4 -> 3: n = 3"},
    /* a varint, packed bits, flags, an enum's number, digits */
    {"struct t { uleb128 n; byte x[n]; }", "02 aabb", 126, "x size 2 1..3 -> 128: n = 128"},
    {"bitorder msb; struct t { uint8 k : 3; uint8 n : 5; byte x[n]; }", "42 aabb", 1,
     "x size 2 1..3 -> 3: n = 3"},
    {"enum e : uint8 { two = 2 } struct t { e n; byte x[int(n)]; }", "02 aabb", 1,
     "x size 2 1..3 -> 3: n = 3"},
    {"struct t { char n[3]; byte x[int(n, 8)]; }", "303200 aabb", 6,
     "x size 2 3..5 -> 8: n = 8 in base 8"},
    {"struct t { string n[] until \" \"; byte x[int(n)]; }", "3220 aabb", 8,
     "x size 2 2..4 -> 10: n = 10 in base 10"},
    /* nothing says it */
    {"struct p { uint8 n; byte d[n]; } struct t { p x[1]; byte y[]; }", "01aa cc", 1,
     "x[0].d size 1 1..2 -> 2: x[0].n = 2\nx count 1 0..2 - it is always 1"},
    {"struct t { byte x[2]; byte y[]; }", "aabb cc", 1, ""}, /* nothing in it has another size */
    {"struct t { byte x[sizeof($rest) - 1]; uint8 y; }", "aabb cc", 1, "x size 2 0..2 ~"},
    {"struct t { uint8 w; uint8 h; byte x[w * h]; }", "02 01 aabb", 1,
     "x size 2 2..4 - 't.w' and 't.h' say it together"},
    {"struct t { uint8 w; byte x[w + w]; }", "01 aabb", 1,
     "x size 2 1..3 - 't.w' takes part in it more than once"},
    {"struct t { uint8 a[2]; byte x[sum(a)]; }", "0101 aabb", 1,
     "a count 2 0..2 - it is always 2\nx size 2 2..4 - several numbers say it together"},
    {"struct t { uint8 n; byte x[n % 4]; }", "06 aabb", 1, "x size 2 1..3 - '%' can't be undone"},
    {"struct t { uint8 n; byte x[1 << n]; }", "01 aabb", 1,
     "x size 2 1..3 - it is what something is divided or shifted by"},
    {"struct t { uint8 n; byte x[sizeof($rest) - n]; }", "01 aabb", 1,
     "x size 1 1..2 - where it stands takes part in it"},
};

static void test_plain(void) {
    CHECK_ALL(plain);
}

/* Each operator undone, and what can't be. */
static const struct tie_case operators[] = {
    {"struct t { uint8 n; byte x[n + 1]; }", "01 aabb", 3, "x size 2 1..3 -> 5: n = 4"},
    {"struct t { uint8 n; byte x[1 + n]; }", "01 aabb", 3, "x size 2 1..3 -> 5: n = 4"},
    {"struct t { uint8 n; byte x[n - 12]; }", "0e aabb", 3, "x size 2 1..3 -> 5: n = 17"},
    {"struct t { uint8 n; byte x[12 - n]; }", "0a aabb", 3, "x size 2 1..3 -> 5: n = 7"},
    {"struct t { int8 n; byte x[-n]; }", "fe aabb", 3, "x size 2 1..3 -> 5: n = -5"},
    {"struct t { int8 n; byte x[~n]; }", "fd aabb", 3, "x size 2 1..3 -> 5: n = -6"},
    {"struct t { uint8 n; byte x[n * 2]; }", "01 aabb", 4, "x size 2 1..3 -> 6: n = 3"},
    {"struct t { uint8 n; byte x[n * 2]; }", "01 aabb", 1,
     "x size 2 1..3 -> 3: no: 3 is no multiple of 2"},
    {"struct t { uint8 n; uint8 k; byte x[n * (k - k)]; uint8 y[n]; byte z[k]; }", "0100 aa", 0,
     "x size 0 2..2 ~\ny count 1 2..3 -> 1: n = 1\n"
     "z size 0 3..3 -> 0: k = 0"},
    {"struct t { uint8 n; byte x[n / 4]; }", "0b aabb", 1, "x size 2 1..3 -> 3: n = 15"},
    {"struct t { uint8 n; byte x[(n - 13) / 2]; }", "11 aabb", 3, "x size 2 1..3 -> 5: n = 23"},
    {"struct t { uint8 bits; byte x[(bits + 7) / 8]; }", "0d aabb", 1,
     "x size 2 1..3 -> 3: bits = 21"},
    {"struct t { int8 n; byte x[-(n / 4)]; }", "f5 aabb", 1, "x size 2 1..3 -> 3: n = -15"},
    {"struct t { int8 n; byte x[0 - div(n, 4)]; }", "fb aabb", 1, "x size 2 1..3 -> 3: n = -9"},
    {"struct t { uint8 n; byte x[n << 1]; }", "01 aabb", 2, "x size 2 1..3 -> 4: n = 2"},
    {"struct t { uint8 n; byte x[n << 1]; }", "01 aabb", 1,
     "x size 2 1..3 -> 3: no: 3 is no multiple of 2"},
    {"struct t { uint8 n; byte x[n >> 4]; }", "27 aabb", 1, "x size 2 1..3 -> 3: n = 55"},
    {"struct t { uint8 n; byte x[n & 0x1f]; }", "a2 aabb", 3, "x size 2 1..3 -> 5: n = 165"},
    {"struct t { uint8 n; byte x[n & 0x1f]; }", "a2 aabb", 32,
     "x size 2 1..3 -> 34: no: 34 does not fit the mask 0x1f"},
    {"struct t { uint8 n; byte x[n | 2]; }", "00 aabb", 4, "x size 2 1..3 -> 6: n = 4"},
    {"struct t { uint8 n; byte x[n | 2]; }", "00 aabb", 2,
     "x size 2 1..3 -> 4: no: 4 has not all bits of 0x2"},
    {"struct t { uint8 n; byte x[n ^ 3]; }", "01 aabb", 3, "x size 2 1..3 -> 5: n = 6"},
    {"struct t { uint8 n; byte x[((n & 0x0f) + 1) * 2 - 4]; }", "f2 aabb", 2,
     "x size 2 1..3 -> 4: n = 243"},
    {"endian big; struct t { uint128 n; byte x[n - 1]; }", "00000000000000000000000000000003 aabb",
     1, "x size 2 16..18 -> 3: n = 4"},
};

static void test_operators(void) {
    CHECK_ALL(operators);
}

/* ?: and ??, the branch that holds; names with one field in each branch. */
static const struct tie_case branches[] = {
    {"struct t { uint8 w; uint8 a; uint8 b; byte x[w == 1 ? a : b + 1]; }", "01 02 07 aabb", 1,
     "x size 2 3..5 -> 3: a = 3"},
    {"struct t { uint8 w; uint8 a; uint8 b; byte x[w == 1 ? a : b + 1]; }", "00 09 01 aabb", 1,
     "x size 2 3..5 -> 3: b = 2"},
    {"struct t { uint8 w; uint8 a when w == 1; uint8 b; byte x[(a ?? b) - 1]; }", "01 03 09 aabb",
     1, "x size 2 3..5 -> 3: a = 4"},
    {"struct t { uint8 w; uint8 a when w == 1; uint8 b; byte x[(a ?? b) - 1]; }", "00 03 aabb", 1,
     "x size 2 2..4 -> 3: b = 4"},
    {"struct t { uint8 w; if (w == 1) { uint8 n; } else { uint8 k; uint8 n; } byte x[n]; }",
     "00 09 02 aabb", 1, "x size 2 3..5 -> 3: n = 3"},
    {"struct t { uint8 w; if (w == 1) { uint8 k; let n = k * 2; } else { uint8 n; } byte x[n]; }",
     "01 01 aabb", 2, "x size 2 2..4 -> 4: k = 2"},
    {"struct t { uint8 w; if (w == 1) { uint8 k; let n = k * 2; } else { uint8 n; } byte x[n]; }",
     "00 02 aabb", 2, "x size 2 2..4 -> 4: n = 4"},
    {"struct t { uint8 f; switch (f) n { 0x80..0x8f: let = f & 0x0f; 1: uint8; default: let = 0; }"
     " byte x[n]; }",
     "82 aabb", 1, "x size 2 1..3 -> 3: f = 131"},
    {"struct t { uint8 f; switch (f) n { 0x80..0x8f: let = f & 0x0f; 1: uint8; default: let = 0; }"
     " byte x[n]; }",
     "01 02 aabb", 1, "x size 2 2..4 -> 3: n = 3"},
    {"struct t { uint8 f; switch (f) n { 0x80..0x8f: let = f & 0x0f; 1: uint8; default: let = 0; }"
     " byte x[n]; }",
     "05", 1, "x size 0 1..1 - it is always 0"},
    {"struct b sized size == 0 ? sizeof($rest) : size { uint8 size; byte d[]; }"
     " struct t { b b[]; }",
     "02 aa 00 bbcc", 1, "b[0] size 2 0..2 -> 3: b[0].size = 3\nb[1] size 3 2..5 ~"},
};

static void test_branches(void) {
    CHECK_ALL(branches);
}

/* Lets, functions, structs around, parameters. */
static const struct tie_case names[] = {
    {"struct t { uint8 n; let k = n - 1; let m = k * 2; byte x[m]; }", "02 aabb", 4,
     "x size 2 1..3 -> 6: n = 4"},
    {"let half(n) = n / 2; struct t { uint8 n; byte x[half(n + 1)]; }", "03 aabb", 1,
     "x size 2 1..3 -> 3: n = 5"},
    {"struct h { uint8 n; let k = n + 1; } struct t { h h; byte x[h.k]; }", "01 aabb", 1,
     "x size 2 1..3 -> 3: h.n = 2"},
    {"let size_of(s) = s.k; struct h { uint8 n; let k = n + 1; } struct t { h h; byte x[size_of(h)]; }",
     "01 aabb", 1, "x size 2 1..3 -> 3: h.n = 2"},
    {"struct i { byte x[t.n - 1]; } struct t { uint8 n; i i; }", "03 aabb", 1,
     "i.x size 2 1..3 -> 3: n = 4"},
    {"struct i { byte x[e.n]; } struct e { uint8 n; i i; } struct t { e e[2]; }", "01 aa 02 bbcc",
     1,
     "e[0].i.x size 1 1..2 -> 2: e[0].n = 2\ne[1].i.x size 2 3..5 -> 3: e[1].n = 3\n"
     "e count 2 0..5 - it is always 2"},
    {"struct i(uint8 n) { byte x[n]; } struct t { uint8 k; i(k - 1) i; }", "03 aabb", 1,
     "i.x size 2 1..3 -> 3: k = 4"},
    {"struct i(uint8 n) { byte x[n]; } struct t { uint8 k; uint8 m; i(k - 1) i; i(m * 2) j; }",
     "03 01 aabb ccdd", 2, "i.x size 2 2..4 -> 4: k = 5\nj.x size 2 4..6 -> 4: m = 2"},
    {"struct i(uint8 n) { byte x[n]; } struct m(uint8 n) { i(n + 1) i; } struct t { uint8 k; m(k) m; }",
     "01 aabb", 1, "m.i.x size 2 1..3 -> 3: k = 2"},
    {"struct i(uint8 n) { byte x[n]; } struct t { uint8 k[2]; i(k[$index] - 1) i[2]; }",
     "02 03 aa bbcc", 1,
     "k count 2 0..2 - it is always 2\ni[0].x size 1 2..3 -> 2: k[0] = 3\ni[1].x size 2 3..5 -> 3: k[1] = 4\n"
     "i count 2 2..5 - it is always 2"},
    {"struct i(uint8 n) { let k = n * 2; byte x[k]; } struct t { uint8 c; switch (c) i { 1: i(c); 2: i(c - 1); } }",
     "02 aabb", 2, "i.x size 2 1..3 -> 4: c = 3"},
    /* the nearest, those without a relation, and what no other clause is tied to */
    {"struct i { uint8 n; byte x[n + t.k]; } struct t { uint8 k; i i; }", "01 01 aabb", 1,
     "i.x size 2 2..4 -> 3: i.n = 2"},
    {"struct t { uint8 v = 1; uint8 n; byte x[n * v]; }", "01 02 aabb", 1,
     "x size 2 2..4 -> 3: n = 3"},
    {"struct t { uint8 h; uint8 n; byte a[h]; byte x[n - h]; }", "01 03 cc aabb", 1,
     "a size 1 2..3 -> 2: h = 2\nx size 2 3..5 -> 3: n = 4"},
    {"struct t { uint8 n; byte a[n]; byte b[n]; }", "01 aa bb", 1,
     "a size 1 1..2 -> 2: n = 2\nb size 1 2..3 -> 2: n = 2"},
    {"struct t { uint8 v = 2; byte x[v]; }", "02 aabb", 1, "x size 2 1..3 -> 3: v = 3"},
};

static void test_names(void) {
    CHECK_ALL(names);
}

/* Places: of fields, of each element, along a chain, from a struct, from the end, searched for. */
static const struct tie_case places[] = {
    {"struct t { uint8 p; uint8 x @ p; }", "02 00 aa", 1, "x place 2 2 -> 3: p = 3"},
    {"struct t { uint8 p; uint8 n; byte x[n] @ p * 2; }", "01 01 aa", 2,
     "x place 2 2 -> 4: p = 2\nx size 1 2..3 -> 3: n = 3"},
    {"struct t { uint8 p[2]; uint8 x[2] @ p[$index]; }", "03 02 aa bb", 1,
     "p count 2 0..2 - it is always 2\nx[0] place 3 3 -> 4: p[0] = 4\nx[1] place 2 2 -> 3: p[1] = 3\n"
     "x count 2 2..2 - it is always 2"},
    {"struct i { uint8 next; } struct t { uint8 first; i i[] @ first then $.next until $.next == 0; }",
     "02 00 03 00", 1, "i[0] place 2 2 -> 3: first = 3\ni[1] place 3 3 -> 4: i[0].next = 4"},
    {"struct b { uint8 p; uint8 x @ b + p; } struct t { uint8 k; b b; }", "00 02 00 aa", 1,
     "b.x place 3 3 -> 4: b.p = 3"},
    {"struct b { uint8 p; uint8 x @ b + (p - 1) * 2; } struct t { uint8 k; b b; }", "00 02 00 aa",
     2, "b.x place 3 3 -> 5: b.p = 3"},
    {"struct t { uint8 a; uint8 x @ -1; }", "00 aa", 1, "x place -1 1 from 2 - it is always -1"},
    {"struct t { uint8 a; uint8 x @ find(\"x\"); }", "00 0078", 1, "x place 2 2 ~"},
    {"struct t { uint8 a; uint8 x @ rfind(\"x\") + 1; }", "0078 02", 1, "x place 2 2 ~"},
    {"struct t { uint8 p; byte x[2] from bytes({ 1, 2, 3 }) @ p; }", "01", 1,
     "x place 1 1 -> 2: p = 2\nx size 2 1..3 - it is always 2"},
    {"struct i { uint8 p; uint8 x @ p; } struct t { uint8 k; i i isolated; }", "00 02 00 aa", 1,
     "i.x place 2 3 from 1 -> 3: i.p = 3"},
    {"struct t { uint8 n; uint8 x[n] @ 2 stride 2; }", "02 00 aa 00 bb 00", 1,
     "x place 2 2 - it is always 2\n"
     "x[0] size 2 2..4/3 - all elements have as much room\n"
     "x[1] size 2 4..6/5 - all elements have as much room\nx count 2 2..6 -> 3: n = 3"},
};

static void test_places(void) {
    CHECK_ALL(places);
}

/* What takes part in a number counts as what it will be: here each number, size and place as one more. */
static const struct tie_case moving[] = {
    {"struct t { uint8 n; uint8 k; byte a[k]; byte x[n - k]; }", "03 01 aa bbcc", 0,
     "a size 1 2..3 -> 1: k = 1\nx size 2 3..5 -> 2: n = 4"},
    {"struct t { uint8 n; byte a[1]; byte x[n - sizeof(a)]; }", "03 aa bbcc", 0,
     "x size 2 2..4 -> 2: n = 4"},
    {"struct t { uint8 n; uint8 a; uint8 x @ offsetof(a) + n; }", "01 aa bb", 0,
     "x place 2 2 -> 2: n = 0"},
    {"struct t { uint8 n; byte x[n & 0x0f]; }", "22 aabb", 0, "x size 2 1..3 -> 2: n = 34"},
    {"struct b { uint8 p; uint8 x @ b + p; } struct t { uint8 k; b b; }", "00 02 00 aa", 0,
     "b.x place 3 3 -> 3: b.p = 1"},
};

static void test_moving(void) {
    check_all(moving, sizeof moving / sizeof *moving, false, 1);
}

/* Clauses that can't be solved, asked to. */
static const struct tie_case refused[] = {
    {"struct p { uint8 n; } struct t { uint8 k; p x[2] @ 1 stride k; }", "01 aabb", 1,
     "x place 1 1 -> 2: no: it is always 1\n"
     "x[0] size 1 1..2 -> 2: no: all elements have as much room\n"
     "x[1] size 1 2..3 -> 2: no: all elements have as much room\n"
     "x count 2 1..3 -> 3: no: it is always 2"},
    {"struct t { uint8 w; uint8 h; byte x[w * h]; }", "02 01 aabb", 1,
     "x size 2 2..4 -> 3: no: 't.w' and 't.h' say it together"},
    {"struct t { uint8 n; byte x[n * 2]; }", "01 aabb", 1,
     "x size 2 1..3 -> 3: no: 3 is no multiple of 2"},
};

static void test_refused(void) {
    check_all(refused, sizeof refused / sizeof *refused, true, 0);
}

/* Damage: what is cut off is not told of; a region with something wrong in it is. */
static const struct tie_case damaged[] = {
    {"struct t { uint8 n; byte x[n]; }", "05 aabb", 1, ""},
    {"struct p { magic \"P\"; } struct t { uint8 n; p p sized n; uint8 m; byte x[m]; }",
     "02 5151 01 aa", 1, "p size 2 1..3 -> 3: n = 3\nx size 1 4..5 -> 2: m = 2"},
    {"struct t { uint8 n; uint16be x[n]; }", "02 0001", 1, ""},
};

static void test_damaged(void) {
    CHECK_ALL(damaged);
}

/* A finding of a relation knows the place of its field. */
struct placed {
    struct vm_sink sink; /* first */
    struct buf line;
};

static void on_finding(struct vm_sink *sink, const struct vm_finding *finding) {
    struct placed *p = (struct placed *)(void *)sink;
    const struct vm_value *field = finding->field;
    buf_printf(&p->line, "%s%s", p->line.len ? " " : "", finding->path);
    if (field) {
        buf_printf(&p->line, "@%d..%d", (int)field->start / 8, (int)field->end / 8);
    }
}

static const struct {
    const char *schema, *hex, *wanted;
} findings[] = {
    {"endian big; struct t { uint8 a = 1; uint16 b = sizeof(c); byte c[2]; }", "02 0003 aabb",
     "a@0..1 b@1..3"},
    {"struct t { uint8 n; char s[2] = \"ab\"; uleb128 v = 200; uint8 i[n] in { 1, 2 }; }",
     "03 6162 c901 010302", "v@3..5 i@6..7"},
    {"struct t { uint8 n; string s[n] = \"ab\"; uint8 k in 1..2; check n == 3; }", "02 6163 09",
     "s@1..3 k@3..4 "},
    {"struct t { uint8 w; if (w == 1) { uint8 x = 5; } else { uint16be x = 6; } }", "00 0007",
     "x@1..3"},
};

static void test_findings(void) {
    static const struct vm_sink_ops ops = {.struct_begin = ignore,
                                           .struct_end = ignore,
                                           .array_begin = ignore,
                                           .array_end = ignore,
                                           .value = ignore,
                                           .finding = on_finding};
    for (size_t i = 0; i < sizeof findings / sizeof *findings; i++) {
        uint8_t room[64];
        struct schema_run run;
        struct placed p = {.sink = {.ops = &ops}};
        struct bytes data = schema_run_bytes(findings[i].hex, room, sizeof room);
        CHECK(schema_run_compile(&run, findings[i].schema) &&
              schema_run_ask(&run, NULL, false, NULL));
        if (run.program) {
            struct vm *vm = vm_new(run.program, data.at, data.len, NULL);
            (void)vm_run(vm, &p.sink);
            vm_free(vm);
        }
        CHECK_TEXT(buf_text(&p.line), findings[i].wanted);
        buf_free(&p.line);
        schema_run_free(&run);
    }
}

CHECK_MAIN("tie", {"plain numbers", test_plain}, {"operators", test_operators},
           {"branches", test_branches}, {"names", test_names}, {"places", test_places},
           {"numbers as they will be", test_moving}, {"refused", test_refused},
           {"damage", test_damaged}, {"findings", test_findings})
