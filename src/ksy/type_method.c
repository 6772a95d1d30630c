/* The methods of values that are no structs. */
#include "config.h"

#include "ksy/type_internal.h"

/* What a method takes and gives. */
enum thing { NOTHING, INT, TEXT, TEXT_LITERAL, BYTES, BYTE, BOOL, ELEMENT };

struct method {
    enum ksy_type_kind of; /* INT: BITS, too */
    const char *name;
    enum thing args[2];
    enum thing gives;
};

static const struct method methods[] = {
    {KSY_T_STR, "length", {NOTHING}, INT},       {KSY_T_STR, "reverse", {NOTHING}, TEXT},
    {KSY_T_STR, "to_i", {NOTHING}, INT},         {KSY_T_STR, "to_i", {INT}, INT}, /* the base */
    {KSY_T_STR, "substring", {INT, INT}, TEXT},  {KSY_T_STR, "to_b", {TEXT_LITERAL}, BYTES},
    {KSY_T_BYTES, "length", {NOTHING}, INT},     {KSY_T_BYTES, "size", {NOTHING}, INT},
    {KSY_T_BYTES, "first", {NOTHING}, BYTE},     {KSY_T_BYTES, "last", {NOTHING}, BYTE},
    {KSY_T_BYTES, "min", {NOTHING}, BYTE},       {KSY_T_BYTES, "max", {NOTHING}, BYTE},
    {KSY_T_BYTES, "to_s", {TEXT_LITERAL}, TEXT}, {KSY_T_INT, "to_s", {NOTHING}, TEXT},
    {KSY_T_FLOAT, "to_i", {NOTHING}, INT},       {KSY_T_BOOL, "to_i", {NOTHING}, INT},
    {KSY_T_ENUM, "to_i", {NOTHING}, INT},        {KSY_T_ARRAY, "size", {NOTHING}, INT},
    {KSY_T_ARRAY, "first", {NOTHING}, ELEMENT},  {KSY_T_ARRAY, "last", {NOTHING}, ELEMENT},
    {KSY_T_ARRAY, "min", {NOTHING}, ELEMENT},    {KSY_T_ARRAY, "max", {NOTHING}, ELEMENT},
    {KSY_T_IO, "size", {NOTHING}, INT},          {KSY_T_IO, "pos", {NOTHING}, INT},
    {KSY_T_IO, "eof", {NOTHING}, BOOL},
};

#define METHODS_N (sizeof methods / sizeof *methods)

static bool is_of(const struct method *method, const struct ksy_type *type) {
    return method->of == type->kind || (method->of == KSY_T_INT && type_is_int(type));
}

static unsigned args_of(const struct method *method) {
    return method->args[0] == NOTHING ? 0 : method->args[1] == NOTHING ? 1 : 2;
}

static const struct ksy_type *given(const struct typing *typing, const struct method *method,
                                    const struct ksy_type *of) {
    switch (method->gives) {
    case INT:
        return typing->integer;
    case TEXT:
    case TEXT_LITERAL:
        return typing->text;
    case BYTES:
        return typing->bytes;
    case BYTE:
        return typing->byte;
    case BOOL:
        return typing->boolean;
    case ELEMENT:
        return of->of;
    case NOTHING:
        break;
    }
    return NULL;
}

static const struct ksy_type *unknown_method(const struct place *place, const struct ksy_expr *expr,
                                             const struct ksy_type *of) {
    struct typing *typing = place->typing;
    const char *text = ksy_type_text(typing->program, of);
    if (of->kind == KSY_T_ANY || of->kind == KSY_T_SWITCH) {
        type_report(typing, DIAG_UNKNOWN_MEMBER, expr, expr->name_span,
                    "the type of this value is %s, its '%s' is not known: say which type it has "
                    "with .as<…>",
                    text, expr->name);
        return NULL;
    }
    struct diag *diag = type_report(typing, DIAG_UNKNOWN_MEMBER, expr, expr->name_span,
                                    "there is no method '%s' of %s", expr->name, text);
    const char *names[METHODS_N];
    uint32_t n = 0;
    for (size_t i = 0; i < METHODS_N; i++) {
        if (is_of(&methods[i], of)) {
            names[n++] = methods[i].name;
        }
    }
    if (diag) {
        diag_suggest(typing->program->diags, diag, expr->name, names, n);
    }
    return NULL;
}

static const struct ksy_type *
wrong_arguments(const struct place *place, const struct ksy_expr *expr, const struct ksy_type *of) {
    struct buf wants = {0};
    for (size_t i = 0; i < METHODS_N; i++) {
        if (!is_of(&methods[i], of) || strcmp(methods[i].name, expr->name) != 0) {
            continue;
        }
        buf_printf(&wants, "%s%s", wants.len > 0 ? " or " : "", expr->name);
        for (unsigned k = 0; k < args_of(&methods[i]); k++) {
            enum thing arg = methods[i].args[k];
            buf_printf(&wants, "%s%s", k > 0 ? ", " : "(",
                       arg == INT ? "int" : "a string in quotes");
        }
        buf_puts(&wants, args_of(&methods[i]) > 0 ? ")" : "");
    }
    type_report(place->typing, DIAG_ARGUMENTS, expr, expr->span,
                "wrong arguments of a method of %s: it is %s",
                ksy_type_text(place->typing->program, of), buf_text(&wants));
    buf_free(&wants);
    return NULL;
}

static bool takes(enum thing thing, const struct ksy_expr *arg) {
    return thing == INT ? type_is_int(arg->type) : thing == TEXT_LITERAL && arg->kind == KSY_STRING;
}

/* Whether the arguments of a call, or none, are those that the method takes. */
static bool fits(const struct method *method, const struct ksy_expr *expr) {
    const struct ksy_expr *arg = expr->args;
    for (unsigned i = 0; i < args_of(method); i++) {
        if (!arg || !takes(method->args[i], arg)) {
            return false;
        }
        arg = arg->next;
    }
    return !arg && (expr->kind == KSY_ATTRIBUTE) == (args_of(method) == 0);
}

const struct ksy_type *type_method(const struct place *place, struct ksy_expr *expr,
                                   const struct ksy_type *of) {
    bool known = false;
    for (size_t i = 0; i < METHODS_N; i++) {
        if (!is_of(&methods[i], of) || strcmp(methods[i].name, expr->name) != 0) {
            continue;
        }
        if (fits(&methods[i], expr)) {
            return given(place->typing, &methods[i], of);
        }
        known = true;
    }
    return known ? wrong_arguments(place, expr, of) : unknown_method(place, expr, of);
}
