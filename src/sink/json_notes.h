/* Faults and findings that wait for the end of the struct they belong to. */
#ifndef SINK_JSON_NOTES_H
#define SINK_JSON_NOTES_H

#include "base/buf.h"
#include "vm/event.h"

#define JSON_NOTES_MAX 16 /* of a kind, for one struct */

struct json_note {
    bool finding;
    bool placed;     /* it has an offset */
    uint64_t offset; /* bytes */
    size_t
        text; /* where its texts start: path, message, the transform its space is made by, kind */
    size_t path_len, message_len, made_by_len, kind_len;
};

/* A stack: those of inner structs lie above those of the structs around them. */
struct json_notes {
    struct json_note *at;
    uint32_t n, cap;
    struct buf text;
};

/* The part of it that belongs to one struct. */
struct json_noted {
    uint32_t first;            /* note */
    uint32_t faults, findings; /* kept */
    uint64_t more_faults, more_findings;
};

/* Adds it to those of `of`, whose notes are the last ones; copies what it needs. */
void json_notes_fault(struct json_notes *notes, struct json_noted *of,
                      const struct vm_fault *fault);
void json_notes_finding(struct json_notes *notes, struct json_noted *of,
                        const struct vm_finding *finding);

struct bytes json_note_path(const struct json_notes *notes, const struct json_note *note);
struct bytes json_note_message(const struct json_notes *notes, const struct json_note *note);
struct bytes json_note_made_by(const struct json_notes *notes,
                               const struct json_note *note); /* empty: the input */
struct bytes json_note_kind(const struct json_notes *notes,
                            const struct json_note *note); /* of a fault */

/* Forgets those of `of` and whatever lies above them. */
void json_notes_drop(struct json_notes *notes, struct json_noted *of);
void json_notes_free(struct json_notes *notes);

#endif
