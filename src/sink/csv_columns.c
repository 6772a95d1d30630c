#include "config.h"

#include "sink/csv_columns.h"

/* Structs in structs deeper than this are one column. */
#define NESTING_MAX 16

struct maker {
    struct csv_columns *columns;
    const struct program *program;
    uint32_t open[NESTING_MAX]; /* structs around the one at hand, itself included */
    unsigned depth;
};

/* The struct a member is, or PROGRAM_NONE. */
static uint32_t struct_of(const struct program *program, const struct program_member *member) {
    if (member->kind != MEMBER_FIELD || member->type == PROGRAM_NONE) {
        return PROGRAM_NONE;
    }
    const struct program_type *type = &program->types.at[member->type];
    return type->kind == TYPE_STRUCT ? type->of : PROGRAM_NONE;
}

/* Whether the members of a member have columns: it is that struct wherever it stands, and not
 * inside of itself. */
static bool has_columns(const struct maker *maker, const struct program_struct *s, uint32_t i) {
    const struct program_member *members = maker->program->members.at + s->member_first;
    uint32_t of = struct_of(maker->program, &members[i]);
    for (uint32_t k = 0; k < s->member_count; k++) {
        if (members[k].name == members[i].name && struct_of(maker->program, &members[k]) != of) {
            return false;
        }
    }
    for (unsigned k = 0; k < maker->depth; k++) {
        if (maker->open[k] == of) {
            return false;
        }
    }
    return of != PROGRAM_NONE && maker->depth < NESTING_MAX;
}

static uint32_t make_node(struct maker *maker, uint32_t of, const char *prefix);

static struct csv_place make_place(struct maker *maker, const struct program_struct *s, uint32_t i,
                                   const char *prefix) {
    struct csv_columns *columns = maker->columns;
    const struct program_member *members = maker->program->members.at + s->member_first;
    struct bytes text = program_text(maker->program, members[i].name);
    const char *name =
        arena_printf(&columns->arena, "%s%.*s", prefix, (int)text.len, (const char *)text.at);
    if (has_columns(maker, s, i)) {
        const char *inner = arena_printf(&columns->arena, "%s.", name);
        return (struct csv_place){CSV_NONE,
                                  make_node(maker, struct_of(maker->program, &members[i]), inner)};
    }
    *vec_push(&columns->names, &columns->arena) = name;
    return (struct csv_place){columns->names.n - 1, CSV_NONE};
}

static uint32_t make_node(struct maker *maker, uint32_t of, const char *prefix) {
    struct csv_columns *columns = maker->columns;
    const struct program_struct *s = &maker->program->structs.at[of];
    const struct program_member *members = maker->program->members.at + s->member_first;
    struct csv_place *places = arena_array(&columns->arena, s->member_count, sizeof *places);
    uint32_t node = columns->nodes.n;
    *vec_push(&columns->nodes, &columns->arena) = (struct csv_node){of, places};
    maker->open[maker->depth++] = of;
    for (uint32_t i = 0; i < s->member_count; i++) {
        uint32_t first = 0;
        while (members[first].name != members[i].name) {
            first++;
        }
        places[i] = first < i ? places[first] : make_place(maker, s, i, prefix);
    }
    maker->depth--;
    return node;
}

void csv_columns_make(struct csv_columns *columns, const struct program *program, uint32_t of) {
    struct maker maker = {.columns = columns, .program = program};
    *columns = (struct csv_columns){0};
    if (of == PROGRAM_NONE) {
        *vec_push(&columns->names, &columns->arena) = "value";
    } else {
        make_node(&maker, of, "");
    }
}

struct csv_place csv_columns_find(const struct csv_columns *columns, const struct program *program,
                                  uint32_t node, uint32_t member) {
    const struct csv_place nowhere = {CSV_NONE, CSV_NONE};
    if (node == CSV_NONE || node >= columns->nodes.n || member == PROGRAM_NONE) {
        return nowhere;
    }
    const struct program_struct *s = &program->structs.at[columns->nodes.at[node].of];
    bool is_of = member >= s->member_first && member - s->member_first < s->member_count;
    return is_of ? columns->nodes.at[node].places[member - s->member_first] : nowhere;
}

/* Whether the line of such a block may come out empty. */
static bool may_be_empty(const struct csv_columns *columns, const struct program *program,
                         const struct program_block *block) {
    for (uint32_t i = 0; i < block->count && columns->names.n == 1; i++) {
        const struct program_field *field = &program->fields.at[block->first + i];
        const struct program_type *type = &program->types.at[field->type];
        bool flags = type->names != PROGRAM_NONE && program->enums.at[type->names].flags;
        bool bytes = type->kind == TYPE_BYTES && type->bit_size <= 0;
        if (field->what == FIELD_VALUE && (type->kind == TYPE_TEXT || bytes || flags)) {
            return true;
        }
    }
    return false;
}

bool csv_columns_match(const struct csv_columns *columns, const struct program *program,
                       const struct program_block *block) {
    uint32_t open[NESTING_MAX + 1] = {columns->nodes.n ? 0 : CSV_NONE};
    uint32_t depth = 1, next = 0;
    if (block->whole != (columns->nodes.n > 0) || may_be_empty(columns, program, block)) {
        return false;
    }
    if (!block->whole) {
        return true;
    }
    for (uint32_t i = 0; i < block->count; i++) {
        const struct program_field *field = &program->fields.at[block->first + i];
        struct csv_place place = csv_columns_find(columns, program, open[depth - 1], field->member);
        if (field->what == FIELD_LEAVE) {
            depth--;
        } else if (field->what == FIELD_ENTER) {
            if (place.node == CSV_NONE || depth > NESTING_MAX) {
                return false;
            }
            open[depth++] = place.node;
        } else if (place.column != next++) {
            return false;
        }
    }
    return next == columns->names.n;
}
