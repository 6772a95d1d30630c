/* Listen: the sink of a script, be it a test or a patch: what its statements print, how they went, what they change. */
#ifndef CLI_LISTEN_H
#define CLI_LISTEN_H

#include "base/buf.h"
#include "io/out.h"
#include "sema/script.h"
#include "vm/event.h"

struct listen {
    struct vm_sink sink; /* first: the machine's sink is this */
    /* what the caller gives */
    const struct sources *sources;
    const struct sema_script *script;
    bool decodes;        /* everything is decoded first; until then faults and findings are told */
    struct buf *printed; /* what statements print goes here, each a line */
    void (*fault)(void *context, const struct vm_fault *fault);
    void (*finding)(void *context, const struct vm_finding *finding);
    /* A statement met a fault, or does not hold: where, and in what way. */
    void (*failed)(void *context, const struct vm_answer *answer, struct span span,
                   const char *message);
    /* One went as it should; NULL: of no interest. */
    void (*answered)(void *context, const struct sema_stmt *stmt, const struct vm_answer *answer);
    void (*edit)(void *context, const struct vm_edit *edit);    /* or NULL */
    bool (*edits)(void *context, const struct vm_edits *edits); /* many at once, or NULL */
    struct vm_maker *(*build)(void *context, const struct vm_value *value); /* or NULL */
    void *context;
    /* its own */
    struct vm_sink *json; /* of the value being printed, or NULL */
    struct out json_out;
    struct buf json_text;
    uint32_t values; /* of the statement at hand */
};

void listen_begin(struct listen *listen);
void listen_end(struct listen *listen);

#endif
