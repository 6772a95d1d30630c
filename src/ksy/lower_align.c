#include "config.h"

#include "ksy/lower_internal.h"

/* Where in a byte things begin. Kaitai steps to a whole byte in front of all that is not bits; here `align 1` says so,
 * so it must be known where bits may be left over: through nested types, too. */

/* The rounds until nothing changes; a specification that needs more has its types begin anywhere. */
#define ROUNDS_MAX 64u

/* How far it is looked from the first field of a type into the type of that. */
#define FIRSTS_MAX 64u

/* The rounds after which a type whose end still changes ends anywhere. */
#define ROUNDS_PLAIN 4u

static bool is_bits(const struct ksy_use *use) {
    return use->type && (use->type->kind == KSY_T_BITS ||
                         (use->type->kind == KSY_T_BOOL && use->type->bits > 0));
}

static bool is_struct(const struct ksy_use *use) {
    return use->type && use->type->kind == KSY_T_STRUCT;
}

bool lower_is_apart(const struct ksy_attr *attr) {
    return attr->size || attr->size_eos || attr->terminator >= 0 ||
           attr->process != KSY_PROCESS_NONE;
}

static bool starts_whole(const struct ksy_attr *attr, unsigned depth);

/* Whether a value of a type always starts on a whole byte. */
static bool use_is_whole(const struct ksy_use *use, unsigned depth) {
    if (!is_struct(use)) {
        return !is_bits(use);
    }
    const struct ksy_class *class = use->type->class;
    return class && class->seq.n > 0 && depth < FIRSTS_MAX && !class->seq.at[0]->condition &&
           starts_whole(class->seq.at[0], depth + 1);
}

static bool starts_whole(const struct ksy_attr *attr, unsigned depth) {
    if (attr->has_contents || lower_is_apart(attr)) {
        return !is_bits(&attr->use);
    }
    if (!attr->switch_on) {
        return use_is_whole(&attr->use, depth);
    }
    bool whole = false;
    for (uint32_t i = 0; i < attr->cases.n; i++) {
        const struct ksy_use *use = &attr->cases.at[i].use;
        if (is_bits(use)) {
            return false;
        }
        whole = whole || use_is_whole(use, depth);
    }
    return whole;
}

bool lower_attr_is_whole(const struct ksy_attr *attr) {
    return starts_whole(attr, 0);
}

static uint8_t meet(uint8_t a, uint8_t b) {
    return a == b ? a : LOWER_BITS_VARY;
}

/* Notes that a class begins with so many bits taken; where they stand behind it. */
static uint8_t through_class(struct lower *low, const struct ksy_class *class, uint8_t bits) {
    struct lower_class *entry = class ? lower_class_of(low, class) : NULL;
    if (!entry) {
        return 0;
    }
    entry->bits_in = entry->reached ? meet(entry->bits_in, bits) : bits;
    entry->reached = true;
    return entry->bits_out;
}

static uint8_t through_use(struct lower *low, const struct ksy_attr *attr,
                           const struct ksy_use *use, uint8_t bits) {
    if (is_bits(use)) {
        return bits == LOWER_BITS_VARY ? bits : (uint8_t)((bits + use->type->bits) % 8);
    }
    if (is_struct(use)) {
        return through_class(low, use->type->class, lower_is_apart(attr) ? 0 : bits);
    }
    return 0;
}

static uint8_t through_value(struct lower *low, const struct ksy_attr *attr, uint8_t bits) {
    bits = lower_attr_is_whole(attr) ? 0 : bits;
    if (!attr->switch_on) {
        return through_use(low, attr, &attr->use, bits);
    }
    uint8_t all = bits; /* no case */
    for (uint32_t i = 0; i < attr->cases.n; i++) {
        uint8_t one = through_use(low, attr, &attr->cases.at[i].use, bits);
        all = i == 0 && lower_attr_is_whole(attr) ? one : meet(all, one);
    }
    return all;
}

uint8_t lower_attr_bits_after(struct lower *low, const struct ksy_attr *attr, uint8_t bits) {
    uint8_t after = through_value(low, attr, bits);
    bool fixed = attr->repeat == KSY_REPEAT_EXPR && attr->repeat_expr->kind == KSY_INT &&
                 is_bits(&attr->use) && bits != LOWER_BITS_VARY;
    if (fixed) {
        unsigned n = (unsigned)(attr->repeat_expr->integer & 7);
        after = (uint8_t)((bits + n * attr->use.type->bits) % 8);
    } else if (attr->repeat != KSY_REPEAT_NONE && after != bits && !lower_attr_is_whole(attr)) {
        after = through_value(low, attr, LOWER_BITS_VARY);
        after = meet(after, bits);
    }
    return attr->condition ? meet(bits, after) : after;
}

/* Goes through a class; whether it ends elsewhere than was thought. */
static bool pass(struct lower *low, struct lower_class *entry, bool widen) {
    const struct ksy_class *class = entry->class;
    uint8_t bits = entry->bits_in;
    for (uint32_t i = 0; i < class->seq.n; i++) {
        bits = lower_attr_bits_after(low, class->seq.at[i], bits);
    }
    for (uint32_t i = 0; i < class->instances.n; i++) {
        if (class->instances.at[i]->kind == KSY_PARSE_INSTANCE) {
            lower_attr_bits_after(low, class->instances.at[i], 0);
        }
    }
    bool changed = entry->bits_out != bits;
    entry->bits_out = changed && widen ? LOWER_BITS_VARY : bits;
    return changed;
}

void lower_align_classes(struct lower *low) {
    bool changed = true;
    for (uint32_t round = 0; changed && round < ROUNDS_MAX; round++) {
        changed = false;
        for (uint32_t i = low->all.n; i-- > 0;) {
            struct lower_class *entry = low->all.at[i];
            uint8_t in = entry->bits_in;
            changed = pass(low, entry, round >= ROUNDS_PLAIN) || changed;
            changed = entry->bits_in != in || changed;
        }
    }
    for (uint32_t i = 0; changed && i < low->all.n; i++) {
        low->all.at[i]->bits_in = LOWER_BITS_VARY;
    }
}
