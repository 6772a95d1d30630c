#include "config.h"

#include <stdlib.h>

#include "base/buf.h"
#include "check.h"
#include "patch/piece.h"
#include "patch/splice.h"

/* What edits mean, byte by byte: each old byte keeps its value, has another one, or is gone; in front of each stand the
 * bytes inserted there, then those that take the place of a stretch that begins there. */
enum { SIZE_MOST = 600 };

enum fate { KEPT, OVER, GONE };

struct model {
    unsigned size;
    uint8_t byte[SIZE_MOST];
    enum fate fate[SIZE_MOST];
    unsigned first[SIZE_MOST], len[SIZE_MOST]; /* of a byte that is gone: of its stretch */
    struct buf inserted[SIZE_MOST + 1];
    struct buf instead[SIZE_MOST + 1];
};

static void model_begin(struct model *model, unsigned size) {
    memset(model, 0, sizeof *model);
    model->size = size;
    for (unsigned i = 0; i < size; i++) {
        model->byte[i] = (uint8_t)(i * 7);
    }
}

static void model_end(struct model *model) {
    for (unsigned i = 0; i <= model->size; i++) {
        buf_free(&model->inserted[i]);
        buf_free(&model->instead[i]);
    }
}

static bool is_same_stretch(const struct model *model, unsigned off, unsigned len) {
    return len > 0 && model->fate[off] == GONE && model->first[off] == off &&
           model->len[off] == len;
}

/* Whether the splice is allowed, which then happens. */
static bool model_put(struct model *model, unsigned off, unsigned len, const uint8_t *bytes,
                      unsigned new_len) {
    if (is_same_stretch(model, off, len)) {
        buf_clear(&model->instead[off]);
        if (len == new_len) {
            for (unsigned i = off; i < off + len; i++) {
                model->fate[i] = OVER;
                model->byte[i] = bytes[i - off];
            }
        } else {
            buf_put(&model->instead[off], bytes, new_len);
        }
        return true;
    }
    if (len == 0) {
        if (new_len > 0 && off < model->size && model->fate[off] == GONE &&
            model->first[off] < off) {
            return false;
        }
        buf_put(&model->inserted[off], bytes, new_len);
        return true;
    }
    for (unsigned i = off; i < off + len; i++) {
        if (model->fate[i] == GONE || (len != new_len && i > off && model->inserted[i].len > 0)) {
            return false;
        }
    }
    for (unsigned i = off; i < off + len; i++) {
        model->fate[i] = len == new_len ? OVER : GONE;
        model->first[i] = off;
        model->len[i] = len;
        model->byte[i] = len == new_len ? bytes[i - off] : 0;
    }
    if (len != new_len) {
        buf_put(&model->instead[off], bytes, new_len);
    }
    return true;
}

static void model_result(const struct model *model, struct buf *out) {
    for (unsigned i = 0; i <= model->size; i++) {
        buf_put(out, model->inserted[i].at, model->inserted[i].len);
        buf_put(out, model->instead[i].at, model->instead[i].len);
        if (i < model->size && model->fate[i] != GONE) {
            buf_put(out, &model->byte[i], 1);
        }
    }
}

/* The new contents by pieces. */
static void result(const struct patch_edits *edits, struct buf *out) {
    struct patch_pieces pieces = patch_pieces_begin(edits);
    struct patch_piece piece;
    while (patch_pieces_next(&pieces, &piece)) {
        CHECK_INT(piece.new_off, out->len);
        for (uint64_t i = 0; i < piece.len; i++) {
            buf_putc(out,
                     (char)(piece.bytes ? piece.bytes[i] : (uint8_t)((piece.old_off + i) * 7)));
        }
    }
}

/* Where the boundaries of the old file lie in the new one, both ways. */
static void check_map(struct patch_edits *edits, const struct model *model) {
    uint64_t at = 0;
    for (unsigned i = 0; i <= model->size; i++) {
        bool inside = i < model->size && model->fate[i] == GONE && model->first[i] < i;
        if (!inside) {
            CHECK_INT(patch_edits_map(edits, i, PATCH_BEFORE), at);
            at += model->inserted[i].len;
            CHECK_INT(patch_edits_map(edits, i, PATCH_AFTER), at);
            at += model->instead[i].len;
        } else {
            CHECK_INT(patch_edits_map(edits, i, PATCH_BEFORE),
                      at - model->instead[model->first[i]].len);
            CHECK_INT(patch_edits_map(edits, i, PATCH_AFTER), at);
        }
        at += i < model->size && model->fate[i] != GONE;
    }
}

static void compare(struct patch_edits *edits, const struct model *model) {
    struct buf got = {0}, want = {0};
    result(edits, &got);
    model_result(model, &want);
    CHECK_BYTES(got.at, got.len, want.at, want.len);
    CHECK_INT(patch_edits_new_size(edits), want.len);
    check_map(edits, model);
    buf_free(&got);
    buf_free(&want);
}

/* Many fields at once, some of them held; the model takes them one by one. */
static void put_many(struct patch_edits *edits, struct model *model, unsigned longest) {
    uint8_t held[SIZE_MOST], bytes[SIZE_MOST * 8];
    struct patch_many many = {
        .held = held, .bytes = bytes, .old = bytes, .len = 1 + (unsigned)rand() % longest};
    many.rel = (unsigned)rand() % 3;
    many.stride = many.rel + many.len + (unsigned)rand() % 4;
    many.base = rand() % 2 ? 0 : (unsigned)rand() % model->size;
    if (many.base + many.rel + many.len > model->size) {
        return;
    }
    uint64_t most = (model->size - many.base - many.rel - many.len) / many.stride + 1;
    many.n = rand() % 2 ? (uint32_t)most : (unsigned)rand() % ((unsigned)most + 1);
    unsigned dense = rand() % 2 ? 1 : 5;
    for (uint32_t i = 0; i < many.n; i++) {
        held[i] = rand() % dense ? PATCH_NOT_HELD : (uint8_t)(rand() % 3);
        for (uint32_t k = 0; k < many.len; k++) {
            bytes[i * many.len + k] = (uint8_t)rand();
        }
    }
    bool moves = patch_edits_move(edits);
    CHECK_INT(patch_edits_put_many(edits, &many), moves ? PATCH_PUT_CONFLICT : PATCH_PUT_FINE);
    for (uint32_t i = 0; i < many.n && !moves; i++) {
        unsigned off = (unsigned)(many.base + i * many.stride + many.rel);
        bool again = false;
        for (unsigned k = 0; k < many.len; k++) {
            again = again || model->fate[off + k] == OVER;
        }
        if (held[i] == PATCH_HELD || (held[i] == PATCH_HELD_AGAIN && again)) {
            CHECK(model_put(model, off, many.len, bytes + i * many.len, many.len));
        }
    }
    CHECK_INT(patch_edits_move(edits), moves);
}

static void run_random(unsigned size, unsigned puts, unsigned longest, unsigned many) {
    static struct model model;
    model_begin(&model, size);
    struct patch_edits *edits = patch_edits_new(size);
    for (unsigned i = 0; i < puts; i++) {
        if (many > 0 && rand() % many == 0) {
            put_many(edits, &model, longest < 8 ? longest : 8);
            continue;
        }
        unsigned off = (unsigned)rand() % (size + 1);
        unsigned most = size - off < longest ? size - off : longest;
        unsigned len = (unsigned)rand() % (most + 1);
        unsigned new_len = rand() % 3 ? len : (unsigned)rand() % 6;
        uint8_t bytes[SIZE_MOST];
        for (unsigned k = 0; k < SIZE_MOST; k++) {
            bytes[k] = (uint8_t)rand();
        }
        bool allowed = model_put(&model, off, len, bytes, new_len);
        struct patch_splice other = {0};
        enum patch_put got = patch_edits_put(edits, off, len, bytes, new_len, &other);
        CHECK_INT(got, allowed ? PATCH_PUT_FINE : PATCH_PUT_CONFLICT);
        if (got == PATCH_PUT_CONFLICT) {
            CHECK(other.off < off + len + (len == 0) &&
                  off < other.off + other.len + (other.len == 0));
        }
    }
    compare(edits, &model);
    patch_edits_free(edits);
    model_end(&model);
}

static void test_random(void) {
    srand(1);
    for (int i = 0; i < 3000; i++) {
        unsigned size = 1 + (unsigned)rand() % 30;
        run_random(size, (unsigned)rand() % 12, 8, 0);
    }
}

/* Enough of them for several blocks. */
static void test_blocks(void) {
    srand(2);
    for (int i = 0; i < 20; i++) {
        run_random(600, 3000, 3, 0);
    }
}

/* Many at once, among single ones and alone. */
static void test_rows(void) {
    srand(3);
    for (int i = 0; i < 3000; i++) {
        unsigned size = 1 + (unsigned)rand() % 60, puts = (unsigned)rand() % 8;
        run_random(size, puts, 5, 1 + (unsigned)rand() % 3);
    }
    for (int i = 0; i < 300; i++) {
        unsigned puts = (unsigned)rand() % 9;
        run_random(600, puts, 7, 1 + (unsigned)rand() % 2);
    }
}

static void test_empty(void) {
    struct patch_edits *edits = patch_edits_new(0);
    CHECK_INT(patch_edits_new_size(edits), 0);
    CHECK_INT(patch_edits_map(edits, 0, PATCH_AFTER), 0);
    CHECK_INT(patch_edits_put(edits, 0, 1, "x", 1, NULL), PATCH_PUT_OUTSIDE);
    CHECK_INT(patch_edits_put(edits, 1, 0, "x", 1, NULL), PATCH_PUT_OUTSIDE);
    CHECK_INT(patch_edits_put(edits, 0, 0, "xy", 2, NULL), PATCH_PUT_FINE);
    CHECK_INT(patch_edits_map(edits, 0, PATCH_BEFORE), 0);
    CHECK_INT(patch_edits_map(edits, 0, PATCH_AFTER), 2);
    patch_edits_free(edits);
}

/* Those that touch a place, from any place. */
static void test_from(void) {
    struct patch_edits *edits = patch_edits_new(100);
    patch_edits_put(edits, 10, 4, "abcd", 4, NULL);
    patch_edits_put(edits, 20, 2, "", 0, NULL);
    static const struct {
        uint64_t from, first;
    } rows[] = {{0, 10}, {10, 10}, {13, 10}, {14, 20}, {21, 20}, {22, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct patch_cursor cursor = patch_edits_from(edits, rows[i].from);
        struct patch_splice splice;
        CHECK_INT(patch_edits_next(&cursor, &splice) ? splice.off : 0, rows[i].first);
    }
    patch_edits_free(edits);
}

/* A million in any order, most of which lie in the temporary file. */
static void test_many(void) {
    enum { N = 1000000 };
    struct patch_edits *edits = patch_edits_new((uint64_t)N * 64);
    for (uint64_t i = 0; i < N; i++) {
        uint64_t k = i * 7919 % N;
        CHECK_INT(patch_edits_put(edits, k * 64 + 8, 4, &k, 4, NULL), PATCH_PUT_FINE);
    }
    CHECK_INT(patch_edits_count(edits), N);
    struct patch_cursor cursor = patch_edits_from(edits, 0);
    struct patch_splice splice;
    uint64_t wrong = 0;
    for (uint64_t k = 0; k < N; k++) {
        uint32_t number = 0;
        wrong += !patch_edits_next(&cursor, &splice) || splice.off != k * 64 + 8;
        memcpy(&number, splice.bytes, 4);
        wrong += number != k;
    }
    CHECK_INT(wrong, 0);
    CHECK(!patch_edits_next(&cursor, &splice));
    patch_edits_free(edits);
}

CHECK_MAIN("splice", {"random edits", test_random}, {"many blocks", test_blocks},
           {"of an empty file", test_empty}, {"from a place", test_from},
           {"rows of fields", test_rows}, {"a million", test_many})
