#include "config.h"

#include "sink/json_notes.h"

#include "base/mem.h"

static size_t put_text(struct json_notes *notes, const char *text) {
    size_t before = notes->text.len;
    buf_puts(&notes->text, text ? text : "");
    return notes->text.len - before;
}

/* kind: of a fault; NULL for a finding. */
static void add(struct json_notes *notes, const char *kind, const char *path, const char *message,
                const struct vm_space *space, uint64_t offset) {
    if (notes->n == notes->cap) {
        notes->cap = notes->cap ? notes->cap * 2 : JSON_NOTES_MAX;
        notes->at = mem_realloc(notes->at, notes->cap, sizeof *notes->at);
    }
    struct json_note *note = &notes->at[notes->n++];
    *note = (struct json_note){
        .finding = !kind, .placed = kind || space, .offset = offset, .text = notes->text.len};
    note->path_len = put_text(notes, path);
    note->message_len = put_text(notes, message);
    note->made_by_len = put_text(notes, space ? space->made_by : NULL);
    note->kind_len = put_text(notes, kind);
}

void json_notes_fault(struct json_notes *notes, struct json_noted *of,
                      const struct vm_fault *fault) {
    if (of->faults == JSON_NOTES_MAX) {
        of->more_faults++;
        return;
    }
    of->faults++;
    add(notes, fault->kind, fault->path, fault->message, fault->space, fault->offset);
}

void json_notes_finding(struct json_notes *notes, struct json_noted *of,
                        const struct vm_finding *finding) {
    if (of->findings == JSON_NOTES_MAX) {
        of->more_findings++;
        return;
    }
    of->findings++;
    add(notes, NULL, finding->path, finding->message, finding->space, finding->offset);
}

struct bytes json_note_path(const struct json_notes *notes, const struct json_note *note) {
    return bytes_of(notes->text.at + note->text, note->path_len);
}

struct bytes json_note_message(const struct json_notes *notes, const struct json_note *note) {
    return bytes_of(notes->text.at + note->text + note->path_len, note->message_len);
}

struct bytes json_note_made_by(const struct json_notes *notes, const struct json_note *note) {
    return bytes_of(notes->text.at + note->text + note->path_len + note->message_len,
                    note->made_by_len);
}

struct bytes json_note_kind(const struct json_notes *notes, const struct json_note *note) {
    return bytes_of(notes->text.at + note->text + note->path_len + note->message_len +
                        note->made_by_len,
                    note->kind_len);
}

void json_notes_drop(struct json_notes *notes, struct json_noted *of) {
    if (of->first < notes->n) {
        notes->text.len = notes->at[of->first].text;
        notes->n = of->first;
    }
    *of = (struct json_noted){.first = notes->n};
}

void json_notes_free(struct json_notes *notes) {
    mem_free(notes->at);
    buf_free(&notes->text);
}
