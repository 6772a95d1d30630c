#include "config.h"

#include "cli/patchfile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/splices.h"
#include "cli/talk.h"
#include "io/temporary.h"
#include "patch/bps.h"
#include "patch/diff.h"
#include "patch/hexpatch.h"
#include "patch/ips.h"
#include "patch/sum.h"

/* What a patch may make, and besides so much for each byte of it and of the file: a few bytes could ask for any size. */
#define MADE_MAX ((uint64_t)1 << 30)
enum { MADE_FACTOR = 1032 };

static struct bytes old_bytes(const struct change *change) {
    return bytes_of(input_data(change->old), (size_t)input_size(change->old));
}

static int tell_damage(const char *name, const char *why) {
    talk("the patch '%s' can't be used: %s", name, why);
    return CLI_DATA;
}

static int tell_line(const struct hexpatch *hexpatch, const char *name) {
    talk("%s:%" PRIu64 ": %s", name, hexpatch->line, hexpatch->wrong);
    return CLI_DATA;
}

/* --- hex patches */

static bool is_side(const struct hexpatch_side *side, struct bytes bytes) {
    return (!side->has_size || side->size == bytes.len) &&
           (!side->has_sum || side->sum == patch_sum(bytes));
}

/* Whether the file is what the head says. */
static int check_head(const struct change *change, const struct hexpatch_head *head,
                      const char *name) {
    struct bytes old = old_bytes(change);
    if (is_side(&head->from, old)) {
        return CLI_FINE;
    }
    if (head->to.has_sum && is_side(&head->to, old)) {
        talk("%s: it is already what '%s' makes of it", change->path, name);
    } else if (head->from.has_size && head->from.size != old.len) {
        talk("%s: it has %zu bytes, and '%s' is for a file of %" PRIu64, change->path, old.len,
             name, head->from.size);
    } else {
        talk("%s: it has other bytes than the file that '%s' is for", change->path, name);
    }
    return CLI_FINDINGS;
}

static int put_line(struct change *change, const struct hexpatch *hexpatch, const char *name) {
    struct bytes old = old_bytes(change), before = buf_bytes(&hexpatch->before);
    uint64_t off = hexpatch->off;
    bool is_there = off <= old.len && before.len <= old.len - off &&
                    bytes_equal(bytes_of(old.at + off, before.len), before);
    if (!is_there) {
        talk("%s: the bytes at 0x%" PRIx64 " are not those of %s:%" PRIu64, change->path, off, name,
             hexpatch->line);
        return CLI_FINDINGS;
    }
    return change_put(change, off, before.len, hexpatch->after.at, hexpatch->after.len);
}

static int put_hexpatch(struct change *change, struct bytes text, const char *name) {
    struct hexpatch hexpatch;
    int status = CLI_FINE;
    if (hexpatch_begin(&hexpatch, text)) {
        status = check_head(change, &hexpatch.head, name);
        while (status == CLI_FINE && hexpatch_next(&hexpatch)) {
            status = put_line(change, &hexpatch, name);
        }
    }
    if (status == CLI_FINE && hexpatch.wrong) {
        status = tell_line(&hexpatch, name);
    }
    const struct hexpatch_side *to = &hexpatch.head.to;
    if (status == CLI_FINE && to->has_size && to->size != patch_edits_new_size(change->edits)) {
        status = tell_damage(name, "it makes a file of another size than it says");
    }
    hexpatch_end(&hexpatch);
    return status;
}

/* --- BPS */

/* Room for what a patch makes, in an unlinked file; NULL with errno set. */
static uint8_t *map_room(uint64_t size) {
    int fd = temporary_open(NULL);
    if (fd < 0) {
        return NULL;
    }
    void *at = MAP_FAILED;
    /* a full disk is an error here, later it would be a signal */
    int error = posix_fallocate(fd, 0, (off_t)size);
    if (error == 0) {
        at = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        error = errno;
    }
    close(fd);
    errno = error;
    return at == MAP_FAILED ? NULL : at;
}

static int put_made(struct change *change, struct bytes patch, uint8_t *made, uint64_t size,
                    const char *name) {
    if (!bps_read(patch, old_bytes(change), made)) {
        return tell_damage(name, "it is damaged");
    }
    if (!patch_diff(old_bytes(change), bytes_of(made, (size_t)size), change->edits)) {
        talk_failed("keep what changes of", change->path, errno);
        return CLI_ENVIRONMENT;
    }
    return CLI_FINE;
}

static int put_bps(struct change *change, struct bytes patch, const char *name) {
    struct bytes old = old_bytes(change);
    uint64_t size;
    if (!bps_check(patch, &size)) {
        return tell_damage(name, "it is damaged");
    }
    if (!bps_is_for(patch, old)) {
        talk("%s: it is not the file that '%s' is for", change->path, name);
        return CLI_FINDINGS;
    }
    if (size > MADE_MAX && (size - MADE_MAX) / MADE_FACTOR > patch.len + old.len) {
        return tell_damage(name, "what it makes is too large");
    }
    uint8_t *made = map_room(size > 0 ? size : 1);
    if (!made) {
        talk_failed("keep what is made of", change->path, errno);
        return CLI_ENVIRONMENT;
    }
    int status = put_made(change, patch, made, size, name);
    munmap(made, (size_t)(size > 0 ? size : 1));
    return status;
}

static int put_ips(struct change *change, struct bytes patch, const char *name) {
    const char *why;
    return ips_read(patch, old_bytes(change), change->edits, &why) ? CLI_FINE
                                                                   : tell_damage(name, why);
}

int patchfile_put(struct change *change, struct bytes patch, const char *name) {
    if (hexpatch_is(patch)) {
        return put_hexpatch(change, patch, name);
    }
    if (bps_is(patch)) {
        return put_bps(change, patch, name);
    }
    if (ips_is(patch)) {
        return put_ips(change, patch, name);
    }
    return tell_damage(name, "it is no hex patch ('sonde bytes 1'), no IPS and no BPS patch");
}

int patchfile_apply(struct change *change, const char *path, struct input *patch) {
    int status = change_begin(change, path);
    if (status == CLI_FINE) {
        struct bytes bytes = bytes_of(input_data(patch), (size_t)input_size(patch));
        status = patchfile_put(change, bytes, input_name(patch));
    }
    if (status == CLI_FINE) {
        status = splices_show(change, CLI_FINE);
    }
    if (status == CLI_FINE) {
        status = change_commit(change);
    }
    change_end(change);
    return status;
}
