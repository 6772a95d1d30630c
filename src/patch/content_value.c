#include "config.h"

#include "patch/content_value.h"

static struct bytes keep(struct arena *arena, struct bytes bytes) {
    return bytes_of(arena_strndup(arena, (const char *)bytes.at, bytes.len), bytes.len);
}

static struct content content_of(struct arena *arena, const struct program *program,
                                 const struct vm_value *value, unsigned depth);

static struct content of_list(struct arena *arena, const struct program *program,
                              const struct vm_list *list, unsigned depth) {
    struct content content = {.kind = list->names ? CONTENT_OBJECT : CONTENT_LIST, .n = list->n};
    content.at = arena_array(arena, list->n ? list->n : 1, sizeof *content.at);
    for (uint32_t i = 0; i < list->n; i++) {
        content.at[i] = content_of(arena, program, &list->at[i], depth + 1);
        if (list->names) {
            content.at[i].name = program_text(program, list->names[i]);
        }
    }
    return content;
}

static struct content content_of(struct arena *arena, const struct program *program,
                                 const struct vm_value *value, unsigned depth) {
    struct content content = {.kind = CONTENT_NOTHING};
    switch ((enum vm_kind)value->kind) {
    case VM_BOOL:
        content.kind = CONTENT_BOOL;
        content.boolean = value->boolean;
        break;
    case VM_INT:
    case VM_WIDE:
        content.kind = value->kind == VM_INT ? CONTENT_INT : CONTENT_WIDE;
        content.integer = value->integer;
        break;
    case VM_FLOAT:
        content.kind = CONTENT_FLOAT;
        content.real = value->number;
        break;
    case VM_TEXT:
    case VM_BYTES:
        content.kind = value->kind == VM_TEXT && !value->as_bytes ? CONTENT_TEXT : CONTENT_BYTES;
        content.literal = true;
        content.bytes = keep(arena, value->bytes);
        break;
    case VM_LIST:
        return depth < CONTENT_VALUE_DEPTH ? of_list(arena, program, value->list, depth) : content;
    case VM_ABSENT:
    case VM_PLACE:
    case VM_FRAME:
        break;
    }
    return content;
}

struct content content_of_value(struct arena *arena, const struct program *program,
                                const struct vm_value *value) {
    return content_of(arena, program, value, 0);
}
