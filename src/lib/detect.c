#include "config.h"

#include "lib/detect.h"

#include <fnmatch.h>
#include <string.h>

#ifndef FNM_CASEFOLD
#define FNM_CASEFOLD 0 /* an extension that most systems have */
#endif

struct detect detect_read(const struct find_folders *folders, struct arena *arena) {
    struct detect detect = {0};
    struct find_list list = find_all(folders, arena);
    struct intern *names = intern_new(arena);
    for (uint32_t i = 0; i < list.at.n; i++) {
        struct header header;
        if (header_read(&header, arena, names, folders, &list.at.at[i])) {
            *vec_push(&detect.at, arena) = header;
        }
    }
    return detect;
}

static bool part_holds(const struct sema_detect_part *part, const struct input *input) {
    uint64_t size = input_size(input);
    uint64_t back = part->offset < 0 ? 0 - (uint64_t)part->offset : 0;
    if (back > size) {
        return false;
    }
    uint64_t off = part->offset < 0 ? size - back : (uint64_t)part->offset;
    return off <= size && part->pattern.len <= size - off &&
           bytes_equal(part->pattern, bytes_of(input_data(input) + off, part->pattern.len));
}

/* How many bytes a schema's best statement that holds compares; 0 where none holds. */
static size_t weigh_bytes(const struct header *header, const struct input *input) {
    size_t best = 0;
    for (uint32_t i = 0; i < header->says->detects.n; i++) {
        const struct sema_detect *detect = &header->says->detects.at[i];
        size_t total = 0;
        bool holds = true;
        for (uint32_t p = 0; p < detect->parts.n && holds; p++) {
            holds = part_holds(&detect->parts.at[p], input);
            total += detect->parts.at[p].pattern.len;
        }
        best = holds && total > best ? total : best;
    }
    return best;
}

/* The length of a schema's longest files pattern that the name fits; 0 where it fits none. */
static size_t weigh_name(const struct header *header, const char *name) {
    size_t best = 0;
    for (uint32_t i = 0; i < header->says->files.n; i++) {
        size_t len = strlen(header->says->files.at[i]);
        if (len > best && fnmatch(header->says->files.at[i], name, FNM_CASEFOLD) == 0) {
            best = len;
        }
    }
    return best;
}

struct detect_answer detect_schema(const struct detect *detect, const struct input *input) {
    const char *slash = strrchr(input_name(input), '/');
    const char *name = slash ? slash + 1 : input_name(input);
    struct detect_answer answer = {0};
    size_t best_bytes = 0;
    size_t best_name = 0;
    for (uint32_t i = 0; i < detect->at.n; i++) {
        const struct header *header = &detect->at.at[i];
        size_t by_bytes = weigh_bytes(header, input);
        size_t by_name = weigh_name(header, name);
        if (by_bytes > best_bytes || (by_bytes == best_bytes && by_name > best_name)) {
            answer =
                (struct detect_answer){by_bytes > 0 ? DETECT_BYTES : DETECT_NAME, header, NULL};
            best_bytes = by_bytes;
            best_name = by_name;
        } else if (answer.header && by_bytes == best_bytes && by_name == best_name) {
            answer.other = header;
        }
    }
    return answer;
}
