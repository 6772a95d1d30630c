#include "config.h"

#include "patch/document.h"

#include <errno.h>

#include "base/buf.h"
#include "base/mem.h"

struct patch_document {
    const struct patch_target *target;
    struct patch_edits *edits; /* of the file */
    struct patch_image *image; /* NULL: nothing was edited */
    struct input *input; /* what it is now: the target's, or the image's; NULL: not made yet */
};

struct patch_document *document_new(const struct patch_target *target) {
    struct patch_document *document = mem_zalloc(1, sizeof *document);
    document->target = target;
    document->edits = patch_edits_new(input_size(target->input));
    document->input = target->input;
    return document;
}

void document_free(struct patch_document *document) {
    if (document) {
        patch_image_free(document->image);
        patch_edits_free(document->edits);
        mem_free(document);
    }
}

const uint8_t *document_data(const struct patch_document *document) {
    return input_data(document->input);
}

uint64_t document_size(const struct patch_document *document) {
    return patch_edits_new_size(document->edits);
}

struct input *document_file(const struct patch_document *document) {
    return document->target->input;
}

bool document_make(struct patch_document *document, struct patch_problem *problem) {
    if (!document->input) {
        document->input = patch_image_input(document->image, problem);
    }
    return document->input != NULL;
}

struct patch_edits *document_edits(const struct patch_document *document) {
    return document->edits;
}

void document_give(struct patch_document *document, struct patch_edits **edits,
                   struct patch_image **image) {
    *edits = document->edits;
    *image = document->image;
    mem_free(document);
}

struct input *document_input(const struct patch_document *document) {
    return document->input;
}

bool document_origin(const struct patch_document *document, uint64_t off, uint64_t *old) {
    struct patch_edits *edits = document->edits;
    uint64_t low = 0, high = patch_edits_old_size(edits);
    while (low < high) { /* the last boundary that lies no further back than off */
        uint64_t mid = low + (high - low + 1) / 2;
        if (patch_edits_map(edits, mid, PATCH_AFTER) <= off) {
            low = mid;
        } else {
            high = mid - 1;
        }
    }
    *old = low;
    struct patch_cursor cursor = patch_edits_from(edits, low);
    struct patch_splice splice;
    bool touched = false;
    while (!touched && patch_edits_next(&cursor, &splice) && splice.off <= low) {
        touched = low < splice.off + splice.len;
    }
    return !touched && patch_edits_map(edits, low, PATCH_AFTER) == off;
}

/* Laying edits of the document, the later ones, over those of the file, the earlier ones. */
struct merge {
    const uint8_t *data; /* the document */
    struct patch_cursor earlier_at, later_at;
    struct patch_splice earlier, later; /* the next one of each */
    bool has_earlier, has_later;
    uint64_t start; /* where the earlier one's new bytes lie in the document */
    int64_t
        delta; /* by how much the document's offsets are greater than the file's, in front of it */
    struct patch_edits *out;
};

static void step_earlier(struct merge *m) {
    if (m->has_earlier) {
        m->delta += (int64_t)(m->earlier.new_len - m->earlier.len);
    }
    m->has_earlier = patch_edits_next(&m->earlier_at, &m->earlier);
    m->start = m->has_earlier ? m->earlier.off + (uint64_t)m->delta : 0;
}

static bool put(struct merge *m, uint64_t off, uint64_t len, const void *bytes, uint64_t new_len) {
    return patch_edits_put(m->out, off, len, bytes, new_len, NULL) == PATCH_PUT_FINE;
}

/* Whether the document's bytes [low, high) and the earlier splice's new ones can't be told apart. */
static bool touches(const struct merge *m, uint64_t low, uint64_t high) {
    uint64_t end = m->start + m->earlier.new_len;
    if (low == high || m->start == end) { /* one of them is a place between bytes */
        return (m->start < low && high < end) || (low < m->start && end < high);
    }
    return m->start < high && low < end;
}

/* A later splice, and all that it touches, as one splice of the file. */
static bool put_group(struct merge *m) {
    uint64_t low = m->later.off, high = m->later.off + m->later.len;
    int64_t before = m->delta;
    if (m->has_earlier && touches(m, low, high)) {
        low = m->start < low ? m->start : low;
    }
    uint64_t done = low; /* up to here the document's bytes are in the text */
    struct buf text = {0};
    for (;;) {
        if (m->has_earlier && touches(m, low, high)) {
            uint64_t end = m->start + m->earlier.new_len;
            high = end > high ? end : high;
            step_earlier(m);
        } else if (m->has_later && m->later.off <= high &&
                   (m->later.off < high || m->later.len == 0 || m->later.off == low)) {
            buf_put(&text, m->data + done, (size_t)(m->later.off - done));
            buf_put(&text, m->later.bytes, (size_t)m->later.new_len);
            done = m->later.off + m->later.len;
            high = done > high ? done : high;
            m->has_later = patch_edits_next(&m->later_at, &m->later);
        } else {
            break;
        }
    }
    buf_put(&text, m->data + done, (size_t)(high - done));
    uint64_t off = low - (uint64_t)before, end = high - (uint64_t)m->delta;
    bool fine = put(m, off, end - off, text.at, text.len);
    buf_free(&text);
    return fine;
}

/* The earlier edits and then the later ones, as edits of the file; NULL where there is no room, with errno set. */
static struct patch_edits *merge(struct patch_edits *earlier, struct patch_edits *later,
                                 const uint8_t *data) {
    struct merge m = {
        .data = data,
        .earlier_at = patch_edits_from(earlier, 0),
        .later_at = patch_edits_from(later, 0),
        .out = patch_edits_new(patch_edits_old_size(earlier)),
    };
    step_earlier(&m);
    m.has_later = patch_edits_next(&m.later_at, &m.later);
    bool fine = true;
    while (fine && (m.has_earlier || m.has_later)) {
        bool first = m.has_earlier &&
                     (!m.has_later || (m.start + m.earlier.new_len <= m.later.off &&
                                       !touches(&m, m.later.off, m.later.off + m.later.len)));
        if (first) {
            fine = put(&m, m.earlier.off, m.earlier.len, m.earlier.bytes, m.earlier.new_len);
            step_earlier(&m);
        } else {
            fine = put_group(&m);
        }
    }
    if (!fine) {
        int error = errno;
        patch_edits_free(m.out);
        errno = error;
        return NULL;
    }
    return m.out;
}

bool document_apply(struct patch_document *document, struct patch_edits *edits,
                    struct patch_problem *problem) {
    struct patch_edits *all = edits;
    if (patch_edits_count(document->edits) > 0) {
        all = merge(document->edits, edits, document_data(document));
        patch_edits_free(edits);
    }
    if (!all) {
        return patch_fail(problem, PATCH_TEMPORARY, document->target->request.path, errno);
    }
    patch_image_free(document->image);
    patch_edits_free(document->edits);
    document->edits = all;
    document->image = patch_image_new(document->target, all, problem);
    document->input = NULL;
    return document->image != NULL;
}
