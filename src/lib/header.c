#include "config.h"

#include "lib/header.h"

#include <string.h>

#include "base/buf.h"
#include "io/input.h"
#include "ksy/ksy.h"
#include "sema/sema.h"

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

/* Whether the scan for statements looks at a byte: it may end one, or begin what is no part of its structure. */
static const bool is_mark[256] = {
    ['{'] = true, ['}'] = true, [';'] = true, ['"'] = true, ['\''] = true, ['/'] = true,
};

/* Where the first such byte from i on stands. Most of a schema is between two of them. */
static size_t next_mark(struct bytes text, size_t i) {
    while (i < text.len && !is_mark[text.at[i]]) {
        i++;
    }
    return i;
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
        while (!ended && (i = next_mark(text, i)) < text.len) {
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

/* Compiles text, or the whole file where text is NULL; NULL where that fails. */
static const struct sema_schema *compile(struct arena *arena, struct intern *names,
                                         const struct find_folders *folders, const char *path,
                                         const struct buf *text) {
    struct sources *sources = sources_new(arena);
    struct diags diags;
    struct sema sema;
    diags_init(&diags, arena, sources);
    sema_init(&sema, arena, names, sources, &diags, find_search(folders));
    const struct sema_schema *schema =
        text ? sema_compile(&sema, path, buf_bytes(text)) : sema_load(&sema, path);
    return diags.errors == 0 ? schema : NULL;
}

bool header_read(struct header *header, struct arena *arena, struct intern *names,
                 const struct find_folders *folders, const struct find_schema *schema) {
    static const struct sema_schema nothing = {0};
    *header = (struct header){schema->name, schema->path, "", &nothing};
    const struct sema_schema *says = NULL;
    if (!ksy_is_name(schema->path)) {
        struct input *input = input_read(schema->path, SOURCE_MAX);
        if (!input) {
            return false;
        }
        struct buf text = {0};
        put_headers(bytes_of(input_data(input), (size_t)input_size(input)), &text);
        input_close(input);
        says = compile(arena, names, folders, schema->path, &text);
        buf_free(&text);
    }
    if (!says) {
        /* a place may be a constant that is declared elsewhere in the file */
        says = compile(arena, names, folders, schema->path, NULL);
    }
    if (says) {
        header->says = says;
        header->title = says->title ? says->title : "";
    }
    return says;
}
