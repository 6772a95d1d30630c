/* Window: writes to a file at ascending places, gathered so that many small ones become few large ones. */
#ifndef PATCH_WINDOW_H
#define PATCH_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "io/sys.h"
#include "patch/comb.h"

struct patch_window {
    const struct sys *sys;
    int fd;
    /* What the file holds already, or is to hold, between what is written: small gaps are filled with it. Empty: none. */
    struct bytes between;
    uint8_t *at;
    size_t len;
    uint64_t off;     /* of at[0] in the file */
    bool has_written; /* something that was put is in the file, all of it in front of off */
};

void patch_window_begin(struct patch_window *window, const struct sys *sys, int fd,
                        struct bytes between);

/* False with errno set. */
bool patch_window_put(struct patch_window *window, uint64_t off, const uint8_t *bytes,
                      uint64_t len);

/* The bytes of the old file from a comb's first splice to its last one, with the comb over them. same (which may be NULL): false, and
 * it ends there, where what goes is not what the file had when the comb was made; nothing from window->off on is written then. */
bool patch_window_put_comb(struct patch_window *window, uint64_t off, const uint8_t *old,
                           const struct comb *comb, bool *same);

bool patch_window_flush(struct patch_window *window);
void patch_window_end(struct patch_window *window); /* what waits is dropped */

#endif
