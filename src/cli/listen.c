#include "config.h"

#include "cli/listen.h"

#include "sink/json.h"

/* What a statement prints goes through a JSON sink; a text alone is printed as it is. */

static struct listen *listen_of(struct vm_sink *sink) {
    return (struct listen *)(void *)sink;
}

static void on_fault(struct vm_sink *sink, const struct vm_fault *fault) {
    struct listen *listen = listen_of(sink);
    if (listen->json) {
        listen->json->ops->fault(listen->json, fault);
    } else if (listen->decodes) {
        listen->fault(listen->context, fault);
    }
}

static void on_finding(struct vm_sink *sink, const struct vm_finding *finding) {
    struct listen *listen = listen_of(sink);
    if (listen->json) {
        listen->json->ops->finding(listen->json, finding);
    } else if (listen->decodes) {
        listen->finding(listen->context, finding);
    }
}

/* what statements print */

static struct vm_sink *json_of(struct listen *listen, bool list) {
    if (!listen->json) {
        struct json_options options = {.records = list};
        out_memory(&listen->json_out, &listen->json_text);
        listen->json = json_new(&listen->json_out, &options);
    }
    return listen->json;
}

static void on_struct_begin(struct vm_sink *sink, const struct vm_event *event) {
    struct listen *listen = listen_of(sink);
    if (!listen->decodes) {
        json_of(listen, false)->ops->struct_begin(json_of(listen, false), event);
    }
}

static void on_struct_end(struct vm_sink *sink, const struct vm_event *event) {
    struct listen *listen = listen_of(sink);
    if (!listen->decodes) {
        json_of(listen, false)->ops->struct_end(json_of(listen, false), event);
    }
}

static void on_array_begin(struct vm_sink *sink, const struct vm_event *event) {
    struct listen *listen = listen_of(sink);
    if (!listen->decodes) {
        json_of(listen, false)->ops->array_begin(json_of(listen, false), event);
    }
}

static void on_array_end(struct vm_sink *sink, const struct vm_event *event) {
    struct listen *listen = listen_of(sink);
    if (!listen->decodes) {
        json_of(listen, false)->ops->array_end(json_of(listen, false), event);
    }
}

static void on_value(struct vm_sink *sink, const struct vm_event *event) {
    struct listen *listen = listen_of(sink);
    if (!listen->decodes && !listen->json && event->value->kind == VM_TEXT) {
        buf_put(&listen->json_text, event->value->bytes.at, event->value->bytes.len);
    } else if (!listen->decodes) {
        json_of(listen, false)->ops->value(json_of(listen, false), event);
    }
}

/* An element of a list. */
static void on_record(struct vm_sink *sink, bool begin) {
    struct listen *listen = listen_of(sink);
    if (!listen->decodes) {
        json_of(listen, true)->ops->record(json_of(listen, true), begin);
    }
}

/* The value being printed is complete: what came of it stands in json_text. */
static void end_value(struct listen *listen) {
    if (listen->json) {
        json_finish(listen->json);
        json_free(listen->json);
        listen->json = NULL;
        out_close(&listen->json_out);
    }
    while (listen->json_text.len > 0 && listen->json_text.at[listen->json_text.len - 1] == '\n') {
        listen->json_text.len--;
    }
}

static void on_printed(struct listen *listen, const struct sema_stmt *stmt) {
    struct buf *out = listen->printed;
    bool empty = !listen->json && stmt->args.at[listen->values]->vtype.kind == SEMA_V_LIST;
    end_value(listen);
    buf_puts(out, listen->values > 0 ? " " : "");
    buf_put(out, listen->json_text.at, listen->json_text.len);
    buf_puts(out, empty ? "[]" : "");
    buf_clear(&listen->json_text);
    listen->values++;
    if (listen->values == stmt->args.n) {
        buf_putc(out, '\n');
        listen->values = 0;
    }
}

/* what statements came to */

static void put_written(struct listen *listen, struct span span, struct buf *out) {
    const struct source *source = sources_find(listen->sources, span);
    if (source) {
        buf_put(out, source->text.at + (span.lo - source->base), span.hi - span.lo);
    }
}

static bool is_literal(const struct sema_expr *e) {
    return e->kind == E_INT || e->kind == E_FLOAT || e->kind == E_TEXT || e->kind == E_BOOL ||
           e->kind == E_LIST;
}

static bool is_thing(const struct vm_value *v) {
    return v->kind == VM_FRAME || v->kind == VM_PLACE;
}

/* "packets[1].len is 61, wanted 60" */
static void put_comparison(struct listen *listen, const struct sema_expr *e,
                           const struct vm_answer *answer, struct buf *out) {
    if (is_thing(&answer->values[0]) && is_thing(&answer->values[1])) {
        buf_printf(out, "the bytes of %s and of %s are %s", answer->text[0], answer->text[1],
                   e->op == AST_OP_EQ ? "not the same" : "the same");
        return;
    }
    bool swap = e->op == AST_OP_EQ && is_literal(e->kid[0]);
    int got = swap, want = !swap;
    put_written(listen, e->kid[got]->span, out);
    if (answer->values[got].kind == VM_ABSENT) {
        buf_puts(out, " is not there, wanted ");
    } else {
        buf_printf(out, " is %s, wanted ", answer->text[got]);
    }
    if (e->op == AST_OP_NE) {
        buf_puts(out, "another value");
        return;
    }
    if (e->op != AST_OP_EQ) {
        buf_printf(out, "%s ", ast_op_text(e->op));
    }
    if (answer->values[want].kind != VM_ABSENT && !is_literal(e->kid[want])) {
        buf_printf(out, "%s: ", answer->text[want]);
    }
    put_written(listen, e->kid[want]->span, out);
    buf_puts(out, answer->values[want].kind == VM_ABSENT ? ", which is not there" : "");
}

static void put_failure(struct listen *listen, const struct sema_stmt *stmt,
                        const struct vm_answer *answer, struct buf *out) {
    const struct vm_value *result = &answer->values[answer->n - 1];
    if (answer->fault) {
        bool path = *answer->fault->path != '\0';
        buf_printf(out, "%s%s%s", path ? answer->fault->path : "", path ? ": " : "",
                   answer->fault->message);
    } else if (answer->n == 3) {
        put_comparison(listen, stmt->expr, answer, out);
    } else if (answer->n == 2 && result->kind == VM_BOOL) {
        put_written(listen, stmt->expr->kid[0]->span, out);
        buf_printf(out, " is %s, wanted in ", answer->text[0]);
        put_written(listen, stmt->expr->kid[1]->span, out);
    } else if (result->kind == VM_ABSENT) {
        buf_puts(out, "this depends on something that is not there");
    } else {
        buf_puts(out, result->kind == VM_BOOL ? "this does not hold" : "this is no bool");
    }
}

static bool holds(const struct sema_stmt *stmt, const struct vm_answer *answer) {
    const struct vm_value *result = &answer->values[answer->n - 1];
    if (answer->fault) {
        return false;
    }
    return stmt->kind != SEMA_S_REQUIRE || (result->kind == VM_BOOL && result->boolean);
}

static void on_answer(struct vm_sink *sink, const struct vm_answer *answer) {
    struct listen *listen = listen_of(sink);
    if (answer->id == PROGRAM_NONE) {
        listen->decodes = false;
        return;
    }
    const struct sema_stmt *stmt = listen->script->all.at[answer->id];
    const struct sema_expr *about = stmt->expr;
    if (stmt->kind == SEMA_S_PRINT) {
        about = stmt->args.at[listen->values];
        on_printed(listen, stmt);
    }
    if (holds(stmt, answer)) {
        if (listen->answered) {
            listen->answered(listen->context, stmt, answer);
        }
        return;
    }
    struct buf message = {0};
    if (stmt->message) {
        buf_printf(&message, "%s: ", stmt->message);
    }
    put_failure(listen, stmt, answer, &message);
    listen->failed(listen->context, answer, about ? about->span : stmt->span, buf_text(&message));
    buf_free(&message);
}

static void on_edit(struct vm_sink *sink, const struct vm_edit *edit) {
    struct listen *listen = listen_of(sink);
    if (listen->edit) {
        listen->edit(listen->context, edit);
    }
}

static bool on_edits(struct vm_sink *sink, const struct vm_edits *edits) {
    struct listen *listen = listen_of(sink);
    return listen->edits && listen->edits(listen->context, edits);
}

static struct vm_maker *on_build(struct vm_sink *sink, const struct vm_value *value,
                                 uint32_t type) {
    struct listen *listen = listen_of(sink);
    (void)type;
    return listen->build ? listen->build(listen->context, value) : NULL;
}

static const struct vm_sink_ops ops = {
    .struct_begin = on_struct_begin,
    .struct_end = on_struct_end,
    .array_begin = on_array_begin,
    .array_end = on_array_end,
    .value = on_value,
    .fault = on_fault,
    .finding = on_finding,
    .answer = on_answer,
    .record = on_record,
    .edit = on_edit,
    .edits = on_edits,
    .build = on_build,
};

void listen_begin(struct listen *listen) {
    listen->sink.ops = &ops;
}

void listen_end(struct listen *listen) {
    if (listen->json) {
        end_value(listen);
    }
    buf_free(&listen->json_text);
}
