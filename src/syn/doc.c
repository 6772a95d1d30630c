/* Doc comments: which construct each "///" belongs to.
 *
 * One that stands alone on its lines belongs to the construct that begins at the next token. One
 * behind a token belongs to the construct that ends with that token (its ';' or ',' aside), or else
 * to the last one that begins on the line. Whatever fits no construct is a plain comment. */
#include "config.h"

#include "syn/build.h"

#include "base/buf.h"

/* The constructs that may have a doc, in the order of their beginnings; and where some end, in that order. */
struct places {
    VEC(struct ast *) by_start;
    VEC(struct end) by_end;
    struct arena *arena;
};

struct end {
    uint32_t hi;
    uint32_t index; /* of the outermost that does, in by_start */
};

static void collect_list(struct places *places, struct ast *list);

static void collect_type(struct places *places, const struct ast *type) {
    if (type->kind == AST_TYPE_STRUCT) {
        collect_list(places, type->kid[2]);
    } else if (type->kind == AST_TYPE_SWITCH) {
        collect_list(places, type->kid[1]);
    }
}

/* Comes behind those of the constructs in it: so ends come in their order. */
static void add_end(struct places *places, uint32_t hi, uint32_t index) {
    struct end *last = places->by_end.n ? &places->by_end.at[places->by_end.n - 1] : NULL;
    if (!last || last->hi != hi) {
        last = vec_push(&places->by_end, places->arena);
    }
    *last = (struct end){hi, index};
}

static void collect_node(struct places *places, struct ast *node) {
    if (node->kind == AST_ERROR) {
        return;
    }
    uint32_t index = places->by_start.n;
    *vec_push(&places->by_start, places->arena) = node;
    const struct ast *inner = node;
    if (node->kind == AST_TYPEDEF || (node->kind == AST_ARM && node->kid[1])) {
        inner = node->kid[node->kind == AST_ARM ? 1 : 0];
    }
    if (inner->kind == AST_FIELD) {
        collect_type(places, inner->kid[0]);
    } else if (node->kind == AST_STRUCT) {
        collect_list(places, node->kid[2]);
    } else if (node->kind == AST_IF) {
        collect_list(places, node->kid[1]);
        collect_list(places, node->kid[2]);
    } else if (node->kind == AST_ENUM || node->kind == AST_FLAGS) {
        collect_list(places, node->kid[1]);
    }
    add_end(places, node->span.hi, index);
}

static void collect_list(struct places *places, struct ast *list) {
    for (struct ast *node = list; node; node = node->next) {
        collect_node(places, node);
    }
}

/* The outermost construct that ends at hi, or NULL. */
static struct ast *find_end(const struct places *places, uint32_t hi) {
    uint32_t lo = 0;
    uint32_t n = places->by_end.n;
    for (uint32_t end = n; lo < end;) {
        uint32_t mid = lo + (end - lo) / 2;
        if (places->by_end.at[mid].hi < hi) {
            lo = mid + 1;
        } else {
            end = mid;
        }
    }
    bool found = lo < n && places->by_end.at[lo].hi == hi;
    return found ? places->by_start.at[places->by_end.at[lo].index] : NULL;
}

/* How many constructs begin before off. */
static uint32_t count_before(const struct places *places, uint32_t off) {
    uint32_t lo = 0;
    for (uint32_t end = places->by_start.n; lo < end;) {
        uint32_t mid = lo + (end - lo) / 2;
        if (places->by_start.at[mid]->span.lo < off) {
            lo = mid + 1;
        } else {
            end = mid;
        }
    }
    return lo;
}

static struct ast *find_owner(const struct places *places, const struct build_doc *doc) {
    bool trails = doc->after != UINT32_MAX;
    struct ast *ended = trails ? find_end(places, doc->after) : NULL;
    if (ended) {
        return ended;
    }
    uint32_t i = count_before(places, trails ? doc->span.lo : doc->next);
    if (trails) {
        struct ast *last = i > 0 ? places->by_start.at[i - 1] : NULL;
        return last && last->span.lo >= doc->line ? last : NULL;
    }
    struct ast *next = i < places->by_start.n ? places->by_start.at[i] : NULL;
    return next && next->span.lo == doc->next ? next : NULL;
}

/* Appends the text of a comment. */
static void add_text(const struct build *build, struct span span, struct buf *buf) {
    const char *text = (const char *)build->source->text.at + (span.lo - build->source->base);
    size_t len = span.hi - span.lo;
    size_t off = len > 3 && text[3] == ' ' ? 4 : 3;
    while (len > off && (text[len - 1] == ' ' || text[len - 1] == '\t' || text[len - 1] == '\r')) {
        len--;
    }
    buf_put(buf, text + off, len - off);
}

/* Notes the owner of a doc comment in the list of all comments, where one is kept. */
static void tell_owner(const struct build *build, const struct build_doc *doc,
                       const struct ast *owner) {
    if (build->parser->comments) {
        build->parser->comments->at[doc->comment].owner = owner;
    }
}

/* Gives one construct the comments from i on that are its own; returns the number of the first that
 * is not. */
static uint32_t attach(const struct build *build, const struct places *places, struct ast *owner,
                       uint32_t i, struct buf *buf) {
    buf_clear(buf);
    bool first = !owner->doc;
    if (owner->doc) {
        buf_puts(buf, owner->doc);
    }
    do {
        if (!first) {
            buf_putc(buf, '\n');
        }
        first = false;
        add_text(build, build->docs.at[i].span, buf);
        tell_owner(build, &build->docs.at[i], owner);
        i++;
    } while (i < build->docs.n && find_owner(places, &build->docs.at[i]) == owner);
    owner->doc = arena_strndup(places->arena, buf_text(buf), buf->len);
    return i;
}

void build_attach_docs(struct build *build) {
    if (build->docs.n == 0) {
        return;
    }
    struct places places = {.arena = build->parser->arena};
    collect_list(&places, build->root_list.first);
    struct buf buf = {0};
    for (uint32_t i = 0; i < build->docs.n;) {
        struct ast *owner = find_owner(&places, &build->docs.at[i]);
        i = owner ? attach(build, &places, owner, i, &buf) : i + 1;
    }
    buf_free(&buf);
}
