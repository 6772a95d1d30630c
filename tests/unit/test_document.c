#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "check.h"
#include "patch/document.h"

/* Random edits, one set after the other, against the same splices made in plain memory. */

static uint32_t next_random(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

struct model {
    uint8_t at[4096];
    size_t n;
};

static void splice(struct model *model, size_t off, size_t len, const uint8_t *bytes,
                   size_t new_len) {
    memmove(model->at + off + new_len, model->at + off + len, model->n - off - len);
    memcpy(model->at + off, bytes, new_len);
    model->n += new_len - len;
}

/* Splices that do not overlap, made in the model from the last one on. */
static struct patch_edits *make_edits(uint32_t *state, struct model *model, bool moves) {
    struct patch_edits *edits = patch_edits_new(model->n);
    struct {
        size_t off, len, new_len;
        uint8_t bytes[8];
    } at[8];
    uint32_t n = 0;
    size_t off = next_random(state) % 8;
    while (n < 8 && off + 8 <= model->n) {
        at[n].off = off;
        at[n].len = next_random(state) % 5;
        at[n].new_len = moves ? next_random(state) % 7 : at[n].len;
        for (size_t i = 0; i < sizeof at[n].bytes; i++) {
            at[n].bytes[i] = (uint8_t)(128 + next_random(state) % 128);
        }
        off += at[n].len + 1 + next_random(state) % 12;
        n += at[n].len + at[n].new_len > 0;
    }
    for (uint32_t i = 0; i < n; i++) {
        CHECK_INT(patch_edits_put(edits, at[i].off, at[i].len, at[i].bytes, at[i].new_len, NULL),
                  PATCH_PUT_FINE);
    }
    for (uint32_t i = n; i > 0; i--) {
        splice(model, at[i - 1].off, at[i - 1].len, at[i - 1].bytes, at[i - 1].new_len);
    }
    return edits;
}

static void make_file(char *path, struct model *model, uint32_t *state) {
    int fd = mkstemp(path);
    model->n = 20 + next_random(state) % 60;
    for (size_t i = 0; i < model->n; i++) {
        model->at[i] = (uint8_t)i; /* each byte tells where it was */
    }
    CHECK(write(fd, model->at, model->n) == (ssize_t)model->n);
    close(fd);
}

static void check_origins(const struct patch_document *document, const struct model *model,
                          size_t old_size) {
    for (size_t i = 0; i < model->n; i++) {
        uint64_t old = UINT64_MAX;
        bool is_old = document_origin(document, i, &old);
        CHECK(!is_old || old < old_size);
        if (model->at[i] >= 128) {
            CHECK(!is_old);
        } else if (is_old) {
            CHECK_INT(old, model->at[i]);
        }
    }
}

static void test_edits_of_edits(void) {
    uint32_t state = 3;
    for (unsigned round = 0; round < 200; round++) {
        char path[] = "/tmp/sonde-document-XXXXXX";
        struct model model;
        make_file(path, &model, &state);
        size_t old_size = model.n;
        struct patch_problem problem;
        struct patch_request request = {.path = path, .how = PATCH_PLAN, .sys = &sys_real};
        struct patch_target *target = patch_target_open(&request, &problem);
        CHECK(target != NULL);
        struct patch_document *document = document_new(target);
        for (unsigned step = 0; step < 6; step++) {
            struct patch_edits *edits = make_edits(&state, &model, next_random(&state) % 3 != 0);
            CHECK(document_apply(document, edits, &problem));
            CHECK(document_make(document, &problem));
            CHECK_BYTES(document_data(document), document_size(document), model.at, model.n);
            CHECK_INT(patch_edits_new_size(document_edits(document)), model.n);
        }
        check_origins(document, &model, old_size);
        document_free(document);
        patch_target_close(target);
        unlink(path);
    }
}

CHECK_MAIN("document", {"edits of edits", test_edits_of_edits})
