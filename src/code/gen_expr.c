#include "config.h"

#include "code/gen_internal.h"
#include "sema/builtins.h"

/* Expressions as instructions: each leaves one value on the stack. */

static const enum program_op binary_ops[] = {
    [AST_OP_BITOR] = OP_BITOR, [AST_OP_BITXOR] = OP_BITXOR, [AST_OP_BITAND] = OP_BITAND,
    [AST_OP_EQ] = OP_EQ,       [AST_OP_NE] = OP_NE,         [AST_OP_LT] = OP_LT,
    [AST_OP_GT] = OP_GT,       [AST_OP_LE] = OP_LE,         [AST_OP_GE] = OP_GE,
    [AST_OP_SHL] = OP_SHL,     [AST_OP_SHR] = OP_SHR,       [AST_OP_ADD] = OP_ADD,
    [AST_OP_SUB] = OP_SUB,     [AST_OP_MUL] = OP_MUL,       [AST_OP_DIV] = OP_DIV,
    [AST_OP_REM] = OP_REM,
};

enum program_op gen_binary_op(enum ast_op op) {
    return binary_ops[op];
}

/* A walk over what is on the stack; returns the instruction to patch with the place where it ends. */
static uint32_t begin_walk(struct gen *g, struct sema_dollar *dollar, bool keeps, uint32_t *head) {
    gen_op(g, OP_ITER_BEGIN, keeps, 0);
    if (dollar) {
        dollar->depth = g->ctl;
    }
    g->ctl++;
    *head = gen_here(g);
    return gen_op(g, OP_ITER_NEXT, 0, 0);
}

static void end_walk(struct gen *g, uint32_t next, uint32_t head) {
    gen_op(g, OP_JUMP, head, 0);
    gen_patch(g, next, gen_here(g));
    gen_op(g, OP_ITER_END, 0, 0);
    g->ctl--;
}

void gen_side(struct gen *g, const struct sema_expr *comparison, int side) {
    const struct sema_expr *e = comparison->kid[side];
    bool list = comparison->kid[0]->vtype.kind == SEMA_V_LIST ||
                comparison->kid[1]->vtype.kind == SEMA_V_LIST;
    if (list && (e->vtype.kind == SEMA_V_LIST || e->vtype.kind == SEMA_V_ARRAY)) {
        gen_op(g, OP_LIST_NEW, 0, 0);
        gen_expr(g, e);
        gen_add_items(g, OP_LOAD);
    } else {
        gen_expr(g, e);
    }
}

static void gen_binary(struct gen *g, const struct sema_expr *e) {
    if (e->op >= AST_OP_EQ && e->op <= AST_OP_GE) {
        gen_side(g, e, 0);
        gen_side(g, e, 1);
        gen_op(g, binary_ops[e->op], 0, 0);
        return;
    }
    gen_expr(g, e->kid[0]);
    if (e->op == AST_OP_AND || e->op == AST_OP_OR || e->op == AST_OP_ELSE) {
        enum program_op op = e->op == AST_OP_AND  ? OP_AND_THEN
                             : e->op == AST_OP_OR ? OP_OR_ELSE
                                                  : OP_UNLESS_ABSENT;
        uint32_t jump = gen_op(g, op, 0, 0);
        gen_expr(g, e->kid[1]);
        gen_patch(g, jump, gen_here(g));
        return;
    }
    gen_expr(g, e->kid[1]);
    gen_op(g, binary_ops[e->op], 0, 0);
}

/* a ? b : c, b and c by generate. */
static void gen_choice(struct gen *g, const struct sema_expr *e,
                       void (*generate)(struct gen *, const struct sema_expr *)) {
    gen_expr(g, e->kid[0]);
    uint32_t choose = gen_op(g, OP_CHOOSE, 0, 0);
    generate(g, e->kid[1]);
    uint32_t jump = gen_op(g, OP_JUMP, 0, 0);
    gen_patch(g, choose, gen_here(g));
    generate(g, e->kid[2]);
    gen_patch(g, jump, gen_here(g));
    gen_patch_b(g, choose, gen_here(g));
}

/* Whether the value may be absent: not that of a field of the struct at hand that is always there. */
static bool may_be_absent(const struct gen *g, const struct sema_expr *e) {
    switch (e->kind) {
    case E_FIELD:
        return e->kid[0]->kind != E_SELF || e->kid[0]->of != g->self || !e->member->decl ||
               e->member->decl->when || e->member->same || e->member->branch;
    case E_FILTER:
    case E_EACH:
    case E_MAP:
    case E_SLICE:
        return may_be_absent(g, e->kid[0]);
    case E_LIST:
        return false;
    default:
        return true;
    }
}

uint32_t gen_unless_absent(struct gen *g, uint32_t below) {
    uint32_t there = gen_op(g, OP_UNLESS_ABSENT, 0, 0);
    for (uint32_t i = 0; i < below; i++) {
        gen_op(g, OP_DROP, 0, 0);
    }
    gen_op(g, OP_PUSH_ABSENT, 0, 0);
    uint32_t out = gen_op(g, OP_JUMP, 0, 0);
    gen_patch(g, there, gen_here(g));
    return out;
}

/* Pushes what is to be walked over. */
static uint32_t gen_walked(struct gen *g, const struct sema_expr *e, uint32_t below) {
    if (e->vtype.kind == SEMA_V_TEXT || e->vtype.kind == SEMA_V_BYTES) { /* no terminator */
        gen_expr(g, e);
        gen_op(g, OP_LOAD, 0, 0);
        gen_op(g, OP_BYTES_OF, 0, 0);
    } else {
        gen_expr(g, e);
    }
    return may_be_absent(g, e) ? gen_unless_absent(g, below) : PROGRAM_NONE;
}

void gen_landing(struct gen *g, uint32_t jump) {
    if (jump != PROGRAM_NONE) {
        gen_patch(g, jump, gen_here(g));
    }
}

uint32_t gen_case(struct gen *g, bool loaded, const struct sema_expr *item) {
    if (loaded && item->kind == E_INT) {
        uint32_t number = gen_int(g, item->integer);
        return gen_op(g, OP_CASE, 0, number);
    }
    gen_op(g, OP_DUP, 0, 0);
    if (item->kind == E_RANGE) {
        gen_expr(g, item->kid[0]);
        gen_expr(g, item->kid[1]);
        gen_op(g, OP_IN_RANGE, 0, 0);
    } else {
        gen_expr(g, item);
        gen_op(g, OP_EQ, 0, 0);
    }
    return gen_op(g, OP_JUMP_TRUE, 0, 0);
}

void gen_land_cases(struct gen *g, const uint32_t *cases, uint32_t n) {
    bool stays = false;
    for (uint32_t i = 0; i < n; i++) {
        bool gone = g->program->code.at[cases[i]].op == OP_CASE;
        stays = stays || !gone;
        gen_patch(g, cases[i], gen_here(g));
    }
    if (!stays) {
        return;
    }
    gen_op(g, OP_DROP, 0, 0);
    for (uint32_t i = 0; i < n; i++) {
        if (g->program->code.at[cases[i]].op == OP_CASE) {
            gen_patch(g, cases[i], gen_here(g));
        }
    }
}

/* x in { a, b..c }: the value stays below while each item is tried. */
static void gen_in_list(struct gen *g, bool loaded, const struct sema_expr *list) {
    VEC(uint32_t) found = {0};
    for (uint32_t i = 0; i < list->args.n; i++) {
        uint32_t tried = gen_case(g, loaded, list->args.at[i]);
        *vec_push(&found, g->arena) = tried;
    }
    /* not found: absent when the value is */
    uint32_t present = gen_op(g, OP_UNLESS_ABSENT, 0, 0);
    gen_op(g, OP_PUSH_ABSENT, 0, 0);
    uint32_t out = gen_op(g, OP_JUMP, 0, 0);
    gen_patch(g, present, gen_here(g));
    gen_op(g, OP_DROP, 0, 0);
    gen_op(g, OP_PUSH_BOOL, 0, 0);
    uint32_t no = gen_op(g, OP_JUMP, 0, 0);
    gen_land_cases(g, found.at, found.n);
    gen_op(g, OP_PUSH_BOOL, 1, 0);
    gen_patch(g, out, gen_here(g));
    gen_patch(g, no, gen_here(g));
}

/* x in array: any element equal. */
static void gen_in_walk(struct gen *g, const struct sema_expr *set) {
    uint32_t absent = gen_walked(g, set, 1);
    uint32_t head;
    uint32_t next = begin_walk(g, NULL, false, &head);
    gen_op(g, OP_DUP, 0, 0);
    gen_op(g, OP_LOOP_ITEM, 0, 0);
    gen_op(g, OP_EQ, 0, 0);
    uint32_t again = gen_op(g, OP_JUMP_FALSE, 0, 0);
    gen_patch(g, again, head);
    gen_op(g, OP_ITER_END, 0, 0);
    gen_op(g, OP_DROP, 0, 0);
    gen_op(g, OP_PUSH_BOOL, 1, 0);
    uint32_t out = gen_op(g, OP_JUMP, 0, 0);
    gen_patch(g, next, gen_here(g));
    gen_op(g, OP_ITER_END, 0, 0);
    g->ctl--;
    gen_op(g, OP_DROP, 0, 0);
    gen_op(g, OP_PUSH_BOOL, 0, 0);
    gen_patch(g, out, gen_here(g));
    gen_landing(g, absent);
}

static void gen_in(struct gen *g, const struct sema_expr *e) {
    gen_value(g, e->kid[0]);
    const struct sema_expr *set = e->kid[1];
    if (set->kind == E_ENUM_SET) {
        gen_op(g, OP_IN_ENUM, gen_enum(g, set->names), 0);
    } else if (set->kind == E_RANGE) {
        gen_expr(g, set->kid[0]);
        gen_expr(g, set->kid[1]);
        gen_op(g, OP_IN_RANGE, 0, 0);
    } else if (set->kind == E_LIST) {
        gen_in_list(g, e->kid[0]->vtype.kind == SEMA_V_INT, set);
    } else if (set->kind == E_CALL && set->function->body->kind == E_LIST) {
        struct gen_function *f = &g->sets[set->function->id];
        if (!f->asked) {
            f->asked = true;
            gen_ask(g, (struct gen_task){.kind = TASK_SET, .function = set->function});
        }
        *vec_push(&f->calls, g->arena) = gen_op(g, OP_CALL, f->pc, 1);
    } else {
        gen_in_walk(g, set);
    }
}

void gen_set_function(struct gen *g, const struct sema_function *f) {
    gen_op(g, OP_ARG, 0, 0);
    gen_in_list(g, true, f->body);
    gen_op(g, OP_RETURN, 0, 0);
}

/* Whether what a walk's body leaves may refer to the element: a place or struct inside of it. */
static bool keeps(const struct sema_expr *e) {
    switch (e->vtype.kind) {
    case SEMA_V_BOOL:
    case SEMA_V_INT:
    case SEMA_V_FLOAT:
        return e->kind == E_FIELD || e->kind == E_NAMED; /* a place until it is loaded */
    case SEMA_V_ANY:
    case SEMA_V_TEXT:
    case SEMA_V_BYTES:
    case SEMA_V_STRUCT:
    case SEMA_V_ARRAY:
    case SEMA_V_SWITCH:
    case SEMA_V_LIST:
    case SEMA_V_NOTHING:
        return true;
    }
    return true;
}

static void gen_filter(struct gen *g, const struct sema_expr *e) {
    gen_op(g, OP_LIST_NEW, 0, 0);
    uint32_t absent = gen_walked(g, e->kid[0], 1);
    uint32_t head;
    uint32_t next = begin_walk(g, e->dollar, false, &head);
    gen_expr(g, e->kid[1]);
    gen_patch(g, gen_op(g, OP_JUMP_FALSE, 0, 0), head);
    gen_op(g, OP_LOOP_ITEM, gen_up(g, e->dollar), 0);
    gen_op(g, OP_LIST_ADD, 0, 0);
    end_walk(g, next, head);
    gen_landing(g, absent);
}

static void gen_map(struct gen *g, const struct sema_expr *e) {
    gen_op(g, OP_LIST_NEW, 0, 0);
    uint32_t absent = gen_walked(g, e->kid[0], 1);
    uint32_t head;
    uint32_t next = begin_walk(g, e->dollar, keeps(e->kid[1]), &head);
    gen_expr(g, e->kid[1]);
    gen_op(g, OP_LIST_ADD, 0, 0);
    end_walk(g, next, head);
    gen_landing(g, absent);
}

static void gen_each(struct gen *g, const struct sema_expr *e) {
    bool flatten = e->kid[0]->vtype.kind == SEMA_V_LIST;
    gen_op(g, OP_LIST_NEW, 0, 0);
    uint32_t absent = gen_walked(g, e->kid[0], 1);
    uint32_t head;
    uint32_t next = begin_walk(g, NULL, flatten, &head);
    gen_op(g, OP_LOOP_ITEM, 0, 0);
    gen_op(g, OP_LIST_ADD, flatten, 0);
    end_walk(g, next, head);
    gen_landing(g, absent);
}

static void gen_slice(struct gen *g, const struct sema_expr *e) {
    if (e->kid[0]->vtype.kind == SEMA_V_TEXT || e->kid[0]->vtype.kind == SEMA_V_BYTES) {
        gen_expr(g, e->kid[0]);
        gen_expr(g, e->kid[1]);
        gen_expr(g, e->kid[2]);
        gen_op(g, OP_SLICE, 0, 0);
        return;
    }
    gen_op(g, OP_LIST_NEW, 0, 0);
    uint32_t absent = gen_walked(g, e->kid[0], 1);
    gen_op(g, OP_ITER_BEGIN, 0, 0);
    uint32_t index = g->ctl++;
    gen_expr(g, e->kid[1]);
    gen_op(g, OP_ITER_FROM, 0, 0);
    uint32_t head = gen_here(g);
    uint32_t next = gen_op(g, OP_ITER_NEXT, 0, 0);
    gen_op(g, OP_LOOP_INDEX, g->ctl - 1 - index, 0);
    gen_expr(g, e->kid[2]);
    gen_op(g, OP_GT, 0, 0);
    uint32_t past = gen_op(g, OP_JUMP_TRUE, 0, 0);
    gen_op(g, OP_LOOP_ITEM, g->ctl - 1 - index, 0);
    gen_op(g, OP_LIST_ADD, 0, 0);
    end_walk(g, next, head);
    gen_patch(g, past, gen_here(g) - 1);
    gen_landing(g, absent);
}

/* One that is absent is passed over. */
static void gen_fold_item(struct gen *g, const struct sema_expr *e, uint32_t head) {
    if (e->kid[1]) {
        gen_value(g, e->kid[1]);
        uint32_t there = gen_op(g, OP_UNLESS_ABSENT, 0, 0);
        gen_op(g, OP_JUMP, head, 0);
        gen_patch(g, there, gen_here(g));
    } else {
        gen_op(g, OP_LOOP_ITEM, gen_up(g, e->dollar), 0);
        gen_op(g, OP_LOAD, 0, 0);
    }
}

/* any and all stop at the first element that decides; absent conditions don't. */
static void gen_quantifier(struct gen *g, const struct sema_expr *e) {
    bool any = e->fold == FOLD_ANY;
    uint32_t nothing = gen_walked(g, e->kid[0], 0);
    uint32_t head;
    uint32_t next = begin_walk(g, e->dollar, false, &head);
    gen_expr(g, e->kid[1]);
    if (any) {
        gen_patch(g, gen_op(g, OP_JUMP_FALSE, 0, 0), head);
    } else {
        uint32_t absent = gen_op(g, OP_UNLESS_ABSENT, 0, 0);
        gen_op(g, OP_PUSH_BOOL, 1, 0);
        gen_patch(g, absent, gen_here(g));
        gen_patch(g, gen_op(g, OP_JUMP_TRUE, 0, 0), head);
    }
    gen_op(g, OP_ITER_END, 0, 0);
    gen_op(g, OP_PUSH_BOOL, any, 0);
    uint32_t out = gen_op(g, OP_JUMP, 0, 0);
    gen_patch(g, next, gen_here(g));
    gen_op(g, OP_ITER_END, 0, 0);
    g->ctl--;
    gen_op(g, OP_PUSH_BOOL, !any, 0);
    gen_patch(g, out, gen_here(g));
    gen_landing(g, nothing);
}

static void gen_fold(struct gen *g, const struct sema_expr *e) {
    if (e->fold == FOLD_ANY || e->fold == FOLD_ALL) {
        gen_quantifier(g, e);
        return;
    }
    if (e->fold == FOLD_COUNT && !e->kid[1]) {
        gen_expr(g, e->kid[0]);
        gen_op(g, OP_COUNT, 0, 0);
        return;
    }
    if (e->fold == FOLD_SUM || e->fold == FOLD_COUNT) {
        gen_op(g, OP_PUSH_INT, gen_int(g, 0), 0);
    } else {
        gen_op(g, OP_PUSH_ABSENT, 0, 0);
    }
    uint32_t absent = gen_walked(g, e->kid[0], 1);
    uint32_t head;
    /* the least or greatest text lies in an element, which must stay */
    bool extreme = e->fold == FOLD_MIN || e->fold == FOLD_MAX;
    uint32_t next = begin_walk(g, e->dollar, extreme, &head);
    if (e->fold == FOLD_COUNT) {
        gen_expr(g, e->kid[1]);
        gen_patch(g, gen_op(g, OP_JUMP_FALSE, 0, 0), head);
        gen_op(g, OP_PUSH_INT, gen_int(g, 1), 0);
        gen_op(g, OP_ADD, 0, 0);
    } else {
        gen_fold_item(g, e, head);
        gen_op(g,
               e->fold == FOLD_SUM   ? OP_ADD
               : e->fold == FOLD_MIN ? OP_FOLD_MIN
                                     : OP_FOLD_MAX,
               0, 0);
    }
    end_walk(g, next, head);
    gen_landing(g, absent);
}

/* Whether there is room for the arguments of one more call. */
static bool may_wait(struct gen *g, const struct sema_expr *call) {
    if (g->waiting + call->args.n > GEN_WAITING_MAX) {
        gen_refuse(g, "too many arguments of calls within each other");
    }
    return !g->refused;
}

static void gen_call(struct gen *g, const struct sema_expr *e) {
    if (!may_wait(g, e)) {
        return;
    }
    for (uint32_t i = 0; i < e->args.n; i++) {
        gen_expr(g, e->args.at[i]);
        g->waiting++;
    }
    g->waiting -= e->args.n;
    struct gen_function *f = &g->functions[e->function->id];
    if (!f->asked) {
        f->asked = true;
        gen_ask(g, (struct gen_task){.kind = TASK_FUNCTION, .function = e->function});
    }
    *vec_push(&f->calls, g->arena) = gen_op(g, OP_CALL, f->pc, e->args.n);
}

/* A struct whose extent is asked for must be able to find its end. */
static void ask_end(struct gen *g, const struct sema_expr *e) {
    if (e->vtype.kind == SEMA_V_STRUCT) {
        gen_ask(g, (struct gen_task){.kind = TASK_SKIP, .of = e->vtype.of});
    }
}

void gen_add_items(struct gen *g, enum program_op convert) {
    uint32_t absent = gen_unless_absent(g, 1);
    uint32_t head;
    uint32_t next = begin_walk(g, NULL, false, &head);
    gen_op(g, OP_LOOP_ITEM, 0, 0);
    gen_op(g, convert, 0, 0);
    gen_op(g, OP_LIST_ADD, 0, 0);
    end_walk(g, next, head);
    gen_landing(g, absent);
}

void gen_add_loaded(struct gen *g, const struct sema_vtype *list) {
    if (!list->elem || list->elem->kind != SEMA_V_LIST) {
        gen_add_items(g, OP_LOAD);
        return;
    }
    uint32_t absent = gen_unless_absent(g, 1);
    uint32_t head;
    uint32_t next = begin_walk(g, NULL, true, &head);
    gen_op(g, OP_LIST_NEW, 0, 0);
    gen_op(g, OP_LOOP_ITEM, 0, 0);
    gen_add_loaded(g, list->elem);
    gen_op(g, OP_LIST_ADD, 0, 0);
    end_walk(g, next, head);
    gen_landing(g, absent);
}

/* An array whose elements are numbers. */
static bool is_row_of_numbers(const struct sema_expr *e) {
    if (e->vtype.kind != SEMA_V_ARRAY) {
        return false;
    }
    enum sema_vkind kind = sema_vtype_of(e->vtype.decl, e->vtype.level + 1).kind;
    return kind == SEMA_V_INT || kind == SEMA_V_BOOL || kind == SEMA_V_FLOAT;
}

static void gen_argument(struct gen *g, const struct sema_expr *e, char taken) {
    enum sema_vkind kind = e->vtype.kind;
    bool number = kind == SEMA_V_INT || kind == SEMA_V_BOOL || kind == SEMA_V_FLOAT;
    bool row = taken == 'c' && is_row_of_numbers(e);
    bool stored = !number || builtin_is_stored(e);
    bool bytes = row || ((taken == 'b' || taken == 'k') && stored) ||
                 (taken == 'l' && stored && kind != SEMA_V_LIST);
    bool reads = taken == 'v' && !number;
    enum program_op convert = bytes ? OP_BYTES_OF : OP_LOAD;
    bool many =
        kind == SEMA_V_LIST || (kind == SEMA_V_ARRAY && !row && (taken == 't' || taken == 'c'));
    if (!many) {
        ask_end(g, e);
        gen_expr(g, e);
        gen_op(g, convert, 0, 0);
        if (reads) {
            gen_op(g, OP_BYTES_OF, 0, 0);
        }
        return;
    }
    gen_op(g, OP_LIST_NEW, 0, 0);
    gen_expr(g, e);
    gen_add_items(g, convert);
}

static void gen_builtin(struct gen *g, const struct sema_expr *e) {
    if (!may_wait(g, e)) {
        return;
    }
    for (uint32_t i = 0; i < e->args.n; i++) {
        gen_argument(g, e->args.at[i], builtin_taken_as(e, i));
        g->waiting++;
    }
    g->waiting -= e->args.n;
    gen_op(g, OP_BUILTIN, e->builtin, e->args.n);
}

/* A let of this very struct that is there whatever the data says: what it is may stand in its place. */
static bool is_own_let(const struct gen *g, const struct sema_expr *e) {
    return e->kind == E_FIELD && e->kid[0]->kind == E_SELF && e->member->kind == SEMA_M_LET &&
           e->member->owner == g->self && !e->member->branch && !e->member->same &&
           !e->member->next;
}

/* Bytes to read fields from: those that a transform made before it failed count. */
void gen_source(struct gen *g, const struct sema_expr *e) {
    if (is_own_let(g, e)) {
        gen_source(g, e->member->expr);
    } else if (e->kind == E_COND) {
        gen_choice(g, e, gen_source);
    } else if (e->kind == E_BUILTIN && builtin_info(e->builtin)->transform) {
        gen_source(g, e->args.at[0]);
        for (uint32_t i = 1; i < e->args.n; i++) {
            gen_argument(g, e->args.at[i], builtin_taken_as(e, i));
        }
        gen_op(g, OP_TRANSFORM, e->builtin, e->args.n);
    } else {
        gen_bytes(g, e);
    }
}

static void gen_named(struct gen *g, const struct sema_expr *e) {
    const struct sema_named *named = sema_named(g->request->sema, e->name);
    if (!map_get(&g->asked, named, g)) {
        map_put(&g->asked, g->arena, named, g, g);
        for (uint32_t i = 0; i < named->members.n; i++) {
            gen_ask_member(g, named->members.at[i]);
        }
    }
    gen_expr(g, e->kid[0]);
    gen_op(g, OP_NAMED, gen_text(g, e->name), 0);
}

/* A number of this very struct, at a fixed place, of fixed width: read straight from there. */
bool gen_is_own_number(const struct sema_expr *e) {
    if (e->kind != E_FIELD || e->kid[0]->kind != E_SELF || e->member->kind != SEMA_M_FIELD ||
        e->kid[0]->of != e->member->owner) {
        return false;
    }
    const struct sema_decl *d = e->member->decl;
    return e->member->bit_off != SEMA_DYNAMIC && e->member->bit_off % 8 == 0 && !e->member->same &&
           !d->at && !d->packed && d->dims.n == 0 && d->bit_total > 0 &&
           (d->type->kind == SEMA_UINT || d->type->kind == SEMA_INT) && d->type->bits <= 64 &&
           gen_leader(e->member) == e->member && !gen_has_slot(e->member);
}

void gen_value(struct gen *g, const struct sema_expr *e) {
    if (gen_is_own_number(e) && e->member->owner == g->self) {
        gen_op(g, OP_OWN, e->member->id, 0);
        return;
    }
    gen_expr(g, e);
    if (e->kind == E_FIELD || e->kind == E_NAMED || e->kind == E_DOLLAR ||
        e->kind == E_DOLLAR_PREV || e->kind == E_INDEX || e->kind == E_PARAM || e->kind == E_COND ||
        e->kind == E_BINARY || e->kind == E_CALL || e->kind == E_ARG || e->kind == E_LOCAL ||
        e->kind == E_SEEN) {
        gen_op(g, OP_LOAD, 0, 0);
    }
}

void gen_bytes(struct gen *g, const struct sema_expr *e) {
    ask_end(g, e);
    gen_expr(g, e);
    gen_op(g, OP_BYTES_OF, 0, 0);
}

static void gen_literal(struct gen *g, const struct sema_expr *e) {
    if (e->kind == E_INT) {
        gen_op(g, OP_PUSH_INT, gen_int(g, e->integer), 0);
        if (e->vtype.names && e->vtype.names->base) {
            gen_op(g, OP_CAST, gen_enum(g, e->vtype.names), 0);
        }
    } else if (e->kind == E_TEXT) {
        gen_op(g, OP_PUSH_TEXT, gen_data(g, e->text), e->flag);
    } else if (e->kind == E_BOOL) {
        gen_op(g, OP_PUSH_BOOL, e->flag, 0);
    } else {
        *vec_push(&g->program->floats, g->arena) = e->number;
        gen_op(g, OP_PUSH_FLOAT, g->program->floats.n - 1, 0);
    }
}

/* Those of a range are added to the list on top, where it is one of constants: few, sema has seen to it. */
static bool gen_numbers(struct gen *g, const struct sema_expr *range) {
    int128 low, high;
    bool constant = range->kind == E_RANGE && sema_constant_int(range->kid[0], &low) &&
                    sema_constant_int(range->kid[1], &high);
    for (int128 n = constant ? low : 0; constant && n <= high; n++) {
        gen_op(g, OP_PUSH_INT, gen_int(g, n), 0);
        gen_op(g, OP_LIST_ADD, 0, 0);
    }
    return constant;
}

static void gen_list(struct gen *g, const struct sema_expr *e) {
    gen_op(g, OP_LIST_NEW, 0, 0);
    for (uint32_t i = 0; i < e->args.n; i++) {
        const struct sema_expr *item = e->args.at[i];
        if (gen_numbers(g, item)) {
            continue;
        }
        gen_expr(g, item);
        gen_op(g, OP_LIST_ADD, 0, 0);
    }
}

/* What is to be stored, so that all of it is loaded. */
static void gen_object(struct gen *g, const struct sema_expr *e) {
    gen_op(g, OP_LIST_NEW, 0, 0);
    for (uint32_t i = 0; i < e->args.n; i++) {
        gen_stored(g, e->args.at[i]->kid[0]);
        gen_op(g, OP_OBJECT_ADD, gen_text(g, e->args.at[i]->name), 0);
    }
}

void gen_stored(struct gen *g, const struct sema_expr *e) {
    if (e->kind != E_LIST) {
        gen_value(g, e);
        return;
    }
    gen_op(g, OP_LIST_NEW, 0, 0);
    for (uint32_t i = 0; i < e->args.n; i++) {
        const struct sema_expr *item = e->args.at[i];
        if (item->kind == E_RANGE) {
            gen_numbers(g, item);
        } else {
            gen_stored(g, item);
            gen_op(g, OP_LIST_ADD, 0, 0);
        }
    }
}

static void gen_unary(struct gen *g, const struct sema_expr *e) {
    ask_end(g, e->kid[0]);
    gen_expr(g, e->kid[0]);
    switch (e->kind) {
    case E_UNARY:
        gen_op(g, e->op == AST_OP_NEG ? OP_NEG : e->op == AST_OP_NOT ? OP_NOT : OP_BITNOT, 0, 0);
        break;
    case E_FLAG:
        gen_op(g, OP_FLAG, gen_int(g, e->integer), 0);
        break;
    case E_CAST:
        gen_op(g, OP_CAST, gen_enum(g, e->names), 0);
        break;
    case E_SIZEOF:
        gen_op(g, OP_SIZEOF, 0, 0);
        break;
    case E_OFFSETOF:
        gen_op(g, OP_OFFSETOF, 0, 0);
        break;
    case E_FILEOF:
        gen_op(g, OP_FILEOF, 0, 0);
        break;
    default: /* E_PRESENT */
        gen_op(g, OP_PRESENT, 0, 0);
        break;
    }
}

void gen_expr(struct gen *g, const struct sema_expr *e) {
    struct span outer = g->span;
    g->span = e->span;
    switch (e->kind) {
    case E_INT:
    case E_FLOAT:
    case E_TEXT:
    case E_BOOL:
        gen_literal(g, e);
        break;
    case E_ABSENT:
    case E_ENUM_SET:
    case E_RANGE:
        gen_op(g, OP_PUSH_ABSENT, 0, 0);
        break;
    case E_LIST:
        gen_list(g, e);
        break;
    case E_OBJECT:
        gen_object(g, e);
        break;
    case E_OBJECT_FIELD: /* a part of one */
        break;
    case E_UNARY:
    case E_FLAG:
    case E_CAST:
    case E_SIZEOF:
    case E_OFFSETOF:
    case E_FILEOF:
        gen_unary(g, e);
        break;
    case E_PRESENT: { /* a fault on the way counts as not there */
        uint32_t trial = gen_try(g, false);
        if (e->kid[0]->kind == E_DOLLAR) { /* as it would be read */
            gen_value(g, e->kid[0]);
        } else {
            gen_expr(g, e->kid[0]);
        }
        gen_try_end(g, trial);
        gen_op(g, OP_PRESENT, 0, 0);
        break;
    }
    case E_BINARY:
        gen_binary(g, e);
        break;
    case E_COND:
        gen_choice(g, e, gen_expr);
        break;
    case E_IN:
        gen_in(g, e);
        break;
    case E_SELF:
        gen_op(g, OP_SELF, e->of->id, 0);
        break;
    case E_ROOT:
        gen_op(g, OP_ROOT, 0, 0);
        break;
    case E_PARENT:
        gen_expr(g, e->kid[0]);
        gen_op(g, OP_PARENT, 0, 0);
        break;
    case E_FIELD:
        gen_ask_member(g, e->member);
        gen_expr(g, e->kid[0]);
        gen_op(g, OP_FIELD, gen_leader(e->member)->id, 0);
        break;
    case E_NAMED:
        gen_named(g, e);
        break;
    case E_PARAM:
        gen_op(g, OP_PARAM, e->of->id, e->index);
        break;
    case E_ARG:
        gen_op(g, OP_ARG, e->index, 0);
        break;
    case E_DOLLAR:
        gen_op(g, e->dollar->after ? OP_LOOP_PREV : OP_LOOP_ITEM, gen_up(g, e->dollar), 0);
        break;
    case E_DOLLAR_INDEX:
        gen_op(g, OP_LOOP_INDEX, gen_up(g, e->dollar), 0);
        break;
    case E_DOLLAR_PREV:
        gen_op(g, OP_LOOP_PREV, gen_up(g, e->dollar), 0);
        break;
    case E_REST:
        gen_op(g, OP_REST, 0, 0);
        break;
    case E_FILE:
        gen_op(g, OP_FILE, 0, 0);
        break;
    case E_INDEX:
        gen_expr(g, e->kid[0]);
        gen_value(g, e->kid[1]);
        gen_op(g, OP_INDEX, 0, 0);
        break;
    case E_SLICE:
        gen_slice(g, e);
        break;
    case E_FILTER:
        gen_filter(g, e);
        break;
    case E_EACH:
        gen_each(g, e);
        break;
    case E_MAP:
        gen_map(g, e);
        break;
    case E_FOLD:
        gen_fold(g, e);
        break;
    case E_CALL:
        gen_call(g, e);
        break;
    case E_BUILTIN:
        gen_builtin(g, e);
        break;
    case E_BELOW:
        gen_below(g, e);
        break;
    case E_LOCAL:
        gen_op(g, OP_ARG, e->index, 0);
        break;
    case E_FAULT:
        gen_fault(g, e);
        break;
    case E_SEEN:
    case E_LATER:
    case E_USE:
        gen_tied_expr(g, e);
        break;

        break;
    }
    g->span = outer;
}
