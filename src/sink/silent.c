#include "config.h"

#include "sink/silent.h"

void silent_blocks(struct vm_sink *sink, const struct vm_blocks *blocks) {
    (void)sink;
    (void)blocks;
}

bool silent_pass(struct vm_sink *sink, const struct vm_event *rest, const struct vm_row *row) {
    (void)sink;
    (void)rest;
    (void)row;
    return true;
}

/* style: nothing is written */

static void style_member(struct buf *out, const char *name, bool first) {
    (void)out;
    (void)name;
    (void)first;
}

static void style_element(struct buf *out, bool first) {
    (void)out;
    (void)first;
}

static void style_bracket(struct buf *out) {
    (void)out;
}

const struct code_style *silent_style(void) {
    static const struct code_style style = {
        .member = style_member,
        .element = style_element,
        .struct_open = style_bracket,
        .struct_close = style_bracket,
        .array_open = style_bracket,
        .array_close = style_bracket,
    };
    return &style;
}
