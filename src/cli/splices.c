#include "config.h"

#include "cli/splices.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/jsontext.h"
#include "cli/command.h"
#include "cli/talk.h"
#include "patch/hexpatch.h"
#include "patch/sum.h"

/* Larger files are known by their sizes and by the bytes that change, not by all of them. */
#define SUM_MAX ((uint64_t)256 << 20)

static void put_hex(struct out *out, const char *name, const uint8_t *bytes, uint64_t len) {
    out_printf(out, ",\"%s\":\"", name);
    char *text = out_room(out, 2 * (size_t)len);
    out->len += (size_t)(jsontext_hex(text, bytes_of(bytes, (size_t)len)) - text);
    out_putc(out, '"');
}

static void put_json(const struct change *change, struct out *out) {
    struct bytes name = bytes_text(change->path);
    char *text = out_room(out, JSONTEXT_ROOM(name.len) + 8);
    char *end = jsontext_string(text + 8, name, NULL);
    memcpy(text, "{\"file\":", 8);
    out->len += (size_t)(end - text);
    out_printf(out, ",\"size\":%" PRIu64 ",\"new_size\":%" PRIu64 ",\"changes\":[",
               patch_edits_old_size(change->edits), patch_edits_new_size(change->edits));
    struct patch_cursor cursor = patch_edits_from(change->edits, 0);
    struct patch_splice splice;
    const char *front = "\n";
    while (patch_edits_next(&cursor, &splice)) {
        out_printf(out, "%s{\"offset\":%" PRIu64, front, splice.off);
        put_hex(out, "old", input_data(change->old) + splice.off, splice.len);
        put_hex(out, "new", splice.bytes, splice.new_len);
        out_putc(out, '}');
        front = ",\n";
    }
    out_puts(out, "\n]}\n");
}

static struct hexpatch_side side_of(const uint8_t *bytes, uint64_t size, bool summed) {
    struct hexpatch_side side = {.has_size = true, .size = size, .has_sum = summed};
    if (summed) {
        side.sum = patch_sum(bytes_of(bytes, (size_t)size));
    }
    return side;
}

static struct hexpatch_side old_side(const struct change *change, bool summed) {
    return side_of(input_data(change->old), input_size(change->old), summed);
}

/* The file's name without folders; none where a hex patch could not hold it. */
static struct bytes name_of(const char *path) {
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    size_t len = strlen(name);
    bool odd = strcmp(name, "-") == 0 || len == 0 || strpbrk(name, "#\n\r\t") || name[0] == ' ' ||
               name[len - 1] == ' ';
    return odd ? bytes_of(NULL, 0) : bytes_of(name, len);
}

int splices_show(const struct change *change, int status) {
    if (!change_shows(change)) {
        return status;
    }
    struct out out;
    out_open(&out, STDOUT_FILENO);
    if (change->json) {
        put_json(change, &out);
    } else {
        struct hexpatch_head head = {
            .file = name_of(change->path),
            .from = old_side(change, false),
            .to = {.has_size = true, .size = patch_edits_new_size(change->edits)}};
        hexpatch_write(&out, &head, change->edits, input_data(change->old), false);
    }
    return command_close(&out, status);
}

/* Writes it and makes it durable: it must be there before the change. False with errno set. */
static bool write_undo(struct change *change, int fd, struct input *result) {
    bool summed = input_size(change->old) <= SUM_MAX && input_size(result) <= SUM_MAX;
    struct hexpatch_head head = {.file = name_of(change->output ? change->output : change->path),
                                 .from = side_of(input_data(result), input_size(result), summed),
                                 .to = old_side(change, summed)};
    struct out out;
    out_open(&out, fd);
    hexpatch_write(&out, &head, change->edits, input_data(change->old), true);
    out_close(&out);
    errno = out_error(&out);
    return errno == 0 && fsync(fd) == 0;
}

int splices_save_undo(struct change *change, const char *path) {
    struct input *result = change_result(change);
    if (!result) {
        return CLI_ENVIRONMENT;
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0 && errno == EEXIST) {
        talk("'%s' is there already: what it takes back could not be taken back any more", path);
        return CLI_USAGE;
    }
    if (fd < 0) {
        talk_failed("write", path, errno);
        return CLI_ENVIRONMENT;
    }
    bool fine = write_undo(change, fd, result);
    if (!fine) {
        talk_failed("write", path, errno);
        unlink(path);
    }
    close(fd);
    return fine ? CLI_FINE : CLI_ENVIRONMENT;
}
