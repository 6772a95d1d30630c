#include "config.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "ask/digest.h"
#include "base/jsontext.h"
#include "base/vec.h"
#include "cli/command.h"
#include "cli/pass.h"
#include "cli/talk.h"
#include "text/diag.h"

enum hash_option { OPT_ALGORITHM, OPT_LIST, OPT_FROM, OPT_TO, OPT_JSON, OPT_COUNT };

static const struct option option_list[OPT_COUNT] = {
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
};

static void put_json_text(struct out *out, const char *text) {
    struct bytes bytes = bytes_text(text);
    char *at = out_room(out, JSONTEXT_ROOM(bytes.len));
    out->len += (size_t)(jsontext_string(at, bytes, NULL) - at);
}

static void tell_json(struct hash *hash, const struct pass *pass, const struct buf *results) {
    out_puts(&hash->out, hash->told > 0 ? ",\n{\"file\":" : "\n{\"file\":");
    put_json_text(&hash->out, input_name(pass->input));
    out_printf(&hash->out, ",\"offset\":%" PRIu64 ",\"size\":%" PRIu64, pass->from,
               pass->to - pass->from);
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
static void tell_lines(struct hash *hash, const char *name, const struct buf *results) {
    struct buf shown = {0};
    bool escaped = put_name(&shown, strcmp(name, "<stdin>") == 0 ? "-" : name);
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

/* Hands the range to all digests, piece by piece. */
static bool take_all(struct hash *hash, struct pass *pass) {
    for (uint32_t i = 0; i < hash->digests.n; i++) {
        digest_begin(hash->digests.at[i]);
    }
    for (uint64_t at = pass->from; at < pass->to;) {
        uint64_t n = pass->to - at < PASS_PIECE ? pass->to - at : PASS_PIECE;
        for (uint32_t i = 0; i < hash->digests.n; i++) {
            digest_update(hash->digests.at[i], bytes_of(pass->data + at, (size_t)n));
        }
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
        struct buf *results = arena_array(&hash->arena, hash->digests.n, sizeof *results);
        for (uint32_t i = 0; i < hash->digests.n; i++) {
            digest_end(hash->digests.at[i], &results[i]);
        }
        if (hash->json) {
            tell_json(hash, &pass, results);
        } else {
            tell_lines(hash, input_name(pass.input), results);
        }
        hash->told++;
        for (uint32_t i = 0; i < hash->digests.n; i++) {
            buf_free(&results[i]);
        }
    }
    return pass_end(&pass, CLI_FINE);
}

static int hash_all(struct hash *hash, const struct options *options) {
    out_open(&hash->out, STDOUT_FILENO);
    out_puts(&hash->out, hash->json ? "[" : "");
    int status = CLI_FINE;
    for (uint32_t i = 0; i < options->operand_count && !out_error(&hash->out); i++) {
        status = command_worse(status, hash_file(hash, options->operands[i]));
        out_flush(&hash->out); /* what is said of the next one comes behind it */
    }
    if (hash->json) {
        out_puts(&hash->out, hash->told > 0 ? "\n]\n" : "]\n");
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
        talk("'%s' is not there: this sonde was built without %s", name, missing);
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
    struct hash hash = {0};
    struct options options = options_begin(command->options, words);
    int id = options_all(&options, take_option, &hash);
    int status;
    if (id != OPTIONS_DONE) {
        status = command_end(command, id);
    } else if (hash.lists) {
        status = list();
    } else if (options.operand_count == 0) {
        status = command_usage(command, "which file is to be hashed?");
    } else if (hash.digests.n == 0 && !add_digest(&hash, "sha256")) {
        status = CLI_USAGE;
    } else {
        status = hash_all(&hash, &options);
    }
    for (uint32_t i = 0; i < hash.digests.n; i++) {
        digest_free(hash.digests.at[i]);
    }
    arena_free(&hash.arena);
    return status;
}

const struct command cmd_hash = {
    .name = "hash",
    .operands = "[OPTION]... FILE...",
    .summary = "Tell SHA-256, CRC-32 and other hashes of files",
    .about = "One algorithm is written as sha256sum does, so that 'sha256sum -c' reads it;\n"
             "several as \"NAME (FILE) = HASH\". \"-\" is standard input.\n",
    .options = {option_list, OPT_COUNT},
    .run = run,
};
