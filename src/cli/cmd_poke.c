#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "ask/pattern.h"
#include "base/mem.h"
#include "cli/change.h"
#include "cli/command.h"
#include "cli/pass.h"
#include "cli/splices.h"
#include "cli/talk.h"

enum poke_option { CHANGE_OPTION_IDS, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {CHANGE_OPTION_ROWS};

/* A change as it is written: OLD=NEW, or NEW alone. */
struct poke {
    struct arena arena;
    uint64_t off;
    bool has_old;     /* what is there is said, by its bytes or by how many they are */
    struct bytes old; /* NULL where only its length is said */
    const uint8_t *old_mask;
    struct bytes new;
    const uint8_t *new_mask; /* which bits are written; NULL: all of all */
};

/* Whether the text is nothing but pairs of digits, blanks between them. */
static bool is_hex(const char *text) {
    size_t digits = 0;
    for (; *text; text++) {
        if (strchr("0123456789abcdefABCDEF?", *text)) {
            digits++;
        } else if (*text != ' ' || digits % 2 != 0) {
            return false;
        }
    }
    return digits > 0 && digits % 2 == 0;
}

/* Reads bytes as patterns are written, but for plain text: that would be a mistake more often than not. */
static bool read_bytes(struct poke *poke, const char *text, struct bytes *bytes,
                       const uint8_t **mask) {
    struct pattern pattern = {0};
    const char *why = NULL;
    bool hex = is_hex(text);
    const char *whole = hex ? arena_printf(&poke->arena, "hex:%s", text) : text;
    bool known = hex || text[0] == '"' || strchr(text, ':') || strncmp(text, "0x", 2) == 0;
    if (*text == '\0') {
        *bytes = bytes_of(NULL, 0);
        return true;
    }
    bool fine = known && pattern_read(&pattern, &poke->arena, whole, false, &why);
    if (!fine || pattern.guessed) {
        talk("'%s' are no bytes: %s", text,
             why ? why : "hexadecimal digits, \"text\" in quotes, or a number such as uint32le:5");
        return false;
    }
    *bytes = pattern.value;
    *mask = pattern.mask;
    return true;
}

/* The "=" that is not in quotes; NULL where there is none. */
static const char *find_equals(const char *text) {
    bool quoted = false;
    for (; *text; text++) {
        if (quoted && *text == '\\' && text[1]) {
            text++;
        } else if (*text == '"') {
            quoted = !quoted;
        } else if (*text == '=' && !quoted) {
            return text;
        }
    }
    return NULL;
}

/* What is to be there: bytes, or "*" and how many. */
static bool read_old(struct poke *poke, const char *text) {
    poke->has_old = true;
    if (text[0] != '*') {
        return read_bytes(poke, text, &poke->old, &poke->old_mask);
    }
    uint64_t len;
    if (!pass_number(text + 1, &len) || len > PTRDIFF_MAX) {
        talk("'%s' is no number of bytes", text + 1);
        return false;
    }
    poke->old = bytes_of(NULL, (size_t)len);
    return true;
}

static bool read_change(struct poke *poke, const char *text) {
    const char *equals = find_equals(text);
    if (equals) {
        const char *old = arena_strndup(&poke->arena, text, (size_t)(equals - text));
        return read_old(poke, old) && read_bytes(poke, equals + 1, &poke->new, &poke->new_mask);
    }
    if (*text == '\0') {
        talk("there are no bytes in ''; OLD= deletes");
        return false;
    }
    return read_bytes(poke, text, &poke->new, &poke->new_mask);
}

static void tell_other(const struct change *change, const struct poke *poke, const uint8_t *there) {
    struct buf text = {0};
    for (size_t i = 0; i < poke->old.len && i < 16; i++) {
        buf_printf(&text, "%s%02x", i > 0 ? " " : "", there[i]);
    }
    talk("%s: there are other bytes at 0x%" PRIx64 ": %s%s", change->path, poke->off,
         buf_text(&text), poke->old.len > 16 ? " ..." : "");
    buf_free(&text);
}

/* Whether what is said to be there is there. */
static int check_old(const struct change *change, const struct poke *poke) {
    uint64_t size = input_size(change->old);
    uint64_t len = poke->has_old ? poke->old.len : poke->new.len;
    if (len > size - poke->off) {
        talk("%s: there are no %" PRIu64 " bytes at 0x%" PRIx64 ": the file has %" PRIu64 "%s",
             change->path, len, poke->off, size,
             poke->has_old ? "" : "; '=BYTES' puts them in there");
        return CLI_USAGE;
    }
    const uint8_t *there = input_data(change->old) + poke->off;
    for (size_t i = 0; poke->old.at && i < poke->old.len; i++) {
        uint8_t mask = poke->old_mask ? poke->old_mask[i] : 0xff;
        if ((there[i] ^ poke->old.at[i]) & mask) {
            tell_other(change, poke, there);
            return CLI_FINDINGS;
        }
    }
    return CLI_FINE;
}

/* New bytes in which "?" stands for what is there. */
static bool mix(const struct change *change, struct poke *poke) {
    uint64_t len = poke->has_old ? poke->old.len : poke->new.len;
    if (!poke->new_mask) {
        return true;
    }
    if (len != poke->new.len) {
        talk("'?' stands for what is there, and there are not as many bytes");
        return false;
    }
    uint8_t *mixed = arena_alloc(&poke->arena, (size_t)len);
    const uint8_t *there = input_data(change->old) + poke->off;
    for (size_t i = 0; i < len; i++) {
        mixed[i] =
            (uint8_t)((there[i] & ~poke->new_mask[i]) | (poke->new.at[i] & poke->new_mask[i]));
    }
    poke->new = bytes_of(mixed, (size_t)len);
    return true;
}

static int put_change(struct change *change, const char *offset, const char *text) {
    struct poke poke = {0};
    int status = CLI_USAGE;
    if (pass_place(offset, change->path, input_size(change->old), &poke.off) &&
        read_change(&poke, text)) {
        status = check_old(change, &poke);
        if (status == CLI_FINE && !mix(change, &poke)) {
            status = CLI_USAGE;
        }
    }
    if (status == CLI_FINE) {
        uint64_t len = poke.has_old ? poke.old.len : poke.new.len;
        status = change_put(change, poke.off, len, poke.new.at, poke.new.len);
    }
    arena_free(&poke.arena);
    return status;
}

static int poke_all(struct change *change, char **operands) {
    int status = change_begin(change, operands[0]);
    for (char **pair = operands + 1; status == CLI_FINE && pair[0] && pair[1]; pair += 2) {
        status = put_change(change, pair[0], pair[1]);
    }
    if (status == CLI_FINE) {
        status = splices_show(change, CLI_FINE);
    }
    if (status == CLI_FINE) {
        status = change_commit(change);
    }
    change_end(change);
    return status;
}

static bool take_option(void *of, const struct options *options, int id) {
    return change_take(of, options, id);
}

static int run(const struct command *command, char **words) {
    struct change change = {0};
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &change);
    if (id != OPTIONS_DONE) {
        return command_end(command, id);
    }
    if (options.operand_count < 3 || options.operand_count % 2 == 0) {
        return command_usage(command, "poke takes a file, and pairs of an offset and bytes");
    }
    options.operands[options.operand_count] = NULL;
    return poke_all(&change, options.operands);
}

const struct command cmd_poke = {
    .name = "poke",
    .operands = "[OPTION]... FILE OFFSET BYTES [OFFSET BYTES]...",
    .summary = "Change bytes of a file, whole or not at all",
    .about = "OFFSET is digits, or 0x and hexadecimal digits; behind \"--\" a negative one is\n"
             "counted from the end. Offsets are those before any change. BYTES is\n"
             "  NEW        bytes over those that are there\n"
             "  OLD=NEW    the same, if OLD is there; else nothing changes, status 1. They need\n"
             "             not be of one length: OLD= deletes, =NEW inserts\n"
             "  *N=NEW     instead of N bytes, whatever they are\n"
             "with OLD and NEW as\n"
             "  de ad ?f   hexadecimal digits; ? is any digit, in NEW the one that is there\n"
             "  \"text\\n\"   text; and numbers as uint32le:5, as 'sonde help find' has them\n"
             "A new file takes the place of the old one, with its permissions, when all is\n"
             "written. --force replaces an OUT that is there.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
