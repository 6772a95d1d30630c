#include "config.h"

#include "lib/give.h"

#include <string.h>

#include "text/diag.h"

bool give_is_one(const char *text) {
    const char *equals = strchr(text, '=');
    return equals && equals > text;
}

static const char *value_in(const char *given) {
    return strchr(given, '=') + 1;
}

static bool is_for(const char *given, const struct sema_param *param) {
    size_t len = (size_t)(strchr(given, '=') - given);
    return strlen(param->shown) == len && strncmp(given, param->shown, len) == 0;
}

static void put_names(const struct sema_struct *root, struct buf *out) {
    for (uint32_t i = 0; i < root->params.n; i++) {
        const char *name = root->params.at[i].shown;
        buf_printf(out, "%s%s", out->len > 0 && name[0] ? ", " : "", name);
    }
}

static void tell_unknown(struct compiled *compiled, const char *given,
                         struct give_trouble *trouble) {
    const struct sema_struct *root = compiled->schema->root;
    struct buf near = {0}, names = {0};
    int len = (int)(strchr(given, '=') - given);
    const char *name = arena_strndup(&compiled->arena, given, (size_t)len);
    const char **known = arena_array(&compiled->arena, root->params.n + 1, sizeof *known);
    for (uint32_t i = 0; i < root->params.n; i++) {
        known[i] = root->params.at[i].shown;
    }
    put_names(root, &names);
    buf_printf(&trouble->message, "'%s' has no parameter '%s'%s", compiled->schema->name, name,
               diag_suggestion(&near, name, known, root->params.n));
    if (names.len > 0) {
        buf_printf(&trouble->more, "it has %s", buf_text(&names));
    }
    buf_free(&near);
    buf_free(&names);
}

/* Whether each is one of the root's, and none of them given twice. */
static bool are_known(const struct given *given, struct compiled *compiled,
                      struct give_trouble *trouble) {
    const struct sema_struct *root = compiled->schema->root;
    bool *taken = arena_array(&compiled->arena, root->params.n + 1, sizeof *taken);
    for (uint32_t i = 0; i < given->at.n; i++) {
        uint32_t k = 0;
        while (k < root->params.n && !is_for(given->at.at[i], &root->params.at[k])) {
            k++;
        }
        if (k == root->params.n) {
            tell_unknown(compiled, given->at.at[i], trouble);
            return false;
        }
        if (taken[k]) {
            buf_printf(&trouble->message, "the parameter '%s' is given twice",
                       root->params.at[k].shown);
            return false;
        }
        taken[k] = true;
    }
    return true;
}

static const char *given_for(const struct given *given, const struct sema_param *param) {
    for (uint32_t i = 0; i < given->at.n; i++) {
        if (is_for(given->at.at[i], param)) {
            return value_in(given->at.at[i]);
        }
    }
    return NULL;
}

/* Whether all are given. */
static bool are_all(const struct given *given, const struct compiled *compiled,
                    struct give_trouble *trouble) {
    const struct sema_struct *root = compiled->schema->root;
    struct buf missing = {0};
    uint32_t n = 0;
    for (uint32_t i = 0; i < root->params.n; i++) {
        if (root->params.at[i].shown[0] && !given_for(given, &root->params.at[i])) {
            buf_printf(&missing, "%s%s", n++ > 0 ? ", " : "", root->params.at[i].shown);
        }
    }
    if (n > 0) {
        buf_printf(&trouble->message, "'%s' needs a value for %s", compiled->schema->name,
                   buf_text(&missing));
        trouble->missing = true;
    }
    buf_free(&missing);
    return n == 0;
}

static void tell_wrong(struct compiled *compiled, const struct sema_param *param, const char *value,
                       struct give_trouble *trouble) {
    struct buf near = {0};
    const struct sema_enum *names = sema_param_enum(param);
    uint32_t n = names ? names->items.n : 0;
    const char **known = arena_array(&compiled->arena, n + 1, sizeof *known);
    for (uint32_t i = 0; i < n; i++) {
        known[i] = names->items.at[i].name;
    }
    buf_printf(&trouble->message, "the parameter '%s' of '%s' is %s, not '%s'%s", param->shown,
               compiled->schema->name, sema_param_text(&compiled->sema, param), value,
               diag_suggestion(&near, value, known, n));
    buf_free(&near);
}

/* The value as an expression; NULL where it is none, or none that fits. */
static struct sema_expr *constant_of(struct compiled *compiled, uint32_t i, const char *value) {
    const struct source *source = sources_add(compiled->sources, "<parameter>", bytes_text(value));
    if (!source) {
        return NULL;
    }
    struct diags tried;
    diags_init(&tried, &compiled->arena, compiled->sources);
    struct parser parser = {.arena = &compiled->arena, .intern = compiled->intern, .diags = &tried};
    const struct ast *ast = parse_path(&parser, source);
    compiled->sema.diags = &tried;
    struct sema_expr *e =
        tried.errors == 0 ? sema_give_constant(&compiled->sema, compiled->schema, i, ast) : NULL;
    compiled->sema.diags = &compiled->diags;
    return tried.errors == 0 ? e : NULL;
}

static struct sema_expr *value_of(struct compiled *compiled, uint32_t i, const char *value,
                                  struct give_trouble *trouble) {
    const struct sema_param *param = &compiled->schema->root->params.at[i];
    enum sema_vkind kind = param->vtype.kind;
    bool run = kind == SEMA_V_TEXT || kind == SEMA_V_BYTES;
    struct sema_expr *e = run ? NULL : constant_of(compiled, i, value);
    if (!e && (run || (kind == SEMA_V_ANY && !param->vtype.elem))) {
        return sema_give_text(&compiled->sema, bytes_text(value));
    }
    if (!e) {
        tell_wrong(compiled, param, value, trouble);
    }
    return e;
}

bool give_args(const struct given *given, struct compiled *compiled, struct give_trouble *trouble) {
    if (!are_known(given, compiled, trouble) || !are_all(given, compiled, trouble)) {
        return false;
    }
    const struct sema_struct *root = compiled->schema->root;
    compiled->args.n = 0;
    for (uint32_t i = 0; i < root->params.n; i++) {
        const char *value = given_for(given, &root->params.at[i]);
        struct sema_expr *e =
            value ? value_of(compiled, i, value, trouble) : sema_give_nothing(&compiled->sema);
        if (!e) {
            return false;
        }
        *vec_push(&compiled->args, &compiled->arena) = e;
    }
    return true;
}

void give_trouble_free(struct give_trouble *trouble) {
    buf_free(&trouble->message);
    buf_free(&trouble->more);
}
