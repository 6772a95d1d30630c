#include "config.h"

#include "syn/name.h"

#include <stdint.h>
#include <string.h>

enum word_kind { WORD_NONE, WORD_TYPE, WORD_MEMBER, WORD_RESERVED };

static const struct {
    const char *text;
    uint8_t kind; /* enum word_kind */
} words[] = {
#define WORD(text, kind) {text, WORD_##kind},
#include "syn/word.def"
#undef WORD
};

static enum word_kind kind_of(const char *text, size_t len) {
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i].text) == len && memcmp(words[i].text, text, len) == 0) {
            return (enum word_kind)words[i].kind;
        }
    }
    return WORD_NONE;
}

/* Whether it is made as the scanner's names are. */
static bool is_word(const char *text, size_t len) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    for (size_t i = 0; i < len; i++) {
        bool letter = text[i] && strchr(letters, text[i]);
        bool digit = text[i] >= '0' && text[i] <= '9' && i > 0;
        if (!letter && !digit) {
            return false;
        }
    }
    return len > 0;
}

bool name_is_plain(const char *text, size_t len) {
    return is_word(text, len) && kind_of(text, len) == WORD_NONE;
}

void name_put(struct buf *out, const char *name, bool as_type) {
    size_t len = strlen(name);
    enum word_kind kind = kind_of(name, len);
    bool quoted = !is_word(name, len) || kind == WORD_RESERVED || (as_type && kind == WORD_MEMBER);
    buf_printf(out, quoted ? "`%s`" : "%s", name);
}
