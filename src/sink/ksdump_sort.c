#include "config.h"

#include "sink/ksdump_sort.h"

#include <string.h>

#include "base/mem.h"

/* A member that waits: its items, one behind the other, each followed by its texts. */
struct kept {
    struct bytes name;
    struct buf items;
};

/* A struct or array that is open. */
struct level {
    bool is_array;
    const bool *goes;      /* of a struct: by member, whether it goes on at once */
    uint32_t first, count; /* of a struct: its members */
    struct buf *to;        /* where its end goes; NULL: to the printer */
    uint32_t kept;         /* the first of those kept for it */
};

struct ksdump_sort {
    struct ksdump_printer *printer;
    struct level *levels;
    uint32_t n, cap;
    struct buf *to; /* where the item at hand goes; NULL: to the printer */
    struct kept *
        *kept; /* of the structs that are open, the innermost one's last; each struct's in order */
    uint32_t kept_n, kept_cap;
    /* by struct of the program: which members go on at once */
    bool **goes;
    uint32_t struct_n;
};

static struct bytes member_name(const struct program *program, uint32_t member) {
    return program_text(program, program->members.at[member].name);
}

static int compare(struct bytes a, struct bytes b) {
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len ? memcmp(a.at, b.at, len) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool ksdump_is_hidden(struct bytes name) {
    static const char unnamed[] = "_unnamed";
    return name.len > 0 && name.at[0] == '_' &&
           (name.len < sizeof unnamed - 1 || memcmp(name.at, unnamed, sizeof unnamed - 1) != 0);
}

/* Members behind which none sorts in front of them. */
static const bool *goes_of(struct ksdump_sort *sort, const struct program *program, uint32_t of) {
    if (!sort->goes) {
        sort->struct_n = program->structs.n;
        sort->goes = mem_zalloc(sort->struct_n, sizeof *sort->goes);
    }
    const struct program_struct *s = &program->structs.at[of];
    if (!sort->goes[of]) {
        struct bytes least = {0};
        sort->goes[of] = mem_zalloc(s->member_count + 1, sizeof **sort->goes);
        for (uint32_t i = s->member_count; i-- > 0;) {
            struct bytes name = member_name(program, s->member_first + i);
            if (ksdump_is_hidden(name)) {
                continue;
            }
            sort->goes[of][i] = !least.at || compare(name, least) < 0;
            least = sort->goes[of][i] ? name : least;
        }
    }
    return sort->goes[of];
}

/* items */

static void keep_item(struct buf *to, const struct ksdump_item *item) {
    buf_put(to, item, sizeof *item);
    buf_put(to, item->name.at, item->name.len);
    buf_put(to, item->text.at, item->text.len);
}

static void print_items(struct ksdump_printer *printer, const struct buf *items) {
    for (size_t at = 0; at < items->len;) {
        struct ksdump_item item;
        memcpy(&item, items->at + at, sizeof item);
        at += sizeof item;
        item.name.at = (const unsigned char *)items->at + at;
        at += item.name.len;
        item.text.at = (const unsigned char *)items->at + at;
        at += item.text.len;
        printer->put(printer, &item);
    }
}

static void send(struct ksdump_sort *sort, const struct ksdump_item *item) {
    if (sort->to) {
        keep_item(sort->to, item);
    } else {
        sort->printer->put(sort->printer, item);
    }
}

/* members that wait */

static void drop(struct kept *kept) {
    buf_free(&kept->items);
    mem_free(kept);
}

/* Sends those of a struct on that sort in front of a name (NULL: all), in order. */
static void send_kept(struct ksdump_sort *sort, const struct level *level,
                      const struct bytes *before) {
    uint32_t n = sort->kept_n - level->kept, sent = 0;
    if (n == 0) {
        return; /* there may have been none yet */
    }
    struct kept **at = sort->kept + level->kept;
    while (sent < n && (!before || compare(at[sent]->name, *before) < 0)) {
        if (level->to) {
            buf_put(level->to, at[sent]->items.at, at[sent]->items.len);
        } else {
            print_items(sort->printer, &at[sent]->items);
        }
        drop(at[sent++]);
    }
    if (sent > 0) {
        memmove(at, at + sent, (n - sent) * sizeof(struct kept *));
        sort->kept_n -= sent;
    }
}

/* Keeps a member behind those of its struct that sort in front of it, or alike. */
static struct kept *keep(struct ksdump_sort *sort, const struct level *level, struct bytes name) {
    if (sort->kept_n == sort->kept_cap) {
        sort->kept_cap = sort->kept_cap ? sort->kept_cap * 2 : 64;
        sort->kept = mem_realloc(sort->kept, sort->kept_cap, sizeof(struct kept *));
    }
    uint32_t i = sort->kept_n++;
    for (; i > level->kept && compare(sort->kept[i - 1]->name, name) > 0; i--) {
        sort->kept[i] = sort->kept[i - 1];
    }
    sort->kept[i] = mem_zalloc(1, sizeof **sort->kept);
    sort->kept[i]->name = name;
    return sort->kept[i];
}

/* Where a member goes, with all that is in it. */
static struct buf *place_for(struct ksdump_sort *sort, const struct level *level, uint32_t member,
                             struct bytes name) {
    if (member - level->first < level->count && level->goes[member - level->first]) {
        send_kept(sort, level, &name);
        return level->to;
    }
    return &keep(sort, level, name)->items;
}

/* structs and arrays */

static void open_level(struct ksdump_sort *sort, const struct level *level) {
    if (sort->n == sort->cap) {
        sort->cap = sort->cap ? sort->cap * 2 : 32;
        sort->levels = mem_realloc(sort->levels, sort->cap, sizeof *sort->levels);
    }
    sort->levels[sort->n++] = *level;
}

/* A struct, array or value begins or is there: says where it goes. */
static void arrive(struct ksdump_sort *sort, uint32_t member, const struct ksdump_item *item) {
    const struct level *around = sort->n ? &sort->levels[sort->n - 1] : NULL;
    if (around) {
        sort->to = around->is_array ? around->to : place_for(sort, around, member, item->name);
    }
}

void ksdump_sort_put(struct ksdump_sort *sort, const struct program *program, uint32_t of,
                     uint32_t member, const struct ksdump_item *item) {
    switch (item->what) {
    case KSDUMP_STRUCT:
    case KSDUMP_ARRAY: {
        arrive(sort, member, item);
        send(sort, item);
        struct level level = {
            .is_array = item->what == KSDUMP_ARRAY, .to = sort->to, .kept = sort->kept_n};
        if (!level.is_array) {
            level.goes = goes_of(sort, program, of);
            level.first = program->structs.at[of].member_first;
            level.count = program->structs.at[of].member_count;
        }
        open_level(sort, &level);
        break;
    }
    case KSDUMP_VALUE:
        arrive(sort, member, item);
        send(sort, item);
        break;
    case KSDUMP_STRUCT_END:
    case KSDUMP_ARRAY_END: {
        struct level level = sort->levels[sort->n - 1];
        send_kept(sort, &level, NULL);
        sort->to = level.to;
        send(sort, item);
        sort->n--;
        break;
    }
    }
}

struct ksdump_sort *ksdump_sort_new(struct ksdump_printer *printer) {
    struct ksdump_sort *sort = mem_zalloc(1, sizeof *sort);
    sort->printer = printer;
    return sort;
}

void ksdump_sort_free(struct ksdump_sort *sort) {
    for (uint32_t i = 0; i < sort->kept_n; i++) {
        drop(sort->kept[i]);
    }
    for (uint32_t i = 0; i < sort->struct_n; i++) {
        mem_free(sort->goes[i]);
    }
    mem_free(sort->goes);
    mem_free(sort->kept);
    mem_free(sort->levels);
    mem_free(sort);
}
