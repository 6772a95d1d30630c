#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/library.h"
#include "base/vec.h"
#include "patch/content.h"

static bool missing(struct content_error *error) {
    *error = (struct content_error){1, 1, "this sonde has no yajl, which reads JSON"};
    return false;
}

#ifdef HAVE_YAJL
#include <yajl/yajl_parse.h>

#define CALLS(CALL)                                                                                \
    CALL(yajl_alloc)                                                                               \
    CALL(yajl_complete_parse)                                                                      \
    CALL(yajl_free)                                                                                \
    CALL(yajl_free_error)                                                                          \
    CALL(yajl_get_bytes_consumed)                                                                  \
    CALL(yajl_get_error)                                                                           \
    CALL(yajl_parse)
LIBRARY_CALLS(yajl, CALLS)

/* Lists and objects within each other. */
#define DEPTH_MAX 1024u

/* A list or object that is being read. */
struct open {
    bool object;
    VEC(struct content) items;
};

struct reader {
    struct arena *arena;
    struct content *root;
    struct open *open; /* DEPTH_MAX of them */
    uint32_t depth;
    struct bytes name; /* of the next item of an object */
    const char *why;   /* refused; NULL: it was not */
};

static struct bytes keep(struct reader *reader, const unsigned char *text, size_t len) {
    return bytes_of(arena_strndup(reader->arena, (const char *)text, len), len);
}

static int put(struct reader *reader, struct content given) {
    given.name = reader->name;
    if (reader->depth == 0) {
        *reader->root = given;
    } else {
        *vec_push(&reader->open[reader->depth - 1].items, reader->arena) = given;
    }
    return 1;
}

static int on_null(void *context) {
    return put(context, (struct content){.kind = CONTENT_NOTHING});
}

static int on_boolean(void *context, int value) {
    return put(context, (struct content){.kind = CONTENT_BOOL, .boolean = value != 0});
}

/* Decimal digits as a number of 128 bits; false where it has more. */
static bool whole_number(const char *text, size_t len, struct content *out) {
    bool negative = len > 0 && text[0] == '-';
    uint128 value = 0;
    for (size_t i = negative; i < len; i++) {
        unsigned digit = (unsigned)(text[i] - '0');
        if (digit > 9 || value > (~(uint128)0 - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    uint128 beyond = (uint128)1 << 127;
    if (negative && value > beyond) {
        return false;
    }
    out->kind = !negative && value >= beyond ? CONTENT_WIDE : CONTENT_INT;
    out->integer = (int128)(negative ? ~value + 1 : value);
    return true;
}

static int on_number(void *context, const char *text, size_t len) {
    struct reader *reader = context;
    struct content given = {0};
    if (!whole_number(text, len, &given)) {
        char *copy = arena_strndup(reader->arena, text, len);
        given.kind = CONTENT_FLOAT;
        given.real = strtod(copy, NULL);
    }
    return put(reader, given);
}

static int on_string(void *context, const unsigned char *text, size_t len) {
    struct reader *reader = context;
    return put(reader, (struct content){.kind = CONTENT_TEXT, .bytes = keep(reader, text, len)});
}

static int on_key(void *context, const unsigned char *text, size_t len) {
    struct reader *reader = context;
    reader->name = keep(reader, text, len);
    return 1;
}

static int begin(struct reader *reader, bool object) {
    if (reader->depth == DEPTH_MAX) {
        reader->why = "more than 1024 lists and objects within each other";
        return 0;
    }
    put(reader, (struct content){.kind = object ? CONTENT_OBJECT : CONTENT_LIST});
    reader->open[reader->depth++] = (struct open){.object = object};
    return 1;
}

static int end(struct reader *reader) {
    struct open *done = &reader->open[--reader->depth];
    struct open *around = reader->depth ? &reader->open[reader->depth - 1] : NULL;
    struct content *given = around ? &around->items.at[around->items.n - 1] : reader->root;
    given->at = done->items.at;
    given->n = done->items.n;
    return 1;
}

static int on_map(void *context) {
    return begin(context, true);
}

static int on_array(void *context) {
    return begin(context, false);
}

static int on_end(void *context) {
    return end(context);
}

static void locate(struct bytes text, size_t off, struct content_error *error) {
    error->line = error->column = 1;
    for (size_t i = 0; i < off && i < text.len; i++) {
        error->column = text.at[i] == '\n' ? 1 : error->column + 1;
        error->line += text.at[i] == '\n';
    }
}

/* yajl's sentence without its "parse error: " and its end of line. */
static const char *word_error(struct arena *arena, const struct yajl_calls *lib,
                              yajl_handle parser) {
    unsigned char *said = lib->yajl_get_error(parser, 0, NULL, 0);
    const char *text = (const char *)said, *colon = strstr(text, ": ");
    text = colon ? colon + 2 : text;
    size_t len = strcspn(text, "\n");
    char *copy = arena_strndup(arena, text, len);
    lib->yajl_free_error(parser, said);
    return copy;
}

bool content_can_json(void) {
    return library_there(LIBRARY_OF_yajl);
}

bool content_json(struct arena *arena, struct bytes text, struct content *out,
                  struct content_error *error) {
    static const yajl_callbacks callbacks = {
        .yajl_null = on_null,
        .yajl_boolean = on_boolean,
        .yajl_number = on_number,
        .yajl_string = on_string,
        .yajl_start_map = on_map,
        .yajl_map_key = on_key,
        .yajl_end_map = on_end,
        .yajl_start_array = on_array,
        .yajl_end_array = on_end,
    };
    const struct yajl_calls *lib = yajl_calls();
    struct reader reader = {.arena = arena, .root = out};
    if (!lib) {
        return missing(error);
    }
    reader.open = arena_array(arena, DEPTH_MAX, sizeof *reader.open);
    yajl_handle parser = lib->yajl_alloc(&callbacks, NULL, &reader);
    yajl_status status = lib->yajl_parse(parser, text.at, text.len);
    if (status == yajl_status_ok) {
        status = lib->yajl_complete_parse(parser);
    }
    if (status != yajl_status_ok) {
        locate(text, lib->yajl_get_bytes_consumed(parser), error);
        error->message = reader.why ? reader.why : word_error(arena, lib, parser);
    }
    lib->yajl_free(parser);
    return status == yajl_status_ok;
}

#else

bool content_can_json(void) {
    return false;
}

bool content_json(struct arena *arena, struct bytes text, struct content *out,
                  struct content_error *error) {
    (void)arena;
    (void)text;
    (void)out;
    return missing(error);
}

#endif
