#include "config.h"

#include "base/mem.h"
#include "vm/builtin.h"

/* concat: texts, or bytes from several places as one run of bytes that knows where they lie in the file.
 *
 * Pieces that lie behind one another are not copied. Pieces of the file may overlap, but not have more bytes together
 * than the file has, but for some. */

#define OVERLAP_MOST (1u << 20)

struct gathering {
    struct builtin_call *call;
    struct vm_space *space; /* all pieces so far are one run in it; NULL: they were copied */
    struct bytes run;
    struct buf made;
    struct vm_piece *pieces;
    uint32_t n, cap;
    uint64_t of_input, of_others; /* bytes */
    bool no_room;                 /* there is no memory for them */
};

/* Bytes begin at `at` of what is made, which lie in the file at place, or nowhere. */
static void add_piece(struct gathering *g, uint64_t at, uint64_t place) {
    const struct vm_piece *last = g->n ? &g->pieces[g->n - 1] : NULL;
    if (last && (last->place == VM_UNKNOWN ? place == VM_UNKNOWN
                                           : place == last->place + (at - last->at))) {
        return;
    }
    if (g->n == g->cap) {
        g->cap = g->cap ? g->cap * 2 : 8;
        g->pieces = mem_realloc(g->pieces, g->cap, sizeof *g->pieces);
    }
    g->pieces[g->n++] = (struct vm_piece){at, place};
}

static bool lies_in(const struct vm_space *space, struct bytes piece) {
    uintptr_t from = (uintptr_t)piece.at, data = space ? (uintptr_t)space->data : 0;
    return space && piece.len && from >= data && from - data < space->size &&
           piece.len <= space->size - (from - data);
}

static void put(struct gathering *g, struct bytes piece) {
    g->no_room = g->no_room || !buf_try_reserve(&g->made, piece.len);
    if (!g->no_room) {
        buf_put(&g->made, piece.at, piece.len);
    }
}

static void copy(struct gathering *g, const struct vm_space *space, struct bytes piece) {
    uint64_t at = g->made.len, off = lies_in(space, piece) ? (uint64_t)(piece.at - space->data) : 0;
    for (uint64_t done = 0, run; done < piece.len; done += run) {
        uint64_t place = VM_UNKNOWN;
        run = piece.len - done;
        if (lies_in(space, piece)) {
            uint64_t there;
            if (!vm_space_place(space, off + done, &place, &there)) {
                place = VM_UNKNOWN;
            }
            run = there < run ? there : run;
        }
        add_piece(g, at + done, place);
    }
    put(g, piece);
}

/* Of a file that is being made: what is there, not what there is room for. */
static uint64_t most_of_input(const struct vm *vm) {
    const struct vm_space *input = &vm->input;
    uint64_t there = vm->maker && input->growing ? vm_make_there(input) : input->size;
    return there + OVERLAP_MOST;
}

static bool is_too_much(struct gathering *g, const struct vm_space *space, uint64_t len) {
    const struct vm *vm = g->call->vm;
    bool input = space && (space == &vm->input || space->pieces);
    uint64_t *sum = input ? &g->of_input : &g->of_others;
    *sum += len;
    return g->of_input > most_of_input(vm) || g->of_others > vm->limits.expansion;
}

static void take(void *state, struct bytes piece) {
    struct gathering *g = state;
    struct vm_space *space = g->call->piece->space;
    if (is_too_much(g, space, piece.len) || piece.len == 0) {
        return;
    }
    bool first = g->made.len == 0 && !g->run.len;
    if (first && lies_in(space, piece)) {
        g->space = space;
        g->run = piece;
        return;
    }
    if (g->run.len && space == g->space && piece.at == g->run.at + g->run.len) {
        g->run.len += piece.len;
        return;
    }
    if (g->run.len) {
        copy(g, g->space, g->run);
        g->run = bytes_of(NULL, 0);
    }
    copy(g, space, piece);
}

static void take_text(void *state, struct bytes piece) {
    struct gathering *g = state;
    if (!is_too_much(g, NULL, piece.len)) {
        put(g, piece);
    }
}

/* Nothing at all is an empty text, which goes with bytes as well. */
static bool all_text(const struct builtin_call *c) {
    for (uint32_t i = 0; i < c->n; i++) {
        const struct vm_value *v = &c->args[i];
        bool list = v->kind == VM_LIST;
        uint32_t n = list ? v->list->n : v->kind != VM_ABSENT;
        for (uint32_t k = 0; k < n; k++) {
            if ((list ? &v->list->at[k] : v)->kind != VM_TEXT) {
                return false;
            }
        }
    }
    return true;
}

/* A run that lies in one place is read there. */
static void give_run(struct builtin_call *c, struct vm_space *space, struct bytes run) {
    *c->out = vm_absent();
    c->out->kind = VM_BYTES;
    c->out->bytes = run;
    c->out->space = space;
    c->out->start = (uint64_t)(run.at - space->data) * 8;
    c->out->end = c->out->start + run.len * 8;
}

bool builtin_call_concat(struct builtin_call *c) {
    struct gathering g = {.call = c};
    bool text = all_text(c);
    bool fine = builtin_each_piece(c, 0, text ? take_text : take, &g);
    const struct vm *vm = c->vm;
    if (fine && (g.of_input > most_of_input(vm) || g.of_others > vm->limits.expansion)) {
        fine = vm_fail(c->vm, "limit", vm->pos / 8,
                       "the pieces have more bytes together than the file has");
    }
    if (fine && g.no_room) {
        fine = vm_fail(c->vm, "memory", vm->pos / 8,
                       "there is no memory for what the pieces are together");
    }
    if (!fine) {
        buf_free(&g.made);
        mem_free(g.pieces);
        return false;
    }
    builtin_charge_made(c->vm, g.made.len);
    if (text) {
        builtin_give_text(c, g.made.at, buf_bytes(&g.made));
    } else if (g.run.len) {
        give_run(c, g.space, g.run);
    } else {
        struct vm_space *space = builtin_give_space(c, &g.made, "concat");
        space->pieces = g.pieces;
        space->piece_n = g.n;
    }
    return true;
}
