#include "config.h"

#include <inttypes.h>
#include <unistd.h>

#include "ask/strings.h"
#include "base/jsontext.h"
#include "base/utf8.h"
#include "cli/command.h"
#include "cli/pass.h"

enum strings_option { OPT_MIN, OPT_ENCODING, OPT_FROM, OPT_TO, OPT_JSON, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {
    [OPT_MIN] = {'n', "min", "N", "at least N characters; default: 4"},
    [OPT_ENCODING] = {'e', "encoding", "NAME",
                      "ascii (the default), 8bit, utf8, utf16le, utf16be,\nutf32le or utf32be"},
    PASS_RANGE_OPTIONS,
    [OPT_JSON] = {0, "json", NULL, "one JSON array of all strings"},
};

struct lister {
    struct pass_range range;
    enum strings_encoding encoding;
    uint64_t min;
    bool json;
    struct out out;
    uint64_t told;
};

/* One byte for each character of a wide encoding; others as they are. */
static void put_text(struct lister *lister, struct bytes raw) {
    unsigned unit = strings_unit(lister->encoding), low = strings_low(lister->encoding);
    if (unit == 1) {
        out_put(&lister->out, raw.at, raw.len);
        return;
    }
    for (size_t i = 0; i < raw.len; i += unit) {
        out_putc(&lister->out, (char)raw.at[i + low]);
    }
}

static void put_json_text(struct lister *lister, struct bytes raw) {
    unsigned unit = strings_unit(lister->encoding), low = strings_low(lister->encoding);
    struct buf text = {0};
    if (lister->encoding == STRINGS_UTF8) {
        buf_put(&text, raw.at, raw.len);
    } else {
        for (size_t i = 0; i < raw.len; i += unit) {
            text.len += utf8_encode(raw.at[i + low], buf_reserve(&text, UTF8_MAX));
        }
    }
    char *at = out_room(&lister->out, JSONTEXT_ROOM(text.len));
    lister->out.len += (size_t)(jsontext_string(at, buf_bytes(&text), NULL) - at);
    buf_free(&text);
}

static void tell(struct lister *lister, const struct pass *pass, uint64_t off, uint64_t len) {
    struct bytes raw = bytes_of(pass->data + off, (size_t)len);
    if (lister->json) {
        out_printf(&lister->out, "%s{\"offset\":%" PRIu64 ",\"size\":%" PRIu64 ",\"text\":",
                   lister->told > 0 ? ",\n" : "\n", off, len);
        put_json_text(lister, raw);
        out_putc(&lister->out, '}');
    } else {
        out_printf(&lister->out, "%7" PRIx64 " ", off);
        put_text(lister, raw);
        out_putc(&lister->out, '\n');
    }
    lister->told++;
}

static int list(struct lister *lister, const char *path) {
    struct pass pass;
    out_open(&lister->out, STDOUT_FILENO);
    int status = pass_begin(&pass, path, &lister->range, &lister->out);
    if (status != CLI_FINE) {
        return command_close(&lister->out, status);
    }
    struct strings strings = {pass.data, pass.from, pass.to, lister->min, lister->encoding};
    out_puts(&lister->out, lister->json ? "[" : "");
    uint64_t off, len;
    enum strings_found found;
    while ((found = strings_next(&strings, &off, &len)) != STRINGS_END) {
        if (found == STRINGS_HIT) {
            tell(lister, &pass, off, len);
        }
        if (!watch_step(&pass.watch, strings.pos)) {
            break;
        }
    }
    if (lister->json) {
        out_puts(&lister->out, lister->told > 0 ? "\n]\n" : "]\n");
    }
    out_flush(&lister->out);
    status = pass_end(&pass, CLI_FINE);
    return command_close(&lister->out, status);
}

static bool take_option(void *of, const struct options *options, int id) {
    struct lister *lister = of;
    int choice;
    switch ((enum strings_option)id) {
    case OPT_MIN:
        return options_number(options, 1, UINT32_MAX, &lister->min);
    case OPT_ENCODING:
        choice = options_choice(options, strings_encoding_texts, STRINGS_ENCODINGS);
        lister->encoding = (enum strings_encoding)choice;
        return choice >= 0;
    case OPT_FROM:
        lister->range.from = options->value;
        return true;
    case OPT_TO:
        lister->range.to = options->value;
        return true;
    case OPT_JSON:
        lister->json = true;
        return true;
    case OPT_COUNT:
        break;
    }
    return false;
}

static int run(const struct command *command, char **words) {
    struct lister lister = {.min = 4};
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &lister);
    if (id != OPTIONS_DONE) {
        return command_end(command, id);
    }
    if (options.operand_count != 1) {
        return command_usage(command, "which file's strings are to be listed?");
    }
    return list(&lister, options.operands[0]);
}

const struct command cmd_strings = {
    .name = "strings",
    .operands = "[OPTION]... FILE",
    .summary = "List runs of printable characters in a file",
    .about = "As 'strings -a -t x' does: the offset in hexadecimal, and the text. \"-\" is\n"
             "standard input.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
