#include "config.h"

#include "patch/content.h"

#include <inttypes.h>

struct content *content_member(const struct content *object, struct bytes name) {
    if (object->kind != CONTENT_OBJECT) {
        return NULL;
    }
    for (uint32_t i = object->n; i > 0; i--) {
        if (bytes_equal(object->at[i - 1].name, name)) {
            return &object->at[i - 1];
        }
    }
    return NULL;
}

static bool has_items(const struct content *given) {
    return given->kind == CONTENT_LIST || given->kind == CONTENT_OBJECT;
}

void content_use(struct content *given) {
    given->used = true;
    for (uint32_t i = 0; has_items(given) && i < given->n; i++) {
        content_use(&given->at[i]);
    }
}

const struct content *content_unused(const struct content *given, struct buf *path, bool *twice) {
    bool named = given->kind == CONTENT_OBJECT;
    for (uint32_t i = 0; has_items(given) && i < given->n; i++) {
        const struct content *item = &given->at[i];
        size_t len = path->len;
        if (named && item->name.len > 0 && item->name.at[0] == '$') {
            continue;
        }
        if (named) {
            buf_printf(path, "%s%.*s", len ? "." : "", (int)item->name.len,
                       (const char *)item->name.at);
        } else {
            buf_printf(path, "[%" PRIu32 "]", i);
        }
        bool lost = named && !item->used && item->kind != CONTENT_NOTHING;
        *twice = lost && content_member(given, item->name) != item;
        const struct content *found = lost         ? item
                                      : item->used ? content_unused(item, path, twice)
                                                   : NULL;
        if (found) {
            return found;
        }
        path->len = len;
    }
    return NULL;
}

const char *content_kind_text(enum content_kind kind) {
    switch (kind) {
    case CONTENT_NOTHING:
        return "null";
    case CONTENT_BOOL:
        return "true or false";
    case CONTENT_INT:
    case CONTENT_WIDE:
    case CONTENT_FLOAT:
        return "a number";
    case CONTENT_TEXT:
        return "text";
    case CONTENT_BYTES:
        return "bytes";
    case CONTENT_LIST:
        return "a list";
    case CONTENT_OBJECT:
        return "an object";
    }
    return "";
}
