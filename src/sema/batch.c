#include "config.h"

#include "sema/script_internal.h"

#include <inttypes.h>

#include "base/buf.h"

/* Which statements of a patch script one program can make, over the file as it is before the first of them: those that see
 * nothing of what the others change. What can't be told is taken for a dependence. */

/* Structs within structs that are looked into; what lies deeper counts as changed. */
#define DEEP 256u

/* What statements change. */
struct changed {
    struct map set; /* fields that are set: the first of their name in a struct */
    struct map
        resized; /* arrays in which elements come or go -> least index + 1; whole ones: index 0 */
    bool any;
    bool lengths; /* something may take another number of bytes */
    bool grown;   /* be it a field, rather than an array */
    bool unknown; /* anything may be changed */
    bool whole;   /* and nothing goes together with it */
    /* of fields that may have another length */
    struct map paths;  /* as keys */
    struct map names;  /* those of all of them */
    struct map spread; /* of those whose paths may lead to many, or are no paths from the root */
    bool loop; /* the statements of one: what its names stand for is another place each time */
    uintptr_t version; /* another one for each change of these */
};

struct batching {
    struct sema *sema;
    struct sema_script *script;
    struct map stale;   /* lets that lead to what may be something else by now */
    struct map sizes;   /* fields that say how long, how many or where */
    struct map clean;   /* field, struct or function -> version for which it is as it was */
    uintptr_t versions; /* given so far */
    uint32_t depth;
};

static bool reads(struct batching *b, const struct changed *c, const struct sema_expr *e);

static bool reads_any(struct batching *b, const struct changed *c, const struct sema_expr *const *e,
                      uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        if (e[i] && reads(b, c, e[i])) {
            return true;
        }
    }
    return false;
}

/* Whether what is in front of fields may be another thing: conditions of a struct's fields, and of structs in them. */

static bool may_move(struct batching *b, const struct changed *c, const struct sema_struct *s);

static bool decl_moves(struct batching *b, const struct changed *c, const struct sema_decl *decl) {
    if (decl->bit_total != SEMA_DYNAMIC) {
        return false;
    }
    const struct sema_expr *const clauses[] = {decl->when, decl->selector, decl->until,
                                               decl->while_};
    if (reads_any(b, c, clauses, sizeof clauses / sizeof *clauses)) {
        return true;
    }
    for (uint32_t i = 0; i < decl->arms.n; i++) {
        if (decl->arms.at[i].decl && decl_moves(b, c, decl->arms.at[i].decl)) {
            return true;
        }
    }
    const struct sema_type *type = decl->type;
    return (type->kind == SEMA_ALIAS && decl_moves(b, c, type->alias)) ||
           (type->kind == SEMA_STRUCT && may_move(b, c, type->of));
}

static bool branch_reads(struct batching *b, const struct changed *c, const struct sema_member *m) {
    for (const struct sema_branch *at = m->branch; at; at = at->outer) {
        if (reads(b, c, at->of->expr)) {
            return true;
        }
    }
    return false;
}

static void new_version(struct batching *b, struct changed *c) {
    c->version = ++b->versions;
}

/* Whether that was found for what is changed now; if not, it counts as found until the next change. */
static bool is_known(struct batching *b, const struct changed *c, const void *what) {
    if ((uintptr_t)map_get(&b->clean, what, NULL) == c->version) {
        return true;
    }
    map_put(&b->clean, b->sema->arena, what, NULL, (void *)c->version);
    return false;
}

static void not_known(struct batching *b, const void *what) {
    map_put(&b->clean, b->sema->arena, what, NULL, (void *)UINTPTR_MAX);
}

static bool may_move(struct batching *b, const struct changed *c, const struct sema_struct *s) {
    if (s->bit_size != SEMA_DYNAMIC || is_known(b, c, s)) {
        return false;
    }
    bool moves = b->depth == DEEP;
    b->depth++;
    for (uint32_t i = 0; i < s->flat.n && !moves; i++) {
        const struct sema_member *m = s->flat.at[i];
        moves = branch_reads(b, c, m) || (m->decl && decl_moves(b, c, m->decl));
    }
    b->depth--;
    if (moves) {
        not_known(b, s);
    }
    return moves;
}

/* Whether a field may be somewhere else, or be another one. */
static bool lies_elsewhere(struct batching *b, const struct changed *c,
                           const struct sema_member *m) {
    if (m->kind != SEMA_M_FIELD || is_known(b, c, m)) {
        return false;
    }
    const struct sema_decl *decl = m->decl;
    const struct sema_expr *const clauses[] = {decl->at,       decl->then,    decl->when,
                                               decl->selector, decl->from,    decl->until,
                                               decl->while_,   decl->encoding};
    bool moves = (m->bit_off == SEMA_DYNAMIC && may_move(b, c, m->owner)) ||
                 branch_reads(b, c, m) ||
                 reads_any(b, c, clauses, sizeof clauses / sizeof *clauses);
    if (moves) {
        not_known(b, m);
    }
    return moves;
}

static bool is_derived(const struct sema_member *m) {
    return m->decl && m->decl->equals && !sema_is_constant(m->decl->equals);
}

/* Whether a field, as a value, may be another one. */
static bool differs(struct batching *b, const struct changed *c, const struct sema_member *m) {
    if (c->unknown || map_get(&c->set, m, NULL) || map_get(&c->resized, m, NULL) ||
        (c->any && is_derived(m)) || (c->lengths && map_get(&b->sizes, m, NULL))) {
        return true;
    }
    if (m->kind == SEMA_M_LET) {
        if (is_known(b, c, m)) {
            return false;
        }
        const struct sema_expr *const of[] = {m->expr, m->next, m->cond};
        bool other = reads_any(b, c, of, 3);
        if (other) {
            not_known(b, m);
        }
        return other;
    }
    return lies_elsewhere(b, c, m);
}

static bool named_differs(struct batching *b, const struct changed *c, const char *name) {
    const struct sema_named *named = sema_named(b->sema, name);
    for (uint32_t i = 0; i < named->members.n; i++) {
        if (differs(b, c, named->members.at[i])) {
            return true;
        }
    }
    return c->unknown;
}

/* An element by a constant index in front of all that come or go: the array need not be as it was. */
static bool is_in_front(const struct changed *c, const struct sema_expr *e) {
    const struct sema_expr *array = e->kid[0];
    if (e->kind != E_INDEX || array->kind != E_FIELD || e->kid[1]->kind != E_INT) {
        return false;
    }
    uintptr_t least = (uintptr_t)map_get(&c->resized, array->member, NULL);
    return least > 0 && e->kid[1]->integer >= 0 && e->kid[1]->integer < (int128)least - 1;
}

static bool is_whole(const struct sema_expr *e) {
    enum sema_vkind kind =
        e->vtype.kind == SEMA_V_LIST && e->vtype.elem ? e->vtype.elem->kind : e->vtype.kind;
    return kind == SEMA_V_STRUCT || kind == SEMA_V_ARRAY || kind == SEMA_V_SWITCH;
}

/* What looks at more than fields. */
static bool looks_wide(const struct changed *c, const struct sema_expr *e) {
    bool wide = false;
    switch (e->kind) {
    case E_REST:
    case E_FILE:
    case E_FILEOF:
    case E_BELOW:
        return c->any;
    case E_SIZEOF:
    case E_OFFSETOF:
        return c->lengths;
    case E_BUILTIN:
        for (uint32_t i = 0; i < e->args.n; i++) {
            wide = wide || is_whole(e->args.at[i]);
        }
        return wide && c->any;
    default:
        return false;
    }
}

static bool reads(struct batching *b, const struct changed *c, const struct sema_expr *e) {
    if (!c->any) {
        return false;
    }
    if (is_in_front(c, e)) {
        return lies_elsewhere(b, c, e->kid[0]->member) || reads(b, c, e->kid[0]->kid[0]);
    }
    bool differ = looks_wide(c, e) || (e->kind == E_FIELD && differs(b, c, e->member)) ||
                  (e->kind == E_NAMED && named_differs(b, c, e->name));
    if (!differ && e->kind == E_CALL && e->function && !is_known(b, c, e->function)) {
        differ = e->function->body && reads(b, c, e->function->body);
        if (differ) {
            not_known(b, e->function);
        }
    }
    for (uint32_t i = 0; i < 3 && !differ; i++) {
        differ = e->kid[i] && reads(b, c, e->kid[i]);
    }
    for (uint32_t i = 0; i < e->args.n && !differ; i++) {
        differ = reads(b, c, e->args.at[i]);
    }
    return differ;
}

/* statements */

/* The field, or array of such elements, that a target is. */
static const struct sema_expr *field_behind(const struct sema_expr *step) {
    while (step->kind == E_FLAG || ((step->kind == E_INDEX || step->kind == E_EACH ||
                                     step->kind == E_SLICE || step->kind == E_FILTER))) {
        step = sema_last_step(step->kid[0]);
    }
    return step;
}

/* The way to what is changed, which itself may have been changed before. */
static bool target_reads(struct batching *b, const struct changed *c, const struct sema_expr *e) {
    if (e->kind == E_MAP) {
        return reads(b, c, e->kid[0]) || target_reads(b, c, e->kid[1]);
    }
    if (e->kind == E_FIELD) {
        return lies_elsewhere(b, c, e->member) || reads(b, c, e->kid[0]);
    }
    if (e->kind == E_NAMED) {
        const struct sema_named *named = sema_named(b->sema, e->name);
        for (uint32_t i = 0; i < named->members.n; i++) {
            if (lies_elsewhere(b, c, named->members.at[i])) {
                return true;
            }
        }
        return reads(b, c, e->kid[0]);
    }
    bool part = e->kind == E_INDEX || e->kind == E_EACH || e->kind == E_SLICE ||
                e->kind == E_FILTER || e->kind == E_FLAG;
    if (!part) {
        return reads(b, c, e);
    }
    const struct sema_expr *of = e->kid[0];
    bool moved =
        of->kind == E_FIELD && map_get(&c->resized, of->member, NULL) && !is_in_front(c, e);
    return moved || target_reads(b, c, of) || (e->kid[1] && reads(b, c, e->kid[1])) ||
           (e->kid[2] && reads(b, c, e->kid[2]));
}

/* Appends a path from the root to one place, in a way that is the same for all that lead there; false where it is none. */
static bool put_place(struct buf *out, const struct sema_expr *e) {
    const char *name = e->kind == E_NAMED ? e->name : e->kind == E_FIELD ? e->member->name : NULL;
    if (e->kind == E_SELF || e->kind == E_ROOT) {
        return true;
    }
    if (name && (e->kind == E_NAMED || e->member->kind == SEMA_M_FIELD)) {
        bool fine = put_place(out, e->kid[0]);
        buf_printf(out, ".%s", name);
        return fine;
    }
    const struct sema_expr *at = e->kind == E_INDEX ? e->kid[1] : NULL;
    if (!at || at->kind != E_INT || at->integer < 0 || at->integer > INT64_MAX) {
        return false;
    }
    bool fine = put_place(out, e->kid[0]);
    buf_printf(out, "[%" PRId64 "]", (int64_t)at->integer);
    return fine;
}

static const char *name_of(const struct sema_expr *field) {
    return field->kind == E_FIELD   ? field->member->name
           : field->kind == E_NAMED ? field->name
           : field->kind == E_BELOW ? field->below->name
                                    : "";
}

/* What tells a target from others: where it lies, or NULL for many; in a loop, how it is written. */
static const char *place_key(const struct batching *b, const struct changed *c,
                             const struct sema_expr *target) {
    struct buf key = {0};
    struct bytes at = {0};
    if (c->loop) {
        struct span span = target->span;
        const struct source *source = sources_find(b->sema->sources, span);
        at = source ? bytes_of(source->text.at + (span.lo - source->base), span.hi - span.lo)
                    : bytes_of("", 0);
    } else if (put_place(&key, target)) {
        at = buf_bytes(&key);
    }
    const char *text = at.at ? intern_add(b->sema->intern, (const char *)at.at, at.len) : NULL;
    buf_free(&key);
    return text;
}

static void note_grown(struct batching *b, struct changed *c, const struct sema_stmt *stmt,
                       const struct sema_expr *field) {
    const char *key = place_key(b, c, stmt->target), *name = name_of(field);
    struct arena *arena = b->sema->arena;
    if (key) {
        map_put(&c->paths, arena, key, NULL, c);
    } else {
        map_put(&c->spread, arena, name, NULL, c);
    }
    map_put(&c->names, arena, name, NULL, c);
}

/* Whether a target is all of something. */
static bool is_all(const struct sema_expr *step) {
    return is_whole(step) || field_behind(step)->kind == E_FILE;
}

/* Whether it was set before, perhaps: what had no bytes would get those of both. */
static bool is_set_again(const struct batching *b, const struct changed *c,
                         const struct sema_stmt *stmt) {
    if (stmt->array || c->names.n == 0) {
        return false;
    }
    const char *key = place_key(b, c, stmt->target);
    const char *name = name_of(field_behind(sema_last_step(stmt->target)));
    return key ? map_get(&c->paths, key, NULL) || map_get(&c->spread, name, NULL)
               : map_get(&c->names, name, NULL) != NULL;
}

/* Whether all of something goes or becomes something else in which other lengths may have changed: such changes don't go
 * together. */
static bool takes_whole(const struct changed *c, const struct sema_stmt *stmt) {
    const struct sema_expr *step = sema_last_step(stmt->target);
    bool whole = stmt->kind == SEMA_S_DELETE ||
                 ((stmt->kind == SEMA_S_REPLACE || stmt->kind == SEMA_S_SET) && is_all(step));
    bool own = stmt->array && stmt->array->kind == E_FIELD &&
               map_get(&c->resized, stmt->array->member, NULL);
    return whole && (c->grown || c->resized.n > (own ? 1u : 0u));
}

static bool block_reads(struct batching *b, const struct changed *c,
                        const struct sema_stmts *stmts);

static bool stmt_reads(struct batching *b, const struct changed *c, const struct sema_stmt *stmt) {
    if (c->whole || (stmt->expr && reads(b, c, stmt->expr)) ||
        (stmt->also && stmt_reads(b, c, stmt->also)) || block_reads(b, c, &stmt->body)) {
        return true;
    }
    for (uint32_t i = 0; i < stmt->args.n; i++) {
        if (reads(b, c, stmt->args.at[i]) || (c->any && is_whole(stmt->args.at[i]))) {
            return true;
        }
    }
    if (!stmt->target) {
        return false;
    }
    if (stmt->mask && reads(b, c, sema_last_step(stmt->target))) {
        return true;
    }
    if (takes_whole(c, stmt) || (stmt->solves && c->any) || is_set_again(b, c, stmt)) {
        return true;
    }
    return target_reads(b, c, stmt->target);
}

static bool block_reads(struct batching *b, const struct changed *c,
                        const struct sema_stmts *stmts) {
    for (uint32_t i = 0; i < stmts->at.n; i++) {
        if (stmt_reads(b, c, stmts->at.at[i])) {
            return true;
        }
    }
    return false;
}

static bool may_change_length(const struct sema_expr *field) {
    const struct sema_decl *decl = field->vtype.decl;
    return !decl || decl->bit_size == SEMA_DYNAMIC;
}

/* A field that is set, by the first field of its name in its struct. */
static void set_field(struct batching *b, struct changed *c, const struct sema_member *m) {
    if (!map_get(&c->set, m, NULL)) {
        map_put(&c->set, b->sema->arena, m, NULL, c);
        new_version(b, c);
    }
}

static void set_fields(struct batching *b, struct changed *c, const struct sema_expr *field) {
    if (field->kind == E_FIELD && field->member->kind == SEMA_M_FIELD) {
        set_field(b, c, field->member);
        return;
    }
    const char *name = field->kind == E_NAMED   ? field->name
                       : field->kind == E_BELOW ? field->below->name
                                                : NULL;
    if (!name) {
        c->unknown = true;
        new_version(b, c);
        return;
    }
    const struct sema_named *named = sema_named(b->sema, name);
    for (uint32_t i = 0; i < named->members.n; i++) {
        set_field(b, c, named->members.at[i]);
    }
}

static void resize(struct batching *b, struct changed *c, const struct sema_stmt *stmt) {
    const struct sema_expr *array = stmt->array, *step = sema_last_step(stmt->target);
    c->lengths = true;
    if (array->kind != E_FIELD) {
        set_fields(b, c, array);
        return;
    }
    bool indexed = step->kind == E_INDEX && step->kid[0] == array && step->kid[1]->kind == E_INT &&
                   step->kid[1]->integer >= 0 && step->kid[1]->integer < INT32_MAX;
    uintptr_t least = indexed ? (uintptr_t)step->kid[1]->integer + 1 : 1;
    least = stmt->kind == SEMA_S_APPEND ? 1 : least; /* what is behind the last one is not known */
    uintptr_t before = (uintptr_t)map_get(&c->resized, array->member, NULL);
    if (before == 0 || least < before) {
        map_put(&c->resized, b->sema->arena, array->member, NULL, (void *)least);
        new_version(b, c);
    }
}

static void stmt_changes(struct batching *b, struct changed *c, const struct sema_stmt *stmt) {
    bool lengths = c->lengths, any = c->any;
    for (uint32_t i = 0; i < stmt->body.at.n; i++) {
        stmt_changes(b, c, stmt->body.at.at[i]);
    }
    if (stmt->target) {
        const struct sema_expr *field = field_behind(sema_last_step(stmt->target));
        c->any = true;
        if (stmt->array) {
            resize(b, c, stmt);
        } else {
            bool grows = stmt->kind == SEMA_S_REPLACE || may_change_length(field);
            set_fields(b, c, field);
            c->whole = c->whole || is_all(sema_last_step(stmt->target));
            if (grows) {
                note_grown(b, c, stmt, field);
            }
            c->lengths = c->lengths || grows;
            c->grown = c->grown || grows;
        }
    }
    if (lengths != c->lengths || any != c->any) {
        new_version(b, c);
    }
}

/* A loop sees the file as it was before it: what its statements read must not be what those in front of them change. */
static void check_loop(struct batching *b, const struct sema_stmt *loop) {
    struct changed inner = {.loop = true};
    new_version(b, &inner);
    for (uint32_t i = 0; i < loop->body.at.n; i++) {
        const struct sema_stmt *stmt = loop->body.at.at[i];
        if (stmt_reads(b, &inner, stmt)) {
            struct diag *d =
                diag_report(b->sema->diags, DIAG_STALE, stmt->span,
                            "this sees what a statement in front of it in the loop changes");
            diag_note(
                b->sema->diags, d, span_none(),
                "all of a loop sees the file as it was before the loop: keep what is needed with 'let', or make it two loops");
            return;
        }
        stmt_changes(b, &inner, stmt);
        if (stmt->kind == SEMA_S_FOR) {
            check_loop(b, stmt);
        }
    }
}

/* the fields that say how long, how many or where */

static void note_sizes(struct batching *b, const struct sema_expr *e, unsigned depth) {
    if (!e || depth == DEEP) {
        return;
    }
    const struct sema_member *m = e->kind == E_FIELD ? e->member : NULL;
    if (m && !map_get(&b->sizes, m, NULL)) {
        map_put(&b->sizes, b->sema->arena, m, NULL, b);
        note_sizes(b, m->expr, depth + 1);
    }
    for (uint32_t i = 0; e->kind == E_NAMED && i < sema_named(b->sema, e->name)->members.n; i++) {
        map_put(&b->sizes, b->sema->arena, sema_named(b->sema, e->name)->members.at[i], NULL, b);
    }
    for (uint32_t i = 0; i < 3; i++) {
        note_sizes(b, e->kid[i], depth + 1);
    }
    for (uint32_t i = 0; i < e->args.n; i++) {
        note_sizes(b, e->args.at[i], depth + 1);
    }
    if (e->kind == E_CALL && e->function && !map_get(&b->sizes, e->function, NULL)) {
        map_put(&b->sizes, b->sema->arena, e->function, NULL, b);
        note_sizes(b, e->function->body, depth + 1);
    }
}

static void find_sizes(struct batching *b) {
    for (uint32_t i = 0; i < b->sema->decls.n; i++) {
        const struct sema_decl *d = b->sema->decls.at[i];
        const struct sema_expr *const clauses[] = {d->length, d->bits,  d->at,
                                                   d->then,   d->sized, d->stride};
        for (uint32_t k = 0; k < sizeof clauses / sizeof *clauses; k++) {
            note_sizes(b, clauses[k], 0);
        }
        for (uint32_t k = 0; k < d->dims.n; k++) {
            note_sizes(b, d->dims.at[k].count, 0);
        }
        for (uint32_t k = 0; k < d->args.n; k++) {
            note_sizes(b, d->args.at[k], 0);
        }
    }
    for (uint32_t i = 0; i < b->sema->structs.n; i++) {
        note_sizes(b, b->sema->structs.at[i]->sized, 0);
    }
}

/* values with names */

static bool is_single(const struct sema_vtype *v) {
    return v->kind == SEMA_V_BOOL || v->kind == SEMA_V_INT || v->kind == SEMA_V_FLOAT ||
           v->kind == SEMA_V_TEXT || v->kind == SEMA_V_BYTES;
}

/* Whether it may lead to a place, rather than being a value that is kept, or a list of such. */
static bool is_place(const struct sema_expr *e) {
    const struct sema_vtype *v = &e->vtype;
    if (e->kind == E_FIELD && e->member->kind == SEMA_M_LET && e->member->expr &&
        !e->member->next) {
        e = e->member->expr;
    }
    bool made = e->kind == E_FOLD || e->kind == E_BUILTIN || e->kind == E_UNARY ||
                (e->kind == E_BINARY && e->op != AST_OP_ELSE);
    return !made && (v->kind == SEMA_V_LIST && v->elem ? !is_single(v->elem) : !is_single(v));
}

/* The first let that the expression uses and that is stale, of the lets in front of the script's statement `before`. */
static const struct sema_stmt *stale_let(const struct batching *b, const struct sema_expr *e,
                                         uint32_t before) {
    uint32_t n = 0;
    for (uint32_t i = 0; e->kind == E_LOCAL && i < before; i++) {
        const struct sema_stmt *stmt = b->script->body.at.at[i];
        if (stmt->kind == SEMA_S_LET && n++ == e->index) {
            return map_get(&b->stale, stmt, NULL) ? stmt : NULL;
        }
    }
    const struct sema_stmt *found = NULL;
    for (uint32_t i = 0; i < 3 && !found; i++) {
        found = e->kid[i] ? stale_let(b, e->kid[i], before) : NULL;
    }
    for (uint32_t i = 0; i < e->args.n && !found; i++) {
        found = stale_let(b, e->args.at[i], before);
    }
    return found;
}

/* Whether only data tells what it is. */
static bool is_unknown(const struct sema_vtype *v) {
    return v->kind == SEMA_V_ANY || v->kind == SEMA_V_SWITCH || v->kind == SEMA_V_NOTHING ||
           (v->kind == SEMA_V_LIST && (!v->elem || is_unknown(v->elem)));
}

static void check_lets(struct batching *b, const struct sema_stmt *stmt, uint32_t before) {
    const struct sema_expr *const parts[] = {stmt->expr, stmt->target, stmt->array};
    const struct sema_stmt *let = NULL;
    for (uint32_t i = 0; i < 3 && !let; i++) {
        let = parts[i] ? stale_let(b, parts[i], before) : NULL;
    }
    for (uint32_t i = 0; i < stmt->args.n && !let; i++) {
        let = stale_let(b, stmt->args.at[i], before);
    }
    if (let && is_unknown(&let->expr->vtype)) {
        b->script->all.at[let->id]->kept = true;
    } else if (let) {
        struct diag *d = diag_report(b->sema->diags, DIAG_STALE, stmt->span,
                                     "this needs a place that was found before the file changed");
        diag_note(b->sema->diags, d, let->span, "it was found here; name it by its path again");
    }
    for (uint32_t i = 0; i < stmt->body.at.n; i++) {
        check_lets(b, stmt->body.at.at[i], before);
    }
}

/* What is changed may have another place behind a let's name, which is found anew in the next batch. */
static void note_stale(struct batching *b, const struct changed *c, uint32_t before) {
    for (uint32_t i = 0; i < before; i++) {
        const struct sema_stmt *stmt = b->script->body.at.at[i];
        if (stmt->kind == SEMA_S_LET && is_place(stmt->expr) &&
            (c->unknown || reads(b, c, stmt->expr) || stale_let(b, stmt->expr, i))) {
            map_put(&b->stale, b->sema->arena, stmt, NULL, b);
        }
    }
}

void script_find_batches(struct script_build *build) {
    struct batching b = {.sema = build->sema, .script = build->script};
    struct changed changed = {0};
    struct sema_batch batch = {0};
    const struct sema_stmts *body = &build->script->body;
    bool lets = false;
    find_sizes(&b);
    new_version(&b, &changed);
    for (uint32_t i = 0; i < body->at.n; i++) {
        const struct sema_stmt *stmt = body->at.at[i];
        if (batch.n > 0 && stmt_reads(&b, &changed, stmt)) {
            *vec_push(&build->script->batches, build->sema->arena) = batch;
            note_stale(&b, &changed, i);
            batch = (struct sema_batch){.first = i};
            changed = (struct changed){0};
            new_version(&b, &changed);
        }
        if (lets) {
            check_lets(&b, stmt, i);
        }
        check_loop(&b, stmt);
        batch.n++;
        lets = lets || stmt->kind == SEMA_S_LET;
        stmt_changes(&b, &changed, stmt);
    }
    *vec_push(&build->script->batches, build->sema->arena) = batch;
}
