#include "config.h"

#include "patch/content.h"

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
