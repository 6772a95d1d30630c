#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "vm/lane.h"
#include "vm/machine.h"

/* Scans: in a walk over structs of one size, those whose numbers can't be wanted are passed over in one go, without a look
 * at anything else. Of structs that the walk hops over, what they begin with is copied side by side first. Elements that are not whole
 * are left to the walk. */

/* Elements between two looks at what else there is to do. */
#define CHUNK 65536u

/* Bytes that elements begin with which are copied, at most. */
#define HEAD_MAX 256u

/* How many whole elements there are from the one at hand on; 0 where they can't be scanned. */
static uint64_t whole_ahead(const struct vm *vm, const struct vm_ctl *c) {
    const struct vm_value *array = &c->list;
    if (array->kind != VM_PLACE || c->type == PROGRAM_NONE || c->done) {
        return 0;
    }
    const struct program_type *t = &vm->program->types.at[c->type];
    if (t->stride <= 0 || t->stride % 8 != 0 || array->start % 8 != 0 || t->needs_prev ||
        (c->count == VM_UNKNOWN && t->count_pc != PROGRAM_NONE)) {
        return 0;
    }
    uint64_t size = array->space->size * 8;
    uint64_t limit = c->seq_limit < size ? c->seq_limit : size;
    uint64_t n = limit > array->start ? (limit - array->start) / (uint64_t)t->stride : 0;
    n = c->count < n ? c->count : n;
    return n > c->index ? n - c->index : 0;
}

/* The walk comes to an element further on. */
static void go_to(struct vm *vm, struct vm_ctl *c, uint64_t index) {
    if (index == c->index) {
        return;
    }
    vm_item_clear(vm, c, &c->prev, c->keeps);
    vm_item_clear(vm, c, &c->item, c->keeps);
    c->index = index;
    c->prev = vm_element_at(vm, &c->list, index - 1);
    c->item = vm_element_at(vm, &c->list, index);
}

/* Elements whose changes are told together. */
#define ROWS (16u * SCAN_BLOCK)

/* An instruction behind a scan, with the number it is about. */
struct part {
    enum program_op op;
    struct scan_test test; /* and of those that are no tests its number */
    int64_t low, high;
    uint32_t operand;
};

/* What is put into a field. */
struct put {
    uint32_t member, stmt;
    uint64_t off;      /* bytes, in the element */
    uint32_t depth;    /* of the value, below the top of the value stack; 0: numbers */
    bool tries;        /* numbers need not fit: */
    int64_t low, high; /* they have to lie between these */
    int64_t *numbers;  /* of ROWS elements, or NULL */
};

struct vm_scan {
    struct vm *vm;
    /* what the parts were made for; of: NULL where that is nothing */
    const struct program_inst *of;
    struct vm_value array;
    bool fits; /* its elements can be tried */
    uint32_t part_n, column_n;
    const struct program_block *shown; /* of those that hold; NULL: nothing is */
    struct part parts[PROGRAM_PARTS_MAX];
    uint64_t
        stride; /* bytes; of elements that are hopped over: how many each begins with, at fixed places */
    /* the elements tried last, from the one of that index on */
    uint64_t index, n;
    uint8_t held[SCAN_BLOCK];
    struct lanes lanes;
    /* of elements that are hopped over: where those tried last start, in bytes of the space, and what they begin with */
    uint64_t starts[SCAN_BLOCK];
    uint8_t heads[SCAN_BLOCK * HEAD_MAX];
    /* what is told of those that hold: one a column, some the same as one before */
    struct vm_numbers columns[PROGRAM_PARTS_MAX];
    uint64_t read[PROGRAM_PARTS_MAX][SCAN_BLOCK];
    /* what is put into those that hold, of so many elements by now */
    struct put puts[PROGRAM_PARTS_MAX];
    uint32_t put_n;
    uint32_t rows;
    bool misfit; /* a number of those tried last does not fit */
    uint8_t rows_held[ROWS];
    int64_t numbers[PROGRAM_PUTS_MAX][ROWS];
};

static bool is_take(enum program_op op) {
    return op == OP_TAKE || op == OP_LANE_TAKE;
}

static bool is_test(enum program_op op) {
    return op >= OP_TEST_LEAST && op <= OP_TEST_REAL;
}

/* Takes one instruction over; false where the elements at hand are not such that it can be done. */
static bool add_part(struct vm_scan *s, const struct scan_number *number,
                     const struct program_inst *i) {
    const struct program *p = s->vm->program;
    struct part *part = &s->parts[s->part_n++];
    *part = (struct part){.op = i->op, .test = {.number = *number}};
    if (i->op == OP_TEST_REAL) {
        part->test.op = i->b;
        part->test.than = p->floats.at[i->a];
        return number->real;
    }
    if (is_test(i->op)) {
        int128 value = p->ints.at[i->a];
        scan_test_range(&part->test, i->op == OP_TEST_MOST ? INT128_MIN : value,
                        i->op == OP_TEST_LEAST ? INT128_MAX : value, i->op == OP_TEST_OTHER);
        return !number->real;
    }
    if (i->op == OP_LANE_INT || i->op == OP_LANE_IN) {
        part->low = (int64_t)p->ints.at[i->a];
        part->high = i->op == OP_LANE_IN ? (int64_t)p->ints.at[i->b] : 0;
    }
    if (i->op == OP_SHOW) {
        s->shown = &p->blocks.at[i->a];
        return s->shown->bit_size <= 8 * s->stride && s->array.ambient.encoding == 0 &&
               s->array.ambient.endian != ORDER_UNDECIDED;
    }
    part->operand = is_take(i->op) ? i->a : i->b;
    return (i->op != OP_LANE_NUMBER || !number->real) &&
           (!is_take(i->op) || part->operand == s->column_n++);
}

/* Between which numbers of 64 bits those of an integer type lie. */
static void set_limits(struct put *put, const struct program_type *t) {
    unsigned bits = t->bits < 64 ? t->bits : 64;
    put->low = t->is_signed ? INT64_MIN >> (64 - bits) : 0;
    put->high = (int64_t)(UINT64_MAX >> (64 - bits) >> (t->is_signed || bits == 64));
}

/* What a PUT or LANE_PUT says, behind a SCAN_INTO. */
static bool add_put(struct vm_scan *s, const struct program_inst *i) {
    const struct program *p = s->vm->program;
    const struct program_inst *into = i - 1;
    const struct program_type *t = &p->types.at[p->members.at[into->a].type];
    struct put *put = &s->puts[s->put_n];
    int128 bit = p->ints.at[into->b], stride = p->types.at[s->array.type].stride;
    if (s->put_n == PROGRAM_PUTS_MAX || t->bit_size <= 0 || t->bit_size % 8 || bit < 0 || bit % 8 ||
        bit > stride - t->bit_size ||
        (i->op == OP_LANE_PUT && (t->kind != TYPE_INT || t->bits == 0))) {
        return false;
    }
    *put = (struct put){.member = into->a, .stmt = i->a, .off = (uint64_t)bit / 8};
    if (i->op == OP_LANE_PUT) {
        put->tries = i->b != 0;
        put->numbers = s->numbers[s->put_n];
        set_limits(put, t);
    } else {
        put->depth = i->b;
    }
    s->parts[s->part_n++] = (struct part){.op = i->op, .operand = s->put_n++};
    return true;
}

/* What the n instructions behind a scan say. */
static bool read_parts(struct vm_scan *s, const struct program_inst *i, uint32_t n) {
    const struct program *p = s->vm->program;
    struct scan_number number = {0};
    bool ok = true;
    for (uint32_t k = 0; k < n && ok; k++, i++) {
        if (i->op == OP_SCAN_OF) {
            ok = scan_number_set(&number, p, i->a, p->ints.at[i->b], (int64_t)s->stride * 8,
                                 s->array.ambient);
        } else if (i->op == OP_PUT || i->op == OP_LANE_PUT) {
            ok = add_put(s, i);
        } else if (i->op != OP_SCAN_INTO) {
            ok = add_part(s, &number, i);
        }
    }
    return ok;
}

/* How many bytes from one element to the next, or that each begins with; 0: too many. */
static uint64_t size_of(const struct vm *vm, const struct vm_ctl *c) {
    const struct program *p = vm->program;
    const struct program_type *t = &p->types.at[c->type];
    if (!t->hops) {
        return (uint64_t)t->stride / 8;
    }
    const struct program_struct *s = &p->structs.at[p->types.at[t->of].of];
    uint64_t size = p->stretches.at[s->stretch_first].bit_size / 8;
    return size <= HEAD_MAX ? size : 0;
}

/* What the instruction does of the walk's array: as it was last time, where nothing else was scanned since. */
static struct vm_scan *scan_for(struct vm *vm, const struct vm_ctl *c,
                                const struct program_inst *i) {
    if (!vm->scan) {
        vm->scan = mem_zalloc(1, sizeof *vm->scan);
        vm->scan->vm = vm;
    }
    struct vm_scan *s = vm->scan;
    const struct vm_value *array = &c->list;
    bool same = s->of == i && s->array.space == array->space && s->array.start == array->start &&
                s->array.type == array->type && s->array.ambient.endian == array->ambient.endian &&
                array->space == &vm->input && !vm->maker;
    if (!same) {
        s->of = i;
        s->array = *array;
        s->part_n = s->column_n = s->put_n = 0;
        s->shown = NULL;
        s->n = 0;
        s->stride = size_of(vm, c);
        s->fits = s->stride > 0 && read_parts(s, i + 1, i->b);
    }
    return s;
}

/* trying */

/* How many of them are 1; eight are added at a time, of which no sum reaches 256. */
static uint64_t count(const uint8_t *held, uint64_t n) {
    uint64_t sums = 0, found = 0, i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t eight;
        memcpy(&eight, held + i, sizeof eight);
        sums += eight;
    }
    for (; i < n; i++) {
        found += held[i];
    }
    for (unsigned byte = 0; byte < 8; byte++) {
        found += sums >> 8 * byte & 0xff;
    }
    return found;
}

static void test_lane(const int64_t *lane, bool first, uint8_t *held, uint64_t n) {
    for (uint64_t i = 0; i < n; i++) {
        held[i] = lane[i] != 0 && (first || held[i]);
    }
}

/* Those of a lane's numbers that hold. */
static void take_lane(const int64_t *lane, const uint8_t *held, uint64_t n, uint64_t *out) {
    for (uint64_t i = 0, k = 0; i < n; k += held ? held[i] : 1, i++) {
        out[k] = (uint64_t)lane[i];
    }
}

/* Columns of the same number as one before share what is read. */
static const struct vm_numbers *same_before(const struct vm_scan *s, const struct part *take) {
    const struct scan_number *number = &take->test.number;
    for (const struct part *p = s->parts; p < take && take->op == OP_TAKE; p++) {
        if (p->op == OP_TAKE && p->test.number.type == number->type &&
            p->test.number.off == number->off) {
            return &s->columns[p->operand];
        }
    }
    return NULL;
}

/* Fills the rest of what is read: nobody need look at how many there are. */
static void repeat_first(void *read, unsigned width, uint64_t found) {
    uint8_t *at = read;
    for (uint64_t i = found; i < SCAN_BLOCK; i++) {
        memcpy(at + i * width, at, width);
    }
}

static void take(struct vm_scan *s, const struct part *part, const uint8_t *held, const uint8_t *at,
                 uint64_t n, uint64_t found) {
    struct vm_numbers *column = &s->columns[part->operand];
    uint64_t *read = s->read[part->operand];
    const struct vm_numbers *same = same_before(s, part);
    if (same) {
        column->at = same->at;
        return;
    }
    if (part->op == OP_LANE_TAKE) {
        take_lane(lane_pop(&s->lanes), held, n, read);
    } else {
        scan_numbers(&part->test.number, held, at, s->stride, n, found, read);
    }
    repeat_first(read, column->width, found);
    column->at = read;
}

/* What is put, behind all tests: held is NULL where there were none. */
static void put_lane(struct vm_scan *s, const struct put *put, const uint8_t *held, uint64_t n) {
    const int64_t *lane = lane_pop(&s->lanes);
    for (uint64_t i = 0; i < n && put->tries; i++) {
        bool fits = lane[i] >= put->low && lane[i] <= put->high;
        s->misfit = s->misfit || (!fits && (!held || held[i]));
    }
    memcpy(put->numbers + s->rows, lane, n * sizeof *lane);
}

static void work_lanes(struct vm_scan *s, const struct part *part, const uint8_t *at, uint64_t n) {
    switch ((int)part->op) {
    case OP_LANE_NUMBER:
        lane_number(&s->lanes, &part->test.number, at, s->stride, n);
        break;
    case OP_LANE_INT:
        lane_int(&s->lanes, part->low);
        break;
    case OP_LANE_OP:
        lane_op(&s->lanes, part->operand);
        break;
    case OP_LANE_IN:
        lane_in(&s->lanes, part->low, part->high);
        break;
    case OP_LANE_CHOOSE:
        lane_choose(&s->lanes);
        break;
    default:
        break;
    }
}

/* Does all parts with n (<= SCAN_BLOCK) elements: which of them hold is in s->held, how many is returned. What is taken of those
 * comes behind all tests. */
static uint64_t try_elements(struct vm_scan *s, const uint8_t *at, uint64_t n) {
    bool tested = false, counted = false;
    uint64_t found = n;
    s->lanes.n = 0;
    for (const struct part *part = s->parts; part < s->parts + s->part_n; part++) {
        if (is_test(part->op)) {
            scan_test_try(&part->test, !tested, s->held, at, s->stride, n);
            tested = true;
        } else if (part->op == OP_LANE_TEST) {
            test_lane(lane_pop(&s->lanes), !tested, s->held, n);
            tested = true;
        } else if (is_take(part->op)) {
            found = tested && !counted ? count(s->held, n) : found;
            counted = true;
            take(s, part, found == n ? NULL : s->held, at, n, found);
        } else if (part->op == OP_LANE_PUT) {
            put_lane(s, &s->puts[part->operand], tested ? s->held : NULL, n);
        } else {
            work_lanes(s, part, at, n);
        }
    }
    if (!tested) {
        memset(s->held, 1, n);
    }
    return tested && !counted ? count(s->held, n) : found;
}

static const uint8_t *element_at(const struct vm_scan *s, uint64_t index) {
    return s->array.space->data + s->array.start / 8 + index * s->stride;
}

/* telling */

/* A number as it is read alone, for what numbers of its type have besides. */
static bool set_like(struct vm_scan *s, const struct scan_number *number, uint64_t start,
                     struct vm_value *like) {
    uint64_t behind;
    return vm_load_at(s->vm, number->type, s->array.space, start + 8 * number->off, VM_UNKNOWN,
                      VM_UNKNOWN, s->array.ambient, like, &behind);
}

/* Makes ready for what is told of elements from the one that starts there on (bits); false: the sink wants rows. */
static bool begin_telling(struct vm_scan *s, uint64_t start) {
    if (s->shown) {
        return s->vm->sink->ops->blocks != NULL;
    }
    for (const struct part *part = s->parts; part < s->parts + s->part_n; part++) {
        const struct scan_number *number = &part->test.number;
        struct vm_numbers *out = &s->columns[part->operand];
        if (part->op == OP_LANE_TAKE) {
            *out = (struct vm_numbers){PROGRAM_NONE, false, true, sizeof(int64_t), NULL, vm_int(0)};
        } else if (part->op == OP_TAKE) {
            *out = (struct vm_numbers){.type = number->type,
                                       .real = number->real,
                                       .is_signed = number->flip != 0,
                                       .width = scan_number_room(number)};
            if (!set_like(s, number, start, &out->like)) {
                return false;
            }
        }
    }
    return s->vm->sink->ops->many != NULL;
}

/* Shows those of n elements that hold, from `at` on or (NULL) that are hopped over, up to one with odd text: that one, or n, is
 * returned. */
static uint64_t show(struct vm_scan *s, const uint8_t *at, uint64_t n) {
    const struct vm_texts *texts = vm_texts_of(s->vm, s->shown);
    const struct vm_space *space = s->array.space;
    struct vm_blocks blocks = {.program = s->vm->program,
                               .block = s->shown,
                               .ambient = s->array.ambient,
                               .records = true,
                               .safe = space->data + space->size};
    uint64_t i = 0;
    for (bool fine = true; i < n && fine; i += fine) {
        const uint8_t *element = at ? at + i * s->stride : space->data + s->starts[i];
        if (s->held[i]) {
            fine = texts->n == 0 || vm_texts_fine(s->vm, texts, element);
            __builtin_prefetch(element);
            blocks.at[blocks.n] = element;
            blocks.n += fine;
            s->vm->tally += fine;
        }
        if (blocks.n == VM_BLOCKS_MAX) {
            s->vm->sink->ops->blocks(s->vm->sink, &blocks);
            blocks.n = 0;
        }
    }
    if (blocks.n) {
        s->vm->sink->ops->blocks(s->vm->sink, &blocks);
    }
    return i;
}

/* Selects those of the n elements from the index on that hold, and tells of them; returns where it ended: behind all, or at one that
 * has to be looked at by itself. */
static uint64_t run_all(struct vm_scan *s, uint64_t index, uint64_t n, bool tells) {
    s->n = 0; /* what holds is none that find_first tried */
    for (uint64_t i = 0; i < n; i += SCAN_BLOCK) {
        uint64_t some = n - i < SCAN_BLOCK ? n - i : SCAN_BLOCK;
        const uint8_t *at = element_at(s, index + i);
        uint64_t found = try_elements(s, at, some);
        if (s->shown) {
            uint64_t shown = show(s, at, some);
            if (shown < some) {
                return index + i + shown;
            }
            continue;
        }
        s->vm->tally += found;
        if (tells && found) {
            struct vm_many many = {s->vm->program, found, s->columns};
            s->vm->sink->ops->many(s->vm->sink, &many);
        }
    }
    return index + n;
}

/* The first of the n elements from the index on that holds; or one that lies behind at least CHUNK of them, or all. What was tried
 * before and lies behind the last one found need not be tried again. */
static uint64_t find_first(struct vm_scan *s, uint64_t index, uint64_t n, bool *found) {
    uint64_t at = index, end = index + n;
    *found = false;
    while (at < end && at - index < CHUNK) {
        if (at < s->index || at - s->index >= s->n) {
            s->index = at;
            s->n = end - at < SCAN_BLOCK ? end - at : SCAN_BLOCK;
            try_elements(s, element_at(s, at), s->n);
        }
        uint64_t behind = s->index + s->n < end ? s->index + s->n : end;
        const uint8_t *from = s->held + (at - s->index);
        const uint8_t *hit = memchr(from, 1, behind - at);
        if (hit) {
            *found = true;
            return at + (uint64_t)(hit - from);
        }
        at = behind;
    }
    return at;
}

/* setting */

/* Where a field lies in the first of the rows, which is the one of that index. */
static struct vm_value field_at(const struct vm_scan *s, const struct put *put, uint64_t index) {
    const struct program *p = s->vm->program;
    uint32_t type = p->members.at[put->member].type;
    uint64_t start = s->array.start + 8 * (index * s->stride + put->off);
    return (struct vm_value){.kind = VM_PLACE,
                             .ambient = s->array.ambient,
                             .type = type,
                             .names = PROGRAM_NONE,
                             .member = put->member,
                             .via = put->member,
                             .count = VM_UNKNOWN,
                             .space = s->array.space,
                             .start = start,
                             .end = start + (uint64_t)p->types.at[type].bit_size,
                             .limit = s->array.limit,
                             .index = VM_UNKNOWN};
}

static bool sink_takes(struct vm *vm, const struct vm_edits *edits) {
    return vm->sink->ops->edits && vm->sink->ops->edits(vm->sink, edits);
}

/* Tells of the rows, of which the first one is the element of that index; false: the sink wants each. */
static bool tell_rows(struct vm_scan *s, uint64_t index) {
    bool fine = true;
    for (uint32_t k = 0; k < s->put_n && fine && memchr(s->rows_held, 1, s->rows); k++) {
        const struct put *put = &s->puts[k];
        struct vm_value place = field_at(s, put, index);
        struct vm_edits edits = {
            .first = {.kind = VM_EDIT_SET,
                      .stmt = put->stmt,
                      .place = &place,
                      .value = put->depth ? &s->vm->stack[s->vm->sp - put->depth] : NULL,
                      .index = VM_UNKNOWN,
                      .program = s->vm->program,
                      .vm = s->vm},
            .start = s->array.start / 8 + index * s->stride,
            .stride = s->stride,
            .n = s->rows,
            .held = s->rows_held,
            .numbers = put->numbers,
        };
        fine = sink_takes(s->vm, &edits);
    }
    s->rows = 0;
    return fine;
}

/* Makes the changes of the n elements from the index on, up to where the sink wants each, or one can't be made. How many elements lie in front
 * of that. */
static uint64_t set_all(struct vm_scan *s, uint64_t index, uint64_t n) {
    uint64_t told = 0, at = 0;
    s->rows = 0;
    s->misfit = false;
    while (at < n) {
        uint64_t some = n - at < SCAN_BLOCK ? n - at : SCAN_BLOCK;
        try_elements(s, element_at(s, index + at), some);
        if (s->misfit) {
            break;
        }
        memcpy(s->rows_held + s->rows, s->held, some);
        s->rows += (uint32_t)some;
        at += some;
        if (s->rows + SCAN_BLOCK > ROWS) {
            if (!tell_rows(s, index + told)) {
                return told;
            }
            told = at;
        }
    }
    return s->rows == 0 || tell_rows(s, index + told) ? at : told;
}

/* How far the walk came, for whoever looks on. */
static void show_progress(struct vm *vm, const struct vm_scan *s, uint64_t index) {
    if (s->array.space == &vm->input) {
        vm->scanned = s->array.start / 8 + index * s->stride;
    }
    if (vm->watch) {
        vm->watch(vm->watch_context, vm);
    }
}

/* Tells of those that hold of the elements whose beginnings were gathered; returns how many of them are done with. */
static uint64_t tell_gathered(struct vm_scan *s, uint64_t n, bool tells) {
    uint64_t found = try_elements(s, s->heads, n);
    if (s->shown) {
        return show(s, NULL, n);
    }
    s->vm->tally += found;
    if (tells && found) {
        struct vm_many many = {s->vm->program, found, s->columns};
        s->vm->sink->ops->many(s->vm->sink, &many);
    }
    return n;
}

/* Tries the elements from the one at hand on that the walk hops over, where those tried last are others; how many there are is
 * returned, and at which of them the walk is. */
static uint64_t find_hopped(struct vm_scan *s, struct vm_ctl *c, uint64_t *first) {
    *first = c->index - s->index;
    if (s->n > *first && c->index >= s->index && s->starts[*first] == c->seq_pos / 8) {
        return s->n;
    }
    *first = 0;
    s->index = c->index;
    s->n = vm_hop_gather(s->vm, c, s->heads, s->stride, SCAN_BLOCK, s->starts);
    try_elements(s, s->heads, s->n);
    return s->n;
}

/* The same as of elements of one size. */
static bool scan_hopped(struct vm *vm, struct vm_ctl *c, const struct program_inst *i) {
    if (i->op == OP_SCAN_SET) {
        return false; /* of elements of one size alone */
    }
    if (i->op == OP_SCAN_ALL && i->b == 0) { /* all there are */
        uint64_t from = c->index;
        vm_hop_to(vm, c, VM_UNKNOWN);
        vm->tally += c->index - from + 1;
        return true;
    }
    struct vm_scan *s = scan_for(vm, c, i);
    bool tells = i->op == OP_SCAN_TAKE, stays = false;
    uint64_t n, first = 0, to;
    if (!s->fits) {
        return false;
    }
    if (i->op == OP_SCAN) {
        n = find_hopped(s, c, &first);
        const uint8_t *hit = n ? memchr(s->held + first, 1, n - first) : NULL;
        stays = hit != NULL;
        to = hit ? (uint64_t)(hit - s->held) : n - 1;
    } else {
        s->n = 0;
        n = vm_hop_gather(vm, c, s->heads, s->stride, SCAN_BLOCK, s->starts);
        if (n == 0 || (tells && !begin_telling(s, c->seq_pos))) { /* the first one is not whole */
            return false;
        }
        to = tell_gathered(s, n, tells);
        stays = to < n;
        to -= !stays;
    }
    if (n == 0) {
        return false;
    }
    vm_hop_over(vm, c, s->starts + first, to - first);
    return !stays;
}

bool vm_scan(struct vm *vm, const struct program_inst *i) {
    struct vm_ctl *c = &vm->ctl[vm->cp - 1];
    if (c->type != PROGRAM_NONE && vm->program->types.at[c->type].hops) {
        return scan_hopped(vm, c, i);
    }
    uint64_t n = whole_ahead(vm, c), behind;
    bool tells = i->op == OP_SCAN_TAKE, sets = i->op == OP_SCAN_SET, stays = false;
    if (sets && !sink_takes(vm, &(struct vm_edits){.n = 0})) {
        return false;
    }
    struct vm_scan *s = n ? scan_for(vm, c, i) : NULL;
    if (!s || !s->fits || (tells && !begin_telling(s, c->list.start + 8 * c->index * s->stride))) {
        return false;
    }
    if (i->op == OP_SCAN) {
        behind = find_first(s, c->index, n, &stays);
    } else if (sets) {
        behind = c->index + set_all(s, c->index, n < CHUNK ? n : CHUNK);
        if (behind == c->index) {
            return false;
        }
    } else {
        n = n < CHUNK ? n : CHUNK;
        behind = run_all(s, c->index, n, tells);
        stays = behind < c->index + n;
    }
    uint64_t to = stays ? behind : behind - 1;
    vm->work += to - c->index;
    go_to(vm, c, to);
    if (!stays) {
        show_progress(vm, s, behind);
    }
    return !stays;
}
