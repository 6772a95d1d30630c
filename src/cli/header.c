#include "config.h"

#include "cli/header.h"

#include <string.h>

#include "base/buf.h"
#include "base/intern.h"
#include "io/input.h"
#include "syn/parse.h"

/* Where the string, character, comment or single byte that starts at i ends. */
static size_t step_over(struct bytes text, size_t i) {
    unsigned char c = text.at[i];
    unsigned char d = i + 1 < text.len ? text.at[i + 1] : '\0';
    size_t end = i + 1;
    if (c == '"' || c == '\'') {
        while (end < text.len && text.at[end] != c && text.at[end] != '\n') {
            end += text.at[end] == '\\' ? 2 : 1;
        }
        end++;
    } else if (c == '/' && d == '/') {
        while (end < text.len && text.at[end] != '\n') {
            end++;
        }
    } else if (c == '/' && d == '*') {
        end += 2;
        while (end < text.len && !(text.at[end - 1] == '*' && text.at[end] == '/')) {
            end++;
        }
        end++;
    }
    return end < text.len ? end : text.len;
}

static bool is_blank(struct bytes text, size_t i) {
    unsigned char c = text.at[i];
    return c == ' ' || (c >= '\t' && c <= '\r') || (c == '/' && step_over(text, i) > i + 1);
}

static bool is_header(const unsigned char *at, size_t len) {
    static const char *const words[] = {"schema", "files", "mime", "detect"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i]);
        if (len > n && memcmp(at, words[i], n) == 0 && strchr(" \t\r\n\"/", at[n])) {
            return true;
        }
    }
    return false;
}

/* Appends the header statements among those of a schema. */
static void put_headers(struct bytes text, struct buf *out) {
    size_t i = 0;
    while (i < text.len) {
        if (is_blank(text, i)) {
            i = step_over(text, i);
            continue;
        }
        size_t start = i;
        size_t depth = 0;
        bool ended = false;
        while (i < text.len && !ended) {
            unsigned char c = text.at[i];
            depth += c == '{';
            depth -= c == '}' && depth > 0;
            ended = depth == 0 && (c == ';' || c == '}');
            i = step_over(text, i);
        }
        if (is_header(text.at + start, i - start)) {
            buf_put(out, text.at + start, i - start);
            buf_putc(out, '\n');
        }
    }
}

static int hex_digit(unsigned char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* The bytes of hex("89 50 4e47"). */
static bool hex_bytes(struct arena *arena, struct bytes text, struct bytes *out) {
    unsigned char *at = arena_alloc(arena, text.len / 2 + 1);
    size_t digits = 0;
    for (size_t i = 0; i < text.len; i++) {
        int digit = hex_digit(text.at[i]);
        if (digit >= 0) {
            at[digits / 2] = (unsigned char)(at[digits / 2] << 4 | digit);
            digits++;
        } else if (text.at[i] != ' ') {
            return false;
        }
    }
    *out = bytes_of(at, digits / 2);
    return digits % 2 == 0;
}

static bool read_pattern(struct arena *arena, const struct ast *node, struct bytes *out) {
    while (node->kind == AST_PAREN) {
        node = node->kid[0];
    }
    if (node->kind == AST_STRING) {
        *out = node->text;
        return true;
    }
    const struct ast *argument = node->kind == AST_CALL ? node->kid[0] : NULL;
    return argument && !argument->next && argument->kind == AST_STRING &&
           strcmp(node->name, "hex") == 0 && hex_bytes(arena, argument->text, out);
}

static bool read_offset(const struct ast *node, int64_t *out) {
    bool negative = node->kind == AST_UNARY && node->op == AST_OP_NEG;
    if (negative) {
        node = node->kid[0];
    }
    if (node->kind != AST_INT || node->integer > INT64_MAX) {
        return false;
    }
    *out = negative ? -(int64_t)node->integer : (int64_t)node->integer;
    return true;
}

/* A statement that says anything but a constant at a constant place never holds and is left out. */
static void read_detect(struct header *header, struct arena *arena, const struct ast *item) {
    struct header_detect detect = {0};
    for (const struct ast *at = item->kid[0]; at; at = at->next) {
        struct header_part *part = vec_push(&detect.parts, arena);
        if (at->kind != AST_DETECT_AT || !read_pattern(arena, at->kid[0], &part->pattern) ||
            !read_offset(at->kid[1], &part->offset)) {
            return;
        }
    }
    *vec_push(&header->detects, arena) = detect;
}

static const char *text_of(struct arena *arena, const struct ast *node) {
    return arena_strndup(arena, (const char *)node->text.at, node->text.len);
}

static void read_item(struct header *header, struct arena *arena, const struct ast *item) {
    if (item->kind == AST_SCHEMA) {
        header->title = text_of(arena, item);
    } else if (item->kind == AST_DETECT) {
        read_detect(header, arena, item);
    } else if (item->kind == AST_FILES) {
        for (const struct ast *s = item->kid[0]; s; s = s->next) {
            *vec_push(&header->files, arena) = text_of(arena, s);
        }
    } else if (item->kind == AST_MIME) {
        for (const struct ast *s = item->kid[0]; s; s = s->next) {
            *vec_push(&header->mimes, arena) = text_of(arena, s);
        }
    }
}

bool header_read(struct header *header, struct arena *arena, const struct find_schema *schema) {
    *header = (struct header){.name = schema->name, .path = schema->path, .title = ""};
    struct input *input = input_open(schema->path);
    if (!input) {
        return false;
    }
    struct buf text = {0};
    if (input_size(input) <= SOURCE_MAX) {
        put_headers(bytes_of(input_data(input), (size_t)input_size(input)), &text);
    }
    input_close(input);
    struct sources *sources = sources_new(arena);
    const struct source *source = sources_add(sources, schema->path, buf_bytes(&text));
    buf_free(&text);
    struct diags diags;
    diags_init(&diags, arena, sources);
    struct parser parser = {.arena = arena, .intern = intern_new(arena), .diags = &diags};
    const struct ast *file = source ? parse_schema(&parser, source) : NULL;
    for (const struct ast *item = file ? file->kid[0] : NULL; item; item = item->next) {
        read_item(header, arena, item);
    }
    return file && diags.errors == 0;
}
