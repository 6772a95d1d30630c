#include "config.h"

#include "ksy/keys.h"

/* The language of the specifications that is understood, and the first one there was with such a number. */
#define VERSION_MINOR     11u
#define VERSION_MINOR_MIN 6u

static void read_id(struct keys_reader *reader, const struct yaml *value, void *object,
                    void *member) {
    struct ksy_class *class = object;
    (void)member;
    const char *id = keys_want_name(reader, value, "the name of a specification");
    if (id && !class->up) {
        class->id = id;
    }
}

static void read_title(struct keys_reader *reader, const struct yaml *value, void *object,
                       void *member) {
    const char *title = NULL;
    keys_doc(reader, value, object, &title);
    if (!reader->class->up) {
        reader->spec->title = title;
    }
    (void)member;
}

static void read_extensions(struct keys_reader *reader, const struct yaml *value, void *object,
                            void *member) {
    (void)object;
    (void)member;
    const struct yaml *node = value->kind == YAML_SEQUENCE ? value->first : value;
    for (; node; node = node == value ? NULL : node->next) {
        const char *text = keys_want_text(reader, node);
        if (text) {
            *vec_push(&reader->spec->extensions, reader->program->arena) = text;
        }
    }
}

static void read_opaque(struct keys_reader *reader, const struct yaml *value, void *object,
                        void *member) {
    (void)member;
    keys_flag(reader, value, object, &reader->spec->opaque_types);
}

static void read_imports(struct keys_reader *reader, const struct yaml *value, void *object,
                         void *member) {
    (void)object;
    (void)member;
    if (value->kind == YAML_SCALAR && yaml_is_null(value) && !keys_want_sequence(reader, value)) {
        return;
    }
    const struct yaml *node = value->kind == YAML_SEQUENCE ? value->first : value;
    for (; node; node = node == value ? NULL : node->next) {
        const char *name = keys_want_text(reader, node);
        if (name) {
            struct ksy_import *import = vec_push(&reader->spec->imports, reader->program->arena);
            *import = (struct ksy_import){.yaml = node, .name = name};
        }
    }
}

/* A number of a version at *at, which moves behind it; false for none and for one with a zero in front. */
static bool read_number(const char **at, unsigned *number) {
    size_t digits = strspn(*at, "0123456789");
    if (digits == 0 || digits > 6 || (digits > 1 && **at == '0')) {
        return false;
    }
    *number = 0;
    for (; digits > 0; digits--) {
        *number = *number * 10 + (unsigned)(*(*at)++ - '0');
    }
    return true;
}

/* "0.9", "0.10.1"; as YAML has it, an unquoted 0.10 is the number 0.1. */
static bool read_version_text(const struct yaml *value, const char *text, unsigned *number) {
    unsigned n = 0;
    number[0] = number[1] = number[2] = 0;
    do {
        if (n == 3 || !read_number(&text, &number[n++])) {
            return false;
        }
    } while (*text++ == '.');
    if (n == 2 && !value->quoted) {
        while (number[1] > 0 && number[1] % 10 == 0) {
            number[1] /= 10;
        }
    }
    return n > 1 && text[-1] == '\0';
}

static void read_version(struct keys_reader *reader, const struct yaml *value, void *object,
                         void *member) {
    (void)object;
    (void)member;
    struct diags *diags = reader->program->diags;
    unsigned number[3];
    const char *text = keys_want_text(reader, value);
    if (!text) {
        return;
    }
    if (!read_version_text(value, text, number)) {
        yaml_report(diags, DIAG_KSY_VERSION, value, false,
                    "a version is written as X.Y or X.Y.Z, without zeros in front, not '%.32s'",
                    text);
    } else if (number[0] > 0 || number[1] > VERSION_MINOR) {
        yaml_report(diags, DIAG_KSY_VERSION, value, false,
                    "this is for version %u.%u of the language; what is known here is 0.%u",
                    number[0], number[1], VERSION_MINOR);
    } else if (number[1] < VERSION_MINOR_MIN) {
        struct diag *diag = yaml_report(diags, DIAG_KSY_VERSION, value, false,
                                        "there is no version 0.%u: they begin with 0.%u", number[1],
                                        VERSION_MINOR_MIN);
        if (yaml_is_float(value)) {
            diag_note(diags, diag, span_none(),
                      "YAML reads this as a number; '0.10' in quotes is version 0.10");
        }
    }
}

static enum ksy_order order_of(const struct yaml *value) {
    const char *text = value->kind == YAML_SCALAR ? (const char *)value->text.at : "";
    return strcmp(text, "le") == 0   ? KSY_ORDER_LE
           : strcmp(text, "be") == 0 ? KSY_ORDER_BE
                                     : KSY_ORDER_NONE;
}

static enum ksy_order want_order(struct keys_reader *reader, const struct yaml *value,
                                 const char *more) {
    enum ksy_order order = order_of(value);
    if (order == KSY_ORDER_NONE) {
        yaml_report(reader->program->diags, DIAG_KSY_VALUE, value, value->span.lo == value->span.hi,
                    "'le' or 'be' is wanted%s", more);
    }
    return order;
}

static void read_bit_endian(struct keys_reader *reader, const struct yaml *value, void *object,
                            void *member) {
    (void)object;
    *(enum ksy_order *)member = want_order(reader, value, "");
}

static const struct keys_row switch_rows[] = {
#define SWITCH_KEY(name, where, reader, member) {name, where, reader, 0},
#include "ksy/key.def"
#undef SWITCH_KEY
};
static const struct keys_table switch_keys = {switch_rows, sizeof switch_rows / sizeof *switch_rows,
                                              "a switch"};

bool spec_read_switch(struct keys_reader *reader, const struct yaml *map, struct ksy_expr **on,
                      const struct yaml **cases) {
    static const char *const wanted[] = {"switch-on", "cases"};
    bool good = true;
    keys_read(reader, map, &switch_keys, 1, NULL);
    for (size_t i = 0; i < 2; i++) {
        if (!yaml_get(map, wanted[i])) {
            yaml_report(reader->program->diags, DIAG_KSY_KEY, map, true, "'%s' is missing",
                        wanted[i]);
            good = false;
        }
    }
    if (good) {
        *on = keys_want_expr(reader, yaml_get(map, wanted[0]));
        *cases = yaml_get(map, wanted[1]);
    }
    return good && keys_want_map(reader, *cases);
}

struct ksy_expr *spec_read_case_key(struct keys_reader *reader, const struct yaml *value) {
    return strcmp(value->key, "_") == 0 ? NULL : keys_want_expr(reader, value->key_node);
}

static void read_endian(struct keys_reader *reader, const struct yaml *value, void *object,
                        void *member) {
    struct ksy_class *class = object;
    (void)member;
    if (value->kind != YAML_MAP) {
        enum ksy_order order = want_order(reader, value, ", or a map with switch-on and cases");
        class->endian = order == KSY_ORDER_BE ? KSY_ENDIAN_BE : KSY_ENDIAN_LE;
        return;
    }
    const struct yaml *cases = NULL;
    class->endian = KSY_ENDIAN_SWITCH;
    if (!spec_read_switch(reader, value, &class->endian_on, &cases)) {
        return;
    }
    for (const struct yaml *node = cases->first; node; node = node->next) {
        struct ksy_endian_case *c = vec_push(&class->endian_cases, reader->program->arena);
        c->yaml = node;
        c->key = spec_read_case_key(reader, node);
        c->big = want_order(reader, node, "") == KSY_ORDER_BE;
    }
}

static const struct keys_row meta_rows[] = {
#define META_KEY(name, where, reader, member)                                                      \
    {name, where, reader, offsetof(struct ksy_class, member)},
#include "ksy/key.def"
#undef META_KEY
};
static const struct keys_table meta_keys = {meta_rows, sizeof meta_rows / sizeof *meta_rows,
                                            "meta"};

void spec_read_meta(struct keys_reader *reader, const struct yaml *meta) {
    keys_read(reader, meta, &meta_keys, 1, reader->class);
}
