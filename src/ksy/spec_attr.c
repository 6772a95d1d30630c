#include "config.h"

#include "base/buf.h"
#include "ksy/keys.h"

/* Which attributes a key belongs to. */
enum {
    IN_SEQ = 1 << 0,
    IN_INSTANCES = 1 << 1, /* that are read */
    IS_VALUE = 1 << 2,     /* instances that are worked out */
    IN_PARAMS = 1 << 3,
    IN_ALL = IN_SEQ | IN_INSTANCES | IS_VALUE | IN_PARAMS,
    OF_BYTES = 1 << 4, /* raw bytes, structs, switches */
    OF_TEXT = 1 << 5,
    OF_ONE_TYPE = 1 << 6, /* no switch */
    IS_COUNTED = 1 << 7,  /* repeat: expr */
    IS_ENDED = 1 << 8,    /* repeat: until */
};

/* Which kinds of `valid` a key belongs to. */
enum {
    VALID_EQ = 1 << 0,
    VALID_RANGE = 1 << 1,
    VALID_ANY_OF = 1 << 2,
    VALID_IN_ENUM = 1 << 3,
    VALID_EXPR = 1 << 4
};

static void read_id(struct keys_reader *reader, const struct yaml *value, void *object,
                    void *member) {
    const struct ksy_attr *attr = object;
    const char *id = keys_want_name(
        reader, value, attr->kind == KSY_PARAM ? "the name of a parameter" : "the name of a field");
    if (!attr->yaml->key) { /* an instance is called as its key says, whatever its id is */
        *(const char **)member = id;
    }
}

static void read_use(struct keys_reader *reader, const struct yaml *value, struct ksy_use *use) {
    struct ksy_program *program = reader->program;
    if (value->kind != YAML_SCALAR || !keys_want_text(reader, value)) {
        keys_want_text(reader, value);
        return;
    }
    use->yaml = value;
    if (!ksy_type_parse(program->arena, program->intern, program->diags, value, &use->name,
                        &use->args)) {
        use->name = (struct ksy_type_name){0};
        use->broken = true;
    }
    use->strz = use->name.n == 1 && strcmp(use->name.names[0], "strz") == 0;
}

static void read_cases(struct keys_reader *reader, const struct yaml *value,
                       struct ksy_attr *attr) {
    const struct yaml *cases = NULL;
    if (!spec_read_switch(reader, value, &attr->switch_on, &cases)) {
        return;
    }
    if (!cases->first) {
        yaml_report(reader->program->diags, DIAG_KSY_VALUE, cases, true, "a switch without cases");
    }
    for (const struct yaml *node = cases->first; node; node = node->next) {
        struct ksy_case *c = vec_push(&attr->cases, reader->program->arena);
        c->key = spec_read_case_key(reader, node);
        read_use(reader, node, &c->use);
    }
}

static void read_type(struct keys_reader *reader, const struct yaml *value, void *object,
                      void *member) {
    struct ksy_attr *attr = object;
    if (value->kind == YAML_MAP && attr->kind != KSY_PARAM) {
        read_cases(reader, value, attr);
    } else if (value->kind == YAML_SCALAR) {
        read_use(reader, value, member);
    } else {
        yaml_report(reader->program->diags, DIAG_KSY_VALUE, value, false,
                    "the name of a type%s is wanted",
                    attr->kind == KSY_PARAM ? "" : ", or a map with switch-on and cases,");
    }
}

static void read_enum(struct keys_reader *reader, const struct yaml *value, void *object,
                      void *member) {
    struct ksy_program *program = reader->program;
    struct ksy_attr *attr = object;
    struct ksy_expr *args = NULL;
    if (!keys_want_text(reader, value)) {
        return;
    }
    if (ksy_type_parse(program->arena, program->intern, program->diags, value, member, &args)) {
        attr->enum_yaml = value;
    }
    if (args) {
        yaml_report(program->diags, DIAG_KSY_VALUE, value, false, "an enum takes no arguments");
    }
}

static void put_content(struct keys_reader *reader, const struct yaml *node, struct buf *bytes) {
    int128 number = 0;
    bool flag;
    if (node->kind != YAML_SCALAR || yaml_is_null(node) || yaml_bool(node, &flag) ||
        yaml_is_float(node)) {
        yaml_report(reader->program->diags, DIAG_KSY_VALUE, node, node->span.lo == node->span.hi,
                    "a text or the number of a byte is wanted");
    } else if (!yaml_integer(node, &number)) {
        buf_put(bytes, node->text.at, node->text.len);
    } else if (number < -128 || number > 255) {
        yaml_report(reader->program->diags, DIAG_KSY_VALUE, node, false,
                    "this is no byte, which is a number from 0 to 255");
    } else {
        buf_putc(bytes, (char)number);
    }
}

static void read_contents(struct keys_reader *reader, const struct yaml *value, void *object,
                          void *member) {
    struct ksy_attr *attr = object;
    struct buf bytes = {0};
    int128 number = 0;
    if (value->kind == YAML_MAP || yaml_integer(value, &number)) {
        yaml_report(reader->program->diags, DIAG_KSY_VALUE, value, false,
                    "a text or a sequence of texts and numbers of bytes is wanted");
    } else if (value->kind == YAML_SEQUENCE) {
        for (const struct yaml *node = value->first; node; node = node->next) {
            put_content(reader, node, &bytes);
        }
    } else {
        put_content(reader, value, &bytes);
    }
    attr->has_contents = true;
    *(struct bytes *)member =
        bytes_of(arena_strndup(reader->program->arena, buf_text(&bytes), bytes.len), bytes.len);
    buf_free(&bytes);
}

static const struct {
    const char *name;
    enum ksy_process process;
    unsigned args;
} processes[] = {
    {"zlib", KSY_PROCESS_ZLIB, 0},
    {"xor", KSY_PROCESS_XOR, 1},
    {"rol", KSY_PROCESS_ROL, 1},
    {"ror", KSY_PROCESS_ROR, 1},
};

static void read_process(struct keys_reader *reader, const struct yaml *value, void *object,
                         void *member) {
    struct ksy_program *program = reader->program;
    struct ksy_attr *attr = object;
    enum ksy_process *process = member;
    if (!keys_want_text(reader, value) ||
        !ksy_process_parse(program->arena, program->intern, program->diags, value,
                           &attr->process_name, &attr->process_args)) {
        return;
    }
    unsigned args = 0;
    for (const struct ksy_expr *arg = attr->process_args; arg; arg = arg->next) {
        args++;
    }
    *process = KSY_PROCESS_CUSTOM;
    for (size_t i = 0; i < sizeof processes / sizeof *processes; i++) {
        if (strcmp(attr->process_name, processes[i].name) == 0) {
            *process = processes[i].process;
            if (args != processes[i].args) {
                yaml_report(program->diags, DIAG_KSY_VALUE, value, false, "'%s' takes %s",
                            processes[i].name,
                            processes[i].args == 0 ? "no arguments" : "one argument");
            }
        }
    }
}

static void read_parent(struct keys_reader *reader, const struct yaml *value, void *object,
                        void *member) {
    struct ksy_attr *attr = object;
    bool flag = true;
    if (yaml_bool(value, &flag) && !flag) {
        attr->parent_kind = KSY_PARENT_NONE;
    } else {
        attr->parent_kind = KSY_PARENT_EXPR;
        keys_expr(reader, value, object, member);
    }
}

static void read_repeat(struct keys_reader *reader, const struct yaml *value, void *object,
                        void *member) {
    static const char *const words[] = {
        [KSY_REPEAT_EOS] = "eos", [KSY_REPEAT_EXPR] = "expr", [KSY_REPEAT_UNTIL] = "until"};
    (void)object;
    const char *text = value->kind == YAML_SCALAR ? (const char *)value->text.at : "";
    for (int i = KSY_REPEAT_EOS; i <= KSY_REPEAT_UNTIL; i++) {
        if (strcmp(text, words[i]) == 0) {
            *(enum ksy_repeat *)member = (enum ksy_repeat)i;
            return;
        }
    }
    yaml_report(reader->program->diags, DIAG_KSY_VALUE, value, value->span.lo == value->span.hi,
                "'eos', 'expr' or 'until' is wanted");
}

/* -- valid -- */

static void read_in_enum(struct keys_reader *reader, const struct yaml *value, void *object,
                         void *member) {
    bool *in_enum = member;
    keys_flag(reader, value, object, member);
    bool flag;
    if (yaml_bool(value, &flag) && !*in_enum) {
        yaml_report(reader->program->diags, DIAG_KSY_VALUE, value, false,
                    "only 'true' means anything here: leave it out where any value is fine");
    }
}

static const struct keys_row valid_rows[] = {
#define VALID_KEY(name, where, reader, member)                                                     \
    {name, where, reader, offsetof(struct ksy_valid, member)},
#include "ksy/key.def"
#undef VALID_KEY
};
static const struct keys_table valid_keys = {valid_rows, sizeof valid_rows / sizeof *valid_rows,
                                             "such a 'valid'"};

static void read_valid(struct keys_reader *reader, const struct yaml *value, void *object,
                       void *member) {
    const struct ksy_attr *attr = object;
    struct ksy_valid *valid = member;
    valid->yaml = value;
    if (value->kind == YAML_SCALAR) {
        valid->eq = keys_want_expr(reader, value);
        return;
    }
    if (!keys_want_map(reader, value)) {
        return;
    }
    uint32_t where = 0;
    for (uint32_t i = 0; i < valid_keys.n && where == 0; i++) {
        where = yaml_get(value, valid_rows[i].name) ? valid_rows[i].where : 0;
    }
    keys_read(reader, value, &valid_keys, where ? where : UINT32_MAX, valid);
    if (where == 0) {
        yaml_report(reader->program->diags, DIAG_KSY_KEY, value, true,
                    "one of 'eq', 'min', 'max', 'any-of', 'in-enum' and 'expr' is missing");
    }
    const struct yaml *in_enum = yaml_get(value, "in-enum");
    if (in_enum && !yaml_get(attr->yaml, "enum")) {
        yaml_report(reader->program->diags, DIAG_KSY_KEY, in_enum, true,
                    "the field has no 'enum' that its value could be in");
    }
}

/* -- the attribute as a whole -- */

static const struct keys_row attr_rows[] = {
#define ATTR_KEY(name, where, reader, member)                                                      \
    {name, where, reader, offsetof(struct ksy_attr, member)},
#include "ksy/key.def"
#undef ATTR_KEY
};
#define ATTR_ROWS (sizeof attr_rows / sizeof *attr_rows)

static const struct keys_table attr_keys[] = {
    [KSY_SEQ] = {attr_rows, ATTR_ROWS, "such a field"},
    [KSY_PARSE_INSTANCE] = {attr_rows, ATTR_ROWS, "such an instance"},
    [KSY_VALUE_INSTANCE] = {attr_rows, ATTR_ROWS, "an instance with a value"},
    [KSY_PARAM] = {attr_rows, ATTR_ROWS, "a parameter"},
};

/* What kind of type is written, as far as the keys depend on it. */
enum written { WRITTEN_BYTES, WRITTEN_TEXT, WRITTEN_NUMBER, WRITTEN_USER, WRITTEN_SWITCH };

static enum written written_type(const struct yaml *node) {
    const struct yaml *type = yaml_get(node, "type");
    if (!type) {
        return WRITTEN_BYTES;
    }
    if (type->kind != YAML_SCALAR) {
        return WRITTEN_SWITCH;
    }
    struct ksy_type built_in;
    const char *text = (const char *)type->text.at;
    if (strcmp(text, "str") == 0 || strcmp(text, "strz") == 0) {
        return WRITTEN_TEXT;
    }
    return ksy_built_in_type(text, &built_in) ? WRITTEN_NUMBER : WRITTEN_USER;
}

static uint32_t repeat_bits(const struct yaml *node) {
    const struct yaml *repeat = yaml_get(node, "repeat");
    const char *text = repeat && repeat->kind == YAML_SCALAR ? (const char *)repeat->text.at : "";
    if (strcmp(text, "expr") == 0) {
        /* where what belongs to it is missing, what does not is only a consequence */
        return yaml_get(node, "repeat-expr") ? IS_COUNTED : IS_COUNTED | IS_ENDED;
    }
    if (strcmp(text, "until") == 0) {
        return yaml_get(node, "repeat-until") ? IS_ENDED : IS_COUNTED | IS_ENDED;
    }
    return repeat && strcmp(text, "eos") != 0 ? IS_COUNTED | IS_ENDED : 0;
}

static uint32_t where_bits(const struct ksy_attr *attr) {
    static const uint32_t by_type[] = {
        [WRITTEN_BYTES] = OF_BYTES | OF_ONE_TYPE,
        [WRITTEN_TEXT] = OF_TEXT | OF_ONE_TYPE,
        [WRITTEN_NUMBER] = OF_ONE_TYPE,
        [WRITTEN_USER] = OF_BYTES | OF_ONE_TYPE,
        [WRITTEN_SWITCH] = OF_BYTES,
    };
    static const uint32_t by_kind[] = {
        [KSY_SEQ] = IN_SEQ,
        [KSY_PARSE_INSTANCE] = IN_INSTANCES,
        [KSY_VALUE_INSTANCE] = IS_VALUE,
        [KSY_PARAM] = IN_PARAMS,
    };
    uint32_t bits = by_kind[attr->kind];
    if (bits & (IN_SEQ | IN_INSTANCES)) {
        bits |= by_type[written_type(attr->yaml)] | repeat_bits(attr->yaml);
    }
    return bits;
}

static void check_repeat(struct keys_reader *reader, const struct ksy_attr *attr) {
    const struct yaml *repeat = yaml_get(attr->yaml, "repeat");
    const char *wanted = attr->repeat == KSY_REPEAT_EXPR    ? "repeat-expr"
                         : attr->repeat == KSY_REPEAT_UNTIL ? "repeat-until"
                                                            : NULL;
    if (repeat && wanted && !yaml_get(attr->yaml, wanted)) {
        yaml_report(reader->program->diags, DIAG_KSY_KEY, repeat, false, "'repeat: %s' needs '%s'",
                    (const char *)repeat->text.at, wanted);
    }
}

/* Whether it is known where the bytes end. */
static void check_size(struct keys_reader *reader, const struct ksy_attr *attr) {
    struct diags *diags = reader->program->diags;
    const struct yaml *node = attr->yaml;
    enum written written = written_type(node);
    const struct yaml *size = yaml_get(node, "size");
    const struct yaml *size_eos = yaml_get(node, "size-eos");
    bool to_end;
    bool ends = size || yaml_get(node, "terminator") ||
                (size_eos && (!yaml_bool(size_eos, &to_end) || to_end));
    if (size && attr->size_eos) {
        yaml_report(diags, DIAG_KSY_KEY, node, true, "either 'size' or 'size-eos', not both");
    } else if (ends || written == WRITTEN_NUMBER) {
        return;
    } else if (written == WRITTEN_BYTES ? !attr->has_contents
                                        : written == WRITTEN_TEXT && !attr->use.strz) {
        yaml_report(diags, DIAG_KSY_KEY, node, true,
                    "'size', 'size-eos' or 'terminator' is missing");
    } else if (attr->process != KSY_PROCESS_NONE && !attr->has_contents) {
        yaml_report(diags, DIAG_KSY_KEY, node, true,
                    "'process' needs 'size', 'size-eos' or 'terminator'");
    }
}

static const char *encoding_around(const struct ksy_class *class) {
    while (class && !class->encoding) {
        class = class->up;
    }
    return class ? class->encoding : NULL;
}

struct ksy_attr *spec_read_attr(struct keys_reader *reader, const struct yaml *node,
                                enum ksy_attr_kind kind) {
    const char *id = NULL;
    if (node->key) {
        id = keys_want_key_name(reader, node, "the name of an instance");
    }
    if (!keys_want_map(reader, node)) {
        return NULL;
    }
    struct ksy_attr *attr = arena_alloc(reader->program->arena, sizeof *attr);
    *attr = (struct ksy_attr){
        .kind = node->key && yaml_get(node, "value") ? KSY_VALUE_INSTANCE : kind,
        .in = reader->class,
        .yaml = node,
        .id = id,
        .terminator = -1,
        .consume = true,
        .eos_error = true,
        .pad_right = -1,
    };
    keys_read(reader, node, &attr_keys[attr->kind], where_bits(attr), attr);
    if (attr->kind == KSY_SEQ || attr->kind == KSY_PARSE_INSTANCE) {
        check_repeat(reader, attr);
        check_size(reader, attr);
    }
    if (!attr->encoding) {
        attr->encoding = encoding_around(reader->class);
    }
    if (kind == KSY_PARAM && !yaml_get(node, "id")) {
        yaml_report(reader->program->diags, DIAG_KSY_KEY, node, true, "'id' is missing");
    }
    return attr;
}
