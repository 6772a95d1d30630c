#include "config.h"

#include "sema/lint.h"

#include <string.h>

#include "ksy/ksy.h"

/* Where a name is written: the item, and whether in others, too. */
struct mention {
    const struct ast *item;
    bool elsewhere;
};

struct lint {
    struct sema *sema;
    struct map mentions;      /* name -> struct mention */
    struct map constants;     /* name -> the LET of the file */
    struct map enums;         /* name -> the ENUM of the file */
    struct map fields;        /* (name, struct's node) -> the only FIELD of that name */
    struct map twice;         /* likewise, of names that several members have */
    const struct ast *item;   /* under way */
    const struct ast *holder; /* the struct whose members are under way; NULL outside of them */
    const struct ast *params; /* those of the item */
};

static const struct ast *bare(const struct ast *expr) {
    while (expr->kind == AST_PAREN) {
        expr = expr->kid[0];
    }
    return expr;
}

/* -- what is never used ------------------------------------------------------------------------ */

static void mention(struct lint *lint, const char *name) {
    struct mention *there = map_get(&lint->mentions, name, NULL);
    if (!there) {
        there = arena_alloc(lint->sema->arena, sizeof *there);
        there->item = lint->item;
        map_put(&lint->mentions, lint->sema->arena, name, NULL, there);
    }
    there->elsewhere = there->elsewhere || there->item != lint->item;
}

static bool is_unused(const struct lint *lint, const struct ast *item) {
    const struct mention *there = map_get(&lint->mentions, item->name, NULL);
    return !there || (there->item == item && !there->elsewhere);
}

static void check_unused(const struct lint *lint, const struct ast *item) {
    struct diags *diags = lint->sema->diags;
    if (!item->name || !is_unused(lint, item)) {
        return;
    }
    switch ((enum ast_kind)item->kind) {
    case AST_STRUCT:
    case AST_ENUM:
    case AST_FLAGS:
    case AST_TYPEDEF:
        diag_report(diags, DIAG_UNUSED_TYPE, item->name_span, "the type '%s' is never used",
                    item->name);
        break;
    case AST_LET:
        diag_report(diags, DIAG_UNUSED_LET, item->name_span, "%s '%s' is never used",
                    item->flag ? "the function" : "the constant", item->name);
        break;
    default:
        break;
    }
}

/* -- bits where bytes are meant, and the other way round --------------------------------------- */

/* Whether an amount is called one of that unit: "bits", "length_bits". */
static bool is_called(const struct ast *expr, const char *unit) {
    if (expr->kind != AST_NAME && expr->kind != AST_MEMBER) {
        return false;
    }
    size_t len = strlen(expr->name), n = strlen(unit);
    return len >= n && strcmp(expr->name + len - n, unit) == 0 &&
           (len == n || expr->name[len - n - 1] == '_');
}

static void check_bytes(const struct lint *lint, const struct ast *amount) {
    if (amount && is_called(bare(amount), "bits")) {
        diag_report(lint->sema->diags, DIAG_UNITS, amount->span,
                    "'%s' is a number of bits by its name, and bytes are counted here",
                    bare(amount)->name);
    }
}

static void check_bits(const struct lint *lint, const struct ast *width) {
    const struct ast *expr = bare(width);
    bool size = expr->kind == AST_CALL && strcmp(expr->name, "sizeof") == 0;
    if (size || is_called(expr, "bytes")) {
        diag_report(lint->sema->diags, DIAG_UNITS, width->span,
                    "'%s' is a number of bytes, and bits are counted here", expr->name);
    }
}

static bool is_run(const struct ast *type) {
    static const char *const runs[] = {"byte", "char", "string"};
    for (size_t i = 0; type->kind == AST_TYPE_NAME && i < sizeof runs / sizeof *runs; i++) {
        if (strcmp(type->name, runs[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void check_clause_units(const struct lint *lint, const struct ast *clauses) {
    for (const struct ast *clause = clauses; clause; clause = clause->next) {
        if (clause->kind == AST_C_SIZED || clause->kind == AST_C_STRIDE ||
            clause->kind == AST_C_AT) {
            check_bytes(lint, clause->kid[0]);
        } else if (clause->kind == AST_C_BITS) {
            check_bits(lint, clause->kid[0]);
        } else if (clause->kind == AST_C_EACH) {
            check_clause_units(lint, clause->kid[0]);
        }
    }
}

static void check_units(const struct lint *lint, const struct ast *field) {
    bool run = is_run(field->kid[0]) && !ast_clause(field, AST_C_EACH);
    for (const struct ast *dim = run ? field->kid[1] : NULL; dim; dim = dim->next) {
        check_bytes(lint, dim->next ? NULL : dim->kid[0]); /* the last one is the length */
    }
    check_clause_units(lint, field->kid[2]);
}

/* -- names that hide others -------------------------------------------------------------------- */

static void check_shadowing(const struct lint *lint, const struct ast *member) {
    if (!member->name) {
        return; /* an arm */
    }
    const struct ast *hidden = map_get(&lint->constants, member->name, NULL);
    const char *what = "constant";
    for (const struct ast *param = lint->params; param; param = param->next) {
        if (param->name == member->name) {
            hidden = param;
            what = "parameter";
        }
    }
    if (hidden) {
        struct diags *diags = lint->sema->diags;
        struct diag *diag = diag_report(diags, DIAG_SHADOWING, member->name_span,
                                        "'%s' hides the %s of that name", member->name, what);
        diag_note(diags, diag, hidden->name_span, "the %s is here", what);
    }
}

/* -- comparisons ------------------------------------------------------------------------------- */

static const struct ast *field_named(const struct lint *lint, const struct ast *expr) {
    bool known =
        lint->holder && expr->kind == AST_NAME && !map_get(&lint->twice, expr->name, lint->holder);
    return known ? map_get(&lint->fields, expr->name, lint->holder) : NULL;
}

/* The numbers that a field can have; false where that is not known. */
static bool range_of(const struct ast *field, int128 *low, int128 *high) {
    const struct ast *type = field->kid[0];
    if (type->kind != AST_TYPE_NAME || field->kid[1]) {
        return false;
    }
    bool has_sign = type->name[0] == 'i';
    const char *digit = type->name + (has_sign ? 3 : 4);
    if (strncmp(type->name, has_sign ? "int" : "uint", has_sign ? 3 : 4) != 0) {
        return false;
    }
    unsigned bits = 0;
    for (; *digit >= '0' && *digit <= '9' && bits < 1000; digit++) {
        bits = bits * 10 + (unsigned)(*digit - '0');
    }
    const struct ast *width = ast_clause(field, AST_C_BITS);
    if (width && (width->kid[0]->kind != AST_INT || width->kid[0]->integer > bits)) {
        return false;
    }
    bits = width ? (unsigned)width->kid[0]->integer : bits;
    if (bits == 0 || bits > 64 ||
        (*digit && strcmp(digit, "le") != 0 && strcmp(digit, "be") != 0)) {
        return false;
    }
    *low = has_sign ? -((int128)1 << (bits - 1)) : 0;
    *high = ((int128)1 << (has_sign ? bits - 1 : bits)) - 1;
    return true;
}

static bool constant_of(const struct ast *expr, int128 *value) {
    bool negative = expr->kind == AST_UNARY && expr->op == AST_OP_NEG;
    const struct ast *number = negative ? bare(expr->kid[0]) : expr;
    if (number->kind != AST_INT) {
        return false;
    }
    *value = negative ? -number->integer : number->integer;
    return true;
}

/* What "x op value" is for all x in low..high: 1, 0, or -1 where it depends. */
static int always(enum ast_op op, int128 low, int128 high, int128 value) {
    switch (op) {
    case AST_OP_EQ:
        return value < low || value > high ? 0 : -1;
    case AST_OP_NE:
        return value < low || value > high ? 1 : -1;
    case AST_OP_LT:
        return high < value ? 1 : low >= value ? 0 : -1;
    case AST_OP_LE:
        return high <= value ? 1 : low > value ? 0 : -1;
    case AST_OP_GT:
        return low > value ? 1 : high <= value ? 0 : -1;
    case AST_OP_GE:
        return low >= value ? 1 : high < value ? 0 : -1;
    default:
        return -1;
    }
}

static void check_comparison(const struct lint *lint, const struct ast *expr) {
    const struct ast *left = bare(expr->kid[0]);
    const struct ast *right = bare(expr->kid[1]);
    enum ast_op op = (enum ast_op)expr->op;
    int128 value;
    if (constant_of(left, &value)) {
        left = right;
        op = ast_op_turned(op);
    } else if (!constant_of(right, &value)) {
        return;
    }
    const struct ast *field = field_named(lint, left);
    int128 low;
    int128 high;
    if (!field || !range_of(field, &low, &high)) {
        return;
    }
    int is = always(op, low, high, value);
    if (is >= 0) {
        char from[INT128_TEXT_MAX];
        char to[INT128_TEXT_MAX];
        int from_len = (int)int128_text(low, from);
        int to_len = (int)int128_text(high, to);
        diag_report(lint->sema->diags, DIAG_ALWAYS, expr->span,
                    "this is always %s: '%s' is in %.*s..%.*s", is ? "true" : "false", field->name,
                    from_len, from, to_len, to);
    }
}

/* -- sizes said twice -------------------------------------------------------------------------- */

/* The expression that gives a field its length in bytes, or NULL. */
static const struct ast *size_of(const struct ast *field) {
    const struct ast *sized = ast_clause(field, AST_C_SIZED);
    if (sized) {
        return bare(sized->kid[0]);
    }
    const struct ast *dim = field->kid[1];
    return is_run(field->kid[0]) && dim && !dim->next && dim->kid[0] ? bare(dim->kid[0]) : NULL;
}

/* "uint32 length = sizeof(body)" beside "body[length]" */
static void check_relation(const struct lint *lint, const struct ast *field) {
    const struct ast *equals = ast_clause(field, AST_C_EQUALS);
    const struct ast *call = equals ? bare(equals->kid[0]) : NULL;
    bool is_size = call && call->kind == AST_CALL && strcmp(call->name, "sizeof") == 0 &&
                   call->kid[0] && !call->kid[0]->next;
    const struct ast *body = is_size ? field_named(lint, bare(call->kid[0])) : NULL;
    const struct ast *size = body ? size_of(body) : NULL;
    if (size && size->kind == AST_NAME && size->name == field->name) {
        struct diags *diags = lint->sema->diags;
        struct diag *diag =
            diag_report(diags, DIAG_REDUNDANT, equals->span,
                        "this always holds: '%s' gives '%s' its size", field->name, body->name);
        diag_note(diags, diag, size->span, "the size is taken from it here");
    }
}

/* -- switches ---------------------------------------------------------------------------------- */

/* What the labels of a switch are. */
struct labels {
    struct map names;
    bool yes, no;
};

static struct labels labels_of(const struct lint *lint, const struct ast *arms) {
    struct labels labels = {0};
    for (const struct ast *arm = arms; arm; arm = arm->next) {
        for (const struct ast *label = arm->kid[0]; label; label = label->next) {
            if (label->kind == AST_NAME) {
                map_put(&labels.names, lint->sema->arena, label->name, NULL,
                        (void *)(uintptr_t)label);
            } else if (label->kind == AST_BOOL) {
                labels.yes = labels.yes || label->flag;
                labels.no = labels.no || !label->flag;
            }
        }
    }
    return labels;
}

static bool has_default(const struct ast *arms) {
    for (const struct ast *arm = arms; arm; arm = arm->next) {
        if (arm->kind == AST_ARM && !arm->kid[0]) {
            return true;
        }
    }
    return false;
}

/* Whether a switch without a default has an arm for every known value of its selector. */
static bool covers(const struct lint *lint, const struct ast *type) {
    const struct labels labels = labels_of(lint, type->kid[1]);
    if (labels.yes && labels.no) {
        return true;
    }
    const struct ast *field = field_named(lint, bare(type->kid[0]));
    const struct ast *names = field && field->kid[0]->kind == AST_TYPE_NAME
                                  ? map_get(&lint->enums, field->kid[0]->name, NULL)
                                  : NULL;
    for (const struct ast *name = names ? names->kid[1] : NULL; name; name = name->next) {
        if (!map_get(&labels.names, name->name, NULL)) {
            return false;
        }
    }
    return names != NULL;
}

static void check_switch(const struct lint *lint, const struct ast *type) {
    if (!has_default(type->kid[1]) && !covers(lint, type)) {
        diag_report(lint->sema->diags, DIAG_MISSING_DEFAULT, type->kid[0]->span,
                    "nothing is said of other values: without a 'default' the field is absent");
    }
}

/* -- all of it --------------------------------------------------------------------------------- */

static void walk_list(struct lint *lint, const struct ast *list);

/* Notes the fields of a struct, those in branches included. */
static void note_fields(struct lint *lint, const struct ast *holder, const struct ast *members) {
    struct arena *arena = lint->sema->arena;
    for (const struct ast *member = members; member; member = member->next) {
        if (member->kind == AST_IF) {
            note_fields(lint, holder, member->kid[1]);
            note_fields(lint, holder, member->kid[2]);
        } else if ((member->kind == AST_FIELD || member->kind == AST_LET) && member->name) {
            bool again = map_get(&lint->fields, member->name, holder) != NULL;
            bool field = member->kind == AST_FIELD;
            map_put(again || !field ? &lint->twice : &lint->fields, arena, member->name, holder,
                    (void *)(uintptr_t)member);
        }
    }
}

/* A struct: its size and its members, in which names mean its fields. */
static void walk_struct(struct lint *lint, const struct ast *node, const struct ast *members) {
    const struct ast *outer = lint->holder;
    lint->holder = node;
    note_fields(lint, node, members);
    walk_list(lint, node->kid[1]);
    walk_list(lint, members);
    lint->holder = outer;
}

static void walk(struct lint *lint, const struct ast *node) {
    switch ((enum ast_kind)node->kind) {
    case AST_TYPE_NAME:
    case AST_NAME:
    case AST_CALL:
        mention(lint, node->name);
        break;
    case AST_BINARY:
        check_comparison(lint, node);
        break;
    case AST_TYPE_SWITCH:
        check_switch(lint, node);
        break;
    case AST_FIELD:
    case AST_LET:
        if (lint->holder) {
            check_shadowing(lint, node);
        }
        if (node->kind == AST_FIELD) {
            check_relation(lint, node);
            check_units(lint, node);
        }
        break;
    case AST_PAD:
        check_bits(lint, node->kid[1]);
        break;
    case AST_SKIP:
    case AST_ALIGN:
        check_bytes(lint, node->kid[0]);
        break;
    case AST_TYPE_STRUCT:
        walk_struct(lint, node, node->kid[2]);
        return;
    default:
        break;
    }
    for (unsigned i = 0; i < 3; i++) {
        walk_list(lint, node->kid[i]);
    }
}

static void walk_list(struct lint *lint, const struct ast *list) {
    for (const struct ast *node = list; node; node = node->next) {
        walk(lint, node);
    }
}

static void walk_item(struct lint *lint, const struct ast *item) {
    lint->item = item;
    if (item->kind == AST_STRUCT) {
        lint->params = item->kid[0];
        walk_list(lint, item->kid[0]);
        walk_struct(lint, item, item->kid[2]);
        lint->params = NULL;
    } else {
        walk(lint, item);
    }
}

void sema_lint(struct sema *sema, const struct sema_schema *schema) {
    struct lint lint = {.sema = sema};
    const struct diag *before = sema->diags->last;
    const struct ast *items = schema->ast->kid[0];
    for (const struct ast *item = items; item; item = item->next) {
        bool constant = item->kind == AST_LET && !item->flag;
        if (constant || item->kind == AST_ENUM) {
            map_put(constant ? &lint.constants : &lint.enums, sema->arena, item->name, NULL,
                    (void *)(uintptr_t)item);
        }
    }
    for (const struct ast *item = items; item; item = item->next) {
        walk_item(&lint, item);
    }
    /* a schema without a root is there for others to use what it has */
    for (const struct ast *item = schema->root ? items : NULL; item; item = item->next) {
        if (item->name != schema->name) {
            check_unused(&lint, item);
        }
    }
    ksy_say_where(sema->arena, sema->diags, before);
}
