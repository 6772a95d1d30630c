#include "config.h"

#include "schema_run.h"

/* References to elements of arrays whose elements are of no fixed size: each array is made here, element by element, with
 * a value that is known; then follow many references, each with the value it must lead to. They must lead there in far
 * fewer steps than walks from the array's start would take. */

#define ELEMENTS 6000u
#define HEADER   12u

enum order { ONWARDS, BACKWARDS, ANYHOW };

struct made {
    struct buf bytes;
};

/* What element i holds. */
static uint8_t value_of(uint32_t i) {
    return (uint8_t)((i * i + 3 * i) % 251);
}

/* The values of all up to element i, added up. */
static uint8_t sum_to(uint32_t i) {
    uint8_t sum = 0;
    for (uint32_t k = 0; k <= i; k++) {
        sum = (uint8_t)(sum + value_of(k));
    }
    return sum;
}

static void put32(struct buf *out, uint32_t v) {
    for (int i = 0; i < 4; i++) {
        buf_putc(out, (char)(v >> 8 * i & 0xff));
    }
}

static void put_filler(struct buf *out, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        buf_putc(out, 'x');
    }
}

/* A length, so many bytes, the value. */
static void make_sized(struct made *m, uint32_t i) {
    buf_putc(&m->bytes, (char)(i % 5));
    put_filler(&m->bytes, i % 5);
    buf_putc(&m->bytes, (char)value_of(i));
}

/* The same behind a mark. */
static void make_page(struct made *m, uint32_t i) {
    buf_putc(&m->bytes, 'P');
    make_sized(m, i);
}

/* The last one is told by its mark. */
static void make_marked(struct made *m, uint32_t i) {
    buf_putc(&m->bytes, i + 1 == ELEMENTS ? 9 : 1);
    make_sized(m, i);
}

/* The value, and the size of the next one, which is all of it. */
static void make_announced(struct made *m, uint32_t i) {
    buf_putc(&m->bytes, (char)value_of(i));
    buf_putc(&m->bytes, (char)(2 + (i + 1) % 4));
    put_filler(&m->bytes, i ? i % 4 : 0);
}

/* A number of one or two bytes. */
static void make_varint(struct made *m, uint32_t i) {
    uint8_t v = value_of(i);
    buf_putc(&m->bytes, (char)((v & 0x7f) | (v > 0x7f ? 0x80 : 0)));
    if (v > 0x7f) {
        buf_putc(&m->bytes, 1);
    }
}

/* Rows of three texts: the value is the length of the last. */
static void make_row(struct made *m, uint32_t i) {
    put_filler(&m->bytes, i % 3);
    buf_putc(&m->bytes, 0);
    buf_putc(&m->bytes, 0);
    put_filler(&m->bytes, value_of(i) % 16);
    buf_putc(&m->bytes, 0);
}

/* One of two kinds of elements. */
static void make_kind(struct made *m, uint32_t i) {
    buf_putc(&m->bytes, (char)(i % 2));
    if (i % 2) {
        buf_putc(&m->bytes, 0);
    }
    buf_putc(&m->bytes, (char)value_of(i));
}

/* A node of a chain that goes to and fro: the next one's place, and the value. */
static uint32_t node_place(uint32_t i) {
    return HEADER + 5 * (i % 2 ? i : ELEMENTS - 2 - i);
}
static void make_node(struct made *m, uint32_t place) {
    uint32_t i = place % 2 ? place : ELEMENTS - 2 - place;
    put32(&m->bytes, i + 1 < ELEMENTS ? node_place(i + 1) : 0);
    buf_putc(&m->bytes, (char)value_of(i));
}

struct shape {
    const char *types;
    const char *array; /* the field x */
    const char *check; /* of each reference */
    void (*make)(struct made *m, uint32_t i);
    uint8_t (*value)(uint32_t i);
};

static uint8_t row_value(uint32_t i) {
    return value_of(i) % 16;
}

#define SIZED  "struct e { uint8 n; byte pad[n]; uint8 v; }\n"
#define MARKED "struct e { uint8 kind; uint8 n; byte pad[n]; uint8 v; }\n"

static const struct shape shapes[] = {
    {SIZED, "e x[n];", "x[i].v == v", make_sized, value_of},
    {SIZED, "e x[n];", "x[i .. i][0].v == v", make_sized, value_of},
    {SIZED "struct region { e x[]; }", "region r sized at - 12;",
     "r.x[i].v == v && count(r.x) == n", make_sized, value_of},
    {MARKED, "e x[] until $.kind == 9;", "x[i].v == v && count(x) == n", make_marked, value_of},
    {MARKED, "e x[] while $.kind == 1 || ($.kind == 9 && $prev.kind == 1);", "x[i].v == v",
     make_marked, value_of},
    {"struct e(uint8 before) { uint8 n; byte pad[n]; uint8 d; let v = (before + d) % 256; }",
     "e($prev.v ?? 0) x[n];", "x[i].v == v", make_sized, sum_to},
    {"struct e { uint8 v; uint8 next; byte pad[]; }", "e x[n] each sized $prev.next ?? 2;",
     "x[i].v == v", make_announced, value_of},
    {"struct page { magic \"P\"; uint8 n; byte pad[n]; uint8 v; }",
     "page x[n] recover find(\"P\");", "x[i].v == v", make_page, value_of},
    {"", "uleb128 x[n];", "x[i] == v", make_varint, value_of},
    {"", "cstring x[n][3];", "count(x[i][2]) == v", make_row, row_value},
    {"struct e { uint8 v; } struct f { uint8 pad; uint8 v; }\n"
     "struct g { uint8 kind; switch (kind) body { 0: e; default: f; } }",
     "g x[n];", "x[i].body.v == v", make_kind, value_of},
    {"struct node { uint32 next; uint8 v; }", "node x[] @ at - 10 then $.next until $.next == 0;",
     "x[i].v == v", make_node, value_of},
    {SIZED, "e x[n] @ $index == 0 ? 12 : offsetof($prev) + 2 + $prev.n;", "x[i].v == v", make_sized,
     value_of},
};

/* The element that reference k is to. */
static uint32_t wanted(enum order order, uint32_t k) {
    switch (order) {
    case ONWARDS:
        return k;
    case BACKWARDS:
        return ELEMENTS - 1 - k;
    case ANYHOW:
        break;
    }
    return (uint32_t)((uint64_t)k * 2654435761u % ELEMENTS);
}

/* The file: how many elements, where the references lie, how many; elements; references. */
static void make_file(struct made *m, const struct shape *shape, enum order order) {
    struct buf body = {0};
    for (uint32_t i = 0; i < ELEMENTS; i++) {
        shape->make(m, i);
    }
    body = m->bytes;
    m->bytes = (struct buf){0};
    put32(&m->bytes, ELEMENTS);
    put32(&m->bytes, HEADER + (uint32_t)body.len);
    put32(&m->bytes, ELEMENTS);
    buf_put(&m->bytes, body.at, body.len);
    for (uint32_t k = 0; k < ELEMENTS; k++) {
        put32(&m->bytes, wanted(order, k));
        put32(&m->bytes, shape->value(wanted(order, k)));
    }
    buf_free(&body);
}

static void check_shape(const struct shape *shape, enum order order) {
    struct schema_run run;
    struct made m = {0};
    char schema[1024];
    snprintf(schema, sizeof schema,
             "endian little;\nstruct t { uint32 n; uint32 at; uint32 m; %s\n"
             "struct { uint32 i; uint32 v; check %s; } asks[m] @ at; }\n%s",
             shape->array, shape->check, shape->types);
    make_file(&m, shape, order);
    CHECK(schema_run_compile(&run, schema) && schema_run_ask(&run, NULL, false, NULL));
    if (!run.program) {
        CHECK_TEXT(buf_text(&run.line), "");
    } else {
        struct vm_limits limits = {.work = 700 * (uint64_t)ELEMENTS};
        struct bytes data = bytes_of((const uint8_t *)m.bytes.at, m.bytes.len);
        schema_run_within(&run, data, &limits);
        CHECK_INT(run.result.faults, 0);
        CHECK_INT(run.result.findings, 0);
        m.bytes.at[m.bytes.len - 4] ^= 0x40; /* a reference that leads to something else */
        schema_run_within(&run, data, &limits);
        CHECK_INT(run.result.findings, 1);
    }
    buf_free(&m.bytes);
    schema_run_free(&run);
}

static void check_shapes(enum order order) {
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        check_shape(&shapes[i], order);
    }
}

static void test_onwards(void) {
    check_shapes(ONWARDS);
}

static void test_backwards(void) {
    check_shapes(BACKWARDS);
}

static void test_anyhow(void) {
    check_shapes(ANYHOW);
}

CHECK_MAIN("checkpoints", {"onwards", test_onwards}, {"backwards", test_backwards},
           {"anyhow", test_anyhow})
