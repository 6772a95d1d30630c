#include "config.h"

#include "sema/internal.h"

#include <string.h>

/* A name declared in the schema itself wins over an imported one; two imports that have it make it ambiguous. */

#define FIND_OWN(list)                                                                             \
    for (uint32_t i = 0; i < schema->list.n; i++) {                                                \
        if (schema->list.at[i]->name == name) {                                                    \
            return schema->list.at[i];                                                             \
        }                                                                                          \
    }

static struct sema_struct *own_struct(struct sema_schema *schema, const char *name) {
    FIND_OWN(structs)
    return NULL;
}

static struct sema_enum *own_enum(struct sema_schema *schema, const char *name) {
    FIND_OWN(enums)
    return NULL;
}

static struct sema_typedef *own_typedef(struct sema_schema *schema, const char *name) {
    FIND_OWN(typedefs)
    return NULL;
}

static struct sema_function *own_function(struct sema_schema *schema, const char *name) {
    FIND_OWN(functions)
    return NULL;
}

#define FIND(own)                                                                                  \
    (void)sema;                                                                                    \
    if (own(schema, name)) {                                                                       \
        return own(schema, name);                                                                  \
    }                                                                                              \
    for (uint32_t i = 0; i < schema->imports.n; i++) {                                             \
        if (own(schema->imports.at[i], name)) {                                                    \
            return own(schema->imports.at[i], name);                                               \
        }                                                                                          \
    }                                                                                              \
    return NULL;

struct sema_struct *sema_find_struct(struct sema *sema, struct sema_schema *schema,
                                     const char *name) {
    FIND(own_struct)
}

struct sema_enum *sema_find_enum(struct sema *sema, struct sema_schema *schema, const char *name) {
    FIND(own_enum)
}

struct sema_typedef *sema_find_typedef(struct sema *sema, struct sema_schema *schema,
                                       const char *name) {
    FIND(own_typedef)
}

struct sema_function *sema_find_function(struct sema *sema, struct sema_schema *schema,
                                         const char *name) {
    FIND(own_function)
}

struct sema_schema *sema_imported(const struct sema_schema *schema, const char *name) {
    for (uint32_t i = 0; i < schema->imports.n; i++) {
        if (schema->imports.at[i]->name == name) {
            return schema->imports.at[i];
        }
    }
    return NULL;
}

const struct sema_enumerator *sema_enumerator(const struct sema_enum *names, const char *name) {
    for (uint32_t i = 0; names && i < names->items.n; i++) {
        if (names->items.at[i].name == name) {
            return &names->items.at[i];
        }
    }
    return NULL;
}

struct sema_member *sema_member(const struct sema_struct *of, const char *name) {
    return map_get(&of->names, name, NULL);
}

void sema_suggest_members(struct sema *sema, struct diag *diag, const struct sema_struct *of,
                          const char *name) {
    VEC(const char *) names = {0};
    for (uint32_t i = 0; i < of->flat.n; i++) {
        *vec_push(&names, sema->arena) = of->flat.at[i]->name;
    }
    diag_suggest(sema->diags, diag, name, names.at, names.n);
}

void sema_suggest_names(struct sema *sema, struct diag *diag, const struct sema_scope *scope,
                        const char *name) {
    VEC(const char *) names = {0};
    for (const struct sema_local *l = scope->locals; l; l = l->outer) {
        *vec_push(&names, sema->arena) = l->name;
    }
    for (struct sema_struct *s = scope->self; s; s = s->lexical) {
        for (uint32_t i = 0; i < s->flat.n; i++) {
            *vec_push(&names, sema->arena) = s->flat.at[i]->name;
        }
        for (uint32_t i = 0; i < s->params.n; i++) {
            *vec_push(&names, sema->arena) = s->params.at[i].name;
        }
    }
    for (uint32_t i = 0; scope->wanted && i < scope->wanted->items.n; i++) {
        *vec_push(&names, sema->arena) = scope->wanted->items.at[i].name;
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
    diag_suggest(sema->diags, diag, name, names.at, names.n);
}
