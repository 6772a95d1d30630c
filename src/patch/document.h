/* Document: a file with edits, as it would be behind them: it is read, and edited further.
 *
 * Edits that are applied speak of the document as it is at that moment; the document keeps them all as edits of the file. */
#ifndef PATCH_DOCUMENT_H
#define PATCH_DOCUMENT_H

#include "patch/image.h"

struct patch_document;

/* The file as it is. The target outlives the document. */
struct patch_document *document_new(const struct patch_target *target);
void document_free(struct patch_document *document); /* NULL is fine; and its edits and image */

uint64_t document_size(const struct patch_document *document); /* as it is now */

/* Makes the bytes, as they are now: before they are read, and before edits of them are applied. They may be gigabytes. False:
 * *problem, and the document is of no use. */
bool document_make(struct patch_document *document, struct patch_problem *problem);

/* The bytes as they are now, when they are made; good until the next application. */
const uint8_t *document_data(const struct patch_document *document);

/* The same as an input, for as long. */
struct input *document_input(const struct patch_document *document);

/* The file as it was, for as long as the document. */
struct input *document_file(const struct patch_document *document);

/* Takes the edits over, which are freed by the document in any case. False: *problem, and the document is of no use. */
bool document_apply(struct patch_document *document, struct patch_edits *edits,
                    struct patch_problem *problem);

/* All edits so far, of the file. */
struct patch_edits *document_edits(const struct patch_document *document);

/* Whether the byte at off (or the end) is the file's; *old is where it lies there. */
bool document_origin(const struct patch_document *document, uint64_t off, uint64_t *old);

/* Gives all edits away, and what is to be committed, which is NULL where nothing was edited. The document is freed. */
void document_give(struct patch_document *document, struct patch_edits **edits,
                   struct patch_image **image);

#endif
