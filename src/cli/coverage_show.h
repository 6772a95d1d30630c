/* How coverage is told: what of each file is described, and what of each schema was met. */
#ifndef CLI_COVERAGE_SHOW_H
#define CLI_COVERAGE_SHOW_H

#include "ask/coverage.h"
#include "io/out.h"
#include "text/source.h"
#include "vm/vm.h"

/* Of a file that was looked at. */
struct coverage_told {
    const char *file;
    const char *schema; /* its name */
    const struct extent *extent;
    const struct vm_result *result;
};

/* Of a schema. */
struct coverage_schema {
    const char *name, *path;
    const struct coverage *coverage;
    const struct sources *sources;
};

struct coverage_show {
    struct out *out;
    bool all;      /* whole lists, and what was met, too, and how often */
    uint64_t most; /* lines of a list else */
    uint64_t told; /* private: files or schemas so far */
};

/* In this order: begin, files, between, schemas, end. */
struct coverage_format {
    void (*begin)(struct coverage_show *show);
    void (*file)(struct coverage_show *show, const struct coverage_told *told);
    void (*between)(struct coverage_show *show);
    void (*schema)(struct coverage_show *show, const struct coverage_schema *schema);
    void (*end)(struct coverage_show *show);
};

extern const struct coverage_format coverage_text, coverage_json;

/* Tenths of a percent, rounded down; of nothing, all is there. */
uint64_t coverage_permille(uint64_t part, uint64_t whole);

/* All that a schema has to be met, and what was. */
struct coverage_sum coverage_whole(const struct coverage_sums *sums);

#endif
