#include "config.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/jsontext.h"
#include "base/mem.h"
#include "base/vec.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/pass.h"
#include "cli/talk.h"
#include "sink/place.h"
#include "text/diag.h"

enum hash_option { OPT_ALGORITHM = ASK_OPTIONS, OPT_LIST, OPT_FROM, OPT_TO, OPT_JSON, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {
    ASK_OPTION_LIST,
    [OPT_ALGORITHM] = {'a', "algorithm", "NAMES",
                       "sha256 (the default), sha1, md5, crc32, xxh64 …; several\n"
                       "with commas between them"},
    [OPT_LIST] = {0, "list", NULL, "list the algorithms"},
    PASS_RANGE_OPTIONS,
    [OPT_JSON] = {0, "json", NULL, "one JSON array of all files"},
};

struct hash {
    struct arena arena;
    struct pass_range range;
    bool json, lists;
    VEC(struct digest *) digests;
    struct out out;
    uint64_t told;
    /* of fields */
    struct ask ask;
    const char *file, *path; /* being asked */
    bool left_out;           /* values that have no bytes */
    struct place_sink *places;
};

/* What was hashed: a range of a file, or a value in it. */
struct hashed {
    const char *file; /* its name */
    uint64_t from, size;
    const char *path; /* NULL: the range */
    const struct vm_event *event;
};

static void put_json_text(struct out *out, const char *text) {
    struct bytes bytes = bytes_text(text);
    char *at = out_room(out, JSONTEXT_ROOM(bytes.len));
    out->len += (size_t)(jsontext_string(at, bytes, NULL) - at);
}

static void tell_json(struct hash *hash, const struct hashed *of, const struct buf *results) {
    out_puts(&hash->out, hash->told > 0 ? ",\n{\"file\":" : "\n{\"file\":");
    put_json_text(&hash->out, of->file);
    out_putc(&hash->out, ',');
    if (of->path) {
        place_put_json(&hash->out, of->event, of->path);
    } else {
        out_printf(&hash->out, "\"offset\":%" PRIu64 ",\"size\":%" PRIu64, of->from, of->size);
    }
    for (uint32_t i = 0; i < hash->digests.n; i++) {
        out_printf(&hash->out, ",\"%s\":\"%.*s\"", digest_name(hash->digests.at[i]),
                   (int)results[i].len, results[i].at);
    }
    out_putc(&hash->out, '}');
}

/* A name on a line of its own, as sha256sum and its like write and read it: a backslash in front of the line tells that
 * the name has such in place of line ends. */
static bool put_name(struct buf *line, const char *name) {
    bool escaped = false;
    for (const char *p = name; *p; p++) {
        const char *as = *p == '\n' ? "\\n" : *p == '\r' ? "\\r" : *p == '\\' ? "\\\\" : NULL;
        escaped = escaped || as;
        if (as) {
            buf_puts(line, as);
        } else {
            buf_putc(line, *p);
        }
    }
    return escaped;
}

/* One algorithm as sha256sum writes it, several as BSD's tools do. */
static void tell_lines(struct hash *hash, const struct hashed *of, const struct buf *results) {
    struct buf shown = {0};
    bool escaped = put_name(&shown, strcmp(of->file, "<stdin>") == 0 ? "-" : of->file);
    if (of->path) {
        buf_putc(&shown, ':');
        escaped = put_name(&shown, of->path) || escaped;
    }
    for (uint32_t i = 0; i < hash->digests.n; i++) {
        int len = (int)results[i].len, name_len = (int)shown.len;
        out_puts(&hash->out, escaped ? "\\" : "");
        if (hash->digests.n == 1) {
            out_printf(&hash->out, "%.*s  %.*s\n", len, results[i].at, name_len, shown.at);
            continue;
        }
        for (const char *p = digest_name(hash->digests.at[i]); *p; p++) {
            out_putc(&hash->out, (char)(*p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p));
        }
        out_printf(&hash->out, " (%.*s) = %.*s\n", name_len, shown.at, len, results[i].at);
    }
    buf_free(&shown);
}

static void begin_digests(struct hash *hash) {
    for (uint32_t i = 0; i < hash->digests.n; i++) {
        digest_begin(hash->digests.at[i]);
    }
}

static void update_digests(struct hash *hash, struct bytes bytes) {
    for (uint32_t i = 0; i < hash->digests.n; i++) {
        digest_update(hash->digests.at[i], bytes);
    }
}

/* Ends the digests and tells what came out. */
static void tell(struct hash *hash, const struct hashed *of) {
    struct buf *results = mem_zalloc(hash->digests.n, sizeof *results);
    for (uint32_t i = 0; i < hash->digests.n; i++) {
        digest_end_text(hash->digests.at[i], &results[i]);
    }
    (hash->json ? tell_json : tell_lines)(hash, of, results);
    hash->told++;
    for (uint32_t i = 0; i < hash->digests.n; i++) {
        buf_free(&results[i]);
    }
    mem_free(results);
}

/* Hands the range to all digests, piece by piece. */
static bool take_all(struct hash *hash, struct pass *pass) {
    begin_digests(hash);
    for (uint64_t at = pass->from; at < pass->to;) {
        uint64_t n = pass->to - at < PASS_PIECE ? pass->to - at : PASS_PIECE;
        update_digests(hash, bytes_of(pass->data + at, (size_t)n));
        at += n;
        if (!watch_step(&pass->watch, at)) {
            return false;
        }
    }
    return true;
}

static int hash_file(struct hash *hash, const char *path) {
    struct pass pass;
    int status = pass_begin(&pass, path, &hash->range, &hash->out);
    if (status != CLI_FINE) {
        return status;
    }
    uint64_t lost;
    /* of bytes that are gone there is nothing to tell but that */
    if (take_all(hash, &pass) && !input_lost(pass.input, &lost)) {
        tell(hash, &(struct hashed){.file = input_name(pass.input),
                                    .from = pass.from,
                                    .size = pass.to - pass.from});
    }
    return pass_end(&pass, CLI_FINE);
}

/* fields */

static void take_bytes(void *context, const struct vm_event *event, const char *path,
                       struct bytes bytes) {
    struct hash *hash = context;
    begin_digests(hash);
    update_digests(hash, bytes);
    tell(hash, &(struct hashed){.file = hash->file, .path = path, .event = event});
}

static struct vm_sink *begin(struct ask *ask, const struct ask_question *question,
                             const char *file) {
    struct hash *hash = ask->own;
    struct place_options options = {
        .format = PLACE_RAW, .path = question->text, .take = take_bytes, .context = hash};
    (void)file;
    hash->path = question->text;
    hash->places = place_new(ask->out, &options);
    return place_sink(hash->places);
}

static uint64_t end(struct ask *ask, struct vm_sink *sink) {
    struct hash *hash = ask->own;
    uint64_t told = place_told(hash->places);
    (void)sink;
    ask_tell_left_out(hash->places, hash->path);
    hash->left_out = hash->left_out || told < place_met(hash->places);
    if (place_met(hash->places) == 0) {
        talk("%s: %s has no value", hash->file, hash->path);
    }
    place_free(hash->places);
    return told;
}

static bool has_range(const struct hash *hash) {
    return hash->range.from || hash->range.to;
}

/* Of two operands the second may be a path in the first: where there is no such file. */
static bool takes_path(struct hash *hash, struct options *options) {
    char **operands = options->operands;
    bool path = hash->ask.paths.n == 0 && options->operand_count == 2 && !has_range(hash) &&
                strcmp(operands[1], "-") != 0 && access(operands[1], F_OK) != 0 &&
                access(operands[0], F_OK) == 0;
    if (path) {
        *vec_push(&hash->ask.paths, &hash->arena) = operands[1];
        options->operand_count = 1;
    }
    return path;
}

static int hash_one(struct hash *hash, const char *path) {
    if (hash->ask.paths.n == 0) {
        return hash_file(hash, path);
    }
    hash->file = path;
    return ask_one(&hash->ask, path, &hash->out);
}

static int hash_all(struct hash *hash, struct options *options) {
    bool taken = takes_path(hash, options);
    if (hash->ask.paths.n > 0 && !pick_name(&hash->ask.pick, hash->ask.schema)) {
        return CLI_USAGE;
    }
    out_open(&hash->out, STDOUT_FILENO);
    out_puts(&hash->out, hash->json ? "[" : "");
    int status = CLI_FINE;
    for (uint32_t i = 0; i < options->operand_count && !out_error(&hash->out); i++) {
        status = command_worse(status, hash_one(hash, options->operands[i]));
        out_flush(&hash->out); /* what is said of the next one comes behind it */
    }
    if (hash->json) {
        out_puts(&hash->out, hash->told > 0 ? "\n]\n" : "]\n");
    }
    status = hash->left_out ? command_worse(status, CLI_USAGE) : status;
    if (taken && status != CLI_FINE && hash->told == 0) {
        talk_more("there is no file '%s', so it was taken for a path in '%s'",
                  hash->ask.paths.at[0], options->operands[0]);
    }
    return command_close(&hash->out, status);
}

static bool add_digest(struct hash *hash, const char *name) {
    const char *missing;
    for (uint32_t i = 0; i < hash->digests.n; i++) {
        if (strcmp(digest_name(hash->digests.at[i]), name) == 0) {
            return true;
        }
    }
    struct digest *digest = digest_new(name, &missing);
    if (digest) {
        *vec_push(&hash->digests, &hash->arena) = digest;
        return true;
    }
    if (missing) {
        talk("'%s' is not there: this sonde has no %s", name, missing);
        return false;
    }
    uint32_t n;
    struct buf near = {0};
    const char *const *names = digest_names(&n);
    talk("there is no algorithm '%s'%s", name, diag_suggestion(&near, name, names, n));
    buf_free(&near);
    return false;
}

static bool add_digests(struct hash *hash, const char *names) {
    for (const char *p = names;;) {
        size_t len = strcspn(p, ",");
        if (!add_digest(hash, arena_strndup(&hash->arena, p, len))) {
            return false;
        }
        if (p[len] == '\0') {
            return true;
        }
        p += len + 1;
    }
}

static int list(void) {
    struct buf text = {0};
    uint32_t n;
    const char *const *names = digest_names(&n);
    for (uint32_t i = 0; i < n; i++) {
        buf_printf(&text, "%s\n", names[i]);
    }
    int status = command_print(&text, CLI_FINE);
    buf_free(&text);
    return status;
}

static bool take_option(void *of, const struct options *options, int id) {
    struct hash *hash = of;
    if (id < ASK_OPTIONS) {
        return ask_option(&hash->ask, options, id);
    }
    switch ((enum hash_option)id) {
    case OPT_ALGORITHM:
        return add_digests(hash, options->value);
    case OPT_LIST:
        hash->lists = true;
        return true;
    case OPT_FROM:
        hash->range.from = options->value;
        return true;
    case OPT_TO:
        hash->range.to = options->value;
        return true;
    case OPT_JSON:
        hash->json = true;
        return true;
    case OPT_COUNT:
        break;
    }
    return false;
}

static int run(const struct command *command, char **words) {
    struct hash hash = {.ask = {.tell = GEN_TELL_PLACES, .begin = begin, .end = end}};
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &hash);
    int status;
    hash.ask.own = &hash;
    if (id != OPTIONS_DONE) {
        status = command_end(command, id);
    } else if (hash.lists) {
        status = list();
    } else if (options.operand_count == 0) {
        status = command_usage(command, "which file is to be hashed?");
    } else if (hash.ask.paths.n > 0 && has_range(&hash)) {
        status = command_usage(command, "--from and --to are of files, not of fields");
    } else if (hash.digests.n == 0 && !add_digest(&hash, "sha256")) {
        status = CLI_USAGE;
    } else {
        status = hash_all(&hash, &options);
    }
    for (uint32_t i = 0; i < hash.digests.n; i++) {
        digest_free(hash.digests.at[i]);
    }
    arena_free(&hash.arena);
    pick_end(&hash.ask.pick);
    return status;
}

const struct command cmd_hash = {
    .name = "hash",
    .operands = "[OPTION]... FILE...|FILE PATH",
    .summary = "Tell SHA-256, CRC-32 and other hashes of files and fields",
    .about = "One algorithm is written as sha256sum does, so that 'sha256sum -c' reads it;\n"
             "several as \"NAME (FILE) = HASH\". \"-\" is standard input. With -e, or where the\n"
             "second of two operands is no file, each value of a PATH as for 'sonde get' is\n"
             "hashed for itself.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
