#include "config.h"

#include "sema/internal.h"

#include <string.h>

/* A name declared in the schema itself wins over an imported one; two imports that have it make it ambiguous. */

/* What the imports say of a name. */
struct imported {
    const struct sema_name *first;
    const struct sema_name *second; /* of another schema: which one is meant must be said */
};

void sema_name_add(struct sema *sema, struct sema_schema *schema, enum sema_name_kind kind,
                   void *of, const struct ast *node) {
    struct sema_name *name = arena_alloc(sema->arena, sizeof *name);
    *name = (struct sema_name){
        .kind = kind, .of = of, .schema = schema, .name = node->name, .span = node->name_span};
    bool function = kind == SEMA_NAME_FUNCTION;
    map_put(function ? &schema->functions_by_name : &schema->types_by_name, sema->arena, name->name,
            NULL, name);
    *vec_push(&schema->names, sema->arena) = name;
}

/* Enters what the imports declare, once: one table, however many they are. */
static void enter_imports(struct sema *sema, struct sema_schema *schema) {
    if (schema->imports_entered) {
        return;
    }
    schema->imports_entered = true;
    for (uint32_t i = 0; i < schema->imports.n; i++) {
        const struct sema_schema *from = schema->imports.at[i];
        for (uint32_t k = 0; k < from->names.n; k++) {
            const struct sema_name *name = from->names.at[k];
            struct map *map = name->kind == SEMA_NAME_FUNCTION ? &schema->imported_functions
                                                               : &schema->imported_types;
            struct imported *known = map_get(map, name->name, NULL);
            if (!known) {
                known = arena_alloc(sema->arena, sizeof *known);
                known->first = name;
                map_put(map, sema->arena, name->name, NULL, known);
            } else if (!known->second && known->first != name) {
                known->second = name;
            }
        }
    }
}

static void report_ambiguous(struct sema *sema, const struct imported *found, struct span span) {
    const struct sema_name *a = found->first, *b = found->second;
    struct diag *d =
        diag_report(sema->diags, DIAG_AMBIGUOUS, span, "two imports declare '%s': '%s' and '%s'",
                    a->name, a->schema->name, b->schema->name);
    diag_note(sema->diags, d, a->span, "one is here");
    diag_note(sema->diags, d, b->span, "the other is here");
    if (a->kind != SEMA_NAME_FUNCTION) {
        diag_note(sema->diags, d, span_none(), "write '%s.%s' or '%s.%s'", a->schema->name, a->name,
                  b->schema->name, b->name);
    }
}

static const struct sema_name *find(struct sema *sema, struct sema_schema *schema, const char *name,
                                    bool function, struct span span) {
    const struct sema_name *own =
        map_get(function ? &schema->functions_by_name : &schema->types_by_name, name, NULL);
    if (own) {
        return own;
    }
    enter_imports(sema, schema);
    const struct imported *found =
        map_get(function ? &schema->imported_functions : &schema->imported_types, name, NULL);
    if (found && found->second) {
        report_ambiguous(sema, found, span);
    }
    return found ? found->first : NULL;
}

const struct sema_name *sema_find_type(struct sema *sema, struct sema_schema *schema,
                                       const char *name, struct span span) {
    return find(sema, schema, name, false, span);
}

struct sema_struct *sema_find_struct(struct sema *sema, struct sema_schema *schema,
                                     const char *name, struct span span) {
    const struct sema_name *found = sema_find_type(sema, schema, name, span);
    return found && found->kind == SEMA_NAME_STRUCT ? found->of : NULL;
}

struct sema_enum *sema_find_enum(struct sema *sema, struct sema_schema *schema, const char *name,
                                 struct span span) {
    const struct sema_name *found = sema_find_type(sema, schema, name, span);
    return found && found->kind == SEMA_NAME_ENUM ? found->of : NULL;
}

struct sema_function *sema_find_function(struct sema *sema, struct sema_schema *schema,
                                         const char *name, struct span span) {
    const struct sema_name *found = find(sema, schema, name, true, span);
    return found ? found->of : NULL;
}

struct sema_schema *sema_imported(const struct sema_schema *schema, const char *name) {
    for (uint32_t i = 0; i < schema->imports.n; i++) {
        if (schema->imports.at[i]->name == name) {
            return schema->imports.at[i];
        }
    }
    return NULL;
}

struct sema_enumerator *sema_enumerator_add(struct sema *sema, struct sema_enum *names,
                                            const char *name) {
    struct sema_enumerator *item = vec_push(&names->items, sema->arena);
    item->name = name;
    map_put(&names->by_name, sema->arena, name, NULL, (void *)(uintptr_t)names->items.n);
    return item;
}

const struct sema_enumerator *sema_enumerator(const struct sema_enum *names, const char *name) {
    uintptr_t found = names ? (uintptr_t)map_get(&names->by_name, name, NULL) : 0;
    return found ? &names->items.at[found - 1] : NULL;
}

struct sema_named *sema_named(struct sema *sema, const char *name) {
    struct sema_named *named = map_get(&sema->named, name, NULL);
    if (!named) {
        named = arena_alloc(sema->arena, sizeof *named);
        map_put(&sema->named, sema->arena, name, NULL, named);
    }
    return named;
}

struct sema_member *sema_member(const struct sema_struct *of, const char *name) {
    return map_get(&of->names, name, NULL);
}

/* The field of a struct that is a struct with a field of that name; NULL: there is none. */
static const struct sema_member *around_member(const struct sema_struct *of, const char *name) {
    for (uint32_t i = 0; i < of->flat.n; i++) {
        const struct sema_member *m = of->flat.at[i];
        if (m->kind != SEMA_M_FIELD || !m->name || !m->decl->type) {
            continue;
        }
        struct sema_vtype v = sema_vtype_of(m->decl, 0);
        if (v.kind == SEMA_V_STRUCT && sema_member(v.of, name)) {
            return m;
        }
    }
    return NULL;
}

void sema_suggest_members(struct sema *sema, struct diag *diag, const struct sema_struct *of,
                          const char *name) {
    if (!diag_may_suggest(sema->diags, diag)) {
        return;
    }
    const struct sema_member *around = around_member(of, name);
    if (around) {
        diag_note(sema->diags, diag, span_none(), "there is '%s.%s'", around->name, name);
        return;
    }
    VEC(const char *) names = {0};
    for (uint32_t i = 0; i < of->flat.n; i++) {
        *vec_push(&names, sema->arena) = of->flat.at[i]->name;
    }
    diag_suggest(sema->diags, diag, name, names.at, names.n);
}

void sema_suggest_names(struct sema *sema, struct diag *diag, const struct sema_scope *scope,
                        const char *name) {
    if (!diag_may_suggest(sema->diags, diag)) {
        return;
    }
    VEC(const char *) names = {0};
    for (const struct sema_local *l = scope->locals; l; l = l->outer) {
        *vec_push(&names, sema->arena) = l->name;
    }
    const struct sema_struct *element = scope->element && scope->element->item.kind == SEMA_V_STRUCT
                                            ? scope->element->item.of
                                            : NULL;
    for (uint32_t i = 0; element && i < element->flat.n; i++) {
        *vec_push(&names, sema->arena) = element->flat.at[i]->name;
    }
    for (struct sema_struct *s = scope->self; s; s = s->lexical) {
        for (uint32_t i = 0; i < s->flat.n; i++) {
            *vec_push(&names, sema->arena) = s->flat.at[i]->name;
        }
        for (uint32_t i = 0; i < s->params.n; i++) {
            *vec_push(&names, sema->arena) = s->params.at[i].name;
        }
    }
    const struct sema_enum *wanted = sema_wanted_names(scope);
    for (uint32_t i = 0; wanted && i < wanted->items.n; i++) {
        *vec_push(&names, sema->arena) = wanted->items.at[i].name;
    }
    for (uint32_t i = 0; i < scope->schema->structs.n; i++) {
        *vec_push(&names, sema->arena) = scope->schema->structs.at[i]->name;
    }
    for (uint32_t i = 0; i < scope->schema->functions.n; i++) {
        *vec_push(&names, sema->arena) = scope->schema->functions.at[i]->name;
    }
    for (uint32_t i = 0; i < scope->schema->enums.n; i++) {
        *vec_push(&names, sema->arena) = scope->schema->enums.at[i]->name;
    }
    *vec_push(&names, sema->arena) = "true";
    *vec_push(&names, sema->arena) = "false";
    diag_suggest(sema->diags, diag, name, names.at, names.n);
}
