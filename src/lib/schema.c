#include "config.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "lib/detect.h"
#include "lib/internal.h"

const char *sonde_version(void) {
    return PACKAGE_VERSION;
}

/* folders */

struct sonde_folders *sonde_folders_new(void) {
    return mem_zalloc(1, sizeof(struct sonde_folders));
}

void sonde_folders_free(struct sonde_folders *folders) {
    if (folders) {
        arena_free(&folders->arena);
        mem_free(folders);
    }
}

void sonde_folders_add(struct sonde_folders *folders, const char *folder) {
    *vec_push(&folders->added.at, &folders->arena) =
        arena_strndup(&folders->arena, folder, strlen(folder));
}

struct find_folders folders_all(const struct sonde_folders *folders, struct arena *arena) {
    struct find_folders all = {0};
    for (uint32_t i = 0; folders && i < folders->added.at.n; i++) {
        const char *folder = folders->added.at.at[i];
        *vec_push(&all.at, arena) = arena_strndup(arena, folder, strlen(folder));
    }
    find_add_known(&all, arena);
    return all;
}

int sonde_folders_each(const struct sonde_folders *folders,
                       int (*each)(void *context, const char *name, const char *path),
                       void *context) {
    struct arena arena = {0};
    struct find_folders all = folders_all(folders, &arena);
    struct find_list list = find_all(&all, &arena);
    int ended = 0;
    for (uint32_t i = 0; i < list.at.n && ended == 0; i++) {
        ended = each(context, list.at.at[i].name, list.at.at[i].path);
    }
    arena_free(&arena);
    return ended;
}

/* schemas */

static struct sonde_schema *new_schema(const struct sonde_folders *folders) {
    struct sonde_schema *schema = mem_zalloc(1, sizeof *schema);
    atomic_init(&schema->users, 1);
    pthread_mutex_init(&schema->lock, NULL);
    /* compiling starts with an empty arena of its own: what must live as long lies in the handle's */
    schema->folders = folders_all(folders, &schema->arena);
    return schema;
}

void schema_release(struct sonde_schema *schema) {
    if (atomic_fetch_sub(&schema->users, 1) == 1) {
        compile_free(&schema->compiled);
        arena_free(&schema->arena);
        pthread_mutex_destroy(&schema->lock);
        mem_free(schema);
    }
}

void sonde_schema_close(struct sonde_schema *schema) {
    if (schema) {
        schema_release(schema);
    }
}

/* What compiling came to: the schema, or NULL where it can't be used. */
static struct sonde_schema *take_compiled(struct sonde_schema *schema, bool loaded,
                                          const char *path, struct sonde_errors *errors) {
    struct compiled *compiled = &schema->compiled;
    int error = errno;
    if (loaded && compiled->diags.errors == 0) {
        return schema;
    }
    if (loaded) {
        errors_add_diags(errors, &compiled->diags);
    } else {
        errors_add_system(errors, error, "read the schema", path);
    }
    schema_release(schema);
    return NULL;
}

static struct sonde_schema *open_path(struct sonde_schema *schema, const char *path,
                                      struct sonde_errors *errors) {
    bool loaded = compile_load(&schema->compiled, path, &schema->folders, NULL);
    return take_compiled(schema, loaded, path, errors);
}

struct sonde_schema *sonde_schema_open(const struct sonde_folders *folders, const char *name,
                                       struct sonde_errors *errors) {
    struct sonde_schema *schema = new_schema(folders);
    errors_clear(errors);
    const char *path = find_file(&schema->folders, &schema->arena, name);
    if (path) {
        return open_path(schema, path, errors);
    }
    struct buf message = {0};
    find_put_unknown(&schema->folders, &schema->arena, name, &message);
    errors_add(errors, SONDE_USAGE, "%s", buf_text(&message));
    buf_free(&message);
    schema_release(schema);
    return NULL;
}

struct sonde_schema *sonde_schema_compile(const struct sonde_folders *folders, const char *name,
                                          const char *text, size_t length,
                                          struct sonde_errors *errors) {
    struct sonde_schema *schema = new_schema(folders);
    errors_clear(errors);
    bool loaded = compile_text(&schema->compiled, name, bytes_of(text, length), &schema->folders);
    return take_compiled(schema, loaded, name, errors);
}

struct sonde_schema *sonde_schema_detect(const struct sonde_folders *folders,
                                         const struct sonde_input *input,
                                         struct sonde_errors *errors) {
    struct sonde_schema *schema = new_schema(folders);
    struct arena arena = {0};
    errors_clear(errors);
    struct detect detect = detect_read(&schema->folders, &arena);
    struct detect_answer answer = detect_schema(&detect, input->input);
    if (answer.header) {
        schema = open_path(schema, answer.header->path, errors);
    } else {
        errors_add(errors, SONDE_FINDINGS, "none of the schemas found is for '%s'",
                   input_name(input->input));
        schema_release(schema);
        schema = NULL;
    }
    arena_free(&arena);
    return schema;
}

const char *sonde_schema_name(const struct sonde_schema *schema) {
    return schema->compiled.schema->name;
}

const char *sonde_schema_title(const struct sonde_schema *schema) {
    const char *title = schema->compiled.schema->title;
    return title ? title : "";
}

const char *sonde_schema_path(const struct sonde_schema *schema) {
    return schema->compiled.schema->path;
}
