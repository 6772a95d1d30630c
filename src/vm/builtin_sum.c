#include "config.h"

#include "base/crc.h"
#include "base/mem.h"
#include "vm/builtin.h"

/* Checksums that are numbers: CRCs, sums of words, Fletcher's and its kin. */

/* Tables are made when a polynomial is first asked for, and kept for the run: checks come in thousands. */
static const struct crc_table *table_of(struct vm *vm, const struct crc_model *model) {
    struct crc_table **slot = NULL;
    for (uint32_t i = 0; i < VM_CRC_TABLES; i++) {
        slot = &vm->crc_tables[i];
        if (!*slot || crc_table_is(*slot, model)) {
            break;
        }
    }
    if (!*slot || !crc_table_is(*slot, model)) { /* none is free: the last one makes room */
        *slot = *slot ? *slot : mem_alloc(sizeof **slot);
        crc_table_make(*slot, model);
    }
    return *slot;
}

struct crc_state {
    const struct crc_table *table;
    uint64_t reg;
};

static void take_crc(void *at, struct bytes piece) {
    struct crc_state *s = at;
    s->reg = crc_update(s->table, s->reg, piece);
}

static bool call_crc(struct builtin_call *c, const struct crc_model *model, uint32_t first) {
    struct crc_state s = {table_of(c->vm, model), crc_begin(model)};
    bool ok = builtin_each_piece(c, first, take_crc, &s);
    *c->out = vm_int((int128)crc_end(model, s.reg));
    return ok;
}

#define CRC(name, text, width, poly, init, reflect, xorout, check, about)                          \
    bool builtin_call_##text(struct builtin_call *c) {                                             \
        return call_crc(c, crc_named(CRC_##name), 0);                                              \
    }
#include "base/crc.def"
#undef CRC

/* crc(width, poly, init[, reflect, xorout], data…) */
bool builtin_call_crc(struct builtin_call *c) {
    int128 width = 0, poly = 0, init = 0, xorout = 0;
    struct crc_model model = {0};
    uint32_t first = 3;
    if (!builtin_want_int(c, 0, 1, 64, &width) || !builtin_want_int(c, 1, 0, UINT64_MAX, &poly) ||
        !builtin_want_int(c, 2, 0, UINT64_MAX, &init)) {
        return false;
    }
    if (c->n > 5 && c->args[3].kind == VM_BOOL) {
        model.reflect = c->args[3].boolean;
        first = 5;
        if (!builtin_want_int(c, 4, 0, UINT64_MAX, &xorout)) {
            return false;
        }
    }
    uint64_t mask = UINT64_MAX >> (64 - (unsigned)width);
    model.width = (unsigned)width;
    model.poly = (uint64_t)poly & mask;
    model.init = (uint64_t)init & mask;
    model.xorout = (uint64_t)xorout;
    return call_crc(c, &model, first);
}

/* Words of 1, 2 or 4 bytes, added up; the last one filled up with zeros. */
struct word_state {
    unsigned width; /* bytes */
    bool big;
    bool twice;    /* the sums are added up, too, both modulo mod */
    uint64_t mod;  /* with twice */
    uint64_t word; /* begun, of so many bytes */
    unsigned have;
    unsigned added; /* words since the last division */
    uint128 sum, sums;
};

/* So many words can be added before a division without the sums leaving 64 bits. */
#define WORDS_A_DIVISION (1u << 14)

static void divide(struct word_state *s) {
    s->sum = (uint64_t)s->sum % s->mod;
    s->sums = (uint64_t)s->sums % s->mod;
    s->added = 0;
}

static void add_word(struct word_state *s) {
    s->sum += s->word;
    s->word = 0;
    s->have = 0;
    if (s->twice) {
        s->sums += s->sum;
        if (++s->added == WORDS_A_DIVISION) {
            divide(s);
        }
    }
}

static void take_words(void *at, struct bytes piece) {
    struct word_state *s = at;
    for (size_t i = 0; i < piece.len; i++) {
        unsigned up = s->big ? s->width - 1 - s->have : s->have;
        s->word |= (uint64_t)piece.at[i] << up * 8;
        if (++s->have == s->width) {
            add_word(s);
        }
    }
}

static bool add_words(struct builtin_call *c, struct word_state *s) {
    bool ok = builtin_each_piece(c, 0, take_words, s);
    if (s->have) {
        add_word(s);
    }
    *c->out = vm_int((int128)s->sum);
    return ok;
}

bool builtin_call_bytesum(struct builtin_call *c) {
    return add_words(c, &(struct word_state){.width = 1});
}

bool builtin_call_sum16le(struct builtin_call *c) {
    return add_words(c, &(struct word_state){.width = 2});
}

bool builtin_call_sum16be(struct builtin_call *c) {
    return add_words(c, &(struct word_state){.width = 2, .big = true});
}

bool builtin_call_sum32le(struct builtin_call *c) {
    return add_words(c, &(struct word_state){.width = 4});
}

bool builtin_call_sum32be(struct builtin_call *c) {
    return add_words(c, &(struct word_state){.width = 4, .big = true});
}

/* RFC 1071: the one's complement of the words' one's complement sum. */
bool builtin_call_inetsum(struct builtin_call *c) {
    struct word_state s = {.width = 2, .big = true};
    bool ok = add_words(c, &s);
    while (s.sum >> 16) {
        s.sum = (s.sum & 0xffff) + (s.sum >> 16);
    }
    *c->out = vm_int((int128)(~s.sum & 0xffff));
    return ok;
}

/* The sum of the words, and above it the sum of the sums. */
static bool sums_of_sums(struct builtin_call *c, unsigned width, uint64_t mod, uint64_t start,
                         unsigned bits) {
    struct word_state s = {.width = width, .twice = true, .mod = mod, .sum = start};
    bool ok = add_words(c, &s);
    divide(&s);
    *c->out = vm_int((int128)(s.sums << bits | s.sum));
    return ok;
}

bool builtin_call_fletcher16(struct builtin_call *c) {
    return sums_of_sums(c, 1, UINT8_MAX, 0, 8);
}

bool builtin_call_fletcher32(struct builtin_call *c) {
    return sums_of_sums(c, 2, UINT16_MAX, 0, 16);
}

bool builtin_call_fletcher64(struct builtin_call *c) {
    return sums_of_sums(c, 4, UINT32_MAX, 0, 32);
}

bool builtin_call_adler32(struct builtin_call *c) {
    return sums_of_sums(c, 1, 65521, 1, 16);
}

static void take_xor(void *state, struct bytes piece) {
    unsigned char *all = state;
    for (size_t i = 0; i < piece.len; i++) {
        *all ^= piece.at[i];
    }
}

bool builtin_call_xorsum(struct builtin_call *c) {
    unsigned char all = 0;
    bool ok = builtin_each_piece(c, 0, take_xor, &all);
    *c->out = vm_int(all);
    return ok;
}
