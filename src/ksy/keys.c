#include "config.h"

#include "ksy/keys.h"

#include "base/buf.h"
#include "ksy/charset.h"

/* Keys of one table, for suggestions and notes. */
#define KEYS_MAX 40u

static const struct keys_row *find_row(const struct keys_table *table, const char *name) {
    for (uint32_t i = 0; i < table->n; i++) {
        if (strcmp(table->rows[i].name, name) == 0) {
            return &table->rows[i];
        }
    }
    return NULL;
}

static void report_unknown(struct keys_reader *reader, const struct yaml *value,
                           const struct keys_table *table, uint32_t where) {
    struct diags *diags = reader->program->diags;
    struct diag *diag = yaml_report(diags, DIAG_KSY_KEY, value, true,
                                    find_row(table, value->key) ? "'%.64s' does not belong to %s"
                                                                : "there is no key '%.64s' in %s",
                                    value->key, table->what);
    if (!diag_may_suggest(diags, diag)) {
        return;
    }
    const char *names[KEYS_MAX];
    uint32_t n = 0;
    struct buf list = {0};
    for (uint32_t i = 0; i < table->n && n < KEYS_MAX; i++) {
        if (table->rows[i].where & where) {
            names[n++] = table->rows[i].name;
            buf_printf(&list, "%s%s", list.len > 0 ? ", " : "", table->rows[i].name);
        }
    }
    diag_suggest(diags, diag, value->key, names, n);
    diag_note(diags, diag, span_none(), "its keys are: %s", buf_text(&list));
    buf_free(&list);
}

void keys_read(struct keys_reader *reader, const struct yaml *map, const struct keys_table *table,
               uint32_t where, void *object) {
    for (const struct yaml *value = map->first; value; value = value->next) {
        if (value->key[0] == '-') {
            continue;
        }
        const struct keys_row *row = find_row(table, value->key);
        if (!row || !(row->where & where)) {
            report_unknown(reader, value, table, where);
        } else if (row->read) {
            row->read(reader, value, object, (char *)object + row->member);
        }
    }
}

static const char *kind_text(const struct yaml *node) {
    switch (node->kind) {
    case YAML_SCALAR:
        return yaml_is_null(node) ? "nothing" : "a scalar";
    case YAML_SEQUENCE:
        return "a sequence";
    case YAML_MAP:
        return "a map";
    }
    return "";
}

static bool want_kind(struct keys_reader *reader, const struct yaml *node, enum yaml_kind kind,
                      const char *wanted) {
    if (node->kind != kind) {
        bool empty = node->span.lo == node->span.hi;
        yaml_report(reader->program->diags, DIAG_KSY_VALUE, node, empty, "%s is wanted, not %s",
                    wanted, kind_text(node));
    }
    return node->kind == kind;
}

bool keys_want_map(struct keys_reader *reader, const struct yaml *node) {
    return want_kind(reader, node, YAML_MAP, "a map");
}

bool keys_want_sequence(struct keys_reader *reader, const struct yaml *node) {
    return want_kind(reader, node, YAML_SEQUENCE, "a sequence");
}

static bool want_scalar(struct keys_reader *reader, const struct yaml *node, const char *wanted) {
    if (node->kind == YAML_SCALAR && yaml_is_null(node)) {
        yaml_report(reader->program->diags, DIAG_KSY_VALUE, node, node->span.lo == node->span.hi,
                    "%s is wanted, not nothing", wanted);
        return false;
    }
    return want_kind(reader, node, YAML_SCALAR, wanted);
}

const char *keys_want_text(struct keys_reader *reader, const struct yaml *node) {
    if (!want_scalar(reader, node, "a text")) {
        return NULL;
    }
    return intern_add(reader->program->intern, (const char *)node->text.at, node->text.len);
}

static bool is_name(struct bytes text) {
    bool good = text.len > 0 && text.at[0] >= 'a' && text.at[0] <= 'z';
    for (size_t i = 1; i < text.len && good; i++) {
        unsigned char c = text.at[i];
        good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    }
    return good;
}

static const char *want_name(struct keys_reader *reader, const struct yaml *node, bool at_key,
                             struct bytes text, const char *what) {
    if (!is_name(text)) {
        struct diag *diag =
            yaml_report(reader->program->diags, DIAG_KSY_ID, node, at_key, "%s can't be '%.*s'",
                        what, (int)(text.len < 64 ? text.len : 64), (const char *)text.at);
        diag_note(reader->program->diags, diag, span_none(),
                  "names are made of a-z, 0-9 and '_', and start with a letter");
        return NULL;
    }
    return intern_add(reader->program->intern, (const char *)text.at, text.len);
}

const char *keys_want_name(struct keys_reader *reader, const struct yaml *node, const char *what) {
    return want_scalar(reader, node, "a name") ? want_name(reader, node, false, node->text, what)
                                               : NULL;
}

const char *keys_want_key_name(struct keys_reader *reader, const struct yaml *node,
                               const char *what) {
    return want_name(reader, node, true, node->key_node->text, what);
}

struct ksy_expr *keys_want_expr(struct keys_reader *reader, const struct yaml *node) {
    struct ksy_program *program = reader->program;
    return want_scalar(reader, node, "an expression")
               ? ksy_expr_parse(program->arena, program->intern, program->diags, node)
               : NULL;
}

void keys_expr(struct keys_reader *reader, const struct yaml *value, void *object, void *member) {
    (void)object;
    *(struct ksy_expr **)member = keys_want_expr(reader, value);
}

void keys_exprs(struct keys_reader *reader, const struct yaml *value, void *object, void *member) {
    (void)object;
    struct ksy_expr **end = member;
    if (!keys_want_sequence(reader, value)) {
        return;
    }
    for (const struct yaml *item = value->first; item; item = item->next) {
        *end = keys_want_expr(reader, item);
        end = *end ? &(*end)->next : end;
    }
}

void keys_encoding(struct keys_reader *reader, const struct yaml *value, void *object,
                   void *member) {
    struct diags *diags = reader->program->diags;
    const char *name = keys_want_text(reader, value);
    (void)object;
    const char *usual = name ? ksy_charset(name) : NULL;
    *(const char **)member = usual ? usual : name;
    if (usual && strcmp(name, usual) != 0) {
        yaml_report(diags, DIAG_KSY_ENCODING, value, false,
                    "specifications call this encoding '%s', not '%s'", usual, name);
    } else if (name && !usual && !ksy_charset_is_known(name)) {
        yaml_report(diags, DIAG_KSY_ENCODING, value, false,
                    "nobody knows the encoding '%.64s': text in it can't be read", name);
    }
}

void keys_flag(struct keys_reader *reader, const struct yaml *value, void *object, void *member) {
    (void)object;
    if (!yaml_bool(value, member)) {
        yaml_report(reader->program->diags, DIAG_KSY_VALUE, value, value->span.lo == value->span.hi,
                    "'true' or 'false' is wanted");
    }
}

void keys_byte(struct keys_reader *reader, const struct yaml *value, void *object, void *member) {
    (void)object;
    int128 number = 0;
    if (!yaml_integer(value, &number) || number < 0 || number > 255) {
        yaml_report(reader->program->diags, DIAG_KSY_VALUE, value, value->span.lo == value->span.hi,
                    "a number from 0 to 255 is wanted");
        return;
    }
    *(int *)member = (int)number;
}

void keys_doc(struct keys_reader *reader, const struct yaml *value, void *object, void *member) {
    (void)object;
    if (want_scalar(reader, value, "a text")) {
        *(const char **)member =
            arena_strndup(reader->program->arena, (const char *)value->text.at, value->text.len);
    }
}

void keys_doc_ref(struct keys_reader *reader, const struct yaml *value, void *object,
                  void *member) {
    const char **text = member;
    if (value->kind != YAML_SEQUENCE) {
        keys_doc(reader, value, object, member);
        return;
    }
    struct buf lines = {0};
    for (const struct yaml *item = value->first; item; item = item->next) {
        const char *line = keys_want_text(reader, item);
        if (line) {
            buf_printf(&lines, "%s%s", lines.len > 0 ? "\n" : "", line);
        }
    }
    *text = arena_strndup(reader->program->arena, buf_text(&lines), lines.len);
    buf_free(&lines);
}
