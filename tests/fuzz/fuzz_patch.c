/* Fuzzes patches of bytes: what is read of one never leaves its bounds, and what is written of two files makes the second of
 * the first. The input is the old bytes, behind their number in two bytes, and then a patch, or the new bytes. */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "patch/bps.h"
#include "patch/diff.h"
#include "patch/hexpatch.h"
#include "patch/ips.h"
#include "patch/piece.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The largest file that is made of a BPS patch here. */
enum { MADE_MAX = 1 << 16 };

/* What the edits make of the old bytes. */
static void make(const struct patch_edits *edits, struct bytes old, struct buf *out) {
    struct patch_pieces pieces = patch_pieces_begin(edits);
    struct patch_piece piece;
    while (patch_pieces_next(&pieces, &piece)) {
        buf_put(out, piece.bytes ? piece.bytes : old.at + piece.old_off, (size_t)piece.len);
    }
    if (out->len != patch_edits_new_size(edits)) {
        abort();
    }
}

static void expect(const struct patch_edits *edits, struct bytes old, struct bytes want) {
    struct buf made = {0};
    make(edits, old, &made);
    if (!bytes_equal(buf_bytes(&made), want)) {
        abort();
    }
    buf_free(&made);
}

static void read_hex(struct bytes old, struct bytes text) {
    struct patch_edits *edits = patch_edits_new(old.len);
    struct hexpatch hexpatch;
    bool more = hexpatch_begin(&hexpatch, text);
    while (more && hexpatch_next(&hexpatch)) {
        patch_edits_put(edits, hexpatch.off, hexpatch.before.len, hexpatch.after.at,
                        hexpatch.after.len, NULL);
    }
    hexpatch_end(&hexpatch);
    struct buf made = {0};
    make(edits, old, &made);
    buf_free(&made);
    patch_edits_free(edits);
}

static void read_ips(struct bytes old, struct bytes patch, const struct bytes *want) {
    struct patch_edits *edits = patch_edits_new(old.len);
    const char *why;
    bool fine = ips_read(patch, old, edits, &why);
    if (want && !fine) {
        abort();
    }
    if (want) {
        expect(edits, old, *want);
    }
    patch_edits_free(edits);
}

static void read_bps(struct bytes old, struct bytes patch, const struct bytes *want) {
    uint64_t size;
    bool fine = bps_check(patch, &size) && size <= MADE_MAX && bps_is_for(patch, old);
    uint8_t *made = fine ? mem_alloc((size_t)size) : NULL;
    fine = fine && bps_read(patch, old, made);
    if (want && !(fine && bytes_equal(bytes_of(made, (size_t)size), *want))) {
        abort();
    }
    mem_free(made);
}

/* Each kind of patch from one to the other. */
static void write_all(struct bytes from, struct bytes to) {
    struct buf patch = {0};
    const char *why;
    if (ips_write(&patch, from, to, &why)) {
        read_ips(from, buf_bytes(&patch), &to);
    }
    buf_clear(&patch);
    bps_write(&patch, from, to);
    read_bps(from, buf_bytes(&patch), &to);
    buf_free(&patch);
    struct patch_edits *edits = patch_edits_new(from.len);
    if (!patch_diff(from, to, edits)) {
        abort();
    }
    expect(edits, from, to);
    patch_edits_free(edits);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t len = size < 2 ? 0 : (size_t)data[0] << 8 | data[1];
    if (size < 2 || len > size - 2 || size > MADE_MAX) {
        return 0;
    }
    struct bytes old = bytes_of(data + 2, len), rest = bytes_of(data + 2 + len, size - 2 - len);
    read_hex(old, rest);
    read_ips(old, rest, NULL);
    read_bps(old, rest, NULL);
    write_all(old, rest);
    return 0;
}
