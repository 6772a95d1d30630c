#include "config.h"

#include "ksy/lower.h"

#include <string.h>

#include "base/vec.h"
#include "syn/name.h"

/* Plain names for structs and enums, so that a lowered tree can be written as a schema: the last part of the path, with
 * parts in front of it where that is taken. */

struct plain {
    struct ksy_program *program;
    struct map members;  /* names of fields, lets and parameters */
    struct map others;   /* of those that are no integers: they hide enums, too */
    struct map valued;   /* names of types that expressions mention: fields must not hide them */
    struct map enums;    /* names of enums */
    struct map taken;    /* new names */
    struct map new_name; /* old name → new name, both interned */
};

/* -- what there is ----------------------------------------------------------------------------- */

static bool is_integer(const struct plain *plain, const struct ast *member) {
    const struct ast *type = member->kind == AST_LET ? NULL : member->kid[0];
    return type && type->kind == AST_TYPE_NAME && !member->kid[1] &&
           (map_get(&plain->enums, type->name, NULL) || strncmp(type->name, "int", 3) == 0 ||
            strncmp(type->name, "uint", 4) == 0);
}

static void note(struct plain *plain, const struct ast *list) {
    struct arena *arena = plain->program->arena;
    for (const struct ast *node = list; node; node = node->next) {
        bool member = node->kind == AST_FIELD || node->kind == AST_LET || node->kind == AST_PARAM;
        if (member && node->name) {
            map_put(&plain->members, arena, node->name, NULL, plain);
            if (!is_integer(plain, node)) {
                map_put(&plain->others, arena, node->name, NULL, plain);
            }
        } else if (node->kind == AST_NAME && node->flag) {
            map_put(&plain->valued, arena, node->name, NULL, plain);
        }
        for (int i = 0; i < 3; i++) {
            note(plain, node->kid[i]);
        }
    }
}

/* -- new names --------------------------------------------------------------------------------- */

/* Whether a name is one of the language's types, or may be: uint8, float80be. */
static bool is_built_in(const char *name) {
    static const char *const stems[] = {"uint", "int",  "float",  "double", "bfloat",
                                        "bool", "byte", "char",   "string", "cstring",
                                        "bcd",  "vlq",  "zigzag", "uleb",   "sleb"};
    for (size_t i = 0; i < sizeof stems / sizeof *stems; i++) {
        size_t len = strlen(stems[i]);
        if (strncmp(name, stems[i], len) == 0) {
            const char *rest = name + len + strspn(name + len, "0123456789");
            if (*rest == '\0' || strcmp(rest, "le") == 0 || strcmp(rest, "be") == 0) {
                return true;
            }
        }
    }
    return false;
}

static bool is_free(const struct plain *plain, const char *old, const char *name) {
    bool is_enum = map_get(&plain->enums, old, NULL);
    bool hidden = map_get(is_enum ? &plain->others : &plain->members, name, NULL);
    return !map_get(&plain->taken, name, NULL) && !is_built_in(name) &&
           name_is_plain(name, strlen(name)) && !(hidden && map_get(&plain->valued, old, NULL));
}

/* The last n parts of a path, joined by '_'; NULL where it has fewer. */
static const char *last_parts(struct plain *plain, const char *path, unsigned n) {
    const char *end = path + strlen(path);
    const char *at = end;
    for (unsigned parts = 0; parts < n; parts++) {
        if (at == path) {
            return NULL;
        }
        at -= parts > 0 ? 2 : 0; /* the "::" */
        while (at > path && at[-1] != ':') {
            at--;
        }
    }
    char *name = arena_strndup(plain->program->arena, at, (size_t)(end - at));
    char *to = name;
    for (const char *from = name; *from; from++) {
        if (*from != ':') {
            *to++ = *from;
        } else if (from[1] == ':') {
            *to++ = '_';
        }
    }
    *to = '\0';
    return intern_text(plain->program->intern, name);
}

static void rename_type(struct plain *plain, const char *old) {
    struct arena *arena = plain->program->arena;
    const char *name = NULL;
    for (unsigned n = 1; !name || !is_free(plain, old, name); n++) {
        const char *longer = last_parts(plain, old, n);
        if (!longer) {
            break;
        }
        name = longer;
    }
    const char *stem = name;
    for (unsigned n = 2; !is_free(plain, old, name); n++) {
        name = intern_text(plain->program->intern, arena_printf(arena, "%s_%u", stem, n));
    }
    map_put(&plain->taken, arena, name, NULL, plain);
    map_put(&plain->new_name, arena, old, NULL, (void *)(uintptr_t)name);
}

/* -- the tree ---------------------------------------------------------------------------------- */

static bool is_renamed(const struct plain *plain, const struct ast *node) {
    switch ((enum ast_kind)node->kind) {
    case AST_SCHEMA:
    case AST_STRUCT:
    case AST_ENUM:
    case AST_TYPE_NAME:
        return true;
    case AST_NAME:
        return node->flag;
    case AST_CALL:
        return map_get(&plain->enums, node->name, NULL) != NULL;
    default:
        return false;
    }
}

static void apply(const struct plain *plain, struct ast *list) {
    for (struct ast *node = list; node; node = node->next) {
        const char *name =
            is_renamed(plain, node) ? map_get(&plain->new_name, node->name, NULL) : NULL;
        node->name = name ? name : node->name;
        node->flag = node->flag && node->kind != AST_NAME; /* no field is called so now */
        for (int i = 0; i < 3; i++) {
            apply(plain, node->kid[i]);
        }
    }
}

void ksy_plain_names(struct ksy_program *program, struct ast *file) {
    struct plain plain = {.program = program};
    for (const struct ast *item = file->kid[0]; item; item = item->next) {
        if (item->kind == AST_ENUM) {
            map_put(&plain.enums, program->arena, item->name, NULL, &plain);
        }
    }
    note(&plain, file->kid[0]);
    for (const struct ast *item = file->kid[0]; item; item = item->next) {
        if (item->kind == AST_STRUCT || item->kind == AST_ENUM) {
            rename_type(&plain, item->name);
        }
    }
    apply(&plain, file->kid[0]);
    file->flag = false; /* no text says so */
}
