#include "config.h"

#include "cli/command.h"

/* What configure found, as config.h says it. */
#ifdef HAVE_ZLIB
#define WITH_ZLIB true
#else
#define WITH_ZLIB false
#endif
#ifdef HAVE_BZIP2
#define WITH_BZIP2 true
#else
#define WITH_BZIP2 false
#endif
#ifdef HAVE_LZMA
#define WITH_LZMA true
#else
#define WITH_LZMA false
#endif
#ifdef HAVE_ZSTD
#define WITH_ZSTD true
#else
#define WITH_ZSTD false
#endif
#ifdef HAVE_LZ4
#define WITH_LZ4 true
#else
#define WITH_LZ4 false
#endif
#ifdef HAVE_PCRE2
#define WITH_PCRE2 true
#else
#define WITH_PCRE2 false
#endif
#ifdef HAVE_YAML
#define WITH_YAML true
#else
#define WITH_YAML false
#endif
#ifdef HAVE_YAJL
#define WITH_YAJL true
#else
#define WITH_YAJL false
#endif
#ifdef HAVE_NETTLE
#define WITH_NETTLE true
#else
#define WITH_NETTLE false
#endif
#ifdef HAVE_XXHASH
#define WITH_XXHASH true
#else
#define WITH_XXHASH false
#endif

static const struct {
    const char *name;
    bool built_in;
} features[] = {
    {"zlib", WITH_ZLIB},     {"bzip2", WITH_BZIP2},   {"lzma", WITH_LZMA}, {"zstd", WITH_ZSTD},
    {"lz4", WITH_LZ4},       {"pcre2", WITH_PCRE2},   {"yaml", WITH_YAML}, {"yajl", WITH_YAJL},
    {"nettle", WITH_NETTLE}, {"xxhash", WITH_XXHASH},
};

static int run(const struct command *command, char **words) {
    struct options options = options_begin(command->options, words);
    int id = options_next(&options);
    if (id != OPTIONS_DONE) {
        return command_end(command, id);
    }
    if (options.operand_count > 0) {
        return command_usage(command, "version takes no operands");
    }
    struct buf text = {0};
    buf_puts(&text, "sonde " PACKAGE_VERSION "\n");
    for (size_t i = 0; i < sizeof features / sizeof *features; i++) {
        buf_printf(&text, "%-8s %s\n", features[i].name, features[i].built_in ? "yes" : "no");
    }
    buf_puts(&text, "schemas  " SONDE_SCHEMA_DIR "\n");
    int status = command_print(&text, CLI_FINE);
    buf_free(&text);
    return status;
}

const struct command cmd_version = {
    .name = "version",
    .operands = "",
    .summary = "Tell the version, what is built in, and where schemas are",
    .run = run,
};
