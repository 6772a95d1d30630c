#include "config.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "sink/ksdump_print.h"

#define ANY  NULL
#define WORD ""

struct rule {
    const char *ending, *before, *add;
    unsigned cut;
};

static const struct rule rules[] = {
#define SINGULAR(ending, before, cut, add) {ending, before, add, cut},
#include "sink/ksdump_singular.def"
#undef SINGULAR
};

/* Words that are the same in the singular, also behind other words. */
static const char *const uncountable[] = {
    "equipment", "information", "rice",  "money", "species",
    "series",    "fish",        "sheep", "jeans", "police",
};

static bool is_word(unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
           c >= 0x80;
}

static bool ends_with(struct bytes word, const char *ending) {
    size_t len = strlen(ending);
    return word.len >= len && strncasecmp((const char *)word.at + word.len - len, ending, len) == 0;
}

static bool is_uncountable(struct bytes word) {
    for (size_t i = 0; i < sizeof uncountable / sizeof *uncountable; i++) {
        size_t len = strlen(uncountable[i]);
        if (ends_with(word, uncountable[i]) &&
            (word.len == len || !is_word(word.at[word.len - len - 1]))) {
            return true;
        }
    }
    return false;
}

static bool fits(const struct rule *rule, struct bytes word) {
    if (!ends_with(word, rule->ending)) {
        return false;
    }
    size_t rest = word.len - strlen(rule->ending);
    if (rule->before == ANY) {
        return true;
    }
    if (!*rule->before) {
        return rest == 0;
    }
    return rest > 0 && !strchr(rule->before, word.at[rest - 1] | 0x20);
}

void ksdump_singular(struct buf *out, struct bytes word) {
    for (size_t i = 0; !is_uncountable(word) && i < sizeof rules / sizeof *rules; i++) {
        if (fits(&rules[i], word)) {
            buf_put(out, word.at, word.len - rules[i].cut);
            buf_puts(out, rules[i].add);
            return;
        }
    }
    buf_put(out, word.at, word.len);
}
