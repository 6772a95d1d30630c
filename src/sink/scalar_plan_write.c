#include "config.h"

#include <string.h>

#include "base/jsontext.h"
#include "base/number.h"
#include "base/numtext.h"
#include "base/text16.h"
#include "sink/scalar_plan.h"
#include "sink/scalar_step.h"

/* Elements by their plans. */

/* And texts from the data by so many, where they can be. */
#define MANY (2 * SCALAR_CHUNK)

/* What len is of a label that was looked for, of a value without a name. */
#define NO_LABEL UINT32_MAX

static void finish_label(struct scalar_plans *plans, const struct program *program,
                         const struct scalar_step *step, uint64_t i) {
    const struct program_enum *e = &program->enums.at[step->names];
    struct scalar_label *label = &step->labels[i];
    uint32_t item = program->dense.at[e->dense + i];
    if (item == 0) {
        label->len = NO_LABEL;
        return;
    }
    struct bytes name = program_text(program, program->items.at[e->first + item - 1].name);
    char *text = arena_alloc(&plans->arena, SCALAR_TEXT_ROOM(name.len) + SCALAR_CHUNK);
    label->len = (uint32_t)(scalar_text(text, name, plans->dialect) - text);
    label->text = text;
}

/* The text of a value; NULL where it has none. */
static inline const struct scalar_label *label_of(struct scalar_plans *plans,
                                                  const struct scalar_plan *plan,
                                                  const struct scalar_step *step, int64_t value) {
    uint64_t i = (uint64_t)value - (uint64_t)step->label_low;
    if (i >= step->label_count) {
        return NULL;
    }
    if (step->labels[i].len == 0) {
        finish_label(plans, plan->program, step, i);
    }
    return step->labels[i].text ? &step->labels[i] : NULL;
}

static inline char *put_chunks(char *out, const char *text, uint32_t len) {
    memcpy(out, text, SCALAR_CHUNK);
    if (len > SCALAR_CHUNK) {
        memcpy(out + SCALAR_CHUNK, text + SCALAR_CHUNK, len - SCALAR_CHUNK);
    }
    return out + len;
}

static inline char *put_lead(char *out, const struct scalar_step *step) {
    memcpy(out, step->lead, sizeof step->lead);
    if (step->lead_len > sizeof step->lead) {
        memcpy(out, step->whole, step->lead_len);
    }
    return out + step->lead_len;
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* The high bit of each byte of w that is '"', `mark` or no printable ASCII; above the first such
 * byte, of others too. */
static inline uint64_t special(uint64_t w, char mark) {
    uint64_t quote = w ^ EACH('"'), other = w ^ EACH((unsigned char)mark), del = w ^ EACH(0x7f);
    return (w | (w - EACH(0x20)) | (quote - EACH(1)) | (other - EACH(1)) | (del - EACH(1))) &
           EACH(0x80);
}

/* Copies text up to what may not stand as it is: how much of it is returned. Eight bytes at a time, the last ones with some of those
 * before. */
__attribute__((always_inline)) static inline size_t put_plain(char *out, const uint8_t *at,
                                                              size_t len, char mark) {
    size_t i = 0;
    for (; len - i >= 8; i += 8) {
        uint64_t found = special(number_load64(at + i, false), mark);
        memcpy(out + i, at + i, 8);
        if (found) {
            return i + (size_t)__builtin_ctzll(found) / 8;
        }
    }
    if (i > 0 && i < len) { /* the zeros that come in from above are special */
        uint64_t found = special(number_load64(at + len - 8, false) >> 8 * (8 - (len - i)), mark);
        memcpy(out + len - 8, at + len - 8, 8);
        return i + (size_t)__builtin_ctzll(found) / 8;
    }
    while (i < len && at[i] >= 0x20 && at[i] < 0x7f && at[i] != '"' && at[i] != mark) {
        out[i] = (char)at[i];
        i++;
    }
    return i;
}

/* The same by 32 or 16 bytes, where so many can be read, which are those in front of `safe`. How long a text is is hard to
 * foresee: short ones take no jump that depends on it. */
__attribute__((always_inline)) static inline size_t
put_plain_by_many(char *out, const uint8_t *at, size_t len, char mark, const uint8_t *safe) {
    size_t i = 0;
    while (safe - at >= (ptrdiff_t)(i + MANY)) {
        text16 a = text16_load(at + i), b = text16_load(at + i + SCALAR_CHUNK);
        text16_store(out + i, a);
        text16_store(out + i + SCALAR_CHUNK, b);
        uint64_t found = text16_special(a, mark) | (uint64_t)text16_special(b, mark)
                                                       << SCALAR_CHUNK;
        if (len - i <= MANY) {
            return i + (size_t)__builtin_ctzll(found | UINT64_C(1) << (len - i));
        }
        if (found) {
            return i + (size_t)__builtin_ctzll(found);
        }
        i += MANY;
    }
    if (len <= SCALAR_CHUNK && safe - at >= (ptrdiff_t)SCALAR_CHUNK) {
        text16 a = text16_load(at);
        text16_store(out, a);
        return (size_t)__builtin_ctz(text16_special(a, mark) | 1u << len);
    }
    return i + put_plain(out + i, at + i, len - i, mark);
}

/* A text that may be odd: what is, is noted, and not written. */
static bool is_odd(struct scalar_plans *plans, const struct scalar_step *step, struct bytes raw) {
    plans->odd = plans->odd || !encoding_is_fine(step->encoding, step->cut, raw, &plans->scratch);
    return plans->odd;
}

/* Text that is not plain. In JSON it is seen while it is written whether it is UTF-8. */
static char *put_other_text(struct scalar_plans *plans, const struct scalar_plan *plan,
                            const struct scalar_step *step, struct bytes raw, char *out) {
    struct bytes shown = step->cut ? encoding_cut(step->encoding, raw) : raw;
    if (plan->dialect == SCALAR_CSV) {
        return plans->looks && is_odd(plans, step, raw) ? out
                                                        : scalar_text(out, shown, plan->dialect);
    }
    bool bad = step->cut && plans->looks && encoding_behind(raw, shown.len) != ENCODING_FINE;
    char *end = jsontext_string(out, shown, &bad);
    plans->odd = plans->odd || (plans->looks && bad);
    return end;
}

/* Text; mostly it is plain. safe: no byte from there on may be read. */
static inline char *put_text(struct scalar_plans *plans, const struct scalar_plan *plan,
                             const struct scalar_step *step, const uint8_t *at, size_t len,
                             const uint8_t *safe, char *out) {
    bool json = plan->dialect == SCALAR_JSON;
    *out = '"';
    size_t i = json ? put_plain_by_many(out + 1, at, len, '\\', safe)
                    : put_plain_by_many(out, at, len, ',', safe);
    if (i < len && !(step->cut && at[i] == 0 &&
                     (!plans->looks || encoding_behind(bytes_of(at, len), i) == ENCODING_FINE))) {
        return put_other_text(plans, plan, step, bytes_of(at, len), out);
    }
    out += json + i;
    *out = '"';
    return out + json;
}

static char *put_bytes(char *out, const uint8_t *at, size_t len, enum scalar_dialect dialect) {
    if (dialect == SCALAR_CSV) {
        return jsontext_hex(out, bytes_of(at, len));
    }
    *out++ = '"';
    out = jsontext_hex(out, bytes_of(at, len));
    *out++ = '"';
    return out;
}

static uint128 load_wide(const struct scalar_step *step, const uint8_t *base) {
    return step->len ? number_load128(base + step->at, (unsigned)step->len, step->big)
                     : number_bits(base, step->at, step->bits, step->big);
}

static int64_t load_int(const struct scalar_step *step, const uint8_t *at) {
    uint64_t v = number_load(at, (unsigned)step->len, step->big);
    unsigned above = 64 - 8 * (unsigned)step->len;
    return (int64_t)(v << above) >> above;
}

static char *put_wide(char *out, const struct scalar_plan *plan, const struct scalar_step *step,
                      const uint8_t *base) {
    uint128 raw = load_wide(step, base);
    if (step->kind == STEP_BOOL) {
        memcpy(out, raw ? "true" : "false", 5);
        return out + (raw ? 4 : 5);
    }
    int128 value = step->is_signed ? number_sign(raw, step->bits) : (int128)raw;
    if (step->kind == STEP_NAMED) {
        return scalar_named(out, plan->program, step->names, value, plan->dialect);
    }
    return step->is_signed ? scalar_int(out, value, plan->dialect)
                           : scalar_uint(out, raw, plan->dialect);
}

static char *put_label(char *out, struct scalar_plans *plans, const struct scalar_plan *plan,
                       const struct scalar_step *step, const uint8_t *at) {
    uint64_t raw = number_load(at, (unsigned)step->len, step->big);
    int64_t value = step->is_signed ? load_int(step, at) : (int64_t)raw;
    bool beyond = !step->is_signed && raw > INT64_MAX; /* where no label is */
    const struct scalar_label *label = beyond ? NULL : label_of(plans, plan, step, value);
    if (label) {
        return put_chunks(out, label->text, label->len);
    }
    return step->is_signed ? numtext_int(out, value) : numtext_uint(out, raw);
}

static inline unsigned load_bits(const struct scalar_step *step, const uint8_t *base) {
    return base[step->at / 8] >> step->shift & ((1u << step->bits) - 1);
}

static char *put_bits_label(char *out, struct scalar_plans *plans, const struct scalar_plan *plan,
                            const struct scalar_step *step, const uint8_t *base) {
    unsigned value = load_bits(step, base);
    const struct scalar_label *label = label_of(plans, plan, step, value);
    return label ? put_chunks(out, label->text, label->len) : numtext_small(out, value);
}

static char *put_float80(char *out, const struct scalar_step *step, const uint8_t *at,
                         enum scalar_dialect dialect) {
    uint8_t le[10];
    for (unsigned i = 0; i < sizeof le; i++) {
        le[i] = at[step->big ? sizeof le - 1 - i : i];
    }
    return scalar_double(out, number_float80(le), dialect);
}

static char *put_half(char *out, const struct scalar_step *step, const uint8_t *at,
                      enum scalar_dialect dialect) {
    uint16_t raw = (uint16_t)number_load16(at, step->big);
    return scalar_float(
        out, (float)(step->kind == STEP_FLOAT16 ? number_half(raw) : number_bfloat(raw)), dialect);
}

static inline char *put_float(char *out, const struct scalar_step *step, const uint8_t *at,
                              enum scalar_dialect dialect) {
    uint32_t bits = (uint32_t)number_load32(at, step->big);
    float value;
    memcpy(&value, &bits, sizeof value);
    return (bits >> 23 & 0xff) == 0xff ? scalar_float(out, value, dialect)
                                       : numtext_float(out, value);
}

static inline char *put_double(char *out, const struct scalar_step *step, const uint8_t *at,
                               enum scalar_dialect dialect) {
    uint64_t bits = number_load64(at, step->big);
    double value;
    memcpy(&value, &bits, sizeof value);
    return (bits >> 52 & 0x7ff) == 0x7ff ? scalar_double(out, value, dialect)
                                         : numtext_double(out, value);
}

/* Where an element lies. */
struct place {
    const uint8_t *base;
    const uint64_t *ends; /* of its stretches; of one: its own */
    const uint8_t *safe;  /* no byte from there on may be read */
};

static struct bytes raw_of(const struct scalar_step *step, const struct place *place) {
    uint64_t start = step->in ? place->ends[step->in - 1] : 0;
    bool rest = step->kind == STEP_TO_END_TEXT || step->kind == STEP_TO_END;
    uint64_t len = rest ? place->ends[step->in] - start - step->at : step->len;
    return bytes_of(place->base + start + step->at, len);
}

/* Whether a text of the element is odd, that of the step or one behind it. */
static bool are_odd(struct scalar_plans *plans, const struct scalar_plan *plan,
                    const struct scalar_step *step, const struct place *place) {
    for (; step < plan->steps + plan->n && !plans->odd; step++) {
        if (step->encoding) {
            is_odd(plans, step, raw_of(step, place));
        }
    }
    return plans->odd;
}

/* What does not fit the element's room, or can't be told from its size. Some of the element may go out with it. */
static char *put_pieces(struct scalar_plans *plans, const struct scalar_plan *plan,
                        const struct scalar_step *step, const struct place *place, char *end) {
    if (plans->looks && are_odd(plans, plan, step, place)) {
        return end;
    }
    plans->looks = false; /* all have been looked at */
    struct out *out = plans->out;
    struct bytes raw = raw_of(step, place);
    out->len = (size_t)(end - out->at);
    if (!step->encoding) {
        scalar_put_bytes(out, raw, plan->dialect);
    } else {
        size_t bad;
        raw = step->cut ? encoding_cut(step->encoding, raw) : raw;
        scalar_put_text(out, encoding_decode(step->encoding, &plans->scratch, raw, &bad),
                        plan->dialect);
    }
    return out_room(out, plan->room);
}

/* A text that JSON has as it is, of the element at hand. */
static char *put_placed(struct scalar_plans *plans, const struct scalar_plan *plan, char *out) {
    struct bytes text = *plans->texts;
    plans->out->len = (size_t)(out - plans->out->at);
    out = out_room(plans->out, text.len + 2 + plan->room);
    *out++ = '"';
    memcpy(out, text.at, text.len);
    out[text.len] = '"';
    return out + text.len + 1;
}

/* A run of so many bytes. */
static inline char *put_run(struct scalar_plans *plans, const struct scalar_plan *plan,
                            const struct scalar_step *step, const struct place *place, char *out) {
    struct bytes raw = raw_of(step, place);
    if (raw.len > SCALAR_PIECE || (step->encoding && step->kind != STEP_TO_END_TEXT)) {
        return put_pieces(plans, plan, step, place, out);
    }
    return step->kind == STEP_TO_END_TEXT
               ? put_text(plans, plan, step, raw.at, raw.len, place->safe, out)
               : put_bytes(out, raw.at, raw.len, plan->dialect);
}

/* The value of a step. runs: the element may have several stretches. */
__attribute__((always_inline)) static inline char *
put_value(struct scalar_plans *plans, const struct scalar_plan *plan,
          const struct scalar_step *step, const struct place *place, bool runs, char *out) {
    const uint8_t *base = place->base + (runs && step->in ? place->ends[step->in - 1] : 0);
    const uint8_t *at = base + step->at;
    switch ((enum step_kind)step->kind) {
    case STEP_UINT8:
        return numtext_small(out, *at);
    case STEP_UINT16:
        return numtext_uint(out, number_load16(at, false));
    case STEP_UINT32:
        return numtext_uint(out, number_load32(at, false));
    case STEP_UINT64:
        return numtext_uint(out, number_load64(at, false));
    case STEP_UINT16_BIG:
        return numtext_uint(out, number_load16(at, true));
    case STEP_UINT32_BIG:
        return numtext_uint(out, number_load32(at, true));
    case STEP_UINT64_BIG:
        return numtext_uint(out, number_load64(at, true));
    case STEP_UINT:
        return numtext_uint(out, number_load(at, (unsigned)step->len, step->big));
    case STEP_INT8:
        return numtext_int(out, (int8_t)*at);
    case STEP_INT16:
        return numtext_int(out, (int16_t)number_load16(at, false));
    case STEP_INT32:
        return numtext_int(out, (int32_t)number_load32(at, false));
    case STEP_INT64:
        return numtext_int(out, (int64_t)number_load64(at, false));
    case STEP_INT:
        return numtext_int(out, load_int(step, at));
    case STEP_LABEL:
        return put_label(out, plans, plan, step, at);
    case STEP_BITS:
        return numtext_small(out, load_bits(step, base));
    case STEP_BITS_LABEL:
        return put_bits_label(out, plans, plan, step, base);
    case STEP_FLOAT16:
    case STEP_BFLOAT16:
        return put_half(out, step, at, plan->dialect);
    case STEP_FLOAT32:
        return put_float(out, step, at, plan->dialect);
    case STEP_FLOAT64:
        return put_double(out, step, at, plan->dialect);
    case STEP_FLOAT80:
        return put_float80(out, step, at, plan->dialect);
    case STEP_TEXT:
        return put_text(plans, plan, step, at, step->len, place->safe, out);
    case STEP_BYTES:
        return put_bytes(out, at, step->len, plan->dialect);
    case STEP_WIDE:
    case STEP_BOOL:
    case STEP_NAMED:
        return put_wide(out, plan, step, base);
    case STEP_PLACED:
        return put_placed(plans, plan, out);
    case STEP_TO_END_TEXT:
    case STEP_TO_END:
        return put_run(plans, plan, step, place, out);
    case STEP_PIECES:
    case STEP_RUN:
        break;
    }
    return put_pieces(plans, plan, step, place, out);
}

/* An element, to where there is room for it. */
__attribute__((always_inline)) static inline char *put_element(struct scalar_plans *plans,
                                                               const struct scalar_plan *plan,
                                                               const struct place *place, bool runs,
                                                               char *to) {
    const struct scalar_step *end = plan->steps + plan->n;
    for (const struct scalar_step *step = plan->steps; step < end; step++) {
        to = put_lead(to, step);
        to = put_value(plans, plan, step, place, runs, to);
    }
    return put_chunks(to, plan->tail, plan->tail_len);
}

/* One with runs, all of which is there. safe: NULL, or no byte from there on may be read. */
static char *put_with_runs(struct scalar_plans *plans, const struct scalar_plan *plan,
                           const uint8_t *base, const uint8_t *safe, char *to) {
    uint64_t ends[PROGRAM_STRETCHES_MAX];
    const uint8_t *end = base + vm_hop_ends(&plan->hop, base, 0, INT64_MAX, ends);
    struct place place = {base, ends, safe ? safe : end};
    return put_element(plans, plan, &place, true, to);
}

/* Blocks of a plan, or (NULL) each of that of its block. */
__attribute__((always_inline)) static inline void write_all(struct scalar_plans *plans,
                                                            const struct scalar_plan *plan,
                                                            const struct vm_blocks *b, char between,
                                                            char behind) {
    struct out *out = plans->out;
    plans->looks = plans->odd = false;
    for (uint32_t i = 0; i < b->n; i++) {
        const struct scalar_plan *own =
            plan ? plan : scalar_plan_get(plans, b->program, b->of[i], &b->ambient);
        char *to = out_room(out, own->room);
        *to = between;
        to += i > 0 && between;
        if (own->runs) {
            to = put_with_runs(plans, own, b->at[i], b->safe, to);
        } else {
            struct place place = {b->at[i], NULL, b->safe ? b->safe : b->at[i] + own->size};
            to = put_element(plans, own, &place, false, to);
        }
        *to = behind;
        to += behind != '\0';
        out->len = (size_t)(to - out->at);
        if (plans->texts) {
            plans->texts++;
        }
    }
}

void scalar_plan_write(struct scalar_plans *plans, const struct scalar_plan *plan,
                       const struct vm_blocks *blocks, char between, char behind) {
    write_all(plans, plan, blocks, between, behind);
}

void scalar_plan_write_blocks(struct scalar_plans *plans, const struct vm_blocks *blocks,
                              char between, char behind) {
    const struct scalar_plan *plan =
        blocks->block ? scalar_plan_get(plans, blocks->program, blocks->block, &blocks->ambient)
                      : NULL;
    if (plan) {
        write_all(plans, plan, blocks, between, behind);
    } else {
        write_all(plans, NULL, blocks, between, behind);
    }
}

uint64_t scalar_plan_write_flats(struct scalar_plans *plans, struct vm_flats *way, char between,
                                 char behind, bool first) {
    struct out *out = plans->out;
    const struct scalar_plan **known = scalar_plans_known(plans, way->program, &way->ambient);
    struct vm_flats w = *way;
    const struct vm_flat_kind *kind;
    uint64_t ends[PROGRAM_STRETCHES_MAX], end;
    struct place place = {NULL, ends, w.data + w.limit};
    size_t in_front = between && !first, after = behind != '\0';
    plans->odd = false;
    while ((kind = vm_flats_find(&w, &end)) != NULL) {
        const struct scalar_plan *plan = known[kind->id];
        plan = plan ? plan : scalar_plan_get(plans, w.program, kind->block, &w.ambient);
        place.base = w.data + w.at;
        plans->looks = true;
        ends[0] = end - w.at;
        if (kind->hop.n > 1) {
            vm_hop_ends(&kind->hop, place.base, 0, INT64_MAX, ends);
        }
        char *to = out_room(out, plan->room);
        *to = between;
        to = put_element(plans, plan, &place, true, to + in_front);
        if (plans->odd) {
            break;
        }
        *to = behind;
        out->len = (size_t)(to + after - out->at);
        in_front = between != '\0';
        vm_flats_take(&w, end);
    }
    uint64_t n = way->left - w.left;
    *way = w;
    return n;
}

bool scalar_plan_is_fine(struct scalar_plans *plans, const struct scalar_plan *plan,
                         const uint8_t *base) {
    uint64_t ends[PROGRAM_STRETCHES_MAX];
    struct place place = {base, ends, base};
    vm_hop_ends(&plan->hop, base, 0, INT64_MAX, ends);
    plans->odd = false;
    return !are_odd(plans, plan, plan->steps, &place);
}

void scalar_plan_write_one(struct scalar_plans *plans, const struct scalar_plan *plan,
                           uint32_t step, const uint8_t *base) {
    uint64_t ends[PROGRAM_STRETCHES_MAX];
    struct place place = {base, ends, base};
    plans->looks = plans->odd = false;
    vm_hop_ends(&plan->hop, base, 0, INT64_MAX, ends);
    char *at = out_room(plans->out, plan->room);
    at = put_value(plans, plan, &plan->steps[step], &place, true, at);
    plans->out->len = (size_t)(at - plans->out->at);
}

static struct vm_value int_value(const struct scalar_step *step, const struct program_type *type,
                                 const uint8_t *base) {
    uint128 raw = load_wide(step, base);
    if (type->is_bool) {
        return vm_bool(raw != 0);
    }
    struct vm_value value = vm_int(type->is_signed ? number_sign(raw, step->bits) : (int128)raw);
    value.names = type->names;
    value.kind = !type->is_signed && value.integer < 0 ? VM_WIDE : VM_INT;
    return value;
}

static double real_value(const struct scalar_step *step, const uint8_t *at) {
    uint8_t le[10] = {0};
    float single;
    double value;
    for (unsigned i = 0; i < step->len; i++) {
        le[i] = at[step->big ? step->len - 1 - i : i];
    }
    if (step->kind == STEP_FLOAT80) {
        return number_float80(le);
    }
    uint64_t bits = number_load64(le, false);
    uint32_t low = (uint32_t)bits;
    memcpy(&single, &low, sizeof single);
    memcpy(&value, &bits, sizeof value);
    return step->kind == STEP_BFLOAT16  ? number_bfloat((uint16_t)bits)
           : step->kind == STEP_FLOAT16 ? number_half((uint16_t)bits)
           : step->kind == STEP_FLOAT32 ? (double)single
                                        : value;
}

struct vm_value scalar_plan_value(struct scalar_plans *plans, const struct scalar_plan *plan,
                                  uint32_t step, const struct program_type *type,
                                  const uint8_t *base) {
    const struct scalar_step *s = &plan->steps[step];
    struct vm_value value = vm_absent();
    switch ((enum type_kind)type->kind) {
    case TYPE_INT:
        return int_value(s, type, base);
    case TYPE_FLOAT:
        return vm_float(real_value(s, base + s->at));
    case TYPE_TEXT: {
        size_t bad;
        value.kind = VM_TEXT;
        value.raw = value.bytes = bytes_of(base + s->at, s->len);
        if (s->cut) {
            value.bytes = encoding_cut(s->encoding, value.raw);
        }
        value.bytes = encoding_decode(s->encoding, &plans->scratch, value.bytes, &bad);
        break;
    }
    case TYPE_BYTES:
        value.kind = VM_BYTES;
        value.bytes = bytes_of(base + s->at, s->len);
        break;
    case TYPE_VARINT:
    case TYPE_CODED:
    case TYPE_STRUCT:
    case TYPE_ARRAY:
        break;
    }
    return value;
}
