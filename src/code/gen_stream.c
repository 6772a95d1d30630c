#include "config.h"

#include "code/gen_internal.h"

/* The elements of a path as records, each emitted as soon as it is known: no list is made of them, so that memory does not
 * grow with the file, and that what lies in front of damage is shown. */

/* A walk that is open: elements are left out to its head, and next, its ITER_NEXT, is told where it ends. */
struct stream {
    struct gen *g;
    struct gen_walk walk;
};

/* Walks over the value on top, from an element on or (NULL) over all. */
static struct gen_walk open_walk(struct gen *g, const struct sema_expr *from) {
    struct gen_walk walk = {0};
    gen_op(g, OP_ITER_BEGIN, 0, 0);
    walk.item = g->ctl++;
    if (from) {
        gen_expr(g, from);
        gen_op(g, OP_ITER_FROM, 0, 0);
    }
    walk.head = gen_here(g);
    walk.next = gen_op(g, OP_ITER_NEXT, 0, 0);
    return walk;
}

struct gen_walk gen_walk_over(struct gen *g) {
    return open_walk(g, NULL);
}

uint32_t gen_walk_end(struct gen *g, const struct gen_walk *walk, bool release) {
    if (release) {
        gen_op(g, OP_RELEASE, 0, 0);
    }
    gen_op(g, OP_JUMP, walk->head, 0);
    gen_patch(g, walk->next, gen_here(g));
    if (walk->past) {
        gen_patch(g, walk->past, gen_here(g));
    }
    gen_op(g, OP_ITER_END, 0, 0);
    g->ctl--;
    return gen_here(g) - 1;
}

static void close_walk(struct stream *s) {
    gen_walk_end(s->g, &s->walk, true);
}

static void push_item(struct stream *s) {
    gen_op(s->g, OP_LOOP_ITEM, s->g->ctl - 1 - s->walk.item, 0);
}

/* Walks over the elements of a list or array, filters and parts of an array straight from the array. */
static void open_source(struct stream *s, const struct sema_expr *e, const struct gen_sets *sets) {
    struct gen *g = s->g;
    bool part = e->kind == E_FILTER || e->kind == E_SLICE || e->kind == E_EACH;
    if (!part || e->kid[0]->vtype.kind != SEMA_V_ARRAY) {
        gen_expr(g, e);
        s->walk = open_walk(g, NULL);
        if (sets && !part) {
            gen_scan_sets(g, e, NULL, sets, s->walk.head);
        }
        return;
    }
    gen_expr(g, e->kid[0]);
    s->walk = open_walk(g, e->kind == E_SLICE ? e->kid[1] : NULL);
    if (sets && e->kind != E_SLICE) {
        gen_scan_sets(g, e->kid[0], e->kind == E_FILTER ? e : NULL, sets, s->walk.head);
    }
    if (e->kind == E_FILTER) {
        e->dollar->depth = s->walk.item;
        uint32_t passed = gen_scan_filter(g, e);
        if (passed != PROGRAM_NONE) { /* there may be more, behind those it tried */
            gen_patch(g, passed, s->walk.head);
        }
        gen_expr(g, e->kid[1]);
        gen_patch(g, gen_op(g, OP_JUMP_FALSE, 0, 0), s->walk.head);
    } else if (e->kind == E_SLICE) {
        gen_op(g, OP_LOOP_INDEX, 0, 0);
        gen_expr(g, e->kid[2]);
        gen_op(g, OP_GT, 0, 0);
        s->walk.past = gen_op(g, OP_JUMP_TRUE, 0, 0);
    }
}

void gen_end_element(struct gen *g, uint32_t trial) {
    gen_op(g, OP_PUSH_ABSENT, 0, 0);
    gen_try_end(g, trial);
    gen_op(g, OP_DROP, 0, 0);
}

void gen_tell(struct gen *g, bool record) {
    if (g->request->tell != GEN_TELL_VALUES) {
        gen_op(g, OP_LIES, 0, 0);
    }
    if (g->request->tell == GEN_TELL_PLACES) {
        gen_op(g, OP_DROP, 0, 0);
    } else {
        gen_op(g, OP_EMIT, record, 0);
    }
}

static void emit_item(struct stream *s) {
    uint32_t trial = gen_try(s->g, true);
    push_item(s);
    gen_tell(s->g, true);
    gen_end_element(s->g, trial);
}

/* What is on top, unless it is absent. */
static void emit_present(struct gen *g) {
    uint32_t there = gen_op(g, OP_UNLESS_ABSENT, 0, 0);
    uint32_t nothing = gen_op(g, OP_JUMP, 0, 0);
    gen_patch(g, there, gen_here(g));
    gen_tell(g, true);
    gen_patch(g, nothing, gen_here(g));
}

/* source.x for each element of source; flat: the elements of x. */
static void stream_map(struct gen *g, const struct sema_expr *map, bool flat) {
    struct stream outer = {.g = g}, inner = {.g = g};
    open_source(&outer, map->kid[0], NULL);
    map->dollar->depth = outer.walk.item;
    if (flat) {
        gen_expr(g, map->kid[1]);
        inner.walk = open_walk(g, NULL);
        emit_item(&inner);
        close_walk(&inner);
    } else {
        uint32_t trial = gen_try(g, true);
        gen_expr(g, map->kid[1]);
        emit_present(g);
        gen_end_element(g, trial);
    }
    close_walk(&outer);
}

void gen_stream(struct gen *g, const struct sema_expr *e) {
    struct stream s = {.g = g};
    if (e->kind == E_MAP) {
        stream_map(g, e, false);
        return;
    }
    const struct sema_expr *of = e->kind == E_EACH ? e->kid[0] : NULL;
    if (of && of->kind == E_MAP &&
        (of->kid[1]->vtype.kind == SEMA_V_ARRAY || of->kid[1]->vtype.kind == SEMA_V_LIST)) {
        stream_map(g, of, true);
        return;
    }
    open_source(&s, e, NULL);
    emit_item(&s);
    close_walk(&s);
}

struct gen_walk gen_walk_begin(struct gen *g, const struct sema_expr *e) {
    return gen_walk_setting(g, e, NULL);
}

struct gen_walk gen_walk_setting(struct gen *g, const struct sema_expr *e,
                                 const struct gen_sets *sets) {
    struct stream s = {.g = g};
    open_source(&s, e, sets);
    return s.walk;
}
