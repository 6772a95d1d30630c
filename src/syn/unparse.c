#include "config.h"

#include "syn/unparse.h"

#include <math.h>
#include <string.h>

#include "base/numtext.h"
#include "base/utf8.h"
#include "syn/name.h"

/* How tightly an expression binds: the grammar's levels, loosest first. */
enum level {
    LEVEL_EXPR,
    LEVEL_OR,
    LEVEL_AND,
    LEVEL_BITOR,
    LEVEL_BITXOR,
    LEVEL_BITAND,
    LEVEL_EQUAL,
    LEVEL_REL,
    LEVEL_SHIFT,
    LEVEL_ADD,
    LEVEL_MUL,
    LEVEL_ALT,
    LEVEL_UNARY,
    LEVEL_POSTFIX,
};

static enum level op_level(enum ast_op op) {
    switch (op) {
    case AST_OP_OR:
        return LEVEL_OR;
    case AST_OP_AND:
        return LEVEL_AND;
    case AST_OP_BITOR:
        return LEVEL_BITOR;
    case AST_OP_BITXOR:
        return LEVEL_BITXOR;
    case AST_OP_BITAND:
        return LEVEL_BITAND;
    case AST_OP_EQ:
    case AST_OP_NE:
        return LEVEL_EQUAL;
    case AST_OP_LT:
    case AST_OP_GT:
    case AST_OP_LE:
    case AST_OP_GE:
        return LEVEL_REL;
    case AST_OP_SHL:
    case AST_OP_SHR:
        return LEVEL_SHIFT;
    case AST_OP_ADD:
    case AST_OP_SUB:
        return LEVEL_ADD;
    case AST_OP_MUL:
    case AST_OP_DIV:
    case AST_OP_REM:
        return LEVEL_MUL;
    case AST_OP_ELSE:
        return LEVEL_ALT;
    case AST_OP_NEG:
    case AST_OP_NOT:
    case AST_OP_BITNOT:
        return LEVEL_UNARY;
    case AST_OP_NONE:
    case AST_OP_WHILE:
    case AST_OP_UNTIL:
        break;
    }
    return LEVEL_EXPR;
}

static enum level expr_level(const struct ast *expr) {
    switch (expr->kind) {
    case AST_COND:
    case AST_RANGE:
        return LEVEL_EXPR;
    case AST_IN:
        return LEVEL_REL;
    case AST_BINARY:
        return op_level((enum ast_op)expr->op);
    case AST_UNARY:
        return LEVEL_UNARY;
    case AST_INT:
        return expr->name || expr->integer >= 0 ? LEVEL_POSTFIX : LEVEL_UNARY;
    case AST_FLOAT:
        return expr->name || !signbit(expr->number) ? LEVEL_POSTFIX : LEVEL_UNARY;
    default:
        return LEVEL_POSTFIX;
    }
}

/* -- literals ---------------------------------------------------------------------------------- */

static void put_integer(const struct ast *node, struct buf *out) {
    char text[INT128_TEXT_MAX];
    size_t len = int128_text(node->integer, text);
    buf_put(out, text, len);
}

/* The shortest text that reads back as the number, with a dot. Numbers the language has no literal
 * for (infinities, NaN) come from no parse. */
static void put_float(double number, struct buf *out) {
    char text[NUMTEXT_MAX];
    size_t len = (size_t)(numtext_double(text, number) - text);
    const char *exponent = memchr(text, 'e', len);
    size_t digits = exponent ? (size_t)(exponent - text) : len;
    buf_put(out, text, digits);
    if (!memchr(text, '.', digits)) {
        buf_puts(out, ".0");
    }
    buf_put(out, text + digits, len - digits);
}

/* The letter of the escape for a byte, or 0. */
static char escape_letter(unsigned char byte) {
    switch (byte) {
    case '\n':
        return 'n';
    case '\t':
        return 't';
    case '\r':
        return 'r';
    case '\a':
        return 'a';
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\v':
        return 'v';
    case 0x1b:
        return 'e';
    case '"':
    case '\\':
        return (char)byte;
    default:
        return 0;
    }
}

/* raw: the text is bytes, and at least one of them must be written \x to tell so. */
static void put_string(struct bytes text, bool raw, struct buf *out) {
    bool told = false;
    buf_putc(out, '"');
    for (size_t i = 0; i < text.len;) {
        unsigned char byte = text.at[i];
        uint32_t code;
        int n = byte < 0x80 || raw ? 0 : utf8_decode(text.at + i, text.len - i, &code);
        bool last = i + 1 == text.len;
        bool digit_next = !last && text.at[i + 1] >= '0' && text.at[i + 1] <= '9';
        if (n > 0) {
            buf_put(out, text.at + i, (size_t)n);
            i += (size_t)n;
            continue;
        }
        if (raw && last && !told) {
            buf_printf(out, "\\x%02x", byte);
        } else if (escape_letter(byte) != 0) {
            buf_printf(out, "\\%c", escape_letter(byte));
        } else if (byte >= 0x20 && byte < 0x7f) {
            buf_putc(out, (char)byte);
        } else if (byte == 0 && !digit_next) {
            buf_puts(out, "\\0");
        } else if (byte < 0x80 && !raw) {
            buf_printf(out, "\\u{%x}", byte);
        } else {
            buf_printf(out, "\\x%02x", byte);
            told = true;
        }
        i++;
    }
    buf_putc(out, '"');
}

/* -- expressions ------------------------------------------------------------------------------- */

static void put_expr(const struct ast *expr, enum level least, struct buf *out);

/* The items of a list with ", " between them. */
static void put_exprs(const struct ast *list, struct buf *out) {
    for (const struct ast *item = list; item; item = item->next) {
        put_expr(item, LEVEL_EXPR, out);
        if (item->next) {
            buf_puts(out, ", ");
        }
    }
}

static void put_range(const struct ast *range, struct buf *out) {
    const struct ast *low = range->kid[0];
    const struct ast *high = range->kid[1];
    bool tight = low->kind == AST_INT && high->kind == AST_INT;
    put_expr(low, LEVEL_SHIFT, out);
    buf_puts(out, tight ? ".." : " .. ");
    put_expr(high, LEVEL_SHIFT, out);
}

/* What stands behind "in": a range needs no parentheses there. */
static void put_set(const struct ast *set, struct buf *out) {
    if (set->kind == AST_RANGE) {
        put_range(set, out);
    } else {
        put_expr(set, LEVEL_SHIFT, out);
    }
}

static void put_binary(const struct ast *expr, struct buf *out) {
    enum ast_op op = (enum ast_op)expr->op;
    enum level level = op_level(op);
    bool rightward = op == AST_OP_ELSE; /* a ?? (b ?? c) */
    put_expr(expr->kid[0], rightward ? level + 1 : level, out);
    buf_printf(out, " %s ", ast_op_text(op));
    put_expr(expr->kid[1], rightward ? level : level + 1, out);
}

static void put_cond(const struct ast *expr, struct buf *out) {
    put_expr(expr->kid[0], LEVEL_OR, out);
    buf_puts(out, " ? ");
    put_expr(expr->kid[1], LEVEL_EXPR, out);
    buf_puts(out, " : ");
    put_expr(expr->kid[2], LEVEL_EXPR, out);
}

static void put_object(const struct ast *object, struct buf *out) {
    buf_puts(out, "{ ");
    for (const struct ast *field = object->kid[0]; field; field = field->next) {
        name_put(out, field->name, false);
        buf_puts(out, " = ");
        put_expr(field->kid[0], LEVEL_EXPR, out);
        buf_puts(out, field->next ? ", " : " }");
    }
}

/* "$" and its kin are no names that quotes could be around. */
static void put_name(const struct ast *expr, struct buf *out) {
    if (expr->kind == AST_DOLLAR || *expr->name == '$') {
        buf_puts(out, expr->name);
    } else {
        name_put(out, expr->name, false);
    }
}

static void put_postfix(const struct ast *expr, struct buf *out) {
    if (expr->kid[0]) {
        put_expr(expr->kid[0], LEVEL_POSTFIX, out);
    }
    if (expr->kind == AST_MEMBER) {
        buf_putc(out, '.');
        put_name(expr, out);
    } else if (expr->kind == AST_ANYWHERE) {
        buf_puts(out, expr->kid[0] ? ".**." : "**.");
        name_put(out, expr->name, false);
    } else if (expr->kind == AST_ALL) {
        buf_puts(out, "[*]");
    } else {
        buf_putc(out, '[');
        put_expr(expr->kid[1], LEVEL_EXPR, out);
        buf_putc(out, ']');
    }
}

static void put_literal(const struct ast *expr, struct buf *out) {
    if (expr->name) {
        buf_puts(out, expr->name);
    } else if (expr->kind == AST_INT) {
        put_integer(expr, out);
    } else if (expr->kind == AST_FLOAT) {
        put_float(expr->number, out);
    } else {
        put_string(expr->text, expr->flag, out);
    }
}

/* Writes an expression that needs no parentheses where it stands. */
static void put_bare(const struct ast *expr, struct buf *out) {
    switch (expr->kind) {
    case AST_INT:
    case AST_FLOAT:
    case AST_STRING:
        put_literal(expr, out);
        break;
    case AST_BOOL:
        buf_puts(out, expr->flag ? "true" : "false");
        break;
    case AST_NAME:
    case AST_DOLLAR:
        put_name(expr, out);
        break;
    case AST_CALL:
        name_put(out, expr->name, false);
        buf_putc(out, '(');
        put_exprs(expr->kid[0], out);
        buf_putc(out, ')');
        break;
    case AST_MEMBER:
    case AST_ANYWHERE:
    case AST_INDEX:
    case AST_ALL:
        put_postfix(expr, out);
        break;
    case AST_UNARY:
        buf_puts(out, ast_op_text((enum ast_op)expr->op));
        put_expr(expr->kid[0], LEVEL_UNARY, out);
        break;
    case AST_BINARY:
        put_binary(expr, out);
        break;
    case AST_COND:
        put_cond(expr, out);
        break;
    case AST_IN:
        put_expr(expr->kid[0], LEVEL_REL, out);
        buf_puts(out, " in ");
        put_set(expr->kid[1], out);
        break;
    case AST_RANGE:
        put_range(expr, out);
        break;
    case AST_LIST:
        buf_puts(out, "{ ");
        put_exprs(expr->kid[0], out);
        buf_puts(out, " }");
        break;
    case AST_OBJECT:
        put_object(expr, out);
        break;
    case AST_PAREN:
        buf_putc(out, '(');
        put_expr(expr->kid[0], LEVEL_EXPR, out);
        buf_putc(out, ')');
        break;
    default:
        break;
    }
}

static void put_expr(const struct ast *expr, enum level least, struct buf *out) {
    bool parens = expr_level(expr) < least;
    if (parens) {
        buf_putc(out, '(');
    }
    put_bare(expr, out);
    if (parens) {
        buf_putc(out, ')');
    }
}

void unparse_expr(const struct ast *expr, struct buf *out) {
    put_expr(expr, LEVEL_EXPR, out);
}

/* -- items and members ------------------------------------------------------------------------- */

static void put_node(const struct ast *node, unsigned indent, struct buf *out);

static void put_indent(unsigned indent, struct buf *out) {
    buf_fill(out, ' ', 4 * (size_t)indent);
}

/* "word expr" */
static void put_worded(const char *word, const struct ast *expr, struct buf *out) {
    buf_printf(out, "%s ", word);
    put_expr(expr, LEVEL_EXPR, out);
}

static void put_doc(const char *doc, unsigned indent, struct buf *out) {
    while (doc) {
        const char *end = strchr(doc, '\n');
        size_t len = end ? (size_t)(end - doc) : strlen(doc);
        put_indent(indent, out);
        buf_puts(out, len > 0 ? "/// " : "///");
        buf_put(out, doc, len);
        buf_putc(out, '\n');
        doc = end ? end + 1 : NULL;
    }
}

/* "{", the nodes of a list each on lines of its own, "}". */
static void put_block(const struct ast *list, unsigned indent, struct buf *out) {
    if (!list) {
        buf_puts(out, "{ }");
        return;
    }
    buf_puts(out, "{\n");
    for (const struct ast *node = list; node; node = node->next) {
        put_node(node, indent + 1, out);
    }
    put_indent(indent, out);
    buf_putc(out, '}');
}

static void put_seq(const struct ast *seq, struct buf *out) {
    put_expr(seq->kid[0], LEVEL_EXPR, out);
    if (seq->kid[1]) {
        buf_puts(out, " then ");
        put_expr(seq->kid[1], LEVEL_EXPR, out);
        buf_printf(out, " %s ", ast_op_text((enum ast_op)seq->op));
        put_expr(seq->kid[2], LEVEL_EXPR, out);
    }
}

static void put_type(const struct ast *type, unsigned indent, struct buf *out);

static void put_params(const struct ast *params, struct buf *out) {
    buf_putc(out, '(');
    for (const struct ast *param = params; param; param = param->next) {
        if (param->kid[0]) {
            put_type(param->kid[0], 0, out);
            buf_putc(out, ' ');
        }
        name_put(out, param->name, false);
        buf_printf(out, "%s%s", param->flag ? "[]" : "", param->next ? ", " : "");
    }
    buf_putc(out, ')');
}

static void put_let(const struct ast *let, struct buf *out) {
    buf_puts(out, "let ");
    if (let->name) {
        name_put(out, let->name, false);
        if (let->flag) {
            put_params(let->kid[1], out);
        }
        buf_putc(out, ' ');
    }
    buf_puts(out, "= ");
    put_seq(let->kid[0], out);
    if (let->kid[2]) {
        buf_puts(out, " when ");
        put_expr(let->kid[2], LEVEL_EXPR, out);
    }
}

static const char *clause_word(const struct ast *clause) {
    switch (clause->kind) {
    case AST_C_BITS:
        return ":";
    case AST_C_EQUALS:
        return "=";
    case AST_C_IN:
        return "in";
    case AST_C_AT:
        return "@";
    case AST_C_THEN:
        return "then";
    case AST_C_SIZED:
        return "sized";
    case AST_C_STRIDE:
        return "stride";
    case AST_C_FROM:
        return "from";
    case AST_C_UNTIL:
        return "until";
    case AST_C_WHILE:
        return "while";
    case AST_C_WHEN:
        return "when";
    case AST_C_ENCODING:
        return "encoding";
    case AST_C_RECOVER:
        return "recover";
    case AST_C_REQUIRE:
        return "require";
    case AST_C_ISOLATED:
        return "isolated";
    case AST_C_AS:
        return "as";
    case AST_C_EACH:
        return "each";
    default:
        return "";
    }
}

static void put_until_words(unsigned words, struct buf *out) {
    buf_puts(out, words & AST_INCLUDED ? " included" : "");
    buf_puts(out, words & AST_LEFT ? " left" : "");
    buf_puts(out, words & AST_OPTIONAL ? " optional" : "");
}

/* What is said where something does not hold. */
static void put_message(const struct ast *node, struct buf *out) {
    if (node->flag) {
        buf_puts(out, " : ");
        put_string(node->text, false, out);
    }
}

static void put_clauses(const struct ast *clauses, struct buf *out) {
    for (const struct ast *clause = clauses; clause; clause = clause->next) {
        if (clause->kind == AST_ERROR) {
            continue;
        }
        buf_printf(out, " %s", clause_word(clause));
        if (clause->kind == AST_C_ISOLATED) {
            continue;
        }
        if (clause->kind == AST_C_EACH) {
            put_clauses(clause->kid[0], out);
            continue;
        }
        buf_putc(out, ' ');
        if (clause->kind == AST_C_AS) {
            name_put(out, clause->name, false);
        } else if (clause->kind == AST_C_IN) {
            put_set(clause->kid[0], out);
        } else {
            put_expr(clause->kid[0], clause->kind == AST_C_BITS ? LEVEL_SHIFT : LEVEL_EXPR, out);
        }
        if (clause->kind == AST_C_UNTIL) {
            put_until_words(clause->op, out);
        } else if (clause->kind == AST_C_REQUIRE) {
            put_message(clause, out);
        }
    }
}

static void put_type(const struct ast *type, unsigned indent, struct buf *out) {
    switch (type->kind) {
    case AST_TYPE_NAME:
        name_put(out, type->name, true);
        if (type->flag) {
            buf_putc(out, '(');
            put_exprs(type->kid[0], out);
            buf_putc(out, ')');
        }
        break;
    case AST_TYPE_OF:
        name_put(out, type->name, true);
        buf_putc(out, '.');
        buf_put(out, type->text.at, type->text.len);
        break;
    case AST_TYPE_STRUCT:
        buf_puts(out, type->flag ? "union " : "struct ");
        if (type->kid[1]) {
            put_worded("sized", type->kid[1], out);
            buf_putc(out, ' ');
        }
        put_block(type->kid[2], indent, out);
        break;
    case AST_TYPE_SWITCH:
        buf_puts(out, "switch (");
        put_expr(type->kid[0], LEVEL_EXPR, out);
        buf_putc(out, ')');
        break;
    default:
        break;
    }
}

static void put_field(const struct ast *field, unsigned indent, struct buf *out) {
    const struct ast *type = field->kid[0];
    bool in_arm = !field->name;
    if (in_arm && type->kind == AST_TYPE_STRUCT) {
        put_block(type->kid[2], indent, out);
        return;
    }
    put_type(type, indent, out);
    if (field->name) {
        buf_putc(out, ' ');
        name_put(out, field->name, false);
    }
    for (const struct ast *dim = field->kid[1]; dim; dim = dim->next) {
        buf_putc(out, '[');
        if (dim->kind == AST_DIM && dim->kid[0]) {
            put_expr(dim->kid[0], LEVEL_EXPR, out);
        }
        buf_putc(out, ']');
    }
    put_clauses(field->kid[2], out);
    if (type->kind == AST_TYPE_SWITCH) {
        buf_putc(out, ' ');
        put_block(type->kid[1], indent, out);
    } else {
        buf_putc(out, ';');
    }
}

static void put_arm(const struct ast *arm, unsigned indent, struct buf *out) {
    if (arm->kid[0]) {
        put_exprs(arm->kid[0], out);
    } else {
        buf_puts(out, "default");
    }
    buf_putc(out, ':');
    const struct ast *body = arm->kid[1];
    if (!body) {
        buf_putc(out, ';');
    } else if (body->kind == AST_LET) {
        buf_putc(out, ' ');
        put_let(body, out);
        buf_putc(out, ';');
    } else if (body->kind == AST_FIELD) {
        buf_putc(out, ' ');
        put_field(body, indent, out);
    }
}

static void put_if(const struct ast *node, unsigned indent, struct buf *out) {
    buf_puts(out, "if (");
    put_expr(node->kid[0], LEVEL_EXPR, out);
    buf_puts(out, ") ");
    put_block(node->kid[1], indent, out);
    if (!node->flag) {
        return;
    }
    buf_puts(out, " else ");
    const struct ast *other = node->kid[2];
    /* an IF alone in an else with a doc of its own needs the braces that it was written in */
    if (other && other->kind == AST_IF && !other->next && !other->doc) {
        put_if(other, indent, out);
    } else {
        put_block(other, indent, out);
    }
}

static void put_enum(const struct ast *node, unsigned indent, struct buf *out) {
    buf_puts(out, node->kind == AST_ENUM ? "enum " : "flags ");
    name_put(out, node->name, false);
    if (node->kid[0]) {
        buf_puts(out, " : ");
        put_type(node->kid[0], indent, out);
    }
    buf_putc(out, ' ');
    put_block(node->kid[1], indent, out);
}

static void put_struct(const struct ast *node, unsigned indent, struct buf *out) {
    buf_puts(out, node->flag ? "union " : "struct ");
    name_put(out, node->name, true);
    if (node->kid[0]) {
        put_params(node->kid[0], out);
    }
    if (node->kid[1]) {
        buf_putc(out, ' ');
        put_worded("sized", node->kid[1], out);
    }
    buf_putc(out, ' ');
    put_block(node->kid[2], indent, out);
}

static void put_check(const struct ast *node, struct buf *out) {
    put_worded(node->kind == AST_CHECK ? "check" : "require", node->kid[0], out);
    put_message(node, out);
}

static void put_detect(const struct ast *node, struct buf *out) {
    buf_puts(out, "detect ");
    for (const struct ast *part = node->kid[0]; part; part = part->next) {
        put_expr(part->kid[0], LEVEL_POSTFIX, out);
        buf_puts(out, " @ ");
        put_expr(part->kid[1], LEVEL_EXPR, out);
        buf_puts(out, part->next ? ", " : "");
    }
}

/* "word path joint value", the last two only where there is a value. */
static void put_edit(const char *word, const struct ast *node, const char *joint, struct buf *out) {
    buf_printf(out, "%s ", word);
    put_expr(node->kid[0], LEVEL_POSTFIX, out);
    if (node->kid[1]) {
        buf_puts(out, joint);
        put_expr(node->kid[1], LEVEL_EXPR, out);
    }
}

/* The word in front of a construct's one expression; NULL for other kinds. */
static const char *leading_word(const struct ast *node) {
    switch (node->kind) {
    case AST_ENDIAN:
        return "endian";
    case AST_BITORDER:
        return "bitorder";
    case AST_ENCODING:
        return "encoding";
    case AST_MAGIC:
        return "magic";
    case AST_ALIGN:
        return "align";
    case AST_SKIP:
        return "skip";
    default:
        return NULL;
    }
}

/* The word in front of a construct's list; NULL for other kinds. */
static const char *list_word(const struct ast *node) {
    switch (node->kind) {
    case AST_FILES:
        return "files";
    case AST_MIME:
        return "mime";
    case AST_PRINT:
        return "print";
    default:
        return NULL;
    }
}

/* Writes a construct that ends with a ';', without it; false for one of another kind. */
static bool put_line(const struct ast *node, unsigned indent, struct buf *out) {
    if (leading_word(node)) {
        put_worded(leading_word(node), node->kid[0], out);
        return true;
    }
    if (list_word(node)) {
        buf_printf(out, "%s ", list_word(node));
        put_exprs(node->kid[0], out);
        return true;
    }
    switch (node->kind) {
    case AST_SCHEMA:
        buf_puts(out, "schema ");
        name_put(out, node->name, true);
        buf_putc(out, ' ');
        put_string(node->text, false, out);
        return true;
    case AST_IMPORT:
        buf_puts(out, "import ");
        put_string(node->text, false, out);
        return true;
    case AST_DETECT:
        put_detect(node, out);
        return true;
    case AST_LET:
        put_let(node, out);
        return true;
    case AST_PAD:
        put_type(node->kid[0], indent, out);
        buf_putc(out, ' ');
        put_worded(":", node->kid[1], out);
        return true;
    case AST_CHECK:
    case AST_REQUIRE:
        put_check(node, out);
        return true;
    case AST_SET:
        put_edit("set", node, " = ", out);
        return true;
    case AST_DELETE:
        put_edit("delete", node, "", out);
        return true;
    case AST_INSERT:
        put_edit("insert", node, node->flag ? " with " : " ", out);
        return true;
    case AST_APPEND:
        put_edit("append", node, node->flag ? " with " : " ", out);
        return true;
    case AST_REPLACE:
        put_edit("replace", node, " with ", out);
        return true;
    default:
        return false;
    }
}

/* Writes a construct that ends by itself; nothing for one of another kind. */
static void put_braced(const struct ast *node, unsigned indent, struct buf *out) {
    switch (node->kind) {
    case AST_ENUM:
    case AST_FLAGS:
        put_enum(node, indent, out);
        break;
    case AST_ENUMERATOR:
        name_put(out, node->name, false);
        buf_puts(out, " = ");
        put_expr(node->kid[0], LEVEL_EXPR, out);
        buf_putc(out, ',');
        break;
    case AST_STRUCT:
        put_struct(node, indent, out);
        break;
    case AST_TYPEDEF:
        buf_puts(out, "typedef ");
        put_field(node->kid[0], indent, out);
        break;
    case AST_TEST:
        buf_puts(out, "test ");
        if (node->kid[0]) {
            put_type(node->kid[0], indent, out);
            buf_putc(out, ' ');
        }
        put_string(node->text, false, out);
        buf_putc(out, ' ');
        put_expr(node->kid[1], LEVEL_EXPR, out);
        buf_putc(out, ' ');
        put_block(node->kid[2], indent, out);
        break;
    case AST_FIELD:
        put_field(node, indent, out);
        break;
    case AST_ARM:
        put_arm(node, indent, out);
        break;
    case AST_IF:
        put_if(node, indent, out);
        break;
    case AST_FOR:
        buf_puts(out, "for (");
        name_put(out, node->name, false);
        buf_puts(out, " : ");
        put_expr(node->kid[0], LEVEL_EXPR, out);
        buf_puts(out, ") ");
        put_block(node->kid[1], indent, out);
        break;
    default:
        break;
    }
}

static void put_node(const struct ast *node, unsigned indent, struct buf *out) {
    if (node->kind == AST_ERROR) {
        return;
    }
    put_doc(node->doc, indent, out);
    put_indent(indent, out);
    if (put_line(node, indent, out)) {
        buf_putc(out, ';');
    } else {
        put_braced(node, indent, out);
    }
    buf_putc(out, '\n');
}

/* Whether a node of a file takes lines enough to want air around it. */
static bool is_tall(const struct ast *node) {
    return node->kind == AST_STRUCT || node->kind == AST_ENUM || node->kind == AST_FLAGS ||
           node->kind == AST_TEST || node->kind == AST_FOR;
}

void unparse(const struct ast *node, struct buf *out) {
    if (node->kind != AST_FILE && node->kind != AST_SCRIPT) {
        bool expr = node->kind >= AST_INT && node->kind <= AST_PAREN;
        if (expr) {
            unparse_expr(node, out);
        } else {
            put_node(node, 0, out);
        }
        return;
    }
    for (const struct ast *item = node->kid[0]; item; item = item->next) {
        put_node(item, 0, out);
        if (item->next && (is_tall(item) || is_tall(item->next))) {
            buf_putc(out, '\n');
        }
    }
}
