#include "config.h"

#include "patch/refusal.h"

#include <stdarg.h>

bool patch_refusal_set(struct patch_refusal *refusal, const char *path, struct span span,
                       const char *format, ...) {
    if (refusal->is) {
        return false;
    }
    refusal->is = true;
    refusal->span = span;
    buf_puts(&refusal->path, path ? path : "");
    va_list args;
    va_start(args, format);
    buf_vprintf(&refusal->message, format, args);
    va_end(args);
    return false;
}

void patch_refusal_free(struct patch_refusal *refusal) {
    buf_free(&refusal->path);
    buf_free(&refusal->message);
    refusal->is = false;
}
