#include "config.h"

#include "ksy/keys.h"

static void read_member_id(struct keys_reader *reader, const struct yaml *value, void *object,
                           void *member) {
    (void)object;
    *(const char **)member = keys_want_name(reader, value, "the name of an enum's member");
}

static const struct keys_row member_rows[] = {
#define MEMBER_KEY(name, where, reader, member)                                                    \
    {name, where, reader, offsetof(struct ksy_member, member)},
#include "ksy/key.def"
#undef MEMBER_KEY
};
static const struct keys_table member_keys = {member_rows, sizeof member_rows / sizeof *member_rows,
                                              "a member of an enum"};

/* The number that a member's key is; quotes around it mean nothing. */
static bool want_number(struct keys_reader *reader, const struct yaml *node, int128 *number) {
    struct yaml key = *node->key_node;
    key.quoted = false;
    if (!yaml_integer(&key, number)) {
        yaml_report(reader->program->diags, DIAG_KSY_VALUE, node, true,
                    "the keys of an enum are numbers of at most 64 bits");
        return false;
    }
    return true;
}

static void read_name(struct keys_reader *reader, const struct yaml *node,
                      struct ksy_member *member) {
    if (node->kind != YAML_MAP) {
        member->id = keys_want_name(reader, node, "the name of an enum's member");
        return;
    }
    keys_read(reader, node, &member_keys, 1, member);
    if (!yaml_get(node, "id")) {
        yaml_report(reader->program->diags, DIAG_KSY_KEY, node, true, "'id' is missing");
    }
}

static void report_twice(struct keys_reader *reader, const struct yaml *node,
                         const struct yaml *first, const char *what) {
    struct diag *diag = yaml_report(reader->program->diags, DIAG_DUPLICATE, node, false,
                                    "another member has this %s", what);
    diag_note(reader->program->diags, diag, first->key_span, "it is here");
}

/* Numbers as pointers for the map of those met. */
static const void *number_key(struct keys_reader *reader, int128 number) {
    char text[INT128_TEXT_MAX];
    size_t len = int128_text(number, text);
    return intern_add(reader->program->intern, text, len);
}

static void read_members(struct keys_reader *reader, struct ksy_enum *e) {
    struct arena *arena = reader->program->arena;
    struct map names = {0};
    struct map numbers = {0};
    for (struct yaml *node = e->yaml->first; node; node = node->next) {
        struct ksy_member member = {.yaml = node};
        if (node->key[0] == '-' && (node->key[1] < '0' || node->key[1] > '9')) {
            continue;
        }
        bool good = want_number(reader, node, &member.value);
        read_name(reader, node, &member);
        if (!good || !member.id) {
            continue;
        }
        const void *number = number_key(reader, member.value);
        const struct yaml *first = map_get(&names, member.id, NULL);
        const struct yaml *same = map_get(&numbers, number, NULL);
        if (first) {
            report_twice(reader, node, first, "name");
        } else if (same) {
            report_twice(reader, node, same, "number");
        } else {
            map_put(&names, arena, member.id, NULL, node);
            map_put(&numbers, arena, number, NULL, node);
            *vec_push(&e->members, arena) = member;
        }
    }
}

void spec_read_enums(struct keys_reader *reader, const struct yaml *value, void *object,
                     void *member) {
    struct ksy_program *program = reader->program;
    struct ksy_class *class = object;
    (void)member;
    if (!keys_want_map(reader, value)) {
        return;
    }
    for (const struct yaml *node = value->first; node; node = node->next) {
        if (node->key[0] == '-') {
            continue;
        }
        const char *id = keys_want_key_name(reader, node, "the name of an enum");
        if (!id || !keys_want_map(reader, node)) {
            continue;
        }
        struct ksy_enum *e = arena_alloc(program->arena, sizeof *e);
        e->id = id;
        e->path =
            intern_text(program->intern, arena_printf(program->arena, "%s::%s", class->path, id));
        e->in = class;
        e->yaml = node;
        *vec_push(&class->enums, program->arena) = e;
        map_put(&class->enums_by_id, program->arena, id, NULL, e);
        read_members(reader, e);
    }
}
