#include "config.h"

#include "sema/internal.h"

#include <string.h>

#include "base/buf.h"
#include "sema/script.h"

/* The input of a test: a string, hex("…"), file("…"), concat(…) or repeat(…) of them; all constant. */

struct input_build {
    struct sema *sema;
    struct sema_schema *schema;
    struct sema_test *test;
    size_t size; /* of the bytes so far */
};

static void resolve_piece(struct input_build *build, const struct ast *node);

static void report_size(struct input_build *build, struct span span) {
    diag_report(build->sema->diags, DIAG_CONSTANT_RANGE, span,
                "the input of a test has 0 to %u bytes", SEMA_INPUT_MAX);
}

static void put_bytes(struct input_build *build, struct bytes bytes, struct span span) {
    if (bytes.len > SEMA_INPUT_MAX - build->size) {
        report_size(build, span);
        return;
    }
    build->size += bytes.len;
    *vec_push(&build->test->input, build->sema->arena) =
        (struct sema_piece){.bytes = bytes, .times = 1, .span = span};
}

static void report_piece(struct input_build *build, const struct ast *node) {
    struct diag *d = diag_report(build->sema->diags, DIAG_TYPE_MISMATCH, node->span,
                                 "the input of a test is made of constant bytes");
    diag_note(build->sema->diags, d, span_none(),
              "as hex(\"00 ff\"), \"text\", file(\"path\"), concat(…) or repeat(…, 3)");
}

/* A string literal, or a constant of the file that is one; NULL: neither. */
static const struct ast *string_of(struct input_build *build, const struct ast *node) {
    while (node->kind == AST_PAREN) {
        node = node->kid[0];
    }
    if (node->kind == AST_NAME) {
        const struct sema_function *f =
            sema_find_function(build->sema, build->schema, node->name, node->name_span);
        const struct ast *seq = f && !f->has_params ? f->ast->kid[0] : NULL;
        node = seq && !seq->kid[1] ? seq->kid[0] : node;
    }
    return node->kind == AST_STRING ? node : NULL;
}

static const struct ast *wanted_string(struct input_build *build, const struct ast *call,
                                       const struct ast *node) {
    const struct ast *string = string_of(build, node);
    if (!string) {
        diag_report(build->sema->diags, DIAG_NOT_CONSTANT, node->span, "'%s' takes a string",
                    call->name);
    }
    return string;
}

static int digit_of(uint8_t c) {
    return c >= '0' && c <= '9'                 ? c - '0'
           : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                : -1;
}

/* The character of a literal at an offset of its value, where the two go together; else the whole literal. */
static struct span span_within(const struct ast *string, size_t off) {
    size_t written = string->span.hi - string->span.lo;
    if (written != string->text.len + 2) {
        return string->span;
    }
    uint32_t at = string->span.lo + 1 + (uint32_t)off;
    return (struct span){at, at + 1};
}

/* hex("00 ff", …): pairs of digits, white space between them. */
static void resolve_hex(struct input_build *build, const struct ast *node) {
    struct buf out = {0};
    for (const struct ast *a = node->kid[0]; a; a = a->next) {
        const struct ast *string = wanted_string(build, node, a);
        struct bytes text = string ? string->text : (struct bytes){0};
        int high = -1;
        for (size_t i = 0; i < text.len; i++) {
            uint8_t c = text.at[i];
            int digit = digit_of(c);
            bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
            if (space && high < 0) {
                continue;
            }
            if (digit < 0) {
                diag_report(build->sema->diags, DIAG_CONSTANT_RANGE, span_within(string, i),
                            space ? "a byte has two hexadecimal digits"
                                  : "this is no hexadecimal digit");
                high = -1;
                break;
            }
            if (high < 0) {
                high = digit;
            } else {
                buf_putc(&out, (char)(high << 4 | digit));
                high = -1;
            }
        }
        if (high >= 0) {
            diag_report(build->sema->diags, DIAG_CONSTANT_RANGE, span_within(string, text.len - 1),
                        "a byte has two hexadecimal digits");
        }
    }
    char *kept = arena_strndup(build->sema->arena, out.len ? out.at : "", out.len);
    put_bytes(build, bytes_of(kept, out.len), node->span);
    buf_free(&out);
}

/* file("path"): beside the schema, unless the path is absolute. */
static void resolve_file(struct input_build *build, const struct ast *node) {
    const struct ast *string = wanted_string(build, node, node->kid[0]);
    if (!string) {
        return;
    }
    struct arena *arena = build->sema->arena;
    const char *name = arena_strndup(arena, (const char *)string->text.at, string->text.len);
    const char *slash = strrchr(build->schema->path, '/');
    if (name[0] != '/' && slash) {
        name = arena_printf(arena, "%.*s%s", (int)(slash + 1 - build->schema->path),
                            build->schema->path, name);
    }
    *vec_push(&build->test->input, arena) =
        (struct sema_piece){.file = name, .times = 1, .span = string->span};
}

/* repeat(bytes, n): n times one string or hex(…). */
static void resolve_repeat(struct input_build *build, const struct ast *node) {
    struct sema_scope scope = {.schema = build->schema};
    int128 n = 0;
    uint32_t first = build->test->input.n;
    resolve_piece(build, node->kid[0]);
    if (!sema_bind_int(build->sema, &scope, node->kid[0]->next, &n) ||
        build->test->input.n == first) {
        return;
    }
    struct sema_piece *piece = &build->test->input.at[first];
    if (build->test->input.n != first + 1 || piece->file || piece->times != 1) {
        diag_report(build->sema->diags, DIAG_TYPE_MISMATCH, node->kid[0]->span,
                    "'repeat' takes one string or hex(…)");
        return;
    }
    build->size -= piece->bytes.len;
    size_t room = SEMA_INPUT_MAX - build->size;
    if (n < 0 || (piece->bytes.len > 0 && n > (int128)(room / piece->bytes.len))) {
        report_size(build, node->kid[0]->next->span);
        return;
    }
    piece->times = piece->bytes.len > 0 ? (size_t)n : 0;
    build->size += piece->bytes.len * piece->times;
}

static bool takes(struct input_build *build, const struct ast *call, uint32_t wanted) {
    uint32_t n = 0;
    for (const struct ast *a = call->kid[0]; a; a = a->next) {
        n++;
    }
    if (n != wanted) {
        diag_report(build->sema->diags, DIAG_ARGUMENTS, call->span,
                    "'%s' takes %u argument%s, got %u", call->name, wanted, wanted == 1 ? "" : "s",
                    n);
    }
    return n == wanted;
}

static void resolve_call(struct input_build *build, const struct ast *node) {
    static const char *const known[] = {"hex", "file", "concat", "repeat"};
    if (strcmp(node->name, "hex") == 0) {
        resolve_hex(build, node);
    } else if (strcmp(node->name, "file") == 0) {
        if (takes(build, node, 1)) {
            resolve_file(build, node);
        }
    } else if (strcmp(node->name, "concat") == 0) {
        for (const struct ast *a = node->kid[0]; a; a = a->next) {
            resolve_piece(build, a);
        }
    } else if (strcmp(node->name, "repeat") == 0) {
        if (takes(build, node, 2)) {
            resolve_repeat(build, node);
        }
    } else {
        struct diag *d = diag_report(build->sema->diags, DIAG_UNKNOWN_FUNCTION, node->name_span,
                                     "'%s' can't make the input of a test", node->name);
        diag_suggest(build->sema->diags, d, node->name, known, sizeof known / sizeof *known);
    }
}

static void resolve_piece(struct input_build *build, const struct ast *node) {
    const struct ast *string = string_of(build, node);
    if (string) {
        put_bytes(build, string->text, node->span);
    } else if (node->kind == AST_PAREN) {
        resolve_piece(build, node->kid[0]);
    } else if (node->kind == AST_CALL) {
        resolve_call(build, node);
    } else if (node->kind != AST_ERROR) {
        report_piece(build, node);
    }
}

void sema_resolve_input(struct sema *sema, struct sema_schema *schema, const struct ast *node,
                        struct sema_test *test) {
    struct input_build build = {.sema = sema, .schema = schema, .test = test};
    resolve_piece(&build, node);
}
