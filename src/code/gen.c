#include "config.h"

#include "code/gen.h"

#include <string.h>

#include "code/gen_internal.h"
#include "syn/unparse.h"

/* Instructions that room is taken for at the start: as many as most programs have. */
#define CODE_AHEAD 4096u

static const char too_large[] = "too many instructions";

void gen_refuse(struct gen *g, const char *why) {
    g->refused = g->refused ? g->refused : why;
}

uint32_t gen_op(struct gen *g, enum program_op op, uint32_t a, uint32_t b) {
    if (g->program->code.n >= GEN_SIZE_MAX) {
        gen_refuse(g, too_large);
        return GEN_SIZE_MAX - 1;
    }
    struct program *p = g->program;
    *vec_push_unset(&p->code, g->arena) =
        (struct program_inst){.op = op, .a = a, .b = b, .member = g->member};
    *vec_push_unset(&p->spans, g->arena) = g->span;
    return p->code.n - 1;
}

uint32_t gen_here(const struct gen *g) {
    return g->program->code.n;
}

uint32_t gen_try(struct gen *g, bool told) {
    uint32_t trial = gen_op(g, OP_TRY, 0, told);
    g->ctl++;
    return trial;
}

void gen_try_close(struct gen *g) {
    gen_op(g, OP_TRY_END, 0, 0);
    g->ctl--;
}

void gen_try_end(struct gen *g, uint32_t trial) {
    gen_try_close(g);
    gen_patch(g, trial, gen_here(g));
}

void gen_patch(struct gen *g, uint32_t inst, uint32_t pc) {
    g->program->code.at[inst].a = pc;
}

void gen_patch_b(struct gen *g, uint32_t inst, uint32_t pc) {
    g->program->code.at[inst].b = pc;
}

uint32_t gen_int(struct gen *g, int128 value) {
    for (uint32_t i = 0; i < g->program->ints.n && i < 64; i++) {
        if (g->program->ints.at[i] == value) {
            return i;
        }
    }
    *vec_push(&g->program->ints, g->arena) = value;
    return g->program->ints.n - 1;
}

uint32_t gen_data(struct gen *g, struct bytes bytes) {
    const char *key = intern_add(g->request->sema->intern, (const char *)bytes.at, bytes.len);
    uint32_t known = (uint32_t)(uintptr_t)map_get(&g->texts, key, NULL);
    if (known) {
        return known - 1;
    }
    struct bytes *slot = vec_push(&g->program->data, g->arena);
    *slot = bytes_of(key, bytes.len);
    uint32_t id = g->program->data.n;
    map_put(&g->texts, g->arena, key, NULL, (void *)(uintptr_t)id);
    return id - 1;
}

uint32_t gen_text(struct gen *g, const char *text) {
    return gen_data(g, bytes_text(text));
}

uint32_t gen_formula(struct gen *g, const struct sema_expr *e) {
    const struct source *source = sources_find(g->request->sema->sources, e->span);
    if (e->ast && e->ast->depth == 0) {
        struct buf text = {0};
        unparse_expr(e->ast, &text);
        uint32_t at = gen_text(g, buf_text(&text));
        buf_free(&text);
        return at;
    }
    if (!source) {
        return gen_text(g, "");
    }
    return gen_data(
        g, bytes_of(source->text.at + (e->span.lo - source->base), e->span.hi - e->span.lo));
}

uint32_t gen_check(struct gen *g, enum check_kind kind, const struct sema_member *member,
                   const char *message, const struct sema_expr *condition) {
    uint32_t text = message ? gen_text(g, message) : PROGRAM_NONE;
    uint32_t as_written = gen_formula(g, condition);
    struct program_check *c = vec_push(&g->program->checks, g->arena);
    *c = (struct program_check){.kind = (uint8_t)kind,
                                .member = member ? member->id : PROGRAM_NONE,
                                .message = text,
                                .formula = as_written,
                                .span = condition->span};
    return g->program->checks.n - 1;
}

uint32_t gen_up(const struct gen *g, const struct sema_dollar *dollar) {
    return g->ctl - 1 - dollar->depth;
}

void gen_ask(struct gen *g, struct gen_task task) {
    static const char kinds[TASK_FUNCTION];
    const void *object = task.decl ? (const void *)((char *)task.decl + task.level)
                         : task.of ? (const void *)task.of
                                   : task.member;
    if (task.kind < TASK_FUNCTION) {
        if (map_get(&g->asked, object, &kinds[task.kind])) {
            return;
        }
        map_put(&g->asked, g->arena, object, &kinds[task.kind], g);
    }
    *vec_push(&g->tasks, g->arena) = task;
}

static void number_struct(struct gen *g, struct sema_struct *s) {
    struct program *p = g->program;
    struct program_struct *row = &p->structs.at[s->id];
    *row = (struct program_struct){.name = PROGRAM_NONE,
                                   .doc = PROGRAM_NONE,
                                   .member_first = p->members.n,
                                   .member_count = s->flat.n,
                                   .params = s->params.n,
                                   .bit_size = s->bit_size,
                                   .dump_pc = PROGRAM_NONE,
                                   .skip_pc = PROGRAM_NONE};
    row->root = s->schema->root == s;
    row->outermost = row->root && s->schema->ast->flag;
    row->name = s->name ? gen_text(g, s->name) : PROGRAM_NONE;
    row->doc = s->doc ? gen_text(g, s->doc) : PROGRAM_NONE;
    for (uint32_t i = 0; i < s->flat.n; i++) {
        struct sema_member *m = s->flat.at[i];
        m->id = p->members.n;
        m->captured = m->captured || (m->decl && (m->decl->equals || m->decl->in));
        struct program_member *r = vec_push(&p->members, g->arena);
        *r = (struct program_member){.owner = s->id,
                                     .slot = PROGRAM_NONE,
                                     .type = PROGRAM_NONE,
                                     .bit_off = m->bit_off,
                                     .span = m->span};
        r->locate_pc = r->locate_end_pc = r->let_pc = PROGRAM_NONE;
        r->kind = m->kind == SEMA_M_LET ? MEMBER_LET : MEMBER_FIELD;
    }
    for (uint32_t i = 0; i < s->flat.n; i++) {
        struct sema_member *m = s->flat.at[i], *leader = gen_leader(m);
        struct program_member *r = &p->members.at[m->id];
        r->name = gen_text(g, m->name);
        r->doc = m->doc ? gen_text(g, m->doc) : PROGRAM_NONE;
        leader->captured = leader->captured || m->captured;
        if (leader != m) {
            r->slot = p->members.at[leader->id].slot;
        } else if (gen_has_slot(m) || (m->same && m->same->captured)) {
            m->captured = true;
            r->slot = row->slots++;
        }
        if (r->slot != PROGRAM_NONE &&
            (m->same || leader != m || m->decl == NULL || m->decl->at || m->decl->when ||
             m->decl->from || m->decl->sized || m->branch || gen_is_beside_ambient(m))) {
            r->bit_off = -1;
        }
    }
}

static void type_members(struct gen *g) {
    for (uint32_t i = 0; i < g->request->sema->structs.n; i++) {
        const struct sema_struct *s = g->request->sema->structs.at[i];
        for (uint32_t k = 0; k < s->flat.n; k++) {
            const struct sema_member *m = s->flat.at[k];
            if (m->kind == SEMA_M_FIELD) {
                uint32_t type = gen_type(g, m->decl, 0);
                g->program->members.at[m->id].type = type;
            }
        }
    }
}

static void end_function(struct gen *g, struct gen_function *row, uint32_t pc) {
    row->pc = pc;
    for (uint32_t i = 0; i < row->calls.n; i++) {
        g->program->code.at[row->calls.at[i]].a = pc;
    }
}

/* A type's count: the array's size in elements as an expression in the owner's frame. */
static void gen_task_count(struct gen *g, const struct gen_task *t) {
    gen_value(g, t->decl->dims.at[t->level].count);
    gen_op(g, OP_RETURN, 0, 0);
}

/* Functions that see one element have the record of their call as the element's loop. */
static void element_context(struct gen *g, struct sema_decl *decl) {
    g->ctl = 1;
    for (struct sema_decl *d = decl; d; d = d->arm_of) {
        for (uint32_t i = 0; i < d->dims.n; i++) {
            d->dims.at[i].dollar.depth = 0;
        }
    }
}

/* The member that the question is about, for paths. */
static uint32_t question_member(const struct gen *g) {
    const struct sema_expr *path = g->request->path;
    return path && path->kind == E_FIELD ? gen_leader(path->member)->id : PROGRAM_NONE;
}

static void run_task(struct gen *g, const struct gen_task *t) {
    struct program *p = g->program;
    uint32_t pc = gen_here(g);
    g->ctl = 0;
    g->member = PROGRAM_NONE;
    g->self = t->of ? t->of : t->member ? t->member->owner : t->decl ? t->decl->owner : NULL;
    switch (t->kind) {
    case TASK_DUMP:
        p->structs.at[t->of->id].dump_pc = pc;
        gen_struct_dump(g, t->of);
        break;
    case TASK_SKIP:
        p->structs.at[t->of->id].skip_pc = pc;
        gen_struct_skip(g, t->of);
        break;
    case TASK_LOCATE:
        p->members.at[t->member->id].locate_pc = pc;
        gen_locate(g, t->member, false);
        break;
    case TASK_LOCATE_END:
        p->members.at[t->member->id].locate_end_pc = pc;
        gen_locate(g, t->member, true);
        break;
    case TASK_LET:
        g->member = t->member->id;
        p->members.at[t->member->id].let_pc = pc;
        g->span = t->member->span;
        gen_let(g, t->member);
        gen_op(g, OP_RETURN, 0, 0);
        break;
    case TASK_TYPE_SKIP:
        p->types.at[t->type].skip_pc = pc;
        element_context(g, t->decl);
        g->span = t->decl->span;
        gen_level(g, t->decl, t->level, GEN_SKIP, (struct gen_target){0}, NULL);
        gen_op(g, OP_END_PART, 0, 0);
        break;
    case TASK_TYPE_STEP:
        p->types.at[t->type].step_pc = pc;
        g->span = t->decl->span;
        gen_step(g, t->decl, t->level);
        break;
    case TASK_TYPE_COUNT:
        p->types.at[t->type].count_pc = pc;
        element_context(g, t->decl);
        gen_task_count(g, t);
        break;
    case TASK_TYPE_ARGS:
        p->types.at[t->type].args_pc = pc;
        element_context(g, t->decl);
        g->span = t->decl->span;
        gen_struct_args(g, t->decl);
        gen_op(g, OP_END_ARGS, 0, t->decl->args.n);
        break;
    case TASK_TYPE_EMIT:
        p->types.at[t->type].emit_pc = pc;
        element_context(g, t->decl);
        g->span = t->decl->span;
        if (g->request->path && g->request->path->vtype.decl == t->decl &&
            g->request->path->vtype.level == t->level) {
            g->records = g->request->records ? t->decl : NULL;
            g->records_level = t->level;
            g->member = question_member(g);
        }
        g->apart = true;
        gen_level(g, t->decl, t->level, GEN_EMIT, (struct gen_target){0}, NULL);
        g->apart = false;
        g->records = NULL;
        gen_op(g, OP_END_PART, 0, 0);
        break;
    case TASK_FUNCTION:
        gen_value(g, t->function->body);
        gen_op(g, OP_RETURN, 0, 0);
        end_function(g, &g->functions[t->function->id], pc);
        break;
    case TASK_SET:
        gen_set_function(g, t->function);
        end_function(g, &g->sets[t->function->id], pc);
        break;
    case TASK_BELOW:
        g->self = NULL; /* it is an argument */
        gen_below_function(g, t->below, t->of, t->tried);
        end_function(g, t->target, pc);
        break;
    }
}

void gen_ask_emit(struct gen *g, const struct sema_vtype *v) {
    if (v->kind == SEMA_V_SWITCH || v->kind == SEMA_V_ANY) {
        for (uint32_t i = 0; i < g->request->sema->decls.n; i++) {
            struct sema_decl *d = g->request->sema->decls.at[i];
            for (uint32_t level = 0; level <= d->dims.n; level++) {
                struct sema_vtype one = sema_vtype_of(d, level);
                if (one.kind == SEMA_V_STRUCT || one.kind == SEMA_V_ARRAY) {
                    gen_ask_emit(g, &one);
                }
            }
        }
        return;
    }
    if (v->kind == SEMA_V_LIST && v->elem) {
        gen_ask_emit(g, v->elem);
    }
    if (!v->decl || !v->decl->ast) { /* a parameter, or a struct around: it was decoded elsewhere */
        if (v->kind == SEMA_V_STRUCT && v->of) {
            gen_ask(g, (struct gen_task){.kind = TASK_DUMP, .of = v->of});
        }
        return;
    }
    uint32_t type = gen_type(g, v->decl, v->level);
    if (type != PROGRAM_NONE) {
        gen_ask_type(g, v->decl, v->level);
        gen_ask(g, (struct gen_task){
                       .kind = TASK_TYPE_EMIT, .decl = v->decl, .level = v->level, .type = type});
    }
}

/* The block that each element of an array is, when a text format has prepared it. */
static uint32_t record_block(struct gen *g, const struct sema_vtype *v) {
    if (!g->style || v->kind != SEMA_V_ARRAY || !gen_is_uniform(v->decl, v->level) ||
        v->decl->equals || v->decl->in || v->decl->packed || v->decl->bit_size % 8 != 0) {
        return PROGRAM_NONE;
    }
    return gen_element_block(g, v->decl);
}

uint32_t gen_struct_type(struct gen *g, struct sema_struct *of) {
    struct sema_decl *decl = arena_alloc(g->arena, sizeof *decl);
    decl->type = arena_alloc(g->arena, sizeof *decl->type);
    decl->type->kind = SEMA_STRUCT;
    decl->type->of = of;
    decl->bit_size = of->bit_size;
    return gen_type(g, decl, 0);
}

/* The root struct's arguments, on the stack. */
static void gen_given(struct gen *g) {
    for (uint32_t i = 0; i < g->request->arg_n; i++) {
        gen_value(g, g->request->args[i]);
    }
}

void gen_root_args(struct gen *g) {
    if (g->request->arg_n == 0) {
        return;
    }
    gen_given(g);
    gen_op(g, OP_ROOT_ARGS, 0, g->request->arg_n);
    for (uint32_t i = 0; i < g->request->arg_n; i++) {
        gen_op(g, OP_DROP, 0, 0);
    }
    gen_op(g, OP_RELEASE, 0, 0);
}

void gen_ask_ends(struct gen *g, const struct sema_vtype *v) {
    if (v->kind == SEMA_V_STRUCT && v->of) {
        gen_ask(g, (struct gen_task){.kind = TASK_SKIP, .of = v->of});
    } else if (v->kind == SEMA_V_LIST && v->elem) {
        gen_ask_ends(g, v->elem);
    }
    if (v->decl) {
        gen_ask_type(g, v->decl, v->level);
    }
}

/* What a path's values need to be told of. */
static void ask_values(struct gen *g, const struct sema_vtype *v) {
    if (g->request->tell != GEN_TELL_VALUES) {
        gen_ask_ends(g, v);
    }
    if (g->request->tell == GEN_TELL_PLACES) {
        return;
    }
    gen_ask_emit(g, v);
    if (v->kind == SEMA_V_STRUCT && v->of && !v->decl) { /* a root */
        gen_ask(g, (struct gen_task){.kind = TASK_DUMP, .of = v->of});
    } else if (v->kind == SEMA_V_ARRAY && g->request->tell == GEN_TELL_BOTH) {
        struct sema_vtype element = sema_vtype_of(v->decl, v->level + 1);
        gen_ask_emit(g, &element);
    }
}

/* The question is a path. */
static void gen_asked(struct gen *g) {
    const struct gen_request *r = g->request;
    struct sema_vtype v = r->path->vtype;
    uint32_t end = gen_op(g, OP_SEQUENCE, 0, 0);
    gen_root_args(g);
    bool told =
        r->tell == GEN_TELL_VALUES && v.kind == SEMA_V_ARRAY && r->records; /* as it is emitted */
    uint32_t block = told ? record_block(g, &v) : PROGRAM_NONE;
    if (block == PROGRAM_NONE) {
        ask_values(g, &v);
    }
    if (r->records && !told) {
        g->member = question_member(g);
        gen_stream(g, r->path);
    } else {
        gen_expr(g, r->path);
        g->member = question_member(g);
        if (block != PROGRAM_NONE) {
            gen_op(g, OP_RECORDS, g->program->types.at[gen_type(g, v.decl, v.level)].of, block);
        } else {
            gen_tell(g, false);
        }
    }
    gen_patch(g, end, gen_here(g));
    gen_op(g, OP_HALT, 0, 0);
}

static void gen_question(struct gen *g, struct sema_struct *root) {
    const struct gen_request *r = g->request;
    g->program->entry = gen_here(g);
    g->member = PROGRAM_NONE;
    g->span = r->path ? r->path->span : root->span;
    if (r->script) {
        gen_script(g, r->script, root);
        return;
    }
    if (r->select) {
        gen_root_args(g);
        gen_select(g);
        gen_op(g, OP_HALT, 0, 0);
        return;
    }
    if (!r->path) {
        gen_ask(g, (struct gen_task){.kind = TASK_DUMP, .of = root});
        gen_given(g);
        gen_op(g, OP_DECODE, gen_struct_type(g, root), r->arg_n);
        gen_op(g, OP_HALT, 0, 0);
        return;
    }
    gen_asked(g);
}

/* Takes room for what is as large as the model, at once: what grows leaves behind what it outgrew, and each page that is
 * touched costs as much as a thousand instructions. */
static void take_room(struct gen *g) {
    struct program *p = g->program;
    const struct sema *sema = g->request->sema;
    uint32_t members = 0, items = 0;
    for (uint32_t i = 0; i < sema->structs.n; i++) {
        members += sema->structs.at[i]->flat.n;
    }
    for (uint32_t i = 0; i < sema->enums.n; i++) {
        items += sema->enums.at[i]->items.n;
    }
    vec_reserve(&p->code, CODE_AHEAD, g->arena);
    vec_reserve(&p->spans, CODE_AHEAD, g->arena);
    vec_reserve(&p->structs, sema->structs.n, g->arena);
    vec_reserve(&p->members, members, g->arena);
    vec_reserve(&p->types, members * 2, g->arena);
    vec_reserve(&p->items, items, g->arena);
    vec_reserve(&p->data, members + items, g->arena);
    vec_reserve(&g->tasks, members, g->arena);
    map_reserve(&g->texts, g->arena, members);
    map_reserve(&g->types, g->arena, members);
}

struct program *gen_program(struct arena *arena, const struct gen_request *request) {
    struct sema *sema = request->sema;
    struct gen g = {.arena = arena, .request = request, .style = request->style};
    g.program = arena_alloc(arena, sizeof *g.program);
    g.program->arena = arena;
    g.program->sources = sema->sources;
    take_room(&g);
    g.functions = arena_array(arena, sema->functions.n + 1, sizeof *g.functions);
    g.sets = arena_array(arena, sema->functions.n + 1, sizeof *g.sets);
    for (uint32_t i = 0; i < sema->structs.n; i++) {
        (void)vec_push(&g.program->structs, arena);
    }
    for (uint32_t i = 0; i < sema->structs.n; i++) {
        number_struct(&g, sema->structs.at[i]);
    }
    type_members(&g);
    gen_find_strict(&g);
    gen_find_confined(&g);
    gen_spots(&g);
    struct sema_struct *root = request->root ? request->root : request->schema->root;
    g.program->root = root->id;
    gen_question(&g, root);
    for (uint32_t i = 0; i < g.tasks.n && !g.refused; i++) {
        struct gen_task task = g.tasks.at[i]; /* the vector may move */
        run_task(&g, &task);
    }
    if (g.refused) {
        diag_report(sema->diags, DIAG_TOO_BIG, root->name_span,
                    "the program that decodes '%s' would have %s", root->name ? root->name : "this",
                    g.refused);
        return NULL;
    }
    return g.program;
}
