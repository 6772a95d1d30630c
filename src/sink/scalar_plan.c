#include "config.h"

#include "sink/scalar_plan.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "sink/scalar_step.h"

void scalar_plans_init(struct scalar_plans *plans, struct out *out, enum scalar_dialect dialect) {
    *plans = (struct scalar_plans){.dialect = dialect, .out = out, .encodings = encodings_new()};
}

void scalar_plans_free(struct scalar_plans *plans) {
    arena_free(&plans->arena);
    encodings_free(plans->encodings);
    buf_free(&plans->scratch);
    mem_free(plans->last);
}

/* making */

/* A copy that may be read to the next multiple of SCALAR_CHUNK. */
static char *padded(struct scalar_plans *plans, struct bytes text) {
    char *copy = arena_alloc(&plans->arena, (text.len / SCALAR_CHUNK + 1) * SCALAR_CHUNK);
    if (text.len) {
        memcpy(copy, text.at, text.len);
    }
    return copy;
}

/* Makes room for the texts of an enum by value, each of which is finished when it is first met; false when it has none
 * that fit. */
static bool plan_labels(struct scalar_plans *plans, const struct program *program,
                        struct scalar_step *step) {
    const struct program_enum *e = &program->enums.at[step->names];
    if (e->flags || e->dense_count == 0 || e->dense_low < INT64_MIN ||
        e->dense_low + e->dense_count > INT64_MAX) {
        return false;
    }
    step->label_low = (int64_t)e->dense_low;
    step->label_count = e->dense_count;
    step->labels = arena_array(&plans->arena, e->dense_count, sizeof *step->labels);
    return true;
}

static enum step_kind int_kind(const struct scalar_step *step) {
    bool s = step->is_signed, big = step->big;
    switch (step->bits) {
    case 8:
        return s ? STEP_INT8 : STEP_UINT8;
    case 16:
        return s ? (big ? STEP_INT : STEP_INT16) : (big ? STEP_UINT16_BIG : STEP_UINT16);
    case 32:
        return s ? (big ? STEP_INT : STEP_INT32) : (big ? STEP_UINT32_BIG : STEP_UINT32);
    case 64:
        return s ? (big ? STEP_INT : STEP_INT64) : (big ? STEP_UINT64_BIG : STEP_UINT64);
    default:
        return step->bits > 64 ? STEP_WIDE : s ? STEP_INT : STEP_UINT;
    }
}

static enum step_kind plan_int(struct scalar_plans *plans, const struct program *program,
                               const struct program_type *t, struct scalar_step *step) {
    step->is_signed = t->is_signed;
    if (t->is_bool) {
        return STEP_BOOL;
    }
    bool in_byte = t->packed && !t->is_signed && step->at % 8 + t->bits <= 8;
    if (in_byte) {
        step->shift = (uint8_t)(step->big ? 8 - step->at % 8 - t->bits : step->at % 8);
    }
    if (t->names == PROGRAM_NONE) {
        return in_byte ? STEP_BITS : t->packed ? STEP_WIDE : int_kind(step);
    }
    step->names = t->names;
    if (in_byte && plan_labels(plans, program, step)) {
        return STEP_BITS_LABEL;
    }
    return !t->packed && t->bits <= 64 && plan_labels(plans, program, step) ? STEP_LABEL
                                                                            : STEP_NAMED;
}

static enum step_kind float_kind(const struct program_type *t) {
    switch (t->bits) {
    case 16:
        return t->bfloat ? STEP_BFLOAT16 : STEP_FLOAT16;
    case 32:
        return STEP_FLOAT32;
    case 64:
        return STEP_FLOAT64;
    default:
        return STEP_FLOAT80;
    }
}

static enum step_kind plan_text(struct scalar_plans *plans, const struct program *program,
                                const struct program_type *t, const struct vm_ambient *ambient,
                                struct scalar_step *step) {
    assert(t->encoding != PROGRAM_NONE || ambient->encoding == 0);
    (void)ambient;
    step->encoding = encodings_find(plans->encodings, program_text(program, t->encoding));
    assert(step->encoding && "the machine gives such blocks field by field");
    step->cut = t->cut || t->nul_ended;
    bool utf8 = encoding_is_utf8(step->encoding);
    if (t->bit_size < 0) {
        return utf8 ? STEP_TO_END_TEXT : STEP_TO_END;
    }
    return step->len <= SCALAR_PIECE && utf8 ? STEP_TEXT : STEP_PIECES;
}

/* The most bytes that the value takes. */
static size_t room_of(const struct program *program, const struct scalar_step *step) {
    switch ((enum step_kind)step->kind) {
    case STEP_TEXT:
        return SCALAR_TEXT_ROOM(step->len);
    case STEP_BYTES:
        return 2 * step->len + 2;
    case STEP_LABEL:
    case STEP_BITS_LABEL:
    case STEP_NAMED:
        return scalar_named_room(program, step->names);
    case STEP_TO_END_TEXT:
        return SCALAR_TEXT_ROOM(SCALAR_PIECE);
    case STEP_TO_END:
        return 2 * SCALAR_PIECE + 2;
    case STEP_PIECES:
    case STEP_RUN:
    case STEP_PLACED:
        return 0;
    case STEP_UINT8:
    case STEP_UINT16:
    case STEP_UINT32:
    case STEP_UINT64:
    case STEP_UINT:
    case STEP_INT8:
    case STEP_INT16:
    case STEP_INT32:
    case STEP_INT64:
    case STEP_INT:
    case STEP_UINT16_BIG:
    case STEP_UINT32_BIG:
    case STEP_UINT64_BIG:
    case STEP_WIDE:
    case STEP_BITS:
    case STEP_BOOL:
    case STEP_FLOAT16:
    case STEP_BFLOAT16:
    case STEP_FLOAT32:
    case STEP_FLOAT64:
    case STEP_FLOAT80:
        break;
    }
    return SCALAR_NUMBER_ROOM;
}

static struct scalar_step plan_step(struct scalar_plans *plans, const struct program *program,
                                    const struct program_field *field,
                                    const struct vm_ambient *ambient) {
    const struct program_type *t = &program->types.at[field->type];
    struct scalar_step step = {.names = PROGRAM_NONE, .bits = t->bits};
    step.big = t->packed ? vm_msb_first(t, *ambient) : vm_big_endian(t, *ambient);
    step.at = t->packed ? field->bit_off : field->bit_off / 8;
    step.in = (uint8_t)field->stretch;
    step.len = t->packed || t->bit_size < 0 ? 0 : (uint64_t)t->bit_size / 8;
    switch ((enum type_kind)t->kind) {
    case TYPE_INT:
        step.kind = (uint8_t)plan_int(plans, program, t, &step);
        break;
    case TYPE_FLOAT:
        step.kind = (uint8_t)float_kind(t);
        break;
    case TYPE_TEXT:
        step.kind = (uint8_t)plan_text(plans, program, t, ambient, &step);
        break;
    case TYPE_BYTES:
        step.kind = t->bit_size < 0            ? STEP_TO_END
                    : step.len <= SCALAR_PIECE ? STEP_BYTES
                                               : STEP_RUN;
        break;
    case TYPE_VARINT:
    case TYPE_CODED:
    case TYPE_STRUCT:
    case TYPE_ARRAY:
        assert(false && "no value that stands in blocks");
        break;
    }
    return step;
}

/* What stands before the value of the step i, or (the last one) behind it. */
static struct bytes lead_of(struct scalar_plans *plans, const struct program *program,
                            uint32_t text, uint32_t i, bool last) {
    if (plans->dialect == SCALAR_CSV) {
        return bytes_text(i && !last ? "," : "");
    }
    if (!plans->names) {
        return program_text(program, text);
    }
    if (last) {
        return bytes_text("}");
    }
    struct bytes name = bytes_text(plans->names[i]);
    char *lead = arena_alloc(&plans->arena, SCALAR_TEXT_ROOM(name.len) + 2), *end = lead;
    *end++ = i ? ',' : '{';
    end = scalar_text(end, name, SCALAR_JSON);
    *end++ = ':';
    return bytes_of(lead, (size_t)(end - lead));
}

static const struct scalar_plan *make_plan(struct scalar_plans *plans,
                                           const struct program *program,
                                           const struct program_block *block,
                                           const struct vm_ambient *ambient) {
    struct scalar_plan *plan = arena_alloc(&plans->arena, sizeof *plan);
    plan->program = program;
    plan->dialect = plans->dialect;
    plan->runs = block->runs;
    plan->size = block->bit_size / 8;
    if (block->stretch_count) {
        vm_hop_set(&plan->hop, program, block->stretch_first, block->stretch_count, *ambient);
    }
    plan->steps = arena_array(&plans->arena, block->count, sizeof *plan->steps);
    plan->room = 6 * (size_t)SCALAR_CHUNK;
    for (uint32_t i = 0; i < block->count; i++) {
        const struct program_field *field = &program->fields.at[block->first + i];
        if (field->what != FIELD_VALUE && field->what != FIELD_PLACED) {
            continue;
        }
        struct scalar_step *step = &plan->steps[plan->n];
        *step = field->what == FIELD_PLACED ? (struct scalar_step){.kind = STEP_PLACED}
                                            : plan_step(plans, program, field, ambient);
        struct bytes lead = lead_of(plans, program, field->text, plan->n, false);
        step->whole = padded(plans, lead);
        step->lead_len = (uint32_t)lead.len;
        memcpy(step->lead, step->whole, sizeof step->lead);
        plan->room += lead.len + room_of(program, step) + SCALAR_CHUNK;
        plan->n++;
    }
    struct bytes tail = lead_of(plans, program, block->tail, plan->n, true);
    plan->tail = padded(plans, tail);
    plan->tail_len = (uint32_t)tail.len;
    plan->room += tail.len + SCALAR_CHUNK;
    return plan;
}

static const struct scalar_plan *find_plan(struct scalar_plans *plans,
                                           const struct program *program,
                                           const struct program_block *block,
                                           const struct vm_ambient *ambient, const void *key) {
    const struct scalar_plan *plan = map_get(&plans->map, block, key);
    if (!plan) {
        plan = make_plan(plans, program, block, ambient);
        union {
            const struct scalar_plan *plan;
            void *value;
        } entry = {.plan = plan};
        map_put(&plans->map, &plans->arena, block, key, entry.value);
    }
    return plan;
}

const struct scalar_plan **scalar_plans_known(struct scalar_plans *plans,
                                              const struct program *program,
                                              const struct vm_ambient *ambient) {
    /* what a plan depends on besides the block, as a pointer that nobody follows */
    const void *key = (const void *)(uintptr_t)(1u + ambient->endian + 4u * ambient->bitorder);
    if (plans->last_program != program || plans->last_key != key) {
        size_t n = program->blocks.n;
        plans->last = mem_realloc(plans->last, n + 1, sizeof *plans->last);
        memset(plans->last, 0, (n + 1) * sizeof *plans->last);
        plans->last_program = program;
        plans->last_key = key;
    }
    return plans->last;
}

const struct scalar_plan *scalar_plan_get(struct scalar_plans *plans, const struct program *program,
                                          const struct program_block *block,
                                          const struct vm_ambient *ambient) {
    const struct scalar_plan **known =
        scalar_plans_known(plans, program, ambient) + (block - program->blocks.at);
    if (!*known) {
        *known = find_plan(plans, program, block, ambient, plans->last_key);
    }
    return *known;
}
