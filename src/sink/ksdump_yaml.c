#include "config.h"

#include "sink/ksdump_print.h"

#ifdef HAVE_YAML

#include <limits.h>
#include <math.h>
#include <string.h>
#include <yaml.h>

#include "base/library.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "sink/ksdump_scalar.h"

#define CALLS(CALL)                                                                                \
    CALL(yaml_document_end_event_initialize)                                                       \
    CALL(yaml_document_start_event_initialize)                                                     \
    CALL(yaml_emitter_delete)                                                                      \
    CALL(yaml_emitter_emit)                                                                        \
    CALL(yaml_emitter_initialize)                                                                  \
    CALL(yaml_emitter_set_indent)                                                                  \
    CALL(yaml_emitter_set_output)                                                                  \
    CALL(yaml_emitter_set_unicode)                                                                 \
    CALL(yaml_mapping_end_event_initialize)                                                        \
    CALL(yaml_mapping_start_event_initialize)                                                      \
    CALL(yaml_scalar_event_initialize)                                                             \
    CALL(yaml_sequence_end_event_initialize)                                                       \
    CALL(yaml_sequence_start_event_initialize)                                                     \
    CALL(yaml_stream_end_event_initialize)                                                         \
    CALL(yaml_stream_start_event_initialize)
LIBRARY_CALLS(yaml, CALLS)

struct yaml_printer {
    struct ksdump_printer base; /* first */
    const struct yaml_calls *lib;
    yaml_emitter_t emitter;
    bool began;       /* the document did: that waits for what the root holds */
    struct buf kinds; /* one byte for each struct or array that is open: whether it is a struct */
    struct buf text;  /* of a scalar */
};

static int write_out(void *context, unsigned char *bytes, size_t len) {
    out_put(context, bytes, len);
    return 1;
}

/* Made: whether the event could be. What it holds is valid, so that only memory may be missing. */
static void emit(struct yaml_printer *p, yaml_event_t *event, int made) {
    if (!made || !p->lib->yaml_emitter_emit(&p->emitter, event)) {
        mem_exhausted();
    }
}

static void put_scalar(struct yaml_printer *p, struct bytes text, enum ksdump_style style) {
    static const yaml_scalar_style_t styles[] = {
        [KSDUMP_PLAIN] = YAML_PLAIN_SCALAR_STYLE,
        [KSDUMP_SINGLE] = YAML_SINGLE_QUOTED_SCALAR_STYLE,
        [KSDUMP_DOUBLE] = YAML_DOUBLE_QUOTED_SCALAR_STYLE,
        [KSDUMP_LITERAL] = YAML_LITERAL_SCALAR_STYLE,
    };
    yaml_event_t event;
    bool merge = text.len == 2 && memcmp(text.at, "<<", 2) == 0; /* would mean something as a key */
    const char *tag = merge ? "tag:yaml.org,2002:str" : NULL;
    if (text.len > INT_MAX) { /* beyond what libyaml takes */
        text.len = 0;
    }
    emit(p, &event,
         p->lib->yaml_scalar_event_initialize(&event, NULL, (const yaml_char_t *)tag, text.at,
                                              (int)text.len, !merge, !merge,
                                              merge ? styles[KSDUMP_SINGLE] : styles[style]));
}

/* A string, with U+FFFD for what is no UTF-8. */
static void put_string(struct yaml_printer *p, struct bytes text) {
    if (!utf8_valid(text)) {
        buf_clear(&p->text);
        for (size_t i = 0; i < text.len;) {
            uint32_t code;
            int len = utf8_decode(text.at + i, text.len - i, &code);
            p->text.len += utf8_encode(code, buf_reserve(&p->text, UTF8_MAX));
            i += (size_t)(len < 0 ? -len : len);
        }
        text = buf_bytes(&p->text);
    }
    put_scalar(p, text, ksdump_style(text));
}

static void put_hex(struct yaml_printer *p, struct bytes bytes) {
    buf_clear(&p->text);
    char *at = buf_reserve(&p->text, 3 * bytes.len);
    p->text.len = (size_t)(ksdump_hex(at, bytes) - at) - (bytes.len > 0);
    put_string(p, buf_bytes(&p->text));
}

static void put_float(struct yaml_printer *p, double number) {
    char text[KSDUMP_FLOAT_ROOM];
    if (isfinite(number)) {
        put_scalar(p, bytes_of(text, (size_t)(ksdump_float(text, number) - text)), KSDUMP_PLAIN);
    } else {
        const char *name = isnan(number) ? ".nan" : number > 0 ? ".inf" : "-.inf";
        put_scalar(p, bytes_text(name), KSDUMP_PLAIN);
    }
}

static void put_value(struct yaml_printer *p, const struct ksdump_item *item) {
    switch (item->kind) {
    case KSDUMP_NULL:
        put_scalar(p, bytes_text(""), KSDUMP_PLAIN);
        break;
    case KSDUMP_BOOL:
        put_scalar(p, bytes_text(item->boolean ? "true" : "false"), KSDUMP_PLAIN);
        break;
    case KSDUMP_INT:
        put_scalar(p, item->text, KSDUMP_PLAIN);
        break;
    case KSDUMP_FLOAT:
        put_float(p, item->number);
        break;
    case KSDUMP_TEXT:
        put_string(p, item->text);
        break;
    case KSDUMP_BYTES:
        put_hex(p, item->text);
        break;
    }
}

/* The line "---" is left out, unless there is nothing but it: "--- {}". */
static void begin_document(struct yaml_printer *p, bool empty) {
    yaml_event_t event;
    emit(p, &event, p->lib->yaml_document_start_event_initialize(&event, NULL, NULL, NULL, !empty));
    emit(p, &event,
         p->lib->yaml_mapping_start_event_initialize(&event, NULL, NULL, 1,
                                                     YAML_BLOCK_MAPPING_STYLE));
    p->began = true;
}

static void open_level(struct yaml_printer *p, bool is_struct) {
    yaml_event_t event;
    buf_putc(&p->kinds, (char)is_struct);
    if (p->kinds.len == 1) {
        return;
    }
    emit(p, &event,
         is_struct ? p->lib->yaml_mapping_start_event_initialize(&event, NULL, NULL, 1,
                                                                 YAML_BLOCK_MAPPING_STYLE)
                   : p->lib->yaml_sequence_start_event_initialize(&event, NULL, NULL, 1,
                                                                  YAML_BLOCK_SEQUENCE_STYLE));
}

static void close_level(struct yaml_printer *p, bool is_struct) {
    yaml_event_t event;
    if (!p->began) {
        begin_document(p, true);
    }
    emit(p, &event,
         is_struct ? p->lib->yaml_mapping_end_event_initialize(&event)
                   : p->lib->yaml_sequence_end_event_initialize(&event));
    if (--p->kinds.len == 0) {
        emit(p, &event, p->lib->yaml_document_end_event_initialize(&event, 1));
        emit(p, &event, p->lib->yaml_stream_end_event_initialize(&event));
    }
}

static void put(struct ksdump_printer *printer, const struct ksdump_item *item) {
    struct yaml_printer *p = (struct yaml_printer *)printer;
    bool is_end = item->what == KSDUMP_STRUCT_END || item->what == KSDUMP_ARRAY_END;
    if (!is_end && p->kinds.len > 0) {
        if (!p->began) {
            begin_document(p, false);
        }
        if (p->kinds.at[p->kinds.len - 1]) {
            put_string(p, item->name);
        }
    }
    switch (item->what) {
    case KSDUMP_STRUCT:
        open_level(p, true);
        break;
    case KSDUMP_ARRAY:
        open_level(p, false);
        break;
    case KSDUMP_STRUCT_END:
        close_level(p, true);
        break;
    case KSDUMP_ARRAY_END:
        close_level(p, false);
        break;
    case KSDUMP_VALUE:
        put_value(p, item);
        break;
    }
}

static void free_printer(struct ksdump_printer *printer) {
    struct yaml_printer *p = (struct yaml_printer *)printer;
    p->lib->yaml_emitter_delete(&p->emitter);
    buf_free(&p->kinds);
    buf_free(&p->text);
    mem_free(p);
}

struct ksdump_printer *ksdump_yaml_new(struct out *out) {
    struct yaml_printer *p = mem_zalloc(1, sizeof *p);
    yaml_event_t event;
    p->base = (struct ksdump_printer){put, free_printer, out};
    p->lib = yaml_calls();
    if (!p->lib || !p->lib->yaml_emitter_initialize(&p->emitter)) {
        mem_free(p);
        return NULL;
    }
    p->lib->yaml_emitter_set_unicode(&p->emitter, 1);
    p->lib->yaml_emitter_set_indent(&p->emitter, 2);
    p->lib->yaml_emitter_set_output(&p->emitter, write_out, out);
    emit(p, &event, p->lib->yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING));
    return &p->base;
}

#else

struct ksdump_printer *ksdump_yaml_new(struct out *out) {
    (void)out;
    return NULL;
}

#endif
