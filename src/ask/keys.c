#include "config.h"

#include "ask/keys.h"

#include "ask/mix.h"
#include "base/mem.h"

static struct keys *keys_of(struct vm_sink *sink) {
    return (struct keys *)(void *)sink;
}

static void take(struct keys *keys, uint64_t number) {
    if (keys->n > 0) {
        keys->at[keys->n - 1] = mix_number(keys->at[keys->n - 1], number);
    }
}

static void on_column(struct vm_sink *sink, uint32_t column) {
    struct keys *keys = keys_of(sink);
    if (column > 0) {
        return;
    }
    if (keys->n == keys->cap) {
        keys->cap = keys->cap ? keys->cap * 2 : 1024;
        keys->at = mem_realloc(keys->at, keys->cap, sizeof *keys->at);
    }
    keys->at[keys->n++] = 0;
}

/* A field in a list: its bytes. */
static void take_place(struct keys *keys, const struct program *program, const struct vm_value *v) {
    int64_t bits = v->type == PROGRAM_NONE ? -1 : program->types.at[v->type].bit_size;
    uint64_t end = v->end == VM_UNKNOWN && bits >= 0 ? v->start + (uint64_t)bits : v->end;
    if (v->space && v->start % 8 == 0 && end % 8 == 0 && end >= v->start &&
        end / 8 <= v->space->size) {
        struct bytes bytes = bytes_of(v->space->data + v->start / 8, (end - v->start) / 8);
        keys->at[keys->n - 1] = mix_bytes(keys->at[keys->n - 1], bytes);
    }
}

/* By value: however it is stored, and wherever. */
static void on_value(struct vm_sink *sink, const struct vm_event *event) {
    struct keys *keys = keys_of(sink);
    const struct vm_value *v = event->value;
    uint64_t bits = 0;
    if (!v || keys->n == 0) {
        return;
    }
    take(keys, v->kind);
    switch ((enum vm_kind)v->kind) {
    case VM_BOOL:
        take(keys, v->boolean);
        break;
    case VM_INT:
    case VM_WIDE:
        take(keys, (uint64_t)v->integer);
        take(keys, (uint64_t)((uint128)v->integer >> 64));
        break;
    case VM_FLOAT:
        memcpy(&bits, &v->number, sizeof bits);
        take(keys, bits);
        break;
    case VM_TEXT:
    case VM_BYTES:
        keys->at[keys->n - 1] = mix_bytes(keys->at[keys->n - 1], v->bytes);
        break;
    case VM_PLACE:
        take_place(keys, event->program, v);
        break;
    case VM_ABSENT:
    case VM_FRAME:
    case VM_LIST:
        break;
    }
}

/* Structs and arrays: all that is in them. */
static void on_bracket(struct vm_sink *sink, const struct vm_event *event) {
    (void)event;
    take(keys_of(sink), UINT64_MAX);
}

struct vm_sink *keys_begin(struct keys *keys) {
    static const struct vm_sink_ops ops = {
        .struct_begin = on_bracket,
        .struct_end = on_bracket,
        .array_begin = on_bracket,
        .array_end = on_bracket,
        .value = on_value,
        .column = on_column,
    };
    keys->sink.ops = &ops;
    return &keys->sink;
}

void keys_free(struct keys *keys) {
    mem_free(keys->at);
    *keys = (struct keys){0};
}
