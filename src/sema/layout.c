#include "config.h"

#include "sema/internal.h"

/* Layout: how many bits things take, where the schema alone decides; and what must hold of sizes.
 *
 * A struct's fields have fixed offsets from its start up to the first one whose size the data decides. */

/* Beyond this a static layout is refused: 2^48 bytes. */
#define LAYOUT_MAX ((int64_t)1 << 51)

int64_t sema_type_bits(const struct sema_type *type) {
    switch (type->kind) {
    case SEMA_UINT:
    case SEMA_INT:
    case SEMA_FLOAT:
    case SEMA_BFLOAT:
        return type->bits;
    case SEMA_BOOL:
    case SEMA_BYTE:
    case SEMA_CHAR:
    case SEMA_STRING:
        return 8;
    case SEMA_STRUCT:
        return type->of->layout_state == 2 ? type->of->bit_size : SEMA_DYNAMIC;
    case SEMA_ZIGZAG:
    case SEMA_BCD:
        return type->limit ? type->limit * 8 : SEMA_DYNAMIC;
    case SEMA_ULEB:
    case SEMA_SLEB:
    case SEMA_VLQ:
    case SEMA_CSTRING:
    case SEMA_SWITCH:
    case SEMA_ALIAS:
    case SEMA_BAD:
        return SEMA_DYNAMIC;
    }
    return SEMA_DYNAMIC;
}

static int64_t element_bits(struct sema *sema, struct sema_decl *decl) {
    if (decl->packed) {
        int128 n;
        return decl->bits && sema_constant_int(decl->bits, &n) && n >= 1 && n <= 128 ? (int64_t)n
                                                                                     : SEMA_DYNAMIC;
    }
    if (decl->length_kind == SEMA_LEN_EXPR) {
        int128 n;
        return sema_constant_int(decl->length, &n) && n >= 0 && n < LAYOUT_MAX / 8 ? (int64_t)n * 8
                                                                                   : SEMA_DYNAMIC;
    }
    if (decl->length_kind != SEMA_LEN_NONE) {
        return SEMA_DYNAMIC;
    }
    if (decl->type->kind == SEMA_STRUCT) {
        return sema_struct_bits(sema, decl->type->of);
    }
    if (decl->type->kind == SEMA_ALIAS) {
        return sema_decl_bits(sema, decl->type->alias);
    }
    return sema_type_bits(decl->type);
}

static void check_endless(struct sema *sema, const struct sema_decl *decl) {
    bool ends = decl->until || decl->while_ || decl->then;
    for (uint32_t i = 0; i < decl->dims.n; i++) {
        bool open = !decl->dims.at[i].count && !(i == 0 && ends);
        if (open && decl->bit_size == 0 && !decl->stride) {
            diag_report(
                sema->diags, DIAG_ENDLESS, decl->span,
                "'%s' would go on for ever: its elements have no size and nothing says how many there are",
                decl->name ? decl->name : "the array");
            return;
        }
    }
}

int64_t sema_decl_bits(struct sema *sema, struct sema_decl *decl) {
    if (decl->layout_state == 2) {
        return decl->bit_total;
    }
    if (decl->layout_state == 1) {
        return SEMA_DYNAMIC;
    }
    decl->layout_state = 1;
    decl->bit_size = element_bits(sema, decl);
    check_endless(sema, decl);
    int128 total = decl->bit_size;
    for (uint32_t i = decl->dims.n; i-- > 0 && total != SEMA_DYNAMIC;) {
        int128 n, stride;
        const struct sema_expr *count = decl->dims.at[i].count;
        if (!count || !sema_constant_int(count, &n) || n < 0 || (i == 0 && decl->placed_each)) {
            total = SEMA_DYNAMIC;
        } else if (i == 0 && decl->stride) {
            total = sema_constant_int(decl->stride, &stride) && stride < LAYOUT_MAX / 8 &&
                            n < LAYOUT_MAX
                        ? stride * 8 * n
                        : SEMA_DYNAMIC;
        } else if (!int128_mul(total, n, &total)) {
            total = INT128_MAX;
        }
        if (total > LAYOUT_MAX) {
            diag_report(sema->diags, DIAG_TOO_BIG, decl->span,
                        "'%s' would take more than 2^48 bytes", decl->name ? decl->name : "this");
            total = SEMA_DYNAMIC;
        }
    }
    bool loose =
        decl->when || decl->from || decl->until || decl->while_ || decl->recover || decl->then;
    int128 sized;
    if (loose) {
        total = SEMA_DYNAMIC;
    } else if (decl->sized) {
        total = sema_constant_int(decl->sized, &sized) && sized >= 0 && sized < LAYOUT_MAX / 8
                    ? sized * 8
                    : SEMA_DYNAMIC;
    }
    decl->bit_total = (int64_t)total;
    decl->layout_state = 2;
    return decl->bit_total;
}

/* The bits one member takes in its struct; *packed: it may start inside a byte. */
static int64_t member_bits(struct sema *sema, struct sema_member *m, bool *packed) {
    *packed = false;
    int128 n;
    switch (m->kind) {
    case SEMA_M_FIELD:
    case SEMA_M_PAD: {
        *packed = m->decl->packed;
        int64_t bits = sema_decl_bits(sema, m->decl);
        return m->decl->at ? 0 : bits;
    }
    case SEMA_M_MAGIC:
        return m->expr->kind == E_TEXT ? (int64_t)m->expr->text.len * 8 : SEMA_DYNAMIC;
    case SEMA_M_SKIP:
        return sema_constant_int(m->expr, &n) && n >= 0 && n < LAYOUT_MAX / 8 ? (int64_t)n * 8
                                                                              : SEMA_DYNAMIC;
    case SEMA_M_ALIGN:
        return SEMA_DYNAMIC;
    case SEMA_M_IF:
        return SEMA_DYNAMIC;
    case SEMA_M_LET:
    case SEMA_M_CHECK:
    case SEMA_M_REQUIRE:
    case SEMA_M_ENDIAN:
    case SEMA_M_BITORDER:
    case SEMA_M_ENCODING:
        *packed = true;
        return 0;
    }
    return SEMA_DYNAMIC;
}

static void report_open_bits(struct sema *sema, const struct sema_member *m, int64_t at) {
    diag_report(sema->diags, DIAG_BITS_OPEN, m->span,
                "the bits before this end inside a byte: %d bit%s missing (write 'uint8 : %d;')",
                (int)(8 - at % 8), 8 - at % 8 == 1 ? " is" : "s are", (int)(8 - at % 8));
}

/* Lays out a block from bit `at` (SEMA_DYNAMIC: unknown); returns where it ends. */
static int64_t layout_block(struct sema *sema, struct sema_struct *s,
                            const struct sema_block *block, int64_t at) {
    for (uint32_t i = 0; i < block->at.n; i++) {
        struct sema_member *m = block->at.at[i];
        bool packed;
        int64_t bits = member_bits(sema, m, &packed);
        if (m->kind == SEMA_M_IF) {
            layout_block(sema, s, &m->yes, at);
            layout_block(sema, s, &m->no, at);
            at = SEMA_DYNAMIC;
            continue;
        }
        bool placed = m->decl && m->decl->at;
        if (!packed && !placed && at != SEMA_DYNAMIC && at % 8 != 0) {
            report_open_bits(sema, m, at);
            at += 8 - at % 8;
        }
        m->bit_off = placed ? SEMA_DYNAMIC : at;
        if (s->is_union) {
            m->bit_off = 0;
        } else if (bits == SEMA_DYNAMIC || at == SEMA_DYNAMIC || bits > LAYOUT_MAX - at) {
            at = SEMA_DYNAMIC;
        } else {
            at += bits;
        }
    }
    return at;
}

static int64_t union_bits(struct sema *sema, const struct sema_struct *s) {
    int64_t most = 0;
    for (uint32_t i = 0; i < s->block.at.n; i++) {
        bool packed;
        int64_t bits = member_bits(sema, s->block.at.at[i], &packed);
        if (bits == SEMA_DYNAMIC) {
            return SEMA_DYNAMIC;
        }
        most = bits > most ? bits : most;
    }
    return most;
}

int64_t sema_struct_bits(struct sema *sema, struct sema_struct *s) {
    if (s->layout_state != 0) {
        return s->layout_state == 2 ? s->bit_size : SEMA_DYNAMIC;
    }
    s->layout_state = 1;
    int64_t end = layout_block(sema, s, &s->block, 0);
    if (end != SEMA_DYNAMIC && end % 8 != 0 && !s->is_union) {
        const struct sema_member *last = s->block.at.at[s->block.at.n - 1];
        report_open_bits(sema, last, end);
        end += 8 - end % 8;
    }
    if (s->is_union) {
        end = union_bits(sema, s);
    }
    int128 n;
    if (s->sized) {
        end = sema_constant_int(s->sized, &n) && n >= 0 && n < LAYOUT_MAX / 8 ? (int64_t)n * 8
                                                                              : SEMA_DYNAMIC;
    }
    s->bit_size = end;
    s->layout_state = 2;
    return end;
}

/* A struct that always contains itself would never end. state: 1 on the path, 2 known to be fine. */
static bool contains_itself(struct sema_struct *s, uint8_t *state, struct sema_member **through) {
    if (state[s->id] == 2) {
        return false;
    }
    if (state[s->id] == 1) {
        return true;
    }
    state[s->id] = 1;
    for (uint32_t i = 0; i < s->block.at.n; i++) {
        struct sema_member *m = s->block.at.at[i];
        struct sema_decl *d = m->kind == SEMA_M_FIELD ? m->decl : NULL;
        while (d && d->dims.n == 0 && !d->when && !d->at && !d->from &&
               d->type->kind == SEMA_ALIAS) {
            d = d->type->alias;
        }
        if (d && d->dims.n == 0 && !d->when && !d->at && !d->from && d->type->kind == SEMA_STRUCT &&
            contains_itself(d->type->of, state, through)) {
            *through = m;
            return true;
        }
    }
    state[s->id] = 2;
    return false;
}

/* Structs nest along declarations at most this deep; beyond it the walk above would be deep too. */
#define STRUCTS_MAX 65536u

void sema_layout(struct sema *sema, struct sema_schema *schema) {
    if (sema->structs.n > STRUCTS_MAX) {
        diag_report(sema->diags, DIAG_TOO_BIG,
                    schema->structs.n ? schema->structs.at[0]->span : span_none(),
                    "a schema has at most %u structs", STRUCTS_MAX);
        return;
    }
    uint8_t *state = arena_alloc(sema->arena, sema->structs.n + 1);
    for (uint32_t i = 0; i < sema->structs.n; i++) {
        struct sema_struct *s = sema->structs.at[i];
        struct sema_member *through = NULL;
        if (s->schema == schema && contains_itself(s, state, &through)) {
            diag_report(sema->diags, DIAG_CYCLE, through ? through->span : s->span,
                        "struct '%s' always contains itself: it would never end",
                        s->name ? s->name : "(in place)");
            return;
        }
    }
    for (uint32_t i = 0; i < sema->structs.n; i++) {
        if (sema->structs.at[i]->schema == schema) {
            sema_struct_bits(sema, sema->structs.at[i]);
        }
    }
    for (uint32_t i = 0; i < sema->decls.n; i++) {
        sema_decl_bits(sema, sema->decls.at[i]);
    }
}
