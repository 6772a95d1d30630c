#include "config.h"

#include "ksy/charset.h"

#include <stddef.h>
#include <string.h>

#include "base/encoding.h"

/* Names that are longer are none. */
#define NAME_MAX_LEN 31u

static const struct {
    const char *name;
    const char *others;
} charsets[] = {
#define CHARSET(name, others) {name, others},
#include "ksy/charset.def"
#undef CHARSET
};

/* The name in lower case without '-' and '_'; false where it is too long. */
static bool simplify(const char *name, char *out) {
    size_t len = 0;
    for (; *name; name++) {
        if (*name == '-' || *name == '_') {
            continue;
        }
        if (len == NAME_MAX_LEN) {
            return false;
        }
        out[len++] = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;
    }
    out[len] = '\0';
    return len > 0;
}

static bool is_among(const char *list, const char *word) {
    size_t len = strlen(word);
    while (*list) {
        size_t n = strcspn(list, " ");
        if (n == len && memcmp(list, word, len) == 0) {
            return true;
        }
        list += n + (list[n] == ' ');
    }
    return false;
}

const char *ksy_charset(const char *name) {
    char wanted[NAME_MAX_LEN + 1];
    char own[NAME_MAX_LEN + 1];
    if (!simplify(name, wanted) || strchr(wanted, ' ')) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++) {
        if ((simplify(charsets[i].name, own) && strcmp(own, wanted) == 0) ||
            is_among(charsets[i].others, wanted)) {
            return charsets[i].name;
        }
    }
    return NULL;
}

bool ksy_charset_is_known(const char *name) {
    struct encodings *encodings = encodings_new();
    bool known = encodings_find(encodings, bytes_text(name)) != NULL;
    encodings_free(encodings);
    return known;
}
