#include "config.h"

#include "cli/pick.h"

#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/talk.h"

bool pick_name(struct pick *pick, const char *name) {
    find_add_known(&pick->folders, &pick->arena);
    pick->schema = name ? find_path(&pick->folders, &pick->arena, name) : NULL;
    return pick->schema || !name;
}

void pick_tell_none(const char *file) {
    talk("%s: none of the schemas found is for this file", file);
    talk_more(
        "name one with -s; 'sonde schemas' lists those there are, -I and SONDE_PATH add folders");
}

static void before_telling(const struct pick *pick) {
    if (pick->telling) {
        pick->telling(pick->context);
    }
}

/* The path of the schema for a file, from its bytes or name; NULL where none fits, which was told. */
static const char *detected_path(struct pick *pick, const struct input *input) {
    if (!pick->detect_read) {
        pick->detect = detect_read(&pick->folders, &pick->arena);
        pick->detect_read = true;
    }
    struct detect_answer answer = detect_schema(&pick->detect, input);
    if (pick->quiet) {
        return answer.header ? answer.header->path : NULL;
    }
    const char *name = input_name(input);
    if (answer.by != DETECT_BYTES || answer.other) {
        before_telling(pick);
    }
    switch (answer.by) {
    case DETECT_NOTHING:
        pick_tell_none(name);
        return NULL;
    case DETECT_NAME:
        talk("%s: taken for '%s' because of its name: its bytes fit no schema", name,
             answer.header->name);
        break;
    case DETECT_BYTES:
        break;
    }
    if (answer.other) {
        talk("%s: fits '%s' and '%s' alike: taken for the first; -s says otherwise", name,
             answer.header->name, answer.other->name);
    }
    return answer.header->path;
}

/* The schema at path, compiled when a file first needs it. */
static struct picked *schema_at(struct pick *pick, const char *path) {
    for (uint32_t i = 0; i < pick->schemas.n; i++) {
        if (strcmp(pick->schemas.at[i]->path, path) == 0) {
            return pick->schemas.at[i];
        }
    }
    before_telling(pick);
    struct picked *picked = arena_alloc(&pick->arena, sizeof *picked);
    *vec_push(&pick->schemas, &pick->arena) = picked;
    picked->path = path;
    picked->status = compile_schema(&picked->compiled, path, &pick->folders,
                                    terminal_colour(pick->colour, STDERR_FILENO));
    if (picked->status == CLI_FINE) {
        picked->status = compile_needs_root(&picked->compiled);
    }
    if (picked->status == CLI_FINE) {
        picked->status = give_all(&pick->given, &picked->compiled);
    }
    return picked;
}

struct picked *pick_schema(struct pick *pick, const struct input *input) {
    const char *path = pick->schema ? pick->schema : detected_path(pick, input);
    return path ? schema_at(pick, path) : NULL;
}

void pick_end(struct pick *pick) {
    for (uint32_t i = 0; i < pick->schemas.n; i++) {
        compile_free(&pick->schemas.at[i]->compiled);
    }
    arena_free(&pick->arena);
}
