/* Runs schemas written in a test: compiles one from text, runs it over bytes, and writes what the
 * sink hears as one line.
 *
 *     value    a=1  name="text"  data=<0a0b>  flag=true  gone=-  (elements: without the name)
 *     struct   point{x=1 y=2}            array    list[1 2 3]
 *     fault    !kind(path)               finding  ?path(message)
 *     one of a requirement, with the form of what does not hold: !require:eq(path)
 *     record   <...>                     let      name->path, where it refers to a field
 *
 * Numbers that have a name in their enum are written with it: kind=1:some; "?" stands for a name
 * that there is not. Floats have 17 significant digits (printf's %.17g). */
#ifndef TESTS_SCHEMA_RUN_H
#define TESTS_SCHEMA_RUN_H

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/int128.h"
#include "check.h"
#include "code/gen.h"
#include "code/verify.h"
#include "sema/sema.h"
#include "text/diag.h"
#include "vm/vm.h"

/* One schema compiled, and the line that the last run wrote. */
struct schema_run {
    struct vm_sink sink; /* first, so that the sink's calls find the rest */
    struct arena arena;
    struct sema sema;
    struct diags diags;
    struct sema_schema *schema; /* NULL when it did not compile */
    struct program *program;
    struct vm_result result;
    struct buf line;
    bool spaced;     /* the next word needs a space in front */
    uint64_t arrays; /* one bit for each that is open, the innermost lowest: an array */
};

static inline struct schema_run *schema_run_of(struct vm_sink *sink) {
    return (struct schema_run *)(void *)sink;
}

static inline void schema_run_name(struct schema_run *run, const struct vm_event *e) {
    if (run->spaced) {
        buf_putc(&run->line, ' ');
    }
    run->spaced = true;
    if (!(run->arrays & 1) && e->member != PROGRAM_NONE) {
        struct bytes name = program_text(e->program, e->program->members.at[e->member].name);
        buf_put(&run->line, name.at, name.len);
    }
}

static inline void schema_run_open(struct vm_sink *sink, const struct vm_event *e) {
    struct schema_run *run = schema_run_of(sink);
    schema_run_name(run, e);
    buf_putc(&run->line, '{');
    run->spaced = false;
    run->arrays <<= 1;
}

static inline void schema_run_close(struct vm_sink *sink, const struct vm_event *e) {
    struct schema_run *run = schema_run_of(sink);
    (void)e;
    buf_putc(&run->line, '}');
    run->spaced = true;
    run->arrays >>= 1;
}

static inline void schema_run_open_array(struct vm_sink *sink, const struct vm_event *e) {
    struct schema_run *run = schema_run_of(sink);
    schema_run_name(run, e);
    buf_putc(&run->line, '[');
    run->spaced = false;
    run->arrays = run->arrays << 1 | 1;
}

static inline void schema_run_close_array(struct vm_sink *sink, const struct vm_event *e) {
    struct schema_run *run = schema_run_of(sink);
    (void)e;
    buf_putc(&run->line, ']');
    run->spaced = true;
    run->arrays >>= 1;
}

static inline void schema_run_integer(struct buf *line, const struct program *program,
                                      const struct vm_value *v) {
    char text[INT128_TEXT_MAX];
    buf_put(line, text, int128_text(v->integer, text));
    if (v->names != PROGRAM_NONE && !program->enums.at[v->names].flags) {
        const struct program_enumerator *item = program_enumerator(program, v->names, v->integer);
        struct bytes name = item ? program_text(program, item->name) : bytes_text("?");
        buf_putc(line, ':');
        buf_put(line, name.at, name.len);
    }
}

static inline void schema_run_value(struct vm_sink *sink, const struct vm_event *e) {
    struct schema_run *run = schema_run_of(sink);
    const struct vm_value *v = e->value;
    schema_run_name(run, e);
    bool reference = v->kind == VM_PLACE || v->kind == VM_FRAME;
    if (!(run->arrays & 1) && !reference) {
        buf_putc(&run->line, '=');
    }
    switch ((enum vm_kind)v->kind) {
    case VM_ABSENT:
        buf_putc(&run->line, '-');
        break;
    case VM_BOOL:
        buf_puts(&run->line, v->boolean ? "true" : "false");
        break;
    case VM_INT:
        schema_run_integer(&run->line, e->program, v);
        break;
    case VM_WIDE:
        buf_printf(&run->line, "0x%016" PRIx64 "%016" PRIx64, (uint64_t)(v->integer >> 64),
                   (uint64_t)v->integer);
        break;
    case VM_FLOAT:
        buf_printf(&run->line, "%.17g", v->number);
        break;
    case VM_TEXT:
        buf_putc(&run->line, '"');
        for (size_t i = 0; i < v->bytes.len; i++) {
            if (v->bytes.at[i]) {
                buf_putc(&run->line, (char)v->bytes.at[i]);
            } else {
                buf_puts(&run->line, "\\0");
            }
        }
        buf_putc(&run->line, '"');
        break;
    case VM_BYTES:
        buf_putc(&run->line, '<');
        for (size_t i = 0; i < v->bytes.len; i++) {
            buf_printf(&run->line, "%02x", v->bytes.at[i]);
        }
        buf_putc(&run->line, '>');
        break;
    case VM_PLACE:
    case VM_FRAME:
        buf_printf(&run->line, "->%s", e->refers ? e->refers : "?");
        break;
    case VM_LIST:
        buf_puts(&run->line, "(list)");
        break;
    }
}

static inline void schema_run_fault(struct vm_sink *sink, const struct vm_fault *fault) {
    struct schema_run *run = schema_run_of(sink);
    static const char *const shapes[] = {"", ":eq", ":min", ":max", ":any", ":enum", ":expr"};
    buf_printf(&run->line, "%s!%s%s(%s)", run->spaced ? " " : "", fault->kind, shapes[fault->shape],
               fault->path);
    run->spaced = true;
}

static inline void schema_run_finding(struct vm_sink *sink, const struct vm_finding *finding) {
    struct schema_run *run = schema_run_of(sink);
    buf_printf(&run->line, "%s?%s(%s)", run->spaced ? " " : "", finding->path, finding->message);
    run->spaced = true;
}

static inline void schema_run_record(struct vm_sink *sink, bool begin) {
    struct schema_run *run = schema_run_of(sink);
    if (begin && run->spaced) {
        buf_putc(&run->line, ' ');
    }
    buf_putc(&run->line, begin ? '<' : '>');
    run->spaced = !begin;
}

/* Compiles text as the file t.sonde; false, with the diagnostics as the line, when it is no right
 * schema. */
static inline bool schema_run_compile(struct schema_run *run, const char *text) {
    static const struct vm_sink_ops ops = {
        .struct_begin = schema_run_open,
        .struct_end = schema_run_close,
        .array_begin = schema_run_open_array,
        .array_end = schema_run_close_array,
        .value = schema_run_value,
        .fault = schema_run_fault,
        .finding = schema_run_finding,
        .record = schema_run_record,
    };
    *run = (struct schema_run){.sink = {.ops = &ops}};
    struct sources *sources = sources_new(&run->arena);
    diags_init(&run->diags, &run->arena, sources);
    sema_init(&run->sema, &run->arena, intern_new(&run->arena), sources, &run->diags,
              (struct sema_search){0});
    run->schema = sema_compile(&run->sema, "t.sonde", bytes_text(text));
    if (run->diags.errors > 0 || !run->schema || !run->schema->root) {
        run->schema = NULL;
        diags_render(&run->diags, false, &run->line);
    }
    return run->schema != NULL;
}

/* The path as the command line resolves it; NULL when it is none. */
static inline const struct sema_expr *schema_run_path(struct schema_run *run, const char *text) {
    const struct source *source = sources_add(run->sema.sources, "<path>", bytes_text(text));
    struct parser parser = {.arena = &run->arena, .intern = run->sema.intern, .diags = &run->diags};
    const struct sema_expr *path = sema_path(&run->sema, run->schema, parse_path(&parser, source));
    return run->diags.errors == 0 ? path : NULL;
}

/* Makes the program for a question: path NULL for everything; style NULL for events only. */
static inline bool schema_run_ask(struct schema_run *run, const char *path, bool records,
                                  const struct code_style *style) {
    struct gen_request request = {
        .sema = &run->sema, .schema = run->schema, .style = style, .records = records};
    char why[256] = "";
    buf_clear(&run->line);
    if (path && !(request.path = schema_run_path(run, path))) {
        diags_render(&run->diags, false, &run->line);
        return false;
    }
    run->program = gen_program(&run->arena, &request);
    if (!program_verify(run->program, why, sizeof why)) {
        buf_printf(&run->line, "the verifier refuses it: %s", why);
        run->program = NULL;
    }
    return run->program != NULL;
}

/* Runs the program over the bytes, within limits (NULL: the usual ones), and returns the line. */
static inline const char *schema_run_within(struct schema_run *run, struct bytes data,
                                            const struct vm_limits *limits) {
    struct vm *vm = vm_new(run->program, data.at, data.len, limits);
    buf_clear(&run->line);
    run->spaced = false;
    run->arrays = 0;
    run->result = vm_run(vm, &run->sink);
    vm_free(vm);
    return buf_text(&run->line);
}

static inline const char *schema_run_over(struct schema_run *run, struct bytes data) {
    return schema_run_within(run, data, NULL);
}

/* Whether the last run told that this build lacks a library, so that there is nothing to compare. */
static inline bool schema_run_lacks(struct schema_run *run) {
    return strstr(buf_text(&run->line), "!feature(") != NULL;
}

static inline void schema_run_free(struct schema_run *run) {
    buf_free(&run->line);
    arena_free(&run->arena);
}

/* "01 ff 2a" as bytes in out, which has room for them. */
static inline struct bytes schema_run_bytes(const char *hex, uint8_t *out, size_t room) {
    size_t n = 0;
    for (const char *p = hex; *p && n < room; p++) {
        if (*p != ' ') {
            char pair[3] = {p[0], p[1], '\0'};
            out[n++] = (uint8_t)strtoul(pair, NULL, 16);
            p++;
        }
    }
    return bytes_of(out, n);
}

#endif
