#include "config.h"

#include "cli/layout.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sema/sema.h"
#include "syn/unparse.h"

/* Where the comments begin. */
#define COMMENT_COLUMN 56u

#define PLACE_MAX 32

/* A construct as text, and how its first and last line are found in it. */
struct layout_text {
    struct buf text;
    size_t first; /* length of the first line */
    size_t last;  /* start of the last line; 0 where there is only one */
};

static void put_block(struct buf *out, const struct sema_block *block, unsigned indent);

static struct layout_text text_of(const struct ast *node) {
    struct ast bare = *node;
    bare.doc = NULL;
    struct layout_text made = {0};
    unparse(&bare, &made.text);
    const char *text = buf_text(&made.text);
    size_t len = made.text.len;
    while (len > 0 && text[len - 1] == '\n') {
        len--;
    }
    made.text.len = len;
    made.first = len;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\n') {
            made.first = made.first == len ? i : made.first;
            made.last = i + 1;
        }
    }
    return made;
}

static void put_line(struct buf *out, const char *text, size_t len, unsigned indent) {
    buf_fill(out, ' ', (size_t)indent * 4);
    buf_put(out, text, len);
}

static void place_text(char *text, int64_t bits, bool packed) {
    if (bits == SEMA_DYNAMIC) {
        snprintf(text, PLACE_MAX, "?");
    } else if (packed || bits % 8 != 0) {
        snprintf(text, PLACE_MAX, "%" PRId64 ".%d", bits / 8, (int)(bits % 8));
    } else {
        snprintf(text, PLACE_MAX, "%" PRId64, bits / 8);
    }
}

/* Ends a line with the comment; start is where the line begins in out. */
static void put_places(struct buf *out, size_t start, const char *offset, const char *size) {
    size_t columns = 0;
    for (size_t i = start; i < out->len; i++) {
        columns += ((unsigned char)out->at[i] & 0xc0) != 0x80;
    }
    buf_fill(out, ' ', columns < COMMENT_COLUMN ? COMMENT_COLUMN - columns : 1);
    buf_printf(out, "/* %8s %8s */\n", offset, size);
}

static void put_arm(struct buf *out, const struct ast *node, const struct sema_arm *arm,
                    unsigned indent);

/* What stands between the first and the last line of a declaration. */
static void put_inside(struct buf *out, const struct sema_decl *decl, unsigned indent) {
    if (decl->type->kind == SEMA_SWITCH) {
        const struct ast *node = decl->ast->kid[0]->kid[1];
        for (uint32_t i = 0; i < decl->arms.n && node; i++, node = node->next) {
            put_arm(out, node, &decl->arms.at[i], indent);
        }
    } else if (decl->type->kind == SEMA_STRUCT) {
        put_block(out, &decl->type->of->block, indent);
    }
}

/* A construct of one or more lines with its place and size, and what is declared inside of it. */
static void put_declared(struct buf *out, const struct ast *node, const struct sema_decl *decl,
                         const char *offset, const char *size, unsigned indent) {
    struct layout_text text = text_of(node);
    size_t start = out->len;
    put_line(out, text.text.at, text.first, indent);
    put_places(out, start, offset, size);
    if (text.last > 0) {
        if (decl) {
            put_inside(out, decl, indent + 1);
        }
        put_line(out, text.text.at + text.last, text.text.len - text.last, indent);
        buf_putc(out, '\n');
    }
    buf_free(&text.text);
}

static void put_arm(struct buf *out, const struct ast *node, const struct sema_arm *arm,
                    unsigned indent) {
    char size[PLACE_MAX];
    place_text(size, arm->decl ? arm->decl->bit_total : 0, arm->decl && arm->decl->packed);
    put_declared(out, node, arm->decl, "", size, indent);
}

static void put_if(struct buf *out, const struct sema_member *member, unsigned indent) {
    struct buf condition = {0};
    unparse_expr(member->ast->kid[0], &condition);
    buf_fill(out, ' ', (size_t)indent * 4);
    buf_printf(out, "if (%s) {\n", buf_text(&condition));
    buf_free(&condition);
    put_block(out, &member->yes, indent + 1);
    if (member->no.at.n > 0) {
        put_line(out, "} else {\n", 9, indent);
        put_block(out, &member->no, indent + 1);
    }
    put_line(out, "}\n", 2, indent);
}

/* The bits of a member that is neither a field nor padding. */
static int64_t gap_bits(const struct sema_member *member) {
    int128 n;
    if (member->kind == SEMA_M_MAGIC && member->expr->kind == E_TEXT) {
        return (int64_t)member->expr->text.len * 8;
    }
    if (member->kind == SEMA_M_SKIP && sema_constant_int(member->expr, &n) && n >= 0 &&
        n < INT64_MAX / 8) {
        return (int64_t)n * 8;
    }
    return SEMA_DYNAMIC;
}

static void put_member(struct buf *out, const struct sema_member *member, unsigned indent) {
    char offset[PLACE_MAX];
    char size[PLACE_MAX];
    switch (member->kind) {
    case SEMA_M_FIELD:
    case SEMA_M_PAD:
        place_text(offset, member->bit_off, member->decl->packed);
        place_text(size, member->decl->bit_total, member->decl->packed);
        put_declared(out, member->ast, member->decl, member->decl->at ? "@" : offset, size, indent);
        break;
    case SEMA_M_MAGIC:
    case SEMA_M_ALIGN:
    case SEMA_M_SKIP:
        place_text(offset, member->bit_off, false);
        place_text(size, gap_bits(member), false);
        put_declared(out, member->ast, NULL, offset, size, indent);
        break;
    case SEMA_M_IF:
        put_if(out, member, indent);
        break;
    case SEMA_M_LET:
        put_declared(out, member->ast, NULL, "", "computed", indent);
        break;
    case SEMA_M_CHECK:
    case SEMA_M_REQUIRE:
    case SEMA_M_ENDIAN:
    case SEMA_M_BITORDER:
    case SEMA_M_ENCODING:
        break;
    }
}

static void put_block(struct buf *out, const struct sema_block *block, unsigned indent) {
    for (uint32_t i = 0; i < block->at.n; i++) {
        put_member(out, block->at.at[i], indent);
    }
}

void layout_put(struct buf *out, const struct sema_struct *of) {
    struct layout_text text = text_of(of->ast);
    size_t len = text.first;
    /* an empty struct stands on one line */
    while (len > 0 && text.text.at[len - 1] != '{') {
        len--;
    }
    buf_put(out, text.text.at, len);
    buf_free(&text.text);
    if (of->bit_size == SEMA_DYNAMIC) {
        buf_puts(out, " /* size: dynamic */\n");
    } else {
        char size[PLACE_MAX];
        place_text(size, of->bit_size, false);
        buf_printf(out, " /* size: %s */\n", size);
    }
    put_block(out, &of->block, 1);
    buf_puts(out, "};\n");
}
