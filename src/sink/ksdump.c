#include "config.h"

#include "sink/ksdump.h"

#include <string.h>

#include "base/library.h"
#include "base/mem.h"
#include "sink/ksdump_sort.h"

/* What is open. Whatever the order of events, what is open is closed from the inside. */
enum frame { FRAME_STRUCT, FRAME_ARRAY };

struct ksdump {
    struct vm_sink sink; /* first */
    struct ksdump_printer *printer;
    struct ksdump_sort *sort;
    const struct program *program; /* of the last event */
    uint32_t let;                  /* the let whose struct or array comes next; PROGRAM_NONE */
    struct buf open;               /* one byte each: enum frame */
    uint32_t hidden;               /* structs and arrays that are open and not shown */
};

static struct ksdump *ksdump_of(struct vm_sink *sink) {
    return (struct ksdump *)sink;
}

static struct bytes member_name(const struct program *program, uint32_t member) {
    return member == PROGRAM_NONE ? bytes_of("", 0)
                                  : program_text(program, program->members.at[member].name);
}

static struct bytes name_of(const struct vm_event *event) {
    return member_name(event->program, event->member);
}

static bool in_struct(const struct ksdump *ksdump) {
    return ksdump->open.len > 0 && ksdump->open.at[ksdump->open.len - 1] == FRAME_STRUCT;
}

static bool is_hidden(const struct ksdump *ksdump, struct bytes name) {
    return in_struct(ksdump) && ksdump_is_hidden(name);
}

static void put(struct ksdump *ksdump, uint32_t of, uint32_t member,
                const struct ksdump_item *item) {
    ksdump_sort_put(ksdump->sort, ksdump->program, of, member, item);
}

static void open_frame(struct ksdump *ksdump, const struct vm_event *event, enum frame frame) {
    uint32_t member = ksdump->let == PROGRAM_NONE ? event->member : ksdump->let;
    struct ksdump_item item = {.what = frame == FRAME_STRUCT ? KSDUMP_STRUCT : KSDUMP_ARRAY,
                               .name = member_name(event->program, member)};
    ksdump->let = PROGRAM_NONE;
    uint32_t of = PROGRAM_NONE;
    ksdump->program = event->program;
    if (ksdump->hidden > 0 || is_hidden(ksdump, item.name)) {
        ksdump->hidden++;
        return;
    }
    if (frame == FRAME_STRUCT) {
        of = event->type == PROGRAM_NONE ? event->program->root
                                         : event->program->types.at[event->type].of;
    }
    put(ksdump, of, member, &item);
    buf_putc(&ksdump->open, (char)frame);
}

static void close_frame(struct ksdump *ksdump) {
    bool is_struct = in_struct(ksdump);
    struct ksdump_item item = {.what = is_struct ? KSDUMP_STRUCT_END : KSDUMP_ARRAY_END};
    ksdump->open.len--;
    put(ksdump, PROGRAM_NONE, PROGRAM_NONE, &item);
}

static void on_struct_begin(struct vm_sink *sink, const struct vm_event *event) {
    open_frame(ksdump_of(sink), event, FRAME_STRUCT);
}

static void on_struct_end(struct vm_sink *sink, const struct vm_event *event) {
    struct ksdump *ksdump = ksdump_of(sink);
    (void)event;
    if (ksdump->hidden > 0) {
        ksdump->hidden--;
        return;
    }
    while (ksdump->open.len > 0 && !in_struct(ksdump)) {
        close_frame(ksdump);
    }
    if (ksdump->open.len > 0) {
        close_frame(ksdump);
    }
}

static void on_array_begin(struct vm_sink *sink, const struct vm_event *event) {
    open_frame(ksdump_of(sink), event, FRAME_ARRAY);
}

static void on_array_end(struct vm_sink *sink, const struct vm_event *event) {
    struct ksdump *ksdump = ksdump_of(sink);
    (void)event;
    if (ksdump->hidden > 0) {
        ksdump->hidden--;
    } else if (ksdump->open.len > 0 && !in_struct(ksdump)) {
        close_frame(ksdump);
    }
}

/* values */

/* "animal_cat": the last part of the enum's name, and the member's. */
static void put_enum_name(struct buf *out, const struct program *program, uint32_t names,
                          const struct program_enumerator *item) {
    struct bytes path = program_text(program, program->enums.at[names].name);
    struct bytes member = program_text(program, item->name);
    const unsigned char *colon = memrchr(path.at, ':', path.len);
    size_t from = colon ? (size_t)(colon + 1 - path.at) : 0;
    buf_put(out, path.at + from, path.len - from);
    buf_putc(out, '_');
    buf_put(out, member.at, member.len);
}

static void put_text(struct ksdump *ksdump, const struct vm_event *event, struct bytes text) {
    struct ksdump_item item = {
        .what = KSDUMP_VALUE, .kind = KSDUMP_TEXT, .name = name_of(event), .text = text};
    put(ksdump, PROGRAM_NONE, event->member, &item);
}

static void put_flags(struct ksdump *ksdump, const struct vm_event *event) {
    const struct program_enum *e = &event->program->enums.at[event->value->names];
    uint128 bits = (uint128)event->value->integer;
    struct ksdump_item array = {.what = KSDUMP_ARRAY, .name = name_of(event)};
    put(ksdump, PROGRAM_NONE, event->member, &array);
    for (uint32_t i = 0; i < e->count; i++) {
        const struct program_enumerator *item = &event->program->items.at[e->first + i];
        uint128 mask = (uint128)item->value;
        if (mask && (bits & mask) == mask) {
            put_text(ksdump, event, program_text(event->program, item->name));
        }
    }
    array.what = KSDUMP_ARRAY_END;
    put(ksdump, PROGRAM_NONE, PROGRAM_NONE, &array);
}

static void put_integer(struct ksdump *ksdump, const struct vm_event *event) {
    const struct vm_value *value = event->value;
    char text[INT128_TEXT_MAX];
    struct ksdump_item item = {.what = KSDUMP_VALUE, .kind = KSDUMP_INT, .name = name_of(event)};
    if (value->names != PROGRAM_NONE && event->program->enums.at[value->names].flags) {
        put_flags(ksdump, event);
        return;
    }
    const struct program_enumerator *named =
        value->names == PROGRAM_NONE
            ? NULL
            : program_enumerator(event->program, value->names, value->integer);
    if (named) {
        struct buf name = {0};
        put_enum_name(&name, event->program, value->names, named);
        put_text(ksdump, event, buf_bytes(&name));
        buf_free(&name);
        return;
    }
    item.text = bytes_of(text, value->kind == VM_WIDE ? uint128_text((uint128)value->integer, text)
                                                      : int128_text(value->integer, text));
    put(ksdump, PROGRAM_NONE, event->member, &item);
}

static void put_value(struct ksdump *ksdump, const struct vm_event *event) {
    const struct vm_value *value = event->value;
    struct ksdump_item item = {.what = KSDUMP_VALUE, .kind = KSDUMP_NULL, .name = name_of(event)};
    switch ((enum vm_kind)value->kind) {
    case VM_INT:
    case VM_WIDE:
        put_integer(ksdump, event);
        return;
    case VM_PLACE:
    case VM_FRAME:
        put_text(ksdump, event, bytes_text(event->refers ? event->refers : ""));
        return;
    case VM_ABSENT:
    case VM_LIST:
        if (in_struct(ksdump)) {
            return;
        }
        break;
    case VM_BOOL:
        item.kind = KSDUMP_BOOL;
        item.boolean = value->boolean;
        break;
    case VM_FLOAT:
        item.kind = KSDUMP_FLOAT;
        item.number = value->number;
        break;
    case VM_TEXT:
        item.kind = KSDUMP_TEXT;
        item.text = value->bytes;
        break;
    case VM_BYTES:
        item.kind = KSDUMP_BYTES;
        item.text = value->bytes;
        break;
    }
    put(ksdump, PROGRAM_NONE, event->member, &item);
}

static void on_value(struct vm_sink *sink, const struct vm_event *event) {
    struct ksdump *ksdump = ksdump_of(sink);
    ksdump->program = event->program;
    if (event->whole) {
        ksdump->let = event->member;
    } else if (ksdump->hidden == 0 && ksdump->open.len > 0 && !is_hidden(ksdump, name_of(event))) {
        put_value(ksdump, event);
    }
}

/* making and ending */

bool ksdump_can(enum ksdump_format format) {
    return format != KSDUMP_YAML || library_there(LIBRARY_OF_yaml);
}

static struct ksdump_printer *printer_new(struct out *out, enum ksdump_format format) {
    switch (format) {
    case KSDUMP_JSON:
        return ksdump_json_new(out);
    case KSDUMP_YAML:
        return ksdump_yaml_new(out);
    case KSDUMP_XML:
        return ksdump_xml_new(out);
    }
    return NULL;
}

struct vm_sink *ksdump_new(struct out *out, enum ksdump_format format) {
    static const struct vm_sink_ops ops = {
        .struct_begin = on_struct_begin,
        .struct_end = on_struct_end,
        .array_begin = on_array_begin,
        .array_end = on_array_end,
        .value = on_value,
        .whole = true,
    };
    struct ksdump *ksdump = mem_zalloc(1, sizeof *ksdump);
    ksdump->sink.ops = &ops;
    ksdump->let = PROGRAM_NONE;
    ksdump->printer = printer_new(out, format);
    ksdump->sort = ksdump_sort_new(ksdump->printer);
    return &ksdump->sink;
}

void ksdump_finish(struct vm_sink *sink) {
    struct ksdump *ksdump = ksdump_of(sink);
    while (ksdump->open.len > 0) {
        close_frame(ksdump);
    }
}

void ksdump_free(struct vm_sink *sink) {
    if (sink) {
        struct ksdump *ksdump = ksdump_of(sink);
        ksdump_sort_free(ksdump->sort);
        ksdump->printer->free(ksdump->printer);
        buf_free(&ksdump->open);
        mem_free(ksdump);
    }
}
