#include "config.h"

#include <string.h>

#include "ask/align.h"
#include "ask/diff_internal.h"
#include "ask/mix.h"
#include "base/mem.h"
#include "syn/name.h"

/* The stretches of a scope that no field describes. */
struct gaps {
    struct stretch *at;
    uint64_t *hashes;
    uint32_t n, cap;
};

static void add_stretch(struct stretches *cover, uint64_t start, uint64_t end) {
    if (start != VM_UNKNOWN && end > start) {
        stretches_add(cover, start / 8, end / 8 + (end % 8 > 0));
    }
}

/* What the nodes of a scope describe, elements and all that is in them counted as described: they are looked at where
 * they differ. */
static void add_nodes(struct stretches *cover, const struct sketch_scope *scope) {
    for (uint32_t i = 0; i < scope->n; i++) {
        const struct sketch_node *node = &scope->nodes[i];
        if (node->kind == SKETCH_STRUCT || node->made) {
            continue;
        }
        if (node->kind != SKETCH_ARRAY || node->fixed) {
            add_stretch(cover, node->start, node->end);
        }
    }
    for (uint64_t i = 0; i < scope->element_n; i++) {
        add_stretch(cover, scope->elements[i].start, scope->elements[i].end);
    }
}

static void add_gap(struct gaps *gaps, const uint8_t *data, uint64_t lo, uint64_t hi) {
    if (gaps->n == gaps->cap) {
        gaps->cap = gaps->cap ? gaps->cap * 2 : 16;
        gaps->at = mem_realloc(gaps->at, gaps->cap, sizeof *gaps->at);
        gaps->hashes = mem_realloc(gaps->hashes, gaps->cap, sizeof *gaps->hashes);
    }
    gaps->at[gaps->n] = (struct stretch){lo, hi};
    gaps->hashes[gaps->n++] = mix_bytes(0, bytes_of(data + lo, hi - lo));
}

/* Adds what any field of the file describes between two places. */
static void add_described(struct stretches *cover, const struct stretches *all, uint64_t from,
                          uint64_t to) {
    size_t lo = 0, hi = all->n; /* the first run that ends behind from */
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (all->at[mid].hi <= from) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    for (; lo < all->n && all->at[lo].lo < to; lo++) {
        stretches_add(cover, all->at[lo].lo, all->at[lo].hi);
    }
    if (all->full) {
        stretches_cut(cover, all->cut);
    }
}

/* Those of the scope that no field of the file describes, from anywhere. */
static void find_gaps(const struct diff *diff, const struct diff_scope *scope, unsigned side,
                      struct gaps *gaps) {
    const struct sketch_scope *of = scope->side[side];
    const struct sketch_node *node = &of->nodes[0];
    uint64_t size = diff->options.size[side];
    uint64_t at = of->parent ? node->start / 8 : 0;
    uint64_t end = of->parent ? node->end / 8 : size;
    struct stretches cover = {0};
    end = end < size ? end : size;
    add_nodes(&cover, of);
    add_described(&cover, sketch_cover(diff->sketch[side]), at, end);
    stretches_settle(&cover);
    end = cover.full && cover.cut < end ? cover.cut : end;
    for (size_t i = 0; i < cover.n && at < end; i++) {
        if (cover.at[i].lo > at) {
            add_gap(gaps, diff->options.data[side], at,
                    cover.at[i].lo < end ? cover.at[i].lo : end);
        }
        at = cover.at[i].hi > at ? cover.at[i].hi : at;
    }
    if (at < end) {
        add_gap(gaps, diff->options.data[side], at, end);
    }
    stretches_clear(&cover);
}

/* Adds the names of the structs of the scope that the stretch is in. */
static void push_structs(struct diff *diff, const struct diff_scope *scope, unsigned side,
                         const struct stretch *gap) {
    const struct sketch_scope *of = scope->side[side];
    uint32_t end = of->nodes[0].next;
    for (uint32_t i = 1; i < end;) {
        const struct sketch_node *node = &of->nodes[i];
        bool around = node->kind == SKETCH_STRUCT && !node->made && node->start <= gap->lo * 8 &&
                      node->end >= gap->hi * 8;
        if (around) {
            diff_push_name(diff, side, node);
            end = node->next;
        }
        i = around ? i + 1 : node->next;
    }
}

static void tell_gap(struct diff *diff, const struct diff_scope *scope, const struct gaps *gaps,
                     uint32_t i, uint32_t j) {
    struct diff_change change = {.kind = DIFF_UNDESCRIBED};
    uint32_t at[2] = {i, j};
    size_t before[2];
    for (unsigned side = 0; side < 2; side++) {
        before[side] = diff->path[side].len;
        change.side[side].start = change.side[side].end = VM_UNKNOWN;
        if (at[side] != ALIGN_NONE) {
            const struct stretch *gap = &gaps[side].at[at[side]];
            push_structs(diff, scope, side, gap);
            change.side[side].path = buf_text(&diff->path[side]);
            change.side[side].start = gap->lo * 8;
            change.side[side].end = gap->hi * 8;
        }
    }
    diff_tell(diff, &change);
    diff->path[0].len = before[0];
    diff->path[1].len = before[1];
}

/* Those between two that are equal: in order. */
static void tell_gaps(struct diff *diff, const struct diff_scope *scope, const struct gaps *gaps,
                      uint32_t from[2], uint32_t a, uint32_t b) {
    while (from[0] < a || from[1] < b) {
        tell_gap(diff, scope, gaps, from[0] < a ? from[0]++ : ALIGN_NONE,
                 from[1] < b ? from[1]++ : ALIGN_NONE);
    }
}

static void tell_all(struct diff *diff, const struct diff_scope *scope, const struct gaps *gaps) {
    uint32_t *to = mem_alloc((gaps[0].n + (size_t)1) * sizeof *to);
    align_sequences(gaps[0].hashes, gaps[0].n, gaps[1].hashes, gaps[1].n, to);
    uint32_t from[2] = {0, 0};
    for (uint32_t i = 0; i <= gaps[0].n; i++) {
        uint32_t j = i < gaps[0].n ? to[i] : gaps[1].n;
        if (j != ALIGN_NONE) {
            tell_gaps(diff, scope, gaps, from, i, j);
            from[0] = i + 1;
            from[1] = j + 1;
        }
    }
    mem_free(to);
}

bool diff_gaps(struct diff *diff, const struct diff_scope *scope, bool telling) {
    struct gaps gaps[2] = {{0}, {0}};
    if ((diff->options.filter && diff->options.filter->only) ||
        (scope->side[0]->parent &&
         (scope->side[0]->nodes[0].made || scope->side[1]->nodes[0].made))) {
        return false;
    }
    find_gaps(diff, scope, 0, &gaps[0]);
    find_gaps(diff, scope, 1, &gaps[1]);
    bool differ = gaps[0].n != gaps[1].n ||
                  (gaps[0].n > 0 &&
                   memcmp(gaps[0].hashes, gaps[1].hashes, gaps[0].n * sizeof *gaps[0].hashes) != 0);
    if (differ && telling) {
        tell_all(diff, scope, gaps);
    }
    for (unsigned side = 0; side < 2; side++) {
        mem_free(gaps[side].at);
        mem_free(gaps[side].hashes);
    }
    return differ;
}
