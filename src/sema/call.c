#include "config.h"

#include "sema/internal.h"

#include <string.h>

#include "sema/builtins.h"

static const struct builtin_info builtins[BUILTIN_COUNT] = {
#define BUILTIN(name, text, min, max, takes, result, about)                                        \
    {#text, min, max, takes, result, false, about},
#define TRANSFORM(name, text, min, max, takes, result, about)                                      \
    {#text, min, max, takes, result, true, about},
#include "sema/builtin.def"
#undef TRANSFORM
#undef BUILTIN
};

const struct builtin_info *builtin_info(uint32_t index) {
    return &builtins[index];
}

bool builtin_sums(uint32_t index) {
    const struct builtin_info *info = &builtins[index];
    return strcmp(info->takes, "b") == 0 && info->min == 1 && info->max > 1 &&
           info->result == SEMA_V_INT && index != BUILTIN_XXH32 && index != BUILTIN_XXH64;
}

char builtin_taken_as(const struct sema_expr *e, uint32_t i) {
    if (e->builtin == BUILTIN_CRC && (i == 3 || i == 4) && e->args.n > 5 &&
        e->args.at[3]->vtype.kind == SEMA_V_BOOL) {
        return 'n'; /* reflect and xorout, which may be left out */
    }
    const char *takes = builtins[e->builtin].takes;
    size_t last = strlen(takes) - 1;
    return takes[i < last ? i : last];
}

bool builtin_is_stored(const struct sema_expr *e) {
    return (e->kind == E_FIELD && e->member->kind == SEMA_M_FIELD) || e->kind == E_NAMED ||
           e->kind == E_INDEX || e->kind == E_DOLLAR;
}

static const struct {
    const char *text;
    enum sema_fold fold;
    enum sema_vkind result;
} folds[] = {
    {"count", FOLD_COUNT, SEMA_V_INT}, {"any", FOLD_ANY, SEMA_V_BOOL},
    {"all", FOLD_ALL, SEMA_V_BOOL},    {"sum", FOLD_SUM, SEMA_V_ANY},
    {"min", FOLD_MIN, SEMA_V_ANY},     {"max", FOLD_MAX, SEMA_V_ANY},
};

static const char map_text[] = "map";

static const struct {
    const char *text;
    enum sema_ekind kind;
    enum sema_vkind result;
} forms[] = {
    {"sizeof", E_SIZEOF, SEMA_V_INT},   {"offsetof", E_OFFSETOF, SEMA_V_INT},
    {"fileof", E_FILEOF, SEMA_V_BYTES}, {"present", E_PRESENT, SEMA_V_BOOL},
    {"fault", E_FAULT, SEMA_V_BOOL},
};

static struct sema_expr *absent(struct sema *sema, struct span span, enum sema_vkind kind) {
    return sema_expr_new(sema, E_ABSENT, span, sema_vtype_simple(kind));
}

static uint32_t arg_count(const struct ast *node) {
    uint32_t n = 0;
    for (const struct ast *a = node->kid[0]; a; a = a->next) {
        n++;
    }
    return n;
}

static bool check_count(struct sema *sema, const struct ast *node, uint32_t min, uint32_t max) {
    uint32_t n = arg_count(node);
    if (n >= min && n <= max) {
        return true;
    }
    const char *wanted = min == max ? arena_printf(sema->arena, "%u", min)
                         : n > SEMA_PARAMS_MAX
                             ? arena_printf(sema->arena, "at most %u", SEMA_PARAMS_MAX)
                         : max == SEMA_PARAMS_MAX ? arena_printf(sema->arena, "at least %u", min)
                                                  : arena_printf(sema->arena, "%u to %u", min, max);
    diag_report(sema->diags, DIAG_ARGUMENTS, node->span, "'%s' takes %s argument%s, got %u",
                node->name, wanted, max == 1 ? "" : "s", n);
    return false;
}

/* What a call goes over, its first argument; NULL where that has no elements, which is reported. */
static struct sema_expr *resolve_walked(struct sema *sema, const struct sema_scope *scope,
                                        const struct ast *node) {
    struct sema_expr *of = sema_resolve(sema, scope, node->kid[0]);
    enum sema_vkind kind = of->vtype.kind;
    if (kind != SEMA_V_ARRAY && kind != SEMA_V_LIST && kind != SEMA_V_ANY &&
        kind != SEMA_V_SWITCH && kind != SEMA_V_BYTES && kind != SEMA_V_TEXT &&
        kind != SEMA_V_NOTHING) {
        diag_report(sema->diags, DIAG_NOT_AN_ARRAY, of->span,
                    "'%s' wants an array or a list, got %s", node->name,
                    sema_vtype_text(sema, &of->vtype));
        return NULL;
    }
    return of;
}

/* "$" as each element of it. */
static struct sema_dollar *dollar_over(struct sema *sema, const struct sema_scope *scope,
                                       const struct sema_expr *of) {
    struct sema_dollar *dollar = arena_alloc(sema->arena, sizeof *dollar);
    dollar->outer = scope->dollar;
    dollar->loop = true;
    dollar->item = sema_vtype_element(&of->vtype);
    return dollar;
}

/* count(x), any(x, cond), sum(x, expr) … over an array or list; "$" in the second argument is the element. */
static struct sema_expr *resolve_fold(struct sema *sema, const struct sema_scope *scope,
                                      const struct ast *node, size_t which) {
    bool needs_two = folds[which].fold == FOLD_ANY || folds[which].fold == FOLD_ALL;
    struct sema_expr *of =
        check_count(sema, node, needs_two ? 2 : 1, 2) ? resolve_walked(sema, scope, node) : NULL;
    if (!of) {
        return absent(sema, node->span, folds[which].result);
    }
    struct sema_expr *e =
        sema_expr_new(sema, E_FOLD, node->span, sema_vtype_simple(folds[which].result));
    e->fold = folds[which].fold;
    e->kid[0] = of;
    e->dollar = dollar_over(sema, scope, of);
    if (node->kid[0]->next) {
        struct sema_scope inner = *scope;
        inner.dollar = e->dollar;
        bool condition = needs_two || e->fold == FOLD_COUNT;
        e->kid[1] = condition ? sema_resolve_as(sema, &inner, node->kid[0]->next, SEMA_V_BOOL,
                                                "the condition")
                              : sema_resolve(sema, &inner, node->kid[0]->next);
    }
    return e;
}

/* map(x, expr): a list of what the expression is for each element, "$" in it. */
static struct sema_expr *resolve_map(struct sema *sema, const struct sema_scope *scope,
                                     const struct ast *node) {
    struct sema_expr *of = check_count(sema, node, 2, 2) ? resolve_walked(sema, scope, node) : NULL;
    if (!of) {
        return absent(sema, node->span, SEMA_V_LIST);
    }
    struct sema_expr *e = sema_expr_new(sema, E_MAP, node->span, sema_vtype_simple(SEMA_V_LIST));
    struct sema_scope inner = *scope;
    inner.dollar = e->dollar = dollar_over(sema, scope, of);
    e->kid[0] = of;
    e->kid[1] = sema_resolve(sema, &inner, node->kid[0]->next);
    e->vtype.elem = &e->kid[1]->vtype;
    return e;
}

static struct sema_expr *resolve_cast(struct sema *sema, const struct sema_scope *scope,
                                      const struct ast *node, const struct sema_enum *names) {
    struct sema_vtype v = sema_vtype_simple(SEMA_V_INT);
    v.names = names;
    if (!check_count(sema, node, 1, 1)) {
        return absent(sema, node->span, SEMA_V_INT);
    }
    struct sema_expr *e = sema_expr_new(sema, E_CAST, node->span, v);
    e->kid[0] = sema_resolve_as(sema, scope, node->kid[0], SEMA_V_INT, "an enum's number");
    e->names = names;
    return e;
}

static struct sema_expr *resolve_function_call(struct sema *sema, const struct sema_scope *scope,
                                               const struct ast *node, struct sema_function *f) {
    sema_resolve_function(sema, f);
    if (!check_count(sema, node, f->params.n, f->params.n)) {
        return absent(sema, node->span, f->vtype.kind);
    }
    struct sema_expr *e = sema_expr_new(sema, E_CALL, node->span, f->vtype);
    e->function = f;
    for (const struct ast *a = node->kid[0]; a; a = a->next) {
        *vec_push(&e->args, sema->arena) = sema_resolve(sema, scope, a);
    }
    return e;
}

/* What an argument must be where it can't be what the built-in takes; else NULL. */
static const char *wanted_instead(const struct sema_expr *arg, char taken) {
    enum sema_vkind kind = arg->vtype.kind;
    bool run = kind == SEMA_V_TEXT || kind == SEMA_V_BYTES;
    bool number = kind == SEMA_V_INT || kind == SEMA_V_FLOAT || kind == SEMA_V_BOOL;
    bool other = kind == SEMA_V_STRUCT || kind == SEMA_V_ARRAY || kind == SEMA_V_LIST;
    switch (taken) {
    case 'n':
        return run || other ? "a number" : NULL;
    case 'v':
        return number || kind == SEMA_V_LIST ? "bytes" : NULL;
    case 's':
        return number || other ? "a text or bytes" : NULL;
    case 'k':
        return kind == SEMA_V_BOOL || kind == SEMA_V_FLOAT || kind == SEMA_V_LIST
                   ? "bytes or a number"
                   : NULL;
    default:
        return NULL;
    }
}

/* Tells of an argument that can't be what the built-in takes. */
static void check_argument(struct sema *sema, const struct sema_expr *e, uint32_t i) {
    const struct sema_expr *arg = e->args.at[i];
    enum sema_vkind kind = arg->vtype.kind;
    char taken = builtin_taken_as(e, i);
    const char *text = builtins[e->builtin].text, *wanted = wanted_instead(arg, taken);
    bool number = kind == SEMA_V_INT || kind == SEMA_V_FLOAT || kind == SEMA_V_BOOL;
    if (wanted) {
        diag_report(sema->diags, DIAG_TYPE_MISMATCH, arg->span, "'%s' wants %s here, got %s", text,
                    wanted, sema_vtype_text(sema, &arg->vtype));
    } else if ((taken == 'b' || taken == 'l') && number && !builtin_is_stored(arg)) {
        diag_report(sema->diags, DIAG_TYPE_MISMATCH, arg->span,
                    "'%s' wants bytes here; a number has them only as a field", text);
    } else if (i == 1 && (e->builtin == BUILTIN_ENCODE || e->builtin == BUILTIN_DECODE)) {
        sema_check_encoding(sema, arg);
    }
}

/* The kind of the value that a call of a built-in makes, of its arguments. */
static enum sema_vkind result_of(const struct sema_expr *e) {
    bool all_text = true, all_int = true, some_float = false;
    for (uint32_t i = 0; i < e->args.n; i++) {
        enum sema_vkind kind = e->args.at[i]->vtype.kind;
        all_text = all_text && kind == SEMA_V_TEXT;
        all_int = all_int && kind == SEMA_V_INT;
        some_float = some_float || kind == SEMA_V_FLOAT;
    }
    enum sema_vkind first = e->args.n ? e->args.at[0]->vtype.kind : SEMA_V_ANY;
    switch (e->builtin) {
    case BUILTIN_REVERSE:
    case BUILTIN_SUBSTR:
        return first == SEMA_V_TEXT || first == SEMA_V_BYTES ? first : SEMA_V_ANY;
    case BUILTIN_CONCAT:
        return all_text ? SEMA_V_TEXT : SEMA_V_ANY;
    case BUILTIN_DIV:
    case BUILTIN_MOD:
        return all_int ? SEMA_V_INT : some_float ? SEMA_V_FLOAT : SEMA_V_ANY;
    default:
        return builtins[e->builtin].result;
    }
}

static struct sema_expr *resolve_builtin(struct sema *sema, const struct sema_scope *scope,
                                         const struct ast *node, uint32_t which) {
    if (!check_count(sema, node, builtins[which].min, builtins[which].max)) {
        return absent(sema, node->span, builtins[which].result);
    }
    struct sema_expr *e =
        sema_expr_new(sema, E_BUILTIN, node->span, sema_vtype_simple(builtins[which].result));
    e->builtin = which;
    for (const struct ast *a = node->kid[0]; a; a = a->next) {
        *vec_push(&e->args, sema->arena) = sema_resolve(sema, scope, a);
    }
    for (uint32_t i = 0; i < e->args.n; i++) {
        check_argument(sema, e, i);
    }
    e->vtype.kind = result_of(e);
    return e;
}

static void report_unknown(struct sema *sema, const struct sema_scope *scope,
                           const struct ast *node) {
    if (sema_find_function(sema, scope->schema, node->name, node->name_span)) {
        diag_report(sema->diags, DIAG_ARGUMENTS, node->span,
                    "'%s' is a value and takes no arguments", node->name);
        return;
    }
    struct diag *d = diag_report(sema->diags, DIAG_UNKNOWN_FUNCTION, node->name_span,
                                 "unknown function '%s'", node->name);
    if (sema_note_habit(sema, d, HABIT_FUNCTION, node->name)) {
        return;
    }
    if (!diag_may_suggest(sema->diags, d)) {
        return;
    }
    VEC(const char *) names = {0};
    for (uint32_t i = 0; i < BUILTIN_COUNT; i++) {
        *vec_push(&names, sema->arena) = builtins[i].text;
    }
    for (size_t i = 0; i < sizeof folds / sizeof *folds; i++) {
        *vec_push(&names, sema->arena) = folds[i].text;
    }
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        *vec_push(&names, sema->arena) = forms[i].text;
    }
    *vec_push(&names, sema->arena) = map_text;
    for (uint32_t i = 0; i < scope->schema->functions.n; i++) {
        *vec_push(&names, sema->arena) = scope->schema->functions.at[i]->name;
    }
    diag_suggest(sema->diags, d, node->name, names.at, names.n);
}

/* Whether an expression is a number or a bool that lies nowhere. */
static bool is_worked_out(const struct sema_expr *e) {
    return e->kind == E_INT || e->kind == E_FLOAT || e->kind == E_BOOL || e->kind == E_UNARY ||
           e->kind == E_IN || (e->kind == E_BINARY && e->op != AST_OP_ELSE);
}

static struct sema_expr *resolve_form(struct sema *sema, const struct sema_scope *scope,
                                      const struct ast *node, size_t form) {
    struct sema_expr *e =
        sema_expr_new(sema, forms[form].kind, node->span, sema_vtype_simple(forms[form].result));
    e->kid[0] = sema_resolve(sema, scope, node->kid[0]);
    if (e->kind == E_FILEOF) {
        enum sema_vkind kind = e->kid[0]->vtype.kind;
        bool may_be = kind == SEMA_V_STRUCT || kind == SEMA_V_SWITCH || kind == SEMA_V_ANY ||
                      kind == SEMA_V_NOTHING;
        if (!may_be) {
            diag_report(sema->diags, DIAG_TYPE_MISMATCH, node->kid[0]->span,
                        "'fileof' wants a struct, not %s",
                        sema_vtype_text(sema, &e->kid[0]->vtype));
        }
    } else if (e->kind != E_PRESENT && is_worked_out(e->kid[0])) {
        diag_report(sema->diags, DIAG_TYPE_MISMATCH, node->kid[0]->span,
                    "a number that is worked out %s",
                    e->kind == E_SIZEOF ? "takes no bytes" : "has no place");
    }
    return e;
}

struct sema_expr *sema_resolve_call(struct sema *sema, const struct sema_scope *outer,
                                    const struct ast *node) {
    struct sema_scope scope = *outer;
    scope.wanted = NULL;
    scope.set = false;
    struct sema_function *f = sema_find_function(sema, scope.schema, node->name, node->name_span);
    if (f && f->has_params) {
        return resolve_function_call(sema, &scope, node, f);
    }
    for (size_t i = 0; i < sizeof folds / sizeof *folds; i++) {
        if (strcmp(node->name, folds[i].text) == 0) {
            return resolve_fold(sema, &scope, node, i);
        }
    }
    if (strcmp(node->name, map_text) == 0) {
        return resolve_map(sema, &scope, node);
    }
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (strcmp(node->name, forms[i].text) == 0) {
            bool fault = forms[i].kind == E_FAULT;
            if (!check_count(sema, node, fault ? 0 : 1, fault ? 2 : 1)) {
                return absent(sema, node->span, forms[i].result);
            }
            if (fault) {
                return sema_resolve_fault(sema, &scope, node);
            }
            return resolve_form(sema, &scope, node, i);
        }
    }
    for (uint32_t i = 0; i < BUILTIN_COUNT; i++) {
        if (strcmp(node->name, builtins[i].text) == 0) {
            return resolve_builtin(sema, &scope, node, i);
        }
    }
    struct sema_enum *names = sema_find_enum(sema, scope.schema, node->name, node->name_span);
    if (names) {
        return resolve_cast(sema, &scope, node, names);
    }
    report_unknown(sema, &scope, node);
    return absent(sema, node->span, SEMA_V_ANY);
}
