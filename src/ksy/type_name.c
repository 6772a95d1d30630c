#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "ksy/spec.h"
#include "ksy/type.h"

/* Bits of one integer field. */
#define BITS_MAX 64u

const struct ksy_type *ksy_type_intern(struct ksy_program *program, const struct ksy_type *like) {
    struct buf text = {0};
    buf_printf(&text, "%d %u %u %d %d %p %p %p", like->kind, like->bytes, like->bits,
               like->is_signed, like->order, (const void *)like->class,
               (const void *)like->enumeration, (const void *)like->of);
    for (uint32_t i = 0; i < like->n_cases; i++) {
        buf_printf(&text, " %p", (const void *)like->cases[i]);
    }
    const char *key = intern_add(program->intern, text.at, text.len);
    buf_free(&text);
    struct ksy_type *type = map_get(&program->types, key, NULL);
    if (!type) {
        type = arena_alloc(program->arena, sizeof *type);
        *type = *like;
        map_put(&program->types, program->arena, key, NULL, type);
    }
    return type;
}

/* "", "le" or "be" at the end of a name. */
static bool read_order(const char *text, enum ksy_order *order) {
    *order = strcmp(text, "le") == 0   ? KSY_ORDER_LE
             : strcmp(text, "be") == 0 ? KSY_ORDER_BE
                                       : KSY_ORDER_NONE;
    return *order != KSY_ORDER_NONE || *text == '\0';
}

static bool read_bits(const char *name, struct ksy_type *out) {
    size_t digits = strspn(name + 1, "0123456789");
    if (digits == 0 || digits > 2 || name[1] == '0') {
        return false;
    }
    unsigned bits = (unsigned)strtoul(name + 1, NULL, 10);
    *out = (struct ksy_type){.kind = bits == 1 ? KSY_T_BOOL : KSY_T_BITS, .bits = (uint8_t)bits};
    return bits <= BITS_MAX && read_order(name + 1 + digits, &out->order);
}

bool ksy_built_in_type(const char *name, struct ksy_type *out) {
    if (name[0] == 'b') {
        return read_bits(name, out);
    }
    if ((name[0] != 'u' && name[0] != 's' && name[0] != 'f') || !name[1] ||
        !strchr(name[0] == 'f' ? "48" : "1248", name[1])) {
        return false;
    }
    *out = (struct ksy_type){.kind = name[0] == 'f' ? KSY_T_FLOAT : KSY_T_INT,
                             .bytes = (uint8_t)(name[1] - '0'),
                             .is_signed = name[0] == 's'};
    return out->bytes == 1 ? name[2] == '\0' : read_order(name + 2, &out->order);
}

const char *ksy_type_name_text(struct ksy_program *program, const struct ksy_type_name *name) {
    struct buf text = {0};
    for (uint32_t i = 0; i < name->n; i++) {
        buf_printf(&text, "%s%s", i > 0 || name->absolute ? "::" : "", name->names[i]);
    }
    buf_puts(&text, name->array ? "[]" : "");
    const char *path = arena_strndup(program->arena, buf_text(&text), text.len);
    buf_free(&text);
    return path;
}

static bool read_plain(const char *name, struct ksy_type *out) {
    static const struct {
        const char *name;
        enum ksy_type_kind kind;
    } plain[] = {{"str", KSY_T_STR},      {"strz", KSY_T_STR}, {"bytes", KSY_T_BYTES},
                 {"bool", KSY_T_BOOL},    {"io", KSY_T_IO},    {"any", KSY_T_ANY},
                 {"struct", KSY_T_STRUCT}};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (strcmp(name, plain[i].name) == 0) {
            *out = (struct ksy_type){.kind = plain[i].kind};
            return true;
        }
    }
    return ksy_built_in_type(name, out);
}

const struct ksy_type *ksy_named_type(struct ksy_program *program, const struct ksy_class *from,
                                      const struct ksy_type_name *name) {
    struct ksy_type type;
    if (name->n != 1 || name->absolute || !read_plain(name->names[0], &type)) {
        struct ksy_class *class = ksy_find_class(from, name);
        if (!class) {
            return NULL;
        }
        type = (struct ksy_type){.kind = KSY_T_STRUCT, .class = class};
    }
    const struct ksy_type *found = ksy_type_intern(program, &type);
    if (name->array) {
        type = (struct ksy_type){.kind = KSY_T_ARRAY, .of = found};
        found = ksy_type_intern(program, &type);
    }
    return found;
}
