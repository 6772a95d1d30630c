#include "config.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "ask/entropy.h"
#include "base/jsontext.h"
#include "cli/command.h"
#include "cli/find.h"
#include "cli/pass.h"
#include "cli/terminal.h"
#include "lib/detect.h"

enum info_option { OPT_DIR, OPT_JSON, OPT_WIDTH, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {
    [OPT_DIR] = {'I', "include", "DIR", "look for schemas in DIR first; may be repeated"},
    [OPT_JSON] = {0, "json", NULL, "one JSON array of all files"},
    [OPT_WIDTH] = {0, "width", "N",
                   "lines of at most N columns (20 to 10000); default:\nthe terminal's"},
};

/* The strip has as many blocks as fit, which are not too small to be told apart. */
enum { BLOCKS_MAX = 64, BLOCK_MIN = 256, MARGIN = 10 };

struct info {
    struct arena arena;
    struct find_folders folders;
    struct detect detect;
    bool json;
    uint64_t width;
    struct out out;
    uint64_t told;
};

struct profile {
    struct entropy all;
    double blocks[BLOCKS_MAX]; /* bits a byte */
    unsigned n;
};

static unsigned count_blocks(const struct info *info, uint64_t size) {
    unsigned width = info->width ? (unsigned)info->width : terminal_width();
    unsigned most = width == 0 || width > BLOCKS_MAX + MARGIN ? BLOCKS_MAX
                    : width > MARGIN                          ? width - MARGIN
                                                              : 1;
    uint64_t n = size / BLOCK_MIN;
    return n == 0 ? size > 0 : n < most ? (unsigned)n : most;
}

/* Counts all bytes, block by block, in pieces; false when nobody reads the output any more. */
static bool count_all(struct pass *pass, struct profile *profile) {
    uint64_t start = 0;
    for (unsigned i = 0; i < profile->n; i++) {
        struct entropy block = {0};
        uint64_t share = pass->size / profile->n, rest = pass->size % profile->n;
        uint64_t end = start + share + (i < rest);
        while (start < end) {
            uint64_t n = end - start < PASS_PIECE ? end - start : PASS_PIECE;
            entropy_add(&block, bytes_of(pass->data + start, (size_t)n));
            start += n;
            if (!watch_step(&pass->watch, start)) {
                return false;
            }
        }
        profile->blocks[i] = entropy_bits(&block);
        entropy_merge(&profile->all, &block);
    }
    return true;
}

static uint64_t count_text(const struct entropy *all) {
    uint64_t n = all->count['\t'] + all->count['\n'] + all->count['\r'];
    for (unsigned c = 0x20; c < 0x7f; c++) {
        n += all->count[c];
    }
    return n;
}

static double percent(uint64_t part, uint64_t all) {
    return all > 0 ? 100.0 * (double)part / (double)all : 0;
}

static uint64_t count_pages(uint64_t size) {
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    return size / page + (size % page != 0);
}

/* A sign for each block, taller the more its bytes say; a digit, whole bits, where the locale has no such signs. */
static void put_strip(struct out *out, const struct profile *profile) {
    static const char *const bars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    bool utf8 = terminal_is_utf8();
    for (unsigned i = 0; i < profile->n; i++) {
        unsigned level = profile->blocks[i] >= 7 ? 7 : (unsigned)profile->blocks[i];
        if (utf8) {
            out_puts(out, bars[level]);
        } else {
            out_putc(out, (char)('0' + level));
        }
    }
}

static void tell(struct info *info, const struct pass *pass, const struct profile *profile,
                 const struct detect_answer *answer) {
    struct out *out = &info->out;
    uint64_t size = pass->size, pages = count_pages(size);
    out_printf(out, "%s%s\n", info->told > 0 ? "\n" : "", input_name(pass->input));
    out_printf(out, "size     %" PRIu64 " byte%s (0x%" PRIx64 "), %" PRIu64 " page%s of %ld\n",
               size, size == 1 ? "" : "s", size, pages, pages == 1 ? "" : "s",
               sysconf(_SC_PAGESIZE));
    out_puts(out, "type     ");
    if (answer->by == DETECT_NOTHING) {
        out_puts(out, "unknown\n");
    } else {
        out_printf(out, "%s", answer->header->name);
        if (*answer->header->title) {
            out_printf(out, " (%s)", answer->header->title);
        }
        out_puts(out, answer->by == DETECT_NAME ? ", by its name only\n" : "\n");
    }
    if (size == 0) {
        return;
    }
    uint64_t zeros = profile->all.count[0], text = count_text(&profile->all);
    out_printf(out, "bytes    %.1f %% zeros, %.1f %% ASCII text, %.1f %% others\n",
               percent(zeros, size), percent(text, size), percent(size - zeros - text, size));
    out_printf(out, "entropy  %.3f bits a byte\n", entropy_bits(&profile->all));
    out_puts(out, "         ");
    put_strip(out, profile);
    out_putc(out, '\n');
}

/* A member of an object, with what stands in front of it. */
static void put_json_text(struct out *out, const char *front, const char *key, const char *text) {
    struct bytes bytes = bytes_text(text);
    out_printf(out, "%s\"%s\":", front, key);
    char *at = out_room(out, JSONTEXT_ROOM(bytes.len));
    out->len += (size_t)(jsontext_string(at, bytes, NULL) - at);
}

static void tell_json(struct info *info, const struct pass *pass, const struct profile *profile,
                      const struct detect_answer *answer) {
    struct out *out = &info->out;
    put_json_text(out, info->told > 0 ? ",\n{" : "\n{", "file", input_name(pass->input));
    out_printf(out, ",\"size\":%" PRIu64 ",\"pages\":%" PRIu64, pass->size,
               count_pages(pass->size));
    if (answer->by != DETECT_NOTHING) {
        put_json_text(out, ",", "schema", answer->header->name);
        put_json_text(out, ",", "title", answer->header->title);
        put_json_text(out, ",", "by", answer->by == DETECT_BYTES ? "bytes" : "name");
    }
    out_printf(out, ",\"zeros\":%" PRIu64 ",\"text\":%" PRIu64 ",\"entropy\":%.3f,\"blocks\":[",
               profile->all.count[0], count_text(&profile->all), entropy_bits(&profile->all));
    for (unsigned i = 0; i < profile->n; i++) {
        out_printf(out, "%s%.3f", i > 0 ? "," : "", profile->blocks[i]);
    }
    out_puts(out, "]}");
}

static int look_at(struct info *info, const char *path) {
    static const struct pass_range whole;
    struct pass pass;
    int status = pass_begin(&pass, path, &whole, &info->out);
    if (status != CLI_FINE) {
        return status;
    }
    struct profile profile = {.n = count_blocks(info, pass.size)};
    if (count_all(&pass, &profile)) {
        struct detect_answer answer = detect_schema(&info->detect, pass.input);
        (info->json ? tell_json : tell)(info, &pass, &profile, &answer);
        info->told++;
    }
    return pass_end(&pass, CLI_FINE);
}

static int look_at_all(struct info *info, const struct options *options) {
    find_add_known(&info->folders, &info->arena);
    info->detect = detect_read(&info->folders, &info->arena);
    out_open(&info->out, STDOUT_FILENO);
    out_puts(&info->out, info->json ? "[" : "");
    int status = CLI_FINE;
    for (uint32_t i = 0; i < options->operand_count && !out_error(&info->out); i++) {
        status = command_worse(status, look_at(info, options->operands[i]));
        out_flush(&info->out); /* what is said of the next one comes behind it */
    }
    if (info->json) {
        out_puts(&info->out, info->told > 0 ? "\n]\n" : "]\n");
    }
    return command_close(&info->out, status);
}

static bool take_option(void *of, const struct options *options, int id) {
    struct info *info = of;
    switch ((enum info_option)id) {
    case OPT_DIR:
        *vec_push(&info->folders.at, &info->arena) = options->value;
        return true;
    case OPT_JSON:
        info->json = true;
        return true;
    case OPT_WIDTH:
        return options_number(options, 20, 10000, &info->width);
    case OPT_COUNT:
        break;
    }
    return false;
}

static int run(const struct command *command, char **words) {
    struct info info = {0};
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &info);
    int status;
    if (id != OPTIONS_DONE) {
        status = command_end(command, id);
    } else if (options.operand_count == 0) {
        status = command_usage(command, "which file is it about?");
    } else {
        status = look_at_all(&info, &options);
    }
    arena_free(&info.arena);
    return status;
}

const struct command cmd_info = {
    .name = "info",
    .operands = "[OPTION]... FILE...",
    .summary = "Tell a file's size and type, and where it is dense or empty",
    .about = "The strip has a sign for each part of the file, taller the more its bytes say:\n"
             "low is zeros and tables, half high text and code, full packed or encrypted.\n"
             "\"-\" is standard input.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
